/*
 * verdict_state.c: is it a letter of a state? Its word for the level is that
 * of companies often enough (PRIVATE AND CONFIDENTIAL), and no letterhead may
 * be left of it; but who writes to whom shows: it is dated, addresses somebody,
 * and speaks of what governments are made of, in words that are capitalised.
 */
#include <string.h>

#include "verdict_i.h"

/* What a word speaks of, in several languages. */
enum concept {
	SC_MINISTER,
	SC_CABINET,
	SC_GOVERNMENT,
	SC_EMBASSY,
	SC_PARLIAMENT,
	SC_TREASURY,
	SC_CROWN,
	SC_MILITARY
};

static const struct {
	const char *word; /* behind its first letter, which is a capital */
	enum concept concept;
} words[] = {
	{ "Minister", SC_MINISTER },
	{ "Ministers", SC_MINISTER },
	{ "Ministry", SC_MINISTER },
	{ "Ministre", SC_MINISTER },
	{ "Ministro", SC_MINISTER },
	{ "Ministerio", SC_MINISTER },
	{ "Ministero", SC_MINISTER },
	{ "Ministerium", SC_MINISTER },
	{ "Premier", SC_MINISTER },
	{ "Cabinet", SC_CABINET },
	{ "Gabinete", SC_CABINET },
	{ "Kabinett", SC_CABINET },
	{ "Government", SC_GOVERNMENT },
	{ "Governments", SC_GOVERNMENT },
	{ "Gouvernement", SC_GOVERNMENT },
	{ "Gobierno", SC_GOVERNMENT },
	{ "Governo", SC_GOVERNMENT },
	{ "Regierung", SC_GOVERNMENT },
	{ "Bundesregierung", SC_GOVERNMENT },
	{ "Embassy", SC_EMBASSY },
	{ "Ambassador", SC_EMBASSY },
	{ "Ambassade", SC_EMBASSY },
	{ "Ambassadeur", SC_EMBASSY },
	{ "Embajada", SC_EMBASSY },
	{ "Embaixada", SC_EMBASSY },
	{ "Ambasciata", SC_EMBASSY },
	{ "Botschaft", SC_EMBASSY },
	{ "Botschafter", SC_EMBASSY },
	{ "Legation", SC_EMBASSY },
	{ "Consul", SC_EMBASSY },
	{ "Consulate", SC_EMBASSY },
	{ "Parliament", SC_PARLIAMENT },
	{ "Parlement", SC_PARLIAMENT },
	{ "Parlamento", SC_PARLIAMENT },
	{ "Bundestag", SC_PARLIAMENT },
	{ "Treasury", SC_TREASURY },
	{ "Exchequer", SC_TREASURY },
	{ "Chancellor", SC_TREASURY },
	{ "Majesty", SC_CROWN },
	{ "Excellency", SC_CROWN },
	{ "Dominion", SC_CROWN },
	{ "Dominions", SC_CROWN },
	{ "Commonwealth", SC_CROWN },
	{ "Empire", SC_CROWN },
	{ "Admiralty", SC_MILITARY },
	{ "Brigade", SC_MILITARY },
	{ "Regiment", SC_MILITARY },
	{ "Commander", SC_MILITARY },
	{ "Squadron", SC_MILITARY },
};

#define CONCEPTS 3 /* so many different ones */

static const char *const salutations[] = { "Dear ", "My dear ", "My Dear ",
	"Sir,", "Sir:", "Your Excellency", "Monsieur", "Madame", "Cher ",
	"Sehr geehrte", "Lieber ", "Exmo", "Excelent", "Estimado", "Querido ",
	"Caro " };

static bool
is_capital(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
is_letter(char c)
{
	return is_capital(c) || (c >= 'a' && c <= 'z') || c & 0x80;
}

static unsigned
concept_of(const char *p, size_t n)
{
	for (size_t i = 0; i < SPILL_COUNT(words); i++)
		if (strncmp(words[i].word, p, n) == 0 &&
		    words[i].word[n] == '\0')
	return 1u << words[i].concept;
	return 0;
}

static bool
is_salutation(struct spill_span s)
{
	for (size_t i = 0; i < SPILL_COUNT(salutations); i++) {
		size_t n = strlen(salutations[i]);

		if (s.len >= n && s.len < 80 &&
		    memcmp(s.p, salutations[i], n) == 0)
			return true;
	}
	return false;
}

void
judge_state_read(struct judge_part *p, struct spill_span text)
{
	size_t most = SPILL_MIN(text.len, (size_t)4096);

	if (!judge_is_opening(p))
		return;
	p->addressed |= is_salutation(text);
	for (size_t i = 0; i < most;) {
		size_t from = i;

		while (i < most && is_letter(text.p[i]))
			i++;
		if (i > from && is_capital(text.p[from]))
			p->concepts |= concept_of(text.p + from, i - from);
		i += i == from;
	}
}

bool
judge_is_letter_of_state(const struct judge_part *p)
{
	return p->addressed && p->dated &&
	       __builtin_popcount(p->concepts) >= CONCEPTS;
}
