/*
 * trigger_keys.c: which words call for the grammar. Of a spelling that names
 * its owner, the word that does; of one that does not, its grade, in capitals,
 * for in small letters these are everybody's; of phrases, all of them.
 */
#include <stdlib.h>
#include <string.h>

#include <spill/utf8.h>

#include "normal_i.h"
#include "trigger_i.h"
#include "vocab_i.h"

#define WORD_LEAST	 4 /* letters of a word that is looked for alone */
#define PHRASE_LEAST	 6 /* bytes */
#define TEXT_LEAST	 5
#define DISCLAIMER_LEAST 5 /* words */

struct chooser {
	struct trigger_keys *k;
	const struct spill_vocab *v;
	struct spill_normal *n;
	bool *grade; /* by word: of bare grades */
	unsigned flags;
};

/* --- keys --------------------------------------------------------------- */

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 0x20) : c;
}

static bool
same(const struct trigger_key *k, const char *p, size_t len)
{
	if (k->len != len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (lower(k->text[i]) != lower(p[i]))
			return false;
	return true;
}

/* Once for each text, with the rule that asks for least. */
static int
add(struct trigger_keys *k, struct spill_span s, enum trigger_rule rule)
{
	struct trigger_key *key = k->key;

	if (s.len > TRIGGER_MOST)
		return SPILL_OK;
	for (size_t i = 0; i < k->n; i++)
		if (same(&key[i], s.p, s.len)) {
			key[i].rule = (uint8_t)SPILL_MIN(key[i].rule, rule);
			return SPILL_OK;
		}
	key = spill_grow(key, k->n, &k->cap, sizeof(*key));
	if (key == NULL)
		return SPILL_ENOMEM;
	k->key = key;
	key += k->n++;
	memset(key, 0, sizeof(*key));
	key->rule = (uint8_t)rule;
	key->len = (uint8_t)s.len;
	memcpy(key->text, s.p, s.len);
	return SPILL_OK;
}

/* --- letters beyond ASCII ----------------------------------------------- */

/* The small letter of a capital in the scripts of the table. */
static uint32_t
small(uint32_t c)
{
	if ((c >= 0x391 && c <= 0x3a9) || (c >= 0x410 && c <= 0x42f) ||
	    (c >= 0xc0 && c <= 0xde && c != 0xd7))
		return c + 0x20;
	if (c >= 0x400 && c <= 0x40f)
		return c + 0x50;
	if (c < 0x100 || c > 0x17f)
		return c;
	/* Latin Extended-A: pairs, that begin odd in two stretches. */
	if ((c >= 0x139 && c <= 0x148) || c >= 0x179)
		return c + (c & 1);
	return c | 1;
}

/* The text in small letters, but for the first of its letters if title. */
static struct spill_span
in_small(struct spill_span s, bool title, char out[TRIGGER_MOST + 4])
{
	size_t len = 0;
	bool first = title;

	for (size_t i = 0; i < s.len && len < TRIGGER_MOST;) {
		uint32_t cp;
		unsigned n = spill_utf8_decode(s.p + i, s.len - i, &cp);

		if (n == 0)
			break;
		i += n;
		if (!first)
			cp = cp < 0x80 ? (uint8_t)lower((char)cp) : small(cp);
		first = false;
		len += spill_utf8_encode(cp, out + len);
	}
	return (struct spill_span){ out, len };
}

/* Letters of ASCII are compared without their case; of others, each form of
 * the word is a key. */
static int
add_forms(struct trigger_keys *k, struct spill_span s, enum trigger_rule rule)
{
	char text[TRIGGER_MOST + 4];
	int rc = add(k, s, rule);

	if (spill_plain_ascii(s.p, s.len) || s.len > TRIGGER_MOST - 4)
		return rc;
	if (rc == SPILL_OK)
		rc = add(k, in_small(s, true, text),
		    rule == TRIGGER_ANY ? rule : TRIGGER_SHORT);
	if (rc == SPILL_OK)
		rc = add(k, in_small(s, false, text),
		    rule == TRIGGER_ANY ? rule : TRIGGER_SHORT);
	return rc;
}

/* --- terms -------------------------------------------------------------- */

static bool
is_common(struct spill_span word)
{
	/* Everyday words that stand in names of owners and caveats. */
	static const char *const words[] = { "ACCESS", "AMBER", "AMTLICH",
		"APPOINTMENTS", "BEPERKT", "BUDGET", "CANADIAN", "CLASSIFICADA",
		"CLASSIFICATION", "CLASSIFIED", "CLEAR", "COMMERCIAL",
		"COMMISSION", "CONTROLLED", "COUNTRY", "DATA", "DEFENCE",
		"DEFENSE", "DISTRIBUTION", "DOCUMENT", "EXCLUSIVE", "EYES",
		"FOCAL", "FORCE", "GENERAL", "GEORGIA", "GREEN", "HONOURS",
		"INFORMATION", "INTELLIGENCE", "INTERNAL", "JOINT", "LIMITED",
		"LOGISTICS", "MANAGEMENT", "MEDICAL", "MISSION", "MUITO",
		"NACIONAL", "NATIONAL", "OFFICIAL", "ONLY", "OPERATIONS",
		"PERSONAL", "POLICY", "PRIVILEGE", "PRIVILEGED", "PROTECTED",
		"PROTECTION", "PUBLIC", "RELEASABLE", "RELEASE", "RESERVE",
		"RESOLUTE", "RUSSIA", "SECURITY", "SENSITIVE", "SPECIAL",
		"STAFF", "STRENG", "STRICT", "SUPPORT", "TRANSMISSION",
		"UKRAINE", "UNION", "UNITED", "VERSPREIDING", "WHITE", "ZEER" };

	for (size_t i = 0; i < SPILL_COUNT(words); i++)
		if (spill_span_eq(word, spill_span(words[i])))
			return true;
	return false;
}

static struct spill_span
raw(const struct chooser *c, const struct spill_term *t, size_t i)
{
	const struct spill_token *k = &c->n->token[i];

	return (struct spill_span){ t->variant.p + k->from, k->to - k->from };
}

/* The longest of its words that is one of the grades, or none of them. */
static size_t
longest(const struct chooser *c, bool grade)
{
	size_t best = SIZE_MAX;

	for (size_t i = 0; i < c->n->tokens; i++) {
		const struct spill_token *t = &c->n->token[i];

		if (t->kind != SPILL_TOKEN_WORD || t->len < WORD_LEAST ||
		    t->word == 0 || c->grade[t->word - VOCAB_WORD0] != grade ||
		    (!grade && is_common(spill_token_text(c->n, i))))
			continue;
		if (best == SIZE_MAX || t->len > c->n->token[best].len)
			best = i;
	}
	return best;
}

/* As it stands, if it is long enough. */
static int
by_text(struct chooser *c, const struct spill_term *t, enum trigger_rule rule)
{
	return t->variant.len >= TEXT_LEAST ? add_forms(c->k, t->variant, rule)
					    : SPILL_OK;
}

static bool
has_small(struct spill_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] >= 'a' && s.p[i] <= 'z')
			return true;
	return false;
}

/* Names its owner: by its name, or, where that is short, by the grade; by all
 * of it if it is not written in capitals. */
static int
by_owner(struct chooser *c, const struct spill_term *t)
{
	size_t i = longest(c, false);
	int rc = SPILL_OK;

	if (i != SIZE_MAX)
		return add_forms(c->k, raw(c, t, i), TRIGGER_ANY);
	i = longest(c, true);
	if (i != SIZE_MAX)
		rc = add_forms(c->k, raw(c, t, i), TRIGGER_CAPS);
	return rc == SPILL_OK && (i == SIZE_MAX || has_small(t->variant))
		   ? by_text(c, t, TRIGGER_ANY)
		   : rc;
}

static int
by_grade(struct chooser *c, const struct spill_term *t, enum trigger_rule rule)
{
	size_t i = longest(c, true);

	if (i == SIZE_MAX)
		i = longest(c, false);
	return i != SIZE_MAX ? add_forms(c->k, raw(c, t, i), rule)
			     : by_text(c, t, rule);
}

/* Of several words as they stand; a word alone in capitals. */
static int
by_phrase(struct chooser *c, const struct spill_term *t, enum trigger_rule rule)
{
	bool several = c->n->tokens > 1;

	if (t->variant.len < PHRASE_LEAST - (size_t)several)
		return SPILL_OK;
	return add_forms(c->k, t->variant, several ? rule : TRIGGER_STAMP);
}

/* A phrase of business; other compounds have the grade in them. */
static bool
is_disclaimer(const struct chooser *c)
{
	bool grade = false;

	for (size_t i = 0; i < c->n->tokens; i++)
		grade |= spill_span_eq(
		    spill_token_text(c->n, i), SPILL_SPAN("CONFIDENTIAL"));
	return grade || c->n->tokens >= DISCLAIMER_LEAST;
}

static int
by_caveat(struct chooser *c, const struct spill_term *t)
{
	switch (t->role) {
	case SPILL_TERM_ROLE_NONE:
	case SPILL_TERM_ROLE_HANDLING:
		if (spill_span_eq(t->scheme, SPILL_SPAN("US-CUI")) ||
		    (t->flags & SPILL_TERM_ADMIN) != 0)
			return SPILL_OK;
		return c->n->tokens > 1 ? by_phrase(c, t, TRIGGER_STAMP)
					: by_grade(c, t, TRIGGER_STAMP);
	case SPILL_TERM_ROLE_NEGATIVE:
		return is_disclaimer(c) ? by_phrase(c, t, TRIGGER_ANY)
					: SPILL_OK;
	case SPILL_TERM_ROLE_CAB_VALUE:
	case SPILL_TERM_ROLE_DESCRIPTOR:
	case SPILL_TERM_ROLE_PRECEDENCE:
	case SPILL_TERM_ROLE_PAGE:
	case SPILL_TERM_ROLE_FALSE_FRIEND:
		return SPILL_OK; /* beside others only */
	default:
		return by_phrase(c, t, TRIGGER_ANY);
	}
}

static int
by_term(struct chooser *c, const struct spill_term *t)
{
	if (t->kind == SPILL_TERM_LABEL || t->kind == SPILL_TERM_PORTION ||
	    t->kind == SPILL_TERM_RELEASABILITY ||
	    (t->flags & c->flags) != c->flags)
		return SPILL_OK;
	spill_normal_line(c->n, t->variant, c->v);
	switch (t->spec) {
	case SPILL_SPEC_SELF:
		return by_owner(c, t);
	case SPILL_SPEC_PHRASE:
	case SPILL_SPEC_GENERIC:
		return by_grade(c, t, TRIGGER_CAPS);
	case SPILL_SPEC_CAVEAT:
		return by_caveat(c, t);
	default:
		return SPILL_OK;
	}
}

static void
find_grades(struct chooser *c)
{
	for (size_t i = 0; i < spill_vocab_count(c->v); i++) {
		const struct spill_term *t = spill_vocab_term(c->v, i);

		if (t->spec != SPILL_SPEC_GENERIC ||
		    t->kind != SPILL_TERM_BANNER)
			continue;
		spill_normal_line(c->n, t->variant, c->v);
		for (size_t j = 0; j < c->n->tokens; j++)
			if (c->n->token[j].word != 0)
				c->grade[c->n->token[j].word - VOCAB_WORD0] =
				    true;
	}
}

/* --- what hides words --------------------------------------------------- */

static int
add_range(struct trigger_keys *k, const char *lead, uint8_t from, uint8_t to)
{
	char text[8];
	size_t len = strlen(lead);
	int rc = SPILL_OK;

	memcpy(text, lead, len);
	for (unsigned c = from; rc == SPILL_OK && c <= to; c++) {
		text[len] = (char)c;
		rc = add(
		    k, (struct spill_span){ text, len + 1 }, TRIGGER_EVASION);
	}
	return rc;
}

/* Characters that are not seen, overrides, tags, and letters in other forms:
 * their first bytes. */
int
trigger_choose_evasions(struct trigger_keys *k)
{
	static const struct {
		const char *lead;
		uint8_t from, to;
	} ranges[] = { { "\xe2\x80", 0x8b, 0x8d }, { "\xe2\x80", 0xad, 0xae },
		{ "\xe2\x81", 0xa0, 0xa4 }, { "\xcd", 0x8f, 0x8f },
		{ "\xf3\xa0", 0x80, 0x81 }, { "\xf0\x9d", 0x90, 0x9f },
		{ "\xef\xbc", 0xa1, 0xba }, { "\xe1\xb4", 0x80, 0xa2 },
		{ "\xe2", 0x93, 0x93 } };
	int rc = SPILL_OK;

	for (size_t i = 0; rc == SPILL_OK && i < SPILL_COUNT(ranges); i++)
		rc = add_range(k, ranges[i].lead, ranges[i].from, ranges[i].to);
	return rc;
}

/* Names of fields whose value may be in small letters. */
static int
add_fields(struct trigger_keys *k)
{
	static const char *const fields[] = { "CLASSIFICATION:",
		"SECURITY CLASSIFICATION", "CLASSIFICATION LEVEL",
		"CLASSIFICATION DE S", "EINSTUFUNG:" };
	int rc = SPILL_OK;

	for (size_t i = 0; rc == SPILL_OK && i < SPILL_COUNT(fields); i++)
		rc = add(k, spill_span(fields[i]), TRIGGER_ANY);
	return rc;
}

int
trigger_choose(
    struct trigger_keys *k, const struct spill_vocab *v, unsigned flags)
{
	struct chooser c = { .k = k, .v = v, .flags = flags };
	int rc = SPILL_ENOMEM;

	c.n = malloc(sizeof(*c.n));
	c.grade = calloc(v->words.n + 1, sizeof(*c.grade));
	if (c.n != NULL && c.grade != NULL) {
		find_grades(&c);
		rc = SPILL_OK;
	}
	for (size_t i = 0; rc == SPILL_OK && i < spill_vocab_count(v); i++)
		rc = by_term(&c, spill_vocab_term(v, i));
	if (rc == SPILL_OK && flags == 0)
		rc = add_fields(k);
	free(c.n);
	free(c.grade);
	return rc;
}
