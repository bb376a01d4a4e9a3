/*
 * pass_check.c: what a worker says is looked at when it comes, so that nothing
 * of it can be wrong when it is written: cells by their columns, and rows by
 * what they can be said of.
 */
#include <string.h>

#include <spill/fscheck.h>
#include <spill/name.h>

#include "pass_i.h"

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

/* --- cells -------------------------------------------------------------- */

/* What only the tool or the walk knows. */
#define NOT_OURS                                                               \
	(1ULL << IT_EVIDENCE | 1ULL << IT_VOLUME | 1ULL << IT_KNOWN |          \
	    1ULL << IT_ALLOC_NAME | 1ULL << IT_ALLOC_META | 1ULL << IT_GRADE | \
	    1ULL << IT_META | 1ULL << IT_RUNS | 1ULL << IT_IMG_OFFSET |        \
	    1ULL << IT_FRAGMENTS)
/* All that a row which completes another may have. */
#define COMPLETES (1ULL << IT_ITEM | 1ULL << IT_MEMBERS | 1ULL << IT_STATUS)

/* A hash is whole or is none. */
static bool
has_hashes(const struct spill_row *r)
{
	static const struct {
		unsigned column;
		size_t len;
	} hashes[] = { { IT_SHA256, 64 }, { IT_SHA1, 40 }, { IT_MD5, 32 } };

	for (size_t i = 0; i < SPILL_COUNT(hashes); i++)
		if (spill_row_has(r, hashes[i].column) &&
		    r->cell[hashes[i].column].len != hashes[i].len)
			return false;
	return true;
}

/* Only columns of the schema, and in each what it may have, but for locators,
 * which are chains here. */
static bool
is_of(const struct spill_schema *s, const struct spill_row *r)
{
	for (unsigned w = 0; w < SPILL_COUNT(r->bits); w++)
		for (uint64_t bits = r->bits[w]; bits != 0; bits &= bits - 1) {
			unsigned i = w * 64 + (unsigned)__builtin_ctzll(bits);

			if (i >= s->n)
				return false;
			if (s->columns[i].type == SPILL_T_LOCATOR
				? !is_chain(r->cell[i])
				: !fscheck_cell(s, i, r->cell[i]))
				return false;
		}
	return true;
}

int
pass_check(const struct spill_row *r)
{
	_Static_assert(IT_COUNT <= 64, "one word has all columns");
	return (r->bits[0] & NOT_OURS) == 0 && is_of(&spill_schema_item, r) &&
		       has_hashes(r)
		   ? SPILL_OK
		   : SPILL_EDAMAGED;
}

int
pass_check_error(struct spill_row *r, struct spill_span rec)
{
	const struct spill_schema *s = &spill_schema_error;
	int code = spill_schema_find(s, SPILL_SPAN("code"));
	int detail = spill_schema_find(s, SPILL_SPAN("detail"));

	return spill_unpack(rec, r) == SPILL_OK && is_of(s, r) &&
		       spill_row_get(r, (unsigned)code).len > 0 &&
		       spill_row_get(r, (unsigned)detail).len < PASS_DETAIL
		   ? SPILL_OK
		   : SPILL_EDAMAGED;
}

/* --- lines -------------------------------------------------------------- */

bool
pass_is_line(const struct spill_row *r)
{
	return (r->bits[1] | r->bits[2] | r->bits[3]) != 0;
}

/* What a worker may say besides rows: all columns of a schema but those that
 * the tool knows, item, evidence and path, and, behind them, some without one.
 */
static const struct said {
	unsigned want, base;
	const struct spill_schema *schema;
	unsigned first, end, more, more_end; /* more: absolute numbers */
	unsigned needed[2];
} said[] = {
	{ SPILL_LOOK_WANT_TEXT, SPILL_LOOK_LINE, &spill_schema_line, LN_PART,
	    LN_COUNT, 0, 0, { LN_ROLE, LN_TEXT } },
	{ SPILL_LOOK_WANT_VERDICT, SPILL_LOOK_VERDICT, &spill_schema_verdict,
	    VD_CLASS, VD_COUNT, SPILL_LOOK_GUID, SPILL_LOOK_LABEL_END,
	    { VD_CLASS, VD_CLASS } },
	{ SPILL_LOOK_WANT_MARKINGS, SPILL_LOOK_MARKING, &spill_schema_marking,
	    MK_CLASS, MK_COUNT, 0, 0, { MK_CLASS, MK_TEXT } },
};

/* Words of a tool are ASCII, but names of levels have letters of all nations.
 */
static bool
is_cell(const struct spill_schema *s, unsigned i, struct spill_span cell)
{
	enum spill_type t = s->columns[i].type;

	return fscheck_cell(s, i, cell) ||
	       ((t == SPILL_T_TEXT || t == SPILL_T_LIST) &&
		   spill_name_is_neutral(cell, false));
}

/* What is said of a label may become the verdict on another document. */
static bool
is_of_label(unsigned i, struct spill_span cell)
{
	static const unsigned as[] = { VD_LEVEL, VD_LEVEL, VD_SCHEME, VD_LEVEL,
		VD_RANK };

	_Static_assert(
	    SPILL_COUNT(as) == SPILL_LOOK_LABEL_END - SPILL_LOOK_GUID,
	    "each is like one of a verdict");
	return cell.len <= PASS_DETAIL &&
	       is_cell(&spill_schema_verdict, as[i - SPILL_LOOK_GUID], cell);
}

static bool
may_say(const struct said *s, unsigned i, struct spill_span cell)
{
	if (i >= s->more && i < s->more_end)
		return is_of_label(i, cell);
	return i >= s->base + s->first && i < s->base + s->end &&
	       is_cell(s->schema, i - s->base, cell);
}

static bool
says(const struct said *s, const struct spill_row *r)
{
	size_t all = 0;

	for (unsigned w = 0; w < SPILL_COUNT(r->bits); w++)
		for (uint64_t bits = r->bits[w]; bits != 0; bits &= bits - 1) {
			unsigned i = w * 64 + (unsigned)__builtin_ctzll(bits);

			all += r->cell[i].len;
			if (all > PASS_SAID || !may_say(s, i, r->cell[i]))
				return false;
		}
	return spill_row_has(r, s->base + s->needed[0]) &&
	       spill_row_has(r, s->base + s->needed[1]);
}

int
pass_check_said(const struct spill_row *r, unsigned want)
{
	for (size_t i = 0; i < SPILL_COUNT(said); i++)
		if (r->bits[said[i].base / 64] != 0)
			return (want & said[i].want) != 0 && says(&said[i], r)
				   ? SPILL_OK
				   : SPILL_EDAMAGED;
	return SPILL_EDAMAGED;
}

/* --- rows --------------------------------------------------------------- */

bool
pass_completes(const struct spill_row *r)
{
	return !spill_row_has(r, IT_KIND) &&
	       (spill_row_has(r, IT_ITEM) || spill_row_has(r, IT_MEMBERS)) &&
	       !spill_row_has(r, IT_MIME);
}

bool
pass_is_below(struct spill_span chain, struct spill_span of)
{
	return chain.len > of.len && chain.p[of.len] == ':' &&
	       memcmp(chain.p, of.p, of.len) == 0;
}

uint64_t
pass_depth(struct spill_span chain)
{
	uint64_t n = 0;

	for (size_t i = 0; i < chain.len; i++)
		n += chain.p[i] == ':';
	return n;
}

/* Is the parent what the chain is one more segment of? */
static bool
is_parent(struct spill_span parent, struct spill_span chain)
{
	const char *colon = memrchr(chain.p, ':', chain.len);

	return colon != NULL && parent.len == (size_t)(colon - chain.p) &&
	       memcmp(parent.p, chain.p, parent.len) == 0;
}

/* The first row of an item is its own. */
static bool
is_first(struct pass_item *x, const struct spill_row *r)
{
	struct spill_span path = spill_row_get(r, IT_PATH);

	if (!spill_span_eq(spill_row_get(r, IT_ITEM), x->chain) ||
	    spill_row_has(r, IT_KIND) != x->in_group ||
	    (x->in_group ? path.len == 0 || path.p[0] != '/' : path.len > 0))
		return false;
	x->begun = true;
	x->above = path.len;
	return true;
}

/* A path is counted from the container, so it goes on where that of the item
 * itself ends. */
static bool
is_member(
    const struct pass *p, const struct pass_item *x, const struct spill_row *r)
{
	uint64_t deepest = p->conf->limits.depth;
	struct spill_span chain = spill_row_get(r, IT_ITEM);
	struct spill_span path = spill_row_get(r, IT_PATH);

	return spill_row_has(r, IT_KIND) && pass_is_below(chain, x->chain) &&
	       is_parent(spill_row_get(r, IT_PARENT), chain) &&
	       (deepest == 0 || pass_depth(chain) <= deepest) &&
	       path.len > x->above && path.p[x->above] == '/';
}

int
pass_belongs(
    const struct pass *p, struct pass_item *x, const struct spill_row *r)
{
	uint64_t most = p->conf->limits.members;
	struct spill_span chain = spill_row_get(r, IT_ITEM);
	bool ok;

	/* Each has a row, and each container one that completes it. */
	if (most > 0 && x->rows++ / 2 > most)
		return SPILL_EDAMAGED;
	if (pass_completes(r))
		ok = x->begun && (r->bits[0] & ~COMPLETES) == 0 &&
		     (spill_span_eq(chain, x->chain) ||
			 pass_is_below(chain, x->chain));
	else
		ok = x->begun ? is_member(p, x, r) : is_first(x, r);
	return ok ? SPILL_OK : SPILL_EDAMAGED;
}
