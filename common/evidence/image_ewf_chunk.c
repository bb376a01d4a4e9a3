#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "image_ewf_i.h"

size_t
ewf_in_len(const struct spill_image *img)
{
	/* What deflate makes of bytes that do not pack, with room to spare. */
	return (size_t)img->info.chunk + img->info.chunk / 8 + 1024;
}

size_t
ewf_chunk_len(const struct spill_image *img, uint64_t chunk)
{
	uint64_t at = chunk * img->info.chunk;

	return (size_t)SPILL_MIN(
	    (uint64_t)img->info.chunk, img->info.size - at);
}

struct unpack {
	struct spill_image *img;
	struct ewf_tools *t;
	struct ewf_place place;
	size_t want; /* bytes of the chunk */
	int error;
	bool read, shrunk;
};

/* Bytes of the chunk as it is in the file into t->in; 0: none. */
static size_t
fetch(struct unpack *u, size_t n)
{
	const struct ewf_place *p = &u->place;
	uint64_t left = p->at < p->part->size ? p->part->size - p->at : 0;

	n = (size_t)SPILL_MIN((uint64_t)n, left);
	if (n == 0)
		return 0;
	u->read =
	    part_read_whole(u->img, p->part, p->at, u->t->in, n, &u->error);
	u->shrunk = !u->read && u->error == 0;
	return u->read ? n : 0;
}

static bool
inflate(struct unpack *u, size_t n, uint8_t *out)
{
	size_t in, got = 0;

	return n > 0 &&
	       libdeflate_zlib_decompress_ex(u->t->z, u->t->in, n, out,
		   u->img->info.chunk, &in, &got) == LIBDEFLATE_SUCCESS &&
	       got >= u->want;
}

/* out has room for a whole chunk. */
static bool
unpack_packed(struct unpack *u, uint8_t *out)
{
	size_t len = u->place.len, all = ewf_in_len(u->img);

	if (len > 0 && inflate(u, fetch(u, len), out))
		return true;
	if (len > 0 && !u->read)
		return false;
	return inflate(u, fetch(u, all), out);
}

/* The last chunk may be stored whole, or as far as there are sectors. */
static bool
unpack_stored(struct unpack *u, uint8_t *out)
{
	size_t all = u->img->info.chunk, want = u->want;
	size_t n = fetch(u, all + 4 <= u->place.len ? all + 4 : want + 4);

	if (n >= want + 4 && ewf_sum_ok(u->t->in, want)) {
		memcpy(out, u->t->in, want);
		return true;
	}
	if (n < all + 4 || want == all || !ewf_sum_ok(u->t->in, all))
		return false;
	memcpy(out, u->t->in, want);
	return true;
}

static void
chunk_bad(struct spill_image *img, uint64_t chunk, struct spill_image_bad bad,
    bool shrunk)
{
	bad.offset = chunk * img->info.chunk;
	bad.len = ewf_chunk_len(img, chunk);
	bad_add(img, bad);
	atomic_fetch_add(&img->tally.bad, 1);
	image_flaw(img, bad.kind == SPILL_BAD_READ ? SPILL_IMAGE_UNREADABLE
			: shrunk		   ? SPILL_IMAGE_CHANGED
						   : SPILL_IMAGE_DAMAGED);
}

static struct spill_image_bad
why_bad(const struct unpack *u)
{
	return (struct spill_image_bad){ .error = u->error,
		.kind = u->error != 0 ? SPILL_BAD_READ
			: u->shrunk   ? SPILL_BAD_SHORT
				      : SPILL_BAD_CHUNK };
}

/* Chunk to out, which has room for a whole one; zeros where it is bad. */
static void
chunk_unpack(
    struct spill_image *img, struct ewf_tools *t, uint64_t chunk, uint8_t *out)
{
	struct unpack u = {
		.img = img, .t = t, .want = ewf_chunk_len(img, chunk)
	};
	struct spill_image_bad bad = { 0 };
	bool found, ok;

	pthread_mutex_lock(&img->ewf->lock);
	found = ewf_find(img, chunk, &u.place, &bad.kind, &bad.error);
	pthread_mutex_unlock(&img->ewf->lock);
	ok = found &&
	     (u.place.packed ? unpack_packed(&u, out) : unpack_stored(&u, out));
	atomic_fetch_add(&img->tally.chunks, 1);
	if (ok)
		return;
	memset(out, 0, u.want);
	if (found)
		bad = why_bad(&u);
	else if (bad.kind == SPILL_BAD_SHORT)
		u.shrunk = true; /* its table was there when it was opened */
	/* Chunks of a missing segment are in a list already. */
	if (bad.kind == 0)
		return;
	bad.segment = u.place.part->number;
	chunk_bad(img, chunk, bad, u.shrunk);
}

/* --- cache --------------------------------------------------------------- */

static struct ewf_slot *
set_of(struct ewf *e, uint64_t chunk)
{
	return &e->slot[chunk % e->sets * e->ways];
}

static bool
cache_get(
    struct spill_image *img, uint64_t chunk, size_t from, uint8_t *to, size_t n)
{
	struct ewf *e = img->ewf;
	struct ewf_slot *s;
	bool hit = false;

	pthread_mutex_lock(&e->lock);
	s = set_of(e, chunk);
	for (size_t i = 0; i < e->ways && !hit; i++) {
		if (s[i].chunk != chunk + 1)
			continue;
		memcpy(to, s[i].p + from, n);
		s[i].used = ++e->clock;
		hit = true;
	}
	pthread_mutex_unlock(&e->lock);
	return hit;
}

/* Swaps *p for the memory of what it drives out. */
static void
cache_put(struct spill_image *img, uint64_t chunk, uint8_t **p)
{
	struct ewf *e = img->ewf;
	struct ewf_slot *s, *old;
	uint8_t *memory;

	pthread_mutex_lock(&e->lock);
	s = old = set_of(e, chunk);
	for (size_t i = 1; i < e->ways; i++)
		if (s[i].used < old->used)
			old = &s[i];
	memory = old->p != NULL ? old->p : malloc(img->info.chunk);
	if (memory != NULL) {
		old->p = *p;
		old->chunk = chunk + 1;
		old->used = ++e->clock;
		*p = memory;
	}
	pthread_mutex_unlock(&e->lock);
}

static void
no_memory(struct spill_image *img, uint64_t offset, uint8_t *buf, size_t n)
{
	memset(buf, 0, n);
	image_flaw(img, SPILL_IMAGE_UNREADABLE);
	bad_add(img, (struct spill_image_bad){ .offset = offset,
			 .len = n,
			 .kind = SPILL_BAD_READ,
			 .error = ENOMEM });
}

void
ewf_read(struct spill_image *img, uint64_t offset, uint8_t *buf, size_t n)
{
	struct ewf_tools *t = NULL;
	size_t len = img->info.chunk;

	while (n > 0) {
		uint64_t chunk = offset / len;
		size_t from = (size_t)(offset % len);
		size_t take = SPILL_MIN(ewf_chunk_len(img, chunk) - from, n);

		if (take == len || !cache_get(img, chunk, from, buf, take)) {
			if (t == NULL && (t = ewf_tools_take(img)) == NULL) {
				no_memory(img, offset, buf, n);
				return;
			}
			/* A whole chunk goes straight to where it is wanted. */
			chunk_unpack(img, t, chunk, take == len ? buf : t->out);
			if (take < len) {
				memcpy(buf, t->out + from, take);
				cache_put(img, chunk, &t->out);
			}
		}
		offset += take;
		buf += take;
		n -= take;
	}
	if (t != NULL)
		ewf_tools_give(img, t);
}
