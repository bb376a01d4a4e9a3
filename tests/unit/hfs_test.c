/*
 * hfs_test.c: HFS+ and UFS, built by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <spill/hfs.h>
#include <spill/ufs.h>

#include "bytes.h"

#include <cmocka.h>

static void
be64(uint8_t *p, uint64_t v)
{
	put32be(p, (uint32_t)(v >> 32));
	put32be(p + 4, (uint32_t)v);
}

/* --- HFS+ --------------------------------------------------------------- */

static void
hfs_times(void **state)
{
	(void)state;
	assert_false(spill_hfs_time(0).set);
	assert_iso(spill_hfs_time(1), "1904-01-01T00:00:01Z");
	assert_iso(spill_hfs_time(2082844799u), "1969-12-31T23:59:59Z");
	assert_iso(spill_hfs_time(2082844800u), "1970-01-01T00:00:00Z");
	assert_iso(spill_hfs_time(3725049600u), "2022-01-15T00:00:00Z");
	assert_iso(spill_hfs_time(UINT32_MAX), "2040-02-06T06:28:15Z");
}

static void
hfs_volume(void **state)
{
	uint8_t b[512] = { 'H', '+', 0, 4 };
	struct spill_hfs_volume v;

	(void)state;
	put32be(b + 32, 12);
	put32be(b + 40, 4096);
	put32be(b + 44, 1000);
	put32be(b + 20, 3725049600u);
	assert_int_equal(spill_hfs_volume_read(span_of(b, 512), &v), SPILL_OK);
	assert_false(v.hfsx);
	assert_int_equal(v.files, 12);
	assert_int_equal(v.block_size, 4096);
	assert_int_equal(v.blocks, 1000);
	assert_iso(v.modified, "2022-01-15T00:00:00Z");
	b[1] = 'X';
	assert_int_equal(spill_hfs_volume_read(span_of(b, 512), &v), SPILL_OK);
	assert_true(v.hfsx);
	assert_int_equal(
	    spill_hfs_volume_read(span_of(b, 511), &v), SPILL_EDAMAGED);
	put32be(b + 40, 4095);
	assert_int_equal(
	    spill_hfs_volume_read(span_of(b, 512), &v), SPILL_EDAMAGED);
	b[0] = 'B';
	assert_int_equal(
	    spill_hfs_volume_read(span_of(b, 512), &v), SPILL_EFORMAT);
}

static void
make_file(uint8_t b[248])
{
	memset(b, 0, 248);
	put16be(b, 2);
	put16be(b + 2, 3); /* locked, and it has a thread */
	put32be(b + 8, 4711);
	put32be(b + 12, 1);
	put32be(b + 16, 3725049600u);
	put32be(b + 20, 3725049601u);
	put32be(b + 24, 3725049602u);
	put32be(b + 28, 3725049603u);
	put32be(b + 32, 501);
	put32be(b + 36, 20);
	b[40] = 4;
	b[41] = 0x22;
	put16be(b + 42, 0100644);
	memcpy(b + 48, "W8BNMSWD", 8);
	put16be(b + 56, 0x4000);
	be64(b + 88, 1000);
	be64(b + 168, 17);
}

static void
hfs_record(void **state)
{
	struct spill_hfs_record r;
	uint8_t b[248];

	(void)state;
	make_file(b);
	assert_int_equal(spill_hfs_record_read(span_of(b, 248), &r), SPILL_OK);
	assert_false(r.folder);
	assert_true(r.locked);
	assert_int_equal(r.id, 4711);
	assert_iso(r.times.at.born, "1904-01-01T00:00:01Z");
	assert_iso(r.times.at.modified, "2022-01-15T00:00:00Z");
	assert_iso(r.times.at.changed, "2022-01-15T00:00:01Z");
	assert_iso(r.times.at.accessed, "2022-01-15T00:00:02Z");
	assert_iso(r.backed_up, "2022-01-15T00:00:03Z");
	assert_int_equal(r.uid, 501);
	assert_int_equal(r.gid, 20);
	assert_int_equal(r.mode, 0100644);
	assert_int_equal(r.admin_flags, SPILL_HFS_APPEND);
	assert_int_equal(
	    r.owner_flags, SPILL_HFS_COMPRESSED | SPILL_HFS_IMMUTABLE);
	assert_int_equal(r.finder_flags, SPILL_HFS_INVISIBLE);
	assert_int_equal(r.type, 0x5738424e);
	assert_int_equal(r.data_size, 1000);
	assert_int_equal(r.resource_size, 17);
	for (size_t n = 0; n < 248; n++) {
		uint8_t *q = exact(b, n);

		assert_int_equal(spill_hfs_record_read(span_of(q, n), &r),
		    n < 2 ? SPILL_EFORMAT : SPILL_EDAMAGED);
		free(q);
	}
	put16be(b, 1);
	assert_int_equal(spill_hfs_record_read(span_of(b, 88), &r), SPILL_OK);
	assert_true(r.folder && !r.locked);
	assert_int_equal(r.type, 0);
	put16be(b, 3); /* a thread */
	assert_int_equal(
	    spill_hfs_record_read(span_of(b, 248), &r), SPILL_EFORMAT);
}

static const char *
be_text(const void *p, size_t n)
{
	static struct spill_buf b = SPILL_BUF_INIT(8192);

	spill_buf_reset(&b);
	(void)spill_utf16be_put(&b, span_of(p, n));
	return spill_buf_str(&b);
}

/* Names are converted in pieces: a pair of surrogates on the seam stays one,
 * and half of one stays what it is. */
static void
big_endian_names(void **state)
{
	uint8_t b[520];
	char want[300];

	(void)state;
	assert_string_equal(be_text("\0a\0\xe4\x20\xac", 6), "aä€");
	assert_string_equal(be_text("\xd8\x3d\xde\x00", 4), "\xf0\x9f\x98\x80");
	assert_string_equal(be_text("\xd8\x3d\0x", 4), "\xed\xa0\xbdx");
	assert_string_equal(be_text("\0x\xd8\x3d", 4), "x\xed\xa0\xbd");
	assert_string_equal(be_text("\0x\0", 3), "x");
	for (size_t at = 250; at < 258; at++) {
		for (size_t i = 0; i < 260; i++)
			put16be(b + 2 * i, 'n');
		put16be(b + 2 * at, 0xd83d);
		put16be(b + 2 * at + 2, 0xde00);
		memset(want, 'n', at);
		memcpy(want + at, "\xf0\x9f\x98\x80", 4);
		memset(want + at + 4, 'n', 258 - at);
		want[262] = '\0';
		assert_string_equal(be_text(b, 520), want);
	}
}

/* --- UFS ---------------------------------------------------------------- */

static void
make_super(uint8_t b[1376], bool big, unsigned version)
{
	void (*put)(uint8_t *, uint32_t) = big ? put32be : put32;

	memset(b, 0, 1376);
	put(b + 16, 48);
	put(b + 24, 16);
	put(b + 28, ~0x3u);
	put(b + 52, 1024);
	put(b + 96, 3);
	put(b + 120, version == 1 ? 64 : 32);
	put(b + 184, 640);
	put(b + 188, 8192);
	put(b + 1372, version == 1 ? 0x00011954 : 0x19540119);
}

static void
ufs_super(void **state)
{
	struct spill_ufs_super s;
	uint8_t b[1376];

	(void)state;
	make_super(b, true, 2);
	assert_int_equal(spill_ufs_super_read(span_of(b, 1376), &s), SPILL_OK);
	assert_true(s.big_endian);
	assert_int_equal(s.version, 2);
	assert_int_equal(spill_ufs_inode_at(&s, 2), 48 * 1024 + 2 * 256);
	assert_int_equal(
	    spill_ufs_inode_at(&s, 640 + 33), (8192 + 48 + 8) * 1024 + 256);
	make_super(b, false, 1);
	assert_int_equal(spill_ufs_super_read(span_of(b, 1376), &s), SPILL_OK);
	assert_false(s.big_endian);
	assert_int_equal(s.version, 1);
	assert_int_equal(spill_ufs_inode_at(&s, 640 * 5 + 65),
	    (5 * 8192 + 16 * (5 & 3) + 48 + 8) * 1024 + 128);
	assert_int_equal(
	    spill_ufs_super_read(span_of(b, 1375), &s), SPILL_EFORMAT);
	put32(b + 184, 0);
	assert_int_equal(
	    spill_ufs_super_read(span_of(b, 1376), &s), SPILL_EDAMAGED);
	make_super(b, false, 1);
	put32(b + 96, 31);
	assert_int_equal(
	    spill_ufs_super_read(span_of(b, 1376), &s), SPILL_EDAMAGED);
	assert_int_equal(s.per_group, 0);
	make_super(b, false, 1);
	put32(b + 52, 0);
	put32(b + 120, 0);
	assert_int_equal(
	    spill_ufs_super_read(span_of(b, 1376), &s), SPILL_EDAMAGED);
	assert_int_equal(s.per_group, 0); /* nobody divides by the other */
}

static void
ufs_group(void **state)
{
	struct spill_ufs_super s = { .version = 2, .big_endian = true };
	struct spill_ufs_group g;
	uint8_t b[128] = { 0 };

	(void)state;
	put32be(b + 4, 0x090255);
	put32be(b + 12, 7);
	put32be(b + 92, 168);
	put32be(b + 96, 248);
	put32be(b + 116, 640);
	assert_int_equal(
	    spill_ufs_group_read(span_of(b, 128), &s, &g), SPILL_OK);
	assert_int_equal(g.number, 7);
	assert_int_equal(g.inodes, 640);
	assert_int_equal(g.inode_map, 168);
	assert_int_equal(g.block_map, 248);
	assert_int_equal(
	    spill_ufs_group_read(span_of(b, 119), &s, &g), SPILL_EDAMAGED);
	put32be(b + 4, 0);
	assert_int_equal(
	    spill_ufs_group_read(span_of(b, 128), &s, &g), SPILL_EFORMAT);
	assert_int_equal(g.number, 7);
	s = (struct spill_ufs_super){ .version = 1 };
	put32(b + 4, 0x090255);
	put16(b + 18, 320);
	assert_int_equal(
	    spill_ufs_group_read(span_of(b, 128), &s, &g), SPILL_OK);
	assert_int_equal(g.inodes, 320);
}

static void
ufs2_inode(void **state)
{
	uint8_t b[256] = { 0 };
	struct spill_ufs_inode i;

	(void)state;
	put16(b, 0100640);
	put16(b + 2, 2);
	put32(b + 4, 1001);
	put32(b + 8, 1002);
	put64(b + 16, 12345);
	put64(b + 24, 48);
	put64(b + 32, 7258118400ull); /* accessed */
	put64(b + 40, (uint64_t)-1); /* modified */
	put64(b + 48, 1717372800); /* changed */
	put64(b + 56, (uint64_t)-2208988800ll); /* born */
	put32(b + 64, 1);
	put32(b + 68, 2);
	put32(b + 72, 1000000000); /* none */
	put32(b + 76, 4);
	put32(b + 80, 99);
	put32(b + 88, 0x20002);
	assert_int_equal(
	    spill_ufs_inode_read(span_of(b, 256), 2, false, &i), SPILL_OK);
	assert_int_equal(i.mode, 0100640);
	assert_int_equal(i.links, 2);
	assert_int_equal(i.uid, 1001);
	assert_int_equal(i.gid, 1002);
	assert_int_equal(i.size, 12345);
	assert_int_equal(i.allocated, 48 * 512);
	assert_iso(i.times.at.accessed, "2200-01-01T00:00:00.000000002Z");
	assert_iso(i.times.at.modified, "1969-12-31T23:59:59.000000001Z");
	assert_iso(i.times.at.changed, "2024-06-03T00:00:00Z");
	assert_iso(i.times.at.born, "1900-01-01T00:00:00.000000004Z");
	assert_int_equal(i.times.bad, SPILL_CHANGED);
	assert_int_equal(i.generation, 99);
	assert_int_equal(i.flags, 0x20002);
	assert_int_equal(
	    spill_ufs_inode_read(span_of(b, 91), 2, false, &i), SPILL_EDAMAGED);
}

static void
ufs1_inode(void **state)
{
	uint8_t b[128] = { 0 };
	struct spill_ufs_inode i;

	(void)state;
	put16be(b, 040755);
	be64(b + 8, 512);
	put32be(b + 16, (uint32_t)-315619200);
	put32be(b + 24, 0x7fffffff);
	put32be(b + 28, 999999999);
	put32be(b + 100, 4);
	put32be(b + 104, 2);
	put32be(b + 108, 7);
	put32be(b + 112, 501);
	put32be(b + 116, 20);
	assert_int_equal(
	    spill_ufs_inode_read(span_of(b, 128), 1, true, &i), SPILL_OK);
	assert_int_equal(i.size, 512);
	assert_int_equal(i.allocated, 1024);
	assert_iso(i.times.at.accessed, "1960-01-01T00:00:00.000000000Z");
	assert_iso(i.times.at.modified, "2038-01-19T03:14:07.999999999Z");
	assert_false(i.times.at.changed.set);
	assert_false(i.times.at.born.set);
	assert_int_equal(i.flags, SPILL_UFS_APPEND);
	assert_int_equal(i.generation, 7);
	assert_int_equal(i.uid, 501);
	assert_int_equal(i.gid, 20);
	assert_int_equal(
	    spill_ufs_inode_read(span_of(b, 119), 1, true, &i), SPILL_EDAMAGED);
}

static void
hfs_wrapper(void **state)
{
	uint8_t b[512] = "BD";

	(void)state;
	memcpy(b + 20, "\0\0\x10\0", 4); /* blocks of 4 KiB */
	memcpy(b + 28, "\0\x10", 2); /* from sector 16 on */
	memcpy(b + 124, "H+\0\6\4\0", 6);
	assert_int_equal(spill_hfs_embedded(span_of(b, 512)), 32768);
	assert_int_equal(spill_hfs_embedded(span_of(b, 128)), 32768);
	assert_int_equal(spill_hfs_embedded(span_of(b, 127)), 0);
	memset(b + 20, 0xff, 10);
	memset(b + 126, 0xff, 4);
	assert_true(spill_hfs_embedded(span_of(b, 512)) ==
		    65535ull * 512 + 65535ull * UINT32_MAX);
	b[125] = 'X';
	assert_true(spill_hfs_embedded(span_of(b, 512)) > 0);
	b[125] = 'D';
	assert_int_equal(spill_hfs_embedded(span_of(b, 512)), 0);
	memcpy(b, "H+", 2);
	assert_int_equal(spill_hfs_embedded(span_of(b, 512)), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hfs_times),
		cmocka_unit_test(hfs_volume),
		cmocka_unit_test(hfs_record),
		cmocka_unit_test(hfs_wrapper),
		cmocka_unit_test(big_endian_names),
		cmocka_unit_test(ufs_super),
		cmocka_unit_test(ufs_group),
		cmocka_unit_test(ufs2_inode),
		cmocka_unit_test(ufs1_inode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
