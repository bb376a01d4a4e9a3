/*
 * bytes.h: building raw records by hand, for the tests of decoders.
 */
#ifndef SPILL_TESTS_BYTES_H
#define SPILL_TESTS_BYTES_H

#include <spill/ondisk.h>

#include "util.h"

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

static inline void
put16be(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline void
put32be(uint8_t *p, uint32_t v)
{
	put16be(p, (uint16_t)(v >> 16));
	put16be(p + 2, (uint16_t)v);
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

/* Whatever one of the first n bytes is, reading ends and stays inside: every
 * step-th value of each is tried. */
static inline void
check_any_byte(struct spill_span raw, size_t n, unsigned step,
    const char *(*read)(struct spill_span))
{
	for (size_t i = 0; i < n; i++)
		for (unsigned v = 0; v < 256; v += step) {
			char *p = exact(raw.p, raw.len);

			p[i] = (char)v;
			(void)read(span_of(p, raw.len));
			free(p);
		}
}

/* A header that is sound, and what reads one. Of fewer than known bytes nobody
 * can say what it is. */
struct header {
	void (*make)(uint8_t *b);
	int (*read)(struct spill_span raw, struct spill_flaw *flaw);
	size_t len, known;
};

/* Its read of a struct what that what_read() fills. */
#define HEADER_READER(name, what)                                       \
	static int name(struct spill_span raw, struct spill_flaw *flaw) \
	{                                                               \
		struct what x;                                          \
		int rc = what##_read(raw, &x);                          \
                                                                        \
		*flaw = x.flaw;                                         \
		return rc;                                              \
	}

/* A field set to a value, and the flaw that this is; NULL: none. */
struct field {
	unsigned at, len;
	uint64_t v;
	const char *flaw;
};

/* With each of the fields, and cut at every byte. */
static inline void
check_header(const struct header *h, const struct field *f, size_t n)
{
	struct spill_flaw flaw;
	uint8_t b[1024], v[8];

	for (size_t i = 0; i < n; i++) {
		h->make(b);
		put64(v, f[i].v);
		memcpy(b + f[i].at, v, f[i].len);
		(void)h->read(span_of(b, h->len), &flaw);
		if (f[i].flaw != NULL)
			assert_flaw(flaw, f[i].flaw);
		else
			assert_null(flaw.what);
	}
	h->make(b);
	for (size_t cut = 0; cut < h->len; cut++) {
		uint8_t *p = exact(b, cut);

		assert_int_equal(h->read(span_of(p, cut), &flaw),
		    cut < h->known ? SPILL_EFORMAT : SPILL_EDAMAGED);
		free(p);
	}
}

#endif
