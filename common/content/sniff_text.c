/*
 * sniff_text.c: is it text, and what do libmagic's rules for text see of it?
 *
 * libmagic (file's encoding.c) reads the first 64 KiB, without NULs at the
 * end, as the first of these that fits: ASCII, UTF-8 with a byte order mark
 * and without, UTF-32 and UTF-16 with one, ISO 8859, any other superset of
 * ASCII, EBCDIC; and shows them to the rules as UTF-8. UTF-7, UTF-32, EBCDIC
 * and all doubtful ends are left to it.
 */
#include <string.h>

#include <spill/utf8.h>

#include "sniff_i.h"

#define SHORT ((size_t)4 << 10)

/* Control characters that text may have. */
static bool
in_text(uint32_t c)
{
	return (c >= 7 && c <= 13) || c == 27 || (c >= 32 && c != 127);
}

static bool
starts(struct spill_span s, const char *with, size_t n)
{
	return s.len >= n && memcmp(s.p, with, n) == 0;
}

/* ASCII or UTF-8: then the rules see these very bytes. */
static enum sniff_kind
utf8(struct spill_span s)
{
	bool wide = false;
	size_t i = 0;

	while (i < s.len) {
		uint32_t cp;
		unsigned n = 1;

		if ((uint8_t)s.p[i] >= 0x80) {
			n = spill_utf8_decode(s.p + i, s.len - i, &cp);
			if (n == 0 && s.len - i < 4) /* perhaps cut */
				return wide && s.len == SNIFF_TEXT
					   ? SNIFF_IS_TEXT
					   : SNIFF_PERHAPS;
			if (n == 0)
				return SNIFF_BINARY;
			wide = true;
		}
		i += n;
	}
	return SNIFF_IS_TEXT;
}

static void
put(struct sniff_text *t, uint32_t cp)
{
	t->text.len += spill_utf8_encode(cp, t->room + t->text.len);
}

/* Each byte is a character, of a superset of ASCII. */
static void
bytes(struct sniff_text *t, struct spill_span s)
{
	t->text = (struct spill_span){ t->room, 0 };
	for (size_t i = 0; i < s.len; i++)
		put(t, (uint8_t)s.p[i]);
}

/* With a byte order mark. False: not for sure. */
static bool
utf16(struct sniff_text *t, struct spill_span s)
{
	bool big = (uint8_t)s.p[0] == 0xfe;
	uint32_t high = 0;

	t->text = (struct spill_span){ t->room, 0 };
	for (size_t i = 2; i + 1 < s.len; i += 2) {
		uint32_t c = (uint32_t)(uint8_t)s.p[i + !big] << 8 |
			     (uint8_t)s.p[i + big];
		bool low = c >= 0xdc00 && c <= 0xdfff;

		if (low != (high != 0) || c >= 0xfffe ||
		    (c >= 0xfdd0 && c <= 0xfdef) || !in_text(c))
			return false;
		if (c >= 0xd800 && c < 0xdc00) {
			high = c;
			continue;
		}
		if (low)
			c = 0x10000 + ((high - 0xd800) << 10) + (c - 0xdc00);
		high = 0;
		put(t, c);
	}
	return high == 0;
}

/* All bytes are of characters that text may have. */
static bool
all_in_text(struct spill_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!in_text((uint8_t)s.p[i]))
			return false;
	return true;
}

static enum sniff_kind
one_byte(struct sniff_text *t, struct spill_span s)
{
	enum sniff_kind kind;

	if (!all_in_text(s) || starts(s, "+/v", 3)) /* UTF-7 */
		return SNIFF_PERHAPS;
	kind = utf8(s);
	if (kind == SNIFF_PERHAPS)
		return kind;
	if (kind == SNIFF_BINARY)
		bytes(t, s);
	else if (starts(s, "\xef\xbb\xbf", 3))
		t->text = (struct spill_span){ s.p + 3, s.len - 3 };
	return SNIFF_IS_TEXT;
}

enum sniff_kind
sniff_text(struct sniff_text *t, struct spill_span head)
{
	struct spill_span s = head;
	const char *nul;

	t->read = SNIFF_TEXT;
	while (s.len > 1 && s.p[s.len - 1] == '\0')
		s.len--;
	s.len = SPILL_MIN(s.len, SNIFF_TEXT);
	t->text = s;
	if (starts(s, "\xff\xfe", 2) || starts(s, "\xfe\xff", 2)) {
		s.len += s.len % 2 != 0 && s.len < head.len;
		return !starts(s, "\xff\xfe\0\0", 4) && utf16(t, s)
			   ? SNIFF_IS_TEXT
			   : SNIFF_PERHAPS;
	}
	if (starts(s, "\0\0\xfe\xff", 4))
		return SNIFF_PERHAPS;
	nul = memchr(s.p, '\0', s.len);
	if (nul == NULL)
		return one_byte(t, s);
	if ((size_t)(nul - s.p) < SHORT)
		t->read = SHORT;
	return SNIFF_BINARY;
}
