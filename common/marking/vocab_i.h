/*
 * vocab_i.h: the vocabulary's parts: rows of tables (vocab_row.c), numbers of
 * words and the trie over them (vocab_trie.c).
 */
#ifndef SPILL_VOCAB_I_H
#define SPILL_VOCAB_I_H

#include <spill/arena.h>
#include <spill/vocab.h>

/* Of a folded word, as far as it is ASCII. */
static inline bool
vocab_in_word(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* --- words -------------------------------------------------------------- */

/* Symbols of the trie: marks of punctuation are their own, words follow. */
#define VOCAB_WORD0 256

struct vocab_word {
	const char *p;
	uint32_t hash;
	uint16_t len;
	uint16_t scripts; /* in which it is spelt: 1 << mask */
};

struct vocab_words {
	struct vocab_word *word;
	size_t n, cap;
	uint32_t *slot; /* number + 1; 0: free */
	size_t slots; /* a power of two */
};

/* --- trie --------------------------------------------------------------- */

struct vocab_edge {
	uint32_t node, symbol; /* node 0 is the root */
	uint32_t to; /* 0: free */
};

struct vocab_node {
	uint32_t first, count; /* of .at */
};

struct vocab_place { /* a term's spelling ends at a node */
	uint32_t node, term;
};

struct vocab_trie {
	struct vocab_edge *edge;
	size_t edges, edge_slots; /* a power of two */
	struct vocab_node *node;
	size_t nodes, node_cap;
	struct vocab_place *place;
	size_t places, place_cap;
	const struct spill_term **at; /* by node, in order of the tables */
};

/* --- banners as scanners see them --------------------------------------- */

struct vocab_print {
	struct spill_span text, letters; /* folded; without blanks and marks */
	uint32_t mask; /* of its letters */
	uint64_t starts; /* bit of each letter that begins a word */
};

struct vocab_prints {
	struct vocab_print *print; /* by first letter, then length */
	size_t n, cap;
};

#define VOCAB_PRINT_LEAST 6 /* letters */
#define VOCAB_PRINT_MOST  64

/* 1 << (c - 'A'), and one bit for all that is no letter. */
uint32_t vocab_mask(struct spill_span letters);
/* A banner's spelling, folded. */
int vocab_print(struct spill_vocab *v, const struct spill_term *t,
    const struct spill_normal *n);
void vocab_print_sort(struct vocab_prints *p);
/* The first that begins with this letter and has so many letters or more. */
size_t vocab_print_from(const struct vocab_prints *p, char first, size_t len);

struct spill_vocab {
	struct spill_arena arena;
	struct spill_term *term;
	size_t terms, term_cap;
	struct vocab_words words;
	struct vocab_trie trie;
	struct vocab_prints prints;
	struct spill_normal *line; /* while it is filled */
};

/* An empty trie. */
int vocab_root(struct spill_vocab *v);
/*
 * The rows of a table, into v->term. What is wrong is said with its row and
 * column; the spans point into the arena.
 */
int vocab_load(
    struct spill_vocab *v, const struct spill_vocab_table *t, unsigned flags);

/* A term's spellings come into the trie: as it is written, and with AE for Ä
 * where that is a habit. SPILL_EFORMAT: it has no words, or too many. */
int vocab_spell(struct spill_vocab *v, uint32_t term);
/* Behind the last. */
int vocab_finish(struct spill_vocab *v);
void vocab_trie_free(struct spill_vocab *v);
/* Where an edge leads; 0: nowhere. */
uint32_t vocab_step(const struct vocab_trie *t, uint32_t node, uint32_t symbol);

#endif
