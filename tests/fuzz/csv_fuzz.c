/*
 * csv_fuzz.c: CSV and TSV. The first byte says which, the second where to
 * cut, the rest is text.
 *
 * What must hold: the same rows come from a file and from a pipe in pieces;
 * rows begin behind an LF, in order, each within its own bytes; and a prefix
 * of the text has the same rows, but for one that is cut.
 */
#include <fcntl.h>

#include <spill/buf.h>
#include <spill/in.h>
#include <spill/row.h>
#include <spill/table.h>

#include "fuzz.h"

#define PIECES 8

struct text {
	const char *p;
	size_t len;
	enum spill_syntax syntax;
	unsigned flags;
};

static struct spill_in *
open_file(const char *p, size_t n)
{
	int fd = file_of((struct spill_span){ p, n });
	struct spill_in *in = NULL;

	must(spill_in_open(&in, fd, "fuzz") == SPILL_OK);
	return in;
}

/* A pipe that gives the text in pieces; it must fit the pipe. */
static struct spill_in *
open_pipe(const char *p, size_t n)
{
	struct spill_in *in = NULL;
	size_t piece = n / PIECES + 1;
	int fds[2];

	must(pipe2(fds, O_DIRECT) == 0);
	for (size_t at = 0; at < n; at += piece) {
		size_t len = SPILL_MIN(piece, n - at);

		must(write(fds[1], p + at, len) == (ssize_t)len);
	}
	must(close(fds[1]) == 0);
	must(spill_in_open(&in, fds[0], "fuzz") == SPILL_OK);
	return in;
}

static void
check_row(
    const struct text *x, const struct spill_table *t, int rc, uint64_t behind)
{
	size_t bytes = 0;

	must(t->offset < behind && behind <= x->len);
	must(t->offset == 0 || t->offset == 3 || x->p[t->offset - 1] == '\n');
	must(!t->cut || behind == x->len);
	must(t->n > 0 && t->n <= SPILL_COLUMNS_MAX);
	if (rc != SPILL_OK) {
		must(t->damage != NULL && *t->damage != '\0');
		return;
	}
	for (size_t i = 0; i < t->n; i++) {
		must(t->cell[i].p != NULL);
		bytes += t->cell[i].len + 1;
	}
	must(bytes <= behind - t->offset + (t->cut ? 1 : 0));
}

static void
tell(struct spill_buf *b, const struct spill_table *t, int rc)
{
	uint64_t head[] = { t->number, t->offset, (uint64_t)rc, t->cut, t->n };

	spill_buf_put(b, head, sizeof(head));
	for (size_t i = 0; rc == SPILL_OK && i < t->n; i++) {
		spill_buf_put(b, &t->cell[i].len, sizeof(t->cell[i].len));
		spill_buf_span(b, t->cell[i]);
	}
}

/* All that is read up to rows that end behind stop. Returns where the last
 * row begins; *cut: that it is cut. */
static size_t
read_all(struct spill_buf *b, struct spill_in *in, const struct text *x,
    size_t stop, bool *cut)
{
	struct spill_table *t = NULL;
	uint64_t number = 0, offset = 0;
	size_t last = 0;
	int rc = spill_table_open(&t, in, x->syntax, x->flags, b);

	*cut = false;
	if (rc == SPILL_OK && spill_in_bytes(in) > stop)
		rc = SPILL_END;
	while (t != NULL && (rc == SPILL_OK || rc == SPILL_EDAMAGED)) {
		rc = spill_table_next(t);
		if (rc == SPILL_END || spill_in_bytes(in) > stop)
			break;
		must(rc == SPILL_OK || rc == SPILL_EDAMAGED);
		check_row(x, t, rc, spill_in_bytes(in));
		must(t->number > number && t->offset >= offset);
		number = t->number;
		offset = t->offset;
		last = b->len;
		*cut = t->cut;
		tell(b, t, rc);
	}
	must(b->rc == SPILL_OK);
	spill_table_free(&t);
	spill_in_free(&in);
	return last;
}

static void
check_prefix(const struct text *x, size_t at)
{
	struct text less = *x;
	struct spill_buf all = SPILL_BUF_INIT((size_t)64 << 20);
	struct spill_buf part = SPILL_BUF_INIT((size_t)64 << 20);
	bool cut;
	size_t last;

	(void)read_all(&all, open_file(x->p, x->len), x, at, &cut);
	less.len = at;
	last = read_all(&part, open_file(x->p, at), &less, SIZE_MAX, &cut);
	if (all.len > 0 && last > 0) {
		size_t same = cut ? SPILL_MIN(last, all.len) : all.len;

		must(part.len >= same && memcmp(part.p, all.p, same) == 0);
	}
	spill_buf_release(&all);
	spill_buf_release(&part);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text x = { .syntax = SPILL_SYNTAX_CSV };
	struct spill_buf a = SPILL_BUF_INIT((size_t)64 << 20);
	struct spill_buf b = SPILL_BUF_INIT((size_t)64 << 20);
	bool cut;

	if (size < 2 || size > (size_t)PIECES * 4000)
		return 0;
	x.p = (const char *)data + 2;
	x.len = size - 2;
	if (data[0] & 1)
		x.syntax = SPILL_SYNTAX_TSV;
	if (data[0] & 2)
		x.flags = SPILL_TABLE_LITERAL;
	(void)read_all(&a, open_file(x.p, x.len), &x, SIZE_MAX, &cut);
	(void)read_all(&b, open_pipe(x.p, x.len), &x, SIZE_MAX, &cut);
	must(spill_span_eq(spill_buf_as_span(&a), spill_buf_as_span(&b)));
	spill_buf_release(&a);
	spill_buf_release(&b);
	check_prefix(&x, data[1] * x.len / 256);
	return 0;
}
