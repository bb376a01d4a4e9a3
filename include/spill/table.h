/*
 * table.h: rows of a table in text: RFC 4180 CSV, TSV, JSON lines.
 *
 * CSV goes through libcsv; lines without a quote bypass it. TSV escapes tab,
 * LF, CR and backslash as \t \n \r \\. In JSON lines, a value that is no
 * string is taken as its text; "\udcXX" with XX from 80 stands for the byte
 * XX, other lone surrogates for their three bytes (WTF-8).
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
	/* The row read last; cells that a JSON line lacks have p NULL. */
	struct spill_span *cell;
	/* Names of columns. They grow while JSON lines are read. */
	struct spill_span *name;
	size_t n;
	uint64_t number, offset; /* line and byte where the row begins */
	const char *damage; /* why, behind SPILL_EDAMAGED */
	bool cut; /* the row is the last and has no LF */
};

enum {
	/* Rows never span lines: a line whose commas fit the header is split
	 * there even if its quotes are not RFC 4180 (plaso writes so). */
	SPILL_TABLE_LITERAL = 1,
};

/* Reads the header, if there is one. The input stays the caller's. */
int spill_table_open(struct spill_table **t, struct spill_in *in,
    enum spill_syntax syntax, unsigned flags);
/* SPILL_OK, SPILL_END, SPILL_EDAMAGED (this row; go on), or worse. */
int spill_table_next(struct spill_table *t);
int spill_table_find(const struct spill_table *t, const char *name);
void spill_table_free(struct spill_table **t);

/* Text of one JSON string without its quotes, into b. */
void spill_json_escape(struct spill_buf *b, struct spill_span raw);

#endif
