/*
 * fsjob_fuzz.c: what worker-fs may be asked. A request that is taken is the
 * one that its parts make again, and is within bounds.
 */
#include "../../common/evidence/fsjob_i.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct spill_span request = { (const char *)data, size };
	struct spill_buf back = SPILL_BUF_INIT(size);
	struct fsjob j;
	int rc = fsjob_get(request, &j);

	must(rc == SPILL_OK || rc == SPILL_EDAMAGED);
	if (rc == SPILL_OK) {
		must(j.navoid <= FSJOB_AVOID_MAX);
		must(strlen(j.volume.name) < sizeof(j.volume.name));
		must(j.object.len <= size);
		fsjob_put(&back, &j);
		must(back.rc == SPILL_OK);
		must(spill_span_eq(spill_buf_as_span(&back), request));
	}
	spill_buf_release(&back);
	free(j.part);
	return 0;
}
