/*
 * pdfworker.h: worker-pdf: the text of PDF documents, by poppler. What is
 * asked and answered: pass_hand.c asks, docworker_i.h says how.
 */
#ifndef SPILL_PDFWORKER_H
#define SPILL_PDFWORKER_H

#include <spill/worker.h>

extern const struct spill_family spill_pdfworker;

#endif
