/*
 * apfs.h: decoders of what an APFS container says of its volumes.
 *
 * Apple's "Apple File System Reference" (2020-06-22) is called [APFS] in
 * comments, with the section.
 *
 * Everything is little-endian and lies in blocks of one size. An object is a
 * block with a header; where it lies is its number (physical objects) or what
 * an object map says of it (virtual ones). Times are signed counts of 1 ns
 * since 1970 in UTC; 0 is a time that nobody wrote.
 */
#ifndef SPILL_APFS_H
#define SPILL_APFS_H

#include <spill/cur.h>
#include <spill/ondisk.h>

#define SPILL_APFS_VOLUMES 100 /* at most, in a container */

/* --- objects ------------------------------------------------------------ */

enum { /* spill_apfs_object.type */
	SPILL_APFS_CONTAINER = 1,
	SPILL_APFS_ROOT_NODE = 2,
	SPILL_APFS_NODE = 3,
	SPILL_APFS_OMAP = 11,
	SPILL_APFS_VOLUME = 13,
	SPILL_APFS_FILES = 14, /* subtype of a tree */
	SPILL_APFS_SNAPSHOTS = 16, /* the same */
};

struct spill_apfs_object {
	uint64_t id, transaction;
	uint16_t type, flags;
	uint32_t subtype;
	bool sum_ok; /* the checksum fits */
};

/* Of a whole block. */
int spill_apfs_object_read(
    struct spill_span block, struct spill_apfs_object *out);
struct spill_time spill_apfs_time(uint64_t raw);

/* --- the container ------------------------------------------------------ */

enum { /* spill_apfs_container.incompat */
	SPILL_APFS_FUSION = 0x100, /* on two disks */
};

struct spill_apfs_container {
	struct spill_apfs_object object;
	uint32_t block_size; /* 4096 to 65536, a power of two */
	uint64_t blocks, incompat;
	uint8_t uuid[16];
	uint64_t checkpoints; /* block where older and newer copies begin */
	uint32_t checkpoint_blocks; /* 0: they do not lie in one piece */
	uint64_t omap; /* block */
	uint64_t volume[SPILL_APFS_VOLUMES]; /* virtual objects; 0: none */
	struct spill_flaw flaw;
};

/*
 * Of the first 4096 bytes of a block at least; the checksum is held against
 * the whole block where that is given. After SPILL_EDAMAGED sizes are those
 * of the disk and may be 0.
 */
int spill_apfs_container_read(
    struct spill_span block, struct spill_apfs_container *out);

/* Block of the root of an object map's tree. */
int spill_apfs_omap_read(struct spill_span block, uint64_t *tree);

/* --- trees -------------------------------------------------------------- */

struct spill_apfs_node {
	struct spill_apfs_object object;
	struct spill_span block;
	bool root, leaf, fixed;
	unsigned level; /* 0: leaf */
	uint32_t n; /* entries, no more than the node has room for */
	size_t toc, keys, values; /* offsets; values count back from theirs */
	uint32_t key_size, value_size; /* of fixed entries, set by the user
					  for other nodes than the root */
	struct spill_flaw flaw;
};

int spill_apfs_node_read(struct spill_span block, struct spill_apfs_node *out);
/* SPILL_END behind the last; SPILL_EDAMAGED: it lies outside of the node. An
 * entry without a value has an empty one. */
int spill_apfs_node_entry(const struct spill_apfs_node *n, uint32_t i,
    struct spill_span *key, struct spill_span *value);

struct spill_apfs_mapping { /* an entry of an object map */
	uint64_t id, transaction, block;
	uint32_t flags; /* 1: deleted, 4: encrypted */
};

/* value: of a leaf 16 bytes, else 8, the number of the node below. */
int spill_apfs_mapping_read(struct spill_span key, struct spill_span value,
    struct spill_apfs_mapping *out);

/* --- volumes ------------------------------------------------------------ */

enum { /* spill_apfs_volume.flags */
	SPILL_APFS_UNENCRYPTED = 1,
};
enum { /* spill_apfs_volume.incompat */
	SPILL_APFS_CASE_INSENSITIVE = 0x1,
	SPILL_APFS_SEALED = 0x20,
};

struct spill_apfs_volume {
	struct spill_apfs_object object;
	uint32_t index; /* in the container */
	uint64_t flags, incompat;
	uint64_t omap; /* block */
	uint64_t root_tree; /* of its folders and files: an object */
	uint64_t snapshot_tree; /* block */
	uint64_t files, folders, snapshots; /* counts */
	uint8_t uuid[16];
	struct spill_time made, changed;
	uint16_t role;
	struct spill_span made_by, name; /* up to their NUL */
	struct spill_flaw flaw;
};

int spill_apfs_volume_read(
    struct spill_span block, struct spill_apfs_volume *out);
/* "System", "Data" ...; NULL: none that is known. */
const char *spill_apfs_role(uint16_t role);

struct spill_apfs_snapshot {
	uint64_t transaction;
	struct spill_time made, changed;
	struct spill_span name;
	bool dataless; /* its extents are not kept */
	struct spill_flaw flaw;
};

/* Of an entry of a volume's tree of snapshots; SPILL_EFORMAT: it is another
 * kind of entry. */
int spill_apfs_snapshot_read(struct spill_span key, struct spill_span value,
    struct spill_apfs_snapshot *out);

#endif
