/*
 * fs_ext_i.h: shared by the parts of the ext family: fs_ext_group.c finds
 * groups, fs_ext.c reads inodes, fs_ext_map.c finds their blocks, fs_ext_dir.c
 * lists folders.
 */
#ifndef SPILL_FS_EXT_I_H
#define SPILL_FS_EXT_I_H

#include <spill/ext.h>
#include <spill/jbd2.h>

#include "fs_i.h"

#define EXT_INODE_MAX	  4096
#define EXT_WINDOW	  8192
#define EXT_GROUPS_LOOKED ((uint64_t)1 << 20)
#define EXT_BLOCK_MAX	  ((uint32_t)64 << 10)

struct ext_bitmap { /* of one group: the last that was asked for */
	uint8_t *bytes; /* one block */
	uint8_t *looked; /* for each group: its checksum is right (1) or not */
	uint64_t group;
	bool loaded, known;
};

struct ext_group {
	struct spill_ext_group is;
	uint64_t number;
	uint64_t copy; /* the group whose copy of it was taken, 0: none */
	bool loaded, known;
	bool wrong; /* its checksum is */
	bool damaged; /* its flags and numbers mean nothing */
};

struct ext_copy { /* of a block, in the journal */
	uint64_t block;
	uint32_t at; /* block of the journal */
	uint32_t sequence, checksum;
	uint8_t uses;
	bool escaped;
};

struct ext_journal {
	struct spill_jbd2_super super;
	struct ev_object map;
	struct ext_copy *copy;
	size_t n, cap;
	uint8_t *block; /* the last that was read */
	uint8_t inode[EXT_INODE_MAX]; /* likewise */
	bool opened, nomem;
};

struct ext {
	struct spill_ext_super super;
	uint8_t raw_super[1024];
	bool known; /* without its superblock there is nothing */
	struct ext_group group; /* the last that was asked for */
	uint64_t found; /* block of the inodes of group 0, by one of them */
	bool by_sum; /* by the checksum of that inode; if not, it is a folder */
	bool searched;
	uint8_t window[EXT_WINDOW]; /* of an inode table: neighbours are near */
	uint64_t window_at;
	bool window_full;
	struct ext_bitmap inodes, blocks;
	uint8_t *node[SPILL_EXT_DEPTH_MAX + 1]; /* a block each */
	struct ev_object map; /* of the folder that is listed */
	struct ext_journal journal;
	/* fs_ext_claim.c: a bit for each block that belongs to something, and
	 * for each inode whose blocks are among those; of a walk only. */
	uint64_t *claims, claim_blocks;
	uint8_t *mapped;
	bool claiming; /* those that ext_map() finds */
	bool listing; /* ext_map() is to find all blocks of a folder */
	uint8_t *named; /* a bit for each inode that a name leads to */
	uint64_t nnamed; /* bits there are */
};

/* NULL: it is not in the image. Of a damaged one, what is there, with the
 * places that a sound copy has. */
const struct spill_ext_group *ext_group(struct ev_fs *fs, uint64_t number);
/* Does its content begin as that of the folder of that number, whose first
 * entry says which it is? Inline it does not: known of the root alone. */
bool ext_has_folder(
    struct ev_fs *fs, const struct spill_ext_inode *inode, uint64_t number);
void ext_remarks(struct ev_fs *fs, ev_remark *say, void *ctx);
/* The first block of a group, and how many of its first are superblock and
 * descriptors. */
uint64_t ext_group_block(const struct ext *s, uint64_t group);
uint64_t ext_group_head(const struct ext *s, uint64_t group);
void ext_claim_begin(struct ev_fs *fs, ev_remark *say, void *ctx);
bool ext_claim_inode(struct ext *s, uint64_t number);
/* It is a fault if one of them was taken before. */
void ext_claim(
    struct ev_fs *fs, uint64_t block, uint64_t count, struct ev_folder *faults);
/* at: byte of the volume; its spans are valid until the next. */
bool ext_inode(struct ev_fs *fs, uint64_t number, struct spill_ext_inode *out,
    uint64_t *at);
/* The same; of one that was wiped by its deletion, as it was before, if that is
 * in the journal. */
bool ext_inode_last(struct ev_fs *fs, uint64_t number,
    struct spill_ext_inode *out, uint64_t *at, bool *journal);
/* Sound copies of a folder's block, the newest first. */
void ext_journal_folder(struct ev_fs *fs, uint64_t block, uint64_t dir,
    uint32_t generation, bool first,
    void (*each)(void *ctx, struct spill_span copy), void *ctx);
void ext_journal_release(struct ext_journal *j);
/* By its bitmap; where that cannot be read, by its links and whether it has
 * a time of deletion. */
bool ext_inode_used(
    struct ev_fs *fs, uint64_t number, const struct spill_ext_inode *inode);
bool ext_block_used(struct ev_fs *fs, uint64_t block);
/* One of the two of a group: then it is not known what is in use. */
bool ext_bitmap_is_wrong(struct ev_fs *fs, uint64_t group);
int ext_unused(struct ev_fs *fs,
    bool (*each)(void *ctx, const struct ev_entry *e, enum ev_kind kind),
    void *ctx);

/* The runs of an inode's content, to the last attribute of out. */
void ext_map(struct ev_fs *fs, const struct spill_ext_inode *inode,
    struct ev_object *out);
int ext_list(struct ev_fs *fs, uint64_t dir, struct ev_folder *out);

/* Size of the content; other than for files the high half means else. */
uint64_t ext_size(const struct ext *s, const struct spill_ext_inode *inode);
enum ev_kind ext_kind(unsigned mode);

#endif
