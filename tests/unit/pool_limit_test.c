/*
 * pool_limit_test.c: what a worker cannot make the tool do: keep a row
 * without end, take records without end, or start workers without end.
 */
#include "pool_try.h"

#define NO_REPLY_LIMIT (UINT64_MAX / 2)

static struct spill_task
stream_of(const char *request, struct result *r)
{
	struct spill_task t = task_of(request, r);

	memset(r, 0, sizeof(*r));
	t.stream = true;
	t.limits.reply = NO_REPLY_LIMIT;
	t.limits.cpu_ms = 60000;
	return t;
}

static void
run(struct spill_pool *p, const struct spill_task *t)
{
	assert_int_equal(spill_pool_submit(p, t), SPILL_OK);
	assert_int_equal(spill_pool_drain(p), SPILL_OK);
}

static void
a_row_without_end(void **state)
{
	struct spill_pool *p = pool_with((struct spill_pool_conf){ 0 });
	struct result r;
	struct spill_task t = stream_of("pieces", &r);

	(void)state;
	run(p, &t);
	assert_int_equal(r.o.how, SPILL_ENDED_PROTOCOL);
	assert_string_equal(r.o.detail, "a row over the limit");
	assert_int_equal(r.rows, 0);
	must_be_good(p);
	spill_pool_free(&p);
}

static void
the_longest_row(void **state)
{
	struct spill_pool *p = pool_with((struct spill_pool_conf){ 0 });
	struct result r;
	struct spill_task t = stream_of("big 16777000", &r);

	(void)state;
	run(p, &t);
	assert_int_equal(r.o.how, SPILL_ENDED_OK);
	assert_int_equal(r.rows, 1);
	t = stream_of("big 16777217", &r);
	run(p, &t);
	assert_int_equal(r.o.how, SPILL_ENDED_LIMIT);
	assert_string_equal(r.o.name, "row");
	assert_int_equal(r.o.value, SPILL_ROW_MAX);
	assert_int_equal(r.rows, 0);
	must_be_good(p);
	spill_pool_free(&p);
}

/* Each row of it has a position before it. */
static void
records_without_end(void **state)
{
	struct spill_pool *p = pool_with((struct spill_pool_conf){ 0 });
	struct result r;
	struct spill_task t = stream_of("pour", &r);

	(void)state;
	t.limits.records = 1000;
	run(p, &t);
	assert_int_equal(r.o.how, SPILL_ENDED_PROTOCOL);
	assert_string_equal(r.o.detail, "more records than there can be");
	assert_int_equal(r.rows + r.progress, 1000);
	must_be_good(p);
	t = stream_of("pour 500", &r);
	t.limits.records = 1000;
	run(p, &t);
	assert_int_equal(r.o.how, SPILL_ENDED_OK);
	assert_int_equal(r.rows, 500);
	spill_pool_free(&p);
}

/* Its descriptor is closed before it is its turn. */
static void
a_job_that_cannot_be_handed_over(void **state)
{
	struct spill_pool *p = pool_with((struct spill_pool_conf){ 0 });
	struct result first, second;
	struct spill_task a = stream_of("slow 50", &first);
	struct spill_task b = stream_of("good 1", &second);
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_true(fd >= 0);
	b.fds = &fd;
	b.nfds = 1;
	b.retry = true;
	assert_int_equal(spill_pool_submit(p, &a), SPILL_OK);
	assert_int_equal(spill_pool_submit(p, &b), SPILL_OK);
	close(fd);
	for (int i = 0; i < 500 && second.ends == 0; i++)
		assert_int_equal(spill_pool_step(p, 20), SPILL_OK);
	assert_int_equal(first.o.how, SPILL_ENDED_OK);
	assert_int_equal(second.ends, 1);
	assert_int_equal(second.o.how, SPILL_ENDED_CRASHED);
	assert_true(spill_pool_stats(p).forks < 10);
	must_be_good(p);
	spill_pool_free(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_without_end),
		cmocka_unit_test(the_longest_row),
		cmocka_unit_test(records_without_end),
		cmocka_unit_test(a_job_that_cannot_be_handed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
