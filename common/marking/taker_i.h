/*
 * taker_i.h: shared by marktaker.c, taker_row.c (rows) and taker_code.c (what
 * is no document, but a program's).
 */
#ifndef SPILL_TAKER_I_H
#define SPILL_TAKER_I_H

#include <spill/row.h>
#include <spill/verdict.h>

/* Memory of the cells of one row. */
struct markrow {
	struct spill_buf text[8];
	char number[8][24];
};

void markrow_open(struct markrow *m);
void markrow_close(struct markrow *m);
/* As a row of look.h; good until the next. */
int markrow_hit(
    struct markrow *m, const struct spill_hit *h, struct spill_row *r);
int markrow_verdict(
    struct markrow *m, const struct spill_verdict *v, struct spill_row *r);

/* Source, configuration, data of programs: by its name or type. */
bool taker_is_code(struct spill_span name, struct spill_span mime);

#endif
