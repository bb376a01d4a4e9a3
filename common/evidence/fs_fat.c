/*
 * fs_fat.c: FAT12, FAT16 and FAT32: entries and what they say, and what exFAT
 * has in common with them.
 */
#include <stdlib.h>
#include <string.h>

#include "fs_fat_i.h"
#include "ondisk_i.h"

/* --- opening ------------------------------------------------------------ */

void
fat_close(struct ev_fs *fs)
{
	struct fat *s = fs->state;

	if (s == NULL)
		return;
	for (size_t i = 0; i < SPILL_COUNT(s->window); i++)
		free(s->window[i].bytes);
	ev_object_release(&s->bitmap);
	ev_object_release(&s->map);
	free(s->bits);
	free(s->claim);
	free(s->owned);
	free(s->piece);
	free(s);
	fs->state = NULL;
}

int
fat_open(struct ev_fs *fs)
{
	struct fat *s = fs->state;

	/* Blocks are libtsk's sectors. */
	if (s->sector_size != fs->block_size || s->clusters == 0 ||
	    s->cluster_size < s->sector_size ||
	    s->cluster_size % s->sector_size != 0 || s->data == 0)
		return SPILL_EFORMAT;
	s->made_up = fat_number(s, fs->there * fs->block_size);
	s->budget = 16ULL * s->clusters + (4ULL << 20);
	s->bits_at = UINT64_MAX;
	s->piece = malloc(FAT_CARRY + FAT_PIECE);
	return s->piece != NULL ? SPILL_OK : SPILL_ENOMEM;
}

/* FAT32 has a copy of it: what both say of where things are. Nobody knows
 * which is right, if both are sound. */
static void
compare_boot(struct ev_fs *fs, const uint8_t raw[512])
{
	struct fat *s = fs->state;
	const struct spill_fat_boot *b = &s->boot;
	struct spill_fat_boot copied;
	uint8_t copy[512];

	if (b->bits != 32 || b->backup_sector == 0 || s->flaw.what != NULL ||
	    !ev_fs_read(fs, (uint64_t)b->backup_sector * b->sector_size, copy,
		sizeof(copy)) ||
	    spill_fat_boot_read(
		(struct spill_span){ (char *)copy, sizeof(copy) }, &copied) !=
		SPILL_OK)
		return;
	/* Not the sectors before the volume, which depend on where it is. */
	for (size_t i = 0x0b; i < 0x34; i++)
		if (raw[i] != copy[i] && (i < 0x1c || i >= 0x20)) {
			spill_flaw(&s->flaw,
			    "the boot sector differs from its copy", i);
			return;
		}
}

static int
open_state(struct ev_fs *fs)
{
	struct fat *s = calloc(1, sizeof(*s));
	struct spill_fat_boot *b;
	uint8_t raw[512];

	if (s == NULL)
		return SPILL_ENOMEM;
	fs->state = s;
	b = &s->boot;
	if (!ev_fs_read(fs, 0, raw, sizeof(raw)) ||
	    spill_fat_boot_read((struct spill_span){ (char *)raw, sizeof(raw) },
		b) == SPILL_EFORMAT)
		return SPILL_EFORMAT;
	s->flaw = b->flaw;
	compare_boot(fs, raw);
	s->sector_size = b->sector_size;
	s->cluster_size = b->cluster_size;
	s->clusters = b->clusters;
	s->fats = b->fats;
	s->table_len = (uint64_t)b->fat_sectors * b->sector_size;
	s->first_table = (uint64_t)b->reserved * b->sector_size;
	s->table = s->first_table;
	if (b->active > 0)
		s->table += (unsigned)b->active * s->table_len;
	s->data = (uint64_t)(b->bits == 32 ? b->data_sector : b->root_sector) *
		  b->sector_size;
	s->heap = (uint64_t)b->data_sector * b->sector_size;
	s->root_cluster = b->bits == 32 ? b->root_cluster : 0;
	return fat_open(fs);
}

/* --- numbers ------------------------------------------------------------ */

bool
fat_entry_at(struct ev_fs *fs, uint64_t number, uint64_t *at)
{
	const struct fat *s = fs->state;

	if (number < FAT_FIRST || number >= s->made_up)
		return false;
	*at = s->data + (number - FAT_FIRST) * FAT_SLOT;
	return true;
}

uint64_t
fat_number(const struct fat *s, uint64_t at)
{
	return at > s->data ? (at - s->data) / FAT_SLOT + FAT_FIRST : FAT_FIRST;
}

/* A name of the walk has been judged before; without one it is so if its
 * cluster is. */
static bool
is_alloc(struct ev_fs *fs, const struct ev_entry *e, uint64_t at, bool deleted)
{
	const struct fat *s = fs->state;
	uint32_t cluster;

	if (e->name.len > 0)
		return e->named == EV_NAMED || e->lost;
	if (deleted)
		return false;
	return fat_cluster_of(s, at, &cluster) ? fat_used(fs, cluster)
					       : at < s->heap;
}

static const char beyond[] = "its entry is behind the end of the folder";

/* One that is not in use, though its entry and its folder are, is behind the
 * folder's end: whose clusters it has cannot be known. */
static void
tell_beyond(struct ev_fs *fs, const struct ev_entry *name, uint64_t at,
    bool deleted, struct ev_object *o)
{
	const struct fat *s = fs->state;
	uint32_t cluster;

	if (s->loaded_lost && name->placed)
		o->facts.note = beyond;
	if (o->alloc || deleted ||
	    (fat_cluster_of(s, at, &cluster) && !fat_used(fs, cluster)))
		return;
	o->facts.map_lost = o->size > 0;
	o->facts.note = beyond;
}

void
fat_begin(struct ev_fs *fs, const struct ev_entry *name, uint64_t at,
    bool deleted, struct ev_object *o)
{
	struct fat *s = fs->state;

	o->number = name->object;
	o->alloc = is_alloc(fs, name, at, deleted);
	s->loaded = o->number;
	s->loaded_alloc = o->alloc;
	s->loaded_lost = o->alloc && name->lost && name->named == EV_ERASED;
}

int
fat_end(struct ev_fs *fs, const struct ev_entry *name, uint64_t at,
    bool deleted, struct ev_object *o)
{
	const struct fat *s = fs->state;

	tell_beyond(fs, name, at, deleted, o);
	if (name->name.len > 0 && !s->listing)
		fat_own(fs, o);
	return o->nomem ? SPILL_ENOMEM : SPILL_OK;
}

/* --- what has no entry -------------------------------------------------- */

static void
load_root(struct ev_fs *fs, struct ev_object *o)
{
	const struct fat *s = fs->state;
	struct ev_attr *a = ev_object_attr(o);

	o->kind = EV_DIR;
	if (a == NULL)
		return;
	if (s->root_cluster == 0) {
		o->size = s->heap - s->data;
		ev_object_run(
		    o, 0, s->data / fs->block_size, o->size / fs->block_size);
	} else {
		o->size = fat_chain(fs, s->root_cluster, UINT64_MAX, o) *
			  s->cluster_size;
	}
}

static void
load_bytes(struct ev_fs *fs, uint64_t at, uint64_t len, uint64_t size,
    struct ev_object *o)
{
	uint64_t blocks = len / fs->block_size;

	o->kind = EV_FILE;
	o->size = size;
	if (ev_object_attr(o) != NULL)
		ev_object_run(o, 0, at / fs->block_size, blocks);
}

bool
fat_load_special(struct ev_fs *fs, uint64_t number, struct ev_object *o)
{
	const struct fat *s = fs->state;
	uint64_t which = number - s->made_up;

	if (number == fs->root) {
		load_root(fs, o);
	} else if (number == fs->orphans) {
		o->kind = EV_DIR;
		o->made_up = true;
	} else if (number == s->made_up) {
		load_bytes(fs, 0, 512, 512, o);
	} else if (number > s->made_up && which <= (s->fats == 2 ? 2 : 1)) {
		load_bytes(fs, s->first_table + (which - 1) * s->table_len,
		    s->table_len, s->table_len, o);
	} else {
		return false;
	}
	o->number = number;
	o->alloc = true;
	o->links = 1;
	if (o->n > 0) {
		o->attr[0].size = o->size;
		o->attr[0].alloc = o->size;
	}
	if (number == fs->root && !s->listing)
		fat_own(fs, o);
	return true;
}

/* --- objects ------------------------------------------------------------ */

void
fat_attributes(unsigned bits, struct ev_facts *out)
{
	static const char *const names[] = { "readonly", "hidden", "system",
		"label", NULL, "archive" };

	for (size_t i = 0; i < SPILL_COUNT(names); i++)
		if ((bits >> i & 1) != 0 && names[i] != NULL)
			out->attributes[out->nattributes++] = names[i];
}

/* Where the clusters of an erased object are: the first one, and what is
 * known or guessed of the others. */
static void
erased_content(struct ev_fs *fs, uint32_t cluster, uint64_t count,
    bool contiguous, struct ev_object *o)
{
	if (!fat_is_cluster(fs->state, cluster)) {
		o->attr[0].lost = true;
	} else if (contiguous) {
		fat_row(fs, cluster, count, o);
	} else {
		o->facts.map_lost |= !fat_guess(fs, cluster, count, o);
		if (count > 1)
			o->facts.note =
			    "where its clusters were is a guess, but for the "
			    "first";
	}
	if (o->faults.nfault > 0) /* that is to be expected of it */
		ev_folder_reset(&o->faults);
}

void
fat_content(
    struct ev_fs *fs, uint32_t cluster, bool contiguous, struct ev_object *o)
{
	const struct fat *s = fs->state;
	uint64_t size = s->cluster_size,
		 count = o->size / size + (o->size % size > 0);
	struct ev_attr *a = ev_object_attr(o);

	if (a == NULL)
		return;
	a->size = o->size;
	a->alloc = count * size;
	if (count == 0)
		return;
	if (!o->alloc)
		erased_content(fs, cluster, count, contiguous, o);
	else if (contiguous && fat_is_cluster(s, cluster))
		fat_row(fs, cluster, count, o);
	else
		(void)fat_chain(fs, cluster, count, o);
	/* Nothing of it is not all of it. */
	o->facts.map_lost |= o->alloc && o->nrun == 0;
}

/* Folders have no size: that of their chain, of erased ones a cluster. */
static void
folder_content(struct ev_fs *fs, uint32_t cluster, struct ev_object *o)
{
	const struct fat *s = fs->state;
	struct ev_attr *a = ev_object_attr(o);

	if (a == NULL)
		return;
	if (o->alloc)
		o->size =
		    fat_chain(fs, cluster, UINT64_MAX, o) * s->cluster_size;
	else if (fat_is_cluster(s, cluster)) {
		fat_row(fs, cluster, 1, o);
		o->size = fat_is_taken(fs, cluster) ? 0 : s->cluster_size;
	}
	a->size = a->alloc = o->size;
	o->facts.map_lost = o->alloc && o->nrun == 0;
}

static void
fill(struct ev_fs *fs, const struct spill_fat_entry *e, struct ev_object *o)
{
	o->links = e->deleted ? 0 : 1;
	o->facts.at = e->times.at;
	o->facts.bad_time = e->times.bad != 0;
	fat_attributes(e->attributes, &o->facts);
	if ((e->attributes & SPILL_FAT_DIRECTORY) != 0 &&
	    (e->attributes & SPILL_FAT_LABEL) == 0) {
		o->kind = EV_DIR;
		folder_content(fs, e->cluster, o);
	} else {
		o->kind = EV_FILE;
		o->size = e->size;
		fat_content(fs, e->cluster, false, o);
	}
}

static int
load(struct ev_fs *fs, const struct ev_entry *name, uint64_t dir,
    struct ev_object *o)
{
	struct fat *s = fs->state;
	struct spill_fat_entry e;
	struct spill_fat_dir it;
	char raw[FAT_SLOT];
	uint64_t at;

	(void)dir;
	if (fat_load_special(fs, name->object, o))
		return o->nomem ? SPILL_ENOMEM : SPILL_OK;
	if (!fat_entry_at(fs, name->object, &at) ||
	    !ev_fs_read(fs, at, raw, sizeof(raw)))
		return SPILL_END;
	it = spill_fat_dir(
	    (struct spill_span){ raw, sizeof(raw) }, s->boot.bits);
	if (spill_fat_dir_next(&it, &e) == SPILL_END ||
	    e.long_kind == SPILL_FAT_LONG_ORPHAN)
		return SPILL_END;
	fat_begin(fs, name, at, e.deleted, o);
	fill(fs, &e, o);
	return fat_end(fs, name, at, e.deleted, o);
}

/* A short entry, or the parts of a long name that has none. */
static size_t
entry_len(struct spill_span bytes)
{
	size_t n = 0;

	while (n < FAT_PARTS && (n + 1) * FAT_SLOT <= bytes.len &&
	       fat_is_part((const uint8_t *)bytes.p + n * FAT_SLOT))
		n++;
	n = SPILL_MAX(n, (size_t)1) * FAT_SLOT;
	return n <= bytes.len ? n : 0;
}

const struct ev_fs_ops ev_fs_fat = {
	.name = "fat",
	.open = open_state,
	.close = fat_close,
	.list = fat_list,
	.load = load,
	.block_used = fat_block_used,
	.unused = fat_unused,
	.entry_len = entry_len,
};
