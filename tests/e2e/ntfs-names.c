/*
 * ntfs-names.c: ntfs-names IMAGE COUNT: gives a new and empty NTFS of at least
 * 16 MiB a file (record 64) with COUNT extension records, each with eight
 * names of the root folder, all of them "a". The MFT goes to three quarters of
 * the volume, its first records to the mirror, too.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "le.h"

enum { RECORD = 1024, FIRST = 64, NAMES = 8, ROOT = 5 };

/* The end of each sector, with the update sequence 1. */
static void
protect(uint8_t *r)
{
	uint8_t *u = r + get(r + 4, 2);

	put(u, 1, 2);
	for (unsigned i = 1; i <= RECORD / 512; i++) {
		memcpy(u + (size_t)2 * i, r + (size_t)512 * i - 2, 2);
		put(r + (size_t)512 * i - 2, 1, 2);
	}
}

static void
unprotect(uint8_t *r)
{
	const uint8_t *u = r + get(r + 4, 2);

	for (unsigned i = 1; i <= RECORD / 512; i++)
		memcpy(r + (size_t)512 * i - 2, u + (size_t)2 * i, 2);
}

static uint8_t *
begin(uint8_t *r, unsigned number, uint64_t base)
{
	memcpy(r, "FILE", 4);
	put(r + 4, 48, 2);
	put(r + 6, 3, 2);
	put(r + 16, 1, 2); /* sequence */
	put(r + 18, 1, 2);
	put(r + 20, 56, 2);
	put(r + 22, 1, 2); /* in use */
	put(r + 28, RECORD, 4);
	put(r + 32, base, 8);
	put(r + 44, number, 4);
	return r + 56;
}

static void
end(uint8_t *r, uint8_t *p)
{
	put(p, UINT32_MAX, 4);
	put(r + 24, (uint64_t)(p + 8 - r), 4);
	protect(r);
}

static uint8_t *
name(uint8_t *p, unsigned id)
{
	put(p, 0x30, 4);
	put(p + 4, 96, 4);
	put(p + 10, 24, 2);
	put(p + 14, id, 2);
	put(p + 16, 68, 4);
	put(p + 20, 24, 2);
	put(p + 24, ROOT | (uint64_t)ROOT << 48, 8);
	p[24 + 64] = 1;
	p[24 + 65] = 1; /* not for DOS */
	p[24 + 66] = 'a';
	return p + 96;
}

static uint8_t *
outside(uint8_t *p, unsigned type, uint64_t size, uint64_t lcn, uint64_t count)
{
	put(p, type, 4);
	put(p + 4, 80, 4);
	p[8] = 1;
	put(p + 24, count - 1, 8);
	put(p + 32, 64, 2);
	for (unsigned i = 40; i < 64; i += 8)
		put(p + i, size, 8);
	p[64] = 0x44;
	put(p + 65, count, 4);
	put(p + 69, lcn, 4);
	p[73] = 0;
	return p + 80;
}

/* The run of $MFT becomes that one; it is the last but for $BITMAP. */
static void
move(uint8_t *r, uint64_t size, uint64_t lcn, uint64_t count)
{
	uint8_t *p = r + get(r + 20, 2);

	unprotect(r);
	while (get(p, 4) < 0x80)
		p += get(p + 4, 4);
	memset(p, 0, (size_t)(r + RECORD - p));
	end(r, outside(p, 0x80, size, lcn, count));
}

static void
fill(uint8_t *mft, uint8_t *list, unsigned count)
{
	for (unsigned i = 1; i <= count; i++) {
		uint8_t *r = mft + (size_t)(FIRST + i) * RECORD;
		uint8_t *p = begin(r, FIRST + i, FIRST | (uint64_t)1 << 48);
		uint8_t *l = list + (size_t)(i - 1) * 32;

		for (unsigned k = 0; k < NAMES; k++)
			p = name(p, k);
		end(r, p);
		put(l, 0x30, 4);
		put(l + 4, 32, 2);
		l[7] = 26;
		put(l + 16, (FIRST + i) | (uint64_t)1 << 48, 8);
	}
}

int
main(int argc, char **argv)
{
	unsigned count = argc == 3 ? (unsigned)atoi(argv[2]) : 0;
	size_t records = FIRST + 1 + (size_t)count, list = (size_t)count * 32;
	FILE *f = argc == 3 ? fopen(argv[1], "r+b") : NULL;
	uint8_t boot[512], *mft = calloc(records + count, RECORD), *r;
	uint64_t cluster, lcn, n;

	if (f == NULL || mft == NULL || fread(boot, 1, 512, f) != 512)
		return 1;
	cluster = get(boot + 11, 2) * boot[13];
	lcn = get(boot + 40, 8) * get(boot + 11, 2) / cluster * 3 / 4;
	n = (records * RECORD + cluster - 1) / cluster;
	if (fseek(f, (long)(get(boot + 48, 8) * cluster), SEEK_SET) != 0 ||
	    fread(mft, RECORD, 27, f) != 27)
		return 1;
	move(mft, records * RECORD, lcn, n);
	r = mft + (size_t)FIRST * RECORD;
	end(r, outside(begin(r, FIRST, 0), 0x20, list, lcn + n,
		   (list + cluster - 1) / cluster));
	fill(mft, mft + n * cluster, count);
	put(boot + 48, lcn, 8);
	if (fseek(f, 0, SEEK_SET) != 0 || fwrite(boot, 1, 512, f) != 512 ||
	    fseek(f, (long)(lcn * cluster), SEEK_SET) != 0 ||
	    fwrite(mft, RECORD, records + count, f) != records + count ||
	    fseek(f, (long)(get(boot + 56, 8) * cluster), SEEK_SET) != 0 ||
	    fwrite(mft, RECORD, 4, f) != 4 || fclose(f) != 0)
		return 1;
	free(mft);
	return 0;
}
