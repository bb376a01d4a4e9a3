/*
 * jsonl_fuzz.c: JSON lines. The first byte says where to cut, the rest is
 * text.
 *
 * What must hold: rows begin behind an LF, in order, within their bytes;
 * what was read of a row, written again, reads the same; a prefix of the
 * text has the same rows; and any bytes, escaped and read, are the same.
 */
#include <spill/buf.h>
#include <spill/in.h>
#include <spill/row.h>
#include <spill/table.h>

#include "fuzz.h"

#define CEILING ((size_t)256 << 20)

static struct spill_table *
open_text(struct spill_span s, struct spill_in **in)
{
	struct spill_table *t = NULL;

	must(spill_in_open(in, file_of(s), "fuzz") == SPILL_OK);
	must(
	    spill_table_open(&t, *in, SPILL_SYNTAX_JSONL, 0, NULL) == SPILL_OK);
	return t;
}

static void
put_string(struct spill_buf *b, struct spill_span s)
{
	spill_buf_putc(b, '"');
	spill_json_escape(b, s);
	spill_buf_putc(b, '"');
}

/* The row as a line; every value is a string now. */
static void
put_row(struct spill_buf *b, const struct spill_table *t)
{
	char sep = '{';

	for (size_t i = 0; i < t->n; i++)
		if (t->cell[i].p != NULL) {
			spill_buf_putc(b, sep);
			put_string(b, t->name[i]);
			spill_buf_putc(b, ':');
			put_string(b, t->cell[i]);
			sep = ',';
		}
	spill_buf_puts(b, sep == '{' ? "{}\n" : "}\n");
}

static void
check_row(struct spill_span text, const struct spill_table *t, int rc,
    uint64_t behind)
{
	size_t bytes = 0;

	must(t->offset < behind && behind <= text.len);
	must(t->offset == 0 || t->offset == 3 || text.p[t->offset - 1] == '\n');
	must(t->cut == (text.p[behind - 1] != '\n'));
	must(t->n <= SPILL_COLUMNS_MAX);
	if (rc != SPILL_OK)
		must(t->damage != NULL && *t->damage != '\0');
	for (size_t i = 0; rc == SPILL_OK && i < t->n; i++)
		if (t->cell[i].p != NULL)
			bytes += t->cell[i].len + 1;
	must(bytes <= behind - t->offset);
}

/* Rewrites text to b up to rows that end behind stop; counts whole rows. */
static size_t
rewrite(struct spill_buf *b, struct spill_span text, size_t stop)
{
	struct spill_in *in = NULL;
	struct spill_table *t = open_text(text, &in);
	uint64_t number = 0;
	size_t rows = 0;
	int rc;

	while ((rc = spill_table_next(t)) != SPILL_END) {
		must(rc == SPILL_OK || rc == SPILL_EDAMAGED);
		check_row(text, t, rc, spill_in_bytes(in));
		must(t->number > number);
		number = t->number;
		if (spill_in_bytes(in) > stop)
			break;
		if (rc == SPILL_OK) {
			put_row(b, t);
			rows++;
		}
	}
	must(b->rc == SPILL_OK);
	spill_table_free(&t);
	spill_in_free(&in);
	return rows;
}

static void
check_rewritten(struct spill_span text)
{
	struct spill_buf a = SPILL_BUF_INIT(CEILING);
	struct spill_buf b = SPILL_BUF_INIT(CEILING);
	size_t rows = rewrite(&a, text, SIZE_MAX);

	must(rewrite(&b, spill_buf_as_span(&a), SIZE_MAX) == rows);
	/* Columns may come in another order the first time: null counts. */
	spill_buf_reset(&a);
	must(rewrite(&a, spill_buf_as_span(&b), SIZE_MAX) == rows);
	must(spill_span_eq(spill_buf_as_span(&a), spill_buf_as_span(&b)));
	spill_buf_release(&a);
	spill_buf_release(&b);
}

static void
check_prefix(struct spill_span text, size_t cut)
{
	struct spill_buf all = SPILL_BUF_INIT(CEILING);
	struct spill_buf part = SPILL_BUF_INIT(CEILING);

	(void)rewrite(&all, text, cut);
	(void)rewrite(&part, (struct spill_span){ text.p, cut }, SIZE_MAX);
	must(part.len >= all.len);
	must(all.len == 0 || memcmp(part.p, all.p, all.len) == 0);
	spill_buf_release(&all);
	spill_buf_release(&part);
}

static void
check_bytes(struct spill_span raw)
{
	struct spill_buf b = SPILL_BUF_INIT(CEILING);
	struct spill_in *in = NULL;
	struct spill_table *t;

	spill_buf_puts(&b, "{\"a\":");
	put_string(&b, raw);
	spill_buf_puts(&b, "}");
	t = open_text(spill_buf_as_span(&b), &in);
	must(spill_table_next(t) == SPILL_OK);
	must(spill_span_eq(t->cell[0], raw));
	spill_table_free(&t);
	spill_in_free(&in);
	spill_buf_release(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct spill_span text;

	if (size < 1 || size > 100000)
		return 0;
	text = (struct spill_span){ (const char *)data + 1, size - 1 };
	check_rewritten(text);
	check_prefix(text, data[0] * text.len / 256);
	check_bytes(text);
	return 0;
}
