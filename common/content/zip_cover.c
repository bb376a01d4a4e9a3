/*
 * zip_cover.c: members of zip that overlap.
 *
 * A hostile directory can name the same bytes many times, so that a small
 * file takes for ever to unpack (D. Fifield, "A better zip bomb", WOOT 2019).
 * Every member is listed, but the content of one is read only if at least
 * half of its compressed bytes are in none that is read: all of them together
 * cost at most twice the source. Those that begin last, which others quote,
 * go first; of those that begin together, the first in the directory.
 *
 * A member that is stored does not stand for one that is deflated: else one
 * that lies across all others would hide them. So each kind is looked at
 * alone.
 */
#include <stdlib.h>

#include "zip_i.h"

/* Runs that are read, apart from each other, from the back to the front, and
 * how much all of them up to one cover. */
struct run {
	uint64_t start, end, sum;
};

struct cover {
	struct run *run;
	size_t n, cap;
};

static int
by_start(const void *a, const void *b, void *ctx)
{
	const struct zip *z = ctx;
	uint64_t i = *(const uint64_t *)a, k = *(const uint64_t *)b;
	int by = SPILL_CMP(z->e[i].start, z->e[k].start);

	return by != 0 ? by : SPILL_CMP(i, k);
}

static int
by_data(const void *a, const void *b, void *ctx)
{
	const struct zip *z = ctx;
	uint64_t i = *(const uint64_t *)a, k = *(const uint64_t *)b;
	int by = SPILL_CMP(z->e[i].data, z->e[k].data);

	return by != 0 ? by : SPILL_CMP(i, k);
}

static void
sort(struct zip *z, int (*by)(const void *, const void *, void *))
{
	qsort_r(z->order, z->n, sizeof(*z->order), by, z);
}

static bool
overlap(const struct zip_entry *a, const struct zip_entry *b)
{
	return a->start < b->end && b->start < a->end;
}

/* Of which kind a method is: 0 stored, 1 deflated, 2 any other. */
static unsigned
kind_of(uint16_t method)
{
	return method == 0 ? 0 : method == 8 ? 1 : 2;
}

/* How many bytes before an offset the runs cover. */
static uint64_t
below(const struct cover *c, uint64_t at)
{
	size_t lo = 0, hi = c->n; /* the first run that begins before it */
	uint64_t sum;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (c->run[mid].start >= at)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == c->n)
		return 0;
	sum = c->run[c->n - 1].sum - (lo > 0 ? c->run[lo - 1].sum : 0);
	return c->run[lo].end > at ? sum - (c->run[lo].end - at) : sum;
}

static int
take(struct cover *c, uint64_t start, uint64_t end)
{
	void *v;

	while (c->n > 0 && c->run[c->n - 1].start <= end) {
		start = SPILL_MIN(start, c->run[c->n - 1].start);
		end = SPILL_MAX(end, c->run[c->n - 1].end);
		c->n--;
	}
	v = spill_grow(c->run, c->n, &c->cap, sizeof(*c->run));
	if (v == NULL)
		return SPILL_ENOMEM;
	c->run = v;
	c->run[c->n] = (struct run){ start, end,
		(c->n > 0 ? c->run[c->n - 1].sum : 0) + (end - start) };
	c->n++;
	return SPILL_OK;
}

/* Entries that begin together go in the order of the directory, so a group
 * of them is taken from its front while groups go from the back. */
static int
cover_kind(struct zip *z, unsigned kind, struct cover *c)
{
	size_t group, end = z->n;
	int rc = SPILL_OK;

	c->n = 0;
	for (; end > 0 && rc == SPILL_OK; end = group) {
		uint64_t data = z->e[z->order[end - 1]].data;

		for (group = end - 1; group > 0; group--)
			if (z->e[z->order[group - 1]].data != data)
				break;
		for (size_t i = group; i < end && rc == SPILL_OK; i++) {
			struct zip_entry *e = &z->e[z->order[i]];
			uint64_t len = e->end - e->data;

			if (kind_of(e->method) != kind || len == 0)
				continue;
			e->covered =
			    below(c, e->end) - below(c, e->data) > len / 2;
			if (!e->covered)
				rc = take(c, e->data, e->end);
		}
	}
	return rc;
}

/* Where a local header is lost, its content ends where the next begins. */
static void
guess_content(struct zip *z)
{
	for (size_t i = 0; i < z->n; i++) {
		struct zip_entry *e = &z->e[z->order[i]];
		uint64_t len = e->end - e->data, next = z->dir;

		if (i + 1 < z->n)
			next = z->e[z->order[i + 1]].start;
		if (!e->no_local || next < e->data || len > next - e->data)
			continue;
		e->data = next - len;
		e->end = next;
	}
}

static int
tell(struct zip *z)
{
	uint64_t until = 0, from = 0;
	size_t count = 0;
	char text[100];

	for (size_t i = 0; i < z->n; i++) {
		struct zip_entry *e = &z->e[z->order[i]];

		if (e->start < until && e->end > e->start) {
			from = count++ == 0 ? e->start : from;
		}
		until = SPILL_MAX(until, e->end);
	}
	if (count == 0)
		return SPILL_OK;
	(void)snprintf(text, sizeof(text),
	    "%zu members begin inside of others: shared bytes are read once",
	    count);
	return zip_flaw(z, "anomaly", from, 0, text);
}

int
zip_cover(struct zip *z)
{
	struct cover c = { 0 };
	bool any = false;
	int rc = SPILL_OK;

	if (z->n == 0)
		return SPILL_OK;
	z->order = malloc(z->n * sizeof(*z->order));
	if (z->order == NULL)
		return SPILL_ENOMEM;
	for (size_t i = 0; i < z->n; i++)
		z->order[i] = i;
	sort(z, by_start);
	guess_content(z);
	for (size_t i = 1; i < z->n && !any; i++)
		any = overlap(&z->e[z->order[i - 1]], &z->e[z->order[i]]);
	if (!any)
		return SPILL_OK;
	sort(z, by_data);
	for (unsigned k = 0; k < 3 && rc == SPILL_OK; k++)
		rc = cover_kind(z, k, &c);
	free(c.run);
	sort(z, by_start);
	return rc != SPILL_OK ? rc : tell(z);
}
