/*
 * time_fuzz.c: instants and durations. What is accepted has a text that is
 * the same instant, in its own zone and in others; order and key agree.
 */
#include <spill/time.h>

#include "fuzz.h"

static bool
same(struct spill_time a, struct spill_time b)
{
	return a.sec == b.sec && a.nsec == b.nsec && a.prec == b.prec &&
	       a.set == b.set && a.zoned == b.zoned;
}

static void
check_text(struct spill_time t)
{
	char out[SPILL_TIME_TEXT];
	size_t n = spill_time_format(t, out);
	enum spill_time_odd odd;
	struct spill_time back;

	must(n == strlen(out) && n < sizeof(out));
	if (!t.set) {
		must(n == 0);
		return;
	}
	must(spill_time_parse((struct spill_span){ out, n }, &back, &odd) ==
	     SPILL_OK);
	must(odd == SPILL_TIME_PLAIN && same(t, back));
}

static void
check_offset(struct spill_time t, int32_t offset)
{
	char out[SPILL_TIME_TEXT];
	size_t n = spill_time_format_offset(t, offset, out);
	struct spill_time back;

	must(n == strlen(out) && n < sizeof(out));
	if (!t.set || t.prec == SPILL_PREC_DAY)
		return;
	must(spill_time_parse((struct spill_span){ out, n }, &back, NULL) ==
	     SPILL_OK);
	must(spill_time_cmp(t, back) == 0 && t.zoned == back.zoned);
}

static void
check_add(struct spill_time t, int64_t ns)
{
	struct spill_time u = spill_time_add(t, ns), back;
	int c = spill_time_cmp(t, u);

	if (!u.set)
		return;
	check_text(u);
	must(c == (ns < 0) - (ns > 0));
	must(u.prec >= t.prec);
	if (c < 0)
		must(spill_time_key(t) <= spill_time_key(u));
	if (c > 0)
		must(spill_time_key(t) >= spill_time_key(u));
	if (ns > INT64_MIN) {
		back = spill_time_add(u, -ns);
		must(spill_time_cmp(t, back) == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data;
	const char *lf = size > 0 ? memchr(p, '\n', size) : NULL;
	size_t n = lf != NULL ? (size_t)(lf - p) : size;
	enum spill_time_odd odd;
	struct spill_time t = { 0 };
	uint64_t v = 0;
	int64_t ns = 0;

	for (size_t i = 0; i < 8 && i < size; i++)
		v = v << 8 | data[i];
	check_text(spill_time_from_filetime(v));
	(void)spill_duration_parse(
	    lf != NULL ? (struct spill_span){ lf + 1, size - n - 1 }
		       : (struct spill_span){ p, size },
	    &ns);
	if (spill_time_parse((struct spill_span){ p, n }, &t, &odd) != SPILL_OK)
		return 0;
	must(t.set == (odd != SPILL_TIME_NONE));
	must(!t.set || spill_time_key(t) != UINT64_MAX);
	check_text(t);
	check_offset(t, 0);
	check_offset(t, (int32_t)(ns % 86400));
	if (t.set)
		check_add(t, ns);
	return 0;
}
