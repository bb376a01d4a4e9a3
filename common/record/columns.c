#include <stdlib.h>
#include <string.h>

#include <spill/arena.h>
#include <spill/row.h>

#define SLOTS 4096 /* power of two, four times the most columns */

struct spill_columns {
	const struct spill_schema *schema;
	struct spill_arena names;
	struct spill_span name[SPILL_COLUMNS_MAX];
	size_t n;
	uint16_t slot[SLOTS]; /* column + 1 */
};

static unsigned
hash(struct spill_span s)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (unsigned char)s.p[i]) * 16777619u;
	return (h ^ h >> 15) % SLOTS;
}

/* The slot of a name, or the free one where it belongs. */
static unsigned
locate(const struct spill_columns *c, struct spill_span name)
{
	unsigned at = hash(name);

	while (
	    c->slot[at] != 0 && !spill_span_eq(c->name[c->slot[at] - 1], name))
		at = (at + 1) % SLOTS;
	return at;
}

int
spill_columns_find(const struct spill_columns *c, struct spill_span name)
{
	return (int)c->slot[locate(c, name)] - 1;
}

int
spill_columns_add(struct spill_columns *c, struct spill_span name)
{
	unsigned at = locate(c, name);
	char *copy;

	if (c->slot[at] != 0)
		return c->slot[at] - 1;
	if (c->n == SPILL_COLUMNS_MAX)
		return -1;
	copy = spill_arena_dup(&c->names, name.p, name.len);
	if (copy == NULL)
		return -1;
	c->name[c->n++] = (struct spill_span){ copy, name.len };
	c->slot[at] = (uint16_t)c->n;
	return (int)c->n - 1;
}

int
spill_columns_open(
    struct spill_columns **out, const struct spill_schema *schema)
{
	struct spill_columns *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return SPILL_ENOMEM;
	c->schema = schema;
	c->names = SPILL_ARENA_INIT((size_t)16 << 20);
	for (size_t i = 0; i < schema->n; i++)
		if (spill_columns_add(c, spill_span(schema->columns[i].name)) <
		    0) {
			spill_columns_free(&c);
			return SPILL_ENOMEM;
		}
	*out = c;
	return SPILL_OK;
}

size_t
spill_columns_count(const struct spill_columns *c)
{
	return c->n;
}

struct spill_span
spill_columns_name(const struct spill_columns *c, size_t i)
{
	return c->name[i];
}

const struct spill_schema *
spill_columns_schema(const struct spill_columns *c)
{
	return c->schema;
}

void
spill_columns_free(struct spill_columns **c)
{
	if (*c == NULL)
		return;
	spill_arena_release(&(*c)->names);
	free(*c);
	*c = NULL;
}
