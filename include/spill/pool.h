/*
 * pool.h: the tool's side of worker.h: N workers of one family, jobs for
 * them, and exactly one outcome for each job.
 *
 *	struct spill_pool_conf conf = { .family = "count", .workers = 2 };
 *	int rc = spill_pool_open(&pool, &conf);
 *
 *	while (rc == SPILL_OK && next(&item)) {
 *		struct spill_task t = {
 *			.request = item.request, .fds = &item.fd, .nfds = 1,
 *			.ops = &ops, .arg = item.state,
 *			.limits = { .cpu_ms = 60000 }, .retry = true,
 *		};
 *		rc = spill_pool_submit(pool, &t);
 *	}
 *	if (rc == SPILL_OK)
 *		rc = spill_pool_drain(pool);
 *	spill_pool_free(&pool);
 *
 * Callbacks come from within submit, step, drain and free, in the thread that
 * calls them. One thread uses a pool, the one that opened it: when that
 * thread ends, the workers end. They end with the tool however it ends.
 *
 * Order. Without .ordered, the callbacks of different jobs interleave: a
 * streaming job's records come as they arrive, those of other jobs in one go
 * just before their end. With .ordered everything comes in the order of
 * submission, whatever the number of workers; what arrives early is held,
 * .hold bytes of it, then the workers wait.
 *
 * Replies are not to be trusted. The pool has checked the frames: lengths,
 * kinds, order, the ceiling. What is in a record the caller checks, with
 * spill_unpack() and by value; a callback that finds it impossible returns
 * SPILL_EDAMAGED, and the job's outcome is "protocol".
 */
#ifndef SPILL_POOL_H
#define SPILL_POOL_H

#include <spill/base.h>
#include <spill/buf.h>

struct spill_pool;

enum spill_ended {
	SPILL_ENDED_OK,
	SPILL_ENDED_PARTIAL, /* the worker says so, or was denied a file */
	SPILL_ENDED_FAILED, /* the worker says so: rc, detail */
	SPILL_ENDED_LIMIT, /* name, value */
	SPILL_ENDED_MEMORY, /* value: the limit in bytes */
	SPILL_ENDED_TIMEOUT, /* clock, value: the limit in ms */
	SPILL_ENDED_CRASHED, /* signal, or 0 and status */
	SPILL_ENDED_POLICY, /* it tried what the jail forbids */
	SPILL_ENDED_PROTOCOL, /* its replies broke the rules: detail */
	SPILL_ENDED_CANCELLED, /* by a callback, or the pool was freed */
};

enum spill_clock { SPILL_CLOCK_NONE, SPILL_CLOCK_CPU, SPILL_CLOCK_WALL };

struct spill_outcome {
	enum spill_ended how;
	int rc, signal, status;
	enum spill_clock clock;
	char name[32]; /* of the limit */
	uint64_t value;
	char detail[160]; /* hostile text */
	unsigned attempts; /* workers that had it: 1 or 2 */
	uint64_t cpu_us; /* of the last of them */
	uint64_t bytes; /* of the reply */
	/* Calls the jail refused softly: to open or look at a path; others. */
	uint64_t denied_paths, denied_other;
	/*
	 * Where the last attempt was. All records of entries before `done`
	 * were delivered, and `since` records of entry `done` itself; entry
	 * `at` is the one the worker was on. To resume behind a crash: start
	 * at `done` (if not has_done: at the beginning), drop `since` records,
	 * skip entry `at`.
	 */
	bool has_done, has_at;
	uint64_t done, since, at;
};

/* 0 is the default, in brackets. */
struct spill_limits {
	uint64_t cpu_ms; /* of the worker for this job [60,000] */
	uint64_t
	    wall_ms; /* in which it neither computes nor replies [60,000] */
	uint64_t reply; /* bytes [64 MiB]; of a row SPILL_ROW_MAX at most */
	uint64_t records; /* rows, errors, positions, ... [any number] */
	uint64_t memory; /* address space of the worker [the pool's] */
};

/* Each but end may be NULL: then such a reply is a protocol error. */
struct spill_task_ops {
	int (*row)(void *arg, struct spill_span rec); /* packed */
	int (*bytes)(void *arg, struct spill_span bytes);
	int (*error)(
	    void *arg, struct spill_span rec); /* packed, error schema */
	int (*progress)(void *arg, uint64_t pos); /* NULL: not of interest */
	void (*end)(void *arg, const struct spill_outcome *o);
};

struct spill_task {
	struct spill_span request; /* copied; at most SPILL_REQUEST_MAX */
	/*
	 * Borrowed until end: read-only ones, memory files whose size is
	 * sealed, pipes, or scratch files without a name (scratch.h). At most
	 * SPILL_JOB_FDS (worker.h).
	 */
	const int *fds;
	size_t nfds;
	struct spill_limits limits;
	/*
	 * After a crash, want of memory or time, try once more in a fresh
	 * worker, with twice the CPU time. Not with stream: what was delivered
	 * cannot be taken back.
	 */
	bool retry;
	bool slow_once; /* but not after want of CPU time */
	bool stream; /* deliver records as they arrive */
	const struct spill_task_ops *ops;
	void *arg;
};

#define SPILL_REQUEST_MAX (60 * 1024)
#define SPILL_POOL_GIVEN  8

struct spill_pool_conf {
	const char *family; /* its program is worker-FAMILY */
	const char *dir; /* where; NULL: ../libexec/spillkit of the tool */
	unsigned workers; /* [1] */
	unsigned window; /* jobs that submit() lets pile up [64] */
	unsigned lifetime; /* jobs of a worker before it is replaced [256] */
	uint64_t memory; /* bytes of address space of a worker [1 GiB] */
	uint64_t hold; /* bytes of early replies, with ordered [64 MiB] */
	bool ordered;
	/* Descriptors of files that are no evidence, for warm() of the family:
	 * spill_worker_given(). Borrowed until this has been opened. */
	const int *given;
	size_t ngiven; /* at most SPILL_POOL_GIVEN */
	bool no_sandbox; /* --no-sandbox: only limits; said and recorded */
	bool hard; /* kill where the jail would refuse softly: for tests */
};

/* What is in force in each worker of a pool. */
struct spill_jail {
	bool sandbox; /* false: --no-sandbox */
	bool seccomp, no_new_privs, undumpable;
	uint32_t landlock_abi; /* 0: the kernel has none */
	uint64_t landlock_fs, landlock_net, landlock_scoped; /* rights */
	uint32_t uid; /* it runs as */
	uint64_t memory; /* limit of its address space; 0: none */
};

struct spill_pool_stats {
	uint64_t jobs, forks, retries, protocol;
};

/*
 * Starts the zygote and the first worker. SPILL_EIO, and the reason said, if
 * that fails or the jail cannot be made.
 */
int spill_pool_open(struct spill_pool **p, const struct spill_pool_conf *conf);
/*
 * Take a job. Works on others until less than a window is open, unless it is
 * called from a callback of this pool. On failure the job was not taken and
 * has no end: SPILL_EUSAGE if it is not as said above, else the pool is done.
 */
int spill_pool_submit(struct spill_pool *p, const struct spill_task *t);
/* Work for at most so long (-1: no limit), until something happened. */
int spill_pool_step(struct spill_pool *p, int timeout_ms);
/* Work until each job has had its outcome. */
int spill_pool_drain(struct spill_pool *p);
/* Jobs without an outcome yet. */
size_t spill_pool_open_jobs(const struct spill_pool *p);
/*
 * Readable when a step has something to do: for poll(2). The clocks need a
 * step ten times a second as well, while jobs are open.
 */
int spill_pool_fd(const struct spill_pool *p);
const struct spill_jail *spill_pool_jail(const struct spill_pool *p);
struct spill_pool_stats spill_pool_stats(const struct spill_pool *p);
/* Open jobs end as cancelled. Not from a callback. */
void spill_pool_free(struct spill_pool **p);

/* For the run log: "seccomp, landlock abi 7, user 65534, ..." */
void spill_jail_text(struct spill_buf *b, const struct spill_jail *j);
/* "timeout (cpu, 60000 ms)": what is hostile in it is neutralised. */
void spill_outcome_text(struct spill_buf *b, const struct spill_outcome *o);
const char *spill_ended_name(enum spill_ended how);
/* The code of an error record about it: column code of the error schema. A
 * job that ended well has none: "internal", if somebody asks. */
const char *spill_outcome_code(const struct spill_outcome *o);

/*
 * Memory files, the way in and out for what is large. The tool makes them;
 * their size is sealed. A worker may write to one of spill_memfile_open()
 * at any time, also while it is read and after the job: copy first (pread),
 * then check, then use.
 */
int spill_memfile_open(uint64_t size, int *fd);
/* One that holds these bytes and that nobody can write to. */
int spill_memfile_of(struct spill_span bytes, int *fd);

#endif
