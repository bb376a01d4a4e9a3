/*
 * fsask_i.h: the tools' side of worker-fs: requests to it, and what its
 * survey of one evidence says.
 */
#ifndef SPILL_FSASK_I_H
#define SPILL_FSASK_I_H

#include <spill/locator.h>
#include <spill/pool.h>
#include <spill/sources.h>

#include "fsjob_i.h"

struct fsask_conf {
	uint64_t jobs, memory;
	bool unordered; /* replies as they come */
	bool no_sandbox;
};

int fsask_pool(struct spill_pool **pool, const struct fsask_conf *conf);

/* Submit a job on an evidence; its parts are filled in here. */
int fsask_submit(struct spill_pool *pool, const struct spill_source *s,
    struct fsjob *job, const struct spill_task_ops *ops, void *arg);

/*
 * Tell how a job ended as an error of the tool, unless it ended well. what
 * goes in front of it, may be ""; item: what the job was about, may be "".
 */
void fsask_tell(struct spill_tool *t, const struct spill_source *s,
    const char *item, const struct spill_outcome *o, const char *what);
/* Tell an error row of the worker. prefix: what its item gets in front; item:
 * if it has none. SPILL_EDAMAGED: it is no error row. */
int fsask_check_error(const char *prefix, struct spill_span rec);
int fsask_error(struct spill_tool *t, const struct spill_source *s,
    const char *prefix, const char *item, struct spill_span rec);

/* --- survey ------------------------------------------------------------- */

struct fssurvey {
	struct spill_tool *tool;
	struct spill_source *source;
	struct spill_row image; /* of the evidence schema; cells in text */
	struct spill_buf text, odd; /* odd: errors in words, for --list */
	struct spill_volumes list,
	    found; /* found: of a search, until it ends */
	size_t cap, found_cap;
	bool has_image, done; /* done: it ended well */
	bool verified; /* that ended well, too */
	char sha256[65], md5[33], sha1[41], status[16]; /* of that */
	struct fsjob search;
	bool again; /* the search, without what its worker died of */
	int rc; /* SPILL_ENOMEM */
};

/* search: fssurvey_search() or _lost() follow, and say if there is nothing. */
int fssurvey_submit(struct spill_pool *pool, struct spill_tool *t,
    struct spill_source *s, bool search, struct fssurvey *v);
/*
 * Search the evidence of surveys that are done for lost volumes: their lists
 * get them. A search that does not end well is told, and changes nothing.
 */
int fssurvey_search(struct spill_pool *pool, struct fssurvey *v, size_t n);
/* The lost volume of a name, "x2048"; *out has no length if there is none. */
int fssurvey_lost(struct spill_pool *pool, struct fssurvey *v,
    struct spill_span name, struct spill_volume *out);
void fssurvey_release(struct fssurvey *v);

/* --- verification ------------------------------------------------------- */

/*
 * Read all of an evidence and hash it: what comes of it is told as errors,
 * and is in the survey's image (status, sha256) and verified.
 */
int fsverify_submit(struct spill_pool *pool, struct fssurvey *v);

#endif
