#include <stdlib.h>
#include <string.h>

#include <spill/hash.h>

#include "fs_i.h"
#include "fs_iso_i.h"

static const struct ev_fs_ops *
ops_of(TSK_FS_TYPE_ENUM type)
{
	if (TSK_FS_TYPE_ISNTFS(type))
		return &ev_fs_ntfs;
	if (TSK_FS_TYPE_ISEXT(type))
		return &ev_fs_ext;
	if (type == TSK_FS_TYPE_EXFAT)
		return &ev_fs_exfat;
	if (TSK_FS_TYPE_ISFAT(type))
		return &ev_fs_fat;
	if (TSK_FS_TYPE_ISISO9660(type))
		return &ev_fs_iso;
	if (TSK_FS_TYPE_ISAPFS(type))
		return &ev_fs_apfs;
	if (TSK_FS_TYPE_ISHFS(type))
		return &ev_fs_hfs;
	if (TSK_FS_TYPE_ISFFS(type))
		return &ev_fs_ufs;
	return &ev_fs_other;
}

/* A volume in a pool has an image of its own, which leads to the disk's. */
static TSK_FS_INFO *
open_pooled(struct ev_fs *fs, const struct spill_volume *v)
{
	TSK_IMG_INFO *image = NULL;
	TSK_FS_INFO *tsk = NULL;

	fs->pool = tsk_pool_open_img_sing(
	    &fs->disk->tsk, (TSK_OFF_T)v->offset, TSK_POOL_TYPE_APFS);
	if (fs->pool != NULL)
		image = fs->pool->get_img_info(fs->pool, v->block);
	if (image != NULL)
		tsk = tsk_fs_open_img(
		    image, (TSK_OFF_T)v->offset, TSK_FS_TYPE_APFS);
	if (image != NULL && tsk == NULL)
		image->close(image);
	return tsk;
}

static TSK_FS_INFO *
open_tsk(struct ev_fs *fs, const struct spill_volume *v)
{
	if (v->type == TSK_FS_TYPE_APFS)
		return open_pooled(fs, v);
	if (TSK_FS_TYPE_ISISO9660(v->type))
		return ev_iso_open(fs);
	return tsk_fs_open_img(
	    &fs->disk->tsk, (TSK_OFF_T)v->offset, (TSK_FS_TYPE_ENUM)v->type);
}

int
ev_fs_open(struct ev_fs *fs, struct ev_disk *disk, const struct spill_volume *v)
{
	int rc = SPILL_OK;

	*fs = (struct ev_fs){ .disk = disk,
		.offset = v->offset,
		.length = v->length,
		.target = SPILL_BUF_INIT((size_t)1 << 20) };
	fs->tsk = open_tsk(fs, v);
	if (fs->tsk == NULL) {
		ev_fs_close(fs);
		return SPILL_EFORMAT;
	}
	fs->ops = ops_of(fs->tsk->ftype);
	if (fs->ops->open != NULL)
		rc = fs->ops->open(fs);
	if (rc != SPILL_OK)
		ev_fs_close(fs);
	return rc;
}

void
ev_fs_close(struct ev_fs *fs)
{
	if (fs->ops != NULL && fs->ops->close != NULL)
		fs->ops->close(fs);
	if (fs->tsk != NULL) {
		TSK_IMG_INFO *image = fs->tsk->img_info;

		tsk_fs_close(fs->tsk);
		if (fs->pool != NULL)
			image->close(image);
	}
	if (fs->pool != NULL)
		tsk_pool_close(fs->pool);
	spill_buf_release(&fs->target);
	free(fs->places.v);
	*fs = (struct ev_fs){ 0 };
}

bool
ev_fs_read(struct ev_fs *fs, uint64_t at, void *buf, size_t n)
{
	return at <= UINT64_MAX - fs->offset &&
	       ev_disk_read(fs->disk, fs->offset + at, buf, n);
}

/* --- entries by name ---------------------------------------------------- */

/* libtsk may have another name where it has "^": all that is odd counts as
 * the same, and runs of it once. */
static uint64_t
place_hash(uint64_t object, struct spill_span name)
{
	char plain[256];
	size_t n = 0;

	for (size_t i = 0; i < name.len && n < sizeof(plain); i++) {
		bool odd =
		    name.p[i] < 0x20 || name.p[i] >= 0x7f || name.p[i] == '^';

		if (odd && n > 0 && plain[n - 1] == '^')
			continue;
		plain[n++] = odd ? '^' : name.p[i];
	}
	return spill_mix(plain, n, object);
}

void
ev_place_add(
    struct ev_fs *fs, uint64_t object, struct spill_span name, uint64_t offset)
{
	struct ev_places *l = &fs->places;

	if (l->n == l->cap) {
		size_t cap = l->cap > 0 ? 2 * l->cap : 256;
		struct ev_place *p = realloc(l->v, cap * sizeof(*p));

		if (p == NULL) {
			l->nomem = true;
			return;
		}
		l->v = p;
		l->cap = cap;
	}
	l->v[l->n++] = (struct ev_place){ place_hash(object, name), offset };
}

static int
by_hash(const void *a, const void *b)
{
	const struct ev_place *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* The first one of that name; the next that asks for it gets the next. */
bool
ev_place_find(
    struct ev_fs *fs, const TSK_FS_NAME *name, TSK_INUM_T dir, uint64_t *offset)
{
	struct ev_places *l = &fs->places;
	uint64_t h = place_hash(name->meta_addr, spill_span(name->name));
	size_t lo = 0, hi;

	if (fs->ops->places == NULL)
		return false;
	if (!l->loaded || l->dir != dir) {
		l->n = 0;
		l->dir = dir;
		l->loaded = true;
		fs->ops->places(fs, dir);
		if (l->n > 0)
			qsort(l->v, l->n, sizeof(*l->v), by_hash);
	}
	for (hi = l->n; lo < hi;) {
		size_t mid = lo + (hi - lo) / 2;

		if (l->v[mid].hash < h)
			lo = mid + 1;
		else
			hi = mid;
	}
	while (lo < l->n && l->v[lo].hash == h && l->v[lo].offset == UINT64_MAX)
		lo++;
	if (lo == l->n || l->v[lo].hash != h)
		return false;
	*offset = l->v[lo].offset;
	if (lo + 1 < l->n && l->v[lo + 1].hash == h)
		l->v[lo].offset = UINT64_MAX;
	return true;
}

/* --- names -------------------------------------------------------------- */

bool
ev_name_is_odd(const char *name)
{
	return strchr(name, '^') != NULL;
}

/* The three bytes of a surrogate in WTF-8: 1 for a high one, 2 for a low. */
static int
surrogate(const uint8_t *p, size_t n)
{
	if (n < 3 || p[0] != 0xed || p[1] < 0xa0)
		return 0;
	return p[1] < 0xb0 ? 1 : 2;
}

/*
 * What "^" stands for at p: a surrogate alone, and with a high one what comes
 * behind it if that is not the next of the name; or a byte that libtsk does
 * not show. 0: nothing of the kind.
 */
static size_t
odd_len(const uint8_t *p, size_t n, char next)
{
	int kind = surrogate(p, n);
	size_t len = 3;

	if (kind == 0)
		return *p < 0x20 || *p >= 0x7f;
	if (kind == 2 || n == 3 || p[3] == (uint8_t)next)
		return 3;
	do
		len++;
	while (len < n && (p[len] & 0xc0) == 0x80);
	return len;
}

bool
ev_name_fits(struct spill_span raw, const char *name)
{
	const uint8_t *p = (const uint8_t *)raw.p, *end = p + raw.len;

	while (p < end && *name != '\0') {
		size_t n = 1;

		if (*(const uint8_t *)name != *p)
			n = *name == '^'
				? odd_len(p, (size_t)(end - p), name[1])
				: 0;
		if (n == 0)
			return false;
		p += n;
		name++;
	}
	return p == end && *name == '\0';
}
