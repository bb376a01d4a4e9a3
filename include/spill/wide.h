/*
 * wide.h: what bytes are there, asked of sixteen at a time: of every cell that
 * is read, checked or written somebody wants to know that none of a few bytes
 * is in it, and nearly always none is.
 */
#ifndef SPILL_WIDE_H
#define SPILL_WIDE_H

#include <string.h>

#include <spill/base.h>

typedef uint8_t spill_wide __attribute__((vector_size(16)));

static inline spill_wide
spill_wide_at(const char *p)
{
	spill_wide v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* Of 1 to 15 bytes: each is in it, some more than once. */
static inline spill_wide
spill_wide_few(const char *p, size_t n)
{
	uint64_t w[2];
	uint32_t a, b;
	spill_wide v;

	if (n >= 8) {
		memcpy(&w[0], p, 8);
		memcpy(&w[1], p + n - 8, 8);
	} else if (n >= 4) {
		memcpy(&a, p, 4);
		memcpy(&b, p + n - 4, 4);
		w[0] = w[1] = (uint64_t)a << 32 | b;
	} else {
		a = (uint32_t)(uint8_t)p[0] << 16 |
		    (uint32_t)(uint8_t)p[n / 2] << 8 | (uint8_t)p[n - 1];
		a |= a << 24;
		w[0] = w[1] = (uint64_t)a << 32 | a;
	}
	memcpy(&v, w, sizeof(v));
	return v;
}

/* Is there a byte for which TEST says yes? In its answer those are not 0. */
static inline bool
spill_wide_any(
    const char *p, size_t n, spill_wide (*const test)(spill_wide bytes))
{
	spill_wide found = { 0 };
	uint64_t w[2];

	if (n == 0)
		return false;
	for (size_t i = 0; i + sizeof(found) <= n; i += sizeof(found))
		found |= test(spill_wide_at(p + i));
	if (n >= sizeof(found))
		found |= test(spill_wide_at(p + n - sizeof(found)));
	else
		found |= test(spill_wide_few(p, n));
	memcpy(w, &found, sizeof(w));
	return (w[0] | w[1]) != 0;
}

#endif
