#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "table_i.h"

int
spill_table_damaged(struct spill_table_priv *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(t->damage, sizeof(t->damage), fmt, ap);
	va_end(ap);
	t->pub.damage = t->damage;
	return SPILL_EDAMAGED;
}

struct spill_span
spill_table_chop(struct spill_span s)
{
	if (s.len > 0 && s.p[s.len - 1] == '\r')
		s.len--;
	return s;
}

int
spill_table_line(struct spill_table_priv *t, struct spill_span *line)
{
	int rc;

	do {
		rc = spill_in_line(t->in, line);
		if (rc != SPILL_OK && rc != SPILL_ELIMIT)
			return rc;
	} while (spill_table_chop(*line).len == 0);
	t->pub.number = spill_in_number(t->in);
	t->pub.offset = spill_in_offset(t->in);
	t->pub.cut = rc == SPILL_OK && !spill_in_whole(t->in);
	t->text_len = 0;
	if (rc == SPILL_ELIMIT)
		return spill_table_damaged(
		    t, "the line is longer than %zu bytes", SPILL_LINE_MAX);
	return SPILL_OK;
}

int
spill_table_count(struct spill_table_priv *t, size_t n, size_t max)
{
	if (n == max || t->header)
		return SPILL_OK;
	return spill_table_damaged(t, "%zu cell%s where the header has %zu", n,
	    n == 1 ? "" : "s", max);
}

char *
spill_table_text(struct spill_table_priv *t, size_t row)
{
	if (t->text_cap < row) {
		free(t->text);
		t->text_cap = SPILL_MAX(row, (size_t)4096) * 2;
		t->text = malloc(t->text_cap);
		if (t->text == NULL) {
			t->text_cap = 0;
			return NULL;
		}
	}
	return t->text + t->text_len;
}

size_t
spill_table_split(
    struct spill_span s, char delim, struct spill_span *cell, size_t max)
{
	const char *from = s.p, *end = s.p + s.len;
	size_t n = 0;

	for (const char *p = s.p; p < end; p += 8) {
		uint64_t w = 0, hits;

		if (end - p >= 8)
			w = spill_word(p);
		else
			for (size_t i = (size_t)(end - p); i-- > 0;)
				w = w << 8 | (unsigned char)p[i];
		for (hits = spill_word_eq(w, delim); hits != 0;
		     hits &= hits - 1) {
			const char *to = p + (__builtin_ctzll(hits) >> 3);

			if (n < max)
				cell[n] = (struct spill_span){ from,
					(size_t)(to - from) };
			n++;
			from = to + 1;
		}
	}
	if (n < max)
		cell[n] = (struct spill_span){ from, (size_t)(end - from) };
	return n + 1;
}

/* --- TSV ---------------------------------------------------------------- */

static int
unescape(
    struct spill_table_priv *t, struct spill_span row, struct spill_span *cell)
{
	const char *p = cell->p, *end = cell->p + cell->len;
	char *start = spill_table_text(t, row.len), *to = start;

	if (start == NULL)
		return SPILL_ENOMEM;
	for (; p < end; p++) {
		*to++ = *p;
		if (*p != '\\')
			continue;
		if (++p == end || strchr("tnr\\", *p) == NULL || *p == '\0')
			return spill_table_damaged(t,
			    "a backslash that escapes nothing "
			    "at offset %zu of the row",
			    (size_t)(p - 1 - row.p));
		to[-1] = *p == 't'   ? '\t'
			 : *p == 'n' ? '\n'
			 : *p == 'r' ? '\r'
				     : '\\';
	}
	*cell = (struct spill_span){ start, (size_t)(to - start) };
	t->text_len += cell->len;
	return SPILL_OK;
}

int
spill_table_tsv(struct spill_table_priv *t, size_t max, size_t *n)
{
	struct spill_span row, *cell = t->pub.cell;
	int rc = spill_table_line(t, &row);

	if (rc != SPILL_OK)
		return rc;
	row = spill_table_chop(row);
	*n = spill_table_split(row, '\t', cell, max);
	rc = spill_table_count(t, *n, max);
	if (memchr(row.p, '\\', row.len) == NULL)
		return rc;
	for (size_t i = 0; i < SPILL_MIN(*n, max) && rc == SPILL_OK; i++)
		if (cell[i].len > 0 &&
		    memchr(cell[i].p, '\\', cell[i].len) != NULL)
			rc = unescape(t, row, &cell[i]);
	return rc;
}

/* --- all ---------------------------------------------------------------- */

int
spill_table_next(struct spill_table *pub)
{
	struct spill_table_priv *t = (struct spill_table_priv *)pub;
	size_t n = pub->n;

	switch (t->syntax) {
	case SPILL_SYNTAX_CSV:
		return spill_table_csv(t, pub->n, &n);
	case SPILL_SYNTAX_JSONL:
		return spill_table_json(t);
	case SPILL_SYNTAX_TSV:
		break;
	}
	return spill_table_tsv(t, pub->n, &n);
}

static int
skip_mark(struct spill_in *in)
{
	static const char bom[3] = "\xef\xbb\xbf";
	struct spill_span ahead;
	int rc = spill_in_peek(in, sizeof(bom), &ahead);

	if (rc == SPILL_OK && ahead.len >= sizeof(bom) &&
	    memcmp(ahead.p, bom, sizeof(bom)) == 0)
		spill_in_skip(in, sizeof(bom));
	return rc;
}

/* Take the cells of the row just read as names. */
static int
take_names(struct spill_table_priv *t, size_t n)
{
	struct spill_table *pub = &t->pub;

	if (n > SPILL_COLUMNS_MAX) {
		(void)spill_table_damaged(
		    t, "more than %d columns", SPILL_COLUMNS_MAX);
		return SPILL_ELIMIT;
	}
	for (size_t i = 0; i < n; i++) {
		if (spill_columns_find(t->columns, pub->cell[i]) >= 0)
			return spill_table_damaged(t,
			    "two columns are named '%.*s'",
			    (int)SPILL_MIN(pub->cell[i].len, (size_t)80),
			    pub->cell[i].p);
		if (spill_columns_add(t->columns, pub->cell[i]) < 0)
			return SPILL_ENOMEM;
		pub->name[i] = spill_columns_name(t->columns, i);
	}
	pub->n = n;
	return SPILL_OK;
}

static int
read_header(struct spill_table_priv *t)
{
	size_t n = 0;
	int rc;

	if (t->syntax == SPILL_SYNTAX_JSONL)
		return SPILL_OK;
	t->header = true;
	rc = t->syntax == SPILL_SYNTAX_CSV
		 ? spill_table_csv(t, SPILL_COLUMNS_MAX, &n)
		 : spill_table_tsv(t, SPILL_COLUMNS_MAX, &n);
	t->header = false;
	if (rc == SPILL_END) {
		(void)spill_table_damaged(t, "there is no header line");
		return SPILL_EFORMAT;
	}
	return rc == SPILL_OK ? take_names(t, n) : rc;
}

static int
allocate(struct spill_table_priv *t)
{
	static const struct spill_schema none = { .name = "" };
	struct spill_table *pub = &t->pub;

	if (spill_table_csv_init(t) != SPILL_OK)
		return SPILL_ENOMEM;
	pub->cell = calloc(SPILL_COLUMNS_MAX, sizeof(*pub->cell));
	pub->name = calloc(SPILL_COLUMNS_MAX, sizeof(*pub->name));
	t->seen = calloc(SPILL_COLUMNS_MAX, sizeof(*t->seen));
	t->follows = calloc(SPILL_COLUMNS_MAX + 1, sizeof(*t->follows));
	if (pub->cell == NULL || pub->name == NULL || t->seen == NULL ||
	    t->follows == NULL)
		return SPILL_ENOMEM;
	return spill_columns_open(&t->columns, &none);
}

int
spill_table_open(struct spill_table **out, struct spill_in *in,
    enum spill_syntax syntax, unsigned flags, struct spill_buf *why)
{
	struct spill_table_priv *t = calloc(1, sizeof(*t));
	struct spill_table *pub = (struct spill_table *)t;
	int rc;

	if (t == NULL)
		return SPILL_ENOMEM;
	t->in = in;
	t->syntax = syntax;
	t->flags = flags;
	rc = allocate(t);
	if (rc == SPILL_OK)
		rc = skip_mark(in);
	if (rc == SPILL_OK)
		rc = read_header(t);
	if (rc == SPILL_OK) {
		*out = pub;
		return SPILL_OK;
	}
	if (why != NULL && pub->damage != NULL)
		spill_buf_puts(why, pub->damage);
	spill_table_free(&pub);
	return rc;
}

void
spill_table_literal(struct spill_table *t)
{
	((struct spill_table_priv *)t)->flags |= SPILL_TABLE_LITERAL;
}

int
spill_table_find(const struct spill_table *pub, const char *name)
{
	const struct spill_table_priv *t = (const struct spill_table_priv *)pub;

	return spill_columns_find(t->columns, spill_span(name));
}

void
spill_table_free(struct spill_table **out)
{
	struct spill_table_priv *t = (struct spill_table_priv *)*out;

	if (t == NULL)
		return;
	csv_free(&t->csv);
	spill_columns_free(&t->columns);
	free(t->pub.cell);
	free(t->pub.name);
	free(t->seen);
	free(t->follows);
	free(t->text);
	free(t);
	*out = NULL;
}
