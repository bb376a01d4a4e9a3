/*
 * docworker.c: the job of a worker that reads documents of one format.
 */
#include <spill/cur.h>
#include <spill/textstage.h>

#include "docworker_i.h"

struct place {
	struct spill_job *job;
	uint64_t at;
};

static int
read_at(struct spill_src *s, uint64_t offset, void *buf, size_t n, size_t *got)
{
	const struct place *p = s->ctx;

	*got = 0;
	if (offset >= s->size)
		return SPILL_OK;
	n = (size_t)SPILL_MIN(n, s->size - offset);
	return spill_src_pread(
	    spill_job_fd(p->job, 0), p->at + offset, buf, n, got);
}

static int
say(void *ctx, const struct spill_row *r)
{
	return spill_job_send(((struct place *)ctx)->job, r);
}

static int
on_flaw(void *ctx, const char *code, uint64_t offset, uint64_t length,
    const char *detail)
{
	struct place *p = ctx;

	return spill_job_error(p->job, code, offset, length, detail);
}

int
docworker_job(struct spill_job *j, struct spill_span request,
    const struct spill_doctext *format)
{
	struct place p = { .job = j };
	struct spill_cur c = spill_cur(request.p, request.len);
	struct spill_src src = { .read = read_at, .ctx = &p };
	struct spill_doctaken t = { .src = &src,
		.format = format,
		.say = say,
		.flaw = on_flaw,
		.ctx = &p };
	int rc;

	p.at = spill_cur_u64le(&c);
	src.size = spill_cur_u64le(&c);
	t.conf.bytes = spill_cur_u64le(&c);
	t.conf.memory = spill_cur_u64le(&c);
	t.want = spill_cur_u8(&c);
	t.name = spill_cur_bytes(&c, spill_cur_left(&c));
	if (!spill_cur_ok(&c) || spill_job_nfds(j) != 1)
		return spill_job_fail(j, SPILL_EDAMAGED, "bad request");
	rc = spill_doctaker->take(&t);
	return rc == SPILL_ELIMIT ? SPILL_OK : rc;
}

int
docworker_warm(void)
{
	return spill_doctaker->warm != NULL ? spill_doctaker->warm() : SPILL_OK;
}
