/*
 * fs_other.c: file systems of which libtsk's word is taken: YAFFS2, which has
 * seconds of 32 bits, and Solaris's UFS.
 */
#include "fs_i.h"

static struct spill_time
unix_time(time_t sec, uint32_t nsec)
{
	if (sec == 0 && nsec == 0)
		return (struct spill_time){ 0 };
	return spill_time_from_unix(sec, nsec < 1000000000 ? nsec : 0,
	    nsec > 0 && nsec < 1000000000 ? 9 : 0);
}

static void
facts(struct ev_fs *fs, const TSK_FS_FILE *file, TSK_INUM_T dir,
    struct ev_facts *out)
{
	const TSK_FS_META *m = file->meta;

	(void)fs;
	(void)dir;
	out->at =
	    (struct spill_macb){ .born = unix_time(m->crtime, m->crtime_nano),
		    .modified = unix_time(m->mtime, m->mtime_nano),
		    .accessed = unix_time(m->atime, m->atime_nano),
		    .changed = unix_time(m->ctime, m->ctime_nano) };
	out->has_owner = out->has_mode = true;
	out->uid = m->uid;
	out->gid = m->gid;
	out->mode = (uint32_t)m->mode & 07777;
	if (m->link != NULL && m->link[0] != '\0')
		out->target = spill_span(m->link);
}

const struct ev_fs_ops ev_fs_other = {
	.name = "other",
	.list = ev_tsk_list,
	.load = ev_tsk_load,
	.block_used = ev_tsk_block_used,
	.facts = facts,
};
