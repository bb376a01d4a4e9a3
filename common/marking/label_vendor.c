/*
 * label_vendor.c: what other classifiers write: Titus, Boldon James, TSCP
 * (LibreOffice), OpenTDF; and labels of chats (XEP-0258).
 */
#include <string.h>

#include "label_i.h"

#define DECODED ((size_t)1 << 20)

/* --- Titus -------------------------------------------------------------- */

/* "Classification": its value is a label even where it is a company's. */
static int
titus_value(struct spill_labels *l, struct spill_span part,
    struct spill_span name, struct spill_span value, const char *tenant)
{
	struct spill_label x = label_new(SPILL_LABEL_TITUS, part);
	bool known = label_parse_name(l, value, &x.marking);

	if (!known && !label_has(name, "classif"))
		return l->rc;
	x.marking.form = SPILL_FORM_FIELD;
	if (!known || (x.marking.flags & SPILL_MARKING_CORP) != 0)
		x.flags |= SPILL_LABEL_CORP;
	label_keep(x.name, value);
	label_keep(x.tenant, spill_span(tenant));
	return x.name[0] != '\0' ? label_add(l, &x) : l->rc;
}

/* "TLPropertyRoot=ORG;Classification=NATO UNCLASSIFIED;" */
int
label_titus_pairs(
    struct spill_labels *l, struct spill_span part, struct spill_span rest)
{
	struct spill_span name, value;
	char tenant[40] = "";
	int rc = l->rc;

	while (rc == SPILL_OK && label_pair(&rest, ';', &name, &value)) {
		if (label_is(name, "TLPropertyRoot"))
			label_keep(tenant, value);
		else if (value.len <= 256)
			rc = titus_value(l, part, name, value, tenant);
	}
	return rc;
}

int
label_titus_blob(
    struct spill_labels *l, struct spill_span part, struct spill_span value)
{
	struct spill_buf b = SPILL_BUF_INIT(DECODED);
	int rc;

	value = label_trim(value);
	if (value.len > 0 && strchr("<{", value.p[0]) != NULL)
		return label_dive(l, part, value);
	label_base64(&b, value);
	rc = label_dive(l, part, spill_buf_as_span(&b));
	spill_buf_release(&b);
	return rc;
}

/* {"Metadata":{"ns":"http://www.titus.com/ns/ORG","props":[{"n":...,
 * "vals":[{"value":...}]}]}} */
int
label_titus_element(
    struct spill_labels *l, const struct spill_element *e, bool opens)
{
	static const char ns[] = "http://www.titus.com/ns/";
	struct label_xml *x = &l->xml;

	if (opens)
		return l->rc;
	if (label_is(e->name, "ns") && label_begins(e->text, ns)) {
		x->titus = true;
		label_keep(x->one.tenant,
		    (struct spill_span){ e->text.p + sizeof(ns) - 1,
			e->text.len - (sizeof(ns) - 1) });
	} else if (x->titus && label_is(e->name, "n")) {
		label_keep(x->name, e->text);
	} else if (x->titus && label_is(e->name, "value") &&
		   e->text.len <= 256) {
		return titus_value(
		    l, e->part, spill_span(x->name), e->text, x->one.tenant);
	}
	return l->rc;
}

/* --- Boldon James ------------------------------------------------------- */

/* A property holds 255 characters: the label is cut over several. */
int
label_sisl_piece(
    struct spill_labels *l, struct spill_span part, struct spill_span value)
{
	if (l->sisl.len == 0) {
		l->sisl_part = (struct spill_span){
			spill_arena_dup(&l->arena, part.p, part.len), part.len
		};
		if (l->sisl_part.p == NULL)
			return l->rc = SPILL_ENOMEM;
	}
	spill_buf_span(&l->sisl, value);
	return l->sisl.rc == SPILL_ENOMEM ? (l->rc = SPILL_ENOMEM) : l->rc;
}

int
label_sisl_end(struct spill_labels *l)
{
	struct spill_buf b = SPILL_BUF_INIT(DECODED);
	struct spill_span s = label_trim(spill_buf_as_span(&l->sisl));
	int rc;

	if (s.len == 0)
		return l->rc;
	if (s.p[0] != '<') {
		label_base64(&b, s);
		s = spill_buf_as_span(&b);
	}
	rc = label_dive(l, l->sisl_part, s);
	spill_buf_release(&b);
	spill_buf_reset(&l->sisl);
	return rc;
}

static int
sisl_ends(struct spill_labels *l)
{
	struct spill_label *x = &l->xml.one;
	struct spill_marking m;

	l->xml.sisl = 0;
	if (x->name[0] == '\0') {
		x->flags |= SPILL_LABEL_UNRESOLVED;
	} else if (label_parse_name(l, spill_span(x->name), &m)) {
		x->marking = m;
		x->marking.form = SPILL_FORM_FIELD;
		if ((m.flags & SPILL_MARKING_CORP) != 0)
			x->flags |= SPILL_LABEL_CORP;
	} else {
		x->flags |= SPILL_LABEL_CORP;
	}
	return label_add(l, x);
}

/* <sisl policy="guid" origin="userSelected"><element uid="..." value=""/>
 * </sisl>; around it, in base64: <wrappedLabel><Value>... */
int
label_sisl_element(
    struct spill_labels *l, const struct spill_element *e, bool opens)
{
	static const char lead[] = "id_classification_";
	struct label_xml *x = &l->xml;
	struct spill_span uid = label_attr(e, "uid");

	if (opens && label_is(e->name, "sisl")) {
		x->sisl = x->depth;
		x->one = label_new(SPILL_LABEL_BOLDON, e->part);
		label_keep(x->one.tenant, label_attr(e, "policy"));
		if (label_is(label_attr(e, "origin"), "userSelected"))
			x->one.flags |= SPILL_LABEL_PRIVILEGED;
	} else if (opens && x->sisl != 0 && label_is(e->name, "element") &&
		   label_begins(uid, lead)) {
		label_keep(
		    x->one.name, (struct spill_span){ uid.p + sizeof(lead) - 1,
				     uid.len - (sizeof(lead) - 1) });
	} else if (!opens && x->sisl != 0 && x->sisl == x->depth) {
		return sisl_ends(l);
	} else if (!opens && label_is(e->name, "Value") &&
		   label_has(e->uri, "boldonjames")) {
		return label_titus_blob(l, e->part, e->text);
	}
	return l->rc;
}

/* --- TSCP --------------------------------------------------------------- */

int
label_tscp(struct spill_labels *l, struct spill_span part,
    struct spill_span name, struct spill_span value)
{
	bool state = label_has(name, "NationalSecurity");
	struct spill_label x = label_new(SPILL_LABEL_TSCP, part);
	unsigned flags = state ? 0 : SPILL_LABEL_CORP;
	bool category = label_has(name, "BusinessAuthorizationCategory:Name");

	if (!category && !label_has(name, ":Marking:"))
		return l->rc;
	if (!label_text(l, SPILL_LABEL_TSCP, flags, part, value) && category) {
		x.flags = SPILL_LABEL_CORP;
		label_keep(x.name, value);
		return x.name[0] != '\0' ? label_add(l, &x) : l->rc;
	}
	return l->rc;
}

/* --- OpenTDF ------------------------------------------------------------ */

/* "https://owner.example/attr/classification/value/secret" */
static int
attribute_value(
    struct spill_labels *l, struct spill_span part, struct spill_span fqn)
{
	struct spill_label x = label_new(SPILL_LABEL_TDF, part);
	const char *attr = memmem(fqn.p, fqn.len, "/attr/", 6), *value, *end;
	struct spill_span name;

	if (attr == NULL)
		return l->rc;
	attr += 6;
	end = fqn.p + fqn.len;
	value = memmem(attr, (size_t)(end - attr), "/value/", 7);
	name = (struct spill_span){ attr,
		value != NULL ? (size_t)(value - attr) : 0 };
	if (!label_has(name, "classif"))
		return l->rc;
	name = (struct spill_span){ value + 7, (size_t)(end - value - 7) };
	label_keep(x.name, name);
	label_keep(
	    x.tenant, (struct spill_span){ fqn.p, (size_t)(attr - 6 - fqn.p) });
	label_grade(&x.marking, "", label_rank(name));
	x.marking.spec = SPILL_SPEC_GENERIC;
	return x.marking.rank >= 0 ? label_add(l, &x) : l->rc;
}

int
label_tdf_element(
    struct spill_labels *l, const struct spill_element *e, bool opens)
{
	struct label_xml *x = &l->xml;

	if (opens && x->tdf == 0 && label_is(e->name, "assertions"))
		x->tdf = x->depth;
	if (opens)
		return l->rc;
	if (x->tdf != 0 && label_is(e->name, "value"))
		return label_dive(l, e->part, e->text);
	if (x->tdf == x->depth)
		x->tdf = 0;
	if (label_is(e->name, "policy"))
		return label_titus_blob(l, e->part, e->text);
	if (label_is(e->name, "attribute") || label_is(e->name, "fqn"))
		return attribute_value(l, e->part, e->text);
	return l->rc;
}

/* --- chats -------------------------------------------------------------- */

static void
xmpp_ess(struct spill_labels *l, struct spill_span text)
{
	struct spill_buf b = SPILL_BUF_INIT(DECODED);
	struct spill_label coded = label_new(SPILL_LABEL_XMPP, l->xml.one.part);

	label_base64(&b, text);
	if (label_ess(l, spill_buf_as_span(&b), &coded)) {
		memcpy(l->xml.one.tenant, coded.tenant, sizeof(coded.tenant));
		if (l->xml.one.marking.rank != coded.marking.rank)
			l->xml.one.marking = coded.marking;
	}
	spill_buf_release(&b);
}

/* <securitylabel><displaymarking>SECRET</displaymarking><label>
 * <esssecuritylabel>base64</esssecuritylabel></label></securitylabel> */
int
label_xmpp_element(
    struct spill_labels *l, const struct spill_element *e, bool opens)
{
	struct label_xml *x = &l->xml;

	if (opens && x->xmpp == 0 && label_is(e->name, "securitylabel")) {
		x->xmpp = x->depth;
		x->one = label_new(SPILL_LABEL_XMPP, e->part);
	}
	if (opens || x->xmpp == 0)
		return l->rc;
	if (x->xmpp == x->depth) {
		x->xmpp = 0;
		return x->one.name[0] != '\0' || x->one.marking.rank >= 0
			   ? label_add(l, &x->one)
			   : l->rc;
	}
	if (label_is(e->name, "displaymarking")) {
		label_keep(x->one.name, e->text);
		(void)label_parse_name(l, e->text, &x->one.marking);
		x->one.marking.form = SPILL_FORM_FIELD;
	} else if (label_is(e->name, "esssecuritylabel") &&
		   x->one.tenant[0] == '\0') {
		xmpp_ess(l, e->text);
	}
	return l->rc;
}
