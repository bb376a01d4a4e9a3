/*
 * unread_disk.c: images of disks and file systems, which are no containers
 * here: spill-walk reads them.
 */
#include <string.h>

#include <spill/cur.h>

#include "member_i.h"
#include "unpack_i.h"

enum {
	HEAD = 2048,
	SECTOR = 512,
	/* $Boot of NTFS and the first sectors of loaders are no images. */
	LEAST = 64 << 10,
};

static bool
at(struct spill_span s, size_t i, const char *bytes, size_t n)
{
	return s.len >= i + n && memcmp(s.p + i, bytes, n) == 0;
}

#define AT(s, i, literal) at(s, i, literal, sizeof(literal) - 1)

/* Of the classic four entries one at least is used, and those are within. */
static bool
is_mbr(struct spill_span s, uint64_t size)
{
	struct spill_cur c = spill_cur(s.p + 446, 64);
	unsigned used = 0;

	for (unsigned i = 0; i < 4; i++) {
		uint8_t active = spill_cur_u8(&c), type;
		uint64_t start, n;

		spill_cur_skip(&c, 3);
		type = spill_cur_u8(&c);
		spill_cur_skip(&c, 3);
		start = spill_cur_u32le(&c);
		n = spill_cur_u32le(&c);
		if ((active & 0x7f) != 0)
			return false;
		if (type == 0)
			continue;
		if (start == 0 || n == 0 || start >= size / SECTOR)
			return false;
		used++;
	}
	return used > 0;
}

/* The number of a superblock's version and its block size say more than two
 * bytes. */
static bool
is_ext(struct spill_span s)
{
	struct spill_cur c = spill_cur(s.p + 1024, 80);

	spill_cur_skip(&c, 24);
	if (spill_cur_u32le(&c) > 6)
		return false;
	spill_cur_skip(&c, 28);
	if (spill_cur_u16le(&c) != 0xef53)
		return false;
	spill_cur_skip(&c, 18);
	return spill_cur_u32le(&c) <= 1 && spill_cur_ok(&c);
}

static const char *
by_boot(struct spill_span s, uint64_t size)
{
	if (!AT(s, 510, "\x55\xaa"))
		return NULL;
	if (AT(s, 3, "NTFS    "))
		return "NTFS, a file system";
	if (AT(s, 3, "EXFAT   "))
		return "exFAT, a file system";
	if (AT(s, 54, "FAT1") || AT(s, 82, "FAT32"))
		return "FAT, a file system";
	if (AT(s, 512, "EFI PART"))
		return "GPT, a disk image";
	return is_mbr(s, size) ? "MBR, a disk image" : NULL;
}

int
unread_disk(struct spill_src *src, const char **name)
{
	char head[HEAD];
	struct spill_span s = { head, 0 };
	int rc;

	*name = NULL;
	if (src->size < LEAST)
		return SPILL_OK;
	rc = src_read(src, 0, head, HEAD, &s.len);
	if (rc != SPILL_OK || s.len < HEAD)
		return rc;
	*name = by_boot(s, src->size);
	if (*name != NULL)
		return SPILL_OK;
	if (AT(s, 32, "NXSB"))
		*name = "APFS, a file system";
	else if (AT(s, 1024, "H+\0\4") || AT(s, 1024, "HX\0\5"))
		*name = "HFS+, a file system";
	else if (is_ext(s))
		*name = "ext, a file system";
	return SPILL_OK;
}
