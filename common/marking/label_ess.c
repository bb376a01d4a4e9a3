/*
 * label_ess.c: the security label of ESS (RFC 2634 3, 5035) and of X.411:
 *
 *	SET { policy OID, classification INTEGER, privacy mark, categories }
 *
 * in DER, or in BER, whose members come in any order and may have no length.
 */
#include <stdio.h>
#include <string.h>

#include "label_i.h"

#define WRAPS 6 /* around the label */
#define STEPS 4096 /* values of its categories */

enum {
	INTEGER = 0x02,
	BITS = 0x03,
	OCTETS = 0x04,
	OID = 0x06,
	ENUM = 0x0a,
	UTF8 = 0x0c,
	SEQUENCE = 0x30,
	SET = 0x31,
	PRINTABLE = 0x13,
	IA5 = 0x16
};

/* --- BER ---------------------------------------------------------------- */

/* The head of a value: *len is SIZE_MAX where it is not told. */
static bool
head(struct spill_span *s, struct label_tlv *t, size_t *len)
{
	const unsigned char *p = (const unsigned char *)s->p;
	size_t n = 2, bytes;

	if (s->len < 2 || (p[0] & 0x1f) == 0x1f) /* no long tags in labels */
		return false;
	t->tag = p[0];
	t->constructed = (p[0] & 0x20) != 0;
	bytes = p[1] & 0x7f;
	if ((p[1] & 0x80) == 0) {
		*len = p[1];
	} else if (bytes == 0) {
		*len = SIZE_MAX;
	} else {
		if (bytes > 4 || bytes > s->len - 2)
			return false;
		*len = 0;
		for (size_t i = 0; i < bytes; i++)
			*len = *len << 8 | p[n++];
	}
	*s = (struct spill_span){ s->p + n, s->len - n };
	if (*len == SIZE_MAX)
		return t->constructed;
	return *len <= s->len;
}

/* Up to the end of what has no length: two zero bytes of its own level. */
static bool
to_end(struct spill_span *s)
{
	size_t deep = 1, len;
	struct label_tlv t;

	while (deep > 0) {
		if (!head(s, &t, &len))
			return false;
		if (t.tag == 0 && len == 0)
			deep--;
		else if (len == SIZE_MAX)
			deep++;
		else
			*s = (struct spill_span){ s->p + len, s->len - len };
	}
	return true;
}

bool
label_tlv(struct spill_span *rest, struct label_tlv *t)
{
	struct spill_span s = *rest;
	size_t len;

	if (!head(&s, t, &len) || (t->tag == 0 && len == 0))
		return false;
	t->body = s;
	if (len != SIZE_MAX) {
		t->body.len = len;
		s = (struct spill_span){ s.p + len, s.len - len };
	} else {
		if (!to_end(&s))
			return false;
		t->body.len = (size_t)(s.p - t->body.p) - 2;
	}
	*rest = s;
	return true;
}

/* --- values ------------------------------------------------------------- */

/* "1.3.26.1.3.1" */
static void
oid_text(char *to, size_t size, struct spill_span oid)
{
	uint64_t v = 0;
	size_t n = 0;

	to[0] = '\0';
	for (size_t i = 0; i < oid.len; i++) {
		unsigned char c = (unsigned char)oid.p[i];
		int k;

		if (v > UINT32_MAX)
			break;
		v = v << 7 | (c & 0x7f);
		if ((c & 0x80) != 0)
			continue;
		if (n == 0)
			k = snprintf(to, size, "%u.%u",
			    (unsigned)SPILL_MIN(v / 40, 2),
			    (unsigned)(v - 40 * SPILL_MIN(v / 40, 2)));
		else
			k = snprintf(to + n, size - n, ".%u", (unsigned)v);
		if (k < 0 || (size_t)k >= size - n)
			break;
		n += (size_t)k;
		v = 0;
	}
}

/* A small number that is not negative; -1: it is none. */
static int
number(struct spill_span s)
{
	int v = 0;

	if (s.len == 0 || s.len > 3 || (s.p[0] & 0x80) != 0)
		return -1;
	for (size_t i = 0; i < s.len; i++)
		v = v << 8 | (unsigned char)s.p[i];
	return v;
}

/* --- categories --------------------------------------------------------- */

struct tags {
	struct spill_labels *l;
	struct spill_marking *m;
	char tag; /* of the OIDs of NATO's policy; 0: another's */
	unsigned steps;
};

/* A number of the policy's list: a country. */
static void
numbered(struct tags *t, int v)
{
	if ((t->tag != 2 && t->tag != 5) || v < 0 || v >= LABEL_NUMBERS ||
	    t->l->numbered[v] == NULL)
		return;
	label_list(
	    t->m->release, sizeof(t->m->release), t->l->numbered[v]->canonical);
}

/* Bit n is number n. */
static void
bits(struct tags *t, struct spill_span s)
{
	size_t last = SPILL_MIN(s.len, (size_t)128);

	for (size_t i = 1; i < last; i++)
		for (int b = 0; b < 8; b++)
			if (((unsigned char)s.p[i] & 0x80 >> b) != 0 &&
			    t->steps++ < STEPS)
				numbered(t, (int)(i - 1) * 8 + b);
}

/* All values, however deep they stand: each OID says whose the next are. */
static void
categories(struct tags *t, struct spill_span s)
{
	static const char nato[] = "\x2b\x1a\x01\x04";
	struct label_tlv v;
	size_t len;

	while (t->steps++ < STEPS && head(&s, &v, &len)) {
		if (v.constructed || len == SIZE_MAX)
			continue;
		v.body = (struct spill_span){ s.p, len };
		s = (struct spill_span){ s.p + len, s.len - len };
		if (v.tag == OID || (v.tag & 0xe0) == 0x80)
			t->tag = len == 5 && memcmp(v.body.p, nato, 4) == 0
				     ? v.body.p[4]
				     : t->tag;
		if (v.tag == INTEGER || v.tag == ENUM)
			numbered(t, number(v.body));
		else if (v.tag == BITS)
			bits(t, v.body);
		else if (v.tag == UTF8 || v.tag == PRINTABLE)
			label_list(t->tag == 2 || t->tag == 5
				       ? t->m->release
				       : t->m->categories,
			    sizeof(t->m->categories), v.body);
	}
}

/* --- the label ---------------------------------------------------------- */

struct ess {
	struct spill_span policy, mark, categories;
	int grade; /* -1: not told */
};

/* False: something is in it that a label does not have. */
static bool
members(struct spill_span s, struct ess *x)
{
	struct label_tlv t;

	*x = (struct ess){ .grade = -1 };
	while (s.len > 0) {
		if (!label_tlv(&s, &t))
			return false;
		if (t.tag == OID && x->policy.len == 0)
			x->policy = t.body;
		else if (t.tag == INTEGER && x->grade < 0)
			x->grade = number(t.body);
		else if (t.tag == SET || t.tag == SEQUENCE)
			x->categories = t.body;
		else if (t.tag == UTF8 || t.tag == PRINTABLE || t.tag == IA5 ||
			 t.tag == 0x14)
			x->mark = t.body;
		else
			return false;
	}
	return x->policy.len > 0 || x->grade >= 0;
}

/* Within sequences, tags and octet strings. */
static bool
unwrap(struct spill_span s, struct ess *x)
{
	struct label_tlv t;

	for (unsigned i = 0; i < WRAPS && label_tlv(&s, &t); i++) {
		if (t.tag == SET && members(t.body, x))
			return true;
		if (!t.constructed && t.tag != OCTETS)
			return false;
		s = t.body;
	}
	return false;
}

bool
label_ess(
    struct spill_labels *l, struct spill_span der, struct spill_label *out)
{
	static const char nato[] = "1.3.26.1.3.1";
	struct tags tags = { .l = l, .m = &out->marking };
	struct ess x;
	bool ours;

	if (!unwrap(der, &x))
		return false;
	oid_text(out->tenant, sizeof(out->tenant), x.policy);
	ours = strcmp(out->tenant, nato) == 0;
	/* 0 is "unmarked", 6 and more the policy's own. */
	if (x.grade >= 1 && x.grade <= 5)
		label_grade(&out->marking, ours ? "NATO" : "", x.grade);
	if (!ours)
		out->marking.spec = SPILL_SPEC_GENERIC;
	categories(&tags, x.categories);
	if (out->name[0] == '\0')
		label_keep(out->name, x.mark);
	return true;
}

bool
label_ess_alone(struct spill_span der)
{
	struct label_tlv t;
	struct ess x;

	return label_tlv(&der, &t) && der.len == 0 && t.tag == SET &&
	       members(t.body, &x) && x.policy.len >= 3 && x.grade >= 1 &&
	       x.grade <= 5;
}
