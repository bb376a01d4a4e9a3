/*
 * image_ewf_recover.c: chunks whose table is lost.
 *
 * Chunks lie behind one another in "sectors" and each has a checksum of its
 * own, over what it unpacks to or over what is stored. So where one begins,
 * its kind and its end can be told, and with that where the next begins. It
 * ends at the first that fits neither: the cut, or the damage.
 */
#include <stdlib.h>
#include <string.h>

#include "image_ewf_i.h"

struct recover {
	struct ewf_walk *w;
	struct ewf_tools *t;
	uint64_t at; /* of t->in[0] */
	size_t n, used; /* bytes in t->in, and passed */
	uint32_t *e;
	uint32_t count, cap;
};

/* More bytes behind those not passed yet, as far as there are. */
static void
refill(struct recover *r)
{
	struct ewf_walk *w = r->w;
	size_t left = r->n - r->used, room = ewf_in_len(w->img);
	uint64_t behind = r->at + r->n;
	size_t more =
	    (size_t)SPILL_MIN((uint64_t)(room - left), w->data_to - behind);

	memmove(r->t->in, r->t->in + r->used, left);
	r->at += r->used;
	r->used = 0;
	r->n = left;
	if (more > 0 &&
	    part_read_whole(w->img, w->p, behind, r->t->in + left, more, NULL))
		r->n += more;
}

static size_t
packed_len(struct recover *r, size_t want)
{
	size_t in = 0, out = 0;

	if (libdeflate_zlib_decompress_ex(r->t->z, r->t->in + r->used,
		r->n - r->used, r->t->out, r->w->img->info.chunk, &in,
		&out) != LIBDEFLATE_SUCCESS)
		return 0;
	return out >= want ? in : 0;
}

static size_t
stored_len(struct recover *r, size_t want)
{
	return r->n - r->used >= want + 4 &&
		       ewf_sum_ok(r->t->in + r->used, want)
		   ? want + 4
		   : 0;
}

static bool
add(struct recover *r, bool packed)
{
	uint64_t offset = r->at + r->used - r->w->data_from;

	if (offset >= EWF_PACKED || r->count >= EWF_ENTRIES)
		return false;
	if (r->count == r->cap) {
		uint32_t cap = r->cap > 0 ? r->cap * 2 : 64;
		uint32_t *e = reallocarray(r->e, cap, sizeof(*e));

		if (e == NULL)
			return false;
		r->e = e;
		r->cap = cap;
	}
	r->e[r->count++] = (uint32_t)offset | (packed ? EWF_PACKED : 0);
	return true;
}

/* The next chunk; the very last of the image may be short. */
static bool
next_chunk(struct recover *r, uint64_t chunks)
{
	const struct spill_image *img = r->w->img;
	bool last = r->count + 1 == chunks && img->info.size > 0;
	size_t want = img->info.chunk, len;
	bool packed;

	if (r->count >= chunks)
		return false;
	if (last && img->info.size % want != 0)
		want = (size_t)(img->info.size % want);
	/* In this order: bytes that are stored may be somebody's zlib data. */
	len = stored_len(r, want);
	packed = len == 0;
	if (packed)
		len = packed_len(r, want);
	if (len == 0 || !add(r, packed))
		return false;
	r->used += len;
	return true;
}

/* Chunks that the tables so far leave, if there is no gap among them. */
static uint64_t
chunks_left(const struct ewf_walk *w)
{
	uint64_t size = w->img->info.size, chunk = w->img->info.chunk;
	uint64_t sum = w->ewf->sum;

	if (size == 0)
		return EWF_ENTRIES;
	size = size / chunk + (size % chunk != 0);
	return sum < size ? size - sum : 0;
}

static void
search(struct recover *r)
{
	uint64_t chunks = chunks_left(r->w);

	do {
		refill(r);
	} while (next_chunk(r, chunks) && r->at + r->used < r->w->data_to);
}

static void
found(struct recover *r, bool all, enum spill_bad kind)
{
	struct ewf_walk *w = r->w;
	struct ewf_table *t = r->count > 0 ? ewf_table_add(w, r->count) : NULL;

	if (t != NULL) {
		t->own = r->e;
		r->e = NULL;
		t->base[0] = t->from = w->data_from;
		t->to = r->at + r->used;
		ewf_note(w, "chunks without a table were found by themselves",
		    SPILL_IMAGE_DAMAGED);
	}
	if (t == NULL || !all)
		ewf_gap(w->ewf, kind, w->p->number);
}

void
ewf_recover(struct ewf_walk *w, enum spill_bad kind)
{
	struct recover r = { .w = w, .at = w->data_from };

	w->data = false;
	if (w->img->info.chunk > 0)
		r.t = ewf_tools_take(w->img);
	if (r.t != NULL)
		search(&r);
	found(&r, r.at + r.used == w->data_to && kind != SPILL_BAD_SHORT, kind);
	free(r.e);
	if (r.t != NULL)
		ewf_tools_give(w->img, r.t);
}
