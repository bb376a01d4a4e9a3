/*
 * fs_fat_map.c: which clusters are in use, and which of them belong to what
 * ([FAT] "FAT Data Structure", [EX] 4 and 7.1). Hostile chains end: one that
 * leads back is cut where it does, and all of them together have a budget.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs_fat_i.h"

bool
fat_is_cluster(const struct fat *s, uint64_t cluster)
{
	return cluster >= 2 && cluster - 2 < s->clusters;
}

uint64_t
fat_cluster_at(const struct fat *s, uint64_t cluster)
{
	return s->heap + (cluster - 2) * s->cluster_size;
}

bool
fat_cluster_of(const struct fat *s, uint64_t at, uint32_t *cluster)
{
	if (at < s->heap || (at - s->heap) / s->cluster_size >= s->clusters)
		return false;
	*cluster = (uint32_t)((at - s->heap) / s->cluster_size) + 2;
	return true;
}

/* --- the table ---------------------------------------------------------- */

static bool
read_window(struct ev_fs *fs, struct fat_window *w, uint64_t table, uint64_t at)
{
	const struct fat *s = fs->state;
	size_t size = (size_t)FAT_WINDOW * s->boot.bits / 8;
	size_t n = (size_t)SPILL_MIN(size, s->table_len - at);

	memset(w->bytes + n, 0, size - n);
	w->loaded = ev_fs_read(fs, table + at, w->bytes, n);
	w->bad = !w->loaded || ev_fs_is_bad(fs, table + at, n);
	return w->loaded && !w->bad;
}

/* Where the table in use cannot be read the other one may be. */
static const struct fat_window *
find_window(struct ev_fs *fs, uint64_t number)
{
	struct fat *s = fs->state;
	struct fat_window *w = &s->window[number % SPILL_COUNT(s->window)];
	uint64_t size = (uint64_t)FAT_WINDOW * s->boot.bits / 8;

	if (w->loaded && w->number == number)
		return w;
	if (w->bytes == NULL)
		w->bytes = malloc((size_t)size);
	w->loaded = false;
	if (w->bytes == NULL || number * size >= s->table_len)
		return NULL;
	w->number = number;
	if (!read_window(fs, w, s->table, number * size) && !s->exfat &&
	    s->fats > 1 && s->boot.active < 0 &&
	    !read_window(fs, w, s->table + s->table_len, number * size))
		(void)read_window(fs, w, s->table, number * size);
	return w->loaded ? w : NULL;
}

/* [EX] 4.1: all 32 bits count. */
static enum spill_fat_link
exfat_link(const struct fat *s, const uint8_t *p, uint32_t *next)
{
	struct spill_cur c = spill_cur(p, 4);
	uint32_t v = spill_cur_u32le(&c);

	*next = v;
	if (v == 0)
		return SPILL_FAT_FREE;
	if (v >= 0xfffffff8)
		return SPILL_FAT_LAST;
	if (v == 0xfffffff7)
		return SPILL_FAT_BAD;
	return fat_is_cluster(s, v) ? SPILL_FAT_NEXT : SPILL_FAT_WRONG;
}

bool
fat_link(struct ev_fs *fs, uint32_t cluster, enum spill_fat_link *kind,
    uint32_t *next)
{
	const struct fat *s = fs->state;
	uint32_t first = cluster / FAT_WINDOW * FAT_WINDOW;
	const struct fat_window *w = find_window(fs, cluster / FAT_WINDOW);
	struct spill_span part;

	if (w == NULL || !fat_is_cluster(s, cluster))
		return false;
	part = (struct spill_span){ (const char *)w->bytes,
		(size_t)FAT_WINDOW * s->boot.bits / 8 };
	if (s->exfat)
		*kind = exfat_link(
		    s, w->bytes + (size_t)(cluster - first) * 4, next);
	else if (spill_fat_link_from(
		     &s->boot, part, first, cluster, kind, next) != SPILL_OK)
		return false;
	return !w->bad || *kind != SPILL_FAT_FREE;
}

/* Byte of the volume of a cluster's entry in the table. */
static uint64_t
entry_byte(const struct fat *s, uint32_t cluster)
{
	return s->table + (uint64_t)cluster * s->boot.bits / 8;
}

/* --- what is in use ----------------------------------------------------- */

/* The byte of the allocation bitmap at an offset. */
static bool
bitmap_byte(struct ev_fs *fs, uint64_t offset, uint8_t *out)
{
	struct fat *s = fs->state;
	size_t size = SPILL_MIN((size_t)s->cluster_size, (size_t)16 << 10);
	uint64_t from = offset / size * size, block = from / fs->block_size;
	const struct ev_run *r = s->bitmap.run;

	if (s->bits_at == from) {
		*out = s->bits[offset - from];
		return !s->bits_bad;
	}
	for (size_t i = 0; i < s->bitmap.nrun; i++, r++)
		if (block >= r->offset && block - r->offset < r->count) {
			uint64_t at =
			    (r->block + block - r->offset) * fs->block_size;

			s->bits_at = from;
			s->bits_bad = !ev_fs_read(fs, at, s->bits, size) ||
				      ev_fs_is_bad(fs, at, size);
			*out = s->bits[offset - from];
			return !s->bits_bad;
		}
	return false;
}

/* What cannot be known counts as in use: then nothing of it is said to be
 * that of an erased file. */
bool
fat_used(struct ev_fs *fs, uint64_t cluster)
{
	const struct fat *s = fs->state;
	enum spill_fat_link kind;
	uint32_t next;
	uint8_t byte;

	if (!fat_is_cluster(s, cluster))
		return true;
	if (!s->exfat)
		return !fat_link(fs, (uint32_t)cluster, &kind, &next) ||
		       kind != SPILL_FAT_FREE;
	return !bitmap_byte(fs, (cluster - 2) / 8, &byte) ||
	       (byte >> (cluster - 2) % 8 & 1) != 0;
}

bool
fat_is_taken(struct ev_fs *fs, uint64_t cluster)
{
	const struct fat *s = fs->state;
	enum spill_fat_link kind;
	uint32_t next;

	return fat_used(fs, cluster) &&
	       (s->exfat || !fat_link(fs, (uint32_t)cluster, &kind, &next) ||
		   kind != SPILL_FAT_WRONG);
}

bool
fat_block_used(struct ev_fs *fs, uint64_t block)
{
	const struct fat *s = fs->state;
	uint64_t at = block * fs->block_size;
	uint32_t cluster;

	return fat_cluster_of(s, at, &cluster) ? fat_used(fs, cluster)
					       : at < s->heap;
}

/* --- runs --------------------------------------------------------------- */

static void
add_run(struct ev_fs *fs, uint64_t offset, uint32_t cluster, uint64_t count,
    struct ev_object *out)
{
	const struct fat *s = fs->state;
	uint64_t per = s->cluster_size / fs->block_size;

	ev_object_run(out, offset * per,
	    fat_cluster_at(s, cluster) / fs->block_size, count * per);
}

/* Only so many clusters of the last attribute stay. */
static void
cut_runs(struct ev_fs *fs, uint64_t clusters, struct ev_object *out)
{
	const struct fat *s = fs->state;
	struct ev_attr *a = &out->attr[out->n - 1];
	uint64_t end = clusters * (s->cluster_size / fs->block_size);

	while (a->runs > 0) {
		struct ev_run *r = &out->run[out->nrun - 1];

		if (r->offset < end) {
			r->count = SPILL_MIN(r->count, end - r->offset);
			return;
		}
		out->nrun--;
		a->runs--;
	}
}

static void
spoil(struct ev_object *out, uint64_t at, uint64_t length, const char *what)
{
	out->attr[out->n - 1].lost = true;
	ev_folder_fault(&out->faults, at, length, what);
}

static void
spoil_link(
    struct ev_fs *fs, uint32_t cluster, const char *what, struct ev_object *out)
{
	const struct fat *s = fs->state;

	spoil(out, entry_byte(s, cluster), (s->boot.bits + 7) / 8, what);
}

/* --- chains ------------------------------------------------------------- */

struct steps { /* of a chain; Brent's way to find out that it leads back */
	uint32_t at, mark;
	uint64_t lap, power;
};

static bool
leads_back(struct steps *b)
{
	b->lap++;
	if (b->at == b->mark)
		return true;
	if (b->lap == b->power) {
		b->mark = b->at;
		b->power *= 2;
		b->lap = 0;
	}
	return false;
}

static uint32_t
step(struct ev_fs *fs, uint32_t cluster)
{
	enum spill_fat_link kind;
	uint32_t next = cluster;

	(void)fat_link(fs, cluster, &kind, &next);
	return next;
}

/* Clusters of a chain that leads back, each once; its loop has lap ones. */
static uint64_t
unloop(struct ev_fs *fs, uint32_t first, uint64_t lap, uint32_t *last)
{
	uint32_t a = first, b = first;
	uint64_t n = lap;

	for (uint64_t i = 0; i < lap; i++) {
		*last = b;
		b = step(fs, b);
	}
	for (; a != b; n++) {
		a = step(fs, a);
		*last = b;
		b = step(fs, b);
	}
	return n;
}

static const char too_many[] =
    "too many clusters were followed, those of its own are not";

static const char *
wrong_end(enum spill_fat_link kind)
{
	switch (kind) {
	case SPILL_FAT_FREE:
		return "its chain has a cluster that is marked as free";
	case SPILL_FAT_BAD:
		return "its chain has a cluster that is marked as bad";
	default:
		return "its chain leads out of the volume";
	}
}

/* Is that what the table says of a cluster itself, not of the next? */
static bool
is_own(const char *what)
{
	return what == wrong_end(SPILL_FAT_FREE) ||
	       what == wrong_end(SPILL_FAT_BAD);
}

/* One step; what is wrong with it, or NULL. */
static const char *
go_on(struct ev_fs *fs, uint32_t *at, bool *end)
{
	struct fat *s = fs->state;
	enum spill_fat_link kind;
	uint32_t next;

	*end = true;
	if (s->budget == 0)
		return too_many;
	s->budget--;
	if (!fat_link(fs, *at, &kind, &next))
		return "the table cannot be read where its chain goes on";
	if (kind == SPILL_FAT_LAST)
		return NULL;
	if (kind != SPILL_FAT_NEXT)
		return wrong_end(kind);
	*at = next;
	*end = false;
	return NULL;
}

/* Behind the last cluster that is wanted it is followed as far again: what
 * leads back has done so before then. */
uint64_t
fat_chain(
    struct ev_fs *fs, uint32_t first, uint64_t most, struct ev_object *out)
{
	const struct fat *s = fs->state;
	struct steps b = { first, first, 0, 1 };
	uint64_t n = 0, most_steps = most > UINT64_MAX / 4 ? most : 3 * most;
	const char *what = NULL;
	uint32_t last = first;
	bool end = false;

	if (!fat_is_cluster(s, first)) {
		spoil(out, 0, 0, "its first cluster is outside the volume");
		return 0;
	}
	while (!end && n < most_steps) {
		if (n < most)
			add_run(fs, n, b.at, 1, out);
		n++;
		last = b.at;
		what = go_on(fs, &b.at, &end);
		if (!end && leads_back(&b)) {
			n = unloop(fs, first, b.lap, &last);
			cut_runs(fs, n, out);
			what = "its chain leads back to where it was";
			break;
		}
	}
	if (what == NULL && end && n < most && most != UINT64_MAX)
		what = "its chain ends before its size";
	/* What is wrong behind its end is not its own. */
	if (what != NULL && n < most)
		spoil_link(fs, last, what, out);
	else if (n == most && !s->exfat && is_own(what))
		ev_folder_fault(&out->faults, entry_byte(s, last),
		    (s->boot.bits + 7) / 8, what);
	return SPILL_MIN(n, most);
}

void
fat_row(struct ev_fs *fs, uint32_t first, uint64_t count, struct ev_object *out)
{
	struct fat *s = fs->state;
	uint64_t room =
	    fat_is_cluster(s, first) ? s->clusters + 2ULL - first : 0;

	if (count > room)
		spoil(out, 0, 0, "its clusters go on outside the volume");
	count = SPILL_MIN(count, room);
	if (count > 1 && count > s->budget) {
		spoil(out, 0, 0, too_many);
		count = 1;
	}
	s->budget -= SPILL_MIN(count, s->budget);
	add_run(fs, 0, first, count, out);
}

bool
fat_guess(
    struct ev_fs *fs, uint32_t first, uint64_t count, struct ev_object *out)
{
	struct fat *s = fs->state;
	uint64_t c = first, n = 0;
	bool used = fat_used(fs, c), in_a_row = true;

	if (!fat_is_cluster(s, first)) {
		out->attr[out->n - 1].lost = true;
		return true;
	}
	if (used || count <= 1 || count > s->budget) {
		add_run(fs, 0, first, 1, out);
		out->attr[out->n - 1].lost = count > 1;
		return true;
	}
	for (; n < count && fat_is_cluster(s, c) && s->budget > 0; c++) {
		s->budget--;
		used = fat_used(fs, c);
		in_a_row &= !used;
		if (!used)
			add_run(fs, n++, (uint32_t)c, 1, out);
	}
	if (n == count)
		return in_a_row;
	cut_runs(fs, 1, out);
	out->attr[out->n - 1].lost = true;
	return true;
}

/* --- items that share clusters ------------------------------------------- */

#define OWNED_MAX ((uint64_t)1 << 28) /* FAT32 has no more: 32 MiB */

/* The first cluster of a run that is another item's; 0: none. */
static uint64_t
own_run(struct ev_fs *fs, const struct ev_run *r)
{
	struct fat *s = fs->state;
	uint64_t per = s->cluster_size / fs->block_size, shared = 0;
	uint32_t c;

	if (!fat_cluster_of(s, r->block * fs->block_size, &c))
		return 0;
	for (uint64_t end = c + r->count / per; c < end; c++) {
		uint8_t bit = (uint8_t)(1u << c % 8);

		if ((s->owned[c / 8] & bit) != 0 && shared == 0)
			shared = c;
		s->owned[c / 8] |= bit;
	}
	return shared;
}

bool
fat_is_owned(const struct fat *s, uint32_t cluster)
{
	return s->owned == NULL ||
	       (s->owned[cluster / 8] >> cluster % 8 & 1) != 0;
}

void
fat_own(struct ev_fs *fs, struct ev_object *o)
{
	struct fat *s = fs->state;
	uint64_t shared = 0;

	if (!o->alloc || s->clusters > OWNED_MAX)
		return;
	if (s->owned == NULL)
		s->owned = calloc(s->clusters / 8 + 2, 1);
	o->nomem |= s->owned == NULL;
	for (size_t i = 0; i < o->nrun && s->owned != NULL; i++) {
		uint64_t c = own_run(fs, &o->run[i]);

		if (shared == 0)
			shared = c;
	}
	if (shared != 0)
		ev_folder_fault(&o->faults, fat_cluster_at(s, shared),
		    s->cluster_size, "it has clusters of another item");
}

/* --- both tables -------------------------------------------------------- */

struct difference {
	uint64_t first, last, bytes;
};

static void
compare_part(const uint8_t *a, const uint8_t *b, size_t n, uint64_t at,
    struct difference *d)
{
	if (memcmp(a, b, n) == 0)
		return;
	for (size_t i = 0; i < n; i++)
		if (a[i] != b[i]) {
			if (d->bytes++ == 0)
				d->first = at + i;
			d->last = at + i;
		}
}

/* The entries of clusters only: the first two have marks of their own. */
void
fat_compare(struct ev_fs *fs, struct ev_folder *out)
{
	const struct fat *s = fs->state;
	uint64_t end = ((s->clusters + 2ULL) * s->boot.bits + 7) / 8;
	uint64_t at = 2 * s->boot.bits / 8;
	struct difference d = { 0 };
	uint8_t *a = malloc(2 * FAT_PIECE);
	char what[80];

	end = SPILL_MIN(end, s->table_len);
	for (; a != NULL && at < end; at += FAT_PIECE) {
		size_t n = (size_t)SPILL_MIN(end - at, (uint64_t)FAT_PIECE);
		uint64_t other = s->table + s->table_len + at;

		if (ev_fs_read(fs, s->table + at, a, n) &&
		    ev_fs_read(fs, other, a + FAT_PIECE, n) &&
		    !ev_fs_is_bad(fs, s->table + at, n) &&
		    !ev_fs_is_bad(fs, other, n))
			compare_part(a, a + FAT_PIECE, n, other, &d);
	}
	free(a);
	if (d.bytes == 0)
		return;
	(void)snprintf(what, sizeof(what),
	    "FAT 2 differs from FAT 1, bytes: %llu",
	    (unsigned long long)d.bytes);
	ev_folder_fault(out, d.first, d.last - d.first + 1, what);
}
