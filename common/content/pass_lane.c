/*
 * pass_lane.c: one lane after the other takes some units of the window, has
 * worker-fs put their bytes into its memory file, and worker-content look at
 * them there. One too large for that goes through a pipe, from the one to the
 * other. What ends a worker is tried once more, alone, then without the member
 * that it was on; all others go on.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <spill/diag.h>
#include <spill/scratch.h>

#include "pass_i.h"

#define MEMORY ((uint64_t)1 << 30) /* of a worker */

/* --- units -------------------------------------------------------------- */

static bool
is_large(const struct pass_item *x)
{
	return x->size > PASS_SLAB - PASS_SLAB / 4;
}

/* Does a unit go into the batch that has some? */
static bool
fits(const struct pass_lane *l, const struct pass_item *x, uint64_t bytes)
{
	const struct pass_item *a = l->todo[0];

	if (l->ntodo == 0)
		return true;
	if (a->how != x->how || a->in_group || x->in_group)
		return false;
	if (x->how == PASS_FILE)
		return l->ntodo < PASS_FILES;
	return l->ntodo < PASS_BATCH && !is_large(a) && !is_large(x) &&
	       spill_span_eq(a->place.prefix, x->place.prefix) &&
	       bytes + x->size <= PASS_SLAB - PASS_SLAB / 4;
}

static void
take(struct pass_lane *l)
{
	struct pass *p = l->p;
	uint64_t bytes = 0;

	while (p->next_unit < p->units && l->ntodo < l->room) {
		struct pass_item *x = p->order[p->next_unit];

		if (!fits(l, x, bytes))
			return;
		bytes += x->size;
		l->todo[l->ntodo++] = x;
		p->next_unit++;
	}
}

/* --- the loop ----------------------------------------------------------- */

static int
start(struct pass_lane *l)
{
	if (l->ntodo == 0)
		take(l);
	if (l->ntodo == 0)
		return SPILL_OK;
	l->batch = 1;
	if (l->todo[0]->how == PASS_FILE)
		return lane_look_files(l);
	return is_large(l->todo[0]) ? lane_pour(l) : lane_fill(l);
}

static int
advance(struct pass_lane *l)
{
	int rc = SPILL_OK;

	if (l->state == LANE_READS && l->read_ended)
		rc = lane_after_read(l);
	if (rc == SPILL_OK && l->state == LANE_LOOKS && l->look_ended &&
	    (!l->piped || l->read_ended))
		rc = lane_after_look(l);
	if (rc == SPILL_OK && l->state == LANE_HANDS && l->hand_ended)
		rc = lane_hands(l);
	if (rc == SPILL_OK && l->state == LANE_IDLE)
		rc = start(l);
	return rc;
}

static bool
is_busy(const struct pass *p)
{
	for (size_t i = 0; i < p->lanes; i++)
		if (p->lane[i].state != LANE_IDLE || p->lane[i].ntodo > 0)
			return true;
	return p->next_unit < p->units;
}

/* Has a lane something to do without waiting for a worker? */
static bool
can_advance(const struct pass *p)
{
	for (size_t i = 0; i < p->lanes; i++) {
		const struct pass_lane *l = &p->lane[i];

		if (l->state == LANE_HANDS   ? l->hand_ended
		    : l->state == LANE_READS ? l->read_ended
		    : l->state == LANE_LOOKS
			? l->look_ended && (!l->piped || l->read_ended)
			: l->ntodo > 0 || p->next_unit < p->units)
			return true;
	}
	return false;
}

/* Of all workers. */
static int
wait_for_one(struct pass *p)
{
	struct spill_pool *with[1 + PASS_FAMILIES] = { p->look };

	memcpy(with + 1, p->hand, sizeof(p->hand));
	return spill_itemset_wait(p->set, with, SPILL_COUNT(with));
}

int
pass_work(struct pass *p)
{
	int rc = SPILL_OK;

	while (rc == SPILL_OK && is_busy(p)) {
		for (size_t i = 0; i < p->lanes && rc == SPILL_OK; i++)
			rc = advance(&p->lane[i]);
		if (rc == SPILL_OK && is_busy(p) && !can_advance(p))
			rc = wait_for_one(p);
		if (rc == SPILL_OK)
			rc = p->rc;
		spill_progress(0, p->items, "looking at items");
	}
	return rc;
}

/* --- lanes -------------------------------------------------------------- */

static int
open_lane(struct pass *p, struct pass_lane *l)
{
	int rc;

	*l = (struct pass_lane){ .p = p,
		.slab = -1,
		.spool = -1,
		.pipe = { -1, -1 },
		.room = PASS_BATCH };
	lane_forget_suspect(l);
	l->todo = calloc(l->room, sizeof(struct pass_item *));
	l->filled = calloc(l->room, sizeof(*l->filled));
	l->fd = calloc(PASS_FILES + 3, sizeof(*l->fd));
	if (l->todo == NULL || l->filled == NULL || l->fd == NULL)
		return SPILL_ENOMEM;
	rc = spill_memfile_open(PASS_SLAB, &l->slab);
	if (rc == SPILL_OK && !p->conf->no_members) {
		rc = spill_scratch_open(p->conf->scratch, &l->spool);
		if (rc == SPILL_OK &&
		    ftruncate(l->spool, (off_t)PASS_SPOOL) != 0) {
			spill_err("cannot make room in a scratch file: %s",
			    strerror(errno));
			rc = SPILL_EIO;
		}
	}
	return rc;
}

int
pass_lanes_open(struct pass *p)
{
	const struct spill_pool_conf c = { .family = "content",
		.workers = (unsigned)SPILL_MIN(p->conf->jobs, 64),
		.memory = p->conf->memory > 0 ? p->conf->memory : MEMORY,
		.given = p->conf->given,
		.ngiven = p->conf->ngiven,
		.no_sandbox = p->conf->no_sandbox };
	int rc = spill_pool_open(&p->look, &c);

	p->lane = calloc(c.workers, sizeof(*p->lane));
	if (rc == SPILL_OK && p->lane == NULL)
		rc = SPILL_ENOMEM;
	for (unsigned i = 0; rc == SPILL_OK && i < c.workers; i++) {
		rc = open_lane(p, &p->lane[i]);
		p->lanes++;
	}
	return rc;
}

void
pass_lanes_close(struct pass *p)
{
	spill_pool_free(&p->look);
	for (size_t i = 0; i < PASS_FAMILIES; i++)
		spill_pool_free(&p->hand[i]);
	for (size_t i = 0; i < p->lanes; i++) {
		struct pass_lane *l = &p->lane[i];

		lane_close_fds(l);
		lane_close_end(&l->slab);
		lane_close_end(&l->spool);
		lane_close_end(&l->pipe[0]);
		lane_close_end(&l->pipe[1]);
		free(l->todo);
		free(l->group);
		free(l->filled);
		free(l->fd);
	}
	free(p->lane);
	p->lane = NULL;
	p->lanes = 0;
}
