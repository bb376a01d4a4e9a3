/*
 * ooxml_slide.c: PresentationML, [OOXML] part 1, 19: masters and layouts, whose
 * text is on every slide, then the slides in their order with their notes and
 * comments. Slides count as pages.
 */
#include <string.h>

#include "ooxml_i.h"

struct show {
	struct ooxml *o;
	const struct docpart *p; /* that is read */
	struct ooxml_rel *rels; /* of the presentation */
	struct paras paras;
	uint32_t page;
	enum spill_role base; /* of what has no role of its own */
	bool master, hidden;
	/* Of the shape. */
	enum spill_role role;
	bool in_text, in_table, prompt, fallback;
};

/* What a placeholder is for (19.7.10). */
static enum spill_role
placeholder(const struct show *s, struct spill_span type)
{
	if (xml_is(type, "title") || xml_is(type, "ctrTitle"))
		return SPILL_ROLE_TITLE;
	if (xml_is(type, "ftr"))
		return SPILL_ROLE_FOOTER;
	if (xml_is(type, "hdr"))
		return SPILL_ROLE_HEADER;
	if (xml_is(type, "dt") || xml_is(type, "sldNum"))
		return SPILL_ROLE_FOOTER;
	return s->base;
}

static enum spill_role
role_now(const struct show *s)
{
	if (s->hidden)
		return SPILL_ROLE_HIDDEN;
	/* "Click to edit": nobody sees what a placeholder of a master says. */
	if (s->prompt)
		return SPILL_ROLE_ARTIFACT;
	return s->in_table && (s->role == SPILL_ROLE_BODY ||
				  s->role == SPILL_ROLE_TEXTBOX)
		   ? SPILL_ROLE_TABLE
		   : s->role;
}

static void
shape_begins(struct show *s)
{
	s->role = s->base == SPILL_ROLE_BODY ? SPILL_ROLE_TEXTBOX : s->base;
	s->prompt = false;
}

static void
shape_is(struct show *s, const struct xml_tag *t)
{
	struct spill_span type = xml_attr(t, "type");

	s->role = placeholder(s, type);
	s->prompt = s->master && s->role != SPILL_ROLE_FOOTER &&
		    s->role != SPILL_ROLE_HEADER;
}

static void
described(struct show *s, const struct xml_tag *t)
{
	lines_place(&s->o->l, s->p->name, SPILL_ROLE_ARTIFACT, s->page);
	lines_put(&s->o->l, xml_attr(t, "descr"));
	lines_end(&s->o->l);
}

static int
on_start(void *ctx, const struct xml_tag *t)
{
	struct show *s = ctx;
	struct spill_span n = t->name;

	if (xml_is(n, "Fallback"))
		s->fallback = true;
	if (s->fallback)
		return SPILL_OK;
	if (xml_is(n, "sp") || xml_is(n, "graphicFrame"))
		shape_begins(s);
	else if (xml_is(n, "ph"))
		shape_is(s, t);
	else if (xml_is(n, "cNvPr"))
		described(s, t);
	else if (xml_is(n, "tbl"))
		s->in_table = true;
	else if (xml_is(n, "p"))
		paras_begin(&s->paras, role_now(s));
	else if (xml_is(n, "t") || xml_is(n, "text"))
		s->in_text = true;
	else if (xml_is(n, "br"))
		paras_put(&s->paras, PARA_SHOWN, SPILL_SPAN("\n"));
	if (xml_is(n, "sld"))
		s->hidden = !ooxml_on(xml_attr(t, "show"), true);
	if (xml_is(n, "text")) /* a comment's */
		paras_begin(&s->paras, role_now(s));
	return s->o->l.rc;
}

static int
on_end(void *ctx, struct spill_span name, struct spill_span uri)
{
	struct show *s = ctx;

	(void)uri;
	if (xml_is(name, "Fallback"))
		s->fallback = false;
	else if (s->fallback)
		return SPILL_OK;
	if (xml_is(name, "p") || xml_is(name, "text"))
		paras_end(&s->paras, &s->o->l, s->p->name, s->page);
	if (xml_is(name, "t") || xml_is(name, "text"))
		s->in_text = false;
	if (xml_is(name, "tbl"))
		s->in_table = false;
	return s->o->l.rc;
}

static int
on_text(void *ctx, struct spill_span text)
{
	struct show *s = ctx;

	if (s->in_text && !s->fallback)
		paras_put(&s->paras, PARA_SHOWN, text);
	return SPILL_OK;
}

static int
tell(struct show *s, const struct docpart *p, enum spill_role base, bool master)
{
	const struct xml_ops ops = {
		.start = on_start, .end = on_end, .text = on_text, .ctx = s
	};
	bool hidden = s->hidden;
	int rc;

	s->p = p;
	s->base = s->role = base;
	s->master = master;
	s->in_text = s->in_table = s->prompt = s->fallback = false;
	s->paras.depth = s->paras.over = 0;
	rc = ooxml_read(s->o, p, &ops);
	if (base == SPILL_ROLE_BODY)
		return rc;
	s->hidden = hidden; /* it is that of the slide */
	return rc;
}

static const struct {
	const char *type;
	enum spill_role role;
	bool master;
} around_slide[] = {
	{ "/notesSlide", SPILL_ROLE_NOTE, false },
	{ "/comments", SPILL_ROLE_COMMENT, false },
	{ "/chart", SPILL_ROLE_TEXTBOX, false },
	{ "/diagramData", SPILL_ROLE_TEXTBOX, false },
};

static int
around(struct show *s, const struct docpart *of)
{
	struct ooxml_rel *rels;
	int rc = ooxml_rels(s->o, of, &rels);

	for (size_t i = 0; i < SPILL_COUNT(around_slide); i++)
		for (const struct ooxml_rel *r = rels;
		     r != NULL && rc == SPILL_OK; r = r->next) {
			const struct docpart *p = ooxml_rel_part(s->o, r);

			if (!ooxml_rel_is(r, around_slide[i].type) ||
			    p == NULL || !ooxml_turn(s->o, p))
				continue;
			rc = i < 2 ? tell(s, p, around_slide[i].role, false)
				   : ooxml_drawing(s->o, p,
					 around_slide[i].role, s->page);
		}
	return rc;
}

/* Of a kind of parts by the folder that they are in. */
static int
all_in(struct show *s, const char *folder, enum spill_role base, bool master)
{
	size_t n = strlen(folder);
	int rc = SPILL_OK;

	s->hidden = false;
	for (const struct docpart *p = s->o->parts.first;
	     p != NULL && rc == SPILL_OK; p = p->next)
		if (p->name.len > n && memcmp(p->name.p, folder, n) == 0 &&
		    text_ends(p->name, ".xml") && ooxml_turn(s->o, p))
			rc = tell(s, p, base, master);
	return rc;
}

static int
on_slide(void *ctx, const struct xml_tag *t)
{
	struct show *s = ctx;
	const struct ooxml_rel *r;
	const struct docpart *p;
	struct spill_span id = { "", 0 };
	int rc;

	if (!xml_is(t->name, "sldId"))
		return SPILL_OK;
	/* It has an id of its own, too: that of the relation has a namespace.
	 */
	for (size_t i = 0; i < t->nattr; i++)
		if (xml_is(t->attr[i].name, "id") && t->attr[i].uri.len > 0)
			id = t->attr[i].value;
	r = ooxml_rel_of(s->rels, id);
	p = r != NULL ? ooxml_rel_part(s->o, r) : NULL;
	if (p == NULL || !ooxml_turn(s->o, p))
		return s->o->l.rc;
	s->page++;
	s->hidden = false;
	rc = tell(s, p, SPILL_ROLE_BODY, false);
	return rc == SPILL_OK ? around(s, p) : rc;
}

/* Slides that the presentation does not list. */
static int
leftovers(struct show *s)
{
	static const struct {
		const char *folder;
		enum spill_role base;
	} folders[] = { { "ppt/slides/", SPILL_ROLE_HIDDEN },
		{ "ppt/notesSlides/", SPILL_ROLE_NOTE },
		{ "ppt/comments/", SPILL_ROLE_COMMENT } };
	int rc = SPILL_OK;

	s->page = 0;
	for (size_t i = 0; i < SPILL_COUNT(folders) && rc == SPILL_OK; i++)
		rc = all_in(s, folders[i].folder, folders[i].base, false);
	return rc;
}

int
ooxml_slide(struct ooxml *o, const struct docpart *main)
{
	struct show s = { .o = o };
	const struct xml_ops ops = { .start = on_slide, .ctx = &s };
	int rc = ooxml_rels(o, main, &s.rels);

	if (rc == SPILL_OK)
		rc = all_in(&s, "ppt/slideMasters/", SPILL_ROLE_TEXTBOX, true);
	if (rc == SPILL_OK)
		rc = all_in(&s, "ppt/slideLayouts/", SPILL_ROLE_TEXTBOX, true);
	if (rc == SPILL_OK)
		rc = all_in(&s, "ppt/notesMasters/", SPILL_ROLE_NOTE, true);
	if (rc == SPILL_OK)
		rc = all_in(
		    &s, "ppt/handoutMasters/", SPILL_ROLE_ARTIFACT, true);
	if (rc == SPILL_OK)
		rc = ooxml_read(o, main, &ops);
	if (rc == SPILL_OK)
		rc = leftovers(&s);
	paras_release(&s.paras);
	return rc;
}
