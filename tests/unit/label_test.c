/*
 * label_test.c: what each kind of label says: the made-up values of its
 * format's description, and how implementations deviate. The expectations are
 * what the label means; the grammar has its own tests.
 */
#include <dirent.h>
#include <stdio.h>

#include "util.h"

#include "../../common/marking/label_i.h"

static struct spill_vocab *vocab;
static struct spill_labels *labels;
static struct spill_buf log_ = SPILL_BUF_INIT((size_t)16 << 20);
/* What the log has beside the marking. */
enum { PART = 1, TENANT = 2, NAME = 4 };
static unsigned show_;

/* --- what is told ------------------------------------------------------- */

static void
put(const char *key, const char *value)
{
	if (value[0] != '\0')
		spill_buf_printf(&log_, " %s=%s", key, value);
}

/* "mip NATO 2 NATO RESTRICTED rel=UKR" and letters for the flags. */
static int
on_label(void *ctx, const struct spill_label *x)
{
	static const char *const flags[] = { "removed", "privileged", "portion",
		"unresolved", "corp", "policy", "weak", "former", "prior" };
	const struct spill_marking *m = &x->marking;

	(void)ctx;
	spill_buf_puts(&log_, spill_label_names[x->family]);
	if (m->rank >= 0)
		spill_buf_printf(&log_, " %s %d", m->scheme, m->rank);
	put("level", m->level);
	put("cat", m->categories);
	put("rel", m->release);
	put("ctx", m->context);
	put("adm", m->admin);
	put("guid", x->guid);
	if ((show_ & TENANT) != 0)
		put("tenant", x->tenant);
	if ((show_ & NAME) != 0)
		put("name", x->name);
	if ((show_ & TENANT) != 0)
		put("created", x->created);
	if ((show_ & PART) != 0 && x->part.len > 0) {
		spill_buf_puts(&log_, " part=");
		spill_buf_span(&log_, x->part);
	}
	for (size_t i = 0; i < SPILL_COUNT(flags); i++)
		if ((x->flags & 1u << i) != 0)
			spill_buf_printf(&log_, " %s", flags[i]);
	spill_buf_putc(&log_, '\n');
	return log_.rc;
}

static const char *
told(void)
{
	const struct spill_label_sink sink = { on_label, NULL };

	spill_buf_reset(&log_);
	assert_int_equal(spill_labels_end(labels, &sink), SPILL_OK);
	return spill_buf_str(&log_);
}

static int
setup(void **state)
{
	(void)state;
	if (spill_vocab_open(&vocab, NULL, 0) != SPILL_OK ||
	    spill_doctext_xml()->warm() != SPILL_OK)
		return -1;
	return spill_labels_open(&labels, vocab);
}

static int
teardown(void **state)
{
	(void)state;
	spill_labels_free(&labels);
	spill_vocab_free(&vocab);
	spill_buf_release(&log_);
	return 0;
}

static int
on_element(void *ctx, const struct spill_element *e, bool opens)
{
	(void)ctx;
	return spill_labels_element(labels, e, opens);
}

static int
on_line(void *ctx, const struct spill_line *line)
{
	(void)ctx;
	(void)line;
	return SPILL_OK;
}

static int
on_flaw(void *ctx, const char *code, uint64_t offset, uint64_t length,
    const char *detail)
{
	(void)ctx;
	(void)code;
	(void)offset;
	(void)length;
	(void)detail;
	return SPILL_OK;
}

static void
feed_xml(struct spill_span s)
{
	const struct spill_doctext_sink sink = {
		.line = on_line, .flaw = on_flaw, .element = on_element
	};
	const struct spill_doctext_conf conf = { 0 };
	struct spill_src src = spill_src_of(s);

	assert_int_equal(
	    spill_doctext_xml()->run(&src, &conf, &sink), SPILL_OK);
}

static const char *
of_xml(struct spill_span s)
{
	spill_labels_begin(labels);
	feed_xml(s);
	return told();
}

static const char *
of_bytes(struct spill_span s)
{
	struct spill_src src = spill_src_of(s);

	spill_labels_begin(labels);
	assert_int_equal(spill_labels_bytes(labels, &src, s), SPILL_OK);
	return told();
}

#define assert_xml(s, want)   assert_string_equal(of_xml(SPILL_SPAN(s)), want)
#define assert_bytes(s, want) assert_string_equal(of_bytes(SPILL_SPAN(s)), want)

/* --- properties --------------------------------------------------------- */

struct property {
	const char *name, *value, *want;
};

static void
feed(const char *name, const char *value)
{
	assert_int_equal(spill_labels_property(labels, SPILL_SPAN("part"),
			     spill_span(name), spill_span(value)),
	    SPILL_OK);
}

static void
check(const struct property *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		spill_labels_begin(labels);
		feed(p[i].name, p[i].value);
		if (strcmp(told(), p[i].want) != 0)
			print_message("%s: %s\n", p[i].name, p[i].value);
		assert_string_equal(told(), p[i].want);
	}
}

static const struct property fields[] = {
	/* Nobody's. */
	{ "Received", "NATO SECRET", "" },
	{ "", "NATO SECRET", "" },
	{ "MSIP_Label_0f1e2d3c", "NATO SECRET", "" },
	/* A site's own: only if the value is a marking. */
	{ "X-Classification", "NATO SECRET",
	    "property NATO 4 level=NATO SECRET\n" },
	{ "x-security-classification", " NATO RESTRICTED ",
	    "property NATO 2 level=NATO RESTRICTED\n" },
	{ "Document Classification", "NATO CONFIDENTIAL",
	    "property NATO 3 level=NATO CONFIDENTIAL\n" },
	{ "X-Classification", "see the handbook", "" },
	{ "X-Classification", "", "" },
	{ "X-NATO-Classification", "COSMIC TOP SECRET",
	    "property NATO 5 level=COSMIC TOP SECRET\n" },
	{ "X-Microsoft-ClassDesc", "NATO RESTRICTED",
	    "property NATO 2 level=NATO RESTRICTED\n" },
	/* Where people write many things, a bare word is none. */
	{ "Keywords", "NATO SECRET", "property NATO 4 level=NATO SECRET\n" },
	{ "Keywords", "secret", "" },
	{ "Category", "budget, NATO SECRET, 2024", "" },
	/* TLP is no classification. */
	{ "X-TLP", "AMBER+STRICT", "tlp level=TLP:AMBER+STRICT corp\n" },
	{ "X-Classification", "TLP:RED", "tlp level=TLP:RED corp\n" },
	{ "TLP", "TLP: green", "tlp level=TLP:GREEN corp\n" },
	{ "X-TLP", "MAUVE", "" },
	{ "Sensitivity", "Company-Confidential", "property corp weak\n" },
	{ "MMHS-Primary-Precedence", "priority", "mmhs prior\n" },
};

static void
test_fields(void **state)
{
	(void)state;
	check(fields, SPILL_COUNT(fields));
}

static const struct property mail[] = {
	{ "SIO-Label",
	    "marking=\"NATO RESTRICTED\"; fgcolor=black; bgcolor=yellow; "
	    "type=\":ess\"; label=\"MQoCAQIGBSsaAQMB\"",
	    "sio NATO 2 level=NATO RESTRICTED\n" },
	/* Without words, in pieces that stand in any order. */
	{ "SIO-Label",
	    "type=\":ess\"; label*1=\"BSsaAQMB\"; "
	    "label*0=\"MQoCAQIG\"",
	    "sio NATO 2 level=NATO RESTRICTED\n" },
	{ "SIO-Label", "marking*0*=UTF-8''NATO%20; marking*1=SECRET",
	    "sio NATO 4 level=NATO SECRET\n" },
	{ "SIO-Label", "marking=\"NATO \\\"X\\\"\"", "sio\n" },
	/* The label counts, not what is shown, if they differ. */
	{ "SIO-Label", "marking=\"NATO SECRET\"; label=MQoCAQIGBSsaAQMB",
	    "sio NATO 2 level=NATO RESTRICTED\n" },
	{ "SIO-Label-History", "marking=\"NATO SECRET\"; change=replace",
	    "sio NATO 4 level=NATO SECRET former\n" },
	{ "SIO-Label", "fgcolor=red", "" },
	{ "X-Protective-Marking",
	    "VER=2024.1, NS=gov.au, SEC=SECRET, CAVEAT=RI:AUSTEO, "
	    "EXPIRES=2031-07-01, DOWNTO=OFFICIAL, ACCESS=Legal-Privilege, "
	    "ORIGIN=jane@dept.gov.au",
	    "xpm AU 4 level=SECRET cat=AUSTEO adm=LEGAL-PRIVILEGE\n" },
	{ "X-Protective-Marking",
	    "VER=2018.4, NS=gov.au, SEC=TOP-SECRET, "
	    "CAVEAT=RI:REL/AUS/GBR, CAVEAT=SH:CABINET",
	    "xpm AU 5 level=TOP SECRET cat=CABINET rel=AUS;GBR\n" },
	{ "X-Protective-Marking",
	    "VER=2018.4, NS=gov.au, SEC=OFFICIAL:Sensitive, "
	    "NOTE=a\\, SEC=SECRET",
	    "xpm AU 1 level=OFFICIAL: Sensitive\n" },
	{ "X-Protective-Marking", "SEC=PROTECTED",
	    "xpm AU 3 level=PROTECTED\n" },
	{ "X-Protective-Marking", "VER=2018.4", "" },
	{ "Subject", "Fw: notes [SEC=SECRET, CAVEAT=RI:AGAO]",
	    "xpm AU 4 level=SECRET cat=AGAO\n" },
	{ "Subject", "notes [SEEMAIL] [IN-CONFIDENCE]",
	    "xpm prior\nxpm NZ 1 level=IN-CONFIDENCE\n" },
	{ "Subject", "notes [SENSITIVE]", "xpm NZ 1 level=SENSITIVE weak\n" },
	{ "Subject", "notes [SEC=", "" },
	{ "Subject", "[draft] [in-confidence]", "" },
	{ "Binding-Data",
	    "binding-type=\"urn:nato:stanag:4778:bindinginformation:1:0\"; "
	    "binding-data-object=\"PE9yaWdpbmF0b3JDb25maWRlbnRpYWxpdHlMYWJlbD4"
	    "8UG9saWN5SWRlbnRpZmllcj5OQVRPPC9Qb2xpY3lJZGVudGlmaWVyPjxDbGFzc2lm"
	    "aWNhdGlvbj5TRUNSRVQ8L0NsYXNzaWZpY2F0aW9uPjwvT3JpZ2luYXRvckNvbmZpZ"
	    "GVudGlhbGl0eUxhYmVsPg==\"",
	    "stanag4774 NATO 4 level=NATO SECRET\n" },
	{ "bindingInformation",
	    "<ConfidentialityLabel><PolicyIdentifier>NATO</PolicyIdentifier>"
	    "<Classification>RESTRICTED</Classification></"
	    "ConfidentialityLabel>",
	    "stanag4774 NATO 2 level=NATO RESTRICTED\n" },
};

static void
test_mail(void **state)
{
	(void)state;
	check(mail, SPILL_COUNT(mail));
}

static const struct property vendors[] = {
	{ "x-tituslabs-classifications-30",
	    "TLPropertyRoot=ORG;Classification=NATO UNCLASSIFIED;",
	    "titus NATO 1 level=NATO UNCLASSIFIED\n" },
	{ "TLPropertyRoot",
	    "TLPropertyRoot=ORG;Classification=Internal;Dept=J2;",
	    "titus corp\n" },
	{ "x-titus-metadata-40", /* in base64, folded */
	    "eyJNZXRhZGF0YSI6eyJucyI6Imh0dHA6Ly93d3cudGl0dXMuY29tL25z "
	    "L09SRyIsImlkIjoiMSIsInByb3BzIjpbeyJuIjoiQ2xhc3NpZmljYXRp "
	    "b24iLCJ2YWxzIjpbeyJ2YWx1ZSI6Ik5BVE8gU0VDUkVUIn1dfV19fQ==",
	    "titus NATO 4 level=NATO SECRET\n" },
	{ "TitusGUID", "0f1e2d3c-1111-2222-3333-444455556666", "" },
	{ "bjDocumentSecurityLabel", "NATO CONFIDENTIAL",
	    "boldon NATO 3 level=NATO CONFIDENTIAL\n" },
	{ "urn:bails:NationalSecurity:BusinessAuthorizationCategory:Name",
	    "NATO SECRET", "tscp NATO 4 level=NATO SECRET\n" },
	{ "urn:bails:NationalSecurity:Marking:document-header",
	    "NATO RESTRICTED", "tscp NATO 2 level=NATO RESTRICTED\n" },
	{ "urn:bails:NationalSecurity:Impact:Level:Confidentiality", "High",
	    "" },
	{ "urn:bails:IntellectualProperty:BusinessAuthorizationCategory:Name",
	    "Internal Only", "tscp corp\n" },
	{ "ClassificationContentMarkingHeaderText", "NATO RESTRICTED",
	    "mip NATO 2 level=NATO RESTRICTED\n" },
	{ "ClassificationContentMarkingHeaderFontProps", "#000000,12,Calibri",
	    "" },
	{ "msip_labels",
	    "MSIP_Label_0F1E2D3C-1111-2222-3333-4444 55556666_Enabled=True;"
	    "MSIP_Label_0f1e2d3c-1111-2222-3333-444455556666_Method=Standard;"
	    "MSIP_Label_0f1e2d3c-1111-2222-3333-444455556666_Name=NATO SECRET;",
	    "mip NATO 4 level=NATO SECRET "
	    "guid=0f1e2d3c-1111-2222-3333-444455556666\n" },
};

static void
test_vendors(void **state)
{
	(void)state;
	check(vendors, SPILL_COUNT(vendors));
}

/* --- Microsoft ---------------------------------------------------------- */

#define G1   "0f1e2d3c-1111-2222-3333-444455556666"
#define G2   "9f1e2d3c-1111-2222-3333-444455556666"
#define SITE "aaaaaaaa-1111-2222-3333-444455556666"

static void
test_mip(void **state)
{
	(void)state;
	show_ = TENANT | NAME;
	spill_labels_begin(labels);
	feed("MSIP_Label_" G1 "_Enabled", "true");
	feed("MSIP_Label_" G1 "_Name", "Alliance\\NATO RESTRICTED");
	feed("MSIP_Label_" G1 "_SiteId", SITE);
	feed("MSIP_Label_" G1 "_Method", "Privileged");
	feed("MSIP_Label_" G1 "_SetDate", "2026-05-04T08:30:00Z");
	feed("MSIP_Label_" G1 "_ContentBits", "3");
	feed("MSIP_Label_" G2 "_Enabled", "false");
	feed("MSIP_Label_" G2 "_Name", "General");
	assert_string_equal(told(),
	    "mip NATO 2 level=NATO RESTRICTED guid=" G1 " tenant=" SITE
	    " name=Alliance\\NATO RESTRICTED created=2026-05-04T08:30:00Z "
	    "privileged\n"
	    "mip guid=" G2 " name=General removed corp\n");
	spill_labels_begin(labels);
	feed("MSIP_Label_" G1 "_Enabled", "true");
	feed("MSIP_Label_" G1 "_Name", G2); /* of no use to a reader */
	assert_string_equal(told(), "mip guid=" G1 " unresolved\n");
	show_ = 0;
}

#define INFO(x)                                                             \
	"<clbl:labelList xmlns:clbl=\"http://schemas.microsoft.com/office/" \
	"2020/mipLabelMetadata\">" x "</clbl:labelList>"

/* LabelInfo.xml has the last word, and no names. */
static void
test_label_info(void **state)
{
	(void)state;
	assert_xml(INFO("<clbl:label id=\"{" G1 "}\" enabled=\"1\" "
			"method=\"Privileged\" siteId=\"{" SITE "}\" "
			"contentBits=\"3\" removed=\"0\"/>"),
	    "mip guid=" G1 " privileged unresolved\n");
	assert_xml(INFO("<clbl:label id=\"{" G1 "}\" enabled=\"1\" "
			"siteId=\"{" SITE "}\" removed=\"1\"/>"),
	    "mip guid=" G1 " removed unresolved\n");
	spill_labels_begin(labels);
	feed("MSIP_Label_" G1 "_Enabled", "false");
	feed("MSIP_Label_" G1 "_Name", "NATO SECRET");
	feed("MSIP_Label_" G1 "_SiteId", SITE);
	feed("MSIP_Label_" G2 "_Enabled", "true");
	feed("MSIP_Label_" G2 "_Name", "NATO RESTRICTED");
	feed("MSIP_Label_" G2 "_SiteId", SITE);
	feed_xml(SPILL_SPAN(INFO("<clbl:label id=\"{" G1 "}\" enabled=\"1\" "
				 "siteId=\"{" SITE "}\"/>")));
	assert_string_equal(told(), "mip NATO 4 level=NATO SECRET guid=" G1
				    "\nmip NATO 2 level=NATO RESTRICTED "
				    "guid=" G2 " removed\n");
}

/* --- Boldon James ------------------------------------------------------- */

static void
test_sisl(void **state)
{
	(void)state;
	spill_labels_begin(labels);
	feed("bjDocumentLabelXML",
	    "<?xml version=\"1.0\"?><sisl policy=\"" G1 "\" origin=\"userSel");
	feed("bjDocumentLabelXML-0",
	    "ected\" xmlns=\"http://www.boldonjames.com/2008/01/sie/internal/"
	    "label\"><element uid=\"id_classification_nato");
	feed("bjDocumentLabelXML-1", "_secret\" value=\"\" /></sisl>");
	assert_string_equal(
	    told(), "boldon NATO 4 level=NATO SECRET privileged\n");
	assert_xml("<sisl policy=\"" G1 "\"><element uid=\"" G2 "\"/></sisl>",
	    "boldon unresolved\n");
}

/* --- STANAG 4774 and 4778 ----------------------------------------------- */

#define NS4774 "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"
#define LABEL(in)                                                   \
	"<slab:originatorConfidentialityLabel xmlns:slab=\"" NS4774 \
	"\"><slab:ConfidentialityInformation>" in                   \
	"</slab:ConfidentialityInformation>"                        \
	"<slab:CreationDateTime>2026-05-04T08:30:00Z"               \
	"</slab:CreationDateTime></slab:originatorConfidentialityLabel>"
#define NATO                                                       \
	"<slab:PolicyIdentifier URI=\"urn:oid:1.3.26.1.3.1\">NATO" \
	"</slab:PolicyIdentifier>"
#define GRADE(g) "<slab:Classification>" g "</slab:Classification>"
#define CATEGORY(type, tag, oid, value)                                  \
	"<slab:Category " type " TagName=\"" tag "\" URI=\"urn:oid:" oid \
	"\"><slab:GenericValue>" value "</slab:GenericValue></slab:Category>"

static const struct {
	struct spill_span xml;
	const char *want;
} stanag[] = {
	{ S(LABEL(NATO GRADE("RESTRICTED") CATEGORY(
	      "Type=\"PERMISSIVE\"", "Releasable To", "1.3.26.1.4.2", "UKR"))),
	    "stanag4774 NATO 2 level=NATO RESTRICTED rel=UKR tenant=NATO "
	    "name=NATO RESTRICTED Releasable to UKR "
	    "created=2026-05-04T08:30:00Z\n" },
	/* COSMIC takes the place of NATO. */
	{ S(LABEL(NATO GRADE("top secret") CATEGORY("Type=\"RESTRICTIVE\"",
	      "Sensitivity", "1.3.26.1.4.1", "ATOMAL"))),
	    "stanag4774 NATO 5 level=COSMIC TOP SECRET cat=ATOMAL tenant=NATO "
	    "name=COSMIC TOP SECRET ATOMAL created=2026-05-04T08:30:00Z\n" },
	{ S(LABEL(NATO GRADE("UNCLASSIFIED") CATEGORY("Type=\"INFORMATIVE\"",
	      "Administrative", "1.3.26.1.4.3", "STAFF"))),
	    "stanag4774 NATO 1 level=NATO UNCLASSIFIED adm=STAFF tenant=NATO "
	    "name=NATO UNCLASSIFIED - STAFF created=2026-05-04T08:30:00Z\n" },
	{ S(LABEL(NATO GRADE("CONFIDENTIAL") CATEGORY(
	      "Type=\"PERMISSIVE\"", "Context", "1.3.26.1.4.4", "NATO/EAPC")
		  CATEGORY("Type=\"PERMISSIVE\"", "Only", "1.3.26.1.4.5", "CAN")
		      CATEGORY("type=\"permissive\"", "Only", "1.3.26.1.4.5",
			  "DEU"))),
	    "stanag4774 NATO 3 level=NATO CONFIDENTIAL cat=CAN DEU ONLY "
	    "ctx=EAPC tenant=NATO name=NATO/EAPC CONFIDENTIAL CAN, DEU Only "
	    "created=2026-05-04T08:30:00Z\n" },
	/* No namespace, a capital O, no time, a type that is misspelt and in
	 * small letters, an attribute of another name. */
	{ S("<OriginatorConfidentialityLabel><ConfidentialityInformation>"
	    "<PolicyIdentifier>nato</PolicyIdentifier>"
	    "<Classification>Secret</Classification>"
	    "<Category type=\"permisive\" tag=\"to whom\">"
	    "<GenericValue>SWE</GenericValue><GenericValue>FIN</GenericValue>"
	    "</Category></ConfidentialityInformation>"
	    "</OriginatorConfidentialityLabel>"),
	    "stanag4774 NATO 4 level=NATO SECRET rel=FIN;SWE tenant=nato "
	    "name=NATO SECRET Releasable to FIN, SWE\n" },
	/* The policy by its number alone. */
	{ S("<ConfidentialityLabel><PolicyIdentifier>urn:oid:1.3.26.1.3.1"
	    "</PolicyIdentifier><Classification>SECRET</Classification>"
	    "</ConfidentialityLabel>"),
	    "stanag4774 NATO 4 level=NATO SECRET tenant=urn:oid:1.3.26.1.3.1 "
	    "name=NATO SECRET\n" },
	{ S("<a><metadataConfidentialityLabel><PolicyIdentifier>NATO"
	    "</PolicyIdentifier><Classification>SECRET</Classification>"
	    "</metadataConfidentialityLabel></a>"),
	    "stanag4774 NATO 4 level=NATO SECRET tenant=NATO "
	    "name=NATO SECRET portion\n" },
	{ S("<alternativeConfidentialityLabel><PolicyIdentifier>GBR"
	    "</PolicyIdentifier><Classification>TOP SECRET</Classification>"
	    "</alternativeConfidentialityLabel>"),
	    "stanag4774 UK 5 level=TOP SECRET tenant=GBR name=TOP SECRET\n" },
	/* What it is cut in still says something. */
	{ S("<originatorConfidentialityLabel><PolicyIdentifier>NATO"
	    "</PolicyIdentifier><Classification>SECRET</Classification><Cat"),
	    "stanag4774 NATO 4 level=NATO SECRET tenant=NATO "
	    "name=NATO SECRET\n" },
	{ S("<originatorConfidentialityLabel/>"), "" },
	/* Elements of that name elsewhere. */
	{ S("<x><PolicyIdentifier>NATO</PolicyIdentifier>"
	    "<Classification>SECRET</Classification></x>"),
	    "" },
	/* Policies, and what people may see. */
	{ S("<spif:SPIF xmlns:spif=\"http://www.xmlspif.org/spif\">"
	    "<spif:securityClassification name=\"SECRET\"/>"
	    "<originatorConfidentialityLabel><PolicyIdentifier>NATO"
	    "</PolicyIdentifier><Classification>SECRET</Classification>"
	    "</originatorConfidentialityLabel></spif:SPIF>"),
	    "stanag4774 policy\n" },
	{ S("<ConfidentialityClearance xmlns=\"urn:nato:stanag:4774:"
	    "confidentialityclearance:1:0\"><PolicyIdentifier>NATO"
	    "</PolicyIdentifier></ConfidentialityClearance>"),
	    "stanag4774 policy\n" },
	{ S("<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" "
	    "targetNamespace=\"" NS4774 "\"><xs:element "
	    "name=\"ConfidentialityInformation\"/></xs:schema>"),
	    "stanag4774 policy\n" },
	{ S("<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\">"
	    "<ConfidentialityLabel><Classification>SECRET</Classification>"
	    "</ConfidentialityLabel></xs:schema>"),
	    "" },
};

static void
test_stanag(void **state)
{
	(void)state;
	show_ = TENANT | NAME;
	for (size_t i = 0; i < SPILL_COUNT(stanag); i++)
		assert_string_equal(of_xml(stanag[i].xml), stanag[i].want);
	show_ = 0;
}

#define BOUND(label, reference)                                          \
	"<mb:BindingInformation xmlns:mb=\"urn:nato:stanag:4778:"        \
	"bindinginformation:1:0\"><mb:MetadataBindingContainer>"         \
	"<mb:MetadataBinding><mb:Metadata>" label "</mb:Metadata>"       \
	"<mb:DataReference URI=\"" reference "\"/></mb:MetadataBinding>" \
	"</mb:MetadataBindingContainer></mb:BindingInformation>"

static void
test_binding(void **state)
{
	static const char bound[] =
	    BOUND(LABEL(NATO GRADE("SECRET")), "pack:///word/document.xml");
	static const char piece[] =
	    BOUND(LABEL(NATO GRADE("SECRET")), "memo.xml#p3");

	(void)state;
	show_ = PART;
	assert_string_equal(of_xml(SPILL_SPAN(bound)),
	    "stanag4774 NATO 4 level=NATO SECRET "
	    "part=pack:///word/document.xml\n");
	assert_string_equal(of_xml(SPILL_SPAN(piece)),
	    "stanag4774 NATO 4 level=NATO SECRET part=memo.xml#p3 portion\n");
	assert_bytes("{\"BindingInformation\":{\"MetadataBinding\":[{"
		     "\"Metadata\":{\"originatorConfidentialityLabel\":{"
		     "\"ConfidentialityInformation\":{"
		     "\"PolicyIdentifier\":\"NATO\","
		     "\"Classification\":\"SECRET\"}}},"
		     "\"DataReference\":{\"URI\":\"photo.jpg\"}}]}}",
	    "stanag4774 NATO 4 level=NATO SECRET part=photo.jpg\n");
	show_ = 0;
}

/* --- JSON --------------------------------------------------------------- */

static void
test_json(void **state)
{
	(void)state;
	assert_bytes("{\"slab:originatorConfidentialityLabel\":{"
		     "\"Xmlns\":\"" NS4774 "\","
		     "\"slab:ConfidentialityInformation\":{"
		     "\"slab:PolicyIdentifier\":{\"@URI\":"
		     "\"urn:oid:1.3.26.1.3.1\",\"$\":\"NATO\"},"
		     "\"slab:Classification\":\"RESTRICTED\","
		     "\"slab:Category\":[{\"slab:GenericValue\":[\"UKR\","
		     "\"GEO\"],\"@TagName\":\"Releasable To\","
		     "\"@Type\":\"PERMISSIVE\"},"
		     "{\"@Type\":\"RESTRICTIVE\",\"GenericValue\":"
		     "\"\\u0043RYPTO\"}]}}}",
	    "stanag4774 NATO 2 level=NATO RESTRICTED cat=CRYPTO rel=GEO;UKR\n");
	/* A manifest of ZTDF: the label is a text within an assertion. */
	assert_bytes("{\"payload\":{\"type\":\"reference\"},\"assertions\":[{"
		     "\"id\":\"1\",\"type\":\"handling\",\"statement\":{"
		     "\"format\":\"json-structured\",\"value\":\"{\\\"Ocl\\\":"
		     "{\\\"pol\\\":\\\"NATO\\\",\\\"cls\\\":\\\"SECRET\\\","
		     "\\\"catl\\\":[{\\\"type\\\":\\\"P\\\",\\\"name\\\":"
		     "\\\"Releasable To\\\",\\\"vals\\\":[\\\"usa\\\"]}]}}\"}}]"
		     "}",
	    "stanag4774 NATO 4 level=NATO SECRET rel=USA\n");
	/* One of OpenTDF: attributes of its policy. */
	assert_bytes("{\"encryptionInformation\":{\"policy\":"
		     "\"eyJib2R5Ijp7ImRhdGFBdHRyaWJ1dGVzIjpbeyJhdHRyaWJ1dGUi"
		     "OiJodHRwczovL21vZC5leGFtcGxlL2F0dHIvY2xhc3NpZmljYXRpb24"
		     "vdmFsdWUvdG9wX3NlY3JldCJ9XX19\"}}",
	    "tdf  5 level=TOP SECRET\n");
	assert_bytes("{\"Classification\":\"SECRET\",\"a\":[1,2,{}]}", "");
}

/* --- chats -------------------------------------------------------------- */

static void
test_xmpp(void **state)
{
	(void)state;
	assert_xml("<message><securitylabel xmlns=\"urn:xmpp:sec-label:0\">"
		   "<displaymarking fgcolor=\"black\" bgcolor=\"red\">"
		   "NATO SECRET</displaymarking><label/></securitylabel>"
		   "</message>",
	    "xmpp NATO 4 level=NATO SECRET\n");
	assert_xml("<securitylabel xmlns=\"urn:xmpp:sec-label:0\"><label>"
		   "<esssecuritylabel xmlns=\"urn:xmpp:sec-label:ess:0\">"
		   "MQoCAQIGBSsaAQMB</esssecuritylabel></label>"
		   "</securitylabel>",
	    "xmpp NATO 2 level=NATO RESTRICTED\n");
	assert_xml("<catalog xmlns=\"urn:xmpp:sec-label:catalog:2\"><item>"
		   "<securitylabel><displaymarking>NATO SECRET"
		   "</displaymarking></securitylabel></item></catalog>",
	    "xmpp policy\n");
}

/* --- IC-ISM ------------------------------------------------------------- */

#define ISM(attrs) "<r xmlns:ism=\"urn:us:gov:ic:ism\" " attrs "/>"

static const struct {
	struct spill_span xml;
	const char *want;
} ism[] = {
	{ S(ISM("ism:classification=\"S\" ism:ownerProducer=\"USA\" "
		"ism:disseminationControls=\"OC NF\"")),
	    "ism US 4 level=SECRET cat=NOFORN;ORCON "
	    "name=SECRET//ORCON/NOFORN\n" },
	{ S(ISM("ism:classification=\"TS\" ism:ownerProducer=\"USA\" "
		"ism:SCIcontrols=\"SI TK\" ism:disseminationControls=\"REL\" "
		"ism:releasableTo=\"USA GBR\" ism:FGIsourceOpen=\"GBR DEU\" "
		"ism:nonICmarkings=\"XD\" ism:atomicEnergyMarkings=\"FRD\"")),
	    "ism US 5 level=TOP SECRET cat=EXDIS;FGI DEU GBR;FRD;SI;TK "
	    "rel=GBR;USA name=TOP SECRET//SI/TK//FRD//FGI GBR DEU"
	    "//REL TO USA, GBR//EXDIS\n" },
	{ S(ISM("ism:classification=\"S\" ism:ownerProducer=\"USA\" "
		"ism:SARIdentifier=\"XYZ\" "
		"ism:FGIsourceProtected=\"FGI\" "
		"ism:displayOnlyTo=\"AFG\" "
		"ism:disseminationControls=\"DISPLAYONLY\"")),
	    "ism US 4 level=SECRET cat=DISPLAY ONLY AFG;FGI;SAR-XYZ "
	    "name=SECRET//SAR-XYZ//FGI//DISPLAY ONLY AFG\n" },
	/* Of others. */
	{ S(ISM("ism:classification=\"S\" ism:ownerProducer=\"NATO\" "
		"ism:releasableTo=\"NATO\" ism:nonUSControls=\"NATO-ATOMAL\"")),
	    "ism NATO 4 level=NATO SECRET cat=ATOMAL rel=NATO "
	    "name=//NATO SECRET//ATOMAL//REL TO NATO\n" },
	{ S(ISM("ism:classification=\"TS\" ism:ownerProducer=\"NATO\"")),
	    "ism NATO 5 level=COSMIC TOP SECRET "
	    "name=//COSMIC TOP SECRET\n" },
	{ S(ISM("ism:classification=\"R\" ism:ownerProducer=\"GBR\"")),
	    "ism UK 2 level=RESTRICTED name=//GBR RESTRICTED\n" },
	{ S(ISM("ism:classification=\"S\" ism:ownerProducer=\"CAN USA\" "
		"ism:joint=\"true\"")),
	    "ism JOINT 4 level=SECRET name=//JOINT SECRET CAN USA\n" },
	{ S(ISM("ism:classification=\"S\" ism:ownerProducer=\"USA\" "
		"ism:highWaterNATO=\"NATO-S\"")),
	    "ism US 4 level=SECRET name=SECRET\n"
	    "ism NATO 4 level=NATO SECRET name=NATO SECRET portion\n" },
	/* Controlled unclassified information. */
	{ S(ISM("ism:classification=\"U\" ism:ownerProducer=\"USA\" "
		"ism:cuiSpecified=\"CTI\" "
		"ism:disseminationControls=\"FED_ONLY\"")),
	    "ism US-CUI 1 level=CUI cat=FED ONLY;SP-CTI "
	    "name=CUI//SP-CTI//FED ONLY\n" },
	/* Older namespaces and grades; without any, both must be there. */
	{ S("<r xmlns:ICISM=\"urn:us:gov:ic:ism:v2\" "
	    "ICISM:classification=\"CTS-B\" ICISM:ownerProducer=\"NATO\"/>"),
	    "ism NATO 5 level=COSMIC TOP SECRET cat=BOHEMIA "
	    "name=//COSMIC TOP SECRET//BOHEMIA\n" },
	{ S("<r classification=\"S\" ownerProducer=\"USA\"/>"),
	    "ism US 4 level=SECRET name=SECRET\n" },
	{ S("<r classification=\"S\"/>"), "" },
	{ S("<r xmlns:x=\"urn:x\" x:classification=\"S\" "
	    "x:ownerProducer=\"USA\"/>"),
	    "" },
	{ S(ISM("ism:classification=\"Q\" ism:ownerProducer=\"USA\"")), "" },
	/* The resource has the banner. */
	{ S("<d xmlns:i=\"urn:us:gov:ic:ism\"><h i:resourceElement=\"true\" "
	    "i:classification=\"C\" i:ownerProducer=\"USA\"/>"
	    "<p i:classification=\"S\" i:ownerProducer=\"USA\"/>"
	    "<p i:classification=\"S\" i:ownerProducer=\"USA\"/>"
	    "<p i:classification=\"TS\" i:ownerProducer=\"USA\" "
	    "i:excludeFromRollup=\"true\"/></d>"),
	    "ism US 3 level=CONFIDENTIAL name=CONFIDENTIAL\n"
	    "ism US 4 level=SECRET name=SECRET portion\n" },
	{ S("<d xmlns:i=\"urn:us:gov:ic:ism\"><a:Security "
	    "xmlns:a=\"urn:us:gov:ic:arh\" i:classification=\"U\" "
	    "i:ownerProducer=\"USA\"/></d>"),
	    "ism US 1 level=UNCLASSIFIED name=UNCLASSIFIED\n" },
	/* What describes them is none. */
	{ S("<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" "
	    "xmlns:i=\"urn:us:gov:ic:ism\" i:classification=\"U\" "
	    "i:ownerProducer=\"USA\"/>"),
	    "ism policy\n" },
	{ S("<CVE xmlns=\"urn:us:gov:ic:cve\" "
	    "xmlns:i=\"urn:us:gov:ic:ism\" i:classification=\"U\" "
	    "i:ownerProducer=\"USA\"><Value>TS</Value></CVE>"),
	    "ism policy\n" },
};

static void
test_ism(void **state)
{
	(void)state;
	show_ = NAME;
	for (size_t i = 0; i < SPILL_COUNT(ism); i++)
		assert_string_equal(of_xml(ism[i].xml), ism[i].want);
	show_ = 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_mail),
		cmocka_unit_test(test_vendors),
		cmocka_unit_test(test_mip),
		cmocka_unit_test(test_label_info),
		cmocka_unit_test(test_sisl),
		cmocka_unit_test(test_stanag),
		cmocka_unit_test(test_binding),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_xmpp),
		cmocka_unit_test(test_ism),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
