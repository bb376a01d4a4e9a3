/*
 * sniff_rule.c: what the first test of each rule asks of a content, and which
 * rules can hold for one. Every question here may be answered with "perhaps"
 * where libmagic says no, never the other way round.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sniff_i.h"

#define REGEX_REACH 8192 /* libmagic's own limit: FILE_REGEX_MAX */
#define SEARCH_MAX  8192 /* of bytes that are no text */

/* --- certain bytes at a certain place ----------------------------------- */

static void
fixed_byte(struct sniff_fixed *f, unsigned at, uint8_t mask, uint8_t value)
{
	f->mask |= (uint64_t)mask << 8 * at;
	f->value |= (uint64_t)(value & mask) << 8 * at;
}

/* A string's first bytes, up to a blank where those are elastic. */
static bool
fixed_string(const struct sniff_entry *e, struct sniff_fixed *f)
{
	uint32_t flags = e->str.flags;
	unsigned n = 0;

	if (flags & ~(uint32_t)(SNIFF_S_BLANKS | SNIFF_S_LOWER | SNIFF_S_UPPER |
				SNIFF_S_HARMLESS))
		return false;
	for (; n < 8 && n < e->vallen; n++) {
		uint8_t c = (uint8_t)e->value.s[n];
		bool both = (flags & SNIFF_S_LOWER && islower(c)) ||
			    (flags & SNIFF_S_UPPER && isupper(c));

		if (flags & SNIFF_S_BLANKS && isspace(c))
			break;
		fixed_byte(f, n, both ? 0xdf : 0xff, c);
	}
	return n > 0;
}

/* The tag of an ASN.1 sequence; the first half of a GUID, as it is stored. */
static bool
fixed_other(const struct sniff_entry *e, struct sniff_fixed *f)
{
	if (e->type == SNIFF_DER && memcmp(e->value.s, "seq", 3) == 0)
		fixed_byte(f, 0, 0x1f, 0x10);
	if (e->type == SNIFF_GUID)
		for (unsigned i = 0; i < 8; i++)
			fixed_byte(f, i, 0xff, (uint8_t)e->value.s[i]);
	return f->mask != 0;
}

static bool
number_form(uint8_t type, unsigned *width, bool *big)
{
	static const struct {
		uint8_t type, width;
		bool big;
	} form[] = {
		{ SNIFF_BYTE, 1, false },
		{ SNIFF_LESHORT, 2, false },
		{ SNIFF_BESHORT, 2, true },
		{ SNIFF_LELONG, 4, false },
		{ SNIFF_BELONG, 4, true },
		{ SNIFF_LEQUAD, 8, false },
		{ SNIFF_BEQUAD, 8, true },
		{ SNIFF_SHORT, 2, __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ },
		{ SNIFF_LONG, 4, __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ },
		{ SNIFF_QUAD, 8, __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ },
	};

	for (size_t i = 0; i < SPILL_COUNT(form); i++)
		if (form[i].type == type) {
			*width = form[i].width;
			*big = form[i].big;
			return true;
		}
	return false;
}

/* A number, of which some bits may be masked out. */
static bool
fixed_number(const struct sniff_entry *e, struct sniff_fixed *f)
{
	uint64_t mask = e->mask != 0 ? e->mask : UINT64_MAX;
	unsigned width = 0;
	bool big = false;

	if (!number_form(e->type, &width, &big) ||
	    (e->mask != 0 && e->mask_op != 0)) /* 0: and */
		return false;
	for (unsigned i = 0; i < width; i++) {
		unsigned shift = 8 * (big ? width - 1 - i : i);

		fixed_byte(f, i, (uint8_t)(mask >> shift),
		    (uint8_t)(e->value.q >> shift));
	}
	return true;
}

static bool
fixed(const struct sniff_entry *e, struct sniff_fixed *f)
{
	if (e->reln != '=' || e->offset < 0 ||
	    e->flag & (SNIFF_F_INDIRECT | SNIFF_F_NEGATIVE))
		return false;
	f->offset = (uint32_t)e->offset;
	if (e->type == SNIFF_STRING && e->str.range == 0)
		return fixed_string(e, f);
	if (e->type == SNIFF_SEARCH && e->str.range == 1 &&
	    e->str.flags != 0) /* without flags, the next byte is tried too */
		return fixed_string(e, f);
	return fixed_other(e, f) || fixed_number(e, f);
}

/* --- tests that are made as libmagic makes them ------------------------- */

/* How much of a word stands for itself, and nothing else. */
static size_t
plain(const struct sniff_entry *e)
{
	uint32_t flags = e->str.flags;
	size_t n = 0;

	for (; n < e->vallen && n < sizeof(e->value.s); n++) {
		unsigned char c = (unsigned char)e->value.s[n];

		if ((flags & SNIFF_S_BLANKS && isspace(c)) ||
		    (flags & SNIFF_S_LOWER && islower(c)) ||
		    (flags & SNIFF_S_UPPER && isupper(c)))
			break;
	}
	return n;
}

/* "^[ <tab>]*x": a line that starts with x, behind blanks; else -1. */
static int
lead(const struct sniff_entry *e)
{
	static const char before[] = "^[ \t]*";
	int c = (unsigned char)e->value.s[sizeof(before) - 1];

	return memcmp(e->value.s, before, sizeof(before) - 1) == 0 &&
		       isalnum(c) && (e->str.flags & SNIFF_S_LOWER) == 0 &&
		       strchr("?*{", e->value.s[sizeof(before)]) == NULL
		   ? c
		   : -1;
}

/* "! ^[^xyz].*$": x, y and z are all that a line may start with, or it is
 * empty. What stands between the brackets, or NULL. */
static const char *
unlike(const struct sniff_entry *e)
{
	const char *end = memchr(e->value.s, ']', sizeof(e->value.s) - 5);

	if (e->type != SNIFF_REGEX || e->reln != '!' || e->offset != 0 ||
	    end == NULL || memcmp(e->value.s, "^[^", 3) != 0 ||
	    memcmp(end, "].*$", 5) != 0 ||
	    memchr(e->value.s, '-', sizeof(e->value.s)) != NULL ||
	    memchr(e->value.s + 3, '[', sizeof(e->value.s) - 3) != NULL ||
	    (e->str.flags & (SNIFF_S_LOWER | SNIFF_S_UPPER)) != 0)
		return NULL;
	return e->value.s + 3;
}

static bool
testable(const struct sniff_entry *e)
{
	unsigned width;
	bool big;

	if (e->offset < 0 || e->flag & (SNIFF_F_INDIRECT | SNIFF_F_NEGATIVE))
		return false;
	if (e->type == SNIFF_SEARCH)
		return e->reln == '=' && plain(e) > 0 &&
		       e->str.range <= SEARCH_MAX && e->str.range > 0;
	if (e->type == SNIFF_REGEX)
		return e->reln == '=' && lead(e) >= 0;
	return strchr("<>&", e->reln) != NULL && e->reln != '\0' &&
	       number_form(e->type, &width, &big) &&
	       (e->mask == 0 || e->mask_op == 0);
}

static bool
test_search(const struct sniff_entry *e, struct spill_span s)
{
	size_t from = (size_t)e->offset, n = plain(e);

	if (from >= s.len)
		return false;
	return memmem(s.p + from, SPILL_MIN(s.len - from, e->str.range + n),
		   e->value.s, n) != NULL;
}

static bool
test_lead(const struct sniff_entry *e, struct spill_span s)
{
	size_t i = (size_t)e->offset, end = SPILL_MIN(s.len, i + REGEX_REACH);
	const char *lf;

	while (i < end) {
		while (i < end && (s.p[i] == ' ' || s.p[i] == '\t'))
			i++;
		if (i < end && (unsigned char)s.p[i] == lead(e))
			return true;
		lf = i < end ? memchr(s.p + i, '\n', end - i) : NULL;
		if (lf == NULL)
			return false;
		i = (size_t)(lf - s.p) + 1;
	}
	return false;
}

/* By the first line alone. */
static bool
test_unlike(const struct sniff_entry *e, struct spill_span s)
{
	const char *set = unlike(e);
	size_t n = strcspn(set, "]");

	return s.len < 2 || s.p[0] == '\n' || s.p[0] == '\0' ||
	       memchr(set, s.p[0], n) != NULL;
}

static uint64_t
sign_extend(uint64_t v, unsigned width)
{
	unsigned shift = 64 - 8 * width;

	return (uint64_t)((int64_t)(v << shift) >> shift);
}

static bool
test_number(const struct sniff_entry *e, struct spill_span s)
{
	uint64_t v = 0, l = e->value.q;
	unsigned width = 0;
	bool big = false, less;

	number_form(e->type, &width, &big);
	if ((size_t)e->offset >= s.len || s.len - (size_t)e->offset < width)
		return false;
	for (unsigned i = 0; i < width; i++) {
		uint8_t c =
		    (uint8_t)s.p[(size_t)e->offset + (big ? i : width - 1 - i)];

		v = v << 8 | c;
	}
	if (e->mask != 0)
		v &= e->mask;
	if (e->reln == '&')
		return (v & l) == l || (sign_extend(v, width) & l) == l;
	if (!(e->flag & SNIFF_F_UNSIGNED))
		v = sign_extend(v, width);
	if (v == l)
		return false;
	less = e->flag & SNIFF_F_UNSIGNED ? v < l : (int64_t)v < (int64_t)l;
	return less == (e->reln == '<');
}

static bool
test(const struct sniff_entry *e, struct spill_span s)
{
	switch (e->type) {
	case SNIFF_SEARCH:
		return test_search(e, s);
	case SNIFF_REGEX:
		return e->reln == '=' ? test_lead(e, s) : test_unlike(e, s);
	}
	return test_number(e, s);
}

/* --- words -------------------------------------------------------------- */

/* The longest run without a blank, where those are elastic. */
static struct spill_span
longest_run(const struct sniff_entry *e)
{
	size_t n = SPILL_MIN(e->vallen, sizeof(e->value.s));
	bool elastic = e->str.flags & SNIFF_S_BLANKS;
	struct spill_span best = { e->value.s, 0 };
	size_t from = 0;

	for (size_t i = 0; i <= n; i++) {
		if (i < n &&
		    !(elastic && isspace((unsigned char)e->value.s[i])))
			continue;
		if (i - from > best.len)
			best =
			    (struct spill_span){ e->value.s + from, i - from };
		from = i + 1;
	}
	return best;
}

static int
find_search(const struct sniff_entry *e, unsigned rule, struct sniff_find *f,
    bool *done)
{
	struct spill_span word = longest_run(e);
	uint32_t range = e->str.range + 1;

	/* No limit; or blanks before it, which may be any number. */
	if (range == 1 || range > SNIFF_TEXT || word.p != e->value.s)
		range = SNIFF_TEXT;
	if (word.len < 2)
		return SPILL_OK;
	*done = true;
	return sniff_find_add(f, word, (uint32_t)e->offset, range, rule);
}

static int
find_regex(const struct sniff_entry *e, unsigned rule, struct sniff_find *f,
    bool *done)
{
	struct sniff_words w = { 0 };
	int rc = SPILL_OK;

	if (memchr(e->value.s, '\0', sizeof(e->value.s)) == NULL)
		return SPILL_OK;
	sniff_regex_words(e->value.s, e->offset == 0, &w);
	for (unsigned i = 0; i < w.n; i++)
		if (w.v[i].len < 2 && w.v[i].s[0] != '\t')
			return SPILL_OK; /* it is there, most likely */
	for (unsigned i = 0; i < w.n && rc == SPILL_OK; i++)
		rc = sniff_find_add(f,
		    (struct spill_span){ w.v[i].s, w.v[i].len },
		    (uint32_t)e->offset, REGEX_REACH, rule);
	*done = w.n > 0;
	return rc;
}

static int
find(const struct sniff_entry *e, unsigned rule, struct sniff_find *f,
    bool *done)
{
	*done = false;
	if (e->reln != '=' || e->offset < 0 || e->offset > SEARCH_MAX ||
	    e->flag & (SNIFF_F_INDIRECT | SNIFF_F_NEGATIVE))
		return SPILL_OK;
	if (e->type == SNIFF_SEARCH)
		return find_search(e, rule, f, done);
	if (e->type == SNIFF_REGEX)
		return find_regex(e, rule, f, done);
	return SPILL_OK;
}

/* --- the filter --------------------------------------------------------- */

static int
add_fixed(struct sniff_fixeds *to, const struct sniff_fixed *f)
{
	struct sniff_fixed *v = spill_grow(to->v, to->n, &to->cap, sizeof(*v));

	if (v == NULL)
		return SPILL_ENOMEM;
	to->v = v;
	to->v[to->n++] = *f;
	return SPILL_OK;
}

static int
add_test(struct sniff_tests *to, const struct sniff_entry *e, unsigned rule)
{
	struct sniff_test *v = spill_grow(to->v, to->n, &to->cap, sizeof(*v));

	if (v == NULL)
		return SPILL_ENOMEM;
	to->v = v;
	v[to->n++] = (struct sniff_test){ .e = e, .rule = (uint16_t)rule };
	return SPILL_OK;
}

static int
add_lead(struct sniff_leads *to, const struct sniff_db *db, unsigned rule)
{
	struct sniff_lead *v = spill_grow(to->v, to->n, &to->cap, sizeof(*v));

	if (v == NULL)
		return SPILL_ENOMEM;
	to->v = v;
	if (sniff_lead_of(db, rule, &v[to->n]))
		v[to->n++].rule = (uint16_t)rule;
	return SPILL_OK;
}

static unsigned
bucket(const struct sniff_fixed *f)
{
	return f->offset == 0 && (f->mask & 0xff) == 0xff ? f->value & 0xff
							  : 256;
}

static int
fixed_cmp(const void *pa, const void *pb)
{
	const struct sniff_fixed *a = pa, *b = pb;
	int c = SPILL_CMP(bucket(a), bucket(b));

	return c != 0 ? c : SPILL_CMP(a->offset, b->offset);
}

static void
fixeds_ready(struct sniff_fixeds *f)
{
	size_t i = 0;

	if (f->n > 0)
		qsort(f->v, f->n, sizeof(*f->v), fixed_cmp);
	for (unsigned b = 0; b <= 256; b++) {
		while (i < f->n && bucket(&f->v[i]) < b)
			i++;
		f->start[b] = (uint32_t)i;
	}
}

static int
add_bin(struct sniff_filter *f, const struct sniff_entry *e, unsigned rule)
{
	struct sniff_fixed x = { .rule = (uint16_t)rule };

	if (fixed(e, &x))
		return add_fixed(&f->bin, &x);
	if (testable(e))
		return add_test(&f->bin_test, e, rule);
	sniff_set_add(&f->bin_always, rule);
	return SPILL_OK;
}

static int
add_text(struct sniff_filter *f, const struct sniff_entry *e, unsigned rule)
{
	struct sniff_fixed x = { .rule = (uint16_t)rule };
	bool word = false;
	int rc;

	sniff_set_add(&f->text_all, rule);
	if (fixed(e, &x))
		return add_fixed(&f->text, &x);
	if (unlike(e) != NULL)
		return add_test(&f->text_test, e, rule);
	rc = find(e, rule, f->words, &word);
	if (!word)
		sniff_set_add(&f->text_always, rule);
	return rc;
}

int
sniff_filter_make(struct sniff_filter *f, const struct sniff_db *db)
{
	int rc;

	*f = (struct sniff_filter){ 0 };
	rc = sniff_find_open(&f->words);
	for (unsigned i = 0; i < db->nrules && rc == SPILL_OK; i++) {
		const struct sniff_entry *e = &db->e[db->rule[i].first];

		if (e->flag & SNIFF_F_BIN)
			rc = add_bin(f, e, i);
		if (rc == SPILL_OK && e->flag & SNIFF_F_TEXT)
			rc = add_text(f, e, i);
		if (rc == SPILL_OK && e->flag & SNIFF_F_TEXT)
			rc = add_lead(&f->lead, db, i);
	}
	if (rc == SPILL_OK)
		rc = sniff_find_ready(f->words);
	fixeds_ready(&f->bin);
	fixeds_ready(&f->text);
	return rc;
}

void
sniff_filter_release(struct sniff_filter *f)
{
	free(f->bin.v);
	free(f->text.v);
	free(f->bin_test.v);
	free(f->text_test.v);
	free(f->lead.v);
	sniff_find_free(&f->words);
	*f = (struct sniff_filter){ 0 };
}

/* Up to 8 bytes; behind the end there are zeros, as in libmagic. */
static uint64_t
bytes_at(struct spill_span s, size_t offset)
{
	uint64_t v = 0;

	if (offset < s.len && s.len - offset >= 8) {
		for (unsigned i = 8; i-- > 0;)
			v = v << 8 | (uint8_t)s.p[offset + i];
		return v;
	}
	for (size_t i = s.len; i-- > offset;)
		v = v << 8 | (uint8_t)s.p[i];
	return v;
}

static void
fixeds_run(
    const struct sniff_fixeds *f, struct spill_span s, struct sniff_set *out)
{
	uint64_t v = bytes_at(s, 0);
	uint32_t at = 0;

	for (size_t i = f->start[v & 0xff]; i < f->start[(v & 0xff) + 1]; i++)
		if ((v & f->v[i].mask) == f->v[i].value)
			sniff_set_add(out, f->v[i].rule);
	for (size_t i = f->start[256]; i < f->n; i++) {
		if (f->v[i].offset >= s.len)
			break; /* they are in order */
		if (f->v[i].offset != at) {
			at = f->v[i].offset;
			v = bytes_at(s, at);
		}
		if ((v & f->v[i].mask) == f->v[i].value)
			sniff_set_add(out, f->v[i].rule);
	}
}

static void
tests_run(
    const struct sniff_tests *f, struct spill_span s, struct sniff_set *out)
{
	for (size_t i = 0; i < f->n; i++)
		if (test(f->v[i].e, s))
			sniff_set_add(out, f->v[i].rule);
}

static void
leads_run(
    const struct sniff_leads *f, struct spill_span s, struct sniff_set *out)
{
	for (size_t i = 0; i < f->n; i++)
		if (sniff_set_has(out, f->v[i].rule) &&
		    !sniff_lead_holds(&f->v[i], s))
			sniff_set_drop(out, f->v[i].rule);
}

void
sniff_filter_run(const struct sniff_filter *f, struct spill_span head,
    enum sniff_kind kind, struct spill_span text, struct sniff_set *bin,
    struct sniff_set *in_text)
{
	*bin = f->bin_always;
	fixeds_run(&f->bin, head, bin);
	tests_run(&f->bin_test, head, bin);
	*in_text = (struct sniff_set){ 0 };
	if (kind == SNIFF_PERHAPS) {
		*in_text = f->text_all;
	} else if (kind == SNIFF_IS_TEXT) {
		*in_text = f->text_always;
		fixeds_run(&f->text, text, in_text);
		tests_run(&f->text_test, text, in_text);
		sniff_find_run(f->words, text, in_text);
		leads_run(&f->lead, text, in_text);
	}
}
