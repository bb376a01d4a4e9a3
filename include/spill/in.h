/*
 * in.h: lines of one input, with their numbers and offsets.
 *
 * Memory is bounded: a line, or the run of lines since a mark, may hold
 * SPILL_LINE_MAX bytes.
 */
#ifndef SPILL_IN_H
#define SPILL_IN_H

#include <spill/base.h>

#define SPILL_LINE_MAX ((size_t)16 << 20)

struct spill_in;

/* Takes over the descriptor. NAME is for messages and is copied. */
int spill_in_open(struct spill_in **in, int fd, const char *name);
/*
 * The next line without its LF. SPILL_END, SPILL_EIO, or SPILL_ELIMIT: the
 * line is longer than may be; *line is its start and the next call yields
 * the line behind it. The span is valid until the next call, or as long as
 * the mark is set.
 */
int spill_in_line(struct spill_in *in, struct spill_span *line);
/* Look at what is buffered ahead, at least n bytes if there are so many. */
int spill_in_peek(struct spill_in *in, size_t n, struct spill_span *ahead);
void spill_in_skip(struct spill_in *in, size_t n); /* of what was peeked */
/* Keep everything from the start of the line read last on. */
void spill_in_mark(struct spill_in *in);
/* Go back to just behind the marked line, and drop the mark. */
void spill_in_rewind(struct spill_in *in);
void spill_in_unmark(struct spill_in *in);

uint64_t spill_in_number(const struct spill_in *in); /* of that line, from 1 */
uint64_t spill_in_offset(const struct spill_in *in); /* of its first byte */
uint64_t spill_in_bytes(const struct spill_in *in); /* read so far */
/* The line read last ended in LF. */
bool spill_in_whole(const struct spill_in *in);
const char *spill_in_name(const struct spill_in *in);

/* Hash what passes; the digest is of all before the line read last. */
int spill_in_hash(struct spill_in *in);
bool spill_in_hashes(const struct spill_in *in);
int spill_in_digest(struct spill_in *in, char hex[64]);
void spill_in_free(struct spill_in **in);

#endif
