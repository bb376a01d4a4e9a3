/*
 * ext.h: decoders of ext2, ext3 and ext4.
 *
 * The kernel's Documentation/filesystems/ext4 is called [EXT4] in comments,
 * with the page.
 *
 * Times are in UTC, with 1 ns where the inode has room for it, else 1 s. Raw
 * times (spill_stamps.raw) are the seconds field | extra field << 32.
 */
#ifndef SPILL_EXT_H
#define SPILL_EXT_H

#include <spill/cur.h>
#include <spill/ondisk.h>

/* --- superblock and group descriptors ----------------------------------- */

enum { /* spill_ext_super.compat */
	SPILL_EXT_HAS_JOURNAL = 0x4,
};
enum { /* spill_ext_super.incompat, those that change how to read */
	SPILL_EXT_COMPRESSION = 0x1,
	SPILL_EXT_FILETYPE = 0x2,
	SPILL_EXT_RECOVER = 0x4, /* the journal has to be replayed */
	SPILL_EXT_JOURNAL_DEV = 0x8,
	SPILL_EXT_META_BG = 0x10,
	SPILL_EXT_EXTENTS = 0x40,
	SPILL_EXT_64BIT = 0x80,
	SPILL_EXT_FLEX_BG = 0x200,
	SPILL_EXT_EA_INODE = 0x400,
	SPILL_EXT_CSUM_SEED = 0x2000,
	SPILL_EXT_LARGEDIR = 0x4000,
	SPILL_EXT_INLINE_DATA = 0x8000,
	SPILL_EXT_ENCRYPT = 0x10000,
	SPILL_EXT_CASEFOLD = 0x20000,
};

enum { /* spill_ext_super.ro_compat, likewise */
	SPILL_EXT_LARGE_FILE = 0x2,
	SPILL_EXT_HUGE_FILE = 0x8,
	SPILL_EXT_GDT_CSUM = 0x10,
	SPILL_EXT_EXTRA_ISIZE = 0x40,
	SPILL_EXT_BIGALLOC = 0x200,
	SPILL_EXT_METADATA_CSUM = 0x400,
	SPILL_EXT_ORPHAN_PRESENT = 0x10000,
};

struct spill_ext_super {
	uint32_t inodes;
	uint64_t blocks;
	uint32_t block_size, cluster_size; /* bytes */
	uint32_t first_block; /* of group 0 */
	uint32_t blocks_per_group, inodes_per_group;
	uint64_t groups;
	uint32_t revision, creator; /* creator 0: Linux, 1: Hurd */
	uint32_t first_inode; /* that is not reserved */
	uint32_t inode_size, desc_size; /* bytes */
	uint16_t state; /* 1: unmounted cleanly; 2: errors; 4: orphans */
	uint32_t compat, incompat, ro_compat;
	uint8_t uuid[16];
	struct spill_span label, last_mounted; /* up to their NUL */
	uint32_t journal_inode, journal_device;
	uint32_t orphan; /* first inode of the orphan list, 0: none */
	uint32_t orphan_file; /* inode */
	uint8_t hash_seed[16], hash_version;
	uint32_t flags; /* 1: hash of signed, 2: of unsigned characters */
	uint8_t checksum_type; /* 1: crc32c */
	uint32_t checksum_seed, checksum;
	struct spill_time made, mounted, written, checked;
	struct spill_flaw flaw;
};

/* Of the 1024 bytes at offset 1024 of the volume (or of a copy). After
 * SPILL_EDAMAGED sizes may be 0. */
int spill_ext_super_read(struct spill_span raw, struct spill_ext_super *out);

enum { /* spill_ext_group.flags */
	SPILL_EXT_G_NO_INODES = 1, /* none in use; its bitmap means nothing */
	SPILL_EXT_G_NO_BLOCKS = 2, /* the bitmap of blocks means nothing */
	SPILL_EXT_G_ZEROED = 4, /* inodes that were never used are zeros */
};

/* Has it another checksum than it should? Never where it has none. */
bool spill_ext_super_is_wrong(
    const uint8_t raw[1024], const struct spill_ext_super *super);

struct spill_ext_group {
	uint64_t block_bitmap, inode_bitmap, inode_table; /* blocks */
	uint32_t free_blocks, free_inodes, directories, unused_inodes;
	uint16_t flags;
	uint16_t checksum;
	uint32_t block_bitmap_checksum, inode_bitmap_checksum;
	struct spill_flaw flaw;
};

/* raw: the desc_size bytes of one descriptor. Blocks beyond the volume are
 * damage, and are 0. */
int spill_ext_group_read(struct spill_span raw,
    const struct spill_ext_super *super, struct spill_ext_group *out);
/* Has the descriptor of that group, which is all in raw, another checksum than
 * it should? Never where the volume has none. */
bool spill_ext_group_is_wrong(
    struct spill_span raw, const struct spill_ext_super *super, uint64_t group);

/* Has a bitmap another checksum than its descriptor says? raw: the part of it
 * that is of the group. Never where the volume has none. */
bool spill_ext_bitmap_is_wrong(struct spill_span raw,
    const struct spill_ext_super *super, uint32_t checksum);

/* --- inodes ------------------------------------------------------------- */

enum { /* spill_ext_inode.flags, some */
	SPILL_EXT_I_COMPRESSED = 0x4,
	SPILL_EXT_I_IMMUTABLE = 0x10,
	SPILL_EXT_I_APPEND = 0x20,
	SPILL_EXT_I_ENCRYPTED = 0x800,
	SPILL_EXT_I_HTREE = 0x1000,
	SPILL_EXT_I_HUGE = 0x40000, /* blocks counts blocks, not 512 bytes */
	SPILL_EXT_I_EXTENTS = 0x80000,
	SPILL_EXT_I_VERITY = 0x100000,
	SPILL_EXT_I_EA_VALUE = 0x200000,
	SPILL_EXT_I_INLINE = 0x10000000,
	SPILL_EXT_I_CASEFOLD = 0x40000000,
};

struct spill_ext_inode {
	uint16_t mode; /* as in sys/stat.h */
	uint32_t uid, gid, project;
	uint64_t size, blocks; /* bytes; units of 512 bytes but for _I_HUGE */
	uint32_t links, flags, generation;
	uint64_t acl_block; /* of extended attributes, 0: none */
	uint64_t version;
	/*
	 * Where mode, links and all times are 0 the inode was never used and
	 * no time is set; else 0 is 1970. born is not set if all 0.
	 *
	 * Seconds are decoded as kernels and e2fsprogs do now. Kernels of 64
	 * bits, up to 3.12 at least, wrote times of 1901 to 1969 with both
	 * epoch bits set ([EXT4] "Inode Timestamps"): such a one comes out as
	 * 2310 to 2378, and its raw value has bits 31 to 33 set.
	 */
	struct spill_stamps times;
	/*
	 * The field of the deletion time: seconds, 32 bits without a sign; or,
	 * while the inode waits on the orphan list, the number of the next one
	 * there. A value that is a number of an inode is taken as that: it
	 * would be a deletion in the first days of 1970.
	 */
	uint32_t dtime;
	struct spill_time deleted;
	uint32_t next_orphan;
	uint16_t extra; /* bytes of fields behind the first 128 */
	uint32_t checksum;
	struct spill_span area; /* the 60 bytes of block pointers */
	struct spill_span target; /* of a symbolic link, if it is in area */
	struct spill_span attrs; /* for spill_ext_attrs(), empty if none */
	/* If the content is in the inode: its two pieces, in this order. The
	 * first one of a directory has the parent's number in 4 bytes before
	 * its entries. */
	struct spill_span inline_a, inline_b;
	struct spill_flaw flaw;
};

/* raw: the inode_size bytes of one inode. */
int spill_ext_inode_read(struct spill_span raw,
    const struct spill_ext_super *super, struct spill_ext_inode *out);
/* Is it the inode of that number, which is part of its checksum? Never where it
 * has none of 32 bits. raw: the bytes that inode was read of. */
bool spill_ext_inode_is(struct spill_span raw,
    const struct spill_ext_super *super, const struct spill_ext_inode *inode,
    uint32_t number);

/* --- extended attributes ------------------------------------------------ */

struct spill_ext_attr {
	size_t at;
	uint8_t index; /* of the name: 1 user, 2 and 3 POSIX ACLs, 4 trusted,
			  6 security, 7 system, 9 encryption */
	struct spill_span name; /* without the prefix of index */
	struct spill_span value; /* empty if in an inode of its own */
	uint32_t value_inode;
	uint32_t size; /* of the value */
	struct spill_flaw flaw;
};

struct spill_ext_attrs {
	struct spill_cur cur;
	size_t base; /* what offsets of values count from */
	bool done;
};

/* Those in an inode (spill_ext_inode.attrs), or in a block of their own. */
struct spill_ext_attrs spill_ext_attrs(struct spill_span raw);
struct spill_ext_attrs spill_ext_attrs_block(struct spill_span block);
int spill_ext_attrs_next(
    struct spill_ext_attrs *it, struct spill_ext_attr *out);

/* --- extents ------------------------------------------------------------ */

#define SPILL_EXT_DEPTH_MAX 5

struct spill_ext_extent {
	uint64_t logical; /* block of the file */
	uint64_t physical; /* block of the volume; of the node below */
	uint32_t count; /* blocks; 0 of a node below */
	bool unwritten; /* allocated, reads as zeros */
};

struct spill_ext_extents {
	struct spill_cur cur;
	unsigned depth; /* 0: extents, else nodes that many levels below */
	unsigned left; /* entries to come */
	uint64_t next; /* the least logical block that may come */
	uint64_t blocks; /* of the volume */
	uint32_t generation;
	struct spill_flaw flaw;
};

/*
 * A node of the tree: area of an inode, or a block. It must have the depth
 * given; -1: any up to SPILL_EXT_DEPTH_MAX, for the root. Going down with
 * depth - 1 always ends, whatever the blocks say.
 */
int spill_ext_extents_open(struct spill_span raw, int depth,
    const struct spill_ext_super *super, struct spill_ext_extents *out);
/* SPILL_EDAMAGED: this one leads out of the volume or back; out has it as it
 * is stored. */
int spill_ext_extents_next(
    struct spill_ext_extents *it, struct spill_ext_extent *out);

/* --- directories -------------------------------------------------------- */

struct spill_ext_dirent {
	size_t at;
	uint32_t inode;
	uint8_t type; /* 1 file, 2 directory, 3 and 4 devices, 5 pipe, 6 socket,
			 7 symbolic link; 0 if not known */
	struct spill_span name;
	bool deleted; /* no entry now: the inode may be of another file */
	struct spill_flaw flaw;
};

struct spill_ext_dir {
	struct spill_span bytes;
	size_t pos, end; /* end of the entry around pos */
	size_t behind; /* the end of the last sound one's name */
	uint32_t inodes;
	bool filetype, stepped;
};

/*
 * One block of a directory, or the entries of one in its inode (inline_a
 * from byte 4 on; inline_b). Checksum tails and the nodes of hash trees have
 * no entries. What looks like an older entry in the room behind a name is
 * yielded with deleted set; so is what looks like an entry behind a length
 * that leads nowhere, up to where entries follow each other to the end.
 */
struct spill_ext_dir spill_ext_dir(
    struct spill_span block, const struct spill_ext_super *super);
int spill_ext_dir_next(struct spill_ext_dir *it, struct spill_ext_dirent *out);

#endif
