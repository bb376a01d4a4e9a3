/*
 * unpack.c: the table of container formats, and a source of bytes in memory.
 */
#include <string.h>

#include <spill/unpack.h>

#include "unpack_i.h"

/* The first that says yes is it: what is more particular comes first. */
const struct spill_unpack *const spill_unpacks[] = {
	&spill_unpack_ole,
	NULL,
};

const struct spill_unpack *
spill_unpack_find(struct spill_span head, const struct spill_sniff *s)
{
	for (size_t i = 0; spill_unpacks[i] != NULL; i++)
		if (spill_unpacks[i]->is(head, s))
			return spill_unpacks[i];
	return NULL;
}

static int
memory_read(
    struct spill_src *s, uint64_t offset, void *buf, size_t n, size_t *got)
{
	*got = 0;
	if (offset >= s->map.len)
		return SPILL_OK;
	*got = SPILL_MIN(n, s->map.len - (size_t)offset);
	memcpy(buf, s->map.p + offset, *got);
	return SPILL_OK;
}

struct spill_src
spill_src_of(struct spill_span bytes)
{
	return (struct spill_src){
		.size = bytes.len, .map = bytes, .read = memory_read
	};
}
