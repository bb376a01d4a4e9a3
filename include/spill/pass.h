/*
 * pass.h: the one loop that reads content. Items come in (records, locators,
 * ordinary files), a window of them is read in the order in which they lie on
 * the disk, looked at by workers, and handed out in the order in which they
 * came: each as a row of the item schema, its members behind it.
 *
 * It runs in the tool and parses no evidence: worker-fs reads, worker-content
 * looks.
 */
#ifndef SPILL_PASS_H
#define SPILL_PASS_H

#include <spill/look.h>
#include <spill/opt.h>
#include <spill/row.h>
#include <spill/tool.h>

struct spill_pass_conf {
	struct spill_optlist evidence; /* -e */
	const char *folder; /* -C, or NULL */
	const char *scratch; /* folder of scratch files; NULL: scratch.h */
	uint64_t jobs; /* lanes: each reads and looks */
	uint64_t memory; /* of a worker, 0: 1 GiB */
	uint64_t window; /* items, 0: 16,384 */
	bool no_sandbox, no_members;
	unsigned digest; /* spill_digest_what */
	struct spill_look_limits limits;
};

/* Defaults of the limits. */
#define SPILL_PASS_DEPTH   16
#define SPILL_PASS_MEMBERS 1000000
#define SPILL_PASS_BYTES   ((uint64_t)64 << 30)
#define SPILL_PASS_RATIO   250

struct spill_pass_ops {
	/* The columns are known: those of the item schema, then what else the
	 * records have. Once, before the first row. */
	int (*columns)(void *ctx, struct spill_columns *cols);
	int (*row)(void *ctx, struct spill_row *r);
	void *ctx;
};

/* All operands of the tool, or records on standard input if it has none. */
int spill_pass_run(struct spill_tool *t, const struct spill_pass_conf *conf,
    const struct spill_pass_ops *ops);

#endif
