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

#define SHORT	  ((size_t)4 << 10)
#define LONG_LINE 300 /* longer ones are told */

/* Control characters that text may have. */
static bool
in_text(uint32_t c)
{
	return (c >= 7 && c <= 13) || c == 27 || (c >= 32 && c != 127);
}

/* From i on, past characters that are printable ASCII: 8 at a time, since
 * that is most of any text. */
static size_t
past_printable(struct spill_span s, size_t i)
{
	const uint64_t ones = 0x0101010101010101, tops = ones << 7;

	for (; s.len - i >= 8; i += 8) {
		uint64_t v, del, low;

		memcpy(&v, s.p + i, sizeof(v));
		del = v ^ ones * 127;
		low = (v - ones * 32) | (del - ones) | v;
		if (low & tops)
			break;
	}
	return i;
}

static bool
starts(struct spill_span s, const char *with, size_t n)
{
	return s.len >= n && memcmp(s.p, with, n) == 0;
}

/* ASCII or UTF-8: then the rules see these very bytes. */
static enum sniff_kind
utf8(struct sniff_text *t, struct spill_span s)
{
	bool wide = false;
	size_t i = 0;

	while ((i = past_printable(s, i)) < s.len) {
		uint32_t cp;
		unsigned n = 1;

		if ((uint8_t)s.p[i] >= 0x80) {
			n = spill_utf8_decode(s.p + i, s.len - i, &cp);
			if (n == 0 && s.len - i < 4) { /* perhaps cut */
				t->text.len = i;
				return wide && s.len == SNIFF_TEXT
					   ? SNIFF_IS_TEXT
					   : SNIFF_PERHAPS;
			}
			if (n == 0)
				return SNIFF_BINARY;
			wide = true;
		}
		i += n;
	}
	t->code = wide ? "Unicode text, UTF-8" : "ASCII";
	return SNIFF_IS_TEXT;
}

static void
put(struct sniff_text *t, uint32_t cp)
{
	t->text.len += spill_utf8_encode(cp, t->room + t->text.len);
}

/* Each byte is a character, of a superset of ASCII. NEL alone makes none:
 * libmagic counts it among ASCII. */
static void
bytes(struct sniff_text *t, struct spill_span s)
{
	bool high = false, low = false;

	t->text = (struct spill_span){ t->room, 0 };
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = (uint8_t)s.p[i];

		put(t, c);
		high |= c >= 0xa0;
		low |= c >= 0x80 && c < 0xa0 && c != 0x85;
	}
	t->code = low ? "Non-ISO extended-ASCII" : high ? "ISO-8859" : "ASCII";
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
	t->code = big ? "Unicode text, UTF-16, big-endian"
		      : "Unicode text, UTF-16, little-endian";
	return high == 0;
}

/* All bytes are of characters that text may have. */
static bool
all_in_text(struct spill_span s)
{
	for (size_t i = 0; (i = past_printable(s, i)) < s.len; i++)
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
	kind = utf8(t, s);
	if (kind == SNIFF_PERHAPS)
		return kind;
	if (kind == SNIFF_BINARY) {
		bytes(t, s);
	} else if (starts(s, "\xef\xbb\xbf", 3)) {
		t->text.p += 3;
		t->text.len -= 3;
		if (t->code != NULL)
			t->code = "Unicode text, UTF-8 (with BOM)";
	}
	return SNIFF_IS_TEXT;
}

static enum sniff_kind
two_bytes(struct sniff_text *t, struct spill_span s, size_t whole)
{
	size_t len = s.len;

	s.len += s.len % 2 != 0 && s.len < whole;
	if (starts(s, "\xff\xfe\0\0", 4) || !utf16(t, s))
		return SNIFF_PERHAPS;
	/* NULs at the end are trimmed only after a first look. */
	if (s.len % 2 != 0 || (s.len != whole && len != SNIFF_TEXT))
		t->code = NULL;
	return SNIFF_IS_TEXT;
}

enum sniff_kind
sniff_text(struct sniff_text *t, struct spill_span head)
{
	struct spill_span s = head;
	enum sniff_kind kind;
	const char *nul;

	t->read = SNIFF_TEXT;
	t->code = NULL;
	while (s.len > 1 && s.p[s.len - 1] == '\0')
		s.len--;
	s.len = SPILL_MIN(s.len, SNIFF_TEXT);
	t->text = s;
	if (starts(s, "\xff\xfe", 2) || starts(s, "\xfe\xff", 2))
		return two_bytes(t, s, head.len);
	if (starts(s, "\0\0\xfe\xff", 4))
		return SNIFF_PERHAPS;
	nul = memchr(s.p, '\0', s.len);
	if (nul == NULL) {
		kind = one_byte(t, s);
		if (head.p[head.len - 1] == '\0')
			t->code = NULL;
		return kind;
	}
	if ((size_t)(nul - s.p) < SHORT)
		t->read = SHORT;
	return SNIFF_BINARY;
}

/* --- libmagic's words --------------------------------------------------- */

struct lines {
	size_t crlf, cr, lf, nel;
	size_t longest; /* characters, of those that are told */
};

static size_t
characters(struct spill_span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += ((uint8_t)s.p[i] & 0xc0) != 0x80;
	return n;
}

static void
line(struct lines *l, const char *from, const char *to)
{
	struct spill_span s = { from, (size_t)(to - from) };
	size_t n = s.len > LONG_LINE ? characters(s) : 0;

	if (n > LONG_LINE)
		l->longest = SPILL_MAX(l->longest, n);
}

/* Lines end with LF, CR, both, or NEL, which is C2 85. */
static void
count(struct lines *l, struct spill_span s)
{
	const char *from = s.p, *end = s.p + s.len;
	bool was_cr = false;

	for (const char *p = s.p; p < end; p++) {
		bool nel =
		    (uint8_t)*p == 0xc2 && end - p > 1 && (uint8_t)p[1] == 0x85;

		if (*p == '\n')
			*(was_cr ? &l->crlf : &l->lf) += 1;
		else if (was_cr)
			l->cr++;
		was_cr = *p == '\r';
		l->nel += nel;
		if (*p != '\n' && !was_cr && !nel)
			continue;
		line(l, from, p);
		p += nel;
		from = p + 1;
	}
	l->cr += was_cr;
	line(l, from, end);
}

/* The usual one: LF alone. */
static void
count_lf(struct lines *l, struct spill_span s)
{
	const char *from = s.p, *end = s.p + s.len, *lf;

	while ((lf = memchr(from, '\n', (size_t)(end - from))) != NULL) {
		line(l, from, lf);
		l->lf++;
		from = lf + 1;
	}
	line(l, from, end);
}

static void
terminators(const struct lines *l, struct spill_buf *b)
{
	const struct {
		size_t n;
		const char *word;
	} kind[] = { { l->crlf, "CRLF" }, { l->cr, "CR" }, { l->lf, "LF" },
		{ l->nel, "NEL" } };
	bool other = l->crlf + l->cr + l->nel > 0, first = true;

	if (!other && l->lf > 0)
		return;
	spill_buf_puts(b, ", with");
	if (!other)
		spill_buf_puts(b, " no");
	for (size_t i = 0; i < SPILL_COUNT(kind) && other; i++) {
		if (kind[i].n == 0)
			continue;
		spill_buf_puts(b, first ? " " : ", ");
		spill_buf_puts(b, kind[i].word);
		first = false;
	}
	spill_buf_puts(b, " line terminators");
}

static bool
ends(struct spill_span s, const char *with)
{
	size_t n = strlen(with);

	return s.len >= n && memcmp(s.p + s.len - n, with, n) == 0;
}

void
sniff_text_words(
    const struct sniff_text *t, struct spill_span said, struct spill_buf *b)
{
	static const char text[] = " text", program[] = " text executable";
	bool executable = ends(said, program);
	struct lines l = { 0 };
	struct spill_span s = t->text;

	if (executable)
		said.len -= sizeof(program) - 1;
	else if (ends(said, text))
		said.len -= sizeof(text) - 1;
	spill_buf_span(b, said);
	spill_buf_puts(b, said.p != NULL ? ", " : "");
	spill_buf_puts(b, t->code);
	spill_buf_puts(b, " text");
	spill_buf_puts(b, executable ? " executable" : "");
	if (memchr(s.p, '\r', s.len) == NULL &&
	    (memchr(s.p, '\xc2', s.len) == NULL ||
		memmem(s.p, s.len, "\xc2\x85", 2) == NULL))
		count_lf(&l, s);
	else
		count(&l, s);
	if (l.longest > 0)
		spill_buf_printf(b, ", with very long lines (%zu)", l.longest);
	terminators(&l, b);
	if (memchr(s.p, '\033', s.len) != NULL)
		spill_buf_puts(b, ", with escape sequences");
	if (memchr(s.p, '\b', s.len) != NULL)
		spill_buf_puts(b, ", with overstriking");
}
