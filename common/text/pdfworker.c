#include <spill/pdfworker.h>
#include <spill/sniff.h>

#include "docworker_i.h"

static int
job(struct spill_job *j, struct spill_span request)
{
	return docworker_job(j, request, &doctext_pdf);
}

static int
warm(void)
{
	int rc = spill_sniff_warm(); /* of files in it */

	if (rc == SPILL_OK)
		rc = docworker_warm();
	for (size_t i = 0; spill_doctexts[i] != NULL && rc == SPILL_OK; i++)
		if (spill_doctexts[i]->warm != NULL)
			rc = spill_doctexts[i]->warm();
	return rc == SPILL_OK ? doctext_pdf.warm() : rc;
}

/* poppler opens its tables of CJK characters when it meets them. */
static const char *const tables[] = { "/usr/share/poppler", NULL };

const struct spill_family spill_pdfworker = {
	.name = "pdf",
	.warm = warm,
	.job = job,
	.read_dirs = tables,
	.nofile = 64,
};
