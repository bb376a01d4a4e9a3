/*
 * mark_shape.c: lines that may be markings by how they look. Nearly all are
 * given up at their first small letter.
 */
#include <stdlib.h>
#include <string.h>

#include "mark_i.h"
#include "normal_i.h"
#include "vocab_i.h"

#define SHOUT_MOST   160 /* bytes of a line that shouts */
#define CAPITALS     2 /* that it has at the least */
#define LEAD_MOST    16 /* bytes of numbers and bullets before a portion */
#define PORTION_MOST 96 /* bytes between its parentheses */
#define WORD_MOST    8

static bool
is_small(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool
is_capital(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
shouts(struct spill_span s)
{
	unsigned capitals = 0;

	if (s.len > SHOUT_MOST)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (is_small(s.p[i]))
			return false;
		capitals += is_capital(s.p[i]);
	}
	return capitals >= CAPITALS;
}

/* Numbers and bullets of lists, letters one by one: "1B.a.3.", "- ". */
static size_t
lead(struct spill_span s)
{
	size_t i = 0, row = 0;

	for (; i < s.len && i < LEAD_MOST && s.p[i] != '('; i++) {
		bool letter = is_small(s.p[i]) || is_capital(s.p[i]);

		row = letter ? row + 1 : 0;
		if (row > 1)
			return SIZE_MAX;
	}
	return i < s.len && s.p[i] == '(' ? i : SIZE_MAX;
}

/* Its first word is one of those that portions begin with. */
static bool
known(const struct spill_mark *m, struct spill_span s)
{
	char word[WORD_MOST];
	size_t n = 0;
	uint32_t w;

	while (s.len > 0 && (*s.p == '/' || *s.p == ' ')) {
		s.p++;
		s.len--;
	}
	for (; n < s.len && n < WORD_MOST; n++) {
		char c = s.p[n];

		if (!is_capital(c) && !(n > 0 && is_small(c)))
			break;
		word[n] = is_small(c) ? (char)(c - 0x20) : c;
	}
	w = n > 0 ? vocab_find(m->v, word, n) : 0;
	return w != 0 && m->portion[w - VOCAB_WORD0];
}

static bool
has_portion(const struct spill_mark *m, struct spill_span s)
{
	size_t at = lead(s), most;
	const char *end;

	if (at == SIZE_MAX)
		return false;
	s.p += at + 1;
	s.len -= at + 1;
	most = SPILL_MIN(s.len, PORTION_MOST);
	end = memchr(s.p, ')', most);
	return end != NULL &&
	       known(m, (struct spill_span){ s.p, (size_t)(end - s.p) });
}

enum mark_shape
mark_shape(const struct spill_mark *m, struct spill_span s)
{
	if (!mark_may_be(s))
		return MARK_PLAIN;
	if (shouts(s))
		return MARK_SHOUT;
	return has_portion(m, s) ? MARK_PORTION : MARK_PLAIN;
}

int
mark_shape_open(struct spill_mark *m)
{
	m->words = m->v->words.n;
	m->portion = calloc(m->words + 1, sizeof(*m->portion));
	if (m->portion == NULL)
		return SPILL_ENOMEM;
	for (size_t i = 0; i < spill_vocab_count(m->v); i++) {
		const struct spill_term *t = spill_vocab_term(m->v, i);
		size_t j = 0;

		if (t->kind != SPILL_TERM_PORTION)
			continue;
		spill_normal_line(&m->n, t->variant, m->v);
		while (j < m->n.tokens && m->n.token[j].word == 0)
			j++;
		if (j < m->n.tokens)
			m->portion[m->n.token[j].word - VOCAB_WORD0] = true;
	}
	return SPILL_OK;
}
