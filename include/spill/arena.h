/*
 * arena.h: memory that is given back all at once, with a ceiling.
 */
#ifndef SPILL_ARENA_H
#define SPILL_ARENA_H

#include <spill/base.h>

struct spill_arena_block;

struct spill_arena {
	struct spill_arena_block *head;
	size_t used, max; /* bytes handed out; 0 as max: no ceiling */
};

#define SPILL_ARENA_INIT(ceiling) ((struct spill_arena){ .max = (ceiling) })

/* Zeroed, aligned for any type; NULL without memory or past the ceiling. */
void *spill_arena_alloc(struct spill_arena *a, size_t n);
/* A NUL-terminated copy. */
char *spill_arena_dup(struct spill_arena *a, const char *p, size_t n);
void spill_arena_release(struct spill_arena *a);

#endif
