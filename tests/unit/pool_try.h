/*
 * pool_try.h: what pool_test.c, pool_end_test.c and jail_test.c share: a pool
 * of the test worker, and what became of each request.
 */
#ifndef POOL_TRY_H
#define POOL_TRY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <spill/diag.h>
#include <spill/pool.h>
#include <spill/row.h>

#include <cmocka.h>

#include "../../common/worker/pool_i.h"

#define MANY	 8192
#define ALL_TEXT (8 << 20)

struct result {
	unsigned ends;
	struct spill_outcome o;
	char text[160]; /* bytes of the reply */
	uint64_t rows, progress, errors, row_bytes;
	int refuse; /* what the callback of a row returns */
};

static struct result results[MANY];
static struct spill_buf transcript; /* of all, in order of callbacks */

static inline const char *
worker_dir(void)
{
	static char dir[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", dir, sizeof(dir) - 32);
	char *slash;

	assert_true(n > 0);
	dir[n] = '\0';
	slash = strrchr(dir, '/');
	snprintf(slash, 16, "/libexec");
	return dir;
}

static inline int
try_row(void *arg, struct spill_span s)
{
	static struct spill_row row;
	struct result *r = arg;

	if (spill_unpack(s, &row) != SPILL_OK)
		return SPILL_EDAMAGED;
	r->rows++;
	r->row_bytes += s.len;
	spill_buf_printf(&transcript, "row %zu\n", s.len);
	return r->refuse;
}

static inline int
try_bytes(void *arg, struct spill_span s)
{
	struct result *r = arg;
	size_t n = strlen(r->text), room = sizeof(r->text) - 1 - n;

	memcpy(r->text + n, s.p, SPILL_MIN(room, s.len));
	spill_buf_span(&transcript, s);
	spill_buf_puts(&transcript, "\n");
	return SPILL_OK;
}

static inline int
try_error(void *arg, struct spill_span s)
{
	struct result *r = arg;

	(void)s;
	r->errors++;
	return SPILL_OK;
}

static inline int
try_progress(void *arg, uint64_t pos)
{
	struct result *r = arg;

	(void)pos;
	r->progress++;
	return SPILL_OK;
}

static void (*on_end)(void);

static inline void
try_end(void *arg, const struct spill_outcome *o)
{
	struct result *r = arg;

	r->ends++;
	r->o = *o;
	spill_outcome_text(&transcript, o);
	spill_buf_puts(&transcript, "\n");
	if (on_end != NULL)
		on_end();
}

static const struct spill_task_ops try_ops = { try_row, try_bytes, try_error,
	try_progress, try_end };

static inline struct spill_pool *
pool_with(struct spill_pool_conf conf)
{
	struct spill_pool *p = NULL;

	spill_diag_init("test", SPILL_QUIET);
	transcript.max = ALL_TEXT;
	spill_buf_reset(&transcript);
	memset(results, 0, sizeof(results));
	conf.family = "bad";
	conf.dir = worker_dir();
	if (conf.memory == 0)
		conf.memory = 128 << 20;
	assert_int_equal(spill_pool_open(&p, &conf), SPILL_OK);
	return p;
}

static inline struct spill_task
task_of(const char *request, struct result *r)
{
	return (struct spill_task){ .request = spill_span(request),
		.ops = &try_ops,
		.arg = r,
		.limits = { .cpu_ms = UNDER_SANITIZER ? 400 : 200,
		    .wall_ms = 400,
		    .reply = 1 << 20 } };
}

/* One job alone; its result. */
static inline struct result *
try(struct spill_pool *p, const char *request)
{
	static struct result r;
	struct spill_task t = task_of(request, &r);

	memset(&r, 0, sizeof(r));
	assert_int_equal(spill_pool_submit(p, &t), SPILL_OK);
	assert_int_equal(spill_pool_drain(p), SPILL_OK);
	assert_int_equal(r.ends, 1);
	return &r;
}

/* The run goes on. */
static inline void
must_be_good(struct spill_pool *p)
{
	struct result *r = try(p, "good 12");

	assert_int_equal(r->o.how, SPILL_ENDED_OK);
	assert_string_equal(r->text, "12 squared is 144");
}

static inline void
must_end(struct spill_pool *p, const char *request, enum spill_ended how)
{
	struct result *r = try(p, request);

	if (r->o.how != how)
		print_message("%s: %s, %s\n", request,
		    spill_ended_name(r->o.how), r->o.detail);
	assert_int_equal(r->o.how, how);
	must_be_good(p);
}

/* A field of /proc/PID/stat: 0 is the state, 1 the parent. */
static inline long
stat_field(pid_t pid, int which)
{
	char path[64], text[512] = "", *at, state;
	int parent;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "r");
	if (f == NULL)
		return -1;
	(void)!fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	at = strrchr(text, ')');
	if (at == NULL || sscanf(at + 1, " %c %d", &state, &parent) != 2)
		return -1;
	return which == 0 ? state : parent;
}

/* The children of a process; how many there are. */
static inline size_t
children(pid_t parent, pid_t *out, size_t max)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	size_t n = 0;

	assert_non_null(d);
	while ((e = readdir(d)) != NULL) {
		pid_t pid = (pid_t)strtol(e->d_name, NULL, 10);

		if (pid > 0 && n < max && stat_field(pid, 1) == parent)
			out[n++] = pid;
	}
	closedir(d);
	return n;
}

static inline size_t
count_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	size_t n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}

#endif
