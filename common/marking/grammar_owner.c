/*
 * grammar_owner.c: organisations and states whose word stands beside a grade,
 * and what the composition is called: ADatP-4774 4.2 and AC/35-D/2002 (NATO),
 * Decision 2013/488/EU, Regulation (Euratom) 3/1958, ESA/REG/004, ...
 */
#include "grammar_i.h"

#include <stdlib.h>
#include <string.h>

#define PLAIN(o)                                                             \
	{                                                                    \
		NULL, o " UNCLASSIFIED", o " RESTRICTED", o " CONFIDENTIAL", \
		    o " SECRET", o " TOP SECRET"                             \
	}
#define NATO_LEVELS                                                         \
	{                                                                   \
		"NON-CLASSIFIED", "NATO UNCLASSIFIED", "NATO RESTRICTED",   \
		    "NATO CONFIDENTIAL", "NATO SECRET", "COSMIC TOP SECRET" \
	}
#define EU_LEVELS                                                             \
	{                                                                     \
		NULL, NULL, "RESTREINT UE/EU RESTRICTED",                     \
		    "CONFIDENTIEL UE/EU CONFIDENTIAL", "SECRET UE/EU SECRET", \
		    "TRÈS SECRET UE/EU TOP SECRET"                           \
	}
#define WEU_LEVELS                                                       \
	{                                                                \
		NULL, "WEU UNCLASSIFIED", "WEU RESTRICTED",              \
		    "WEU CONFIDENTIAL", "WEU SECRET", "FOCAL TOP SECRET" \
	}
#define EURA_LEVELS                                                 \
	{                                                           \
		NULL, NULL, "EURA-RESTRICTED", "EURA-CONFIDENTIAL", \
		    "EURA-SECRET", "EURA-TOP SECRET"                \
	}
#define UN_LEVELS                                                            \
	{                                                                    \
		NULL, "UN UNCLASSIFIED", "UN RESTRICTED", "UN CONFIDENTIAL", \
		    "UN STRICTLY CONFIDENTIAL", NULL                         \
	}
#define BARE                                                                  \
	{                                                                     \
		NULL, "UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET", \
		    "TOP SECRET"                                              \
	}

/* In order of bytes. */
static const struct owner owners[] = {
	{ "COSMIC", "NATO", .behind = true, .level = NATO_LEVELS },
	{ "EAPC", "NATO", .mission = true, .level = PLAIN("EAPC") },
	{ "ESA", "ESA", .level = PLAIN("ESA") },
	{ "EU", "EU", .level = EU_LEVELS },
	{ "EURA", "EURATOM", .level = EURA_LEVELS },
	{ "EURATOM", "EURATOM", .level = EURA_LEVELS },
	{ "EUROCORPS", "EUROCORPS", .behind = true,
	    .level = PLAIN("EUROCORPS") },
	{ "EUROPOL", "EUROPOL", .level = PLAIN("EUROPOL") },
	{ "FOCAL", "WEU", .level = WEU_LEVELS },
	{ "IFOR", "NATO", .mission = true, .level = PLAIN("IFOR") },
	{ "INTERPOL", "INTERPOL", .level = PLAIN("INTERPOL") },
	{ "ISAF", "NATO", .mission = true, .level = PLAIN("ISAF") },
	{ "KFOR", "NATO", .mission = true, .level = PLAIN("KFOR") },
	{ "KOZMIK", "NATO", .level = NATO_LEVELS },
	{ "NATO", "NATO", .behind = true, .level = NATO_LEVELS },
	{ "NAVO", "NATO", .level = NATO_LEVELS },
	{ "OCCAR", "OCCAR", .level = PLAIN("OCCAR") },
	{ "OSCE", "OSCE", .behind = true, .level = PLAIN("OSCE") },
	{ "OTAN", "NATO", .behind = true, .level = NATO_LEVELS },
	{ "PFP", "NATO", .mission = true, .level = PLAIN("PFP") },
	{ "SFOR", "NATO", .mission = true, .level = PLAIN("SFOR") },
	{ "UE", "EU", .behind = true, .level = EU_LEVELS },
	{ "UEO", "WEU", .behind = true, .level = WEU_LEVELS },
	{ "UK", "UK", .level = BARE },
	{ "UN", "UN", .level = UN_LEVELS },
	{ "US", "US", .level = BARE },
	{ "WEU", "WEU", .level = WEU_LEVELS },
};

static int
by_word(const void *key, const void *o)
{
	return spill_span_cmp(*(const struct spill_span *)key,
	    spill_span(((const struct owner *)o)->word));
}

unsigned
gram_owner(struct spill_span folded)
{
	const struct owner *o = bsearch(
	    &folded, owners, SPILL_COUNT(owners), sizeof(owners[0]), by_word);

	return o == NULL ? 0 : (unsigned)(o - owners) + 1;
}

const struct owner *
gram_owner_at(unsigned number_and_one)
{
	return &owners[number_and_one - 1];
}

/* IC Markings Register and Manual, the columns of the register. In order. */
static const char *const shorter[][2] = {
	{ "CAUTION-PROPRIETARY INFORMATION INVOLVED", "PROPIN" },
	{ "CONTROLLED IMAGERY", "IMCON" },
	{ "CRITICAL NUCLEAR WEAPON DESIGN INFORMATION", "CNWDI" },
	{ "DCNI", "DOD UCNI" },
	{ "DOD UNCLASSIFIED CONTROLLED NUCLEAR INFORMATION", "DOD UCNI" },
	{ "DOE UNCLASSIFIED CONTROLLED NUCLEAR INFORMATION", "DOE UCNI" },
	{ "DS", "LIMDIS" },
	{ "DSEN", "DEA SENSITIVE" },
	{ "EXCLUSIVE DISTRIBUTION", "EXDIS" },
	{ "FOR OFFICIAL USE ONLY", "FOUO" },
	{ "FOREIGN INTELLIGENCE SURVEILLANCE ACT", "FISA" },
	{ "FORMERLY RESTRICTED DATA", "FRD" },
	{ "IMC", "IMCON" },
	{ "LAW ENFORCEMENT SENSITIVE", "LES" },
	{ "LAW ENFORCEMENT SENSITIVE NOFORN", "LES NOFORN" },
	{ "LES-NF", "LES NOFORN" },
	{ "LIMITED DISTRIBUTION", "LIMDIS" },
	{ "NAVAL NUCLEAR PROPULSION INFORMATION", "NNPI" },
	{ "NC", "NOCONTRACT" },
	{ "ND", "NODIS" },
	{ "NF", "NOFORN" },
	{ "NO CONTRACTOR", "NOCONTRACT" },
	{ "NO DISTRIBUTION", "NODIS" },
	{ "NOT RELEASABLE TO FOREIGN NATIONALS", "NOFORN" },
	{ "OC", "ORCON" },
	{ "OC-USGOV", "ORCON-USGOV" },
	{ "ORIGINATOR CONTROLLED", "ORCON" },
	{ "ORIGINATOR CONTROLLED-USGOV", "ORCON-USGOV" },
	{ "PR", "PROPIN" },
	{ "RAW FOREIGN INTELLIGENCE SURVEILLANCE ACT", "RAWFISA" },
	{ "RELEASABLE BY INFORMATION DISCLOSURE OFFICIAL", "RELIDO" },
	{ "RESTRICTED DATA", "RD" },
	{ "RISK SENSITIVE", "RSEN" },
	{ "RS", "RSEN" },
	{ "SBU-NF", "SBU NOFORN" },
	{ "SENSITIVE BUT UNCLASSIFIED", "SBU" },
	{ "SENSITIVE BUT UNCLASSIFIED NOFORN", "SBU NOFORN" },
	{ "SENSITIVE SECURITY INFORMATION", "SSI" },
	{ "TALENT KEYHOLE", "TK" },
	{ "TRANSCLASSIFIED FOREIGN NUCLEAR INFORMATION", "TFNI" },
	{ "UCNI", "DOE UCNI" },
	{ "WN", "WNINTEL" },
	{ "XD", "EXDIS" },
};

static int
by_long(const void *key, const void *pair)
{
	return spill_span_cmp(*(const struct spill_span *)key,
	    spill_span(((const char *const *)pair)[0]));
}

struct spill_span
gram_banner_word(struct spill_span folded)
{
	const char *const *pair = bsearch(&folded, shorter,
	    SPILL_COUNT(shorter), sizeof(shorter[0]), by_long);

	return pair == NULL ? folded : spill_span(pair[1]);
}
