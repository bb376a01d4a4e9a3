/*
 * pool_test.c: each job has one outcome, the right one, and the run goes on.
 */
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
	t.slow_once = true;
	memset(&r, 0, sizeof(r));
	assert_int_equal(spill_pool_submit(p, &t), SPILL_OK);
	assert_int_equal(spill_pool_drain(p), SPILL_OK);
	assert_int_equal(r.o.how, SPILL_ENDED_TIMEOUT);
	assert_int_equal(r.o.attempts, 1);
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
