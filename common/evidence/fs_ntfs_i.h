/*
 * fs_ntfs_i.h: shared by the parts of the NTFS family.
 */
#ifndef SPILL_FS_NTFS_I_H
#define SPILL_FS_NTFS_I_H

#include "fs_i.h"

/* The content of a resident attribute, as it is on the disk. */
struct spill_span ev_ntfs_content(const TSK_FS_ATTR *a);
int ev_ntfs_old_entries(
    struct ev_fs *fs, TSK_FS_DIR *dir, struct ev_folder *out);

#endif
