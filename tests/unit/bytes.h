/*
 * bytes.h: building raw records by hand, for the tests of decoders.
 */
#ifndef SPILL_TESTS_BYTES_H
#define SPILL_TESTS_BYTES_H

#include <stdlib.h>
#include <string.h>

#include <spill/buf.h>
#include <spill/ondisk.h>

static inline void
put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static inline void
put32(uint8_t *p, uint32_t v)
{
	put16(p, (uint16_t)v);
	put16(p + 2, (uint16_t)(v >> 16));
}

static inline void
put64(uint8_t *p, uint64_t v)
{
	put32(p, (uint32_t)v);
	put32(p + 4, (uint32_t)(v >> 32));
}

/* ASCII as UTF-16LE; returns the units. */
static inline size_t
put_utf16(uint8_t *p, const char *s)
{
	size_t n = 0;

	for (; s[n] != '\0'; n++)
		put16(p + n * 2, (uint8_t)s[n]);
	return n;
}

static inline struct spill_span
span_of(const void *p, size_t n)
{
	return (struct spill_span){ p, n };
}

/* A copy of its exact size, so that a sanitizer sees a read past the end. */
static inline uint8_t *
exact(const void *p, size_t n)
{
	uint8_t *q = malloc(n);

	if (q == NULL && n > 0)
		abort();
	if (n > 0)
		memcpy(q, p, n);
	return q;
}

/* A UTF-16LE name as text of ours. */
static inline const char *
utf16_text(struct spill_span raw)
{
	static struct spill_buf b = SPILL_BUF_INIT(4096);

	spill_buf_reset(&b);
	(void)spill_utf16le_put(&b, raw);
	return spill_buf_str(&b);
}

#define assert_iso(t, want)                        \
	do {                                       \
		char iso_[SPILL_TIME_TEXT];        \
                                                   \
		spill_time_format((t), iso_);      \
		assert_string_equal(iso_, (want)); \
	} while (0)

#define assert_flaw(f, want)                           \
	do {                                           \
		assert_non_null((f).what);             \
		assert_string_equal((f).what, (want)); \
	} while (0)

#endif
