/*
 * fs_apfs.c: APFS. Its structures are read by libtsk; it cuts times into
 * seconds and the rest as if they were unsigned, which can be undone.
 */
#include <string.h>

#include <spill/apfs.h>

#include "fs_i.h"

static struct spill_time
whole_time(time_t sec, uint32_t nsec)
{
	return spill_apfs_time((uint64_t)sec * 1000000000 + nsec);
}

static void
facts(struct ev_fs *fs, const TSK_FS_FILE *file, TSK_INUM_T dir,
    struct ev_facts *out)
{
	const TSK_FS_META *m = file->meta;

	ev_fs_other.facts(fs, file, dir, out);
	out->at.born = whole_time(m->crtime, m->crtime_nano);
	out->at.modified = whole_time(m->mtime, m->mtime_nano);
	out->at.accessed = whole_time(m->atime, m->atime_nano);
	out->at.changed = whole_time(m->ctime, m->ctime_nano);
	if (ev_is_packed(file))
		out->attributes[out->nattributes++] = "compressed";
}

/* The first folder for which a node was read of which something had to be left
 * out says so. */
static int
list(struct ev_fs *fs, uint64_t addr, struct ev_folder *out)
{
	int rc = ev_tsk_list(fs, addr, out);

	if (rc == SPILL_OK && fs->disk->mend.lacking > 0 &&
	    !fs->disk->mend.told) {
		fs->disk->mend.told = true;
		ev_folder_fault(out, fs->disk->mend.at - fs->offset,
		    EV_MEND_BLOCK,
		    "what leads out of a node of its tree is left out");
	}
	return out->nomem ? SPILL_ENOMEM : rc;
}

const struct ev_fs_ops ev_fs_apfs = {
	.name = "APFS",
	.list = list,
	.load = ev_tsk_load,
	.block_used = ev_tsk_block_used,
	.facts = facts,
	.is_stream = ev_is_fork,
};
