/*
 * table_test.c: rows of CSV, TSV and JSON lines.
 *
 * Each case is text and what is read of it, as a transcript: a line
 * "[a|b]" for the names, then for each row "line@offset: a|b", or "!why" for
 * a damaged one, " cut" where it is the last without LF. Cells of JSON rows
 * are "name=value".
 */
#include <fcntl.h>

#include <spill/base.h>
#include <spill/row.h>
#include <spill/table.h>
#include <spill/utf8.h>

#include "util.h"

#define LITERAL SPILL_TABLE_LITERAL

struct text_case {
	enum spill_syntax syntax;
	unsigned flags;
	struct spill_span in, out;
};

static void
tell_cells(struct spill_buf *b, const struct spill_table *t, bool named)
{
	const char *bar = "";

	for (size_t i = 0; i < t->n; i++) {
		if (t->cell[i].p == NULL) {
			assert_true(named);
			continue;
		}
		spill_buf_puts(b, bar);
		bar = "|";
		if (named) {
			spill_buf_span(b, t->name[i]);
			spill_buf_putc(b, '=');
		}
		spill_buf_span(b, t->cell[i]);
	}
}

static void
tell_row(struct spill_buf *b, const struct spill_table *t, int rc, bool named,
    bool reasons)
{
	spill_buf_printf(b, "%llu@%llu: ", (unsigned long long)t->number,
	    (unsigned long long)t->offset);
	if (rc == SPILL_OK)
		tell_cells(b, t, named);
	else
		spill_buf_printf(b, "!%s", reasons ? t->damage : "");
	spill_buf_puts(b, t->cut ? " cut\n" : "\n");
}

/*
 * The transcript of an input up to rows that end behind STOP; reasons only
 * where asked. Frees the input. Returns where the last row begins.
 */
static size_t
tell(struct spill_buf *b, struct spill_in *in, const struct text_case *c,
    uint64_t stop, bool reasons)
{
	struct spill_table *t = NULL;
	size_t last = 0;
	int rc = spill_table_open(&t, in, c->syntax, c->flags, b);

	if (rc != SPILL_OK) {
		assert_null(t);
		spill_buf_printf(b, " (%d)\n", rc);
		spill_in_free(&in);
		return 0;
	}
	spill_buf_putc(b, '[');
	for (size_t i = 0; i < t->n; i++) {
		spill_buf_puts(b, i > 0 ? "|" : "");
		spill_buf_span(b, t->name[i]);
	}
	spill_buf_puts(b, "]\n");
	while ((rc = spill_table_next(t)) == SPILL_OK || rc == SPILL_EDAMAGED) {
		if (spill_in_bytes(in) > stop)
			break;
		last = b->len;
		tell_row(b, t, rc, c->syntax == JSONL, reasons);
	}
	if (stop == UINT64_MAX)
		assert_int_equal(rc, SPILL_END);
	spill_table_free(&t);
	assert_null(t);
	spill_table_free(&t);
	spill_in_free(&in);
	return last;
}

static void
check_told(struct spill_in *in, const struct text_case *c, struct spill_span s)
{
	struct spill_buf b = SPILL_BUF_INIT(1 << 20);

	(void)tell(&b, in, c, UINT64_MAX, true);
	if (!spill_span_eq(spill_buf_as_span(&b), s))
		print_message("of: %s\nread: %s\nnot: %s\n", c->in.p,
		    spill_buf_str(&b), s.p);
	assert_true(spill_span_eq(spill_buf_as_span(&b), s));
	spill_buf_release(&b);
}

/* clang-format off */
static const struct text_case cases[] = {
	/* CSV that is plain. */
	{ CSV, 0, S("a,b\n1,2\n\n3,4\n"), S("[a|b]\n2@4: 1|2\n4@9: 3|4\n") },
	{ CSV, 0, S("a,b\r\n1,2\r\n\r\n,\r\n"),
	    S("[a|b]\n2@5: 1|2\n4@12: |\n") },
	{ CSV, 0, S("\n\r\na\n1\n"), S("[a]\n4@5: 1\n") },
	{ CSV, 0, S("\xef\xbb\xbf" "a,b\n1,2"),
	    S("[a|b]\n2@7: 1|2 cut\n") },
	{ CSV, 0, S("\xef\xbb\xbf\xef\xbb\xbf" "a\n"),
	    S("[\xef\xbb\xbf" "a]\n") },
	{ CSV, 0, S("a"), S("[a]\n") },
	{ CSV, 0, S(",a\n ,\t\n"), S("[|a]\n2@3:  |\t\n") },
	{ CSV, 0, S("a,b\n1\n1,2,3\n1,2\n"),
	    S("[a|b]\n2@4: !1 cell where the header has 2\n"
	      "3@6: !3 cells where the header has 2\n4@12: 1|2\n") },
	{ CSV, 0, S("a,b\n\0,\xff\x80\r\r\nx\ry,\x1b[2J\n"),
	    S("[a|b]\n2@4: \0|\xff\x80\r\n3@11: x\ry|\x1b[2J\n") },
	{ CSV, 0, S("a,b,c,d,e,f,g,h,i,j\n,,,,,,,,,\n"
	      "1,22,333,4444,55555,666666,7777777,88888888,999999999,\n"),
	    S("[a|b|c|d|e|f|g|h|i|j]\n2@20: |||||||||\n"
	      "3@30: 1|22|333|4444|55555|666666|7777777|88888888|999999999|\n")
	},
	/* Quotes. */
	{ CSV, 0, S("\"a\",\"b,c\",\"d\"\"\"\n\"\",\"1\",\"\"\"\"\n"),
	    S("[a|b,c|d\"]\n2@16: |1|\"\n") },
	{ CSV, 0, S("a,b\n\"x\ny\",2\n3,\"\n\r\n\n\"\r\n5,6\n"),
	    S("[a|b]\n2@4: x\ny|2\n4@12: 3|\n\r\n\n\n8@22: 5|6\n") },
	{ CSV, 0, S("a,b\n\" a \t\",\"\"\"\"\"\"\n\",\",\"\",\n"),
	    S("[a|b]\n2@4:  a \t|\"\"\n"
	      "3@18: !3 cells where the header has 2\n") },
	{ CSV, 0, S("a,b\n\"x\0\xff\"\"\",\"\0\"\n,\"\"\n\"\",\n"),
	    S("[a|b]\n2@4: x\0\xff\"|\0\n3@16: |\n4@20: |\n") },
	{ CSV, 0, S("\"a\nb\",c\n1,\"2\"\r\n3,\"4\""),
	    S("[a\nb|c]\n3@8: 1|2\n4@15: 3|4 cut\n") },
	/* Damage. */
	{ CSV, 0, S("a,b\n1,\"x\n2,y\n3,z\n"),
	    S("[a|b]\n2@4: !a quote is never closed\n3@9: 2|y\n4@13: 3|z\n") },
	{ CSV, 0, S("a,b\n1,\"x\n2,y\n3,\"z\"\n4,\"\n\"\n"),
	    S("[a|b]\n2@4: !text behind a closing quote at offset 12 of the row\n"
	      "3@9: 2|y\n4@13: 3|z\n5@19: 4|\n\n") },
	{ CSV, 0, S("a,b\n1,\"x\n2,y\n3,\"z"),
	    S("[a|b]\n2@4: !text behind a closing quote at offset 12 of the row\n"
	      "3@9: 2|y\n4@13: !a quote is never closed cut\n") },
	{ CSV, 0, S("a,b\n1,\"x\ny\",2\n3,4\n"),
	    S("[a|b]\n2@4: !3 cells where the header has 2\n"
	      "3@9: !a quote is never closed\n4@14: 3|4\n") },
	{ CSV, 0, S("a,b\n5\"\",6\n1,x\"y\"\n\"1\" ,2\n\"1\"x,2\n1, \"2\"\n3,4\n"),
	    S("[a|b]\n2@4: !a quote inside a cell without quotes "
	      "at offset 1 of the row\n"
	      "3@10: !a quote inside a cell without quotes "
	      "at offset 3 of the row\n"
	      "4@17: !text behind a closing quote at offset 3 of the row\n"
	      "5@24: !text behind a closing quote at offset 3 of the row\n"
	      "6@31: !a quote inside a cell without quotes "
	      "at offset 3 of the row\n7@38: 3|4\n") },
	/* Headers that cannot serve. */
	{ CSV, 0, S(""), S("there is no header line (-6)\n") },
	{ CSV, 0, S("\n\r\n"), S("there is no header line (-6)\n") },
	{ CSV, 0, S("a,b,a\n"), S("two columns are named 'a' (-3)\n") },
	{ CSV, 0, S("a,,\"\"\n"), S("two columns are named '' (-3)\n") },
	{ CSV, 0, S("a,\"b\n1,2\n"), S("a quote is never closed (-3)\n") },
	{ TSV, 0, S(""), S("there is no header line (-6)\n") },
	{ TSV, 0, S("a\ta\n"), S("two columns are named 'a' (-3)\n") },
	/* Lines as they are. */
	{ CSV, LITERAL, S("a,b\n1,\"x\n\"2\",y\n3,\"\"\"\n\"4\"\"\",z\"\r\n"),
	    S("[a|b]\n2@4: 1|\"x\n3@9: \"2\"|y\n4@15: 3|\"\"\"\n"
	      "5@21: \"4\"\"\"|z\"\n") },
	{ CSV, LITERAL, S("\"a,b\",c\n\"1,2\",3\n\"1,2,\n,4\"\n\"5,\"\"6\",\"7,\"\n"),
	    S("[a,b|c]\n2@8: 1,2|3\n3@16: !a quote is never closed "
	      "at offset 0 of the row\n4@22: |4\"\n5@26: 5,\"6|7,\n") },
	{ CSV, LITERAL, S("a,\"b\nc\"\n"),
	    S("a quote is never closed at offset 2 of the row (-3)\n") },
	/* TSV. */
	{ TSV, 0, S("a\tb\n1\t\"2\r\n\t\nx\\ty\t\\\\\\n\\r\n"),
	    S("[a|b]\n2@4: 1|\"2\n3@10: |\n4@12: x\ty|\\\n\r\n") },
	{ TSV, 0, S("a\tb\n1\tC:\\Users\n1\tx\\\n1\ty\\\t\n\\\0\t\n1\n2\t\\n"),
	    S("[a|b]\n2@4: !a backslash that escapes nothing "
	      "at offset 4 of the row\n"
	      "3@15: !a backslash that escapes nothing "
	      "at offset 3 of the row\n"
	      "4@20: !3 cells where the header has 2\n"
	      "5@26: !a backslash that escapes nothing "
	      "at offset 0 of the row\n"
	      "6@30: !1 cell where the header has 2\n7@32: 2|\n cut\n") },
	{ TSV, 0, S("\xef\xbb\xbf" "a\\tb\tc,d\n\0\t\xff\rx\n"),
	    S("[a\tb|c,d]\n2@12: \0|\xff\rx\n") },
	/* JSON lines. */
	{ JSONL, 0, S(""), S("[]\n") },
	{ JSONL, 0, S("\xef\xbb\xbf{}\n \t\r\n\n{ } \r\n"),
	    S("[]\n1@3: \n4@11: \n") },
	{ JSONL, 0, S("{\"a\":1,\"b\":\"x\"}\n{\"b\":\"\",\"c\":true}\n"
	      "{\"a\":null,\"c\":false,\"b\":-0.5e+10}"),
	    S("[]\n1@0: a=1|b=x\n2@16: b=|c=true\n"
	      "3@34: b=-0.5e+10|c=false cut\n") },
	{ JSONL, 0, S("{ \"a\" : [ 1 , { \"x y\" : \" \\\" \" , \"\\\\\" : "
	      "null } , [ ] ] , \"b\" : { \"k\":[] } }\n"),
	    S("[]\n1@0: a=[1,{\"x y\":\" \\\" \",\"\\\\\":null},[]]|"
	      "b={\"k\":[]}\n") },
	{ JSONL, 0, S("{\"\\u0061\\n\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\"}\n"
	      "{\"a\\u000a\":\"\\u00e9\\u20AC\\ud83d\\ude00\"}\n"),
	    S("[]\n1@0: a\n=\"\\/\b\f\n\r\t\0\n"
	      "2@38: a\n=\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\n") },
	/* Bytes and lone surrogates. */
	{ JSONL, 0, S("{\"a\":\"\\udc80\\udcff\\udcfe\"}\n"
	      "{\"a\":\"\\ud800\"}\n{\"a\":\"\\udc7f\\udd00\"}\n"
	      "{\"a\":\"\\ud800x\\udbff\\udbff\\udfff\"}\n"),
	    S("[]\n1@0: a=\x80\xff\xfe\n2@27: a=\xed\xa0\x80\n"
	      "3@42: a=\xed\xb1\xbf\xed\xb4\x80\n"
	      "4@63: a=\xed\xa0\x80x\xed\xaf\xbf\xf4\x8f\xbf\xbf\n") },
	{ JSONL, 0, S("{\"a\":\"\xc3\xa9\x7f\xe2\x80\xae\"}\n{\"a\":\"\xff\"}\n"
	      "{\"a\":\"\xed\xa0\x80\"}\n{\"\xc0\x80\":1}\n"
	      "{\"x\":[\"\xf0\x9f\x98\"]}\n"),
	    S("[]\n1@0: a=\xc3\xa9\x7f\xe2\x80\xae\n"
	      "2@15: !bytes that are no UTF-8 at offset 6 of the line\n"
	      "3@25: !bytes that are no UTF-8 at offset 6 of the line\n"
	      "4@37: !bytes that are no UTF-8 at offset 2 of the line\n"
	      "5@46: !bytes that are no UTF-8 at offset 7 of the line\n") },
	{ JSONL, 0, S("{\"a\":\"\\n1\",\"b\":\"2\\t\",\"c\":[ ],\"d\":\"\\\\\"}\n"
	      "{\"a\":\"\\ud800\\ndc00\"}\n{\"a\":\"\\ud800\\\\udc00\"}\n"),
	    S("[]\n1@0: a=\n1|b=2\t|c=[]|d=\\\n"
	      "2@39: a=\xed\xa0\x80\ndc00\n"
	      "3@60: a=\xed\xa0\x80\\udc00\n") },
	{ JSONL, 0, S("{\"a\":1,\"a\":1}\n{\"a\":1,\"\\u0061\":1}\n"
	      "{\"a\":null,\"a\":1}\n{\"a\":2}\n"),
	    S("[]\n1@0: !the name 'a' comes twice\n"
	      "2@14: !the name 'a' comes twice\n"
	      "3@33: !the name 'a' comes twice\n4@50: a=2\n") },
};
/* clang-format on */

static void
whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(cases); i++)
		check_told(file(cases[i].in), &cases[i], cases[i].out);
}

/* --- the same through a pipe, a byte at a time -------------------------- */

static void
byte_by_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(cases); i++) {
		struct feed f = { .text = cases[i].in, .piece = 1 };

		check_told(fed(&f, 0), &cases[i], cases[i].out);
		(void)pthread_join(f.thread, NULL);
	}
}

/* A header may tell only later that its rows are to be taken literally. */
static void
literal_from_here(void **state)
{
	static const struct spill_span text =
	    S("a,b\n\"1\n2\",3\n\"4,5\n\"6\",7\n");
	struct spill_in *in = file(text);
	struct spill_table *t = NULL;

	(void)state;
	assert_int_equal(spill_table_open(&t, in, CSV, 0, NULL), SPILL_OK);
	assert_int_equal(spill_table_next(t), SPILL_OK);
	assert_memory_equal(t->cell[0].p, "1\n2", 3);
	spill_table_literal(t);
	assert_int_equal(spill_table_next(t), SPILL_OK);
	assert_int_equal(t->cell[0].len, 2);
	assert_memory_equal(t->cell[0].p, "\"4", 2);
	assert_int_equal(spill_table_next(t), SPILL_OK);
	assert_int_equal(t->number, 5);
	assert_memory_equal(t->cell[0].p, "\"6\"", 3);
	spill_table_free(&t);
	spill_in_free(&in);
}

/* --- cut at every byte -------------------------------------------------- */

/* Where the header ends: rows behind a header that is cut are others. */
static uint64_t
header_end(const struct text_case *c)
{
	struct spill_in *in = file(c->in);
	struct spill_table *t = NULL;
	uint64_t end = UINT64_MAX;

	if (spill_table_open(&t, in, c->syntax, c->flags, NULL) == SPILL_OK)
		end = spill_in_bytes(in);
	spill_table_free(&t);
	spill_in_free(&in);
	return end;
}

/*
 * Rows that end before the cut are those of the whole. One thing else may
 * be: a quote that never closes before the cut, and closes right at it, is
 * the last row, and is said to be cut.
 */
static void
check_cut(const struct text_case *c, size_t cut)
{
	struct spill_buf all = SPILL_BUF_INIT(1 << 20);
	struct spill_buf part = SPILL_BUF_INIT(1 << 20);
	struct spill_span s = { c->in.p, cut };
	size_t last = tell(&part, file(s), c, UINT64_MAX, false);
	size_t n;

	(void)tell(&all, file(c->in), c, cut, false);
	n = SPILL_MIN(all.len, part.len);
	if (n < all.len || memcmp(part.p, all.p, n) != 0) {
		assert_memory_equal(part.p + part.len - 5, " cut\n", 5);
		assert_memory_equal(part.p, all.p, last);
	}
	spill_buf_release(&all);
	spill_buf_release(&part);
}

static void
cut_anywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(cases); i++) {
		uint64_t header = header_end(&cases[i]);

		for (size_t cut = 0; cut < cases[i].in.len; cut++)
			if (header <= cut)
				check_cut(&cases[i], cut);
			else
				(void)header_end(&(struct text_case){
				    cases[i].syntax, cases[i].flags,
				    { cases[i].in.p, cut }, { "", 0 } });
	}
}

/* --- columns ------------------------------------------------------------ */

/* As many columns as may be, and one more, in a header. */
static void
header_limit(void **state)
{
	(void)state;
	for (int syntax = CSV; syntax <= TSV; syntax++)
		for (size_t n = 1023; n <= 1030; n++) {
			struct spill_buf b = SPILL_BUF_INIT(1 << 20);
			struct spill_buf why = SPILL_BUF_INIT(1000);
			struct spill_table *t = NULL;
			struct spill_in *in;
			bool fits = n <= SPILL_COLUMNS_MAX;

			for (size_t i = 0; i < n; i++)
				spill_buf_printf(&b, "%s%s%zu%s",
				    i == 0	    ? ""
				    : syntax == CSV ? ","
						    : "\t",
				    syntax == CSV && i % 7 == 0 ? "\"" : "", i,
				    syntax == CSV && i % 7 == 0 ? "\"" : "");
			in = file(spill_buf_as_span(&b));
			assert_int_equal(
			    spill_table_open(&t, in, (enum spill_syntax)syntax,
				LITERAL, &why),
			    fits ? SPILL_OK : SPILL_ELIMIT);
			if (fits) {
				assert_int_equal(t->n, n);
				assert_int_equal(spill_table_find(t, "7"), 7);
				assert_int_equal(spill_table_find(t, "x"), -1);
				assert_int_equal(why.len, 0);
			} else {
				assert_string_equal(spill_buf_str(&why),
				    "more than 1024 columns");
			}
			spill_table_free(&t);
			spill_in_free(&in);
			spill_buf_release(&b);
			spill_buf_release(&why);
		}
}

/* --- size --------------------------------------------------------------- */

static void
check_next(struct spill_table *t, int rc, uint64_t number, size_t len)
{
	assert_int_equal(spill_table_next(t), rc);
	assert_int_equal(t->number, number);
	if (rc == SPILL_OK)
		assert_int_equal(t->cell[0].len, len);
}

/* A row of 16 MiB is read, one of a byte more is damage; both ways to be
 * long, each with something to unescape. */
static void
long_rows(void **state)
{
	static const struct {
		enum spill_syntax syntax;
		const char *head, *open, *close, *tail;
		size_t less; /* bytes that are not the cell's */
	} kinds[] = { { CSV, "a\n", "\"\"\"", "\"", "\nx\n", 3 },
		{ CSV, "a\n", "\"\n", "\"", "\nx\n", 2 },
		{ TSV, "a\n", "\\n", "", "\nx\n", 1 },
		{ JSONL, "{\"a\":1}\n", "{\"a\":\"\\n", "\"}",
		    "\n{\"a\":\"x\"}\n", 9 } };

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(kinds) * 2; i++) {
		size_t k = i / 2, over = i % 2, ends = strlen(kinds[k].open);
		struct spill_buf b = SPILL_BUF_INIT(SPILL_LINE_MAX * 2);
		struct spill_table *t = NULL;
		struct spill_in *in;
		uint64_t n = 2;

		ends = SPILL_LINE_MAX + over - ends - strlen(kinds[k].close);
		spill_buf_puts(&b, kinds[k].head);
		spill_buf_puts(&b, kinds[k].open);
		assert_non_null(spill_buf_room(&b, ends));
		memset(b.p + b.len, 'x', ends);
		b.len += ends;
		spill_buf_puts(&b, kinds[k].close);
		spill_buf_puts(&b, kinds[k].tail);
		in = file(spill_buf_as_span(&b));
		assert_int_equal(
		    spill_table_open(&t, in, kinds[k].syntax, 0, NULL),
		    SPILL_OK);
		if (kinds[k].syntax == JSONL)
			check_next(t, SPILL_OK, 1, 1);
		check_next(t, over ? SPILL_EDAMAGED : SPILL_OK, n++,
		    SPILL_LINE_MAX - kinds[k].less);
		if (k == 1) /* it is two lines, the second alone damaged */
			n += 1 - over;
		if (k == 1 && over)
			check_next(t, SPILL_EDAMAGED, n++, 0);
		check_next(t, SPILL_OK, n, 1);
		assert_int_equal(spill_table_next(t), SPILL_END);
		spill_table_free(&t);
		spill_in_free(&in);
		spill_buf_release(&b);
	}
}

/*
 * Reads ROWS rows, of which OK are whole, from copies of LINE behind a header
 * of three columns and FIRST. What would be quadratic would not end.
 */
static void
check_bulk(const char *first, const char *line, size_t copies, size_t ok)
{
	struct spill_buf b = SPILL_BUF_INIT((size_t)1 << 30);
	struct spill_table *t = NULL;
	struct spill_in *in;
	size_t rows = 0, whole_rows = 0;
	int rc;

	spill_buf_puts(&b, "a,b,c\n");
	spill_buf_puts(&b, first);
	for (size_t i = 0; i < copies; i++)
		spill_buf_puts(&b, line);
	assert_int_equal(b.rc, SPILL_OK);
	in = file(spill_buf_as_span(&b));
	spill_buf_release(&b);
	assert_int_equal(spill_table_open(&t, in, CSV, 0, NULL), SPILL_OK);
	while ((rc = spill_table_next(t)) != SPILL_END) {
		rows++;
		whole_rows += rc == SPILL_OK;
		assert_true(rc == SPILL_OK || rc == SPILL_EDAMAGED);
	}
	assert_int_equal(rows, copies + (*first != '\0'));
	assert_int_equal(whole_rows, ok);
	spill_table_free(&t);
	spill_in_free(&in);
}

static void
open_quotes_are_linear(void **state)
{
	(void)state;
	/* One quote that never closes, before 40 MB. */
	check_bulk("1,\"2,3\n", "1,2,3\n", 7000000, 7000000);
	check_bulk("1,\"2,3\n", "1,\"2\",3\n", 5000000, 5000000);
	/* One in every line: each pair of lines is a row of two cells. */
	check_bulk("", "1,\"\n", 1000000, 0);
	check_bulk("", "1,2\"\n", 1000000, 0);
}

/* --- errors of the input ------------------------------------------------ */

static void
read_error(void **state)
{
	struct spill_in *in = NULL;
	struct spill_table *t = NULL;
	struct spill_buf why = SPILL_BUF_INIT(1000);

	(void)state;
	for (int syntax = CSV; syntax <= JSONL; syntax++) {
		assert_int_equal(
		    spill_in_open(&in, open("/", O_RDONLY | O_CLOEXEC), "/"),
		    SPILL_OK);
		assert_int_equal(spill_table_open(&t, in,
				     (enum spill_syntax)syntax, 0, &why),
		    SPILL_EIO);
		assert_null(t);
		assert_int_equal(why.len, 0);
		spill_in_free(&in);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),
		cmocka_unit_test(byte_by_byte),
		cmocka_unit_test(literal_from_here),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(header_limit),
		cmocka_unit_test(long_rows),
		cmocka_unit_test(open_quotes_are_linear),
		cmocka_unit_test(read_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
