/*
 * docworker.c: the job of a worker that reads documents of one format.
 */
#include <spill/cur.h>
#include <spill/textstage.h>

#include "docworker_i.h"

struct place {
	struct spill_job *job;
	uint64_t at;
	struct spill_textrow line;
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
on_line(void *ctx, const struct spill_line *l)
{
	struct place *p = ctx;
	int rc = spill_textrow_set(&p->line, l);

	return rc == SPILL_OK ? spill_job_send(p->job, &p->line.row) : rc;
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
	static struct place p;
	struct spill_cur c = spill_cur(request.p, request.len);
	const struct spill_doctext_sink sink = {
		.line = on_line, .flaw = on_flaw, .ctx = &p
	};
	struct spill_doctext_conf conf;
	struct spill_src src = { .read = read_at, .ctx = &p };
	int rc;

	p.job = j;
	p.at = spill_cur_u64le(&c);
	src.size = spill_cur_u64le(&c);
	conf.bytes = spill_cur_u64le(&c);
	conf.memory = spill_cur_u64le(&c);
	if (!spill_cur_ok(&c) || spill_job_nfds(j) != 1)
		return spill_job_fail(j, SPILL_EDAMAGED, "bad request");
	spill_textrow_open(&p.line);
	rc = format->run(&src, &conf, &sink);
	spill_textrow_close(&p.line);
	return rc == SPILL_ELIMIT ? SPILL_OK : rc;
}
