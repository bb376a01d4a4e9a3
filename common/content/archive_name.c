/*
 * archive_name.c: notes on names: their bytes are kept as they are.
 */
#include <stdarg.h>

#include <spill/utf8.h>

#include "archive_i.h"

void
archive_note(struct spill_buf *note, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (note->len > 0)
		spill_buf_puts(note, "; ");
	spill_buf_puts(note, text);
}

bool
archive_is_utf8(struct spill_span s)
{
	uint32_t cp;
	unsigned n;

	for (size_t i = 0; i < s.len; i += n) {
		n = spill_utf8_decode(s.p + i, s.len - i, &cp);
		if (n == 0)
			return false;
	}
	return true;
}

/* All of it pairs of Shift-JIS, and kana or common kanji among them: of text
 * in CP437 this is hardly ever true. */
static bool
may_be_cp932(struct spill_span s)
{
	bool common = false;

	for (size_t i = 0; i < s.len; i++) {
		uint8_t lead = (uint8_t)s.p[i], trail;

		if (lead < 0x80 || (lead >= 0xa1 && lead <= 0xdf))
			continue;
		if (lead == 0x80 || lead == 0xa0 || lead > 0xfc || ++i == s.len)
			return false;
		trail = (uint8_t)s.p[i];
		if (trail < 0x40 || trail == 0x7f || trail > 0xfc)
			return false;
		common = common || lead == 0x82 || lead == 0x83 ||
			 (lead >= 0x88 && lead <= 0x97);
	}
	return common;
}

static bool
is_ascii(struct spill_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((s.p[i] & 0x80) != 0)
			return false;
	return true;
}

void
archive_name_note(
    struct spill_buf *note, struct spill_span name, bool declared_utf8)
{
	bool utf8 = archive_is_utf8(name);

	if (is_ascii(name))
		return;
	if (declared_utf8)
		archive_note(note, utf8 ? "name in UTF-8"
					: "name is said to be in UTF-8, and "
					  "is not");
	else if (utf8)
		archive_note(note, "name in UTF-8 (guess)");
	else if (may_be_cp932(name))
		archive_note(note, "name in CP932 (guess)");
	else
		archive_note(note, "name in CP437 or another 8-bit charset "
				   "(guess)");
}
