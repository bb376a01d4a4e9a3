/*
 * apfs-make.c: writes the container of tests/unit/apfs_make.h to a file.
 */
#include <stdio.h>

#include "../unit/apfs_make.h"

int
main(int argc, char *argv[])
{
	static uint8_t disk[APFS_SIZE];
	FILE *f = argc == 2 ? fopen(argv[1], "wb") : NULL;

	if (f == NULL)
		return 2;
	apfs_make(disk);
	return fwrite(disk, sizeof(disk), 1, f) == 1 && fclose(f) == 0 ? 0 : 3;
}
