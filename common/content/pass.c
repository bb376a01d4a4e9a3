#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <spill/diag.h>
#include <spill/name.h>

#include "pass_i.h"

#define MEMORY_MIN ((uint64_t)64 << 20)

/* --- items -------------------------------------------------------------- */

/* Nothing of it was ever written, so it is a hole, of gigabytes perhaps, as
 * $BadClus:$Bad is. */
static bool
is_hole(const struct spill_row *r)
{
	return spill_span_eq(spill_row_get(r, IT_INIT_SIZE), SPILL_SPAN("0")) &&
	       spill_row_has(r, IT_SIZE) &&
	       !spill_span_eq(spill_row_get(r, IT_SIZE), SPILL_SPAN("0"));
}

/* Has it bytes that are its own? Of others' bytes no hash is told. */
static bool
has_content(const struct spill_row *r)
{
	static const char *const kinds[] = { "file", "stream", "slack",
		"member", "message", "attachment" };
	static const char *const not [] = { "overwritten", "reallocated",
		"none" };
	struct spill_span kind = spill_row_get(r, IT_KIND);
	struct spill_span content = spill_row_get(r, IT_CONTENT);

	if (is_hole(r))
		return false;
	for (size_t i = 0; i < SPILL_COUNT(not ); i++)
		if (spill_span_eq(content, spill_span(not [i])))
			return false;
	/* A range is one that was carved, or a part of the disk. */
	if (spill_span_eq(kind, SPILL_SPAN("range")))
		return spill_row_has(r, IT_GRADE);
	for (size_t i = 0; i < SPILL_COUNT(kinds); i++)
		if (spill_span_eq(kind, spill_span(kinds[i])))
			return true;
	return kind.len == 0;
}

static struct spill_span
keep(struct pass *p, struct spill_span v)
{
	char *s = spill_arena_dup(&p->arena, v.p, v.len);

	return (struct spill_span){ s != NULL ? s : "", s != NULL ? v.len : 0 };
}

static void
set_name(struct pass *p, struct pass_item *x, struct spill_span path)
{
	struct spill_buf b = SPILL_BUF_INIT((size_t)1 << 20);
	const char *slash =
	    path.len > 0 ? memrchr(path.p, '/', path.len) : NULL;
	size_t cut;

	if (slash != NULL) {
		path.len -= (size_t)(slash + 1 - path.p);
		path.p = slash + 1;
	}
	spill_name_unescape(&b, path);
	cut = b.len > PASS_NAME ? b.len - PASS_NAME : 0;
	if (b.len > 0)
		x->name =
		    keep(p, (struct spill_span){ b.p + cut, b.len - cut });
	spill_buf_release(&b);
}

/* The locator's parts: all but its members; these; the object. */
static int
set_parts(struct pass *p, struct pass_item *x, struct spill_span text,
    const struct spill_locator *l)
{
	struct spill_buf b = SPILL_BUF_INIT(SPILL_LOCATOR_TEXT);
	struct spill_locator bare = *l;
	int rc;

	bare.members = 0;
	rc = spill_locator_print(&b, &bare);
	if (rc == SPILL_OK) {
		text = keep(p, text);
		x->text = (struct spill_span){ text.p, b.len };
		x->chain =
		    (struct spill_span){ text.p + b.len, text.len - b.len };
		x->object = spill_locator_object(x->text);
	}
	spill_buf_release(&b);
	return rc;
}

static int
set_place(struct pass *p, struct pass_item *x, const struct spill_row *r,
    const struct spill_locator *l, const char *text)
{
	struct spill_buf path = SPILL_BUF_INIT((size_t)64 << 10);
	char *name;
	int rc;

	if (l->kind == SPILL_LOCATOR_FILE) {
		name = spill_arena_dup(&p->arena, l->name.p, l->name.len);
		x->path = name;
		x->how = PASS_FILE;
		return name != NULL ? SPILL_OK : SPILL_ENOMEM;
	}
	spill_name_unescape(&path, spill_row_get(r, IT_EVIDENCE));
	rc = path.rc;
	if (rc == SPILL_OK)
		rc = spill_itemset_find(p->set, l,
		    path.len > 0 ? spill_buf_str(&path) : NULL, text,
		    &x->place);
	if (rc == SPILL_OK)
		x->how = PASS_EVIDENCE;
	spill_buf_release(&path);
	if (rc != SPILL_END)
		return rc;
	x->status = "unreadable"; /* why, was told */
	return SPILL_OK;
}

static int
classify(struct pass *p, struct pass_item *x, const struct spill_row *r)
{
	struct spill_arena a = SPILL_ARENA_INIT((size_t)1 << 20);
	struct spill_span item = spill_row_get(r, IT_ITEM);
	struct spill_buf text = SPILL_BUF_INIT(SPILL_LOCATOR_TEXT);
	struct spill_locator l;
	int rc = spill_locator_parse(item, &a, &l, NULL);

	spill_buf_span(&text, item);
	if (rc == SPILL_OK)
		rc = set_parts(p, x, item, &l);
	if (rc == SPILL_OK)
		rc = set_place(p, x, r, &l, spill_buf_str(&text));
	if (rc == SPILL_EDAMAGED || rc == SPILL_ELIMIT) {
		const struct spill_error e = { .code = "damaged",
			.evidence = "standard input",
			.detail = "a record that names no item" };

		spill_tool_error(p->tool, &e);
		x->status = "unreadable";
		rc = SPILL_OK;
	}
	spill_buf_release(&text);
	spill_arena_release(&a);
	return rc;
}

static int
set_record(struct pass *p, struct pass_item *x, const struct spill_row *r)
{
	char *rec = spill_arena_alloc(&p->arena, spill_pack_bound(r));

	if (rec == NULL)
		return SPILL_ENOMEM;
	x->rec = (struct spill_span){ rec, spill_pack(r, rec) };
	(void)spill_span_uint(spill_row_get(r, IT_SIZE), &x->size);
	(void)spill_span_uint(spill_row_get(r, IT_IMG_OFFSET), &x->order);
	x->closed = spill_row_has(r, IT_MEMBERS);
	set_name(p, x, spill_row_get(r, IT_PATH));
	return SPILL_OK;
}

int
pass_amend(struct pass *p, struct pass_item *x, const struct spill_row *r)
{
	if (!has_content(r))
		x->how = PASS_THROUGH;
	return set_record(p, x, r);
}

struct pass_item *
pass_add(struct pass *p, const struct spill_row *r)
{
	struct pass_item *x = spill_arena_alloc(&p->arena, sizeof(*x));

	if (x == NULL || set_record(p, x, r) != SPILL_OK)
		return NULL;
	x->number = p->n++;
	if (has_content(r)) {
		int rc = classify(p, x, r);

		p->asked++;

		if (rc != SPILL_OK) {
			p->rc = rc;
			return NULL;
		}
	}
	*p->last = x;
	p->last = &x->next;
	return x;
}

void
pass_lose(struct pass *p, const struct spill_error *e)
{
	p->asked++;
	p->lost++;
	spill_tool_error(p->tool, e);
}

/* --- the window --------------------------------------------------------- */

int
pass_window_run(struct pass *p)
{
	int rc = p->rc != SPILL_OK ? p->rc : pass_columns(p);

	if (rc == SPILL_OK)
		rc = pass_units(p);
	if (rc == SPILL_OK)
		rc = pass_work(p);
	for (struct pass_item *x = p->first; x != NULL && rc == SPILL_OK;
	     x = x->next)
		rc = pass_emit(p, x);
	free(p->order);
	p->order = NULL;
	for (struct pass_item *x = p->first; x != NULL; x = x->next)
		pass_drop(p, x);
	spill_arena_release(&p->arena);
	p->arena = SPILL_ARENA_INIT(0);
	p->first = NULL;
	p->hands = NULL;
	p->last = &p->first;
	p->n = 0;
	p->scratch_used = 0;
	if (p->scratch >= 0 && ftruncate(p->scratch, 0) != 0)
		rc = rc == SPILL_OK ? SPILL_EIO : rc;
	return rc;
}

/* --- all ---------------------------------------------------------------- */

static int
set_defaults(struct spill_pass_conf *c)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	if (c->memory > 0 && c->memory < MEMORY_MIN) {
		spill_err("option --memory: a worker needs 64M");
		return SPILL_EUSAGE;
	}
	if (c->jobs == 0)
		c->jobs = cpus > 0 ? (uint64_t)cpus : 1;
	if (c->limits.depth == 0)
		c->no_members = true;
	return SPILL_OK;
}

static int
open_pass(struct pass *p)
{
	const struct spill_pass_conf *c = p->conf;
	const struct spill_itemset_conf set = { .evidence = &c->evidence,
		.folder = c->folder,
		.jobs = c->jobs,
		.no_sandbox = c->no_sandbox };
	int rc = spill_columns_open(&p->cols, &spill_schema_item);

	for (size_t i = 0; i < SPILL_COUNT(p->text); i++)
		p->text[i] = SPILL_BUF_INIT((size_t)4 << 20);
	p->edge = SPILL_BUF_INIT(SPILL_LOCATOR_TEXT);
	if (rc == SPILL_OK)
		rc = spill_itemset_open(&p->set, p->tool, &set);
	return rc == SPILL_OK ? pass_lanes_open(p) : rc;
}

static void
release(struct pass *p)
{
	pass_lanes_close(p);
	pass_described_free(p);
	spill_itemset_free(&p->set);
	spill_columns_free(&p->cols);
	spill_arena_release(&p->arena);
	for (size_t i = 0; i < SPILL_COUNT(p->text); i++)
		spill_buf_release(&p->text[i]);
	spill_buf_release(&p->edge);
	if (p->scratch >= 0)
		close(p->scratch);
	free(p);
}

/* One for all: nearly every machine has thousands. */
static void
tell_pictures(struct pass *p)
{
	char text[96];
	const struct spill_error e = {
		.code = "unsupported", .evidence = "", .detail = text
	};

	(void)snprintf(text, sizeof(text),
	    "pictures in which nothing is read, as there is no OCR: %llu",
	    (unsigned long long)p->pictures);
	if (p->pictures > 0)
		spill_tool_error(p->tool, &e);
}

int
spill_pass_run(struct spill_tool *t, const struct spill_pass_conf *conf,
    const struct spill_pass_ops *ops)
{
	struct spill_pass_conf own = *conf;
	struct pass *p;
	int rc = set_defaults(&own);

	if (rc != SPILL_OK)
		return rc;
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		return SPILL_ENOMEM;
	p->tool = t;
	p->conf = &own;
	p->ops = ops;
	p->scratch = -1;
	p->last = &p->first;
	rc = open_pass(p);
	if (rc == SPILL_OK)
		rc = pass_input(p);
	if (rc == SPILL_OK)
		rc = pass_columns(p);
	if (rc == SPILL_OK)
		rc = spill_itemset_check(p->set);
	if (rc == SPILL_OK)
		tell_pictures(p);
	/* Nothing could be opened: the rows say so, but are of no use. */
	if (rc == SPILL_OK && p->asked > 0 && p->lost == p->asked) {
		(void)spill_out_flush(spill_tool_out(t));
		rc = SPILL_EIO;
	}
	release(p);
	return rc;
}
