/*
 * ufs.h: decoders of superblocks and inodes of UFS1 and UFS2.
 *
 * The structures are those of FreeBSD's <ufs/ffs/fs.h> and <ufs/ufs/dinode.h>,
 * called [FS] and [DINODE] in comments. They have the order of bytes of the
 * machine that wrote them.
 *
 * Times are in UTC with 1 ns: seconds of 32 bits with a sign in UFS1, which
 * has no time of birth, of 64 bits in UFS2. All 0 is a time that nobody wrote.
 */
#ifndef SPILL_UFS_H
#define SPILL_UFS_H

#include <spill/cur.h>
#include <spill/ondisk.h>

#define SPILL_UFS1_INODE 128 /* bytes */
#define SPILL_UFS2_INODE 256

struct spill_ufs_super {
	unsigned version; /* 1 or 2 */
	bool big_endian;
	uint32_t fragment; /* bytes */
	uint32_t per_group, fragments_per_group; /* inodes; fragments */
	uint32_t inode_table; /* fragments from the start of a group */
	uint32_t superblock, header; /* of a group: the same */
	uint32_t groups;
	uint32_t per_block, block_shift; /* inodes; fragments, as a power */
	uint32_t group_step, group_mask; /* UFS1: where groups begin */
	struct spill_flaw flaw;
};

/* Of the 1376 bytes where the superblock lies. After SPILL_EDAMAGED counts
 * may be 0. */
int spill_ufs_super_read(struct spill_span raw, struct spill_ufs_super *out);
/* Byte of the volume where an inode begins. */
uint64_t spill_ufs_inode_at(const struct spill_ufs_super *s, uint32_t number);
/* Byte of the volume where the header of a group begins, a block. */
uint64_t spill_ufs_group_at(const struct spill_ufs_super *s, uint32_t group);

#define SPILL_UFS_INODE_MAP_AT 92 /* in the header of a group */
#define SPILL_UFS_BLOCK_MAP_AT 96
#define SPILL_UFS_WRITTEN_AT   120 /* UFS2: inodes that were ever written */

/* The header of a cylinder group. */
struct spill_ufs_group {
	uint32_t number, inodes;
	uint32_t inode_map, block_map; /* bytes from its start */
	struct spill_flaw flaw;
};

/* Of its first 128 bytes. SPILL_EFORMAT: it has no signature; out is what is
 * there nonetheless. */
int spill_ufs_group_read(struct spill_span raw, const struct spill_ufs_super *s,
    struct spill_ufs_group *out);

struct spill_ufs_inode {
	uint16_t mode;
	uint16_t links;
	uint32_t uid, gid;
	uint64_t size;
	uint64_t allocated; /* bytes, those of indirect blocks too */
	struct spill_stamps times; /* raw: the seconds */
	uint32_t flags, generation;
	struct spill_flaw flaw;
};

enum { /* flags: the owner's; root's are the same << 16 but for 0x1 */
	SPILL_UFS_NODUMP = 0x1,
	SPILL_UFS_IMMUTABLE = 0x2,
	SPILL_UFS_APPEND = 0x4,
};

/* version: 1 or 2; of so many bytes as that has. */
int spill_ufs_inode_read(struct spill_span raw, unsigned version,
    bool big_endian, struct spill_ufs_inode *out);

#endif
