/*
 * worker-sqlite.c: the text in data bases of SQLite, in the jail.
 */
#include <spill/sqliteworker.h>

int
main(int argc, char *argv[])
{
	return spill_worker_main(argc, argv, &spill_sqliteworker);
}
