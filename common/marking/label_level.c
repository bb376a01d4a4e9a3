/*
 * label_level.c: grades, lists, and what the grammar makes of a text.
 */
#include <string.h>
#include <strings.h>

#include <spill/utf8.h>

#include "label_i.h"

/* --- texts -------------------------------------------------------------- */

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct spill_span
label_trim(struct spill_span s)
{
	if (s.len >= 3 && memcmp(s.p, "\xef\xbb\xbf", 3) == 0)
		s = (struct spill_span){ s.p + 3, s.len - 3 };
	while (s.len > 0 && is_blank(s.p[0])) {
		s.p++;
		s.len--;
	}
	while (
	    s.len > 0 && (is_blank(s.p[s.len - 1]) || s.p[s.len - 1] == '\0'))
		s.len--;
	return s;
}

bool
label_begins(struct spill_span s, const char *word)
{
	size_t n = strlen(word);

	return s.len >= n && (n == 0 || strncasecmp(s.p, word, n) == 0);
}

bool
label_is(struct spill_span s, const char *word)
{
	return s.len == strlen(word) && label_begins(s, word);
}

bool
label_has(struct spill_span s, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= s.len; i++)
		if (strncasecmp(s.p + i, word, n) == 0)
			return true;
	return false;
}

void
label_put(char *to, size_t size, struct spill_span s)
{
	size_t n = 0;

	s = label_trim(s);
	while (s.len > 0) {
		uint32_t cp;
		unsigned k = spill_utf8_decode(s.p, s.len, &cp);
		bool shown = k > 0 && spill_cp_printable(cp);

		k = SPILL_MAX(k, 1U);
		if (n + k >= size)
			break;
		if (shown) {
			memcpy(to + n, s.p, k);
			n += k;
		} else if (n > 0 && to[n - 1] != ' ') {
			to[n++] = ' ';
		}
		s.p += k;
		s.len -= k;
	}
	to[n] = '\0';
}

void
label_list(char *list, size_t size, struct spill_span item)
{
	char one[96];

	label_keep(one, item);
	for (char *p = one; *p != '\0'; p++) {
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
		else if (*p == ';')
			*p = ' ';
	}
	if (one[0] != '\0')
		spill_list_unite(list, size, one);
}

/* --- grades ------------------------------------------------------------- */

/* Letters alone: "top_secret", "TOP-SECRET" and "Top Secret" are one. */
static const struct {
	const char *word;
	int rank;
} ranks[] = { { "public", 0 }, { "unofficial", 0 }, { "nonclassified", 0 },
	{ "u", 1 }, { "unclassified", 1 }, { "unclass", 1 }, { "official", 1 },
	{ "officialsensitive", 1 }, { "cui", 1 }, { "inconfidence", 1 },
	{ "sensitive", 1 }, { "sansclassification", 1 }, { "r", 2 },
	{ "restricted", 2 }, { "diffusionrestreinte", 2 }, { "restreint", 2 },
	{ "c", 3 }, { "confidential", 3 }, { "confidentiel", 3 },
	{ "protected", 3 }, { "s", 4 }, { "secret", 4 }, { "ts", 5 },
	{ "topsecret", 5 }, { "tressecret", 5 }, { "cosmictopsecret", 5 } };

int
label_rank(struct spill_span s)
{
	char word[32];
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (c >= 'a' && c <= 'z') {
			if (n + 1 >= sizeof(word))
				return -1;
			word[n++] = c;
		} else if (strchr(" -_:.", c) == NULL) {
			return -1;
		}
	}
	word[n] = '\0';
	for (size_t i = 0; i < SPILL_COUNT(ranks); i++)
		if (strcmp(word, ranks[i].word) == 0)
			return ranks[i].rank;
	return -1;
}

static const struct {
	const char *scheme, *grade[6];
} ladders[] = {
	{ "NATO",
	    { "NON-CLASSIFIED", "NATO UNCLASSIFIED", "NATO RESTRICTED",
		"NATO CONFIDENTIAL", "NATO SECRET", "COSMIC TOP SECRET" } },
	{ "EU", { "PUBLIC", "EU UNCLASSIFIED", "RESTREINT UE/EU RESTRICTED",
		    "CONFIDENTIEL UE/EU CONFIDENTIAL", "SECRET UE/EU SECRET",
		    "TR\xc3\x88S SECRET UE/EU TOP SECRET" } },
	{ "", { "PUBLIC", "UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL",
		  "SECRET", "TOP SECRET" } },
};

void
label_grade(struct spill_marking *m, const char *scheme, int rank)
{
	size_t i = 0;

	label_keep(m->scheme, spill_span(scheme));
	m->rank = m->rank_max = rank;
	m->spec = SPILL_SPEC_SELF;
	if (rank < 0 || rank > 5)
		return;
	while (i + 1 < SPILL_COUNT(ladders) &&
	       strcmp(ladders[i].scheme, scheme) != 0)
		i++;
	label_keep(m->level, spill_span(ladders[i].grade[rank]));
}

/* --- owners ------------------------------------------------------------- */

static const struct {
	const char *code, *scheme;
} owners[] = { { "NATO", "NATO" }, { "OTAN", "NATO" }, { "XN", "NATO" },
	{ "EU", "EU" }, { "EUE", "EU" }, { "USA", "US" }, { "GBR", "UK" },
	{ "GB", "UK" }, { "UK", "UK" }, { "CAN", "CA" }, { "AUS", "AU" },
	{ "NZL", "NZ" }, { "ALB", "AL" }, { "AUT", "AT" }, { "BEL", "BE" },
	{ "BGR", "BG" }, { "BRA", "BR" }, { "CHE", "CH" }, { "CZE", "CZ" },
	{ "DEU", "DE" }, { "DNK", "DK" }, { "ESP", "ES" }, { "EST", "EE" },
	{ "FIN", "FI" }, { "FRA", "FR" }, { "GRC", "GR" }, { "HRV", "HR" },
	{ "HUN", "HU" }, { "IRL", "IE" }, { "ISL", "IS" }, { "ISR", "IL" },
	{ "ITA", "IT" }, { "JPN", "JP" }, { "KOR", "KR" }, { "LTU", "LT" },
	{ "LUX", "LU" }, { "LVA", "LV" }, { "MLT", "MT" }, { "MNE", "ME" },
	{ "MKD", "MK" }, { "NLD", "NL" }, { "NOR", "NO" }, { "POL", "PL" },
	{ "PRT", "PT" }, { "ROU", "RO" }, { "SRB", "RS" }, { "SVK", "SK" },
	{ "SVN", "SI" }, { "SWE", "SE" }, { "TUR", "TR" }, { "UKR", "UA" } };

const char *
label_scheme(struct spill_span code)
{
	for (size_t i = 0; i < SPILL_COUNT(owners); i++)
		if (label_is(code, owners[i].code) ||
		    label_is(code, owners[i].scheme))
			return owners[i].scheme;
	return "";
}

/* --- the grammar -------------------------------------------------------- */

bool
label_parse(
    struct spill_labels *l, struct spill_span text, struct spill_marking *m)
{
	struct spill_marking x = { 0 };

	text = label_trim(text);
	if (text.len == 0 || text.len > SPILL_NORMAL_LINE || l->v == NULL ||
	    !spill_grammar_value(l->v, text, &x))
		return false;
	*m = x;
	return true;
}

/* "Parent\Child", "Parent/Child": the child. */
static struct spill_span
child(struct spill_span s)
{
	size_t i = s.len;

	while (i > 0 && strchr("\\/|>", s.p[i - 1]) == NULL)
		i--;
	return (struct spill_span){ s.p + i, s.len - i };
}

bool
label_parse_name(
    struct spill_labels *l, struct spill_span text, struct spill_marking *m)
{
	struct spill_span last = child(text);
	char plain[128];

	if (label_parse(l, text, m) ||
	    (last.len < text.len && label_parse(l, last, m)))
		return true;
	if (memchr(text.p, '_', text.len) == NULL)
		return false;
	label_keep(plain, last);
	for (char *p = plain; *p != '\0'; p++)
		if (*p == '_')
			*p = ' ';
	return label_parse(l, spill_span(plain), m);
}

void
label_printed(struct spill_labels *l, const char *text, struct spill_marking *m)
{
	struct spill_marking x;

	/* (Where countries differ, rank_max is the rank.) */
	if (!label_parse(l, spill_span(text), &x) || x.rank_max != m->rank ||
	    (x.flags & SPILL_MARKING_TAIL) != 0)
		return;
	m->valid = x.valid;
	if (x.categories[0] != '\0')
		memcpy(m->categories, x.categories, sizeof(m->categories));
	if (x.release[0] != '\0')
		memcpy(m->release, x.release, sizeof(m->release));
	/* "NATO/EAPC CONFIDENTIAL" */
	if (m->context[0] != '\0')
		memcpy(m->level, x.level, sizeof(m->level));
}

bool
label_text(struct spill_labels *l, enum spill_label_family family,
    unsigned flags, struct spill_span part, struct spill_span text)
{
	struct spill_label x = label_new(family, part);

	if (!label_parse_name(l, text, &x.marking))
		return false;
	x.marking.form = SPILL_FORM_FIELD;
	x.flags = flags;
	if (family == SPILL_LABEL_PROPERTY && x.marking.spec == SPILL_SPEC_WEAK)
		return false;
	/* "Secret" is a word, too. */
	if ((x.marking.flags & SPILL_MARKING_CORP) != 0)
		x.flags |= SPILL_LABEL_CORP;
	else if (family == SPILL_LABEL_PROPERTY &&
		 x.marking.spec == SPILL_SPEC_GENERIC &&
		 (x.marking.flags & SPILL_MARKING_UPPER) == 0)
		x.flags |= SPILL_LABEL_WEAK;
	label_keep(x.name, text);
	(void)label_add(l, &x);
	return true;
}
