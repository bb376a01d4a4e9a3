/*
 * export.c: the sorted events to the output.
 */
#include <string.h>

#include <spill/diag.h>
#include <spill/writer.h>

#include "export_i.h"

const char *const spill_timeline_formats[] = { "csv", "tsv", "jsonl",
	"bodyfile", "timesketch", NULL };

struct sink {
	struct tl *tl;
	size_t format;
	struct spill_writer *writer; /* of record streams */
	struct tl_export export;
	const struct spill_zone *tz;
	uint64_t rows;
};

static struct spill_span
datetime(const struct sink *k, struct spill_time t, char text[SPILL_TIME_TEXT])
{
	size_t n;

	if (k->tz == NULL || !t.zoned)
		n = spill_time_format(t, text);
	else
		n = spill_time_format_offset(
		    t, spill_zone_offset(k->tz, t.sec), text);
	return (struct spill_span){ text, n };
}

static void
put_record(struct sink *k, struct spill_row *r)
{
	char text[SPILL_TIME_TEXT];

	spill_row_set(r, EV_DATETIME, datetime(k, r->time, text));
	spill_writer_row(k->writer, r);
	k->rows++;
}

/* Nothing has to be looked at: from the sort right to the output. */
static int
put_packed(struct sink *k, struct spill_span rec)
{
	char text[SPILL_TIME_TEXT];
	struct spill_time t;

	if (spill_packed_time(rec, &t) != SPILL_OK)
		return SPILL_EDAMAGED;
	spill_writer_packed(k->writer, rec, datetime(k, t, text));
	k->rows++;
	return SPILL_OK;
}

static void
put(struct sink *k, struct spill_row *r)
{
	if (k->writer != NULL)
		put_record(k, r);
	else if (k->format == TL_BODYFILE)
		k->rows += tl_body_row(&k->export, r);
	else
		k->rows += tl_sketch_row(&k->export, r);
}

static int
put_unpacked(struct sink *k, struct spill_span rec)
{
	struct tl *tl = k->tl;
	int rc = spill_unpack_dict(rec, tl->dict, &tl->row);

	if (rc != SPILL_OK)
		return rc;
	tl_verdicts_join(tl->verdicts, &tl->row);
	if (tl->late == NULL || spill_where_holds(tl->late, &tl->row))
		put(k, &tl->row);
	return tl->late != NULL ? spill_where_rc(tl->late) : SPILL_OK;
}

static int
put_all(struct sink *k)
{
	struct tl *tl = k->tl;
	bool straight = k->writer != NULL && tl->late == NULL &&
			!tl_verdicts_any(tl->verdicts);
	struct spill_span rec;
	uint64_t n = 0;
	int rc;

	while ((rc = spill_sort_next(tl->sort, &rec)) == SPILL_OK) {
		rc = straight ? put_packed(k, rec) : put_unpacked(k, rec);
		if (rc != SPILL_OK)
			return rc;
		if (spill_out_failed(k->export.out))
			return SPILL_EIO;
		if ((++n & 0xffff) == 0)
			spill_progress(
			    spill_out_bytes(k->export.out), k->rows, "writing");
	}
	return rc == SPILL_END ? SPILL_OK : rc;
}

/* --- filters and seal --------------------------------------------------- */

static void
list_filters(struct tl *tl, struct spill_buf *b)
{
	const struct spill_timeline_conf *conf = tl->conf;
	const struct spill_time t[] = { conf->since, conf->until };
	char text[SPILL_TIME_TEXT];

	spill_buf_span(b, spill_buf_as_span(&tl->filters));
	for (int i = 0; i < 2; i++)
		if (t[i].set) {
			(void)spill_time_format(t[i], text);
			spill_buf_printf(b, "%s%s %s", b->len > 0 ? ", " : "",
			    i == 0 ? "since" : "until", text);
		}
	for (size_t i = 0; i < conf->where.n; i++)
		spill_buf_printf(
		    b, "%s%s", b->len > 0 ? ", " : "", conf->where.v[i]);
}

static int
seal(struct sink *k)
{
	struct spill_buf filters = SPILL_BUF_INIT((size_t)1 << 20);
	struct spill_seal s = { .rows = k->rows,
		.errors = spill_tool_errors(k->tl->tool) + k->tl->inherited,
		.options = spill_tool_given(k->tl->tool) };
	int rc;

	list_filters(k->tl, &filters);
	s.filters = spill_buf_as_span(&filters);
	rc = k->tl->filters.rc != SPILL_OK ? k->tl->filters.rc
	     : filters.rc != SPILL_OK	   ? filters.rc
					   : spill_writer_seal(k->writer, &s);
	spill_buf_release(&filters);
	return rc;
}

/* --- what was lost ------------------------------------------------------ */

static void
report_lost(const struct tl *tl)
{
	static const char *const text[TL_LOST_COUNT] = {
		[TL_LOST_NAME] = "cells with bytes that the format cannot "
				 "hold, which stand there as %%XX: %llu",
		[TL_LOST_KIND] = "events that are not about a time of a file, "
				 "whose time stands as mtime: %llu",
		[TL_LOST_ZERO] = "events of a time that the format takes for "
				 "none, 0 or -1: %llu",
		[TL_LOST_ZONE] = "events in a local time of unknown zone, "
				 "written as if UTC: %llu",
		[TL_LOST_FINE] = "times known to the day or minute, written "
				 "as if to the second: %llu",
		[TL_LOST_UNTIMED] = "events without a time, which the format "
				    "cannot hold, left out: %llu",
		[TL_LOST_RANGE] = "events before 1700 or after 2262, which the "
				  "format cannot hold, left out: %llu",
	};
	struct spill_buf b = SPILL_BUF_INIT((size_t)64 << 10);

	for (int i = 0; i < TL_LOST_COUNT; i++)
		if (tl->lost[i] > 0)
			spill_warn(text[i], (unsigned long long)tl->lost[i]);
	for (unsigned i = 0; i < spill_columns_count(tl->cols); i++)
		if (tl->lost_columns[i >> 6] >> (i & 63) & 1) {
			struct spill_span n = spill_columns_name(tl->cols, i);

			spill_buf_printf(&b, "%s%.*s", b.len > 0 ? ", " : "",
			    (int)n.len, n.p);
		}
	if (b.len > 0)
		spill_warn("columns that the format has no place for, left "
			   "out: %s",
		    spill_buf_str(&b));
	spill_buf_release(&b);
}

/* --- all ---------------------------------------------------------------- */

static int
open_sink(struct sink *k)
{
	struct tl *tl = k->tl;
	int rc;

	k->format = spill_tool_format(tl->tool);
	k->export.out = spill_tool_out(tl->tool);
	k->export.tl = tl;
	k->export.buf = SPILL_BUF_INIT((size_t)256 << 20);
	if (k->format == TL_BODYFILE)
		tl_body_open(&k->export);
	if (k->format == TL_TIMESKETCH)
		tl_sketch_open(&k->export);
	if (k->format >= SPILL_TIMELINE_NRECORD)
		return SPILL_OK;
	rc = spill_writer_open(&k->writer, k->export.out,
	    (enum spill_syntax)k->format, tl->cols, tl->dict);
	if (rc == SPILL_OK)
		spill_writer_header(k->writer);
	return rc;
}

int
tl_write(struct tl *tl)
{
	struct sink k = { .tl = tl, .tz = tl->tz };
	int rc = open_sink(&k);

	if (rc == SPILL_OK)
		rc = put_all(&k);
	if (rc == SPILL_OK && spill_tool_seal(tl->tool))
		rc = seal(&k);
	if (rc == SPILL_OK)
		report_lost(tl);
	tl->written = k.rows;
	spill_writer_free(&k.writer);
	spill_buf_release(&k.export.buf);
	return rc;
}
