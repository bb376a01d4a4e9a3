/*
 * pool.c: the pool's loop, and what of pool.h is not a matter of one worker
 * or one task.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <spill/diag.h>

#include "pool_i.h"

#define FAILURES 3 /* starts in a row after which there is no point */

int
pool_listen(struct spill_pool *p, int fd, uint64_t id)
{
	struct epoll_event e = { .events = EPOLLIN, .data.u64 = id };

	return epoll_ctl(p->epoll, EPOLL_CTL_ADD, fd, &e) == 0 ? SPILL_OK
							       : SPILL_EIO;
}

void
pool_deafen(struct spill_pool *p, int fd)
{
	epoll_ctl(p->epoll, EPOLL_CTL_DEL, fd, NULL);
}

/* --- open and free ------------------------------------------------------ */

/* Beside the tool: where it is installed, no search. */
static int
find_program(struct spill_pool *p)
{
	const char *dir = p->conf.dir, *family = p->conf.family;
	char self[PATH_MAX], *slash;
	ssize_t n = 0;
	int len;

	if (dir == NULL) {
		n = readlink("/proc/self/exe", self, sizeof(self) - 1);
		if (n <= 0)
			return SPILL_EIO;
		self[n] = '\0';
		slash = strrchr(self, '/');
		if (slash != NULL)
			*slash = '\0';
	}
	len = snprintf(p->path, sizeof(p->path), "%s%s/worker-%s",
	    dir != NULL ? dir : self, dir != NULL ? "" : "/../libexec/spillkit",
	    family);
	return len > 0 && (size_t)len < sizeof(p->path) ? SPILL_OK
							: SPILL_ELIMIT;
}

static void
set_defaults(struct spill_pool_conf *c)
{
	if (c->workers == 0)
		c->workers = 1;
	if (c->window == 0)
		c->window = 64;
	if (c->window < 2 * c->workers)
		c->window = 2 * c->workers;
	if (c->lifetime == 0)
		c->lifetime = 256;
	if (c->memory == 0)
		c->memory = 1ULL << 30;
	if (c->hold == 0)
		c->hold = 64 << 20;
}

/* The first worker shows whether there can be any. */
static int
prove(struct spill_pool *p)
{
	hand_start(&p->hands[0], p->conf.memory);
	while (p->hands[0].state == STARTING && p->rc == SPILL_OK)
		(void)spill_pool_step(p, TICK_MS);
	if (p->hands[0].state == IDLE)
		return SPILL_OK;
	spill_err("worker-%s does not start", p->conf.family);
	return SPILL_EIO;
}

static int
set_up(struct spill_pool *p)
{
	int rc;

	p->hands = calloc(p->conf.workers, sizeof(*p->hands));
	p->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (p->hands == NULL || p->epoll < 0)
		return p->hands == NULL ? SPILL_ENOMEM : SPILL_EIO;
	for (unsigned i = 0; i < p->conf.workers; i++)
		p->hands[i] = (struct hand){ .pool = p, .fd = -1 };
	rc = find_program(p);
	if (rc == SPILL_OK)
		rc = zygote_start(p);
	return rc == SPILL_OK ? prove(p) : rc;
}

int
spill_pool_open(struct spill_pool **out, const struct spill_pool_conf *conf)
{
	struct spill_pool *p = calloc(1, sizeof(*p));
	int rc;

	if (p == NULL)
		return SPILL_ENOMEM;
	p->conf = *conf;
	set_defaults(&p->conf);
	p->zygote = p->errors = p->epoll = -1;
	p->watched = now_ns();
	rc = set_up(p);
	if (rc != SPILL_OK) {
		spill_pool_free(&p);
		return rc;
	}
	if (p->conf.no_sandbox)
		spill_warn("worker-%s runs WITHOUT A SANDBOX: hostile evidence "
			   "can do what you can do",
		    p->conf.family);
	*out = p;
	return SPILL_OK;
}

/* Every task that is left ends so. */
static void
end_all(struct spill_pool *p, enum spill_ended how, const char *why)
{
	struct task *t;

	while (task_dequeue(p) != NULL)
		;
	for (unsigned i = 0; p->hands != NULL && i < p->conf.workers; i++)
		if (p->hands[i].state != VACANT) {
			p->hands[i].job = NULL;
			hand_drop(&p->hands[i]);
		}
	for (t = p->first; t != NULL; t = t->after)
		if (!t->ended) {
			t->o.how = how;
			snprintf(t->o.detail, sizeof(t->o.detail), "%s", why);
			t->t.retry = false;
			t->ended = true;
		}
	while (p->first != NULL)
		task_over(p, p->first);
}

void
pool_break(struct spill_pool *p, int rc)
{
	if (p->rc != SPILL_OK)
		return;
	p->rc = rc;
	end_all(p, SPILL_ENDED_CRASHED, "no worker can be started");
}

void
spill_pool_free(struct spill_pool **pp)
{
	struct spill_pool *p = *pp;

	if (p == NULL)
		return;
	*pp = NULL;
	p->rc = p->rc != SPILL_OK ? p->rc : SPILL_EUSAGE;
	end_all(p, SPILL_ENDED_CANCELLED, "");
	zygote_stop(p);
	if (p->epoll >= 0)
		close(p->epoll);
	free(p->hands);
	free(p);
}

/* --- the loop ----------------------------------------------------------- */

static bool
suits(const struct hand *h, const struct task *t)
{
	return h->memory == t->t.limits.memory && (h->jobs == 0 || !t->fresh);
}

/* A worker that can have the task now; one that could not is replaced. */
static struct hand *
choose(struct spill_pool *p, const struct task *t)
{
	struct hand *unfit = NULL;

	for (unsigned i = 0; i < p->conf.workers; i++) {
		struct hand *h = &p->hands[i];

		if (h->state == IDLE && suits(h, t))
			return h;
		if (h->state == IDLE)
			unfit = h;
	}
	if (unfit != NULL)
		hand_drop(unfit);
	return NULL;
}

/* As many as there are tasks for them. */
static void
hire(struct spill_pool *p)
{
	size_t starting = 0;

	for (unsigned i = 0; i < p->conf.workers; i++)
		starting += p->hands[i].state == STARTING;
	for (unsigned i = 0; i < p->conf.workers && starting < p->nqueued; i++)
		if (p->hands[i].state == VACANT) {
			hand_start(&p->hands[i], p->queue->t.limits.memory);
			starting++;
		}
}

static void
dispatch(struct spill_pool *p)
{
	while (p->queue != NULL) {
		struct task *t = p->queue;
		struct hand *h;

		if (p->conf.ordered && t != p->first && p->held > p->conf.hold)
			return;
		h = choose(p, t);
		if (h == NULL)
			break;
		(void)task_dequeue(p);
		if (!hand_give(h, t))
			task_undeliverable(p, t);
	}
	hire(p);
}

static void
hear(struct spill_pool *p, uint64_t id)
{
	struct hand *h;

	if (id == ID_ZYGOTE) {
		if (p->zygote >= 0)
			zygote_hear(p);
	} else if (id == ID_ERRORS) {
		zygote_errors(p);
	} else {
		h = hand_find(p, (uint32_t)(id - ID_WORKER));
		if (h != NULL && h->fd >= 0)
			hand_hear(h);
	}
}

/* Until the next look at the clocks, if anything is under way. */
static int
patience(const struct spill_pool *p, int timeout_ms)
{
	bool under_way = false;

	for (unsigned i = 0; i < p->conf.workers; i++)
		under_way |=
		    p->hands[i].state > VACANT && p->hands[i].state != IDLE;
	if (!under_way)
		return timeout_ms;
	return timeout_ms < 0 ? TICK_MS : SPILL_MIN(timeout_ms, TICK_MS);
}

static bool
has_vigour(struct spill_pool *p)
{
	if (p->failures >= FAILURES)
		return false;
	return p->zygote >= 0 || zygote_start(p) == SPILL_OK;
}

int
spill_pool_step(struct spill_pool *p, int timeout_ms)
{
	struct epoll_event e[16];
	int n;

	if (p->rc != SPILL_OK || p->in_callback)
		return p->rc;
	if (!has_vigour(p)) {
		spill_err("worker-%s cannot be kept going", p->conf.family);
		pool_break(p, SPILL_EIO);
		return p->rc;
	}
	dispatch(p);
	n = epoll_wait(p->epoll, e, SPILL_COUNT(e), patience(p, timeout_ms));
	for (int i = 0; i < n && p->rc == SPILL_OK; i++)
		hear(p, e[i].data.u64);
	if (p->rc == SPILL_OK)
		watch(p);
	return p->rc;
}

/* Once a task is taken, its end says what there is to say. */
int
spill_pool_submit(struct spill_pool *p, const struct spill_task *t)
{
	int rc = p->rc != SPILL_OK ? p->rc : task_new(p, t);

	if (rc != SPILL_OK || p->in_callback)
		return rc;
	while (p->rc == SPILL_OK && p->open >= p->conf.window)
		(void)spill_pool_step(p, -1);
	if (p->rc == SPILL_OK)
		dispatch(p);
	return SPILL_OK;
}

int
spill_pool_drain(struct spill_pool *p)
{
	int rc = p->rc;

	while (rc == SPILL_OK && p->open > 0 && !p->in_callback)
		rc = spill_pool_step(p, -1);
	return rc;
}

/* --- small things ------------------------------------------------------- */

size_t
spill_pool_open_jobs(const struct spill_pool *p)
{
	return p->open;
}

int
spill_pool_fd(const struct spill_pool *p)
{
	return p->epoll;
}

const struct spill_jail *
spill_pool_jail(const struct spill_pool *p)
{
	return &p->jail;
}

struct spill_pool_stats
spill_pool_stats(const struct spill_pool *p)
{
	return p->stats;
}
