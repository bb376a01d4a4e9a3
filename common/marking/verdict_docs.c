/*
 * verdict_docs.c: the points, for people.
 */
#include <spill/mdoc.h>

#include "verdict_i.h"

/* "6", "-4.5" */
static void
put_points(struct spill_buf *b, int half)
{
	spill_buf_printf(b, "%s%d%s", half < 0 ? "\\-" : "",
	    (half < 0 ? -half : half) / 2, half % 2 != 0 ? ".5" : "");
}

void
spill_verdict_points(struct spill_buf *b)
{
	spill_buf_puts(b, ".Bl -tag -width Ds -compact\n");
	for (int i = 0; i < JUDGE_POINTS; i++) {
		const struct judge_point_row *p = &judge_points[i];

		spill_buf_printf(b, ".It Cm %s", p->name);
		if (i != JP_CATEGORIES) {
			spill_buf_putc(b, ' ');
			put_points(b, p->half);
		}
		spill_buf_puts(b, "\n");
		spill_mdoc_sentence(b, p->when);
	}
	spill_buf_puts(b, ".El\n");
}
