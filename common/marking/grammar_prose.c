/*
 * grammar_prose.c: markings in lines that hold other words, too: mentions,
 * lists of levels, options of a form, identifiers of a program, the bracket at
 * the end of a subject. What stands around them says what they are.
 */
#include "grammar_i.h"

#include <string.h>

#define WINDOW 8 /* pieces on either side that speak of it */

struct prose {
	const struct gram *g;
	struct spill_parse *p;
	unsigned words; /* of the line */
	bool program; /* it has the braces of one, or its semicolon */
};

static uint64_t
around(
    const struct gram *g, size_t first, size_t end, size_t before, size_t after)
{
	size_t from = first > before ? first - before : 0;
	uint64_t bits = 0;

	for (size_t i = from; i < end + after && i < g->pieces; i++)
		if (i < first || i >= end)
			bits |= g->piece[i].bits;
	return bits;
}

static char
mark_at(const struct gram *g, size_t token)
{
	return token < g->n->tokens ? g->n->token[token].mark : '\0';
}

static unsigned
gap_at(const struct gram *g, size_t token)
{
	return token < g->n->tokens ? g->n->token[token].gap : 255;
}

/* SECRET_KEY, client.SECRET, SECRET=, {SECRET}, "SECRET", */
static bool
code(const struct gram *g, size_t from, size_t to)
{
	char prev = from > 0 ? mark_at(g, from - 1) : '\0',
	     next = mark_at(g, to), then = mark_at(g, to + 1);

	if (prev != '\0' && gap_at(g, from) == 0 &&
	    strchr("_$@{<=.\\%&:", prev) != NULL)
		return true;
	if (next == '\0')
		return false;
	if (next == '=' || next == '{' ||
	    (next == ';' && to + 1 == g->n->tokens))
		return true;
	if (gap_at(g, to) == 0 && strchr("_(>@", next) != NULL)
		return true;
	if (gap_at(g, to) == 0 && (next == '.' || next == ':') &&
	    to + 1 < g->n->tokens && gap_at(g, to + 1) == 0)
		return true;
	return (next == '"' || next == '\'') && prev == next && then != '\0' &&
	       strchr(",;)]}=:", then) != NULL;
}

static bool
quoted(const struct gram *g, size_t from, size_t to)
{
	char prev = from > 0 ? mark_at(g, from - 1) : '\0';

	return (prev == '"' || prev == '\'') && mark_at(g, to) == prev;
}

/* An option: the box before it, or behind it where the line begins with it. */
static bool
boxed(const struct gram *g, const struct reading *r, bool *ticked)
{
	size_t at = r->first;

	if (!(g->bits & PIECE_BOX))
		return false;
	if (gram_has(g, at > 0 ? at - 1 : g->pieces, PIECE_BOX))
		at--;
	else if (gram_has(g, r->end, PIECE_BOX))
		at = r->end;
	else
		return false;
	*ticked = g->piece[at].ticked;
	return true;
}

/* "Harbour lights [NATO SECRET]", "[SEC=SECRET] ...", "... // SECRET" */
static bool
subject(const struct gram *g, const struct reading *r)
{
	size_t a = r->first, b = r->end, last = g->pieces - 1;

	if (gram_punct(g, last, ".") && last > b)
		last--;
	if (a > 0 && gram_has(g, a - 1, PIECE_DSLASH) && gram_gap(g, a) > 0)
		return b == g->pieces;
	if (a > 2 && gram_punct(g, a - 1, "=") && gram_is(g, a - 2, "SEC")) {
		a -= 2;
		while (b < g->pieces && b < r->end + WINDOW &&
		       !gram_punct(g, b, "]"))
			b++;
	}
	if (a == 0 || !gram_punct(g, a - 1, "[(") || !gram_punct(g, b, "])"))
		return false;
	return a == 1 || b == last;
}

/* Where the text of a subject begins; 0: the line is none. */
static size_t
titled(const struct gram *g)
{
	static const char *const words[] = { "SUBJECT", "SUBJ", "ASSUNTO",
		"ASUNTO", "BETREFF", "BETR", "OBJET", "OGGETTO", "ONDERWERP" };

	for (size_t i = 0; i < SPILL_COUNT(words); i++)
		if (gram_is(g, 0, words[i]) && gram_punct(g, 1, ":"))
			return 2;
	return 0;
}

/* "NATO SECRET: movement", "RE: NATO SECRET - movement" */
static bool
leading(const struct gram *g, const struct reading *r)
{
	size_t k = titled(g), b = r->end;

	while (k < 6 && gram_punct(g, k + 1, ":") &&
	       (gram_is(g, k, "RE") || gram_is(g, k, "FW") ||
		   gram_is(g, k, "FWD") || gram_is(g, k, "AW") ||
		   gram_is(g, k, "WG") || gram_is(g, k, "TR")))
		k += 2;
	return r->first == k && b + 1 < g->pieces &&
	       (gram_punct(g, b, ":") ||
		   (gram_punct(g, b, "-") && gram_gap(g, b) > 0)) &&
	       gram_gap(g, b + 1) > 0;
}

/* "Classification: SECRET   Date: ..." */
static bool
field(const struct gram *g, const struct reading *r)
{
	size_t a = r->first;

	return a > 1 && gram_punct(g, a - 1, ":=|") &&
	       gram_has(g, a - 2, PIECE_FIELD);
}

static bool
program(const struct spill_normal *n)
{
	for (size_t i = 0; i < n->tokens; i++)
		if (n->token[i].mark == '{' || n->token[i].mark == '}')
			return true;
	return n->tokens > 0 && n->token[n->tokens - 1].mark == ';';
}

static enum spill_form
form(const struct prose *s, const struct reading *r, struct spill_marking *m)
{
	const struct gram *g = s->g;
	size_t from = g->piece[r->first].from, to = g->piece[r->end - 1].to;
	bool ticked = false;

	if (boxed(g, r, &ticked)) {
		m->flags |= ticked ? SPILL_MARKING_TICKED : 0;
		return SPILL_FORM_BOX;
	}
	if (m->flags & SPILL_MARKING_UPPER && subject(g, r))
		return SPILL_FORM_SUBJECT;
	if (field(g, r))
		return SPILL_FORM_FIELD;
	if (m->flags & SPILL_MARKING_UPPER && leading(g, r)) {
		m->flags |= SPILL_MARKING_LEADS;
		if (titled(g) > 0)
			return SPILL_FORM_SUBJECT;
	}
	if (s->program && m->spec >= SPILL_SPEC_GENERIC)
		return SPILL_FORM_CODE;
	return code(g, from, to) ? SPILL_FORM_CODE : SPILL_FORM_INLINE;
}

static void
flags(const struct gram *g, const struct reading *r, struct spill_marking *m)
{
	uint64_t near = around(g, r->first, r->end, WINDOW, WINDOW);
	size_t to = g->piece[r->end - 1].to;
	static const struct {
		uint64_t bits;
		unsigned flag;
	} says[] = {
		{ WORD_SPEECH, SPILL_MARKING_SPEECH },
		{ WORD_CLEARANCE, SPILL_MARKING_CLEARANCE },
	};

	for (size_t i = 0; i < SPILL_COUNT(says); i++)
		if (near & says[i].bits)
			m->flags |= says[i].flag;
	if (around(g, r->first, r->end, 5, 1) & WORD_NEGATION)
		m->flags |= SPILL_MARKING_NEGATED;
	if (quoted(g, g->piece[r->first].from, to))
		m->flags |= SPILL_MARKING_QUOTED;
	if (g->bits & PIECE_BUSINESS)
		m->flags |= SPILL_MARKING_DISCLAIMER;
	if (g->bits & PIECE_PRECEDENCE && g->n->lower == 0)
		m->flags |= SPILL_MARKING_PRECEDENCE;
	if (g->bits & (PIECE_DECLASS | PIECE_DOWNGRADE | PIECE_CAB) &&
	    g->bits & WORD_FUTURE)
		m->flags |= SPILL_MARKING_FUTURE;
	/* SECRET-level, NATO SECRETs: a word of its own */
	if (gap_at(g, to) == 0 && mark_at(g, to) == '-' &&
	    gap_at(g, to + 1) == 0 && mark_at(g, to + 1) == '\0')
		m->flags |= SPILL_MARKING_COMPOUND;
}

/* Is it more than an everyday word? */
static bool
telling(const struct gram *g, const struct reading *r,
    const struct spill_marking *m)
{
	bool upper = m->flags & SPILL_MARKING_UPPER,
	     title = m->flags & SPILL_MARKING_TITLE;

	if (m->valid > 0 && r->slashed)
		return upper;
	switch (m->spec) {
	case SPILL_SPEC_SELF:
		return true;
	case SPILL_SPEC_PHRASE:
		return upper || title;
	case SPILL_SPEC_GENERIC:
		return upper;
	case SPILL_SPEC_WEAK: /* VS-NfD, TS-UE/EU-TS; not NS, not OFFICIAL */
		return upper && gram_has(g, r->first, PIECE_ABBREV) &&
		       g->piece[r->first].to - g->piece[r->first].from > 2;
	default:
		return false;
	}
}

static unsigned
count_words(const struct gram *g, size_t from, size_t to)
{
	unsigned n = 0;

	for (size_t i = from; i < to; i++)
		n += g->n->token[i].kind == SPILL_TOKEN_WORD;
	return n;
}

static void
keep(struct prose *s, struct reading *r)
{
	const struct gram *g = s->g;
	struct spill_marking *m = r->m;
	const struct piece *a = &g->piece[r->first], *b = &g->piece[r->end - 1];

	gram_settle(g, r);
	if (!telling(g, r, m))
		return;
	gram_place(g, r->first, r->end, &m->from, &m->to);
	m->form = form(s, r, m);
	m->words_outside = s->words - count_words(g, a->from, b->to);
	flags(g, r, m);
	s->p->markings++;
}

/* NATO SECRETARY, NATO SECRETS: an owner and a word that begins as a grade. */
static bool
inflected(const struct gram *g, size_t at, struct reading *r)
{
	static const struct {
		const char *root;
		int rank;
	} roots[] = { { "CONFIDENTIAL", 3 }, { "RESTRICT", 2 },
		{ "SECRET", 4 } };
	const struct owner *o;
	struct spill_span s;

	if (!gram_has(g, at, PIECE_OWNER) || !gram_has(g, at + 1, PIECE_WORD) ||
	    gram_gap(g, at + 1) > 2)
		return false;
	o = gram_owner_at(g->piece[at].owner);
	s = gram_text(g, at + 1);
	for (size_t i = 0; i < SPILL_COUNT(roots); i++) {
		size_t n = strlen(roots[i].root);

		if (s.len <= n || memcmp(s.p, roots[i].root, n) != 0 ||
		    strcmp(o->scheme, "NATO") != 0)
			continue;
		gram_owned(r, o, roots[i].rank);
		r->first = at;
		r->end = at + 2;
		r->m->flags |= SPILL_MARKING_COMPOUND;
		return true;
	}
	return false;
}

/* SECRET SANTA: the grade that it begins with. */
static bool
compound(const struct gram *g, size_t at, struct reading *r)
{
	const struct piece *p = &g->piece[at];

	if (!(p->bits & PIECE_COMPOUND) || p->inner == NULL)
		return false;
	gram_readings(r, p->inner, p->inner_terms);
	r->first = at;
	r->end = at + 1;
	r->m->flags |= SPILL_MARKING_COMPOUND;
	return r->n > 0;
}

/* The // of an address is no category's. */
static bool
address(const struct gram *g, size_t at)
{
	return gram_has(g, at, PIECE_DSLASH) && at > 0 &&
	       gram_punct(g, at - 1, ":");
}

/* Several ranks in one line: somebody lists them. */
static void
list(struct spill_parse *p)
{
	int low = 6, high = -1;

	for (size_t i = 0; i < p->markings; i++) {
		const struct spill_marking *m = &p->marking[i];

		if (m->rank < 0 || m->flags & SPILL_MARKING_COMPOUND)
			continue;
		low = SPILL_MIN(low, m->rank_max);
		high = SPILL_MAX(high, m->rank_max);
	}
	for (size_t i = 0; low < high && i < p->markings; i++)
		if (p->marking[i].form == SPILL_FORM_INLINE)
			p->marking[i].form = SPILL_FORM_LIST;
}

void
gram_prose(const struct gram *g, struct spill_parse *p)
{
	struct prose s = { g, p, count_words(g, 0, g->n->tokens),
		program(g->n) };

	p->markings = 0;
	for (size_t i = 0;
	     i < g->pieces && p->markings < SPILL_PARSE_MARKINGS;) {
		struct spill_marking *m = &p->marking[p->markings];
		struct reading r = { .m = m };

		memset(m, 0, sizeof(*m));
		if (!address(g, i) && gram_grade(g, &i, &r)) {
			gram_tail(g, &i, &r);
			keep(&s, &r);
		} else if (inflected(g, i, &r) || compound(g, i, &r)) {
			i = r.end;
			keep(&s, &r);
		} else {
			i++;
		}
	}
	list(p);
}
