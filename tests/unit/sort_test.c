/*
 * sort_test.c: rows come out in the one order that there is, whatever the
 * memory, the threads, the numbers of columns and the use of the dict.
 *
 * A test has models of rows: a time and cells by name. The order of the
 * models is found with qsort() and a comparison that knows nothing of packed
 * rows; the sort must give the same.
 */
#include "sort_run.h"

#define CELLS 8 /* of a model, at most */

/* Columns of the models, in order of their numbers. */
static const unsigned known[] = { EV_MESSAGE, EV_MACHINE, EV_PATH, EV_SOURCE,
	EV_SOURCE_RECORD, EV_ID, EV_EXTRA };

struct cell {
	unsigned col; /* of the schema, or EV_COUNT + number of the name */
	struct spill_span value;
};

struct model {
	struct spill_time time;
	size_t n;
	struct cell cell[CELLS]; /* by col, ascending */
};

static char noise[8192];

static int
setup(void **state)
{
	uint32_t seed = 3;

	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (char)dice(&seed, 256);
	return folder_setup(state);
}

/* --- models ------------------------------------------------------------- */

/* Their order by bytes. */
static const unsigned by_bytes[UNKNOWN] = { 0, 1, 3, 4, 5, 2 };

static struct spill_time
random_time(uint32_t *seed)
{
	static const uint32_t ns[] = { 0, 1, 7, 15, 16, 17, 999999999 };
	struct spill_time t = spill_time_from_unix(
	    (int64_t)dice(seed, 4) - 2 +
		(dice(seed, 9) == 0	 ? SPILL_TIME_MAX - 1
		    : dice(seed, 9) == 0 ? SPILL_TIME_MIN + 2
					 : 0),
	    ns[dice(seed, SPILL_COUNT(ns))], (int8_t)(7 + dice(seed, 3)));

	t.zoned = dice(seed, 4) != 0;
	return dice(seed, 12) == 0 ? (struct spill_time){ 0 } : t;
}

/* Few values, so that many are equal; some of them long, some begin alike. */
static struct spill_span
random_value(uint32_t *seed)
{
	size_t from = dice(seed, 4) * 3, len = 1 + dice(seed, 3);

	if (dice(seed, 6) == 0)
		len = 300 + dice(seed, 2);
	return (struct spill_span){ noise + from, len };
}

static struct model
random_model(uint32_t *seed)
{
	struct model m = { .time = random_time(seed) };

	for (size_t i = 0; i < SPILL_COUNT(known) && m.n < CELLS; i++)
		if (dice(seed, 3) != 0)
			m.cell[m.n++] =
			    (struct cell){ known[i], random_value(seed) };
	for (unsigned i = 0; i < UNKNOWN && m.n < CELLS; i++)
		if (dice(seed, 5) == 0)
			m.cell[m.n++] =
			    (struct cell){ EV_COUNT + i, random_value(seed) };
	return m;
}

static struct spill_span
value_of(const struct model *m, unsigned col)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->cell[i].col == col)
			return m->cell[i].value;
	return (struct spill_span){ "", 0 };
}

static int
compare_bytes(struct spill_span a, struct spill_span b)
{
	for (size_t i = 0; i < a.len || i < b.len; i++) {
		int x = i < a.len ? (unsigned char)a.p[i] : -1;
		int y = i < b.len ? (unsigned char)b.p[i] : -1;

		if (x != y)
			return x - y;
	}
	return 0;
}

static int
compare_times(struct spill_time a, struct spill_time b)
{
	if (a.set != b.set)
		return a.set ? -1 : 1;
	if (!a.set)
		return 0;
	if (a.sec != b.sec)
		return a.sec < b.sec ? -1 : 1;
	return (a.nsec > b.nsec) - (a.nsec < b.nsec);
}

/* Unknown columns by name, an unset one before any value. */
static int
compare_unknown(const struct model *a, const struct model *b)
{
	int c = 0;

	for (unsigned i = 0; i < UNKNOWN && c == 0; i++)
		c = compare_bytes(value_of(a, EV_COUNT + by_bytes[i]),
		    value_of(b, EV_COUNT + by_bytes[i]));
	return c;
}

static int
compare(const void *p, const void *q)
{
	const struct model *a = p, *b = q;
	int c = compare_times(a->time, b->time);

	for (size_t i = 0; c == 0 && i < SPILL_COUNT(order); i++)
		c = compare_bytes(value_of(a, order[i]), value_of(b, order[i]));
	if (c == 0)
		c = a->time.prec - b->time.prec;
	if (c == 0)
		c = (int)a->time.zoned - (int)b->time.zoned;
	for (unsigned col = 0; c == 0 && col < EV_COUNT; col++)
		c = compare_bytes(value_of(a, col), value_of(b, col));
	return c != 0 ? c : compare_unknown(a, b);
}

/* --- runs of the sort --------------------------------------------------- */

static int
put(struct run *r, const struct model *m)
{
	spill_row_clear(&row);
	row.time = m->time;
	for (size_t i = 0; i < m->n; i++) {
		unsigned col = m->cell[i].col;

		if (col >= EV_COUNT)
			col = r->number[col - EV_COUNT];
		if (r->seed != 0 && dice(&r->seed, 2) == 0)
			spill_row_ref(&row, col, r->dict,
			    spill_dict_add(r->dict, m->cell[i].value));
		else
			spill_row_set(&row, col, m->cell[i].value);
	}
	return spill_sort_put(r->sort, &row);
}

static void
check_row(const struct run *r, struct spill_span rec, const struct model *m)
{
	size_t cells = 0;

	assert_int_equal(spill_unpack_dict(rec, r->dict, &row), SPILL_OK);
	assert_int_equal(compare_times(row.time, m->time), 0);
	assert_int_equal(row.time.prec, m->time.prec);
	assert_int_equal(row.time.zoned, m->time.zoned);
	for (size_t i = 0; i < SPILL_COUNT(row.bits); i++)
		cells += (size_t)__builtin_popcountll(row.bits[i]);
	assert_int_equal(cells, m->n);
	for (size_t i = 0; i < m->n; i++) {
		unsigned col = m->cell[i].col;

		if (col >= EV_COUNT)
			col = r->number[col - EV_COUNT];
		assert_true(
		    spill_span_eq(spill_row_get(&row, col), m->cell[i].value));
	}
}

/* Put the models as they are; what comes must be SORTED. */
static void
check(const struct model *m, const struct model *sorted, size_t n,
    uint64_t memory, unsigned jobs, uint32_t seed, unsigned least_runs)
{
	struct run r;
	struct spill_span rec;
	unsigned runs;
	uint64_t bytes;

	assert_int_equal(begin(&r, memory, jobs, seed), SPILL_OK);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(put(&r, &m[i]), SPILL_OK);
	assert_int_equal(spill_sort_done(r.sort), SPILL_OK);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(spill_sort_next(r.sort, &rec), SPILL_OK);
		check_row(&r, rec, &sorted[i]);
	}
	assert_int_equal(spill_sort_next(r.sort, &rec), SPILL_END);
	assert_int_equal(spill_sort_next(r.sort, &rec), SPILL_END);
	spill_sort_stats(r.sort, &runs, &bytes);
	assert_true(runs >= least_runs);
	assert_int_equal(runs > 0, bytes > 0);
	end(&r);
}

/* --- tests -------------------------------------------------------------- */

static void
same_as_qsort(void **state)
{
	static const uint64_t memory[] = { 4, 5, 16, 64 };
	static const unsigned jobs[] = { 1, 2, 4 };
	const size_t n = 40000;
	struct model *m = calloc(n, sizeof(*m)), *s = calloc(n, sizeof(*s));
	uint32_t seed = 5;

	(void)state;
	assert_true(m != NULL && s != NULL);
	for (size_t i = 0; i < n; i++)
		m[i] = random_model(&seed);
	memcpy(s, m, n * sizeof(*m));
	qsort(s, n, sizeof(*s), compare);
	for (size_t i = 0; i < SPILL_COUNT(memory); i++)
		for (size_t k = 0; k < SPILL_COUNT(jobs); k++)
			check(m, s, n, memory[i] * MIB, jobs[k],
			    (uint32_t)(i + k), memory[i] < 6 ? 2 : 0);
	/* Sorted before, and the other way round. */
	check(s, s, n, 4 * MIB, 2, 1, 2);
	for (size_t i = 0; i < n; i++)
		m[i] = s[n - 1 - i];
	check(m, s, n, 4 * MIB, 1, 2, 2);
	check(m, s, n, 64 * MIB, 1, 3, 0);
	free(m);
	free(s);
}

/* Every count from none to some dozens: where insertion turns to merging. */
static void
few_rows(void **state)
{
	struct model m[120], s[120];
	uint32_t seed = 7;

	(void)state;
	for (size_t n = 0; n <= SPILL_COUNT(m); n += n < 60 ? 1 : 7)
		for (unsigned jobs = 1; jobs <= 2; jobs++) {
			for (size_t i = 0; i < n; i++) {
				m[i] = random_model(&seed);
				if (n % 2 == 0)
					m[i].time = spill_time_from_unix(
					    1, dice(&seed, 16), 9);
			}
			memcpy(s, m, sizeof(s));
			qsort(s, n, sizeof(*s), compare);
			check(m, s, n, 4 * MIB, jobs, (uint32_t)n, 0);
		}
}

/* Each pair of rows that differ in one thing only. */
static void
one_difference(void **state)
{
	struct model base = { .time = spill_time_from_unix(0, 5, 9), .n = 2 };
	struct model pair[2];

	(void)state;
	base.cell[0] = (struct cell){ EV_MACHINE, SPILL_SPAN("m") };
	base.cell[1] = (struct cell){ EV_COUNT + 3, SPILL_SPAN("v") };
	for (unsigned what = 0; what < 9; what++) {
		struct model less = base, more = base;

		switch (what) {
		case 0:
			more.time.nsec++;
			break;
		case 1:
			less.time.sec--;
			break;
		case 2:
			less.time.prec = 0;
			break;
		case 3:
			less.time.zoned = false;
			break;
		case 4:
			more.time = (struct spill_time){ 0 };
			break;
		case 5:
			more.cell[0].value = SPILL_SPAN("m\1");
			break;
		case 6:
			more.cell[1].value = SPILL_SPAN("v\xff");
			break;
		case 7:
			less.n = 1; /* the unknown column is not set */
			break;
		case 8:
			less.cell[1]
			    .col++; /* "ab" for "aa", so "aa" is unset */
			break;
		}
		for (uint32_t seed = 0; seed < 8; seed++) {
			pair[0] = more;
			pair[1] = less;
			check(pair, (struct model[]){ less, more }, 2, 4 * MIB,
			    1, seed, 0);
			pair[0] = less;
			pair[1] = more;
			check(pair, (struct model[]){ less, more }, 2, 4 * MIB,
			    1, seed, 0);
		}
	}
}

/* Without a dict, without any column that breaks ties. */
static void
no_dict_no_order(void **state)
{
	struct run r;
	struct spill_span rec;

	(void)state;
	assert_int_equal(begin(&r, 4 * MIB, 1, 0), SPILL_OK);
	r.conf.dict = NULL;
	r.conf.order = NULL;
	r.conf.norder = 0;
	for (unsigned i = 0; i < 3; i++) {
		spill_row_clear(&row);
		spill_row_set(&row, EV_ID, (struct spill_span){ &"bca"[i], 1 });
		assert_int_equal(spill_sort_put(r.sort, &row), SPILL_OK);
	}
	assert_int_equal(spill_sort_done(r.sort), SPILL_OK);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(spill_sort_next(r.sort, &rec), SPILL_OK);
		assert_int_equal(spill_unpack(rec, &row), SPILL_OK);
		assert_int_equal(row.cell[EV_ID].p[0], "abc"[i]);
	}
	assert_int_equal(spill_sort_next(r.sort, &rec), SPILL_END);
	end(&r);
}

/* Rows larger than a batch, among small ones, in every place. */
static void
large_rows(void **state)
{
	const size_t large = (size_t)5 << 20;
	char *text = malloc(large);
	struct model m[40], s[40];
	uint32_t seed = 11;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', large);
	for (unsigned set = 0; set < 6; set++) {
		for (size_t i = 0; i < SPILL_COUNT(m); i++) {
			m[i] = random_model(&seed);
			m[i].n = 1;
			m[i].cell[0] = (struct cell){ EV_MESSAGE,
				{ text, 1 + dice(&seed, 50000) } };
			if (i % 9 == set % 3)
				m[i].cell[0].value.len =
				    large - dice(&seed, 1 << 20);
			if (set == 5) /* nothing but large ones */
				m[i].cell[0].value.len = large - i;
		}
		memcpy(s, m, sizeof(s));
		qsort(s, SPILL_COUNT(s), sizeof(*s), compare);
		check(m, s, SPILL_COUNT(m), 4 * MIB, 1 + set % 2, 0, 4);
	}
	free(text);
}

/* One that no memory is meant for. */
static void
too_large_row(void **state)
{
	const size_t len = (size_t)65 << 20;
	char *text = calloc(1, len);
	struct run r;
	struct spill_span rec;

	(void)state;
	assert_non_null(text);
	for (unsigned jobs = 1; jobs <= 2; jobs++) {
		assert_int_equal(begin(&r, 4 * MIB, jobs, 0), SPILL_OK);
		spill_row_clear(&row);
		spill_row_set(&row, EV_MESSAGE, SPILL_SPAN("before"));
		assert_int_equal(spill_sort_put(r.sort, &row), SPILL_OK);
		spill_row_set(
		    &row, EV_MESSAGE, (struct spill_span){ text, len });
		assert_int_equal(spill_sort_put(r.sort, &row), SPILL_ELIMIT);
		/* The others are not lost with it. */
		assert_int_equal(spill_sort_done(r.sort), SPILL_OK);
		assert_int_equal(spill_sort_next(r.sort, &rec), SPILL_OK);
		assert_int_equal(spill_unpack(rec, &row), SPILL_OK);
		assert_int_equal(row.cell[EV_MESSAGE].len, 6);
		assert_int_equal(spill_sort_next(r.sort, &rec), SPILL_END);
		end(&r);
	}
	free(text);
}

/* What fits in memory leaves the disk alone; it needs no folder. */
static void
no_scratch_needed(void **state)
{
	struct model m, s[1];
	uint32_t seed = 17;
	struct run r;
	struct spill_span rec;
	unsigned runs;
	uint64_t bytes;

	(void)state;
	for (unsigned jobs = 1; jobs <= 2; jobs++) {
		assert_int_equal(begin(&r, 4 * MIB, jobs, 0), SPILL_OK);
		r.conf.scratch = "/nowhere/at/all";
		m = s[0] = random_model(&seed);
		assert_int_equal(put(&r, &m), SPILL_OK);
		assert_int_equal(spill_sort_done(r.sort), SPILL_OK);
		assert_int_equal(spill_sort_next(r.sort, &rec), SPILL_OK);
		check_row(&r, rec, s);
		spill_sort_stats(r.sort, &runs, &bytes);
		assert_int_equal(runs, 0);
		assert_int_equal(bytes, 0);
		end(&r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_as_qsort),
		cmocka_unit_test(few_rows),
		cmocka_unit_test(one_difference),
		cmocka_unit_test(no_dict_no_order),
		cmocka_unit_test(large_rows),
		cmocka_unit_test(too_large_row),
		cmocka_unit_test(no_scratch_needed),
	};

	return cmocka_run_group_tests(tests, setup, folder_teardown);
}
