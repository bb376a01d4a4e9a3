/*
 * trigger.c: which parts of a text call for the grammar.
 */
#include <stdlib.h>
#include <string.h>

#include "trigger_i.h"
#include "trigger_table_i.h"

#define NEAR	  128 /* bytes between two hits that are one */
#define LONG	  256 /* bytes of a hit that takes no more of them */
#define LINE_LEAD 32 /* bytes before a word in a short line, ... */
#define LINE_REST 32 /* ... and behind it */

enum part {
	WORDS,
	EVASIONS,
	USER,
	PARTS,
};

struct automaton {
	hs_database_t *db; /* NULL: there is none */
	const struct trigger_key *key;
	struct trigger_keys own; /* those, where they are not built in */
};

struct trigger {
	struct automaton part[PARTS];
	hs_scratch_t *scratch;
	const struct trigger_key *key; /* of the automaton that runs */
	struct spill_span text; /* that is scanned */
	struct trigger_hit *hit;
	size_t n, cap, first; /* of the automaton that runs */
};

/* --- a match ------------------------------------------------------------ */

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9');
}

static bool
is_small(char c)
{
	return c >= 'a' && c <= 'z';
}

/* Does nothing that is part of a word stand beside it? */
static bool
is_whole(struct spill_span text, size_t from, size_t to)
{
	return (from == 0 || !is_letter(text.p[from - 1]) ||
		   !is_letter(text.p[from])) &&
	       (to == text.len || !is_letter(text.p[to]) ||
		   !is_letter(text.p[to - 1]));
}

/* Neither part of a name in a program: client_SECRET. */
static bool
is_free(struct spill_span text, size_t from, size_t to)
{
	return (from == 0 || text.p[from - 1] != '_') &&
	       (to == text.len || text.p[to] != '_');
}

static bool
is_caps(struct spill_span text, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (is_small(text.p[i]))
			return false;
	return true;
}

/* A line of a few words: may be a heading in small letters. */
static bool
in_short_line(struct spill_span text, size_t from, size_t to)
{
	size_t i = from, end = SPILL_MIN(text.len, to + LINE_REST);

	while (i > 0 && text.p[i - 1] != '\n')
		if (from - --i > LINE_LEAD)
			return false;
	return end == text.len || memchr(text.p + to, '\n', end - to) != NULL;
}

static bool
counts(
    const struct trigger_key *k, struct spill_span text, size_t from, size_t to)
{
	switch ((enum trigger_rule)k->rule) {
	case TRIGGER_EVASION:
		return true;
	case TRIGGER_ANY:
		return is_whole(text, from, to);
	case TRIGGER_CAPS:
		return is_whole(text, from, to) && is_free(text, from, to) &&
		       (is_caps(text, from, to) ||
			   in_short_line(text, from, to));
	case TRIGGER_STAMP:
		return is_whole(text, from, to) && is_free(text, from, to) &&
		       (is_caps(text, from, to) ||
			   (!is_small(text.p[from]) &&
			       in_short_line(text, from, to)));
	case TRIGGER_SHORT:
		return is_whole(text, from, to) &&
		       in_short_line(text, from, to);
	}
	return false;
}

/* Near hits are one, up to a length, unless a line ends between them. */
static int
put(struct trigger *t, uint32_t from, uint32_t to)
{
	struct trigger_hit *h = t->hit;

	if (t->n > t->first) {
		h = &t->hit[t->n - 1];
		if (from < h->to ||
		    (from - h->to < NEAR && to - h->from < LONG &&
			memchr(t->text.p + h->to, '\n', from - h->to) ==
			    NULL)) {
			h->to = SPILL_MAX(h->to, to);
			h->from = SPILL_MIN(h->from, from);
			return SPILL_OK;
		}
	}
	h = spill_grow(t->hit, t->n, &t->cap, sizeof(*h));
	if (h == NULL)
		return SPILL_ENOMEM;
	t->hit = h;
	h[t->n++] = (struct trigger_hit){ from, to };
	return SPILL_OK;
}

static int
on_match(unsigned id, unsigned long long from, unsigned long long to,
    unsigned flags, void *ctx)
{
	struct trigger *t = ctx;
	const struct trigger_key *k = &t->key[id];

	(void)from;
	(void)flags;
	if (!counts(k, t->text, (size_t)to - k->len, (size_t)to))
		return 0;
	return put(t, (uint32_t)to - k->len, (uint32_t)to);
}

static int
order(const void *a, const void *b)
{
	const struct trigger_hit *x = a, *y = b;

	return SPILL_CMP(x->from, y->from);
}

/* Of several automata they are not. */
static bool
in_order(const struct trigger *t)
{
	for (size_t i = 1; i < t->n; i++)
		if (t->hit[i].from < t->hit[i - 1].from)
			return false;
	return true;
}

int
trigger_scan(struct trigger *t, struct spill_span text,
    const struct trigger_hit **hit, size_t *n)
{
	t->text = text;
	t->n = 0;
	for (size_t i = 0; i < PARTS && t->part[i].db != NULL; i++) {
		t->key = t->part[i].key;
		t->first = t->n;
		if (hs_scan(t->part[i].db, text.p, (unsigned)text.len, 0,
			t->scratch, on_match, t) != HS_SUCCESS)
			return SPILL_ENOMEM;
	}
	if (!in_order(t))
		qsort(t->hit, t->n, sizeof(*t->hit), order);
	*hit = t->hit;
	*n = t->n;
	return SPILL_OK;
}

/* --- opening ------------------------------------------------------------ */

static int
compile(struct automaton *a)
{
	a->key = a->own.key;
	return a->own.n > 0 ? trigger_compile(&a->own, false, &a->db)
			    : SPILL_OK;
}

/* As it was built; false: by another version of the library. */
static bool
restore(
    struct automaton *a, const struct trigger_key *key, struct spill_span bytes)
{
	a->key = key;
	return hs_deserialize_database(bytes.p, bytes.len, &a->db) ==
	       HS_SUCCESS;
}

static int
prepare(struct trigger *t, const struct spill_vocab *v, bool user)
{
	struct automaton *words = &t->part[WORDS],
			 *evasions = &t->part[EVASIONS],
			 *users = &t->part[USER];
	int rc = SPILL_OK;

	if (!restore(words, word_keys, SPILL_SPAN(word_bytes))) {
		rc = trigger_choose(&words->own, v, 0);
		rc = rc == SPILL_OK ? compile(words) : rc;
	}
	if (rc == SPILL_OK &&
	    !restore(evasions, evasion_keys, SPILL_SPAN(evasion_bytes))) {
		rc = trigger_choose_evasions(&evasions->own);
		rc = rc == SPILL_OK ? compile(evasions) : rc;
	}
	if (rc == SPILL_OK && user) {
		rc = trigger_choose(&users->own, v, SPILL_TERM_USER);
		rc = rc == SPILL_OK ? compile(users) : rc;
	}
	for (size_t i = 0; rc == SPILL_OK && i < PARTS; i++)
		if (t->part[i].db != NULL &&
		    hs_alloc_scratch(t->part[i].db, &t->scratch) != HS_SUCCESS)
			rc = SPILL_ENOMEM;
	return rc;
}

int
trigger_open(struct trigger **out, const struct spill_vocab *v, bool user)
{
	struct trigger *t = calloc(1, sizeof(*t));
	int rc = t != NULL ? prepare(t, v, user) : SPILL_ENOMEM;

	if (rc != SPILL_OK)
		trigger_free(&t);
	else
		*out = t;
	return rc;
}

void
trigger_free(struct trigger **t)
{
	if (*t == NULL)
		return;
	(void)hs_free_scratch((*t)->scratch);
	for (size_t i = 0; i < PARTS; i++) {
		(void)hs_free_database((*t)->part[i].db);
		free((*t)->part[i].own.key);
	}
	free((*t)->hit);
	free(*t);
	*t = NULL;
}
