/*
 * time_test.c: instants, their text, durations.
 */
#include <time.h>

#include "util.h"

static void
assert_text(struct spill_time t, const char *want)
{
	char out[SPILL_TIME_TEXT];

	assert_int_equal(spill_time_format(t, out), strlen(want));
	assert_string_equal(out, want);
}

/* --- the calendar ------------------------------------------------------- */

/* Every day from 1601 to 9999 is what the C library says it is. */
static void
calendar(void **state)
{
	int64_t first = SPILL_TIME_MIN / 86400, last = SPILL_TIME_MAX / 86400;

	(void)state;
	for (int64_t d = first; d <= last; d++) {
		time_t t = (time_t)(d * 86400);
		int64_t year;
		unsigned month, day;
		struct tm tm;

		assert_non_null(gmtime_r(&t, &tm));
		spill_civil(d, &year, &month, &day);
		assert_int_equal(year, tm.tm_year + 1900);
		assert_int_equal(month, tm.tm_mon + 1);
		assert_int_equal(day, tm.tm_mday);
		assert_true(spill_days(year, month, day) == d);
	}
	assert_true(spill_days(1, 1, 1) == -719162);
	assert_true(spill_days(0, 3, 1) == -719468);
	assert_true(spill_days(0, 2, 29) == -719469);
	assert_true(spill_days(-400, 3, 1) == -719468 - 146097);
}

/* --- parsing ------------------------------------------------------------ */

static const struct {
	const char *text;
	int64_t sec;
	uint32_t nsec;
	int prec;
	bool zoned;
	enum spill_time_odd odd;
} good[] = {
	{ "1970-01-01T00:00:00Z", 0, 0, 0, true, 0 },
	{ "1970-01-01T00:00:00", 0, 0, 0, false, 0 },
	{ "1970-01-01T00:00", 0, 0, SPILL_PREC_MINUTE, false, 0 },
	{ "1970-01-01T00:00Z", 0, 0, SPILL_PREC_MINUTE, true, 0 },
	{ "1970-01-01", 0, 0, SPILL_PREC_DAY, false, 0 },
	{ "1970-01-01Z", 0, 0, SPILL_PREC_DAY, true, 0 },
	{ "1970-01-01 00:00:01z", 1, 0, 0, true, 0 },
	{ "1969-12-31T23:59:59.5Z", -1, 500000000, 1, true, 0 },
	{ "1969-12-31T23:59:59.999999999", -1, 999999999, 9, false, 0 },
	{ "1601-01-01T00:00:00Z", SPILL_TIME_MIN, 0, 0, true, 0 },
	{ "9999-12-31T23:59:59.999999999Z", SPILL_TIME_MAX, 999999999, 9, true,
	    0 },
	{ "2000-02-29T23:59:59Z", 951868799, 0, 0, true, 0 },
	{ "2038-01-19T03:14:08Z", 2147483648, 0, 0, true, 0 },
	{ "2019-03-05T10:20:30.0Z", 1551781230, 0, 1, true, 0 },
	{ "2019-03-05T10:20:30,1234567Z", 1551781230, 123456700, 7, true, 0 },
	{ "2019-03-05T10:20:30.12", 1551781230, 120000000, 2, false, 0 },
	{ "2019-03-05T10:20:30.1234567899Z", 1551781230, 123456789, 9, true,
	    SPILL_TIME_FINE },
	{ "2019-03-05T10:20:30.000000000999", 1551781230, 0, 9, false,
	    SPILL_TIME_FINE },
	{ "2016-12-31T23:59:60Z", 1483228800, 0, 0, true, SPILL_TIME_LEAP },
	{ "2016-12-31T23:59:60.25Z", 1483228800, 250000000, 2, true,
	    SPILL_TIME_LEAP },
	{ "2017-01-01T00:59:60+01:00", 1483228800, 0, 0, true,
	    SPILL_TIME_LEAP },
	{ "2019-03-05T10:20:30+00:00", 1551781230, 0, 0, true, 0 },
	{ "2019-03-05T10:20:30-00:00", 1551781230, 0, 0, true, 0 },
	{ "2019-03-05T12:20:30+02:00", 1551781230, 0, 0, true,
	    SPILL_TIME_OFFSET },
	{ "2019-03-05T12:20:30+02", 1551781230, 0, 0, true, SPILL_TIME_OFFSET },
	{ "2019-03-05T04:35:30-0545", 1551781230, 0, 0, true,
	    SPILL_TIME_OFFSET },
	{ "2019-03-04T20:20-14:00", 1551781200, 0, SPILL_PREC_MINUTE, true,
	    SPILL_TIME_OFFSET },
	{ "2019-03-05T09:43-00:36:45", 1551781185, 0, 0, true,
	    SPILL_TIME_OFFSET },
	{ "2019-03-05T09:43:45-00:36:45", 1551781230, 0, 0, true,
	    SPILL_TIME_OFFSET },
	{ "1601-01-01T05:00:00+05:00", SPILL_TIME_MIN, 0, 0, true,
	    SPILL_TIME_OFFSET },
	{ "9999-12-31T18:59:59-05:00", SPILL_TIME_MAX, 0, 0, true,
	    SPILL_TIME_OFFSET },
	{ "2019-03-05T10:20:30.1234567891+01:00", 1551777630, 123456789, 9,
	    true, SPILL_TIME_FINE },
};

static void
accepted(void **state)
{
	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(good); i++) {
		struct spill_time t;
		enum spill_time_odd odd = SPILL_TIME_NONE;

		if (spill_time_parse(spill_span(good[i].text), &t, &odd) !=
			SPILL_OK ||
		    t.sec != good[i].sec || t.nsec != good[i].nsec ||
		    t.prec != good[i].prec || t.zoned != good[i].zoned ||
		    odd != good[i].odd || !t.set)
			fail_msg("'%s': %lld.%09u prec %d odd %d", good[i].text,
			    (long long)t.sec, t.nsec, t.prec, (int)odd);
	}
}

static void
accepted_none(void **state)
{
	static const char *const none[] = { "0000-00-00", "0000-00-00T00:00",
		"0000-00-00 00:00:00", "0000-00-00T00:00:00.000Z",
		"0000-00-00T00:00:00+00:00" };

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(none); i++) {
		struct spill_time t = { .set = true };
		enum spill_time_odd odd = SPILL_TIME_PLAIN;

		assert_int_equal(
		    spill_time_parse(spill_span(none[i]), &t, &odd), SPILL_OK);
		assert_false(t.set);
		assert_int_equal(odd, SPILL_TIME_NONE);
	}
}

static const char *const bad[] = { "", "2", "2019", "2019-03", "2019-03-",
	"2019-03-0", "19-03-05", "2019-3-5", "20190305", "2019/03/05",
	"2019-13-01", "2019-00-01", "2019-01-00", "2019-01-32", "2019-04-31",
	"2019-06-31", "2019-09-31", "2019-11-31", "2019-02-29", "1900-02-29",
	"2100-02-29", "2000-02-30", "1600-12-31", "0001-01-01",
	"1600-12-31T23:30:00-01:00", "0000-01-01", "0000-00-01", "10000-01-01",
	"+2019-03-05", "-2019-03-05", "2019-03-05T", "2019-03-05 ",
	"2019-03-05T1", "2019-03-05T10", "2019-03-05T10:", "2019-03-05T10:2",
	"2019-03-05T1020", "2019-03-05T10:20:", "2019-03-05T10:20:3",
	"2019-03-05T10:20:61", "2019-03-05T10:60:00", "2019-03-05T24:00:00",
	"2019-03-05T24:00", "2019-03-05T99:00", "2019-03-05t10:20",
	"2019-03-05  10:20", "2019-03-05T10:20:30.", "2019-03-05T10:20:30.Z",
	"2019-03-05T10:20:30 ", "2019-03-05T10:20:30.1.2", "2019-03-05T10:20.5",
	"2019-03-05T10:20:30,", "2019-03-05T10:20:30ZZ",
	"2019-03-05T10:20:30Z ", "2019-03-05ZZ", "2019-03-05T10:20:30+",
	"2019-03-05T10:20:30+2", "2019-03-05+02:00",
	"2019-03-05T10:20:30+02:", "2019-03-05T10:20:30+02:0",
	"2019-03-05T10:20:30+02:60", "2019-03-05T10:20:30+0200Z",
	"2019-03-05T10:20:30+27", "2019-03-05T10:20:30+02:00:", " 2019-03-05",
	"2019-03-05T10:20:30+02:00:60", "2019-03-05T10:20:30+02:00:0",
	"2019-03-05T10:20:30+020000", "2019-03-05T10:20:30 +02:00",
	"2019-03-05T10:20:30EST", "2019-03-05T-1:20", "2019-03-05T+1:20",
	"1601-01-01T00:59:59+01:00", "1601-01-01T00:00:00+00:00:01",
	"9999-12-31T23:59:59-00:01", "9999-12-31T23:59:60Z",
	"0000-00-00T24:00:00", "0000-00-00x", "2019-03-05\n", "2019-03-0\xb5" };

static void
refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(bad); i++) {
		struct spill_time t = { .sec = 42 };
		enum spill_time_odd odd = SPILL_TIME_LEAP;

		if (spill_time_parse(spill_span(bad[i]), &t, &odd) !=
		    SPILL_EDAMAGED)
			fail_msg("'%s'", bad[i]);
		assert_true(t.sec == 42);
		assert_int_equal(odd, SPILL_TIME_LEAP);
	}
}

/* Cut and overwritten texts: a sanitizer sees a read too far. */
static void
mangled(void **state)
{
	static const char full[] = "2019-03-05T10:20:30.123456789+02:30";
	static const char with[] = "\0\x01\x7f\x80\xff:-+.TZ 09";

	(void)state;
	for (size_t n = 0; n < sizeof(full); n++)
		for (size_t i = 0; i < n; i++)
			for (size_t k = 0; k < sizeof(with) - 1; k++) {
				char *p = exact(full, n), out[SPILL_TIME_TEXT];
				struct spill_time t, back;

				p[i] = with[k];
				if (spill_time_parse(
					(struct spill_span){ p, n }, &t,
					NULL) == SPILL_OK &&
				    t.set) {
					spill_time_format(t, out);
					back = at(out);
					assert_same_time(t, back);
				}
				free(p);
			}
}

/* Fractions of 1 to 12 digits. */
static void
fractions(void **state)
{
	static const char all[] = "2019-03-05T10:20:30.123456789123";
	static const char text[] = "2019-03-05T10:20:30.123456789Z";
	uint32_t unit = 100000000;

	(void)state;
	for (int n = 1; n <= 12; n++) {
		struct spill_span s = { all, (size_t)(20 + n) };
		enum spill_time_odd odd;
		struct spill_time t;
		char out[SPILL_TIME_TEXT];

		assert_int_equal(spill_time_parse(s, &t, &odd), SPILL_OK);
		assert_int_equal(t.prec, SPILL_MIN(n, 9));
		assert_int_equal(t.nsec, 123456789 / unit * unit);
		assert_int_equal(
		    odd, n > 9 ? SPILL_TIME_FINE : SPILL_TIME_PLAIN);
		assert_int_equal(
		    spill_time_format(t, out), 20 + SPILL_MIN(n, 9));
		assert_memory_equal(out, text, (size_t)(20 + SPILL_MIN(n, 9)));
		unit = unit > 1 ? unit / 10 : 1;
	}
}

/* --- text --------------------------------------------------------------- */

/* Any time a source may have, with each precision, there and back. */
static void
round_trip(void **state)
{
	static const uint32_t units[] = { 1000000000, 100000000, 10000000,
		1000000, 100000, 10000, 1000, 100, 10, 1 };
	uint32_t seed = 1;

	(void)state;
	for (unsigned i = 0; i < 60000; i++) {
		struct spill_time t = { .sec = random_sec(&seed),
			.prec = (int8_t)((int)(i % 12) - 2),
			.set = true,
			.zoned = i / 12 % 2 };
		char out[SPILL_TIME_TEXT];
		enum spill_time_odd odd;
		struct spill_time back;
		size_t n;

		if (t.prec > 0)
			t.nsec = dice(&seed, 1000) * 1000003u % 1000000000u /
				 units[t.prec] * units[t.prec];
		if (t.prec < 0)
			t.sec -= (t.sec - SPILL_TIME_MIN) %
				 (t.prec == SPILL_PREC_DAY ? 86400 : 60);
		memset(out, '!', sizeof(out));
		n = spill_time_format(t, out);
		assert_int_equal(n, strlen(out));
		assert_int_equal(
		    spill_time_parse(spill_span(out), &back, &odd), SPILL_OK);
		assert_int_equal(odd, SPILL_TIME_PLAIN);
		assert_same_time(t, back);
	}
	assert_text((struct spill_time){ 0 }, "");
}

static void
offset_text(void **state)
{
	static const struct {
		const char *text;
		int32_t offset;
		const char *want;
	} cases[] = {
		{ "2019-03-05T10:20:30Z", 0, "2019-03-05T10:20:30+00:00" },
		{ "2019-03-05T10:20:30Z", 7200, "2019-03-05T12:20:30+02:00" },
		{ "2019-03-05T10:20:30.50Z", -12600,
		    "2019-03-05T06:50:30.50-03:30" },
		{ "2019-03-05T23:20Z", 3600, "2019-03-06T00:20+01:00" },
		{ "2019-03-05T10:20Z", -2205, "2019-03-05T09:43:15-00:36:45" },
		{ "2019-03-05Z", 0, "2019-03-05+00:00" },
		{ "2019-03-05Z", -3600, "2019-03-04T23:00:00-01:00" },
		{ "2019-03-05T10:20:30", 7200, "2019-03-05T10:20:30" },
		{ "1969-12-31T23:59:59Z", -86399,
		    "1969-12-31T00:00:00-23:59:59" },
		{ "1601-01-01T00:00:00Z", -1, "1601-01-01T00:00:00Z" },
		{ "9999-12-31T23:59:59Z", 60, "9999-12-31T23:59:59Z" },
		{ "0000-00-00", 3600, "" },
	};

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(cases); i++) {
		struct spill_time t = at(cases[i].text);
		char out[SPILL_TIME_TEXT];
		size_t n = spill_time_format_offset(t, cases[i].offset, out);

		assert_string_equal(out, cases[i].want);
		assert_int_equal(n, strlen(out));
		assert_in_range(n, 0, SPILL_TIME_TEXT - 1);
		/* The same instant again, if it is one. */
		if (t.zoned && t.prec != SPILL_PREC_DAY)
			assert_int_equal(spill_time_cmp(t, at(out)), 0);
	}
}

/* --- values ------------------------------------------------------------- */

static void
from_unix(void **state)
{
	(void)state;
	assert_text(spill_time_from_unix(0, 0, 0), "1970-01-01T00:00:00Z");
	assert_text(spill_time_from_unix(-1, 0, SPILL_PREC_DAY), "1969-12-31Z");
	assert_text(
	    spill_time_from_unix(SPILL_TIME_MIN, 0, 0), "1601-01-01T00:00:00Z");
	assert_text(spill_time_from_unix(SPILL_TIME_MAX, 999999999, 9),
	    "9999-12-31T23:59:59.999999999Z");
	assert_false(spill_time_from_unix(SPILL_TIME_MIN - 1, 0, 0).set);
	assert_false(spill_time_from_unix(SPILL_TIME_MAX + 1, 0, 0).set);
	assert_false(spill_time_from_unix(INT64_MIN, 0, 0).set);
	assert_false(spill_time_from_unix(INT64_MAX, 0, 0).set);
	assert_false(spill_time_from_unix(0, 1000000000, 9).set);
	assert_false(spill_time_from_unix(0, UINT32_MAX, 9).set);
}

static void
from_filetime(void **state)
{
	static const struct {
		uint64_t v;
		const char *want;
	} cases[] = {
		{ 0, "1601-01-01T00:00:00.0000000Z" },
		{ 1, "1601-01-01T00:00:00.0000001Z" },
		{ 116444736000000000, "1970-01-01T00:00:00.0000000Z" },
		{ 116444735999999999, "1969-12-31T23:59:59.9999999Z" },
		{ 132223104000000001, "2020-01-01T00:00:00.0000001Z" },
		{ 2650467743999999999, "9999-12-31T23:59:59.9999999Z" },
		{ 2650467744000000000, "" },
		{ INT64_MAX, "" },
		{ 1ULL << 63, "" },
		{ UINT64_MAX, "" },
	};

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(cases); i++)
		assert_text(
		    spill_time_from_filetime(cases[i].v), cases[i].want);
}

#define SEC 1000000000LL

static void
add(void **state)
{
	static const struct {
		const char *text;
		int64_t ns;
		const char *want;
	} cases[] = {
		{ "2019-03-05T10:20:30Z", 0, "2019-03-05T10:20:30Z" },
		{ "2019-03-05T10:20Z", 0, "2019-03-05T10:20Z" },
		{ "2019-03-05", 0, "2019-03-05" },
		{ "2019-03-05T10:20:30Z", 1, "2019-03-05T10:20:30.000000001Z" },
		{ "2019-03-05T10:20:30Z", -1,
		    "2019-03-05T10:20:29.999999999Z" },
		{ "2019-03-05T10:20:30.5", SEC / 2, "2019-03-05T10:20:31.0" },
		{ "2019-03-05T10:20:30.25", -SEC / 2,
		    "2019-03-05T10:20:29.75" },
		{ "2019-03-05T10:20:30.000Z", SEC / 4,
		    "2019-03-05T10:20:30.250Z" },
		{ "1970-01-01T00:00:00Z", -SEC, "1969-12-31T23:59:59Z" },
		{ "1969-12-31T23:59:59.999999999Z", 1,
		    "1970-01-01T00:00:00.000000000Z" },
		/* Not finer than it must be. */
		{ "2019-03-05T10:20Z", 3600 * SEC, "2019-03-05T11:20Z" },
		{ "2019-03-05T10:20Z", SEC, "2019-03-05T10:20:01Z" },
		{ "2019-03-05T10:20Z", SEC / 10, "2019-03-05T10:20:00.1Z" },
		{ "2019-03-05", -3600 * SEC, "2019-03-04T23:00" },
		{ "2019-03-05", 86400 * SEC, "2019-03-06" },
		{ "2019-03-05", 86401 * SEC, "2019-03-06T00:00:01" },
		{ "2000-01-01T00:00:00Z", INT64_MAX,
		    "2292-04-10T23:47:16.854775807Z" },
		{ "2000-01-01T00:00:00Z", INT64_MIN,
		    "1707-09-22T00:12:43.145224192Z" },
		{ "1601-01-01T00:00:00Z", -1, "" },
		{ "9999-12-31T23:59:59Z", SEC, "" },
		{ "9999-12-31T23:59:59Z", INT64_MAX, "" },
		{ "0000-00-00", SEC, "" },
	};

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(cases); i++)
		assert_text(spill_time_add(at(cases[i].text), cases[i].ns),
		    cases[i].want);
}

/* Order by value; the key has it too, but for 16 ns. */
static void
order(void **state)
{
	uint32_t seed = 3;
	struct spill_time none = { 0 }, a, b;

	(void)state;
	assert_int_equal(spill_time_cmp(none, none), 0);
	assert_true(spill_time_key(none) == UINT64_MAX);
	for (unsigned i = 0; i < 100000; i++) {
		uint32_t near = dice(&seed, 3);
		int64_t ns;
		int c;

		a = spill_time_from_unix(
		    random_sec(&seed), dice(&seed, 10) * 99999999u, 9);
		b = near > 0 ? a
			     : spill_time_from_unix(random_sec(&seed), 0, 0);
		if (near > 0)
			b.nsec = (a.nsec + dice(&seed, 40)) % 1000000000u;
		b.sec += near == 2 && b.sec < SPILL_TIME_MAX;
		b.zoned = dice(&seed, 2);
		c = spill_time_cmp(a, b);
		ns = a.sec == b.sec ? (int64_t)a.nsec - b.nsec : 0;
		assert_int_equal(c, a.sec != b.sec
					? (a.sec > b.sec) - (a.sec < b.sec)
					: (ns > 0) - (ns < 0));
		assert_int_equal(spill_time_cmp(b, a), -c);
		assert_int_equal(spill_time_cmp(a, none), -1);
		assert_int_equal(spill_time_cmp(none, a), 1);
		assert_true(spill_time_key(a) < UINT64_MAX);
		if (spill_time_key(a) == spill_time_key(b))
			assert_true(a.sec == b.sec && ns > -16 && ns < 16);
		else
			assert_int_equal(
			    c, spill_time_key(a) < spill_time_key(b) ? -1 : 1);
	}
	a = spill_time_from_unix(SPILL_TIME_MIN, 0, 0);
	assert_true(spill_time_key(a) == 0);
}

static const struct {
	const char *text;
	int64_t ns;
} durations[] = { { "0", 0 }, { "5", 5 * SEC }, { "-5", -5 * SEC },
	{ "+5s", 5 * SEC }, { "1ns", 1 }, { "-7us", -7000 },
	{ "250ms", 250000000 }, { "90m", 5400 * SEC }, { "36h", 129600 * SEC },
	{ "2d", 172800 * SEC }, { "01:00", 3600 * SEC },
	{ "-00:00:01.5", -1500000000 },
	{ "+23:59:59.999999999", 86400 * SEC - 1 }, { "007", 7 * SEC },
	{ "106751d", 106751 * 86400LL * SEC },
	{ "9223372036854775807ns", INT64_MAX },
	{ "-9223372036854775807ns", -INT64_MAX },
	{ "4294967294999999us", 4294967294999999000 },
	{ "9000000001s", 9000000001 * SEC },
	{ "2562047h", 2562047LL * 3600 * SEC } };

static const char *const bad_durations[] = { "", "+", "-", "s", "+-5", "--5",
	"5x", "5 s", " 5", "5S", "1.5", "1.5s", "5ss", "1:00",
	"01:00:", "24:00", "01:60", "01:00:60", "01:00:00.",
	"01:00:00.1234567891", "0x5", "9223372036854775808ns", "9223372037s",
	"106752d", "2562048h", "18446744073709551616", "18446744073709551615d",
	"99999999999999999999d", "5d5h", "00:01s" };

static void
duration(void **state)
{
	int64_t ns;

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(durations); i++) {
		ns = 42;
		if (spill_duration_parse(spill_span(durations[i].text), &ns) !=
			SPILL_OK ||
		    ns != durations[i].ns)
			fail_msg(
			    "'%s': %lld", durations[i].text, (long long)ns);
	}
	for (size_t i = 0; i < SPILL_COUNT(bad_durations); i++) {
		ns = 42;
		if (spill_duration_parse(spill_span(bad_durations[i]), &ns) !=
		    SPILL_EDAMAGED)
			fail_msg("'%s': %lld", bad_durations[i], (long long)ns);
		assert_true(ns == 42);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calendar),
		cmocka_unit_test(accepted),
		cmocka_unit_test(accepted_none),
		cmocka_unit_test(refused),
		cmocka_unit_test(mangled),
		cmocka_unit_test(fractions),
		cmocka_unit_test(round_trip),
		cmocka_unit_test(offset_text),
		cmocka_unit_test(from_unix),
		cmocka_unit_test(from_filetime),
		cmocka_unit_test(add),
		cmocka_unit_test(order),
		cmocka_unit_test(duration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
