/*
 * apfs_make.h: an APFS container built by hand: three volumes, of which one
 * has a file and two snapshots, one is encrypted, and one lies in a slot
 * behind an empty one. Its older checkpoint has an object map
 * of its own; the first snapshot has a file that is gone.
 */
#ifndef SPILL_TESTS_APFS_MAKE_H
#define SPILL_TESTS_APFS_MAKE_H

#include "bytes.h"

#define APFS_BLOCK  4096u
#define APFS_BLOCKS 64u
#define APFS_SIZE   (APFS_BLOCK * APFS_BLOCKS)

enum { /* blocks */
	APFS_AT_OLD = 0,
	APFS_AT_MAP = 1,
	APFS_AT_LATEST = 2,
	APFS_AT_BROKEN = 3,
	APFS_AT_OMAP = 8,
	APFS_AT_TREE = 9,
	APFS_AT_OLD_OMAP = 10,
	APFS_AT_OLD_TREE = 11,
	APFS_AT_VOLUME = 20, /* and the two behind it */
	APFS_AT_VOLUME_OMAP = 30,
	APFS_AT_VOLUME_TREE = 31,
	APFS_AT_FILES = 40,
	APFS_AT_OLD_FILES = 41,
	APFS_AT_SNAPSHOTS = 45,
	APFS_AT_CONTENT = 50,
	APFS_AT_OLD_CONTENT = 51,
};

#define APFS_CONTENT	 "SYNTHETIC NOTES\n"
#define APFS_OLD_CONTENT "EXERCISE EXERCISE\n"

/* The sum over all behind it, into the first 8 bytes. */
static inline void
apfs_sum(uint8_t *b)
{
	uint64_t lo = 0, hi = 0, c1;
	const uint64_t mod = 0xffffffff;

	for (size_t i = 8; i < APFS_BLOCK; i += 4) {
		lo += (uint32_t)b[i] | (uint32_t)b[i + 1] << 8 |
		      (uint32_t)b[i + 2] << 16 | (uint32_t)b[i + 3] << 24;
		lo %= mod;
		hi = (hi + lo) % mod;
	}
	c1 = mod - (lo + hi) % mod;
	put64(b, (mod - (lo + c1) % mod) << 32 | c1);
}

static inline uint8_t *
apfs_object(uint8_t *disk, unsigned block, uint64_t id, uint64_t transaction,
    uint32_t type, uint32_t subtype)
{
	uint8_t *b = disk + (size_t)block * APFS_BLOCK;

	put64(b + 8, id);
	put64(b + 16, transaction);
	put32(b + 24, type);
	put32(b + 28, subtype);
	return b;
}

static inline void
apfs_container(
    uint8_t *disk, unsigned block, uint64_t transaction, unsigned omap)
{
	uint8_t *b = apfs_object(disk, block, 1, transaction, 0x80000001, 0);

	memcpy(b + 32, "NXSB", 4);
	put32(b + 0x24, APFS_BLOCK);
	put64(b + 0x28, APFS_BLOCKS);
	put64(b + 0x40, 2); /* version 2 */
	memset(b + 0x48, 0xc0, 16);
	put32(b + 0x68, 4);
	put64(b + 0x70, 1);
	put32(b + 0x8c, 2); /* a checkpoint: the map, then the superblock */
	put64(b + 0xa0, omap);
	put32(b + 0xb4, 100);
	put64(b + 0xb8, 1026);
	put64(b + 0xc0, 1028);
	put64(b + 0xd0, 1030); /* the third slot is empty */
	apfs_sum(b);
}

/* --- trees -------------------------------------------------------------- */

struct apfs_tree {
	uint8_t *b;
	bool fixed;
	unsigned n, key, value; /* entries; next key, bytes of values so far */
};

#define APFS_TOC 512 /* bytes */

static inline struct apfs_tree
apfs_tree(
    uint8_t *disk, unsigned block, uint32_t type, uint32_t subtype, bool fixed)
{
	struct apfs_tree t = { apfs_object(
				   disk, block, block, 3, type, subtype),
		fixed, 0, 0, 0 };

	put16(t.b + 32, fixed ? 7 : 3); /* root, leaf */
	put16(t.b + 42, APFS_TOC);
	return t;
}

static inline void
apfs_entry(struct apfs_tree *t, const void *key, unsigned klen,
    const void *value, unsigned vlen)
{
	uint8_t *e = t->b + 56 + t->n++ * (t->fixed ? 4u : 8u);

	t->value += vlen;
	put16(e, (uint16_t)t->key);
	if (t->fixed) {
		put16(e + 2, (uint16_t)t->value);
	} else {
		put16(e + 2, (uint16_t)klen);
		put16(e + 4, (uint16_t)t->value);
		put16(e + 6, (uint16_t)vlen);
	}
	memcpy(t->b + 56 + APFS_TOC + t->key, key, klen);
	memcpy(t->b + APFS_BLOCK - 40 - t->value, value, vlen);
	t->key += klen;
}

static inline void
apfs_tree_end(struct apfs_tree *t)
{
	uint8_t *info = t->b + APFS_BLOCK - 40;

	put32(t->b + 36, t->n);
	put32(info + 4, APFS_BLOCK);
	put32(info + 8, t->fixed ? 16 : 0);
	put32(info + 12, t->fixed ? 16 : 0);
	put64(info + 24, t->n);
	put64(info + 32, 1);
	apfs_sum(t->b);
}

static inline void
apfs_mapping(
    struct apfs_tree *t, uint64_t id, uint64_t transaction, uint64_t block)
{
	uint8_t k[16], v[16] = { 0 };

	put64(k, id);
	put64(k + 8, transaction);
	put32(v + 4, APFS_BLOCK);
	put64(v + 8, block);
	apfs_entry(t, k, 16, v, 16);
}

static inline void
apfs_omap(uint8_t *disk, unsigned block, unsigned tree)
{
	uint8_t *b = apfs_object(disk, block, block, 3, 0x4000000b, 0);

	put32(b + 0x28, 0x40000002);
	put64(b + 0x30, tree);
	apfs_sum(b);
}

/* --- a volume ----------------------------------------------------------- */

static inline void
apfs_volume(uint8_t *disk, unsigned index, uint64_t id, const char *name,
    bool encrypted, uint16_t role)
{
	uint8_t *b = apfs_object(disk, APFS_AT_VOLUME + index, id, 3, 13, 0);

	memcpy(b + 32, "APSB", 4);
	put32(b + 0x24, index);
	put64(b + 0x38, 1); /* names in any case */
	put64(b + 0x58, 8);
	put64(b + 0x80, APFS_AT_VOLUME_OMAP);
	put64(b + 0x88, 2000);
	put64(b + 0x98, APFS_AT_SNAPSHOTS);
	put64(b + 0xb0, 17);
	put64(b + 0xb8, 1);
	put64(b + 0xd8, index == 0 ? 2 : 0);
	memset(b + 0xf0, 0xa0 + (int)index, 16);
	put64(b + 0x100, 1717416000000000001ull);
	put64(b + 0x108, encrypted ? 8 : 1);
	memcpy(b + 0x110, "hand (1.0)", 10);
	put64(b + 0x130, 1717372800123456789ull);
	memcpy(b + 0x2c0, name, strlen(name));
	put16(b + 0x3c4, role);
	apfs_sum(b);
}

static inline void
apfs_inode(struct apfs_tree *t, uint64_t id, uint16_t mode, uint64_t size,
    const uint64_t times[4])
{
	uint8_t k[8], v[92 + 4 + 4 + 40] = { 0 };

	put64(k, id | (uint64_t)3 << 60);
	put64(v, id == 2 ? 1 : 2);
	put64(v + 8, id);
	for (unsigned i = 0; i < 4; i++)
		put64(v + 16 + 8 * i, times[i]);
	put32(v + 0x38, 1);
	put32(v + 0x48, 501);
	put32(v + 0x4c, 20);
	put16(v + 0x50, mode);
	put16(v + 92, 1);
	put16(v + 94, 40);
	v[96] = 8; /* a stream of data */
	put16(v + 98, 40);
	put64(v + 100, size);
	put64(v + 108, APFS_BLOCK);
	apfs_entry(t, k, 8, v, size > 0 ? sizeof(v) : 92);
}

static inline void
apfs_name(struct apfs_tree *t, uint64_t parent, const char *name, uint64_t id)
{
	uint8_t k[64] = { 0 }, v[18] = { 0 };
	unsigned n = (unsigned)strlen(name) + 1;

	put64(k, parent | (uint64_t)9 << 60);
	put32(k + 8, n);
	memcpy(k + 12, name, n);
	put64(v, id);
	put16(v + 16, 8);
	apfs_entry(t, k, 12 + n, v, 18);
}

static inline void
apfs_attribute(
    struct apfs_tree *t, uint64_t id, const char *name, const char *value)
{
	uint8_t k[64] = { 0 }, v[64] = { 0 };
	unsigned n = (unsigned)strlen(name) + 1;

	put64(k, id | (uint64_t)4 << 60);
	put16(k + 8, (uint16_t)n);
	memcpy(k + 10, name, n);
	put16(v, 2);
	put16(v + 2, (uint16_t)strlen(value));
	memcpy(v + 4, value, strlen(value));
	apfs_entry(t, k, 10 + n, v, 4 + (unsigned)strlen(value));
}

static inline void
apfs_extent(struct apfs_tree *t, uint64_t id, unsigned block)
{
	uint8_t k[16], v[24] = { 0 };

	put64(k, id | (uint64_t)8 << 60);
	put64(k + 8, 0);
	put64(v, APFS_BLOCK);
	put64(v + 8, block);
	apfs_entry(t, k, 16, v, 24);
}

/* decmpfs: all of the content in an attribute, stored behind a byte of ff. */
static inline void
apfs_packed(struct apfs_tree *t, uint64_t id)
{
	static const char name[] = "com.apple.decmpfs", text[] = "PACKED";
	uint8_t k[64] = { 0 }, v[64] = { 0 };

	put64(k, id | (uint64_t)4 << 60);
	put16(k + 8, sizeof(name));
	memcpy(k + 10, name, sizeof(name));
	put16(v, 2);
	put16(v + 2, 16 + 1 + 6);
	memcpy(v + 4, "fpmc", 4);
	put32(v + 8, 3);
	put64(v + 12, 6);
	v[20] = 0xff;
	memcpy(v + 21, text, 6);
	apfs_entry(t, k, 10 + sizeof(name), v, 27);
}

static inline void
apfs_files(uint8_t *disk)
{
	/* born, modified, changed, accessed: one ns before 1970, 2200, ... */
	static const uint64_t times[4] = { UINT64_MAX, 7258118400000000000ull,
		1717372800000000005ull, 1717372800123456789ull };
	struct apfs_tree t = apfs_tree(disk, APFS_AT_FILES, 2, 14, false);

	apfs_inode(&t, 2, 0040755, 0, times);
	apfs_name(&t, 2, "notes.txt", 16);
	apfs_name(&t, 2, "packed.txt", 17);
	apfs_inode(&t, 16, 0100644, strlen(APFS_CONTENT), times);
	apfs_attribute(&t, 16, "user.label", "NATO RESTRICTED");
	apfs_extent(&t, 16, APFS_AT_CONTENT);
	apfs_inode(&t, 17, 0100644, 0, times);
	apfs_packed(&t, 17);
	apfs_tree_end(&t);
	memcpy(disk + (size_t)APFS_AT_CONTENT * APFS_BLOCK, APFS_CONTENT,
	    strlen(APFS_CONTENT));
	t = apfs_tree(disk, APFS_AT_OLD_FILES, 2, 14, false);
	apfs_inode(&t, 2, 0040755, 0, times);
	apfs_name(&t, 2, "draft.txt", 18);
	apfs_inode(&t, 18, 0100644, strlen(APFS_OLD_CONTENT), times);
	apfs_extent(&t, 18, APFS_AT_OLD_CONTENT);
	apfs_tree_end(&t);
	memcpy(disk + (size_t)APFS_AT_OLD_CONTENT * APFS_BLOCK,
	    APFS_OLD_CONTENT, strlen(APFS_OLD_CONTENT));
}

static inline void
apfs_snapshot(
    struct apfs_tree *t, uint64_t transaction, uint64_t made, const char *name)
{
	uint8_t k[8], v[96] = { 0 };
	unsigned n = (unsigned)strlen(name) + 1;

	put64(k, transaction | (uint64_t)1 << 60);
	put64(v, 99);
	put64(v + 16, made);
	put64(v + 24, made);
	put16(v + 48, (uint16_t)n);
	memcpy(v + 50, name, n);
	apfs_entry(t, k, 8, v, 50 + n);
}

static inline void
apfs_snapshots(uint8_t *disk)
{
	struct apfs_tree t =
	    apfs_tree(disk, APFS_AT_SNAPSHOTS, 0x40000002, 16, false);

	apfs_snapshot(&t, 2, 1717372800000000000ull, "before");
	apfs_snapshot(&t, 4, 1717416000500000000ull, "com.apple.\"x\"\n");
	apfs_tree_end(&t);
}

/* The object map of a checkpoint. */
static inline void
apfs_checkpoint_omap(uint8_t *disk, unsigned block)
{
	struct apfs_tree t;

	apfs_omap(disk, block, block + 1);
	t = apfs_tree(disk, block + 1, 0x40000002, 11, true);
	apfs_mapping(&t, 1026, 3, APFS_AT_VOLUME);
	apfs_mapping(&t, 1028, 3, APFS_AT_VOLUME + 1);
	apfs_mapping(&t, 1030, 3, APFS_AT_VOLUME + 2);
	apfs_tree_end(&t);
}

/* disk: APFS_SIZE bytes. */
static inline void
apfs_make(uint8_t *disk)
{
	struct apfs_tree t;
	uint8_t *b;

	memset(disk, 0, APFS_SIZE);
	apfs_container(disk, APFS_AT_OLD, 4, APFS_AT_OLD_OMAP);
	b = apfs_object(disk, APFS_AT_MAP, 1, 5, 0x4000000c, 0);
	apfs_sum(b);
	apfs_container(disk, APFS_AT_LATEST, 5, APFS_AT_OMAP);
	apfs_container(disk, APFS_AT_BROKEN, 9, APFS_AT_OMAP);
	disk[APFS_AT_BROKEN * APFS_BLOCK + 0xb8]++;
	apfs_checkpoint_omap(disk, APFS_AT_OMAP);
	apfs_checkpoint_omap(disk, APFS_AT_OLD_OMAP);
	apfs_volume(disk, 0, 1026, "Case files", false, 0x40);
	apfs_volume(disk, 1, 1028, "V\xc3\xa4ult", true, 0);
	apfs_volume(disk, 2, 1030, "Twin", false, 0);
	apfs_omap(disk, APFS_AT_VOLUME_OMAP, APFS_AT_VOLUME_TREE);
	t = apfs_tree(disk, APFS_AT_VOLUME_TREE, 0x40000002, 11, true);
	apfs_mapping(&t, 2000, 2, APFS_AT_OLD_FILES);
	apfs_mapping(&t, 2000, 3, APFS_AT_FILES);
	apfs_tree_end(&t);
	apfs_files(disk);
	apfs_snapshots(disk);
}

#endif
