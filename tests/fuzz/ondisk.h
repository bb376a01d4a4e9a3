/*
 * ondisk.h: what must hold for every decoder of a file system: spans lie
 * within the bytes that were given, damage has a flaw and a flaw is damage,
 * and times that are set have a text.
 */
#ifndef SPILL_FUZZ_ONDISK_H
#define SPILL_FUZZ_ONDISK_H

#include <spill/ondisk.h>

#include "fuzz.h"

static inline void
inside(struct spill_span s, struct spill_span all)
{
	must(s.len == 0 || (s.p >= all.p && s.len <= all.len &&
			       (size_t)(s.p - all.p) <= all.len - s.len));
}

static inline void
told(int rc, struct spill_flaw f)
{
	must((rc == SPILL_OK) == (f.what == NULL));
}

static inline void
check_time(struct spill_time t)
{
	char out[SPILL_TIME_TEXT];

	must((spill_time_format(t, out) > 0) == t.set);
}

static inline void
check_times(const struct spill_stamps *t)
{
	check_time(t->at.born);
	check_time(t->at.modified);
	check_time(t->at.accessed);
	check_time(t->at.changed);
}

#endif
