/*
 * ntfs_value_test.c: contents of NTFS's attributes and indexes, built by hand.
 */
#include <spill/ntfs.h>

#include "ntfs_make.h"

/* --- values ------------------------------------------------------------- */

static void
times_of_c15(void **state)
{
	static const struct {
		uint64_t raw;
		const char *want;
		bool bad;
	} cases[] = {
		{ 0, "", false },
		{ 1, "1601-01-01T00:00:00.0000001Z", false },
		{ T_2019, "2019-03-05T10:20:30.1234567Z", false },
		{ 0x019db1ded53e8000, "1970-01-01T00:00:00.0000000Z", false },
		{ 0x019db1ded53e7fff, "1969-12-31T23:59:59.9999999Z", false },
		{ 1262304000000000, "1605-01-01T00:00:00.0000000Z", false },
		{ 113292864000000000, "1960-01-06T00:00:00.0000000Z", false },
		/* 2^31, 2^32-1 and 2^34 s after 1970 */
		{ 116444736000000000 + 2147483648 * 10000000,
		    "2038-01-19T03:14:08.0000000Z", false },
		{ 116444736000000000 + 4294967295 * 10000000,
		    "2106-02-07T06:28:15.0000000Z", false },
		{ 116444736000000000 + 17179869184 * 10000000,
		    "2514-05-30T01:53:04.0000000Z", false },
		{ 2650467743999999999, "9999-12-31T23:59:59.9999999Z", false },
		{ 2650467744000000000, "", true },
		{ INT64_MAX, "", true },
		{ 1ULL << 63, "", true },
		{ UINT64_MAX, "", true },
	};

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(cases); i++) {
		struct spill_ntfs_info x;
		uint8_t b[0x30] = { 0 };

		put64(b + 8, cases[i].raw);
		assert_int_equal(
		    spill_ntfs_info_read(span_of(b, sizeof(b)), &x), SPILL_OK);
		assert_iso(x.times.at.modified, cases[i].want);
		assert_int_equal(
		    x.times.bad, cases[i].bad ? SPILL_MODIFIED : 0);
		assert_true(x.times.raw.modified == cases[i].raw);
		assert_false(x.times.at.born.set);
		assert_false(x.extended);
	}
}

static void
standard_information(void **state)
{
	struct spill_ntfs_info x;
	uint8_t b[0x48] = { 0 };

	(void)state;
	for (int i = 0; i < 4; i++)
		put64(b + i * 8, T_2019 + (uint64_t)i);
	put32(b + 0x20, 0x2002);
	put32(b + 0x30, 3);
	put32(b + 0x34, 256);
	put64(b + 0x40, 4711);
	assert_int_equal(spill_ntfs_info_read(span_of(b, 0x48), &x), SPILL_OK);
	assert_iso(x.times.at.born, "2019-03-05T10:20:30.1234567Z");
	assert_iso(x.times.at.modified, "2019-03-05T10:20:30.1234568Z");
	assert_iso(x.times.at.changed, "2019-03-05T10:20:30.1234569Z");
	assert_iso(x.times.at.accessed, "2019-03-05T10:20:30.1234570Z");
	assert_int_equal(x.attributes, 0x2002);
	assert_true(x.extended && x.owner_id == 3 && x.security_id == 256);
	assert_true(x.usn == 4711);
	for (size_t n = 0; n < 0x48; n++) {
		uint8_t *p = exact(b, n);
		int rc = spill_ntfs_info_read(span_of(p, n), &x);

		assert_int_equal(rc, n == 0x30 ? SPILL_OK : SPILL_EDAMAGED);
		assert_int_equal(x.times.at.born.set, n >= 8);
		free(p);
	}
}

static void
file_name(void **state)
{
	struct spill_ntfs_name x;
	uint8_t b[0x42 + 510] = { 0 };
	size_t len = make_file_name(b, "ab.txt");

	(void)state;
	assert_int_equal(spill_ntfs_name_read(span_of(b, len), &x), SPILL_OK);
	assert_true(x.parent.record == 5 && x.parent.sequence == 5);
	assert_true(x.allocated == 8192 && x.size == 5000);
	assert_int_equal(x.attributes, SPILL_NTFS_A_ARCHIVE);
	assert_int_equal(x.space, SPILL_NTFS_WIN32_AND_DOS);
	assert_string_equal(utf16_text(x.name), "ab.txt");
	assert_iso(x.times.at.changed, "2019-03-05T10:20:30.1234570Z");
	for (size_t n = 0; n < len; n++) {
		uint8_t *p = exact(b, n);

		assert_int_equal(
		    spill_ntfs_name_read(span_of(p, n), &x), SPILL_EDAMAGED);
		if (n == len - 1)
			assert_string_equal(utf16_text(x.name), "ab.tx");
		free(p);
	}
	b[0x41] = 4;
	(void)spill_ntfs_name_read(span_of(b, len), &x);
	assert_flaw(x.flaw, "no such namespace");
	b[0x40] = 0;
	(void)spill_ntfs_name_read(span_of(b, len), &x);
	assert_flaw(x.flaw, "a name is empty");
	/* C05: nothing but surrogates, each alone */
	b[0x40] = 255;
	b[0x41] = 0;
	for (int i = 0; i < 255; i++)
		put16(b + 0x42 + i * 2, 0xdc00);
	assert_int_equal(
	    spill_ntfs_name_read(span_of(b, sizeof(b)), &x), SPILL_OK);
	assert_int_equal(strlen(utf16_text(x.name)), 255 * 3);
}

static void
attribute_list(void **state)
{
	struct spill_ntfs_listed e;
	struct spill_ntfs_list it;
	uint8_t b[0x48] = { 0 };

	(void)state;
	put32(b, SPILL_NTFS_DATA);
	put16(b + 4, 0x20);
	put64(b + 8, 24);
	put64(b + 16, 7ULL << 48 | 300);
	put16(b + 24, 3);
	put32(b + 0x20, SPILL_NTFS_BITMAP);
	put16(b + 0x24, 0x28);
	b[0x26] = 4;
	b[0x27] = 0x1a;
	put_utf16(b + 0x3a, "$I30");
	it = spill_ntfs_list(span_of(b, sizeof(b)));
	assert_int_equal(spill_ntfs_list_next(&it, &e), SPILL_OK);
	assert_int_equal(e.type, SPILL_NTFS_DATA);
	assert_true(e.first_vcn == 24 && e.where.record == 300);
	assert_true(e.where.sequence == 7 && e.id == 3 && e.name.len == 0);
	assert_int_equal(spill_ntfs_list_next(&it, &e), SPILL_OK);
	assert_int_equal(e.at, 0x20);
	assert_string_equal(utf16_text(e.name), "$I30");
	assert_int_equal(spill_ntfs_list_next(&it, &e), SPILL_END);
	for (size_t n = 1; n < sizeof(b); n++) {
		uint8_t *p = exact(b, n);
		unsigned bad = 0;

		it = spill_ntfs_list(span_of(p, n));
		while ((bad += spill_ntfs_list_next(&it, &e) == SPILL_EDAMAGED,
			   !it.done && e.flaw.what == NULL) &&
		       it.cur.pos < n)
			;
		assert_int_equal(bad, n != 0x20);
		free(p);
	}
	for (unsigned len = 0; len < 0x1a; len++) {
		put16(b + 4, (uint16_t)len);
		it = spill_ntfs_list(span_of(b, sizeof(b)));
		assert_int_equal(spill_ntfs_list_next(&it, &e), SPILL_EDAMAGED);
		assert_int_equal(spill_ntfs_list_next(&it, &e), SPILL_END);
	}
}

static void
small_values(void **state)
{
	struct spill_ntfs_object_id o;
	struct spill_ntfs_volume v;
	uint8_t b[64];

	(void)state;
	for (unsigned i = 0; i < 64; i++)
		b[i] = (uint8_t)i;
	assert_int_equal(
	    spill_ntfs_object_id_read(span_of(b, 16), &o), SPILL_OK);
	assert_true(!o.births && o.id[15] == 15);
	assert_int_equal(
	    spill_ntfs_object_id_read(span_of(b, 64), &o), SPILL_OK);
	assert_true(o.births && o.birth_domain[0] == 48);
	assert_int_equal(
	    spill_ntfs_object_id_read(span_of(b, 63), &o), SPILL_EDAMAGED);
	assert_int_equal(
	    spill_ntfs_object_id_read(span_of(b, 15), &o), SPILL_EDAMAGED);
	assert_int_equal(spill_ntfs_volume_read(span_of(b, 12), &v), SPILL_OK);
	assert_true(v.major == 8 && v.minor == 9 && v.flags == 0x0b0a);
	assert_int_equal(
	    spill_ntfs_volume_read(span_of(b, 11), &v), SPILL_EDAMAGED);
}

static size_t
make_link(uint8_t *b, uint32_t tag, const char *target, const char *shown)
{
	size_t base = tag == SPILL_NTFS_TAG_SYMLINK ? 20 : 16;
	size_t t = put_utf16(b + base, target) * 2;
	size_t s = put_utf16(b + base + t, shown) * 2;

	put32(b, tag);
	put16(b + 4, (uint16_t)(base + t + s - 8));
	put16(b + 6, 0);
	put16(b + 8, 0);
	put16(b + 10, (uint16_t)t);
	put16(b + 12, (uint16_t)t);
	put16(b + 14, (uint16_t)s);
	if (base == 20)
		put32(b + 16, 1);
	return base + t + s;
}

static void
reparse_points(void **state)
{
	struct spill_ntfs_reparse x;
	uint8_t b[256] = { 0 };
	size_t len;

	(void)state;
	len = make_link(b, SPILL_NTFS_TAG_SYMLINK, "..\\a", "a");
	assert_int_equal(
	    spill_ntfs_reparse_read(span_of(b, len), &x), SPILL_OK);
	assert_true(x.relative);
	assert_string_equal(utf16_text(x.target), "..\\a");
	assert_string_equal(utf16_text(x.shown), "a");
	len = make_link(b, SPILL_NTFS_TAG_JUNCTION, "\\??\\C:\\x", "C:\\x");
	assert_int_equal(
	    spill_ntfs_reparse_read(span_of(b, len), &x), SPILL_OK);
	assert_false(x.relative);
	assert_string_equal(utf16_text(x.target), "\\??\\C:\\x");
	for (size_t n = 0; n < len; n++) {
		uint8_t *p = exact(b, n);

		assert_int_equal(
		    spill_ntfs_reparse_read(span_of(p, n), &x), SPILL_EDAMAGED);
		free(p);
	}
	put16(b + 10, 0xffff);
	assert_int_equal(
	    spill_ntfs_reparse_read(span_of(b, len), &x), SPILL_EDAMAGED);
	memset(b, 0, sizeof(b));
	put32(b, SPILL_NTFS_TAG_WOF);
	put16(b + 4, 16);
	put32(b + 8, 1);
	put32(b + 12, 2);
	put32(b + 16, 1);
	put32(b + 20, 1);
	assert_int_equal(spill_ntfs_reparse_read(span_of(b, 24), &x), SPILL_OK);
	assert_true(x.wof_provider == 2 && x.wof_format == 1);
	put32(b, 0x20000099); /* not Microsoft's: a GUID first */
	put16(b + 4, 3);
	assert_int_equal(spill_ntfs_reparse_read(span_of(b, 27), &x), SPILL_OK);
	assert_true(x.data.p == (char *)b + 24 && x.data.len == 3);
}

/* --- indexes ------------------------------------------------------------ */

static size_t
put_entry(uint8_t *p, uint64_t ref, const char *name)
{
	size_t key = make_file_name(p + 16, name);
	size_t len = (16 + key + 7) / 8 * 8;

	put64(p, ref);
	put16(p + 8, (uint16_t)len);
	put16(p + 10, (uint16_t)key);
	put32(p + 12, 0);
	return len;
}

static size_t
put_last(uint8_t *p, bool inner)
{
	put64(p, 0);
	put16(p + 8, inner ? 24 : 16);
	put16(p + 10, 0);
	put32(p + 12, inner ? 3 : 2);
	if (inner)
		put64(p + 16, 8);
	return inner ? 24 : 16;
}

/* Two entries, the end, and two older ones behind it. */
static void
make_block(uint8_t b[4096])
{
	size_t at = 0x40;

	memset(b, 0, 4096);
	memcpy(b, "INDX", 4);
	put16(b + 4, 0x28);
	put16(b + 6, 9);
	put64(b + 8, 5);
	put64(b + 16, 3);
	put32(b + 24, (uint32_t)at - 24);
	put32(b + 32, 4096 - 24);
	at += put_entry(b + at, 1ULL << 48 | 64, "alpha");
	at += put_entry(b + at, 1ULL << 48 | 65, "beta");
	at += put_last(b + at, false);
	put32(b + 28, (uint32_t)at - 24);
	put_entry(b + at - 16, 2ULL << 48 | 66, "gone.txt");
	put_last(b + at - 16, false); /* over the head of the former */
	at += (16 + 0x42 + 16 + 7) / 8 * 8 - 16;
	put_entry(b + at, 3ULL << 48 | 67, "also.gone");
	for (size_t i = 1; i <= 8; i++) {
		memcpy(b + 0x28 + i * 2, b + i * 512 - 2, 2);
		put16(b + i * 512 - 2, 0x0001);
	}
	put16(b + 0x28, 0x0001);
}

static void
index_block(void **state)
{
	uint8_t b[4096], copy[4096];
	struct spill_ntfs_entries it;
	struct spill_ntfs_entry e;
	struct spill_ntfs_index x;
	struct spill_ntfs_name n;
	size_t at;

	(void)state;
	make_block(b);
	assert_int_equal(
	    spill_ntfs_index_block(span_of(b, 4096), copy, &x), SPILL_OK);
	assert_true(x.vcn == 3 && x.lsn == 5 && !x.inner);
	it = spill_ntfs_entries(&x);
	assert_int_equal(spill_ntfs_entries_next(&it, &e), SPILL_OK);
	assert_true(e.file.record == 64 && !e.last);
	assert_int_equal(spill_ntfs_name_read(e.key, &n), SPILL_OK);
	assert_string_equal(utf16_text(n.name), "alpha");
	assert_int_equal(spill_ntfs_entries_next(&it, &e), SPILL_OK);
	assert_int_equal(spill_ntfs_entries_next(&it, &e), SPILL_OK);
	assert_true(e.last && e.key.len == 0);
	assert_int_equal(spill_ntfs_entries_next(&it, &e), SPILL_END);
	it = spill_ntfs_slack(&x);
	assert_int_equal(spill_ntfs_slack_next(&it, &e), SPILL_OK);
	assert_int_equal(spill_ntfs_name_read(e.key, &n), SPILL_OK);
	assert_string_equal(utf16_text(n.name), "gone.txt");
	assert_true(e.file.record == 0); /* its head is lost */
	assert_int_equal(spill_ntfs_slack_next(&it, &e), SPILL_OK);
	assert_int_equal(spill_ntfs_name_read(e.key, &n), SPILL_OK);
	assert_string_equal(utf16_text(n.name), "also.gone");
	assert_true(e.file.record == 67 && e.file.sequence == 3);
	assert_int_equal(spill_ntfs_slack_next(&it, &e), SPILL_END);
	/* A head that does not fit its key is of something else. */
	at = e.at;
	copy[at + 10] ^= 2;
	it = spill_ntfs_slack(&x);
	assert_int_equal(spill_ntfs_slack_next(&it, &e), SPILL_OK);
	assert_int_equal(spill_ntfs_slack_next(&it, &e), SPILL_OK);
	assert_true(e.file.record == 0 && e.key.len == 0x42 + 18);
	/* Nor is what is left then an entry, if its size cannot be. */
	copy[e.at + 47] = 1;
	it = spill_ntfs_slack(&x);
	assert_int_equal(spill_ntfs_slack_next(&it, &e), SPILL_OK);
	assert_int_equal(spill_ntfs_slack_next(&it, &e), SPILL_END);
	copy[at + 10] ^= 2;
	it = spill_ntfs_slack(&x);
	assert_int_equal(spill_ntfs_slack_next(&it, &e), SPILL_OK);
	assert_int_equal(spill_ntfs_slack_next(&it, &e), SPILL_OK);
	assert_true(e.file.record == 67 && e.at == at);
}

/* A bit of an entry says that it is the last; its key says that it is not. */
static void
last_entry_with_a_key(void **state)
{
	uint8_t b[4096], copy[4096];
	struct spill_ntfs_entries it;
	struct spill_ntfs_entry e;
	struct spill_ntfs_index x;
	struct spill_ntfs_name n;

	(void)state;
	make_block(b);
	b[0x40 + 12] = 0xff;
	assert_int_equal(
	    spill_ntfs_index_block(span_of(b, 4096), copy, &x), SPILL_OK);
	it = spill_ntfs_entries(&x);
	assert_int_equal(spill_ntfs_entries_next(&it, &e), SPILL_EDAMAGED);
	assert_true(e.file.record == 64 && !e.last && !e.inner);
	assert_int_equal(spill_ntfs_name_read(e.key, &n), SPILL_OK);
	assert_string_equal(utf16_text(n.name), "alpha");
	assert_int_equal(spill_ntfs_entries_next(&it, &e), SPILL_OK);
	assert_true(e.file.record == 65);
	/* Where nothing is behind it, it is the last. */
	copy[0x40 + 12] = 2;
	x.end = 0x40 + copy[0x40 + 8] + 8;
	it = spill_ntfs_entries(&x);
	assert_int_equal(spill_ntfs_entries_next(&it, &e), SPILL_OK);
	assert_true(e.last);
	assert_int_equal(spill_ntfs_entries_next(&it, &e), SPILL_END);
}

static void
index_root(void **state)
{
	struct spill_ntfs_entries it;
	struct spill_ntfs_entry e;
	struct spill_ntfs_index x;
	uint8_t b[256] = { 0 };
	size_t at = 32;

	(void)state;
	put32(b, SPILL_NTFS_FILE_NAME);
	put32(b + 4, 1);
	put32(b + 8, 4096);
	put32(b + 16, 16);
	b[28] = 1;
	at += put_last(b + at, true);
	put32(b + 20, (uint32_t)at - 16);
	put32(b + 24, (uint32_t)at - 16);
	assert_int_equal(spill_ntfs_index_root(span_of(b, at), &x), SPILL_OK);
	assert_true(x.inner && x.key_type == SPILL_NTFS_FILE_NAME);
	assert_int_equal(x.block_size, 4096);
	it = spill_ntfs_entries(&x);
	assert_int_equal(spill_ntfs_entries_next(&it, &e), SPILL_OK);
	assert_true(e.last && e.inner && e.child == 8);
	assert_int_equal(spill_ntfs_entries_next(&it, &e), SPILL_END);
	for (size_t n = 0; n < at; n++) {
		uint8_t *p = exact(b, n);
		int rc = spill_ntfs_index_root(span_of(p, n), &x);

		assert_int_equal(rc, SPILL_EDAMAGED);
		it = spill_ntfs_entries(&x);
		while (spill_ntfs_entries_next(&it, &e) != SPILL_END)
			;
		free(p);
	}
}

static unsigned
read_index(struct spill_span raw)
{
	uint8_t *copy = malloc(raw.len + 1);
	struct spill_ntfs_entries it;
	struct spill_ntfs_index x;
	struct spill_ntfs_entry e;
	unsigned bad, n = 0;
	int rc;

	assert_non_null(copy);
	bad = spill_ntfs_index_block(raw, copy, &x) != SPILL_OK;
	it = spill_ntfs_entries(&x);
	while ((rc = spill_ntfs_entries_next(&it, &e)) != SPILL_END) {
		struct spill_ntfs_name name;

		assert_true(n++ < 256);
		bad += rc == SPILL_EDAMAGED;
		bad +=
		    !e.last && spill_ntfs_name_read(e.key, &name) != SPILL_OK;
	}
	it = spill_ntfs_slack(&x);
	while (spill_ntfs_slack_next(&it, &e) != SPILL_END)
		assert_true(n++ < 512);
	free(copy);
	return bad;
}

static void
hostile_indexes(void **state)
{
	static const unsigned lengths[] = { 4, 6, 24, 28, 0x40 + 8, 0x40 + 10 };
	uint8_t b[4096];

	(void)state;
	make_block(b);
	assert_int_equal(read_index(span_of(b, 4096)), 0);
	for (size_t n = 0; n < 4096; n++) {
		uint8_t *p = exact(b, n);

		assert_true(read_index(span_of(p, n)) > 0);
		free(p);
	}
	for (size_t i = 0; i < SPILL_COUNT(lengths); i++)
		for (unsigned v = 0; v < 3; v++) {
			make_block(b);
			put16(b + lengths[i], v == 2 ? 0xffff : (uint16_t)v);
			if (read_index(span_of(b, 4096)) == 0)
				fail_msg("length 0x%x: %u", lengths[i], v);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_of_c15),
		cmocka_unit_test(standard_information),
		cmocka_unit_test(file_name),
		cmocka_unit_test(attribute_list),
		cmocka_unit_test(small_values),
		cmocka_unit_test(reparse_points),
		cmocka_unit_test(index_block),
		cmocka_unit_test(last_entry_with_a_key),
		cmocka_unit_test(index_root),
		cmocka_unit_test(hostile_indexes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
