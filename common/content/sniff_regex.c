/*
 * sniff_regex.c: words that must be there where a POSIX extended regular
 * expression fits. Of a sequence, the one part whose shortest word is
 * longest; of alternatives, those of each. What is not understood here gives
 * none, which is always right.
 */
#include <ctype.h>
#include <string.h>

#include "sniff_i.h"

struct parse {
	const char *p;
	bool broken;
};

/* Of the shortest word; the start of a line alone says nothing. */
static size_t
shortest(const struct sniff_words *w)
{
	size_t n = w->n > 0 ? SNIFF_WORD_LEN : 0;

	for (unsigned i = 0; i < w->n; i++)
		n = SPILL_MIN(n, w->v[i].len - (size_t)(w->v[i].s[0] == '\n'));
	return n;
}

static void
better(struct sniff_words *best, const struct sniff_words *w)
{
	if (shortest(w) > shortest(best))
		*best = *w;
}

static void
add_char(struct sniff_words *run, char c)
{
	if (run->n == 0)
		*run = (struct sniff_words){ .n = 1 };
	for (unsigned i = 0; i < run->n; i++)
		if (run->v[i].len < SNIFF_WORD_LEN)
			run->v[i].s[run->v[i].len++] = c;
}

/* Behind a bracket expression. */
static void
skip_bracket(struct parse *s)
{
	const char *p = s->p + 1;

	if (*p == '^')
		p++;
	if (*p == ']')
		p++;
	while (*p != '\0' && *p != ']') {
		const char *end = NULL;

		if (p[0] == '[' && p[1] == ':')
			end = strstr(p, ":]");
		p = end != NULL ? end + 2 : p + 1;
	}
	s->broken |= *p == '\0';
	s->p = *p == '\0' ? p : p + 1;
}

/* How often the atom before must be there: 0, 1; 2 is once, and no more. */
static unsigned
quantifier(struct parse *s)
{
	unsigned least = 2;

	while (*s->p != '\0' && strchr("*?+{", *s->p) != NULL) {
		if (*s->p == '*' || *s->p == '?') {
			least = 0;
		} else if (*s->p == '+') {
			least = SPILL_MIN(least, 1u);
		} else {
			least = s->p[1] >= '1' && s->p[1] <= '9'
				    ? SPILL_MIN(least, 1u)
				    : 0;
			s->p += strcspn(s->p, "}");
			s->broken |= *s->p == '\0';
			if (s->broken)
				return 0;
		}
		s->p++;
	}
	return least;
}

static void alternatives(struct parse *s, struct sniff_words *out);

/* A group: its words, or none where it may be missing. */
static void
group(struct parse *s, struct sniff_words *best)
{
	struct sniff_words w = { 0 };

	s->p++;
	alternatives(s, &w);
	if (*s->p != ')') {
		s->broken = true;
		return;
	}
	s->p++;
	if (quantifier(s) > 0)
		better(best, &w);
}

/* "^(a|b" with nothing but letters in it: LF a, LF b. */
static bool
lead_group(struct parse *s, struct sniff_words *best)
{
	struct sniff_words w = { 0 };
	const char *p = s->p + 1;

	do {
		struct sniff_word *v = &w.v[w.n++];

		v->s[v->len++] = '\n';
		for (; isalpha((unsigned char)*p) || *p == ':' || *p == ';';
		     p++)
			if (v->len < SNIFF_WORD_LEN)
				v->s[v->len++] = *p;
		if (*p != '|' && *p != ')')
			return false;
	} while (*p++ == '|' && w.n < SNIFF_WORDS);
	if (p[-1] != ')' || (*p != '\0' && strchr("*?+{", *p) != NULL))
		return false;
	s->p = p;
	better(best, &w);
	return true;
}

/* One plain character, as it is or behind a backslash; else -1. */
static int
literal(struct parse *s)
{
	int c = (unsigned char)*s->p;

	if (strchr(".[(^$", c) != NULL)
		return -1;
	s->p++;
	if (c != '\\')
		return c;
	c = (unsigned char)*s->p;
	s->broken |= c == '\0';
	if (s->broken)
		return -1;
	s->p++;
	/* Behind it, letters, digits and some others have meanings. */
	return isalnum(c) || strchr("<>`'_", c) != NULL ? -1 : c;
}

/* An atom and its quantifier; a run of characters is what is in a row. */
static void
atom(struct parse *s, struct sniff_words *run, struct sniff_words *best)
{
	const char *from = s->p;
	int c = literal(s);
	unsigned least;

	if (c < 0 && s->p == from) {
		if (*s->p == '[')
			skip_bracket(s);
		else if (*s->p == '(')
			group(s, best);
		else
			s->p++;
	}
	least = quantifier(s);
	if (c >= 0 && least > 0)
		add_char(run, (char)c);
	better(best, run);
	if (c < 0 || least < 2)
		run->n = 0;
}

static void
sequence(struct parse *s, struct sniff_words *best, bool lead)
{
	struct sniff_words run = { 0 };

	if (lead && *s->p == '^') {
		s->p++;
		if (*s->p != '(' || !lead_group(s, best))
			add_char(&run, '\n');
	}
	while (*s->p != '\0' && *s->p != '|' && *s->p != ')' && !s->broken)
		atom(s, &run, best);
	better(best, &run);
}

static void
alternatives(struct parse *s, struct sniff_words *out)
{
	struct sniff_words all = { 0 };
	bool none = false;

	for (;;) {
		struct sniff_words w = { 0 };

		sequence(s, &w, false);
		none |= w.n == 0 || all.n + w.n > SNIFF_WORDS;
		for (unsigned i = 0; i < w.n && !none; i++)
			all.v[all.n++] = w.v[i];
		if (*s->p != '|' || s->broken)
			break;
		s->p++;
	}
	if (!none)
		*out = all;
}

void
sniff_regex_words(const char *regex, bool from_start, struct sniff_words *out)
{
	struct parse s = { .p = regex };
	struct sniff_words w = { 0 };

	sequence(&s, &w, from_start);
	if (s.broken || *s.p != '\0')
		w.n = 0; /* alternatives at the top: there are none today */
	*out = w;
}
