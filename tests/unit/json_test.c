/*
 * json_test.c: JSON lines: what is refused, its columns, what is written.
 */
#include <spill/row.h>
#include <spill/table.h>
#include <spill/utf8.h>

#include "util.h"

/* --- JSON that is refused ----------------------------------------------- */

static void
json_refused(void **state)
{
	static const char *const bad[] = { "[]", "1", "\"a\"", "{", "{\"a\"",
		"{\"a\":", "{\"a\":}", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}",
		"{,}", "{\"a\" 1}", "{a:1}", "{'a':1}", "{\"a\":1}}",
		"{\"a\":1}{\"a\":1}", "{\"a\":1} x", "{\"a\":01}", "{\"a\":-}",
		"{\"a\":-01}", "{\"a\":+1}", "{\"a\":.5}", "{\"a\":1.}",
		"{\"a\":1.e1}", "{\"a\":1e}", "{\"a\":1e+}", "{\"a\":0x10}",
		"{\"a\":1 2}", "{\"a\":NaN}", "{\"a\":Infinity}", "{\"a\":tru}",
		"{\"a\":True}", "{\"a\":truex}", "{\"a\":nul}", "{\"a\":falsy}",
		"{\"a\":\"x}", "{\"a\":\"\t\"}", "{\"a\":\"\x01\"}",
		"{\"a\":\"\x1f\"}", "{\"a\":\"\\x\"}", "{\"a\":\"\\\"}",
		"{\"a\":\"\\u12\"}", "{\"a\":\"\\u12g4\"}",
		"{\"a\":\"\\u 123\"}", "{\"a\":\"\\U0041\"}", "{\"a\":[1,]}",
		"{\"a\":[,]}", "{\"a\":[1 2]}", "{\"a\":[}", "{\"a\":[1}",
		"{\"a\":{\"b\"}}", "{\"a\":{1:2}}", "{\"a\":{\"b\":1,}}",
		"{\"a\":{\"b\":}}", "{\"a\":[\"\\q\"]}", "{\"a\":1,\"a\":2}",
		"{\"a\":1/**/}", "{\"a\":1,\f\"b\":2}",
		"{\"a\":\xc2\xa0"
		"1}" };

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(bad); i++) {
		struct spill_table *t = NULL;
		struct spill_in *in = file(spill_span(bad[i]));

		assert_int_equal(
		    spill_table_open(&t, in, JSONL, 0, NULL), SPILL_OK);
		if (spill_table_next(t) != SPILL_EDAMAGED)
			print_message("taken: %s\n", bad[i]);
		assert_int_equal(spill_table_next(t), SPILL_END);
		assert_non_null(t->damage);
		assert_true(t->cut);
		spill_table_free(&t);
		spill_in_free(&in);
	}
}

/* Depth 64 is the last one that is read. */
static void
json_depth(void **state)
{
	(void)state;
	for (unsigned depth = 2; depth < 300; depth++) {
		struct spill_buf b = SPILL_BUF_INIT(4096);
		struct spill_table *t = NULL;
		struct spill_in *in;

		spill_buf_puts(&b, "{\"a\":");
		for (unsigned i = 1; i < depth; i++)
			spill_buf_puts(&b, i % 2 ? "[" : "{\"\":");
		spill_buf_puts(&b, depth % 2 ? "{}" : "[]");
		b.len -= 2;
		spill_buf_puts(&b, "7");
		for (unsigned i = depth; i-- > 1;)
			spill_buf_puts(&b, i % 2 ? "]" : "}");
		spill_buf_puts(&b, "}\n");
		in = file(spill_buf_as_span(&b));
		assert_int_equal(
		    spill_table_open(&t, in, JSONL, 0, NULL), SPILL_OK);
		assert_int_equal(spill_table_next(t),
		    depth <= 64 ? SPILL_OK : SPILL_EDAMAGED);
		if (depth <= 64)
			assert_int_equal(t->cell[0].len, b.len - 7);
		spill_table_free(&t);
		spill_in_free(&in);
		spill_buf_release(&b);
	}
}

/* JSON names come one by one; those past the limit damage their row only. */
static void
json_columns(void **state)
{
	struct spill_buf b = SPILL_BUF_INIT(1 << 20);
	struct spill_table *t = NULL;
	struct spill_in *in;

	(void)state;
	for (unsigned i = 0; i < 1030; i++)
		spill_buf_printf(&b, "{\"k%u\":%u,\"k0%s\":null}\n", i, i,
		    i == 0 ? "x" : "");
	spill_buf_puts(&b, "{\"k1022\":\"last\",\"k5\":5}\n");
	in = file(spill_buf_as_span(&b));
	assert_int_equal(spill_table_open(&t, in, JSONL, 0, NULL), SPILL_OK);
	for (unsigned i = 0; i < 1030; i++) {
		bool fits = i < 1023;

		assert_int_equal(
		    spill_table_next(t), fits ? SPILL_OK : SPILL_EDAMAGED);
		assert_int_equal(t->n, fits ? i + 2 : 1024);
		for (size_t k = 0; k < t->n && fits; k++)
			assert_int_equal(
			    t->cell[k].p != NULL, k == i + (i > 0 ? 1 : 0));
		if (!fits)
			assert_string_equal(
			    t->damage, "more than 1024 columns");
	}
	assert_int_equal(spill_table_next(t), SPILL_OK);
	assert_memory_equal(t->cell[spill_table_find(t, "k1022")].p, "last", 4);
	assert_int_equal(spill_table_next(t), SPILL_END);
	spill_table_free(&t);
	spill_in_free(&in);
	spill_buf_release(&b);
}

/* --- JSON that is written ----------------------------------------------- */

static void
json_escapes(void **state)
{
	static const struct {
		struct spill_span raw, text;
	} known[] = { { S(""), S("") }, { S("plain text"), S("plain text") },
		{ S("\"\\/"), S("\\\"\\\\/") },
		{ S("\b\f\n\r\t"), S("\\b\\f\\n\\r\\t") },
		{ S("\0\x01\x1f\x7f"), S("\\u0000\\u0001\\u001f\\u007f") },
		{ S("0123456\x7f"
		    "89\""),
		    S("0123456\\u007f89\\\"") },
		{ S("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"),
		    S("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80") },
		{ S("\xc2\x85\xe2\x80\xae\xef\xbf\xbf\xf3\xa0\x80\x81"),
		    S("\\u0085\\u202e\\uffff\\udb40\\udc01") },
		{ S("\x80\xff\xc3"), S("\\udc80\\udcff\\udcc3") },
		/* A lone surrogate, high and low. */
		{ S("\xed\xa0\x80"), S("\\ud800") },
		{ S("\xed\xaf\xbfx"), S("\\udbffx") },
		{ S("\xed\xb1\xbf\xed\xb4\x80"), S("\\udc7f\\udd00") },
		/* Those whose escape would mean a byte. */
		{ S("\xed\xb2\x80"), S("\\udced\\udcb2\\udc80") },
		{ S("\xed\xb3\xbf"), S("\\udced\\udcb3\\udcbf") },
		/* A high one before what would make a pair of it. */
		{ S("\xed\xa0\x80\xed\xb0\x80"),
		    S("\\udced\\udca0\\udc80\\udc00") },
		{ S("\xed\xa0\x80\xff"), S("\\udced\\udca0\\udc80\\udcff") },
		{ S("\xed\xa0\x80\xf3\xa0\x80\x81"),
		    S("\\ud800\\udb40\\udc01") } };

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(known); i++) {
		struct spill_buf b = SPILL_BUF_INIT(1000);

		spill_json_escape(&b, known[i].raw);
		assert_true(
		    spill_span_eq(spill_buf_as_span(&b), known[i].text));
		spill_buf_release(&b);
	}
}

/* Only printable UTF-8 leaves. */
static void
check_printable(struct spill_span s)
{
	uint32_t cp;

	for (size_t i = 0; i < s.len;) {
		unsigned n = spill_utf8_decode(s.p + i, s.len - i, &cp);

		assert_true(n > 0);
		assert_true(spill_cp_printable(cp));
		i += n;
	}
}

static void
add_line(struct spill_buf *b, const char *p, size_t n)
{
	size_t from = b->len;

	spill_buf_puts(b, "{\"a\":\"");
	spill_json_escape(b, (struct spill_span){ p, n });
	spill_buf_puts(b, "\"}");
	check_printable((struct spill_span){ b->p + from, b->len - from });
	spill_buf_putc(b, '\n');
}

static const struct spill_span pieces[] = { S("\xed\xa0\x80"),
	S("\xed\xaf\xbf"), S("\xed\xb0\x80"), S("\xed\xb2\x80"),
	S("\xed\xb3\xbf"), S("\xed\xb4\x80"), S("\xf3\xa0\x80\x81"),
	S("\xf0\x9f\x98\x80"), S("\xed"), S("\xa0"), S("\xff"), S("a"), S("\\"),
	S("\0"), S("\xef\xbf\xbf"), S("\xf0\x90") };

#define NPIECES SPILL_COUNT(pieces)

static size_t
sequence(size_t i, char out[16])
{
	size_t n = 0;

	for (; i > 0; i /= NPIECES + 1) {
		size_t k = i % (NPIECES + 1);

		if (k == 0)
			continue;
		memcpy(out + n, pieces[k - 1].p, pieces[k - 1].len);
		n += pieces[k - 1].len;
	}
	return n;
}

static size_t
code_point(size_t cp, char out[16])
{
	return cp <= 0x10ffff ? spill_utf8_encode((uint32_t)cp, out) : 0;
}

static size_t
two_bytes(size_t i, char out[16])
{
	out[0] = (char)(i >> 8);
	out[1] = (char)i;
	return 2;
}

/* Text i of a series, written and read, is the same bytes. */
static void
check_series(size_t (*text)(size_t, char[16]), size_t count)
{
	struct spill_buf b = SPILL_BUF_INIT((size_t)1 << 30);
	struct spill_table *t = NULL;
	struct spill_in *in;
	char raw[16];

	for (size_t i = 0; i < count; i++)
		add_line(&b, raw, text(i, raw));
	in = file(spill_buf_as_span(&b));
	spill_buf_release(&b);
	assert_int_equal(spill_table_open(&t, in, JSONL, 0, NULL), SPILL_OK);
	for (size_t i = 0; i < count; i++) {
		size_t n = text(i, raw);

		assert_int_equal(spill_table_next(t), SPILL_OK);
		assert_int_equal(t->cell[0].len, n);
		assert_int_equal(memcmp(t->cell[0].p, raw, n), 0);
	}
	assert_int_equal(spill_table_next(t), SPILL_END);
	spill_table_free(&t);
	spill_in_free(&in);
}

static void
json_round_trips(void **state)
{
	(void)state;
	check_series(sequence, 17 * 17 * 17 * 17);
	check_series(code_point, 0x110000);
	check_series(two_bytes, 0x10000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_refused),
		cmocka_unit_test(json_depth),
		cmocka_unit_test(json_columns),
		cmocka_unit_test(json_escapes),
		cmocka_unit_test(json_round_trips),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
