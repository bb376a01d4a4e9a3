/*
 * vocab.h: the words of markings, as data: one row for each spelling of each
 * scheme. The built-in table is common/data/markings.csv; a lab's own tables
 * have the same columns (spillkit-schemes(5)) and are read by the same loader.
 *
 *	scheme,level_rank,canonical,variant,lang,kind,notes
 *
 * Each variant is folded as lines of text are (normal.h), so that both meet.
 * Loading happens before the jail; what is loaded is never written again.
 */
#ifndef SPILL_VOCAB_H
#define SPILL_VOCAB_H

#include <spill/base.h>
#include <spill/normal.h>

enum spill_term_kind {
	SPILL_TERM_BANNER,
	SPILL_TERM_PORTION,
	SPILL_TERM_ABBREV,
	SPILL_TERM_CAVEAT,
	SPILL_TERM_RELEASABILITY,
	SPILL_TERM_LABEL,
};

/* How much a spelling says about its scheme (markings.csv, key spec). */
enum spill_term_spec {
	SPILL_SPEC_NONE,
	SPILL_SPEC_SELF, /* names its owner: NATO SECRET, VS-NfD */
	SPILL_SPEC_PHRASE, /* wording of one country: MUITO SECRETO */
	SPILL_SPEC_GENERIC, /* a bare grade: SECRET, GEHEIM */
	SPILL_SPEC_WEAK, /* an everyday word, or one to three letters */
	SPILL_SPEC_PORTION,
	SPILL_SPEC_CAVEAT,
};

/* What else it does in a document (key role); NONE: it is a marking. */
enum spill_term_role {
	SPILL_TERM_ROLE_NONE,
	SPILL_TERM_ROLE_DECLASS, /* DECLASSIFIED, APPROVED FOR RELEASE */
	SPILL_TERM_ROLE_DOWNGRADE, /* DOWNGRADED TO, CANCELLED */
	SPILL_TERM_ROLE_COPY, /* COPY NO */
	SPILL_TERM_ROLE_PAGE,
	SPILL_TERM_ROLE_REGISTRY,
	SPILL_TERM_ROLE_ORIGINATOR, /* SHAPE, EMGFA, MINISTRY OF DEFENCE */
	SPILL_TERM_ROLE_NOTICE,
	SPILL_TERM_ROLE_CAB, /* CLASSIFIED BY, DECLASSIFY ON */
	SPILL_TERM_ROLE_CAB_VALUE,
	SPILL_TERM_ROLE_CONDITIONAL, /* WHEN FILLED IN */
	SPILL_TERM_ROLE_HANDLING,
	SPILL_TERM_ROLE_DESCRIPTOR,
	SPILL_TERM_ROLE_EXERCISE,
	SPILL_TERM_ROLE_SPECIMEN,
	SPILL_TERM_ROLE_FIELD, /* CLASSIFICATION: */
	SPILL_TERM_ROLE_MARCA, /* NACIONAL */
	SPILL_TERM_ROLE_NEGATIVE, /* SECRET SANTA, a disclaimer: vetoes */
	SPILL_TERM_ROLE_FALSE_FRIEND,
	SPILL_TERM_ROLE_PRECEDENCE, /* IMMEDIATE, PRIORITY: of messages */
	SPILL_TERM_ROLE_SECOND_LINE, /* second-banner-line */
};

enum spill_term_flag {
	SPILL_TERM_HIST = 1 << 0, /* withdrawn: right on old documents */
	SPILL_TERM_CORP = 1 << 1, /* companies print it, too */
	SPILL_TERM_CONTROLLED = 1 << 2,
	SPILL_TERM_CANDIDATE = 1 << 3, /* conf=K: never sole evidence */
	SPILL_TERM_PREFIX = 1 << 4, /* the start of a longer construct */
	SPILL_TERM_LEAD = 1 << 5, /* the lead-in */
	SPILL_TERM_TAIL = 1 << 6, /* the end */
	SPILL_TERM_RESTRICTIVE = 1 << 7,
	SPILL_TERM_ADMIN = 1 << 8,
	SPILL_TERM_NONSTANDARD = 1 << 9,
	SPILL_TERM_US_FORM = 1 << 10,
	SPILL_TERM_FGI = 1 << 11,
	SPILL_TERM_CONTEXT = 1 << 12, /* a mission or circle of partners */
	SPILL_TERM_USER = 1 << 13, /* of a table of the user */
};

struct spill_term {
	struct spill_span scheme, canonical, variant, lang, notes;
	/* Values of these keys of the notes; empty: not there. */
	struct spill_span category, set, cue, where, ism, lacv;
	int8_t rank; /* 0 to 5; -1: not a level */
	enum spill_term_kind kind;
	enum spill_term_spec spec;
	enum spill_term_role role;
	unsigned flags;
};

struct spill_vocab;

struct spill_vocab_table {
	struct spill_span csv;
	const char *name; /* for messages */
};

/*
 * The built-in table, then these. SPILL_EFORMAT: a table is wrong, and the
 * reason with its row was said; SPILL_ENOMEM.
 */
int spill_vocab_open(
    struct spill_vocab **v, const struct spill_vocab_table *more, size_t n);
void spill_vocab_free(struct spill_vocab **v);

/* All terms, in the order of the tables. */
size_t spill_vocab_count(const struct spill_vocab *v);
const struct spill_term *spill_vocab_term(
    const struct spill_vocab *v, size_t i);

/* Terms that stand at a token, all of one length. */
struct spill_vocab_hit {
	unsigned tokens; /* how many it covers, dashes within counted */
	const struct spill_term *const *term;
	size_t terms; /* of different schemes, kinds, ... */
};

#define SPILL_VOCAB_HITS 8

/*
 * What stands at token `at`: the longest first. A dash between two words is as
 * good as a blank, in the text as in the table. All kinds but LABEL.
 */
size_t spill_vocab_match(const struct spill_vocab *v,
    const struct spill_normal *n, size_t at,
    struct spill_vocab_hit hit[SPILL_VOCAB_HITS]);
/* The number of a folded word; 0: in no spelling. Tokens carry it. */
uint32_t spill_vocab_word(const struct spill_vocab *v, struct spill_span word);
/* Is there a term of the set ("trigraph", "tetragraph", "nato-nation-name",
 * ...) or category for this folded word or phrase? NULL: no. */
const struct spill_term *spill_vocab_in(
    const struct spill_vocab *v, const char *set, struct spill_span folded);

#endif
