/*
 * verdict_say.c: why, for people: each hit with its points, the document in a
 * sentence. Nothing of the text but the marking itself.
 */
#include <stdio.h>
#include <string.h>

#include "verdict_i.h"

/* A text that grows in a buffer and stops when it is full. */
struct say {
	char *p;
	size_t size, len;
};

#define SAY(s, ...) \
	say_n(s, snprintf((s)->p + (s)->len, (s)->size - (s)->len, __VA_ARGS__))

static void
say_n(struct say *s, int n)
{
	if (n > 0)
		s->len = SPILL_MIN(s->len + (size_t)n, s->size - 1);
}

/* --- a hit -------------------------------------------------------------- */

const char *
judge_where(const struct judge_hit *h)
{
	if (h->named)
		return "filename";
	if (h->label)
		return h->family == SPILL_LABEL_PROPERTY ? "property" : "label";
	switch (h->hit.role) {
	case SPILL_ROLE_HEADER:
		return "header";
	case SPILL_ROLE_FOOTER:
		return "footer";
	case SPILL_ROLE_WATERMARK:
		return "watermark";
	case SPILL_ROLE_PROPERTY:
		return spill_span_eq(h->hit.part, SPILL_SPAN("Subject"))
			   ? "subject"
			   : "property";
	default:
		return h->facts & JP(EDGE) && judge_is_alone(h->hit.m.form)
			   ? "banner"
			   : "body";
	}
}

static int
worth(const struct judge_hit *h, int point)
{
	struct judge_hit one = *h;

	one.facts = (uint64_t)1 << point;
	return judge_sum(&one);
}

/* "self 6, line 6, capitals 3": halves as .5. */
void
judge_say_hit(struct judge_hit *h)
{
	struct say s = { h->hit.reason, sizeof(h->hit.reason), 0 };

	(void)snprintf(
	    h->hit.where, sizeof(h->hit.where), "%s", judge_where(h));
	h->hit.reason[0] = '\0';
	for (int i = 0; i < JUDGE_POINTS; i++) {
		int half;

		if (!(h->facts >> i & 1))
			continue;
		half = worth(h, i);
		SAY(&s, "%s%s %s%d%s", s.len > 0 ? ", " : "",
		    judge_points[i].name, half < 0 ? "-" : "",
		    (half < 0 ? -half : half) / 2, half % 2 != 0 ? ".5" : "");
	}
}

/* --- a document --------------------------------------------------------- */

static const char *const families[SPILL_LABEL_FAMILIES] = {
	[SPILL_LABEL_STANAG4774] = "a STANAG 4774 label",
	[SPILL_LABEL_ESS] = "an ESS security label",
	[SPILL_LABEL_SIO] = "a SIO-Label field",
	[SPILL_LABEL_XPM] = "a protective marking of a mail",
	[SPILL_LABEL_MIP] = "a Microsoft sensitivity label",
	[SPILL_LABEL_TITUS] = "a Titus label",
	[SPILL_LABEL_BOLDON] = "a Boldon James label",
	[SPILL_LABEL_TSCP] = "a TSCP label",
	[SPILL_LABEL_ISM] = "attributes of IC-ISM",
	[SPILL_LABEL_NITF] = "the security fields of a NITF header",
	[SPILL_LABEL_TLP] = "a TLP label",
	[SPILL_LABEL_XMPP] = "a security label of a chat",
	[SPILL_LABEL_PROPERTY] = "a property of the document",
};

static const char *
place_of(const struct judge_hit *h)
{
	switch (h->hit.role) {
	case SPILL_ROLE_HEADER:
		return "in a header";
	case SPILL_ROLE_FOOTER:
		return "in a footer";
	case SPILL_ROLE_WATERMARK:
		return "as a watermark";
	case SPILL_ROLE_TABLE:
		return "alone in a cell";
	case SPILL_ROLE_TITLE:
		return "alone in a heading";
	case SPILL_ROLE_COMMENT:
		return "alone in a comment";
	case SPILL_ROLE_NOTE:
		return "alone in a note";
	case SPILL_ROLE_HIDDEN:
		return "in text that is not shown";
	case SPILL_ROLE_DELETED:
		return "in text that was deleted";
	case SPILL_ROLE_PROPERTY:
		return "in a field for readers";
	default:
		break;
	}
	if (h->facts & JP(BOTH) && h->facts & JP(EDGE))
		return "alone at the top and the bottom";
	if (h->facts & JP(EDGE))
		return "alone at an edge of the page";
	if (h->facts & JP(FIELD))
		return "as the value of a field";
	return judge_is_alone(h->hit.m.form) ? "alone on a line"
					     : "in its full form";
}

static void
say_hit(struct say *s, const struct judge_hit *h, const char *before)
{
	if (h == NULL)
		return;
	SAY(s, "%s%s stands %s", before, h->hit.m.level, place_of(h));
	if (h->facts & JP(PAGES_90))
		SAY(s, ", on all pages or nearly all");
	else if (h->facts & JP(PAGES_50))
		SAY(s, ", on half of the pages or more");
	else if (h->facts & JP(PAGES_2))
		SAY(s, ", on several pages");
}

static void
say_label(struct say *s, const struct spill_judge *j)
{
	const struct judge_hit *h;

	if (j->now.labels.hit == 0)
		return;
	h = &j->hits[j->now.labels.hit - 1];
	SAY(s, "%s says %s", families[h->family],
	    h->hit.m.level[0] != '\0' ? h->hit.m.level
				      : "a name without level");
	say_hit(s, judge_best(j, SPILL_CLASS_MARKED), "; ");
}

static void
say_former(struct say *s, const struct spill_judge *j, bool lowered)
{
	if (j->now.old == NULL)
		return;
	say_hit(s, j->now.old, "");
	SAY(s, ", and %s",
	    !lowered && j->now.declass_pages > 0
		? "a stamp says that it is so no more"
	    : j->now.lower != NULL ? "a line says that it was lowered"
	    : j->now.cancelled	   ? "a stamp cancels it"
				   : "it is struck through");
}

static void
say_portions(struct say *s, const struct spill_judge *j)
{
	const struct judge_portions *p = &j->now.portions;

	SAY(s, "%llu portions are marked, up to %s; no banner",
	    (unsigned long long)p->hits,
	    p->level[0] != '\0' ? p->level : "no level");
}

static void
say_template(struct say *s, const struct spill_judge *j)
{
	const struct judge_part *p = &j->now;

	if (p->boxes > 0)
		SAY(s, "levels are options to be ticked");
	else if (p->labels.policy > 0)
		SAY(s, "it defines levels or labels");
	else if (judge_best(j, SPILL_CLASS_TEMPLATE) != NULL ||
		 p->rank_mask != 0)
		SAY(s, "levels are listed or depend on a condition; none marks "
		       "the pages");
	else
		SAY(s, "it teaches marking");
}

static void
say_mention(struct say *s, const struct spill_judge *j)
{
	const struct judge_hit *h = judge_lone(j);

	if (h == NULL)
		h = judge_best(j, SPILL_CLASS_MENTION);

	if (h == NULL)
		SAY(s, "words of markings in running text");
	else if (h->named)
		SAY(s, "%s is in the name of the file alone", h->hit.m.level);
	else if (judge_is_alone(h->hit.m.form) &&
		 h->hit.m.flags & SPILL_MARKING_CANDIDATE)
		SAY(s,
		    "%s stands alone in a spelling that is not sure, and "
		    "nothing else says that it is a marking",
		    h->hit.m.level);
	else if (judge_is_alone(h->hit.m.form))
		SAY(s,
		    "%s stands alone, and nothing else says that it is a "
		    "marking",
		    h->hit.m.level);
	else
		SAY(s, "%s is among other words",
		    h->hit.m.level[0] != '\0' ? h->hit.m.level
					      : "a word of markings");
}

static void
say_class(
    struct say *s, const struct spill_judge *j, const struct spill_verdict *v)
{
	switch (v->class) {
	case SPILL_CLASS_MARKED:
		if (j->now.old != NULL)
			say_former(s, j, true);
		else
			say_hit(s, judge_best(j, v->class), "");
		break;
	case SPILL_CLASS_LABELLED:
		say_label(s, j);
		break;
	case SPILL_CLASS_PORTION:
		say_portions(s, j);
		break;
	case SPILL_CLASS_DECLASSIFIED:
		say_former(s, j, false);
		break;
	case SPILL_CLASS_SPECIMEN:
		say_hit(s, judge_best(j, v->class), "");
		SAY(s, ", beside words of an exercise or a specimen");
		break;
	case SPILL_CLASS_TEMPLATE:
		say_template(s, j);
		break;
	case SPILL_CLASS_CORPORATE:
		if (j->now.labels.corp > 0)
			SAY(s, "a label of a company's own words");
		else
			say_hit(s, judge_best(j, v->class), "");
		SAY(s, "; nothing speaks of a state or an alliance");
		break;
	case SPILL_CLASS_MENTION:
		say_mention(s, j);
		break;
	default:
		break;
	}
}

void
judge_say(const struct spill_judge *j, struct spill_verdict *v)
{
	struct say s = { v->reason, sizeof(v->reason), 0 };
	const struct judge_hit *h =
	    v->class == SPILL_CLASS_MENTION ? judge_lone(j) : NULL;

	if (h == NULL)
		h = judge_best(j, v->class);
	v->reason[0] = '\0';
	say_class(&s, j, v);
	if (h != NULL && h->hit.reason[0] != '\0')
		SAY(&s, " (%s)", h->hit.reason);
}
