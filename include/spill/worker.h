/*
 * worker.h: what a worker program is made of: a family, and what its job may
 * say to the tool. The tool's side is pool.h.
 *
 * A worker program is a main that calls spill_worker_main(). The tool starts
 * it once, as a zygote: warm() loads the library and its tables, opens every
 * file that will ever be needed, and never sees evidence. For each worker the
 * zygote forks a child, which is locked up before it gets its first job: no
 * file can be opened, no process started, no memory be made executable.
 *
 *	static int
 *	count(struct spill_job *j, struct spill_span request)
 *	{
 *		struct spill_span map;
 *		int rc = spill_job_map(j, 0, &map);
 *
 *		for (size_t i = 0; rc == SPILL_OK && i < entries(map); i++) {
 *			spill_job_progress(j, i);
 *			rc = spill_job_send(j, row_of(map, i));
 *		}
 *		return rc;
 *	}
 *
 *	static const struct spill_family family = {
 *		.name = "count", .warm = load_tables, .job = count,
 *	};
 *
 *	int
 *	main(int argc, char *argv[])
 *	{
 *		return spill_worker_main(argc, argv, &family);
 *	}
 *
 * What job() returns is the end of the job: SPILL_OK is whole, or partial
 * after spill_job_partial() or when the jail kept a file from the library;
 * SPILL_ENOMEM is out of memory; SPILL_ELIMIT is a limit, that of
 * spill_job_limit() or of the reply; any other failure has failed with that
 * code. Once a spill_job_... call returned an error, return it.
 */
#ifndef SPILL_WORKER_H
#define SPILL_WORKER_H

#include <spill/base.h>
#include <spill/row.h>

#define SPILL_JOB_FDS 4096 /* of a job */
#define SPILL_ROW_MAX ((size_t)16 << 20) /* bytes of a packed row */

struct spill_job;

struct spill_family {
	const char *name; /* of libexec/spillkit/worker-NAME */
	int (*warm)(void); /* may be NULL; SPILL_OK, else no start */
	int (*job)(struct spill_job *j, struct spill_span request);
	/*
	 * Trusted folders, NULL-terminated, that the library must read while
	 * it works. Only with Landlock: without it they stay shut.
	 */
	const char *const *read_dirs;
	unsigned nofile; /* descriptors of a worker; 0: 16 */
};

/* In warm(): the n-th descriptor that the tool gave to the family, from 0;
 * -1: there is none. */
int spill_worker_given(size_t n);

int spill_worker_main(int argc, char *argv[], const struct spill_family *f);

/*
 * A record: a row, or one that is packed already. Small ones share a frame;
 * they are on their way at the latest when the job ends. SPILL_ELIMIT: the
 * reply outgrew the job's limit, or the row SPILL_ROW_MAX.
 */
int spill_job_send(struct spill_job *j, const struct spill_row *r);
int spill_job_packed(struct spill_job *j, struct spill_span rec);
/* Bytes of the reply. The tool gets them in order; borders are not kept. */
int spill_job_bytes(struct spill_job *j, const void *p, size_t n);
/*
 * The work on entry POS begins; what was sent before is of earlier ones. The
 * tool learns POS even if the next thing that happens is a crash, and can
 * start another worker behind that entry.
 */
int spill_job_progress(struct spill_job *j, uint64_t pos);
/*
 * Something could not be read: a row of the error schema, of which the tool
 * fills in what only it knows (evidence, item). CODE is one of the schema's.
 */
int spill_job_error(struct spill_job *j, const char *code, uint64_t offset,
    uint64_t length, const char *detail);
int spill_job_error_row(struct spill_job *j, const struct spill_row *r);
/* Send what is buffered now: a person may be waiting for it. */
int spill_job_flush(struct spill_job *j);

/* Words for the end; the first of each kind counts. */
void spill_job_partial(struct spill_job *j, const char *why);
int spill_job_limit(struct spill_job *j, const char *name, uint64_t value);
int spill_job_fail(struct spill_job *j, int rc, const char *why);

/* The job's descriptors, closed after it. */
size_t spill_job_nfds(const struct spill_job *j);
int spill_job_fd(const struct spill_job *j, size_t i); /* -1: none */
/* A memory file of the tool as memory, until the job ends. */
int spill_job_map(struct spill_job *j, size_t i, struct spill_span *map);
int spill_job_map_rw(struct spill_job *j, size_t i, char **p, size_t *len);
/* Bytes that the reply may still have. */
uint64_t spill_job_room(const struct spill_job *j);

/*
 * Out of memory: say so and die. For libraries that want a function to call
 * then; C++'s new has it already.
 */
_Noreturn void spill_worker_oom(void);

#endif
