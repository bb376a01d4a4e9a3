/*
 * verdict_hits.c: markings come in. What is seen at once is noted at once;
 * what a page's end or a later line tells is added to the hits that are near.
 */
#include <string.h>

#include "verdict_i.h"

/* No more of it than this, and no piece of a character. */
static size_t
cut(struct spill_span s, size_t most)
{
	size_t n = SPILL_MIN(s.len, most);

	while (n > 0 && n < s.len && ((uint8_t)s.p[n] & 0xc0) == 0x80)
		n--;
	return n;
}

struct spill_span
judge_keep(struct spill_judge *j, struct spill_span s, size_t most)
{
	const struct spill_span none = { "", 0 };
	size_t n = cut(s, most);
	char *p;

	if (n == 0 || j->arena.used + n + 64 > j->arena.max)
		return none;
	p = spill_arena_dup(&j->arena, s.p, n);
	if (p == NULL) {
		j->rc = SPILL_ENOMEM;
		return none;
	}
	return (struct spill_span){ p, n };
}

/* Most hits in a row are of one part. */
static struct spill_span
keep_part(struct spill_judge *j, struct spill_span part)
{
	if (!spill_span_eq(part, j->part_kept))
		j->part_kept = judge_keep(j, part, 256);
	return j->part_kept;
}

/* --- groups ------------------------------------------------------------- */

static bool
is_of(const struct judge_group *g, const struct spill_marking *m)
{
	return g->rank == m->rank && strcmp(g->level, m->level) == 0 &&
	       strcmp(g->scheme, m->scheme) == 0;
}

static void
group_init(struct judge_group *g, const struct spill_marking *m)
{
	*g = (struct judge_group){
		.rank = m->rank, .rank_max = m->rank_max, .spec = m->spec
	};
	memcpy(g->scheme, m->scheme, sizeof(g->scheme));
	memcpy(g->level, m->level, sizeof(g->level));
}

/* When there are too many: one that says less gives way. */
static size_t
group_least(const struct judge_part *p)
{
	size_t least = 0;

	for (size_t i = 1; i < p->groups; i++) {
		const struct judge_group *a = &p->group[i],
					 *b = &p->group[least];

		if ((a->alone > 0) != (b->alone > 0) ? a->alone == 0
						     : a->rank < b->rank)
			least = i;
	}
	return least;
}

size_t
judge_group_of(struct judge_part *p, const struct spill_marking *m)
{
	size_t i;

	if (p->last_group < p->groups && is_of(&p->group[p->last_group], m))
		return p->last_group;
	for (i = 0; i < p->groups && !is_of(&p->group[i], m); i++)
		;
	if (i == p->groups) {
		if (i < JUDGE_GROUPS)
			p->groups++;
		else
			i = group_least(p);
		group_init(&p->group[i], m);
	}
	p->last_group = i;
	return i;
}

/* --- keeping ------------------------------------------------------------ */

static bool
grow(struct spill_judge *j)
{
	void *p =
	    spill_grow(j->hits, j->nhits, &j->cap, sizeof(struct judge_hit));

	if (p == NULL) {
		j->rc = SPILL_ENOMEM;
		return false;
	}
	j->hits = p;
	return true;
}

/* The place of a new hit of the group; -1: there is none for it. */
static int32_t
place_for(struct spill_judge *j, struct judge_group *g, int sum)
{
	if (j->nhits >= JUDGE_HITS && g->spare > 0) {
		size_t at = g->spare - 1;

		return judge_sum(&j->hits[at]) < sum ? (int32_t)at : -1;
	}
	if (j->nhits >= JUDGE_HITS + JUDGE_GROUPS || !grow(j))
		return -1;
	if (j->nhits >= JUDGE_HITS)
		g->spare = (uint32_t)j->nhits + 1;
	return (int32_t)j->nhits++;
}

int32_t
judge_hits_keep(struct spill_judge *j, const struct judge_hit *h,
    struct spill_span text, struct spill_span part)
{
	struct judge_group *g = &j->now.group[h->group];
	int32_t at = place_for(j, g, judge_sum(h));
	struct judge_hit *k;

	if (at < 0)
		return -1;
	k = &j->hits[at];
	*k = *h;
	k->segment = j->segment;
	k->text_len = cut(text, sizeof(k->text));
	if (k->text_len > 0)
		memcpy(k->text, text.p, k->text_len);
	k->hit.part = keep_part(j, part);
	return at;
}

static void
ring_put(struct judge_ring *r, const struct judge_recent *x)
{
	r->at[(r->first + r->n) % JUDGE_RECENT] = *x;
	if (r->n < JUDGE_RECENT)
		r->n++;
	else
		r->first = (r->first + 1) % JUDGE_RECENT;
}

static void
ring_drop(struct judge_ring *r, uint64_t before)
{
	while (r->n > 0 && r->at[r->first].line < before) {
		r->first = (r->first + 1) % JUDGE_RECENT;
		r->n--;
	}
}

static struct judge_recent *
ring_at(struct judge_ring *r, size_t i)
{
	return &r->at[(r->first + i) % JUDGE_RECENT];
}

static void
fact(struct spill_judge *j, int32_t hit, enum judge_point p)
{
	if (hit >= 0)
		j->hits[hit].facts |= (uint64_t)1 << p;
}

/* --- lists -------------------------------------------------------------- */

static unsigned
bits(unsigned x)
{
	return (unsigned)__builtin_popcount(x);
}

/* Is it in a column of levels? Right behind the word it is a field's value. */
static bool
is_in_column(struct judge_part *p)
{
	if (p->head_line + 1 == p->line)
		p->head_line = 0;
	return p->head_line > 0;
}

/* A table's run of cells is a list however long it is: of two levels, too, but
 * for what marks the sheet in its first cell. */
static void
list_table(struct spill_judge *j, int32_t hit, int rank)
{
	struct judge_part *p = &j->now;
	bool column = is_in_column(p);

	if (!p->in_table) {
		p->in_table = true;
		p->table_mask = 0;
		p->table_spared = 0;
		p->table_first = hit >= 0 ? (size_t)hit : j->nhits;
	}
	p->table_mask |= 1u << rank;
	if (!column && bits(p->table_mask) < 2)
		return;
	for (size_t i = p->table_first; i < j->nhits; i++) {
		if (j->hits[i].hit.role != SPILL_ROLE_TABLE)
			continue;
		if (j->hits[i].hit.line_of_page == 1)
			p->table_spared = i + 1;
		else
			j->hits[i].facts |= JP(LIST);
	}
	if (bits(p->table_mask) >= 3 && p->table_spared > 0)
		j->hits[p->table_spared - 1].facts |= JP(LIST);
	p->table_first = hit >= 0 ? (size_t)hit : j->nhits;
}

static void
list_lines(struct spill_judge *j, const struct judge_recent *x)
{
	struct judge_ring *r = &j->now.list;
	unsigned mask = 0;

	ring_drop(r, x->line >= JUDGE_LIST ? x->line + 1 - JUDGE_LIST : 0);
	ring_put(r, x);
	for (size_t i = 0; i < r->n; i++)
		mask |= 1u << ring_at(r, i)->rank;
	if (bits(mask) < 3)
		return;
	for (size_t i = 0; i < r->n; i++)
		fact(j, ring_at(r, i)->hit, JP_LIST);
}

/* --- adding ------------------------------------------------------------- */

static void
group_alone(struct spill_judge *j, struct judge_group *g,
    const struct judge_hit *h, const struct spill_line *l)
{
	struct judge_part *p = &j->now;

	g->alone++;
	g->sure |= !(h->hit.m.flags & SPILL_MARKING_CANDIDATE);
	g->pages += g->last_page != h->mark_page;
	g->last_page = h->mark_page;
	if (judge_is_object(l->role)) {
		g->objects |= 1u << l->role;
		if (l->page == 0)
			g->every = true;
		g->object_pages += g->last_object != h->mark_page;
		g->last_object = h->mark_page;
	} else if (h->hit.m.rank >= 0 && !(h->facts & JP(CODE))) {
		p->rank_mask |= 1u
				<< judge_top(h->hit.m.rank, h->hit.m.rank_max);
	}
	g->struck += (h->hit.m.flags & SPILL_MARKING_STRUCK) != 0;
	g->quoted += h->quoted;
	g->hidden += l->role == SPILL_ROLE_HIDDEN;
	g->deleted += l->role == SPILL_ROLE_DELETED;
	spill_list_unite(
	    g->categories, sizeof(g->categories), h->hit.m.categories);
	judge_release(j, g->release, sizeof(g->release), &g->released,
	    &g->nobody, h->hit.m.release);
}

static void
group_add(struct spill_judge *j, const struct judge_hit *h,
    const struct spill_line *l)
{
	struct judge_group *g = &j->now.group[h->group];
	const struct spill_marking *m = &h->hit.m;

	g->hits++;
	g->flags |= m->flags;
	g->rank_max = SPILL_MAX(g->rank_max, m->rank_max);
	if (m->spec == SPILL_SPEC_SELF)
		g->spec = SPILL_SPEC_SELF;
	if (judge_is_alone(m->form))
		group_alone(j, g, h, l);
	if (m->form != SPILL_FORM_BOX || h->facts & JP(CODE))
		return;
	j->now.boxes++;
	if (m->rank >= 0)
		j->now.rank_mask |= 1u << m->rank;
}

/* Words that were read just before. */
static uint64_t
near_before(const struct judge_part *p, const struct spill_marking *m)
{
	uint64_t f = 0;

	if ((p->specimen_line > 0 &&
		p->line - p->specimen_line <= JUDGE_NEAR) ||
	    (p->exercise_line > 0 && p->line - p->exercise_line <= JUDGE_NEAR))
		f |= JP(SPECIMEN);
	if (judge_is_alone(m->form) && p->dated_line > 0 &&
	    judge_is_opening(p) && p->line - p->dated_line <= 2)
		f |= JP(DATED);
	if (judge_is_cheap(m) && p->disclaimer_line > 0 &&
	    p->line - p->disclaimer_line <= JUDGE_NEAR / 2)
		f |= JP(DISCLAIMER);
	return f;
}

/* In this page: the first lines now, the last ones when it ends. */
static void
edge_add(struct spill_judge *j, const struct judge_recent *x)
{
	struct judge_part *p = &j->now;
	struct judge_group *g = &p->group[x->group];
	struct judge_recent e = *x;

	e.line = p->page_line;
	ring_drop(&p->edge, e.line >= JUDGE_EDGE ? e.line + 1 - JUDGE_EDGE : 0);
	ring_put(&p->edge, &e);
	if (e.line > JUDGE_EDGE)
		return;
	fact(j, x->hit, JP_EDGE);
	p->top_rank = SPILL_MAX(p->top_rank, x->rank);
	if (g->last_top == p->unit)
		return;
	g->last_top = p->unit;
	g->top_line = (uint32_t)e.line;
	g->edges++;
}

static void
after_add(struct spill_judge *j, const struct judge_hit *h,
    const struct spill_line *l, int32_t at)
{
	const struct judge_recent x = { j->now.line, h->group, at,
		judge_top(h->hit.m.rank, h->hit.m.rank_max) };
	bool alone = judge_is_alone(h->hit.m.form);

	if (alone && j->now.declass_line > 0 &&
	    j->now.line + 1 - j->now.declass_line <= JUDGE_NEAR)
		j->now.declass_near = true;
	if (h->hit.m.form == SPILL_FORM_PORTION || judge_is_object(l->role))
		return;
	if (alone && l->role != SPILL_ROLE_TABLE)
		edge_add(j, &x);
	if (x.rank < 0 || h->hit.m.form == SPILL_FORM_INLINE)
		return;
	if (l->role == SPILL_ROLE_TABLE)
		list_table(j, at, x.rank);
	list_lines(j, &x);
}

static bool
is_quoted(struct spill_span text)
{
	size_t i = 0;

	while (i < text.len && text.p[i] == ' ')
		i++;
	return i < text.len && text.p[i] == '>';
}

static bool
is_indented(struct spill_span text)
{
	return text.len > 0 &&
	       (text.p[0] == '\t' ||
		   (text.len > 4 && memcmp(text.p, "    ", 4) == 0));
}

/* What the lines before say of it. */
static void
lead_to(const struct spill_judge *j, struct judge_hit *h,
    const struct spill_line *l)
{
	const struct judge_part *p = &j->now;

	h->fenced = p->fence && !judge_is_object(l->role);
	if (!judge_is_alone(h->hit.m.form) || judge_is_object(l->role) ||
	    p->lead == 0 || p->lead_line + 1 != p->line)
		return;
	h->led = true;
	h->facts |= p->lead;
}

static void
add_one(struct spill_judge *j, const struct spill_line *l,
    const struct spill_parse *p, const struct spill_marking *m)
{
	struct judge_part *now = &j->now;
	struct spill_span text = { l->text.p + m->from, m->to - m->from };
	struct judge_hit h = {
		.hit = { .m = *m,
		    .role = l->role,
		    .page = l->page,
		    .line_of_page = (uint32_t)now->page_line,
		    .line = now->line,
		    .offset = l->offset == UINT64_MAX ? UINT64_MAX
						      : l->offset + m->from,
		    .repairs = p->repairs,
		    .edits = p->edits },
		.facts = judge_facts(j, l, p, m) | near_before(now, m),
		.group = (uint32_t)judge_group_of(now, m),
		.mark_page = now->page,
		.opening = judge_is_opening(now),
		.indented = is_indented(l->text),
		.quoted = is_quoted(l->text),
	};

	if (l->struck)
		h.hit.m.flags |= SPILL_MARKING_STRUCK;
	lead_to(j, &h, l);
	now->hits++;
	now->words += m->form != SPILL_FORM_PORTION || !judge_is_bare(text, m);
	now->repairs |= p->repairs;
	if (m->form == SPILL_FORM_PORTION)
		judge_portion(j, m, text);
	group_add(j, &h, l);
	after_add(j, &h, l, judge_hits_keep(j, &h, text, l->part));
}

static bool
has_letter(struct spill_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (((s.p[i] | 0x20) >= 'a' && (s.p[i] | 0x20) <= 'z') ||
		    s.p[i] & 0x80)
			return true;
	return false;
}

/* OS, NS, CTS: by themselves not even a mention. Poland's (0) is a number
 * nearly always. */
static bool
is_nothing(const struct spill_marking *m, struct spill_span text)
{
	if (m->form == SPILL_FORM_PORTION)
		return !has_letter(text);
	return m->spec == SPILL_SPEC_WEAK && m->to - m->from <= 3 &&
	       m->form != SPILL_FORM_FIELD && m->form != SPILL_FORM_SUBJECT;
}

int
judge_hits_add(struct spill_judge *j, const struct spill_seen *s)
{
	const struct spill_parse *p = s->parse;
	unsigned mask = 0;

	if (s->line->role != SPILL_ROLE_TABLE)
		j->now.in_table = false;
	for (size_t i = 0; i < p->markings && j->rc == SPILL_OK; i++) {
		const struct spill_marking *m = &p->marking[i];

		if (m->to < m->from || m->to > s->line->text.len ||
		    is_nothing(
			m, (struct spill_span){
			       s->line->text.p + m->from, m->to - m->from }))
			continue;
		add_one(j, s->line, p, m);
		if (m->form == SPILL_FORM_LIST && m->rank >= 0)
			mask |= 1u << m->rank;
	}
	if (bits(mask) > bits(j->now.list_mask))
		j->now.list_mask = mask;
	j->now.list_lines += bits(mask) >= 2;
	return j->rc;
}

void
judge_hits_near(struct spill_judge *j, enum judge_point p)
{
	uint64_t reach = p == JP_DISCLAIMER ? JUDGE_NEAR / 2 : JUDGE_NEAR;

	for (size_t i = j->nhits; i > j->now.first_hit; i--) {
		struct judge_hit *h = &j->hits[i - 1];

		if (h->hit.line + reach < j->now.line)
			break;
		if (p != JP_DISCLAIMER || judge_is_cheap(&h->hit.m))
			h->facts |= (uint64_t)1 << p;
	}
}

/* --- pages -------------------------------------------------------------- */

static void
close_hit(struct spill_judge *j, const struct judge_recent *x)
{
	struct judge_part *p = &j->now;
	struct judge_group *g = &p->group[x->group];

	fact(j, x->hit, JP_EDGE);
	if (g->last_top == p->unit && g->last_both != p->unit &&
	    x->line >= g->top_line + 2) {
		g->last_both = p->unit;
		g->both++;
	}
	if (g->last_bottom == p->unit)
		return;
	g->last_bottom = p->unit;
	g->edges += g->last_top != p->unit;
}

/* The last lines of a page are known when it ends. */
void
judge_hits_close_page(struct spill_judge *j)
{
	struct judge_part *p = &j->now;
	int bottom = -1;

	for (size_t i = 0; i < p->edge.n; i++) {
		const struct judge_recent *x = ring_at(&p->edge, i);

		if (x->line + JUDGE_EDGE <= p->page_line)
			continue;
		bottom = SPILL_MAX(bottom, x->rank);
		close_hit(j, x);
	}
	if (p->top_rank >= 0 && bottom >= 0 && p->top_rank != bottom &&
	    p->page_line > 2 * JUDGE_EDGE)
		p->top_bottom_differ = true;
	p->edge.n = 0;
	p->page_line = 0;
	p->top_rank = -1;
	p->unit++;
}

/* Spare ones stand behind the others, whatever their place. */
void
judge_hits_sort(struct spill_judge *j)
{
	for (size_t i = JUDGE_HITS; i < j->nhits; i++) {
		struct judge_hit h = j->hits[i];
		size_t k = i;

		while (k > JUDGE_HITS && j->hits[k - 1].hit.line > h.hit.line) {
			j->hits[k] = j->hits[k - 1];
			k--;
		}
		j->hits[k] = h;
	}
	for (size_t i = 0; i < j->nhits; i++)
		j->hits[i].hit.text =
		    (struct spill_span){ j->hits[i].text, j->hits[i].text_len };
}
