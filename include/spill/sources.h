/*
 * sources.h: the evidence that a tool was given, by name, opened and ready to
 * be handed to worker-fs. This half runs in the tool: it opens files and
 * looks at none.
 */
#ifndef SPILL_SOURCES_H
#define SPILL_SOURCES_H

#include <spill/base.h>
#include <spill/evidence_set.h>
#include <spill/opt.h>
#include <spill/tool.h>

struct spill_source {
	char *path; /* as given */
	char *name; /* short name, raw */
	char *label; /* the name as the first segment of locators */
	struct spill_evidence_set *set; /* NULL: could not be opened */
	int *fd; /* of its files */
	bool lost; /* it could not be opened, which was told */
	struct bad_list *told; /* ranges of it that errors have told */
};

#define SPILL_SOURCES_MAX 16384

/* They stay where they are. */
struct spill_sources {
	struct spill_source *s;
	size_t n, cap;
};

/*
 * Add one by its path; NAME may be NULL: the short name of the path.
 * SPILL_EUSAGE, said: without a name, or another path has the name.
 */
int spill_sources_add(
    struct spill_sources *l, const char *path, const char *name);
/* "NAME=PATH" or "PATH", as of option -e; a path that is there already gets
 * the name. */
int spill_sources_option(struct spill_sources *l, const char *text);
/* The source of a name as locators have it, raw; NULL: there is none. */
struct spill_source *spill_sources_find(
    struct spill_sources *l, struct spill_span name);
/*
 * Open its files, once. Where that fails, it is told as an error of the tool,
 * the first time, and SPILL_EIO or what else it was is returned.
 */
int spill_source_open(struct spill_source *s, struct spill_tool *t);
/* All that are open: has one changed since? It is said; SPILL_EIO then. */
int spill_sources_check(const struct spill_sources *l);
void spill_sources_release(struct spill_sources *l);

#endif
