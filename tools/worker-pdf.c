/*
 * worker-pdf.c: the text of PDF, in the jail.
 */
#include <spill/marktaker.h>
#include <spill/pdfworker.h>

int
main(int argc, char *argv[])
{
	spill_doctaker = &spill_marktaker;
	return spill_worker_main(argc, argv, &spill_pdfworker);
}
