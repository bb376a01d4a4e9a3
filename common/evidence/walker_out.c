#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <spill/diag.h>
#include <spill/name.h>

#include <spill/fscheck.h>
#include "walker_i.h"

/* --- the stream --------------------------------------------------------- */

int
walker_out_open(struct walker *w)
{
	const struct spill_schema *schema =
	    w->conf->record ? &spill_schema_evidence : &spill_schema_item;
	int rc;

	w->item = w->parent = SPILL_BUF_INIT(SPILL_LOCATOR_TEXT);
	w->path = SPILL_BUF_INIT((size_t)64 << 10);
	if (w->conf->list)
		return SPILL_OK;
	rc = spill_columns_open(&w->cols, schema);
	if (rc == SPILL_OK)
		rc = spill_writer_open(&w->writer, spill_tool_out(w->tool),
		    (enum spill_syntax)spill_tool_format(w->tool), w->cols,
		    NULL);
	if (rc == SPILL_OK)
		spill_writer_header(w->writer);
	return rc;
}

int
walker_out_close(struct walker *w)
{
	const struct spill_seal seal = { .rows = w->rows,
		.errors = spill_tool_errors(w->tool),
		.options = spill_tool_given(w->tool) };

	spill_info("rows: %llu, errors: %llu", (unsigned long long)seal.rows,
	    (unsigned long long)seal.errors);
	return spill_tool_seal(w->tool) && w->writer != NULL
		   ? spill_writer_seal(w->writer, &seal)
		   : SPILL_OK;
}

static int
put_row(struct walker *w, const struct spill_row *r)
{
	spill_writer_row(w->writer, r);
	if ((++w->rows & 0xfff) == 0)
		spill_progress(0, w->rows, "walking");
	return spill_out_failed(spill_tool_out(w->tool)) ? SPILL_EIO : SPILL_OK;
}

/* The path of evidence as a cell. */
static void
set_evidence(struct walker *w, struct spill_row *r, unsigned col,
    const struct spill_source *s)
{
	spill_buf_reset(&w->path);
	spill_name_escape(&w->path, spill_span(s->path));
	spill_row_set(r, col, spill_buf_as_span(&w->path));
}

/* --- items -------------------------------------------------------------- */

char *
walker_prefix(const struct spill_source *s, const struct spill_volume *v)
{
	char *p = NULL;

	if (asprintf(&p, "%s:%s:", s->label, v->name) < 0)
		return NULL;
	return p;
}

static void
set_locator(
    struct spill_row *r, unsigned col, struct spill_buf *b, const char *prefix)
{
	struct spill_span object = spill_row_get(r, col);

	if (object.len == 0)
		return;
	spill_buf_reset(b);
	spill_buf_puts(b, prefix);
	spill_buf_span(b, object);
	spill_row_set(r, col, spill_buf_as_span(b));
}

/* What only the tool says, or a later one that reads the content: a row that
 * has it is not the worker's own. */
static bool
is_ours(const struct spill_row *r)
{
	_Static_assert(IT_COUNT <= 64, "one word has all columns");
	uint64_t ours = 1ULL << IT_EVIDENCE | 1ULL << IT_VOLUME |
			1ULL << IT_GRADE | ~((1ULL << IT_MIME) - 1);

	return (r->bits[0] & ours) != 0;
}

/* --- ranges ------------------------------------------------------------- */

/* All of a pool's volumes have all of its bytes. */
static bool
is_pooled(const struct spill_volume *v)
{
	return strchr(v->name, '.') != NULL;
}

/*
 * Are bytes that two have the other one's? Those of the one that is later in
 * the list, which lies in this one or begins behind its start; and those of a
 * lost file system, which has no bytes but its own.
 */
static bool
takes(const struct spill_volume *v, const struct spill_volume *other)
{
	if (other->length == 0 || is_pooled(other))
		return false;
	return other > v || (other < v && other->name[0] == 'x' &&
				(other->kind == SPILL_VOLUME_FS ||
				    other->kind == SPILL_VOLUME_POOL ||
				    strcmp(other->status, "ok") != 0));
}

static int
put_piece(struct walker *w, const struct fssurvey *s,
    const struct spill_volume *v, uint64_t from, uint64_t to)
{
	bool whole = v->name[0] == '\0';
	struct spill_row *r = &w->row;
	char at[24], size[24];

	(void)snprintf(at, sizeof(at), "%llu", (unsigned long long)from);
	(void)snprintf(
	    size, sizeof(size), "%llu", (unsigned long long)(to - from));
	spill_buf_reset(&w->item);
	spill_buf_printf(&w->item, "%s:%s:@%llu+%s", s->source->label, v->name,
	    (unsigned long long)(whole ? from : from - v->offset), size);
	spill_row_set(r, IT_ITEM, spill_buf_as_span(&w->item));
	spill_row_set(r, IT_SIZE, spill_span(size));
	spill_row_set(r, IT_IMG_OFFSET, spill_span(at));
	return put_row(w, r);
}

/* The rows of a range, whose other cells are set: every byte is in one. */
static int
put_range(struct walker *w, const struct fssurvey *s,
    const struct spill_volume *v, uint64_t at, uint64_t length)
{
	const struct spill_volumes *l = &s->list;
	uint64_t end = at + length;
	int rc = SPILL_OK;

	for (size_t i = 0; i < l->n && at < end && rc == SPILL_OK; i++) {
		const struct spill_volume *other = &l->v[i];

		if (is_pooled(v) || !takes(v, other))
			continue;
		if (other->offset > at)
			rc = put_piece(
			    w, s, v, at, SPILL_MIN(other->offset, end));
		at = SPILL_MAX(at, other->offset + other->length);
	}
	return rc == SPILL_OK && at < end ? put_piece(w, s, v, at, end) : rc;
}

/* A range that the worker tells: what lies behind a file system. */
static int
put_tail(
    struct walker *w, const struct fssurvey *s, const struct spill_volume *v)
{
	uint64_t at, length;

	if (!spill_span_uint(spill_row_get(&w->row, IT_IMG_OFFSET), &at) ||
	    !spill_span_uint(spill_row_get(&w->row, IT_SIZE), &length) ||
	    at < v->offset || at - v->offset > v->length ||
	    length > v->length - (at - v->offset))
		return SPILL_EDAMAGED;
	return put_range(w, s, v, at, length);
}

/* --- rows --------------------------------------------------------------- */

int
walker_item(struct walker *w, const struct fssurvey *s,
    const struct spill_volume *v, const char *prefix, struct spill_span rec)
{
	struct spill_row *r = &w->row;

	if (spill_unpack(rec, r) != SPILL_OK ||
	    !fscheck_row(&spill_schema_item, r) || is_ours(r) ||
	    !spill_row_has(r, IT_ITEM))
		return SPILL_EDAMAGED;
	set_evidence(w, r, IT_EVIDENCE, s->source);
	spill_row_set(r, IT_VOLUME, spill_span(v->name));
	if (spill_span_eq(spill_row_get(r, IT_KIND), SPILL_SPAN("range")))
		return put_tail(w, s, v);
	set_locator(r, IT_ITEM, &w->item, prefix);
	set_locator(r, IT_PARENT, &w->parent, prefix);
	if (w->item.rc != SPILL_OK || w->parent.rc != SPILL_OK)
		return SPILL_ENOMEM; /* half a locator is another item's */
	return put_row(w, r);
}

int
walker_range(
    struct walker *w, const struct fssurvey *s, const struct spill_volume *v)
{
	struct spill_row *r = &w->row;

	if (v->length == 0 || v->kind == SPILL_VOLUME_POOL ||
	    v->kind == SPILL_VOLUME_SNAPSHOT)
		return SPILL_OK;
	spill_row_clear(r);
	set_evidence(w, r, IT_EVIDENCE, s->source);
	spill_row_set(r, IT_VOLUME, spill_span(v->name));
	spill_row_set(r, IT_KIND, SPILL_SPAN("range"));
	spill_row_set(r, IT_ALLOC_NAME, SPILL_SPAN("none"));
	spill_row_set(r, IT_CONTENT, SPILL_SPAN("complete"));
	spill_row_set(r, IT_STATUS, spill_span(v->status));
	spill_row_set(r, IT_FRAGMENTS, SPILL_SPAN("1"));
	spill_row_set(r, IT_NOTE, spill_span(v->what));
	return put_range(w, s, v, v->offset, v->length);
}

/* --- evidence ----------------------------------------------------------- */

static unsigned
evidence_column(const char *name)
{
	return (unsigned)spill_schema_find(
	    &spill_schema_evidence, spill_span(name));
}

int
walker_record(struct walker *w, const struct fssurvey *v)
{
	struct spill_row *r = &w->row;

	*r = v->image;
	set_evidence(w, r, evidence_column("evidence"), v->source);
	spill_row_set(r, evidence_column("name"), spill_span(v->source->label));
	return put_row(w, r);
}

/* --- for people --------------------------------------------------------- */

static void
put_size(struct spill_buf *b, uint64_t n)
{
	static const char units[] = "KMGTP";
	uint64_t v = n;
	int u = -1;

	while (v >= 10240 && u < 4) {
		v /= 1024;
		u++;
	}
	if (u >= 0)
		spill_buf_printf(
		    b, " (%llu %ciB)", (unsigned long long)v, units[u]);
}

static void
list_image(struct spill_buf *b, const struct fssurvey *v)
{
	static const struct {
		const char *column, *text;
	} lines[] = { { "stored_md5", "stored MD5" },
		{ "stored_sha1", "stored SHA-1" }, { "acquired", "acquired" },
		{ "examiner", "examiner" }, { "case", "case" },
		{ "exhibit", "exhibit" }, { "description", "description" },
		{ "device_serial", "serial number" } };
	const struct spill_row *r = &v->image;
	struct spill_span size = spill_row_get(r, evidence_column("size"));
	struct spill_span n = spill_row_get(r, evidence_column("segments"));
	uint64_t bytes = 0;

	(void)spill_span_uint(size, &bytes);
	spill_name_escape(b, spill_span(v->source->path));
	spill_buf_putc(b, '\n');
	spill_buf_printf(b, "  name           %s\n", v->source->label);
	spill_buf_puts(b, "  format         ");
	spill_buf_span(b, spill_row_get(r, evidence_column("format")));
	spill_buf_puts(b, ", segments: ");
	spill_buf_span(b, n);
	spill_buf_puts(b, ", state: ");
	spill_buf_span(b, spill_row_get(r, evidence_column("status")));
	spill_buf_puts(b, "\n  bytes          ");
	spill_buf_span(b, size);
	put_size(b, bytes);
	spill_buf_putc(b, '\n');
	for (size_t i = 0; i < SPILL_COUNT(lines); i++) {
		struct spill_span c =
		    spill_row_get(r, evidence_column(lines[i].column));

		if (c.len == 0)
			continue;
		spill_buf_printf(b, "  %-14s ", lines[i].text);
		spill_buf_span(b, c);
		spill_buf_putc(b, '\n');
	}
}

/* How a hash that was computed stands to the one that is stored. */
static void
list_hash(struct spill_buf *b, const struct fssurvey *v, const char *column,
    const char *name, const char *hash)
{
	struct spill_span c = spill_row_get(&v->image, evidence_column(column));

	spill_buf_printf(b, "  %-14s %s (%s)\n", name, hash,
	    c.len == 0				 ? "none is stored"
	    : spill_span_eq(c, spill_span(hash)) ? "as stored"
						 : "NOT as stored");
}

static void
list_verified(struct spill_buf *b, const struct fssurvey *v)
{
	list_hash(b, v, "stored_md5", "MD5", v->md5);
	list_hash(b, v, "stored_sha1", "SHA-1", v->sha1);
	spill_buf_printf(b, "  %-14s %s\n", "SHA-256", v->sha256);
}

static void
list_volumes(struct spill_buf *b, const struct spill_volumes *l)
{
	static const char *const kinds[] = {
		[SPILL_VOLUME_GAP] = "gap", [SPILL_VOLUME_TABLE] = "table"
	};
	int width = 6;

	spill_buf_printf(b, "  table          %s\n",
	    l->table[0] != '\0' ? l->table : "none");
	for (size_t i = 0; i < l->n; i++)
		width = SPILL_MAX(width, (int)strlen(l->v[i].name));
	spill_buf_printf(b, "    %-*s %15s %15s  %s\n", width, "volume",
	    "first byte", "bytes", "what");
	for (size_t i = 0; i < l->n; i++) {
		const struct spill_volume *v = &l->v[i];

		spill_buf_printf(b, "    %-*s %15llu %15llu  %s", width,
		    v->name[0] != '\0' ? v->name : kinds[v->kind],
		    (unsigned long long)v->offset,
		    (unsigned long long)v->length, v->what);
		if (strcmp(v->status, "ok") != 0)
			spill_buf_printf(b, " (%s)", v->status);
		put_size(b, v->length);
		spill_buf_putc(b, '\n');
	}
}

/* What was odd, as it was told on standard error. */
static void
list_odd(struct spill_buf *b, const struct fssurvey *v)
{
	struct spill_span all = spill_buf_as_span(&v->odd);

	while (all.len > 0) {
		const char *end = memchr(all.p, '\n', all.len);
		size_t n = end != NULL ? (size_t)(end - all.p) : all.len;

		spill_buf_printf(b, "    %-6s ", "!");
		spill_buf_span(b, (struct spill_span){ all.p, n });
		spill_buf_putc(b, '\n');
		n += end != NULL;
		all.p += n;
		all.len -= n;
	}
}

int
walker_list(struct walker *w, const struct fssurvey *v)
{
	struct spill_buf b = SPILL_BUF_INIT((size_t)4 << 20);
	int rc;

	list_image(&b, v);
	if (v->verified)
		list_verified(&b, v);
	list_volumes(&b, &v->list);
	list_odd(&b, v);
	spill_out_put(spill_tool_out(w->tool), b.p, b.len);
	rc = b.rc;
	spill_buf_release(&b);
	return rc;
}
