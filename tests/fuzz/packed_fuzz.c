/*
 * packed_fuzz.c: packed rows. What unpacks is what packs to the same bytes;
 * with a dict behind it, to a row of the same values.
 */
#include <spill/row.h>

#include "fuzz.h"

static struct spill_row row, back;

/* The row packed, in memory that is exactly its own. */
static struct spill_span
packed(const struct spill_row *r)
{
	size_t bound = spill_pack_bound(r), n;
	char *p = malloc(bound);

	must(p != NULL);
	n = spill_pack(r, p);
	must(n <= bound);
	return (struct spill_span){ p, n };
}

static void
must_equal(const struct spill_row *a, const struct spill_row *b)
{
	must(spill_time_cmp(a->time, b->time) == 0);
	for (unsigned i = 0; i < SPILL_COLUMNS_MAX; i++) {
		must(spill_row_has(a, i) == spill_row_has(b, i));
		must(spill_span_eq(spill_row_get(a, i), spill_row_get(b, i)));
	}
}

static void
check_walk(struct spill_span rec, const struct spill_row *r)
{
	struct spill_walk w = spill_walk(rec, NULL);

	for (unsigned i = 0; i < SPILL_COLUMNS_MAX; i++)
		must(spill_span_eq(spill_walk_to(&w, i), spill_row_get(r, i)));
}

static void
check_dict(struct spill_span rec)
{
	static struct spill_dict *d;
	struct spill_span again;

	if (d == NULL) {
		must(spill_dict_open(&d) == SPILL_OK);
		must(spill_dict_add(d, SPILL_SPAN("zero")) == 0);
		must(spill_dict_add(d, SPILL_SPAN("one")) == 1);
	}
	if (spill_unpack_dict(rec, d, &row) != SPILL_OK)
		return;
	again = packed(&row);
	must(spill_unpack_dict(again, d, &back) == SPILL_OK);
	must_equal(&row, &back);
	free((char *)again.p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct spill_span rec = { (const char *)data, size }, again;
	char text[SPILL_TIME_TEXT];
	int rc = spill_unpack(rec, &row);

	must(rc == SPILL_OK || rc == SPILL_EDAMAGED);
	if (rc == SPILL_OK) {
		again = packed(&row);
		must(spill_span_eq(again, rec));
		must(spill_packed_key(rec) == spill_time_key(row.time));
		must(spill_time_format(row.time, text) < sizeof(text));
		check_walk(rec, &row);
		free((char *)again.p);
	}
	check_dict(rec);
	return 0;
}
