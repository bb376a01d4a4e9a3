/*
 * textrow.c: a line as a row, for all workers that tell lines.
 */
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

/* A number, written from the end of its room. */
static struct spill_span
number(char *end, uint64_t v)
{
	char *p = end;

	do
		*--p = (char)('0' + v % 10);
	while ((v /= 10) > 0);
	return (struct spill_span){ p, (size_t)(end - p) };
}

/* As it stands, if it is plain, which most are. */
static struct spill_span
escaped(struct spill_buf *b, struct spill_span s)
{
	if (spill_name_is_plain(s))
		return s;
	spill_buf_reset(b);
	spill_name_escape(b, s);
	return spill_buf_as_span(b);
}

int
spill_textrow_set(struct spill_textrow *t, const struct spill_line *l)
{
	const unsigned base = SPILL_LOOK_LINE;
	struct spill_row *r = &t->row;

	spill_row_clear(r);
	spill_row_set(r, base + LN_PART, escaped(&t->part, l->part));
	if (l->page > 0)
		spill_row_set(r, base + LN_PAGE,
		    number(t->page + sizeof(t->page), l->page));
	spill_row_set(r, base + LN_ROLE, spill_span(spill_role_names[l->role]));
	if (l->offset != UINT64_MAX)
		spill_row_set(r, base + LN_OFFSET,
		    number(t->offset + sizeof(t->offset), l->offset));
	spill_row_set(r, base + LN_TEXT, escaped(&t->text, l->text));
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
