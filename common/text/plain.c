/*
 * plain.c: text in whatever charset, as it stands.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <spill/wide.h>

#include "text_i.h"
#include "formats_i.h"

#define CHUNK ((size_t)64 << 10)

struct plain {
	struct lines l;
	struct charset *c; /* NULL: it is UTF-8 */
	struct spill_buf text;
	uint64_t at;
	bool ascii; /* so far, all of it */
};

/* libmagic's word for it, and no format of its own that has another reader. */
static bool
is_plain(
    struct spill_span head, const struct spill_sniff *s, struct spill_span name)
{
	static const struct spill_span text = { "text/", 5 };
	size_t bom;

	(void)name;
	if (s->mime.len >= text.len && memcmp(s->mime.p, text.p, text.len) == 0)
		return true;
	/* libmagic knows nothing of UTF-32 and 16 without a mark. */
	if (spill_span_eq(s->mime, SPILL_SPAN("application/octet-stream")))
		return charset_guess(head, &bom).len > 0 ||
		       charset_guess_torn(head).len > 0;
	/* JSON, INI and scripts are text by another name. */
	return s->mime.len > 12 && memcmp(s->mime.p, "application/", 12) == 0 &&
	       spill_span_eq(charset_guess(head, &bom), SPILL_SPAN("UTF-8")) &&
	       spill_unpack_find(head, s) == NULL;
}

/* What ends at a LF: there may be lines in it that end at a CR, as Macs of old
 * have it. */
static void
put_returns(struct lines *l, struct spill_span s, uint64_t at)
{
	while (s.len > 0 && l->rc == SPILL_OK) {
		const char *cr = memchr(s.p, '\r', s.len);
		size_t n = cr != NULL ? (size_t)(cr + 1 - s.p) : s.len;

		if (n + 1 == s.len && s.p[n] == '\n')
			n++;
		lines_at(l, at);
		lines_put(l, (struct spill_span){ s.p, n });
		at += at == UINT64_MAX ? 0 : n;
		s.p += n;
		s.len -= n;
	}
}

/* UTF-8: the byte of every line is known, unless at is UINT64_MAX. */
static void
put_utf8(struct lines *l, struct spill_span s, uint64_t at)
{
	while (s.len > 0 && l->rc == SPILL_OK) {
		const char *nl = memchr(s.p, '\n', s.len);
		size_t n = nl != NULL ? (size_t)(nl + 1 - s.p) : s.len;

		put_returns(l, (struct spill_span){ s.p, n }, at);
		at += at == UINT64_MAX ? 0 : n;
		s.p += n;
		s.len -= n;
	}
}

static inline spill_wide
not_ascii(spill_wide v)
{
	return (spill_wide)(v >= 0x80);
}

static bool
is_ascii(struct spill_span s)
{
	return !spill_wide_any(s.p, s.len, not_ascii);
}

/* All was ASCII so far: what it is in shows at the first that is not. */
static int
guess_late(struct plain *p, struct spill_span s)
{
	struct spill_span name;
	size_t bom;

	p->ascii = is_ascii(s);
	if (p->ascii)
		return SPILL_OK;
	name = charset_guess(s, &bom);
	if (bom > 0 || name.len == 0 ||
	    spill_span_eq(name, SPILL_SPAN("UTF-8")))
		return SPILL_OK;
	return charset_open(&p->c, name);
}

static int
put(struct plain *p, struct spill_span s, bool last)
{
	int rc;

	if (p->c == NULL && p->ascii) {
		rc = guess_late(p, s);
		if (rc != SPILL_OK)
			return rc;
	}
	if (p->c == NULL && p->l.sink->text != NULL) {
		rc = p->l.sink->text(p->l.sink->ctx, s, p->at);
		p->at += s.len;
		return rc;
	}
	if (p->c == NULL) {
		put_utf8(&p->l, s, p->at);
		p->at += s.len;
		return p->l.rc;
	}
	spill_buf_reset(&p->text);
	rc = charset_put(p->c, s, last, &p->text);
	if (rc == SPILL_OK)
		lines_put(&p->l, spill_buf_as_span(&p->text));
	return rc == SPILL_OK ? p->l.rc : rc;
}

/* How many of the last bytes are the begin of a character that is cut. */
static size_t
cut_at_end(const char *p, size_t n)
{
	for (size_t k = 1; k <= 3 && k <= n; k++) {
		unsigned char c = (unsigned char)p[n - k];

		if (c >= 0xc0)
			return k < (c >= 0xf0	   ? 4u
				       : c >= 0xe0 ? 3u
						   : 2u)
				   ? k
				   : 0;
		if (c < 0x80)
			break;
	}
	return 0;
}

static int
read_all(struct plain *p, struct spill_src *s, size_t bom)
{
	char *buf = malloc(CHUNK);
	size_t got = 1, kept = 0;
	int rc = buf == NULL ? SPILL_ENOMEM : SPILL_OK;

	for (uint64_t at = bom; rc == SPILL_OK && got > 0; at += got) {
		size_t n;

		rc = s->read(s, at, buf + kept, CHUNK - kept, &got);
		n = kept + got;
		kept = p->c == NULL && got > 0 ? cut_at_end(buf, n) : 0;
		if (rc == SPILL_OK)
			rc = put(
			    p, (struct spill_span){ buf, n - kept }, got == 0);
		if (kept > 0)
			memmove(buf, buf + n - kept, kept);
	}
	free(buf);
	return rc;
}

/* In which ASCII is not itself. */
static bool
is_shifted(struct spill_span charset)
{
	static const char *const v[] = { "iso-2022", "utf-7", "utf7", "hz",
		"unicode", "utf-16", "utf-32", "ibm0", "cp0", "ebcdic" };

	for (size_t i = 0; i < SPILL_COUNT(v); i++)
		if (charset.len >= strlen(v[i]) &&
		    strncasecmp(charset.p, v[i], strlen(v[i])) == 0)
			return true;
	return false;
}

int
plain_text(struct spill_span bytes, struct spill_span charset, uint64_t at,
    struct lines *l)
{
	struct spill_buf b = SPILL_BUF_INIT((size_t)1 << 30);
	struct charset *c = NULL;
	size_t bom;
	struct spill_span guess = charset_guess(bytes, &bom);
	int rc = SPILL_EFORMAT;

	if (spill_span_eq(guess, SPILL_SPAN("UTF-8")) &&
	    !(bom == 0 && is_shifted(charset))) {
		put_utf8(l,
		    (struct spill_span){ bytes.p + bom, bytes.len - bom },
		    at == UINT64_MAX ? at : at + bom);
		return l->rc;
	}
	if (bom == 0)
		rc = charset_open(&c, charset);
	if (rc == SPILL_EFORMAT)
		rc = charset_open(
		    &c, guess.len > 0 ? guess : SPILL_SPAN("windows-1252"));
	if (rc == SPILL_OK)
		rc = charset_put(c,
		    (struct spill_span){ bytes.p + bom, bytes.len - bom }, true,
		    &b);
	if (rc == SPILL_OK)
		lines_put(l, spill_buf_as_span(&b));
	charset_close(&c);
	spill_buf_release(&b);
	return rc == SPILL_OK ? l->rc : rc;
}

/* What it is declared to be counts, unless it is plainly UTF-8. *c stays NULL:
 * it is that. SPILL_EFORMAT: it is no text. */
static int
open_charset(struct charset **c, struct spill_span guess, size_t bom,
    struct spill_span declared)
{
	bool utf8 = spill_span_eq(guess, SPILL_SPAN("UTF-8"));
	int rc = SPILL_EFORMAT;

	if (bom == 0 && declared.len > 0 && (!utf8 || is_shifted(declared)))
		rc = charset_open(c, declared);
	if (rc != SPILL_EFORMAT)
		return rc;
	if (utf8)
		return SPILL_OK;
	return guess.len > 0 ? charset_open(c, guess) : rc;
}

static int
run(struct spill_src *s, const struct spill_doctext_conf *conf,
    const struct spill_doctext_sink *sink)
{
	struct plain p = { .text = SPILL_BUF_INIT(8 * CHUNK) };
	char head[4096];
	struct spill_span name;
	size_t got, bom;
	int rc = s->read(s, 0, head, sizeof(head), &got), end;

	if (rc != SPILL_OK)
		return rc;
	name = charset_guess((struct spill_span){ head, got }, &bom);
	if (name.len == 0)
		name = charset_guess_torn((struct spill_span){ head, got });
	rc = open_charset(&p.c, name, bom, conf->charset);
	if (rc == SPILL_EFORMAT)
		return rc;
	p.at = bom;
	p.ascii = bom == 0 && is_ascii((struct spill_span){ head, got });
	lines_open(&p.l, sink, conf);
	if (rc == SPILL_OK)
		rc = read_all(&p, s, bom);
	end = lines_close(&p.l);
	charset_close(&p.c);
	spill_buf_release(&p.text);
	return rc == SPILL_OK ? end : rc;
}

const struct spill_doctext doctext_plain = {
	.name = "plain",
	.is = is_plain,
	.run = run,
	.warm = charset_warm,
};
