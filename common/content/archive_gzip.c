/*
 * archive_gzip.c: gzip (RFC 1952) by zlib. libarchive's reader checks neither
 * CRC nor length, so damage would go unseen, and it keeps no name.
 *
 * A file may have several members; their contents follow each other. Behind
 * damage, the next member is looked for.
 */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "archive_i.h"

enum { NAME = 64 << 10 };

struct gzip {
	z_stream z;
	gz_header head;
	uint8_t name[NAME];
	uint8_t out[ARC_PIECE];
	uint64_t began; /* of the source: this member */
	unsigned members;
	bool inside; /* of a member */
	bool searching; /* behind damage, or what is no member */
};

static void
damaged(struct arc_stream *s, const char *what)
{
	if (s->why.len == 0)
		spill_buf_printf(
		    &s->why, "%s behind %ju bytes", what, (uintmax_t)s->out);
}

/* Where the next byte of input is in the source. */
static uint64_t
where(const struct arc_stream *s, const struct gzip *g)
{
	return s->at - g->z.avail_in;
}

static int
more_input(struct arc_stream *s, struct gzip *g)
{
	const char *p = NULL;
	size_t n;
	int rc;

	if (g->z.avail_in > 0)
		return SPILL_OK;
	rc = arc_stream_source(s, &p, &n);
	g->z.next_in = (z_const Bytef *)p;
	g->z.avail_in = rc == SPILL_OK ? (unsigned)n : 0;
	return rc == SPILL_OK && n == 0 ? SPILL_END : rc;
}

static void
pass(struct gzip *g, size_t n)
{
	g->z.next_in += n;
	g->z.avail_in -= (unsigned)n;
}

/* To the next byte that may begin a member. Zeros are padding; anything else
 * is told of. False: none in this input. */
static bool
find_member(struct arc_stream *s, struct gzip *g)
{
	const Bytef *p;

	while (!g->searching && g->z.avail_in > 0 && *g->z.next_in == 0)
		pass(g, 1);
	if (g->z.avail_in == 0 || *g->z.next_in == 0x1f)
		return g->z.avail_in > 0;
	if (!g->searching && s->stray == UINT64_MAX)
		s->stray = where(s, g);
	g->searching = true;
	p = memchr(g->z.next_in, 0x1f, g->z.avail_in);
	pass(g, p != NULL ? (size_t)(p - g->z.next_in) : g->z.avail_in);
	return p != NULL;
}

static int
begin_member(struct arc_stream *s, struct gzip *g)
{
	if (inflateReset2(&g->z, 16 + MAX_WBITS) != Z_OK)
		return SPILL_ENOMEM;
	g->head = (gz_header){ .name = g->name, .name_max = NAME };
	(void)inflateGetHeader(&g->z, &g->head);
	g->began = where(s, g);
	g->inside = true;
	return SPILL_OK;
}

/* Of the first member: it names the whole. */
static void
take_header(struct arc_stream *s, struct gzip *g)
{
	if (g->members > 0 || g->head.done != 1 || s->header)
		return;
	s->header = true;
	if (g->head.name != NULL)
		spill_buf_put(
		    &s->name, g->name, strnlen((const char *)g->name, NAME));
	if (g->head.time != 0)
		s->modified = spill_time_from_unix((int64_t)g->head.time, 0, 0);
}

/* What looked like a header and is none is no damage of its own: on behind
 * its first byte. Else on from where it broke off. */
static void
give_up(struct arc_stream *s, struct gzip *g)
{
	bool header = g->head.done != 1;

	if (!header || !g->searching)
		damaged(s, g->z.msg != NULL ? g->z.msg : "damaged data");
	if (header && g->z.total_in <= 10) {
		s->at = g->began + 1;
		g->z.avail_in = 0;
	}
	g->inside = false;
	g->searching = true;
}

static int
step(struct arc_stream *s, struct gzip *g)
{
	int r, rc = more_input(s, g);

	if (rc != SPILL_OK)
		return rc;
	if (!g->inside && !find_member(s, g))
		return SPILL_OK;
	if (!g->inside && (rc = begin_member(s, g)) != SPILL_OK)
		return rc;
	r = inflate(&g->z, Z_NO_FLUSH);
	take_header(s, g);
	if (r == Z_MEM_ERROR)
		return SPILL_ENOMEM;
	if (r == Z_STREAM_END) {
		g->members++;
		g->inside = g->searching = false;
	} else if (r != Z_OK && r != Z_BUF_ERROR) {
		give_up(s, g);
	}
	return SPILL_OK;
}

static int
gzip_read(struct arc_stream *s, const char **p, size_t *n)
{
	struct gzip *g = s->ctx;
	int rc = SPILL_OK;

	g->z.next_out = g->out;
	g->z.avail_out = ARC_PIECE;
	while (rc == SPILL_OK && g->z.avail_out == ARC_PIECE)
		rc = step(s, g);
	if (rc != SPILL_OK && rc != SPILL_END)
		return rc;
	*p = (const char *)g->out;
	*n = ARC_PIECE - g->z.avail_out;
	s->out += *n;
	if (rc == SPILL_END && g->inside && *n == 0)
		damaged(s, "the data end before their stream does");
	return SPILL_OK;
}

static void
gzip_close(struct arc_stream *s)
{
	struct gzip *g = s->ctx;

	if (g != NULL)
		(void)inflateEnd(&g->z);
	free(g);
}

int
arc_gzip_open(struct arc_stream *s, struct spill_src *src)
{
	struct gzip *g = calloc(1, sizeof(*g));

	arc_stream_init(s, src);
	s->read = gzip_read;
	s->close = gzip_close;
	s->ctx = g;
	if (g == NULL || inflateInit2(&g->z, 16 + MAX_WBITS) != Z_OK)
		return SPILL_ENOMEM;
	return SPILL_OK;
}
