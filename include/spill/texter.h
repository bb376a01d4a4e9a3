/*
 * texter.h: what spill-text does: items in, the lines of their text out.
 */
#ifndef SPILL_TEXTER_H
#define SPILL_TEXTER_H

#include <spill/pass.h>

struct spill_texter_conf {
	struct spill_pass_conf pass;
	const char *roles; /* "header,footer"; NULL: all */
	bool plain; /* the text alone, for people */
};

#define SPILL_TEXTER_BYTES ((uint64_t)1 << 30) /* of text of a document */

int spill_texter(struct spill_tool *t, struct spill_texter_conf *conf);

#endif
