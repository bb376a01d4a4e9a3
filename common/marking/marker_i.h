/*
 * marker_i.h: shared by marker.c (what comes and what goes out), marker_roll.c
 * (containers), marker_wait.c (those that are apart from their members),
 * marker_case.c (names of labels that other documents of the case have) and
 * marker_show.c (for people). This half runs in the tool: rows of workers are
 * all it sees.
 */
#ifndef SPILL_MARKER_I_H
#define SPILL_MARKER_I_H

#include <spill/arena.h>
#include <spill/locator.h>
#include <spill/marker.h>
#include <spill/writer.h>

/* Columns behind those of the verdict schema: the label, as in look.h. */
enum {
	X_GUID = SPILL_LOOK_GUID - SPILL_LOOK_VERDICT,
	X_NAME,
	X_SCHEME,
	X_LEVEL,
	X_RANK,
};

/* An item whose members may still come. */
struct open_item {
	struct spill_buf rec; /* its verdict, packed, or what is known of it */
	size_t locator; /* bytes of its locator in rec's first cell */
	char *item; /* the locator */
	bool any; /* there is a verdict */
	uint64_t awaits; /* members in it that did not come yet */
};

struct wait; /* marker_wait.c */

struct label_name {
	struct spill_span guid, name, scheme, level, rank;
	bool differ; /* documents do not agree on its name */
};

struct marker_count { /* of the summary */
	char machine[64], level[112];
	int rank;
	uint64_t live, deleted, members;
};

struct marker {
	struct spill_tool *tool;
	const struct spill_marker_conf *conf;
	enum spill_marker_form form;
	struct spill_columns *cols;
	struct spill_writer *writer; /* NULL: for people */
	uint64_t rows, items, classes[16];
	/* Containers that are open, each in the one before it. */
	struct open_item *open;
	size_t nopen, open_cap;
	/* Those whose members come before or long behind them. */
	struct wait **wait, *held, *last_held;
	struct spill_arena waiting;
	bool wait_full; /* that there are too many was told */
	struct spill_row row, base, item;
	struct spill_buf rec;
	/* The item of the last row: where it lies on the disk. */
	uint64_t img_offset; /* UINT64_MAX: not in one piece */
	bool in_member; /* of the verdict on its way out */
	bool shown; /* explain: its first line */
	/* Labels. */
	struct spill_arena names;
	struct label_name *label;
	size_t nlabel, label_cap;
	bool holding, unlearned;
	int spool;
	uint64_t spooled;
	struct spill_buf hold;
	struct marker_count *count;
	size_t ncount, count_cap;
};

/* marker.c */
/* A verdict that is final: it goes out, if it is asked for. */
int marker_write(struct marker *m, struct spill_row *r);
/* The number of a class by its name; -1: none. */
int marker_class(struct spill_span name);

/* marker_roll.c */
/* A row has come: all that it is no member of is closed. */
int roll_open(struct marker *m, const struct spill_row *r);
int roll_verdict(struct marker *m, const struct spill_row *r);
int roll_close_all(struct marker *m);
void roll_release(struct marker *m);

/* What a member says, packed, counts for its container. */
int roll_take(
    struct marker *m, struct open_item *parent, struct spill_span rec);

/* marker_wait.c */
/* A verdict, packed, for all that the item lies in and whose locator has more
 * bytes than those above: should their rows come. */
int wait_tell(struct marker *m, struct spill_span item, size_t above,
    struct spill_span rec, unsigned weight);
/* What members said before; empty: nothing. */
struct spill_span wait_said(struct marker *m, struct spill_span item);
/* Keep it until the end; false: there is no room. */
bool wait_hold(struct marker *m, const struct open_item *o);
int wait_end(struct marker *m);
void wait_release(struct marker *m);

/* marker_case.c */
/* A verdict on its way out; it may be held until the end. */
int case_put(struct marker *m, struct spill_row *r);
int case_learn(struct marker *m, const struct spill_row *r);
int case_end(struct marker *m);
void case_release(struct marker *m);

/* marker_show.c */
void show_marking(struct marker *m, const struct spill_row *r);
void show_verdict(struct marker *m, const struct spill_row *r);
int show_count(struct marker *m, const struct spill_row *r);
void show_summary(struct marker *m);

#endif
