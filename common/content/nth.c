#include <stdlib.h>

#include <spill/hash.h>

#include "nth_i.h"

struct nth_name {
	struct nth_name *next;
	uint64_t mix, count;
	struct spill_span name;
};

static int
grow(struct nth *t)
{
	size_t slots = t->slots > 0 ? 2 * t->slots : 64;
	struct nth_name **slot = calloc(slots, sizeof(struct nth_name *));

	if (slot == NULL)
		return SPILL_ENOMEM;
	for (size_t i = 0; i < t->slots; i++)
		while (t->slot[i] != NULL) {
			struct nth_name *e = t->slot[i];

			t->slot[i] = e->next;
			e->next = slot[e->mix % slots];
			slot[e->mix % slots] = e;
		}
	free(t->slot);
	t->slot = slot;
	t->slots = slots;
	return SPILL_OK;
}

static struct nth_name *
add(struct nth *t, struct spill_span name, uint64_t mix)
{
	struct nth_name *e = spill_arena_alloc(&t->names, sizeof(*e));
	char *text = spill_arena_dup(&t->names, name.p, name.len);

	if (e == NULL || text == NULL)
		return NULL;
	*e = (struct nth_name){ .mix = mix,
		.name = { text, name.len },
		.next = t->slot[mix % t->slots] };
	t->slot[mix % t->slots] = e;
	t->n++;
	return e;
}

uint64_t
nth_count(struct nth *t, struct spill_span name)
{
	uint64_t mix = spill_mix(name.p, name.len, 0);
	struct nth_name *e;

	if (t->n >= t->slots && grow(t) != SPILL_OK)
		return 0;
	e = t->slot[mix % t->slots];
	while (e != NULL && (e->mix != mix || !spill_span_eq(e->name, name)))
		e = e->next;
	if (e == NULL)
		e = add(t, name, mix);
	return e != NULL ? ++e->count : 0;
}

void
nth_release(struct nth *t)
{
	free(t->slot);
	spill_arena_release(&t->names);
	*t = (struct nth){ 0 };
}
