/*
 * dig_text.c: the stage that looks at items and members when their rows are
 * out, and documents that it hands over to the worker of another family.
 */
#include <string.h>

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

	return dig_error_at(g->d, code, offset, length, detail);
}

/* --- handing over ------------------------------------------------------- */

/* Through memory of its own: the source may be in the spool itself, whose
 * windows are few. */
static int
copy_part(struct staging *g, uint64_t from, uint64_t place, size_t n)
{
	char buf[64 << 10], *to;
	size_t got;
	int rc = g->src->read(g->src, from, buf, n, &got);

	if (rc == SPILL_OK && got < n)
		return SPILL_EIO;
	if (rc == SPILL_OK)
		rc = store_map(&g->d->pool, place, &to);
	if (rc == SPILL_OK)
		memcpy(to, buf, n);
	return rc;
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
		size_t room = STORE_WINDOW - place % STORE_WINDOW;
		size_t n = (size_t)SPILL_MIN(
		    size - done, SPILL_MIN(room, (size_t)64 << 10));

		rc = copy_part(g, done, place, n);
		done += n;
	}
	return rc;
}

static int
hand(void *ctx, const char *family)
{
	struct staging *g = ctx;
	struct dig *d = g->d;
	struct spill_row *r = &d->row;
	struct spill_span name = g->s->name;
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
	dig_number(r, SPILL_LOOK_FD, fd,
	    own ? (uint64_t)d->hand_fd
		: (d->ask->form == SPILL_LOOK_FILES ? d->ask->items : 1));
	dig_number(r, SPILL_LOOK_AT, at, place);
	dig_number(r, SPILL_LOOK_LEN, len, g->src->size);
	name.p += name.len - SPILL_MIN(name.len, SPILL_LOOK_TAIL);
	name.len = SPILL_MIN(name.len, SPILL_LOOK_TAIL);
	spill_row_set(r, SPILL_LOOK_NAME, name);
	return spill_job_send(d->job, r);
}

/* --- the stage ---------------------------------------------------------- */

int
dig_stage(struct dig *d, struct subject *s, struct spill_span head,
    const struct spill_sniff *t, struct spill_src *src)
{
	const struct spill_span none = { "", 0 };
	struct staging g = { d, s, src };
	struct spill_look_doc doc = { .head = head,
		.name = s->name,
		.member = s->info != NULL ? s->info->name : none,
		.sniff = t,
		.src = src,
		.message = s->message,
		.want = d->ask->want,
		.mime = s->info != NULL ? s->info->mime : none,
		.charset = s->info != NULL ? s->info->charset : none,
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
