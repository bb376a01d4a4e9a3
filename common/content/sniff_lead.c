/*
 * sniff_lead.c: rules of the form "the word extern; and if so, a line that
 * starts with it". Words are frequent in any text, lines that start with them
 * are not, and libmagic's regular expressions are slow to say so. Where the
 * first test of a rule says nothing itself, and a single regular expression
 * must fit next, what that asks of the start of a line is looked for here.
 */
#include <ctype.h>
#include <string.h>

#include "sniff_i.h"

#define REACH 8192 /* libmagic's own limit: FILE_REGEX_MAX */

/* Behind "[ <tab>]*", "[[:space:]]{0,9}" and their like; else p. */
static const char *
skip_blanks(const char *p)
{
	static const char *const class[] = { "[[:space:]]", "[ \t]" };

	for (size_t i = 0; i < SPILL_COUNT(class); i++) {
		size_t n = strlen(class[i]);

		if (strncmp(p, class[i], n) != 0)
			continue;
		if (p[n] == '*')
			return p + n + 1;
		if (strncmp(p + n, "{0,", 3) == 0)
			return p + n + strcspn(p + n, "}") + 1;
	}
	return p;
}

/* What a line must start with where the expression fits, behind blanks. */
static bool
parse(const char *p, struct sniff_lead *out)
{
	struct sniff_lead l = { .len = 0 };

	if (*p++ != '^')
		return false;
	p = skip_blanks(p);
	while (*p != '\0' && strchr(".[(^$*?+{|\\", *p) == NULL &&
	       l.len < sizeof(l.word))
		l.word[l.len++] = *p++;
	/* The last one may be missing; only a sure blank counts. */
	if (*p != '\0' && strchr("*?{", *p) != NULL && l.len > 0)
		l.len--;
	else if (strncmp(p, "[[:space:]]", 11) == 0)
		l.blank = p[11] != '*' && p[11] != '?' && p[11] != '{';
	*out = l;
	return l.len > 0;
}

bool
sniff_lead_of(const struct sniff_db *db, unsigned rule, struct sniff_lead *out)
{
	const struct sniff_rule *r = &db->rule[rule];
	const struct sniff_entry *first = &db->e[r->first], *next = first + 1;
	struct sniff_words words;

	if (r->n < 2 || first->desc[0] != '\0' || first->mime[0] != '\0')
		return false;
	for (uint32_t i = 2; i < r->n; i++)
		if (first[i].level == 1)
			return false;
	if (next->type != SNIFF_REGEX || next->reln != '=' ||
	    next->offset != 0 ||
	    (next->flag & ~(unsigned)SNIFF_F_NOSPACE) != 0 ||
	    (next->str.flags & (SNIFF_S_LOWER | SNIFF_S_UPPER)) != 0 ||
	    memchr(next->value.s, '\0', sizeof(next->value.s)) == NULL)
		return false;
	/* It is read to its end: there is no other alternative. */
	sniff_regex_words(next->value.s, true, &words);
	return words.n > 0 && parse(next->value.s, out);
}

static bool
line_starts(const struct sniff_lead *l, const char *p, const char *end)
{
	while (p < end && *p != '\n' && isspace((unsigned char)*p))
		p++;
	if ((size_t)(end - p) < l->len || memcmp(p, l->word, l->len) != 0)
		return false;
	p += l->len;
	return !l->blank || p == end || isspace((unsigned char)*p);
}

bool
sniff_lead_holds(const struct sniff_lead *l, struct spill_span text)
{
	const char *p = text.p, *end = text.p + SPILL_MIN(text.len, REACH);

	while (p < end) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));

		if (line_starts(l, p, end))
			return true;
		if (lf == NULL)
			break;
		p = lf + 1;
	}
	return false;
}
