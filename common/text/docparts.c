/*
 * docparts.c: documents that are zips: those of their parts that are wanted.
 */
#include <string.h>
#include <strings.h>

#include "text_i.h"

static int
begin(void *ctx, const struct spill_member_info *m)
{
	struct docparts *p = ctx;
	struct docpart *x;

	if (m->kind != SPILL_MEMBER_FILE || !p->wants(m->name))
		return SPILL_END;
	x = spill_arena_alloc(&p->names, sizeof(*x));
	if (x == NULL)
		return SPILL_ENOMEM;
	x->name.p = spill_arena_dup(&p->names, m->name.p, m->name.len);
	x->name.len = m->name.len;
	x->bytes.p = "";
	x->encrypted = m->encrypted;
	if (x->name.p == NULL)
		return SPILL_ENOMEM;
	*p->last = x;
	p->last = &x->next;
	p->open = x;
	p->buf.max = (size_t)SPILL_MIN(p->room, SIZE_MAX / 2);
	spill_buf_reset(&p->buf);
	return SPILL_OK;
}

static int
data(void *ctx, const void *v, size_t n)
{
	struct docparts *p = ctx;

	spill_buf_put(&p->buf, v, n);
	if (p->buf.rc != SPILL_ELIMIT)
		return p->buf.rc;
	p->full = p->open->partial = true;
	return SPILL_END;
}

static int
end(void *ctx, enum spill_member_end how, const char *why)
{
	struct docparts *p = ctx;
	struct docpart *x = p->open;

	(void)why;
	if (x == NULL)
		return SPILL_OK;
	p->open = NULL;
	x->partial |=
	    how == SPILL_MEMBER_PARTIAL || how == SPILL_MEMBER_UNSUPPORTED;
	x->encrypted |= how == SPILL_MEMBER_ENCRYPTED;
	x->bytes.len = p->buf.len;
	x->bytes.p = spill_arena_dup(&p->names, p->buf.p, p->buf.len);
	p->room -= SPILL_MIN(p->room, p->buf.len);
	return x->bytes.p != NULL ? SPILL_OK : SPILL_ENOMEM;
}

int
docparts_load(struct docparts *p, struct spill_src *s, uint64_t memory,
    bool (*wants)(struct spill_span name))
{
	const struct spill_unpack_conf conf = { 0 };
	const struct spill_unpack_sink sink = { .begin = begin,
		.data = data,
		.end = end,
		.flaw = spill_unpack_no_flaw,
		.ctx = p };
	const struct spill_unpack *zip =
	    spill_unpack_find(SPILL_SPAN("PK\003\004"), NULL);
	int rc;

	*p = (struct docparts){ .room = memory, .wants = wants };
	p->last = &p->first;
	rc = zip->run(s, &conf, &sink);
	spill_buf_release(&p->buf);
	return rc;
}

const struct docpart *
docparts_find(const struct docparts *p, struct spill_span name)
{
	if (name.len > 0 && name.p[0] == '/') {
		name.p++;
		name.len--;
	}
	for (const struct docpart *x = p->first; x != NULL; x = x->next)
		if (x->name.len == name.len &&
		    strncasecmp(x->name.p, name.p, name.len) == 0)
			return x;
	return NULL;
}

void
docparts_release(struct docparts *p)
{
	spill_arena_release(&p->names);
	p->first = NULL;
}

int
text_whole(struct spill_src *s, uint64_t most, struct spill_buf *buf,
    struct spill_span *out)
{
	size_t got;
	int rc;

	if (s->size > most || s->size > SIZE_MAX / 2)
		return SPILL_ELIMIT;
	if (s->map.len == s->size) {
		*out = s->map;
		return SPILL_OK;
	}
	buf->max = (size_t)s->size + 1;
	if (spill_buf_room(buf, (size_t)s->size) == NULL)
		return SPILL_ENOMEM;
	rc = s->read(s, 0, buf->p, (size_t)s->size, &got);
	buf->len = got;
	*out = spill_buf_as_span(buf);
	return rc;
}

int
text_open(struct lines *l, struct spill_src *s,
    const struct spill_doctext_conf *conf,
    const struct spill_doctext_sink *sink, struct spill_buf *buf,
    struct spill_span *out)
{
	int rc = text_whole(s, TEXT_HELD(conf), buf, out);

	lines_open(l, sink, conf);
	if (rc == SPILL_ELIMIT)
		lines_flaw(
		    l, "limit", 0, 0, "it is larger than the limit of memory");
	return rc;
}

int
text_close(struct lines *l, struct spill_buf *buf, int rc)
{
	int end = lines_close(l);

	spill_buf_release(buf);
	return rc == SPILL_OK ? end : rc;
}

bool
text_ends(struct spill_span s, const char *end)
{
	size_t n = strlen(end);

	return s.len >= n && strncasecmp(s.p + s.len - n, end, n) == 0;
}
