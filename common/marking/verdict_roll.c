/*
 * verdict_roll.c: level, owners, categories, release and flags of a document,
 * of what marks it; and of a container, of what is in it. No level is turned
 * into that of another scheme: ranks compare, words stay.
 */
#include <stdio.h>
#include <string.h>

#include "verdict_i.h"

static const char *const flag_names[JUDGE_FLAGS] = {
	[JF_LABEL_MISMATCH] = "label-mismatch",
	[JF_TOP_BOTTOM] = "top-bottom-differ",
	[JF_HEADER_MISMATCH] = "header-mismatch",
	[JF_PORTION_ABOVE] = "portion-above-banner",
	[JF_BANNER_MISSING] = "banner-missing",
	[JF_UNDER_MARKED] = "under-marked",
	[JF_UNMARKED_PAGES] = "unmarked-pages",
	[JF_DOWNGRADED] = "downgraded",
	[JF_EXERCISE] = "exercise",
	[JF_EVASION] = "evasion",
	[JF_HIDDEN] = "hidden",
	[JF_DELETED] = "deleted",
	[JF_QUOTED] = "quoted",
	[JF_RELEASE] = "release-mismatch",
	[JF_FRAGMENT] = "fragment",
	[JF_NONSTANDARD] = "nonstandard",
	[JF_ONE_PLACE] = "one-place",
};

/* --- lists -------------------------------------------------------------- */

bool
judge_list_has(const char *list, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = list; *p != '\0'; p += *p == ';') {
		size_t k = strcspn(p, ";");

		if (k == n && memcmp(p, name, n) == 0)
			return true;
		p += k;
	}
	return false;
}

void
judge_list_add(char *list, size_t size, const char *name)
{
	size_t used = strlen(list), n = strlen(name);

	if (n == 0 || judge_list_has(list, name) || used + n + 2 > size)
		return;
	if (used > 0)
		list[used++] = ';';
	memcpy(list + used, name, n + 1);
}

void
judge_release(const struct spill_judge *j, char *to, size_t size,
    bool *released, bool *nobody, const char *list)
{
	if (list[0] == '\0' || *nobody)
		return;
	spill_list_intersect(j->v, to, size, list);
	*released = true;
	*nobody = to[0] == '\0';
}

/* --- level -------------------------------------------------------------- */

/* "AU|CA|GB|...": one country among so many decides nothing. */
static bool
is_open(const struct spill_marking *m)
{
	unsigned names = 1;

	for (const char *p = m->scheme; *p != '\0'; p++)
		names += *p == '|';
	return names > 1 && names <= 4;
}

static int
shown_rank(const struct spill_marking *m)
{
	return is_open(m) ? m->rank : judge_top(m->rank, m->rank_max);
}

static void
take_level(struct spill_verdict *v, const struct spill_marking *m)
{
	v->rank_max = judge_top(m->rank, m->rank_max);
	v->rank = shown_rank(m);
	(void)snprintf(v->scheme, sizeof(v->scheme), "%s", m->scheme);
	(void)snprintf(v->level, sizeof(v->level), "%s", m->level);
}

static void
take_portions(const struct spill_judge *j, struct spill_verdict *v)
{
	const struct judge_portions *p = &j->now.portions;

	v->rank = v->rank_max = p->rank;
	(void)snprintf(v->scheme, sizeof(v->scheme), "%s", p->scheme);
	(void)snprintf(v->level, sizeof(v->level), "%s", p->level);
}

/* All who own a part of it; the owner of the highest level first. A word of
 * many countries names no owner beside one that does, and how a message is
 * sent is nobody's. */
static void
add_owners(const struct spill_judge *j, struct spill_verdict *v)
{
	for (size_t i = 0; i < j->now.groups; i++) {
		const struct judge_group *g = &j->now.group[i];

		if (g->real && strchr(g->scheme, '|') == NULL &&
		    (v->scheme[0] == '\0' || strcmp(g->scheme, "ACP") != 0))
			judge_list_add(v->scheme, sizeof(v->scheme), g->scheme);
	}
}

/* --- categories and release --------------------------------------------- */

struct audience {
	char list[512];
	bool released, nobody;
};

static void
take_hit(const struct spill_judge *j, struct spill_verdict *v,
    struct audience *a, const char *categories, const char *release)
{
	spill_list_unite(v->categories, sizeof(v->categories), categories);
	judge_release(
	    j, a->list, sizeof(a->list), &a->released, &a->nobody, release);
}

/* "NOFORN", "UK EYES ONLY", ...: nobody else is let in by a list. */
static bool
is_closed(const char *categories)
{
	return judge_list_has(categories, "NOFORN") ||
	       strstr(categories, "EYES ONLY") != NULL ||
	       strstr(categories, "SPECIAL FRANCE") != NULL ||
	       strstr(categories, "SPÉCIAL FRANCE") != NULL;
}

static void
take_audience(
    struct spill_judge *j, struct spill_verdict *v, const struct audience *a)
{
	const struct judge_portions *p = &j->now.portions;
	bool listed = a->released && !a->nobody;

	if (a->nobody || (listed && p->noforn && judge_portions_ok(j))) {
		judge_list_add(v->categories, sizeof(v->categories), "NOFORN");
		j->now.flags |= 1u << JF_RELEASE;
	} else if (listed && !is_closed(v->categories)) {
		memcpy(v->release, a->list, sizeof(v->release));
	}
}

static void
roll_lists(struct spill_judge *j, struct spill_verdict *v)
{
	const struct judge_part *p = &j->now;
	struct audience a = { .list = "" };
	const struct judge_hit *l =
	    v->class == SPILL_CLASS_LABELLED && p->labels.hit > 0
		? &j->hits[p->labels.hit - 1]
		: NULL;
	bool any = l != NULL;

	if (l != NULL)
		take_hit(j, v, &a, l->hit.m.categories, l->hit.m.release);
	for (size_t i = 0; i < p->groups; i++) {
		const struct judge_group *g = &p->group[i];

		if (!g->real)
			continue;
		any = true;
		take_hit(j, v, &a, g->categories, g->release);
		a.nobody |= g->nobody;
	}
	if (!any && v->class == SPILL_CLASS_PORTION) {
		take_hit(j, v, &a, p->portions.categories, p->portions.release);
		a.nobody |= p->portions.nobody;
	}
	take_audience(j, v, &a);
}

/* --- flags -------------------------------------------------------------- */

static void
flag_if(struct spill_judge *j, enum judge_flag f, bool is)
{
	if (is)
		j->now.flags |= 1u << f;
}

static int
object_rank(const struct judge_part *p, enum spill_role role)
{
	int rank = -1;

	for (size_t i = 0; i < p->groups; i++)
		if (p->group[i].real && p->group[i].objects & 1u << role)
			rank = SPILL_MAX(rank, p->group[i].rank_max);
	return rank;
}

static bool
edges_differ(const struct judge_part *p)
{
	int head = object_rank(p, SPILL_ROLE_HEADER),
	    foot = object_rank(p, SPILL_ROLE_FOOTER);

	return p->top_bottom_differ || (head >= 0 && foot >= 0 && head != foot);
}

/* Of all that marks it: was each of them such? */
static bool
only(const struct judge_part *p, size_t field)
{
	bool any = false;

	for (size_t i = 0; i < p->groups; i++) {
		const struct judge_group *g = &p->group[i];
		uint64_t n;

		if (!g->real)
			continue;
		memcpy(&n, (const char *)g + field, sizeof(n));
		if (n < g->alone)
			return false;
		any = true;
	}
	return any;
}

static void
flag_groups(struct spill_judge *j, int top)
{
	struct judge_part *p = &j->now;

	for (size_t i = 0; i < p->groups; i++) {
		const struct judge_group *g = &p->group[i];

		if (!g->real)
			continue;
		flag_if(j, JF_NONSTANDARD,
		    (g->flags & SPILL_MARKING_NONSTANDARD) != 0);
		flag_if(j, JF_HEADER_MISMATCH,
		    g->rank_max < top &&
			(g->every || g->object_pages * 2 > p->pages ||
			    (j->paged && g->edges * 2 > p->pages)));
	}
	flag_if(j, JF_TOP_BOTTOM, edges_differ(p));
	flag_if(j, JF_HIDDEN, only(p, offsetof(struct judge_group, hidden)));
	flag_if(j, JF_DELETED, only(p, offsetof(struct judge_group, deleted)));
	flag_if(j, JF_QUOTED, only(p, offsetof(struct judge_group, quoted)));
}

static void
flag_evasion(struct spill_judge *j)
{
	for (size_t i = j->now.first_hit; i < j->nhits; i++) {
		const struct spill_hit *h = &j->hits[i].hit;

		if (j->hits[i].segment == j->segment &&
		    h->class < SPILL_CLASS_TEMPLATE)
			flag_if(j, JF_EVASION,
			    (h->repairs & SPILL_REPAIR_EVASION) != 0);
	}
}

/* What a banner or a label says, against portions and each other. */
static void
compare(struct spill_judge *j, struct spill_verdict *v, int marked)
{
	const struct judge_portions *p = &j->now.portions;
	const struct judge_labels *l = &j->now.labels;

	flag_if(j, JF_LABEL_MISMATCH,
	    l->n > 0 && l->main && l->rank >= 0 && marked >= 0 &&
		l->rank != marked);
	flag_if(j, JF_PORTION_ABOVE, l->main && l->part_rank > l->rank);
	flag_if(j, JF_BANNER_MISSING, v->class == SPILL_CLASS_PORTION);
	if (!judge_portions_ok(j) || v->class == SPILL_CLASS_PORTION ||
	    v->class > SPILL_CLASS_PORTION || p->rank <= v->rank_max)
		return;
	flag_if(j, JF_PORTION_ABOVE, true);
	if (p->self < 3 || p->self_rank <= v->rank_max)
		return;
	flag_if(j, JF_UNDER_MARKED, true);
	v->rank = v->rank_max = p->self_rank;
}

/* --- pages, score ------------------------------------------------------- */

static void
count_pages(struct spill_judge *j, struct spill_verdict *v)
{
	const struct judge_part *p = &j->now;
	uint32_t most = 0;
	bool every = false;

	for (size_t i = 0; i < p->groups; i++) {
		const struct judge_group *g = &p->group[i];

		if (!g->real)
			continue;
		every |= g->every;
		most = SPILL_MAX(most, g->pages);
	}
	v->pages = j->paged ? p->pages : 1;
	v->pages_marked = every ? v->pages : SPILL_MIN(most, v->pages);
	v->markings = (uint32_t)SPILL_MIN(p->hits, UINT32_MAX);
	flag_if(j, JF_UNMARKED_PAGES,
	    v->class == SPILL_CLASS_MARKED && v->pages_marked > 1 &&
		v->pages_marked < v->pages);
}

/* 12 points, the cut of a real marking, are 60; 32 are 100. */
static unsigned
scale(int half)
{
	if (half <= 0)
		return 0;
	if (half <= JUDGE_REAL)
		return (unsigned)half * 60 / JUDGE_REAL;
	return (unsigned)SPILL_MIN(60 + (half - JUDGE_REAL), 100);
}

static int
points_of(const struct spill_judge *j, const struct spill_verdict *v)
{
	const struct judge_hit *h = judge_best(j, v->class);
	int half = h != NULL ? h->hit.score : 0;

	if (v->class == SPILL_CLASS_DECLASSIFIED && j->now.old != NULL)
		half = j->now.old->hit.score;
	if (v->class == SPILL_CLASS_PORTION)
		half = JUDGE_REAL +
		       (int)SPILL_MIN(j->now.portions.hits, (uint64_t)16);
	if (v->class == SPILL_CLASS_MENTION)
		half = SPILL_MIN(half, JUDGE_REAL - 2);
	return half;
}

/* --- a document --------------------------------------------------------- */

/* The level of the highest of what marks it. */
static int
roll_marked(const struct spill_judge *j, struct spill_verdict *v)
{
	const struct judge_hit *h = judge_best(j, SPILL_CLASS_MARKED);

	if (h == NULL)
		return -1;
	if (judge_top(h->hit.m.rank, h->hit.m.rank_max) > v->rank_max)
		take_level(v, &h->hit.m);
	add_owners(j, v);
	return judge_top(h->hit.m.rank, h->hit.m.rank_max);
}

static void
roll_level(struct spill_judge *j, struct spill_verdict *v)
{
	const struct judge_hit *h;
	int marked = -1;

	switch (v->class) {
	case SPILL_CLASS_LABELLED:
		if (j->now.labels.hit > 0)
			take_level(v, &j->hits[j->now.labels.hit - 1].hit.m);
		/* fall through */
	case SPILL_CLASS_MARKED:
		marked = roll_marked(j, v);
		break;
	case SPILL_CLASS_PORTION:
		take_portions(j, v);
		break;
	case SPILL_CLASS_SPECIMEN:
	case SPILL_CLASS_CORPORATE:
		h = judge_best(j, v->class);
		if (h != NULL)
			take_level(v, &h->hit.m);
		break;
	case SPILL_CLASS_MENTION:
		h = judge_lone(j);
		if (h != NULL)
			take_level(v, &h->hit.m);
		flag_if(j, JF_ONE_PLACE, h != NULL);
		break;
	default:
		break;
	}
	compare(j, v, marked);
	flag_groups(j, marked);
}

static void
roll_former(struct spill_judge *j, struct spill_verdict *v)
{
	const struct spill_marking *m;

	if (j->now.old == NULL)
		return;
	m = &j->now.old->hit.m;
	(void)snprintf(
	    v->former_level, sizeof(v->former_level), "%s", m->level);
	if (v->class == SPILL_CLASS_DECLASSIFIED)
		(void)snprintf(v->scheme, sizeof(v->scheme), "%s", m->scheme);
	if (v->class == SPILL_CLASS_MARKED && j->now.lower != NULL &&
	    j->now.lower->rank < judge_top(m->rank, m->rank_max))
		take_level(v, j->now.lower);
	flag_if(j, JF_DOWNGRADED, v->class == SPILL_CLASS_MARKED);
}

static void
roll_mip(const struct spill_judge *j, struct spill_verdict *v)
{
	const struct spill_label *l = &j->mip;

	v->mip.rank = -1;
	if (l->guid[0] == '\0')
		return;
	memcpy(v->mip.guid, l->guid, sizeof(v->mip.guid));
	memcpy(v->mip.name, l->name, sizeof(v->mip.name));
	if (l->marking.rank < 0)
		return;
	v->mip.rank = l->marking.rank;
	(void)snprintf(
	    v->mip.scheme, sizeof(v->mip.scheme), "%s", l->marking.scheme);
	(void)snprintf(
	    v->mip.level, sizeof(v->mip.level), "%s", l->marking.level);
}

/* A hit has the rank that the verdict of it has. */
static void
show_ranks(struct spill_judge *j)
{
	for (size_t i = j->now.first_hit; i < j->nhits; i++)
		j->hits[i].hit.m.rank = shown_rank(&j->hits[i].hit.m);
}

void
judge_roll(struct spill_judge *j, struct spill_verdict *v)
{
	roll_level(j, v);
	roll_lists(j, v);
	roll_former(j, v);
	roll_mip(j, v);
	count_pages(j, v);
	flag_evasion(j);
	flag_if(j, JF_EXERCISE,
	    j->now.exercise_line > 0 && v->class != SPILL_CLASS_MENTION);
	flag_if(j, JF_FRAGMENT, j->doc.fragment);
	v->score = scale(points_of(j, v));
	show_ranks(j);
	for (int i = 0; i < JUDGE_FLAGS; i++)
		if (j->now.flags >> i & 1 && flag_names[i] != NULL)
			judge_list_add(
			    v->flags, sizeof(v->flags), flag_names[i]);
}

/* --- a container -------------------------------------------------------- */

static bool
is_current(enum spill_class c)
{
	return c <= SPILL_CLASS_PORTION;
}

/* What is classified now by its rank; all else by its class. */
static bool
is_higher(const struct spill_verdict *a, const struct spill_verdict *b)
{
	if (is_current(a->class) && is_current(b->class))
		return a->rank_max != b->rank_max ? a->rank_max > b->rank_max
						  : a->class < b->class;
	if (a->class != b->class)
		return a->class < b->class;
	return a->rank_max > b->rank_max;
}

static void
take_verdict(struct spill_verdict *own, const struct spill_verdict *m)
{
	struct spill_verdict v = *m;

	v.secondary |= own->secondary | 1u << own->class;
	v.secondary &= ~(
	    1u << v.class | 1u << SPILL_CLASS_NONE | 1u << SPILL_CLASS_MENTION);
	v.pages = own->pages;
	v.pages_marked = own->pages_marked;
	v.markings = own->markings;
	v.originator = own->originator;
	v.reference = own->reference;
	v.copy_no = own->copy_no;
	v.doc_date = own->doc_date;
	v.mip = own->mip;
	*own = v;
}

bool
judge_merge(struct spill_verdict *own, const struct spill_verdict *m)
{
	bool taken = m->class < SPILL_CLASS_NONE && is_higher(m, own);

	if (taken)
		take_verdict(own, m);
	own->markings += SPILL_MIN(m->markings, UINT32_MAX - own->markings);
	return taken;
}

void
spill_verdict_rollup(const struct spill_vocab *v, struct spill_verdict *own,
    const struct spill_verdict *member)
{
	bool had = own->class < SPILL_CLASS_MENTION;

	(void)v;
	if (!judge_merge(own, member))
		return;
	judge_list_add(own->flags, sizeof(own->flags), "member");
	if (had)
		judge_list_add(own->flags, sizeof(own->flags), "own");
}

unsigned
spill_hit_score(const struct spill_hit *h)
{
	return scale(h->score);
}
