/*
 * marker_roll.c: members follow their container, so those that are open are
 * the ones that the last row is in. When one is closed, its verdict is out, and
 * counts for the one it is in. Records may come in another order:
 * marker_wait.c.
 */
#include <stdlib.h>
#include <string.h>

#include "marker_i.h"

/* What a container takes over from a member. */
static const unsigned taken[] = { VD_CLASS, VD_SCHEME, VD_LEVEL, VD_RANK,
	VD_RANK_MAX, VD_FORMER_LEVEL, VD_CATEGORIES, VD_RELEASE, VD_SCORE,
	X_GUID, X_NAME, X_SCHEME, X_LEVEL, X_RANK };

static int
pack(struct spill_buf *b, const struct spill_row *r)
{
	spill_buf_reset(b);
	spill_buf_room(b, spill_pack_bound(r));
	if (b->rc == SPILL_OK)
		b->len = spill_pack(r, b->p);
	return b->rc;
}

static bool
is_in(const struct open_item *o, struct spill_span item)
{
	return item.len > o->locator && item.p[o->locator] == ':' &&
	       memcmp(item.p, o->item, o->locator) == 0;
}

/* How much a verdict says: its class, then its rank. */
static unsigned
weight(const struct spill_row *r)
{
	static const unsigned of_class[] = { 4, 4, 3, 2, 2, 1, 1, 0 };
	int class = marker_class(spill_row_get(r, VD_CLASS));
	uint64_t rank = 0;
	unsigned w = class >= 0 ? of_class[class] : 0;

	if (!spill_span_uint(spill_row_get(r, VD_RANK_MAX), &rank))
		(void)spill_span_uint(spill_row_get(r, VD_RANK), &rank);
	/* A portion of a higher rank is more than a banner of a lower one. */
	return (w > 2 ? 1000 : 0) + (unsigned)rank * 10 + w;
}

int
roll_take(struct marker *m, struct open_item *parent, struct spill_span rec)
{
	struct spill_row *c = &m->row, *p = &m->base;
	int rc = spill_unpack(rec, c);

	if (rc == SPILL_OK)
		rc = spill_unpack(spill_buf_as_span(&parent->rec), p);
	if (rc != SPILL_OK || (parent->any && weight(p) >= weight(c)))
		return rc;
	for (size_t i = 0; i < SPILL_COUNT(taken); i++)
		spill_row_set(p, taken[i], spill_row_get(c, taken[i]));
	spill_row_set(p, VD_FLAGS, SPILL_SPAN("member"));
	spill_row_set(p, VD_REASON, SPILL_SPAN("the highest of its members"));
	rc = pack(&m->rec, p);
	spill_buf_reset(&parent->rec);
	spill_buf_span(&parent->rec, spill_buf_as_span(&m->rec));
	parent->any = true;
	return rc == SPILL_OK ? parent->rec.rc : rc;
}

/* What it lies in gets to know its verdict: the one that is open, and those
 * between, whose rows are elsewhere. */
static int
give(struct marker *m, const struct open_item *o)
{
	struct spill_span rec = spill_buf_as_span(&o->rec);
	size_t above = m->nopen > 0 ? o[-1].locator : 0;
	int rc = spill_unpack(rec, &m->row);

	if (rc == SPILL_OK)
		rc = wait_tell(m, (struct spill_span){ o->item, o->locator },
		    above, rec, weight(&m->row));
	return rc == SPILL_OK && m->nopen > 0
		   ? roll_take(m, &m->open[m->nopen - 1], rec)
		   : rc;
}

static int
close_last(struct marker *m)
{
	struct open_item *o = &m->open[--m->nopen];
	struct spill_span said =
	    wait_said(m, (struct spill_span){ o->item, o->locator });
	int rc = said.len > 0 ? roll_take(m, o, said) : SPILL_OK;
	bool held;

	m->in_member = m->nopen > 0;
	held = o->awaits > 0 && wait_hold(m, o);
	if (held && m->nopen > 0) /* the end of it is not known */
		o[-1].awaits++;
	if (rc == SPILL_OK && o->any && !held) {
		rc = spill_unpack(spill_buf_as_span(&o->rec), &m->row);
		if (rc == SPILL_OK)
			rc = case_put(m, &m->row);
	}
	if (rc == SPILL_OK && o->any)
		rc = give(m, o);
	free(o->item);
	spill_buf_release(&o->rec);
	return rc;
}

int
roll_close_all(struct marker *m)
{
	int rc = SPILL_OK;

	while (m->nopen > 0 && rc == SPILL_OK)
		rc = close_last(m);
	return rc == SPILL_OK ? wait_end(m) : rc;
}

void
roll_release(struct marker *m)
{
	while (m->nopen > 0) {
		struct open_item *o = &m->open[--m->nopen];

		free(o->item);
		spill_buf_release(&o->rec);
	}
	free(m->open);
	m->open = NULL;
	wait_release(m);
}

/* It is one that its container said it has. */
static void
count_in(struct open_item *parent, struct spill_span item)
{
	if (parent->awaits > 0 &&
	    spill_locator_parent(item).len == parent->locator)
		parent->awaits--;
}

int
roll_open(struct marker *m, const struct spill_row *r)
{
	static const unsigned from[] = { IT_ITEM, IT_EVIDENCE, IT_PATH,
		IT_SHA256, IT_ALLOC_NAME, IT_ALLOC_META };
	static const unsigned to[] = { VD_ITEM, VD_EVIDENCE, VD_PATH, VD_SHA256,
		VD_ALLOC_NAME, VD_ALLOC_META };
	struct spill_span item = spill_row_get(r, IT_ITEM);
	struct open_item *o;
	int rc = SPILL_OK;

	while (m->nopen > 0 && rc == SPILL_OK &&
	       !is_in(&m->open[m->nopen - 1], item))
		rc = close_last(m);
	if (rc != SPILL_OK)
		return rc;
	o = spill_grow(m->open, m->nopen, &m->open_cap, sizeof(*o));
	if (o == NULL)
		return SPILL_ENOMEM;
	m->open = o;
	o += m->nopen;
	*o = (struct open_item){ .rec = SPILL_BUF_INIT((size_t)1 << 20),
		.locator = item.len,
		.item = malloc(item.len + 1) };
	if (o->item == NULL)
		return SPILL_ENOMEM;
	memcpy(o->item, item.p, item.len);
	(void)spill_span_uint(spill_row_get(r, IT_MEMBERS), &o->awaits);
	if (m->nopen++ > 0)
		count_in(o - 1, item);
	spill_row_clear(&m->base);
	for (size_t i = 0; i < SPILL_COUNT(from); i++)
		spill_row_set(&m->base, to[i], spill_row_get(r, from[i]));
	return pack(&o->rec, &m->base);
}

/* Of the item that came last. */
int
roll_verdict(struct marker *m, const struct spill_row *r)
{
	struct open_item *o;
	int rc;

	if (m->nopen == 0)
		return SPILL_EDAMAGED;
	o = &m->open[m->nopen - 1];
	rc = spill_unpack(spill_buf_as_span(&o->rec), &m->base);
	if (rc != SPILL_OK || (o->any && weight(&m->base) >= weight(r)))
		return rc;
	for (unsigned i = VD_CLASS; i <= X_RANK; i++)
		spill_row_set(&m->base, i, spill_row_get(r, i));
	rc = pack(&m->rec, &m->base);
	spill_buf_reset(&o->rec);
	spill_buf_span(&o->rec, spill_buf_as_span(&m->rec));
	o->any = true;
	return rc == SPILL_OK ? o->rec.rc : rc;
}
