/*
 * nth_i.h: how often a name came in its container.
 */
#ifndef SPILL_NTH_I_H
#define SPILL_NTH_I_H

#include <spill/arena.h>
#include <spill/base.h>

struct nth {
	struct nth_name **slot;
	size_t n, slots;
	struct spill_arena names;
};

/* 1 for the first, 2 for the second of a name, ...; 0: no memory. */
uint64_t nth_count(struct nth *t, struct spill_span name);
void nth_release(struct nth *t);

#endif
