/*
 * zip_fuzz.c: whatever the bytes, members come one after the other, and all
 * of them together cost no more than some times the source.
 */
#include "../../common/content/unpack_i.h"

#include "unpack.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct spill_span s = { (const char *)data, size };
	struct spill_src src = spill_src_of(s);

	(void)fuzz_unpack(&spill_unpack_zip, s, UINT64_MAX);
	(void)spill_unpack_behind(&src);
	return 0;
}
