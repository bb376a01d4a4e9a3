/*
 * pool_task.c: jobs on the tool's side: the queue, what waits for its turn,
 * and the one outcome of each.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include <sys/stat.h>

#include <spill/cur.h>

#include "pool_i.h"

#define HELD_HEAD 5 /* u32 length, u8 kind */

/*
 * A worker must not be able to write where evidence lies, or shrink it: pipes
 * and scratch files that have lost their name are the tool's own.
 */
static bool
may_lend(int fd)
{
	int flags = fcntl(fd, F_GETFL), seals;
	struct stat st;

	if (flags < 0 || (flags & O_PATH) != 0)
		return false;
	if ((flags & O_ACCMODE) == O_RDONLY)
		return true;
	if (fstat(fd, &st) != 0)
		return false;
	if (S_ISFIFO(st.st_mode) || (S_ISREG(st.st_mode) && st.st_nlink == 0 &&
					fcntl(fd, F_GET_SEALS) < 0))
		return true;
	seals = fcntl(fd, F_GET_SEALS);
	return seals >= 0 && (seals & F_SEAL_SHRINK) && (seals & F_SEAL_GROW);
}

static void
set_limits(const struct spill_pool *p, struct spill_limits *l)
{
	if (l->cpu_ms == 0)
		l->cpu_ms = 60000;
	if (l->wall_ms == 0)
		l->wall_ms = 60000;
	if (l->reply == 0)
		l->reply = 64 << 20;
	if (l->memory == 0)
		l->memory = p->conf.memory;
}

static void
append(struct spill_pool *p, struct task *t)
{
	t->before = p->last;
	if (p->last != NULL)
		p->last->after = t;
	else
		p->first = t;
	p->last = t;
	p->open++;
}

int
task_new(struct spill_pool *p, const struct spill_task *spec)
{
	struct task *t;

	if (spec->request.len > SPILL_REQUEST_MAX ||
	    spec->nfds > SPILL_JOB_FDS || spec->ops == NULL ||
	    spec->ops->end == NULL)
		return SPILL_EUSAGE;
	for (size_t i = 0; i < spec->nfds; i++)
		if (!may_lend(spec->fds[i]))
			return SPILL_EUSAGE;
	t = calloc(1, sizeof(*t) + 8 + spec->request.len);
	if (t == NULL)
		return SPILL_ENOMEM;
	t->t = *spec;
	t->hold = SPILL_BUF_INIT(SIZE_MAX / 2);
	if (spec->nfds > 0)
		memcpy(t->fds, spec->fds, spec->nfds * sizeof(t->fds[0]));
	t->t.fds = t->fds;
	set_limits(p, &t->t.limits);
	put_u64(t->body, t->t.limits.reply);
	if (spec->request.len > 0)
		memcpy(t->body + 8, spec->request.p, spec->request.len);
	t->len = 8 + spec->request.len;
	t->number = ++p->stats.jobs;
	append(p, t);
	task_enqueue(p, t);
	return SPILL_OK;
}

/*
 * The queue is in order of submission, also for what comes back to it: the
 * one whose turn it is must not wait behind one that waits for its turn.
 */
void
task_enqueue(struct spill_pool *p, struct task *t)
{
	struct task **at = &p->queue;

	if (p->queue_end != NULL && p->queue_end->number < t->number)
		at = &p->queue_end->queued;
	while (*at != NULL && (*at)->number < t->number)
		at = &(*at)->queued;
	t->queued = *at;
	*at = t;
	if (t->queued == NULL)
		p->queue_end = t;
	p->nqueued++;
}

struct task *
task_dequeue(struct spill_pool *p)
{
	struct task *t = p->queue;

	if (t == NULL)
		return NULL;
	p->nqueued--;
	p->queue = t->queued;
	if (p->queue == NULL)
		p->queue_end = NULL;
	return t;
}

static int
call(struct spill_pool *p, struct task *t, enum rec_kind kind,
    struct spill_span s)
{
	const struct spill_task_ops *ops = t->t.ops;
	struct spill_cur c = spill_cur(s.p, s.len);
	bool nested = p->in_callback;
	int rc = SPILL_EDAMAGED;

	t->delivered = true;
	p->in_callback = true;
	if (kind == REC_ROW && ops->row != NULL)
		rc = ops->row(t->t.arg, s);
	else if (kind == REC_BYTES && ops->bytes != NULL)
		rc = ops->bytes(t->t.arg, s);
	else if (kind == REC_ERROR && ops->error != NULL)
		rc = ops->error(t->t.arg, s);
	else if (kind == REC_PROGRESS)
		rc = ops->progress == NULL
			 ? SPILL_OK
			 : ops->progress(t->t.arg, spill_cur_u64le(&c));
	p->in_callback = nested;
	return rc;
}

static int
hold(struct spill_pool *p, struct task *t, enum rec_kind kind,
    struct spill_span s)
{
	char *to = spill_buf_room(&t->hold, HELD_HEAD + s.len);

	if (to == NULL)
		return SPILL_ENOMEM;
	put_u32(to, (uint32_t)s.len);
	to[4] = (char)kind;
	memcpy(to + HELD_HEAD, s.p, s.len);
	t->hold.len += HELD_HEAD + s.len;
	p->held += HELD_HEAD + s.len;
	return SPILL_OK;
}

static void
unhold(struct spill_pool *p, struct task *t)
{
	p->held -= t->hold.len;
	spill_buf_release(&t->hold);
}

/* What waited goes to the caller. */
static int
replay(struct spill_pool *p, struct task *t)
{
	struct spill_cur c = spill_cur(t->hold.p, t->hold.len);
	int rc = SPILL_OK;

	while (rc == SPILL_OK && spill_cur_left(&c) > 0) {
		uint32_t len = spill_cur_u32le(&c);
		enum rec_kind kind = (enum rec_kind)spill_cur_u8(&c);

		rc = call(p, t, kind, spill_cur_bytes(&c, len));
	}
	unhold(p, t);
	return rc;
}

int
task_record(struct spill_pool *p, struct task *t, enum rec_kind kind,
    struct spill_span s)
{
	struct spill_cur c = spill_cur(s.p, s.len);

	if (kind == REC_PROGRESS) {
		t->o.has_done = true;
		t->o.done = spill_cur_u64le(&c);
		t->o.since = 0;
	} else {
		t->o.since++;
	}
	t->o.bytes += s.len;
	if (t->t.stream && (!p->conf.ordered || t == p->first))
		return call(p, t, kind, s);
	return hold(p, t, kind, s);
}

/* A refusal while what was held is delivered: the worker may have said more
 * than one impossible thing, so it goes too. */
static void
refused(struct spill_pool *p, struct task *t, int rc)
{
	struct hand *h = hand_find(p, t->maker);

	t->o.how =
	    rc == SPILL_EDAMAGED ? SPILL_ENDED_PROTOCOL : SPILL_ENDED_CANCELLED;
	snprintf(t->o.detail, sizeof(t->o.detail), "%s",
	    rc == SPILL_EDAMAGED ? "an impossible record" : "");
	if (rc == SPILL_EDAMAGED && h != NULL)
		h->retire = true;
}

static void
finish(struct spill_pool *p, struct task *t)
{
	int rc = t->hold.len > 0 ? replay(p, t) : SPILL_OK;
	bool nested = p->in_callback;

	if (rc != SPILL_OK)
		refused(p, t, rc);
	if (t->o.how == SPILL_ENDED_PROTOCOL)
		p->stats.protocol++;
	unhold(p, t);
	if (t->before != NULL)
		t->before->after = t->after;
	else
		p->first = t->after;
	if (t->after != NULL)
		t->after->before = t->before;
	else
		p->last = t->before;
	p->open--;
	p->in_callback = true;
	t->t.ops->end(t->t.arg, &t->o);
	p->in_callback = nested;
	free(t);
}

/* The turn of the first has come, or of several. */
static void
advance(struct spill_pool *p)
{
	struct hand *h;
	int rc;

	while (p->first != NULL && p->first->ended)
		finish(p, p->first);
	if (p->first != NULL && p->first->t.stream && p->first->hold.len > 0) {
		rc = replay(p, p->first);
		h = hand_find(p, p->first->maker);
		if (rc != SPILL_OK && h != NULL && h->job == p->first)
			hand_condemn(h,
			    rc == SPILL_EDAMAGED ? SPILL_ENDED_PROTOCOL
						 : SPILL_ENDED_CANCELLED,
			    "an impossible record");
	}
	for (unsigned i = 0; i < p->conf.workers; i++)
		hand_pause(&p->hands[i], false);
}

static bool
again(const struct task *t)
{
	enum spill_ended how = t->o.how;

	return t->t.retry && t->o.attempts < 2 && !t->delivered &&
	       (how == SPILL_ENDED_CRASHED || how == SPILL_ENDED_MEMORY ||
		   (how == SPILL_ENDED_TIMEOUT &&
		       !(t->t.slow_once && t->o.clock == SPILL_CLOCK_CPU)));
}

static void
forget(struct spill_pool *p, struct task *t)
{
	unsigned attempts = t->o.attempts;

	unhold(p, t);
	t->o = (struct spill_outcome){ .attempts = attempts };
	t->records = 0;
	t->fresh = true;
	task_enqueue(p, t);
}

/* A job that no worker can be given: its descriptors may be gone. */
void
task_undeliverable(struct spill_pool *p, struct task *t)
{
	if (++t->undone <= 3) {
		task_enqueue(p, t);
		return;
	}
	t->t.retry = false;
	t->o.how = SPILL_ENDED_CRASHED;
	snprintf(t->o.detail, sizeof(t->o.detail),
	    "it cannot be handed to a worker");
	task_over(p, t);
}

bool
task_undo(struct spill_pool *p, struct task *t)
{
	if (++t->undone > 3 || p->rc != SPILL_OK)
		return false;
	t->o.attempts--;
	forget(p, t);
	return true;
}

void
task_over(struct spill_pool *p, struct task *t)
{
	if (p->rc == SPILL_OK && again(t)) {
		if (t->o.clock == SPILL_CLOCK_CPU)
			t->t.limits.cpu_ms *= 2;
		p->stats.retries++;
		forget(p, t);
		return;
	}
	t->ended = true;
	if (p->conf.ordered)
		advance(p);
	else
		finish(p, t);
}
