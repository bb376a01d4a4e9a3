/*
 * sort_scratch_test.c: a sort larger than its memory: runs on the disk, many
 * of them, and a disk that fails.
 */
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sort_run.h"

/* So many runs that merges of merges are needed. */
static void
many_runs(void **state)
{
	const size_t n = 50000;
	char text[4096];
	uint32_t seed = 13;

	(void)state;
	memset(text, '.', sizeof(text));
	for (unsigned jobs = 1; jobs <= 2; jobs++) {
		struct run r;
		struct spill_span rec;
		uint64_t sum = 0, last = 0, bytes;
		unsigned runs;

		assert_int_equal(begin(&r, 4 * MIB, jobs, 0), SPILL_OK);
		for (size_t i = 0; i < n; i++) {
			spill_row_clear(&row);
			row.time = spill_time_from_unix(
			    dice(&seed, 1 << 24), dice(&seed, 16), 9);
			sum += (uint64_t)row.time.sec * 16 + row.time.nsec;
			spill_row_set(&row, EV_MESSAGE,
			    (struct spill_span){
				text, sizeof(text) - dice(&seed, 100) });
			assert_int_equal(
			    spill_sort_put(r.sort, &row), SPILL_OK);
		}
		assert_int_equal(spill_sort_done(r.sort), SPILL_OK);
		for (size_t i = 0; i < n; i++) {
			uint64_t at;

			assert_int_equal(
			    spill_sort_next(r.sort, &rec), SPILL_OK);
			assert_int_equal(spill_unpack(rec, &row), SPILL_OK);
			at = (uint64_t)row.time.sec * 16 + row.time.nsec;
			assert_true(at >= last);
			last = at;
			sum -= at;
		}
		assert_int_equal(spill_sort_next(r.sort, &rec), SPILL_END);
		assert_int_equal(sum, 0);
		spill_sort_stats(r.sort, &runs, &bytes);
		/* 2 MiB of buffers of 32 KiB are 64 runs at a time. */
		assert_true(runs > 64 || jobs == 1);
		if (runs > 64)
			assert_true(bytes > n * 4100);
		end(&r);
	}
}

/* Puts rows until it fails or enough are in; the first code that is bad. */
static int
fill(struct run *r, size_t mib)
{
	static char text[1 << 16];
	int rc = SPILL_OK;

	spill_row_clear(&row);
	spill_row_set(
	    &row, EV_MESSAGE, (struct spill_span){ text, sizeof(text) });
	for (size_t i = 0; i < mib * 16 && rc == SPILL_OK; i++)
		rc = spill_sort_put(r->sort, &row);
	return rc == SPILL_OK ? spill_sort_done(r->sort) : rc;
}

static void
no_scratch_folder(void **state)
{
	(void)state;
	for (unsigned jobs = 1; jobs <= 4; jobs++) {
		struct run r;

		assert_int_equal(begin(&r, 4 * MIB, jobs, 0), SPILL_OK);
		r.conf.scratch = "/nowhere/at/all";
		assert_int_equal(fill(&r, 20), SPILL_EIO);
		end(&r);
		/* Given up while a run is being written. */
		assert_int_equal(begin(&r, 4 * MIB, jobs, 0), SPILL_OK);
		spill_row_clear(&row);
		for (unsigned i = 0; i < 200000; i++)
			assert_int_equal(
			    spill_sort_put(r.sort, &row), SPILL_OK);
		end(&r);
	}
}

/* The file system is full, after more or less of it. */
static void
full_disk(void **state)
{
	struct rlimit was, less;

	(void)state;
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	for (unsigned jobs = 1; jobs <= 2; jobs++)
		for (unsigned at = 0; at < 24; at += 3) {
			struct run r;
			int rc;

			less = (struct rlimit){ at * MIB + at, was.rlim_max };
			assert_int_equal(begin(&r, 4 * MIB, jobs, 0), SPILL_OK);
			assert_int_equal(setrlimit(RLIMIT_FSIZE, &less), 0);
			rc = fill(&r, 24);
			assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
			assert_int_equal(rc, SPILL_EIO);
			end(&r);
		}
}

/* Cut the file that the sort has open: the one without a name. */
static void
cut_scratch(void)
{
	unsigned cut = 0;

	for (int fd = 3; fd < 100; fd++) {
		struct stat st;

		if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
		    st.st_nlink != 0)
			continue;
		assert_int_equal(ftruncate(fd, st.st_size / 2), 0);
		cut++;
	}
	assert_int_equal(cut, 1);
}

/* Runs that cannot be read to their end are no end of the rows. */
static void
scratch_that_is_cut(void **state)
{
	(void)state;
	for (unsigned jobs = 1; jobs <= 2; jobs++) {
		struct run r;
		struct spill_span rec;
		unsigned rows = 0;
		int rc;

		assert_int_equal(begin(&r, 4 * MIB, jobs, 0), SPILL_OK);
		assert_int_equal(fill(&r, 64), SPILL_OK);
		cut_scratch();
		while ((rc = spill_sort_next(r.sort, &rec)) == SPILL_OK)
			rows++;
		assert_int_equal(rc, SPILL_EIO);
		assert_in_range(rows, 1, 64 * 16 - 1);
		end(&r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_runs),
		cmocka_unit_test(no_scratch_folder),
		cmocka_unit_test(full_disk),
		cmocka_unit_test(scratch_that_is_cut),
	};

	return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
