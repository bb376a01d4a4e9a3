/*
 * mark_bench.c: how fast text is looked through for markings.
 *
 * usage: mark_bench FILE...
 *
 * Each file is one document of plain text, taken from memory in pieces of
 * 64 KiB. Output: ms that opening took; for each file its bytes, MB for a
 * second of the processor and the class; with -v, each marking.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <spill/mark.h>

#define PIECE ((size_t)64 << 10)

static double
cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct spill_span
map(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY);
	void *p = MAP_FAILED;

	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0)
		p = mmap(NULL, (size_t)st.st_size, PROT_READ,
		    MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (fd >= 0)
		close(fd);
	if (p == MAP_FAILED) {
		perror(path);
		exit(1);
	}
	return (struct spill_span){ p, (size_t)st.st_size };
}

static void
show(struct spill_mark *m)
{
	struct spill_judge *j = spill_mark_judge(m);

	for (size_t i = 0; i < spill_judge_hits(j); i++) {
		const struct spill_hit *h = spill_judge_hit(j, i);

		printf("  %lld %s '%s' %d %s: %.*s\n", (long long)h->offset,
		    spill_class_names[h->class], h->m.level, h->score,
		    h->reason, (int)h->text.len, h->text.p);
	}
}

static void
run(struct spill_mark *m, const char *path, bool verbose)
{
	const struct spill_judge_doc doc = { .name = { "x.txt", 5 } };
	struct spill_span s = map(path);
	struct spill_verdict v;
	double t = cpu();
	int rc = spill_mark_begin(m, &doc);

	for (size_t i = 0; rc == SPILL_OK && i < s.len; i += PIECE)
		rc = spill_mark_text(m,
		    (struct spill_span){ s.p + i, SPILL_MIN(PIECE, s.len - i) },
		    i);
	if (rc == SPILL_OK)
		rc = spill_mark_end(m, &v);
	if (rc != SPILL_OK)
		exit(1);
	t = cpu() - t;
	printf("%s\t%zu\t%.0f\t%s\t%s\n", path, s.len, (double)s.len / 1e6 / t,
	    spill_class_names[v.class], v.level);
	if (verbose)
		show(m);
	munmap((void *)(uintptr_t)s.p, s.len);
}

int
main(int argc, char *argv[])
{
	bool verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
	struct spill_mark *m;
	double t = cpu();

	if (spill_mark_open(&m, NULL) != SPILL_OK)
		return 1;
	printf("open\t%.1f ms\n", 1e3 * (cpu() - t));
	for (int i = 1 + verbose; i < argc; i++)
		run(m, argv[i], verbose);
	spill_mark_free(&m);
	return 0;
}
