/*
 * pass_judge.c: what becomes of the units of a batch when a worker has ended.
 */
#include <string.h>

#include "pass_i.h"

#define TRIES 8 /* of a unit whose workers die, but nowhere twice */
#define SLOW  4 /* places of it that may cost all of the time */

/* --- units -------------------------------------------------------------- */

void
lane_drop_units(struct pass_lane *l, size_t n)
{
	memmove(l->todo, l->todo + n, (l->ntodo - n) * sizeof(*l->todo));
	l->ntodo -= n;
}

void
lane_forget_suspect(struct pass_lane *l)
{
	l->suspect = NULL;
	l->skips = 0;
	l->tries = l->slow = 0;
	l->last = UINT64_MAX;
}

/* --- what becomes of it ------------------------------------------------- */

static const char *
status_of(const struct spill_outcome *o)
{
	switch (o->how) {
	case SPILL_ENDED_TIMEOUT:
		return "timeout";
	case SPILL_ENDED_LIMIT:
	case SPILL_ENDED_MEMORY:
		return "limit";
	case SPILL_ENDED_FAILED:
		return "unreadable";
	default:
		return "crash";
	}
}

static int
condemn(struct pass_lane *l, struct pass_item *x, const char *who)
{
	struct spill_buf b = SPILL_BUF_INIT(1024);
	struct spill_outcome o = l->outcome;
	int rc = SPILL_OK;

	if (o.how == SPILL_ENDED_OK || o.how == SPILL_ENDED_PARTIAL)
		o = (struct spill_outcome){ .how = SPILL_ENDED_PROTOCOL,
			.detail = "it said nothing of it" };
	if (o.how == SPILL_ENDED_PROTOCOL)
		rc = pass_drop_look(l->p, x);
	spill_buf_printf(&b, "%s: ", who);
	spill_outcome_text(&b, &o);
	x->status = status_of(&o);
	x->told = true;
	if (rc == SPILL_OK)
		rc = pass_told(
		    l->p, x, spill_outcome_code(&o), spill_buf_str(&b));
	spill_buf_release(&b);
	return rc;
}

/* Of members of one container, those that nothing was said of; else the one
 * that came last. */
static int
condemn_unit(struct pass_lane *l, struct pass_item *x, const char *who)
{
	bool any = false;
	int rc = SPILL_OK;

	if (!x->in_group)
		return condemn(l, x, who);
	for (struct pass_item *y = x; y != NULL && rc == SPILL_OK; y = y->same)
		if (!y->begun && y->twin == NULL) {
			any = true;
			rc = condemn(l, y, who);
		}
	return any || rc != SPILL_OK
		   ? rc
		   : condemn(l, l->cur != NULL ? l->cur : x, who);
}

static void
drop_results(struct pass *p, struct pass_item *x)
{
	for (; x != NULL; x = x->in_group ? x->same : NULL) {
		pass_drop(p, x);
		x->status = NULL;
		x->told = false;
	}
}

/* Of a member, or of a container among them, all others can do without; the
 * item's own members end there. */
static bool
can_skip(struct pass_lane *l)
{
	for (size_t i = 0; i < l->skips; i++)
		if (l->skip[i] == l->sub) /* it has died of it all the same */
			return false;
	return l->sub != 1 && l->skips < SPILL_LOOK_SKIPS &&
	       l->outcome.how != SPILL_ENDED_PROTOCOL &&
	       l->outcome.how != SPILL_ENDED_LIMIT &&
	       (l->outcome.how != SPILL_ENDED_TIMEOUT || l->slow++ < SLOW);
}

/*
 * The unit that the worker was on when it died. SPILL_END: it is to be tried
 * again; else that is all there will be of it. The first death may have been
 * another's fault. Once a place is known to end workers, so is the next one,
 * without another proof: a hostile item costs one try a place.
 */
static int
judge(struct pass_lane *l, struct pass_item *x)
{
	bool known;

	if (l->suspect != x)
		lane_forget_suspect(l);
	known = l->skips > 0 || (l->suspect == x && l->last == l->sub);
	l->suspect = x;
	l->last = l->sub;
	if (l->tries++ == 0 || (!known && l->tries < TRIES)) {
		drop_results(l->p, x);
		return SPILL_END;
	}
	if (known && can_skip(l)) {
		l->skip[l->skips++] = l->sub;
		drop_results(l->p, x);
		return SPILL_END;
	}
	return condemn_unit(l, x, "worker-content");
}

/* The look has ended: which units are done? */
int
lane_after_look(struct pass_lane *l)
{
	struct pass_item *x = lane_unit_at(l);
	size_t done = l->batch;
	int rc = SPILL_OK;

	l->state = LANE_IDLE;
	if (l->outcome.how != SPILL_ENDED_OK &&
	    l->outcome.how != SPILL_ENDED_PARTIAL && x != NULL) {
		for (done = 0; l->todo[done] != x;)
			done++;
		rc = judge(l, x);
		done += rc != SPILL_END;
		/* The others are read anew. */
		for (size_t i = done; i < l->batch; i++)
			drop_results(l->p, l->todo[i]);
		rc = rc == SPILL_END ? SPILL_OK : rc;
	}
	if (done > 0 && (l->suspect == NULL || l->suspect != l->todo[done] ||
			    done == l->ntodo))
		lane_forget_suspect(l);
	l->done = done;
	l->giver = done > 0 ? l->todo[0] : NULL;
	return rc == SPILL_OK ? lane_hands(l) : rc;
}

/* The bytes are there: those of some of the units, at least. */
int
lane_after_read(struct pass_lane *l)
{
	const struct spill_outcome *o = &l->outcome;
	int rc = SPILL_OK;

	l->state = LANE_IDLE;
	if (l->nfilled > 0 && l->filled[0].large) {
		l->todo[0]->size = l->filled[0].size;
		l->batch = 1;
		return lane_pour(l);
	}
	if (l->nfilled > 0) {
		l->batch = l->nfilled;
		return lane_look_slab(l);
	}
	/* The first of them ended the worker. */
	if (l->suspect != l->todo[0]) {
		lane_forget_suspect(l);
		l->suspect = l->todo[0];
	}
	if (o->how == SPILL_ENDED_FAILED || l->tries++ > 0) {
		rc = condemn_unit(l, l->todo[0], "worker-fs");
		lane_forget_suspect(l);
		l->p->items++;
		lane_drop_units(l, 1);
	}
	return rc;
}
