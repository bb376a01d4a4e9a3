/*
 * textstage.h: the text of documents as a stage of worker-content: lines of
 * items and members behind their rows (look.h). What another family reads is
 * handed over.
 */
#ifndef SPILL_TEXTSTAGE_H
#define SPILL_TEXTSTAGE_H

#include <spill/doctext.h>
#include <spill/look.h>

extern const struct spill_look_stage spill_textstage;

/*
 * What is made of a document: its lines as rows, or more by another room, which
 * the program's main puts in. It is the same in all workers that read text.
 */
struct spill_doctaken {
	unsigned want; /* spill_look_want */
	struct spill_span name; /* the end of it, raw */
	struct spill_span head, mime; /* may be empty */
	struct spill_src *src;
	/* NULL: nobody reads text in it. */
	const struct spill_doctext *format;
	struct spill_doctext_conf conf;
	int (*say)(void *ctx, const struct spill_row *r);
	int (*flaw)(void *ctx, const char *code, uint64_t offset,
	    uint64_t length, const char *detail);
	void *ctx;
};

struct spill_doctaker {
	int (*warm)(void); /* before the jail */
	/* What the format's run() returns, or a failure of say(). */
	int (*take)(const struct spill_doctaken *d);
};

extern const struct spill_doctaker *spill_doctaker; /* never NULL */
extern const struct spill_doctaker spill_textrow_taker; /* lines as rows */

/* A line as a row of look.h; the row is of the last one that was set, and may
 * point into it. */
struct spill_textrow {
	struct spill_row row;
	struct spill_buf part, text; /* escaped */
	char page[12], offset[24];
};

void spill_textrow_open(struct spill_textrow *t);
int spill_textrow_set(struct spill_textrow *t, const struct spill_line *l);
void spill_textrow_close(struct spill_textrow *t);

#endif
