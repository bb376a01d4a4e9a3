/*
 * label_xml.c: elements, of XML or JSON: whose are they? What is a policy, a
 * schema or a vocabulary names all grades and is no label: nothing in it is
 * looked at.
 */
#include <string.h>

#include "label_i.h"

struct spill_span
label_attr(const struct spill_element *e, const char *name)
{
	for (size_t i = 0; i < e->nattr; i++)
		if (label_is(e->attr[i].name, name))
			return e->attr[i].value;
	return SPILL_SPAN("");
}

int
label_policy(struct spill_labels *l, enum spill_label_family family,
    struct spill_span part)
{
	struct spill_label x = label_new(family, part);

	x.flags = SPILL_LABEL_POLICY;
	return label_add(l, &x);
}

/* --- what is no label --------------------------------------------------- */

static const struct {
	const char *uri; /* begins so */
	const char *name; /* is this; NULL: any */
	int family; /* -1: it is none of labels */
} policies[] = {
	{ "http://www.xmlspif.org/spif", NULL, SPILL_LABEL_STANAG4774 },
	{ "http://www.xmslpif.org/spif", NULL, SPILL_LABEL_STANAG4774 },
	{ "urn:xmlspif:spif", NULL, SPILL_LABEL_STANAG4774 },
	{ "", "ConfidentialityClearance", SPILL_LABEL_STANAG4774 },
	{ "urn:nato:stanag:4774:confidentialityclearance", NULL,
	    SPILL_LABEL_STANAG4774 },
	{ "urn:us:gov:ic:cve", NULL, SPILL_LABEL_ISM },
	{ "urn:xmpp:sec-label:catalog", NULL, SPILL_LABEL_XMPP },
	{ "http://www.boldonjames.com/2016/02/Classifier/internal/labelHistory",
	    NULL, -1 },
	{ "http://www.w3.org/2001/XMLSchema", "schema", -1 },
	{ "http://purl.oclc.org/dsdl/schematron", "schema", -1 },
	{ "http://www.ascc.net/xml/schematron", "schema", -1 },
	{ "http://relaxng.org/ns/structure", "grammar", -1 },
	{ "http://www.w3.org/1999/XSL/Transform", "stylesheet", -1 },
	{ "http://www.w3.org/1999/XSL/Transform", "transform", -1 },
};

/* A schema of labels says so: by attributes, or by what it describes. */
static int
schema_of(const struct spill_element *e)
{
	struct spill_span target = label_attr(e, "targetNamespace");

	if (label_begins(target, "urn:us:gov:ic:"))
		return SPILL_LABEL_ISM;
	if (label_begins(target, "urn:nato:stanag:477"))
		return SPILL_LABEL_STANAG4774;
	for (size_t i = 0; i < e->nattr; i++)
		if (label_begins(e->attr[i].uri, "urn:us:gov:ic:ism"))
			return SPILL_LABEL_ISM;
	return -1;
}

static bool
is_policy(struct spill_labels *l, const struct spill_element *e)
{
	int family;

	if (l->xml.depth == 1 && label_is(e->name, "SPIF")) {
		(void)label_policy(l, SPILL_LABEL_STANAG4774, e->part);
		return true;
	}
	for (size_t i = 0; i < SPILL_COUNT(policies); i++) {
		if (!label_begins(e->uri, policies[i].uri) ||
		    (policies[i].name != NULL &&
			!label_is(e->name, policies[i].name)))
			continue;
		family = policies[i].family;
		if (family < 0)
			family = schema_of(e);
		if (family >= 0)
			(void)label_policy(
			    l, (enum spill_label_family)family, e->part);
		return true;
	}
	return false;
}

/* --- whose -------------------------------------------------------------- */

static bool
is_label_info(const struct spill_element *e)
{
	return label_is(e->name, "label") && e->nattr > 0 &&
	       (label_has(e->uri, "mipLabelMetadata") ||
		   label_attr(e, "siteId").len > 0);
}

/* Of JSON, which has no namespaces, and of XML without any. */
static int
of_json(struct spill_labels *l, const struct spill_element *e, bool opens)
{
	int rc = label_titus_element(l, e, opens);

	return rc == SPILL_OK ? label_tdf_element(l, e, opens) : rc;
}

static int
element(struct spill_labels *l, const struct spill_element *e, bool opens)
{
	int rc = SPILL_OK;

	if (l->xml.stanag.at != 0)
		return label_stanag_element(l, e, opens);
	if (opens && label_stanag_root(l, e))
		return l->rc;
	if (opens && is_label_info(e))
		rc = label_mip_element(l, e);
	if (opens && e->nattr > 0 && rc == SPILL_OK)
		rc = label_ism_element(l, e);
	if (rc == SPILL_OK)
		rc = label_binding_element(l, e, opens);
	if (rc == SPILL_OK)
		rc = label_xmpp_element(l, e, opens);
	if (rc == SPILL_OK)
		rc = label_sisl_element(l, e, opens);
	if (rc == SPILL_OK && e->uri.len == 0)
		rc = of_json(l, e, opens);
	return rc;
}

int
spill_labels_element(
    struct spill_labels *l, const struct spill_element *e, bool opens)
{
	struct label_xml *x = &l->xml;
	int rc = l->rc;

	if (rc != SPILL_OK || (!opens && x->depth == 0))
		return rc;
	x->depth += opens;
	if (x->mute == 0 && opens && is_policy(l, e))
		x->mute = x->depth;
	if (x->mute == 0)
		rc = element(l, e, opens);
	if (!opens && x->mute == x->depth)
		x->mute = 0;
	x->depth -= !opens;
	return rc;
}
