/*
 * zone_test.c: time zones by name.
 */
#include <time.h>

#include <spill/zone.h>

#include "util.h"

static const struct spill_zone *
zone(const char *name)
{
	const struct spill_zone *z = NULL, *again = NULL;

	if (spill_zone_load(name, &z) != SPILL_OK)
		fail_msg("'%s'", name);
	assert_int_equal(spill_zone_load(name, &again), SPILL_OK);
	assert_ptr_equal(z, again);
	assert_string_equal(spill_zone_name(z), name);
	return z;
}

static void
zone_names(void **state)
{
	static const char *const refuse[] = { "", "/", "Europe", "Europe/",
		"/etc/passwd", "../../etc/passwd", "Europe/../Europe/Lisbon",
		"/usr/share/zoneinfo/Europe/Lisbon", "Europe/Lisbon/",
		"Europe/Atlantis", "europe/lisbon", "Europe/Lisbon ", ":UTC",
		"EST5EDT,M3.2.0,M11.1.0", "+2", "+02:60", "+99", "+02:00Z",
		"02:00", "leapseconds", "tzdata.zi", "zone.tab",
		"right/Europe/Lisbon", "Europe/Lisbon\n", "\xff",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		"AAAAA",
		"Europe////////////////////////////////////////////////////////"
		"//"
		"Lisbon",
		"+00000000000000000000000000000000000000000000000000000000000"
		"000000" };
	const struct spill_zone *z = NULL;

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(refuse); i++) {
		if (spill_zone_load(refuse[i], &z) != SPILL_EUSAGE)
			fail_msg("'%s'", refuse[i]);
		assert_null(z);
	}
	setenv("TZ", "Asia/Tokyo", 1);
	assert_int_equal(
	    spill_zone_offset(zone("America/New_York"), 1551781230), -18000);
	assert_string_equal(getenv("TZ"), "Asia/Tokyo");
	unsetenv("TZ");
	assert_int_equal(
	    spill_zone_offset(zone("America/Denver"), 1551781230), -25200);
	assert_null(getenv("TZ"));
}

static void
zone_fixed(void **state)
{
	static const struct {
		const char *name;
		int32_t offset;
	} cases[] = { { "UTC", 0 }, { "Z", 0 }, { "+02:00", 7200 },
		{ "-0530", -19800 }, { "+00", 0 }, { "-00:36:45", -2205 } };

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(cases); i++) {
		const struct spill_zone *z = zone(cases[i].name);
		int64_t first = 0, last = 0;

		assert_int_equal(spill_zone_offset(z, 0), cases[i].offset);
		assert_int_equal(
		    spill_zone_offset(z, SPILL_TIME_MAX), cases[i].offset);
		assert_int_equal(spill_zone_to_utc(z, 1000000, &first, &last),
		    SPILL_LOCAL_ONCE);
		assert_true(first == 1000000 - cases[i].offset);
		assert_true(last == first);
	}
}

/* Local times around changes, and in years far away. */
static const struct {
	const char *zone, *local;
	enum spill_local what;
	const char *first, *last;
} locals[] = {
	{ "Europe/Lisbon", "2019-03-31T00:59:59", SPILL_LOCAL_ONCE,
	    "2019-03-31T00:59:59", "2019-03-31T00:59:59" },
	{ "Europe/Lisbon", "2019-03-31T01:00:00", SPILL_LOCAL_NEVER,
	    "2019-03-31T00:00:00", "2019-03-31T01:00:00" },
	{ "Europe/Lisbon", "2019-03-31T01:59:59", SPILL_LOCAL_NEVER,
	    "2019-03-31T00:59:59", "2019-03-31T01:59:59" },
	{ "Europe/Lisbon", "2019-03-31T02:00:00", SPILL_LOCAL_ONCE,
	    "2019-03-31T01:00:00", "2019-03-31T01:00:00" },
	{ "Europe/Lisbon", "2019-10-27T00:59:59", SPILL_LOCAL_ONCE,
	    "2019-10-26T23:59:59", "2019-10-26T23:59:59" },
	{ "Europe/Lisbon", "2019-10-27T01:00:00", SPILL_LOCAL_TWICE,
	    "2019-10-27T00:00:00", "2019-10-27T01:00:00" },
	{ "Europe/Lisbon", "2019-10-27T01:59:59", SPILL_LOCAL_TWICE,
	    "2019-10-27T00:59:59", "2019-10-27T01:59:59" },
	{ "Europe/Lisbon", "2019-10-27T02:00:00", SPILL_LOCAL_ONCE,
	    "2019-10-27T02:00:00", "2019-10-27T02:00:00" },
	{ "America/New_York", "2019-03-10T02:30:00", SPILL_LOCAL_NEVER,
	    "2019-03-10T06:30:00", "2019-03-10T07:30:00" },
	{ "America/New_York", "2019-11-03T01:30:00", SPILL_LOCAL_TWICE,
	    "2019-11-03T05:30:00", "2019-11-03T06:30:00" },
	{ "America/New_York", "2019-07-04T12:00:00", SPILL_LOCAL_ONCE,
	    "2019-07-04T16:00:00", "2019-07-04T16:00:00" },
	{ "Australia/Lord_Howe", "2019-04-07T01:29:59", SPILL_LOCAL_ONCE,
	    "2019-04-06T14:29:59", "2019-04-06T14:29:59" },
	{ "Australia/Lord_Howe", "2019-04-07T01:30:00", SPILL_LOCAL_TWICE,
	    "2019-04-06T14:30:00", "2019-04-06T15:00:00" },
	{ "Australia/Lord_Howe", "2019-04-07T02:00:00", SPILL_LOCAL_ONCE,
	    "2019-04-06T15:30:00", "2019-04-06T15:30:00" },
	{ "Australia/Lord_Howe", "2019-10-06T02:15:00", SPILL_LOCAL_NEVER,
	    "2019-10-05T15:15:00", "2019-10-05T15:45:00" },
	{ "Asia/Kathmandu", "1986-01-01T00:07:30", SPILL_LOCAL_NEVER,
	    "1985-12-31T18:22:30", "1985-12-31T18:37:30" },
	{ "Asia/Kathmandu", "2019-03-05T12:00:00", SPILL_LOCAL_ONCE,
	    "2019-03-05T06:15:00", "2019-03-05T06:15:00" },
	{ "Pacific/Apia", "2011-12-30T12:00:00", SPILL_LOCAL_NEVER,
	    "2011-12-29T22:00:00", "2011-12-30T22:00:00" },
	{ "Pacific/Apia", "2011-12-29T23:59:59", SPILL_LOCAL_ONCE,
	    "2011-12-30T09:59:59", "2011-12-30T09:59:59" },
	{ "Europe/Lisbon", "2150-03-29T01:30:00", SPILL_LOCAL_NEVER,
	    "2150-03-29T00:30:00", "2150-03-29T01:30:00" },
	{ "America/New_York", "2150-07-04T12:00:00", SPILL_LOCAL_ONCE,
	    "2150-07-04T16:00:00", "2150-07-04T16:00:00" },
	{ "Europe/Lisbon", "1850-06-01T00:00:00", SPILL_LOCAL_ONCE,
	    "1850-06-01T00:36:45", "1850-06-01T00:36:45" },
	{ "America/New_York", "1850-06-01T00:00:00", SPILL_LOCAL_ONCE,
	    "1850-06-01T04:56:02", "1850-06-01T04:56:02" },
	{ "Asia/Kathmandu", "1850-06-01T00:00:00", SPILL_LOCAL_ONCE,
	    "1850-05-31T18:18:44", "1850-05-31T18:18:44" },
};

static void
zone_locals(void **state)
{
	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(locals); i++) {
		int64_t first = 42, last = 42;
		enum spill_local what = spill_zone_to_utc(zone(locals[i].zone),
		    at(locals[i].local).sec, &first, &last);

		if (what != locals[i].what ||
		    first != at(locals[i].first).sec ||
		    last != at(locals[i].last).sec)
			fail_msg("%s %s: %d %lld %lld", locals[i].zone,
			    locals[i].local, (int)what, (long long)first,
			    (long long)last);
	}
}

static const char *const some_zones[] = { "Europe/Lisbon", "Europe/London",
	"Europe/Dublin", "America/New_York", "America/St_Johns",
	"Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia",
	"Antarctica/Troll", "America/Juneau", "Asia/Manila", "Africa/Cairo" };

static void
check_offset(const char *name, const struct spill_zone *z, int64_t utc)
{
	time_t t = (time_t)utc;
	struct tm tm;

	localtime_r(&t, &tm);
	if (spill_zone_offset(z, utc) != tm.tm_gmtoff)
		fail_msg("%s %lld: %d, not %ld", name, (long long)utc,
		    spill_zone_offset(z, utc), tm.tm_gmtoff);
}

/* The last second of the old offset and the first of the new one. */
static void
check_change(
    const char *name, const struct spill_zone *z, int64_t low, int64_t high)
{
	int32_t old = spill_zone_offset(z, low);

	while (high - low > 1) {
		int64_t mid = low + (high - low) / 2;

		if (spill_zone_offset(z, mid) == old)
			low = mid;
		else
			high = mid;
	}
	check_offset(name, z, low);
	check_offset(name, z, high);
}

/* The C library's answer is ours, also at each change. */
static void
zone_offsets(void **state)
{
	int64_t low = at("1850-01-01").sec, high = at("2300-01-01").sec;
	uint32_t seed = 5;

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(some_zones); i++) {
		const char *name = some_zones[i];
		const struct spill_zone *z = zone(name);

		setenv("TZ", name, 1);
		tzset();
		for (unsigned k = 0; k < 20000; k++) {
			uint64_t v = dice48(&seed);

			check_offset(name, z,
			    low + (int64_t)(v % (uint64_t)(high - low)));
		}
		for (int64_t t = low; t < high; t += 43200)
			if (spill_zone_offset(z, t) !=
			    spill_zone_offset(z, t + 43200))
				check_change(name, z, t, t + 43200);
		unsetenv("TZ");
		tzset();
	}
}

/* How many instants have that local time: ask for each offset nearby. */
static unsigned
instants(
    const struct spill_zone *z, int64_t local, int64_t *first, int64_t *last)
{
	int32_t seen[8];
	unsigned n = 0, found = 0;

	for (int64_t t = local - 2 * 86400; t <= local + 2 * 86400; t += 900) {
		int32_t offset = spill_zone_offset(z, t);
		int64_t utc = local - offset;
		unsigned i = 0;

		while (i < n && seen[i] != offset)
			i++;
		if (i < n || n == SPILL_COUNT(seen))
			continue;
		seen[n++] = offset;
		if (spill_zone_offset(z, utc) != offset)
			continue;
		*first = found == 0 ? utc : SPILL_MIN(*first, utc);
		*last = found == 0 ? utc : SPILL_MAX(*last, utc);
		found++;
	}
	return found;
}

static void
check_local(const char *name, const struct spill_zone *z, int64_t local)
{
	int64_t first = 0, last = 0, a, b;
	unsigned n = instants(z, local, &first, &last);
	enum spill_local what = spill_zone_to_utc(z, local, &a, &b);

	if (what != (n == 0	 ? SPILL_LOCAL_NEVER
			: n == 1 ? SPILL_LOCAL_ONCE
				 : SPILL_LOCAL_TWICE) ||
	    (n > 0 && (a != first || b != last)))
		fail_msg(
		    "%s %lld: %d, %u", name, (long long)local, (int)what, n);
}

/* Local times within a day of every change there ever was. */
static void
zone_changes(void **state)
{
	int64_t low = at("1850-01-01").sec, high = at("2040-01-01").sec;

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(some_zones); i++) {
		const struct spill_zone *z = zone(some_zones[i]);

		for (int64_t t = low; t < high; t += 43200) {
			int32_t a = spill_zone_offset(z, t);
			int32_t b = spill_zone_offset(z, t + 43200);

			if (a == b)
				continue;
			for (int64_t d = -90000; d <= 90000; d += 899)
				check_local(some_zones[i], z, t + a + d);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zone_names),
		cmocka_unit_test(zone_fixed),
		cmocka_unit_test(zone_locals),
		cmocka_unit_test(zone_offsets),
		cmocka_unit_test(zone_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
