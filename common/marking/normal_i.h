/*
 * normal_i.h: a line while it is folded.
 */
#ifndef SPILL_NORMAL_I_H
#define SPILL_NORMAL_I_H

#include <spill/normal.h>

/* The number of a folded word in the vocabulary, 0: none; in which scripts it
 * is spelt there: bit 1 << mask of enum fold_script. */
uint32_t vocab_find(const struct spill_vocab *v, const char *p, size_t len);
unsigned vocab_scripts(const struct spill_vocab *v, uint32_t word);

/* The scripts of each word, for those who fill the vocabulary. */
void normal_line(struct spill_normal *n, struct spill_span line,
    const struct spill_vocab *v, uint8_t scripts[SPILL_NORMAL_TOKENS]);

#endif
