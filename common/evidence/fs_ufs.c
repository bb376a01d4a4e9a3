/*
 * fs_ufs.c: UFS1 and UFS2. libtsk drops fractions of a second and UFS2's time
 * of birth: times and flags are read from the inode.
 */
#include <stdlib.h>

#include <spill/ufs.h>

#include "fs_i.h"

/* Where libtsk finds a superblock, in its order. */
static int
open_state(struct ev_fs *fs)
{
	static const uint64_t places[] = { 65536, 262144, 8192 };
	struct spill_ufs_super *s = calloc(1, sizeof(*s));
	char raw[2048];

	if (s == NULL)
		return SPILL_ENOMEM;
	fs->state = s;
	for (size_t i = 0; i < SPILL_COUNT(places); i++)
		if (ev_fs_read(fs, places[i], raw, sizeof(raw)) &&
		    spill_ufs_super_read(
			(struct spill_span){ raw, sizeof(raw) }, s) !=
			SPILL_EFORMAT &&
		    (s->version == 2) == (places[i] != 8192))
			break;
	return SPILL_OK;
}

static void
close_state(struct ev_fs *fs)
{
	free(fs->state);
	fs->state = NULL;
}

/* Solaris has an inode of its own: of that libtsk's word is taken. */
static bool
read_inode(struct ev_fs *fs, TSK_INUM_T number, struct spill_ufs_inode *out)
{
	const struct spill_ufs_super *s = fs->state;
	size_t n = s->version == 2 ? SPILL_UFS2_INODE : SPILL_UFS1_INODE;
	char raw[SPILL_UFS2_INODE];

	if (fs->tsk->ftype == TSK_FS_TYPE_FFS1B || s->per_group == 0 ||
	    number >= fs->tsk->last_inum || number > UINT32_MAX ||
	    !ev_fs_read(fs, spill_ufs_inode_at(s, (uint32_t)number), raw, n))
		return false;
	return spill_ufs_inode_read((struct spill_span){ raw, n }, s->version,
		   s->big_endian, out) == SPILL_OK;
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
	if (!read_inode(fs, m->addr, &i) || i.size != (uint64_t)m->size)
		return;
	out->at = i.times.at;
	out->bad_time = i.times.bad != 0;
	out->has_generation = true;
	out->generation = i.generation;
	attributes(&i, out);
}

const struct ev_fs_ops ev_fs_ufs = {
	.name = "UFS",
	.open = open_state,
	.close = close_state,
	.facts = facts,
};
