/*
 * grammar_lex.c: tokens become pieces. At each token the longest that stands
 * there is taken and what it covers is not looked at again, so that NATO
 * SECRETARY, SECRET UEO and SECRET SANTA are no NATO SECRET, SECRET UE, SECRET.
 */
#include "grammar_i.h"

#include <string.h>

struct spill_span
gram_text(const struct gram *g, size_t piece)
{
	const struct piece *p = &g->piece[piece];
	const struct spill_token *a = &g->n->token[p->from],
				 *b = &g->n->token[p->to - 1];

	return (struct spill_span){ g->n->text + a->at,
		(size_t)(b->at + b->len - a->at) };
}

/* From one to the last before the end, as it is folded. */
struct spill_span
gram_texts(const struct gram *g, size_t first, size_t end)
{
	struct spill_span a = gram_text(g, first), b = gram_text(g, end - 1);

	return (struct spill_span){ a.p, (size_t)(b.p - a.p) + b.len };
}

bool
gram_is(const struct gram *g, size_t piece, const char *word)
{
	return piece < g->pieces &&
	       spill_span_eq(gram_text(g, piece), spill_span(word));
}

bool
gram_punct(const struct gram *g, size_t piece, const char *of)
{
	return gram_has(g, piece, PIECE_PUNCT) &&
	       strchr(of, g->piece[piece].mark) != NULL;
}

unsigned
gram_gap(const struct gram *g, size_t piece)
{
	return piece < g->pieces ? g->n->token[g->piece[piece].from].gap : 255;
}

bool
gram_upper(const struct gram *g, size_t piece)
{
	const struct piece *p = &g->piece[piece];

	for (size_t i = p->from; i < p->to; i++)
		if (g->n->token[i].letters != SPILL_CASE_UPPER &&
		    g->n->token[i].letters != SPILL_CASE_NONE)
			return false;
	return true;
}

void
gram_place(const struct gram *g, size_t first, size_t end, uint32_t *from,
    uint32_t *to)
{
	const struct spill_token *a = &g->n->token[g->piece[first].from],
				 *b = &g->n->token[g->piece[end - 1].to - 1];

	*from = SPILL_MIN(a->from, b->from);
	*to = SPILL_MAX(a->to, b->to);
}

static const uint64_t by_role[] = {
	[SPILL_TERM_ROLE_NONE] = PIECE_CAVEAT,
	[SPILL_TERM_ROLE_DECLASS] = PIECE_DECLASS,
	[SPILL_TERM_ROLE_DOWNGRADE] = PIECE_DOWNGRADE,
	[SPILL_TERM_ROLE_COPY] = PIECE_COPY,
	[SPILL_TERM_ROLE_PAGE] = PIECE_PAGE,
	[SPILL_TERM_ROLE_REGISTRY] = PIECE_REGISTRY,
	[SPILL_TERM_ROLE_ORIGINATOR] = PIECE_ORIGINATOR,
	[SPILL_TERM_ROLE_NOTICE] = PIECE_NOTICE,
	[SPILL_TERM_ROLE_CAB] = PIECE_CAB,
	[SPILL_TERM_ROLE_CAB_VALUE] = 0, /* says nothing by itself */
	[SPILL_TERM_ROLE_CONDITIONAL] = PIECE_CONDITIONAL,
	[SPILL_TERM_ROLE_HANDLING] = PIECE_CAVEAT | PIECE_SEPARATE,
	[SPILL_TERM_ROLE_DESCRIPTOR] = PIECE_CAVEAT | PIECE_SEPARATE,
	[SPILL_TERM_ROLE_EXERCISE] = PIECE_EXERCISE,
	[SPILL_TERM_ROLE_SPECIMEN] = PIECE_SPECIMEN,
	[SPILL_TERM_ROLE_FIELD] = PIECE_FIELD,
	[SPILL_TERM_ROLE_MARCA] = PIECE_MARCA,
	[SPILL_TERM_ROLE_NEGATIVE] = PIECE_COMPOUND,
	[SPILL_TERM_ROLE_FALSE_FRIEND] = PIECE_COMPOUND,
	[SPILL_TERM_ROLE_PRECEDENCE] = PIECE_PRECEDENCE,
	[SPILL_TERM_ROLE_SECOND_LINE] = PIECE_SECOND,
};

static bool
starts(struct spill_span s, const char *with)
{
	size_t n = strlen(with);

	return s.len >= n && memcmp(s.p, with, n) == 0;
}

/* Everyday words and letters: behind a dash they are caveats, else prose. */
static bool
everyday(const struct spill_term *t)
{
	return t->flags & SPILL_TERM_ADMIN || t->variant.len <= 3 ||
	       ((starts(t->scheme, "NZ") || starts(t->scheme, "AU")) &&
		   t->variant.len < 20) ||
	       (starts(t->category, "SCI") &&
		   !(t->flags & SPILL_TERM_HIST && t->variant.len > 3));
}

static uint64_t
caveat_bits(const struct spill_term *t)
{
	uint64_t bits = by_role[t->role];

	if (bits == PIECE_COMPOUND && starts(t->canonical, "business"))
		return PIECE_BUSINESS;
	if (t->rank >= 0)
		return starts(t->category, "CUI")
			   ? PIECE_CAVEAT | PIECE_SEPARATE
			   : PIECE_GRADE;
	if (bits == PIECE_CAVEAT && everyday(t))
		return PIECE_CAVEAT | PIECE_SEPARATE;
	return bits;
}

static uint64_t
term_bits(const struct spill_term *t)
{
	if (t->flags & SPILL_TERM_PREFIX && t->kind != SPILL_TERM_CAVEAT)
		return 0;
	switch (t->kind) {
	case SPILL_TERM_BANNER:
		return t->rank >= 0 ? PIECE_GRADE : PIECE_CAVEAT;
	case SPILL_TERM_ABBREV:
		return t->rank >= 0 ? PIECE_ABBREV : caveat_bits(t);
	case SPILL_TERM_PORTION:
		return t->spec == SPILL_SPEC_CAVEAT ? PIECE_CODE : 0;
	case SPILL_TERM_CAVEAT:
		return caveat_bits(t);
	case SPILL_TERM_RELEASABILITY:
		if (t->flags & SPILL_TERM_LEAD)
			return PIECE_LEAD;
		if (t->flags & SPILL_TERM_TAIL)
			return PIECE_TAIL;
		return t->set.len > 0 ? PIECE_NATION : PIECE_CAVEAT;
	default:
		return 0;
	}
}

static uint64_t
hit_bits(const struct spill_vocab_hit *h)
{
	uint64_t bits = 0, plain = 0;

	for (size_t i = 0; i < h->terms; i++) {
		uint64_t b = term_bits(h->term[i]);

		bits |= b;
		if (b == PIECE_CAVEAT)
			plain = PIECE_SEPARATE;
	}
	return bits & ~plain;
}

static uint8_t
few(size_t n)
{
	return (uint8_t)SPILL_MIN(n, 255);
}

/* "SECRET - MEDICAL" has a level; "SECRET MEDICAL" is a doctor's. */
static bool
parted(const struct gram *g, size_t at, size_t tokens)
{
	for (size_t i = at + 1; i < at + tokens; i++)
		if (gram_mark(g->n, i, '-') && g->n->token[i].gap > 0)
			return true;
	return false;
}

/* The longest that means something; behind it, for SECRET SANTA, the grade
 * that it begins with. */
static bool
from_vocabulary(struct gram *g, size_t at, struct piece *p)
{
	struct spill_vocab_hit hit[SPILL_VOCAB_HITS];
	size_t hits = spill_vocab_match(g->v, g->n, at, hit);
	const uint64_t veto = PIECE_COMPOUND | PIECE_BUSINESS;

	for (size_t i = 0; i < hits; i++) {
		uint64_t bits = hit_bits(&hit[i]);

		if (bits & veto && parted(g, at, hit[i].tokens))
			bits &= ~veto;
		if (bits == 0)
			continue;
		if (p->term == NULL) {
			p->bits = bits;
			p->to = (uint16_t)(at + hit[i].tokens);
			p->term = hit[i].term;
			p->terms = few(hit[i].terms);
			if (!(bits & veto) || bits & PIECE_GRADE)
				return true;
		} else if (bits & PIECE_GRADE) {
			p->inner = hit[i].term;
			p->inner_terms = few(hit[i].terms);
			return true;
		}
	}
	return p->term != NULL;
}

/* REL, RELEASABLE TO and the like: the list behind it is read by the grammar,
 * whatever examples of lists the table has. */
static bool
lead(const struct gram *g, size_t at, struct piece *p)
{
	static const char *const first[] = { "REL", "RELEASABLE",
		"COMMUNICABLE" };
	struct spill_span s = spill_token_text(g->n, at);
	bool to = false;

	if (at + 1 < g->n->tokens) {
		struct spill_span next = spill_token_text(g->n, at + 1);

		to = spill_span_eq(next, SPILL_SPAN("TO")) ||
		     spill_span_eq(next, SPILL_SPAN("A"));
	}
	for (size_t i = 0; i < SPILL_COUNT(first); i++)
		if (spill_span_eq(s, spill_span(first[i])) && (to || i == 0)) {
			p->bits = PIECE_LEAD;
			p->to = (uint16_t)(at + 1 + to);
			return true;
		}
	return false;
}

static bool
counted(const struct gram *g, size_t at, uint64_t word, struct piece *p)
{
	const struct spill_normal *n = g->n;
	size_t k, dot = 0;

	if (n->token[at].kind == SPILL_TOKEN_NUMBER) { /* 2. Ausfertigung */
		if (!gram_mark(n, at + 1, '.') || at + 2 >= n->tokens ||
		    !spill_span_eq(spill_token_text(n, at + 2),
			SPILL_SPAN("AUSFERTIGUNG")) ||
		    gram_count(n, at, &p->a, &p->b) != 1)
			return false;
		p->bits = PIECE_COPY;
		p->to = (uint16_t)(at + 3);
		return true;
	}
	if (spill_span_eq(spill_token_text(n, at), SPILL_SPAN("P"))) {
		word = gram_mark(n, at + 1, '.') ? WORD_PAGE : 0;
		dot = 1;
	}
	if (!(word & (WORD_PAGE | WORD_COPY)) ||
	    (k = gram_count(n, at + 1 + dot, &p->a, &p->b)) == 0)
		return false;
	p->bits = word & WORD_PAGE ? PIECE_PAGE : PIECE_COPY;
	p->to = (uint16_t)(at + 1 + dot + k);
	if (p->to < n->tokens &&
	    spill_span_eq(spill_token_text(n, p->to), SPILL_SPAN("COPIES")))
		p->to++;
	return true;
}

static bool
shaped(const struct gram *g, size_t at, uint64_t word, struct piece *p)
{
	size_t k;

	if (counted(g, at, word, p))
		return true;
	if ((k = gram_date(g->n, at)) > 0)
		p->bits = PIECE_DATE;
	else if ((k = gram_reference(g->n, at)) > 0)
		p->bits = PIECE_REFERENCE;
	p->to = (uint16_t)(at + k);
	return k > 0;
}

static void
word(struct gram *g, size_t at, struct piece *p)
{
	const struct spill_token *t = &g->n->token[at];
	struct spill_span s = spill_token_text(g->n, at);
	uint64_t what = gram_word(s), u = 0;

	if (shaped(g, at, what, p))
		return;
	if (t->kind == SPILL_TOKEN_NUMBER && spill_span_uint(s, &u))
		p->a = u < UINT32_MAX ? (uint32_t)u : 0;
	if (t->kind == SPILL_TOKEN_WORD && lead(g, at, p))
		return;
	if (t->word == 0 || t->kind == SPILL_TOKEN_NUMBER ||
	    !from_vocabulary(g, at, p)) {
		p->bits =
		    t->kind == SPILL_TOKEN_NUMBER ? PIECE_NUMBER : PIECE_WORD;
		p->to = (uint16_t)(at + 1);
	}
	if (p->bits & PIECE_COPY) /* by the table: its number is behind it */
		p->to += (uint16_t)gram_count(g->n, p->to, &p->a, &p->b);
	if (p->bits & PIECE_FIELD)
		what |= WORD_MARKING;
	if (p->to == at + 1 || p->bits & PIECE_FIELD) {
		p->bits |= what;
		p->owner = (uint8_t)gram_owner(s);
		p->bits |= p->owner > 0 ? PIECE_OWNER : 0;
	}
}

static void
punctuation(const struct gram *g, size_t at, struct piece *p)
{
	size_t k = gram_box(g->n, at, &p->ticked);

	p->mark = g->n->token[at].mark;
	p->bits = PIECE_PUNCT;
	if (k > 0) {
		p->bits = PIECE_BOX;
	} else if (p->mark == '/' && gram_mark(g->n, at + 1, '/') &&
		   g->n->token[at + 1].gap == 0) {
		p->bits = PIECE_DSLASH;
		k = 2;
	}
	p->to = (uint16_t)(at + SPILL_MAX(k, 1));
}

void
gram_lex(struct gram *g)
{
	g->pieces = 0;
	g->bits = 0;
	for (size_t at = 0; at < g->n->tokens;) {
		struct piece *p = &g->piece[g->pieces++];

		memset(p, 0, sizeof(*p));
		p->from = (uint16_t)at;
		if (g->n->token[at].kind == SPILL_TOKEN_PUNCT)
			punctuation(g, at, p);
		else
			word(g, at, p);
		g->bits |= p->bits;
		at = p->to;
	}
}
