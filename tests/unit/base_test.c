/*
 * base_test.c: spans, UTF-8, neutral text, cursors, buffers, arenas, hashes.
 */
#include <stdalign.h>
#include <wchar.h>

#include <spill/arena.h>
#include <spill/base.h>
#include <spill/cur.h>
#include <spill/diag.h>
#include <spill/utf8.h>

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

/* --- cursors ------------------------------------------------------------ */

static const uint8_t bytes8[] = { 0x81, 0x02, 0xf3, 0x04, 0x05, 0x06, 0x07,
	0x98 };

static uint64_t
read_int(struct spill_cur *c, unsigned kind)
{
	return kind == 0   ? spill_cur_u8(c)
	       : kind == 1 ? spill_cur_u16le(c)
	       : kind == 2 ? spill_cur_u16be(c)
	       : kind == 3 ? spill_cur_u32le(c)
	       : kind == 4 ? spill_cur_u32be(c)
	       : kind == 5 ? spill_cur_u64le(c)
			   : spill_cur_u64be(c);
}

/* Each kind of integer, at the start of inputs of 0 to 8 bytes. */
static void
cur_ints(void **state)
{
	static const struct {
		size_t size;
		uint64_t v;
	} kinds[] = { { 1, 0x81 }, { 2, 0x0281 }, { 2, 0x8102 },
		{ 4, 0x04f30281 }, { 4, 0x8102f304 }, { 8, 0x9807060504f30281 },
		{ 8, 0x8102f30405060798 } };

	(void)state;
	for (unsigned k = 0; k < SPILL_COUNT(kinds); k++)
		for (size_t n = 0; n <= 8; n++) {
			char *p = exact((const char *)bytes8, n);
			struct spill_cur c = spill_cur(p, n);
			bool ok = n >= kinds[k].size;

			assert_true(read_int(&c, k) == (ok ? kinds[k].v : 0));
			assert_int_equal(spill_cur_ok(&c), ok);
			assert_int_equal(
			    spill_cur_left(&c), ok ? n - kinds[k].size : 0);
			free(p);
		}
}

/* After one bad move, nothing yields anything. */
static void
cur_sticky(void **state)
{
	(void)state;
	for (unsigned how = 0; how < 4; how++) {
		struct spill_cur c = spill_cur(bytes8, sizeof(bytes8));

		assert_int_equal(spill_cur_u8(&c), 0x81);
		if (how < 2)
			spill_cur_skip(&c, how == 0 ? 8 : SIZE_MAX);
		else if (how == 2)
			spill_cur_seek(&c, 9);
		else
			assert_int_equal(spill_cur_bytes(&c, 8).len, 0);
		assert_int_equal(spill_cur_left(&c), 0);
		spill_cur_seek(&c, 0);
		for (unsigned k = 0; k < 7; k++)
			assert_true(read_int(&c, k) == 0);
		assert_int_equal(spill_cur_varint(&c), 0);
		assert_int_equal(spill_cur_bytes(&c, 1).len, 0);
		assert_false(spill_cur_match(&c, bytes8 + 1, 1));
		assert_false(spill_cur_ok(&c));
	}
}

static void
cur_moves(void **state)
{
	struct spill_cur c = spill_cur(bytes8, sizeof(bytes8));

	(void)state;
	spill_cur_seek(&c, 8);
	assert_int_equal(spill_cur_bytes(&c, 0).len, 0);
	assert_true(spill_cur_ok(&c));
	spill_cur_seek(&c, 2);
	spill_cur_skip(&c, 1);
	assert_ptr_equal(spill_cur_bytes(&c, 3).p, bytes8 + 3);
	/* A match that fails moves nothing and fails nothing. */
	assert_false(spill_cur_match(&c, "\x07\x99", 2));
	assert_false(spill_cur_match(&c, "\x07\x98\x00", 3));
	assert_int_equal(spill_cur_left(&c), 2);
	assert_true(spill_cur_match(&c, "\x07\x98", 2));
	assert_false(spill_cur_match(&c, "\x00", 1));
	assert_true(spill_cur_ok(&c));
	c = spill_cur(NULL, 0);
	spill_cur_skip(&c, 0);
	assert_true(spill_cur_ok(&c));
	assert_int_equal(spill_cur_u8(&c), 0);
	assert_false(spill_cur_ok(&c));
}

/* Values around each power of two; their encoding cut at every byte. */
static void
varint_round_trip(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 65 * 3; i++) {
		uint64_t v = (i < 192 ? 1ULL << i / 3 : 0) + i % 3 - 1, r = v;
		char p[10], *cut;
		size_t n = 0;

		for (; r > 0x7f; r >>= 7)
			p[n++] = (char)(r | 0x80);
		p[n++] = (char)r;
		for (size_t len = 0; len <= n; len++) {
			struct spill_cur c;

			cut = exact(p, len);
			c = spill_cur(cut, len);
			assert_true(spill_cur_varint(&c) == (len == n ? v : 0));
			assert_int_equal(spill_cur_ok(&c), len == n);
			free(cut);
		}
	}
}

static void
varint_refused(void **state)
{
	static const struct spill_span bad[] = { S("\x80\x00"), S("\xff\x00"),
		S("\x80\x80\x00"),
		S("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"),
		S("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"),
		S("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x81\x00"),
		S("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01") };

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(bad); i++) {
		struct spill_cur c = spill_cur(bad[i].p, bad[i].len);

		assert_true(spill_cur_varint(&c) == 0);
		assert_false(spill_cur_ok(&c));
	}
}

/* --- buffers ------------------------------------------------------------ */

static void
buf_builds(void **state)
{
	struct spill_buf b = SPILL_BUF_INIT(1 << 20);
	size_t n = 0;

	(void)state;
	assert_int_equal(spill_buf_as_span(&b).len, 0);
	assert_non_null(spill_buf_as_span(&b).p);
	assert_string_equal(spill_buf_str(&b), "");
	spill_buf_put(&b, NULL, 0);
	spill_buf_puts(&b, "ab");
	spill_buf_putc(&b, '\0');
	spill_buf_span(&b, SPILL_SPAN("cd"));
	spill_buf_printf(&b, "%s-%03d", "x", 7);
	assert_memory_equal(spill_buf_str(&b), "ab\0cdx-007", 11);
	assert_int_equal(spill_buf_as_span(&b).len, 10);
	spill_buf_reset(&b);
	for (unsigned i = 0; i < 20000; i++)
		spill_buf_printf(&b, "%u,", i);
	assert_int_equal(b.rc, SPILL_OK);
	for (unsigned i = 0; i < 20000; i++) {
		char *end;

		assert_int_equal(strtoul(spill_buf_str(&b) + n, &end, 10), i);
		assert_int_equal(*end, ',');
		n = (size_t)(end + 1 - b.p);
	}
	assert_int_equal(n, b.len);
	spill_buf_release(&b);
	assert_null(b.p);
	assert_int_equal(b.max, 1 << 20);
}

/* Up to the ceiling and not a byte beyond, whatever puts it there. */
static void
buf_ceiling(void **state)
{
	static const size_t max[] = { 64, 65, 100, 127, 128, 1000, 4096 };

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(max); i++) {
		struct spill_buf b = SPILL_BUF_INIT(max[i]);

		for (size_t n = 0; n < max[i]; n++)
			spill_buf_putc(&b, 'x');
		assert_int_equal(b.rc, SPILL_OK);
		assert_int_equal(b.len, max[i]);
		spill_buf_putc(&b, 'y');
		assert_int_equal(b.rc, SPILL_ELIMIT);
		assert_int_equal(b.len, max[i]);
		/* It stays failed, though what is put now would fit. */
		b.len = 0;
		spill_buf_puts(&b, "z");
		spill_buf_printf(&b, "z");
		assert_null(spill_buf_room(&b, 0));
		assert_int_equal(b.len, 0);
		assert_string_equal(spill_buf_str(&b), "");
		spill_buf_reset(&b);
		spill_buf_puts(&b, "again");
		assert_string_equal(spill_buf_str(&b), "again");
		assert_null(spill_buf_room(&b, SIZE_MAX));
		assert_int_equal(b.rc, SPILL_ELIMIT);
		spill_buf_release(&b);
		assert_int_equal(b.rc, SPILL_OK);
	}
}

static void
buf_low_ceiling(void **state)
{
	(void)state;
	for (size_t max = 0; max < 64; max++) {
		struct spill_buf b = SPILL_BUF_INIT(max);

		for (size_t n = 0; n < 80; n++)
			spill_buf_putc(&b, 'x');
		assert_int_equal(b.rc, SPILL_ELIMIT);
		assert_int_equal(b.len, max);
		spill_buf_release(&b);
	}
}

static void
buf_no_memory(void **state)
{
	struct spill_buf b = SPILL_BUF_INIT(SIZE_MAX);

	(void)state;
	spill_buf_puts(&b, "kept");
	assert_null(spill_buf_room(&b, SIZE_MAX / 4));
	assert_int_equal(b.rc, SPILL_ENOMEM);
	spill_buf_puts(&b, "dropped");
	assert_int_equal(b.len, 4);
	assert_string_equal(spill_buf_str(&b), "");
	spill_buf_release(&b);
}

/* What cannot be formatted is a failure too: no such wide character. */
static void
buf_printf_fails(void **state)
{
	static const wchar_t bad[] = { 0x7fffffff, 0 };
	struct spill_buf b = SPILL_BUF_INIT(100);

	(void)state;
	spill_buf_printf(&b, "%ls", bad);
	assert_int_equal(b.len, 0);
	assert_int_not_equal(b.rc, SPILL_OK);
	spill_buf_release(&b);
}

/* --- arenas ------------------------------------------------------------- */

/* Aligned, zeroed and apart from each other, over many blocks. */
static void
arena_pieces(void **state)
{
	struct spill_arena a = SPILL_ARENA_INIT(0);
	unsigned char *piece[600];

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(piece); i++) {
		size_t n = i * i % 70001;

		piece[i] = spill_arena_alloc(&a, n);
		assert_non_null(piece[i]);
		assert_int_equal((uintptr_t)piece[i] % alignof(max_align_t), 0);
		for (size_t k = 0; k < n; k++)
			assert_int_equal(piece[i][k], 0);
		memset(piece[i], (int)(i & 255), n);
	}
	for (size_t i = 0; i < SPILL_COUNT(piece); i++)
		for (size_t k = 0; k < i * i % 70001; k++)
			assert_int_equal(piece[i][k], i & 255);
	spill_arena_release(&a);
	assert_int_equal(a.used, 0);
	assert_null(a.head);
	spill_arena_release(&a);
}

static void
arena_limits(void **state)
{
	struct spill_arena a = SPILL_ARENA_INIT(256);
	char *s;

	(void)state;
	assert_null(spill_arena_alloc(&a, 257));
	assert_null(spill_arena_alloc(&a, SIZE_MAX));
	assert_null(spill_arena_alloc(&a, SIZE_MAX - 15));
	assert_null(spill_arena_dup(&a, "", SIZE_MAX));
	assert_int_equal(a.used, 0);
	s = spill_arena_dup(&a, "a\0b!", 3);
	assert_memory_equal(s, "a\0b", 4);
	assert_string_equal(spill_arena_dup(&a, NULL, 0), "");
	while (spill_arena_alloc(&a, 1) != NULL)
		assert_in_range(a.used, 1, 256);
	assert_int_equal(a.used, 256);
	assert_null(spill_arena_dup(&a, NULL, 0));
	spill_arena_release(&a);
	assert_non_null(spill_arena_alloc(&a, 256));
	assert_null(spill_arena_alloc(&a, 0));
	spill_arena_release(&a);
	a = SPILL_ARENA_INIT(0);
	assert_null(spill_arena_alloc(&a, SIZE_MAX / 4 - 64));
	assert_non_null(spill_arena_alloc(&a, 1));
	spill_arena_release(&a);
}

/* --- hashes ------------------------------------------------------------- */

static void
check_hash(struct spill_hash *h, const char *want)
{
	uint8_t md[SPILL_SHA256_LEN];
	char hex[SPILL_SHA256_HEX + 1];

	hex[SPILL_SHA256_HEX] = '!';
	assert_int_equal(spill_hash_done(h, md), SPILL_OK);
	spill_hex(hex, md, sizeof(md));
	assert_int_equal(hex[SPILL_SHA256_HEX], '!');
	assert_memory_equal(hex, want, SPILL_SHA256_HEX);
}

/* The examples of FIPS 180-4, each cut in two in every way; one handle. */
static void
hash_examples(void **state)
{
	static const struct {
		const char *text, *hex;
	} cases[] = { { "", "e3b0c44298fc1c149afbf4c8996fb924"
			    "27ae41e4649b934ca495991b7852b855" },
		{ "abc", "ba7816bf8f01cfea414140de5dae2223"
			 "b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		    "248d6a61d20638b8e5c026930c3e6039"
		    "a33ce45964ff2167f6ecedd419db06c1" } };
	char hex[] = "????????????";
	struct spill_hash *h = NULL;

	(void)state;
	spill_hex(hex, (const uint8_t *)"\x00\x0f\xf0\xff\x9a", 5);
	assert_string_equal(hex, "000ff0ff9a??");
	assert_int_equal(spill_hash_open(&h), SPILL_OK);
	for (size_t i = 0; i < SPILL_COUNT(cases); i++)
		for (size_t at = 0; at <= strlen(cases[i].text); at++) {
			spill_hash_put(h, cases[i].text, at);
			spill_hash_put(
			    h, cases[i].text + at, strlen(cases[i].text) - at);
			check_hash(h, cases[i].hex);
		}
	for (unsigned i = 0; i < 1000000; i++)
		spill_hash_put(h, "a", 1);
	check_hash(h, "cdc76e5c9914fb9281a1c7e284d73e67"
		      "f1809a48a497200e046d39ccc7112cd0");
	spill_hash_free(&h);
	assert_null(h);
	spill_hash_free(&h);
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
		cmocka_unit_test(plain_ascii),
		cmocka_unit_test(neutral),
		cmocka_unit_test(cur_ints),
		cmocka_unit_test(cur_sticky),
		cmocka_unit_test(cur_moves),
		cmocka_unit_test(varint_round_trip),
		cmocka_unit_test(varint_refused),
		cmocka_unit_test(buf_builds),
		cmocka_unit_test(buf_ceiling),
		cmocka_unit_test(buf_low_ceiling),
		cmocka_unit_test(buf_no_memory),
		cmocka_unit_test(buf_printf_fails),
		cmocka_unit_test(arena_pieces),
		cmocka_unit_test(arena_limits),
		cmocka_unit_test(hash_examples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
