/*
 * reply.c: the decoder of what workers say. Whoever wrote the evidence may
 * have written the reply: everything is checked before it is used.
 */
#include <string.h>

#include <spill/cur.h>
#include <spill/worker.h>

#include "worker_i.h"

/* Every flag of a struct spill_jail. */
enum { J_SANDBOX = 1, J_SECCOMP = 2, J_NNP = 4, J_UNDUMPABLE = 8 };

size_t
hello_pack(const struct hello *h, char *p, size_t max)
{
	const struct spill_jail *j = &h->jail;
	size_t len = SPILL_MIN(h->step.len, max - 48);

	put_u32(p, (j->sandbox ? J_SANDBOX : 0) | (j->seccomp ? J_SECCOMP : 0) |
		       (j->no_new_privs ? J_NNP : 0) |
		       (j->undumpable ? J_UNDUMPABLE : 0));
	put_u32(p + 4, j->landlock_abi);
	put_u64(p + 8, j->landlock_fs);
	put_u64(p + 16, j->landlock_net);
	put_u64(p + 24, j->landlock_scoped);
	put_u64(p + 32, j->memory);
	put_u32(p + 40, j->uid);
	put_u32(p + 44, h->failed);
	memcpy(p + 48, h->step.p, len);
	return 48 + len;
}

int
hello_parse(struct spill_span s, struct hello *h)
{
	struct spill_cur c = spill_cur(s.p, s.len);
	uint32_t flags = spill_cur_u32le(&c);

	h->jail = (struct spill_jail){ .sandbox = flags & J_SANDBOX,
		.seccomp = flags & J_SECCOMP,
		.no_new_privs = flags & J_NNP,
		.undumpable = flags & J_UNDUMPABLE,
		.landlock_abi = spill_cur_u32le(&c) };
	h->jail.landlock_fs = spill_cur_u64le(&c);
	h->jail.landlock_net = spill_cur_u64le(&c);
	h->jail.landlock_scoped = spill_cur_u64le(&c);
	h->jail.memory = spill_cur_u64le(&c);
	h->jail.uid = spill_cur_u32le(&c);
	h->failed = spill_cur_u32le(&c);
	h->step = spill_cur_bytes(&c, spill_cur_left(&c));
	return spill_cur_ok(&c) && flags < 16 ? SPILL_OK : SPILL_EDAMAGED;
}

size_t
ending_pack(const struct ending *e, char *p, size_t max)
{
	size_t name = SPILL_MIN(e->name.len, (size_t)31);
	size_t detail = SPILL_MIN(e->detail.len, max - 33 - name);

	put_u32(p, e->how);
	put_u32(p + 4, (uint32_t)e->rc);
	put_u64(p + 8, e->value);
	put_u64(p + 16, e->denied_paths);
	put_u64(p + 24, e->denied_other);
	p[32] = (char)name;
	if (name > 0)
		memcpy(p + 33, e->name.p, name);
	if (detail > 0)
		memcpy(p + 33 + name, e->detail.p, detail);
	return 33 + name + detail;
}

int
ending_parse(struct spill_span s, struct ending *e)
{
	struct spill_cur c = spill_cur(s.p, s.len);
	uint32_t how = spill_cur_u32le(&c);

	if (how > SPILL_ENDED_MEMORY)
		return SPILL_EDAMAGED;
	e->how = (enum spill_ended)how;
	e->rc = (int)spill_cur_u32le(&c);
	e->value = spill_cur_u64le(&c);
	e->denied_paths = spill_cur_u64le(&c);
	e->denied_other = spill_cur_u64le(&c);
	e->name = spill_cur_bytes(&c, spill_cur_u8(&c));
	e->detail = spill_cur_bytes(&c, spill_cur_left(&c));
	if (!spill_cur_ok(&c) || e->name.len > 31 || e->detail.len > 1024 ||
	    (how == SPILL_ENDED_FAILED) != (e->rc < 0))
		return SPILL_EDAMAGED;
	return SPILL_OK;
}

void
replies_begin(struct replies *r, uint32_t seq, uint64_t max)
{
	r->open = true;
	r->seq = seq;
	r->bytes = 0;
	r->max = max;
	r->why = NULL;
	spill_buf_reset(&r->part);
	r->part.max = (size_t)SPILL_MIN(max, (uint64_t)SPILL_ROW_MAX);
}

static int
wrong(struct replies *r, const char *why)
{
	r->why = why;
	return SPILL_EDAMAGED;
}

static int
take_hello(struct replies *r, const struct frame *f,
    const struct replies_ops *ops, void *arg)
{
	struct hello h;

	if (r->greeted || f->seq != 0)
		return wrong(r, "a second greeting");
	if (hello_parse(f->body, &h) != SPILL_OK)
		return wrong(r, "a damaged greeting");
	r->greeted = true;
	return ops->hello(arg, &h);
}

/* A piece of a row, or the last of it. */
static int
take_row(struct replies *r, bool more, struct spill_span s,
    const struct replies_ops *ops, void *arg)
{
	if (!more && r->part.len == 0)
		return ops->record(arg, REC_ROW, s);
	spill_buf_span(&r->part, s);
	if (r->part.rc != SPILL_OK)
		return r->part.rc == SPILL_ENOMEM
			   ? SPILL_ENOMEM
			   : wrong(r, "a row over the limit");
	if (more)
		return SPILL_OK;
	s = spill_buf_as_span(&r->part);
	r->part.len = 0;
	return ops->record(arg, REC_ROW, s);
}

static int
take_end(struct replies *r, struct spill_span s, bool last,
    const struct replies_ops *ops, void *arg)
{
	struct ending e;

	if (!last)
		return wrong(r, "a record behind the end");
	if (r->part.len > 0)
		return wrong(r, "an end within a row");
	if (ending_parse(s, &e) != SPILL_OK)
		return wrong(r, "a damaged end");
	r->open = false;
	return ops->end(arg, &e);
}

static int
take_record(struct replies *r, unsigned kind, struct spill_span s, bool last,
    const struct replies_ops *ops, void *arg)
{
	if (kind == REC_ROW || kind == (REC_ROW | REC_MORE))
		return take_row(r, kind & REC_MORE, s, ops, arg);
	if (kind == REC_END)
		return take_end(r, s, last, ops, arg);
	if (r->part.len > 0)
		return wrong(r, "a record within a row");
	if (kind == REC_PROGRESS && s.len != 8)
		return wrong(r, "a damaged position");
	if (kind != REC_BYTES && kind != REC_ERROR && kind != REC_PROGRESS)
		return wrong(r, "a record of no known kind");
	return ops->record(arg, (enum rec_kind)kind, s);
}

static int
take_records(struct replies *r, struct spill_span body,
    const struct replies_ops *ops, void *arg)
{
	struct spill_cur c = spill_cur(body.p, body.len);
	int rc = SPILL_OK;

	if (body.len == 0)
		return wrong(r, "an empty frame");
	while (rc == SPILL_OK && spill_cur_left(&c) > 0) {
		uint32_t head = spill_cur_u32le(&c);
		struct spill_span s = spill_cur_bytes(&c, head & 0xffffff);

		if (!spill_cur_ok(&c))
			return wrong(r, "a record longer than its frame");
		rc = take_record(
		    r, head >> 24, s, spill_cur_left(&c) == 0, ops, arg);
	}
	return rc == SPILL_OK && !spill_cur_ok(&c) ? wrong(r, "half a record")
						   : rc;
}

int
replies_take(struct replies *r, const struct frame *f,
    const struct replies_ops *ops, void *arg)
{
	if (f->type == FRAME_HELLO)
		return take_hello(r, f, ops, arg);
	if (f->type != FRAME_REPLY)
		return wrong(r, "a frame of no known type");
	if (!r->greeted)
		return wrong(r, "a reply before the greeting");
	if (!r->open)
		return wrong(r, "a reply without a job");
	if (f->seq != r->seq)
		return wrong(r, "a reply to another job");
	r->bytes += f->body.len;
	if (r->bytes > r->max)
		return wrong(r, "a reply over the limit");
	return take_records(r, f->body, ops, arg);
}
