#include <pthread.h>
#include <stdlib.h>

#include "image_i.h"

#define BLOCK_LEN   ((size_t)256 << 10)
#define WINDOW_LEN  ((size_t)64 << 20) /* more than that only if it must be */
#define MAX_THREADS 64
#define MAX_SINKS   16

enum state { BLOCK_FREE, BLOCK_BUSY, BLOCK_READY };

struct block {
	enum state state;
	unsigned left; /* sinks that have not had it */
	uint64_t offset;
	size_t n;
	unsigned bad;
	uint8_t *p;
};

struct pass {
	struct spill_image *img;
	const struct spill_image_pass *conf;
	const struct spill_image_sink *sink;
	size_t sinks;
	uint64_t from, to, blocks;
	size_t len; /* of a block */

	pthread_mutex_t lock; /* of the following */
	pthread_cond_t change;
	struct block *window;
	size_t size; /* blocks in it */
	uint64_t next; /* block to read */
	uint64_t done; /* blocks that all sinks had */
	uint64_t at[MAX_SINKS]; /* block that a sink gets next */
	bool busy[MAX_SINKS];
	int rc;
};

/* A sink that can go on: the one farthest behind. */
static bool
pick_sink(const struct pass *s, size_t *sink)
{
	bool found = false;

	for (size_t i = 0; i < s->sinks; i++) {
		const struct block *b = &s->window[s->at[i] % s->size];

		if (s->busy[i] || s->at[i] >= s->next ||
		    b->state != BLOCK_READY ||
		    (found && s->at[i] >= s->at[*sink]))
			continue;
		*sink = i;
		found = true;
	}
	return found;
}

static void
finish(struct pass *s, struct block *b, int rc)
{
	if (rc != SPILL_OK && s->rc == SPILL_OK)
		s->rc = rc;
	if (b->left > 0 && --b->left > 0)
		return;
	b->state = BLOCK_FREE;
	s->done++;
	/* Under the lock: in order, and one at a time. */
	if (s->rc == SPILL_OK && s->conf->progress != NULL &&
	    !s->conf->progress(
		s->conf->ctx, SPILL_MIN(s->done * s->len, s->to - s->from)))
		s->rc = SPILL_END;
}

/* Both are called with the lock held, and let go of it meanwhile. */
static void
feed(struct pass *s, size_t sink)
{
	struct block *b = &s->window[s->at[sink] % s->size];
	int rc;

	s->busy[sink] = true;
	pthread_mutex_unlock(&s->lock);
	rc =
	    s->sink[sink].put(s->sink[sink].ctx, b->offset, b->p, b->n, b->bad);
	pthread_mutex_lock(&s->lock);
	s->busy[sink] = false;
	s->at[sink]++;
	finish(s, b, rc);
}

static void
read_block(struct pass *s)
{
	struct block *b = &s->window[s->next % s->size];

	b->state = BLOCK_BUSY;
	b->offset = s->from + s->next * s->len;
	s->next++;
	pthread_mutex_unlock(&s->lock);
	b->n = (size_t)SPILL_MIN((uint64_t)s->len, s->to - b->offset);
	(void)spill_image_read(s->img, b->offset, b->p, b->n, &b->bad);
	pthread_mutex_lock(&s->lock);
	b->state = BLOCK_READY;
	b->left = (unsigned)s->sinks;
	if (s->sinks == 0)
		finish(s, b, SPILL_OK);
}

static void *
work(void *ctx)
{
	struct pass *s = ctx;
	size_t sink = 0;

	pthread_mutex_lock(&s->lock);
	while (s->rc == SPILL_OK && s->done < s->blocks) {
		if (pick_sink(s, &sink)) {
			feed(s, sink);
		} else if (s->next < s->blocks &&
			   s->window[s->next % s->size].state == BLOCK_FREE) {
			read_block(s);
		} else {
			pthread_cond_wait(&s->change, &s->lock);
			continue;
		}
		pthread_cond_broadcast(&s->change);
	}
	pthread_cond_broadcast(&s->change);
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

/* Without more threads it goes on with those that there are. */
static void
run(struct pass *s, unsigned threads)
{
	pthread_t id[MAX_THREADS];
	unsigned n = 0;

	while (n + 1 < threads && pthread_create(&id[n], NULL, work, s) == 0)
		n++;
	(void)work(s);
	while (n > 0)
		(void)pthread_join(id[--n], NULL);
}

static bool
make_window(struct pass *s, unsigned threads)
{
	/* Enough to go on while one thread has lost its processor. */
	uint64_t most =
	    SPILL_MAX(SPILL_MIN((uint64_t)threads * 8, WINDOW_LEN / s->len),
		(uint64_t)threads + 2);

	s->size = (size_t)SPILL_MIN(most, SPILL_MAX(s->blocks, 1));
	s->window = calloc(s->size, sizeof(*s->window));
	for (size_t i = 0; s->window != NULL && i < s->size; i++)
		if ((s->window[i].p = malloc(s->len)) == NULL)
			return false;
	return s->window != NULL;
}

static void
free_window(struct pass *s)
{
	for (size_t i = 0; s->window != NULL && i < s->size; i++)
		free(s->window[i].p);
	free(s->window);
}

static size_t
block_len(const struct spill_image *img, size_t want)
{
	size_t unit = img->info.chunk > 0 ? img->info.chunk : img->info.sector;

	want = want > 0 ? SPILL_MIN(want, (size_t)1 << 30) : BLOCK_LEN;
	return want / unit > 0 ? want / unit * unit : unit;
}

int
spill_image_pass(struct spill_image *img, const struct spill_image_pass *conf,
    const struct spill_image_sink *sink, size_t sinks)
{
	struct pass s = { .img = img,
		.conf = conf,
		.sink = sink,
		.sinks = sinks,
		.from = conf->from,
		.len = block_len(img, conf->block) };
	unsigned threads = SPILL_MAX(SPILL_MIN(conf->threads, MAX_THREADS), 1u);

	s.to =
	    conf->to > 0 ? SPILL_MIN(conf->to, img->info.size) : img->info.size;
	if (sinks > MAX_SINKS)
		return SPILL_ELIMIT;
	if (s.from >= s.to)
		return SPILL_OK;
	s.blocks = (s.to - s.from) / s.len + ((s.to - s.from) % s.len != 0);
	(void)pthread_mutex_init(&s.lock, NULL);
	(void)pthread_cond_init(&s.change, NULL);
	s.rc = make_window(&s, threads) ? SPILL_OK : SPILL_ENOMEM;
	if (s.rc == SPILL_OK)
		run(&s, threads);
	free_window(&s);
	(void)pthread_cond_destroy(&s.change);
	(void)pthread_mutex_destroy(&s.lock);
	return s.rc;
}
