#include <stdlib.h>
#include <string.h>

#include "image_i.h"

static unsigned
index_of(enum spill_bad kind)
{
	unsigned i = 0;

	while (i + 1 < SPILL_BAD_KINDS && !((unsigned)kind >> i & 1))
		i++;
	return i;
}

static uint64_t
end_of(const struct spill_image_bad *b)
{
	return b->offset + b->len;
}

/* The first range that ends behind offset. */
static size_t
find(const struct bad_list *l, uint64_t offset)
{
	size_t from = 0, to = l->n;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (end_of(&l->v[mid]) > offset)
			to = mid;
		else
			from = mid + 1;
	}
	return from;
}

static bool
joins(const struct spill_image_bad *a, const struct spill_image_bad *b)
{
	return end_of(a) == b->offset && a->error == b->error &&
	       a->segment == b->segment;
}

static void
remove_at(struct bad_list *l, size_t i)
{
	memmove(l->v + i, l->v + i + 1, (l->n - i - 1) * sizeof(*l->v));
	l->n--;
}

static bool
grow(struct bad_list *l)
{
	size_t cap = l->cap > 0 ? l->cap * 2 : 16;
	struct spill_image_bad *v;

	if (l->n < l->cap)
		return true;
	v = l->n < SPILL_IMAGE_RANGES ? reallocarray(l->v, cap, sizeof(*v))
				      : NULL;
	if (v == NULL)
		return false;
	l->v = v;
	l->cap = cap;
	return true;
}

/* No room for one more: let a neighbour reach over the bytes between. */
static void
stretch(struct bad_list *l, size_t i, struct spill_image_bad b)
{
	struct spill_image_bad *to = &l->v[i > 0 ? i - 1 : 0];
	uint64_t end = SPILL_MAX(end_of(&b), end_of(to));

	if (l->n == 0)
		return;
	l->bytes -= to->len;
	to->offset = SPILL_MIN(to->offset, b.offset);
	to->len = end - to->offset;
	l->bytes += to->len;
}

/* Put b, which touches no other, in front of v[i]; false: there is no room. */
static bool
insert(struct bad_list *l, size_t i, struct spill_image_bad b)
{
	bool before = i > 0 && joins(&l->v[i - 1], &b);
	bool behind = i < l->n && joins(&b, &l->v[i]);

	if (before) {
		l->v[i - 1].len += b.len + (behind ? l->v[i].len : 0);
		if (behind)
			remove_at(l, i);
	} else if (behind) {
		b.len += l->v[i].len;
		l->bytes -= l->v[i].len;
		l->v[i] = b;
	} else if (grow(l)) {
		memmove(l->v + i + 1, l->v + i, (l->n - i) * sizeof(*l->v));
		l->v[i] = b;
		l->n++;
	} else {
		return false;
	}
	l->bytes += b.len;
	return true;
}

bool
bad_list_gap(
    const struct bad_list *l, uint64_t *at, uint64_t end, uint64_t *len)
{
	while (*at < end) {
		size_t i = find(l, *at);

		if (i == l->n || l->v[i].offset > *at) {
			*len =
			    (i < l->n ? SPILL_MIN(end, l->v[i].offset) : end) -
			    *at;
			return true;
		}
		*at = end_of(&l->v[i]);
	}
	return false;
}

bool
bad_list_add(struct bad_list *l, struct spill_image_bad b)
{
	return insert(l, find(l, b.offset), b);
}

void
bad_list_release(struct bad_list *l)
{
	free(l->v);
	*l = (struct bad_list){ 0 };
}

void
bad_add(struct spill_image *img, struct spill_image_bad bad)
{
	struct bad_list *l = &img->bad[index_of(bad.kind)];
	uint64_t at = bad.offset, end;

	if (at >= img->info.size)
		return;
	end = at + SPILL_MIN(bad.len, img->info.size - at);
	pthread_mutex_lock(&img->lock);
	while (bad_list_gap(l, &at, end, &bad.len)) {
		bad.offset = at;
		if (img->info.chunk > 0)
			bad.chunk = at / img->info.chunk;
		if (!bad_list_add(l, bad))
			stretch(l, find(l, at), bad);
		at += bad.len;
	}
	pthread_mutex_unlock(&img->lock);
	atomic_store(&img->any_bad, true);
}

/* A first few of each, so that no range is ever lost to a lack of memory. */
bool
bad_init(struct spill_image *img)
{
	for (size_t i = 0; i < SPILL_BAD_KINDS; i++)
		if (!grow(&img->bad[i]))
			return false;
	return true;
}

void
bad_release(struct spill_image *img)
{
	for (size_t i = 0; i < SPILL_BAD_KINDS; i++)
		bad_list_release(&img->bad[i]);
}

/* The lock is part of an image that is otherwise only looked at. */
static pthread_mutex_t *
lock_of(const struct spill_image *img)
{
	return (pthread_mutex_t *)&img->lock;
}

unsigned
spill_image_is_bad(const struct spill_image *img, uint64_t offset, uint64_t len)
{
	unsigned kinds = 0;

	if (!atomic_load(&img->any_bad) || len == 0)
		return 0;
	pthread_mutex_lock(lock_of(img));
	for (unsigned k = 0; k < SPILL_BAD_KINDS; k++) {
		const struct bad_list *l = &img->bad[k];
		size_t i = find(l, offset);

		if (i < l->n &&
		    (l->v[i].offset <= offset || l->v[i].offset - offset < len))
			kinds |= 1u << k;
	}
	pthread_mutex_unlock(lock_of(img));
	return kinds;
}

bool
spill_image_bad_get(const struct spill_image *img, enum spill_bad kind,
    size_t i, struct spill_image_bad *out)
{
	const struct bad_list *l = &img->bad[index_of(kind)];
	bool there;

	pthread_mutex_lock(lock_of(img));
	there = i < l->n;
	if (there)
		*out = l->v[i];
	pthread_mutex_unlock(lock_of(img));
	return there;
}

uint64_t
spill_image_bad_bytes(const struct spill_image *img, enum spill_bad kind)
{
	uint64_t bytes;

	pthread_mutex_lock(lock_of(img));
	bytes = img->bad[index_of(kind)].bytes;
	pthread_mutex_unlock(lock_of(img));
	return bytes;
}
