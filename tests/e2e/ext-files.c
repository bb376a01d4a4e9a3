/*
 * ext-files.c: ext-files IMAGE FILES PER: gives a new and empty ext4 that many
 * files without content, in folders of PER each. mke2fs -d takes hours for
 * that. Descriptors must be of 32 bytes, without checksums, and there must be
 * inodes enough; a folder has to fit into a group.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "le.h"

enum { ROOT = 2, LOST = 11, NOW = 1717406430 };

static uint8_t *image;
static uint32_t size, blocks_in_group, inodes_in_group, inode_size, first;
static uint32_t groups, last_inode = LOST;

static void
add(uint8_t *p, int v, unsigned n)
{
	put(p, get(p, n) + (uint64_t)(int64_t)v, n);
}

static uint8_t *
block(uint64_t n)
{
	return image + n * size;
}

static uint8_t *
group(uint32_t n)
{
	return block(first + 1) + (size_t)32 * n;
}

static uint8_t *
inode(uint32_t n)
{
	return block(get(group((n - 1) / inodes_in_group) + 8, 4)) +
	       (size_t)((n - 1) % inodes_in_group) * inode_size;
}

/* --- what is free ------------------------------------------------------- */

static uint32_t
take_inode(bool folder)
{
	uint32_t n = ++last_inode, i = (n - 1) % inodes_in_group;
	uint8_t *g = group((n - 1) / inodes_in_group);

	if ((n - 1) / inodes_in_group >= groups)
		exit(1);
	block(get(g + 4, 4))[i / 8] |= (uint8_t)(1u << i % 8);
	add(image + 1024 + 0x10, -1, 4);
	add(g + 0x0e, -1, 2);
	add(g + 0x10, folder, 2);
	return n;
}

static uint32_t
free_run(const uint8_t *map, uint32_t n)
{
	uint32_t run = 0;

	for (uint32_t i = 0; i < blocks_in_group; i++) {
		run = (map[i / 8] >> i % 8 & 1) != 0 ? 0 : run + 1;
		if (run == n)
			return i + 1 - n;
	}
	return UINT32_MAX;
}

/* n blocks that follow each other, all zeros. */
static uint64_t
take_blocks(uint32_t n)
{
	for (uint32_t g = 0; g < groups; g++) {
		uint8_t *map = block(get(group(g), 4));
		uint32_t at = free_run(map, n);

		if (at == UINT32_MAX)
			continue;
		for (uint32_t i = at; i < at + n; i++)
			map[i / 8] |= (uint8_t)(1u << i % 8);
		add(image + 1024 + 0x0c, -(int)n, 4);
		add(group(g) + 0x0c, -(int)n, 2);
		return first + (uint64_t)g * blocks_in_group + at;
	}
	exit(1);
}

static void
give_block(uint64_t n)
{
	uint32_t g = (uint32_t)((n - first) / blocks_in_group);
	uint32_t i = (uint32_t)((n - first) % blocks_in_group);

	block(get(group(g), 4))[i / 8] &= (uint8_t) ~(1u << i % 8);
	add(image + 1024 + 0x0c, 1, 4);
	add(group(g) + 0x0c, 1, 2);
}

/* --- inodes and folders ------------------------------------------------- */

static void
make_inode(
    uint32_t n, unsigned mode, unsigned links, uint64_t at, uint32_t blocks)
{
	uint8_t *p = inode(n);

	memset(p, 0, inode_size);
	put(p, mode, 2);
	put(p + 0x04, (uint64_t)blocks * size, 4);
	for (int i = 0; i < 3; i++)
		put(p + 0x08 + i * 4, NOW, 4);
	put(p + 0x1a, links, 2);
	put(p + 0x1c, (uint64_t)blocks * (size / 512), 4);
	put(p + 0x20, 0x80000, 4);
	put(p + 0x28, 0xf30a, 2);
	put(p + 0x2a, blocks > 0, 2);
	put(p + 0x2c, 4, 2);
	put(p + 0x38, blocks, 2);
	put(p + 0x3c, at, 4);
	if (inode_size > 128)
		put(p + 0x80, 32, 2);
}

struct folder {
	uint8_t *p; /* NULL: how many blocks does it need? */
	size_t at, last; /* byte behind the last entry; of that */
};

static void
entry(struct folder *f, uint32_t n, unsigned type, const char *name)
{
	size_t len = strlen(name), need = (8 + len + 3) & ~(size_t)3;

	if (f->at % size + need > size || (f->at > 0 && f->at % size == 0)) {
		f->at = (f->at + size - 1) / size * size;
		if (f->p != NULL)
			put(f->p + f->last + 4, f->at - f->last, 2);
	}
	if (f->p != NULL) {
		put(f->p + f->at, n, 4);
		put(f->p + f->at + 4, need, 2);
		put(f->p + f->at + 6, len, 1);
		put(f->p + f->at + 7, type, 1);
		memcpy(f->p + f->at + 8, name, len);
	}
	f->last = f->at;
	f->at += need;
}

/* n entries whose inodes follow each other step apart; the root's begin with
 * that of lost+found. */
static void
entries(struct folder *f, uint32_t self, uint32_t from, uint32_t n,
    uint32_t step, uint32_t number)
{
	char name[40];

	entry(f, self, 2, ".");
	entry(f, ROOT, 2, "..");
	if (self == ROOT)
		entry(f, LOST, 2, "lost+found");
	for (uint32_t i = 0; i < n; i++) {
		(void)snprintf(name, sizeof(name),
		    self == ROOT ? "folder %u" : "file number %u.txt",
		    number + i);
		entry(f, from + i * step, self == ROOT ? 2 : 1, name);
	}
}

static void
make_folder(
    uint32_t self, uint32_t from, uint32_t n, uint32_t step, uint32_t number)
{
	struct folder f = { 0 };
	uint32_t blocks;
	uint64_t at;

	entries(&f, self, from, n, step, number);
	blocks = (uint32_t)((f.at + size - 1) / size);
	at = take_blocks(blocks);
	f = (struct folder){ .p = block(at) };
	entries(&f, self, from, n, step, number);
	put(f.p + f.last + 4, (uint64_t)blocks * size - f.last, 2);
	make_inode(self, 040755, self == ROOT ? 3 + n : 2, at, blocks);
}

static void
fill(uint32_t files, uint32_t per)
{
	uint32_t folders = (files + per - 1) / per, one = last_inode + 1;

	for (uint32_t i = 0; i < folders; i++) {
		uint32_t self = take_inode(true), n = per;

		if (i == folders - 1)
			n = files - i * per;
		for (uint32_t k = 0; k < n; k++)
			make_inode(take_inode(false), 0100644, 1, 0, 0);
		make_folder(self, self + 1, n, 1, i * per);
	}
	give_block(get(inode(ROOT) + 0x3c, 4));
	make_folder(ROOT, one, folders, per + 1, 0);
}

int
main(int argc, char *argv[])
{
	int fd = argc == 4 ? open(argv[1], O_RDWR | O_CLOEXEC) : -1;
	uint32_t files, per;
	const uint8_t *sb;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		return 2;
	image = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE,
	    MAP_SHARED, fd, 0);
	if (image == MAP_FAILED)
		return 2;
	sb = image + 1024;
	size = 1024u << get(sb + 0x18, 4);
	first = (uint32_t)get(sb + 0x14, 4);
	blocks_in_group = (uint32_t)get(sb + 0x20, 4);
	inodes_in_group = (uint32_t)get(sb + 0x28, 4);
	inode_size = (uint32_t)get(sb + 0x58, 2);
	groups = (uint32_t)(get(sb, 4) / inodes_in_group);
	files = (uint32_t)strtoul(argv[2], NULL, 10);
	per = (uint32_t)strtoul(argv[3], NULL, 10);
	if (files == 0 || per == 0)
		return 2;
	fill(files, per);
	return munmap(image, (size_t)st.st_size) == 0 ? 0 : 1;
}
