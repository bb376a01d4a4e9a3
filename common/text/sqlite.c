/*
 * sqlite.c: data bases of SQLite: each text of each table is a line, its part
 * TABLE.COLUMN. Nothing but tables is read, so that no view, trigger or virtual
 * table of theirs runs here; what full-text indexes hold stands in tables.
 *
 * The file format: https://www.sqlite.org/fileformat2.html
 */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "docworker_i.h"
#include "text_i.h"

#define PAGE	 ((size_t)65536) /* the largest */
#define ROW_MOST (128 << 20) /* bytes of a value or a row */
#define SQL_MOST (1 << 20)

/* A row is at least a pointer of its page, its length, its number and its
 * header: more of them than fit are the same ones again (1.6). */
#define ROW_LEAST 4
/* Its texts are in the file once; from UTF-16 they may grow. */
#define GROW 4

struct base {
	struct lines l;
	char *bytes; /* ours: it is changed, and padded */
	size_t size, room;
	sqlite3 *db;
	uint64_t rows, values; /* that were read, and their bytes */
	struct spill_buf part;
};

/* --- the bytes ----------------------------------------------------------- */

static const char magic[16] = "SQLite format 3";

static int
load(struct base *b, struct spill_src *s, uint64_t most)
{
	if (s->size > most || s->size > SIZE_MAX / 2)
		return SPILL_ELIMIT;
	b->room = (size_t)s->size / PAGE * PAGE + 2 * PAGE;
	b->bytes = calloc(1, b->room);
	if (b->bytes == NULL)
		return SPILL_ENOMEM;
	return s->read(s, 0, b->bytes, (size_t)s->size, &b->size);
}

/* 1.3: at 16, where 1 means 65,536; 0 if it is none. */
static size_t
page_size(const struct base *b)
{
	const unsigned char *p = (const unsigned char *)b->bytes + 16;
	size_t n = (size_t)p[0] << 8 | p[1];

	n = n == 1 ? PAGE : n;
	return n >= 512 && (n & (n - 1)) == 0 ? n : 0;
}

/* In pages, at 28, which counts if the numbers at 24 and 92 are the same. */
static uint64_t
pages_told(const struct base *b)
{
	const unsigned char *p = (const unsigned char *)b->bytes + 28;

	if (memcmp(b->bytes + 24, b->bytes + 92, 4) != 0)
		return 0;
	return (uint64_t)p[0] << 24 | (uint64_t)p[1] << 16 |
	       (uint64_t)p[2] << 8 | p[3];
}

/* --- the data base ------------------------------------------------------- */

static int
tell_damage(struct base *b, const char *table)
{
	struct spill_buf t = SPILL_BUF_INIT(512);

	spill_buf_puts(&t, sqlite3_errmsg(b->db));
	if (table != NULL)
		spill_buf_printf(&t, ": table %.200s", table);
	lines_flaw(&b->l, "damaged", 0, 0, spill_buf_str(&t));
	spill_buf_release(&t);
	return b->l.rc;
}

/* With a write-ahead log (2 at 18 and 19, 1.3) it cannot be opened in memory,
 * where there is none: what is in the log is another item. */
static int
open_bytes(struct base *b, size_t page)
{
	size_t whole = (b->size + page - 1) / page * page;

	b->bytes[18] = b->bytes[19] = 1;
	if (sqlite3_open_v2(":memory:", &b->db, SQLITE_OPEN_READWRITE, NULL) !=
		SQLITE_OK ||
	    sqlite3_deserialize(b->db, "main", (unsigned char *)b->bytes,
		(sqlite3_int64)whole, (sqlite3_int64)whole,
		SQLITE_DESERIALIZE_READONLY) != SQLITE_OK)
		return SPILL_ENOMEM;
	sqlite3_limit(b->db, SQLITE_LIMIT_LENGTH, ROW_MOST);
	sqlite3_limit(b->db, SQLITE_LIMIT_SQL_LENGTH, SQL_MOST);
	sqlite3_limit(b->db, SQLITE_LIMIT_ATTACHED, 0);
	/* One that is cut short, or a table of which nothing is left, is no
	 * reason not to read the others. */
	sqlite3_db_config(b->db, SQLITE_DBCONFIG_WRITABLE_SCHEMA, 1, NULL);
	sqlite3_db_config(b->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(b->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(b->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	return sqlite3_exec(b->db, "PRAGMA cell_size_check=ON", NULL, NULL,
		   NULL) == SQLITE_OK
		   ? SPILL_OK
		   : SPILL_EDAMAGED;
}

/* --- rows ---------------------------------------------------------------- */

static void
tell_value(struct base *b, sqlite3_stmt *q, int i, const char *table,
    enum spill_role role)
{
	const char *name = sqlite3_column_name(q, i);
	const char *text = (const char *)sqlite3_column_text(q, i);
	int n = sqlite3_column_bytes(q, i);

	if (text == NULL || n <= 0 || b->l.rc != SPILL_OK)
		return;
	spill_buf_reset(&b->part);
	spill_buf_puts(&b->part, table);
	spill_buf_putc(&b->part, '.');
	spill_buf_puts(&b->part, name != NULL ? name : "");
	lines_place(&b->l, spill_buf_as_span(&b->part), role, 0);
	lines_put(&b->l, (struct spill_span){ text, (size_t)n });
	lines_end(&b->l);
}

/* Are they more than the file can hold? */
static bool
is_too_much(struct base *b)
{
	if (++b->rows <= b->size / ROW_LEAST && b->values <= GROW * b->size)
		return false;
	lines_flaw(&b->l, "damaged", 0, 0,
	    "its tables have more in them than the file can hold");
	return true;
}

/* SPILL_END: no other table either. */
static int
tell_rows(
    struct base *b, sqlite3_stmt *q, const char *table, enum spill_role role)
{
	int code;

	while ((code = sqlite3_step(q)) == SQLITE_ROW) {
		if (is_too_much(b))
			return SPILL_END;
		for (int i = 0; i < sqlite3_column_count(q); i++) {
			int type = sqlite3_column_type(q, i);

			if (type == SQLITE_TEXT)
				tell_value(b, q, i, table, role);
			if (type == SQLITE_TEXT || type == SQLITE_BLOB)
				b->values +=
				    (uint64_t)sqlite3_column_bytes(q, i);
		}
		if (b->l.rc != SPILL_OK)
			return b->l.rc;
	}
	if (code == SQLITE_NOMEM)
		return SPILL_ENOMEM;
	return code == SQLITE_DONE ? SPILL_OK : tell_damage(b, table);
}

static int
tell_table(struct base *b, const char *columns, const char *table,
    enum spill_role role)
{
	char *sql = sqlite3_mprintf(
	    "SELECT %s FROM \"%w\" NOT INDEXED", columns, table);
	sqlite3_stmt *q = NULL;
	int rc;

	if (sql == NULL)
		return SPILL_ENOMEM;
	if (sqlite3_prepare_v2(b->db, sql, -1, &q, NULL) == SQLITE_OK)
		rc = tell_rows(b, q, table, role);
	else
		rc = tell_damage(b, table);
	sqlite3_finalize(q);
	sqlite3_free(sql);
	return rc;
}

/* The names first: while it is read, a damaged schema may be read anew. */
static int
list_tables(struct base *b, struct spill_buf *names)
{
	static const char sql[] = "SELECT name FROM sqlite_schema "
				  "WHERE type = 'table' AND rootpage > 0";
	sqlite3_stmt *q = NULL;
	int code = sqlite3_prepare_v2(b->db, sql, -1, &q, NULL);

	while (code == SQLITE_OK || code == SQLITE_ROW) {
		code = sqlite3_step(q);
		if (code == SQLITE_ROW && sqlite3_column_text(q, 0) != NULL)
			spill_buf_put(names, sqlite3_column_text(q, 0),
			    strlen((const char *)sqlite3_column_text(q, 0)) +
				1);
	}
	sqlite3_finalize(q);
	if (code == SQLITE_NOMEM || names->rc != SPILL_OK)
		return SPILL_ENOMEM;
	return code == SQLITE_DONE ? SPILL_OK : tell_damage(b, "sqlite_schema");
}

static int
tell_all(struct base *b)
{
	struct spill_buf names = SPILL_BUF_INIT(b->size + 1);
	int rc = list_tables(b, &names);

	if (rc == SPILL_OK)
		rc = tell_table(b, "sql", "sqlite_schema", SPILL_ROLE_ARTIFACT);
	for (size_t i = 0; rc == SPILL_OK && i < names.len;
	     i += strlen(names.p + i) + 1)
		rc = tell_table(b, "*", names.p + i, SPILL_ROLE_TABLE);
	spill_buf_release(&names);
	return rc == SPILL_END ? b->l.rc : rc;
}

static int
read_base(struct base *b)
{
	size_t page = page_size(b);
	int rc;

	if (page == 0 || b->size < 100) {
		lines_flaw(&b->l, "damaged", 0, 0,
		    "its header gives no size of pages");
		return b->l.rc;
	}
	if (pages_told(b) > (b->size + page - 1) / page || b->size % page != 0)
		lines_flaw(&b->l, "damaged", b->size, 0,
		    "it ends before its last page");
	rc = open_bytes(b, page);
	if (rc == SPILL_OK)
		rc = tell_all(b);
	else if (rc == SPILL_EDAMAGED)
		rc = tell_damage(b, NULL);
	return rc;
}

/* --- the format ---------------------------------------------------------- */

static int
run(struct spill_src *s, const struct spill_doctext_conf *conf,
    const struct spill_doctext_sink *sink)
{
	struct base b = { .part = SPILL_BUF_INIT((size_t)4 << 20) };
	int rc = load(&b, s, TEXT_HELD(conf)), end;

	lines_open(&b.l, sink, conf);
	if (rc == SPILL_ELIMIT)
		lines_flaw(&b.l, "limit", 0, 0,
		    "it is larger than the limit of memory");
	if (rc == SPILL_OK && (b.size < sizeof(magic) ||
				  memcmp(b.bytes, magic, sizeof(magic)) != 0))
		rc = SPILL_EFORMAT;
	if (rc == SPILL_OK)
		rc = read_base(&b);
	end = lines_close(&b.l);
	sqlite3_close(b.db);
	spill_buf_release(&b.part);
	free(b.bytes);
	return rc == SPILL_OK ? end : rc;
}

static bool
is_sqlite(
    struct spill_span head, const struct spill_sniff *s, struct spill_span name)
{
	(void)s;
	(void)name;
	return head.len >= sizeof(magic) &&
	       memcmp(head.p, magic, sizeof(magic)) == 0;
}

/* It seeds its random numbers from a file once. */
static int
warm(void)
{
	char any;

	if (sqlite3_initialize() != SQLITE_OK)
		return SPILL_EIO;
	sqlite3_randomness(1, &any);
	return SPILL_OK;
}

const struct spill_doctext doctext_sqlite = {
	.name = "sqlite",
	.is = is_sqlite,
	.run = run,
	.warm = warm,
};
