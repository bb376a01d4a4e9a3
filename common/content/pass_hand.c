/*
 * pass_hand.c: documents that worker-content hands over to the worker of
 * another family, which has a library that must not share a process with its
 * own. What that one says of a document stands where it was handed over.
 */
#include <string.h>

#include <spill/arena.h>

#include "pass_i.h"

#define CPU_BASE   60000 /* ms, of a document */
#define CPU_PER_MB 2000
#define REPLY	   ((uint64_t)1 << 30)
#define ERRORS	   65536 /* of a document: an honest worker has fewer */

const char *const pass_families[PASS_FAMILIES] = { "pdf", "sqlite" };

/* --- what is handed over ------------------------------------------------ */

static bool
number(const struct spill_row *r, unsigned col, uint64_t *v)
{
	return spill_span_uint(spill_row_get(r, col), v);
}

/* The number of a family; PASS_FAMILIES: none of that name. */
static unsigned
family_of(struct spill_span name)
{
	unsigned i = 0;

	while (i < PASS_FAMILIES &&
	       !spill_span_eq(name, spill_span(pass_families[i])))
		i++;
	return i;
}

int
hand_take(struct pass_lane *l, struct pass_item *x, const struct spill_row *r)
{
	struct pass *p = l->p;
	struct spill_span name = spill_row_get(r, SPILL_LOOK_NAME);
	struct pass_hand *h;
	unsigned family = family_of(spill_row_get(r, SPILL_LOOK_FAMILY));
	uint64_t fd, at, len;

	if (family >= PASS_FAMILIES || !number(r, SPILL_LOOK_FD, &fd) ||
	    !number(r, SPILL_LOOK_AT, &at) ||
	    !number(r, SPILL_LOOK_LEN, &len) || fd >= l->nask ||
	    at > PASS_SPOOL || len > PASS_SPOOL || name.len > PASS_NAME)
		return SPILL_EDAMAGED;
	h = spill_arena_alloc(&p->arena, sizeof(*h));
	if (h == NULL)
		return lane_fail(p, SPILL_ENOMEM);
	h->name.p = spill_arena_dup(&p->arena, name.p, name.len);
	h->name.len = name.len;
	if (h->name.p == NULL)
		return lane_fail(p, SPILL_ENOMEM);
	h->family = family;
	h->fd = (unsigned)fd;
	h->at = at;
	h->len = len;
	h->next_of_all = p->hands;
	p->hands = h;
	if (x->hands == NULL)
		x->last_hand = &x->hands;
	*x->last_hand = h;
	x->last_hand = &h->next;
	return lane_fail(
	    p, pass_put(p, x, PASS_HAND,
		   (struct spill_span){ (const char *)&h, sizeof(h) }));
}

void
hands_forget(struct pass *p, struct pass_item *x)
{
	for (struct pass_hand *h = x->hands; h != NULL; h = h->next) {
		p->held -= h->doc.result.mem.cap;
		spill_buf_release(&h->doc.result.mem);
		h->doc.result = (struct pass_result){ 0 };
	}
	x->hands = NULL;
}

/* --- the work ----------------------------------------------------------- */

static int
on_row(void *arg, struct spill_span rec)
{
	struct pass_lane *l = arg;
	struct pass *p = l->p;

	if (spill_unpack(rec, &p->row) != SPILL_OK || !pass_is_line(&p->row) ||
	    pass_check_said(&p->row, p->conf->want) != SPILL_OK ||
	    l->hand->doc.result.bytes > PASS_OUTPUT)
		return SPILL_EDAMAGED;
	return lane_fail(p, pass_put(p, &l->hand->doc, PASS_LINE, rec));
}

static int
on_error(void *arg, struct spill_span rec)
{
	static struct spill_row r;
	struct pass_lane *l = arg;

	if (pass_check_error(&r, rec) != SPILL_OK ||
	    l->hand->doc.errors++ >= ERRORS ||
	    l->hand->doc.result.bytes > PASS_OUTPUT)
		return SPILL_EDAMAGED;
	return lane_fail(l->p, pass_put(l->p, &l->hand->doc, PASS_ERROR, rec));
}

static void
on_end(void *arg, const struct spill_outcome *o)
{
	struct pass_lane *l = arg;
	struct spill_buf b = SPILL_BUF_INIT(1024);
	bool partial = o->how == SPILL_ENDED_PARTIAL;

	l->hand_ended = true;
	if (o->how == SPILL_ENDED_OK)
		return;
	spill_buf_printf(&b, "worker-%s: ", pass_families[l->hand->family]);
	if (partial)
		spill_buf_puts(&b, "a table that it needs was not there");
	else
		spill_outcome_text(&b, o);
	(void)lane_fail(
	    l->p, pass_told(l->p, &l->hand->doc,
		      partial ? "unreadable" : spill_outcome_code(o),
		      spill_buf_str(&b)));
	spill_buf_release(&b);
}

static int
open_pool(struct pass *p, unsigned family)
{
	const struct spill_pool_conf c = { .family = pass_families[family],
		.workers = (unsigned)p->lanes,
		.memory =
		    p->conf->memory > 0 ? p->conf->memory : (uint64_t)1 << 30,
		.given = p->conf->given,
		.ngiven = p->conf->ngiven,
		.no_sandbox = p->conf->no_sandbox };

	return p->hand[family] != NULL ? SPILL_OK
				       : spill_pool_open(&p->hand[family], &c);
}

static int
submit(struct pass_lane *l)
{
	static const struct spill_task_ops ops = {
		.row = on_row, .error = on_error, .end = on_end
	};
	const struct pass_hand *h = l->hand;
	struct spill_buf b = SPILL_BUF_INIT(256);
	const struct spill_task t = { .fds = &l->ask_fd[h->fd],
		.nfds = 1,
		.retry = true,
		.slow_once = true,
		.ops = &ops,
		.arg = l,
		.limits = { .cpu_ms = CPU_BASE + (h->len >> 20) * CPU_PER_MB,
		    .reply = REPLY } };
	struct spill_task task = t;
	int rc = open_pool(l->p, h->family);

	spill_buf_le(&b, h->at, 8);
	spill_buf_le(&b, h->len, 8);
	spill_buf_le(&b, l->p->conf->limits.text, 8);
	spill_buf_le(&b, l->p->conf->limits.memory, 8);
	spill_buf_le(&b, l->p->conf->want, 1);
	spill_buf_span(&b, h->name);
	task.request = spill_buf_as_span(&b);
	l->hand_ended = false;
	if (rc == SPILL_OK)
		rc = spill_pool_submit(l->p->hand[h->family], &task);
	spill_buf_release(&b);
	return rc;
}

/* The next that is done: a member of the unit, or the first of the next. */
static struct pass_item *
next_giver(const struct pass_lane *l, const struct pass_item *x)
{
	if (x->in_group && x->same != NULL)
		return x->same;
	for (size_t i = 0; i + 1 < l->done; i++)
		for (const struct pass_item *y = l->todo[i]; y != NULL;
		     y = y->in_group ? y->same : NULL)
			if (y == x)
				return l->todo[i + 1];
	return NULL;
}

int
lane_hands(struct pass_lane *l)
{
	l->hand = l->hand != NULL ? l->hand->next : NULL;
	if (l->hand == NULL && l->state != LANE_HANDS && l->giver != NULL)
		l->hand = l->giver->hands;
	while (l->hand == NULL && l->giver != NULL) {
		l->giver = next_giver(l, l->giver);
		if (l->giver != NULL)
			l->hand = l->giver->hands;
	}
	if (l->hand != NULL) {
		l->state = LANE_HANDS;
		return submit(l);
	}
	lane_close_fds(l);
	l->state = LANE_IDLE;
	l->p->items += l->done;
	lane_drop_units(l, l->done);
	return SPILL_OK;
}
