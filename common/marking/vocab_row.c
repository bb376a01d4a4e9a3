/*
 * vocab_row.c: a table of markings, from CSV (RFC 4180) to terms. Each table
 * is read in a copy, in which quoted cells lose their quotes.
 */
#include <string.h>

#include <spill/diag.h>
#include <spill/utf8.h>

#include "vocab_i.h"

enum column {
	SCHEME,
	LEVEL_RANK,
	CANONICAL,
	VARIANT,
	LANG,
	KIND,
	NOTES,
	COLUMNS,
};

static const char *const columns[COLUMNS] = { "scheme", "level_rank",
	"canonical", "variant", "lang", "kind", "notes" };

#define SCHEME_MOST 15 /* as struct spill_marking has room */
#define LEVEL_MOST  95
#define SHOWN	    60 /* bytes of a cell in a message */

struct table {
	const char *name;
	char *p, *end; /* what is left */
	size_t row; /* from 1, which is the header */
	struct spill_span cell[COLUMNS];
};

/* --- messages ----------------------------------------------------------- */

static int
wrong(const struct table *t, enum column c, const char *why)
{
	struct spill_span s = t->cell[c];

	spill_err("'%s': row %zu, column %s: '%.*s' %s", t->name, t->row,
	    columns[c], (int)SPILL_MIN(s.len, SHOWN), s.p, why);
	return SPILL_EFORMAT;
}

static int
wrong_row(const struct table *t, const char *why)
{
	spill_err("'%s': row %zu: %s", t->name, t->row, why);
	return SPILL_EFORMAT;
}

/* --- cells -------------------------------------------------------------- */

/* The cell at t->p, which then is at what ends it. */
static int
quoted(struct table *t, struct spill_span *out)
{
	char *to = ++t->p;

	out->p = to;
	for (;; t->p++) {
		if (t->p == t->end)
			return wrong_row(t, "a quotation mark has no end");
		if (*t->p == '"' && (++t->p == t->end || *t->p != '"'))
			break;
		*to++ = *t->p;
	}
	out->len = (size_t)(to - out->p);
	if (t->p < t->end && !strchr(",\r\n", *t->p))
		return wrong_row(t, "text behind a closing quotation mark");
	return SPILL_OK;
}

static int
cell(struct table *t, struct spill_span *out)
{
	if (t->p < t->end && *t->p == '"')
		return quoted(t, out);
	out->p = t->p;
	while (t->p < t->end && *t->p != ',' && *t->p != '\n')
		t->p++;
	out->len = (size_t)(t->p - out->p);
	if (out->len > 0 && out->p[out->len - 1] == '\r' &&
	    (t->p == t->end || *t->p == '\n'))
		out->len--;
	return SPILL_OK;
}

/* SPILL_END: there are no more. */
static int
row(struct table *t)
{
	unsigned n = 0;
	bool more = true;
	int rc = SPILL_OK;

	if (t->p == t->end)
		return SPILL_END;
	t->row++;
	while (more && rc == SPILL_OK) {
		if (n == COLUMNS)
			return wrong_row(t, "more than 7 cells");
		rc = cell(t, &t->cell[n++]);
		if (t->p < t->end && *t->p == '\r')
			t->p++;
		more = t->p < t->end && *t->p == ',';
		t->p += t->p < t->end;
	}
	return rc != SPILL_OK || n == COLUMNS
		   ? rc
		   : wrong_row(t, "fewer than 7 cells");
}

static int
header(struct table *t)
{
	int rc = row(t);

	if (rc == SPILL_END)
		return wrong_row(t, "it is empty");
	for (unsigned i = 0; rc == SPILL_OK && i < COLUMNS; i++)
		if (!spill_span_eq(t->cell[i], spill_span(columns[i])))
			return wrong(t, i, "should be the column's name");
	return rc;
}

/* --- values ------------------------------------------------------------- */

struct word {
	const char *name;
	unsigned value;
};

static const struct word kinds[] = {
	{ "banner", SPILL_TERM_BANNER },
	{ "portion", SPILL_TERM_PORTION },
	{ "abbrev", SPILL_TERM_ABBREV },
	{ "caveat", SPILL_TERM_CAVEAT },
	{ "releasability", SPILL_TERM_RELEASABILITY },
	{ "label", SPILL_TERM_LABEL },
	{ NULL, 0 },
};

static const struct word specs[] = {
	{ "self", SPILL_SPEC_SELF },
	{ "phrase", SPILL_SPEC_PHRASE },
	{ "generic", SPILL_SPEC_GENERIC },
	{ "weak", SPILL_SPEC_WEAK },
	{ "portion", SPILL_SPEC_PORTION },
	{ "caveat", SPILL_SPEC_CAVEAT },
	{ NULL, 0 },
};

static const struct word roles[] = {
	{ "declass", SPILL_TERM_ROLE_DECLASS },
	{ "downgrade", SPILL_TERM_ROLE_DOWNGRADE },
	{ "copy", SPILL_TERM_ROLE_COPY },
	{ "page", SPILL_TERM_ROLE_PAGE },
	{ "registry", SPILL_TERM_ROLE_REGISTRY },
	{ "originator", SPILL_TERM_ROLE_ORIGINATOR },
	{ "notice", SPILL_TERM_ROLE_NOTICE },
	{ "cab", SPILL_TERM_ROLE_CAB },
	{ "cab-value", SPILL_TERM_ROLE_CAB_VALUE },
	{ "conditional", SPILL_TERM_ROLE_CONDITIONAL },
	{ "handling", SPILL_TERM_ROLE_HANDLING },
	{ "descriptor", SPILL_TERM_ROLE_DESCRIPTOR },
	{ "exercise", SPILL_TERM_ROLE_EXERCISE },
	{ "specimen", SPILL_TERM_ROLE_SPECIMEN },
	{ "field", SPILL_TERM_ROLE_FIELD },
	{ "marca", SPILL_TERM_ROLE_MARCA },
	{ "negative", SPILL_TERM_ROLE_NEGATIVE },
	{ "false-friend", SPILL_TERM_ROLE_FALSE_FRIEND },
	{ "precedence", SPILL_TERM_ROLE_PRECEDENCE },
	{ "second-banner-line", SPILL_TERM_ROLE_SECOND_LINE },
	{ NULL, 0 },
};

/* Keys whose value is 1. */
static const struct word flags[] = {
	{ "hist", SPILL_TERM_HIST },
	{ "corp", SPILL_TERM_CORP },
	{ "controlled", SPILL_TERM_CONTROLLED },
	{ "prefix", SPILL_TERM_PREFIX },
	{ "lead", SPILL_TERM_LEAD },
	{ "tail", SPILL_TERM_TAIL },
	{ "restrictive", SPILL_TERM_RESTRICTIVE },
	{ "admin", SPILL_TERM_ADMIN },
	{ "nonstandard", SPILL_TERM_NONSTANDARD },
	{ "us-form", SPILL_TERM_US_FORM },
	{ "fgi", SPILL_TERM_FGI },
	{ "context", SPILL_TERM_CONTEXT },
	{ NULL, 0 },
};

static const struct word *
find(const struct word *w, struct spill_span s)
{
	for (; w->name != NULL; w++)
		if (spill_span_eq(spill_span(w->name), s))
			return w;
	return NULL;
}

/* --- notes -------------------------------------------------------------- */

static struct spill_span *
text_key(struct spill_term *term, struct spill_span key)
{
	const struct {
		const char *name;
		struct spill_span *to;
	} keys[] = { { "category", &term->category }, { "set", &term->set },
		{ "cue", &term->cue }, { "where", &term->where },
		{ "ism", &term->ism }, { "lacv", &term->lacv } };

	for (size_t i = 0; i < SPILL_COUNT(keys); i++)
		if (spill_span_eq(spill_span(keys[i].name), key))
			return keys[i].to;
	return NULL;
}

/* "BOHEMIA (NATO SIGINT)": what is in parentheses is for people. */
static struct spill_span
bare(struct spill_span s)
{
	const char *p = memmem(s.p, s.len, " (", 2);

	return (
	    struct spill_span){ s.p, p != NULL ? (size_t)(p - s.p) : s.len };
}

static int
note(const struct table *t, struct spill_term *term, struct spill_span key,
    struct spill_span value)
{
	const struct word *w;
	struct spill_span *text = text_key(term, key);

	if (text != NULL) {
		*text = text == &term->where ? value : bare(value);
	} else if (spill_span_eq(key, SPILL_SPAN("spec"))) {
		w = find(specs, value);
		if (w == NULL)
			return wrong(t, NOTES, "has an unknown spec=");
		term->spec = w->value;
	} else if (spill_span_eq(key, SPILL_SPAN("role"))) {
		w = find(roles, value);
		if (w == NULL)
			return wrong(t, NOTES, "has an unknown role=");
		term->role = w->value;
	} else if (spill_span_eq(key, SPILL_SPAN("conf"))) {
		if (value.len != 1 || !strchr("PSK", *value.p))
			return wrong(
			    t, NOTES, "has a conf= that is not P, S or K");
		term->flags |= *value.p == 'K' ? SPILL_TERM_CANDIDATE : 0;
	} else if ((w = find(flags, key)) != NULL && value.len == 1 &&
		   *value.p == '1') {
		term->flags |= w->value;
	}
	return SPILL_OK;
}

static int
notes(const struct table *t, struct spill_term *term)
{
	const char *p = term->notes.p, *end = p + term->notes.len;
	int rc = SPILL_OK;

	while (rc == SPILL_OK && p < end) {
		const char *stop = memchr(p, ';', (size_t)(end - p)), *eq;

		if (stop == NULL)
			stop = end;
		eq = memchr(p, '=', (size_t)(stop - p));
		if (eq != NULL)
			rc = note(t, term,
			    (struct spill_span){ p, (size_t)(eq - p) },
			    (struct spill_span){
				eq + 1, (size_t)(stop - eq - 1) });
		p = stop + 1;
	}
	return rc;
}

/* --- terms -------------------------------------------------------------- */

static int
rank(const struct table *t, struct spill_term *term)
{
	struct spill_span s = t->cell[LEVEL_RANK];

	term->rank = -1;
	if (s.len == 0)
		return SPILL_OK;
	if (s.len > 1 || *s.p < '0' || *s.p > '5')
		return wrong(t, LEVEL_RANK, "is not 0 to 5");
	term->rank = (int8_t)(*s.p - '0');
	return SPILL_OK;
}

static int
cells(const struct table *t)
{
	static const size_t most[COLUMNS] = {
		[SCHEME] = SCHEME_MOST, [CANONICAL] = LEVEL_MOST
	};

	for (unsigned i = 0; i < COLUMNS; i++) {
		size_t at = 0, len = t->cell[i].len;
		unsigned n = 1;
		uint32_t cp;

		for (; at < len && n > 0; at += n) {
			n = spill_utf8_decode(t->cell[i].p + at, len - at, &cp);
			if (n == 0 || !spill_cp_printable(cp))
				return wrong(t, i, "is not printable UTF-8");
		}
		if (most[i] > 0 && len > most[i])
			return wrong(t, i, "is too long");
		if (most[i] > 0 && (memchr(t->cell[i].p, ';', len) != NULL ||
				       memchr(t->cell[i].p, '|', len) != NULL))
			return wrong(t, i, "has a ; or a |, which part names");
		if (len == 0 && (most[i] > 0 || i == VARIANT || i == KIND))
			return wrong(t, i, "is missing");
	}
	return SPILL_OK;
}

static int
term(struct spill_vocab *v, const struct table *t, unsigned more)
{
	struct spill_term *to =
	    spill_grow(v->term, v->terms, &v->term_cap, sizeof(*v->term));
	const struct word *kind = find(kinds, t->cell[KIND]);
	int rc = to != NULL ? cells(t) : SPILL_ENOMEM;

	if (to == NULL)
		return rc;
	v->term = to;
	to += v->terms;
	*to = (struct spill_term){ t->cell[SCHEME], t->cell[CANONICAL],
		t->cell[VARIANT], t->cell[LANG], t->cell[NOTES],
		.flags = more };
	if (rc == SPILL_OK && kind == NULL)
		rc = wrong(t, KIND, "is no kind of term");
	if (rc == SPILL_OK)
		rc = rank(t, to);
	if (rc == SPILL_OK)
		rc = notes(t, to);
	if (rc != SPILL_OK)
		return rc;
	to->kind = kind->value;
	rc = vocab_spell(v, (uint32_t)v->terms);
	v->terms += rc == SPILL_OK;
	return rc == SPILL_EFORMAT ? wrong(t, VARIANT,
					 "has no words, or more "
					 "than a line has")
				   : rc;
}

int
vocab_load(
    struct spill_vocab *v, const struct spill_vocab_table *table, unsigned more)
{
	struct table t = { .name = table->name };
	struct spill_span s = table->csv;
	int rc;

	if (s.len >= 3 && memcmp(s.p, "\xef\xbb\xbf", 3) == 0)
		s = (struct spill_span){ s.p + 3, s.len - 3 };
	t.p = spill_arena_dup(&v->arena, s.p, s.len);
	if (t.p == NULL)
		return SPILL_ENOMEM;
	t.end = t.p + s.len;
	rc = header(&t);
	while (rc == SPILL_OK && (rc = row(&t)) == SPILL_OK)
		rc = term(v, &t, more);
	return rc == SPILL_END ? SPILL_OK : rc;
}
