/*
 * ntfs_i.h: what ntfs*.c have in common.
 */
#ifndef SPILL_NTFS_I_H
#define SPILL_NTFS_I_H

#include <spill/ntfs.h>

#include "ondisk_i.h"

#define NAME_HEAD 0x42 /* bytes of a $FILE_NAME before its name */

/*
 * Copy a record or block to copy and undo its update sequence, whose place
 * stands at offset 4. Returns the sectors whose end is of another write.
 */
unsigned spill_ntfs_fixup(
    struct spill_span raw, void *copy, struct spill_flaw *flaw);
struct spill_ntfs_ref spill_ntfs_ref(uint64_t v);
/* The name of len units that begins at an offset of an attribute. */
struct spill_span spill_ntfs_units(struct spill_span s, size_t at, size_t units,
    size_t base, struct spill_flaw *flaw);
/* The four FILETIMEs of $STANDARD_INFORMATION and $FILE_NAME. */
struct spill_stamps spill_ntfs_times(struct spill_cur *c);

#endif
