/*
 * columns.c: what the formats that are tables share: which column becomes
 * which, values that many rows share, times.
 */
#include <string.h>

#include <spill/diag.h>

#include "timeline_i.h"

/* Columns of few values: the dict holds them once. */
static const unsigned shared_columns[] = { EV_TIMESTAMP_DESC, EV_EVENT,
	EV_STAGE, EV_MACHINE, EV_HOST, EV_USER, EV_USER_SID, EV_CLASS, EV_LEVEL,
	EV_CHANNEL, EV_APPROVED, EV_PROGRAM, EV_DEVICE, EV_VOLUME_SERIAL,
	EV_ATTACK, EV_TIME_BASIS, EV_ZONE_SOURCE, EV_BASIS, EV_RULE,
	EV_EVIDENCE, EV_SOURCE, EV_SOURCE_ITEM, EV_PARSER };

/* A row that is cut within its last cell looks like a whole one. */
void
tl_note_cut(struct tl_input *in, uint64_t line, uint64_t offset)
{
	tl_error(in, "damaged", line, offset,
	    "the last row has no line end: it is kept, but may be cut");
}

int
tl_table_next(struct tl_input *in)
{
	const struct spill_table *t = in->reader->table;

	if (in->pending) {
		in->pending = false;
		return SPILL_OK;
	}
	for (;;) {
		int rc = spill_reader_next(in->reader);

		if (rc == SPILL_OK && t->cut)
			tl_note_cut(in, t->number, t->offset);
		if (rc != SPILL_EDAMAGED && rc != SPILL_ELIMIT)
			return rc;
		tl_error(in, rc == SPILL_ELIMIT ? "limit" : "damaged",
		    t->number, t->offset,
		    t->damage != NULL ? t->damage : "the row is too long");
	}
}

/* Names are literals, so their address tells them apart. */
static int
find_column(struct tl_input *in, const char *name)
{
	const struct spill_table *t = in->reader->table;
	size_t i = 0;

	while (i + 1 < SPILL_COUNT(in->found) && in->found[i].name != NULL &&
	       in->found[i].name != name)
		i++;
	if (in->found[i].name != name || in->found[i].n != t->n) {
		in->found[i].name = name;
		in->found[i].n = t->n;
		in->found[i].at = spill_table_find(t, name);
	}
	return in->found[i].at;
}

struct spill_span
tl_table_cell(struct tl_input *in, const char *name)
{
	const struct spill_table *t = in->reader->table;
	int at = find_column(in, name);

	if (at < 0 || t->cell[at].p == NULL)
		return (struct spill_span){ "", 0 };
	return t->cell[at];
}

/* Our name for a column of theirs; false: it is passed over. */
static bool
our_name(
    const struct tl_table *t, struct spill_span name, struct spill_span *ours)
{
	*ours = name;
	for (size_t i = 0; t->names != NULL && t->names[i] != NULL; i += 2)
		if (spill_span_eq(name, spill_span(t->names[i])))
			*ours = spill_span(t->names[i + 1]);
	return (ours->len > 0 || name.len == 0) &&
	       !spill_span_eq(name, SPILL_SPAN("#seal"));
}

/* A column that there is no room for is left out, and told. */
static void
map_one(struct tl_input *in, struct tl_table *t, size_t at)
{
	const struct spill_table *from = in->reader->table;
	struct tl_map *m = &t->map[at];
	struct spill_span ours;

	*m = (struct tl_map){ .col = -1, .ready = true };
	if (our_name(t, from->name[at], &ours))
		m->col = tl_column(in, ours, from->number);
	for (size_t i = 0; i < SPILL_COUNT(shared_columns); i++)
		m->shared |= (int)shared_columns[i] == m->col;
	m->escape = t->foreign && m->col >= 0 &&
		    (size_t)m->col < spill_schema_event.n &&
		    spill_schema_event.columns[m->col].type == SPILL_T_NAME;
}

static void
set_shared(struct tl_input *in, struct tl_map *m, struct spill_row *r,
    struct spill_span v)
{
	if (!m->known || !spill_span_eq(m->last, v)) {
		m->id = spill_dict_add(in->tl->dict, v);
		m->known = m->id >= 0 && spill_dict_get(in->tl->dict,
					     (uint64_t)m->id, &m->last);
	}
	if (m->known)
		spill_row_ref(r, (unsigned)m->col, in->tl->dict, m->id);
	else
		spill_row_set(r, (unsigned)m->col, v);
}

void
tl_map_set(struct tl_input *in, struct tl_map *m, struct spill_row *r,
    struct spill_span v)
{
	if (m->col < 0)
		return;
	if (m->escape)
		v = tl_escape(in, v);
	if (m->shared && v.len > 0)
		set_shared(in, m, r, v);
	else
		spill_row_set(r, (unsigned)m->col, v);
}

void
tl_table_fill(
    struct tl_input *in, struct tl_table *t, struct spill_row *r, uint64_t *mix)
{
	const struct spill_table *from = in->reader->table;

	*mix = in->mix + from->number;
	/* Columns of a header are kept though no row has a value; names in JSON
	 * lines may come from a damaged one. */
	if (in->syntax != SPILL_SYNTAX_JSONL && from->n > 0 && !t->map[0].ready)
		for (size_t i = 0; i < from->n; i++)
			map_one(in, t, i);
	for (size_t i = 0; i < from->n; i++) {
		struct spill_span v = from->cell[i];
		struct tl_map *m = &t->map[i];

		if (v.len == 0)
			continue;
		if (!m->ready)
			map_one(in, t, i);
		if (t->foreign)
			*mix = spill_mix(v.p, v.len, *mix + i);
		if (m->col >= 0 &&
		    !(t->dash_is_empty && v.len == 1 && v.p[0] == '-'))
			tl_map_set(in, m, r, v);
	}
}

/* Words that plaso has for times that are none (dfdatetime, semantic time). */
static bool
is_no_time(struct spill_span s)
{
	static const char *const words[] = { "Not set", "Never", "Invalid",
		"Not a time", "-", "0", "N/A", "NaT" };

	for (size_t i = 0; i < SPILL_COUNT(words); i++)
		if (spill_span_eq(s, spill_span(words[i])))
			return true;
	return s.len == 0;
}

void
tl_table_time(struct tl_input *in, struct spill_row *r, struct spill_span text)
{
	const struct spill_table *t = in->reader->table;
	enum spill_time_odd odd = SPILL_TIME_NONE;

	r->time = (struct spill_time){ 0 };
	if (is_no_time(text))
		odd = text.len > 0 ? SPILL_TIME_FINE : SPILL_TIME_NONE;
	else if (spill_time_parse(text, &r->time, &odd) != SPILL_OK) {
		tl_error(in, "damaged", t->number, t->offset,
		    "datetime is not a time: the row is kept without one");
		odd = SPILL_TIME_FINE;
	}
	/* What r->time does not say any more. */
	if ((odd == SPILL_TIME_FINE || odd == SPILL_TIME_LEAP ||
		odd == SPILL_TIME_OFFSET) &&
	    !spill_row_has(r, EV_TIME_RAW))
		spill_row_set(r, EV_TIME_RAW, tl_escape(in, text));
}

void
tl_table_origin(struct tl_input *in, struct spill_row *r, uint64_t mix)
{
	if (!spill_row_has(r, EV_ID))
		spill_row_set(r, EV_ID, tl_id(in->id, mix));
	if (!spill_row_has(r, EV_SOURCE_RECORD))
		tl_place(in, r, in->reader->table->offset);
	tl_set_basis(in, r);
}
