/*
 * volumes.h: what lies on a disk: partitions and the file systems in them,
 * and the stretches between.
 *
 * This half runs in a worker: it parses evidence (libtsk).
 */
#ifndef SPILL_VOLUMES_H
#define SPILL_VOLUMES_H

#include <spill/image.h>

#define SPILL_VOLUME_NAME 48
#define SPILL_VOLUME_WHAT 160
#define SPILL_VOLUMES_MAX 4096

enum spill_volume_kind {
	SPILL_VOLUME_FS, /* a file system that can be walked */
	SPILL_VOLUME_OTHER, /* a partition with something else, or nothing */
	SPILL_VOLUME_POOL, /* a partition whose volumes come behind it */
	SPILL_VOLUME_SNAPSHOT, /* of the volume before it; not walked */
	SPILL_VOLUME_GAP, /* no partition has it */
	SPILL_VOLUME_TABLE, /* sectors of the partition table itself */
};

struct spill_volume {
	enum spill_volume_kind kind;
	char name[SPILL_VOLUME_NAME]; /* p1; empty: gaps and tables */
	uint64_t offset, length; /* bytes of the disk; of one in a pool, those
				    of the pool */
	uint64_t block; /* of the pool: the volume's superblock */
	unsigned rank; /* order in its pool, 0: the pool, or not in one */
	unsigned type; /* libtsk's number of the file system, 0: none */
	char what[SPILL_VOLUME_WHAT]; /* in words */
	const char *status; /* of the item schema: ok, encrypted, ... */
};

struct spill_volumes {
	char table[SPILL_VOLUME_WHAT]; /* "DOS partition table", ... */
	struct spill_volume *v; /* by offset */
	size_t n;
};

/* Something odd that was met: code as in the error schema. */
typedef void spill_volumes_say(void *ctx, const char *code, uint64_t offset,
    uint64_t length, const char *detail);

/*
 * SPILL_EFORMAT: neither a table nor a file system; the list then has the
 * whole disk as one gap.
 */
int spill_volumes_list(struct spill_image *image, spill_volumes_say *say,
    void *ctx, struct spill_volumes *out);
void spill_volumes_release(struct spill_volumes *l);

#endif
