/*
 * writer_test.c: what is written reads back as it was, in every syntax.
 */
#include <spill/reader.h>

#include "stream.h"

/* --- exact text --------------------------------------------------------- */

static void
expect_csv(struct spill_buf *b, struct spill_span v)
{
	bool quotes = false;

	for (size_t i = 0; i < v.len; i++)
		quotes |= v.p[i] == ',' || v.p[i] == '"' || v.p[i] == '\n' ||
			  v.p[i] == '\r';
	if (quotes)
		spill_buf_putc(b, '"');
	for (size_t i = 0; i < v.len; i++) {
		if (v.p[i] == '"')
			spill_buf_putc(b, '"');
		spill_buf_putc(b, v.p[i]);
	}
	if (quotes)
		spill_buf_putc(b, '"');
}

static void
expect_tsv(struct spill_buf *b, struct spill_span v)
{
	for (size_t i = 0; i < v.len; i++)
		if (v.p[i] == '\t')
			spill_buf_puts(b, "\\t");
		else if (v.p[i] == '\n')
			spill_buf_puts(b, "\\n");
		else if (v.p[i] == '\r')
			spill_buf_puts(b, "\\r");
		else if (v.p[i] == '\\')
			spill_buf_puts(b, "\\\\");
		else
			spill_buf_putc(b, v.p[i]);
}

/* The row "x,VALUE,VALUE" of a table of four columns. */
static void
expect_row(struct spill_buf *b, enum spill_syntax syntax, struct spill_span v)
{
	for (int i = 0; i < 4; i++) {
		struct spill_span cell = i == 0	  ? SPILL_SPAN("x")
					 : i == 3 ? SPILL_SPAN("")
						  : v;

		if (i > 0)
			spill_buf_putc(b, syntax == CSV ? ',' : '\t');
		if (syntax == CSV)
			expect_csv(b, cell);
		else
			expect_tsv(b, cell);
	}
	spill_buf_putc(b, '\n');
}

/* Value i of a series: each byte, each pair, each amid seven others. */
#define SERIES (256 + 65536 + 256 * 20)

static struct spill_span
nth_value(size_t i, char text[32])
{
	if (i < 256) {
		text[0] = (char)i;
		return (struct spill_span){ text, 1 };
	}
	i -= 256;
	if (i < 65536) {
		text[0] = (char)(i >> 8);
		text[1] = (char)i;
		return (struct spill_span){ text, 2 };
	}
	i -= 65536;
	memcpy(text, "abcdefghijklmnopqrst", 20);
	text[i % 20] = (char)(i / 20);
	return (struct spill_span){ text, 20 };
}

/* As delimited text it has one form; in every syntax it reads back. */
static void
every_byte_and_pair(void **state)
{
	char text[32];

	(void)state;
	for (int syntax = CSV; syntax <= JSONL; syntax++) {
		struct spill_buf out, want = SPILL_BUF_INIT(LARGE);
		struct stream s;
		struct spill_in *in;
		struct spill_table *t = NULL;

		begin(&s, (enum spill_syntax)syntax, &four);
		open_writer(&s);
		spill_buf_puts(&want, syntax == CSV
					  ? "first,second,third,fourth\n"
					  : "first\tsecond\tthird\tfourth\n");
		for (size_t i = 0; i < SERIES; i++) {
			struct spill_span v = nth_value(i, text);

			spill_row_clear(&row);
			spill_row_set(&row, 0, SPILL_SPAN("x"));
			spill_row_set(&row, 1, v);
			spill_row_set(&row, 2, v);
			if (i % 2) /* by way of the dict */
				spill_row_ref(
				    &row, 2, s.dict, spill_dict_add(s.dict, v));
			if (!spill_row_has(&row, 2)) /* it is full */
				spill_row_set(&row, 2, v);
			spill_writer_row(s.w, &row);
			expect_row(&want, (enum spill_syntax)syntax, v);
		}
		end(&s, &out);
		if (syntax != JSONL) {
			assert_int_equal(out.len, want.len);
			assert_memory_equal(out.p, want.p, want.len);
		}
		in = file(spill_buf_as_span(&out));
		assert_int_equal(spill_table_open(&t, in,
				     (enum spill_syntax)syntax, 0, NULL),
		    SPILL_OK);
		for (size_t i = 0; i < SERIES; i++) {
			struct spill_span v = nth_value(i, text);

			assert_int_equal(spill_table_next(t), SPILL_OK);
			assert_true(spill_span_eq(t->cell[1], v));
			assert_true(spill_span_eq(t->cell[2], v));
		}
		assert_int_equal(spill_table_next(t), SPILL_END);
		spill_table_free(&t);
		spill_in_free(&in);
		spill_buf_release(&out);
		spill_buf_release(&want);
	}
}

static void
put_known(struct stream *s)
{
	static const char *const more[] = { "zz", "b,c", "aa", "t\tb", "B" };

	for (size_t i = 0; i < SPILL_COUNT(more); i++)
		assert_int_equal(
		    spill_columns_add(s->cols, spill_span(more[i])), 4 + i);
	open_writer(s);
	spill_row_clear(&row);
	spill_writer_row(s->w, &row);
	spill_row_set(&row, 4, SPILL_SPAN("\"zz\""));
	spill_row_set(&row, 6, SPILL_SPAN("\\aa"));
	spill_row_set(&row, 1, SPILL_SPAN("two"));
	spill_writer_row(s->w, &row);
	spill_row_set(&row, 1, SPILL_SPAN("")); /* no cell any more */
	spill_row_set(&row, 8, SPILL_SPAN("8"));
	spill_row_set(&row, 3, SPILL_SPAN("7"));
	spill_writer_row(s->w, &row);
}

/* Columns of the schema first, then the others by name. */
static void
order_of_columns(void **state)
{
	struct stream s;
	struct spill_buf out;
	const uint16_t *order;
	size_t n;

	(void)state;
	check_text(CSV, put_known,
	    "first,second,third,fourth,B,aa,\"b,c\",t\tb,zz\n"
	    ",,,,,,,,\n"
	    ",two,,,,\\aa,,,\"\"\"zz\"\"\"\n"
	    ",,,7,8,\\aa,,,\"\"\"zz\"\"\"\n");
	check_text(TSV, put_known,
	    "first\tsecond\tthird\tfourth\tB\taa\tb,c\tt\\tb\tzz\n"
	    "\t\t\t\t\t\t\t\t\n"
	    "\ttwo\t\t\t\t\\\\aa\t\t\t\"zz\"\n"
	    "\t\t\t7\t8\t\\\\aa\t\t\t\"zz\"\n");
	check_text(JSONL, put_known,
	    "{\"first\":\"\"}\n"
	    "{\"first\":\"\",\"second\":\"two\",\"aa\":\"\\\\aa\",\"zz\":"
	    "\"\\\"zz\\\"\"}\n"
	    "{\"first\":\"\",\"fourth\":7,\"B\":\"8\",\"aa\":\"\\\\aa\","
	    "\"zz\":\"\\\"zz\\\"\"}\n");
	begin(&s, CSV, &four);
	(void)spill_columns_add(s.cols, SPILL_SPAN("b"));
	(void)spill_columns_add(s.cols, SPILL_SPAN("a"));
	open_writer(&s);
	order = spill_writer_columns(s.w, &n);
	assert_int_equal(n, 6);
	assert_memory_equal(
	    order, ((const uint16_t[]){ 0, 1, 2, 3, 5, 4 }), 12);
	end(&s, &out);
	spill_buf_release(&out);
}

/* --- JSON numbers ------------------------------------------------------- */

static void
json_numbers(void **state)
{
	static const struct {
		const char *cell, *json;
	} cases[] = { { "0", "0" }, { "7", "7" }, { "10", "10" },
		{ "-1", "-1" }, { "123456789012345", "123456789012345" },
		{ "-123456789012345", "-123456789012345" },
		{ "1234567890123456", "\"1234567890123456\"" },
		{ "18446744073709551615", "\"18446744073709551615\"" },
		{ "-", "\"-\"" }, { "-0", "\"-0\"" }, { "00", "\"00\"" },
		{ "01", "\"01\"" }, { "-01", "\"-01\"" }, { "+1", "\"+1\"" },
		{ " 1", "\" 1\"" }, { "1 ", "\"1 \"" }, { "1.0", "\"1.0\"" },
		{ "1e5", "\"1e5\"" }, { "0x1", "\"0x1\"" },
		{ "--1", "\"--1\"" }, { "1-1", "\"1-1\"" },
		{ "true", "\"true\"" }, { "null", "\"null\"" } };

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(cases); i++) {
		struct spill_buf out, want = SPILL_BUF_INIT(1000);
		struct stream s;
		struct spill_span v = spill_span(cases[i].cell);

		begin(&s, JSONL, &spill_schema_event);
		assert_int_equal(
		    spill_columns_add(s.cols, SPILL_SPAN("uid")), EV_COUNT);
		open_writer(&s);
		spill_row_clear(&row);
		spill_row_set(&row, EV_SIZE, v); /* uint */
		spill_row_set(&row, EV_SKEW_NS, v); /* int */
		spill_row_set(&row, EV_ID, v); /* text */
		spill_row_set(&row, EV_COUNT, v);
		spill_writer_row(s.w, &row);
		end(&s, &out);
		spill_buf_printf(&want,
		    "{\"datetime\":\"\",\"size\":%s,\"skew_ns\":%s,\"id\":\"%"
		    "s\",\"uid\":\"%s\"}"
		    "\n",
		    cases[i].json, cases[i].json, v.p, v.p);
		assert_string_equal(spill_buf_str(&out), spill_buf_str(&want));
		spill_buf_release(&out);
		spill_buf_release(&want);
	}
}

/* --- round trips -------------------------------------------------------- */

static char noise[60000];

/* Anything, text that looks like a table, or what needs no quotes. */
static struct spill_span
random_value(uint32_t *seed)
{
	size_t kind = dice(seed, 3) * 20000;
	size_t len =
	    dice(seed, 30) == 0 ? dice(seed, 5000) : 1 + dice(seed, 30);

	return (struct spill_span){ noise + kind + dice(seed, 15000), len };
}

static void
make_noise(uint32_t *seed)
{
	static const char table[] = ",,\"\"\n\r\t\\;'{}[]:# #seal \xef\xbb\xbf";

	for (size_t i = 0; i < 20000; i++) {
		noise[i] = (char)dice(seed, 256);
		noise[20000 + i] = table[dice(seed, sizeof(table) - 1)];
		noise[40000 + i] = (char)('a' + dice(seed, 26));
	}
}

static void
random_columns(struct stream *s, uint32_t *seed, size_t n)
{
	for (size_t i = 0; i < n; i++)
		(void)spill_columns_add(s->cols, random_value(seed));
}

static void
random_row(const struct stream *s, uint32_t *seed)
{
	uint32_t n = (uint32_t)spill_columns_count(s->cols);

	spill_row_clear(&row);
	for (unsigned k = dice(seed, 20); k > 0; k--) {
		struct spill_span v = random_value(seed);
		unsigned col = 1 + dice(seed, n - 1);
		int32_t id = dice(seed, 3) == 0 && v.len < 40
				 ? spill_dict_add(s->dict, v)
				 : -1;

		if (id >= 0)
			spill_row_ref(&row, col, s->dict, id);
		else
			spill_row_set(&row, col, v);
	}
	spill_row_set(&row, 0, SPILL_SPAN("2020-01-01"));
}

static void
check_back(struct spill_table *t, const struct stream *s)
{
	size_t set = 0, n = spill_columns_count(s->cols);

	assert_int_equal(spill_table_next(t), SPILL_OK);
	for (size_t i = 0; i < t->n; i++)
		set += t->cell[i].len > 0;
	for (unsigned i = 0; i < n; i++) {
		struct spill_span name = spill_columns_name(s->cols, i);
		struct spill_span v = spill_row_get(&row, i), cell = { "", 0 };

		for (size_t k = 0; k < t->n && v.len > 0; k++)
			if (spill_span_eq(t->name[k], name))
				cell = t->cell[k];
		assert_true(spill_span_eq(cell, v));
		set -= v.len > 0;
	}
	assert_int_equal(set, 0);
}

static void
round_trip(void **state)
{
	uint32_t seed = 31;

	(void)state;
	make_noise(&seed);
	for (unsigned i = 0; i < 60; i++) {
		enum spill_syntax syntax = (enum spill_syntax)(i % 3);
		struct spill_buf out;
		struct stream s, names = { 0 };
		struct spill_in *in;
		struct spill_table *t = NULL;
		uint32_t at;

		begin(&s, syntax, i % 2 ? &four : &spill_schema_event);
		random_columns(&s, &seed, dice(&seed, 2) ? 30 : 0);
		open_writer(&s);
		at = seed;
		for (unsigned k = 0; k < 100; k++) {
			random_row(&s, &seed);
			spill_writer_row(s.w, &row);
		}
		/* The names and the dict are needed once more. */
		names.cols = s.cols;
		names.dict = s.dict;
		s.cols = NULL;
		s.dict = NULL;
		end(&s, &out);
		in = file(spill_buf_as_span(&out));
		assert_int_equal(
		    spill_table_open(&t, in, syntax, 0, NULL), SPILL_OK);
		seed = at;
		for (unsigned k = 0; k < 100; k++) {
			random_row(&names, &seed);
			check_back(t, &names);
		}
		assert_int_equal(spill_table_next(t), SPILL_END);
		spill_table_free(&t);
		spill_in_free(&in);
		spill_buf_release(&out);
		spill_dict_free(&names.dict);
		spill_columns_free(&names.cols);
	}
}

/* A packed row gives the same bytes as the row that it is made of. */
static void
packed_is_the_same(void **state)
{
	uint32_t seed = 37;

	(void)state;
	make_noise(&seed);
	for (unsigned i = 0; i < 60; i++) {
		struct spill_buf out[2];
		uint32_t from = seed;

		for (int packed = 0; packed < 2; packed++) {
			struct stream s;

			seed = from;
			begin(&s, (enum spill_syntax)(i % 3),
			    i % 2 ? &four : &spill_schema_event);
			random_columns(&s, &seed, dice(&seed, 2) ? 900 : 3);
			/* Values so long that a row cannot be bounded. */
			if (i % 5 == 0)
				(void)spill_dict_add(
				    s.dict, (struct spill_span){ noise, 2000 });
			open_writer(&s);
			for (unsigned k = 0; k < 100; k++) {
				struct spill_span first = SPILL_SPAN(
				    "2020-01-01T00:00:00.123456789Z");
				char *p;

				first.len = dice(&seed, 31);
				random_row(&s, &seed);
				spill_row_set(&row, 0, first);
				if (!packed) {
					spill_writer_row(s.w, &row);
					continue;
				}
				spill_row_set(&row, 0, SPILL_SPAN(""));
				p = malloc(spill_pack_bound(&row));
				assert_non_null(p);
				spill_writer_packed(s.w,
				    (struct spill_span){
					p, spill_pack(&row, p) },
				    first);
				free(p);
			}
			end(&s, &out[packed]);
		}
		assert_int_equal(out[0].len, out[1].len);
		assert_memory_equal(out[0].p, out[1].p, out[0].len);
		spill_buf_release(&out[0]);
		spill_buf_release(&out[1]);
	}
}

/* As many columns as there may be, and a row with all of them. */
static void
most_columns(void **state)
{
	(void)state;
	for (int syntax = CSV; syntax <= JSONL; syntax++) {
		struct stream s;
		struct spill_buf out;
		struct spill_in *in;
		struct spill_table *t = NULL;
		struct spill_columns *cols;
		char name[8];

		begin(&s, (enum spill_syntax)syntax, &four);
		for (unsigned i = 4; i < SPILL_COLUMNS_MAX; i++) {
			snprintf(name, sizeof(name), "%u", 9999 - i);
			assert_int_equal(
			    spill_columns_add(s.cols, spill_span(name)), i);
		}
		open_writer(&s);
		spill_row_clear(&row);
		for (unsigned i = 0; i < SPILL_COLUMNS_MAX; i++)
			spill_row_set(&row, i, spill_columns_name(s.cols, i));
		spill_writer_row(s.w, &row);
		cols = s.cols;
		s.cols = NULL; /* the row still needs it */
		end(&s, &out);
		in = file(spill_buf_as_span(&out));
		assert_int_equal(spill_table_open(&t, in,
				     (enum spill_syntax)syntax, 0, NULL),
		    SPILL_OK);
		assert_int_equal(spill_table_next(t), SPILL_OK);
		assert_int_equal(t->n, SPILL_COLUMNS_MAX);
		for (size_t i = 0; i < t->n; i++)
			assert_true(spill_span_eq(t->cell[i], t->name[i]));
		spill_table_free(&t);
		spill_in_free(&in);
		spill_buf_release(&out);
		spill_columns_free(&cols);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_and_pair),
		cmocka_unit_test(order_of_columns),
		cmocka_unit_test(json_numbers),
		cmocka_unit_test(round_trip),
		cmocka_unit_test(packed_is_the_same),
		cmocka_unit_test(most_columns),
	};

	return cmocka_run_group_tests(tests, setup, folder_teardown);
}
