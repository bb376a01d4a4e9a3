/*
 * membercat_i.h: the bytes of one member of a container.
 */
#ifndef SPILL_MEMBERCAT_I_H
#define SPILL_MEMBERCAT_I_H

#include <spill/itemset.h>
#include <spill/look.h>

struct membercat {
	struct spill_itemset *set;
	struct spill_pool *look; /* worker-content */
	const struct spill_place *place; /* of the container; NULL: a file */
	struct spill_span object; /* its third segment */
	int fd; /* of the file */
	uint64_t size; /* of the file */
	struct spill_span chain; /* the member: ":a.zip:b" */
	const char *scratch;
	int (*bytes)(void *ctx, struct spill_span s);
	int (*error)(void *ctx, struct spill_span rec); /* of worker-content */
	int (*read_error)(void *ctx, struct spill_span rec); /* worker-fs */
	/* Once for each worker; how: SPILL_ENDED_OK is told, too. */
	void (*end)(void *ctx, const struct spill_outcome *o);
	void *ctx;
};

int membercat(const struct membercat *m);

#endif
