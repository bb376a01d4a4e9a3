/*
 * fold_i.h: what a character is for the grammar of markings, as the table that
 * common/data/gen/fold.c makes has it.
 */
#ifndef SPILL_FOLD_I_H
#define SPILL_FOLD_I_H

#include <stdint.h>

enum fold_kind {
	FOLD_TEXT, /* letters, digits and marks of its text */
	FOLD_SAME, /* a letter that is its own text */
	FOLD_PUNCT, /* its text is a mark of struct spill_token */
	FOLD_BLANK,
	FOLD_GONE, /* nobody sees it */
	FOLD_MARK, /* stands on the letter before it */
	FOLD_DEGREE, /* behind an N: of NO */
};

enum fold_letters {
	FOLD_UPPER = 1,
	FOLD_LOWER = 2,
};

enum fold_script { /* those whose letters are taken for each other */
	FOLD_LATIN = 1 << 0,
	FOLD_CYRILLIC = 1 << 1,
	FOLD_GREEK = 1 << 2,
	FOLD_TWINS = 1 << 3, /* others that have look-alikes of Latin */
};

struct fold_class {
	uint8_t kind, letters, script, form, len;
	uint32_t text;
};

#endif
