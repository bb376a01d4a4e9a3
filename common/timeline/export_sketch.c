/*
 * export_sketch.c: events as JSON lines that Timesketch's importer takes
 * whole (timesketch/lib/utils.py, read_and_validate_jsonl and _csv;
 * importer_client/python/timesketch_import_client/importer.py).
 *
 * Its times are us and end where pandas' ns do, in 2262; a row without a
 * time it drops, or gives the year 1970. So such rows are left out here, and
 * counted. What a field first was, number or text, it must stay: all fields
 * but timestamp are text. datetime has six digits in every row, floored; the
 * time as it is stands in datetime_native.
 */
#include <string.h>

#include <spill/name.h>
#include <spill/table.h>
#include <spill/utf8.h>

#include "export_i.h"

#define FIELDS	  440 /* 454 names are all that an index takes */
#define FIRST_SEC (-8520336000LL) /* 1700-01-01T00:00:00Z */
#define LAST_SEC  9223286400LL /* 2262-04-11T00:00:00Z, excluded */

/* Names of fields that mean no harm there. */
static bool
is_field(struct spill_span name)
{
	static const char *const taken[] = { "label", "datetime", "timestamp",
		"datetime_native", "filled", "tag" };

	if (name.len == 0 || name.len > 128)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

		if (!letter &&
		    (i == 0 || !((c >= '0' && c <= '9') || c == '_')))
			return false;
	}
	for (size_t i = 0; i < SPILL_COUNT(taken); i++)
		if (spill_span_eq(name, spill_span(taken[i])))
			return false;
	return true;
}

void
tl_sketch_open(struct tl_export *e)
{
	const struct spill_columns *c = e->tl->cols;

	for (size_t i = EV_MESSAGE + 1; i < spill_columns_count(c); i++) {
		struct spill_span name = spill_columns_name(c, i);

		if (is_field(name) && e->ncolumns < FIELDS)
			e->column[e->ncolumns++] = (uint16_t)i;
		else
			e->tl->lost_columns[i >> 6] |= 1ULL << (i & 63);
	}
}

/* Bytes that are no UTF-8 would be lone surrogates, which it cannot store:
 * they become %XX. */
static void
put_text(struct tl_export *e, struct spill_span v)
{
	struct spill_buf *b = &e->buf;
	size_t i = 0, from = 0;
	bool escaped = false;
	uint32_t cp;

	while (i < v.len) {
		unsigned n = spill_utf8_decode(v.p + i, v.len - i, &cp);

		if (n > 0) {
			i += n;
			continue;
		}
		spill_json_escape(
		    b, (struct spill_span){ v.p + from, i - from });
		spill_buf_printf(b, "%%%02X", (unsigned char)v.p[i]);
		escaped = true;
		from = ++i;
	}
	e->tl->lost[TL_LOST_NAME] += escaped;
	spill_json_escape(b, (struct spill_span){ v.p + from, i - from });
}

static void
put_pair(struct tl_export *e, struct spill_span name, struct spill_span v)
{
	spill_buf_puts(&e->buf, ",\"");
	spill_buf_span(&e->buf, name);
	spill_buf_puts(&e->buf, "\":\"");
	put_text(e, v);
	spill_buf_putc(&e->buf, '"');
}

static void
put_times(struct tl_export *e, struct spill_time t)
{
	char text[SPILL_TIME_TEXT];
	struct spill_time six = t;
	size_t n = spill_time_format(t, text);

	spill_buf_printf(&e->buf, ",\"timestamp\":%lld",
	    (long long)(t.sec * 1000000 + t.nsec / 1000));
	put_pair(
	    e, SPILL_SPAN("datetime_native"), (struct spill_span){ text, n });
	six.prec = 6;
	six.zoned = false;
	n = spill_time_format(six, text);
	spill_buf_printf(&e->buf, ",\"datetime\":\"%.*s+00:00\"", (int)n, text);
}

/* Fields that it demands and the event lacks are filled, and named. */
static void
put_demanded(struct tl_export *e, const struct spill_row *r)
{
	struct spill_span message = spill_row_get(r, EV_MESSAGE);
	struct spill_span desc = spill_row_get(r, EV_TIMESTAMP_DESC);
	struct spill_span path = spill_row_get(r, EV_PATH);
	static const char *const filled[] = { "", "message", "timestamp_desc",
		"message;timestamp_desc" };
	unsigned lacks = (message.len == 0) | (unsigned)(desc.len == 0) << 1;

	if (message.len == 0)
		message = path.len > 0 ? path : SPILL_SPAN("-");
	spill_buf_puts(&e->buf, "{\"message\":\"");
	put_text(e, message);
	spill_buf_putc(&e->buf, '"');
	put_times(e, r->time);
	put_pair(e, SPILL_SPAN("timestamp_desc"),
	    desc.len > 0 ? desc : SPILL_SPAN("-"));
	if (lacks != 0)
		put_pair(e, SPILL_SPAN("filled"), spill_span(filled[lacks]));
}

bool
tl_sketch_row(struct tl_export *e, const struct spill_row *r)
{
	if (!r->time.set) {
		e->tl->lost[TL_LOST_UNTIMED]++;
		return false;
	}
	if (r->time.sec < FIRST_SEC || r->time.sec >= LAST_SEC) {
		e->tl->lost[TL_LOST_RANGE]++;
		return false;
	}
	e->tl->lost[TL_LOST_ZONE] += !r->time.zoned;
	spill_buf_reset(&e->buf);
	put_demanded(e, r);
	for (size_t i = 0; i < e->ncolumns; i++) {
		unsigned col = e->column[i];

		if (spill_row_has(r, col))
			put_pair(e, spill_columns_name(e->tl->cols, col),
			    r->cell[col]);
	}
	spill_buf_puts(&e->buf, "}\n");
	if (e->buf.rc != SPILL_OK)
		spill_out_break(e->out);
	spill_out_put(e->out, e->buf.p, e->buf.len);
	return true;
}
