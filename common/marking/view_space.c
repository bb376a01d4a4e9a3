/*
 * view_space.c: letters with blanks between them become words, and words that
 * were run together come apart. Wider gaps tell where words end; without
 * these, the vocabulary does.
 */
#include <string.h>

#include <spill/utf8.h>

#include "view_i.h"

#define TOKENS_LEAST 5 /* of words, on a line that is spaced */
#define RUN_LEAST    3 /* letters */
#define JOINED_LEAST 6 /* bytes of a word that may be several */
#define LETTERS_MOST 160 /* of a run */
#define WORD_MOST    32 /* bytes */
#define SHORT	     2 /* bytes of a word that says little */

/* --- segmentation ------------------------------------------------------- */

struct cuts {
	size_t n;
	uint16_t at[LETTERS_MOST + 1]; /* where each part ends */
};

static bool
starts(char c)
{
	return ((uint8_t)c & 0xc0) != 0x80;
}

/*
 * The least number of words of the vocabulary that make this text; of two
 * ways, that with the longer words at its end. (A letter alone is no word.)
 */
static bool
segment(const struct view *w, struct spill_span s, struct cuts *out)
{
	uint16_t words[LETTERS_MOST + 1] = { 0 }, back[LETTERS_MOST + 1];
	size_t n = 0;

	if (s.len > LETTERS_MOST || s.len == 0)
		return false;
	for (size_t i = 2; i <= s.len; i++) {
		words[i] = UINT16_MAX;
		if (i < s.len && !starts(s.p[i]))
			continue;
		for (size_t j = i > WORD_MOST ? i - WORD_MOST : 0; j + 2 <= i;
		     j++) {
			struct spill_span part = { s.p + j, i - j };

			if ((j > 0 && (j == 1 || words[j] == UINT16_MAX ||
					  !starts(s.p[j]))) ||
			    words[j] + 1 >= words[i] ||
			    spill_vocab_word(w->v, part) == 0)
				continue;
			words[i] = (uint16_t)(words[j] + 1);
			back[i] = (uint16_t)j;
		}
	}
	if (s.len < 2 || words[s.len] == UINT16_MAX)
		return false;
	out->n = n = words[s.len];
	for (size_t i = s.len; n > 0; i = back[i])
		out->at[--n] = (uint16_t)i;
	return true;
}

/* --- letters ------------------------------------------------------------ */

/* Letters of consecutive tokens, one each. */
struct run {
	size_t first, n;
	size_t len;
	char text[LETTERS_MOST];
	uint8_t token[LETTERS_MOST]; /* of each byte, from first */
	unsigned gap; /* the least within it */
};

static bool
is_letter(const struct spill_normal *n, size_t i)
{
	const struct spill_token *t = &n->token[i];
	uint32_t cp;

	return t->kind != SPILL_TOKEN_PUNCT &&
	       spill_utf8_decode(n->text + t->at, t->len, &cp) == t->len;
}

static void
take_run(const struct spill_normal *n, size_t at, struct run *r)
{
	*r = (struct run){ .first = at, .gap = UINT8_MAX };
	for (size_t i = at; i < n->tokens && is_letter(n, i); i++) {
		struct spill_span s = spill_token_text(n, i);

		if (r->len + s.len > LETTERS_MOST)
			break;
		if (i > at)
			r->gap = SPILL_MIN(r->gap, n->token[i].gap);
		memcpy(r->text + r->len, s.p, s.len);
		memset(r->token + r->len, (int)(i - at), s.len);
		r->len += s.len;
		r->n++;
	}
}

/* A part of a run as a word. */
static bool
put_part(struct view *w, const struct run *r, size_t from, size_t to)
{
	const struct spill_token *a = &w->n->token[r->first + r->token[from]],
				 *b = &w->n->token[r->first + r->token[to - 1]];
	const struct view_word word = { { r->text + from, to - from }, a->from,
		b->to, a->gap, b->letters };

	return view_word(w, &word);
}

static bool
put_cuts(struct view *w, const struct run *r, size_t from, const struct cuts *c)
{
	size_t at = 0;
	bool ok = true;

	for (size_t i = 0; ok && i < c->n; at = c->at[i++])
		ok = put_part(w, r, from + at, from + c->at[i]);
	return ok;
}

/* Where wider gaps end the word that begins at this byte. */
static size_t
gap_end(const struct view *w, const struct run *r, size_t from)
{
	size_t i = from;

	do
		i++;
	while (i < r->len &&
	       (r->token[i] == r->token[i - 1] ||
		   w->n->token[r->first + r->token[i]].gap <= r->gap));
	return i;
}

static bool
gaps_make_words(const struct view *w, const struct run *r)
{
	for (size_t i = 0, end; i < r->len; i = end) {
		end = gap_end(w, r, i);
		if (spill_vocab_word(
			w->v, (struct spill_span){ r->text + i, end - i }) == 0)
			return false;
	}
	return true;
}

static bool
put_run(struct view *w, const struct run *r)
{
	struct cuts c;
	bool ok = true;

	if (!gaps_make_words(w, r) &&
	    segment(w, (struct spill_span){ r->text, r->len }, &c))
		return put_cuts(w, r, 0, &c);
	for (size_t i = 0, end; ok && i < r->len; i = end) {
		end = gap_end(w, r, i);
		if (segment(w, (struct spill_span){ r->text + i, end - i }, &c))
			ok = put_cuts(w, r, i, &c);
		else
			ok = put_part(w, r, i, end);
	}
	return ok;
}

/* Are most of the words on the line single letters? Or all that it begins
 * with: the level of a cable stands before its section and place. */
static bool
is_spaced(const struct spill_normal *n)
{
	size_t words = 0, letters = 0, first = 0;

	for (size_t i = 0; i < n->tokens; i++) {
		first += first == i && is_letter(n, i);
		words += n->token[i].kind != SPILL_TOKEN_PUNCT;
		letters += is_letter(n, i);
	}
	return words >= TOKENS_LEAST &&
	       (letters * 10 >= words * 6 || first > TOKENS_LEAST);
}

static bool
join_letters(struct view *w)
{
	struct run r;
	bool any = false, ok = true;

	for (size_t i = 0; ok && i < w->n->tokens;) {
		take_run(w->n, i, &r);
		if (r.n < RUN_LEAST) {
			ok = view_copy(w, i++);
			continue;
		}
		ok = put_run(w, &r);
		any = true;
		i += r.n;
	}
	w->to->repairs |= SPILL_REPAIR_SPACED;
	return any;
}

/* --- words -------------------------------------------------------------- */

/* Owners of two letters. UN is none of them: it begins other words. */
static bool
is_owner(struct spill_span s)
{
	return spill_span_eq(s, SPILL_SPAN("UE")) ||
	       spill_span_eq(s, SPILL_SPAN("EU")) ||
	       spill_span_eq(s, SPILL_SPAN("VS"));
}

static bool
likely(struct spill_span s, const struct cuts *c)
{
	size_t at = 0;

	for (size_t i = 0; i < c->n; at = c->at[i++])
		if (c->at[i] - at <= SHORT &&
		    !is_owner((struct spill_span){ s.p + at, c->at[i] - at }))
			return false;
	return s.len >= JOINED_LEAST && c->n > 1;
}

/* A word that is none, as those that it was made of. */
static bool
put_parts(struct view *w, size_t i, const struct cuts *c)
{
	const struct spill_token *t = &w->n->token[i];
	struct spill_span s = spill_token_text(w->n, i);
	size_t at = 0;
	bool ok = true, plain = t->to - t->from == t->len;

	for (size_t k = 0; ok && k < c->n; at = c->at[k++]) {
		struct view_word word = { { s.p + at, c->at[k] - at }, t->from,
			t->to, k == 0 ? t->gap : 1, t->letters };

		if (plain) {
			word.from = t->from + (uint32_t)at;
			word.to = t->from + c->at[k];
		}
		ok = view_word(w, &word);
	}
	return ok;
}

static bool
part_words(struct view *w)
{
	struct cuts c;
	bool any = false, ok = true;

	for (size_t i = 0; ok && i < w->n->tokens; i++) {
		const struct spill_token *t = &w->n->token[i];
		struct spill_span s = spill_token_text(w->n, i);
		size_t first = w->to->tokens;

		if (t->kind != SPILL_TOKEN_WORD || t->word != 0 ||
		    t->letters == SPILL_CASE_LOWER || !segment(w, s, &c) ||
		    !likely(s, &c)) {
			ok = view_copy(w, i);
			continue;
		}
		ok = put_parts(w, i, &c);
		any |= ok && view_has_level(w, first, w->to->tokens, false);
	}
	w->to->repairs |= SPILL_REPAIR_DESPACED;
	return any;
}

bool
view_despaced(struct view *w)
{
	return is_spaced(w->n) ? join_letters(w) : part_words(w);
}
