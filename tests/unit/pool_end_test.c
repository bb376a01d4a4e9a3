/*
 * pool_end_test.c: many jobs, workers and zygotes that are killed, a pool that
 * cannot start, is freed early, or whose tool ends.
 */
#include <sys/wait.h>

#include "pool_try.h"

/* --- many --------------------------------------------------------------- */

static void
submit_many(struct spill_pool *p, unsigned n, const char *word, bool retry)
{
	char request[32];

	for (unsigned i = 0; i < n; i++) {
		struct spill_task t;

		snprintf(request, sizeof(request), "%s %u", word, i);
		t = task_of(request, &results[i]);
		t.retry = retry;
		assert_int_equal(spill_pool_submit(p, &t), SPILL_OK);
	}
	assert_int_equal(spill_pool_drain(p), SPILL_OK);
}

/* Each has one end; how many were not ok, the rest being right. */
static unsigned
count_bad(unsigned n)
{
	unsigned bad = 0;
	char want[64];

	for (unsigned i = 0; i < n; i++) {
		assert_int_equal(results[i].ends, 1);
		if (results[i].o.how != SPILL_ENDED_OK) {
			assert_int_equal(results[i].o.how, SPILL_ENDED_CRASHED);
			assert_int_equal(results[i].o.signal, SIGKILL);
			bad++;
			continue;
		}
		snprintf(want, sizeof(want), "%u squared is %u", i, i * i);
		assert_string_equal(results[i].text, want);
	}
	return bad;
}

static void
nothing_leaks(void **state)
{
	size_t fds = count_fds();
	struct spill_pool *p =
	    pool_with((struct spill_pool_conf){ .workers = 2, .lifetime = 7 });
	size_t open;
	pid_t kids[16];
	size_t n;

	(void)state;
	submit_many(p, 10, "good", false);
	open = count_fds();
	submit_many(p, 1000, "good", false);
	/* A worker may be between two lives. */
	assert_true(count_fds() <= open + 2);
	assert_true(spill_pool_stats(p).forks >= 1000 / 7);
	usleep(100000);
	n = children(p->zygote_pid, kids, SPILL_COUNT(kids));
	assert_true(n <= 2);
	for (size_t i = 0; i < n; i++)
		assert_true(stat_field(kids[i], 0) != 'Z');
	spill_pool_free(&p);
	assert_int_equal(count_fds(), fds);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static struct spill_pool *victim;
static unsigned ended, kills, every;

/* kill -9 of some worker, now and then. */
static void
strike(void)
{
	pid_t kids[16];
	size_t n;

	if (++ended % every != 0)
		return;
	n = children(victim->zygote_pid, kids, SPILL_COUNT(kids));
	if (n > 0 && kill(kids[(size_t)rand() % n], SIGKILL) == 0)
		kills++;
}

static unsigned
run_with_kills(unsigned jobs, unsigned kill_every, bool retry)
{
	unsigned bad;

	victim = pool_with((struct spill_pool_conf){ .workers = 3 });
	ended = kills = 0;
	every = kill_every;
	srand(1);
	on_end = strike;
	submit_many(victim, jobs, "busy", retry);
	on_end = NULL;
	bad = count_bad(jobs);
	assert_true(kills >= jobs / kill_every - 1);
	assert_true(bad <= kills);
	for (int i = 0; i < 20; i++) /* the last one may still be dying */
		spill_pool_step(victim, 20);
	must_be_good(victim);
	spill_pool_free(&victim);
	return bad;
}

static void
workers_that_are_killed_cost_their_job(void **state)
{
	const char *more = getenv("SPILL_TEST_KILLS");
	unsigned n = more != NULL ? (unsigned)strtoul(more, NULL, 10) : 5;
	unsigned jobs = n * 20 > 1000 ? n * 20 : 1000, bad;

	(void)state;
	assert_true(jobs <= MANY);
	bad = run_with_kills(jobs, jobs / n, false);
	printf("# %u jobs, %u kills: %u crashed\n", jobs, kills, bad);
	bad = run_with_kills(jobs, jobs / n, true);
	printf("# with another try: %u crashed\n", bad);
	assert_true(bad <= kills / 4); /* killed twice, if at all */
}

static void
the_zygote_may_die(void **state)
{
	struct spill_pool *p = pool_with((struct spill_pool_conf){ 0 });
	struct result r = { 0 };
	struct spill_task t = task_of("slow 50", &r);

	(void)state;
	t.retry = true;
	assert_int_equal(spill_pool_submit(p, &t), SPILL_OK);
	assert_int_equal(spill_pool_step(p, 1), SPILL_OK);
	kill(p->zygote_pid, SIGKILL);
	assert_int_equal(spill_pool_drain(p), SPILL_OK);
	assert_int_equal(r.ends, 1);
	assert_int_equal(r.o.how, SPILL_ENDED_OK);
	must_be_good(p);
	spill_pool_free(&p);
}

/* --- beginnings and ends ------------------------------------------------ */

static void
what_cannot_start_is_an_error(void **state)
{
	struct spill_pool *p = NULL;
	struct spill_pool_conf conf = { .family = "bad",
		.dir = "/nonexistent" };
	char dir[] = "/tmp/spill-pool-XXXXXX", from[PATH_MAX + 16], to[64];
	size_t fds = count_fds();

	(void)state;
	spill_diag_init("test", SPILL_QUIET);
	assert_int_equal(spill_pool_open(&p, &conf), SPILL_EIO);
	/* A worker program of another family. */
	assert_non_null(mkdtemp(dir));
	snprintf(from, sizeof(from), "%s/worker-bad", worker_dir());
	snprintf(to, sizeof(to), "%s/worker-odd", dir);
	assert_int_equal(symlink(from, to), 0);
	conf = (struct spill_pool_conf){ .family = "odd", .dir = dir };
	assert_int_equal(spill_pool_open(&p, &conf), SPILL_EIO);
	unlink(to);
	/* One that does nothing. */
	assert_int_equal(symlink("/bin/true", to), 0);
	assert_int_equal(spill_pool_open(&p, &conf), SPILL_EIO);
	unlink(to);
	rmdir(dir);
	assert_null(p);
	assert_int_equal(count_fds(), fds);
}

static void
free_ends_what_is_open(void **state)
{
	struct spill_pool *p =
	    pool_with((struct spill_pool_conf){ .workers = 2 });

	(void)state;
	for (unsigned i = 0; i < 20; i++) {
		struct spill_task t =
		    task_of(i < 2 ? "spin" : "good 1", &results[i]);

		assert_int_equal(spill_pool_submit(p, &t), SPILL_OK);
	}
	spill_pool_step(p, 10);
	spill_pool_free(&p);
	for (unsigned i = 0; i < 20; i++) {
		assert_int_equal(results[i].ends, 1);
		assert_int_equal(results[i].o.how, SPILL_ENDED_CANCELLED);
	}
}

static void
standard_descriptors_may_be_closed(void **state)
{
	int status = 0;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		struct spill_pool *p = NULL;
		struct spill_pool_conf conf = { .family = "bad",
			.dir = worker_dir() };
		struct result r = { 0 };
		struct spill_task t = task_of("good 4", &r);

		for (int fd = 0; fd < 3; fd++)
			close(fd);
		if (spill_pool_open(&p, &conf) != SPILL_OK ||
		    spill_pool_submit(p, &t) != SPILL_OK ||
		    spill_pool_drain(p) != SPILL_OK)
			_exit(1);
		spill_pool_free(&p);
		_exit(strcmp(r.text, "4 squared is 16") == 0 ? 0 : 2);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* A tool with a busy worker; its pids come through the pipe. */
static _Noreturn void
be_tool(int out)
{
	struct spill_pool *p =
	    pool_with((struct spill_pool_conf){ .workers = 2 });
	struct spill_task t = task_of("spin", &results[0]);
	pid_t pids[3] = { 0 };

	t.limits.cpu_ms = 60000;
	spill_pool_submit(p, &t);
	t.request = SPILL_SPAN("asleep");
	t.limits.wall_ms = 60000;
	spill_pool_submit(p, &t);
	while (children(p->zygote_pid, pids + 1, 2) < 2)
		spill_pool_step(p, 10);
	spill_pool_step(p, 100);
	pids[0] = p->zygote_pid;
	(void)!write(out, pids, sizeof(pids));
	for (;;)
		spill_pool_step(p, -1);
}

static bool
is_gone(pid_t pid)
{
	long s = stat_field(pid, 0);

	return s < 0 || s == 'Z' || s == 'X';
}

static void
workers_end_with_the_tool(void **state)
{
	static const int signals[] = { SIGKILL, SIGINT, SIGTERM };

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(signals); i++) {
		pid_t pids[3], tool;
		int fds[2], left = 200;

		assert_int_equal(pipe(fds), 0);
		tool = fork();
		if (tool == 0) {
			/* A suite in the background has SIGINT ignored. */
			signal(signals[i], SIG_DFL);
			be_tool(fds[1]);
		}
		close(fds[1]);
		assert_int_equal(
		    read(fds[0], pids, sizeof(pids)), (ssize_t)sizeof(pids));
		close(fds[0]);
		kill(tool, signals[i]);
		assert_int_equal(waitpid(tool, NULL, 0), tool);
		while (left-- > 0 && !(is_gone(pids[0]) && is_gone(pids[1]) &&
					 is_gone(pids[2])))
			usleep(10000);
		assert_true(left > 0);
	}
}

static double
seconds(void)
{
	return (double)now_ns() / 1e9;
}

static void
what_it_costs(void **state)
{
	unsigned n = UNDER_SANITIZER ? 2000 : 100000;

	(void)state;
	for (unsigned workers = 1; workers <= 2; workers++) {
		struct spill_pool *p =
		    pool_with((struct spill_pool_conf){ .workers = workers });
		double from = seconds(), took;

		for (unsigned i = 0; i < n; i += MANY / 2) {
			memset(results, 0, sizeof(results));
			spill_buf_reset(&transcript);
			submit_many(p, MANY / 2, "good", false);
			assert_int_equal(count_bad(MANY / 2), 0);
		}
		took = seconds() - from;
		printf("# %u workers: %.1f us a small job\n", workers,
		    took * 1e6 / (double)spill_pool_stats(p).jobs);
		spill_pool_free(&p);
	}
	for (int lax = 0; lax < 2; lax++) {
		struct spill_pool *p = pool_with((struct spill_pool_conf){
		    .lifetime = 1, .no_sandbox = lax });
		double from = seconds();

		submit_many(p, 500, "good", false);
		printf("# a fresh worker for each job, %s: %.2f ms\n",
		    lax ? "no sandbox" : "jailed",
		    (seconds() - from) * 1e3 / 500);
		spill_pool_free(&p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_leaks),
		cmocka_unit_test(workers_that_are_killed_cost_their_job),
		cmocka_unit_test(the_zygote_may_die),
		cmocka_unit_test(what_cannot_start_is_an_error),
		cmocka_unit_test(free_ends_what_is_open),
		cmocka_unit_test(standard_descriptors_may_be_closed),
		cmocka_unit_test(workers_end_with_the_tool),
		cmocka_unit_test(what_it_costs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
