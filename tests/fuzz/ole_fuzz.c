/*
 * ole_fuzz.c: compound files. What must hold: the contract of unpack.h, and
 * sectors that streams share are told up to the size of the file once more,
 * packaged files come twice.
 */
#include <spill/ole.h>

#include "unpack.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct spill_span raw = { (const char *)data, size };

	(void)fuzz_unpack(&spill_unpack_ole, raw, 4 * (uint64_t)size + 4096);
	return 0;
}
