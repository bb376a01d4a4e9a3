/*
 * reader_fuzz.c: record streams with seals. The first byte says in which
 * syntax, whether a seal is demanded, and what is done with the rest:
 *
 * It is the stream. Then a file and a pipe give the same, the rows that are
 * counted are those that came, and a stream that is at its end without a seal
 * had none to check.
 *
 * Or it is what a stream is made of: rows, and free text of the seal. As it
 * was written, the stream passes; with a byte changed before its seal, it
 * does not.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <spill/buf.h>
#include <spill/in.h>
#include <spill/reader.h>
#include <spill/writer.h>

#define PIECES 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

/* --- reading ------------------------------------------------------------ */

struct outcome {
	int rc;
	uint64_t rows;
	bool sealed;
	uint64_t errors;
};

static int
file_of(struct spill_span s)
{
	int fd = memfd_create("fuzz", 0);

	must(fd >= 0 && write(fd, s.p, s.len) == (ssize_t)s.len);
	must(lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

static int
pipe_of(struct spill_span s)
{
	size_t piece = s.len / PIECES + 1;
	int fds[2];

	must(pipe2(fds, O_DIRECT) == 0);
	for (size_t at = 0; at < s.len; at += piece) {
		size_t n = SPILL_MIN(piece, s.len - at);

		must(write(fds[1], s.p + at, n) == (ssize_t)n);
	}
	must(close(fds[1]) == 0);
	return fds[0];
}

static bool
goes_on(int rc)
{
	return rc == SPILL_OK || rc == SPILL_EDAMAGED;
}

/* All of it; what the seal has of filters into b. */
static struct outcome
read_all(int fd, enum spill_syntax syntax, bool demand, struct spill_buf *b)
{
	struct spill_in *in = NULL;
	struct spill_reader *r = NULL;
	struct outcome o = { 0 };
	uint64_t rows = 0;

	must(spill_in_open(&in, fd, "fuzz") == SPILL_OK);
	o.rc = spill_reader_open(&r, in, syntax, 0, demand, NULL);
	must(o.rc == SPILL_OK || r == NULL);
	while (r != NULL && goes_on(o.rc = spill_reader_next(r))) {
		must(!r->sealed);
		must(++rows == r->rows);
	}
	if (r != NULL) {
		must(o.rc == SPILL_END || o.rc == SPILL_ESEAL ||
		     o.rc == SPILL_ELIMIT);
		must(r->rows - rows <= 1); /* a damaged one behind the seal */
		must(o.rc != SPILL_END || r->rows == rows);
		must(o.rc != SPILL_END || r->sealed || !demand);
		o.rows = rows;
		o.sealed = r->sealed;
		o.errors = r->seal_errors;
		if (b != NULL)
			spill_buf_span(b, spill_buf_as_span(&r->filters));
	}
	spill_reader_free(&r);
	spill_in_free(&in);
	return o;
}

static void
check_stream(struct spill_span s, enum spill_syntax syntax, bool demand)
{
	struct outcome a = read_all(file_of(s), syntax, demand, NULL);
	struct outcome b = read_all(pipe_of(s), syntax, demand, NULL);

	must(a.rc == b.rc && a.rows == b.rows);
	must(a.rc != SPILL_END || a.sealed == b.sealed);
}

/* --- writing ------------------------------------------------------------ */

struct source {
	const char *p, *end;
};

static unsigned
take(struct source *s)
{
	return s->p < s->end ? (unsigned char)*s->p++ : 0;
}

static struct spill_span
take_text(struct source *s)
{
	size_t n = take(s) % 40;
	struct spill_span v = { s->p, SPILL_MIN(n, (size_t)(s->end - s->p)) };

	s->p += v.len;
	return v;
}

static struct spill_row row;

static uint64_t
put_rows(struct spill_writer *w, size_t columns, struct source *s)
{
	uint64_t n = take(s) % 8;

	for (uint64_t i = 0; i < n; i++) {
		spill_row_clear(&row);
		for (unsigned k = take(s) % 4; k > 0; k--) {
			unsigned col = take(s) % (unsigned)columns;

			spill_row_set(&row, col, take_text(s));
		}
		/* A row that says "seal" there would be none of ours. */
		spill_row_set(&row, 0, SPILL_SPAN("item"));
		spill_writer_row(w, &row);
	}
	return n;
}

/* The stream, its seal and where that begins. */
static struct spill_buf
write_stream(struct source *s, enum spill_syntax syntax,
    struct spill_seal *seal, size_t *body)
{
	int out = memfd_create("out", 0), stdout_was = dup(STDOUT_FILENO);
	struct spill_buf text = SPILL_BUF_INIT((size_t)1 << 24);
	struct spill_columns *cols = NULL;
	struct spill_writer *w = NULL;
	struct spill_out *o = NULL;
	size_t len;

	must(out >= 0 && stdout_was >= 0 && dup2(out, STDOUT_FILENO) >= 0);
	must(spill_columns_open(&cols, &spill_schema_link) == SPILL_OK);
	for (unsigned k = take(s) % 4; k > 0; k--) {
		struct spill_span name = take_text(s);

		if (!spill_span_eq(name, SPILL_SPAN("#seal")))
			must(spill_columns_add(cols, name) >= 0);
	}
	must(spill_out_open(&o, NULL) == SPILL_OK);
	must(spill_out_hash(o) == SPILL_OK);
	must(spill_writer_open(&w, o, syntax, cols, NULL) == SPILL_OK);
	spill_writer_header(w);
	seal->rows = put_rows(w, spill_columns_count(cols), s);
	seal->errors = take(s);
	seal->filters = take_text(s);
	seal->options = take_text(s);
	*body = (size_t)spill_out_bytes(o);
	must(spill_writer_seal(w, seal) == SPILL_OK);
	len = (size_t)spill_out_bytes(o);
	must(spill_out_close(&o) == SPILL_OK);
	spill_writer_free(&w);
	spill_columns_free(&cols);
	must(dup2(stdout_was, STDOUT_FILENO) >= 0 && close(stdout_was) == 0);
	must(spill_buf_room(&text, len) != NULL);
	must(pread(out, text.p, len, 0) == (ssize_t)len);
	text.len = len;
	must(close(out) == 0);
	return text;
}

static void
check_written(struct source *s, enum spill_syntax syntax)
{
	struct spill_seal seal = { 0 };
	struct spill_buf filters = SPILL_BUF_INIT(1000), text;
	size_t body, at;
	struct outcome o;
	unsigned by;

	text = write_stream(s, syntax, &seal, &body);
	for (int demand = 0; demand <= 1; demand++) {
		spill_buf_reset(&filters);
		o = read_all(file_of(spill_buf_as_span(&text)), syntax, demand,
		    &filters);
		must(o.rc == SPILL_END && o.sealed);
		must(o.rows == seal.rows && o.errors == seal.errors);
		must(spill_span_eq(spill_buf_as_span(&filters), seal.filters));
		o = read_all(
		    pipe_of(spill_buf_as_span(&text)), syntax, demand, NULL);
		must(o.rc == SPILL_END && o.sealed);
	}
	at = take(s) * 256 + take(s);
	by = take(s);
	if (body > 0 && by != 0) {
		text.p[at % body] = (char)(text.p[at % body] ^ (char)by);
		o = read_all(
		    file_of(spill_buf_as_span(&text)), syntax, true, NULL);
		must(o.rc < 0);
	}
	spill_buf_release(&filters);
	spill_buf_release(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct spill_span text;
	struct source s;
	enum spill_syntax syntax;

	if (size < 1 || size > (size_t)PIECES * 4000)
		return 0;
	syntax = (enum spill_syntax)((data[0] & 3) % 3);
	text = (struct spill_span){ (const char *)data + 1, size - 1 };
	s = (struct source){ text.p, text.p + text.len };
	if (data[0] & 8)
		check_written(&s, syntax);
	else
		check_stream(text, syntax, data[0] & 4);
	return 0;
}
