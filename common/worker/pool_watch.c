/*
 * pool_watch.c: the clocks of jobs.
 *
 * A job's time is the CPU time of its worker, so that a busy machine gives
 * the same results as an idle one. The wall clock counts only while a worker
 * sleeps: it has used next to no CPU and does not wait for one. Each
 * millisecond of CPU buys back a hundred of sleep, so reading from a slow
 * disk is not sleep, and a trickle of CPU does not last for ever.
 */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "pool_i.h"

#define BUYS 100

uint64_t
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/*
 * What it has used; what was known last if it is gone. The kernel's figure
 * may step back a little between two processors.
 */
uint64_t
watch_cpu(const struct hand *h)
{
	struct timespec ts;
	uint64_t ns;

	if (h->cpu_whole > 0)
		return h->cpu_whole;
	if (clock_gettime(h->clock, &ts) != 0)
		return h->cpu_last;
	ns = (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
	return SPILL_MAX(ns, h->cpu_last);
}

/* Does it wait for a processor? Then it does not sleep. */
static bool
is_runnable(pid_t pid)
{
	char path[40], text[512], *at;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return false;
	text[n] = '\0';
	at = strrchr(text, ')'); /* behind the name */
	return at != NULL && strncmp(at, ") R", 3) == 0;
}

static void
watch_job(struct hand *h, uint64_t passed)
{
	const struct spill_limits *l = &h->job->t.limits;
	uint64_t cpu = watch_cpu(h), used = cpu - h->cpu_last;

	h->cpu_last = cpu;
	if (cpu - h->cpu_begin > l->cpu_ms * MS) {
		h->fired = SPILL_CLOCK_CPU;
		hand_condemn(h, SPILL_ENDED_TIMEOUT, "");
		return;
	}
	if (used * BUYS >= passed)
		h->slept -= SPILL_MIN(h->slept, used * BUYS);
	else if (!h->paused && !is_runnable(h->pid))
		h->slept += passed;
	if (h->slept > l->wall_ms * MS) {
		h->fired = SPILL_CLOCK_WALL;
		hand_condemn(h, SPILL_ENDED_TIMEOUT, "");
	}
}

static void
watch_hand(struct hand *h, uint64_t passed)
{
	h->waited += passed;
	if (h->state == BUSY)
		watch_job(h, passed);
	else if (h->state == STARTING && h->waited > START_MS * MS)
		hand_condemn(h, SPILL_ENDED_CRASHED, "");
	else if (h->state == DYING && h->waited > DYING_MS * MS)
		hand_exited(h, SIGKILL, 0);
	else if (h->state == DYING && !h->exited && h->waited > SILENT_MS * MS)
		hand_condemn(h, SPILL_ENDED_PROTOCOL, "it hung up");
}

/*
 * The tool may have been stopped itself, or have waited for somebody to read
 * what it writes: no step counts as more than two.
 */
void
watch(struct spill_pool *p)
{
	uint64_t now = now_ns(), passed = now - p->watched;

	if (passed < TICK_MS * MS)
		return;
	p->watched = now;
	passed = SPILL_MIN(passed, 2 * TICK_MS * MS);
	for (unsigned i = 0; i < p->conf.workers; i++)
		watch_hand(&p->hands[i], passed);
}
