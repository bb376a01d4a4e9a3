/*
 * grammar_portion.c: "(S//NF) Text", "3. (NS) Text", "1B.a.3.(C//REL TO USA,
 * GBR) Text": short forms in parentheses before a text, behind its number.
 * Capitals alone: (c) is an item of a list, and "(C) 2024" is a copyright.
 */
#include "grammar_i.h"

#include <string.h>

#define NUMBERING 9 /* pieces before it */
#define INSIDE	  40

/* What numbers paragraphs: 3, a, iv, 1B. */
static bool
ordinal(const struct gram *g, size_t piece)
{
	struct spill_span s = gram_text(g, piece);

	if (s.len > 3)
		return false;
	if (s.len == 1 || gram_has(g, piece, PIECE_NUMBER))
		return true;
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] >= '0' && s.p[i] <= '9')
			return true;
	return strspn(s.p, "IVX") >= s.len;
}

/* "(1) (S)", "(a) (S)" */
static bool
enumerated(const struct gram *g, size_t k)
{
	if (!gram_punct(g, k, "(") || !gram_punct(g, k + 2, ")") ||
	    !gram_punct(g, k + 3, "("))
		return false;
	return gram_has(g, k + 1, PIECE_NUMBER) ||
	       g->n->token[g->piece[k + 1].from].letters == SPILL_CASE_LOWER;
}

/* "3.", "a.", "1B.a.3.", "-", a bullet; "SUBJECT:". */
static bool
numbering(const struct gram *g, size_t *i)
{
	bool word = false; /* it wants a full stop */
	size_t k = 0;

	while (gram_punct(g, k, ">")) /* of a quotation */
		k++;
	if (gram_is(g, k, "SUBJECT") || gram_is(g, k, "SUBJ") ||
	    gram_is(g, k, "TITLE"))
		k += 1 + gram_punct(g, k + 1, ":");
	else if (gram_punct(g, k, "-*o+"))
		k++;
	for (; k < NUMBERING && k < g->pieces; k++) {
		if (enumerated(g, k)) {
			k += 2;
			continue;
		}
		if (gram_punct(g, k, "(")) {
			*i = k;
			return !word;
		}
		if (gram_has(g, k, PIECE_PUNCT)) {
			if (k == 0 || !gram_punct(g, k, ".)-\\"))
				return false;
			word = false;
		} else if (!ordinal(g, k)) {
			return false;
		} else {
			word = !gram_has(g, k, PIECE_NUMBER);
		}
	}
	return false;
}

static size_t
closing(const struct gram *g, size_t open)
{
	for (size_t k = open + 1; k < g->pieces && k < open + INSIDE; k++)
		if (gram_punct(g, k, ")"))
			return k;
	return 0;
}

/* A row of the table: "(NS)". */
static bool
listed(const struct gram *g, size_t open, size_t close, struct reading *r)
{
	struct spill_vocab_hit hit[SPILL_VOCAB_HITS];
	size_t from = g->piece[open].from,
	       hits = spill_vocab_match(g->v, g->n, from, hit);

	for (size_t i = 0; i < hits; i++)
		if (from + hit[i].tokens == g->piece[close].to) {
			gram_readings(r, hit[i].term, hit[i].terms);
			r->first = open;
			r->end = close + 1;
			return r->n > 0;
		}
	return false;
}

/* N and a mission and a letter: (NKFORS). */
static bool
mission(const struct gram *g, size_t *i, struct reading *r)
{
	static const char letter[] = "URCS";
	struct spill_span s = gram_text(g, *i);
	const char *rank;
	unsigned o;

	if (s.len < 4 || s.p[0] != 'N' ||
	    (rank = memchr(letter, s.p[s.len - 1], 4)) == NULL)
		return false;
	o = gram_owner((struct spill_span){ s.p + 1, s.len - 2 });
	if (o == 0 || !gram_owner_at(o)->mission)
		return false;
	gram_owned(r, gram_owner_at(o), (int)(rank - letter) + 1);
	r->first = *i;
	r->end = ++*i;
	return true;
}

static int
letter_rank(const struct gram *g, size_t piece)
{
	static const char *const letters[] = { "U", "R", "C", "S", "TS" };

	for (size_t i = 0; i < SPILL_COUNT(letters); i++)
		if (gram_is(g, piece, letters[i]))
			return (int)i + 1;
	return -1;
}

/* //GBR S, //JOINT S CAN USA */
static bool
foreign(const struct gram *g, size_t *i, struct reading *r)
{
	size_t k = *i;
	bool joint = gram_is(g, k, "JOINT");
	int rank = letter_rank(g, k + 1);

	if (rank < 0 || (!joint && !gram_has(g, k, PIECE_NATION)))
		return false;
	gram_foreign(r, joint ? SPILL_SPAN("JOINT") : gram_text(g, k), rank);
	r->first = k;
	k += 2;
	if (joint)
		gram_nations(g, &k, r->m->context, sizeof(r->m->context));
	*i = r->end = k;
	return true;
}

/* UK-S, NATO-S with something behind it; the letters alone. */
static bool class(const struct gram *g, size_t *i, struct reading *r)
{
	size_t k = *i;

	if (gram_has(g, k, PIECE_OWNER) && gram_punct(g, k + 1, "-") &&
	    letter_rank(g, k + 2) > 0) {
		gram_owned(
		    r, gram_owner_at(g->piece[k].owner), letter_rank(g, k + 2));
		r->first = k;
		*i = r->end = k + 3;
		return true;
	}
	/* words in brackets are a marking of their own, no portion's */
	if (gram_has(g, k, PIECE_ABBREV) || gram_is(g, k, "CUI"))
		return gram_grade(g, i, r);
	return mission(g, i, r);
}

/* What is between class and ")": categories behind / // or a comma. */
static bool
groups(const struct gram *g, size_t *i, size_t close, struct reading *r)
{
	while (*i < close) {
		size_t k = *i + 1;

		if (!gram_has(g, *i, PIECE_DSLASH) && !gram_punct(g, *i, "/,-"))
			return false;
		if (!gram_segment(g, &k, r))
			return false;
		r->slashed = true;
		*i = k;
	}
	return *i == close;
}

static bool
composed(const struct gram *g, size_t open, size_t close, struct reading *r)
{
	size_t i = open + 1;
	bool form = gram_has(g, i, PIECE_DSLASH);

	i += form;
	if (!(form && foreign(g, &i, r)) && !class(g, &i, r))
		return false;
	if (form)
		r->m->flags |= SPILL_MARKING_US_FORM;
	/* A letter by itself is one if the table says so. */
	if (i == close && !form && r->n > 0 && !r->owned &&
	    g->piece[i - 1].to == g->piece[i - 1].from + 1)
		return false;
	if (!groups(g, &i, close, r) || (r->slashed && r->m->valid == 0 &&
					    r->m->flags & SPILL_MARKING_TAIL &&
					    !gram_has(g, r->end, PIECE_DSLASH)))
		return false; /* (MS-DOS, OS/2) */
	r->first = open;
	r->end = close + 1;
	return true;
}

/* "(C) 2024 Example Ltd", "(C) by ...": nobody's secret. */
static bool
copyright(const struct gram *g, size_t open, size_t close)
{
	static const char *const says[] = { "BY", "COPYRIGHT", "LICENSE",
		"LICENCE", "INC", "LTD", "GMBH", "FOUNDATION", "CORPORATION" };

	if (close != open + 2 || !gram_is(g, open + 1, "C"))
		return false;
	for (size_t i = close + 1; i < g->pieces; i++) {
		uint32_t year = g->piece[i].a;

		if ((gram_has(g, i, PIECE_NUMBER) && year >= 1900 &&
			year < 2100) ||
		    gram_has(g, i, PIECE_DATE) || gram_punct(g, i, "@"))
			return true;
		for (size_t k = 0; k < SPILL_COUNT(says); k++)
			if (gram_is(g, i, says[k]))
				return true;
	}
	return false;
}

/* A text follows, or nothing: "(R): ..." and "(0,0)." are none. */
static bool
before_text(const struct gram *g, size_t close)
{
	return !gram_punct(g, close + 1, ",.:;)=/-&|+>");
}

/* "(C) Coffee", "(S) The Senate": short for what follows. */
static bool
initials(const struct gram *g, size_t open, size_t close)
{
	struct spill_span s = gram_text(g, open + 1);
	size_t k = close + 1;

	if (close != open + 2 || s.len > 4)
		return false;
	for (size_t i = 0; i < s.len; i++, k++) {
		while (gram_has(g, k, WORD_OF | WORD_AND | PIECE_PUNCT) ||
		       gram_is(g, k, "THE") || gram_is(g, k, "A"))
			k++;
		if (k >= g->pieces || gram_text(g, k).p[0] != s.p[i])
			return false;
	}
	return true;
}

bool
gram_portion(const struct gram *g, struct spill_parse *p)
{
	struct spill_marking *m = &p->marking[0];
	struct reading r = { .m = m };
	size_t open, close;

	memset(m, 0, sizeof(*m));
	if (!numbering(g, &open) || (close = closing(g, open)) == 0 ||
	    !before_text(g, close) || copyright(g, open, close))
		return false;
	if (!listed(g, open, close, &r)) {
		memset(m, 0, sizeof(*m));
		if (!composed(g, open, close, &r))
			return false;
	}
	gram_settle(g, &r);
	if (!(m->flags & SPILL_MARKING_UPPER))
		return false;
	if (m->spec > SPILL_SPEC_PHRASE)
		m->spec = SPILL_SPEC_PORTION;
	m->flags |= initials(g, open, close) ? SPILL_MARKING_INITIALS : 0;
	m->flags |= open == 0 ? SPILL_MARKING_LEADS : 0;
	gram_place(g, open, close + 1, &m->from, &m->to);
	m->form = SPILL_FORM_PORTION;
	p->markings = 1;
	return true;
}
