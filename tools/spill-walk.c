#include <unistd.h>

#include <spill/walker.h>

static const struct spill_opt options[] = {
	SPILL_OPT_FILES('e', "evidence", struct spill_walker_conf, evidence,
	    "[name=]path",
	    "evidence under this name, the first part of its locators; "
	    "without a name, as an operand"),
	SPILL_OPT_FLAG('l', "list", struct spill_walker_conf, list,
	    "show what the evidence is, its tables, volumes and anomalies, for "
	    "people"),
	SPILL_OPT_FLAG(0, "evidence-record", struct spill_walker_conf, record,
	    "write evidence records in place of items"),
	SPILL_OPT_FLAG(0, "verify", struct spill_walker_conf, verify,
	    "read all of the evidence and compare it with the hashes that it "
	    "stores; its SHA-256 is in the evidence record"),
	SPILL_OPT_FLAG('r', "runs", struct spill_walker_conf, runs,
	    "say where the content of each item lies, in column runs"),
	SPILL_OPT_FLAG('s', "slack", struct spill_walker_conf, slack,
	    "a row for the slack behind the content of each item, too"),
	SPILL_OPT_FLAG('a', "attributes", struct spill_walker_conf, attributes,
	    "a row for each NTFS attribute, not only for those that hold "
	    "content"),
	SPILL_OPT_FLAG(0, "no-lost", struct spill_walker_conf, no_lost,
	    "do not search for volumes that no partition table has: that reads "
	    "all bytes that belong to no file system"),
	SPILL_OPT_UINT('j', "jobs", struct spill_walker_conf, jobs, "number",
	    "volumes to walk at the same time, as many as processors if not "
	    "given",
	    .how = true),
	SPILL_OPT_SIZE('m', "memory", struct spill_walker_conf, memory, "size",
	    "memory of a worker, 4G if not given", .how = true),
	SPILL_OPT_FLAG(0, "no-sandbox", struct spill_walker_conf, no_sandbox,
	    "parse evidence without a jail: for finding faults only",
	    .how = true),
	SPILL_OPT_END
};

static const char *const formats[] = { "csv", "tsv", "jsonl", NULL };

static const struct spill_tool_spec spec = {
	.name = "walk",
	.summary = "list every file, stream, deleted and orphan entry of "
		   "evidence",
	.operands = "evidence ...",
	.options = options,
	.writes = &spill_schema_item,
	.formats = formats,
	.nrecord = 3,
	.reads_none = true,
};

int
main(int argc, char *argv[])
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	struct spill_walker_conf conf = {
		.jobs = cpus > 0 ? (uint64_t)cpus : 1,
	};
	struct spill_tool *t = NULL;
	int rc = spill_tool_begin(&t, &spec, &conf, argc, argv);

	if (rc == SPILL_OK)
		rc = spill_walker(t, &conf);
	return spill_tool_end(&t, rc);
}
