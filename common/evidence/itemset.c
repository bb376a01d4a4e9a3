#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <spill/diag.h>
#include <spill/itemset.h>
#include <spill/name.h>
#include <spill/reader.h>

#include "fsask_i.h"

/* A volume that was found: its text is kept. */
struct known {
	struct known *next;
	char *prefix;
	struct spill_place place;
};

struct spill_itemset {
	struct spill_tool *tool;
	struct spill_itemset_conf conf;
	struct spill_sources sources;
	size_t given; /* sources of -e and -C: these go first */
	struct fssurvey *survey; /* of the sources, as they are needed */
	size_t surveys; /* room in survey */
	struct spill_pool *pool;
	struct known *known;
	struct spill_row row;
};

/* --- where evidence is -------------------------------------------------- */

static int
add_row(
    struct spill_itemset *s, const struct spill_reader *r, int path, int name)
{
	struct spill_buf p = SPILL_BUF_INIT((size_t)64 << 10), n = p;
	int rc;

	spill_name_unescape(&p, r->table->cell[path]);
	spill_name_unescape(&n, r->table->cell[name]);
	rc = p.rc != SPILL_OK ? p.rc : n.rc;
	/* What was given with -e goes first. */
	if (rc == SPILL_OK && n.len > 0 && p.len > 0 &&
	    spill_sources_find(&s->sources, spill_buf_as_span(&n)) == NULL)
		rc = spill_sources_add(
		    &s->sources, spill_buf_str(&p), spill_buf_str(&n));
	spill_buf_release(&p);
	spill_buf_release(&n);
	return rc;
}

static int
read_folder(struct spill_itemset *s, struct spill_in *in, const char *path)
{
	struct spill_buf why = SPILL_BUF_INIT(4096);
	struct spill_reader *r = NULL;
	int at = -1, name = -1;
	int rc = spill_reader_open(
	    &r, in, SPILL_SYNTAX_CSV, 0, spill_tool_sealed(s->tool), &why);

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
		rc = add_row(s, r, at, name);
	spill_reader_free(&r);
	spill_buf_release(&why);
	return rc == SPILL_END ? SPILL_OK : rc;
}

static int
open_folder(struct spill_itemset *s, const char *folder)
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
		rc = read_folder(s, in, path);
	spill_in_free(&in);
	free(path);
	return rc;
}

static int
add_sources(struct spill_itemset *s)
{
	const struct spill_optlist *l = s->conf.evidence;
	int rc = SPILL_OK;

	for (size_t i = 0; l != NULL && i < l->n && rc == SPILL_OK; i++)
		rc = spill_sources_option(&s->sources, l->v[i]);
	if (rc == SPILL_OK && s->conf.folder != NULL)
		rc = open_folder(s, s->conf.folder);
	s->given = s->sources.n;
	return rc;
}

int
spill_itemset_open(struct spill_itemset **out, struct spill_tool *t,
    const struct spill_itemset_conf *conf)
{
	struct spill_itemset *s = calloc(1, sizeof(*s));
	int rc;

	if (s == NULL)
		return SPILL_ENOMEM;
	s->tool = t;
	s->conf = *conf;
	rc = add_sources(s);
	if (rc != SPILL_OK)
		spill_itemset_free(&s);
	else
		*out = s;
	return rc;
}

/* --- places ------------------------------------------------------------- */

static int
need_pool(struct spill_itemset *s)
{
	const struct fsask_conf ask = { .jobs = s->conf.jobs,
		.memory = s->conf.memory,
		.unordered = !s->conf.ordered,
		.no_sandbox = s->conf.no_sandbox };

	return s->pool != NULL ? SPILL_OK : fsask_pool(&s->pool, &ask);
}

static void
tell(struct spill_itemset *s, const struct spill_source *source,
    const char *text, const char *code, const char *why)
{
	const struct spill_error e = { .code = code,
		.evidence = source != NULL ? source->path : text,
		.item = spill_span(source != NULL ? text : ""),
		.detail = why };

	spill_tool_error(s->tool, &e);
}

/*
 * One survey for each source. They are taken up by callbacks alone, and only
 * while they are made, so they may move between.
 */
static int
grow_surveys(struct spill_itemset *s)
{
	struct fssurvey *p;

	if (s->sources.n <= s->surveys)
		return SPILL_OK;
	p = realloc(s->survey, s->sources.n * sizeof(*p));
	if (p == NULL)
		return SPILL_ENOMEM;
	memset(p + s->surveys, 0, (s->sources.n - s->surveys) * sizeof(*p));
	s->survey = p;
	s->surveys = s->sources.n;
	return SPILL_OK;
}

/* The volume of a locator: SPILL_END, told, if there is none. */
static int
find_volume(struct spill_itemset *s, struct spill_source *source,
    struct spill_span name, const char *text, struct spill_volume *out)
{
	struct fssurvey *v;
	int rc = grow_surveys(s);

	*out = (struct spill_volume){ 0 };
	if (name.len == 0 || rc != SPILL_OK)
		return rc;
	v = &s->survey[source - s->sources.s];
	if (v->source == NULL) {
		rc = fssurvey_submit(s->pool, s->tool, source, false, v);
		if (rc == SPILL_OK)
			rc = spill_pool_drain(s->pool);
	}
	if (rc != SPILL_OK)
		return rc;
	for (size_t i = 0; i < v->list.n; i++)
		if (spill_span_eq(spill_span(v->list.v[i].name), name)) {
			*out = v->list.v[i];
			return SPILL_OK;
		}
	rc = v->done ? fssurvey_lost(s->pool, v, name, out) : SPILL_OK;
	if (rc != SPILL_OK || out->length > 0)
		return rc;
	if (v->done) /* if the survey failed, that was told */
		tell(s, source, text, "unsupported", "there is no such volume");
	return SPILL_END;
}

/* The evidence of a name: as was said, else as the record says. */
static int
find_source(struct spill_itemset *s, struct spill_span name, const char *path,
    const char *text, struct spill_source **out)
{
	struct spill_buf b = SPILL_BUF_INIT(SPILL_LOCATOR_TEXT);
	struct spill_source *x = spill_sources_find(&s->sources, name);
	const char *why = NULL;
	int rc = SPILL_OK;

	if (path != NULL && x == NULL) {
		spill_buf_span(&b, name);
		rc = spill_sources_add(&s->sources, path, spill_buf_str(&b));
		x = spill_sources_find(&s->sources, name);
		spill_buf_release(&b);
	} else if (path != NULL && (size_t)(x - s->sources.s) >= s->given &&
		   strcmp(x->path, path) != 0) {
		why = "other evidence has this name, too: say which with -e "
		      "NAME=PATH";
	}
	if (rc == SPILL_OK && x == NULL)
		why = "where its evidence is, is not known: say so with -e "
		      "NAME=PATH";
	if (why != NULL)
		tell(s, NULL, text, "unreadable", why);
	*out = x;
	return why != NULL ? SPILL_END : rc;
}

static int
remember(struct spill_itemset *s, struct spill_source *source,
    const struct spill_volume *v, struct spill_place *out)
{
	struct known *k = calloc(1, sizeof(*k));

	if (k == NULL ||
	    asprintf(&k->prefix, "%s:%s:", source->label, v->name) < 0) {
		free(k);
		return SPILL_ENOMEM;
	}
	k->place = *out = (struct spill_place){
		.source = source, .volume = *v, .prefix = spill_span(k->prefix)
	};
	k->next = s->known;
	s->known = k;
	return SPILL_OK;
}

static bool
recall(const struct spill_itemset *s, const struct spill_source *source,
    struct spill_span volume, struct spill_place *out)
{
	for (const struct known *k = s->known; k != NULL; k = k->next)
		if (k->place.source == source &&
		    spill_span_eq(spill_span(k->place.volume.name), volume)) {
			*out = k->place;
			return true;
		}
	return false;
}

int
spill_itemset_find(struct spill_itemset *s, const struct spill_locator *l,
    const char *path, const char *text, struct spill_place *out)
{
	struct spill_source *source = NULL;
	struct spill_volume v;
	int rc = find_source(s, l->evidence, path, text, &source);

	if (rc == SPILL_OK && recall(s, source, l->volume, out))
		return SPILL_OK;
	/* The zygote comes first: it must not see evidence. */
	if (rc == SPILL_OK)
		rc = need_pool(s);
	if (rc == SPILL_OK) {
		rc = spill_source_open(source, s->tool);
		if (rc == SPILL_EIO) /* it was told */
			return SPILL_END;
	}
	if (rc == SPILL_OK)
		rc = find_volume(s, source, l->volume, text, &v);
	return rc == SPILL_OK ? remember(s, source, &v, out) : rc;
}

/* --- bytes -------------------------------------------------------------- */

int
spill_itemset_read(struct spill_itemset *s, const struct spill_place *p,
    struct spill_span text, uint64_t offset, uint64_t length,
    const struct spill_task_ops *ops, void *arg)
{
	struct fsjob job = { .op = FSJOB_READ,
		.volume = p->volume,
		.object = text,
		.offset = offset,
		.length = length };

	return fsask_submit(s->pool, p->source, &job, ops, arg);
}

int
spill_itemset_fill(struct spill_itemset *s, const struct spill_place *p,
    struct spill_span objects, int slab, const struct spill_task_ops *ops,
    void *arg)
{
	struct fsjob job = { .op = FSJOB_FILL,
		.volume = p->volume,
		.object = objects,
		.extra = slab };

	return fsask_submit(s->pool, p->source, &job, ops, arg);
}

int
spill_itemset_pipe(struct spill_itemset *s, const struct spill_place *p,
    struct spill_span object, int fd, const struct spill_task_ops *ops,
    void *arg)
{
	struct fsjob job = { .op = FSJOB_PIPE,
		.volume = p->volume,
		.object = object,
		.extra = fd };

	return fsask_submit(s->pool, p->source, &job, ops, arg);
}

int
spill_itemset_walk(struct spill_itemset *s, const struct spill_place *p,
    const struct spill_task_ops *ops, void *arg)
{
	struct fsjob job = { .op = FSJOB_WALK,
		.volume = p->volume,
		.slack = true,
		.attributes = true };

	return fsask_submit(s->pool, p->source, &job, ops, arg);
}

int
spill_itemset_filled(
    struct spill_span rec, uint64_t room, struct spill_filled *out)
{
	static struct spill_row r;
	struct spill_span status;

	*out = (struct spill_filled){ 0 };
	if (spill_unpack(rec, &r) != SPILL_OK ||
	    !spill_span_uint(spill_row_get(&r, IT_SIZE), &out->size) ||
	    !spill_span_uint(spill_row_get(&r, IT_INIT_SIZE), &out->there) ||
	    !spill_span_uint(spill_row_get(&r, IT_IMG_OFFSET), &out->at) ||
	    out->there > out->size || out->at > room ||
	    out->there > room - out->at)
		return SPILL_EDAMAGED;
	status = spill_row_get(&r, IT_STATUS);
	out->partial = spill_span_eq(status, SPILL_SPAN("partial"));
	out->unreadable = spill_span_eq(status, SPILL_SPAN("unreadable"));
	out->large = spill_span_eq(status, SPILL_SPAN("limit"));
	return SPILL_OK;
}

int
spill_itemset_error(struct spill_itemset *s, const struct spill_place *p,
    const char *text, struct spill_span rec)
{
	const char *prefix = p->prefix.p;

	/* Without one, the worker's row may not name an item. */
	return fsask_error(s->tool, p->source, prefix, text, rec);
}

int
spill_itemset_check_error(const struct spill_place *p, struct spill_span rec)
{
	return fsask_check_error(p->prefix.p, rec);
}

void
spill_itemset_tell(struct spill_itemset *s, const struct spill_place *p,
    const char *text, const struct spill_outcome *o)
{
	fsask_tell(s->tool, p->source, text, o, "");
}

int
spill_itemset_wait(
    struct spill_itemset *s, struct spill_pool *const *with, size_t n)
{
	struct spill_pool *all[SPILL_ITEMSET_POOLS + 1] = { s->pool };
	struct pollfd fd[SPILL_COUNT(all)];
	int rc = SPILL_OK;

	if (n > SPILL_ITEMSET_POOLS)
		return SPILL_ELIMIT;
	memcpy(all + 1, with, n * sizeof(*with));
	for (size_t i = 0; i <= n; i++)
		fd[i] = (struct pollfd){
			.fd = all[i] != NULL ? spill_pool_fd(all[i]) : -1,
			.events = POLLIN
		};
	if (poll(fd, (nfds_t)n + 1, 100) < 0 && errno != EINTR)
		return SPILL_EIO;
	for (size_t i = 0; i <= n && rc == SPILL_OK; i++)
		if (all[i] != NULL)
			rc = spill_pool_step(all[i], 0);
	return rc;
}

struct spill_pool *
spill_itemset_pool(struct spill_itemset *s)
{
	return s->pool;
}

int
spill_itemset_check(const struct spill_itemset *s)
{
	return spill_sources_check(&s->sources);
}

void
spill_itemset_free(struct spill_itemset **set)
{
	struct spill_itemset *s = *set;

	if (s == NULL)
		return;
	spill_pool_free(&s->pool);
	for (size_t i = 0; i < s->surveys; i++)
		fssurvey_release(&s->survey[i]);
	free(s->survey);
	while (s->known != NULL) {
		struct known *k = s->known;

		s->known = k->next;
		free(k->prefix);
		free(k);
	}
	spill_sources_release(&s->sources);
	free(s);
	*set = NULL;
}
