/*
 * in_test.c: lines of an input, marks, limits, digests.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <spill/base.h>

#include "util.h"

#define LIMIT SPILL_LINE_MAX

/* The lines that there must be, found the simple way. */
static void
check_lines(struct spill_in *in, const char *p, size_t n)
{
	uint64_t number = 0;
	struct spill_span line;

	for (size_t at = 0; at < n;) {
		size_t len = 0;
		bool whole;

		while (at + len < n && p[at + len] != '\n')
			len++;
		whole = at + len < n;
		assert_int_equal(spill_in_line(in, &line), SPILL_OK);
		assert_int_equal(line.len, len);
		assert_memory_equal(line.p, p + at, len);
		assert_int_equal(spill_in_number(in), ++number);
		assert_int_equal(spill_in_offset(in), at);
		assert_int_equal(spill_in_whole(in), whole);
		at += len + whole;
		assert_int_equal(spill_in_bytes(in), at);
	}
	for (int i = 0; i < 3; i++)
		assert_int_equal(spill_in_line(in, &line), SPILL_END);
	assert_int_equal(spill_in_number(in), number);
	assert_int_equal(spill_in_offset(in), n);
}

static const struct spill_span texts[] = { { "", 0 }, { "\n", 1 },
	{ "\n\n\n", 3 }, { "a", 1 }, { "a\n", 2 }, { "a\r\n\0\nb\xff", 7 },
	{ "first\nsecond line\n\nfourth", 25 } };

static void
lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(texts); i++)
		for (size_t cut = 0; cut <= texts[i].len; cut++) {
			struct spill_in *in =
			    file((struct spill_span){ texts[i].p, cut });

			assert_string_equal(spill_in_name(in), "file");
			check_lines(in, texts[i].p, cut);
			spill_in_free(&in);
			assert_null(in);
			spill_in_free(&in);
		}
}

static void
lines_in_pieces(void **state)
{
	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(texts); i++)
		for (size_t piece = 1; piece < 5; piece++)
			for (int flags = 0; flags <= O_NONBLOCK;
			     flags += O_NONBLOCK) {
				struct feed f = { .text = texts[i],
					.piece = piece };
				struct spill_in *in = fed(&f, flags);

				check_lines(in, f.text.p, f.text.len);
				fed_free(&f, &in);
			}
}

static void
on_alarm(int sig)
{
	(void)sig;
}

/* Signals without SA_RESTART while the pipe is empty. */
static void
interrupted(void **state)
{
	struct sigaction act = { .sa_handler = on_alarm }, old;
	struct itimerval often = { { 0, 300 }, { 0, 300 } }, never = { 0 };
	struct feed f = { .text = SPILL_SPAN("a\nbc\ndef\nghijklm\n"),
		.piece = 1,
		.pause = 1500 };
	struct spill_in *in;

	(void)state;
	assert_int_equal(sigaction(SIGALRM, &act, &old), 0);
	in = fed(&f, 0);
	(void)setitimer(ITIMER_REAL, &often, NULL);
	check_lines(in, f.text.p, f.text.len);
	(void)setitimer(ITIMER_REAL, &never, NULL);
	fed_free(&f, &in);
	(void)sigaction(SIGALRM, &old, NULL);
}

static void
read_error(void **state)
{
	struct spill_in *in = NULL;
	struct spill_span s = { "same", 4 };

	(void)state;
	assert_int_equal(
	    spill_in_open(&in, open("/", O_RDONLY | O_CLOEXEC), "/"), SPILL_OK);
	assert_int_equal(spill_in_line(in, &s), SPILL_EIO);
	assert_int_equal(spill_in_line(in, &s), SPILL_EIO);
	assert_int_equal(spill_in_peek(in, 1, &s), SPILL_EIO);
	assert_memory_equal(s.p, "same", 4);
	spill_in_free(&in);
}

/* --- limits ------------------------------------------------------------- */

/* Lines of n bytes of 'x' with "next\n" behind each of them. */
static char *
long_text(const size_t *n, size_t count, bool lf, size_t *len)
{
	size_t total = 0;
	char *p, *to;

	for (size_t i = 0; i < count; i++)
		total += n[i] + 6;
	to = p = malloc(total);
	assert_non_null(p);
	for (size_t i = 0; i < count; i++) {
		memset(to, 'x', n[i]);
		to += n[i];
		*to++ = '\n';
		memcpy(to, "next\n", 5);
		to += 5;
	}
	*len = total - (lf ? 0 : 6);
	return p;
}

static void
line_limit(void **state)
{
	static const size_t n[] = { 3, LIMIT, LIMIT + 1, LIMIT - 1,
		3 * LIMIT + 17, LIMIT + 2, 0, LIMIT + 1 };

	(void)state;
	for (int lf = 0; lf < 2; lf++) {
		size_t len, at = 0, number = 0;
		char *p = long_text(n, SPILL_COUNT(n), lf, &len);
		struct spill_in *in = file((struct spill_span){ p, len });
		struct spill_span s;

		for (size_t i = 0; i < SPILL_COUNT(n); i++) {
			bool over = n[i] > LIMIT;

			assert_int_equal(spill_in_line(in, &s),
			    over ? SPILL_ELIMIT : SPILL_OK);
			if (over)
				assert_in_range(s.len, LIMIT, n[i]);
			else
				assert_int_equal(s.len, n[i]);
			assert_true(s.len == 0 || s.p[s.len - 1] == 'x');
			assert_int_equal(spill_in_number(in), ++number);
			assert_int_equal(spill_in_offset(in), at);
			at += n[i] + 1;
			if (at > len)
				break;
			if (i == 5) { /* peek passes the rest as well */
				assert_int_equal(
				    spill_in_peek(in, 2, &s), SPILL_OK);
				assert_memory_equal(s.p, "next\n\nnext\n", 11);
			}
			assert_int_equal(spill_in_line(in, &s), SPILL_OK);
			assert_int_equal(s.len, 4);
			assert_memory_equal(s.p, "next", 4);
			assert_int_equal(spill_in_number(in), ++number);
			at += 5;
		}
		assert_int_equal(spill_in_line(in, &s), SPILL_END);
		assert_int_equal(spill_in_offset(in), len);
		spill_in_free(&in);
		free(p);
	}
}

/* A line of 1 GiB, of which no more than a few buffers are ever in memory.
 * The first test: what counts is the most the process ever had. */
static void
bounded_memory(void **state)
{
	const off_t len = (off_t)1 << 30;
	int fd = memfd_create("in", 0);
	struct spill_in *in = NULL;
	struct rusage before, after;
	struct spill_span s;

	(void)state;
	assert_int_equal(pwrite(fd, "\nnext\n", 6, len), 6);
	assert_int_equal(getrusage(RUSAGE_SELF, &before), 0);
	assert_int_equal(spill_in_open(&in, fd, "file"), SPILL_OK);
	assert_int_equal(spill_in_line(in, &s), SPILL_ELIMIT);
	assert_int_equal(spill_in_line(in, &s), SPILL_OK);
	assert_int_equal(spill_in_number(in), 2);
	assert_int_equal(spill_in_offset(in), len + 1);
	assert_memory_equal(s.p, "next", 4);
	assert_int_equal(getrusage(RUSAGE_SELF, &after), 0);
	assert_in_range(after.ru_maxrss - before.ru_maxrss, 0, 256 << 10);
	spill_in_free(&in);
}

/* A run of two lines: of exactly the limit, and of one byte more. */
static void
run_limit(void **state)
{
	(void)state;
	for (size_t over = 0; over < 2; over++) {
		size_t n[2] = { LIMIT - 5 + over, 0 }, len;
		char *p = long_text(n, 2, true, &len);
		struct spill_in *in = file((struct spill_span){ p, len });
		struct spill_span s;

		assert_int_equal(spill_in_line(in, &s), SPILL_OK);
		spill_in_mark(in);
		assert_int_equal(
		    spill_in_line(in, &s), over ? SPILL_ELIMIT : SPILL_OK);
		if (!over)
			assert_int_equal(spill_in_run(in).len, LIMIT);
		spill_in_rewind(in);
		assert_int_equal(spill_in_number(in), 1);
		assert_int_equal(spill_in_line(in, &s), SPILL_OK);
		assert_memory_equal(s.p, "next", 4);
		assert_int_equal(spill_in_number(in), 2);
		assert_int_equal(spill_in_line(in, &s), SPILL_OK);
		assert_int_equal(s.len, 0);
		spill_in_free(&in);
		free(p);
	}
}

/* Who does not rewind goes on behind the line that went over. */
static void
run_limit_without_rewind(void **state)
{
	size_t n[2] = { LIMIT, 1 }, len;
	char *p = long_text(n, 2, true, &len);
	struct spill_in *in = file((struct spill_span){ p, len });
	struct spill_span s;

	(void)state;
	assert_int_equal(spill_in_line(in, &s), SPILL_OK);
	spill_in_mark(in);
	assert_int_equal(spill_in_line(in, &s), SPILL_ELIMIT);
	assert_int_equal(spill_in_line(in, &s), SPILL_OK);
	assert_int_equal(s.len, 1);
	assert_int_equal(spill_in_number(in), 3);
	assert_int_equal(spill_in_run(in).len, 1);
	spill_in_free(&in);
	free(p);
}

/* --- marks and peeks, against a model ----------------------------------- */

struct model {
	const char *p;
	size_t len;
	size_t line, line_len, next, number;
	size_t mark, mark_len, mark_next, mark_number;
	bool marked;
};

static bool
model_line(struct model *m)
{
	const char *lf = memchr(m->p + m->next, '\n', m->len - m->next);

	m->line = m->next;
	m->line_len = (lf != NULL ? (size_t)(lf - m->p) : m->len) - m->line;
	if (m->line == m->len)
		return false;
	m->next = m->line + m->line_len + (lf != NULL);
	m->number++;
	return true;
}

static void
step_line(struct spill_in *in, struct model *m)
{
	struct spill_span s, run;

	if (!model_line(m)) {
		assert_int_equal(spill_in_line(in, &s), SPILL_END);
		return;
	}
	assert_int_equal(spill_in_line(in, &s), SPILL_OK);
	assert_int_equal(s.len, m->line_len);
	assert_memory_equal(s.p, m->p + m->line, s.len);
	run = spill_in_run(in);
	if (m->marked) {
		assert_int_equal(run.len, m->line + m->line_len - m->mark);
		assert_memory_equal(run.p, m->p + m->mark, run.len);
	} else {
		assert_ptr_equal(run.p, s.p);
		assert_int_equal(run.len, s.len);
	}
}

static void
step_mark(struct spill_in *in, struct model *m)
{
	spill_in_mark(in);
	m->marked = true;
	m->mark = m->line;
	m->mark_len = m->line_len;
	m->mark_next = m->next;
	m->mark_number = m->number;
}

static void
step_rewind(struct spill_in *in, struct model *m)
{
	spill_in_rewind(in);
	if (m->marked) {
		m->line = m->mark;
		m->line_len = m->mark_len;
		m->next = m->mark_next;
		m->number = m->mark_number;
	}
	m->marked = false;
}

static void
step_peek(struct spill_in *in, struct model *m, size_t n, bool skip)
{
	struct spill_span s;

	assert_int_equal(spill_in_peek(in, n, &s), SPILL_OK);
	assert_true(s.len >= SPILL_MIN(n, m->len - m->next));
	assert_memory_equal(s.p, m->p + m->next, s.len);
	if (!skip)
		return;
	n = SPILL_MIN(n, s.len);
	spill_in_skip(in, n);
	m->next += n;
}

static void
step(struct spill_in *in, struct model *m)
{
	unsigned what = (unsigned)random() % 64;

	if (what < 48)
		step_line(in, m);
	else if (what < 52)
		step_mark(in, m);
	else if (what < 54)
		step_rewind(in, m);
	else if (what < 56) {
		spill_in_unmark(in);
		m->marked = false;
	} else
		step_peek(in, m, (size_t)random() % 2000000, what == 63);
	assert_int_equal(spill_in_number(in), m->number);
	assert_int_equal(spill_in_offset(in), m->line);
	assert_int_equal(spill_in_bytes(in), m->next);
}

static void
random_walk(void **state)
{
	size_t len = (size_t)6 << 20;
	char *p = malloc(len);

	(void)state;
	assert_non_null(p);
	srandom(7);
	for (unsigned round = 0; round < 20; round++) {
		long gap = 1L << round % 20;
		struct model m = { .p = p, .len = len };
		struct spill_in *in;

		for (size_t i = 0; i < len; i++)
			p[i] = (char)('a' + i % 23);
		for (size_t i = 0; i < len; i += 1 + (size_t)random() % gap)
			p[i] = '\n';
		in = file((struct spill_span){ p, len });
		for (unsigned i = 0; i < 5000 && m.next < len; i++)
			step(in, &m);
		spill_in_free(&in);
	}
	free(p);
}

/* The marked line is again the one read last, in all that is told of it. */
static void
rewind_restores(void **state)
{
	struct spill_in *in = file(SPILL_SPAN("ab\nc"));
	struct spill_span s;

	(void)state;
	assert_int_equal(spill_in_line(in, &s), SPILL_OK);
	spill_in_mark(in);
	assert_int_equal(spill_in_line(in, &s), SPILL_OK);
	assert_false(spill_in_whole(in));
	assert_int_equal(spill_in_line(in, &s), SPILL_END);
	spill_in_rewind(in);
	assert_true(spill_in_whole(in));
	assert_int_equal(spill_in_number(in), 1);
	assert_int_equal(spill_in_bytes(in), 3);
	assert_memory_equal(spill_in_run(in).p, "ab", 2);
	assert_int_equal(spill_in_run(in).len, 2);
	spill_in_rewind(in); /* without a mark: nothing */
	assert_int_equal(spill_in_line(in, &s), SPILL_OK);
	assert_memory_equal(s.p, "c", 1);
	spill_in_free(&in);
}

static void
peek_limits(void **state)
{
	struct spill_in *in = file(SPILL_SPAN("abc\nd"));
	struct spill_span s = { "same", 4 };

	(void)state;
	assert_int_equal(spill_in_peek(in, LIMIT + 1, &s), SPILL_ELIMIT);
	assert_memory_equal(s.p, "same", 4);
	assert_int_equal(spill_in_peek(in, LIMIT, &s), SPILL_OK);
	assert_int_equal(s.len, 5);
	spill_in_skip(in, 1);
	assert_int_equal(spill_in_line(in, &s), SPILL_OK);
	assert_memory_equal(s.p, "bc", 2);
	assert_int_equal(spill_in_offset(in), 1);
	spill_in_skip(in, SIZE_MAX);
	assert_int_equal(spill_in_line(in, &s), SPILL_END);
	assert_int_equal(spill_in_peek(in, 1, &s), SPILL_OK);
	assert_int_equal(s.len, 0);
	spill_in_free(&in);
}

/* --- digests ------------------------------------------------------------ */

static void
check_digest(struct spill_in *in, const char *p, size_t n)
{
	char want[SPILL_SHA256_HEX + 1], hex[SPILL_SHA256_HEX];

	sha256((struct spill_span){ p, n }, SPILL_SPAN(""), want);
	assert_int_equal(spill_in_digest(in, hex), SPILL_OK);
	assert_memory_equal(hex, want, sizeof(hex));
}

/* A digest at each line in turn, over lines that are too long, after a
 * peek, after rewinding, and at the end. */
static void
digests(void **state)
{
	size_t n[] = { 7, 700000, LIMIT + 9, 3, 300000 }, len;
	char *p = long_text(n, SPILL_COUNT(n), true, &len);

	(void)state;
	for (unsigned at = 1; at < 12; at++) {
		struct spill_in *in = file((struct spill_span){ p, len });
		struct spill_span s;
		int rc = SPILL_OK;
		char hex[SPILL_SHA256_HEX];

		assert_int_equal(spill_in_digest(in, hex), SPILL_EUSAGE);
		assert_false(spill_in_hashes(in));
		assert_int_equal(spill_in_hash(in), SPILL_OK);
		assert_true(spill_in_hashes(in));
		for (unsigned i = 0; i < at; i++)
			rc = spill_in_line(in, &s);
		assert_int_equal(rc, at == 5	? SPILL_ELIMIT
				     : at == 11 ? SPILL_END
						: SPILL_OK);
		if (at % 2 == 0) {
			spill_in_mark(in);
			(void)spill_in_line(in, &s);
			spill_in_rewind(in);
		}
		if (at % 3 == 0 && at != 5)
			(void)spill_in_peek(in, 900000, &s);
		check_digest(in, p, spill_in_offset(in));
		/* The next one starts there. */
		if (at == 2) {
			size_t from = spill_in_offset(in);

			(void)spill_in_line(in, &s);
			(void)spill_in_line(in, &s);
			check_digest(in, p + from, spill_in_offset(in) - from);
		}
		spill_in_free(&in);
	}
	free(p);
}

static void
hash_too_late(void **state)
{
	size_t n[] = { 700000, 700000 }, len;
	char *p = long_text(n, SPILL_COUNT(n), true, &len);
	struct spill_in *in = file((struct spill_span){ p, len });
	struct spill_span s;

	(void)state;
	while (spill_in_line(in, &s) == SPILL_OK)
		;
	assert_int_equal(spill_in_hash(in), SPILL_EUSAGE);
	spill_in_free(&in);
	free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bounded_memory),
		cmocka_unit_test(lines),
		cmocka_unit_test(lines_in_pieces),
		cmocka_unit_test(interrupted),
		cmocka_unit_test(read_error),
		cmocka_unit_test(line_limit),
		cmocka_unit_test(run_limit),
		cmocka_unit_test(run_limit_without_rewind),
		cmocka_unit_test(random_walk),
		cmocka_unit_test(rewind_restores),
		cmocka_unit_test(peek_limits),
		cmocka_unit_test(digests),
		cmocka_unit_test(hash_too_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
