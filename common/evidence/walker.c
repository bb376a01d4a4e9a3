/*
 * walker.c: evidence in the order it was given, in each its volumes and gaps
 * as they lie on the disk, in each volume its items in the order of its
 * directories; whatever the number of workers.
 *
 * First all evidence is surveyed, and searched for lost volumes, then every
 * file system is one job. A worker
 * that does not survive its job has said at which place of the walk it was;
 * another one takes it up there, at the end of everything else, so that the
 * order is the same at every run. A place that ends two workers in a row is
 * gone past. Places are counted from the root on, so none may be left out
 * whose rows came before: those behind it would have other numbers then.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <spill/diag.h>

#include "walker_i.h"

#define RESUME_MAX 128 /* times that one volume may end its worker */
#define SLOW	   8 /* of them that a timeout counts for */

/* The walk of one volume. */
struct visit {
	struct walker *w;
	struct fssurvey *survey;
	const struct spill_volume *volume;
	const struct spill_volume *first, *end; /* what is told with it */
	char *prefix;
	struct fsjob job;
	/* Where this worker is, and what was heard of that place. */
	uint64_t place, rows, errors;
	uint64_t skip; /* errors of place job.from that were told before */
	uint64_t fatal; /* place that ended the worker before, or 0 */
	unsigned times;
	bool begun, again, heard; /* heard: of anything in it */
	struct visit *next;
};

struct visits {
	struct visit *head, **tail;
};

/* --- one volume --------------------------------------------------------- */

/* What is not walked. */
static int
ranges(struct visit *v, const struct spill_volume *from,
    const struct spill_volume *to)
{
	int rc = SPILL_OK;

	for (; from < to && rc == SPILL_OK; from++)
		rc = walker_range(v->w, v->survey, from);
	return rc;
}

/* What lies before the volume. */
static int
begin(struct visit *v)
{
	if (v->begun)
		return SPILL_OK;
	v->begun = true;
	return ranges(v, v->first, v->volume);
}

static int
on_row(void *arg, struct spill_span rec)
{
	struct visit *v = arg;
	int rc = begin(v);

	v->rows++;
	v->heard = true;
	return rc == SPILL_OK
		   ? walker_item(v->w, v->survey, v->volume, v->prefix, rec)
		   : rc;
}

static int
on_error(void *arg, struct spill_span rec)
{
	struct visit *v = arg;
	int rc = begin(v);

	v->heard = true;
	v->errors++;
	if (v->place == v->job.from && v->errors <= v->skip)
		return rc;
	return rc == SPILL_OK ? fsask_error(v->w->tool, v->survey->source,
				    v->prefix, "", rec)
			      : rc;
}

static int
on_place(void *arg, uint64_t place)
{
	struct visit *v = arg;

	v->place = place;
	v->rows = v->errors = 0;
	return SPILL_OK;
}

static bool
has_died(const struct spill_outcome *o)
{
	return o->how == SPILL_ENDED_MEMORY || o->how == SPILL_ENDED_TIMEOUT ||
	       o->how == SPILL_ENDED_CRASHED || o->how == SPILL_ENDED_POLICY;
}

/* What there is of the walk so far need not come again. */
static void
keep(struct visit *v)
{
	struct fsjob *j = &v->job;

	if (v->place < j->from)
		return;
	if (v->place > j->from)
		j->drop = v->skip = 0;
	j->from = v->place;
	j->drop += v->rows;
	v->skip = SPILL_MAX(v->skip, v->errors);
}

/*
 * Is there a way to go on? At the same place once more, then without it. The
 * first one alone must be reached at the second try.
 */
static bool
can_resume(struct visit *v, const struct spill_outcome *o, bool *skips)
{
	struct fsjob *j = &v->job;
	uint64_t at = o->has_at ? o->at : 0;

	*skips = at > 0 && at >= j->from && at == v->fatal;
	if (!has_died(o) || v->times >= RESUME_MAX ||
	    (v->times > 0 && at == 0 && v->fatal == 0) ||
	    (*skips && j->navoid == FSJOB_AVOID_MAX))
		return false;
	if (*skips)
		j->avoid[j->navoid++] = at;
	else if (at > 0)
		v->fatal = at;
	v->times += o->how == SPILL_ENDED_TIMEOUT ? SLOW : 1;
	return true;
}

static void
warn(const struct visit *v, const struct spill_outcome *o)
{
	struct spill_buf b = SPILL_BUF_INIT(512);

	spill_outcome_text(&b, o);
	spill_warn("'%s': volume %s: worker %s: another one goes on",
	    v->survey->source->path, v->volume->name, spill_buf_str(&b));
	spill_buf_release(&b);
}

static void
on_end(void *arg, const struct spill_outcome *o)
{
	struct visit *v = arg;
	/* There is no file system without a root. */
	static const struct spill_outcome silent = { .how =
							 SPILL_ENDED_PROTOCOL,
		.detail = "it said nothing of the file system" };
	bool skips;
	char what[128];

	/* A write that fails is remembered by the output. */
	(void)begin(v);
	if (v->times == 0)
		(void)ranges(v, v->volume + 1, v->end);
	if (o->how == SPILL_ENDED_OK && v->heard)
		return;
	if (o->how == SPILL_ENDED_OK)
		o = &silent;
	keep(v);
	v->again = can_resume(v, o, &skips);
	if (v->again && !skips) {
		warn(v, o);
		return;
	}
	(void)snprintf(what, sizeof(what), "volume %s, %s: ", v->volume->name,
	    v->again ? "one entry is skipped" : "the walk ended early");
	fsask_tell(v->w->tool, v->survey->source, "", o, what);
}

static int
submit(struct visit *v)
{
	static const struct spill_task_ops ops = { .row = on_row,
		.error = on_error,
		.progress = on_place,
		.end = on_end };

	v->again = false;
	v->place = v->rows = v->errors = 0;
	return fsask_submit(v->w->pool, v->survey->source, &v->job, &ops, v);
}

/* --- evidence ----------------------------------------------------------- */

static struct visit *
add_visit(struct walker *w, struct visits *all, struct fssurvey *s,
    const struct spill_volume *volume)
{
	const struct spill_walker_conf *conf = w->conf;
	struct visit *v = calloc(1, sizeof(*v));

	if (v == NULL)
		return NULL;
	v->w = w;
	v->survey = s;
	v->volume = volume;
	v->prefix = walker_prefix(s->source, volume);
	v->job = (struct fsjob){ .op = FSJOB_WALK,
		.volume = *volume,
		.runs = conf->runs,
		.slack = conf->slack,
		.attributes = conf->attributes };
	*all->tail = v;
	all->tail = &v->next;
	return v->prefix != NULL ? v : NULL;
}

/* Nothing is walked: it is told when all before it has been. */
static int
tell_all(struct walker *w, struct fssurvey *s)
{
	int rc = spill_pool_drain(w->pool);

	for (size_t i = 0; i < s->list.n && rc == SPILL_OK; i++)
		rc = walker_range(w, s, &s->list.v[i]);
	return rc;
}

static int
walk_evidence(struct walker *w, struct visits *all, struct fssurvey *s)
{
	const struct spill_volume *first = s->list.v; /* one at least */
	const struct spill_volume *end = s->list.v + s->list.n;
	int rc = SPILL_OK;

	for (const struct spill_volume *x = first; x < end; x++) {
		const struct spill_volume *next = x + 1;
		struct visit *v;

		if (x->kind != SPILL_VOLUME_FS || rc != SPILL_OK)
			continue;
		v = add_visit(w, all, s, x);
		if (v == NULL)
			return SPILL_ENOMEM;
		while (next < end && next->kind != SPILL_VOLUME_FS)
			next++;
		v->first = first;
		v->end = next == end ? end : x + 1;
		first = x + 1;
		rc = submit(v);
	}
	return rc == SPILL_OK && first == s->list.v ? tell_all(w, s) : rc;
}

static int
resume(struct walker *w, struct visits *all)
{
	bool any;
	int rc;

	do {
		any = false;
		rc = spill_pool_drain(w->pool);
		for (struct visit *v = all->head; v != NULL && rc == SPILL_OK;
		     v = v->next)
			if (v->again) {
				any = true;
				rc = submit(v);
			}
	} while (any && rc == SPILL_OK);
	return rc;
}

static int
verify_all(struct walker *w)
{
	int rc = SPILL_OK;

	if (!w->conf->verify)
		return SPILL_OK;
	for (size_t i = 0; i < w->sources.n && rc == SPILL_OK; i++)
		if (w->survey[i].done)
			rc = fsverify_submit(w->pool, &w->survey[i]);
	return rc;
}

static int
walk_all(struct walker *w)
{
	struct visits all = { .tail = &all.head };
	int rc = SPILL_OK;

	for (size_t i = 0; i < w->sources.n && rc == SPILL_OK; i++)
		if (w->survey[i].done)
			rc = walk_evidence(w, &all, &w->survey[i]);
	if (rc == SPILL_OK)
		rc = verify_all(w);
	if (rc == SPILL_OK)
		rc = resume(w, &all);
	/* Callbacks must not come any more. */
	spill_pool_free(&w->pool);
	while (all.head != NULL) {
		struct visit *v = all.head;

		all.head = v->next;
		free(v->prefix);
		free(v);
	}
	return rc;
}

/* --- all ---------------------------------------------------------------- */

static int
open_sources(struct walker *w)
{
	size_t n;
	const char *const *operand = spill_tool_operands(w->tool, &n);
	int rc = SPILL_OK;

	for (size_t i = 0; i < n && rc == SPILL_OK; i++)
		rc = spill_sources_add(&w->sources, operand[i], NULL);
	for (size_t i = 0; i < w->conf->evidence.n && rc == SPILL_OK; i++)
		rc = spill_sources_option(&w->sources, w->conf->evidence.v[i]);
	if (rc == SPILL_OK && w->sources.n == 0) {
		spill_err("no evidence is given");
		rc = SPILL_EUSAGE;
	}
	if (rc != SPILL_OK)
		return rc;
	w->survey = calloc(w->sources.n, sizeof(*w->survey));
	return w->survey != NULL ? SPILL_OK : SPILL_ENOMEM;
}

static bool
searches(const struct walker *w)
{
	return !w->conf->no_lost && !w->conf->record;
}

/* SPILL_EIO if none of them can be read. */
static int
survey_all(struct walker *w)
{
	bool any = false;
	int rc = SPILL_OK;

	for (size_t i = 0; i < w->sources.n; i++) {
		struct spill_source *s = &w->sources.s[i];

		rc = spill_source_open(s, w->tool);
		if (rc == SPILL_ENOMEM)
			return rc;
		if (rc == SPILL_OK)
			rc = fssurvey_submit(
			    w->pool, w->tool, s, searches(w), &w->survey[i]);
		if (rc != SPILL_OK && s->set != NULL)
			return rc;
	}
	rc = spill_pool_drain(w->pool);
	for (size_t i = 0; i < w->sources.n; i++)
		any |= w->survey[i].done;
	return rc != SPILL_OK ? rc : any ? SPILL_OK : SPILL_EIO;
}

static int
search_all(struct walker *w)
{
	return searches(w) ? fssurvey_search(w->pool, w->survey, w->sources.n)
			   : SPILL_OK;
}

static int
describe_all(struct walker *w)
{
	int rc = verify_all(w);

	if (rc == SPILL_OK)
		rc = spill_pool_drain(w->pool);
	for (size_t i = 0; i < w->sources.n && rc == SPILL_OK; i++)
		if (w->survey[i].done)
			rc = w->conf->record ? walker_record(w, &w->survey[i])
					     : walker_list(w, &w->survey[i]);
	return rc;
}

static void
release(struct walker *w)
{
	spill_pool_free(&w->pool);
	for (size_t i = 0; i < w->sources.n && w->survey != NULL; i++)
		fssurvey_release(&w->survey[i]);
	free(w->survey);
	spill_sources_release(&w->sources);
	spill_writer_free(&w->writer);
	spill_columns_free(&w->cols);
	spill_buf_release(&w->item);
	spill_buf_release(&w->parent);
	spill_buf_release(&w->path);
	free(w);
}

int
spill_walker(struct spill_tool *t, const struct spill_walker_conf *conf)
{
	const struct fsask_conf ask = { .jobs = conf->jobs,
		.memory = conf->memory,
		.no_sandbox = conf->no_sandbox };
	struct walker *w = calloc(1, sizeof(*w));
	int rc;

	if (w == NULL)
		return SPILL_ENOMEM;
	w->tool = t;
	w->conf = conf;
	rc = open_sources(w);
	if (rc == SPILL_OK)
		rc = fsask_pool(&w->pool, &ask);
	if (rc == SPILL_OK)
		rc = survey_all(w);
	if (rc == SPILL_OK)
		rc = search_all(w);
	if (rc == SPILL_OK)
		rc = walker_out_open(w);
	if (rc == SPILL_OK)
		rc = conf->list || conf->record ? describe_all(w) : walk_all(w);
	if (rc == SPILL_OK)
		rc = walker_out_close(w);
	if (rc == SPILL_OK)
		rc = spill_sources_check(&w->sources);
	release(w);
	return rc;
}
