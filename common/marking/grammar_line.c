/*
 * grammar_line.c: a line that is a marking and nothing else: ornaments,
 * marking, ornaments, to its end. An unknown word makes it prose.
 */
#include "grammar_i.h"

#include <string.h>

#define LINE_TOKENS 200 /* longer ones are prose */
#define ADDRESSEE   12 /* pieces of "FOR THE PRIME MINISTER HIMSELF ONLY" */
#define PAGES	    9999 /* a longer number is none of a page */
#define SERIAL	    7 /* pieces of "O.JA2807", "GATT 8" */

struct line {
	const struct gram *g;
	struct spill_marking *m;
	bool loose, shout, field, comma, exercise;
	bool unknown; /* words that no table has */
	struct spill_span lang; /* of the field */
};

static void
numbers(const struct piece *p, struct spill_marking *m)
{
	if (p->bits & PIECE_COPY) {
		m->copy = p->a;
		m->copies = p->b;
	} else {
		m->page = p->a;
		m->pages = p->b;
	}
}

static void
reference(struct line *l, size_t at)
{
	gram_place(l->g, at, at + 1, &l->m->ref_from, &l->m->ref_to);
}

/* 3, 3/12, 3 OF 12, 2-10 */
static bool
page_number(struct line *l, size_t *i)
{
	const struct gram *g = l->g;
	size_t k = *i + 1;

	if (!gram_has(g, *i, PIECE_NUMBER))
		return false;
	if (g->piece[*i].a <= PAGES)
		l->m->page = g->piece[*i].a;
	l->loose = true;
	if ((gram_punct(g, k, "/-") || gram_has(g, k, WORD_OF)) &&
	    gram_has(g, k + 1, PIECE_NUMBER)) {
		if (!gram_punct(g, k, "-"))
			l->m->pages = g->piece[k + 1].a;
		k += 2;
	}
	*i = k;
	return true;
}

/* Dashes, stars, brackets; one that has its like beside it; quotes. */
static bool
punctuation(struct line *l, size_t *i)
{
	const struct gram *g = l->g;
	char mark = g->piece[*i].mark;

	if (!gram_has(g, *i, PIECE_PUNCT))
		return false;
	if (strchr("=_~+>", mark) != NULL &&
	    !(gram_punct(g, *i + 1, (char[]){ mark, '\0' }) ||
		(*i > 0 && gram_punct(g, *i - 1, (char[]){ mark, '\0' }))))
		return false;
	if (strchr("*-[]()|#=_~+>o.\\!\"'", mark) == NULL)
		return false;
	if (mark == '"' || mark == '\'')
		l->m->flags |= SPILL_MARKING_QUOTED;
	if (strchr("#o.\\|\"'", mark) != NULL)
		l->loose = true;
	++*i;
	return true;
}

/* Empty cells beside it: "NATO SECRET,,,". */
static bool
cells(struct line *l, size_t *i)
{
	const struct gram *g = l->g;
	size_t k = *i;

	while (gram_punct(g, k, ",;|"))
		k++;
	if ((*i > 0 && k < g->pieces) || k == *i)
		return false;
	if (k == *i + 1) { /* but "SECRET," is of a program */
		if (!gram_punct(g, *i, ",;"))
			return false;
		l->comma = true;
	}
	l->loose = true;
	*i = k;
	return true;
}

/* The marks of a quotation. */
static size_t
quotation(const struct gram *g)
{
	size_t k = 0;

	while (gram_punct(g, k, ">"))
		k++;
	return k;
}

/* AND PERSONAL; PRIVATE & */
static bool
personal(struct line *l, size_t *i)
{
	const struct gram *g = l->g;
	size_t k = *i + (gram_has(g, *i, WORD_AND) || gram_punct(g, *i, "&,"));

	if (!gram_has(g, k, WORD_PERSONAL) || gram_has(g, k, PIECE_GRADE))
		return false;
	k++;
	if (gram_has(g, k, WORD_AND) || gram_punct(g, k, "&"))
		k++;
	l->loose = true;
	*i = k;
	return true;
}

/* AND IMMEDIATE; /IMMEDIATE */
static bool
precedence(struct line *l, size_t *i)
{
	const struct gram *g = l->g;
	size_t k =
	    *i + (gram_has(g, *i, WORD_AND) || gram_punct(g, *i, "&,/;"));

	if (!gram_has(g, k, PIECE_PRECEDENCE))
		return false;
	l->m->flags |= SPILL_MARKING_PRECEDENCE;
	l->loose = true;
	*i = k + 1;
	return true;
}

/* BY SAFE HAND; TELEGRAM */
static bool
handling(struct line *l, size_t *i)
{
	const struct gram *g = l->g;
	const struct piece *p = &g->piece[*i];

	if (!(gram_has(g, *i, PIECE_CAVEAT) &&
		p->term[0]->role == SPILL_TERM_ROLE_HANDLING &&
		spill_span_eq(p->term[0]->scheme, SPILL_SPAN("ANY"))) &&
	    !(l->shout && gram_has(g, *i, WORD_TRAFFIC)))
		return false;
	l->loose = true;
	++*i;
	return true;
}

/* DRAFT; v1.0; ANNEX A TO SH/12/24; EXERCISE */
static bool
status(struct line *l, size_t *i)
{
	size_t ref = l->g->pieces;

	if (gram_exercise(l->g, i))
		l->exercise = true;
	else if (!gram_status(l->g, i) && !gram_annex(l->g, i, &ref) &&
		 !gram_without(l->g, i))
		return false;
	if (ref < l->g->pieces)
		reference(l, ref);
	l->loose = true;
	return true;
}

/* Words that no table has, where the level names its owner and nothing else
 * on the line is prose. Behind it (r), or before. */
static bool
unknown(struct line *l, size_t *i, const struct reading *r)
{
	const struct spill_marking *m = l->m;

	if (!l->shout || l->unknown || l->field)
		return false;
	if (r == NULL)
		l->unknown = gram_unknown_before(l->g, i);
	else
		l->unknown = m->spec == SPILL_SPEC_SELF && m->rank > 1 &&
			     gram_unknown(l->g, i);
	return l->unknown;
}

static bool
audience(struct line *l, size_t *i)
{
	if (!l->shout || !gram_audience(l->g, i))
		return false;
	l->m->flags |= SPILL_MARKING_NONSTANDARD;
	l->loose = true;
	return true;
}

/* MOSCOW 001234, behind the grade of a cable. */
static bool
station(struct line *l, size_t *i)
{
	const struct gram *g = l->g;
	size_t k = *i;

	while (k < *i + 2 && gram_has(g, k, PIECE_WORD))
		k++;
	if (!l->shout || k == *i || !gram_has(g, k, PIECE_NUMBER) ||
	    gram_text(g, k).len < 5 ||
	    (gram_text(g, k).p[0] != '0' && l->m->pages == 0))
		return false;
	l->loose = true;
	*i = k + 1;
	return true;
}

/* [matter omitted] */
static bool
remark(struct line *l, size_t *i)
{
	const struct gram *g = l->g;
	size_t k = *i + 1;

	if (!gram_punct(g, *i, "["))
		return false;
	while (k < *i + 5 && gram_has(g, k, PIECE_WORD))
		k++;
	if (!gram_punct(g, k, "]") || k + 1 < g->pieces)
		return false;
	l->loose = true;
	*i = k + 1;
	return true;
}

#define LOOSE_PIECES                                                           \
	(PIECE_ORIGINATOR | PIECE_REGISTRY | PIECE_EXERCISE | PIECE_SPECIMEN | \
	    PIECE_CONDITIONAL | PIECE_DECLASS | PIECE_DOWNGRADE |              \
	    PIECE_NOTICE | PIECE_SECOND)

static bool
ornament(struct line *l, size_t *i)
{
	const struct gram *g = l->g;

	if (gram_has(g, *i, PIECE_COPY | PIECE_PAGE)) {
		numbers(&g->piece[*i], l->m);
	} else if (gram_has(g, *i, PIECE_REFERENCE)) {
		reference(l, *i);
	} else if (gram_has(g, *i, LOOSE_PIECES)) {
		l->loose = true;
	} else if (!gram_has(g, *i, PIECE_DATE)) {
		return precedence(l, i) || page_number(l, i) || cells(l, i) ||
		       punctuation(l, i) || personal(l, i);
	}
	++*i;
	return true;
}

/* The number of a message before its grade: "GATT 8 SECRET". */
static bool
serial(struct line *l, size_t *i)
{
	const struct gram *g = l->g;
	size_t k = *i, words = 0;
	bool digit = false;

	while (k < g->pieces && k < *i + SERIAL &&
	       !gram_has(g, k, PIECE_GRADE | PIECE_PRECEDENCE)) {
		const struct spill_token *t = &g->n->token[g->piece[k].from];

		if (gram_has(g, k, PIECE_PUNCT)) {
			if (!gram_punct(g, k, ".-\\#"))
				return false;
		} else if (g->piece[k].to > g->piece[k].from + 1 ||
			   t->len > 8 ||
			   (words += t->kind == SPILL_TOKEN_WORD) > 2) {
			return false;
		}
		for (size_t c = 0; c < t->len; c++)
			digit = digit || (g->n->text[t->at + c] >= '0' &&
					     g->n->text[t->at + c] <= '9');
		k++;
	}
	if ((!l->shout && !gram_has(g, *i, WORD_NO)) || !digit || k == *i ||
	    !gram_has(g, k, PIECE_GRADE | PIECE_PRECEDENCE))
		return false;
	*i = k;
	l->loose = true;
	return true;
}

/* FOR THE PRIME MINISTER HIMSELF ONLY */
static bool
addressee(struct line *l, size_t *i)
{
	const struct gram *g = l->g;
	bool known = g->bits & (WORD_PERSONAL | WORD_OFFICE | PIECE_PRECEDENCE |
				   PIECE_ORIGINATOR);
	size_t k = *i + 1;

	/* SECRET TO SUCCESS is none */
	if (!l->shout || !gram_has(g, *i, WORD_FOR) || !known)
		return false;
	while (k < g->pieces && k < *i + ADDRESSEE &&
	       !gram_has(g, k,
		   PIECE_PUNCT | PIECE_GRADE | PIECE_PRECEDENCE | PIECE_PAGE |
		       PIECE_COPY | PIECE_DATE))
		k++;
	l->loose = true;
	*i = k;
	return true;
}

/* FOR THE PRIME MINISTER, before the grade. */
static bool
addressed(struct line *l, size_t *i)
{
	size_t k = *i;

	if (!addressee(l, &k) ||
	    !gram_has(l->g, k, PIECE_GRADE | PIECE_PRECEDENCE))
		return false;
	*i = k;
	return true;
}

/* UNTIL 12 March 2030: Decision 2013/488/EU */
static bool
until(struct line *l, size_t *i)
{
	if (!gram_is(l->g, *i, "UNTIL") || !gram_has(l->g, *i + 1, PIECE_DATE))
		return false;
	*i += 2;
	return true;
}

/* "Classification:", "GRAU DE CLASSIFICACAO:", a few words between. */
static bool
field(struct line *l, size_t *i)
{
	const struct gram *g = l->g;
	size_t k = *i + 1;

	if (!gram_has(g, *i, PIECE_FIELD))
		return false;
	while (k < *i + 6 && gram_has(g, k, PIECE_WORD | PIECE_FIELD) &&
	       gram_gap(g, k) < 3)
		k++;
	while (gram_punct(g, k, "\"'*_"))
		k++;
	if (gram_punct(g, k, ":|=-"))
		k++;
	else if (gram_gap(g, k) < 3)
		return false;
	while (gram_punct(g, k, "\"'*_"))
		k++;
	l->field = true;
	if (g->piece[*i].terms > 0)
		l->lang = g->piece[*i].term[0]->lang;
	*i = k;
	return true;
}

static void
tail(const struct gram *g, size_t *i, struct reading *r)
{
	do
		gram_tail(g, i, r);
	while (gram_codeword(g, i, r));
}

/* The same in another language, or once more: the ranks agree. */
static bool
pair(struct line *l, size_t *i, const struct reading *r)
{
	const struct gram *g = l->g;
	struct spill_marking m = { .rank = -1 };
	struct reading other = { .m = &m };
	size_t k = *i;

	while (gram_punct(g, k, "/|-*"))
		k++;
	if (k > *i + 3 ||
	    (k == *i && gram_gap(g, k) < 3 && gram_has(g, k, PIECE_ABBREV)))
		return false;
	if (!gram_grade(g, &k, &other))
		return false;
	gram_tail(g, &k, &other);
	gram_settle(g, &other);
	if (m.rank > r->m->rank_max || m.rank_max < r->m->rank)
		return false;
	l->m->flags |= SPILL_MARKING_PAIR;
	spill_list_unite(
	    l->m->categories, sizeof(l->m->categories), m.categories);
	spill_list_unite(l->m->release, sizeof(l->m->release), m.release);
	*i = k;
	return true;
}

/* Caveats that stand by themselves: NOFORN, UK EYES ONLY. */
static bool
caveats(const struct gram *g, size_t *i, struct reading *r)
{
	const struct piece *p = &g->piece[*i];

	if (!gram_has(g, *i, PIECE_CAVEAT) || p->bits & PIECE_SEPARATE ||
	    (p->term[0]->flags & SPILL_TERM_CANDIDATE && p->to == p->from + 1))
		return false;
	r->first = *i;
	r->m->rank = r->m->rank_max = -1;
	r->m->spec = SPILL_SPEC_CAVEAT;
	gram_schemes(r->m, p->term, p->terms);
	gram_put(r->m->level, sizeof(r->m->level), p->term[0]->canonical);
	r->owned = true;
	while (gram_caveat(g, i, r, false) ||
	       (gram_punct(g, *i, "/,-") && gram_has(g, *i + 1, PIECE_CAVEAT)))
		*i += gram_punct(g, *i, "/,-");
	r->end = *i;
	return r->end > r->first;
}

/* MEDICAL IN-CONFIDENCE, MARCA NACIONAL - SECRETO: narrows what follows. */
static size_t
before(const struct gram *g, size_t at)
{
	size_t k = at + 1 + gram_punct(g, at + 1, "-");

	return gram_has(g, at, PIECE_CAVEAT | PIECE_MARCA) &&
		       !spill_span_eq(
			   g->piece[at].term[0]->scheme, SPILL_SPAN("ANY")) &&
		       !gram_has(g, at, PIECE_GRADE) &&
		       gram_has(g, k, PIECE_GRADE)
		   ? k
		   : at;
}

static bool
marking(struct line *l, size_t *i, struct reading *r)
{
	const struct gram *g = l->g;
	size_t endorsed = *i, k = before(g, *i);

	if (gram_grade(g, &k, r)) {
		const struct piece *p = &g->piece[endorsed];

		if (r->first > endorsed &&
		    gram_has(g, endorsed, PIECE_CAVEAT)) {
			if (!gram_narrow(r, p->term, p->terms))
				return false;
			gram_list_add(l->m->categories,
			    sizeof(l->m->categories), gram_text(g, endorsed));
		}
		*i = k;
		tail(g, i, r);
	} else if (!caveats(g, i, r)) {
		return false;
	}
	gram_settle(g, r);
	return true;
}

/* Small letters are prose, but of what names its owner or in a field. */
static bool
credible(const struct line *l, const struct spill_marking *m)
{
	if (l->comma && !l->field &&
	    (m->spec != SPILL_SPEC_SELF || m->flags & SPILL_MARKING_QUOTED))
		return false;
	if (m->flags & SPILL_MARKING_QUOTED && m->spec > SPILL_SPEC_PHRASE &&
	    !l->field)
		return false; /* a string in a list */
	if (m->spec == SPILL_SPEC_WEAK && !l->field &&
	    (m->to - m->from == 1 || (l->loose && m->to - m->from < 4)))
		return false; /* a letter or two and a number */
	if (m->flags & SPILL_MARKING_UPPER || l->field || l->g->value)
		return true;
	if (m->flags & SPILL_MARKING_TITLE)
		return m->spec <= SPILL_SPEC_GENERIC;
	return m->spec == SPILL_SPEC_SELF;
}

/* A bullet without its like at the other end: an item of a list. */
static bool
bullet(const struct gram *g)
{
	return gram_punct(g, 0, "-*o+") && gram_gap(g, 1) > 0 &&
	       !gram_has(g, g->pieces - 1, PIECE_PUNCT);
}

/* What stands behind a marking, to the end of the line. */
static bool
behind(struct line *l, size_t i, struct reading *r)
{
	const struct gram *g = l->g;

	while (i < g->pieces)
		if (!gram_notice(g, &i, r) && !remark(l, &i) &&
		    !status(l, &i) && !unknown(l, &i, r) && !ornament(l, &i) &&
		    !audience(l, &i) && !addressee(l, &i) && !handling(l, &i) &&
		    !station(l, &i) &&
		    !gram_language(g, &i, strcmp(l->m->scheme, "EU") == 0) &&
		    !until(l, &i))
			return false;
	return true;
}

/* Unknown words are forgiven what names its owner, and no company's word. */
static bool
forgiven(struct line *l)
{
	struct spill_marking *m = l->m;

	if (!l->unknown)
		return true;
	l->loose = true;
	m->flags |= SPILL_MARKING_NONSTANDARD | SPILL_MARKING_TAIL;
	return m->spec == SPILL_SPEC_SELF && m->rank > 1 &&
	       !(m->flags & (SPILL_MARKING_CORP | SPILL_MARKING_CANDIDATE));
}

static bool
read_line(struct line *l, struct reading *r)
{
	const struct gram *g = l->g;
	size_t i = quotation(g);

	while (i < g->pieces && !gram_has(g, i, PIECE_GRADE)) {
		if (serial(l, &i) || field(l, &i) || addressed(l, &i) ||
		    handling(l, &i) || status(l, &i) || unknown(l, &i, NULL))
			continue;
		if (gram_has(g, i, PIECE_ABBREV) || before(g, i) > i ||
		    !ornament(l, &i))
			break;
	}
	l->loose = gram_lesser(g, &i) || l->loose;
	if (i == g->pieces || !marking(l, &i, r))
		return false;
	gram_speaks(r, l->lang);
	gram_place(g, r->first, r->end, &l->m->from, &l->m->to);
	while (pair(l, &i, r))
		;
	if (!behind(l, i, r))
		return false;
	gram_settle(g, r);
	return credible(l, l->m) && forgiven(l);
}

bool
gram_line(const struct gram *g, struct spill_parse *p)
{
	struct spill_marking *m = &p->marking[0];
	struct line l = { .g = g, .m = m, .shout = p->shout };
	struct reading r = { .m = m, .whole = true };

	if (g->pieces == 0 || g->n->tokens > LINE_TOKENS || g->n->cut)
		return false;
	memset(m, 0, sizeof(*m));
	if (!read_line(&l, &r))
		return false;
	l.loose = l.loose || bullet(g);
	m->form = l.field   ? SPILL_FORM_FIELD
		  : l.loose ? SPILL_FORM_LINE_LOOSE
			    : SPILL_FORM_LINE;
	p->markings = 1;
	p->signals |= l.exercise ? SPILL_SIGNAL_EXERCISE : 0;
	return true;
}
