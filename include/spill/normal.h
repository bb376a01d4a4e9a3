/*
 * normal.h: a line as the grammar of markings reads it: folded, in tokens, and
 * each token still knows the bytes it came from. What had to be repaired to
 * get there is said.
 *
 * Folding: NFKC, upper-case by the root locale (never that of a user), no
 * marks on Latin and Greek letters, characters that nobody sees gone, dashes,
 * slashes, quotes and blanks made one of each, and letters that look like
 * others made these (UTS 39), in tables and in text alike: a word of Cyrillic
 * letters still meets itself. Sources: UAX 15, UTS 39.
 */
#ifndef SPILL_NORMAL_H
#define SPILL_NORMAL_H

#include <spill/base.h>

struct spill_vocab;

#define SPILL_NORMAL_TOKENS 320
#define SPILL_NORMAL_TEXT   4096 /* bytes of folded text */
#define SPILL_NORMAL_LINE   2048 /* bytes of a line that is read whole */

enum spill_token_kind {
	SPILL_TOKEN_WORD, /* letters, digits among them */
	SPILL_TOKEN_NUMBER, /* digits alone */
	SPILL_TOKEN_PUNCT, /* .mark says which */
};

enum spill_token_case {
	SPILL_CASE_NONE, /* no letter that has a case */
	SPILL_CASE_UPPER,
	SPILL_CASE_TITLE, /* one capital, the first, of two letters or more */
	SPILL_CASE_LOWER,
	SPILL_CASE_MIXED,
};

struct spill_token {
	enum spill_token_kind kind;
	enum spill_token_case letters;
	/* PUNCT: / - ( ) [ ] { } . , : ; ! ? * + = _ < > # & % @ | ' ~ \ and
	 * " for all quotation marks, o for bullets, b for an empty box to be
	 * ticked, x for one that is ticked, $ for signs of money. */
	char mark;
	uint8_t gap; /* blanks before it, 255 at most; a tab is 8 */
	uint16_t at, len; /* in .text */
	uint32_t from, to; /* bytes of the line */
	uint32_t word; /* its number in the vocabulary; 0: none */
};

enum spill_repair { /* column repairs of the marking schema */
	SPILL_REPAIR_SPACED = 1 << 0, /* letter-spaced: "letterspacing" */
	SPILL_REPAIR_HOMOGLYPH = 1 << 1, /* scripts mixed within a word */
	SPILL_REPAIR_ZEROWIDTH = 1 << 2, /* characters that are not seen */
	SPILL_REPAIR_WIDE = 1 << 3, /* full-width and other forms: "forms" */
	SPILL_REPAIR_BIDI = 1 << 4, /* reversed, or an override: "bidi" */
	SPILL_REPAIR_TAGS = 1 << 5, /* tag characters (U+E0000) */
	SPILL_REPAIR_OCR = 1 << 6,
	SPILL_REPAIR_LEET = 1 << 7,
	SPILL_REPAIR_JOINED = 1 << 8, /* over two lines: "linebreak" */
	SPILL_REPAIR_DESPACED = 1 << 9, /* NATOSECRET: "nospace" */
};

/* Repairs that nobody makes by accident. */
#define SPILL_REPAIR_EVASION                                                   \
	(SPILL_REPAIR_HOMOGLYPH | SPILL_REPAIR_ZEROWIDTH | SPILL_REPAIR_BIDI | \
	    SPILL_REPAIR_TAGS | SPILL_REPAIR_LEET)

struct spill_normal {
	size_t tokens, len; /* len: of .text */
	unsigned repairs;
	unsigned edits; /* of the view OCR */
	unsigned upper, lower, digits; /* letters of the line by case */
	bool cut; /* there was more of it */
	struct spill_token token[SPILL_NORMAL_TOKENS];
	char text[SPILL_NORMAL_TEXT]; /* words by one blank, UTF-8 */
};

enum spill_view {
	SPILL_VIEW_DESPACED, /* letters by blanks, words by wider gaps or by
				the vocabulary; words run together */
	SPILL_VIEW_OCR, /* confusions of scanners, in self and generic
			   banners of six letters and more */
	SPILL_VIEW_REVERSED,
	SPILL_VIEW_LEET,
	SPILL_VIEWS,
};

/*
 * A line of UTF-8, at most SPILL_NORMAL_LINE bytes of it (.cut). v: for the
 * numbers of words, may be NULL. Never fails: bytes that are no UTF-8 are
 * U+FFFD.
 */
void spill_normal_line(struct spill_normal *n, struct spill_span line,
    const struct spill_vocab *v);
/* The line in another view; false: it gives nothing new, *to is undefined.
 * Token places are still bytes of the line. */
bool spill_normal_view(struct spill_normal *to, const struct spill_normal *n,
    enum spill_view view, const struct spill_vocab *v);
/* The text of a token, folded. */
struct spill_span spill_token_text(const struct spill_normal *n, size_t i);
/* Names of repairs, ";" between, for the column of that name. */
size_t spill_repair_names(unsigned repairs, char *out, size_t size);

#endif
