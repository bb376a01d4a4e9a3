/*
 * textstage.h: the text of documents as a stage of worker-content: lines of
 * items and members behind their rows (look.h). What another family reads is
 * handed over.
 */
#ifndef SPILL_TEXTSTAGE_H
#define SPILL_TEXTSTAGE_H

#include <spill/doctext.h>
#include <spill/look.h>

extern const struct spill_look_stage spill_textstage;

/* A line as a row of look.h; the row is of the last one that was set, and may
 * point into it. */
struct spill_textrow {
	struct spill_row row;
	struct spill_buf part, text; /* escaped */
	char page[12], offset[24];
};

void spill_textrow_open(struct spill_textrow *t);
int spill_textrow_set(struct spill_textrow *t, const struct spill_line *l);
void spill_textrow_close(struct spill_textrow *t);

#endif
