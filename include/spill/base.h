/*
 * base.h: what every module of the core library shares: result codes, small
 * macros and the list of calls that do not compile.
 *
 * Functions that can fail return an int: SPILL_OK, SPILL_END (no more) or a
 * negative code below. The detail of a failure goes to diag.h at the place
 * where it is known; callers pass the code up. Outputs are the last arguments
 * and stay untouched on failure.
 */
#ifndef SPILL_BASE_H
#define SPILL_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum spill_rc {
	SPILL_END = 1, /* nothing more to read; not an error */
	SPILL_OK = 0,
	SPILL_EIO = -1, /* the system refused: open, read, write, ... */
	SPILL_ENOMEM = -2, /* memory, or a ceiling that stands for it */
	SPILL_EDAMAGED = -3, /* the input does not follow its format */
	SPILL_ELIMIT = -4, /* larger than a stated limit */
	SPILL_EUSAGE = -5, /* the caller's words are off */
	SPILL_EFORMAT = -6, /* not a format that is known here */
	SPILL_ESEAL = -7, /* a seal is missing or does not fit */
};

#define SPILL_VERSION "0.1.0"

#define SPILL_COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define SPILL_MIN(a, b) ((a) < (b) ? (a) : (b))
#define SPILL_MAX(a, b) ((a) > (b) ? (a) : (b))
/* Order of two numbers of one type: -1, 0 or 1. */
#define SPILL_CMP(a, b)	   (((a) > (b)) - ((a) < (b)))
#define SPILL_PRINTF(f, v) __attribute__((format(printf, f, v)))
#define SPILL_MUST	   __attribute__((warn_unused_result))

/* A run of bytes that somebody else owns. */
struct spill_span {
	const char *p;
	size_t len;
};

#define SPILL_SPAN(s) ((struct spill_span){ (s), sizeof(s) - 1 })

/* The span of a C string, which must outlive it. */
struct spill_span spill_span(const char *s);
bool spill_span_eq(struct spill_span a, struct spill_span b);
/* Order by bytes, the shorter first: negative, 0 or positive. */
int spill_span_cmp(struct spill_span a, struct spill_span b);
/* Digits only, no sign, no blanks; false on overflow too. */
bool spill_span_uint(struct spill_span s, uint64_t *out);
/* The same with an optional minus. */
bool spill_span_int(struct spill_span s, int64_t *out);

/*
 * An array of n elements of so many bytes, with room for one more: v itself
 * while *cap is more than n, else a larger one in its place. NULL: there is no
 * memory, and v and *cap are as they were. The caller frees it.
 */
void *spill_grow(void *v, size_t n, size_t *cap, size_t size) SPILL_MUST;

#endif
