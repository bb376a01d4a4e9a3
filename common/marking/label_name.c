/*
 * label_name.c: properties of documents and fields of headers: which of them
 * are labels. Names are compared by their letters and digits alone.
 */
#include <stdlib.h>
#include <string.h>

#include "label_i.h"

#define NAME 96

enum what {
	VALUE, /* its value is a marking, or it is nothing */
	SOFT, /* the same; people write other things there, too */
	FIELD, /* of a vendor: likewise */
	TITUS_PAIRS,
	TITUS_BLOB,
	SISL,
	SIO,
	SIO_HISTORY,
	XPM,
	SUBJECT,
	SENSITIVITY,
	MIP_FIELD,
	BINDING,
	TLP,
	PRIOR,
};

struct known {
	const char *name;
	enum what what;
	enum spill_label_family family;
};

/* Sorted by name. */
static const struct known names[] = {
	{ "bindingdata", BINDING, SPILL_LABEL_STANAG4774 },
	{ "bindinginformation", BINDING, SPILL_LABEL_STANAG4774 },
	{ "bjdocumentsecuritylabel", FIELD, SPILL_LABEL_BOLDON },
	{ "bjfooterbothdocproperty", FIELD, SPILL_LABEL_BOLDON },
	{ "bjfooterevenpagedocproperty", FIELD, SPILL_LABEL_BOLDON },
	{ "bjfooterfirstpagedocproperty", FIELD, SPILL_LABEL_BOLDON },
	{ "bjheaderbothdocproperty", FIELD, SPILL_LABEL_BOLDON },
	{ "bjheaderevenpagedocproperty", FIELD, SPILL_LABEL_BOLDON },
	{ "bjheaderfirstpagedocproperty", FIELD, SPILL_LABEL_BOLDON },
	{ "bjslidemasterfootertext", FIELD, SPILL_LABEL_BOLDON },
	{ "category", SOFT, SPILL_LABEL_PROPERTY },
	{ "classificationcontentmarkingfootertext", FIELD, SPILL_LABEL_MIP },
	{ "classificationcontentmarkingheadertext", FIELD, SPILL_LABEL_MIP },
	{ "classificationwatermarktext", FIELD, SPILL_LABEL_MIP },
	{ "comment", SOFT, SPILL_LABEL_PROPERTY },
	{ "comments", SOFT, SPILL_LABEL_PROPERTY },
	{ "contentstatus", SOFT, SPILL_LABEL_PROPERTY },
	{ "copyrightnotice", SOFT, SPILL_LABEL_PROPERTY },
	{ "description", SOFT, SPILL_LABEL_PROPERTY },
	{ "imagedescription", SOFT, SPILL_LABEL_PROPERTY },
	{ "instructions", SOFT, SPILL_LABEL_PROPERTY },
	{ "keyword", SOFT, SPILL_LABEL_PROPERTY },
	{ "keywords", SOFT, SPILL_LABEL_PROPERTY },
	{ "marking", VALUE, SPILL_LABEL_PROPERTY },
	{ "msiplabels", MIP_FIELD, SPILL_LABEL_MIP },
	{ "pidlidclassification", VALUE, SPILL_LABEL_PROPERTY },
	{ "pidlidclassificationdescription", VALUE, SPILL_LABEL_PROPERTY },
	{ "protectivemarking", XPM, SPILL_LABEL_XPM },
	{ "rights", SOFT, SPILL_LABEL_PROPERTY },
	{ "securitylabel", VALUE, SPILL_LABEL_PROPERTY },
	{ "sensitivity", SENSITIVITY, SPILL_LABEL_PROPERTY },
	{ "siolabel", SIO, SPILL_LABEL_SIO },
	{ "siolabelhistory", SIO_HISTORY, SPILL_LABEL_SIO },
	{ "specialinstructions", SOFT, SPILL_LABEL_PROPERTY },
	{ "status", SOFT, SPILL_LABEL_PROPERTY },
	{ "subject", SUBJECT, SPILL_LABEL_XPM },
	{ "titusclassification", FIELD, SPILL_LABEL_TITUS },
	{ "titusfooter", FIELD, SPILL_LABEL_TITUS },
	{ "titusheader", FIELD, SPILL_LABEL_TITUS },
	{ "titusmetadata", TITUS_BLOB, SPILL_LABEL_TITUS },
	{ "tlp", TLP, SPILL_LABEL_TLP },
	{ "tlpropertyroot", TITUS_PAIRS, SPILL_LABEL_TITUS },
	{ "trafficlightprotocol", TLP, SPILL_LABEL_TLP },
	{ "usercomment", SOFT, SPILL_LABEL_PROPERTY },
	{ "xbjdocumentsecuritylabel", FIELD, SPILL_LABEL_BOLDON },
	{ "xclientproxiedbylabel", FIELD, SPILL_LABEL_BOLDON },
	{ "xhmgmarking", VALUE, SPILL_LABEL_PROPERTY },
	{ "xlabel", VALUE, SPILL_LABEL_PROPERTY },
	{ "xmarking", VALUE, SPILL_LABEL_PROPERTY },
	{ "xmicrosoftclassdesc", VALUE, SPILL_LABEL_PROPERTY },
	{ "xpcomment", SOFT, SPILL_LABEL_PROPERTY },
	{ "xpkeywords", SOFT, SPILL_LABEL_PROPERTY },
	{ "xprotectivemarking", XPM, SPILL_LABEL_XPM },
	{ "xpsubject", SOFT, SPILL_LABEL_PROPERTY },
	{ "xrestriction", VALUE, SPILL_LABEL_PROPERTY },
	{ "xsecuritylabel", VALUE, SPILL_LABEL_PROPERTY },
	{ "xsensitivity", SENSITIVITY, SPILL_LABEL_PROPERTY },
	{ "xtitusclassifications30", TITUS_PAIRS, SPILL_LABEL_TITUS },
	{ "xtituslabsclassifications30", TITUS_PAIRS, SPILL_LABEL_TITUS },
	{ "xtitusmetadata40", TITUS_BLOB, SPILL_LABEL_TITUS },
	{ "xtlp", TLP, SPILL_LABEL_TLP },
};

/* Names that begin so. */
static const struct known starts[] = {
	{ "bjdocumentlabelxml", SISL, SPILL_LABEL_BOLDON },
	{ "mmhs", PRIOR, SPILL_LABEL_MMHS },
};

/* Names of a site's own that have this in them. */
static const char *const parts[] = { "classif", "klassifi", "clasific",
	"securitymarking", "securitylabel", "protectivemarking", "einstufung",
	"geheimhaltung", "rubricering", "gizlilik" };

static void
fold(char to[NAME], struct spill_span name)
{
	size_t n = 0;

	for (size_t i = 0; i < name.len && n + 1 < NAME; i++) {
		char c = name.p[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			to[n++] = c;
	}
	to[n] = '\0';
}

static int
by_name(const void *key, const void *at)
{
	return strcmp(key, ((const struct known *)at)->name);
}

static const struct known *
look_up(const char *name)
{
	static const struct known own = { "", VALUE, SPILL_LABEL_PROPERTY };
	const struct known *k =
	    bsearch(name, names, SPILL_COUNT(names), sizeof(names[0]), by_name);

	if (k != NULL)
		return k;
	for (size_t i = 0; i < SPILL_COUNT(starts); i++)
		if (strncmp(name, starts[i].name, strlen(starts[i].name)) == 0)
			return &starts[i];
	for (size_t i = 0; i < SPILL_COUNT(parts); i++)
		if (strstr(name, parts[i]) != NULL)
			return &own;
	return NULL;
}

/* --- what each of them does --------------------------------------------- */

static int
tlp(struct spill_labels *l, struct spill_span part, struct spill_span value)
{
	static const char *const colours[] = { "RED", "AMBER+STRICT", "AMBER",
		"GREEN", "CLEAR", "WHITE" };
	struct spill_label x = label_new(SPILL_LABEL_TLP, part);

	value = label_trim(value);
	if (label_begins(value, "TLP"))
		value = (struct spill_span){ value.p + 3, value.len - 3 };
	while (value.len > 0 && strchr(": -", value.p[0]) != NULL)
		value = (struct spill_span){ value.p + 1, value.len - 1 };
	for (size_t i = 0; i < SPILL_COUNT(colours); i++)
		if (label_is(value, colours[i])) {
			char text[24] = "TLP:";

			label_put(
			    text + 4, sizeof(text) - 4, spill_span(colours[i]));
			label_keep(x.marking.scheme, SPILL_SPAN("TLP"));
			label_keep(x.marking.level, spill_span(text));
			label_keep(x.name, spill_span(text));
			x.flags = SPILL_LABEL_CORP;
			return label_add(l, &x);
		}
	return l->rc;
}

/* RFC 4021: one of three words, which people click; else the name of a label.
 */
static int
sensitivity(
    struct spill_labels *l, struct spill_span part, struct spill_span value)
{
	static const char *const words[] = { "Personal", "Private",
		"Company-Confidential", "Confidential" };
	struct spill_label x = label_new(SPILL_LABEL_PROPERTY, part);

	for (size_t i = 0; i < SPILL_COUNT(words); i++)
		if (label_is(label_trim(value), words[i])) {
			x.flags = SPILL_LABEL_WEAK | SPILL_LABEL_CORP;
			label_keep(x.name, value);
			return label_add(l, &x);
		}
	(void)label_text(l, SPILL_LABEL_MIP, 0, part, value);
	return l->rc;
}

/* Keywords, comments: "secret" is a word there, "NATO SECRET" a marking. */
static int
soft(struct spill_labels *l, struct spill_span part, struct spill_span value)
{
	struct spill_marking m;

	if (value.len <= 256 && label_parse(l, value, &m) && m.rank >= 0 &&
	    (m.spec == SPILL_SPEC_SELF || m.spec == SPILL_SPEC_PHRASE ||
		m.valid > 0))
		(void)label_text(l, SPILL_LABEL_PROPERTY, 0, part, value);
	return l->rc;
}

static int
prior(struct spill_labels *l, struct spill_span part)
{
	struct spill_label x = label_new(SPILL_LABEL_MMHS, part);

	x.flags = SPILL_LABEL_PRIOR;
	return label_add(l, &x);
}

static int
value_of(struct spill_labels *l, const struct known *k, struct spill_span part,
    struct spill_span value)
{
	if (label_begins(label_trim(value), "TLP"))
		return tlp(l, part, value);
	(void)label_text(l, k->family, 0, part, value);
	return l->rc;
}

static int
dispatch(struct spill_labels *l, const struct known *k, struct spill_span part,
    struct spill_span value)
{
	switch (k->what) {
	case VALUE:
	case FIELD:
		return value_of(l, k, part, value);
	case SOFT:
		return soft(l, part, value);
	case TITUS_PAIRS:
		return label_titus_pairs(l, part, value);
	case TITUS_BLOB:
		return label_titus_blob(l, part, value);
	case SISL:
		return label_sisl_piece(l, part, value);
	case SIO:
	case SIO_HISTORY:
		return label_sio(l, part, value, k->what == SIO_HISTORY);
	case XPM:
		return label_xpm(l, part, value);
	case SUBJECT:
		return label_subject(l, part, value);
	case SENSITIVITY:
		return sensitivity(l, part, value);
	case MIP_FIELD:
		return label_mip_field(l, part, value);
	case BINDING:
		return label_binding(l, part, value);
	case TLP:
		return tlp(l, part, value);
	case PRIOR:
		break;
	}
	return prior(l, part);
}

int
spill_labels_property(struct spill_labels *l, struct spill_span part,
    struct spill_span name, struct spill_span value)
{
	const struct known *k;
	char folded[NAME];

	if (l->rc != SPILL_OK || name.len == 0 || name.len > 256)
		return l->rc;
	/* The text of an element of a label, or of a policy, which is told as
	 * a line, too. */
	if (l->xml.stanag.at != 0 || l->xml.mute != 0)
		return l->rc;
	if (label_begins(name, "MSIP_Label_"))
		return label_mip_property(l, part, name, value);
	if (label_begins(name, "urn:bails:"))
		return label_tscp(l, part, name, value);
	fold(folded, name);
	k = look_up(folded);
	return k != NULL ? dispatch(l, k, part, value) : l->rc;
}
