/*
 * replay.c: the main of a fuzz target that is built without a fuzzer.
 *
 * usage: x_fuzz file|folder ...
 *
 * Feeds each file, folders recursively and in order of names, to
 * LLVMFuzzerTestOneInput() in a copy of its exact size, so that a sanitizer
 * sees a read past the end. One TAP line a file.
 */
#include <errno.h>
#include <fts.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *target;
static unsigned long count, failed;

static void
not_ok(const char *path, const char *why)
{
	printf("not ok %lu - %s/%s # %s\n", ++count, target, path, why);
	failed++;
}

/* malloc(size) and nothing more; NULL with errno set on failure. */
static uint8_t *
load(const char *path, size_t size)
{
	FILE *f = fopen(path, "rb");
	uint8_t *p;

	if (f == NULL)
		return NULL;
	p = malloc(size);
	if (p != NULL && fread(p, 1, size, f) != size) {
		errno = EIO;
		free(p);
		p = NULL;
	}
	fclose(f);
	return p;
}

static void
replay(const FTSENT *e, size_t size)
{
	uint8_t *p = load(e->fts_accpath, size);

	if (p == NULL && size > 0) {
		not_ok(e->fts_name, strerror(errno));
		return;
	}
	/* Seen even if the next call never returns. */
	fprintf(stderr, "%s: %s\n", target, e->fts_path);
	(void)LLVMFuzzerTestOneInput(p, size);
	free(p);
	printf("ok %lu - %s/%s\n", ++count, target, e->fts_name);
	fflush(stdout);
}

static int
by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

int
main(int argc, char *argv[])
{
	FTS *fts;
	FTSENT *e;

	target = strrchr(argv[0], '/');
	target = target != NULL ? target + 1 : argv[0];
	fts = argc < 2 ? NULL : fts_open(argv + 1, FTS_LOGICAL, by_name);
	if (fts == NULL) {
		fprintf(stderr, "usage: %s file|folder ...\n", target);
		return 2;
	}
	while ((e = fts_read(fts)) != NULL) {
		if (e->fts_info == FTS_F)
			replay(e, (size_t)e->fts_statp->st_size);
		else if (e->fts_info != FTS_D && e->fts_info != FTS_DP)
			not_ok(e->fts_name, "cannot be read");
	}
	fts_close(fts);
	printf("1..%lu\n", count);
	return failed > 0;
}
