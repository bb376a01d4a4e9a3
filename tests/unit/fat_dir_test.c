/*
 * fat_dir_test.c: directories of FAT, built by hand.
 */
#include <stdio.h>

#include <spill/fat.h>

#include "bytes.h"

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
	check_any_byte(span_of(b, len), len, 5, listing);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
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
