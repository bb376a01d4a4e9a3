/*
 * iso-records.c IMAGE: directory records of ISO 9660 that libtsk takes for
 * something else, by our own look at the folders that the M path tables lead
 * to, to judge what others say of them. A line each:
 *	order|BLOCK|SIZE|BLOCK|SIZE	a place and a size that are two in two
 *			orders of bytes: those of the big one, which libtsk
 *			takes, and what they are by the records that are the
 *			same in both orders: another one has them, or they are
 *			where others end or begin, and the former are not
 *	dot|NAME|BLOCK|SIZE	a record of "." or "..", by its one byte of
 *			a name, which is not at the beginning of a folder: of
 *			it libtsk makes a name of two bytes where names are in
 *			UTF-16
 *	none|NAME	no record: its date is none, the number of its volume is
 *			two in two orders, and it has an extended attribute
 *			record
 *	folder|BLOCK	a folder by a path table, and by its own record
 * Names are as fls shows them, and what is not printable is "^".
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "look.h"

#define SECTOR	    2048
#define RECORD	    33 /* bytes before the name */
#define RECORDS_MAX 65536
#define FOLDERS_MAX 4096

struct record {
	uint64_t at;
	uint32_t block, size; /* little */
	uint32_t block_be, size_be;
	bool wide; /* names are in UTF-16 */
	bool first; /* of its folder, or the second one */
};

static const uint8_t *image;
static uint64_t size;
static struct record records[RECORDS_MAX];
static size_t n;

static uint32_t
be(const uint8_t *p, unsigned bytes)
{
	uint32_t v = 0;

	while (bytes-- > 0)
		v = v << 8 | *p++;
	return v;
}

static bool
is_read(uint64_t at)
{
	for (size_t i = 0; i < n; i++)
		if (records[i].at == at)
			return true;
	return false;
}

/* --- folders ------------------------------------------------------------ */

static void
read_sector(uint64_t at, bool wide, bool first)
{
	uint64_t end = at + SECTOR;
	unsigned k = 0;

	while (at < end && n < RECORDS_MAX) {
		const uint8_t *p = image + at;

		if (p[0] == 0) {
			at += 2;
			continue;
		}
		if (p[0] < RECORD || p[0] > end - at)
			break;
		if (!is_read(at))
			records[n++] = (struct record){ at, get32(p + 2),
				get32(p + 10), be(p + 6, 4), be(p + 14, 4),
				wide, first && k < 2 };
		k++;
		at += p[0];
	}
}

static void
read_folder(uint64_t at, bool wide)
{
	uint64_t left, from = at;

	if (at >= size || size - at < SECTOR)
		return;
	if (get32(image + at + 2) == at / SECTOR && image[at + 32] == 1 &&
	    image[at + RECORD] == 0)
		printf("folder|%u\n", get32(image + at + 2));
	left = be(image + at + 14, 4) / SECTOR;
	for (; left > 0 && size - at >= SECTOR; left--, at += SECTOR)
		read_sector(at, wide, at == from);
}

static void
read_paths(const uint8_t *volume, bool wide)
{
	uint64_t at = (uint64_t)be(volume + 148, 4) * SECTOR;
	uint64_t left = be(volume + 136, 4);

	for (unsigned i = 0; i < FOLDERS_MAX && at < size; i++) {
		const uint8_t *p = image + at;
		uint64_t len = 8;

		if (left < len || size - at < len || p[0] == 0)
			break;
		read_folder((uint64_t)be(p + 2, 4) * SECTOR, wide);
		len += p[0] + p[0] % 2u;
		at += len;
		left -= len < left ? len : left;
	}
}

/* --- what is told ------------------------------------------------------- */

static bool
is_known(uint32_t block, uint32_t bytes)
{
	for (size_t i = 0; i < n; i++)
		if (records[i].block == block && records[i].size == bytes &&
		    records[i].block_be == block && records[i].size_be == bytes)
			return true;
	return false;
}

/* What speaks for a place: another record that has it, or files that end and
 * begin where it does. */
static int
score(uint32_t block, uint32_t bytes)
{
	bool before = false, behind = false;

	if (is_known(block, bytes))
		return 3;
	for (size_t i = 0; i < n; i++) {
		const struct record *r = &records[i];
		uint32_t whole = (r->size + SECTOR - 1) / SECTOR;

		if (r->block != r->block_be || r->size != r->size_be)
			continue;
		before |= r->block + whole == block;
		behind |= r->block == block + (bytes + SECTOR - 1) / SECTOR;
	}
	return before + behind;
}

static void
tell_order(const struct record *r)
{
	const uint32_t block[2] = { r->block, r->block_be };
	const uint32_t bytes[2] = { r->size, r->size_be };
	int least = score(r->block_be, r->size_be);

	if (r->block == r->block_be && r->size == r->size_be)
		return;
	for (unsigned i = 0; i < 3; i++)
		if (score(block[i & 1], bytes[i >> 1]) > least)
			printf("order|%u|%u|%u|%u\n", r->block_be, r->size_be,
			    block[i & 1], bytes[i >> 1]);
}

static void
put_name(const uint8_t *p, size_t bytes, bool wide)
{
	bool odd = false;

	for (size_t i = 0; i < bytes; i += 1 + wide) {
		bool one = !wide || p[i] == 0;
		int c = wide ? p[i + 1] : p[i];

		if (one && c == ';')
			break;
		if (one && c >= ' ' && c <= '~' && c != '|')
			putchar(c);
		else if (!odd)
			putchar('^');
		odd = !one || c < ' ' || c > '~' || c == '|';
	}
}

static void
tell_name(const struct record *r)
{
	const uint8_t *p = image + r->at, *date = p + 18;
	bool no_date = date[1] < 1 || date[1] > 12 || date[2] < 1 ||
		       date[2] > 31 || date[3] > 23 || date[4] > 59 ||
		       date[5] > 59;
	uint32_t volume = get16(p + 28);

	if (r->first)
		return;
	if (p[32] == 1 && p[RECORD] <= 1 && r->wide && size - r->at > 35) {
		printf("dot|");
		put_name(p + RECORD, 2, true);
		printf("|%u|%u\n", r->block_be, r->size_be);
	} else if (no_date && volume != be(p + 30, 2) && p[1] != 0 &&
		   p[32] + RECORD <= p[0]) {
		printf("none|");
		put_name(p + RECORD, p[32], r->wide);
		printf("\n");
	}
}

int
main(int argc, char *argv[])
{
	image = look_at(argc, argv, 32 * SECTOR, &size);
	for (unsigned i = 16; i < 32; i++) {
		const uint8_t *volume = image + i * SECTOR;
		bool wide = memcmp(volume + 88, "%/", 2) == 0;

		if (memcmp(volume + 1, "CD001", 5) != 0)
			break;
		if (volume[0] == 1 || volume[0] == 2)
			read_paths(volume, volume[0] == 2 && wide);
	}
	for (size_t i = 0; i < n; i++) {
		tell_order(&records[i]);
		tell_name(&records[i]);
	}
	return fflush(stdout) == 0 ? 0 : 3;
}
