/*
 * pdfworker.h: worker-pdf: the text of PDF documents, by poppler. A request is
 * where the document is in descriptor 0: u64 place, u64 length; then u64 limit
 * of bytes of text, u64 of memory, 0: none. The reply is lines (look.h).
 */
#ifndef SPILL_PDFWORKER_H
#define SPILL_PDFWORKER_H

#include <spill/worker.h>

extern const struct spill_family spill_pdfworker;

#endif
