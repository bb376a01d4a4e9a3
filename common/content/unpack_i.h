/*
 * unpack_i.h: the formats' descriptors.
 */
#ifndef SPILL_UNPACK_I_H
#define SPILL_UNPACK_I_H

#include <spill/ole.h>
#include <spill/unpack.h>

#endif
