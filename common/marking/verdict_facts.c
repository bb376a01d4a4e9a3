/*
 * verdict_facts.c: what is known of a marking as soon as it is read.
 */
#include "verdict_i.h"

uint64_t
judge_base(const struct spill_marking *m)
{
	uint64_t base;

	if (m->form == SPILL_FORM_PORTION)
		return JP(PORTION);
	switch (m->spec) {
	case SPILL_SPEC_SELF:
		base = m->flags & SPILL_MARKING_PAIR ? JP(PAIR) : JP(SELF);
		break;
	case SPILL_SPEC_PHRASE:
		base = JP(PHRASE);
		break;
	case SPILL_SPEC_WEAK:
		base = JP(WEAK);
		break;
	case SPILL_SPEC_CAVEAT:
		base = JP(CAVEAT);
		break;
	case SPILL_SPEC_PORTION:
		base = JP(PORTION);
		break;
	default:
		base = JP(GENERIC);
	}
	/* Worth more than its words as soon as there is one. */
	if (m->valid > 0 && m->rank >= 0 && base != JP(PAIR))
		base = m->valid > 1 || base != JP(SELF) ? JP(CATEGORIES) : base;
	return base;
}

static uint64_t
form_of(const struct spill_marking *m)
{
	static const uint64_t forms[] = {
		[SPILL_FORM_LINE] = JP(LINE),
		[SPILL_FORM_LINE_LOOSE] = JP(LOOSE),
		[SPILL_FORM_PORTION] = 0,
		[SPILL_FORM_FIELD] = JP(FIELD),
		[SPILL_FORM_SUBJECT] = JP(SUBJECT),
		[SPILL_FORM_INLINE] = JP(INLINE),
		[SPILL_FORM_LIST] = JP(LIST),
		[SPILL_FORM_BOX] = JP(BOX),
		[SPILL_FORM_CODE] = JP(CODE),
	};

	return forms[m->form];
}

uint64_t
judge_letters(const struct spill_marking *m)
{
	if (m->flags & SPILL_MARKING_UPPER)
		return JP(CAPITALS);
	/* Some schemes do not write in capitals: VS-NfD, OFFICIAL: Sensitive */
	if (m->spec == SPILL_SPEC_SELF && m->flags & SPILL_MARKING_TITLE)
		return JP(TITLE);
	return m->flags & SPILL_MARKING_TITLE ? JP(TITLE) : JP(LOWER);
}

static uint64_t
flags_of(const struct spill_marking *m)
{
	static const struct {
		unsigned flag;
		uint64_t fact;
	} map[] = {
		{ SPILL_MARKING_QUOTED, JP(QUOTED) },
		{ SPILL_MARKING_SPEECH, JP(SPEECH) },
		{ SPILL_MARKING_NEGATED | SPILL_MARKING_FUTURE, JP(NEGATED) },
		{ SPILL_MARKING_COMPOUND, JP(COMPOUND) },
		{ SPILL_MARKING_CLEARANCE, JP(CLEARANCE) },
		{ SPILL_MARKING_PRECEDENCE, JP(PRECEDENCE) },
		{ SPILL_MARKING_CANDIDATE, JP(CANDIDATE) },
	};
	uint64_t facts = 0;

	for (size_t i = 0; i < SPILL_COUNT(map); i++)
		if (m->flags & map[i].flag)
			facts |= map[i].fact;
	return facts;
}

bool
judge_is_cheap(const struct spill_marking *m)
{
	return m->spec == SPILL_SPEC_GENERIC || m->spec == SPILL_SPEC_WEAK ||
	       m->spec == SPILL_SPEC_NONE || m->spec == SPILL_SPEC_PORTION ||
	       m->spec == SPILL_SPEC_CAVEAT;
}

uint64_t
judge_facts(const struct spill_judge *j, const struct spill_line *l,
    const struct spill_parse *p, const struct spill_marking *m)
{
	uint64_t f =
	    judge_base(m) | form_of(m) | judge_letters(m) | flags_of(m);

	if (p->repairs & SPILL_REPAIR_SPACED)
		f |= JP(SPACED);
	if (judge_is_object(l->role))
		f |= JP(OBJECT);
	if (l->role == SPILL_ROLE_ARTIFACT)
		f |= JP(ARTIFACT);
	if (p->edits > 0)
		f |= JP(EDITS);
	if (p->signals & SPILL_SIGNAL_CONDITIONAL)
		f |= JP(CONDITIONAL);
	if (judge_is_cheap(m) && j->doc.code && m->valid < 2)
		f |= JP(CODE);
	if (m->form == SPILL_FORM_CODE && !judge_is_cheap(m))
		f &= ~JP(CODE);
	if (judge_is_cheap(m) && (m->flags & SPILL_MARKING_DISCLAIMER ||
				     p->signals & SPILL_SIGNAL_DISCLAIMER))
		f |= JP(DISCLAIMER);
	return f;
}
