/*
 * label_nitf.c: the security fields of NITF 2.0 and 2.1 (MIL-STD-2500) and of
 * NSIF 1.0 (STANAG 4545): those of the file, and those of its images, symbols,
 * texts and extensions, which repeat them and may differ.
 */
#include <stdio.h>
#include <string.h>

#include "label_i.h"

#define HEADER ((size_t)64 << 10)
#define FSCLAS 119

/* Security fields behind the class letter: offsets and lengths. */
struct layout {
	struct {
		unsigned at, len;
	} system, code, handling, release;
	unsigned end; /* bytes of all security fields, the letter included */
};

static const struct layout v21 = { { 1, 2 }, { 3, 11 }, { 14, 2 }, { 16, 20 },
	167 };
static const struct layout v20 = { { 0, 0 }, { 1, 40 }, { 41, 40 }, { 81, 40 },
	167 };

/* Kinds of segments in the order of the header: digits of the lengths of a
 * subheader and its data, and where its letter stands. */
static const struct {
	const char *name;
	unsigned head, data, letter;
} kinds[] = { { "image", 6, 10, 123 }, { "symbol", 4, 6, 32 },
	{ "label", 4, 3, 12 }, { "text", 4, 5, 106 },
	{ "extension", 4, 9, 29 } };

struct nitf {
	struct spill_labels *l;
	struct spill_src *src;
	const struct layout *layout;
	bool old; /* 2.0 */
	struct spill_span head;
	uint64_t at; /* of the next segment */
};

/* --- one marking -------------------------------------------------------- */

/* Digraphs of FIPS 10-4, where they differ from those of ISO. */
static const struct {
	const char *code, *scheme;
} fips[] = { { "GM", "DE" }, { "AS", "AU" }, { "SP", "ES" }, { "PO", "PT" },
	{ "SW", "SE" }, { "DA", "DK" }, { "TU", "TR" }, { "JA", "JP" },
	{ "EZ", "CZ" }, { "LO", "SK" }, { "RP", "PH" } };

/* Blank: the format's own default, which is that of the United States. */
static const char *
scheme_of(struct spill_span code)
{
	if (code.len == 0)
		return "US";
	for (size_t i = 0; i < SPILL_COUNT(fips); i++)
		if (label_is(code, fips[i].code))
			return fips[i].scheme;
	return label_scheme(code);
}

static void
words(char *list, size_t size, struct spill_span s)
{
	while ((s = label_trim(s)).len > 0) {
		size_t n = 0;

		while (n < s.len && strchr(" ,/;", s.p[n]) == NULL)
			n++;
		label_list(list, size, (struct spill_span){ s.p, n });
		n += n < s.len;
		s = (struct spill_span){ s.p + n, s.len - n };
	}
}

static struct spill_span
field(struct spill_span s, unsigned at, unsigned len)
{
	return label_trim((struct spill_span){ s.p + at, len });
}

static bool
is_text(struct spill_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < 0x20 || s.p[i] > 0x7e)
			return false;
	return true;
}

/* From its letter on. */
static int
marking(struct nitf *n, struct spill_span s, const char *part, unsigned flags)
{
	struct spill_label x = label_new(SPILL_LABEL_NITF, spill_span(part));
	const struct layout *y = n->layout;
	struct spill_span system;
	const char *letter;

	static const char letters[] = "URCST";

	if (s.len < y->end || !is_text((struct spill_span){ s.p, y->end }))
		return n->l->rc;
	letter = s.p[0] != '\0' ? strchr(letters, s.p[0]) : NULL;
	if (letter == NULL)
		return n->l->rc;
	system = field(s, y->system.at, y->system.len);
	label_grade(&x.marking, scheme_of(system), (int)(letter - letters) + 1);
	if (x.marking.scheme[0] == '\0')
		label_keep(x.marking.scheme, system);
	words(x.marking.categories, sizeof(x.marking.categories),
	    field(s, y->code.at, y->code.len));
	words(x.marking.categories, sizeof(x.marking.categories),
	    field(s, y->handling.at, y->handling.len));
	words(x.marking.release, sizeof(x.marking.release),
	    field(s, y->release.at, y->release.len));
	label_keep(x.tenant, system);
	label_keep(x.name, spill_span(x.marking.level));
	x.flags = flags;
	return label_add(n->l, &x);
}

/* --- segments ----------------------------------------------------------- */

/* Digits at a place of the header; false: there are none. */
static bool
digits(const struct nitf *n, size_t at, unsigned len, uint64_t *v)
{
	return at + len <= n->head.len &&
	       spill_span_uint((struct spill_span){ n->head.p + at, len }, v);
}

static int
segment(struct nitf *n, size_t kind, uint64_t nth)
{
	char part[32], bytes[512];
	size_t got = 0;
	int rc = n->src->read(n->src, n->at, bytes, sizeof(bytes), &got);
	unsigned letter = kinds[kind].letter;

	(void)snprintf(part, sizeof(part), "%s %llu", kinds[kind].name,
	    (unsigned long long)nth);
	if (rc != SPILL_OK || got <= letter)
		return rc;
	return marking(n, (struct spill_span){ bytes + letter, got - letter },
	    part, SPILL_LABEL_PORTION);
}

/* A list of segments of one kind; *at: behind it. False: it is no list. */
static bool
list(struct nitf *n, size_t kind, size_t *at, int *rc)
{
	uint64_t count, head, data;

	if (!digits(n, *at, 3, &count))
		return false;
	*at += 3;
	for (uint64_t i = 1; i <= count && *rc == SPILL_OK; i++) {
		if (!digits(n, *at, kinds[kind].head, &head) ||
		    !digits(n, *at + kinds[kind].head, kinds[kind].data, &data))
			return false;
		*at += kinds[kind].head + kinds[kind].data;
		*rc = segment(n, kind, i);
		n->at += head + data;
		if (n->at >= n->src->size)
			return false;
	}
	return *rc == SPILL_OK;
}

/* FSCOP to HL, then the lists. In 2.0 a date of downgrading may stand among
 * the security fields, and labels are a kind of their own. */
static int
segments(struct nitf *n)
{
	size_t at = FSCLAS + n->layout->end;
	int rc = n->l->rc;
	uint64_t v;

	if (n->old && at <= n->head.len &&
	    memcmp(n->head.p + at - 6, "999998", 6) == 0)
		at += 40;
	at += 5 + 5 + 1 + (n->old ? 27 : 3 + 24) + 18 + 12;
	if (!digits(n, at, 6, &v))
		return rc;
	n->at = v;
	at += 6;
	for (size_t k = 0; k < SPILL_COUNT(kinds) && rc == SPILL_OK; k++) {
		if (k == 2 && !n->old) {
			if (!digits(n, at, 3, &v)) /* NUMX, reserved */
				break;
			at += 3;
		} else if (!list(n, k, &at, &rc)) {
			break;
		}
	}
	return rc;
}

int
label_nitf(struct spill_labels *l, struct spill_src *src)
{
	struct spill_buf b = SPILL_BUF_INIT(HEADER);
	struct nitf n = { .l = l, .src = src, .layout = &v21 };
	char *p = spill_buf_room(&b, HEADER);
	int rc;

	if (p == NULL)
		return l->rc = SPILL_ENOMEM;
	rc = src->read(src, 0, p, HEADER, &b.len);
	n.head = spill_buf_as_span(&b);
	if (rc == SPILL_OK && n.head.len > FSCLAS) {
		n.old = memcmp(n.head.p, "NITF02.0", 8) == 0;
		n.layout = n.old ? &v20 : &v21;
		rc = marking(&n,
		    (struct spill_span){
			n.head.p + FSCLAS, n.head.len - FSCLAS },
		    "", 0);
	}
	if (rc == SPILL_OK)
		rc = segments(&n);
	spill_buf_release(&b);
	return rc;
}
