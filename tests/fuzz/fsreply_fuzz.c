/*
 * fsreply_fuzz.c: spill-walk and spill-cat as they are, with a worker-fs that
 * says what the input says. The pool, the files, the output and the errors
 * are played here; whatever reaches the last two has to be in order, and of
 * the one evidence and of volumes that the survey named.
 *
 * The input is a byte, modulo 4: walk, list, evidence record, cat; then, for
 * each job, records until one ends it: a byte, modulo 6,
 *
 *	0	the end: u8 how, u8 at (the last entry it was on)
 *	1	a row: u16 length, then so many bytes, packed
 *	2	an error, the same
 *	3	bytes, the same
 *	4	a position: u8
 *	5	a row of N bytes, repeated: u8 times, u16 length, the bytes
 */
#include <spill/arena.h>
#include <spill/cur.h>
#include <spill/evidence_set.h>
#include <spill/itemcat.h>
#include <spill/locator.h>
#include <spill/name.h>
#include <spill/pool.h>
#include <spill/row.h>
#include <spill/time.h>
#include <spill/utf8.h>
#include <spill/walker.h>
#include <spill/writer.h>

#include "../../common/evidence/fsjob_i.h"
#include "fuzz.h"

#define PATH	  "a b/pc%1.raw"
#define NAME	  "pc%1"
#define TASKS_MAX 512
#define CAT_BYTES 10

enum mode { WALK, LIST, RECORD, CAT };

/* Incomplete elsewhere: nobody looks inside. */
struct spill_tool {
	enum mode mode;
	uint64_t errors, rows, bytes;
};
struct order {
	struct spill_task t; /* but for the request */
	char volume[SPILL_VOLUME_NAME];
};
struct spill_pool {
	struct order queue[TASKS_MAX];
	size_t n;
};

static struct spill_tool tool;
static struct spill_pool pool;
static struct spill_cur in;
static unsigned opened;
static char volume[SPILL_VOLUME_NAME]; /* of the job that is worked on */

/* --- what comes out ----------------------------------------------------- */

static void
must_be_printable(struct spill_span v)
{
	for (size_t i = 0; i < v.len;) {
		uint32_t cp;
		unsigned n = spill_utf8_decode(v.p + i, v.len - i, &cp);

		must(n > 0 && spill_cp_printable(cp));
		i += n;
	}
}

/* Of this evidence, and of a volume that a job was ordered for. */
static void
must_be_ours(struct spill_span text)
{
	struct spill_arena a = SPILL_ARENA_INIT((size_t)1 << 20);
	struct spill_locator l;

	must(spill_locator_parse(text, &a, &l, NULL) == SPILL_OK);
	must(l.kind == SPILL_LOCATOR_ID || l.kind == SPILL_LOCATOR_ENTRY ||
	     l.kind == SPILL_LOCATOR_RANGE);
	must(l.members == 0);
	must(spill_span_eq(l.evidence, SPILL_SPAN(NAME)));
	spill_arena_release(&a);
}

static void
must_be_one_of(struct spill_span v, const char *const *values)
{
	while (*values != NULL && !spill_span_eq(v, spill_span(*values)))
		values++;
	must(*values != NULL);
}

static void
must_be_time(struct spill_span v)
{
	char text[SPILL_TIME_TEXT];
	struct spill_time t;

	must(spill_time_parse(v, &t, NULL) == SPILL_OK);
	must(spill_time_format(t, text) > 0);
	must(spill_span_eq(spill_span(text), v));
}

static void
must_fit(const struct spill_column *c, struct spill_span v)
{
	uint64_t n;
	int64_t i;

	must_be_printable(v);
	if (c->type == SPILL_T_UINT)
		must(spill_span_uint(v, &n) && (v.p[0] != '0' || v.len == 1));
	else if (c->type == SPILL_T_INT)
		must(spill_span_int(v, &i));
	else if (c->type == SPILL_T_TIME)
		must_be_time(v);
	else if (c->type == SPILL_T_ENUM)
		must_be_one_of(v, c->values);
	else if (c->type == SPILL_T_LOCATOR)
		must_be_ours(v);
	else if (c->type == SPILL_T_TEXT || c->type == SPILL_T_LIST)
		must(spill_plain_ascii(v.p, v.len));
}

static struct spill_span
cell(const struct spill_schema *s, const struct spill_row *r, const char *name)
{
	return spill_row_get(
	    r, (unsigned)spill_schema_find(s, spill_span(name)));
}

/* The volume of a row is the one of its locator and of the job; what is not
 * walked comes between. */
static void
check_item(const struct spill_row *r)
{
	struct spill_span item = spill_row_get(r, IT_ITEM);
	struct spill_span name = spill_row_get(r, IT_VOLUME);
	struct spill_span kind = spill_row_get(r, IT_KIND);
	const char *colon = memchr(item.p, ':', item.len);

	must(item.len > 0 && colon != NULL);
	must(name.len < (size_t)(item.p + item.len - colon));
	must(memcmp(colon + 1, name.p, name.len) == 0);
	must(colon[1 + name.len] == ':');
	must(spill_span_eq(name, spill_span(volume)) ||
	     spill_span_eq(kind, SPILL_SPAN("range")));
	must(!spill_row_has(r, IT_SHA256) && !spill_row_has(r, IT_MIME));
}

void
spill_writer_row(struct spill_writer *w, const struct spill_row *r)
{
	const struct spill_schema *s =
	    tool.mode == RECORD ? &spill_schema_evidence : &spill_schema_item;

	(void)w;
	must(tool.mode == WALK || tool.mode == RECORD);
	tool.rows++;
	for (unsigned i = 0; i < SPILL_COLUMNS_MAX; i++) {
		must(i < s->n || !spill_row_has(r, i));
		if (spill_row_has(r, i))
			must_fit(&s->columns[i], spill_row_get(r, i));
	}
	must(spill_span_eq(
	    cell(s, r, "evidence"), SPILL_SPAN("a b/pc%251.raw")));
	if (tool.mode == RECORD)
		must(spill_span_eq(cell(s, r, "name"), SPILL_SPAN("pc%251")) &&
		     cell(s, r, "machine").len == 0 &&
		     cell(s, r, "sha256").len == 0);
	else
		check_item(r);
}

void
spill_tool_error(struct spill_tool *t, const struct spill_error *e)
{
	int code = spill_schema_find(&spill_schema_error, SPILL_SPAN("code"));

	t->errors++;
	must_be_one_of(
	    spill_span(e->code), spill_schema_error.columns[code].values);
	must(strcmp(e->evidence, PATH) == 0);
	must(e->detail != NULL && strlen(e->detail) < 4096);
	must_be_printable(e->path);
	if (e->item.len > 0)
		must_be_ours(e->item);
}

void
spill_out_put(struct spill_out *o, const void *p, size_t n)
{
	struct spill_span s = { p, n };

	(void)o;
	must(tool.mode == LIST || tool.mode == CAT);
	tool.bytes += n;
	must(tool.mode != CAT || tool.bytes <= CAT_BYTES);
	while (tool.mode == LIST && s.len > 0) {
		const char *end = memchr(s.p, '\n', s.len);

		must(end != NULL);
		must_be_printable(
		    (struct spill_span){ s.p, (size_t)(end - s.p) });
		s.len -= (size_t)(end - s.p) + 1;
		s.p = end + 1;
	}
}

/* --- what is around it -------------------------------------------------- */

const char *const *
spill_tool_operands(const struct spill_tool *t, size_t *n)
{
	static const char *const files[] = { PATH };
	static const char *const items[] = { "pc%251:p1:5", NULL };

	*n = 1;
	return t->mode == CAT ? items : files;
}

struct spill_out *
spill_tool_out(struct spill_tool *t)
{
	return (struct spill_out *)t;
}

size_t
spill_tool_format(const struct spill_tool *t)
{
	(void)t;
	return 0;
}

bool
spill_tool_seal(const struct spill_tool *t)
{
	(void)t;
	return false;
}

bool
spill_tool_sealed(const struct spill_tool *t)
{
	(void)t;
	return false;
}

struct spill_span
spill_tool_given(const struct spill_tool *t)
{
	(void)t;
	return SPILL_SPAN("");
}

uint64_t
spill_tool_errors(const struct spill_tool *t)
{
	return t->errors;
}

bool
spill_out_failed(const struct spill_out *o)
{
	(void)o;
	return false;
}

int
spill_writer_open(struct spill_writer **w, struct spill_out *out,
    enum spill_syntax syntax, const struct spill_columns *cols,
    const struct spill_dict *dict)
{
	(void)syntax;
	(void)cols;
	(void)dict;
	*w = (struct spill_writer *)out;
	return SPILL_OK;
}

void
spill_writer_header(struct spill_writer *w)
{
	(void)w;
}

int
spill_writer_seal(struct spill_writer *w, const struct spill_seal *seal)
{
	(void)w;
	(void)seal;
	return SPILL_OK;
}

void
spill_writer_free(struct spill_writer **w)
{
	*w = NULL;
}

/* Of the writer, too: the dict's, which has no values here. */
bool
spill_csv_quotes(struct spill_span v)
{
	return v.len > 0;
}

int
spill_evidence_open(const char *path, struct spill_evidence_set **set,
    enum spill_evidence_why *why)
{
	static struct spill_evidence_file file = {
		.path = (char *)PATH, .number = 1, .size = 1 << 20
	};
	static struct spill_evidence_set one = {
		.path = (char *)PATH, .file = &file, .n = 1
	};

	(void)why;
	must(strcmp(path, PATH) == 0 && ++opened == 1);
	*set = &one;
	return SPILL_OK;
}

size_t
spill_evidence_changed(const struct spill_evidence_set *set)
{
	(void)set;
	return 0;
}

void
spill_evidence_free(struct spill_evidence_set **set)
{
	*set = NULL;
}

/* --- the pool ----------------------------------------------------------- */

int
spill_pool_open(struct spill_pool **p, const struct spill_pool_conf *conf)
{
	must(conf->ordered);
	*p = &pool;
	return SPILL_OK;
}

/* What is asked for is what can be asked. */
int
spill_pool_submit(struct spill_pool *p, const struct spill_task *t)
{
	struct fsjob job;

	must(t->nfds == 1);
	must(t->limits.cpu_ms < 1000000);
	must(fsjob_get(t->request, &job) == SPILL_OK);
	must(t->stream == (job.op != FSJOB_SURVEY));
	must(job.parts == 1 && job.part[0].size == 1 << 20);
	must((job.op == FSJOB_READ) == (t->limits.records == 0));
	must(job.op == FSJOB_SURVEY || job.volume.name[0] != '\0');
	must(job.op != FSJOB_READ || strcmp(job.volume.name, "p1") == 0);
	free(job.part);
	if (p->n == TASKS_MAX)
		return SPILL_EIO;
	p->queue[p->n].t = *t;
	memcpy(p->queue[p->n++].volume, job.volume.name, SPILL_VOLUME_NAME);
	return SPILL_OK;
}

static int
put(int (*op)(void *, struct spill_span), const struct spill_task *t,
    struct spill_outcome *o, struct spill_span s)
{
	/* In memory of its exact size. */
	char *p = malloc(s.len > 0 ? s.len : 1);
	int rc = SPILL_EDAMAGED;

	must(p != NULL);
	if (s.len > 0)
		memcpy(p, s.p, s.len);
	o->since++;
	if (op != NULL)
		rc = op(t->arg, (struct spill_span){ p, s.len });
	free(p);
	return rc;
}

static struct spill_span
piece(void)
{
	size_t n = spill_cur_u16le(&in);

	return spill_cur_bytes(&in, SPILL_MIN(n, spill_cur_left(&in)));
}

static int
repeat(const struct spill_task *t, struct spill_outcome *o)
{
	unsigned times = spill_cur_u8(&in);
	struct spill_span s = piece();
	int rc = SPILL_OK;

	while (rc == SPILL_OK && times-- > 0)
		rc = put(t->ops->row, t, o, s);
	return rc;
}

static int
step(const struct spill_task *t, struct spill_outcome *o, unsigned what)
{
	if (what == 1)
		return put(t->ops->row, t, o, piece());
	if (what == 2)
		return put(t->ops->error, t, o, piece());
	if (what == 3)
		return put(t->ops->bytes, t, o, piece());
	if (what == 5)
		return repeat(t, o);
	o->has_done = true;
	o->done = spill_cur_u8(&in);
	o->since = 0;
	return t->ops->progress != NULL ? t->ops->progress(t->arg, o->done)
					: SPILL_OK;
}

static void
work_on(const struct spill_task *t)
{
	struct spill_outcome o = { .how = SPILL_ENDED_CANCELLED };
	int rc = SPILL_OK;

	while (rc == SPILL_OK && spill_cur_left(&in) > 0) {
		unsigned what = spill_cur_u8(&in) % 6;

		if (what == 0) {
			o.how = spill_cur_u8(&in) % (SPILL_ENDED_CANCELLED + 1);
			o.at = spill_cur_u8(&in);
			o.has_at = o.at != 255;
			o.rc = o.how == SPILL_ENDED_FAILED ? SPILL_EIO : 0;
			snprintf(o.detail, sizeof(o.detail), "\x1b[2J");
			break;
		}
		rc = step(t, &o, what);
	}
	if (rc == SPILL_EDAMAGED)
		o.how = SPILL_ENDED_PROTOCOL;
	t->ops->end(t->arg, &o);
}

int
spill_pool_step(struct spill_pool *p, int timeout_ms)
{
	(void)p;
	(void)timeout_ms;
	return SPILL_OK;
}

int
spill_pool_fd(const struct spill_pool *p)
{
	(void)p;
	return -1;
}

int
spill_pool_drain(struct spill_pool *p)
{
	for (size_t i = 0; i < p->n; i++) {
		memcpy(volume, p->queue[i].volume, sizeof(volume));
		work_on(&p->queue[i].t);
	}
	p->n = 0;
	return SPILL_OK;
}

void
spill_pool_free(struct spill_pool **p)
{
	*p = NULL;
}

/* --- one run ------------------------------------------------------------ */

static int
run(void)
{
	const struct spill_walker_conf walk = { .list = tool.mode == LIST,
		.record = tool.mode == RECORD,
		.jobs = 1 };
	static const char *evidence[] = { PATH };
	struct spill_itemcat_conf cat = { .range = "2+10" };

	cat.evidence.v = evidence;
	cat.evidence.n = 1;
	return tool.mode == CAT ? spill_itemcat(&tool, &cat)
				: spill_walker(&tool, &walk);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int rc;

	in = spill_cur(data, size);
	tool = (struct spill_tool){ .mode = spill_cur_u8(&in) % 4 };
	pool.n = 0;
	opened = 0;
	rc = run();
	/* Without output there is an error to see. */
	must(tool.rows > 0 || tool.bytes > 0 || rc != SPILL_OK ||
	     tool.errors > 0 || tool.mode == CAT);
	return 0;
}
