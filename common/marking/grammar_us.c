/*
 * grammar_us.c: categories behind //: "/" between controls of a category, "-"
 * from a control to its compartment, blanks to what is below (IC Markings
 * Register and Manual 2016, chapter on banner lines; 32 CFR 2002 for CUI). A
 * word that no register has, between valid separators, is a control to come:
 * it is kept and flagged.
 */
#include "grammar_i.h"

#include <string.h>

#define CONTROL_PIECES 12

static bool
in_category(const struct piece *p, const char *category)
{
	for (size_t i = 0; i < p->terms; i++)
		if (spill_span_eq(p->term[i]->category, spill_span(category)))
			return true;
	return false;
}

static bool
identifier(const struct gram *g, size_t piece)
{
	return piece < g->pieces &&
	       !gram_has(g, piece,
		   PIECE_PUNCT | PIECE_DSLASH | PIECE_BOX | PIECE_COPY |
		       PIECE_PAGE | PIECE_DATE | WORD_STATUS) &&
	       gram_upper(g, piece);
}

/* What stands behind a control up to the next separator: compartments. */
static size_t
compartments(const struct gram *g, size_t at)
{
	size_t k = at;

	while (k < at + CONTROL_PIECES) {
		if (gram_punct(g, k, "-") && identifier(g, k + 1))
			k += 2;
		else if (identifier(g, k) && gram_gap(g, k) <= 1)
			k++;
		else
			break;
	}
	return k;
}

static void
category(const struct gram *g, size_t from, size_t to, struct reading *r)
{
	char name[128] = "";
	size_t rest = 0;
	struct spill_span s = gram_text(g, from), all = gram_texts(g, from, to),
			  first = gram_banner_word(s);

	rest = all.len - s.len;
	if (first.len + rest >= sizeof(name))
		return;
	memcpy(name, first.p, first.len);
	memcpy(name + first.len, s.p + s.len, rest);
	gram_list_add(r->m->categories, sizeof(r->m->categories),
	    (struct spill_span){ name, first.len + rest });
}

/* SAR-BP/GB, ACCM-FOOBAR: a word of their own, programmes behind it. */
static bool
programme(const struct gram *g, size_t *i, struct reading *r)
{
	size_t k = *i;

	if (!gram_is(g, k, "SAR") && !gram_is(g, k, "ACCM") &&
	    !gram_is(g, k, "SPECIAL ACCESS REQUIRED"))
		return false;
	k++;
	if (!gram_punct(g, k, "-"))
		return false;
	k = compartments(g, k);
	category(g, *i, k, r);
	*i = k;
	return true;
}

static bool
foreign_information(const struct gram *g, size_t *i, struct reading *r)
{
	char list[128] = "", what[160] = "FGI";

	if (!gram_is(g, *i, "FGI"))
		return false;
	++*i;
	gram_nations(g, i, list, sizeof(list));
	for (char *p = list; *p != '\0'; p++)
		*p = *p == ';' ? ' ' : *p;
	gram_put(what, sizeof(what), spill_span(list));
	gram_list_add(
	    r->m->categories, sizeof(r->m->categories), spill_span(what));
	return true;
}

static bool
of_us(const struct piece *p)
{
	for (size_t i = 0; i < p->terms; i++)
		if (spill_span_eq(p->term[i]->scheme, SPILL_SPAN("US")) ||
		    spill_span_eq(p->term[i]->scheme, SPILL_SPAN("US-CUI")))
			return true;
	return false;
}

/* A control of the register, with what is below it. */
static bool
registered(const struct gram *g, size_t *i, struct reading *r)
{
	const struct piece *p = &g->piece[*i];
	size_t k = *i + 1;

	if (!gram_has(g, *i, PIECE_CAVEAT | PIECE_CODE) &&
	    !(gram_has(g, *i, PIECE_GRADE) && gram_is(g, *i, "CUI")))
		return false;
	if (in_category(p, "SCI") || in_category(p, "AEA"))
		k = compartments(g, k);
	gram_narrow(r, p->term, p->terms);
	if (k > *i + 1 || p->bits & PIECE_GRADE || of_us(p))
		category(g, *i, k, r);
	else
		gram_list_add(r->m->categories, sizeof(r->m->categories),
		    p->term[0]->canonical);
	*i = k;
	return true;
}

static bool
unregistered(const struct gram *g, size_t *i, struct reading *r)
{
	size_t k;

	if (!identifier(g, *i))
		return false;
	k = compartments(g, *i + 1);
	category(g, *i, k, r);
	*i = k;
	return true;
}

/* //20301231, //MR, //X1: banners told until when, before 2008. */
static bool
declassification(const struct gram *g, size_t *i)
{
	struct spill_span s;

	if (*i >= g->pieces)
		return false;
	s = gram_text(g, *i);
	if (!gram_has(g, *i, PIECE_DATE) && !gram_is(g, *i, "MR") &&
	    !(s.len == 2 && s.p[0] == 'X' && s.p[1] >= '1' && s.p[1] <= '8') &&
	    !(s.len == 4 && memcmp(s.p, "25X", 3) == 0))
		return false;
	++*i;
	return true;
}

enum control { CONTROL_NONE, CONTROL_KNOWN, CONTROL_MEMBER, CONTROL_OTHER };

static enum control
control(const struct gram *g, size_t *i, struct reading *r)
{
	unsigned valid = r->m->valid;

	if (programme(g, i, r))
		return CONTROL_MEMBER; /* others of it may follow */
	if (foreign_information(g, i, r))
		return CONTROL_KNOWN;
	if (gram_has(g, *i, PIECE_LEAD | PIECE_NATION)) {
		size_t k = *i;

		gram_listed(g, &k, r);
		r->m->valid = valid;
		if (k > *i) {
			*i = k;
			return CONTROL_KNOWN;
		}
	}
	if (registered(g, i, r) || declassification(g, i))
		return CONTROL_KNOWN;
	return unregistered(g, i, r) ? CONTROL_OTHER : CONTROL_NONE;
}

bool
gram_segment(const struct gram *g, size_t *i, struct reading *r)
{
	enum control was = CONTROL_NONE, is = CONTROL_NONE;
	bool valid = false;
	size_t start = *i;

	while ((is = control(g, i, r)) != CONTROL_NONE) {
		bool member = is == CONTROL_OTHER && was == CONTROL_MEMBER;

		valid = valid || is != CONTROL_OTHER;
		if (is == CONTROL_OTHER && !member)
			r->m->flags |= SPILL_MARKING_TAIL;
		was = member ? CONTROL_MEMBER : is;
		if (!gram_punct(g, *i, "/"))
			break;
		++*i;
	}
	if (is == CONTROL_NONE && *i > start) /* "LIMDIS/" */
		r->m->flags |= SPILL_MARKING_NONSTANDARD;
	r->m->valid += valid;
	return *i > start;
}
