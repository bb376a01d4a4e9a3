/*
 * pdf_obj.c: tokens and values (ISO 32000-2, 7.2 and 7.3). Brackets are
 * counted, so that nothing here is deeper than the other.
 */
#include <string.h>

#include <spill/hash.h>

#include "pdfobj_i.h"

static bool
is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' ||
	       c == '\0';
}

static bool
is_regular(char c)
{
	return !is_space(c) && memchr("()<>[]{}/%", c, 10) == NULL;
}

static struct spill_span
past_space(struct spill_span s)
{
	size_t i = 0;

	while (i < s.len && (is_space(s.p[i]) || s.p[i] == '%')) {
		if (s.p[i] == '%')
			while (i < s.len && s.p[i] != '\n' && s.p[i] != '\r')
				i++;
		else
			i++;
	}
	return (struct spill_span){ s.p + i, s.len - i };
}

/* Parentheses in it are balanced, or escaped (7.3.4.2). */
static size_t
string_len(struct spill_span s)
{
	size_t i = 0, depth = 0;

	while (i < s.len) {
		char c = s.p[i++];

		if (c == '\\' && i < s.len)
			i++;
		else if (c == '(')
			depth++;
		else if (c == ')' && --depth == 0)
			break;
	}
	return i;
}

static size_t
run_len(struct spill_span s, size_t from)
{
	size_t i = from;

	while (i < s.len && is_regular(s.p[i]))
		i++;
	return SPILL_MAX(i, (size_t)1);
}

static size_t
hex_len(struct spill_span s)
{
	const char *end = memchr(s.p, '>', s.len);

	return end != NULL ? (size_t)(end + 1 - s.p) : s.len;
}

static enum pdf_kind
word_kind(struct spill_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((s.p[i] < '0' || s.p[i] > '9') && s.p[i] != '.' &&
		    s.p[i] != '-' && s.p[i] != '+')
			return PDF_WORD;
	return PDF_NUMBER;
}

struct pdf_value
pdf_token(struct spill_span *s)
{
	struct spill_span t = past_space(*s);
	struct pdf_value v = { .kind = PDF_WORD };
	bool twice = t.len > 1 && t.p[0] == t.p[1];
	size_t n = 0;

	if (t.len == 0) {
		v.kind = PDF_END;
	} else if (t.p[0] == '(') {
		v.kind = PDF_STRING;
		n = string_len(t);
	} else if (t.p[0] == '/') {
		v.kind = PDF_NAME;
		n = run_len(t, 1);
	} else if (t.p[0] == '[' || (t.p[0] == '<' && twice)) {
		v.kind = PDF_OPEN;
		n = t.p[0] == '[' ? 1 : 2;
	} else if (t.p[0] == ']' || (t.p[0] == '>' && twice)) {
		v.kind = PDF_CLOSE;
		n = t.p[0] == ']' ? 1 : 2;
	} else if (t.p[0] == '<') {
		v.kind = PDF_HEX;
		n = hex_len(t);
	} else {
		n = run_len(t, 0);
		v.kind = word_kind((struct spill_span){ t.p, n });
	}
	v.raw = (struct spill_span){ t.p, n };
	*s = (struct spill_span){ t.p + n, t.len - n };
	return v;
}

bool
pdf_is(const struct pdf_value *v, const char *what)
{
	return spill_span_eq(v->raw, spill_span(what));
}

bool
pdf_number(const struct pdf_value *v, uint64_t *n)
{
	uint64_t x = 0;

	if (v->kind != PDF_NUMBER || v->raw.len > 18)
		return false;
	for (size_t i = 0; i < v->raw.len; i++) {
		if (v->raw.p[i] < '0' || v->raw.p[i] > '9')
			return false;
		x = x * 10 + (uint64_t)(v->raw.p[i] - '0');
	}
	*n = x;
	return true;
}

/* "5 0 R", of which v is the 5 and s what comes behind it. */
static void
reference(struct pdf_value *v, struct spill_span *s)
{
	struct spill_span rest = *s;
	struct pdf_value gen;
	uint64_t n, g;

	if (!pdf_number(v, &n) || n > UINT32_MAX)
		return;
	gen = pdf_token(&rest);
	if (!pdf_number(&gen, &g) || g > UINT16_MAX)
		return;
	rest = past_space(rest);
	if (rest.len == 0 || rest.p[0] != 'R' || run_len(rest, 0) != 1)
		return;
	v->kind = PDF_REF;
	v->num = (uint32_t)n;
	v->gen = (uint32_t)g;
	v->raw.len = (size_t)(rest.p + 1 - v->raw.p);
	*s = (struct spill_span){ rest.p + 1, rest.len - 1 };
}

struct pdf_value
pdf_value(struct spill_span *s)
{
	struct pdf_value v = pdf_token(s), t;
	size_t depth = 1;

	if (v.kind == PDF_NUMBER)
		reference(&v, s);
	if (v.kind != PDF_OPEN)
		return v;
	v.kind = v.raw.p[0] == '[' ? PDF_ARRAY : PDF_DICT;
	do {
		t = pdf_token(s);
		depth += t.kind == PDF_OPEN;
		depth -= t.kind == PDF_CLOSE;
	} while (depth > 0 && t.kind != PDF_END);
	v.raw.len = (size_t)(s->p - v.raw.p);
	return v;
}

struct spill_span
pdf_inside(const struct pdf_value *v)
{
	size_t n = v->kind == PDF_DICT ? 2 : v->kind == PDF_ARRAY ? 1 : 0;

	return n == 0 ? SPILL_SPAN("")
		      : (struct spill_span){ v->raw.p + n, v->raw.len - n };
}

bool
pdf_pair(struct spill_span *inside, struct spill_span *key, struct pdf_value *v)
{
	struct pdf_value k;

	do
		k = pdf_token(inside);
	while (k.kind != PDF_NAME && k.kind != PDF_END && k.kind != PDF_CLOSE);
	if (k.kind != PDF_NAME)
		return false;
	*key = k.raw;
	*v = pdf_value(inside);
	return v->kind != PDF_END && v->kind != PDF_CLOSE;
}

struct pdf_value
pdf_get(const struct pdf_value *dict, const char *key)
{
	struct spill_span in = { "", 0 }, k;
	struct pdf_value v;

	if (dict->kind == PDF_DICT)
		in = pdf_inside(dict);
	while (pdf_pair(&in, &k, &v))
		if (k.len == strlen(key) + 1 &&
		    memcmp(k.p + 1, key, k.len - 1) == 0)
			return v;
	return (struct pdf_value){ .kind = PDF_END, .raw = { "", 0 } };
}

uint64_t
pdf_number_or(
    const struct pdf_value *dict, const char *key, uint64_t most, uint64_t dflt)
{
	struct pdf_value v = pdf_get(dict, key);
	uint64_t n;

	return pdf_number(&v, &n) && n <= most ? n : dflt;
}

/* --- bytes -------------------------------------------------------------- */

static size_t
octal(struct spill_span s, struct spill_buf *out)
{
	unsigned v = 0;
	size_t i = 0;

	while (i < 3 && i < s.len && s.p[i] >= '0' && s.p[i] <= '7')
		v = v * 8 + (unsigned)(s.p[i++] - '0');
	spill_buf_putc(out, (char)v);
	return i;
}

/* Behind a backslash; how many bytes it takes. */
static size_t
escape(struct spill_span s, struct spill_buf *out)
{
	static const char from[] = "nrtbf", to[] = "\n\r\t\b\f";
	const char *at;

	if (s.len == 0)
		return 0;
	if (s.p[0] >= '0' && s.p[0] <= '7')
		return octal(s, out);
	if (s.p[0] == '\n')
		return 1;
	if (s.p[0] == '\r') /* the line goes on */
		return s.len > 1 && s.p[1] == '\n' ? 2 : 1;
	at = memchr(from, s.p[0], sizeof(from) - 1);
	spill_buf_putc(out, at != NULL ? to[at - from] : s.p[0]);
	return 1;
}

static void
string_bytes(struct spill_span s, struct spill_buf *out)
{
	while (s.len > 0) {
		const char *b = memchr(s.p, '\\', s.len);
		size_t n = b != NULL ? (size_t)(b - s.p) : s.len;

		spill_buf_put(out, s.p, n);
		n = SPILL_MIN(n + 1, s.len);
		s = (struct spill_span){ s.p + n, s.len - n };
		if (b == NULL)
			break;
		n = escape(s, out);
		s = (struct spill_span){ s.p + n, s.len - n };
	}
}

/* Of an odd number the last is 0 (7.3.4.3). */
static void
hex_bytes(struct spill_span s, struct spill_buf *out)
{
	int high = -1;

	for (size_t i = 0; i < s.len; i++) {
		int d = spill_hex_digit(s.p[i]);

		if (d < 0)
			continue;
		if (high >= 0)
			spill_buf_putc(out, (char)(high << 4 | d));
		high = high >= 0 ? -1 : d;
	}
	if (high >= 0)
		spill_buf_putc(out, (char)(high << 4));
}

static void
name_bytes(struct spill_span s, struct spill_buf *out)
{
	for (size_t i = 0; i < s.len; i++) {
		int high = -1, low = -1;

		if (s.p[i] == '#' && i + 2 < s.len) {
			high = spill_hex_digit(s.p[i + 1]);
			low = spill_hex_digit(s.p[i + 2]);
		}
		if (high >= 0 && low >= 0)
			i += 2;
		spill_buf_putc(out,
		    high >= 0 && low >= 0 ? (char)(high << 4 | low) : s.p[i]);
	}
}

void
pdf_bytes(const struct pdf_value *v, struct spill_buf *out)
{
	struct spill_span s = v->raw;

	if (v->kind != PDF_STRING && v->kind != PDF_HEX && v->kind != PDF_NAME)
		return;
	s.p++;
	s.len--;
	if (v->kind == PDF_NAME) {
		name_bytes(s, out);
		return;
	}
	if (s.len > 0 && s.p[s.len - 1] == (v->kind == PDF_HEX ? '>' : ')'))
		s.len--;
	if (v->kind == PDF_HEX)
		hex_bytes(s, out);
	else
		string_bytes(s, out);
}
