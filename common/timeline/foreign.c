/*
 * foreign.c: timelines that others write as tables.
 *
 * plaso, "dynamic" (plaso/output/dynamic.py, shared_dsv.py): CSV without
 * quoting, commas in values made blanks, "-" for what is not known.
 * plaso, "l2tcsv" (plaso/output/l2t_csv.py): 17 columns, local date and time
 * with the name of a zone.
 * Timesketch (docs/guides/user/import-from-json-csv.md): message, datetime
 * and timestamp_desc, or timestamp (a count since 1970) for datetime.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <spill/diag.h>

#include "timeline_i.h"

/* A row of such a table is read; what remains is its time and the like. */
typedef int (*finish_fn)(struct tl_input *in, struct spill_row *r);

static int
read_foreign(
    struct tl_input *in, const char *const *names, bool dash, finish_fn finish)
{
	struct tl_table *t = calloc(1, sizeof(*t));
	int rc = t != NULL ? SPILL_OK : SPILL_ENOMEM;

	if (t != NULL)
		*t = (struct tl_table){
			.names = names, .foreign = true, .dash_is_empty = dash
		};
	while (rc == SPILL_OK && (rc = tl_table_next(in)) == SPILL_OK) {
		struct spill_row *r = tl_row(in);
		uint64_t mix = 0;

		tl_table_fill(in, t, r, &mix);
		rc = finish(in, r);
		if (rc == SPILL_OK) {
			struct spill_span raw =
			    spill_row_has(r, EV_TIME_RAW)
				? (struct spill_span){ "", 0 }
				: tl_table_cell(in, "datetime");

			tl_table_origin(in, r, mix);
			rc = tl_emit(in, r, raw);
		}
	}
	free(t);
	return rc == SPILL_END ? SPILL_OK : rc;
}

/* --- plaso, dynamic ----------------------------------------------------- */

static int
finish_datetime(struct tl_input *in, struct spill_row *r)
{
	tl_table_time(in, r, tl_table_cell(in, "datetime"));
	return SPILL_OK;
}

static int
read_plaso(struct tl_input *in)
{
	static const char *const names[] = { "datetime", "", "display_name",
		"path", "username", "user", "hostname", "host", "sha256_hash",
		"sha256", "md5_hash", "md5", "inode", "meta", NULL };

	return read_foreign(in, names, true, finish_datetime);
}

const struct tl_format tl_format_plaso = {
	.name = "plaso",
	.parser = NULL, /* the column is plaso's own */
	.read = read_plaso,
};

/* --- l2tcsv ------------------------------------------------------------- */

/* MM/DD/YYYY and HH:MM:SS to ISO 8601 text; false if they are not that. */
static bool
l2t_text(struct spill_span date, struct spill_span clock, char out[24])
{
	if (date.len != 10 || clock.len != 8 || date.p[2] != '/' ||
	    date.p[5] != '/')
		return false;
	(void)snprintf(out, 24, "%.4s-%.2s-%.2sT%.8s", date.p + 6, date.p,
	    date.p + 3, clock.p);
	return true;
}

/* Abbreviations that mean one thing only. Some are names of zones, too, but
 * plaso writes CET for the winter half of it and CEST for the other. */
static const char *
by_abbreviation(const char *name)
{
	static const char *const offsets[] = { "GMT", "+00:00", "WET", "+00:00",
		"CET", "+01:00", "MET", "+01:00", "EET", "+02:00", "EST",
		"-05:00", "MST", "-07:00", "HST", "-10:00", "WEST", "+01:00",
		"CEST", "+02:00", "EEST", "+03:00", "MSK", "+03:00", "EDT",
		"-04:00", "CDT", "-05:00", "MDT", "-06:00", "PDT", "-07:00",
		"PST", "-08:00", "AEST", "+10:00", "AEDT", "+11:00", "JST",
		"+09:00", "NZST", "+12:00", "NZDT", "+13:00", NULL };

	for (size_t i = 0; offsets[i] != NULL; i += 2)
		if (strcmp(name, offsets[i]) == 0)
			return offsets[i + 1];
	return name;
}

/* Its time is in a zone that is named: turn it into UTC. */
static void
l2t_zone(struct tl_input *in, struct spill_row *r, struct spill_span name)
{
	const struct spill_table *t = in->reader->table;
	const struct spill_zone *zone = NULL;
	struct spill_buf b = SPILL_BUF_INIT(256);
	int64_t first, last;
	const char *text;

	spill_buf_span(&b, name);
	text = spill_buf_str(&b);
	in->tl->nomem |= b.rc == SPILL_ENOMEM;
	if (strcmp(text, "UTC") == 0) {
		r->time.zoned = true;
	} else if (spill_zone_load(by_abbreviation(text), &zone) == SPILL_OK) {
		(void)spill_zone_to_utc(zone, r->time.sec, &first, &last);
		r->time.sec = first;
		r->time.zoned = true;
		if (first < SPILL_TIME_MIN || first > SPILL_TIME_MAX) {
			r->time = (struct spill_time){ 0 };
			tl_error(in, "damaged", t->number, t->offset,
			    "its time is outside the years 1601 to 9999: the "
			    "row is kept without one");
		}
		tl_set_shared(in, r, EV_TIME_BASIS, "local-known");
		tl_set_shared(in, r, EV_ZONE_SOURCE, text);
	} else {
		tl_error(in, "unsupported", t->number, t->offset,
		    "its time zone is not known: kept as a local time, which "
		    "--assume-zone may explain");
		spill_row_set(r, EV_ZONE_SOURCE, tl_escape(in, name));
	}
	spill_buf_release(&b);
}

static void
l2t_raw(struct tl_input *in, struct spill_row *r, struct spill_span date,
    struct spill_span clock, struct spill_span zone)
{
	struct spill_buf b = SPILL_BUF_INIT(4096);

	spill_buf_span(&b, date);
	spill_buf_putc(&b, ' ');
	spill_buf_span(&b, clock);
	spill_buf_putc(&b, ' ');
	spill_buf_span(&b, zone);
	in->tl->nomem |= b.rc != SPILL_OK;
	spill_row_set(
	    r, EV_TIME_RAW, tl_keep(in, tl_escape(in, spill_buf_as_span(&b))));
	spill_buf_release(&b);
}

static int
finish_l2t(struct tl_input *in, struct spill_row *r)
{
	const struct spill_table *t = in->reader->table;
	struct spill_span date = tl_table_cell(in, "date");
	struct spill_span clock = tl_table_cell(in, "time");
	struct spill_span zone = tl_table_cell(in, "timezone");
	bool no_date, no_clock;
	char text[24];

	no_date = spill_span_eq(date, SPILL_SPAN("00/00/0000"));
	no_clock = spill_span_eq(clock, SPILL_SPAN("--:--:--"));
	if (!spill_span_eq(zone, SPILL_SPAN("UTC")) || no_date != no_clock)
		l2t_raw(in, r, date, clock, zone);
	if (no_date || no_clock)
		return SPILL_OK;
	if (!l2t_text(date, clock, text) ||
	    spill_time_parse(spill_span(text), &r->time, NULL) != SPILL_OK) {
		r->time = (struct spill_time){ 0 };
		l2t_raw(in, r, date, clock, zone);
		tl_error(in, "damaged", t->number, t->offset,
		    "date and time are no time: the row is kept without one");
		return SPILL_OK;
	}
	l2t_zone(in, r, zone);
	return SPILL_OK;
}

static int
read_l2tcsv(struct tl_input *in)
{
	static const char *const names[] = { "date", "", "time", "", "timezone",
		"", "type", "timestamp_desc", "desc", "message", "filename",
		"path", "inode", "meta", "format", "parser", "extra",
		"l2t_extra", "version", "", "MACB", "macb", "sourcetype",
		"source_long", NULL };

	return read_foreign(in, names, true, finish_l2t);
}

const struct tl_format tl_format_l2tcsv = {
	.name = "l2tcsv",
	.parser = NULL,
	.read = read_l2tcsv,
};

/* --- Timesketch --------------------------------------------------------- */

/* A count since 1970: its size tells s, ms, us and ns apart, as Timesketch
 * has it (timesketch/lib/utils.py, 146). */
static struct spill_time
from_count(int64_t v)
{
	static const struct {
		uint64_t below;
		int64_t unit;
		int8_t prec;
	} units[] = { { 100000000000, 1, 0 }, { 100000000000000, 1000, 3 },
		{ 100000000000000000, 1000000, 6 },
		{ UINT64_MAX, 1000000000, 9 } };
	uint64_t abs = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	size_t i = 0;
	int64_t sec, rest;

	while (abs >= units[i].below)
		i++;
	sec = v / units[i].unit - (v % units[i].unit < 0);
	rest = v - sec * units[i].unit;
	return spill_time_from_unix(sec,
	    (uint32_t)(rest * (1000000000 / units[i].unit)), units[i].prec);
}

/* The same of s with a fraction, as some write it. */
static bool
parse_count(struct spill_span s, struct spill_time *t)
{
	const char *dot = s.len > 0 ? memchr(s.p, '.', s.len) : NULL;
	size_t whole = dot != NULL ? (size_t)(dot - s.p) : s.len;
	uint32_t ns;
	int64_t v;

	if (!spill_span_int((struct spill_span){ s.p, whole }, &v))
		return false;
	if (dot == NULL) {
		*t = from_count(v);
		return true;
	}
	if (!tl_fraction(
		(struct spill_span){ dot + 1, s.len - whole - 1 }, &ns))
		return false;
	if (s.p[0] == '-' && ns > 0) {
		v--;
		ns = 1000000000 - ns;
	}
	*t = spill_time_from_unix(
	    v, ns, (int8_t)SPILL_MIN(s.len - whole - 1, (size_t)9));
	return t->set;
}

/* datetime and timestamp are both there: they should agree, to the us. */
static void
compare_count(struct tl_input *in, struct spill_row *r, struct spill_time other,
    struct spill_span count)
{
	const struct spill_table *t = in->reader->table;

	if (!r->time.set || !other.set ||
	    (r->time.sec == other.sec &&
		(other.prec < 6 || r->time.nsec / 1000 == other.nsec / 1000)))
		return;
	tl_error(in, "anomaly", t->number, t->offset,
	    "datetime and timestamp differ: datetime is taken");
	spill_row_set(r, EV_TIME_RAW, tl_escape(in, count));
}

static int
finish_timesketch(struct tl_input *in, struct spill_row *r)
{
	const struct spill_table *t = in->reader->table;
	struct spill_span count = tl_table_cell(in, "timestamp");
	struct spill_span text = tl_table_cell(in, "datetime");
	struct spill_time other = { 0 };
	bool known = count.len == 0 || parse_count(count, &other);

	if (spill_span_eq(count, SPILL_SPAN("0")))
		other = (struct spill_time){ 0 };
	if (text.len > 0) {
		tl_table_time(in, r, text);
		r->time.zoned |= r->time.set; /* its importer says so */
		compare_count(in, r, other, count);
		return SPILL_OK;
	}
	r->time = other;
	if (!known) {
		tl_error(in, "damaged", t->number, t->offset,
		    "timestamp is not a time: the row is kept without one");
		spill_row_set(r, EV_TIME_RAW, tl_escape(in, count));
	}
	return SPILL_OK;
}

static int
read_timesketch(struct tl_input *in)
{
	static const char *const names[] = { "datetime", "", "timestamp", "",
		NULL };

	return read_foreign(in, names, false, finish_timesketch);
}

const struct tl_format tl_format_timesketch = {
	.name = "timesketch",
	.parser = "timesketch/" SPILL_VERSION,
	.read = read_timesketch,
};
