/*
 * marker.h: what spill-mark does: items in, what their markings add up to out.
 * A container has the verdict of the highest of its members, if that is more
 * than its own.
 */
#ifndef SPILL_MARKER_H
#define SPILL_MARKER_H

#include <spill/pass.h>

enum spill_marker_form {
	SPILL_MARKER_VERDICTS, /* records: one for each item that has any */
	SPILL_MARKER_EACH, /* records: every marking */
	SPILL_MARKER_EXPLAIN, /* for people: each marking and its points */
	SPILL_MARKER_SUMMARY, /* for people: machines by level by state */
};

struct spill_marker_conf {
	struct spill_pass_conf pass;
	bool each, explain, summary, furniture;
	const char *classes; /* "marked,labelled"; NULL: all */
	const char *schemes; /* "NATO,EU"; NULL: all */
	uint64_t min_rank;
	struct spill_optlist tables; /* --schemes FILE */
};

int spill_marker(struct spill_tool *t, struct spill_marker_conf *conf);

#endif
