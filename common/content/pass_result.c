/*
 * pass_result.c: what workers said of an item, written when its turn comes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <spill/name.h>

#include "pass_i.h"

/* A row that completes another, which is named by its number. */
struct done {
	uint64_t row, members; /* UINT64_MAX: not known */
	const char *status; /* NULL: as it was */
};

/* The containers that a row lies in: their chains begin its own. */
struct open_row {
	uint64_t row;
	size_t chain_len;
};

struct replay {
	struct pass *p;
	struct pass_item *x;
	uint64_t rows; /* so far */
	struct done *done; /* in order of their rows */
	size_t ndone, cap, next;
	struct spill_buf chain; /* of the last row */
	struct open_row *open;
	size_t nopen, open_cap;
	struct spill_arena texts;
	char *text; /* the item's locator, for errors */
	bool told_path; /* that paths are too long */
	size_t above; /* bytes of paths that are the item's own path */
};

/* --- what completes what ------------------------------------------------ */

/*
 * Rows come as a tree is walked, so the one that is completed is open then:
 * one chain has those of all that are.
 */

/* Is the chain, as far as that row's, the same as the last one? */
static bool
is_in(const struct replay *r, const struct open_row *o, struct spill_span chain)
{
	return chain.len >= o->chain_len &&
	       (chain.len == o->chain_len || chain.p[o->chain_len] == ':') &&
	       (o->chain_len == 0 ||
		   memcmp(r->chain.p, chain.p, o->chain_len) == 0);
}

static void
close_rows(struct replay *r, struct spill_span chain)
{
	while (r->nopen > 0 && !is_in(r, &r->open[r->nopen - 1], chain))
		r->nopen--;
}

static int
open_row(struct replay *r, struct spill_span chain)
{
	struct open_row *o;

	close_rows(r, chain);
	while (r->nopen > 0 && r->open[r->nopen - 1].chain_len == chain.len)
		r->nopen--;
	o = spill_grow(r->open, r->nopen, &r->open_cap, sizeof(*o));
	if (o == NULL)
		return SPILL_ENOMEM;
	r->open = o;
	o[r->nopen++] = (struct open_row){ r->rows++, chain.len };
	spill_buf_reset(&r->chain);
	spill_buf_span(&r->chain, chain);
	return r->chain.rc;
}

/* One of the values that it may have, for ever. */
static const char *
status_of(struct spill_span v)
{
	const char *const *values = spill_schema_item.columns[IT_STATUS].values;

	for (size_t i = 0; values[i] != NULL; i++)
		if (spill_span_eq(v, spill_span(values[i])))
			return values[i];
	return NULL;
}

static int
complete_row(struct replay *r, const struct spill_row *row)
{
	struct spill_span chain = spill_row_get(row, IT_ITEM);
	struct done *d;

	close_rows(r, chain);
	if (r->nopen == 0 || r->open[r->nopen - 1].chain_len != chain.len)
		return SPILL_OK; /* of none */
	d = spill_grow(r->done, r->ndone, &r->cap, sizeof(*d));
	if (d == NULL)
		return SPILL_ENOMEM;
	r->done = d;
	d += r->ndone++;
	*d = (struct done){ .row = r->open[r->nopen - 1].row,
		.members = UINT64_MAX,
		.status = status_of(spill_row_get(row, IT_STATUS)) };
	(void)spill_span_uint(spill_row_get(row, IT_MEMBERS), &d->members);
	return SPILL_OK;
}

static int
collect(void *arg, enum pass_kind kind, struct spill_span v)
{
	struct replay *r = arg;
	struct spill_row *row = &r->p->row;

	if (kind != PASS_ROW)
		return SPILL_OK;
	if (spill_unpack(v, row) != SPILL_OK)
		return SPILL_EDAMAGED;
	return pass_completes(row) ? complete_row(r, row)
				   : open_row(r, spill_row_get(row, IT_ITEM));
}

static int
by_row(const void *a, const void *b)
{
	const struct done *x = a, *y = b;

	return SPILL_CMP(x->row, y->row);
}

/* --- writing ------------------------------------------------------------ */

enum {
	T_ITEM,
	T_PARENT,
	T_PATH,
	T_EVIDENCE,
	T_ERROR_PATH,
	T_LAST_ITEM,
	T_LAST_PATH
};

static struct spill_span
joined(struct pass *p, unsigned text, struct spill_span a, struct spill_span b)
{
	struct spill_buf *t = &p->text[text];

	spill_buf_reset(t);
	spill_buf_span(t, a);
	spill_buf_span(t, b);
	return spill_buf_as_span(t);
}

static void
copy(struct spill_buf *b, struct spill_span v)
{
	spill_buf_reset(b);
	spill_buf_span(b, v);
}

/* Lines are of the last row. */
static int
put(struct pass *p, struct spill_row *r)
{
	if (p->conf->want != 0) {
		copy(&p->text[T_LAST_ITEM], spill_row_get(r, IT_ITEM));
		copy(&p->text[T_LAST_PATH], spill_row_get(r, IT_PATH));
	}
	return p->ops->row(p->ops->ctx, r);
}

static void
complete(struct replay *r, struct spill_row *row, char text[24])
{
	uint64_t n = r->rows++;

	for (; r->next < r->ndone && r->done[r->next].row <= n; r->next++) {
		const struct done *d = &r->done[r->next];

		if (d->row != n)
			continue;
		if (d->members != UINT64_MAX) {
			(void)snprintf(
			    text, 24, "%llu", (unsigned long long)d->members);
			spill_row_set(row, IT_MEMBERS, spill_span(text));
		}
		if (d->status != NULL)
			spill_row_set(row, IT_STATUS, spill_span(d->status));
	}
}

static const char *
evidence_of(const struct pass_item *x)
{
	return x->how == PASS_FILE ? x->path : x->place.source->path;
}

/* An error of our own about the item. */
static void
say_own(struct replay *r, const char *code, const char *detail)
{
	const struct spill_error e = { .code = code,
		.evidence = evidence_of(r->x),
		.item = joined(r->p, T_ITEM, r->x->text, r->x->chain),
		.path = spill_row_get(&r->p->base, IT_PATH),
		.detail = detail };

	spill_tool_error(r->p->tool, &e);
}

/* Looked at once more, an item whose members are listed is not opened, and a
 * member without a name is not called as its container: what was known stays.
 */
static bool
is_less(const struct pass_item *x, const struct spill_row *known,
    const struct spill_row *found, unsigned column)
{
	struct spill_span v = found->cell[column];

	if (!spill_row_has(known, column))
		return false;
	return column == IT_STATUS
		   ? x->closed && spill_span_eq(v, SPILL_SPAN("ok"))
		   : column == IT_EXT_MATCH && x->in_group &&
			 spill_span_eq(v, SPILL_SPAN("none"));
}

/* What was found out of an item goes into the row that it came with. */
static int
put_base(struct replay *r, const struct spill_row *found)
{
	static const unsigned columns[] = { IT_MIME, IT_TYPE, IT_EXT_MATCH,
		IT_SHA256, IT_MD5, IT_SHA1, IT_ENTROPY, IT_STATUS };
	struct pass *p = r->p;
	struct pass_item *x = r->x;
	struct spill_row *b = &p->base;
	char members[24];

	if (found != NULL)
		r->above = spill_row_get(found, IT_PATH).len;
	for (size_t i = 0; found != NULL && i < SPILL_COUNT(columns); i++)
		if (spill_row_has(found, columns[i]) &&
		    !is_less(x, b, found, columns[i]))
			spill_row_set(b, columns[i], found->cell[columns[i]]);
	if (x->status != NULL)
		spill_row_set(b, IT_STATUS, spill_span(x->status));
	complete(r, b, members);
	return put(p, b);
}

/* A path that the worker counts from the container: below a member that came
 * as a record, only what is behind that. */
static struct spill_span
below(const struct replay *r, struct spill_span path)
{
	size_t n = SPILL_MIN(path.len, r->above);

	return (struct spill_span){ path.p + n, path.len - n };
}

static void
set_path(struct replay *r, struct spill_row *m)
{
	struct pass *p = r->p;
	struct spill_buf *b = &p->text[T_PATH];

	spill_row_set(m, IT_PATH,
	    joined(p, T_PATH, spill_row_get(&p->base, IT_PATH),
		below(r, spill_row_get(m, IT_PATH))));
	if (b->rc == SPILL_OK)
		return;
	spill_row_set(m, IT_PATH, SPILL_SPAN(""));
	if (!r->told_path)
		say_own(r, "limit",
		    "the paths of its members are too long, and left out");
	r->told_path = true;
}

static int
put_member(struct replay *r, struct spill_row *m)
{
	static const unsigned from_base[] = { IT_EVIDENCE, IT_VOLUME,
		IT_ALLOC_NAME, IT_ALLOC_META };
	struct pass *p = r->p;
	struct spill_span chain = spill_row_get(m, IT_ITEM);
	char members[24];

	complete(r, m, members);
	for (size_t i = 0; i < SPILL_COUNT(from_base); i++)
		spill_row_set(
		    m, from_base[i], spill_row_get(&p->base, from_base[i]));
	spill_row_set(m, IT_ITEM, joined(p, T_ITEM, r->x->text, chain));
	spill_row_set(m, IT_PARENT,
	    joined(p, T_PARENT, r->x->text, spill_row_get(m, IT_PARENT)));
	set_path(r, m);
	return put(p, m);
}

static int
error_row(struct replay *r, struct spill_span v)
{
	static struct spill_row row;
	const struct spill_schema *s = &spill_schema_error;
	struct pass *p = r->p;
	char code[16], detail[PASS_DETAIL];
	struct spill_error e = { .code = code, .detail = detail };
	int at[4];
	static const char *const names[4] = { "code", "item", "path",
		"detail" };

	if (spill_unpack(v, &row) != SPILL_OK) /* it was checked */
		return SPILL_EDAMAGED;
	for (unsigned i = 0; i < 4; i++)
		at[i] = spill_schema_find(s, spill_span(names[i]));
	(void)snprintf(code, sizeof(code), "%.*s",
	    (int)spill_row_get(&row, (unsigned)at[0]).len,
	    spill_row_get(&row, (unsigned)at[0]).p);
	(void)snprintf(detail, sizeof(detail), "%.*s",
	    (int)spill_row_get(&row, (unsigned)at[3]).len,
	    spill_row_get(&row, (unsigned)at[3]).p);
	if (strcmp(code, "unsupported") == 0 &&
	    strcmp(detail, SPILL_LOOK_PICTURE) == 0) {
		p->pictures++;
		return SPILL_OK;
	}
	e.evidence = evidence_of(r->x);
	e.item =
	    joined(p, T_ITEM, r->x->text, spill_row_get(&row, (unsigned)at[1]));
	e.path = joined(p, T_ERROR_PATH, spill_row_get(&p->base, IT_PATH),
	    below(r, spill_row_get(&row, (unsigned)at[2])));
	spill_tool_error(p->tool, &e);
	return SPILL_OK;
}

static int
read_error(struct replay *r, struct spill_span v)
{
	const struct pass_item *x = r->x;

	if (r->text == NULL)
		r->text = spill_arena_dup(&r->texts, x->text.p, x->text.len);
	return r->text == NULL
		   ? SPILL_ENOMEM
		   : spill_itemset_error(r->p->set, &x->place, r->text, v);
}

/* --- lines -------------------------------------------------------------- */

/* What it is, by the columns that it has: the number of its first one. */
static unsigned
base_of(unsigned col)
{
	return col >= SPILL_LOOK_MARKING   ? SPILL_LOOK_MARKING
	       : col >= SPILL_LOOK_VERDICT ? SPILL_LOOK_VERDICT
					   : SPILL_LOOK_LINE;
}

/* Item, evidence and path are the first three of each of these schemas. */
static int
line(struct replay *r, struct spill_span v)
{
	static struct spill_row out;
	const struct spill_pass_ops *ops = r->p->ops;
	struct pass *p = r->p;
	struct spill_walk w = spill_walk(v, NULL); /* checked when it came */
	unsigned base = base_of(w.col);

	spill_row_clear(&out);
	spill_row_set(&out, LN_ITEM, spill_buf_as_span(&p->text[T_LAST_ITEM]));
	spill_row_set(&out, LN_PATH, spill_buf_as_span(&p->text[T_LAST_PATH]));
	spill_row_set(&out, LN_EVIDENCE, spill_row_get(&p->base, IT_EVIDENCE));
	for (; w.col < SPILL_COLUMNS_MAX; spill_walk_next(&w))
		spill_row_set(&out, w.col - base, w.value);
	return base == SPILL_LOOK_VERDICT   ? ops->verdict(ops->ctx, &out)
	       : base == SPILL_LOOK_MARKING ? ops->marking(ops->ctx, &out)
					    : ops->line(ops->ctx, &out);
}

/* An error about the document of the last row. */
static int
line_error(struct replay *r, const char *code, const char *detail)
{
	struct pass *p = r->p;
	const struct spill_error e = { .code = code,
		.evidence = evidence_of(r->x),
		.item = spill_buf_as_span(&p->text[T_LAST_ITEM]),
		.path = spill_buf_as_span(&p->text[T_LAST_PATH]),
		.detail = detail };

	spill_tool_error(p->tool, &e);
	return SPILL_OK;
}

/* What the other worker said. */
static int
say_handed(void *arg, enum pass_kind kind, struct spill_span v)
{
	static struct spill_row row;
	const struct spill_schema *s = &spill_schema_error;
	struct replay *r = arg;
	char code[16], detail[PASS_DETAIL];
	struct spill_span c, d;

	if (kind == PASS_LINE)
		return line(r, v);
	if (kind == PASS_TOLD) {
		copy(&r->p->text[T_EVIDENCE], v);
		v.p = spill_buf_str(&r->p->text[T_EVIDENCE]);
		return line_error(r, v.p, v.p + strlen(v.p) + 1);
	}
	if (spill_unpack(v, &row) != SPILL_OK)
		return SPILL_EDAMAGED;
	c = spill_row_get(
	    &row, (unsigned)spill_schema_find(s, SPILL_SPAN("code")));
	d = spill_row_get(
	    &row, (unsigned)spill_schema_find(s, SPILL_SPAN("detail")));
	(void)snprintf(code, sizeof(code), "%.*s", (int)c.len, c.p);
	(void)snprintf(detail, sizeof(detail), "%.*s", (int)d.len, d.p);
	return line_error(r, code, detail);
}

static int
say(struct replay *r, enum pass_kind kind, struct spill_span v)
{
	struct spill_row *row = &r->p->row;
	const struct pass_hand *h;
	int rc;

	switch (kind) {
	case PASS_LINE:
		return line(r, v);
	case PASS_HAND:
		memcpy(&h, v.p, sizeof(h));
		return pass_each(r->p, &h->doc, say_handed, r);
	case PASS_ERROR:
		return error_row(r, v);
	case PASS_READ_ERROR:
		return read_error(r, v);
	case PASS_TOLD:
		spill_buf_reset(&r->p->text[T_EVIDENCE]);
		spill_buf_span(&r->p->text[T_EVIDENCE], v);
		v.p = spill_buf_str(&r->p->text[T_EVIDENCE]);
		say_own(r, v.p, v.len > 0 ? v.p + strlen(v.p) + 1 : "");
		return SPILL_OK;
	case PASS_ROW:
		break;
	}
	rc = spill_unpack(v, row);
	if (rc != SPILL_OK || pass_completes(row))
		return rc;
	return r->rows == 0 ? put_base(r, row) : put_member(r, row);
}

/* It was checked when it came; should one be damaged all the same, it costs
 * itself. */
static int
say_or_tell(void *arg, enum pass_kind kind, struct spill_span v)
{
	struct replay *r = arg;
	int rc = say(r, kind, v);

	if (rc != SPILL_EDAMAGED && rc != SPILL_ELIMIT)
		return rc;
	say_own(r, "internal", "what was said of it cannot be written");
	return SPILL_OK;
}

/* Nothing was said of it: it was not asked for, or that is told. */
static int
put_silent(struct replay *r)
{
	struct pass_item *x = r->x;

	if (x->how != PASS_THROUGH && !x->told) {
		if (x->chain.len > 0)
			say_own(r, "damaged", "there is no such member");
		else
			say_own(r, "protocol",
			    "worker-content: it said nothing of it");
		x->status = x->chain.len > 0 ? "unreadable" : "crash";
	}
	return put_base(r, NULL);
}

int
pass_emit(struct pass *p, struct pass_item *x)
{
	struct replay r = {
		.p = p, .x = x, .chain = SPILL_BUF_INIT(SPILL_LOCATOR_TEXT)
	};
	int rc = spill_unpack(x->rec, &p->base);

	/* The same once more: what was said of the first is said again. */
	if (x->twin != NULL) {
		x->result = x->twin->result;
		x->status = x->twin->status;
		x->told = x->twin->told;
	}
	/* Of a member that is missing, the container was opened. */
	p->lost += x->status != NULL && strcmp(x->status, "unreadable") == 0;
	if (rc == SPILL_OK)
		rc = pass_each(p, x, collect, &r);
	if (rc == SPILL_OK && r.ndone > 1)
		qsort(r.done, r.ndone, sizeof(*r.done), by_row);
	r.rows = 0;
	if (rc == SPILL_OK)
		rc = pass_each(p, x, say_or_tell, &r);
	if (rc == SPILL_OK && r.rows == 0)
		rc = put_silent(&r);
	if (x->twin != NULL)
		x->result = (struct pass_result){ 0 };
	else if (!x->twinned)
		pass_drop(p, x);
	free(r.done);
	free(r.open);
	spill_buf_release(&r.chain);
	spill_arena_release(&r.texts);
	return rc;
}

int
pass_columns(struct pass *p)
{
	if (p->told_columns)
		return SPILL_OK;
	p->told_columns = true;
	return p->ops->columns(p->ops->ctx, p->cols);
}
