/*
 * grammar.c: one line, and a value that is a marking by itself. A line that is
 * none as it stands is read once more in other views (normal.h), if it may be
 * one by its shape: letters that are spaced, look-alikes of scanners, ...
 */
#include "grammar_i.h"

#include <string.h>

#define VIEW_TOKENS 96 /* longer lines are prose in each view */
#define VIEW_WORDS  8

static void
parse(struct gram *g, const struct spill_normal *n, struct spill_parse *p)
{
	memset(p, 0, sizeof(*p));
	p->repairs = n->repairs;
	p->edits = n->edits;
	p->shout = n->upper > 0 && n->lower == 0;
	g->n = n;
	gram_lex(g);
	if (!gram_portion(g, p) && !gram_line(g, p))
		gram_prose(g, p);
	gram_signals(g, p);
}

static bool
whole(const struct spill_parse *p)
{
	return p->markings > 0 && p->marking[0].form <= SPILL_FORM_FIELD;
}

/* May the line be a marking that only this view shows? */
static bool
worth(const struct spill_normal *n, enum spill_view view, bool shout)
{
	size_t words = 0;

	if (n->tokens == 0 || n->tokens > VIEW_TOKENS || n->cut ||
	    n->upper + n->lower < 4)
		return false;
	for (size_t i = 0; i < n->tokens; i++)
		words += n->token[i].kind == SPILL_TOKEN_WORD;
	switch (view) {
	case SPILL_VIEW_DESPACED: /* it looks for itself */
		return true;
	case SPILL_VIEW_OCR:
		return words <= VIEW_WORDS && (shout || n->upper > n->lower);
	case SPILL_VIEW_REVERSED:
		return words <= 6 && (shout || n->repairs & SPILL_REPAIR_BIDI);
	case SPILL_VIEW_LEET:
		return words <= 6 && shout && n->digits > 0;
	default:
		return false;
	}
}

/* What a view may show: what is repaired must name its owner, or be a message
 * or scan of a bare grade. */
static bool
believable(const struct spill_parse *p, const struct spill_normal *n,
    enum spill_view view)
{
	const struct spill_marking *m = &p->marking[0];

	if (!whole(p) || m->rank < 0 || m->spec == SPILL_SPEC_WEAK)
		return false;
	if (strlen(m->scheme) == 2 && n->tokens < 4)
		return false; /* UNRESTRICTED is no UN RESTRICTED */
	return view <= SPILL_VIEW_OCR || m->spec == SPILL_SPEC_SELF;
}

/* "NAT0 SECRET" may be read as the number of a message and a grade. */
static bool
serial(const struct spill_normal *n, const struct spill_parse *p)
{
	return p->marking[0].form == SPILL_FORM_LINE_LOOSE &&
	       p->marking[0].spec != SPILL_SPEC_SELF && n->digits > 0 &&
	       n->token[0].kind == SPILL_TOKEN_WORD;
}

void
spill_grammar_line(const struct spill_vocab *v, const struct spill_normal *n,
    bool views, struct spill_parse *p)
{
	struct gram g; /* large: nothing of it is cleared */
	struct spill_normal other;
	struct spill_parse q;

	g.v = v;
	g.value = false;
	parse(&g, n, p);
	views = views && (!whole(p) || serial(n, p));
	for (int view = 0; views && view < SPILL_VIEWS; view++) {
		if (!worth(n, (enum spill_view)view, p->shout) ||
		    !spill_normal_view(&other, n, (enum spill_view)view, v))
			continue;
		parse(&g, &other, &q);
		if (!believable(&q, n, (enum spill_view)view) ||
		    (whole(p) && q.marking[0].spec != SPILL_SPEC_SELF))
			continue;
		*p = q;
		return;
	}
}

bool
spill_grammar_value(const struct spill_vocab *v, struct spill_span value,
    struct spill_marking *m)
{
	struct spill_normal n;
	struct spill_parse p;
	struct gram g;

	if (value.len > SPILL_NORMAL_LINE)
		return false;
	spill_normal_line(&n, value, v);
	g.v = v;
	g.value = true;
	parse(&g, &n, &p);
	if (!whole(&p))
		return false;
	*m = p.marking[0];
	return true;
}
