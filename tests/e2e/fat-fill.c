/*
 * fat-fill.c FS FILES one|many: an image of FAT32 or exFAT on standard output,
 * its files in one folder or in folders of 1,000 each. The blocks of folders
 * are written as they are: a copy of so many files, one by one, takes hours.
 * Files are empty; clusters have 512 bytes.
 */
#include <err.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECTOR 512u
#define HEAD   64u /* sectors before the table */
#define EACH   1000u

static uint8_t *image;
static uint32_t clusters, table, heap, next = 2; /* sectors; cluster */
static bool exfat;

static void
put(uint8_t *p, uint64_t v, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

static uint8_t *
cluster_at(uint32_t cluster)
{
	return image + ((uint64_t)heap + cluster - 2) * SECTOR;
}

/* So many bytes, in a chain; the first cluster. */
static uint32_t
take(uint64_t bytes)
{
	uint32_t first = next, last = first + (uint32_t)((bytes - 1) / SECTOR);
	uint8_t *fat = image + (uint64_t)table * SECTOR;

	for (; next <= last; next++)
		put(fat + 4 * (uint64_t)next,
		    next == last ? 0x0fffffff | (exfat ? 0xf0000000 : 0)
				 : next + 1,
		    4);
	return first;
}

/* --- entries ------------------------------------------------------------ */

#define WHEN 0x58c358c3u /* 2024-06-03, some time of the day */

static uint8_t *
fat_entry(uint8_t *p, unsigned number, uint32_t dir)
{
	char name[16];

	(void)snprintf(name, sizeof(name), "F%07u%s", number % 10000000,
	    dir > 0 ? "   " : "TXT");
	memcpy(p, name, 11);
	p[11] = dir > 0 ? 0x10 : 0x20;
	put(p + 14, WHEN, 4);
	put(p + 18, WHEN >> 16, 2);
	put(p + 20, dir >> 16, 2);
	put(p + 22, WHEN, 4);
	put(p + 26, dir & 0xffff, 2);
	return p + 32;
}

static uint8_t *
exfat_entry(uint8_t *p, unsigned number, uint32_t dir, uint64_t size)
{
	char name[16];
	uint16_t sum = 0;

	p[0] = 0x85;
	p[1] = 2;
	p[4] = dir > 0 ? 0x10 : 0x20;
	for (unsigned i = 8; i <= 16; i += 4)
		put(p + i, WHEN, 4);
	p[32] = 0xc0;
	p[33] = 1;
	p[35] = (uint8_t)snprintf(name, sizeof(name), "F%07u.TXT", number);
	put(p + 40, size, 8);
	put(p + 52, dir, 4);
	put(p + 56, size, 8);
	p[64] = 0xc1;
	for (unsigned i = 0; i < p[35]; i++)
		p[66 + 2 * i] = (uint8_t)name[i];
	for (unsigned i = 0; i < 96; i++)
		if (i != 2 && i != 3)
			sum = (uint16_t)((sum << 15 | sum >> 1) + p[i]);
	put(p + 2, sum, 2);
	return p + 96;
}

static uint64_t
folder_size(unsigned files)
{
	uint64_t bytes = 64 + (uint64_t)files * (exfat ? 96 : 32) + 32;

	return (bytes + SECTOR - 1) / SECTOR * SECTOR;
}

/* A folder of files from a number on; returns the place behind its entry. */
static uint8_t *
folder(uint8_t *entry, unsigned number, unsigned from, unsigned files)
{
	uint64_t size = folder_size(files);
	uint32_t first = take(size);
	uint8_t *p = cluster_at(first);

	if (!exfat) {
		(void)fat_entry(p, 0, first);
		memcpy(p, ".          ", 11);
		(void)fat_entry(p + 32, 0, 1);
		memcpy(p + 32, "..         ", 11);
		put(p + 32 + 26, 0, 2);
		p += 64;
	}
	for (unsigned i = 0; i < files; i++)
		p = exfat ? exfat_entry(p, from + i, 0, 0)
			  : fat_entry(p, from + i, 0);
	return exfat ? exfat_entry(entry, number, first, size)
		     : fat_entry(entry, number, first);
}

/* --- volumes ------------------------------------------------------------ */

static void
fat_boot(uint32_t root, uint32_t length)
{
	uint8_t *b = image;

	memcpy(b, "\xeb\x58\x90MSDOS5.0", 11);
	put(b + 11, SECTOR, 2);
	b[13] = 1;
	put(b + 14, HEAD, 2);
	b[16] = 1;
	b[21] = 0xf8;
	put(b + 32, heap + clusters, 4);
	put(b + 36, length, 4);
	put(b + 44, root, 4);
	b[66] = 0x29;
	memcpy(b + 71, "NO NAME    FAT32   ", 19);
	put(b + 510, 0xaa55, 2);
}

static void
exfat_boot(uint32_t root, uint32_t length)
{
	uint8_t *b = image;
	uint32_t sum = 0;

	memcpy(b,
	    "\xeb\x76\x90"
	    "EXFAT   ",
	    11);
	put(b + 72, heap + clusters, 8);
	put(b + 80, table, 4);
	put(b + 84, length, 4);
	put(b + 88, heap, 4);
	put(b + 92, clusters, 4);
	put(b + 96, root, 4);
	put(b + 104, 0x100, 2);
	b[108] = 9;
	b[110] = 1;
	b[111] = 0x80;
	put(b + 510, 0xaa55, 2);
	for (unsigned i = 0; i < 11 * SECTOR; i++)
		if (i != 106 && i != 107 && i != 112)
			sum = (sum << 31 | sum >> 1) + b[i];
	for (unsigned i = 0; i < SECTOR; i += 4)
		put(b + 11 * SECTOR + i, sum, 4);
	memcpy(b + 12 * SECTOR, b, 12 * SECTOR);
}

/* Of all that was taken, at the end. */
static void
fill_bitmap(uint32_t bitmap)
{
	for (uint32_t c = 2; c < next; c++)
		cluster_at(bitmap)[(c - 2) / 8] |= (uint8_t)(1 << (c - 2) % 8);
}

int
main(int argc, char *argv[])
{
	unsigned files = argc == 4 ? (unsigned)atoi(argv[2]) : 0, each;
	uint32_t length, root, bitmap = 0;
	uint64_t size;
	uint8_t *p;

	if (files == 0)
		errx(2, "usage: fat-fill fat32|exfat FILES one|many");
	exfat = strcmp(argv[1], "exfat") == 0;
	each = strcmp(argv[3], "one") == 0 ? files : EACH;
	/* FAT32 has 65,525 at least. */
	clusters = 70000 + files / 2;
	length = (clusters + 2) * 4 / SECTOR + 1;
	table = HEAD;
	heap = table + length;
	size = (uint64_t)(heap + clusters) * SECTOR;
	image = calloc(size, 1);
	if (image == NULL)
		err(2, "no memory");
	put(image + (uint64_t)table * SECTOR,
	    exfat ? 0xfffffffffffffff8 : 0x0fffffff0ffffff8, 8);
	root = take(64 + 96 * (uint64_t)(files / each + 2));
	p = cluster_at(root);
	if (exfat) {
		bitmap = take((clusters + 7) / 8);
		p[0] = 0x81;
		put(p + 20, bitmap, 4);
		put(p + 24, (clusters + 7) / 8, 8);
		p += 32;
	}
	for (unsigned i = 0; i < files; i += each)
		p = folder(p, i / each, i, files - i < each ? files - i : each);
	if (exfat) {
		exfat_boot(root, length);
		fill_bitmap(bitmap);
	} else {
		fat_boot(root, length);
	}
	return fwrite(image, size, 1, stdout) == 1 ? 0 : 1;
}
