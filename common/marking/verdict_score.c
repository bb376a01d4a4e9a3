/*
 * verdict_score.c: what each hit is worth once its document is known, and
 * what it is by itself. Points alone never make a marking of a bare word: what
 * else is needed stands here.
 */
#include <string.h>

#include "verdict_i.h"

/* Who writes like that is a state or an alliance. */
#define STATE                                                                \
	(SPILL_SIGNAL_CAB | SPILL_SIGNAL_REFERENCE | SPILL_SIGNAL_REGISTRY | \
	    SPILL_SIGNAL_ORIGINATOR | SPILL_SIGNAL_MESSAGE |                 \
	    SPILL_SIGNAL_NOTICE | SPILL_SIGNAL_COVER)

int
judge_top(int rank, int rank_max)
{
	return SPILL_MAX(rank, rank_max);
}

static bool
is_governmental(enum spill_label_family f)
{
	return f != SPILL_LABEL_MIP && f != SPILL_LABEL_TITUS &&
	       f != SPILL_LABEL_TLP && f != SPILL_LABEL_PROPERTY &&
	       f != SPILL_LABEL_BOLDON;
}

/* A letter alone is an item of a list as soon as its like are. */
bool
judge_portions_ok(const struct spill_judge *j)
{
	const struct judge_portions *p = &j->now.portions;

	if (p->hits < 3 || p->lines < 2 || p->classified == 0)
		return false;
	if (p->full >= 2)
		return true;
	/* a list of abbreviations */
	if (p->initials > 1 && p->initials * 3 >= p->hits * 2)
		return false;
	if (p->mixed || j->doc.code)
		return false;
	return p->rich >= 2 || p->values >= 2;
}

static bool
group_has_state(const struct judge_group *g)
{
	if (g->alone == 0)
		return false;
	if (g->flags & SPILL_MARKING_PRECEDENCE)
		return true;
	return g->categories[0] != '\0' || g->released ||
	       (g->spec == SPILL_SPEC_SELF && g->rank > 0 &&
		   !(g->flags &
		       (SPILL_MARKING_CORP | SPILL_MARKING_CANDIDATE)));
}

bool
judge_has_state(const struct spill_judge *j)
{
	const struct judge_part *p = &j->now;

	if (p->opening & STATE || p->cab || judge_portions_ok(j) ||
	    judge_is_letter_of_state(p))
		return true;
	if (p->labels.n > 0 && is_governmental(p->labels.family))
		return true;
	for (size_t i = 0; i < p->groups; i++)
		if (group_has_state(&p->group[i]))
			return true;
	return false;
}

/* --- features of the whole document ------------------------------------- */

static uint64_t
document_facts(const struct spill_judge *j)
{
	static const struct {
		unsigned signal;
		uint64_t fact;
	} map[] = {
		{ SPILL_SIGNAL_COPY, JP(COPY) },
		{ SPILL_SIGNAL_REGISTRY, JP(REGISTRY) },
		{ SPILL_SIGNAL_REFERENCE, JP(REFERENCE) },
		{ SPILL_SIGNAL_ORIGINATOR, JP(ORIGINATOR) },
		{ SPILL_SIGNAL_MESSAGE, JP(MESSAGE) },
	};
	uint64_t facts = j->now.cab ? JP(CAB) : 0;

	if (judge_is_letter_of_state(&j->now))
		facts |= JP(LETTER);

	for (size_t i = 0; i < SPILL_COUNT(map); i++)
		if (j->now.opening & map[i].signal)
			facts |= map[i].fact;
	return facts;
}

static bool
is_paired(const struct judge_group *g)
{
	const unsigned pair = 1u << SPILL_ROLE_HEADER | 1u << SPILL_ROLE_FOOTER;

	return (g->objects & pair) == pair;
}

static uint64_t
page_facts(const struct spill_judge *j, const struct judge_group *g)
{
	uint64_t n = SPILL_MAX(g->pages, g->object_pages), all = j->now.pages;
	uint64_t facts = 0;

	if (g->both > 0 || is_paired(g))
		facts |= JP(BOTH);
	if (g->every || (n >= 2 && n * 10 >= all * 9))
		return facts | JP(PAGES_90);
	if (n >= 2 && n * 2 >= all)
		return facts | JP(PAGES_50);
	return n >= 2 ? facts | JP(PAGES_2) : facts;
}

static uint64_t
level_facts(const struct spill_judge *j, const struct judge_hit *h)
{
	const struct judge_part *p = &j->now;
	int rank = judge_top(h->hit.m.rank, h->hit.m.rank_max);
	uint64_t facts = 0;

	if (rank >= 0 && p->labels.n > 0 && p->labels.rank == rank)
		facts |= JP(MATCH);
	if (rank >= 0 && p->portions.rank == rank && judge_portions_ok(j))
		facts |= JP(PORTIONS);
	if (p->signals & SPILL_SIGNAL_POLICY &&
	    !(h->facts & (JP(EDGE) | JP(OBJECT))))
		facts |= JP(POLICY);
	return facts;
}

static void
late_facts(const struct spill_judge *j, struct judge_hit *h)
{
	const struct judge_group *g = &j->now.group[h->group];

	if (h->label || !judge_is_alone(h->hit.m.form))
		return;
	h->facts |= document_facts(j) | page_facts(j, g) | level_facts(j, h);
	/* A table's cells are in quotation marks for no reason of their own;
	 * elsewhere a line in quotation marks is a quotation. */
	if (h->facts & JP(QUOTED) && j->table)
		h->facts &= ~JP(QUOTED);
	else if (h->facts & JP(QUOTED) && g->both == 0)
		h->facts &= ~JP(EDGE);
	if (g->both == 0 || !(h->facts & JP(EDGE)))
		return;
	/* At the head and the foot of a page it marks, whatever is listed
	 * between, or said in the line before. */
	if (!j->now.frames)
		h->facts &= ~JP(LIST);
	if (h->led)
		h->facts &= ~(JP(CLEARANCE) | JP(SPEECH));
	h->led = false;
}

/* --- hard rules --------------------------------------------------------- */

static unsigned
ranks_listed(const struct spill_judge *j)
{
	return (unsigned)__builtin_popcount(j->now.rank_mask);
}

/* Three levels that stand alone: a text about levels, unless one of them is
 * where a page's own marking is. */
static bool
is_policy(const struct spill_judge *j)
{
	return ranks_listed(j) >= 3 || j->now.boxes >= 2 || j->now.pair;
}

static bool
is_of_pages(const struct spill_judge *j, const struct judge_group *g)
{
	if (g->every || g->both > 0 || g->object_pages > 0)
		return true;
	return j->paged && (uint64_t)g->edges * 2 >= j->now.pages;
}

/* Words that say too little by themselves. */
static bool
needs_more(const struct spill_marking *m)
{
	return (judge_is_cheap(m) || m->spec == SPILL_SPEC_PHRASE ||
		   m->flags & SPILL_MARKING_CANDIDATE) &&
	       m->valid == 0;
}

/* Of so many pages that it is no word of their text: a fifth. */
static bool
is_wide(const struct spill_judge *j, uint32_t pages)
{
	return (uint64_t)pages * 5 >= j->now.pages || !j->paged;
}

static bool
has_two_places(const struct spill_judge *j, const struct judge_hit *h)
{
	const struct judge_group *g = &j->now.group[h->group];

	if (g->every || (g->both > 0 && (is_wide(j, g->edges) || j->now.state)))
		return true;
	if (!(h->facts & (JP(EDGE) | JP(OBJECT))))
		return false;
	if (g->object_pages > 0 && is_wide(j, g->object_pages))
		return g->object_pages >= 2 || g->edges > 0 || is_paired(g);
	return g->edges >= 2 && (uint64_t)g->edges * 5 >= j->now.pages;
}

/* Near the head, where a letter or a message has its marking. */
static bool
is_placed(const struct spill_judge *j, const struct judge_hit *h)
{
	const struct judge_group *g = &j->now.group[h->group];

	return h->opening || g->every ||
	       (h->facts & JP(OBJECT) && is_wide(j, g->object_pages)) ||
	       (h->facts & JP(EDGE) && is_wide(j, g->edges));
}

/* A spelling that is not sure is never the sole ground, however often it is
 * there: is there another marking, a label, a sign of who wrote it? */
static bool
is_seconded(const struct spill_judge *j)
{
	const struct judge_part *p = &j->now;

	if (p->state || p->labels.n > 0)
		return true;
	for (size_t i = 0; i < p->groups; i++)
		if (p->group[i].sure && p->group[i].rank > 0)
			return true;
	return false;
}

static bool
has_enough(const struct spill_judge *j, const struct judge_hit *h)
{
	const struct spill_marking *m = &h->hit.m;

	if (m->flags & SPILL_MARKING_CANDIDATE && m->valid == 0 &&
	    !is_seconded(j))
		return false;

	/* In data everything is alone in its element, and names of choices
	 * are Title Case. */
	if (!needs_more(m))
		return !j->data ||
		       (m->spec == SPILL_SPEC_SELF &&
			   !(h->facts & JP(TITLE))) ||
		       has_two_places(j, h);
	if (judge_is_cheap(m) && !(m->flags & SPILL_MARKING_UPPER))
		return false;
	if (m->spec == SPILL_SPEC_WEAK)
		return j->now.state && has_two_places(j, h);
	if (has_two_places(j, h))
		return true;
	return !j->data && is_placed(j, h) &&
	       (j->now.state || (j->now.opening & SPILL_SIGNAL_COPY &&
				    !(m->flags & SPILL_MARKING_CORP)));
}

/* In the middle of a program or a manual stand examples. */
bool
judge_is_shown(const struct spill_judge *j, const struct judge_hit *h)
{
	if (h->facts & JP(OBJECT) || has_two_places(j, h))
		return true;
	/* A program has its marking in its first lines. */
	if (h->facts & JP(EDGE) &&
	    (!j->doc.code || h->hit.line_of_page <= JUDGE_EDGE))
		return true;
	return !j->doc.code && (!j->manual || (h->opening && !h->indented));
}

/* May it be the document's own marking at all? */
static bool
is_allowed(const struct spill_judge *j, const struct judge_hit *h)
{
	const struct spill_marking *m = &h->hit.m;

	if (m->rank < 1 || h->led || h->fenced || h->facts & JUDGE_NEVER)
		return false;
	if (!judge_is_alone(m->form) &&
	    !(m->form == SPILL_FORM_INLINE && m->valid >= 2))
		return false;
	if (is_policy(j) && !is_of_pages(j, &j->now.group[h->group]))
		return false;
	return has_enough(j, h) && judge_is_shown(j, h);
}

/* --- what a hit is ------------------------------------------------------ */

static enum spill_class
class_of_label(const struct judge_hit *h)
{
	if (h->label_flags & SPILL_LABEL_CORP)
		return SPILL_CLASS_CORPORATE;
	if (h->label_flags & SPILL_LABEL_UNRESOLVED)
		return SPILL_CLASS_MENTION;
	return SPILL_CLASS_LABELLED;
}

static bool
is_real(const struct spill_judge *j, const struct judge_hit *h, int sum)
{
	const struct judge_group *g = &j->now.group[h->group];

	if (sum >= JUDGE_REAL)
		return true;
	return sum >= JUDGE_LIKELY &&
	       (g->both > 0 || g->edges >= 2 || g->object_pages >= 2);
}

/* One box is a pair of brackets. */
static bool
is_of_template(const struct spill_judge *j, const struct judge_hit *h)
{
	if (h->facts & JP(CODE) || h->hit.m.form == SPILL_FORM_LIST)
		return false;
	if (h->hit.m.form == SPILL_FORM_BOX)
		return j->now.boxes >= 2;
	return h->facts & JP(LIST) ||
	       (h->facts & JP(CONDITIONAL) && judge_is_alone(h->hit.m.form));
}

static enum spill_class
class_of(const struct spill_judge *j, const struct judge_hit *h)
{
	const struct spill_marking *m = &h->hit.m;
	int sum = judge_sum(h);

	if (h->label)
		return class_of_label(h);
	if (m->form == SPILL_FORM_PORTION)
		return SPILL_CLASS_PORTION;
	if (strcmp(m->scheme, "TLP") == 0 && judge_is_alone(m->form))
		return SPILL_CLASS_CORPORATE;
	if (is_of_template(j, h))
		return SPILL_CLASS_TEMPLATE;
	if (h->facts & JP(SPECIMEN))
		sum -= judge_points[JP_SPECIMEN].half;
	if (!is_allowed(j, h) || !is_real(j, h, sum))
		return SPILL_CLASS_MENTION;
	if (m->flags & SPILL_MARKING_STRUCK)
		return SPILL_CLASS_DECLASSIFIED;
	if (h->facts & JP(SPECIMEN))
		return SPILL_CLASS_SPECIMEN;
	if (m->flags & SPILL_MARKING_CORP && !j->now.state)
		return SPILL_CLASS_CORPORATE;
	return SPILL_CLASS_MARKED;
}

static void
take_group(struct spill_marking *m, const struct judge_group *g)
{
	m->rank = g->rank;
	m->rank_max = g->rank_max;
	memcpy(m->scheme, g->scheme, sizeof(m->scheme));
	memcpy(m->level, g->level, sizeof(m->level));
}

/* What one of a group is, all of it are. */
static void
settle(struct spill_judge *j)
{
	for (size_t i = j->now.first_hit; i < j->nhits; i++) {
		struct judge_hit *h = &j->hits[i];
		struct judge_group *g = &j->now.group[h->group];

		if (h->segment != j->segment || h->named || h->label)
			continue;
		if (!g->tried && judge_lang_settle(j, h)) {
			g->settled = true;
			g->rank = g->rank_max = h->hit.m.rank;
			memcpy(g->scheme, h->hit.m.scheme, sizeof(g->scheme));
			memcpy(g->level, h->hit.m.level, sizeof(g->level));
		}
		g->tried = true;
		if (g->settled)
			take_group(&h->hit.m, g);
	}
}

/* Two levels at the head and the foot of pages: a list from end to end. */
static bool
has_frames(const struct judge_part *p)
{
	int rank = -1;

	for (size_t i = 0; i < p->groups; i++) {
		const struct judge_group *g = &p->group[i];

		if (g->both == 0)
			continue;
		if (rank >= 0 && g->rank_max != rank)
			return true;
		rank = g->rank_max;
	}
	return false;
}

/* Does it stand in a text, alone, with no other of its group? */
static bool
is_of_pair(const struct spill_judge *j, const struct judge_hit *h)
{
	const struct judge_group *g = &j->now.group[h->group];

	return g->alone == 1 && g->objects == 0 && g->struck == 0 &&
	       h->hit.line > j->now.before + 1 && !(h->facts & JP(OBJECT));
}

/* Two levels, each once, near each other and neither of them in the first
 * line: a short text that explains them, unless a state's head is on it. */
static bool
has_pair(const struct spill_judge *j)
{
	const struct judge_part *p = &j->now;
	const struct judge_hit *last = NULL;
	unsigned ranks = 0;

	if (p->pages > 1 || p->line - p->before > JUDGE_WINDOW ||
	    p->opening & STATE || p->cab || p->lower != NULL)
		return false;
	for (size_t i = p->first_hit; i < j->nhits; i++) {
		const struct judge_hit *h = &j->hits[i];

		if (h->segment != j->segment || h->label || h->named ||
		    h->hit.m.rank < 1 || !judge_is_alone(h->hit.m.form))
			continue;
		if (!is_of_pair(j, h) ||
		    (last != NULL && h->hit.line > last->hit.line + JUDGE_LIST))
			return false;
		ranks |= 1u << judge_top(h->hit.m.rank, h->hit.m.rank_max);
		last = h;
	}
	return __builtin_popcount(ranks) == 2;
}

/* A stamp of an exercise beside the marking at the head is one of the whole
 * document: of its other places, too. */
static void
spread_specimen(struct spill_judge *j)
{
	uint64_t groups[2] = { 0, 0 };

	for (size_t i = j->now.first_hit; i < j->nhits; i++) {
		const struct judge_hit *h = &j->hits[i];

		if (h->segment == j->segment &&
		    h->hit.class == SPILL_CLASS_SPECIMEN &&
		    (h->opening || h->facts & JP(OBJECT)))
			groups[h->group / 64] |= (uint64_t)1 << h->group % 64;
	}
	for (size_t i = j->now.first_hit; i < j->nhits; i++) {
		struct judge_hit *h = &j->hits[i];

		if (h->segment != j->segment ||
		    h->hit.class != SPILL_CLASS_MARKED ||
		    !(groups[h->group / 64] >> h->group % 64 & 1))
			continue;
		h->hit.class = SPILL_CLASS_SPECIMEN;
		j->now.group[h->group].real = false;
	}
}

void
judge_score(struct spill_judge *j)
{
	j->now.frames = has_frames(&j->now);
	settle(j);
	j->now.state = judge_has_state(j);
	j->now.pair = has_pair(j);
	for (size_t i = j->now.first_hit; i < j->nhits; i++) {
		struct judge_hit *h = &j->hits[i];

		if (h->segment != j->segment || h->named)
			continue;
		late_facts(j, h);
		h->hit.class = class_of(j, h);
		h->hit.score = judge_sum(h);
		if (j->doc.fragment)
			h->hit.score = SPILL_MIN(h->hit.score, JUDGE_REAL - 2);
		if (h->hit.class == SPILL_CLASS_MARKED)
			j->now.group[h->group].real = true;
		judge_say_hit(h);
	}
	spread_specimen(j);
}
