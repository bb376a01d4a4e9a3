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
#include <spill/dict.h>
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
	uint64_t
	    refs[SPILL_COLUMNS_MAX / 64]; /* which of them are in the dict */
	struct spill_span cell[SPILL_COLUMNS_MAX];
	uint16_t id[SPILL_COLUMNS_MAX]; /* where refs says so */
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
	r->refs[col >> 6] &= ~bit;
	r->cell[col] = v;
}

/* A value of the dict, by its number. */
static inline void
spill_row_ref(
    struct spill_row *r, unsigned col, const struct spill_dict *d, int32_t id)
{
	spill_row_set(r, col, (struct spill_span){ "", 0 });
	if (id < 0 || !spill_dict_get(d, (uint64_t)id, &r->cell[col]))
		return;
	r->bits[col >> 6] |= 1ULL << (col & 63);
	r->refs[col >> 6] |= 1ULL << (col & 63);
	r->id[col] = (uint16_t)id;
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
 *	varint	length in bytes, then the bytes; or 0 and, as a varint, the
 *		number of the value in the dict
 *
 * The bound is what spill_pack() may write for a row.
 */
size_t spill_pack_bound(const struct spill_row *r);
size_t spill_pack(const struct spill_row *r, char *out);
/* Trusts nothing: SPILL_EDAMAGED if it does not follow the encoding. The
 * row's spans point into rec and the dict (NULL: there is none). */
int spill_unpack_dict(
    struct spill_span rec, const struct spill_dict *d, struct spill_row *r);
int spill_unpack(struct spill_span rec, struct spill_row *r);

/* The key alone; UINT64_MAX if there is none. */
uint64_t spill_packed_key(struct spill_span rec);
/* The time alone. */
int spill_packed_time(struct spill_span rec, struct spill_time *t);

/*
 * Walk the cells of a packed row that is ours, in order of columns, without
 * a row: nothing is checked. col is SPILL_COLUMNS_MAX at the end. Inline, as
 * the sort and the writer do it for every row.
 */
#define SPILL_PACKED_HEAD 10 /* bytes of the time */

struct spill_walk {
	const char *p, *end;
	const struct spill_span *values; /* of the dict */
	unsigned col;
	int32_t id; /* of the value in the dict, or -1 */
	struct spill_span value;
};

static inline uint64_t
spill_own_varint(const char **p)
{
	uint64_t v = (unsigned char)*(*p)++;

	if (v < 0x80)
		return v;
	v &= 0x7f;
	for (unsigned shift = 7;; shift += 7) {
		uint64_t b = (unsigned char)*(*p)++;

		v |= (b & 0x7f) << shift;
		if (b < 0x80)
			return v;
	}
}

static inline void
spill_walk_next(struct spill_walk *w)
{
	uint64_t len;

	if (w->p >= w->end) {
		w->col = SPILL_COLUMNS_MAX;
		return;
	}
	w->col += 1 + (unsigned)spill_own_varint(&w->p);
	len = spill_own_varint(&w->p);
	if (len == 0) {
		w->id = (int32_t)spill_own_varint(&w->p);
		w->value = w->values[w->id];
		return;
	}
	w->id = -1;
	w->value = (struct spill_span){ w->p, (size_t)len };
	w->p += len;
}

static inline struct spill_walk
spill_walk(struct spill_span rec, const struct spill_dict *d)
{
	struct spill_walk w = { .p = rec.p + SPILL_PACKED_HEAD,
		.end = rec.p + rec.len,
		.values = d != NULL ? spill_dict_values(d) : NULL,
		.col = UINT32_MAX };

	spill_walk_next(&w);
	return w;
}

/* Go on to a column that is not behind; its value, empty if unset. */
static inline struct spill_span
spill_walk_to(struct spill_walk *w, unsigned col)
{
	while (w->col < col)
		spill_walk_next(w);
	return w->col == col ? w->value : (struct spill_span){ "", 0 };
}

#endif
