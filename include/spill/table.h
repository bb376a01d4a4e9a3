/*
 * table.h: rows of a table in text: RFC 4180 CSV, TSV, JSON lines.
 *
 * All of them: a UTF-8 byte order mark at the start is passed over, a line
 * may end in CR LF, empty lines are skipped, a row may hold SPILL_LINE_MAX
 * bytes, a cell any byte. A row that does not follow the syntax, or has not
 * as many cells as the header, is damage of that row; reading goes on.
 *
 * CSV goes through libcsv; cells that need no unquoting bypass it. A row may
 * span lines. One whose quote never closes, or which turns out damaged in
 * any other way, is reported as one damaged row, and reading goes on at its
 * second line. That is linear: a row reads on only up to the next line with
 * an odd number of quotes, so no line is read for more than two rows.
 *
 * TSV escapes tab, LF, CR and backslash as \t \n \r \\; a backslash before
 * anything else is damage.
 *
 * JSON lines (RFC 8259): each line an object, nested up to 64 deep. A value
 * that is no string is taken as its text, without blanks between tokens;
 * null is no cell. "\udcXX" with XX from 80 stands for the byte XX, other
 * lone surrogates for their three bytes (WTF-8). The same name twice in a
 * line is damage.
 */
#ifndef SPILL_TABLE_H
#define SPILL_TABLE_H

#include <spill/base.h>
#include <spill/buf.h>
#include <spill/in.h>

enum spill_syntax {
	SPILL_SYNTAX_CSV,
	SPILL_SYNTAX_TSV,
	SPILL_SYNTAX_JSONL,
};

struct spill_table {
	/* The row read last, valid until the next is read, and only behind
	 * SPILL_OK; cells that a JSON line lacks have p NULL. */
	struct spill_span *cell;
	/* Names of columns, at most SPILL_COLUMNS_MAX (row.h). They grow
	 * while JSON lines are read, those of damaged lines included. */
	struct spill_span *name;
	size_t n;
	uint64_t number, offset; /* line and byte where the row begins */
	const char *damage; /* why, behind SPILL_EDAMAGED */
	bool cut; /* the row is the last and has no LF */
};

enum {
	/*
	 * Rows never span lines, and a line with as many commas as the
	 * header is split there with its quotes left as they are (plaso
	 * writes so). Any other line is read as RFC 4180.
	 */
	SPILL_TABLE_LITERAL = 1,
};

/*
 * Reads the header, if the syntax has one. The input stays the caller's.
 * Where the header cannot serve, *why is added the reason, for a message:
 * SPILL_EFORMAT without any line, SPILL_EDAMAGED, SPILL_ELIMIT past
 * SPILL_COLUMNS_MAX columns. WHY may be NULL.
 */
int spill_table_open(struct spill_table **t, struct spill_in *in,
    enum spill_syntax syntax, unsigned flags, struct spill_buf *why);
/* SPILL_OK, SPILL_END, SPILL_EDAMAGED (this row; go on), or worse. */
int spill_table_next(struct spill_table *t);
/* From here on as with SPILL_TABLE_LITERAL: its header told what it is. */
void spill_table_literal(struct spill_table *t);
/* The column of a name, or -1. */
int spill_table_find(const struct spill_table *t, const char *name);
void spill_table_free(struct spill_table **t);

/* Must this cell stand in quotes? */
bool spill_csv_quotes(struct spill_span v);

/*
 * Text of one JSON string without its quotes, into b. Reading it gives the
 * same bytes, whatever they are.
 */
void spill_json_escape(struct spill_buf *b, struct spill_span raw);

#endif
