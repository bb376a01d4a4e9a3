/*
 * fs_ufs.c: UFS1 and UFS2. libtsk drops fractions of a second and UFS2's time
 * of birth: times and flags are read from the inode.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fs_ufs_i.h"
#include "tsk_extra_i.h"

struct state {
	struct ufs_place place;
	struct ufs_groups groups;
	uint8_t (*add_meta)(TSK_FS_INFO *, TSK_FS_FILE *, TSK_INUM_T);
	const char *fault; /* of the map that was made last, or NULL */
	uint8_t *named; /* a bit for each inode that a name leads to */
	uint64_t nnamed; /* bits there are */
};

static const struct spill_ufs_super *
super_of(const struct ev_fs *fs)
{
	return &((const struct state *)fs->state)->place.super;
}

/* Solaris has an inode of its own: of that libtsk's word is taken. */
static bool
read_inode(struct ev_fs *fs, TSK_INUM_T number, struct spill_ufs_inode *out)
{
	const struct spill_ufs_super *s = super_of(fs);
	size_t n = s->version == 2 ? SPILL_UFS2_INODE : SPILL_UFS1_INODE;
	char raw[SPILL_UFS2_INODE];

	if (fs->tsk->ftype == TSK_FS_TYPE_FFS1B || s->per_group == 0 ||
	    number >= fs->tsk->last_inum || number > UINT32_MAX ||
	    !ev_fs_read(fs, spill_ufs_inode_at(s, (uint32_t)number), raw, n))
		return false;
	return spill_ufs_inode_read((struct spill_span){ raw, n }, s->version,
		   s->big_endian, out) == SPILL_OK;
}

/* --- the map of inodes in use -------------------------------------------- */

enum use { USE_NONE, USE_FREE, USE_TAKEN, USE_LOST };

/* Of an inode; USE_NONE where the map does not reach it: it must lie in one
 * block with its group's header, and libtsk does not look whether it does.
 * USE_LOST: of the header nothing is left, nor of the map. */
static enum use
use_of(struct ev_fs *fs, uint32_t number)
{
	const struct spill_ufs_super *s = super_of(fs);
	uint32_t block = s->fragment << s->block_shift;
	uint64_t at = spill_ufs_group_at(s, number / s->per_group), byte;
	struct spill_ufs_group g;
	char raw[128];
	uint8_t bits;
	int rc;

	if (!ev_fs_read(fs, at, raw, sizeof(raw)))
		return USE_NONE;
	rc = spill_ufs_group_read(
	    (struct spill_span){ raw, sizeof(raw) }, s, &g);
	byte = (uint64_t)g.inode_map + number % s->per_group / 8;
	if (g.inode_map < sizeof(raw) || byte >= block ||
	    !ev_fs_read(fs, at + byte, &bits, 1))
		return USE_NONE;
	if (rc != SPILL_OK &&
	    (g.number != number / s->per_group || g.inodes != s->per_group))
		return USE_LOST;
	return (bits >> number % s->per_group % 8 & 1) != 0 ? USE_TAKEN
							    : USE_FREE;
}

static void
mark_named(struct ev_fs *fs, uint64_t number)
{
	struct state *s = fs->state;

	if (number < s->nnamed)
		s->named[number / 8] |= (uint8_t)(1u << number % 8);
}

static bool
is_named(const struct state *s, uint64_t number)
{
	return number >= s->nnamed ||
	       (s->named[number / 8] >> number % 8 & 1) != 0;
}

/* One that is not in use, but has been: it has a time of change. One that is,
 * and no name has led to it: it has links. What the map does not reach counts
 * as not in use: no name leads there. */
static bool
is_orphan(
    struct ev_fs *fs, uint32_t number, struct ev_entry *e, enum ev_kind *kind)
{
	const struct spill_ufs_super *s = super_of(fs);
	size_t n = s->version == 1 ? SPILL_UFS1_INODE : SPILL_UFS2_INODE;
	enum use use = use_of(fs, number);
	struct spill_ufs_inode i;
	char raw[SPILL_UFS2_INODE];

	if ((use == USE_TAKEN && is_named(fs->state, number)) ||
	    !ev_fs_read(fs, spill_ufs_inode_at(s, number), raw, n) ||
	    spill_ufs_inode_read((struct spill_span){ raw, n }, s->version,
		s->big_endian, &i) != SPILL_OK ||
	    i.times.raw.changed == 0)
		return false;
	*kind = (i.mode & 0170000) == 0040000 ? EV_DIR : EV_FILE;
	e->lost = (use == USE_TAKEN || use == USE_LOST) && i.links > 0;
	return e->lost ? !is_named(fs->state, number) : use != USE_TAKEN;
}

static int
unused(struct ev_fs *fs,
    bool (*each)(void *ctx, const struct ev_entry *e, enum ev_kind kind),
    void *ctx)
{
	const struct spill_ufs_super *s = super_of(fs);
	uint64_t end = SPILL_MIN(fs->tsk->last_inum, UINT32_MAX);
	enum ev_kind kind;

	end = SPILL_MIN(end, fs->length / SPILL_UFS1_INODE);
	for (uint64_t i = fs->tsk->first_inum; s->per_group > 0 && i < end;
	     i++) {
		struct ev_entry e = { .object = i, .named = EV_UNNAMED };

		if (is_orphan(fs, (uint32_t)i, &e, &kind) &&
		    !each(ctx, &e, kind))
			break;
	}
	return SPILL_OK;
}

/* --- sizes and places ----------------------------------------------------- */

static uint64_t
allocated_of(struct ev_fs *fs, TSK_INUM_T number)
{
	struct spill_ufs_inode i;

	/* What cannot be asked has as many as its size needs. */
	return read_inode(fs, number, &i) ? i.allocated : UINT64_MAX;
}

/* A folder ends with its last block, whatever its size says; libtsk would read
 * the holes behind that. The block may be whole or not: that the count of what
 * is allocated says. */
static uint64_t
folder_size(struct ev_fs *fs, const TSK_FS_META *m)
{
	uint64_t allocated = allocated_of(fs, m->addr);
	struct ufs_map map;

	ufs_map(fs, super_of(fs), m, allocated, &map);
	tsk_fs_attr_run_free(map.run);
	if ((uint64_t)m->size <= map.end)
		return (uint64_t)m->size;
	return allocated > 0 ? SPILL_MIN(allocated, map.end) : map.end;
}

static uint8_t
add_meta(TSK_FS_INFO *tsk, TSK_FS_FILE *file, TSK_INUM_T number)
{
	struct ev_fs *fs = (struct ev_fs *)tsk->impl;
	const struct state *s = fs->state;
	enum use use = USE_TAKEN;
	TSK_FS_META *m;
	uint8_t rc;

	if (number < tsk->last_inum && number <= UINT32_MAX)
		use = use_of(fs, (uint32_t)number);
	if (use == USE_NONE)
		return 1;
	rc = s->add_meta(tsk, file, number);
	m = file->meta;
	if (rc == 0 && m != NULL && use == USE_LOST && m->nlink > 0)
		m->flags = TSK_FS_META_FLAG_ALLOC | TSK_FS_META_FLAG_USED;
	if (rc == 0 && m != NULL && m->size > 0 &&
	    m->type == TSK_FS_META_TYPE_DIR)
		m->size = (TSK_OFF_T)folder_size(fs, m);
	return rc;
}

/* In place of libtsk's, whose time is the square of the pieces that there is
 * room for below a pointer. */
static uint8_t
load_attributes(TSK_FS_FILE *file)
{
	TSK_FS_META *m = file->meta;
	struct ev_fs *fs = (struct ev_fs *)file->fs_info->impl;
	struct state *s = fs->state;
	struct ufs_map map;
	TSK_FS_ATTR *a;
	TSK_OFF_T alloc = 0;

	if (m->attr != NULL && m->attr_state == TSK_FS_META_ATTR_STUDIED)
		return 0;
	a = ev_tsk_only_attr(m);
	if (a == NULL)
		return 1;
	ufs_map(fs, super_of(fs), m, allocated_of(fs, m->addr), &map);
	if (map.fault != NULL)
		s->fault = map.fault;
	for (const TSK_FS_ATTR_RUN *r = map.run; r != NULL; r = r->next)
		alloc =
		    (TSK_OFF_T)((r->offset + r->len) * super_of(fs)->fragment);
	alloc = SPILL_MAX(alloc, m->size);
	if (map.nomem ||
	    tsk_fs_attr_set_run(file, a, map.run, NULL,
		TSK_FS_ATTR_TYPE_DEFAULT, TSK_FS_ATTR_ID_DEFAULT, m->size,
		m->size, alloc, TSK_FS_ATTR_FLAG_NONE, 0) != 0) {
		tsk_fs_attr_run_free(map.run);
		return 1;
	}
	m->attr_state = TSK_FS_META_ATTR_STUDIED;
	return 0;
}

static int
list(struct ev_fs *fs, uint64_t addr, struct ev_folder *out)
{
	struct state *s = fs->state;
	int rc;

	s->fault = NULL;
	rc = ev_tsk_list(fs, addr, out);
	if (s->fault != NULL)
		ev_folder_fault(out, 0, 0, s->fault);
	return out->nomem ? SPILL_ENOMEM : rc;
}

static int
load(struct ev_fs *fs, const struct ev_entry *e, uint64_t dir,
    struct ev_object *out)
{
	struct state *s = fs->state;
	int rc;

	s->fault = NULL;
	rc = ev_tsk_load(fs, e, dir, out);
	if (e->named == EV_NAMED || e->object == fs->root)
		mark_named(fs, e->object);
	if (rc != SPILL_OK || s->fault == NULL)
		return rc;
	ev_folder_fault(&out->faults, 0, 0, s->fault);
	for (size_t i = 0; i < out->n; i++)
		out->attr[i].lost = true;
	return out->faults.nomem ? SPILL_ENOMEM : rc;
}

/* --- the file system ------------------------------------------------------ */

TSK_FS_INFO *
ev_ufs_open(struct ev_fs *fs, unsigned type)
{
	struct state *s = calloc(1, sizeof(*s));
	TSK_FS_INFO *tsk = NULL;

	tsk_error_reset();
	tsk_error_set_errno(TSK_ERR_FS_CORRUPT);
	if (s == NULL || !ufs_find_super(fs, &s->place)) {
		/* libtsk divides by what is 0 there */
		tsk_error_set_errstr("%s",
		    s == NULL ? "not enough memory"
			      : "its superblock has counts that are none, and "
				"no group has a copy that is better");
		free(s);
		return NULL;
	}
	if (s->place.at != s->place.instead)
		ev_disk_move(fs->disk, fs->offset + s->place.instead,
		    fs->offset + s->place.at, 2048);
	tsk = tsk_fs_open_img(
	    &fs->disk->tsk, (TSK_OFF_T)fs->offset, (TSK_FS_TYPE_ENUM)type);
	if (s->place.at != s->place.instead)
		ev_disk_move(fs->disk, 0, 0, 0);
	if (tsk == NULL)
		free(s);
	else
		fs->state = s;
	return tsk;
}

static int
open_state(struct ev_fs *fs)
{
	struct state *s = fs->state;

	s->add_meta = fs->tsk->file_add_meta;
	fs->tsk->impl = fs; /* libtsk's reader of UFS has no use for it */
	fs->tsk->file_add_meta = add_meta;
	fs->tsk->load_attrs = load_attributes;
	s->nnamed =
	    SPILL_MIN(fs->tsk->last_inum, fs->length / SPILL_UFS1_INODE);
	s->named = calloc(s->nnamed / 8 + 1, 1);
	if (s->named == NULL)
		return SPILL_ENOMEM;
	ufs_check_groups(fs, super_of(fs), &s->groups);
	return SPILL_OK;
}

static void
remarks(struct ev_fs *fs, ev_remark *say, void *ctx)
{
	const struct state *s = fs->state;
	char detail[160];

	if (s->place.copy) {
		(void)snprintf(detail, sizeof(detail),
		    "its superblock is damaged: the copy at byte %llu is used",
		    (unsigned long long)s->place.at);
		say(ctx, "damaged", detail);
	}
	if (s->groups.odd > 0) {
		(void)snprintf(detail, sizeof(detail),
		    "headers of cylinder groups whose maps are misplaced: %u, "
		    "the first of group %u",
		    s->groups.odd, s->groups.first);
		say(ctx, "damaged", detail);
	}
}

static void
close_state(struct ev_fs *fs)
{
	struct state *s = fs->state;

	if (s != NULL)
		free(s->named);
	free(s);
	fs->state = NULL;
}

static void
attributes(const struct spill_ufs_inode *i, struct ev_facts *out)
{
	uint32_t any = i->flags | i->flags >> 16;

	if ((any & SPILL_UFS_IMMUTABLE) != 0)
		out->attributes[out->nattributes++] = "immutable";
	if ((any & SPILL_UFS_APPEND) != 0)
		out->attributes[out->nattributes++] = "append";
	if ((i->flags & SPILL_UFS_NODUMP) != 0)
		out->attributes[out->nattributes++] = "nodump";
}

static void
facts(struct ev_fs *fs, const TSK_FS_FILE *file, TSK_INUM_T dir,
    struct ev_facts *out)
{
	const TSK_FS_META *m = file->meta;
	struct spill_ufs_inode i;

	ev_fs_other.facts(fs, file, dir, out);
	if (!read_inode(fs, m->addr, &i))
		return;
	if (i.size > (uint64_t)SPILL_MAX(m->size, 0))
		out->note = "its size on the disk is larger than its blocks";
	out->at = i.times.at;
	out->bad_time = i.times.bad != 0;
	out->has_generation = true;
	out->generation = i.generation;
	attributes(&i, out);
}

const struct ev_fs_ops ev_fs_ufs = {
	.name = "UFS",
	.list = list,
	.load = load,
	.block_used = ev_tsk_block_used,
	.unused = unused,
	.remarks = remarks,
	.open = open_state,
	.close = close_state,
	.facts = facts,
};
