/*
 * diag.h: what a tool tells the person who runs it, on standard error.
 *
 * One line a message: "spill-x: text". Every byte that is not printable UTF-8
 * leaves as \xNN, so a name on evidence cannot drive the terminal. Messages
 * are lower case, without a full stop, the subject in single quotes.
 */
#ifndef SPILL_DIAG_H
#define SPILL_DIAG_H

#include <spill/base.h>

enum spill_level {
	SPILL_QUIET, /* errors only */
	SPILL_NORMAL, /* errors, warnings, notes */
	SPILL_VERBOSE, /* also how the work went */
};

/* Name shown before each message; the string must live on. */
void spill_diag_init(const char *program, enum spill_level level);
enum spill_level spill_diag_level(void);

void spill_err(const char *fmt, ...) SPILL_PRINTF(1, 2);
void spill_warn(const char *fmt, ...) SPILL_PRINTF(1, 2);
void spill_note(const char *fmt, ...) SPILL_PRINTF(1, 2);
void spill_info(const char *fmt, ...) SPILL_PRINTF(1, 2); /* with -v */

/*
 * Copy src to dst as text that is safe on a terminal: printable UTF-8 stays,
 * any other byte becomes \xNN. Returns the length that the whole text has;
 * dst holds what fits of it (never half an escape) and a NUL, if size > 0.
 */
size_t spill_neutral(char *dst, size_t size, const char *src, size_t len);

/*
 * The line "12.3 MB read, 45,678 rows" that a person at a terminal sees. It
 * is drawn on standard error, only if that is a terminal and -q was not
 * given, at most five times a second, and wiped before any message.
 */
void spill_progress(uint64_t bytes, uint64_t rows, const char *what);
void spill_progress_end(void);

#endif
