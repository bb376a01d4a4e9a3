/*
 * scratch.h: a file for what does not fit in memory. It lies in a folder of
 * mode 0700 and has lost both names before this returns, so nothing is left
 * of it however the process ends.
 */
#ifndef SPILL_SCRATCH_H
#define SPILL_SCRATCH_H

#include <spill/base.h>

/* DIR NULL: $TMPDIR, else /var/tmp. What fails is said. */
int spill_scratch_open(const char *dir, int *fd);
/* All of it, or SPILL_EIO and the reason said. */
int spill_scratch_write(int fd, const void *p, size_t n, uint64_t at);
int spill_scratch_read(int fd, void *p, size_t n, uint64_t at);
/* Give the whole pages of a stretch back, where the file system can. */
void spill_scratch_punch(int fd, uint64_t at, uint64_t n);

#endif
