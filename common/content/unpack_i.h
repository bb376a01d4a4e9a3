/*
 * unpack_i.h: the formats' descriptors.
 */
#ifndef SPILL_UNPACK_I_H
#define SPILL_UNPACK_I_H

#include <spill/unpack.h>

extern const struct spill_unpack spill_unpack_zip;

#endif
