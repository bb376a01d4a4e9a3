/*
 * fat-slots.c IMAGE: what entries of FAT and exFAT are, by our own look at the
 * bytes, to judge what others say of them. A line each of number, what it
 * is, and how many characters its own parts have room for:
 *	dot	it is "." or ".."
 *	first	it is at the start of a cluster: where the parts of its long
 *		name would be is not known here
 *	long	the long name right before it is its own
 *	other	the last long name before it is not its own, or not whole
 *	nothing	its name, dates and size are zeros
 *	noise	its short name has three bytes or more that none has
 * and of exFAT:
 *	nofile	a file with attributes that are none and reserved bytes that are
 *		not 0 ([EX] 7.4), behind which there is no stream
 *	noguid	an identifier with secondary entries or reserved bytes
 *([EX] 7.5)
 *	texfat	padding of TexFAT, where there is one table, so that it is none
 *	foreign	a file with an entry in its set that is not in use as it is
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "look.h"

#define COPY (12 * 512) /* of the boot sector of exFAT */

/* Where numbers begin: the root folder of FAT12 and FAT16, or cluster 2. */
static uint64_t
data_start(const uint8_t *boot)
{
	uint64_t fat = get16(boot + 22);

	if (fat == 0)
		fat = get16(boot + 36) | (uint64_t)get16(boot + 38) << 16;
	return (get16(boot + 14) + boot[16] * fat) * get16(boot + 11);
}

static uint8_t
sum_of(const uint8_t *name, uint8_t first)
{
	uint8_t sum = 0;

	for (int i = 0; i < 11; i++)
		sum = (uint8_t)((sum << 7 | sum >> 1) +
				(i == 0 ? first : name[i]));
	return sum;
}

/* How many parts of a long name are right before an entry, of which there are
 * n: of one that is in use from the first to the last one, 0 if not all of them
 * are there. Those of an erased one have no numbers. */
static unsigned
parts_of(const uint8_t *p, uint64_t n)
{
	bool erased = p[0] == 0xe5;
	unsigned i = 1;

	for (; i <= n && i <= 20; i++) {
		const uint8_t *part = p - 32 * (size_t)i;

		if ((part[11] & 0x3f) != 15 || part[13] != p[-32 + 13] ||
		    (part[26] | part[27]) != 0 ||
		    (erased ? part[0] != 0xe5 : (part[0] & 0x3f) != i))
			break;
		if (!erased && (part[0] & 0x40) != 0)
			return i;
	}
	return erased ? i - 1 : 0;
}

/* Are they its own, by their checksum? Of an erased one the first character is
 * lost: that of the long name may have been it. */
static bool
is_long(const uint8_t *p, unsigned parts)
{
	const uint8_t *part = p - 32;

	if (parts == 0)
		return false;
	if (p[0] != 0xe5)
		return part[13] == sum_of(p, p[0]);
	return part[2] != 0 || !isalnum(part[1]) ||
	       part[13] == sum_of(p, (uint8_t)toupper(part[1]));
}

static void
tell(uint64_t number, bool parts, bool first, const uint8_t *p)
{
	unsigned own = parts_of(p, number - 3);
	const char *what = NULL;

	if (memcmp(p, ".          ", 11) == 0 ||
	    memcmp(p, "..         ", 11) == 0)
		what = "dot";
	else if (first)
		what = "first";
	else if (is_long(p, own))
		what = "long";
	else if (parts)
		what = "other";
	if (what != NULL)
		printf(
		    "%llu|%s|%u\n", (unsigned long long)number, what, 13 * own);
}

/* --- nothing ------------------------------------------------------------- */

static bool
is_zero(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != 0)
			return false;
	return true;
}

static bool
is_nothing(const uint8_t *p)
{
	return is_zero(p, 11) && is_zero(p + 16, 6) && is_zero(p + 24, 2) &&
	       is_zero(p + 28, 4);
}

static bool
is_noise(const uint8_t *p)
{
	unsigned n = 0;

	for (int i = 0; i < 11; i++)
		n += p[i] < ' ';
	return n >= 3;
}

/* --- exFAT --------------------------------------------------------------- */

static const char *
what_is(const uint8_t *p, size_t left, bool one)
{
	switch (p[0] & 0x7f) {
	case 0x05:
		if ((p[4] & 0xc8) + p[5] != 0 && !is_zero(p + 6, 2) &&
		    (left < 64 || (p[32] & 0x7f) != 0x40))
			return "nofile";
		for (size_t i = 1; i <= p[1] && 32 * (i + 1) <= left; i++)
			if (((p[32 * i] ^ p[0]) & 0x80) != 0)
				return "foreign";
		return NULL;
	case 0x20:
		return p[1] != 0 || !is_zero(p + 22, 10) ? "noguid" : NULL;
	case 0x21:
		return one ? "texfat" : NULL;
	default:
		return NULL;
	}
}

static bool
is_exfat(const uint8_t *boot)
{
	return memcmp(boot + 3, "EXFAT   ", 8) == 0;
}

static void
tell_exfat(const uint8_t *image, const uint8_t *boot, uint64_t size)
{
	uint64_t at = (get16(boot + 88) | (uint64_t)get16(boot + 90) << 16)
		      << (boot[108] & 15);

	for (uint64_t n = 3; at + 32 <= size; n++, at += 32) {
		const char *what =
		    what_is(image + at, (size_t)(size - at), boot[110] == 1);

		if (what != NULL)
			printf("%llu|%s|0\n", (unsigned long long)n, what);
	}
}

/* --- FAT ----------------------------------------------------------------- */

static void
tell_fat(const uint8_t *image, uint64_t size)
{
	uint64_t at = data_start(image), heap = at;
	uint64_t cluster = (uint64_t)image[13] * get16(image + 11);
	bool parts = false;

	if (get16(image + 22) != 0)
		heap += get16(image + 17) * 32ULL;
	for (uint64_t n = 3; at + 32 <= size; n++, at += 32) {
		const uint8_t *p = image + at;
		bool first =
		    at >= heap && cluster > 0 && (at - heap) % cluster == 0;

		if (is_zero(p, 32)) /* nobody takes it for an entry */
			continue;
		if ((p[11] & 15) == 15)
			parts = true;
		else if (is_nothing(p) ||
			 (is_noise(p) && !is_long(p, parts_of(p, n - 3))))
			printf("%llu|%s|0\n", (unsigned long long)n,
			    is_nothing(p) ? "nothing" : "noise");
		else if (p[0] != 0)
			tell(n, parts, first, p);
	}
}

int
main(int argc, char *argv[])
{
	const uint8_t *image;
	uint64_t size;

	image = look_at(argc, argv, 512, &size);
	if (is_exfat(image))
		tell_exfat(image, image, size);
	else if (size >= COPY + 512 && is_exfat(image + COPY))
		tell_exfat(image, image + COPY, size);
	else
		tell_fat(image, size);
	return 0;
}
