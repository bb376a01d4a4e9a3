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
	uint64_t clusters; /* byte of the first one */
	uint32_t cluster_size;
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
	s->clusters = (uint64_t)b.data_sector * b.sector_size;
	s->cluster_size = b.cluster_size;
	s->bits = b.bits;
	s->known = s->data > 0 && s->cluster_size > 0;
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
	s->cluster_size = b.cluster_size;
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

/* [FAT] "Long directory entries": the sum that ties one to its short one. */
static uint8_t
short_sum(const uint8_t raw[11])
{
	uint8_t sum = 0;

	for (int i = 0; i < 11; i++)
		sum = (uint8_t)((sum << 7 | sum >> 1) + raw[i]);
	return sum;
}

/* Is the 32 bytes before an entry the first part of its long name? */
static bool
is_own_part(const char *part, const struct spill_fat_entry *e)
{
	const uint8_t *p = (const uint8_t *)part;

	return p[11] == 0x0f && (e->deleted || ((p[0] & 0x1f) == 1 &&
						   p[13] == short_sum(e->raw)));
}

/*
 * libtsk believes any long name that stands before an entry. It is so unless
 * the entry is the first of its cluster, or what lies before the cluster is
 * where the long name should begin: then only libtsk knows the other cluster.
 */
static bool
put_fat_name(const struct state *s, uint64_t at, const char *raw, size_t len,
    const struct spill_fat_entry *e, struct spill_buf *name)
{
	bool first =
	    at >= s->clusters && (at - s->clusters) % s->cluster_size == 0;

	if (e->long_kind == SPILL_FAT_LONG_WHOLE ||
	    e->long_kind == SPILL_FAT_LONG_LIKELY) {
		(void)spill_utf16le_put(
		    name, (struct spill_span){
			      (const char *)e->long_name, e->long_len });
		return true;
	}
	if (first ||
	    (len >= 2 * ENTRY && is_own_part(raw + len - 2 * ENTRY, e)))
		return false;
	spill_buf_puts(name, e->name);
	return true;
}

/* Where in its folder a byte of the volume lies. */
static bool
place_in_folder(
    struct ev_fs *fs, TSK_FS_FILE *folder, uint64_t at, uint64_t *to)
{
	const TSK_FS_ATTR *a = tsk_fs_file_attr_get(folder);
	uint64_t size = fs->tsk->block_size;

	if (a == NULL || (a->flags & TSK_FS_ATTR_NONRES) == 0)
		return false;
	for (const TSK_FS_ATTR_RUN *r = a->nrd.run; r != NULL; r = r->next)
		if (at / size >= r->addr && at / size - r->addr < r->len) {
			*to = (r->offset + at / size - r->addr) * size +
			      at % size;
			return true;
		}
	return false;
}

/* The entry with what lies before it in its folder, of which libtsk is asked
 * for the clusters. */
static bool
name_over_clusters(
    struct ev_fs *fs, TSK_INUM_T dir, uint64_t at, struct spill_buf *name)
{
	const struct state *s = fs->state;
	TSK_FS_FILE *folder = tsk_fs_file_open_meta(fs->tsk, NULL, dir);
	char raw[(LONG_PARTS + 1) * ENTRY];
	struct spill_fat_entry e;
	struct spill_fat_dir it;
	uint64_t to = 0;
	size_t len = 0;
	bool done = false;

	if (folder != NULL && place_in_folder(fs, folder, at, &to)) {
		len = (size_t)SPILL_MIN(to, LONG_PARTS * ENTRY) + ENTRY;
		if (tsk_fs_file_read(folder, (TSK_OFF_T)(to + ENTRY - len), raw,
			len, TSK_FS_FILE_READ_FLAG_NONE) != (ssize_t)len)
			len = 0;
	}
	it = spill_fat_dir((struct spill_span){ raw, len }, s->bits);
	while (!done && len > 0 && spill_fat_dir_next(&it, &e) != SPILL_END)
		if (e.at == len - ENTRY &&
		    (e.long_kind == SPILL_FAT_LONG_WHOLE ||
			e.long_kind == SPILL_FAT_LONG_LIKELY)) {
			(void)spill_utf16le_put(
			    name, (struct spill_span){
				      (const char *)e.long_name, e.long_len });
			done = true;
		}
	tsk_fs_file_close(folder);
	tsk_error_reset();
	return done;
}

/* The entry with what lies before it. */
static bool
fat_name(struct ev_fs *fs, const TSK_FS_FILE *file, TSK_INUM_T dir,
    struct spill_buf *name)
{
	const struct state *s = fs->state;
	const TSK_FS_NAME *n = file->name;
	char raw[(LONG_PARTS + 1) * ENTRY];
	struct spill_fat_entry e;
	struct spill_fat_dir it;
	size_t len;
	uint64_t at;

	if ((n->shrt_name == NULL || n->shrt_name[0] == '\0') &&
	    !ev_name_is_odd(n->name))
		return false;
	if (file->meta == NULL || !entry_at(fs, file->meta, &at))
		return false;
	len = (size_t)SPILL_MIN(at - s->data, LONG_PARTS * ENTRY) + ENTRY;
	if (!ev_fs_read(fs, at + ENTRY - len, raw, len))
		return false;
	it = spill_fat_dir((struct spill_span){ raw, len }, s->bits);
	while (spill_fat_dir_next(&it, &e) != SPILL_END)
		if (e.at == len - ENTRY &&
		    e.long_kind != SPILL_FAT_LONG_ORPHAN &&
		    (e.attributes & SPILL_FAT_LABEL) == 0)
			return put_fat_name(s, at, raw, len, &e, name) ||
			       name_over_clusters(fs, dir, at, name);
	return false;
}

const struct ev_fs_ops ev_fs_fat = {
	.name = "fat",
	.list = ev_tsk_list,
	.load = ev_tsk_load,
	.block_used = ev_tsk_block_used,
	.open = open_fat,
	.close = close_state,
	.facts = fat_facts,
	.name_of = fat_name,
};

/* --- exFAT -------------------------------------------------------------- */

/*
 * libtsk 4.11 ends the process at a name of 128 characters, which is no
 * fault of the file system: of its last entry nothing is left to convert,
 * and the function that is to convert it asserts that there is something.
 * This one goes before it, since the program is searched before its
 * libraries. It converts what there is, and keeps lone surrogates as WTF-8.
 */
enum { CONVERTED = 0, TARGET_EXHAUSTED = 2 }; /* of libtsk */
int fatfs_utf16_inode_str_2_utf8(void *fat, const void *src, size_t units,
    char *out, size_t size, TSK_INUM_T addr, const char *what);

int
fatfs_utf16_inode_str_2_utf8(void *fat, const void *src, size_t units,
    char *out, size_t size, TSK_INUM_T addr, const char *what)
{
	struct spill_buf b = SPILL_BUF_INIT(4 * units + 1);
	size_t n;

	(void)fat;
	(void)addr;
	(void)what;
	if (out == NULL || size == 0)
		return TARGET_EXHAUSTED;
	(void)spill_utf16le_put(&b, (struct spill_span){ src != NULL ? src : "",
					src != NULL ? 2 * units : 0 });
	n = SPILL_MIN(b.len, size - 1);
	if (n > 0)
		memcpy(out, b.p, n);
	out[n] = '\0';
	spill_buf_release(&b);
	return CONVERTED;
}

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
	const struct state *s = fs->state;
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
	out->map_lost = e.deleted && e.has_stream && !e.contiguous &&
			e.length > s->cluster_size;
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
	.list = ev_tsk_list,
	.load = ev_tsk_load,
	.block_used = ev_tsk_block_used,
	.open = open_exfat,
	.close = close_state,
	.facts = exfat_facts,
	.name_of = exfat_name,
};
