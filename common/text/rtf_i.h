/*
 * rtf_i.h: shared by rtf.c (groups, characters, control words) and rtf_dest.c
 * (what the text of a group is for).
 */
#ifndef SPILL_RTF_I_H
#define SPILL_RTF_I_H

#include "text_i.h"

#define DEEP	256 /* groups in groups; deeper ones change nothing */
#define FONTS	1024
#define TEXT_AT ((size_t)4096) /* bytes that are decoded at once */
#define WORD	32

/* What becomes of the text of a group. */
enum dest {
	D_TEXT,
	D_SKIP, /* pictures, objects, tables of the document */
	D_FONTS,
	D_VALUE, /* a property: one line */
	D_SHAPE_NAME, /* the name of a shape's property, and its value */
	D_SHAPE_VALUE,
	D_USER_NAME, /* of a property of the user's, and its value */
	D_USER_VALUE,
	D_CODE, /* of a field */
};

struct group {
	enum dest dest;
	enum spill_role role;
	unsigned font, skip; /* skip: of fallbacks behind \u */
	bool hidden, deleted, struck, cell;
	bool star; /* \* was read: an unknown destination is none of ours */
	bool begin; /* nothing but \* came yet */
};

struct rtf {
	struct lines l;
	struct spill_span in;
	size_t at;
	struct group g[DEEP];
	unsigned depth, over;
	unsigned page, ansi, charset[FONTS]; /* code pages */
	unsigned fallback; /* characters still to be left out */
	uint32_t lead; /* half of a pair that \u gave */
	struct spill_buf bytes; /* not decoded yet */
	unsigned bytes_page; /* code page of these */
	struct spill_buf value, name, side; /* of D_VALUE and the like */
	char value_of[WORD + 1];
	bool watermark, deep; /* deep: groups were, once */
	struct charset *cs;
	unsigned cs_page;
	/* Text that is not shown, beside the line: told behind it. */
	struct spill_buf apart[3]; /* hidden, deleted, struck through */
	/* The begin of a line within which a note or a box stands, and the
	 * group of that; 0: none. */
	struct spill_buf held;
	unsigned held_at;
};

static inline struct group *
rtf_top(struct rtf *r)
{
	return &r->g[r->depth];
}

/* --- rtf.c --- */
/* Say to the lines where the group is; end the one that is open, with what
 * stands beside it; a line of its own. */
void rtf_place(struct rtf *r);
void rtf_end_line(struct rtf *r);
/* What comes stands within the line, which goes on behind the group. */
void rtf_hold_line(struct rtf *r);
void rtf_tell(
    struct rtf *r, enum spill_role role, const char *part, struct spill_buf *b);
bool rtf_among(const char *word, const char *const *list);

/* --- rtf_dest.c --- */
/* A control word: is it one of a destination? Then the group is of that. */
bool rtf_destination(struct rtf *r, const char *word);
void rtf_shape_value(struct rtf *r);

#endif
