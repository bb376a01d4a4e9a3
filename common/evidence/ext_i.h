/*
 * ext_i.h: shared by the parts that read ext2, ext3 and ext4.
 */
#ifndef SPILL_EXT_I_H
#define SPILL_EXT_I_H

#include <spill/ext.h>

#include "ondisk_i.h"

/* What the checksums of metadata begin with. */
uint32_t spill_ext_seed(const struct spill_ext_super *super);

#endif
