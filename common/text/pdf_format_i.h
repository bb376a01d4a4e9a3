/*
 * pdf_format_i.h: the descriptor of PDF. It is in no table: poppler is in
 * worker-pdf alone.
 */
#ifndef SPILL_PDF_FORMAT_I_H
#define SPILL_PDF_FORMAT_I_H

#include <spill/doctext.h>

extern const struct spill_doctext doctext_pdf;

#endif
