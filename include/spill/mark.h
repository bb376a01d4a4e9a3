/*
 * mark.h: one document at a time, from its lines to its verdict: which lines
 * are worth the grammar, lines that belong together, labels, the judge.
 *
 * Two tiers. A line is looked at by the grammar if a distinctive word is in it
 * (one automaton of all of them), or if it may be a marking by its shape:
 * short and without small letters, or a portion at its start. All others are
 * only counted. Plain text is run over as a whole, without being cut into
 * lines first.
 */
#ifndef SPILL_MARK_H
#define SPILL_MARK_H

#include <spill/verdict.h>

struct spill_mark;

struct spill_mark_conf {
	const struct spill_vocab_table *tables; /* of the user */
	size_t ntables;
};

/* Before the jail. */
int spill_mark_open(struct spill_mark **m, const struct spill_mark_conf *conf);
void spill_mark_free(struct spill_mark **m);

/* The name of the file is read for markings, too. */
int spill_mark_begin(struct spill_mark *m, const struct spill_judge_doc *d);
/* As the line of a doctext sink. */
int spill_mark_line(struct spill_mark *m, const struct spill_line *l);
/* The element of XML, see label.h. */
struct spill_labels *spill_mark_labels(struct spill_mark *m);
/* Plain text in UTF-8 that begins at this offset of the item, as it stands;
 * the next piece goes on where this one ends, which may be within a line.
 * A piece is 64 KiB at most, or the marker makes pieces of it. */
int spill_mark_text(
    struct spill_mark *m, struct spill_span text, uint64_t offset);
/* Labels in the first bytes of an item, whether it has text or none
 * (label.h). */
int spill_mark_bytes(
    struct spill_mark *m, struct spill_src *s, struct spill_span head);
int spill_mark_end(struct spill_mark *m, struct spill_verdict *v);
struct spill_judge *spill_mark_judge(struct spill_mark *m);

#endif
