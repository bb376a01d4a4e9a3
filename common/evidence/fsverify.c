/*
 * fsverify.c: is an image still what was acquired?
 */
#include <stdio.h>
#include <string.h>

#include <spill/diag.h>

#include "fsask_i.h"
#include <spill/fscheck.h>

static struct spill_span
cell(const struct spill_row *r, const char *column)
{
	int i = spill_schema_find(&spill_schema_evidence, spill_span(column));

	return i >= 0 ? spill_row_get(r, (unsigned)i)
		      : (struct spill_span){ "", 0 };
}

static void
set(struct spill_row *r, const char *column, const char *text)
{
	int i = spill_schema_find(&spill_schema_evidence, spill_span(column));

	if (i >= 0)
		spill_row_set(r, (unsigned)i, spill_span(text));
}

/* A hash fills its text, or it is none. */
static bool
take(const struct spill_row *r, const char *column, char *to, size_t size)
{
	struct spill_span v = cell(r, column);

	if (v.len != size - 1)
		return false;
	memcpy(to, v.p, v.len);
	to[v.len] = '\0';
	return true;
}

static int
on_row(void *arg, struct spill_span rec)
{
	static struct spill_row r;
	struct fssurvey *v = arg;
	struct spill_span status;

	if (v->verified || spill_unpack(rec, &r) != SPILL_OK ||
	    !fscheck_row(&spill_schema_evidence, &r))
		return SPILL_EDAMAGED;
	status = cell(&r, "status");
	if (!take(&r, "stored_md5", v->md5, sizeof(v->md5)) ||
	    !take(&r, "stored_sha1", v->sha1, sizeof(v->sha1)) ||
	    !take(&r, "sha256", v->sha256, sizeof(v->sha256)) ||
	    status.len >= sizeof(v->status))
		return SPILL_EDAMAGED;
	memcpy(v->status, status.p, status.len);
	v->status[status.len] = '\0';
	v->verified = true;
	return SPILL_OK;
}

static int
on_error(void *arg, struct spill_span rec)
{
	const struct fssurvey *v = arg;

	return fsask_error(v->tool, v->source, "", "", rec);
}

static int
on_progress(void *arg, uint64_t mib)
{
	const struct fssurvey *v = arg;
	uint64_t size = 0;

	(void)spill_span_uint(cell(&v->image, "size"), &size);
	spill_progress(mib, size >> 20, "MiB verified");
	return SPILL_OK;
}

static void
on_end(void *arg, const struct spill_outcome *o)
{
	struct fssurvey *v = arg;

	if (o->how != SPILL_ENDED_OK)
		v->verified = false;
	fsask_tell(v->tool, v->source, "", o, "verification: ");
	if (!v->verified)
		return;
	set(&v->image, "sha256", v->sha256);
	set(&v->image, "status", v->status);
}

int
fsverify_submit(struct spill_pool *pool, struct fssurvey *v)
{
	static const struct spill_task_ops ops = { .row = on_row,
		.error = on_error,
		.progress = on_progress,
		.end = on_end };
	struct fsjob job = { .op = FSJOB_VERIFY };

	/* Its limits are those of so many bytes. */
	(void)spill_span_uint(cell(&v->image, "size"), &job.volume.length);
	return fsask_submit(pool, v->source, &job, &ops, v);
}
