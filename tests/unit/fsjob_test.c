/*
 * fsjob_test.c: what goes between the tools and worker-fs, and what the tools
 * do not let in.
 */
#include <spill/fscheck.h>
#include "../../common/evidence/fsjob_i.h"
#include "util.h"

/* --- requests ----------------------------------------------------------- */

static void
make_request(struct spill_buf *b)
{
	struct fsjob_part parts[2] = { { 1, 1000 }, { 2, UINT64_MAX } };
	struct fsjob j = { .op = FSJOB_WALK,
		.sector = 4096,
		.part = parts,
		.parts = 2,
		.volume = { .name = "p2.vss1",
		    .offset = 1048576,
		    .length = 77,
		    .type = 1,
		    .block = 107,
		    .snapshot = 42,
		    .fix = { { 1, 2, 3 }, { 4, 5, UINT64_MAX } },
		    .fixes = 2 },
		.runs = true,
		.attributes = true,
		.lost = true,
		.from = 5,
		.drop = 6,
		.avoid = { 7, 9 },
		.navoid = 2,
		.object = SPILL_SPAN("pc1:p2:5-144-1"),
		.offset = 3,
		.length = UINT64_MAX };

	fsjob_put(b, &j);
}

static void
a_request_comes_back(void **state)
{
	struct spill_buf b = SPILL_BUF_INIT(4096);
	struct fsjob j;

	(void)state;
	make_request(&b);
	assert_int_equal(fsjob_get(spill_buf_as_span(&b), &j), SPILL_OK);
	assert_int_equal(j.op, FSJOB_WALK);
	assert_int_equal(j.sector, 4096);
	assert_int_equal(j.parts, 2);
	assert_int_equal(j.part[1].number, 2);
	assert_true(j.part[1].size == UINT64_MAX);
	assert_string_equal(j.volume.name, "p2.vss1");
	assert_int_equal(j.volume.kind, SPILL_VOLUME_FS);
	assert_int_equal(j.volume.offset, 1048576);
	assert_int_equal(j.volume.block, 107);
	assert_int_equal(j.volume.snapshot, 42);
	assert_int_equal(j.volume.fixes, 2);
	assert_int_equal(j.volume.fix[0].from, 2);
	assert_true(j.volume.fix[1].len == UINT64_MAX);
	assert_true(j.runs && !j.slack && j.attributes && j.lost);
	assert_int_equal(j.from, 5);
	assert_int_equal(j.drop, 6);
	assert_int_equal(j.navoid, 2);
	assert_int_equal(j.avoid[1], 9);
	assert_true(spill_span_eq(j.object, SPILL_SPAN("pc1:p2:5-144-1")));
	assert_true(j.length == UINT64_MAX);
	free(j.part);
	spill_buf_release(&b);
}

static void
a_request_that_is_cut_is_refused(void **state)
{
	struct spill_buf b = SPILL_BUF_INIT(4096);
	struct fsjob j;

	(void)state;
	make_request(&b);
	for (size_t n = 0; n < b.len; n++) {
		assert_int_equal(fsjob_get((struct spill_span){ b.p, n }, &j),
		    SPILL_EDAMAGED);
		free(j.part);
	}
	spill_buf_putc(&b, 'x'); /* nor may anything come behind */
	assert_int_equal(fsjob_get(spill_buf_as_span(&b), &j), SPILL_EDAMAGED);
	free(j.part);
	memset(b.p + 6, 0xff, 4); /* more parts than there are bytes */
	assert_int_equal(fsjob_get(spill_buf_as_span(&b), &j), SPILL_EDAMAGED);
	free(j.part);
	spill_buf_release(&b);
}

/* --- volumes ------------------------------------------------------------ */

static void
volume_row(struct spill_row *r, char text[FSJOB_VOLUME_TEXT])
{
	static const struct spill_volume v = { .kind = SPILL_VOLUME_FS,
		.name = "p5.v12",
		.offset = 512,
		.length = 1024,
		.type = 2,
		.block = UINT64_MAX,
		.snapshot = UINT64_MAX,
		.what = "fat12",
		.status = "ok",
		.fix = { { 512, 3584, 512 }, { 9, 8, 7 } },
		.fixes = 2 };

	fsjob_put_volume(&v, "DOS Partition Table", r, text);
}

static void
a_volume_comes_back(void **state)
{
	static struct spill_row r;
	char text[FSJOB_VOLUME_TEXT], table[SPILL_VOLUME_WHAT];
	struct spill_volume v;

	(void)state;
	volume_row(&r, text);
	assert_int_equal(fsjob_get_volume(&r, &v, table), SPILL_OK);
	assert_string_equal(v.name, "p5.v12");
	assert_true(v.block == UINT64_MAX);
	assert_true(v.snapshot == UINT64_MAX);
	assert_int_equal(v.length, 1024);
	assert_int_equal(v.type, 2);
	assert_string_equal(v.status, "ok");
	assert_int_equal(v.fixes, 2);
	assert_int_equal(v.fix[0].at, 512);
	assert_int_equal(v.fix[1].from, 8);
	assert_int_equal(v.fix[1].len, 7);
	assert_string_equal(table, "DOS Partition Table");
}

static void
a_volume_that_cannot_be_is_refused(void **state)
{
	static const struct {
		unsigned col;
		const char *value;
	} bad[] = {
		{ VOL_NAME, "" },
		{ VOL_NAME, "5" },
		{ VOL_NAME, "p" },
		{ VOL_NAME, "p5:x" },
		{ VOL_NAME, "abcdefghi1" },
		{ VOL_NAME, "p05" },
		{ VOL_NAME, "p18446744073709551616" },
		{ VOL_NAME, "p5." },
		{ VOL_NAME, "p5.5" },
		{ VOL_NAME, "p5.v1.snap" },
		{ VOL_NAME, ".v1" },
		{ VOL_KIND, "6" },
		{ VOL_KIND, "-1" },
		{ VOL_KIND, "4" }, /* a gap has no name */
		{ VOL_KIND, "2" }, /* a pool has no type */
		{ VOL_TYPE, "0" }, /* a file system has a type */
		{ VOL_OFFSET, "9223372036854775808" },
		{ VOL_LENGTH, "" },
		{ VOL_WHAT, "a\nb" },
		{ VOL_STATUS, "fine" },
		{ VOL_TABLE, "\x1b[2J" },
		{ VOL_FIXES, "1 2" },
		{ VOL_FIXES, "1 2 0" },
		{ VOL_FIXES, "1  2 3" },
		{ VOL_FIXES, "1 2 3 " },
		{ VOL_FIXES, "1 2 16777217" },
		{ VOL_FIXES, "9223372036854775808 2 3" },
		{ VOL_FIXES, "1 2 3 1 2 3 1 2 3" },
	};
	static struct spill_row r;
	char text[FSJOB_VOLUME_TEXT], table[SPILL_VOLUME_WHAT];
	struct spill_volume v;

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(bad); i++) {
		volume_row(&r, text);
		spill_row_set(&r, bad[i].col, spill_span(bad[i].value));
		assert_int_equal(
		    fsjob_get_volume(&r, &v, table), SPILL_EDAMAGED);
	}
}

/* --- cells -------------------------------------------------------------- */

struct cell {
	unsigned col;
	bool good;
	const char *value;
};

static const struct cell cells[] = {
	{ IT_ITEM, true, "5-144-1" },
	{ IT_ITEM, true, "0" },
	{ IT_ITEM, true, "18446744073709551615~slack" },
	{ IT_ITEM, true, "d5+4096" },
	{ IT_ITEM, true, "@0+512" },
	{ IT_ITEM, false, "" },
	{ IT_ITEM, false, "05" },
	{ IT_ITEM, false, "5-" },
	{ IT_ITEM, false, "5-1-2-3" },
	{ IT_ITEM, false, "18446744073709551616" },
	{ IT_ITEM, false, "5~slack~slack" },
	{ IT_ITEM, false, "d5" },
	{ IT_ITEM, false, "d5+" },
	{ IT_ITEM, false, "@5+0" },
	{ IT_ITEM, false, "@5" },
	{ IT_ITEM, false, "5:x" },
	{ IT_ITEM, false, "-5" },
	{ IT_PATH, true, "/a b/%0A\xc3\xa9%2F" },
	{ IT_PATH, false, "/a\n" },
	{ IT_PATH, false, "/\x1b[2J" },
	{ IT_PATH, false, "/100%" },
	{ IT_PATH, false, "/%0a" },
	{ IT_PATH, false, "/\xff" },
	{ IT_PATH, false, "/\xe2\x80\xae" },
	{ IT_KIND, true, "file" },
	{ IT_KIND, false, "fil" },
	{ IT_KIND, false, "files" },
	{ IT_SIZE, true, "0" },
	{ IT_SIZE, false, "-1" },
	{ IT_SIZE, true, "18446744073709551615" },
	{ IT_SIZE, false, "18446744073709551616" },
	{ IT_SIZE, false, "111111111111111111111" },
	{ IT_SIZE, false, "00" },
	{ IT_BORN, true, "2024-06-03T10:20:30.1234567Z" },
	{ IT_BORN, true, "1601-01-01" },
	{ IT_BORN, false, "Z:-T.-Z" },
	{ IT_BORN, false, "2024-02-30T10:20:30Z" },
	{ IT_BORN, false, "2024-06-03T10:20:30-05:00" },
	{ IT_BORN, false, "2024-06-03T10:20:60Z" },
	{ IT_BORN, false, "0000-00-00T00:00:00Z" },
	{ IT_BORN, true, "2024-06-03T10:20" },
	{ IT_BORN, true, "2024-06-03T10:20:30" },
	{ IT_BORN, false, "2024-06-03Z" },
	{ IT_BORN, false, "2024-06-03T10:20:30z" },
	{ IT_BORN, false, "2024-06-03T10:20:30-00:00" },
	{ IT_BORN, false, "2024-06-03T10:20:30+00" },
	{ IT_BORN, false, "2024-06-03T10:20:30,5Z" },
	{ IT_BORN, false, "yesterday" },
	{ IT_BORN, false, "2024-06-03 10:20:30" },
	{ IT_MODE, true, "755" },
	{ IT_MODE, false, "778" },
	{ IT_MODE, false, "777777777777" },
	{ IT_SHA256, true, "00ff" },
	{ IT_SHA256, false, "00FF" },
	{ IT_SHA256, false, "00f" },
	{ IT_META, true, "5-144" },
	{ IT_META, false, "5\t" },
	{ IT_NOTE, false, "\xc3\xa9" },
};

static void
cells_are_held_against_their_columns(void **state)
{
	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(cells); i++)
		if (fscheck_cell(&spill_schema_item, cells[i].col,
			spill_span(cells[i].value)) != cells[i].good)
			fail_msg(
			    "column %u, '%s'", cells[i].col, cells[i].value);
}

/* In memory of its exact size: a NUL ends no cell. */
static void
a_value_with_a_nul_is_none(void **state)
{
	static const char *const tails[] = { "\0\0\0\0\0\0\0\0\0\0\0\0",
		"\0\x1b[2J\0\0\0\0\0\0\0" };
	char cell[16];

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(tails); i++)
		for (size_t n = 5; n <= sizeof(cell); n++) {
			memset(cell, 0, sizeof(cell));
			memcpy(cell, "file", 4);
			memcpy(cell + 4, tails[i], 10);
			assert_false(fscheck_cell(&spill_schema_item, IT_KIND,
			    (struct spill_span){ cell, n }));
		}
}

/* The walk writes runs of up to 8 MiB. */
static void
a_cell_may_be_long(void **state)
{
	size_t n = (size_t)8 << 20;
	char *p = malloc(2 * n);

	(void)state;
	assert_non_null(p);
	memset(p, '1', 2 * n);
	assert_true(fscheck_cell(
	    &spill_schema_item, IT_RUNS, (struct spill_span){ p, n }));
	assert_false(fscheck_cell(
	    &spill_schema_item, IT_RUNS, (struct spill_span){ p, 2 * n }));
	free(p);
}

static void
one_bad_cell_spoils_the_row(void **state)
{
	static struct spill_row r;

	(void)state;
	spill_row_clear(&r);
	spill_row_set(&r, IT_ITEM, SPILL_SPAN("12"));
	spill_row_set(&r, IT_PATH, SPILL_SPAN("/x"));
	assert_true(fscheck_row(&spill_schema_item, &r));
	spill_row_set(&r, IT_MEMBERS, SPILL_SPAN("x"));
	assert_false(fscheck_row(&spill_schema_item, &r));
	spill_row_set(&r, IT_MEMBERS, SPILL_SPAN(""));
	spill_row_set(&r, IT_COUNT, SPILL_SPAN("1")); /* no such column */
	assert_false(fscheck_row(&spill_schema_item, &r));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_comes_back),
		cmocka_unit_test(a_request_that_is_cut_is_refused),
		cmocka_unit_test(a_volume_comes_back),
		cmocka_unit_test(a_volume_that_cannot_be_is_refused),
		cmocka_unit_test(cells_are_held_against_their_columns),
		cmocka_unit_test(a_value_with_a_nul_is_none),
		cmocka_unit_test(a_cell_may_be_long),
		cmocka_unit_test(one_bad_cell_spoils_the_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
