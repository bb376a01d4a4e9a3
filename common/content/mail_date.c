/*
 * mail_date.c: dates of mail (RFC 5322 3.3 and 4.3). gmime's decoder takes a
 * date without a zone for UTC; here it stays without.
 */
#include <string.h>
#include <strings.h>

#include "mail_i.h"

struct date {
	int64_t day, year; /* -1: not yet */
	unsigned month; /* 0: not yet */
	int64_t sec; /* of the day; -1: not yet */
	int8_t prec;
	bool zoned, bad;
	int32_t offset;
};

static bool
digits(struct spill_span w, size_t from, size_t n, int64_t *v)
{
	if (from + n > w.len || n == 0 || n > 9)
		return false;
	*v = 0;
	for (size_t i = from; i < from + n; i++) {
		if (w.p[i] < '0' || w.p[i] > '9')
			return false;
		*v = *v * 10 + (w.p[i] - '0');
	}
	return true;
}

/* 1 to 12, 0: no month. */
static unsigned
month_of(struct spill_span w)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";

	for (unsigned i = 0; w.len >= 3 && i < 12; i++)
		if (strncasecmp(w.p, names + i * 3, 3) == 0)
			return i + 1;
	return 0;
}

/* 10:20 or 10:20:30 */
static bool
clock_of(struct spill_span w, struct date *d)
{
	const char *colon = memchr(w.p, ':', w.len);
	int64_t h, m, s = 0;
	size_t n;

	if (colon == NULL)
		return false;
	n = (size_t)(colon - w.p);
	if (n > 2 || !digits(w, 0, n, &h) || !digits(w, n + 1, 2, &m))
		d->bad = true;
	else if (w.len == n + 3)
		d->prec = SPILL_PREC_MINUTE;
	else if (w.len != n + 6 || w.p[n + 3] != ':' ||
		 !digits(w, n + 4, 2, &s))
		d->bad = true;
	if (d->bad || h > 23 || m > 59 || s > 60 || d->sec >= 0) {
		d->bad = true;
		return true;
	}
	d->sec = h * 3600 + m * 60 + s;
	return true;
}

/* -0000 is UTC of somebody in any zone (3.3); what the letters of 4.3 but Z
 * mean nobody knows. */
static bool
zone_of(struct spill_span w, struct date *d)
{
	static const struct {
		const char *name;
		int hours;
	} zones[] = { { "UT", 0 }, { "GMT", 0 }, { "UTC", 0 }, { "Z", 0 },
		{ "EST", -5 }, { "EDT", -4 }, { "CST", -6 }, { "CDT", -5 },
		{ "MST", -7 }, { "MDT", -6 }, { "PST", -8 }, { "PDT", -7 } };
	int64_t v;

	if ((w.p[0] == '+' || w.p[0] == '-') && d->sec >= 0) {
		if (w.len != 5 || !digits(w, 1, 4, &v) || v % 100 > 59 ||
		    v > 2359) {
			d->bad = true;
			return true;
		}
		d->zoned = true;
		d->offset = (int32_t)(v / 100 * 3600 + v % 100 * 60);
		if (w.p[0] == '-')
			d->offset = -d->offset;
		return true;
	}
	for (size_t i = 0; i < SPILL_COUNT(zones); i++)
		if (strlen(zones[i].name) == w.len &&
		    strncasecmp(w.p, zones[i].name, w.len) == 0) {
			/* A number that came before is more exact. */
			if (!d->zoned)
				d->offset = zones[i].hours * 3600;
			d->zoned = true;
			return true;
		}
	return false;
}

static bool
number_of(struct spill_span w, struct date *d)
{
	int64_t v;

	if (!digits(w, 0, w.len, &v))
		return false;
	if (w.len <= 2 && d->day < 0)
		d->day = v;
	else if (w.len == 2 && d->year < 0) /* 4.3 */
		d->year = v < 50 ? 2000 + v : 1900 + v;
	else if (w.len == 3 && d->year < 0)
		d->year = 1900 + v;
	else if (w.len >= 4 && d->year < 0)
		d->year = v;
	else
		d->bad = true;
	return true;
}

static void
word(struct spill_span w, struct date *d)
{
	if (clock_of(w, d) || zone_of(w, d) || number_of(w, d))
		return;
	if (d->month == 0)
		d->month = month_of(w);
	/* Days of the week and other words say nothing. */
}

/* The next word; comments and commas are between them, and '-' in a date. */
static bool
next_word(struct spill_span s, size_t *at, struct spill_span *w)
{
	unsigned depth = 0;
	size_t i = *at, from;

	for (; i < s.len; i++) {
		char c = s.p[i];

		if (c == '(')
			depth++;
		else if (c == ')' && depth > 0)
			depth--;
		else if (depth == 0 && strchr(" \t\r\n,)", c) == NULL)
			break;
	}
	from = i;
	while (i < s.len && strchr(" \t\r\n,(", s.p[i]) == NULL &&
	       !(s.p[i] == '-' && i > from && i - from <= 3))
		i++;
	*w = (struct spill_span){ s.p + from, i - from };
	*at = i < s.len && s.p[i] == '-' ? i + 1 : i;
	return w->len > 0;
}

struct spill_time
mail_date(struct spill_span s)
{
	struct date d = { .day = -1, .year = -1, .sec = -1 };
	struct spill_time t = { 0 };
	struct spill_span w;
	int64_t days, y;
	unsigned m, day;
	size_t at = 0;

	for (unsigned n = 0; n < 16 && next_word(s, &at, &w); n++)
		word(w, &d);
	if (d.bad || d.day < 1 || d.day > 31 || d.month == 0 || d.year < 0 ||
	    d.year > 9999 || d.sec < 0)
		return t;
	days = spill_days(d.year, d.month, (unsigned)d.day);
	spill_civil(days, &y, &m, &day);
	if (m != d.month)
		return t; /* 31 June */
	t = spill_time_from_unix(days * 86400 + d.sec - d.offset, 0, d.prec);
	t.zoned = d.zoned;
	return t;
}
