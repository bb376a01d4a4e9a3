/*
 * fs_ntfs_set.c: sets of numbers, which cost the same for each however many
 * there are.
 */
#include <stdlib.h>
#include <string.h>

#include "fs_ntfs_i.h"

static size_t
slot_of(const uint64_t *v, size_t cap, uint64_t key)
{
	size_t i = (size_t)((key * 0x9e3779b97f4a7c15ULL) >> 20);

	while (v[i & (cap - 1)] != 0 && v[i & (cap - 1)] != key)
		i++;
	return i & (cap - 1);
}

static bool
set_grow(struct ntfs_set *s)
{
	size_t cap = s->cap > 0 ? 2 * s->cap : 256;
	uint64_t *v = calloc(cap, sizeof(*v));

	if (v == NULL) {
		s->nomem = true;
		return false;
	}
	for (size_t i = 0; i < s->cap; i++)
		if (s->v[i] != 0)
			v[slot_of(v, cap, s->v[i])] = s->v[i];
	free(s->v);
	s->v = v;
	s->cap = cap;
	return true;
}

bool
ev_ntfs_set_add(struct ntfs_set *s, uint64_t key)
{
	size_t i;

	key += key == 0;
	if (2 * s->n >= s->cap && !set_grow(s))
		return true;
	i = slot_of(s->v, s->cap, key);
	if (s->v[i] == key)
		return false;
	s->v[i] = key;
	s->n++;
	return true;
}

bool
ev_ntfs_set_has(const struct ntfs_set *s, uint64_t key)
{
	key += key == 0;
	return s->n > 0 && s->v[slot_of(s->v, s->cap, key)] == key;
}

void
ev_ntfs_set_reset(struct ntfs_set *s)
{
	if (s->cap > 1024)
		ev_ntfs_set_release(s);
	else if (s->n > 0)
		memset(s->v, 0, s->cap * sizeof(*s->v));
	s->n = 0;
}

void
ev_ntfs_set_release(struct ntfs_set *s)
{
	free(s->v);
	*s = (struct ntfs_set){ 0 };
}
