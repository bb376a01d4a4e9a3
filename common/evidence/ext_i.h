/*
 * ext_i.h: shared by the parts that read ext2, ext3 and ext4.
 */
#ifndef SPILL_EXT_I_H
#define SPILL_EXT_I_H

#include <spill/ext.h>

/* [EXT4] "Checksums": CRC32C without its last step, from a value on; the first
 * is UINT32_MAX. */
uint32_t spill_ext_crc32c(uint32_t crc, const void *p, size_t n);
/* What the checksums of metadata begin with. */
uint32_t spill_ext_seed(const struct spill_ext_super *super);

#endif
