/*
 * mark_join.c: lines that may belong together. A heading that is split over
 * two or three short lines, and a word that is split by a hyphen, are one to
 * the grammar; so such a line waits until the next one is known. What was
 * joined goes to the judge as one line, at the place of its first.
 */
#include <stdio.h>
#include <string.h>

#include <spill/utf8.h>

#include "mark_i.h"

#define HEADING_MOST   64 /* bytes of a line of a heading, ... */
#define HEADING_TOKENS 8 /* ... and its words and marks */
#define HYPHEN_MOST    240 /* bytes of a line whose last word goes on */

/* --- to the judge ------------------------------------------------------- */

static void
tell_skipped(struct spill_mark *m)
{
	if (m->skipped > 0)
		spill_judge_skip(m->judge, m->skipped, m->skipped_page);
	m->skipped = 0;
}

static int
tell(struct spill_mark *m, const struct spill_line *l,
    const struct spill_parse *p)
{
	const struct spill_seen seen = { l,
		p->markings > 0 || p->signals != 0 ? p : NULL };

	tell_skipped(m);
	return spill_judge_line(m->judge, &seen);
}

static void
count(struct spill_mark *m, uint64_t n, uint32_t page)
{
	if (page != m->skipped_page)
		tell_skipped(m);
	m->skipped_page = page;
	m->skipped += n;
}

void
mark_join_begin(struct spill_mark *m)
{
	for (size_t i = 0; i < MARK_HELD; i++)
		m->held[i] = &m->slot[i];
	m->joined = &m->slot[MARK_HELD];
	m->nheld = 0;
	m->skipped = 0;
	m->skipped_page = 0;
}

/* The first that waits. */
static int
let_go(struct spill_mark *m)
{
	struct mark_held *h = m->held[0];
	int rc = tell(m, &h->line, &h->parse);

	if (h->lines > 1)
		count(m, h->lines - 1, h->line.page);
	m->nheld--;
	for (size_t i = 0; i < m->nheld; i++)
		m->held[i] = m->held[i + 1];
	m->held[m->nheld] = h;
	return rc;
}

int
mark_flush(struct spill_mark *m)
{
	int rc = SPILL_OK;

	while (rc == SPILL_OK && m->nheld > 0)
		rc = let_go(m);
	tell_skipped(m);
	return rc;
}

int
mark_skip(struct spill_mark *m, uint64_t n, uint32_t page)
{
	int rc = SPILL_OK;

	while (rc == SPILL_OK && m->nheld > 0)
		rc = let_go(m);
	count(m, n, page);
	return rc;
}

/* A line in which the grammar does not look: the judge sees its words. */
int
mark_pass(struct spill_mark *m, const struct spill_line *l)
{
	const struct spill_seen seen = { l, NULL };
	int rc = mark_flush(m);

	return rc == SPILL_OK ? spill_judge_line(m->judge, &seen) : rc;
}

/* --- what may go on ----------------------------------------------------- */

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (uint8_t)c >= 0x80;
}

/* Bytes of the hyphen at its end; 0: it has none. */
static size_t
hyphen(struct spill_span s)
{
	static const char *const hyphens[] = { "-", "\xe2\x80\x90",
		"\xc2\xad" };

	for (size_t i = 0; i < SPILL_COUNT(hyphens); i++) {
		size_t n = strlen(hyphens[i]);

		if (s.len > n && memcmp(s.p + s.len - n, hyphens[i], n) == 0 &&
		    is_letter(s.p[s.len - n - 1]))
			return n;
	}
	return 0;
}

static bool
is_heading(const struct spill_mark *m, const struct spill_line *l,
    enum mark_shape shape)
{
	return shape == MARK_SHOUT && l->text.len <= HEADING_MOST &&
	       m->n.tokens <= HEADING_TOKENS;
}

bool
mark_hyphened(const struct spill_mark *m)
{
	return m->nheld > 0 && m->held[m->nheld - 1]->hyphen;
}

static bool
is_ranked(const struct spill_marking *k)
{
	return k->rank >= 0 &&
	       (k->form == SPILL_FORM_LINE || k->form == SPILL_FORM_LINE_LOOSE);
}

static bool
is_banner(const struct spill_parse *p)
{
	return p->markings > 0 && is_ranked(&p->marking[0]);
}

/* --- joining ------------------------------------------------------------ */

static bool
same_place(const struct spill_line *a, const struct spill_line *b)
{
	return a->role == b->role && a->page == b->page &&
	       spill_span_eq(a->part, b->part);
}

/* How lines are parted in the item; as plain text, so that places are right. */
static const char *
between(const struct spill_line *a, const struct spill_line *b)
{
	return a->offset != UINT64_MAX && b->offset != UINT64_MAX &&
		       b->offset == a->offset + a->text.len + 2
		   ? "\r\n"
		   : "\n";
}

/* Lines from `first` on and the new one, as they stand. */
static bool
put_together(const struct spill_mark *m, size_t first,
    const struct spill_line *l, struct mark_held *out)
{
	struct spill_span all = { out->text, 0 };
	const struct spill_line *last = NULL;

	for (size_t i = first; i <= m->nheld; i++) {
		const struct spill_line *one =
		    i < m->nheld ? &m->held[i]->line : l;
		const char *gap = last != NULL ? between(last, one) : "";

		if (all.len + one->text.len + 2 > MARK_JOINED)
			return false;
		memcpy(out->text + all.len, gap, strlen(gap));
		all.len += strlen(gap);
		memcpy(out->text + all.len, one->text.p, one->text.len);
		all.len += one->text.len;
		out->lines += i < m->nheld ? m->held[i]->lines : 1;
		last = one;
	}
	out->line = m->held[first]->line;
	out->line.text = all;
	return true;
}

/* Is the first marking in the first line and in the last? */
static bool
spans(const struct spill_mark *m, size_t first, const struct mark_held *j,
    const struct spill_line *l)
{
	const struct spill_marking *k = &j->parse.marking[0];

	return is_banner(&j->parse) &&
	       k->from < m->held[first]->line.text.len &&
	       k->to > j->line.text.len - l->text.len;
}

/* Two that say something by themselves are two. */
static bool
are_two(const struct spill_mark *m, size_t first, const struct spill_parse *p)
{
	bool before = false;

	for (size_t i = first; i < m->nheld; i++)
		before |= is_banner(&m->held[i]->parse);
	return before && is_banner(p);
}

/* What was joined waits in the place of its first. */
static void
replace(struct spill_mark *m, size_t first)
{
	struct mark_held *h = m->held[first], *j = m->joined;

	j->parse.repairs |= SPILL_REPAIR_JOINED;
	j->short_ = h->short_;
	j->hyphen = hyphen(j->line.text) > 0;
	memcpy(j->part, h->part, h->line.part.len);
	j->line.part.p = j->part;
	m->held[first] = j;
	m->joined = h;
	m->nheld = first + 1;
}

static bool
join_heading(struct spill_mark *m, const struct spill_line *l,
    const struct spill_parse *p)
{
	struct mark_held *j = m->joined;

	if (spill_span_eq(m->held[m->nheld - 1]->line.text, l->text))
		return false; /* it is said again */
	for (size_t first = 0; first < m->nheld; first++) {
		bool ok = true;

		for (size_t i = first; i < m->nheld; i++)
			ok &= m->held[i]->short_ &&
			      same_place(&m->held[i]->line, l);
		j->lines = 0;
		if (!ok || are_two(m, first, p) ||
		    !put_together(m, first, l, j))
			continue;
		mark_parse(m, j->line.text, MARK_SHOUT, NULL, 0, &j->parse);
		if (!spans(m, first, j, l))
			continue;
		replace(m, first);
		return true;
	}
	return false;
}

/* A word over two lines: the hyphen and the line break are no part of it. */
static bool
join_word(struct spill_mark *m, const struct spill_line *l)
{
	struct mark_held *j = m->joined;
	struct mark_held *h = m->held[m->nheld - 1];
	char text[MARK_JOINED];
	size_t cut, gone;
	bool any = false;

	j->lines = 0;
	if (!mark_hyphened(m) || !same_place(&h->line, l) ||
	    !put_together(m, m->nheld - 1, l, j))
		return false;
	cut = h->line.text.len - hyphen(h->line.text);
	gone = j->line.text.len - l->text.len - cut;
	memcpy(text, j->text, cut);
	memcpy(text + cut, l->text.p, l->text.len);
	mark_parse(m, (struct spill_span){ text, cut + l->text.len },
	    MARK_SHOUT, NULL, 0, &j->parse);
	for (size_t i = 0; i < j->parse.markings; i++)
		any |= j->parse.marking[i].from < cut &&
		       j->parse.marking[i].to > cut;
	if (!any)
		return false;
	mark_shift(&j->parse, (uint32_t)cut, (uint32_t)gone);
	replace(m, m->nheld - 1);
	return true;
}

static int
put(struct spill_mark *m, const struct spill_line *l,
    const struct spill_parse *p, bool heading)
{
	struct mark_held *h = m->held[m->nheld++];

	h->line = *l;
	mark_parse_copy(&h->parse, p);
	h->lines = 1;
	h->short_ = heading;
	h->hyphen = hyphen(l->text) > 0;
	memcpy(h->text, l->text.p, l->text.len);
	if (l->part.len > 0)
		memcpy(h->part, l->part.p, l->part.len);
	h->line.text.p = h->text;
	h->line.part.p = h->part;
	return SPILL_OK;
}

int
mark_hold(struct spill_mark *m, const struct spill_line *l,
    enum mark_shape shape, const struct spill_parse *p)
{
	bool heading = is_heading(m, l, shape),
	     fits = l->text.len <= HYPHEN_MOST &&
		    l->part.len <= sizeof(m->held[0]->part);
	int rc = SPILL_OK;

	if (m->nheld > 0 && fits &&
	    (join_word(m, l) || (heading && join_heading(m, l, p))))
		return SPILL_OK;
	if (!fits || !(heading || hyphen(l->text) > 0)) {
		while (rc == SPILL_OK && m->nheld > 0)
			rc = let_go(m);
		return rc == SPILL_OK ? tell(m, l, p) : rc;
	}
	if (m->nheld == MARK_HELD)
		rc = let_go(m);
	return rc == SPILL_OK ? put(m, l, p, heading) : rc;
}
