/*
 * fuzz.h: what the fuzz targets share.
 */
#ifndef SPILL_FUZZ_H
#define SPILL_FUZZ_H

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <spill/base.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void
must(bool ok)
{
	if (!ok)
		abort();
}

/* A descriptor of a file without a name that holds s, at its start. */
static inline int
file_of(struct spill_span s)
{
	int fd = memfd_create("fuzz", 0);

	must(fd >= 0 && write(fd, s.p, s.len) == (ssize_t)s.len);
	must(lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

#endif
