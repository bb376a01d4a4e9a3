/*
 * label_bytes.c: files that are labels, or have them in their first bytes.
 */
#include <string.h>

#include "label_i.h"

#define WHOLE ((size_t)16 << 20) /* of what is read into memory */
#define ALONE ((size_t)64 << 10) /* of a label by itself */

static bool
starts(struct spill_span s, const char *p, size_t n)
{
	return s.len >= n && memcmp(s.p, p, n) == 0;
}

static bool
is_nitf(struct spill_span s)
{
	return starts(s, "NITF02.", 7) || starts(s, "NSIF01.", 7);
}

/* Behind a tag and a length: the OID of a signed message. */
static bool
is_cms(struct spill_span s)
{
	static const char oid[] = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07";

	s.len = SPILL_MIN(s.len, (size_t)32);
	return s.len > 2 && s.p[0] == 0x30 &&
	       memmem(s.p, s.len, oid, sizeof(oid) - 1) != NULL;
}

/* The base64 of such a message, with or without its armour. */
static bool
is_armoured(struct spill_span s)
{
	struct spill_buf b = SPILL_BUF_INIT(64);
	bool is;

	s.len = SPILL_MIN(s.len, (size_t)4096);
	if (memmem(s.p, s.len, "-----BEGIN PKCS7-----", 21) != NULL ||
	    memmem(s.p, s.len, "-----BEGIN CMS-----", 19) != NULL)
		return true;
	if (s.len == 0 || s.p[0] != 'M') /* 0x30 */
		return false;
	s.len = SPILL_MIN(s.len, (size_t)64);
	label_base64(&b, s);
	is = is_cms(spill_buf_as_span(&b));
	spill_buf_release(&b);
	return is;
}

static bool
has_one(struct spill_span s, const char *const *marks)
{
	for (; *marks != NULL; marks++)
		if (memmem(s.p, s.len, *marks, strlen(*marks)) != NULL)
			return true;
	return false;
}

static bool
is_json(struct spill_span s)
{
	static const char *const marks[] = { "onfidentialityLabel",
		"ConfidentialityInformation", "BindingInformation",
		"MetadataBinding", "\"assertions\"", "encryptionInformation",
		"\"Ocl\"", "titus.com/ns/", NULL };

	s = label_trim(s);
	return s.len > 0 && (s.p[0] == '{' || s.p[0] == '[') &&
	       has_one(s, marks);
}

/* XML without a declaration is a text to others. What has one comes as
 * elements, too, and each label is told once. */
static bool
is_xml(struct spill_span s)
{
	static const char *const marks[] = { "onfidentialityLabel",
		"ConfidentialityInformation", "BindingInformation",
		"urn:us:gov:ic:", "urn:xmpp:sec-label", "xmlspif.org",
		"mipLabelMetadata", "boldonjames.com", NULL };

	s = label_trim(s);
	s.len = SPILL_MIN(s.len, (size_t)4096);
	return s.len > 0 && s.p[0] == '<' && !label_begins(s, "<?xml") &&
	       !label_begins(s, "<!doctype html") &&
	       !label_begins(s, "<html") && has_one(s, marks);
}

/* All of it, if it is no more than most; else nothing. */
static int
whole(struct spill_src *s, size_t most, struct spill_buf *b)
{
	size_t got = 0;
	int rc;

	if (s->size > most || s->size == 0)
		return SPILL_OK;
	b->max = most;
	if (spill_buf_room(b, (size_t)s->size) == NULL)
		return SPILL_ENOMEM;
	rc = s->read(s, 0, b->p, (size_t)s->size, &got);
	b->len = got;
	return rc;
}

/* The lines between the armour's. */
static int
armoured(struct spill_labels *l, struct spill_span s)
{
	struct spill_buf b = SPILL_BUF_INIT(WHOLE);
	const char *p = memmem(s.p, s.len, "-----BEGIN ", 11), *end;
	struct spill_src src;
	int rc;

	if (p != NULL) {
		s.len -= (size_t)(p + 11 - s.p);
		s.p = p + 11;
		p = memchr(s.p, '\n', s.len);
		s.len = p != NULL ? s.len - (size_t)(p - s.p) : 0;
		s.p = p != NULL ? p : s.p;
	}
	end = memmem(s.p, s.len, "-----END", 8);
	if (end != NULL)
		s.len = (size_t)(end - s.p);
	label_base64(&b, s);
	src = spill_src_of(spill_buf_as_span(&b));
	rc = is_cms(spill_buf_as_span(&b)) ? label_cms(l, &src) : l->rc;
	spill_buf_release(&b);
	return rc;
}

static int
alone(struct spill_labels *l, struct spill_span s)
{
	struct spill_label x = label_new(SPILL_LABEL_ESS, SPILL_SPAN(""));

	return label_ess_alone(s) && label_ess(l, s, &x) ? label_add(l, &x)
							 : l->rc;
}

int
spill_labels_bytes(
    struct spill_labels *l, struct spill_src *s, struct spill_span head)
{
	struct spill_buf b = { 0 };
	int rc = l->rc;

	if (rc != SPILL_OK || head.len < 8)
		return rc;
	if (is_nitf(head))
		return label_nitf(l, s);
	if (is_cms(head))
		return label_cms(l, s);
	if (head.p[0] == 0x31 && s->size <= ALONE) {
		rc = whole(s, ALONE, &b);
		rc = rc == SPILL_OK ? alone(l, spill_buf_as_span(&b)) : rc;
	} else if (is_json(head) || is_xml(head)) {
		rc = whole(s, WHOLE, &b);
		if (rc == SPILL_OK)
			rc = label_dive(
			    l, SPILL_SPAN(""), spill_buf_as_span(&b));
	} else if (is_armoured(head)) {
		rc = whole(s, WHOLE, &b);
		rc = rc == SPILL_OK ? armoured(l, spill_buf_as_span(&b)) : rc;
	}
	spill_buf_release(&b);
	return rc;
}
