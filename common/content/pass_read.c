/*
 * pass_read.c: a lane's batch to worker-fs: into the memory file, or one that
 * is too large for it into a pipe.
 */
#include <fcntl.h>
#include <unistd.h>

#include "pass_i.h"

/* --- replies of worker-fs ----------------------------------------------- */

static int
on_filled(void *arg, struct spill_span rec)
{
	struct pass_lane *l = arg;
	struct pass_item *x;
	struct spill_filled *f;

	if (l->nfilled >= l->batch ||
	    spill_itemset_filled(rec, l->piped ? UINT64_MAX : PASS_SLAB,
		&l->filled[l->nfilled]) != SPILL_OK)
		return SPILL_EDAMAGED;
	f = &l->filled[l->nfilled];
	x = l->todo[l->nfilled++];
	/* Nothing is lost in silence. */
	if ((f->unreadable || f->partial) && x->result.bytes == 0 &&
	    lane_fail(l->p, pass_told(l->p, x, "unreadable",
				"worker-fs: it did not say why")) != SPILL_OK)
		return SPILL_EIO;
	for (; x != NULL; x = x->in_group ? x->same : NULL) {
		if (f->unreadable) {
			x->status = "unreadable";
			x->told = true;
		} else if (f->partial && x->chain.len == 0) {
			x->status = "partial";
		}
	}
	return SPILL_OK;
}

static int
on_read_error(void *arg, struct spill_span rec)
{
	struct pass_lane *l = arg;
	struct pass_item *x;

	if (l->nfilled >= l->batch)
		return SPILL_EDAMAGED;
	x = l->todo[l->nfilled];
	if (spill_itemset_check_error(&x->place, rec) != SPILL_OK ||
	    x->result.bytes > PASS_OUTPUT)
		return SPILL_EDAMAGED;
	return lane_fail(l->p, pass_put(l->p, x, PASS_READ_ERROR, rec));
}

static void
on_read_end(void *arg, const struct spill_outcome *o)
{
	struct pass_lane *l = arg;

	l->read_ended = true;
	lane_close_end(&l->pipe[1]);
	if (!l->piped)
		l->outcome = *o;
	/* What the look says goes first: it may be why nobody reads. */
	else if (o->how != SPILL_ENDED_OK && l->nfilled == 0 &&
		 l->todo[0]->status == NULL)
		l->todo[0]->status = "partial";
}

static const struct spill_task_ops read_ops = {
	.row = on_filled, .error = on_read_error, .end = on_read_end
};

int
lane_fill(struct pass_lane *l)
{
	struct spill_buf b = SPILL_BUF_INIT(SPILL_REQUEST_MAX);
	size_t n = l->suspect != NULL ? 1 : l->ntodo;
	int rc;

	l->piped = false;
	l->read_ended = false;
	l->nfilled = 0;
	l->batch = 0;
	/* Half a frame: the other half is the image's. */
	while (l->batch < n && b.len < SPILL_REQUEST_MAX / 2) {
		spill_buf_span(&b, l->todo[l->batch++]->object);
		spill_buf_putc(&b, '\n');
	}
	l->state = LANE_READS;
	rc = b.rc != SPILL_OK
		 ? b.rc
		 : spill_itemset_fill(l->p->set, &l->todo[0]->place,
		       spill_buf_as_span(&b), l->slab, &read_ops, l);
	spill_buf_release(&b);
	return rc;
}

/* One that no memory file has room for. */
int
lane_pour(struct pass_lane *l)
{
	int rc;

	if (pipe2(l->pipe, O_CLOEXEC) != 0)
		return SPILL_EIO;
	(void)fcntl(l->pipe[1], F_SETPIPE_SZ, 1 << 20);
	l->piped = true;
	l->read_ended = false;
	l->nfilled = 0;
	rc = lane_look_one(l, SPILL_LOOK_PIPE, l->pipe[0]);
	return rc == SPILL_OK
		   ? spill_itemset_pipe(l->p->set, &l->todo[0]->place,
			 l->todo[0]->object, l->pipe[1], &read_ops, l)
		   : rc;
}
