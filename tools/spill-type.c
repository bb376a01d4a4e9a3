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
	SPILL_PASS_OPTIONS(CONF), SPILL_OPT_END
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
	struct spill_typer_conf conf = {
		.hash = "sha256",
		.pass = SPILL_PASS_DEFAULTS,
	};
	struct spill_tool *t = NULL;
	int rc;

	rc = spill_tool_begin(&t, &spec, &conf, argc, argv);
	if (rc == SPILL_OK)
		rc = spill_typer(t, &conf);
	return spill_tool_end(&t, rc);
}
