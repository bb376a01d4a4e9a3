/*
 * sniff_i.h: libmagic's compiled table, and how few of its rules a content
 * needs.
 *
 * The table (file 5.xx, src/file.h, version 18) is an array of entries. An
 * entry of level 0 starts a rule; those behind it that are deeper are its
 * continuations, which count only where the first one's test holds. libmagic
 * tries some 3,500 rules in order and stops at the first that says anything.
 * Most of them ask for certain bytes at a certain place, or a certain word.
 *
 * So: which rules can hold here at all is found first, by the bytes of their
 * first tests (sniff_rule.c). Where that is not clear, the rule may hold. A
 * table of just these, in their order, with the named entries they use, is
 * then given to libmagic, and what it says is what it would have said with
 * the whole: a rule whose first test fails says nothing. An entry that starts
 * the search anew at another place ("indirect") needs the whole table; in
 * parts, it says that place between two SNIFF_ANEW instead, so that this is
 * seen where it comes to that. Then the rules that may hold there are added,
 * and it is asked again; unless those start anew too.
 */
#ifndef SPILL_SNIFF_I_H
#define SPILL_SNIFF_I_H

#include <spill/buf.h>
#include <spill/sniff.h>

#define SNIFF_MAGIC   0xF11E041Cu
#define SNIFF_VERSION 18
#define SNIFF_RULES   4096 /* more are not looked through */
#define SNIFF_NAMES   512
#define SNIFF_ANEW    '\1'
#define SNIFF_NONE    "\2" /* said by a rule that is last */
#define SNIFF_TEXT    ((size_t)64 << 10) /* how far libmagic reads as text */

/* One entry as it is stored, in the machine's own byte order. */
struct sniff_entry {
	uint16_t level;
	uint8_t flag;
	uint8_t factor;
	uint8_t reln; /* '=', '!', '<', ... */
	uint8_t vallen;
	uint8_t type;
	uint8_t in_type, in_op;
	uint8_t mask_op;
	uint8_t cond, factor_op;
	int32_t offset;
	int32_t in_offset;
	uint32_t line;
	union {
		uint64_t mask; /* of numbers */
		struct {
			uint32_t range, flags;
		} str;
	};
	union {
		char s[128];
		uint64_t q;
	} value;
	char desc[64], mime[80], apple[8], ext[64];
};
_Static_assert(sizeof(struct sniff_entry) == 376, "as libmagic stores it");

enum {
	SNIFF_F_INDIRECT = 0x01, /* the offset is read from the data */
	SNIFF_F_UNSIGNED = 0x08,
	SNIFF_F_NOSPACE = 0x10, /* of what is printed */
	SNIFF_F_BIN = 0x20, /* the rule is tried on the bytes as they are */
	SNIFF_F_TEXT = 0x40, /* ... on text, as UTF-8 */
	SNIFF_F_NEGATIVE = 0x80, /* the offset is from the end */
};

enum {
	SNIFF_BYTE = 1,
	SNIFF_SHORT = 2,
	SNIFF_DEFAULT = 3,
	SNIFF_LONG = 4,
	SNIFF_STRING = 5,
	SNIFF_BESHORT = 7,
	SNIFF_BELONG = 8,
	SNIFF_LESHORT = 10,
	SNIFF_LELONG = 11,
	SNIFF_REGEX = 17,
	SNIFF_SEARCH = 20,
	SNIFF_QUAD = 24,
	SNIFF_LEQUAD = 25,
	SNIFF_BEQUAD = 26,
	SNIFF_INDIRECT = 41,
	SNIFF_NAME = 45,
	SNIFF_USE = 46,
	SNIFF_CLEAR = 47,
	SNIFF_DER = 48,
	SNIFF_GUID = 49,
	SNIFF_OFFSET = 50,
};

enum {
	SNIFF_S_BLANKS = 0x03, /* a blank stands for several, or for none */
	SNIFF_S_RELATIVE = 0x01, /* of "indirect": to where its name is used */
	SNIFF_S_LOWER = 0x04, /* a lower-case letter stands for both */
	SNIFF_S_UPPER = 0x08,
	SNIFF_S_HARMLESS = 0x6070, /* they only narrow what fits */
};

/* --- text --------------------------------------------------------------- */

enum sniff_kind {
	SNIFF_BINARY, /* libmagic finds no text in it, for sure */
	SNIFF_IS_TEXT, /* for sure */
	SNIFF_PERHAPS,
};

struct sniff_text {
	struct spill_span text; /* what rules for text see, if it is text */
	const char *code; /* libmagic's word for the encoding; NULL: unsure */
	size_t read; /* enough of the head to see that it is none */
	char room[2 * SNIFF_TEXT];
};

/* The text is in t, or in head where it is the same bytes. */
enum sniff_kind sniff_text(struct sniff_text *t, struct spill_span head);
/* libmagic's words for a text of which its rules for text said this. */
void sniff_text_words(
    const struct sniff_text *t, struct spill_span said, struct spill_buf *b);

/* --- which rules -------------------------------------------------------- */

struct sniff_set {
	uint64_t w[SNIFF_RULES / 64];
};

static inline void
sniff_set_join(struct sniff_set *s, const struct sniff_set *more)
{
	for (size_t i = 0; i < SPILL_COUNT(s->w); i++)
		s->w[i] |= more->w[i];
}

static inline void
sniff_set_drop(struct sniff_set *s, unsigned rule)
{
	s->w[rule / 64] &= ~((uint64_t)1 << rule % 64);
}

static inline bool
sniff_set_has(const struct sniff_set *s, unsigned rule)
{
	return s->w[rule / 64] >> rule % 64 & 1;
}

static inline void
sniff_set_add(struct sniff_set *s, unsigned rule)
{
	s->w[rule / 64] |= (uint64_t)1 << rule % 64;
}

/* Certain bytes at a certain place: up to 8, as a little-endian number. */
struct sniff_fixed {
	uint64_t mask, value;
	uint32_t offset;
	uint16_t rule;
};

struct sniff_fixeds {
	struct sniff_fixed *v; /* by first byte where that alone is at 0 */
	size_t n, cap;
	uint32_t start[257]; /* of each first byte; [256]: of the rest */
};

/* A test of one rule that is made as libmagic makes it. */
struct sniff_test {
	const struct sniff_entry *e;
	uint16_t rule;
};

struct sniff_tests {
	struct sniff_test *v;
	size_t n, cap;
};

/* What some line must start with, behind blanks. */
struct sniff_lead {
	uint16_t rule;
	uint8_t len;
	bool blank; /* follows */
	char word[40];
};

struct sniff_leads {
	struct sniff_lead *v;
	size_t n, cap;
};

struct sniff_find;

struct sniff_filter {
	struct sniff_fixeds bin, text; /* of bytes as they are; of text */
	struct sniff_tests bin_test, text_test;
	struct sniff_leads lead; /* of text; without it, the rule is silent */
	struct sniff_find *words; /* in text */
	struct sniff_set bin_always, text_always, text_all;
};

/* --- the table ---------------------------------------------------------- */

struct sniff_rule {
	uint32_t first, n; /* entries */
	bool anew; /* starts the search anew at another place */
	bool
	    odd; /* and where is not clear; or it has alternatives, "default" */
	uint64_t names[SNIFF_NAMES / 64]; /* that it uses */
};

struct sniff_db {
	const struct sniff_entry *e; /* [0] is the header */
	size_t bytes;
	uint32_t nrules, nnames;
	struct sniff_rule *rule, *name;
	struct sniff_filter filter;
};

/* SPILL_EFORMAT where the table is none that is understood here, and then
 * only e and bytes are set. */
int sniff_db_open(struct sniff_db *db, const char *path);
void sniff_db_close(struct sniff_db *db);
enum sniff_form {
	SNIFF_AS_IT_IS,
	SNIFF_LAST, /* with a last rule that always holds */
	SNIFF_TEXT_LAST, /* the same, and rules for text are tried on bytes */
	SNIFF_REAL, /* what starts anew does so, and says nothing of it */
};
/* One of these starts the search anew; *odd: one that does is odd. */
bool sniff_db_anew(
    const struct sniff_db *db, const struct sniff_set *rules, bool *odd);
/* A table of these rules alone, for magic_load_buffers(); NULL: no memory.
 * The caller frees it. */
void *sniff_db_part(const struct sniff_db *db, const struct sniff_set *rules,
    enum sniff_form form, size_t *bytes);

/* --- the filter --------------------------------------------------------- */

int sniff_filter_make(struct sniff_filter *f, const struct sniff_db *db);
void sniff_filter_release(struct sniff_filter *f);
/* The rules that may hold for these bytes, and those that may for the text
 * that they are. */
void sniff_filter_run(const struct sniff_filter *f, struct spill_span head,
    enum sniff_kind kind, struct spill_span text, struct sniff_set *bin,
    struct sniff_set *in_text);

/* One of these words must be there where a regular expression fits; a word
 * that starts with LF stands at the start of a line. */
#define SNIFF_WORDS    24
#define SNIFF_WORD_LEN 40
struct sniff_words {
	unsigned n; /* 0: nothing is known of it */
	struct sniff_word {
		uint8_t len;
		char s[SNIFF_WORD_LEN];
	} v[SNIFF_WORDS];
};
void sniff_regex_words(
    const char *regex, bool from_start, struct sniff_words *out);

/* Many words at once, upper and lower case alike (Aho and Corasick 1975). */
int sniff_find_open(struct sniff_find **f);
int sniff_find_add(struct sniff_find *f, struct spill_span word, uint32_t from,
    uint32_t range, unsigned rule);
int sniff_find_ready(struct sniff_find *f);
void sniff_find_run(
    const struct sniff_find *f, struct spill_span text, struct sniff_set *out);
void sniff_find_free(struct sniff_find **f);

/* False: nothing is known of the rule. */
bool sniff_lead_of(
    const struct sniff_db *db, unsigned rule, struct sniff_lead *out);
bool sniff_lead_holds(const struct sniff_lead *l, struct spill_span text);

#endif
