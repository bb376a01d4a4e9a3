/*
 * pdf_page.c: the lines of a page, in the order in which poppler reads them,
 * and which of them are headers and footers: those that stand at the head or
 * foot and do so on other pages, too, but for their numbers.
 */
#include <string.h>

#include <spill/hash.h>
#include <spill/utf8.h>

#include "pdf_i.h"

#define HEAD_BAND 0.12 /* of the height of a page */
#define FOOT_BAND 0.88

/* --- reading ------------------------------------------------------------ */

static int
add(struct pdf *p, struct spill_span text, uint32_t page, signed char band)
{
	struct pdf_line *x;

	if (text.len == 0)
		return SPILL_OK;
	x = spill_arena_alloc(&p->texts, sizeof(*x));
	if (x == NULL)
		return SPILL_ELIMIT;
	x->text.p = spill_arena_dup(&p->texts, text.p, text.len);
	x->text.len = text.len;
	x->page = page;
	x->band = band;
	if (x->text.p == NULL)
		return SPILL_ELIMIT;
	*p->last = x;
	p->last = &x->next;
	return SPILL_OK;
}

/* A line as it is read: each character of it has a rectangle. */
struct reading {
	const PopplerRectangle *rect;
	unsigned n, at; /* rectangles; that of the next character */
	double height; /* of the page */
	uint64_t unmapped;
	struct spill_buf text;
};

static bool
is_unmapped(uint32_t cp)
{
	return cp == 0xfffd || (cp >= 0xe000 && cp < 0xf8ff) ||
	       (cp < 0x20 && cp != '\t' && cp != '\n');
}

#define GAP 0.5 /* of the height of a character */

static bool
is_rightward(uint32_t cp)
{
	return cp > ' ' && (cp < 0x590 || cp > 0x8ff) &&
	       (cp < 0xfb1d || cp > 0xfefc);
}

/* Are they apart, though nothing stands between them? */
static bool
is_gap(const PopplerRectangle *a, const PopplerRectangle *b)
{
	double high = a->y2 - a->y1;

	return b->x1 - a->x2 > GAP * high && b->y1 < a->y2 && a->y1 < b->y2;
}

/* Most are one byte. */
static unsigned
decode(struct spill_span s, size_t at, uint32_t *cp)
{
	unsigned n = 1;

	*cp = (unsigned char)s.p[at];
	if (*cp >= 0x80)
		n = spill_utf8_decode(s.p + at, s.len - at, cp);
	if (n == 0)
		*cp = 0xfffd;
	return n > 0 ? n : 1;
}

/* The line to r->text. Of two columns of text poppler joins the lines without
 * a blank. Returns the sum of the middles of its characters, of *seen. */
static double
read_line(struct reading *r, struct spill_span line, unsigned *seen)
{
	const PopplerRectangle *c = r->rect;
	uint32_t cp = 0, before = 0;
	size_t from = 0;
	double sum = 0;

	*seen = 0;
	for (size_t i = 0, len; i < line.len; i += len, before = cp) {
		unsigned at = r->at++;

		len = decode(line, i, &cp);
		r->unmapped += is_unmapped(cp);
		if (at >= r->n)
			continue;
		sum += (c[at].y1 + c[at].y2) / 2;
		++*seen;
		if (i > 0 && is_rightward(cp) && is_rightward(before) &&
		    is_gap(&c[at - 1], &c[at])) {
			spill_buf_put(&r->text, line.p + from, i - from);
			spill_buf_putc(&r->text, ' ');
			from = i;
		}
	}
	spill_buf_put(&r->text, line.p + from, line.len - from);
	return sum;
}

/* The middle of its characters. */
static signed char
band_of(double sum, unsigned seen, double height)
{
	if (seen == 0 || height <= 0)
		return 0;
	sum /= seen * height;
	return sum < HEAD_BAND ? -1 : sum > FOOT_BAND ? 1 : 0;
}

static int
add_line(
    struct pdf *p, struct reading *r, struct spill_span line, uint32_t page)
{
	unsigned seen;
	double sum;

	spill_buf_reset(&r->text);
	sum = read_line(r, line, &seen);
	return r->text.rc == SPILL_OK ? add(p, spill_buf_as_span(&r->text),
					    page, band_of(sum, seen, r->height))
				      : r->text.rc;
}

int
pdf_page_read(struct pdf *p, PopplerPage *page, uint32_t number)
{
	PopplerRectangle *rect = NULL;
	guint nrect = 0;
	double width;
	char *text = poppler_page_get_text(page);
	const char *s = text;
	struct reading r = { .text = SPILL_BUF_INIT((size_t)64 << 20) };
	int rc = SPILL_OK;

	poppler_page_get_size(page, &width, &r.height);
	(void)poppler_page_get_text_layout(page, &rect, &nrect);
	r.rect = rect;
	r.n = nrect;
	while (s != NULL && *s != '\0' && rc == SPILL_OK) {
		size_t n = strcspn(s, "\n");

		rc = add_line(p, &r, (struct spill_span){ s, n }, number);
		r.at += s[n] == '\n';
		s += n + (s[n] == '\n');
	}
	p->unmapped += r.unmapped;
	spill_buf_release(&r.text);
	g_free(rect);
	g_free(text);
	return rc;
}

/* --- which repeat ------------------------------------------------------- */

#define SLOTS 4096 /* of hashes of lines in a band */

struct slot {
	uint64_t hash;
	uint32_t page, pages; /* the last page with it; how many */
};

/* Of a line without its digits and blanks: "Page 3 of 9". */
static uint64_t
shape_of(const struct pdf_line *x)
{
	char text[256];
	size_t n = 0;

	text[n++] = (char)('0' + x->band);
	for (size_t i = 0; i < x->text.len && n < sizeof(text); i++) {
		char c = x->text.p[i];

		if ((c >= '0' && c <= '9') || c == ' ' || c == '\t')
			continue;
		text[n++] = c;
	}
	return spill_mix(text, n, 0) | 1;
}

static struct slot *
slot_of(struct slot *v, uint64_t hash)
{
	for (size_t i = 0; i < 16; i++) {
		struct slot *s = &v[(hash + i) % SLOTS];

		if (s->hash == hash || s->hash == 0)
			return s;
	}
	return NULL;
}

static void
count_shapes(const struct pdf *p, struct slot *v)
{
	for (const struct pdf_line *x = p->first; x != NULL; x = x->next) {
		uint64_t shape;
		struct slot *s;

		if (x->band == 0)
			continue;
		shape = shape_of(x);
		s = slot_of(v, shape);
		if (s == NULL)
			continue;
		s->hash = shape;
		s->pages += s->page != x->page;
		s->page = x->page;
	}
}

/* Of a document of one page nothing can repeat: there the place will do. */
static enum spill_role
role_of(const struct pdf *p, const struct pdf_line *x, struct slot *v)
{
	const struct slot *s;

	if (x->hidden)
		return SPILL_ROLE_HIDDEN;
	if (x->band == 0)
		return SPILL_ROLE_BODY;
	s = slot_of(v, shape_of(x));
	if (p->pages > 1 && (s == NULL || s->pages < 2))
		return SPILL_ROLE_BODY;
	return x->band < 0 ? SPILL_ROLE_HEADER : SPILL_ROLE_FOOTER;
}

void
pdf_pages_tell(struct pdf *p, const char *part, bool deleted)
{
	struct slot *v = calloc(SLOTS, sizeof(*v));

	if (v == NULL) {
		p->l.rc = SPILL_ENOMEM;
		return;
	}
	count_shapes(p, v);
	for (const struct pdf_line *x = p->first;
	     x != NULL && p->l.rc == SPILL_OK; x = x->next) {
		lines_place(&p->l, spill_span(part),
		    deleted ? SPILL_ROLE_DELETED : role_of(p, x, v), x->page);
		lines_put(&p->l, x->text);
		lines_end(&p->l);
	}
	free(v);
}

void
pdf_pages_drop(struct pdf *p)
{
	spill_arena_release(&p->texts);
	p->first = NULL;
	p->last = &p->first;
}
