#include <spill/itemcat.h>

static const struct spill_opt options[] = {
	SPILL_OPT_FILES('e', "evidence", struct spill_itemcat_conf, evidence,
	    "[name=]path",
	    "where the evidence of that name is; without a name, it is called "
	    "as spill-walk would call it"),
	SPILL_OPT_DIR('C', "case", struct spill_itemcat_conf, folder, "folder",
	    "case folder, whose evidence.csv says where evidence is"),
	SPILL_OPT_STRING('r', "range", struct spill_itemcat_conf, range,
	    "offset[+length]", "of each item only these bytes"),
	SPILL_OPT_STRING(0, "verify", struct spill_itemcat_conf, verify, "hash",
	    "fail unless the bytes have this SHA-256, SHA-1 or MD5"),
	SPILL_OPT_FLAG(0, "no-sandbox", struct spill_itemcat_conf, no_sandbox,
	    "parse evidence without a jail: for finding faults only",
	    .how = true),
	SPILL_OPT_END
};

static const struct spill_tool_spec spec = {
	.name = "cat",
	.summary = "write the bytes of items",
	.operands = "[locator ...]",
	.options = options,
};

int
main(int argc, char *argv[])
{
	struct spill_itemcat_conf conf = { 0 };
	struct spill_tool *t = NULL;
	int rc = spill_tool_begin(&t, &spec, &conf, argc, argv);

	if (rc == SPILL_OK)
		rc = spill_itemcat(t, &conf);
	return spill_tool_end(&t, rc);
}
