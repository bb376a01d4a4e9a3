/*
 * unpack-list.c: what is in containers, for archives.sh.
 *
 * usage: unpack-list file ...
 *
 * For each file its members, one a line, tab between: kind, name, target,
 * encrypted or -, time of modification, bytes that came, their SHA-256, how
 * it ended; flaws as "flaw", code, detail; last "read", bytes that were read
 * of the source, bytes it has. Exit 1 if one is no container.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <spill/diag.h>
#include <spill/hash.h>
#include <spill/unpack.h>

struct list {
	struct spill_hash *hash;
	uint64_t got, read;
	int fd;
};

static void
text(struct spill_span s)
{
	char buf[4096];

	(void)spill_neutral(buf, sizeof(buf), s.p, s.len);
	printf("%s\t", buf);
}

static int
begin(void *ctx, const struct spill_member_info *m)
{
	static const char *const kinds[] = { "file", "dir", "link", "special",
		"message", "attachment" };
	struct list *l = ctx;
	char when[SPILL_TIME_TEXT] = "";

	l->got = 0;
	(void)spill_time_format(m->modified, when);
	printf("%s\t", kinds[m->kind]);
	text(m->name);
	text(m->target);
	printf("%s\t%s\t", m->encrypted ? "encrypted" : "-", when);
	return SPILL_OK;
}

static int
data(void *ctx, const void *p, size_t n)
{
	struct list *l = ctx;

	l->got += n;
	spill_hash_put(l->hash, p, n);
	return SPILL_OK;
}

static int
end(void *ctx, enum spill_member_end how, const char *why)
{
	static const char *const hows[] = { "ok", "skipped", "partial",
		"encrypted", "unsupported" };
	struct list *l = ctx;
	char hex[SPILL_SHA256_HEX];

	if (spill_hash_hex(l->hash, hex) != SPILL_OK)
		return SPILL_ENOMEM;
	printf("%ju\t%.*s\t%s", (uintmax_t)l->got, SPILL_SHA256_HEX, hex,
	    hows[how]);
	if (why != NULL) {
		printf(": ");
		text(spill_span(why));
	}
	printf("\n");
	return SPILL_OK;
}

static int
flaw(void *ctx, const char *code, uint64_t offset, uint64_t length,
    const char *detail)
{
	(void)ctx;
	(void)offset;
	(void)length;
	printf("flaw\t%s\t", code);
	text(spill_span(detail));
	printf("\n");
	return SPILL_OK;
}

static int
read_fd(struct spill_src *s, uint64_t offset, void *buf, size_t n, size_t *got)
{
	struct list *l = s->ctx;
	ssize_t r = pread(l->fd, buf, n, (off_t)offset);

	if (r < 0)
		return SPILL_EIO;
	*got = (size_t)r;
	l->read += *got;
	return SPILL_OK;
}

static int
list(const char *path)
{
	static char head[SPILL_SNIFF_HEAD];
	struct list l = { .fd = open(path, O_RDONLY | O_CLOEXEC) };
	struct spill_unpack_sink sink = { begin, data, end, flaw, &l };
	struct spill_src src = { .read = read_fd, .ctx = &l };
	struct spill_unpack_conf conf = { 0 };
	const struct spill_unpack *u;
	struct stat st;
	ssize_t n;
	int rc;

	if (l.fd < 0 || fstat(l.fd, &st) != 0)
		return SPILL_EIO;
	src.size = (uint64_t)st.st_size;
	n = pread(l.fd, head, sizeof(head), 0);
	if (n < 0 || spill_hash_open(&l.hash) != SPILL_OK)
		return SPILL_EIO;
	u = spill_unpack_find((struct spill_span){ head, (size_t)n }, NULL);
	if (u == NULL)
		u = spill_unpack_behind(&src);
	l.read = 0;
	rc = u != NULL ? u->run(&src, &conf, &sink) : SPILL_EFORMAT;
	printf("read\t%ju\t%ju\n", (uintmax_t)l.read, (uintmax_t)src.size);
	spill_hash_free(&l.hash);
	(void)close(l.fd);
	return rc;
}

int
main(int argc, char *argv[])
{
	int failed = 0;

	for (size_t i = 0; spill_unpacks[i] != NULL; i++)
		if (spill_unpacks[i]->warm != NULL &&
		    spill_unpacks[i]->warm() != SPILL_OK)
			return 2;
	for (int i = 1; i < argc; i++)
		if (list(argv[i]) != SPILL_OK)
			failed = 1;
	return failed;
}
