#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include <spill/arena.h>

/* Blocks double from the first on: small arenas stay small. */
#define BLOCK_MIN ((size_t)1 << 10)
#define BLOCK_MAX ((size_t)64 << 10)

struct spill_arena_block {
	struct spill_arena_block *next;
	size_t len, used;
	alignas(max_align_t) char bytes[];
};

static struct spill_arena_block *
add_block(struct spill_arena *a, size_t n)
{
	size_t next = a->head != NULL ? 2 * a->head->len : BLOCK_MIN;
	size_t len = SPILL_MAX(n, SPILL_MIN(next, BLOCK_MAX));
	struct spill_arena_block *b = malloc(sizeof(*b) + len);

	if (b == NULL)
		return NULL;
	*b = (struct spill_arena_block){ .next = a->head, .len = len };
	a->head = b;
	return b;
}

/* What is left out before it counts as handed out, too. */
static void *
take(struct spill_arena *a, size_t n, size_t align)
{
	struct spill_arena_block *b = a->head;
	size_t pad = b != NULL ? -b->used % align : 0;
	void *p;

	if (b == NULL || b->len - b->used < pad || n > b->len - b->used - pad)
		b = NULL;
	pad = b != NULL ? pad : 0;
	if (a->max != 0 &&
	    (n > a->max || a->used > a->max - n || pad > a->max - n - a->used))
		return NULL;
	if (b == NULL)
		b = add_block(a, n);
	if (b == NULL)
		return NULL;
	p = memset(b->bytes + b->used + pad, 0, n);
	b->used += pad + n;
	a->used += pad + n;
	return p;
}

void *
spill_arena_alloc(struct spill_arena *a, size_t n)
{
	const size_t align = alignof(max_align_t);

	if (n > SIZE_MAX / 4)
		return NULL;
	return take(
	    a, (SPILL_MAX(n, (size_t)1) + align - 1) / align * align, align);
}

char *
spill_arena_dup(struct spill_arena *a, const char *p, size_t n)
{
	char *copy = n < SIZE_MAX / 4 ? take(a, n + 1, 1) : NULL;

	if (copy != NULL && n > 0)
		memcpy(copy, p, n);
	return copy;
}

void
spill_arena_release(struct spill_arena *a)
{
	while (a->head != NULL) {
		struct spill_arena_block *b = a->head;

		a->head = b->next;
		free(b);
	}
	a->used = 0;
}
