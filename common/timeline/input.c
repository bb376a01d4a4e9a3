/*
 * input.c: one operand: open it, see what it is, read it.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <spill/diag.h>
#include <spill/locator.h>

#include "timeline_i.h"

#define PEEK ((size_t)64 << 10)

const char *const spill_timeline_from[] = { "auto", "record", "bodyfile",
	"plaso", "l2tcsv", "timesketch", NULL };

static const struct tl_format *const formats[] = { NULL, &tl_format_record,
	&tl_format_bodyfile, &tl_format_plaso, &tl_format_l2tcsv,
	&tl_format_timesketch };

/* --- opening ------------------------------------------------------------ */

/* Why an input cannot be read at all: said here, counted as an error. */
static int
refuse(struct tl_input *in, const char *why)
{
	tl_error(in, in->in == NULL ? "unreadable" : "unsupported", 0, 0, why);
	return SPILL_EFORMAT;
}

static int
open_input(struct tl_input *in, const char *path)
{
	struct stat st;
	int fd = STDIN_FILENO;

	in->path = "standard input";
	if (path != NULL && strcmp(path, "-") != 0) {
		in->path = path;
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	}
	if (fd < 0 || fstat(fd, &st) != 0)
		return refuse(in, strerror(errno));
	if (S_ISDIR(st.st_mode)) {
		if (fd != STDIN_FILENO)
			(void)close(fd);
		return refuse(in, "it is a folder");
	}
	return spill_in_open(&in->in, fd, in->path);
}

/* What its events will be known by. */
static int
name_input(struct tl_input *in)
{
	struct spill_span path = spill_in_fd(in->in) == STDIN_FILENO
				     ? SPILL_SPAN("stdin")
				     : spill_span(in->path);
	int rc;

	in->locator = SPILL_BUF_INIT(SPILL_LOCATOR_TEXT);
	in->short_name = SPILL_BUF_INIT(SPILL_LOCATOR_TEXT);
	rc = spill_locator_file(&in->locator, path);
	if (rc != SPILL_OK)
		return refuse(in, "its name is too long");
	spill_locator_escape(&in->short_name, spill_locator_short(path));
	if (in->short_name.rc != SPILL_OK)
		return in->short_name.rc;
	in->origin = true;
	in->source_item =
	    spill_dict_add(in->tl->dict, spill_buf_as_span(&in->locator));
	in->parser =
	    in->format->parser == NULL
		? -1
		: spill_dict_must(in->tl->dict, spill_span(in->format->parser));
	in->mix = spill_mix(in->locator.p, in->locator.len, 0);
	memset(in->macb_id, -1, sizeof(in->macb_id));
	memset(in->event_id, -1, sizeof(in->event_id));
	return SPILL_OK;
}

/* --- what it is --------------------------------------------------------- */

/* Text may have a NUL here and there in a cell. */
static bool
is_binary(struct spill_span s)
{
	size_t n = SPILL_MIN(s.len, (size_t)8192), nuls = 0;
	const char *lf = s.len > 0 ? memchr(s.p, '\n', s.len) : NULL;
	size_t line = lf != NULL ? (size_t)(lf - s.p) : s.len;

	/* A tail of them is what a crash leaves behind text. */
	while (n > 0 && s.p[n - 1] == '\0')
		n--;
	for (size_t i = 0; i < n; i++)
		nuls += s.p[i] == '\0';
	return n == 0 || nuls > n / 200 ||
	       (nuls > 0 && memchr(s.p, '\0', line) != NULL);
}

/* The next line of s that is neither empty nor a comment; false: none. */
static bool
next_line(struct spill_span *s, struct spill_span *line)
{
	while (s->len > 0) {
		const char *lf = memchr(s->p, '\n', s->len);
		size_t n = lf != NULL ? (size_t)(lf - s->p) : s->len;

		*line = (struct spill_span){ s->p, n };
		n += lf != NULL;
		s->p += n;
		s->len -= n;
		if (line->len > 0 && line->p[0] != '#' && line->p[0] != '\r')
			return true;
	}
	return false;
}

/* Does a line name columns that are known? */
static bool
is_header(struct spill_span line)
{
	struct spill_span name[64];
	size_t n = 0, from = 0;

	for (size_t i = 0; i <= line.len && n < SPILL_COUNT(name); i++)
		if (i == line.len || strchr(",\t\r", line.p[i]) != NULL) {
			name[n++] =
			    (struct spill_span){ line.p + from, i - from };
			from = i + 1;
		}
	return spill_schema_guess(name, n) != NULL ||
	       (n > 3 && spill_span_eq(name[0], SPILL_SPAN("date")));
}

/* A bodyfile has no header: what its first lines are decides. */
static bool
is_bodyfile(struct spill_span s)
{
	struct spill_span line;
	bool first = true;

	for (; next_line(&s, &line); first = false) {
		if (tl_body_is(line))
			return true;
		if (first && (line.p[0] == '{' || is_header(line)))
			return false;
	}
	return false;
}

static bool
has(const struct spill_table *t, const char *column)
{
	return spill_table_find(t, column) >= 0;
}

static bool
has_any(const struct spill_table *t, const char *const *columns)
{
	for (; *columns != NULL; columns++)
		if (has(t, *columns))
			return true;
	return false;
}

/* Which table it is, by its columns. */
static const struct tl_format *
by_columns(struct tl_input *in, const struct spill_table *t)
{
	static const char *const ours[] = { "source_record", "source_item",
		"time_basis", "skew_ns", "datetime_native", "event", "item",
		"stage", NULL };
	static const char *const plasos[] = { "display_name", "source_long",
		NULL };

	in->schema = spill_schema_guess(t->name, t->n);
	if (has(t, "date") && has(t, "time") && has(t, "timezone"))
		return &tl_format_l2tcsv;
	if (has(t, "datetime") && has_any(t, ours)) {
		in->schema = &spill_schema_event;
		return &tl_format_record;
	}
	if (has(t, "datetime") && has_any(t, plasos))
		return &tl_format_plaso;
	if ((has(t, "datetime") || has(t, "timestamp")) && has(t, "message"))
		return &tl_format_timesketch;
	/* Its first object may have no time; ours always do, be it empty. */
	if (in->syntax == SPILL_SYNTAX_JSONL && has(t, "message"))
		return &tl_format_timesketch;
	return in->schema != NULL ? &tl_format_record : NULL;
}

static int
missing(struct tl_input *in, const char *column)
{
	struct spill_buf b = SPILL_BUF_INIT(256);

	spill_buf_printf(&b, "column '%s' is missing", column);
	(void)refuse(in, spill_buf_str(&b));
	spill_buf_release(&b);
	return SPILL_EFORMAT;
}

/* The columns that a format cannot do without. */
static int
check_columns(struct tl_input *in)
{
	static const char *const l2t[] = { "date", "time", "timezone", "desc",
		NULL };
	static const char *const others[] = { "datetime", "message",
		"timestamp_desc", NULL };
	const struct spill_table *t = in->reader->table;
	const char *const *need =
	    in->format == &tl_format_l2tcsv ? l2t : others;

	if (in->syntax == SPILL_SYNTAX_JSONL &&
	    (in->format != &tl_format_record || !in->pending))
		return SPILL_OK; /* each row has its own */
	if (in->format == &tl_format_record) {
		need = (const char *const[]){
			spill_schema_missing(in->schema, t->name, t->n), NULL
		};
		return need[0] != NULL ? missing(in, need[0]) : SPILL_OK;
	}
	for (; *need != NULL; need++)
		if (!has(t, *need) &&
		    !(strcmp(*need, "datetime") == 0 && has(t, "timestamp")))
			return missing(in, *need);
	return SPILL_OK;
}

/* From the start to the end of the first line, or as far as may be. */
static int
peek_line(struct tl_input *in, struct spill_span *start)
{
	size_t want = PEEK;

	for (;;) {
		int rc = spill_in_peek(in->in, want, start);

		if (rc < 0 || start->len < want || want >= SPILL_LINE_MAX ||
		    memchr(start->p, '\n', start->len) != NULL)
			return rc < 0 ? rc : SPILL_OK;
		want *= 2;
	}
}

/* The first row of JSON lines has the names of columns; it is read again. */
static int
first_names(struct tl_input *in)
{
	int rc;

	if (in->syntax != SPILL_SYNTAX_JSONL)
		return SPILL_OK;
	rc = tl_table_next(in);
	in->pending = rc == SPILL_OK;
	if (rc == SPILL_END && !in->reader->sealed)
		return refuse(in, "there is no row that can be read");
	return rc;
}

static int
open_table(struct tl_input *in)
{
	struct spill_buf why = SPILL_BUF_INIT(4096);
	int rc = spill_reader_open(&in->reader, in->in, in->syntax, 0,
	    spill_tool_sealed(in->tl->tool), &why);
	const struct tl_format *found;

	if (rc != SPILL_OK && why.len > 0)
		rc = refuse(in, spill_buf_str(&why));
	spill_buf_release(&why);
	if (rc == SPILL_OK)
		rc = first_names(in);
	if (rc != SPILL_OK)
		return rc;
	found = by_columns(in, in->reader->table);
	if (in->format == NULL)
		in->format = found;
	if (in->format == NULL ||
	    (in->format == &tl_format_record && in->schema == NULL))
		return refuse(in,
		    "no timeline that is known: neither a bodyfile nor a table "
		    "(CSV, TSV, JSON lines) whose first line names columns "
		    "such as datetime, message and timestamp_desc");
	if (in->format == &tl_format_plaso || in->format == &tl_format_l2tcsv)
		spill_table_literal(in->reader->table);
	return check_columns(in);
}

static int
no_seal(const struct tl_input *in)
{
	spill_err("'%s' has no seal", in->path);
	return SPILL_ESEAL;
}

/* Things that people have instead, and what to do with them. */
static const char *
known_other(struct spill_span s)
{
	static const struct {
		struct spill_span start;
		const char *why;
	} others[] = {
		{ { "\xff\xfe", 2 },
		    "it is UTF-16; iconv(1) makes UTF-8 of it" },
		{ { "\xfe\xff", 2 },
		    "it is UTF-16; iconv(1) makes UTF-8 of it" },
		{ { "\x1f\x8b", 2 }, "it is compressed by gzip(1)" },
		{ { "\xfd"
		    "7zXZ",
		      5 },
		    "it is compressed by xz(1)" },
		{ { "PK\x03\x04", 4 }, "it is a zip archive" },
		{ { "SQLite format 3", 15 },
		    "it is an SQLite database (of plaso? psort writes a "
		    "timeline of it)" },
		{ { "[", 1 }, "it is a JSON array; JSON lines are read, as jq "
			      "-c '.[]' makes them" },
	};

	for (size_t i = 0; i < SPILL_COUNT(others); i++)
		if (s.len >= others[i].start.len &&
		    memcmp(s.p, others[i].start.p, others[i].start.len) == 0)
			return others[i].why;
	return s.len > 0 && is_binary(s) ? "it is binary, no timeline" : NULL;
}

/* SPILL_END: there is nothing in it. */
static int
open_format(struct tl_input *in)
{
	struct spill_span start, rest, line;
	int rc = peek_line(in, &start);

	if (rc != SPILL_OK)
		return rc;
	if (start.len == 0)
		return SPILL_END;
	if (in->tl->conf->from == 0 && known_other(start) != NULL)
		return refuse(in, known_other(start));
	in->syntax = spill_syntax_guess(start);
	in->format = formats[in->tl->conf->from];
	rest = start;
	if (in->format == NULL && is_bodyfile(start))
		in->format = &tl_format_bodyfile;
	/* Only bodyfiles have comments: here, nothing else so far. */
	if (in->format == NULL && !next_line(&rest, &line)) {
		if (start.len < PEEK)
			return SPILL_END;
		in->format = &tl_format_bodyfile;
	}
	if (in->format != &tl_format_bodyfile)
		return open_table(in);
	return spill_tool_sealed(in->tl->tool) ? no_seal(in) : SPILL_OK;
}

/* --- reading ------------------------------------------------------------ */

/* What a seal tells of its stream goes on to ours. */
static void
inherit(struct tl_input *in)
{
	const struct spill_reader *r = in->reader;

	if (r == NULL || !r->sealed)
		return;
	spill_info("the seal of '%s' is good, rows: %llu", in->path,
	    (unsigned long long)r->rows);
	in->tl->inherited += r->seal_errors;
	if (r->seal_errors > 0)
		spill_warn("'%s' was made with %llu errors", in->path,
		    (unsigned long long)r->seal_errors);
	if (r->filters.len > 0)
		tl_note_filter(in->tl, in->path, &r->filters);
}

static int
empty(struct tl_input *in)
{
	in->tl->opened++;
	if (spill_tool_sealed(in->tl->tool) &&
	    (in->reader == NULL || !in->reader->sealed))
		return no_seal(in);
	inherit(in);
	if (in->reader == NULL || !in->reader->sealed)
		spill_note("'%s' is empty", in->path);
	return SPILL_OK;
}

static int
read_input(struct tl_input *in, const char *path)
{
	int rc = open_input(in, path);

	if (rc == SPILL_OK)
		rc = open_format(in);
	if (rc == SPILL_END)
		return empty(in);
	if (rc == SPILL_OK)
		rc = name_input(in);
	if (rc != SPILL_OK)
		return rc;
	spill_info("'%s' is read as %s", in->path, in->format->name);
	rc = in->format->read(in);
	if (rc == SPILL_OK) {
		in->tl->opened++;
		inherit(in);
	}
	return rc;
}

int
tl_input_read(struct tl *tl, const char *path)
{
	struct tl_input in = { .tl = tl };
	int rc = read_input(&in, path);

	/* The rest of it is lost, which has been said. */
	if (rc == SPILL_EIO && in.in != NULL && spill_in_failed(in.in)) {
		tl_error(&in, "unreadable", 0, spill_in_bytes(in.in),
		    "it cannot be read from here on");
		tl->opened += spill_in_bytes(in.in) > 0;
		rc = SPILL_OK;
	}
	spill_reader_free(&in.reader);
	spill_in_free(&in.in);
	spill_buf_release(&in.locator);
	spill_buf_release(&in.short_name);
	spill_arena_release(&in.text);
	/* This one is lost, and counted; the others go on. */
	return rc == SPILL_EFORMAT ? SPILL_OK : rc;
}
