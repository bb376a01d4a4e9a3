/*
 * reader.h: a record stream in, with the check of its seal (writer.h).
 *
 * A stream that has a seal is checked against it; one without is refused
 * where a seal is demanded. Rows behind a seal break it too.
 */
#ifndef SPILL_READER_H
#define SPILL_READER_H

#include <spill/schema.h>
#include <spill/table.h>

struct spill_reader {
	struct spill_table *table;
	struct spill_in *in;
	enum spill_syntax syntax;
	uint64_t rows; /* read so far, those that are damaged included */
	bool demand, sealed;
	uint64_t seal_errors; /* errors that the seal tells of */
	struct spill_buf filters; /* and filters */
};

/*
 * What a stream is: a '{' at its start means JSON lines, a tab in
 * its first line TSV, anything else CSV.
 */
enum spill_syntax spill_syntax_guess(struct spill_span start);
/* As spill_table_open(); the input stays the caller's. */
int spill_reader_open(struct spill_reader **r, struct spill_in *in,
    enum spill_syntax syntax, unsigned flags, bool demand,
    struct spill_buf *why);
/* As spill_table_next(); SPILL_ESEAL, said, if the seal is missing or does
 * not fit. */
int spill_reader_next(struct spill_reader *r);
void spill_reader_free(struct spill_reader **r);

#endif
