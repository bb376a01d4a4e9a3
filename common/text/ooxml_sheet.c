/*
 * ooxml_sheet.c: SpreadsheetML, [OOXML] part 1, 18: the names of the sheets,
 * then each with its headers and footers, cells, comments and drawings. Sheets
 * count as pages.
 */
#include <stdlib.h>
#include <string.h>

#include "ooxml_i.h"

struct shared { /* a string that cells share */
	struct spill_span text;
	bool used;
};

struct book {
	struct ooxml *o;
	const struct docpart *p;
	struct ooxml_rel *rels; /* of the book */
	struct shared *shared;
	size_t nshared, cap;
	struct spill_buf text; /* of a cell, a string, a header */
	uint32_t page;
	/* Of the sheet. */
	bool hidden_sheet, hidden_row;
	bool in_value, in_text, phonetic, is_header, in_furniture;
	char type; /* of the cell: 's'hared, 'i'nline, 'b'oolean, 'e'rror */
	bool *hidden_column;
	size_t columns;
	size_t column;
};

#define COLUMNS 16384 /* of a sheet */

static int
on_letters(void *ctx, struct spill_span text)
{
	struct book *b = ctx;

	if (b->in_value || b->in_text || b->in_furniture)
		spill_buf_span(&b->text, text);
	return b->text.rc == SPILL_ENOMEM ? SPILL_ENOMEM : SPILL_OK;
}

/* --- strings ------------------------------------------------------------ */

static int
add_shared(struct book *b)
{
	struct shared *v =
	    spill_grow(b->shared, b->nshared, &b->cap, sizeof(*v));
	struct spill_span t = spill_buf_as_span(&b->text);

	if (v == NULL)
		return SPILL_ENOMEM;
	b->shared = v;
	v[b->nshared].used = false;
	v[b->nshared].text.p = spill_arena_dup(&b->o->names, t.p, t.len);
	v[b->nshared].text.len = t.len;
	if (v[b->nshared].text.p == NULL)
		return SPILL_ENOMEM;
	b->nshared++;
	return SPILL_OK;
}

static int
on_shared_start(void *ctx, const struct xml_tag *t)
{
	struct book *b = ctx;

	if (xml_is(t->name, "si"))
		spill_buf_reset(&b->text);
	b->phonetic |= xml_is(t->name, "rPh");
	b->in_text = xml_is(t->name, "t") && !b->phonetic;
	return SPILL_OK;
}

static int
on_shared_end(void *ctx, struct spill_span name, struct spill_span uri)
{
	struct book *b = ctx;

	(void)uri;
	b->in_text = false;
	if (xml_is(name, "rPh"))
		b->phonetic = false;
	return xml_is(name, "si") ? add_shared(b) : SPILL_OK;
}

static int
strings(struct book *b)
{
	const struct xml_ops ops = { .start = on_shared_start,
		.end = on_shared_end,
		.text = on_letters,
		.ctx = b };
	int rc = SPILL_OK;

	for (const struct ooxml_rel *r = b->rels; r != NULL && rc == SPILL_OK;
	     r = r->next)
		if (ooxml_rel_is(r, "/sharedStrings") &&
		    (b->p = ooxml_rel_part(b->o, r)) != NULL &&
		    ooxml_turn(b->o, b->p))
			rc = ooxml_read(b->o, b->p, &ops);
	return rc;
}

/* --- headers and footers ------------------------------------------------ */

/* One of the three parts of a header: it ends at the next (18.3.1.39). */
static size_t
section(const char *p, size_t n, struct spill_buf *out)
{
	size_t i = 0;

	while (i < n) {
		char c = p[i++];

		if (c != '&' || i == n) {
			spill_buf_putc(out, c);
			continue;
		}
		c = p[i++];
		if (c == 'L' || c == 'C' || c == 'R')
			return i;
		if (c == '&')
			spill_buf_putc(out, '&');
		else if (c == '"')
			while (i < n && p[i++] != '"')
				;
		else if (c == 'K')
			i = SPILL_MIN(n, i + 6);
		else if (c >= '0' && c <= '9')
			while (i < n && p[i] >= '0' && p[i] <= '9')
				i++;
		/* Others are a font's style, or a number that nobody knows
		 * yet. */
	}
	return n;
}

static void
furniture(struct book *b)
{
	struct spill_span s = spill_buf_as_span(&b->text);
	struct spill_buf out = SPILL_BUF_INIT((size_t)1 << 20);

	while (s.len > 0) {
		size_t n = section(s.p, s.len, &out);

		lines_place(&b->o->l, b->p->name,
		    b->is_header ? SPILL_ROLE_HEADER : SPILL_ROLE_FOOTER,
		    b->page);
		lines_put(&b->o->l, spill_buf_as_span(&out));
		lines_end(&b->o->l);
		spill_buf_reset(&out);
		s.p += n;
		s.len -= n;
	}
	spill_buf_release(&out);
}

/* "oddHeader", "firstFooter", ... */
static bool
is_furniture(struct spill_span n, bool *header)
{
	*header = text_ends(n, "Header");
	return (*header || text_ends(n, "Footer")) && n.len > 6 &&
	       n.p[0] >= 'a' && !xml_is(n, "headerFooter");
}

/* --- cells -------------------------------------------------------------- */

/* "AB12": 27. */
static size_t
column_of(struct spill_span ref)
{
	size_t n = 0;

	for (size_t i = 0; i < ref.len && ref.p[i] >= 'A' && ref.p[i] <= 'Z';
	     i++)
		n = n > COLUMNS ? n : n * 26 + (size_t)(ref.p[i] - 'A') + 1;
	return n > 0 ? n - 1 : 0;
}

static void
hide_columns(struct book *b, const struct xml_tag *t)
{
	uint64_t from, to;

	if (!ooxml_on(xml_attr(t, "hidden"), false) ||
	    !spill_span_uint(xml_attr(t, "min"), &from) ||
	    !spill_span_uint(xml_attr(t, "max"), &to) || from == 0)
		return;
	for (uint64_t i = from - 1; i < to && i < COLUMNS; i++)
		b->hidden_column[i] = true;
}

static void
cell(struct book *b)
{
	struct spill_span t = spill_buf_as_span(&b->text);
	bool hidden = b->hidden_sheet || b->hidden_row ||
		      (b->column < COLUMNS && b->hidden_column[b->column]);
	uint64_t n;

	if (b->type == 's') {
		if (!spill_span_uint(t, &n) || n >= b->nshared)
			return;
		b->shared[n].used = true;
		t = b->shared[n].text;
	}
	if (b->type == 'b' && t.len == 1)
		t = t.p[0] == '0' ? SPILL_SPAN("FALSE") : SPILL_SPAN("TRUE");
	lines_place(&b->o->l, b->p->name,
	    hidden ? SPILL_ROLE_HIDDEN : SPILL_ROLE_TABLE, b->page);
	lines_put(&b->o->l, t);
	lines_end(&b->o->l);
}

static void
cell_begins(struct book *b, const struct xml_tag *t)
{
	struct spill_span type = xml_attr(t, "t");
	struct spill_span ref = xml_attr(t, "r");

	spill_buf_reset(&b->text);
	b->type = xml_is(type, "s")	      ? 's'
		  : xml_is(type, "inlineStr") ? 'i'
		  : xml_is(type, "b")	      ? 'b'
					      : '\0';
	b->column = ref.len > 0 ? column_of(ref) : b->column + 1;
}

static int
on_sheet_start(void *ctx, const struct xml_tag *t)
{
	struct book *b = ctx;
	bool header;

	if (xml_is(t->name, "c"))
		cell_begins(b, t);
	else if (xml_is(t->name, "row"))
		b->hidden_row = ooxml_on(xml_attr(t, "hidden"), false);
	else if (xml_is(t->name, "col"))
		hide_columns(b, t);
	else if (xml_is(t->name, "v"))
		b->in_value = true;
	else if (xml_is(t->name, "rPh"))
		b->phonetic = true;
	else if (xml_is(t->name, "t"))
		b->in_text = !b->phonetic;
	else if (is_furniture(t->name, &header)) {
		b->is_header = header;
		b->in_furniture = true;
		spill_buf_reset(&b->text);
	}
	return b->o->l.rc;
}

static int
on_sheet_end(void *ctx, struct spill_span name, struct spill_span uri)
{
	struct book *b = ctx;
	bool header;

	(void)uri;
	if (xml_is(name, "c"))
		cell(b);
	else if (xml_is(name, "v"))
		b->in_value = false;
	else if (xml_is(name, "rPh"))
		b->phonetic = false;
	else if (xml_is(name, "t"))
		b->in_text = false;
	else if (is_furniture(name, &header)) {
		furniture(b);
		b->in_furniture = false;
	}
	return b->o->l.rc;
}

/* --- comments ----------------------------------------------------------- */

static int
on_comment_start(void *ctx, const struct xml_tag *t)
{
	struct book *b = ctx;

	if (xml_is(t->name, "comment") || xml_is(t->name, "threadedComment") ||
	    xml_is(t->name, "author"))
		spill_buf_reset(&b->text);
	b->in_text = xml_is(t->name, "t") || xml_is(t->name, "text") ||
		     xml_is(t->name, "author");
	return SPILL_OK;
}

static int
on_comment_end(void *ctx, struct spill_span name, struct spill_span uri)
{
	struct book *b = ctx;
	bool author = xml_is(name, "author");

	(void)uri;
	b->in_text = false;
	if (!author && !xml_is(name, "comment") &&
	    !xml_is(name, "threadedComment"))
		return SPILL_OK;
	lines_place(&b->o->l, b->p->name,
	    author ? SPILL_ROLE_ARTIFACT : SPILL_ROLE_COMMENT, b->page);
	lines_put(&b->o->l, spill_buf_as_span(&b->text));
	lines_end(&b->o->l);
	return b->o->l.rc;
}

static int
comments(struct book *b, const struct docpart *p)
{
	const struct xml_ops ops = { .start = on_comment_start,
		.end = on_comment_end,
		.text = on_letters,
		.ctx = b };

	b->p = p;
	return ooxml_read(b->o, p, &ops);
}

/* --- sheets ------------------------------------------------------------- */

static int around(struct book *b, const struct docpart *of);

static int
related(struct book *b, const struct ooxml_rel *r, const struct docpart *p)
{
	int rc = SPILL_OK;

	if (ooxml_rel_is(r, "/comments") || ooxml_rel_is(r, "/threadedComment"))
		return comments(b, p);
	if (ooxml_rel_is(r, "/drawing") || ooxml_rel_is(r, "/chart") ||
	    ooxml_rel_is(r, "/diagramData"))
		rc = ooxml_drawing(b->o, p, SPILL_ROLE_TEXTBOX, b->page);
	/* A drawing has charts. */
	if (rc == SPILL_OK && ooxml_rel_is(r, "/drawing"))
		rc = around(b, p);
	return rc;
}

static int
around(struct book *b, const struct docpart *of)
{
	struct ooxml_rel *rels;
	int rc = ooxml_rels(b->o, of, &rels);

	for (const struct ooxml_rel *r = rels; r != NULL && rc == SPILL_OK;
	     r = r->next) {
		const struct docpart *p = ooxml_rel_part(b->o, r);

		if (p != NULL && text_ends(p->name, ".xml") &&
		    !ooxml_rel_is(r, "/worksheet") && ooxml_turn(b->o, p))
			rc = related(b, r, p);
	}
	return rc;
}

static int
sheet(struct book *b, const struct docpart *p)
{
	const struct xml_ops ops = { .start = on_sheet_start,
		.end = on_sheet_end,
		.text = on_letters,
		.ctx = b };
	int rc;

	b->p = p;
	b->page++;
	b->hidden_row = b->in_value = b->in_text = b->in_furniture = false;
	b->phonetic = false;
	b->column = 0;
	memset(b->hidden_column, 0, COLUMNS * sizeof(*b->hidden_column));
	rc = ooxml_read(b->o, p, &ops);
	return rc == SPILL_OK ? around(b, p) : rc;
}

struct naming {
	struct book *b;
	const struct docpart *main;
};

static int
on_book(void *ctx, const struct xml_tag *t)
{
	struct naming *n = ctx;
	struct book *b = n->b;
	struct spill_span state = xml_attr(t, "state");
	const struct ooxml_rel *r;
	const struct docpart *p;

	if (!xml_is(t->name, "sheet"))
		return SPILL_OK;
	ooxml_value(b->o, n->main->name, SPILL_SPAN("sheet"),
	    SPILL_ROLE_ARTIFACT, xml_attr(t, "name"));
	r = ooxml_rel_of(b->rels, xml_attr(t, "id"));
	p = r != NULL ? ooxml_rel_part(b->o, r) : NULL;
	if (p == NULL || !ooxml_turn(b->o, p))
		return b->o->l.rc;
	b->hidden_sheet = state.len > 0 && !xml_is(state, "visible");
	return sheet(b, p);
}

/* Sheets that the book does not list, and strings that no cell has. */
static int
leftovers(struct book *b, const struct docpart *main)
{
	int rc = SPILL_OK;

	b->hidden_sheet = true;
	for (const struct docpart *p = b->o->parts.first;
	     p != NULL && rc == SPILL_OK; p = p->next)
		if (memmem(p->name.p, p->name.len, "sheets/", 7) != NULL &&
		    text_ends(p->name, ".xml") && ooxml_turn(b->o, p))
			rc = sheet(b, p);
		else if (memmem(p->name.p, p->name.len, "xl/comments", 11) !=
			     NULL &&
			 ooxml_turn(b->o, p))
			rc = comments(b, p);
	for (size_t i = 0; i < b->nshared && rc == SPILL_OK; i++) {
		if (b->shared[i].used)
			continue;
		ooxml_value(b->o, main->name, SPILL_SPAN("string"),
		    SPILL_ROLE_HIDDEN, b->shared[i].text);
		rc = b->o->l.rc;
	}
	return rc;
}

int
ooxml_sheet(struct ooxml *o, const struct docpart *main)
{
	struct book b = { .o = o,
		.text = SPILL_BUF_INIT((size_t)16 << 20),
		.hidden_column = calloc(COLUMNS, sizeof(bool)) };
	struct naming n = { &b, main };
	const struct xml_ops ops = { .start = on_book, .ctx = &n };
	int rc = b.hidden_column == NULL ? SPILL_ENOMEM
					 : ooxml_rels(o, main, &b.rels);

	if (rc == SPILL_OK)
		rc = strings(&b);
	if (rc == SPILL_OK)
		rc = ooxml_read(o, main, &ops);
	if (rc == SPILL_OK)
		rc = leftovers(&b, main);
	free(b.shared);
	free(b.hidden_column);
	spill_buf_release(&b.text);
	return rc;
}
