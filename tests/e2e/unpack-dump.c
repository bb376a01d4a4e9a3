/*
 * unpack-dump.c: the members of a mail or a compound file, one line each:
 *
 *	kind|name|title|mime|size|sha256|how|why|note
 *	flaw|code|offset|detail
 *
 * usage: unpack-dump [-n] mail|ole file
 *	-n	no content is wanted; the last line is the memory that it took
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <spill/buf.h>
#include <spill/hash.h>
#include <spill/mail.h>
#include <spill/ole.h>

static bool none;
static struct spill_hash *sum;
static struct spill_buf note = SPILL_BUF_INIT(1 << 20);

static void
put(struct spill_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == '|')
			printf("\\x%02x", (unsigned char)s.p[i]);
		else
			putchar(s.p[i]);
	putchar('|');
}

static int
begin(void *ctx, const struct spill_member_info *m)
{
	(void)ctx;
	printf("%d|", (int)m->kind);
	put(m->name);
	put(m->title);
	put(m->mime);
	if (m->size != UINT64_MAX)
		printf("%ju", (uintmax_t)m->size);
	putchar('|');
	spill_buf_reset(&note);
	spill_buf_span(&note, m->note);
	return none ? SPILL_END : SPILL_OK;
}

static int
data(void *ctx, const void *p, size_t n)
{
	(void)ctx;
	spill_hash_put(sum, p, n);
	return SPILL_OK;
}

static int
end(void *ctx, enum spill_member_end how, const char *why)
{
	char hex[SPILL_SHA256_HEX + 1] = "";

	(void)ctx;
	(void)spill_hash_hex(sum, hex);
	printf("%s|%d|%s|", none ? "" : hex, (int)how, why ? why : "");
	put(spill_buf_as_span(&note));
	putchar('\n');
	return SPILL_OK;
}

static int
flaw(void *ctx, const char *code, uint64_t offset, uint64_t length,
    const char *detail)
{
	(void)ctx;
	(void)length;
	printf("flaw|%s|%ju|%s\n", code, (uintmax_t)offset, detail);
	return SPILL_OK;
}

static int
from_file(
    struct spill_src *s, uint64_t offset, void *buf, size_t n, size_t *got)
{
	ssize_t r = pread(*(int *)s->ctx, buf, n, (off_t)offset);

	if (r < 0)
		return SPILL_EIO;
	*got = (size_t)r;
	return SPILL_OK;
}

int
main(int argc, char *argv[])
{
	const struct spill_unpack_conf conf = { 0 };
	const struct spill_unpack_sink sink = { begin, data, end, flaw, NULL };
	const struct spill_unpack *u;
	struct spill_src src = { .read = from_file };
	struct rusage use;
	struct stat st;
	int fd, rc;

	none = argc == 4 && strcmp(argv[1], "-n") == 0;
	if (argc != (none ? 4 : 3)) {
		fprintf(stderr, "usage: unpack-dump [-n] mail|ole file\n");
		return 2;
	}
	u = strcmp(argv[argc - 2], "ole") == 0 ? &spill_unpack_ole
					       : &spill_unpack_mail;
	fd = open(argv[argc - 1], O_RDONLY);
	if (fd < 0 || fstat(fd, &st) != 0 ||
	    spill_hash_open(&sum) != SPILL_OK) {
		perror(argv[argc - 1]);
		return 2;
	}
	src.size = (uint64_t)st.st_size;
	src.ctx = &fd;
	rc = u->run(&src, &conf, &sink);
	spill_hash_free(&sum);
	spill_buf_release(&note);
	(void)getrusage(RUSAGE_SELF, &use);
	if (none)
		printf("%ld KiB\n", use.ru_maxrss);
	return rc == SPILL_OK ? 0 : 1;
}
