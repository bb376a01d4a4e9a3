/*
 * grammar_make.h: a line, read by the grammar, for its tests.
 */
#ifndef SPILL_UNIT_GRAMMAR_MAKE_H
#define SPILL_UNIT_GRAMMAR_MAKE_H

#include "util.h"

#include <spill/grammar.h>

static struct spill_vocab *vocab;
static struct spill_parse parsed;

static inline int
open_vocab(void **state)
{
	(void)state;
	return spill_vocab_open(&vocab, NULL, 0);
}

static inline int
close_vocab(void **state)
{
	(void)state;
	spill_vocab_free(&vocab);
	return 0;
}

static inline const struct spill_parse *
read_span(struct spill_span line)
{
	static struct spill_normal n;

	spill_normal_line(&n, line, vocab);
	spill_grammar_line(vocab, &n, true, &parsed);
	return &parsed;
}

static inline const struct spill_parse *
read_text(const char *line)
{
	return read_span(spill_span(line));
}

#endif
