/*
 * membercat.c: worker-fs pours the container into a pipe, worker-content takes
 * it out and gives back the bytes of one member.
 */
#include <fcntl.h>
#include <unistd.h>

#include <spill/scratch.h>

#include "membercat_i.h"

#define SPOOL ((uint64_t)1 << 40) /* sparse */
#define WALL  3600000
#define CPU   3600000

struct cat {
	const struct membercat *m;
	int pipe[2], spool;
	bool read_ended, look_ended, failed;
};

static void
close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int
on_bytes(void *arg, struct spill_span s)
{
	struct cat *c = arg;

	return c->m->bytes(c->m->ctx, s);
}

static int
on_error(void *arg, struct spill_span rec)
{
	struct cat *c = arg;

	return c->m->error(c->m->ctx, rec);
}

static int
on_read_error(void *arg, struct spill_span rec)
{
	struct cat *c = arg;

	return c->m->read_error(c->m->ctx, rec);
}

static int
on_row(void *arg, struct spill_span rec)
{
	struct spill_filled f;

	(void)arg;
	return spill_itemset_filled(rec, UINT64_MAX, &f);
}

static int
on_place(void *arg, uint64_t pos)
{
	(void)arg;
	(void)pos;
	return SPILL_OK;
}

static void
on_look_end(void *arg, const struct spill_outcome *o)
{
	struct cat *c = arg;

	c->look_ended = true;
	c->failed |= o->how != SPILL_ENDED_OK;
	close_end(&c->pipe[0]);
	c->m->end(c->m->ctx, o);
}

/* A worker that was not listened to any more has done nothing wrong. */
static void
on_read_end(void *arg, const struct spill_outcome *o)
{
	struct cat *c = arg;

	c->read_ended = true;
	close_end(&c->pipe[1]);
	if (!c->look_ended && o->how != SPILL_ENDED_OK)
		c->m->end(c->m->ctx, o);
}

static int
ask(struct cat *c, int fd)
{
	static const struct spill_task_ops ops = { .bytes = on_bytes,
		.error = on_error,
		.progress = on_place,
		.end = on_look_end };
	const struct membercat *m = c->m;
	const struct spill_look_item item = { .size = m->size };
	const struct spill_look_pick pick = { m->chain, true };
	const struct spill_look a = {
		.form = m->place != NULL ? SPILL_LOOK_PIPE : SPILL_LOOK_FILES,
		.spool = true,
		.extract = true,
		.item = &item,
		.items = 1,
		.pick = &pick,
		.picks = 1
	};
	struct spill_buf b = SPILL_BUF_INIT(SPILL_REQUEST_MAX);
	int fds[2] = { fd, c->spool };
	struct spill_task t = { .fds = fds,
		.nfds = 2,
		.stream = true,
		.ops = &ops,
		.arg = c,
		.limits = {
		    .cpu_ms = CPU, .wall_ms = WALL, .reply = UINT64_MAX / 2 } };
	int rc;

	spill_look_put(&b, &a);
	t.request = spill_buf_as_span(&b);
	rc = b.rc != SPILL_OK ? b.rc : spill_pool_submit(m->look, &t);
	spill_buf_release(&b);
	return rc;
}

static int
run(struct cat *c)
{
	static const struct spill_task_ops ops = {
		.row = on_row, .error = on_read_error, .end = on_read_end
	};
	const struct membercat *m = c->m;
	int rc;

	if (m->place == NULL) {
		c->read_ended = true;
		rc = ask(c, m->fd);
	} else {
		if (pipe2(c->pipe, O_CLOEXEC) != 0)
			return SPILL_EIO;
		rc = ask(c, c->pipe[0]);
		if (rc == SPILL_OK)
			rc = spill_itemset_pipe(
			    m->set, m->place, m->object, c->pipe[1], &ops, c);
	}
	while (rc == SPILL_OK && (!c->look_ended || !c->read_ended))
		rc = spill_itemset_wait(m->set, &m->look, 1);
	return rc;
}

int
membercat(const struct membercat *m)
{
	struct cat c = { .m = m, .pipe = { -1, -1 }, .spool = -1 };
	int rc = spill_scratch_open(m->scratch, &c.spool);

	if (rc == SPILL_OK && ftruncate(c.spool, (off_t)SPOOL) != 0)
		rc = SPILL_EIO;
	if (rc == SPILL_OK)
		rc = run(&c);
	close_end(&c.pipe[0]);
	close_end(&c.pipe[1]);
	close_end(&c.spool);
	return rc;
}
