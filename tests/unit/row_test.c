/*
 * row_test.c: column names, rows, their packed encoding, escaped names.
 */
#include <spill/name.h>
#include <spill/row.h>
#include <spill/utf8.h>

#include "util.h"

/* --- columns ------------------------------------------------------------ */

static void
columns_of_schema(void **state)
{
	(void)state;
	for (size_t k = 0; spill_schemas[k] != NULL; k++) {
		const struct spill_schema *s = spill_schemas[k];
		struct spill_columns *c = NULL;

		assert_int_equal(spill_columns_open(&c, s), SPILL_OK);
		assert_ptr_equal(spill_columns_schema(c), s);
		assert_int_equal(spill_columns_count(c), s->n);
		for (size_t i = 0; i < s->n; i++) {
			struct spill_span name = spill_span(s->columns[i].name);

			assert_true(
			    spill_span_eq(spill_columns_name(c, i), name));
			assert_int_equal(spill_columns_find(c, name), i);
			assert_int_equal(spill_columns_add(c, name), i);
		}
		assert_int_equal(spill_columns_count(c), s->n);
		spill_columns_free(&c);
		assert_null(c);
		spill_columns_free(&c);
	}
}

static struct spill_span
nth_name(char text[16], unsigned set, unsigned i)
{
	/* One without text, one with a NUL, and many that are alike. */
	if (i < 2)
		return (struct spill_span){ "x\0y", i * 3 };
	return (struct spill_span){ text,
		(size_t)snprintf(text, 16, "c%05u-%u", i, set) };
}

/* As many names as there may be, and then no more. */
static void
fill_columns(unsigned set)
{
	struct spill_columns *c = NULL;
	char text[16];
	unsigned n;

	assert_int_equal(spill_columns_open(&c, &spill_schema_event), SPILL_OK);
	n = (unsigned)spill_columns_count(c);
	for (unsigned i = 0; n + i < SPILL_COLUMNS_MAX; i++) {
		struct spill_span name = nth_name(text, set, i);

		assert_int_equal(spill_columns_find(c, name), -1);
		assert_int_equal(spill_columns_add(c, name), n + i);
	}
	assert_int_equal(spill_columns_count(c), SPILL_COLUMNS_MAX);
	assert_int_equal(spill_columns_add(c, SPILL_SPAN("one more")), -1);
	assert_int_equal(spill_columns_find(c, SPILL_SPAN("one more")), -1);
	memset(text, '!', sizeof(text)); /* the names are copies */
	for (unsigned i = 0; n + i < SPILL_COLUMNS_MAX; i++) {
		struct spill_span name = nth_name(text, set, i);

		assert_int_equal(spill_columns_find(c, name), n + i);
		assert_int_equal(spill_columns_add(c, name), n + i);
		assert_true(spill_span_eq(spill_columns_name(c, n + i), name));
	}
	spill_columns_free(&c);
}

static void
columns_many(void **state)
{
	(void)state;
	for (unsigned set = 0; set < 100; set++)
		fill_columns(set);
}

/* A name that memory is not given for is not there afterwards. */
static void
columns_huge_name(void **state)
{
	struct spill_columns *c = NULL;
	struct spill_span huge = { calloc(1, (size_t)17 << 20),
		(size_t)17 << 20 };

	(void)state;
	assert_non_null(huge.p);
	assert_int_equal(spill_columns_open(&c, &spill_schema_event), SPILL_OK);
	assert_int_equal(spill_columns_add(c, huge), -1);
	assert_int_equal(spill_columns_find(c, huge), -1);
	assert_int_equal(spill_columns_add(c, SPILL_SPAN("small")), EV_COUNT);
	spill_columns_free(&c);
	free((char *)huge.p);
}

/* --- rows --------------------------------------------------------------- */

static void
row_cells(void **state)
{
	static struct spill_row r;

	(void)state;
	memset(&r, 0xff, sizeof(r));
	spill_row_clear(&r);
	assert_false(r.time.set);
	for (unsigned i = 0; i < SPILL_COLUMNS_MAX; i++) {
		assert_false(spill_row_has(&r, i));
		assert_int_equal(spill_row_get(&r, i).len, 0);
		assert_non_null(spill_row_get(&r, i).p);
	}
	for (unsigned i = 0; i < SPILL_COLUMNS_MAX; i += 63)
		spill_row_set(&r, i, SPILL_SPAN("v"));
	for (unsigned i = 0; i < SPILL_COLUMNS_MAX; i++)
		assert_int_equal(spill_row_has(&r, i), i % 63 == 0);
	spill_row_set(&r, 63, SPILL_SPAN(""));
	spill_row_set(&r, 64, SPILL_SPAN(""));
	assert_false(spill_row_has(&r, 63));
	assert_false(spill_row_has(&r, 64));
	assert_true(spill_row_has(&r, 126));
	spill_row_clear(&r);
	assert_int_equal(spill_row_get(&r, 126).len, 0);
}

/* --- packed rows -------------------------------------------------------- */

static struct spill_row row, back;

static void
assert_same_rows(const struct spill_row *a, const struct spill_row *b)
{
	assert_same_time(a->time, b->time);
	for (unsigned i = 0; i < SPILL_COLUMNS_MAX; i++) {
		assert_int_equal(spill_row_has(a, i), spill_row_has(b, i));
		assert_true(
		    spill_span_eq(spill_row_get(a, i), spill_row_get(b, i)));
	}
}

/* Pack r into memory of the bound's size, and that into its own. */
static struct spill_span
packed(const struct spill_row *r)
{
	size_t bound = spill_pack_bound(r), n;
	char *p = malloc(bound);

	assert_non_null(p);
	n = spill_pack(r, p);
	assert_in_range(n, 10, bound);
	return (struct spill_span){ realloc(p, n), n };
}

static void
pack_there_and_back(const struct spill_row *r)
{
	struct spill_span rec = packed(r);

	memset(&back, 0xa5, sizeof(back));
	assert_int_equal(spill_unpack(rec, &back), SPILL_OK);
	assert_same_rows(r, &back);
	assert_true(spill_packed_key(rec) == spill_time_key(r->time));
	free((char *)rec.p);
}

static struct spill_time
random_time(uint32_t *seed)
{
	int64_t sec = random_sec(seed);
	struct spill_time t = spill_time_from_unix(sec,
	    dice(seed, 10) * 111111111u, (int8_t)((int)dice(seed, 12) - 2));

	t.zoned = dice(seed, 2);
	return dice(seed, 8) == 0 ? (struct spill_time){ 0 } : t;
}

static void
random_row(uint32_t *seed, struct spill_row *r)
{
	static char text[70000];
	unsigned most = dice(seed, 3) == 0 ? SPILL_COLUMNS_MAX : 50;

	if (text[0] == '\0')
		for (size_t i = 0; i < sizeof(text); i++)
			text[i] = (char)dice(seed, 256) | 1;
	spill_row_clear(r);
	r->time = random_time(seed);
	for (unsigned n = dice(seed, 40); n > 0; n--) {
		size_t len =
		    dice(seed, 20) == 0 ? dice(seed, 70000) : dice(seed, 200);
		size_t from = dice(seed, (uint32_t)(sizeof(text) - len));

		spill_row_set(r, dice(seed, most),
		    (struct spill_span){ text + from, len });
	}
}

static void
pack_random(void **state)
{
	uint32_t seed = 11;

	(void)state;
	for (unsigned i = 0; i < 5000; i++) {
		random_row(&seed, &row);
		pack_there_and_back(&row);
	}
}

static void
pack_edges(void **state)
{
	static char big[1 << 20];
	static const size_t lens[] = { 1, 127, 128, 129, 16383, 16384,
		sizeof(big) };

	(void)state;
	memset(big, 'x', sizeof(big));
	spill_row_clear(&row);
	pack_there_and_back(&row);
	for (size_t i = 0; i < SPILL_COUNT(lens); i++)
		for (unsigned col = 0; col < SPILL_COLUMNS_MAX; col += 33) {
			spill_row_clear(&row);
			spill_row_set(
			    &row, col, (struct spill_span){ big, lens[i] });
			pack_there_and_back(&row);
		}
	spill_row_clear(&row);
	for (unsigned col = 0; col < SPILL_COLUMNS_MAX; col++)
		spill_row_set(&row, col, SPILL_SPAN("v"));
	pack_there_and_back(&row);
}

/* Every precision at the ends of time; every 16th of the key's grain. */
static void
pack_times(void **state)
{
	static const int64_t secs[] = { SPILL_TIME_MIN, -1, 0, 1,
		SPILL_TIME_MAX };

	(void)state;
	spill_row_clear(&row);
	for (size_t i = 0; i < SPILL_COUNT(secs); i++)
		for (int prec = -2; prec <= 9; prec++)
			for (uint32_t k = 0; k < 36; k++) {
				uint32_t ns = k < 18 ? k : 999999999 - k + 18;

				row.time = spill_time_from_unix(
				    secs[i], ns, (int8_t)prec);
				row.time.zoned = k & 1;
				pack_there_and_back(&row);
			}
}

/* The bytes are the ones that row.h promises. */
static void
pack_layout(void **state)
{
	static const unsigned char want[] = { 0, 0, 0, 0x04, 0, 0, 0, 0, 0x27,
		0x01, 0x02, 0x01, 'a', 0x00, 0x02, 'b', 'c', 0x80, 0x01, 0x01,
		'd' };
	struct spill_span rec;

	(void)state;
	spill_row_clear(&row);
	row.time = spill_time_from_unix(SPILL_TIME_MIN + 1, 7, 0);
	spill_row_set(&row, 2, SPILL_SPAN("a"));
	spill_row_set(&row, 3, SPILL_SPAN("bc"));
	spill_row_set(&row, 132, SPILL_SPAN("d"));
	rec = packed(&row);
	assert_int_equal(rec.len, sizeof(want));
	assert_memory_equal(rec.p, want, sizeof(want));
	free((char *)rec.p);
}

/* What unpacks is what packs to the same bytes. */
static int
try(const char *p, size_t n)
{
	char *copy = exact(p, n);
	struct spill_span again;
	int rc = spill_unpack((struct spill_span){ copy, n }, &back);

	if (rc == SPILL_OK) {
		again = packed(&back);
		assert_int_equal(again.len, n);
		assert_memory_equal(again.p, p, n);
		free((char *)again.p);
	} else {
		assert_int_equal(rc, SPILL_EDAMAGED);
	}
	(void)spill_packed_key((struct spill_span){ copy, n });
	free(copy);
	return rc;
}

/* Every cut, and every byte at 0, 1, the most and with each bit turned. */
static void
unpack_hostile(void **state)
{
	unsigned ok = 0, all = 0;
	uint32_t seed = 17;

	(void)state;
	for (unsigned i = 0; i < 60; i++) {
		struct spill_span rec;
		char *p;

		do
			random_row(&seed, &row);
		while (spill_pack_bound(&row) > 2500);
		rec = packed(&row);
		p = (char *)rec.p;
		for (size_t at = 0; at < rec.len; at++) {
			char was = p[at], with[] = { 0, 1, (char)0xff, 0x7f,
				(char)0x80, (char)(was ^ 1), (char)(was + 1) };

			ok += try(p, at) == SPILL_OK;
			for (size_t k = 0; k < sizeof(with); k++, all++) {
				p[at] = with[k];
				ok += try(p, rec.len) == SPILL_OK;
			}
			p[at] = was;
		}
		free(p);
	}
	assert_in_range(ok, all / 10, all);
}

#define NONE "\xff\xff\xff\xff\xff\xff\xff\xff\0\0"

static void
unpack_refused(void **state)
{
	static const struct spill_span bad[] = { S(""), S("\xff"),
		S("\xff\xff\xff\xff\xff\xff\xff\xff\0"),
		S("\xff\xff\xff\xff\xff\xff\xff\xff\1\0"), /* rest of none */
		S("\0\0\0\xfc\xff\xff\xff\xff\0\0"), /* after 9999 */
		S("\0\0\0\0\0\0\0\0\0\2"), /* a bit beyond zoned */
		S("\0\0\0\0\0\0\0\0\xc0\0"), /* precision of 10 */
		S("\xa0\xac\xb9\x03\0\0\0\0\0\0"), /* 1e9 ns */
		S(NONE "\0"), S(NONE "\0\0"), S(NONE "\0\0\0"), S(NONE "\0\1"),
		S(NONE "\0\2a"), S(NONE "\x80\x08\1a"),
		S(NONE "\xff\x07\1a\0\1b"), S(NONE "\x80\0\1a"),
		S(NONE "\0\x81\0a"),
		S(NONE "\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\1a"),
		S(NONE "\xff\xff\xff\xff\xff\xff\xff\xff\xff\1\1a"),
		S(NONE "\0\1a\xff\xff\xff\xff\xff\xff\xff\xff\xff\1\1a") };
	static const struct spill_span good[] = { S(NONE), S(NONE "\0\1a"),
		S(NONE "\xff\x07\1a"), S("\0\0\0\0\0\0\0\0\xb0\1"),
		S("\x9f\xac\xb9\x03\0\0\0\0\x0f\0") };

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(bad); i++)
		if (try(bad[i].p, bad[i].len) != SPILL_EDAMAGED)
			fail_msg("bad %zu", i);
	for (size_t i = 0; i < SPILL_COUNT(good); i++)
		if (try(good[i].p, good[i].len) != SPILL_OK)
			fail_msg("good %zu", i);
	assert_true(
	    spill_packed_key((struct spill_span)S("1234567")) == UINT64_MAX);
}

/* Values of a dict, and the walk along the cells, give the same row. */
static void
pack_dict(void **state)
{
	struct spill_dict *d = NULL;
	uint32_t seed = 23;

	(void)state;
	assert_int_equal(spill_dict_open(&d), SPILL_OK);
	for (unsigned i = 0; i < 2000; i++) {
		struct spill_span rec;
		struct spill_walk w;
		char text[8];

		random_row(&seed, &row);
		for (unsigned k = dice(&seed, 20); k > 0; k--) {
			struct spill_span v = { text,
				(size_t)snprintf(text, sizeof(text), "%u",
				    dice(&seed, 3000)) };

			spill_row_ref(&row, dice(&seed, SPILL_COLUMNS_MAX), d,
			    spill_dict_add(d, v));
		}
		rec = packed(&row);
		assert_int_equal(spill_unpack_dict(rec, d, &back), SPILL_OK);
		assert_same_rows(&row, &back);
		w = spill_walk(rec, d);
		for (unsigned c = 0; c < SPILL_COLUMNS_MAX;
		     c += 1 + dice(&seed, 3))
			assert_true(spill_span_eq(
			    spill_walk_to(&w, c), spill_row_get(&row, c)));
		for (size_t at = 0; at < rec.len && rec.len < 500; at++) {
			char *cut = exact(rec.p, at);

			(void)spill_unpack_dict(
			    (struct spill_span){ cut, at }, d, &back);
			free(cut);
		}
		free((char *)rec.p);
	}
	assert_int_equal(
	    spill_unpack_dict((struct spill_span)S(NONE
				  "\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\1"),
		d, &back),
	    SPILL_EDAMAGED);
	spill_dict_free(&d);
}

/* --- names -------------------------------------------------------------- */

static void
name_is(struct spill_span raw)
{
	struct spill_buf b = SPILL_BUF_INIT(1000), r = SPILL_BUF_INIT(1000);
	bool plain;

	spill_name_escape(&b, raw);
	spill_name_unescape(&r, spill_buf_as_span(&b));
	assert_int_equal(b.rc, SPILL_OK);
	assert_true(spill_span_eq(spill_buf_as_span(&r), raw));
	plain = spill_span_eq(spill_buf_as_span(&b), raw);
	assert_int_equal(spill_name_is_plain(raw), plain);
	for (size_t i = 0; i < b.len;) {
		uint32_t cp = 0;
		unsigned n = spill_utf8_decode(b.p + i, b.len - i, &cp);

		assert_true(n > 0 && spill_cp_printable(cp));
		i += n;
	}
	spill_buf_release(&b);
	spill_buf_release(&r);
}

/* Every string of one and two bytes, and many others. */
static void
name_inverse(void **state)
{
	uint32_t seed = 29;

	(void)state;
	each_short_text(name_is);
	for (unsigned i = 0; i < 50000; i++) {
		static const char any[] = "%%%0123456789ABCDEFabcdef \n\x80";
		char p[40];
		size_t n = 0;

		while (n < 32 && dice(&seed, 14) != 0)
			if (dice(&seed, 3) == 0)
				n += spill_utf8_encode(
				    dice(&seed, 0x110000), p + n);
			else if (dice(&seed, 2) == 0)
				p[n++] = any[dice(&seed, sizeof(any))];
			else
				p[n++] = (char)dice(&seed, 256);
		name_is((struct spill_span){ p, n });
	}
}

static const struct {
	struct spill_span raw;
	const char *text;
} names[] = {
	{ S(""), "" },
	{ S("a b~=/\\'\""), "a b~=/\\'\"" },
	{ S("100%"), "100%25" },
	{ S("%41"), "%2541" },
	{ S("a\nb\0c\x7f"), "a%0Ab%00c%7F" },
	{ S("\xc3\xa9\xe6\x97\xa5"), "\xc3\xa9\xe6\x97\xa5" },
	{ S("\xc3"), "%C3" },
	{ S("\xff\xc3\xa9\x80"), "%FF\xc3\xa9%80" },
	{ S("x\xe2\x80\xaey"), "x%E2%80%AEy" },
	{ S("\xed\xa0\x80"), "%ED%A0%80" },
};

static void
name_text(void **state)
{
	struct spill_buf b = SPILL_BUF_INIT(100);

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(names); i++) {
		spill_buf_reset(&b);
		spill_name_escape(&b, names[i].raw);
		assert_string_equal(spill_buf_str(&b), names[i].text);
	}
	spill_buf_release(&b);
}

/* What no escape wrote stays as it is. */
static void
name_unescape_odd(void **state)
{
	static const char *const cases[][2] = { { "%", "%" }, { "%4", "%4" },
		{ "%4g", "%4g" }, { "%zz", "%zz" }, { "%c3", "%c3" },
		{ "%%41", "%A" }, { "%41%4", "A%4" }, { "%2541", "%41" },
		{ "%4%41", "%4A" } };
	struct spill_buf b = SPILL_BUF_INIT(100);

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(cases); i++) {
		size_t n = strlen(cases[i][0]);
		char *p = exact(cases[i][0], n);

		spill_buf_reset(&b);
		spill_name_unescape(&b, (struct spill_span){ p, n });
		assert_string_equal(spill_buf_str(&b), cases[i][1]);
		free(p);
	}
	spill_buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_of_schema),
		cmocka_unit_test(columns_many),
		cmocka_unit_test(columns_huge_name),
		cmocka_unit_test(row_cells),
		cmocka_unit_test(pack_random),
		cmocka_unit_test(pack_edges),
		cmocka_unit_test(pack_times),
		cmocka_unit_test(pack_layout),
		cmocka_unit_test(unpack_hostile),
		cmocka_unit_test(unpack_refused),
		cmocka_unit_test(pack_dict),
		cmocka_unit_test(name_inverse),
		cmocka_unit_test(name_text),
		cmocka_unit_test(name_unescape_odd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
