/*
 * view.c: a line as it may have been meant: what the views share, and those
 * that exchange characters: reversed, and with figures for letters.
 */
#include <string.h>

#include <spill/utf8.h>

#include "view_i.h"

#define LEET_LEAST 4 /* letters of a word that may be meant */

/* --- building ----------------------------------------------------------- */

static struct spill_token *
begin(struct view *w, size_t len, uint8_t gap)
{
	struct spill_normal *to = w->to;
	struct spill_token *t = &to->token[to->tokens];

	if (to->tokens == SPILL_NORMAL_TOKENS ||
	    to->len + len + 1 > SPILL_NORMAL_TEXT) {
		to->cut = true;
		return NULL;
	}
	if (gap > 0 && to->tokens > 0)
		to->text[to->len++] = ' ';
	to->tokens++;
	*t = (struct spill_token){
		.gap = gap,
		.at = (uint16_t)to->len,
		.len = (uint16_t)len,
	};
	return t;
}

static bool
is_number(struct spill_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return true;
}

bool
view_word(struct view *w, const struct view_word *word)
{
	struct spill_span s = word->text;
	struct spill_token *t = begin(w, s.len, word->gap);

	if (t == NULL)
		return false;
	t->kind = is_number(s) ? SPILL_TOKEN_NUMBER : SPILL_TOKEN_WORD;
	t->letters = word->letters;
	t->from = word->from;
	t->to = word->to;
	t->word = w->v != NULL ? spill_vocab_word(w->v, s) : 0;
	memcpy(w->to->text + t->at, s.p, s.len);
	w->to->len += s.len;
	return true;
}

bool
view_mark(struct view *w, char mark, const struct spill_token *place)
{
	struct spill_token *t = begin(w, 1, place->gap);

	if (t == NULL)
		return false;
	t->kind = SPILL_TOKEN_PUNCT;
	t->mark = mark;
	t->from = place->from;
	t->to = place->to;
	w->to->text[w->to->len++] = mark;
	return true;
}

bool
view_copy(struct view *w, size_t i)
{
	const struct spill_token *t = &w->n->token[i];
	struct view_word word = { spill_token_text(w->n, i), t->from, t->to,
		t->gap, t->letters };

	if (t->kind == SPILL_TOKEN_PUNCT)
		return view_mark(w, t->mark, t);
	return view_word(w, &word);
}

static bool
is_level(const struct spill_term *t, bool self)
{
	return t->rank >= 0 && t->kind == SPILL_TERM_BANNER &&
	       (!self || t->spec == SPILL_SPEC_SELF);
}

bool
view_has_level(const struct view *w, size_t from, size_t to, bool self)
{
	struct spill_vocab_hit hit[SPILL_VOCAB_HITS];

	for (size_t i = from; i < to; i++) {
		size_t n = spill_vocab_match(w->v, w->to, i, hit);

		for (size_t j = 0; j < n; j++)
			for (size_t k = 0; k < hit[j].terms; k++)
				if (is_level(hit[j].term[k], self))
					return true;
	}
	return false;
}

/* --- reversed ----------------------------------------------------------- */

static struct spill_span
reverse(struct spill_span s, char out[SPILL_NORMAL_TEXT])
{
	size_t at = s.len;
	uint32_t cp;

	for (size_t i = 0; i < s.len;) {
		unsigned len = spill_utf8_decode(s.p + i, s.len - i, &cp);

		len = SPILL_MAX(len, 1);
		at -= len;
		memcpy(out + at, s.p + i, len);
		i += len;
	}
	return (struct spill_span){ out, s.len };
}

static char
mirror(char mark)
{
	static const char pairs[] = "()[]{}<>";
	const char *p = strchr(pairs, mark);

	return p == NULL ? mark : pairs[(p - pairs) ^ 1];
}

bool
view_reversed(struct view *w)
{
	const struct spill_normal *n = w->n;
	char text[SPILL_NORMAL_TEXT];
	bool ok = true;

	for (size_t i = n->tokens; ok && i-- > 0;) {
		struct spill_token t = n->token[i];
		struct view_word word;

		t.gap = i + 1 < n->tokens ? n->token[i + 1].gap : 0;
		if (t.kind == SPILL_TOKEN_PUNCT) {
			ok = view_mark(w, mirror(t.mark), &t);
			continue;
		}
		word =
		    (struct view_word){ reverse(spill_token_text(n, i), text),
			    t.from, t.to, t.gap, t.letters };
		ok = view_word(w, &word);
	}
	w->to->repairs |= SPILL_REPAIR_BIDI;
	return view_has_level(w, 0, w->to->tokens, false);
}

/* --- figures for letters ------------------------------------------------ */

static char
leet(char c)
{
	static const char from[] = "013457$@!|", to[] = "OIEASTSAII";
	const char *p = strchr(from, c);

	return p == NULL ? c : to[p - from];
}

static bool
leet_part(const struct spill_token *t)
{
	return t->kind != SPILL_TOKEN_PUNCT || strchr("$@!|", t->mark) != NULL;
}

/* The tokens from i on that have nothing between them, as letters; how many
 * they are, or 0 if no word of the vocabulary comes of it. */
static size_t
leet_word(const struct view *w, size_t i, char out[SPILL_NORMAL_TEXT],
    struct view_word *word)
{
	const struct spill_normal *n = w->n;
	size_t len = 0, j, letters = 0, figures = 0;

	for (j = i; j < n->tokens && leet_part(&n->token[j]); j++) {
		struct spill_span s = spill_token_text(n, j);

		if (j > i && n->token[j].gap > 0)
			break;
		for (size_t k = 0; k < s.len; k++) {
			char c = leet(s.p[k]);

			letters += c == s.p[k];
			figures += c != s.p[k];
			out[len++] = c;
		}
	}
	if (letters == 0 || figures == 0 || len < LEET_LEAST)
		return 0;
	*word = (struct view_word){ { out, len }, n->token[i].from,
		n->token[j - 1].to, n->token[i].gap, SPILL_CASE_UPPER };
	return spill_vocab_word(w->v, word->text) != 0 ? j - i : 0;
}

bool
view_leet(struct view *w)
{
	char text[SPILL_NORMAL_TEXT];
	bool ok = true, any = false;

	for (size_t i = 0, len; ok && i < w->n->tokens; i += len) {
		struct view_word word;

		len = leet_word(w, i, text, &word);
		any |= len > 0;
		ok = len > 0 ? view_word(w, &word) : view_copy(w, i);
		len = SPILL_MAX(len, 1);
	}
	w->to->repairs |= SPILL_REPAIR_LEET;
	return any && view_has_level(w, 0, w->to->tokens, true);
}

/* --- all views ---------------------------------------------------------- */

bool
spill_normal_view(struct spill_normal *to, const struct spill_normal *n,
    enum spill_view view, const struct spill_vocab *v)
{
	static bool (*const make[SPILL_VIEWS])(struct view *) = {
		[SPILL_VIEW_DESPACED] = view_despaced,
		[SPILL_VIEW_OCR] = view_ocr,
		[SPILL_VIEW_REVERSED] = view_reversed,
		[SPILL_VIEW_LEET] = view_leet,
	};
	struct view w = { to, n, v };

	if (v == NULL || n->tokens == 0)
		return false;
	to->tokens = to->len = 0;
	to->repairs = n->repairs;
	to->edits = n->edits;
	to->upper = n->upper;
	to->lower = n->lower;
	to->digits = n->digits;
	to->cut = n->cut;
	return make[view](&w);
}
