/*
 * fs_hfs_i.h: HFS+, of which libtsk reads the trees.
 */
#ifndef SPILL_FS_HFS_I_H
#define SPILL_FS_HFS_I_H

#include "fs_i.h"

enum { EV_HFS_EXTENTS, EV_HFS_CATALOGUE, EV_HFS_ATTRIBUTES, EV_HFS_TREES };

/* Links of the nodes of a tree that lead in a circle, or to no leaf. */
struct ev_hfs_links {
	uint32_t count, first; /* the node of one */
};

/*
 * Look at all links before libtsk does; those that are wrong are mended in
 * what it reads of the disk. SPILL_EFORMAT: they are too many, it must not
 * open this; SPILL_ENOMEM.
 */
int ev_hfs_check_links(
    struct ev_fs *fs, struct ev_hfs_links wrong[EV_HFS_TREES]);

/* Open it when that is done; NULL. */
TSK_FS_INFO *ev_hfs_open(struct ev_fs *fs, unsigned type);

#endif
