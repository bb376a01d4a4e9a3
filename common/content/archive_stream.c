/*
 * archive_stream.c: bytes from front to back: a source as it is, or what a
 * decompressor of libarchive's makes of it. The decompressor is named: were
 * libarchive let to choose, it would peel off several, or start a program.
 */
#include <errno.h>
#include <stdlib.h>

#include "archive_i.h"

int
arc_stream_source(struct arc_stream *s, const char **p, size_t *n)
{
	struct spill_src *src = s->src;
	int rc;

	*n = 0;
	if (s->at >= src->size)
		return SPILL_OK;
	if (src->map.len == src->size) {
		*p = src->map.p + s->at;
		*n = (size_t)SPILL_MIN(src->size - s->at, ARC_PIECE);
	} else {
		if (s->buf == NULL && (s->buf = malloc(ARC_PIECE)) == NULL)
			return SPILL_ENOMEM;
		rc = src->read(src, s->at, s->buf, ARC_PIECE, n);
		if (rc != SPILL_OK)
			return rc;
		*p = s->buf;
	}
	s->at += *n;
	return SPILL_OK;
}

void
arc_stream_close(struct arc_stream *s)
{
	if (s->close != NULL)
		s->close(s);
	free(s->buf);
	spill_buf_release(&s->why);
	spill_buf_release(&s->name);
}

void
arc_stream_init(struct arc_stream *s, struct spill_src *src)
{
	*s = (struct arc_stream){ .src = src,
		.stray = UINT64_MAX,
		.why = SPILL_BUF_INIT(1000),
		.name = SPILL_BUF_INIT(64 << 10) };
}

/* --- as it is ----------------------------------------------------------- */

static int
plain_read(struct arc_stream *s, const char **p, size_t *n)
{
	int rc = arc_stream_source(s, p, n);

	s->out += *n;
	return rc;
}

static uint64_t
plain_skip(struct arc_stream *s, uint64_t n)
{
	n = SPILL_MIN(n, s->src->size - SPILL_MIN(s->at, s->src->size));
	s->at += n;
	s->out += n;
	return n;
}

int
arc_plain_open(struct arc_stream *s, struct spill_src *src)
{
	arc_stream_init(s, src);
	s->read = plain_read;
	s->skip = plain_skip;
	return SPILL_OK;
}

/* --- libarchive's ------------------------------------------------------- */

struct filter {
	struct archive *a;
	const char *p; /* a block that is not yet handed out */
	size_t left;
	int rc; /* of the source */
};

static la_ssize_t
feed(struct archive *a, void *ctx, const void **p)
{
	struct arc_stream *s = ctx;
	struct filter *f = s->ctx;
	const char *piece = NULL;
	size_t n;

	f->rc = arc_stream_source(s, &piece, &n);
	*p = piece;
	if (f->rc == SPILL_OK)
		return (la_ssize_t)n;
	archive_set_error(a, EIO, "the source cannot be read");
	return -1;
}

static void
said(struct arc_stream *s, struct archive *a)
{
	const char *text = archive_error_string(a);

	s->no_memory = archive_errno(a) == ENOMEM;
	spill_buf_reset(&s->why);
	spill_buf_puts(&s->why, text != NULL ? text : "damaged");
}

/* That of bzip2 takes what is too short for it for the end, and whatever is
 * no stream behind one: both are told here. */
static void
at_end(struct arc_stream *s, struct filter *f)
{
	int64_t used = archive_filter_bytes(f->a, -1);

	if (used >= 0 && (uint64_t)used < s->src->size)
		s->stray = (uint64_t)used;
	if (s->stray == 0)
		spill_buf_puts(&s->why, "cut before any data");
}

/* The next block, which may be of megabytes. */
static int
next_block(struct arc_stream *s, struct filter *f)
{
	const void *block;
	la_int64_t at;
	int r;

	do {
		r = archive_read_data_block(f->a, &block, &f->left, &at);
	} while (r == ARCHIVE_OK && f->left == 0);
	if (f->rc != SPILL_OK)
		return f->rc;
	f->p = block;
	if (r == ARCHIVE_OK || r == ARCHIVE_WARN)
		return SPILL_OK;
	f->left = 0;
	if (r != ARCHIVE_EOF)
		said(s, f->a);
	else
		at_end(s, f);
	return SPILL_OK;
}

static int
filter_read(struct arc_stream *s, const char **p, size_t *n)
{
	struct filter *f = s->ctx;
	int rc = SPILL_OK;

	if (f->left == 0 && s->why.len == 0)
		rc = next_block(s, f);
	*p = f->p;
	*n = SPILL_MIN(f->left, (size_t)ARC_PIECE);
	if (*n > 0)
		f->p += *n;
	f->left -= *n;
	s->out += *n;
	return rc;
}

static void
filter_close(struct arc_stream *s)
{
	struct filter *f = s->ctx;

	if (f != NULL)
		(void)archive_read_free(f->a);
	free(f);
}

int
arc_filter_open(struct arc_stream *s, struct spill_src *src, int filter)
{
	struct filter *f = calloc(1, sizeof(*f));
	struct archive_entry *e;
	int r;

	arc_stream_init(s, src);
	s->read = filter_read;
	s->close = filter_close;
	s->ctx = f;
	if (f == NULL || (f->a = archive_read_new()) == NULL)
		return SPILL_ENOMEM;
	/* That of compress reads too early if it is not let to choose. */
	if (archive_read_set_format(f->a, ARCHIVE_FORMAT_RAW) != ARCHIVE_OK ||
	    (filter == ARCHIVE_FILTER_COMPRESS
		    ? archive_read_support_filter_compress(f->a)
		    : archive_read_append_filter(f->a, filter)) != ARCHIVE_OK)
		return SPILL_EFORMAT;
	r = archive_read_open2(f->a, s, NULL, feed, NULL, NULL);
	if (r == ARCHIVE_OK)
		r = archive_read_next_header(f->a, &e);
	if (f->rc != SPILL_OK)
		return f->rc;
	if (archive_filter_code(f->a, 0) != filter)
		return SPILL_EFORMAT;
	if (r < ARCHIVE_WARN)
		said(s, f->a);
	return SPILL_OK;
}
