/*
 * unpack_i.h: the formats' descriptors.
 */
#ifndef SPILL_UNPACK_I_H
#define SPILL_UNPACK_I_H

#include <spill/ole.h>
#include <spill/unpack.h>

/* zip.c */
extern const struct spill_unpack spill_unpack_zip;
bool zip_is_behind(struct spill_src *src);
/* archive.c */
extern const struct spill_unpack spill_unpack_rar5, spill_unpack_rar,
    spill_unpack_sevenzip, spill_unpack_cab, spill_unpack_iso, spill_unpack_ar,
    spill_unpack_xar, spill_unpack_cpio, spill_unpack_rpm, spill_unpack_gzip,
    spill_unpack_bzip2, spill_unpack_xz, spill_unpack_zstd, spill_unpack_lz4,
    spill_unpack_lzip, spill_unpack_compress, spill_unpack_tar,
    spill_unpack_lha, spill_unpack_lzma;
/* unread.c: an error record is all that comes of these. */
extern const struct spill_unpack spill_unpack_unread;
/* By the last bytes, or by more than the first ones: an image of a disk, or a
 * PDF under a password. */
bool unread_is_behind(struct spill_src *src);
/* unread_disk.c: an image that spill-walk reads, in words; NULL: it is none. */
int unread_disk(struct spill_src *src, const char **name);

#endif
