/*
 * rtf.c: Rich Text Format 1.9.1 ([RTF] in the sources): groups, control words,
 * destinations. What a destination is for says what the text in it is.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <spill/utf8.h>

#include "formats_i.h"
#include "rtf_i.h"

/* --- characters --------------------------------------------------------- */

static void
put(struct rtf *r, struct spill_span s)
{
	const struct group *g = rtf_top(r);

	switch (g->dest) {
	case D_TEXT:
		if (g->hidden || g->deleted || g->struck)
			spill_buf_span(&r->apart[g->deleted  ? 1
						 : g->hidden ? 0
							     : 2],
			    s);
		else
			lines_put(&r->l, s);
		break;
	case D_VALUE:
	case D_SHAPE_VALUE:
	case D_USER_VALUE:
	case D_CODE:
		spill_buf_span(&r->value, s);
		break;
	case D_SHAPE_NAME:
	case D_USER_NAME:
		spill_buf_span(&r->name, s);
		break;
	default:
		break;
	}
}

static int
decode(struct rtf *r)
{
	struct spill_buf out = SPILL_BUF_INIT(8 * TEXT_AT);
	char name[24];
	int rc = SPILL_OK;

	if (r->bytes.len == 0)
		return SPILL_OK;
	if (r->cs == NULL || r->cs_page != r->bytes_page) {
		charset_close(&r->cs);
		(void)snprintf(name, sizeof(name), "windows-%u", r->bytes_page);
		rc = charset_open(&r->cs, spill_span(name));
		if (rc == SPILL_EFORMAT) {
			(void)snprintf(
			    name, sizeof(name), "ibm-%u", r->bytes_page);
			rc = charset_open(&r->cs, spill_span(name));
		}
		if (rc == SPILL_EFORMAT)
			rc = charset_open(&r->cs, SPILL_SPAN("windows-1252"));
		r->cs_page = r->bytes_page;
	}
	if (rc == SPILL_OK)
		rc = charset_put(
		    r->cs, spill_buf_as_span(&r->bytes), true, &out);
	if (rc == SPILL_OK)
		put(r, spill_buf_as_span(&out));
	spill_buf_reset(&r->bytes);
	spill_buf_release(&out);
	return rc;
}

static void
put_byte(struct rtf *r, char c)
{
	const struct group *g = rtf_top(r);
	unsigned page = g->font < FONTS && r->charset[g->font] != 0
			    ? r->charset[g->font]
			    : r->ansi;

	if (r->fallback > 0) {
		r->fallback--;
		return;
	}
	if (r->bytes.len > 0 &&
	    (r->bytes_page != page || r->bytes.len >= TEXT_AT) &&
	    decode(r) != SPILL_OK)
		return;
	r->bytes_page = page;
	spill_buf_putc(&r->bytes, c);
}

static void
put_cp(struct rtf *r, uint32_t cp)
{
	char text[4];

	(void)decode(r);
	if (cp >= 0xd800 && cp < 0xdc00) {
		r->lead = cp;
		return;
	}
	if (cp >= 0xdc00 && cp < 0xe000)
		cp = r->lead != 0
			 ? 0x10000 + ((r->lead - 0xd800) << 10) + (cp - 0xdc00)
			 : 0xfffd;
	/* Symbol fonts have their characters in the private area. */
	else if (cp >= 0xf020 && cp <= 0xf07e)
		cp -= 0xf000;
	r->lead = 0;
	put(r, (struct spill_span){ text, spill_utf8_encode(cp, text) });
}

bool
rtf_among(const char *word, const char *const *list)
{
	while (*list != NULL && strcmp(*list, word) != 0)
		list++;
	return *list != NULL;
}

/* --- lines -------------------------------------------------------------- */

static enum spill_role
role_now(const struct group *g)
{
	return g->cell && g->role == SPILL_ROLE_BODY ? SPILL_ROLE_TABLE
						     : g->role;
}

/* What is no text of the body is on each page, or nobody knows where. */
static uint32_t
page_now(struct rtf *r)
{
	return rtf_top(r)->role == SPILL_ROLE_BODY ? r->page : 0;
}

void
rtf_place(struct rtf *r)
{
	const struct group *g = rtf_top(r);

	lines_place(&r->l, SPILL_SPAN(""), role_now(g), page_now(r));
}

void
rtf_tell(
    struct rtf *r, enum spill_role role, const char *part, struct spill_buf *b)
{
	if (b->len == 0)
		return;
	lines_place(&r->l, spill_span(part), role,
	    role == SPILL_ROLE_HIDDEN || role == SPILL_ROLE_DELETED
		? page_now(r)
		: 0);
	lines_put(&r->l, spill_buf_as_span(b));
	spill_buf_reset(b);
	rtf_place(r);
}

/* It stands where it stood. */
static void
tell_struck(struct rtf *r)
{
	struct spill_buf *b = &r->apart[2];

	if (b->len > 0) {
		r->l.line.struck = true;
		lines_put(&r->l, spill_buf_as_span(b));
		spill_buf_reset(b);
		rtf_place(r);
	}
}

void
rtf_end_line(struct rtf *r)
{
	(void)decode(r);
	rtf_place(r);
	rtf_tell(r, SPILL_ROLE_HIDDEN, "", &r->apart[0]);
	rtf_tell(r, SPILL_ROLE_DELETED, "", &r->apart[1]);
	tell_struck(r);
}

void
rtf_hold_line(struct rtf *r)
{
	(void)decode(r);
	if (r->held_at > 0 || r->depth == 0 || r->l.text.len == 0)
		return;
	r->held_at = r->depth;
	spill_buf_span(&r->held, spill_buf_as_span(&r->l.text));
	spill_buf_reset(&r->l.text);
}

static void
resume_line(struct rtf *r)
{
	if (r->held_at <= r->depth)
		return;
	r->held_at = 0;
	lines_put(&r->l, spill_buf_as_span(&r->held));
	spill_buf_reset(&r->held);
}

/* --- groups ------------------------------------------------------------- */

static void
group_begins(struct rtf *r)
{
	(void)decode(r);
	if (r->depth + 1 == DEEP) {
		r->over++;
		r->deep = true;
		return;
	}
	r->g[r->depth + 1] = r->g[r->depth];
	r->depth++;
	rtf_top(r)->star = false;
	rtf_top(r)->begin = true;
}

static void
group_ends(struct rtf *r)
{
	struct group was = *rtf_top(r);
	const struct group *g;

	(void)decode(r);
	r->fallback = 0;
	if (r->over > 0) {
		r->over--;
		return;
	}
	if (r->depth == 0)
		return;
	if (was.dest == D_TEXT && was.role != r->g[r->depth - 1].role)
		rtf_end_line(r);
	r->depth--;
	g = rtf_top(r);
	if (was.dest == D_VALUE && g->dest != D_VALUE)
		rtf_tell(r, SPILL_ROLE_PROPERTY, r->value_of, &r->value);
	else if (was.dest == D_USER_VALUE && g->dest != D_USER_VALUE)
		rtf_tell(
		    r, SPILL_ROLE_PROPERTY, spill_buf_str(&r->name), &r->value);
	else if (was.dest == D_CODE && g->dest != D_CODE) {
		/* Beside the line, which goes on with its result. */
		spill_buf_span(&r->side, spill_buf_as_span(&r->value));
		spill_buf_putc(&r->side, '\n');
		spill_buf_reset(&r->value);
	} else if (was.dest == D_SHAPE_VALUE && g->dest != D_SHAPE_VALUE)
		rtf_shape_value(r);
	if (was.dest == D_TEXT && was.role != g->role)
		rtf_place(r);
	resume_line(r);
}

/* --- control words ------------------------------------------------------ */

/* Of a font's \fcharset: its code page. */
static unsigned
code_page(long charset)
{
	static const struct {
		long charset;
		unsigned page;
	} v[] = { { 77, 10000 }, { 128, 932 }, { 129, 949 }, { 130, 1361 },
		{ 134, 936 }, { 136, 950 }, { 161, 1253 }, { 162, 1254 },
		{ 163, 1258 }, { 177, 1255 }, { 178, 1256 }, { 186, 1257 },
		{ 204, 1251 }, { 222, 874 }, { 238, 1250 }, { 254, 437 },
		{ 255, 850 } };

	for (size_t i = 0; i < SPILL_COUNT(v); i++)
		if (v[i].charset == charset)
			return v[i].page;
	return 0;
}

static const struct {
	const char *word;
	const char *text;
} symbols[] = { { "tab", "\t" }, { "emdash", "\xe2\x80\x94" },
	{ "endash", "\xe2\x80\x93" }, { "emspace", " " }, { "enspace", " " },
	{ "qmspace", " " }, { "bullet", "\xe2\x80\xa2" },
	{ "lquote", "\xe2\x80\x98" }, { "rquote", "\xe2\x80\x99" },
	{ "ldblquote", "\xe2\x80\x9c" }, { "rdblquote", "\xe2\x80\x9d" },
	{ "zwj", "\xe2\x80\x8d" }, { "zwnj", "\xe2\x80\x8c" } };

static const char *const breaks[] = { "par", "line", "cell", "nestcell", "row",
	"nestrow", "sect", "page", "column", "softline", NULL };

/* What ends a line, or is a character. */
static bool
is_text(struct rtf *r, const char *word)
{
	for (size_t i = 0; i < SPILL_COUNT(symbols); i++)
		if (strcmp(word, symbols[i].word) == 0) {
			(void)decode(r);
			put(r, spill_span(symbols[i].text));
			return true;
		}
	if (!rtf_among(word, breaks))
		return false;
	if (rtf_top(r)->dest != D_TEXT) {
		put(r, SPILL_SPAN("\n"));
		return true;
	}
	rtf_end_line(r);
	if (strcmp(word, "page") == 0)
		r->page++;
	rtf_place(r);
	return true;
}

/* How the text looks. */
static void
look(struct rtf *r, const char *word, long n, bool has_n)
{
	struct group *g = rtf_top(r);
	bool on = !has_n || n != 0;

	if (strcmp(word, "v") == 0)
		g->hidden = on;
	else if (strcmp(word, "deleted") == 0)
		g->deleted = on;
	else if (strcmp(word, "strike") == 0 || strcmp(word, "striked") == 0)
		g->struck = on;
	else if (strcmp(word, "fs") == 0 && has_n)
		g->hidden = n <= 4;
	else if (strcmp(word, "plain") == 0)
		g->hidden = g->deleted = g->struck = false;
	else if (strcmp(word, "intbl") == 0 || strcmp(word, "pard") == 0) {
		bool cell = word[0] == 'i';

		if (g->cell != cell && g->dest == D_TEXT) {
			g->cell = cell;
			r->l.line.role = role_now(g);
		}
	}
}

static void
font(struct rtf *r, const char *word, long n)
{
	struct group *g = rtf_top(r);

	if (strcmp(word, "f") == 0 && n >= 0)
		g->font = (unsigned)n;
	else if (strcmp(word, "fcharset") == 0 && g->dest == D_FONTS &&
		 g->font < FONTS)
		r->charset[g->font] = code_page(n);
	else if (strcmp(word, "cpg") == 0 && g->dest == D_FONTS &&
		 g->font < FONTS && n > 0)
		r->charset[g->font] = (unsigned)n;
	else if (strcmp(word, "ansicpg") == 0 && n > 0)
		r->ansi = (unsigned)n;
	else if (strcmp(word, "mac") == 0)
		r->ansi = 10000;
	else if (strcmp(word, "pc") == 0)
		r->ansi = 437;
	else if (strcmp(word, "pca") == 0)
		r->ansi = 850;
}

static void
word(struct rtf *r, const char *w, long n, bool has_n)
{
	struct group *g = rtf_top(r);

	if (strcmp(w, "bin") == 0 && n > 0) {
		r->at += SPILL_MIN((size_t)n, r->in.len - r->at);
		return;
	}
	if (r->fallback > 0 && strcmp(w, "u") != 0) {
		r->fallback--;
		return;
	}
	if (strcmp(w, "u") == 0) {
		r->fallback = 0;
		put_cp(r, (uint32_t)(n & 0xffff));
		r->fallback = g->skip;
		return;
	}
	if (strcmp(w, "uc") == 0 && n >= 0 && n < 64)
		g->skip = (unsigned)n;
	else if (!rtf_destination(r, w) && !is_text(r, w)) {
		(void)decode(r);
		look(r, w, n, has_n);
		font(r, w, n);
	}
	g->begin = false;
}

/* Behind a backslash: a word with a number, or one character. */
static void
read_word(struct rtf *r)
{
	char w[WORD + 1];
	size_t n = 0;
	long value = 0;
	bool minus = false, has = false;
	const char *p = r->in.p;

	while (r->at < r->in.len && isalpha((unsigned char)p[r->at])) {
		if (n < WORD)
			w[n++] = p[r->at];
		r->at++;
	}
	w[n] = '\0';
	if (r->at < r->in.len && p[r->at] == '-') {
		minus = true;
		r->at++;
	}
	while (r->at < r->in.len && isdigit((unsigned char)p[r->at])) {
		has = true;
		if (value < 100000000)
			value = value * 10 + (p[r->at] - '0');
		r->at++;
	}
	if (r->at < r->in.len && p[r->at] == ' ')
		r->at++;
	word(r, w, minus ? -value : value, has);
}

static void
read_hex(struct rtf *r)
{
	char text[3] = { 0 };
	char *end;
	long v;

	if (r->in.len - r->at < 2) {
		r->at = r->in.len;
		return;
	}
	memcpy(text, r->in.p + r->at, 2);
	r->at += 2;
	v = strtol(text, &end, 16);
	if (*end == '\0')
		put_byte(r, (char)v);
}

static void
control(struct rtf *r)
{
	char c;

	if (r->at == r->in.len)
		return;
	c = r->in.p[r->at];
	if (isalpha((unsigned char)c)) {
		read_word(r);
		return;
	}
	r->at++;
	if (c == '\'') {
		read_hex(r);
	} else if (c == '*') {
		rtf_top(r)->star = true;
		return;
	} else if (c == '~') {
		put_cp(r, 0xa0);
	} else if (c == '_') {
		put_cp(r, 0x2011);
	} else if (c == '-') {
		put_cp(r, 0xad);
	} else if (c == '\r' || c == '\n') {
		rtf_end_line(r);
	} else if (c == '\\' || c == '{' || c == '}') {
		put_byte(r, c);
	}
	rtf_top(r)->begin = false;
}

/* --- whole -------------------------------------------------------------- */

static void
read_all(struct rtf *r)
{
	rtf_place(r);
	while (r->at < r->in.len && r->l.rc == SPILL_OK) {
		char c = r->in.p[r->at++];

		if (c == '{') {
			group_begins(r);
		} else if (c == '}') {
			group_ends(r);
			/* What stands behind the document is told, too. */
			if (r->depth == 0)
				rtf_end_line(r);
		} else if (c == '\\') {
			control(r);
		} else if (c != '\r' && c != '\n' && c != '\0') {
			put_byte(r, c);
			rtf_top(r)->begin = false;
		}
	}
	rtf_end_line(r);
	rtf_tell(r, SPILL_ROLE_ARTIFACT, "field", &r->side);
	if (r->depth > 0)
		lines_flaw(
		    &r->l, "damaged", r->in.len, 0, "it ends within a group");
	if (r->deep)
		lines_flaw(&r->l, "limit", 0, 0, "groups are too deep");
}

static int
run(struct spill_src *s, const struct spill_doctext_conf *conf,
    const struct spill_doctext_sink *sink)
{
	struct rtf *r = calloc(1, sizeof(*r));
	const size_t most = (size_t)16 << 20;
	struct spill_buf b = { 0 };
	int rc;

	if (r == NULL)
		return SPILL_ENOMEM;
	r->ansi = 1252;
	r->page = 1;
	r->g[0].skip = 1;
	r->bytes.max = 2 * TEXT_AT;
	r->held.max = SPILL_TEXT_LINE + 8;
	r->value.max = r->name.max = r->side.max = most;
	r->apart[0].max = r->apart[1].max = r->apart[2].max = most;
	rc = text_open(&r->l, s, conf, sink, &b, &r->in);
	if (rc == SPILL_OK)
		read_all(r);
	rc = text_close(&r->l, &b, rc);
	charset_close(&r->cs);
	spill_buf_release(&r->bytes);
	spill_buf_release(&r->value);
	spill_buf_release(&r->name);
	spill_buf_release(&r->side);
	spill_buf_release(&r->held);
	spill_buf_release(&r->apart[0]);
	spill_buf_release(&r->apart[1]);
	spill_buf_release(&r->apart[2]);
	free(r);
	return rc;
}

static bool
is_rtf(
    struct spill_span head, const struct spill_sniff *s, struct spill_span name)
{
	(void)s;
	(void)name;
	return head.len >= 4 && memcmp(head.p, "{\\rt", 4) == 0;
}

const struct spill_doctext doctext_rtf = {
	.name = "rtf",
	.is = is_rtf,
	.run = run,
	.warm = charset_warm,
};
