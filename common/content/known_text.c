/*
 * known_text.c: sets of hashes in text. Every line stands for itself: the
 * sets that are published have no line feeds in quotes.
 */
#include <string.h>
#include <strings.h>

#include "known_i.h"

#define COLUMNS 64 /* that a hash may stand in */

struct form {
	bool table; /* else: plain */
	unsigned kind; /* KNOWN_KINDS: a table, but not of those wanted */
	unsigned column;
	bool headed; /* past the line that may be a header */
};

/* c is none of them if it is NUL. */
static bool
one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/* Sets have thousands of millions of digits: no comparison for each. */
static int
digit(char c)
{
	static const uint8_t value[256] = {
		['0'] = 1,
		['1'] = 2,
		['2'] = 3,
		['3'] = 4,
		['4'] = 5,
		['5'] = 6,
		['6'] = 7,
		['7'] = 8,
		['8'] = 9,
		['9'] = 10,
		['a'] = 11,
		['b'] = 12,
		['c'] = 13,
		['d'] = 14,
		['e'] = 15,
		['f'] = 16,
		['A'] = 11,
		['B'] = 12,
		['C'] = 13,
		['D'] = 14,
		['E'] = 15,
		['F'] = 16,
	};

	return value[(uint8_t)c] - 1;
}

bool
known_unhex(struct spill_span s, uint8_t *out, size_t len)
{
	if (s.len != 2 * len)
		return false;
	for (size_t i = 0; i < len; i++) {
		int high = digit(s.p[2 * i]), low = digit(s.p[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

bool
known_kind(size_t digits, unsigned *kind)
{
	for (unsigned k = 0; k < KNOWN_KINDS; k++)
		if (digits == 2u * known_len[k]) {
			*kind = k;
			return true;
		}
	return false;
}

bool
known_column(struct spill_span name, unsigned *kind)
{
	static const char *const names[KNOWN_KINDS][2] = {
		[SPILL_HASH_SHA256] = { "sha256", "sha-256" },
		[SPILL_HASH_SHA1] = { "sha1", "sha-1" },
		[SPILL_HASH_MD5] = { "md5", "md-5" },
	};

	for (unsigned k = 0; k < KNOWN_KINDS; k++)
		for (unsigned i = 0; i < 2; i++)
			if (name.len == strlen(names[k][i]) &&
			    strncasecmp(name.p, names[k][i], name.len) == 0) {
				*kind = k;
				return true;
			}
	return false;
}

/* The next cell of a CSV line, without its quotes (doubled ones stay so). */
static struct spill_span
cell(struct spill_span *line)
{
	const char *p = line->p, *end = p + line->len, *from = p;

	if (p < end && *p == '"') {
		from = ++p;
		while (p < end && (*p != '"' || (end - p > 1 && p[1] == '"')))
			p += *p == '"' ? 2 : 1;
	} else {
		p = memchr(p, ',', line->len);
		p = p != NULL ? p : end;
	}
	line->p = p < end ? memchr(p, ',', (size_t)(end - p)) : NULL;
	line->p = line->p != NULL ? line->p + 1 : end;
	line->len = (size_t)(end - line->p);
	return (struct spill_span){ from, (size_t)(p - from) };
}

/* Is it a header? Of the kinds that it names, the strongest that is wanted. */
static bool
header(
    struct spill_span line, struct known_set *s, unsigned what, struct form *f)
{
	for (unsigned i = 0; i < COLUMNS && line.len > 0; i++) {
		unsigned kind;

		if (!known_column(cell(&line), &kind))
			continue;
		f->table = true;
		s->seen |= known_flag[kind];
		if (what & known_flag[kind] && kind < f->kind) {
			f->kind = kind;
			f->column = i;
		}
	}
	return f->table;
}

static void
damaged(struct known_set *s, uint64_t number)
{
	if (s->damaged++ == 0)
		s->first_damaged = number;
}

static struct spill_span
table_hash(struct spill_span line, const struct form *f)
{
	struct spill_span c = { line.p, 0 };

	for (unsigned i = 0; i <= f->column; i++)
		c = cell(&line);
	return c;
}

/* The hash of a plain line: at its start, or behind "MD5 (name) = ". */
static struct spill_span
plain_hash(struct spill_span line)
{
	size_t i = 0;

	if (line.len > 0 && line.p[line.len - 1] != ')' &&
	    memchr(line.p, '(', SPILL_MIN(line.len, 8)) != NULL) {
		for (i = line.len; i > 0 && line.p[i - 1] != ' ';)
			i--;
		return (struct spill_span){ line.p + i, line.len - i };
	}
	/* md5sum and its like put a backslash before lines that have one. */
	i = line.len > 0 && line.p[0] == '\\';
	line = (struct spill_span){ line.p + i, line.len - i };
	if (line.len > 0 && line.p[0] == '"')
		return cell(&line);
	for (i = 0; i < line.len && digit(line.p[i]) >= 0;)
		i++;
	if (i < line.len && !one_of(line.p[i], " \t,;*"))
		i = 0;
	return (struct spill_span){ line.p, i };
}

static int
row(struct known_set *s, unsigned what, struct spill_span line,
    const struct form *f, uint64_t number)
{
	uint8_t md[SPILL_SHA256_LEN];
	struct spill_span hash;
	unsigned kind = f->kind;

	hash = f->table ? table_hash(line, f) : plain_hash(line);
	if ((!f->table && !known_kind(hash.len, &kind)) ||
	    !known_unhex(hash, md, known_len[kind])) {
		damaged(s, number);
		return SPILL_OK;
	}
	s->seen |= known_flag[kind];
	if (!(what & known_flag[kind]))
		return SPILL_OK;
	return known_table_add(&s->table[kind], md);
}

static struct spill_span
trim(struct spill_span line, bool first)
{
	if (first && line.len >= 3 && memcmp(line.p, "\xef\xbb\xbf", 3) == 0) {
		line.p += 3;
		line.len -= 3;
	}
	while (line.len > 0 && one_of(line.p[line.len - 1], " \t\r"))
		line.len--;
	return line;
}

/* Whether a line is of the set at all; headers are taken in. */
static bool
is_row(
    struct spill_span line, struct known_set *s, unsigned what, struct form *f)
{
	if (line.len == 0 || line.p[0] == '#')
		return false;
	if (line.len >= 4 && memcmp(line.p, "%%%%", 4) == 0) { /* hashdeep */
		line = (struct spill_span){ line.p + 4, line.len - 4 };
		while (line.len > 0 && line.p[0] == ' ')
			line = (struct spill_span){ line.p + 1, line.len - 1 };
		f->headed |= header(line, s, what, f);
		return false;
	}
	if (!f->headed) {
		f->headed = true;
		if (header(line, s, what, f))
			return false;
	}
	return !f->table || f->kind < KNOWN_KINDS;
}

int
known_text(struct known_set *s, unsigned what, struct spill_in *in)
{
	struct form f = { .kind = KNOWN_KINDS };
	struct spill_span line;
	int rc = SPILL_OK;

	while (rc == SPILL_OK) {
		uint64_t number;

		rc = spill_in_line(in, &line);
		number = spill_in_number(in);
		if (rc == SPILL_ELIMIT) {
			damaged(s, number);
			rc = SPILL_OK;
		} else if (rc == SPILL_OK) {
			line = trim(line, number == 1);
			if (is_row(line, s, what, &f))
				rc = row(s, what, line, &f, number);
		}
	}
	if (rc != SPILL_END)
		return rc;
	return s->seen != 0 ? SPILL_OK : SPILL_EFORMAT;
}
