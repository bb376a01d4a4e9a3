/*
 * verdicts.c: class and level of items, to be joined to the events of them.
 */
#include <stdlib.h>
#include <string.h>

#include <spill/diag.h>

#include "timeline_i.h"

struct verdict {
	const char *item; /* NUL-terminated, in the arena; NULL: free */
	uint32_t len;
	uint32_t rank; /* of the schema, + 1; 0: none */
	int32_t class, level;
};

struct tl_verdicts {
	struct tl *tl;
	struct spill_arena text;
	struct verdict *slot;
	size_t slots, n;
	size_t most; /* bytes for slots and text together */
};

static struct verdict *
locate(struct verdict *slot, size_t slots, struct spill_span item)
{
	size_t at = spill_mix(item.p, item.len, 1) & (slots - 1);

	while (slot[at].item != NULL &&
	       !spill_span_eq(
		   (struct spill_span){ slot[at].item, slot[at].len }, item))
		at = (at + 1) & (slots - 1);
	return &slot[at];
}

static int
grow(struct tl_verdicts *v)
{
	size_t slots = v->slots > 0 ? 2 * v->slots : 1024;
	struct verdict *slot = NULL;

	/* While they are moved, the old ones are there as well. */
	if ((slots + v->slots) * sizeof(*slot) + v->text.used <= v->most)
		slot = calloc(slots, sizeof(*slot));
	if (slot == NULL) {
		spill_err("more verdicts than fit in memory; give more with "
			  "--memory");
		return SPILL_ELIMIT;
	}
	for (size_t i = 0; i < v->slots; i++)
		if (v->slot[i].item != NULL)
			*locate(slot, slots,
			    (struct spill_span){
				v->slot[i].item, v->slot[i].len }) = v->slot[i];
	free(v->slot);
	v->slot = slot;
	v->slots = slots;
	v->text.max = v->most - slots * sizeof(*slot);
	return SPILL_OK;
}

static struct spill_span
value(const struct tl_verdicts *v, int32_t id)
{
	struct spill_span s = { "", 0 };

	if (id >= 0)
		(void)spill_dict_get(v->tl->dict, (uint64_t)id, &s);
	return s;
}

/* Of two verdicts on one item: the higher rank, then the greater text. */
static bool
outweighs(const struct tl_verdicts *v, const struct verdict *a,
    const struct verdict *b)
{
	int c = SPILL_CMP(a->rank, b->rank);

	if (c == 0)
		c = spill_span_cmp(value(v, a->level), value(v, b->level));
	if (c == 0)
		c = spill_span_cmp(value(v, a->class), value(v, b->class));
	return c > 0;
}

static int
add(struct tl_verdicts *v, struct spill_span item, struct verdict new)
{
	struct verdict *at;
	int rc = SPILL_OK;

	if (v->n >= v->slots / 2)
		rc = grow(v);
	if (rc != SPILL_OK)
		return rc;
	at = locate(v->slot, v->slots, item);
	if (at->item != NULL) {
		new.item = at->item;
		new.len = at->len;
		if (outweighs(v, &new, at))
			*at = new;
		return SPILL_OK;
	}
	new.item = spill_arena_dup(&v->text, item.p, item.len);
	new.len = (uint32_t)item.len;
	if (new.item == NULL) {
		spill_err("more verdicts than fit in memory; give more with "
			  "--memory");
		return SPILL_ELIMIT;
	}
	*at = new;
	v->n++;
	return SPILL_OK;
}

int
tl_verdicts_open(struct tl_verdicts **out, struct tl *tl)
{
	struct tl_verdicts *v = calloc(1, sizeof(*v));

	if (v == NULL)
		return SPILL_ENOMEM;
	v->tl = tl;
	v->most = (size_t)(tl->conf->memory / 8);
	v->text = SPILL_ARENA_INIT(v->most);
	*out = v;
	return SPILL_OK;
}

bool
tl_verdicts_any(const struct tl_verdicts *v)
{
	return v->n > 0;
}

int
tl_verdicts_read(struct tl_input *in)
{
	struct tl_verdicts *v = in->tl->verdicts;
	const struct spill_table *t = in->reader->table;
	int rc;

	while ((rc = tl_table_next(in)) == SPILL_OK) {
		struct spill_span item = tl_table_cell(in, "item");
		struct spill_span level = tl_table_cell(in, "level");
		struct verdict new = {
			.class = spill_dict_add(
			    in->tl->dict, tl_table_cell(in, "class")),
			.level = spill_dict_add(in->tl->dict, level),
		};
		uint64_t rank;

		if (spill_span_uint(tl_table_cell(in, "rank"), &rank) &&
		    rank < UINT32_MAX)
			new.rank = (uint32_t)rank + 1;
		if (item.len == 0)
			tl_error(in, "damaged", t->number, t->offset,
			    "a verdict without an item");
		else if (new.class < 0 || (new.level < 0 && level.len > 0))
			tl_error(in, "limit", t->number, t->offset,
			    "too many different classes and levels: the "
			    "verdict is left out");
		else if ((rc = add(v, item, new)) != SPILL_OK)
			return rc;
	}
	return rc == SPILL_END ? SPILL_OK : rc;
}

void
tl_verdicts_join(const struct tl_verdicts *v, struct spill_row *r)
{
	struct spill_span item = spill_row_get(r, EV_ITEM);
	const struct verdict *at;

	if (v->n == 0 || item.len == 0)
		return;
	at = locate(v->slot, v->slots, item);
	if (at->item == NULL)
		return;
	if (at->class >= 0)
		spill_row_ref(r, EV_CLASS, v->tl->dict, at->class);
	if (at->level >= 0)
		spill_row_ref(r, EV_LEVEL, v->tl->dict, at->level);
}

void
tl_verdicts_free(struct tl_verdicts **v)
{
	if (*v == NULL)
		return;
	spill_arena_release(&(*v)->text);
	free((*v)->slot);
	free(*v);
	*v = NULL;
}
