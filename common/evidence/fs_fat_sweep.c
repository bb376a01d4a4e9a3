/*
 * fs_fat_sweep.c: entries in clusters that are not in use, or of which the
 * table says nothing that could be, which no folder leads to. As in libtsk, a
 * sector counts if it begins with what may be an entry; it is read in order, in
 * large pieces, without the holes.
 */
#include <stdlib.h>
#include <string.h>

#include "fs_fat_i.h"

#define CHUNK ((size_t)1 << 20)

/* The slots of a sector, which begins at pos; at: byte of the volume. */
static bool
sweep_sector(
    struct fat_sweep *w, struct spill_span bytes, size_t pos, uint64_t at)
{
	const uint8_t *p = (const uint8_t *)bytes.p + pos;

	if (!w->is_entry(w->s, p))
		return true;
	for (size_t i = 0; i < w->s->sector_size; i += FAT_SLOT)
		if (p[i] != 0 && w->is_entry(w->s, p + i) &&
		    !w->slot(w, bytes, pos + i, fat_number(w->s, at + i)))
			return false;
	return true;
}

/* Bytes from at on, with what lies before and behind them in the stretch. */
static bool
sweep_chunk(struct fat_sweep *w, uint8_t *raw, uint64_t from, uint64_t end,
    uint64_t at, size_t n)
{
	size_t before = (size_t)SPILL_MIN(at - from, (uint64_t)FAT_CARRY);
	size_t behind = (size_t)SPILL_MIN(end - at - n, (uint64_t)FAT_CARRY);
	struct spill_span bytes = { (char *)raw, before + n + behind };

	if (!ev_fs_read(w->fs, at - before, raw, bytes.len))
		return true;
	for (size_t i = 0; i < n; i += w->s->sector_size)
		if (!sweep_sector(w, bytes, before + i, at + i))
			return false;
	return true;
}

/* A stretch of clusters. */
static bool
sweep_stretch(struct fat_sweep *w, uint64_t from, uint64_t end)
{
	uint64_t size = w->s->sector_size, start, stop;

	for (uint64_t at = from; at < end;) {
		size_t n;

		if (!spill_image_next_data(
			w->fs->disk->image, w->fs->offset + at, &start, &stop))
			return true;
		if (start > w->fs->offset + at)
			at += (start - w->fs->offset - at) / size * size;
		if (at >= end)
			return true;
		n = (size_t)SPILL_MIN(end - at, (uint64_t)CHUNK);
		if (!sweep_chunk(w, w->raw, from, end, at, n))
			return false;
		at += n;
	}
	return true;
}

/* Not in use; or in no chain that is whole, since what the table says of it is
 * no cluster. */
static bool
is_swept(struct fat_sweep *w, uint64_t cluster)
{
	return !fat_is_claimed(w->s, (uint32_t)cluster) &&
	       !fat_is_taken(w->fs, cluster);
}

bool
fat_sweep_clusters(struct fat_sweep *w, uint64_t first, uint64_t last)
{
	uint64_t there = w->fs->there * w->fs->block_size;
	uint64_t from = fat_cluster_at(w->s, first);
	uint64_t end = SPILL_MIN(fat_cluster_at(w->s, last), there);

	return from >= end || sweep_stretch(w, from, end);
}

bool
fat_is_stray(struct fat_sweep *w, uint64_t cluster)
{
	return cluster < w->s->clusters + 2ULL &&
	       fat_used(w->fs, (uint32_t)cluster) &&
	       !fat_is_owned(w->s, (uint32_t)cluster);
}

int
fat_sweep(struct fat_sweep *w)
{
	struct fat *s = w->s;
	uint64_t last = s->clusters + 2ULL, c = 2;
	bool more = true;

	w->raw = malloc(CHUNK + 2 * (size_t)FAT_CARRY);
	if (w->raw == NULL)
		return SPILL_ENOMEM;
	while (more && c < last) {
		uint64_t first = c;

		while (c < last && is_swept(w, c))
			c++;
		if (c > first)
			more = fat_sweep_clusters(w, first, c);
		else if (w->stray != NULL && fat_is_stray(w, c))
			more = w->stray(w, (uint32_t)c);
		c = SPILL_MAX(c + (c == first), w->next);
	}
	free(w->raw);
	return SPILL_OK;
}

/* --- FAT ---------------------------------------------------------------- */

/* With the parts of a long name that lie before it. */
static bool
fat_slot(
    struct fat_sweep *w, struct spill_span bytes, size_t pos, uint64_t number)
{
	const uint8_t *p = (const uint8_t *)bytes.p;
	struct ev_entry x = { .object = number, .named = EV_ERASED };
	struct spill_fat_entry e;
	struct spill_fat_dir it;
	size_t from = pos;

	if ((p[pos + 11] & 0x0f) == 0x0f ||
	    ((p[pos + 11] & SPILL_FAT_DIRECTORY) != 0 && p[pos] == '.'))
		return true;
	while (pos - from < FAT_CARRY && from >= FAT_SLOT &&
	       fat_is_part(p + from - FAT_SLOT))
		from -= FAT_SLOT;
	bytes = (struct spill_span){ bytes.p + from, pos - from + FAT_SLOT };
	it = spill_fat_dir(bytes, w->s->boot.bits);
	while (spill_fat_dir_next(&it, &e) != SPILL_END)
		if (e.long_kind != SPILL_FAT_LONG_ORPHAN) {
			fat_name(&e, &w->name);
			x.name = spill_buf_as_span(&w->name);
			return w->each(w->ctx, &x,
			    (e.attributes & SPILL_FAT_DIRECTORY) != 0
				? EV_DIR
				: EV_FILE);
		}
	return true;
}

bool
fat_dots(struct ev_fs *fs, uint32_t cluster, struct fat_dots *out)
{
	struct fat *s = fs->state;
	uint8_t raw[2 * FAT_SLOT];
	struct spill_fat_entry self, up;
	struct spill_fat_dir it;

	if (!fat_is_cluster(s, cluster) ||
	    !ev_fs_read(fs, fat_cluster_at(s, cluster), raw, sizeof(raw)))
		return false;
	it = spill_fat_dir(
	    (struct spill_span){ (char *)raw, sizeof(raw) }, s->boot.bits);
	if (spill_fat_dir_next(&it, &self) == SPILL_END)
		return false;
	if (spill_fat_dir_next(&it, &up) == SPILL_END) {
		up = self;
		self.dot = up.at == 0 && up.dot;
		up.dot = up.at != 0 && up.dot;
	}
	*out = (struct fat_dots){ .has_self = self.dot && self.at == 0,
		.has_up = up.dot && up.at == FAT_SLOT,
		.self = self.cluster,
		.up = up.cluster };
	return true;
}

bool
fat_is_folder(struct ev_fs *fs, uint32_t cluster, uint32_t *parent)
{
	struct fat_dots d;

	if (!fat_dots(fs, cluster, &d) || !d.has_self || !d.has_up ||
	    d.self != cluster)
		return false;
	*parent = d.up;
	return true;
}

/*
 * A folder whose entry is lost, by its own entry ".". One that lies in such a
 * folder itself is found by that.
 */
static bool
fat_stray(struct fat_sweep *w, uint32_t cluster)
{
	struct ev_entry e = { .named = EV_UNNAMED, .lost = true };
	uint32_t parent, above;

	if (!fat_is_folder(w->fs, cluster, &parent))
		return true;
	if (fat_is_cluster(w->s, parent) && fat_used(w->fs, parent) &&
	    !fat_is_owned(w->s, parent) && fat_is_folder(w->fs, parent, &above))
		return true;
	e.object = fat_number(w->s, fat_cluster_at(w->s, cluster));
	return w->each(w->ctx, &e, EV_DIR);
}

int
fat_unused(struct ev_fs *fs, fat_each *each, void *ctx)
{
	struct fat_sweep w = { .fs = fs,
		.s = fs->state,
		.each = each,
		.ctx = ctx,
		.name = SPILL_BUF_INIT(4096),
		.is_entry = fat_is_entry,
		.slot = fat_slot,
		.stray = fat_stray };
	int rc = fat_sweep(&w);

	spill_buf_release(&w.name);
	return rc;
}
