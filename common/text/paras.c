/*
 * paras.c: paragraphs, each put together from its runs.
 */
#include "text_i.h"

#define PARA_MOST ((size_t)64 << 20) /* bytes of a paragraph */

void
paras_begin(struct paras *s, enum spill_role role)
{
	struct para *p;

	if (s->depth == PARA_DEEP) {
		s->over++;
		return;
	}
	p = &s->p[s->depth++];
	p->role = role;
	for (unsigned i = 0; i < PARA_SEEN; i++) {
		p->text[i].max = PARA_MOST;
		spill_buf_reset(&p->text[i]);
	}
}

struct para *
paras_top(struct paras *s)
{
	return s->depth > 0 ? &s->p[s->depth - 1] : NULL;
}

void
paras_put(struct paras *s, enum para_seen seen, struct spill_span text)
{
	struct para *p = paras_top(s);

	if (p != NULL)
		spill_buf_span(&p->text[seen], text);
}

static enum spill_role
role_of(const struct para *p, unsigned seen)
{
	return seen == PARA_HIDDEN    ? SPILL_ROLE_HIDDEN
	       : seen == PARA_DELETED ? SPILL_ROLE_DELETED
				      : p->role;
}

void
paras_end(
    struct paras *s, struct lines *l, struct spill_span part, uint32_t page)
{
	struct para *p = paras_top(s);

	if (s->over > 0) {
		s->over--;
		paras_put(s, PARA_SHOWN, SPILL_SPAN("\n"));
		return;
	}
	if (p == NULL)
		return;
	for (unsigned i = 0; i < PARA_SEEN; i++) {
		if (p->text[i].rc == SPILL_ELIMIT)
			lines_flaw(l, "limit", 0, 0,
			    "a paragraph is longer than 64 MiB");
		if (p->text[i].len == 0)
			continue;
		lines_place(l, part, role_of(p, i), page);
		l->line.struck = i == PARA_STRUCK;
		lines_put(l, spill_buf_as_span(&p->text[i]));
		lines_end(l);
	}
	s->depth--;
}

void
paras_release(struct paras *s)
{
	for (unsigned i = 0; i < PARA_DEEP; i++)
		for (unsigned k = 0; k < PARA_SEEN; k++)
			spill_buf_release(&s->p[i].text[k]);
}
