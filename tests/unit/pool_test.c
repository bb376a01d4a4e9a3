/*
 * pool_test.c: each job has one outcome, the right one, and the run goes on.
 */
#include <sys/wait.h>

#include "pool_try.h"

/* --- good ones ---------------------------------------------------------- */

static void
replies_arrive_whole(void **state)
{
	struct spill_pool *p = pool_with((struct spill_pool_conf){ 0 });
	struct result *r;

	(void)state;
	must_be_good(p);
	r = try(p, "rows 20000");
	assert_int_equal(r->o.how, SPILL_ENDED_OK);
	assert_int_equal(r->rows, 20000);
	assert_int_equal(r->progress, 20000);
	assert_true(r->o.has_done && r->o.done == 19999 && r->o.since == 1);
	r = try(p, "rows 0");
	assert_int_equal(r->o.how, SPILL_ENDED_OK);
	assert_false(r->o.has_done || r->o.has_at);
	assert_int_equal(try(p, "big 60000")->rows, 1);
	/* Around the border of a frame, and many of them. */
	for (size_t n = FRAME_BODY - 32; n < FRAME_BODY + 8; n++) {
		char request[32];

		snprintf(request, sizeof(request), "big %zu", n);
		r = try(p, request);
		assert_int_equal(r->rows, 1);
		assert_true(r->row_bytes > n);
	}
	assert_true(try(p, "big 1000000")->row_bytes > 1000000);
	spill_pool_free(&p);
}

static void
the_worker_says_how_it_went(void **state)
{
	struct spill_pool *p = pool_with((struct spill_pool_conf){ 0 });
	struct spill_buf b = SPILL_BUF_INIT(1000);
	struct result *r = try(p, "partial 7");

	(void)state;
	assert_int_equal(r->o.how, SPILL_ENDED_PARTIAL);
	assert_string_equal(r->o.detail, "page 2 of 3");
	assert_int_equal(r->errors, 1);
	r = try(p, "failing");
	assert_int_equal(r->o.how, SPILL_ENDED_FAILED);
	assert_int_equal(r->o.rc, SPILL_EDAMAGED);
	spill_outcome_text(&b, &r->o);
	assert_string_equal(spill_buf_str(&b), "failed: no \\x1b[1m header");
	r = try(p, "limited 9");
	assert_int_equal(r->o.how, SPILL_ENDED_LIMIT);
	assert_string_equal(r->o.name, "pages");
	assert_int_equal(r->o.value, 9);
	assert_string_equal(r->text, "9 squared is 81");
	must_end(p, "no such thing", SPILL_ENDED_FAILED);
	spill_buf_release(&b);
	spill_pool_free(&p);
}

static void
memory_files_go_both_ways(void **state)
{
	struct spill_pool *p = pool_with((struct spill_pool_conf){ 0 });
	struct result r = { 0 };
	struct spill_task t = task_of("reverse", &r);
	char out[6] = "";
	int fds[2];

	(void)state;
	assert_int_equal(spill_memfile_of(SPILL_SPAN("abcde"), &fds[0]), 0);
	assert_int_equal(spill_memfile_open(5, &fds[1]), SPILL_OK);
	assert_int_equal(write(fds[0], "x", 1), -1);
	assert_int_equal(ftruncate(fds[1], 4), -1);
	assert_int_equal(ftruncate(fds[1], 6), -1);
	t.fds = fds;
	t.nfds = 2;
	assert_int_equal(spill_pool_submit(p, &t), SPILL_OK);
	assert_int_equal(spill_pool_drain(p), SPILL_OK);
	assert_int_equal(r.o.how, SPILL_ENDED_OK);
	assert_int_equal(pread(fds[1], out, 5, 0), 5);
	assert_string_equal(out, "edcba");
	close(fds[0]);
	close(fds[1]);
	spill_pool_free(&p);
}

/* --- bad ones ----------------------------------------------------------- */

static void
want_of_memory(void **state)
{
	static const char *const requests[] = { "oom", "oom-hook", "oom-abort",
		"oom-null" };
	struct spill_pool *p = pool_with((struct spill_pool_conf){ 0 });

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(requests); i++) {
		/* A sanitizer has its own way to die. */
		if (UNDER_SANITIZER && i >= 2)
			break;
		must_end(p, requests[i], SPILL_ENDED_MEMORY);
	}
	assert_int_equal(try(p, "oom")->o.value, 128 << 20);
	spill_pool_free(&p);
}

static void
want_of_time(void **state)
{
	struct spill_pool *p = pool_with((struct spill_pool_conf){ 0 });
	struct result *r = try(p, "spin 3");

	(void)state;
	assert_int_equal(r->o.how, SPILL_ENDED_TIMEOUT);
	assert_int_equal(r->o.clock, SPILL_CLOCK_CPU);
	assert_int_equal(r->rows, 3); /* what came before is kept */
	assert_true(r->o.cpu_us >= 200000);
	must_be_good(p);
	r = try(p, "asleep");
	assert_int_equal(r->o.how, SPILL_ENDED_TIMEOUT);
	assert_int_equal(r->o.clock, SPILL_CLOCK_WALL);
	must_be_good(p);
	r = try(p, "stop");
	assert_int_equal(r->o.how, SPILL_ENDED_TIMEOUT);
	assert_int_equal(r->o.clock, SPILL_CLOCK_WALL);
	must_be_good(p);
	must_end(p, "slow 60", SPILL_ENDED_OK);
	spill_pool_free(&p);
}

/* Too slow for the first budget, not for the second. */
static void
time_is_given_twice(void **state)
{
	struct spill_pool *p = pool_with((struct spill_pool_conf){ 0 });
	struct result r = { 0 };
	struct spill_task t = task_of("slow 300", &r);

	(void)state;
	t.limits.cpu_ms = 200;
	t.retry = true;
	assert_int_equal(spill_pool_submit(p, &t), SPILL_OK);
	assert_int_equal(spill_pool_drain(p), SPILL_OK);
	assert_int_equal(r.ends, 1);
	assert_int_equal(r.o.how, SPILL_ENDED_OK);
	assert_int_equal(r.o.attempts, 2);
	assert_string_equal(r.text, "300 squared is 90000");
	t.request = SPILL_SPAN("spin 2");
	memset(&r, 0, sizeof(r));
	assert_int_equal(spill_pool_submit(p, &t), SPILL_OK);
	assert_int_equal(spill_pool_drain(p), SPILL_OK);
	assert_int_equal(r.o.how, SPILL_ENDED_TIMEOUT);
	assert_int_equal(r.o.attempts, 2);
	assert_int_equal(r.o.value, 400);
	assert_int_equal(r.rows, 2); /* of the last attempt alone */
	spill_pool_free(&p);
}

static void
death_by_each_signal(void **state)
{
	static const int signals[] = { SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL,
		SIGKILL, SIGTRAP, SIGSYS, SIGXFSZ };
	struct spill_pool *p = pool_with((struct spill_pool_conf){ 0 });
	struct result *r;
	char request[32];

	(void)state;
	for (size_t i = 0; i < 2 * SPILL_COUNT(signals); i++) {
		int sig = signals[i / 2];

		/* Its handler counts that as a call that was refused. */
		if (sig == SIGSYS)
			continue;
		snprintf(request, sizeof(request), "die%s %d",
		    i % 2 ? "-in-frame" : "", sig);
		r = try(p, request);
		assert_int_equal(r->o.how, SPILL_ENDED_CRASHED);
		if (!UNDER_SANITIZER)
			assert_int_equal(r->o.signal, sig);
		assert_int_equal(r->rows, i % 2 ? 3 : 0);
		assert_true(r->o.has_at && r->o.at == 2);
		must_be_good(p);
	}
	must_end(p, "fault", SPILL_ENDED_CRASHED);
	r = try(p, "leave 3");
	assert_int_equal(r->o.how, SPILL_ENDED_CRASHED);
	assert_int_equal(r->o.signal, 0);
	assert_int_equal(r->o.status, 3);
	must_end(p, "leave 0", SPILL_ENDED_CRASHED);
	spill_pool_free(&p);
}

static void
words_against_the_rules(void **state)
{
	static const char *const requests[] = { "nonsense 0", "nonsense 255",
		"empty", "huge-length", "huge-record", "huge-message",
		"half-frame", "other-type 1", "other-type 3", "other-type 7",
		"other-type 8", "other-type 99", "other-kind 0", "other-kind 5",
		"other-kind 6", "other-kind 130", "other-job 1",
		"other-job 4294967295", "behind", "flood", "descriptor",
		"hang-up" };
	struct spill_pool *p = pool_with((struct spill_pool_conf){ 0 });
	size_t fds = count_fds();

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(requests); i++)
		must_end(p, requests[i], SPILL_ENDED_PROTOCOL);
	assert_true(spill_pool_stats(p).protocol >= SPILL_COUNT(requests));
	assert_int_equal(count_fds(), fds);
	spill_pool_free(&p);
}

/* The second end comes when the job is over, or with the next one. */
static void
an_end_that_comes_twice(void **state)
{
	struct spill_pool *p = pool_with((struct spill_pool_conf){ 0 });

	(void)state;
	for (int i = 0; i < 20; i++) {
		struct result *r = try(p, "twice 5");

		assert_int_equal(r->o.how, SPILL_ENDED_OK);
		assert_string_equal(r->text, "5 squared is 25");
		must_be_good(p);
	}
	assert_int_equal(spill_pool_stats(p).protocol, 20);
	spill_pool_free(&p);
}

static void
a_reply_over_the_limit_stops(void **state)
{
	struct spill_pool *p = pool_with((struct spill_pool_conf){ 0 });
	struct result *r = try(p, "pour");

	(void)state;
	assert_int_equal(r->o.how, SPILL_ENDED_LIMIT);
	assert_string_equal(r->o.name, "reply");
	assert_int_equal(r->o.value, 1 << 20);
	assert_true(r->rows > 20000);
	must_be_good(p);
	r = try(p, "big 2000000");
	assert_int_equal(r->o.how, SPILL_ENDED_LIMIT);
	assert_int_equal(r->rows, 0);
	must_be_good(p);
	spill_pool_free(&p);
}

/* --- streams and places ------------------------------------------------- */

static void
a_stream_is_not_held(void **state)
{
	struct spill_pool *p = pool_with((struct spill_pool_conf){ 0 });
	struct result r = { 0 };
	struct spill_task t = task_of("pour 300000", &r);
	uint64_t held = 0;

	(void)state;
	t.stream = true;
	t.limits.reply = 1 << 30;
	t.limits.cpu_ms = 60000;
	assert_int_equal(spill_pool_submit(p, &t), SPILL_OK);
	while (r.ends == 0) {
		assert_int_equal(spill_pool_step(p, -1), SPILL_OK);
		held = SPILL_MAX(held, p->held);
	}
	assert_int_equal(r.o.how, SPILL_ENDED_OK);
	assert_int_equal(r.rows, 300000);
	assert_int_equal(held, 0);
	spill_pool_free(&p);
}

static void
a_crash_has_a_place(void **state)
{
	struct spill_pool *p = pool_with((struct spill_pool_conf){ 0 });
	struct result *r = try(p, "crash-at 5000");

	(void)state;
	assert_int_equal(r->o.how, SPILL_ENDED_CRASHED);
	assert_true(r->o.has_at && r->o.at == 5000);
	/* What was delivered ends before that, and where is known. */
	assert_true(r->o.has_done && r->o.done < 5000);
	assert_int_equal(r->rows, r->o.done + r->o.since);
	r = try(p, "crash-at 2");
	assert_true(!r->o.has_done && r->o.has_at && r->o.at == 2);
	assert_int_equal(r->rows, 0);
	spill_pool_free(&p);
}

static void
a_refusal_ends_the_job(void **state)
{
	struct spill_pool *p = pool_with((struct spill_pool_conf){ 0 });
	struct result r = { .refuse = SPILL_EDAMAGED };
	struct spill_task t = task_of("pour 100000", &r);

	(void)state;
	t.limits.reply = 1 << 30;
	for (int i = 0; i < 4; i++) {
		t.stream = i % 2;
		r = (struct result){ .refuse =
					 i / 2 ? SPILL_EIO : SPILL_EDAMAGED };
		assert_int_equal(spill_pool_submit(p, &t), SPILL_OK);
		assert_int_equal(spill_pool_drain(p), SPILL_OK);
		assert_int_equal(r.ends, 1);
		assert_int_equal(r.rows, 1);
		assert_int_equal(r.o.how,
		    i / 2 ? SPILL_ENDED_CANCELLED : SPILL_ENDED_PROTOCOL);
		must_be_good(p);
	}
	spill_pool_free(&p);
}

/* --- order -------------------------------------------------------------- */

/* A mix of good and bad jobs; what the caller sees, as text. */
static char *
mixed_run(unsigned workers, uint64_t hold, bool stream)
{
	static const char *const mix[] = { "good 3", "rows 3000", "die 11",
		"slow 5", "failing", "rows 7", "crash-at 40", "limited 2",
		"nonsense", "big 70000", "fork", "partial 4", "slow 1" };
	struct spill_pool *p = pool_with((struct spill_pool_conf){
	    .workers = workers, .ordered = true, .hold = hold });
	uint64_t held = 0;
	char *text;

	for (size_t i = 0; i < 10 * SPILL_COUNT(mix); i++) {
		struct spill_task t =
		    task_of(mix[i % SPILL_COUNT(mix)], &results[i]);

		t.stream = stream && i % 3 == 0;
		t.retry = !stream;
		assert_int_equal(spill_pool_submit(p, &t), SPILL_OK);
		held = SPILL_MAX(held, p->held);
	}
	assert_int_equal(spill_pool_drain(p), SPILL_OK);
	for (size_t i = 0; i < 10 * SPILL_COUNT(mix); i++)
		assert_int_equal(results[i].ends, 1);
	/* Unless one job alone is larger. */
	assert_true(held <= hold + (1 + workers) * (FRAME_MAX + 200000));
	assert_int_equal(p->held, 0);
	text = strdup(spill_buf_str(&transcript));
	assert_true(text != NULL && strlen(text) > 1000);
	spill_pool_free(&p);
	return text;
}

static void
order_does_not_depend_on_workers(void **state)
{
	static const unsigned workers[] = { 2, 4, 4, 2 };
	static const uint64_t holds[] = { 1 << 20, 1 << 20, 1, 1 };

	(void)state;
	for (int stream = 0; stream < 2; stream++) {
		char *one = mixed_run(1, 1 << 20, stream);

		for (size_t i = 0; i < SPILL_COUNT(workers); i++) {
			char *more = mixed_run(workers[i], holds[i], stream);

			assert_string_equal(one, more);
			free(more);
		}
		free(one);
	}
}

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
		cmocka_unit_test(replies_arrive_whole),
		cmocka_unit_test(the_worker_says_how_it_went),
		cmocka_unit_test(memory_files_go_both_ways),
		cmocka_unit_test(want_of_memory),
		cmocka_unit_test(want_of_time),
		cmocka_unit_test(time_is_given_twice),
		cmocka_unit_test(death_by_each_signal),
		cmocka_unit_test(words_against_the_rules),
		cmocka_unit_test(an_end_that_comes_twice),
		cmocka_unit_test(a_reply_over_the_limit_stops),
		cmocka_unit_test(a_stream_is_not_held),
		cmocka_unit_test(a_crash_has_a_place),
		cmocka_unit_test(a_refusal_ends_the_job),
		cmocka_unit_test(order_does_not_depend_on_workers),
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
