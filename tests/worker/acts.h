/*
 * acts.h: what worker-bad can be asked to do.
 */
#ifndef SPILL_TESTS_ACTS_H
#define SPILL_TESTS_ACTS_H

#include "../../common/worker/worker_i.h"

struct act {
	const char *word;
	int (*run)(struct spill_job *j, uint64_t n);
};

/* Up to one without a word. */
extern const struct act attacks[];

#endif
