/*
 * itemcat.h: what spill-cat does: locators in, their bytes out. It parses no
 * evidence: worker-fs does.
 */
#ifndef SPILL_ITEMCAT_H
#define SPILL_ITEMCAT_H

#include <spill/opt.h>
#include <spill/tool.h>

struct spill_itemcat_conf {
	struct spill_optlist evidence; /* -e [NAME=]PATH */
	const char *folder; /* -C: evidence.csv in it says where a name is */
	const char *range; /* OFFSET or OFFSET+LENGTH of the bytes */
	const char *verify; /* hash that the bytes must have */
	bool no_sandbox;
};

/* Write the bytes of the operands of the tool, one after the other. */
int spill_itemcat(struct spill_tool *t, const struct spill_itemcat_conf *conf);

#endif
