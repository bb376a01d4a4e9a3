/*
 * pass_input.c: what comes in: records on standard input, locators and
 * ordinary files as operands.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include <spill/diag.h>
#include <spill/name.h>
#include <spill/reader.h>

#include "pass_i.h"

#define WINDOW	     16384 /* items */
#define WINDOW_BYTES ((size_t)64 << 20) /* of their records */

/* The window is full: all of it is worked on. */
static int
step(struct pass *p, bool all)
{
	uint64_t most = p->conf->window > 0 ? p->conf->window : WINDOW;

	if (!all && p->n < most && p->arena.used < WINDOW_BYTES)
		return SPILL_OK;
	return p->n > 0 ? pass_window_run(p) : SPILL_OK;
}

/* --- ordinary files ----------------------------------------------------- */

struct file_texts {
	char size[24], mode[16], uid[24], gid[24], links[24];
	char time[4][SPILL_TIME_TEXT];
};

static void
number(struct spill_row *r, unsigned col, char text[24], unsigned long long v)
{
	(void)snprintf(text, 24, "%llu", v);
	spill_row_set(r, col, spill_span(text));
}

static void
when(struct spill_row *r, unsigned col, char text[SPILL_TIME_TEXT],
    const struct statx_timestamp *t)
{
	if (spill_time_format(
		spill_time_from_unix(t->tv_sec, t->tv_nsec, 9), text) > 0)
		spill_row_set(r, col, spill_span(text));
}

static void
describe(struct spill_row *r, const struct statx *st, struct file_texts *x)
{
	spill_row_set(r, IT_KIND, SPILL_SPAN("file"));
	spill_row_set(r, IT_CONTENT, SPILL_SPAN("complete"));
	spill_row_set(r, IT_STATUS, SPILL_SPAN("ok"));
	number(r, IT_SIZE, x->size, st->stx_size);
	number(r, IT_UID, x->uid, st->stx_uid);
	number(r, IT_GID, x->gid, st->stx_gid);
	number(r, IT_LINKS, x->links, st->stx_nlink);
	(void)snprintf(x->mode, sizeof(x->mode), "%o", st->stx_mode & 07777u);
	spill_row_set(r, IT_MODE, spill_span(x->mode));
	if ((st->stx_mask & STATX_BTIME) != 0)
		when(r, IT_BORN, x->time[0], &st->stx_btime);
	when(r, IT_MODIFIED, x->time[1], &st->stx_mtime);
	when(r, IT_ACCESSED, x->time[2], &st->stx_atime);
	when(r, IT_CHANGED, x->time[3], &st->stx_ctime);
}

static int
add_file(struct pass *p, const char *path, const struct statx *st)
{
	struct spill_buf item = SPILL_BUF_INIT(SPILL_LOCATOR_TEXT);
	struct spill_buf name = SPILL_BUF_INIT((size_t)64 << 10);
	struct spill_row *r = &p->row;
	struct file_texts x;
	int rc = spill_locator_file(&item, spill_span(path));

	spill_row_clear(r);
	spill_name_escape(&name, spill_span(path));
	describe(r, st, &x);
	spill_row_set(r, IT_ITEM, spill_buf_as_span(&item));
	spill_row_set(r, IT_EVIDENCE, spill_buf_as_span(&name));
	spill_row_set(r, IT_PATH, spill_buf_as_span(&name));
	if (rc == SPILL_OK && name.rc != SPILL_OK)
		rc = name.rc;
	if (rc == SPILL_OK && pass_add(p, r) == NULL)
		rc = SPILL_ENOMEM;
	spill_buf_release(&item);
	spill_buf_release(&name);
	return rc;
}

static int
left_out(struct pass *p, const char *path, const char *why)
{
	const struct spill_error e = {
		.code = "unreadable", .evidence = path, .detail = why
	};

	pass_lose(p, &e);
	return SPILL_OK;
}

/* --- operands ----------------------------------------------------------- */

/* Of a member of an ordinary file: what its row would say but for the names
 * that only the container knows. */
static int
place_in_file(
    struct spill_row *r, const struct spill_locator *l, struct spill_buf *path)
{
	size_t n;

	spill_name_escape(path, l->name);
	n = path->len;
	for (size_t i = 0; i < l->members; i++) {
		spill_buf_putc(path, '/');
		spill_name_escape(path, l->member[i].name);
	}
	if (path->rc == SPILL_OK) {
		spill_row_set(
		    r, IT_EVIDENCE, (struct spill_span){ path->p, n });
		spill_row_set(r, IT_PATH, spill_buf_as_span(path));
	}
	return path->rc;
}

static int
add_locator(struct pass *p, const char *text)
{
	struct spill_buf path = SPILL_BUF_INIT((size_t)64 << 10);
	struct spill_arena a = SPILL_ARENA_INIT((size_t)1 << 20);
	struct spill_row *r = &p->row;
	struct spill_locator l;
	struct pass_item *x;
	const char *why = "";
	int rc = spill_locator_parse(spill_span(text), &a, &l, &why);

	if (rc == SPILL_OK) {
		spill_row_clear(r);
		spill_row_set(r, IT_ITEM, spill_span(text));
		if (l.kind == SPILL_LOCATOR_FILE)
			rc = place_in_file(r, &l, &path);
		x = rc == SPILL_OK ? pass_add(p, r) : NULL;
		rc = x == NULL		       ? SPILL_ENOMEM
		     : x->how == PASS_EVIDENCE ? pass_describe(p, x)
					       : SPILL_OK;
	} else if (rc != SPILL_ENOMEM) {
		spill_err(
		    "'%s' is neither a file nor a locator: %s", text, why);
		rc = SPILL_EUSAGE;
	}
	spill_buf_release(&path);
	spill_arena_release(&a);
	return rc;
}

static int
add_operand(struct pass *p, const char *text)
{
	struct statx st;
	int mask = STATX_BASIC_STATS | STATX_BTIME;

	if (statx(AT_FDCWD, text, 0, (unsigned)mask, &st) != 0)
		return strchr(text, ':') != NULL &&
			       (errno == ENOENT || errno == ENOTDIR ||
				   errno == ENAMETOOLONG)
			   ? add_locator(p, text)
			   : left_out(p, text, strerror(errno));
	if (S_ISDIR(st.stx_mode))
		return left_out(p, text, "it is a folder");
	if (!S_ISREG(st.stx_mode))
		return left_out(p, text, "it is no regular file");
	return add_file(p, text, &st);
}

/* --- records ------------------------------------------------------------ */

/* The columns of the table by those of the row; JSON lines may get more. */
static int
map_columns(struct pass *p, const struct spill_table *t, int *map, size_t *n)
{
	bool lost = false;

	for (; *n < t->n; (*n)++) {
		int c = p->told_columns
			    ? spill_columns_find(p->cols, t->name[*n])
			    : spill_columns_add(p->cols, t->name[*n]);

		map[*n] = c;
		lost |= c < 0;
	}
	if (lost)
		spill_warn("columns that come after the first %d records are "
			   "left out",
		    WINDOW);
	return SPILL_OK;
}

/* Cells of records are not trusted: those that would act on a terminal are
 * escaped, as names are, also where a new path begins with one. Columns of
 * others keep their tabs and newlines. */
static int
neutralise(struct pass *p, unsigned col, struct spill_span v)
{
	struct spill_buf b = SPILL_BUF_INIT(SIZE_MAX / 2);
	bool breaks = col >= spill_schema_item.n;
	char *text;

	if (!spill_name_is_neutral(v, breaks)) {
		spill_name_neutral(&b, v, breaks);
		text = b.rc == SPILL_OK ? spill_arena_dup(&p->arena, b.p, b.len)
					: NULL;
		v = (struct spill_span){ text, b.len };
		spill_buf_release(&b);
		if (text == NULL)
			return SPILL_ENOMEM;
	}
	spill_row_set(&p->row, col, v);
	return SPILL_OK;
}

/* Verdicts, markings and lines have no column that says whether the members of
 * a container are records, too. */
static bool
is_unsaid(const struct spill_table *t)
{
	return spill_table_find(t, "members") < 0 &&
	       (spill_table_find(t, "class") >= 0 ||
		   spill_table_find(t, "role") >= 0);
}

static int
add_record(struct pass *p, const struct spill_table *t, const int *map)
{
	struct spill_row *r = &p->row;
	struct pass_item *x;
	int rc = SPILL_OK;

	spill_row_clear(r);
	for (size_t i = 0; i < t->n && rc == SPILL_OK; i++)
		if (map[i] >= 0 && t->cell[i].p != NULL)
			rc = neutralise(p, (unsigned)map[i], t->cell[i]);
	if (rc != SPILL_OK)
		return rc;
	x = pass_add(p, r);
	if (x != NULL)
		x->unsaid = is_unsaid(t);
	return x == NULL ? SPILL_ENOMEM : SPILL_OK;
}

static void
damaged(struct pass *p, const struct spill_reader *r)
{
	const struct spill_error e = { .code = "damaged",
		.evidence = "standard input",
		.line = r->table->number,
		.detail = r->table->damage };

	pass_lose(p, &e);
}

static int
read_records(struct pass *p, struct spill_reader *r)
{
	int map[SPILL_COLUMNS_MAX];
	size_t n = 0;
	int rc = map_columns(p, r->table, map, &n);

	while (rc == SPILL_OK) {
		rc = spill_reader_next(r);
		if (rc == SPILL_EDAMAGED) {
			damaged(p, r);
			rc = SPILL_OK;
			continue;
		}
		if (rc == SPILL_OK)
			rc = map_columns(p, r->table, map, &n);
		if (rc == SPILL_OK)
			rc = add_record(p, r->table, map);
		if (rc == SPILL_OK)
			rc = step(p, false);
	}
	return rc == SPILL_END ? SPILL_OK : rc;
}

static int
nothing(void)
{
	spill_err("no file or locator is given, nor records on standard input");
	return SPILL_EUSAGE;
}

static int
read_stream(struct pass *p, struct spill_in *in)
{
	struct spill_buf why = SPILL_BUF_INIT(4096);
	struct spill_reader *r = NULL;
	struct spill_span start = { "", 0 };
	int rc = spill_in_peek(in, 4096, &start);

	if ((rc == SPILL_OK || rc == SPILL_END) && start.len == 0)
		return nothing();
	if (rc == SPILL_OK || rc == SPILL_END)
		rc = spill_reader_open(&r, in, spill_syntax_guess(start), 0,
		    spill_tool_sealed(p->tool), &why);
	if (rc == SPILL_OK && r->syntax != SPILL_SYNTAX_JSONL &&
	    spill_table_find(r->table, "item") < 0) {
		spill_buf_puts(&why, "column item is missing");
		rc = SPILL_EFORMAT;
	}
	if (rc != SPILL_OK)
		spill_err("standard input: %s", spill_buf_str(&why));
	else
		rc = read_records(p, r);
	spill_reader_free(&r);
	spill_buf_release(&why);
	return rc;
}

static int
read_stdin(struct pass *p)
{
	struct spill_in *in = NULL;
	int fd = dup(STDIN_FILENO);
	int rc = fd < 0 ? SPILL_EIO : spill_in_open(&in, fd, "standard input");

	if (rc == SPILL_OK)
		rc = read_stream(p, in);
	spill_in_free(&in);
	return rc;
}

int
pass_input(struct pass *p)
{
	size_t n;
	const char *const *operand = spill_tool_operands(p->tool, &n);
	int rc = SPILL_OK;

	if (n == 0)
		rc = isatty(STDIN_FILENO) ? nothing() : read_stdin(p);
	for (size_t i = 0; i < n && rc == SPILL_OK; i++) {
		rc = strcmp(operand[i], "-") == 0 ? read_stdin(p)
						  : add_operand(p, operand[i]);
		if (rc == SPILL_OK)
			rc = step(p, false);
	}
	return rc == SPILL_OK ? step(p, true) : rc;
}
