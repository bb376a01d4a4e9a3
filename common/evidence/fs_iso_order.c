/*
 * fs_iso_order.c: files whose record has two numbers, by its two orders of
 * bytes, for where they are or how long, or blocks of attributes before the
 * content, which hardly any disc has. Something is damaged: what the sound
 * records of the disc say decides what.
 */
#include <stdlib.h>

#include "fs_iso_i.h"

#define FIRST (SPILL_ISO_FIRST + 1) /* sector; files begin behind it */

struct extent {
	uint64_t block, size;
	uint64_t end; /* of this and all before it: bytes */
	bool here, there; /* in the tree of the file, in the other one */
};

struct sound {
	struct iso_state *s;
	struct extent *v;
	size_t n;
};

/* --- what is sound ------------------------------------------------------- */

static bool
is_open(const struct iso_node *n)
{
	return (n->flags & (ISO_TWO | ISO_FOLDER)) == ISO_TWO &&
	       n->records == 1;
}

static int
by_extent(const void *a, const void *b)
{
	const struct extent *x = a, *y = b;

	if (x->block != y->block)
		return x->block < y->block ? -1 : 1;
	return x->size < y->size ? -1 : x->size > y->size;
}

/* here is that of the main tree. */
static void
gather(struct sound *k)
{
	uint32_t bs = k->s->block_size;
	size_t n = 0;
	uint64_t end = 0;

	for (uint32_t i = 0; i < k->s->n; i++) {
		const struct iso_node *x = &k->s->node[i];

		if ((x->flags & ISO_TWO) == 0 && x->size > 0)
			k->v[n++] = (struct extent){ x->block, x->size, 0,
				x->tree == ISO_MAIN, x->tree == ISO_OTHER };
	}
	qsort(k->v, n, sizeof(*k->v), by_extent);
	for (size_t i = 0; i < n; i++) {
		struct extent *last = k->n > 0 ? &k->v[k->n - 1] : NULL;

		if (last != NULL && by_extent(last, &k->v[i]) == 0) {
			last->here |= k->v[i].here;
			last->there |= k->v[i].there;
			continue;
		}
		end = SPILL_MAX(end, k->v[i].block * bs + k->v[i].size);
		k->v[k->n] = k->v[i];
		k->v[k->n++].end = end;
	}
}

/* The first one that begins at a block, or behind it. */
static size_t
find(const struct sound *k, uint64_t block)
{
	size_t lo = 0, hi = k->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (k->v[mid].block < block)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static const struct extent *
find_same(const struct sound *k, uint64_t block, uint64_t size)
{
	const struct extent key = { .block = block, .size = size };

	return k->n == 0 ? NULL
			 : bsearch(&key, k->v, k->n, sizeof(key), by_extent);
}

/* --- which is right ------------------------------------------------------ */

enum { WRONG, TAKEN, POSSIBLE, NAMED = POSSIBLE + 3 };

struct guess {
	uint64_t block, size; /* of the content */
	uint64_t from; /* the block of what is before it */
};

/* What speaks for a place: the other tree has a file there which this one has
 * not, or files end and begin where it does, as they lie one behind the other.
 * And against it: it is within another file, or beyond the end. */
static int
weigh(const struct sound *k, unsigned tree, const struct guess *g)
{
	uint32_t bs = k->s->block_size;
	uint64_t from = g->from * bs, at = g->block * bs, to;
	const struct extent *x = find_same(k, g->block, g->size);
	size_t behind;

	if (at >= k->s->end || g->size > k->s->end - at ||
	    from < (uint64_t)FIRST * SPILL_ISO_SECTOR)
		return WRONG;
	if (x != NULL)
		return (tree == ISO_MAIN ? x->here : x->there) ? TAKEN : NAMED;
	to = g->block + (g->size + bs - 1) / bs;
	behind = find(k, to);
	if (behind > 0 && k->v[behind - 1].end > from)
		return WRONG;
	return POSSIBLE + (behind < k->n && k->v[behind].block == to) +
	       (behind > 0 && k->v[behind - 1].end > from - bs);
}

/* Both numbers in the first order, in the second, one of each; with what is
 * before the content, and without. */
static void
decide(const struct sound *k, struct iso_node *n, const struct iso_entry *e)
{
	static const uint8_t order[] = { 0, 3, 1, 2 };
	const struct spill_iso_record *r = &e->record;
	const uint32_t block[2] = { r->block, r->block_be };
	const uint32_t size[2] = { r->size, r->size_be };
	int best = -1;

	for (unsigned i = 0; i < 2 * SPILL_COUNT(order); i++) {
		unsigned o = order[i / 2];
		uint64_t extra = i % 2 == 0 ? r->extra : 0;
		struct guess g = { block[o & 1] + extra, size[o >> 1],
			block[o & 1] };
		int w = g.size > 0 || size[0] == size[1] ? weigh(k, n->tree, &g)
							 : WRONG;

		if (w <= best)
			continue;
		best = w;
		n->block = (uint32_t)g.block;
		n->size = g.size;
		if (i > 0)
			n->flags |= ISO_SECOND;
	}
}

void
iso_decide_orders(struct iso_state *s)
{
	struct sound k = { .s = s };
	struct iso_entry *e;
	uint32_t open = 0;

	for (uint32_t i = 0; i < s->n; i++)
		open += is_open(&s->node[i]);
	if (open == 0)
		return;
	e = malloc(sizeof(*e));
	k.v = calloc((size_t)s->n + 1, sizeof(*k.v));
	if (e == NULL || k.v == NULL)
		s->rc = SPILL_ENOMEM;
	else
		gather(&k);
	for (uint32_t i = 0; i < s->n && s->rc == SPILL_OK; i++)
		if (is_open(&s->node[i]) &&
		    iso_entry(s, &s->node[i], s->node[i].at, e))
			decide(&k, &s->node[i], e);
	free(k.v);
	free(e);
}
