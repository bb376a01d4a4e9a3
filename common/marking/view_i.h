/*
 * view_i.h: a line in another view, while it is made.
 */
#ifndef SPILL_VIEW_I_H
#define SPILL_VIEW_I_H

#include <spill/vocab.h>

struct view {
	struct spill_normal *to;
	const struct spill_normal *n;
	const struct spill_vocab *v;
};

/* A folded word and where it comes from. */
struct view_word {
	struct spill_span text;
	uint32_t from, to;
	uint8_t gap;
	enum spill_token_case letters;
};

/* False: there is no room. */
bool view_word(struct view *w, const struct view_word *word);
bool view_mark(struct view *w, char mark, const struct spill_token *place);
/* Token i as it is. */
bool view_copy(struct view *w, size_t i);
/* Is there a term at one of these tokens of the view that is a level, or, if
 * self, that names its owner? */
bool view_has_level(const struct view *w, size_t from, size_t to, bool self);

/* Each adds the tokens of the line; false: nothing is new. */
bool view_despaced(struct view *w);
bool view_ocr(struct view *w);
bool view_reversed(struct view *w);
bool view_leet(struct view *w);

#endif
