/*
 * mark_open.c: the first lines of a document, where letterhead, number, date
 * and addressees stand. They say something only where there is a marking
 * among them: then the grammar reads all that are short, and the judge sees the
 * others; else none but those that call for it.
 */
#include "mark_i.h"

#define SHORT 200 /* bytes of a line that belongs to the preamble */

void
mark_open_begin(struct spill_mark *m)
{
	spill_buf_reset(&m->opening);
	m->queued = 0;
	m->opened = m->loud = false;
}

static struct spill_span
at(const struct spill_mark *m, size_t from, size_t len)
{
	return (struct spill_span){ m->opening.p + from, len };
}

static int
handle(struct spill_mark *m, struct mark_queued *q)
{
	struct spill_line *l = &q->line;

	l->text = at(m, q->text_at, l->text.len);
	l->part = at(m, q->part_at, l->part.len);
	if (!q->calls && !mark_hyphened(m) && m->loud && l->text.len > SHORT)
		return mark_pass(m, l);
	if (!q->calls && !mark_hyphened(m) && !m->loud)
		return mark_skip(m, 1, l->page);
	mark_parse(m, l->text, q->shape, NULL, 0, &m->parse);
	return mark_hold(m, l, q->shape, &m->parse);
}

int
mark_open_end(struct spill_mark *m)
{
	int rc = SPILL_OK;

	m->opened = true;
	for (size_t i = 0; rc == SPILL_OK && i < m->queued; i++)
		rc = handle(m, &m->queue[i]);
	m->queued = 0;
	return rc;
}

/* Is there a marking in it? */
static bool
is_loud(struct spill_mark *m, const struct spill_line *l, enum mark_shape shape)
{
	mark_parse(m, l->text, shape, NULL, 0, &m->parse);
	return m->parse.markings > 0;
}

bool
mark_open_take(struct spill_mark *m, const struct spill_line *l,
    enum mark_shape shape, bool calls)
{
	struct mark_queued *q = &m->queue[m->queued];

	if (m->queued == MARK_OPENING || l->text.len > SPILL_NORMAL_LINE)
		return false;
	q->line = *l;
	q->shape = shape;
	q->calls = calls || shape != MARK_PLAIN;
	q->text_at = m->opening.len;
	spill_buf_span(&m->opening, l->text);
	q->part_at = m->opening.len;
	spill_buf_span(&m->opening, l->part);
	if (m->opening.rc != SPILL_OK)
		return false;
	m->queued++;
	m->loud = m->loud || (q->calls && is_loud(m, l, shape));
	return true;
}
