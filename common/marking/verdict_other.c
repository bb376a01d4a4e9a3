/*
 * verdict_other.c: markings that stand nowhere on a page by themselves:
 * portions, labels, names of files.
 */
#include <string.h>

#include "verdict_i.h"

/* --- portions ----------------------------------------------------------- */

/* Different ones tell an enumeration (A) (B) (C) from portions. */
static void
portion_value(struct judge_portions *p, struct spill_span text)
{
	size_t i, n = SPILL_MIN(text.len, sizeof(p->value[0]) - 1);

	for (i = 0; i < p->values; i++)
		if (strlen(p->value[i]) == n &&
		    memcmp(p->value[i], text.p, n) == 0)
			return;
	if (i < SPILL_COUNT(p->value)) {
		memcpy(p->value[i], text.p, n);
		p->value[i][n] = '\0';
		p->values++;
	}
}

bool
judge_has_scheme(const char *schemes, const char *name, size_t n)
{
	for (const char *s = schemes; *s != '\0'; s += *s == '|') {
		size_t k = strcspn(s, "|");

		if (k == n && memcmp(s, name, n) == 0)
			return true;
		s += k;
	}
	return false;
}

/* (S) is rank 4 to some and a list's letter to others. */
bool
judge_is_bare(struct spill_span text, const struct spill_marking *m)
{
	return text.len <= 3 && m->valid == 0;
}

/* (B), (C), (D): each is a level of some country, and of none all three. */
static void
portion_schemes(struct judge_portions *p, const struct spill_marking *m)
{
	char both[sizeof(p->schemes)] = "";
	size_t used = 0;

	if (!p->bare)
		memcpy(p->schemes, m->scheme, sizeof(p->schemes));
	p->bare = true;
	for (const char *s = p->schemes; *s != '\0'; s += *s == '|') {
		size_t n = strcspn(s, "|");

		if (judge_has_scheme(m->scheme, s, n)) {
			used += used > 0;
			if (used > 0)
				both[used - 1] = '|';
			memcpy(both + used, s, n);
			used += n;
		}
		s += n;
	}
	p->mixed |= used == 0;
	memcpy(p->schemes, both, sizeof(p->schemes));
}

static void
portion_release(struct spill_judge *j, const struct spill_marking *m)
{
	struct judge_portions *p = &j->now.portions;

	spill_list_unite(p->categories, sizeof(p->categories), m->categories);
	p->noforn |= judge_list_has(m->categories, "NOFORN");
	judge_release(j, p->release, sizeof(p->release), &p->released,
	    &p->nobody, m->release);
}

void
judge_portion(struct spill_judge *j, const struct spill_marking *m,
    struct spill_span text)
{
	struct judge_portions *p = &j->now.portions;

	p->hits++;
	p->lines += p->last_line != j->now.line;
	p->last_line = j->now.line;
	p->classified += m->rank > 1 || m->flags & SPILL_MARKING_CONTROLLED;
	if (m->valid == 0 && text.len <= 4)
		portion_schemes(p, m);
	else
		p->full++;
	p->rich += !judge_is_bare(text, m);
	p->initials += (m->flags & SPILL_MARKING_INITIALS) != 0;
	portion_value(p, text);
	portion_release(j, m);
	if (m->spec == SPILL_SPEC_SELF) {
		p->self++;
		p->self_rank = SPILL_MAX(p->self_rank, m->rank);
	}
	if (m->rank > p->rank) {
		p->rank = m->rank;
		memcpy(p->scheme, m->scheme, sizeof(p->scheme));
		memcpy(p->level, m->level, sizeof(p->level));
	}
}

/* --- labels and names --------------------------------------------------- */

static void
label_count(struct judge_labels *n, const struct spill_label *l, uint32_t at)
{
	bool part = (l->flags & SPILL_LABEL_PORTION) != 0;

	if (l->flags & SPILL_LABEL_CORP)
		n->corp++;
	else if (l->flags & SPILL_LABEL_UNRESOLVED)
		n->unresolved++;
	if (l->flags & (SPILL_LABEL_CORP | SPILL_LABEL_UNRESOLVED) ||
	    (l->marking.rank < 0 && l->name[0] == '\0'))
		return;
	n->n++;
	if (part)
		n->part_rank = SPILL_MAX(n->part_rank, l->marking.rank);
	/* What labels the whole goes before what labels a part. */
	if (n->hit != 0 && (part || n->main) &&
	    (part == n->main || l->marking.rank <= n->rank))
		return;
	n->rank = l->marking.rank;
	n->hit = at + 1;
	n->family = l->family;
	n->main = !part;
}

/* What there is of it to be shown. */
static struct spill_span
shown_text(const struct spill_label *l)
{
	const char *const texts[] = { l->marking.level, l->name, l->guid,
		spill_label_names[l->family] };
	size_t i = 0;

	while (texts[i][0] == '\0')
		i++;
	return spill_span(texts[i]);
}

int
judge_hits_label(struct spill_judge *j, const struct spill_label *l)
{
	struct judge_hit h = { .hit = { .m = l->marking,
				   .role = SPILL_ROLE_PROPERTY,
				   .line = j->now.line,
				   .offset = UINT64_MAX },
		.facts = JP(LABEL),
		.label = true,
		.label_flags = l->flags,
		.family = l->family };
	int32_t at;

	if (l->flags & SPILL_LABEL_POLICY)
		j->now.labels.policy++;
	if (l->guid[0] != '\0' && j->mip.guid[0] == '\0' &&
	    !(l->flags & (SPILL_LABEL_REMOVED | SPILL_LABEL_FORMER)))
		j->mip = *l;
	if (l->flags & (SPILL_LABEL_REMOVED | SPILL_LABEL_POLICY |
			   SPILL_LABEL_WEAK | SPILL_LABEL_FORMER))
		return SPILL_OK;
	if (l->flags & SPILL_LABEL_PRIOR) { /* of a military gateway */
		j->now.opening |= SPILL_SIGNAL_MESSAGE;
		return SPILL_OK;
	}
	h.group = (uint32_t)judge_group_of(&j->now, &l->marking);
	h.mark_page = j->now.page;
	if (l->marking.rank >= 0)
		h.facts |= JP(LEVEL);
	j->now.hits++;
	j->now.words++;
	at = judge_hits_keep(j, &h, shown_text(l), l->part);
	if (at >= 0)
		label_count(&j->now.labels, l, (uint32_t)at);
	return j->rc;
}

int
judge_hits_name(struct spill_judge *j, const struct spill_parse *p)
{
	for (size_t i = 0; i < p->markings && j->rc == SPILL_OK; i++) {
		const struct spill_marking *m = &p->marking[i];
		struct judge_hit h = {
			.hit = { .m = *m,
			    .role = SPILL_ROLE_ARTIFACT,
			    .offset = UINT64_MAX,
			    .repairs = p->repairs },
			.facts =
			    judge_base(m) | JP(ARTIFACT) | judge_letters(m),
			.named = true,
		};

		h.hit.class = SPILL_CLASS_MENTION;
		judge_say_hit(&h);
		h.group = (uint32_t)judge_group_of(&j->now, m);
		j->named = true;
		(void)judge_hits_keep(
		    j, &h, spill_span(m->level), SPILL_SPAN(""));
	}
	return j->rc;
}
