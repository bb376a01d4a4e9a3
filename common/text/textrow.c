/*
 * textrow.c: a line as a row, for all workers that tell lines.
 */
#include <stdio.h>

#include <spill/name.h>
#include <spill/textstage.h>

void
spill_textstage_row(struct spill_row *r, const struct spill_line *l,
    struct spill_buf *part, struct spill_buf *text, char page[12],
    char offset[24])
{
	const unsigned base = SPILL_LOOK_LINE;

	spill_row_clear(r);
	spill_buf_reset(part);
	spill_name_escape(part, l->part);
	spill_row_set(r, base + LN_PART, spill_buf_as_span(part));
	if (l->page > 0) {
		(void)snprintf(page, 12, "%u", l->page);
		spill_row_set(r, base + LN_PAGE, spill_span(page));
	}
	spill_row_set(r, base + LN_ROLE, spill_span(spill_role_names[l->role]));
	if (l->offset != UINT64_MAX) {
		(void)snprintf(
		    offset, 24, "%llu", (unsigned long long)l->offset);
		spill_row_set(r, base + LN_OFFSET, spill_span(offset));
	}
	spill_buf_reset(text);
	spill_name_escape(text, l->text);
	spill_row_set(r, base + LN_TEXT, spill_buf_as_span(text));
}
