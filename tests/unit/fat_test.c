/*
 * fat_test.c: FAT12, FAT16 and FAT32, built by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <spill/fat.h>

#include "bytes.h"

#include <cmocka.h>

/* --- boot sector -------------------------------------------------------- */

/* 16 MiB of FAT16, or 64 MiB of FAT32. */
static void
make_boot(uint8_t b[512], bool fat32)
{
	memset(b, 0, 512);
	memcpy(b, "\xeb\x3c\x90mkfs.fat", 11);
	put16(b + 0x0b, 512);
	b[0x0d] = fat32 ? 1 : 4;
	put16(b + 0x0e, fat32 ? 32 : 1);
	b[0x10] = 2;
	put16(b + 0x11, fat32 ? 0 : 512);
	put16(b + 0x13, fat32 ? 0 : 32768);
	b[0x15] = 0xf8;
	put16(b + 0x16, fat32 ? 0 : 32);
	put32(b + 0x20, fat32 ? 131072 : 0);
	if (fat32) {
		put32(b + 0x24, 1009);
		put32(b + 0x2c, 2);
		put16(b + 0x30, 1);
		put16(b + 0x32, 6);
	}
	b += fat32 ? 0x42 : 0x26;
	b[0] = 0x29;
	put32(b + 1, 0xcafe4711);
	memcpy(b + 5, "SECRET     ", 11);
	b -= fat32 ? 0x42 : 0x26;
	put16(b + 0x1fe, 0xaa55);
}

static void
boot_sectors(void **state)
{
	struct spill_fat_boot x;
	uint8_t b[512];

	(void)state;
	make_boot(b, false);
	assert_int_equal(spill_fat_boot_read(span_of(b, 512), &x), SPILL_OK);
	assert_int_equal(x.bits, 16);
	assert_int_equal(x.cluster_size, 2048);
	assert_int_equal(x.root_sector, 1 + 64);
	assert_int_equal(x.data_sector, 1 + 64 + 32);
	assert_int_equal(x.clusters, (32768 - 97) / 4);
	assert_int_equal(x.serial, 0xcafe4711);
	assert_memory_equal(x.label, "SECRET     ", 11);
	assert_int_equal(x.active, -1);
	put16(b + 0x13, 2880); /* a floppy disk's worth */
	assert_int_equal(spill_fat_boot_read(span_of(b, 512), &x), SPILL_OK);
	assert_int_equal(x.bits, 12);
	make_boot(b, true);
	assert_int_equal(spill_fat_boot_read(span_of(b, 512), &x), SPILL_OK);
	assert_int_equal(x.bits, 32);
	assert_int_equal(x.root_cluster, 2);
	assert_int_equal(x.root_sector, 0);
	assert_int_equal(x.data_sector, 32 + 2018);
	assert_int_equal(x.info_sector, 1);
	assert_int_equal(x.backup_sector, 6);
	assert_memory_equal(x.label, "SECRET     ", 11);
	put16(b + 0x28, 0x81);
	assert_int_equal(spill_fat_boot_read(span_of(b, 512), &x), SPILL_OK);
	assert_int_equal(x.active, 1);
}

static void
hostile_boot_sectors(void **state)
{
	static const struct {
		bool fat32;
		unsigned at, len;
		uint32_t v;
		const char *flaw;
	} cases[] = {
		{ false, 0x0b, 2, 0, "no such sector size" },
		{ false, 0x0b, 2, 1, "no such sector size" },
		{ false, 0x0b, 2, 65535, "no such sector size" },
		{ false, 0x0b, 2, 32768, "no such sector size" },
		{ false, 0x0d, 1, 0, "no such cluster size" },
		{ false, 0x0d, 1, 255, "no such cluster size" },
		{ false, 0x0e, 2, 0, "no reserved sectors" },
		{ false, 0x0e, 2, 65535, "the data begins outside" },
		{ false, 0x10, 1, 0, "no such number of FATs" },
		{ false, 0x10, 1, 255, "no such number of FATs" },
		{ false, 0x11, 2, 0, "no room for a root directory" },
		{ false, 0x11, 2, 1, NULL },
		{ false, 0x11, 2, 65535, NULL },
		{ false, 0x13, 2, 0, "no length of the volume" },
		{ false, 0x13, 2, 1, "the data begins outside" },
		{ false, 0x13, 2, 97, "the data begins outside" },
		{ false, 0x13, 2, 98, "no clusters" },
		{ false, 0x13, 2, 65535,
		    "the FAT is too short for the volume" },
		{ false, 0x16, 2, 0, "the data begins outside" },
		{ false, 0x16, 2, 1, "the FAT is too short for the volume" },
		{ false, 0x16, 2, 65535, "the data begins outside" },
		{ false, 0x1fe, 2, 0, "no boot signature" },
		{ true, 0x20, 4, 0, "no length of the volume" },
		{ true, 0x20, 4, UINT32_MAX,
		    "the FAT is too short for the volume" },
		{ true, 0x24, 4, 0, "no length of the FAT" },
		{ true, 0x24, 4, 1, "the FAT is too short for the volume" },
		{ true, 0x24, 4, UINT32_MAX, "the data begins outside" },
		{ true, 0x28, 2, 0x82, "no such active FAT" },
		{ true, 0x2c, 4, 0,
		    "the root directory is outside the volume" },
		{ true, 0x2c, 4, 1,
		    "the root directory is outside the volume" },
		{ true, 0x2c, 4, UINT32_MAX,
		    "the root directory is outside the volume" },
	};
	struct spill_fat_boot x;
	uint8_t b[512], v[4];

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(cases); i++) {
		make_boot(b, cases[i].fat32);
		put32(v, cases[i].v);
		memcpy(b + cases[i].at, v, cases[i].len);
		(void)spill_fat_boot_read(span_of(b, 512), &x);
		if (cases[i].flaw != NULL)
			assert_flaw(x.flaw, cases[i].flaw);
		else
			assert_null(x.flaw.what);
	}
	make_boot(b, true);
	for (size_t n = 0; n < 512; n++) {
		uint8_t *p = exact(b, n);

		assert_int_equal(spill_fat_boot_read(span_of(p, n), &x),
		    n == 0 ? SPILL_EFORMAT : SPILL_EDAMAGED);
		free(p);
	}
	memset(b, 0, 512);
	assert_int_equal(
	    spill_fat_boot_read(span_of(b, 512), &x), SPILL_EFORMAT);
}

/* --- the table ---------------------------------------------------------- */

static void
links_are(unsigned bits, struct spill_span fat, const char *want)
{
	struct spill_fat_boot boot = { .bits = bits, .clusters = 6 };
	size_t skip = SPILL_MIN((size_t)4 * bits / 8, fat.len);
	struct spill_span part = spill_span("");
	char got[16];

	if (skip > 0)
		part = (struct spill_span){ fat.p + skip, fat.len - skip };
	for (uint32_t i = 0; i < 10; i++) {
		enum spill_fat_link kind, other;
		uint32_t next;
		int rc = spill_fat_link(&boot, fat, i, &kind, &next);
		int again =
		    spill_fat_link_from(&boot, part, 4, i, &other, &next);

		got[i] = rc != SPILL_OK ? 'x' : "FNLBW"[kind];
		assert_int_equal(again, i < 4 ? SPILL_EDAMAGED : rc);
		if (again == SPILL_OK)
			assert_int_equal(other, kind);
		if (rc == SPILL_OK && kind == SPILL_FAT_NEXT)
			assert_int_equal(next, 3);
	}
	got[10] = '\0';
	assert_string_equal(got, want);
}

static void
tables(void **state)
{
	uint8_t b[40] = { 0 };

	(void)state;
	/* 2 -> 3, 3 last, 4 bad, 5 beyond, 6 free, 7 reserved; 8, 9: none */
	memcpy(b, "\xf8\xff\xff\x03\xf0\xff\xf7\x8f\x00\x00\x00\xff", 12);
	links_are(12, span_of(b, 12), "xxNLBWFWxx");
	links_are(12, span_of(b, 11), "xxNLBWFxxx");
	put16(b + 4, 3);
	put16(b + 6, 0xfff8);
	put16(b + 8, 0xfff7);
	put16(b + 10, 8);
	put16(b + 12, 0);
	put16(b + 14, 0xfff6);
	links_are(16, span_of(b, 16), "xxNLBWFWxx");
	put32(b + 8, 0xf0000003);
	put32(b + 12, 0x0fffffff);
	put32(b + 16, 0x0ffffff7);
	put32(b + 20, 1);
	put32(b + 24, 0x30000000);
	put32(b + 28, 0x0ffffff0);
	links_are(32, span_of(b, 32), "xxNLBWFWxx");
	links_are(32, span_of(b, 31), "xxNLBWFxxx");
	links_are(32, span_of(NULL, 0), "xxxxxxxxxx");
}

/* --- directories -------------------------------------------------------- */

#define DATE(y, m, d) (((y)-1980) << 9 | (m) << 5 | (d))
#define TIME(h, m, s) ((h) << 11 | (m) << 5 | (s) / 2)

static uint8_t *
put_short(uint8_t *p, const char name[12], uint8_t attributes)
{
	memset(p, 0, 32);
	memcpy(p, name, 11);
	p[11] = attributes;
	p[13] = 123;
	put16(p + 14, TIME(10, 20, 30));
	put16(p + 16, DATE(2019, 3, 5));
	put16(p + 18, DATE(2019, 3, 6));
	put16(p + 20, 1);
	put16(p + 22, TIME(23, 59, 58));
	put16(p + 24, DATE(2107, 12, 31));
	put16(p + 26, 7);
	put32(p + 28, 5000);
	return p + 32;
}

static uint8_t
sum_of(const char name[12])
{
	unsigned sum = 0;

	for (int i = 0; i < 11; i++)
		sum = ((sum & 1 ? 0x80 : 0) + (sum >> 1) + (uint8_t)name[i]) &
		      0xff;
	return (uint8_t)sum;
}

static uint8_t *
put_part(uint8_t *p, unsigned seq, const char *text, uint8_t sum)
{
	static const uint8_t place[13] = { 1, 3, 5, 7, 9, 14, 16, 18, 20, 22,
		24, 28, 30 };
	size_t len = strlen(text), at = ((seq & 0x1f) - 1) * 13;

	memset(p, 0, 32);
	p[0] = (uint8_t)seq;
	p[11] = 0x0f;
	p[13] = sum;
	for (size_t i = 0; i < 13; i++)
		put16(p + place[i], at + i < len    ? (uint8_t)text[at + i]
				    : at + i == len ? 0
						    : 0xffff);
	return p + 32;
}

/* A long name in all its parts, then its short one. */
static uint8_t *
put_long(uint8_t *p, const char *text, const char name[12])
{
	unsigned n = (unsigned)(strlen(text) + 12) / 13;

	for (unsigned i = n; i > 0; i--)
		p = put_part(p, i | (i == n ? 0x40u : 0), text, sum_of(name));
	return put_short(p, name, SPILL_FAT_ARCHIVE);
}

static void
erase(uint8_t *from, uint8_t *to)
{
	for (; from < to; from += 32)
		*from = 0xe5;
}

static void
short_entry(void **state)
{
	struct spill_fat_entry e;
	struct spill_fat_dir it;
	uint8_t b[64] = { 0 };

	(void)state;
	put_short(b, "README  TXT", SPILL_FAT_ARCHIVE);
	it = spill_fat_dir(span_of(b, 64), 16);
	assert_int_equal(spill_fat_dir_next(&it, &e), SPILL_OK);
	assert_string_equal(e.name, "README.TXT");
	assert_int_equal(e.name_len, 10);
	assert_true(e.at == 0 && e.first == 0 && !e.deleted && !e.dot);
	assert_int_equal(e.cluster, 7);
	assert_int_equal(e.size, 5000);
	assert_int_equal(e.long_kind, SPILL_FAT_LONG_NONE);
	assert_iso(e.times.at.born, "2019-03-05T10:20:31.23");
	assert_iso(e.times.at.accessed, "2019-03-06");
	assert_iso(e.times.at.modified, "2107-12-31T23:59:58");
	assert_false(e.times.at.changed.set);
	assert_true(
	    e.times.raw.born ==
	    ((uint64_t)123 << 32 | DATE(2019, 3, 5) << 16 | TIME(10, 20, 30)));
	assert_int_equal(spill_fat_dir_next(&it, &e), SPILL_END);
	it = spill_fat_dir(span_of(b, 64), 32);
	assert_int_equal(spill_fat_dir_next(&it, &e), SPILL_OK);
	assert_int_equal(e.cluster, 65536 + 7);
}

static void
short_names(void **state)
{
	static const struct {
		const char *raw;
		uint8_t nt, attributes;
		const char *want;
		bool bad;
	} cases[] = {
		{ "A       B  ", 0, 0, "A.B", false },
		{ "MEMO    DOC", 0x08, 0, "memo.DOC", false },
		{ "MEMO    DOC", 0x10, 0, "MEMO.doc", false },
		{ "MEMO    DOC", 0x18, 0, "memo.doc", false },
		{ "MEMO       ", 0x18, 0, "memo", false },
		{ "\x05"
		  "BC        ",
		    0, 0,
		    "\xe5"
		    "BC",
		    false },
		{ "\xe5"
		  "BC     TXT",
		    0, 0, "_BC.TXT", false },
		{ "\x8e\x81      \x99  ", 0x18, 0, "\x8e\x81.\x99", false },
		{ ".          ", 0, SPILL_FAT_DIRECTORY, ".", false },
		{ "..         ", 0, SPILL_FAT_DIRECTORY, "..", false },
		{ "MY DISK    ", 0, SPILL_FAT_LABEL, "MY DISK", false },
		{ "LONG.LABEL!", 0, SPILL_FAT_LABEL, "LONG.LABEL!", false },
		{ "A/B     C  ", 0, 0, "A/B.C", true },
		{ "A\nB     C  ", 0, 0, "A\nB.C", true },
		{ " A      C  ", 0, 0, " A.C", true },
		{ "A       B  ", 0, 0x40, "A.B", true },
	};
	struct spill_fat_entry e;
	struct spill_fat_dir it;
	uint8_t b[32];

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(cases); i++) {
		put_short(b, cases[i].raw, cases[i].attributes);
		b[12] = cases[i].nt;
		it = spill_fat_dir(span_of(b, 32), 16);
		assert_int_equal(spill_fat_dir_next(&it, &e),
		    cases[i].bad ? SPILL_EDAMAGED : SPILL_OK);
		assert_string_equal(e.name, cases[i].want);
		assert_int_equal(e.name_len, strlen(cases[i].want));
		assert_int_equal(e.dot, cases[i].raw[0] == '.');
	}
}

static void
times(void **state)
{
	static const struct {
		uint16_t date, time;
		uint8_t fine;
		const char *born, *day;
		unsigned bad;
	} cases[] = {
		{ 0, 0, 0, "", "", 0 },
		{ 0, 1, 0, "", "", SPILL_BORN | SPILL_MODIFIED },
		{ DATE(1980, 1, 1), 0, 0, "1980-01-01T00:00:00.00",
		    "1980-01-01", 0 },
		{ DATE(1980, 0, 1), 0, 0, "", "",
		    SPILL_BORN | SPILL_ACCESSED | SPILL_MODIFIED },
		{ DATE(1980, 1, 0), 0, 0, "", "",
		    SPILL_BORN | SPILL_ACCESSED | SPILL_MODIFIED },
		{ DATE(1980, 13, 1), 0, 0, "", "",
		    SPILL_BORN | SPILL_ACCESSED | SPILL_MODIFIED },
		{ DATE(2019, 2, 29), 0, 0, "", "",
		    SPILL_BORN | SPILL_ACCESSED | SPILL_MODIFIED },
		{ DATE(2000, 2, 29), 0, 199, "2000-02-29T00:00:01.99",
		    "2000-02-29", 0 },
		{ DATE(2100, 2, 29), 0, 0, "", "",
		    SPILL_BORN | SPILL_ACCESSED | SPILL_MODIFIED },
		{ DATE(2107, 12, 31), TIME(23, 59, 58), 199,
		    "2107-12-31T23:59:59.99", "2107-12-31", 0 },
		{ DATE(2019, 3, 5), TIME(24, 0, 0), 0, "", "2019-03-05",
		    SPILL_BORN | SPILL_MODIFIED },
		{ DATE(2019, 3, 5), TIME(0, 60, 0), 0, "", "2019-03-05",
		    SPILL_BORN | SPILL_MODIFIED },
		{ DATE(2019, 3, 5), TIME(0, 0, 60), 0, "", "2019-03-05",
		    SPILL_BORN | SPILL_MODIFIED },
		{ DATE(2019, 3, 5), TIME(1, 2, 4), 200, "2019-03-05T01:02:04",
		    "2019-03-05", SPILL_BORN },
		{ 0xffff, 0xffff, 0xff, "", "",
		    SPILL_BORN | SPILL_ACCESSED | SPILL_MODIFIED },
	};
	struct spill_fat_entry e;
	struct spill_fat_dir it;
	uint8_t b[32];

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(cases); i++) {
		put_short(b, "A          ", 0);
		b[13] = cases[i].fine;
		put16(b + 14, cases[i].time);
		put16(b + 16, cases[i].date);
		put16(b + 18, cases[i].date);
		put16(b + 22, cases[i].time);
		put16(b + 24, cases[i].date);
		it = spill_fat_dir(span_of(b, 32), 16);
		assert_int_equal(spill_fat_dir_next(&it, &e), SPILL_OK);
		assert_iso(e.times.at.born, cases[i].born);
		assert_iso(e.times.at.accessed, cases[i].day);
		assert_int_equal(e.times.bad, cases[i].bad);
		assert_true(e.times.raw.modified ==
			    ((uint32_t)cases[i].date << 16 | cases[i].time));
	}
}

/* The directory in short: one word an entry. */
static const char *
listing(struct spill_span dir)
{
	static struct spill_buf b = SPILL_BUF_INIT(65536);
	struct spill_fat_dir it = spill_fat_dir(dir, 16);
	struct spill_fat_entry e;
	int rc;

	spill_buf_reset(&b);
	while ((rc = spill_fat_dir_next(&it, &e)) != SPILL_END) {
		struct spill_span name = span_of(e.long_name, e.long_len);

		assert_int_equal(rc == SPILL_OK, e.flaw.what == NULL);
		assert_true(e.first <= e.at && e.at < dir.len);
		spill_buf_printf(&b, "%zu%s%s%s:%s%s%s%s%s%c ", e.at / 32,
		    e.deleted ? "x" : "", e.beyond ? "+" : "",
		    rc != SPILL_OK ? "!" : "", e.name, e.lost != 0 ? "?" : "",
		    e.lost != 0 ? (char[]){ (char)e.lost, 0 } : "",
		    e.long_len > 0 ? "=" : "", utf16_text(name),
		    "-WLO"[e.long_kind]);
	}
	return spill_buf_str(&b);
}

static const char memo[] = "a memo with a long name.docx";

static void
long_names(void **state)
{
	static const char name255[] =
	    "0123456789012345678901234567890123456789012345678901234567890123"
	    "0123456789012345678901234567890123456789012345678901234567890123"
	    "0123456789012345678901234567890123456789012345678901234567890123"
	    "012345678901234567890123456789012345678901234567890123456789012";
	struct spill_fat_entry e;
	struct spill_fat_dir it;
	uint8_t b[1024] = { 0 }, *p = b;

	(void)state;
	p = put_long(p, memo, "AMEMOW~1DOC");
	p = put_long(p, "thirteen.unit", "THIRTE~1UNI");
	assert_string_equal(listing(span_of(b, (size_t)(p - b))),
	    "3:AMEMOW~1.DOC=a memo with a long name.docxW "
	    "5:THIRTE~1.UNI=thirteen.unitW ");
	memset(b, 0, sizeof(b));
	put_long(b, name255, "012345~1   ");
	it = spill_fat_dir(span_of(b, sizeof(b)), 16);
	assert_int_equal(spill_fat_dir_next(&it, &e), SPILL_OK);
	assert_int_equal(e.long_len, 510);
	assert_true(e.first == 0 && e.at == 640);
}

static void
deleted_names(void **state)
{
	uint8_t b[512] = { 0 }, *p, *q;

	(void)state;
	p = put_long(b, memo, "AMEMOW~1DOC");
	q = put_long(p, "Zeta", "ZETA       ");
	erase(b, q);
	assert_string_equal(listing(span_of(b, 256)),
	    "3x:_MEMOW~1.DOC?A=a memo with a long name.docxL "
	    "5x:_ETA?Z=ZetaL ");
	/* The short entry was used again: the long name remains. */
	put_short(q - 32, "NEW        ", 0);
	assert_string_equal(listing(span_of(b, 256)),
	    "3x:_MEMOW~1.DOC?A=a memo with a long name.docxL "
	    "4x:=ZetaO 5:NEW- ");
	/* Another deleted one, whose first byte would not fit. */
	put_short(q - 32, "\xe5THER      ", 0);
	assert_string_equal(listing(span_of(b, 256)),
	    "3x:_MEMOW~1.DOC?A=a memo with a long name.docxL "
	    "4x:=ZetaO 5x:_THER- ");
	/* Two of the same name: only the first part of each has its end. */
	p = put_part(
	    put_part(b, 0x42, "fourteen.units", 1), 1, "fourteen.units", 1);
	memcpy(p, b, 64);
	memset(p + 64, 0, 32);
	erase(b, p + 64);
	assert_string_equal(listing(span_of(b, 160)),
	    "1x:=fourteen.unitsO 3x:=fourteen.unitsO ");
}

static void
broken_long_names(void **state)
{
	uint8_t b[1024] = { 0 }, *p;
	struct spill_span s;

	(void)state;
	p = put_long(b, memo, "AMEMOW~1DOC");
	s = span_of(b, (size_t)(p - b));
	b[64 + 13] ^= 1; /* a checksum within */
	assert_string_equal(listing(s),
	    "1:= long name.docxO 2:=a memo with aO 3:AMEMOW~1.DOC- ");
	b[13] ^= 1;
	b[32 + 13] ^= 1; /* all of them */
	assert_string_equal(
	    listing(s), "2:=a memo with a long name.docxO 3:AMEMOW~1.DOC- ");
	put_long(b, memo, "AMEMOW~1DOC");
	b[32] = 7; /* a number out of order */
	assert_string_equal(listing(s),
	    "0:=cxO 1:= long name.doO 2:=a memo with aO 3:AMEMOW~1.DOC- ");
	put_long(b, memo, "AMEMOW~1DOC");
	b[0] &= 0x3f; /* no first part */
	assert_string_equal(
	    listing(s), "2:=a memo with a long name.docxO 3:AMEMOW~1.DOC- ");
	put_long(b, memo, "AMEMOW~1DOC");
	assert_string_equal(
	    listing(span_of(b, 96)), "2:=a memo with a long name.docxO ");
	assert_string_equal(listing(span_of(b + 32, 96)),
	    "1:=a memo with a long name.doO 2:AMEMOW~1.DOC- ");
	/* More parts than any name has. */
	for (unsigned i = 0; i < 30; i++)
		put_part(b + i * 32, 0x41, "x", 1);
	assert_string_equal(listing(span_of(b, 64)), "0:=xO 1:=xO ");
	for (unsigned i = 0; i < 30; i++) {
		put_part(b + i * 32, 1, "abcdefghijklm", 1);
		b[i * 32] = 0xe5;
	}
	assert_memory_equal(listing(span_of(b, 960)), "19x:=abc", 8);
}

static void
behind_the_end(void **state)
{
	uint8_t b[512], *p = b;

	(void)state;
	memset(b, 0x41, sizeof(b));
	p = put_short(p, "FIRST      ", 0);
	memset(p, 0, 32);
	p += 32;
	p = put_long(p, memo, "AMEMOW~1DOC");
	p = put_short(p, "OLD        ", 0);
	assert_string_equal(listing(span_of(b, sizeof(b))),
	    "0:FIRST- 5+:AMEMOW~1.DOC=a memo with a long name.docxW "
	    "6+:OLD- ");
	/* An end between the parts of a name and its short entry. */
	memset(b, 0, sizeof(b));
	p = put_long(b, memo, "AMEMOW~1DOC");
	memmove(p, p - 32, 32);
	memset(p - 32, 0, 32);
	assert_string_equal(listing(span_of(b, sizeof(b))),
	    "2:=a memo with a long name.docxO 4+:AMEMOW~1.DOC- ");
}

static void
directory_cut_at_every_byte(void **state)
{
	uint8_t b[512], *p = b;
	size_t len;

	(void)state;
	p = put_short(p, ".          ", SPILL_FAT_DIRECTORY);
	p = put_long(p, memo, "AMEMOW~1DOC");
	p = put_short(p, "OLD        ", 0);
	len = (size_t)(p - b);
	for (size_t n = 0; n < len; n++) {
		uint8_t *q = exact(b, n);
		const char *got = listing(span_of(q, n));

		assert_int_equal(strchr(got, '!') != NULL, n % 32 != 0);
		assert_int_equal(strchr(got, 'W') != NULL, n >= 160);
		free(q);
	}
	for (size_t i = 0; i < len; i++)
		for (unsigned v = 0; v < 256; v += 5) {
			uint8_t *q = exact(b, len);

			q[i] = (uint8_t)v;
			(void)listing(span_of(q, len));
			free(q);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(boot_sectors),
		cmocka_unit_test(hostile_boot_sectors),
		cmocka_unit_test(tables),
		cmocka_unit_test(short_entry),
		cmocka_unit_test(short_names),
		cmocka_unit_test(times),
		cmocka_unit_test(long_names),
		cmocka_unit_test(deleted_names),
		cmocka_unit_test(broken_long_names),
		cmocka_unit_test(behind_the_end),
		cmocka_unit_test(directory_cut_at_every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
