/*
 * ext_dir_test.c: directory blocks and extents of ext2, ext3 and ext4, built
 * by hand.
 */
#include <spill/ext.h>

#include "bytes.h"

#define BLOCK 1024

static const struct spill_ext_super super = {
	.inodes = 4096, .blocks = 65536, .incompat = SPILL_EXT_FILETYPE
};

/* --- directories -------------------------------------------------------- */

static size_t
put_entry(uint8_t *p, uint32_t inode, size_t len, const char *name)
{
	put32(p, inode);
	put16(p + 4, (uint16_t)len);
	p[6] = (uint8_t)strlen(name);
	p[7] = 1;
	memcpy(p + 8, name, strlen(name));
	return len;
}

static const char *
listing_of(struct spill_span block, const struct spill_ext_super *s)
{
	static struct spill_buf b = SPILL_BUF_INIT(65536);
	struct spill_ext_dir it = spill_ext_dir(block, s);
	struct spill_ext_dirent e;
	int rc;

	spill_buf_reset(&b);
	while ((rc = spill_ext_dir_next(&it, &e)) != SPILL_END) {
		assert_int_equal(rc == SPILL_OK, e.flaw.what == NULL);
		assert_true(e.at < block.len);
		spill_buf_printf(&b, "%zu%s%s:%u=%.*s ", e.at,
		    e.deleted ? "x" : "", rc != SPILL_OK ? "!" : "", e.inode,
		    (int)e.name.len, e.name.p);
	}
	return spill_buf_str(&b);
}

static const char *
listing_here(struct spill_span block)
{
	return listing_of(block, &super);
}

static const char *
listing(const uint8_t *b)
{
	return listing_here(span_of(b, BLOCK));
}

/* ".", "..", a file, the checksum at the end. */
static void
make_block(uint8_t b[BLOCK])
{
	size_t at = 0;

	memset(b, 0, BLOCK);
	at += put_entry(b + at, 2, 12, ".");
	at += put_entry(b + at, 2, 12, "..");
	at += put_entry(b + at, 12, BLOCK - 12 - at, "memo.docx");
	put16(b + BLOCK - 8, 12);
	b[BLOCK - 5] = 0xde;
	put32(b + BLOCK - 4, 0xdeadbeef);
}

static void
live_entries(void **state)
{
	struct spill_ext_super old = super;
	struct spill_ext_dirent e;
	struct spill_ext_dir it;
	uint8_t b[BLOCK];

	(void)state;
	make_block(b);
	assert_string_equal(listing(b), "0:2=. 12:2=.. 24:12=memo.docx ");
	it = spill_ext_dir(span_of(b, BLOCK), &super);
	assert_int_equal(spill_ext_dir_next(&it, &e), SPILL_OK);
	assert_int_equal(e.type, 1);
	/* Without file types their byte is the length's upper half. */
	old.incompat = 0;
	b[7] = b[12 + 7] = b[24 + 7] = b[BLOCK - 5] = 0;
	assert_string_equal(listing_of(span_of(b, BLOCK), &old),
	    "0:2=. 12:2=.. 24:12=memo.docx ");
	it = spill_ext_dir(span_of(b, BLOCK), &old);
	assert_int_equal(spill_ext_dir_next(&it, &e), SPILL_OK);
	assert_int_equal(e.type, 0);
	b[7] = 1;
	assert_non_null(strstr(listing_of(span_of(b, BLOCK), &old), "0!:2="));
}

static void
deleted_entries(void **state)
{
	uint8_t b[BLOCK];

	(void)state;
	make_block(b);
	put_entry(b + 44, 13, 24, "gone.txt");
	put_entry(b + 64, 14, BLOCK - 12 - 64, "also-gone");
	assert_string_equal(listing(b),
	    "0:2=. 12:2=.. 24:12=memo.docx 44x:13=gone.txt "
	    "64x:14=also-gone ");
	put32(b + 44, 4097); /* no inode of the volume */
	assert_string_equal(
	    listing(b), "0:2=. 12:2=.. 24:12=memo.docx 64x:14=also-gone ");
	put32(b + 64, 0); /* none: only its name is left */
	assert_string_equal(
	    listing(b), "0:2=. 12:2=.. 24:12=memo.docx 64x:0=also-gone ");
	put32(b + 64, 14);
	b[64 + 8] = '/';
	put16(b + 64 + 4, 24); /* it ends nowhere: no entry */
	assert_string_equal(listing(b), "0:2=. 12:2=.. 24:12=memo.docx ");
	/* The first of a block only loses its inode. */
	make_block(b);
	put_entry(b, 0, BLOCK, "was-first");
	put_entry(b + 20, 15, BLOCK - 20, "behind-it");
	memset(b + BLOCK - 12, 0, 12);
	assert_string_equal(listing(b), "0x:0=was-first 20x:15=behind-it ");
}

/* A name that was damaged after it was erased: by the lengths around it. */
static void
damaged_erased_names(void **state)
{
	uint8_t b[BLOCK];

	(void)state;
	make_block(b);
	put_entry(b + 44, 13, 20, "gone/.txt"); /* another follows it */
	put_entry(b + 64, 14, BLOCK - 12 - 64, "also/gone"); /* none does */
	assert_string_equal(listing(b),
	    "0:2=. 12:2=.. 24:12=memo.docx 44x:13=gone/.txt "
	    "64x:14=also/gone ");
	put16(b + 64 + 4, 64); /* neither ends where one begins */
	assert_string_equal(
	    listing(b), "0:2=. 12:2=.. 24:12=memo.docx 44x:13=gone/.txt ");
	put16(b + 44 + 4, 24);
	assert_string_equal(listing(b), "0:2=. 12:2=.. 24:12=memo.docx ");
	/* No length of a name: up to its end, where all of it is a name. */
	make_block(b);
	put_entry(b + 44, 13, BLOCK - 12 - 44, "gone.txt");
	b[44 + 6] = b[44 + 7] = 255;
	assert_string_equal(
	    listing(b), "0:2=. 12:2=.. 24:12=memo.docx 44x:13=gone.txt ");
	b[44 + 6] = b[44 + 7] = 0;
	assert_string_equal(
	    listing(b), "0:2=. 12:2=.. 24:12=memo.docx 44x:13=gone.txt ");
	b[44 + 9] = 0x1f;
	assert_string_equal(listing(b), "0:2=. 12:2=.. 24:12=memo.docx ");
	b[44 + 9] = 'o';
	put32(b + 44, 0); /* nor an inode */
	assert_string_equal(listing(b), "0:2=. 12:2=.. 24:12=memo.docx ");
	/* The first of a block, without its inode, before another. */
	memset(b, 0, BLOCK);
	put_entry(b, 0, 20, "was/first");
	put_entry(b + 20, 15, BLOCK - 20, "behind-it");
	assert_string_equal(listing(b), "0x:0=was/first 20:15=behind-it ");
	put16(b + 4, 24);
	assert_null(strstr(listing(b), "first"));
}

/* C06: lengths of an entry that lead nowhere. */
static void
hostile_lengths(void **state)
{
	static const uint16_t values[] = { 0, 1, 3, 4, 9, 1016, 65535 };
	uint8_t b[BLOCK];

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(values); i++) {
		make_block(b);
		put16(b + 12 + 4, values[i]);
		assert_string_equal(
		    listing(b), "0:2=. 12!:2=.. 24:12=memo.docx ");
	}
	make_block(b);
	put16(b + 12 + 4, 8); /* too short for its name */
	assert_memory_equal(listing(b), "0:2=. 12!:2=..", 14);
	make_block(b);
	b[12 + 6] = 0;
	assert_string_equal(listing(b), "0:2=. 12!:2= 24:12=memo.docx ");
	b[12 + 6] = 255;
	assert_memory_equal(listing(b), "0:2=. 12!:2=", 12);
	make_block(b);
	put32(b + 24, UINT32_MAX);
	assert_string_equal(
	    listing(b), "0:2=. 12:2=.. 24!:4294967295=memo.docx ");
	memset(b, 0xff, BLOCK);
	assert_memory_equal(listing(b), "0!:4294967295= ", 15);
	memset(b, 0, BLOCK);
	assert_string_equal(listing(b), "0!:0= ");
}

/* Behind a length that leads nowhere: what is left of older entries up to
 * where entries follow each other to the end, which are in use. */
static void
entries_behind_damage(void **state)
{
	uint8_t b[BLOCK];

	(void)state;
	make_block(b);
	put_entry(b + 24, 12, 0, "memo.docx");
	put_entry(b + 44, 13, 20, "gone.txt"); /* nothing follows it */
	put_entry(b + 84, 14, 24, "next.txt");
	put_entry(b + 108, 0, 20, "erased");
	put_entry(b + 128, 15, BLOCK - 12 - 128, "last.txt");
	assert_string_equal(listing(b),
	    "0:2=. 12:2=.. 24!:12=memo.docx 44x:13=gone.txt 84:14=next.txt "
	    "108x:0=erased 128:15=last.txt ");
	put16(b + 84 + 4, 9); /* another: what lies before it may be erased */
	assert_string_equal(listing(b),
	    "0:2=. 12:2=.. 24!:12=memo.docx 44x:13=gone.txt "
	    "108x:0=erased 128:15=last.txt ");
	/* What follows another has its name, whatever became of that. */
	put_entry(b + 84, 14, 24, "ne/t.txt");
	assert_string_equal(listing(b),
	    "0:2=. 12:2=.. 24!:12=memo.docx 44x:13=gone.txt 84:14=ne/t.txt "
	    "108x:0=erased 128:15=last.txt ");
	put32(b + 84, 4097);
	assert_null(strstr(listing(b), "ne/t.txt"));
	/* A name that cannot be is none. */
	make_block(b);
	put_entry(b + 24, 12, 3, "me/o.docx");
	assert_string_equal(listing(b), "0:2=. 12:2=.. 24!:12= ");
}

static void
hash_trees_have_no_entries(void **state)
{
	uint8_t b[BLOCK] = { 0 };

	(void)state;
	put_entry(b, 2, 12, ".");
	put_entry(b + 12, 2, BLOCK - 12, "..");
	put32(b + 0x1c, 0x0801); /* half MD4, eight bytes of header */
	put16(b + 0x20, 124);
	put16(b + 0x22, 3);
	put32(b + 0x24, 1);
	put32(b + 0x28, 0x12345678);
	put32(b + 0x2c, 2);
	put32(b + 0x30, 0x89abcdee);
	put32(b + 0x34, 3);
	assert_string_equal(listing(b), "0:2=. 12:2=.. ");
	memset(b, 0, BLOCK);
	put16(b + 4, BLOCK);
	memcpy(b + 8, "\x7d\0\2\0\1\0\0\0\x78\x56\x34\x12\2\0\0\0", 16);
	assert_string_equal(listing(b), "");
}

static void
large_blocks(void **state)
{
	uint8_t *b = calloc(1, 65536);

	(void)state;
	assert_non_null(b);
	put_entry(b, 12, 65535, "alone");
	assert_string_equal(
	    listing_of(span_of(b, 65536), &super), "0:12=alone ");
	put_entry(b, 12, 0, "alone");
	assert_string_equal(
	    listing_of(span_of(b, 65536), &super), "0:12=alone ");
	free(b);
}

/* ".." leads into the next name; entries that go on to the end do not. */
static void
lengths_lead_into_names(void **state)
{
	uint8_t b[BLOCK] = { 0 };

	(void)state;
	put_entry(b, 2, 12, ".");
	put_entry(b + 12, 2, 28, "..");
	put_entry(b + 24, 11, 20, "lost+found");
	put_entry(b + 44, 12, BLOCK - 44, "home");
	assert_string_equal(listing(b),
	    "0:2=. 12:2=.. 40!:25710= 24:11=lost+found 44:12=home ");
	/* They do not go on to the end. */
	put16(b + 48, 20);
	b[64] = 1;
	assert_null(strstr(listing(b), "24:11"));
	/* Nothing before it is sound. */
	memset(b, 0, BLOCK);
	put16(b + 4, 12);
	put_entry(b + 12, 5000, BLOCK - 12, "lost");
	assert_string_equal(listing(b), "12!:5000=lost ");
}

/* Of an older entry, whose length is what its name needs, with a NUL. */
static void
older_names_are_damaged(void **state)
{
	uint8_t b[BLOCK] = { 0 };

	(void)state;
	put_entry(b, 2, BLOCK, ".");
	put_entry(b + 24, 13, 16, "gone.txt");
	b[24 + 8 + 7] = 0;
	assert_string_equal(listing(b), "0:2=. 24x:13=gone.tx ");
	put16(b + 24 + 4, 20);
	assert_string_equal(listing(b), "0:2=. ");
}

static void
directory_cut_at_every_byte(void **state)
{
	uint8_t b[BLOCK];

	(void)state;
	make_block(b);
	put_entry(b + 44, 13, 24, "gone.txt");
	for (size_t n = 0; n < BLOCK; n++) {
		uint8_t *p = exact(b, n);
		const char *got = listing_here(span_of(p, n));

		/* A block that ends behind "." or ".." has no damage. */
		assert_int_equal(strchr(got, '!') == NULL,
		    n == 0 || n == 12 || n == 24 || n == BLOCK - 12);
		free(p);
	}
	check_any_byte(span_of(b, BLOCK), 80, 1, listing_here);
}

/* --- extents ------------------------------------------------------------ */

static void
make_node(uint8_t *b, size_t len, unsigned count, unsigned depth)
{
	memset(b, 0, len);
	put16(b, 0xf30a);
	put16(b + 2, (uint16_t)count);
	put16(b + 4, (uint16_t)((len - 12) / 12));
	put16(b + 6, (uint16_t)depth);
}

static void
put_extent(uint8_t *p, uint32_t logical, unsigned count, uint64_t physical)
{
	put32(p, logical);
	put16(p + 4, (uint16_t)count);
	put16(p + 6, (uint16_t)(physical >> 32));
	put32(p + 8, (uint32_t)physical);
}

static const char *
extents_of(struct spill_span node, int depth)
{
	static struct spill_buf b = SPILL_BUF_INIT(65536);
	struct spill_ext_extents it;
	struct spill_ext_extent e;
	int rc = spill_ext_extents_open(node, depth, &super, &it);

	spill_buf_reset(&b);
	if (rc != SPILL_OK)
		spill_buf_printf(&b, "%s ", it.flaw.what);
	while ((rc = spill_ext_extents_next(&it, &e)) != SPILL_END)
		spill_buf_printf(&b, "%ju@%ju+%u%s%s ", (uintmax_t)e.logical,
		    (uintmax_t)e.physical, e.count, e.unwritten ? "u" : "",
		    rc != SPILL_OK ? "!" : "");
	return spill_buf_str(&b);
}

static void
extents(void **state)
{
	uint8_t b[60];

	(void)state;
	make_node(b, 60, 3, 0);
	put_extent(b + 12, 0, 10, 1000);
	put_extent(b + 24, 10, 32768, 2000);
	put_extent(b + 36, 40000, 32768 + 5, 40000);
	assert_string_equal(extents_of(span_of(b, 60), -1),
	    "0@1000+10 10@2000+32768 40000@40000+5u ");
	make_node(b, 60, 2, 1);
	put_extent(b + 12, 0, 500, 0); /* a node: its block comes first */
	put_extent(b + 24, 7, 0, 0);
	put32(b + 12 + 4, 500);
	put32(b + 24 + 4, 501);
	assert_string_equal(extents_of(span_of(b, 60), -1), "0@500+0 7@501+0 ");
	assert_string_equal(extents_of(span_of(b, 60), 1), "0@500+0 7@501+0 ");
}

static void
hostile_extents(void **state)
{
	uint8_t b[60];

	(void)state;
	make_node(b, 60, 2, 0);
	put_extent(b + 12, 10, 10, 65530);
	put_extent(b + 24, 5, 1, 7);
	assert_string_equal(
	    extents_of(span_of(b, 60), -1), "10@65530+10! 5@7+1! ");
	put_extent(b + 12, 10, 0, 7);
	put_extent(b + 24, UINT32_MAX, 1, 0xffffffffffff);
	assert_string_equal(extents_of(span_of(b, 60), -1),
	    "10@7+0! 4294967295@281474976710655+1! ");
	make_node(b, 60, 1, 65535);
	assert_string_equal(
	    extents_of(span_of(b, 60), -1), "a node of another depth ");
	make_node(b, 60, 1, 1); /* a loop: the node below has the same depth */
	assert_string_equal(
	    extents_of(span_of(b, 60), 0), "a node of another depth ");
	make_node(b, 60, 65535, 0);
	assert_memory_equal(extents_of(span_of(b, 60), -1),
	    "more extents than there is room 0@0+0! ", 39);
	make_node(b, 60, 0, 0);
	assert_string_equal(extents_of(span_of(b, 60), -1), "");
	b[0] = 0;
	assert_string_equal(
	    extents_of(span_of(b, 60), -1), "no node of extents ");
	make_node(b, 60, 4, 0);
	for (unsigned i = 0; i < 4; i++)
		put_extent(b + 12 + i * 12, i, 1, 7 + i);
	for (size_t n = 0; n < 60; n++) {
		uint8_t *p = exact(b, n);

		assert_non_null(strchr(extents_of(span_of(p, n), -1), 'o'));
		free(p);
	}
	assert_null(strchr(extents_of(span_of(b, 60), -1), 'o'));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(live_entries),
		cmocka_unit_test(deleted_entries),
		cmocka_unit_test(damaged_erased_names),
		cmocka_unit_test(hostile_lengths),
		cmocka_unit_test(entries_behind_damage),
		cmocka_unit_test(hash_trees_have_no_entries),
		cmocka_unit_test(large_blocks),
		cmocka_unit_test(lengths_lead_into_names),
		cmocka_unit_test(older_names_are_damaged),
		cmocka_unit_test(directory_cut_at_every_byte),
		cmocka_unit_test(extents),
		cmocka_unit_test(hostile_extents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
