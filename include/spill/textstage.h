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

/* A line as a row of look.h: its texts are escaped in part and text, which
 * must last as long as the row. */
void spill_textstage_row(struct spill_row *r, const struct spill_line *l,
    struct spill_buf *part, struct spill_buf *text, char page[12],
    char offset[24]);

#endif
