/*
 * mutate.c: mutate IMAGE OUT SEED [OFFSET+LENGTH...]: a copy with 1 to 32
 * edits, the same for the same seed: bits, bytes of 0 and 0xff, extreme
 * numbers of 16, 32 and 64 bits, small steps, pieces copied from elsewhere.
 * Seven of eight fall into the ranges; "-" reads more from standard input.
 *
 * mutate -m IMAGE: what may be metadata, as ranges: all pieces that are not
 * zeros and not in the ranges of standard input.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIECE	   64
#define SECTOR	   4096
#define RANGES_MAX (1 << 16)

struct range {
	uint64_t at, len;
};

static uint8_t image[80 << 20];
static uint64_t size;
static struct range ranges[RANGES_MAX];
static size_t nranges;
static uint64_t state;

static uint64_t
next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static void
add(const char *text)
{
	struct range *r = &ranges[nranges];

	if (nranges < RANGES_MAX &&
	    sscanf(text, "%" SCNu64 "+%" SCNu64, &r->at, &r->len) == 2)
		nranges++;
}

static void
add_lines(void)
{
	char line[64];

	while (fgets(line, sizeof(line), stdin) != NULL)
		add(line);
}

/* --- edits --------------------------------------------------------------- */

static uint64_t
place(void)
{
	const struct range *v = ranges;
	uint64_t all = 0, at;

	for (size_t i = 0; i < nranges; i++)
		all += ranges[i].len;
	if (all == 0 || next() % 8 == 0)
		return next() % size;
	at = next() % all;
	for (; at >= v->len; v++)
		at -= v->len;
	return v->at + at < size ? v->at + at : next() % size;
}

static void
put_number(uint8_t *p, uint64_t left)
{
	static const uint64_t extremes[] = { 0, 1, 0x7f, 0x80, 0xff, 0x7fff,
		0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, INT64_MAX,
		(uint64_t)INT64_MIN, UINT64_MAX };
	uint64_t v = extremes[next() % (sizeof(extremes) / 8)];
	unsigned n = 2u << next() % 3;
	bool little = next() % 4 != 0;

	for (unsigned i = 0; i < n && i < left; i++)
		p[i] = (uint8_t)(v >> 8 * (little ? i : n - 1 - i));
}

/* A piece from elsewhere: an entry, an inode, a node in the wrong place. */
static void
copy_piece(uint64_t at)
{
	static const uint64_t lengths[] = { 8, 32, 128, 256, 1024, 4096 };
	uint64_t n = lengths[next() % 6], from = place();

	if (n >= 32) {
		at = at / 32 * 32;
		from = from / 32 * 32;
	}
	if (at + n <= size && from + n <= size)
		memmove(image + at, image + from, n);
}

static void
edit(uint64_t at)
{
	uint8_t *p = image + at;

	switch (next() % 8) {
	case 0:
	case 1:
		*p ^= (uint8_t)(1u << next() % 8);
		break;
	case 2:
		*p = 0;
		break;
	case 3:
		*p = 0xff;
		break;
	case 4:
	case 5:
		put_number(p, size - at);
		break;
	case 6:
		*p = (uint8_t)(*p + next() % 9 - 4);
		break;
	default:
		copy_piece(at);
	}
}

/* --- files --------------------------------------------------------------- */

static bool
load(const char *path)
{
	FILE *f = fopen(path, "rb");

	if (f == NULL)
		return false;
	size = fread(image, 1, sizeof(image), f);
	return fclose(f) == 0 && size > 0;
}

static bool
is_zero(uint64_t at, uint64_t n)
{
	return image[at] == 0 && memcmp(image + at, image + at + 1, n - 1) == 0;
}

/* With holes for zeros. */
static bool
save(const char *path)
{
	FILE *f = fopen(path, "wb");
	bool ok = f != NULL;

	for (uint64_t at = 0; ok && at < size; at += SECTOR) {
		uint64_t n = size - at < SECTOR ? size - at : SECTOR;

		if (!is_zero(at, n))
			ok = fseeko(f, (off_t)at, SEEK_SET) == 0 &&
			     fwrite(image + at, 1, n, f) == n;
	}
	if (ok)
		ok = fflush(f) == 0 && ftruncate(fileno(f), (off_t)size) == 0;
	return f != NULL && fclose(f) == 0 && ok;
}

/* What is left of the image when the ranges are zeros. */
static int
metadata(void)
{
	uint64_t from = size;

	for (size_t i = 0; i < nranges; i++)
		if (ranges[i].at < size)
			memset(image + ranges[i].at, 0,
			    ranges[i].len < size - ranges[i].at
				? ranges[i].len
				: size - ranges[i].at);
	for (uint64_t at = 0; at < size; at += PIECE) {
		uint64_t n = size - at < PIECE ? size - at : PIECE;
		bool zero = is_zero(at, n);

		if (!zero && from == size)
			from = at;
		if (from < size && (zero || at + n == size)) {
			printf("%" PRIu64 "+%" PRIu64 "\n", from,
			    (zero ? at : size) - from);
			from = size;
		}
	}
	return fflush(stdout) == 0 ? 0 : 3;
}

int
main(int argc, char *argv[])
{
	bool asked = argc == 3 && strcmp(argv[1], "-m") == 0;

	if ((!asked && argc < 4) || !load(argv[asked ? 2 : 1]))
		return 2;
	if (asked) {
		add_lines();
		return metadata();
	}
	state = strtoull(argv[3], NULL, 10) * 0x9e3779b97f4a7c15ull + 1;
	for (int i = 0; i < 20; i++)
		(void)next();
	for (int i = 4; i < argc; i++)
		if (strcmp(argv[i], "-") == 0)
			add_lines();
		else
			add(argv[i]);
	for (uint64_t i = next() % 32 + 1; i > 0; i--)
		edit(place());
	return save(argv[2]) ? 0 : 3;
}
