/*
 * sniff_fuzz.c: the quick way says what libmagic says with all its rules, and
 * nothing of it can drive a terminal.
 */
#include <spill/sniff.h>
#include <spill/utf8.h>

#include "fuzz.h"

static char quick[2][5000];

static void
keep(char out[5000], struct spill_span s)
{
	must(s.len > 0 && s.len < 5000);
	memcpy(out, s.p, s.len);
	out[s.len] = '\0';
	for (size_t i = 0; i < s.len;) {
		uint32_t cp = 0;
		unsigned n = spill_utf8_decode(s.p + i, s.len - i, &cp);

		must(n > 0 && spill_cp_printable(cp));
		i += n;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct spill_span s = { (const char *)data, size };
	struct spill_sniff out;

	must(spill_sniff_warm() == SPILL_OK);
	if (size == 0 || size > SPILL_SNIFF_HEAD ||
	    !spill_sniff_quick(s, size, &out))
		return 0;
	keep(quick[0], out.mime);
	keep(quick[1], out.type);
	must(spill_sniff_whole(s, size, &out) == SPILL_OK);
	must(spill_span_eq(out.mime, spill_span(quick[0])));
	must(spill_span_eq(out.type, spill_span(quick[1])));
	return 0;
}
