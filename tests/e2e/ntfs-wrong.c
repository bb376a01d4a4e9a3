/*
 * ntfs-wrong.c IMAGE: which names of NTFS are damaged, by our own look at the
 * bytes, to judge what others say of them. A line each of the number of a
 * record, and what is wrong with a name of it ([NTFS] "$FILE_NAME", "Index
 * entry"):
 *	beyond	it is longer than the attribute of the record that it is in
 *	outside	it begins behind the end of that attribute
 *	key	it is longer than the key of the index that it is in
 *	nul	in that key, it has a NUL
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "look.h"

#define SECTOR	 512
#define RECORD	 1024
#define BLOCK	 4096
#define NAME_AT	 66 /* in the attribute, and in the key */
#define ENTRY_AT 16 /* of the key in an entry */

/* The ends of its sectors back where they belong. */
static void
fix(uint8_t *p, size_t len)
{
	unsigned at = get16(p + 4), n = get16(p + 6);

	for (unsigned i = 1; i < n && i * SECTOR <= len; i++)
		if (at + 2 * i + 2 <= len)
			memcpy(p + i * SECTOR - 2, p + at + 2 * i, 2);
}

static unsigned records; /* that there can be */

static void
tell(unsigned number, const char *what)
{
	if (number >= records)
		return;
	printf("%u|%u|%s\n", number, number, what);
}

static void
look_at_entry(const uint8_t *p, unsigned len)
{
	unsigned key = get16(p + 10), n = p[ENTRY_AT + 64];
	const uint8_t *name = p + ENTRY_AT + NAME_AT;

	if (NAME_AT + 2 * n > key || ENTRY_AT + key > len) {
		tell(get32(p), "key");
		return;
	}
	for (unsigned i = 0; i < n; i++)
		if (get16(name + 2 * i) == 0) {
			tell(get32(p), "nul");
			return;
		}
}

/* The entries in use, and what may be one in the room behind them. */
static void
look_at_entries(const uint8_t *p, unsigned at, unsigned end)
{
	unsigned len;

	for (; at < end && at + ENTRY_AT + NAME_AT <= end; at += len) {
		len = get16(p + at + 8);
		if (len < ENTRY_AT || len % 8 != 0 || len > end - at)
			len = 8;
		else if (len >= ENTRY_AT + NAME_AT)
			look_at_entry(p + at, len);
	}
}

static void
look_at_record(const uint8_t *p)
{
	unsigned at = get16(p + 20), len, value;

	for (; at + 24 <= RECORD && get32(p + at) < 0x100; at += len) {
		len = get32(p + at + 4);
		value = at + get16(p + at + 20);
		if (len < 24 || len > RECORD - at)
			break;
		if (get32(p + at) == 0x90 && value + 32 < at + len)
			look_at_entries(
			    p, value + 16 + get32(p + value + 16), at + len);
		if (get32(p + at) != 0x30)
			continue;
		if (value + NAME_AT >= at + len)
			tell(get32(p + 44), "outside");
		if (value + NAME_AT <= RECORD &&
		    NAME_AT + 2U * p[value + 64] > get32(p + at + 16))
			tell(get32(p + 44), "beyond");
	}
}

int
main(int argc, char *argv[])
{
	uint8_t block[BLOCK];
	uint64_t size;
	const uint8_t *image;

	image = look_at(argc, argv, BLOCK, &size);
	records = (unsigned)(size / RECORD);
	for (uint64_t at = 0; at + BLOCK <= size; at += SECTOR) {
		if (memcmp(image + at, "FILE", 4) != 0 &&
		    memcmp(image + at, "INDX", 4) != 0)
			continue;
		memcpy(block, image + at, BLOCK);
		if (block[0] == 'F') {
			fix(block, RECORD);
			look_at_record(block);
		} else {
			fix(block, BLOCK);
			look_at_entries(block, 24 + get32(block + 24), BLOCK);
		}
	}
	return 0;
}
