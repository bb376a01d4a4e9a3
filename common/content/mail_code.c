/*
 * mail_code.c: transfer encodings (RFC 2045 6). base64 and quoted-printable
 * are decoded here: gmime's decoders drop a last group that has no padding,
 * and take a "=" before blanks for text (6.7, rule 3).
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <spill/hash.h>

#include "mail_i.h"

#define STEP 16384 /* bytes decoded at once */

struct decoder {
	enum mail_code code;
	struct mail_uu_state uu;
	/* base64 */
	uint32_t bits;
	unsigned n; /* characters of this group */
	bool padded; /* it has ended */
	/* quoted-printable: what may be a code or a soft line break */
	char held[16];
	size_t nheld;
	/* uuencode: what was seen of "begin" and "end" */
	bool started, ended;
	char line[6];
	size_t col;
	uint64_t odd; /* bytes that the encoding does not have */
	uint64_t behind; /* and such behind its end */
};

enum mail_code
mail_code_of(struct spill_span name)
{
	static const struct {
		const char *name;
		enum mail_code code;
	} codes[] = { { "", MAIL_PLAIN }, { "7bit", MAIL_PLAIN },
		{ "8bit", MAIL_PLAIN }, { "binary", MAIL_PLAIN },
		{ "base64", MAIL_BASE64 }, { "quoted-printable", MAIL_QUOTED },
		{ "x-uuencode", MAIL_UU }, { "uuencode", MAIL_UU },
		{ "x-uue", MAIL_UU }, { "uue", MAIL_UU } };
	size_t from = 0, n;

	while (from < name.len && strchr(" \t\r\n\"", name.p[from]) != NULL)
		from++;
	for (n = from;
	     n < name.len && strchr(" \t\r\n\";(", name.p[n]) == NULL;)
		n++;
	for (size_t i = 0; i < SPILL_COUNT(codes); i++)
		if (strlen(codes[i].name) == n - from &&
		    strncasecmp(name.p + from, codes[i].name, n - from) == 0)
			return codes[i].code;
	return MAIL_UNKNOWN;
}

/* --- base64 ------------------------------------------------------------- */

static int
sextet(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* The whole bytes of a group. */
static size_t
group(struct decoder *d, char *out)
{
	size_t n = d->n * 6 / 8;

	d->bits <<= (4 - d->n) * 6;
	for (size_t i = 0; i < n; i++)
		out[i] = (char)(d->bits >> (16 - 8 * i));
	d->n = 0;
	d->bits = 0;
	return n;
}

static size_t
base64(struct decoder *d, const char *p, size_t n, char *out)
{
	size_t to = 0;
	int v;

	for (size_t i = 0; i < n; i++) {
		if (strchr(" \t\r\n", p[i]) != NULL && p[i] != '\0')
			continue;
		if (d->padded) {
			d->behind += p[i] != '=';
			continue;
		}
		v = sextet(p[i]);
		if (p[i] == '=' && d->n >= 2) {
			to += group(d, out + to);
			d->padded = true;
		} else if (v < 0) {
			d->odd++;
		} else {
			d->bits = d->bits << 6 | (uint32_t)v;
			if (++d->n == 4)
				to += group(d, out + to);
		}
	}
	return to;
}

/* --- the others --------------------------------------------------------- */

/* What is held is no code: it is text. */
static size_t
let_go(struct decoder *d, char *out)
{
	size_t n = d->nheld;

	memcpy(out, d->held, n);
	d->nheld = 0;
	d->odd++;
	return n;
}

static bool
is_pad(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Held are a '=' and, behind it, one digit or blanks. */
static size_t
quoted_one(struct decoder *d, char c, char *out)
{
	bool digit = d->nheld > 1 && !is_pad(d->held[1]);
	size_t n = 0;

	if (d->nheld > 0 && c == '\n' && !digit) {
		d->nheld = 0; /* a soft line break */
		return 0;
	}
	if (digit && spill_hex_digit(c) >= 0) {
		*out = (char)(spill_hex_digit(d->held[1]) << 4 |
			      spill_hex_digit(c));
		d->nheld = 0;
		return 1;
	}
	if ((d->nheld == 1 && spill_hex_digit(c) >= 0) ||
	    (d->nheld > 0 && d->nheld < sizeof(d->held) && !digit &&
		is_pad(c))) {
		d->held[d->nheld++] = c;
		return 0;
	}
	if (d->nheld > 0)
		n = let_go(d, out);
	if (c == '=')
		d->held[d->nheld++] = c;
	else
		out[n++] = c;
	return n;
}

static size_t
quoted(struct decoder *d, const char *p, size_t n, char *out)
{
	size_t to = 0;

	for (size_t i = 0; i < n; i++)
		if (d->nheld == 0 && p[i] != '=')
			out[to++] = p[i];
		else
			to += quoted_one(d, p[i], out + to);
	return to;
}

static bool
is_end(const struct decoder *d)
{
	return d->started && d->col >= 3 && d->col <= 4 &&
	       memcmp(d->line, "end", 3) == 0;
}

/* Lines before "begin " are none of it; "end" is its last. Returns how many
 * of the n bytes lead up to the first line of data. */
static size_t
check_uu(struct decoder *d, const char *p, size_t n)
{
	size_t skip = d->started ? 0 : n;

	for (size_t i = 0; i < n; i++) {
		if (p[i] != '\n') {
			if (d->col < sizeof(d->line))
				d->line[d->col] = p[i];
			d->col++;
			continue;
		}
		if (!d->started && d->col >= 6 &&
		    memcmp(d->line, "begin ", 6) == 0) {
			d->started = true;
			skip = i + 1;
		}
		d->ended |= is_end(d);
		d->col = 0;
	}
	return skip;
}

static size_t
decode(struct decoder *d, const char *p, size_t n, char *out)
{
	size_t skip = 0;

	switch (d->code) {
	case MAIL_BASE64:
		return base64(d, p, n, out);
	case MAIL_QUOTED:
		return quoted(d, p, n, out);
	case MAIL_UU:
		skip = check_uu(d, p, n);
		return mail_uu_step(&d->uu, p + skip, n - skip, out);
	default:
		memcpy(out, p, n);
		return n;
	}
}

/* What the last bytes leave. */
static size_t
flush(struct decoder *d, char *out)
{
	if (d->code == MAIL_BASE64)
		return group(d, out);
	/* A '=' is the last of some mailers' lines. */
	return d->nheld > 1 && !is_pad(d->held[1]) ? let_go(d, out) : 0;
}

static const char *
verdict(const struct decoder *d, bool cut)
{
	if (d->code == MAIL_UNKNOWN)
		return "its transfer encoding is not known: as it is";
	if (d->odd > 0)
		return d->code == MAIL_BASE64
			   ? "it has bytes that are not base64"
			   : "it has an = that is not quoted-printable";
	if (d->behind > 0)
		return "there are bytes behind the end of its base64";
	if (cut)
		return "its base64 ends within a group";
	if (d->code == MAIL_UU && !d->started)
		return "its uuencode has no begin line";
	if (d->code == MAIL_UU && !d->ended && !is_end(d))
		return "its uuencode has no end line";
	return NULL;
}

int
mail_code_put(struct member *m, enum mail_code code, uint64_t at, uint64_t end,
    const char **why)
{
	struct decoder d = { .code = code };
	char *in = malloc(STEP), *out = malloc(STEP + sizeof(d.held));
	size_t got = 1, n;
	bool cut;
	int rc = in != NULL && out != NULL ? SPILL_OK : SPILL_ENOMEM;

	while (rc == SPILL_OK && m->wanted && at < end && got > 0) {
		n = (size_t)SPILL_MIN(end - at, (uint64_t)STEP);
		rc = src_read(m->src, at, in, n, &got);
		if (rc == SPILL_OK)
			rc = member_put(m, out, decode(&d, in, got, out));
		at += got;
	}
	cut = d.n > 0;
	if (rc == SPILL_OK)
		rc = member_put(m, out, flush(&d, out));
	*why = verdict(&d, cut);
	free(in);
	free(out);
	return rc;
}
