/*
 * seal_test.c: seals that are written and read back, in every syntax.
 */
#include <spill/reader.h>

#include "stream.h"

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
	struct spill_in *in = file(spill_buf_as_span(out));
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
		cmocka_unit_test(seals),
		cmocka_unit_test(seal_of_two_lines),
		cmocka_unit_test(seal_that_is_long),
		cmocka_unit_test(seal_text),
	};

	return cmocka_run_group_tests(tests, setup, folder_teardown);
}
