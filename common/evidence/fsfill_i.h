/*
 * fsfill_i.h: bytes of items for those who look into them: many small ones
 * into a memory file, a large one into a pipe.
 */
#ifndef SPILL_FSFILL_I_H
#define SPILL_FSFILL_I_H

#include <spill/worker.h>

#include "fsjob_i.h"

struct fsfill {
	struct spill_job *job;
	const struct fsjob *ask;
	struct spill_image *image;
	/* What cannot be read of the item that is worked on. */
	int (*say)(void *ctx, const char *code, const char *detail);
	void *ctx;
};

int fsfill_many(const struct fsfill *f);
int fsfill_pipe(const struct fsfill *f);

#endif
