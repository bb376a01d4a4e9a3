/*
 * iso_test.c: ISO 9660, Joliet and Rock Ridge, built by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <spill/iso.h>

#include "bytes.h"

#include <cmocka.h>

static void
both32(uint8_t *p, uint32_t v)
{
	put32(p, v);
	p[4] = (uint8_t)(v >> 24);
	p[5] = (uint8_t)(v >> 16);
	p[6] = (uint8_t)(v >> 8);
	p[7] = (uint8_t)v;
}

/* Returns its length. */
static size_t
put_record(uint8_t *p, const char *name, size_t len, uint32_t at, uint32_t size,
    unsigned flags)
{
	size_t n = 33 + (len | 1);

	memset(p, 0, n);
	p[0] = (uint8_t)n;
	both32(p + 2, at);
	both32(p + 10, size);
	memcpy(p + 18, "\x7c\x06\x03\x0a\x14\x1e\x08", 7); /* +02:00 */
	p[25] = (uint8_t)flags;
	p[28] = p[31] = 1; /* the volume's number */
	p[32] = (uint8_t)len;
	memcpy(p + 33, name, len);
	return n;
}

/* --- times -------------------------------------------------------------- */

static void
short_times(void **state)
{
	static const struct {
		const char raw[8], *want;
		int zone;
	} good[] = { { "\x7c\x06\x03\x0a\x14\x1e\x08", "2024-06-03T08:20:30Z",
			 120 },
		{ "\x7c\x06\x03\x0a\x14\x1e\xd0", "2024-06-03T22:20:30Z",
		    -720 },
		{ "\x7c\x02\x1d\x17\x3b\x3b\x34", "2024-02-29T10:59:59Z", 780 },
		{ "\x41\x03\x04\x05\x06\x07\x00", "1965-03-04T05:06:07Z", 0 },
		{ "\xff\x0c\x1f\x17\x3b\x3b\x00", "2155-12-31T23:59:59Z", 0 } };
	static const char bad[][8] = { "\x7c\x0d\x03\x0a\x14\x1e\x00",
		"\x7b\x02\x1d\x0a\x14\x1e\x00", "\x7c\x06\x00\x0a\x14\x1e\x00",
		"\x7c\x06\x03\x18\x14\x1e\x00", "\x7c\x06\x03\x0a\x3c\x1e\x00",
		"\x7c\x06\x03\x0a\x14\x3c\x00", "\x7c\x06\x03\x0a\x14\x1e\x35",
		"\x7c\x06\x03\x0a\x14\x1e\xcf" };
	struct spill_iso_time t;

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(good); i++) {
		t = spill_iso_time_short(span_of(good[i].raw, 7));
		assert_iso(t.at, good[i].want);
		assert_int_equal(t.zone, good[i].zone);
		assert_false(t.bad);
	}
	for (size_t i = 0; i < SPILL_COUNT(bad); i++) {
		t = spill_iso_time_short(span_of(bad[i], 7));
		assert_true(t.bad && !t.at.set);
	}
	t = spill_iso_time_short(span_of("\0\0\0\0\0\0\x08", 7));
	assert_true(!t.bad && !t.at.set);
	assert_false(spill_iso_time_short(span_of("\x7c\x06\x03", 3)).at.set);
}

static void
long_times(void **state)
{
	struct spill_iso_time t;

	(void)state;
	t = spill_iso_time_long(span_of("2024060310203099\x08", 17));
	assert_iso(t.at, "2024-06-03T08:20:30.99Z");
	assert_int_equal(t.zone, 120);
	t = spill_iso_time_long(span_of("1601010100000000\x00", 17));
	assert_iso(t.at, "1601-01-01T00:00:00.00Z");
	t = spill_iso_time_long(span_of("9999123123595999\x00", 17));
	assert_iso(t.at, "9999-12-31T23:59:59.99Z");
	t = spill_iso_time_long(span_of("9999123123595999\xd0", 17));
	assert_true(t.bad && !t.at.set);
	t = spill_iso_time_long(span_of("202406031020309x\x00", 17));
	assert_true(t.bad);
	t = spill_iso_time_long(span_of("2024 6031020309\0\x00", 17));
	assert_true(t.bad);
	t = spill_iso_time_long(span_of("0000000000000000\x00", 17));
	assert_true(!t.bad && !t.at.set);
	t = spill_iso_time_long(span_of("2024060310203099", 16));
	assert_true(!t.bad && !t.at.set);
}

/* --- directories -------------------------------------------------------- */

static const char *
listing(struct spill_span s)
{
	static struct spill_buf b = SPILL_BUF_INIT(1 << 16);
	struct spill_iso_dir it = spill_iso_dir(s);
	struct spill_iso_record r;
	int rc;

	spill_buf_reset(&b);
	while ((rc = spill_iso_dir_next(&it, &r)) != SPILL_END) {
		spill_buf_printf(&b,
		    "%s%zu:%u+%u/%x=", rc == SPILL_OK ? "" : "!", r.at, r.block,
		    r.size, r.flags);
		if (r.self || r.parent)
			spill_buf_puts(&b, r.self ? "." : "..");
		else
			spill_buf_span(&b, r.name);
		spill_buf_putc(&b, ' ');
	}
	return spill_buf_str(&b);
}

static void
directory(void **state)
{
	static uint8_t b[2 * SPILL_ISO_SECTOR];
	size_t n = put_record(b, "\0", 1, 20, 2048, 2);

	(void)state;
	n += put_record(b + n, "\1", 1, 19, 2048, 2);
	n += put_record(b + n, "A.TXT;1", 7, 30, 5, 0);
	n += put_record(b + n, "EVEN", 4, 31, 6, 1);
	(void)put_record(b + SPILL_ISO_SECTOR, "NEXT", 4, 32, 7, 0x80);
	assert_string_equal(listing(span_of(b, sizeof(b))),
	    "0:20+2048/2=. 34:19+2048/2=.. 68:30+5/0=A.TXT;1 "
	    "108:31+6/1=EVEN 2048:32+7/80=NEXT ");
	/* Longer than the sector, shorter than a record, none, over the next
	 * one: what lies
	 * between it and the next one is the record. */
	for (unsigned i = 0; i < 4; i++) {
		b[68] = "\xff\x14\0\x54"[i];
		assert_string_equal(listing(span_of(b, 200)),
		    "0:20+2048/2=. 34:19+2048/2=.. !68:30+5/0=A.TXT;1 "
		    "108:31+6/1=EVEN ");
	}
	b[68] = 20;
	b[68 + 2]++; /* nor is it one: that which is behind it is */
	assert_string_equal(listing(span_of(b, 200)),
	    "0:20+2048/2=. 34:19+2048/2=.. !68:0+0/0= 108:31+6/1=EVEN ");
	put_record(b + 68, "A.TXT;1", 7, 30, 5, 0);
	b[108] = 0; /* the last one */
	assert_string_equal(listing(span_of(b, 2048)),
	    "0:20+2048/2=. 34:19+2048/2=.. 68:30+5/0=A.TXT;1 "
	    "!108:31+6/1=EVEN ");
	put_record(b + 108, "EVEN", 4, 31, 6, 1);
	b[68 + 32] = 0; /* a name of no length */
	assert_string_equal(listing(span_of(b, 2048)),
	    "0:20+2048/2=. 34:19+2048/2=.. !68:30+5/0= 108:31+6/1=EVEN ");
	b[68 + 32] = 200;
	assert_non_null(strstr(listing(span_of(b, 2048)), "!68:30+5/0=A.TX"));
	b[68 + 32] = 7;
	b[68 + 2]++; /* not the same in both orders */
	assert_non_null(
	    strstr(listing(span_of(b, 2048)), "!68:31+5/0=A.TXT;1 108:"));
}

static void
record_cut_at_every_byte(void **state)
{
	uint8_t b[64];
	struct spill_iso_record r;
	size_t len = put_record(b, "NAME", 4, 20, 2048, 0);

	(void)state;
	memcpy(b + len, "NM\x07\x01\x00xy", 7);
	len += 7;
	b[0] = (uint8_t)len;
	for (size_t n = 1; n < len; n++) {
		uint8_t *q = exact(b, n);

		assert_int_equal(
		    spill_iso_record_read(span_of(q, n), &r), SPILL_EDAMAGED);
		free(q);
	}
	assert_int_equal(spill_iso_record_read(span_of(b, len), &r), SPILL_OK);
	assert_int_equal(r.use.len, 7);
	assert_memory_equal(r.use.p, "NM", 2);
	assert_iso(r.time.at, "2024-06-03T08:20:30Z");
	assert_int_equal(spill_iso_record_read(span_of("", 1), &r), SPILL_END);
}

/* --- volume descriptors ------------------------------------------------- */

static void
make_volume(uint8_t b[SPILL_ISO_SECTOR], uint8_t kind)
{
	memset(b, 0, SPILL_ISO_SECTOR);
	b[0] = kind;
	memcpy(b + 1, "CD001\1", 6);
	memcpy(b + 40, "SECRET DISC                     ", 32);
	both32(b + 80, 5000);
	put16(b + 128, 2048);
	b[130] = 8;
	(void)put_record(b + 156, "\0", 1, 20, 4096, 2);
	memcpy(b + 813, "2024060310203099\x08", 17);
	memcpy(b + 830, "0000000000000000\x00", 17);
}

static void
volumes(void **state)
{
	uint8_t b[SPILL_ISO_SECTOR];
	struct spill_iso_volume v;

	(void)state;
	make_volume(b, SPILL_ISO_PRIMARY);
	assert_int_equal(
	    spill_iso_volume_read(span_of(b, sizeof(b)), &v), SPILL_OK);
	assert_int_equal(v.kind, SPILL_ISO_PRIMARY);
	assert_int_equal(v.joliet, 0);
	assert_int_equal(v.blocks, 5000);
	assert_int_equal(v.block_size, 2048);
	assert_int_equal(v.root.block, 20);
	assert_int_equal(v.root.size, 4096);
	assert_iso(v.made.at, "2024-06-03T08:20:30.99Z");
	assert_false(v.modified.at.set);
	make_volume(b, SPILL_ISO_SUPPLEMENTARY);
	memcpy(b + 88, "%/E", 3);
	assert_int_equal(
	    spill_iso_volume_read(span_of(b, sizeof(b)), &v), SPILL_OK);
	assert_int_equal(v.joliet, 3);
	memcpy(b + 88, "%/F", 3);
	(void)spill_iso_volume_read(span_of(b, sizeof(b)), &v);
	assert_int_equal(v.joliet, 0);
	put16(b + 128, 0);
	assert_int_equal(
	    spill_iso_volume_read(span_of(b, sizeof(b)), &v), SPILL_EDAMAGED);
	assert_int_equal(v.block_size, 0);
	make_volume(b, SPILL_ISO_PRIMARY);
	b[156 + 25] = 0; /* the root is no folder */
	assert_int_equal(
	    spill_iso_volume_read(span_of(b, sizeof(b)), &v), SPILL_EDAMAGED);
	assert_int_equal(
	    spill_iso_volume_read(span_of(b, 200), &v), SPILL_EDAMAGED);
	b[0] = 255;
	assert_int_equal(
	    spill_iso_volume_read(span_of(b, sizeof(b)), &v), SPILL_OK);
	b[1] = 'X';
	assert_int_equal(
	    spill_iso_volume_read(span_of(b, sizeof(b)), &v), SPILL_EFORMAT);
}

/* --- Rock Ridge --------------------------------------------------------- */

static struct spill_iso_rock rock;

static int
add(const void *area, size_t n)
{
	uint8_t *q = exact(area, n);
	int rc = spill_iso_rock_add(&rock, span_of(q, n));

	free(q);
	return rc;
}

static struct spill_span
name(void)
{
	return span_of(rock.name, rock.name_len);
}

static struct spill_span
target(void)
{
	return span_of(rock.target, rock.target_len);
}

static void
rock_names(void **state)
{
	(void)state;
	spill_iso_rock_clear(&rock);
	assert_int_equal(add("NM\x08\x01\x01"
			     "abcNM\x07\x01\x00"
			     "deST\x04\x01NM\x06\x01\x00x",
			     25),
	    SPILL_OK);
	assert_true(spill_span_eq(name(), SPILL_SPAN("abcde")));
	assert_int_equal(rock.has, SPILL_ISO_HAS_NAME);
	spill_iso_rock_clear(&rock);
	assert_int_equal(add("NM\x05\x01\x04", 5), SPILL_OK);
	assert_true(rock.dotdot && !rock.dot && rock.name_len == 0);
	/* Names without end. */
	spill_iso_rock_clear(&rock);
	for (unsigned i = 0; i < 100; i++) {
		char area[255] = { 'N', 'M', (char)255, 1, 1 };

		(void)add(area, sizeof(area));
	}
	assert_int_equal(rock.name_len, SPILL_ISO_TEXT);
	assert_flaw(rock.flaw, "a text is too long");
}

static void
rock_links(void **state)
{
	(void)state;
	spill_iso_rock_clear(&rock);
	assert_int_equal(add("SL\x12\x01\x00\x08\x00\x00\x03usr\x02\x00\x04\x00"
			     "\x00\x00",
			     18),
	    SPILL_OK);
	assert_true(spill_span_eq(target(), SPILL_SPAN("/usr/./../")));
	spill_iso_rock_clear(&rock);
	/* A component that goes on in the next field. */
	assert_int_equal(add("SL\x09\x01\x01\x01\x02"
			     "abSL\x0d\x01\x00\x00\x02"
			     "cd\x00\x02"
			     "ef",
			     22),
	    SPILL_OK);
	assert_true(spill_span_eq(target(), SPILL_SPAN("abcd/ef")));
	spill_iso_rock_clear(&rock);
	assert_int_equal(add("SL\x09\x01\x00\x00\x99"
			     "ab",
			     9),
	    SPILL_EDAMAGED);
	assert_true(spill_span_eq(target(), SPILL_SPAN("ab")));
	assert_flaw(rock.flaw, "target of a link is cut");
}

static void
rock_fields(void **state)
{
	uint8_t px[36] = { 'P', 'X', 36, 1 }, ce[28] = { 'C', 'E', 28, 1 };
	uint8_t tf[5 + 2 * 17] = { 'T', 'F', sizeof(tf), 1, 0x83 };
	uint8_t cl[12] = { 'C', 'L', 12, 1 };

	(void)state;
	spill_iso_rock_clear(&rock);
	both32(px + 4, 0100644);
	both32(px + 12, 2);
	both32(px + 20, 1000);
	both32(px + 28, 100);
	assert_int_equal(add(px, sizeof(px)), SPILL_OK);
	assert_int_equal(rock.mode, 0100644);
	assert_int_equal(rock.links, 2);
	assert_int_equal(rock.uid, 1000);
	assert_int_equal(rock.gid, 100);
	both32(ce + 4, 77);
	both32(ce + 12, 8);
	both32(ce + 20, 99);
	assert_int_equal(add(ce, sizeof(ce)), SPILL_OK);
	assert_true(rock.more);
	assert_int_equal(rock.more_block, 77);
	assert_int_equal(rock.more_at, 8);
	assert_int_equal(rock.more_len, 99);
	memcpy(tf + 5, "1960010203040567\x00", 17);
	memcpy(tf + 22, "2024060310203099\x08", 17);
	assert_int_equal(add(tf, sizeof(tf)), SPILL_OK);
	assert_false(rock.more);
	assert_iso(rock.born.at, "1960-01-02T03:04:05.67Z");
	assert_iso(rock.modified.at, "2024-06-03T08:20:30.99Z");
	assert_false(rock.accessed.at.set);
	assert_int_equal(add(tf, 5 + 17), SPILL_EDAMAGED);
	both32(cl + 4, 1234);
	spill_iso_rock_clear(&rock);
	assert_int_equal(add(cl, sizeof(cl)), SPILL_OK);
	assert_int_equal(rock.child, 1234);
	assert_int_equal(add("RE\x04\x01SP\x07\x01\xbe\xef\x05", 11), SPILL_OK);
	assert_int_equal(rock.has,
	    SPILL_ISO_HAS_CHILD | SPILL_ISO_RELOCATED | SPILL_ISO_HAS_MARK);
	assert_int_equal(rock.skip, 5);
}

static void
hostile_areas(void **state)
{
	static const char *const bad[] = { "NM\x03\x01", "NM\x01\x01x",
		"NM\xff\x01\x01x", "PX\x08\x01\x01\x01\x01\x01" };
	uint8_t area[64];

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(bad); i++) {
		spill_iso_rock_clear(&rock);
		assert_int_equal(add(bad[i], strlen(bad[i])), SPILL_EDAMAGED);
	}
	for (unsigned v = 0; v < 256; v++)
		for (size_t at = 0; at < 22; at++) {
			memcpy(area,
			    "SL\x09\x01\x01\x01\x02"
			    "abSL\x0d\x01\x00\x00\x02"
			    "cd\x00\x02"
			    "ef",
			    22);
			area[at] = (uint8_t)v;
			spill_iso_rock_clear(&rock);
			(void)add(area, 22);
			assert_true(rock.target_len <= 64);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(short_times),
		cmocka_unit_test(long_times),
		cmocka_unit_test(directory),
		cmocka_unit_test(record_cut_at_every_byte),
		cmocka_unit_test(volumes),
		cmocka_unit_test(rock_names),
		cmocka_unit_test(rock_links),
		cmocka_unit_test(rock_fields),
		cmocka_unit_test(hostile_areas),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
