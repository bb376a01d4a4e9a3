/*
 * writer.h: a record stream out: CSV, TSV or JSON lines.
 *
 * CSV follows RFC 4180 with LF; cells with quotes in them go through libcsv.
 * TSV and JSON lines are as table.h reads them; in JSON lines, cells that are
 * not set are left out but for that of the first column, and whole numbers of
 * at most 15 digits are numbers.
 *
 * A seal is one more row whose first cell is "#seal rows=N;errors=N;
 * filters=...;options=...;sha256=HEX" (no blank behind a ";"; values escaped
 * as names are (name.h), and then ";" and "\" in them behind a "\"), the hash
 * that of all bytes of the stream before its line
 * and of its own text before ";sha256=".
 * In JSON lines it is the object {"#seal":"rows=..."}.
 */
#ifndef SPILL_WRITER_H
#define SPILL_WRITER_H

#include <spill/out.h>
#include <spill/row.h>
#include <spill/table.h>

struct spill_writer;

struct spill_seal {
	uint64_t rows, errors;
	struct spill_span filters, options; /* free text */
};

/* OUT, COLS and DICT (or NULL) stay the caller's; the columns are final from
 * here on: those of the schema in its order, then all others by name. */
int spill_writer_open(struct spill_writer **w, struct spill_out *out,
    enum spill_syntax syntax, const struct spill_columns *cols,
    const struct spill_dict *dict);
void spill_writer_header(struct spill_writer *w);
/* The cells that are set; row->time is the caller's to put in one. */
void spill_writer_row(struct spill_writer *w, const struct spill_row *r);
/* The same from a packed row that is ours; FIRST stands in column 0. */
void spill_writer_packed(
    struct spill_writer *w, struct spill_span rec, struct spill_span first);
/* The last row; OUT must have been hashing since before the header. */
int spill_writer_seal(struct spill_writer *w, const struct spill_seal *seal);
/* Which columns, in the order of output; *n of them. */
const uint16_t *spill_writer_columns(const struct spill_writer *w, size_t *n);
void spill_writer_free(struct spill_writer **w);

#endif
