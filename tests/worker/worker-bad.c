/*
 * worker-bad.c: a worker that does what the request says, however bad.
 * The request is "word" or "word number".
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <spill/worker.h>

#include "acts.h"

/* --- good ones ---------------------------------------------------------- */

static int
answer(struct spill_job *j, uint64_t n)
{
	char text[64];
	int len = snprintf(text, sizeof(text), "%llu squared is %llu",
	    (unsigned long long)n, (unsigned long long)(n * n));

	return spill_job_bytes(j, text, (size_t)len);
}

static volatile uint64_t sink;

static void
burn(uint64_t ms)
{
	struct timespec from, now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	do {
		for (int i = 0; i < 1000; i++)
			sink += (uint64_t)i;
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	} while (
	    (uint64_t)(now.tv_sec - from.tv_sec) * 1000 +
		(uint64_t)(now.tv_nsec - from.tv_nsec + 1000000000) / 1000000 -
		1000 <
	    ms);
}

static int
slow(struct spill_job *j, uint64_t n)
{
	burn(n);
	return answer(j, n);
}

/* A millisecond's work. */
static int
busy(struct spill_job *j, uint64_t n)
{
	burn(1);
	return answer(j, n);
}

static struct spill_row row;

static int
send_row(struct spill_job *j, uint64_t n)
{
	char text[32];

	spill_row_clear(&row);
	snprintf(text, sizeof(text), "row %llu", (unsigned long long)n);
	spill_row_set(&row, 0, spill_span(text));
	return spill_job_send(j, &row);
}

static int
rows(struct spill_job *j, uint64_t n)
{
	int rc = SPILL_OK;

	for (uint64_t i = 0; rc == SPILL_OK && i < n; i++) {
		rc = spill_job_progress(j, i);
		if (rc == SPILL_OK)
			rc = send_row(j, i);
	}
	return rc;
}

/* One row with one cell of n bytes. */
static int
big(struct spill_job *j, uint64_t n)
{
	char *p = malloc((size_t)n + 1);
	int rc;

	if (p == NULL)
		return SPILL_ENOMEM;
	memset(p, 'x', (size_t)n);
	spill_row_clear(&row);
	spill_row_set(&row, 3, (struct spill_span){ p, (size_t)n });
	rc = spill_job_send(j, &row);
	free(p);
	return rc;
}

/* Reverse memory file 0 into memory file 1. */
static int
reverse(struct spill_job *j, uint64_t n)
{
	struct spill_span in;
	size_t len;
	char *out;
	int rc = spill_job_map(j, 0, &in);

	(void)n;
	if (rc == SPILL_OK)
		rc = spill_job_map_rw(j, 1, &out, &len);
	for (size_t i = 0; rc == SPILL_OK && i < SPILL_MIN(len, in.len); i++)
		out[i] = in.p[in.len - 1 - i];
	return rc;
}

static int
tell_env(struct spill_job *j, uint64_t n)
{
	extern char **environ;
	char text[128];
	int len;

	(void)n;
	for (char **e = environ; *e != NULL; e++) {
		spill_job_bytes(j, *e, strlen(*e));
		spill_job_bytes(j, "\n", 1);
	}
	for (int fd = 0; fd < 256; fd++)
		if (lseek(fd, 0, SEEK_CUR) >= 0 || errno != EBADF) {
			len = snprintf(text, sizeof(text), "fd %d%s\n", fd,
			    fd == job_sock(j) ? " socket" : "");
			spill_job_bytes(j, text, (size_t)len);
		}
	return SPILL_OK;
}

static int
tell_pid(struct spill_job *j, uint64_t n)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "%d", (int)getpid());

	(void)n;
	return spill_job_bytes(j, text, (size_t)len);
}

static int
partial(struct spill_job *j, uint64_t n)
{
	spill_job_error(j, "damaged", n, 512, "a bad page");
	spill_job_partial(j, "page 2 of 3");
	return answer(j, n);
}

static int
failing(struct spill_job *j, uint64_t n)
{
	(void)n;
	return spill_job_fail(j, SPILL_EDAMAGED, "no \033[1m header");
}

static int
limited(struct spill_job *j, uint64_t n)
{
	answer(j, n);
	return spill_job_limit(j, "pages", n);
}

/* A library that probes for a file. */
static int
probes(struct spill_job *j, uint64_t n)
{
	struct stat st;
	int fd = open("/etc/passwd", O_RDONLY);

	if (fd >= 0 || errno != EACCES || stat("/", &st) == 0)
		return SPILL_EUSAGE;
	(void)geteuid();
	return answer(j, n);
}

/* --- want of memory and time -------------------------------------------- */

static void *
devour(void)
{
	size_t n = 1 << 20;
	char *p;

	if (UNDER_SANITIZER) { /* no limit holds it */
		errno = ENOMEM;
		return NULL;
	}
	while ((p = malloc(n)) != NULL)
		memset(p, 1, n);
	return p;
}

static int
oom(struct spill_job *j, uint64_t n)
{
	(void)j;
	(void)n;
	return devour() == NULL ? SPILL_ENOMEM : SPILL_OK;
}

static int
oom_hook(struct spill_job *j, uint64_t n)
{
	(void)j;
	(void)n;
	devour();
	spill_worker_oom();
}

static int
oom_abort(struct spill_job *j, uint64_t n)
{
	(void)j;
	(void)n;
	devour();
	abort();
}

static int
oom_null(struct spill_job *j, uint64_t n)
{
	volatile char *p = devour();

	(void)j;
	*p = (char)n;
	return SPILL_OK;
}

static int
spin(struct spill_job *j, uint64_t n)
{
	rows(j, n);
	spill_job_flush(j);
	for (;;)
		sink++;
	return SPILL_OK;
}

static int
asleep(struct spill_job *j, uint64_t n)
{
	uint32_t word = 0;

	(void)j;
	for (;;)
		syscall(SYS_futex, &word, FUTEX_WAIT, 0, NULL, NULL, 0);
	return (int)n;
}

static int
stop(struct spill_job *j, uint64_t n)
{
	(void)j;
	(void)n;
	raise(SIGSTOP);
	return SPILL_OK;
}

/* --- ends --------------------------------------------------------------- */

static int
die(struct spill_job *j, uint64_t n)
{
	rows(j, 3);
	raise((int)n);
	return SPILL_OK;
}

static int
die_in_frame(struct spill_job *j, uint64_t n)
{
	rows(j, 3);
	spill_job_flush(j);
	return die(j, n);
}

static int
fault(struct spill_job *j, uint64_t n)
{
	volatile char *p = NULL;

	(void)j;
	*p = (char)n;
	return SPILL_OK;
}

static int
overrun(struct spill_job *j, uint64_t n)
{
	volatile char *p = malloc((size_t)n);

	(void)j;
	p[n] = 1;
	return SPILL_OK;
}

/* Entry n kills, unless it is skipped: "crashat n" starts at 0. */
static int
crash_at(struct spill_job *j, uint64_t n)
{
	int rc = rows(j, n);

	spill_job_progress(j, n);
	if (rc == SPILL_OK)
		raise(SIGSEGV);
	return rc;
}

static int
leave(struct spill_job *j, uint64_t n)
{
	(void)j;
	_exit((int)n);
}

static int
hang_up(struct spill_job *j, uint64_t n)
{
	close(job_sock(j));
	return asleep(j, n);
}

/* --- words against the rules -------------------------------------------- */

static void
raw(struct spill_job *j, const void *p, size_t n)
{
	(void)!send(job_sock(j), p, n, MSG_NOSIGNAL);
}

/* A frame whose head says len while n bytes follow. */
static void
raw_frame(struct spill_job *j, uint32_t type, uint32_t len, uint32_t seq,
    const void *body, size_t n)
{
	static char p[FRAME_MAX * 2];

	frame_head(p, (enum frame_type)type, len, seq);
	if (n > 0)
		memcpy(p + FRAME_HEAD, body, n);
	raw(j, p, FRAME_HEAD + n);
}

static int
nonsense(struct spill_job *j, uint64_t n)
{
	char p[100];

	memset(p, (int)n, sizeof(p));
	raw(j, p, sizeof(p));
	return asleep(j, n);
}

static int
empty(struct spill_job *j, uint64_t n)
{
	raw(j, "", 0);
	return asleep(j, n);
}

static int
huge_length(struct spill_job *j, uint64_t n)
{
	raw_frame(j, FRAME_REPLY, UINT32_MAX, job_seq(j), "abc", 3);
	return asleep(j, n);
}

static int
huge_record(struct spill_job *j, uint64_t n)
{
	raw_frame(j, FRAME_REPLY, 8, job_seq(j), "\xff\xff\xff\x01gone", 8);
	return asleep(j, n);
}

static int
huge_message(struct spill_job *j, uint64_t n)
{
	static char p[FRAME_MAX];

	raw_frame(j, FRAME_REPLY, FRAME_MAX, job_seq(j), p, sizeof(p));
	return asleep(j, n);
}

static int
half_frame(struct spill_job *j, uint64_t n)
{
	raw_frame(j, FRAME_REPLY, 1000, job_seq(j), "half", 4);
	return leave(j, n);
}

static int
other_type(struct spill_job *j, uint64_t n)
{
	raw_frame(j, (uint32_t)n, 4, job_seq(j), "abcd", 4);
	return asleep(j, n);
}

static int
other_kind(struct spill_job *j, uint64_t n)
{
	char rec[4];

	put_u32(rec, (uint32_t)n << 24);
	raw_frame(j, FRAME_REPLY, 4, job_seq(j), rec, 4);
	return asleep(j, n);
}

static int
other_job(struct spill_job *j, uint64_t n)
{
	raw_frame(j, FRAME_REPLY, 4, job_seq(j) + (uint32_t)n, "\0\0\0\x02", 4);
	return asleep(j, n);
}

/* A whole end of this job, before the one that comes of itself. */
static int
twice(struct spill_job *j, uint64_t n)
{
	struct ending e = { .name = spill_span(""), .detail = spill_span("") };
	char rec[REC_HEAD + 64];
	size_t len = ending_pack(&e, rec + REC_HEAD, 64);
	int rc = answer(j, n);

	spill_job_flush(j);
	put_u32(rec, (uint32_t)len | (uint32_t)REC_END << 24);
	raw_frame(j, FRAME_REPLY, (uint32_t)(REC_HEAD + len), job_seq(j), rec,
	    REC_HEAD + len);
	return rc;
}

/* A record behind the end, in the frame of the end. */
static int
behind(struct spill_job *j, uint64_t n)
{
	struct ending e = { .name = spill_span(""), .detail = spill_span("") };
	char rec[REC_HEAD + 64 + REC_HEAD];
	size_t len = ending_pack(&e, rec + REC_HEAD, 64);

	put_u32(rec, (uint32_t)len | (uint32_t)REC_END << 24);
	put_u32(rec + REC_HEAD + len, (uint32_t)REC_BYTES << 24);
	len += 2 * REC_HEAD;
	raw_frame(j, FRAME_REPLY, (uint32_t)len, job_seq(j), rec, len);
	return asleep(j, n);
}

static int
flood(struct spill_job *j, uint64_t n)
{
	static char p[32768];

	put_u32(p, (uint32_t)(sizeof(p) - 4) | (uint32_t)REC_BYTES << 24);
	for (;;)
		raw_frame(j, FRAME_REPLY, sizeof(p), job_seq(j), p, sizeof(p));
	return (int)n;
}

/* One row in pieces, of which none is the last. */
static int
pieces(struct spill_job *j, uint64_t n)
{
	static char p[32768];

	put_u32(p, (uint32_t)(sizeof(p) - 4) | (uint32_t)(REC_ROW | REC_MORE)
						   << 24);
	for (;;)
		raw_frame(j, FRAME_REPLY, sizeof(p), job_seq(j), p, sizeof(p));
	return (int)n;
}

static int
pour(struct spill_job *j, uint64_t n)
{
	return rows(j, n > 0 ? n : UINT64_MAX);
}

static int
descriptor(struct spill_job *j, uint64_t n)
{
	int fds[3] = { 0, 1, 2 };

	frame_send(job_sock(j), FRAME_REPLY, job_seq(j),
	    (struct spill_span){ "\0\0\0\x02", 4 }, fds, 3, 0);
	return asleep(j, n);
}

static const struct act acts[] = { { "good", answer }, { "slow", slow },
	{ "busy", busy }, { "rows", rows }, { "big", big },
	{ "reverse", reverse }, { "env", tell_env }, { "pid", tell_pid },
	{ "partial", partial }, { "failing", failing }, { "limited", limited },
	{ "probes", probes }, { "oom", oom }, { "oom-hook", oom_hook },
	{ "oom-abort", oom_abort }, { "oom-null", oom_null }, { "spin", spin },
	{ "asleep", asleep }, { "stop", stop }, { "die", die },
	{ "die-in-frame", die_in_frame }, { "fault", fault },
	{ "overrun", overrun }, { "crash-at", crash_at }, { "leave", leave },
	{ "hang-up", hang_up }, { "nonsense", nonsense }, { "empty", empty },
	{ "huge-length", huge_length }, { "huge-record", huge_record },
	{ "huge-message", huge_message }, { "half-frame", half_frame },
	{ "other-type", other_type }, { "other-kind", other_kind },
	{ "other-job", other_job }, { "twice", twice }, { "behind", behind },
	{ "flood", flood }, { "pieces", pieces }, { "pour", pour },
	{ "descriptor", descriptor }, { NULL, NULL } };

static const struct act *
find(const struct act *a, struct spill_span word)
{
	while (a->word != NULL && !spill_span_eq(word, spill_span(a->word)))
		a++;
	return a->word != NULL ? a : NULL;
}

static int
job(struct spill_job *j, struct spill_span request)
{
	const char *blank = memchr(request.p, ' ', request.len);
	size_t len = blank != NULL ? (size_t)(blank - request.p) : request.len;
	struct spill_span word = { request.p, len };
	const struct act *act;
	uint64_t n = 0;

	if (blank != NULL)
		spill_span_uint(
		    (struct spill_span){ blank + 1, request.len - len - 1 },
		    &n);
	act = find(acts, word);
	if (act == NULL)
		act = find(attacks, word);
	return act != NULL ? act->run(j, n)
			   : spill_job_fail(j, SPILL_EUSAGE, "no such act");
}

int
main(int argc, char *argv[])
{
	static const struct spill_family family = { .name = "bad", .job = job };

	return spill_worker_main(argc, argv, &family);
}
