/*
 * archive_lzma.c: xz, lzma and lzip by liblzma, which keeps to a limit of
 * memory. libarchive sets none, and drops what was decoded of a block before
 * it met the damage.
 */
#include <lzma.h>
#include <stdlib.h>

#include "archive_i.h"

struct lzma {
	lzma_stream z;
	uint8_t out[ARC_PIECE];
	bool ended;
};

static const char *
error_text(lzma_ret r)
{
	switch (r) {
	case LZMA_MEM_ERROR:
	case LZMA_MEMLIMIT_ERROR:
		return "needs more memory than the limit";
	case LZMA_OPTIONS_ERROR:
		return "unsupported filters";
	case LZMA_BUF_ERROR:
		return "the data end before their stream does";
	case LZMA_FORMAT_ERROR:
		return "no header of a stream";
	default:
		return "damaged data";
	}
}

static void
failed(struct arc_stream *s, struct lzma *l, lzma_ret r)
{
	uint64_t in = s->at - l->z.avail_in;

	l->ended = true;
	/* Behind a whole stream, what is no other is not part of it. */
	if (r == LZMA_FORMAT_ERROR && l->z.total_out > 0) {
		s->stray = in;
		return;
	}
	s->no_memory = r == LZMA_MEM_ERROR || r == LZMA_MEMLIMIT_ERROR;
	spill_buf_printf(&s->why, "%s behind %ju bytes", error_text(r),
	    (uintmax_t)l->z.total_out);
}

static int
more_input(struct arc_stream *s, struct lzma *l, lzma_action *action)
{
	const char *p = NULL;
	size_t n;
	int rc;

	*action = LZMA_RUN;
	if (l->z.avail_in > 0)
		return SPILL_OK;
	rc = arc_stream_source(s, &p, &n);
	if (rc != SPILL_OK)
		return rc;
	l->z.next_in = (const uint8_t *)p;
	l->z.avail_in = n;
	if (n == 0)
		*action = LZMA_FINISH;
	return SPILL_OK;
}

static void
stream_end(struct arc_stream *s, struct lzma *l)
{
	l->ended = true;
	if (l->z.avail_in > 0 || s->at < s->src->size)
		s->stray = s->at - l->z.avail_in;
}

static int
lzma_read(struct arc_stream *s, const char **p, size_t *n)
{
	struct lzma *l = s->ctx;
	lzma_action action;
	lzma_ret r;
	int rc;

	l->z.next_out = l->out;
	l->z.avail_out = ARC_PIECE;
	while (!l->ended && l->z.avail_out == ARC_PIECE) {
		rc = more_input(s, l, &action);
		if (rc != SPILL_OK)
			return rc;
		r = lzma_code(&l->z, action);
		if (r == LZMA_STREAM_END)
			stream_end(s, l);
		else if (r != LZMA_OK)
			failed(s, l, r);
		else if (action == LZMA_FINISH && l->z.avail_out > 0)
			failed(s, l, LZMA_BUF_ERROR);
	}
	*p = (const char *)l->out;
	*n = ARC_PIECE - l->z.avail_out;
	s->out += *n;
	return SPILL_OK;
}

static void
lzma_close(struct arc_stream *s)
{
	struct lzma *l = s->ctx;

	if (l != NULL)
		lzma_end(&l->z);
	free(l);
}

/* A decoder needs some memory beside the dictionary. */
static lzma_ret
start(struct lzma *l, int filter, uint64_t memory)
{
	memory += 1 << 20;
	switch (filter) {
	case ARCHIVE_FILTER_XZ:
		return lzma_stream_decoder(&l->z, memory, LZMA_CONCATENATED);
	case ARCHIVE_FILTER_LZIP:
		return lzma_lzip_decoder(&l->z, memory, LZMA_CONCATENATED);
	default:
		return lzma_alone_decoder(&l->z, memory);
	}
}

int
arc_lzma_open(
    struct arc_stream *s, struct spill_src *src, int filter, uint64_t memory)
{
	struct lzma *l = calloc(1, sizeof(*l));

	arc_stream_init(s, src);
	s->read = lzma_read;
	s->close = lzma_close;
	s->ctx = l;
	if (l == NULL || start(l, filter, memory) != LZMA_OK)
		return SPILL_ENOMEM;
	return SPILL_OK;
}
