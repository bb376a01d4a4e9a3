/*
 * pass_i.h: shared by pass.c (the window), pass_input.c (what comes in),
 * pass_group.c (what is looked at together), pass_lane.c (the work),
 * pass_check.c (what may come back), pass_keep.c (what came back) and
 * pass_result.c (what goes out).
 */
#ifndef SPILL_PASS_I_H
#define SPILL_PASS_I_H

#include <sys/stat.h>

#include <spill/arena.h>
#include <spill/itemset.h>
#include <spill/pass.h>
#include <spill/pool.h>

#define PASS_SLAB                                                  \
	((size_t)16 << 20) /* bytes of items that are read at once \
			    */
#define PASS_BATCH  256 /* items, likewise */
#define PASS_FILES  64 /* ordinary files of a batch */
#define PASS_NAME   SPILL_LOOK_TAIL
#define PASS_HELD   ((size_t)16 << 20) /* bytes of results in memory */
#define PASS_DETAIL 512 /* bytes of the detail of an error */
/* Bytes of a line, verdict or marking: 64 KiB of text, each byte escaped, and
 * where it is. */
#define PASS_SAID  ((size_t)512 << 10)
#define PASS_SPOOL ((uint64_t)1 << 40) /* sparse */
/* Of all that is said of one item: more than an honest worker says, which
 * stops at SPILL_LOOK_ROWS. */
#define PASS_OUTPUT (SPILL_LOOK_ROWS + ((uint64_t)256 << 20))

/* --- results ------------------------------------------------------------ */

enum pass_kind {
	PASS_ROW = 1, /* of worker-content */
	PASS_ERROR, /* of worker-content */
	PASS_READ_ERROR, /* of worker-fs */
	PASS_TOLD, /* an error of our own: code, NUL, detail */
	PASS_LINE, /* of worker-content, or one that it handed on to */
	PASS_HAND, /* a pointer: what that one said stands here */
};

struct pass_extent {
	struct pass_extent *next;
	uint64_t at, len; /* in the scratch file */
};

struct pass_result {
	struct spill_buf mem; /* u8 kind, u32 length, bytes */
	struct pass_extent *first, **last; /* what came before it */
	uint64_t bytes; /* of all */
};

/* --- items -------------------------------------------------------------- */

enum pass_how {
	PASS_THROUGH, /* it goes out as it came */
	PASS_EVIDENCE, /* read by worker-fs */
	PASS_FILE, /* an ordinary one */
};

struct pass_item {
	struct pass_item *next; /* in order of input */
	struct spill_span rec; /* its row, packed */
	enum pass_how how;
	struct spill_place place;
	struct spill_span text; /* locator, without members */
	struct spill_span object; /* its third segment */
	struct spill_span chain; /* its members: ":a.zip:b" */
	struct spill_span name; /* end of its name, raw */
	const char *path; /* PASS_FILE */
	uint64_t size, order, number;
	bool closed; /* its members were listed before */
	bool unsaid; /* its record has no column for that */
	bool told; /* why there is no row of it */
	const char *status; /* other than what the worker says; NULL: none */
	struct pass_result result;
	struct pass_hand *hands, **last_hand; /* in order */
	/* Of worker-content: its own row came; rows; bytes of its path. */
	bool begun;
	uint64_t rows, errors;
	size_t above;
	/* Members of one container that come one after the other are one
	 * unit: the first of them has the others here. */
	struct pass_item *same;
	bool in_group;
	/* Of those that are opened, what it lies in, and in how many. */
	struct pass_item *outer;
	size_t layer;
	struct pass_item *twin; /* an earlier one of the same locator */
	bool twinned; /* it is one */
};

/* Those that documents are handed to, by name. */
#define PASS_FAMILIES 2
extern const char *const pass_families[PASS_FAMILIES];

/* A document that another worker looks at. */
struct pass_hand {
	struct pass_hand *next, *next_of_all;
	struct pass_item doc; /* its result */
	unsigned family; /* number in pass_families */
	unsigned fd; /* number in the request */
	uint64_t at, len;
	struct spill_span name; /* the end of it, raw */
};

/* --- lanes -------------------------------------------------------------- */

struct pass;

enum pass_state { LANE_IDLE, LANE_READS, LANE_LOOKS, LANE_HANDS };

struct pass_lane {
	struct pass *p;
	enum pass_state state;
	int slab, spool; /* descriptors */
	struct pass_item **todo; /* units of this batch, and those left of it */
	size_t ntodo, room;
	size_t batch; /* of them, from the first: those that are worked on */
	/* The place in the slab of each. */
	struct spill_filled *filled;
	size_t nfilled;
	int *fd; /* of ordinary files, or the pipe */
	size_t nfd;
	int pipe[2];
	bool piped, read_ended, look_ended;
	size_t at; /* number in the batch that the worker is on */
	struct pass_item *unit; /* the one of it; NULL: not looked for yet */
	uint64_t sub; /* and where in it */
	struct pass_item *cur; /* whose rows come: the unit, or one of it */
	struct pass_item **group; /* those of a unit, by their chains */
	size_t ngroup;
	struct spill_outcome outcome; /* of the look */
	/* The unit that ended a worker: it is tried alone. */
	struct pass_item *suspect;
	uint64_t skip[SPILL_LOOK_SKIPS], last;
	size_t skips;
	unsigned tries, slow;
	/* The batch is looked at but for what was handed over. */
	size_t done; /* units of it */
	int ask_fd[PASS_FILES + 3]; /* of the last request */
	size_t nask;
	struct pass_item *giver; /* whose hands are worked on */
	struct pass_hand *hand; /* the one that is; NULL: none */
	bool hand_ended;
};

struct pass {
	struct spill_tool *tool;
	const struct spill_pass_conf *conf;
	const struct spill_pass_ops *ops;
	struct spill_itemset *set;
	struct spill_pool *look;
	struct spill_pool *hand[PASS_FAMILIES]; /* NULL until it is needed */
	struct pass_hand *hands; /* of the window */
	struct pass_lane *lane;
	size_t lanes;
	struct spill_columns *cols;
	bool told_columns;
	/* The window. */
	struct spill_arena arena;
	struct pass_item *first, **last;
	size_t n;
	struct spill_buf edge; /* the last locator of the window before */
	struct pass_item **order; /* units to be worked on, by their place */
	size_t units, next_unit;
	/* Results. */
	int scratch; /* -1: none yet */
	uint64_t scratch_used;
	size_t held;
	uint64_t items, bytes;
	struct pass_described *described; /* file systems of locators */
	uint64_t asked, lost; /* to be opened; of them, those that were not */
	uint64_t pictures; /* that were not read */
	struct spill_row row, out, base;
	struct spill_buf text[8];
	int rc; /* of a callback */
};

/* pass.c */
int pass_window_run(struct pass *p); /* all items of it, and their rows */
struct pass_item *pass_add(struct pass *p, const struct spill_row *r);

/* Another row for an item that has just been added: what it now says counts. */
int pass_amend(struct pass *p, struct pass_item *x, const struct spill_row *r);

/* pass_describe.c */
/* The row of an item that came as a locator, from its file system. */
int pass_describe(struct pass *p, struct pass_item *x);
void pass_described_free(struct pass *p);

/* pass_group.c */
/* The units of the window, in order of their places. */
int pass_units(struct pass *p);

/* pass_input.c */
int pass_input(struct pass *p);

/* pass_lane.c */
int pass_lanes_open(struct pass *p);
void pass_lanes_close(struct pass *p);
int pass_work(struct pass *p); /* until all units are done */

/* pass_look.c */
int lane_look_slab(struct pass_lane *l); /* the batch, or a part of it */
int lane_look_files(struct pass_lane *l);
int lane_look_one(struct pass_lane *l, enum spill_look_form form, int fd);
/* The unit that the worker is on; NULL: none. */
struct pass_item *lane_unit_at(struct pass_lane *l);
void lane_close_fds(struct pass_lane *l);
void lane_close_end(int *fd);
/* What a callback could not do ends the pass; returns rc. */
int lane_fail(struct pass *p, int rc);

/* pass_hand.c */
/* A row that hands something over: SPILL_EDAMAGED if it can be none. */
int hand_take(
    struct pass_lane *l, struct pass_item *x, const struct spill_row *r);
/* Work on those of the units that are done, one after the other; when there
 * are none left, the units are dropped. */
int lane_hands(struct pass_lane *l);
void hands_forget(struct pass *p, struct pass_item *x);

/* pass_read.c */
int lane_fill(struct pass_lane *l);
int lane_pour(struct pass_lane *l);

/* pass_judge.c */
int lane_after_look(struct pass_lane *l);
int lane_after_read(struct pass_lane *l);
void lane_forget_suspect(struct pass_lane *l);
void lane_drop_units(struct pass_lane *l, size_t n);

/* pass_keep.c */
int pass_put(struct pass *p, struct pass_item *x, enum pass_kind kind,
    struct spill_span v);
/* What was asked for and is no item that could be opened. */
void pass_lose(struct pass *p, const struct spill_error *e);
int pass_told(
    struct pass *p, struct pass_item *x, const char *code, const char *detail);
/* Forget what there is of it. */
void pass_drop(struct pass *p, struct pass_item *x);
/* But for what worker-fs said: the other is not to be believed. */
int pass_drop_look(struct pass *p, struct pass_item *x);
/* All that was put, in order, until one does not return SPILL_OK. */
int pass_each(struct pass *p, const struct pass_item *x,
    int (*f)(void *arg, enum pass_kind kind, struct spill_span v), void *arg);

/* pass_result.c */
int pass_emit(struct pass *p, struct pass_item *x);
int pass_columns(struct pass *p);

/* pass_check.c */
/* A row of worker-content: SPILL_EDAMAGED if it can be none. */
int pass_check(const struct spill_row *r);
/* The same of an error. */
int pass_check_error(struct spill_row *r, struct spill_span rec);
/* Can the row be said of the item, after those that were? SPILL_EDAMAGED. */
int pass_belongs(
    const struct pass *p, struct pass_item *x, const struct spill_row *r);
/* What was wanted, or what is handed over; the item schema's columns are not
 * there. */
bool pass_is_line(const struct spill_row *r);
int pass_check_said(const struct spill_row *r, unsigned want);
/* A row that has no kind, but a chain or members, completes one. */
bool pass_completes(const struct spill_row *r);
/* Is a chain that of a member of the other, at any depth? */
bool pass_is_below(struct spill_span chain, struct spill_span of);
/* Levels of members: a colon in a name is escaped. */
uint64_t pass_depth(struct spill_span chain);

#endif
