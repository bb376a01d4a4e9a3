/*
 * pdf_slant.c: lines that are put aslant, as watermarks are. poppler cuts them
 * into pieces of one or a few characters and gives these in any order. But each
 * piece begins where the one before it ended, a step to the side, and the steps
 * of a line are alike.
 *
 * poppler turns each piece to the nearest of four ways; along is how far a
 * place is that way, across how far to the side.
 */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <spill/utf8.h>

#include "pdf_i.h"

#define PIECES 512 /* of a page; more are no watermark */
#define LARGE  18 /* points: no note in a margin */

struct piece {
	struct pdf_line *line;
	float from, to; /* along */
	float low, far; /* across */
	bool used;
};

struct slant {
	struct piece piece[PIECES];
	size_t n;
};

static bool
is_piece(const struct pdf_line *x)
{
	return x->chars > 0 && x->chars <= PDF_PIECE &&
	       memchr(x->text.p, ' ', x->text.len) == NULL;
}

static struct piece
turned(struct pdf_line *x, enum pdf_way way)
{
	struct piece p = { .line = x };
	bool upright = way == PDF_RIGHT || way == PDF_LEFT;

	p.low = upright ? x->y1 : x->x1;
	p.far = upright ? x->y2 : x->x2;
	p.from = way == PDF_RIGHT  ? x->x1
		 : way == PDF_LEFT ? -x->x2
		 : way == PDF_DOWN ? x->y1
				   : -x->y2;
	p.to = p.from + (upright ? x->x2 - x->x1 : x->y2 - x->y1);
	return p;
}

static int
by_from(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	return SPILL_CMP(x->from, y->from);
}

/* Across: of a character, or a little more. */
static float
high(const struct piece *p)
{
	return p->far - p->low;
}

/* From the first character of the one to that of the other: in a piece of more
 * it is at the edge that the line comes from. */
static float
slope(const struct piece *a, const struct piece *b)
{
	float along = SPILL_MAX(b->from - a->from, 0.01F);
	bool falls = b->low + b->far < a->low + a->far;

	return (falls ? b->far - a->far : b->low - a->low) / along;
}

/* Can b stand behind a, in a line that climbs so (NAN: as it will)? A blank
 * may be between them. */
static bool
follows(const struct piece *a, const struct piece *b, float climb)
{
	float gap = b->from - a->to, m = slope(a, b);

	if (b->used || gap < -0.1F * high(a) || gap > high(a) ||
	    high(b) > 2 * high(a) || high(a) > 2 * high(b))
		return false;
	if (fabsf(m) < 0.08F || fabsf(m) > 1.3F)
		return false;
	return isnan(climb) || fabsf(m - climb) < 0.05F + 0.1F * fabsf(climb);
}

/* Of those that can, the nearest: they are in the order of where they begin. */
static struct piece *
next_piece(struct slant *s, const struct piece *a, float climb)
{
	struct piece *b = s->piece + (a - s->piece) + 1;

	for (; b < s->piece + s->n && b->from <= a->to + high(a); b++)
		if (follows(a, b, climb))
			return b;
	return NULL;
}

/* Those of one line, from a on: their numbers. */
static size_t
chain(struct slant *s, struct piece *a, struct piece **v, unsigned *chars)
{
	struct piece *b = a;
	float climb = NAN;
	size_t n = 0;

	*chars = 0;
	while (b != NULL) {
		struct piece *next = next_piece(s, b, climb);

		v[n++] = b;
		b->used = true;
		*chars += b->line->chars;
		if (next != NULL && isnan(climb))
			climb = slope(b, next);
		b = next;
	}
	for (size_t i = 0; i < n; i++)
		v[i]->used = false;
	return n;
}

static void
put_piece(struct spill_buf *b, const struct pdf_line *x)
{
	struct spill_span s = x->text;

	for (unsigned i = 0; s.len > 0; i++) {
		uint32_t cp;
		size_t n = SPILL_MAX(spill_utf8_decode(s.p, s.len, &cp), 1U);

		if (i > 0 && i < PDF_PIECE && (x->gaps >> (i - 1) & 1) != 0)
			spill_buf_putc(b, ' ');
		spill_buf_put(b, s.p, n);
		s = (struct spill_span){ s.p + n, s.len - n };
	}
}

static int
join(struct pdf *p, struct piece **v, size_t n)
{
	struct spill_buf b = SPILL_BUF_INIT(SPILL_TEXT_LINE);
	struct pdf_line *x = v[0]->line;
	float blank = FLT_MAX;
	int rc;

	for (size_t i = 0; i < n; i++)
		blank = SPILL_MIN(blank, PDF_GAP * high(v[i]));
	for (size_t i = 0; i < n; i++) {
		v[i]->used = true;
		if (i > 0 && v[i]->from - v[i - 1]->to > blank)
			spill_buf_putc(&b, ' ');
		put_piece(&b, v[i]->line);
		x->x1 = SPILL_MIN(x->x1, v[i]->line->x1);
		x->x2 = SPILL_MAX(x->x2, v[i]->line->x2);
		x->y1 = SPILL_MIN(x->y1, v[i]->line->y1);
		x->y2 = SPILL_MAX(x->y2, v[i]->line->y2);
		v[i]->line->gone = i > 0;
	}
	x->text.p = spill_arena_dup(&p->texts, b.p, b.len);
	x->text.len = b.len;
	x->band = 0;
	x->chars = UINT32_MAX; /* it is no piece any more */
	x->watermark = blank >= PDF_GAP * LARGE;
	rc = x->text.p == NULL ? SPILL_ELIMIT : b.rc;
	spill_buf_release(&b);
	return rc;
}

/* The pieces of a page, turned so; too many are none. */
static void
collect(struct slant *s, struct pdf_line *first, enum pdf_way way)
{
	s->n = 0;
	for (struct pdf_line *x = first; x != NULL; x = x->next) {
		if (!is_piece(x) || x->gone || (x->chars > 1 && x->way != way))
			continue;
		if (s->n == PIECES) {
			s->n = 0;
			return;
		}
		s->piece[s->n++] = turned(x, way);
	}
	qsort(s->piece, s->n, sizeof(*s->piece), by_from);
}

/* How many begin just where another ends: of the way that a line goes nearly
 * all do, of the others few. */
static size_t
fitting(struct slant *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct piece *a = &s->piece[i];
		const struct piece *b = next_piece(s, a, NAN);

		n += b != NULL && fabsf(b->from - a->to) < 0.02F * high(a);
	}
	return n;
}

static int
join_all(struct pdf *p, struct slant *s)
{
	struct piece *v[PIECES];
	int rc = SPILL_OK;

	for (size_t i = 0; i < s->n && rc == SPILL_OK; i++) {
		unsigned chars;
		size_t n;

		if (s->piece[i].used)
			continue;
		n = chain(s, &s->piece[i], v, &chars);
		if (n >= 3 || (n == 2 && chars >= 4))
			rc = join(p, v, n);
	}
	return rc;
}

int
pdf_slant(struct pdf *p, struct pdf_line **first)
{
	static struct slant s;
	size_t fit[PDF_UP + 1];
	int rc = SPILL_OK;

	for (enum pdf_way w = PDF_RIGHT; w <= PDF_UP; w++) {
		collect(&s, *first, w);
		fit[w] = fitting(&s);
	}
	/* The best first: each piece is of one line. */
	for (unsigned i = 0; i <= PDF_UP && rc == SPILL_OK; i++) {
		enum pdf_way best = PDF_RIGHT;

		for (enum pdf_way w = PDF_RIGHT; w <= PDF_UP; w++)
			if (fit[w] > fit[best])
				best = w;
		if (fit[best] == 0)
			break;
		fit[best] = 0;
		collect(&s, *first, best);
		rc = join_all(p, &s);
	}
	p->last = first;
	while (*p->last != NULL) {
		if ((*p->last)->gone)
			*p->last = (*p->last)->next;
		else
			p->last = &(*p->last)->next;
	}
	return rc;
}
