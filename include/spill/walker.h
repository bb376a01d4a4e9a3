/*
 * walker.h: what spill-walk does: evidence in, item records out. It parses
 * none of it: worker-fs does.
 */
#ifndef SPILL_WALKER_H
#define SPILL_WALKER_H

#include <spill/opt.h>
#include <spill/tool.h>

struct spill_walker_conf {
	struct spill_optlist evidence; /* -e NAME=PATH */
	bool list, record; /* in place of items */
	bool verify; /* all of the evidence, besides */
	bool runs, slack, attributes, no_lost, no_sandbox;
	uint64_t jobs, memory;
};

/* Walk the operands of the tool. */
int spill_walker(struct spill_tool *t, const struct spill_walker_conf *conf);

#endif
