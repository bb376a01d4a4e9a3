/*
 * label_cms.c: signed messages (CMS, RFC 5652), of whose attributes one may be
 * an ESS label. Values that hold others are stepped into, all others stepped
 * over: nothing needs to be remembered of what is open, and of the content
 * nothing is read. A length that is not told makes no difference.
 */
#include <string.h>

#include "label_i.h"

#define STEPS	(1 << 20) /* values of a message */
#define SIGNERS 16 /* whose labels are read */
#define WINDOW	4096
#define LABEL	((size_t)64 << 10)

static const unsigned char signed_data[] = { 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
	0xf7, 0x0d, 0x01, 0x07, 0x02 };
/* 1.2.840.113549.1.9.16.2.2 */
static const unsigned char security_label[] = { 0x06, 0x0b, 0x2a, 0x86, 0x48,
	0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x02, 0x02 };

struct walk {
	struct spill_src *src;
	uint64_t at; /* of the next value */
	uint64_t from; /* of the window */
	size_t n;
	char window[WINDOW];
};

/* So many bytes from the next value on, fewer at the end. */
static int
look(struct walk *w, size_t want, struct spill_span *out)
{
	int rc = SPILL_OK;

	if (w->at < w->from || w->at - w->from + want > w->n) {
		w->from = w->at;
		w->n = 0;
		if (w->at < w->src->size)
			rc = w->src->read(
			    w->src, w->at, w->window, WINDOW, &w->n);
	}
	*out = (struct spill_span){ w->window + (w->at - w->from),
		w->n - (size_t)(w->at - w->from) };
	return rc;
}

/* Bytes of its head, and of its content if that is stepped over. 0: it is no
 * value. */
static uint64_t
step(struct spill_span s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t n = 1, bytes;
	uint64_t len = 0;

	if (s.len < 2)
		return 0;
	if ((p[0] & 0x1f) == 0x1f)
		while (n < s.len && n < 5 && (p[n++] & 0x80) != 0)
			;
	if (n >= s.len)
		return 0;
	bytes = p[n] & 0x7f;
	if ((p[n] & 0x80) == 0) {
		len = p[n];
		bytes = 0;
	}
	if (bytes > 7 || n + 1 + bytes > s.len)
		return 0;
	for (size_t i = 0; i < bytes; i++)
		len = len << 8 | p[n + 1 + i];
	n += 1 + bytes;
	return (p[0] & 0x20) != 0 ? n : n + len;
}

/* What stands behind the attribute's name: SET OF label. */
static int
label_at(struct spill_labels *l, struct walk *w, unsigned *signers)
{
	struct spill_label x = label_new(SPILL_LABEL_ESS, SPILL_SPAN(""));
	struct spill_buf b = SPILL_BUF_INIT(LABEL);
	char *p = spill_buf_room(&b, LABEL);
	struct label_tlv t;
	struct spill_span s;
	int rc;

	++*signers;
	if (p == NULL)
		return l->rc = SPILL_ENOMEM;
	rc = w->src->read(w->src, w->at, p, LABEL, &b.len);
	s = spill_buf_as_span(&b);
	if (rc == SPILL_OK && label_tlv(&s, &t) && t.tag == 0x31 &&
	    label_ess(l, t.body, &x) && x.marking.rank >= 0)
		rc = label_add(l, &x);
	spill_buf_release(&b);
	return rc;
}

int
label_cms(struct spill_labels *l, struct spill_src *src)
{
	struct walk w = { .src = src };
	unsigned signers = 0;
	struct spill_span s;
	int rc = l->rc;

	for (unsigned i = 0; i < STEPS && rc == SPILL_OK; i++) {
		uint64_t n;

		rc = look(&w, 16, &s);
		n = rc == SPILL_OK ? step(s) : 0;
		/* The second value says what message it is. */
		if (n == 0 || (i == 1 && (s.len < sizeof(signed_data) ||
					     memcmp(s.p, signed_data,
						 sizeof(signed_data)) != 0)))
			break;
		if (n > src->size - w.at)
			break;
		w.at += n;
		if (s.len >= sizeof(security_label) && signers < SIGNERS &&
		    memcmp(s.p, security_label, sizeof(security_label)) == 0)
			rc = label_at(l, &w, &signers);
	}
	return rc;
}
