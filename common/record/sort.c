/*
 * sort.c: rows in, rows out in order. With two threads there are two batches:
 * one is filled while the other is sorted and written as a run.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <spill/scratch.h>

#include "sort_i.h"

#define WRITE_BUFFER ((size_t)256 << 10)
#define READ_LEAST   ((size_t)32 << 10) /* of a run at a time in a merge */
#define AHEAD	     ((size_t)1 << 20)
#define LARGE_ROW    ((size_t)64 << 20) /* no row is larger */

struct spill_sort {
	const struct spill_sort_conf *conf;
	struct batch batch[2];
	unsigned filling;
	int fd; /* scratch file, -1 before there is one */
	uint64_t end; /* of it */
	struct runs runs;
	unsigned written;
	uint64_t spilled;
	struct sort_thread thread; /* it spills */
	bool busy;
	int thread_rc;
	/* reading */
	size_t at; /* in the one batch, where there are no runs */
	struct merge *merge;
	struct ahead *ahead;
};

static uint64_t
batch_size(const struct spill_sort_conf *conf)
{
	/* Three of sixteen parts stay for input, output and what they use. */
	uint64_t rows = conf->memory / 16 * 13 / (conf->jobs > 1 ? 2 : 1);

	return SPILL_MIN(rows, (uint64_t)UINT32_MAX);
}

/* --- spilling ----------------------------------------------------------- */

static int
spill(struct spill_sort *s, struct batch *b)
{
	struct run_writer w;
	int rc = SPILL_OK;

	batch_sort(b, s->conf);
	rc = run_begin(&w, s->fd, s->end, WRITE_BUFFER);
	if (rc != SPILL_OK)
		return rc;
	for (size_t i = 0; i < b->n && rc == SPILL_OK; i++) {
		if (i + 8 < b->n)
			__builtin_prefetch(b->mem + b->e[i + 8].at);
		rc = run_put(&w, batch_row(b, i));
	}
	if (rc == SPILL_OK)
		rc = run_end(&w);
	free(w.buf);
	s->end = w.run.at + w.run.len;
	s->spilled += w.run.len;
	s->written++;
	batch_reset(b);
	return rc == SPILL_OK ? runs_add(&s->runs, w.run) : rc;
}

/* By the caller's thread, which can keep signals off while it does. */
static int
need_scratch(struct spill_sort *s)
{
	return s->fd < 0 ? spill_scratch_open(s->conf->scratch, &s->fd)
			 : SPILL_OK;
}

static void *
spill_thread(void *arg)
{
	struct spill_sort *s = arg;

	pthread_mutex_lock(&s->thread.lock);
	for (;;) {
		while (!s->busy && !s->thread.stop)
			pthread_cond_wait(&s->thread.changed, &s->thread.lock);
		if (s->thread.stop)
			break;
		pthread_mutex_unlock(&s->thread.lock);
		s->thread_rc = spill(s, &s->batch[s->filling ^ 1]);
		pthread_mutex_lock(&s->thread.lock);
		s->busy = false;
		pthread_cond_broadcast(&s->thread.changed);
	}
	pthread_mutex_unlock(&s->thread.lock);
	return NULL;
}

static int
wait_idle(struct spill_sort *s)
{
	pthread_mutex_lock(&s->thread.lock);
	while (s->busy)
		pthread_cond_wait(&s->thread.changed, &s->thread.lock);
	pthread_mutex_unlock(&s->thread.lock);
	return s->thread_rc;
}

/* The batch is full: have it spilled and go on with an empty one. */
static int
turn(struct spill_sort *s)
{
	int rc = need_scratch(s);

	if (rc == SPILL_OK && !s->thread.started)
		return spill(s, &s->batch[s->filling]);
	if (rc == SPILL_OK)
		rc = wait_idle(s);
	if (rc != SPILL_OK)
		return rc;
	if (s->batch[1].mem == NULL)
		rc = batch_open(&s->batch[1], s->batch[0].cap);
	if (rc != SPILL_OK)
		return rc;
	pthread_mutex_lock(&s->thread.lock);
	s->filling ^= 1;
	s->busy = true;
	pthread_cond_broadcast(&s->thread.changed);
	pthread_mutex_unlock(&s->thread.lock);
	return SPILL_OK;
}

/* --- in ----------------------------------------------------------------- */

int
spill_sort_open(struct spill_sort **out, const struct spill_sort_conf *conf)
{
	struct spill_sort *s = calloc(1, sizeof(*s));
	int rc;

	if (s == NULL)
		return SPILL_ENOMEM;
	s->conf = conf;
	s->fd = -1;
	sort_thread_init(&s->thread);
	rc = batch_open(&s->batch[0], (size_t)batch_size(conf));
	if (rc != SPILL_OK) {
		spill_sort_free(&s);
		return rc;
	}
	if (conf->jobs > 1)
		(void)sort_thread_start(&s->thread, spill_thread, s);
	*out = s;
	return SPILL_OK;
}

/* A row that is larger than a batch is a run of its own. */
static int
put_large(struct spill_sort *s, const struct spill_row *r, size_t bound)
{
	struct batch one;
	int rc = s->thread.started ? wait_idle(s) : SPILL_OK;

	if (bound > LARGE_ROW)
		return SPILL_ELIMIT;
	if (rc == SPILL_OK)
		rc = need_scratch(s);
	if (rc == SPILL_OK)
		rc = batch_open(&one, bound + 4 * sizeof(struct entry));
	if (rc != SPILL_OK)
		return rc;
	batch_took(&one, spill_pack(r, batch_room(&one, bound)));
	rc = spill(s, &one);
	batch_free(&one);
	return rc;
}

int
spill_sort_put(struct spill_sort *s, const struct spill_row *r)
{
	size_t bound = spill_pack_bound(r);
	struct batch *b = &s->batch[s->filling];
	char *to = batch_room(b, bound);

	if (to == NULL) {
		int rc = b->n > 0 ? turn(s) : SPILL_OK;

		if (rc != SPILL_OK)
			return rc;
		b = &s->batch[s->filling];
		to = batch_room(b, bound);
		if (to == NULL)
			return put_large(s, r, bound);
	}
	batch_took(b, spill_pack(r, to));
	return SPILL_OK;
}

/* --- out ---------------------------------------------------------------- */

/* Make one run of the first K. */
static int
merge_some(struct spill_sort *s, size_t k, size_t memory)
{
	struct merge *m = NULL;
	struct run_writer w = { 0 };
	struct spill_span rec;
	int rc = merge_open(&m, s->fd, s->runs.v, k, memory, s->conf);

	if (rc == SPILL_OK)
		rc = run_begin(&w, s->fd, s->end, WRITE_BUFFER);
	while (rc == SPILL_OK && (rc = merge_next(m, &rec)) == SPILL_OK)
		rc = run_put(&w, rec);
	if (rc == SPILL_END)
		rc = run_end(&w);
	free(w.buf);
	merge_free(&m);
	if (rc != SPILL_OK)
		return rc;
	s->end = w.run.at + w.run.len;
	s->spilled += w.run.len;
	memmove(s->runs.v, s->runs.v + k, (s->runs.n - k) * sizeof(*s->runs.v));
	s->runs.n -= k;
	return runs_add(&s->runs, w.run);
}

/* How many of the runs, from the first on, can be read at once: each needs
 * room for its largest row. */
static size_t
width(const struct spill_sort *s, size_t memory)
{
	size_t need = 0, k = 0;

	for (; k < s->runs.n; k++) {
		need += SPILL_MAX(READ_LEAST, s->runs.v[k].largest);
		if (need > memory && k >= 2)
			break;
	}
	return k;
}

static int
begin_merge(struct spill_sort *s)
{
	size_t memory =
	    (size_t)SPILL_MIN(s->conf->memory / 2, (uint64_t)64 << 20);
	int rc = SPILL_OK;
	size_t k;

	while (rc == SPILL_OK && (k = width(s, memory)) < s->runs.n)
		rc = merge_some(s, k, memory);
	if (rc == SPILL_OK)
		rc = merge_open(
		    &s->merge, s->fd, s->runs.v, s->runs.n, memory, s->conf);
	/* Without a thread it goes on in this one. */
	if (rc == SPILL_OK && s->thread.started &&
	    ahead_open(&s->ahead, s->merge,
		(size_t)SPILL_MIN(s->conf->memory / 16, (uint64_t)AHEAD)) !=
		SPILL_OK)
		s->ahead = NULL;
	return rc;
}

int
spill_sort_done(struct spill_sort *s)
{
	struct batch *b = &s->batch[s->filling];
	int rc = s->thread.started ? wait_idle(s) : SPILL_OK;

	if (rc != SPILL_OK)
		return rc;
	if (s->runs.n == 0) {
		batch_sort(b, s->conf);
		return SPILL_OK;
	}
	if (b->n > 0)
		rc = spill(s, b);
	batch_free(&s->batch[0]);
	batch_free(&s->batch[1]);
	return rc == SPILL_OK ? begin_merge(s) : rc;
}

int
spill_sort_next(struct spill_sort *s, struct spill_span *rec)
{
	const struct batch *b = &s->batch[s->filling];

	if (s->ahead != NULL)
		return ahead_next(s->ahead, rec);
	if (s->merge != NULL)
		return merge_next(s->merge, rec);
	if (s->at == b->n)
		return SPILL_END;
	*rec = batch_row(b, s->at++);
	return SPILL_OK;
}

void
spill_sort_stats(const struct spill_sort *s, unsigned *runs, uint64_t *bytes)
{
	*runs = s->written;
	*bytes = s->spilled;
}

void
spill_sort_free(struct spill_sort **out)
{
	struct spill_sort *s = *out;

	if (s == NULL)
		return;
	if (s->thread.started)
		(void)wait_idle(s);
	sort_thread_free(&s->thread);
	ahead_free(&s->ahead);
	merge_free(&s->merge);
	batch_free(&s->batch[0]);
	batch_free(&s->batch[1]);
	free(s->runs.v);
	if (s->fd >= 0)
		(void)close(s->fd);
	free(s);
	*out = NULL;
}
