/*
 * ooxml_i.h: documents of Word, Excel and PowerPoint since 2007 (ECMA-376,
 * [OOXML]: part 1 has the markup, part 2 the packages).
 *
 * ooxml.c		the descriptor, relations, properties, all other parts
 * ooxml_word.c		WordprocessingML
 * ooxml_sheet.c	SpreadsheetML
 * ooxml_slide.c	PresentationML
 */
#ifndef SPILL_OOXML_I_H
#define SPILL_OOXML_I_H

#include "text_i.h"

struct ooxml {
	struct docparts parts;
	struct lines l;
	struct spill_arena names;
	const struct docpart **done; /* those that were told */
	size_t ndone, cap;
};

/* A relation of a part, [OOXML] part 2, 9.3. */
struct ooxml_rel {
	struct spill_span id, type, target; /* target: a part's name */
	bool external;
	struct ooxml_rel *next;
};

/* --- ooxml.c ------------------------------------------------------------ */

/* The relations of a part; in o->names. */
int ooxml_rels(
    struct ooxml *o, const struct docpart *of, struct ooxml_rel **first);
/* Does the type end like that: "/header"? */
bool ooxml_rel_is(const struct ooxml_rel *r, const char *type);
const struct docpart *ooxml_rel_part(
    const struct ooxml *o, const struct ooxml_rel *r);
const struct ooxml_rel *ooxml_rel_of(
    const struct ooxml_rel *first, struct spill_span id);
/* Not told yet? It is from now on. */
bool ooxml_turn(struct ooxml *o, const struct docpart *p);
/* The XML of a part; its damage is told. */
int ooxml_read(
    struct ooxml *o, const struct docpart *p, const struct xml_ops *ops);
/* A value of one line, as "part#name". */
void ooxml_value(struct ooxml *o, struct spill_span part,
    struct spill_span name, enum spill_role role, struct spill_span value);
/* "1", "true", "on", or nothing at all: is it so? */
bool ooxml_on(struct spill_span value, bool given);
/* Text of a part in which only DrawingML's paragraphs count: charts, diagrams,
 * drawings. */
int ooxml_drawing(struct ooxml *o, const struct docpart *p,
    enum spill_role role, uint32_t page);

/* --- the three ---------------------------------------------------------- */

int ooxml_word(struct ooxml *o, const struct docpart *main);
int ooxml_sheet(struct ooxml *o, const struct docpart *main);
int ooxml_slide(struct ooxml *o, const struct docpart *main);

#endif
