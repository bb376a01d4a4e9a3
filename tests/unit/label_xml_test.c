/*
 * label_xml_test.c: labels in XML and JSON: STANAG 4774 and 4778, IC-ISM,
 * chats, TDF; and what speaks of labels and is none.
 */
#include "label_told.h"

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
	    "stanag4774 NATO 3 level=NATO/EAPC CONFIDENTIAL cat=CAN DEU ONLY "
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
	/* A country by its number, another by its name. */
	{ S("<ConfidentialityLabel><PolicyIdentifier>NATO</PolicyIdentifier>"
	    "<Classification>RESTRICTED</Classification>"
	    "<Category Type=\"PERMISSIVE\"><IntegerValue>804</IntegerValue>"
	    "<GenericValue>Japan</GenericValue></Category>"
	    "</ConfidentialityLabel>"),
	    "stanag4774 NATO 2 level=NATO RESTRICTED rel=JPN;UKR tenant=NATO "
	    "name=NATO RESTRICTED Releasable to JAPAN, UKR\n" },
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
	{ S("<SPIF><securityPolicyId name=\"NATO\"/></SPIF>"),
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

/* In XMP and in customXml each text is a property, too. */
static void
test_texts(void **state)
{
	struct spill_element e = { .name = S("Ocl") };

	(void)state;
	spill_labels_begin(labels);
	(void)spill_labels_element(labels, &e, true);
	feed("Classification", "NATO SECRET");
	(void)spill_labels_element(labels, &e, false);
	feed("Classification", "NATO RESTRICTED");
	assert_string_equal(told(), "property NATO 2 level=NATO RESTRICTED\n");
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
		     "\"MetadataReference\":{\"URI\":\"other\"},"
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
		     "[\"\\u0043RYPTO\",\"\\ud83d\\ude00\"]}]}}}",
	    "stanag4774 NATO 2 level=NATO RESTRICTED "
	    "cat=CRYPTO;\xf0\x9f\x98\x80 rel=GEO;UKR\n");
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
	{ S("<r xmlns:ICISM=\"urn:us:gov:ic:ism:v2\" "
	    "ICISM:classification=\"NS\"/>"),
	    "ism NATO 4 level=NATO SECRET name=//NATO SECRET\n" },
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
	{ S("<m:Resource xmlns:m=\"http://metadata.dod.mil/mdr/ns/DDMS/2.0/\" "
	    "xmlns:i=\"urn:us:gov:ic:ism:v2\"><m:title "
	    "i:classification=\"U\" i:ownerProducer=\"USA\">t</m:title>"
	    "<m:security i:classification=\"C\" i:ownerProducer=\"USA\"/>"
	    "</m:Resource>"),
	    "ism US 1 level=UNCLASSIFIED name=UNCLASSIFIED portion\n"
	    "ism US 3 level=CONFIDENTIAL name=CONFIDENTIAL\n" },
	/* What describes them is none. */
	{ S("<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" "
	    "xmlns:i=\"urn:us:gov:ic:ism\" i:classification=\"U\" "
	    "i:ownerProducer=\"USA\"/>"),
	    "ism policy\n" },
	{ S("<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" "
	    "targetNamespace=\"urn:us:gov:ic:ism\"/>"),
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
		cmocka_unit_test(test_stanag),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_binding),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_xmpp),
		cmocka_unit_test(test_ism),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
