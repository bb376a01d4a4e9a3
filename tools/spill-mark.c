/*
 * spill-mark: which documents carry classification markings, and what they add
 * up to.
 */
#include <spill/marker.h>
#include <spill/verdict.h>

#define CONF struct spill_marker_conf

static const struct spill_opt options[] = {
	SPILL_OPT_FLAG(0, "each", CONF, each,
	    "every marking, instead of one verdict an item"),
	SPILL_OPT_FLAG(0, "explain", CONF, explain,
	    "for people: each marking, what it was read as, and every point "
	    "of its score"),
	SPILL_OPT_FLAG(0, "summary", CONF, summary,
	    "for people: how many documents, by machine, level and state"),
	SPILL_OPT_STRING(0, "class", CONF, classes, "list",
	    "only of these classes, a comma between: marked, labelled, "
	    "portion, declassified, specimen, template, corporate, mention"),
	SPILL_OPT_STRING(0, "scheme", CONF, schemes, "list",
	    "only of these schemes, a comma between: NATO, EU, US, PT, ..."),
	SPILL_OPT_UINT(0, "min-rank", CONF, min_rank, "number",
	    "only of this rank and above: 1 unclassified, 2 restricted, "
	    "3 confidential, 4 secret, 5 top secret"),
	SPILL_OPT_FLAG(0, "furniture", CONF, furniture,
	    "tell originator, reference, copy number and date, too"),
	SPILL_OPT_FILES(0, "schemes", CONF, tables, "file",
	    "a table of more markings, as spillkit-schemes(5) says"),
	SPILL_OPT_SIZE(0, "max-text", CONF, pass.limits.text, "size",
	    "bytes of the text of a document, 1G if not given; 0: no limit"),
	SPILL_PASS_OPTIONS(CONF), SPILL_OPT_END
};

static const char *const formats[] = { "csv", "tsv", "jsonl", NULL };

static const struct spill_tool_spec spec = {
	.name = "mark",
	.summary = "documents that carry classification markings",
	.operands = "[file | locator | - ...]",
	.options = options,
	.writes = &spill_schema_verdict,
	.formats = formats,
	.nrecord = 3,
	.more = spill_verdict_points,
};

int
main(int argc, char *argv[])
{
	struct spill_marker_conf conf = { .pass = SPILL_PASS_DEFAULTS };
	struct spill_tool *t = NULL;
	int rc;

	conf.pass.limits.text = (uint64_t)1 << 30;
	rc = spill_tool_begin(&t, &spec, &conf, argc, argv);
	if (rc == SPILL_OK)
		rc = spill_marker(t, &conf);
	return spill_tool_end(&t, rc);
}
