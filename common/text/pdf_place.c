/*
 * pdf_place.c: what the place of a line on its page says of it: that it stands
 * apart from the text at the head or foot of the page, or that it is large and
 * lies across it.
 */
#include <stdlib.h>

#include "pdf_i.h"

#define APART	   1.5F /* of the height of a line: where text does not go on */
#define ROWS	   3 /* of a header */
#define SHORT	   100 /* characters of a line of it */
#define TALL	   1.5F /* of the usual height of lines: a title */
#define LARGE_WAY  20 /* points, of what is upright on its side */
#define LARGE_OVER 30 /* points, of what lies over other lines */
#define MOST_LARGE 16 /* of a page */

struct place {
	struct pdf_line **line;
	size_t n;
	float usual; /* height of lines */
};

static float
height_of(const struct pdf_line *x)
{
	return x->y2 - x->y1;
}

static float
middle_of(const struct pdf_line *x)
{
	return (x->y1 + x->y2) / 2;
}

static int
by_height(const void *a, const void *b)
{
	float x = height_of(*(struct pdf_line *const *)a);
	float y = height_of(*(struct pdf_line *const *)b);

	return SPILL_CMP(x, y);
}

static int
by_middle(const void *a, const void *b)
{
	float x = middle_of(*(struct pdf_line *const *)a);
	float y = middle_of(*(struct pdf_line *const *)b);

	return SPILL_CMP(x, y);
}

/* --- across ------------------------------------------------------------- */

static bool
is_sideways(const struct pdf_line *x)
{
	return x->way == PDF_UP || x->way == PDF_DOWN;
}

/* Of a page that is on its side all lines are: these are its text. */
static void
find_sideways(struct place *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += is_sideways(p->line[i]);
	for (size_t i = 0; i < p->n && n <= p->n / 2; i++) {
		struct pdf_line *x = p->line[i];

		if (is_sideways(x) && x->chars >= 3 &&
		    x->x2 - x->x1 >= LARGE_WAY)
			x->watermark = true;
	}
}

static bool
lies_over(const struct pdf_line *x, const struct pdf_line *y)
{
	return y != x && !y->watermark && height_of(y) < height_of(x) / 2 &&
	       middle_of(y) > x->y1 && middle_of(y) < x->y2 && y->x1 < x->x2 &&
	       y->x2 > x->x1;
}

static void
find_over(struct place *p)
{
	unsigned n = 0;

	for (size_t i = 0; i < p->n && n < MOST_LARGE; i++) {
		struct pdf_line *x = p->line[i];

		if (x->watermark || is_sideways(x) || x->chars < 3 ||
		    height_of(x) < LARGE_OVER)
			continue;
		n++;
		for (size_t k = 0; k < p->n && !x->watermark; k++)
			x->watermark = lies_over(x, p->line[k]);
	}
}

/* --- apart -------------------------------------------------------------- */

static const struct pdf_line *
nth(const struct place *p, size_t i, bool foot)
{
	return p->line[foot ? p->n - 1 - i : i];
}

/* From one line to the next one inwards. */
static float
gap(const struct pdf_line *a, const struct pdf_line *b, bool foot)
{
	return foot ? a->y1 - b->y2 : b->y1 - a->y2;
}

static bool
may_be_apart(const struct place *p, const struct pdf_line *x, bool foot)
{
	return x->band == (foot ? 1 : -1) && x->chars <= SHORT &&
	       !is_sideways(x) && height_of(x) <= TALL * p->usual;
}

/* How many, from the edge on. */
static size_t
apart(const struct place *p, bool foot)
{
	size_t rows = 1;

	for (size_t i = 0; i + 1 < p->n && rows <= ROWS; i++) {
		const struct pdf_line *a = nth(p, i, foot);
		const struct pdf_line *b = nth(p, i + 1, foot);
		float high = SPILL_MAX(height_of(a), 1.0F);

		if (!may_be_apart(p, a, foot))
			return 0;
		if (gap(a, b, foot) >= APART * high)
			return i + 1;
		rows += gap(a, b, foot) > -high / 2; /* else beside it */
	}
	return 0;
}

static void
find_apart(struct place *p, bool foot)
{
	size_t n = apart(p, foot);

	while (n-- > 0)
		p->line[foot ? p->n - 1 - n : n]->apart = true;
}

/* --- whole -------------------------------------------------------------- */

int
pdf_place(struct pdf_line *first)
{
	struct place p = { 0 };
	size_t n = 0;

	for (struct pdf_line *x = first; x != NULL; x = x->next)
		n++;
	p.line = n > 0 ? calloc(n, sizeof(struct pdf_line *)) : NULL;
	if (p.line == NULL)
		return n > 0 ? SPILL_ENOMEM : SPILL_OK;
	for (struct pdf_line *x = first; x != NULL; x = x->next)
		p.line[p.n++] = x;
	find_sideways(&p);
	find_over(&p);
	for (p.n = 0; first != NULL; first = first->next)
		if (!first->watermark)
			p.line[p.n++] = first;
	if (p.n > 0) {
		qsort(p.line, p.n, sizeof(struct pdf_line *), by_height);
		p.usual = height_of(p.line[p.n / 2]);
		qsort(p.line, p.n, sizeof(struct pdf_line *), by_middle);
		find_apart(&p, false);
		find_apart(&p, true);
	}
	free(p.line);
	return SPILL_OK;
}
