/*
 * zip_data.c: content of zip members that are stored or deflated, in pieces,
 * and how it ended.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <zlib.h>

#include "zip_i.h"

void
zip_partial(struct zip *z, struct zip_content *c, const char *fmt, ...)
{
	char text[200];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	spill_buf_reset(&z->why);
	spill_buf_puts(&z->why, text);
	c->how = SPILL_MEMBER_PARTIAL;
	c->why = spill_buf_str(&z->why);
}

int
zip_put(struct zip *z, struct zip_content *c, const void *p, size_t n)
{
	int rc;

	if (n == 0)
		return SPILL_OK;
	c->crc = (uint32_t)crc32(c->crc, p, (unsigned)n);
	c->out += n;
	if (z->capture != NULL) {
		spill_buf_put(z->capture, p, n);
		return z->capture->rc == SPILL_OK ? SPILL_OK : SPILL_END;
	}
	rc = z->sink->data(z->sink->ctx, p, n);
	if (rc == SPILL_END)
		c->how = SPILL_MEMBER_SKIPPED;
	return rc;
}

static int
stored(struct zip *z, uint64_t from, uint64_t to, struct zip_content *c)
{
	struct spill_span s;
	int rc = SPILL_OK;

	while (from < to && rc == SPILL_OK) {
		rc = zip_peek(
		    z, 2, from, (size_t)SPILL_MIN(to - from, ZIP_DATA), &s);
		if (rc != SPILL_OK)
			return rc;
		if (s.len == 0)
			break;
		rc = zip_put(z, c, s.p, s.len);
		from += s.len;
		c->in_end = from;
	}
	c->whole = from == to;
	return rc;
}

/* All that the input given to it yields; the stream's end is told by whole. */
static int
inflate_some(struct zip *z, z_stream *s, struct zip_content *c)
{
	int rc = SPILL_OK, r;

	do {
		s->next_out = (uint8_t *)z->out;
		s->avail_out = ZIP_OUT;
		r = inflate(s, Z_NO_FLUSH);
		rc = zip_put(z, c, z->out, ZIP_OUT - s->avail_out);
		if (rc != SPILL_OK)
			return rc;
		if (r == Z_STREAM_END) {
			c->whole = true;
			return SPILL_END;
		}
		if (r == Z_MEM_ERROR)
			return SPILL_ENOMEM;
		if (r != Z_OK && r != Z_BUF_ERROR) {
			zip_partial(z, c,
			    "deflated data are damaged behind %ju bytes: %s",
			    (uintmax_t)c->out, s->msg ? s->msg : "?");
			return SPILL_END;
		}
	} while (s->avail_out == 0 || (s->avail_in > 0 && r == Z_OK));
	return SPILL_OK;
}

static int
deflated(struct zip *z, uint64_t from, uint64_t to, struct zip_content *c)
{
	z_stream s = { 0 };
	struct spill_span in;
	int rc = SPILL_OK;

	if (z->out == NULL && (z->out = malloc(ZIP_OUT)) == NULL)
		return SPILL_ENOMEM;
	if (inflateInit2(&s, -MAX_WBITS) != Z_OK)
		return SPILL_ENOMEM;
	while (from < to && rc == SPILL_OK) {
		rc = zip_peek(
		    z, 2, from, (size_t)SPILL_MIN(to - from, ZIP_DATA), &in);
		if (rc != SPILL_OK || in.len == 0)
			break;
		s.next_in = (z_const Bytef *)in.p;
		s.avail_in = (unsigned)in.len;
		rc = inflate_some(z, &s, c);
		from += in.len - s.avail_in;
		c->in_end = from;
	}
	(void)inflateEnd(&s);
	return rc;
}

/* Does what came agree with the header? */
static void
verify(struct zip *z, const struct zip_head *h, struct zip_content *c)
{
	bool ae2 = h->method == 99; /* no CRC; and never decrypted here */
	bool known =
	    h->central || (h->flags & ZIP_STREAMED) == 0 || h->size != 0;

	if (c->how != SPILL_MEMBER_OK)
		return;
	if (!c->whole)
		zip_partial(z, c, "the data end before their stream does");
	else if (known && c->out != h->size)
		zip_partial(z, c, "%ju bytes came, its header says %ju",
		    (uintmax_t)c->out, (uintmax_t)h->size);
	else if (known && c->crc != h->crc && !ae2)
		zip_partial(z, c, "CRC-32 is %08x, its header says %08x",
		    c->crc, h->crc);
}

int
zip_data(struct zip *z, const struct zip_head *h, uint64_t from, uint64_t to,
    struct zip_content *c)
{
	int rc;

	*c = (struct zip_content){ .how = SPILL_MEMBER_OK, .in_end = from };
	switch (h->method) {
	case 0:
		rc = stored(z, from, to, c);
		break;
	case 8:
		rc = deflated(z, from, to, c);
		break;
	default:
		rc = zip_other(z, h, from, to, c);
	}
	if (rc != SPILL_OK && rc != SPILL_END)
		return rc;
	verify(z, h, c);
	return SPILL_OK;
}
