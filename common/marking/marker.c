/*
 * marker.c: the tool: what it asks for, what it lets through.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <spill/diag.h>
#include <spill/digest.h>
#include <spill/marktaker.h>
#include <spill/pool.h>

#include "marker_i.h"

int
marker_class(struct spill_span name)
{
	const char *const *v = spill_schema_verdict.columns[VD_CLASS].values;

	for (int i = 0; v[i] != NULL; i++)
		if (spill_span_eq(name, spill_span(v[i])))
			return i;
	return -1;
}

/* --- what is asked for -------------------------------------------------- */

/* Is one of the words of v, with | or ; between, in the list? NULL: all. */
static bool
listed(const char *list, struct spill_span v)
{
	while (list != NULL && *list != '\0') {
		size_t n = strcspn(list, ",");

		for (size_t at = 0; at < v.len;) {
			size_t k = 0;

			while (at + k < v.len && v.p[at + k] != '|' &&
			       v.p[at + k] != ';')
				k++;
			if (k == n && memcmp(v.p + at, list, n) == 0)
				return true;
			at += k + 1;
		}
		list += list[n] == ',' ? n + 1 : n;
	}
	return list == NULL;
}

static bool
is_wanted(const struct marker *m, struct spill_span class,
    struct spill_span scheme, struct spill_span rank, struct spill_span max)
{
	uint64_t r = 0;

	if (!listed(m->conf->classes, class) ||
	    (m->conf->schemes != NULL && !listed(m->conf->schemes, scheme)))
		return false;
	if (!spill_span_uint(max, &r))
		(void)spill_span_uint(rank, &r);
	return m->conf->min_rank == 0 || r >= m->conf->min_rank;
}

static bool
is_wanted_verdict(const struct marker *m, const struct spill_row *r)
{
	return is_wanted(m, spill_row_get(r, VD_CLASS),
	    spill_row_get(r, VD_SCHEME), spill_row_get(r, VD_RANK),
	    spill_row_get(r, VD_RANK_MAX));
}

static int
check_lists(const struct spill_marker_conf *c)
{
	const char *p = c->classes;

	while (p != NULL) {
		size_t n = strcspn(p, ",");

		if (marker_class((struct spill_span){ p, n }) < 0) {
			spill_err("option --class: '%s' has a word that is no "
				  "class; spill-mark(1) names them",
			    c->classes);
			return SPILL_EUSAGE;
		}
		p = p[n] == ',' ? p + n + 1 : NULL;
	}
	if (c->min_rank > 5) {
		spill_err("option --min-rank: ranks are 0 to 5");
		return SPILL_EUSAGE;
	}
	if (c->each + c->explain + c->summary > 1) {
		spill_err("--each, --explain and --summary are three ways of "
			  "output: give one of them");
		return SPILL_EUSAGE;
	}
	return SPILL_OK;
}

/* --- out ---------------------------------------------------------------- */

static int
write_row(struct marker *m, struct spill_row *r)
{
	m->rows++;
	spill_writer_row(m->writer, r);
	return spill_out_failed(spill_tool_out(m->tool)) ? SPILL_EIO : SPILL_OK;
}

int
marker_write(struct marker *m, struct spill_row *r)
{
	static const unsigned furniture[] = { VD_ORIGINATOR, VD_REFERENCE,
		VD_COPY_NO, VD_DOC_DATE };
	int class = marker_class(spill_row_get(r, VD_CLASS));

	if (class < 0 || !is_wanted_verdict(m, r))
		return SPILL_OK;
	m->classes[class]++;
	if (m->form == SPILL_MARKER_SUMMARY)
		return show_count(m, r);
	if (m->form != SPILL_MARKER_VERDICTS)
		return SPILL_OK;
	for (unsigned i = X_GUID; i <= X_RANK; i++)
		spill_row_set(r, i, SPILL_SPAN(""));
	for (size_t i = 0; i < SPILL_COUNT(furniture); i++)
		if (!m->conf->furniture)
			spill_row_set(r, furniture[i], SPILL_SPAN(""));
	return write_row(m, r);
}

/* --- what comes --------------------------------------------------------- */

static int
on_columns(void *ctx, struct spill_columns *items)
{
	struct marker *m = ctx;
	int rc = SPILL_OK;

	(void)items;
	if (m->form > SPILL_MARKER_EACH)
		return SPILL_OK;
	rc = spill_columns_open(&m->cols, m->form == SPILL_MARKER_EACH
					      ? &spill_schema_marking
					      : &spill_schema_verdict);
	if (rc == SPILL_OK)
		rc = spill_writer_open(&m->writer, spill_tool_out(m->tool),
		    (enum spill_syntax)spill_tool_format(m->tool), m->cols,
		    NULL);
	if (rc == SPILL_OK)
		spill_writer_header(m->writer);
	return rc;
}

/* Bytes of an item in one piece are where it begins on the disk, and on. */
static uint64_t
place_of(const struct spill_row *r)
{
	uint64_t at, pieces;

	return spill_span_eq(
		   spill_row_get(r, IT_CONTENT), SPILL_SPAN("complete")) &&
		       spill_span_uint(
			   spill_row_get(r, IT_FRAGMENTS), &pieces) &&
		       pieces == 1 &&
		       spill_span_uint(spill_row_get(r, IT_IMG_OFFSET), &at)
		   ? at
		   : UINT64_MAX;
}

static int
on_row(void *ctx, struct spill_row *r)
{
	struct marker *m = ctx;

	m->items++;
	m->shown = false;
	m->img_offset = place_of(r);
	return m->form == SPILL_MARKER_VERDICTS ||
		       m->form == SPILL_MARKER_SUMMARY
		   ? roll_open(m, r)
		   : SPILL_OK;
}

static int
on_verdict(void *ctx, struct spill_row *r)
{
	struct marker *m = ctx;
	int class = marker_class(spill_row_get(r, VD_CLASS));
	int rc;

	if (m->form == SPILL_MARKER_EXPLAIN) {
		if (class >= 0 && is_wanted_verdict(m, r)) {
			m->classes[class]++;
			show_verdict(m, r);
		}
		return SPILL_OK;
	}
	rc = case_learn(m, r);
	return rc == SPILL_OK ? roll_verdict(m, r) : rc;
}

static int
on_marking(void *ctx, struct spill_row *r)
{
	struct marker *m = ctx;
	char at[24];
	uint64_t offset;

	if (!is_wanted(m, spill_row_get(r, MK_CLASS),
		spill_row_get(r, MK_SCHEME), spill_row_get(r, MK_RANK),
		SPILL_SPAN("")))
		return SPILL_OK;
	if (m->form == SPILL_MARKER_EXPLAIN) {
		show_marking(m, r);
		return SPILL_OK;
	}
	if (m->img_offset != UINT64_MAX &&
	    spill_span_uint(spill_row_get(r, MK_OFFSET), &offset) &&
	    offset <= UINT64_MAX - m->img_offset) {
		(void)snprintf(at, sizeof(at), "%llu",
		    (unsigned long long)(m->img_offset + offset));
		spill_row_set(r, MK_IMG_OFFSET, spill_span(at));
	}
	return write_row(m, r);
}

/* --- tables of the user ------------------------------------------------- */

static int
read_file(const char *path, struct spill_buf *b)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t n = fd < 0 ? -1 : 1;

	while (n > 0 && b->rc == SPILL_OK) {
		spill_buf_room(b, 64 << 10);
		if (b->rc != SPILL_OK)
			break;
		n = read(fd, b->p + b->len, 64 << 10);
		b->len += n > 0 ? (size_t)n : 0;
	}
	if (n < 0)
		spill_err("'%s': %s", path, strerror(errno));
	else if (b->rc != SPILL_OK)
		spill_err("'%s': it is too large for a table", path);
	if (fd >= 0)
		close(fd);
	return n < 0 || b->rc != SPILL_OK ? SPILL_EUSAGE : SPILL_OK;
}

/* ISM has this one for what several countries own; the rest is in tables. */
static bool
is_scheme(const struct spill_vocab *v, struct spill_span name)
{
	if (spill_span_eq(name, SPILL_SPAN("JOINT")))
		return true;
	for (size_t i = 0; i < spill_vocab_count(v); i++)
		if (spill_span_eq(spill_vocab_term(v, i)->scheme, name))
			return true;
	return false;
}

static int
check_schemes(const struct spill_vocab *v, const char *list)
{
	for (const char *p = list; p != NULL;) {
		size_t n = strcspn(p, ",");

		if (!is_scheme(v, (struct spill_span){ p, n })) {
			spill_err("option --scheme: '%.*s' is no scheme of the "
				  "tables, such as NATO, EU, US or PT",
			    (int)n, p);
			return SPILL_EUSAGE;
		}
		p = p[n] == ',' ? p + n + 1 : NULL;
	}
	return SPILL_OK;
}

/* Read and checked here: a worker could not say what is wrong with one. */
static int
give_tables(const struct spill_marker_conf *c, int *fd)
{
	struct spill_vocab_table t[SPILL_MARK_TABLES];
	struct spill_buf text[SPILL_MARK_TABLES], all;
	struct spill_vocab *v = NULL;
	size_t n = c->tables.n, have = 0;
	int rc = SPILL_OK;

	if (n > SPILL_MARK_TABLES) {
		spill_err(
		    "option --schemes: at most %d tables", SPILL_MARK_TABLES);
		return SPILL_EUSAGE;
	}
	all = SPILL_BUF_INIT((size_t)1 << 30);
	for (; have < n && rc == SPILL_OK; have++) {
		text[have] = SPILL_BUF_INIT((size_t)64 << 20);
		rc = read_file(c->tables.v[have], &text[have]);
		t[have] =
		    (struct spill_vocab_table){ spill_buf_as_span(&text[have]),
			    c->tables.v[have] };
	}
	if (rc == SPILL_OK && (n > 0 || c->schemes != NULL))
		rc = spill_vocab_open(&v, t, n) == SPILL_OK ? SPILL_OK
							    : SPILL_EUSAGE;
	if (rc == SPILL_OK)
		rc = check_schemes(v, c->schemes);
	spill_vocab_free(&v);
	spill_markgiven_put(&all, t, rc == SPILL_OK ? n : 0);
	if (rc == SPILL_OK)
		rc = all.rc;
	if (rc == SPILL_OK)
		rc = spill_memfile_of(spill_buf_as_span(&all), fd);
	while (have > 0)
		spill_buf_release(&text[--have]);
	spill_buf_release(&all);
	return rc;
}

/* --- the run ------------------------------------------------------------ */

static int
seal(struct marker *m)
{
	const struct spill_seal s = { .rows = m->rows,
		.errors = spill_tool_errors(m->tool),
		.options = spill_tool_given(m->tool) };

	spill_info("items: %llu, marked: %llu, labelled: %llu, portion: %llu, "
		   "mention: %llu, errors: %llu",
	    (unsigned long long)m->items, (unsigned long long)m->classes[0],
	    (unsigned long long)m->classes[1],
	    (unsigned long long)m->classes[2],
	    (unsigned long long)m->classes[7], (unsigned long long)s.errors);
	return spill_tool_seal(m->tool) && m->writer != NULL
		   ? spill_writer_seal(m->writer, &s)
		   : SPILL_OK;
}

static int
finish(struct marker *m)
{
	int rc = roll_close_all(m);

	if (rc == SPILL_OK)
		rc = case_end(m);
	if (rc != SPILL_OK)
		return rc;
	if (m->form == SPILL_MARKER_SUMMARY)
		show_summary(m);
	return seal(m);
}

static enum spill_marker_form
form_of(const struct spill_marker_conf *c)
{
	return c->each	    ? SPILL_MARKER_EACH
	       : c->explain ? SPILL_MARKER_EXPLAIN
	       : c->summary ? SPILL_MARKER_SUMMARY
			    : SPILL_MARKER_VERDICTS;
}

static unsigned
wants(enum spill_marker_form form)
{
	switch (form) {
	case SPILL_MARKER_EACH:
		return SPILL_LOOK_WANT_MARKINGS;
	case SPILL_MARKER_EXPLAIN:
		return SPILL_LOOK_WANT_MARKINGS | SPILL_LOOK_WANT_VERDICT;
	default:
		return SPILL_LOOK_WANT_VERDICT;
	}
}

int
spill_marker(struct spill_tool *tool, struct spill_marker_conf *conf)
{
	static struct marker m;
	const struct spill_pass_ops ops = { .columns = on_columns,
		.row = on_row,
		.verdict = on_verdict,
		.marking = on_marking,
		.ctx = &m };
	int given = -1, rc = check_lists(conf);

	m = (struct marker){ .tool = tool,
		.conf = conf,
		.form = form_of(conf),
		.spool = -1,
		.rec = SPILL_BUF_INIT((size_t)4 << 20),
		.hold = SPILL_BUF_INIT((size_t)64 << 20),
		.waiting = SPILL_ARENA_INIT((size_t)64 << 20),
		.names = SPILL_ARENA_INIT((size_t)64 << 20) };
	if (rc == SPILL_OK && m.form > SPILL_MARKER_EACH &&
	    spill_tool_seal(tool)) {
		spill_err("option --seal: what is for people has no seal");
		rc = SPILL_EUSAGE;
	}
	if (rc == SPILL_OK)
		rc = give_tables(conf, &given);
	conf->pass.want = wants(m.form);
	conf->pass.untyped = true;
	conf->pass.digest =
	    m.form == SPILL_MARKER_VERDICTS ? SPILL_DIGEST_SHA256 : 0;
	conf->pass.given = &given;
	conf->pass.ngiven = 1;
	if (rc == SPILL_OK)
		rc = spill_pass_run(tool, &conf->pass, &ops);
	if (rc == SPILL_OK)
		rc = finish(&m);
	if (given >= 0)
		close(given);
	roll_release(&m);
	case_release(&m);
	free(m.count);
	spill_writer_free(&m.writer);
	spill_columns_free(&m.cols);
	spill_buf_release(&m.rec);
	return rc;
}
