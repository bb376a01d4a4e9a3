/*
 * html_i.h: HTML that stands in something else: a mail, a page of a help file.
 */
#ifndef SPILL_HTML_I_H
#define SPILL_HTML_I_H

#include "text_i.h"

/* charset: as declared outside; empty: nowhere. base: the role of what has no
 * other. */
int html_text(struct spill_span bytes, struct spill_span charset,
    struct lines *l, struct spill_span part, enum spill_role base);

#endif
