/*
 * zip_other.c: content of zip members that is neither stored nor deflated:
 * libarchive gets a zip of this one member, whose header is made here.
 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>

#include "archive_i.h"
#include "zip_i.h"

/* [APP] 4.4.5; what is read is what libarchive has a decoder for. */
static const struct method {
	uint16_t method;
	bool known;
	const char *name;
} methods[] = {
	{ 0, true, "stored" },
	{ 1, false, "Shrink" },
	{ 2, false, "Reduce" },
	{ 3, false, "Reduce" },
	{ 4, false, "Reduce" },
	{ 5, false, "Reduce" },
	{ 6, false, "Implode" },
	{ 8, true, "Deflate" },
	{ 9, false, "Deflate64" },
	{ 10, false, "DCL Implode" },
	{ 12, true, "bzip2" },
	{ 14, true, "LZMA" },
	{ 16, false, "CMPSC" },
	{ 18, false, "TERSE" },
	{ 19, false, "LZ77" },
	{ 20, false, "Zstandard, deprecated" },
	{ 93, true, "Zstandard" },
	{ 94, false, "MP3" },
	{ 95, true, "xz" },
	{ 96, false, "JPEG" },
	{ 97, false, "WavPack" },
	{ 98, true, "PPMd" },
	{ 99, false, "AES" },
};

static const struct method *
find(uint16_t method)
{
	for (size_t i = 0; i < SPILL_COUNT(methods); i++)
		if (methods[i].method == method)
			return &methods[i];
	return NULL;
}

const char *
zip_method_name(uint16_t method)
{
	const struct method *m = find(method);

	return m != NULL ? m->name : NULL;
}

bool
zip_other_knows(uint16_t method)
{
	const struct method *m = find(method);

	return m != NULL && m->known;
}

/* What libarchive reads: the header, then the data where they are. */
struct feed {
	struct zip *z;
	uint8_t head[64];
	size_t head_len;
	uint64_t at, to;
	int rc;
};

static la_ssize_t
feed_read(struct archive *a, void *ctx, const void **p)
{
	struct feed *f = ctx;
	struct spill_span s;
	size_t n;

	if (f->head_len > 0) {
		n = f->head_len;
		f->head_len = 0;
		*p = f->head;
		return (la_ssize_t)n;
	}
	if (f->at >= f->to)
		return 0;
	f->rc = zip_peek(
	    f->z, 2, f->at, (size_t)SPILL_MIN(f->to - f->at, ZIP_DATA), &s);
	if (f->rc != SPILL_OK) {
		archive_set_error(a, EIO, "the source cannot be read");
		return -1;
	}
	f->at += s.len;
	*p = s.p;
	return (la_ssize_t)s.len;
}

static void
put(struct feed *f, uint64_t v, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		f->head[f->head_len++] = (uint8_t)(v >> (8 * i));
}

/* A local header with sizes in a zip64 field, and a name of one byte. Sizes
 * that nobody knows are as large as they can be. */
static void
make_head(struct feed *f, const struct zip_head *h)
{
	uint64_t size = h->size;

	if (!h->central && (h->flags & ZIP_STREAMED) != 0 && size == 0)
		size = INT64_MAX;
	put(f, ZIP_LOCAL, 4);
	put(f, 45, 2);
	put(f, h->flags & 6, 2); /* LZMA's end marker and such */
	put(f, h->method, 2);
	put(f, 0x21u << 16, 4); /* 1980-01-01 */
	put(f, h->crc, 4);
	put(f, UINT32_MAX, 4);
	put(f, UINT32_MAX, 4);
	put(f, 1, 2);
	put(f, 20, 2);
	put(f, 'x', 1);
	put(f, 1, 2);
	put(f, 16, 2);
	put(f, SPILL_MIN(size, INT64_MAX), 8);
	put(f, f->to - f->at, 8);
}

/* Data of a member to the sink; what libarchive says of its end. */
static int
pump(struct zip *z, struct archive *a, struct feed *f, struct zip_content *c)
{
	const void *p;
	la_int64_t at;
	size_t n;
	int r, rc;

	for (;;) {
		n = 0;
		r = archive_read_data_block(a, &p, &n, &at);
		if (f->rc != SPILL_OK)
			return f->rc;
		if (r == ARCHIVE_EOF) {
			c->whole = true;
			return SPILL_OK;
		}
		if (r != ARCHIVE_OK && r != ARCHIVE_WARN)
			break;
		rc = zip_put(z, c, p, n);
		if (rc != SPILL_OK)
			return rc;
	}
	/* Its word on size and CRC comes behind all data: ours is better. */
	c->whole = r == ARCHIVE_FAILED && f->at == f->to;
	if (!c->whole)
		zip_partial(z, c, "%s behind %ju bytes",
		    archive_error_string(a), (uintmax_t)c->out);
	return SPILL_OK;
}

/* How much memory the data ask for. [APP] 5.8.8: LZMA's properties stand
 * behind a version and their length; 5.11.5: PPMd's a word. */
static int
memory_of(
    struct zip *z, uint16_t method, uint64_t from, uint64_t to, uint64_t *need)
{
	struct spill_span s;
	int rc = zip_peek(z, 2, from, (size_t)SPILL_MIN(to - from, 64), &s);

	*need = 0;
	if (rc != SPILL_OK || s.len < 4)
		return rc;
	if (method == 14)
		*need = archive_dict_lzma(
		    (struct spill_span){ s.p + 4, s.len - 4 });
	else if (method == 93)
		*need = archive_dict_zstd(s);
	else if (method == 95)
		*need = archive_dict_xz(s);
	else if (method == 98)
		*need = (uint64_t)((zip_u32(s, 0) >> 4 & 0xff) + 1) << 20;
	return SPILL_OK;
}

static struct archive *
open_one(struct feed *f)
{
	struct archive_entry *e;
	struct archive *a = archive_read_new();

	if (a == NULL)
		return NULL;
	if (archive_read_support_format_zip_streamable(a) == ARCHIVE_OK &&
	    archive_read_open2(a, f, NULL, feed_read, NULL, NULL) ==
		ARCHIVE_OK &&
	    archive_read_next_header(a, &e) >= ARCHIVE_WARN)
		return a;
	(void)archive_read_free(a);
	return NULL;
}

int
zip_other(struct zip *z, const struct zip_head *h, uint64_t from, uint64_t to,
    struct zip_content *c)
{
	struct feed f = { .z = z, .at = from, .to = to };
	struct archive *a;
	uint64_t need;
	int rc = memory_of(z, h->method, from, to, &need);

	if (rc != SPILL_OK)
		return rc;
	if (!archive_memory_ok(z->conf, need, &z->why)) {
		c->how = SPILL_MEMBER_UNSUPPORTED;
		c->starved = true;
		c->why = spill_buf_str(&z->why);
		return SPILL_OK;
	}
	make_head(&f, h);
	a = open_one(&f);
	if (a == NULL)
		return f.rc != SPILL_OK ? f.rc : SPILL_ENOMEM;
	rc = pump(z, a, &f, c);
	c->in_end = f.at;
	(void)archive_read_free(a);
	return rc;
}
