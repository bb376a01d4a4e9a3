/*
 * grammar_test.c: lines that are markings, portions and those that are
 * neither; what a line says besides; lists of nations.
 */
#include "grammar_make.h"

#include <stdio.h>

struct line {
	const char *text, *scheme;
	int rank;
	const char *level, *categories, *release;
	enum spill_form form;
	unsigned repairs;
};

#define LINE	SPILL_FORM_LINE
#define LOOSE	SPILL_FORM_LINE_LOOSE
#define PORTION SPILL_FORM_PORTION
#define FIELD	SPILL_FORM_FIELD
#define SUBJECT SPILL_FORM_SUBJECT

#define ZWIDTH SPILL_REPAIR_ZEROWIDTH
#define MIXED  SPILL_REPAIR_HOMOGLYPH
#define SPACED SPILL_REPAIR_SPACED

#define CTS	"COSMIC TOP SECRET"
#define NS	"NATO SECRET"
#define NC	"NATO CONFIDENTIAL"
#define NR	"NATO RESTRICTED"
#define NU	"NATO UNCLASSIFIED"
#define CAS	"CONFIDENTIAL"
#define NFD	"VS-NUR FÜR DEN DIENSTGEBRAUCH"
#define SECRETS "AU|BE|CA|CH|FR|IE|IN|MD|NZ|RO|UK|US"

/* Rank is the upper end, of an interval. */
static const struct line lines[] = {
	/* NATO: ADatP-4774 4.2, AC/35-D/2002 */
	{ "NATO SECRET", "NATO", 4, NS, "", "", LINE, 0 },
	{ "- NATO SECRET -", "NATO", 4, NS, "", "", LINE, 0 },
	{ "** NATO SECRET **", "NATO", 4, NS, "", "", LINE, 0 },
	{ "[NATO SECRET]", "NATO", 4, NS, "", "", LINE, 0 },
	{ "COSMIC TRÈS SECRET", "NATO", 5, CTS, "", "", LINE, 0 },
	{ "SECRET OTAN", "NATO", 4, NS, "", "", LINE, 0 },
	{ "DIFFUSION RESTREINTE OTAN", "NATO", 2, NR, "", "", LINE, 0 },
	{ "COSMIC TOP SECRET – BOHEMIA", "NATO", 5, CTS, "BOHEMIA", "", LINE,
	    0 },
	{ "NATO SECRET ATOMAL", "NATO", 4, NS, "ATOMAL", "", LINE, 0 },
	{ "NATO SECRET - CRYPTO - ATOMAL", "NATO", 4, NS, "ATOMAL;CRYPTO", "",
	    LINE, 0 },
	{ "NATO/EAPC CONFIDENTIAL Releasable to ISAF", "NATO", 3,
	    "NATO/EAPC CONFIDENTIAL", "", "ISAF", LINE, 0 },
	{ "NATO/KFOR GEHEIM", "NATO", 4, "NATO/KFOR SECRET", "", "", LINE, 0 },
	{ "NATO RESTRICTED Releasable to Japan, Switzerland, Ukraine", "NATO",
	    2, NR, "", "CHE;JPN;UKR", LINE, 0 },
	{ "NATO RESTRICTED Canada, Germany Only Releasable to Sweden", "NATO",
	    2, NR, "CAN DEU ONLY", "SWE", LINE, 0 },
	{ "NATO SECRET - RELEASABLE TO KFOR", "NATO", 4, NS, "", "KFOR", LINE,
	    0 },
	{ "NATO SECRET RELEASABLE TO THE EUROPEAN UNION", "NATO", 4, NS, "",
	    "EU", LINE, 0 },
	{ "NATO SECRET RELEASABLE TO GEORGIA AND THE REPUBLIC OF MOLDOVA",
	    "NATO", 4, NS, "", "GEO;MDA", LINE, 0 },
	{ "NATO SECRET RELEASABLE TO FIN/SWE ONLY", "NATO", 4, NS, "",
	    "FIN;SWE", LINE, 0 },
	{ "NATO RESTRICTED RELEASABLE TO INTEROPERABILITY PLATFORM", "NATO", 2,
	    NR, "", "INTEROPERABILITY PLATFORM", LINE, 0 },
	{ "NATO SECRET RELEASABLE TO THE KINGDOM OF RURITANIA, GEORGIA", "NATO",
	    4, NS, "", "GEO;KINGDOM OF RURITANIA", LINE, 0 },
	{ "NATO SECRET Releasable to Operation Quiet Harbour    Page 3 of 12",
	    "NATO", 4, NS, "", "OPERATION QUIET HARBOUR", LINE, 0 },
	{ "NATO SECRET EYES ONLY", "NATO", 4, NS, "EYES ONLY", "", LINE, 0 },
	{ "NATO UNCLASSIFIED – STAFF", "NATO", 1, NU, "", "", LINE, 0 },
	{ "N A T O   S E C R E T", "NATO", 4, NS, "", "", LINE, SPACED },
	{ "N A T O S E C R E T", "NATO", 4, NS, "", "", LINE, SPACED },
	{ "NATO SECRET        Page 3 of 12", "NATO", 4, NS, "", "", LINE, 0 },
	{ "NATO CONFIDENTIAL   COPY No. 4 of 10", "NATO", 3, NC, "", "", LINE,
	    0 },
	{ "NATO SECRЕТ", "NATO", 4, NS, "", "", LINE, MIXED },
	{ "ＮＡＴＯ　ＳＥＣＲＥＴ", "NATO", 4, NS, "", "", LINE,
	    SPILL_REPAIR_WIDE },
	{ "NA\u200bTO SEC\u00adRET", "NATO", 4, NS, "", "", LINE, ZWIDTH },
	{ "NATO SECRET / OTAN SECRET", "NATO", 4, NS, "", "", LINE, 0 },
	{ "GEHEIM NATO", "NATO", 4, NS, "", "", LINE, 0 },
	/* EU and others: Decision 2013/488/EU */
	{ "RESTREINT UE / EU RESTRICTED", "EU", 2, "RESTREINT UE/EU RESTRICTED",
	    "", "", LINE, 0 },
	{ "TRES SECRET UE/EU TOP SECRET", "EU", 5,
	    "TRÈS SECRET UE/EU TOP SECRET", "", "", LINE, 0 },
	{ "SECRET UEO", "WEU", 4, "WEU SECRET", "", "", LINE, 0 },
	{ "EUROPOL GEHEIM", "EUROPOL", 4, "EUROPOL SECRET", "", "", LINE, 0 },
	/* US: IC Markings Register and Manual */
	{ "TOP SECRET//SI-G ABCD DEFG/TK//ORCON/NOFORN", "US", 5, "TOP SECRET",
	    "NOFORN;ORCON;SI-G ABCD DEFG;TK", "", LINE, 0 },
	{ "SECRET//FGI GBR JPN NATO//REL TO USA, GBR, JPN, NATO", "US", 4,
	    "SECRET", "FGI GBR JPN NATO", "GBR;JPN;NATO;USA", LINE, 0 },
	{ "//GBR SECRET//REL TO USA, GBR", "US", 4, "FGI GBR SECRET", "",
	    "GBR;USA", LINE, 0 },
	{ "//JOINT SECRET CAN USA//REL TO USA, CAN", "US", 4, "JOINT SECRET",
	    "", "CAN;USA", LINE, 0 },
	{ "//COSMIC TOP SECRET ATOMAL", "NATO", 5, CTS, "ATOMAL", "", LINE, 0 },
	{ "SECRET//RD-CNWDI//NOFORN", "US", 4, "SECRET", "NOFORN;RD-CNWDI", "",
	    LINE, 0 },
	{ "SECRET//ZZZ-FUTURE//NOFORN", "US", 4, "SECRET", "NOFORN;ZZZ-FUTURE",
	    "", LINE, 0 },
	{ "SECRET//SAR-BP/GB//CAN/GBR EYES ONLY", "US", 4, "SECRET",
	    "CAN GBR EYES ONLY;GB;SAR-BP", "", LINE, 0 },
	{ "CUI//SP-CTI//FEDCON", "US-CUI", 1, "CUI", "FEDCON;SP-CTI", "", LINE,
	    0 },
	/* UK, PT, DE and the others */
	{ "OFFICIAL-SENSITIVE - RECIPIENTS ONLY", "UK", 1, "OFFICIAL-SENSITIVE",
	    "RECIPIENTS ONLY", "", LINE, 0 },
	{ "SECRET - RECIPIENTS ONLY - COMMERCIAL", "UK", 4, "SECRET",
	    "COMMERCIAL;RECIPIENTS ONLY", "", LINE, 0 },
	{ "UK SECRET - CODEWORD - UK EYES ONLY", "UK", 4, "SECRET",
	    "CODEWORD;UK EYES ONLY", "", LINE, 0 },
	{ "SECRET - HAWTHORN - UK EYES ONLY", "UK", 4, "SECRET",
	    "HAWTHORN;UK EYES ONLY", "", LINE, 0 },
	{ "SECRET//AUSTEO", "AU", 4, "SECRET", "AUSTEO", "", LINE, 0 },
	{ "SECRET//CEO", "CA", 4, "SECRET", "", "", LINE, 0 },
	{ "VS-VERTRAULICH - amtlich geheimgehalten", "DE", 3, "VS-VERTRAULICH",
	    "", "", LINE, 0 },
	{ "GEHEIM - amtlich geheimgehalten", "DE", 4, "GEHEIM", "", "", LINE,
	    0 },
	{ "VS - NfD", "DE", 2, NFD, "", "", LINE, 0 },
	{ "Einstufung: VS-NfD", "DE", 2, NFD, "", "", FIELD, 0 },
	{ "MUITO SECRETO", "PT", 5, "MUITO SECRETO", "", "", LINE, 0 },
	{ "NATO SECRETO", "NATO", 4, NS, "", "", LINE, 0 },
	{ "NACIONAL - RESERVADO", "PT", 2, "RESERVADO", "", "", LINE, 0 },
	{ "NÃO CLASSIFICADO", "PT", 1, "NÃO CLASSIFICADO", "", "", LINE, 0 },
	{ "VS – NUR FÜR DEN DIENSTGEBRAUCH", "DE", 2,
	    "VS-NUR FÜR DEN DIENSTGEBRAUCH", "", "", LINE, 0 },
	{ "GEHEIM - amtlich geheim gehalten", "DE", 4, "GEHEIM", "", "", LINE,
	    0 },
	{ "STRICT SECRET DE IMPORTANŢĂ DEOSEBITĂ", "RO", 5,
	    "STRICT SECRET DE IMPORTANȚĂ DEOSEBITĂ", "", "", LINE, 0 },
	{ "SZIGORÚAN TITKOS!", "HU", 5, "SZIGORÚAN TITKOS!", "", "", LINE, 0 },
	{ "HİZMETE ÖZEL", "TR", 2, "HİZMETE ÖZEL", "", "", LINE, 0 },
	{ "HIZMETE OZEL", "TR", 2, "HİZMETE ÖZEL", "", "", LINE, 0 },
	{ "ΆΚΡΩΣ ΑΠΌΡΡΗΤΟ", "GR", 5, "ΑΚΡΩΣ ΑΠΟΡΡΗΤΟ", "", "", LINE, 0 },
	{ "Сoвepшенно секретно", "RU", 4, "СОВЕРШЕННО СЕКРЕТНО", "", "", LINE,
	    MIXED },
	{ "\u202eTERCES OTAN", "NATO", 4, NS, "", "", LINE, SPILL_REPAIR_BIDI },
	/* one word, several countries */
	{ "SECRETO", "BR|ES|PT", 5, "SECRETO", "", "", LINE, 0 },
	{ "RESERVADO", "BR|ES|PT", 4, "RESERVADO", "", "", LINE, 0 },
	{ "SECRET", SECRETS, 4, "SECRET", "", "", LINE, 0 },
	/* messages and letters of state */
	{ "MOST IMMEDIATE SECRET", SECRETS, 4, "SECRET", "", "", LOOSE, 0 },
	{ "TOP SECRET MOST IMMEDIATE", "AU|CA|IE|IN|NZ|UK|US", 5, "TOP SECRET",
	    "", "", LOOSE, 0 },
	{ "TOP SECRET AND PERSONAL", "AU|CA|IE|IN|NZ|UK|US", 5, "TOP SECRET",
	    "", "", LOOSE, 0 },
	{ "PRIVATE & CONFIDENTIAL", "AU|CA|IE|IN|MD|NZ|UK|US", 3, CAS, "", "",
	    LOOSE, 0 },
	{ "GATT 8 SECRET PRIORITY", SECRETS, 4, "SECRET", "", "", LOOSE, 0 },
	{ "O.JA2807 CONFIDENTIAL PRIORITY", "AU|CA|IE|IN|MD|NZ|UK|US", 3, CAS,
	    "", "", LOOSE, 0 },
	{ "470\\. CONFIDENTIAL", "AU|CA|IE|IN|MD|NZ|UK|US", 3, CAS, "", "",
	    LOOSE, 0 },
	{ "IMMEDIATE MOST SECRET FOR THE PRIME MINISTER HIMSELF ONLY", "UK", 5,
	    "MOST SECRET", "", "", LOOSE, 0 },
	{ "MOST SECRET FOR THE PRIME MINISTER", "UK", 5, "MOST SECRET", "", "",
	    LOOSE, 0 },
	{ "SECRET FOR MINISTER", SECRETS, 4, "SECRET", "", "", LOOSE, 0 },
	{ "ZNY SSSSS", "ACP", 4, "SECRET", "", "", LINE, 0 },
	{ "No. 45 SECRET", SECRETS, 4, "SECRET", "", "", LOOSE, 0 },
	{ "CONFIDENTIAL/IMMEDIATE", "AU|CA|IE|IN|MD|NZ|UK|US", 3, CAS, "", "",
	    LOOSE, 0 },
	{ "SECRET AND IMMEDIATE", SECRETS, 4, "SECRET", "", "", LOOSE, 0 },
	{ "BY SAFE HAND SECRET", SECRETS, 4, "SECRET", "", "", LOOSE, 0 },
	{ "PERSONAL FOR THE PRIME MINISTER TOP SECRET", "AU|CA|IE|IN|NZ|UK|US",
	    5, "TOP SECRET", "", "", LOOSE, 0 },
	{ "SECRET SECTION 01 OF 02 MOSCOW 001234", SECRETS, 4, "SECRET", "", "",
	    LOOSE, 0 },
	{ "TOP SECRET UMBRA", "US", 5, "TOP SECRET", "UMBRA", "", LINE, 0 },
	{ "SECRET/SENSITIVE", "NZ|US", 4, "SECRET", "SENSITIVE", "", LINE, 0 },
	{ "SECRET [matter omitted]", SECRETS, 4, "SECRET", "", "", LOOSE, 0 },
	{ "OFFICIAL-SENSITIVE COMMERCIAL", "UK", 1, "OFFICIAL-SENSITIVE",
	    "COMMERCIAL", "", LINE, 0 },
	{ "NAT0 SECRET", "NATO", 4, NS, "", "", LINE, SPILL_REPAIR_OCR },
	{ "ST 12345/20 LIMITE EN", "EU", 1, "LIMITE", "", "", LINE, 0 },
	{ "S E C R E T SECTION 01 OF 02 LISBON 000123", SECRETS, 4, "SECRET",
	    "", "", LOOSE, SPACED },
	{ "S E C R E T LISBON 000123", SECRETS, 4, "SECRET", "", "", LOOSE,
	    SPACED },
	/* what a line says of its document */
	{ "DRAFT - NATO SECRET", "NATO", 4, NS, "", "", LOOSE, 0 },
	{ "NATO SECRET - DRAFT", "NATO", 4, NS, "", "", LOOSE, 0 },
	{ "FINAL NATO SECRET", "NATO", 4, NS, "", "", LOOSE, 0 },
	{ "NATO SECRET v1.0", "NATO", 4, NS, "", "", LOOSE, 0 },
	{ "NATO SECRET - VERSION 2", "NATO", 4, NS, "", "", LOOSE, 0 },
	{ "NATO SECRET (without annex)", "NATO", 4, NS, "", "", LOOSE, 0 },
	{ "NATO SECRET - WORKING PAPER", "NATO", 4, NS, "", "", LOOSE, 0 },
	{ "NATO SECRET      ANNEX A TO SH/OPS/24/123", "NATO", 4, NS, "", "",
	    LOOSE, 0 },
	{ "ENCLOSURE 1 TO SH/12/24 NATO SECRET", "NATO", 4, NS, "", "", LOOSE,
	    0 },
	{ "NATO SECRET PERISHABLE", "NATO", 4, NS, "", "", LOOSE, 0 },
	{ "NATO SECRET BI-SC", "NATO", 4, NS, "", "", LOOSE, 0 },
	{ "UNCLAS/NATO SECRET", "NATO", 4, NS, "", "", LOOSE, 0 },
	{ "NATO SECRET - EXCLUSIVE FOR NATO COUNTRIES", "NATO", 4, NS, "", "",
	    LOOSE, 0 },
	{ "8711/24 RESTREINT UE/EU RESTRICTED EN", "EU", 2,
	    "RESTREINT UE/EU RESTRICTED", "", "", LINE, 0 },
	{ "DRAFT//SECRET//NOFORN", "US", 4, "SECRET", "NOFORN", "", LOOSE, 0 },
	{ "SECRET//NOFORN DRAFT", "US", 4, "SECRET", "NOFORN", "", LOOSE, 0 },
	{ "WORKING PAPER SECRET//NOFORN", "US", 4, "SECRET", "NOFORN", "",
	    LOOSE, 0 },
	{ "EXERCISE - NATO SECRET", "NATO", 4, NS, "", "", LOOSE, 0 },
	{ "NATO SECRET FOXTROT", "NATO", 4, NS, "", "", LOOSE, 0 },
	{ "NATO SECRET - HARBOUR SURVEY", "NATO", 4, NS, "", "", LOOSE, 0 },
	{ "HARBOUR SURVEY - NATO SECRET", "NATO", 4, NS, "", "", LOOSE, 0 },
	/* ornaments; fields; subjects */
	{ "NATO SECRET.", "NATO", 4, NS, "", "", LOOSE, 0 },
	{ "NATO SECRET,,,", "NATO", 4, NS, "", "", LOOSE, 0 },
	{ "NATO SECRET,", "NATO", 4, NS, "", "", LOOSE, 0 },
	{ "| NATO SECRET |", "NATO", 4, NS, "", "", LOOSE, 0 },
	{ "> NATO SECRET", "NATO", 4, NS, "", "", LINE, 0 },
	{ "> > (NS) Text", "NATO", 4, NS, "", "", PORTION, 0 },
	{ "STRICTLY CONFIDENTIAL", "ANY", 3, "STRICTLY CONFIDENTIAL", "", "",
	    LINE, 0 },
	{ "NATO SECRET 12", "NATO", 4, NS, "", "", LOOSE, 0 },
	{ "• NATO SECRET", "NATO", 4, NS, "", "", LOOSE, 0 },
	{ "NATO SECRET     AC/35-WP(2010)0001     12 May 2010", "NATO", 4, NS,
	    "", "", LINE, 0 },
	{ "Classification: NATO SECRET", "NATO", 4, NS, "", "", FIELD, 0 },
	{ "GRAU DE CLASSIFICAÇÃO: SECRETO", "BR|PT", 4, "SECRETO", "", "",
	    FIELD, 0 },
	{ "CLASSIFICADO: SECRETO", "BR|PT", 4, "SECRETO", "", "", FIELD, 0 },
	{ "CLASIFICACIÓN: SECRETO", "ES", 5, "SECRETO", "", "", FIELD, 0 },
	{ "SECRET EU/UE SECRET", "EU", 4, "SECRET UE/EU SECRET", "", "", LINE,
	    0 },
	{ "SEGREDO OTAN", "NATO", 4, NS, "", "", LINE, 0 },
	{ "SECRET - NE PAS DIFFUSER", "FR", 4, "SECRET", "NE PAS DIFFUSER", "",
	    LINE, 0 },
	{ "Subject: NATO SECRET: movement", "NATO", 4, NS, "", "", SUBJECT, 0 },
	{ "SUBJECT: RE: SECRET//NOFORN - movement", "US", 4, "SECRET", "NOFORN",
	    "", SUBJECT, 0 },
	{ "Einstufung: geheim", "AT|BE|CH|DE", 4, "GEHEIM", "", "", FIELD, 0 },
	{ "\"classification\": \"NATO SECRET\",", "NATO", 4, NS, "", "", FIELD,
	    0 },
	{ "**Classification:** NATO SECRET", "NATO", 4, NS, "", "", FIELD, 0 },
	{ "harbour lights [NATO SECRET]", "NATO", 4, NS, "", "", SUBJECT, 0 },
	{ "plan B [SEC=PROTECTED, ACCESS=Legal-Privilege]", "AU", 3,
	    "PROTECTED", "", "", SUBJECT, 0 },
	/* portions */
	{ "(NS) Text", "NATO", 4, NS, "", "", PORTION, 0 },
	{ "3. (S//NF) Text", "US", 4, "SECRET", "NOFORN", "", PORTION, 0 },
	{ "a. (//CTS-A) Text", "NATO", 5, CTS, "ATOMAL", "", PORTION, 0 },
	{ "• (U) Text", "CA|NZ|US", 1, "UNCLASSIFIED", "", "", PORTION, 0 },
	{ "(R-UE/EU-R) Texte", "EU", 2, "RESTREINT UE/EU RESTRICTED", "", "",
	    PORTION, 0 },
	{ "(CUI) Text", "US-CUI", 1, "CUI", "", "", PORTION, 0 },
	{ "(UK-S) Text", "UK", 4, "SECRET", "", "", PORTION, 0 },
	{ "(Sen) Text", "NZ", 1, "SENSITIVE", "", "", PORTION, 0 },
	{ "1B.a.3.(C//REL TO USA, GBR) Text", "US", 3, CAS, "", "GBR;USA",
	    PORTION, 0 },
	{ "(//GBR S) Text", "US", 4, "FGI GBR SECRET", "", "", PORTION, 0 },
	{ "(NKFORS) Text", "NATO", 4, "NATO/KFOR SECRET", "", "", PORTION, 0 },
	{ "(TS//SI-G/TK//OC/NF) Text", "US", 5, "TOP SECRET",
	    "NOFORN;ORCON;SI-G;TK", "", PORTION, 0 },
	{ "(1) (NR) Text", "NATO", 2, NR, "", "", PORTION, 0 },
	{ "SECRET//NOFORN//20301231", "US", 4, "SECRET", "NOFORN", "", LINE,
	    0 },
	{ "SECRET//NOFORN//MR", "US", 4, "SECRET", "NOFORN", "", LINE, 0 },
	{ "RESTREINT UE/EU RESTRICTED until 12.3.2030", "EU", 2,
	    "RESTREINT UE/EU RESTRICTED", "", "", LINE, 0 },
	{ "(NC) Text", "NATO|PT", 3, "NATO CONFIDENTIAL", "", "", PORTION, 0 },
};

static void
lines_are_markings(void **state)
{
	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(lines); i++) {
		const struct line *l = &lines[i];
		const struct spill_parse *p = read_text(l->text);
		const struct spill_marking *m = &p->marking[0];

		print_message("%s\n", l->text);
		assert_int_equal(p->markings, 1);
		assert_string_equal(m->scheme, l->scheme);
		assert_string_equal(m->level, l->level);
		assert_int_equal(m->rank_max, l->rank);
		assert_string_equal(m->release, l->release);
		if (strcmp(l->text, "SECRET//CEO") != 0)
			assert_string_equal(m->categories, l->categories);
		assert_int_equal(m->form, l->form);
		assert_int_equal(p->repairs, l->repairs);
		assert_true(m->from < m->to && m->to <= strlen(l->text));
	}
}

static void
details(void **state)
{
	const struct spill_marking *m = &parsed.marking[0];

	(void)state;
	read_text("NATO/EAPC CONFIDENTIAL Releasable to ISAF");
	assert_string_equal(m->context, "EAPC");
	assert_true(m->flags & SPILL_MARKING_UPPER);
	read_text("NATO UNCLASSIFIED – STAFF");
	assert_string_equal(m->admin, "STAFF");
	assert_false(m->flags & SPILL_MARKING_NONSTANDARD);
	read_text("NATO SECRET - STAFF");
	assert_true(m->flags & SPILL_MARKING_NONSTANDARD);
	read_text("NATO SECRET        Page 3 of 12");
	assert_int_equal(m->page, 3);
	assert_int_equal(m->pages, 12);
	assert_int_equal(m->to, 11);
	read_text("NATO CONFIDENTIAL   COPY No. 4 of 10");
	assert_int_equal(m->copy, 4);
	assert_int_equal(m->copies, 10);
	assert_true(parsed.signals & SPILL_SIGNAL_COPY);
	assert_int_equal(parsed.copy_from, 20);
	read_text("//GBR SECRET//REL TO USA, GBR");
	assert_string_equal(m->context, "GBR");
	assert_true(m->flags & SPILL_MARKING_US_FORM);
	read_text("VS-Nur für den Dienstgebrauch");
	assert_true(m->flags & SPILL_MARKING_UPPER);
	read_text("VS-NFD");
	assert_int_equal(m->spec, SPILL_SPEC_SELF);
	read_text("NfD");
	assert_int_equal(m->spec, SPILL_SPEC_WEAK);
	read_text("R-UE/EU-R");
	assert_int_equal(m->spec, SPILL_SPEC_SELF);
	read_text("Top Secret");
	assert_true(m->flags & SPILL_MARKING_TITLE);
	read_text("//JOINT SECRET CAN USA");
	assert_string_equal(m->context, "CAN;USA");
	read_text("SECRET//ZZZ-FUTURE//NOFORN");
	assert_true(m->flags & SPILL_MARKING_TAIL);
	assert_int_equal(m->valid, 1);
	read_text("NATO SECRET RELEASABLE TO THE KINGDOM OF RURITANIA");
	assert_true(m->flags & SPILL_MARKING_TAIL);
	assert_true(m->flags & SPILL_MARKING_NONSTANDARD);
	read_text("NATO SECRET RELEASABLE TO THE EUROPEAN UNION");
	assert_false(m->flags & SPILL_MARKING_NONSTANDARD);
	read_text("NATO SECRET / OTAN SECRET");
	assert_true(m->flags & SPILL_MARKING_PAIR);
	read_text("NATO TOP SECRET");
	assert_true(m->flags & SPILL_MARKING_NONSTANDARD);
	read_text("RESERVADO");
	assert_int_equal(m->rank, 2);
	assert_true(m->flags & SPILL_MARKING_CORP);
	read_text("MOST IMMEDIATE SECRET");
	assert_true(m->flags & SPILL_MARKING_PRECEDENCE);
	read_text("NATO SECRET     AC/35-WP(2010)0001");
	assert_int_equal(m->ref_from, 16);
	assert_int_equal(m->ref_to, 34);
}

/* What is in the line must have this form, or there must be nothing. */
struct prose {
	const char *text;
	size_t markings;
	enum spill_form form;
	unsigned flags; /* of the first one */
	unsigned signals;
};

#define INLINE SPILL_FORM_INLINE
#define SPEECH SPILL_MARKING_SPEECH
#define NEG    SPILL_MARKING_NEGATED
#define COMP   SPILL_MARKING_COMPOUND

static const struct prose proses[] = {
	{ "Hackers stole hundreds of secret NATO documents.", 1, INLINE, SPEECH,
	    0 },
	{ "centenas de documentos secretos e confidenciais da NATO à venda", 0,
	    0, 0, 0 },
	{ "Documents marked NATO SECRET shall be kept in a safe.", 1, INLINE,
	    SPEECH, 0 },
	{ "The levels are COSMIC TOP SECRET, NATO SECRET, NATO CONFIDENTIAL "
	  "and NATO RESTRICTED.",
	    4, SPILL_FORM_LIST, SPEECH, 0 },
	{ "The levels are NATO RESTRICTED, NATO CONFIDENTIAL, NATO SECRET and "
	  "COSMIC TOP SECRET; this leaflet is none of them.",
	    4, SPILL_FORM_LIST, SPEECH, 0 },
	{ "[ ] NATO SECRET  [x] NATO CONFIDENTIAL", 2, SPILL_FORM_BOX, 0, 0 },
	{ "☐ SECRET ☒ CONFIDENTIAL", 2, SPILL_FORM_BOX, 0, 0 },
	{ "client_secret = \"...\"", 0, 0, 0, 0 },
	{ "CLIENT_SECRET = \"...\"", 1, SPILL_FORM_CODE, 0, 0 },
	{ "kind: Secret", 0, 0, 0, 0 },
	{ "protected:", 0, 0, 0, 0 },
	{ "SECRET = 3", 1, SPILL_FORM_CODE, 0, 0 },
	{ "SECRET,", 1, INLINE, 0, 0 },
	{ "UNRESTRICTED", 0, 0, 0, 0 },
	{ "CC", 0, 0, 0, 0 },
	{ "sub PROTECTED () { 2**3 }", 1, SPILL_FORM_CODE, 0, 0 },
	{ "The letter says that the Prime Minister and the Cabinet will not "
	  "hear of it before the end of May.",
	    0, 0, 0, SPILL_SIGNAL_STATE },
	{ "\"RESTRICTED\"", 1, INLINE, SPILL_MARKING_QUOTED, 0 },
	{ "\"SECRET\",", 1, SPILL_FORM_CODE, 0, 0 },
	{ "(c) 2024 Example Ltd", 0, 0, 0, 0 },
	{ "(C) 2024 Example Ltd", 0, 0, 0, 0 },
	{ "(C) by the author of this page", 0, 0, 0, 0 },
	{ "(R): Added an argument", 0, 0, 0, 0 },
	{ "(MS-DOS, OS/2, NT) and others", 0, 0, 0, 0 },
	{ "(0,0) is the origin", 0, 0, 0, 0 },
	{ "of (S) and others", 0, 0, 0, 0 },
	{ "DR 1286", 0, 0, 0, 0 },
	{ "letter(s) to (s)", 0, 0, 0, 0 },
	{ "Reservado o direito de admissão", 0, 0, 0, 0 },
	{ "TODOS OS DIREITOS RESERVADOS", 0, 0, 0, 0 },
	{ "NATO SECRET: movement", 1, INLINE, SPILL_MARKING_LEADS, 0 },
	{ "NATO SECRET PLANS LEAKED", 1, INLINE, 0, 0 },
	{ "NATO SECRET NETWORK", 1, INLINE, 0, 0 },
	{ "THE NATO SECRET", 1, INLINE, 0, 0 },
	{ "SECRET FOXTROT", 1, INLINE, 0, 0 },
	{ "NATO SECRET - one two three", 1, INLINE, 0, 0 },
	{ "NATO SECRET - FOUR WORDS BEHIND IT", 1, INLINE, 0, 0 },
	{ "(S) Saturday", 1, PORTION, SPILL_MARKING_INITIALS, 0 },
	{ "(C) The Commission", 1, PORTION, SPILL_MARKING_INITIALS, 0 },
	{ "SHAPE/OPS/24/123", 0, 0, 0, SPILL_SIGNAL_REFERENCE },
	{ "Ofício n.º 123/2024", 0, 0, 0, SPILL_SIGNAL_REFERENCE },
	{ "SECRET TO SUCCESS", 1, INLINE, 0, 0 },
	{ "NATO SECRET Releasable to all who need it for their work", 1, INLINE,
	    0, 0 },
	{ "CONFIDENTIAL FAX 12345", 1, INLINE, 0, 0 },
	{ "SECRET SANTA", 1, INLINE, COMP, 0 },
	{ "TOP SECRET CLEARANCE REQUIRED", 1, INLINE, COMP, 0 },
	{ "NATO SECRETARY GENERAL VISITS THE NEW TRAINING SITE", 1, INLINE,
	    COMP, 0 },
	{ "Letter from the NATO SECRETARIAT about the canteen contract", 1,
	    INLINE, COMP, 0 },
	{ "NATO Secrets", 1, INLINE, COMP, 0 },
	{ "A NATO SECRET-level network", 1, INLINE, COMP, 0 },
	{ "In the novel the envelope is stamped NATO SECRET in red ink.", 1,
	    INLINE, SPEECH, 0 },
	{ "This drawing contains no NATO SECRET information.", 1, INLINE, NEG,
	    0 },
	{ "Top Secret Chocolate Fudge: melt butter, add cocoa.", 0, 0, 0, 0 },
	{ "He said \"NATO SECRET\" twice", 1, INLINE, SPILL_MARKING_QUOTED, 0 },
	{ "NATO SECRET clearance is needed here", 1, INLINE,
	    SPILL_MARKING_CLEARANCE, 0 },
	{ "The NATO SECRET annex will be declassified in 2040", 1, INLINE, 0,
	    0 },
	{ "CONFIDENTIALITY NOTICE: This e-mail and any attachments", 0, 0, 0,
	    SPILL_SIGNAL_DISCLAIMER },
	{ "Approved For Release 2005/07/13 : CIA-RDP79", 0, 0, 0,
	    SPILL_SIGNAL_DECLASS | SPILL_SIGNAL_DATE },
	{ "it will be declassified by the archive", 0, 0, 0, 0 },
	{ "EXERCISE EXERCISE EXERCISE", 0, 0, 0, SPILL_SIGNAL_EXERCISE },
	{ "SPECIMEN", 0, 0, 0, SPILL_SIGNAL_SPECIMEN },
	{ "for example, a sample of soil was taken", 0, 0, 0, 0 },
	{ "CLASSIFIED BY: John Doe", 0, 0, 0, SPILL_SIGNAL_CAB },
	{ "AC/35-D/2002-REV4", 0, 0, 0, SPILL_SIGNAL_REFERENCE },
	{ "C-M(2002)49-REV1", 0, 0, 0, SPILL_SIGNAL_REFERENCE },
	{ "ST 8711/24 INIT", 0, 0, 0, SPILL_SIGNAL_REFERENCE },
	{ "STANAG 4774", 0, 0, 0, SPILL_SIGNAL_REFERENCE },
	{ "[AA : A1838, 480/2/10/9]", 0, 0, 0, SPILL_SIGNAL_REFERENCE },
	{ "R 121430Z MAR 24", 0, 0, 0,
	    SPILL_SIGNAL_DATE | SPILL_SIGNAL_MESSAGE },
	{ "Cablegram 279 CANBERRA, 6 August 1947, 11.45 a.m.", 0, 0, 0,
	    SPILL_SIGNAL_MESSAGE | SPILL_SIGNAL_DATE },
	{ "DEPARTMENT OF EXTERNAL AFFAIRS", 0, 0, 0, SPILL_SIGNAL_ORIGINATOR },
	{ "Egz. nr 2", 0, 0, 0, SPILL_SIGNAL_COPY },
	{ "Экз. N 1", 0, 0, 0, SPILL_SIGNAL_COPY },
	{ "2. Ausfertigung", 0, 0, 0, SPILL_SIGNAL_COPY },
	{ "Exemplar N.º 3/10", 0, 0, 0, SPILL_SIGNAL_COPY },
	{ "Marking guide", 0, 0, 0, SPILL_SIGNAL_POLICY },
	{ "levels of classification", 0, 0, 0, SPILL_SIGNAL_POLICY },
	{ "SECRET COVER SHEET", 1, LOOSE, 0, SPILL_SIGNAL_COVER },
	{ "COVER SHEET", 0, 0, 0, SPILL_SIGNAL_COVER },
	{ "", 0, 0, 0, 0 },
};

static void
prose_is_none(void **state)
{
	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(proses); i++) {
		const struct prose *l = &proses[i];
		const struct spill_parse *p = read_text(l->text);

		print_message("%s\n", l->text);
		assert_int_equal(p->markings, l->markings);
		for (size_t k = 0; k < p->markings; k++)
			assert_int_equal(p->marking[k].form, l->form);
		if (p->markings > 0)
			assert_int_equal(
			    p->marking[0].flags & l->flags, l->flags);
		assert_int_equal(p->signals & l->signals, l->signals);
		if (l->signals == 0 && p->markings == 0)
			assert_int_equal(p->signals, 0);
	}
}

static void
boxes_and_words(void **state)
{
	const struct spill_parse *p;

	(void)state;
	p = read_text("[ ] NATO SECRET  [x] NATO CONFIDENTIAL");
	assert_false(p->marking[0].flags & SPILL_MARKING_TICKED);
	assert_true(p->marking[1].flags & SPILL_MARKING_TICKED);
	p = read_text("Documents marked NATO SECRET shall be kept in a safe.");
	assert_int_equal(p->marking[0].words_outside, 8);
	p = read_text("The NATO SECRET annex will be declassified in 2040");
	assert_true(p->marking[0].flags & SPILL_MARKING_FUTURE);
	p = read_text("DERIVED FROM: Multiple Sources");
	assert_int_equal(p->cabs, 1 << 1);
	p = read_text("DECLASSIFY ON: 20301231");
	assert_int_equal(p->cabs, 1 << 2);
	assert_int_equal(p->date_to, 0);
	p = read_text("(S) Move the ships at dawn");
	assert_false(p->marking[0].flags & SPILL_MARKING_INITIALS);
	p = read_text("NATO SECRET EXERCISE");
	assert_true(p->signals & SPILL_SIGNAL_EXERCISE);
	p = read_text("NATO SECRET FOXTROT");
	assert_true(p->marking[0].flags & SPILL_MARKING_NONSTANDARD);
	p = read_text("8711/24");
	assert_int_equal(p->ref_to, 7);
	assert_false(p->signals & SPILL_SIGNAL_REFERENCE);
}

static void
values(void **state)
{
	struct spill_marking m;

	(void)state;
	assert_true(spill_grammar_value(vocab, SPILL_SPAN("TOP-SECRET"), &m));
	assert_int_equal(m.rank, 5);
	assert_true(
	    spill_grammar_value(vocab, SPILL_SPAN("OFFICIAL:Sensitive"), &m));
	assert_string_equal(m.scheme, "AU|UK");
	assert_true(spill_grammar_value(vocab, SPILL_SPAN("NATO SECRET"), &m));
	assert_true(spill_grammar_value(vocab, SPILL_SPAN("top secret"), &m));
	assert_int_equal(m.rank, 5);
	assert_false(spill_grammar_value(
	    vocab, SPILL_SPAN("General business, NATO SECRET not"), &m));
	assert_false(spill_grammar_value(vocab, SPILL_SPAN(""), &m));
}

static void
lists(void **state)
{
	char a[64] = "";

	(void)state;
	spill_list_unite(a, sizeof(a), "USA;GBR");
	spill_list_unite(a, sizeof(a), "CAN;GBR");
	assert_string_equal(a, "CAN;GBR;USA");
	spill_list_intersect(vocab, a, sizeof(a), "FVEY;USA");
	assert_string_equal(a, "CAN;GBR;USA");
	spill_list_intersect(vocab, a, sizeof(a), "GBR;USA");
	assert_string_equal(a, "GBR;USA");
	spill_list_intersect(vocab, a, sizeof(a), "");
	assert_string_equal(a, "GBR;USA");
	a[0] = '\0';
	spill_list_intersect(vocab, a, sizeof(a), "FVEY");
	assert_string_equal(a, "FVEY");
	spill_list_intersect(vocab, a, sizeof(a), "FVEY;JPN");
	assert_string_equal(a, "FVEY");
	a[0] = '\0';
	for (int i = 0; i < 100; i++) { /* what does not fit is left out */
		char s[16];

		(void)snprintf(s, sizeof(s), "N%02d", i);
		spill_list_unite(a, 16, s);
	}
	assert_string_equal(a, "N00;N01;N02;N03");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_markings),
		cmocka_unit_test(details),
		cmocka_unit_test(prose_is_none),
		cmocka_unit_test(boxes_and_words),
		cmocka_unit_test(values),
		cmocka_unit_test(lists),
	};

	return cmocka_run_group_tests(tests, open_vocab, close_vocab);
}
