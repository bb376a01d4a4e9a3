/*
 * table_i.h: what the syntaxes of table.h share.
 */
#ifndef SPILL_TABLE_I_H
#define SPILL_TABLE_I_H

#include <endian.h>
#include <string.h>

#include <csv.h>

#include <spill/base.h>
#include <spill/row.h>
#include <spill/table.h>

struct spill_table_priv {
	struct spill_table pub;
	struct spill_in *in;
	enum spill_syntax syntax;
	unsigned flags;
	bool header; /* the row to come is it */
	struct spill_columns *columns;
	struct csv_parser csv;
	/* Unescaped cells of the row; room for all of them from the first on,
	 * so that spans into it stay. */
	char *text;
	size_t text_len, text_cap;
	char damage[160];
	/* JSON: the row that had a column last, the column that came behind
	 * it (0: behind none) plus 1. */
	uint64_t row;
	uint64_t *seen;
	uint16_t *follows;
};

/* Says why, returns SPILL_EDAMAGED. */
int spill_table_damaged(struct spill_table_priv *t, const char *fmt, ...)
    SPILL_PRINTF(2, 3);
/* The next line that is not empty, CR LF taken off where there is no quote;
 * number, offset and cut are set. */
int spill_table_line(struct spill_table_priv *t, struct spill_span *line);
/* Are n cells as many as the header has? */
int spill_table_count(struct spill_table_priv *t, size_t n, size_t max);
int spill_table_csv_init(struct spill_table_priv *t);
/* Where the text of the next cell goes, or NULL; ROW is the row's length,
 * which all its cells together never exceed. */
char *spill_table_text(struct spill_table_priv *t, size_t row);
/* Split at each delimiter; returns the number of cells, stores up to max. */
size_t spill_table_split(
    struct spill_span s, char delim, struct spill_span *cell, size_t max);
/* The span without a CR at its end. */
struct spill_span spill_table_chop(struct spill_span s);

/* One row, split into at most max cells. */
int spill_table_csv(struct spill_table_priv *t, size_t max, size_t *n);
int spill_table_tsv(struct spill_table_priv *t, size_t max, size_t *n);
int spill_table_json(struct spill_table_priv *t);

/* Eight bytes as a number whose low byte is the first. */
static inline uint64_t
spill_word(const char *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return le64toh(w);
}

#define SPILL_EACH(byte) ((uint64_t)(unsigned char)(byte)*0x0101010101010101u)

/* Bit 7 of each byte of w that is c. Exact, unlike (x - 1 & ~x & 80). */
static inline uint64_t
spill_word_eq(uint64_t w, char c)
{
	uint64_t x = w ^ SPILL_EACH(c), low = SPILL_EACH(0x7f);

	return ~(((x & low) + low) | x | low);
}

#endif
