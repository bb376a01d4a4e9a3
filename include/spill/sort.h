/*
 * sort.h: external merge sort of packed rows (row.h).
 *
 * Rows are put, then taken in order: by time, rows without one last, then by
 * the values of the columns that the caller names, then by all other values,
 * so the order is total and does not depend on the order of input, the
 * memory or the threads. What does not fit in memory goes to scratch.h as
 * sorted runs, which are merged, in several passes if there are many.
 *
 *	spill_sort_open(&s, &conf);
 *	while (...)
 *		spill_sort_put(s, &row);
 *	spill_sort_done(s);
 *	while (spill_sort_next(s, &rec) == SPILL_OK)
 *		spill_unpack_dict(rec, conf.dict, &row);
 *	spill_sort_free(&s);
 */
#ifndef SPILL_SORT_H
#define SPILL_SORT_H

#include <spill/base.h>
#include <spill/row.h>

#define SPILL_SORT_MEMORY_MIN ((uint64_t)4 << 20)

struct spill_sort;

struct spill_sort_conf {
	uint64_t memory; /* bytes for rows, indexes and buffers */
	const char *scratch; /* folder; NULL as in scratch.h */
	unsigned jobs; /* threads; 1: only the caller's */
	const struct spill_columns *columns;
	const struct spill_dict *dict; /* that the rows refer to, or NULL */
	const unsigned *order; /* columns that break ties, ascending */
	size_t norder;
};

/* CONF and what it points to must live on. */
int spill_sort_open(struct spill_sort **s, const struct spill_sort_conf *conf);
int spill_sort_put(struct spill_sort *s, const struct spill_row *r);
/* No more is put. */
int spill_sort_done(struct spill_sort *s);
/* The next row, valid until the next call; SPILL_END behind the last. */
int spill_sort_next(struct spill_sort *s, struct spill_span *rec);
/* Runs written so far and bytes of them, for those who want to know. */
void spill_sort_stats(
    const struct spill_sort *s, unsigned *runs, uint64_t *bytes);
void spill_sort_free(struct spill_sort **s);

#endif
