/*
 * pool_hand.c: a worker as the tool sees it, from fork to burial.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <spill/diag.h>

#include "pool_i.h"

#define NOTHING	   ((struct spill_span){ "", 0 })
#define REPLY_OVER 4096 /* bytes for the end of a job beyond its limit */

struct hand *
hand_find(struct spill_pool *p, uint32_t seq)
{
	for (unsigned i = 0; i < p->conf.workers; i++)
		if (p->hands[i].state != VACANT && p->hands[i].seq == seq)
			return &p->hands[i];
	return NULL;
}

static void
hang_up(struct hand *h)
{
	if (h->fd < 0)
		return;
	if (!h->paused)
		pool_deafen(h->pool, h->fd);
	close(h->fd);
	h->fd = -1;
}

static void
vacate(struct hand *h)
{
	struct spill_pool *p = h->pool;

	hang_up(h);
	if (h->slate != NULL)
		munmap(h->slate, sizeof(*h->slate));
	spill_buf_release(&h->replies.part);
	*h = (struct hand){ .pool = p, .fd = -1 };
}

/* Without a job there is nothing to wait for. */
void
hand_drop(struct hand *h)
{
	zygote_order(h->pool, FRAME_KILL, h->seq, NOTHING, NULL, 0);
	vacate(h);
}

static int
open_slate(struct hand *h)
{
	int fd = -1;

	if (spill_memfile_open(sizeof(*h->slate), &fd) != SPILL_OK)
		return -1;
	h->slate = mmap(
	    NULL, sizeof(*h->slate), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (h->slate == MAP_FAILED) {
		h->slate = NULL;
		close(fd);
		return -1;
	}
	return fd;
}

/* A frame must fit, however small the system's default is. */
static void
widen(const int *s)
{
	int size = 4 * FRAME_MAX;

	for (int i = 0; i < 2; i++)
		(void)setsockopt(
		    s[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
}

static void
order_fork(struct hand *h, const int *fds)
{
	struct spill_pool *p = h->pool;
	char order[FORK_ORDER_LEN];

	put_u64(order, h->memory);
	put_u32(order + 8, (p->conf.no_sandbox ? FORK_NO_SANDBOX : 0) |
			       (p->conf.hard ? FORK_HARD : 0));
	zygote_order(p, FRAME_FORK, h->seq,
	    (struct spill_span){ order, sizeof(order) }, fds, 2);
	p->stats.forks++;
}

void
hand_start(struct hand *h, uint64_t memory)
{
	struct spill_pool *p = h->pool;
	int s[2], fds[2];

	h->seq = ++p->seqs;
	h->memory = memory;
	h->waited = 0;
	h->replies.part = SPILL_BUF_INIT(0);
	fds[1] = open_slate(h);
	if (fds[1] < 0 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, s) != 0) {
		spill_err("cannot make a worker: %s", strerror(errno));
		if (fds[1] >= 0)
			close(fds[1]);
		vacate(h);
		p->failures++;
		return;
	}
	widen(s);
	h->fd = s[0];
	h->state = STARTING;
	fds[0] = s[1];
	order_fork(h, fds);
	close(fds[0]);
	close(fds[1]);
	if (pool_listen(p, h->fd, ID_WORKER + h->seq) != SPILL_OK) {
		hand_drop(h);
		p->failures++;
	}
}

static void
get_ready(struct hand *h)
{
	if (h->state == STARTING && h->pid > 0 && h->replies.greeted) {
		h->state = IDLE;
		h->pool->failures = 0;
	}
}

void
hand_forked(struct hand *h, pid_t pid)
{
	h->pid = pid;
	if (clock_getcpuclockid(pid, &h->clock) != 0)
		h->clock = CLOCK_MONOTONIC; /* gone: the end is on its way */
	get_ready(h);
}

/* --- the end ------------------------------------------------------------ */

/* From the signal, unless the tool knew before. */
static void
judge(const struct hand *h, struct spill_outcome *o)
{
	int sig = WIFSIGNALED(h->status) ? WTERMSIG(h->status) : 0;

	if (h->judged)
		o->how = h->how;
	else if (atomic_load(&h->slate->words) == LAST_MEMORY)
		o->how = SPILL_ENDED_MEMORY;
	else if (sig == SIGSYS)
		o->how = SPILL_ENDED_POLICY;
	else if (sig == SIGXCPU)
		o->how = SPILL_ENDED_TIMEOUT;
	else
		o->how = SPILL_ENDED_CRASHED;
	o->signal = o->how == SPILL_ENDED_CRASHED ||
			    o->how == SPILL_ENDED_POLICY ||
			    o->how == SPILL_ENDED_MEMORY
			? sig
			: 0;
	if (o->how == SPILL_ENDED_CRASHED && WIFEXITED(h->status))
		o->status = WEXITSTATUS(h->status);
	if (o->how == SPILL_ENDED_TIMEOUT)
		o->clock = h->judged ? h->fired : SPILL_CLOCK_CPU;
}

static void
set_value(const struct hand *h, struct spill_outcome *o)
{
	const struct spill_limits *l = &h->job->t.limits;

	if (o->how == SPILL_ENDED_MEMORY)
		o->value = h->memory;
	if (o->how == SPILL_ENDED_TIMEOUT)
		o->value =
		    o->clock == SPILL_CLOCK_WALL ? l->wall_ms : l->cpu_ms;
}

/* What the slate says is a hint of the dead: the caller bounds it. */
static void
set_place(const struct hand *h, struct spill_outcome *o)
{
	o->has_at = atomic_load(&h->slate->placed) != 0;
	if (o->has_at)
		o->at = atomic_load(&h->slate->at);
}

static struct task *
take_job(struct hand *h)
{
	struct task *t = h->job;
	uint64_t cpu = watch_cpu(h);

	t->o.cpu_us = (cpu - h->cpu_begin) / 1000;
	h->cpu_begin = h->cpu_last = cpu;
	set_place(h, &t->o);
	set_value(h, &t->o);
	h->job = NULL;
	return t;
}

static void
bury(struct hand *h)
{
	struct spill_pool *p = h->pool;
	struct task *t;

	judge(h, &h->job->o);
	snprintf(h->job->o.detail, sizeof(h->job->o.detail), "%s",
	    h->why != NULL ? h->why : "");
	t = take_job(h);
	vacate(h);
	task_over(p, t);
}

/* It is dead or about to be; its last frames may still be in the socket. */
static void
let_die(struct hand *h, bool by_force)
{
	if (h->state != DYING)
		h->waited = 0;
	h->state = DYING;
	if (by_force && !h->killed)
		zygote_order(h->pool, FRAME_KILL, h->seq, NOTHING, NULL, 0);
	h->killed |= by_force;
}

void
hand_exited(struct hand *h, int status, uint64_t cpu_ns)
{
	if (h->job == NULL) {
		if (h->state == STARTING)
			h->pool->failures++;
		vacate(h);
		return;
	}
	h->exited = true;
	h->status = status;
	h->cpu_whole = SPILL_MAX(cpu_ns, h->cpu_last);
	if (h->paused) /* read what it left */
		hand_pause(h, false);
	if (h->state == DYING && h->waited > DYING_MS * MS)
		hang_up(h);
	if (h->state != DYING)
		h->waited = 0;
	h->state = DYING;
	if (h->fd < 0)
		bury(h);
}

static void
hand_gone(struct hand *h)
{
	hang_up(h);
	if (h->job == NULL) {
		if (h->state == STARTING)
			h->pool->failures++;
		hand_drop(h);
	} else if (h->exited) {
		bury(h);
	} else {
		let_die(h, false);
	}
}

/* What a worker that ran out of time had said before is still heard. */
void
hand_condemn(struct hand *h, enum spill_ended how, const char *why)
{
	if (h->job == NULL) {
		if (h->state == STARTING)
			h->pool->failures++;
		hand_drop(h);
		return;
	}
	if (!h->judged) {
		h->judged = true;
		h->how = how;
		h->why = why;
	}
	if (how != SPILL_ENDED_TIMEOUT)
		hang_up(h);
	if (h->exited && h->fd < 0)
		bury(h);
	else
		let_die(h, true);
}

/* --- frames ------------------------------------------------------------- */

/* But for the memory, which a job may ask for. */
static bool
same_jail(const struct spill_jail *a, const struct spill_jail *b)
{
	return a->sandbox == b->sandbox && a->seccomp == b->seccomp &&
	       a->no_new_privs == b->no_new_privs &&
	       a->undumpable == b->undumpable &&
	       a->landlock_abi == b->landlock_abi && a->uid == b->uid;
}

static int
on_hello(void *arg, const struct hello *hello)
{
	struct hand *h = arg;
	struct spill_pool *p = h->pool;
	const struct spill_jail *j = &hello->jail;

	if (hello->failed != 0) {
		spill_err("cannot lock up worker-%s: %.*s: %s", p->conf.family,
		    (int)hello->step.len, hello->step.p,
		    strerror((int)hello->failed));
		return SPILL_EIO;
	}
	if (!p->conf.no_sandbox &&
	    !(j->sandbox && j->seccomp && j->no_new_privs)) {
		spill_err("worker-%s is not locked up", p->conf.family);
		return SPILL_EIO;
	}
	if (p->greeted && !same_jail(j, &p->jail)) {
		spill_err(
		    "worker-%s is not locked up as before", p->conf.family);
		return SPILL_EIO;
	}
	if (!p->greeted)
		p->jail = *j;
	p->greeted = true;
	get_ready(h);
	return SPILL_OK;
}

static int
on_record(void *arg, enum rec_kind kind, struct spill_span s)
{
	struct hand *h = arg;

	h->slept = 0;
	if (h->job->t.limits.records > 0 &&
	    ++h->job->records > h->job->t.limits.records) {
		h->replies.why = "more records than there can be";
		return SPILL_EDAMAGED;
	}
	return task_record(h->pool, h->job, kind, s);
}

static bool
is_abnormal(const struct spill_outcome *o)
{
	return (o->how != SPILL_ENDED_OK && o->how != SPILL_ENDED_PARTIAL) ||
	       o->denied_paths > 0;
}

static int
on_end(void *arg, const struct ending *e)
{
	struct hand *h = arg;
	struct spill_pool *p = h->pool;
	struct spill_outcome *o = &h->job->o;
	struct task *t;

	o->how = e->how;
	o->rc = e->rc;
	o->value = e->value;
	o->denied_paths = e->denied_paths;
	o->denied_other = e->denied_other;
	snprintf(o->name, sizeof(o->name), "%.*s", (int)e->name.len, e->name.p);
	snprintf(o->detail, sizeof(o->detail), "%.*s", (int)e->detail.len,
	    e->detail.p);
	h->retire |=
	    is_abnormal(o) || h->jobs >= p->conf.lifetime || h->state != BUSY;
	t = take_job(h);
	if (h->state == BUSY)
		h->state = IDLE;
	task_over(p, t);
	return SPILL_OK;
}

static const struct replies_ops ops = { on_hello, on_record, on_end };

/*
 * The worker broke the rules. If it did so about a job that was over, the one
 * it has now may be innocent: it gets another worker, a fresh one, in which
 * there is no earlier job to blame.
 */
static void
offend(struct hand *h, const struct frame *f)
{
	struct spill_pool *p = h->pool;
	const char *why =
	    h->replies.why != NULL ? h->replies.why : "a damaged frame";
	bool innocent = f != NULL && f->type == FRAME_REPLY &&
			f->seq != h->replies.seq && h->replies.bytes == 0 &&
			h->jobs > 1;

	if (h->job != NULL && !(innocent && task_undo(p, h->job))) {
		hand_condemn(h, SPILL_ENDED_PROTOCOL, why);
		return;
	}
	p->stats.protocol++;
	spill_warn("worker-%s was ended: %s", p->conf.family, why);
	h->job = NULL;
	hand_condemn(h, SPILL_ENDED_PROTOCOL, why);
}

static void
after_frame(struct hand *h)
{
	struct spill_pool *p = h->pool;

	if (h->state == IDLE && h->retire)
		hand_drop(h);
	else if (h->state == DYING && h->job == NULL)
		hand_drop(h);
	else if (p->conf.ordered && h->job != NULL && h->job != p->first &&
		 p->held > p->conf.hold)
		hand_pause(h, true);
}

void
hand_hear(struct hand *h)
{
	struct spill_pool *p = h->pool;
	uint32_t seq = h->seq;
	struct frame f;
	int rc = frame_recv(h->fd, p->in, MSG_DONTWAIT, &f, NULL, NULL);

	if (rc == SPILL_EIO && errno == EAGAIN)
		return;
	if (rc == SPILL_END || rc == SPILL_EIO) {
		/* It was dead before it had the job. */
		if (rc == SPILL_EIO && errno == ECONNRESET && h->job != NULL &&
		    h->replies.bytes == 0 && task_undo(p, h->job))
			h->job = NULL;
		hand_gone(h);
		return;
	}
	h->replies.why = NULL;
	if (rc == SPILL_EDAMAGED) {
		offend(h, NULL);
		return;
	}
	rc = replies_take(&h->replies, &f, &ops, h);
	if (rc == SPILL_OK || h->seq != seq || h->state == VACANT)
		after_frame(h);
	else if (rc == SPILL_EDAMAGED && h->replies.why != NULL)
		offend(h, &f);
	else if (rc == SPILL_EDAMAGED)
		hand_condemn(h, SPILL_ENDED_PROTOCOL, "an impossible record");
	else if (rc == SPILL_ENOMEM)
		pool_break(p, rc);
	else
		hand_condemn(h, SPILL_ENDED_CANCELLED, "");
}

/* --- a job -------------------------------------------------------------- */

/* A limit of the kernel's, should the tool itself not come to look. */
static void
set_backstop(struct hand *h, const struct spill_limits *l)
{
	uint64_t need = h->cpu_last / 1000000000 + l->cpu_ms / 1000 + 2;
	char body[8];

	if (need <= h->backstop)
		return;
	h->backstop = need + 10;
	put_u64(body, h->backstop);
	zygote_order(h->pool, FRAME_BACKSTOP, h->seq,
	    (struct spill_span){ body, sizeof(body) }, NULL, 0);
}

/* The job, behind those of its descriptors that its frame has no room for. */
static int
send_job(const struct hand *h, const struct task *t, uint32_t seq)
{
	struct spill_span body = { t->body, t->len };
	const int *fds = t->fds;
	size_t n = t->t.nfds;
	int rc = SPILL_OK;

	for (; n > FRAME_FDS && rc == SPILL_OK; n -= FRAME_FDS) {
		rc = frame_send(h->fd, FRAME_LEND, seq, NOTHING, fds, FRAME_FDS,
		    MSG_DONTWAIT);
		fds += FRAME_FDS;
	}
	return rc != SPILL_OK ? rc
			      : frame_send(h->fd, FRAME_JOB, seq, body, fds, n,
				    MSG_DONTWAIT);
}

/* False: the worker is no more. */
bool
hand_give(struct hand *h, struct task *t)
{
	struct spill_pool *p = h->pool;
	uint32_t seq = ++p->job_seqs;

	if (h->jobs == 0)
		h->cpu_begin = h->cpu_last = watch_cpu(h);
	set_backstop(h, &t->t.limits);
	atomic_store(&h->slate->placed, 0);
	if (send_job(h, t, seq) != SPILL_OK) {
		hand_drop(h);
		return false;
	}
	replies_begin(&h->replies, seq, t->t.limits.reply + REPLY_OVER);
	h->job = t;
	h->jobs++;
	h->slept = 0;
	h->state = BUSY;
	t->maker = h->seq;
	t->o.attempts++;
	t->fresh = false;
	return true;
}

void
hand_pause(struct hand *h, bool on)
{
	struct spill_pool *p = h->pool;

	if (h->paused == on || h->fd < 0)
		return;
	if (on)
		pool_deafen(p, h->fd);
	else if (pool_listen(p, h->fd, ID_WORKER + h->seq) != SPILL_OK)
		return;
	h->paused = on;
}
