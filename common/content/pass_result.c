/*
 * pass_result.c: what workers said of an item, kept until its turn comes, and
 * then written. What is too much for memory lies in a scratch file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <spill/fscheck.h>
#include <spill/name.h>
#include <spill/scratch.h>

#include "pass_i.h"

#define HEAD 5

/* --- keeping ------------------------------------------------------------ */

static int
flush(struct pass *p, struct pass_result *r)
{
	struct pass_extent *e = spill_arena_alloc(&p->arena, sizeof(*e));
	int rc = SPILL_OK;

	if (e == NULL)
		return SPILL_ENOMEM;
	if (p->scratch < 0)
		rc = spill_scratch_open(p->conf->scratch, &p->scratch);
	if (rc == SPILL_OK)
		rc = spill_scratch_write(
		    p->scratch, r->mem.p, r->mem.len, p->scratch_used);
	if (rc != SPILL_OK)
		return rc;
	*e = (struct pass_extent){ .at = p->scratch_used, .len = r->mem.len };
	p->scratch_used += r->mem.len;
	p->held -= r->mem.len;
	if (r->first == NULL)
		r->last = &r->first;
	*r->last = e;
	r->last = &e->next;
	spill_buf_release(&r->mem);
	r->mem = SPILL_BUF_INIT(SIZE_MAX / 2);
	return SPILL_OK;
}

int
pass_put(struct pass *p, struct pass_item *x, enum pass_kind kind,
    struct spill_span v)
{
	struct pass_result *r = &x->result;
	char head[HEAD] = { (char)kind };
	uint32_t n = (uint32_t)v.len;
	size_t before = r->mem.len;

	if (v.len > UINT32_MAX)
		return SPILL_ELIMIT;
	memcpy(head + 1, &n, sizeof(n));
	r->mem.max = SIZE_MAX / 2;
	spill_buf_put(&r->mem, head, sizeof(head));
	spill_buf_span(&r->mem, v);
	if (r->mem.rc != SPILL_OK)
		return r->mem.rc;
	p->held += r->mem.len - before;
	/* Small ones are let grow, so that pieces are large. */
	return (p->held > PASS_HELD && r->mem.len > PASS_PIECE) ||
		       p->held > 2 * PASS_HELD
		   ? flush(p, r)
		   : SPILL_OK;
}

int
pass_told(
    struct pass *p, struct pass_item *x, const char *code, const char *detail)
{
	struct spill_buf b = SPILL_BUF_INIT(4096);
	int rc;

	spill_buf_put(&b, code, strlen(code) + 1);
	spill_buf_puts(&b, detail);
	rc = b.rc != SPILL_OK
		 ? b.rc
		 : pass_put(p, x, PASS_TOLD, spill_buf_as_span(&b));
	spill_buf_release(&b);
	return rc;
}

void
pass_drop(struct pass *p, struct pass_item *x)
{
	p->held -= x->result.mem.len;
	spill_buf_release(&x->result.mem);
	x->result = (struct pass_result){ 0 };
}

/* --- checking ----------------------------------------------------------- */

/* ":a.zip:b~2": every segment as a locator has it. */
static bool
is_chain(struct spill_span v)
{
	struct spill_arena a = SPILL_ARENA_INIT((size_t)1 << 20);
	struct spill_buf b = SPILL_BUF_INIT(2 * SPILL_LOCATOR_TEXT);
	struct spill_locator l;
	bool ok;

	if (v.len == 0)
		return true;
	spill_buf_puts(&b, "file:x");
	spill_buf_span(&b, v);
	ok = v.p[0] == ':' && b.rc == SPILL_OK &&
	     spill_locator_parse(spill_buf_as_span(&b), &a, &l, NULL) ==
		 SPILL_OK;
	spill_buf_release(&b);
	spill_arena_release(&a);
	return ok;
}

/* What only the tool or the walk knows. */
#define NOT_OURS                                                               \
	(1ULL << IT_EVIDENCE | 1ULL << IT_VOLUME | 1ULL << IT_KNOWN |          \
	    1ULL << IT_ALLOC_NAME | 1ULL << IT_ALLOC_META | 1ULL << IT_GRADE | \
	    1ULL << IT_META | 1ULL << IT_RUNS | 1ULL << IT_IMG_OFFSET |        \
	    1ULL << IT_FRAGMENTS)

int
pass_check(struct spill_row *r, struct spill_span rec)
{
	const struct spill_schema *s = &spill_schema_item;

	_Static_assert(IT_COUNT <= 64, "one word has all columns");
	if (spill_unpack(rec, r) != SPILL_OK || (r->bits[0] & NOT_OURS) != 0 ||
	    r->bits[0] >> IT_COUNT != 0)
		return SPILL_EDAMAGED;
	for (size_t i = 1; i < SPILL_COUNT(r->bits); i++)
		if (r->bits[i] != 0)
			return SPILL_EDAMAGED;
	for (unsigned i = 0; i < s->n; i++)
		if (spill_row_has(r, i) &&
		    s->columns[i].type != SPILL_T_LOCATOR &&
		    !fscheck_cell(s, i, r->cell[i]))
			return SPILL_EDAMAGED;
	return is_chain(spill_row_get(r, IT_ITEM)) &&
		       is_chain(spill_row_get(r, IT_PARENT))
		   ? SPILL_OK
		   : SPILL_EDAMAGED;
}

int
pass_check_error(struct spill_row *r, struct spill_span rec)
{
	const struct spill_schema *s = &spill_schema_error;
	int item = spill_schema_find(s, SPILL_SPAN("item"));
	int code = spill_schema_find(s, SPILL_SPAN("code"));

	if (spill_unpack(rec, r) != SPILL_OK || r->bits[0] >> s->n != 0 ||
	    !spill_row_has(r, (unsigned)code))
		return SPILL_EDAMAGED;
	for (size_t i = 1; i < SPILL_COUNT(r->bits); i++)
		if (r->bits[i] != 0)
			return SPILL_EDAMAGED;
	for (unsigned i = 0; i < s->n; i++)
		if (spill_row_has(r, i) && (int)i != item &&
		    !fscheck_cell(s, i, r->cell[i]))
			return SPILL_EDAMAGED;
	return is_chain(spill_row_get(r, (unsigned)item)) ? SPILL_OK
							  : SPILL_EDAMAGED;
}

/* --- reading back ------------------------------------------------------- */

struct done { /* a row that completes another */
	struct spill_span chain, members, status;
};

struct replay {
	struct pass *p;
	struct pass_item *x;
	struct done *done;
	size_t ndone, cap;
	struct spill_arena texts;
	bool base_out; /* its own row was written */
	size_t above; /* bytes of paths that are the item's own path */
};

static int
each(struct replay *r, struct spill_span all,
    int (*f)(struct replay *, enum pass_kind, struct spill_span))
{
	int rc = SPILL_OK;

	while (all.len > 0 && rc == SPILL_OK) {
		uint32_t n;

		memcpy(&n, all.p + 1, sizeof(n));
		rc = f(r, (enum pass_kind)(unsigned char)all.p[0],
		    (struct spill_span){ all.p + HEAD, n });
		all.p += HEAD + n;
		all.len -= HEAD + n;
	}
	return rc;
}

static int
replay(struct replay *r,
    int (*f)(struct replay *, enum pass_kind, struct spill_span))
{
	struct pass_result *res = &r->x->result;
	int rc = SPILL_OK;

	for (struct pass_extent *e = res->first; e != NULL && rc == SPILL_OK;
	     e = e->next) {
		char *buf = malloc((size_t)e->len);

		rc = buf == NULL ? SPILL_ENOMEM
				 : spill_scratch_read(r->p->scratch, buf,
				       (size_t)e->len, e->at);
		if (rc == SPILL_OK)
			rc = each(
			    r, (struct spill_span){ buf, (size_t)e->len }, f);
		free(buf);
	}
	return rc == SPILL_OK ? each(r, spill_buf_as_span(&res->mem), f) : rc;
}

static struct spill_span
keep(struct replay *r, struct spill_span v)
{
	char *p = spill_arena_dup(&r->texts, v.p, v.len);

	return (struct spill_span){ p != NULL ? p : "", p != NULL ? v.len : 0 };
}

/* A row that has no kind, but a chain or members, completes one. */
static bool
completes(const struct spill_row *row)
{
	return !spill_row_has(row, IT_KIND) &&
	       (spill_row_has(row, IT_ITEM) ||
		   spill_row_has(row, IT_MEMBERS)) &&
	       !spill_row_has(row, IT_MIME);
}

static int
collect(struct replay *r, enum pass_kind kind, struct spill_span v)
{
	struct spill_row *row = &r->p->row;
	struct done *d;

	if (kind != PASS_ROW)
		return SPILL_OK;
	if (spill_unpack(v, row) != SPILL_OK)
		return SPILL_EDAMAGED;
	if (!completes(row))
		return SPILL_OK;
	d = spill_grow(r->done, r->ndone, &r->cap, sizeof(*d));
	if (d == NULL)
		return SPILL_ENOMEM;
	r->done = d;
	d[r->ndone++] = (struct done){ keep(r, spill_row_get(row, IT_ITEM)),
		keep(r, spill_row_get(row, IT_MEMBERS)),
		keep(r, spill_row_get(row, IT_STATUS)) };
	return SPILL_OK;
}

static int
by_chain(const void *a, const void *b)
{
	return spill_span_cmp(
	    ((const struct done *)a)->chain, ((const struct done *)b)->chain);
}

static const struct done *
done_of(const struct replay *r, struct spill_span chain)
{
	const struct done key = { .chain = chain };

	return r->ndone == 0
		   ? NULL
		   : bsearch(&key, r->done, r->ndone, sizeof(key), by_chain);
}

/* --- writing ------------------------------------------------------------ */

enum { T_ITEM, T_PARENT, T_PATH, T_EVIDENCE, T_ERROR_PATH };

static struct spill_span
joined(struct pass *p, unsigned text, struct spill_span a, struct spill_span b)
{
	struct spill_buf *t = &p->text[text];

	spill_buf_reset(t);
	spill_buf_span(t, a);
	spill_buf_span(t, b);
	return spill_buf_as_span(t);
}

static int
put(struct pass *p, struct spill_row *r)
{
	return p->ops->row(p->ops->ctx, r);
}

static void
complete(const struct replay *r, struct spill_row *row, struct spill_span chain)
{
	const struct done *d = done_of(r, chain);

	if (d == NULL)
		return;
	spill_row_set(row, IT_MEMBERS, d->members);
	if (d->status.len > 0)
		spill_row_set(row, IT_STATUS, d->status);
}

/* What was found out of an item goes into the row that it came with. */
static int
put_base(struct replay *r, const struct spill_row *found)
{
	static const unsigned columns[] = { IT_MIME, IT_TYPE, IT_EXT_MATCH,
		IT_SHA256, IT_MD5, IT_SHA1, IT_ENTROPY };
	struct pass *p = r->p;
	struct pass_item *x = r->x;
	struct spill_row *b = &p->base;

	r->base_out = true;
	if (found != NULL)
		r->above = spill_row_get(found, IT_PATH).len;
	for (size_t i = 0; found != NULL && i < SPILL_COUNT(columns); i++)
		if (spill_row_has(found, columns[i]))
			spill_row_set(b, columns[i], found->cell[columns[i]]);
	if (found != NULL && spill_row_has(found, IT_STATUS))
		spill_row_set(b, IT_STATUS, found->cell[IT_STATUS]);
	if (x->status != NULL)
		spill_row_set(b, IT_STATUS, spill_span(x->status));
	complete(r, b, x->chain);
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

static int
put_member(struct replay *r, struct spill_row *m)
{
	static const unsigned from_base[] = { IT_EVIDENCE, IT_VOLUME,
		IT_ALLOC_NAME, IT_ALLOC_META };
	struct pass *p = r->p;
	struct spill_span chain = spill_row_get(m, IT_ITEM);
	struct spill_span path = spill_row_get(&p->base, IT_PATH);

	complete(r, m, chain);
	for (size_t i = 0; i < SPILL_COUNT(from_base); i++)
		spill_row_set(
		    m, from_base[i], spill_row_get(&p->base, from_base[i]));
	spill_row_set(m, IT_ITEM, joined(p, T_ITEM, r->x->text, chain));
	spill_row_set(m, IT_PARENT,
	    joined(p, T_PARENT, r->x->text, spill_row_get(m, IT_PARENT)));
	spill_row_set(m, IT_PATH,
	    joined(p, T_PATH, path, below(r, spill_row_get(m, IT_PATH))));
	return put(p, m);
}

static int
error_row(struct replay *r, struct spill_span v)
{
	static struct spill_row row;
	const struct spill_schema *s = &spill_schema_error;
	struct pass *p = r->p;
	char code[16], detail[512], evidence[4096];
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
	(void)snprintf(evidence, sizeof(evidence), "%s",
	    r->x->how == PASS_FILE ? r->x->path : r->x->place.source->path);
	e.evidence = evidence;
	e.item =
	    joined(p, T_ITEM, r->x->text, spill_row_get(&row, (unsigned)at[1]));
	e.path = joined(p, T_ERROR_PATH, spill_row_get(&p->base, IT_PATH),
	    below(r, spill_row_get(&row, (unsigned)at[2])));
	if (code[0] == '\0')
		return SPILL_EDAMAGED;
	spill_tool_error(p->tool, &e);
	return SPILL_OK;
}

static void
told(struct replay *r, struct spill_span v)
{
	const struct spill_error e = { .code = v.p,
		.evidence = r->x->how == PASS_FILE ? r->x->path
						   : r->x->place.source->path,
		.item = joined(r->p, T_ITEM, r->x->text, r->x->chain),
		.path = spill_row_get(&r->p->base, IT_PATH),
		.detail = joined(r->p, T_EVIDENCE,
		    (struct spill_span){
			v.p + strlen(v.p) + 1, v.len - strlen(v.p) - 1 },
		    SPILL_SPAN("\0"))
			      .p };

	spill_tool_error(r->p->tool, &e);
}

static int
say(struct replay *r, enum pass_kind kind, struct spill_span v)
{
	struct pass_item *x = r->x;
	struct spill_row *row = &r->p->row;
	char *text;
	int rc;

	switch (kind) {
	case PASS_ERROR:
		return error_row(r, v);
	case PASS_READ_ERROR:
		text = spill_arena_dup(&r->texts, x->text.p, x->text.len);
		return text == NULL
			   ? SPILL_ENOMEM
			   : spill_itemset_error(r->p->set, &x->place, text, v);
	case PASS_TOLD:
		told(r, v);
		return SPILL_OK;
	case PASS_ROW:
		break;
	}
	rc = spill_unpack(v, row);
	if (rc != SPILL_OK || completes(row))
		return rc;
	if (!r->base_out)
		return put_base(r, row);
	return put_member(r, row);
}

/* Nothing was said of it. */
static int
put_silent(struct replay *r)
{
	static const char missing[] = "damaged\0there is no such member";
	struct pass_item *x = r->x;

	if (x->how != PASS_THROUGH && x->chain.len > 0 && x->status == NULL) {
		told(r, (struct spill_span){ missing, sizeof(missing) - 1 });
		x->status = "unreadable";
	}
	return put_base(r, NULL);
}

int
pass_emit(struct pass *p, struct pass_item *x)
{
	struct replay r = { .p = p, .x = x };
	int rc = spill_unpack(x->rec, &p->base);

	/* The same once more: what was said of the first is said again. */
	if (x->twin != NULL) {
		x->result = x->twin->result;
		x->status = x->twin->status;
	}
	/* Of a member that is missing, the container was opened. */
	p->lost += x->status != NULL && strcmp(x->status, "unreadable") == 0;
	if (rc == SPILL_OK)
		rc = replay(&r, collect);
	if (rc == SPILL_OK && r.ndone > 1)
		qsort(r.done, r.ndone, sizeof(*r.done), by_chain);
	if (rc == SPILL_OK)
		rc = replay(&r, say);
	if (rc == SPILL_OK && !r.base_out)
		rc = put_silent(&r);
	if (x->twin != NULL)
		x->result = (struct pass_result){ 0 };
	else if (!x->twinned)
		pass_drop(p, x);
	free(r.done);
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
