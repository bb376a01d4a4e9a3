/*
 * mark_i.h: the parts of the marker.
 *
 *	mark.c        a document: its lines, properties and labels
 *	mark_parse.c  a line to the grammar: as a whole, or around hits
 *	mark_join.c   lines that may belong together wait for the next
 *	mark_open.c   the first lines, with the letterhead
 *	mark_shape.c  lines that may be markings by how they look
 *	mark_text.c   plain text in pieces
 */
#ifndef SPILL_MARK_I_H
#define SPILL_MARK_I_H

#include <spill/mark.h>

#include "trigger_i.h"

enum mark_shape {
	MARK_PLAIN,
	MARK_SHOUT, /* short and without small letters */
	MARK_PORTION, /* (S) before a text */
};

#define MARK_HELD      2 /* lines that wait for a third */
#define MARK_HELD_LINE 512 /* bytes of one that may */
#define MARK_JOINED    (3 * MARK_HELD_LINE)

struct mark_held {
	struct spill_line line;
	struct spill_parse parse;
	unsigned lines; /* it is made of so many */
	bool short_, hyphen; /* may go on as a heading, as a word */
	char text[MARK_JOINED];
	char part[256];
};

#define MARK_OPENING 40 /* lines */

struct mark_queued {
	struct spill_line line; /* spans: of the buffer, from there */
	size_t text_at, part_at;
	enum mark_shape shape;
	bool calls; /* for the grammar */
};

struct spill_mark {
	struct spill_vocab *v;
	struct spill_judge *judge;
	struct spill_labels *labels;
	struct trigger *trigger;
	bool *portion; /* by word: one begins with it */
	size_t words;

	struct spill_normal n;
	struct spill_parse parse, window;

	struct mark_held slot[MARK_HELD + 1];
	struct mark_held *held[MARK_HELD]; /* of the slots */
	size_t nheld;
	struct mark_held *joined; /* the slot in which that is tried */
	uint64_t skipped; /* lines of that page that hold nothing */
	uint32_t skipped_page;

	/* the first lines */
	struct mark_queued queue[MARK_OPENING];
	size_t queued;
	struct spill_buf opening;
	bool opened; /* they are past */
	bool loud; /* there is a marking among them */

	/* plain text */
	struct spill_buf carry; /* the begin of a line */
	uint64_t carry_at;
	uint32_t page;
};

/* --- mark_shape.c ------------------------------------------------------- */

/* Can it be any other than plain? Wrong only in that it may say yes. */
static inline bool
mark_may_be(struct spill_span s)
{
	size_t i = 0;

	while (i < s.len && (s.p[i] == ' ' || s.p[i] == '\t'))
		i++;
	if (i + 1 >= s.len)
		return false;
	/* "word", "Word": neither capitals nor the number of a list. */
	return !(s.p[i + 1] >= 'a' && s.p[i + 1] <= 'z' &&
		 (s.p[i] | 0x20) >= 'a' && (s.p[i] | 0x20) <= 'z');
}

int mark_shape_open(struct spill_mark *m);
enum mark_shape mark_shape(const struct spill_mark *m, struct spill_span s);

/* --- mark_parse.c ------------------------------------------------------- */

void mark_parse_copy(struct spill_parse *to, const struct spill_parse *from);
/* What the grammar says of a line; places are bytes of it. */
void mark_parse(struct spill_mark *m, struct spill_span s,
    enum mark_shape shape, const struct trigger_hit *hit, size_t hits,
    struct spill_parse *p);
/* Places at or behind a byte move. */
void mark_shift(struct spill_parse *p, uint32_t at, uint32_t by);

/* --- mark_join.c -------------------------------------------------------- */

void mark_join_begin(struct spill_mark *m);

/* A line that was parsed: to the judge, at once or when the next is known. */
int mark_hold(struct spill_mark *m, const struct spill_line *l,
    enum mark_shape shape, const struct spill_parse *p);
/* One that holds nothing. */
int mark_skip(struct spill_mark *m, uint64_t n, uint32_t page);
int mark_pass(struct spill_mark *m, const struct spill_line *l);
/* All that waits, to the judge. */
int mark_flush(struct spill_mark *m);
/* Does the last that waits end within a word? */
bool mark_hyphened(const struct spill_mark *m);

/* --- mark_open.c -------------------------------------------------------- */

void mark_open_begin(struct spill_mark *m);
/* One of the first lines; false: it is none of them, or too long. */
bool mark_open_take(struct spill_mark *m, const struct spill_line *l,
    enum mark_shape shape, bool calls);
/* Those that wait. */
int mark_open_end(struct spill_mark *m);

/* --- mark.c ------------------------------------------------------------- */

/* A line and its hits, whose places are bytes of it. */
int mark_take(struct spill_mark *m, const struct spill_line *l,
    const struct trigger_hit *hit, size_t hits);

/* --- mark_text.c -------------------------------------------------------- */

/* What is left of a line that has no end. */
int mark_text_end(struct spill_mark *m);

#endif
