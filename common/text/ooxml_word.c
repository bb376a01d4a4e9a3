/*
 * ooxml_word.c: WordprocessingML, [OOXML] part 1, 17: sections with their
 * headers and footers, then the text, notes and comments.
 */
#include <string.h>
#include <strings.h>

#include <spill/utf8.h>

#include "ooxml_i.h"

#define TINY 4 /* half points: text of that size is not read by anybody */

struct style {
	struct spill_span id;
	bool title, hidden;
	struct style *next;
};

struct word {
	struct ooxml *o;
	const struct docpart *p; /* that is read */
	struct ooxml_rel *rels; /* of the document */
	struct style *styles;
	struct paras paras;
	enum spill_role role; /* of the part */
	uint32_t page; /* 0: the part is on all of them */
	unsigned cells, boxes, marks; /* that are open; watermarks */
	unsigned deletions, fallbacks, drops;
	bool choice; /* the alternative that was taken had text */
	/* Of the run. */
	bool hidden, struck, in_text, in_code, deleted_text;
	bool fresh; /* nothing stands yet on the page that was begun */
	bool para_hidden; /* by the style of its paragraph */
	struct spill_buf code; /* of a field */
};

/* --- styles ------------------------------------------------------------- */

struct styling {
	struct ooxml *o;
	struct style **first, *now;
};

static bool
is_heading(struct spill_span name)
{
	return (name.len >= 7 && strncasecmp(name.p, "heading", 7) == 0) ||
	       (name.len >= 5 && strncasecmp(name.p, "title", 5) == 0);
}

static int
on_style(void *ctx, const struct xml_tag *t)
{
	struct styling *s = ctx;
	struct spill_span id = xml_attr(t, "styleId");
	struct style *x;

	if (xml_is(t->name, "style")) {
		x = spill_arena_alloc(&s->o->names, sizeof(*x));
		if (x == NULL)
			return SPILL_ENOMEM;
		x->id.p = spill_arena_dup(&s->o->names, id.p, id.len);
		x->id.len = x->id.p != NULL ? id.len : 0;
		x->next = *s->first;
		*s->first = s->now = x;
	}
	if (s->now == NULL)
		return SPILL_OK;
	s->now->title |=
	    xml_is(t->name, "name") && is_heading(xml_attr(t, "val"));
	if (xml_is(t->name, "vanish"))
		s->now->hidden = ooxml_on(xml_attr(t, "val"), true);
	return SPILL_OK;
}

static const struct style *
style_of(const struct word *w, struct spill_span id)
{
	const struct style *s = w->styles;

	while (s != NULL && !spill_span_eq(s->id, id))
		s = s->next;
	return s;
}

static int
load_styles(struct word *w)
{
	struct styling s = { .o = w->o, .first = &w->styles };
	const struct xml_ops ops = { .start = on_style, .ctx = &s };
	const struct docpart *p = NULL;

	for (const struct ooxml_rel *r = w->rels; r != NULL; r = r->next)
		if (ooxml_rel_is(r, "/styles"))
			p = ooxml_rel_part(w->o, r);
	return p != NULL ? ooxml_read(w->o, p, &ops) : SPILL_OK;
}

/* --- text --------------------------------------------------------------- */

static enum spill_role
role_now(const struct word *w)
{
	if (w->marks > 0)
		return SPILL_ROLE_WATERMARK;
	if (w->boxes > 0)
		return SPILL_ROLE_TEXTBOX;
	if (w->role == SPILL_ROLE_BODY && w->cells > 0)
		return SPILL_ROLE_TABLE;
	return w->role;
}

static void
put(struct word *w, struct spill_span text)
{
	enum para_seen seen = w->deletions > 0 || w->deleted_text ? PARA_DELETED
			      : w->hidden			  ? PARA_HIDDEN
			      : w->struck			  ? PARA_STRUCK
								  : PARA_SHOWN;

	paras_put(&w->paras, seen, text);
}

/* A line that stands by itself, while others are put together. */
static void
aside(struct word *w, enum spill_role role, struct spill_span text)
{
	paras_begin(&w->paras, role);
	paras_put(&w->paras, PARA_SHOWN, text);
	paras_end(&w->paras, &w->o->l, w->p->name, w->page);
}

/* A symbol of a font: its code, or that of the private area (17.3.3.30). */
static void
symbol(struct word *w, struct spill_span hex)
{
	char text[8], utf8[4];
	uint32_t cp;

	if (hex.len == 0 || hex.len >= sizeof(text))
		return;
	memcpy(text, hex.p, hex.len);
	text[hex.len] = '\0';
	cp = (uint32_t)strtoul(text, NULL, 16);
	if (cp >= 0xf020 && cp <= 0xf07e)
		cp -= 0xf000;
	if (cp >= 0x20 && cp < 0xd800)
		put(w,
		    (struct spill_span){ utf8, spill_utf8_encode(cp, utf8) });
}

static void
breaks(struct word *w, const struct xml_tag *t)
{
	const struct para *p = paras_top(&w->paras);

	put(w, SPILL_SPAN("\n"));
	if (!xml_is(xml_attr(t, "type"), "page") || w->page == 0)
		return;
	/* What stands before it is of the page before. */
	if (p != NULL && w->paras.depth == 1 && w->paras.over == 0) {
		enum spill_role role = p->role;

		paras_end(&w->paras, &w->o->l, w->p->name, w->page);
		paras_begin(&w->paras, role);
	}
	w->page++;
	w->fresh = true;
}

/* What stands in a run besides its text (17.3.3). */
static void
in_run(struct word *w, const struct xml_tag *t)
{
	struct spill_span n = t->name;

	if (xml_is(n, "t"))
		w->in_text = true;
	else if (xml_is(n, "delText"))
		w->in_text = w->deleted_text = true;
	else if (xml_is(n, "instrText"))
		w->in_code = true;
	else if (xml_is(n, "tab") || xml_is(n, "ptab"))
		put(w, SPILL_SPAN("\t"));
	else if (xml_is(n, "br"))
		breaks(w, t);
	else if (xml_is(n, "cr"))
		put(w, SPILL_SPAN("\n"));
	else if (xml_is(n, "noBreakHyphen"))
		put(w, SPILL_SPAN("-"));
	else if (xml_is(n, "softHyphen"))
		put(w, SPILL_SPAN("\xc2\xad"));
	else if (xml_is(n, "sym"))
		symbol(w, xml_attr(t, "char"));
	else if (xml_is(n, "lastRenderedPageBreak") && w->page > 0) {
		/* Word repeats there what a break before it says. */
		w->page += !w->fresh;
		w->fresh = true;
	}
}

static bool
is_small(struct spill_span half_points)
{
	uint64_t v;

	return spill_span_uint(half_points, &v) && v <= TINY;
}

/* How the text of a run looks (17.3.2). */
static void
run_look(struct word *w, const struct xml_tag *t)
{
	struct spill_span val = xml_attr(t, "val");
	const struct style *s;

	if (xml_is(t->name, "vanish") || xml_is(t->name, "specVanish"))
		w->hidden = ooxml_on(val, true);
	else if (xml_is(t->name, "strike") || xml_is(t->name, "dstrike"))
		w->struck = ooxml_on(val, true);
	else if (xml_is(t->name, "sz") && is_small(val))
		w->hidden = true;
	else if (xml_is(t->name, "color") && val.len == 6 &&
		 strncasecmp(val.p, "FFFFFF", 6) == 0)
		w->hidden = true;
	else if (xml_is(t->name, "rStyle") && (s = style_of(w, val)) != NULL)
		w->hidden |= s->hidden;
}

static void
para_look(struct word *w, const struct xml_tag *t)
{
	struct para *p = paras_top(&w->paras);
	const struct style *s;

	if (xml_is(t->name, "pageBreakBefore") && w->page > 0 &&
	    ooxml_on(xml_attr(t, "val"), true)) {
		w->page += !w->fresh;
		w->fresh = true;
	}
	if (p == NULL || !xml_is(t->name, "pStyle"))
		return;
	s = style_of(w, xml_attr(t, "val"));
	w->para_hidden = s != NULL && s->hidden;
	if (p->role == SPILL_ROLE_BODY &&
	    (s != NULL ? s->title : is_heading(xml_attr(t, "val"))))
		p->role = SPILL_ROLE_TITLE;
}

/* --- shapes ------------------------------------------------------------- */

static bool
is_watermark(struct spill_span name)
{
	return memmem(name.p, name.len, "WaterMark", 9) != NULL ||
	       memmem(name.p, name.len, "Watermark", 9) != NULL;
}

/* VML and DrawingML: words that are bent to a shape, what stands for a
 * picture that is not seen. */
static void
shape(struct word *w, const struct xml_tag *t)
{
	if (xml_is(t->name, "textpath"))
		aside(w,
		    w->role == SPILL_ROLE_HEADER || w->marks > 0
			? SPILL_ROLE_WATERMARK
			: SPILL_ROLE_TEXTBOX,
		    xml_attr(t, "string"));
	if (xml_is(t->name, "docPr")) {
		w->marks = is_watermark(xml_attr(t, "name")) ? 1 : 0;
		aside(w, SPILL_ROLE_ARTIFACT, xml_attr(t, "descr"));
	}
	if (xml_is(t->name, "shape") && is_watermark(xml_attr(t, "id")))
		w->marks = 1;
}

/* --- tags --------------------------------------------------------------- */

/* Elements that count as long as they are open. */
static unsigned *
counter(struct word *w, struct spill_span n)
{
	if (xml_is(n, "tc"))
		return &w->cells;
	if (xml_is(n, "txbxContent"))
		return &w->boxes;
	if (xml_is(n, "del") || xml_is(n, "moveFrom"))
		return &w->deletions;
	if (xml_is(n, "Fallback"))
		return &w->fallbacks;
	return NULL;
}

static int
on_start(void *ctx, const struct xml_tag *t)
{
	struct word *w = ctx;
	unsigned *n = counter(w, t->name);

	if (n != NULL)
		++*n;
	if (w->fallbacks > 0)
		return SPILL_OK;
	if (xml_is(t->name, "p")) {
		paras_begin(&w->paras, role_now(w));
		w->para_hidden = false;
	} else if (xml_is(t->name, "r")) {
		w->hidden = w->para_hidden;
		w->struck = false;
	} else if (xml_is(t->name, "fldSimple"))
		aside(w, SPILL_ROLE_ARTIFACT, xml_attr(t, "instr"));
	in_run(w, t);
	run_look(w, t);
	para_look(w, t);
	shape(w, t);
	return w->o->l.rc;
}

static void
field_ends(struct word *w)
{
	w->in_code = false;
	aside(w, SPILL_ROLE_ARTIFACT, spill_buf_as_span(&w->code));
	spill_buf_reset(&w->code);
}

static int
on_end(void *ctx, struct spill_span name, struct spill_span uri)
{
	struct word *w = ctx;
	unsigned *n = counter(w, name);

	(void)uri;
	if (n != NULL && *n > 0)
		--*n;
	if (w->fallbacks > 0 || xml_is(name, "Fallback"))
		return SPILL_OK;
	if (xml_is(name, "p"))
		paras_end(&w->paras, &w->o->l, w->p->name, w->page);
	else if (xml_is(name, "t") || xml_is(name, "delText"))
		w->in_text = w->deleted_text = false;
	else if (xml_is(name, "instrText"))
		field_ends(w);
	else if (xml_is(name, "r"))
		w->hidden = w->struck = false;
	else if (xml_is(name, "shape") || xml_is(name, "drawing"))
		w->marks = 0;
	return w->o->l.rc;
}

static int
on_text(void *ctx, struct spill_span text)
{
	struct word *w = ctx;

	if (w->fallbacks > 0)
		return SPILL_OK;
	if (w->in_text) {
		put(w, text);
		w->fresh = false;
	} else if (w->in_code)
		spill_buf_span(&w->code, text);
	return SPILL_OK;
}

/* --- parts -------------------------------------------------------------- */

static int
tell(struct word *w, const struct docpart *p, enum spill_role role,
    uint32_t page)
{
	const struct xml_ops ops = {
		.start = on_start, .end = on_end, .text = on_text, .ctx = w
	};

	w->p = p;
	w->role = role;
	w->page = page;
	w->cells = w->boxes = w->marks = w->deletions = w->fallbacks = 0;
	w->hidden = w->struck = w->in_text = w->in_code = false;
	w->deleted_text = false;
	w->fresh = true;
	w->paras.depth = w->paras.over = 0;
	return ooxml_read(w->o, p, &ops);
}

static int
related(struct word *w, const char *type, enum spill_role role)
{
	int rc = SPILL_OK;

	for (const struct ooxml_rel *r = w->rels; r != NULL && rc == SPILL_OK;
	     r = r->next) {
		const struct docpart *p = ooxml_rel_part(w->o, r);

		if (ooxml_rel_is(r, type) && p != NULL && ooxml_turn(w->o, p))
			rc = tell(w, p, role, 0);
	}
	return rc;
}

/* Headers and footers in the order in which sections name them. */
static int
on_section(void *ctx, const struct xml_tag *t)
{
	struct word *w = ctx;
	bool header = xml_is(t->name, "headerReference");
	const struct ooxml_rel *r;
	const struct docpart *p;

	if (!header && !xml_is(t->name, "footerReference"))
		return SPILL_OK;
	r = ooxml_rel_of(w->rels, xml_attr(t, "id"));
	p = r != NULL ? ooxml_rel_part(w->o, r) : NULL;
	if (p == NULL || !ooxml_turn(w->o, p))
		return w->o->l.rc;
	return tell(w, p, header ? SPILL_ROLE_HEADER : SPILL_ROLE_FOOTER, 0);
}

/* Parts of Word that nothing leads to, and those of building blocks. */
static int
leftovers(struct word *w)
{
	static const struct {
		const char *name;
		enum spill_role role;
	} by_name[] = { { "word/header", SPILL_ROLE_HEADER },
		{ "word/footer", SPILL_ROLE_FOOTER },
		{ "word/footnotes", SPILL_ROLE_NOTE },
		{ "word/endnotes", SPILL_ROLE_NOTE },
		{ "word/comments.xml", SPILL_ROLE_COMMENT },
		{ "word/glossary/", SPILL_ROLE_ARTIFACT } };
	int rc = SPILL_OK;

	for (const struct docpart *p = w->o->parts.first; p != NULL;
	     p = p->next)
		for (size_t i = 0; i < SPILL_COUNT(by_name); i++) {
			size_t n = strlen(by_name[i].name);

			if (rc == SPILL_OK && p->name.len > n &&
			    text_ends(p->name, ".xml") &&
			    strncasecmp(p->name.p, by_name[i].name, n) == 0 &&
			    ooxml_turn(w->o, p))
				rc = tell(w, p, by_name[i].role, 0);
		}
	return rc;
}

static int
on_variable(void *ctx, const struct xml_tag *t)
{
	struct word *w = ctx;

	if (xml_is(t->name, "docVar"))
		ooxml_value(w->o, w->p->name, xml_attr(t, "name"),
		    SPILL_ROLE_PROPERTY, xml_attr(t, "val"));
	return w->o->l.rc;
}

static int
variables(struct word *w)
{
	const struct xml_ops ops = { .start = on_variable, .ctx = w };
	int rc = SPILL_OK;

	for (const struct ooxml_rel *r = w->rels; r != NULL && rc == SPILL_OK;
	     r = r->next)
		if (ooxml_rel_is(r, "/settings") &&
		    (w->p = ooxml_rel_part(w->o, r)) != NULL)
			rc = ooxml_read(w->o, w->p, &ops);
	return rc;
}

int
ooxml_word(struct ooxml *o, const struct docpart *main)
{
	struct word w = { .o = o, .code = SPILL_BUF_INIT((size_t)64 << 10) };
	const struct xml_ops sections = { .start = on_section, .ctx = &w };
	int rc = ooxml_rels(o, main, &w.rels);

	if (rc == SPILL_OK)
		rc = load_styles(&w);
	if (rc == SPILL_OK)
		rc = variables(&w);
	if (rc == SPILL_OK)
		rc = ooxml_read(o, main, &sections);
	if (rc == SPILL_OK)
		rc = tell(&w, main, SPILL_ROLE_BODY, 1);
	if (rc == SPILL_OK)
		rc = related(&w, "/footnotes", SPILL_ROLE_NOTE);
	if (rc == SPILL_OK)
		rc = related(&w, "/endnotes", SPILL_ROLE_NOTE);
	if (rc == SPILL_OK)
		rc = related(&w, "/comments", SPILL_ROLE_COMMENT);
	if (rc == SPILL_OK)
		rc = leftovers(&w);
	paras_release(&w.paras);
	spill_buf_release(&w.code);
	return rc;
}
