/*
 * mark_text.c: plain text in pieces, without a call for each line: one run of
 * the automaton over a piece, and a glance at the first bytes of each line.
 */
#include <string.h>

#include "mark_i.h"

#define PIECE SPILL_TEXT_LINE
#define TAIL                                                             \
	256 /* bytes of a piece that are looked at, where it is cut, ... \
	     */
#define NEAR 96 /* ... for words so near to its end */

/* What of the hits of a piece is in the line that ends there. */
struct hits {
	const struct trigger_hit *hit;
	size_t n;
};

#define LINE_HITS 64 /* of one line; what is beyond that is in its windows */

static bool
is_blank(struct spill_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((uint8_t)s.p[i] > ' ')
			return false;
	return true;
}

/* A line from `at` of the piece on, with those of its hits. */
static int
take(struct spill_mark *m, struct spill_span s, uint64_t offset, uint32_t at,
    const struct hits *h)
{
	struct trigger_hit own[LINE_HITS];
	struct spill_line l = { .text = s, .page = m->page, .offset = offset };
	size_t n = 0;

	for (size_t i = 0; i < h->n && n < LINE_HITS; i++) {
		if (h->hit[i].from >= at + s.len)
			break;
		if (h->hit[i].from >= at)
			own[n++] = (struct trigger_hit){ h->hit[i].from - at,
				h->hit[i].to - at };
	}
	return mark_take(m, &l, own, n);
}

/* A new page begins behind each form feed. */
static int
paged(struct spill_mark *m, struct spill_span s, uint64_t offset, uint32_t at,
    const struct hits *h)
{
	const char *ff;
	int rc = SPILL_OK;

	while (rc == SPILL_OK && (ff = memchr(s.p, '\f', s.len)) != NULL) {
		size_t n = (size_t)(ff - s.p);

		if (!is_blank((struct spill_span){ s.p, n }))
			rc = take(
			    m, (struct spill_span){ s.p, n }, offset, at, h);
		m->page++;
		s = (struct spill_span){ ff + 1, s.len - n - 1 };
		offset += n + 1;
		at += (uint32_t)n + 1;
	}
	if (rc == SPILL_OK && !is_blank(s))
		rc = take(m, s, offset, at, h);
	return rc;
}

static int
one(struct spill_mark *m, struct spill_span s, uint64_t offset, uint32_t at,
    const struct hits *h, bool pages)
{
	if (s.len > 0 && s.p[s.len - 1] == '\r')
		s.len--;
	if (pages)
		return paged(m, s, offset, at, h);
	if (s.len == 0 || (s.p[0] <= ' ' && s.p[0] >= 0 && is_blank(s)))
		return SPILL_OK;
	if ((h->n > 0 && h->hit->from < at + s.len) || m->nheld > 0 ||
	    !m->opened || mark_may_be(s))
		return take(m, s, offset, at, h);
	return mark_skip(m, 1, m->page);
}

/* Where the line ends: at a LF, a CR, as Macs of old have it, or both. *nl: the
 * next LF, or the end, which is looked for once. */
static const char *
line_end(const char *p, const char *end, const char **nl, bool returns)
{
	const char *cr = NULL;

	if (*nl == NULL || *nl < p) {
		*nl = memchr(p, '\n', (size_t)(end - p));
		if (*nl == NULL)
			*nl = end;
	}
	if (returns)
		cr = memchr(p, '\r', (size_t)(*nl - p));
	return cr != NULL && cr + 1 != *nl ? cr : *nl;
}

/* Whole lines, or one that is too long. */
static int
piece(struct spill_mark *m, struct spill_span s, uint64_t offset)
{
	struct hits h;
	const char *end = s.p + s.len, *nl = NULL;
	bool pages = memchr(s.p, '\f', s.len) != NULL;
	bool returns = memchr(s.p, '\r', s.len) != NULL;
	int rc = trigger_scan(m->trigger, s, &h.hit, &h.n);

	if (pages && m->page == 0)
		m->page = 1;
	for (const char *p = s.p; rc == SPILL_OK && p < end;) {
		const char *stop = line_end(p, end, &nl, returns);
		size_t n = (size_t)(stop - p);
		uint32_t at = (uint32_t)(p - s.p);

		rc = one(
		    m, (struct spill_span){ p, n }, offset + at, at, &h, pages);
		for (; h.n > 0 && h.hit->from < at + n; h.n--)
			h.hit++;
		p = stop + (stop < end);
	}
	return rc;
}

/* The line that was begun goes on; it ends, or is as long as one may be. */
static int
carry_on(struct spill_mark *m, struct spill_span *s)
{
	const char *nl = memchr(s->p, '\n', s->len);
	size_t n = nl != NULL ? (size_t)(nl + 1 - s->p) : s->len;
	int rc = SPILL_OK;

	n = SPILL_MIN(n, PIECE - m->carry.len);
	spill_buf_put(&m->carry, s->p, n);
	s->p += n;
	s->len -= n;
	if (m->carry.rc != SPILL_OK)
		return m->carry.rc;
	if (m->carry.len == PIECE || m->carry.p[m->carry.len - 1] == '\n')
		rc = mark_text_end(m);
	return rc;
}

/* The first hit so near to the end that its marking may go on behind it. */
static int
open_hit(struct spill_mark *m, struct spill_span s, size_t *at)
{
	size_t from = s.len - TAIL, n;
	const struct trigger_hit *hit;
	struct spill_span tail = { s.p + from, TAIL };
	int rc = trigger_scan(m->trigger, tail, &hit, &n);

	*at = s.len;
	for (size_t i = n; rc == SPILL_OK && i-- > 0;)
		if (s.len - from - hit[i].to < NEAR)
			*at = from + hit[i].from;
	return rc;
}

/* A line that never ends is cut at a blank, but not within a marking; lines
 * with a CR alone, behind one. */
static int
cut(struct spill_mark *m, struct spill_span s, size_t *at)
{
	const char *cr;
	size_t n;
	int rc;

	*at = s.len;
	if (s.len < PIECE || s.p[s.len - 1] == '\n')
		return SPILL_OK;
	cr = memrchr(s.p + s.len / 2, '\r', s.len - s.len / 2);
	if (cr != NULL) {
		*at = (size_t)(cr + 1 - s.p);
		return SPILL_OK;
	}
	rc = open_hit(m, s, &n);
	if (n < s.len || rc != SPILL_OK) {
		*at = n;
		return rc;
	}
	while (n > s.len / 2 && s.p[n - 1] != ' ')
		n--;
	*at = n > s.len / 2 ? n : s.len;
	return SPILL_OK;
}

int
mark_text_end(struct spill_mark *m)
{
	struct spill_span s = spill_buf_as_span(&m->carry);
	size_t n;
	int rc;

	if (s.len == 0)
		return SPILL_OK;
	rc = cut(m, s, &n);
	if (rc != SPILL_OK)
		return rc;
	rc = piece(m, (struct spill_span){ s.p, n }, m->carry_at);
	memmove(m->carry.p, s.p + n, s.len - n);
	m->carry.len = s.len - n;
	m->carry_at += n;
	return rc;
}

int
spill_mark_text(struct spill_mark *m, struct spill_span text, uint64_t offset)
{
	int rc = SPILL_OK;

	while (rc == SPILL_OK && text.len > 0) {
		const char *p = text.p, *nl;
		size_t n;

		if (m->carry.len > 0) {
			rc = carry_on(m, &text);
			offset += (size_t)(text.p - p);
			continue;
		}
		n = SPILL_MIN(text.len, PIECE);
		nl = memrchr(text.p, '\n', n);
		if (nl == NULL) {
			m->carry_at = offset;
			rc = carry_on(m, &text);
			offset += (size_t)(text.p - p);
			continue;
		}
		n = (size_t)(nl + 1 - text.p);
		rc = piece(m, (struct spill_span){ text.p, n }, offset);
		text.p += n;
		text.len -= n;
		offset += n;
	}
	return rc;
}
