#include <spill/texter.h>

#define CONF struct spill_texter_conf

static const struct spill_opt options[] = {
	SPILL_OPT_FLAG(
	    0, "plain", CONF, plain, "the text alone, for people: no records"),
	SPILL_OPT_STRING(0, "role", CONF, roles, "list",
	    "only lines of these roles, a comma between"),
	SPILL_OPT_SIZE(0, "max-text", CONF, pass.limits.text, "size",
	    "bytes of the text of a document, 1G if not given; 0: no limit"),
	SPILL_PASS_OPTIONS(CONF), SPILL_OPT_END
};

static const char *const formats[] = { "csv", "tsv", "jsonl", NULL };

static const struct spill_tool_spec spec = {
	.name = "text",
	.summary = "the text of documents, with page and role of each line",
	.operands = "[file | locator | - ...]",
	.options = options,
	.writes = &spill_schema_line,
	.formats = formats,
	.nrecord = 3,
};

int
main(int argc, char *argv[])
{
	struct spill_texter_conf conf = { .pass = SPILL_PASS_DEFAULTS };
	struct spill_tool *t = NULL;
	int rc;

	conf.pass.limits.text = SPILL_TEXTER_BYTES;
	rc = spill_tool_begin(&t, &spec, &conf, argc, argv);
	if (rc == SPILL_OK)
		rc = spill_texter(t, &conf);
	return spill_tool_end(&t, rc);
}
