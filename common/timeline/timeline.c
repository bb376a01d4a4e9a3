#include <stdlib.h>
#include <string.h>

#include <spill/diag.h>

#include "timeline_i.h"

/* Columns that break ties of time (records.md, event). */
static const unsigned order[] = { EV_MACHINE, EV_SOURCE, EV_SOURCE_ITEM,
	EV_SOURCE_RECORD, EV_ID };

void
tl_note_filter(struct tl *tl, const char *path, const struct spill_buf *filters)
{
	spill_warn("'%s' was filtered: %.*s", path,
	    (int)SPILL_MIN(filters->len, (size_t)200), filters->p);
	spill_buf_printf(
	    &tl->filters, "%s%s: ", tl->filters.len > 0 ? ", " : "", path);
	spill_buf_put(&tl->filters, filters->p, filters->len);
}

/* Conditions on class and level wait until the verdicts are all read. */
static bool
is_late(const char *text)
{
	size_t n = strcspn(text, "=~<>!");

	return spill_span_eq(
		   (struct spill_span){ text, n }, SPILL_SPAN("class")) ||
	       spill_span_eq(
		   (struct spill_span){ text, n }, SPILL_SPAN("level"));
}

static int
open_where(struct tl *tl, bool late, struct spill_where **w)
{
	const struct spill_optlist *l = &tl->conf->where;
	const char **v = calloc(l->n + 1, sizeof(*v));
	size_t n = 0;
	int rc = SPILL_OK;

	if (v == NULL)
		return SPILL_ENOMEM;
	for (size_t i = 0; i < l->n; i++)
		if (is_late(l->v[i]) == late)
			v[n++] = l->v[i];
	if (n > 0)
		rc = spill_where_open(w, v, n, tl->cols);
	free(v);
	return rc;
}

static int
open_zone(struct tl *tl)
{
	int rc = SPILL_OK;

	if (tl->conf->tz != NULL)
		rc = spill_zone_load(tl->conf->tz, &tl->tz);
	if (rc == SPILL_EUSAGE)
		spill_err("option --tz: no time zone is called '%s'; they are "
			  "such as Europe/Lisbon or +01:00",
		    tl->conf->tz);
	return rc;
}

static int
open_sort(struct tl *tl)
{
	tl->sort_conf = (struct spill_sort_conf){
		/* An eighth is for verdicts. */
		.memory = tl->conf->memory - tl->conf->memory / 8,
		.scratch = tl->conf->scratch,
		.jobs = (unsigned)SPILL_MIN(tl->conf->jobs, (uint64_t)64),
		.columns = tl->cols,
		.dict = tl->dict,
		.order = order,
		.norder = SPILL_COUNT(order),
	};
	return spill_sort_open(&tl->sort, &tl->sort_conf);
}

static int
check_conf(const struct spill_timeline_conf *conf)
{
	if (conf->memory < SPILL_SORT_MEMORY_MIN) {
		spill_err("option --memory: at least 4M");
		return SPILL_EUSAGE;
	}
	if (conf->since.set && conf->until.set &&
	    spill_time_cmp(conf->since, conf->until) >= 0) {
		spill_err("--since is not before --until: no event could be");
		return SPILL_EUSAGE;
	}
	if (conf->jobs < 1) {
		spill_err("option --jobs: at least 1");
		return SPILL_EUSAGE;
	}
	return SPILL_OK;
}

static int
open_all(struct tl *tl)
{
	int rc = check_conf(tl->conf);

	tl->filters = SPILL_BUF_INIT((size_t)1 << 20);
	if (rc == SPILL_OK)
		rc = spill_columns_open(&tl->cols, &spill_schema_event);
	if (rc == SPILL_OK)
		rc = spill_dict_open(&tl->dict);
	if (rc == SPILL_OK)
		rc = open_where(tl, false, &tl->early);
	if (rc == SPILL_OK)
		rc = open_where(tl, true, &tl->late);
	if (rc == SPILL_OK)
		rc = open_zone(tl);
	if (rc == SPILL_OK)
		rc = tl_clocks_open(&tl->clocks, tl);
	if (rc == SPILL_OK)
		rc = tl_verdicts_open(&tl->verdicts, tl);
	return rc == SPILL_OK ? open_sort(tl) : rc;
}

static void
close_all(struct tl *tl)
{
	spill_sort_free(&tl->sort);
	tl_verdicts_free(&tl->verdicts);
	tl_clocks_free(&tl->clocks);
	spill_where_free(&tl->late);
	spill_where_free(&tl->early);
	spill_dict_free(&tl->dict);
	spill_columns_free(&tl->cols);
	spill_buf_release(&tl->filters);
	free(tl);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* In order of their names, so that the order given does not matter. */
static int
read_all(struct tl *tl)
{
	size_t n;
	const char *const *given = spill_tool_operands(tl->tool, &n);
	const char **v = calloc(n + 1, sizeof(*v));
	int rc = SPILL_OK;

	if (v == NULL)
		return SPILL_ENOMEM;
	if (n > 0)
		memcpy(v, given, n * sizeof(*v));
	else
		v[n++] = "-";
	qsort(v, n, sizeof(*v), by_text);
	for (size_t i = 0; i < n && rc == SPILL_OK; i++)
		rc = tl_input_read(tl, v[i]);
	free(v);
	if (rc == SPILL_OK && tl->opened == 0) {
		spill_err("no input could be read");
		rc = SPILL_EFORMAT;
	}
	return rc;
}

static void
report(const struct tl *tl)
{
	unsigned runs;
	uint64_t bytes;

	tl_clocks_report(tl->clocks);
	if (tl->untimed > 0)
		spill_note("events without a time, left out by --since and "
			   "--until: %llu",
		    (unsigned long long)tl->untimed);
	if (tl->early != NULL)
		spill_where_report(tl->early);
	if (tl->read > 0 && tl->written == 0)
		spill_note("none of the events is written, of those read: %llu",
		    (unsigned long long)tl->read);
	spill_sort_stats(tl->sort, &runs, &bytes);
	spill_info("events read: %llu, kept: %llu, written: %llu; runs: %u, "
		   "bytes of scratch: %llu",
	    (unsigned long long)tl->read, (unsigned long long)tl->kept,
	    (unsigned long long)tl->written, runs, (unsigned long long)bytes);
}

int
spill_timeline(struct spill_tool *t, const struct spill_timeline_conf *conf)
{
	struct tl *tl = calloc(1, sizeof(*tl));
	int rc;

	if (tl == NULL)
		return SPILL_ENOMEM;
	tl->tool = t;
	tl->conf = conf;
	rc = open_all(tl);
	if (rc == SPILL_OK)
		rc = read_all(tl);
	if (rc == SPILL_OK)
		rc = spill_sort_done(tl->sort);
	if (rc == SPILL_OK)
		rc = tl_write(tl);
	if (rc == SPILL_OK)
		report(tl);
	close_all(tl);
	return rc;
}
