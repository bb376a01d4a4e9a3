#include <stdlib.h>
#include <string.h>

#include "image_ewf_i.h"

struct ewf_table *
ewf_table_add(struct ewf_walk *w, uint32_t count)
{
	struct ewf *e = w->ewf;
	struct ewf_table *t;

	if (e->tables == e->cap) {
		size_t cap = e->cap > 0 ? e->cap * 2 : 16;

		t = e->tables < EWF_TABLES
			? reallocarray(e->table, cap, sizeof(*t))
			: NULL;
		if (t == NULL) {
			ewf_note(w, "too many tables: the rest is not read",
			    SPILL_IMAGE_DAMAGED);
			ewf_gap(e, SPILL_BAD_CHUNK, w->p->number);
			return NULL;
		}
		e->table = t;
		e->cap = cap;
	}
	t = &e->table[e->tables++];
	*t = (struct ewf_table){ .count = count,
		.part = w->part,
		.gap = e->gap,
		.gap_segment = e->gap_segment };
	e->sum += count;
	e->gap = 0;
	return t;
}

/* Its header: number of entries and what their offsets count from. */
static bool
read_head(struct ewf_walk *w, uint32_t *count, uint64_t *base)
{
	uint8_t p[24] = { 0 };
	struct spill_cur c = spill_cur(p, sizeof(p));
	uint32_t n;

	if (w->end - w->body < sizeof(p) ||
	    !part_read_whole(w->img, w->p, w->body, p, sizeof(p), NULL) ||
	    !ewf_sum_ok(p, 20))
		return false;
	n = spill_cur_u32le(&c);
	spill_cur_skip(&c, 4);
	*base = spill_cur_u64le(&c);
	if (*base > w->p->size)
		*base = 0;
	*count = n;
	return n <= EWF_ENTRIES && n <= (w->end - w->body - sizeof(p)) / 4;
}

/* Of chunks behind their entries those that a cut left whole. */
static uint32_t
count_whole(struct ewf_walk *w, uint32_t count, uint64_t base)
{
	size_t n = (size_t)count * 4;
	uint8_t *e = malloc(n);
	struct spill_cur c = spill_cur(e, n);
	uint32_t whole = 0;

	spill_cur_skip(&c, 4);
	if (e != NULL &&
	    part_read_whole(w->img, w->p, w->body + 24, e, n, NULL))
		while (whole + 1 < count &&
		       base + (spill_cur_u32le(&c) & ~EWF_PACKED) <= w->p->size)
			whole++;
	free(e);
	return whole;
}

static void
new_table(struct ewf_walk *w, uint32_t count, uint64_t base)
{
	uint64_t at = w->body + 24, behind = at + (uint64_t)count * 4;
	bool inside = !w->data && w->next - behind > 4; /* EnCase 1, S01 */
	uint32_t have = inside && w->cut ? count_whole(w, count, base) : count;
	struct ewf_table *t = have > 0 ? ewf_table_add(w, have) : NULL;

	if (t == NULL)
		return;
	t->at[0] = at;
	t->base[0] = base;
	t->from = w->data_from;
	t->to = w->data_to;
	/* S01 has no checksum behind the entries. */
	t->footer = have == count && w->end - behind >= 4 &&
		    w->img->info.format[0] == 'E';
	if (inside) {
		t->from = behind;
		t->to = w->end;
	}
	w->data = false;
	w->mirror = true;
}

void
ewf_on_table(struct ewf_walk *w, bool second)
{
	struct ewf_table *t =
	    w->mirror ? &w->ewf->table[w->ewf->tables - 1] : NULL;
	uint32_t count;
	uint64_t base;

	if (!read_head(w, &count, &base)) {
		ewf_note(
		    w, "a table of chunks is damaged", SPILL_IMAGE_DAMAGED);
		if (!w->data && !second)
			ewf_gap(w->ewf,
			    w->cut ? SPILL_BAD_SHORT : SPILL_BAD_CHUNK,
			    w->p->number);
		return;
	}
	if (count == 0)
		return;
	if (!second || t == NULL || w->data) {
		new_table(w, count, base);
	} else if (t->count == count) {
		t->at[1] = w->body + 24;
		t->base[1] = base;
		w->mirror = false;
	} else {
		ewf_note(
		    w, "the two copies of a table differ", SPILL_IMAGE_DAMAGED);
	}
}

/* --- which chunks a table has ------------------------------------------- */

static void
bad_chunks(struct spill_image *img, uint64_t from, uint64_t to, unsigned kind,
    unsigned segment)
{
	if (from >= to)
		return;
	bad_add(img, (struct spill_image_bad){ .offset = from * img->info.chunk,
			 .len = (to - from) * img->info.chunk,
			 .kind = kind,
			 .segment = segment });
	image_flaw(img, kind == SPILL_BAD_MISSING ? SPILL_IMAGE_MISSING
						  : SPILL_IMAGE_DAMAGED);
}

static void
drop_tables(struct ewf *e, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		free(e->table[i].own);
	if (to > from)
		memmove(e->table + from, e->table + to,
		    (e->tables - to) * sizeof(*e->table));
	e->tables -= to - from;
}

/* What lies around the gaps: tables [0, front) and [back, tables). */
static void
around_gaps(const struct ewf *e, uint64_t total, size_t *front, size_t *back)
{
	size_t f = e->tables, b = e->tables;

	for (size_t i = e->tables; i-- > 0;)
		if (e->table[i].gap != 0)
			f = i;
	for (size_t i = e->tables; e->gap == 0 && i-- > 0;) {
		b = i;
		if (e->table[i].gap != 0)
			break;
	}
	/*
	 * No gap at all: what is missing, is missing at the end. More chunks
	 * than there can be: nothing counts from the end.
	 */
	*back = f == e->tables || e->sum >= total ? e->tables : b;
	*front = f;
}

static uint64_t
number_from(struct ewf *e, size_t i, size_t end, uint64_t first)
{
	for (; i < end; i++) {
		e->table[i].first = first;
		first += e->table[i].count;
	}
	return first;
}

static void
worse(unsigned *kind, unsigned *segment, unsigned gap, unsigned gap_segment)
{
	if (gap == 0 || *kind == SPILL_BAD_MISSING ||
	    (*kind != 0 && gap != SPILL_BAD_MISSING))
		return;
	*kind = gap;
	*segment = gap_segment;
}

/* Why chunks are missing: a missing segment goes before other damage. */
static unsigned
gap_kind(const struct ewf *e, size_t front, size_t back, unsigned *segment)
{
	unsigned kind = 0;

	*segment = 0;
	for (size_t i = front; i <= back && i < e->tables; i++)
		worse(&kind, segment, e->table[i].gap, e->table[i].gap_segment);
	worse(&kind, segment, e->gap, e->gap_segment);
	return kind != 0 ? kind : SPILL_BAD_CHUNK;
}

/* Chunks are missing: say which, and number those around. */
static void
place_with_gaps(struct spill_image *img, uint64_t total)
{
	struct ewf *e = img->ewf;
	size_t front, back;
	uint64_t behind = 0, first, last;
	unsigned kind, segment;

	around_gaps(e, total, &front, &back);
	for (size_t i = back; i < e->tables; i++)
		behind += e->table[i].count;
	kind = gap_kind(e, front, back, &segment);
	if (back > front)
		image_note(img,
		    "what lies between two gaps has no certain place: not read",
		    SPILL_IMAGE_DAMAGED, segment, 0);
	first = number_from(e, 0, front, 0);
	last = total - behind;
	(void)number_from(e, back, e->tables, last);
	drop_tables(e, front, back);
	bad_chunks(img, first, last, kind, segment);
}

static size_t
first_gap(const struct ewf *e)
{
	size_t i = 0;

	while (i < e->tables && e->table[i].gap == 0)
		i++;
	return i;
}

/* A size that is written nowhere: as far as the chunks have a place. */
static void
count_size(struct spill_image *img)
{
	struct ewf *e = img->ewf;
	size_t gap = first_gap(e);

	image_note(img, "the size is not written in it: counted",
	    SPILL_IMAGE_UNFINISHED, 0, 0);
	if (gap < e->tables)
		image_note(img, "what lies behind a gap has no place: not read",
		    SPILL_IMAGE_DAMAGED, e->table[gap].gap_segment, 0);
	for (size_t i = gap; i < e->tables; i++)
		e->sum -= e->table[i].count;
	drop_tables(e, gap, e->tables);
	img->info.size = e->sum * img->info.chunk;
}

static int
check_geometry(struct spill_image *img, const char **why)
{
	struct spill_image_info *info = &img->info;

	if (!img->ewf->has_volume) {
		*why = "is an E01 image without a readable description of "
		       "its size";
		return SPILL_EDAMAGED;
	}
	if (info->size == 0)
		count_size(img);
	if (info->size == 0) {
		*why = "is an E01 image without content";
		return SPILL_EFORMAT;
	}
	info->chunks =
	    info->size / info->chunk + (info->size % info->chunk != 0 ? 1 : 0);
	if (img->ewf->chunks != 0 && img->ewf->chunks != info->chunks)
		image_note(img, "the number of chunks does not fit the size",
		    SPILL_IMAGE_DAMAGED, 0, 0);
	return SPILL_OK;
}

int
ewf_place(struct spill_image *img, const char **why)
{
	struct ewf *e = img->ewf;
	int rc = check_geometry(img, why);

	if (rc != SPILL_OK)
		return rc;
	if (e->sum > img->info.chunks)
		image_note(img, "there are more chunks than the size has",
		    SPILL_IMAGE_DAMAGED, 0, 0);
	if (e->sum == img->info.chunks ||
	    (e->sum > img->info.chunks && first_gap(e) == e->tables))
		(void)number_from(e, 0, e->tables, 0);
	else if (e->tables == 0)
		bad_chunks(img, 0, img->info.chunks,
		    e->gap != 0 ? e->gap : SPILL_BAD_CHUNK, e->gap_segment);
	else
		place_with_gaps(img, img->info.chunks);
	return SPILL_OK;
}
