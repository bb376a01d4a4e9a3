/*
 * mutate.c: mutate IMAGE OUT SEED [OFFSET+LENGTH...]: a copy with 1 to 32
 * edits, the same for the same seed: bits, bytes of 0 and 0xff, extreme
 * numbers of 16, 32 and 64 bits. Seven of eight fall into the ranges.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state;

static uint64_t
next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

struct range {
	uint64_t at, len;
};

static uint64_t
place(const struct range *v, size_t n, uint64_t size)
{
	uint64_t all = 0, at;

	for (size_t i = 0; i < n; i++)
		all += v[i].len;
	if (all == 0 || next() % 8 == 0)
		return next() % size;
	at = next() % all;
	for (; at >= v->len; v++)
		at -= v->len;
	return v->at + at < size ? v->at + at : next() % size;
}

static void
edit(uint8_t *p, uint64_t left)
{
	static const uint64_t extremes[] = { 0, 1, 0x7f, 0x80, 0xff, 0x7fff,
		0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, INT64_MAX,
		(uint64_t)INT64_MIN, UINT64_MAX };
	uint64_t v = extremes[next() % (sizeof(extremes) / 8)];
	unsigned kind = (unsigned)(next() % 8), n;

	if (kind < 3) {
		*p ^= (uint8_t)(1u << next() % 8);
		return;
	}
	if (kind < 5) {
		*p = kind == 3 ? 0 : 0xff;
		return;
	}
	n = 2u << (kind - 5);
	for (unsigned i = 0; i < n && i < left; i++)
		p[i] = (uint8_t)(v >> 8 * (next() % 2 ? i : n - 1 - i));
}

int
main(int argc, char *argv[])
{
	static uint8_t image[64 << 20];
	struct range ranges[64] = { { 0, 0 } };
	size_t n = 0, size;
	FILE *f;

	if (argc < 4 || (f = fopen(argv[1], "rb")) == NULL)
		return 2;
	size = fread(image, 1, sizeof(image), f);
	(void)fclose(f);
	state = strtoull(argv[3], NULL, 10) * 0x9e3779b97f4a7c15ull + 1;
	for (int i = 0; i < 20; i++)
		(void)next();
	for (int i = 4; i < argc && n < 64; i++)
		if (sscanf(argv[i], "%" SCNu64 "+%" SCNu64, &ranges[n].at,
			&ranges[n].len) == 2)
			n++;
	for (uint64_t i = next() % 32 + 1; i > 0 && size > 0; i--) {
		uint64_t at = place(ranges, n, size);

		edit(image + at, size - at);
	}
	f = fopen(argv[2], "wb");
	return f != NULL && fwrite(image, 1, size, f) == size && fclose(f) == 0
		   ? 0
		   : 3;
}
