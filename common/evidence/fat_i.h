/*
 * fat_i.h: what fat*.c have in common.
 */
#ifndef SPILL_FAT_I_H
#define SPILL_FAT_I_H

#include <spill/fat.h>

#include "ondisk_i.h"

#define FAT_ENTRY 32 /* bytes */
#define FAT_PARTS 20 /* of a long name at most */

/* A short entry without its long name, at an offset of the directory. */
void spill_fat_short(
    struct spill_span dir, size_t at, unsigned bits, struct spill_fat_entry *e);
/* May a short name have this byte, and begin with it? */
bool spill_fat_legal(uint8_t byte);

#endif
