#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>

#include "store_i.h"

void
store_open(struct store *s, struct store_pool *pool)
{
	*s = (struct store){ .pool = pool };
}

static void
unmap(struct store_window *w)
{
	if (w->p != NULL)
		munmap(w->p, STORE_WINDOW);
	w->p = NULL;
}

void
store_pool_close(struct store_pool *pool)
{
	for (size_t i = 0; i < STORE_WINDOWS; i++)
		unmap(&pool->window[i]);
}

/* The window that begins there, or the one that was not used for longest. */
static struct store_window *
window_for(struct store_pool *pool, uint64_t from)
{
	struct store_window *old = pool->window;

	for (size_t i = 0; i < STORE_WINDOWS; i++) {
		struct store_window *w = &pool->window[i];

		if (w->p != NULL && w->at == from)
			return w;
		if (w->last < old->last)
			old = w;
	}
	unmap(old);
	return old;
}

/* A place of the spool. Files are written through memory: a worker may not
 * write to any. */
int
store_map(struct store_pool *pool, uint64_t place, char **out)
{
	uint64_t from = place / STORE_WINDOW * STORE_WINDOW;
	struct store_window *w = window_for(pool, from);
	void *p;

	if (w->p == NULL) {
		p = mmap(NULL, STORE_WINDOW, PROT_READ | PROT_WRITE, MAP_SHARED,
		    pool->spool, (off_t)from);
		if (p == MAP_FAILED)
			return errno == ENOMEM ? SPILL_ENOMEM : SPILL_EIO;
		w->p = p;
		w->at = from;
	}
	w->last = ++pool->clock;
	*out = w->p + (place - from);
	return SPILL_OK;
}

static int
spool(struct store *s, const char *p, size_t n)
{
	struct store_pool *pool = s->pool;

	while (n > 0 && !s->full) {
		uint64_t place = s->at + s->len;
		size_t part =
		    (size_t)SPILL_MIN(n, STORE_WINDOW - place % STORE_WINDOW);
		char *to;
		int rc;

		if (place + part > pool->size) {
			s->full = true;
			break;
		}
		rc = store_map(pool, place, &to);
		if (rc != SPILL_OK)
			return rc;
		memcpy(to, p, part);
		s->len += part;
		pool->used = place + part;
		p += part;
		n -= part;
	}
	return SPILL_OK;
}

/* From memory to the spool. */
static int
move(struct store *s)
{
	size_t n = (size_t)s->len;
	char *p = s->p;
	int rc;

	s->spooled = true;
	s->at = s->pool->used;
	s->len = 0;
	rc = spool(s, p, n);
	s->pool->memory -= s->cap;
	s->p = NULL;
	s->cap = 0;
	free(p);
	return rc;
}

static bool
grow(struct store *s, size_t need)
{
	size_t left = STORE_MEMORY - (s->pool->memory - s->cap);
	size_t cap = SPILL_MAX(s->cap * 2, SPILL_MAX(need, (size_t)4096));
	char *p;

	/* By an eighth where there is no room for twice as much: byte by byte
	 * it would be moved each time. */
	if (cap > left)
		cap = SPILL_MIN(need + need / 8, left);
	if (cap < need)
		return false;
	p = realloc(s->p, cap);
	if (p == NULL)
		return false;
	s->pool->memory += cap - s->cap;
	s->p = p;
	s->cap = cap;
	return true;
}

int
store_put(struct store *s, const void *p, size_t n)
{
	int rc;

	if (s->full)
		return SPILL_OK;
	if (!s->spooled &&
	    (s->len + n <= s->cap || grow(s, (size_t)s->len + n))) {
		memcpy(s->p + s->len, p, n);
		s->len += n;
		return SPILL_OK;
	}
	if (s->pool->spool < 0) {
		s->full = true;
		return SPILL_OK;
	}
	rc = s->spooled ? SPILL_OK : move(s);
	return rc == SPILL_OK ? spool(s, p, n) : rc;
}

struct spill_span
store_head(const struct store *s)
{
	return (struct spill_span){ s->p != NULL ? s->p : "",
		s->spooled ? 0 : (size_t)s->len };
}

static int
read_spool(
    struct spill_src *src, uint64_t offset, void *buf, size_t n, size_t *got)
{
	struct store *s = src->ctx;
	char *to = buf;

	*got = 0;
	if (offset >= s->len)
		return SPILL_OK;
	n = (size_t)SPILL_MIN(n, s->len - offset);
	while (*got < n) {
		uint64_t place = s->at + offset + *got;
		size_t part = (size_t)SPILL_MIN(
		    n - *got, STORE_WINDOW - place % STORE_WINDOW);
		char *from;
		int rc = store_map(s->pool, place, &from);

		if (rc != SPILL_OK)
			return rc;
		memcpy(to + *got, from, part);
		*got += part;
	}
	return SPILL_OK;
}

struct spill_src
store_src(struct store *s)
{
	if (!s->spooled)
		return spill_src_of((struct spill_span){
		    s->p != NULL ? s->p : "", (size_t)s->len });
	return (
	    struct spill_src){ .size = s->len, .read = read_spool, .ctx = s };
}

void
store_close(struct store *s)
{
	s->pool->memory -= s->cap;
	if (s->spooled)
		s->pool->used = s->at;
	free(s->p);
	*s = (struct store){ .pool = s->pool };
}
