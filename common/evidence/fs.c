#include <stdlib.h>

#include "fs_i.h"

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
	return &ev_fs_other;
}

int
ev_fs_open(struct ev_fs *fs, struct ev_disk *disk, uint64_t offset,
    uint64_t length, unsigned type)
{
	int rc = SPILL_OK;

	*fs = (struct ev_fs){ .disk = disk,
		.offset = offset,
		.length = length,
		.target = SPILL_BUF_INIT((size_t)1 << 20) };
	fs->tsk = tsk_fs_open_img(
	    &disk->tsk, (TSK_OFF_T)offset, (TSK_FS_TYPE_ENUM)type);
	if (fs->tsk == NULL)
		return SPILL_EFORMAT;
	fs->ops = ops_of(fs->tsk->ftype);
	fs->name = SPILL_BUF_INIT(1 << 16);
	fs->block_size = fs->tsk->block_size;
	fs->blocks = fs->tsk->last_block + 1;
	fs->there = fs->tsk->last_block_act + 1;
	fs->root = fs->tsk->root_inum;
	fs->orphans = TSK_FS_ORPHANDIR_INUM(fs->tsk);
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
	if (fs->file != NULL) {
		if (fs->file->meta == NULL)
			fs->file->meta = fs->spare;
		tsk_fs_file_close(fs->file);
	}
	if (fs->tsk != NULL)
		tsk_fs_close(fs->tsk);
	spill_buf_release(&fs->target);
	spill_buf_release(&fs->name);
	free(fs->places.v);
	*fs = (struct ev_fs){ 0 };
}

bool
ev_fs_read(struct ev_fs *fs, uint64_t at, void *buf, size_t n)
{
	return at <= UINT64_MAX - fs->offset &&
	       ev_disk_read(fs->disk, fs->offset + at, buf, n);
}

bool
ev_fs_is_bad(struct ev_fs *fs, uint64_t at, uint64_t n)
{
	return spill_image_is_bad(fs->disk->image, fs->offset + at, n) != 0;
}
