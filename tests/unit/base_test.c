/*
 * base_test.c: cursors, buffers, arrays, arenas, hashes.
 */
#include <stdalign.h>
#include <wchar.h>

#include <spill/arena.h>
#include <spill/base.h>
#include <spill/cur.h>
#include <spill/diag.h>
#include <spill/utf8.h>

#include "util.h"

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

/* --- arrays ------------------------------------------------------------- */

static void
grow(void **state)
{
	unsigned *v = NULL;
	size_t cap = 0, was = 0, moves = 0;

	(void)state;
	for (size_t n = 0; n < 100000; n++) {
		unsigned *p = spill_grow(v, n, &cap, sizeof(*v));

		assert_non_null(p);
		assert_true(cap > n);
		if (cap == was)
			assert_ptr_equal(p, v);
		moves += cap != was;
		was = cap;
		v = p;
		v[n] = (unsigned)n;
	}
	for (size_t n = 0; n < 100000; n++)
		assert_int_equal(v[n], n);
	assert_true(moves < 20);
	/* More than a size can say: all stays as it was. */
	assert_null(spill_grow(v, cap, &cap, (size_t)1 << 46));
	assert_int_equal(cap, was);
	assert_int_equal(v[99999], 99999);
	free(v);
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
		cmocka_unit_test(grow),
		cmocka_unit_test(arena_pieces),
		cmocka_unit_test(arena_limits),
		cmocka_unit_test(hash_examples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
