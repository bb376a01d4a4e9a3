#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <spill/diag.h>
#include <spill/hash.h>
#include <spill/itemcat.h>
#include <spill/name.h>
#include <spill/reader.h>

#include "fsask_i.h"

struct cat {
	struct spill_tool *tool;
	const struct spill_itemcat_conf *conf;
	struct spill_sources sources;
	struct fssurvey *survey; /* of the sources, as they are needed */
	struct spill_pool *pool;
	struct spill_hash *hash;
	const char *operand; /* that is worked on */
	const char *path; /* of its evidence, as its record says, or NULL */
	size_t given; /* sources of -e and -C: these go first */
	size_t surveys; /* room in survey */
	struct spill_source *source;
	uint64_t offset, length;
	uint64_t most; /* bytes that the item can have */
	enum spill_hash_kind kind;
	bool failed; /* the item did not come whole */
	uint64_t bytes;
};

/* --- options ------------------------------------------------------------ */

static bool
parse_range(struct cat *c, const char *text)
{
	const char *plus = strchr(text, '+');
	size_t n = plus != NULL ? (size_t)(plus - text) : strlen(text);

	c->length = UINT64_MAX;
	return spill_span_uint((struct spill_span){ text, n }, &c->offset) &&
	       (plus == NULL ||
		   spill_span_uint(spill_span(plus + 1), &c->length));
}

static bool
parse_hash(struct cat *c, const char *text)
{
	static const struct {
		size_t len;
		enum spill_hash_kind kind;
	} kinds[] = { { 2 * SPILL_SHA256_LEN, SPILL_HASH_SHA256 },
		{ 2 * SPILL_SHA1_LEN, SPILL_HASH_SHA1 },
		{ 2 * SPILL_MD5_LEN, SPILL_HASH_MD5 } };
	size_t len = strlen(text);

	if (strspn(text, "0123456789abcdefABCDEF") != len)
		return false;
	for (size_t i = 0; i < SPILL_COUNT(kinds); i++)
		if (kinds[i].len == len) {
			c->kind = kinds[i].kind;
			return true;
		}
	return false;
}

static int
no_locator(void)
{
	spill_err("no locator is given, nor records on standard input");
	return SPILL_EUSAGE;
}

static int
check_options(struct cat *c)
{
	const struct spill_itemcat_conf *conf = c->conf;
	size_t n;

	(void)spill_tool_operands(c->tool, &n);
	c->length = UINT64_MAX;
	if (n == 0 && isatty(STDIN_FILENO))
		return no_locator();
	if (conf->range != NULL && !parse_range(c, conf->range)) {
		spill_err("option --range: '%s' is not OFFSET or OFFSET+LENGTH",
		    conf->range);
		return SPILL_EUSAGE;
	}
	if (conf->verify != NULL && !parse_hash(c, conf->verify)) {
		spill_err("option --verify: '%s' is not a SHA-256, SHA-1 or "
			  "MD5 in hex",
		    conf->verify);
		return SPILL_EUSAGE;
	}
	if (conf->verify != NULL && n != 1) {
		spill_err("option --verify goes with one locator");
		return SPILL_EUSAGE;
	}
	return conf->verify != NULL ? spill_hash_open_as(&c->hash, c->kind)
				    : SPILL_OK;
}

/* --- where evidence is -------------------------------------------------- */

static int
add_row(struct cat *c, const struct spill_reader *r, int path, int name)
{
	struct spill_buf p = SPILL_BUF_INIT((size_t)64 << 10), n = p;
	int rc;

	spill_name_unescape(&p, r->table->cell[path]);
	spill_name_unescape(&n, r->table->cell[name]);
	rc = p.rc != SPILL_OK ? p.rc : n.rc;
	/* What was given with -e goes first. */
	if (rc == SPILL_OK && n.len > 0 && p.len > 0 &&
	    spill_sources_find(&c->sources, spill_buf_as_span(&n)) == NULL)
		rc = spill_sources_add(
		    &c->sources, spill_buf_str(&p), spill_buf_str(&n));
	spill_buf_release(&p);
	spill_buf_release(&n);
	return rc;
}

static int
read_folder(struct cat *c, struct spill_in *in, const char *path)
{
	struct spill_buf why = SPILL_BUF_INIT(4096);
	struct spill_reader *r = NULL;
	int at = -1, name = -1;
	int rc = spill_reader_open(
	    &r, in, SPILL_SYNTAX_CSV, 0, spill_tool_sealed(c->tool), &why);

	if (rc == SPILL_OK) {
		at = spill_table_find(r->table, "evidence");
		name = spill_table_find(r->table, "name");
	}
	if (at < 0 || name < 0) {
		spill_err("'%s': %s", path,
		    rc != SPILL_OK ? spill_buf_str(&why)
				   : "columns evidence and name are missing");
		rc = rc != SPILL_OK ? rc : SPILL_EFORMAT;
	}
	while (rc == SPILL_OK && (rc = spill_reader_next(r)) == SPILL_OK)
		rc = add_row(c, r, at, name);
	spill_reader_free(&r);
	spill_buf_release(&why);
	return rc == SPILL_END ? SPILL_OK : rc;
}

static int
open_folder(struct cat *c, const char *folder)
{
	struct spill_in *in = NULL;
	char *path = NULL;
	int fd, rc;

	if (asprintf(&path, "%s/evidence.csv", folder) < 0)
		return SPILL_ENOMEM;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		spill_err("cannot open '%s': %s", path, strerror(errno));
	rc = fd < 0 ? SPILL_EIO : spill_in_open(&in, fd, path);
	if (rc == SPILL_OK)
		rc = read_folder(c, in, path);
	spill_in_free(&in);
	free(path);
	return rc;
}

static int
add_sources(struct cat *c)
{
	int rc = SPILL_OK;

	for (size_t i = 0; i < c->conf->evidence.n && rc == SPILL_OK; i++)
		rc = spill_sources_option(&c->sources, c->conf->evidence.v[i]);
	if (rc == SPILL_OK && c->conf->folder != NULL)
		rc = open_folder(c, c->conf->folder);
	c->given = c->sources.n;
	return rc;
}

/* One survey for each source; those that are there stay as they are. */
static int
grow_surveys(struct cat *c)
{
	struct fssurvey *p;

	if (c->sources.n <= c->surveys)
		return SPILL_OK;
	p = realloc(c->survey, c->sources.n * sizeof(*p));
	if (p == NULL)
		return SPILL_ENOMEM;
	memset(p + c->surveys, 0, (c->sources.n - c->surveys) * sizeof(*p));
	c->survey = p;
	c->surveys = c->sources.n;
	return SPILL_OK;
}

/* --- items -------------------------------------------------------------- */

static void
tell(struct cat *c, const char *code, const char *why)
{
	const struct spill_error e = { .code = code,
		.evidence = c->source != NULL ? c->source->path : c->operand,
		.item = c->source != NULL ? spill_span(c->operand)
					  : (struct spill_span){ "", 0 },
		.detail = why };

	c->failed = true;
	spill_tool_error(c->tool, &e);
}

static int
on_bytes(void *arg, struct spill_span s)
{
	struct cat *c = arg;

	if (s.len > c->most)
		return SPILL_EDAMAGED;
	c->most -= s.len;
	spill_out_put(spill_tool_out(c->tool), s.p, s.len);
	if (c->hash != NULL)
		spill_hash_put(c->hash, s.p, s.len);
	c->bytes += s.len;
	return spill_out_failed(spill_tool_out(c->tool)) ? SPILL_EIO : SPILL_OK;
}

static int
on_error(void *arg, struct spill_span rec)
{
	struct cat *c = arg;

	c->failed = true;
	return fsask_error(c->tool, c->source, "", c->operand, rec);
}

static void
on_end(void *arg, const struct spill_outcome *o)
{
	struct cat *c = arg;

	if (o->how == SPILL_ENDED_OK)
		return;
	c->failed = true;
	fsask_tell(c->tool, c->source, c->operand, o, "");
}

/* The volume of a locator: SPILL_EFORMAT, told, if there is none. */
static int
find_volume(
    struct cat *c, const struct spill_locator *l, struct spill_volume *out)
{
	struct fssurvey *s;
	int rc = grow_surveys(c);

	*out = (struct spill_volume){ 0 };
	if (l->volume.len == 0 || rc != SPILL_OK)
		return rc;
	s = &c->survey[c->source - c->sources.s];
	if (s->source == NULL) {
		rc = fssurvey_submit(c->pool, c->tool, c->source, false, s);
		if (rc == SPILL_OK)
			rc = spill_pool_drain(c->pool);
	}
	if (rc != SPILL_OK)
		return rc;
	for (size_t i = 0; i < s->list.n; i++)
		if (spill_span_eq(spill_span(s->list.v[i].name), l->volume)) {
			*out = s->list.v[i];
			return SPILL_OK;
		}
	rc = s->done ? fssurvey_lost(c->pool, s, l->volume, out) : SPILL_OK;
	if (rc != SPILL_OK || out->length > 0)
		return rc;
	if (s->done)
		tell(c, "unsupported", "there is no such volume");
	c->failed = true; /* if the survey failed, that was told */
	return SPILL_EFORMAT;
}

/* Of ranges the tool knows how long they are; of all else, what it wants. */
static uint64_t
most_bytes(const struct cat *c, const struct spill_locator *l)
{
	uint64_t total = 0;

	if (l->kind != SPILL_LOCATOR_RANGE)
		return c->length;
	for (size_t i = 0; i < l->ranges; i++)
		total += SPILL_MIN(l->range[i].len, UINT64_MAX - total);
	total -= SPILL_MIN(total, c->offset);
	return SPILL_MIN(total, c->length);
}

/* What worker-fs is asked for: the locator without its members. */
static int
read_item(struct cat *c, const struct spill_locator *l)
{
	static const struct spill_task_ops ops = {
		.bytes = on_bytes, .error = on_error, .end = on_end
	};
	struct spill_buf object = SPILL_BUF_INIT(SPILL_LOCATOR_TEXT);
	struct fsjob job = {
		.op = FSJOB_READ, .offset = c->offset, .length = c->length
	};
	struct spill_locator bare = *l;
	int rc = find_volume(c, l, &job.volume);

	bare.members = 0;
	c->most = most_bytes(c, l);
	if (rc == SPILL_OK)
		rc = spill_locator_print(&object, &bare);
	job.object = spill_buf_as_span(&object);
	if (rc == SPILL_OK)
		rc = fsask_submit(c->pool, c->source, &job, &ops, c);
	if (rc == SPILL_OK)
		rc = spill_pool_drain(c->pool);
	spill_buf_release(&object);
	return rc == SPILL_EFORMAT ? SPILL_OK : rc;
}

/* The evidence of a name: as was said, else as the record says. */
static int
find_source(struct cat *c, struct spill_span name)
{
	struct spill_buf b = SPILL_BUF_INIT(SPILL_LOCATOR_TEXT);
	int rc = SPILL_OK;

	c->source = spill_sources_find(&c->sources, name);
	if (c->path != NULL && c->source == NULL) {
		spill_buf_span(&b, name);
		rc = spill_sources_add(&c->sources, c->path, spill_buf_str(&b));
		c->source = spill_sources_find(&c->sources, name);
		spill_buf_release(&b);
	} else if (c->path != NULL &&
		   (size_t)(c->source - c->sources.s) >= c->given &&
		   strcmp(c->source->path, c->path) != 0) {
		c->source = NULL;
		tell(c, "unreadable",
		    "other evidence has this name, too: say which with -e "
		    "NAME=PATH");
		return SPILL_END;
	}
	if (rc == SPILL_OK && c->source == NULL) {
		tell(c, "unreadable",
		    "where its evidence is, is not known: say so with -e "
		    "NAME=PATH");
		rc = SPILL_END;
	}
	return rc;
}

static int
cat_locator(struct cat *c, const struct spill_locator *l)
{
	int rc;

	if (l->kind == SPILL_LOCATOR_FILE || l->members > 0) {
		tell(c, "unsupported",
		    l->members > 0 ? "members of containers are not read yet"
				   : "ordinary files are not read yet");
		return SPILL_OK;
	}
	rc = find_source(c, l->evidence);
	if (rc != SPILL_OK)
		return rc == SPILL_END ? SPILL_OK : rc;
	rc = spill_source_open(c->source, c->tool);
	if (rc == SPILL_EIO) {
		c->failed = true;
		return SPILL_OK;
	}
	return rc == SPILL_OK ? read_item(c, l) : rc;
}

static int
cat_operand(struct cat *c, const char *text)
{
	struct spill_arena a = SPILL_ARENA_INIT((size_t)1 << 20);
	struct spill_locator l;
	const char *why = "";
	int rc;

	c->operand = text;
	c->source = NULL;
	rc = spill_locator_parse(spill_span(text), &a, &l, &why);
	if (rc == SPILL_OK) {
		rc = cat_locator(c, &l);
	} else if (rc != SPILL_ENOMEM) {
		spill_err("'%s' is not a locator: %s; see column item of "
			  "spill-walk",
		    text, why);
		rc = SPILL_EUSAGE;
	}
	spill_arena_release(&a);
	return rc;
}

/* --- all ---------------------------------------------------------------- */

static int
cat_one(struct cat *c, const char *operand)
{
	int rc;

	c->failed = false;
	c->bytes = 0;
	rc = cat_operand(c, operand);
	if (rc == SPILL_OK && !c->failed && c->bytes == 0 &&
	    c->conf->range != NULL)
		spill_note("'%s': no byte of it is in the range", operand);
	spill_info(
	    "'%s': bytes written: %llu", operand, (unsigned long long)c->bytes);
	return rc;
}

/* --- records ------------------------------------------------------------ */

struct items {
	struct spill_reader *reader;
	int item, evidence; /* columns; evidence -1 if there is none */
	size_t n, failed;
};

/* JSON lines have a column once a row has had it. */
static bool
find_columns(struct items *i)
{
	i->item = spill_table_find(i->reader->table, "item");
	i->evidence = spill_table_find(i->reader->table, "evidence");
	return i->item >= 0;
}

/* What is no locator is an error record: the others are written. */
static int
cat_record(struct cat *c, struct items *i)
{
	struct spill_span item = { "", 0 };
	struct spill_buf text = SPILL_BUF_INIT(SPILL_LOCATOR_TEXT);
	struct spill_buf path = SPILL_BUF_INIT((size_t)64 << 10);
	int rc;

	if (find_columns(i))
		item = i->reader->table->cell[i->item];
	spill_buf_span(&text, item);
	if (i->evidence >= 0)
		spill_name_unescape(&path, i->reader->table->cell[i->evidence]);
	c->path = path.len > 0 ? spill_buf_str(&path) : NULL;
	i->n++;
	rc = cat_one(c, spill_buf_str(&text));
	if (rc == SPILL_EUSAGE) { /* it has been said why */
		c->source = NULL;
		tell(c, "damaged", "a record that names no item");
		rc = SPILL_OK;
	}
	i->failed += c->failed && c->bytes == 0;
	c->path = NULL;
	spill_buf_release(&text);
	spill_buf_release(&path);
	return rc;
}

static int
damaged_record(struct cat *c, struct items *i)
{
	const struct spill_error e = { .code = "damaged",
		.evidence = "standard input",
		.line = spill_in_number(i->reader->in),
		.detail = "a record that cannot be read: what it names is left "
			  "out" };

	i->n++;
	i->failed++;
	spill_tool_error(c->tool, &e);
	return SPILL_OK;
}

static int
cat_records(struct cat *c, struct items *i, struct spill_in *in)
{
	struct spill_buf why = SPILL_BUF_INIT(4096);
	struct spill_span start;
	int rc = spill_in_peek(in, 4096, &start);

	if ((rc == SPILL_OK || rc == SPILL_END) && start.len == 0)
		return no_locator();
	if (rc == SPILL_OK || rc == SPILL_END)
		rc =
		    spill_reader_open(&i->reader, in, spill_syntax_guess(start),
			0, spill_tool_sealed(c->tool), &why);
	if (rc == SPILL_OK && !find_columns(i) &&
	    i->reader->syntax != SPILL_SYNTAX_JSONL) {
		spill_buf_puts(&why, "column item is missing");
		rc = SPILL_EFORMAT;
	}
	if (rc != SPILL_OK)
		spill_err("standard input: %s", spill_buf_str(&why));
	spill_buf_release(&why);
	while (rc == SPILL_OK &&
	       ((rc = spill_reader_next(i->reader)) == SPILL_OK ||
		   rc == SPILL_EDAMAGED))
		rc = rc == SPILL_OK ? cat_record(c, i) : damaged_record(c, i);
	spill_reader_free(&i->reader);
	return rc == SPILL_END ? SPILL_OK : rc;
}

static int
cat_stream(struct cat *c, size_t *n, size_t *failed)
{
	struct items i = { 0 };
	struct spill_in *in = NULL;
	int fd = dup(STDIN_FILENO);
	int rc = fd < 0 ? SPILL_EIO : spill_in_open(&in, fd, "standard input");

	if (rc == SPILL_OK)
		rc = cat_records(c, &i, in);
	*n = i.n;
	*failed = i.failed;
	spill_in_free(&in);
	return rc;
}

/* --- the end ------------------------------------------------------------ */

/* Other bytes than those that were asked for must not be used. */
static int
verify(struct cat *c)
{
	uint8_t sum[SPILL_SHA256_LEN];
	char hex[2 * SPILL_SHA256_LEN + 1] = "";
	int rc;

	if (c->hash == NULL)
		return SPILL_OK;
	rc = spill_hash_done(c->hash, sum);
	if (rc != SPILL_OK)
		return rc;
	spill_hex(hex, sum, strlen(c->conf->verify) / 2);
	if (strcasecmp(hex, c->conf->verify) == 0)
		return SPILL_OK;
	spill_err("'%s' has another hash: %s", c->operand, hex);
	return SPILL_ESEAL;
}

static int
run(struct cat *c)
{
	const struct fsask_conf ask = { .jobs = 1,
		.no_sandbox = c->conf->no_sandbox };
	size_t n, failed = 0;
	const char *const *operand = spill_tool_operands(c->tool, &n);
	int rc = check_options(c);

	if (rc == SPILL_OK)
		rc = add_sources(c);
	if (rc == SPILL_OK)
		rc = fsask_pool(&c->pool, &ask);
	for (size_t i = 0; i < n && rc == SPILL_OK; i++) {
		rc = cat_one(c, operand[i]);
		failed += c->failed && c->bytes == 0;
	}
	if (rc == SPILL_OK && n == 0)
		rc = cat_stream(c, &n, &failed);
	if (rc == SPILL_OK && n > 0 && failed == n)
		rc = SPILL_EIO; /* there is nothing */
	if (rc == SPILL_OK)
		rc = verify(c);
	return rc == SPILL_OK ? spill_sources_check(&c->sources) : rc;
}

int
spill_itemcat(struct spill_tool *t, const struct spill_itemcat_conf *conf)
{
	struct cat c = { .tool = t, .conf = conf };
	int rc = run(&c);

	spill_pool_free(&c.pool);
	for (size_t i = 0; i < c.surveys; i++)
		fssurvey_release(&c.survey[i]);
	free(c.survey);
	spill_sources_release(&c.sources);
	spill_hash_free(&c.hash);
	return rc;
}
