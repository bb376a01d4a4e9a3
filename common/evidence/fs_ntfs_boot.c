/*
 * fs_ntfs_boot.c: is there an NTFS that can be walked, and where is its MFT?
 * The boot sector says where that and its mirror begin, record 0 the rest.
 */
#include <stdlib.h>
#include <string.h>

#include "fs_ntfs_i.h"

/* Extension records that may be read, and those for each MFT record. */
#define AGAIN_LEAST ((uint64_t)1 << 21)
#define AGAIN_EACH  64
/* Records without one that is there, of which each is looked at; and of which
 * every so many is: a begin of the MFT that was written over. */
#define LATER  256u
#define FAR    ((uint64_t)1 << 20)
#define STRIDE 64u

static bool
has_record(struct ev_disk *d, uint64_t at)
{
	char head[4];

	return ev_disk_read(d, at, head, sizeof(head)) &&
	       (memcmp(head, "FILE", 4) == 0 || memcmp(head, "BAAD", 4) == 0);
}

/* Is there a record of a number, which says that itself? */
static bool
has_numbered(struct ev_disk *d, uint64_t at, uint32_t number)
{
	char head[48] = { 0 };
	struct spill_cur c = spill_cur(head, sizeof(head));

	if (!ev_disk_read(d, at, head, sizeof(head)) ||
	    !spill_cur_match(&c, "FILE", 4) || spill_cur_u16le(&c) < 48)
		return false;
	spill_cur_seek(&c, 44);
	return spill_cur_u32le(&c) == number;
}

/* The next one from a number on of an MFT in one piece, or 0. */
static uint64_t
next_numbered(struct ev_disk *d, uint64_t offset,
    const struct spill_ntfs_boot *b, uint64_t from)
{
	uint64_t size = b->record_size, end, mft = b->mft_lcn * b->cluster_size;

	if (b->mft_lcn >= b->clusters)
		return 0;
	end = (b->clusters * b->cluster_size - mft) / size;
	end = SPILL_MIN(SPILL_MIN(end, from + FAR), (uint64_t)UINT32_MAX);
	for (uint64_t i = from; i < end; i += i - from < LATER ? 1 : STRIDE)
		if (has_numbered(d, offset + mft + i * size, (uint32_t)i))
			return i;
	return 0;
}

bool
ev_ntfs_boot(struct ev_disk *d, uint64_t offset, struct spill_ntfs_boot *out)
{
	static const char oem[8] = "NTFS    ";
	char raw[512];

	if (!ev_disk_read(d, offset, raw, sizeof(raw)) ||
	    memcmp(raw + 3, oem, 4) != 0)
		return false;
	memcpy(raw + 3, oem, sizeof(oem));
	(void)spill_ntfs_boot_read(
	    (struct spill_span){ raw, sizeof(raw) }, out);
	if (out->clusters == 0 || out->record_size == 0 ||
	    out->clusters > (uint64_t)INT64_MAX / out->cluster_size)
		return false;
	return (out->mft_lcn < out->clusters &&
		   has_record(d, offset + out->mft_lcn * out->cluster_size)) ||
	       (out->mirror_lcn < out->clusters &&
		   has_record(
		       d, offset + out->mirror_lcn * out->cluster_size)) ||
	       next_numbered(d, offset, out, 1) > 0;
}

/* --- where the MFT is --------------------------------------------------- */

/* Clusters from the first one on that are mapped. */
static uint64_t
mapped(const struct ev_run *run, size_t n)
{
	uint64_t end = 0;

	for (size_t i = 0; i < n && run[i].offset == end; i++)
		end += run[i].count;
	return end;
}

/* Records of $MFT: of more than the volume holds some would be in a hole. */
static void
count_records(struct ev_fs *fs, uint64_t size)
{
	struct ntfs *s = fs->state;
	uint64_t record = s->boot.record_size, end, most;

	end = s->map[s->nmap - 1].offset + s->map[s->nmap - 1].count;
	most = SPILL_MIN(
	    fs->blocks * fs->block_size / record, (uint64_t)UINT32_MAX);
	fs->orphans = size / record;
	s->records = SPILL_MIN(fs->orphans, end * fs->block_size / record);
	s->cut = s->records > most;
	s->records = SPILL_MIN(s->records, most);
	s->again = AGAIN_LEAST + AGAIN_EACH * s->records;
	s->blocks = 2 * fs->blocks * fs->block_size;
}

/* The map that record 0 gives, with what of the MFT is known by now. */
static int
load_map(struct ev_fs *fs, struct ev_object *o, bool *whole)
{
	struct ntfs *s = fs->state;
	const struct ev_attr *data;
	struct ev_run *map;
	int rc;

	*whole = false;
	ev_object_reset(o);
	rc = ev_ntfs_object(fs, 0, o, NULL, NULL);
	if (rc == SPILL_ENOMEM)
		return rc;
	data = rc == SPILL_OK ? ev_ntfs_find(o, SPILL_NTFS_DATA, "") : NULL;
	if (data == NULL || data->runs == 0)
		return SPILL_END;
	map = malloc(data->runs * sizeof(*map));
	if (map == NULL)
		return SPILL_ENOMEM;
	memcpy(map, o->run + data->run, data->runs * sizeof(*map));
	free(s->map);
	s->map = map;
	s->nmap = data->runs;
	count_records(fs, data->size);
	*whole = !data->lost && s->records > 0;
	return SPILL_OK;
}

/*
 * Records that say where a part of the MFT is may be in a part before it: it
 * is read anew with what is known, until that is no more than before.
 */
static int
find_map(struct ev_fs *fs, bool mirror_first, bool *whole)
{
	struct ntfs *s = fs->state;
	struct ev_object o = { .text = SPILL_BUF_INIT((size_t)1 << 20) };
	uint64_t end, before = 0;
	int rc;

	free(s->map);
	s->map = calloc(1, sizeof(*s->map));
	if (s->map == NULL)
		return SPILL_ENOMEM;
	*s->map = (struct ev_run){ .block = s->boot.mft_lcn, .count = 16 };
	s->nmap = 1;
	s->records = 16;
	s->again = AGAIN_LEAST;
	s->mirror_first = mirror_first;
	do {
		rc = load_map(fs, &o, whole);
		end = before;
		before = mapped(s->map, s->nmap);
	} while (rc == SPILL_OK && before > end);
	if (rc != SPILL_OK)
		*whole = false;
	if (rc == SPILL_END)
		s->records = 0;
	ev_object_release(&o);
	return rc == SPILL_ENOMEM ? rc : SPILL_OK;
}

/* What of two records with the same content can be the same. */
static bool
is_equal(const struct spill_ntfs_record *a, const struct spill_ntfs_record *b)
{
	return a->first_attr == b->first_attr && a->used == b->used &&
	       memcmp(a->bytes.p + 16, b->bytes.p + 16, 8) == 0 &&
	       memcmp(a->bytes.p + a->first_attr, b->bytes.p + a->first_attr,
		   a->used - a->first_attr) == 0;
}

/* Which records of $MFTMirr are not those of $MFT, where these are sound. */
static int
compare_mirror(struct ev_fs *fs)
{
	struct ntfs *s = fs->state;
	uint8_t *copy = malloc(s->boot.record_size);
	struct spill_ntfs_record a, b;

	if (copy == NULL)
		return SPILL_ENOMEM;
	for (unsigned i = 0; i < NTFS_MIRRORED && i < s->records; i++) {
		if (ev_ntfs_record(fs, i, &a) != SPILL_OK || s->mirror)
			continue;
		memcpy(copy, a.bytes.p, a.bytes.len);
		a.bytes.p = (const char *)copy;
		if (ev_ntfs_mirrored(fs, i, &b) != SPILL_OK ||
		    !is_equal(&a, &b))
			s->differ |= 1u << i;
	}
	free(copy);
	return SPILL_OK;
}

/* Nothing says where it is: it is taken as one piece, as far as there are
 * records in it whose numbers fit. */
static int
guess_map(struct ev_fs *fs)
{
	struct ntfs *s = fs->state;
	uint64_t record = s->boot.record_size, size = fs->block_size;
	uint64_t end = 1, i;

	while ((i = next_numbered(fs->disk, fs->offset, &s->boot, end)) > 0)
		end = i + 1;
	if (end == 1 &&
	    !has_numbered(fs->disk, fs->offset + s->boot.mft_lcn * size, 0))
		return SPILL_OK;
	free(s->map);
	s->map = calloc(1, sizeof(*s->map));
	if (s->map == NULL)
		return SPILL_ENOMEM;
	*s->map = (struct ev_run){ .block = s->boot.mft_lcn,
		.count = (end * record + size - 1) / size };
	s->nmap = 1;
	s->guessed = true;
	count_records(fs, end * record);
	return SPILL_OK;
}

int
ev_ntfs_mft_open(struct ev_fs *fs)
{
	struct ntfs *s = fs->state;
	bool whole, other;
	int rc = find_map(fs, false, &whole);

	if (rc == SPILL_OK && !whole) {
		rc = find_map(fs, true, &other);
		if (rc == SPILL_OK && !other)
			rc = find_map(fs, false, &whole);
	}
	if (rc == SPILL_OK && s->records == 0)
		rc = guess_map(fs);
	else if (rc == SPILL_OK)
		rc = compare_mirror(fs);
	ev_folder_reset(&s->object_faults);
	return rc;
}
