#include <unistd.h>

#include <spill/typer.h>

#define CONF struct spill_typer_conf

static const struct spill_opt options[] = {
	SPILL_OPT_STRING(0, "hash", CONF, hash, "list",
	    "hashes to compute, of sha256, sha1 and md5, a comma between; "
	    "none; sha256 if not given"),
	SPILL_OPT_FILES(0, "known", CONF, known, "[name=]file",
	    "hashes of known files: NSRL RDS (SQLite or text), hashdeep, or "
	    "one a line; column known has the name of the set"),
	SPILL_OPT_FLAG(0, "drop-known", CONF, drop_known,
	    "leave out the rows of known files"),
	SPILL_OPT_FLAG(0, "no-members", CONF, pass.no_members,
	    "do not look for members of archives, documents and mail"),
	SPILL_OPT_UINT(0, "depth", CONF, pass.limits.depth, "number",
	    "levels of members in members, 16 if not given; 0: none, as "
	    "--no-members"),
	SPILL_OPT_UINT(0, "max-members", CONF, pass.limits.members, "number",
	    "members of an item, at all levels; a million if not given; "
	    "0: no limit"),
	SPILL_OPT_SIZE(0, "max-bytes", CONF, pass.limits.bytes, "size",
	    "bytes of the members of an item, 64G if not given; 0: no "
	    "limit"),
	SPILL_OPT_UINT(0, "max-ratio", CONF, pass.limits.ratio, "number",
	    "how many times the bytes of an item its members may have, if "
	    "they have more than 64M; 250 if not given; 0: no limit"),
	SPILL_OPT_FILES('e', "evidence", CONF, pass.evidence, "[name=]path",
	    "where the evidence of that name is; without a name, it is called "
	    "as spill-walk would call it"),
	SPILL_OPT_DIR('C', "case", CONF, pass.folder, "folder",
	    "case folder, whose evidence.csv says where evidence is"),
	SPILL_OPT_UINT('j', "jobs", CONF, pass.jobs, "number",
	    "lanes that read and look at the same time, as many as processors "
	    "if not given",
	    .how = true),
	SPILL_OPT_SIZE('m', "memory", CONF, pass.memory, "size",
	    "memory of a worker that looks at content, 1G if not given",
	    .how = true),
	SPILL_OPT_DIR(0, "scratch", CONF, pass.scratch, "folder",
	    "where scratch files go, $TMPDIR or /var/tmp if not given",
	    .how = true),
	SPILL_OPT_FLAG(0, "no-sandbox", CONF, pass.no_sandbox,
	    "parse evidence without a jail: for finding faults only",
	    .how = true),
	SPILL_OPT_END
};

static const char *const formats[] = { "csv", "tsv", "jsonl", NULL };

static const struct spill_tool_spec spec = {
	.name = "type",
	.summary = "say of items what they are: types, hashes, members",
	.operands = "[file | locator | - ...]",
	.options = options,
	.writes = &spill_schema_item,
	.formats = formats,
	.nrecord = 3,
};

int
main(int argc, char *argv[])
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	struct spill_typer_conf conf = {
		.hash = "sha256",
		.pass = { .jobs = cpus > 0 ? (uint64_t)cpus : 1,
		    .limits = { .depth = SPILL_PASS_DEPTH,
			.members = SPILL_PASS_MEMBERS,
			.bytes = SPILL_PASS_BYTES,
			.ratio = SPILL_PASS_RATIO } },
	};
	struct spill_tool *t = NULL;
	int rc = spill_tool_begin(&t, &spec, &conf, argc, argv);

	if (conf.pass.limits.depth == 0)
		conf.pass.no_members = true;
	if (rc == SPILL_OK)
		rc = spill_typer(t, &conf);
	return spill_tool_end(&t, rc);
}
