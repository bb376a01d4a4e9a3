/*
 * dig_text.c: the stage that looks at items and members when their rows are
 * out, and documents that it hands over to the worker of another family.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/mman.h>

#include "dig_i.h"

struct staging {
	struct dig *d;
	const struct subject *s;
	struct spill_src *src;
};

static int
say(void *ctx, const struct spill_row *r)
{
	const struct staging *g = ctx;

	return spill_job_send(g->d->job, r);
}

static int
flaw(void *ctx, const char *code, uint64_t offset, uint64_t length,
    const char *detail)
{
	const struct staging *g = ctx;
	char text[256];

	if (length == 0)
		return dig_error(g->d, code, detail);
	(void)snprintf(text, sizeof(text), "%s (byte %llu, length %llu)",
	    detail, (unsigned long long)offset, (unsigned long long)length);
	return dig_error(g->d, code, text);
}

/* --- handing over ------------------------------------------------------- */

/* A file is written through memory; its pages are those of the spool. */
static int
copy_window(struct staging *g, uint64_t from, uint64_t place, size_t n)
{
	const struct store_pool *pool = &g->d->pool;
	char *p = mmap(NULL, STORE_WINDOW, PROT_READ | PROT_WRITE, MAP_SHARED,
	    pool->spool, (off_t)(place / STORE_WINDOW * STORE_WINDOW));
	size_t got;
	int rc;

	if (p == MAP_FAILED)
		return SPILL_ENOMEM;
	rc = g->src->read(g->src, from, p + place % STORE_WINDOW, n, &got);
	munmap(p, STORE_WINDOW);
	return rc == SPILL_OK && got < n ? SPILL_EIO : rc;
}

/* To the end of the spool, which grows from there; *at: its place. SPILL_END:
 * there is no room. */
static int
copy(struct staging *g, uint64_t *at)
{
	struct store_pool *pool = &g->d->pool;
	uint64_t size = g->src->size, done = 0;
	int rc = SPILL_OK;

	if (pool->spool < 0 || size > pool->size ||
	    pool->size - size < pool->used + 2 * STORE_WINDOW)
		return SPILL_END;
	pool->size -= size;
	*at = pool->size;
	while (rc == SPILL_OK && done < size) {
		uint64_t place = *at + done;
		size_t n = (size_t)SPILL_MIN(
		    size - done, STORE_WINDOW - place % STORE_WINDOW);

		rc = copy_window(g, done, place, n);
		done += n;
	}
	return rc;
}

static void
number(struct spill_row *r, unsigned col, char text[24], uint64_t v)
{
	(void)snprintf(text, 24, "%llu", (unsigned long long)v);
	spill_row_set(r, col, spill_span(text));
}

static int
hand(void *ctx, const char *family)
{
	struct staging *g = ctx;
	struct dig *d = g->d;
	struct spill_row *r = &d->row;
	bool own = g->s->info == NULL && d->hand_fd >= 0;
	char fd[24], at[24], len[24];
	uint64_t place = d->hand_at;
	int rc = own ? SPILL_OK : copy(g, &place);

	if (rc == SPILL_END)
		return dig_error(d, "limit",
		    "there is no room to hand it to another worker");
	if (rc != SPILL_OK)
		return rc;
	spill_row_clear(r);
	spill_row_set(r, SPILL_LOOK_FAMILY, spill_span(family));
	number(r, SPILL_LOOK_FD, fd,
	    own ? (uint64_t)d->hand_fd
		: (d->ask->form == SPILL_LOOK_FILES ? d->ask->items : 1));
	number(r, SPILL_LOOK_AT, at, place);
	number(r, SPILL_LOOK_LEN, len, g->src->size);
	return spill_job_send(d->job, r);
}

/* --- the stage ---------------------------------------------------------- */

int
dig_stage(struct dig *d, struct subject *s, struct spill_span head,
    const struct spill_sniff *t, struct spill_src *src)
{
	struct staging g = { d, s, src };
	struct spill_look_doc doc = { .head = head,
		.name = s->name,
		.member = s->info != NULL ? s->info->name
					  : (struct spill_span){ "", 0 },
		.sniff = t,
		.src = src,
		.message = s->message,
		.above = s->above,
		.limits = d->ask->limits,
		.say = s->silent ? NULL : say,
		.flaw = flaw,
		.hand = hand,
		.ctx = &g };
	int rc;

	if (spill_look_stage == NULL)
		return SPILL_OK;
	rc = spill_look_stage->run(&doc);
	s->below = doc.below;
	return rc;
}
