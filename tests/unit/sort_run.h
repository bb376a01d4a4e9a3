/*
 * sort_run.h: a sort that a test runs.
 */
#ifndef SPILL_UNIT_SORT_RUN_H
#define SPILL_UNIT_SORT_RUN_H

#include <spill/row.h>
#include <spill/sort.h>

#include "util.h"

#define MIB	((uint64_t)1 << 20)
#define UNKNOWN 6 /* columns beyond the schema */

static const unsigned order[] = { EV_MACHINE, EV_SOURCE, EV_SOURCE_RECORD,
	EV_ID };

/* Names of the unknown columns, by number and so in their order. */
static const char *const names[UNKNOWN] = { "", "Zebra", "\xc3\xa9", "aa", "ab",
	"b" };

struct run {
	struct spill_columns *cols;
	struct spill_dict *dict;
	struct spill_sort *sort;
	struct spill_sort_conf conf;
	unsigned number[UNKNOWN]; /* of the unknown columns */
	uint32_t seed; /* which values are in the dict; 0: none */
};

static struct spill_row row;

static inline int
begin(struct run *r, uint64_t memory, unsigned jobs, uint32_t seed)
{
	*r = (struct run){ .seed = seed };
	assert_int_equal(
	    spill_columns_open(&r->cols, &spill_schema_event), SPILL_OK);
	assert_int_equal(spill_dict_open(&r->dict), SPILL_OK);
	for (unsigned i = 0; i < UNKNOWN; i++) {
		unsigned k = seed % 2 == 0 ? i : UNKNOWN - 1 - i;
		int n = spill_columns_add(r->cols, spill_span(names[k]));

		assert_true(n >= EV_COUNT);
		r->number[k] = (unsigned)n;
	}
	r->conf = (struct spill_sort_conf){ .memory = memory,
		.scratch = folder,
		.jobs = jobs,
		.columns = r->cols,
		.dict = r->dict,
		.order = order,
		.norder = SPILL_COUNT(order) };
	return spill_sort_open(&r->sort, &r->conf);
}

static inline void
end(struct run *r)
{
	spill_sort_free(&r->sort);
	assert_null(r->sort);
	spill_sort_free(&r->sort);
	spill_dict_free(&r->dict);
	spill_columns_free(&r->cols);
}

#endif
