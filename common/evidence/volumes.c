/*
 * volumes.c: the list of what lies on a disk, what is in each volume, and the
 * gaps between them.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs_iso_i.h"
#include "volumes_i.h"

/* --- the list ----------------------------------------------------------- */

struct spill_volume *
volumes_add(struct listing *l, enum spill_volume_kind kind, uint64_t offset,
    uint64_t length)
{
	struct spill_volumes *o = l->out;
	struct spill_volume *v;

	if (o->n == SPILL_VOLUMES_MAX)
		l->rc = SPILL_ELIMIT;
	if (l->rc == SPILL_OK && o->n == l->cap) {
		size_t cap = l->cap > 0 ? 2 * l->cap : 16;

		v = realloc(o->v, cap * sizeof(*v));
		if (v == NULL)
			l->rc = SPILL_ENOMEM;
		else
			o->v = v;
		l->cap = cap;
	}
	if (l->rc != SPILL_OK)
		return NULL;
	v = &o->v[o->n++];
	*v = (struct spill_volume){
		.kind = kind, .offset = offset, .length = length, .status = "ok"
	};
	return v;
}

void
volumes_say(struct listing *l, const char *code, uint64_t offset,
    uint64_t length, const char *format, ...)
{
	char detail[256];
	va_list ap;

	if (l->quiet)
		return;
	va_start(ap, format);
	(void)vsnprintf(detail, sizeof(detail), format, ap);
	va_end(ap);
	l->conf->say(l->conf->ctx, code, offset, length, detail);
}

static int
by_place(const void *a, const void *b)
{
	const struct spill_volume *x = a, *y = b;

	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	if (x->length != y->length)
		return x->length > y->length ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return strcmp(x->name, y->name);
}

void
volumes_sort(struct listing *l)
{
	if (l->out->n > 0)
		qsort(l->out->v, l->out->n, sizeof(*l->out->v), by_place);
}

static bool
read_disk(void *ctx, uint64_t at, void *buf, size_t n)
{
	struct listing *l = ctx;
	uint64_t size = l->view.size;

	return n <= size && at <= size - n &&
	       spill_image_read(l->image, at, buf, n, NULL) == n;
}

/* --- what is in a volume ------------------------------------------------ */

/* Look once more with the copies in place of what is damaged. */
static void
look_through_fixes(
    struct listing *l, const struct spill_volume *v, struct ev_found *found)
{
	struct ev_disk *own = l->disk;

	/* A disk of its own: libtsk keeps what it has read. */
	if (ev_disk_open(&l->disk, l->image) == SPILL_OK) {
		spill_volumes_overlay(l->image, v);
		ev_fs_detect(l->disk, v->offset, v->length, found);
		spill_image_overlay(l->image, 0, 0, 0);
		ev_disk_free(&l->disk);
	}
	l->disk = own;
}

static bool
is_unknown(const struct ev_found *found)
{
	return found->type == 0 && !found->pool && found->code == NULL &&
	       strncmp(found->what, "no file system", 14) == 0;
}

/*
 * A volume whose own boot sector is damaged: so much that nothing is known of
 * it, or FAT's and exFAT's by what they say of themselves, or the superblock of
 * ext, which still says what it is.
 */
static void
look_for_copy(struct listing *l, struct spill_volume *v, struct ev_found *found)
{
	const char *what = ev_fs_wants_copy(l->disk, v->offset, found->type);
	bool unknown = is_unknown(found);
	bool ext = lost_ext_is_damaged(&l->view, v->offset);
	struct ev_found copied;
	struct lost lost;

	if (v->length == 0 || (!unknown && what == NULL && !ext) ||
	    !lost_copy_of(&l->view, v->offset, v->length, what, &lost) ||
	    (!unknown && what == NULL && strncmp(lost.what, "ext", 3) != 0))
		return;
	memcpy(v->fix, lost.fix, sizeof(v->fix));
	v->fixes = lost.fixes;
	look_through_fixes(l, v, &copied);
	if (copied.type == 0) {
		v->fixes = 0;
		return;
	}
	*found = copied;
	volumes_say(l, "damaged", v->offset, v->length,
	    "volume %s, its %s: damaged, the copy at byte %llu is used",
	    v->name, lost.copy, (unsigned long long)lost.fix[0].from);
}

/* The newest session of a disc is what is in use. */
static void
look_for_sessions(struct listing *l, struct spill_volume *v)
{
	size_t len = strlen(v->what);
	struct iso_sessions s;

	ev_iso_sessions(l->disk, v->offset, v->length, &s);
	if (s.n < 2)
		return;
	v->snapshot = s.start[s.n - 1];
	(void)snprintf(v->what + len, sizeof(v->what) - len,
	    ", session %u of %u", s.n, s.n);
}

void
volumes_encrypted(struct listing *l, struct spill_volume *v, const char *what)
{
	(void)snprintf(v->what, sizeof(v->what), "%s", what);
	v->status = "encrypted";
	volumes_say(l, "encrypted", v->offset, v->length,
	    "volume %s is not walked: %s", v->name, what);
}

/* Two letters are no sign, but there is a checksum. */
static bool
look_for_core_storage(struct listing *l, struct spill_volume *v)
{
	uint8_t sector[512];
	struct lost lost = { 0 };

	if (!lost_read(&l->view, v->offset, sector, sizeof(sector)) ||
	    memcmp(sector + 88, "CS", 2) != 0 ||
	    !lost_core_storage(&l->view, v->offset, sector, &lost) ||
	    lost.start != v->offset)
		return false;
	v->kind = SPILL_VOLUME_OTHER;
	v->type = 0;
	volumes_encrypted(l, v, lost.what);
	return true;
}

void
volumes_look(struct listing *l, struct spill_volume *v)
{
	struct ev_found found;

	if (v->fixes > 0)
		look_through_fixes(l, v, &found);
	else
		ev_fs_detect(l->disk, v->offset, v->length, &found);
	if (v->fixes == 0)
		look_for_copy(l, v, &found);
	if (is_unknown(&found) && look_for_core_storage(l, v))
		return;
	if (is_unknown(&found) && v->fixes == 0)
		ev_fs_unsigned(l->disk, v->offset, &found);
	if (is_unknown(&found))
		volumes_inner_table(l, v);
	(void)snprintf(v->what, sizeof(v->what), "%s", found.what);
	v->kind = found.type != 0 ? SPILL_VOLUME_FS
		  : found.pool	  ? SPILL_VOLUME_POOL
				  : SPILL_VOLUME_OTHER;
	v->type = found.type;
	if (TSK_FS_TYPE_ISISO9660(v->type))
		look_for_sessions(l, v);
	if (found.ambiguous)
		volumes_say(l, "anomaly", v->offset, v->length,
		    "a second file system can be opened in the volume");
	if (found.code == NULL)
		return;
	v->status =
	    strcmp(found.code, "encrypted") == 0 ? "encrypted" : "unsupported";
	/* BitLocker To Go has a small FAT in front that tells what it is. */
	volumes_say(l, found.code, v->offset, v->length,
	    "volume %s is not walked%s: %s", v->name,
	    found.type != 0 ? " but for the file system in front of it" : "",
	    found.what);
}

/* --- gaps --------------------------------------------------------------- */

/* What neither tables nor partitions have. */
static void
add_gaps(struct listing *l, const char *what)
{
	size_t n = l->out->n;
	uint64_t end = 0;

	for (size_t i = 0; i <= n && l->rc == SPILL_OK; i++) {
		uint64_t next = i < n ? l->out->v[i].offset : l->disk->size;
		struct spill_volume *v =
		    next > end
			? volumes_add(l, SPILL_VOLUME_GAP, end, next - end)
			: NULL;

		if (v != NULL)
			(void)snprintf(v->what, sizeof(v->what), "%s", what);
		if (i < n)
			end = SPILL_MAX(
			    end, l->out->v[i].offset + l->out->v[i].length);
	}
}

/* --- the disk ----------------------------------------------------------- */

static void
add_bare(struct listing *l)
{
	struct spill_volume *v =
	    volumes_add(l, SPILL_VOLUME_OTHER, 0, l->disk->size);

	if (v == NULL)
		return;
	(void)snprintf(v->name, sizeof(v->name), "p0");
	volumes_look(l, v);
	if (v->kind != SPILL_VOLUME_OTHER || strcmp(v->status, "ok") != 0 ||
	    strcmp(v->what, "swap space") == 0)
		return;
	l->none = true;
	l->out->n--;
}

static void
list(struct listing *l)
{
	bool table = volumes_table(l), again = l->quiet;

	if (!table && l->rc == SPILL_OK)
		add_bare(l);
	volumes_sort(l);
	l->quiet = false;
	if (l->conf->lost && l->rc == SPILL_OK)
		volumes_search(l);
	l->quiet = again;
	volumes_pools(l);
	volumes_sessions(l);
	l->quiet = false;
	volumes_sort(l);
	add_gaps(l, l->none ? "no file system that is known" : "unallocated");
	volumes_sort(l);
}

int
spill_volumes_list(struct spill_image *image,
    const struct spill_volumes_conf *conf, struct spill_volumes *out)
{
	struct listing l = { .image = image,
		.view = { .read = read_disk,
		    .size = spill_image_info(image)->size },
		.conf = conf,
		.quiet = conf->lost || conf->one,
		.out = out };
	int rc;

	*out = (struct spill_volumes){ 0 };
	l.view.ctx = &l;
	rc = ev_disk_open(&l.disk, image);
	if (rc != SPILL_OK)
		return rc;
	if (conf->one) {
		volumes_find(&l);
		volumes_pools(&l);
		volumes_sessions(&l);
	} else {
		list(&l);
	}
	ev_disk_free(&l.disk);
	if (l.rc != SPILL_OK)
		spill_volumes_release(out);
	return l.rc != SPILL_OK ? l.rc : l.none ? SPILL_EFORMAT : SPILL_OK;
}

void
spill_volumes_overlay(struct spill_image *image, const struct spill_volume *v)
{
	for (unsigned i = 0; i < v->fixes; i++)
		spill_image_overlay(
		    image, v->fix[i].at, v->fix[i].from, v->fix[i].len);
}

void
spill_volumes_release(struct spill_volumes *l)
{
	free(l->v);
	*l = (struct spill_volumes){ 0 };
}
