/*
 * sort_batch.c: rows in memory, sorted by radix on the key and by comparison
 * where keys are equal.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "sort_i.h"

#define SMALL 12 /* up to here insertion beats merging */

void
sort_thread_init(struct sort_thread *t)
{
	pthread_mutex_init(&t->lock, NULL);
	pthread_cond_init(&t->changed, NULL);
	t->started = t->stop = false;
}

bool
sort_thread_start(struct sort_thread *t, void *(*run)(void *), void *arg)
{
	sigset_t all, old;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	t->started = pthread_create(&t->id, NULL, run, arg) == 0;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return t->started;
}

void
sort_thread_free(struct sort_thread *t)
{
	if (t->started) {
		pthread_mutex_lock(&t->lock);
		t->stop = true;
		pthread_cond_broadcast(&t->changed);
		pthread_mutex_unlock(&t->lock);
		pthread_join(t->id, NULL);
	}
	pthread_mutex_destroy(&t->lock);
	pthread_cond_destroy(&t->changed);
}

void *
sort_map(size_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

void
sort_unmap(void *p, size_t n)
{
	if (p != NULL)
		(void)munmap(p, n);
}

/* --- order -------------------------------------------------------------- */

static int
order_known(struct spill_walk *a, struct spill_walk *b, unsigned known)
{
	for (;;) {
		int c;

		if (a->col >= known || b->col >= known)
			return (a->col < known) - (b->col < known);
		if (a->col != b->col) /* unset is before any value */
			return a->col < b->col ? 1 : -1;
		c = spill_span_cmp(a->value, b->value);
		if (c != 0)
			return c;
		spill_walk_next(a);
		spill_walk_next(b);
	}
}

/*
 * Beyond the schema, what differs in the column of the least name decides,
 * an unset cell before any value: numbers of those columns depend on which
 * input was read first, their names do not.
 */
static int
order_others(
    const struct spill_columns *cols, struct spill_walk a, struct spill_walk b)
{
	struct spill_span least = { NULL, 0 };
	int order = 0;

	while (a.col < SPILL_COLUMNS_MAX || b.col < SPILL_COLUMNS_MAX) {
		unsigned col = SPILL_MIN(a.col, b.col);
		int c = a.col != b.col ? (a.col == col ? 1 : -1)
				       : spill_span_cmp(a.value, b.value);

		if (c != 0) {
			struct spill_span n = spill_columns_name(cols, col);

			if (least.p == NULL || spill_span_cmp(n, least) < 0) {
				least = n;
				order = c;
			}
		}
		if (a.col == col)
			spill_walk_next(&a);
		if (b.col == col)
			spill_walk_next(&b);
	}
	return order;
}

int
order_ties(const struct spill_sort_conf *conf, struct spill_span a,
    struct spill_span b)
{
	size_t known = spill_columns_schema(conf->columns)->n;
	unsigned low_a = (unsigned char)a.p[8], low_b = (unsigned char)b.p[8];
	struct spill_walk wa, wb;
	int c = (int)(low_a & 15) - (int)(low_b & 15); /* ns within the key */

	if (c != 0)
		return c;
	wa = spill_walk(a, conf->dict);
	wb = spill_walk(b, conf->dict);
	for (size_t i = 0; i < conf->norder; i++) {
		struct spill_span va = spill_walk_to(&wa, conf->order[i]);
		struct spill_span vb = spill_walk_to(&wb, conf->order[i]);

		c = va.p != vb.p ? spill_span_cmp(va, vb) : 0;
		if (c != 0)
			return c;
	}
	c = memcmp(a.p + 8, b.p + 8, 2); /* precision, zone */
	if (c != 0)
		return c;
	wa = spill_walk(a, conf->dict);
	wb = spill_walk(b, conf->dict);
	c = order_known(&wa, &wb, (unsigned)known);
	return c != 0 ? c : order_others(conf->columns, wa, wb);
}

/* --- batches ------------------------------------------------------------ */

int
batch_open(struct batch *b, size_t cap)
{
	*b = (struct batch){ 0 };
	cap &= ~(sizeof(struct entry) - 1);
	b->mem = sort_map(cap);
	if (b->mem == NULL)
		return SPILL_ENOMEM;
	b->cap = cap;
	return SPILL_OK;
}

void
batch_free(struct batch *b)
{
	sort_unmap(b->mem, b->cap);
	*b = (struct batch){ 0 };
}

void
batch_reset(struct batch *b)
{
	b->used = 0;
	b->n = 0;
}

char *
batch_room(struct batch *b, size_t n)
{
	size_t index = 2 * (b->n + 1) * sizeof(struct entry);

	if (b->cap < index || b->cap - index < b->used ||
	    n > b->cap - index - b->used || b->used + n > UINT32_MAX)
		return NULL;
	return b->mem + b->used;
}

void
batch_took(struct batch *b, size_t n)
{
	struct entry *top = (struct entry *)(void *)(b->mem + b->cap);
	struct spill_span rec = { b->mem + b->used, n };

	top[-1 - (ptrdiff_t)b->n] = (struct entry){ spill_packed_key(rec),
		(uint32_t)b->used, (uint32_t)n };
	b->used += n;
	b->n++;
}

struct spill_span
batch_row(const struct batch *b, size_t i)
{
	return (struct spill_span){ b->mem + b->e[i].at, b->e[i].len };
}

/* --- sorting ------------------------------------------------------------ */

/* One pass on a byte of the key; false if all have the same. */
static bool
radix_pass(const struct entry *from, struct entry *to, size_t n, unsigned shift)
{
	size_t start[257] = { 0 };

	for (size_t i = 0; i < n; i++)
		start[(from[i].key >> shift & 255) + 1]++;
	for (unsigned i = 1; i <= 256; i++) {
		if (start[i] == n)
			return false;
		start[i] += start[i - 1];
	}
	for (size_t i = 0; i < n; i++)
		to[start[from[i].key >> shift & 255]++] = from[i];
	return true;
}

static int
tie(const struct batch *b, const struct spill_sort_conf *conf,
    const struct entry *x, const struct entry *y)
{
	return order_ties(conf, (struct spill_span){ b->mem + x->at, x->len },
	    (struct spill_span){ b->mem + y->at, y->len });
}

static void
insertion(const struct batch *b, const struct spill_sort_conf *conf,
    struct entry *e, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct entry x = e[i];
		size_t k = i;

		for (; k > 0 && tie(b, conf, &e[k - 1], &x) > 0; k--)
			e[k] = e[k - 1];
		e[k] = x;
	}
}

static void
merge_halves(const struct batch *b, const struct spill_sort_conf *conf,
    struct entry *e, size_t mid, size_t n, struct entry *aux)
{
	size_t i = 0, k = mid, to = 0;

	if (tie(b, conf, &e[mid - 1], &e[mid]) <= 0)
		return;
	memcpy(aux, e, mid * sizeof(*e));
	while (i < mid && k < n)
		e[to++] = tie(b, conf, &aux[i], &e[k]) <= 0 ? aux[i++] : e[k++];
	memcpy(e + to, aux + i, (mid - i) * sizeof(*e));
}

static void
sort_ties(const struct batch *b, const struct spill_sort_conf *conf,
    struct entry *e, size_t n, struct entry *aux)
{
	for (size_t i = 0; i < n; i += SMALL)
		insertion(b, conf, e + i, SPILL_MIN((size_t)SMALL, n - i));
	for (size_t width = SMALL; width < n; width *= 2)
		for (size_t i = 0; i + width < n; i += 2 * width)
			merge_halves(b, conf, e + i, width,
			    SPILL_MIN(2 * width, n - i), aux);
}

static bool
in_order(const struct entry *e, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (e[i - 1].key > e[i].key)
			return false;
	return true;
}

/* From the back, where the rows came last to first, to first to last. */
static void
reverse(struct entry *e, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		struct entry x = e[i];

		e[i] = e[n - 1 - i];
		e[n - 1 - i] = x;
	}
}

void
batch_sort(struct batch *b, const struct spill_sort_conf *conf)
{
	struct entry *top = (struct entry *)(void *)(b->mem + b->cap);
	struct entry *e = top - b->n, *aux = top - 2 * b->n;

	reverse(e, b->n);
	if (!in_order(e, b->n))
		for (unsigned shift = 0; shift < 64; shift += 8)
			if (radix_pass(e, aux, b->n, shift)) {
				struct entry *x = e;

				e = aux;
				aux = x;
			}
	for (size_t i = 0, k; i < b->n; i = k) {
		for (k = i + 1; k < b->n && e[k].key == e[i].key;)
			k++;
		if (k - i > 1)
			sort_ties(b, conf, e + i, k - i, aux);
	}
	b->e = e;
	b->aux = aux;
}
