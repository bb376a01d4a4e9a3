/*
 * pass_look.c: a lane's batch to worker-content, and what it says.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <errno.h>
#include <unistd.h>

#include "pass_i.h"

#define CPU_BASE   60000 /* ms, of a batch */
#define CPU_MEMBER 600000 /* of one that has members, of the batch */
#define CPU_PER_MB 50
#define WALL	   3600000 /* one that waits for a pipe */
#define REPLY	   ((uint64_t)16 << 30)

/* --- replies of worker-content ------------------------------------------ */

int
lane_fail(struct pass *p, int rc)
{
	if (rc != SPILL_OK && p->rc == SPILL_OK)
		p->rc = rc;
	return rc;
}

/* Which item of a group a chain belongs to; NULL: none. */
static struct pass_item *
of_group(struct pass_lane *l, struct spill_span chain)
{
	struct pass_item *c = l->cur;
	size_t lo = 0, hi = l->ngroup;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int order = spill_span_cmp(l->group[mid]->chain, chain);

		if (order == 0)
			return l->group[mid];
		if (order < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return c != NULL && pass_is_below(chain, c->chain) ? c : NULL;
}

struct pass_item *
lane_unit_at(struct pass_lane *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->batch; i++) {
		if (l->todo[i]->status != NULL &&
		    strcmp(l->todo[i]->status, "unreadable") == 0)
			continue;
		if (n++ == l->at)
			return l->todo[i];
	}
	return NULL;
}

/* The same for each record, of which there are thousands before it moves. */
static struct pass_item *
unit_now(struct pass_lane *l)
{
	if (l->unit == NULL)
		l->unit = lane_unit_at(l);
	return l->unit;
}

/* Lines are of the row that came last. */
static int
on_line(struct pass_lane *l, struct pass_item *x, struct spill_span rec)
{
	struct pass *p = l->p;

	if (x->in_group)
		x = l->cur;
	if (x == NULL || !x->begun || p->conf->want == 0 ||
	    x->result.bytes > PASS_OUTPUT)
		return SPILL_EDAMAGED;
	if (spill_row_has(&p->row, SPILL_LOOK_FAMILY))
		return hand_take(l, x, &p->row);
	if (pass_check_said(&p->row, p->conf->want) != SPILL_OK)
		return SPILL_EDAMAGED;
	return lane_fail(p, pass_put(p, x, PASS_LINE, rec));
}

static int
on_row(void *arg, struct spill_span rec)
{
	struct pass_lane *l = arg;
	struct pass *p = l->p;
	struct pass_item *x = unit_now(l);
	int rc;

	if (x == NULL || spill_unpack(rec, &p->row) != SPILL_OK)
		return SPILL_EDAMAGED;
	if (pass_is_line(&p->row))
		return on_line(l, x, rec);
	if (pass_check(&p->row) != SPILL_OK)
		return SPILL_EDAMAGED;
	if (x->in_group)
		l->cur = x = of_group(l, spill_row_get(&p->row, IT_ITEM));
	if (x == NULL || pass_belongs(p, x, &p->row) != SPILL_OK ||
	    x->result.bytes > PASS_OUTPUT)
		return SPILL_EDAMAGED;
	rc = pass_put(p, x, PASS_ROW, rec);
	return lane_fail(p, rc);
}

/* Errors of a member come before its row. */
static int
on_error(void *arg, struct spill_span rec)
{
	static struct spill_row r;
	struct pass_lane *l = arg;
	struct pass_item *x = unit_now(l);
	int item = spill_schema_find(&spill_schema_error, SPILL_SPAN("item"));
	uint64_t most = l->p->conf->limits.members;

	if (x == NULL || pass_check_error(&r, rec) != SPILL_OK)
		return SPILL_EDAMAGED;
	if (x->in_group) {
		struct pass_item *of =
		    of_group(l, spill_row_get(&r, (unsigned)item));

		x = of != NULL ? of : l->group[0];
	}
	if (x->result.bytes > PASS_OUTPUT ||
	    (most > 0 && x->errors++ / 4 > most + 1024))
		return SPILL_EDAMAGED;
	return lane_fail(l->p, pass_put(l->p, x, PASS_ERROR, rec));
}

static int
on_place(void *arg, uint64_t pos)
{
	struct pass_lane *l = arg;
	size_t at = (size_t)(pos >> SPILL_LOOK_SHIFT);

	if (at < l->at || at >= l->batch)
		return SPILL_EDAMAGED;
	l->at = at;
	l->unit = NULL;
	l->sub = pos & ((1ULL << SPILL_LOOK_SHIFT) - 1);
	return SPILL_OK;
}

void
lane_close_fds(struct pass_lane *l)
{
	for (size_t i = 0; i < l->nfd; i++)
		close(l->fd[i]);
	l->nfd = 0;
}

void
lane_close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void
on_look_end(void *arg, const struct spill_outcome *o)
{
	struct pass_lane *l = arg;

	l->outcome = *o;
	l->look_ended = true;
	lane_close_end(&l->pipe[0]);
}

/* --- requests to worker-content ----------------------------------------- */

static struct spill_look
ask_of(const struct pass_lane *l, enum spill_look_form form)
{
	const struct spill_pass_conf *c = l->p->conf;
	struct spill_look a = { .form = form,
		.digest = c->digest,
		.limits = c->limits,
		.want = c->want,
		.untyped = c->untyped,
		.spool = l->spool >= 0 };

	if (l->suspect != NULL) {
		memcpy(a.skip, l->skip, sizeof(a.skip));
		a.skips = l->skips;
	}
	return a;
}

static int
by_chain(const void *a, const void *b)
{
	const struct pass_item *x = *(struct pass_item *const *)a;
	const struct pass_item *y = *(struct pass_item *const *)b;

	int c = spill_span_cmp(x->chain, y->chain);

	return c != 0 ? c : SPILL_CMP(x->number, y->number);
}

/* One may come twice: it is looked at once. Those that come first, their
 * number. */
static size_t
one_of_each(struct pass_item **v, size_t k)
{
	size_t n = 0;

	for (size_t i = 0; i < k; i++) {
		if (n > 0 && spill_span_eq(v[n - 1]->chain, v[i]->chain)) {
			v[i]->twin = v[n - 1];
			v[n - 1]->twinned = true;
			v[n - 1]->closed &= v[i]->closed;
		} else {
			v[n++] = v[i];
		}
	}
	return n;
}

/* The members of a group, in order of bytes. */
static int
picks_of(struct pass_lane *l, struct spill_look_pick **out, size_t *n)
{
	size_t k = 0;

	for (const struct pass_item *x = l->todo[0]; x != NULL; x = x->same)
		k++;
	free(l->group);
	l->ngroup = 0;
	l->group = calloc(k, sizeof(struct pass_item *));
	*out = calloc(k, sizeof(**out));
	if (*out == NULL || l->group == NULL)
		return SPILL_ENOMEM;
	for (struct pass_item *x = l->todo[0]; x != NULL; x = x->same)
		l->group[l->ngroup++] = x;
	qsort(l->group, k, sizeof(struct pass_item *), by_chain);
	l->ngroup = one_of_each(l->group, k);
	for (size_t i = 0; i < l->ngroup; i++)
		(*out)[i] = (struct spill_look_pick){ l->group[i]->chain,
			l->group[i]->closed || l->p->conf->no_members };
	*n = l->ngroup;
	return SPILL_OK;
}

/* Rows, errors and places: of each member a few. */
static uint64_t
most_records(const struct pass_lane *l, size_t items)
{
	uint64_t most = l->p->conf->limits.members;

	/* Lines are bounded by their bytes. */
	return most > 0 && most < UINT64_MAX / 32 && l->p->conf->want == 0
		   ? 16 * (most + 4096) + items
		   : 0;
}

static int
send(struct pass_lane *l, struct spill_look *a, int *fds, size_t nfds,
    uint64_t bytes)
{
	static const struct spill_task_ops ops = { .row = on_row,
		.error = on_error,
		.progress = on_place,
		.end = on_look_end };
	struct spill_buf b = SPILL_BUF_INIT(SIZE_MAX / 2);
	struct spill_task t = { .fds = fds,
		.nfds = nfds,
		.stream = true,
		.ops = &ops,
		.arg = l,
		.limits = { .cpu_ms = CPU_BASE + (bytes >> 20) * CPU_PER_MB +
				      (l->p->conf->no_members ? 0 : CPU_MEMBER),
		    .wall_ms = WALL,
		    .records = most_records(l, a->items),
		    .reply = REPLY } };
	int list = -1, rc;

	if (l->spool >= 0)
		fds[t.nfds++] = l->spool;
	if (l->tries > 1)
		t.limits.cpu_ms *= 2;
	spill_look_put(&b, a);
	rc = b.rc;
	t.request = spill_buf_as_span(&b);
	if (rc == SPILL_OK && b.len > SPILL_REQUEST_MAX) {
		rc = spill_memfile_of(t.request, &list);
		fds[t.nfds++] = list;
		t.request.len = 0;
	}
	memcpy(l->ask_fd, fds, t.nfds * sizeof(*fds));
	l->nask = t.nfds - (list >= 0); /* which is closed at once */
	l->at = 0;
	l->unit = NULL;
	l->sub = 0;
	l->cur = NULL;
	l->look_ended = false;
	l->state = LANE_LOOKS;
	if (rc == SPILL_OK)
		rc = spill_pool_submit(l->p->look, &t);
	lane_close_end(&list);
	spill_buf_release(&b);
	return rc;
}

static struct spill_look_item
look_item(const struct pass_lane *l, const struct pass_item *x)
{
	return (struct spill_look_item){ .size = x->size,
		.name = x->name,
		.closed = x->closed || l->p->conf->no_members };
}

/* The items of a request; if there are none, that was all of the batch. */
static int
look(struct pass_lane *l, struct spill_look *a, int *fds, size_t nfds,
    uint64_t bytes)
{
	struct spill_look_pick *pick = NULL;
	int rc = SPILL_OK;

	if (a->items == 0) {
		l->outcome = (struct spill_outcome){ .how = SPILL_ENDED_OK };
		l->look_ended = true;
		l->state = LANE_LOOKS;
		return SPILL_OK;
	}
	if (l->todo[0]->in_group)
		rc = picks_of(l, &pick, &a->picks);
	a->pick = pick;
	if (rc == SPILL_OK)
		rc = send(l, a, fds, nfds, bytes);
	free(pick);
	return rc;
}

/* Those of the batch that have bytes. */
int
lane_look_slab(struct pass_lane *l)
{
	struct spill_look a = ask_of(l, SPILL_LOOK_SLAB);
	struct spill_look_item item[PASS_BATCH];
	int fds[3] = { l->slab };
	uint64_t bytes = 0;

	for (size_t i = 0; i < l->batch; i++) {
		struct pass_item *x = l->todo[i];
		const struct spill_filled *f = &l->filled[i];

		if (f->unreadable)
			continue;
		item[a.items] = look_item(l, x);
		item[a.items].at = f->at;
		item[a.items++].size = f->there;
		bytes += f->there;
	}
	a.item = item;
	return look(l, &a, fds, 1, bytes);
}

int
lane_look_one(struct pass_lane *l, enum spill_look_form form, int fd)
{
	struct spill_look a = ask_of(l, form);
	struct spill_look_item item = look_item(l, l->todo[0]);
	int fds[3] = { fd };

	a.item = &item;
	a.items = l->batch = 1;
	return look(l, &a, fds, 1, item.size);
}

/* --- ordinary files ----------------------------------------------------- */

static int
open_file(struct pass_item *x)
{
	int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	int fd = open(x->path, flags | O_NOATIME);
	struct stat st = { 0 };

	if (fd < 0 && errno == EPERM)
		fd = open(x->path, flags);
	if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))) {
		close(fd);
		errno = EINVAL;
		fd = -1;
	}
	x->size = (uint64_t)st.st_size;
	return fd;
}

static int
refuse(struct pass_lane *l, struct pass_item *x)
{
	const char *why =
	    errno == EINVAL ? "it is no regular file" : strerror(errno);
	int rc = SPILL_OK;

	for (; x != NULL && rc == SPILL_OK; x = x->in_group ? x->same : NULL) {
		x->status = "unreadable";
		x->told = true;
		rc = pass_told(l->p, x, "unreadable", why);
	}
	return rc;
}

int
lane_look_files(struct pass_lane *l)
{
	struct spill_look a = ask_of(l, SPILL_LOOK_FILES);
	struct spill_look_item item[PASS_FILES];
	size_t n = l->suspect != NULL ? 1 : SPILL_MIN(l->ntodo, PASS_FILES);
	uint64_t bytes = 0;
	int rc = SPILL_OK;

	l->piped = false;
	l->nfd = 0;
	for (l->batch = 0; l->batch < n && rc == SPILL_OK; l->batch++) {
		struct pass_item *x = l->todo[l->batch];
		int fd = open_file(x);

		if (fd < 0) {
			rc = refuse(l, x);
			continue;
		}
		item[a.items++] = look_item(l, x);
		bytes += x->size;
		l->fd[l->nfd++] = fd;
	}
	a.item = item;
	return rc == SPILL_OK ? look(l, &a, l->fd, l->nfd, bytes) : rc;
}
