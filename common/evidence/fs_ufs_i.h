/*
 * fs_ufs_i.h: UFS1 and UFS2, of which libtsk reads inodes and folders. The
 * superblock is chosen in fs_ufs_super.c, which mends headers of groups, too;
 * what lies where is found in fs_ufs_map.c, for libtsk's time is the square of
 * what a file has room for.
 */
#ifndef SPILL_FS_UFS_I_H
#define SPILL_FS_UFS_I_H

#include <spill/ufs.h>

#include "fs_i.h"

/* --- superblocks ---------------------------------------------------------- */

struct ufs_place {
	struct spill_ufs_super super;
	uint64_t at; /* byte of the volume */
	uint64_t instead; /* where libtsk looks for it */
	bool copy; /* that of a group, as the first one is damaged */
};

/* false: there is none whose counts can be. */
bool ufs_find_super(struct ev_fs *fs, struct ufs_place *out);

struct ufs_groups {
	uint32_t odd, first; /* headers whose maps are misplaced; one of them */
};

/* What libtsk reads of such a header is where the maps are by the others. */
void ufs_check_groups(struct ev_fs *fs, const struct spill_ufs_super *super,
    struct ufs_groups *out);

/* --- content -------------------------------------------------------------- */

struct ufs_map {
	TSK_FS_ATTR_RUN *run; /* in fragments, holes too; the caller's */
	uint64_t end; /* bytes, up to the last block that is no hole */
	const char *fault; /* or NULL */
	bool nomem;
};

/* Where the content of an inode is that libtsk has loaded, of a size; allocated
 * is what it says itself to have, in bytes. */
void ufs_map(struct ev_fs *fs, const struct spill_ufs_super *super,
    const TSK_FS_META *meta, uint64_t allocated, struct ufs_map *out);

#endif
