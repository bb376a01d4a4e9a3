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

/* Of the document at hand: the highest hit of the class, the most certain of
 * these, the first of these. */
const struct judge_hit *
judge_best(const struct spill_judge *j, enum spill_class class)
{
	const struct judge_hit *best = NULL;

	for (size_t i = j->now.first_hit; i < j->nhits; i++) {
		const struct judge_hit *h = &j->hits[i];
		int a, b;

		if (h->segment != j->segment || h->hit.class != class)
			continue;
		a = judge_top(h->hit.m.rank, h->hit.m.rank_max);
		b = best == NULL
			? -2
			: judge_top(best->hit.m.rank, best->hit.m.rank_max);
		if (a > b || (a == b && h->hit.score > best->hit.score))
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

	if (__builtin_popcount(p->rank_mask) >= 3 || p->boxes >= 2)
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
