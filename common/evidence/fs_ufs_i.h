/*
 * fs_ufs_i.h: UFS1 and UFS2, of which libtsk reads inodes and folders. What
 * lies where is found here (fs_ufs_map.c): libtsk's time for that is the square
 * of what a file has room for.
 */
#ifndef SPILL_FS_UFS_I_H
#define SPILL_FS_UFS_I_H

#include <spill/ufs.h>

#include "fs_i.h"

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
