/*
 * pdf_i.h: PDF (ISO 32000), by poppler; in a worker of its own.
 *
 * pdf.c	the descriptor, the document and what is around its pages
 * pdf_page.c	the lines of a page and where they stand on it
 * pdf_slant.c	lines that are aslant
 * pdf_place.c	where on the page they stand
 * pdf_annot.c	annotations and fields of forms
 * pdf_attach.c	files in it
 *
 * What poppler does not give is read without it (pdfobj_i.h).
 */
#ifndef SPILL_PDF_I_H
#define SPILL_PDF_I_H

#include <poppler.h>

#include "pdfobj_i.h"

/* Characters of a piece of what may be a line aslant; a gap there. */
#define PDF_PIECE 8
#define PDF_GAP	  0.12F /* of the height of a character */

enum pdf_way { PDF_RIGHT, PDF_DOWN, PDF_LEFT, PDF_UP };

/* A line of a page, kept until it is known which of them repeat. */
struct pdf_line {
	struct pdf_line *next;
	struct spill_span text;
	uint32_t page;
	float x1, y1, x2, y2; /* in points, from its upper left corner */
	uint32_t chars;
	enum pdf_way way;
	unsigned char gaps; /* of a piece: behind its first character 1, ... */
	signed char band; /* -1: at the head of the page, 1: at its foot */
	bool hidden; /* of a layer that is not shown */
	bool apart; /* in its band, and away from the text */
	bool watermark;
	bool gone; /* it is part of another now */
};

struct pdf {
	struct lines l;
	const struct spill_doctext_conf *conf;
	struct spill_arena texts;
	struct pdf_line *first, **last;
	uint32_t pages;
	struct pdf_info *info; /* what was told of its properties */
	uint64_t unmapped; /* characters that are no text */
	uint32_t scans, first_scan; /* pages that have but pictures */
	bool late; /* what is left is not read, which was told */
};

/* Has it taken as much CPU time as one document may? poppler cannot be told to
 * stop: asked before each step. It is told once. */
bool pdf_late(struct pdf *p);
/* Lines of a page, to p->last. SPILL_ENOMEM, or SPILL_ELIMIT: what there is
 * has to be told first. */
int pdf_page_read(struct pdf *p, PopplerPage *page, uint32_t number);
/* Of the lines of a page those that are put aslant are made whole. */
int pdf_slant(struct pdf *p, struct pdf_line **first);
/* Which are apart from the text of a page, which are watermarks. */
int pdf_place(struct pdf_line *first);
/* Tell the lines, each in its role. revision: 0, or of an earlier state, whose
 * lines were given up since. */
void pdf_pages_tell(struct pdf *p, const char *part, bool deleted);
void pdf_pages_drop(struct pdf *p);
/* Annotations and fields, page by page. */
void pdf_around_pages(struct pdf *p, PopplerDocument *d);
int pdf_attachments(struct pdf *p, PopplerDocument *d);

#endif
