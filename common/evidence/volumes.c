#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <spill/volumes.h>

#include "fs_open_i.h"
#include "apfs_pool_i.h"

/* libtsk's list, and what is made of it. */
struct listing {
	struct ev_disk *disk;
	spill_volumes_say *say;
	void *ctx;
	struct spill_volumes *out;
	size_t cap;
	uint64_t end; /* of what partitions have covered so far */
	unsigned logical; /* number of the last logical one, from 5 */
	bool none; /* nothing was found in any partition */
	int rc;
};

static struct spill_volume *
add(struct listing *l, enum spill_volume_kind kind, uint64_t offset,
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

/* --- what is in it ------------------------------------------------------ */

/* Is it a pool? */
static bool
look_inside(struct listing *l, struct spill_volume *v)
{
	struct ev_found found;
	char detail[256];

	ev_fs_detect(l->disk, v->offset, v->length, &found);
	(void)snprintf(v->what, sizeof(v->what), "%s", found.what);
	v->kind = found.type != 0 ? SPILL_VOLUME_FS : SPILL_VOLUME_OTHER;
	v->type = found.type;
	if (found.ambiguous)
		l->say(l->ctx, "anomaly", v->offset, v->length,
		    "a second file system can be opened in the volume");
	if (found.code == NULL)
		return found.pool;
	v->status =
	    strcmp(found.code, "encrypted") == 0 ? "encrypted" : "unsupported";
	/* BitLocker To Go has a small FAT in front that tells what it is. */
	(void)snprintf(detail, sizeof(detail), "volume %s is not walked%s: %s",
	    v->name,
	    found.type != 0 ? " but for the file system in front of it" : "",
	    found.what);
	l->say(l->ctx, found.code, v->offset, v->length, detail);
	return false;
}

/* --- pools --------------------------------------------------------------- */

struct pool {
	struct listing *l;
	size_t at; /* of the container in the list */
	unsigned n; /* found in it */
};

static void
add_pooled(void *ctx, const struct ev_pool_volume *p)
{
	struct pool *pool = ctx;
	struct listing *l = pool->l;
	struct spill_volume in = l->out->v[pool->at], *v;
	char detail[256];

	v = add(l,
	    p->snapshot > 0 ? SPILL_VOLUME_SNAPSHOT
	    : p->encrypted  ? SPILL_VOLUME_OTHER
			    : SPILL_VOLUME_FS,
	    in.offset, in.length);
	if (v == NULL)
		return;
	v->block = p->block;
	v->rank = ++pool->n;
	(void)snprintf(v->name, sizeof(v->name),
	    p->snapshot > 0 ? "%.24s.v%u.snap%u" : "%.24s.v%u", in.name,
	    p->number, p->snapshot);
	(void)snprintf(v->what, sizeof(v->what), "%s", p->what);
	if (v->kind == SPILL_VOLUME_FS)
		v->type = TSK_FS_TYPE_APFS;
	if (v->kind == SPILL_VOLUME_OTHER)
		v->status = "encrypted";
	if (p->snapshot == 0 && (p->encrypted || p->snapshots > 0)) {
		(void)snprintf(detail, sizeof(detail), "%s %s not walked: %s",
		    p->encrypted ? "volume" : "snapshots of volume", v->name,
		    p->what);
		l->say(l->ctx, p->encrypted ? "encrypted" : "unsupported",
		    p->encrypted ? v->offset : 0, p->encrypted ? v->length : 0,
		    detail);
	}
}

static void
pool_flaw(void *ctx, const char *what)
{
	const struct pool *pool = ctx;
	const struct spill_volume *v = &pool->l->out->v[pool->at];
	char detail[256];

	(void)snprintf(
	    detail, sizeof(detail), "APFS container %s: %s", v->name, what);
	pool->l->say(pool->l->ctx, "damaged", v->offset, v->length, detail);
}

/* Behind a container its volumes. */
static void
add_pool(struct listing *l, size_t at)
{
	struct pool pool = { .l = l, .at = at };
	const struct ev_pool_sink sink = { add_pooled, pool_flaw, &pool };
	struct spill_volume *v = &l->out->v[at];
	int rc;

	v->kind = SPILL_VOLUME_POOL;
	rc = ev_pool_list(l->disk, v->offset, &sink);
	if (rc == SPILL_ENOMEM)
		l->rc = rc;
	v = &l->out->v[at];
	if (pool.n > 0)
		return;
	v->kind = SPILL_VOLUME_OTHER;
	if (rc != SPILL_OK)
		v->status = "unsupported";
}

/* --- what is in it, and behind it --------------------------------------- */

static void
look(struct listing *l, size_t at)
{
	if (look_inside(l, &l->out->v[at]))
		add_pool(l, at);
}

/* --- partitions --------------------------------------------------------- */

/* Partition numbers as Linux has them. */
static unsigned
number_of(struct listing *l, const TSK_VS_INFO *vs, const TSK_VS_PART_INFO *p)
{
	if (vs->vstype != TSK_VS_TYPE_DOS || p->table_num == 0)
		return (uint8_t)p->slot_num + 1u; /* kept in 8 bits */
	return ++l->logical;
}

static void
check_place(struct listing *l, struct spill_volume *v)
{
	char detail[128];

	if (v->offset < l->end) {
		(void)snprintf(detail, sizeof(detail),
		    "volume %s begins before the one before it ends", v->name);
		l->say(l->ctx, "anomaly", v->offset,
		    SPILL_MIN(v->length, l->end - v->offset), detail);
	}
	if (v->offset >= l->disk->size ||
	    v->length > l->disk->size - v->offset) {
		uint64_t from = SPILL_MIN(v->offset, l->disk->size);

		(void)snprintf(detail, sizeof(detail),
		    "volume %s goes on beyond the end of the image by %llu "
		    "bytes",
		    v->name,
		    (unsigned long long)(v->offset + v->length -
					 l->disk->size));
		l->say(l->ctx, "anomaly", v->offset, v->length, detail);
		v->length = l->disk->size - from;
		v->offset = from;
	}
	l->end = SPILL_MAX(l->end, v->offset + v->length);
}

static bool
is_container(const TSK_VS_PART_INFO *p)
{
	return (p->flags & TSK_VS_PART_FLAG_META) != 0 && p->desc != NULL &&
	       strstr(p->desc, "Table") == NULL &&
	       strstr(p->desc, "Header") == NULL;
}

static void
add_part(struct listing *l, const TSK_VS_INFO *vs, const TSK_VS_PART_INFO *p)
{
	uint64_t size = vs->block_size, start, len;
	struct spill_volume *v;

	if (p->start > INT64_MAX / size || p->len > INT64_MAX / size ||
	    (p->flags & TSK_VS_PART_FLAG_UNALLOC) != 0 || is_container(p))
		return;
	start = vs->offset + p->start * size;
	len = p->len * size;
	v = add(l,
	    p->flags & TSK_VS_PART_FLAG_META ? SPILL_VOLUME_TABLE
					     : SPILL_VOLUME_OTHER,
	    start, len);
	if (v == NULL)
		return;
	(void)snprintf(
	    v->what, sizeof(v->what), "%s", p->desc != NULL ? p->desc : "");
	if (v->kind == SPILL_VOLUME_OTHER) {
		(void)snprintf(
		    v->name, sizeof(v->name), "p%u", number_of(l, vs, p));
		check_place(l, v);
		look(l, (size_t)(v - l->out->v));
	} else if (v->offset >= l->disk->size) {
		l->out->n--;
	} else {
		v->length = SPILL_MIN(v->length, l->disk->size - v->offset);
	}
}

/* What neither tables nor partitions have: libtsk's own list of it overlaps
 * with the tables. */
static void
add_gaps(struct listing *l)
{
	size_t n = l->out->n;
	uint64_t end = 0;

	for (size_t i = 0; i <= n && l->rc == SPILL_OK; i++) {
		uint64_t next = i < n ? l->out->v[i].offset : l->disk->size;
		struct spill_volume *v =
		    next > end ? add(l, SPILL_VOLUME_GAP, end, next - end)
			       : NULL;

		if (v != NULL)
			(void)snprintf(v->what, sizeof(v->what), "unallocated");
		if (i < n)
			end = SPILL_MAX(
			    end, l->out->v[i].offset + l->out->v[i].length);
	}
}

/* Logical partitions are numbered in the order of their tables. */
static int
by_table(const void *a, const void *b)
{
	const TSK_VS_PART_INFO *x = *(const TSK_VS_PART_INFO *const *)a;
	const TSK_VS_PART_INFO *y = *(const TSK_VS_PART_INFO *const *)b;

	if (x->table_num != y->table_num)
		return x->table_num < y->table_num ? -1 : 1;
	return x->slot_num < y->slot_num ? -1 : x->slot_num > y->slot_num;
}

static int
by_offset(const void *a, const void *b)
{
	const struct spill_volume *x = a, *y = b;

	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	if (x->length != y->length)
		return x->length < y->length ? -1 : 1;
	return x->rank < y->rank ? -1 : x->rank > y->rank;
}

static void
add_table(struct listing *l, const TSK_VS_INFO *vs)
{
	const TSK_VS_PART_INFO **parts =
	    calloc(vs->part_count + 1, sizeof(const TSK_VS_PART_INFO *));
	size_t n = 0;

	if (parts == NULL) {
		l->rc = SPILL_ENOMEM;
		return;
	}
	for (const TSK_VS_PART_INFO *p = vs->part_list;
	     p != NULL && n < vs->part_count; p = p->next)
		parts[n++] = p;
	qsort(parts, n, sizeof(const TSK_VS_PART_INFO *), by_table);
	l->logical = 4;
	for (size_t i = 0; i < n; i++)
		add_part(l, vs, parts[i]);
	free(parts);
	(void)snprintf(l->out->table, sizeof(l->out->table), "%s%s",
	    tsk_vs_type_todesc(vs->vstype),
	    vs->is_backup ? ", from its backup" : "");
	qsort(l->out->v, l->out->n, sizeof(*l->out->v), by_offset);
	add_gaps(l);
	qsort(l->out->v, l->out->n, sizeof(*l->out->v), by_offset);
}

/* --- the disk ----------------------------------------------------------- */

static TSK_VS_INFO *
open_table(struct listing *l)
{
	static const TSK_VS_TYPE_ENUM types[] = { TSK_VS_TYPE_GPT,
		TSK_VS_TYPE_DOS };
	TSK_VS_INFO *vs = tsk_vs_open(&l->disk->tsk, 0, TSK_VS_TYPE_DETECT);

	if (vs != NULL || tsk_error_get_errno() != TSK_ERR_VS_UNKTYPE ||
	    strstr(ev_disk_why(), " or ") == NULL)
		return vs;
	/* Two kinds of table at once. */
	l->say(l->ctx, "anomaly", 0, 0, "there are two partition tables");
	for (size_t i = 0; i < SPILL_COUNT(types) && vs == NULL; i++)
		vs = tsk_vs_open(&l->disk->tsk, 0, types[i]);
	return vs;
}

static bool
has_partition(const TSK_VS_INFO *vs)
{
	for (const TSK_VS_PART_INFO *p = vs->part_list; p != NULL; p = p->next)
		if ((p->flags & TSK_VS_PART_FLAG_ALLOC) != 0)
			return true;
	return false;
}

/* Code in a boot sector can look like a table: one that leads to a file
 * system is none by chance. */
static bool
leads_somewhere(struct listing *l, const TSK_VS_INFO *vs)
{
	for (const TSK_VS_PART_INFO *p = vs->part_list; p != NULL;
	     p = p->next) {
		struct ev_found found;

		if ((p->flags & TSK_VS_PART_FLAG_ALLOC) == 0 || p->start == 0 ||
		    p->start > INT64_MAX / vs->block_size)
			continue;
		ev_fs_detect(l->disk, p->start * vs->block_size,
		    p->len * vs->block_size, &found);
		if (found.type != 0 || found.code != NULL || found.pool)
			return true;
	}
	return false;
}

static void
add_bare(struct listing *l)
{
	struct spill_volume *v = add(l, SPILL_VOLUME_OTHER, 0, l->disk->size);

	if (v == NULL)
		return;
	(void)snprintf(v->name, sizeof(v->name), "p0");
	look(l, 0);
	v = &l->out->v[0];
	if (v->kind != SPILL_VOLUME_OTHER || strcmp(v->status, "ok") != 0)
		return;
	l->none = strcmp(v->what, "swap space") != 0;
	v->kind = SPILL_VOLUME_GAP;
	v->name[0] = '\0';
}

static void
list(struct listing *l)
{
	TSK_VS_INFO *vs = open_table(l);
	struct ev_found whole;

	ev_fs_detect(l->disk, 0, l->disk->size, &whole);
	if (vs == NULL || !has_partition(vs) ||
	    (whole.type != 0 && !leads_somewhere(l, vs))) {
		tsk_error_reset();
		add_bare(l);
	} else {
		if (whole.type != 0)
			l->say(l->ctx, "anomaly", 0, 0,
			    "there is a partition table, but the disk can be "
			    "opened as one file system, too");
		add_table(l, vs);
	}
	if (vs != NULL)
		tsk_vs_close(vs);
}

int
spill_volumes_list(struct spill_image *image, spill_volumes_say *say, void *ctx,
    struct spill_volumes *out)
{
	struct listing l = { .say = say, .ctx = ctx, .out = out };
	int rc;

	*out = (struct spill_volumes){ 0 };
	rc = ev_disk_open(&l.disk, image);
	if (rc != SPILL_OK)
		return rc;
	list(&l);
	ev_disk_free(&l.disk);
	if (l.rc != SPILL_OK)
		spill_volumes_release(out);
	return l.rc != SPILL_OK ? l.rc : l.none ? SPILL_EFORMAT : SPILL_OK;
}

void
spill_volumes_release(struct spill_volumes *l)
{
	free(l->v);
	*l = (struct spill_volumes){ 0 };
}
