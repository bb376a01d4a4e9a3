/*
 * charset.c: which charset a text is in, and UTF-8 of it, by ICU: its tables
 * are in the library, so nothing is opened in the jail.
 */
#include <stdlib.h>
#include <string.h>

#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>

#include <spill/utf8.h>
#include <spill/wide.h>

#include "text_i.h"

#define CHUNK	     4096 /* UTF-16 units at once */
#define UNIT_MOST    4 /* bytes of UTF-8 of one */
#define NAME_MOST    64
#define SAMPLE	     ((size_t)64 << 10) /* bytes that a guess looks at */
#define SAMPLE_LEAST 4096 /* what is shorter is the whole text */

struct charset {
	UConverter *conv;
	uint64_t bad;
	UChar half; /* of a pair that a chunk has cut */
};

/* --- conversion --------------------------------------------------------- */

static void
count_bad(const void *ctx, UConverterToUnicodeArgs *args, const char *units,
    int32_t n, UConverterCallbackReason why, UErrorCode *e)
{
	uint64_t *bad = (uint64_t *)(uintptr_t)ctx;

	if (why <= UCNV_IRREGULAR)
		++*bad;
	UCNV_TO_U_CALLBACK_SUBSTITUTE(NULL, args, units, n, why, e);
}

/* What documents call otherwise than ICU does. */
static const char *
alias(const char *name)
{
	static const char *const also[][2] = {
		{ "cp-850", "ibm-850" },
		{ "ansi_x3.4", "us-ascii" },
		{ "unicode-1-1-utf-7", "utf-7" },
		{ "x-user-defined", "windows-1252" },
		{ "ks_c_5601-1987", "windows-949" },
		{ "iso-8859-8-i", "iso-8859-8" },
		{ "iso-8859-1", "windows-1252" },
		{ "latin1", "windows-1252" },
		{ "us-ascii", "windows-1252" },
		{ "gb2312", "gb18030" },
	};

	for (size_t i = 0; i < SPILL_COUNT(also); i++)
		if (strcasecmp(name, also[i][0]) == 0)
			return also[i][1];
	return name;
}

int
charset_open(struct charset **out, struct spill_span name)
{
	struct charset *c;
	char text[NAME_MOST];
	UErrorCode e = U_ZERO_ERROR;

	if (name.len == 0 || name.len >= sizeof(text) ||
	    !spill_plain_ascii(name.p, name.len))
		return SPILL_EFORMAT;
	memcpy(text, name.p, name.len);
	text[name.len] = '\0';
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return SPILL_ENOMEM;
	c->conv = ucnv_open(alias(text), &e);
	if (U_SUCCESS(e))
		ucnv_setToUCallBack(
		    c->conv, count_bad, &c->bad, NULL, NULL, &e);
	if (U_FAILURE(e)) {
		charset_close(&c);
		return e == U_MEMORY_ALLOCATION_ERROR ? SPILL_ENOMEM
						      : SPILL_EFORMAT;
	}
	*out = c;
	return SPILL_OK;
}

const char *
charset_name(const struct charset *c)
{
	UErrorCode e = U_ZERO_ERROR;
	const char *name = ucnv_getName(c->conv, &e);

	return U_SUCCESS(e) ? name : "";
}

/* Returns where the next one goes. */
static char *
put_unit(struct charset *c, UChar u, char *to)
{
	uint32_t cp = u;

	if (U16_IS_LEAD(u)) {
		c->half = u;
		return to;
	}
	if (U16_IS_TRAIL(u))
		cp = c->half != 0 ? (uint32_t)U16_GET_SUPPLEMENTARY(c->half, u)
				  : 0xfffd;
	c->half = 0;
	return to + spill_utf8_encode(cp, to);
}

static void
put_units(
    struct charset *c, const UChar *from, const UChar *end, struct spill_buf *b)
{
	char text[UNIT_MOST * CHUNK], *to = text;

	for (; from < end; from++)
		if (*from < 0x80 && c->half == 0)
			*to++ = (char)*from;
		else
			to = put_unit(c, *from, to);
	spill_buf_put(b, text, (size_t)(to - text));
}

int
charset_put(
    struct charset *c, struct spill_span in, bool last, struct spill_buf *out)
{
	const char *p = in.p, *end = in.p + in.len;
	UChar units[CHUNK];
	UErrorCode e;

	do {
		UChar *u = units;

		e = U_ZERO_ERROR;
		ucnv_toUnicode(
		    c->conv, &u, units + CHUNK, &p, end, NULL, last, &e);
		put_units(c, units, u, out);
	} while (e == U_BUFFER_OVERFLOW_ERROR && out->rc == SPILL_OK);
	if (last && c->half != 0) {
		c->half = 0;
		c->bad++;
		spill_buf_puts(out, "\xef\xbf\xbd");
	}
	return e == U_MEMORY_ALLOCATION_ERROR ? SPILL_ENOMEM : out->rc;
}

uint64_t
charset_bad(const struct charset *c)
{
	return c->bad;
}

void
charset_close(struct charset **c)
{
	if (*c != NULL && (*c)->conv != NULL)
		ucnv_close((*c)->conv);
	free(*c);
	*c = NULL;
}

int
charset_convert(
    struct spill_span name, struct spill_span in, struct spill_buf *out)
{
	struct charset *c = NULL;
	int rc = charset_open(&c, name);

	if (rc == SPILL_OK)
		rc = charset_put(c, in, true, out);
	charset_close(&c);
	return rc;
}

/* --- a guess ------------------------------------------------------------ */

static const struct {
	const char *mark;
	size_t len;
	const char *name;
} marks[] = {
	{ "\xff\xfe\0\0", 4, "UTF-32LE" },
	{ "\0\0\xfe\xff", 4, "UTF-32BE" },
	{ "\xef\xbb\xbf", 3, "UTF-8" },
	{ "\xff\xfe", 2, "UTF-16LE" },
	{ "\xfe\xff", 2, "UTF-16BE" },
	{ "+/v8", 4, "UTF-7" },
	{ "+/v9", 4, "UTF-7" },
	{ "+/v+", 4, "UTF-7" },
	{ "+/v/", 4, "UTF-7" },
};

/* May the last character of a sample be cut? Only if there is more text. */
static bool
is_cut(struct spill_span rest, bool sample)
{
	unsigned char lead = (unsigned char)rest.p[0];
	size_t need = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;

	if (!sample || lead < 0xc2 || lead > 0xf4 || rest.len >= need)
		return false;
	for (size_t i = 1; i < rest.len; i++)
		if (((unsigned char)rest.p[i] & 0xc0) != 0x80)
			return false;
	return true;
}

static inline spill_wide
not_ascii(spill_wide v)
{
	return (spill_wide)(v >= 0x80);
}

static bool
is_utf8(struct spill_span s, bool *ascii)
{
	*ascii = true;
	for (size_t i = 0; i < s.len;) {
		size_t few = SPILL_MIN(s.len - i, sizeof(spill_wide));
		uint32_t cp;
		unsigned n;

		if ((unsigned char)s.p[i] < 0x80) {
			i += spill_wide_any(s.p + i, few, not_ascii) ? 1 : few;
			continue;
		}
		*ascii = false;
		n = spill_utf8_decode(s.p + i, s.len - i, &cp);
		if (n == 0)
			return is_cut((struct spill_span){ s.p + i, s.len - i },
			    s.len >= SAMPLE_LEAST);
		i += n;
	}
	return true;
}

static inline spill_wide
control(spill_wide v)
{
	return (spill_wide)(v < 0x20) & (spill_wide)(v != '\t') &
	       (spill_wide)(v != '\n') & (spill_wide)(v != '\r');
}

/* Bytes that no text has: NUL and the like. */
static size_t
controls(struct spill_span s)
{
	size_t n = 0;

	if (!spill_wide_any(s.p, s.len, control)) /* as in nearly all text */
		return 0;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		n += c < 0x20 && c != '\t' && c != '\n' && c != '\r' &&
		     c != '\f' && c != 0x1b && c != 0x1a && c != '\b';
	}
	return n;
}

/*
 * UTF-16 and 32 without a mark: which of the bytes of each unit are always
 * zero, in a text of which a good part is in a western script?
 */
static const char *
wide(struct spill_span s)
{
	size_t zero[4] = { 0 }, n = s.len / 4;

	if (memchr(s.p, '\0', s.len) == NULL)
		return NULL;
	for (size_t i = 0; i < n * 4; i++)
		zero[i % 4] += s.p[i] == 0;
	if (n < 2)
		return NULL;
	if (zero[3] == n && zero[2] >= n * 9 / 10 && zero[0] * 10 < n)
		return "UTF-32LE";
	if (zero[0] == n && zero[1] >= n * 9 / 10 && zero[3] * 10 < n)
		return "UTF-32BE";
	if (zero[1] + zero[3] > n && zero[0] + zero[2] <= n / 8)
		return "UTF-16LE";
	if (zero[0] + zero[2] > n && zero[1] + zero[3] <= n / 8)
		return "UTF-16BE";
	return NULL;
}

/* Is it text where the byte for a blank is 0x40, and that for a line break
 * 0x15 or 0x25? */
static bool
ebcdic(struct spill_span s)
{
	size_t blanks = 0, letters = 0, ascii = 0;

	for (size_t i = 0; i < s.len; i++)
		blanks += s.p[i] == 0x40;
	if (blanks * 20 <= s.len) /* as in nearly all that is none */
		return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		letters += (c >= 0x81 && c <= 0xa9) ||
			   (c >= 0xc1 && c <= 0xe9) || (c >= 0xf0 && c <= 0xf9);
		ascii += (c >= 'a' && c <= 'z') || c == ' ';
	}
	return s.len >= 16 && letters * 2 > s.len && ascii * 10 < s.len;
}

static bool
utf7(struct spill_span s)
{
	const char *plus;
	size_t runs = 0;

	for (size_t i = 0; (plus = memchr(s.p + i, '+', s.len - i)) != NULL;) {
		size_t k;

		i = (size_t)(plus - s.p);
		k = i + 1;
		while (k < s.len &&
		       (strchr("+/", s.p[k]) != NULL ||
			   (s.p[k] >= '0' && s.p[k] <= '9') ||
			   (s.p[k] >= 'A' && s.p[k] <= 'Z') ||
			   (s.p[k] >= 'a' && s.p[k] <= 'z')) &&
		       s.p[k] != '\0')
			k++;
		/* 16 bits take three characters at least: "+AOk-". */
		runs += k < s.len && s.p[k] == '-' && k - i >= 4 &&
			s.p[i + 1] == 'A' && (k - i - 1) % 8 * 6 % 16 < 6;
		i = k;
	}
	return runs >= 1;
}

/* ISO 2022: an escape says which characters follow ("\033$B"). */
static bool
shifts(struct spill_span s)
{
	return memchr(s.p, '\033', s.len) != NULL &&
	       (memmem(s.p, s.len, "\033$", 2) != NULL ||
		   memmem(s.p, s.len, "\033(J", 3) != NULL);
}

static struct spill_span
likely(struct spill_span s)
{
	static _Thread_local UCharsetDetector *d;
	UErrorCode e = U_ZERO_ERROR;
	const UCharsetMatch *m;
	const char *name = NULL;

	if (d == NULL)
		d = ucsdet_open(&e);
	if (U_SUCCESS(e))
		ucsdet_setText(d, s.p, (int32_t)s.len, &e);
	m = U_SUCCESS(e) ? ucsdet_detect(d, &e) : NULL;
	if (U_SUCCESS(e) && m != NULL)
		name = ucsdet_getName(m, &e);
	if (U_FAILURE(e) || name == NULL || strncmp(name, "UTF-", 4) == 0 ||
	    strncmp(name, "IBM42", 5) == 0)
		name = "windows-1252";
	return spill_span(name);
}

struct spill_span
charset_guess(struct spill_span head, size_t *bom)
{
	const struct spill_span none = { "", 0 };
	const char *name;
	bool ascii;

	head.len = SPILL_MIN(head.len, SAMPLE);
	*bom = 0;
	for (size_t i = 0; i < SPILL_COUNT(marks); i++)
		if (head.len >= marks[i].len &&
		    memcmp(head.p, marks[i].mark, marks[i].len) == 0) {
			*bom = marks[i].name[4] == '7' ? 0 : marks[i].len;
			return spill_span(marks[i].name);
		}
	if (head.len == 0)
		return none;
	name = wide(head);
	if (name != NULL)
		return spill_span(name);
	if (is_utf8(head, &ascii) && controls(head) * 50 <= head.len)
		return ascii && shifts(head) ? likely(head)
		       : ascii && utf7(head) ? SPILL_SPAN("UTF-7")
					     : SPILL_SPAN("UTF-8");
	if (ebcdic(head))
		return spill_span("ibm-1047");
	if (controls(head) * 50 > head.len)
		return none;
	return likely(head);
}

/* Letters, digits and blanks of ASCII. */
static size_t
words(struct spill_span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		unsigned c = (unsigned char)s.p[i];

		n += (c | 0x20U) - 'a' < 26U || c - '0' < 10U || c == ' ' ||
		     c == '\n';
	}
	return n;
}

struct spill_span
charset_guess_torn(struct spill_span head)
{
	bool ascii;

	if (words(head) * 2 < head.len)
		return (struct spill_span){ "", 0 };
	return is_utf8(head, &ascii) ? SPILL_SPAN("UTF-8") : likely(head);
}

int
charset_warm(void)
{
	static const char *const some[] = { "UTF-16LE", "windows-1252",
		"KOI8-R", "Big5", "Shift_JIS", "ibm-1047", "UTF-7" };
	struct spill_buf b = SPILL_BUF_INIT(64);
	size_t bom;
	int rc = SPILL_OK;

	for (size_t i = 0; i < SPILL_COUNT(some) && rc == SPILL_OK; i++)
		rc = charset_convert(spill_span(some[i]), SPILL_SPAN("a"), &b);
	spill_buf_release(&b);
	(void)charset_guess(SPILL_SPAN("caf\xe9 du matin"), &bom);
	return rc;
}
