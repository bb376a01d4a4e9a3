#include <spill/name.h>
#include <spill/utf8.h>
#include <spill/wide.h>

static const char hex[] = "0123456789ABCDEF";

static inline spill_wide
not_plain(spill_wide v)
{
	return (spill_wide)(v - 0x20 >= 0x5f) | (spill_wide)(v == '%');
}

/* All printable ASCII but "%": the case of nearly every name. */
static bool
plain(const char *p, size_t n)
{
	return !spill_wide_any(p, n, not_plain);
}

/* Bytes of the character at p that stay as they are; 0: escape one byte. */
static unsigned
keep(const char *p, size_t n)
{
	uint32_t cp;
	unsigned len;

	if (*p >= 0x20 && *p < 0x7f)
		return *p != '%';
	len = spill_utf8_decode(p, n, &cp);
	return len > 0 && cp != '%' && spill_cp_printable(cp) ? len : 0;
}

bool
spill_name_is_plain(struct spill_span s)
{
	size_t i = 0;

	if (plain(s.p, s.len))
		return true;
	while (i < s.len) {
		unsigned n = keep(s.p + i, s.len - i);

		if (n == 0)
			return false;
		i += n;
	}
	return true;
}

void
spill_name_escape(struct spill_buf *b, struct spill_span s)
{
	size_t i = 0, from = 0;

	if (plain(s.p, s.len)) {
		spill_buf_put(b, s.p, s.len);
		return;
	}
	while (i < s.len) {
		unsigned n = keep(s.p + i, s.len - i);
		unsigned char c = (unsigned char)s.p[i];
		char esc[3] = { '%', hex[c >> 4], hex[c & 15] };

		i += n > 0 ? n : 1;
		if (n > 0)
			continue;
		spill_buf_put(b, s.p + from, i - 1 - from);
		spill_buf_put(b, esc, 3);
		from = i;
	}
	spill_buf_put(b, s.p + from, s.len - from);
}

/* Bytes at p that a cell may have as they are; 0: none. */
static unsigned
keep_neutral(const char *p, size_t n, bool breaks)
{
	return *p == '%' || (breaks && (*p == '\t' || *p == '\n')) ? 1
								   : keep(p, n);
}

bool
spill_name_is_neutral(struct spill_span s, bool breaks)
{
	size_t i = 0;

	if (plain(s.p, s.len))
		return true;
	while (i < s.len) {
		unsigned n = keep_neutral(s.p + i, s.len - i, breaks);

		if (n == 0)
			return false;
		i += n;
	}
	return true;
}

void
spill_name_neutral(struct spill_buf *b, struct spill_span s, bool breaks)
{
	size_t i = 0;

	while (i < s.len) {
		unsigned n = keep_neutral(s.p + i, s.len - i, breaks);

		if (n > 0)
			spill_buf_put(b, s.p + i, n);
		else
			spill_name_escape(b, (struct spill_span){ s.p + i, 1 });
		i += n > 0 ? n : 1;
	}
}

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

void
spill_name_unescape(struct spill_buf *b, struct spill_span s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '%' && s.len - i > 2 && digit(s.p[i + 1]) >= 0 &&
		    digit(s.p[i + 2]) >= 0) {
			spill_buf_putc(b,
			    (char)(digit(s.p[i + 1]) << 4 | digit(s.p[i + 2])));
			i += 2;
		} else {
			spill_buf_putc(b, s.p[i]);
		}
	}
}
