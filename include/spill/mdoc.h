/*
 * mdoc.h: text made for manual pages.
 */
#ifndef SPILL_MDOC_H
#define SPILL_MDOC_H

#include <spill/buf.h>

/* A sentence as lines of text that mdoc(7) takes for nothing else, with a
 * full stop at its end; an ellipsis there is left as it is. */
void spill_mdoc_sentence(struct spill_buf *b, const char *text);

#endif
