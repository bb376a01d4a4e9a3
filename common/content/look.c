/*
 * look.c: requests, as bytes. Neither side believes the other.
 */
#include <stdlib.h>

#include <spill/cur.h>
#include <spill/look.h>

void
spill_look_put(struct spill_buf *b, const struct spill_look *l)
{
	spill_buf_le(b, l->form, 1);
	spill_buf_le(b, l->digest, 1);
	spill_buf_le(b,
	    (unsigned)l->spool | (unsigned)l->extract << 1 |
		(unsigned)l->untyped << 2 | l->want << 3,
	    1);
	spill_buf_le(b, l->limits.depth, 8);
	spill_buf_le(b, l->limits.members, 8);
	spill_buf_le(b, l->limits.bytes, 8);
	spill_buf_le(b, l->limits.ratio, 8);
	spill_buf_le(b, l->limits.memory, 8);
	spill_buf_le(b, l->limits.text, 8);
	spill_buf_le(b, l->items, 4);
	for (size_t i = 0; i < l->items; i++) {
		spill_buf_le(b, l->item[i].at, 8);
		spill_buf_le(b, l->item[i].size, 8);
		spill_buf_le(b, l->item[i].closed, 1);
		spill_buf_text(b, l->item[i].name);
	}
	spill_buf_le(b, l->picks, 4);
	for (size_t i = 0; i < l->picks; i++) {
		spill_buf_le(b, l->pick[i].closed, 1);
		spill_buf_text(b, l->pick[i].chain);
	}
	spill_buf_le(b, l->skips, 4);
	for (size_t i = 0; i < l->skips; i++)
		spill_buf_le(b, l->skip[i], 8);
}

static struct spill_span
get_text(struct spill_cur *c)
{
	return spill_cur_bytes(c, spill_cur_u32le(c));
}

static int
get_items(struct spill_cur *c, struct spill_look *l)
{
	size_t n = spill_cur_u32le(c);
	struct spill_look_item *v;

	if (n == 0 || n > SPILL_LOOK_ITEMS)
		return SPILL_EDAMAGED;
	l->item = v = calloc(n, sizeof(*v));
	if (v == NULL)
		return SPILL_ENOMEM;
	l->items = n;
	for (size_t i = 0; i < n; i++) {
		v[i].at = spill_cur_u64le(c);
		v[i].size = spill_cur_u64le(c);
		v[i].closed = spill_cur_u8(c) != 0;
		v[i].name = get_text(c);
	}
	return SPILL_OK;
}

static int
get_picks(struct spill_cur *c, struct spill_look *l)
{
	size_t n = spill_cur_u32le(c);
	struct spill_look_pick *v;

	if (n > spill_cur_left(c) || (n > 0 && l->items != 1))
		return SPILL_EDAMAGED;
	l->pick = v = calloc(n + 1, sizeof(*v));
	if (v == NULL)
		return SPILL_ENOMEM;
	l->picks = n;
	for (size_t i = 0; i < n; i++) {
		v[i].closed = spill_cur_u8(c) != 0;
		v[i].chain = get_text(c);
	}
	return SPILL_OK;
}

static int
get_skips(struct spill_cur *c, struct spill_look *l)
{
	l->skips = spill_cur_u32le(c);
	if (l->skips > SPILL_LOOK_SKIPS || (l->skips > 0 && l->items != 1))
		return SPILL_EDAMAGED;
	for (size_t i = 0; i < l->skips; i++)
		l->skip[i] = spill_cur_u64le(c);
	return spill_cur_ok(c) && spill_cur_left(c) == 0 ? SPILL_OK
							 : SPILL_EDAMAGED;
}

int
spill_look_get(struct spill_span request, struct spill_look *l)
{
	struct spill_cur c = spill_cur(request.p, request.len);
	unsigned flags;
	int rc;

	*l = (struct spill_look){ .form = spill_cur_u8(&c) };
	l->digest = spill_cur_u8(&c);
	flags = spill_cur_u8(&c);
	l->spool = flags & 1;
	l->extract = flags >> 1 & 1;
	l->untyped = flags >> 2 & 1;
	l->want = flags >> 3;
	l->limits.depth = spill_cur_u64le(&c);
	l->limits.members = spill_cur_u64le(&c);
	l->limits.bytes = spill_cur_u64le(&c);
	l->limits.ratio = spill_cur_u64le(&c);
	l->limits.memory = spill_cur_u64le(&c);
	l->limits.text = spill_cur_u64le(&c);
	if (l->form < SPILL_LOOK_SLAB || l->form > SPILL_LOOK_PIPE ||
	    l->want > SPILL_LOOK_WANT_ALL)
		return SPILL_EDAMAGED;
	rc = get_items(&c, l);
	if (rc == SPILL_OK)
		rc = get_picks(&c, l);
	if (rc == SPILL_OK)
		rc = get_skips(&c, l);
	if (rc != SPILL_OK)
		spill_look_release(l);
	return rc;
}

void
spill_look_release(struct spill_look *l)
{
	free((void *)l->item);
	free((void *)l->pick);
	*l = (struct spill_look){ 0 };
}
