#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <spill/buf.h>
#include <spill/zone.h>

#define FIRST_YEAR 1850
#define LAST_YEAR  2100
#define STEP	   (12 * 3600) /* no zone changed twice within a day half */
#define MAX_NAME   64

struct change {
	int64_t at; /* first second of the new offset */
	int32_t offset;
};

struct spill_zone {
	struct spill_zone *next;
	char name[MAX_NAME + 1];
	int32_t first; /* offset before the first change */
	struct change *changes;
	size_t n;
};

static pthread_mutex_t zones_lock = PTHREAD_MUTEX_INITIALIZER;
static struct spill_zone *zones;

/* Letters, digits and "+-_/" only, and never "..": a name, not a path. */
static bool
name_ok(const char *name)
{
	size_t n = strlen(name);

	/* "a//b" would be one more copy of the zone a/b. */
	if (n == 0 || n > MAX_NAME || name[0] == '/' || name[n - 1] == '/' ||
	    strstr(name, "//") != NULL)
		return false;
	if (strncmp(name, "right/", 6) == 0) /* they count leap seconds */
		return false;
	return strspn(name,
		   "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		   "0123456789+-_/") == n;
}

static bool
in_data_base(const char *name)
{
	const char *root = getenv("TZDIR");
	struct spill_buf path = SPILL_BUF_INIT(4096);
	char magic[4] = "";
	FILE *f;

	spill_buf_printf(
	    &path, "%s/%s", root != NULL ? root : "/usr/share/zoneinfo", name);
	f = fopen(spill_buf_str(&path), "re");
	spill_buf_release(&path);
	if (f == NULL)
		return false;
	(void)!fread(magic, 1, sizeof(magic), f);
	fclose(f);
	return memcmp(magic, "TZif", sizeof(magic)) == 0; /* RFC 8536, 3.1 */
}

static int32_t
system_offset(int64_t utc)
{
	time_t t = (time_t)utc;
	struct tm tm;

	return localtime_r(&t, &tm) != NULL ? (int32_t)tm.tm_gmtoff : 0;
}

static bool
add_change(struct spill_zone *z, int64_t low, int64_t high, int32_t offset)
{
	struct change *c =
	    realloc(z->changes, (z->n + 1) * sizeof(*z->changes));

	if (c == NULL)
		return false;
	while (high - low > 1) {
		int64_t mid = low + (high - low) / 2;

		if (system_offset(mid) == offset)
			high = mid;
		else
			low = mid;
	}
	z->changes = c;
	z->changes[z->n++] = (struct change){ high, offset };
	return true;
}

static int
sample(struct spill_zone *z)
{
	int64_t at = spill_days(FIRST_YEAR, 1, 1) * 86400;
	int64_t end = spill_days(LAST_YEAR, 1, 1) * 86400;
	int32_t now = system_offset(at);

	z->first = now;
	for (; at < end; at += STEP) {
		int32_t then = system_offset(at + STEP);

		if (then != now && !add_change(z, at, at + STEP, then))
			return SPILL_ENOMEM;
		now = then;
	}
	return SPILL_OK;
}

static int
sample_named(struct spill_zone *z)
{
	const char *old = getenv("TZ");
	char *saved = old != NULL ? strdup(old) : NULL;
	struct spill_buf tz = SPILL_BUF_INIT(MAX_NAME + 8);
	int rc = SPILL_ENOMEM;

	spill_buf_printf(&tz, ":%s", z->name);
	if ((old == NULL || saved != NULL) &&
	    setenv("TZ", spill_buf_str(&tz), 1) == 0) {
		tzset();
		rc = sample(z);
	}
	if (saved != NULL)
		setenv("TZ", saved, 1);
	else if (old == NULL)
		unsetenv("TZ");
	tzset();
	free(saved);
	spill_buf_release(&tz);
	return rc;
}

/* +hh:mm, -hhmm, +hh; true and the offset if it is one. */
static bool
fixed_offset(const char *name, int32_t *offset)
{
	struct spill_buf b = SPILL_BUF_INIT(128);
	struct spill_time t;
	bool ok;

	if (strcmp(name, "UTC") == 0 || strcmp(name, "Z") == 0) {
		*offset = 0;
		return true;
	}
	spill_buf_printf(&b, "2000-01-01T00:00:00%s", name);
	ok = (name[0] == '+' || name[0] == '-') && b.rc == SPILL_OK &&
	     spill_time_parse(spill_buf_as_span(&b), &t, NULL) == SPILL_OK;
	spill_buf_release(&b);
	if (ok)
		*offset = (int32_t)(946684800 - t.sec);
	return ok;
}

static int
load(const char *name, struct spill_zone **out)
{
	struct spill_zone *z;
	int32_t offset = 0;
	bool fixed = strlen(name) <= MAX_NAME && fixed_offset(name, &offset);
	int rc = SPILL_OK;

	if (!fixed && !(name_ok(name) && in_data_base(name)))
		return SPILL_EUSAGE;
	z = calloc(1, sizeof(*z));
	if (z == NULL)
		return SPILL_ENOMEM;
	memcpy(z->name, name, strlen(name));
	z->first = offset;
	if (!fixed)
		rc = sample_named(z);
	if (rc != SPILL_OK) {
		free(z->changes);
		free(z);
		return rc;
	}
	*out = z;
	return SPILL_OK;
}

int
spill_zone_load(const char *name, const struct spill_zone **out)
{
	struct spill_zone *z;
	int rc = SPILL_OK;

	pthread_mutex_lock(&zones_lock);
	for (z = zones; z != NULL; z = z->next)
		if (strcmp(z->name, name) == 0)
			break;
	if (z == NULL) {
		rc = load(name, &z);
		if (rc == SPILL_OK) {
			z->next = zones;
			zones = z;
		}
	}
	pthread_mutex_unlock(&zones_lock);
	if (rc == SPILL_OK)
		*out = z;
	return rc;
}

const char *
spill_zone_name(const struct spill_zone *z)
{
	return z->name;
}

static bool
leap(int64_t y)
{
	return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
}

/* The same moment of a year of the table that has the same calendar. */
static int64_t
fold(int64_t utc)
{
	int64_t days = utc / 86400, year, like;
	unsigned month, day;

	if (utc < spill_days(LAST_YEAR, 1, 1) * 86400)
		return utc;
	spill_civil(days, &year, &month, &day);
	for (like = LAST_YEAR - 28; like < LAST_YEAR; like++)
		if (leap(like) == leap(year) &&
		    (spill_days(year, 1, 1) - spill_days(like, 1, 1)) % 7 == 0)
			break;
	return utc - (spill_days(year, 1, 1) - spill_days(like, 1, 1)) * 86400;
}

int32_t
spill_zone_offset(const struct spill_zone *z, int64_t utc)
{
	size_t low = 0, high = z->n;

	utc = fold(utc);
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (z->changes[mid].at <= utc)
			low = mid + 1;
		else
			high = mid;
	}
	return low == 0 ? z->first : z->changes[low - 1].offset;
}

enum spill_local
spill_zone_to_utc(
    const struct spill_zone *z, int64_t local, int64_t *first, int64_t *last)
{
	/* The offsets well before and well after: no change is further. */
	int32_t before = spill_zone_offset(z, local - 86400 * 3 / 2);
	int32_t after = spill_zone_offset(z, local + 86400 * 3 / 2);
	int64_t a = local - before, b = local - after;
	bool a_ok = spill_zone_offset(z, a) == before;
	bool b_ok = spill_zone_offset(z, b) == after;

	if (a_ok != b_ok || a == b) {
		*first = *last = a_ok ? a : b;
		return SPILL_LOCAL_ONCE;
	}
	*first = SPILL_MIN(a, b);
	*last = SPILL_MAX(a, b);
	return a_ok ? SPILL_LOCAL_TWICE : SPILL_LOCAL_NEVER;
}
