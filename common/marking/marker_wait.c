/*
 * marker_wait.c: containers that are not open while their members come: what a
 * member says waits for the row of its container, and a container of which
 * members are still to come waits for those.
 */
#include <stdlib.h>
#include <string.h>

#include <spill/hash.h>

#include "marker_i.h"

#define SLOTS ((size_t)1 << 14)

struct wait {
	struct wait *next; /* of its slot */
	struct wait *later; /* of those that are held */
	struct spill_span item;
	struct spill_span best; /* the verdict of a member, packed */
	struct spill_span held; /* the container's own row, likewise */
	unsigned weight;
	bool any, in_member; /* of what is held */
};

/* Names are hostile, so where the table lies is in the mix: which of them meet
 * in a slot is another thing in each run. */
static struct wait **
slot_of(struct marker *m, struct spill_span item)
{
	uint64_t mix = spill_mix(item.p, item.len, (uintptr_t)m->wait);
	struct wait **w = &m->wait[mix % SLOTS];

	while (*w != NULL && !spill_span_eq((*w)->item, item))
		w = &(*w)->next;
	return w;
}

static bool
dup(struct marker *m, struct spill_span *to, struct spill_span v)
{
	const char *p = spill_arena_dup(&m->waiting, v.p, v.len);

	if (p == NULL)
		return false;
	*to = (struct spill_span){ p, v.len };
	return true;
}

/* NULL: there is no room for it, which is told once. */
static struct wait *
entry_of(struct marker *m, struct spill_span item)
{
	struct wait **at, *w;

	if (m->wait == NULL)
		m->wait = calloc(SLOTS, sizeof(struct wait *));
	if (m->wait == NULL)
		return NULL;
	at = slot_of(m, item);
	if (*at != NULL)
		return *at;
	w = spill_arena_alloc(&m->waiting, sizeof(*w));
	if (w == NULL || !dup(m, &w->item, item))
		return NULL;
	*at = w;
	return w;
}

static int
no_room(struct marker *m)
{
	const struct spill_error e = { .code = "limit",
		.evidence = "",
		.detail = "too many members do not come behind their "
			  "containers, which may lack their verdicts" };

	if (!m->wait_full)
		spill_tool_error(m->tool, &e);
	m->wait_full = true;
	return SPILL_OK;
}

int
wait_tell(struct marker *m, struct spill_span item, size_t above,
    struct spill_span rec, unsigned weight)
{
	struct wait *w;

	for (;;) {
		item = spill_locator_parent(item);
		if (item.len <= above)
			return SPILL_OK;
		w = entry_of(m, item);
		if (w == NULL)
			return no_room(m);
		if (w->best.len > 0 && w->weight >= weight)
			continue;
		if (!dup(m, &w->best, rec))
			return no_room(m);
		w->weight = weight;
	}
}

struct spill_span
wait_said(struct marker *m, struct spill_span item)
{
	struct wait *w = m->wait != NULL ? *slot_of(m, item) : NULL;

	return w != NULL ? w->best : SPILL_SPAN("");
}

bool
wait_hold(struct marker *m, const struct open_item *o)
{
	struct wait *w =
	    entry_of(m, (struct spill_span){ o->item, o->locator });

	if (w == NULL || w->held.len > 0 ||
	    !dup(m, &w->held, spill_buf_as_span(&o->rec)))
		return false;
	w->any = o->any;
	w->in_member = m->in_member;
	*(m->held != NULL ? &m->last_held->later : &m->held) = w;
	m->last_held = w;
	return true;
}

int
wait_end(struct marker *m)
{
	int rc = SPILL_OK;

	for (struct wait *w = m->held; w != NULL && rc == SPILL_OK;
	     w = w->later) {
		struct open_item o = { .rec = SPILL_BUF_INIT((size_t)1 << 20),
			.any = w->any };

		spill_buf_span(&o.rec, w->held);
		rc = o.rec.rc;
		if (rc == SPILL_OK && w->best.len > 0)
			rc = roll_take(m, &o, w->best);
		m->in_member = w->in_member;
		if (rc == SPILL_OK && o.any)
			rc = spill_unpack(spill_buf_as_span(&o.rec), &m->row);
		if (rc == SPILL_OK && o.any)
			rc = case_put(m, &m->row);
		spill_buf_release(&o.rec);
	}
	return rc;
}

void
wait_release(struct marker *m)
{
	free(m->wait);
	m->wait = NULL;
	spill_arena_release(&m->waiting);
}
