#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "image_ewf_i.h"

static struct ewf_loaded *
oldest(struct ewf *e)
{
	struct ewf_loaded *old = NULL;

	for (size_t i = 0; i < EWF_LOADED; i++) {
		struct ewf_loaded *l = &e->loaded[i];

		if (old == NULL ||
		    (old->full && (!l->full || l->used < old->used)))
			old = l;
	}
	return old;
}

static void
unload(struct ewf *e, struct ewf_loaded *l)
{
	if (!l->full)
		return;
	free(l->e);
	e->loaded_bytes -= l->bytes;
	e->table[l->table].loaded = 0;
	*l = (struct ewf_loaded){ 0 };
}

static struct ewf_loaded *
place_for(struct ewf *e, size_t bytes)
{
	struct ewf_loaded *l;

	while (
	    e->loaded_bytes + bytes > EWF_LOADED_MAX && e->loaded_bytes > 0) {
		l = NULL;
		for (size_t i = 0; i < EWF_LOADED; i++)
			if (e->loaded[i].full &&
			    (l == NULL || e->loaded[i].used < l->used))
				l = &e->loaded[i];
		if (l == NULL)
			break;
		unload(e, l);
	}
	l = oldest(e);
	unload(e, l);
	return l;
}

/* One copy of the entries into e; true: its checksum fits. */
static bool
read_copy(struct spill_image *img, const struct ewf_table *t, unsigned copy,
    uint32_t *e, bool *read, int *error)
{
	const struct image_part *p = &img->part[t->part];
	size_t n = (size_t)t->count * 4;

	*read = part_read_whole(
	    img, p, t->at[copy], e, n + (t->footer ? 4 : 0), error);
	return *read && (!t->footer || ewf_sum_ok((const uint8_t *)e, n));
}

/*
 * The better copy. Chunks have their own checksums: entries without a right
 * one are used all the same.
 */
static void
read_entries(
    struct spill_image *img, const struct ewf_table *t, struct ewf_loaded *l)
{
	bool read = false;

	l->base = t->base[0];
	if (read_copy(img, t, 0, l->e, &read, &l->error))
		return;
	image_note(img, "a table of chunks is damaged", SPILL_IMAGE_DAMAGED,
	    img->part[t->part].number, t->at[0]);
	if (t->at[1] != 0 && read_copy(img, t, 1, l->e, &read, &l->error)) {
		l->base = t->base[1];
		return;
	}
	if (t->at[1] != 0)
		(void)read_copy(img, t, 0, l->e, &read, &l->error);
	if (read)
		return;
	free(l->e);
	l->e = NULL;
}

/*
 * EnCase 6.7 wrote offsets of 2 GiB and more with all 32 bits and stored the
 * chunks there: from the first entry on that goes backwards otherwise, if the
 * file is that long; else that entry is wrong.
 */
static uint32_t
find_wrap(const struct ewf_table *t, const struct ewf_loaded *l, uint64_t size)
{
	uint32_t before = 0;

	for (uint32_t i = 0; i < t->count; i++) {
		uint32_t low = l->e[i] & ~EWF_PACKED;
		bool back = low < before;

		if (i == 0)
			back = l->base + low < t->from &&
			       l->base + l->e[0] < t->to;
		if (back && l->e[i] != low && l->base + l->e[i] < size)
			return i;
		before = low;
	}
	return t->count;
}

static void
to_native(uint32_t *e, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct spill_cur c = spill_cur(&e[i], 4);

		e[i] = spill_cur_u32le(&c);
	}
}

static struct ewf_loaded *
load(struct spill_image *img, size_t table)
{
	struct ewf *e = img->ewf;
	struct ewf_table *t = &e->table[table];
	size_t bytes = ((size_t)t->count + 1) * 4;
	struct ewf_loaded *l;

	if (t->loaded > 0)
		return &e->loaded[t->loaded - 1];
	l = place_for(e, bytes);
	l->e = malloc(bytes);
	if (l->e == NULL)
		return NULL;
	l->full = true;
	t->loaded = (unsigned)(l - e->loaded) + 1;
	l->table = table;
	l->bytes = bytes;
	e->loaded_bytes += bytes;
	if (t->own != NULL)
		memcpy(l->e, t->own, bytes - 4);
	else
		read_entries(img, t, l);
	if (t->own != NULL)
		l->base = t->base[0];
	else if (l->e != NULL)
		to_native(l->e, t->count);
	l->wrap = l->e != NULL ? find_wrap(t, l, img->part[t->part].size) : 0;
	return l;
}

static bool
table_of(const struct ewf *e, uint64_t chunk, size_t *table)
{
	size_t from = 0, to = e->tables;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (e->table[mid].first > chunk)
			to = mid;
		else
			from = mid + 1;
	}
	if (from == 0)
		return false;
	*table = from - 1;
	return chunk - e->table[from - 1].first < e->table[from - 1].count;
}

static uint64_t
offset_of(const struct ewf_loaded *l, uint32_t i)
{
	uint32_t v = i >= l->wrap ? l->e[i] : l->e[i] & ~EWF_PACKED;

	return l->base + v;
}

bool
ewf_find(struct spill_image *img, uint64_t chunk, struct ewf_place *place,
    enum spill_bad *kind, int *error)
{
	struct ewf *e = img->ewf;
	struct ewf_loaded *l;
	const struct ewf_table *t;
	uint64_t end;
	size_t table;
	uint32_t i;

	*kind = 0;
	*error = 0;
	if (!table_of(e, chunk, &table))
		return false; /* its range is in a list already */
	l = load(img, table);
	t = &e->table[table];
	place->part = &img->part[t->part];
	if (l == NULL || l->e == NULL) {
		*error = l == NULL ? ENOMEM : l->error;
		*kind = *error != 0 ? SPILL_BAD_READ : SPILL_BAD_SHORT;
		return false;
	}
	l->used = ++e->clock;
	i = (uint32_t)(chunk - t->first);
	place->at = offset_of(l, i);
	place->packed = i < l->wrap && (l->e[i] & EWF_PACKED) != 0;
	end = i + 1 < t->count ? offset_of(l, i + 1) : t->to;
	place->len = end > place->at && end - place->at <= ewf_in_len(img)
			 ? (size_t)(end - place->at)
			 : 0;
	return true;
}
