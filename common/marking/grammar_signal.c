/*
 * grammar_signal.c: what a line says besides markings: authority block, copy,
 * reference, originator, stamps, prosigns of messages, words of those who
 * teach how to mark.
 */
#include "grammar_i.h"

#include <string.h>

#define LETTERHEAD 14 /* words; longer lines are sentences */
#define STAMP	   12
#define SPECIMEN   4

struct signals {
	const struct gram *g;
	struct spill_parse *p;
	unsigned words;
};

/* Does it stand where a label or a stamp does: first, or in a cell? */
static bool
leads(const struct gram *g, size_t i)
{
	size_t words = 0;

	if (gram_gap(g, i) >= 3)
		return true;
	for (size_t k = 0; k < i; k++)
		words += !gram_has(g, k, PIECE_PUNCT | PIECE_NUMBER);
	return words == 0;
}

static bool
title(const struct gram *g, size_t i)
{
	return g->n->token[g->piece[i].from].letters == SPILL_CASE_TITLE ||
	       g->n->token[g->piece[i].from].letters == SPILL_CASE_MIXED;
}

/* A stamp, not a sentence: capitals, or a line that begins with it. */
static bool
stamp(const struct signals *s, size_t i, unsigned words)
{
	const struct gram *g = s->g;

	size_t at = g->piece[i].from;

	if (at > 0 && gram_mark(g->n, at - 1, '_')) /* of a program */
		return false;
	if (s->words > words || g->bits & (WORD_FUTURE | WORD_MODAL) ||
	    (i > 0 && gram_has(g, i - 1, WORD_NEGATION | WORD_BE)))
		return false;
	if (!gram_upper(g, i))
		words = words == SPECIMEN ? 1 : words;
	return s->words <= words &&
	       (gram_upper(g, i) || (title(g, i) && leads(g, i)));
}

static unsigned
label(struct spill_span s)
{
	static const struct {
		const char *word;
		unsigned n;
	} labels[] = {
		{ "DERIVATIVELY CLASSIFIED BY", 0 },
		{ "CLASSIFIED BY", 0 },
		{ "CL BY", 0 },
		{ "DERIVED FROM", 1 },
		{ "DRV FROM", 1 },
		{ "DECLASSIFY ON", 2 },
		{ "DECL", 2 },
		{ "REASON", 3 },
		{ "CLASSIFICATION REASON", 3 },
		{ "CL REASON", 3 },
		{ "DOWNGRADE TO", 4 },
		{ "CUI CATEGORY", 5 },
		{ "CONTROLLED BY", 6 },
		{ "LIMITED DISSEMINATION CONTROL", 7 },
	};

	for (size_t i = 0; i < SPILL_COUNT(labels); i++) {
		size_t n = strlen(labels[i].word);

		if (s.len >= n && memcmp(s.p, labels[i].word, n) == 0)
			return 1u << labels[i].n;
	}
	return 1u << 8;
}

static void
counted(struct spill_parse *p, const struct gram *g, size_t i)
{
	const struct piece *c = &g->piece[i];

	if (c->bits & PIECE_COPY) {
		if (c->a == 0 && c->to == c->from + 1)
			return; /* the word alone */
		p->signals |= SPILL_SIGNAL_COPY;
		p->copy = c->a;
		p->copies = c->b;
		gram_place(g, i, i + 1, &p->copy_from, &p->copy_to);
	} else {
		p->signals |= SPILL_SIGNAL_PAGE;
		p->page = c->a;
		p->pages = c->b;
	}
}

static const struct spill_term *
originator_term(const struct piece *p)
{
	for (size_t i = 0; i < p->terms; i++)
		if (p->term[i]->role == SPILL_TERM_ROLE_ORIGINATOR)
			return p->term[i];
	return NULL;
}

static void
originator(struct signals *s, size_t i)
{
	const struct gram *g = s->g;

	if (!gram_upper(g, i) && !title(g, i))
		return;
	if (s->words > LETTERHEAD) {
		s->p->signals |= SPILL_SIGNAL_STATE;
		return;
	}
	s->p->signals |= SPILL_SIGNAL_ORIGINATOR;
	if (s->p->orig_to == 0) {
		gram_place(g, i, i + 1, &s->p->orig_from, &s->p->orig_to);
		s->p->orig = originator_term(&g->piece[i]);
	}
}

/* What it is where it stands as a stamp of so many words at most. */
static const struct {
	uint64_t bits;
	unsigned signal, words;
} stamps[] = {
	{ PIECE_DECLASS, SPILL_SIGNAL_DECLASS, STAMP },
	{ PIECE_DOWNGRADE, SPILL_SIGNAL_DOWNGRADE, STAMP },
	{ PIECE_SPECIMEN, SPILL_SIGNAL_SPECIMEN, SPECIMEN },
	{ PIECE_EXERCISE, SPILL_SIGNAL_EXERCISE, STAMP },
};

/* What it is wherever it stands. */
static const struct {
	uint64_t bits;
	unsigned signal;
} plain[] = {
	{ PIECE_REGISTRY, SPILL_SIGNAL_REGISTRY },
	{ PIECE_CONDITIONAL, SPILL_SIGNAL_CONDITIONAL },
	{ PIECE_BUSINESS, SPILL_SIGNAL_DISCLAIMER },
};

static void
places(struct signals *s, size_t i)
{
	const struct gram *g = s->g;
	struct spill_parse *p = s->p;

	if (gram_has(g, i, PIECE_COPY | PIECE_PAGE))
		counted(p, g, i);
	if (gram_has(g, i, PIECE_REFERENCE) && p->ref_to == 0) {
		p->signals |= SPILL_SIGNAL_REFERENCE;
		gram_place(g, i, i + 1, &p->ref_from, &p->ref_to);
	}
	if (gram_has(g, i, PIECE_DATE) && p->date_to == 0) {
		p->signals |= SPILL_SIGNAL_DATE;
		/* when it ends is not when it was written */
		if (!(g->bits & (PIECE_CAB | PIECE_DECLASS | PIECE_DOWNGRADE)))
			gram_place(g, i, i + 1, &p->date_from, &p->date_to);
	}
	if (gram_has(g, i, PIECE_ORIGINATOR))
		originator(s, i);
}

static void
notice(struct signals *s, size_t i)
{
	struct spill_span t = gram_text(s->g, i);

	if (!gram_upper(s->g, i) && !title(s->g, i))
		return;
	if (t.len >= 11 && memcmp(t.p + t.len - 11, "COVER SHEET", 11) == 0)
		s->p->signals |= SPILL_SIGNAL_COVER;
	else
		s->p->signals |= SPILL_SIGNAL_NOTICE;
}

static void
piece(struct signals *s, size_t i)
{
	const struct gram *g = s->g;
	uint64_t bits = g->piece[i].bits;

	places(s, i);
	for (size_t k = 0; k < SPILL_COUNT(stamps); k++)
		if (bits & stamps[k].bits && stamp(s, i, stamps[k].words))
			s->p->signals |= stamps[k].signal;
	for (size_t k = 0; k < SPILL_COUNT(plain); k++)
		s->p->signals |= bits & plain[k].bits ? plain[k].signal : 0;
	if (bits & PIECE_CAB && leads(g, i)) {
		s->p->signals |= SPILL_SIGNAL_CAB;
		s->p->cabs |= label(gram_text(g, i));
	}
	if (bits & PIECE_NOTICE)
		notice(s, i);
}

/* "shall be marked", "levels of classification", "marking guide". */
static bool
teaches(const struct gram *g)
{
	bool levels = g->bits & (PIECE_GRADE | PIECE_OWNER);
	uint64_t last[4] = { 0 };

	if (!(g->bits & WORD_MARKING))
		return false;
	for (size_t i = 0; i < g->pieces; i++) {
		uint64_t b = g->piece[i].bits, seen = b;

		for (size_t k = 0; k < 4; k++)
			seen |= last[k];
		if (b & (WORD_MARKING | WORD_TEACH) && seen & WORD_MARKING &&
		    (seen & WORD_TEACH ||
			(seen & WORD_MODAL && seen & WORD_BE && levels)))
			return true;
		memmove(last + 1, last, sizeof(last) - sizeof(last[0]));
		last[0] = b;
	}
	return false;
}

/* Cablegram 279 CANBERRA, 6 August 1947; FM SHAPE; ZNY SSSSS */
static bool
message(const struct signals *s)
{
	const struct gram *g = s->g;
	bool number = g->bits & (PIECE_NUMBER | PIECE_DATE);

	if (s->words > 24)
		return false;
	if (gram_has(g, 0, WORD_TRAFFIC))
		return number || s->p->shout || s->words <= 3;
	if (gram_is(g, 0, "ZNY") || gram_is(g, 0, "ZNR") ||
	    (g->pieces > 0 && gram_text(g, 0).len == 9 &&
		memcmp(gram_text(g, 0).p, "ZNY ", 4) == 0))
		return true;
	if (gram_has(g, 1, PIECE_DATE) && gram_text(g, 0).len == 1 &&
	    strchr("ZOPRYW", gram_text(g, 0).p[0]) != NULL) /* DTG */
		return s->p->shout;
	if (gram_has(g, 0, WORD_PAPER) && !gram_upper(g, 0))
		return title(g, 0) && g->bits & PIECE_DATE && s->words <= 14;
	return s->p->shout && gram_has(g, 0, WORD_PROSIGN) && g->pieces > 1 &&
	       !gram_is(g, 0, "TO") && !gram_is(g, 0, "FROM");
}

/* 8711/24 alone on its line: it may be a reference, and proves nothing. */
static void
lone_number(const struct gram *g, struct spill_parse *p)
{
	if (g->pieces != 3 || p->ref_to > 0 || !gram_has(g, 0, PIECE_NUMBER) ||
	    !gram_punct(g, 1, "/") || !gram_has(g, 2, PIECE_NUMBER) ||
	    gram_text(g, 0).len < 4 || gram_text(g, 0).len > 5 ||
	    gram_text(g, 2).len != 2 || gram_gap(g, 1) + gram_gap(g, 2) > 0)
		return;
	gram_place(g, 0, 3, &p->ref_from, &p->ref_to);
}

void
gram_signals(const struct gram *g, struct spill_parse *p)
{
	struct signals s = { g, p, 0 };

	for (size_t i = 0; i < g->n->tokens; i++)
		s.words += g->n->token[i].kind == SPILL_TOKEN_WORD;
	for (size_t i = 0; i < g->pieces; i++)
		piece(&s, i);
	lone_number(g, p);
	if (teaches(g))
		p->signals |= SPILL_SIGNAL_POLICY;
	if (message(&s))
		p->signals |= SPILL_SIGNAL_MESSAGE;
}
