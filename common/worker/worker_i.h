/*
 * worker_i.h: what the two sides of a worker share: frames, the slate, and
 * the jail.
 *
 * A frame is one message of a SOCK_SEQPACKET socket, at most FRAME_MAX bytes,
 * little-endian:
 *
 *	u32	magic
 *	u32	type
 *	u32	length of what follows the head
 *	u32	sequence: of the job, or of the worker
 *
 * The tool speaks with the zygote (FORK, KILL, BACKSTOP; WARM, FORKED, EXIT)
 * and with each worker (LEND, JOB; HELLO, REPLY). Descriptors go from the tool
 * only; those of a job that one message cannot carry go in front of it.
 *
 * A REPLY is a run of records:
 *
 *	u32	length of what follows, and the kind in the top 8 bits
 *
 * so that many small rows, and the end of a small job, are one message. A row
 * that is longer than a frame goes in pieces, all but the last with REC_MORE.
 */
#ifndef SPILL_WORKER_I_H
#define SPILL_WORKER_I_H

#include <stdatomic.h>

#include <spill/base.h>
#include <spill/buf.h>
#include <spill/pool.h>

struct spill_job;

#define FRAME_MAX   65536u
#define FRAME_HEAD  16u
#define FRAME_BODY  (FRAME_MAX - FRAME_HEAD)
#define FRAME_MAGIC 0x4b4c5053u /* SPLK */
#define FRAME_FDS   250u /* descriptors: the kernel takes 253 at most */

#define REC_HEAD 4u
#define REC_MORE 0x80u

enum frame_type {
	FRAME_WARM = 1, /* zygote: name and version of the family */
	FRAME_FORK, /* tool: struct fork_order; socket and slate */
	FRAME_FORKED, /* zygote: u32 pid, u64 0 */
	FRAME_KILL, /* tool */
	FRAME_BACKSTOP, /* tool: u64 CPU seconds, the worker's whole life */
	FRAME_EXIT, /* zygote: u32 status of wait(2), u64 CPU time in ns */
	FRAME_HELLO, /* worker: struct hello */
	FRAME_JOB, /* tool: u64 ceiling of the reply, then the request */
	FRAME_REPLY, /* worker: records */
	FRAME_LEND, /* tool: descriptors of the job whose JOB comes next */
};

enum rec_kind {
	REC_ROW = 1,
	REC_BYTES,
	REC_ERROR,
	REC_PROGRESS, /* u64 */
	REC_END, /* struct ending, packed */
};

struct frame {
	enum frame_type type;
	uint32_t seq;
	struct spill_span body;
};

void frame_head(char *p, enum frame_type type, size_t body, uint32_t seq);
/* SPILL_EDAMAGED unless it is exactly one frame. */
int frame_parse(const void *p, size_t n, struct frame *f);
/* One message. SPILL_EIO and errno; EAGAIN only with MSG_DONTWAIT. */
int frame_send(int fd, enum frame_type type, uint32_t seq,
    struct spill_span body, const int *fds, size_t nfds, int flags);
/*
 * The next message into buf, of FRAME_MAX + 1 bytes. SPILL_END: the other
 * side is gone. SPILL_EIO and errno: ECONNRESET if it went without reading
 * all that was sent to it. SPILL_EDAMAGED: too long, or it brought
 * descriptors where *nfds is 0 or NULL; they are closed.
 */
int frame_recv(
    int fd, char *buf, int flags, struct frame *f, int *fds, size_t *nfds);

/* Little-endian numbers of messages. */
void put_u32(char *p, uint32_t v);
void put_u64(char *p, uint64_t v);

struct fork_order {
	uint64_t memory;
	uint32_t flags;
};
#define FORK_NO_SANDBOX 1u
#define FORK_HARD	2u
#define FORK_ORDER_LEN	12u

/* The end of a job, as the worker tells it. */
struct ending {
	enum spill_ended how; /* at most SPILL_ENDED_MEMORY */
	int rc;
	uint64_t value, denied_paths, denied_other;
	struct spill_span name, detail;
};
size_t ending_pack(const struct ending *e, char *p, size_t max);
int ending_parse(struct spill_span s, struct ending *e);

/* The first frame of a worker: the jail, or what kept it from being made. */
struct hello {
	struct spill_jail jail;
	uint32_t failed; /* errno, 0: all is well */
	struct spill_span step;
};
size_t hello_pack(const struct hello *h, char *p, size_t max);
int hello_parse(struct spill_span s, struct hello *h);

/*
 * A page that a worker and the tool share. The worker writes to it what must
 * not be lost with it; the tool believes none of it.
 */
struct slate {
	_Atomic uint64_t at; /* the entry it is on */
	_Atomic uint32_t placed; /* at is set */
	_Atomic uint32_t words; /* its last ones */
};
enum last_words { LAST_NONE, LAST_MEMORY = 'M' };

/*
 * The decoder of replies: no memory of its own but the pieces of a row.
 * take() calls back for each record, and says SPILL_EDAMAGED, with why, on
 * the first thing that is not as it must be.
 */
struct replies {
	bool greeted, open;
	uint32_t seq; /* of the job that is open */
	uint64_t bytes, max; /* of its reply */
	struct spill_buf part; /* a row so far */
	const char *why;
};
struct replies_ops {
	int (*hello)(void *arg, const struct hello *h);
	int (*record)(void *arg, enum rec_kind kind, struct spill_span s);
	int (*end)(void *arg, const struct ending *e);
};
void replies_begin(struct replies *r, uint32_t seq, uint64_t max);
int replies_take(struct replies *r, const struct frame *f,
    const struct replies_ops *ops, void *arg);

/* How the tool starts a zygote. */
#define ZYGOTE_WORD   "--zygote"
#define ZYGOTE_SOCKET 3
#define ZYGOTE_GIVEN  4 /* and on: what it is given; argv[2] is how many */

/* --- worker's side ------------------------------------------------------ */

/* What a zygote prepares for its workers. */
struct jail_plan {
	int ruleset; /* Landlock; -1: none */
	uint32_t abi;
	uint64_t fs, net, scoped;
	bool reads; /* read_dirs are open */
	unsigned nofile;
};
void jail_prepare(
    struct jail_plan *p, const char *const *read_dirs, unsigned nofile);
/* Lock the calling process up. The step that failed and its errno in h. */
void jail_enter(const struct jail_plan *p, const struct fork_order *o,
    pid_t zygote, struct hello *h);
int jail_filter(bool hard, bool reads); /* errno */
void jail_handlers(struct slate *s);

extern volatile uint64_t jail_denied_paths, jail_denied_other;

/* A worker's life; sock and slate are its own. */
_Noreturn void worker_run(int sock, struct slate *s, const struct hello *h,
    int (*job)(struct spill_job *, struct spill_span));

/* For tests that misbehave below the level of worker.h. */
int job_sock(const struct spill_job *j);
uint32_t job_seq(const struct spill_job *j);

/* True in a build with a sanitizer, which needs more room and more calls. */
#if defined(__SANITIZE_ADDRESS__)
#define UNDER_SANITIZER true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNDER_SANITIZER true
#endif
#endif
#ifndef UNDER_SANITIZER
#define UNDER_SANITIZER false
#endif

#endif
