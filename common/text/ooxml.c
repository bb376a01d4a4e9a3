/*
 * ooxml.c: the package: which document it is, how its parts are related, its
 * properties; and what no relation leads to, since a reader does not see it but
 * it is there.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "formats_i.h"
#include "ooxml_i.h"

static bool
begins(struct spill_span s, const char *begin)
{
	size_t n = strlen(begin);

	return s.len >= n && strncasecmp(s.p, begin, n) == 0;
}

bool
ooxml_on(struct spill_span v, bool given)
{
	if (v.len == 0)
		return given;
	return !xml_is(v, "0") && !xml_is(v, "false") && !xml_is(v, "off") &&
	       !xml_is(v, "none");
}

static struct spill_span
keep(struct ooxml *o, struct spill_span v)
{
	char *p = spill_arena_dup(&o->names, v.p, v.len);

	return (struct spill_span){ p != NULL ? p : "", p != NULL ? v.len : 0 };
}

/* --- parts -------------------------------------------------------------- */

bool
ooxml_turn(struct ooxml *o, const struct docpart *p)
{
	const struct docpart **v;

	for (size_t i = 0; i < o->ndone; i++)
		if (o->done[i] == p)
			return false;
	v = spill_grow(o->done, o->ndone, &o->cap, sizeof(struct docpart *));
	if (v == NULL) {
		o->l.rc = SPILL_ENOMEM;
		return false;
	}
	o->done = v;
	v[o->ndone++] = p;
	return true;
}

int
ooxml_read(struct ooxml *o, const struct docpart *p, const struct xml_ops *ops)
{
	struct spill_buf b = SPILL_BUF_INIT(4096);
	struct xml_flaw flaw;
	int rc;

	if (p->encrypted) {
		lines_flaw(
		    &o->l, "encrypted", 0, 0, "a part of it is encrypted");
		return o->l.rc;
	}
	rc = xml_read(p->bytes, ops, &flaw);
	if (rc == SPILL_OK && flaw.code != NULL) {
		spill_buf_span(&b, p->name);
		spill_buf_printf(&b, ", byte %llu: %s",
		    (unsigned long long)flaw.at, flaw.why);
		lines_flaw(&o->l, flaw.code, 0, 0, spill_buf_str(&b));
	}
	spill_buf_release(&b);
	return rc == SPILL_OK ? o->l.rc : rc;
}

void
ooxml_value(struct ooxml *o, struct spill_span part, struct spill_span name,
    enum spill_role role, struct spill_span value)
{
	struct spill_buf b = SPILL_BUF_INIT(4096);

	spill_buf_span(&b, part);
	if (name.len > 0) {
		spill_buf_putc(&b, '#');
		spill_buf_span(&b, name);
	}
	lines_place(&o->l, spill_buf_as_span(&b), role, 0);
	lines_put(&o->l, value);
	lines_end(&o->l);
	spill_buf_release(&b);
}

/* --- relations ---------------------------------------------------------- */

struct relating {
	struct ooxml *o;
	struct spill_span folder; /* of the part, with its slash */
	struct ooxml_rel **last;
};

/* "../media/a" as it is seen from a folder. */
static struct spill_span
resolve(struct ooxml *o, struct spill_span folder, struct spill_span target)
{
	struct spill_buf b = SPILL_BUF_INIT((size_t)64 << 10);
	struct spill_span out;

	if (target.len > 0 && target.p[0] == '/')
		folder.len = 0;
	for (;;) {
		if (target.len > 0 && target.p[0] == '/') {
			target.p++;
			target.len--;
		} else if (begins(target, "./")) {
			target.p += 2;
			target.len -= 2;
		} else if (begins(target, "../")) {
			target.p += 3;
			target.len -= 3;
			if (folder.len > 0)
				folder.len--;
			while (
			    folder.len > 0 && folder.p[folder.len - 1] != '/')
				folder.len--;
		} else {
			break;
		}
	}
	spill_buf_span(&b, folder);
	spill_buf_span(&b, target);
	out = keep(o, spill_buf_as_span(&b));
	spill_buf_release(&b);
	return out;
}

static int
on_relation(void *ctx, const struct xml_tag *t)
{
	struct relating *r = ctx;
	struct ooxml_rel *x;

	if (!xml_is(t->name, "Relationship"))
		return SPILL_OK;
	x = spill_arena_alloc(&r->o->names, sizeof(*x));
	if (x == NULL)
		return SPILL_ENOMEM;
	x->external = xml_is(xml_attr(t, "TargetMode"), "External");
	x->id = keep(r->o, xml_attr(t, "Id"));
	x->type = keep(r->o, xml_attr(t, "Type"));
	x->target = x->external
			? keep(r->o, xml_attr(t, "Target"))
			: resolve(r->o, r->folder, xml_attr(t, "Target"));
	*r->last = x;
	r->last = &x->next;
	return SPILL_OK;
}

/* "word/_rels/document.xml.rels" of "word/document.xml". */
int
ooxml_rels(struct ooxml *o, const struct docpart *of, struct ooxml_rel **first)
{
	struct spill_span name = of != NULL ? of->name : SPILL_SPAN("");
	struct spill_buf b = SPILL_BUF_INIT((size_t)64 << 10);
	struct relating r = { .o = o, .last = first };
	const struct xml_ops ops = { .start = on_relation, .ctx = &r };
	const char *slash =
	    name.len > 0 ? memrchr(name.p, '/', name.len) : NULL;
	const struct docpart *p;

	*first = NULL;
	r.folder = (struct spill_span){ name.p,
		slash != NULL ? (size_t)(slash + 1 - name.p) : 0 };
	spill_buf_span(&b, r.folder);
	spill_buf_puts(&b, "_rels/");
	spill_buf_put(&b, name.p + r.folder.len, name.len - r.folder.len);
	spill_buf_puts(&b, ".rels");
	p = docparts_find(&o->parts, spill_buf_as_span(&b));
	spill_buf_release(&b);
	return p != NULL ? ooxml_read(o, p, &ops) : SPILL_OK;
}

bool
ooxml_rel_is(const struct ooxml_rel *r, const char *type)
{
	return !r->external && text_ends(r->type, type);
}

const struct docpart *
ooxml_rel_part(const struct ooxml *o, const struct ooxml_rel *r)
{
	return r->external ? NULL : docparts_find(&o->parts, r->target);
}

const struct ooxml_rel *
ooxml_rel_of(const struct ooxml_rel *r, struct spill_span id)
{
	while (r != NULL && !spill_span_eq(r->id, id))
		r = r->next;
	return r;
}

/* --- values of properties, and XML of whatever kind --------------------- */

struct values {
	struct ooxml *o;
	struct spill_span part;
	struct spill_buf name, text;
	enum spill_role role;
	bool named; /* custom properties: the name is an attribute */
	bool attributes; /* they have text, too */
};

static void
flush(struct values *v)
{
	if (v->text.len > 0)
		ooxml_value(v->o, v->part, spill_buf_as_span(&v->name), v->role,
		    spill_buf_as_span(&v->text));
	spill_buf_reset(&v->text);
}

static int
on_value_start(void *ctx, const struct xml_tag *t)
{
	struct values *v = ctx;

	flush(v);
	if (v->named && !xml_is(t->name, "property"))
		return v->o->l.rc;
	spill_buf_reset(&v->name);
	spill_buf_span(&v->name, v->named ? xml_attr(t, "name") : t->name);
	for (size_t i = 0; v->attributes && i < t->nattr; i++) {
		struct spill_buf b = SPILL_BUF_INIT(4096);

		spill_buf_span(&b, t->name);
		spill_buf_putc(&b, '@');
		spill_buf_span(&b, t->attr[i].name);
		ooxml_value(v->o, v->part, spill_buf_as_span(&b), v->role,
		    t->attr[i].value);
		spill_buf_release(&b);
	}
	return v->o->l.rc;
}

static int
on_value_end(void *ctx, struct spill_span name, struct spill_span uri)
{
	struct values *v = ctx;

	(void)name;
	(void)uri;
	flush(v);
	return v->o->l.rc;
}

static int
on_value_text(void *ctx, struct spill_span text)
{
	struct values *v = ctx;

	spill_buf_span(&v->text, text);
	return v->text.rc == SPILL_ENOMEM ? SPILL_ENOMEM : SPILL_OK;
}

static int
tell_values(struct ooxml *o, const struct docpart *p)
{
	struct values v = { .o = o,
		.part = p->name,
		.name = SPILL_BUF_INIT(4096),
		.text = SPILL_BUF_INIT((size_t)16 << 20),
		.role = SPILL_ROLE_PROPERTY,
		.named = text_ends(p->name, "docProps/custom.xml"),
		.attributes = !begins(p->name, "docProps/") };
	const struct xml_ops ops = { .start = on_value_start,
		.end = on_value_end,
		.text = on_value_text,
		.ctx = &v,
		.sink = v.attributes ? o->l.sink : NULL,
		.part = p->name };
	int rc = ooxml_read(o, p, &ops);

	flush(&v);
	spill_buf_release(&v.name);
	spill_buf_release(&v.text);
	return rc;
}

/* --- drawings ----------------------------------------------------------- */

struct drawing {
	struct ooxml *o;
	const struct docpart *p;
	struct paras paras;
	enum spill_role role;
	uint32_t page;
	bool in_text, in_value;
};

static int
on_draw_start(void *ctx, const struct xml_tag *t)
{
	struct drawing *d = ctx;

	if (xml_is(t->name, "p") || xml_is(t->name, "v"))
		paras_begin(&d->paras, d->role);
	d->in_text |= xml_is(t->name, "t");
	d->in_value |= xml_is(t->name, "v");
	if (xml_is(t->name, "br"))
		paras_put(&d->paras, PARA_SHOWN, SPILL_SPAN("\n"));
	return d->o->l.rc;
}

static int
on_draw_end(void *ctx, struct spill_span name, struct spill_span uri)
{
	struct drawing *d = ctx;

	(void)uri;
	if (xml_is(name, "p") || xml_is(name, "v"))
		paras_end(&d->paras, &d->o->l, d->p->name, d->page);
	if (xml_is(name, "t"))
		d->in_text = false;
	if (xml_is(name, "v"))
		d->in_value = false;
	return d->o->l.rc;
}

static int
on_draw_text(void *ctx, struct spill_span text)
{
	struct drawing *d = ctx;

	if (d->in_text || d->in_value)
		paras_put(&d->paras, PARA_SHOWN, text);
	return d->o->l.rc;
}

int
ooxml_drawing(struct ooxml *o, const struct docpart *p, enum spill_role role,
    uint32_t page)
{
	struct drawing d = { .o = o, .p = p, .role = role, .page = page };
	const struct xml_ops ops = { .start = on_draw_start,
		.end = on_draw_end,
		.text = on_draw_text,
		.ctx = &d };
	int rc = ooxml_read(o, p, &ops);

	paras_release(&d.paras);
	return rc;
}

/* --- the package -------------------------------------------------------- */

static const char *const property_types[] = { "/core-properties",
	"/extended-properties", "/custom-properties", "/classificationlabels",
	NULL };

static int
properties(struct ooxml *o, const struct ooxml_rel *rels)
{
	int rc = SPILL_OK;

	for (const char *const *t = property_types; *t != NULL; t++)
		for (const struct ooxml_rel *r = rels;
		     r != NULL && rc == SPILL_OK; r = r->next) {
			const struct docpart *p = ooxml_rel_part(o, r);

			if (ooxml_rel_is(r, *t) && p != NULL &&
			    ooxml_turn(o, p))
				rc = tell_values(o, p);
		}
	return rc;
}

/* What the relations do not lead to, or lead to from where nobody looks. */
static int
leftovers(struct ooxml *o)
{
	int rc = SPILL_OK;

	for (const struct docpart *p = o->parts.first;
	     p != NULL && rc == SPILL_OK; p = p->next) {
		struct spill_span n = p->name;
		bool value = begins(n, "docProps/") ||
			     begins(n, "customXml/item") ||
			     begins(n, "docMetadata/");

		if (value && !text_ends(n, ".rels") && ooxml_turn(o, p))
			rc = tell_values(o, p);
		else if ((memmem(n.p, n.len, "/charts/chart", 13) != NULL ||
			     memmem(n.p, n.len, "/diagrams/data", 14) != NULL ||
			     memmem(n.p, n.len, "/drawings/drawing", 17) !=
				 NULL) &&
			 text_ends(n, ".xml") && ooxml_turn(o, p))
			rc = ooxml_drawing(o, p, SPILL_ROLE_TEXTBOX, 0);
	}
	return rc;
}

static const struct {
	const char *name; /* where it is if no relation says so */
	const char *folder;
	int (*tell)(struct ooxml *o, const struct docpart *main);
} kinds[] = {
	{ "word/document.xml", "word/", ooxml_word },
	{ "xl/workbook.xml", "xl/", ooxml_sheet },
	{ "ppt/presentation.xml", "ppt/", ooxml_slide },
};

static int
main_part(struct ooxml *o, const struct ooxml_rel *rels)
{
	const struct docpart *p = NULL;

	for (const struct ooxml_rel *r = rels; r != NULL && p == NULL;
	     r = r->next)
		if (ooxml_rel_is(r, "/officeDocument"))
			p = ooxml_rel_part(o, r);
	for (size_t i = 0; i < SPILL_COUNT(kinds) && p == NULL; i++)
		p = docparts_find(&o->parts, spill_span(kinds[i].name));
	for (size_t i = 0; i < SPILL_COUNT(kinds) && p != NULL; i++)
		if (begins(p->name, kinds[i].folder))
			return ooxml_turn(o, p) ? kinds[i].tell(o, p) : o->l.rc;
	return SPILL_OK;
}

static bool
wants(struct spill_span name)
{
	return text_ends(name, ".xml") || text_ends(name, ".rels") ||
	       text_ends(name, ".vml");
}

static int
all(struct ooxml *o)
{
	struct ooxml_rel *rels = NULL;
	int rc = ooxml_rels(o, NULL, &rels);

	if (o->parts.full)
		lines_flaw(&o->l, "limit", 0, 0,
		    "its parts are larger than the limit of memory");
	if (rc == SPILL_OK)
		rc = properties(o, rels);
	if (rc == SPILL_OK)
		rc = main_part(o, rels);
	return rc == SPILL_OK ? leftovers(o) : rc;
}

static int
run(struct spill_src *s, const struct spill_doctext_conf *conf,
    const struct spill_doctext_sink *sink)
{
	struct ooxml o = { 0 };
	int rc, end;

	lines_open(&o.l, sink, conf);
	rc = docparts_load(&o.parts, s, TEXT_HELD(conf), wants);
	if (rc == SPILL_OK)
		rc = all(&o);
	end = lines_close(&o.l);
	docparts_release(&o.parts);
	spill_arena_release(&o.names);
	free(o.done);
	return rc == SPILL_OK ? end : rc;
}

/* By libmagic's word, or by the names of the first members. */
static bool
is_ooxml(
    struct spill_span head, const struct spill_sniff *s, struct spill_span name)
{
	static const char *const marks[] = { "[Content_Types].xml",
		"_rels/.rels", "word/document.xml", "xl/workbook.xml",
		"ppt/presentation.xml" };

	(void)name;
	if (begins(s->mime, "application/vnd.openxmlformats-officedocument"))
		return true;
	if (!begins(head, "PK\003\004"))
		return false;
	head.len = SPILL_MIN(head.len, (size_t)64 << 10);
	for (size_t i = 0; i < SPILL_COUNT(marks); i++)
		if (memmem(head.p, head.len, marks[i], strlen(marks[i])) !=
		    NULL)
			return true;
	return false;
}

const struct spill_doctext doctext_ooxml = {
	.name = "ooxml",
	.is = is_ooxml,
	.run = run,
	.covers = wants,
	.warm = xml_warm,
};
