/*
 * frame_fuzz.c: what a worker may send. The input is a run of steps: a byte,
 * and behind it
 *
 *	0	a job begins: u8 ceiling of its reply, in units of 64 bytes
 *	else	a message: u16 length, then so many bytes; 1 as they are, 2 as
 *		the body of a reply to the job that is open, 3 of a greeting
 */
#include <stdlib.h>
#include <string.h>

#include <spill/cur.h>

#include "../../common/worker/worker_i.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned hellos, ends;
static uint64_t got;
static struct replies r;

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static int
on_hello(void *arg, const struct hello *h)
{
	char p[FRAME_MAX];
	struct hello back;
	size_t n = hello_pack(h, p, sizeof(p));

	(void)arg;
	hellos++;
	must(hello_parse((struct spill_span){ p, n }, &back) == SPILL_OK);
	must(back.failed == h->failed && back.jail.uid == h->jail.uid);
	must(spill_span_eq(back.step, h->step));
	return SPILL_OK;
}

/* Touch all of it, for the sanitizer. */
static unsigned
sum(struct spill_span s)
{
	unsigned n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += (unsigned char)s.p[i];
	return n;
}

static int
on_record(void *arg, enum rec_kind kind, struct spill_span s)
{
	(void)arg;
	must(r.open && hellos == 1 && ends == 0);
	must(kind >= REC_ROW && kind <= REC_PROGRESS);
	must(kind != REC_PROGRESS || s.len == 8);
	got += s.len;
	must(got <= r.max);
	return sum(s) == 12345 ? SPILL_EIO : SPILL_OK;
}

static int
on_end(void *arg, const struct ending *e)
{
	char p[FRAME_MAX];
	struct ending back;
	size_t n = ending_pack(e, p, sizeof(p));

	(void)arg;
	must(++ends == 1 && !r.open);
	must(e->how <= SPILL_ENDED_MEMORY);
	must(ending_parse((struct spill_span){ p, n }, &back) == SPILL_OK);
	must(back.how == e->how && back.value == e->value);
	must(spill_span_eq(back.name, e->name));
	must(spill_span_eq(back.detail, e->detail));
	return SPILL_OK;
}

static const struct replies_ops ops = { on_hello, on_record, on_end };

/* In memory of its exact size. */
static int
message(unsigned how, struct spill_span s)
{
	bool raw = how % 3 == 1;
	size_t n = s.len + (raw ? 0 : FRAME_HEAD);
	char *p = malloc(n > 0 ? n : 1);
	struct frame f;
	int rc;

	must(p != NULL);
	if (!raw)
		frame_head(p, how % 3 == 2 ? FRAME_REPLY : FRAME_HELLO, s.len,
		    how % 3 == 2 ? r.seq : 0);
	if (s.len > 0)
		memcpy(p + n - s.len, s.p, s.len);
	rc = frame_parse(p, n, &f);
	must(raw || n > FRAME_MAX || rc == SPILL_OK);
	if (rc == SPILL_OK)
		rc = replies_take(&r, &f, &ops, NULL);
	must(rc != SPILL_EDAMAGED || r.why != NULL || raw || n > FRAME_MAX);
	free(p);
	return rc;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct spill_cur c = spill_cur(data, size);
	uint32_t seq = 0;
	int rc = SPILL_OK;

	r = (struct replies){ .part = SPILL_BUF_INIT(0) };
	hellos = ends = 0;
	while (rc == SPILL_OK && spill_cur_left(&c) > 0) {
		unsigned how = spill_cur_u8(&c);

		if (how == 0 && !r.open) {
			replies_begin(&r, ++seq, spill_cur_u8(&c) * 64);
			ends = 0;
			got = 0;
		} else if (how != 0) {
			size_t n = spill_cur_u16le(&c);

			n = SPILL_MIN(n, spill_cur_left(&c));
			rc = message(how, spill_cur_bytes(&c, n));
		}
	}
	spill_buf_release(&r.part);
	return 0;
}
