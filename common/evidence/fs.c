#include <string.h>

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
	if (fs->tsk != NULL)
		tsk_fs_close(fs->tsk);
	spill_buf_release(&fs->target);
	*fs = (struct ev_fs){ 0 };
}

bool
ev_fs_read(struct ev_fs *fs, uint64_t at, void *buf, size_t n)
{
	return at <= UINT64_MAX - fs->offset &&
	       ev_disk_read(fs->disk, fs->offset + at, buf, n);
}

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
