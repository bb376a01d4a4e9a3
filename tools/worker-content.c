/*
 * worker-content.c: types, hashes and containers, in the jail.
 */
#include <spill/look.h>

int
main(int argc, char *argv[])
{
	return spill_worker_main(argc, argv, &spill_lookworker);
}
