/*
 * mark_parse.c: a line to the grammar. A long one is read around its hits
 * only: what stands far from them is prose.
 */
#include <string.h>

#include "mark_i.h"

#define BEFORE 512 /* bytes before a hit that are read, too */
#define VIEWS  256 /* bytes of a line that is tried in other views */

/* Without the markings that it has not. */
void
mark_parse_copy(struct spill_parse *to, const struct spill_parse *from)
{
	const size_t rest = offsetof(struct spill_parse, markings);

	memcpy(to->marking, from->marking,
	    from->markings * sizeof(*from->marking));
	memcpy(
	    (char *)to + rest, (const char *)from + rest, sizeof(*to) - rest);
}

static void
move(uint32_t *place, uint32_t at, uint32_t by)
{
	if (*place >= at)
		*place += by;
}

/* A pair of places that are equal says that there is nothing. */
static void
move_pair(uint32_t *from, uint32_t *to, uint32_t at, uint32_t by)
{
	if (*from == *to)
		return;
	move(from, at, by);
	if (*to > at)
		*to += by;
}

void
mark_shift(struct spill_parse *p, uint32_t at, uint32_t by)
{
	for (size_t i = 0; i < p->markings; i++) {
		struct spill_marking *k = &p->marking[i];

		move_pair(&k->from, &k->to, at, by);
		move_pair(&k->ref_from, &k->ref_to, at, by);
	}
	move_pair(&p->copy_from, &p->copy_to, at, by);
	move_pair(&p->ref_from, &p->ref_to, at, by);
	move_pair(&p->orig_from, &p->orig_to, at, by);
	move_pair(&p->date_from, &p->date_to, at, by);
}

/* --- windows ------------------------------------------------------------ */

/* Part of a line is no whole line, whatever it looks like. */
static void
inner(struct spill_parse *p, bool first)
{
	for (size_t i = 0; i < p->markings; i++) {
		enum spill_form *f = &p->marking[i].form;

		if (*f == SPILL_FORM_LINE || *f == SPILL_FORM_LINE_LOOSE ||
		    (!first &&
			(*f == SPILL_FORM_PORTION || *f == SPILL_FORM_SUBJECT)))
			*f = SPILL_FORM_INLINE;
	}
}

static void
keep_pair(uint32_t *from, uint32_t *to, uint32_t a, uint32_t b)
{
	if (*from == *to) {
		*from = a;
		*to = b;
	}
}

static void
merge(struct spill_parse *p, const struct spill_parse *w)
{
	for (size_t i = 0;
	     i < w->markings && p->markings < SPILL_PARSE_MARKINGS; i++)
		p->marking[p->markings++] = w->marking[i];
	p->signals |= w->signals;
	p->repairs |= w->repairs;
	p->cabs |= w->cabs;
	p->edits = SPILL_MAX(p->edits, w->edits);
	keep_pair(&p->copy_from, &p->copy_to, w->copy_from, w->copy_to);
	keep_pair(&p->ref_from, &p->ref_to, w->ref_from, w->ref_to);
	keep_pair(&p->orig_from, &p->orig_to, w->orig_from, w->orig_to);
	keep_pair(&p->date_from, &p->date_to, w->date_from, w->date_to);
	p->orig = p->orig == NULL ? w->orig : p->orig;
	p->copy = p->copy == 0 ? w->copy : p->copy;
	p->copies = p->copies == 0 ? w->copies : p->copies;
}

/* The next blank from here on, or what is at most so far. */
static size_t
at_blank(struct spill_span s, size_t from, size_t most)
{
	size_t i = from;

	while (i < most && s.p[i] != ' ')
		i++;
	return i;
}

/* The window that begins there: its end. */
static size_t
window_end(struct spill_span s, size_t from)
{
	size_t end = from + SPILL_NORMAL_LINE;

	if (end >= s.len)
		return s.len;
	for (size_t i = end; i > from + SPILL_NORMAL_LINE / 2; i--)
		if (s.p[i - 1] == ' ')
			return i;
	return end;
}

static void
window(struct spill_mark *m, struct spill_span s, size_t from, size_t end,
    struct spill_parse *p)
{
	struct spill_span part = { s.p + from, end - from };

	spill_normal_line(&m->n, part, m->v);
	m->n.cut = true;
	spill_grammar_line(m->v, &m->n, false, &m->window);
	inner(&m->window, from == 0);
	mark_shift(&m->window, 0, (uint32_t)from);
	merge(p, &m->window);
}

/* Windows do not overlap: a hit that is in one has none of its own. */
static void
around(struct spill_mark *m, struct spill_span s, enum mark_shape shape,
    const struct trigger_hit *hit, size_t hits, struct spill_parse *p)
{
	size_t done = 0;

	memset(p, 0, sizeof(*p));
	if (shape == MARK_PORTION) {
		done = window_end(s, 0);
		window(m, s, 0, done, p);
	}
	for (size_t i = 0; i < hits; i++) {
		size_t from = hit[i].from;

		if (hit[i].to <= done || from >= s.len)
			continue;
		from = from > done + BEFORE ? at_blank(s, from - BEFORE, from)
					    : done;
		done = window_end(s, from);
		window(m, s, from, done, p);
	}
}

/* Names and signs of programs: nothing that a scanner misread. */
static bool
is_code(struct spill_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (strchr("_;{}=<>#\\", s.p[i]) != NULL && s.p[i] != '\0')
			return true;
	return false;
}

static bool
has_words(const struct spill_normal *n)
{
	for (size_t i = 0; i < n->tokens; i++)
		if (n->token[i].word != 0)
			return true;
	return false;
}

/* Does a level, an abbreviation or a caveat begin at one of its words? */
static bool
has_terms(const struct spill_vocab *v, const struct spill_normal *n)
{
	struct spill_vocab_hit hit[SPILL_VOCAB_HITS];

	for (size_t i = 0; i < n->tokens; i++) {
		size_t hits =
		    n->token[i].word != 0 ? spill_vocab_match(v, n, i, hit) : 0;

		for (size_t k = 0; k < hits; k++)
			for (size_t j = 0; j < hit[k].terms; j++)
				if (hit[k].term[j]->kind !=
				    SPILL_TERM_RELEASABILITY)
					return true;
	}
	return false;
}

void
mark_parse(struct spill_mark *m, struct spill_span s, enum mark_shape shape,
    const struct trigger_hit *hit, size_t hits, struct spill_parse *p)
{
	bool code, views;

	if (s.len > SPILL_NORMAL_LINE) {
		around(m, s, shape, hit, hits, p);
		return;
	}
	code = is_code(s);
	views = s.len <= VIEWS && !code;
	spill_normal_line(&m->n, s, m->v);
	if (views ||
	    (code && hits == 0 ? has_terms(m->v, &m->n) : has_words(&m->n))) {
		spill_grammar_line(m->v, &m->n, views, p);
		return;
	}
	memset((char *)p + offsetof(struct spill_parse, markings), 0,
	    sizeof(*p) - offsetof(struct spill_parse, markings));
}
