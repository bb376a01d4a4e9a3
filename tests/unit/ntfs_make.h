/*
 * ntfs_make.h: parts of NTFS records that more than one test needs.
 */
#ifndef SPILL_TESTS_NTFS_MAKE_H
#define SPILL_TESTS_NTFS_MAKE_H

#include <spill/ntfs.h>

#include "bytes.h"

#define T_2019 0x01d4d33d0f268187ULL /* 2019-03-05T10:20:30.1234567Z */

/* A $FILE_NAME; returns its bytes. */
static inline size_t
make_file_name(uint8_t *p, const char *name)
{
	size_t n = put_utf16(p + 0x42, name);

	put64(p, 5ULL << 48 | 5);
	for (int i = 1; i <= 4; i++)
		put64(p + i * 8, T_2019 + (uint64_t)i);
	put64(p + 0x28, 8192);
	put64(p + 0x30, 5000);
	put32(p + 0x38, SPILL_NTFS_A_ARCHIVE);
	put32(p + 0x3c, 0);
	p[0x40] = (uint8_t)n;
	p[0x41] = SPILL_NTFS_WIN32_AND_DOS;
	return 0x42 + n * 2;
}

#endif
