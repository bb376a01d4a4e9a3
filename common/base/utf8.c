#include <string.h>

#include <spill/utf8.h>
#include <spill/wide.h>

struct cp_range {
	uint32_t first, last;
};

/* What must not be shown as it is, beyond control characters. */
static const struct cp_range hidden[] = {
	{ 0x061c, 0x061c }, /* Arabic letter mark */
	{ 0x180e, 0x180e }, /* Mongolian vowel separator */
	{ 0x200b, 0x200b }, /* zero width space */
	{ 0x200e, 0x200f }, /* left-to-right, right-to-left mark */
	{ 0x2028, 0x202e }, /* separators, embeddings, overrides */
	{ 0x2060, 0x206f }, /* word joiner, isolates, deprecated controls */
	{ 0xfdd0, 0xfdef }, /* noncharacters */
	{ 0xfeff, 0xfeff }, /* byte order mark */
	{ 0xfff9, 0xfffb }, /* interlinear annotation */
	{ 0xe0000, 0xe007f }, /* tags */
};

unsigned
spill_utf8_decode(const char *s, size_t len, uint32_t *cp)
{
	static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)s;
	unsigned n = p[0] < 0x80   ? 1
		     : p[0] < 0xc2 ? 0
		     : p[0] < 0xe0 ? 2
		     : p[0] < 0xf0 ? 3
		     : p[0] < 0xf5 ? 4
				   : 0;
	uint32_t c;

	if (n == 0 || n > len)
		return 0;
	c = n == 1 ? p[0] : p[0] & (0xffu >> (n + 1));
	for (unsigned i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*cp = c;
	return n;
}

unsigned
spill_utf8_encode(uint32_t cp, char *out)
{
	unsigned n = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
	static const unsigned char lead[5] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	for (unsigned i = n; i-- > 1; cp >>= 6)
		out[i] = (char)(0x80 | (cp & 0x3f));
	out[0] = (char)(n == 1 ? cp : lead[n] | cp);
	return n;
}

bool
spill_cp_printable(uint32_t cp)
{
	if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
		return false;
	if (cp < hidden[0].first)
		return true;
	for (size_t i = 0; i < SPILL_COUNT(hidden); i++)
		if (cp >= hidden[i].first && cp <= hidden[i].last)
			return false;
	return (cp & 0xfffe) != 0xfffe;
}

static inline spill_wide
not_plain(spill_wide v)
{
	return (spill_wide)(v - 0x20 >= 0x5f);
}

bool
spill_plain_ascii(const char *p, size_t len)
{
	return !spill_wide_any(p, len, not_plain);
}
