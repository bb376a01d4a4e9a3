/*
 * vcard.c: vCard (RFC 6350, 2426 and 2.1), iCalendar (RFC 5545) and notes in
 * the same form: a line for each property, its part the name. Pictures and
 * sounds are no text; another file within is told, since nobody lists it.
 */
#include <string.h>
#include <strings.h>

#include <spill/hash.h>

#include "formats_i.h"
#include "html_i.h"
#include "text_i.h"

struct card {
	struct lines l;
	struct spill_span all;
	size_t at; /* of what is not read yet */
	struct spill_buf line; /* unfolded */
	struct spill_buf text; /* its value, decoded */
	size_t from, value; /* where it, and its value, begin in the bytes */
	bool folded;
};

/* name, parameters and value of a line: [group.]name*(;param):value */
struct prop {
	struct spill_span name, params, value;
};

/* --- lines of the file --------------------------------------------------- */

static bool
next_raw(struct card *c, struct spill_span *raw)
{
	const char *p = c->all.p + c->at, *nl;
	size_t left = c->all.len - c->at, n;

	if (left == 0)
		return false;
	nl = memchr(p, '\n', left);
	n = nl != NULL ? (size_t)(nl - p) : left;
	c->at += nl != NULL ? n + 1 : n;
	if (n > 0 && p[n - 1] == '\r')
		n--;
	*raw = (struct spill_span){ p, n };
	return true;
}

/* The character that says that a line goes on in this one. */
static bool
is_fold(const struct card *c)
{
	return c->at < c->all.len &&
	       (c->all.p[c->at] == ' ' || c->all.p[c->at] == '\t');
}

/* --- properties ---------------------------------------------------------- */

/* Where the first of c stands outside of double quotes; len if nowhere. */
static size_t
outside(struct spill_span s, const char *stops)
{
	bool quoted = false;
	size_t i;

	for (i = 0; i < s.len; i++) {
		if (s.p[i] == '"')
			quoted = !quoted;
		else if (!quoted && s.p[i] != '\0' &&
			 strchr(stops, s.p[i]) != NULL)
			break;
	}
	return i;
}

static bool
split(struct spill_span line, struct prop *p)
{
	size_t n = outside(line, ":;"), colon = outside(line, ":");
	const char *dot;

	if (colon == line.len || n == 0)
		return false;
	p->name = (struct spill_span){ line.p, n };
	dot = memchr(line.p, '.', n);
	if (dot != NULL) {
		p->name.p = dot + 1;
		p->name.len = n - (size_t)(dot + 1 - line.p);
	}
	p->params = (struct spill_span){ line.p + n, colon - n };
	if (p->params.len > 0) {
		p->params.p++;
		p->params.len--;
	}
	p->value =
	    (struct spill_span){ line.p + colon + 1, line.len - colon - 1 };
	return true;
}

static bool
is_word(struct spill_span s, const char *word)
{
	return s.len == strlen(word) && strncasecmp(s.p, word, s.len) == 0;
}

/* The value of a parameter; in vCard 2.1 also one without its name. */
static bool
param(const struct prop *p, const char *name, const char *value,
    struct spill_span *out)
{
	struct spill_span s = p->params;

	while (s.len > 0) {
		size_t n = outside(s, ";");
		struct spill_span one = { s.p, n }, key = one, v = one;
		const char *eq = memchr(one.p, '=', n);

		if (eq != NULL) {
			key.len = (size_t)(eq - one.p);
			v.p = eq + 1;
			v.len = n - key.len - 1;
		}
		if ((eq == NULL || is_word(key, name)) &&
		    (value == NULL ? eq != NULL : is_word(v, value))) {
			*out = v;
			return true;
		}
		n += n < s.len;
		s.p += n;
		s.len -= n;
	}
	*out = (struct spill_span){ "", 0 };
	return false;
}

static bool
is_coded(struct spill_span line)
{
	struct spill_span v;
	struct prop p;

	return split(line, &p) && param(&p, "ENCODING", "QUOTED-PRINTABLE", &v);
}

/* Unfolded: RFC 6350 3.2. */
static bool
next_line(struct card *c)
{
	struct spill_span raw;
	bool coded;

	spill_buf_reset(&c->line);
	c->from = c->at;
	c->folded = false;
	if (!next_raw(c, &raw))
		return false;
	spill_buf_span(&c->line, raw);
	coded = is_coded(raw);
	/* A blank behind "=" is one of the value: put_quoted(). */
	while (raw.len > 0 && !(coded && raw.p[raw.len - 1] == '=') &&
	       is_fold(c) && next_raw(c, &raw)) {
		spill_buf_put(&c->line, raw.p + 1, raw.len - 1);
		c->folded = true;
	}
	return true;
}

static bool
among(struct spill_span name, const char *const *v)
{
	for (; *v != NULL; v++)
		if (is_word(name, *v))
			return true;
	return false;
}

/* What its program shows of it; the rest is about it. */
static enum spill_role
role_of(struct spill_span name)
{
	static const char *const shown[] = { "FN", "N", "NICKNAME", "ORG",
		"TITLE", "ROLE", "NOTE", "ADR", "LABEL", "TEL", "EMAIL", "URL",
		"BODY", "SUMMARY", "DESCRIPTION", "LOCATION", "CONTACT",
		"CATEGORIES", "ATTENDEE", "ORGANIZER", "X-ALT-DESC",
		"STYLED-DESCRIPTION", NULL };

	if (is_word(name, "COMMENT"))
		return SPILL_ROLE_COMMENT;
	return among(name, shown) ? SPILL_ROLE_BODY : SPILL_ROLE_PROPERTY;
}

/* --- values -------------------------------------------------------------- */

/* RFC 2045 6.7. A line break after "=" is none: the next line of the file goes
 * on with the value. */
static void
put_quoted(struct card *c, struct spill_span s)
{
	while (s.p != NULL) {
		bool soft = s.len > 0 && s.p[s.len - 1] == '=';

		s.len -= soft;
		for (size_t i = 0; i < s.len; i++) {
			int h = -1, l = -1;

			if (s.p[i] == '=' && s.len - i > 2) {
				h = spill_hex_digit(s.p[i + 1]);
				l = spill_hex_digit(s.p[i + 2]);
			}
			spill_buf_putc(&c->text,
			    h >= 0 && l >= 0 ? (char)(h << 4 | l) : s.p[i]);
			i += h >= 0 && l >= 0 ? 2 : 0;
		}
		if (!soft || !next_raw(c, &s))
			s.p = NULL;
	}
}

/* RFC 6350 3.4, RFC 5545 3.3.11: a backslash before ; , \ and n. */
static bool
put_escaped(struct card *c, struct spill_span s)
{
	bool any = false;

	for (size_t i = 0; i < s.len; i++) {
		char b = s.p[i], e = i + 1 < s.len ? s.p[i + 1] : '\0';

		if (b == '\\' && (e == 'n' || e == 'N'))
			b = '\n';
		else if (b == '\\' && (e == ';' || e == ',' || e == '\\'))
			b = e;
		else
			e = '\0';
		any |= e != '\0';
		i += e != '\0';
		spill_buf_putc(&c->text, b);
	}
	return any;
}

/* Its bytes are in it, in base64. Of vCard 2.1 the line that ends the value is
 * blank, so that lines without a colon may be left. */
static bool
is_binary(const struct prop *p)
{
	static const char data[] = "data:";
	struct spill_span v;

	return param(p, "ENCODING", "b", &v) ||
	       param(p, "ENCODING", "BASE64", &v) ||
	       (p->value.len > sizeof(data) &&
		   strncasecmp(p->value.p, data, sizeof(data) - 1) == 0);
}

static void
tell_binary(struct card *c, const struct prop *p)
{
	static const char *const known[] = { "PHOTO", "LOGO", "SOUND", "KEY",
		NULL };
	struct spill_buf b = SPILL_BUF_INIT(512);

	if (!among(p->name, known)) {
		spill_buf_puts(&b, "a file that is in it is not read: ");
		spill_buf_put(
		    &b, p->name.p, SPILL_MIN(p->name.len, (size_t)64));
		lines_flaw(&c->l, "unsupported", c->from, c->at - c->from,
		    spill_buf_str(&b));
	}
	spill_buf_release(&b);
}

static int
tell_value(struct card *c, const struct prop *p)
{
	struct spill_span charset, type;
	bool coded = param(p, "ENCODING", "QUOTED-PRINTABLE", &type);
	bool html = param(p, "FMTTYPE", "text/html", &type);
	uint64_t at = c->folded ? UINT64_MAX : c->value;

	(void)param(p, "CHARSET", NULL, &charset);
	spill_buf_reset(&c->text);
	if (coded) {
		at = UINT64_MAX;
		put_quoted(c, p->value);
	} else if (put_escaped(c, p->value)) {
		at = UINT64_MAX;
	}
	if (c->text.rc != SPILL_OK)
		return c->text.rc;
	lines_place(&c->l, p->name, role_of(p->name), 0);
	if (html)
		return html_text(spill_buf_as_span(&c->text),
		    SPILL_SPAN("UTF-8"), &c->l, p->name, role_of(p->name));
	return plain_text(spill_buf_as_span(&c->text), charset, at, &c->l);
}

/* --- the whole ----------------------------------------------------------- */

static int
tell_line(struct card *c)
{
	struct spill_span line = spill_buf_as_span(&c->line);
	struct prop p;
	int rc;

	if (!split(line, &p)) {
		lines_place(&c->l, SPILL_SPAN(""), SPILL_ROLE_BODY, 0);
		return plain_text(line, SPILL_SPAN(""),
		    c->folded ? UINT64_MAX : c->from, &c->l);
	}
	c->value = c->from + (size_t)(p.value.p - line.p);
	if (is_word(p.name, "BEGIN") || is_word(p.name, "END"))
		return SPILL_OK;
	lines_place(&c->l, p.name, SPILL_ROLE_ARTIFACT, 0);
	rc = plain_text(p.params, SPILL_SPAN(""), UINT64_MAX, &c->l);
	if (rc != SPILL_OK)
		return rc;
	if (!is_binary(&p))
		return tell_value(c, &p);
	tell_binary(c, &p);
	return c->l.rc;
}

static int
read_all(struct card *c)
{
	int rc = SPILL_OK;

	if (c->all.len >= 3 && memcmp(c->all.p, "\xef\xbb\xbf", 3) == 0)
		c->at = 3;
	while (rc == SPILL_OK && next_line(c)) {
		rc = c->line.rc != SPILL_OK ? c->line.rc : tell_line(c);
		lines_end(&c->l);
		rc = rc == SPILL_OK ? c->l.rc : rc;
	}
	return rc;
}

static int
run(struct spill_src *s, const struct spill_doctext_conf *conf,
    const struct spill_doctext_sink *sink)
{
	struct card c = { 0 };
	struct spill_buf b = { 0 };
	int rc = text_open(&c.l, s, conf, sink, &b, &c.all);

	c.line.max = c.text.max = c.all.len + 1;
	if (rc == SPILL_OK)
		rc = read_all(&c);
	rc = text_close(&c.l, &b, rc);
	spill_buf_release(&c.line);
	spill_buf_release(&c.text);
	return rc;
}

/* In UTF-16 it is told as the text that it is. */
static bool
is_card(
    struct spill_span head, const struct spill_sniff *s, struct spill_span name)
{
	static const char *const begins[] = { "BEGIN:VCARD", "BEGIN:VCALENDAR",
		"BEGIN:VNOTE" };

	(void)s;
	(void)name;
	if (head.len >= 3 && memcmp(head.p, "\xef\xbb\xbf", 3) == 0) {
		head.p += 3;
		head.len -= 3;
	}
	for (size_t i = 0; i < SPILL_COUNT(begins); i++) {
		size_t n = strlen(begins[i]);

		if (head.len > n && strncasecmp(head.p, begins[i], n) == 0)
			return true;
	}
	return false;
}

const struct spill_doctext doctext_vcard = {
	.name = "vcard",
	.is = is_card,
	.run = run,
	.warm = charset_warm,
};
