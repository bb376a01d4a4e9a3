/*
 * apfs_pool_i.h: the volumes of an APFS container, by our own decoders.
 * libtsk's crash on one damaged container in a hundred, and where volumes are
 * listed that would cost all of the evidence; so it sees a container only when
 * one of its volumes is walked.
 */
#ifndef SPILL_APFS_POOL_I_H
#define SPILL_APFS_POOL_I_H

#include <spill/volumes.h>

#include "disk_i.h"

#define EV_POOL_SNAPSHOTS 1000 /* listed of one container */

struct ev_pool_volume {
	unsigned number; /* from 1, as macOS has it: disk1s2 is 2 */
	unsigned snapshot; /* of that volume, from 1; 0: itself */
	uint64_t block; /* of its superblock */
	bool encrypted, sealed;
	uint64_t snapshots; /* that it is said to have */
	uint64_t transaction; /* of a snapshot */
	/* What libtsk has to read of the object map that led to it, in place
	 * of the latest one; len is 0 if it is that one. */
	struct spill_volume_fix fix;
	bool gone; /* a snapshot of which nothing is there */
	char what[SPILL_VOLUME_WHAT]; /* printable ASCII */
};

struct ev_pool_sink {
	void (*found)(void *ctx, const struct ev_pool_volume *v);
	void (*flaw)(void *ctx, const char *detail);
	void *ctx;
};

/* SPILL_EFORMAT: nothing of it can be read; why that is, was told. */
int ev_pool_list(
    struct ev_disk *d, uint64_t offset, const struct ev_pool_sink *sink);

/* For ev_disk_mend(): a node of a tree as libtsk may have it. It goes where the
 * entries of a node say, out of the block, too, and in loops. */
ev_mend_fn ev_apfs_mend;
/* Does the object map of a volume, as libtsk searches it, lead to the tree of
 * its files? If not it crashes. block: of its superblock; snapshot: 0 or the
 * transaction. */
bool ev_apfs_has_files(
    struct ev_disk *d, uint64_t base, uint64_t block, uint64_t snapshot);

#endif
