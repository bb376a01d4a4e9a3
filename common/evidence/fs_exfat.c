/*
 * fs_exfat.c: exFAT: sets of entries and what they say ([EX] 6 and 7). What
 * both have in common is in fs_fat.c, fs_fat_map.c and fs_fat_dir.c.
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
	/* The copy of the boot sector is behind 12 sectors. */
	if (!read_boot(fs, 0) && !read_boot(fs, 12ULL * fs->block_size))
		return SPILL_EFORMAT;
	rc = fat_open(fs);
	return rc == SPILL_OK ? load_bitmap(fs) : rc;
}

/* --- sets --------------------------------------------------------------- */

/* The set that begins with the first byte; false: none does. */
static bool
decode_set(const uint8_t *p, size_t n, struct spill_exfat_entry *e)
{
	struct spill_exfat_dir it =
	    spill_exfat_dir((struct spill_span){ (const char *)p, n });

	return spill_exfat_dir_next(&it, e) != SPILL_END && e->at == 0;
}

/* Where a set goes on that does not end in its cluster: the next one, or
 * that which the table says. The checksum tells. */
static bool
read_set(struct ev_fs *fs, uint64_t at, struct spill_exfat_entry *e)
{
	const struct fat *s = fs->state;
	uint8_t raw[EXFAT_SET * FAT_SLOT];
	uint64_t left = s->cluster_size - (at - s->heap) % s->cluster_size;
	size_t here = (size_t)SPILL_MIN(left, sizeof(raw));
	size_t rest = sizeof(raw) - here;
	struct spill_exfat_entry other;
	enum spill_fat_link kind;
	uint32_t cluster, next;

	memset(raw, 0, sizeof(raw));
	if (!ev_fs_read(fs, at, raw, here))
		return false;
	if (rest > 0 && !ev_fs_read(fs, at + here, raw + here, rest))
		rest = 0;
	if (!decode_set(raw, here + rest, e))
		return false;
	if (rest == 0 || e->entries * (size_t)FAT_SLOT < here || e->sum_ok ||
	    !fat_cluster_of(s, at, &cluster) ||
	    !fat_link(fs, cluster, &kind, &next) || kind != SPILL_FAT_NEXT ||
	    !ev_fs_read(fs, fat_cluster_at(s, next), raw + here, rest))
		return true;
	if (decode_set(raw, sizeof(raw), &other) &&
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

static void
load_file(
    struct ev_fs *fs, const struct spill_exfat_entry *e, struct ev_object *o)
{
	const struct fat *s = fs->state;
	bool dir = (e->attributes & SPILL_EXFAT_DIRECTORY) != 0;
	uint32_t size = s->cluster_size;

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
	struct fat *s = fs->state;
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
	o->number = name->object;
	o->alloc = fat_is_alloc(fs, name, at, e.deleted);
	s->loaded = o->number;
	s->loaded_alloc = o->alloc;
	load_entry(fs, &e, o);
	return o->nomem ? SPILL_ENOMEM : SPILL_OK;
}

/* --- what looks like an entry -------------------------------------------- */

static bool
is_file(const uint8_t *p)
{
	uint8_t any = 0;

	for (size_t i = 8; i < 22; i++) /* its times */
		any |= p[i];
	return (p[0] & ~IN_USE) == SPILL_EXFAT_FILE && p[1] >= 2 &&
	       p[1] < EXFAT_SET && any != 0;
}

static bool
is_content(const struct fat *s, uint32_t cluster, uint64_t length)
{
	return length == 0 ||
	       (length <= (uint64_t)s->clusters * s->cluster_size &&
		   fat_is_cluster(s, cluster));
}

static bool
is_stream(const struct fat *s, const uint8_t *p)
{
	struct spill_cur c = spill_cur(p, FAT_SLOT);
	uint32_t cluster;

	spill_cur_skip(&c, 20);
	cluster = spill_cur_u32le(&c);
	return is_content(s, cluster, spill_cur_u64le(&c));
}

/* libtsk's rules. */
static bool
is_entry(const struct fat *s, const uint8_t *p)
{
	switch (p[0] & ~IN_USE) {
	case SPILL_EXFAT_FILE:
		return is_file(p);
	case SPILL_EXFAT_STREAM:
		return is_stream(s, p);
	case SPILL_EXFAT_NAME:
	case SPILL_EXFAT_LABEL:
	case SPILL_EXFAT_BITMAP:
	case SPILL_EXFAT_UPCASE:
	case SPILL_EXFAT_GUID:
	case TEXFAT:
		return true;
	default:
		return false;
	}
}

/* --- folders ------------------------------------------------------------ */

static void
put_name(const struct spill_exfat_entry *e, struct spill_buf *out)
{
	spill_buf_reset(out);
	(void)spill_utf16le_put(
	    out, (struct spill_span){ (const char *)e->name, e->name_len });
}

/* The length of one of 256 characters is 0: to the end of what there is. */
static void
put_pieces(const uint8_t *p, unsigned entries, struct spill_buf *out)
{
	for (unsigned i = 2; i < entries; i++) {
		const uint8_t *name = p + (size_t)i * FAT_SLOT + 2;
		size_t n = 0;

		if ((name[-2] & ~IN_USE) != SPILL_EXFAT_NAME)
			return;
		while (n < 30 && (name[n] | name[n + 1]) != 0)
			n += 2;
		(void)spill_utf16le_put(
		    out, (struct spill_span){ (const char *)name, n });
		if (n < 30)
			return;
	}
}

static void
add(struct fat_listing *l, struct ev_entry *x)
{
	x->name = spill_buf_as_span(&l->name);
	x->placed = true;
	if (x->name.len > 0)
		ev_folder_add(l->out, x);
}

static void
add_file(struct fat_listing *l, const uint8_t *p,
    const struct spill_exfat_entry *e, struct ev_entry *x)
{
	uint32_t cluster;

	if (l->strict && (!is_file(p) || !e->has_stream ||
			     !is_content(l->s, e->cluster, e->length)))
		return;
	/* What lies in clusters of others by now may be theirs. */
	if (l->erased && !e->deleted &&
	    fat_cluster_of(l->s, fat_place(l, x->offset), &cluster) &&
	    fat_used(l->fs, cluster))
		return;
	put_name(e, &l->name);
	if (e->name_units == 0)
		put_pieces(p, e->entries, &l->name);
	x->kind =
	    (e->attributes & SPILL_EXFAT_DIRECTORY) != 0 ? EV_DIR : EV_FILE;
	if (x->named == EV_NAMED && e->flaw.what != NULL)
		ev_folder_fault(l->out, fat_place(l, x->offset),
		    (uint64_t)e->entries * FAT_SLOT, e->flaw.what);
	add(l, x);
}

/* Its text may be longer than it should be; of one that was taken away there
 * may be none. */
static void
add_label(struct fat_listing *l, const uint8_t *p, struct ev_entry *x)
{
	size_t units = SPILL_MIN(p[1], 15u);

	spill_buf_reset(&l->name);
	(void)spill_utf16le_put(
	    &l->name, (struct spill_span){ (const char *)p + 2, 2 * units });
	if (l->name.len == 0) {
		spill_buf_puts(&l->name, "$EMPTY_VOLUME_LABEL");
		x->named = l->erased ? EV_ERASED : EV_NAMED;
	}
	spill_buf_puts(&l->name, " (Volume Label Entry)");
	add(l, x);
}

static const char *
special_name(unsigned kind)
{
	switch (kind) {
	case SPILL_EXFAT_BITMAP:
		return "$ALLOC_BITMAP";
	case SPILL_EXFAT_UPCASE:
		return "$UPCASE_TABLE";
	case SPILL_EXFAT_GUID:
		return "$VOLUME_GUID";
	case TEXFAT:
		return "$TEX_FAT";
	default:
		return NULL;
	}
}

static void
add_special(struct fat_listing *l, const uint8_t *p,
    const struct spill_exfat_entry *e, struct ev_entry *x)
{
	const char *name = special_name(e->kind);
	bool content =
	    e->kind == SPILL_EXFAT_BITMAP || e->kind == SPILL_EXFAT_UPCASE;

	x->kind = EV_FILE;
	if (l->strict)
		return;
	if (e->kind == SPILL_EXFAT_LABEL) {
		add_label(l, p, x);
		return;
	}
	if (name == NULL ||
	    (content &&
		(e->length == 0 || !is_content(l->s, e->cluster, e->length)))) {
		if (x->named == EV_NAMED && name != NULL)
			fat_junk(l, x->offset, FAT_SLOT);
		return;
	}
	spill_buf_reset(&l->name);
	spill_buf_puts(&l->name, name);
	add(l, x);
}

/* Names without a file before them: pieces in a row are one. */
static void
end_lone(struct fat_listing *l)
{
	struct ev_entry x = { .named = EV_ERASED, .offset = l->lone };

	if (l->lone_name.len == 0)
		return;
	spill_buf_reset(&l->name);
	(void)spill_utf16le_put(&l->name, spill_buf_as_span(&l->lone_name));
	spill_buf_reset(&l->lone_name);
	add(l, &x);
}

static void
add_lone(
    struct fat_listing *l, const struct spill_exfat_entry *e, uint64_t offset)
{
	size_t n = 0;

	if (offset != l->lone_end || l->lone_name.len >= SPILL_EXFAT_NAME_MAX)
		end_lone(l);
	if (l->strict)
		return;
	while (n + 1 < e->name_len && (e->name[n] | e->name[n + 1]) != 0)
		n += 2;
	if (l->lone_name.len == 0)
		l->lone = offset;
	l->lone_end = offset + FAT_SLOT;
	spill_buf_put(&l->lone_name, e->name, n);
}

static void
add_entry(
    struct fat_listing *l, const uint8_t *p, const struct spill_exfat_entry *e)
{
	struct ev_entry x = { .offset = l->base + e->at,
		.named = e->deleted || e->beyond || l->erased ? EV_ERASED
							      : EV_NAMED };

	x.object = fat_number(l->s, fat_place(l, x.offset));
	if (e->kind == SPILL_EXFAT_NAME)
		add_lone(l, e, x.offset);
	else if (e->kind == SPILL_EXFAT_FILE)
		add_file(l, p + e->at, e, &x);
	else if (e->kind == SPILL_EXFAT_STREAM && x.named == EV_NAMED)
		fat_junk(l, x.offset, FAT_SLOT);
	else if (e->entries == 1)
		add_special(l, p + e->at, e, &x);
}

/* How much of the end is of a set that goes on. */
static size_t
open_set(const uint8_t *p, size_t n)
{
	for (size_t i = 1; i < EXFAT_SET && i * FAT_SLOT <= n; i++) {
		const uint8_t *slot = p + n - i * FAT_SLOT;

		if ((slot[0] & 0x40) != 0)
			continue;
		return (slot[0] & ~IN_USE) == SPILL_EXFAT_FILE &&
			       slot[1] + 1u > i
			   ? i * FAT_SLOT
			   : 0;
	}
	return 0;
}

static size_t
parse_sets(struct fat_listing *l, struct spill_span bytes, bool last)
{
	const uint8_t *p = (const uint8_t *)bytes.p;
	size_t keep = last ? 0 : open_set(p, bytes.len);
	struct spill_exfat_entry e;
	struct spill_exfat_dir it;

	bytes.len -= keep;
	it = spill_exfat_dir(bytes);
	it.beyond = l->beyond;
	while (spill_exfat_dir_next(&it, &e) != SPILL_END)
		add_entry(l, p, &e);
	l->beyond = it.beyond;
	return keep;
}

static int
list(struct ev_fs *fs, uint64_t dir, struct ev_folder *out)
{
	struct fat_listing l = { .fs = fs,
		.s = fs->state,
		.name = SPILL_BUF_INIT(4096),
		.lone_name = SPILL_BUF_INIT(4096),
		.parse = parse_sets,
		.end = end_lone,
		.is_entry = is_entry };

	return fat_list_by(&l, dir, out);
}

/* --- what is in no folder ------------------------------------------------ */

static bool
slot(struct fat_sweep *w, struct spill_span bytes, size_t pos, uint64_t number)
{
	const uint8_t *p = (const uint8_t *)bytes.p + pos;
	struct ev_entry x = { .object = number, .named = EV_ERASED };
	struct spill_exfat_entry e;

	if (!is_file(p) || !decode_set(p, bytes.len - pos, &e))
		return true;
	put_name(&e, &w->name);
	x.name = spill_buf_as_span(&w->name);
	if (x.name.len == 0)
		x.named = EV_UNNAMED;
	return w->each(w->ctx, &x,
	    (e.attributes & SPILL_EXFAT_DIRECTORY) != 0 ? EV_DIR : EV_FILE);
}

static int
unused(struct ev_fs *fs, fat_each *each, void *ctx)
{
	struct fat_sweep w = { .fs = fs,
		.s = fs->state,
		.each = each,
		.ctx = ctx,
		.name = SPILL_BUF_INIT(4096),
		.is_entry = is_entry,
		.slot = slot };
	int rc = fat_sweep(&w);

	spill_buf_release(&w.name);
	return rc;
}

/* A set, or the pieces of a name that has none. */
static size_t
entry_len(struct spill_span bytes)
{
	size_t n = 1;

	while (n < EXFAT_SET && (n + 1) * FAT_SLOT <= bytes.len &&
	       (((uint8_t)bytes.p[n * FAT_SLOT] ^ (uint8_t)bytes.p[0]) &
		   IN_USE) == 0 &&
	       (bytes.p[n * FAT_SLOT] & 0x40) != 0)
		n++;
	return n * FAT_SLOT <= bytes.len ? n * FAT_SLOT : 0;
}

const struct ev_fs_ops ev_fs_exfat = {
	.name = "exfat",
	.open = open_state,
	.close = fat_close,
	.list = list,
	.load = load,
	.block_used = fat_block_used,
	.unused = unused,
	.entry_len = entry_len,
};

/* --- libtsk ------------------------------------------------------------- */

/*
 * libtsk 4.11, which spill-cat reads content by, ends the process at a name
 * of 128 characters, which is no fault of the file system: of its last entry
 * nothing is left to convert, and the function that is to convert it asserts
 * that there is something. This one goes before it, since the program is
 * searched before its libraries. It converts what there is, and keeps lone
 * surrogates as WTF-8.
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
