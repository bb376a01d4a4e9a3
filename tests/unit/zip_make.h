/*
 * zip_make.h: zips made by hand, honest ones and others.
 */
#ifndef SPILL_UNIT_ZIP_MAKE_H
#define SPILL_UNIT_ZIP_MAKE_H

#include <zlib.h>

#include "unpack_util.h"

enum { ZIP_PARTS = 16 };

/* A member. What is 0 is as an honest writer has it. */
struct zip_part {
	struct spill_span name, text;
	uint16_t method, flags, made, date, time;
	uint32_t attr;
	struct spill_span extra; /* in both headers */
	/* What the local header or the directory has instead. */
	struct spill_span local_name;
	uint32_t local_crc, crc, size, csize;
	bool unlisted; /* the directory does not have it */
	bool streamed; /* sizes and CRC behind the data */
	bool bare; /* the descriptor has no signature */
	/* While it is made. */
	uint64_t at, packed, packed_len;
};

struct zip_make {
	struct spill_buf b;
	struct zip_part part[ZIP_PARTS];
	size_t n;
	uint64_t dir, end;
};

static inline void
zput(struct spill_buf *b, uint64_t v, unsigned n)
{
	while (n-- > 0) {
		spill_buf_putc(b, (char)v);
		v >>= 8;
	}
}

static inline void
zpack(struct spill_buf *b, struct spill_span text, uint16_t method)
{
	z_stream z = { 0 };
	char *p;

	if (method != 8) {
		spill_buf_span(b, text);
		return;
	}
	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, -15, 9, 0), Z_OK);
	z.next_in = (z_const Bytef *)text.p;
	z.avail_in = (unsigned)text.len;
	z.avail_out = (unsigned)deflateBound(&z, text.len);
	p = spill_buf_room(b, z.avail_out);
	assert_non_null(p);
	z.next_out = (Bytef *)p;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	b->len += z.total_out;
	(void)deflateEnd(&z);
}

static inline uint32_t
zcrc(struct spill_span s)
{
	return (uint32_t)crc32(0, (const Bytef *)s.p, (unsigned)s.len);
}

/* The 26 bytes that both headers have, and what follows them. */
static inline void
zcommon(struct spill_buf *b, const struct zip_part *p, bool central)
{
	bool later = p->streamed && !central;
	uint32_t crc = p->crc ? p->crc : zcrc(p->text);
	struct spill_span name = p->name;

	if (!central && p->local_name.len > 0)
		name = p->local_name;
	if (!central && p->local_crc != 0)
		crc = p->local_crc;
	zput(b, 20, 2);
	zput(b, p->flags | (p->streamed ? 8u : 0), 2);
	zput(b, p->method, 2);
	zput(b, p->time, 2);
	zput(b, p->date, 2);
	zput(b, later ? 0 : crc, 4);
	zput(b, later ? 0 : p->csize ? p->csize : p->packed_len, 4);
	zput(b, later ? 0 : p->size ? p->size : p->text.len, 4);
	zput(b, name.len, 2);
	zput(b, p->extra.len, 2);
	if (central) {
		zput(b, 0, 2); /* comment */
		zput(b, 0, 2); /* disk */
		zput(b, 0, 2);
		zput(b, p->attr, 4);
		zput(b, p->at, 4);
	}
	spill_buf_span(b, name);
	spill_buf_span(b, p->extra);
}

static inline void
zadd(struct zip_make *m, struct zip_part p)
{
	struct spill_buf packed = SPILL_BUF_INIT(64 << 20);

	m->b.max = 64 << 20;
	assert_true(m->n < ZIP_PARTS);
	zpack(&packed, p.text, p.method);
	p.at = m->b.len;
	p.packed_len = packed.len;
	zput(&m->b, 0x04034b50, 4);
	zcommon(&m->b, &p, false);
	p.packed = m->b.len;
	spill_buf_span(&m->b, spill_buf_as_span(&packed));
	spill_buf_release(&packed);
	if (p.streamed) {
		if (!p.bare)
			zput(&m->b, 0x08074b50, 4);
		zput(&m->b, zcrc(p.text), 4);
		zput(&m->b, p.packed_len, 4);
		zput(&m->b, p.text.len, 4);
	}
	m->part[m->n++] = p;
}

static inline void
zcentral(struct zip_make *m, const struct zip_part *p)
{
	zput(&m->b, 0x02014b50, 4);
	zput(&m->b, p->made, 2);
	zcommon(&m->b, p, true);
}

static inline void
zend(struct zip_make *m, uint64_t dir, uint64_t count)
{
	uint64_t len = m->b.len - dir;

	m->end = m->b.len;
	zput(&m->b, 0x06054b50, 4);
	zput(&m->b, 0, 4);
	zput(&m->b, count, 2);
	zput(&m->b, count, 2);
	zput(&m->b, len, 4);
	zput(&m->b, dir, 4);
	zput(&m->b, 0, 2);
}

/* The directory and its end. */
static inline struct spill_span
zdone(struct zip_make *m)
{
	size_t count = 0;

	m->dir = m->b.len;
	for (size_t i = 0; i < m->n; i++)
		if (!m->part[i].unlisted) {
			zcentral(m, &m->part[i]);
			count++;
		}
	zend(m, m->dir, count);
	assert_int_equal(m->b.rc, SPILL_OK);
	return spill_buf_as_span(&m->b);
}

static inline void
zfree(struct zip_make *m)
{
	spill_buf_release(&m->b);
	*m = (struct zip_make){ 0 };
}

#endif
