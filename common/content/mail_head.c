/*
 * mail_head.c: lines of mail, and header blocks (RFC 5322 2.1 and 2.2). Of a
 * header only the fields that are needed are kept, each up to a limit; a line
 * may be of any length.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mail_i.h"

int
mail_in_init(struct mail_in *in, struct spill_src *s)
{
	*in = (struct mail_in){ .src = s };
	if (s->map.p != NULL && s->map.len == s->size)
		return SPILL_OK;
	in->buf = malloc(MEMBER_BUF);
	return in->buf != NULL ? SPILL_OK : SPILL_ENOMEM;
}

void
mail_in_release(struct mail_in *in)
{
	free(in->buf);
	in->buf = NULL;
}

int
mail_look(struct mail_in *in, uint64_t at, size_t want, struct spill_span *s)
{
	int rc;

	*s = (struct spill_span){ "", 0 };
	if (at >= in->src->size)
		return SPILL_OK;
	if (in->buf == NULL) {
		*s = (struct spill_span){ in->src->map.p + at,
			in->src->map.len - (size_t)at };
		return SPILL_OK;
	}
	want = (size_t)SPILL_MIN((uint64_t)want, in->src->size - at);
	if (at < in->at || at + want > in->at + in->len) {
		in->at = at;
		in->len = 0;
		rc = src_read(in->src, at, in->buf, MEMBER_BUF, &in->len);
		if (rc != SPILL_OK)
			return rc;
	}
	if (at - in->at < in->len)
		*s = (struct spill_span){ in->buf + (at - in->at),
			in->len - (size_t)(at - in->at) };
	return SPILL_OK;
}

static struct spill_span
clip(struct spill_span s, uint64_t at, uint64_t end)
{
	s.len = (size_t)SPILL_MIN((uint64_t)s.len, end - at);
	return s;
}

/* Where the next '\n' is, from at on; end if there is none. */
static int
newline(struct mail_in *in, uint64_t at, uint64_t end, uint64_t *found)
{
	struct spill_span s;
	const char *p;
	int rc;

	while (at < end) {
		rc = mail_look(in, at, 1, &s);
		if (rc != SPILL_OK)
			return rc;
		s = clip(s, at, end);
		if (s.len == 0)
			break;
		p = memchr(s.p, '\n', s.len);
		if (p != NULL) {
			*found = at + (size_t)(p - s.p);
			return SPILL_OK;
		}
		at += s.len;
	}
	*found = end;
	return SPILL_OK;
}

int
mail_line(struct mail_in *in, uint64_t at, uint64_t end, struct mail_line *l)
{
	struct spill_span s;
	const char *p;
	uint64_t nl;
	int rc;

	if (at >= end)
		return SPILL_END;
	rc = mail_look(in, at, MAIL_LINE, &s);
	if (rc != SPILL_OK)
		return rc;
	s = clip(s, at, end);
	if (s.len == 0)
		return SPILL_END;
	p = memchr(s.p, '\n', s.len);
	if (p != NULL) {
		nl = at + (size_t)(p - s.p);
	} else {
		/* The window moves on: what was seen is kept. */
		s.len = SPILL_MIN(s.len, (size_t)MAIL_LINE);
		memcpy(l->copy, s.p, s.len);
		s.p = l->copy;
		rc = newline(in, at + s.len, end, &nl);
		if (rc != SPILL_OK)
			return rc;
	}
	l->at = at;
	l->end = nl;
	l->next = nl < end ? nl + 1 : end;
	l->head = clip(s, at, nl);
	if (nl < end && nl - at == l->head.len && l->head.len > 0 &&
	    l->head.p[l->head.len - 1] == '\r') {
		l->head.len--;
		l->end--;
	}
	return SPILL_OK;
}

int
mail_take(struct mail_in *in, uint64_t at, uint64_t end, struct spill_buf *b)
{
	struct spill_span s;
	int rc = SPILL_OK;

	while (rc == SPILL_OK && at < end && b->len < b->max) {
		rc = mail_look(in, at, 1, &s);
		s = clip(s, at, end);
		s.len = SPILL_MIN(s.len, b->max - b->len);
		if (rc != SPILL_OK || s.len == 0)
			break;
		spill_buf_span(b, s);
		at += s.len;
	}
	return rc == SPILL_OK ? b->rc : rc;
}

int
mail_before(struct mail_in *in, uint64_t from, uint64_t at, uint64_t *end)
{
	uint64_t back = at - from >= 2 ? 2 : at - from;
	struct spill_span s;
	int rc = mail_look(in, at - back, (size_t)back, &s);

	if (rc != SPILL_OK)
		return rc;
	*end = at;
	if (back > 0 && s.len >= back && s.p[back - 1] == '\n') {
		--*end;
		if (back == 2 && s.p[0] == '\r')
			--*end;
	}
	return SPILL_OK;
}

struct spill_span
mail_first(struct spill_span *rest)
{
	const char *nl =
	    rest->len > 0 ? memchr(rest->p, '\n', rest->len) : NULL;
	struct spill_span line = *rest;
	size_t n = rest->len;

	if (nl != NULL) {
		line.len = (size_t)(nl - rest->p);
		n = line.len + 1;
	}
	rest->p += n;
	rest->len -= n;
	if (line.len > 0 && line.p[line.len - 1] == '\r')
		line.len--;
	return line;
}

/* --- header blocks ------------------------------------------------------ */

size_t
mail_name(struct spill_span line)
{
	size_t n = 0, i;

	while (n < line.len && line.p[n] > ' ' && line.p[n] < 0x7f &&
	       line.p[n] != ':')
		n++;
	for (i = n; i < line.len && (line.p[i] == ' ' || line.p[i] == '\t');)
		i++;
	return i < line.len && line.p[i] == ':' ? n : 0;
}

bool
mail_field_is(struct spill_span line, const char *name)
{
	size_t n = strlen(name);

	return mail_name(line) == n && strncasecmp(line.p, name, n) == 0;
}

bool
mail_known(struct spill_span line)
{
	static const char *const names[] = { "From", "To", "Cc", "Bcc",
		"Subject", "Date", "Message-ID", "Received", "Return-Path",
		"MIME-Version", "Content-Type", "Content-Transfer-Encoding",
		"Content-Length", "Delivered-To", "Reply-To", "Sender",
		"References", "In-Reply-To", "Status", "X-Status",
		"X-Mozilla-Status", "X-Mailer", "X-UIDL", "X-Sender",
		"X-Account-Key", "X-Keywords", "X-GM-THRID", "DKIM-Signature",
		"ARC-Seal", "Envelope-To", "Authentication-Results", "Lines",
		"Received-SPF", "User-Agent", "Importance", "Resent-From" };

	for (size_t i = 0; i < SPILL_COUNT(names); i++)
		if (mail_field_is(line, names[i]))
			return true;
	return false;
}

void
mail_head_init(struct mail_head *h)
{
	*h = (struct mail_head){ 0 };
	for (size_t i = 0; i < MAIL_NFIELDS; i++)
		h->value[i] = SPILL_BUF_INIT(MAIL_VALUE);
}

void
mail_head_release(struct mail_head *h)
{
	for (size_t i = 0; i < MAIL_NFIELDS; i++)
		spill_buf_release(&h->value[i]);
}

static struct spill_buf *
wanted(struct mail_head *h, struct spill_span line)
{
	static const char *const names[MAIL_NFIELDS] = { "Subject", "Date",
		"Content-Type", "Content-Transfer-Encoding",
		"Content-Disposition", "Content-Length" };

	for (size_t i = 0; i < MAIL_NFIELDS; i++)
		if (!h->has[i] && mail_field_is(line, names[i])) {
			h->has[i] = true;
			return &h->value[i];
		}
	return NULL;
}

static int
keep(struct mail_in *in, struct mail_head *h, struct spill_buf *b, uint64_t at,
    uint64_t end)
{
	int rc = mail_take(in, at, end, b);

	h->cut |= b->len == b->max;
	return rc;
}

/* One line of the header: SPILL_END where it does not belong to it. */
static int
head_line(struct mail_in *in, struct mail_head *h, const struct mail_line *l,
    struct spill_buf **b)
{
	size_t colon = 0;

	if (h->fields > 0 && l->head.len > 0 &&
	    (l->head.p[0] == ' ' || l->head.p[0] == '\t'))
		return *b != NULL ? keep(in, h, *b, l->at, l->end) : SPILL_OK;
	if (mail_name(l->head) == 0) {
		/* An envelope's line in front, maybe quoted. */
		if (h->fields == 0 && l->head.len > 6 &&
		    (memcmp(l->head.p, "From ", 5) == 0 ||
			memcmp(l->head.p, ">From ", 6) == 0))
			return SPILL_OK;
		return SPILL_END;
	}
	h->fields++;
	*b = wanted(h, l->head);
	if (*b == NULL)
		return SPILL_OK;
	while (l->head.p[colon] != ':')
		colon++;
	return keep(in, h, *b, l->at + colon + 1, l->end);
}

int
mail_head_read(struct mail_in *in, uint64_t at, uint64_t end,
    bool (*stop)(void *ctx, const struct mail_line *l), void *ctx,
    struct mail_head *h)
{
	struct spill_buf *b = NULL;
	struct mail_line l;
	int rc;

	for (size_t i = 0; i < MAIL_NFIELDS; i++) {
		spill_buf_reset(&h->value[i]);
		h->has[i] = false;
	}
	h->cut = h->broken = false;
	h->fields = 0;
	h->at = h->body = at;
	while ((rc = mail_line(in, h->body, end, &l)) == SPILL_OK) {
		if (l.end == l.at) {
			h->body = l.next;
			return SPILL_OK;
		}
		if (stop != NULL && stop(ctx, &l))
			return SPILL_OK;
		rc = head_line(in, h, &l, &b);
		if (rc == SPILL_END)
			h->broken = true;
		if (rc != SPILL_OK)
			break;
		h->body = l.next;
	}
	return rc == SPILL_END ? SPILL_OK : rc;
}

int
mail_head_flaws(struct member *m, const struct mail_head *h)
{
	uint64_t len = h->body - h->at;
	int rc = SPILL_OK;

	if (h->cut)
		rc = member_flaw(m, "limit", h->at, len,
		    "a field of its header is longer than %zu bytes",
		    MAIL_VALUE);
	if (rc == SPILL_OK && h->fields > MAIL_FIELDS)
		rc = member_flaw(m, "anomaly", h->at, len,
		    "its header has %u fields", h->fields);
	if (rc == SPILL_OK && h->broken && h->fields > 0)
		rc = member_flaw(m, "damaged", h->body, 0,
		    "its header ends without an empty line");
	return rc;
}
