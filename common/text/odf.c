/*
 * odf.c: OpenDocument (ISO/IEC 26300, [ODF] 1.3 part 3), in its zip or as one
 * flat XML: texts, sheets, slides and drawings have the same markup.
 */
#include <stdlib.h>
#include <string.h>

#include "formats_i.h"
#include "odf_i.h"

/* --- places ------------------------------------------------------------- */

static enum spill_role
role_now(const struct odf *o, bool heading)
{
	if (o->deleted > 0)
		return SPILL_ROLE_DELETED;
	if (o->watermark > 0)
		return SPILL_ROLE_WATERMARK;
	if (o->annotation > 0)
		return SPILL_ROLE_COMMENT;
	if (o->hidden > 0 || o->hidden_slide ||
	    (o->cell > 0 && (o->hidden_row || o->hidden_sheet)))
		return SPILL_ROLE_HIDDEN;
	if (o->note > 0 || o->notes > 0)
		return SPILL_ROLE_NOTE;
	if (o->header > 0)
		return SPILL_ROLE_HEADER;
	if (o->footer > 0)
		return SPILL_ROLE_FOOTER;
	if (o->shape != SPILL_ROLE_BODY)
		return o->shape;
	if (o->box > 0 && !o->slides)
		return SPILL_ROLE_TEXTBOX;
	if (o->master > 0)
		return SPILL_ROLE_TEXTBOX;
	if (o->cell > 0)
		return SPILL_ROLE_TABLE;
	return heading ? SPILL_ROLE_TITLE : SPILL_ROLE_BODY;
}

void
odf_aside(struct odf *o, const char *what, enum spill_role role,
    struct spill_span text)
{
	struct spill_buf b = SPILL_BUF_INIT(4096);

	spill_buf_span(&b, o->part);
	if (what[0] != '\0') {
		spill_buf_putc(&b, '#');
		spill_buf_puts(&b, what);
	}
	lines_place(&o->l, spill_buf_as_span(&b), role, o->page);
	lines_put(&o->l, text);
	lines_end(&o->l);
	spill_buf_release(&b);
}

/* Elements that say where the text in them stands, as long as they are open. */
static unsigned *
counter(struct odf *o, struct spill_span n)
{
	static const struct {
		const char *name;
		size_t at;
	} v[] = {
		{ "header", offsetof(struct odf, header) },
		{ "header-left", offsetof(struct odf, header) },
		{ "header-first", offsetof(struct odf, header) },
		{ "footer", offsetof(struct odf, footer) },
		{ "footer-left", offsetof(struct odf, footer) },
		{ "footer-first", offsetof(struct odf, footer) },
		{ "note", offsetof(struct odf, note) },
		{ "annotation", offsetof(struct odf, annotation) },
		{ "change-info", offsetof(struct odf, change) },
		{ "text-box", offsetof(struct odf, box) },
		{ "custom-shape", offsetof(struct odf, box) },
		{ "table-cell", offsetof(struct odf, cell) },
		{ "covered-table-cell", offsetof(struct odf, cell) },
		{ "deletion", offsetof(struct odf, deleted) },
		{ "hidden-text", offsetof(struct odf, hidden) },
		{ "hidden-paragraph", offsetof(struct odf, hidden) },
		{ "master-page", offsetof(struct odf, master) },
		{ "notes", offsetof(struct odf, notes) },
	};

	for (size_t i = 0; i < SPILL_COUNT(v); i++)
		if (xml_is(n, v[i].name))
			return (unsigned *)(void *)((char *)o + v[i].at);
	return NULL;
}

static enum spill_role
placeholder(const struct odf *o, const struct xml_tag *t)
{
	struct spill_span c = xml_attr(t, "class");

	if (c.len == 0)
		return o->slides && o->master == 0 ? SPILL_ROLE_TEXTBOX
						   : SPILL_ROLE_BODY;
	if (xml_is(c, "header"))
		return SPILL_ROLE_HEADER;
	if (xml_is(c, "footer") || xml_is(c, "date-time") ||
	    xml_is(c, "page-number"))
		return SPILL_ROLE_FOOTER;
	if (o->master > 0) /* "Click to add text" */
		return SPILL_ROLE_ARTIFACT;
	return xml_is(c, "title") ? SPILL_ROLE_TITLE : SPILL_ROLE_BODY;
}

static bool
is_watermark(struct spill_span name)
{
	return memmem(name.p, name.len, "atermark", 8) != NULL ||
	       memmem(name.p, name.len, "aterMark", 8) != NULL;
}

/* Shapes with names and roles; pages, sheets. */
static void
shape(struct odf *o, const struct xml_tag *t)
{
	struct spill_span n = t->name;

	if (xml_is(n, "frame") || xml_is(n, "custom-shape")) {
		o->shape = placeholder(o, t);
		o->watermark = is_watermark(xml_attr(t, "name"));
	} else if (xml_is(n, "page") && o->body) {
		o->page++;
		o->hidden_slide = odf_is_hidden(o, xml_attr(t, "style-name"));
		odf_aside(o, "page", SPILL_ROLE_ARTIFACT, xml_attr(t, "name"));
		odf_decls_use(o, t);
	} else if (xml_is(n, "notes") && o->body) {
		odf_decls_use(o, t);
	} else if (xml_is(n, "table") && o->sheets && o->body && o->cell == 0) {
		o->page++;
		o->hidden_sheet = odf_is_hidden(o, xml_attr(t, "style-name"));
		odf_aside(o, "sheet", SPILL_ROLE_ARTIFACT, xml_attr(t, "name"));
	} else if (xml_is(n, "table-row")) {
		o->hidden_row = xml_is(xml_attr(t, "visibility"), "collapse") ||
				xml_is(xml_attr(t, "visibility"), "filter");
	} else if (xml_is(n, "soft-page-break") && !o->sheets && !o->slides) {
		o->page++;
	}
}

/* --- text --------------------------------------------------------------- */

static enum para_seen
seen(const struct odf *o)
{
	return o->hidden_spans > 0		  ? PARA_HIDDEN
	       : o->struck_spans > 0 || o->struck ? PARA_STRUCK
						  : PARA_SHOWN;
}

static void
put(struct odf *o, struct spill_span text)
{
	paras_put(&o->paras, seen(o), text);
}

/* Blanks flow together; text:s stands for those that do not (6.1.2). */
static void
put_flowing(struct odf *o, struct spill_span s)
{
	const struct para *p = paras_top(&o->paras);
	const struct spill_buf *b;

	if (p == NULL)
		return;
	b = &p->text[seen(o)];
	while (s.len > 0) {
		size_t n = 0, w = 0;

		while (n < s.len && strchr(" \t\r\n", s.p[n]) == NULL)
			n++;
		put(o, (struct spill_span){ s.p, n });
		while (n + w < s.len && strchr(" \t\r\n", s.p[n + w]) != NULL)
			w++;
		if (w > 0 && b->len > 0 && b->p[b->len - 1] != ' ')
			put(o, SPILL_SPAN(" "));
		s.p += n + w;
		s.len -= n + w;
	}
}

static void
blanks(struct odf *o, struct spill_span count)
{
	uint64_t n = 1;

	(void)spill_span_uint(count, &n);
	for (n = SPILL_MIN(n, 1000); n > 0; n--)
		put(o, SPILL_SPAN(" "));
}

static void
in_para(struct odf *o, const struct xml_tag *t)
{
	struct spill_span n = t->name;

	if (xml_is(n, "s"))
		blanks(o, xml_attr(t, "c"));
	else if (xml_is(n, "tab"))
		put(o, SPILL_SPAN("\t"));
	else if (xml_is(n, "line-break"))
		put(o, SPILL_SPAN("\n"));
	else if (xml_is(n, "span") || xml_is(n, "a")) {
		o->spans++;
		if (o->hidden_spans == 0 &&
		    odf_is_hidden(o, xml_attr(t, "style-name")))
			o->hidden_spans = o->spans;
		if (o->struck_spans == 0 &&
		    odf_is_struck(o, xml_attr(t, "style-name")))
			o->struck_spans = o->spans;
	} else if (xml_is(n, "hidden-text") || xml_is(n, "conditional-text"))
		odf_aside(o, "hidden", SPILL_ROLE_HIDDEN,
		    xml_attr(t, "string-value"));
}

static bool
is_title(struct spill_span style)
{
	return spill_span_eq(style, SPILL_SPAN("Title")) ||
	       spill_span_eq(style, SPILL_SPAN("Subtitle"));
}

static void
para_begins(struct odf *o, const struct xml_tag *t)
{
	struct spill_span style = xml_attr(t, "style-name");
	enum spill_role role = role_now(o, xml_is(t->name, "h"));
	const struct style *s = odf_style(o, style);

	o->struck = s != NULL && s->struck;
	if (s != NULL && s->breaks && o->body && !o->sheets && !o->slides)
		o->page++;
	if (role == SPILL_ROLE_BODY &&
	    (is_title(style) || odf_is_hidden(o, style)))
		role = odf_is_hidden(o, style) ? SPILL_ROLE_HIDDEN
					       : SPILL_ROLE_TITLE;
	paras_begin(&o->paras, role);
}

/* Who commented or changed, and when; a shape's title and description. */
static bool
is_value(const struct odf *o, struct spill_span name)
{
	return xml_is(name, "title") || xml_is(name, "desc") ||
	       ((o->annotation > 0 || o->change > 0) &&
		   (xml_is(name, "creator") || xml_is(name, "date")));
}

static int
on_start(void *ctx, const struct xml_tag *t)
{
	struct odf *o = ctx;
	unsigned *n = counter(o, t->name);
	int rc = SPILL_OK;

	if (n != NULL)
		++*n;
	if (xml_is(t->name, "style"))
		rc = odf_style_add(o, xml_attr(t, "name"));
	else if (xml_is(t->name, "text-properties") ||
		 xml_is(t->name, "table-properties"))
		odf_style_look(o, t);
	else if (xml_is(t->name, "drawing-page-properties") && o->style != NULL)
		o->style->hidden = xml_is(xml_attr(t, "visibility"), "hidden");
	else if (xml_is(t->name, "paragraph-properties") && o->style != NULL)
		o->style->breaks = xml_is(xml_attr(t, "break-before"), "page");
	else if (xml_is(t->name, "body"))
		o->body = true;
	else if (xml_is(t->name, "text") && o->body && o->page == 0)
		o->page = 1;
	else if (xml_is(t->name, "spreadsheet"))
		o->sheets = true;
	else if (xml_is(t->name, "presentation") || xml_is(t->name, "drawing"))
		o->slides = true;
	else if (xml_is(t->name, "meta"))
		o->in_meta = true;
	else if (o->in_meta || odf_is_decl(t->name)) {
		struct spill_span name = xml_attr(t, "name");

		spill_buf_reset(&o->value);
		spill_buf_reset(&o->value_name);
		spill_buf_span(&o->value_name, name.len > 0 ? name : t->name);
		o->in_value = true;
	} else if (is_value(o, t->name)) {
		spill_buf_reset(&o->value);
		o->in_value = true;
	}
	shape(o, t);
	if (xml_is(t->name, "p") || xml_is(t->name, "h"))
		para_begins(o, t);
	else
		in_para(o, t);
	return rc == SPILL_OK ? o->l.rc : rc;
}

static int
value_ends(struct odf *o, struct spill_span name)
{
	int rc = SPILL_OK;

	if (o->in_value && odf_is_decl(name))
		rc = odf_decl_add(o, name);
	else if (o->in_meta && o->in_value)
		odf_aside(o, spill_buf_str(&o->value_name), SPILL_ROLE_PROPERTY,
		    spill_buf_as_span(&o->value));
	else if (o->in_value && (xml_is(name, "title") || xml_is(name, "desc")))
		odf_aside(
		    o, "", SPILL_ROLE_ARTIFACT, spill_buf_as_span(&o->value));
	else if (o->in_value && is_value(o, name))
		odf_aside(o, xml_is(name, "date") ? "date" : "creator",
		    SPILL_ROLE_ARTIFACT, spill_buf_as_span(&o->value));
	o->in_value = false;
	return rc;
}

static int
on_end(void *ctx, struct spill_span name, struct spill_span uri)
{
	struct odf *o = ctx;
	unsigned *n = counter(o, name);
	int rc;

	(void)uri;
	rc = value_ends(o, name);
	if (n != NULL && *n > 0)
		--*n;
	if (xml_is(name, "p") || xml_is(name, "h")) {
		paras_end(&o->paras, &o->l, o->part,
		    o->body && o->master == 0 ? o->page : 0);
	} else if (xml_is(name, "span") || xml_is(name, "a")) {
		if (o->spans == o->hidden_spans)
			o->hidden_spans = 0;
		if (o->spans == o->struck_spans)
			o->struck_spans = 0;
		o->spans -= o->spans > 0;
	} else if (xml_is(name, "frame") || xml_is(name, "custom-shape")) {
		o->shape = SPILL_ROLE_BODY;
		o->watermark = 0;
	} else if (xml_is(name, "page")) {
		o->hidden_slide = false;
	} else if (xml_is(name, "meta")) {
		o->in_meta = false;
	} else if (xml_is(name, "style")) {
		o->style = NULL;
	}
	return rc == SPILL_OK ? o->l.rc : rc;
}

static int
on_text(void *ctx, struct spill_span text)
{
	struct odf *o = ctx;

	if (o->in_value)
		spill_buf_span(&o->value, text);
	else
		put_flowing(o, text);
	return SPILL_OK;
}

/* --- parts -------------------------------------------------------------- */

static int
read_xml(struct odf *o, struct spill_span name, struct spill_span bytes)
{
	const struct xml_ops ops = {
		.start = on_start, .end = on_end, .text = on_text, .ctx = o
	};
	struct spill_buf b = SPILL_BUF_INIT(4096);
	struct xml_flaw flaw;
	int rc;

	o->part = name;
	o->body = o->in_meta = o->in_value = false;
	o->header = o->footer = o->note = o->annotation = o->box = o->cell = 0;
	o->deleted = o->hidden = o->master = o->watermark = o->notes = 0;
	o->spans = o->hidden_spans = o->struck_spans = o->change = 0;
	o->page = 0;
	o->struck = false;
	o->shape = SPILL_ROLE_BODY;
	o->hidden_slide = false;
	rc = xml_read(bytes, &ops, &flaw);
	odf_decls_end(o);
	if (rc == SPILL_OK && flaw.code != NULL) {
		spill_buf_span(&b, name);
		spill_buf_printf(&b, "%sbyte %llu: %s",
		    name.len > 0 ? ", " : "", (unsigned long long)flaw.at,
		    flaw.why);
		lines_flaw(&o->l, flaw.code, 0, 0, spill_buf_str(&b));
	}
	spill_buf_release(&b);
	return rc;
}

/* "Object 1/content.xml" is a document in it, a chart or a formula. */
static int
read_all(struct odf *o, const char *end)
{
	size_t n = strlen(end);
	int rc = SPILL_OK;

	for (const struct docpart *p = o->parts.first;
	     p != NULL && rc == SPILL_OK; p = p->next)
		if (p->name.len >= n &&
		    memcmp(p->name.p + p->name.len - n, end, n) == 0 &&
		    (p->name.len == n || p->name.p[p->name.len - n - 1] == '/'))
			rc = read_xml(o, p->name, p->bytes);
	return rc;
}

static bool
is_encrypted(const struct odf *o)
{
	const struct docpart *p =
	    docparts_find(&o->parts, SPILL_SPAN("META-INF/manifest.xml"));

	return p != NULL &&
	       memmem(p->bytes.p, p->bytes.len, "encryption-data", 15) != NULL;
}

static bool
wants(struct spill_span name)
{
	static const char *const ends[] = { "content.xml", "styles.xml",
		"meta.xml", "META-INF/manifest.xml", "mimetype" };

	for (size_t i = 0; i < SPILL_COUNT(ends); i++)
		if (text_ends(name, ends[i]))
			return true;
	return false;
}

static int
read_parts(struct odf *o)
{
	int rc;

	if (is_encrypted(o)) {
		lines_flaw(&o->l, "encrypted", 0, 0,
		    "its parts are encrypted by a password");
		return o->l.rc;
	}
	if (o->parts.full)
		lines_flaw(&o->l, "limit", 0, 0,
		    "its parts are larger than the limit of memory");
	rc = read_all(o, "meta.xml");
	if (rc == SPILL_OK)
		rc = read_all(o, "styles.xml");
	return rc == SPILL_OK ? read_all(o, "content.xml") : rc;
}

static int
read_flat(
    struct odf *o, struct spill_src *s, const struct spill_doctext_conf *conf)
{
	struct spill_buf b = { 0 };
	struct spill_span all;
	int rc = text_whole(s, TEXT_HELD(conf), &b, &all);

	if (rc == SPILL_ELIMIT) {
		lines_flaw(&o->l, "limit", 0, 0,
		    "it is larger than the limit of memory");
		rc = o->l.rc;
	} else if (rc == SPILL_OK) {
		rc = read_xml(o, SPILL_SPAN(""), all);
	}
	spill_buf_release(&b);
	return rc;
}

static int
run(struct spill_src *s, const struct spill_doctext_conf *conf,
    const struct spill_doctext_sink *sink)
{
	struct odf *o = calloc(1, sizeof(*o));
	char head[2];
	size_t got;
	int rc, end;

	if (o == NULL)
		return SPILL_ENOMEM;
	lines_open(&o->l, sink, conf);
	o->value.max = (size_t)16 << 20;
	o->value_name.max = 4096;
	rc = s->read(s, 0, head, 2, &got);
	if (rc == SPILL_OK && got == 2 && memcmp(head, "PK", 2) == 0) {
		rc = docparts_load(&o->parts, s, TEXT_HELD(conf), wants);
		if (rc == SPILL_OK)
			rc = read_parts(o);
	} else if (rc == SPILL_OK) {
		rc = read_flat(o, s, conf);
	}
	end = lines_close(&o->l);
	paras_release(&o->paras);
	docparts_release(&o->parts);
	spill_arena_release(&o->names);
	spill_buf_release(&o->value);
	spill_buf_release(&o->value_name);
	free(o);
	return rc == SPILL_OK ? end : rc;
}

static bool
is_odf(
    struct spill_span head, const struct spill_sniff *s, struct spill_span name)
{
	static const char mime[] = "application/vnd.oasis.opendocument";
	static const char root[] = "<office:document";

	(void)name;
	if (s->mime.len >= sizeof(mime) - 1 &&
	    memcmp(s->mime.p, mime, sizeof(mime) - 1) == 0)
		return true;
	if (head.len > 4 && memcmp(head.p, "PK\003\004", 4) == 0)
		return memmem(head.p, head.len, mime, sizeof(mime) - 1) !=
			   NULL ||
		       (memmem(head.p, head.len, "content.xml", 11) != NULL &&
			   memmem(head.p, head.len, "META-INF/manifest.xml",
			       21) != NULL);
	head.len = SPILL_MIN(head.len, (size_t)4096);
	return head.len > 5 && memcmp(head.p, "<?xml", 5) == 0 &&
	       memmem(head.p, head.len, root, sizeof(root) - 1) != NULL;
}

const struct spill_doctext doctext_odf = {
	.name = "odf",
	.is = is_odf,
	.run = run,
	.covers = wants,
	.warm = xml_warm,
};
