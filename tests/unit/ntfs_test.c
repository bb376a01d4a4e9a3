/*
 * ntfs_test.c: names, the boot sector, MFT records and run lists of NTFS,
 * built by hand.
 */
#include <spill/ntfs.h>

#include "ntfs_make.h"

#define REC 1024

/* --- names -------------------------------------------------------------- */

static void
names_keep_their_units(void **state)
{
	static const struct {
		const char *raw;
		size_t len;
		const char *want;
		int rc;
	} cases[] = {
		{ "", 0, "", SPILL_OK },
		{ "a\0\xe9\0\xac\x20", 6, "a\xc3\xa9\xe2\x82\xac", SPILL_OK },
		{ "\x3d\xd8\x00\xde", 4, "\xf0\x9f\x98\x80", SPILL_OK },
		{ "\x00\xd8"
		  "a\0",
		    4,
		    "\xed\xa0\x80"
		    "a",
		    SPILL_OK },
		{ "\x00\xdc\x00\xd8", 4, "\xed\xb0\x80\xed\xa0\x80", SPILL_OK },
		{ "\x00\xd8\x3d\xd8\x00\xde", 6, "\xed\xa0\x80\xf0\x9f\x98\x80",
		    SPILL_OK },
		{ "\xff\xdb\xff\xdf", 4, "\xf4\x8f\xbf\xbf", SPILL_OK },
		{ "\xff\xff\x3d\xd8", 4, "\xef\xbf\xbf\xed\xa0\xbd", SPILL_OK },
		{ "a\0b", 3, "a", SPILL_EDAMAGED },
		{ "\x3d\xd8\x00", 3, "\xed\xa0\xbd", SPILL_EDAMAGED },
	};

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(cases); i++) {
		struct spill_buf b = SPILL_BUF_INIT(64);
		uint8_t *p = exact(cases[i].raw, cases[i].len);

		assert_int_equal(
		    spill_utf16le_put(&b, span_of(p, cases[i].len)),
		    cases[i].rc);
		assert_string_equal(spill_buf_str(&b), cases[i].want);
		spill_buf_release(&b);
		free(p);
	}
}

/* --- boot sector -------------------------------------------------------- */

static void
make_boot(uint8_t b[512])
{
	memset(b, 0, 512);
	memcpy(b, "\xeb\x52\x90NTFS    ", 11);
	put16(b + 0x0b, 512);
	b[0x0d] = 8;
	put64(b + 0x28, 80000);
	put64(b + 0x30, 4);
	put64(b + 0x38, 5);
	b[0x40] = 0xf6;
	b[0x44] = 1;
	put64(b + 0x48, 0x1122334455667788);
	put16(b + 0x1fe, 0xaa55);
}

static void
boot_sector(void **state)
{
	struct spill_ntfs_boot x;
	uint8_t b[512];

	(void)state;
	make_boot(b);
	assert_int_equal(spill_ntfs_boot_read(span_of(b, 512), &x), SPILL_OK);
	assert_int_equal(x.sector_size, 512);
	assert_int_equal(x.cluster_size, 4096);
	assert_int_equal(x.record_size, 1024);
	assert_int_equal(x.index_size, 4096);
	assert_true(x.sectors == 80000 && x.clusters == 10000);
	assert_true(x.mft_lcn == 4 && x.mirror_lcn == 5);
	assert_true(x.serial == 0x1122334455667788);
	b[0x0d] = 0xf4; /* 2^12 sectors: 2 MiB */
	b[0x44] = 0xf4;
	put64(b + 0x38, 2);
	put64(b + 0x30, 1);
	assert_int_equal(spill_ntfs_boot_read(span_of(b, 512), &x), SPILL_OK);
	assert_int_equal(x.cluster_size, 2 << 20);
	assert_int_equal(x.index_size, 4096);
	put16(b + 0x0b, 4096);
	b[0x0d] = 1;
	b[0x40] = 1; /* one cluster */
	assert_int_equal(spill_ntfs_boot_read(span_of(b, 512), &x), SPILL_OK);
	assert_int_equal(x.record_size, 4096);
}

HEADER_READER(read_flaw, spill_ntfs_boot)

static void
hostile_boot_sectors(void **state)
{
	static const struct field fields[] = {
		{ 0x0b, 2, 0, "no such sector size" },
		{ 0x0b, 2, 1, "no such sector size" },
		{ 0x0b, 2, 65535, "no such sector size" },
		{ 0x0d, 1, 0, "no such cluster size" },
		{ 0x0d, 1, 3, "no such cluster size" },
		{ 0x0d, 1, 0x80, NULL },
		{ 0x0d, 1, 0xff, NULL },
		{ 0x0d, 1, 0x81, "no such cluster size" },
		{ 0x28, 8, 0, "no clusters" },
		{ 0x28, 8, UINT64_MAX, NULL },
		{ 0x30, 8, 10000, "the MFT is outside the volume" },
		{ 0x30, 8, UINT64_MAX, "the MFT is outside the volume" },
		{ 0x38, 8, 10000, "the MFT's mirror is outside the volume" },
		{ 0x40, 1, 0, "no such record size" },
		{ 0x40, 1, 0x80, "no such record size" },
		{ 0x40, 1, 0xff, "no such record size" },
		{ 0x40, 1, 0x7f, "no such record size" },
		{ 0x44, 1, 0, "no such index block size" },
		{ 0x1fe, 2, 0, "no boot signature" },
	};
	static const struct header header = { make_boot, read_flaw, 512, 11 };

	(void)state;
	check_header(&header, fields, SPILL_COUNT(fields));
}

/* --- records ------------------------------------------------------------ */

struct builder {
	uint8_t b[4096];
	size_t len, size;
};

static void
begin(struct builder *r, size_t size)
{
	unsigned ends = (unsigned)(size / 512);

	memset(r, 0, sizeof(*r));
	r->size = size;
	memcpy(r->b, "FILE", 4);
	put16(r->b + 4, 0x30);
	put16(r->b + 6, (uint16_t)(ends + 1));
	put64(r->b + 8, 77);
	put16(r->b + 0x10, 9); /* sequence */
	put16(r->b + 0x12, 2); /* links */
	put16(r->b + 0x16, SPILL_NTFS_IN_USE);
	put32(r->b + 0x1c, (uint32_t)size);
	put16(r->b + 0x28, 6);
	put32(r->b + 0x2c, 16543);
	r->len = (0x30 + (ends + 1) * 2 + 7) / 8 * 8;
	put16(r->b + 0x14, (uint16_t)r->len);
}

/* An attribute: so many bytes of head, its name, its content, which *at is
 * the place of. Returns where it is. */
static uint8_t *
attribute(struct builder *r, uint32_t type, uint16_t id, const char *name,
    size_t head, struct spill_span content, size_t *at)
{
	uint8_t *a = r->b + r->len;
	size_t units = put_utf16(a + head, name), len;

	*at = (head + units * 2 + 7) / 8 * 8;
	len = (*at + content.len + 7) / 8 * 8;
	put32(a, type);
	put32(a + 4, (uint32_t)len);
	a[9] = (uint8_t)units;
	put16(a + 10, (uint16_t)head);
	put16(a + 14, id);
	memcpy(a + *at, content.p, content.len);
	r->len += len;
	return a;
}

static void
resident(struct builder *r, uint32_t type, uint16_t id, const char *name,
    const void *content, size_t n)
{
	size_t at;
	uint8_t *a = attribute(r, type, id, name, 24, span_of(content, n), &at);

	put32(a + 16, (uint32_t)n);
	put16(a + 20, (uint16_t)at);
}

static uint8_t *
outside(struct builder *r, uint32_t type, uint16_t id, const char *name,
    const void *runs, size_t n)
{
	size_t at;
	uint8_t *a = attribute(r, type, id, name, 72, span_of(runs, n), &at);

	a[8] = 1;
	put64(a + 24, 23);
	put16(a + 32, (uint16_t)at);
	put64(a + 40, 24 * 4096);
	put64(a + 48, 90000);
	put64(a + 56, 80000);
	return a;
}

/* The end mark, and the update sequence done. */
static void
finish(struct builder *r)
{
	put32(r->b + r->len, UINT32_MAX);
	put32(r->b + 0x18, (uint32_t)r->len + 8);
	put16(r->b + 0x30, 0x0a0b);
	for (size_t i = 1; i <= r->size / 512; i++) {
		memcpy(r->b + 0x30 + i * 2, r->b + i * 512 - 2, 2);
		put16(r->b + i * 512 - 2, 0x0a0b);
	}
}

static const uint8_t runs_24[] = { 0x21, 0x10, 0x00, 0x10, 0x01, 0x04, 0x11,
	0x04, 0xf0, 0x00 };

static void
make_record(struct builder *r, size_t size)
{
	uint8_t info[0x48] = { 0 }, name[0x60] = { 0 };

	begin(r, size);
	for (int i = 0; i < 4; i++)
		put64(info + i * 8, T_2019 + (uint64_t)i);
	put32(info + 0x20, SPILL_NTFS_A_HIDDEN);
	put32(info + 0x30, 3);
	put32(info + 0x34, 256);
	put64(info + 0x40, 4711);
	resident(r, SPILL_NTFS_STANDARD_INFORMATION, 0, "", info, sizeof(info));
	resident(r, SPILL_NTFS_FILE_NAME, 2, "", name,
	    make_file_name(name, "memo.docx"));
	outside(r, SPILL_NTFS_DATA, 4, "", runs_24, sizeof(runs_24));
	resident(
	    r, SPILL_NTFS_DATA, 5, "Zone.Identifier", "[ZoneTransfer]", 14);
	finish(r);
}

static void
whole_record(void **state)
{
	uint8_t copy[REC], raw[REC];
	struct spill_ntfs_record x;
	struct spill_ntfs_attrs it;
	struct spill_ntfs_attr a;
	struct builder r;

	(void)state;
	make_record(&r, REC);
	memcpy(raw, r.b, REC);
	assert_int_equal(
	    spill_ntfs_record_read(span_of(r.b, REC), copy, &x), SPILL_OK);
	assert_memory_equal(r.b, raw, REC); /* the evidence stays as it is */
	assert_int_equal(copy[510], 0);
	assert_int_equal(x.sequence, 9);
	assert_int_equal(x.links, 2);
	assert_int_equal(x.flags, SPILL_NTFS_IN_USE);
	assert_int_equal(x.number, 16543);
	assert_true(x.lsn == 77 && x.base.record == 0);
	assert_int_equal(x.torn, 0);
	it = spill_ntfs_attrs(&x);
	assert_int_equal(spill_ntfs_attrs_next(&it, &a), SPILL_OK);
	assert_int_equal(a.type, SPILL_NTFS_STANDARD_INFORMATION);
	assert_true(a.resident && a.size == 0x48 && a.content.len == 0x48);
	assert_int_equal(a.at, 0x38);
	assert_int_equal(spill_ntfs_attrs_next(&it, &a), SPILL_OK);
	assert_int_equal(a.type, SPILL_NTFS_FILE_NAME);
	assert_int_equal(a.id, 2);
	assert_int_equal(spill_ntfs_attrs_next(&it, &a), SPILL_OK);
	assert_false(a.resident);
	assert_true(a.size == 90000 && a.initialised == 80000);
	assert_true(a.allocated == 24 * 4096 && a.on_disk == a.allocated);
	assert_true(a.first_vcn == 0 && a.last_vcn == 23);
	assert_int_equal(a.name.len, 0);
	assert_int_equal(spill_ntfs_attrs_next(&it, &a), SPILL_OK);
	assert_string_equal(utf16_text(a.name), "Zone.Identifier");
	assert_memory_equal(a.content.p, "[ZoneTransfer]", 14);
	put32(copy + a.at + 4, a.len + 16); /* beyond the end mark */
	it.cur.pos = a.at;
	assert_int_equal(spill_ntfs_attrs_next(&it, &a), SPILL_EDAMAGED);
	assert_true(a.at + a.len == x.used && a.type == SPILL_NTFS_DATA);
	assert_memory_equal(a.content.p, "[ZoneTransfer]", 14);
	assert_int_equal(spill_ntfs_attrs_next(&it, &a), SPILL_END);
	put32(copy + a.at + 4, x.used - 8 - (uint32_t)a.at);
	it = spill_ntfs_attrs(&x);
	for (int i = 0; i < 4; i++)
		assert_int_equal(spill_ntfs_attrs_next(&it, &a), SPILL_OK);
	assert_int_equal(spill_ntfs_attrs_next(&it, &a), SPILL_END);
	assert_int_equal(spill_ntfs_attrs_next(&it, &a), SPILL_END);
}

/* The header of a $FILE_NAME, of which the name is found without it. */
static void
name_with_a_damaged_header(void **state)
{
	static const struct {
		size_t at;
		uint8_t byte[6];
	} damage[] = { { 8, { 1, 0, 0x18, 0, 0, 0 } },
		{ 16, { 0, 0, 0, 0, 0x18, 0 } },
		{ 16, { 1, 0, 0, 0, 0x18, 0 } },
		{ 16, { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } } };
	struct spill_ntfs_record x;
	struct spill_ntfs_attrs it;
	struct spill_ntfs_attr a;
	struct spill_ntfs_name n;
	uint8_t copy[REC];
	struct builder r;

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(damage); i++) {
		make_record(&r, REC);
		memcpy(r.b + 0x38 + 0x60 + damage[i].at, damage[i].byte, 6);
		assert_int_equal(
		    spill_ntfs_record_read(span_of(r.b, REC), copy, &x),
		    SPILL_OK);
		it = spill_ntfs_attrs(&x);
		assert_int_equal(spill_ntfs_attrs_next(&it, &a), SPILL_OK);
		assert_int_equal(
		    spill_ntfs_attrs_next(&it, &a), SPILL_EDAMAGED);
		assert_int_equal(a.type, SPILL_NTFS_FILE_NAME);
		assert_true(a.resident && a.size == 0x42 + 18);
		assert_int_equal(spill_ntfs_name_read(a.content, &n), SPILL_OK);
		assert_string_equal(utf16_text(n.name), "memo.docx");
		/* Without the sequence of a folder it is none. */
		put16(copy + a.at + 0x18 + 6, 0);
		it.cur.pos = a.at;
		(void)spill_ntfs_attrs_next(&it, &a);
		assert_true(!a.resident || a.content.len < 0x42 + 18);
	}
}

static void
record_sizes_and_signatures(void **state)
{
	uint8_t copy[4096];
	struct spill_ntfs_record x;
	struct builder r;

	(void)state;
	make_record(&r, 4096);
	assert_int_equal(
	    spill_ntfs_record_read(span_of(r.b, 4096), copy, &x), SPILL_OK);
	memcpy(r.b, "BAAD", 4);
	assert_int_equal(spill_ntfs_record_read(span_of(r.b, 4096), copy, &x),
	    SPILL_EDAMAGED);
	assert_true(x.baad && x.sequence == 9);
	memcpy(r.b, "BAAF", 4);
	assert_int_equal(spill_ntfs_record_read(span_of(r.b, 4096), copy, &x),
	    SPILL_EFORMAT);
	assert_int_equal(x.bytes.len, 0);
	/* One guarded end for 4096 bytes. */
	make_record(&r, 4096);
	memcpy(r.b + 4094, r.b + 0x30, 2);
	put16(r.b + 6, 2);
	put16(r.b + 0x32, 0x4711);
	assert_int_equal(
	    spill_ntfs_record_read(span_of(r.b, 4096), copy, &x), SPILL_OK);
	assert_int_equal(copy[4094], 0x11);
}

static void
torn_sectors_are_counted(void **state)
{
	uint8_t copy[REC];
	struct spill_ntfs_record x;
	struct builder r;

	(void)state;
	make_record(&r, REC);
	put16(r.b + 1022, 0x1234);
	assert_int_equal(spill_ntfs_record_read(span_of(r.b, REC), copy, &x),
	    SPILL_EDAMAGED);
	assert_int_equal(x.torn, 1);
	assert_int_equal(copy[1022], 0x34);
	assert_flaw(x.flaw, "a sector is of another write");
	assert_int_equal(x.flaw.at, 1022);
	assert_int_equal(x.sequence, 9);
}

/* Everything in it is looked at; returns the elements that were damaged. */
static unsigned
read_all(struct spill_span raw)
{
	uint8_t *copy = malloc(raw.len + 1);
	struct spill_ntfs_record x;
	struct spill_ntfs_attrs it;
	struct spill_ntfs_attr a;
	unsigned bad, n = 0;
	int rc;

	assert_non_null(copy);
	bad = spill_ntfs_record_read(raw, copy, &x) != SPILL_OK;
	it = spill_ntfs_attrs(&x);
	while ((rc = spill_ntfs_attrs_next(&it, &a)) != SPILL_END) {
		struct spill_ntfs_runs runs =
		    spill_ntfs_runs(a.runs, a.first_vcn, 1 << 20);
		struct spill_ntfs_run run;
		struct spill_ntfs_name name;
		struct spill_ntfs_info info;

		bad += rc == SPILL_EDAMAGED;
		assert_int_equal(rc == SPILL_OK, a.flaw.what == NULL);
		assert_true(++n <= REC / 16);
		(void)spill_ntfs_name_read(a.content, &name);
		(void)spill_ntfs_info_read(a.content, &info);
		if (!a.resident)
			while ((rc = spill_ntfs_runs_next(&runs, &run)) !=
			       SPILL_END)
				bad += rc == SPILL_EDAMAGED;
	}
	free(copy);
	return bad;
}

static void
record_cut_at_every_byte(void **state)
{
	struct builder r;

	(void)state;
	make_record(&r, REC);
	assert_int_equal(read_all(span_of(r.b, REC)), 0);
	for (size_t n = 0; n < REC; n++) {
		uint8_t *p = exact(r.b, n);

		assert_true(read_all(span_of(p, n)) > 0);
		free(p);
	}
}

/* Each length and offset of the record: 0, 1, the most; odd: it may pass. */
static void
record_lengths(void **state)
{
	static const struct {
		unsigned at, len;
		bool zero_ok, one_ok;
	} fields[] = {
		{ 0x04, 2, false, false }, /* of the update sequence */
		{ 0x06, 2, false, false },
		{ 0x14, 2, false, false }, /* first attribute */
		{ 0x18, 4, false, false }, /* used */
		{ 0x38 + 4, 4, false, false }, /* attribute */
		{ 0x38 + 9, 1, true, true }, /* units of its name */
		{ 0x38 + 16, 4, true, true }, /* content */
		{ 0x38 + 20, 2, true, true }, /* its offset */
		{ 0x108 + 4, 4, false, false },
		{ 0x108 + 32, 2, false, false }, /* offset of the run list */
		{ 0x108 + 24, 8, true, true }, /* last VCN */
		{ 0x108 + 40, 8, false, false }, /* allocated */
		{ 0x108 + 48, 8, false, false }, /* size */
		{ 0x108 + 56, 8, true, true }, /* initialised */
		{ 0x108 + 72, 1, true, true }, /* first byte of the runs */
	};
	static const uint64_t values[] = { 0, 1, UINT64_MAX };
	struct builder r;

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(fields); i++)
		for (int k = 0; k < 3; k++) {
			uint8_t v[8];
			unsigned bad;

			make_record(&r, REC);
			assert_int_equal(r.b[0x108], SPILL_NTFS_DATA);
			put64(v, values[k]);
			memcpy(r.b + fields[i].at, v, fields[i].len);
			bad = read_all(span_of(r.b, REC));
			if (fields[i].at == 0x108 + 24 && k == 2)
				continue; /* -1: no clusters */
			if ((k == 0 && fields[i].zero_ok) ||
			    (k == 1 && fields[i].one_ok))
				continue;
			if (bad == 0)
				fail_msg(
				    "field 0x%x, value %d", fields[i].at, k);
		}
}

/* Whatever a byte is, reading ends and stays inside. */
static void
record_with_any_byte(void **state)
{
	static const uint8_t values[] = { 0, 1, 0x7f, 0x80, 0xff };
	struct builder r;

	(void)state;
	make_record(&r, REC);
	for (size_t i = 0; i < REC; i++) {
		for (size_t k = 0; k < SPILL_COUNT(values); k++) {
			uint8_t *p = exact(r.b, REC);

			p[i] = values[k];
			(void)read_all(span_of(p, REC));
			free(p);
		}
	}
}

static void
compressed_and_continued(void **state)
{
	uint8_t copy[REC], *p;
	struct spill_ntfs_record x;
	struct spill_ntfs_attrs it;
	struct spill_ntfs_attr a;
	struct builder r;

	(void)state;
	begin(&r, REC);
	put64(r.b + 0x20, 3ULL << 48 | 0x123456789abc);
	p = outside(&r, SPILL_NTFS_DATA, 1, "", runs_24, sizeof(runs_24));
	put16(p + 12, SPILL_NTFS_COMPRESSED);
	put16(p + 34, 4);
	put64(p + 64, 5 * 4096);
	p = outside(&r, SPILL_NTFS_DATA, 2, "", runs_24, sizeof(runs_24));
	put64(p + 16, 24);
	put64(p + 24, 47);
	p = outside(&r, SPILL_NTFS_BITMAP, 3, "$I30", "\0", 1);
	put64(p + 24, UINT64_MAX);
	memset(p + 40, 0, 24);
	finish(&r);
	assert_int_equal(
	    spill_ntfs_record_read(span_of(r.b, REC), copy, &x), SPILL_OK);
	assert_true(x.base.record == 0x123456789abc && x.base.sequence == 3);
	it = spill_ntfs_attrs(&x);
	assert_int_equal(spill_ntfs_attrs_next(&it, &a), SPILL_OK);
	assert_int_equal(a.unit, 4);
	assert_true(a.on_disk == 5 * 4096);
	assert_int_equal(spill_ntfs_attrs_next(&it, &a), SPILL_OK);
	assert_true(a.first_vcn == 24 && a.last_vcn == 47 && a.size == 0);
	assert_int_equal(spill_ntfs_attrs_next(&it, &a), SPILL_OK);
	assert_true(a.last_vcn == UINT64_MAX && a.size == 0);
	assert_string_equal(utf16_text(a.name), "$I30");
	assert_int_equal(spill_ntfs_attrs_next(&it, &a), SPILL_END);
}

/* --- run lists ---------------------------------------------------------- */

static void
runs_are(const char *raw, size_t len, uint64_t clusters, const char *want)
{
	uint8_t *p = exact(raw, len);
	struct spill_ntfs_runs it =
	    spill_ntfs_runs(span_of(p, len), 0, clusters);
	struct spill_buf b = SPILL_BUF_INIT(4096);
	struct spill_ntfs_run r;
	int rc;

	while ((rc = spill_ntfs_runs_next(&it, &r)) == SPILL_OK)
		spill_buf_printf(&b, r.sparse ? "%ju-+%ju " : "%ju@%ju+%ju ",
		    (uintmax_t)r.vcn, (uintmax_t)(r.sparse ? r.count : r.lcn),
		    (uintmax_t)r.count);
	if (rc == SPILL_EDAMAGED) {
		spill_buf_puts(&b, it.flaw.what);
		rc = spill_ntfs_runs_next(&it, &r);
	}
	assert_int_equal(rc, SPILL_END);
	assert_string_equal(spill_buf_str(&b), want);
	spill_buf_release(&b);
	free(p);
}

#define RUNS(raw, clusters, want) runs_are(raw, sizeof(raw) - 1, clusters, want)

static void
run_lists(void **state)
{
	(void)state;
	RUNS("\0", 0, "");
	RUNS("\x21\x18\x34\x56\0", 0, "0@22068+24 ");
	/* forward, a hole, backward */
	RUNS("\x21\x10\x00\x10\x01\x04\x11\x04\xf0\0", 0,
	    "0@4096+16 16-+4 20@4080+4 ");
	/* eight bytes each */
	RUNS("\x88\x01\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0\0", 0, "0@2+1 ");
	RUNS("\x11\x01\xfe\0", 0, "a run is outside the volume");
	/* A hole of NT 4, which what is behind it does not count from. */
	RUNS("\x11\x03\xff\x11\x02\x05\0", 0, "0-+3 3@5+2 ");
	RUNS("\x11\x05\x05\x11\x01\xff\0", 0, "0@5+5 5@4+1 ");
	RUNS("\x11\x05\x05\x11\x01\xfa\0", 0,
	    "0@5+5 a run is outside the volume");
	RUNS("\x11\x05\x05\0", 10, "0@5+5 ");
	RUNS("\x11\x05\x05\0", 9, "a run is outside the volume");
	RUNS("\x11\0\x05\0", 0, "a run's length is beyond any file");
	RUNS("\x11\x80\x05\0", 0, "a run's length is beyond any file");
	RUNS("\x08\xff\xff\xff\xff\xff\xff\xff\x7f\x01\x01\0", 0,
	    "0-+9223372036854775807 a run's length is beyond any file");
	RUNS("\x81\x01\xff\xff\xff\xff\xff\xff\xff\x7f\0", 0,
	    "a run is outside the volume");
	RUNS("\x81\x01\xfe\xff\xff\xff\xff\xff\xff\x7f\x11\x01\x7f\0", 0,
	    "0@9223372036854775806+1 a run is outside the volume");
	RUNS("\x81\x01\0\0\0\0\0\0\0\x80\0", 0, "a run is outside the volume");
	RUNS("\x10\x01\0", 0, "no such run");
	RUNS(
	    "\x19\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\0", 0, "no such run");
	RUNS(
	    "\x91\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\0", 0, "no such run");
	RUNS("\x21\x18\x34", 0, "a run is cut");
	RUNS("\x21\x18\x34\x56", 0, "0@22068+24 a run list has no end");
	RUNS("", 0, "a run list has no end");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_keep_their_units),
		cmocka_unit_test(boot_sector),
		cmocka_unit_test(hostile_boot_sectors),
		cmocka_unit_test(whole_record),
		cmocka_unit_test(name_with_a_damaged_header),
		cmocka_unit_test(record_sizes_and_signatures),
		cmocka_unit_test(torn_sectors_are_counted),
		cmocka_unit_test(record_cut_at_every_byte),
		cmocka_unit_test(record_lengths),
		cmocka_unit_test(record_with_any_byte),
		cmocka_unit_test(compressed_and_continued),
		cmocka_unit_test(run_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
