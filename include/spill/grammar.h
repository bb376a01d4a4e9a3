/*
 * grammar.h: markings in one line. It reads tokens from left to right and
 * never goes back: cost is linear in the line. A line is either consumed as a
 * whole (a banner, with its ornaments: page, copy, reference, date), or parts
 * of it are: a portion at its start, a field's value, words in running text.
 *
 * What the rules are: ADatP-4774 and AC/35-D/2002 (NATO), Decision 2013/488/EU
 * (EU), the IC Markings Register and Manual and 32 CFR 2002 (US), the
 * Government Security Classifications Policy (UK), and the vocabulary for all
 * nations.
 */
#ifndef SPILL_GRAMMAR_H
#define SPILL_GRAMMAR_H

#include <spill/normal.h>
#include <spill/vocab.h>

enum spill_form {
	SPILL_FORM_LINE, /* the line is this marking and nothing else */
	SPILL_FORM_LINE_LOOSE, /* but for a full stop, a heading's number, a
				  word of precedence */
	SPILL_FORM_PORTION, /* in parentheses, before a text */
	SPILL_FORM_FIELD, /* "Classification: NATO SECRET" */
	SPILL_FORM_SUBJECT, /* at the end or start of a title in brackets, or
			       behind //: "[SEC=SECRET]", "(NATO SECRET)" */
	SPILL_FORM_INLINE, /* in running text */
	SPILL_FORM_LIST, /* one of several of its scheme in the line */
	SPILL_FORM_BOX, /* beside a box to be ticked, an option */
	SPILL_FORM_CODE, /* an identifier, a key, a string of a program */
};

enum spill_marking_flag {
	SPILL_MARKING_NONSTANDARD = 1 << 0, /* irregular, still a marking */
	SPILL_MARKING_US_FORM = 1 << 1,
	SPILL_MARKING_TAIL = 1
			     << 2, /* unknown words between valid separators */
	SPILL_MARKING_CORP = 1 << 3,
	SPILL_MARKING_HIST = 1 << 4,
	SPILL_MARKING_CANDIDATE = 1 << 5, /* by a row of low confidence alone */
	SPILL_MARKING_CONTROLLED = 1 << 6,
	SPILL_MARKING_TICKED = 1 << 7, /* BOX: it is the one that is ticked */
	SPILL_MARKING_PAIR = 1 << 8, /* in two languages, ranks agree */
	SPILL_MARKING_UPPER = 1 << 9, /* all its letters are capitals */
	SPILL_MARKING_TITLE = 1 << 10, /* Title Case; neither: lower case */
	SPILL_MARKING_QUOTED = 1 << 11,
	SPILL_MARKING_SPEECH = 1 << 12, /* "marked", "classified as", "the
		words", "such as", "levels": somebody talks about it */
	SPILL_MARKING_NEGATED = 1 << 13, /* "not", "unless", "formerly" */
	SPILL_MARKING_COMPOUND = 1 << 14, /* SECRET SANTA, NATO SECRETARY */
	SPILL_MARKING_DISCLAIMER = 1 << 15, /* business phrase in its line */
	SPILL_MARKING_CLEARANCE = 1 << 16, /* "clearance", "vetted" near it */
	SPILL_MARKING_PRECEDENCE = 1 << 17, /* IMMEDIATE, PRIORITY, ... on its
		line: message traffic */
	SPILL_MARKING_STRUCK = 1 << 18, /* its run is struck through */
	SPILL_MARKING_FUTURE = 1 << 19, /* "will be declassified" */
	SPILL_MARKING_INITIALS = 1 << 20, /* PORTION: its letters begin the
		words behind it: "(C) Coffee" */
	SPILL_MARKING_LEADS = 1 << 21, /* INLINE, PORTION: the line begins with
		it, as a subject may: "NATO SECRET: movement" */
};

#define SPILL_MARKING_CATEGORIES 16 /* counted for the score, not bounded */

struct spill_marking {
	enum spill_form form;
	enum spill_term_spec spec;
	unsigned flags;
	int rank, rank_max; /* they differ where countries do (SECRETO) */
	unsigned valid; /* categories of the grammar that were valid */
	unsigned words_outside; /* words of its line that are not its own */
	uint32_t from, to; /* bytes of the line: the marking alone */
	/* Of the vocabulary, or made by composition; NUL-terminated. */
	char scheme[48]; /* "NATO"; of several countries: "ES|PT" */
	char level[96]; /* canonical: "NATO SECRET", "VS-NfD" */
	char categories[256], release[256]; /* ";" between, sorted, once */
	char context[48], admin[32];
	uint32_t page, pages, copy, copies; /* 0: not told */
	uint32_t ref_from, ref_to; /* reference on its line; equal: none */
};

/* What a line says besides markings: bits, for the judge. */
enum spill_signal {
	SPILL_SIGNAL_CAB = 1 << 0, /* a label of an authority block */
	SPILL_SIGNAL_COPY = 1 << 1,
	SPILL_SIGNAL_PAGE = 1 << 2,
	SPILL_SIGNAL_REFERENCE = 1 << 3, /* of a known family */
	SPILL_SIGNAL_REGISTRY = 1 << 4,
	SPILL_SIGNAL_ORIGINATOR = 1 << 5, /* state or alliance */
	SPILL_SIGNAL_DECLASS = 1 << 6, /* a stamp, not a sentence */
	SPILL_SIGNAL_DOWNGRADE = 1 << 7,
	SPILL_SIGNAL_SPECIMEN = 1 << 8,
	SPILL_SIGNAL_EXERCISE = 1 << 9,
	SPILL_SIGNAL_CONDITIONAL = 1 << 10, /* (WHEN FILLED IN) */
	SPILL_SIGNAL_DISCLAIMER = 1 << 11,
	SPILL_SIGNAL_COVER = 1 << 12, /* a cover sheet */
	SPILL_SIGNAL_MESSAGE = 1 << 13, /* prosigns, CABLEGRAM, SIC, FM, TO */
	SPILL_SIGNAL_POLICY = 1 << 14, /* "marking guide", "levels of
		classification", "shall be marked": it teaches */
	SPILL_SIGNAL_DATE = 1 << 15,
	SPILL_SIGNAL_NOTICE = 1
			      << 16, /* Official Secrets Act, Loi 11.12.1998 */
	SPILL_SIGNAL_STATE = 1 << 17, /* ORIGINATOR's words in running text */
};

#define SPILL_PARSE_MARKINGS 12

struct spill_parse {
	struct spill_marking marking[SPILL_PARSE_MARKINGS];
	size_t markings;
	unsigned signals;
	unsigned repairs, edits; /* of the view that gave the markings */
	unsigned cabs; /* which label of an authority block: 1 << n */
	/* Places of what --furniture tells; equal: none. */
	uint32_t copy_from, copy_to, ref_from, ref_to, orig_from, orig_to,
	    date_from, date_to;
	const struct spill_term *orig; /* the originator's; NULL: none */
	uint32_t copy, copies, page, pages;
	bool shout; /* no small letter in the line */
};

/*
 * SPILL_OK always; *p has no markings and no signals where there is nothing.
 * `views`: try those of normal.h, too, where the plain one gives no whole line
 * and the line may be one. The line itself is for the places of tokens.
 */
void spill_grammar_line(const struct spill_vocab *v,
    const struct spill_normal *n, bool views, struct spill_parse *p);

/* A value that is a marking by itself: of a label, a property, a field. False:
 * it is none. */
bool spill_grammar_value(const struct spill_vocab *v, struct spill_span value,
    struct spill_marking *m);

/* A ∪ B and A ∩ B of lists as they stand in markings; FVEY and its like are
 * their members. "" ∩ x is x. */
void spill_list_unite(char *a, size_t size, const char *b);
void spill_list_intersect(
    const struct spill_vocab *v, char *a, size_t size, const char *b);

#endif
