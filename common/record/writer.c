#include <csv.h>
#include <stdlib.h>
#include <string.h>

#include <spill/name.h>
#include <spill/wide.h>
#include <spill/writer.h>

struct spill_writer {
	struct spill_out *out;
	enum spill_syntax syntax;
	const struct spill_columns *cols;
	const struct spill_dict *dict;
	const struct spill_schema *schema;
	struct spill_buf scratch; /* JSON text of a cell */
	struct spill_row row;
	size_t n; /* columns */
	uint16_t order[SPILL_COLUMNS_MAX]; /* column at a place */
	uint16_t place[SPILL_COLUMNS_MAX]; /* place of a column */
};

/* --- order of columns --------------------------------------------------- */

static int
by_name(const void *a, const void *b, void *arg)
{
	const struct spill_columns *cols = arg;

	return spill_span_cmp(spill_columns_name(cols, *(const uint16_t *)a),
	    spill_columns_name(cols, *(const uint16_t *)b));
}

int
spill_writer_open(struct spill_writer **out, struct spill_out *o,
    enum spill_syntax syntax, const struct spill_columns *cols,
    const struct spill_dict *dict)
{
	struct spill_writer *w = calloc(1, sizeof(*w));
	size_t known = spill_columns_schema(cols)->n;

	if (w == NULL)
		return SPILL_ENOMEM;
	w->out = o;
	w->syntax = syntax;
	w->cols = cols;
	w->dict = dict;
	w->schema = spill_columns_schema(cols);
	w->n = spill_columns_count(cols);
	w->scratch = SPILL_BUF_INIT((size_t)256 << 20);
	for (size_t i = 0; i < w->n; i++)
		w->order[i] = (uint16_t)i;
	qsort_r(w->order + known, w->n - known, sizeof(*w->order), by_name,
	    (void *)(uintptr_t)cols);
	for (size_t i = 0; i < w->n; i++)
		w->place[w->order[i]] = (uint16_t)i;
	*out = w;
	return SPILL_OK;
}

void
spill_writer_free(struct spill_writer **w)
{
	if (*w == NULL)
		return;
	spill_buf_release(&(*w)->scratch);
	free(*w);
	*w = NULL;
}

const uint16_t *
spill_writer_columns(const struct spill_writer *w, size_t *n)
{
	*n = w->n;
	return w->order;
}

/* --- cells -------------------------------------------------------------- */

static inline spill_wide
quoted(spill_wide v)
{
	return (spill_wide)(v == ',') | (spill_wide)(v == '"') |
	       (spill_wide)(v == '\n') | (spill_wide)(v == '\r');
}

bool
spill_csv_quotes(struct spill_span v)
{
	return spill_wide_any(v.p, v.len, quoted);
}

/* Most cells are a few bytes: no call for those. */
static inline char *
copy(char *to, struct spill_span v)
{
	uint64_t a, b;
	uint32_t c, d;

	if (v.len > 16) {
		memcpy(to, v.p, v.len);
	} else if (v.len >= 8) {
		memcpy(&a, v.p, 8);
		memcpy(&b, v.p + v.len - 8, 8);
		memcpy(to, &a, 8);
		memcpy(to + v.len - 8, &b, 8);
	} else if (v.len >= 4) {
		memcpy(&c, v.p, 4);
		memcpy(&d, v.p + v.len - 4, 4);
		memcpy(to, &c, 4);
		memcpy(to + v.len - 4, &d, 4);
	} else {
		for (size_t i = 0; i < v.len; i++)
			to[i] = v.p[i];
	}
	return to + v.len;
}

static char *
csv_cell(char *to, struct spill_span v)
{
	if (!spill_csv_quotes(v))
		return copy(to, v);
	if (memchr(v.p, '"', v.len) == NULL) {
		*to++ = '"';
		to = copy(to, v);
		*to++ = '"';
		return to;
	}
	return to + csv_write2(to, 2 * v.len + 2, v.p, v.len, '"');
}

static char *
tsv_cell(char *to, struct spill_span v)
{
	for (size_t i = 0; i < v.len; i++) {
		char c = v.p[i];
		char esc = c == '\t'   ? 't'
			   : c == '\n' ? 'n'
			   : c == '\r' ? 'r'
			   : c == '\\' ? '\\'
				       : 0;

		if (esc != 0)
			*to++ = '\\';
		*to++ = esc != 0 ? esc : c;
	}
	return to;
}

static void
json_string(struct spill_writer *w, struct spill_span v)
{
	struct spill_span s;

	spill_buf_reset(&w->scratch);
	spill_buf_putc(&w->scratch, '"');
	spill_json_escape(&w->scratch, v);
	spill_buf_putc(&w->scratch, '"');
	s = spill_buf_as_span(&w->scratch);
	if (w->scratch.rc != SPILL_OK)
		spill_out_break(w->out);
	spill_out_put(w->out, s.p, s.len);
}

static bool
is_number(struct spill_span v)
{
	size_t i = v.p[0] == '-' && v.len > 1;

	if (v.len - i > 15 || (v.p[i] == '0' && v.len > 1))
		return false;
	for (; i < v.len; i++)
		if (v.p[i] < '0' || v.p[i] > '9')
			return false;
	return true;
}

static void
json_cell(struct spill_writer *w, unsigned col, struct spill_span v)
{
	enum spill_type t =
	    col < w->schema->n ? w->schema->columns[col].type : SPILL_T_TEXT;

	if (v.len > 0 && (t == SPILL_T_UINT || t == SPILL_T_INT) &&
	    is_number(v))
		spill_out_put(w->out, v.p, v.len);
	else
		json_string(w, v);
}

/* --- rows --------------------------------------------------------------- */

/* What a cell may take, and no less than csv_write2() asks for. */
static inline size_t
cell_bound(struct spill_span v)
{
	return 2 * v.len + 2;
}

static inline char *
delimited(const struct spill_writer *w, char *to, struct spill_span v)
{
	return w->syntax == SPILL_SYNTAX_TSV ? tsv_cell(to, v)
					     : csv_cell(to, v);
}

static inline char
delimiter(const struct spill_writer *w)
{
	return w->syntax == SPILL_SYNTAX_TSV ? '\t' : ',';
}

/* Cells that stand alone: names of columns, the seal. */
static void
put_delimited(struct spill_writer *w, struct spill_span v)
{
	char *to = spill_out_room(w->out, cell_bound(v));

	if (to != NULL)
		spill_out_took(w->out, (size_t)(delimited(w, to, v) - to));
}

void
spill_writer_header(struct spill_writer *w)
{
	char sep = delimiter(w);

	if (w->syntax == SPILL_SYNTAX_JSONL)
		return;
	for (size_t i = 0; i < w->n; i++) {
		if (i > 0)
			spill_out_put(w->out, &sep, 1);
		put_delimited(w, spill_columns_name(w->cols, w->order[i]));
	}
	spill_out_put(w->out, "\n", 1);
}

/* Places of the cells that are set, in order of output. */
static size_t
places(const struct spill_writer *w, const struct spill_row *r, uint16_t *place)
{
	size_t n = 0, known = w->schema->n;

	for (size_t word = 0; word < (w->n + 63) / 64; word++)
		for (uint64_t bits = r->bits[word]; bits != 0;
		     bits &= bits - 1) {
			unsigned col = (unsigned)word * 64 +
				       (unsigned)__builtin_ctzll(bits);
			uint16_t at = w->place[col];
			size_t k = n++;

			for (; col >= known && k > 0 && place[k - 1] > at; k--)
				place[k] = place[k - 1];
			place[k] = at;
		}
	return n;
}

static void
put_delimiters(struct spill_writer *w, size_t n)
{
	char *to = spill_out_room(w->out, n);

	if (to == NULL)
		return;
	memset(to, delimiter(w), n);
	spill_out_took(w->out, n);
}

static size_t
row_bound(const struct spill_writer *w, const struct spill_row *r,
    const uint16_t *place, size_t n)
{
	size_t bound = w->n + 1;

	for (size_t i = 0; i < n; i++)
		bound += cell_bound(r->cell[w->order[place[i]]]);
	return bound;
}

static bool
is_plain(const struct spill_writer *w, const struct spill_row *r, unsigned col)
{
	return w->dict != NULL && r->refs[col >> 6] >> (col & 63) & 1 &&
	       spill_dict_is_plain(w->dict, r->id[col]);
}

static void
delimited_row(struct spill_writer *w, const struct spill_row *r,
    const uint16_t *place, size_t n)
{
	char *to = spill_out_room(w->out, row_bound(w, r, place, n)), *p = to;
	char sep = delimiter(w);
	size_t at = 0;

	if (to == NULL)
		return;
	for (size_t i = 0; i < n; i++) {
		unsigned col = w->order[place[i]];

		for (; at < place[i]; at++)
			*p++ = sep;
		p = is_plain(w, r, col) ? copy(p, r->cell[col])
					: delimited(w, p, r->cell[col]);
	}
	for (; at + 1 < w->n; at++)
		*p++ = sep;
	*p++ = '\n';
	spill_out_took(w->out, (size_t)(p - to));
}

static void
json_pair(struct spill_writer *w, unsigned col, struct spill_span v)
{
	json_string(w, spill_columns_name(w->cols, col));
	spill_out_put(w->out, ":", 1);
	json_cell(w, col, v);
}

static void
json_row(struct spill_writer *w, const struct spill_row *r,
    const uint16_t *place, size_t n)
{
	/* The first column is always there: it tells what the stream is. */
	spill_out_put(w->out, "{", 1);
	if (n == 0 || place[0] != 0)
		json_pair(w, w->order[0], (struct spill_span){ "", 0 });
	for (size_t i = 0; i < n; i++) {
		unsigned col = w->order[place[i]];

		if (place[i] != 0)
			spill_out_put(w->out, ",", 1);
		json_pair(w, col, r->cell[col]);
	}
	spill_out_put(w->out, "}\n", 2);
}

/* From one place in the row to another. */
static inline char *
move_to(char *to, char sep, unsigned *at, unsigned place)
{
	for (; *at < place; ++*at)
		*to++ = sep;
	return to;
}

/* The columns are those of the schema, each at its place. */
static void
known_row(struct spill_writer *w, const struct spill_row *r)
{
	size_t bound = w->n + 1;
	unsigned at = 0;
	char *to, *p;

	for (uint64_t b = r->bits[0]; b != 0; b &= b - 1)
		bound += cell_bound(r->cell[__builtin_ctzll(b)]);
	to = p = spill_out_room(w->out, bound);
	if (to == NULL)
		return;
	for (uint64_t b = r->bits[0]; b != 0; b &= b - 1) {
		unsigned col = (unsigned)__builtin_ctzll(b);

		p = move_to(p, delimiter(w), &at, col);
		p = delimited(w, p, r->cell[col]);
	}
	p = move_to(p, delimiter(w), &at, (unsigned)w->n - 1);
	*p++ = '\n';
	spill_out_took(w->out, (size_t)(p - to));
}

void
spill_writer_row(struct spill_writer *w, const struct spill_row *r)
{
	uint16_t place[SPILL_COLUMNS_MAX];
	size_t n;

	if (w->syntax != SPILL_SYNTAX_JSONL && w->dict == NULL && w->n <= 64 &&
	    w->n == w->schema->n) {
		known_row(w, r);
		return;
	}
	n = places(w, r, place);
	if (w->syntax == SPILL_SYNTAX_JSONL)
		json_row(w, r, place, n);
	else
		delimited_row(w, r, place, n);
}

/* --- packed rows -------------------------------------------------------- */

struct place {
	unsigned at;
	bool plain;
	struct spill_span value;
};

/* Columns beyond the schema, in order of output; the walk is at the first. */
static size_t
others(const struct spill_writer *w, struct spill_walk *walk,
    struct place out[SPILL_COLUMNS_MAX])
{
	size_t n = 0;

	for (; walk->col < SPILL_COLUMNS_MAX; spill_walk_next(walk)) {
		unsigned at = w->place[walk->col];
		size_t k = n++;

		for (; k > 0 && out[k - 1].at > at; k--)
			out[k] = out[k - 1];
		out[k] = (struct place){ at,
			walk->id >= 0 &&
			    spill_dict_is_plain(w->dict, (uint64_t)walk->id),
			walk->value };
	}
	return n;
}

static char *
packed_cells(const struct spill_writer *w, char *p, struct spill_span rec,
    struct spill_span first)
{
	struct spill_walk walk = spill_walk(rec, w->dict);
	struct place rest[SPILL_COLUMNS_MAX];
	char sep = delimiter(w);
	unsigned at = 0;
	size_t n;

	p = copy(p, first);
	for (; walk.col < w->schema->n; spill_walk_next(&walk)) {
		p = move_to(p, sep, &at, walk.col);
		p = walk.id >= 0 &&
			    spill_dict_is_plain(w->dict, (uint64_t)walk.id)
			? copy(p, walk.value)
			: delimited(w, p, walk.value);
	}
	n = others(w, &walk, rest);
	for (size_t i = 0; i < n; i++) {
		p = move_to(p, sep, &at, rest[i].at);
		p = rest[i].plain ? copy(p, rest[i].value)
				  : delimited(w, p, rest[i].value);
	}
	p = move_to(p, sep, &at, (unsigned)w->n - 1);
	*p++ = '\n';
	return p;
}

static void
packed_row(
    struct spill_writer *w, struct spill_span rec, struct spill_span first)
{
	struct spill_walk walk = spill_walk(rec, w->dict);
	struct spill_row *r = &w->row;

	spill_row_clear(r);
	spill_row_set(r, 0, first);
	for (; walk.col < SPILL_COLUMNS_MAX; spill_walk_next(&walk))
		spill_row_set(r, walk.col, walk.value);
	spill_writer_row(w, r);
}

void
spill_writer_packed(
    struct spill_writer *w, struct spill_span rec, struct spill_span first)
{
	/* A cell takes three bytes or more, so that is how many there are. */
	size_t longest = w->dict != NULL ? spill_dict_longest(w->dict) : 0;
	size_t bound = 2 * (rec.len + first.len) + w->n + 1 +
		       rec.len / 3 * (2 * longest + 2);
	char *to;

	if (w->syntax == SPILL_SYNTAX_JSONL || longest > 1024) {
		packed_row(w, rec, first);
		return;
	}
	to = spill_out_room(w->out, bound);
	if (to != NULL)
		spill_out_took(
		    w->out, (size_t)(packed_cells(w, to, rec, first) - to));
}

/* --- the seal ----------------------------------------------------------- */

/* Free text is escaped as names are, so the seal is one line. */
static void
list_value(struct spill_buf *b, const char *key, struct spill_span raw)
{
	struct spill_buf name = SPILL_BUF_INIT((size_t)4 << 20);
	struct spill_span v;

	spill_buf_printf(b, ";%s=", key);
	spill_name_escape(&name, raw);
	v = spill_buf_as_span(&name);
	if (name.rc != SPILL_OK)
		b->rc = name.rc;
	for (size_t i = 0; i < v.len; i++) {
		if (v.p[i] == ';' || v.p[i] == '\\')
			spill_buf_putc(b, '\\');
		spill_buf_putc(b, v.p[i]);
	}
	spill_buf_release(&name);
}

static void
put_seal(struct spill_writer *w, const struct spill_buf *seal)
{
	struct spill_buf b = SPILL_BUF_INIT((size_t)8 << 20);

	if (w->syntax == SPILL_SYNTAX_JSONL) {
		spill_out_put(w->out, "{\"#seal\":", 9);
		json_string(w, spill_buf_as_span(seal));
		spill_out_put(w->out, "}\n", 2);
		return;
	}
	spill_buf_puts(&b, "#seal ");
	spill_buf_span(&b, spill_buf_as_span(seal));
	if (b.rc != SPILL_OK)
		spill_out_break(w->out);
	put_delimited(w, spill_buf_as_span(&b));
	put_delimiters(w, w->n - 1);
	spill_out_put(w->out, "\n", 1);
	spill_buf_release(&b);
}

int
spill_writer_seal(struct spill_writer *w, const struct spill_seal *seal)
{
	struct spill_buf b = SPILL_BUF_INIT((size_t)8 << 20);
	char hex[64];
	int rc;

	spill_buf_printf(&b, "rows=%llu;errors=%llu",
	    (unsigned long long)seal->rows, (unsigned long long)seal->errors);
	list_value(&b, "filters", seal->filters);
	list_value(&b, "options", seal->options);
	rc = b.rc;
	if (rc == SPILL_OK)
		rc = spill_out_hash_more(w->out, spill_buf_as_span(&b));
	if (rc == SPILL_OK)
		rc = spill_out_digest(w->out, hex);
	if (rc == SPILL_OK) {
		list_value(
		    &b, "sha256", (struct spill_span){ hex, sizeof(hex) });
		put_seal(w, &b);
		rc = b.rc;
	}
	spill_buf_release(&b);
	return rc;
}
