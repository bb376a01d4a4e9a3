/*
 * grammar_tail.c: what stands behind a level and belongs to it: categories,
 * caveats, administrative words (ADatP-4774 4.2), lists of those to whom it
 * may or may only be released. What does not go together is flagged and kept:
 * an irregular marking is still one.
 */
#include "grammar_i.h"

#include <string.h>

#define PARTY_WORDS 8 /* pieces of the name of one */

static const struct spill_term *
nation(const struct gram *g, size_t piece)
{
	const struct piece *p = &g->piece[piece];

	for (size_t i = 0; i < p->terms; i++)
		if (p->term[i]->kind == SPILL_TERM_RELEASABILITY &&
		    p->term[i]->set.len > 0)
			return p->term[i];
	return NULL;
}

static bool
between(const struct gram *g, size_t piece)
{
	return gram_punct(g, piece, ",/;&") || gram_has(g, piece, WORD_AND);
}

bool
gram_nations(const struct gram *g, size_t *i, char *list, size_t size)
{
	size_t k = *i, start = *i;

	while (k < g->pieces) {
		bool sep = k > start && between(g, k);
		size_t at = k + sep;

		/* "CAN, GBR, and NZL", "GEORGIA AND THE UNITED KINGDOM" */
		if (sep && gram_has(g, at, WORD_AND))
			at++;
		at += gram_is(g, at, "THE");
		if (!gram_has(g, at, PIECE_NATION) ||
		    (at > start && gram_gap(g, at) > 3))
			break;
		gram_list_add(list, size, nation(g, at)->canonical);
		k = *i = at + 1;
	}
	return *i > start;
}

/* The name of the first of its terms that the marking's schemes know. */
static const struct spill_term *
known(const struct piece *p, const struct reading *r)
{
	for (size_t i = 0; i < p->terms; i++)
		for (size_t k = 0; k < r->n; k++)
			if (spill_span_eq(
				p->term[i]->scheme, r->may[k]->scheme))
				return p->term[i];
	for (size_t i = 0; i < p->terms; i++)
		if (r->n == 0 &&
		    spill_span_eq(p->term[i]->scheme, spill_span(r->m->scheme)))
			return p->term[i];
	return p->term[0];
}

static void
irregular(const struct spill_term *t, struct spill_marking *m, int rank)
{
	bool nuclear = spill_span_eq(t->canonical, SPILL_SPAN("ATOMAL")) ||
		       spill_span_eq(t->canonical, SPILL_SPAN("CRYPTO"));

	if ((nuclear && rank >= 0 && rank < 3) ||
	    (t->flags & SPILL_TERM_ADMIN && rank > 1))
		m->flags |= SPILL_MARKING_NONSTANDARD;
}

/* A level of one country whose words follow it without a dash, too. */
static bool
familiar(const struct reading *r, const struct piece *p)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->may[i]->spec != SPILL_SPEC_SELF)
			return false;
	for (size_t i = 0; r->n > 0 && i < p->terms; i++)
		if (p->term[i]->role == SPILL_TERM_ROLE_DESCRIPTOR)
			return true;
	return false;
}

bool
gram_caveat(const struct gram *g, size_t *i, struct reading *r, bool separated)
{
	const struct piece *p = &g->piece[*i];
	struct spill_marking *m = r->m;
	const struct spill_term *t;

	if (!gram_has(g, *i, PIECE_CAVEAT) ||
	    (p->bits & PIECE_SEPARATE && !separated && !familiar(r, p)) ||
	    (p->bits & PIECE_CODE && !separated) ||
	    spill_span_eq(p->term[0]->scheme, SPILL_SPAN("ANY")) ||
	    !gram_narrow(r, p->term, p->terms))
		return false;
	t = known(p, r);
	irregular(t, m, r->n > 0 ? r->may[0]->rank : m->rank);
	if (t->flags & SPILL_TERM_ADMIN && m->admin[0] == '\0')
		gram_put(m->admin, sizeof(m->admin), t->canonical);
	else
		gram_list_add(m->categories, sizeof(m->categories),
		    spill_span_eq(t->scheme, SPILL_SPAN("US"))
			? gram_banner_word(gram_text(g, *i))
			: t->canonical);
	m->valid++;
	++*i;
	return true;
}

/* Is it a word of a name? In running text only capitals are. */
static bool
of_name(const struct gram *g, size_t piece, const struct reading *r)
{
	const struct piece *p = &g->piece[piece];

	if (piece >= g->pieces ||
	    p->bits & (PIECE_PUNCT | PIECE_DSLASH | PIECE_BOX | PIECE_GRADE |
			  PIECE_LEAD | PIECE_TAIL | PIECE_PAGE | PIECE_COPY |
			  PIECE_DATE | PIECE_REFERENCE | PIECE_COMPOUND |
			  WORD_AND | WORD_ONLY))
		return false;
	return gram_upper(g, piece) ||
	       (r->whole && g->n->token[p->from].letters != SPILL_CASE_LOWER);
}

/* A party that no table has: REPUBLIC OF ELSEWHERE. In running text it is one
 * word. */
static bool
unknown_party(const struct gram *g, size_t *i, struct reading *r)
{
	size_t k = *i, last = k;

	while (k < g->pieces && k < *i + PARTY_WORDS &&
	       (k == *i ? gram_has(g, k, PIECE_WORD | PIECE_ORIGINATOR)
			: r->whole) &&
	       gram_gap(g, k) <= 2) {
		if (of_name(g, k, r))
			last = k + 1;
		else if (k == *i ||
			 !(gram_has(g, k, WORD_OF) || gram_is(g, k, "THE")))
			break;
		k++;
	}
	if (last == *i)
		return false;
	gram_list_add(
	    r->m->release, sizeof(r->m->release), gram_texts(g, *i, last));
	r->m->flags |= SPILL_MARKING_NONSTANDARD | SPILL_MARKING_TAIL;
	*i = last;
	return true;
}

/* The parties of a list, known or not, from here on. */
static bool
parties(
    const struct gram *g, size_t *i, struct reading *r, char *list, size_t size)
{
	size_t k = *i, was;

	do {
		was = k;
		k += between(g, k) && k > *i;
		k += gram_has(g, k, WORD_AND) && k > was;
		k += gram_is(g, k, "THE");
		if (!gram_nations(g, &k, list, size) &&
		    !unknown_party(g, &k, r)) {
			k = was;
			break;
		}
	} while (k < g->pieces && between(g, k));
	was = k > *i;
	*i = k;
	return was;
}

/* To the public; (S//REL), as in the banner. */
static bool public(const struct gram *g, size_t *i, struct spill_marking *m)
{
	size_t k = *i + gram_is(g, *i, "THE");

	if (!gram_is(g, k, "PUBLIC"))
		return false;
	gram_list_add(m->release, sizeof(m->release), SPILL_SPAN("PUBLIC"));
	*i = k + 1;
	return true;
}

static bool
nobody(const struct gram *g, size_t i, struct spill_marking *m)
{
	if (g->piece[i].to > g->piece[i].from + 1)
		return false;
	gram_list_add(m->categories, sizeof(m->categories), SPILL_SPAN("REL"));
	return true;
}

static bool
displays(const struct gram *g, size_t piece)
{
	return gram_is(g, piece, "DISPLAY ONLY");
}

/* RELEASABLE TO, REL TO, COMMUNICABLE A, DISPLAY ONLY and their list. */
static bool
release(const struct gram *g, size_t *i, struct reading *r)
{
	struct spill_marking *m = r->m;
	char list[192] = "", what[224] = "DISPLAY ONLY";
	size_t k = *i + 1;

	if (!gram_has(g, *i, PIECE_LEAD))
		return false;
	if (gram_punct(g, k, "/")) /* REL/AUS/GBR */
		k++;
	if (!public(g, &k, m) && !parties(g, &k, r, list, sizeof(list)) &&
	    !displays(g, *i) && !nobody(g, *i, m))
		return false;
	if (r->whole && gram_has(g, k, PIECE_TAIL | WORD_ONLY))
		k++; /* RELEASABLE TO FIN/SWE ONLY */
	if (displays(g, *i)) {
		for (char *p = list; *p != '\0'; p++)
			*p = *p == ';' ? ' ' : *p;
		gram_put(what, sizeof(what), spill_span(list));
		gram_list_add(
		    m->categories, sizeof(m->categories), spill_span(what));
	} else {
		spill_list_unite(m->release, sizeof(m->release), list);
	}
	if (r->owned && m->rank == 5 && !(m->flags & SPILL_MARKING_US_FORM))
		m->flags |= SPILL_MARKING_NONSTANDARD;
	m->valid++;
	*i = k;
	return true;
}

/* "Canada, Germany Only"; "USA/GBR EYES ONLY" */
static bool
exclusive(const struct gram *g, size_t *i, struct reading *r)
{
	char list[192] = "", what[224] = "";
	size_t k = *i;
	bool eyes;

	if (!gram_nations(g, &k, list, sizeof(list)))
		return false;
	eyes = gram_is(g, k, "EYES ONLY") || gram_is(g, k, "EYES");
	if (!eyes && !gram_has(g, k, PIECE_TAIL | WORD_ONLY))
		return false;
	for (char *p = list; *p != '\0'; p++)
		*p = *p == ';' ? ' ' : *p;
	gram_put(what, sizeof(what), spill_span(list));
	gram_put(what, sizeof(what),
	    eyes ? SPILL_SPAN("EYES ONLY") : SPILL_SPAN("ONLY"));
	gram_list_add(
	    r->m->categories, sizeof(r->m->categories), spill_span(what));
	r->m->valid++;
	*i = k + 1;
	return true;
}

bool
gram_listed(const struct gram *g, size_t *i, struct reading *r)
{
	return release(g, i, r) || exclusive(g, i, r);
}

static bool
one(const struct gram *g, size_t *i, struct reading *r, bool separated)
{
	return gram_caveat(g, i, r, separated) || gram_listed(g, i, r);
}

/* (NOFORN) */
static bool
enclosed(const struct gram *g, size_t *i, struct reading *r)
{
	size_t k = *i + 1;

	if (!gram_punct(g, *i, "([") ||
	    !gram_has(g, k, PIECE_CAVEAT | PIECE_LEAD) ||
	    !gram_has(g, k + 1, PIECE_PUNCT | PIECE_NATION) ||
	    (gram_has(g, k + 1, PIECE_PUNCT) && !gram_punct(g, k + 1, ")]")))
		return false;
	if (!one(g, &k, r, true) || !gram_punct(g, k, ")]"))
		return false;
	*i = k + 1;
	return true;
}

void
gram_tail(const struct gram *g, size_t *i, struct reading *r)
{
	while (*i < g->pieces) {
		size_t k = *i + 1;

		if (gram_has(g, *i, PIECE_DSLASH) && gram_segment(g, &k, r)) {
			r->slashed = true;
			*i = k;
		} else if (gram_punct(g, *i, "-,/:;") &&
			   one(g, &k, r, !gram_punct(g, *i, ",;"))) {
			*i = k;
		} else if (!enclosed(g, i, r) && !one(g, i, r, false)) {
			break;
		}
		r->end = *i;
	}
}

static bool
is_uk(const struct reading *r)
{
	return r->n == 0 ? strcmp(r->m->scheme, "UK") == 0
			 : r->n == 1 && spill_span_eq(r->may[0]->scheme,
					    SPILL_SPAN("UK"));
}

/* "UK SECRET - CODEWORD - UK EYES ONLY": Government Security Classifications
 * Policy; before the caveat of the nation. */
bool
gram_codeword(const struct gram *g, size_t *i, struct reading *r)
{
	size_t k = *i + 1, len;

	if (!gram_punct(g, *i, "-") || !gram_has(g, k, PIECE_WORD) ||
	    !gram_upper(g, k))
		return false;
	len = gram_text(g, k).len;
	if (len < 4 || len > 15)
		return false;
	if (!is_uk(r) &&
	    !(gram_punct(g, k + 1, "-") && gram_has(g, k + 2, PIECE_CAVEAT) &&
		gram_narrow(r, g->piece[k + 2].term, g->piece[k + 2].terms) &&
		is_uk(r)))
		return false;
	gram_list_add(
	    r->m->categories, sizeof(r->m->categories), gram_text(g, k));
	*i = r->end = k + 1;
	return true;
}

/* pt, pt-BR */
static bool
same_language(struct spill_span a, struct spill_span b)
{
	return a.len >= 2 && b.len >= 2 && memcmp(a.p, b.p, 2) == 0;
}

/* Where one word has two ranks, the language of the field decides:
 * "Classificação: SECRETO" is no Spanish. */
void
gram_speaks(struct reading *r, struct spill_span lang)
{
	bool differ = false;
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++) {
		differ = differ || r->may[i]->rank != r->may[0]->rank;
		n += same_language(r->may[i]->lang, lang);
	}
	if (n == 0 || !differ)
		return;
	n = 0;
	for (size_t i = 0; i < r->n; i++)
		if (same_language(r->may[i]->lang, lang))
			r->may[n++] = r->may[i];
	r->n = n;
}

/* "amtlich geheim gehalten": the sentence of one country. */
bool
gram_notice(const struct gram *g, size_t *i, struct reading *r)
{
	const struct piece *p = &g->piece[*i];

	if (!gram_has(g, *i, PIECE_NOTICE) || r->n == 0 ||
	    spill_span_eq(p->term[0]->scheme, SPILL_SPAN("ANY")) ||
	    !gram_narrow(r, p->term, p->terms))
		return false;
	++*i;
	return true;
}
