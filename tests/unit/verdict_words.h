/*
 * verdict_words.h: lines with what a grammar finds in them, in words, for
 * tests of the judge by itself. A level begins a marking; what follows is its
 * form and its flags; with "!" it is what the line says besides:
 *
 *	"ns line"  "c inline lower speech"  "ts loose precedence !message"
 */
#ifndef SPILL_UNIT_VERDICT_WORDS_H
#define SPILL_UNIT_VERDICT_WORDS_H

#include <stdio.h>

#include <spill/verdict.h>

#include "util.h"

/* A line: its text; what is in it, see word_of(); where it is. With pages, it
 * stands on each of them from .page to .last. */
struct row {
	const char *text, *marks;
	enum spill_role role;
	uint32_t page, last;
	const char *part;
};

#define L(t)                \
	{                   \
		.text = (t) \
	}
#define M(t, m)                           \
	{                                 \
		.text = (t), .marks = (m) \
	}

struct doc {
	const char *name;
	struct row row[32];
	uint32_t pages; /* 0: none are known */
	enum spill_class class;
	const char *scheme, *level;
	int rank;
	const char *flags, *categories, *release, *former;
	bool code, fragment, data;
	const char *file; /* its name; NULL: memo.txt */
	unsigned secondary; /* these are among them */
	bool few; /* less than 60 of 100 */
};

#define MANY "AU|BE|CA|IE|MT|NZ|RO|UK|US"

static const struct {
	const char *word, *scheme, *level;
	int rank, rank_max;
	enum spill_term_spec spec;
	unsigned flags;
} levels[] = {
	{ "cts", "NATO", "COSMIC TOP SECRET", 5, 5, SPILL_SPEC_SELF, 0 },
	{ "ns", "NATO", "NATO SECRET", 4, 4, SPILL_SPEC_SELF, 0 },
	{ "nc", "NATO", "NATO CONFIDENTIAL", 3, 3, SPILL_SPEC_SELF, 0 },
	{ "nr", "NATO", "NATO RESTRICTED", 2, 2, SPILL_SPEC_SELF, 0 },
	{ "nu", "NATO", "NATO UNCLASSIFIED", 1, 1, SPILL_SPEC_SELF, 0 },
	{ "eus", "EU", "SECRET UE/EU SECRET", 4, 4, SPILL_SPEC_SELF, 0 },
	{ "vsnfd", "DE", "VS-NfD", 2, 2, SPILL_SPEC_SELF, 0 },
	{ "ms", "PT", "MUITO SECRETO", 5, 5, SPILL_SPEC_PHRASE, 0 },
	{ "ts", MANY, "TOP SECRET", 5, 5, SPILL_SPEC_GENERIC, 0 },
	{ "s", MANY, "SECRET", 3, 4, SPILL_SPEC_GENERIC, 0 },
	{ "c", MANY, "CONFIDENTIAL", 3, 3, SPILL_SPEC_GENERIC,
	    SPILL_MARKING_CORP },
	{ "r", MANY, "RESTRICTED", 2, 2, SPILL_SPEC_GENERIC,
	    SPILL_MARKING_CORP },
	{ "u", MANY, "UNCLASSIFIED", 1, 1, SPILL_SPEC_GENERIC, 0 },
	{ "reservado", "BR|ES|PT", "RESERVADO", 2, 4, SPILL_SPEC_GENERIC,
	    SPILL_MARKING_CORP },
	{ "acps", "ACP", "SECRET", 4, 4, SPILL_SPEC_SELF, 0 },
	{ "uss", "US", "SECRET", 4, 4, SPILL_SPEC_GENERIC, 0 },
	{ "tajne", "CZ|PL|SK", "TAJNÉ", 4, 4, SPILL_SPEC_GENERIC, 0 },
	{ "poufne", "PL", "POUFNE", 3, 3, SPILL_SPEC_GENERIC,
	    SPILL_MARKING_CORP },
	{ "b", "NO", "BEGRENSET", 2, 2, SPILL_SPEC_PORTION, 0 },
	{ "0", "PL", "TAJNE", 4, 4, SPILL_SPEC_PORTION, 0 },
	{ "os", "UK", "OFFICIAL-SENSITIVE", 1, 1, SPILL_SPEC_WEAK, 0 },
	{ "tlp", "TLP", "TLP:RED", -1, -1, SPILL_SPEC_SELF, 0 },
	{ "noforn", "US", "NOFORN", -1, -1, SPILL_SPEC_CAVEAT, 0 },
};

static const struct {
	const char *word;
	enum spill_form form;
} forms[] = {
	{ "line", SPILL_FORM_LINE },
	{ "loose", SPILL_FORM_LINE_LOOSE },
	{ "portion", SPILL_FORM_PORTION },
	{ "field", SPILL_FORM_FIELD },
	{ "subject", SPILL_FORM_SUBJECT },
	{ "inline", SPILL_FORM_INLINE },
	{ "list", SPILL_FORM_LIST },
	{ "box", SPILL_FORM_BOX },
	{ "code", SPILL_FORM_CODE },
};

static const struct {
	const char *word;
	unsigned flag;
} flags[] = {
	{ "lower", 0 },
	{ "title", SPILL_MARKING_TITLE },
	{ "quoted", SPILL_MARKING_QUOTED },
	{ "speech", SPILL_MARKING_SPEECH },
	{ "negated", SPILL_MARKING_NEGATED },
	{ "compound", SPILL_MARKING_COMPOUND },
	{ "clearance", SPILL_MARKING_CLEARANCE },
	{ "precedence", SPILL_MARKING_PRECEDENCE },
	{ "struck", SPILL_MARKING_STRUCK },
	{ "ticked", SPILL_MARKING_TICKED },
	{ "future", SPILL_MARKING_FUTURE },
	{ "unsure", SPILL_MARKING_CANDIDATE },
};

static const struct {
	const char *word;
	unsigned signal;
} signals[] = {
	{ "!cab", SPILL_SIGNAL_CAB },
	{ "!copy", SPILL_SIGNAL_COPY },
	{ "!reference", SPILL_SIGNAL_REFERENCE },
	{ "!registry", SPILL_SIGNAL_REGISTRY },
	{ "!originator", SPILL_SIGNAL_ORIGINATOR },
	{ "!declass", SPILL_SIGNAL_DECLASS },
	{ "!downgrade", SPILL_SIGNAL_DOWNGRADE },
	{ "!specimen", SPILL_SIGNAL_SPECIMEN },
	{ "!exercise", SPILL_SIGNAL_EXERCISE },
	{ "!conditional", SPILL_SIGNAL_CONDITIONAL },
	{ "!disclaimer", SPILL_SIGNAL_DISCLAIMER },
	{ "!message", SPILL_SIGNAL_MESSAGE },
	{ "!policy", SPILL_SIGNAL_POLICY },
	{ "!date", SPILL_SIGNAL_DATE },
};

static bool
is_word(const char *a, size_t n, const char *b)
{
	return strlen(b) == n && memcmp(a, b, n) == 0;
}

static bool
level_of(struct spill_parse *p, const char *w, size_t n)
{
	for (size_t i = 0; i < SPILL_COUNT(levels); i++) {
		struct spill_marking *m;

		if (!is_word(w, n, levels[i].word))
			continue;
		m = &p->marking[p->markings++];
		m->rank = levels[i].rank;
		m->rank_max = levels[i].rank_max;
		m->spec = levels[i].spec;
		m->flags = levels[i].flags | SPILL_MARKING_UPPER;
		(void)snprintf(
		    m->scheme, sizeof(m->scheme), "%s", levels[i].scheme);
		(void)snprintf(
		    m->level, sizeof(m->level), "%s", levels[i].level);
		return true;
	}
	return false;
}

/* "of=PL": the originator is Polish. */
static bool
originator_of(struct spill_parse *p, const char *w)
{
	static const struct {
		const char *word;
		struct spill_term term;
	} countries[] = {
		{ "of=PL", { .scheme = SPILL_SPAN("PL") } },
		{ "of=UK", { .scheme = SPILL_SPAN("UK") } },
		{ "of=US", { .scheme = SPILL_SPAN("US") } },
	};

	for (size_t i = 0; i < SPILL_COUNT(countries); i++)
		if (strncmp(w, countries[i].word, 5) == 0) {
			p->orig = &countries[i].term;
			return true;
		}
	return false;
}

static bool
value_of(struct spill_parse *p, struct spill_marking *m, const char *w)
{
	unsigned page, pages;

	if (sscanf(w, "page=%u/%u", &page, &pages) == 2) {
		p->page = page;
		p->pages = pages;
		p->signals |= SPILL_SIGNAL_PAGE;
		return true;
	}
	if (sscanf(w, "cat=%255[^ ]", m->categories) == 1 ||
	    sscanf(w, "rel=%255[^ ]", m->release) == 1) {
		m->valid++;
		return true;
	}
	if (originator_of(p, w))
		return true;
	if (sscanf(w, "cabs=%u", &p->cabs) == 1 ||
	    sscanf(w, "repairs=%u", &p->repairs) == 1)
		return true;
	return false;
}

/* A level begins a marking; what follows is its form, its flags; with "!" it
 * is what the line says besides. */
static void
word_of(struct spill_parse *p, const char *w, size_t n)
{
	struct spill_marking *m =
	    p->markings > 0 ? &p->marking[p->markings - 1] : &p->marking[0];

	if (is_word(w, n, "shout")) {
		p->shout = true;
		return;
	}
	if (level_of(p, w, n) || value_of(p, m, w) || is_word(w, n, "part"))
		return;
	for (size_t i = 0; i < SPILL_COUNT(forms); i++)
		if (is_word(w, n, forms[i].word)) {
			m->form = forms[i].form;
			return;
		}
	for (size_t i = 0; i < SPILL_COUNT(flags); i++)
		if (is_word(w, n, flags[i].word)) {
			if (i < 2)
				m->flags &= ~(unsigned)SPILL_MARKING_UPPER;
			m->flags |= flags[i].flag;
			return;
		}
	for (size_t i = 0; i < SPILL_COUNT(signals); i++)
		if (is_word(w, n, signals[i].word)) {
			p->signals |= signals[i].signal;
			return;
		}
	fail_msg("'%.*s' is no word of this test", (int)n, w);
}

static void
parse(struct spill_parse *p, const struct row *r)
{
	const char *w = r->marks;

	memset(p, 0, sizeof(*p));
	while (*w != '\0') {
		size_t n = strcspn(w, " ");

		word_of(p, w, n);
		w += n + (w[n] == ' ');
	}
	for (size_t i = 0; i < p->markings; i++) {
		struct spill_marking *m = &p->marking[i];
		const char *at = strstr(r->text, m->level);

		m->to = (uint32_t)strlen(r->text);
		if (m->form == SPILL_FORM_PORTION)
			m->to = (uint32_t)strcspn(r->text, " ");
		if (at != NULL) {
			m->from = (uint32_t)(at - r->text);
			m->to = m->from + (uint32_t)strlen(m->level);
		}
	}
}

static void
same(const struct doc *d, const char *what, const char *have, const char *want)
{
	if (want != NULL && strcmp(have, want) != 0)
		fail_msg("%s: %s '%s', not '%s'", d->name, what, have, want);
}

#endif
