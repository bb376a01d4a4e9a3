/*
 * fs_iso_compare.c: the two trees of a disc. Of the other one only files are
 * listed that the main one has not: by where their content is, or, if they
 * have none, by their names.
 */
#include <stdlib.h>
#include <string.h>

#include <spill/hash.h>

#include "fs_iso_i.h"

/* --- contents ------------------------------------------------------------- */

static int
by_content(const void *a, const void *b)
{
	const struct iso_node *x = a, *y = b;

	if (x->block != y->block)
		return x->block < y->block ? -1 : 1;
	return x->size < y->size ? -1 : x->size > y->size;
}

/* Files of a stretch of nodes that have content, sorted by where it is. */
static struct iso_node *
contents(const struct iso_state *s, uint32_t from, uint32_t to, size_t *n)
{
	struct iso_node *v = calloc((size_t)(to - from) + 1, sizeof(*v));

	*n = 0;
	for (uint32_t i = from; v != NULL && i < to; i++)
		if ((s->node[i].flags & ISO_FOLDER) == 0 && s->node[i].size > 0)
			v[(*n)++] = s->node[i];
	if (v != NULL)
		qsort(v, *n, sizeof(*v), by_content);
	return v;
}

/* A file of the other tree, and the folders that lead to it. */
static void
show(struct iso_state *s, uint32_t i)
{
	while ((s->node[i].flags & ISO_SHOWN) == 0) {
		s->node[i].flags |= ISO_SHOWN;
		i = s->node[i].parent;
	}
}

/* --- files without content, and links ------------------------------------ */

static bool
is_empty(const struct iso_node *n)
{
	return (n->flags & ISO_FOLDER) == 0 && n->size == 0;
}

static uint64_t
hash_name(struct iso_state *s, const struct iso_node *n, struct iso_entry *e)
{
	spill_buf_reset(&s->text);
	if (iso_entry(s, n, n->at, e))
		iso_name(s, n, e, &s->text);
	return spill_mix(s->text.p, s->text.len, 0);
}

static int
by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static size_t
count_empty(const struct iso_state *s, uint32_t from, uint32_t to)
{
	size_t n = 0;

	for (uint32_t i = from; i < to; i++)
		n += is_empty(&s->node[i]);
	return n;
}

/* Those of the other tree whose names the main one has nowhere. */
static void
show_empty(struct iso_state *s, uint64_t *names, struct iso_entry *e)
{
	size_t n = 0;

	for (uint32_t i = 0; i < s->other; i++)
		if (is_empty(&s->node[i]))
			names[n++] = hash_name(s, &s->node[i], e);
	qsort(names, n, sizeof(*names), by_number);
	for (uint32_t i = s->other; i < s->n; i++) {
		uint64_t name;

		if (!is_empty(&s->node[i]))
			continue;
		name = hash_name(s, &s->node[i], e);
		if (bsearch(&name, names, n, sizeof(name), by_number) != NULL)
			continue;
		s->only_other++;
		show(s, i);
	}
}

static bool
is_damaged(const struct iso_state *s)
{
	for (uint32_t i = 0; i < s->other; i++)
		if ((s->node[i].flags & ISO_DAMAGED) != 0)
			return true;
	return s->damaged > 0;
}

/* Only where some may be missing: in a whole tree a name may be cut, which is
 * no reason to list its file twice. */
static void
compare_empty(struct iso_state *s)
{
	size_t n = count_empty(s, 0, s->other);
	struct iso_entry *e;
	uint64_t *names;

	if (count_empty(s, s->other, s->n) <= n && !is_damaged(s))
		return;
	e = malloc(sizeof(*e));
	names = calloc(n + 1, sizeof(*names));
	if (e != NULL && names != NULL)
		show_empty(s, names, e);
	else
		s->rc = SPILL_ENOMEM;
	free(names);
	free(e);
}

/* --- the trees ------------------------------------------------------------ */

void
iso_compare(struct iso_state *s)
{
	size_t n, m;
	struct iso_node *a = contents(s, 0, s->other, &n);
	struct iso_node *b = contents(s, s->other, s->n, &m);

	if (a == NULL || b == NULL)
		s->rc = SPILL_ENOMEM;
	for (uint32_t i = s->other; i < s->n && s->rc == SPILL_OK; i++) {
		const struct iso_node *x = &s->node[i];

		if ((x->flags & ISO_FOLDER) != 0 || x->size == 0 ||
		    bsearch(x, a, n, sizeof(*a), by_content) != NULL)
			continue;
		s->only_other++;
		show(s, i);
	}
	if (s->rc == SPILL_OK)
		compare_empty(s);
	for (size_t i = 0; i < n && s->rc == SPILL_OK; i++)
		if (bsearch(&a[i], b, m, sizeof(*b), by_content) == NULL)
			s->only_main++;
	free(a);
	free(b);
}
