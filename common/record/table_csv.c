#include "table_i.h"

/* A row as it is taken apart. */
struct csv_row {
	struct spill_table_priv *t;
	const char *start, *end;
	size_t n, max; /* cells found, cells to keep */
};

int
spill_table_csv_init(struct spill_table_priv *t)
{
	if (csv_init(&t->csv, CSV_STRICT | CSV_STRICT_FINI) != 0)
		return SPILL_ENOMEM;
	csv_set_blk_size(&t->csv, (size_t)64 << 10);
	return SPILL_OK;
}

static void
put_plain(struct csv_row *r, const char *p, size_t len)
{
	size_t kept = SPILL_MIN(r->n, r->max);

	r->n += spill_table_split((struct spill_span){ p, len }, ',',
	    r->t->pub.cell + kept, r->max - kept);
}

static int
bad_quote(struct csv_row *r, const char *at, const char *what)
{
	return spill_table_damaged(
	    r->t, "%s at offset %zu of the row", what, (size_t)(at - r->start));
}

static void
on_cell(void *p, size_t len, void *ctx)
{
	struct csv_row *r = ctx;
	char *to = r->t->text + r->t->text_len;

	if (r->n < r->max) {
		memcpy(to, p, len);
		r->t->pub.cell[r->n] = (struct spill_span){ to, len };
		r->t->text_len += len;
	}
	r->n++;
}

/* A cell with quotes inside: libcsv's work. */
static int
put_unquoted(struct csv_row *r, const char *p, size_t len)
{
	struct csv_parser *csv = &r->t->csv;
	size_t row = (size_t)(r->end - r->start);

	if (spill_table_text(r->t, row) == NULL)
		return SPILL_ENOMEM;
	if (csv_parse(csv, p, len, on_cell, NULL, r) == len &&
	    csv_fini(csv, on_cell, NULL, r) == 0)
		return SPILL_OK;
	if (csv_error(csv) == CSV_ENOMEM)
		return SPILL_ENOMEM;
	csv_free(csv);
	(void)spill_table_csv_init(r->t);
	return bad_quote(r, p, "a cell that is not RFC 4180");
}

/* The cell whose quote is at p; *behind is what follows its last quote. */
static int
put_quoted(struct csv_row *r, const char *p, const char **behind)
{
	const char *q = p;
	bool doubled = false;

	for (;;) {
		q = memchr(q + 1, '"', (size_t)(r->end - q - 1));
		if (q == NULL)
			return bad_quote(r, p, "a quote is never closed");
		if (q + 1 == r->end || q[1] != '"')
			break;
		doubled = true;
		q++;
	}
	*behind = q + 1;
	if (q + 1 < r->end && q[1] != ',')
		return bad_quote(r, q + 1, "text behind a closing quote");
	if (doubled)
		return put_unquoted(r, p, (size_t)(q + 1 - p));
	if (r->n < r->max)
		r->t->pub.cell[r->n] =
		    (struct spill_span){ p + 1, (size_t)(q - p - 1) };
	r->n++;
	return SPILL_OK;
}

static int
split_quoted(
    struct spill_table_priv *t, struct spill_span row, size_t max, size_t *n)
{
	struct csv_row r = { t, row.p, row.p + row.len, 0, max };
	const char *p = row.p, *q;
	int rc = SPILL_OK;

	while ((q = memchr(p, '"', (size_t)(r.end - p))) != NULL) {
		if (q > p && q[-1] != ',')
			return bad_quote(
			    &r, q, "a quote inside a cell without quotes");
		if (q > p)
			put_plain(&r, p, (size_t)(q - 1 - p));
		rc = put_quoted(&r, q, &p);
		if (rc != SPILL_OK || p == r.end)
			break;
		p++; /* the comma: there is one more cell */
	}
	if (q == NULL)
		put_plain(&r, p, (size_t)(r.end - p));
	*n = r.n;
	return rc;
}

/* Does it hold an odd number of quotes? Then a cell goes on behind it. */
static bool
open_ended(struct spill_span s)
{
	const char *p = s.p, *end = s.p + s.len;
	uint64_t odd = 0;
	unsigned tail = 0;

	for (; end - p >= 8; p += 8)
		odd ^= spill_word_eq(spill_word(p), '"');
	for (; p < end; p++)
		tail ^= *p == '"';
	return (unsigned)__builtin_parityll(odd) != tail;
}

/* The rest of a row whose first line ends inside a cell. */
static int
read_run(struct spill_table_priv *t, struct spill_span *run)
{
	struct spill_span line;
	int rc;

	do
		rc = spill_in_line(t->in, &line);
	while (rc == SPILL_OK && !open_ended(line));
	if (rc == SPILL_END || rc == SPILL_ELIMIT)
		return spill_table_damaged(t, "a quote is never closed%s",
		    rc == SPILL_END ? "" : " within the longest row there is");
	if (rc == SPILL_OK)
		*run = spill_in_run(t->in);
	return rc;
}

static int
quoted_row(
    struct spill_table_priv *t, struct spill_span row, size_t max, size_t *n)
{
	bool literal = (t->flags & SPILL_TABLE_LITERAL) != 0;
	bool spans = !literal && open_ended(row);
	int rc = SPILL_OK;

	if (literal && !t->header) {
		*n = spill_table_split(
		    spill_table_chop(row), ',', t->pub.cell, max);
		if (*n == max)
			return SPILL_OK;
	}
	if (spans) {
		spill_in_mark(t->in);
		rc = read_run(t, &row);
	}
	if (rc == SPILL_OK)
		rc = split_quoted(t, spill_table_chop(row), max, n);
	if (rc == SPILL_OK)
		rc = spill_table_count(t, *n, max);
	if (spans && rc == SPILL_EDAMAGED) {
		spill_in_rewind(t->in);
	} else if (spans) {
		t->pub.cut = !spill_in_whole(t->in);
		spill_in_unmark(t->in);
	}
	return rc;
}

int
spill_table_csv(struct spill_table_priv *t, size_t max, size_t *n)
{
	struct spill_span row;
	int rc = spill_table_line(t, &row);

	if (rc != SPILL_OK)
		return rc;
	if (memchr(row.p, '"', row.len) != NULL)
		return quoted_row(t, row, max, n);
	*n = spill_table_split(spill_table_chop(row), ',', t->pub.cell, max);
	return spill_table_count(t, *n, max);
}
