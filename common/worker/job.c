/*
 * job.c: a worker's loop, and what its job may say.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <spill/cur.h>
#include <spill/worker.h>

#include "worker_i.h"

#define END_MAX 512 /* bytes of a packed end */

struct mapping {
	void *p;
	size_t len;
};

struct spill_job {
	int sock;
	struct slate *slate;
	uint32_t seq;
	uint64_t left; /* bytes that the reply may still have */
	int fds[SPILL_JOB_FDS];
	size_t nfds;
	struct mapping maps[SPILL_JOB_FDS];
	struct ending end;
	char name[32], detail[160];
	struct spill_buf pack; /* a row on its way to packed */
	size_t used; /* bytes of body that wait */
	char body[FRAME_BODY];
};

/* The tool being gone is no error of the job's: there is nobody to tell. */
int
spill_job_flush(struct spill_job *j)
{
	struct spill_span body = { j->body, j->used };

	if (j->used == 0)
		return SPILL_OK;
	if (frame_send(j->sock, FRAME_REPLY, j->seq, body, NULL, 0, 0) !=
	    SPILL_OK)
		_exit(0);
	j->used = 0;
	return SPILL_OK;
}

/* One record that fits in a frame; its end has room beyond the limit. */
static int
put(struct spill_job *j, unsigned kind, const void *p, size_t n)
{
	char *to;

	if (kind != REC_END) {
		if (n + REC_HEAD > j->left) {
			j->left = 0; /* nothing may come behind a gap */
			return SPILL_ELIMIT;
		}
		j->left -= n + REC_HEAD;
	}
	if (n + REC_HEAD > FRAME_BODY - j->used)
		spill_job_flush(j);
	to = j->body + j->used;
	put_u32(to, (uint32_t)n | (uint32_t)kind << 24);
	if (n > 0)
		memcpy(to + REC_HEAD, p, n);
	j->used += n + REC_HEAD;
	return SPILL_OK;
}

int
spill_job_packed(struct spill_job *j, struct spill_span rec)
{
	const size_t most = FRAME_BODY - REC_HEAD;
	size_t pieces = rec.len / most + 1;
	int rc = SPILL_OK;

	if (rec.len > SPILL_ROW_MAX)
		return spill_job_limit(j, "row", SPILL_ROW_MAX);
	if (rec.len + pieces * REC_HEAD > j->left) {
		j->left = 0;
		return SPILL_ELIMIT;
	}
	while (rc == SPILL_OK && rec.len > most) {
		rc = put(j, REC_ROW | REC_MORE, rec.p, most);
		rec.p += most;
		rec.len -= most;
	}
	return rc == SPILL_OK ? put(j, REC_ROW, rec.p, rec.len) : rc;
}

/* Packed, in j->pack. */
static int
pack(struct spill_job *j, const struct spill_row *r)
{
	char *to;

	spill_buf_reset(&j->pack);
	to = spill_buf_room(&j->pack, spill_pack_bound(r));
	if (to == NULL)
		return j->pack.rc;
	j->pack.len = spill_pack(r, to);
	return SPILL_OK;
}

int
spill_job_send(struct spill_job *j, const struct spill_row *r)
{
	int rc = pack(j, r);

	return rc == SPILL_OK ? spill_job_packed(j, spill_buf_as_span(&j->pack))
			      : rc;
}

int
spill_job_bytes(struct spill_job *j, const void *p, size_t n)
{
	const char *from = p;
	int rc = SPILL_OK;

	while (rc == SPILL_OK && n > 0) {
		size_t part = SPILL_MIN(n, (size_t)(FRAME_BODY - REC_HEAD));

		rc = put(j, REC_BYTES, from, part);
		from += part;
		n -= part;
	}
	return rc;
}

int
spill_job_progress(struct spill_job *j, uint64_t pos)
{
	char p[8];

	atomic_store_explicit(&j->slate->at, pos, memory_order_relaxed);
	atomic_store_explicit(&j->slate->placed, 1, memory_order_release);
	put_u64(p, pos);
	return put(j, REC_PROGRESS, p, sizeof(p));
}

int
spill_job_error_row(struct spill_job *j, const struct spill_row *r)
{
	int rc = pack(j, r);

	if (rc != SPILL_OK || j->pack.len > FRAME_BODY - REC_HEAD)
		return rc != SPILL_OK ? rc : SPILL_ELIMIT;
	return put(j, REC_ERROR, j->pack.p, j->pack.len);
}

/* A cell of the error schema, by its name. */
static void
error_cell(struct spill_row *r, const char *column, struct spill_span v)
{
	int i = spill_schema_find(&spill_schema_error, spill_span(column));

	if (i >= 0)
		spill_row_set(r, (unsigned)i, v);
}

int
spill_job_error(struct spill_job *j, const char *code, uint64_t offset,
    uint64_t length, const char *detail)
{
	static struct spill_row r;
	char from[24], len[24];

	spill_row_clear(&r);
	snprintf(from, sizeof(from), "%llu", (unsigned long long)offset);
	snprintf(len, sizeof(len), "%llu", (unsigned long long)length);
	error_cell(&r, "code", spill_span(code));
	if (length > 0 || offset > 0)
		error_cell(&r, "img_offset", spill_span(from));
	if (length > 0)
		error_cell(&r, "length", spill_span(len));
	error_cell(&r, "detail", spill_span(detail));
	return spill_job_error_row(j, &r);
}

static struct spill_span
keep(char *to, size_t size, const char *s)
{
	snprintf(to, size, "%s", s);
	return spill_span(to);
}

void
spill_job_partial(struct spill_job *j, const char *why)
{
	if (j->end.how == SPILL_ENDED_OK) {
		j->end.how = SPILL_ENDED_PARTIAL;
		j->end.detail = keep(j->detail, sizeof(j->detail), why);
	}
}

int
spill_job_limit(struct spill_job *j, const char *name, uint64_t value)
{
	if (j->end.how <= SPILL_ENDED_PARTIAL) {
		j->end.how = SPILL_ENDED_LIMIT;
		j->end.name = keep(j->name, sizeof(j->name), name);
		j->end.value = value;
	}
	return SPILL_ELIMIT;
}

int
spill_job_fail(struct spill_job *j, int rc, const char *why)
{
	if (j->end.how <= SPILL_ENDED_PARTIAL) {
		j->end.how = SPILL_ENDED_FAILED;
		j->end.rc = rc;
		j->end.detail = keep(j->detail, sizeof(j->detail), why);
	}
	return rc;
}

int
job_sock(const struct spill_job *j)
{
	return j->sock;
}

uint32_t
job_seq(const struct spill_job *j)
{
	return j->seq;
}

size_t
spill_job_nfds(const struct spill_job *j)
{
	return j->nfds;
}

int
spill_job_fd(const struct spill_job *j, size_t i)
{
	return i < j->nfds ? j->fds[i] : -1;
}

uint64_t
spill_job_room(const struct spill_job *j)
{
	return j->left;
}

static int
map(struct spill_job *j, size_t i, int prot, struct mapping *m)
{
	struct stat st;
	void *p;

	*m = (struct mapping){ 0 };
	if (i >= j->nfds || fstat(j->fds[i], &st) != 0 || st.st_size < 0)
		return SPILL_EIO;
	if (j->maps[i].p == NULL && st.st_size > 0) {
		p = mmap(
		    NULL, (size_t)st.st_size, prot, MAP_SHARED, j->fds[i], 0);
		if (p == MAP_FAILED)
			return errno == ENOMEM ? SPILL_ENOMEM : SPILL_EIO;
		j->maps[i] = (struct mapping){ p, (size_t)st.st_size };
	}
	*m = j->maps[i];
	return SPILL_OK;
}

int
spill_job_map(struct spill_job *j, size_t i, struct spill_span *s)
{
	struct mapping m;
	int rc = map(j, i, PROT_READ, &m);

	if (rc == SPILL_OK)
		*s = (struct spill_span){ m.p != NULL ? m.p : "", m.len };
	return rc;
}

int
spill_job_map_rw(struct spill_job *j, size_t i, char **p, size_t *len)
{
	struct mapping m;
	int rc = map(j, i, PROT_READ | PROT_WRITE, &m);

	if (rc == SPILL_OK) {
		*p = m.p;
		*len = m.len;
	}
	return rc;
}

/* What the return value means where the job did not say it itself. */
static void
judge(struct spill_job *j, int rc, uint64_t max)
{
	if (rc == SPILL_ENOMEM)
		j->end.how = SPILL_ENDED_MEMORY;
	else if (rc == SPILL_ELIMIT && j->end.how <= SPILL_ENDED_PARTIAL)
		spill_job_limit(j, "reply", max);
	else if (rc < 0 && j->end.how <= SPILL_ENDED_PARTIAL)
		spill_job_fail(j, rc, "");
	if (jail_denied_paths > 0)
		spill_job_partial(j, "a file was out of reach");
	if (j->end.how != SPILL_ENDED_FAILED)
		j->end.rc = 0;
	j->end.denied_paths = jail_denied_paths;
	j->end.denied_other = jail_denied_other;
}

static void
clean_up(struct spill_job *j)
{
	for (size_t i = 0; i < j->nfds; i++) {
		if (j->maps[i].p != NULL)
			munmap(j->maps[i].p, j->maps[i].len);
		j->maps[i] = (struct mapping){ 0 };
		close(j->fds[i]);
	}
	j->nfds = 0;
}

static void
run(struct spill_job *j, const struct frame *f,
    int (*job)(struct spill_job *, struct spill_span))
{
	struct spill_cur c = spill_cur(f->body.p, f->body.len);
	uint64_t max = spill_cur_u64le(&c);
	struct spill_span request = spill_cur_bytes(&c, spill_cur_left(&c));
	char end[END_MAX];
	int rc;

	j->seq = f->seq;
	j->left = max;
	j->end =
	    (struct ending){ .name = spill_span(""), .detail = spill_span("") };
	jail_denied_paths = jail_denied_other = 0;
	errno = 0;
	rc = job(j, request);
	judge(j, rc, max);
	clean_up(j);
	put(j, REC_END, end, ending_pack(&j->end, end, sizeof(end)));
	spill_job_flush(j);
}

/* The next job, and all descriptors that are lent for it. */
static bool
next_job(struct spill_job *j, char *in, struct frame *f)
{
	j->nfds = 0;
	do {
		size_t n = SPILL_MIN(SPILL_JOB_FDS - j->nfds, FRAME_FDS);

		if (frame_recv(j->sock, in, 0, f, j->fds + j->nfds, &n) !=
		    SPILL_OK)
			return false;
		j->nfds += n;
	} while (f->type == FRAME_LEND);
	return f->type == FRAME_JOB;
}

_Noreturn void
worker_run(int sock, struct slate *s, const struct hello *h,
    int (*job)(struct spill_job *, struct spill_span))
{
	static struct spill_job j;
	static char in[FRAME_MAX + 1];
	char greeting[256];
	struct spill_span g = { greeting,
		hello_pack(h, greeting, sizeof(greeting)) };
	struct frame f;

	j.sock = sock;
	j.slate = s;
	j.pack = SPILL_BUF_INIT(SIZE_MAX / 2);
	if (frame_send(sock, FRAME_HELLO, 0, g, NULL, 0, 0) != SPILL_OK ||
	    h->failed != 0)
		_exit(1);
	while (next_job(&j, in, &f))
		run(&j, &f, job);
	_exit(0);
}
