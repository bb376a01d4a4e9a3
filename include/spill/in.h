/*
 * in.h: lines of one input, with their numbers and offsets.
 *
 * Memory is bounded: a line, or the run of lines since a mark, may hold
 * SPILL_LINE_MAX bytes. Lines are handed out where they lie in the buffer;
 * every call that reads (line, peek) may move it, so a span is valid until
 * the next such call. A reader whose records may span lines sets a mark at
 * the first, reads on, and asks for the whole run:
 *
 *	rc = spill_in_line(in, &line);
 *	spill_in_mark(in);
 *	while (rc == SPILL_OK && !complete(line))
 *		rc = spill_in_line(in, &line);
 *	if (rc != SPILL_OK)
 *		spill_in_rewind(in);	(the second line comes next)
 *	else
 *		run = spill_in_run(in);	(then spill_in_unmark)
 */
#ifndef SPILL_IN_H
#define SPILL_IN_H

#include <spill/base.h>

#define SPILL_LINE_MAX ((size_t)16 << 20)

struct spill_in;

/* Takes over the descriptor, even on failure. NAME is copied, for messages. */
int spill_in_open(struct spill_in **in, int fd, const char *name);
/*
 * The next line without its LF. SPILL_END, SPILL_EIO (said on standard
 * error; it stays so), or SPILL_ELIMIT: the line, or with it the run since
 * the mark, is longer than may be; *line is what was looked at. Then either
 * rewind, or the next call drops the mark and yields the line behind it.
 */
int spill_in_line(struct spill_in *in, struct spill_span *line);
/*
 * Look at what comes next, at least n bytes if there are so many, without
 * passing it. SPILL_ELIMIT where n is beyond SPILL_LINE_MAX.
 */
int spill_in_peek(struct spill_in *in, size_t n, struct spill_span *ahead);
void spill_in_skip(struct spill_in *in, size_t n); /* of what was peeked */
/* Keep everything from the start of the line read last on. */
void spill_in_mark(struct spill_in *in);
/* From the mark to the end of the line read last, LFs between included. */
struct spill_span spill_in_run(const struct spill_in *in);
/* Go back to just behind the marked line, as if it were the line read last,
 * and drop the mark. */
void spill_in_rewind(struct spill_in *in);
void spill_in_unmark(struct spill_in *in);

uint64_t spill_in_number(const struct spill_in *in); /* of that line, from 1 */
/* Of its first byte; behind SPILL_END, the length of the input. */
uint64_t spill_in_offset(const struct spill_in *in);
uint64_t spill_in_bytes(const struct spill_in *in); /* passed so far */
/* The line read last ended in LF. */
bool spill_in_whole(const struct spill_in *in);
const char *spill_in_name(const struct spill_in *in);
/* A read was refused; the reason has been said. */
bool spill_in_failed(const struct spill_in *in);
/* For fstat() and pread(); whoever moves its offset changes what is read. */
int spill_in_fd(const struct spill_in *in);

/*
 * Hash what passes. Call it before the first line is read (SPILL_EUSAGE once
 * the start of the input is gone). The digest is of all bytes before the
 * line read last, or behind SPILL_END of all; the next one starts there.
 */
int spill_in_hash(struct spill_in *in);
/* Put into the hash behind all before the line read last: what only stands
 * in that line. The digest must be taken before the next line is read. */
void spill_in_hash_more(struct spill_in *in, struct spill_span s);
bool spill_in_hashes(const struct spill_in *in);
int spill_in_digest(struct spill_in *in, char hex[64]);
void spill_in_free(struct spill_in **in);

#endif
