/*
 * verdict_lead.c: what the line before a level makes of it, and stamps that
 * are told by their first words. "SECURITY CLEARANCE", "please write the
 * following words:" or a question are followed by a level that is talked
 * about, though it is alone on its line.
 */
#include <string.h>
#include <strings.h>

#include "verdict_i.h"

#define LEAD_MOST  160 /* bytes of a line that leads to the next */
#define LEAD_WORDS 10 /* its words, ... */
#define HEAD_WORDS 3 /* ... and those of a heading */
#define STAMP_MOST 80 /* bytes of a stamp */

/* Starts of words, in several languages. */
static const char *const clearances[] = { "CLEARANCE", "CLEARED", "VETTING",
	"VETTED", "HABILIT", "CREDENCIA", "SICHERHEITSÜBERPR", "ÜBERPRÜFUNG",
	"POŚWIADCZEN", "NULLA OSTA" };
static const char *const headings[] = { "GLOSSAR", "DEFINITION", "TERMS",
	"WORDS", "LEVELS", "STAMPS", "CHAPTER", "OPTIONS", "EXAMPLE" };
/* Last words of a line that goes on in the next. */
static const char *const tails[] = { "LEVEL", "SAYS", "READS", "MARKED",
	"STAMPED", "WORDS", "LABELLED" };
/* Of a field whose value is on the next line. */
static const char *const fields[] = { "CLASSIF", "EINSTUF", "KLASYF", "MARKING",
	"MARCA", "GRAU", "GRADO", "KLAUZUL" };

static bool
starts(struct spill_span s, const char *with)
{
	size_t n = strlen(with);

	return s.len >= n && strncasecmp(s.p, with, n) == 0;
}

static bool
starts_any(struct spill_span s, const char *const *with, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (starts(s, with[i]))
			return true;
	return false;
}

static bool
is_blank(char c)
{
	return (unsigned char)c <= ' ';
}

static struct spill_span
trim(struct spill_span s)
{
	while (s.len > 0 && is_blank(s.p[0])) {
		s.p++;
		s.len--;
	}
	while (s.len > 0 && is_blank(s.p[s.len - 1]))
		s.len--;
	return s;
}

struct lead_words {
	unsigned n;
	bool clearance, heading, field, tail; /* tail: of the last word */
};

static struct lead_words
words_of(struct spill_span s)
{
	struct lead_words w = { .n = 0 };

	for (size_t i = 0; i < s.len; i++) {
		struct spill_span at = { s.p + i, s.len - i };

		if (is_blank(s.p[i]) || (i > 0 && !is_blank(s.p[i - 1])))
			continue;
		w.n++;
		w.clearance |=
		    starts_any(at, clearances, SPILL_COUNT(clearances));
		w.heading |= starts_any(at, headings, SPILL_COUNT(headings));
		w.field |= starts_any(at, fields, SPILL_COUNT(fields));
		w.tail = starts_any(at, tails, SPILL_COUNT(tails));
	}
	return w;
}

/* What is said of the line behind this one. */
uint64_t
judge_lead(struct spill_span text)
{
	struct spill_span s = trim(text);
	struct lead_words w;
	char end;

	if (s.len == 0 || s.len > LEAD_MOST)
		return 0;
	end = s.p[s.len - 1];
	if (end == '.' || end == '!')
		return 0;
	w = words_of(s);
	if (w.clearance && w.n <= LEAD_WORDS)
		return JP(CLEARANCE);
	if (end == '?' || (w.heading && w.n <= HEAD_WORDS))
		return JP(SPEECH);
	if (w.field || w.n < HEAD_WORDS)
		return 0;
	return w.tail || (end == ':' && w.n > HEAD_WORDS) ? JP(SPEECH) : 0;
}

/* Over a column of levels: "Clearance", "Security level". With a colon it is
 * the name of a field. */
bool
judge_is_head(struct spill_span text)
{
	static const char *const heads[] = { "CLEARANCE", "LEVEL", "CLASSIF",
		"GRADE", "GRAU", "GRADO", "MARKING", "EINSTUF", "KLAUZUL",
		"HABILIT" };
	struct spill_span s = trim(text);
	unsigned words = 0;
	bool is = false;

	if (s.len == 0 || s.len > LEAD_MOST || s.p[s.len - 1] == ':')
		return false;
	for (size_t i = 0; i < s.len; i++) {
		struct spill_span at = { s.p + i, s.len - i };

		if (is_blank(s.p[i]) || (i > 0 && !is_blank(s.p[i - 1])))
			continue;
		words++;
		is |= starts_any(at, heads, SPILL_COUNT(heads));
	}
	return is && words <= HEAD_WORDS;
}

/* --- stamps ------------------------------------------------------------- */

static bool
has_year(struct spill_span s)
{
	for (size_t i = 0; i + 4 <= s.len; i++)
		if ((memcmp(s.p + i, "19", 2) == 0 ||
			memcmp(s.p + i, "20", 2) == 0) &&
		    s.p[i + 2] >= '0' && s.p[i + 2] <= '9' &&
		    s.p[i + 3] >= '0' && s.p[i + 3] <= '9')
			return true;
	return false;
}

static bool
has_words(struct spill_span s, const char *words)
{
	size_t n = strlen(words);

	for (size_t i = 0; i + n <= s.len; i++)
		if (memcmp(s.p + i, words, n) == 0)
			return true;
	return false;
}

/* "DECLASSIFIED by ... on 2010-01-01", "SAMPLE - FOR TRAINING ONLY": signals
 * of a whole line, which its first words tell. */
unsigned
judge_stamp(struct spill_span text, bool shout)
{
	struct spill_span s = trim(text);
	unsigned x = 0;

	if (s.len == 0 || s.len > STAMP_MOST || s.p[s.len - 1] == '.')
		return 0;
	if (s.len >= 12 && memcmp(s.p, "DECLASSIFIED", 12) == 0 && has_year(s))
		x |= SPILL_SIGNAL_DECLASS | SPILL_SIGNAL_DATE;
	if (shout &&
	    (starts(s, "SAMPLE ") || starts(s, "SPECIMEN ") ||
		has_words(s, "TRAINING ONLY") || has_words(s, "FOR TRAINING")))
		x |= SPILL_SIGNAL_SPECIMEN;
	return x;
}
