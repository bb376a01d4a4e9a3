/*
 * locator_word.c: segments, numbers and what else a locator is made of.
 */
#include <string.h>

#include "locator_i.h"
#include <spill/utf8.h>

#define VOLUME_LETTERS 8

static const char hex[] = "0123456789ABCDEF";

/* --- segments ----------------------------------------------------------- */

/* Bytes of the character at p that stay as they are; 0: escape one byte. */
static unsigned
keep(const char *p, size_t n)
{
	unsigned char c = (unsigned char)*p;
	uint32_t cp;
	unsigned len;

	if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
		return 1;
	if (c < 0x80) /* "-./" and the digits are one run */
		return (c >= '-' && c <= '9') || c == '_' || c == '+';
	len = spill_utf8_decode(p, n, &cp);
	return len > 0 && spill_cp_printable(cp) ? len : 0;
}

static void
put_escaped(struct spill_buf *b, char byte)
{
	unsigned char c = (unsigned char)byte;
	char esc[3] = { '%', hex[c >> 4], hex[c & 15] };

	spill_buf_put(b, esc, sizeof(esc));
}

void
spill_loc_escape(
    struct spill_buf *b, struct spill_span raw, spill_loc_guard *guard)
{
	size_t i = 0;

	if (guard(raw))
		put_escaped(b, raw.p[i++]);
	while (i < raw.len) {
		unsigned n = keep(raw.p + i, raw.len - i);

		if (n > 0)
			spill_buf_put(b, raw.p + i, n);
		else
			put_escaped(b, raw.p[i]);
		i += n > 0 ? n : 1;
	}
}

static int
digit(char c)
{
	const char *at = c != '\0' ? strchr(hex, c) : NULL;

	return at != NULL ? (int)(at - hex) : -1;
}

static int
unescape(struct spill_buf *b, struct spill_span s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (c == '%') {
			if (s.len - i < 3 || digit(s.p[i + 1]) < 0 ||
			    digit(s.p[i + 2]) < 0)
				return SPILL_EDAMAGED;
			c = (char)(digit(s.p[i + 1]) << 4 | digit(s.p[i + 2]));
			i += 2;
		}
		spill_buf_putc(b, c);
	}
	return b->rc;
}

/* Escaped again it must be s: so nothing has a second spelling. */
int
spill_loc_decode(
    struct spill_buf *b, struct spill_span s, spill_loc_guard *guard)
{
	struct spill_buf again = SPILL_BUF_INIT(3 * s.len);
	size_t start = b->len;
	int rc = unescape(b, s);

	if (rc == SPILL_OK && b->len > start) {
		spill_loc_escape(&again,
		    (struct spill_span){ b->p + start, b->len - start }, guard);
		rc = again.rc;
	}
	if (rc == SPILL_OK && !spill_span_eq(spill_buf_as_span(&again), s))
		rc = SPILL_EDAMAGED;
	spill_buf_release(&again);
	return rc;
}

bool
spill_loc_plain(struct spill_span s, spill_loc_guard *guard)
{
	size_t i = 0;

	while (i < s.len) {
		unsigned n = keep(s.p + i, s.len - i);

		if (n == 0)
			return false;
		i += n;
	}
	return !guard(s);
}

void
spill_locator_escape(struct spill_buf *b, struct spill_span raw)
{
	spill_loc_escape(b, raw, spill_loc_guard_none);
}

int
spill_locator_unescape(struct spill_buf *b, struct spill_span s)
{
	size_t start = b->len;
	int rc = spill_loc_decode(b, s, spill_loc_guard_none);

	if (rc != SPILL_OK)
		b->len = start;
	return rc;
}

/* --- pieces ------------------------------------------------------------- */

struct spill_span
spill_loc_from(struct spill_span s, size_t at)
{
	return (struct spill_span){ s.p + at, s.len - at };
}

struct spill_span
spill_loc_cut(struct spill_span s, char c, struct spill_span *rest)
{
	const char *at = s.len > 0 ? memchr(s.p, c, s.len) : NULL;
	size_t n = at != NULL ? (size_t)(at - s.p) : s.len;

	*rest =
	    at != NULL ? spill_loc_from(s, n + 1) : (struct spill_span){ 0 };
	return (struct spill_span){ s.p, n };
}

size_t
spill_loc_count(struct spill_span s, char c)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += s.p[i] == c;
	return n;
}

/* --- words that mean something ------------------------------------------ */

/* Digits and the other character only; how many of the latter. */
static bool
digits_and(struct spill_span s, char other, size_t *others)
{
	*others = spill_loc_count(s, other);
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] != other && (s.p[i] < '0' || s.p[i] > '9'))
			return false;
	return s.len > 0;
}

bool
spill_loc_like_id(struct spill_span s)
{
	size_t others;

	return digits_and(s, '-', &others);
}

bool
spill_loc_like_entry(struct spill_span s)
{
	size_t others;

	return s.len > 0 && s.p[0] == 'd' &&
	       digits_and(spill_loc_from(s, 1), '+', &others) && others > 0;
}

bool
spill_loc_guard_none(struct spill_span raw)
{
	(void)raw;
	return false;
}

bool
spill_loc_guard_name(struct spill_span raw)
{
	return spill_loc_like_id(raw) || spill_loc_like_entry(raw);
}

bool
spill_loc_guard_evidence(struct spill_span raw)
{
	return spill_span_eq(raw, SPILL_SPAN("file")) ||
	       (raw.len > 0 && raw.p[0] == '-');
}

bool
spill_loc_number(struct spill_span s, uint64_t *v)
{
	return (s.len == 1 || (s.len > 1 && s.p[0] != '0')) &&
	       spill_span_uint(s, v);
}

bool
spill_loc_volume_part(
    struct spill_span s, struct spill_span *letters, uint64_t *v)
{
	size_t n = 0;

	while (n < s.len && s.p[n] >= 'a' && s.p[n] <= 'z')
		n++;
	*letters = (struct spill_span){ s.p, n };
	return n > 0 && n <= VOLUME_LETTERS &&
	       spill_loc_number(spill_loc_from(s, n), v);
}

/* --- names and parents -------------------------------------------------- */

struct spill_span
spill_locator_short(struct spill_span path)
{
	size_t at, dot, front;

	while (path.len > 0 && path.p[path.len - 1] == '/')
		path.len--;
	for (at = path.len; at > 0 && path.p[at - 1] != '/'; at--)
		;
	path = spill_loc_from(path, at);
	for (front = 0; front < path.len && path.p[front] == '.'; front++)
		;
	for (dot = path.len; dot > front && path.p[dot - 1] != '.'; dot--)
		;
	return dot > front ? (struct spill_span){ path.p, dot - 1 } : path;
}

struct spill_span
spill_locator_object(struct spill_span text)
{
	size_t colons = 0, at = 0, end;

	for (; at < text.len && colons < 2; at++)
		colons += text.p[at] == ':';
	for (end = at; end < text.len && text.p[end] != ':';)
		end++;
	return (struct spill_span){ text.p + at, end - at };
}
