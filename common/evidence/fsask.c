#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <spill/worker.h>
#include <spill/diag.h>
#include <spill/fscheck.h>

#include "fsask_i.h"
#include "image_i.h"

/* Seconds of CPU: for any job, and for each GiB of the evidence. */
#define CPU_BASE    600
#define CPU_PER_GIB 60
#define MEMORY	    ((uint64_t)4 << 30)
/* Rows, errors and positions of a job: so many, and one for each so many
 * bytes. The smallest entry of a folder has 12; a walk tells of one in three
 * records at most. */
#define RECORDS	     ((uint64_t)1 << 18)
#define RECORD_BYTES 4
#define TOLD_MAX     ((size_t)1 << 16) /* ranges of an evidence */
#define MIB_MAX	     ((uint64_t)1 << 30) /* a file may be sparse */
/* What a byte of a packed image may stand for. */
#define EWF_EXPANSION 4
#define PIPE_WALL     ((uint64_t)3600 * 1000) /* ms */

int
fsask_pool(struct spill_pool **pool, const struct fsask_conf *conf)
{
	const struct spill_pool_conf c = { .family = "fs",
		.workers = (unsigned)SPILL_MIN(conf->jobs, 64),
		.memory = conf->memory > 0 ? conf->memory : MEMORY,
		.ordered = !conf->unordered,
		.no_sandbox = conf->no_sandbox };

	return spill_pool_open(pool, &c);
}

/*
 * By the size of the files, which is a fact. What a worker said of a volume
 * is none: it would set its own limits.
 */
static struct spill_limits
limits_of(const struct spill_source *s)
{
	uint64_t mib = 0;

	for (size_t i = 0; i < s->set->n; i++)
		mib += (s->set->file[i].size >> 20) + 1;
	if (s->set->form == SPILL_EVIDENCE_EWF)
		mib *= EWF_EXPANSION;
	mib = SPILL_MIN(mib, MIB_MAX);
	return (struct spill_limits){
		.cpu_ms = 1000 * (CPU_BASE + CPU_PER_GIB * (mib >> 10)),
		.records = RECORDS + (mib << 20) / RECORD_BYTES,
		.reply = UINT64_MAX / 2,
	};
}

int
fsask_submit(struct spill_pool *pool, const struct spill_source *s,
    struct fsjob *job, const struct spill_task_ops *ops, void *arg)
{
	struct spill_buf b = SPILL_BUF_INIT(SPILL_REQUEST_MAX);
	struct spill_task t = { .fds = s->fd,
		.nfds = s->set->n,
		.limits = limits_of(s),
		/* Little, and of no use by halves. */
		.retry = job->op == FSJOB_SURVEY,
		.stream = job->op != FSJOB_SURVEY,
		.ops = ops,
		.arg = arg };
	bool extra = job->op == FSJOB_PIPE || job->op == FSJOB_FILL;
	int *fds = NULL;
	int rc;

	if (job->op == FSJOB_READ) /* a sparse file may be any size */
		t.limits.records = 0;
	if (job->op == FSJOB_PIPE) /* who reads has its own clock */
		t.limits.wall_ms = PIPE_WALL;
	job->parts = s->set->n;
	job->part = calloc(job->parts + 1, sizeof(*job->part));
	if (job->part != NULL && extra)
		fds = calloc(job->parts + 1, sizeof(*fds));
	if (job->part == NULL || (extra && fds == NULL)) {
		free(job->part);
		return SPILL_ENOMEM;
	}
	for (size_t i = 0; i < job->parts; i++)
		job->part[i] = (struct fsjob_part){ s->set->file[i].number,
			s->set->file[i].size };
	if (extra) {
		memcpy(fds, s->fd, job->parts * sizeof(*fds));
		fds[t.nfds++] = job->extra;
		t.fds = fds; /* the pool keeps the numbers */
	}
	job->sector = s->set->file[0].sector;
	fsjob_put(&b, job);
	free(job->part);
	job->part = NULL;
	t.request = spill_buf_as_span(&b);
	rc = b.rc != SPILL_OK ? b.rc : spill_pool_submit(pool, &t);
	spill_buf_release(&b);
	free(fds);
	return rc;
}

/* --- errors ------------------------------------------------------------- */

void
fsask_tell(struct spill_tool *t, const struct spill_source *s, const char *item,
    const struct spill_outcome *o, const char *what)
{
	struct spill_buf b = SPILL_BUF_INIT(4096);
	struct spill_error e = { .evidence = s->path,
		.code = spill_outcome_code(o),
		.item = spill_span(item) };

	if (o->how == SPILL_ENDED_OK)
		return;
	spill_buf_puts(&b, what);
	if (o->how == SPILL_ENDED_FAILED && o->detail[0] != '\0')
		spill_buf_puts(&b, o->detail);
	else
		spill_outcome_text(&b, o);
	e.detail = spill_buf_str(&b);
	spill_tool_error(t, &e);
	spill_buf_release(&b);
}

static struct spill_span
error_cell(const struct spill_row *r, const char *column)
{
	int i = spill_schema_find(&spill_schema_error, spill_span(column));

	return i >= 0 ? spill_row_get(r, (unsigned)i)
		      : (struct spill_span){ "", 0 };
}

/*
 * A range that cannot be read: who surveys the image, who walks a volume and
 * who verifies it meet it, each in a worker of its own.
 */
static void
tell_range(
    struct spill_tool *t, const struct spill_source *s, struct spill_error *e)
{
	uint64_t at = e->offset, end;

	end = at + SPILL_MIN(e->length, UINT64_MAX - at);
	while (bad_list_gap(s->told, &at, end, &e->length)) {
		const struct spill_image_bad b = { .offset = at,
			.len = e->length };

		/* Beyond that it may come twice. */
		if (s->told->n < TOLD_MAX)
			(void)bad_list_add(s->told, b);
		e->offset = at;
		spill_tool_error(t, e);
		at += e->length;
	}
}

#define DETAIL_MAX 512 /* bytes, of an error row of a worker */

int
fsask_check_error(const char *prefix, struct spill_span rec)
{
	static struct spill_row r;
	struct spill_span item;

	if (spill_unpack(rec, &r) != SPILL_OK ||
	    !fscheck_row(&spill_schema_error, &r))
		return SPILL_EDAMAGED;
	item = error_cell(&r, "item");
	return error_cell(&r, "code").len == 0 ||
		       error_cell(&r, "detail").len >= DETAIL_MAX ||
		       (prefix[0] == '\0' && item.len > 0) ||
		       strlen(prefix) + item.len > SPILL_LOCATOR_TEXT
		   ? SPILL_EDAMAGED
		   : SPILL_OK;
}

int
fsask_error(struct spill_tool *t, const struct spill_source *s,
    const char *prefix, const char *item, struct spill_span rec)
{
	static struct spill_row r;
	struct spill_buf b = SPILL_BUF_INIT(SPILL_LOCATOR_TEXT);
	struct spill_span code, detail;
	struct spill_error e = { .evidence = s->path };
	char text[DETAIL_MAX], kind[16];
	int rc;

	if (fsask_check_error(prefix, rec) != SPILL_OK ||
	    spill_unpack(rec, &r) != SPILL_OK)
		return SPILL_EDAMAGED;
	code = error_cell(&r, "code");
	detail = error_cell(&r, "detail");
	(void)snprintf(text, sizeof(text), "%.*s", (int)detail.len, detail.p);
	(void)snprintf(kind, sizeof(kind), "%.*s", (int)code.len, code.p);
	e.code = kind;
	e.detail = text;
	(void)spill_span_uint(error_cell(&r, "img_offset"), &e.offset);
	(void)spill_span_uint(error_cell(&r, "length"), &e.length);
	e.path = error_cell(&r, "path");
	e.item = spill_span(item);
	if (error_cell(&r, "item").len > 0) {
		spill_buf_puts(&b, prefix);
		spill_buf_span(&b, error_cell(&r, "item"));
		e.item = spill_buf_as_span(&b);
	}
	rc = b.rc;
	if (rc == SPILL_OK && e.item.len == 0 &&
	    error_cell(&r, "bytes_affected").len > 0)
		tell_range(t, s, &e);
	else if (rc == SPILL_OK)
		spill_tool_error(t, &e);
	spill_buf_release(&b);
	return rc;
}

/* --- survey ------------------------------------------------------------- */

/* Of the evidence row, what no image says of itself. */
static bool
is_ours(const struct spill_row *r)
{
	static const char *const columns[] = { "evidence", "name", "machine",
		"custodian", "zone", "clock_offset", "sha256" };

	for (size_t i = 0; i < SPILL_COUNT(columns); i++)
		if (spill_row_has(
			r, (unsigned)spill_schema_find(
			       &spill_schema_evidence, spill_span(columns[i]))))
			return true;
	return false;
}

/* The first row: its cells are copied. */
static int
take_image(struct fssurvey *v, const struct spill_row *r)
{
	size_t total = 0;

	if (!fscheck_row(&spill_schema_evidence, r) || is_ours(r))
		return SPILL_EDAMAGED;
	for (unsigned i = 0; i < spill_schema_evidence.n; i++)
		total += spill_row_get(r, i).len;
	v->text = SPILL_BUF_INIT(total + 1);
	if (spill_buf_room(&v->text, total + 1) == NULL)
		return v->rc = SPILL_ENOMEM;
	for (unsigned i = 0; i < spill_schema_evidence.n; i++) {
		struct spill_span c = spill_row_get(r, i);

		spill_row_set(&v->image, i,
		    (struct spill_span){ v->text.p + v->text.len, c.len });
		spill_buf_span(&v->text, c);
	}
	v->has_image = true;
	return SPILL_OK;
}

/* Two of one name would share their locators. */
static bool
has_volume(const struct spill_volumes *l, const char *name)
{
	for (size_t i = 0; i < l->n && name[0] != '\0'; i++)
		if (strcmp(l->v[i].name, name) == 0)
			return true;
	return false;
}

static int
append(struct spill_volumes *l, size_t *room, const struct spill_volume *x)
{
	if (l->n == *room) {
		size_t cap = *room > 0 ? 2 * *room : 16;
		struct spill_volume *p = realloc(l->v, cap * sizeof(*p));

		if (p == NULL)
			return SPILL_ENOMEM;
		l->v = p;
		*room = cap;
	}
	l->v[l->n++] = *x;
	return SPILL_OK;
}

static int
take_volume(struct fssurvey *v, struct spill_volumes *l, size_t *room,
    const struct spill_row *r)
{
	struct spill_volume x;
	int rc;

	if (l->n == SPILL_VOLUMES_MAX ||
	    fsjob_get_volume(r, &x, l->table) != SPILL_OK ||
	    has_volume(l, x.name))
		return SPILL_EDAMAGED;
	rc = append(l, room, &x);
	if (rc != SPILL_OK)
		v->rc = rc;
	return rc;
}

static int
on_row(void *arg, struct spill_span rec)
{
	static struct spill_row r;
	struct fssurvey *v = arg;

	if (spill_unpack(rec, &r) != SPILL_OK)
		return SPILL_EDAMAGED;
	return v->has_image ? take_volume(v, &v->list, &v->cap, &r)
			    : take_image(v, &r);
}

static int
on_error(void *arg, struct spill_span rec)
{
	static struct spill_row r;
	struct fssurvey *v = arg;
	uint64_t before = spill_tool_errors(v->tool);
	int rc = fsask_error(v->tool, v->source, "", "", rec);

	if (rc != SPILL_OK || spill_tool_errors(v->tool) == before ||
	    spill_unpack(rec, &r) != SPILL_OK)
		return rc;
	spill_buf_span(&v->odd, error_cell(&r, "detail"));
	spill_buf_putc(&v->odd, '\n');
	return SPILL_OK;
}

static void
on_end(void *arg, const struct spill_outcome *o)
{
	struct fssurvey *v = arg;
	struct spill_outcome nothing = *o;
	bool whole = o->how == SPILL_ENDED_OK || o->how == SPILL_ENDED_PARTIAL;

	/* All of it may be a gap, but something it is. */
	v->done = whole && v->list.n > 0;
	if (whole && !v->done)
		nothing = (struct spill_outcome){ .how = SPILL_ENDED_PROTOCOL,
			.detail = "it said nothing of the image" };
	fsask_tell(v->tool, v->source, "", v->done ? o : &nothing, "");
}

int
fssurvey_submit(struct spill_pool *pool, struct spill_tool *t,
    struct spill_source *s, bool search, struct fssurvey *v)
{
	static const struct spill_task_ops ops = {
		.row = on_row, .error = on_error, .end = on_end
	};
	struct fsjob job = { .op = FSJOB_SURVEY, .lost = search };

	v->tool = t;
	v->source = s;
	v->odd = SPILL_BUF_INIT((size_t)1 << 20);
	return fsask_submit(pool, s, &job, &ops, v);
}

/* --- search ------------------------------------------------------------- */

#define SEARCH_TRIES 8
/* One packed byte of an E01 becomes at most so many. */
#define UNPACKED 1100

static int
on_found(void *arg, struct spill_span rec)
{
	static struct spill_row r;
	struct fssurvey *v = arg;

	return spill_unpack(rec, &r) == SPILL_OK
		   ? take_volume(v, &v->found, &v->found_cap, &r)
		   : SPILL_EDAMAGED;
}

static int
on_byte(void *arg, uint64_t at)
{
	(void)arg;
	spill_progress(at, 0, "searching for lost volumes");
	return SPILL_OK;
}

static void
drop_found(struct fssurvey *v)
{
	free(v->found.v);
	v->found = (struct spill_volumes){ 0 };
	v->found_cap = 0;
}

/* What it died of was the last thing that it opened. */
static bool
can_search_again(struct fssurvey *v, const struct spill_outcome *o)
{
	if (!o->has_at || v->search.navoid == SEARCH_TRIES ||
	    (o->how != SPILL_ENDED_MEMORY && o->how != SPILL_ENDED_CRASHED &&
		o->how != SPILL_ENDED_POLICY))
		return false;
	v->search.avoid[v->search.navoid++] = o->at;
	return true;
}

static void
on_search_end(void *arg, const struct spill_outcome *o)
{
	struct fssurvey *v = arg;
	char what[128];

	v->again = false;
	if (o->how == SPILL_ENDED_OK) {
		free(v->list.v);
		v->list = v->found;
		v->cap = v->found_cap;
		v->found = (struct spill_volumes){ 0 };
		v->found_cap = 0;
		return;
	}
	v->again = can_search_again(v, o);
	(void)snprintf(what, sizeof(what),
	    v->again
		? "lost volume at byte %llu is not opened: "
		: "the search for lost volumes ended early, at byte %llu: ",
	    (unsigned long long)(o->has_at ? o->at : 0));
	fsask_tell(v->tool, v->source, "", o, what);
	drop_found(v);
}

/* Of what an image says of its size no more is believed than its files can
 * hold. */
static uint64_t
image_bytes(const struct fssurvey *v)
{
	int i = spill_schema_find(&spill_schema_evidence, SPILL_SPAN("size"));
	uint64_t size = 0, most = 0;

	(void)spill_span_uint(spill_row_get(&v->image, (unsigned)i), &size);
	for (size_t k = 0; k < v->source->set->n; k++)
		most += v->source->set->file[k].size;
	return most < UINT64_MAX / UNPACKED ? SPILL_MIN(size, most * UNPACKED)
					    : size;
}

static void
on_one_end(void *arg, const struct spill_outcome *o)
{
	struct fssurvey *v = arg;

	fsask_tell(v->tool, v->source, "", o, "search for a lost volume: ");
}

static int
submit_search(struct spill_pool *pool, struct fssurvey *v,
    void (*end)(void *, const struct spill_outcome *))
{
	static struct spill_task_ops ops = {
		.row = on_found, .error = on_error, .progress = on_byte
	};

	ops.end = end;
	v->search.op = FSJOB_SEARCH;
	v->search.length = image_bytes(v);
	return fsask_submit(pool, v->source, &v->search, &ops, v);
}

int
fssurvey_search(struct spill_pool *pool, struct fssurvey *v, size_t n)
{
	bool any;
	int rc = SPILL_OK;

	for (size_t i = 0; i < n; i++)
		v[i].again = v[i].done;
	do {
		any = false;
		for (size_t i = 0; i < n && rc == SPILL_OK; i++) {
			if (!v[i].again)
				continue;
			any = true;
			rc = submit_search(pool, &v[i], on_search_end);
		}
		if (rc == SPILL_OK)
			rc = spill_pool_drain(pool);
	} while (any && rc == SPILL_OK);
	return rc;
}

/* The sector that a name begins with: x40960, x40960.v1. */
static bool
lost_sector(struct spill_span name, uint64_t *sector)
{
	const char *dot = memchr(name.p, '.', name.len);
	size_t len = dot != NULL ? (size_t)(dot - name.p) : name.len;

	return len >= 2 && name.p[0] == 'x' &&
	       spill_span_uint(
		   (struct spill_span){ name.p + 1, len - 1 }, sector) &&
	       *sector <= INT64_MAX / 512;
}

int
fssurvey_lost(struct spill_pool *pool, struct fssurvey *v,
    struct spill_span name, struct spill_volume *out)
{
	struct spill_volume *j = &v->search.volume;
	uint64_t sector;
	int rc;

	*out = (struct spill_volume){ 0 };
	if (!v->done || name.len >= sizeof(j->name) ||
	    !lost_sector(name, &sector))
		return SPILL_OK;
	memcpy(j->name, name.p, name.len);
	j->offset = sector * 512;
	v->search.navoid = 0;
	rc = submit_search(pool, v, on_one_end);
	if (rc == SPILL_OK)
		rc = spill_pool_drain(pool);
	for (size_t i = 0; i < v->found.n && rc == SPILL_OK; i++)
		if (spill_span_eq(spill_span(v->found.v[i].name), name)) {
			*out = v->found.v[i];
			rc = append(&v->list, &v->cap, out);
			break;
		}
	drop_found(v);
	return rc;
}

void
fssurvey_release(struct fssurvey *v)
{
	spill_buf_release(&v->text);
	spill_buf_release(&v->odd);
	drop_found(v);
	free(v->list.v);
	v->list = (struct spill_volumes){ 0 };
}
