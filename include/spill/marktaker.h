/*
 * marktaker.h: markings as what is made of a document, in every worker that
 * reads text (textstage.h): with the lines, if they are wanted, each marking
 * and the verdict, as rows.
 *
 * The tables are loaded only in workers of a tool that asks for markings: it
 * gives them a file (pool.h) of spill_markgiven_put().
 */
#ifndef SPILL_MARKTAKER_H
#define SPILL_MARKTAKER_H

#include <spill/textstage.h>
#include <spill/vocab.h>

extern const struct spill_doctaker spill_marktaker;

/* What the tool gives: "spill-mark 1\n", then each table of the user: u32
 * length and bytes of its name, the same of it. */
void spill_markgiven_put(
    struct spill_buf *b, const struct spill_vocab_table *tables, size_t n);
#define SPILL_MARK_TABLES 16

#endif
