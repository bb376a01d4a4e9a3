/*
 * bodyfile_fuzz.c: bodyfiles through all of spill-timeline. The first byte
 * says in which syntax it writes and whether it is told what the input is;
 * the rest is the input.
 *
 * What must hold: each line that is one of a bodyfile gives its times, and
 * no other ones, in rows that join again to that line; no other line gives a
 * row. What a line is, is taken apart here once more, in another way.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <spill/name.h>
#include <spill/table.h>

#include "../../common/timeline/timeline_i.h"

#define LINES	1000
#define FIELDS	11
#define BILLION 1000000000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Fields by their place: MD5|name|inode|mode|UID|GID|size|a|m|c|b. */
enum { MD5, NAME, INODE, MODE, UID, GID, SIZE, ATIME, MTIME, CTIME, CRTIME };

struct line {
	size_t offset;
	struct spill_span field[FIELDS];
	bool is; /* it is one of a bodyfile */
	unsigned seen; /* times that rows told of, as bits; 16: that none */
};

static struct line lines[LINES];
static size_t nlines;

static void
must(bool ok)
{
	if (!ok)
		abort();
}

/* --- what must come ----------------------------------------------------- */

/* In a copy of its exact size, so that a read past its end shows. */
static bool
is_body(struct spill_span s)
{
	char *copy = malloc(s.len > 0 ? s.len : 1);
	bool is;

	must(copy != NULL);
	if (s.len > 0)
		memcpy(copy, s.p, s.len);
	is = tl_body_is((struct spill_span){ copy, s.len });
	free(copy);
	return is;
}

/* Split at the first bar and the last nine; false: there are not so many. */
static bool
take_apart(struct spill_span s, struct spill_span field[FIELDS])
{
	size_t bars = 0, n = 0, from = 0;

	for (size_t i = 0; i < s.len; i++)
		bars += s.p[i] == '|';
	if (bars < FIELDS - 1)
		return false;
	for (size_t i = 0, bar = 0; i <= s.len; i++) {
		if (i < s.len && s.p[i] != '|')
			continue;
		bar += i < s.len;
		if (i < s.len && bar > 1 && bar <= bars - 9)
			continue; /* one in the name */
		field[n++] = (struct spill_span){ s.p + from, i - from };
		from = i + 1;
	}
	must(n == FIELDS);
	return true;
}

/* ns since 1970 of a field; false: no time that can be held. */
static bool
time_of(struct spill_span s, __int128 *ns)
{
	bool neg = s.len > 0 && s.p[0] == '-';
	__int128 v = 0;
	size_t i = neg, digits = 0;

	if (spill_span_eq(s, SPILL_SPAN("-1")))
		return false;
	for (; i < s.len && s.p[i] >= '0' && s.p[i] <= '9'; i++, digits++)
		v = digits > 20 ? v : v * 10 + (s.p[i] - '0');
	if (digits == 0 || digits > 20 || (i < s.len && s.p[i] != '.'))
		return false;
	for (int k = 0; k < 9; k++)
		v = v * 10 + (++i < s.len ? s.p[i] - '0' : 0);
	*ns = neg ? -v : v;
	return v != 0 && *ns >= (__int128)SPILL_TIME_MIN * BILLION &&
	       *ns < ((__int128)SPILL_TIME_MAX + 1) * BILLION;
}

/* The lines of a text. */
static void
expect(struct spill_span text)
{
	nlines = 0;
	for (size_t at = 0; at < text.len && nlines < LINES;) {
		const char *p = text.p + at,
			   *lf = memchr(p, '\n', text.len - at);
		size_t n = lf != NULL ? (size_t)(lf - p) : text.len - at;
		struct spill_span s = { p, n };
		struct line *l = &lines[nlines++];

		*l = (struct line){ .offset = at };
		l->is = n > 0 && p[0] != '#' && is_body(s);
		if (n > 0 && p[n - 1] == '\r')
			s.len--;
		if (l->is)
			must(take_apart(s, l->field));
		for (int i = ATIME; i <= CRTIME && l->is; i++)
			for (size_t k = 0; k < l->field[i].len; k++)
				must(strchr("-0123456789.", l->field[i].p[k]) !=
				     NULL);
		at += n + 1;
	}
}

/* --- what came ---------------------------------------------------------- */

static struct spill_span
cell(const struct spill_table *t, const char *name)
{
	int at = spill_table_find(t, name);

	return at >= 0 && t->cell[at].p != NULL ? t->cell[at]
						: (struct spill_span){ "", 0 };
}

static void
must_be(const struct spill_table *t, const char *name, struct spill_span raw)
{
	struct spill_buf b = SPILL_BUF_INIT((size_t)1 << 20);

	spill_name_unescape(&b, cell(t, name));
	must(spill_span_eq(spill_buf_as_span(&b), raw));
	spill_buf_release(&b);
}

static struct line *
line_of(const struct spill_table *t)
{
	struct spill_span s = cell(t, "source_record");
	uint64_t offset;

	must(s.len > 7 && memcmp(s.p, "offset=", 7) == 0);
	must(spill_span_uint(
	    (struct spill_span){ s.p + 7, s.len - 7 }, &offset));
	for (size_t i = 0; i < nlines; i++)
		if (lines[i].offset == offset)
			return &lines[i];
	abort();
}

static bool
has_word(struct spill_span s, const char *word)
{
	return memmem(s.p, s.len, word, strlen(word)) != NULL;
}

static void
check_times(const struct spill_table *t, struct line *l)
{
	static const struct {
		const char *text;
		int field;
	} words[] = { { "Last Access Time", ATIME },
		{ "Content Modification Time", MTIME },
		{ "Metadata Modification Time", CTIME },
		{ "Creation Time", CRTIME } };
	struct spill_span text = cell(t, "datetime");
	struct spill_span desc = cell(t, "timestamp_desc");
	struct spill_time at;
	__int128 ns;

	if (text.len == 0) {
		must(l->seen == 0);
		l->seen = 16;
		return;
	}
	must(spill_time_parse(text, &at, NULL) == SPILL_OK && at.zoned);
	for (unsigned i = 0; i < SPILL_COUNT(words); i++) {
		if (!has_word(desc, words[i].text))
			continue;
		must((l->seen & 1u << i) == 0 && l->seen < 16);
		l->seen |= 1u << i;
		must(time_of(l->field[words[i].field], &ns));
		must(ns == (__int128)at.sec * BILLION + at.nsec);
	}
}

static void
check_row(const struct spill_table *t)
{
	struct line *l = line_of(t);

	must(l->is);
	must_be(t, "md5",
	    spill_span_eq(l->field[MD5], SPILL_SPAN("0"))
		? (struct spill_span){ "", 0 }
		: l->field[MD5]);
	must_be(t, "path", l->field[NAME]);
	must_be(t, "meta", l->field[INODE]);
	must_be(t, "mode", l->field[MODE]);
	must_be(t, "uid", l->field[UID]);
	must_be(t, "gid", l->field[GID]);
	/* Of JSON lines, one number has one text. */
	must_be(t, "size", l->field[SIZE]);
	check_times(t, l);
}

static void
check_output(int fd, enum spill_syntax syntax)
{
	struct spill_in *in = NULL;
	struct spill_table *t = NULL;
	int rc;

	must(lseek(fd, 0, SEEK_SET) == 0);
	must(spill_in_open(&in, fd, "output") == SPILL_OK);
	must(spill_table_open(&t, in, syntax, 0, NULL) == SPILL_OK);
	while ((rc = spill_table_next(t)) == SPILL_OK)
		check_row(t);
	must(rc == SPILL_END);
	spill_table_free(&t);
	spill_in_free(&in);
	for (size_t i = 0; i < nlines; i++) {
		unsigned want = 0;
		__int128 ns;

		for (int f = ATIME; f <= CRTIME && lines[i].is; f++)
			want |= time_of(lines[i].field[f], &ns)
				    ? 1u << (f - ATIME)
				    : 0;
		must(lines[i].seen == (lines[i].is && want == 0 ? 16 : want));
	}
}

/* --- the run ------------------------------------------------------------ */

static const struct spill_opt no_options[] = { SPILL_OPT_END };

static int
run(int in, int out, const char *format, int from)
{
	static const struct spill_tool_spec spec = {
		.name = "timeline",
		.options = no_options,
		.writes = &spill_schema_event,
		.formats = spill_timeline_formats,
		.nrecord = SPILL_TIMELINE_NRECORD,
	};
	struct spill_timeline_conf conf = {
		.memory = SPILL_SORT_MEMORY_MIN, .jobs = 1, .from = from
	};
	char path[40];
	char *argv[] = { (char *)(uintptr_t) "spill-timeline",
		(char *)(uintptr_t) "-q", (char *)(uintptr_t) "--errors",
		(char *)(uintptr_t) "/dev/null", (char *)(uintptr_t) "--format",
		(char *)(uintptr_t)format, path, NULL };
	struct spill_tool *t = NULL;
	int stdout_was = dup(STDOUT_FILENO), status;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", in);
	must(stdout_was >= 0 && dup2(out, STDOUT_FILENO) >= 0);
	status =
	    spill_tool_begin(&t, &spec, &conf, SPILL_COUNT(argv) - 1, argv);
	must(status == SPILL_OK);
	status = spill_tool_end(&t, spill_timeline(t, &conf));
	must(dup2(stdout_was, STDOUT_FILENO) >= 0 && close(stdout_was) == 0);
	return status;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct spill_span text = { (const char *)data + 1, size - 1 };
	bool told = size > 0 && data[0] >> 2 & 1;
	enum spill_syntax syntax;
	int in, out, status;

	if (size < 1 || size > 8192)
		return 0;
	/* It is refused as binary; only lines then. */
	if (memchr(text.p, '\0', text.len) != NULL) {
		expect(text);
		return 0;
	}
	syntax = (enum spill_syntax)((data[0] & 3) % 3);
	in = memfd_create("in", 0);
	out = memfd_create("out", 0);
	must(in >= 0 && out >= 0);
	must(write(in, text.p, text.len) == (ssize_t)text.len);
	status = run(in, out, spill_timeline_formats[syntax], told ? 2 : 0);
	must(close(in) == 0);
	must(status == 0 || status == 1 || (status == 3 && !told));
	expect(text);
	/* Told nothing, it may take the text for something else. */
	if (told && nlines < LINES)
		check_output(out, syntax);
	else
		must(close(out) == 0);
	return 0;
}
