/*
 * grammar_grade.c: the level of a marking and who owns it: as the table has
 * it, or composed of an owner and a grade of any country (NATO GEHEIM, SECRETO
 * OTAN), of a nation and a grade (//GBR SECRET), of JOINT and its nations.
 */
#include "grammar_i.h"

#include <string.h>

static bool
is_span(struct spill_span s, const char *what)
{
	return spill_span_eq(s, spill_span(what));
}

static bool
a_level(const struct spill_term *t)
{
	return t->rank >= 0 &&
	       (t->kind == SPILL_TERM_BANNER || t->kind == SPILL_TERM_ABBREV ||
		   t->kind == SPILL_TERM_PORTION ||
		   t->kind == SPILL_TERM_CAVEAT) &&
	       !(t->kind == SPILL_TERM_PORTION &&
		   t->spec == SPILL_SPEC_CAVEAT) &&
	       !(t->flags & SPILL_TERM_PREFIX);
}

/* Its number; n: it has none. */
static size_t
of_scheme(const struct reading *r, struct spill_span scheme)
{
	size_t i = 0;

	while (i < r->n && !spill_span_eq(r->may[i]->scheme, scheme))
		i++;
	return i;
}

static bool
has_small(struct spill_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] >= 'a' && s.p[i] <= 'z')
			return true;
	return false;
}

/* CC of a program is not the two letters of Moscow. */
static bool
foreign_letters(const struct spill_term *t)
{
	return t->kind == SPILL_TERM_ABBREV && t->variant.len > 1 &&
	       (uint8_t)t->variant.p[0] >= 0xce &&
	       (uint8_t)t->variant.p[0] < 0xd4; /* Greek, Cyrillic */
}

static bool
is_ascii(const struct gram *g, const struct piece *p)
{
	const struct spill_token *a = &g->n->token[p->from],
				 *b = &g->n->token[p->to - 1];

	return b->to - a->from == (uint32_t)(b->at + b->len - a->at);
}

/* One reading for each scheme. */
void
gram_readings(
    struct reading *r, const struct spill_term *const *term, size_t terms)
{
	r->n = 0;
	for (size_t i = 0; i < terms && r->n < GRAM_READINGS; i++) {
		size_t k =
		    a_level(term[i]) ? of_scheme(r, term[i]->scheme) : r->n;

		if (!a_level(term[i]) || (r->ascii && foreign_letters(term[i])))
			continue;
		/* the row with small letters knows how it is written */
		if (k == r->n)
			r->may[r->n++] = term[i];
		else if (has_small(term[i]->variant))
			r->may[k] = term[i];
	}
	/* A company's or a country's word, where another names its owner. */
	r->owned = r->n == 1 && r->may[0]->spec == SPILL_SPEC_SELF;
}

static bool
names_owner(const struct piece *p)
{
	for (size_t i = 0; i < p->terms; i++)
		if (a_level(p->term[i]) && p->term[i]->spec == SPILL_SPEC_SELF)
			return true;
	return false;
}

/* Ranks of a bare grade; English and French readings go before others: the
 * owner's languages. */
static bool
ranks(const struct piece *p, int *low, int *high)
{
	bool own = false;

	*low = 6;
	*high = -1;
	for (size_t i = 0; i < p->terms; i++) {
		const struct spill_term *t = p->term[i];
		bool en = is_span(t->lang, "en") || is_span(t->lang, "fr");

		if (!a_level(t) || (own && !en))
			continue;
		if (en && !own) {
			*low = 6;
			*high = -1;
			own = true;
		}
		*low = SPILL_MIN(*low, t->rank);
		*high = SPILL_MAX(*high, t->rank);
	}
	return *high >= 0;
}

static const char *
grade_word(int rank)
{
	static const char *const word[] = { "UNCLASSIFIED", "UNCLASSIFIED",
		"RESTRICTED", "CONFIDENTIAL", "SECRET", "TOP SECRET" };

	return word[rank];
}

static void
set(char *to, size_t size, const char *s)
{
	to[0] = '\0';
	gram_put(to, size, spill_span(s));
}

static void
owned(
    struct reading *r, const char *scheme, const char *level, int low, int high)
{
	struct spill_marking *m = r->m;

	r->n = 0;
	r->owned = true;
	set(m->scheme, sizeof(m->scheme), scheme);
	set(m->level, sizeof(m->level), level);
	m->rank = low;
	m->rank_max = high;
	m->spec = SPILL_SPEC_SELF;
}

static void
compose(struct reading *r, const struct owner *o, struct spill_span context,
    int low, int high)
{
	const char *level = o->level[high];
	struct spill_marking *m = r->m;

	owned(r, o->scheme, level == NULL ? o->word : level, low, high);
	if (context.len > 0) {
		char name[64] = "NATO/";

		gram_put(m->context, sizeof(m->context), context);
		if (context.len + 5 < sizeof(name))
			memcpy(name + 5, context.p, context.len);
		set(m->level, sizeof(m->level), name);
		gram_put(
		    m->level, sizeof(m->level), spill_span(grade_word(high)));
		m->flags |= high == 5 ? SPILL_MARKING_NONSTANDARD : 0;
	} else if (level == NULL) { /* there is no such grade: as written */
		gram_put(
		    m->level, sizeof(m->level), spill_span(grade_word(high)));
		m->flags |= SPILL_MARKING_NONSTANDARD;
	}
	if (o->mission)
		gram_put(m->context, sizeof(m->context), spill_span(o->word));
	if (high == 5 && strcmp(o->scheme, "NATO") == 0 &&
	    strcmp(o->word, "COSMIC") != 0 && strcmp(o->word, "KOZMIK") != 0)
		m->flags |= SPILL_MARKING_NONSTANDARD;
}

void
gram_owned(struct reading *r, const struct owner *o, int rank)
{
	compose(r, o, (struct spill_span){ NULL, 0 }, rank, rank);
}

/* JOINT or FGI: of other states, as the US write it. */
void
gram_foreign(struct reading *r, struct spill_span who, int rank)
{
	char level[48] = "";
	bool joint = is_span(who, "JOINT");

	if (!joint) {
		gram_put(level, sizeof(level), SPILL_SPAN("FGI"));
		gram_put(r->m->context, sizeof(r->m->context), who);
	}
	gram_put(level, sizeof(level), who);
	gram_put(level, sizeof(level), spill_span(grade_word(rank)));
	owned(r, "US", level, rank, rank);
}

/* Two words of one marking: not the cells of a table. */
static bool
near(const struct gram *g, size_t piece)
{
	return piece < g->pieces && gram_gap(g, piece) < 8;
}

static bool
context(const struct gram *g, size_t piece)
{
	static const char *const circles[] = { "EAPC", "GEORGIA", "IFOR", "IP",
		"ISAF", "KFOR", "PFP", "RESOLUTE SUPPORT", "RUSSIA", "SFOR",
		"UKRAINE", "RSM" };

	for (size_t i = 0; i < SPILL_COUNT(circles); i++)
		if (gram_is(g, piece, circles[i]))
			return true;
	return false;
}

static bool
bare_grade(const struct gram *g, size_t piece)
{
	return gram_has(g, piece, PIECE_GRADE) && near(g, piece) &&
	       !names_owner(&g->piece[piece]);
}

/* NATO GEHEIM, NATO/KFOR SECRET, OTAN/NATO CONFIDENTIEL, EURA-GEHEIM */
static bool
owner_grade(const struct gram *g, size_t *i, struct reading *r)
{
	struct spill_span circle = { NULL, 0 };
	const struct owner *o;
	size_t k = *i + 1;
	int low, high;

	if (!gram_has(g, *i, PIECE_OWNER))
		return false;
	o = gram_owner_at(g->piece[*i].owner);
	if (gram_punct(g, k, "/") && strcmp(o->scheme, "NATO") == 0) {
		if (context(g, k + 1))
			circle = gram_text(g, k + 1);
		else if (!gram_has(g, k + 1, PIECE_OWNER))
			return false;
		k += 2;
	}
	k += gram_punct(g, k, "-");
	if (!bare_grade(g, k) || !ranks(&g->piece[k], &low, &high) ||
	    ((o->word[0] == 'C' || o->word[0] == 'F') && high < 5))
		return false;
	compose(r, o, circle, low, high);
	*i = k + 1;
	return true;
}

/* SECRETO OTAN, GEHEIM NATO */
static bool
grade_owner(const struct gram *g, size_t *i, struct reading *r)
{
	const struct owner *o;
	size_t k = *i + 1 + gram_punct(g, *i + 1, "-");
	int low, high;

	if (!bare_grade(g, *i) || !gram_has(g, k, PIECE_OWNER) || !near(g, k))
		return false;
	o = gram_owner_at(g->piece[k].owner);
	if (!o->behind || !ranks(&g->piece[*i], &low, &high) ||
	    gram_has(g, k + 1, PIECE_GRADE) || /* SECRET / NATO SECRET */
	    (o->word[0] == 'C' && high < 5))
		return false;
	compose(r, o, (struct spill_span){ NULL, 0 }, low, high);
	*i = k + 1;
	return true;
}

/* //JOINT SECRET CAN USA */
static bool
joint(const struct gram *g, size_t *i, struct reading *r)
{
	size_t k = *i + 2;
	int low, high;

	if (!gram_is(g, *i, "JOINT") || !bare_grade(g, *i + 1) ||
	    !ranks(&g->piece[*i + 1], &low, &high))
		return false;
	gram_foreign(r, SPILL_SPAN("JOINT"), high);
	gram_nations(g, &k, r->m->context, sizeof(r->m->context));
	*i = k;
	return true;
}

/* //GBR SECRET */
static bool
foreign(const struct gram *g, size_t *i, struct reading *r)
{
	int low, high;

	if (!gram_has(g, *i, PIECE_NATION) || gram_text(g, *i).len > 4 ||
	    !bare_grade(g, *i + 1) || !ranks(&g->piece[*i + 1], &low, &high))
		return false;
	gram_foreign(r, gram_text(g, *i), high);
	*i += 2;
	return true;
}

/* Behind //, where the US write what is not theirs. */
static bool
slashes(const struct gram *g, size_t *i, struct reading *r)
{
	size_t k = *i + 1;

	if (!gram_has(g, *i, PIECE_DSLASH) || gram_gap(g, k) > 0)
		return false;
	if (joint(g, &k, r) || foreign(g, &k, r)) {
		*i = k;
	} else if (gram_is(g, k, "RESTRICTED")) {
		owned(r, "UN", "UN RESTRICTED", 2, 2);
		*i = k + 1;
	} else {
		return false;
	}
	r->m->flags |= SPILL_MARKING_US_FORM;
	return true;
}

bool
gram_grade(const struct gram *g, size_t *i, struct reading *r)
{
	bool form = gram_has(g, *i, PIECE_DSLASH) && gram_gap(g, *i + 1) == 0;
	const struct piece *p = &g->piece[*i + form];
	size_t k = *i + form;

	r->first = *i;
	if (k >= g->pieces)
		return false;
	if (form && slashes(g, i, r)) {
		r->grade = r->end = *i;
		return true;
	}
	if (!owner_grade(g, &k, r) && !grade_owner(g, &k, r)) {
		if (!(p->bits & (PIECE_GRADE | PIECE_ABBREV)))
			return false;
		r->ascii = is_ascii(g, p);
		gram_readings(r, p->term, p->terms);
		if (r->n == 0 || (form && !r->owned))
			return false;
		k++;
	}
	r->m->flags |= form ? SPILL_MARKING_US_FORM : 0;
	r->grade = r->end = *i = k;
	return true;
}

/* A caveat that somebody other than the owner may add. */
static bool
guest(const struct spill_term *t)
{
	return is_span(t->scheme, "US") || is_span(t->scheme, "ANY") ||
	       is_span(t->scheme, "ACP");
}

bool
gram_narrow(
    struct reading *r, const struct spill_term *const *term, size_t terms)
{
	const struct spill_term *kept[GRAM_READINGS];
	size_t n = 0;

	if (r->owned && r->n == 0) { /* composed */
		for (size_t i = 0; i < terms; i++)
			if (guest(term[i]) ||
			    is_span(term[i]->scheme, r->m->scheme))
				return true;
		return false;
	}
	for (size_t k = 0; k < r->n; k++)
		for (size_t i = 0; i < terms; i++)
			if (spill_span_eq(r->may[k]->scheme, term[i]->scheme)) {
				kept[n++] = r->may[k];
				break;
			}
	if (n == 0) {
		for (size_t i = 0; i < terms; i++)
			if (guest(term[i]) &&
			    (r->owned || !is_span(term[i]->scheme, "US")))
				return true;
		return false;
	}
	memcpy(r->may, kept, n * sizeof(kept[0]));
	r->n = n;
	return true;
}

/* The name that most of them give it. */
static struct spill_span
canonical(const struct reading *r)
{
	size_t best = 0, votes = 0;

	for (size_t i = 0; i < r->n; i++) {
		size_t k = 0;

		for (size_t j = 0; j < r->n; j++)
			k += spill_span_eq(
			    r->may[i]->canonical, r->may[j]->canonical);
		if (k > votes) {
			votes = k;
			best = i;
		}
	}
	return r->may[best]->canonical;
}

void
gram_schemes(
    struct spill_marking *m, const struct spill_term *const *term, size_t terms)
{
	m->scheme[0] = '\0';
	for (size_t i = 0; i < terms; i++)
		gram_list_add(m->scheme, sizeof(m->scheme), term[i]->scheme);
	for (char *p = m->scheme; *p != '\0'; p++)
		*p = *p == ';' ? '|' : *p;
}

/* What all of them are, and what one of them is. */
static void
flags(struct reading *r)
{
	static const unsigned all[][2] = {
		{ SPILL_TERM_HIST, SPILL_MARKING_HIST },
		{ SPILL_TERM_CANDIDATE, SPILL_MARKING_CANDIDATE },
		{ SPILL_TERM_CONTROLLED, SPILL_MARKING_CONTROLLED },
		{ SPILL_TERM_NONSTANDARD, SPILL_MARKING_NONSTANDARD },
		{ SPILL_TERM_US_FORM, SPILL_MARKING_US_FORM },
	};

	for (size_t k = 0; k < SPILL_COUNT(all); k++) {
		bool every = true;

		for (size_t i = 0; i < r->n; i++)
			every = every && r->may[i]->flags & all[k][0];
		r->m->flags |= every ? all[k][1] : 0;
	}
	for (size_t i = 0; i < r->n; i++)
		if (r->may[i]->flags & SPILL_TERM_CORP)
			r->m->flags |= SPILL_MARKING_CORP;
}

/* "context=KFOR" of the notes. */
static struct spill_span
note(struct spill_span notes, const char *key)
{
	size_t n = strlen(key);

	for (size_t i = 0; i + n < notes.len; i++)
		if ((i == 0 || notes.p[i - 1] == ';') &&
		    memcmp(notes.p + i, key, n) == 0) {
			const char *p = notes.p + i + n,
				   *end = memchr(p, ';', notes.len - i - n);

			return (struct spill_span){ p,
				end == NULL ? notes.len - i - n
					    : (size_t)(end - p) };
		}
	return (struct spill_span){ NULL, 0 };
}

/* The level of NATO in a row that names a category, too. */
static void
nato_row(struct reading *r)
{
	const struct spill_term *t = r->may[0];
	struct spill_marking *m = r->m;
	struct spill_span name = t->canonical;
	const char *level = NULL;

	if (!is_span(t->scheme, "NATO") || t->rank < 1)
		return;
	m->context[0] = '\0';
	gram_put(m->context, sizeof(m->context), note(t->notes, "context="));
	level = gram_owner_at(gram_owner(SPILL_SPAN("NATO")))->level[t->rank];
	if (name.len <= strlen(level) + 1 ||
	    memcmp(name.p, level, strlen(level)) != 0)
		return;
	name.p += strlen(level) + 1;
	name.len -= strlen(level) + 1;
	gram_list_add(m->categories, sizeof(m->categories), name);
	set(m->level, sizeof(m->level), level);
}

/* All capitals; or Title Case; or as its row writes it: VS-NfD. */
static void
letters(const struct gram *g, struct reading *r)
{
	const struct piece *a = &g->piece[r->first],
			   *b = &g->piece[(r->grade ? r->grade : r->end) - 1];
	bool upper = true, title = true, own = false, small = false;
	size_t words = 0;

	for (size_t i = a->from; i < b->to; i++) {
		const struct spill_token *t = &g->n->token[i];

		upper = upper && (t->letters == SPILL_CASE_UPPER ||
				     t->letters == SPILL_CASE_NONE);
		if (t->kind == SPILL_TOKEN_WORD && words == 0)
			small = t->letters == SPILL_CASE_LOWER;
		/* Title Case; a line may begin with "Top secret", too */
		if (t->kind == SPILL_TOKEN_WORD && (words++ == 0 || !r->whole))
			title = title && t->letters != SPILL_CASE_LOWER;
	}
	own = r->n > 0 && has_small(r->may[0]->variant);
	/* Georgian is written without capitals. */
	own = (own && !small) || (r->n > 0 && is_span(r->may[0]->lang, "ka"));
	r->m->flags |= upper || own ? SPILL_MARKING_UPPER
		       : title	    ? SPILL_MARKING_TITLE
				    : 0;
}

void
gram_settle(const struct gram *g, struct reading *r)
{
	size_t us = of_scheme(r, SPILL_SPAN("US"));
	struct spill_marking *m = r->m;

	letters(g, r);
	if (r->n == 0)
		return;
	if (r->slashed && us < r->n && m->valid > 0) {
		r->may[0] = r->may[us];
		r->n = 1;
	}
	m->spec = SPILL_SPEC_WEAK;
	m->rank = r->may[0]->rank;
	m->rank_max = m->rank;
	for (size_t i = 0; i < r->n; i++) {
		const struct spill_term *t = r->may[i];

		m->rank = SPILL_MIN(m->rank, t->rank);
		m->rank_max = SPILL_MAX(m->rank_max, t->rank);
		if (t->spec != SPILL_SPEC_NONE)
			m->spec = SPILL_MIN(m->spec, t->spec);
	}
	gram_schemes(m, r->may, r->n);
	flags(r);
	m->level[0] = '\0';
	gram_put(m->level, sizeof(m->level), canonical(r));
	nato_row(r);
}
