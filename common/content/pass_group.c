/*
 * pass_group.c: members of one container that come one after the other are one
 * unit, so that it is opened once; and which containers are not opened, as
 * their members come as records.
 */
#include <stdlib.h>
#include <string.h>

#include "pass_i.h"

/* --- order -------------------------------------------------------------- */

/* A container comes right before its members: a colon, which is in no name, is
 * less than all. */
static int
tree_cmp(struct spill_span a, struct spill_span b)
{
	size_t i = 0, n = SPILL_MIN(a.len, b.len);

	while (i < n && a.p[i] == b.p[i])
		i++;
	if (i == n)
		return SPILL_CMP(a.len, b.len);
	return SPILL_CMP(a.p[i] == ':' ? 0 : (unsigned char)a.p[i],
	    b.p[i] == ':' ? 0 : (unsigned char)b.p[i]);
}

static struct spill_span
whole(const struct pass_item *x)
{
	return (struct spill_span){ x->text.p, x->text.len + x->chain.len };
}

static int
by_tree(const void *a, const void *b)
{
	const struct pass_item *x = *(struct pass_item *const *)a;
	const struct pass_item *y = *(struct pass_item *const *)b;
	int c = SPILL_CMP(x->how, y->how);

	if (c == 0)
		c = spill_span_cmp(x->place.prefix, y->place.prefix);
	if (c == 0)
		c = tree_cmp(whole(x), whole(y));
	return c != 0 ? c : SPILL_CMP(x->number, y->number);
}

static int
by_layer(const void *a, const void *b)
{
	const struct pass_item *x = *(struct pass_item *const *)a;
	const struct pass_item *y = *(struct pass_item *const *)b;
	int c = SPILL_CMP(x->layer, y->layer);

	return c != 0 ? c : SPILL_CMP(x->number, y->number);
}

static int
by_place(const void *a, const void *b)
{
	const struct pass_item *x = *(struct pass_item *const *)a;
	const struct pass_item *y = *(struct pass_item *const *)b;
	int c = SPILL_CMP(x->how, y->how);

	if (c == 0)
		c = spill_span_cmp(x->place.prefix, y->place.prefix);
	if (c == 0)
		c = SPILL_CMP(x->in_group, y->in_group);
	if (c == 0)
		c = SPILL_CMP(x->order, y->order);
	return c != 0 ? c : SPILL_CMP(x->number, y->number);
}

/* --- containers whose members come -------------------------------------- */

/* Does the item lie in the other one, at any depth? */
static bool
lies_in(const struct pass_item *x, const struct pass_item *of)
{
	return x->how == of->how &&
	       spill_span_eq(x->place.prefix, of->place.prefix) &&
	       pass_is_below(whole(x), whole(of));
}

/* Their columns do not say it, so the other records do. */
static void
close_listed(struct pass *p, struct pass_item **v, size_t n)
{
	struct spill_span last = spill_buf_as_span(&p->edge);
	size_t behind = n; /* the first of another locator */

	qsort(v, n, sizeof(*v), by_tree);
	for (size_t i = n; i-- > 0;) {
		if (i + 1 < n && !spill_span_eq(whole(v[i]), whole(v[i + 1])))
			behind = i + 1;
		if (v[i]->unsaid && ((behind < n && lies_in(v[behind], v[i])) ||
					pass_is_below(last, whole(v[i]))))
			v[i]->closed = true;
	}
}

/* The last one, for the next window. */
static int
keep_edge(struct pass *p)
{
	const struct pass_item *last = NULL;

	for (const struct pass_item *x = p->first; x != NULL; x = x->next)
		if (x->how != PASS_THROUGH)
			last = x;
	if (last == NULL)
		return SPILL_OK;
	spill_buf_reset(&p->edge);
	spill_buf_span(&p->edge, whole(last));
	return p->edge.rc;
}

static int
close_containers(struct pass *p, struct pass_item **v)
{
	bool any = false;
	size_t n = 0;

	for (struct pass_item *x = p->first; x != NULL; x = x->next)
		if (x->how != PASS_THROUGH) {
			v[n++] = x;
			any |= x->unsaid;
		}
	if (any)
		close_listed(p, v, n);
	return keep_edge(p);
}

/* --- units -------------------------------------------------------------- */

static bool
continues(const struct pass_item *first, const struct pass_item *x)
{
	return first->chain.len > 0 && x->chain.len > 0 &&
	       first->how == x->how && spill_span_eq(first->text, x->text) &&
	       spill_span_eq(first->place.prefix, x->place.prefix);
}

/* Are its members looked for? */
static bool
is_opened(const struct pass *p, const struct pass_item *x)
{
	return !x->closed && !p->conf->no_members &&
	       pass_depth(x->chain) < p->conf->limits.depth;
}

/*
 * All that is in a container which is opened is said of that one, so what lies
 * in it and was asked for as well is another unit: the layer is how many such
 * it lies in.
 */
static void
set_layers(const struct pass *p, struct pass_item **v, size_t n)
{
	struct pass_item *outer = NULL;

	qsort(v, n, sizeof(*v), by_tree);
	for (size_t i = 0, end; i < n; i = end) {
		bool opened = false;

		while (outer != NULL && !lies_in(v[i], outer))
			outer = outer->outer;
		for (end = i; end < n; end++) {
			if (!spill_span_eq(v[end]->chain, v[i]->chain))
				break;
			v[end]->outer = outer;
			v[end]->layer = outer != NULL ? outer->layer + 1 : 0;
			opened |= is_opened(p, v[end]);
		}
		if (opened)
			outer = v[i];
	}
}

/* Members of one container that come one after the other: a unit of each
 * layer. */
static void
add_run(struct pass *p, struct pass_item **v, size_t n)
{
	set_layers(p, v, n);
	qsort(v, n, sizeof(*v), by_layer);
	for (size_t i = 0; i < n; i++) {
		v[i]->in_group = true;
		if (i > 0 && v[i]->layer == v[i - 1]->layer) {
			v[i - 1]->same = v[i];
			continue;
		}
		v[i]->size = 0; /* the container's is not known */
		p->order[p->units++] = v[i];
	}
}

static void
gather(struct pass *p, struct pass_item **run)
{
	size_t n = 0;

	for (struct pass_item *x = p->first; x != NULL; x = x->next) {
		if (x->how == PASS_THROUGH)
			continue;
		if (n > 0 && !continues(run[0], x)) {
			add_run(p, run, n);
			n = 0;
		}
		if (x->chain.len > 0)
			run[n++] = x;
		else
			p->order[p->units++] = x;
	}
	add_run(p, run, n);
}

int
pass_units(struct pass *p)
{
	struct pass_item **v = calloc(p->n + 1, sizeof(struct pass_item *));
	int rc = SPILL_ENOMEM;

	p->order = calloc(p->n + 1, sizeof(struct pass_item *));
	p->units = p->next_unit = 0;
	if (v != NULL && p->order != NULL)
		rc = close_containers(p, v);
	if (rc == SPILL_OK) {
		gather(p, v);
		qsort(p->order, p->units, sizeof(struct pass_item *), by_place);
	}
	free(v);
	return rc;
}
