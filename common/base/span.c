#include <string.h>

#include <spill/base.h>

struct spill_span
spill_span(const char *s)
{
	return (struct spill_span){ s, strlen(s) };
}

bool
spill_span_eq(struct spill_span a, struct spill_span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

int
spill_span_cmp(struct spill_span a, struct spill_span b)
{
	size_t n = SPILL_MIN(a.len, b.len);
	int c = n > 0 ? memcmp(a.p, b.p, n) : 0;

	if (c != 0)
		return c;
	return SPILL_CMP(a.len, b.len);
}

bool
spill_span_uint(struct spill_span s, uint64_t *out)
{
	uint64_t v = 0;

	if (s.len == 0 || s.len > 20)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned d = (unsigned char)s.p[i] - '0';

		if (d > 9 || v > (UINT64_MAX - d) / 10)
			return false;
		v = v * 10 + d;
	}
	*out = v;
	return true;
}

bool
spill_span_int(struct spill_span s, int64_t *out)
{
	bool neg = s.len > 0 && s.p[0] == '-';
	uint64_t v;

	if (neg)
		s = (struct spill_span){ s.p + 1, s.len - 1 };
	if (!spill_span_uint(s, &v) || v > (uint64_t)INT64_MAX + neg)
		return false;
	*out = neg ? (int64_t)(0 - v) : (int64_t)v;
	return true;
}
