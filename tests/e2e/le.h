/*
 * le.h: numbers of n bytes, the lowest first, for programs that write images.
 */
#ifndef SPILL_TESTS_LE_H
#define SPILL_TESTS_LE_H

#include <stdint.h>

static inline void
put(uint8_t *p, uint64_t v, unsigned n)
{
	for (; n > 0; n--, v >>= 8)
		*p++ = (uint8_t)v;
}

static inline uint64_t
get(const uint8_t *p, unsigned n)
{
	uint64_t v = 0;

	while (n-- > 0)
		v = v << 8 | p[n];
	return v;
}

#endif
