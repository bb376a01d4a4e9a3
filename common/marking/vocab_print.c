/*
 * vocab_print.c: the banners that are looked for in what a scanner read, by
 * their letters alone: where it sees blanks is nothing to go by.
 */
#include <stdlib.h>
#include <string.h>

#include "vocab_i.h"

#define NO_LETTER    26
#define SPACED_LEAST 3

uint32_t
vocab_mask(struct spill_span letters)
{
	uint32_t mask = 0;

	for (size_t i = 0; i < letters.len; i++) {
		char c = letters.p[i];

		mask |= 1u << (c >= 'A' && c <= 'Z' ? c - 'A' : NO_LETTER);
	}
	return mask;
}

static bool
is_wanted(const struct spill_term *t)
{
	return t->kind == SPILL_TERM_BANNER && t->rank >= 0 &&
	       (t->spec == SPILL_SPEC_SELF || t->spec == SPILL_SPEC_PHRASE ||
		   t->spec == SPILL_SPEC_GENERIC);
}

/* Without marks around it. */
static struct spill_span
inner(const struct spill_normal *n)
{
	const char *p = n->text, *end = p + n->len;

	while (p < end && !vocab_in_word(*p))
		p++;
	while (end > p && !vocab_in_word(end[-1]))
		end--;
	return (struct spill_span){ p, (size_t)(end - p) };
}

/* Its letters, if they are all of ASCII and as many as it takes. */
static size_t
letters_of(const struct spill_normal *n, char out[VOCAB_PRINT_MOST])
{
	size_t len = 0;

	for (size_t i = 0; i < n->len; i++) {
		char c = n->text[i];

		if (!vocab_in_word(c)) {
			if ((uint8_t)c >= 0x80)
				return 0;
			continue;
		}
		if (len == VOCAB_PRINT_MOST)
			return 0;
		out[len++] = c;
	}
	return len >= VOCAB_PRINT_LEAST ? len : 0;
}

static uint64_t
starts_of(struct spill_span text)
{
	uint64_t starts = 0;
	unsigned letter = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (!vocab_in_word(text.p[i]))
			continue;
		if (i == 0 || !vocab_in_word(text.p[i - 1]))
			starts |= (uint64_t)1 << letter;
		letter++;
	}
	return starts;
}

/* Letters with blanks between are the business of another view. */
static bool
is_spaced(const struct spill_normal *n)
{
	size_t single = 0;

	for (size_t i = 0; i < n->tokens; i++)
		single += n->token[i].kind == SPILL_TOKEN_WORD &&
			  n->token[i].len == 1;
	return single >= SPACED_LEAST;
}

int
vocab_print(struct spill_vocab *v, const struct spill_term *t,
    const struct spill_normal *n)
{
	char letters[VOCAB_PRINT_MOST];
	size_t len = is_wanted(t) && !is_spaced(n) ? letters_of(n, letters) : 0;
	struct vocab_print *p = v->prints.print;
	struct spill_span text = inner(n);
	const char *copy;

	if (len == 0)
		return SPILL_OK;
	p = spill_grow(p, v->prints.n, &v->prints.cap, sizeof(*p));
	if (p == NULL)
		return SPILL_ENOMEM;
	v->prints.print = p;
	text.p = spill_arena_dup(&v->arena, text.p, text.len);
	copy = spill_arena_dup(&v->arena, letters, len);
	if (text.p == NULL || copy == NULL)
		return SPILL_ENOMEM;
	p[v->prints.n++] = (struct vocab_print){ text, { copy, len },
		vocab_mask((struct spill_span){ copy, len }), starts_of(text) };
	return SPILL_OK;
}

static int
order(const void *a, const void *b)
{
	const struct vocab_print *x = a, *y = b;
	int c = SPILL_CMP(x->letters.p[0], y->letters.p[0]);

	if (c == 0)
		c = SPILL_CMP(x->letters.len, y->letters.len);
	if (c == 0) /* of several spellings the plain one */
		c = SPILL_CMP(x->text.len, y->text.len);
	return c != 0 ? c : spill_span_cmp(x->text, y->text);
}

void
vocab_print_sort(struct vocab_prints *p)
{
	size_t n = 0;

	if (p->n == 0)
		return;
	qsort(p->print, p->n, sizeof(*p->print), order);
	for (size_t i = 1; i < p->n; i++)
		if (!spill_span_eq(p->print[i].text, p->print[n].text))
			p->print[++n] = p->print[i];
	p->n = n + 1;
}

size_t
vocab_print_from(const struct vocab_prints *p, char first, size_t len)
{
	size_t low = 0, high = p->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		struct spill_span s = p->print[mid].letters;

		if (s.p[0] < first || (s.p[0] == first && s.len < len))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}
