/*
 * label_test.c: labels in properties and fields: the made-up values of their
 * descriptions, and how implementations deviate. The expectations are what the
 * label means; the grammar has its own tests.
 */
#include "label_told.h"

/* --- properties --------------------------------------------------------- */

struct property {
	const char *name, *value, *want;
};

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
	{ "X-Classification", "Streng geheim",
	    "property AT|DE 5 level=STRENG GEHEIM\n" },
	{ "X-Classification", "C", "" },
	{ "X-Classification", "see the handbook", "" },
	{ "X-Classification", "", "" },
	{ "X-NATO-Classification", "COSMIC TOP SECRET",
	    "property NATO 5 level=COSMIC TOP SECRET\n" },
	{ "X-Microsoft-ClassDesc", "NATO RESTRICTED",
	    "property NATO 2 level=NATO RESTRICTED\n" },
	/* Where people write many things, a bare word is none. */
	{ "Keywords", "NATO SECRET", "property NATO 4 level=NATO SECRET\n" },
	{ "Keywords", "SECRET", "" },
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

/* Of which countries they are, is the table's. */
static void
test_bare_words(void **state)
{
	static const char *const words[][2] = {
		{ "CONFIDENTIAL", " 3 level=CONFIDENTIAL corp\n" },
		{ "Confidential", " 3 level=CONFIDENTIAL corp\n" },
		{ "Secret", " level=SECRET weak\n" },
		{ "SECRET", " level=SECRET\n" },
	};

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(words); i++) {
		const char *text;

		spill_labels_begin(labels);
		feed("X-Classification", words[i][0]);
		text = told();
		assert_true(strlen(text) > strlen(words[i][1]));
		assert_string_equal(
		    text + strlen(text) - strlen(words[i][1]), words[i][1]);
	}
}

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

/* Cut anywhere, it ends; nothing is read behind the cut. */
static void
test_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(mail); i++)
		for (size_t n = 0; n < strlen(mail[i].value); n++) {
			char *p = exact(mail[i].value, n);

			spill_labels_begin(labels);
			assert_int_equal(
			    spill_labels_property(labels, SPILL_SPAN(""),
				spill_span(mail[i].name),
				(struct spill_span){ p, n }),
			    SPILL_OK);
			(void)told();
			free(p);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_bare_words),
		cmocka_unit_test(test_mail),
		cmocka_unit_test(test_vendors),
		cmocka_unit_test(test_mip),
		cmocka_unit_test(test_label_info),
		cmocka_unit_test(test_sisl),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
