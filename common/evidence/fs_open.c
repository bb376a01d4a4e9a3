/*
 * fs_open.c: which file system is it? Those that are read here are tried in
 * turn; of the others only the signature is looked at, so that a partition
 * that cannot be read is named.
 */
#include <stdio.h>
#include <string.h>

#include <spill/hfs.h>
#include <spill/ufs.h>

#include "fs_fat_i.h"
#include "fs_iso_i.h"
#include "fs_ntfs_i.h"
#include "fs_open_i.h"

struct sign {
	const char *what, *code;
	uint32_t at;
	uint8_t len;
	const char *bytes;
};

static const struct sign signs[] = {
	{ "BitLocker volume", "encrypted", 3, 8, "-FVE-FS-" },
	{ "BitLocker To Go volume", "encrypted", 424, 8,
	    "\x3b\xd6\x67\x49\x29\x2e\xd8\x4a" },
	{ "LUKS container", "encrypted", 0, 6, "LUKS\xba\xbe" },
	{ "LVM physical volume", "unsupported", 512, 8, "LABELONE" },
	{ "APFS container", "pool", 32, 4, "NXSB" },
	{ "XFS", "unsupported", 0, 4, "XFSB" },
	{ "UDF", "unsupported", 32769, 5, "BEA01" },
	{ "Btrfs", "unsupported", 65600, 8, "_BHRfS_M" },
	{ "ReFS", "unsupported", 3, 4, "ReFS" },
	{ "F2FS", "unsupported", 1024, 4, "\x10\x20\xf5\xf2" },
	{ "SquashFS", "unsupported", 0, 4, "hsqs" },
	{ "HFS", "unsupported", 1024, 2, "BD" },
	{ "Linux software RAID", "unsupported", 4096, 4, "\xfc\x4e\x2b\xa9" },
	{ "Linux software RAID", "unsupported", 0, 4, "\xfc\x4e\x2b\xa9" },
	{ "swap space", NULL, 4086, 10, "SWAPSPACE2" },
};

static bool
matches(struct ev_disk *d, uint64_t at, const char *bytes, size_t len)
{
	char buf[16];

	return ev_disk_read(d, at, buf, len) && memcmp(buf, bytes, len) == 0;
}

/* --- our own looks ------------------------------------------------------- */

/*
 * libtsk follows trees and chains when it opens one of these. Here that would
 * cost all of the evidence, so it opens them only to walk them, and NTFS not
 * even then: a type that is found here may yet turn out to be none. 0: it is
 * not one.
 */
typedef unsigned own_look(
    struct ev_disk *d, uint64_t offset, uint64_t at, char what[128]);

static unsigned
look_iso(struct ev_disk *d, uint64_t offset, uint64_t at, char what[128])
{
	(void)at;
	return ev_iso_check(d, offset, what) ? TSK_FS_TYPE_ISO9660 : 0;
}

static unsigned
look_hfs(struct ev_disk *d, uint64_t offset, uint64_t at, char what[128])
{
	struct spill_hfs_volume v;
	char raw[512];

	if (!ev_disk_read(d, offset + at, raw, sizeof(raw)) ||
	    spill_hfs_volume_read(
		(struct spill_span){ raw, sizeof(raw) }, &v) == SPILL_EFORMAT)
		return 0;
	(void)snprintf(what, 128, "%s%s", v.hfsx ? "HFSX" : "HFS+",
	    v.flaw.what != NULL ? ", damaged" : "");
	return TSK_FS_TYPE_HFS;
}

/* In the wrapper, the volume is like any other. */
static unsigned
look_wrapper(struct ev_disk *d, uint64_t offset, uint64_t at, char what[128])
{
	char raw[512];
	uint64_t inner;
	size_t len;

	if (!ev_disk_read(d, offset + at, raw, sizeof(raw)))
		return 0;
	inner = spill_hfs_embedded((struct spill_span){ raw, sizeof(raw) });
	if (inner == 0 || look_hfs(d, offset + inner, at, what) == 0)
		return 0;
	len = strlen(what);
	(void)snprintf(what + len, 128 - len, ", in an HFS wrapper");
	return TSK_FS_TYPE_HFS;
}

static unsigned
look_ntfs(struct ev_disk *d, uint64_t offset, uint64_t at, char what[128])
{
	struct spill_ntfs_boot b;

	(void)at;
	if (!ev_ntfs_boot(d, offset, &b))
		return 0;
	(void)snprintf(what, 128, "NTFS");
	return TSK_FS_TYPE_NTFS;
}

static unsigned
look_ufs(struct ev_disk *d, uint64_t offset, uint64_t at, char what[128])
{
	struct spill_ufs_super s;
	char raw[1376];
	uint64_t from = at + 4 - sizeof(raw);

	if (!ev_disk_read(d, offset + from, raw, sizeof(raw)) ||
	    spill_ufs_super_read((struct spill_span){ raw, sizeof(raw) }, &s) ==
		SPILL_EFORMAT)
		return 0;
	(void)snprintf(what, 128, "UFS%u%s", s.version,
	    s.flaw.what != NULL ? ", damaged" : "");
	return TSK_FS_TYPE_FFS_DETECT;
}

/* The header of an object, as YAFFS2 has it in a chunk: its kind, its parent,
 * two bytes that nobody uses. */
static bool
is_yaffs_header(struct ev_disk *d, uint64_t at)
{
	char raw[12] = { 0 };
	struct spill_cur c = spill_cur(raw, sizeof(raw));
	uint32_t kind, parent;

	if (!ev_disk_read(d, at, raw, sizeof(raw)))
		return false;
	kind = spill_cur_u32le(&c);
	parent = spill_cur_u32le(&c);
	return kind >= 1 && kind <= 5 && parent >= 1 && parent < 1u << 18 &&
	       spill_cur_u16le(&c) == 0xffff;
}

/* There is no signature: of a raw copy of flash memory, in which each page of
 * 2,048 bytes has 64 behind it, the first two pages are headers. libtsk reads
 * it, but all of its places would be wrong, as it does not count these 64. */
static void
look_yaffs(struct ev_disk *d, uint64_t offset, struct ev_found *out)
{
	if (out->type != 0 || out->code != NULL || out->pool ||
	    !is_yaffs_header(d, offset) ||
	    !is_yaffs_header(d, offset + 2048 + 64))
		return;
	(void)snprintf(out->what, sizeof(out->what), "YAFFS2");
	out->code = "unsupported";
}

/* --- all of them --------------------------------------------------------- */

struct attempt {
	TSK_FS_TYPE_ENUM type;
	uint32_t at; /* a signature that must be there */
	uint8_t len;
	const char *bytes;
	own_look *look; /* NULL: libtsk opens it */
};

static const struct attempt attempts[] = {
	{ TSK_FS_TYPE_NTFS_DETECT, 3, 4, "NTFS", look_ntfs },
	{ TSK_FS_TYPE_EXFAT, 3, 5, "EXFAT", NULL },
	{ TSK_FS_TYPE_EXT_DETECT, 1080, 2, "\x53\xef", NULL },
	{ TSK_FS_TYPE_FAT_DETECT, 510, 2, "\x55\xaa", NULL },
	{ TSK_FS_TYPE_HFS_DETECT, 1024, 2, "H+", look_hfs },
	{ TSK_FS_TYPE_HFS_DETECT, 1024, 2, "HX", look_hfs },
	{ TSK_FS_TYPE_HFS_DETECT, 1024, 2, "BD", look_wrapper },
	{ TSK_FS_TYPE_ISO9660_DETECT, 32769, 5, "CD001", look_iso },
	{ TSK_FS_TYPE_FFS_DETECT, 66908, 0, "", look_ufs },
	{ TSK_FS_TYPE_FFS_DETECT, 263516, 0, "", look_ufs },
	{ TSK_FS_TYPE_FFS_DETECT, 9564, 0, "", look_ufs },
	{ TSK_FS_TYPE_FFS_DETECT, 1372, 0, "", look_ufs },
};

/* FAT and exFAT have one boot sector in common: "or" is no surprise. */
static const char *
name_of(TSK_FS_TYPE_ENUM type)
{
	const char *name = tsk_fs_type_toname(type);

	if (type == TSK_FS_TYPE_EXFAT)
		return "exFAT";
	return name != NULL ? name : "file system";
}

static unsigned
try_one(struct ev_disk *d, uint64_t offset, const struct attempt *a,
    struct ev_found *out)
{
	char what[sizeof(out->what)];
	TSK_FS_INFO *fs;
	unsigned type;

	if (!matches(d, offset + a->at, a->bytes, a->len))
		return 0;
	if (a->look != NULL) {
		type = a->look(d, offset, a->at, what);
		if (type != 0 && a->look == look_wrapper)
			out->code = NULL;
		if (type != 0 && out->type == 0 && out->code == NULL)
			memcpy(out->what, what, sizeof(what));
		return type;
	}
	fs = tsk_fs_open_img(&d->tsk, (TSK_OFF_T)offset, a->type);
	if (fs == NULL) {
		tsk_error_reset();
		return 0;
	}
	type = fs->ftype;
	if (out->type == 0 && out->code == NULL)
		(void)snprintf(
		    out->what, sizeof(out->what), "%s", name_of(type));
	tsk_fs_close(fs);
	return type;
}

void
ev_fs_detect(
    struct ev_disk *d, uint64_t offset, uint64_t length, struct ev_found *out)
{
	*out = (struct ev_found){ .what = "no file system that is known" };
	if (offset >= d->size || length == 0)
		return;
	for (size_t i = 0; i < SPILL_COUNT(signs); i++)
		if (matches(d, offset + signs[i].at, signs[i].bytes,
			signs[i].len)) {
			(void)snprintf(
			    out->what, sizeof(out->what), "%s", signs[i].what);
			out->code = signs[i].code;
			break;
		}
	if (out->code != NULL && strcmp(out->code, "pool") == 0) {
		out->pool = true;
		out->code = NULL;
	}
	for (size_t i = 0; i < SPILL_COUNT(attempts); i++) {
		unsigned type = try_one(d, offset, &attempts[i], out);

		if (type != 0 && out->type != 0 && type != out->type)
			out->ambiguous = true;
		else if (type != 0)
			out->type = type;
	}
	look_yaffs(d, offset, out);
}

void
ev_fs_unsigned(struct ev_disk *d, uint64_t offset, struct ev_found *out)
{
	unsigned type = fat_is_unsigned(d, offset);

	if (type == 0)
		return;
	out->type = type;
	(void)snprintf(out->what, sizeof(out->what), "%s", name_of(type));
}

const char *
ev_fs_wants_copy(struct ev_disk *d, uint64_t offset, unsigned type)
{
	/* The checksum of exFAT's is looked at where copies are found. */
	if (type == TSK_FS_TYPE_EXFAT)
		return "exFAT";
	return TSK_FS_TYPE_ISFAT(type) && !fat_is_sound(d, offset) ? "FAT32"
								   : NULL;
}
