/*
 * ext_test.c: superblocks, group descriptors, inodes and their attributes of
 * ext2, ext3 and ext4, built by hand.
 */
#include <spill/ext.h>

#include "bytes.h"

/* --- superblock --------------------------------------------------------- */

static void
make_super(uint8_t b[1024])
{
	memset(b, 0, 1024);
	put32(b + 0x00, 4096);
	put32(b + 0x04, 65536);
	put32(b + 0x18, 2);
	put32(b + 0x1c, 2);
	put32(b + 0x20, 32768);
	put32(b + 0x24, 32768);
	put32(b + 0x28, 2048);
	put32(b + 0x2c, 1551781230);
	put16(b + 0x38, 0xef53);
	put16(b + 0x3a, 1);
	put32(b + 0x4c, 1);
	put32(b + 0x54, 11);
	put16(b + 0x58, 256);
	put32(b + 0x5c, 0x3c);
	put32(b + 0x60, SPILL_EXT_FILETYPE | SPILL_EXT_EXTENTS |
			    SPILL_EXT_64BIT | SPILL_EXT_INLINE_DATA);
	put32(b + 0x64, SPILL_EXT_METADATA_CSUM);
	memset(b + 0x68, 0xab, 16);
	memcpy(b + 0x78, "SECRET", 6);
	memset(b + 0x88, 'm', 64);
	put32(b + 0xe0, 8);
	put32(b + 0xe8, 13);
	memset(b + 0xec, 0xcd, 16);
	b[0xfc] = 1;
	put16(b + 0xfe, 64);
	put32(b + 0x108, 1551781200);
	put32(b + 0x160, 1);
	b[0x175] = 1;
	put32(b + 0x270, 0x4711);
	b[0x276] = 1; /* 2^32 s later */
	put32(b + 0x3fc, 0x1234);
}

static void
superblock(void **state)
{
	struct spill_ext_super x;
	uint8_t b[1024];

	(void)state;
	make_super(b);
	assert_int_equal(spill_ext_super_read(span_of(b, 1024), &x), SPILL_OK);
	assert_int_equal(x.inodes, 4096);
	assert_true(x.blocks == 65536 && x.groups == 2);
	assert_int_equal(x.block_size, 4096);
	assert_int_equal(x.cluster_size, 4096);
	assert_int_equal(x.inode_size, 256);
	assert_int_equal(x.desc_size, 64);
	put16(b + 0xfe, 0); /* there is but one that it can have been */
	assert_int_equal(
	    spill_ext_super_read(span_of(b, 1024), &x), SPILL_EDAMAGED);
	assert_int_equal(x.desc_size, 64);
	assert_int_equal(x.uuid[15], 0xab);
	assert_true(spill_span_eq(x.label, SPILL_SPAN("SECRET")));
	assert_int_equal(x.last_mounted.len, 64);
	assert_int_equal(x.journal_inode, 8);
	assert_int_equal(x.orphan, 13);
	assert_true(x.hash_seed[0] == 0xcd && x.hash_version == 1);
	assert_int_equal(x.checksum_type, 1);
	assert_int_equal(x.checksum_seed, 0x4711);
	assert_int_equal(x.checksum, 0x1234);
	assert_iso(x.mounted, "2019-03-05T10:20:30Z");
	assert_iso(x.made, "2155-04-11T16:48:16Z");
	assert_iso(x.written, "");
	put32(b + 0x4c, 0); /* the first revision has no such fields */
	assert_int_equal(spill_ext_super_read(span_of(b, 1024), &x), SPILL_OK);
	assert_true(x.inode_size == 128 && x.desc_size == 32 && !x.incompat);
}

HEADER_READER(read_flaw, spill_ext_super)

/* C06 */
static void
hostile_superblocks(void **state)
{
	static const struct field fields[] = {
		{ 0x00, 4, 0, "no such number of inodes" },
		{ 0x00, 4, 1, NULL },
		{ 0x00, 4, UINT32_MAX, "no such number of inodes" },
		{ 0x04, 4, 0, "no blocks" },
		{ 0x14, 4, 1, "no such first block" },
		{ 0x14, 4, UINT32_MAX, "no such first block" },
		{ 0x18, 4, 7, "no such block size" },
		{ 0x18, 4, UINT32_MAX, "no such block size" },
		{ 0x20, 4, 0, "no such number of blocks in a group" },
		{ 0x20, 4, 1, NULL },
		{ 0x20, 4, UINT32_MAX, "no such number of blocks in a group" },
		{ 0x28, 4, 0, "no such number of inodes in a group" },
		{ 0x28, 4, 1, "no such number of inodes" },
		{ 0x28, 4, UINT32_MAX, "no such number of inodes in a group" },
		{ 0x58, 2, 0, "no such inode size" },
		{ 0x58, 2, 1, "no such inode size" },
		{ 0x58, 2, 129, "no such inode size" },
		{ 0x58, 2, 8192, "no such inode size" },
		{ 0x58, 2, 65535, "no such inode size" },
		{ 0xfe, 2, 0, "no such descriptor size" },
		{ 0xfe, 2, 1, "no such descriptor size" },
		{ 0xfe, 2, 65535, "no such descriptor size" },
		{ 0x150, 4, UINT32_MAX, NULL },
	};
	static const struct header header = { make_super, read_flaw, 1024,
		0x3a };
	struct spill_ext_super x;
	uint8_t b[1024];

	(void)state;
	check_header(&header, fields, SPILL_COUNT(fields));
	make_super(b);
	put32(b + 0x64, SPILL_EXT_BIGALLOC);
	put32(b + 0x1c, 6);
	assert_int_equal(spill_ext_super_read(span_of(b, 1024), &x), SPILL_OK);
	assert_int_equal(x.cluster_size, 65536);
	put32(b + 0x1c, 1);
	(void)spill_ext_super_read(span_of(b, 1024), &x);
	assert_flaw(x.flaw, "no such cluster size");
	/* The superblock is in block 1 of 1024 bytes, unless in clusters. */
	make_super(b);
	put32(b + 0x18, 0);
	put32(b + 0x14, 0);
	(void)spill_ext_super_read(span_of(b, 1024), &x);
	assert_int_equal(x.first_block, 1);
	assert_flaw(x.flaw, "no such first block");
	put32(b + 0x64, SPILL_EXT_BIGALLOC);
	put32(b + 0x1c, 2);
	(void)spill_ext_super_read(span_of(b, 1024), &x);
	assert_int_equal(x.first_block, 0);
}

static struct spill_ext_super
super(void)
{
	static uint8_t b[1024];
	struct spill_ext_super x;

	make_super(b);
	(void)spill_ext_super_read(span_of(b, 1024), &x);
	return x;
}

static void
group_descriptors(void **state)
{
	struct spill_ext_super s = super();
	struct spill_ext_group x;
	uint8_t b[64] = { 0 };

	(void)state;
	put32(b, 17);
	put32(b + 4, 18);
	put32(b + 8, 19);
	put16(b + 0x0c, 1000);
	put16(b + 0x0e, 2000);
	put16(b + 0x10, 3);
	put16(b + 0x12, 4);
	put16(b + 0x1c, 5);
	put16(b + 0x1e, 0xbeef);
	put16(b + 0x2c, 1);
	assert_int_equal(
	    spill_ext_group_read(span_of(b, 64), &s, &x), SPILL_OK);
	assert_true(x.block_bitmap == 17 && x.inode_bitmap == 18);
	assert_true(x.inode_table == 19 && x.free_blocks == 66536);
	assert_true(x.free_inodes == 2000 && x.directories == 3);
	assert_true(x.flags == 4 && x.unused_inodes == 5);
	assert_int_equal(x.checksum, 0xbeef);
	for (size_t n = 0; n < 64; n++) {
		uint8_t *p = exact(b, n);

		assert_int_equal(spill_ext_group_read(span_of(p, n), &s, &x),
		    SPILL_EDAMAGED);
		free(p);
	}
	put32(b + 0x28, 1); /* 2^32 blocks further */
	assert_int_equal(
	    spill_ext_group_read(span_of(b, 64), &s, &x), SPILL_EDAMAGED);
	assert_true(x.inode_table == 0 && x.inode_bitmap == 18);
	assert_flaw(x.flaw, "a group's block is outside the volume");
	s.desc_size = 32;
	assert_int_equal(
	    spill_ext_group_read(span_of(b, 32), &s, &x), SPILL_OK);
	assert_int_equal(x.free_blocks, 1000);
}

/* --- inodes ------------------------------------------------------------- */

static void
make_inode(uint8_t b[256])
{
	memset(b, 0, 256);
	put16(b, 0100644);
	put16(b + 2, 1000);
	put32(b + 4, 5000);
	for (int i = 0; i < 3; i++)
		put32(b + 8 + i * 4, 1551781230);
	put16(b + 0x18, 100);
	put16(b + 0x1a, 1);
	put32(b + 0x1c, 16);
	put32(b + 0x20, SPILL_EXT_I_EXTENTS);
	put32(b + 0x24, 7);
	put32(b + 0x64, 0xfeedface);
	put32(b + 0x6c, 1);
	put16(b + 0x78, 2);
	put16(b + 0x7a, 3);
	put16(b + 0x7c, 0x5678);
	put16(b + 0x80, 32);
	put16(b + 0x82, 0x1234);
	put32(b + 0x84, 123456789 << 2);
	put32(b + 0x90, 1551781229);
	put32(b + 0x94, 999999999u << 2);
	put32(b + 0x98, 1);
	put32(b + 0x9c, 77);
}

static void
inode(void **state)
{
	struct spill_ext_super s = super();
	struct spill_ext_inode x;
	uint8_t b[256];

	(void)state;
	make_inode(b);
	assert_int_equal(
	    spill_ext_inode_read(span_of(b, 256), &s, &x), SPILL_OK);
	assert_int_equal(x.mode, 0100644);
	assert_int_equal(x.uid, 1000 + 2 * 65536);
	assert_int_equal(x.gid, 100 + 3 * 65536);
	assert_int_equal(x.project, 77);
	assert_true(x.size == 5000 + (1ULL << 32) && x.blocks == 16);
	assert_true(x.links == 1 && x.generation == 0xfeedface);
	assert_true(x.version == (7 | 1ULL << 32));
	assert_int_equal(x.checksum, 0x12345678);
	assert_int_equal(x.extra, 32);
	assert_int_equal(x.area.len, 60);
	assert_ptr_equal(x.area.p, b + 0x28);
	assert_iso(x.times.at.accessed, "2019-03-05T10:20:30.000000000Z");
	assert_iso(x.times.at.changed, "2019-03-05T10:20:30.123456789Z");
	assert_iso(x.times.at.born, "2019-03-05T10:20:29.999999999Z");
	assert_iso(x.deleted, "");
	s.inode_size = 128;
	assert_int_equal(
	    spill_ext_inode_read(span_of(b, 128), &s, &x), SPILL_OK);
	assert_iso(x.times.at.changed, "2019-03-05T10:20:30Z");
	assert_false(x.times.at.born.set);
}

/* C15: what the kernel would say, never wrapped. */
static void
times_of_c15(void **state)
{
	static const struct {
		uint32_t sec, extra;
		const char *fine, *coarse;
		bool bad;
	} cases[] = {
		{ 0, 0, "1970-01-01T00:00:00.000000000Z",
		    "1970-01-01T00:00:00Z", false },
		{ 0xffffffff, 0, "1969-12-31T23:59:59.000000000Z",
		    "1969-12-31T23:59:59Z", false },
		{ 0x80000000, 0, "1901-12-13T20:45:52.000000000Z",
		    "1901-12-13T20:45:52Z", false },
		{ 0x80000000, 1, "2038-01-19T03:14:08.000000000Z",
		    "1901-12-13T20:45:52Z", false },
		{ 0xffffffff, 1, "2106-02-07T06:28:15.000000000Z",
		    "1969-12-31T23:59:59Z", false },
		{ 0, 1, "2106-02-07T06:28:16.000000000Z",
		    "1970-01-01T00:00:00Z", false },
		{ 0x7fffffff, 1, "2174-02-25T09:42:23.000000000Z",
		    "2038-01-19T03:14:07Z", false },
		{ 0x80000000, 2, "2174-02-25T09:42:24.000000000Z",
		    "1901-12-13T20:45:52Z", false },
		{ 0x7fffffff, 2, "2310-04-04T16:10:39.000000000Z",
		    "2038-01-19T03:14:07Z", false },
		{ 0x7fffffff, 3, "2446-05-10T22:38:55.000000000Z",
		    "2038-01-19T03:14:07Z", false },
		{ 0x80000000, 3, "2310-04-04T16:10:40.000000000Z",
		    "1901-12-13T20:45:52Z", false },
		{ 1, 999999999u << 2, "1970-01-01T00:00:01.999999999Z",
		    "1970-01-01T00:00:01Z", false },
		{ 1, 1000000000u << 2, "1970-01-01T00:00:01Z",
		    "1970-01-01T00:00:01Z", true },
		{ 0x7fffffff, UINT32_MAX, "2446-05-10T22:38:55Z",
		    "2038-01-19T03:14:07Z", true },
	};
	struct spill_ext_super s = super();
	struct spill_ext_inode x;
	uint8_t b[256];

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(cases); i++) {
		make_inode(b);
		put32(b + 0x10, cases[i].sec);
		put32(b + 0x88, cases[i].extra);
		assert_int_equal(
		    spill_ext_inode_read(span_of(b, 256), &s, &x), SPILL_OK);
		assert_iso(x.times.at.modified, cases[i].fine);
		assert_int_equal(
		    x.times.bad, cases[i].bad ? SPILL_MODIFIED : 0);
		assert_true(x.times.raw.modified ==
			    ((uint64_t)cases[i].extra << 32 | cases[i].sec));
		put16(b + 0x80, 8); /* only ctime's extra field is there */
		assert_int_equal(
		    spill_ext_inode_read(span_of(b, 256), &s, &x), SPILL_OK);
		assert_iso(x.times.at.modified, cases[i].coarse);
		assert_int_equal(x.times.at.changed.prec, 9);
		assert_int_equal(x.times.bad, 0);
	}
}

static void
deletion(void **state)
{
	struct spill_ext_super s = super();
	struct spill_ext_inode x;
	uint8_t b[256];

	(void)state;
	make_inode(b);
	put32(b + 0x14, 4294967295u);
	(void)spill_ext_inode_read(span_of(b, 256), &s, &x);
	assert_iso(x.deleted, "2106-02-07T06:28:15Z");
	assert_int_equal(x.next_orphan, 0);
	put32(b + 0x14, 4096); /* an inode of the volume */
	(void)spill_ext_inode_read(span_of(b, 256), &s, &x);
	assert_iso(x.deleted, "");
	assert_int_equal(x.next_orphan, 4096);
	put32(b + 0x14, 4097);
	(void)spill_ext_inode_read(span_of(b, 256), &s, &x);
	assert_iso(x.deleted, "1970-01-01T01:08:17Z");
	memset(b, 0, sizeof(b));
	(void)spill_ext_inode_read(span_of(b, 256), &s, &x);
	assert_false(x.times.at.modified.set);
	put16(b, 0100644); /* its times are 0, but it is in use */
	(void)spill_ext_inode_read(span_of(b, 256), &s, &x);
	assert_iso(x.times.at.modified, "1970-01-01T00:00:00Z");
}

static void
hostile_inodes(void **state)
{
	static const uint16_t extra[] = { 1, 129, 132, 0xffff };
	struct spill_ext_super s = super();
	struct spill_ext_inode x;
	uint8_t b[256];

	(void)state;
	make_inode(b);
	for (size_t n = 0; n < 256; n++) {
		uint8_t *p = exact(b, n);

		assert_int_equal(spill_ext_inode_read(span_of(p, n), &s, &x),
		    SPILL_EDAMAGED);
		free(p);
	}
	for (size_t i = 0; i < SPILL_COUNT(extra); i++) {
		put16(b + 0x80, extra[i]);
		assert_int_equal(spill_ext_inode_read(span_of(b, 256), &s, &x),
		    SPILL_EDAMAGED);
		assert_flaw(x.flaw, "no such size of extra fields");
		assert_iso(x.times.at.changed, "2019-03-05T10:20:30Z");
	}
	put16(b + 0x80, 128);
	assert_int_equal(
	    spill_ext_inode_read(span_of(b, 256), &s, &x), SPILL_OK);
}

static void
links_in_the_inode(void **state)
{
	struct spill_ext_super s = super();
	struct spill_ext_inode x;
	uint8_t b[256];

	(void)state;
	make_inode(b);
	put16(b, 0120777);
	put32(b + 4, 9);
	put32(b + 0x6c, 0);
	put32(b + 0x20, 0);
	memcpy(b + 0x28, "/etc/motd", 9);
	(void)spill_ext_inode_read(span_of(b, 256), &s, &x);
	assert_true(spill_span_eq(x.target, SPILL_SPAN("/etc/motd")));
	put32(b + 4, 59);
	(void)spill_ext_inode_read(span_of(b, 256), &s, &x);
	assert_int_equal(x.target.len, 59);
	put32(b + 4, 60);
	(void)spill_ext_inode_read(span_of(b, 256), &s, &x);
	assert_int_equal(x.target.len, 0);
	put32(b + 4, 9);
	put32(b + 0x20, SPILL_EXT_I_EXTENTS);
	(void)spill_ext_inode_read(span_of(b, 256), &s, &x);
	assert_int_equal(x.target.len, 0);
}

/* --- extended attributes and inline data -------------------------------- */

/* system.data with n bytes and user.mark, in an inode's room for them. */
static void
put_attrs(uint8_t *p, size_t room, unsigned n)
{
	uint8_t *e = p + 4;

	memset(p, 0, room);
	memcpy(p, "\0\0\2\xea", 4);
	e[0] = 4;
	e[1] = 7;
	put16(e + 2, (uint16_t)(room - 4 - n));
	put32(e + 8, n);
	memcpy(e + 16, "data", 4);
	memset(p + room - n, 'd', n);
	e += 20;
	e[0] = 5;
	e[1] = 1;
	put32(e + 4, 99); /* its value is in an inode */
	put32(e + 8, 70000);
	memcpy(e + 16, "marks", 5);
}

static void
inline_content(void **state)
{
	struct spill_ext_super s = super();
	struct spill_ext_inode x;
	struct spill_ext_attrs it;
	struct spill_ext_attr a;
	uint8_t b[256];

	(void)state;
	make_inode(b);
	put32(b + 0x20, SPILL_EXT_I_INLINE);
	put32(b + 4, 70);
	put32(b + 0x6c, 0);
	put_attrs(b + 160, 96, 10);
	assert_int_equal(
	    spill_ext_inode_read(span_of(b, 256), &s, &x), SPILL_OK);
	assert_int_equal(x.inline_a.len, 60);
	assert_true(spill_span_eq(x.inline_b, SPILL_SPAN("dddddddddd")));
	it = spill_ext_attrs(x.attrs);
	assert_int_equal(spill_ext_attrs_next(&it, &a), SPILL_OK);
	assert_int_equal(a.index, 7);
	assert_int_equal(spill_ext_attrs_next(&it, &a), SPILL_OK);
	assert_true(a.index == 1 && a.value_inode == 99 && a.size == 70000);
	assert_true(spill_span_eq(a.name, SPILL_SPAN("marks")));
	assert_int_equal(spill_ext_attrs_next(&it, &a), SPILL_END);
	put32(b + 4, 12);
	(void)spill_ext_inode_read(span_of(b, 256), &s, &x);
	assert_int_equal(x.inline_a.len, 12);
	/* On a volume without such contents the flag is damage. */
	s.incompat &= ~(uint32_t)SPILL_EXT_INLINE_DATA;
	(void)spill_ext_inode_read(span_of(b, 256), &s, &x);
	assert_true(x.inline_a.len == 0 && x.inline_b.len == 0);
	assert_int_equal(x.flags & SPILL_EXT_I_INLINE, 0);
}

static void
hostile_attributes(void **state)
{
	static const uint32_t values[] = { 0, 1, UINT32_MAX };
	static const struct {
		unsigned at, len;
	} fields[] = { { 4, 1 }, { 6, 2 }, { 12, 4 } };
	struct spill_ext_attrs it;
	struct spill_ext_attr a;
	uint8_t b[96], v[4];
	int rc;

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(fields); i++)
		for (int k = 0; k < 3; k++) {
			unsigned bad = 0, n = 0;

			put_attrs(b, 96, 10);
			put32(v, values[k]);
			memcpy(b + fields[i].at, v, fields[i].len);
			it = spill_ext_attrs(span_of(b, 96));
			while (
			    (rc = spill_ext_attrs_next(&it, &a)) != SPILL_END) {
				bad += rc != SPILL_OK;
				assert_true(++n < 12);
			}
			/* Without its name the next entry begins too early. */
			assert_int_equal(bad > 0, k == 2 || (i == 0 && k == 0));
		}
	put_attrs(b, 96, 10);
	for (size_t n = 0; n < 96; n++) {
		uint8_t *p = exact(b, n);

		it = spill_ext_attrs(span_of(p, n));
		while ((rc = spill_ext_attrs_next(&it, &a)) == SPILL_OK)
			;
		assert_int_equal(rc == SPILL_EDAMAGED, n >= 8);
		it = spill_ext_attrs_block(span_of(p, n));
		while (spill_ext_attrs_next(&it, &a) != SPILL_END)
			;
		free(p);
	}
}

static void
attribute_block(void **state)
{
	struct spill_ext_attrs it;
	struct spill_ext_attr a;
	uint8_t b[1024] = { 0 };

	(void)state;
	memcpy(b, "\0\0\2\xea", 4);
	b[32] = 7;
	b[33] = 6;
	put16(b + 34, 1000);
	put32(b + 40, 24);
	memcpy(b + 48, "selinux", 7);
	memset(b + 1000, 's', 24);
	it = spill_ext_attrs_block(span_of(b, sizeof(b)));
	assert_int_equal(spill_ext_attrs_next(&it, &a), SPILL_OK);
	assert_true(spill_span_eq(a.name, SPILL_SPAN("selinux")));
	assert_true(a.value.len == 24 && a.value.p == (char *)b + 1000);
	assert_int_equal(spill_ext_attrs_next(&it, &a), SPILL_END);
	b[0] = 1;
	it = spill_ext_attrs_block(span_of(b, sizeof(b)));
	assert_int_equal(spill_ext_attrs_next(&it, &a), SPILL_END);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(superblock),
		cmocka_unit_test(hostile_superblocks),
		cmocka_unit_test(group_descriptors),
		cmocka_unit_test(inode),
		cmocka_unit_test(times_of_c15),
		cmocka_unit_test(deletion),
		cmocka_unit_test(hostile_inodes),
		cmocka_unit_test(links_in_the_inode),
		cmocka_unit_test(inline_content),
		cmocka_unit_test(hostile_attributes),
		cmocka_unit_test(attribute_block),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
