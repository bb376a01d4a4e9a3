/*
 * worker-content.c: types, hashes, containers and the text of documents, in
 * the jail.
 */
#include <spill/textstage.h>

int
main(int argc, char *argv[])
{
	spill_look_stage = &spill_textstage;
	return spill_worker_main(argc, argv, &spill_lookworker);
}
