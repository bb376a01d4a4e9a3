/*
 * fsworker.h: the family of worker-fs: libtsk over our image reader.
 */
#ifndef SPILL_FSWORKER_H
#define SPILL_FSWORKER_H

#include <spill/worker.h>

extern const struct spill_family spill_fsworker;

#endif
