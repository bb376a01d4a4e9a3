/*
 * src.c: sources of bytes, for formats and for what has nothing to do with
 * containers.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <spill/unpack.h>

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
