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
	uint64_t jobs; /* lanes, each reads and looks; 0: the processors */
	uint64_t memory; /* of a worker, 0: 1 GiB */
	uint64_t window; /* items, 0: 16,384 */
	bool no_sandbox, no_members;
	unsigned want; /* spill_look_want */
	const int *given; /* files for all workers that look (pool.h) */
	size_t ngiven;
	bool untyped; /* rows may come without type and ext_match */
	unsigned digest; /* spill_digest_what */
	struct spill_look_limits limits;
};

/* Defaults of the limits. */
#define SPILL_PASS_DEPTH   16
#define SPILL_PASS_MEMBERS 1000000
#define SPILL_PASS_BYTES   ((uint64_t)64 << 30)
#define SPILL_PASS_RATIO   250

/* The options of a tool whose configuration is a T that has .pass; what they
 * are where they are not given. */
#define SPILL_PASS_OPTIONS(T)                                                  \
	SPILL_OPT_FLAG(0, "no-members", T, pass.no_members,                    \
	    "do not look for members of archives, documents and mail"),        \
	    SPILL_OPT_UINT(0, "depth", T, pass.limits.depth, "number",         \
		"levels of members in members, 16 if not given; 0: none, as "  \
		"--no-members"),                                               \
	    SPILL_OPT_UINT(0, "max-members", T, pass.limits.members, "number", \
		"members of an item, at all levels; a million if not given; "  \
		"0: no limit"),                                                \
	    SPILL_OPT_SIZE(0, "max-bytes", T, pass.limits.bytes, "size",       \
		"bytes of the members of an item, 64G if not given; 0: no "    \
		"limit"),                                                      \
	    SPILL_OPT_UINT(0, "max-ratio", T, pass.limits.ratio, "number",     \
		"how many times the bytes of an item its members may have, "   \
		"if "                                                          \
		"they have more than 64M; 250 if not given; 0: no limit"),     \
	    SPILL_OPT_FILES('e', "evidence", T, pass.evidence, "[name=]path",  \
		"where the evidence of that name is; without a name, it is "   \
		"called "                                                      \
		"as spill-walk would call it"),                                \
	    SPILL_OPT_DIR('C', "case", T, pass.folder, "folder",               \
		"case folder, whose evidence.csv says where evidence is"),     \
	    SPILL_OPT_UINT('j', "jobs", T, pass.jobs, "number",                \
		"lanes that read and look at the same time, as many as "       \
		"processors "                                                  \
		"if not given",                                                \
		.how = true),                                                  \
	    SPILL_OPT_SIZE('m', "memory", T, pass.memory, "size",              \
		"memory of a worker that looks at content, 1G if not given",   \
		.how = true),                                                  \
	    SPILL_OPT_DIR(0, "scratch", T, pass.scratch, "folder",             \
		"where scratch files go, $TMPDIR or /var/tmp if not given",    \
		.how = true),                                                  \
	    SPILL_OPT_FLAG(0, "no-sandbox", T, pass.no_sandbox,                \
		"parse evidence without a jail: for finding faults only",      \
		.how = true)

#define SPILL_PASS_DEFAULTS                            \
	{                                              \
		.limits = {                            \
			.depth = SPILL_PASS_DEPTH,     \
			.members = SPILL_PASS_MEMBERS, \
			.bytes = SPILL_PASS_BYTES,     \
			.ratio = SPILL_PASS_RATIO      \
		}                                      \
	}

struct spill_pass_ops {
	/* The columns are known: those of the item schema, then what else the
	 * records have. Once, before the first row. */
	int (*columns)(void *ctx, struct spill_columns *cols);
	int (*row)(void *ctx, struct spill_row *r);
	/* What was wanted, each a row of its schema, of the item whose row was
	 * the last one. A verdict has columns beyond that: look.h's less
	 * SPILL_LOOK_VERDICT. */
	int (*line)(void *ctx, struct spill_row *r);
	int (*verdict)(void *ctx, struct spill_row *r);
	int (*marking)(void *ctx, struct spill_row *r);
	void *ctx;
};

/* All operands of the tool, or records on standard input if it has none. */
int spill_pass_run(struct spill_tool *t, const struct spill_pass_conf *conf,
    const struct spill_pass_ops *ops);

#endif
