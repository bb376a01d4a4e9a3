/*
 * apfs-make.c FILE [TRICK]: writes the container of tests/unit/apfs_make.h to a
 * file; with a trick in it, all of whose checksums are right.
 */
#include <stdio.h>

#include "../unit/apfs_make.h"

static uint8_t disk[APFS_SIZE];

/* A tree whose only entry, for a key, leads back to itself. */
static void
loop(unsigned block, uint32_t subtype, bool fixed, uint64_t key, uint64_t self)
{
	struct apfs_tree t = { 0 };
	uint8_t k[16], v[16] = { 0 };

	memset(disk + (size_t)block * APFS_BLOCK, 0, APFS_BLOCK);
	t = apfs_tree(disk, block, 2, subtype, fixed);
	put64(k, key);
	put64(k + 8, 2);
	put64(v, self);
	apfs_entry(&t, k, fixed ? 16 : 8, v, 8);
	put16(t.b + 32, fixed ? 5 : 1);
	put16(t.b + 34, 1);
	apfs_tree_end(&t);
}

static void
put_number(unsigned block, unsigned at, uint64_t v)
{
	uint8_t *b = disk + (size_t)block * APFS_BLOCK;

	put64(b + at, v);
	apfs_sum(b);
}

static void
files_loop(void)
{
	loop(APFS_AT_FILES, 14, false, 2 | (uint64_t)3 << 60, 2000);
}

static void
map_loop(void)
{
	loop(APFS_AT_VOLUME_TREE, 11, true, 2000, APFS_AT_VOLUME_TREE);
}

static void
container_map_loop(void)
{
	loop(APFS_AT_TREE, 11, true, 1026, APFS_AT_TREE);
	loop(APFS_AT_OLD_TREE, 11, true, 1026, APFS_AT_OLD_TREE);
}

static void
snapshots_loop(void)
{
	loop(APFS_AT_SNAPSHOTS, 16, false, 2 | (uint64_t)1 << 60,
	    APFS_AT_SNAPSHOTS);
}

static void
no_map(void)
{
	memset(disk + (size_t)APFS_AT_VOLUME_OMAP * APFS_BLOCK, 0, APFS_BLOCK);
}

static void
map_far(void)
{
	for (unsigned i = 0; i < 3; i++)
		put_number(APFS_AT_VOLUME + i, 0x80, UINT64_MAX / 2);
}

/* [APFS] nx_keylocker: where, and how many blocks. */
static void
keys(void)
{
	put_number(APFS_AT_LATEST, 0x510, 1);
	put_number(APFS_AT_LATEST, 0x518, UINT64_MAX / 2);
}

/* Of the files: a name without a length; one whose value is far; attributes
 * and extended fields of an inode that are longer than the node. */
static void
entries_far(void)
{
	uint8_t *b = disk + (size_t)APFS_AT_FILES * APFS_BLOCK;
	uint8_t *toc = b + 56, *keys = toc + APFS_TOC;
	uint8_t *values = b + APFS_BLOCK - 40;

	put32(keys + (toc[8] | toc[9] << 8) + 8, 0);
	put16(toc + 2 * 8 + 4, 0xfff0);
	put16(values - (toc[28] | toc[29] << 8) + 94 + 4, 0xffff);
	put16(toc + 3 * 8 + 6, 0xffff);
	put16(values - (toc[36] | toc[37] << 8) + 2, 0xffff);
	apfs_sum(b);
}

static void
snapshot_count(void)
{
	put_number(APFS_AT_VOLUME, 0xd8, UINT64_MAX);
}

static const struct {
	const char *name;
	void (*play)(void);
} tricks[] = { { "files-loop", files_loop }, { "map-loop", map_loop },
	{ "container-map-loop", container_map_loop },
	{ "snapshots-loop", snapshots_loop }, { "no-map", no_map },
	{ "map-far", map_far }, { "keys", keys },
	{ "entries-far", entries_far }, { "snapshot-count", snapshot_count } };

int
main(int argc, char *argv[])
{
	FILE *f = argc >= 2 ? fopen(argv[1], "wb") : NULL;
	bool known = argc == 2;

	if (f == NULL)
		return 2;
	apfs_make(disk);
	for (size_t i = 0; argc == 3 && i < sizeof(tricks) / sizeof(tricks[0]);
	     i++)
		if (strcmp(argv[2], tricks[i].name) == 0) {
			tricks[i].play();
			known = true;
		}
	return known && fwrite(disk, sizeof(disk), 1, f) == 1 && fclose(f) == 0
		   ? 0
		   : 3;
}
