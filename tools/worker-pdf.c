/*
 * worker-pdf.c: the text of PDF, in the jail.
 */
#include <spill/pdfworker.h>

int
main(int argc, char *argv[])
{
	return spill_worker_main(argc, argv, &spill_pdfworker);
}
