/*
 * apfs_test.c: what an APFS container says of its volumes, built by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <spill/apfs.h>

#include "apfs_make.h"

#include <cmocka.h>

static uint8_t disk[APFS_SIZE];

static struct spill_span
block(unsigned n)
{
	return span_of(disk + (size_t)n * APFS_BLOCK, APFS_BLOCK);
}

static int
make(void **state)
{
	(void)state;
	apfs_make(disk);
	return 0;
}

static void
container(void **state)
{
	struct spill_apfs_container c;
	uint64_t tree = 0;

	(void)state;
	assert_int_equal(
	    spill_apfs_container_read(block(APFS_AT_LATEST), &c), SPILL_OK);
	assert_int_equal(c.object.transaction, 5);
	assert_int_equal(c.block_size, APFS_BLOCK);
	assert_int_equal(c.blocks, APFS_BLOCKS);
	assert_int_equal(c.checkpoints, 1);
	assert_int_equal(c.checkpoint_blocks, 4);
	assert_int_equal(c.omap, APFS_AT_OMAP);
	assert_int_equal(c.volume[1], 1028);
	assert_int_equal(c.volume[2], 0);
	assert_int_equal(c.volume[3], 1030);
	assert_int_equal(spill_apfs_container_read(block(APFS_AT_BROKEN), &c),
	    SPILL_EDAMAGED);
	assert_flaw(c.flaw, "checksum is wrong");
	assert_int_equal(
	    spill_apfs_container_read(block(APFS_AT_MAP), &c), SPILL_EFORMAT);
	assert_int_equal(
	    spill_apfs_omap_read(block(APFS_AT_OMAP), &tree), SPILL_OK);
	assert_int_equal(tree, APFS_AT_TREE);
	assert_int_equal(
	    spill_apfs_omap_read(block(APFS_AT_TREE), &tree), SPILL_EFORMAT);
}

static void
hostile_containers(void **state)
{
	static const uint32_t sizes[] = { 0, 1, 512, 2048, 4097, 131072,
		UINT32_MAX };
	uint8_t *b = disk + (size_t)APFS_AT_LATEST * APFS_BLOCK;
	struct spill_apfs_container c;

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(sizes); i++) {
		put32(b + 0x24, sizes[i]);
		apfs_sum(b);
		assert_int_equal(
		    spill_apfs_container_read(block(APFS_AT_LATEST), &c),
		    SPILL_EDAMAGED);
	}
	apfs_container(disk, APFS_AT_LATEST, 5, APFS_AT_OMAP);
	put32(b + 0x68, 0x80000004); /* a tree of pieces */
	put32(b + 0xb4, UINT32_MAX); /* volumes */
	apfs_sum(b);
	assert_int_equal(
	    spill_apfs_container_read(block(APFS_AT_LATEST), &c), SPILL_OK);
	assert_int_equal(c.checkpoint_blocks, 0);
	assert_int_equal(c.volume[3], 1030);
}

static void
object_map(void **state)
{
	struct spill_apfs_node n;
	struct spill_apfs_mapping m;
	struct spill_span k, v;

	(void)state;
	assert_int_equal(
	    spill_apfs_node_read(block(APFS_AT_TREE), &n), SPILL_OK);
	assert_true(n.root && n.leaf && n.fixed);
	assert_int_equal(n.n, 3);
	assert_int_equal(n.key_size, 16);
	assert_int_equal(spill_apfs_node_entry(&n, 1, &k, &v), SPILL_OK);
	assert_int_equal(spill_apfs_mapping_read(k, v, &m), SPILL_OK);
	assert_int_equal(m.id, 1028);
	assert_int_equal(m.transaction, 3);
	assert_int_equal(m.block, APFS_AT_VOLUME + 1);
	assert_int_equal(spill_apfs_node_entry(&n, 3, &k, &v), SPILL_END);
	k.len = 15;
	assert_int_equal(spill_apfs_mapping_read(k, v, &m), SPILL_EDAMAGED);
}

/* Entries that lie outside of the node. */
static void
hostile_nodes(void **state)
{
	uint8_t *b = disk + (size_t)APFS_AT_TREE * APFS_BLOCK;
	struct spill_apfs_node n;
	struct spill_span k, v;

	(void)state;
	put16(b + 56, 0xfff0); /* the first key */
	put16(b + 60 + 2, 8); /* the second value: it begins too late */
	put16(b + 64 + 2, 0xffff); /* the third has none */
	apfs_sum(b);
	assert_int_equal(
	    spill_apfs_node_read(block(APFS_AT_TREE), &n), SPILL_OK);
	assert_int_equal(spill_apfs_node_entry(&n, 0, &k, &v), SPILL_EDAMAGED);
	assert_int_equal(spill_apfs_node_entry(&n, 1, &k, &v), SPILL_EDAMAGED);
	assert_int_equal(spill_apfs_node_entry(&n, 2, &k, &v), SPILL_OK);
	assert_int_equal(k.len, 16);
	assert_int_equal(v.len, 0);
	put32(b + 36, UINT32_MAX); /* entries */
	apfs_sum(b);
	assert_int_equal(
	    spill_apfs_node_read(block(APFS_AT_TREE), &n), SPILL_EDAMAGED);
	assert_int_equal(n.n, 0);
	put16(b + 42, 0xffff); /* length of the table */
	apfs_sum(b);
	assert_int_equal(
	    spill_apfs_node_read(block(APFS_AT_TREE), &n), SPILL_EDAMAGED);
	b[100] ^= 1; /* nor where the sum is wrong, too */
	assert_int_equal(
	    spill_apfs_node_read(block(APFS_AT_TREE), &n), SPILL_EDAMAGED);
	assert_flaw(n.flaw, "checksum is wrong");
	assert_int_equal(n.n, 0);
}

static void
volumes(void **state)
{
	struct spill_apfs_volume v;

	(void)state;
	assert_int_equal(
	    spill_apfs_volume_read(block(APFS_AT_VOLUME), &v), SPILL_OK);
	assert_true(spill_span_eq(v.name, SPILL_SPAN("Case files")));
	assert_true(spill_span_eq(v.made_by, SPILL_SPAN("hand (1.0)")));
	assert_string_equal(spill_apfs_role(v.role), "Data");
	assert_null(spill_apfs_role(0));
	assert_int_equal(v.index, 0);
	assert_int_equal(v.flags & SPILL_APFS_UNENCRYPTED, 1);
	assert_int_equal(v.snapshots, 2);
	assert_int_equal(v.root_tree, 2000);
	assert_int_equal(v.snapshot_tree, APFS_AT_SNAPSHOTS);
	assert_iso(v.made, "2024-06-03T00:00:00.123456789Z");
	assert_iso(v.changed, "2024-06-03T12:00:00.000000001Z");
	assert_int_equal(
	    spill_apfs_volume_read(block(APFS_AT_VOLUME + 1), &v), SPILL_OK);
	assert_int_equal(v.flags & SPILL_APFS_UNENCRYPTED, 0);
	disk[APFS_AT_VOLUME * APFS_BLOCK + 0x2c0] = 'X';
	assert_int_equal(
	    spill_apfs_volume_read(block(APFS_AT_VOLUME), &v), SPILL_EDAMAGED);
	assert_int_equal(
	    spill_apfs_volume_read(block(APFS_AT_TREE), &v), SPILL_EFORMAT);
}

static void
snapshots(void **state)
{
	struct spill_apfs_node n;
	struct spill_apfs_snapshot s;
	struct spill_span k, v;

	(void)state;
	assert_int_equal(
	    spill_apfs_node_read(block(APFS_AT_SNAPSHOTS), &n), SPILL_OK);
	assert_int_equal(n.object.subtype, SPILL_APFS_SNAPSHOTS);
	assert_int_equal(spill_apfs_node_entry(&n, 1, &k, &v), SPILL_OK);
	assert_int_equal(spill_apfs_snapshot_read(k, v, &s), SPILL_OK);
	assert_int_equal(s.transaction, 4);
	assert_iso(s.made, "2024-06-03T12:00:00.500000000Z");
	assert_true(spill_span_eq(s.name, SPILL_SPAN("com.apple.\"x\"\n")));
	assert_false(s.dataless);
	v.len = 55;
	assert_int_equal(spill_apfs_snapshot_read(k, v, &s), SPILL_EDAMAGED);
	assert_true(spill_span_eq(s.name, SPILL_SPAN("com.a")));
	v.len = 49;
	assert_int_equal(spill_apfs_snapshot_read(k, v, &s), SPILL_EDAMAGED);
	disk[APFS_AT_SNAPSHOTS * APFS_BLOCK + 56 + APFS_TOC + 15] = 0xb0;
	assert_int_equal(spill_apfs_node_entry(&n, 1, &k, &v), SPILL_OK);
	assert_int_equal(spill_apfs_snapshot_read(k, v, &s), SPILL_EFORMAT);
}

static void
times(void **state)
{
	(void)state;
	assert_false(spill_apfs_time(0).set);
	assert_iso(spill_apfs_time(1), "1970-01-01T00:00:00.000000001Z");
	assert_iso(
	    spill_apfs_time(UINT64_MAX), "1969-12-31T23:59:59.999999999Z");
	assert_iso(spill_apfs_time((uint64_t)INT64_MIN),
	    "1677-09-21T00:12:43.145224192Z");
	assert_iso(spill_apfs_time((uint64_t)INT64_MAX),
	    "2262-04-11T23:47:16.854775807Z");
}

static void
read_all(struct spill_span s)
{
	struct spill_apfs_container c;
	struct spill_apfs_volume vol;
	struct spill_apfs_node n;
	struct spill_span k, v;
	uint64_t tree;

	(void)spill_apfs_container_read(s, &c);
	(void)spill_apfs_volume_read(s, &vol);
	(void)spill_apfs_omap_read(s, &tree);
	if (spill_apfs_node_read(s, &n) == SPILL_EFORMAT)
		return;
	for (uint32_t i = 0; spill_apfs_node_entry(&n, i, &k, &v) != SPILL_END;
	     i++)
		;
}

static void
blocks_cut_at_every_byte(void **state)
{
	static const unsigned at[] = { APFS_AT_LATEST, APFS_AT_OMAP,
		APFS_AT_TREE, APFS_AT_VOLUME, APFS_AT_SNAPSHOTS };

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(at); i++)
		for (size_t n = 0; n < APFS_BLOCK; n += n < 1100 ? 1 : 97) {
			uint8_t *q = exact(block(at[i]).p, n);

			read_all(span_of(q, n));
			free(q);
		}
}

int
main(void)
{
#undef TEST
#define TEST(f) cmocka_unit_test_setup(f, make)
	const struct CMUnitTest tests[] = {
		TEST(container),
		TEST(hostile_containers),
		TEST(object_map),
		TEST(hostile_nodes),
		TEST(volumes),
		TEST(snapshots),
		TEST(times),
		TEST(blocks_cut_at_every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
