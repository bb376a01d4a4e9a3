/*
 * ext-groups.c IMAGE: what inodes of ext are none, by our own look at the
 * descriptors of groups, to judge what others say of them. A line each of the
 * first one, the last one, and why ([EXT4] "Block Group Descriptors"):
 *	never used	the inodes are zeros, as a descriptor has it whose
 *			checksum is right
 *	no table	the table is at block 0, where there is none
 *	zeros		the inode is
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "look.h"

#define SUPER 1024 /* where the superblock is */
#define SUM   0x1e /* where the checksum of a descriptor is */

static uint32_t
crc(uint32_t sum, uint32_t polynomial, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		sum ^= p[i];
		for (int bit = 0; bit < 8; bit++)
			sum = sum >> 1 ^ (sum & 1 ? polynomial : 0);
	}
	return sum;
}

/* With crc32c, two zeros are in the place of the checksum; with CRC-16,
 * nothing is. */
static bool
is_right(const uint8_t *super, const uint8_t *p, size_t size, uint32_t group)
{
	bool large = (get32(super + 0x64) & 0x400) != 0;
	uint32_t poly = large ? 0x82f63b78 : 0xa001;
	uint32_t sum = large ? UINT32_MAX : UINT16_MAX;
	uint8_t number[4] = { (uint8_t)group, (uint8_t)(group >> 8),
		(uint8_t)(group >> 16), (uint8_t)(group >> 24) };

	if ((get32(super + 0x64) & 0x410) == 0 || size < SUM + 2)
		return false;
	if (large && (get32(super + 0x60) & 0x2000) != 0)
		sum = get32(super + 0x270);
	else
		sum = crc(sum, poly, super + 0x68, 16);
	sum = crc(sum, poly, number, sizeof(number));
	sum = crc(sum, poly, p, SUM);
	if (large)
		sum = crc(sum, poly, (const uint8_t *)"\0\0", 2);
	sum = crc(sum, poly, p + SUM + 2, size - SUM - 2);
	return (sum & 0xffff) == get16(p + SUM);
}

static void
range(uint64_t first, uint64_t last, const char *why)
{
	printf("%llu|%llu|%s\n", (unsigned long long)first,
	    (unsigned long long)last, why);
}

/* Those at the end of a group that were never used, if that is known. */
static uint64_t
unused(const uint8_t *super, const uint8_t *p, size_t size, uint32_t group)
{
	unsigned flags = get16(p + 0x12);

	if ((flags & 4) == 0 || !is_right(super, p, size, group))
		return 0;
	if ((flags & 1) != 0)
		return get32(super + 0x28);
	return get16(p + 0x1c) | (size >= 64 ? get16(p + 0x32) << 16 : 0);
}

static void
tell_zeros(const uint8_t *super, const uint8_t *image, uint64_t size,
    uint64_t at, uint64_t first)
{
	static const uint8_t zeros[128];
	uint64_t per = get32(super + 0x28), step = get16(super + 0x58);

	if (get32(super + 0x4c) == 0) /* the first revision */
		step = sizeof(zeros);
	for (uint64_t i = 0;
	     i < per && at < size && step >= sizeof(zeros) && size - at >= step;
	     i++, at += step)
		if (memcmp(image + at, zeros, sizeof(zeros)) == 0)
			range(first + i, first + i, "zeros");
}

static void
tell_all(const uint8_t *image, uint64_t size)
{
	const uint8_t *super = image + SUPER;
	uint64_t block = 1024ULL << (get32(super + 0x18) & 15);
	uint64_t blocks = get32(super + 4), each = get32(super + 0x20);
	uint64_t per = get32(super + 0x28), first = 1, table, n;
	uint64_t at = ((uint64_t)get32(super + 0x14) + 1) * block;
	uint32_t desc = 32;

	if ((get32(super + 0x60) & 0x80) != 0 && get16(super + 0xfe) > desc)
		desc = get16(super + 0xfe);
	for (uint32_t i = 0; i * each < blocks && at < size && size - at >= 64;
	     i++, at += desc, first += per) {
		const uint8_t *p = image + at;

		/* Of the first one, whatever its size is said to be. */
		n = unused(super, p, i > 0 ? desc : 64, i);
		if (n == 0 && i == 0)
			n = unused(super, p, 32, i);
		if (n > 0 && n <= per)
			range(first + per - n, first + per - 1, "never used");
		table = get32(p + 8);
		if (desc >= 64)
			table |= (uint64_t)get32(p + 0x28) << 32;
		if (table == 0)
			range(first, first + per - 1, "no table");
		else if (table < size / block)
			tell_zeros(super, image, size, table * block, first);
	}
}

int
main(int argc, char *argv[])
{
	const uint8_t *image;
	uint64_t size;

	image = look_at(argc, argv, 2 * SUPER, &size);
	tell_all(image, size);
	return 0;
}
