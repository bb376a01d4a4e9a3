/*
 * lost_boot.c: volumes that begin with a boot sector: NTFS, FAT, exFAT and
 * BitLocker. NTFS has its copy in the last sector of the volume, FAT32 in the
 * sector that the boot sector names, exFAT in the twelve behind the first
 * twelve.
 */
#include <string.h>

#include <spill/exfat.h>
#include <spill/fat.h>
#include <spill/ntfs.h>

#include "lost_i.h"
#include "ondisk_i.h"

static struct spill_span
boot_of(const uint8_t sector[512])
{
	return (struct spill_span){ (const char *)sector, 512 };
}

/* Is the boot sector of a volume the one that its copy is of? */
static bool
is_same(const struct disk_view *d, uint64_t start, const uint8_t sector[512])
{
	uint8_t now[512];

	return lost_read(d, start, now, sizeof(now)) &&
	       memcmp(now, sector, sizeof(now)) == 0;
}

/* --- NTFS --------------------------------------------------------------- */

/* $MFT and $MFTMirr begin with the same record. */
static bool
has_mft(
    const struct disk_view *d, uint64_t start, const struct spill_ntfs_boot *b)
{
	const uint64_t at[] = { b->mft_lcn, b->mirror_lcn };

	for (size_t i = 0; i < SPILL_COUNT(at); i++) {
		uint8_t head[64] = { 0 };

		if (at[i] < b->clusters &&
		    lost_read(d, start + at[i] * b->cluster_size, head,
			sizeof(head)) &&
		    memcmp(head, "FILE", 4) == 0 &&
		    (head[22] & SPILL_NTFS_IN_USE) != 0)
			return true;
	}
	return false;
}

static bool
ntfs(const struct disk_view *d, uint64_t at, const uint8_t sector[512],
    struct lost *out)
{
	struct spill_ntfs_boot b;
	uint64_t back;

	if (spill_ntfs_boot_read(boot_of(sector), &b) != SPILL_OK ||
	    b.sectors > (uint64_t)INT64_MAX / 2 / b.sector_size)
		return false;
	out->what = "NTFS";
	back = b.sectors * b.sector_size;
	out->length = back + b.sector_size;
	if (has_mft(d, at, &b)) {
		out->start = at;
		return true;
	}
	if (back > at || !has_mft(d, at - back, &b))
		return false;
	out->start = at - back;
	if (!is_same(d, out->start, sector)) {
		out->copy = "boot sector";
		lost_fix(out, out->start, at, 512);
	}
	return true;
}

/* --- FAT ---------------------------------------------------------------- */

/* The first entry of the FAT is the media byte, and ones. */
static bool
has_fat(
    const struct disk_view *d, uint64_t start, const struct spill_fat_boot *b)
{
	uint8_t fat[4] = { 0 };

	if (!lost_read(d, start + (uint64_t)b->reserved * b->sector_size, fat,
		sizeof(fat)) ||
	    fat[0] != b->media || fat[1] != 0xff)
		return false;
	if (b->bits == 12)
		return fat[2] == 0xff;
	/* Of FAT16 the second entry has flags in its upper bits. */
	return b->bits == 16 ? (fat[3] & 0x3f) == 0x3f
			     : fat[2] == 0xff && (fat[3] & 0x0f) == 0x0f;
}

static bool
fat(const struct disk_view *d, uint64_t at, const uint8_t sector[512],
    struct lost *out)
{
	struct spill_fat_boot b;
	uint64_t back;

	if (spill_fat_boot_read(boot_of(sector), &b) != SPILL_OK ||
	    (b.media != 0xf0 && b.media < 0xf8))
		return false;
	out->what = b.bits == 12 ? "FAT12" : b.bits == 16 ? "FAT16" : "FAT32";
	out->length = b.sectors * b.sector_size;
	if (has_fat(d, at, &b)) {
		out->start = at;
		return true;
	}
	back = (uint64_t)b.backup_sector * b.sector_size;
	if (b.bits != 32 || back == 0 || back > at ||
	    !has_fat(d, at - back, &b))
		return false;
	out->start = at - back;
	if (!is_same(d, out->start, sector)) {
		out->copy = "boot sector";
		lost_fix(out, out->start, at, 512);
	}
	return true;
}

/* --- exFAT -------------------------------------------------------------- */

static bool
exfat_sum_ok(const struct disk_view *d, uint64_t at, uint32_t size)
{
	uint8_t raw[4096];
	struct spill_cur c;
	uint32_t sum = 0;

	for (unsigned i = 0; i < SPILL_EXFAT_REGION; i++) {
		if (!lost_read(d, at + (uint64_t)i * size, raw, size))
			return false;
		if (i < SPILL_EXFAT_REGION - 1)
			sum = spill_exfat_boot_sum(sum,
			    (struct spill_span){ (const char *)raw, size },
			    i == 0);
	}
	c = spill_cur(raw, size);
	return spill_cur_u32le(&c) == sum;
}

static bool
exfat_has_fat(
    const struct disk_view *d, uint64_t start, const struct spill_exfat_boot *b)
{
	uint8_t fat[8] = { 0 };

	return lost_read(d, start + (uint64_t)b->fat_sector * b->sector_size,
		   fat, sizeof(fat)) &&
	       memcmp(fat + 1, "\xff\xff\xff\xff\xff\xff\xff", 7) == 0;
}

static bool
exfat(const struct disk_view *d, uint64_t at, const uint8_t sector[512],
    struct lost *out)
{
	struct spill_exfat_boot b;
	uint64_t back;

	if (spill_exfat_boot_read(boot_of(sector), &b) != SPILL_OK ||
	    b.sectors > (uint64_t)INT64_MAX / 2 / b.sector_size ||
	    !exfat_sum_ok(d, at, b.sector_size))
		return false;
	out->what = "exFAT";
	out->length = b.sectors * b.sector_size;
	if (exfat_has_fat(d, at, &b)) {
		out->start = at;
		return true;
	}
	back = (uint64_t)SPILL_EXFAT_REGION * b.sector_size;
	if (back > at || !exfat_has_fat(d, at - back, &b))
		return false;
	out->start = at - back;
	if (!exfat_sum_ok(d, out->start, b.sector_size)) {
		out->copy = "boot region";
		lost_fix(out, out->start, at, back);
	}
	return true;
}

/* --- BitLocker ---------------------------------------------------------- */

/* libbde's description of the format, "Volume header" and "FVE metadata". */
static bool
bitlocker(const struct disk_view *d, uint64_t at, const uint8_t sector[512],
    struct lost *out)
{
	struct spill_cur c = spill_cur(sector, 512), block;
	uint8_t raw[64] = { 0 };
	uint64_t metadata;

	spill_cur_seek(&c, 176);
	metadata = spill_cur_u64le(&c);
	if (metadata == 0 || metadata % 512 != 0 ||
	    metadata > (uint64_t)INT64_MAX / 2 ||
	    !lost_read(d, at + metadata, raw, sizeof(raw)) ||
	    memcmp(raw, "-FVE-FS-", 8) != 0)
		return false;
	block = spill_cur(raw, sizeof(raw));
	spill_cur_seek(&block, 16);
	out->what = "BitLocker volume";
	out->start = at;
	out->length = spill_cur_u64le(&block);
	if (out->length > (uint64_t)INT64_MAX / 2)
		out->length = 0;
	return true;
}

bool
lost_boot(const struct disk_view *d, uint64_t at, const uint8_t sector[512],
    struct lost *out)
{
	static const struct {
		const char *name;
		lost_probe *probe;
	} kinds[] = { { "NTFS    ", ntfs }, { "EXFAT   ", exfat },
		{ "-FVE-FS-", bitlocker } };

	for (size_t i = 0; i < SPILL_COUNT(kinds); i++)
		if (memcmp(sector + 3, kinds[i].name, 8) == 0)
			return kinds[i].probe(d, at, sector, out);
	return (sector[0] == 0xeb || sector[0] == 0xe9) &&
	       fat(d, at, sector, out);
}
