/*
 * cut-runs.c: cut-runs IMAGE: the bytes that rows of spill-walk name, one
 * after the other, from a raw image. Each line of standard input has, with
 * tabs between, where to begin, how many bytes at most, how many of them were
 * ever written, and the runs. A length per line goes to standard error.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int fd;

static void
put(unsigned long long at, unsigned long long n, int zeros)
{
	static char buf[1 << 16];

	while (n > 0) {
		size_t part = n < sizeof(buf) ? (size_t)n : sizeof(buf);

		memset(buf, 0, part);
		if (!zeros && pread(fd, buf, part, (off_t)at) < 0)
			exit(2);
		if (fwrite(buf, 1, part, stdout) != part)
			exit(2);
		at += part;
		n -= part;
	}
}

/* The part of a run from byte pos of the content on that is wanted. */
static unsigned long long
put_run(unsigned long long at, unsigned long long len, unsigned long long pos,
    unsigned long long from, unsigned long long to, unsigned long long written)
{
	unsigned long long a = pos > from ? pos : from;
	unsigned long long b = pos + len < to ? pos + len : to;
	unsigned long long w = a > written ? a : b < written ? b : written;

	if (a >= b)
		return 0;
	put(at + (a - pos), w - a, 0);
	put(0, b - w, 1);
	return b - a;
}

static void
put_line(char *line)
{
	unsigned long long from = strtoull(line, &line, 10);
	unsigned long long to = from + strtoull(line, &line, 10);
	unsigned long long written = strtoull(line, &line, 10);
	unsigned long long pos = 0, sum = 0;

	while (*line != '\0' && *line != '\n') {
		unsigned long long at = strtoull(line + 1, &line, 10);
		unsigned long long len = strtoull(line + 1, &line, 10);

		sum += put_run(at, len, pos, from, to, written);
		pos += len;
	}
	fprintf(stderr, "%llu\n", sum);
}

int
main(int argc, char **argv)
{
	char *line = NULL;
	size_t cap = 0;

	fd = argc == 2 ? open(argv[1], O_RDONLY) : -1;
	if (fd < 0)
		return 2;
	while (getline(&line, &cap, stdin) > 0)
		put_line(line);
	free(line);
	return fflush(stdout) == 0 ? 0 : 2;
}
