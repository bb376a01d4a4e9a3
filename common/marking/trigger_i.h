/*
 * trigger_i.h: words that call for the grammar, looked for by one automaton
 * over text as it stands: names of owners, grades in capitals, caveats, the
 * phrases of blocks and stamps, and what is never there but to hide a word.
 *
 * trigger_keys.c chooses them from the vocabulary; the automaton of the
 * built-in table is made when this is built (common/data/gen/trigger.c), that
 * of tables of users when they are loaded.
 */
#ifndef SPILL_TRIGGER_I_H
#define SPILL_TRIGGER_I_H

#include <hs/hs.h>

#include <spill/vocab.h>

enum trigger_rule {
	TRIGGER_ANY, /* a word or phrase, in whatever letters */
	TRIGGER_CAPS, /* in capitals; or in a short line */
	TRIGGER_STAMP, /* in capitals; or with one in a short line */
	TRIGGER_SHORT, /* in a short line */
	TRIGGER_EVASION, /* wherever it is */
};

#define TRIGGER_MOST 63 /* bytes of a key */

struct trigger_key {
	unsigned char rule, len;
	char text[TRIGGER_MOST + 1];
};

struct trigger_keys {
	struct trigger_key *key;
	size_t n, cap;
};

/* Keys of the terms that have all of these flags, which are none for the
 * built-in table: that has more. The caller frees .key. */
int trigger_choose(
    struct trigger_keys *k, const struct spill_vocab *v, unsigned flags);
/* What hides words. (Together they would be one slow automaton.) */
int trigger_choose_evasions(struct trigger_keys *k);
/* generic: for any processor of this kind, not for this one. */
int trigger_compile(
    const struct trigger_keys *k, bool generic, hs_database_t **db);

/* --- at work ------------------------------------------------------------ */

struct trigger;

/* user: are there terms of users in it? */
int trigger_open(struct trigger **t, const struct spill_vocab *v, bool user);
void trigger_free(struct trigger **t);

/* Bytes of the text in which keys are; near ones are one. */
struct trigger_hit {
	uint32_t from, to;
};

/* All of a text of 1 MiB at most, in order, until the next call. */
int trigger_scan(struct trigger *t, struct spill_span text,
    const struct trigger_hit **hit, size_t *n);

#endif
