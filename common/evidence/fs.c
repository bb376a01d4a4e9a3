#include <stdlib.h>

#include "fs_i.h"
#include "apfs_pool_i.h"
#include "fs_fat_i.h"
#include "fs_hfs_i.h"
#include "fs_iso_i.h"

#include <tsk/fs/apfs_fs.h>

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

	ev_disk_mend(fs->disk, v->offset, ev_apfs_mend);
	if (!ev_apfs_has_files(fs->disk, v->offset, v->block, v->snapshot)) {
		tsk_error_reset();
		tsk_error_set_errno(TSK_ERR_FS_CORRUPT);
		tsk_error_set_errstr(
		    "its object map does not lead to the tree of its files");
		return NULL;
	}
	fs->pool = tsk_pool_open_img_sing(
	    &fs->disk->tsk, (TSK_OFF_T)v->offset, TSK_POOL_TYPE_APFS);
	if (fs->pool != NULL)
		image = fs->pool->get_img_info(fs->pool, v->block);
	if (image != NULL)
		tsk = tsk_fs_open_img(
		    image, (TSK_OFF_T)v->offset, TSK_FS_TYPE_APFS);
	if (v->snapshot > 0)
		fs->disk->mend.lacking = 0; /* that was the volume's own tree */
	if (tsk != NULL && v->snapshot > 0 &&
	    tsk_apfs_set_snapshot(tsk, v->snapshot) != 0) {
		tsk_fs_close(tsk);
		tsk = NULL;
	}
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
	if (TSK_FS_TYPE_ISFAT(v->type) && fat_is_unsigned(fs->disk, v->offset))
		return fat_open_unsigned(fs);
	if (TSK_FS_TYPE_ISFFS(v->type))
		return ev_ufs_open(fs, v->type);
	if (TSK_FS_TYPE_ISHFS(v->type))
		return ev_hfs_open(fs, v->type);
	return tsk_fs_open_img(
	    &fs->disk->tsk, (TSK_OFF_T)v->offset, (TSK_FS_TYPE_ENUM)v->type);
}

/* HFS+ in an HFS volume: libtsk opens what is in it. */
static void
skip_wrapper(struct ev_fs *fs)
{
	uint64_t at = (uint64_t)fs->tsk->offset;

	if (!TSK_FS_TYPE_ISHFS(fs->tsk->ftype) || at <= fs->offset)
		return;
	fs->length -= SPILL_MIN(at - fs->offset, fs->length);
	fs->offset = at;
}

/* What libtsk says of it; SPILL_EFORMAT if it does not open it. */
static int
open_by_tsk(struct ev_fs *fs, const struct spill_volume *v)
{
	fs->tsk = open_tsk(fs, v);
	if (fs->tsk == NULL)
		return SPILL_EFORMAT;
	fs->ops = ops_of(fs->tsk->ftype);
	skip_wrapper(fs);
	fs->block_size = fs->tsk->block_size;
	fs->blocks = fs->tsk->last_block + 1;
	fs->there = fs->tsk->last_block_act + 1;
	fs->root = fs->tsk->root_inum;
	fs->orphans = TSK_FS_ORPHANDIR_INUM(fs->tsk);
	return SPILL_OK;
}

int
ev_fs_open(struct ev_fs *fs, struct ev_disk *disk, const struct spill_volume *v)
{
	int rc = SPILL_OK;

	*fs = (struct ev_fs){ .disk = disk,
		.offset = v->offset,
		.length = v->length,
		.session = v->snapshot,
		.target = SPILL_BUF_INIT((size_t)1 << 20),
		.name = SPILL_BUF_INIT(1 << 16) };
	if (TSK_FS_TYPE_ISNTFS(v->type))
		fs->ops = &ev_fs_ntfs;
	else
		rc = open_by_tsk(fs, v);
	if (rc == SPILL_OK && fs->ops->open != NULL)
		rc = fs->ops->open(fs);
	if (rc != SPILL_OK)
		ev_fs_close(fs);
	return rc;
}

bool
ev_fs_need_tsk(struct ev_fs *fs)
{
	if (fs->tsk == NULL)
		fs->tsk = tsk_fs_open_img(&fs->disk->tsk, (TSK_OFF_T)fs->offset,
		    TSK_FS_TYPE_NTFS_DETECT);
	return fs->tsk != NULL;
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
	if (fs->tsk != NULL) {
		TSK_IMG_INFO *image = fs->tsk->img_info;

		tsk_fs_close(fs->tsk);
		if (fs->pool != NULL)
			image->close(image);
	}
	if (fs->pool != NULL)
		tsk_pool_close(fs->pool);
	if (fs->disk != NULL)
		ev_disk_mend(fs->disk, 0, NULL);
	spill_buf_release(&fs->target);
	spill_buf_release(&fs->name);
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
