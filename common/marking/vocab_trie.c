/*
 * vocab_trie.c: words by number, and the spellings of terms as a trie over
 * these numbers. Edges are in one table by node and symbol.
 */
#include <stdlib.h>
#include <string.h>

#include <spill/hash.h>

#include "normal_i.h"
#include "vocab_i.h"

#define SLOTS_LEAST 4096

/* --- words -------------------------------------------------------------- */

static uint32_t
hash_of(const char *p, size_t len)
{
	return (uint32_t)spill_mix(p, len, 0);
}

static const uint32_t *
slot_of(const struct vocab_words *w, const char *p, size_t len, uint32_t hash)
{
	size_t i = hash & (w->slots - 1);

	for (; w->slot[i] != 0; i = (i + 1) & (w->slots - 1)) {
		const struct vocab_word *o = &w->word[w->slot[i] - 1];

		if (o->hash == hash && o->len == len &&
		    memcmp(o->p, p, len) == 0)
			break;
	}
	return &w->slot[i];
}

uint32_t
vocab_find(const struct spill_vocab *v, const char *p, size_t len)
{
	uint32_t n = *slot_of(&v->words, p, len, hash_of(p, len));

	return n == 0 ? 0 : VOCAB_WORD0 + n - 1;
}

unsigned
vocab_scripts(const struct spill_vocab *v, uint32_t word)
{
	return v->words.word[word - VOCAB_WORD0].scripts;
}

static int
more_slots(struct vocab_words *w)
{
	size_t slots = SPILL_MAX(2 * w->slots, SLOTS_LEAST);
	uint32_t *slot = calloc(slots, sizeof(*slot));

	if (slot == NULL)
		return SPILL_ENOMEM;
	for (size_t k = 0; k < w->n; k++) {
		size_t i = w->word[k].hash & (slots - 1);

		while (slot[i] != 0)
			i = (i + 1) & (slots - 1);
		slot[i] = (uint32_t)k + 1;
	}
	free(w->slot);
	w->slot = slot;
	w->slots = slots;
	return SPILL_OK;
}

/* The number of a word, a new one if need be; 0: no memory. */
static uint32_t
intern(struct spill_vocab *v, struct spill_span s, unsigned scripts)
{
	struct vocab_words *w = &v->words;
	uint32_t hash = hash_of(s.p, s.len), *slot;
	struct vocab_word *word;

	if (2 * w->n >= w->slots && more_slots(w) != SPILL_OK)
		return 0;
	slot = (uint32_t *)(uintptr_t)slot_of(w, s.p, s.len, hash);
	if (*slot == 0) {
		word = spill_grow(w->word, w->n, &w->cap, sizeof(*word));
		if (word == NULL)
			return 0;
		w->word = word;
		word[w->n] = (struct vocab_word){
			.p = spill_arena_dup(&v->arena, s.p, s.len),
			.hash = hash,
			.len = (uint16_t)s.len,
		};
		if (word[w->n].p == NULL)
			return 0;
		*slot = (uint32_t)++w->n;
	}
	w->word[*slot - 1].scripts |= (uint16_t)(1u << scripts);
	return VOCAB_WORD0 + *slot - 1;
}

/* --- edges -------------------------------------------------------------- */

static struct vocab_edge *
edge_of(const struct vocab_trie *t, uint32_t node, uint32_t symbol)
{
	uint64_t h = ((uint64_t)node << 32 | symbol) * 0x9e3779b97f4a7c15;
	size_t i = (size_t)(h >> 32) & (t->edge_slots - 1);

	while (t->edge[i].to != 0 &&
	       (t->edge[i].node != node || t->edge[i].symbol != symbol))
		i = (i + 1) & (t->edge_slots - 1);
	return &t->edge[i];
}

uint32_t
vocab_step(const struct vocab_trie *t, uint32_t node, uint32_t symbol)
{
	return edge_of(t, node, symbol)->to;
}

static int
more_edges(struct vocab_trie *t)
{
	struct vocab_trie old = *t;

	t->edge_slots = SPILL_MAX(2 * t->edge_slots, SLOTS_LEAST);
	t->edge = calloc(t->edge_slots, sizeof(*t->edge));
	if (t->edge == NULL) {
		*t = old;
		return SPILL_ENOMEM;
	}
	for (size_t i = 0; i < old.edge_slots; i++)
		if (old.edge[i].to != 0)
			*edge_of(t, old.edge[i].node, old.edge[i].symbol) =
			    old.edge[i];
	free(old.edge);
	return SPILL_OK;
}

static int
new_node(struct vocab_trie *t)
{
	struct vocab_node *node =
	    spill_grow(t->node, t->nodes, &t->node_cap, sizeof(*node));

	if (node == NULL)
		return SPILL_ENOMEM;
	t->node = node;
	node[t->nodes++] = (struct vocab_node){ 0 };
	return SPILL_OK;
}

int
vocab_root(struct spill_vocab *v)
{
	int rc = new_node(&v->trie);

	if (rc == SPILL_OK)
		rc = more_slots(&v->words);
	return rc == SPILL_OK ? more_edges(&v->trie) : rc;
}

/* Follows an edge that is made if need be. */
static int
extend(struct vocab_trie *t, uint32_t *node, uint32_t symbol)
{
	struct vocab_edge *e;

	if (2 * t->edges >= t->edge_slots && more_edges(t) != SPILL_OK)
		return SPILL_ENOMEM;
	e = edge_of(t, *node, symbol);
	if (e->to == 0) {
		if (new_node(t) != SPILL_OK)
			return SPILL_ENOMEM;
		*e = (struct vocab_edge){ *node, symbol,
			(uint32_t)t->nodes - 1 };
		t->edges++;
	}
	*node = e->to;
	return SPILL_OK;
}

/* --- spellings ---------------------------------------------------------- */

static int
symbol_of(struct spill_vocab *v, size_t i, unsigned scripts, uint32_t *symbol)
{
	const struct spill_token *t = &v->line->token[i];

	*symbol = t->kind == SPILL_TOKEN_PUNCT
		      ? (uint32_t)t->mark
		      : intern(v, spill_token_text(v->line, i), scripts);
	return *symbol != 0 ? SPILL_OK : SPILL_ENOMEM;
}

static int
spell(struct spill_vocab *v, uint32_t term, struct spill_span s)
{
	struct vocab_trie *t = &v->trie;
	struct vocab_place *place;
	uint8_t scripts[SPILL_NORMAL_TOKENS];
	uint32_t node = 0, symbol;
	int rc = SPILL_OK;

	normal_line(v->line, s, NULL, scripts);
	for (size_t i = 0; rc == SPILL_OK && i < v->line->tokens; i++) {
		if (v->line->token[i].mark == '-')
			continue; /* as good as a blank */
		rc = symbol_of(v, i, scripts[i], &symbol);
		if (rc == SPILL_OK)
			rc = extend(t, &node, symbol);
	}
	if (rc != SPILL_OK)
		return rc;
	if (node == 0 || v->line->cut)
		return SPILL_EFORMAT;
	if (vocab_print(v, &v->term[term], v->line) != SPILL_OK)
		return SPILL_ENOMEM;
	place = spill_grow(t->place, t->places, &t->place_cap, sizeof(*place));
	if (place == NULL)
		return SPILL_ENOMEM;
	t->place = place;
	place[t->places++] = (struct vocab_place){ node, term };
	return SPILL_OK;
}

/* How those write it who do not have the letter; NULL: as others do. */
static const char *
digraph(const struct spill_term *term, const char *p)
{
	static const struct {
		const char *letter, *digraph;
		bool nordic;
	} pairs[] = { { "Ä", "AE", false }, { "Ö", "OE", false },
		{ "Ü", "UE", false }, { "ä", "AE", false },
		{ "ö", "OE", false }, { "ü", "UE", false }, { "Å", "AA", true },
		{ "Ø", "OE", true }, { "å", "AA", true }, { "ø", "OE", true } };
	static const char *const langs[] = { "da", "no", "nb", "nn" };
	bool german = spill_span_eq(term->lang, SPILL_SPAN("de")),
	     nordic = false;

	for (size_t i = 0; i < SPILL_COUNT(langs); i++)
		nordic |= spill_span_eq(term->lang, spill_span(langs[i]));
	for (size_t i = 0; i < SPILL_COUNT(pairs); i++)
		if ((pairs[i].nordic ? nordic : german) &&
		    memcmp(p, pairs[i].letter, 2) == 0)
			return pairs[i].digraph;
	return NULL;
}

int
vocab_spell(struct spill_vocab *v, uint32_t term)
{
	const struct spill_term *t = &v->term[term];
	char alt[256];
	bool differs = false;
	int rc;

	if (t->kind == SPILL_TERM_LABEL)
		return SPILL_OK;
	rc = spell(v, term, t->variant);
	if (rc != SPILL_OK || t->variant.len >= sizeof(alt))
		return rc;
	memcpy(alt, t->variant.p, t->variant.len);
	for (size_t i = 0; i + 1 < t->variant.len; i++) {
		const char *two = digraph(t, alt + i);

		if (two == NULL)
			continue;
		memcpy(alt + i, two, 2);
		differs = true;
	}
	return differs
		   ? spell(v, term, (struct spill_span){ alt, t->variant.len })
		   : SPILL_OK;
}

/* --- terms of nodes ----------------------------------------------------- */

/* Spellings that are one when folded: the same row for all who ask. */
static bool
same(const struct spill_term *a, const struct spill_term *b)
{
	return a->kind == b->kind && a->rank == b->rank && a->spec == b->spec &&
	       a->role == b->role && a->flags == b->flags &&
	       spill_span_eq(a->scheme, b->scheme) &&
	       spill_span_eq(a->canonical, b->canonical) &&
	       spill_span_eq(a->category, b->category) &&
	       spill_span_eq(a->set, b->set);
}

static void
add(const struct spill_vocab *v, const struct vocab_place *p)
{
	const struct vocab_trie *t = &v->trie;
	struct vocab_node *n = &t->node[p->node];
	const struct spill_term *term = &v->term[p->term];

	for (uint32_t i = 0; i < n->count; i++)
		if (same(t->at[n->first + i], term))
			return;
	t->at[n->first + n->count++] = term;
}

int
vocab_finish(struct spill_vocab *v)
{
	struct vocab_trie *t = &v->trie;
	uint32_t first = 0;

	t->at = calloc(t->places + 1, sizeof(*t->at));
	if (t->at == NULL)
		return SPILL_ENOMEM;
	for (size_t i = 0; i < t->places; i++)
		t->node[t->place[i].node].count++;
	for (size_t i = 0; i < t->nodes; i++) {
		t->node[i].first = first;
		first += t->node[i].count;
		t->node[i].count = 0;
	}
	for (size_t i = 0; i < t->places; i++)
		add(v, &t->place[i]);
	vocab_print_sort(&v->prints);
	return SPILL_OK;
}

void
vocab_trie_free(struct spill_vocab *v)
{
	free(v->prints.print);
	free(v->words.word);
	free(v->words.slot);
	free(v->trie.edge);
	free(v->trie.node);
	free(v->trie.place);
	free(v->trie.at);
}
