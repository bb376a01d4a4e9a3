/*
 * row.h: a record in memory, the table of column names behind it, and the
 * packed encoding.
 *
 * Column numbers are those of one struct spill_columns: first the columns of
 * a schema, then whatever other columns turned up, in order of appearance.
 */
#ifndef SPILL_ROW_H
#define SPILL_ROW_H

#include <spill/base.h>
#include <spill/buf.h>
#include <spill/schema.h>
#include <spill/time.h>

#define SPILL_COLUMNS_MAX 1024

struct spill_columns;

int spill_columns_open(
    struct spill_columns **c, const struct spill_schema *schema);
/* The number of a name, added if it is new; -1 without memory or past
 * SPILL_COLUMNS_MAX. */
int spill_columns_add(struct spill_columns *c, struct spill_span name);
int spill_columns_find(const struct spill_columns *c, struct spill_span name);
size_t spill_columns_count(const struct spill_columns *c);
struct spill_span spill_columns_name(const struct spill_columns *c, size_t i);
const struct spill_schema *spill_columns_schema(const struct spill_columns *c);
void spill_columns_free(struct spill_columns **c);

/*
 * A row holds spans into memory that its maker keeps. The time of column 0
 * of the event schema is kept as a value; other cells are text.
 */
struct spill_row {
	struct spill_time time;
	uint64_t bits[SPILL_COLUMNS_MAX / 64]; /* which cells are set */
	struct spill_span cell[SPILL_COLUMNS_MAX];
};

void spill_row_clear(struct spill_row *r);
/* An empty value unsets the cell: empty means unknown. */
static inline void
spill_row_set(struct spill_row *r, unsigned col, struct spill_span v)
{
	uint64_t bit = 1ULL << (col & 63);

	if (v.len > 0)
		r->bits[col >> 6] |= bit;
	else
		r->bits[col >> 6] &= ~bit;
	r->cell[col] = v;
}

static inline bool
spill_row_has(const struct spill_row *r, unsigned col)
{
	return r->bits[col >> 6] >> (col & 63) & 1;
}

/* The value, or an empty span. */
static inline struct spill_span
spill_row_get(const struct spill_row *r, unsigned col)
{
	return spill_row_has(r, col) ? r->cell[col]
				     : (struct spill_span){ "", 0 };
}

/*
 * The packed encoding of a row, little-endian:
 *
 *	u64	spill_time_key() of its time
 *	u16	bits 0-3: the rest of nsec, 4-7: prec + 2, 8: zoned
 *	then each cell that is set, in order of columns:
 *	varint	how many columns were passed over
 *	varint	length in bytes, then the bytes
 *
 * The bound is what spill_pack() may write for a row.
 */
size_t spill_pack_bound(const struct spill_row *r);
size_t spill_pack(const struct spill_row *r, char *out);
/* Trusts nothing: SPILL_EDAMAGED if it does not follow the encoding. The
 * row's spans point into rec. */
int spill_unpack(struct spill_span rec, struct spill_row *r);
/* The key alone; UINT64_MAX if there is none. */
uint64_t spill_packed_key(struct spill_span rec);

#endif
