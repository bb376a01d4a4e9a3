/*
 * vocab.c: the words of markings; what stands at a token.
 */
#include <stdlib.h>
#include <string.h>

#include "normal_i.h"
#include "vocab_i.h"
#include "markings_i.h"

#define DASHES 2 /* between two words, that are as good as a blank */

/* --- loading ------------------------------------------------------------ */

static int
fill(struct spill_vocab *v, const struct spill_vocab_table *more, size_t n)
{
	const struct spill_vocab_table own = { SPILL_SPAN(markings_csv),
		"markings.csv" };
	int rc;

	v->line = malloc(sizeof(*v->line));
	if (v->line == NULL)
		return SPILL_ENOMEM;
	rc = vocab_root(v);
	if (rc == SPILL_OK)
		rc = vocab_load(v, &own, 0);
	for (size_t i = 0; rc == SPILL_OK && i < n; i++)
		rc = vocab_load(v, &more[i], SPILL_TERM_USER);
	free(v->line);
	v->line = NULL;
	return rc == SPILL_OK ? vocab_finish(v) : rc;
}

int
spill_vocab_open(
    struct spill_vocab **out, const struct spill_vocab_table *more, size_t n)
{
	struct spill_vocab *v = calloc(1, sizeof(*v));
	int rc = v != NULL ? fill(v, more, n) : SPILL_ENOMEM;

	if (rc != SPILL_OK)
		spill_vocab_free(&v);
	else
		*out = v;
	return rc;
}

void
spill_vocab_free(struct spill_vocab **v)
{
	if (*v == NULL)
		return;
	vocab_trie_free(*v);
	free((*v)->term);
	spill_arena_release(&(*v)->arena);
	free(*v);
	*v = NULL;
}

size_t
spill_vocab_count(const struct spill_vocab *v)
{
	return v->terms;
}

const struct spill_term *
spill_vocab_term(const struct spill_vocab *v, size_t i)
{
	return i < v->terms ? &v->term[i] : NULL;
}

/* --- matching ----------------------------------------------------------- */

static bool
is_word(const struct spill_normal *n, size_t i)
{
	return i < n->tokens && n->token[i].kind != SPILL_TOKEN_PUNCT;
}

static bool
is_dash(const struct spill_normal *n, size_t i)
{
	return i < n->tokens && n->token[i].mark == '-';
}

/* Past the dashes before a word, behind another or its full stop. */
static size_t
past_dashes(const struct spill_normal *n, size_t at, size_t i)
{
	size_t end = i;

	if (i == at)
		return i;
	while (end - i < DASHES && is_dash(n, end))
		end++;
	return is_word(n, end) ? end : i;
}

static uint32_t
symbol_at(const struct spill_normal *n, size_t i)
{
	const struct spill_token *t = &n->token[i];

	return t->kind == SPILL_TOKEN_PUNCT ? (uint32_t)t->mark : t->word;
}

static void
longest_first(struct spill_vocab_hit *hit, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		struct spill_vocab_hit h = hit[i];

		hit[i] = hit[n - 1 - i];
		hit[n - 1 - i] = h;
	}
}

size_t
spill_vocab_match(const struct spill_vocab *v, const struct spill_normal *n,
    size_t at, struct spill_vocab_hit hit[SPILL_VOCAB_HITS])
{
	const struct vocab_trie *t = &v->trie;
	uint32_t node = 0;
	size_t hits = 0;

	for (size_t i = at; i < n->tokens; i++) {
		uint32_t symbol;

		i = past_dashes(n, at, i);
		symbol = symbol_at(n, i);
		node = symbol != 0 ? vocab_step(t, node, symbol) : 0;
		if (node == 0)
			break;
		if (t->node[node].count == 0)
			continue;
		if (hits == SPILL_VOCAB_HITS) /* the longer ones are wanted */
			memmove(hit, hit + 1, --hits * sizeof(*hit));
		hit[hits++] = (struct spill_vocab_hit){
			.tokens = (unsigned)(i + 1 - at),
			.term = &t->at[t->node[node].first],
			.terms = t->node[node].count,
		};
	}
	longest_first(hit, hits);
	return hits;
}

uint32_t
spill_vocab_word(const struct spill_vocab *v, struct spill_span word)
{
	return vocab_find(v, word.p, word.len);
}

/* --- a phrase ----------------------------------------------------------- */

/* The node of a folded phrase; 0: none. */
static uint32_t
node_of(const struct spill_vocab *v, struct spill_span s)
{
	const char *p = s.p, *end = p + s.len;
	uint32_t node = 0, symbol;

	while (p < end) {
		const char *from = p;

		while (p < end && (vocab_in_word(*p) || (uint8_t)*p >= 0x80))
			p++;
		if (p > from)
			symbol = vocab_find(v, from, (size_t)(p - from));
		else
			symbol = (uint8_t)*p++;
		if (symbol == ' ' || symbol == '-')
			continue;
		node = symbol != 0 ? vocab_step(&v->trie, node, symbol) : 0;
		if (node == 0)
			break;
	}
	return node;
}

const struct spill_term *
spill_vocab_in(
    const struct spill_vocab *v, const char *set, struct spill_span folded)
{
	const struct vocab_trie *t = &v->trie;
	uint32_t node = node_of(v, folded);
	struct spill_span name = spill_span(set);

	for (uint32_t i = 0; node != 0 && i < t->node[node].count; i++) {
		const struct spill_term *term = t->at[t->node[node].first + i];

		if (spill_span_eq(term->set, name) ||
		    spill_span_eq(term->category, name))
			return term;
	}
	return NULL;
}
