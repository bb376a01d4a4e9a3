#include <string.h>

#include <spill/name.h>
#include <spill/time.h>
#include <spill/utf8.h>

#include <spill/fscheck.h>

/* What a byte may be part of. */
enum {
	DIGIT = 1,
	HEX = 2,
	OCTAL = 4,
};

static const uint8_t class[256] = {
	['0' ... '7'] = DIGIT | HEX | OCTAL,
	['8' ... '9'] = DIGIT | HEX,
	['a' ... 'f'] = HEX,
};

static bool
is_all(struct spill_span v, unsigned what, size_t max)
{
	unsigned all = what;

	for (size_t i = 0; i < v.len; i++)
		all &= class[(uint8_t)v.p[i]];
	return all == what && v.len <= max;
}

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
}

/* Nothing but printable characters, and every "%" begins an escape. */
static bool
is_name(struct spill_span v)
{
	size_t i = 0;

	if (spill_name_is_plain(v)) /* as nearly all are */
		return true;
	while (i < v.len) {
		unsigned char c = (unsigned char)v.p[i];
		uint32_t cp;
		unsigned n;

		if (c >= 0x20 && c < 0x7f && c != '%') {
			i++;
			continue;
		}
		if (c == '%') {
			if (v.len - i < 3 || !is_hex(v.p[i + 1]) ||
			    !is_hex(v.p[i + 2]))
				return false;
			i += 3;
			continue;
		}
		n = spill_utf8_decode(v.p + i, v.len - i, &cp);
		if (n == 0 || !spill_cp_printable(cp))
			return false;
		i += n;
	}
	return true;
}

static bool
is_value(struct spill_span v, const char *const *values)
{
	/* Not as strings: the worker's bytes may have a NUL among them. */
	for (size_t i = 0; values[i] != NULL; i++)
		if (spill_span_eq(spill_span(values[i]), v))
			return true;
	return false;
}

/* Below 2^64, without leading zeros. */
static bool
is_uint(struct spill_span v)
{
	uint64_t n;

	if (!is_all(v, DIGIT, 20) || v.len == 0 || (v.p[0] == '0' && v.len > 1))
		return false;
	return v.len < 20 || spill_span_uint(v, &n);
}

static bool
is_int(struct spill_span v)
{
	struct spill_span digits = v;
	int64_t n;

	if (v.len > 0 && v.p[0] == '-')
		digits = (struct spill_span){ v.p + 1, v.len - 1 };
	return is_uint(digits) && spill_span_int(v, &n);
}

/* As spill_time_format() has it: of what else can be parsed, T and Z are the
 * only letters, and a zone is Z or none. */
static bool
is_time(struct spill_span v)
{
	enum spill_time_odd odd;
	struct spill_time t;
	size_t clock = SPILL_MIN(v.len, (size_t)10);
	const char *p = v.p + clock, *end = v.p + v.len;

	if (p < end && (*p != 'T' || memchr(p, ',', v.len - clock) != NULL))
		return false;
	if (p < end && end[-1] != 'Z' &&
	    (end[-1] == 'z' || memchr(p, '-', v.len - clock) != NULL ||
		memchr(p, '+', v.len - clock) != NULL))
		return false;
	return spill_time_parse(v, &t, &odd) == SPILL_OK &&
	       odd == SPILL_TIME_PLAIN;
}

/* --- objects ------------------------------------------------------------ */

/* A number below 2^64 without leading zeros, at *p. */
static bool
take_number(const char **p, const char *end)
{
	const char *from = *p;
	uint64_t v;

	while (*p < end && **p >= '0' && **p <= '9')
		(*p)++;
	return (*from != '0' || *p - from == 1) &&
	       spill_span_uint(
		   (struct spill_span){ from, (size_t)(*p - from) }, &v);
}

static bool
take_pair(const char *p, const char *end)
{
	if (!take_number(&p, end) || p == end || *p++ != '+')
		return false;
	return take_number(&p, end) && p == end;
}

/* "@0+512,@4096+512" */
static bool
is_ranges(const char *p, const char *end)
{
	while (p < end) {
		const char *comma = memchr(p, ',', (size_t)(end - p));
		const char *to = comma != NULL ? comma : end;

		if (*p != '@' || to - p < 4 || !take_pair(p + 1, to) ||
		    (to[-1] == '0' && to[-2] == '+') || to + 1 == end)
			return false;
		p = comma != NULL ? comma + 1 : end;
	}
	return true;
}

static bool
is_object(struct spill_span v)
{
	const char *p = v.p, *end = v.p + v.len;

	if (v.len == 0)
		return false;
	if (*p == 'd')
		return take_pair(p + 1, end);
	if (*p == '@')
		return is_ranges(p, end);
	for (int i = 0; i < 3; i++) {
		if (!take_number(&p, end))
			return false;
		if (p == end || *p != '-')
			break;
		p++;
	}
	return p == end || (end - p == 6 && memcmp(p, "~slack", 6) == 0);
}

/* --- rows --------------------------------------------------------------- */

bool
fscheck_cell(const struct spill_schema *s, unsigned col, struct spill_span v)
{
	const struct spill_column *c = &s->columns[col];

	if (v.len > FSCHECK_CELL_MAX)
		return false;
	switch (c->type) {
	case SPILL_T_UINT:
		return is_uint(v);
	case SPILL_T_INT:
		return is_int(v);
	case SPILL_T_TIME:
		return is_time(v);
	case SPILL_T_HEX:
		return is_all(v, HEX, 128) && v.len % 2 == 0;
	case SPILL_T_OCTAL:
		return is_all(v, OCTAL, 11);
	case SPILL_T_ENUM:
		return is_value(v, c->values);
	case SPILL_T_LOCATOR:
		return is_object(v);
	case SPILL_T_NAME:
		return is_name(v);
	case SPILL_T_TEXT:
	case SPILL_T_LIST:
		return spill_plain_ascii(v.p, v.len);
	default:
		return false;
	}
}

bool
fscheck_row(const struct spill_schema *s, const struct spill_row *r)
{
	for (unsigned w = 0; w < SPILL_COUNT(r->bits); w++)
		for (uint64_t bits = r->bits[w]; bits != 0; bits &= bits - 1) {
			unsigned col = w * 64 + (unsigned)__builtin_ctzll(bits);

			if (col >= s->n || !fscheck_cell(s, col, r->cell[col]))
				return false;
		}
	return true;
}
