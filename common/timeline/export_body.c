/*
 * export_body.c: events as a bodyfile 3.x, one line an event with only the
 * times that the event is about. The others are -1, since mactime leaves
 * those out but would show a 0 beside a time as a row without a date; where
 * there is no time at all, all four are 0, as The Sleuth Kit has it.
 *
 * "|", LF and CR in a name, and "%" before two hex digits, become %XX, which
 * mactime turns back; other readers show it as it stands.
 */
#include <stdio.h>
#include <string.h>

#include <spill/name.h>

#include "export_i.h"

/* Columns with a field of their own, or that every event has. */
static void
keep_columns(struct tl_export *e)
{
	const unsigned kept[] = { EV_DATETIME, EV_TIMESTAMP_DESC, EV_EVENT,
		EV_STAGE, EV_PATH, EV_SIZE, EV_TIME_BASIS, EV_SOURCE,
		EV_SOURCE_ITEM, EV_SOURCE_RECORD, EV_PARSER, EV_ID };
	const int extra[] = { e->meta, e->mode, e->uid, e->gid, e->md5 };

	for (size_t i = 0; i < SPILL_COUNT(kept); i++)
		e->kept[kept[i] >> 6] |= 1ULL << (kept[i] & 63);
	for (size_t i = 0; i < SPILL_COUNT(extra); i++)
		if (extra[i] >= 0)
			e->kept[extra[i] >> 6] |= 1ULL << (extra[i] & 63);
}

void
tl_body_open(struct tl_export *e)
{
	const struct spill_columns *c = e->tl->cols;

	e->meta = spill_columns_find(c, SPILL_SPAN("meta"));
	e->mode = spill_columns_find(c, SPILL_SPAN("mode"));
	e->uid = spill_columns_find(c, SPILL_SPAN("uid"));
	e->gid = spill_columns_find(c, SPILL_SPAN("gid"));
	e->md5 = spill_columns_find(c, SPILL_SPAN("md5"));
	keep_columns(e);
}

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
	       (c >= 'A' && c <= 'F');
}

/* Raw bytes as a field; true if any had to be escaped. */
static bool
put_field(struct spill_out *o, struct spill_span raw)
{
	static const char hex[] = "0123456789ABCDEF";
	bool escaped = false;

	for (size_t i = 0; i < raw.len; i++) {
		char c = raw.p[i];
		char esc[3] = { '%', hex[(unsigned char)c >> 4], hex[c & 15] };
		bool code = c == '%' && raw.len - i > 2 &&
			    is_hex(raw.p[i + 1]) && is_hex(raw.p[i + 2]);

		if (code || c == '|' || c == '\n' || c == '\r' || c == '\0') {
			spill_out_put(o, esc, sizeof(esc));
			escaped = true;
		} else {
			spill_out_put(o, &c, 1);
		}
	}
	return escaped;
}

/* An escaped cell as a field, "0" where it is unset. */
static bool
put_cell(struct tl_export *e, const struct spill_row *r, int col)
{
	struct spill_span v = { "", 0 };

	if (col >= 0)
		v = spill_row_get(r, (unsigned)col);
	if (v.len == 0) {
		spill_out_put(e->out, "0", 1);
		return false;
	}
	spill_buf_reset(&e->buf);
	spill_name_unescape(&e->buf, v);
	if (e->buf.rc != SPILL_OK)
		spill_out_break(e->out);
	return put_field(e->out, spill_buf_as_span(&e->buf));
}

/* Which of macb the event is about, by the words of timestamp_desc. */
static unsigned
macb_of(struct spill_span desc)
{
	unsigned set = 0;

	while (desc.len > 0) {
		const char *semi = memchr(desc.p, ';', desc.len);
		size_t n = semi != NULL ? (size_t)(semi - desc.p) : desc.len;

		for (unsigned i = 0; i < TL_MACB; i++)
			if (spill_span_eq((struct spill_span){ desc.p, n },
				spill_span(tl_desc[i])))
				set |= 1u << i;
		n += n < desc.len;
		n += n < desc.len && desc.p[n] == ' ';
		desc.p += n;
		desc.len -= n;
	}
	return set;
}

/* s since 1970, with the fraction that it has. */
static size_t
time_field(struct spill_time t, char out[40])
{
	bool negative = t.sec < 0 && t.nsec > 0;
	uint32_t ns = negative ? 1000000000 - t.nsec : t.nsec;
	int64_t sec = negative ? t.sec + 1 : t.sec;
	int n;

	if (!t.set)
		n = snprintf(out, 40, "0");
	else if (t.prec > 0)
		n = snprintf(out, 40, "%s%lld.%09u",
			negative && sec == 0 ? "-" : "", (long long)sec, ns) -
		    (9 - t.prec);
	else
		n = snprintf(out, 40, "%lld", (long long)sec);
	return (size_t)n;
}

static void
count_losses(struct tl_export *e, const struct spill_row *r, unsigned set)
{
	struct tl *tl = e->tl;

	for (size_t i = 0; i < SPILL_COUNT(r->bits); i++) {
		uint64_t lost = r->bits[i] & ~e->kept[i];

		/* The message stands as the name of what has none. */
		if (i == EV_MESSAGE >> 6 && !spill_row_has(r, EV_PATH))
			lost &= ~(1ULL << (EV_MESSAGE & 63));
		tl->lost_columns[i] |= lost;
	}
	if (!r->time.set)
		return;
	tl->lost[TL_LOST_KIND] += set == 0;
	tl->lost[TL_LOST_ZERO] +=
	    r->time.nsec == 0 &&
	    (r->time.sec == 0 || (r->time.sec == -1 && r->time.prec <= 0));
	tl->lost[TL_LOST_ZONE] += !r->time.zoned;
	tl->lost[TL_LOST_FINE] += r->time.prec < 0;
}

bool
tl_body_row(struct tl_export *e, const struct spill_row *r)
{
	static const uint8_t order[TL_MACB] = { TL_A, TL_M, TL_C, TL_B };
	unsigned set = macb_of(spill_row_get(r, EV_TIMESTAMP_DESC));
	const int cols[] = { e->md5,
		spill_row_has(r, EV_PATH) ? EV_PATH : EV_MESSAGE, e->meta,
		e->mode, e->uid, e->gid, EV_SIZE };
	char text[40];
	size_t n = time_field(r->time, text);

	count_losses(e, r, set);
	for (size_t i = 0; i < SPILL_COUNT(cols); i++) {
		if (i > 0)
			spill_out_put(e->out, "|", 1);
		e->tl->lost[TL_LOST_NAME] += put_cell(e, r, cols[i]);
	}
	/* What is no time of a file stands as mtime. */
	set = !r->time.set ? (1u << TL_MACB) - 1 : set != 0 ? set : 1u << TL_M;
	for (int i = 0; i < TL_MACB; i++) {
		bool is = set >> order[i] & 1;

		spill_out_put(e->out, "|", 1);
		if (is)
			spill_out_put(e->out, text, n);
		else
			spill_out_put(e->out, "-1", 2);
	}
	spill_out_put(e->out, "\n", 1);
	return true;
}
