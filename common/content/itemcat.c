#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include <spill/diag.h>
#include <spill/fscheck.h>
#include <spill/hash.h>
#include <spill/itemcat.h>
#include <spill/itemset.h>
#include <spill/name.h>
#include <spill/reader.h>

#include "membercat_i.h"

struct cat {
	struct spill_tool *tool;
	const struct spill_itemcat_conf *conf;
	struct spill_itemset *set;
	struct spill_place place; /* of the operand */
	struct spill_pool *look; /* for members, once there is one */
	uint64_t skip; /* bytes of a member before those that are wanted */
	struct spill_hash *hash;
	const char *operand; /* that is worked on */
	const char *path; /* of its evidence, as its record says, or NULL */
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
	const char *const *operand;
	size_t n;

	operand = spill_tool_operands(c->tool, &n);
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
	if (conf->verify != NULL && (n != 1 || strcmp(operand[0], "-") == 0)) {
		spill_err("option --verify goes with one locator");
		return SPILL_EUSAGE;
	}
	return conf->verify != NULL ? spill_hash_open_as(&c->hash, c->kind)
				    : SPILL_OK;
}

/* --- items -------------------------------------------------------------- */

static void
tell(struct cat *c, const char *code, const char *why)
{
	const struct spill_error e = {
		.code = code, .evidence = c->operand, .detail = why
	};

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
	return spill_itemset_error(c->set, &c->place, c->operand, rec);
}

static void
on_end(void *arg, const struct spill_outcome *o)
{
	struct cat *c = arg;

	if (o->how == SPILL_ENDED_OK)
		return;
	c->failed = true;
	spill_itemset_tell(c->set, &c->place, c->operand, o);
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
	struct spill_locator bare = *l;
	int rc;

	bare.members = 0;
	c->most = most_bytes(c, l);
	rc = spill_locator_print(&object, &bare);
	if (rc == SPILL_OK)
		rc = spill_itemset_read(c->set, &c->place,
		    spill_buf_as_span(&object), c->offset, c->length, &ops, c);
	if (rc == SPILL_OK)
		rc = spill_pool_drain(spill_itemset_pool(c->set));
	spill_buf_release(&object);
	return rc;
}

/* --- members and files -------------------------------------------------- */

static int
on_member(void *arg, struct spill_span s)
{
	struct cat *c = arg;
	uint64_t n = SPILL_MIN(c->skip, s.len);

	c->skip -= n;
	s.p += n;
	s.len -= (size_t)n;
	s.len = (size_t)SPILL_MIN(s.len, c->most);
	return s.len > 0 ? on_bytes(c, s) : SPILL_OK;
}

static int
on_member_error(void *arg, struct spill_span rec)
{
	static struct spill_row r;
	struct cat *c = arg;
	char text[2][160];
	static const char *const names[] = { "code", "detail" };

	if (spill_unpack(rec, &r) != SPILL_OK)
		return SPILL_EDAMAGED;
	for (int i = 0; i < 2; i++) {
		int col = spill_schema_find(
		    &spill_schema_error, spill_span(names[i]));
		struct spill_span v = spill_row_get(&r, (unsigned)col);

		if (v.len == 0 ||
		    !fscheck_cell(&spill_schema_error, (unsigned)col, v))
			return SPILL_EDAMAGED;
		(void)snprintf(text[i], sizeof(text[i]), "%.*s",
		    (int)SPILL_MIN(v.len, sizeof(text[i]) - 1), v.p);
	}
	tell(c, text[0], text[1]);
	return SPILL_OK;
}

static void
on_member_end(void *arg, const struct spill_outcome *o)
{
	struct spill_buf b = SPILL_BUF_INIT(1024);
	struct cat *c = arg;

	if (o->how == SPILL_ENDED_OK)
		return;
	if (o->how == SPILL_ENDED_FAILED && o->detail[0] != '\0')
		spill_buf_puts(&b, o->detail);
	else
		spill_outcome_text(&b, o);
	tell(c, spill_outcome_code(o), spill_buf_str(&b));
	spill_buf_release(&b);
}

static int
need_look(struct cat *c)
{
	const struct spill_pool_conf conf = { .family = "content",
		.workers = 1,
		.no_sandbox = c->conf->no_sandbox };

	return c->look != NULL ? SPILL_OK : spill_pool_open(&c->look, &conf);
}

/* fd: of a file; -1: the container is evidence's. */
static int
cat_member(struct cat *c, const struct spill_locator *l, int fd, uint64_t size)
{
	struct spill_buf bare = SPILL_BUF_INIT(SPILL_LOCATOR_TEXT);
	struct spill_locator container = *l;
	struct membercat m = { .set = c->set,
		.place = fd < 0 ? &c->place : NULL,
		.fd = fd,
		.size = size,
		.bytes = on_member,
		.error = on_member_error,
		.read_error = on_error,
		.end = on_member_end,
		.ctx = c };
	int rc;

	container.members = 0;
	c->skip = c->offset;
	c->most = c->length;
	rc = spill_locator_print(&bare, &container);
	if (rc == SPILL_OK) {
		m.look = c->look;
		m.chain = spill_span(c->operand + bare.len);
		m.object = spill_locator_object(spill_buf_as_span(&bare));
		rc = membercat(&m);
	}
	spill_buf_release(&bare);
	return rc;
}

static int
copy_file(struct cat *c, int fd)
{
	char buf[16384];
	uint64_t at = c->offset;
	ssize_t n = 0;
	int rc = SPILL_OK;

	c->most = c->length;
	while (rc == SPILL_OK && c->most > 0) {
		n = pread(fd, buf, (size_t)SPILL_MIN(sizeof(buf), c->most),
		    (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		at += (uint64_t)n;
		rc = on_bytes(c, (struct spill_span){ buf, (size_t)n });
	}
	if (rc == SPILL_OK && n < 0)
		tell(c, "unreadable", strerror(errno));
	return rc;
}

static int
cat_file(struct cat *c, const struct spill_locator *l)
{
	struct spill_buf path = SPILL_BUF_INIT(SPILL_LOCATOR_TEXT);
	int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	struct stat st;
	int fd, rc;

	spill_buf_span(&path, l->name);
	fd = open(spill_buf_str(&path), flags | O_NOATIME);
	if (fd < 0 && errno == EPERM)
		fd = open(spill_buf_str(&path), flags);
	spill_buf_release(&path);
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		tell(c, "unreadable",
		    fd < 0 ? strerror(errno) : "it is no regular file");
		if (fd >= 0)
			close(fd);
		return SPILL_OK;
	}
	rc = l->members > 0 ? cat_member(c, l, fd, (uint64_t)st.st_size)
			    : copy_file(c, fd);
	close(fd);
	return rc;
}

static int
cat_locator(struct cat *c, const struct spill_locator *l)
{
	int rc = SPILL_OK;

	/* The zygote comes first: it must not see evidence. */
	if (l->members > 0)
		rc = need_look(c);
	if (rc != SPILL_OK)
		return rc;
	if (l->kind == SPILL_LOCATOR_FILE)
		return cat_file(c, l);
	rc = spill_itemset_find(c->set, l, c->path, c->operand, &c->place);
	if (rc == SPILL_END) {
		c->failed = true;
		return SPILL_OK;
	}
	if (rc != SPILL_OK)
		return rc;
	return l->members > 0 ? cat_member(c, l, -1, 0) : read_item(c, l);
}

static int
cat_operand(struct cat *c, const char *text)
{
	struct spill_arena a = SPILL_ARENA_INIT((size_t)1 << 20);
	struct spill_locator l;
	const char *why = "";
	int rc;

	c->operand = text;
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
	*n += i.n;
	*failed += i.failed;
	spill_in_free(&in);
	return rc;
}

/* "-" stands for the records on standard input. */
static int
cat_next(struct cat *c, const char *operand, size_t *n, size_t *failed)
{
	int rc;

	if (strcmp(operand, "-") == 0)
		return cat_stream(c, n, failed);
	rc = cat_one(c, operand);
	*n += 1;
	*failed += c->failed && c->bytes == 0;
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
	const struct spill_itemset_conf conf = { .evidence = &c->conf->evidence,
		.folder = c->conf->folder,
		.jobs = 1,
		.ordered = true,
		.no_sandbox = c->conf->no_sandbox };
	size_t n, all = 0, failed = 0;
	const char *const *operand = spill_tool_operands(c->tool, &n);
	int rc = check_options(c);

	if (rc == SPILL_OK)
		rc = spill_itemset_open(&c->set, c->tool, &conf);
	for (size_t i = 0; i < n && rc == SPILL_OK; i++)
		rc = cat_next(c, operand[i], &all, &failed);
	if (rc == SPILL_OK && n == 0)
		rc = cat_stream(c, &all, &failed);
	if (rc == SPILL_OK && all > 0 && failed == all)
		rc = SPILL_EIO; /* there is nothing */
	if (rc == SPILL_OK)
		rc = verify(c);
	return rc == SPILL_OK ? spill_itemset_check(c->set) : rc;
}

int
spill_itemcat(struct spill_tool *t, const struct spill_itemcat_conf *conf)
{
	struct cat c = { .tool = t, .conf = conf };
	int rc = run(&c);

	spill_pool_free(&c.look);
	spill_itemset_free(&c.set);
	spill_hash_free(&c.hash);
	return rc;
}
