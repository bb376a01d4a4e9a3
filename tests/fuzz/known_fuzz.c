/*
 * known_fuzz.c: a set of hashes in text. What it is taken for, lines are
 * counted and no more hashes come out than it has room for; each hash that
 * stands alone in its line is found in a plain list.
 */
#include <fcntl.h>
#include <stdio.h>

#include <spill/known.h>

#include "fuzz.h"

#define ALL (SPILL_DIGEST_SHA256 | SPILL_DIGEST_SHA1 | SPILL_DIGEST_MD5)

static int
load(struct spill_known **k, unsigned what, const char *path)
{
	must(spill_known_open(k, what) == SPILL_OK);
	return spill_known_add(*k, path);
}

/* What is wrong with a set is said; here that is of no use. */
static int err = -1;

static void
hush(bool on)
{
	if (err < 0)
		err = dup(STDERR_FILENO);
	if (on) {
		int null = open("/dev/null", O_WRONLY);

		must(dup2(null, STDERR_FILENO) == STDERR_FILENO);
		close(null);
	} else {
		must(dup2(err, STDERR_FILENO) == STDERR_FILENO);
	}
}

static void
check(unsigned what, const char *path, size_t size)
{
	struct spill_digest_text t = { "", "", "", "" };
	struct spill_known *k = NULL;
	const char *name = "";
	int rc = load(&k, what, path);

	must(rc == SPILL_OK || rc == SPILL_EFORMAT || rc == SPILL_EUSAGE);
	must(rc == SPILL_OK || spill_known_count(k) == 0);
	must(spill_known_count(k) <= size / 32);
	must(spill_known_damaged(k) <= size);
	memset(t.md5, '0', 32);
	must(spill_known_find(k, &t, &name) == SPILL_OK);
	must(name == NULL || spill_known_count(k) > 0);
	spill_known_free(&k);
}

/* With two lines of ours before it, it is a plain list, and has them. */
static void
check_plain(struct spill_span s)
{
	static const char ours[] = "0123456789abcdef0123456789ABCDEF\n"
				   "#\n";
	struct spill_digest_text t = { "", "",
		"0123456789abcdef0123456789abcdef", "" };
	struct spill_known *k = NULL;
	const char *name = NULL;
	char path[40];
	int fd = file_of((struct spill_span){ ours, sizeof(ours) - 1 });

	must(pwrite(fd, s.p, s.len, sizeof(ours) - 1) == (ssize_t)s.len);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	must(load(&k, ALL, path) == SPILL_OK);
	must(spill_known_find(k, &t, &name) == SPILL_OK);
	must(name != NULL || memmem(s.p, s.len, "%%%%", 4) != NULL);
	spill_known_free(&k);
	close(fd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct spill_span s = { (const char *)data, size };
	int fd = file_of(s);
	char path[40];

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	hush(true);
	if (size < 16 || memcmp(data, "SQLite format 3", 16) != 0) {
		check(ALL, path, size);
		check(SPILL_DIGEST_SHA256, path, size);
		check(SPILL_DIGEST_MD5, path, size);
		check_plain(s);
	}
	hush(false);
	close(fd);
	return 0;
}
