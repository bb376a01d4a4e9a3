/*
 * unpack.c: the table of container formats, and sources of bytes.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <spill/ole.h>

#include "unpack_i.h"

/* The first that says yes is it: what is more particular comes first. */
const struct spill_unpack *const spill_unpacks[] = {
	&spill_unpack_ole,
	&spill_unpack_zip,
	&spill_unpack_rar5,
	&spill_unpack_rar,
	&spill_unpack_sevenzip,
	&spill_unpack_cab,
	&spill_unpack_iso,
	&spill_unpack_ar,
	&spill_unpack_xar,
	&spill_unpack_cpio,
	&spill_unpack_rpm,
	&spill_unpack_gzip,
	&spill_unpack_bzip2,
	&spill_unpack_xz,
	&spill_unpack_zstd,
	&spill_unpack_lz4,
	&spill_unpack_lzip,
	&spill_unpack_compress,
	&spill_unpack_tar,
	&spill_unpack_lha,
	&spill_unpack_lzma,
	&spill_unpack_unread,
	&spill_unpack_mail,
	NULL,
};

const struct spill_unpack *
spill_unpack_find(struct spill_span head, const struct spill_sniff *s)
{
	for (size_t i = 0; spill_unpacks[i] != NULL; i++)
		if (spill_unpacks[i]->is(head, s))
			return spill_unpacks[i];
	return NULL;
}

const struct spill_unpack *
spill_unpack_behind(struct spill_src *s)
{
	if (zip_is_behind(s))
		return &spill_unpack_zip;
	return unread_is_behind(s) ? &spill_unpack_unread : NULL;
}

static int
memory_read(
    struct spill_src *s, uint64_t offset, void *buf, size_t n, size_t *got)
{
	*got = 0;
	if (offset >= s->map.len)
		return SPILL_OK;
	*got = SPILL_MIN(n, s->map.len - (size_t)offset);
	memcpy(buf, s->map.p + offset, *got);
	return SPILL_OK;
}

struct spill_src
spill_src_of(struct spill_span bytes)
{
	return (struct spill_src){
		.size = bytes.len, .map = bytes, .read = memory_read
	};
}

int
spill_src_pread(int fd, uint64_t offset, void *buf, size_t n, size_t *got)
{
	*got = 0;
	while (*got < n) {
		ssize_t r = pread(
		    fd, (char *)buf + *got, n - *got, (off_t)(offset + *got));

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return SPILL_EIO;
		if (r == 0)
			break;
		*got += (size_t)r;
	}
	return SPILL_OK;
}

int
spill_unpack_no_flaw(void *ctx, const char *code, uint64_t offset,
    uint64_t length, const char *detail)
{
	(void)ctx;
	(void)code;
	(void)offset;
	(void)length;
	(void)detail;
	return SPILL_OK;
}
