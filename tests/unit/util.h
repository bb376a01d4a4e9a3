/*
 * util.h: what the unit tests share: inputs from memory, a folder of their
 * own, standard error to look at, children, numbers by chance. It also
 * includes cmocka.h and what that needs before it.
 */
#ifndef SPILL_UNIT_UTIL_H
#define SPILL_UNIT_UTIL_H

#include <setjmp.h>
#include <stdarg.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <spill/buf.h>
#include <spill/hash.h>
#include <spill/in.h>
#include <spill/time.h>

#include <cmocka.h>

#define CSV   SPILL_SYNTAX_CSV
#define TSV   SPILL_SYNTAX_TSV
#define JSONL SPILL_SYNTAX_JSONL

/* A span as an initialiser, which SPILL_SPAN cannot be in a static table. */
#define S(s)                       \
	{                          \
		(s), sizeof(s) - 1 \
	}

/* A test with the setup and the teardown of its file; one whose setup ends
 * with capture() and that needs nothing more. */
#define TEST(f)	    cmocka_unit_test_setup_teardown(f, setup, teardown)
#define CAPTURED(f) cmocka_unit_test_setup_teardown(f, setup, release)

/* --- bytes -------------------------------------------------------------- */

static inline struct spill_span
span_of(const void *p, size_t n)
{
	return (struct spill_span){ p, n };
}

/* A copy with nothing behind it, so that a sanitizer sees each overrun. */
void *exact(const void *p, size_t n);
/* All of 0, 1 and 2 bytes. */
void each_short_text(void (*check)(struct spill_span));
/* What stands for itself in a segment of a locator, of ASCII. */
bool stands(unsigned c);
/* The SHA-256 of the one and then the other. */
void sha256(
    struct spill_span a, struct spill_span b, char hex[SPILL_SHA256_HEX + 1]);

static inline int
sign(int v)
{
	return (v > 0) - (v < 0);
}

/* --- chance ------------------------------------------------------------- */

/* 0 to n - 1, the same on every machine; n is 1 << 24 at most. */
uint32_t dice(uint32_t *seed, uint32_t n);
/* 48 bits. */
uint64_t dice48(uint32_t *seed);
/* A second that an instant can have. */
int64_t random_sec(uint32_t *seed);

/* --- time --------------------------------------------------------------- */

struct spill_time at(const char *text);
void assert_same_time(struct spill_time a, struct spill_time b);

/* --- inputs ------------------------------------------------------------- */

/* A descriptor of a file without a name that holds s, at its start. */
int memory(struct spill_span s);
/* An input named "file" that is that file. */
struct spill_in *file(struct spill_span s);

/* A thread that writes to a pipe. */
struct feed {
	struct spill_span text;
	size_t piece; /* bytes that a read gets at the most; 0: any */
	unsigned pause; /* us between pieces */
	int from, to;
	pthread_t thread;
};

/* An input named "pipe"; flags are those of its descriptor. */
struct spill_in *fed(struct feed *f, int flags);
/* Takes what the reader left, so that the thread ends, and frees the input. */
void fed_free(struct feed *f, struct spill_in **in);

/* --- standard error ----------------------------------------------------- */

/* From now on it is in memory; program is the name before each message.
 * Returns 0. */
int capture(const char *program);
/* What went there since this was called last. */
const char *said(void);
/* It is what it was: a teardown, harmless without capture(). */
int release(void **state);

/* --- a folder ----------------------------------------------------------- */

extern char folder[64];

/* It is new and empty. A teardown fails if it is not empty again. */
int folder_setup(void **state);
int folder_teardown(void **state);
/* How many names are in it, and the last that begins with a dot, if asked. */
unsigned count_files(char hidden[300]);

/* --- children and terminals --------------------------------------------- */

/* Reads up to the end, slowly, and closes fd. */
void collect(int fd, struct spill_buf *b);
int exit_status(pid_t pid);
/* The slave, raw; the test is skipped where none can be made. */
int open_terminal(int *master);

#endif
