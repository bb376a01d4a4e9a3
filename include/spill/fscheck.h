/*
 * fscheck.h: rows of a worker are not to be trusted: every cell is held
 * against its column before it goes to the output.
 */
#ifndef SPILL_FSCHECK_H
#define SPILL_FSCHECK_H

#include <spill/row.h>

/* Bytes of a cell; the walk's longest, WALK_RUNS_MAX, are less. */
#define FSCHECK_CELL_MAX ((size_t)12 << 20)

/* False if a cell is none that its column of the schema can have. Locators
 * are objects here: 5-144-1, 12~slack, d5+4096, @0+512. */
bool fscheck_row(const struct spill_schema *s, const struct spill_row *r);
/* A cell of the error schema. */
bool fscheck_cell(
    const struct spill_schema *s, unsigned col, struct spill_span v);

#endif
