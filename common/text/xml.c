/*
 * xml.c: XML as calls, by libxml2. It gets UTF-8 whatever the document is in,
 * so that it asks iconv for nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/xmlerror.h>

#include "text_i.h"

#define ATTRS	 256 /* of a tag; the rest is left out */
#define PIECE	 ((size_t)64 << 10)
#define EXPANDED ((size_t)1 << 20) /* bytes that entities may become */

/* Entities become what they stand for; with OLDSAX on_entity() is asked for
 * those of XML itself, too. */
enum {
	OPTIONS = XML_PARSE_NONET | XML_PARSE_RECOVER | XML_PARSE_IGNORE_ENC |
		  XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOENT |
		  XML_PARSE_OLDSAX
};

struct open_element { /* its names are libxml2's own */
	struct spill_span name, uri;
	size_t text; /* where its own begins, in reading.texts */
};

struct reading {
	const struct xml_ops *ops;
	/* Elements that are open, if somebody wants to hear of them. */
	struct open_element *open;
	size_t nopen, cap;
	struct spill_buf texts;
	xmlParserCtxtPtr ctx;
	size_t expanded; /* bytes of entities, so far */
	bool flawed; /* it is not well-formed */
	bool limit; /* its entities would be more */
	bool unknown; /* it has one that is declared elsewhere */
	int rc;
};

static struct spill_span
span_of(const xmlChar *s)
{
	return spill_span(s != NULL ? (const char *)s : "");
}

static void
stop(struct reading *r, int rc)
{
	if (rc == SPILL_OK || r->rc != SPILL_OK)
		return;
	r->rc = rc;
	xmlStopParser(r->ctx);
}

/* --- elements for who wants to hear of them ----------------------------- */

static bool
watched(const struct reading *r)
{
	return r->ops->sink != NULL && r->ops->sink->element != NULL &&
	       r->rc == SPILL_OK;
}

static void
tell_open(struct reading *r, const struct xml_tag *t)
{
	const struct spill_element e = { .part = r->ops->part,
		.name = t->name,
		.uri = t->uri,
		.attr = t->attr,
		.nattr = t->nattr };
	struct open_element *v;

	if (!watched(r))
		return;
	v = spill_grow(r->open, r->nopen, &r->cap, sizeof(*v));
	if (v == NULL) {
		stop(r, SPILL_ENOMEM);
		return;
	}
	r->open = v;
	v[r->nopen++] = (struct open_element){ t->name, t->uri, r->texts.len };
	stop(r, r->ops->sink->element(r->ops->sink->ctx, &e, true));
}

static void
tell_close(struct reading *r)
{
	struct spill_element e = { .part = r->ops->part };
	const struct open_element *o;

	if (!watched(r) || r->nopen == 0)
		return;
	o = &r->open[--r->nopen];
	e.name = o->name;
	e.uri = o->uri;
	e.text =
	    (struct spill_span){ r->texts.len > 0 ? r->texts.p + o->text : "",
		    r->texts.len - o->text };
	stop(r, r->ops->sink->element(r->ops->sink->ctx, &e, false));
	r->texts.len = o->text;
}

static void
keep_text(struct reading *r, struct spill_span s)
{
	size_t has;

	if (!watched(r) || r->nopen == 0)
		return;
	has = r->texts.len - r->open[r->nopen - 1].text;
	s.len = SPILL_MIN(s.len, SPILL_TEXT_LINE - has);
	spill_buf_span(&r->texts, s);
	if (r->texts.rc == SPILL_ENOMEM)
		stop(r, SPILL_ENOMEM);
}

/* --- SAX ---------------------------------------------------------------- */

static void
on_start(void *arg, const xmlChar *name, const xmlChar *prefix,
    const xmlChar *uri, int nns, const xmlChar **ns, int n, int ndefault,
    const xmlChar **v)
{
	struct reading *r = arg;
	struct spill_attribute attr[ATTRS];
	struct xml_tag t = { span_of(name), span_of(uri), attr, 0 };

	(void)prefix;
	(void)nns;
	(void)ns;
	(void)ndefault;
	if (r->rc != SPILL_OK || (r->ops->start == NULL && !watched(r)))
		return;
	n = SPILL_MIN(n, ATTRS);
	for (int i = 0; i < n; i++, v += 5) {
		struct spill_span value = { (const char *)v[3],
			(size_t)(v[4] - v[3]) };

		attr[t.nattr++] = (struct spill_attribute){ span_of(v[0]),
			span_of(v[2]), value };
	}
	tell_open(r, &t);
	if (r->rc == SPILL_OK && r->ops->start != NULL)
		stop(r, r->ops->start(r->ops->ctx, &t));
}

static void
on_end(
    void *arg, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct reading *r = arg;

	(void)prefix;
	if (r->rc == SPILL_OK && r->ops->end != NULL)
		stop(r, r->ops->end(r->ops->ctx, span_of(name), span_of(uri)));
	tell_close(r);
}

static void
on_text(void *arg, const xmlChar *p, int n)
{
	struct spill_span s = { (const char *)p, n > 0 ? (size_t)n : 0 };
	struct reading *r = arg;

	if (r->rc == SPILL_OK && r->ops->text != NULL && s.len > 0)
		stop(r, r->ops->text(r->ops->ctx, s));
	keep_text(r, s);
}

/* libxml2 would write them to stderr. */
static void
on_error(void *arg, xmlErrorPtr e)
{
	(void)arg;
	(void)e;
}

/* From the first error on libxml2 leaves out all that stands for something
 * else, "&amp;" too, unless that error is forgotten. */
static void
go_on(struct reading *r)
{
	r->flawed |= !r->ctx->wellFormed;
	r->ctx->wellFormed = 1;
}

/*
 * XML 1.0, 4.4: one that is declared in the document; libxml2 parses what it
 * stands for, and asks again for those in there, no deeper than 40. External
 * ones are not had at all.
 */
static xmlEntityPtr
on_entity(void *arg, const xmlChar *name)
{
	struct reading *r = arg;
	xmlEntityPtr e = xmlGetDocEntity(r->ctx->myDoc, name);

	/* It only wants to keep how it was written. */
	if (r->ctx->instate == XML_PARSER_ENTITY_VALUE)
		return NULL;
	go_on(r);
	if (e != NULL && e->etype == XML_INTERNAL_PREDEFINED_ENTITY)
		return e;
	r->ctx->nbentities = 0; /* they are bounded here */
	if (e == NULL || e->etype != XML_INTERNAL_GENERAL_ENTITY) {
		r->unknown = true;
		return NULL;
	}
	r->expanded += (size_t)SPILL_MAX(e->length, 0) + 1;
	r->limit |= r->expanded > EXPANDED;
	return r->limit ? NULL : e;
}

static xmlSAXHandler
handler(void)
{
	xmlSAXHandler h;

	memset(&h, 0, sizeof(h));
	h.initialized = XML_SAX2_MAGIC;
	h.startElementNs = on_start;
	h.endElementNs = on_end;
	h.characters = on_text;
	h.cdataBlock = on_text;
	h.ignorableWhitespace = on_text;
	h.getEntity = on_entity;
	h.serror = on_error;
	return h;
}

struct spill_span
xml_attr(const struct xml_tag *t, const char *name)
{
	for (size_t i = 0; i < t->nattr; i++)
		if (xml_is(t->attr[i].name, name))
			return t->attr[i].value;
	return (struct spill_span){ "", 0 };
}

bool
xml_is(struct spill_span name, const char *what)
{
	return spill_span_eq(name, spill_span(what));
}

/* encoding="..." of the declaration; empty: there is none. */
static struct spill_span
declared(struct spill_span s)
{
	const struct spill_span none = { "", 0 };
	const char *p, *end;
	char quote;

	s.len = SPILL_MIN(s.len, (size_t)256);
	if (s.len < 5 || memcmp(s.p, "<?xml", 5) != 0)
		return none;
	end = memchr(s.p, '>', s.len);
	p = end != NULL ? memmem(s.p, (size_t)(end - s.p), "encoding", 8)
			: NULL;
	if (p == NULL)
		return none;
	for (p += 8; p < end && (*p == ' ' || *p == '='); p++)
		;
	quote = p < end ? *p++ : '\0';
	if (quote != '"' && quote != '\'')
		return none;
	end = memchr(p, quote, (size_t)(end - p));
	return end != NULL ? (struct spill_span){ p, (size_t)(end - p) } : none;
}

/* In UTF-8: the bytes themselves, or what they are in b. */
static int
to_utf8(struct spill_span *s, struct spill_buf *b)
{
	size_t bom = 0;
	struct spill_span name = charset_guess(*s, &bom), by_word;
	int rc;

	s->p += bom;
	s->len -= bom;
	by_word = declared(*s);
	if (bom == 0 && by_word.len > 0)
		name = by_word;
	if (name.len == 0 ||
	    (name.len == 5 && strncasecmp(name.p, "UTF-8", 5) == 0))
		return SPILL_OK;
	rc = charset_convert(name, *s, b);
	if (rc == SPILL_OK)
		*s = spill_buf_as_span(b);
	return rc == SPILL_EFORMAT ? SPILL_OK : rc;
}

static int
parse(struct reading *r, struct spill_span s)
{
	int e = XML_ERR_OK;

	while (s.len > 0 && r->rc == SPILL_OK) {
		size_t n = SPILL_MIN(s.len, PIECE);
		int now = xmlParseChunk(r->ctx, s.p, (int)n, 0);

		e = e == XML_ERR_OK ? now : e;
		if (now == XML_ERR_NO_MEMORY)
			return SPILL_ENOMEM;
		s.p += n;
		s.len -= n;
	}
	/* Of a document that is cut, text is kept back until a tag begins. */
	if (r->rc == SPILL_OK && r->ctx->nameNr > 0)
		(void)xmlParseChunk(r->ctx, "<", 1, 0);
	if (r->rc == SPILL_OK)
		(void)xmlParseChunk(r->ctx, "", 0, 1);
	while (r->nopen > 0 && watched(r))
		tell_close(r);
	return r->rc;
}

static void
judge(const struct reading *r, struct xml_flaw *f)
{
	const xmlError *e = xmlCtxtGetLastError(r->ctx);
	long byte = xmlByteConsumed(r->ctx);
	bool loop = e != NULL && e->code == XML_ERR_ENTITY_LOOP;
	size_t n;

	f->at = byte > 0 ? (uint64_t)byte : 0;
	f->code = r->limit || loop ? "limit"
		  : r->flawed	   ? "damaged"
		  : r->unknown	   ? "unsupported"
				   : NULL;
	if (f->code == NULL)
		return;
	if (r->limit || loop)
		(void)snprintf(f->why, sizeof(f->why),
		    "entities of XML become more than %zu bytes, or contain "
		    "themselves",
		    EXPANDED);
	else if (!r->flawed)
		(void)snprintf(f->why, sizeof(f->why),
		    "XML has entities that are declared elsewhere");
	else
		(void)snprintf(f->why, sizeof(f->why), "XML is damaged: %s",
		    e != NULL && e->message != NULL ? e->message
						    : "it ends early");
	n = strlen(f->why);
	if (n > 0 && f->why[n - 1] == '\n')
		f->why[n - 1] = '\0';
}

int
xml_read(struct spill_span s, const struct xml_ops *ops, struct xml_flaw *flaw)
{
	struct spill_buf b = SPILL_BUF_INIT((size_t)1 << 30);
	xmlSAXHandler h = handler();
	struct reading r = { .ops = ops,
		.texts = SPILL_BUF_INIT((size_t)64 << 20) };
	int rc = to_utf8(&s, &b);

	*flaw = (struct xml_flaw){ 0 };
	if (rc == SPILL_OK) {
		r.ctx = xmlCreatePushParserCtxt(&h, &r, NULL, 0, NULL);
		rc = r.ctx == NULL ? SPILL_ENOMEM : SPILL_OK;
	}
	if (rc == SPILL_OK) {
		(void)xmlCtxtUseOptions(r.ctx, OPTIONS);
		rc = parse(&r, s);
		go_on(&r);
		judge(&r, flaw);
	}
	if (r.ctx != NULL && r.ctx->myDoc != NULL) /* for its entities */
		xmlFreeDoc(r.ctx->myDoc);
	xmlFreeParserCtxt(r.ctx);
	free(r.open);
	spill_buf_release(&r.texts);
	spill_buf_release(&b);
	return rc;
}

int
xml_warm(void)
{
	const struct xml_ops none = { 0 };
	struct xml_flaw flaw;

	xmlInitParser();
	return xml_read(SPILL_SPAN("<a/>"), &none, &flaw);
}
