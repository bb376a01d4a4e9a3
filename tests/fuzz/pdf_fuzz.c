/*
 * pdf_fuzz.c: PDF, by poppler. What must hold is in doctext.h.
 */
#include "../../common/text/docworker_i.h"
#include "doctext.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool warm;

	/* Attachments are sniffed. */
	must(warm || (spill_sniff_warm() == SPILL_OK &&
			 doctext_pdf.warm() == SPILL_OK));
	warm = true;
	must_keep(
	    &doctext_pdf, (struct spill_span){ (const char *)data, size });
	return 0;
}
