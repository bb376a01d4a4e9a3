/*
 * store_i.h: the bytes of one member while it is looked at: in memory, and
 * where there are too many, in the spool. Stores are a stack: what is opened
 * last is closed first.
 */
#ifndef SPILL_STORE_I_H
#define SPILL_STORE_I_H

#include <spill/unpack.h>

#define STORE_MEMORY  ((size_t)64 << 20) /* of all stores together */
#define STORE_WINDOW  ((size_t)8 << 20) /* of the spool that is mapped */
#define STORE_WINDOWS 4

/* All stores map the spool through the same few windows: however many of them
 * are open, one is written and the one below is read. */
struct store_pool {
	size_t memory; /* in use */
	int spool; /* descriptor, or -1 */
	uint64_t size, used; /* of the spool */
	struct store_window {
		char *p; /* NULL: none */
		uint64_t at, last; /* last: when it was used */
	} window[STORE_WINDOWS];
	uint64_t clock;
};

struct store {
	struct store_pool *pool;
	char *p;
	size_t cap;
	uint64_t len; /* bytes that are kept */
	bool spooled, full; /* full: what came behind these is not kept */
	uint64_t at; /* in the spool */
};

/* Lets go of the spool; no store is used behind this. */
void store_pool_close(struct store_pool *pool);
/* A place of the spool in memory, as far as the window that it lies in goes;
 * valid until the next call. */
int store_map(struct store_pool *pool, uint64_t place, char **out);
void store_open(struct store *s, struct store_pool *pool);
/* SPILL_OK also where there is no more room: full says so. */
int store_put(struct store *s, const void *p, size_t n);
/* The first bytes, as far as they are in memory. */
struct spill_span store_head(const struct store *s);
struct spill_src store_src(struct store *s);
void store_close(struct store *s);

#endif
