/*
 * worker-sqlite.c: the text in data bases of SQLite, in the jail.
 */
#include <spill/marktaker.h>
#include <spill/sqliteworker.h>

int
main(int argc, char *argv[])
{
	spill_doctaker = &spill_marktaker;
	return spill_worker_main(argc, argv, &spill_sqliteworker);
}
