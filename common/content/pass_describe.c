/*
 * pass_describe.c: what the file system says of items that are named by
 * locators alone: the rows that spill-walk would write of them. Each file
 * system is walked once, for all of them.
 */
#include <stdlib.h>
#include <string.h>

#include <spill/fscheck.h>
#include <spill/name.h>

#include "pass_i.h"

/* An object, and its first row, packed; empty: there is none. */
struct wanted {
	struct spill_span object, rec;
};

struct pass_described {
	struct pass_described *next;
	struct spill_span prefix; /* of the place */
	struct spill_arena texts;
	struct wanted *want; /* by their objects */
	size_t n, cap;
};

static int
by_object(const void *a, const void *b)
{
	return spill_span_cmp(((const struct wanted *)a)->object,
	    ((const struct wanted *)b)->object);
}

static struct wanted *
find(struct pass_described *d, struct spill_span object)
{
	const struct wanted key = { .object = object };

	return d->n == 0 ? NULL
			 : bsearch(&key, d->want, d->n, sizeof(key), by_object);
}

/* The operands that are in this volume. */
static int
collect(struct pass *p, struct pass_described *d)
{
	size_t n;
	const char *const *operand = spill_tool_operands(p->tool, &n);

	for (size_t i = 0; i < n; i++) {
		const char *object = operand[i] + d->prefix.len;
		struct wanted *w;

		if (strncmp(operand[i], d->prefix.p, d->prefix.len) != 0)
			continue;
		w = spill_grow(d->want, d->n, &d->cap, sizeof(*w));
		if (w == NULL)
			return SPILL_ENOMEM;
		d->want = w;
		w[d->n++] = (struct wanted){ { object, strcspn(object, ":") },
			{ "", 0 } };
	}
	if (d->n > 0)
		qsort(d->want, d->n, sizeof(*d->want), by_object);
	return SPILL_OK;
}

static int
on_row(void *arg, struct spill_span rec)
{
	static struct spill_row r;
	struct pass_described *d = arg;
	struct wanted *w;
	char *text;

	if (spill_unpack(rec, &r) != SPILL_OK ||
	    !fscheck_row(&spill_schema_item, &r) || !spill_row_has(&r, IT_ITEM))
		return SPILL_EDAMAGED;
	w = find(d, spill_row_get(&r, IT_ITEM));
	if (w == NULL || w->rec.len > 0)
		return SPILL_OK;
	text = spill_arena_dup(&d->texts, rec.p, rec.len);
	if (text == NULL)
		return SPILL_ENOMEM;
	w->rec = (struct spill_span){ text, rec.len };
	return SPILL_OK;
}

/* What else is wrong with the file system is not what was asked. */
static int
on_error(void *arg, struct spill_span rec)
{
	(void)arg;
	(void)rec;
	return SPILL_OK;
}

static void
on_end(void *arg, const struct spill_outcome *o)
{
	(void)arg; /* rows that are missing leave cells empty */
	(void)o;
}

static int
walk(struct pass *p, const struct spill_place *place,
    struct pass_described **out)
{
	static const struct spill_task_ops ops = {
		.row = on_row, .error = on_error, .end = on_end
	};
	struct pass_described *d = calloc(1, sizeof(*d));
	int rc;

	if (d == NULL)
		return SPILL_ENOMEM;
	d->prefix = place->prefix;
	d->next = p->described;
	p->described = *out = d;
	rc = collect(p, d);
	if (rc == SPILL_OK && d->n > 0)
		rc = spill_itemset_walk(p->set, place, &ops, d);
	return rc == SPILL_OK && d->n > 0
		   ? spill_pool_drain(spill_itemset_pool(p->set))
		   : rc;
}

/* What only a tool may say stays out: a worker is not believed. */
static int
fill(struct pass *p, struct pass_item *x, struct spill_span rec)
{
	static struct spill_row found;
	struct spill_buf path = SPILL_BUF_INIT((size_t)64 << 10);
	struct spill_buf parent = SPILL_BUF_INIT(SPILL_LOCATOR_TEXT);
	struct spill_row *r = &p->row;
	int rc = SPILL_OK;

	spill_row_clear(&found);
	if (x->chain.len == 0 && rec.len > 0)
		rc = spill_unpack(rec, &found);
	if (rc == SPILL_OK)
		rc = spill_unpack(x->rec, r);
	for (unsigned i = IT_PATH; i <= IT_NOTE && rc == SPILL_OK; i++)
		if (spill_row_has(&found, i))
			spill_row_set(r, i, found.cell[i]);
	spill_name_escape(&path, spill_span(x->place.source->path));
	spill_row_set(r, IT_EVIDENCE, spill_buf_as_span(&path));
	spill_row_set(r, IT_VOLUME, spill_span(x->place.volume.name));
	if (spill_row_has(&found, IT_PARENT)) {
		spill_buf_span(&parent, x->place.prefix);
		spill_buf_span(&parent, found.cell[IT_PARENT]);
		spill_row_set(r, IT_PARENT, spill_buf_as_span(&parent));
	}
	if (rc == SPILL_OK)
		rc = path.rc != SPILL_OK ? path.rc : parent.rc;
	if (rc == SPILL_OK)
		rc = pass_amend(p, x, r);
	spill_buf_release(&path);
	spill_buf_release(&parent);
	return rc;
}

int
pass_describe(struct pass *p, struct pass_item *x)
{
	struct pass_described *d = p->described;
	const struct wanted *w = NULL;
	int rc = SPILL_OK;

	while (d != NULL && !spill_span_eq(d->prefix, x->place.prefix))
		d = d->next;
	if (d == NULL && x->place.volume.name[0] != '\0' &&
	    x->place.volume.kind == SPILL_VOLUME_FS)
		rc = walk(p, &x->place, &d);
	if (rc == SPILL_OK && d != NULL)
		w = find(d, x->object);
	return rc == SPILL_OK
		   ? fill(p, x,
			 w != NULL ? w->rec : (struct spill_span){ "", 0 })
		   : rc;
}

void
pass_described_free(struct pass *p)
{
	while (p->described != NULL) {
		struct pass_described *d = p->described;

		p->described = d->next;
		spill_arena_release(&d->texts);
		free(d->want);
		free(d);
	}
}
