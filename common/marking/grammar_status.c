/*
 * grammar_status.c: what a line says of the document beside its marking: that
 * it is a draft, which version, which annex of what; and a few words in
 * capitals that no table knows. None of it is part of the marking.
 */
#include "grammar_i.h"

#include <string.h>

#define BRACKET	     8 /* pieces of "(when separated from annex A)" */
#define AUDIENCE     6
#define UNKNOWN	     3 /* words */
#define WORD_SHORT   3 /* bytes */
#define VERSION_DOTS 3

static bool
is_digits(struct spill_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.len > 0 && s.len <= 4;
}

/* v1.0; VERSION 2; REV 3 */
static bool
version(const struct gram *g, size_t *i)
{
	static const char *const words[] = { "V", "VER", "VERSION", "REV",
		"ISSUE", "EDITION", "VERSAO", "FASSUNG" };
	struct spill_span s = gram_text(g, *i);
	size_t k = *i + 1;
	bool word = false;

	for (size_t w = 0; w < SPILL_COUNT(words); w++)
		word = word || gram_is(g, *i, words[w]);
	if (word) {
		k += gram_punct(g, k, ".");
		if (!gram_has(g, k, PIECE_NUMBER) ||
		    !is_digits(gram_text(g, k)))
			return false;
		k++;
	} else if (s.len < 2 || s.p[0] != 'V' ||
		   !is_digits((struct spill_span){ s.p + 1, s.len - 1 })) {
		return false;
	}
	for (size_t n = 0;
	     n < VERSION_DOTS && gram_punct(g, k, ".") &&
	     gram_gap(g, k + 1) == 0 && gram_has(g, k + 1, PIECE_NUMBER);
	     n++)
		k += 2;
	*i = k;
	return true;
}

/* DRAFT; WORKING PAPER; "DRAFT//" before the level, as others write it */
bool
gram_status(const struct gram *g, size_t *i)
{
	size_t k = *i + 1;

	if (*i >= g->pieces)
		return false;
	if (version(g, i))
		return true;
	if (!gram_has(g, *i, WORD_STATUS) || !gram_upper(g, *i))
		return false;
	if (gram_is(g, *i, "WORKING") && !gram_is(g, k, "PAPER") &&
	    !gram_is(g, k, "PAPERS") && !gram_is(g, k, "DOCUMENT"))
		return false;
	k += gram_is(g, *i, "WORKING");
	if (gram_has(g, k, PIECE_DSLASH) || gram_punct(g, k, "/"))
		k++;
	*i = k;
	return true;
}

/* EXERCISE beside it: EXERCISE TRIDENT is the name of one. */
bool
gram_exercise(const struct gram *g, size_t *i)
{
	size_t k = *i + 1;

	if (!gram_has(g, *i, WORD_EXERCISE) || !gram_upper(g, *i))
		return false;
	if (k < g->pieces && !gram_has(g, k,
				 PIECE_PUNCT | PIECE_DSLASH | PIECE_GRADE |
				     PIECE_OWNER | WORD_EXERCISE))
		return false;
	k += gram_has(g, k, PIECE_DSLASH);
	*i = k;
	return true;
}

/* What has a digit or a stroke and no blank: SH/OPS/24/123, 12-4 */
static size_t
compact(const struct gram *g, size_t at)
{
	size_t k = at;
	bool told = false;

	while (k < g->pieces && k < at + BRACKET * 2 &&
	       (k == at || gram_gap(g, k) == 0) &&
	       !gram_has(g, k, PIECE_GRADE | PIECE_DSLASH)) {
		told = told || gram_punct(g, k, "/") ||
		       gram_has(g, k, PIECE_NUMBER | PIECE_REFERENCE);
		k++;
	}
	return told ? k : at;
}

/* ANNEX A; ENCLOSURE 1 TO SH/12/24 */
bool
gram_annex(const struct gram *g, size_t *i, size_t *reference)
{
	size_t k = *i + 1, to;

	if (!gram_has(g, *i, WORD_ANNEX) || k >= g->pieces)
		return false;
	if (gram_text(g, k).len > 1 && !is_digits(gram_text(g, k)))
		return false;
	k++;
	if (gram_has(g, k, WORD_FOR | WORD_OF)) {
		to = compact(g, k + 1);
		if (to == k + 1)
			return false;
		if (gram_has(g, k + 1, PIECE_REFERENCE))
			*reference = k + 1;
		k = to;
	}
	*i = k;
	return true;
}

/* (without annex), (OHNE ANLAGE) */
bool
gram_without(const struct gram *g, size_t *i)
{
	size_t k = *i + 1;
	bool annex = false;

	if (!gram_punct(g, *i, "("))
		return false;
	while (k < g->pieces && k < *i + BRACKET &&
	       !gram_has(g, k, PIECE_PUNCT | PIECE_GRADE)) {
		annex = annex || gram_has(g, k, WORD_ANNEX);
		k++;
	}
	if (!annex || !gram_punct(g, k, ")"))
		return false;
	*i = k + 1;
	return true;
}

/* EXCLUSIVE FOR NATO COUNTRIES */
bool
gram_audience(const struct gram *g, size_t *i)
{
	size_t k = *i + 1;

	if (!gram_is(g, *i, "EXCLUSIVE FOR"))
		return false;
	while (k < g->pieces && k < *i + AUDIENCE && gram_upper(g, k) &&
	       !gram_has(g, k, PIECE_PUNCT | PIECE_GRADE))
		k++;
	if (k == *i + 1)
		return false;
	*i = k;
	return true;
}

/* UNCLAS/NATO SECRET: of a form; the second one counts. */
bool
gram_lesser(const struct gram *g, size_t *i)
{
	const struct spill_term *a, *b;

	if (!gram_has(g, *i, PIECE_GRADE) || !gram_punct(g, *i + 1, "/") ||
	    !gram_has(g, *i + 2, PIECE_GRADE))
		return false;
	a = g->piece[*i].term[0];
	b = g->piece[*i + 2].term[0];
	if (a->rank > 1 || a->spec != SPILL_SPEC_GENERIC ||
	    b->spec != SPILL_SPEC_SELF)
		return false;
	*i += 2;
	return true;
}

static bool
begins(struct spill_span s, const char *with)
{
	size_t n = strlen(with);

	return s.len >= n && memcmp(s.p, with, n) == 0;
}

/* A word that may be anything but what one says of secrets. */
static bool
foreign_word(const struct gram *g, size_t piece)
{
	struct spill_span s;

	if (piece >= g->pieces || g->piece[piece].bits != PIECE_WORD ||
	    !gram_upper(g, piece) || gram_gap(g, piece) > 2)
		return false;
	s = gram_text(g, piece);
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] >= '0' && s.p[i] <= '9')
			return false;
	return s.len >= WORD_SHORT && !begins(s, "SECRE") &&
	       !begins(s, "CONFIDEN") && !begins(s, "RESTRICT");
}

static bool
ends(struct spill_span s, const char *with)
{
	size_t n = strlen(with);

	return s.len >= n && memcmp(s.p + s.len - n, with, n) == 0;
}

/* LEAKS, LEAKED, LEAKING: a headline goes on like that. */
static bool
inflected(struct spill_span s)
{
	return ends(s, "S") || ends(s, "ED") || ends(s, "ING") || ends(s, "LY");
}

/* NATO SECRET - HARBOUR SURVEY; without a dash one word, and it is the last. */
bool
gram_unknown(const struct gram *g, size_t *i)
{
	bool dash = gram_punct(g, *i, "-/") && gram_gap(g, *i + 1) > 0;
	size_t k = *i + dash, n = 0;

	while (n < UNKNOWN && foreign_word(g, k + n))
		n++;
	if (n == 0 || gram_has(g, k + n,
			  ~(PIECE_PUNCT | PIECE_PAGE | PIECE_COPY | PIECE_DATE |
			      PIECE_REFERENCE)))
		return false;
	if (!dash && (n > 1 || k + n < g->pieces || inflected(gram_text(g, k))))
		return false;
	*i = k + n;
	return true;
}

/* HARBOUR SURVEY - NATO SECRET */
bool
gram_unknown_before(const struct gram *g, size_t *i)
{
	size_t k = *i;

	while (k < *i + UNKNOWN && foreign_word(g, k))
		k++;
	if (k == *i ||
	    !(gram_has(g, k, PIECE_DSLASH) ||
		(gram_punct(g, k, "-/") && gram_gap(g, k + 1) > 0)) ||
	    !gram_has(g, k + 1, PIECE_GRADE | PIECE_OWNER))
		return false;
	*i = k + 1;
	return true;
}

/* LIMITE EN, RESTREINT UE/EU RESTRICTED FR */
bool
gram_language(const struct gram *g, size_t *i, bool of_union)
{
	if (*i == 0 || gram_text(g, *i).len != 2 || !gram_upper(g, *i) ||
	    !(gram_is(g, *i - 1, "LIMITE") || of_union))
		return false;
	++*i;
	return true;
}
