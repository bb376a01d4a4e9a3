/*
 * archive_fuzz.c: the format is what the bytes say, or where they say none,
 * by the first byte.
 */
#include "../../common/content/unpack_i.h"

#include "unpack.h"

/* libarchive asks for what a header claims; in a worker, a limit of memory
 * says no. */
const char *__asan_default_options(void);

const char *
__asan_default_options(void)
{
	return "allocator_may_return_null=1:max_allocation_size_mb=512";
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct spill_span s = { (const char *)data, size };
	const struct spill_unpack *u = spill_unpack_find(s, NULL);
	size_t n = 0;

	if (u == NULL && size > 1) {
		while (spill_unpacks[n] != NULL)
			n++;
		u = spill_unpacks[data[0] % n];
		s.p++;
		s.len--;
	}
	if (u != NULL)
		(void)fuzz_unpack(u, s, UINT64_MAX);
	return 0;
}
