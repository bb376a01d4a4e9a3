/*
 * grammar_shape.c: what is known by its shape: dates, numbers of pages and
 * copies, boxes, references of documents. Each looks at no more than a few
 * tokens ahead.
 */
#include "grammar_i.h"

#include <string.h>

bool
gram_mark(const struct spill_normal *n, size_t at, char mark)
{
	return at < n->tokens && n->token[at].kind == SPILL_TOKEN_PUNCT &&
	       n->token[at].mark == mark;
}

static bool
number(const struct spill_normal *n, size_t at, size_t digits)
{
	return at < n->tokens && n->token[at].kind == SPILL_TOKEN_NUMBER &&
	       (digits == 0 || n->token[at].len == digits);
}

static uint64_t
word_at(const struct spill_normal *n, size_t at)
{
	return at < n->tokens && n->token[at].kind == SPILL_TOKEN_WORD
		   ? gram_word(spill_token_text(n, at))
		   : 0;
}

static uint32_t
value(const struct spill_normal *n, size_t at)
{
	uint64_t u = 0;

	if (!spill_span_uint(spill_token_text(n, at), &u) || u > 999999)
		return 0;
	return (uint32_t)u;
}

static size_t
run(struct spill_span s, size_t at, bool digits)
{
	size_t k = at;

	while (k < s.len && (digits ? s.p[k] >= '0' && s.p[k] <= '9'
				    : s.p[k] >= 'A' && s.p[k] <= 'Z'))
		k++;
	return k - at;
}

/* 05AGO2022; 121430ZMAR24 of messages. */
static bool
date_word(struct spill_span s)
{
	size_t d = run(s, 0, true), l = run(s, d, false),
	       y = run(s, d + l, true), zone = d >= 4;

	if (d + l + y != s.len || (y != 2 && y != 4) || l != 3 + zone ||
	    (d != 1 && d != 2 && d != 4 && d != 6))
		return false;
	return gram_word((struct spill_span){ s.p + d + zone, 3 }) & WORD_MONTH;
}

/* 6 August 1947; 1st Aug. 47 */
static size_t
date_day(const struct spill_normal *n, size_t at)
{
	size_t i = at + 1;

	if (gram_mark(n, i, '.') || gram_mark(n, i, '-'))
		i++;
	if (word_at(n, i) & WORD_OF)
		i++;
	if (!(word_at(n, i) & WORD_MONTH))
		return 0;
	i++;
	while (gram_mark(n, i, '.') || gram_mark(n, i, ',') ||
	       gram_mark(n, i, '-') || (word_at(n, i) & WORD_OF))
		if (++i > at + 6)
			return 0;
	return number(n, i, 4) || number(n, i, 2) ? i + 1 - at : 0;
}

/* 2024-05-06, 06/05/2024, 6.5.24 */
static size_t
date_numbers(const struct spill_normal *n, size_t at)
{
	char sep = at + 1 < n->tokens ? n->token[at + 1].mark : 0;
	size_t a = n->token[at].len;

	if ((sep != '-' && sep != '/' && sep != '.') ||
	    !gram_mark(n, at + 1, sep) || !gram_mark(n, at + 3, sep) ||
	    !number(n, at + 2, 0) || !number(n, at + 4, 0) ||
	    n->token[at + 2].len > 2)
		return 0;
	for (size_t i = at + 1; i <= at + 4; i++)
		if (n->token[i].gap > 0)
			return 0;
	if (a == 4)
		return n->token[at + 4].len <= 2 ? 5 : 0;
	return a <= 2 && (number(n, at + 4, 4) || number(n, at + 4, 2)) ? 5 : 0;
}

/* August 6, 1947; August 1947 */
static size_t
date_month(const struct spill_normal *n, size_t at)
{
	size_t i = at + 1;

	if (number(n, i, 1) || number(n, i, 2))
		i++;
	if (gram_mark(n, i, ','))
		i++;
	return number(n, i, 4) ? i + 1 - at : 0;
}

size_t
gram_date(const struct spill_normal *n, size_t at)
{
	struct spill_span s = spill_token_text(n, at);
	size_t day;

	if (n->token[at].kind == SPILL_TOKEN_WORD) {
		if (s.len >= 6 && date_word(s))
			return 1;
		if (s.len == 7 && run(s, 0, true) == 6) /* 121430Z MAR 24 */
			return word_at(n, at + 1) & WORD_MONTH &&
				       number(n, at + 2, 0)
				   ? 3
				   : 0;
		return gram_word(s) & WORD_MONTH ? date_month(n, at) : 0;
	}
	if (n->token[at].kind != SPILL_TOKEN_NUMBER)
		return 0;
	if (s.len == 8 && (s.p[0] == '1' || s.p[0] == '2') &&
	    (s.p[1] == '9' || s.p[1] == '0') && s.p[4] <= '1' && s.p[6] <= '3')
		return 1;
	day = s.len <= 2 ? date_day(n, at) : 0;
	return day > 0 || s.len > 4 ? day : date_numbers(n, at);
}

/* The ordinal sign of "n.º". */
static bool
masculine(const struct spill_normal *n, size_t at)
{
	return at < n->tokens &&
	       spill_span_eq(spill_token_text(n, at), SPILL_SPAN("O"));
}

/* "No. 3 of 12 copies", "n.º 3/12", behind the word for page or copy. */
size_t
gram_count(const struct spill_normal *n, size_t at, uint32_t *a, uint32_t *b)
{
	size_t i = at;

	while (
	    i < at + 4 && ((word_at(n, i) & WORD_NO) || gram_mark(n, i, '.') ||
			      gram_mark(n, i, '#') || gram_mark(n, i, ':') ||
			      (i > at && masculine(n, i))))
		i++;
	if (number(n, i, 0) && n->token[i].len <= 6) {
		*a = value(n, i++);
		*b = 0;
		if (((word_at(n, i) & WORD_OF) || gram_mark(n, i, '/')) &&
		    number(n, i + 1, 0) && n->token[i + 1].len <= 6) {
			*b = value(n, i + 1);
			i += 2;
		}
		return i - at;
	}
	return 0;
}

static bool
is_x(const struct spill_normal *n, size_t at)
{
	struct spill_span s = at < n->tokens ? spill_token_text(n, at)
					     : (struct spill_span){ NULL, 0 };

	return gram_mark(n, at, 'x') || gram_mark(n, at, '*') ||
	       (s.len == 1 && (s.p[0] == 'X' || s.p[0] == 'V'));
}

/* A sign of its own, or [ ], [x], ( ), (x). */
size_t
gram_box(const struct spill_normal *n, size_t at, bool *ticked)
{
	char close = gram_mark(n, at, '[')   ? ']'
		     : gram_mark(n, at, '(') ? ')'
					     : 0;

	*ticked = gram_mark(n, at, 'x');
	if (*ticked || gram_mark(n, at, 'b'))
		return 1;
	if (close == 0)
		return 0;
	if (gram_mark(n, at + 1, close)) /* without a blank: of a program */
		return n->token[at + 1].gap > 0 && n->token[at + 1].gap < 6 ? 2
									    : 0;
	*ticked = is_x(n, at + 1) && gram_mark(n, at + 2, close);
	return *ticked ? 3 : 0;
}

/*
 * References (ADatP-4774 aside, each registry has its own): # is a number, 4
 * and 2 are numbers of so many digits, @ a word of a letter and digits, a
 * blank may be there, all else is meant. What follows without a blank belongs
 * to it.
 */
static const char *const references[] = {
	"C-M(#", "C-R(#", "C-VR(#", "PO(#", "AC/#", "MC 4", "MC #/#", "MCM-#-#",
	"IMSM-#-#", "STANAG #", "STANREC #", "AJP-#", "ATP-#", "AAP-#", "AEP-#",
	"AEDP-#", "ADATP-#", "ACOMP-#", "SH/", "BI-SC #", "AD #-#", "ACO DIR",
	"DPC/D(#", "NPG/D(#", "CSO/SEC(#", "STO-", "RTO-", "DMS #", /* NATO */
	"ST #/2", "WK #/#", "CM #/2", "DS #/2", "SN #/2", "COM(4)#", "SEC(4)#",
	"SWD(4)#", "JOIN(4)#", "EEAS(4)#", "ARES(4)#", "C(4)#", /* EU */
	"FO #/", "CAB #/", "DO #/", "DEFE #/", "PREM #/", "WO #/", "RG #",
	"AA:@", "NAA:@", "FA:@", "TNA:", "PRO:", "PF-#/#", "Z-#/4",
	"TGB.-NR. #", "TGB.NR. #", /* states and their archives */
};

static bool
letters_digits(struct spill_span s)
{
	size_t l = run(s, 0, false), d = run(s, l, true);

	return l > 0 && l <= 3 && d > 0 && l + d <= s.len;
}

/* One element of a pattern at one token; 0: not this, else its length. */
static size_t
element(const struct spill_normal *n, size_t at, const char *p)
{
	struct spill_span s = spill_token_text(n, at);
	size_t len = strspn(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

	if (len > 0)
		return s.len == len && memcmp(s.p, p, len) == 0 ? len : 0;
	if (*p == '#' || *p == '4' || *p == '2')
		return number(n, at, *p == '#' ? 0 : (size_t)(*p - '0'));
	if (*p == '@')
		return letters_digits(s);
	return gram_mark(n, at, *p);
}

/* The token behind the pattern, or 0. */
static size_t
follow(const struct spill_normal *n, size_t at, const char *p)
{
	bool gap = true; /* before the first one is not ours to see */

	while (*p != '\0') {
		size_t k;

		if (*p == ' ') {
			gap = true;
			p++;
			continue;
		}
		gap = gap || *p == ':' || *p == '@';
		if (at >= n->tokens || (!gap && n->token[at].gap > 0) ||
		    (k = element(n, at, p)) == 0)
			return 0;
		p += k;
		at++;
		gap = false;
	}
	return at;
}

/* What stands without a blank behind it is of it, too. */
static size_t
extend(const struct spill_normal *n, size_t at)
{
	size_t i = at;

	while (i < n->tokens && i < at + 16 && n->token[i].gap == 0 &&
	       (n->token[i].kind != SPILL_TOKEN_PUNCT ||
		   strchr("-/().", n->token[i].mark) != NULL))
		i++;
	while (i > at && n->token[i - 1].kind == SPILL_TOKEN_PUNCT &&
	       n->token[i - 1].mark != ')')
		i--;
	return i;
}

/* 8711/24 INIT, 8711/24 LIMITE */
static size_t
council(const struct spill_normal *n, size_t at)
{
	static const char *const behind[] = { "LIMITE", "INIT", "REV", "ADD",
		"COR", "RESTREINT", "EU", "EN", "FR" };
	struct spill_span s;

	if ((!number(n, at, 4) && !number(n, at, 5)) ||
	    !gram_mark(n, at + 1, '/') || !number(n, at + 2, 2) ||
	    n->token[at + 1].gap > 0 || n->token[at + 2].gap > 0 ||
	    at + 3 >= n->tokens)
		return 0;
	s = spill_token_text(n, at + 3);
	for (size_t i = 0; i < SPILL_COUNT(behind); i++)
		if (spill_span_eq(s, spill_span(behind[i])))
			return i >= 1 && i <= 4 ? 4 : 3;
	return 0;
}

/* SHAPE/OPS/24/123: of a registry: words, then numbers. */
static size_t
registry(const struct spill_normal *n, size_t at)
{
	size_t words = 1, numbers = 0, i = at + 1;

	while (i + 1 < n->tokens && i < at + 12 && gram_mark(n, i, '/') &&
	       n->token[i].gap == 0 && n->token[i + 1].gap == 0) {
		const struct spill_token *t = &n->token[i + 1];

		if (t->kind == SPILL_TOKEN_NUMBER)
			numbers++;
		else if (t->kind != SPILL_TOKEN_WORD || numbers > 0 ||
			 t->letters != SPILL_CASE_UPPER)
			return 0;
		else
			words++;
		i += 2;
	}
	return words > 1 && numbers > 1 &&
		       n->token[at].letters == SPILL_CASE_UPPER
		   ? i - at
		   : 0;
}

/* Oficio n.o 123/2024 */
static size_t
letter_number(const struct spill_normal *n, size_t at)
{
	static const char *const words[] = { "OFICIO", "NOTA", "INFORMACAO",
		"DESPACHO", "MEMORANDO", "PARECER" };
	uint32_t a = 0, b = 0;
	size_t k;

	for (size_t i = 0; i < SPILL_COUNT(words); i++) {
		if (!spill_span_eq(
			spill_token_text(n, at), spill_span(words[i])) ||
		    !(word_at(n, at + 1) & WORD_NO))
			continue;
		k = gram_count(n, at + 1, &a, &b);
		return k > 0 && b >= 1900 && b < 2100 ? k + 1 : 0;
	}
	return 0;
}

size_t
gram_reference(const struct spill_normal *n, size_t at)
{
	const struct spill_token *t = &n->token[at];
	struct spill_span s = spill_token_text(n, at);
	size_t k;

	if (t->kind == SPILL_TOKEN_NUMBER)
		return council(n, at);
	if (t->kind != SPILL_TOKEN_WORD || t->letters == SPILL_CASE_LOWER ||
	    at + 1 >= n->tokens)
		return 0;
	if (t->len > 3 && (k = letter_number(n, at)) > 0)
		return k;
	if (s.len > 8)
		return 0;
	if ((k = registry(n, at)) > 0)
		return k;
	if (s.len > 4 && memcmp(s.p, "NHQD", 4) == 0 && run(s, 4, true) >= 3)
		return 1;
	for (size_t i = 0; i < SPILL_COUNT(references); i++) {
		size_t end = references[i][0] == s.p[0]
				 ? follow(n, at, references[i])
				 : 0;

		if (end > 0)
			return extend(n, end) - at;
	}
	return 0;
}
