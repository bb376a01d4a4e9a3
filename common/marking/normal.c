/*
 * normal.c: a line, folded and in tokens. ASCII takes a short way; all others
 * are looked up in a table that is made when this is built (gen/fold.c).
 *
 * Text is bounded so that the short way needs no checks: what is left of the
 * line always fits, one byte for each.
 */
#include <string.h>

#include <spill/utf8.h>

#include "fold_i.h"
#include "normal_i.h"
#include "fold_table_i.h"

#define PAGE SPILL_COUNT(fold_page[0])
#define LAST (SPILL_COUNT(fold_index) * PAGE)
#define MOST 32 /* bytes that one character becomes, at most, and a blank */

#define OVERRIDE_LTR 0x202d
#define OVERRIDE_RTL 0x202e
#define BLACK_FLAG   0x1f3f4 /* tags behind it name a region */
#define TAGS	     0xe0000
#define TAGS_LAST    0xe007f
#define TAGS_LEAST   3 /* fewer of them are no text */
#define BREVE	     0x306

struct reader {
	struct spill_normal *n;
	const struct spill_vocab *v;
	uint8_t *scripts; /* of each token */
	struct spill_span line;
	uint32_t i; /* the byte that is next */
	uint32_t last; /* the character before */

	unsigned gap;
	unsigned seen; /* scripts of the line */

	/* The word that is open. */
	bool open, gone;
	uint16_t at;
	uint32_t from, to;
	unsigned upper, lower, digits, others, first;
	unsigned script, base; /* of the word; of its last letter */
};

/* --- classes of ASCII --------------------------------------------------- */

enum ascii {
	PUNCT,
	UPPER,
	LOWER,
	DIGIT,
	BLANK,
};

/* B: blank, U, L, D, and P for the rest. */
#define B BLANK
#define U UPPER
#define L LOWER
#define D DIGIT
static const uint8_t ascii[128] = {
	B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, /* 00 */
	B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, /* 10 */
	B, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* 20 */
	D, D, D, D, D, D, D, D, D, D, 0, 0, 0, 0, 0, 0, /* 30 */
	0, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, /* 40 */
	U, U, U, U, U, U, U, U, U, U, U, 0, 0, 0, 0, 0, /* 50 */
	0, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, /* 60 */
	L, L, L, L, L, L, L, L, L, L, L, 0, 0, 0, 0, B, /* 70 */
};
#undef B
#undef U
#undef L
#undef D

/* --- tokens ------------------------------------------------------------- */

/* Room for a token, which begins at this byte; NULL: there is none. */
static struct spill_token *
begin(struct reader *r, uint32_t from)
{
	struct spill_normal *n = r->n;
	struct spill_token *t = &n->token[n->tokens];

	if (n->tokens == SPILL_NORMAL_TOKENS) {
		n->cut = true;
		return NULL;
	}
	if (r->gap > 0 && n->tokens > 0)
		n->text[n->len++] = ' ';
	t->gap = (uint8_t)SPILL_MIN(r->gap, UINT8_MAX);
	t->at = (uint16_t)n->len;
	t->from = from;
	r->gap = 0;
	return t;
}

static enum spill_token_case
letters(const struct reader *r)
{
	if (r->upper + r->lower == 0)
		return SPILL_CASE_NONE;
	if (r->lower == 0)
		return SPILL_CASE_UPPER;
	if (r->upper == 0)
		return SPILL_CASE_LOWER;
	return r->upper == 1 && r->first == UPPER ? SPILL_CASE_TITLE
						  : SPILL_CASE_MIXED;
}

static void
close_word(struct reader *r)
{
	struct spill_normal *n = r->n;
	struct spill_token *t = &n->token[n->tokens];

	if (!r->open)
		return;
	r->open = false;
	t->kind = r->upper + r->lower + r->others > 0 ? SPILL_TOKEN_WORD
						      : SPILL_TOKEN_NUMBER;
	t->letters = letters(r);
	t->mark = '\0';
	t->len = (uint16_t)(n->len - t->at);
	t->to = r->to;
	t->word = r->v != NULL ? vocab_find(r->v, n->text + t->at, t->len) : 0;
	r->scripts[n->tokens++] = (uint8_t)r->script;
	r->seen |= r->script;
	n->upper += r->upper;
	n->lower += r->lower;
	n->digits += r->digits;
}

static bool
open_word(struct reader *r, uint32_t from)
{
	if (r->open)
		return true;
	if (begin(r, from) == NULL)
		return false;
	r->open = true;
	r->gone = false;
	r->upper = r->lower = r->digits = r->others = r->first = 0;
	r->script = r->base = 0;
	return true;
}

static bool
punct(struct reader *r, char mark, uint32_t from, uint32_t to)
{
	struct spill_token *t;

	close_word(r);
	t = begin(r, from);
	if (t == NULL)
		return false;
	t->kind = SPILL_TOKEN_PUNCT;
	t->letters = SPILL_CASE_NONE;
	t->mark = mark;
	t->len = 1;
	t->to = to;
	t->word = 0;
	r->n->text[r->n->len++] = mark;
	r->scripts[r->n->tokens++] = 0;
	return true;
}

static void
blank(struct reader *r, unsigned width)
{
	close_word(r);
	r->gap += width;
}

/* A letter of one of the scripts that are mixed comes to the open word. */
static void
script(struct reader *r, unsigned mask)
{
	if (r->gone && mask != 0 && r->base != 0)
		r->n->repairs |= SPILL_REPAIR_ZEROWIDTH;
	r->gone = false;
	r->script |= mask;
	r->base = mask;
}

/* --- ASCII -------------------------------------------------------------- */

/* As much of a word as is ASCII. */
static bool
ascii_word(struct reader *r)
{
	const char *p = r->line.p;
	uint32_t i = r->i, end = (uint32_t)r->line.len;
	char *out;
	unsigned count[BLANK] = { 0 };

	if (!open_word(r, i))
		return false;
	out = r->n->text + r->n->len;
	if (r->first == 0)
		r->first = ascii[(uint8_t)p[i]];
	for (; i < end && (uint8_t)p[i] < 0x80; i++) {
		uint8_t c = (uint8_t)p[i], k = ascii[c];

		if (k == PUNCT || k == BLANK)
			break;
		count[k]++;
		*out++ = (char)(k == LOWER ? c - 0x20 : c);
	}
	r->n->len += i - r->i;
	r->i = r->to = i;
	r->upper += count[UPPER];
	r->lower += count[LOWER];
	r->digits += count[DIGIT];
	script(r, count[UPPER] + count[LOWER] > 0 ? FOLD_LATIN : 0);
	return true;
}

static bool
ascii_next(struct reader *r)
{
	char c = r->line.p[r->i];
	unsigned k = ascii[(uint8_t)c];

	r->last = (uint8_t)c;
	if (k == BLANK) {
		blank(r, c == '\t' ? 8 : 1);
	} else if (k != PUNCT) {
		return ascii_word(r);
	} else if (!punct(r,
		       c == '^'	  ? '~'
		       : c == '`' ? '\''
				  : c,
		       r->i, r->i + 1)) {
		return false;
	}
	r->i++;
	return true;
}

/* --- other characters --------------------------------------------------- */

static const struct fold_class *
fold_of(uint32_t cp)
{
	static const struct fold_class same = { .kind = FOLD_SAME },
				       gone = { .kind = FOLD_GONE };

	if (cp < LAST)
		return &fold_class[fold_page[fold_index[cp / PAGE]][cp % PAGE]];
	return cp >= TAGS && cp < TAGS + 0x1000 ? &gone : &same;
}

/* Letters of a character from here to there, as they are. */
static bool
put_letters(struct reader *r, struct spill_span s, uint32_t from, uint32_t to)
{
	if (!open_word(r, from))
		return false;
	memcpy(r->n->text + r->n->len, s.p, s.len);
	r->n->len += s.len;
	r->to = to;
	return true;
}

static void
count(struct reader *r, unsigned letters)
{
	unsigned k = letters == FOLD_UPPER   ? UPPER
		     : letters == FOLD_LOWER ? LOWER
					     : PUNCT;

	if (r->first == 0)
		r->first = k == PUNCT ? DIGIT : k;
	r->upper += k == UPPER;
	r->lower += k == LOWER;
	r->others += k == PUNCT;
}

/* A character of ASCII that stands elsewhere. */
static bool
put_ascii(struct reader *r, char c, uint32_t from, uint32_t to)
{
	unsigned k = ascii[(uint8_t)c];
	char up = (char)(k == LOWER ? c - 0x20 : c);

	if (k == BLANK) {
		blank(r, 1);
		return true;
	}
	if (k == PUNCT)
		return punct(r, c, from, to);
	if (!put_letters(r, (struct spill_span){ &up, 1 }, from, to))
		return false;
	r->first = r->first == 0 ? k : r->first;
	r->upper += k == UPPER;
	r->lower += k == LOWER;
	r->digits += k == DIGIT;
	script(r, k == DIGIT ? 0 : FOLD_LATIN);
	return true;
}

/* What a character became: it may be several, of all kinds. */
static bool
put_text(
    struct reader *r, const struct fold_class *k, uint32_t from, uint32_t to)
{
	const char *p = fold_text + k->text, *end = p + k->len;
	bool counted = false;

	for (; p < end; p++) {
		unsigned a = (uint8_t)*p < 0x80 ? ascii[(uint8_t)*p] : LOWER;

		if (a == BLANK) {
			blank(r, 1);
		} else if (a == PUNCT) {
			if (!punct(r, *p, from, to))
				return false;
		} else if (!put_letters(
			       r, (struct spill_span){ p, 1 }, from, to)) {
			return false;
		} else if (a == DIGIT) {
			r->digits++;
			r->first = r->first == 0 ? DIGIT : r->first;
		} else if (!counted) {
			count(r, k->letters);
			script(r, k->script);
			counted = true;
		}
	}
	if (k->form)
		r->n->repairs |= SPILL_REPAIR_WIDE;
	return true;
}

/* Does a mark go that stands on the last letter? (So does fold.c decide of
 * those that it takes off.) */
static bool
mark_goes(const struct reader *r, uint32_t mark)
{
	static const char i[] = "\xd0\x98"; /* U+0418 */
	const struct spill_normal *n = r->n;

	if ((uint8_t)n->text[n->len - 1] < 0x80)
		return true;
	if (r->base == FOLD_CYRILLIC)
		return mark != BREVE || memcmp(n->text + n->len - 2, i, 2) != 0;
	return r->base != 0;
}

static bool
put_mark(
    struct reader *r, const struct fold_class *k, uint32_t mark, uint32_t to)
{
	if (!r->open)
		return true; /* on a blank: nothing to see */
	r->to = to;
	if (mark_goes(r, mark))
		return true;
	return put_letters(
	    r, (struct spill_span){ fold_text + k->text, k->len }, r->from, to);
}

static void
degree(struct reader *r)
{
	const struct spill_normal *n = r->n;

	if (r->open && n->len == n->token[n->tokens].at + 1u &&
	    n->text[n->len - 1] == 'N')
		r->n->text[r->n->len++] = 'O';
	else
		blank(r, 1);
}

/* A run of tag characters carries a text of its own; a few are dropped. */
static bool
tags(struct reader *r)
{
	bool flag = r->last == BLACK_FLAG, ok = true;
	uint32_t from = r->i, end = from, cp;
	unsigned n = 0, len;

	while (end < r->line.len &&
	       (len = spill_utf8_decode(
		    r->line.p + end, r->line.len - end, &cp)) > 0 &&
	       cp >= TAGS && cp <= TAGS_LAST) {
		end += len;
		n++;
	}
	r->i = end;
	r->gone = r->open;
	if (flag)
		return true;
	r->n->repairs |= SPILL_REPAIR_TAGS;
	if (n < TAGS_LEAST)
		return true;
	blank(r, 1);
	for (; ok && from < end; from += 4) {
		spill_utf8_decode(r->line.p + from, 4, &cp);
		ok = put_ascii(r, (char)(cp - TAGS), from, from + 4);
	}
	blank(r, 1);
	return ok;
}

static bool
wide(struct reader *r, uint32_t cp, uint32_t from, uint32_t to)
{
	const struct fold_class *k = fold_of(cp);

	switch ((enum fold_kind)k->kind) {
	case FOLD_SAME:
		if (!put_letters(r,
			(struct spill_span){ r->line.p + from, to - from },
			from, to))
			return false;
		count(r, k->letters);
		script(r, k->script);
		return true;
	case FOLD_TEXT:
		return put_text(r, k, from, to);
	case FOLD_PUNCT:
		if (k->form)
			r->n->repairs |= SPILL_REPAIR_WIDE;
		return punct(r, fold_text[k->text], from, to);
	case FOLD_MARK:
		return put_mark(r, k, cp, to);
	case FOLD_BLANK:
		blank(r, 1);
		return true;
	case FOLD_DEGREE:
		degree(r);
		return true;
	case FOLD_GONE:
		if (cp == OVERRIDE_LTR || cp == OVERRIDE_RTL)
			r->n->repairs |= SPILL_REPAIR_BIDI;
		r->gone = r->open;
		break;
	}
	return true;
}

static bool
wide_next(struct reader *r)
{
	uint32_t from = r->i, cp;
	unsigned len =
	    spill_utf8_decode(r->line.p + from, r->line.len - from, &cp);
	bool ok;

	if (r->n->len + MOST + (r->line.len - from) > SPILL_NORMAL_TEXT) {
		r->n->cut = true;
		return false;
	}
	if (len > 0 && cp >= TAGS && cp <= TAGS_LAST) {
		ok = tags(r);
	} else {
		r->i += SPILL_MAX(len, 1);
		ok = len > 0 ? wide(r, cp, from, r->i)
			     : punct(r, '~', from, r->i);
	}
	r->last = cp;
	return ok;
}

/* --- the line ----------------------------------------------------------- */

static bool
ascii_text(const struct spill_normal *n, const struct spill_token *t)
{
	for (size_t i = 0; i < t->len; i++)
		if ((uint8_t)n->text[t->at + i] >= 0x80)
			return false;
	return true;
}

/*
 * Letters of several scripts in one word that nobody spells so; or of another
 * one in a word of Latin among others of Latin.
 */
static bool
is_fake(const struct reader *r, size_t i)
{
	const struct spill_token *t = &r->n->token[i];
	unsigned mask = r->scripts[i], known;

	if (t->kind != SPILL_TOKEN_WORD || (mask & ~FOLD_LATIN) == 0)
		return false;
	known = t->word != 0 ? vocab_scripts(r->v, t->word) : 0;
	if (known >> mask & 1)
		return false;
	if ((mask & (mask - 1)) != 0)
		return true;
	return (r->seen & FOLD_LATIN) && known >> FOLD_LATIN & 1 &&
	       ascii_text(r->n, t);
}

static void
find_fakes(struct reader *r)
{
	if ((r->seen & ~FOLD_LATIN) == 0)
		return;
	for (size_t i = 0; i < r->n->tokens; i++)
		if (is_fake(r, i))
			r->n->repairs |= SPILL_REPAIR_HOMOGLYPH;
}

/* As much as is read of a long line: no half of a character. */
static size_t
whole(struct spill_span line)
{
	size_t len = SPILL_NORMAL_LINE;

	while (len > SPILL_NORMAL_LINE - 3 && ((uint8_t)line.p[len] >> 6) == 2)
		len--;
	return len;
}

void
normal_line(struct spill_normal *n, struct spill_span line,
    const struct spill_vocab *v, uint8_t scripts[SPILL_NORMAL_TOKENS])
{
	struct reader r = { .n = n, .v = v, .scripts = scripts, .line = line };
	bool more = true;

	n->tokens = n->len = 0;
	n->repairs = n->edits = n->upper = n->lower = n->digits = 0;
	n->cut = line.len > SPILL_NORMAL_LINE;
	if (n->cut)
		r.line.len = whole(line);
	while (more && r.i < r.line.len)
		more = (uint8_t)line.p[r.i] < 0x80 ? ascii_next(&r)
						   : wide_next(&r);
	close_word(&r);
	find_fakes(&r);
}

void
spill_normal_line(
    struct spill_normal *n, struct spill_span line, const struct spill_vocab *v)
{
	uint8_t scripts[SPILL_NORMAL_TOKENS];

	normal_line(n, line, v, scripts);
}

struct spill_span
spill_token_text(const struct spill_normal *n, size_t i)
{
	return (struct spill_span){ n->text + n->token[i].at, n->token[i].len };
}

size_t
spill_repair_names(unsigned repairs, char *out, size_t size)
{
	static const char *const names[] = { "letterspacing", "homoglyph",
		"zerowidth", "forms", "bidi", "tags", "ocr", "leet",
		"linebreak", "nospace" };
	size_t len = 0;

	for (size_t i = 0; i < SPILL_COUNT(names); i++) {
		size_t n = strlen(names[i]);

		if (!(repairs >> i & 1) || len + n + 2 > size)
			continue;
		if (len > 0)
			out[len++] = ';';
		memcpy(out + len, names[i], n);
		len += n;
	}
	if (size > 0)
		out[len] = '\0';
	return len;
}
