/*
 * textrow.c: a line as a row, for all workers that tell lines.
 */
#include <stdio.h>

#include <spill/name.h>
#include <spill/textstage.h>

void
spill_textrow_open(struct spill_textrow *t)
{
	t->part = SPILL_BUF_INIT((size_t)64 << 10);
	t->text = SPILL_BUF_INIT(4 * SPILL_TEXT_LINE);
}

void
spill_textrow_close(struct spill_textrow *t)
{
	spill_buf_release(&t->part);
	spill_buf_release(&t->text);
}

int
spill_textrow_set(struct spill_textrow *t, const struct spill_line *l)
{
	const unsigned base = SPILL_LOOK_LINE;
	struct spill_row *r = &t->row;

	spill_row_clear(r);
	spill_buf_reset(&t->part);
	spill_name_escape(&t->part, l->part);
	spill_row_set(r, base + LN_PART, spill_buf_as_span(&t->part));
	if (l->page > 0) {
		(void)snprintf(t->page, sizeof(t->page), "%u", l->page);
		spill_row_set(r, base + LN_PAGE, spill_span(t->page));
	}
	spill_row_set(r, base + LN_ROLE, spill_span(spill_role_names[l->role]));
	if (l->offset != UINT64_MAX) {
		(void)snprintf(t->offset, sizeof(t->offset), "%llu",
		    (unsigned long long)l->offset);
		spill_row_set(r, base + LN_OFFSET, spill_span(t->offset));
	}
	spill_buf_reset(&t->text);
	spill_name_escape(&t->text, l->text);
	spill_row_set(r, base + LN_TEXT, spill_buf_as_span(&t->text));
	return t->part.rc != SPILL_OK || t->text.rc != SPILL_OK ? SPILL_ENOMEM
								: SPILL_OK;
}

/* --- a document as rows ------------------------------------------------- */

struct saying {
	const struct spill_doctaken *doc;
	struct spill_textrow line;
};

static int
on_line(void *ctx, const struct spill_line *l)
{
	struct saying *s = ctx;
	int rc = spill_textrow_set(&s->line, l);

	return rc == SPILL_OK ? s->doc->say(s->doc->ctx, &s->line.row) : rc;
}

static int
on_flaw(void *ctx, const char *code, uint64_t offset, uint64_t length,
    const char *detail)
{
	struct saying *s = ctx;

	return s->doc->flaw(s->doc->ctx, code, offset, length, detail);
}

static int
take(const struct spill_doctaken *d)
{
	static struct saying s;
	const struct spill_doctext_sink sink = {
		.line = on_line, .flaw = on_flaw, .ctx = &s
	};
	int rc;

	if (d->format == NULL || (d->want & SPILL_LOOK_WANT_TEXT) == 0)
		return SPILL_OK;
	s.doc = d;
	spill_textrow_open(&s.line);
	rc = d->format->run(d->src, &d->conf, &sink);
	spill_textrow_close(&s.line);
	return rc;
}

const struct spill_doctaker spill_textrow_taker = { .take = take };

const struct spill_doctaker *spill_doctaker = &spill_textrow_taker;
