/*
 * worker-fs.c: file systems, in the jail.
 */
#include <spill/fsworker.h>

int
main(int argc, char *argv[])
{
	return spill_worker_main(argc, argv, &spill_fsworker);
}
