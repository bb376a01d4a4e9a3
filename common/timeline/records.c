/*
 * records.c: our own record streams: events as they are, the times of items
 * as events, verdicts to be joined.
 */
#include <stdlib.h>
#include <string.h>

#include <spill/diag.h>

#include "timeline_i.h"

/* --- events ------------------------------------------------------------- */

/* What an export to Timesketch had to make up goes again. */
static void
unfill(struct spill_row *r, struct spill_span filled)
{
	struct spill_span none = { "", 0 };

	if (filled.len == 0)
		return;
	if (memmem(filled.p, filled.len, "message", 7) != NULL)
		spill_row_set(r, EV_MESSAGE, none);
	if (memmem(filled.p, filled.len, "timestamp_desc", 14) != NULL)
		spill_row_set(r, EV_TIMESTAMP_DESC, none);
}

static int
read_events(struct tl_input *in, struct tl_table *t)
{
	static const char *const ours[] = { "datetime", "", NULL };
	static const char *const exported[] = { "datetime", "", "timestamp", "",
		"datetime_native", "", "filled", "", NULL };
	/* What went to Timesketch has columns that are made for it. */
	bool sketch =
	    spill_table_find(in->reader->table, "datetime_native") >= 0;
	int rc;

	t->names = sketch ? exported : ours;
	in->origin = false;
	in->parser = -1;
	while ((rc = tl_table_next(in)) == SPILL_OK) {
		struct spill_row *r = tl_row(in);
		struct spill_span text = tl_table_cell(in, "datetime_native");
		uint64_t mix;

		if (text.len == 0)
			text = tl_table_cell(in, "datetime");
		tl_table_fill(in, t, r, &mix);
		if (sketch)
			unfill(r, tl_table_cell(in, "filled"));
		tl_table_time(in, r, text);
		rc = tl_emit(in, r, text);
		if (rc != SPILL_OK)
			return rc;
	}
	return rc;
}

/* --- items -------------------------------------------------------------- */

static const char *const macb_columns[2][TL_MACB] = {
	{
	    [TL_M] = "modified",
	    [TL_A] = "accessed",
	    [TL_C] = "changed",
	    [TL_B] = "born",
	},
	{
	    [TL_M] = "fn_modified",
	    [TL_A] = "fn_accessed",
	    [TL_C] = "fn_changed",
	    [TL_B] = "fn_born",
	},
};

static void
item_time(struct tl_input *in, const char *column, struct spill_span *raw,
    struct spill_time *t)
{
	*raw = tl_table_cell(in, column);
	*t = (struct spill_time){ 0 };
	if (raw->len > 0 && spill_time_parse(*raw, t, NULL) != SPILL_OK)
		tl_error(in, "damaged", in->reader->table->number,
		    in->reader->table->offset,
		    "a time of the item is not a time: left out");
}

static int
emit_deleted(struct tl_input *in, struct spill_row *r, uint64_t mix, bool *any)
{
	struct spill_span raw;

	item_time(in, "deleted", &raw, &r->time);
	if (!r->time.set)
		return SPILL_OK;
	*any = true;
	tl_set_shared(in, r, EV_TIMESTAMP_DESC, "Deletion Time");
	tl_set_shared(in, r, EV_EVENT, "deleted");
	spill_row_set(r, EV_ID, tl_id(in->id, spill_mix("d", 1, mix)));
	tl_set_basis(in, r);
	return tl_emit(in, r, raw);
}

static int
emit_item(struct tl_input *in, struct spill_row *r, uint64_t mix)
{
	bool any = false;
	int rc = SPILL_OK;

	for (int fn = 0; fn < 2 && rc == SPILL_OK; fn++) {
		struct spill_time t[TL_MACB];
		struct spill_span raw[TL_MACB];

		for (int i = 0; i < TL_MACB; i++)
			item_time(in, macb_columns[fn][i], &raw[i], &t[i]);
		rc = tl_emit_macb(in, r, t, raw, fn == 1, mix, &any);
	}
	if (rc == SPILL_OK)
		rc = emit_deleted(in, r, mix, &any);
	return rc == SPILL_OK && !any ? tl_emit_untimed(in, r, mix) : rc;
}

static int
read_items(struct tl_input *in, struct tl_table *t)
{
	static const char *const names[] = { "modified", "", "accessed", "",
		"changed", "", "born", "", "fn_modified", "", "fn_accessed", "",
		"fn_changed", "", "fn_born", "", "deleted", "", NULL };
	int rc;

	t->names = names;
	in->origin = false;
	while ((rc = tl_table_next(in)) == SPILL_OK) {
		struct spill_row *r = tl_row(in);
		struct spill_span item = tl_table_cell(in, "item"), path;
		uint64_t mix;

		tl_table_fill(in, t, r, &mix);
		path = spill_row_get(r, EV_PATH);
		mix =
		    spill_mix(path.p, path.len, spill_mix(item.p, item.len, 0));
		spill_row_set(r, EV_SOURCE_ITEM, item);
		tl_set_shared(in, r, EV_SOURCE, "FILE");
		tl_set_shared(in, r, EV_STAGE, "state");
		rc = emit_item(in, r, mix);
		if (rc != SPILL_OK)
			return rc;
	}
	return rc;
}

/* --- which -------------------------------------------------------------- */

static int
read_as(struct tl_input *in, const struct spill_schema *s, struct tl_table *t)
{
	struct spill_buf why = SPILL_BUF_INIT(256);

	if (s == &spill_schema_event)
		return read_events(in, t);
	if (s == &spill_schema_item)
		return read_items(in, t);
	if (s == &spill_schema_verdict)
		return tl_verdicts_read(in);
	spill_buf_printf(&why, "%s records have no place in a timeline%s",
	    s->name,
	    s == &spill_schema_evidence ? "; --evidence takes them" : "");
	tl_error(in, "unsupported", 0, 0, spill_buf_str(&why));
	spill_buf_release(&why);
	return SPILL_EFORMAT;
}

static int
read_records(struct tl_input *in)
{
	struct tl_table *t = calloc(1, sizeof(*t));
	int rc;

	if (t == NULL)
		return SPILL_ENOMEM;
	rc = read_as(in, in->schema, t);
	free(t);
	return rc == SPILL_END ? SPILL_OK : rc;
}

const struct tl_format tl_format_record = {
	.name = "record",
	.parser = "item/" SPILL_VERSION,
	.read = read_records,
};
