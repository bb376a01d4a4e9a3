/*
 * pass_keep.c: what workers said of an item is kept until its turn comes. What
 * is too much for memory lies in a scratch file.
 */
#include <stdlib.h>
#include <string.h>

#include <spill/cur.h>
#include <spill/scratch.h>

#include "pass_i.h"

#define HEAD 5

/* --- keeping ------------------------------------------------------------ */

/* What an item has in memory goes to the scratch file. */
static int
flush(struct pass *p, struct pass_result *r)
{
	struct pass_extent *e = spill_arena_alloc(&p->arena, sizeof(*e));
	int rc = e == NULL ? SPILL_ENOMEM : SPILL_OK;

	if (rc == SPILL_OK && p->scratch < 0)
		rc = spill_scratch_open(p->conf->scratch, &p->scratch);
	if (rc == SPILL_OK)
		rc = spill_scratch_write(
		    p->scratch, r->mem.p, r->mem.len, p->scratch_used);
	if (rc != SPILL_OK)
		return rc;
	*e = (struct pass_extent){ .at = p->scratch_used, .len = r->mem.len };
	p->scratch_used += r->mem.len;
	p->held -= r->mem.cap;
	if (r->first == NULL)
		r->last = &r->first;
	*r->last = e;
	r->last = &e->next;
	spill_buf_release(&r->mem);
	return SPILL_OK;
}

/* Of all items, so that it is rare, and that the pieces are large. */
static int
flush_all(struct pass *p)
{
	int rc = SPILL_OK;

	for (struct pass_item *x = p->first; x != NULL && rc == SPILL_OK;
	     x = x->next)
		if (x->result.mem.len > 0)
			rc = flush(p, &x->result);
	for (struct pass_hand *h = p->hands; h != NULL && rc == SPILL_OK;
	     h = h->next_of_all)
		if (h->doc.result.mem.len > 0)
			rc = flush(p, &h->doc.result);
	return rc;
}

int
pass_put(struct pass *p, struct pass_item *x, enum pass_kind kind,
    struct spill_span v)
{
	struct pass_result *r = &x->result;
	char head[HEAD] = { (char)kind };
	uint32_t n = (uint32_t)v.len;
	size_t before, more = SPILL_MAX(r->mem.cap, v.len + sizeof(head));
	int rc = SPILL_OK;

	if (v.len > UINT32_MAX)
		return SPILL_ELIMIT;
	/* Before it grows: twice of what is large would be too much. */
	if (r->mem.len + sizeof(head) + v.len > r->mem.cap &&
	    p->held + more > PASS_HELD)
		rc = flush_all(p);
	if (rc != SPILL_OK)
		return rc;
	before = r->mem.cap;
	memcpy(head + 1, &n, sizeof(n));
	r->mem.max = SIZE_MAX / 2;
	spill_buf_put(&r->mem, head, sizeof(head));
	spill_buf_span(&r->mem, v);
	p->held += r->mem.cap - before;
	if (r->mem.rc != SPILL_OK)
		return r->mem.rc;
	r->bytes += sizeof(head) + v.len;
	return SPILL_OK;
}

int
pass_told(
    struct pass *p, struct pass_item *x, const char *code, const char *detail)
{
	struct spill_buf b = SPILL_BUF_INIT(4096);
	int rc;

	spill_buf_put(&b, code, strlen(code) + 1);
	spill_buf_puts(&b, detail);
	rc = b.rc != SPILL_OK
		 ? b.rc
		 : pass_put(p, x, PASS_TOLD, spill_buf_as_span(&b));
	spill_buf_release(&b);
	return rc;
}

/* --- reading back ------------------------------------------------------- */

static int
each(struct spill_span all, int (*f)(void *, enum pass_kind, struct spill_span),
    void *arg)
{
	int rc = SPILL_OK;

	while (all.len > 0 && rc == SPILL_OK) {
		uint32_t n;

		memcpy(&n, all.p + 1, sizeof(n));
		rc = f(arg, (enum pass_kind)(unsigned char)all.p[0],
		    (struct spill_span){ all.p + HEAD, n });
		all.p += HEAD + n;
		all.len -= HEAD + n;
	}
	return rc;
}

int
pass_each(struct pass *p, const struct pass_item *x,
    int (*f)(void *, enum pass_kind, struct spill_span), void *arg)
{
	const struct pass_result *res = &x->result;
	int rc = SPILL_OK;

	for (struct pass_extent *e = res->first; e != NULL && rc == SPILL_OK;
	     e = e->next) {
		char *buf = malloc((size_t)e->len);

		rc = buf == NULL ? SPILL_ENOMEM
				 : spill_scratch_read(
				       p->scratch, buf, (size_t)e->len, e->at);
		if (rc == SPILL_OK)
			rc = each(
			    (struct spill_span){ buf, (size_t)e->len }, f, arg);
		free(buf);
	}
	return rc == SPILL_OK ? each(spill_buf_as_span(&res->mem), f, arg) : rc;
}

/* --- forgetting --------------------------------------------------------- */

void
pass_drop(struct pass *p, struct pass_item *x)
{
	p->held -= x->result.mem.cap;
	spill_buf_release(&x->result.mem);
	x->result = (struct pass_result){ 0 };
	hands_forget(p, x);
	x->begun = false;
	x->rows = x->errors = 0;
	x->above = 0;
}

static int
keep_read(void *arg, enum pass_kind kind, struct spill_span v)
{
	struct spill_buf *b = arg;

	if (kind == PASS_READ_ERROR)
		spill_buf_text(b, v);
	return b->rc;
}

int
pass_drop_look(struct pass *p, struct pass_item *x)
{
	struct spill_buf b = SPILL_BUF_INIT(PASS_HELD);
	int rc = pass_each(p, x, keep_read, &b);
	struct spill_cur c = spill_cur(b.p, b.len);

	pass_drop(p, x);
	while (
	    spill_cur_left(&c) > 0 && (rc == SPILL_OK || rc == SPILL_ELIMIT)) {
		uint32_t n = spill_cur_u32le(&c);

		rc = pass_put(p, x, PASS_READ_ERROR, spill_cur_bytes(&c, n));
	}
	spill_buf_release(&b);
	return rc == SPILL_ELIMIT ? SPILL_OK : rc;
}
