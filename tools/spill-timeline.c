#include <unistd.h>

#include <spill/timeline.h>

static const struct spill_opt options[] = {
	SPILL_OPT_TIME('s', "since", struct spill_timeline_conf, since, "time",
	    "leave out events before this instant, and those without a time"),
	SPILL_OPT_TIME('u', "until", struct spill_timeline_conf, until, "time",
	    "leave out events at or after this instant, and those without a "
	    "time"),
	SPILL_OPT_LIST('w', "where", struct spill_timeline_conf, where,
	    "condition",
	    "keep only events for which it holds: column=value, or with !=, "
	    "~ (glob), !~, <, <=, >, >= for =; may be repeated: all must hold"),
	SPILL_OPT_FILES(0, "evidence", struct spill_timeline_conf, evidence,
	    "file",
	    "evidence records, for machine, time zone and clock offset of "
	    "each evidence"),
	SPILL_OPT_STRING(0, "assume-zone", struct spill_timeline_conf,
	    assume_zone, "zone",
	    "take local times of unknown zone for times of this one"),
	SPILL_OPT_LIST(0, "skew", struct spill_timeline_conf, skew,
	    "[machine=]duration",
	    "take off how far the clock was ahead: 90s, -00:01:30, ..."),
	SPILL_OPT_LIST(0, "machine", struct spill_timeline_conf, machine,
	    "[file=]name", "machine of the events that name none"),
	SPILL_OPT_STRING(0, "tz", struct spill_timeline_conf, tz, "zone",
	    "show times in this zone, with their offset from UTC"),
	SPILL_OPT_ENUM(0, "from", struct spill_timeline_conf, from, "format",
	    "what the inputs are, where that is not to be found out",
	    spill_timeline_from),
	SPILL_OPT_SIZE('m', "memory", struct spill_timeline_conf, memory,
	    "size",
	    "memory to use before going to scratch files, 256M if "
	    "not given",
	    .how = true),
	SPILL_OPT_DIR(0, "scratch", struct spill_timeline_conf, scratch,
	    "folder", "where scratch files go", .how = true),
	SPILL_OPT_UINT('j', "jobs", struct spill_timeline_conf, jobs, "number",
	    "threads to use, as many as processors if not given", .how = true),
	SPILL_OPT_END
};

static const struct spill_tool_spec spec = {
	.name = "timeline",
	.summary = "merge timelines into one, sorted by time",
	.operands = "[file ...]",
	.options = options,
	.writes = &spill_schema_event,
	.formats = spill_timeline_formats,
	.nrecord = SPILL_TIMELINE_NRECORD,
};

int
main(int argc, char *argv[])
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	struct spill_timeline_conf conf = {
		.memory = (uint64_t)256 << 20,
		.jobs = cpus > 0 ? (uint64_t)cpus : 1,
	};
	struct spill_tool *t = NULL;
	int rc = spill_tool_begin(&t, &spec, &conf, argc, argv);

	if (rc == SPILL_OK)
		rc = spill_timeline(t, &conf);
	return spill_tool_end(&t, rc);
}
