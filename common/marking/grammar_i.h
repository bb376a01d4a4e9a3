/*
 * grammar_i.h: what the files of the line grammar share. A line is read in two
 * steps, each from left to right: its tokens become pieces (grammar_lex.c),
 * each of which is one word of a marking, one ornament or one word of prose;
 * the grammar proper walks over the pieces and looks at most one ahead.
 */
#ifndef SPILL_GRAMMAR_I_H
#define SPILL_GRAMMAR_I_H

#include <spill/grammar.h>

/* What a piece may be: of the vocabulary, by its shape, of the function words
 * of a dozen languages (grammar_words.c). */
#define PIECE(n)	  ((uint64_t)1 << (n))
#define PIECE_GRADE	  PIECE(0) /* a level in words */
#define PIECE_ABBREV	  PIECE(1) /* a level in letters */
#define PIECE_CAVEAT	  PIECE(2) /* a marking without a level */
#define PIECE_CODE	  PIECE(3) /* short form, in portions alone: NF */
#define PIECE_NATION	  PIECE(4) /* nation or group */
#define PIECE_LEAD	  PIECE(5) /* RELEASABLE TO: a list follows */
#define PIECE_TAIL	  PIECE(6) /* ONLY, behind a list */
#define PIECE_OWNER	  PIECE(7) /* NATO, EU, COSMIC: a grade follows */
#define PIECE_PRECEDENCE  PIECE(8)
#define PIECE_ORIGINATOR  PIECE(9)
#define PIECE_REGISTRY	  PIECE(10)
#define PIECE_DECLASS	  PIECE(11)
#define PIECE_DOWNGRADE	  PIECE(12)
#define PIECE_NOTICE	  PIECE(13)
#define PIECE_CAB	  PIECE(14)
#define PIECE_CONDITIONAL PIECE(15)
#define PIECE_EXERCISE	  PIECE(16)
#define PIECE_SPECIMEN	  PIECE(17)
#define PIECE_FIELD	  PIECE(18)
#define PIECE_MARCA	  PIECE(19)
#define PIECE_COMPOUND	  PIECE(20) /* SECRET SANTA */
#define PIECE_BUSINESS	  PIECE(21) /* a disclaimer */
#define PIECE_SECOND	  PIECE(22) /* of a second line of a banner */
#define PIECE_COPY	  PIECE(23)
#define PIECE_PAGE	  PIECE(24)
#define PIECE_DATE	  PIECE(25)
#define PIECE_REFERENCE	  PIECE(26)
#define PIECE_BOX	  PIECE(27)
#define PIECE_NUMBER	  PIECE(28)
#define PIECE_DSLASH	  PIECE(29)
#define PIECE_PUNCT	  PIECE(30)
#define PIECE_WORD	  PIECE(31) /* no word of the vocabulary */
#define PIECE_SEPARATE	  PIECE(32) /* a caveat that wants a separator */
#define PIECE_MISSION	  PIECE(33) /* a group that owns, too: KFOR */

#define WORD_OF	       PIECE(34) /* OF, DE, VON: between two numbers */
#define WORD_NO	       PIECE(35) /* NO, NR: before one */
#define WORD_PAGE      PIECE(36)
#define WORD_COPY      PIECE(37)
#define WORD_MONTH     PIECE(38)
#define WORD_AND       PIECE(39)
#define WORD_SPEECH    PIECE(40) /* somebody talks of markings */
#define WORD_NEGATION  PIECE(41)
#define WORD_MODAL     PIECE(42) /* SHALL, MUST, MAY */
#define WORD_FUTURE    PIECE(43)
#define WORD_CLEARANCE PIECE(44)
#define WORD_MARKING   PIECE(45) /* MARKED, CLASSIFICATION, MARKINGS */
#define WORD_TEACH     PIECE(46) /* GUIDE, LEVELS, POLICY */
#define WORD_TRAFFIC   PIECE(47) /* CABLEGRAM, TELEGRAM */
#define WORD_PAPER     PIECE(48) /* MEMORANDUM, MINUTE, DESPATCH */
#define WORD_PERSONAL  PIECE(49)
#define WORD_FOR       PIECE(50)
#define WORD_ONLY      PIECE(51)
#define WORD_OR	       PIECE(52)
#define WORD_PROSIGN   PIECE(53) /* FM, TO, INFO, at the start of a line */
#define WORD_BE	       PIECE(54)
#define WORD_ANNEX     PIECE(55)
#define WORD_OFFICE    PIECE(56) /* MINISTER, ONLY: of an addressee */

#define WORD_STATUS   PIECE(57) /* DRAFT, FINAL */
#define WORD_EXERCISE PIECE(58)
/* No tail of a marking: what a level is said of, what prose is made of. */
#define WORD_THING PIECE(59)

struct piece {
	uint64_t bits;
	uint16_t from, to; /* tokens */
	char mark; /* PUNCT */
	bool ticked; /* BOX */
	uint8_t terms, inner_terms;
	uint8_t owner; /* OWNER: its number and one */
	uint32_t a, b; /* COPY, PAGE, NUMBER: a of b */
	const struct spill_term *const *term;
	/* COMPOUND: the grade at its start. */
	const struct spill_term *const *inner;
};

struct gram {
	const struct spill_vocab *v;
	const struct spill_normal *n;
	size_t pieces;
	bool value; /* of a label: small letters are as good as capitals */
	uint64_t bits; /* of all pieces */
	struct piece piece[SPILL_NORMAL_TOKENS];
};

#define GRAM_READINGS 24

/* A marking while it is read: what its grade may mean narrows. */
struct reading {
	struct spill_marking *m;
	const struct spill_term *may[GRAM_READINGS];
	size_t n;
	size_t first, grade, end; /* pieces: the level ends at grade */
	bool owned; /* an organisation's: nothing narrows it */
	bool slashed; /* categories behind // */
	bool whole; /* of a line that is nothing else */
	bool ascii; /* letters of other scripts are not meant */
	unsigned loose; /* words of its line that are no part of it */
};

/* Owners of grades (grammar_owner.c). */
struct owner {
	const char *word, *scheme;
	bool mission; /* it is a context, too */
	bool behind; /* it may stand behind its grade: SECRET OTAN */
	const char *level[6]; /* by rank; NULL: it has none */
};

/* grammar_words.c */
uint64_t gram_word(struct spill_span folded);

/* grammar_owner.c: its number and one, or 0. */
unsigned gram_owner(struct spill_span folded);
const struct owner *gram_owner_at(unsigned number_and_one);
/* What stands for a code of portions, or for a word that has a shorter form,
 * in a banner: NF is NOFORN. The same if there is nothing shorter. */
struct spill_span gram_banner_word(struct spill_span folded);

/* grammar_lex.c */
void gram_lex(struct gram *g);
struct spill_span gram_text(const struct gram *g, size_t piece);
struct spill_span gram_texts(const struct gram *g, size_t first, size_t end);
bool gram_is(const struct gram *g, size_t piece, const char *word);
bool gram_punct(const struct gram *g, size_t piece, const char *of);
/* Bytes of the line; those of a line that was reversed run backwards. */
void gram_place(const struct gram *g, size_t first, size_t end, uint32_t *from,
    uint32_t *to);
/* Blanks before it. */
unsigned gram_gap(const struct gram *g, size_t piece);
bool gram_upper(const struct gram *g, size_t piece);
static inline bool
gram_has(const struct gram *g, size_t piece, uint64_t bits)
{
	return piece < g->pieces && (g->piece[piece].bits & bits) != 0;
}

/* grammar_shape.c: how many tokens from `at` on are one; 0: none is. */
size_t gram_date(const struct spill_normal *n, size_t at);
size_t gram_reference(const struct spill_normal *n, size_t at);
size_t gram_count(
    const struct spill_normal *n, size_t at, uint32_t *a, uint32_t *b);
size_t gram_box(const struct spill_normal *n, size_t at, bool *ticked);
bool gram_mark(const struct spill_normal *n, size_t at, char mark);

/* grammar_list.c */
void gram_list_add(char *list, size_t size, struct spill_span item);
/* A word behind what is there, by one blank; what does not fit is left out. */
void gram_put(char *to, size_t size, struct spill_span s);

/* grammar_grade.c: the level, with its owner. False: none begins here, and *i
 * is as it was. */
bool gram_grade(const struct gram *g, size_t *i, struct reading *r);
/* The levels among these terms, one of each scheme. */
void gram_readings(
    struct reading *r, const struct spill_term *const *term, size_t terms);
void gram_owned(struct reading *r, const struct owner *o, int rank);
void gram_foreign(struct reading *r, struct spill_span who, int rank);
/* "ES|PT" */
void gram_schemes(struct spill_marking *m, const struct spill_term *const *term,
    size_t terms);
/* Only what these terms' schemes know. False: it would leave none. */
bool gram_narrow(
    struct reading *r, const struct spill_term *const *term, size_t terms);
void gram_settle(const struct gram *g, struct reading *r);

/* grammar_tail.c: what may stand behind a level and belongs to it. */
void gram_tail(const struct gram *g, size_t *i, struct reading *r);
void gram_speaks(struct reading *r, struct spill_span lang);
bool gram_notice(const struct gram *g, size_t *i, struct reading *r);
bool gram_codeword(const struct gram *g, size_t *i, struct reading *r);
bool gram_caveat(
    const struct gram *g, size_t *i, struct reading *r, bool separated);
/* RELEASABLE TO and its list; a list and ONLY. */
bool gram_listed(const struct gram *g, size_t *i, struct reading *r);
bool gram_nations(const struct gram *g, size_t *i, char *list, size_t size);
/* grammar_us.c: what stands behind //. */
bool gram_segment(const struct gram *g, size_t *i, struct reading *r);

/* grammar_status.c: what stands beside a marking and is none of it. */
bool gram_status(const struct gram *g, size_t *i);
bool gram_exercise(const struct gram *g, size_t *i);
bool gram_annex(const struct gram *g, size_t *i, size_t *reference);
bool gram_without(const struct gram *g, size_t *i);
bool gram_audience(const struct gram *g, size_t *i);
bool gram_lesser(const struct gram *g, size_t *i);
bool gram_language(const struct gram *g, size_t *i, bool of_union);
bool gram_unknown(const struct gram *g, size_t *i);
bool gram_unknown_before(const struct gram *g, size_t *i);

/* grammar_line.c, grammar_portion.c, grammar_prose.c, grammar_signal.c */
bool gram_line(const struct gram *g, struct spill_parse *p);
bool gram_portion(const struct gram *g, struct spill_parse *p);
void gram_prose(const struct gram *g, struct spill_parse *p);
void gram_signals(const struct gram *g, struct spill_parse *p);

#endif
