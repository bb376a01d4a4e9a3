/*
 * mail_fuzz.c: messages and mailboxes. What must hold: the contract of
 * unpack.h; no byte is told more than twice (a decoder gives no more than it
 * gets); the same comes out of a source that is not in memory; is() and dates
 * end, too.
 */
#include <spill/mail.h>

#include "unpack.h"

static struct spill_span all;

static int
read_some(
    struct spill_src *s, uint64_t offset, void *buf, size_t n, size_t *got)
{
	(void)s;
	*got = 0;
	if (offset >= all.len)
		return SPILL_OK;
	*got = SPILL_MIN(n, all.len - (size_t)offset);
	memcpy(buf, all.p + offset, *got);
	return SPILL_OK;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct spill_span raw = { (const char *)data, size };
	const struct spill_unpack_conf conf = { 0 };
	struct fuzz_sink f = { 0 };
	struct spill_unpack_sink sink = { fuzz_begin, fuzz_data, fuzz_end,
		fuzz_flaw, &f };
	struct spill_src src = { .size = size, .read = read_some };
	unsigned members;

	(void)spill_unpack_mail.is(raw, NULL);
	members = fuzz_unpack(&spill_unpack_mail, raw, 2 * (uint64_t)size);
	all = raw;
	must(spill_unpack_mail.run(&src, &conf, &sink) <= 0);
	must(f.members == members);
	return 0;
}
