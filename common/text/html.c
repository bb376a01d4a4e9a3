/*
 * html.c: HTML, by libxml2's parser of it, as a browser shows it: blocks are
 * lines, blanks flow together. What is not shown is told for what it is.
 */
#include <string.h>
#include <strings.h>

#include <libxml/HTMLparser.h>

#include "formats_i.h"
#include "html_i.h"

#define PIECE ((size_t)64 << 10)
#define LATER ((size_t)1 << 20)

struct html {
	struct lines *l;
	htmlParserCtxtPtr ctx;
	struct spill_span part;
	enum spill_role base;
	unsigned depth; /* of elements that are open */
	/* The element by which it is hidden, of a role, as it stands, or of
	 * no text at all; 0: none. */
	unsigned hidden_at, role_at, pre_at, script_at;
	enum spill_role role; /* at role_at */
	struct spill_buf later; /* u8 role, name, NUL, text, NUL */
	int rc;
};

static bool
is(const xmlChar *name, const char *what)
{
	return strcasecmp((const char *)name, what) == 0;
}

static bool
is_one_of(const xmlChar *name, const char *const *list)
{
	while (*list != NULL && !is(name, *list))
		list++;
	return *list != NULL;
}

static const char *const blocks[] = { "address", "article", "aside",
	"blockquote", "body", "br", "caption", "center", "dd", "details",
	"dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure",
	"footer", "form", "frameset", "h1", "h2", "h3", "h4", "h5", "h6",
	"head", "header", "hr", "html", "legend", "li", "listing", "main",
	"menu", "nav", "noframes", "ol", "optgroup", "option", "p", "plaintext",
	"pre", "section", "select", "summary", "table", "tbody", "td",
	"textarea", "tfoot", "th", "thead", "title", "tr", "ul", "xmp", NULL };
static const char *const scripts[] = { "script", "style", NULL };
static const char *const verbatim[] = { "pre", "listing", "plaintext",
	"textarea", "xmp", NULL };

/* --- places ------------------------------------------------------------- */

static void place(struct html *h);

/* A line of its own beside the one that is put together, behind which it
 * comes. */
static void
aside(struct html *h, const char *what, enum spill_role role, const char *text)
{
	if (h->later.len > LATER)
		place(h);
	spill_buf_putc(&h->later, (char)role);
	spill_buf_put(&h->later, what, strlen(what) + 1);
	spill_buf_put(&h->later, text, strlen(text) + 1);
}

static void
tell_later(struct html *h)
{
	struct spill_buf part = SPILL_BUF_INIT(4096);

	h->l->flow = true;
	for (size_t i = 0; i < h->later.len && h->later.rc == SPILL_OK;) {
		enum spill_role role = (enum spill_role)h->later.p[i];
		const char *what = h->later.p + i + 1;
		const char *text = what + strlen(what) + 1;

		spill_buf_reset(&part);
		spill_buf_span(&part, h->part);
		spill_buf_puts(&part, what[0] != '\0' ? "#" : "");
		spill_buf_puts(&part, what);
		lines_place(h->l, spill_buf_as_span(&part), role, 0);
		lines_put(h->l, spill_span(text));
		lines_end(h->l);
		i = (size_t)(text + strlen(text) + 1 - h->later.p);
	}
	spill_buf_reset(&h->later);
	spill_buf_release(&part);
}

static void
place(struct html *h)
{
	enum spill_role role = h->base;

	if (h->hidden_at > 0)
		role = SPILL_ROLE_HIDDEN;
	else if (h->role_at > 0)
		role = h->role;
	lines_end(h->l);
	tell_later(h);
	lines_place(h->l, h->part, role, 0);
	h->l->line.struck = role == SPILL_ROLE_DELETED;
	h->l->flow = h->pre_at == 0;
}

static bool
role_of(const xmlChar *name, enum spill_role *role)
{
	static const struct {
		const char *name;
		enum spill_role role;
	} v[] = { { "title", SPILL_ROLE_TITLE }, { "h1", SPILL_ROLE_TITLE },
		{ "h2", SPILL_ROLE_TITLE }, { "h3", SPILL_ROLE_TITLE },
		{ "h4", SPILL_ROLE_TITLE }, { "h5", SPILL_ROLE_TITLE },
		{ "h6", SPILL_ROLE_TITLE }, { "td", SPILL_ROLE_TABLE },
		{ "th", SPILL_ROLE_TABLE }, { "header", SPILL_ROLE_HEADER },
		{ "footer", SPILL_ROLE_FOOTER }, { "del", SPILL_ROLE_DELETED },
		{ "s", SPILL_ROLE_DELETED }, { "strike", SPILL_ROLE_DELETED },
		{ "template", SPILL_ROLE_HIDDEN } };

	for (size_t i = 0; i < SPILL_COUNT(v); i++)
		if (is(name, v[i].name)) {
			*role = v[i].role;
			return true;
		}
	return false;
}

/* --- attributes --------------------------------------------------------- */

static const char *
attribute(const xmlChar **v, const char *name)
{
	for (; v != NULL && *v != NULL; v += 2)
		if (is(v[0], name))
			return v[1] != NULL ? (const char *)v[1] : "";
	return NULL;
}

/* Has the style a declaration like that, whatever its blanks and case? */
static bool
styled(const char *style, const char *declaration)
{
	char bare[512];
	size_t n = 0;

	for (; style != NULL && *style != '\0' && n + 1 < sizeof(bare); style++)
		if (*style != ' ' && *style != '\t' && *style != '\n')
			bare[n++] = *style;
	bare[n] = '\0';
	return strcasestr(bare, declaration) != NULL;
}

static bool
hides(const xmlChar **v)
{
	static const char *const styles[] = { "display:none",
		"visibility:hidden", "font-size:0", "font-size:1px",
		"opacity:0;", "mso-hide:all", "color:#ffffff", "color:white" };
	const char *style = attribute(v, "style");

	if (attribute(v, "hidden") != NULL)
		return true;
	for (size_t i = 0; style != NULL && i < SPILL_COUNT(styles); i++)
		if (styled(style, styles[i]))
			return !(strstr(styles[i], "color") != NULL &&
				 strcasestr(style, "background") != NULL);
	return false;
}

static void
meta(struct html *h, const xmlChar **v)
{
	const char *name = attribute(v, "name"),
		   *text = attribute(v, "content");

	if (name == NULL)
		name = attribute(v, "property");
	if (name != NULL && text != NULL)
		aside(h, name, SPILL_ROLE_PROPERTY, text);
}

/* Words that stand in attributes. */
static void
words(struct html *h, const xmlChar *name, const xmlChar **v)
{
	static const char *const shown[] = { "alt", "title", "placeholder",
		"summary", "aria-label" };
	const char *type = attribute(v, "type"), *text;

	for (size_t i = 0; i < SPILL_COUNT(shown); i++)
		if ((text = attribute(v, shown[i])) != NULL && text[0] != '\0')
			aside(h, shown[i], SPILL_ROLE_ARTIFACT, text);
	text = attribute(v, "value");
	if (is(name, "input") && text != NULL)
		aside(h, "value",
		    type != NULL && strcasecmp(type, "hidden") == 0
			? SPILL_ROLE_HIDDEN
			: h->base,
		    text);
}

/* --- SAX ---------------------------------------------------------------- */

static void
on_start(void *arg, const xmlChar *name, const xmlChar **v)
{
	struct html *h = arg;
	enum spill_role role;
	bool moved = is_one_of(name, blocks);

	h->depth++;
	if (h->script_at == 0 && is_one_of(name, scripts))
		h->script_at = h->depth;
	if (h->pre_at == 0 && is_one_of(name, verbatim))
		h->pre_at = h->depth;
	if (h->hidden_at == 0 && hides(v)) {
		h->hidden_at = h->depth;
		moved = true;
	}
	if (role_of(name, &role) &&
	    (h->role_at == 0 || h->role == SPILL_ROLE_TABLE)) {
		h->role_at = h->depth;
		h->role = role;
		moved = true;
	}
	if (is(name, "meta"))
		meta(h, v);
	if (v != NULL)
		words(h, name, v);
	if (moved)
		place(h);
}

static void
on_end(void *arg, const xmlChar *name)
{
	struct html *h = arg;
	bool moved = is_one_of(name, blocks);
	unsigned *const at[] = { &h->hidden_at, &h->role_at, &h->pre_at,
		&h->script_at };

	for (size_t i = 0; i < SPILL_COUNT(at); i++)
		if (*at[i] > 0 && *at[i] == h->depth) {
			*at[i] = 0;
			moved = true;
		}
	h->depth -= h->depth > 0;
	if (moved)
		place(h);
}

static void
on_text(void *arg, const xmlChar *p, int n)
{
	struct html *h = arg;

	if (h->script_at == 0 && n > 0)
		lines_put(
		    h->l, (struct spill_span){ (const char *)p, (size_t)n });
	if (h->l->rc != SPILL_OK)
		xmlStopParser(h->ctx);
}

static void
on_comment(void *arg, const xmlChar *text)
{
	struct html *h = arg;

	aside(h, "", SPILL_ROLE_COMMENT, (const char *)text);
}

static void
on_error(void *arg, xmlErrorPtr e)
{
	(void)arg;
	(void)e;
}

/* --- whole -------------------------------------------------------------- */

/* charset=... of a meta tag, in the first bytes. */
static struct spill_span
declared(struct spill_span s)
{
	const char *p, *end;

	s.len = SPILL_MIN(s.len, (size_t)4096);
	end = s.p + s.len;
	for (p = s.p; p + 8 < end; p++)
		if (strncasecmp(p, "charset=", 8) == 0)
			break;
	if (p + 8 >= end)
		return (struct spill_span){ "", 0 };
	for (p += 8; p < end && (*p == '"' || *p == '\'' || *p == ' '); p++)
		;
	s.p = p;
	while (p < end && strchr("\"' />;\r\n", *p) == NULL)
		p++;
	s.len = (size_t)(p - s.p);
	return s;
}

static int
parse(struct html *h, struct spill_span s)
{
	while (s.len > 0 && h->l->rc == SPILL_OK) {
		size_t n = SPILL_MIN(s.len, PIECE);
		int e = htmlParseChunk(h->ctx, s.p, (int)n, n == s.len);

		if (e == XML_ERR_NO_MEMORY)
			return SPILL_ENOMEM;
		s.p += n;
		s.len -= n;
	}
	return h->l->rc;
}

static int
convert(struct spill_span name, struct spill_span s, struct spill_buf *b,
    uint64_t *bad)
{
	struct charset *c = NULL;
	int rc = charset_open(&c, name);

	if (rc == SPILL_OK) {
		rc = charset_put(c, s, true, b);
		*bad = charset_bad(c);
	}
	charset_close(&c);
	return rc;
}

/* UTF-8, without NUL, which the parser takes for an end. */
static int
to_utf8(struct spill_span s, struct spill_span name, struct spill_buf *b)
{
	size_t bom;
	struct spill_span guess = charset_guess(s, &bom);
	uint64_t bad = 0;
	int rc;

	s.p += bom;
	s.len -= bom;
	if (name.len == 0 && bom == 0)
		name = declared(s);
	/* A declaration that reads as ASCII is of no UTF-16. */
	if (name.len == 0 || bom > 0 || strncasecmp(name.p, "utf-16", 6) == 0)
		name = guess;
	if (name.len == 0)
		name = SPILL_SPAN("windows-1252");
	rc = convert(name, s, b, &bad);
	/* It is not what it is said to be. */
	if (guess.len == 0)
		guess = SPILL_SPAN("windows-1252");
	if (rc == SPILL_EFORMAT || bad > s.len / 50) {
		spill_buf_reset(b);
		rc = convert(guess, s, b, &bad);
	}
	for (size_t i = 0; i < b->len; i++)
		if (b->p[i] == '\0')
			b->p[i] = ' ';
	return rc;
}

int
html_text(struct spill_span bytes, struct spill_span charset, struct lines *l,
    struct spill_span part, enum spill_role base)
{
	struct spill_buf b = SPILL_BUF_INIT((size_t)1 << 30);
	struct html h = { .l = l,
		.part = part,
		.base = base,
		.later = SPILL_BUF_INIT((size_t)64 << 20) };
	htmlSAXHandler sax;
	int rc = to_utf8(bytes, charset, &b);

	memset(&sax, 0, sizeof(sax));
	sax.initialized = XML_SAX2_MAGIC;
	sax.startElement = on_start;
	sax.endElement = on_end;
	sax.characters = on_text;
	sax.cdataBlock = on_text;
	sax.ignorableWhitespace = on_text;
	sax.comment = on_comment;
	sax.serror = on_error;
	if (rc == SPILL_OK) {
		h.ctx = htmlCreatePushParserCtxt(
		    &sax, &h, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);
		rc = h.ctx == NULL ? SPILL_ENOMEM : SPILL_OK;
	}
	if (rc == SPILL_OK) {
		(void)htmlCtxtUseOptions(
		    h.ctx, HTML_PARSE_NONET | HTML_PARSE_NOERROR |
			       HTML_PARSE_NOWARNING | HTML_PARSE_RECOVER |
			       HTML_PARSE_IGNORE_ENC);
		place(&h);
		rc = parse(&h, spill_buf_as_span(&b));
		place(&h);
		l->flow = false;
	}
	spill_buf_release(&h.later);
	if (h.ctx != NULL && h.ctx->myDoc != NULL) /* for its entities */
		xmlFreeDoc(h.ctx->myDoc);
	htmlFreeParserCtxt(h.ctx);
	spill_buf_release(&b);
	return rc;
}

static int
run(struct spill_src *s, const struct spill_doctext_conf *conf,
    const struct spill_doctext_sink *sink)
{
	struct spill_buf b = { 0 };
	struct spill_span all;
	struct lines l;
	int rc = text_open(&l, s, conf, sink, &b, &all);

	if (rc == SPILL_OK)
		rc = html_text(all, conf->charset, &l,
		    (struct spill_span){ "", 0 }, SPILL_ROLE_BODY);
	return text_close(&l, &b, rc);
}

static bool
is_html(
    struct spill_span head, const struct spill_sniff *s, struct spill_span name)
{
	static const char *const endings[] = { ".html", ".htm", ".xhtml",
		".shtml", ".hta" };

	(void)head;
	if (spill_span_eq(s->mime, SPILL_SPAN("text/html")) ||
	    spill_span_eq(s->mime, SPILL_SPAN("application/xhtml+xml")))
		return true;
	if (s->mime.len < 5 || memcmp(s->mime.p, "text/", 5) != 0)
		return false;
	for (size_t i = 0; i < SPILL_COUNT(endings); i++) {
		size_t n = strlen(endings[i]);

		if (name.len > n &&
		    strncasecmp(name.p + name.len - n, endings[i], n) == 0)
			return true;
	}
	return false;
}

static int
warm(void)
{
	const struct spill_doctext_conf conf = { 0 };
	struct lines l;
	int rc;

	lines_open(&l, NULL, &conf);
	rc = html_text(SPILL_SPAN("<p>"), SPILL_SPAN("UTF-8"), &l,
	    SPILL_SPAN(""), SPILL_ROLE_BODY);
	(void)lines_close(&l);
	return rc;
}

const struct spill_doctext doctext_html = {
	.name = "html",
	.is = is_html,
	.run = run,
	.warm = warm,
};
