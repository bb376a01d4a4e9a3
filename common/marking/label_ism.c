/*
 * label_ism.c: the attributes of IC-ISM (ODNI, XML Data Encoding Specification
 * for Information Security Marking), in all its namespaces, also of DDMS and
 * IC-TDF. The resource has the banner, all others are portions.
 */
#include <string.h>

#include "label_i.h"

static const struct {
	const char *name;
	size_t at;
} fields[] = {
#define FIELD(n, f)                              \
	{                                        \
		n, offsetof(struct label_ism, f) \
	}
	FIELD("classification", classification),
	FIELD("ownerProducer", owner),
	FIELD("SCIcontrols", sci),
	FIELD("SARIdentifier", sar),
	FIELD("atomicEnergyMarkings", aea),
	FIELD("disseminationControls", dissem),
	FIELD("releasableTo", rel),
	FIELD("displayOnlyTo", display),
	FIELD("FGIsourceOpen", fgi_open),
	FIELD("FGIsourceProtected", fgi_protected),
	FIELD("nonICmarkings", non_ic),
	FIELD("nonUSControls", non_us),
	FIELD("highWaterNATO", high_water),
	FIELD("cuiBasic", cui_basic),
	FIELD("cuiSpecified", cui_specified),
	FIELD("resourceElement", resource),
	FIELD("excludeFromRollup", exclude),
	FIELD("joint", joint),
#undef FIELD
};

static void
take(struct label_ism *i, const struct spill_attribute *a)
{
	for (size_t k = 0; k < SPILL_COUNT(fields); k++)
		if (label_is(a->name, fields[k].name)) {
			memcpy((char *)i + fields[k].at, &a->value,
			    sizeof(a->value));
			return;
		}
}

/* Without a namespace the two that every marking has must be there. */
static bool
gather(const struct spill_element *e, struct label_ism *i)
{
	bool named = false;

	for (size_t k = 0; k < e->nattr; k++) {
		const struct spill_attribute *a = &e->attr[k];

		if (label_begins(a->uri, "urn:us:gov:ic:ism"))
			named = true;
		else if (a->uri.len > 0)
			continue;
		take(i, a);
	}
	if (i->classification.len > 0)
		return named || i->owner.len > 0;
	return named && (i->cui_basic.len > 0 || i->cui_specified.len > 0);
}

static bool
is_true(struct spill_span v)
{
	v = label_trim(v);
	return label_is(v, "true") || label_is(v, "1");
}

/* Of the whole: the resource; the root, if nothing else is said; what DDMS and
 * IC-TDF have for it. */
static bool
is_banner(const struct spill_labels *l, const struct spill_element *e,
    const struct label_ism *i)
{
	if (i->resource.len > 0)
		return is_true(i->resource);
	return l->xml.depth == 1 || label_is(e->name, "security") ||
	       label_is(e->name, "ExternalSecurity");
}

/* A document of the United States with something of NATO in it. */
static int
water(struct spill_labels *l, struct spill_span part, struct spill_span value)
{
	struct spill_label x = label_new(SPILL_LABEL_ISM, part);

	if (!label_ism_water(value, &x.marking))
		return l->rc;
	x.flags = SPILL_LABEL_PORTION;
	label_keep(x.name, spill_span(x.marking.level));
	return label_add(l, &x);
}

int
label_ism_element(struct spill_labels *l, const struct spill_element *e)
{
	struct label_ism i = { 0 };
	struct spill_label x = label_new(SPILL_LABEL_ISM, e->part);
	struct spill_buf text = SPILL_BUF_INIT(4096);
	int rc = l->rc;

	/* What is not to be rolled up says nothing of the whole, unless it is
	 * the whole, seen from what it stands in. */
	if (!gather(e, &i) || (is_true(i.exclude) && !is_true(i.resource)))
		return rc;
	if (label_ism_text(&i, &text, &x.marking)) {
		label_keep(x.name, spill_buf_as_span(&text));
		label_keep(x.tenant, i.owner);
		if (!is_banner(l, e, &i))
			x.flags |= SPILL_LABEL_PORTION;
		if (!label_seen(l, &x)) {
			label_printed(l, spill_buf_str(&text), &x.marking);
			rc = label_add(l, &x);
		}
	}
	spill_buf_release(&text);
	return rc == SPILL_OK && i.high_water.len > 0
		   ? water(l, e->part, i.high_water)
		   : rc;
}
