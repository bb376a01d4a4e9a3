/*
 * label_mail.c: fields of mail: SIO-Label (RFC 7444), X-Protective-Marking of
 * Australia (EPMS 2018.4, 2024.1) and its short form in subjects, SEEMail of
 * New Zealand, Binding-Data of STANAG 4778.
 */
#include <string.h>

#include "label_i.h"

#define DECODED ((size_t)1 << 20)

/* --- SIO-Label ---------------------------------------------------------- */

/* The label itself: ":ess" and ":x411" are ASN.1, ":xml" is XML. */
static void
coded_label(
    struct spill_labels *l, const struct label_params *p, struct spill_label *x)
{
	struct spill_buf text = SPILL_BUF_INIT(DECODED);
	struct spill_buf bytes = SPILL_BUF_INIT(DECODED);
	struct spill_label coded = label_new(SPILL_LABEL_SIO, x->part);
	struct spill_span s;

	if (label_param(p, "label", &text))
		label_base64(&bytes, spill_buf_as_span(&text));
	s = label_trim(spill_buf_as_span(&bytes));
	if (s.len > 0 && s.p[0] == '<') {
		(void)label_dive(l, x->part, s);
	} else if (s.len > 0 &&
		   label_ess(l, spill_buf_as_span(&bytes), &coded)) {
		memcpy(x->tenant, coded.tenant, sizeof(x->tenant));
		/* What is shown may say more, unless they disagree. */
		if (x->marking.rank != coded.marking.rank)
			x->marking = coded.marking;
	}
	spill_buf_release(&text);
	spill_buf_release(&bytes);
}

int
label_sio(struct spill_labels *l, struct spill_span part,
    struct spill_span value, bool history)
{
	struct spill_label x = label_new(SPILL_LABEL_SIO, part);
	struct spill_buf b = SPILL_BUF_INIT(DECODED);
	struct label_params p;

	label_params(&p, value);
	if (label_param(&p, "marking", &b)) {
		label_keep(x.name, spill_buf_as_span(&b));
		(void)label_parse_name(l, spill_buf_as_span(&b), &x.marking);
		x.marking.form = SPILL_FORM_FIELD;
	}
	coded_label(l, &p, &x);
	if (label_param(&p, "changed-at", &b))
		label_keep(x.created, spill_buf_as_span(&b));
	if (history)
		x.flags |= SPILL_LABEL_FORMER;
	spill_buf_release(&b);
	spill_buf_release(&p.text);
	return x.name[0] != '\0' || x.marking.rank >= 0 ? label_add(l, &x)
							: l->rc;
}

/* --- X-Protective-Marking ----------------------------------------------- */

/* CAVEAT=RI:REL/AUS/GBR: to whom; C, FG, SH, RI: what it is. */
static void
caveat(struct spill_marking *m, struct spill_span v)
{
	const char *colon = memchr(v.p, ':', v.len);

	if (colon != NULL)
		v = (struct spill_span){ colon + 1,
			v.len - (size_t)(colon + 1 - v.p) };
	if (!label_begins(v, "REL/")) {
		label_list(m->categories, sizeof(m->categories), v);
		return;
	}
	for (size_t at = 4; at < v.len;) {
		size_t n = at;

		while (n < v.len && v.p[n] != '/')
			n++;
		label_list(m->release, sizeof(m->release),
		    (struct spill_span){ v.p + at, n - at });
		at = n + 1;
	}
}

/* "TOP-SECRET", "OFFICIAL:Sensitive": as they are printed. */
static void
au_grade(struct spill_marking *m, struct spill_span v)
{
	label_grade(m, "AU", label_rank(v));
	if (label_is(v, "PROTECTED") || label_is(v, "OFFICIAL") ||
	    label_is(v, "UNOFFICIAL") || m->rank < 0)
		label_keep(m->level, v);
	else if (m->rank == 1 && label_has(v, "sensitive"))
		label_keep(m->level, SPILL_SPAN("OFFICIAL: Sensitive"));
	for (char *p = m->level; m->rank < 0 && *p != '\0'; p++)
		*p = *p == '-' ? ' ' : *p;
}

static void
xpm_pair(struct spill_label *x, struct spill_span name, struct spill_span v)
{
	if (label_is(name, "SEC"))
		au_grade(&x->marking, v);
	else if (label_is(name, "CAVEAT"))
		caveat(&x->marking, v);
	else if (label_is(name, "NS"))
		label_keep(x->tenant, v);
	else if (label_is(name, "ACCESS") || label_is(name, "DLM"))
		label_list(x->marking.admin, sizeof(x->marking.admin), v);
}

/* "\," is a comma of a value, "\\" a backslash: they become 0x1f and itself
 * before the field is split. */
static void
unescape(char *to, size_t size, struct spill_span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len && n + 1 < size; i++) {
		if (s.p[i] == '\\' && i + 1 < s.len) {
			i++;
			to[n++] = (char)(s.p[i] == ',' ? 0x1f : s.p[i]);
		} else {
			to[n++] = s.p[i];
		}
	}
	to[n] = '\0';
}

int
label_xpm(
    struct spill_labels *l, struct spill_span part, struct spill_span value)
{
	struct spill_label x = label_new(SPILL_LABEL_XPM, part);
	struct spill_span rest, name, v;
	char text[4096];

	unescape(text, sizeof(text), value);
	rest = spill_span(text);
	while (label_pair(&rest, ',', &name, &v))
		xpm_pair(&x, name, v);
	if (x.marking.rank >= 0 || x.marking.admin[0] != '\0')
		return label_add(l, &x);
	/* A site's own use of the name, or a level nobody knows. */
	(void)label_text(l, SPILL_LABEL_XPM, 0, part,
	    x.marking.level[0] != '\0' ? spill_span(x.marking.level) : value);
	return l->rc;
}

/* --- subjects ----------------------------------------------------------- */

static const struct {
	const char *tag;
	int rank; /* -1: the mail went through SEEMail, no more */
	unsigned flags;
} seemail[] = { { "SEEMAIL", -1, SPILL_LABEL_PRIOR }, { "IN-CONFIDENCE", 1, 0 },
	{ "SENSITIVE", 1, SPILL_LABEL_WEAK } };

static int
tagged(struct spill_labels *l, struct spill_span part, struct spill_span tag)
{
	struct spill_label x = label_new(SPILL_LABEL_XPM, part);

	if (label_begins(tag, "SEC=") || label_begins(tag, "DLM="))
		return label_xpm(l, part, tag);
	for (size_t i = 0; i < SPILL_COUNT(seemail); i++)
		if (spill_span_eq(tag, spill_span(seemail[i].tag))) {
			label_keep(x.marking.scheme, SPILL_SPAN("NZ"));
			x.marking.rank = x.marking.rank_max = seemail[i].rank;
			if (seemail[i].rank >= 0)
				label_keep(x.marking.level, tag);
			label_keep(x.name, tag);
			x.flags = seemail[i].flags;
			return label_add(l, &x);
		}
	return l->rc;
}

/* What is in brackets. */
int
label_subject(
    struct spill_labels *l, struct spill_span part, struct spill_span s)
{
	int rc = l->rc;

	for (unsigned i = 0; i < 8 && rc == SPILL_OK; i++) {
		const char *from = memchr(s.p, '[', s.len), *to;

		if (from == NULL)
			break;
		s.len -= (size_t)(from + 1 - s.p);
		s.p = from + 1;
		to = memchr(s.p, ']', s.len);
		if (to == NULL)
			break;
		rc = tagged(l, part,
		    label_trim((struct spill_span){ s.p, (size_t)(to - s.p) }));
	}
	return rc;
}

/* --- Binding-Data ------------------------------------------------------- */

/* XML or JSON, as it is, in base64, or as a parameter in base64. */
int
label_binding(
    struct spill_labels *l, struct spill_span part, struct spill_span value)
{
	struct spill_buf text = SPILL_BUF_INIT(DECODED);
	struct spill_buf bytes = SPILL_BUF_INIT(DECODED);
	struct label_params p;
	int rc;

	value = label_trim(value);
	if (value.len > 0 && strchr("<{[", value.p[0]) != NULL)
		return label_dive(l, part, value);
	label_params(&p, value);
	label_base64(&bytes, label_param(&p, "binding-data-object", &text)
				 ? spill_buf_as_span(&text)
				 : value);
	rc = label_dive(l, part, spill_buf_as_span(&bytes));
	spill_buf_release(&p.text);
	spill_buf_release(&text);
	spill_buf_release(&bytes);
	return rc;
}
