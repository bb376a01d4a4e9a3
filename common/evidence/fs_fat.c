/*
 * fs_fat.c: times, attributes and odd names of FAT and exFAT from directory
 * entries, which libtsk numbers from the start of the data.
 */
#include <stdlib.h>
#include <string.h>

#include <spill/exfat.h>
#include <spill/fat.h>

#include "fs_i.h"

#define ENTRY	   32
#define FIRST	   3 /* number of the first entry */
#define LONG_PARTS 20
#define SET_MAX	   (19 * ENTRY) /* of exFAT */

struct state {
	uint64_t data; /* byte that entries are numbered from */
	unsigned bits;
	bool known;
};

static void
close_state(struct ev_fs *fs)
{
	free(fs->state);
	fs->state = NULL;
}

static int
open_fat(struct ev_fs *fs)
{
	struct state *s = calloc(1, sizeof(*s));
	struct spill_fat_boot b;
	char raw[512];

	if (s == NULL)
		return SPILL_ENOMEM;
	fs->state = s;
	if (!ev_fs_read(fs, 0, raw, sizeof(raw)) ||
	    spill_fat_boot_read((struct spill_span){ raw, sizeof(raw) }, &b) ==
		SPILL_EFORMAT)
		return SPILL_OK;
	s->data = (uint64_t)(b.bits == 32 ? b.data_sector : b.root_sector) *
		  b.sector_size;
	s->bits = b.bits;
	s->known = s->data > 0;
	return SPILL_OK;
}

static int
open_exfat(struct ev_fs *fs)
{
	struct state *s = calloc(1, sizeof(*s));
	struct spill_exfat_boot b;
	char raw[512];

	if (s == NULL)
		return SPILL_ENOMEM;
	fs->state = s;
	if (!ev_fs_read(fs, 0, raw, sizeof(raw)) ||
	    spill_exfat_boot_read(
		(struct spill_span){ raw, sizeof(raw) }, &b) == SPILL_EFORMAT)
		return SPILL_OK;
	s->data = (uint64_t)b.data_sector * b.sector_size;
	s->known = s->data > 0;
	return SPILL_OK;
}

/* Byte of the volume of an entry; false for what has none: the root, and
 * files that libtsk has made up. */
static bool
entry_at(struct ev_fs *fs, const TSK_FS_META *meta, uint64_t *at)
{
	const struct state *s = fs->state;

	if (!s->known || meta->addr < FIRST ||
	    meta->type == TSK_FS_META_TYPE_VIRT ||
	    meta->type == TSK_FS_META_TYPE_VIRT_DIR)
		return false;
	*at = s->data + (meta->addr - FIRST) * ENTRY;
	return *at < fs->length;
}

static void
name_attributes(unsigned bits, struct ev_facts *out)
{
	static const char *const names[] = { "readonly", "hidden", "system",
		"label", NULL, "archive" };

	for (size_t i = 0; i < SPILL_COUNT(names); i++)
		if ((bits >> i & 1) != 0 && names[i] != NULL)
			out->attributes[out->nattributes++] = names[i];
}

/* --- FAT ---------------------------------------------------------------- */

static void
fat_facts(struct ev_fs *fs, const TSK_FS_FILE *file, TSK_INUM_T dir,
    struct ev_facts *out)
{
	const struct state *s = fs->state;
	struct spill_fat_entry e;
	struct spill_fat_dir it;
	char raw[ENTRY];
	uint64_t at;

	(void)dir;
	if (!entry_at(fs, file->meta, &at) ||
	    !ev_fs_read(fs, at, raw, sizeof(raw)))
		return;
	it = spill_fat_dir((struct spill_span){ raw, sizeof(raw) }, s->bits);
	if (spill_fat_dir_next(&it, &e) == SPILL_END ||
	    e.long_kind == SPILL_FAT_LONG_ORPHAN)
		return;
	out->at = e.times.at;
	out->bad_time = e.times.bad != 0;
	name_attributes(e.attributes, out);
}

/* The entry with what lies before it: its long name, unless that begins in
 * another cluster. */
static bool
fat_name(struct ev_fs *fs, const TSK_FS_FILE *file, TSK_INUM_T dir,
    struct spill_buf *name)
{
	const struct state *s = fs->state;
	char raw[(LONG_PARTS + 1) * ENTRY];
	struct spill_fat_entry *e;
	struct spill_fat_dir it;
	size_t len = sizeof(raw), start = name->len;
	uint64_t at;
	bool done = false;

	(void)dir;
	if (!ev_name_is_odd(file->name->name) || file->meta == NULL ||
	    !entry_at(fs, file->meta, &at))
		return false;
	len = (size_t)SPILL_MIN(
	    len, SPILL_MIN(at - s->data, LONG_PARTS * ENTRY) + ENTRY);
	e = malloc(sizeof(*e));
	if (e == NULL || !ev_fs_read(fs, at + ENTRY - len, raw, len)) {
		free(e);
		return false;
	}
	it = spill_fat_dir((struct spill_span){ raw, len }, s->bits);
	while (!done && spill_fat_dir_next(&it, e) != SPILL_END) {
		if (e->at != len - ENTRY)
			continue;
		if (e->long_kind != SPILL_FAT_LONG_NONE)
			(void)spill_utf16le_put(
			    name, (struct spill_span){
				      (char *)e->long_name, e->long_len });
		else
			spill_buf_puts(name, e->name);
		done = true;
	}
	free(e);
	if (done && ev_name_fits((struct spill_span){ name->p + start,
				     name->len - start },
			file->name->name))
		return true;
	name->len = start;
	return false;
}

const struct ev_fs_ops ev_fs_fat = {
	.name = "fat",
	.open = open_fat,
	.close = close_state,
	.facts = fat_facts,
	.name_of = fat_name,
};

/* --- exFAT -------------------------------------------------------------- */

static bool
read_set(struct ev_fs *fs, const TSK_FS_META *meta, char raw[SET_MAX],
    struct spill_exfat_entry *e)
{
	struct spill_exfat_dir it;
	size_t len = SET_MAX;
	uint64_t at;

	if (!entry_at(fs, meta, &at))
		return false;
	len = (size_t)SPILL_MIN(len, fs->length - at);
	if (!ev_fs_read(fs, at, raw, len))
		return false;
	it = spill_exfat_dir((struct spill_span){ raw, len });
	return spill_exfat_dir_next(&it, e) != SPILL_END && e->at == 0;
}

static void
exfat_facts(struct ev_fs *fs, const TSK_FS_FILE *file, TSK_INUM_T dir,
    struct ev_facts *out)
{
	struct spill_exfat_entry e;
	char raw[SET_MAX];

	(void)dir;
	if (!read_set(fs, file->meta, raw, &e) || e.kind != SPILL_EXFAT_FILE)
		return;
	out->at = e.times.at;
	out->bad_time = e.times.bad != 0;
	name_attributes(e.attributes, out);
	out->has_valid = e.has_stream && e.valid <= e.length;
	out->valid = e.valid;
}

static bool
exfat_name(struct ev_fs *fs, const TSK_FS_FILE *file, TSK_INUM_T dir,
    struct spill_buf *name)
{
	struct spill_exfat_entry e;
	char raw[SET_MAX];
	size_t start = name->len;

	(void)dir;
	if (!ev_name_is_odd(file->name->name) || file->meta == NULL ||
	    !read_set(fs, file->meta, raw, &e) || e.kind != SPILL_EXFAT_FILE)
		return false;
	(void)spill_utf16le_put(
	    name, (struct spill_span){ (char *)e.name, e.name_len });
	if (ev_name_fits(
		(struct spill_span){ name->p + start, name->len - start },
		file->name->name))
		return true;
	name->len = start;
	return false;
}

const struct ev_fs_ops ev_fs_exfat = {
	.name = "exfat",
	.open = open_exfat,
	.close = close_state,
	.facts = exfat_facts,
	.name_of = exfat_name,
};
