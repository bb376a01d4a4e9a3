/*
 * label_code.c: base64 (RFC 4648, both alphabets), parameters of fields (RFC
 * 2045 5.1, RFC 2231), pairs.
 */
#include <string.h>
#include <strings.h>

#include <spill/hash.h>

#include "label_i.h"

void
label_base64(struct spill_buf *out, struct spill_span text)
{
	static const char letters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	uint32_t bits = 0;
	unsigned n = 0;

	for (size_t i = 0; i < text.len; i++) {
		const char c = text.p[i];
		const char *p = c != '\0' ? strchr(letters, c) : NULL;

		if (c == '=' && n > 0)
			break;
		if (p == NULL && strchr("+-/_", c) == NULL)
			continue;
		if (c == '\0')
			continue;
		bits = bits << 6 | (p != NULL ? (uint32_t)(p - letters)
				       : c == '+' || c == '-' ? 62U
							      : 63U);
		n += 6;
		if (n >= 8) {
			n -= 8;
			spill_buf_putc(out, (char)(bits >> n & 0xff));
		}
	}
}

/* --- parameters --------------------------------------------------------- */

static char
next(const struct spill_span *s)
{
	return s->len > 0 ? s->p[0] : '\0';
}

static void
skip(struct spill_span *s, size_t n)
{
	s->p += n;
	s->len -= n;
}

/* "name*2*=": the name, its number, whether it is coded. */
static void
name_of(
    struct spill_span raw, struct spill_span *name, unsigned *nth, bool *coded)
{
	size_t n = 0;

	raw = label_trim(raw);
	*coded = raw.len > 0 && raw.p[raw.len - 1] == '*';
	while (n < raw.len && raw.p[n] != '*')
		n++;
	*name = (struct spill_span){ raw.p, n };
	*nth = 0;
	for (n++;
	     n < raw.len && raw.p[n] >= '0' && raw.p[n] <= '9' && *nth < 1000;
	     n++)
		*nth = *nth * 10 + (unsigned)(raw.p[n] - '0');
}

/* A coded value: "UTF-8'en'a%20b"; later pieces have no charset. */
static void
put_coded(struct spill_buf *out, struct spill_span v, bool first)
{
	for (unsigned quotes = 0; first && quotes < 2;) {
		const char *q = memchr(v.p, '\'', v.len);

		if (q == NULL)
			break;
		skip(&v, (size_t)(q + 1 - v.p));
		quotes++;
	}
	while (v.len > 0) {
		int a = v.len > 2 ? spill_hex_digit(v.p[1]) : -1;
		int b = v.len > 2 ? spill_hex_digit(v.p[2]) : -1;

		if (v.p[0] == '%' && a >= 0 && b >= 0) {
			spill_buf_putc(out, (char)(a << 4 | b));
			skip(&v, 3);
		} else {
			spill_buf_putc(out, v.p[0]);
			skip(&v, 1);
		}
	}
}

/* Up to the ';' behind it. */
static void
put_value(struct spill_buf *out, struct spill_span *s, bool coded, bool first)
{
	size_t n = 0;

	while (next(s) == ' ' || next(s) == '\t')
		skip(s, 1);
	if (next(s) == '"') {
		for (skip(s, 1); s->len > 0 && s->p[0] != '"'; skip(s, 1)) {
			if (s->p[0] == '\\' && s->len > 1)
				skip(s, 1);
			spill_buf_putc(out, s->p[0]);
		}
	} else {
		while (n < s->len && s->p[n] != ';')
			n++;
		if (coded)
			put_coded(out,
			    label_trim((struct spill_span){ s->p, n }), first);
		else
			spill_buf_span(
			    out, label_trim((struct spill_span){ s->p, n }));
		skip(s, n);
	}
	while (s->len > 0 && s->p[0] != ';')
		skip(s, 1);
}

void
label_params(struct label_params *p, struct spill_span s)
{
	p->text = SPILL_BUF_INIT((size_t)1 << 20);
	p->n = 0;
	while (s.len > 0 && p->n < LABEL_PARAMS) {
		size_t n = 0, at = p->text.len;
		bool coded;

		while (n < s.len && s.p[n] != '=' && s.p[n] != ';')
			n++;
		if (n == s.len || s.p[n] == ';') {
			skip(&s, SPILL_MIN(n + 1, s.len));
			continue;
		}
		name_of((struct spill_span){ s.p, n }, &p->p[p->n].name,
		    &p->p[p->n].nth, &coded);
		skip(&s, n + 1);
		put_value(&p->text, &s, coded, p->p[p->n].nth == 0);
		p->p[p->n].at = at;
		p->p[p->n++].len = p->text.len - at;
	}
}

/* The least number that is not below from; LABEL_PARAMS: there is none. */
static size_t
piece(const struct label_params *p, const char *name, unsigned from)
{
	size_t best = LABEL_PARAMS;

	for (size_t i = 0; i < p->n; i++)
		if (label_is(p->p[i].name, name) && p->p[i].nth >= from &&
		    (best == LABEL_PARAMS || p->p[i].nth < p->p[best].nth))
			best = i;
	return best;
}

bool
label_param(
    const struct label_params *p, const char *name, struct spill_buf *out)
{
	size_t i = piece(p, name, 0);

	if (i == LABEL_PARAMS)
		return false;
	spill_buf_reset(out);
	while (i != LABEL_PARAMS) {
		if (p->text.len > 0)
			spill_buf_put(out, p->text.p + p->p[i].at, p->p[i].len);
		i = piece(p, name, p->p[i].nth + 1);
	}
	return true;
}

/* --- pairs -------------------------------------------------------------- */

bool
label_pair(struct spill_span *rest, char separator, struct spill_span *name,
    struct spill_span *value)
{
	while (rest->len > 0) {
		const char *end = memchr(rest->p, separator, rest->len);
		size_t n = end != NULL ? (size_t)(end - rest->p) : rest->len;
		const char *eq = memchr(rest->p, '=', n);
		const char *p = rest->p;

		skip(rest, end != NULL ? n + 1 : n);
		if (eq == NULL)
			continue;
		*name = label_trim((struct spill_span){ p, (size_t)(eq - p) });
		*value = label_trim(
		    (struct spill_span){ eq + 1, (size_t)(p + n - eq - 1) });
		return true;
	}
	return false;
}
