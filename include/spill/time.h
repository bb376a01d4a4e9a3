/*
 * time.h: instants as evidence has them.
 *
 * Proleptic Gregorian calendar, years 1601 to 9999, before the epoch too, no
 * leap seconds (as POSIX.1-2017 4.16). A time keeps the precision of its
 * source, down to 1 ns, and whether its zone is known. Text is ISO 8601:
 * 2019-03-05T10:20:30.1234567Z; without Z where the zone is unknown; cut
 * after the day or the minute where the source had no more.
 */
#ifndef SPILL_TIME_H
#define SPILL_TIME_H

#include <spill/base.h>

enum { /* values of prec below 0; 0 to 9 are digits of the fraction */
	SPILL_PREC_MINUTE = -1,
	SPILL_PREC_DAY = -2,
};

#define SPILL_TIME_MIN	(-11644473600LL) /* 1601-01-01T00:00:00 */
#define SPILL_TIME_MAX	253402300799LL /* 9999-12-31T23:59:59 */
#define SPILL_TIME_TEXT 40 /* a buffer for any time's text */

struct spill_time {
	int64_t sec; /* since 1970-01-01T00:00:00, of UTC if zoned */
	uint32_t nsec; /* 0 to 999,999,999 */
	int8_t prec;
	bool set; /* false: no time is known */
	bool zoned; /* true: sec counts in UTC */
};

enum spill_time_odd {
	SPILL_TIME_PLAIN, /* the text says what struct spill_time holds */
	SPILL_TIME_OFFSET, /* it had an offset other than 0 */
	SPILL_TIME_LEAP, /* its second was 60: taken as the next second */
	SPILL_TIME_FINE, /* its fraction was finer than 1 ns: cut */
	SPILL_TIME_NONE, /* a known way to write "no time" */
};

/*
 * Parse ISO 8601 (T or one blank between date and time; Z, +hh:mm, +hhmm,
 * +hh, +hh:mm:ss or nothing behind it; . or , before the fraction). A date
 * alone may have Z behind it, as XML Schema has it. SPILL_EDAMAGED if it is
 * anything else or out of range. *odd may be NULL.
 */
int spill_time_parse(
    struct spill_span s, struct spill_time *t, enum spill_time_odd *odd);
/* Text of t, NUL-terminated; returns its length, 0 if t is not set. */
size_t spill_time_format(struct spill_time t, char out[SPILL_TIME_TEXT]);
/* The same with local time of an offset in seconds: ...+02:00. */
size_t spill_time_format_offset(
    struct spill_time t, int32_t offset, char out[SPILL_TIME_TEXT]);

/* Each of these yields a time that is not set where the value is beyond. */
struct spill_time spill_time_from_unix(int64_t sec, uint32_t nsec, int8_t prec);
struct spill_time spill_time_from_filetime(uint64_t filetime);
/* Of FAT and zip: a local time in steps of 2 s; false if it is none. */
bool spill_dos_time(uint16_t date, uint16_t time, struct spill_time *out);
/* t moved by a count of ns, which may be negative; its precision grows only
 * as far as the result needs. */
struct spill_time spill_time_add(struct spill_time t, int64_t ns);

/* Order as instants, zoneless ones as if UTC; not set is last. */
int spill_time_cmp(struct spill_time a, struct spill_time b);
/* 64 bits in the same order, equal only within 16 ns of each other. */
uint64_t spill_time_key(struct spill_time t);
/* Days since 1970-01-01 of a date, and back. */
int64_t spill_days(int64_t year, unsigned month, unsigned day);
void spill_civil(int64_t days, int64_t *year, unsigned *month, unsigned *day);

/*
 * A duration: [+-]hh:mm:ss[.fraction], [+-]hh:mm or [+-]N with one of the
 * units ns us ms s m h d (s where there is none); in ns, within 292 years.
 */
int spill_duration_parse(struct spill_span s, int64_t *ns);

#endif
