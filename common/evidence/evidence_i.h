/*
 * evidence_i.h: the naming rules of segment files, which evidence_set.h
 * gives as a table.
 */
#ifndef SPILL_EVIDENCE_I_H
#define SPILL_EVIDENCE_I_H

#include <spill/evidence_set.h>

enum evidence_style {
	EVIDENCE_PLAIN, /* one file */
	EVIDENCE_NAMED, /* by its name a format that is not read here */
	EVIDENCE_EWF, /* .E01, .s01 */
	EVIDENCE_EWF_LETTERS, /* .EAA: only behind .E99 */
	EVIDENCE_DIGITS, /* .001 */
	EVIDENCE_LETTERS, /* .aa */
};

struct evidence_name {
	enum evidence_style style;
	size_t stem; /* bytes up to and with the dot */
	size_t width; /* of the extension */
	char first; /* E01, S01: E or S */
	bool upper;
	unsigned number; /* as written: .000 is 0, .aa is 0, .E01 is 1 */
};

/* file has no slash. first: what a sibling that is known says of the set's
 * first letter (E or S), since .SAA may be of both; 0: not known. */
struct evidence_name evidence_name(struct spill_span file, char first);

#endif
