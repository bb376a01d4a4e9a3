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
