/*
 * sort_ahead.c: the merge in a thread of its own. Two blocks go round: the
 * thread fills one while the caller reads the other.
 */
#include <stdlib.h>
#include <string.h>

#include "sort_i.h"

struct block {
	char *p;
	size_t cap, len;
	bool full;
};

struct ahead {
	struct merge *merge;
	struct sort_thread thread;
	struct block block[2];
	int rc; /* why the thread ended */
	bool over;
	unsigned mine; /* block that the caller reads */
	size_t pos; /* in it */
};

static bool
block_put(struct block *b, struct spill_span rec)
{
	uint32_t len = (uint32_t)rec.len;
	size_t need = sizeof(len) + rec.len;

	if (need > b->cap) { /* larger than any block: this one grows */
		char *p = b->len == 0 ? realloc(b->p, need) : NULL;

		if (p == NULL)
			return false;
		b->p = p;
		b->cap = need;
	}
	if (need > b->cap - b->len)
		return false;
	memcpy(b->p + b->len, &len, sizeof(len));
	memcpy(b->p + b->len + sizeof(len), rec.p, rec.len);
	b->len += need;
	return true;
}

/* Fill a block; *rec is the row that did not fit any more. */
static int
fill_block(struct ahead *a, struct block *b, struct spill_span *rec)
{
	int rc = SPILL_OK;

	b->len = 0;
	if (rec->p != NULL && !block_put(b, *rec))
		return SPILL_ENOMEM;
	for (;;) {
		*rec = (struct spill_span){ NULL, 0 };
		rc = merge_next(a->merge, rec);
		if (rc != SPILL_OK || !block_put(b, *rec))
			return rc;
	}
}

static void *
run(void *arg)
{
	struct ahead *a = arg;
	struct spill_span rec = { NULL, 0 };
	int rc = SPILL_OK;

	for (unsigned i = 0; rc == SPILL_OK; i ^= 1) {
		struct block *b = &a->block[i];
		bool stop;

		pthread_mutex_lock(&a->thread.lock);
		while (b->full && !a->thread.stop)
			pthread_cond_wait(&a->thread.changed, &a->thread.lock);
		stop = a->thread.stop;
		pthread_mutex_unlock(&a->thread.lock);
		rc = stop ? SPILL_END : fill_block(a, b, &rec);
		pthread_mutex_lock(&a->thread.lock);
		b->full = b->len > 0;
		a->rc = rc;
		a->over = rc != SPILL_OK;
		pthread_cond_broadcast(&a->thread.changed);
		pthread_mutex_unlock(&a->thread.lock);
	}
	return NULL;
}

int
ahead_open(struct ahead **out, struct merge *m, size_t memory)
{
	struct ahead *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return SPILL_ENOMEM;
	a->merge = m;
	sort_thread_init(&a->thread);
	for (int i = 0; i < 2; i++) {
		a->block[i].cap = memory / 2;
		a->block[i].p = malloc(a->block[i].cap);
	}
	if (a->block[0].p != NULL && a->block[1].p != NULL)
		(void)sort_thread_start(&a->thread, run, a);
	if (!a->thread.started) {
		ahead_free(&a);
		return SPILL_ENOMEM;
	}
	*out = a;
	return SPILL_OK;
}

/* Give back the block that was read and wait for the other one. */
static int
next_block(struct ahead *a)
{
	int rc = SPILL_OK;

	pthread_mutex_lock(&a->thread.lock);
	if (a->pos > 0) {
		a->block[a->mine].full = false;
		a->block[a->mine].len = 0;
		a->mine ^= 1;
		a->pos = 0;
		pthread_cond_broadcast(&a->thread.changed);
	}
	while (!a->block[a->mine].full && !a->over)
		pthread_cond_wait(&a->thread.changed, &a->thread.lock);
	if (!a->block[a->mine].full)
		rc = a->rc;
	pthread_mutex_unlock(&a->thread.lock);
	return rc;
}

int
ahead_next(struct ahead *a, struct spill_span *rec)
{
	struct block *b = &a->block[a->mine];
	uint32_t len;

	if (a->pos == 0 || a->pos >= b->len) {
		int rc = next_block(a);

		if (rc != SPILL_OK)
			return rc;
		b = &a->block[a->mine];
	}
	memcpy(&len, b->p + a->pos, sizeof(len));
	*rec = (struct spill_span){ b->p + a->pos + sizeof(len), len };
	a->pos += sizeof(len) + len;
	return SPILL_OK;
}

void
ahead_free(struct ahead **out)
{
	struct ahead *a = *out;

	if (a == NULL)
		return;
	sort_thread_free(&a->thread);
	free(a->block[0].p);
	free(a->block[1].p);
	free(a);
	*out = NULL;
}
