/*
 * fs_ntfs_index.c: what libtsk does not see in the index of a folder.
 *
 * Entries in the slack of an index: libtsk takes them only if their times are
 * before 2020. And blocks that the index gave up ($BITMAP says so) stay as
 * they were: libtsk lists their entries as if they were in use.
 */
#include <stdlib.h>
#include <string.h>

#include <spill/hash.h>
#include <spill/ntfs.h>

#include "fs_ntfs_i.h"

#define ENTRIES_MAX ((size_t)1 << 22)

struct scan {
	struct ev_fs *fs;
	TSK_FS_DIR *dir;
	struct ev_folder *out;
	uint64_t *used; /* hashes of the entries in use */
	size_t nused, cused;
	uint64_t *lost; /* of those in blocks that are free */
	size_t nlost, clost;
	struct spill_buf name;
	bool counting; /* second pass: those in use, no others */
	bool nomem;
};

/* --- sets of entries ---------------------------------------------------- */

static uint64_t
entry_hash(uint64_t record, const char *name, size_t n)
{
	return spill_mix(name, n, record);
}

static void
add_hash(struct scan *s, uint64_t **v, size_t *n, size_t *cap, uint64_t h)
{
	if (*n == *cap) {
		size_t more = *cap > 0 ? 2 * *cap : 256;
		uint64_t *p = realloc(*v, more * sizeof(*p));

		if (p == NULL) {
			s->nomem = true;
			return;
		}
		*v = p;
		*cap = more;
	}
	(*v)[(*n)++] = h;
}

/* By its record, and by its name alone: of an old entry whose head is lost
 * only that is known. */
static void
add_used(struct scan *s, uint64_t record, const char *name, size_t n)
{
	add_hash(
	    s, &s->used, &s->nused, &s->cused, entry_hash(record, name, n));
	if (record != 0)
		add_hash(
		    s, &s->used, &s->nused, &s->cused, entry_hash(0, name, n));
}

static int
by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static bool
has_hash(const uint64_t *v, size_t n, uint64_t h)
{
	return n > 0 && bsearch(&h, v, n, sizeof(*v), by_value) != NULL;
}

/* --- candidates --------------------------------------------------------- */

/* An entry of old, kept until all that are in use are known. */
static void
add_entry(struct scan *s, const struct spill_ntfs_entry *e,
    const struct spill_ntfs_name *n, uint64_t base)
{
	const struct ev_entry x = { .name = spill_buf_as_span(&s->name),
		.object = e->file.record,
		.sequence = e->file.sequence,
		.named = EV_ERASED,
		.kind = (n->attributes & SPILL_NTFS_A_DIRECTORY) != 0 ? EV_DIR
								      : EV_FILE,
		.placed = true,
		.offset = base + e->at,
		.fn = &n->times.at };

	if (s->out->n < ENTRIES_MAX)
		ev_folder_add(s->out, &x);
	s->nomem |= s->out->nomem;
}

static void
take(struct scan *s, const struct spill_ntfs_entry *e, bool in_use, bool lost,
    uint64_t base)
{
	struct spill_ntfs_name n;
	uint64_t h;

	if (e->last || e->key.len == 0 ||
	    spill_ntfs_name_read(e->key, &n) == SPILL_EFORMAT ||
	    n.name.len == 0)
		return;
	spill_buf_reset(&s->name);
	(void)spill_utf16le_put(&s->name, n.name);
	h = entry_hash(e->file.record, s->name.p, s->name.len);
	if (in_use != s->counting)
		return;
	if (in_use) {
		add_used(s, e->file.record, s->name.p, s->name.len);
		return;
	}
	if (lost)
		add_hash(s, &s->lost, &s->nlost, &s->clost, h);
	if (n.space != SPILL_NTFS_DOS && n.parent.record == s->dir->addr &&
	    memchr(s->name.p, '\0', s->name.len) == NULL)
		add_entry(s, e, &n, base);
}

/* Most folders have nothing old in them: entries in use are looked at in a
 * second pass, and only where there is something. */
static void
scan_index(struct scan *s, const struct spill_ntfs_index *x, bool in_use,
    uint64_t base)
{
	struct spill_ntfs_entries it = spill_ntfs_entries(x);
	struct spill_ntfs_entry e;
	int rc;

	while (in_use == s->counting &&
	       (rc = spill_ntfs_entries_next(&it, &e)) != SPILL_END)
		if (rc == SPILL_OK)
			take(s, &e, in_use, !in_use, base);
	if (s->counting)
		return;
	it = spill_ntfs_slack(x);
	while (spill_ntfs_slack_next(&it, &e) == SPILL_OK)
		take(s, &e, false, false, base);
}

/* --- the index ---------------------------------------------------------- */

static bool
is_set(struct spill_span bits, uint64_t i)
{
	/* Without a bitmap all are in use. */
	return bits.len == 0 ||
	       (i / 8 < bits.len && ((uint8_t)bits.p[i / 8] >> i % 8 & 1));
}

static void
scan_blocks(struct scan *s, const TSK_FS_ATTR *a, uint32_t size,
    struct spill_span bits, uint64_t base)
{
	uint8_t *raw = malloc(2 * (size_t)size);
	uint64_t i = 0;

	for (TSK_OFF_T off = 0; raw != NULL && off < a->size;
	     off += size, i++) {
		struct spill_ntfs_index x;

		if (tsk_fs_attr_read(a, off, (char *)raw, size,
			TSK_FS_FILE_READ_FLAG_NONE) != (ssize_t)size)
			break;
		if (spill_ntfs_index_block(
			(struct spill_span){ (char *)raw, size }, raw + size,
			&x) == SPILL_EFORMAT)
			continue;
		x.key_type = SPILL_NTFS_FILE_NAME;
		scan_index(s, &x, is_set(bits, i), base + (uint64_t)off);
	}
	s->nomem |= raw == NULL;
	tsk_error_reset();
	free(raw);
}

/* The bytes of $BITMAP, which of large folders is not resident. */
static char *
load_bitmap(TSK_FS_FILE *f, struct spill_span *bits)
{
	const TSK_FS_ATTR *a =
	    tsk_fs_file_attr_get_type(f, TSK_FS_ATTR_TYPE_NTFS_BITMAP, 0, 0);
	size_t n = a != NULL && a->size > 0
		       ? (size_t)SPILL_MIN(a->size, (TSK_OFF_T)1 << 20)
		       : 0;
	char *p = n > 0 ? calloc(1, n) : NULL;

	*bits = (struct spill_span){ "", 0 };
	if (p != NULL && tsk_fs_attr_read(a, 0, p, n,
			     TSK_FS_FILE_READ_FLAG_NONE) == (ssize_t)n)
		*bits = (struct spill_span){ p, n };
	tsk_error_reset();
	return p;
}

static void
scan_folder(struct scan *s, TSK_FS_FILE *f)
{
	const TSK_FS_ATTR *root =
	    tsk_fs_file_attr_get_type(f, TSK_FS_ATTR_TYPE_NTFS_IDXROOT, 0, 0);
	const TSK_FS_ATTR *blocks =
	    tsk_fs_file_attr_get_type(f, TSK_FS_ATTR_TYPE_NTFS_IDXALLOC, 0, 0);
	struct spill_ntfs_index x = { 0 };
	struct spill_span bits;
	char *bitmap;

	tsk_error_reset();
	if (root == NULL ||
	    spill_ntfs_index_root(ev_ntfs_content(root), &x) == SPILL_EFORMAT)
		return;
	scan_index(s, &x, true, 0);
	if (blocks == NULL || x.block_size == 0 ||
	    x.block_size > SPILL_NTFS_RECORD_MAX)
		return;
	bitmap = load_bitmap(f, &bits);
	scan_blocks(s, blocks, x.block_size, bits, (uint64_t)root->size);
	free(bitmap);
}

/* --- what comes of it --------------------------------------------------- */

/* Names that libtsk has. Those in free blocks only are not in use. */
static void
review_names(struct scan *s)
{
	for (size_t i = 0; i < s->dir->names_used; i++) {
		TSK_FS_NAME *n = &s->dir->names[i];
		uint64_t h;

		if (n->name == NULL)
			continue;
		h = entry_hash(n->meta_addr, n->name, strlen(n->name));
		if ((n->flags & TSK_FS_NAME_FLAG_ALLOC) != 0 &&
		    has_hash(s->lost, s->nlost, h) &&
		    !has_hash(s->used, s->nused, h))
			n->flags = TSK_FS_NAME_FLAG_UNALLOC;
	}
}

static bool
is_twin(const struct ev_entry *a, const struct ev_entry *b)
{
	return (a->object == b->object || b->object == 0) &&
	       spill_span_eq(a->name, b->name);
}

/* Old entries that are told already, by libtsk or one before, are dropped. */
static void
drop_known(struct scan *s)
{
	struct ev_folder *o = s->out;
	size_t kept = 0;

	for (size_t i = 0; i < s->dir->names_used; i++) {
		const TSK_FS_NAME *x = &s->dir->names[i];

		if (x->name != NULL)
			add_used(s, x->meta_addr, x->name, strlen(x->name));
	}
	if (s->nused > 0)
		qsort(s->used, s->nused, sizeof(*s->used), by_value);
	for (size_t i = 0; i < o->n; i++) {
		struct ev_entry *e = &o->v[i];
		bool twice = has_hash(s->used, s->nused,
		    entry_hash(e->object, e->name.p, e->name.len));

		for (size_t k = kept; k > 0 && !twice && kept - k < 64; k--)
			twice = is_twin(&o->v[k - 1], e);
		if (!twice)
			o->v[kept++] = *e;
	}
	o->n = kept;
}

int
ev_ntfs_old_entries(struct ev_fs *fs, TSK_FS_DIR *dir, struct ev_folder *out)
{
	struct scan s = {
		.fs = fs, .dir = dir, .out = out, .name = SPILL_BUF_INIT(4096)
	};

	if (dir->fs_file == NULL || dir->fs_file->meta == NULL)
		return SPILL_OK;
	scan_folder(&s, dir->fs_file);
	if (out->n == 0 && s.nlost == 0)
		goto out;
	s.counting = true;
	scan_folder(&s, dir->fs_file);
	if (s.nused > 0)
		qsort(s.used, s.nused, sizeof(*s.used), by_value);
	if (s.nlost > 0) {
		qsort(s.lost, s.nlost, sizeof(*s.lost), by_value);
		review_names(&s);
	}
	if (out->n > 0)
		drop_known(&s);
out:
	free(s.used);
	free(s.lost);
	spill_buf_release(&s.name);
	return s.nomem ? SPILL_ENOMEM : SPILL_OK;
}
