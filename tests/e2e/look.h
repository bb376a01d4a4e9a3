/*
 * look.h: what the programs share that look at the bytes of an image by
 * themselves. Each includes it once.
 */
#ifndef TESTS_LOOK_H
#define TESTS_LOOK_H

#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "le.h"

static inline uint32_t
get16(const uint8_t *p)
{
	return (uint32_t)get(p, 2);
}

static inline uint32_t
get32(const uint8_t *p)
{
	return (uint32_t)get(p, 4);
}

/* The image that is the one argument, of at least so many bytes, until the
 * program ends. */
static inline const uint8_t *
look_at(int argc, char *argv[], uint64_t least, uint64_t *size)
{
	void *image;
	struct stat st;
	int fd;

	if (argc != 2)
		errx(2, "usage: %s IMAGE", argv[0]);
	fd = open(argv[1], O_RDONLY);
	if (fd < 0 || fstat(fd, &st) != 0)
		err(2, "%s", argv[1]);
	*size = (uint64_t)st.st_size;
	if (*size < least)
		errx(2, "%s: it is too short", argv[1]);
	image = mmap(NULL, (size_t)*size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (image == MAP_FAILED)
		err(2, "%s", argv[1]);
	close(fd);
	return image;
}

#endif
