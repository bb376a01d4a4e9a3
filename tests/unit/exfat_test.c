/*
 * exfat_test.c: exFAT, built by hand.
 */
#include <spill/exfat.h>

#include "bytes.h"

/* --- boot sector -------------------------------------------------------- */

static void
make_boot(uint8_t b[512])
{
	memset(b, 0, 512);
	memcpy(b,
	    "\xeb\x76\x90"
	    "EXFAT   ",
	    11);
	put64(b + 0x40, 2048);
	put64(b + 0x48, 65536);
	put32(b + 0x50, 128);
	put32(b + 0x54, 128);
	put32(b + 0x58, 256);
	put32(b + 0x5c, 8160);
	put32(b + 0x60, 4);
	put32(b + 0x64, 0xcafe4711);
	put16(b + 0x68, 0x0100);
	b[0x6c] = 9;
	b[0x6d] = 3;
	b[0x6e] = 1;
	b[0x70] = 12;
	put16(b + 0x1fe, 0xaa55);
}

static void
boot_sector(void **state)
{
	struct spill_exfat_boot x;
	uint8_t b[512];

	(void)state;
	make_boot(b);
	assert_int_equal(spill_exfat_boot_read(span_of(b, 512), &x), SPILL_OK);
	assert_int_equal(x.sector_size, 512);
	assert_int_equal(x.cluster_size, 4096);
	assert_true(x.partition_sector == 2048 && x.sectors == 65536);
	assert_int_equal(x.fat_sector, 128);
	assert_int_equal(x.data_sector, 256);
	assert_int_equal(x.clusters, 8160);
	assert_int_equal(x.root_cluster, 4);
	assert_int_equal(x.serial, 0xcafe4711);
	assert_int_equal(x.major, 1);
	assert_int_equal(x.in_use, 12);
}

HEADER_READER(read_flaw, spill_exfat_boot)

static void
hostile_boot_sectors(void **state)
{
	static const struct field fields[] = {
		{ 0x48, 8, 0, "clusters are outside the volume" },
		{ 0x48, 8, 1, "clusters are outside the volume" },
		{ 0x48, 8, UINT64_MAX, NULL },
		{ 0x50, 4, 0, "the FAT is outside its place" },
		{ 0x50, 4, UINT32_MAX, "the FAT is outside its place" },
		{ 0x54, 4, 0, "the FAT is too short for the volume" },
		{ 0x54, 4, 1, "the FAT is too short for the volume" },
		{ 0x54, 4, UINT32_MAX, "the FAT is outside its place" },
		{ 0x58, 4, 0, "the FAT is outside its place" },
		{ 0x58, 4, UINT32_MAX, "clusters are outside the volume" },
		{ 0x5c, 4, 0, "the root directory is outside the volume" },
		{ 0x5c, 4, UINT32_MAX, "clusters are outside the volume" },
		{ 0x60, 4, 0, "the root directory is outside the volume" },
		{ 0x60, 4, 1, "the root directory is outside the volume" },
		{ 0x60, 4, 8162, "the root directory is outside the volume" },
		{ 0x60, 4, UINT32_MAX,
		    "the root directory is outside the volume" },
		{ 0x6c, 1, 0, "no such sector size" },
		{ 0x6c, 1, 255, "no such sector size" },
		{ 0x6d, 1, 17, "no such cluster size" },
		{ 0x6d, 1, 255, "no such cluster size" },
		{ 0x6e, 1, 0, "no such number of FATs" },
		{ 0x6e, 1, 255, "no such number of FATs" },
		{ 0x1fe, 2, 0, "no boot signature" },
	};
	static const struct header header = { make_boot, read_flaw, 512, 11 };

	(void)state;
	check_header(&header, fields, SPILL_COUNT(fields));
}

/* --- entry sets --------------------------------------------------------- */

#define DATE(y, m, d) ((uint32_t)(((y)-1980) << 9 | (m) << 5 | (d)) << 16)
#define TIME(h, m, s) ((h) << 11 | (m) << 5 | (s) / 2)

static void
put_sum(uint8_t *set)
{
	size_t n = (set[1] + 1u) * 32;
	unsigned sum = 0;

	for (size_t i = 0; i < n; i++)
		if (i != 2 && i != 3)
			sum = ((sum & 1 ? 0x8000 : 0) + (sum >> 1) + set[i]) &
			      0xffff;
	put16(set + 2, (uint16_t)sum);
}

/* units of UTF-16: "abc...zabc..." */
static uint8_t *
put_set(uint8_t *p, unsigned units)
{
	unsigned names = (units + 14) / 15;

	memset(p, 0, (2 + names) * 32);
	p[0] = 0x85;
	p[1] = (uint8_t)(1 + names);
	put16(p + 4, SPILL_EXFAT_ARCHIVE);
	put32(p + 8, DATE(2019, 3, 5) | TIME(10, 20, 30));
	put32(p + 12, DATE(2019, 3, 5) | TIME(10, 20, 32));
	put32(p + 16, DATE(2019, 3, 5) | TIME(10, 20, 34));
	p[20] = 199;
	p[21] = 45;
	p[22] = 0x80 | 4; /* +01:00 */
	p[23] = 0x80 | (0x80 - 14); /* -03:30 */
	p[24] = 4; /* not valid */
	p[32] = 0xc0;
	p[33] = 3;
	p[35] = (uint8_t)units;
	put16(p + 36, 0x4711);
	put64(p + 40, 4000);
	put32(p + 52, 9);
	put64(p + 56, 5000);
	for (unsigned i = 0; i < units; i++) {
		uint8_t *e = p + (2 + i / 15) * 32;

		e[0] = 0xc1;
		put16(e + 2 + i % 15 * 2, (uint16_t)('a' + i % 26));
	}
	put_sum(p);
	return p + (2 + names) * 32;
}

static void
entry_set(void **state)
{
	struct spill_exfat_entry e;
	struct spill_exfat_dir it;
	uint8_t b[192] = { 0 };

	(void)state;
	put_set(b, 17);
	it = spill_exfat_dir(span_of(b, sizeof(b)));
	assert_int_equal(spill_exfat_dir_next(&it, &e), SPILL_OK);
	assert_int_equal(e.kind, SPILL_EXFAT_FILE);
	assert_true(e.at == 0 && e.entries == 4 && !e.deleted && e.sum_ok);
	assert_true(e.has_stream && e.allocated && e.contiguous);
	assert_int_equal(e.attributes, SPILL_EXFAT_ARCHIVE);
	assert_int_equal(e.cluster, 9);
	assert_true(e.length == 5000 && e.valid == 4000);
	assert_int_equal(e.name_hash, 0x4711);
	assert_int_equal(e.name_units, 17);
	assert_string_equal(
	    utf16_text(span_of(e.name, e.name_len)), "abcdefghijklmnopq");
	assert_iso(e.times.at.born, "2019-03-05T09:20:31.99Z");
	assert_iso(e.times.at.modified, "2019-03-05T13:50:32.45Z");
	assert_iso(e.times.at.accessed, "2019-03-05T10:20:34");
	assert_false(e.times.at.changed.set);
	assert_true(e.times.raw.born ==
		    (DATE(2019, 3, 5) | TIME(10, 20, 30) | (uint64_t)199 << 32 |
			(uint64_t)0x84 << 40));
	assert_int_equal(spill_exfat_dir_next(&it, &e), SPILL_END);
}

static void
times(void **state)
{
	static const struct {
		uint32_t stamp;
		uint8_t fine, zone;
		const char *want;
		bool bad;
	} cases[] = {
		{ 0, 0, 0, "", false },
		{ 0, 100, 0x80, "", false },
		{ DATE(1980, 1, 1), 0, 0x80, "1980-01-01T00:00:00.00Z", false },
		{ DATE(1980, 1, 1), 0, 0x80 | 63, "1979-12-31T08:15:00.00Z",
		    false },
		{ DATE(1980, 1, 1), 0, 0x80 | 64, "1980-01-01T16:00:00.00Z",
		    false },
		{ DATE(1980, 1, 1), 0, 0xff, "1980-01-01T00:15:00.00Z", false },
		{ DATE(1980, 1, 1), 0, 0x7f, "1980-01-01T00:00:00.00", false },
		{ DATE(2107, 12, 31) | TIME(23, 59, 58), 199, 0xff,
		    "2108-01-01T00:14:59.99Z", false },
		{ DATE(2019, 2, 30), 0, 0, "", true },
		{ DATE(2019, 0, 1), 0, 0, "", true },
		{ DATE(2019, 3, 5) | TIME(24, 0, 0), 0, 0, "", true },
		{ DATE(2019, 3, 5), 200, 0x80, "2019-03-05T00:00:00Z", true },
		{ 0xffffffff, 0xff, 0xff, "", true },
	};
	struct spill_exfat_entry e;
	struct spill_exfat_dir it;
	uint8_t b[96];

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(cases); i++) {
		put_set(b, 1);
		put32(b + 12, cases[i].stamp);
		b[21] = cases[i].fine;
		b[23] = cases[i].zone;
		put_sum(b);
		it = spill_exfat_dir(span_of(b, sizeof(b)));
		assert_int_equal(spill_exfat_dir_next(&it, &e), SPILL_OK);
		assert_iso(e.times.at.modified, cases[i].want);
		assert_int_equal(
		    e.times.bad, cases[i].bad ? SPILL_MODIFIED : 0);
	}
}

/* C03: every length of a name, 128 among them. */
static void
names_of_every_length(void **state)
{
	struct spill_exfat_entry e;
	struct spill_exfat_dir it;
	uint8_t b[19 * 32 * 2];

	(void)state;
	for (unsigned n = 1; n <= 255; n++) {
		uint8_t *p = put_set(put_set(b, n), n);

		it = spill_exfat_dir(span_of(b, (size_t)(p - b)));
		for (int i = 0; i < 2; i++) {
			assert_int_equal(
			    spill_exfat_dir_next(&it, &e), SPILL_OK);
			assert_int_equal(e.name_len, n * 2);
			assert_int_equal(e.name[n * 2 - 2], 'a' + (n - 1) % 26);
		}
		assert_int_equal(spill_exfat_dir_next(&it, &e), SPILL_END);
	}
}

static const char *
listing(struct spill_span dir)
{
	static struct spill_buf b = SPILL_BUF_INIT(65536);
	struct spill_exfat_dir it = spill_exfat_dir(dir);
	struct spill_exfat_entry e;
	int rc;

	spill_buf_reset(&b);
	while ((rc = spill_exfat_dir_next(&it, &e)) != SPILL_END) {
		assert_int_equal(rc == SPILL_OK, e.flaw.what == NULL);
		assert_true(e.at < dir.len && e.entries <= 256);
		assert_true(e.name_len <= sizeof(e.name));
		spill_buf_printf(&b, "%zu+%u%s%s%s:%02x%s%s ", e.at / 32,
		    e.entries, e.deleted ? "x" : "", e.beyond ? "+" : "",
		    rc != SPILL_OK ? "!" : "", e.kind,
		    e.name_len > 0 ? "=" : "",
		    utf16_text(span_of(e.name, e.name_len)));
	}
	return spill_buf_str(&b);
}

static void
deleted_and_broken_sets(void **state)
{
	uint8_t b[512] = { 0 }, *p;
	struct spill_span s;

	(void)state;
	p = put_set(put_set(b, 3), 16);
	s = span_of(b, (size_t)(p - b));
	for (int i = 0; i < 3; i++)
		b[i * 32] &= 0x7f;
	assert_string_equal(listing(s), "0+3x:05=abc 3+4:05=abcdefghijklmnop ");
	b[64] |= 0x80; /* its name is of another set */
	assert_string_equal(
	    listing(s), "0+2x!:05 2+1!:41=abc 3+4:05=abcdefghijklmnop ");
	put_set(b, 3);
	b[2] ^= 1;
	assert_string_equal(listing(s), "0+3!:05=abc 3+4:05=abcdefghijklmnop ");
	put_set(b, 3);
	b[32] = 0xe0; /* no stream, but one of a vendor */
	put_sum(b);
	assert_string_equal(listing(s), "0+3!:05=abc 3+4:05=abcdefghijklmnop ");
	put_set(b, 3);
	b[1] = 255;
	assert_string_equal(listing(s), "0+3!:05=abc 3+4:05=abcdefghijklmnop ");
	b[1] = 0;
	assert_string_equal(
	    listing(s), "0+1!:05 1+1!:40 2+1!:41=abc 3+4:05=abcdefghijklmnop ");
	b[1] = 1;
	assert_string_equal(
	    listing(s), "0+2!:05 2+1!:41=abc 3+4:05=abcdefghijklmnop ");
	for (unsigned units = 0; units < 256; units += 51) {
		put_set(b, 3);
		b[35] = (uint8_t)units;
		put_sum(b);
		assert_non_null(strstr(listing(s), "0+3!:05"));
	}
	put_set(b, 3);
	put64(b + 40, 5001); /* more valid than there is */
	put_sum(b);
	assert_non_null(strstr(listing(s), "0+3!:05=abc"));
}

static void
other_entries(void **state)
{
	struct spill_exfat_entry e;
	struct spill_exfat_dir it;
	uint8_t b[160] = { 0 };

	(void)state;
	b[0] = 0x81;
	b[1] = 1;
	put32(b + 20, 2);
	put64(b + 24, 1020);
	b[32] = 0x82;
	put32(b + 36, 0xe619d30d);
	put32(b + 52, 3);
	put64(b + 56, 5836);
	b[64] = 0x83;
	b[65] = 6;
	put_utf16(b + 66, "SECRET");
	b[96] = 0xa0;
	memset(b + 102, 7, 16);
	b[128] = 0x03; /* no label */
	it = spill_exfat_dir(span_of(b, sizeof(b)));
	assert_int_equal(spill_exfat_dir_next(&it, &e), SPILL_OK);
	assert_true(e.kind == SPILL_EXFAT_BITMAP && e.which == 1);
	assert_true(e.cluster == 2 && e.length == 1020 && e.allocated);
	assert_int_equal(spill_exfat_dir_next(&it, &e), SPILL_OK);
	assert_true(e.kind == SPILL_EXFAT_UPCASE && e.cluster == 3);
	assert_int_equal(e.upcase_sum, 0xe619d30d);
	assert_int_equal(spill_exfat_dir_next(&it, &e), SPILL_OK);
	assert_int_equal(e.kind, SPILL_EXFAT_LABEL);
	assert_string_equal(utf16_text(span_of(e.name, e.name_len)), "SECRET");
	assert_int_equal(spill_exfat_dir_next(&it, &e), SPILL_OK);
	assert_true(e.kind == SPILL_EXFAT_GUID && e.guid[15] == 7);
	assert_int_equal(spill_exfat_dir_next(&it, &e), SPILL_OK);
	assert_true(e.kind == SPILL_EXFAT_LABEL && e.deleted);
	assert_int_equal(spill_exfat_dir_next(&it, &e), SPILL_END);
	b[65] = 255;
	assert_non_null(strstr(listing(span_of(b, sizeof(b))), "!:03=SECRET"));
}

static void
behind_the_end(void **state)
{
	uint8_t b[320] = { 0 };

	(void)state;
	put_set(b, 3);
	memset(b + 128, 0xc1, 64);
	put_set(b + 192, 4);
	assert_string_equal(
	    listing(span_of(b, sizeof(b))), "0+3:05=abc 6+3+:05=abcd ");
	/* A byte of a time: it still begins as a set should, and is flawed. */
	b[200] ^= 1;
	assert_string_equal(
	    listing(span_of(b, sizeof(b))), "0+3:05=abc 6+3+!:05=abcd ");
	/* What is reserved is not 0: its parts still fit together. */
	b[192 + 6] = 1;
	assert_string_equal(
	    listing(span_of(b, sizeof(b))), "0+3:05=abc 6+3+!:05=abcd ");
	/* The name is not as long as it says, too: it may be anything. */
	b[192 + 32 + 3] = 64;
	assert_string_equal(listing(span_of(b, sizeof(b))), "0+3:05=abc ");
	b[192 + 32 + 3] = 4;
	b[192 + 6] = 0;
	/* No stream follows. */
	b[192 + 32] = 0xc1;
	assert_string_equal(listing(span_of(b, sizeof(b))), "0+3:05=abc ");
}

static void
directory_cut_at_every_byte(void **state)
{
	uint8_t b[224], *p = put_set(put_set(b, 3), 16);
	size_t len = (size_t)(p - b);

	(void)state;
	for (size_t n = 0; n < len; n++) {
		uint8_t *q = exact(b, n);
		const char *got = listing(span_of(q, n));

		assert_int_equal(strchr(got, '!') == NULL, n == 0 || n == 96);
		free(q);
	}
	check_any_byte(span_of(b, len), len, 3, listing);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(boot_sector),
		cmocka_unit_test(hostile_boot_sectors),
		cmocka_unit_test(entry_set),
		cmocka_unit_test(times),
		cmocka_unit_test(names_of_every_length),
		cmocka_unit_test(deleted_and_broken_sets),
		cmocka_unit_test(other_entries),
		cmocka_unit_test(behind_the_end),
		cmocka_unit_test(directory_cut_at_every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
