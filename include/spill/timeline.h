/*
 * timeline.h: any number of timelines become one, sorted.
 */
#ifndef SPILL_TIMELINE_H
#define SPILL_TIMELINE_H

#include <spill/opt.h>
#include <spill/tool.h>

struct spill_timeline_conf {
	uint64_t memory, jobs;
	const char *scratch;
	struct spill_time since, until;
	struct spill_optlist where;
	struct spill_optlist evidence;
	const char *assume_zone, *tz;
	struct spill_optlist skew, machine;
	int from; /* index in spill_timeline_from */
};

/* Choices of --from and --format, NULL-terminated. */
extern const char *const spill_timeline_from[];
extern const char *const spill_timeline_formats[];
#define SPILL_TIMELINE_NRECORD 3 /* formats that are record streams */

/*
 * Read the operands of the tool (none: standard input), sort their events
 * and write them to its output.
 */
int spill_timeline(
    struct spill_tool *t, const struct spill_timeline_conf *conf);

#endif
