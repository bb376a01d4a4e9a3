/*
 * pool_i.h: what the files of the pool share.
 *
 * A worker: VACANT -> STARTING (ordered from the zygote) -> IDLE (it has
 * greeted, its pid is known) -> BUSY -> IDLE ... -> DYING, only with a job
 * whose outcome waits for the exit status -> VACANT. One that dies or is
 * replaced without a job is forgotten at once; the zygote buries it.
 *
 * A task is in the list of order from submit to its end, and in the queue
 * while it waits for a worker.
 */
#ifndef SPILL_POOL_I_H
#define SPILL_POOL_I_H

#include <time.h>

#include <spill/worker.h>

#include "worker_i.h"

#define TICK_MS	  50 /* between two looks at the clocks */
#define MS	  1000000ULL
#define START_MS  120000 /* for a library to load */
#define SILENT_MS 2000 /* for one that hung up to be dead */
#define DYING_MS  10000 /* for a killed worker to be gone */

struct task {
	struct task *before, *after; /* in order of submission */
	struct task *queued; /* the next that waits */
	uint64_t number; /* of submission */
	struct spill_task t;
	struct spill_outcome o;
	unsigned undone; /* times it was with a worker that was dead */
	uint64_t records; /* of this attempt */
	bool fresh; /* wants a worker that had no job yet */
	bool delivered; /* the caller has some of it */
	bool ended;
	struct spill_buf hold; /* records that must wait */
	uint32_t maker; /* the worker that has or had it */
	int fds[SPILL_JOB_FDS];
	size_t len;
	char body[]; /* of the job's frame */
};

enum state { VACANT, STARTING, IDLE, BUSY, DYING };

struct hand {
	struct spill_pool *pool;
	enum state state;
	int fd;
	uint32_t seq; /* of the worker */
	pid_t pid;
	clockid_t clock;
	uint64_t memory;
	unsigned jobs;
	bool retire; /* after this job */
	bool paused; /* not listened to */
	struct replies replies;
	struct slate *slate;
	struct task *job;
	/* The watch: of this job, in ns. */
	uint64_t cpu_begin, cpu_last, slept;
	uint64_t waited; /* in this state, while the tool itself ran; in ns */
	uint64_t backstop; /* seconds */
	/* How it died. */
	bool judged, exited, killed;
	enum spill_ended how;
	enum spill_clock fired;
	const char *why;
	int status;
	uint64_t cpu_whole; /* of its life, 0: unknown */
};

struct spill_pool {
	struct spill_pool_conf conf;
	char path[4096]; /* of the worker program */
	int rc; /* sticky: the pool works no more */
	unsigned failures; /* starts in a row that came to nothing */
	int epoll;
	int zygote, errors; /* socket; stderr of a sanitizer's build */
	pid_t zygote_pid;
	uint32_t seqs, job_seqs;
	struct hand *hands;
	struct task *first, *last; /* open */
	struct task *queue, *queue_end;
	size_t open, nqueued;
	uint64_t held; /* bytes in the holds */
	uint64_t watched; /* when, in ns */
	bool in_callback;
	bool greeted;
	struct spill_jail jail;
	struct spill_pool_stats stats;
	char line[1024];
	size_t line_len;
	char in[FRAME_MAX + 1];
};

/* Names of what epoll reports: workers have theirs, the rest these. */
#define ID_ZYGOTE 0ULL
#define ID_ERRORS 1ULL
#define ID_WORKER 2ULL /* and up: + seq */

uint64_t now_ns(void);
int pool_listen(struct spill_pool *p, int fd, uint64_t id);
void pool_deafen(struct spill_pool *p, int fd);
/* No more: every open task ends. */
void pool_break(struct spill_pool *p, int rc);

/* pool_zygote.c */
int zygote_start(struct spill_pool *p);
void zygote_stop(struct spill_pool *p);
void zygote_hear(struct spill_pool *p);
void zygote_errors(struct spill_pool *p);
void zygote_order(struct spill_pool *p, enum frame_type type, uint32_t seq,
    struct spill_span body, const int *fds, size_t nfds);

/* pool_hand.c */
struct hand *hand_find(struct spill_pool *p, uint32_t seq);
void hand_start(struct hand *h, uint64_t memory);
void hand_forked(struct hand *h, pid_t pid);
void hand_exited(struct hand *h, int status, uint64_t cpu_ns);
void hand_hear(struct hand *h);
bool hand_give(struct hand *h, struct task *t);
void hand_pause(struct hand *h, bool on);
/* End a worker. With a job, that gets this outcome. */
void hand_condemn(struct hand *h, enum spill_ended how, const char *why);
void hand_drop(struct hand *h);

/* pool_watch.c */
void watch(struct spill_pool *p);
uint64_t watch_cpu(const struct hand *h);

/* pool_task.c */
int task_new(struct spill_pool *p, const struct spill_task *t);
void task_enqueue(struct spill_pool *p, struct task *t);
struct task *task_dequeue(struct spill_pool *p);
/* A record of a task that a worker has; the caller's refusal. */
int task_record(struct spill_pool *p, struct task *t, enum rec_kind kind,
    struct spill_span s);
/* An attempt is over: once more, or the outcome. */
void task_over(struct spill_pool *p, struct task *t);
/* A worker could not be given it: it waits again, or that is its outcome. */
void task_undeliverable(struct spill_pool *p, struct task *t);
/* The attempt never was; false: that has been said too often. */
bool task_undo(struct spill_pool *p, struct task *t);

#endif
