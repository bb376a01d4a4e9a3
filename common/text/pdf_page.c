/*
 * pdf_page.c: the lines of a page, in the order in which poppler reads them,
 * and which of them are headers and footers: those that stand at the head or
 * foot and do so on other pages, too, but for their numbers; what stands where
 * these do; and what stands apart from the text there.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include <spill/hash.h>
#include <spill/utf8.h>

#include "pdf_i.h"

#define HEAD_BAND 0.12 /* of the height of a page */
#define FOOT_BAND 0.88

/* --- reading ------------------------------------------------------------ */

static int
add(struct pdf *p, struct spill_span text, uint32_t page, struct pdf_line **out)
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
	if (x->text.p == NULL)
		return SPILL_ELIMIT;
	*p->last = x;
	p->last = &x->next;
	*out = x;
	return SPILL_OK;
}

static void
count_unmapped(struct pdf *p, struct spill_span text)
{
	for (size_t i = 0; i < text.len;) {
		uint32_t cp = 0xfffd;
		unsigned n = spill_utf8_decode(text.p + i, text.len - i, &cp);

		p->unmapped += cp == 0xfffd || (cp >= 0xe000 && cp < 0xf8ff) ||
			       (cp < 0x20 && cp != '\t' && cp != '\n');
		i += n > 0 ? n : 1;
	}
}

static enum pdf_way
way_of(const PopplerRectangle *first, const PopplerRectangle *last)
{
	double dx = last->x1 + last->x2 - first->x1 - first->x2;
	double dy = last->y1 + last->y2 - first->y1 - first->y2;

	if (fabs(dx) >= fabs(dy))
		return dx >= 0 ? PDF_RIGHT : PDF_LEFT;
	return dy >= 0 ? PDF_DOWN : PDF_UP;
}

static bool
is_blank_behind(const PopplerRectangle *a, enum pdf_way way)
{
	const PopplerRectangle *b = a + 1;
	double along = way == PDF_RIGHT	 ? b->x1 - a->x2
		       : way == PDF_LEFT ? a->x1 - b->x2
		       : way == PDF_DOWN ? b->y1 - a->y2
					 : a->y1 - b->y2;
	double high =
	    way == PDF_RIGHT || way == PDF_LEFT ? a->y2 - a->y1 : a->x2 - a->x1;

	return along > PDF_GAP * high;
}

/* Where it is, by the places of its characters. */
static void
locate(struct pdf_line *x, const PopplerRectangle *r, unsigned n, double height)
{
	double sum = 0;

	x->chars = n;
	if (n == 0 || height <= 0)
		return;
	x->way = way_of(&r[0], &r[n - 1]);
	x->x1 = x->y1 = FLT_MAX;
	x->x2 = x->y2 = -FLT_MAX;
	for (unsigned i = 0; i < n; i++) {
		/* That of a blank is the other way round, in some ways. */
		x->x1 = (float)SPILL_MIN(x->x1, SPILL_MIN(r[i].x1, r[i].x2));
		x->x2 = (float)SPILL_MAX(x->x2, SPILL_MAX(r[i].x1, r[i].x2));
		x->y1 = (float)SPILL_MIN(x->y1, SPILL_MIN(r[i].y1, r[i].y2));
		x->y2 = (float)SPILL_MAX(x->y2, SPILL_MAX(r[i].y1, r[i].y2));
		sum += (r[i].y1 + r[i].y2) / 2;
	}
	for (unsigned i = 0; i + 1 < n && n <= PDF_PIECE; i++)
		if (is_blank_behind(&r[i], x->way))
			x->gaps |= (unsigned char)(1U << i);
	sum /= n * height;
	x->band = sum < HEAD_BAND ? -1 : sum > FOOT_BAND ? 1 : 0;
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

/* Of two columns of text poppler joins the lines without a blank. */
static void
put_spaced(struct spill_buf *b, struct spill_span text,
    const PopplerRectangle *r, unsigned n, unsigned at)
{
	uint32_t cp = 0, before = 0;

	spill_buf_reset(b);
	for (size_t i = 0, len; i < text.len; i += len, at++, before = cp) {
		len = spill_utf8_decode(text.p + i, text.len - i, &cp);
		if (len == 0)
			len = 1;
		if (i > 0 && at < n && is_rightward(cp) &&
		    is_rightward(before) && is_gap(&r[at - 1], &r[at]))
			spill_buf_putc(b, ' ');
		spill_buf_put(b, text.p + i, len);
	}
}

/* One line of the text, whose characters begin with r. */
static int
read_line(struct pdf *p, struct spill_span text, const PopplerRectangle *r,
    unsigned n, uint32_t page, double height)
{
	struct pdf_line *x;
	int rc;

	if (text.len == 0)
		return SPILL_OK;
	rc = add(p, text, page, &x);
	if (rc == SPILL_OK)
		locate(x, r, n, height);
	return rc;
}

static int
read_lines(struct pdf *p, const char *s, const PopplerRectangle *rect,
    unsigned nrect, uint32_t page, double height)
{
	struct spill_buf b = SPILL_BUF_INIT((size_t)64 << 20);
	unsigned at = 0;
	int rc = SPILL_OK;

	while (s != NULL && *s != '\0' && rc == SPILL_OK) {
		size_t n = strcspn(s, "\n");
		unsigned chars = (unsigned)g_utf8_strlen(s, (gssize)n);
		struct spill_span line = { s, n };

		count_unmapped(p, line);
		put_spaced(&b, line, rect, nrect, at);
		at = SPILL_MIN(at, nrect);
		rc = b.rc == SPILL_OK
			 ? read_line(p, spill_buf_as_span(&b),
			       at < nrect ? rect + at : NULL,
			       SPILL_MIN(chars, nrect - at), page, height)
			 : b.rc;
		at += chars + (s[n] == '\n');
		s += n + (s[n] == '\n');
	}
	spill_buf_release(&b);
	return rc;
}

int
pdf_page_read(struct pdf *p, PopplerPage *page, uint32_t number)
{
	PopplerRectangle *rect = NULL;
	guint nrect = 0;
	double width, height;
	char *text = poppler_page_get_text(page);
	struct pdf_line **first = p->last;
	int rc;

	poppler_page_get_size(page, &width, &height);
	(void)poppler_page_get_text_layout(page, &rect, &nrect);
	rc = read_lines(p, text, rect, nrect, number, height);
	if (rc == SPILL_OK)
		rc = pdf_slant(p, first);
	if (rc == SPILL_OK)
		rc = pdf_place(*first);
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

#define BIN	   3 /* points */
#define BINS	   4800 /* a page is at most 14400 points high (annex C) */
#define SHORT_LINE 100 /* characters of a header */

/* How far out lines of a page stand; the same of any other page. */
struct edge {
	float most, other;
	uint32_t page; /* of most */
};

struct furniture {
	struct slot slot[SLOTS];
	bool any[2]; /* do lines repeat at the head, the foot? */
	bool at[2][BINS]; /* at which heights */
	uint32_t apart[2][BINS]; /* pages with a line apart there */
	struct edge edge[2];
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
slot_of(struct furniture *v, uint64_t hash)
{
	for (size_t i = 0; i < 16; i++) {
		struct slot *s = &v->slot[(hash + i) % SLOTS];

		if (s->hash == hash || s->hash == 0)
			return s;
	}
	return NULL;
}

static bool
repeats(struct furniture *v, const struct pdf_line *x)
{
	const struct slot *s = slot_of(v, shape_of(x));

	return s != NULL && s->pages > 1;
}

static size_t
bin_of(const struct pdf_line *x)
{
	float y = x->y1 / BIN;

	return y > 0 && y < BINS - 1 ? (size_t)y : 0;
}

/* Outwards of the middle of the page. */
static float
reach(const struct pdf_line *x)
{
	return x->band > 0 ? x->y2 : -x->y1;
}

static void
count_edge(struct edge *e, const struct pdf_line *x)
{
	float y = reach(x);

	if (x->page == e->page) {
		e->most = SPILL_MAX(e->most, y);
	} else if (e->page == 0 || y > e->most) {
		e->other = e->page == 0 ? -FLT_MAX : e->most;
		e->most = y;
		e->page = x->page;
	} else {
		e->other = SPILL_MAX(e->other, y);
	}
}

/* What differs from page to page, or is on the first alone, stands where that
 * of the others does. */
static void
count_places(const struct pdf *p, struct furniture *v)
{
	for (const struct pdf_line *x = p->first; x != NULL; x = x->next) {
		bool foot = x->band > 0;

		if (x->band == 0 || x->watermark)
			continue;
		count_edge(&v->edge[foot], x);
		v->apart[foot][bin_of(x)] += x->apart;
		if (repeats(v, x)) {
			v->any[foot] = true;
			v->at[foot][bin_of(x)] = true;
			v->at[foot][bin_of(x) + 1] = true;
		}
	}
}

/* Apart, where no line repeats: on nearly every page, or farther out than any
 * line of the others. */
static bool
is_apart(
    const struct pdf *p, const struct pdf_line *x, const struct furniture *v)
{
	const struct edge *e = &v->edge[x->band > 0];
	float inner = x->band > 0 ? x->y1 : -x->y2;

	if (!x->apart || v->any[x->band > 0])
		return false;
	if (p->pages >= 3 && (uint64_t)v->apart[x->band > 0][bin_of(x)] * 10 >=
				 (uint64_t)p->pages * 9)
		return true;
	return inner >= (x->page == e->page ? e->other : e->most);
}

static void
count_shapes(const struct pdf *p, struct furniture *v)
{
	for (const struct pdf_line *x = p->first; x != NULL; x = x->next) {
		struct slot *s;

		if (x->band == 0)
			continue;
		s = slot_of(v, shape_of(x));
		if (s == NULL)
			continue;
		s->hash = shape_of(x);
		s->pages += s->page != x->page;
		s->page = x->page;
	}
}

/* Of a document of one page nothing can repeat: there the place will do. */
static bool
is_furniture(const struct pdf *p, const struct pdf_line *x, struct furniture *v)
{
	if (x->band == 0)
		return false;
	return p->pages <= 1 || repeats(v, x) || is_apart(p, x, v) ||
	       (x->chars <= SHORT_LINE && v->at[x->band > 0][bin_of(x)]);
}

static enum spill_role
role_of(const struct pdf *p, const struct pdf_line *x, struct furniture *v)
{
	if (x->hidden)
		return SPILL_ROLE_HIDDEN;
	if (x->watermark)
		return SPILL_ROLE_WATERMARK;
	if (!is_furniture(p, x, v))
		return SPILL_ROLE_BODY;
	return x->band < 0 ? SPILL_ROLE_HEADER : SPILL_ROLE_FOOTER;
}

void
pdf_pages_tell(struct pdf *p, const char *part, bool deleted)
{
	struct furniture *v = calloc(1, sizeof(*v));

	if (v == NULL) {
		p->l.rc = SPILL_ENOMEM;
		return;
	}
	count_shapes(p, v);
	count_places(p, v);
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
