/*
 * sort_run.c: sorted runs in the scratch file, and their merge by a tree of
 * losers (Knuth, The Art of Computer Programming 3, 5.4.1).
 */
#include <stdlib.h>
#include <string.h>

#include <spill/scratch.h>

#include "sort_i.h"

/* --- writing ------------------------------------------------------------ */

int
run_begin(struct run_writer *w, int fd, uint64_t at, size_t cap)
{
	*w = (struct run_writer){ .fd = fd, .cap = cap, .run = { .at = at } };
	w->buf = malloc(cap);
	return w->buf != NULL ? SPILL_OK : SPILL_ENOMEM;
}

static int
put_bytes(struct run_writer *w, const void *p, size_t n)
{
	int rc = SPILL_OK;

	if (n > w->cap - w->used) {
		rc = spill_scratch_write(
		    w->fd, w->buf, w->used, w->run.at + w->run.len);
		w->run.len += w->used;
		w->used = 0;
	}
	if (rc == SPILL_OK && n > w->cap) {
		rc = spill_scratch_write(w->fd, p, n, w->run.at + w->run.len);
		w->run.len += n;
	} else if (rc == SPILL_OK) {
		memcpy(w->buf + w->used, p, n);
		w->used += n;
	}
	return rc;
}

int
run_put(struct run_writer *w, struct spill_span rec)
{
	uint32_t len = (uint32_t)rec.len;
	int rc = put_bytes(w, &len, sizeof(len));

	w->run.largest = SPILL_MAX(w->run.largest, rec.len);
	return rc == SPILL_OK ? put_bytes(w, rec.p, rec.len) : rc;
}

int
run_end(struct run_writer *w)
{
	int rc = SPILL_OK;

	if (w->used > 0)
		rc = spill_scratch_write(
		    w->fd, w->buf, w->used, w->run.at + w->run.len);
	w->run.len += w->used;
	free(w->buf);
	w->buf = NULL;
	return rc;
}

int
runs_add(struct runs *r, struct run run)
{
	struct run *v = spill_grow(r->v, r->n, &r->cap, sizeof(*v));

	if (v == NULL)
		return SPILL_ENOMEM;
	r->v = v;
	r->v[r->n++] = run;
	return SPILL_OK;
}

/* --- reading ------------------------------------------------------------ */

struct source {
	uint64_t key;
	struct spill_span rec; /* p NULL: at the end */
	char *buf;
	size_t cap, have, pos;
	uint64_t at, left; /* what of the run is still in the file */
};

struct merge {
	const struct spill_sort_conf *conf;
	int fd;
	struct source *s;
	size_t n;
	uint32_t *loser; /* [0] is the winner */
	bool begun;
};

static int
fill(struct merge *m, struct source *s)
{
	size_t rest = s->have - s->pos;
	size_t n;
	int rc;

	memmove(s->buf, s->buf + s->pos, rest);
	s->pos = 0;
	s->have = rest;
	n = (size_t)SPILL_MIN(s->left, (uint64_t)(s->cap - rest));
	rc = spill_scratch_read(m->fd, s->buf + rest, n, s->at);
	/* What has been read is given back, so that the disk need not hold
	 * the runs and all of the output at the same time. */
	if (rc != SPILL_OK)
		return rc;
	spill_scratch_punch(m->fd, s->at, n);
	s->at += n;
	s->left -= n;
	s->have = rest + n;
	return SPILL_OK;
}

static int
advance(struct merge *m, struct source *s)
{
	uint32_t len;
	int rc;

	for (int tries = 0; tries < 2; tries++) {
		size_t rest = s->have - s->pos;

		if (rest == 0 && s->left == 0) {
			s->rec = (struct spill_span){ NULL, 0 };
			s->key = UINT64_MAX;
			return SPILL_OK;
		}
		if (rest >= sizeof(len)) {
			memcpy(&len, s->buf + s->pos, sizeof(len));
			if (rest - sizeof(len) >= len) {
				s->rec = (struct spill_span){
					s->buf + s->pos + sizeof(len), len
				};
				s->key = spill_packed_key(s->rec);
				s->pos += sizeof(len) + len;
				return SPILL_OK;
			}
		}
		rc = fill(m, s);
		if (rc != SPILL_OK)
			return rc;
	}
	return SPILL_EDAMAGED;
}

/* Does a come before b? Equal rows: the earlier run first. */
static bool
before(const struct merge *m, uint32_t a, uint32_t b)
{
	const struct source *x = &m->s[a], *y = &m->s[b];
	int c;

	if (x->key != y->key)
		return x->key < y->key;
	if (x->rec.p == NULL || y->rec.p == NULL)
		return x->rec.p != NULL || (y->rec.p == NULL && a < b);
	c = order_ties(m->conf, x->rec, y->rec);
	return c != 0 ? c < 0 : a < b;
}

static uint32_t
play(struct merge *m, size_t node)
{
	uint32_t a, b;

	if (node >= m->n)
		return (uint32_t)(node - m->n);
	a = play(m, 2 * node);
	b = play(m, 2 * node + 1);
	m->loser[node] = before(m, a, b) ? b : a;
	return before(m, a, b) ? a : b;
}

static void
replay(struct merge *m)
{
	uint32_t winner = m->loser[0];

	for (size_t node = (winner + m->n) / 2; node > 0; node /= 2)
		if (before(m, m->loser[node], winner)) {
			uint32_t x = m->loser[node];

			m->loser[node] = winner;
			winner = x;
		}
	m->loser[0] = winner;
}

int
merge_open(struct merge **out, int fd, const struct run *v, size_t n,
    size_t memory, const struct spill_sort_conf *conf)
{
	struct merge *m = calloc(1, sizeof(*m));
	int rc = SPILL_OK;

	if (m == NULL)
		return SPILL_ENOMEM;
	m->conf = conf;
	m->fd = fd;
	m->n = n;
	m->s = calloc(n, sizeof(*m->s));
	m->loser = calloc(n, sizeof(*m->loser));
	if (m->s == NULL || m->loser == NULL)
		rc = SPILL_ENOMEM;
	for (size_t i = 0; i < n && rc == SPILL_OK; i++) {
		struct source *s = &m->s[i];

		s->cap = SPILL_MAX(memory / n, v[i].largest + sizeof(uint32_t));
		s->at = v[i].at;
		s->left = v[i].len;
		s->buf = malloc(s->cap);
		rc = s->buf != NULL ? advance(m, s) : SPILL_ENOMEM;
	}
	if (rc != SPILL_OK) {
		merge_free(&m);
		return rc;
	}
	m->loser[0] = n > 1 ? play(m, 1) : 0;
	*out = m;
	return SPILL_OK;
}

int
merge_next(struct merge *m, struct spill_span *rec)
{
	struct source *s;

	if (m->begun) {
		int rc = advance(m, &m->s[m->loser[0]]);

		if (rc != SPILL_OK)
			return rc;
		replay(m);
	}
	m->begun = true;
	s = &m->s[m->loser[0]];
	if (s->rec.p == NULL)
		return SPILL_END;
	*rec = s->rec;
	return SPILL_OK;
}

void
merge_free(struct merge **m)
{
	if (*m == NULL)
		return;
	for (size_t i = 0; (*m)->s != NULL && i < (*m)->n; i++)
		free((*m)->s[i].buf);
	free((*m)->s);
	free((*m)->loser);
	free(*m);
	*m = NULL;
}
