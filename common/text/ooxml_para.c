/*
 * ooxml_para.c: paragraphs, each put together from its runs.
 */
#include "ooxml_i.h"

#define PARA_MOST ((size_t)64 << 20) /* bytes of a paragraph */

void
ooxml_para_begin(struct ooxml_paras *s, enum spill_role role)
{
	struct ooxml_para *p;

	if (s->depth == OOXML_DEEP) {
		s->over++;
		return;
	}
	p = &s->p[s->depth++];
	p->role = role;
	for (unsigned i = 0; i < OOXML_SEEN; i++) {
		p->text[i].max = PARA_MOST;
		spill_buf_reset(&p->text[i]);
	}
}

struct ooxml_para *
ooxml_para(struct ooxml_paras *s)
{
	return s->depth > 0 ? &s->p[s->depth - 1] : NULL;
}

void
ooxml_para_put(
    struct ooxml_paras *s, enum ooxml_seen seen, struct spill_span text)
{
	struct ooxml_para *p = ooxml_para(s);

	if (p != NULL)
		spill_buf_span(&p->text[seen], text);
}

static enum spill_role
role_of(const struct ooxml_para *p, unsigned seen)
{
	return seen == OOXML_HIDDEN    ? SPILL_ROLE_HIDDEN
	       : seen == OOXML_DELETED ? SPILL_ROLE_DELETED
				       : p->role;
}

void
ooxml_para_end(struct ooxml_paras *s, struct lines *l, struct spill_span part,
    uint32_t page)
{
	struct ooxml_para *p = ooxml_para(s);

	if (s->over > 0) {
		s->over--;
		ooxml_para_put(s, OOXML_SHOWN, SPILL_SPAN("\n"));
		return;
	}
	if (p == NULL)
		return;
	for (unsigned i = 0; i < OOXML_SEEN; i++) {
		if (p->text[i].rc == SPILL_ELIMIT)
			lines_flaw(l, "limit", 0, 0,
			    "a paragraph is longer than 64 MiB");
		if (p->text[i].len == 0)
			continue;
		lines_place(l, part, role_of(p, i), page);
		lines_put(l, spill_buf_as_span(&p->text[i]));
		lines_end(l);
	}
	s->depth--;
}

void
ooxml_paras_release(struct ooxml_paras *s)
{
	for (unsigned i = 0; i < OOXML_DEEP; i++)
		for (unsigned k = 0; k < OOXML_SEEN; k++)
			spill_buf_release(&s->p[i].text[k]);
}
