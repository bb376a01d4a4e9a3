/*
 * where_test.c: conditions on cells.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <spill/diag.h>
#include <spill/where.h>

#include <cmocka.h>

static struct spill_columns *cols;
static struct spill_row row;

static int
setup(void **state)
{
	(void)state;
	spill_row_clear(&row);
	return spill_columns_open(&cols, &spill_schema_event);
}

static int
teardown(void **state)
{
	(void)state;
	spill_columns_free(&cols);
	return 0;
}

static bool
holds(const char *text)
{
	struct spill_where *w = NULL;
	bool result;

	if (spill_where_open(&w, &text, 1, cols) != SPILL_OK)
		fail_msg("refused: %s", text);
	result = spill_where_holds(w, &row);
	assert_int_equal(spill_where_rc(w), SPILL_OK);
	spill_where_free(&w);
	assert_null(w);
	spill_where_free(&w);
	return result;
}

static void
set(const char *column, struct spill_span v)
{
	int col = spill_columns_add(cols, spill_span(column));

	assert_true(col >= 0);
	spill_row_set(&row, (unsigned)col, v);
}

/* --- the table of operators and types ----------------------------------- */

/* What holds: one letter for each of = != < <= > >=, "-" where not. */
struct case_ {
	const char *column, *cell, *value, *holds;
};

#define LESS	"-!lL--"
#define EQUAL	"=--L-G"
#define GREATER "-!--gG"
#define NEITHER "-!----" /* there is no order */
#define SAME	"=-----" /* both are unset */

static const struct case_ cases[] = {
	/* text */
	{ "message", "b", "a", GREATER },
	{ "message", "b", "b", EQUAL },
	{ "message", "b", "c", LESS },
	{ "message", "b", "B", GREATER },
	{ "message", "b", "b ", LESS },
	{ "message", "b", "ba", LESS },
	{ "message", "ab", "a", GREATER },
	{ "message", "\xc3\xa9", "z", GREATER },
	{ "message", "a=b", "a=b", EQUAL },
	{ "message", "<", "<", EQUAL },
	{ "message", "x", "", NEITHER },
	{ "message", "", "x", NEITHER },
	{ "message", "", "", SAME },
	/* whole numbers, whatever the type of the column */
	{ "size", "9", "10", LESS },
	{ "size", "10", "9", GREATER },
	{ "size", "10", "10", EQUAL },
	{ "message", "9", "10", LESS },
	{ "size", "-2", "-1", LESS },
	{ "size", "-2", "1", LESS },
	{ "skew_ns", "-9223372036854775808", "-1", LESS },
	{ "skew_ns", "-9223372036854775808", "18446744073709551615", LESS },
	{ "size", "9223372036854775807", "9223372036854775808", LESS },
	{ "size", "18446744073709551615", "18446744073709551614", GREATER },
	{ "size", "18446744073709551615", "5", GREATER },
	{ "size", "5", "18446744073709551615", LESS },
	/* the same number, but not the same text */
	{ "size", "010", "10", "-!-L-G" },
	{ "size", "-0", "0", "-!-L-G" },
	/* no numbers: bytes */
	{ "size", "9", "10.", GREATER },
	{ "size", "9", "1e9", GREATER },
	{ "size", "9", "+10", GREATER },
	{ "size", "9", " 10", GREATER },
	{ "size", "10 ", "9", LESS },
	{ "size", "", "0", NEITHER },
	/* a column that is nobody's */
	{ "uid", "9", "10", LESS },
	{ "uid", "", "10", NEITHER },
	{ "no such column", "", "", SAME },
	/* times */
	{ "earliest", "2020-01-02", "2020-01-10", LESS },
	{ "earliest", "2020-01-01", "2020-01-01T00:00:00Z", EQUAL },
	{ "earliest", "2020-01-01T02:00:00+02:00", "2020-01-01", EQUAL },
	{ "earliest", "2020-01-01T00:00:00Z", "2020-01-01T01:00+02:00",
	    GREATER },
	{ "earliest", "2020-01-01T00:00:00.5Z", "2020-01-01T00:00:00.50Z",
	    EQUAL },
	{ "earliest", "2020-01-01T00:00:00.000000001Z", "2020-01-01", GREATER },
	{ "earliest", "1601-01-01", "9999-12-31", LESS },
	{ "earliest", "", "2020-01-01", NEITHER },
	{ "earliest", "2020-01-01", "", NEITHER },
	{ "earliest", "", "", SAME },
	{ "earliest", "yesterday", "2020-01-01", NEITHER },
	/* text that looks like a time is text */
	{ "time_raw", "2020-01-01", "2020-01-01T00:00:00Z", LESS },
};

static void
operators(void **state)
{
	static const char *const ops[] = { "=", "!=", "<", "<=", ">", ">=" };

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(cases); i++)
		for (size_t k = 0; k < SPILL_COUNT(ops); k++) {
			char text[100];

			spill_row_clear(&row);
			if (*cases[i].cell != '\0')
				set(cases[i].column, spill_span(cases[i].cell));
			(void)snprintf(text, sizeof(text), "%s%s%s",
			    cases[i].column, ops[k], cases[i].value);
			if (holds(text) != (cases[i].holds[k] != '-'))
				fail_msg("'%s' where it is '%s'", text,
				    cases[i].cell);
		}
}

/* Column 0 is the time of the row, not text. */
static void
the_time_of_the_row(void **state)
{
	static const struct {
		const char *time, *value, *holds;
	} of_rows[] = { { "2020-01-01T00:00:00Z", "2020-01-01", EQUAL },
		{ "2020-01-01", "2020-01-01T00:00Z", EQUAL },
		{ "2020-01-01T00:00:00.1Z", "2020-01-01T00:00:00.1000Z",
		    EQUAL },
		{ "1969-12-31T23:59:59Z", "1970-01-01", LESS },
		{ "2020-01-01T00:00:00.000000016Z",
		    "2020-01-01T00:00:00.000000015Z", GREATER },
		{ "", "2020-01-01", NEITHER }, { "", "", SAME },
		{ "2020-01-01", "", NEITHER } };
	static const char *const ops[] = { "=", "!=", "<", "<=", ">", ">=" };

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(of_rows); i++)
		for (size_t k = 0; k < SPILL_COUNT(ops); k++) {
			char text[100];

			spill_row_clear(&row);
			if (*of_rows[i].time != '\0')
				assert_int_equal(
				    spill_time_parse(
					spill_span(of_rows[i].time), &row.time,
					NULL),
				    SPILL_OK);
			(void)snprintf(text, sizeof(text), "datetime%s%s",
			    ops[k], of_rows[i].value);
			if (holds(text) != (of_rows[i].holds[k] != '-'))
				fail_msg("'%s' where it is '%s'", text,
				    of_rows[i].time);
		}
	row.time = spill_time_from_unix(0, 500000000, 1);
	row.time.zoned = true;
	assert_true(holds("datetime~1970-01-01T00:00:00.5Z"));
	assert_true(holds("datetime~1970-*"));
	assert_true(holds("datetime!~1971*"));
	/* A glob need not be a time. */
	assert_false(holds("datetime~yesterday"));
}

/* The first column of other schemas is a cell as any. */
static void
other_schemas(void **state)
{
	struct spill_columns *was = cols;

	(void)state;
	cols = NULL;
	assert_int_equal(
	    spill_columns_open(&cols, &spill_schema_item), SPILL_OK);
	set("item", SPILL_SPAN("disk:p1"));
	set("modified", SPILL_SPAN("2020-01-01T00:00:00.0Z"));
	assert_true(holds("item=disk:p1"));
	assert_true(holds("item>=disk"));
	assert_true(holds("modified=2020-01-01"));
	assert_true(holds("modified!=2020-01-02"));
	assert_true(holds("born="));
	spill_columns_free(&cols);
	cols = was;
}

/* --- globs -------------------------------------------------------------- */

static void
globs(void **state)
{
	static const struct {
		const char *cell, *glob;
		bool holds;
	} of[] = { { "a.docx", "*.docx", true }, { "a.docx", "*.doc", false },
		{ "/x/y/z", "/x*", true }, { "/x/y/z", "*/z", true },
		{ "/x/y/z", "x*", false }, { "/x", "/?", true },
		{ ".hidden", "*", true }, { "a", "[a-c]", true },
		{ "d", "[!a-c]", true }, { "*", "\\*", true },
		{ "x", "\\*", false }, { "", "", true }, { "", "*", true },
		{ "", "?*", false }, { "x", "", false }, { "A", "a", false },
		{ "a\nb", "a*b", true }, { "a~b", "a~b", true } };

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(of); i++) {
		char text[100];

		spill_row_clear(&row);
		set("path", spill_span(of[i].cell));
		(void)snprintf(text, sizeof(text), "path~%s", of[i].glob);
		if (holds(text) != of[i].holds)
			fail_msg("'%s' where it is '%s'", text, of[i].cell);
		(void)snprintf(text, sizeof(text), "path!~%s", of[i].glob);
		if (holds(text) == of[i].holds)
			fail_msg("'%s' where it is '%s'", text, of[i].cell);
	}
}

/* The whole cell counts, also what stands behind a NUL. */
static void
nul_in_a_cell(void **state)
{
	(void)state;
	set("message", SPILL_SPAN("a\0b"));
	assert_false(holds("message=a"));
	assert_true(holds("message!=a"));
	assert_true(holds("message>a"));
	assert_false(holds("message~a"));
	assert_true(holds("message!~a"));
}

/* --- all of them -------------------------------------------------------- */

static void
all_must_hold(void **state)
{
	static const char *const text[] = { "size>5", "size<10", "path~*.docx",
		"datetime>=2020-01-01" };
	struct spill_where *w = NULL;

	(void)state;
	assert_int_equal(
	    spill_where_open(&w, text, SPILL_COUNT(text), cols), SPILL_OK);
	set("size", SPILL_SPAN("7"));
	set("path", SPILL_SPAN("a.docx"));
	row.time = spill_time_from_unix(1577836800, 0, 0);
	assert_true(spill_where_holds(w, &row));
	set("size", SPILL_SPAN("10"));
	assert_false(spill_where_holds(w, &row));
	set("size", SPILL_SPAN("6"));
	assert_true(spill_where_holds(w, &row));
	set("path", SPILL_SPAN("a.doc"));
	assert_false(spill_where_holds(w, &row));
	set("path", SPILL_SPAN(".docx"));
	row.time.sec--;
	assert_false(spill_where_holds(w, &row));
	spill_where_free(&w);
	/* None at all: nothing to hinder. */
	assert_int_equal(spill_where_open(&w, NULL, 0, cols), SPILL_OK);
	assert_true(spill_where_holds(w, &row));
	spill_where_free(&w);
}

/* A column that turns up only after the conditions were read. */
static void
late_columns(void **state)
{
	static const char *const text[] = { "uid=0", "gid!=5" };
	struct spill_where *w = NULL;

	(void)state;
	assert_int_equal(spill_where_open(&w, text, 2, cols), SPILL_OK);
	assert_false(spill_where_holds(w, &row));
	set("gid", SPILL_SPAN("4"));
	set("uid", SPILL_SPAN("0"));
	assert_true(spill_where_holds(w, &row));
	set("gid", SPILL_SPAN("5"));
	assert_false(spill_where_holds(w, &row));
	spill_where_free(&w);
}

/* Conditions on what no row has had are said, the others are not. */
static void
report(void **state)
{
	static const char *const text[] = { "uid=0", "path~*", "size>0",
		"datetime=" };
	int err = dup(STDERR_FILENO);
	int said = memfd_create("said", MFD_CLOEXEC);
	struct spill_where *w = NULL;
	char line[200] = "";

	(void)state;
	assert_int_equal(spill_where_open(&w, text, 4, cols), SPILL_OK);
	assert_true(dup2(said, STDERR_FILENO) >= 0);
	spill_where_report(w);
	assert_true(dup2(err, STDERR_FILENO) >= 0);
	assert_true(pread(said, line, sizeof(line) - 1, 0) > 0);
	assert_non_null(strstr(line, "'uid'\n"));
	assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
	set("uid", SPILL_SPAN("0"));
	assert_int_equal(ftruncate(said, 0), 0);
	assert_true(dup2(said, STDERR_FILENO) >= 0);
	spill_where_report(w);
	assert_true(dup2(err, STDERR_FILENO) >= 0);
	assert_int_equal(pread(said, line, sizeof(line), 0), 0);
	spill_where_free(&w);
	close(err);
	close(said);
}

/* --- what is refused ---------------------------------------------------- */

static void
refused(void **state)
{
	static const char *const bad[] = { "", "path", "=x", "~x", "<1", "!",
		"path!", "path!x", "path!<5", "datetime=yesterday",
		"datetime<2020", "datetime>=2020-13-01", "earliest=x",
		"latest!=2020-01-01x", "datetime=1600-12-31" };
	int err = dup(STDERR_FILENO);
	int said = memfd_create("said", MFD_CLOEXEC);

	(void)state;
	assert_true(dup2(said, STDERR_FILENO) >= 0);
	for (size_t i = 0; i < SPILL_COUNT(bad); i++) {
		struct spill_where *w = NULL;
		const char *two[] = { "path=x", bad[i] };
		off_t before = lseek(said, 0, SEEK_END);

		assert_int_equal(
		    spill_where_open(&w, two, 2, cols), SPILL_EUSAGE);
		assert_null(w);
		assert_true(lseek(said, 0, SEEK_END) > before);
	}
	assert_true(dup2(err, STDERR_FILENO) >= 0);
	close(err);
	close(said);
}

/* Columns may be named as they like, but for the operators in a name. */
static void
names(void **state)
{
	static const char *const good[] = { "a b=x", "\xc3\xa9=x", "a,b=x",
		"path==x", "path=~x", "path~=x", "path>==", "path<>x",
		"path!=!=" };
	struct spill_where *w = NULL;

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(good); i++) {
		assert_int_equal(
		    spill_where_open(&w, &good[i], 1, cols), SPILL_OK);
		spill_where_free(&w);
	}
	set("path", SPILL_SPAN("=x"));
	assert_true(holds("path==x"));
	assert_true(holds("path~=x"));
	assert_false(holds("path=~x"));
	set("a b", SPILL_SPAN("1"));
	assert_true(holds("a b<=1"));
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = { T(operators),
		T(the_time_of_the_row), T(other_schemas), T(globs),
		T(nul_in_a_cell), T(all_must_hold), T(late_columns), T(report),
		T(refused), T(names) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
