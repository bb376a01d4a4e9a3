/*
 * writer_test.c: what is written reads back as it was, in every syntax.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <spill/buf.h>
#include <spill/in.h>
#include <spill/reader.h>
#include <spill/writer.h>

#include <cmocka.h>

#define CSV   SPILL_SYNTAX_CSV
#define TSV   SPILL_SYNTAX_TSV
#define JSONL SPILL_SYNTAX_JSONL
#define LARGE ((size_t)1 << 28)

#define S(s)                       \
	{                          \
		(s), sizeof(s) - 1 \
	}

static char folder[64], path[80];

static uint32_t
dice(uint32_t *seed, uint32_t n)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % n;
}

static int
setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/writer_test.XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/out", folder);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	return rmdir(folder);
}

/* --- a stream being written --------------------------------------------- */

struct stream {
	enum spill_syntax syntax;
	struct spill_columns *cols;
	struct spill_dict *dict;
	struct spill_out *out;
	struct spill_writer *w;
};

static struct spill_row row;

static void
begin(struct stream *s, enum spill_syntax syntax,
    const struct spill_schema *schema)
{
	*s = (struct stream){ .syntax = syntax };
	assert_int_equal(spill_columns_open(&s->cols, schema), SPILL_OK);
	assert_int_equal(spill_dict_open(&s->dict), SPILL_OK);
	assert_int_equal(spill_out_open(&s->out, path), SPILL_OK);
	assert_int_equal(spill_out_hash(s->out), SPILL_OK);
}

static void
open_writer(struct stream *s)
{
	assert_int_equal(
	    spill_writer_open(&s->w, s->out, s->syntax, s->cols, s->dict),
	    SPILL_OK);
	spill_writer_header(s->w);
}

/* Its text, and nothing else is left. */
static void
end(struct stream *s, struct spill_buf *text)
{
	struct stat st;
	int fd;

	assert_int_equal(spill_out_close(&s->out), SPILL_OK);
	spill_writer_free(&s->w);
	assert_null(s->w);
	spill_writer_free(&s->w);
	spill_dict_free(&s->dict);
	spill_columns_free(&s->cols);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(fstat(fd, &st), 0);
	*text = SPILL_BUF_INIT(LARGE);
	assert_non_null(spill_buf_room(text, (size_t)st.st_size + 1));
	assert_int_equal(read(fd, text->p, (size_t)st.st_size), st.st_size);
	text->len = (size_t)st.st_size;
	assert_int_equal(close(fd), 0);
}

static struct spill_in *
again(const struct spill_buf *text)
{
	FILE *f = tmpfile();
	struct spill_in *in = NULL;
	int fd;

	assert_non_null(f);
	assert_int_equal(fwrite(text->p, 1, text->len, f), text->len);
	assert_int_equal(fflush(f), 0);
	fd = fcntl(fileno(f), F_DUPFD_CLOEXEC, 3);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(spill_in_open(&in, fd, "again"), SPILL_OK);
	return in;
}

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

static const struct spill_column four_columns[] = {
	{ "first", SPILL_T_TEXT, true, "", NULL },
	{ "second", SPILL_T_TEXT, false, "", NULL },
	{ "third", SPILL_T_NAME, false, "", NULL },
	{ "fourth", SPILL_T_UINT, false, "", NULL },
};
static const struct spill_schema four = { "four", "", four_columns, 4 };

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
		in = again(&out);
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
check_text(
    enum spill_syntax syntax, void (*put)(struct stream *), const char *want)
{
	struct stream s;
	struct spill_buf out;

	begin(&s, syntax, &four);
	put(&s);
	end(&s, &out);
	assert_string_equal(spill_buf_str(&out), want);
	spill_buf_release(&out);
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
		in = again(&out);
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
		in = again(&out);
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

/* --- seals -------------------------------------------------------------- */

static void
put_rows(struct stream *s, unsigned rows)
{
	for (unsigned i = 0; i < rows; i++) {
		spill_row_clear(&row);
		spill_row_set(&row, 1, SPILL_SPAN("a,\n\t\"\\\xff"));
		spill_row_set(&row, 3, SPILL_SPAN("12"));
		spill_writer_row(s->w, &row);
	}
}

static void
check_sealed(enum spill_syntax syntax, const struct spill_seal *seal,
    const struct spill_buf *out, bool demand)
{
	struct spill_in *in = again(out);
	struct spill_reader *r = NULL;

	assert_int_equal(
	    spill_reader_open(&r, in, syntax, 0, demand, NULL), SPILL_OK);
	for (uint64_t i = 0; i < seal->rows; i++) {
		assert_int_equal(spill_reader_next(r), SPILL_OK);
		assert_false(r->sealed);
	}
	assert_int_equal(spill_reader_next(r), SPILL_END);
	assert_true(r->sealed);
	assert_int_equal(r->rows, seal->rows);
	assert_int_equal(r->seal_errors, seal->errors);
	assert_true(
	    spill_span_eq(spill_buf_as_span(&r->filters), seal->filters));
	assert_int_equal(spill_reader_next(r), SPILL_END);
	spill_reader_free(&r);
	spill_in_free(&in);
}

static void
check_seal(enum spill_syntax syntax, const struct spill_seal *seal)
{
	struct spill_buf out;
	struct stream s;

	begin(&s, syntax, &four);
	open_writer(&s);
	put_rows(&s, (unsigned)seal->rows);
	assert_int_equal(spill_writer_seal(s.w, seal), SPILL_OK);
	end(&s, &out);
	check_sealed(syntax, seal, &out, true);
	check_sealed(syntax, seal, &out, false);
	spill_buf_release(&out);
}

static const struct spill_span free_texts[] = { S(""), S("a"),
	S("--where path~*.docx, since 2020"), S(";"), S("\\"), S("\\;"),
	S("a;b=c;sha256=00;rows=9"), S("\\\\;;\\"), S(",\"quoted\","),
	S("\ttab"), S("\r"), S("\xff\xc3"), S("\xc3\xa9\xe2\x80\xae"),
	S("=cmd|' /C calc'!A0") };

static void
seals(void **state)
{
	(void)state;
	for (int syntax = CSV; syntax <= JSONL; syntax++)
		for (size_t i = 0; i < SPILL_COUNT(free_texts); i++) {
			struct spill_seal seal = {
				.rows = i % 3,
				.errors = i == 0 ? UINT64_MAX : i,
				.filters = free_texts[i],
				.options =
				    free_texts[SPILL_COUNT(free_texts) - 1 - i]
			};

			check_seal((enum spill_syntax)syntax, &seal);
		}
}

/* A line end in free text: the seal is a row of several lines in CSV. */
static void
seal_of_two_lines(void **state)
{
	struct spill_seal seal = { .rows = 2,
		.filters = SPILL_SPAN("path~a\nb\n"),
		.options = SPILL_SPAN("--where path~a\nb\n") };

	(void)state;
	check_seal(JSONL, &seal);
	check_seal(TSV, &seal);
	check_seal(CSV, &seal);
}

/* So long that it does not lie in the last 64 KiB of the file. */
static void
seal_that_is_long(void **state)
{
	char *text = malloc(150000);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', 150000);
	for (int syntax = CSV; syntax <= JSONL; syntax++)
		for (size_t len = 60000; len <= 150000; len += 5000) {
			struct spill_seal seal = { .rows = 2,
				.filters = { text, len },
				.options = SPILL_SPAN("") };

			check_seal((enum spill_syntax)syntax, &seal);
		}
	free(text);
}

static void
put_seal(struct stream *s)
{
	const struct spill_seal seal = { .rows = 1,
		.errors = 2,
		.filters = SPILL_SPAN("a;b\\"),
		.options = SPILL_SPAN("") };

	open_writer(s);
	put_rows(s, 1);
	assert_int_equal(spill_writer_seal(s->w, &seal), SPILL_OK);
}

/* The hash is that of what comes before and of the seal before ";sha256". */
static void
seal_text(void **state)
{
	(void)state;
	check_text(CSV, put_seal,
	    "first,second,third,fourth\n"
	    ",\"a,\n\t\"\"\\\xff\",,12\n"
	    "#seal rows=1;errors=2;filters=a\\;b\\\\;options=;"
	    "sha256="
	    "7aeda82049a3bd943f564bcad91e52b46a6a178d36d8eb0a6027beb46707d5be,,"
	    ",\n");
	check_text(TSV, put_seal,
	    "first\tsecond\tthird\tfourth\n"
	    "\ta,\\n\\t\"\\\\\xff\t\t12\n"
	    "#seal rows=1;errors=2;filters=a\\\\;b\\\\\\\\;options=;"
	    "sha256="
	    "8357dface11e5bf26999b38f72bafb18bb3f11840eddc9ad40f83270a9f3fcee\t"
	    "\t\t\n");
	check_text(JSONL, put_seal,
	    "{\"first\":\"\",\"second\":\"a,\\n\\t\\\"\\\\\\udcff\",\"fourth\":"
	    "12}\n"
	    "{\"#seal\":\"rows=1;errors=2;filters=a\\\\;b\\\\\\\\;options=;"
	    "sha256="
	    "b55f193fd7be64cffbc159b434dced75af24dd6ddeac5f9803bcf7ebd2c187f8\""
	    "}\n");
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
		cmocka_unit_test(seals),
		cmocka_unit_test(seal_of_two_lines),
		cmocka_unit_test(seal_that_is_long),
		cmocka_unit_test(seal_text),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
