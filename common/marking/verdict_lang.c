/*
 * verdict_lang.c: in which language a document is, as far as words need it
 * whose level is another from country to country: RESERVADO is rank 4 in
 * Spain and 2 in Portugal. Letters and small words that the one has and the
 * other has not; no more is asked of it.
 */
#include <string.h>

#include "verdict_i.h"

#define READ_MOST ((uint64_t)64 << 10) /* bytes of a document */

/* Letters, as UTF-8: what they speak for. */
static const struct {
	const char *letter;
	enum judge_lang lang;
} letters[] = {
	{ "ñ", JL_ES },
	{ "Ñ", JL_ES },
	{ "¿", JL_ES },
	{ "¡", JL_ES },
	{ "ã", JL_PT },
	{ "Ã", JL_PT },
	{ "õ", JL_PT },
	{ "Õ", JL_PT },
	{ "ç", JL_PT },
	{ "Ç", JL_PT },
	{ "ê", JL_PT },
	{ "ă", JL_RO },
	{ "Ă", JL_RO },
	{ "ș", JL_RO },
	{ "Ș", JL_RO },
	{ "ț", JL_RO },
	{ "Ț", JL_RO },
	{ "ţ", JL_RO },
	{ "Ţ", JL_RO },
	{ "ы", JL_RU },
	{ "Ы", JL_RU },
	{ "э", JL_RU },
	{ "Э", JL_RU },
	{ "ъ", JL_BG },
	{ "Ъ", JL_BG },
	{ "ą", JL_PL },
	{ "ę", JL_PL },
	{ "ł", JL_PL },
	{ "Ł", JL_PL },
	{ "ż", JL_PL },
	{ "ś", JL_PL },
	{ "ć", JL_PL },
	{ "ě", JL_CS },
	{ "ř", JL_CS },
	{ "Ř", JL_CS },
	{ "ů", JL_CS },
	{ "ľ", JL_SK },
	{ "Ľ", JL_SK },
	{ "ô", JL_SK },
	{ "ŕ", JL_SK },
	{ "ĺ", JL_SK },
	{ "の", JL_JA },
	{ "は", JL_JA },
	{ "を", JL_JA },
};

/* Words, in capitals. */
static const struct {
	const char *word;
	enum judge_lang lang;
} words[] = {
	{ "DEL", JL_ES },
	{ "EL", JL_ES },
	{ "LOS", JL_ES },
	{ "LAS", JL_ES },
	{ "Y", JL_ES },
	{ "CON", JL_ES },
	{ "LA", JL_ES },
	{ "DEFENSA", JL_ES },
	{ "EJERCITO", JL_ES },
	{ "MINISTERIO", JL_ES },
	{ "EJEMPLAR", JL_ES },
	{ "DO", JL_PT },
	{ "DA", JL_PT },
	{ "DOS", JL_PT },
	{ "DAS", JL_PT },
	{ "EM", JL_PT },
	{ "UMA", JL_PT },
	{ "COM", JL_PT },
	{ "DEFESA", JL_PT },
	{ "EMGFA", JL_PT },
	{ "EXEMPLAR", JL_PT },
	{ "DIN", JL_RO },
	{ "PENTRU", JL_RO },
	{ "ESTE", JL_RO },
	{ "PRIN", JL_RO },
	{ "CARE", JL_RO },
	{ "THE", JL_EN },
	{ "OF", JL_EN },
	{ "AND", JL_EN },
};

static void
count_letter(unsigned lang[JUDGE_LANGS], const char *p, size_t n)
{
	for (size_t i = 0; i < SPILL_COUNT(letters); i++) {
		size_t k = strlen(letters[i].letter);

		if (k <= n && memcmp(p, letters[i].letter, k) == 0)
			lang[letters[i].lang] += 2;
	}
}

static char
upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static void
count_word(unsigned lang[JUDGE_LANGS], const char *p, size_t n)
{
	for (size_t i = 0; i < SPILL_COUNT(words); i++) {
		const char *w = words[i].word;
		size_t k = 0;

		while (k < n && w[k] != '\0' && upper(p[k]) == w[k])
			k++;
		if (k == n && w[k] == '\0')
			lang[words[i].lang]++;
	}
}

static bool
is_letter(char c)
{
	return (upper(c) >= 'A' && upper(c) <= 'Z') || c & 0x80;
}

void
judge_lang_read(struct spill_judge *j, struct spill_span text)
{
	size_t i = 0;

	if (j->read >= READ_MOST)
		return;
	j->read += text.len;
	while (i < text.len) {
		size_t from = i;

		while (i < text.len && is_letter(text.p[i])) {
			if ((text.p[i] & 0xc0) == 0xc0)
				count_letter(j->lang, text.p + i, text.len - i);
			i++;
		}
		if (i > from && i - from <= 12)
			count_word(j->lang, text.p + from, i - from);
		i += i == from;
	}
}

/* --- words of several ranks --------------------------------------------- */

/* Decision 2013/488/EU, annex (RO, BG, PT, ES); spelled as in the table. */
static const struct {
	const char *level;
	enum judge_lang lang, against;
	const char *scheme; /* whose word it is then */
	int rank;
} readings[] = {
	{ "RESERVADO", JL_ES, JL_PT, "ES", 4 },
	{ "RESERVADO", JL_PT, JL_ES, "BR|PT", 2 },
	{ "SECRETO", JL_ES, JL_PT, "ES", 5 },
	{ "SECRETO", JL_PT, JL_ES, "BR|PT", 4 },
	{ "SECRET", JL_RO, JL_EN, "RO", 3 },
	{ "СЕКРЕТНО", JL_BG, JL_RU, "BG", 4 },
	{ "СЕКРЕТНО", JL_RU, JL_BG, "RU", 3 },
	{ "機密", JL_JA, JL_EN, "JP", 5 },
};

/* Twice as much for the one as for the other. */
static bool
speaks(const struct spill_judge *j, enum judge_lang a, enum judge_lang b)
{
	return j->lang[a] >= 2 && j->lang[a] >= 2 * j->lang[b];
}

/* Neighbours that share words: whose is the text? */
static const struct {
	enum judge_lang lang;
	const char *scheme;
} neighbours[] = {
	{ JL_PL, "PL" },
	{ JL_CS, "CZ" },
	{ JL_SK, "SK" },
};

static const char *
neighbour(const struct spill_judge *j)
{
	const char *is = NULL;

	for (size_t i = 0; i < SPILL_COUNT(neighbours); i++) {
		bool ok = true;

		for (size_t k = 0; k < SPILL_COUNT(neighbours); k++)
			ok &= k == i ||
			      speaks(j, neighbours[i].lang, neighbours[k].lang);
		if (ok)
			is = neighbours[i].scheme;
	}
	return is;
}

/* The one of the marking's countries that the document says; NULL: none. An
 * authority block is the United States' form. */
static const char *
country_of(const struct spill_judge *j, const struct spill_marking *m)
{
	const struct judge_part *p = &j->now;
	const char *names[] = { p->countries ? "" : p->country,
		p->cab ? "US" : "", neighbour(j) };

	for (size_t i = 0; i < SPILL_COUNT(names); i++)
		if (names[i] != NULL && names[i][0] != '\0' &&
		    judge_has_scheme(m->scheme, names[i], strlen(names[i])))
			return names[i];
	return NULL;
}

static void
put(char *to, size_t size, struct spill_span s)
{
	size_t n = SPILL_MIN(s.len, size - 1);

	memset(to, 0, size);
	memcpy(to, s.p, n);
}

/* The row of one of these countries for a level as it is written. */
static const struct spill_term *
row_of(const struct spill_judge *j, const char *schemes, struct spill_span text)
{
	for (size_t i = 0; j->v != NULL && i < spill_vocab_count(j->v); i++) {
		const struct spill_term *t = spill_vocab_term(j->v, i);

		if (t->rank >= 0 && t->kind == SPILL_TERM_BANNER &&
		    spill_span_eq(t->variant, text) &&
		    judge_has_scheme(schemes, t->scheme.p, t->scheme.len))
			return t;
	}
	return NULL;
}

/* Of several countries' words, the one that is written. */
static bool
settle_word(const struct spill_judge *j, struct judge_hit *h)
{
	struct spill_marking *m = &h->hit.m;
	const struct spill_span text = { h->text, h->text_len };
	const struct spill_term *t;

	if (m->rank != m->rank_max || spill_span_eq(spill_span(m->level), text))
		return false;
	t = row_of(j, m->scheme, text);
	if (t == NULL || t->rank != m->rank ||
	    !spill_span_eq(t->canonical, text))
		return false;
	put(m->level, sizeof(m->level), text);
	return true;
}

/* It is this country's, at the rank that it has there. */
static bool
settle_for(const struct spill_judge *j, struct judge_hit *h, const char *scheme)
{
	const struct spill_span text = { h->text, h->text_len };
	const struct spill_term *t = row_of(j, scheme, text);
	struct spill_marking *m = &h->hit.m;

	if (t == NULL)
		t = row_of(j, scheme, spill_span(m->level));
	if (t == NULL || t->rank < m->rank ||
	    t->rank > SPILL_MAX(m->rank, m->rank_max))
		return false;
	m->rank = m->rank_max = t->rank;
	put(m->scheme, sizeof(m->scheme), spill_span(scheme));
	put(m->level, sizeof(m->level), t->canonical);
	return true;
}

/* What is one country's by now; the others keep their range. */
bool
judge_lang_settle(const struct spill_judge *j, struct judge_hit *h)
{
	struct spill_marking *m = &h->hit.m;
	const char *country;

	if (strchr(m->scheme, '|') == NULL)
		return false;
	country = country_of(j, m);
	if (country != NULL && settle_for(j, h, country))
		return true;
	for (size_t i = 0; m->rank != m->rank_max && i < SPILL_COUNT(readings);
	     i++) {
		if (strcmp(m->level, readings[i].level) != 0 ||
		    !speaks(j, readings[i].lang, readings[i].against))
			continue;
		m->rank = m->rank_max = readings[i].rank;
		put(m->scheme, sizeof(m->scheme),
		    spill_span(readings[i].scheme));
		return true;
	}
	return settle_word(j, h);
}
