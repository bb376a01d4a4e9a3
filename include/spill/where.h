/*
 * where.h: conditions on the cells of a row, as --where takes them.
 *
 *	column=value  column!=value	the same text (times: the same instant)
 *	column~glob   column!~glob	fnmatch(3) of the whole cell
 *	column<value  column<=value  column>value  column>=value
 *
 * Order is that of instants in columns of type time, of numbers where both
 * sides are whole numbers of 64 bits, else of bytes. A cell that is not set is
 *text of no length; it has no order.
 */
#ifndef SPILL_WHERE_H
#define SPILL_WHERE_H

#include <spill/row.h>

struct spill_where;

/* N conditions, all of which must hold. SPILL_EUSAGE: one is off, said. */
int spill_where_open(struct spill_where **w, const char *const *text, size_t n,
    const struct spill_columns *cols);
/* Warn of conditions on columns that no row has had. */
void spill_where_report(const struct spill_where *w);
/* Column 0 of the event schema is row->time. */
bool spill_where_holds(struct spill_where *w, const struct spill_row *r);
/* SPILL_ENOMEM once a condition could not be looked at. */
int spill_where_rc(const struct spill_where *w);
void spill_where_free(struct spill_where **w);

#endif
