#include <stdlib.h>
#include <string.h>

#include <spill/arena.h>
#include <spill/dict.h>
#include <spill/hash.h>
#include <spill/table.h>

#define SLOTS (2 * SPILL_DICT_MAX) /* a power of two */

struct spill_dict {
	struct spill_arena text;
	struct spill_span value[SPILL_DICT_MAX];
	bool plain[SPILL_DICT_MAX];
	uint32_t n;
	bool failed;
	size_t longest;
	uint32_t slot[SLOTS]; /* number + 1 */
};

int
spill_dict_open(struct spill_dict **out)
{
	struct spill_dict *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return SPILL_ENOMEM;
	d->text = SPILL_ARENA_INIT(SPILL_DICT_BYTES);
	*out = d;
	return SPILL_OK;
}

static int32_t
add(struct spill_dict *d, struct spill_span v, uint32_t most)
{
	uint32_t at = (uint32_t)spill_mix(v.p, v.len, 0) & (SLOTS - 1);
	char *copy;

	if (v.len == 0)
		return -1;
	while (d->slot[at] != 0) {
		if (spill_span_eq(d->value[d->slot[at] - 1], v))
			return (int32_t)d->slot[at] - 1;
		at = (at + 1) & (SLOTS - 1);
	}
	if (d->n >= most || (most == SPILL_DICT_SOFT &&
				(v.len > SPILL_DICT_LONG ||
				    d->text.used > SPILL_DICT_BYTES / 2)))
		return -1;
	copy = spill_arena_dup(&d->text, v.p, v.len);
	if (copy == NULL)
		return -1;
	d->value[d->n] = (struct spill_span){ copy, v.len };
	d->plain[d->n] = memchr(v.p, '\\', v.len) == NULL &&
			 memchr(v.p, '\t', v.len) == NULL &&
			 !spill_csv_quotes(v);
	d->longest = SPILL_MAX(d->longest, v.len);
	d->slot[at] = ++d->n;
	return (int32_t)d->n - 1;
}

int32_t
spill_dict_add(struct spill_dict *d, struct spill_span v)
{
	return add(d, v, SPILL_DICT_SOFT);
}

int32_t
spill_dict_must(struct spill_dict *d, struct spill_span v)
{
	int32_t id = add(d, v, SPILL_DICT_MAX);

	d->failed |= id < 0 && v.len > 0;
	return id;
}

bool
spill_dict_failed(const struct spill_dict *d)
{
	return d->failed;
}

bool
spill_dict_get(const struct spill_dict *d, uint64_t id, struct spill_span *v)
{
	if (id >= SPILL_DICT_MAX || d->value[id].len == 0)
		return false;
	*v = d->value[id];
	return true;
}

const struct spill_span *
spill_dict_values(const struct spill_dict *d)
{
	return d->value;
}

size_t
spill_dict_longest(const struct spill_dict *d)
{
	return d->longest;
}

bool
spill_dict_is_plain(const struct spill_dict *d, uint64_t id)
{
	return d->plain[id];
}

void
spill_dict_free(struct spill_dict **d)
{
	if (*d == NULL)
		return;
	spill_arena_release(&(*d)->text);
	free(*d);
	*d = NULL;
}
