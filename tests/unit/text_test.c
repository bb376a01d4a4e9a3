/*
 * text_test.c: spans, UTF-8, neutral text.
 */
#include <wchar.h>

#include <spill/base.h>
#include <spill/diag.h>
#include <spill/utf8.h>
#include <spill/wide.h>

#include "util.h"

/* --- spans -------------------------------------------------------------- */

static void
span_eq_and_cmp(void **state)
{
	static const struct {
		struct spill_span a, b;
		int order;
	} cases[] = { { S(""), S(""), 0 }, { { NULL, 0 }, S(""), 0 },
		{ { NULL, 0 }, { NULL, 0 }, 0 }, { { NULL, 0 }, S("a"), -1 },
		{ S("a"), S("a"), 0 }, { S("a"), S("b"), -1 },
		{ S("a"), S("ab"), -1 }, { S("ab"), S("b"), -1 },
		{ S("a\0b"), S("a\0c"), -1 }, { S("a"), S("a\0"), -1 },
		{ S("\x7f"), S("\x80"), -1 }, { S("Z"), S("a"), -1 } };

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(cases); i++) {
		struct spill_span a = cases[i].a, b = cases[i].b;

		assert_int_equal(spill_span_eq(a, b), cases[i].order == 0);
		assert_int_equal(spill_span_eq(b, a), cases[i].order == 0);
		assert_int_equal(sign(spill_span_cmp(a, b)), cases[i].order);
		assert_int_equal(sign(spill_span_cmp(b, a)), -cases[i].order);
	}
	assert_int_equal(spill_span("").len, 0);
	assert_int_equal(spill_span("spill").len, 5);
	assert_int_equal(SPILL_SPAN("a\0b").len, 3);
}

static const struct {
	const char *s;
	bool uint, sint;
	uint64_t v;
} numbers[] = { { "0", 1, 1, 0 }, { "7", 1, 1, 7 }, { "007", 1, 1, 7 },
	{ "4294967296", 1, 1, 4294967296 },
	{ "9223372036854775807", 1, 1, INT64_MAX },
	{ "9223372036854775808", 1, 0, 1ULL << 63 },
	{ "18446744073709551615", 1, 0, UINT64_MAX },
	{ "18446744073709551616", 0, 0, 0 },
	{ "18446744073709551620", 0, 0, 0 },
	{ "99999999999999999999", 0, 0, 0 },
	{ "100000000000000000000", 0, 0, 0 }, { "-0", 0, 1, 0 },
	{ "-1", 0, 1, UINT64_MAX },
	{ "-9223372036854775808", 0, 1, 1ULL << 63 },
	{ "-9223372036854775809", 0, 0, 0 },
	{ "-18446744073709551615", 0, 0, 0 }, { "", 0, 0, 0 }, { "-", 0, 0, 0 },
	{ "--1", 0, 0, 0 }, { "-+1", 0, 0, 0 }, { "- 1", 0, 0, 0 },
	{ "+1", 0, 0, 0 }, { " 1", 0, 0, 0 }, { "1 ", 0, 0, 0 },
	{ "1a", 0, 0, 0 }, { "0x10", 0, 0, 0 }, { "1.0", 0, 0, 0 },
	{ "/", 0, 0, 0 }, { ":", 0, 0, 0 }, { "\xb1", 0, 0, 0 } };

static void
span_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(numbers); i++) {
		size_t n = strlen(numbers[i].s);
		char *p = exact(numbers[i].s, n);
		struct spill_span s = { p, n };
		bool uint = numbers[i].uint, sint = numbers[i].sint;
		uint64_t u = 42;
		int64_t v = 42;

		if (spill_span_uint(s, &u) != uint ||
		    spill_span_int(s, &v) != sint)
			fail_msg("'%s'", numbers[i].s);
		assert_true(u == (uint ? numbers[i].v : 42));
		assert_true((uint64_t)v == (sint ? numbers[i].v : 42));
		free(p);
	}
}

/* --- UTF-8 -------------------------------------------------------------- */

/* A lone continuation, overlong, surrogates, beyond; cut; not continued. */
static void
utf8_refused(void **state)
{
	static const char *const bad[] = { "\x80", "\xbf", "\xc0\x80",
		"\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf",
		"\xed\xa0\x80", "\xed\xbf\xbf", "\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80", "\xff", "\xc2",
		"\xe2\x82", "\xf0\x9f\x98", "\xc2\x41", "\xe2\x82\x41",
		"\xe2\x41\x82", "\xf0\x9f\x98\xc0" };

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(bad); i++) {
		char *p = exact(bad[i], strlen(bad[i]));
		uint32_t cp = 42;

		if (spill_utf8_decode(p, strlen(bad[i]), &cp) != 0)
			fail_msg("case %zu", i);
		assert_int_equal(cp, 42);
		free(p);
	}
}

/* Every character there and back; cut ones are none; surrogates never are. */
static void
utf8_round_trip(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp <= 0x10ffff; cp++) {
		char out[5] = { 'x', 'x', 'x', 'x', '!' };
		bool surrogate = cp >= 0xd800 && cp <= 0xdfff;
		unsigned n = spill_utf8_encode(cp, out);
		uint32_t back = 0;

		assert_int_equal(
		    n, 1 + (cp > 0x7f) + (cp > 0x7ff) + (cp > 0xffff));
		assert_int_equal(out[4], '!');
		assert_int_equal(
		    spill_utf8_decode(out, n, &back), surrogate ? 0 : n);
		if (!surrogate)
			assert_int_equal(back, cp);
		for (unsigned cut = 1; cut < n; cut++)
			assert_int_equal(spill_utf8_decode(out, cut, &back), 0);
	}
}

/* As many byte strings decode as there are characters: no two spellings. */
static void
utf8_counts(void **state)
{
	unsigned two = 0, three = 0, four = 0;
	uint32_t cp;

	(void)state;
	for (uint32_t v = 0; v < 1u << 24; v++) {
		char p[4] = { (char)(v >> 16), (char)(v >> 8), (char)v,
			(char)0x80 };

		three += spill_utf8_decode(p, 3, &cp) == 3;
		if ((v & 0xff) == 0)
			two += spill_utf8_decode(p, 2, &cp) == 2;
		four += spill_utf8_decode(p, 4, &cp) == 4;
	}
	assert_int_equal(two, 0x800 - 0x80);
	assert_int_equal(three, 0x10000 - 0x800 - 0x800);
	assert_int_equal(four, 0x100000 / 64);
}

static void
printable(void **state)
{
	static const struct {
		uint32_t first, last;
		bool ok;
	} cases[] = { { 0, 0x1f, false }, { 0x20, 0x7e, true },
		{ 0x7f, 0x9f, false }, { 0xa0, 0x61b, true },
		{ 0x61c, 0x61c, false }, { 0x61d, 0x180d, true },
		{ 0x180e, 0x180e, false }, { 0x180f, 0x200a, true },
		{ 0x200b, 0x200b, false }, { 0x200e, 0x200f, false },
		{ 0x2010, 0x2027, true }, { 0x2028, 0x202e, false },
		{ 0x202f, 0x205f, true }, { 0x2066, 0x2069, false },
		{ 0x2070, 0xd7ff, true }, { 0xe000, 0xfdcf, true },
		{ 0xfdd0, 0xfdef, false }, { 0xfdf0, 0xfefe, true },
		{ 0xfeff, 0xfeff, false }, { 0xfff9, 0xfffb, false },
		{ 0xfffc, 0xfffd, true }, { 0xfffe, 0xffff, false },
		{ 0x10000, 0x1fffd, true }, { 0x1fffe, 0x1ffff, false },
		{ 0xe0000, 0xe007f, false }, { 0xe0080, 0xefffd, true },
		{ 0x10fffe, 0x10ffff, false } };

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(cases); i++)
		for (uint32_t c = cases[i].first; c <= cases[i].last; c++)
			if (spill_cp_printable(c) != cases[i].ok)
				fail_msg("U+%04X", (unsigned)c);
}

static spill_wide
is_x(spill_wide v)
{
	return (spill_wide)(v == 'x');
}

/* Wherever it stands, in texts of every length, and not one behind them. */
static void
wide_finds(void **state)
{
	char text[64];

	(void)state;
	for (size_t len = 0; len < sizeof(text) - 1; len++) {
		memset(text, '.', sizeof(text));
		text[len] = 'x';
		assert_false(spill_wide_any(text, len, is_x));
		for (size_t at = 0; at < len; at++) {
			memset(text, '.', sizeof(text));
			text[at] = 'x';
			assert_true(spill_wide_any(text, len, is_x));
		}
	}
}

static void
plain_ascii(void **state)
{
	(void)state;
	assert_true(spill_plain_ascii("", 0));
	assert_true(spill_plain_ascii(" azAZ09~", 8));
	for (unsigned c = 0; c < 256; c++)
		for (size_t at = 0; at < 40; at++) {
			char text[40];

			memset(text, 'x', sizeof(text));
			text[at] = (char)c;
			assert_int_equal(spill_plain_ascii(text, sizeof(text)),
			    c >= 0x20 && c <= 0x7e);
			assert_true(spill_plain_ascii(text, at));
		}
}

/* --- neutral text ------------------------------------------------------- */

static const struct {
	struct spill_span text;
	const char *want;
} neutral_cases[] = {
	{ S(""), "" },
	{ S("plain text ~"), "plain text ~" },
	{ S("a\\b"), "a\\b" },
	{ S("a\nb\tc\r"), "a\\x0ab\\x09c\\x0d" },
	{ S("a\0b"), "a\\x00b" },
	{ S("\x1b[31m\x7f"), "\\x1b[31m\\x7f" },
	{ S("\xff\xfe"), "\\xff\\xfe" },
	{ S("\xc3\xa9\xe6\x97\xa5\xf0\x9f\x98\x80"),
	    "\xc3\xa9\xe6\x97\xa5\xf0\x9f\x98\x80" },
	{ S("\xc3"), "\\xc3" },
	{ S("\xe6\x97"), "\\xe6\\x97" },
	{ S("\xe6\x97z"), "\\xe6\\x97z" },
	{ S("\xc2\x9b"), "\\xc2\\x9b" },
	{ S("x\xe2\x80\xaey"), "x\\xe2\\x80\\xaey" },
	{ S("\xed\xa0\x80"), "\\xed\\xa0\\x80" },
};

/* How much of the text may stand in size bytes: whole pieces only. */
static size_t
fits(const char *want, size_t size)
{
	size_t at = 0, next;

	for (;; at = next) {
		next = at + (want[at] == '\\' && want[at + 1] == 'x' ? 4 : 1);
		while (want[at] != '\0' && (want[next] & 0xc0) == 0x80)
			next++;
		if (want[at] == '\0' || next >= size)
			return at;
	}
}

static void
neutral(void **state)
{
	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(neutral_cases); i++) {
		const char *want = neutral_cases[i].want;
		size_t n = neutral_cases[i].text.len, all = strlen(want);
		char *src = exact(neutral_cases[i].text.p, n);

		assert_int_equal(spill_neutral(NULL, 0, src, n), all);
		for (size_t size = 1; size < all + 3; size++) {
			char *dst = exact("", 0);

			dst = realloc(dst, size);
			assert_non_null(dst);
			assert_int_equal(spill_neutral(dst, size, src, n), all);
			assert_int_equal(strlen(dst), fits(want, size));
			assert_memory_equal(dst, want, strlen(dst));
			free(dst);
		}
		free(src);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(span_eq_and_cmp),
		cmocka_unit_test(span_numbers),
		cmocka_unit_test(utf8_refused),
		cmocka_unit_test(utf8_round_trip),
		cmocka_unit_test(utf8_counts),
		cmocka_unit_test(printable),
		cmocka_unit_test(wide_finds),
		cmocka_unit_test(plain_ascii),
		cmocka_unit_test(neutral),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
