/*
 * normal_fuzz.c: a line of any bytes, folded, and in each view. What must
 * hold: tokens are in order, within the text and within the line; a word has
 * the number that the vocabulary gives it; a view is within the line, too.
 */
#include <spill/vocab.h>

#include "fuzz.h"

static void
token(const struct spill_vocab *v, const struct spill_normal *n, size_t i,
    size_t size)
{
	const struct spill_token *t = &n->token[i];
	struct spill_span s = spill_token_text(n, i);

	must(t->len > 0 && (size_t)t->at + t->len <= n->len);
	must(t->from <= t->to && t->to <= size);
	must(t->kind <= SPILL_TOKEN_PUNCT && t->letters <= SPILL_CASE_MIXED);
	must((t->kind == SPILL_TOKEN_PUNCT) == (t->mark != '\0'));
	if (t->kind == SPILL_TOKEN_PUNCT)
		must(t->len == 1 && *s.p == t->mark);
	else
		must(t->word == spill_vocab_word(v, s));
	must(i == 0 || t->at >= n->token[i - 1].at + n->token[i - 1].len);
}

static void
matches(const struct spill_vocab *v, const struct spill_normal *n, size_t at)
{
	struct spill_vocab_hit hit[SPILL_VOCAB_HITS];
	size_t hits = spill_vocab_match(v, n, at, hit);

	must(hits <= SPILL_VOCAB_HITS);
	for (size_t i = 0; i < hits; i++) {
		must(hit[i].tokens > 0 && hit[i].terms > 0);
		must(at + hit[i].tokens <= n->tokens);
		must(i == 0 || hit[i].tokens < hit[i - 1].tokens);
	}
}

static void
check(const struct spill_vocab *v, const struct spill_normal *n, size_t size)
{
	must(n->tokens <= SPILL_NORMAL_TOKENS && n->len <= SPILL_NORMAL_TEXT);
	for (size_t i = 0; i < n->tokens; i++) {
		token(v, n, i, size);
		matches(v, n, i);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct spill_vocab *v;
	static struct spill_normal n, to;
	struct spill_span line = { (const char *)data, size };
	char names[128];

	if (v == NULL)
		must(spill_vocab_open(&v, NULL, 0) == SPILL_OK);
	spill_normal_line(&n, line, v);
	check(v, &n, size);
	for (size_t i = 1; i < n.tokens; i++)
		must(n.token[i].from >= n.token[i - 1].from);
	for (unsigned k = 0; k < SPILL_VIEWS; k++) {
		if (!spill_normal_view(&to, &n, k, v))
			continue;
		check(v, &to, size);
		must(to.repairs != 0);
		must(spill_repair_names(to.repairs, names, sizeof(names)) > 0);
	}
	return 0;
}
