/*
 * fs_fat_open.c: FAT whose boot sector has lost its signature. It takes more
 * than one byte to believe it: a BPB without a flaw, and a table that begins
 * as it says ([FAT] "FAT Data Structure").
 */

#include "fs_fat_i.h"
#include "tsk_extra_i.h"

static bool
is_signed(const uint8_t raw[512])
{
	return raw[510] == 0x55 && raw[511] == 0xaa;
}

/* The entries of no cluster: the media byte and ones, and ones but for the
 * marks of a volume that was not closed. */
static bool
has_table(struct ev_disk *d, uint64_t offset, const struct spill_fat_boot *b)
{
	uint8_t p[8];

	if (!ev_disk_read(d, offset + (uint64_t)b->reserved * b->sector_size, p,
		sizeof(p)) ||
	    p[0] != b->media || p[1] != 0xff)
		return false;
	if (b->bits == 12)
		return p[2] == 0xff;
	if (b->bits == 16)
		return p[2] >= 0xf8 && (p[3] & 0x3f) == 0x3f;
	return p[2] == 0xff && (p[3] & 15) == 15 && p[4] >= 0xf8 &&
	       p[5] == 0xff && p[6] == 0xff && (p[7] & 3) == 3;
}

/* But for the signature. */
static bool
is_sound(struct ev_disk *d, uint64_t offset, uint8_t raw[512],
    struct spill_fat_boot *b)
{
	raw[510] = 0x55;
	raw[511] = 0xaa;
	return (raw[0] == 0xeb || raw[0] == 0xe9) &&
	       spill_fat_boot_read(
		   (struct spill_span){ (char *)raw, 512 }, b) == SPILL_OK &&
	       (b->media == 0xf0 || b->media >= 0xf8) &&
	       has_table(d, offset, b);
}

/* False: it is signed, or not sound. */
static bool
read_unsigned(struct ev_disk *d, uint64_t offset, struct spill_fat_boot *b)
{
	uint8_t raw[512];

	return ev_disk_read(d, offset, raw, sizeof(raw)) && !is_signed(raw) &&
	       is_sound(d, offset, raw, b);
}

bool
fat_is_sound(struct ev_disk *d, uint64_t offset)
{
	struct spill_fat_boot b;
	uint8_t raw[512];

	return ev_disk_read(d, offset, raw, sizeof(raw)) && is_signed(raw) &&
	       is_sound(d, offset, raw, &b);
}

static TSK_FS_TYPE_ENUM
type_of(const struct spill_fat_boot *b)
{
	return b->bits == 12   ? TSK_FS_TYPE_FAT12
	       : b->bits == 16 ? TSK_FS_TYPE_FAT16
			       : TSK_FS_TYPE_FAT32;
}

unsigned
fat_is_unsigned(struct ev_disk *d, uint64_t offset)
{
	struct spill_fat_boot b;

	return read_unsigned(d, offset, &b) ? type_of(&b) : 0;
}

static void
close_unsigned(TSK_FS_INFO *tsk)
{
	tsk->tag = 0;
	tsk_fs_free(tsk);
}

/* Numbers are libtsk's: what is made up comes behind the last entry there
 * may be, $OrphanFiles at its end. */
TSK_FS_INFO *
fat_open_unsigned(struct ev_fs *fs)
{
	uint64_t inside = fs->disk->size - fs->offset, there;
	struct fat s = { 0 };
	struct spill_fat_boot b;
	TSK_FS_INFO *tsk;

	if (!read_unsigned(fs->disk, fs->offset, &b))
		return NULL;
	there = SPILL_MIN(inside / b.sector_size, b.sectors);
	s.data = (uint64_t)(b.bits == 32 ? b.data_sector : b.root_sector) *
		 b.sector_size;
	tsk = there > 0 ? tsk_fs_malloc(sizeof(*tsk)) : NULL;
	if (tsk == NULL)
		return NULL;
	tsk->tag = TSK_FS_INFO_TAG;
	tsk->img_info = &fs->disk->tsk;
	tsk->offset = (TSK_OFF_T)fs->offset;
	tsk->ftype = type_of(&b);
	tsk->block_size = b.sector_size;
	tsk->last_block = b.sectors - 1;
	tsk->last_block_act = there - 1;
	tsk->root_inum = FAT_FIRST - 1;
	tsk->last_inum =
	    fat_number(&s, there * b.sector_size) + (b.fats == 2 ? 3 : 2);
	tsk->close = close_unsigned;
	return tsk;
}
