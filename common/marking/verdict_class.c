/*
 * verdict_class.c: the class of a document: the first rule that applies, and
 * the others as well, as secondary ones.
 */
#include <string.h>

#include "verdict_i.h"

const char *const spill_class_names[SPILL_CLASSES] = {
	"marked",
	"labelled",
	"portion",
	"declassified",
	"specimen",
	"template",
	"corporate",
	"mention",
	"",
};

/* Whose words say most: a name before a level alone, and a level before the
 * classification of a message, which is that of what it carries. */
static int
specific(const struct spill_marking *m)
{
	if (strcmp(m->scheme, "ACP") == 0)
		return 0;
	if (m->spec == SPILL_SPEC_SELF)
		return 3;
	return m->spec == SPILL_SPEC_PHRASE ? 2 : 1;
}

/* The higher; of equal ones that which says more, the more certain. */
static bool
is_better(const struct judge_hit *a, const struct judge_hit *b)
{
	int x = judge_top(a->hit.m.rank, a->hit.m.rank_max),
	    y = judge_top(b->hit.m.rank, b->hit.m.rank_max);

	if (x != y)
		return x > y;
	x = specific(&a->hit.m);
	y = specific(&b->hit.m);
	return x != y ? x > y : a->hit.score > b->hit.score;
}

/* Of the document at hand: the best hit of the class, the first of these. */
const struct judge_hit *
judge_best(const struct spill_judge *j, enum spill_class class)
{
	const struct judge_hit *best = NULL;

	for (size_t i = j->now.first_hit; i < j->nhits; i++) {
		const struct judge_hit *h = &j->hits[i];

		if (h->segment == j->segment && h->hit.class == class &&
		    (best == NULL || is_better(h, best)))
			best = h;
	}
	return best;
}

/* Alone, in a document's own words, and no talk? */
static bool
is_lone(const struct spill_judge *j, const struct judge_hit *h)
{
	const uint64_t talk = JUDGE_NEVER | JP(SPEECH) | JP(QUOTED) |
			      JP(DISCLAIMER) | JP(CODE) | JP(SPECIMEN) |
			      JP(LOWER);
	const struct spill_marking *m = &h->hit.m;

	if (h->named || h->label || h->led || h->fenced || j->data ||
	    m->rank < 1 || !judge_is_alone(m->form) || h->facts & talk)
		return false;
	if (judge_is_cheap(m) && !(m->flags & SPILL_MARKING_UPPER))
		return false;
	return judge_is_shown(j, h);
}

/* The best of these: what the document may be, were there more of it than this
 * one place. */
const struct judge_hit *
judge_lone(const struct spill_judge *j)
{
	const struct judge_hit *best = NULL;

	for (size_t i = j->now.first_hit; i < j->nhits; i++) {
		const struct judge_hit *h = &j->hits[i];

		if (h->segment == j->segment &&
		    h->hit.class == SPILL_CLASS_MENTION && is_lone(j, h) &&
		    (best == NULL || is_better(h, best)))
			best = h;
	}
	return best;
}

/* --- declassified ------------------------------------------------------- */

/* What a marking was that is one no more: it need not be as certain, for the
 * stamp speaks for it. */
static const struct judge_hit *
former(const struct spill_judge *j)
{
	const struct judge_hit *best = NULL;

	for (size_t i = j->now.first_hit; i < j->nhits; i++) {
		const struct judge_hit *h = &j->hits[i];

		if (h->segment != j->segment || h->label || h->hit.m.rank < 2 ||
		    !judge_is_alone(h->hit.m.form) ||
		    h->hit.score < JUDGE_LIKELY || h->facts & JP(LIST) ||
		    !judge_is_shown(j, h))
			continue;
		if (best == NULL || h->hit.m.rank_max > best->hit.m.rank_max)
			best = h;
	}
	return best;
}

static bool
has_stamp(const struct spill_judge *j)
{
	const struct judge_part *p = &j->now;

	if (p->declass_pages == 0)
		return p->cancelled;
	if (p->declass_dated || p->declass_object || p->declass_near)
		return true;
	return j->paged && p->pages > 1 &&
	       (uint64_t)p->declass_pages * 2 >= p->pages;
}

/* All that marked it is struck through. */
static bool
is_struck(const struct spill_judge *j)
{
	bool struck = false;

	for (size_t i = 0; i < j->now.groups; i++) {
		const struct judge_group *g = &j->now.group[i];

		if (g->real && g->struck < g->alone)
			return false;
		struck |= g->struck > 0;
	}
	return struck;
}

/* What is struck through above the level that is not. */
static const struct judge_hit *
struck_above(const struct spill_judge *j)
{
	const struct judge_hit *a = judge_best(j, SPILL_CLASS_DECLASSIFIED),
			       *b = judge_best(j, SPILL_CLASS_MARKED);

	return a != NULL && b != NULL && a->hit.m.rank > b->hit.m.rank_max
		   ? a
		   : NULL;
}

static bool
is_lowered(const struct spill_judge *j, const struct judge_hit *old)
{
	const struct spill_marking *m = j->now.lower;

	return old != NULL && m != NULL &&
	       m->rank < judge_top(old->hit.m.rank, old->hit.m.rank_max);
}

static bool
is_declassified(const struct spill_judge *j, const struct judge_hit *old)
{
	if (old == NULL)
		return false;
	if (is_lowered(j, old))
		return j->now.lower->rank <= 1;
	return has_stamp(j) || is_struck(j);
}

/* --- the others --------------------------------------------------------- */

/* Levels are listed, over several lines, or within one of a text that says
 * that it teaches. */
static bool
is_template(const struct spill_judge *j)
{
	const struct judge_part *p = &j->now;

	if (__builtin_popcount(p->rank_mask) >= 3 || p->boxes >= 2 || p->pair)
		return true;
	if (p->labels.policy > 0)
		return true;
	if (judge_best(j, SPILL_CLASS_TEMPLATE) != NULL)
		return true;
	return __builtin_popcount(p->list_mask) >= 3 &&
	       p->signals & SPILL_SIGNAL_POLICY && p->list_lines >= 2;
}

static unsigned
classes_of(const struct spill_judge *j, const struct judge_hit *old)
{
	unsigned c = 0;

	if (j->now.labels.n > 0)
		c |= 1u << SPILL_CLASS_LABELLED;
	if (is_declassified(j, old))
		c |= 1u << SPILL_CLASS_DECLASSIFIED;
	else if (judge_best(j, SPILL_CLASS_MARKED) != NULL ||
		 is_lowered(j, old))
		c |= 1u << SPILL_CLASS_MARKED;
	if (judge_portions_ok(j))
		c |= 1u << SPILL_CLASS_PORTION;
	if (is_template(j))
		c |= 1u << SPILL_CLASS_TEMPLATE;
	if (judge_best(j, SPILL_CLASS_SPECIMEN) != NULL)
		c |= 1u << SPILL_CLASS_SPECIMEN;
	if (judge_best(j, SPILL_CLASS_CORPORATE) != NULL ||
	    j->now.labels.corp > 0)
		c |= 1u << SPILL_CLASS_CORPORATE;
	return c;
}

/* The first of these is the primary class. */
static const enum spill_class order[] = {
	SPILL_CLASS_LABELLED,
	SPILL_CLASS_DECLASSIFIED,
	SPILL_CLASS_MARKED,
	SPILL_CLASS_PORTION,
	SPILL_CLASS_TEMPLATE,
	SPILL_CLASS_SPECIMEN,
	SPILL_CLASS_CORPORATE,
};

void
judge_classify(struct spill_judge *j, struct spill_verdict *v)
{
	const struct judge_hit *old = former(j);
	unsigned c = classes_of(j, old);

	*v = (struct spill_verdict){
		.rank = -1, .rank_max = -1, .class = SPILL_CLASS_NONE
	};
	if (j->now.words > 0 || j->named)
		v->class = SPILL_CLASS_MENTION;
	for (size_t i = 0; i < SPILL_COUNT(order); i++)
		if (c & 1u << order[i]) {
			v->class = order[i];
			break;
		}
	v->secondary = c & ~(1u << v->class);
	j->now.old = NULL;
	if (c & 1u << SPILL_CLASS_DECLASSIFIED || is_lowered(j, old))
		j->now.old = old;
	else if (v->class == SPILL_CLASS_MARKED)
		j->now.old = struck_above(j);
}
