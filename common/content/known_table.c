/*
 * known_table.c: many hashes of one length. Sets are mostly in order when they
 * come; else a radix sort in place, since tens of millions are usual.
 */
#include <stdlib.h>
#include <string.h>

#include "known_i.h"

#define FEW 32 /* by insertion */

int
known_table_add(struct known_table *t, const uint8_t *hash)
{
	uint8_t *v = spill_grow(t->p, t->n, &t->cap, t->len);

	if (v == NULL)
		return SPILL_ENOMEM;
	t->p = v;
	t->sorted = t->n == 0 || (t->sorted && memcmp(v + (t->n - 1) * t->len,
						   hash, t->len) <= 0);
	memcpy(v + t->n++ * t->len, hash, t->len);
	return SPILL_OK;
}

static void
swap(uint8_t *a, uint8_t *b, size_t len)
{
	uint8_t tmp[SPILL_SHA256_LEN];

	memcpy(tmp, a, len);
	memcpy(a, b, len);
	memcpy(b, tmp, len);
}

static void
insertion(uint8_t *p, size_t n, size_t len)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = i;
		     k > 0 && memcmp(p + (k - 1) * len, p + k * len, len) > 0;
		     k--)
			swap(p + (k - 1) * len, p + k * len, len);
}

/* Put each where its digit-th byte belongs ("American flag"), then sort each
 * run by the next: as deep as a hash is long, and no deeper. */
static void
radix(uint8_t *p, size_t n, size_t len, size_t digit)
{
	size_t at[256] = { 0 }, end[256], sum = 0;

	if (n <= FEW || digit == len) {
		if (digit < len)
			insertion(p, n, len);
		return;
	}
	for (size_t i = 0; i < n; i++)
		at[p[i * len + digit]]++;
	for (unsigned c = 0; c < 256; c++) {
		sum += at[c];
		end[c] = sum;
		at[c] = sum - at[c];
	}
	for (unsigned c = 0; c < 256; c++)
		while (at[c] < end[c]) {
			uint8_t to = p[at[c] * len + digit];

			if (to == c)
				at[c]++;
			else
				swap(p + at[c] * len, p + at[to]++ * len, len);
		}
	for (unsigned c = 0; c < 256; c++) {
		size_t first = c > 0 ? end[c - 1] : 0;

		radix(p + first * len, end[c] - first, len, digit + 1);
	}
}

static void
unique(struct known_table *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++) {
		uint8_t *from = t->p + i * t->len;

		if (n > 0 && memcmp(t->p + (n - 1) * t->len, from, t->len) == 0)
			continue;
		memmove(t->p + n++ * t->len, from, t->len);
	}
	t->n = n;
}

void
known_table_ready(struct known_table *t)
{
	uint8_t *v;

	if (t->n == 0)
		return;
	if (!t->sorted)
		radix(t->p, t->n, t->len, 0);
	t->sorted = true;
	unique(t);
	v = reallocarray(t->p, t->n, t->len);
	if (v != NULL) {
		t->p = v;
		t->cap = t->n;
	}
}

bool
known_table_has(const struct known_table *t, const uint8_t *hash)
{
	size_t lo = 0, hi = t->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = memcmp(t->p + mid * t->len, hash, t->len);

		if (c == 0)
			return true;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}
