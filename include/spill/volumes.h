/*
 * volumes.h: what lies on a disk: partitions and the file systems in them,
 * the stretches between, and file systems that no partition table names.
 *
 * This half runs in a worker: it parses evidence (libtsk, and our own decoders
 * of partition tables).
 */
#ifndef SPILL_VOLUMES_H
#define SPILL_VOLUMES_H

#include <spill/image.h>

#define SPILL_VOLUME_NAME    48
#define SPILL_VOLUME_WHAT    160
#define SPILL_VOLUMES_MAX    4096
#define SPILL_VOLUME_FIXES   2
#define SPILL_VOLUME_FIX_MAX ((uint64_t)16 << 20) /* bytes of one */

enum spill_volume_kind {
	SPILL_VOLUME_FS, /* a file system, or its snapshot, to be walked */
	SPILL_VOLUME_OTHER, /* a partition with something else, or nothing */
	SPILL_VOLUME_POOL, /* a partition whose volumes come behind it */
	SPILL_VOLUME_SNAPSHOT, /* of the volume before it, that cannot be walked
				*/
	SPILL_VOLUME_GAP, /* no partition has it */
	SPILL_VOLUME_TABLE, /* sectors of the partition table itself */
};

/* A damaged boot sector or superblock: len bytes of the disk are to be read
 * from their copy, while the file system is (spill_image_overlay()). */
struct spill_volume_fix {
	uint64_t at, from, len;
};

struct spill_volume {
	enum spill_volume_kind kind;
	/* p1, or x2048: a lost one, by its first sector of 512 bytes; empty:
	 * gaps and tables */
	char name[SPILL_VOLUME_NAME];
	uint64_t offset, length; /* bytes of the disk; of one in a pool, those
				    of the pool */
	uint64_t block; /* of the pool: the volume's superblock */
	/* APFS: the transaction of a snapshot; ISO 9660: the sector that a
	 * session starts at. 0: as it is, the only one. */
	uint64_t snapshot;
	unsigned rank; /* order in its pool, 0: the pool, or not in one */
	unsigned type; /* libtsk's number of the file system, 0: none */
	char what[SPILL_VOLUME_WHAT]; /* in words */
	const char *status; /* of the item schema: ok, encrypted, ... */
	struct spill_volume_fix fix[SPILL_VOLUME_FIXES];
	unsigned fixes;
};

struct spill_volumes {
	char table[SPILL_VOLUME_WHAT]; /* "DOS partition table", ... */
	struct spill_volume *v; /* by offset */
	size_t n;
};

/* Something odd that was met: code as in the error schema. */
typedef void spill_volumes_say(void *ctx, const char *code, uint64_t offset,
    uint64_t length, const char *detail);

struct spill_volumes_conf {
	/*
	 * Search all that no file system has for lost ones. That reads all of
	 * these bytes, but for holes of sparse files.
	 */
	bool lost;
	/* Find only the lost volume that begins at this byte. */
	bool one;
	uint64_t start;
	/* Lost ones that are not opened: a reader did not survive it. */
	const uint64_t *avoid;
	size_t navoid;
	/* The search is at a byte, or about to open the volume that begins
	 * there; may be NULL. Not SPILL_OK ends it. */
	int (*progress)(void *ctx, uint64_t at);
	spill_volumes_say *say;
	void *ctx; /* of both */
};

/*
 * SPILL_EFORMAT: neither a table nor a file system; the list then has the
 * whole disk as one gap, and what was found in it.
 *
 * With conf->lost what is odd about tables and partitions is not told again:
 * only what the search finds is.
 */
int spill_volumes_list(struct spill_image *image,
    const struct spill_volumes_conf *conf, struct spill_volumes *out);
/* Read the file system of a volume through its fixes from here on. */
void spill_volumes_overlay(
    struct spill_image *image, const struct spill_volume *v);
void spill_volumes_release(struct spill_volumes *l);

#endif
