/*
 * fsitem.c: the bytes of an item. Families that load objects by our own
 * decoders have them read by the same runs that the walk tells (fs_bytes.c);
 * those of the others are libtsk's.
 */
#include <stdlib.h>
#include <string.h>

#include <spill/fsitem.h>

#include "fs_i.h"

struct piece {
	uint64_t at, len; /* on the disk */
};

struct spill_fsvol {
	struct ev_disk *disk;
	struct spill_volume volume; /* without a name: the whole disk */
	bool is_disk;
	struct ev_fs fs; /* once an object was asked for */
	bool opened;
	int rc; /* of that */
};

struct spill_fsitem {
	struct spill_fsvol *vol;
	bool owns; /* the volume is its own */
	struct ev_object object;
	const struct ev_attr *own; /* of it; NULL: it has none, or libtsk's */
	uint64_t there; /* ev_attr_there() */
	TSK_FS_FILE *file; /* libtsk's */
	const TSK_FS_ATTR *attr;
	struct piece *piece;
	size_t pieces;
	uint64_t from, size; /* of the bytes, in the attribute */
	bool slack, entry;
};

/* --- ranges ------------------------------------------------------------- */

static int
open_ranges(
    struct spill_fsitem *x, const struct spill_locator *l, const char **why)
{
	const struct spill_volume *v = &x->vol->volume;
	uint64_t start = x->vol->is_disk ? 0 : v->offset;
	uint64_t room = x->vol->is_disk ? x->vol->disk->size : v->length;

	x->piece = calloc(l->ranges + 1, sizeof(*x->piece));
	if (x->piece == NULL)
		return SPILL_ENOMEM;
	for (size_t i = 0; i < l->ranges; i++) {
		const struct spill_range *r = &l->range[i];

		if (r->offset > room || r->len > room - r->offset) {
			*why = "it lies beyond the end";
			return SPILL_EFORMAT;
		}
		x->piece[x->pieces++] =
		    (struct piece){ start + r->offset, r->len };
		x->size += r->len;
	}
	return SPILL_OK;
}

static size_t
read_ranges(
    struct spill_fsitem *x, uint64_t offset, char *buf, size_t n, size_t *lost)
{
	size_t got = 0;

	for (size_t i = 0; i < x->pieces && got < n; i++) {
		const struct piece *p = &x->piece[i];
		unsigned bad = 0;
		size_t part;

		if (offset >= p->len) {
			offset -= p->len;
			continue;
		}
		part = (size_t)SPILL_MIN(n - got, p->len - offset);
		(void)spill_image_read(
		    x->vol->disk->image, p->at + offset, buf + got, part, &bad);
		if (bad != 0)
			*lost += part;
		got += part;
		offset = 0;
	}
	return got;
}

/* --- objects ------------------------------------------------------------ */

static const char no_object[] = "there is no object of that number";
static const char no_attribute[] = "the object has no such attribute";

/*
 * Is the content of a family read by its runs? NTFS's is libtsk's: resident
 * content has marks of its sectors among it, and some is compressed.
 */
static bool
is_own(const struct ev_fs *fs)
{
	return fs->ops->load != ev_tsk_load && fs->ops != &ev_fs_ntfs;
}

static int
load_object(struct spill_fsitem *x, uint64_t number, const char **why)
{
	struct ev_entry e = { .object = number };
	int rc = x->vol->fs.ops->load(&x->vol->fs, &e, 0, &x->object);

	if (rc == SPILL_ENOMEM)
		return rc;
	if (rc != SPILL_OK)
		*why = no_object;
	else if (x->object.unreadable)
		*why = "the record of the object cannot be read";
	else
		return SPILL_OK;
	return SPILL_EFORMAT;
}

/* What has no attributes by type has one without a name, if any. */
static const struct ev_attr *
pick_own(const struct spill_fsitem *x, const struct spill_locator *l)
{
	const struct ev_object *o = &x->object;

	if (l->numbers < 2)
		return o->n > 0 && !o->made_up ? &o->attr[0] : NULL;
	for (size_t i = 0; i < o->n && x->vol->fs.ops->by_attribute; i++)
		if (o->attr[i].type == l->number[1] &&
		    (l->numbers < 3 || o->attr[i].id == l->number[2]))
			return &o->attr[i];
	return NULL;
}

static int
open_own(
    struct spill_fsitem *x, const struct spill_locator *l, const char **why)
{
	const struct ev_attr *a;
	int rc = load_object(x, l->number[0], why);

	if (rc != SPILL_OK)
		return rc;
	a = x->own = pick_own(x, l);
	if (a == NULL && l->numbers > 1) {
		*why = no_attribute;
		return SPILL_EFORMAT;
	}
	if (a == NULL)
		return SPILL_OK;
	x->there = ev_attr_there(&x->vol->fs, &x->object, a);
	x->size = a->size;
	if (!l->slack)
		return SPILL_OK;
	x->from = a->size;
	x->size = a->alloc > a->size ? a->alloc - a->size : 0;
	return SPILL_OK;
}

/* --- objects of libtsk -------------------------------------------------- */

static bool
open_file(struct spill_fsitem *x, uint64_t number)
{
	x->file = tsk_fs_file_open_meta(x->vol->fs.tsk, NULL, number);
	return x->file != NULL && x->file->meta != NULL;
}

/* Is a stretch of the disk known to be bad? */
static bool
is_bad(struct spill_fsitem *x, uint64_t at, uint64_t len)
{
	return spill_image_is_bad(x->vol->disk->image, at, len) != 0;
}

static const TSK_FS_ATTR *
pick_attribute(struct spill_fsitem *x, const struct spill_locator *l)
{
	int n;

	if (l->numbers < 2)
		return tsk_fs_file_attr_get(x->file);
	n = tsk_fs_file_attr_getsize(x->file);
	for (int i = 0; i < n; i++) {
		const TSK_FS_ATTR *a = tsk_fs_file_attr_get_idx(x->file, i);

		if (a != NULL && (uint64_t)a->type == l->number[1] &&
		    (l->numbers < 3 || a->id == l->number[2]))
			return a;
	}
	return NULL;
}

static int
open_object(
    struct spill_fsitem *x, const struct spill_locator *l, const char **why)
{
	const TSK_FS_ATTR *a;

	if (is_own(&x->vol->fs))
		return open_own(x, l, why);
	if (!open_file(x, l->number[0])) {
		*why = no_object;
		return SPILL_EFORMAT;
	}
	a = x->attr = pick_attribute(x, l);
	if (a == NULL && l->numbers > 1) {
		*why = no_attribute;
		return SPILL_EFORMAT;
	}
	x->size = a != NULL && a->size > 0 ? (uint64_t)a->size : 0;
	if (!l->slack)
		return SPILL_OK;
	x->slack = true;
	x->from = x->size;
	x->size = 0;
	if (a != NULL && (a->flags & TSK_FS_ATTR_NONRES) != 0 &&
	    a->nrd.allocsize > a->size)
		x->size = (uint64_t)(a->nrd.allocsize - a->size);
	return SPILL_OK;
}

/* --- entries ------------------------------------------------------------ */

#define ENTRY_MAX 1024

/* One attribute of a folder, from where it stands among its bytes. */
static size_t
read_part(const TSK_FS_ATTR *a, uint64_t offset, char *buf, size_t n)
{
	ssize_t got;

	if (a == NULL || a->size <= 0 || offset >= (uint64_t)a->size)
		return 0;
	n = (size_t)SPILL_MIN(n, (uint64_t)a->size - offset);
	got = tsk_fs_attr_read(
	    a, (TSK_OFF_T)offset, buf, n, TSK_FS_FILE_READ_FLAG_NONE);
	tsk_error_reset();
	return got > 0 ? (size_t)got : 0;
}

/* All that the folder has, whatever its size: what is listed of an erased one
 * may lie behind that. */
static size_t
read_own_folder(
    struct spill_fsitem *x, uint64_t offset, char *buf, size_t n, size_t *lost)
{
	uint64_t end = ev_attr_end(&x->vol->fs, &x->object, x->own);

	if (offset >= end)
		return 0;
	n = (size_t)SPILL_MIN(n, end - offset);
	return ev_attr_read(
	    &x->vol->fs, &x->object, x->own, offset, buf, n, lost);
}

/* Entries count in the bytes of their folder; on NTFS these are $INDEX_ROOT
 * and, behind it, $INDEX_ALLOCATION. */
static size_t
read_folder(
    struct spill_fsitem *x, uint64_t offset, char *buf, size_t n, size_t *lost)
{
	const TSK_FS_ATTR *root;

	if (x->own != NULL)
		return read_own_folder(x, offset, buf, n, lost);
	if (x->vol->fs.ops != &ev_fs_ntfs)
		return read_part(tsk_fs_file_attr_get(x->file), offset, buf, n);
	root = tsk_fs_file_attr_get_type(
	    x->file, TSK_FS_ATTR_TYPE_NTFS_IDXROOT, 0, 0);
	if (root != NULL && offset < (uint64_t)root->size)
		return read_part(root, offset, buf, n);
	return read_part(tsk_fs_file_attr_get_type(
			     x->file, TSK_FS_ATTR_TYPE_NTFS_IDXALLOC, 0, 0),
	    offset - (root != NULL ? (uint64_t)root->size : 0), buf, n);
}

static int
open_folder(struct spill_fsitem *x, uint64_t number, const char **why)
{
	int rc;

	if (!is_own(&x->vol->fs))
		return open_file(x, number) ? SPILL_OK : SPILL_EFORMAT;
	rc = load_object(x, number, why);
	if (rc == SPILL_OK && x->object.n > 0)
		x->own = &x->object.attr[0];
	return rc == SPILL_OK && x->own == NULL ? SPILL_EFORMAT : rc;
}

static int
open_entry(
    struct spill_fsitem *x, const struct spill_locator *l, const char **why)
{
	char head[ENTRY_MAX];
	size_t n, lost = 0;
	int rc;

	*why = "there is no entry";
	if (x->vol->fs.ops->entry_len == NULL)
		return SPILL_EFORMAT;
	rc = open_folder(x, l->number[0], why);
	if (rc != SPILL_OK)
		return rc;
	n = read_folder(x, l->number[1], head, sizeof(head), &lost);
	x->entry = true;
	x->from = l->number[1];
	x->size = x->vol->fs.ops->entry_len((struct spill_span){ head, n });
	return x->size > 0 ? SPILL_OK : SPILL_EFORMAT;
}

/* --- the item ----------------------------------------------------------- */

/* The file system of a volume, opened once. */
static int
open_fs(struct spill_fsvol *vol, const char **why)
{
	if (!vol->opened) {
		vol->rc = ev_fs_open(&vol->fs, vol->disk, &vol->volume);
		if (vol->rc == SPILL_OK && !is_own(&vol->fs) &&
		    !ev_fs_need_tsk(&vol->fs))
			vol->rc = SPILL_EFORMAT;
		vol->opened = true;
	}
	if (vol->rc == SPILL_EFORMAT)
		*why = "the file system cannot be opened";
	return vol->rc;
}

static int
open_item(
    struct spill_fsitem *x, const struct spill_locator *l, const char **why)
{
	int rc;

	if (l->kind == SPILL_LOCATOR_RANGE)
		return open_ranges(x, l, why);
	if (l->kind == SPILL_LOCATOR_NAME) {
		*why = "on a file system an object is a number, not a name: "
		       "column item of spill-walk has it";
		return SPILL_EFORMAT;
	}
	if (x->vol->is_disk || x->vol->volume.kind != SPILL_VOLUME_FS ||
	    (l->kind != SPILL_LOCATOR_ID && l->kind != SPILL_LOCATOR_ENTRY)) {
		*why = "it is not on a file system that is read here";
		return SPILL_EFORMAT;
	}
	rc = open_fs(x->vol, why);
	if (rc != SPILL_OK)
		return rc;
	return l->kind == SPILL_LOCATOR_ID ? open_object(x, l, why)
					   : open_entry(x, l, why);
}

int
spill_fsvol_open(struct spill_image *image, const struct spill_volume *v,
    struct spill_fsvol **out)
{
	struct spill_fsvol *vol = calloc(1, sizeof(*vol));
	int rc = vol == NULL ? SPILL_ENOMEM : ev_disk_open(&vol->disk, image);

	if (rc != SPILL_OK) {
		free(vol);
		return rc;
	}
	vol->is_disk = v == NULL;
	if (v != NULL)
		vol->volume = *v;
	*out = vol;
	return SPILL_OK;
}

void
spill_fsvol_free(struct spill_fsvol **v)
{
	struct spill_fsvol *vol = *v;

	if (vol == NULL)
		return;
	if (vol->fs.ops != NULL)
		ev_fs_close(&vol->fs);
	ev_disk_free(&vol->disk);
	free(vol);
	*v = NULL;
}

int
spill_fsitem_at(struct spill_fsvol *vol, const struct spill_locator *l,
    struct spill_fsitem **item, const char **why)
{
	struct spill_fsitem *x = calloc(1, sizeof(*x));
	int rc;

	*why = "";
	if (x == NULL)
		return SPILL_ENOMEM;
	x->vol = vol;
	rc = open_item(x, l, why);
	if (rc != SPILL_OK)
		spill_fsitem_free(&x);
	else
		*item = x;
	return rc;
}

int
spill_fsitem_open(struct spill_image *image, const struct spill_volume *v,
    const struct spill_locator *l, struct spill_fsitem **item, const char **why)
{
	struct spill_fsvol *vol = NULL;
	int rc = spill_fsvol_open(image, v, &vol);

	*why = "";
	if (rc == SPILL_OK)
		rc = spill_fsitem_at(vol, l, item, why);
	if (rc == SPILL_OK)
		(*item)->owns = true;
	else
		spill_fsvol_free(&vol);
	return rc;
}

uint64_t
spill_fsitem_size(const struct spill_fsitem *x)
{
	return x->size;
}

/* What lies behind the end of the image is left out, but in the middle. */
static size_t
read_own(
    struct spill_fsitem *x, uint64_t offset, char *buf, size_t n, size_t *lost)
{
	if (offset >= x->there)
		return 0;
	n = (size_t)SPILL_MIN(n, x->there - offset);
	return ev_attr_read(
	    &x->vol->fs, &x->object, x->own, offset, buf, n, lost);
}

/* From libtsk's attribute, all of it or zeros for what it does not give. */
static size_t
read_attribute(struct spill_fsitem *x, uint64_t offset, char *buf, size_t n)
{
	ssize_t got;

	ev_disk_as_is(x->vol->disk, true);
	got = tsk_fs_attr_read(x->attr, (TSK_OFF_T)(x->from + offset), buf, n,
	    x->slack ? TSK_FS_FILE_READ_FLAG_SLACK
		     : TSK_FS_FILE_READ_FLAG_NONE);
	ev_disk_as_is(x->vol->disk, false);
	tsk_error_reset();
	return got > 0 ? SPILL_MIN((size_t)got, n) : 0;
}

/* Bytes of a stretch of the attribute that lie on bad parts of the disk. */
static size_t
count_bad(struct spill_fsitem *x, uint64_t offset, size_t n)
{
	uint64_t size = x->vol->fs.tsk->block_size, from = x->from + offset;
	size_t lost = 0;

	for (const TSK_FS_ATTR_RUN *r = x->attr->nrd.run; r != NULL;
	     r = r->next) {
		uint64_t a = SPILL_MAX(from, r->offset * size);
		uint64_t b = SPILL_MIN(from + n, (r->offset + r->len) * size);

		if (r->flags == TSK_FS_ATTR_RUN_FLAG_NONE && a < b &&
		    is_bad(x,
			x->vol->fs.offset + r->addr * size + a -
			    r->offset * size,
			b - a))
			lost += (size_t)(b - a);
	}
	return SPILL_MIN(lost, n);
}

size_t
spill_fsitem_read(
    struct spill_fsitem *x, uint64_t offset, void *buf, size_t n, size_t *lost)
{
	size_t got;

	*lost = 0;
	if (offset >= x->size)
		return 0;
	n = (size_t)SPILL_MIN(n, x->size - offset);
	memset(buf, 0, n);
	if (x->pieces > 0)
		return read_ranges(x, offset, buf, n, lost);
	if (x->entry)
		return read_folder(x, x->from + offset, buf, n, lost);
	if (x->own != NULL)
		return read_own(x, x->from + offset, buf, n, lost);
	got = read_attribute(x, offset, buf, n);
	if ((x->attr->flags & TSK_FS_ATTR_NONRES) != 0)
		*lost = count_bad(x, offset, got);
	/* A hole at the end of a sparse one need not have a run. */
	return (x->attr->flags & TSK_FS_ATTR_SPARSE) != 0 ? n : got;
}

void
spill_fsitem_free(struct spill_fsitem **item)
{
	struct spill_fsitem *x = *item;

	if (x == NULL)
		return;
	tsk_fs_file_close(x->file);
	ev_object_release(&x->object);
	if (x->owns)
		spill_fsvol_free(&x->vol);
	free(x->piece);
	free(x);
	*item = NULL;
}
