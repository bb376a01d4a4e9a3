/*
 * fs_ufs.c: UFS1 and UFS2. libtsk drops fractions of a second and UFS2's time
 * of birth: times and flags are read from the inode.
 */
#include <stdlib.h>

#include <spill/ufs.h>

#include "fs_i.h"

#define RUNS_MAX                                                    \
	16384u /* of a file with holes; libtsk's time is its square \
		*/

struct state {
	struct spill_ufs_super super;
	uint8_t (*add_meta)(TSK_FS_INFO *, TSK_FS_FILE *, TSK_INUM_T);
};

/* Solaris has an inode of its own: of that libtsk's word is taken. */
static bool
read_inode(struct ev_fs *fs, TSK_INUM_T number, struct spill_ufs_inode *out)
{
	const struct spill_ufs_super *s = &((struct state *)fs->state)->super;
	size_t n = s->version == 2 ? SPILL_UFS2_INODE : SPILL_UFS1_INODE;
	char raw[SPILL_UFS2_INODE];

	if (fs->tsk->ftype == TSK_FS_TYPE_FFS1B || s->per_group == 0 ||
	    number >= fs->tsk->last_inum || number > UINT32_MAX ||
	    !ev_fs_read(fs, spill_ufs_inode_at(s, (uint32_t)number), raw, n))
		return false;
	return spill_ufs_inode_read((struct spill_span){ raw, n }, s->version,
		   s->big_endian, out) == SPILL_OK;
}

/* A folder has no holes; a file can have as many as there is time for. A size
 * beyond that is taken as what is allocated. */
static uint64_t
size_of(const struct ev_fs *fs, const struct spill_ufs_inode *i)
{
	const struct state *s = fs->state;
	uint64_t allocated = SPILL_MIN(i->allocated, fs->length);
	uint64_t block = (uint64_t)s->super.fragment << s->super.block_shift;
	uint64_t max = RUNS_MAX * block * (block / 8); /* an indirect block */
	bool folder = (i->mode & 0170000) == 0040000;

	return i->size > (folder ? allocated : max)
		   ? SPILL_MIN(i->size, allocated)
		   : i->size;
}

/* --- the map of inodes in use -------------------------------------------- */

enum use { USE_NONE, USE_FREE, USE_TAKEN };

/* Of an inode; USE_NONE where the map does not reach it: it must lie in one
 * block with its group's header, and libtsk does not look whether it does. */
static enum use
use_of(struct ev_fs *fs, uint32_t number)
{
	const struct spill_ufs_super *s = &((struct state *)fs->state)->super;
	uint32_t block = s->fragment << s->block_shift;
	uint64_t at = spill_ufs_group_at(s, number / s->per_group), byte;
	char raw[96];
	uint8_t bits;

	if (!ev_fs_read(fs, at, raw, sizeof(raw)))
		return USE_NONE;
	byte = spill_ufs_group_map(s, (struct spill_span){ raw, sizeof(raw) });
	if (byte < sizeof(raw))
		return USE_NONE;
	byte += number % s->per_group / 8;
	if (byte >= block || !ev_fs_read(fs, at + byte, &bits, 1))
		return USE_NONE;
	return (bits >> number % s->per_group % 8 & 1) != 0 ? USE_TAKEN
							    : USE_FREE;
}

/* One that has been used has a time of change. */
static bool
was_used(struct ev_fs *fs, uint32_t number, enum ev_kind *kind)
{
	const struct spill_ufs_super *s = &((struct state *)fs->state)->super;
	size_t n = s->version == 1 ? SPILL_UFS1_INODE : SPILL_UFS2_INODE;
	struct spill_ufs_inode i;
	char raw[SPILL_UFS2_INODE];

	if (!ev_fs_read(fs, spill_ufs_inode_at(s, number), raw, n) ||
	    spill_ufs_inode_read((struct spill_span){ raw, n }, s->version,
		s->big_endian, &i) != SPILL_OK)
		return false;
	*kind = (i.mode & 0170000) == 0040000 ? EV_DIR : EV_FILE;
	return i.times.raw.changed != 0;
}

/* What the map does not reach counts as not in use: no name leads there. */
static int
unused(struct ev_fs *fs,
    bool (*each)(void *ctx, const struct ev_entry *e, enum ev_kind kind),
    void *ctx)
{
	const struct spill_ufs_super *s = &((struct state *)fs->state)->super;
	uint64_t end = SPILL_MIN(fs->tsk->last_inum, UINT32_MAX);
	enum ev_kind kind;

	end = SPILL_MIN(end, fs->length / SPILL_UFS1_INODE);
	for (uint64_t i = fs->tsk->first_inum; s->per_group > 0 && i < end;
	     i++) {
		struct ev_entry e = { .object = i, .named = EV_UNNAMED };

		if (use_of(fs, (uint32_t)i) != USE_TAKEN &&
		    was_used(fs, (uint32_t)i, &kind) && !each(ctx, &e, kind))
			break;
	}
	return SPILL_OK;
}

/* --- sizes ---------------------------------------------------------------- */

/* libtsk makes a list of all pieces that a size has room for, in a time that
 * grows with its square; so a wrong size must not come to it. */
static uint8_t
add_meta(TSK_FS_INFO *tsk, TSK_FS_FILE *file, TSK_INUM_T number)
{
	struct ev_fs *fs = (struct ev_fs *)tsk->impl;
	const struct state *s = fs->state;
	struct spill_ufs_inode i;
	uint8_t rc;

	if (number < tsk->last_inum && number <= UINT32_MAX &&
	    use_of(fs, (uint32_t)number) == USE_NONE)
		return 1;
	rc = s->add_meta(tsk, file, number);
	if (rc == 0 && file->meta != NULL && read_inode(fs, number, &i) &&
	    i.size == (uint64_t)file->meta->size)
		file->meta->size = (TSK_OFF_T)size_of(fs, &i);
	return rc;
}

/*
 * Places of a superblock: in libtsk's order, and then those where it does not
 * look but for the other version; instead is where it does.
 */
static const struct place {
	uint64_t at, instead;
	unsigned version;
} places[] = { { 65536, 65536, 2 }, { 262144, 262144, 2 }, { 8192, 8192, 1 },
	{ 8192, 65536, 2 }, { 0, 65536, 2 }, { 65536, 8192, 1 }, { 0, 8192, 1 },
	{ 262144, 8192, 1 } };

static const struct place *
find_super(struct ev_fs *fs, struct spill_ufs_super *out)
{
	char raw[2048];

	for (size_t i = 0; i < SPILL_COUNT(places); i++)
		if (ev_fs_read(fs, places[i].at, raw, sizeof(raw)) &&
		    spill_ufs_super_read(
			(struct spill_span){ raw, sizeof(raw) }, out) !=
			SPILL_EFORMAT &&
		    out->version == places[i].version && out->per_group > 0)
			return &places[i];
	*out = (struct spill_ufs_super){ 0 };
	return NULL;
}

TSK_FS_INFO *
ev_ufs_open(struct ev_fs *fs, unsigned type)
{
	struct spill_ufs_super super;
	const struct place *p = find_super(fs, &super);
	TSK_FS_INFO *tsk;

	if (p == NULL) { /* libtsk divides by what is 0 there */
		tsk_error_reset();
		tsk_error_set_errno(TSK_ERR_FS_CORRUPT);
		tsk_error_set_errstr("its superblock has counts that are none");
		return NULL;
	}
	if (p->at != p->instead)
		ev_disk_move(fs->disk, fs->offset + p->instead,
		    fs->offset + p->at, 2048);
	tsk = tsk_fs_open_img(
	    &fs->disk->tsk, (TSK_OFF_T)fs->offset, (TSK_FS_TYPE_ENUM)type);
	if (p->at != p->instead)
		ev_disk_move(fs->disk, 0, 0, 0);
	return tsk;
}

static int
open_state(struct ev_fs *fs)
{
	struct state *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return SPILL_ENOMEM;
	fs->state = s;
	(void)find_super(fs, &s->super);
	s->add_meta = fs->tsk->file_add_meta;
	fs->tsk->impl = fs; /* libtsk's reader of UFS has no use for it */
	fs->tsk->file_add_meta = add_meta;
	return SPILL_OK;
}

static void
close_state(struct ev_fs *fs)
{
	free(fs->state);
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
	if (!read_inode(fs, m->addr, &i) ||
	    size_of(fs, &i) != (uint64_t)m->size)
		return;
	if (i.size != (uint64_t)m->size)
		out->note = "its size on the disk is too large: taken is "
			    "what is allocated";
	out->at = i.times.at;
	out->bad_time = i.times.bad != 0;
	out->has_generation = true;
	out->generation = i.generation;
	attributes(&i, out);
}

const struct ev_fs_ops ev_fs_ufs = {
	.name = "UFS",
	.list = ev_tsk_list,
	.load = ev_tsk_load,
	.block_used = ev_tsk_block_used,
	.unused = unused,
	.open = open_state,
	.close = close_state,
	.facts = facts,
};
