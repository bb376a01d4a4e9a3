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
