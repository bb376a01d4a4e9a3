#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <spill/diag.h>
#include <spill/locator.h>
#include <spill/name.h>
#include <spill/reader.h>

#include "table_i.h"

#define TAIL	 65536 /* a seal is in the last so many bytes of a file */
#define SEAL	 "#seal "
#define SEAL_LEN (sizeof(SEAL) - 1)

enum spill_syntax
spill_syntax_guess(struct spill_span s)
{
	const char *lf = s.len > 0 ? memchr(s.p, '\n', s.len) : NULL;
	size_t line = lf != NULL ? (size_t)(lf - s.p) : s.len;

	if (s.len >= 3 && memcmp(s.p, "\xef\xbb\xbf", 3) == 0 && line >= 3) {
		s.p += 3;
		line -= 3;
	}
	if (line > 0 && s.p[0] == '{')
		return SPILL_SYNTAX_JSONL;
	if (line > 0 && memchr(s.p, '\t', line) != NULL)
		return SPILL_SYNTAX_TSV;
	return SPILL_SYNTAX_CSV;
}

/* A file whose end has no seal is spared the hashing. */
static bool
may_have_seal(const struct spill_in *in)
{
	int fd = spill_in_fd(in);
	struct stat st;
	char *tail;
	ssize_t n;
	bool found = true;

	/* What cannot be looked at from its end may have one. */
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return true;
	tail = malloc(TAIL);
	if (tail != NULL) {
		n = pread(fd, tail, TAIL, SPILL_MAX(st.st_size - TAIL, 0));
		/* A last line that begins before may be one, too. */
		found = n < 2 || memmem(tail, (size_t)n, "#seal", 5) != NULL ||
			memchr(tail, '\n', (size_t)n - 1) == NULL;
	}
	free(tail);
	return found;
}

/*
 * Is it a record, whose first line a filter such as grep has dropped? No
 * column is called like a locator.
 */
static bool
is_record(struct spill_span line, enum spill_syntax syntax)
{
	struct spill_arena a = SPILL_ARENA_INIT((size_t)1 << 20);
	struct spill_span cell[64];
	struct spill_locator l;
	size_t n;
	bool found = false;

	n = spill_table_split(line, syntax == SPILL_SYNTAX_TSV ? '\t' : ',',
	    cell, SPILL_COUNT(cell));
	for (size_t i = 0; i < SPILL_MIN(n, SPILL_COUNT(cell)) && !found; i++)
		found = spill_locator_parse(cell[i], &a, &l, NULL) == SPILL_OK;
	spill_arena_release(&a);
	return found;
}

/* What is in the way of a table is told, if it is known. */
static int
check_header(
    struct spill_in *in, enum spill_syntax syntax, struct spill_buf *why)
{
	struct spill_span start;
	const char *lf;
	int rc = spill_in_peek(in, 4096, &start);

	if ((rc != SPILL_OK && rc != SPILL_END) ||
	    syntax == SPILL_SYNTAX_JSONL || start.len == 0)
		return SPILL_OK;
	lf = memchr(start.p, '\n', start.len);
	if (lf != NULL)
		start.len = (size_t)(lf - start.p);
	if (!is_record(start, syntax))
		return SPILL_OK;
	if (why == NULL)
		return SPILL_EFORMAT;
	spill_buf_puts(why,
	    "the first line is a record, where the names of the columns "
	    "belong: a filter must let the first line pass, as awk 'NR == 1 "
	    "|| /docx/' does");
	return SPILL_EFORMAT;
}

int
spill_reader_open(struct spill_reader **out, struct spill_in *in,
    enum spill_syntax syntax, unsigned flags, bool demand,
    struct spill_buf *why)
{
	struct spill_reader *r = calloc(1, sizeof(*r));
	int rc = SPILL_OK;

	if (r == NULL)
		return SPILL_ENOMEM;
	r->in = in;
	r->demand = demand;
	r->syntax = syntax;
	r->filters = SPILL_BUF_INIT((size_t)1 << 20);
	if (demand || may_have_seal(in))
		rc = spill_in_hash(in);
	if (rc == SPILL_OK)
		rc = check_header(in, syntax, why);
	if (rc == SPILL_OK)
		rc = spill_table_open(&r->table, in, syntax, flags, why);
	if (rc != SPILL_OK) {
		spill_reader_free(&r);
		return rc;
	}
	*out = r;
	return SPILL_OK;
}

/* The seal's text in this row, or an empty span. */
static struct spill_span
seal_text(const struct spill_reader *r)
{
	const struct spill_table *t = r->table;
	struct spill_span none = { "", 0 };

	if (t->n == 0)
		return none;
	if (t->cell[0].len > SEAL_LEN &&
	    memcmp(t->cell[0].p, SEAL, SEAL_LEN) == 0) {
		for (size_t i = 1; i < t->n; i++)
			if (t->cell[i].len > 0)
				return none;
		return (struct spill_span){ t->cell[0].p + SEAL_LEN,
			t->cell[0].len - SEAL_LEN };
	}
	for (size_t i = t->n; r->syntax == SPILL_SYNTAX_JSONL && i-- > 0;)
		if (t->cell[i].p != NULL)
			return spill_span_eq(t->name[i], SPILL_SPAN("#seal"))
				   ? t->cell[i]
				   : none;
	return none;
}

/* The value of one key of a list of key=value, unescaped, into b. */
static bool
seal_value(struct spill_span s, const char *key, struct spill_buf *b)
{
	size_t n = strlen(key);

	for (size_t i = 0; i < s.len;) {
		bool this = s.len - i > n && memcmp(s.p + i, key, n) == 0 &&
			    s.p[i + n] == '=';

		for (i += this ? n + 1 : 0; i < s.len && s.p[i] != ';'; i++) {
			if (s.p[i] == '\\' && i + 1 < s.len)
				i++;
			if (this)
				spill_buf_putc(b, s.p[i]);
		}
		if (this)
			return true;
		i++;
	}
	return false;
}

/* One that is free text. */
static bool
seal_text_value(struct spill_span s, const char *key, struct spill_buf *b)
{
	struct spill_buf name = SPILL_BUF_INIT((size_t)8 << 20);
	bool ok = seal_value(s, key, &name);

	spill_name_unescape(b, spill_buf_as_span(&name));
	if (name.rc != SPILL_OK)
		b->rc = name.rc;
	spill_buf_release(&name);
	return ok;
}

static bool
seal_uint(struct spill_span s, const char *key, uint64_t *v)
{
	struct spill_buf b = SPILL_BUF_INIT(64);
	bool ok = seal_value(s, key, &b) && b.rc == SPILL_OK &&
		  spill_span_uint(spill_buf_as_span(&b), v);

	spill_buf_release(&b);
	return ok;
}

static int
broken(const struct spill_reader *r, const char *why)
{
	spill_err("'%s': the seal is broken: %s", spill_in_name(r->in), why);
	return SPILL_ESEAL;
}

/* The text of a seal as far as it is part of the hash. */
static struct spill_span
hashed_part(struct spill_span seal)
{
	static const char last[] = ";sha256=";
	size_t n = sizeof(last) - 1;

	for (size_t i = seal.len; i >= n; i--)
		if (memcmp(seal.p + i - n, last, n) == 0)
			return (struct spill_span){ seal.p, i - n };
	return seal;
}

static int
check_seal(struct spill_reader *r, struct spill_span seal)
{
	struct spill_buf hash = SPILL_BUF_INIT(128);
	char hex[64];
	uint64_t rows = 0;
	bool fits;

	spill_in_hash_more(r->in, hashed_part(seal));
	if (spill_in_digest(r->in, hex) != SPILL_OK)
		return broken(r, "it stands in the middle");
	if (!seal_uint(seal, "rows", &rows) ||
	    !seal_uint(seal, "errors", &r->seal_errors) ||
	    !seal_text_value(seal, "filters", &r->filters) ||
	    !seal_value(seal, "sha256", &hash)) {
		spill_buf_release(&hash);
		return broken(r, "it cannot be read");
	}
	fits = spill_span_eq(
	    spill_buf_as_span(&hash), (struct spill_span){ hex, sizeof(hex) });
	spill_buf_release(&hash);
	if (r->filters.rc != SPILL_OK)
		return r->filters.rc;
	if (rows != r->rows)
		return broken(r, "rows are missing or were added");
	if (!fits)
		return broken(r, "the stream or the seal was changed");
	r->sealed = true;
	return SPILL_OK;
}

int
spill_reader_next(struct spill_reader *r)
{
	struct spill_span seal;
	int rc = spill_table_next(r->table);

	if (rc == SPILL_OK) {
		seal = seal_text(r);
		if (r->sealed)
			return broken(r, "there are rows behind it");
		if (seal.len == 0) {
			r->rows++;
			return SPILL_OK;
		}
		rc = check_seal(r, seal);
		return rc == SPILL_OK ? spill_reader_next(r) : rc;
	}
	if (rc == SPILL_EDAMAGED) {
		r->rows++;
		return r->sealed ? broken(r, "there are rows behind it") : rc;
	}
	if (rc == SPILL_END && r->demand && !r->sealed) {
		spill_err("'%s' has no seal", spill_in_name(r->in));
		return SPILL_ESEAL;
	}
	return rc;
}

void
spill_reader_free(struct spill_reader **r)
{
	if (*r == NULL)
		return;
	spill_table_free(&(*r)->table);
	spill_buf_release(&(*r)->filters);
	free(*r);
	*r = NULL;
}
