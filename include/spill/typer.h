/*
 * typer.h: what spill-type does: items in, the same items with types and
 * hashes out, and their members behind them.
 */
#ifndef SPILL_TYPER_H
#define SPILL_TYPER_H

#include <spill/pass.h>

struct spill_typer_conf {
	struct spill_pass_conf pass;
	const char *hash; /* "sha256,md5" */
	struct spill_optlist known; /* --known */
	bool drop_known;
};

int spill_typer(struct spill_tool *t, struct spill_typer_conf *conf);

#endif
