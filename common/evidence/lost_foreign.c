/*
 * lost_foreign.c: what is not read here, or is encrypted: it is named, so that
 * nobody takes its place for empty.
 */
#include <string.h>

#include <spill/cur.h>

#include "lost_i.h"
#include "ondisk_i.h"

#define FAR ((uint64_t)INT64_MAX / 4)

/* --- XFS (XFS Algorithms & Data Structures, "Superblocks", "AG Free Space") */

/* Each group begins with a superblock and, behind it, its own number. */
bool
lost_xfs(const struct disk_view *d, uint64_t at, const uint8_t sector[512],
    struct lost *out)
{
	struct spill_cur c = spill_cur(sector, 512), agf;
	uint32_t block, group_blocks, groups, size, group;
	uint64_t blocks, back;
	uint8_t raw[12] = { 0 };

	spill_cur_skip(&c, 4);
	block = spill_cur_u32be(&c);
	blocks = spill_cur_u64be(&c);
	spill_cur_seek(&c, 84);
	group_blocks = spill_cur_u32be(&c);
	groups = spill_cur_u32be(&c);
	spill_cur_seek(&c, 102);
	size = spill_cur_u16be(&c);
	if (!spill_power_of_two(block) || block < 512 || block > 65536 ||
	    !spill_power_of_two(size) || size < 512 || blocks == 0 ||
	    blocks > FAR / block || groups == 0 ||
	    blocks > (uint64_t)groups * group_blocks ||
	    blocks <= (uint64_t)(groups - 1) * group_blocks ||
	    !lost_read(d, at + size, raw, sizeof(raw)) ||
	    memcmp(raw, "XAGF", 4) != 0)
		return false;
	agf = spill_cur(raw, sizeof(raw));
	spill_cur_seek(&agf, 8);
	group = spill_cur_u32be(&agf);
	back = (uint64_t)group * group_blocks * block;
	if (group >= groups || back > at)
		return false;
	out->what = "XFS";
	out->start = at - back;
	out->length = blocks * block;
	if (group > 0) {
		out->copy = "superblock";
		lost_fix(out, out->start, at, 512);
	}
	return true;
}

/* --- Btrfs (Btrfs on-disk format, "Superblock") -------------------------- */

#define BTRFS_SUPER 4096u
#define BTRFS_PLACE 65536u

/* It says where in its device it lies. */
bool
lost_btrfs(const struct disk_view *d, uint64_t at, const uint8_t sector[512],
    struct lost *out)
{
	uint8_t raw[BTRFS_SUPER];
	struct spill_cur c = spill_cur(sector, 512);
	uint32_t sum = spill_cur_u32le(&c);
	uint64_t place;
	unsigned kind;

	spill_cur_seek(&c, 48);
	place = spill_cur_u64le(&c);
	spill_cur_seek(&c, 196);
	kind = spill_cur_u16le(&c);
	spill_cur_seek(&c, 209);
	out->length = spill_cur_u64le(&c);
	if (place > at || place < BTRFS_PLACE || place % BTRFS_SUPER != 0 ||
	    out->length <= place || out->length > FAR ||
	    !lost_read(d, at, raw, sizeof(raw)) ||
	    (kind == 0 &&
		~spill_crc32c(UINT32_MAX, raw + 32, sizeof(raw) - 32) != sum))
		return false;
	out->what = "Btrfs";
	out->start = at - place;
	if (place != BTRFS_PLACE) {
		out->copy = "superblock";
		lost_fix(out, out->start + BTRFS_PLACE, at, BTRFS_SUPER);
	}
	return true;
}

/* --- ReFS (libfsrefs' description of the format, "Volume header") -------- */

bool
lost_refs(const struct disk_view *d, uint64_t at, const uint8_t sector[512],
    struct lost *out)
{
	struct spill_cur c = spill_cur(sector, 512);
	uint64_t sectors;
	uint32_t size;

	spill_cur_seek(&c, 24);
	sectors = spill_cur_u64le(&c);
	size = spill_cur_u32le(&c);
	if (memcmp(sector + 16, "FSRS", 4) != 0 || !spill_power_of_two(size) ||
	    size < 512 || size > 65536 || sectors < 2 || sectors > FAR / size)
		return false;
	out->what = "ReFS";
	out->length = sectors * size;
	out->start = at;
	/* The last sector is a copy of the first one. */
	if (out->length <= d->size && at <= d->size - out->length)
		return true;
	if (out->length - size > at)
		return at < d->size;
	out->start = at - (out->length - size);
	out->copy = "volume header";
	lost_fix(out, out->start, at, 512);
	return true;
}

/* --- F2FS (fs/f2fs of Linux, include/linux/f2fs_fs.h) ----------------------
 */

#define F2FS_BLOCK 4096u

/* Of two superblocks, in the first and the second block. */
bool
lost_f2fs(const struct disk_view *d, uint64_t at, const uint8_t sector[512],
    struct lost *out)
{
	struct spill_cur c = spill_cur(sector, 512);
	uint32_t log_block;
	uint64_t blocks;
	uint8_t next[4] = { 0 };

	spill_cur_seek(&c, 16);
	log_block = spill_cur_u32le(&c);
	spill_cur_seek(&c, 36);
	blocks = spill_cur_u64le(&c);
	if (log_block != 12 || blocks == 0 || blocks > FAR / F2FS_BLOCK)
		return false;
	out->what = "F2FS";
	out->length = blocks * F2FS_BLOCK;
	if (at >= 1024 && lost_read(d, at + F2FS_BLOCK, next, sizeof(next)) &&
	    memcmp(next, sector, sizeof(next)) == 0) {
		out->start = at - 1024;
		return true;
	}
	if (at < F2FS_BLOCK + 1024)
		return false;
	out->start = at - F2FS_BLOCK - 1024;
	out->copy = "superblock";
	lost_fix(out, out->start + 1024, at, 512);
	return true;
}

/* --- SquashFS (Documentation/filesystems/squashfs of Linux) --------------- */

bool
lost_squash(const struct disk_view *d, uint64_t at, const uint8_t sector[512],
    struct lost *out)
{
	struct spill_cur c = spill_cur(sector, 512);
	uint32_t block;
	unsigned packer, log, major;

	(void)d;
	spill_cur_seek(&c, 12);
	block = spill_cur_u32le(&c);
	spill_cur_seek(&c, 20);
	packer = spill_cur_u16le(&c);
	log = spill_cur_u16le(&c);
	spill_cur_seek(&c, 28);
	major = spill_cur_u16le(&c);
	spill_cur_seek(&c, 40);
	out->length = spill_cur_u64le(&c);
	out->what = "SquashFS";
	out->start = at;
	return log >= 12 && log <= 20 && block == 1u << log && packer >= 1 &&
	       packer <= 6 && major == 4 && out->length > 96 &&
	       out->length <= FAR;
}

/* --- UDF (ECMA-167, volume recognition) ----------------------------------- */

#define UDF_FIRST 32768u
#define UDF_BLOCK 2048u

/* A disc with a tree of ISO 9660, too, is known by that. */
bool
lost_udf(const struct disk_view *d, uint64_t at, const uint8_t sector[512],
    struct lost *out)
{
	uint8_t next[6] = { 0 };

	(void)sector;
	out->what = "UDF";
	out->start = at - SPILL_MIN(at, UDF_FIRST);
	return at >= UDF_FIRST &&
	       lost_read(d, at + UDF_BLOCK, next, sizeof(next)) &&
	       (memcmp(next, "\0NSR02", 6) == 0 ||
		   memcmp(next, "\0NSR03", 6) == 0);
}

/* --- HFS ("Inside Macintosh: Files", chapter 2) -----------------------------
 */

/* A sign of two letters: the copy before the end must be there, too. */
bool
lost_old_hfs(const struct disk_view *d, uint64_t at, const uint8_t sector[512],
    struct lost *out)
{
	struct spill_cur c = spill_cur(sector, 512);
	uint32_t bitmap, blocks, block, first;
	uint8_t copy[32] = { 0 };

	spill_cur_seek(&c, 14);
	bitmap = spill_cur_u16be(&c);
	spill_cur_skip(&c, 2);
	blocks = spill_cur_u16be(&c);
	block = spill_cur_u32be(&c);
	spill_cur_seek(&c, 28);
	first = spill_cur_u16be(&c);
	if (at < 1024 || bitmap != 3 || blocks == 0 || block == 0 ||
	    block % 512 != 0 || first <= bitmap)
		return false;
	out->what = "HFS";
	out->start = at - 1024;
	out->length = (uint64_t)first * 512 + (uint64_t)blocks * block + 1024;
	return lost_read(
		   d, out->start + out->length - 1024, copy, sizeof(copy)) &&
	       memcmp(copy, sector, 2) == 0 &&
	       memcmp(copy + 18, sector + 18, 6) == 0;
}

/* --- LVM, RAID: what they are made of --------------------------------------
 */

/* lib/label and lib/format_text of LVM2. */
bool
lost_lvm(const struct disk_view *d, uint64_t at, const uint8_t sector[512],
    struct lost *out)
{
	struct spill_cur c = spill_cur(sector, 512);
	uint64_t own;

	(void)d;
	spill_cur_seek(&c, 8);
	own = spill_cur_u64le(&c);
	spill_cur_seek(&c, 64);
	out->length = spill_cur_u64le(&c);
	if (own > 3 || own * 512 > at ||
	    memcmp(sector + 24, "LVM2 001", 8) != 0)
		return false;
	if (out->length > FAR)
		out->length = 0;
	out->what = "LVM physical volume";
	out->start = at - own * 512;
	out->holds = true;
	return true;
}

/* include/uapi/linux/raid/md_p.h of Linux: versions 1.1 and 1.2. */
bool
lost_raid(const struct disk_view *d, uint64_t at, const uint8_t sector[512],
    struct lost *out)
{
	struct spill_cur c = spill_cur(sector, 512);
	uint64_t data, sectors, own;
	uint32_t major;

	(void)d;
	spill_cur_skip(&c, 4);
	major = spill_cur_u32le(&c);
	spill_cur_seek(&c, 128);
	data = spill_cur_u64le(&c);
	sectors = spill_cur_u64le(&c);
	own = spill_cur_u64le(&c);
	if (major != 1 || own > 8 || own * 512 > at || data > FAR / 512 ||
	    sectors == 0 || sectors > FAR / 512)
		return false;
	out->what = "Linux software RAID";
	out->start = at - own * 512;
	out->length = (data + sectors) * 512;
	out->holds = true;
	return true;
}

/* --- swap (include/linux/swap.h of Linux) ----------------------------------
 */

#define PAGE 4096u

bool
lost_swap(const struct disk_view *d, uint64_t at, const uint8_t sector[512],
    struct lost *out)
{
	uint8_t raw[8] = { 0 };
	struct spill_cur c = spill_cur(raw, sizeof(raw));
	uint32_t version, last;

	(void)sector;
	if (at < PAGE - 512 ||
	    !lost_read(d, at - (PAGE - 512) + 1024, raw, sizeof(raw)))
		return false;
	version = spill_cur_u32le(&c);
	last = spill_cur_u32le(&c);
	out->what = "swap space";
	out->start = at - (PAGE - 512);
	out->length = ((uint64_t)last + 1) * PAGE;
	return version == 1 && last > 0;
}

/* --- CoreStorage (libfvde's description, "Physical volume header") ---------
 */

/* The last sector is a copy of the first one. */
bool
lost_core_storage(const struct disk_view *d, uint64_t at,
    const uint8_t sector[512], struct lost *out)
{
	struct spill_cur c = spill_cur(sector, 512);
	uint32_t sum = spill_cur_u32le(&c), seed = spill_cur_u32le(&c);
	unsigned version = spill_cur_u16le(&c), kind = spill_cur_u16le(&c);

	spill_cur_seek(&c, 64);
	out->length = spill_cur_u64le(&c);
	if (version != 1 || kind != 0x10 || seed != UINT32_MAX ||
	    out->length < 1024 || out->length > FAR ||
	    spill_crc32c(UINT32_MAX, sector + 8, 504) != sum)
		return false;
	out->what = "CoreStorage volume (FileVault)";
	out->encrypted = true;
	out->start = at;
	if (at + out->length <= d->size || out->length - 512 > at)
		return true;
	out->start = at - (out->length - 512);
	out->copy = "volume header";
	lost_fix(out, out->start, at, 512);
	return true;
}
