/*
 * inflate.h: a zlib stream (RFC 1950) that is in memory, at once.
 *
 * This half runs in a worker: it parses evidence.
 */
#ifndef SPILL_INFLATE_H
#define SPILL_INFLATE_H

#include <spill/buf.h>

/* Appends to out, up to its ceiling. SPILL_EDAMAGED: what came before the
 * damage is there; SPILL_ELIMIT, SPILL_ENOMEM. */
int spill_inflate(struct spill_span in, struct spill_buf *out);

#endif
