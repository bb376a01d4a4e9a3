#include <spill/hash.h>
#include <spill/utf8.h>

#include "table_i.h"

#define DEPTH_MAX 64

/* A line as it is read. The first thing wrong is kept, with its place. */
struct json {
	const char *p, *start, *end;
	const char *wrong, *at;
	bool escaped; /* the string passed last holds a backslash */
	bool blank; /* blanks were passed since this was cleared */
};

static bool
wrong(struct json *j, const char *what)
{
	if (j->wrong == NULL) {
		j->wrong = what;
		j->at = j->p;
	}
	return false;
}

/* The next byte that is no blank, or -1 at the end. */
static int
peek(struct json *j)
{
	while (
	    j->p < j->end && (*j->p == ' ' || *j->p == '\t' || *j->p == '\r')) {
		j->p++;
		j->blank = true;
	}
	return j->p < j->end ? (unsigned char)*j->p : -1;
}

static bool
take(struct json *j, char c)
{
	if (peek(j) != (unsigned char)c)
		return false;
	j->p++;
	return true;
}

/* --- strings ------------------------------------------------------------ */

/* Past what stands for itself in a string: ASCII, DEL included. */
static const char *
pass_plain(const char *p, const char *end)
{
	const uint64_t high = SPILL_EACH(0x80);

	for (; end - p >= 8; p += 8) {
		uint64_t w = spill_word(p);
		uint64_t quote = w ^ SPILL_EACH('"');
		uint64_t slash = w ^ SPILL_EACH('\\');
		/* The lowest bit set is right; others may be too many. */
		uint64_t hits = (quote - SPILL_EACH(1)) |
				(slash - SPILL_EACH(1)) |
				(w - SPILL_EACH(0x20)) | w;

		if ((hits & high) != 0)
			return p + (__builtin_ctzll(hits & high) >> 3);
	}
	while (p < end && (unsigned char)*p >= 0x20 &&
	       (unsigned char)*p < 0x80 && *p != '"' && *p != '\\')
		p++;
	return p;
}

/* Past the backslash at p and what it escapes. */
static bool
pass_escape(struct json *j)
{
	const char *p = j->p + 1;

	j->escaped = true;
	if (p == j->end)
		return wrong(j, "an escape that ends early");
	if (*p != 'u') {
		if (*p == '\0' || strchr("\"\\/bfnrt", *p) == NULL)
			return wrong(j, "an unknown escape");
		j->p += 2;
		return true;
	}
	if (j->end - p < 5)
		return wrong(j, "an escape that ends early");
	for (int i = 1; i <= 4; i++)
		if (spill_hex_digit(p[i]) < 0)
			return wrong(j, "an escape without four hex digits");
	j->p += 6;
	return true;
}

/* Past a string; *s is what is between its quotes, still escaped. */
static bool
pass_string(struct json *j, struct spill_span *s)
{
	const char *from = ++j->p;
	uint32_t cp;
	unsigned n;

	j->escaped = false;
	for (;;) {
		j->p = pass_plain(j->p, j->end);
		if (j->p == j->end)
			return wrong(j, "a string that does not end");
		if (*j->p == '"')
			break;
		if (*j->p == '\\') {
			if (!pass_escape(j))
				return false;
			continue;
		}
		if ((unsigned char)*j->p < 0x20)
			return wrong(j, "a control character in a string");
		n = spill_utf8_decode(j->p, (size_t)(j->end - j->p), &cp);
		if (n == 0)
			return wrong(j, "bytes that are no UTF-8");
		j->p += n;
	}
	*s = (struct spill_span){ from, (size_t)(j->p - from) };
	j->p++;
	return true;
}

static uint32_t
hex4(const char *p)
{
	uint32_t v = 0;

	for (int i = 0; i < 4; i++)
		v = v << 4 | (uint32_t)spill_hex_digit(p[i]);
	return v;
}

/* The escape at *p, known to be well-formed: its bytes to out[4]. */
static size_t
unescape(const char **p, const char *end, char *out)
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
	const char *e = *p + 1, *known = strchr(from, *e);
	uint32_t cp, low;

	*p += 2;
	if (*e != 'u') {
		*out = known != NULL ? to[known - from] : *e;
		return 1;
	}
	*p += 4;
	cp = hex4(e + 1);
	if (cp >= 0xdc80 && cp <= 0xdcff) {
		*out = (char)(cp & 0xff);
		return 1;
	}
	if (cp >= 0xd800 && cp <= 0xdbff && end - *p >= 6 && (*p)[0] == '\\' &&
	    (*p)[1] == 'u') {
		low = hex4(*p + 2);
		if (low >= 0xdc00 && low <= 0xdfff) {
			cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
			*p += 6;
		}
	}
	return spill_utf8_encode(cp, out);
}

static int
decode(struct spill_table_priv *t, const struct json *j, struct spill_span *s)
{
	const char *p = s->p, *end = s->p + s->len;
	char *start = spill_table_text(t, (size_t)(j->end - j->start));
	char *to = start;

	if (start == NULL)
		return SPILL_ENOMEM;
	while (p < end) {
		const char *e = memchr(p, '\\', (size_t)(end - p));
		size_t n = (size_t)((e != NULL ? e : end) - p);
		char out[4];

		memcpy(to, p, n);
		to += n;
		p += n;
		if (e == NULL)
			break;
		n = unescape(&p, end, out);
		memcpy(to, out, n);
		to += n;
	}
	*s = (struct spill_span){ start, (size_t)(to - start) };
	t->text_len += s->len;
	return SPILL_OK;
}

/* --- other values ------------------------------------------------------- */

static bool
pass_digits(struct json *j)
{
	const char *from = j->p;

	while (j->p < j->end && *j->p >= '0' && *j->p <= '9')
		j->p++;
	return j->p > from;
}

static bool
pass_number(struct json *j)
{
	const char *from;

	if (*j->p == '-')
		j->p++;
	from = j->p;
	if (!pass_digits(j) || (*from == '0' && j->p - from > 1))
		return wrong(j, "a malformed number");
	if (j->p < j->end && *j->p == '.') {
		j->p++;
		if (!pass_digits(j))
			return wrong(j, "a malformed number");
	}
	if (j->p < j->end && (*j->p == 'e' || *j->p == 'E')) {
		j->p++;
		if (j->p < j->end && (*j->p == '+' || *j->p == '-'))
			j->p++;
		if (!pass_digits(j))
			return wrong(j, "a malformed number");
	}
	return true;
}

static bool
pass_word(struct json *j, const char *word, size_t n)
{
	if ((size_t)(j->end - j->p) < n || memcmp(j->p, word, n) != 0)
		return wrong(j, "no value");
	j->p += n;
	return true;
}

static bool pass_nested(struct json *j, unsigned depth);

/* Past any value but a string; p is at its first byte, c. */
static bool
pass_other(struct json *j, int c, unsigned depth)
{
	switch (c) {
	case '{':
	case '[':
		return pass_nested(j, depth + 1);
	case 't':
		return pass_word(j, "true", 4);
	case 'f':
		return pass_word(j, "false", 5);
	case 'n':
		return pass_word(j, "null", 4);
	default:
		if (c == '-' || (c >= '0' && c <= '9'))
			return pass_number(j);
		return wrong(j, "no value");
	}
}

static bool
pass_value(struct json *j, unsigned depth)
{
	struct spill_span s;
	int c = peek(j);

	return c == '"' ? pass_string(j, &s) : pass_other(j, c, depth);
}

/* Past a name and its colon. */
static bool
pass_name(struct json *j, struct spill_span *name, bool *escaped)
{
	if (peek(j) != '"')
		return wrong(j, "no name");
	if (!pass_string(j, name))
		return false;
	*escaped = j->escaped;
	return take(j, ':') || wrong(j, "no colon behind a name");
}

/* Past the object or list at p, which is the depth-th around its values. */
static bool
pass_nested(struct json *j, unsigned depth)
{
	bool object = *j->p == '{', escaped;
	char close = object ? '}' : ']';
	struct spill_span name;

	if (depth > DEPTH_MAX)
		return wrong(j, "nested too deep");
	j->p++;
	if (take(j, close))
		return true;
	do {
		if (object && !pass_name(j, &name, &escaped))
			return false;
		if (!pass_value(j, depth))
			return false;
	} while (take(j, ','));
	return take(j, close) || wrong(j, "no comma and no end of a value");
}

/* The text of a nested value without the blanks between its tokens. */
static int
compact(struct spill_table_priv *t, const struct json *j, struct spill_span *s)
{
	char *start = spill_table_text(t, (size_t)(j->end - j->start));
	char *to = start;
	bool inside = false;

	if (start == NULL)
		return SPILL_ENOMEM;
	for (size_t i = 0; i < s->len; i++) {
		char c = s->p[i];

		if (!inside && (c == ' ' || c == '\t' || c == '\r'))
			continue;
		*to++ = c;
		if (c == '"')
			inside = !inside;
		else if (c == '\\') /* only in strings; takes the next along */
			*to++ = s->p[++i];
	}
	*s = (struct spill_span){ start, (size_t)(to - start) };
	t->text_len += s->len;
	return SPILL_OK;
}

/* --- rows --------------------------------------------------------------- */

/* The column of a name; *last is that of the name before, plus 1. */
static int
column(struct spill_table_priv *t, struct spill_span name, size_t *last)
{
	struct spill_table *pub = &t->pub;
	size_t guess = t->follows[*last];
	int c = guess > 0 ? (int)guess - 1 : -1;

	if (c < 0 || pub->name[c].len != name.len ||
	    memcmp(pub->name[c].p, name.p, name.len) != 0)
		c = spill_columns_find(t->columns, name);
	if (c < 0) {
		if (pub->n == SPILL_COLUMNS_MAX)
			return spill_table_damaged(
			    t, "more than %d columns", SPILL_COLUMNS_MAX);
		c = spill_columns_add(t->columns, name);
		if (c < 0)
			return SPILL_ENOMEM;
		pub->name[c] = spill_columns_name(t->columns, (size_t)c);
		pub->n++;
	}
	if (t->seen[c] == t->row)
		return spill_table_damaged(t, "the name '%.*s' comes twice",
		    (int)SPILL_MIN(name.len, (size_t)80), name.p);
	t->seen[c] = t->row;
	t->follows[*last] = (uint16_t)(c + 1);
	*last = (size_t)c + 1;
	return c;
}

static int
put_value(struct spill_table_priv *t, struct json *j, struct spill_span *cell)
{
	int c = peek(j);
	struct spill_span s = { j->p, 0 };
	int rc = SPILL_OK;

	j->blank = false;
	if (c == '"' ? !pass_string(j, &s) : !pass_other(j, c, 1))
		return SPILL_EDAMAGED;
	if (c != '"')
		s.len = (size_t)(j->p - s.p);
	if (c == '"' && j->escaped)
		rc = decode(t, j, &s);
	else if ((c == '{' || c == '[') && j->blank)
		rc = compact(t, j, &s);
	if (rc == SPILL_OK && c != 'n')
		*cell = s;
	return rc;
}

static int
put_members(struct spill_table_priv *t, struct json *j)
{
	struct spill_span name;
	size_t last = 0;
	bool escaped;
	int c, rc;

	do {
		if (!pass_name(j, &name, &escaped))
			return SPILL_EDAMAGED;
		rc = escaped ? decode(t, j, &name) : SPILL_OK;
		if (rc != SPILL_OK)
			return rc;
		c = column(t, name, &last);
		if (c < 0)
			return c;
		rc = put_value(t, j, &t->pub.cell[c]);
	} while (rc == SPILL_OK && take(j, ','));
	return rc;
}

static int
put_object(struct spill_table_priv *t, struct json *j)
{
	int rc = SPILL_OK;

	if (!take(j, '{')) {
		wrong(j, "no object");
		return SPILL_EDAMAGED;
	}
	if (take(j, '}'))
		;
	else if ((rc = put_members(t, j)) != SPILL_OK)
		return rc;
	else if (!take(j, '}'))
		wrong(j, "no comma and no end of the object");
	if (j->wrong == NULL && peek(j) >= 0)
		wrong(j, "text behind the object");
	return j->wrong == NULL ? SPILL_OK : SPILL_EDAMAGED;
}

int
spill_table_json(struct spill_table_priv *t)
{
	struct spill_span line;
	struct json j;
	int rc;

	do {
		rc = spill_table_line(t, &line);
		if (rc != SPILL_OK)
			return rc;
		j = (struct json){
			.p = line.p, .start = line.p, .end = line.p + line.len
		};
	} while (peek(&j) < 0);
	memset(t->pub.cell, 0, t->pub.n * sizeof(*t->pub.cell));
	t->row++;
	rc = put_object(t, &j);
	if (rc == SPILL_EDAMAGED && j.wrong != NULL)
		return spill_table_damaged(t, "%s at offset %zu of the line",
		    j.wrong, (size_t)(j.at - j.start));
	return rc;
}

/* --- writing ------------------------------------------------------------ */

static void
put_unit(struct spill_buf *b, uint32_t unit)
{
	static const char digits[] = "0123456789abcdef";
	char out[6] = { '\\', 'u', digits[unit >> 12 & 15],
		digits[unit >> 8 & 15], digits[unit >> 4 & 15],
		digits[unit & 15] };

	spill_buf_put(b, out, sizeof(out));
}

static void
put_escaped(struct spill_buf *b, uint32_t cp)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *known = cp > 0 && cp < 0x80 ? strchr(from, (int)cp) : NULL;
	char out[2] = { '\\', known != NULL ? to[known - from] : 0 };

	if (known != NULL) {
		spill_buf_put(b, out, sizeof(out));
	} else if (cp >= 0x10000) {
		put_unit(b, 0xd800 + ((cp - 0x10000) >> 10));
		put_unit(b, 0xdc00 + ((cp - 0x10000) & 0x3ff));
	} else {
		put_unit(b, cp);
	}
}

/*
 * A surrogate in WTF-8 at p that can be written as one escape: its length.
 * Not DC80 to DCFF, whose escapes mean single bytes; and a high one only
 * where no escape that could be taken as its low half may follow.
 */
static unsigned
lone_surrogate(const char *s, size_t len, uint32_t *cp)
{
	const unsigned char *p = (const unsigned char *)s;
	uint32_t c, next;

	if (len < 3 || p[0] != 0xed || p[1] < 0xa0 || p[1] > 0xbf ||
	    (p[2] & 0xc0) != 0x80)
		return 0;
	c = 0xd000 | (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
	if (c >= 0xdc80 && c <= 0xdcff)
		return 0;
	if (c < 0xdc00 && len > 3 &&
	    spill_utf8_decode(s + 3, len - 3, &next) == 0)
		return 0;
	*cp = c;
	return 3;
}

/* One character at p, or one byte that is none; returns its length. */
static size_t
put_character(struct spill_buf *b, const char *p, size_t len)
{
	uint32_t cp;
	unsigned n = spill_utf8_decode(p, len, &cp);

	if (n > 0 && cp >= 0x80 && spill_cp_printable(cp)) {
		spill_buf_put(b, p, n);
		return n;
	}
	if (n == 0)
		n = lone_surrogate(p, len, &cp);
	if (n > 0)
		put_escaped(b, cp);
	else
		put_unit(b, 0xdc00u | (unsigned char)*p);
	return n > 0 ? n : 1;
}

void
spill_json_escape(struct spill_buf *b, struct spill_span raw)
{
	const char *p = raw.p, *end;

	if (raw.len == 0) /* p may be NULL */
		return;
	for (end = p + raw.len; p < end;) {
		const char *run = pass_plain(p, end);
		/* DEL is plain in a string that is read, not in ours. */
		const char *del = memchr(p, 0x7f, (size_t)(run - p));

		run = del != NULL ? del : run;
		spill_buf_put(b, p, (size_t)(run - p));
		p = run;
		if (p < end)
			p += put_character(b, p, (size_t)(end - p));
	}
}
