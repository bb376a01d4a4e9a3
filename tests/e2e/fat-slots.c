/*
 * fat-slots.c IMAGE: which entries of FAT have a long name, by our own look at
 * the bytes, to judge what others say of them. A line each of number, what it
 * is, and how many characters its own parts have room for:
 *	dot	it is "." or ".."
 *	long	the long name right before it is its own
 *	other	the last long name before it is not its own, or not whole
 */
#include <ctype.h>
#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static unsigned
get16(const uint8_t *p)
{
	return p[0] | (unsigned)p[1] << 8;
}

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
tell(uint64_t number, bool parts, const uint8_t *p)
{
	unsigned own = parts_of(p, number - 3);
	const char *what = NULL;

	if (memcmp(p, ".          ", 11) == 0 ||
	    memcmp(p, "..         ", 11) == 0)
		what = "dot";
	else if (is_long(p, own))
		what = "long";
	else if (parts)
		what = "other";
	if (what != NULL)
		printf(
		    "%llu|%s|%u\n", (unsigned long long)number, what, 13 * own);
}

int
main(int argc, char *argv[])
{
	const uint8_t *image;
	bool parts = false;
	struct stat st;
	uint64_t at;
	int fd;

	if (argc != 2)
		errx(2, "usage: fat-slots IMAGE");
	fd = open(argv[1], O_RDONLY);
	if (fd < 0 || fstat(fd, &st) != 0 || st.st_size < 512)
		err(2, "%s", argv[1]);
	image = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (image == MAP_FAILED)
		err(2, "%s", argv[1]);
	at = data_start(image);
	for (uint64_t n = 3; at + 32 <= (uint64_t)st.st_size; n++, at += 32) {
		if ((image[at + 11] & 15) == 15)
			parts = true;
		else if (image[at] != 0)
			tell(n, parts, image + at);
	}
	close(fd);
	return 0;
}
