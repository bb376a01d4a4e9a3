/*
 * lost_other.c: HFS+, APFS, ISO 9660, UFS and LUKS.
 */
#include <ctype.h>
#include <string.h>

#include <spill/cur.h>

#include "lost_i.h"
#include "ondisk_i.h"

#define FAR ((uint64_t)INT64_MAX / 4)

/* --- HFS+ (Apple Technical Note 1150) ----------------------------------- */

struct hfs {
	uint32_t block, blocks, catalog; /* catalog: its first block */
};

static bool
hfs_read(const uint8_t sector[512], struct hfs *h)
{
	struct spill_cur c = spill_cur(sector, 512);
	uint32_t version, free_blocks;

	spill_cur_skip(&c, 2);
	version = spill_cur_u16be(&c);
	spill_cur_seek(&c, 40);
	h->block = spill_cur_u32be(&c);
	h->blocks = spill_cur_u32be(&c);
	free_blocks = spill_cur_u32be(&c);
	/* The catalogue's fork, its first extent. */
	spill_cur_seek(&c, 272 + 16);
	h->catalog = spill_cur_u32be(&c);
	return version == (sector[1] == 'X' ? 5u : 4u) && h->block >= 512 &&
	       h->block <= 1u << 20 && spill_power_of_two(h->block) &&
	       h->blocks > 0 && free_blocks <= h->blocks && h->catalog > 0 &&
	       h->catalog < h->blocks;
}

/* The header node of the catalogue's tree. */
static bool
hfs_has_catalog(const struct disk_view *d, uint64_t start, const struct hfs *h)
{
	uint8_t raw[64] = { 0 };
	struct spill_cur c = spill_cur(raw, sizeof(raw));
	uint32_t size;

	if (!lost_read(
		d, start + (uint64_t)h->catalog * h->block, raw, sizeof(raw)))
		return false;
	spill_cur_seek(&c, 32);
	size = spill_cur_u16be(&c);
	return raw[8] == 1 && raw[9] == 0 && raw[10] == 0 && raw[11] == 3 &&
	       spill_power_of_two(size) && size >= 512;
}

bool
lost_hfs(const struct disk_view *d, uint64_t at, const uint8_t sector[512],
    struct lost *out)
{
	struct hfs h;
	uint64_t back;

	if (!hfs_read(sector, &h))
		return false;
	out->what = sector[1] == 'X' ? "HFSX" : "HFS+";
	out->length = (uint64_t)h.blocks * h.block;
	if (at >= 1024 && hfs_has_catalog(d, at - 1024, &h)) {
		out->start = at - 1024;
		return true;
	}
	/* The copy is 1024 bytes before the end. */
	back = out->length - SPILL_MIN(out->length, 1024);
	if (back > at || !hfs_has_catalog(d, at - back, &h))
		return false;
	out->start = at - back;
	out->copy = "volume header";
	lost_fix(out, out->start + 1024, at, 512);
	return true;
}

/* --- APFS (Apple File System Reference, "Container") -------------------- */

#define NX_SUPERBLOCK 1u
#define NX_LOOK	      64 /* blocks of the descriptor area that are read */

struct nx {
	uint32_t block;
	uint64_t blocks, area;
	uint32_t area_blocks, index, len;
	uint8_t uuid[16];
};

/* The checksum of objects is Fletcher's, of 64 bits. */
static bool
fletcher_ok(const uint8_t *p, size_t n)
{
	struct spill_cur c = spill_cur(p, n);
	uint64_t want = spill_cur_u64le(&c), a = 0, b = 0, x, y;

	while (spill_cur_left(&c) >= 4) {
		a = (a + spill_cur_u32le(&c)) % UINT32_MAX;
		b = (b + a) % UINT32_MAX;
	}
	x = UINT32_MAX - (a + b) % UINT32_MAX;
	y = UINT32_MAX - (a + x) % UINT32_MAX;
	return want == (y << 32 | x);
}

static bool
nx_read(const struct disk_view *d, uint64_t at, struct nx *x)
{
	uint8_t raw[65536];
	struct spill_cur c;
	struct spill_span uuid;
	uint32_t type;

	if (!lost_read(d, at, raw, 256) || memcmp(raw + 32, "NXSB", 4) != 0)
		return false;
	c = spill_cur(raw, 256);
	spill_cur_seek(&c, 24);
	type = spill_cur_u32le(&c) & 0xffff;
	spill_cur_seek(&c, 36);
	x->block = spill_cur_u32le(&c);
	x->blocks = spill_cur_u64le(&c);
	spill_cur_seek(&c, 72);
	uuid = spill_cur_bytes(&c, sizeof(x->uuid));
	memcpy(x->uuid, uuid.p, sizeof(x->uuid));
	spill_cur_seek(&c, 104);
	x->area_blocks = spill_cur_u32le(&c);
	spill_cur_skip(&c, 4);
	x->area = spill_cur_u64le(&c);
	spill_cur_seek(&c, 136);
	x->index = spill_cur_u32le(&c);
	x->len = spill_cur_u32le(&c);
	return type == NX_SUPERBLOCK && x->block >= 4096 &&
	       x->block <= sizeof(raw) && spill_power_of_two(x->block) &&
	       x->blocks > 0 && x->blocks <= FAR / x->block &&
	       x->area < x->blocks && x->area_blocks > 0 &&
	       x->area_blocks < 1u << 20 && lost_read(d, at, raw, x->block) &&
	       fletcher_ok(raw, x->block);
}

/* In the descriptor area, the superblock of a checkpoint is its last block. */
static uint64_t
nx_slot(const struct nx *x)
{
	return ((uint64_t)x->index + x->len - 1) % x->area_blocks;
}

/*
 * Does the descriptor area have another copy, in the place that it says of
 * itself? Of a wrong start all of them are off by as much.
 */
static bool
nx_has_copy(
    const struct disk_view *d, uint64_t start, uint64_t at, const struct nx *x)
{
	for (uint32_t i = 0; i < SPILL_MIN(x->area_blocks, NX_LOOK); i++) {
		uint64_t here = start + (x->area + i) * x->block;
		struct nx other;

		if (here != at && nx_read(d, here, &other) && other.len > 0 &&
		    memcmp(other.uuid, x->uuid, sizeof(x->uuid)) == 0)
			return nx_slot(&other) == i;
	}
	return false;
}

bool
lost_apfs(const struct disk_view *d, uint64_t at, const uint8_t sector[512],
    struct lost *out)
{
	struct nx x;
	uint64_t back;

	(void)sector;
	if (!nx_read(d, at, &x))
		return false;
	out->what = "APFS container";
	out->length = x.blocks * x.block;
	out->start = at;
	if (nx_has_copy(d, at, at, &x))
		return true;
	back = x.len > 0 ? (x.area + nx_slot(&x)) * x.block : UINT64_MAX;
	if (back > at || !nx_has_copy(d, at - back, at, &x))
		return false;
	out->start = at - back;
	out->copy = "superblock";
	lost_fix(out, out->start, at, x.block);
	return true;
}

/* --- ISO 9660 (ECMA-119) ------------------------------------------------ */

#define ISO_BLOCK 2048u
#define ISO_FIRST (16 * ISO_BLOCK) /* of the volume descriptors */

bool
lost_iso(const struct disk_view *d, uint64_t at, const uint8_t sector[512],
    struct lost *out)
{
	struct spill_cur c = spill_cur(sector, 512);
	uint32_t le, be, root, root_be;
	uint8_t dir[34] = { 0 };

	spill_cur_seek(&c, 80);
	le = spill_cur_u32le(&c);
	be = spill_cur_u32be(&c);
	spill_cur_seek(&c, 158);
	root = spill_cur_u32le(&c);
	root_be = spill_cur_u32be(&c);
	if (at < ISO_FIRST || le == 0 || le != be || root == 0 ||
	    root != root_be || root >= le || sector[156] != sizeof(dir))
		return false;
	out->what = "ISO 9660";
	out->start = at - ISO_FIRST;
	out->length = (uint64_t)le * ISO_BLOCK;
	/* The first record of the root folder is its own; it is longer where
	 * there are names of Rock Ridge. */
	return lost_read(d, out->start + (uint64_t)root * ISO_BLOCK, dir,
		   sizeof(dir)) &&
	       dir[0] >= sizeof(dir) && memcmp(dir + 2, sector + 158, 8) == 0;
}

/* --- UFS (ufs/ffs/fs.h of FreeBSD) -------------------------------------- */

#define UFS_MAGIC_AT 1372
#define UFS1_MAGIC   0x011954u
#define UFS2_MAGIC   0x19540119u
#define CG_MAGIC     0x090255u

struct ufs {
	bool big, second;
	uint32_t superblock, group; /* fragments, in a cylinder group */
	uint32_t each, step, mask; /* where groups begin */
	uint32_t fragment; /* bytes */
	uint64_t fragments, place;
};

static uint64_t
ufs_get(const struct ufs *u, const uint8_t *raw, size_t at, unsigned n)
{
	struct spill_cur c = spill_cur(raw, UFS_MAGIC_AT + 4);

	spill_cur_seek(&c, at);
	if (n == 8)
		return u->big ? spill_cur_u64be(&c) : spill_cur_u64le(&c);
	return u->big ? spill_cur_u32be(&c) : spill_cur_u32le(&c);
}

static bool
ufs_read(const uint8_t *raw, struct ufs *u)
{
	uint64_t magic;

	u->big = raw[UFS_MAGIC_AT] == 0 || raw[UFS_MAGIC_AT + 1] == 0x54;
	magic = ufs_get(u, raw, UFS_MAGIC_AT, 4);
	u->second = magic == UFS2_MAGIC;
	if (!u->second && magic != UFS1_MAGIC)
		return false;
	u->superblock = (uint32_t)ufs_get(u, raw, 8, 4);
	u->group = (uint32_t)ufs_get(u, raw, 12, 4);
	u->fragment = (uint32_t)ufs_get(u, raw, 52, 4);
	u->each = (uint32_t)ufs_get(u, raw, 188, 4);
	u->step = u->second ? 0 : (uint32_t)ufs_get(u, raw, 24, 4);
	u->mask = (uint32_t)ufs_get(u, raw, 28, 4);
	u->fragments =
	    u->second ? ufs_get(u, raw, 1080, 8) : ufs_get(u, raw, 36, 4);
	u->place = u->second ? ufs_get(u, raw, 1000, 8) : 8192;
	/* A copy may have its own. */
	if (u->place != 0 && u->place != 8192 && u->place != 262144)
		u->place = 65536;
	return spill_power_of_two(u->fragment) && u->fragment >= 512 &&
	       u->fragment <= 65536 && u->fragments > 0 &&
	       u->fragments <= FAR / u->fragment;
}

/* The header of a group: it has its number. */
static bool
ufs_has_group(const struct disk_view *d, uint64_t at, const struct ufs *u,
    uint32_t *number)
{
	uint8_t raw[16] = { 0 };
	struct spill_cur c = spill_cur(raw, sizeof(raw));

	if (!lost_read(d, at, raw, sizeof(raw)))
		return false;
	spill_cur_seek(&c, 12);
	*number = u->big ? spill_cur_u32be(&c) : spill_cur_u32le(&c);
	spill_cur_seek(&c, 4);
	return (u->big ? spill_cur_u32be(&c) : spill_cur_u32le(&c)) == CG_MAGIC;
}

/* at is that of the magic's sector, the third one of the superblock. */
bool
lost_ufs(const struct disk_view *d, uint64_t at, const uint8_t sector[512],
    struct lost *out)
{
	uint8_t raw[UFS_MAGIC_AT + 4];
	struct ufs u = { 0 };
	uint64_t back;
	uint32_t g;

	(void)sector;
	if (at < 1024 || !lost_read(d, at - 1024, raw, sizeof(raw)) ||
	    !ufs_read(raw, &u))
		return false;
	at -= 1024;
	out->what = u.second ? "UFS2" : "UFS1";
	out->length = u.fragments * u.fragment;
	if (at >= u.place &&
	    ufs_has_group(
		d, at - u.place + (uint64_t)u.group * u.fragment, &u, &g)) {
		out->start = at - u.place;
		return true;
	}
	/* A copy, which lies before the header of its group. */
	back = (uint64_t)u.group - u.superblock;
	if (u.group <= u.superblock ||
	    !ufs_has_group(d, at + back * u.fragment, &u, &g))
		return false;
	back = (uint64_t)g * u.each + (uint64_t)u.step * (g & ~u.mask) +
	       u.superblock;
	if (back > at / u.fragment)
		return false;
	back *= u.fragment;
	out->start = at - back;
	out->copy = "superblock";
	lost_fix(out, out->start + u.place, at, 1536);
	return true;
}

/* --- LUKS (LUKS On-Disk Format Specification 1.2.3 and 2) --------------- */

static bool
is_text(const uint8_t *p, size_t n)
{
	size_t len = strnlen((const char *)p, n);

	for (size_t i = 0; i < len; i++)
		if (!isgraph(p[i]))
			return false;
	return len > 0 && len < n;
}

bool
lost_luks(const struct disk_view *d, uint64_t at, const uint8_t sector[512],
    struct lost *out)
{
	struct spill_cur c = spill_cur(sector, 512);
	unsigned version;
	uint64_t size;
	uint8_t raw[6] = { 0 };

	spill_cur_skip(&c, 6);
	version = spill_cur_u16be(&c);
	size = spill_cur_u64be(&c);
	out->what = "LUKS container";
	out->start = at;
	if (version == 1)
		return is_text(sector + 8, 32) && is_text(sector + 40, 32) &&
		       is_text(sector + 168, 40);
	return version == 2 && size >= 16384 && size <= 4u << 20 &&
	       is_text(sector + 168, 40) &&
	       lost_read(d, at + size, raw, sizeof(raw)) &&
	       memcmp(raw, "SKUL\xba\xbe", sizeof(raw)) == 0;
}
