/*
 * fs_exfat.c: exFAT: sets of entries and what they say ([EX] 6 and 7). What it
 * has in common with FAT is in fs_fat.c, fs_fat_map.c and fs_fat_dir.c.
 */
#include <stdlib.h>
#include <string.h>

#include "fs_fat_i.h"

#define IN_USE 0x80
#define UPCASE_MAX                                                 \
	((uint64_t)1 << 20) /* bytes; one that is right has 128 Ki \
			     */
#define TEXFAT 0x21

/* --- opening ------------------------------------------------------------ */

static bool
read_boot(struct ev_fs *fs, uint64_t at)
{
	struct fat *s = fs->state;
	struct spill_exfat_boot b;
	char raw[512];

	if (!ev_fs_read(fs, at, raw, sizeof(raw)) ||
	    spill_exfat_boot_read(
		(struct spill_span){ raw, sizeof(raw) }, &b) == SPILL_EFORMAT ||
	    b.sector_size == 0 || b.cluster_size == 0)
		return false;
	s->exfat = true;
	s->flaw = b.flaw;
	s->boot.bits = 32;
	s->boot.clusters = s->clusters = b.clusters;
	s->boot.active = -1;
	s->sector_size = b.sector_size;
	s->cluster_size = b.cluster_size;
	s->fats = b.fats;
	s->table_len = (uint64_t)b.fat_sectors * b.sector_size;
	s->first_table = (uint64_t)b.fat_sector * b.sector_size;
	s->table = s->first_table;
	s->data = s->heap = (uint64_t)b.data_sector * b.sector_size;
	s->root_cluster = b.root_cluster;
	return true;
}

/* What is wrong with the checksum, if nothing else is; if its copy were right
 * that would be read instead. */
static void
check_region(struct ev_fs *fs)
{
	struct fat *s = fs->state;
	uint32_t sum = 0, size = s->sector_size;
	struct spill_span sector = { (char *)s->piece, size };
	struct spill_cur c = spill_cur(s->piece, size);

	for (unsigned i = 0; i < SPILL_EXFAT_REGION; i++) {
		if (!ev_fs_read(fs, (uint64_t)i * size, s->piece, size))
			return;
		if (i < SPILL_EXFAT_REGION - 1)
			sum = spill_exfat_boot_sum(sum, sector, i == 0);
	}
	if (spill_cur_u32le(&c) != sum && s->flaw.what == NULL)
		s->flaw = (struct spill_flaw){
			"the checksum of the boot region differs",
			(SPILL_EXFAT_REGION - 1) * (size_t)size
		};
}

/* The entry of the allocation bitmap, from there on. */
static bool
find_bitmap(
    struct ev_fs *fs, uint64_t at, uint64_t len, struct spill_exfat_entry *e)
{
	struct fat *s = fs->state;
	size_t size = s->sector_size;

	for (uint64_t i = 0; i < len; i += size) {
		if (!ev_fs_read(fs, at + i, s->piece, size))
			return false;
		for (size_t k = 0; k < size; k += FAT_SLOT) {
			struct spill_exfat_dir it =
			    spill_exfat_dir((struct spill_span){
				(char *)s->piece + k, FAT_SLOT });

			if (s->piece[k] == (IN_USE | SPILL_EXFAT_BITMAP) &&
			    spill_exfat_dir_next(&it, e) != SPILL_END &&
			    e->which == 0 && fat_is_cluster(s, e->cluster) &&
			    e->length >= (s->clusters + 7ULL) / 8)
				return true;
		}
	}
	return false;
}

/* Its chain, or as many clusters in a row. */
static void
special_content(
    struct ev_fs *fs, const struct spill_exfat_entry *e, struct ev_object *o)
{
	const struct fat *s = fs->state;
	uint64_t size = s->cluster_size,
		 count = e->length / size + (e->length % size > 0);
	struct ev_attr *a = ev_object_attr(o);

	o->size = e->length;
	if (a == NULL || count == 0)
		return;
	if (!fat_is_cluster(s, e->cluster) ||
	    fat_chain(fs, e->cluster, count, o) < count) {
		o->nrun = a->runs = 0;
		a->lost = false;
		fat_row(fs, e->cluster, count, o);
	}
	a->size = e->length;
	a->alloc = count * size;
}

static int
load_bitmap(struct ev_fs *fs)
{
	struct fat *s = fs->state;
	struct spill_exfat_entry e;
	bool found = false;

	ev_object_reset(&s->map);
	if (ev_object_attr(&s->map) == NULL)
		return SPILL_ENOMEM;
	(void)fat_chain(fs, s->root_cluster, UINT64_MAX, &s->map);
	for (size_t i = 0; i < s->map.nrun && !found; i++)
		found = find_bitmap(fs, s->map.run[i].block * fs->block_size,
		    s->map.run[i].count * fs->block_size, &e);
	/* A root whose chain is lost may go on in a row. */
	if (!found && fat_is_cluster(s, s->root_cluster))
		found = find_bitmap(fs, fat_cluster_at(s, s->root_cluster),
		    fat_cluster_at(s, s->clusters + 2ULL) -
			fat_cluster_at(s, s->root_cluster),
		    &e);
	if (found)
		special_content(fs, &e, &s->bitmap);
	s->bits = malloc(SPILL_MIN((size_t)s->cluster_size, (size_t)16 << 10));
	return s->bits != NULL && !s->bitmap.nomem ? SPILL_OK : SPILL_ENOMEM;
}

static int
open_state(struct ev_fs *fs)
{
	struct fat *s = calloc(1, sizeof(*s));
	int rc;

	if (s == NULL)
		return SPILL_ENOMEM;
	fs->state = s;
	if (!read_boot(fs, 0) &&
	    !read_boot(fs, (uint64_t)SPILL_EXFAT_REGION * fs->block_size))
		return SPILL_EFORMAT;
	rc = fat_open(fs);
	if (rc != SPILL_OK)
		return rc;
	check_region(fs);
	return load_bitmap(fs);
}

/* --- sets --------------------------------------------------------------- */

bool
exfat_decode(const uint8_t *p, size_t n, struct spill_exfat_entry *e)
{
	struct spill_exfat_dir it =
	    spill_exfat_dir((struct spill_span){ (const char *)p, n });

	return spill_exfat_dir_next(&it, e) != SPILL_END && e->at == 0;
}

/* How many bytes of a set at a place can be read, cluster after cluster of the
 * chain. */
static size_t
gather_set(struct ev_fs *fs, uint64_t at, uint8_t *raw, size_t most)
{
	const struct fat *s = fs->state;
	size_t n = 0;

	while (n < most) {
		uint64_t left =
		    s->cluster_size - (at - s->heap) % s->cluster_size;
		size_t here = (size_t)SPILL_MIN(left, most - n);
		enum spill_fat_link kind;
		uint32_t cluster, next;

		if (!ev_fs_read(fs, at, raw + n, here))
			return n;
		n += here;
		if (!fat_cluster_of(s, at, &cluster) ||
		    !fat_link(fs, cluster, &kind, &next) ||
		    kind != SPILL_FAT_NEXT)
			return n;
		at = fat_cluster_at(s, next);
	}
	return n;
}

/* Where a set goes on that does not end in its cluster: the next one, or
 * those which the table says. The checksum tells. */
static bool
read_set(struct ev_fs *fs, uint64_t at, struct spill_exfat_entry *e)
{
	const struct fat *s = fs->state;
	uint8_t raw[EXFAT_SET * FAT_SLOT];
	uint64_t left = s->cluster_size - (at - s->heap) % s->cluster_size;
	size_t here = (size_t)SPILL_MIN(left, sizeof(raw)), n = sizeof(raw);
	struct spill_exfat_entry other;

	if (!ev_fs_read(fs, at, raw, n) && !ev_fs_read(fs, at, raw, n = here))
		return false;
	if (!exfat_decode(raw, n, e))
		return false;
	if (here == sizeof(raw) || e->entries * (size_t)FAT_SLOT < here ||
	    e->sum_ok)
		return true;
	n = gather_set(fs, at, raw, sizeof(raw));
	if (n > here && exfat_decode(raw, n, &other) &&
	    (other.sum_ok || other.entries > e->entries))
		*e = other;
	return true;
}

/* --- objects ------------------------------------------------------------ */

/* [EX] 7.2.2 */
static void
check_upcase(struct ev_fs *fs, uint32_t want, struct ev_object *o)
{
	uint64_t left = o->size, size = fs->block_size;
	const struct ev_run *r = o->run;
	uint8_t *p = malloc((size_t)size);
	uint32_t sum = 0;

	for (size_t i = 0; p != NULL && i < o->nrun && left > 0; i++, r++)
		for (uint64_t k = 0; k < r->count && left > 0; k++) {
			size_t n = (size_t)SPILL_MIN(left, size);

			if (!ev_fs_read(fs, (r->block + k) * size, p, n))
				n = 0;
			for (size_t b = 0; b < n; b++)
				sum = (sum << 31 | sum >> 1) + p[b];
			left -= n > 0 ? n : left;
		}
	if (p != NULL && sum != want)
		ev_folder_fault(&o->faults,
		    o->nrun > 0 ? o->run[0].block * size : 0, o->size,
		    "the checksum of the up-case table differs");
	free(p);
}

/* Clusters of an item in use that the bitmap has as free. */
static void
check_used(struct ev_fs *fs, struct ev_object *o)
{
	const struct fat *s = fs->state;
	uint64_t per = s->cluster_size / fs->block_size;

	for (size_t i = 0; i < o->nrun; i++)
		for (uint64_t k = 0; k < o->run[i].count; k += per) {
			uint64_t at = (o->run[i].block + k) * fs->block_size;
			uint32_t cluster;

			if (!fat_cluster_of(s, at, &cluster) ||
			    fat_used(fs, cluster))
				continue;
			ev_folder_fault(&o->faults, at, s->cluster_size,
			    "its clusters are marked as free");
			return;
		}
}

static void
load_file(
    struct ev_fs *fs, const struct spill_exfat_entry *e, struct ev_object *o)
{
	const struct fat *s = fs->state;
	bool dir = (e->attributes & SPILL_EXFAT_DIRECTORY) != 0;
	uint32_t size = s->cluster_size;
	uint64_t at;

	o->kind = dir ? EV_DIR : EV_FILE;
	o->links = e->deleted ? 0 : 1;
	o->facts.at = e->times.at;
	o->facts.bad_time = e->times.bad != 0;
	fat_attributes(e->attributes, &o->facts);
	o->facts.has_valid = e->has_stream && e->valid <= e->length;
	o->facts.valid = e->valid;
	if (e->has_stream) {
		o->size = e->length;
		o->facts.map_lost =
		    !o->alloc && !e->contiguous && e->length > size;
	}
	fat_content(fs, e->cluster, e->contiguous, o);
	if (o->alloc && e->flaw.what != NULL &&
	    fat_entry_at(fs, o->number, &at))
		ev_folder_fault(&o->faults, at, (uint64_t)e->entries * FAT_SLOT,
		    e->flaw.what);
	if (o->alloc && !dir) /* that of a folder is told with its entries */
		check_used(fs, o);
}

static void
load_entry(
    struct ev_fs *fs, const struct spill_exfat_entry *e, struct ev_object *o)
{
	if (e->kind == SPILL_EXFAT_FILE) {
		load_file(fs, e, o);
	} else {
		o->kind = EV_FILE;
		o->links = 1;
		if (e->kind == SPILL_EXFAT_BITMAP ||
		    e->kind == SPILL_EXFAT_UPCASE)
			special_content(fs, e, o);
		else if (ev_object_attr(o) == NULL)
			return;
		if (e->kind == SPILL_EXFAT_UPCASE && o->size <= UPCASE_MAX)
			check_upcase(fs, e->upcase_sum, o);
		else if (e->kind == SPILL_EXFAT_UPCASE)
			ev_folder_fault(
			    &o->faults, 0, 0, "the up-case table is too large");
	}
	if (o->n > 0) {
		o->attr[0].has_init = true;
		o->attr[0].init = o->attr[0].size;
	}
}

static int
load(struct ev_fs *fs, const struct ev_entry *name, uint64_t dir,
    struct ev_object *o)
{
	struct spill_exfat_entry e;
	uint64_t at;

	(void)dir;
	if (fat_load_special(fs, name->object, o)) {
		if (o->n > 0) {
			o->attr[0].has_init = true;
			o->attr[0].init = o->attr[0].size;
		}
		return o->nomem ? SPILL_ENOMEM : SPILL_OK;
	}
	if (!fat_entry_at(fs, name->object, &at) || !read_set(fs, at, &e))
		return SPILL_END;
	fat_begin(fs, name, at, e.deleted, o);
	load_entry(fs, &e, o);
	return fat_end(fs, name, at, e.deleted, o);
}

const struct ev_fs_ops ev_fs_exfat = {
	.name = "exfat",
	.open = open_state,
	.close = fat_close,
	.list = exfat_list,
	.load = load,
	.block_used = fat_block_used,
	.unused = exfat_unused,
	.entry_len = exfat_entry_len,
};
