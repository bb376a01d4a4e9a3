/*
 * worker-content.c: types, hashes, containers and the text of documents, in
 * the jail.
 */
#include <spill/marktaker.h>

int
main(int argc, char *argv[])
{
	spill_doctaker = &spill_marktaker;
	spill_look_stage = &spill_textstage;
	return spill_worker_main(argc, argv, &spill_lookworker);
}
