#include <string.h>

#include "evidence_i.h"

#define LETTERS 26u

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char
upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* All of one case, A to Z. */
static bool
letters(const char *p, size_t n)
{
	bool high = p[0] >= 'A' && p[0] <= 'Z';

	for (size_t i = 0; i < n; i++)
		if (p[i] < (high ? 'A' : 'a') || p[i] > (high ? 'Z' : 'z'))
			return false;
	return n > 0;
}

static unsigned
letters_number(const char *p, size_t n)
{
	unsigned v = 0;

	for (size_t i = 0; i < n; i++)
		v = v * LETTERS + (unsigned)(upper(p[i]) - 'A');
	return v;
}

static bool
ewf_digits(const char *p, size_t n, struct evidence_name *out)
{
	char c = upper(p[0]);

	if (n != 3 || (c != 'E' && c != 'S') || !is_digit(p[1]) ||
	    !is_digit(p[2]) || (p[1] == '0' && p[2] == '0'))
		return false;
	out->style = EVIDENCE_EWF;
	out->first = c;
	out->number = (unsigned)(p[1] - '0') * 10 + (unsigned)(p[2] - '0');
	return true;
}

/* Three letters: number 100 is .EAA or .saa. */
static bool
ewf_letters(const char *p, size_t n, char first, struct evidence_name *out)
{
	if (n != 3 || first == 0 || !letters(p, n) || upper(p[0]) < first)
		return false;
	out->style = EVIDENCE_EWF_LETTERS;
	out->first = first;
	out->number = 100 + letters_number(p, n) -
		      (unsigned)(first - 'A') * LETTERS * LETTERS;
	return true;
}

static bool
digits(const char *p, size_t n, struct evidence_name *out)
{
	unsigned v = 0;

	if (n < 1 || n > 5)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!is_digit(p[i]))
			return false;
		v = v * 10 + (unsigned)(p[i] - '0');
	}
	out->style = EVIDENCE_DIGITS;
	out->number = v;
	return true;
}

/* split(1) goes on from .yz with .zaaa: as many letters behind a z more. */
static bool
letters_of_set(const char *p, size_t n, struct evidence_name *out)
{
	bool longer = n == 4 && p[0] == 'z';

	if ((n != 2 && n != 3 && !longer) || !letters(p, n))
		return false;
	out->style = EVIDENCE_LETTERS;
	out->number =
	    longer ? LETTERS * (LETTERS - 1) + letters_number(p + 1, n - 1)
		   : letters_number(p, n);
	return true;
}

/* .Ex01 and .Lx01 of EnCase 7, .L01 of logical evidence. */
static bool
not_read(const char *p, size_t n)
{
	char c = n > 0 ? upper(p[0]) : 0;

	if (n == 4)
		return (c == 'E' || c == 'L') && upper(p[1]) == 'X' &&
		       is_digit(p[2]) && is_digit(p[3]);
	return n == 3 && c == 'L' && is_digit(p[1]) && is_digit(p[2]);
}

struct evidence_name
evidence_name(struct spill_span file, char first)
{
	struct evidence_name name = { 0 };
	const char *dot = memrchr(file.p, '.', file.len), *p;
	size_t n;

	if (dot == NULL || dot + 1 == file.p + file.len)
		return name;
	p = dot + 1;
	n = (size_t)(file.p + file.len - p);
	name.stem = (size_t)(p - file.p);
	name.width = n;
	name.upper = p[0] >= 'A' && p[0] <= 'Z';
	if (not_read(p, n)) {
		name.style = EVIDENCE_NAMED;
	} else if (!ewf_digits(p, n, &name) && !digits(p, n, &name) &&
		   !ewf_letters(p, n, first, &name)) {
		(void)letters_of_set(p, n, &name);
	}
	return name;
}
