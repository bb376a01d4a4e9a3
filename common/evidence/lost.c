#include <stdlib.h>
#include <string.h>

#include "lost_i.h"

#define SECTOR 512u
#define CHUNK  ((size_t)1 << 20)

struct sign {
	uint16_t at; /* in its sector */
	uint8_t len;
	const char *bytes;
	lost_probe *probe;
};

static const struct sign signs[] = {
	{ 510, 2, "\x55\xaa", lost_boot },
	{ 56, 2, "\x53\xef", lost_ext },
	{ 0, 2, "H+", lost_hfs },
	{ 0, 2, "HX", lost_hfs },
	{ 32, 4, "NXSB", lost_apfs },
	{ 0, 6, "\001CD001", lost_iso },
	/* The last field of the superblock, in its third sector. */
	{ 348, 4, "\x54\x19\x01\x00", lost_ufs },
	{ 348, 4, "\x19\x01\x54\x19", lost_ufs },
	{ 348, 4, "\x00\x01\x19\x54", lost_ufs },
	{ 348, 4, "\x19\x54\x01\x19", lost_ufs },
	{ 0, 6, "LUKS\xba\xbe", lost_luks },
	{ 0, 4, "XFSB", lost_xfs },
	{ 64, 8, "_BHRfS_M", lost_btrfs },
	{ 3, 8, "ReFS\0\0\0\0", lost_refs },
	{ 0, 4, "\x10\x20\xf5\xf2", lost_f2fs },
	{ 0, 4, "hsqs", lost_squash },
	{ 0, 6, "\0BEA01", lost_udf },
	{ 0, 2, "BD", lost_old_hfs },
	{ 0, 8, "LABELONE", lost_lvm },
	{ 0, 4, "\xfc\x4e\x2b\xa9", lost_raid },
	{ 502, 10, "SWAPSPACE2", lost_swap },
	{ 88, 2, "CS", lost_core_storage },
};

bool
lost_read(const struct disk_view *d, uint64_t at, void *buf, size_t n)
{
	return d->read(d->ctx, at, buf, n);
}

void
lost_fix(struct lost *l, uint64_t at, uint64_t from, uint64_t len)
{
	if (l->fixes < SPILL_VOLUME_FIXES)
		l->fix[l->fixes++] = (struct spill_volume_fix){ at, from, len };
}

bool
lost_at(const struct disk_view *d, uint64_t at, const uint8_t sector[SECTOR],
    struct lost *out)
{
	for (size_t i = 0; i < SPILL_COUNT(signs); i++) {
		const struct sign *s = &signs[i];
		struct lost l = { 0 };

		if (memcmp(sector + s->at, s->bytes, s->len) != 0 ||
		    !s->probe(d, at, sector, &l) || l.start >= d->size)
			continue;
		*out = l;
		return true;
	}
	return false;
}

/* --- searching ---------------------------------------------------------- */

/* The sectors of one piece; *at is moved on. */
static int
search_piece(const struct lost_search *s, const uint8_t *buf, uint64_t from,
    size_t n, uint64_t *at)
{
	int rc = SPILL_OK;

	while (rc == SPILL_OK && *at - from < n) {
		struct lost l;
		uint64_t here = *at;

		*at += SECTOR;
		if (lost_at(s->disk, here, buf + (here - from), &l))
			rc = s->found(s->ctx, &l, at);
	}
	return rc;
}

/* Where data may be, at or behind a place and before the end. */
static bool
next_data(const struct lost_search *s, uint64_t end, uint64_t *at, uint64_t *to)
{
	uint64_t from = *at;

	*to = end;
	if (s->image == NULL)
		return from < end;
	if (!spill_image_next_data(s->image, from, &from, to) || from >= end)
		return false;
	from -= from % SECTOR;
	*at = SPILL_MAX(*at, from);
	*to = SPILL_MIN(*to, end);
	return true;
}

static int
search_range(
    const struct lost_search *s, const struct lost_range *r, uint8_t *buf)
{
	uint64_t at = (r->from + SECTOR - 1) / SECTOR * SECTOR;
	uint64_t data = 0, to = 0;
	int rc = SPILL_OK;

	while (rc == SPILL_OK && at < r->to) {
		size_t n;

		if (at >= to) {
			data = at;
			if (!next_data(s, r->to, &data, &to))
				break;
			at = data;
		}
		n = (size_t)SPILL_MIN((uint64_t)CHUNK, to - at);
		/* The last sector of data may be half a hole. */
		n = (n + SECTOR - 1) / SECTOR * SECTOR;
		if (at > s->disk->size || n > s->disk->size - at)
			n = (size_t)((s->disk->size - at) / SECTOR * SECTOR);
		if (n == 0 || !lost_read(s->disk, at, buf, n))
			break;
		if (s->progress != NULL)
			rc = s->progress(s->ctx, at);
		if (rc == SPILL_OK)
			rc = search_piece(s, buf, at, n, &at);
	}
	return rc;
}

int
lost_search(const struct lost_search *s, const struct lost_range *r, size_t n)
{
	uint8_t *buf = malloc(CHUNK + SECTOR);
	int rc = buf == NULL ? SPILL_ENOMEM : SPILL_OK;

	for (size_t i = 0; i < n && rc == SPILL_OK; i++)
		rc = search_range(s, &r[i], buf);
	free(buf);
	return rc;
}

/* --- one volume --------------------------------------------------------- */

/* Does the sign in a sector belong to a volume that begins at start? */
static bool
is_of(const struct disk_view *d, uint64_t start, uint64_t at, struct lost *out)
{
	uint8_t sector[SECTOR];
	struct lost l;

	if (!lost_read(d, at, sector, sizeof(sector)) ||
	    !lost_at(d, at, sector, &l) || l.start != start)
		return false;
	*out = l;
	return true;
}

uint64_t
lost_length(const struct disk_view *d, uint64_t start)
{
	/* Boot sectors, APFS; ext, HFS+; ISO 9660; UFS */
	static const uint64_t places[] = { 0, 1024, 16 * 2048, 8192 + 1024,
		65536 + 1024 };
	struct lost l;

	for (size_t i = 0; i < SPILL_COUNT(places); i++)
		if (is_of(d, start, start + places[i], &l))
			return l.length;
	return 0;
}

static bool
copy_at(const struct disk_view *d, uint64_t start, uint64_t at,
    const char *what, struct lost *out)
{
	struct lost l;

	if (!is_of(d, start, at, &l) || l.fixes == 0 ||
	    (what != NULL && strcmp(l.what, what) != 0))
		return false;
	*out = l;
	return true;
}

bool
lost_copy_of(const struct disk_view *d, uint64_t start, uint64_t length,
    const char *what, struct lost *out)
{
	/* FAT32, exFAT, the latter two with large sectors; ext with blocks of
	 * 1, 2 and 4 KiB in the groups that have a copy. */
	static const uint64_t places[] = { 6 * 512, 12 * 512, 6 * 4096,
		12 * 4096, 8193ULL << 10, 16384ULL << 11, 32768ULL << 12,
		24577ULL << 10, 3 * 16384ULL << 11, 3 * 32768ULL << 12,
		40961ULL << 10, 5 * 16384ULL << 11, 5 * 32768ULL << 12,
		57345ULL << 10, 7 * 16384ULL << 11, 7 * 32768ULL << 12 };
	/* NTFS, HFS+; before the end */
	static const uint64_t ends[] = { 512, 4096, 1024 };

	for (size_t i = 0; i < SPILL_COUNT(ends); i++)
		if (length > ends[i] &&
		    copy_at(d, start, start + length - ends[i], what, out))
			return true;
	for (size_t i = 0; i < SPILL_COUNT(places); i++)
		if (length > places[i] &&
		    copy_at(d, start, start + places[i], what, out))
			return true;
	return false;
}
