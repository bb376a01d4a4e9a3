/*
 * known_db.c: sets in SQLite, as NSRL publishes them since RDS 3. A full one
 * has a thousand million rows: a column that has an index is asked where it
 * lies, any other is loaded.
 */
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include <spill/buf.h>
#include <spill/diag.h>

#include "known_i.h"

#define URI_MAX 20000

struct known_db {
	sqlite3 *db;
	sqlite3_stmt *ask; /* ?1, ?2: the hash in upper and lower case */
	unsigned kind;
};

/* Where hashes may stand: the best first. */
static const char *const tables[] = { "FILE", "METADATA", "DISTINCT_HASH" };

static int
failed(struct known_db *db, const char *path)
{
	spill_err("'%s': %s", path, sqlite3_errmsg(db->db));
	return SPILL_EIO;
}

/* "file:PATH?immutable=1": nothing is locked, or written beside it. */
static int
uri(struct spill_buf *b, const char *path)
{
	spill_buf_puts(b, "file:");
	for (; *path != '\0'; path++)
		if (strchr("?#%", *path) != NULL)
			spill_buf_printf(b, "%%%02X", (unsigned char)*path);
		else
			spill_buf_putc(b, *path);
	spill_buf_puts(b, "?immutable=1");
	spill_buf_putc(b, '\0');
	return b->rc;
}

static int
connect_to(struct known_db *db, const char *path)
{
	struct spill_buf b = SPILL_BUF_INIT(URI_MAX);
	int rc = uri(&b, path);

	if (rc == SPILL_OK &&
	    sqlite3_open_v2(b.p, &db->db,
		SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX,
		NULL) != SQLITE_OK)
		rc = failed(db, path);
	spill_buf_release(&b);
	if (rc == SPILL_OK) {
		sqlite3_db_config(db->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		sqlite3_db_config(
		    db->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	}
	return rc;
}

struct where {
	char table[80], column[80];
	unsigned kind;
	bool found, indexed;
};

/* Does an index begin with that column? */
static bool
has_index(struct known_db *db, const struct where *w)
{
	static const char sql[] =
	    "SELECT 1 FROM pragma_index_list(?1) AS l, "
	    "pragma_index_info(l.name) AS i "
	    "WHERE i.seqno = 0 AND i.name = ?2 COLLATE NOCASE "
	    "AND l.partial = 0";
	sqlite3_stmt *st = NULL;
	bool is = false;

	if (sqlite3_prepare_v2(db->db, sql, -1, &st, NULL) == SQLITE_OK) {
		sqlite3_bind_text(st, 1, w->table, -1, SQLITE_STATIC);
		sqlite3_bind_text(st, 2, w->column, -1, SQLITE_STATIC);
		is = sqlite3_step(st) == SQLITE_ROW;
	}
	sqlite3_finalize(st);
	return is;
}

/* One column; an indexed one goes before a stronger one. */
static void
consider(struct known_db *db, struct known_set *s, unsigned what,
    struct where *w, struct where *best)
{
	if (!known_column(spill_span(w->column), &w->kind))
		return;
	s->seen |= known_flag[w->kind];
	if (!(what & known_flag[w->kind]))
		return;
	w->indexed = has_index(db, w);
	if (!best->found || w->indexed > best->indexed ||
	    (w->indexed == best->indexed && w->kind < best->kind))
		*best = *w;
}

static int
look_at(struct known_db *db, struct known_set *s, unsigned what,
    const char *table, struct where *best)
{
	sqlite3_stmt *st = NULL;
	int step;

	if (sqlite3_prepare_v2(db->db, "SELECT name FROM pragma_table_info(?1)",
		-1, &st, NULL) != SQLITE_OK)
		return SPILL_EIO;
	sqlite3_bind_text(st, 1, table, -1, SQLITE_STATIC);
	while ((step = sqlite3_step(st)) == SQLITE_ROW) {
		const char *name = (const void *)sqlite3_column_text(st, 0);
		struct where w = { .found = true };

		sqlite3_snprintf(sizeof(w.table), w.table, "%s", table);
		sqlite3_snprintf(
		    sizeof(w.column), w.column, "%s", name != NULL ? name : "");
		consider(db, s, what, &w, best);
	}
	sqlite3_finalize(st);
	return step == SQLITE_DONE ? SPILL_OK : SPILL_EIO;
}

static int
prepare(struct known_db *db, const struct where *w)
{
	char *sql = sqlite3_mprintf(
	    w->indexed ? "SELECT 1 FROM \"%w\" WHERE \"%w\" IN (?1, ?2) LIMIT 1"
		       : "SELECT \"%w\" FROM \"%w\"",
	    w->indexed ? w->table : w->column,
	    w->indexed ? w->column : w->table);
	int rc = SPILL_ENOMEM;

	if (sql != NULL)
		rc = sqlite3_prepare_v2(db->db, sql, -1, &db->ask, NULL) ==
			     SQLITE_OK
			 ? SPILL_OK
			 : SPILL_EIO;
	sqlite3_free(sql);
	db->kind = w->kind;
	return rc;
}

/* A cell: hex, or the bytes themselves. */
static bool
cell_hash(sqlite3_stmt *st, unsigned kind, uint8_t *md)
{
	const void *p = sqlite3_column_blob(st, 0);
	size_t n = (size_t)sqlite3_column_bytes(st, 0);

	if (p == NULL)
		return false;
	if (n == known_len[kind]) {
		memcpy(md, p, n);
		return true;
	}
	return known_unhex((struct spill_span){ p, n }, md, known_len[kind]);
}

static int
load_all(struct known_db *db, struct known_set *s, const char *path)
{
	uint8_t md[SPILL_SHA256_LEN];
	uint64_t rows = 0;
	int rc = SPILL_OK, step;

	while (
	    rc == SPILL_OK && (step = sqlite3_step(db->ask)) != SQLITE_DONE) {
		if (step != SQLITE_ROW)
			return failed(db, path);
		rows++;
		if (cell_hash(db->ask, db->kind, md))
			rc = known_table_add(&s->table[db->kind], md);
		else if (s->damaged++ == 0)
			s->first_damaged = rows;
	}
	return rc;
}

static int
use(struct known_db *db, struct known_set *s, unsigned what, const char *path)
{
	struct where w = { .found = false };
	int rc = SPILL_OK;

	for (size_t i = 0; i < SPILL_COUNT(tables) && rc == SPILL_OK; i++)
		if (!w.indexed)
			rc = look_at(db, s, what, tables[i], &w);
	if (rc == SPILL_OK && !w.found)
		return s->seen != 0 ? SPILL_OK : SPILL_EFORMAT;
	if (rc == SPILL_OK)
		rc = prepare(db, &w);
	if (rc == SPILL_EIO)
		return failed(db, path);
	return rc == SPILL_OK && !w.indexed ? load_all(db, s, path) : rc;
}

int
known_db_open(struct known_set *s, unsigned what, const char *path)
{
	struct known_db *db = calloc(1, sizeof(*db));
	int rc;

	if (db == NULL)
		return SPILL_ENOMEM;
	rc = connect_to(db, path);
	if (rc == SPILL_OK)
		rc = use(db, s, what, path);
	if (rc == SPILL_OK && db->ask != NULL &&
	    sqlite3_bind_parameter_count(db->ask) > 0)
		s->db = db;
	else
		known_db_free(&db);
	return rc;
}

int
known_db_find(
    struct known_db *db, const struct spill_digest_text *hashes, bool *found)
{
	const char *lower = known_digest(hashes, db->kind);
	char upper[SPILL_SHA256_HEX + 1];
	size_t n = strlen(lower);
	int step;

	*found = false;
	if (n != 2u * known_len[db->kind])
		return SPILL_OK;
	for (size_t i = 0; i <= n; i++)
		upper[i] = lower[i] >= 'a' && lower[i] <= 'f'
			       ? (char)(lower[i] - 32)
			       : lower[i];
	sqlite3_reset(db->ask);
	sqlite3_bind_text(db->ask, 1, upper, -1, SQLITE_STATIC);
	sqlite3_bind_text(db->ask, 2, lower, -1, SQLITE_STATIC);
	step = sqlite3_step(db->ask);
	*found = step == SQLITE_ROW;
	sqlite3_reset(db->ask);
	if (step == SQLITE_ROW || step == SQLITE_DONE)
		return SPILL_OK;
	spill_err("a set of known hashes: %s", sqlite3_errmsg(db->db));
	return SPILL_EIO;
}

void
known_db_free(struct known_db **db)
{
	if (*db == NULL)
		return;
	sqlite3_finalize((*db)->ask);
	sqlite3_close((*db)->db);
	free(*db);
	*db = NULL;
}
