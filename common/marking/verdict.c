/*
 * verdict.c: lines come in. A judge sees a document once, line by line, and
 * keeps bounded memory of it. A file may hold several documents, one behind
 * the other: each is judged by itself, and the highest is the file's.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "verdict_i.h"

/* Bytes of a word of furniture. */
#define WORD_MOST 256

static void
part_init(struct judge_part *p, size_t first_hit)
{
	/* Groups are made as they come. */
	memset(p, 0, offsetof(struct judge_part, group));
	p->groups = p->last_group = 0;
	p->repairs = 0;
	p->hits = p->words = 0;
	p->first_hit = first_hit;
	p->unit = 1;
	p->top_rank = -1;
	p->portions.rank = p->portions.self_rank = -1;
	p->labels.rank = p->labels.part_rank = -1;
}

int
spill_judge_open(struct spill_judge **out, const struct spill_vocab *v)
{
	struct spill_judge *j = calloc(1, sizeof(*j));

	if (j == NULL)
		return SPILL_ENOMEM;
	j->v = v;
	j->arena = SPILL_ARENA_INIT((size_t)8 << 20);
	part_init(&j->now, 0);
	*out = j;
	return SPILL_OK;
}

void
spill_judge_free(struct spill_judge **j)
{
	if (*j == NULL)
		return;
	spill_arena_release(&(*j)->arena);
	free((*j)->hits);
	free(*j);
	*j = NULL;
}

static bool
ends_in(struct spill_span s, struct spill_span end)
{
	return s.len > end.len &&
	       strncasecmp(s.p + s.len - end.len, end.p, end.len) == 0;
}

static bool
is_manual(const struct spill_judge_doc *d)
{
	static const char *const ends[] = { ".md", ".rst", ".adoc", ".texi",
		".1", ".2", ".3", ".4", ".5", ".6", ".7", ".8" };

	if (spill_span_eq(d->mime, SPILL_SPAN("text/troff")))
		return true;
	for (size_t i = 0; i < SPILL_COUNT(ends); i++)
		if (ends_in(d->name, spill_span(ends[i])))
			return true;
	return false;
}

void
spill_judge_begin(struct spill_judge *j, const struct spill_judge_doc *d)
{
	const struct spill_span none = { "", 0 };

	spill_arena_release(&j->arena);
	j->arena = SPILL_ARENA_INIT((size_t)8 << 20);
	j->doc = *d;
	j->nhits = 0;
	j->segment = 0;
	j->several = j->paged = j->named = false;
	j->part_kept = none;
	j->flow_len = 0;
	j->read = 0;
	memset(j->lang, 0, sizeof(j->lang));
	j->mip.guid[0] = '\0';
	j->originator = j->reference = j->copy_no = j->doc_date = none;
	j->rc = SPILL_OK;
	j->manual = is_manual(d);
	j->data = spill_span_eq(d->mime, SPILL_SPAN("text/xml")) ||
		  spill_span_eq(d->mime, SPILL_SPAN("application/xml"));
	j->table = spill_span_eq(d->mime, SPILL_SPAN("text/csv")) ||
		   ends_in(d->name, SPILL_SPAN(".csv")) ||
		   ends_in(d->name, SPILL_SPAN(".tsv"));
	part_init(&j->now, 0);
}

/* --- pages -------------------------------------------------------------- */

/* What stands on the page one below the other; not what is beside it. */
static bool
is_flow(enum spill_role r)
{
	return r == SPILL_ROLE_BODY || r == SPILL_ROLE_TITLE ||
	       r == SPILL_ROLE_TABLE || r == SPILL_ROLE_TEXTBOX ||
	       r == SPILL_ROLE_NOTE;
}

/* A text without pages is one, as far as its edges go; for what stands on many
 * pages, windows of so many lines are pages. */
static void
turn_to(struct spill_judge *j, uint32_t page)
{
	struct judge_part *p = &j->now;

	if (page == 0) {
		p->page = (uint32_t)SPILL_MIN(
		    (p->line - p->before) / JUDGE_WINDOW + 1, UINT32_MAX - 1);
		p->pages = SPILL_MAX(p->pages, p->page);
	} else {
		if (page != p->page && (p->page_line > 0 || j->paged))
			judge_hits_close_page(j);
		j->paged = true;
		p->page = page;
		if (page > p->pages_before)
			p->pages = SPILL_MAX(p->pages, page - p->pages_before);
	}
}

/* The next part is the next text: a mail's body behind its header. */
static void
turn_part(struct spill_judge *j, struct spill_span part)
{
	const struct spill_span last = { j->flow_part, j->flow_len };

	part.len = SPILL_MIN(part.len, sizeof(j->flow_part));
	if (spill_span_eq(last, part))
		return;
	if (!j->paged && j->now.page_line > 0)
		judge_hits_close_page(j);
	if (part.len > 0)
		memcpy(j->flow_part, part.p, part.len);
	j->flow_len = part.len;
}

static void
flow(struct spill_judge *j, const struct spill_line *l)
{
	if (!is_flow(l->role)) {
		if (l->page > 0 && l->page != j->now.page &&
		    judge_is_object(l->role))
			turn_to(j, l->page);
		return;
	}
	turn_part(j, l->part);
	turn_to(j, l->page);
	j->now.line++;
	j->now.page_line++;
}

void
spill_judge_skip(struct spill_judge *j, uint64_t n, uint32_t page)
{
	struct judge_part *p = &j->now;

	if (n == 0)
		return;
	turn_to(j, page);
	p->line += n;
	p->page_line += n;
	if (page == 0)
		turn_to(j, 0);
}

/* --- signals ------------------------------------------------------------ */

#define STAMP_MOST 60 /* bytes of a line that is a stamp */

/* A word of a sentence is no stamp. */
static bool
is_stamp(const struct spill_seen *s)
{
	return s->parse->shout || s->line->text.len <= STAMP_MOST;
}

/* Is there one in the lines just before? */
static bool
is_near_marking(const struct spill_judge *j)
{
	for (size_t i = j->nhits; i > j->now.first_hit; i--) {
		const struct judge_hit *h = &j->hits[i - 1];

		if (h->hit.line + JUDGE_NEAR < j->now.line)
			break;
		if (judge_is_alone(h->hit.m.form) && !h->label && !h->named)
			return true;
	}
	return false;
}

static void
note_declass(struct spill_judge *j, const struct spill_seen *s, unsigned x)
{
	struct judge_part *p = &j->now;
	uint64_t line = p->line + 1;

	if (x & (SPILL_SIGNAL_DATE | SPILL_SIGNAL_CAB))
		p->date_line = line;
	if (x & SPILL_SIGNAL_DECLASS) {
		p->declass_line = line;
		p->declass_pages += p->declass_last != p->page + 1;
		p->declass_last = p->page + 1;
		p->declass_object |= judge_is_object(s->line->role);
		p->declass_near |= is_near_marking(j);
	}
	if (p->declass_line > 0 && p->date_line > 0 &&
	    (p->declass_line > p->date_line
		    ? p->declass_line - p->date_line
		    : p->date_line - p->declass_line) <= 1)
		p->declass_dated |= p->page <= 1;
}

static void
note_downgrade(struct spill_judge *j, const struct spill_seen *s)
{
	const struct spill_parse *p = s->parse;
	const struct spill_marking *m = p->markings > 0 ? &p->marking[0] : NULL;

	if (!(p->signals & SPILL_SIGNAL_DOWNGRADE))
		return;
	if (m == NULL && is_stamp(s))
		j->now.cancelled |= is_near_marking(j);
	if (m == NULL || m->rank < 0 || m->flags & SPILL_MARKING_FUTURE)
		return;
	if (j->now.lower == NULL)
		j->now.lower = spill_arena_alloc(&j->arena, sizeof(*m));
	if (j->now.lower == NULL)
		j->rc = SPILL_ENOMEM;
	else
		*j->now.lower = *m;
}

static void
note_near(struct spill_judge *j, const struct spill_seen *s, unsigned x)
{
	struct judge_part *p = &j->now;

	if (x & SPILL_SIGNAL_EXERCISE && is_stamp(s)) {
		p->exercise_line = SPILL_MAX(p->line, 1u);
		judge_hits_near(j, JP_SPECIMEN);
	}
	if (x & SPILL_SIGNAL_SPECIMEN && is_stamp(s)) {
		p->specimen_line = SPILL_MAX(p->line, 1u);
		judge_hits_near(j, JP_SPECIMEN);
	}
	if (x & SPILL_SIGNAL_DISCLAIMER) {
		p->disclaimer_line = SPILL_MAX(p->line, 1u);
		judge_hits_near(j, JP_DISCLAIMER);
	}
}

/* Two different labels of an authority block within six lines. */
static void
note_cab(struct judge_part *p, unsigned cabs)
{
	if (cabs == 0)
		return;
	if (p->line > p->cab_line + 6)
		p->cabs = 0;
	p->cabs |= cabs;
	p->cab_line = p->line;
	p->cab |= (p->cabs & (p->cabs - 1)) != 0;
}

static void
furnish(struct spill_judge *j, struct spill_span *out,
    const struct spill_line *l, uint32_t from, uint32_t to)
{
	if (out->len > 0 || to <= from || to > l->text.len)
		return;
	*out = judge_keep(
	    j, (struct spill_span){ l->text.p + from, to - from }, WORD_MOST);
}

static void
note_furniture(struct spill_judge *j, const struct spill_seen *s)
{
	const struct spill_parse *p = s->parse;
	const struct spill_line *l = s->line;

	furnish(j, &j->copy_no, l, p->copy_from, p->copy_to);
	furnish(j, &j->reference, l, p->ref_from, p->ref_to);
	furnish(j, &j->originator, l, p->orig_from, p->orig_to);
	furnish(j, &j->doc_date, l, p->date_from, p->date_to);
}

/* Whose letterhead is it? An alliance's bodies are of no country. */
static void
note_country(struct judge_part *p, const struct spill_term *t)
{
	struct spill_span s = { p->country, strlen(p->country) };

	if (t == NULL || t->scheme.len != 2 ||
	    spill_span_eq(t->scheme, SPILL_SPAN("EU")))
		return;
	p->countries |= s.len > 0 && !spill_span_eq(s, t->scheme);
	memcpy(p->country, t->scheme.p, t->scheme.len);
}

static void
note_signals(struct spill_judge *j, const struct spill_seen *s, unsigned x)
{
	struct judge_part *p = &j->now;

	p->signals |= x;
	if (x & SPILL_SIGNAL_DATE)
		p->dated_line = p->line;
	p->dated |= x & SPILL_SIGNAL_DATE && judge_is_opening(p);
	if (judge_is_opening(p) || judge_is_object(s->line->role)) {
		p->opening |= x;
		note_country(p, s->parse->orig);
	}
	note_cab(p, s->parse->cabs);
	note_declass(j, s, x);
	note_downgrade(j, s);
	note_near(j, s, x);
	note_furniture(j, s);
}

/* --- lines -------------------------------------------------------------- */

/* What nobody sees declassifies nothing, and makes no specimen. */
static bool
is_shown(enum spill_role role)
{
	return role != SPILL_ROLE_HIDDEN && role != SPILL_ROLE_DELETED &&
	       role != SPILL_ROLE_ARTIFACT;
}

static int
end_part(struct spill_judge *j, struct spill_verdict *v)
{
	judge_hits_close_page(j);
	judge_score(j);
	judge_classify(j, v);
	judge_roll(j, v);
	judge_say(j, v);
	return j->rc;
}

/* One more of the documents of a file. */
static void
add_before(struct spill_judge *j, const struct spill_verdict *v)
{
	(void)judge_merge(&j->before, v);
	j->before.pages += j->paged ? v->pages : 0;
	j->before.pages_marked += j->paged ? v->pages_marked : 0;
}

/* "Page 1 of 3" behind "page 12 of 12": the next document begins. */
static int
restart(struct spill_judge *j, const struct spill_seen *s)
{
	const struct spill_parse *p = s->parse;
	struct spill_verdict v;
	uint64_t line = j->now.line;
	int rc;

	if (p->page == 0)
		return SPILL_OK;
	if (p->page != 1 || j->now.told_page < 2) {
		j->now.told_page = p->page;
		return SPILL_OK;
	}
	/* Told at the foot of the first page: that is not of the old one. */
	if (s->line->page > 0 && s->line->page == j->now.page)
		j->now.pages -= j->now.pages > 1;
	rc = end_part(j, &v);
	if (rc != SPILL_OK)
		return rc;
	if (!j->several)
		j->before = v;
	else
		add_before(j, &v);
	j->several = true;
	j->segment++;
	part_init(&j->now, j->nhits);
	j->now.line = j->now.before = line;
	j->now.pages_before = s->line->page > 0 ? s->line->page - 1 : 0;
	j->now.told_page = 1;
	return SPILL_OK;
}

/* Is it a line that leads to the next one? Levels in a row are led alike. */
static void
lead_on(struct spill_judge *j, const struct spill_seen *s)
{
	struct judge_part *p = &j->now;
	struct spill_span t = s->line->text;

	/* A header of a PDF is what stands highest on the page. */
	if (s->line->role == SPILL_ROLE_HEADER) {
		p->lead = judge_lead(t);
		p->lead_line = p->line;
	}
	if (!is_flow(s->line->role))
		return;
	if (t.len >= 3 && memcmp(t.p, "```", 3) == 0)
		p->fence = !p->fence;
	if (s->line->role != SPILL_ROLE_TABLE)
		p->head_line = 0;
	else if ((s->parse == NULL || s->parse->markings == 0) &&
		 judge_is_head(t))
		p->head_line = p->line;
	if (s->parse == NULL || s->parse->markings == 0)
		p->lead = judge_lead(t);
	else if (p->lead_line + 1 != p->line)
		p->lead = 0;
	p->lead_line = p->line;
}

int
spill_judge_line(struct spill_judge *j, const struct spill_seen *s)
{
	unsigned x;

	if (s->parse != NULL) {
		int rc = restart(j, s);

		if (rc != SPILL_OK)
			return rc;
	}
	flow(j, s->line);
	judge_lang_read(j, s->line->text);
	judge_state_read(&j->now, s->line->text);
	if (s->parse == NULL) {
		j->now.in_table &= s->line->role == SPILL_ROLE_TABLE;
		lead_on(j, s);
		return j->rc;
	}
	if (s->parse->markings > 0 && judge_hits_add(j, s) != SPILL_OK)
		return j->rc;
	x = s->parse->signals | judge_stamp(s->line->text, s->parse->shout);
	if (is_shown(s->line->role) && (x != 0 || s->parse->cabs != 0))
		note_signals(j, s, x);
	lead_on(j, s);
	return j->rc;
}

int
spill_judge_label(struct spill_judge *j, const struct spill_label *l)
{
	return judge_hits_label(j, l);
}

int
spill_judge_name(struct spill_judge *j, const struct spill_parse *p)
{
	return judge_hits_name(j, p);
}

int
spill_judge_end(struct spill_judge *j, struct spill_verdict *out)
{
	struct spill_verdict v;
	int rc = end_part(j, &v);

	if (rc != SPILL_OK)
		return rc;
	if (j->several) {
		add_before(j, &v);
		v = j->before;
		judge_list_add(v.flags, sizeof(v.flags), "several-documents");
	}
	v.originator = j->originator;
	v.reference = j->reference;
	v.copy_no = j->copy_no;
	v.doc_date = j->doc_date;
	judge_hits_sort(j);
	*out = v;
	return SPILL_OK;
}

size_t
spill_judge_hits(const struct spill_judge *j)
{
	return j->nhits;
}

const struct spill_hit *
spill_judge_hit(const struct spill_judge *j, size_t i)
{
	return &j->hits[i].hit;
}
