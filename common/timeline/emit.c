/*
 * emit.c: from a row that a format has made to the sort.
 */
#include <stdio.h>
#include <string.h>

#include <spill/diag.h>
#include <spill/name.h>

#include "timeline_i.h"

const char *const tl_desc[TL_MACB] = {
	[TL_M] = "Content Modification Time",
	[TL_A] = "Last Access Time",
	[TL_C] = "Metadata Modification Time",
	[TL_B] = "Creation Time",
};

static const char *const events[TL_MACB + 1] = {
	[TL_M] = "file_modified",
	[TL_A] = "file_accessed",
	[TL_C] = "file_changed",
	[TL_B] = "file_created",
	[TL_MACB] = "exists",
};

struct spill_row *
tl_row(struct tl_input *in)
{
	struct spill_row *r = &in->tl->row;
	const struct spill_dict *d = in->tl->dict;

	if (in->text.head != NULL)
		spill_arena_release(&in->text);
	spill_row_clear(r);
	if (in->origin && in->source_item >= 0)
		spill_row_ref(r, EV_SOURCE_ITEM, d, in->source_item);
	else if (in->origin) /* one of very many inputs */
		spill_row_set(
		    r, EV_SOURCE_ITEM, spill_buf_as_span(&in->locator));
	spill_row_ref(r, EV_PARSER, d, in->parser);
	return r;
}

void
tl_set_shared(
    struct tl_input *in, struct spill_row *r, unsigned col, const char *v)
{
	int32_t id = spill_dict_add(in->tl->dict, spill_span(v));

	if (id >= 0)
		spill_row_ref(r, col, in->tl->dict, id);
	else
		spill_row_set(r, col, spill_span(v));
}

struct spill_span
tl_keep(struct tl_input *in, struct spill_span v)
{
	char *p = spill_arena_dup(&in->text, v.p, v.len);

	in->tl->nomem |= p == NULL;
	return (struct spill_span){ p != NULL ? p : "", p != NULL ? v.len : 0 };
}

struct spill_span
tl_escape(struct tl_input *in, struct spill_span raw)
{
	struct spill_buf b = SPILL_BUF_INIT(3 * raw.len + 1);

	if (spill_name_is_plain(raw))
		return raw;
	spill_name_escape(&b, raw);
	in->tl->nomem |= b.rc != SPILL_OK;
	raw = tl_keep(in, spill_buf_as_span(&b));
	spill_buf_release(&b);
	return raw;
}

void
tl_set_name(struct tl_input *in, struct spill_row *r, unsigned col,
    struct spill_span raw)
{
	spill_row_set(r, col, tl_escape(in, raw));
}

void
tl_set_basis(struct tl_input *in, struct spill_row *r)
{
	if (r->time.set && !spill_row_has(r, EV_TIME_BASIS))
		tl_set_shared(in, r, EV_TIME_BASIS,
		    r->time.zoned ? "utc" : "local-unknown");
}

void
tl_place(struct tl_input *in, struct spill_row *r, uint64_t offset)
{
	char *end = in->place + sizeof(in->place), *p = end;

	do
		*--p = (char)('0' + offset % 10);
	while ((offset /= 10) > 0);
	p -= 7;
	memcpy(p, "offset=", 7);
	spill_row_set(
	    r, EV_SOURCE_RECORD, (struct spill_span){ p, (size_t)(end - p) });
}

int
tl_column(struct tl_input *in, struct spill_span name, uint64_t line)
{
	int col = spill_columns_add(in->tl->cols, name);

	if (col < 0)
		tl_error(in, "limit", line, spill_in_offset(in->in),
		    "more than 1024 columns: one is left out");
	return col;
}

struct spill_span
tl_id(char out[19], uint64_t mix)
{
	uint8_t bytes[8];

	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(mix >> (56 - 8 * i));
	memcpy(out, "ev-", 3);
	spill_hex(out + 3, bytes, sizeof(bytes));
	return (struct spill_span){ out, 19 };
}

void
tl_error(struct tl_input *in, const char *code, uint64_t line, uint64_t offset,
    const char *detail)
{
	const struct spill_error e = { .code = code,
		.evidence = in->path,
		.line = line,
		.offset = offset,
		.detail = detail };

	spill_tool_error(in->tl->tool, &e);
}

static bool
in_window(struct tl *tl, struct spill_time t)
{
	const struct spill_timeline_conf *conf = tl->conf;

	if (!conf->since.set && !conf->until.set)
		return true;
	if (!t.set) {
		tl->untimed++;
		return false;
	}
	return (!conf->since.set || spill_time_cmp(t, conf->since) >= 0) &&
	       (!conf->until.set || spill_time_cmp(t, conf->until) < 0);
}

int
tl_emit(struct tl_input *in, struct spill_row *r, struct spill_span raw)
{
	struct tl *tl = in->tl;
	int rc = tl_clocks_apply(in, r, raw);

	if (tl->nomem || spill_dict_failed(tl->dict))
		rc = SPILL_ENOMEM;
	if (rc != SPILL_OK)
		return rc;
	if ((tl->read++ & 0xffff) == 0)
		spill_progress(spill_in_bytes(in->in), tl->read, "reading");
	if (!in_window(tl, r->time) ||
	    (tl->early != NULL && !spill_where_holds(tl->early, r)))
		return tl->early != NULL ? spill_where_rc(tl->early) : SPILL_OK;
	tl->kept++;
	return spill_sort_put(tl->sort, r);
}

/* --- times of files ----------------------------------------------------- */

static void
set_desc(struct tl_input *in, struct spill_row *r, unsigned set, bool fn)
{
	char text[256];
	int32_t *id = &in->macb_id[fn][set];
	size_t n = 0;

	for (unsigned i = 0; *id < 0 && i < TL_MACB; i++)
		if (set >> i & 1)
			n += (size_t)snprintf(text + n, sizeof(text) - n,
			    "%s%s%s", n > 0 ? "; " : "",
			    fn ? "$FILE_NAME " : "", tl_desc[i]);
	if (*id < 0)
		*id = spill_dict_must(
		    in->tl->dict, (struct spill_span){ text, n });
	spill_row_ref(r, EV_TIMESTAMP_DESC, in->tl->dict, *id);
}

static void
set_event(struct tl_input *in, struct spill_row *r, unsigned set)
{
	unsigned first = set == 0	   ? TL_MACB
			 : set >> TL_B & 1 ? TL_B
					   : (unsigned)__builtin_ctz(set);
	int32_t *id = &in->event_id[first];

	if (*id < 0)
		*id = spill_dict_must(in->tl->dict, spill_span(events[first]));
	spill_row_ref(r, EV_EVENT, in->tl->dict, *id);
}

static int
emit_set(struct tl_input *in, struct spill_row *r, unsigned set, bool fn,
    struct spill_span raw, uint64_t mix)
{
	const uint64_t what[2] = { mix, set | (unsigned)fn << 8 };
	uint64_t bits[SPILL_COUNT(r->bits)], refs[SPILL_COUNT(r->refs)];
	int rc;

	if (set != 0)
		set_desc(in, r, set, fn);
	else
		tl_set_shared(in, r, EV_TIMESTAMP_DESC, "Not a time");
	set_event(in, r, set);
	spill_row_set(
	    r, EV_ID, tl_id(in->id, spill_mix(what, sizeof(what), 0)));
	/* The next time of this thing starts from the same cells. */
	memcpy(bits, r->bits, sizeof(bits));
	memcpy(refs, r->refs, sizeof(refs));
	tl_set_basis(in, r);
	rc = tl_emit(in, r, raw);
	memcpy(r->bits, bits, sizeof(bits));
	memcpy(r->refs, refs, sizeof(refs));
	return rc;
}

static bool
same(struct spill_time a, struct spill_time b)
{
	return a.sec == b.sec && a.nsec == b.nsec && a.prec == b.prec &&
	       a.zoned == b.zoned;
}

int
tl_emit_macb(struct tl_input *in, struct spill_row *r,
    const struct spill_time t[TL_MACB], const struct spill_span raw[TL_MACB],
    bool fn, uint64_t mix, bool *any)
{
	unsigned done = 0;
	int rc = SPILL_OK;

	for (unsigned i = 0; i < TL_MACB && rc == SPILL_OK; i++) {
		unsigned set = 1u << i;

		if (!t[i].set || done >> i & 1)
			continue;
		for (unsigned k = i + 1; k < TL_MACB; k++)
			if (t[k].set && same(t[i], t[k]))
				set |= 1u << k;
		done |= set;
		r->time = t[i];
		rc = emit_set(in, r, set, fn, raw[i], mix);
		*any = true;
	}
	return rc;
}

int
tl_emit_untimed(struct tl_input *in, struct spill_row *r, uint64_t mix)
{
	r->time = (struct spill_time){ 0 };
	return emit_set(in, r, 0, false, (struct spill_span){ "", 0 }, mix);
}
