#include <spill/cur.h>
#include <spill/ondisk.h>
#include <spill/utf8.h>

#include "ondisk_i.h"

/* The character at c, which may be a surrogate without its other half. */
static uint32_t
next_cp(struct spill_cur *c)
{
	uint32_t hi = spill_cur_u16le(c), lo;
	struct spill_cur ahead = *c;

	if (hi < 0xd800 || hi > 0xdbff)
		return hi;
	lo = spill_cur_u16le(&ahead);
	if (!spill_cur_ok(&ahead) || lo < 0xdc00 || lo > 0xdfff)
		return hi;
	*c = ahead;
	return 0x10000 + ((hi - 0xd800) << 10 | (lo - 0xdc00));
}

int
spill_utf16le_put(struct spill_buf *b, struct spill_span raw)
{
	struct spill_cur c = spill_cur(raw.p, raw.len);
	char out[4];

	while (spill_cur_left(&c) >= 2) {
		unsigned n = spill_utf8_encode(next_cp(&c), out);

		spill_buf_put(b, out, n);
	}
	return raw.len % 2 == 0 ? SPILL_OK : SPILL_EDAMAGED;
}

int
spill_utf16be_put(struct spill_buf *b, struct spill_span raw)
{
	char le[512];
	size_t n = raw.len / 2 * 2;

	for (size_t at = 0, i; at < n; at += i) {
		for (i = 0; i < sizeof(le) && at + i < n; i += 2) {
			le[i] = raw.p[at + i + 1];
			le[i + 1] = raw.p[at + i];
		}
		/* A pair is not torn apart. */
		if (at + i < n && ((uint8_t)le[i - 1] & 0xfc) == 0xd8)
			i -= 2;
		(void)spill_utf16le_put(b, (struct spill_span){ le, i });
	}
	return raw.len % 2 == 0 ? SPILL_OK : SPILL_EDAMAGED;
}

int
spill_flaw(struct spill_flaw *f, const char *what, size_t at)
{
	if (f->what == NULL)
		*f = (struct spill_flaw){ what, at };
	return SPILL_EDAMAGED;
}

struct spill_cur
spill_cur_of(struct spill_span s)
{
	return spill_cur(s.p != NULL ? s.p : "", s.len);
}

struct spill_span
spill_part(struct spill_span s, uint64_t at, uint64_t len)
{
	if (at >= s.len)
		return (struct spill_span){ s.p, 0 };
	return (
	    struct spill_span){ s.p + at, (size_t)SPILL_MIN(len, s.len - at) };
}

bool
spill_within(uint64_t at, uint64_t len, uint64_t all)
{
	return at <= all && len <= all - at;
}

bool
spill_is_zero(struct spill_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] != 0)
			return false;
	return true;
}

bool
spill_power_of_two(uint64_t v)
{
	return v != 0 && (v & (v - 1)) == 0;
}

bool
spill_hundredths(uint8_t v, struct spill_time *t)
{
	if (v > 199)
		return false;
	t->sec += v / 100;
	t->nsec = v % 100 * 10000000u;
	t->prec = 2;
	return true;
}

uint32_t
spill_crc32c(uint32_t crc, const void *p, size_t n)
{
	static const uint32_t steps[16] = {
		/* of four bits */
		0x00000000,
		0x105ec76f,
		0x20bd8ede,
		0x30e349b1,
		0x417b1dbc,
		0x5125dad3,
		0x61c69362,
		0x7198540d,
		0x82f63b78,
		0x92a8fc17,
		0xa24bb5a6,
		0xb21572c9,
		0xc38d26c4,
		0xd3d3e1ab,
		0xe330a81a,
		0xf36e6f75,
	};
	const uint8_t *byte = p;

	for (size_t i = 0; i < n; i++) {
		crc ^= byte[i];
		crc = crc >> 4 ^ steps[crc & 15];
		crc = crc >> 4 ^ steps[crc & 15];
	}
	return crc;
}
