/*
 * verdict_fuzz.c: the judge, with whatever lines, markings and labels: what it
 * says is well formed, bounded, and the same the second time.
 */
#include <stdio.h>

#include <spill/verdict.h>

#include "fuzz.h"

struct bytes {
	const uint8_t *p;
	size_t n;
};

static unsigned
take(struct bytes *b)
{
	if (b->n == 0)
		return 0;
	b->n--;
	return *b->p++;
}

/* Text of few letters, so that things fall together. */
static void
word(struct bytes *b, char *out, size_t size)
{
	static const char *const words[] = { "", "NATO", "NATO SECRET",
		"SECRET", "TLP", "NOFORN", "ATOMAL;NOFORN", "GBR;USA", "USA",
		"ES|PT", "UK EYES ONLY" };

	(void)snprintf(out, size, "%s", words[take(b) % SPILL_COUNT(words)]);
}

static void
marking(struct bytes *b, struct spill_marking *m, size_t len)
{
	m->form = (enum spill_form)(take(b) % (SPILL_FORM_CODE + 1));
	m->spec = (enum spill_term_spec)(take(b) % (SPILL_SPEC_CAVEAT + 1));
	m->flags = take(b) << 12 | take(b) << 6 | take(b);
	m->rank = (int)(take(b) % 7) - 1;
	m->rank_max = m->rank < 0 ? -1 : SPILL_MIN(m->rank + 1, 5);
	m->valid = take(b) % 20;
	m->from = take(b) % 16;
	m->to = m->from + (uint32_t)(take(b) % (len + 1));
	word(b, m->scheme, sizeof(m->scheme));
	word(b, m->level, sizeof(m->level));
	word(b, m->categories, sizeof(m->categories));
	word(b, m->release, sizeof(m->release));
}

static void
parse(struct bytes *b, struct spill_parse *p, size_t len)
{
	memset(p, 0, sizeof(*p));
	p->markings = take(b) % (SPILL_PARSE_MARKINGS + 1);
	for (size_t i = 0; i < p->markings; i++)
		marking(b, &p->marking[i], len);
	p->signals = take(b) << 9 | take(b);
	p->repairs = take(b);
	p->edits = take(b) % 3;
	p->cabs = take(b);
	p->page = take(b) % 4;
	p->copy_from = take(b) % 8;
	p->copy_to = take(b) % 64;
	p->ref_to = take(b) % 64;
	p->shout = take(b) % 2 != 0;
}

static int
line(struct spill_judge *j, struct bytes *b)
{
	static const char text[] = "> NATO SECRET \xd0\xa1 page 3 of 12 is one";
	static const char *const parts[] = { "", "a", "word/header1.xml" };
	size_t len = take(b) % sizeof(text);
	struct spill_parse p;
	const struct spill_line l = { .text = { text, len },
		.part = spill_span(parts[take(b) % SPILL_COUNT(parts)]),
		.role = (enum spill_role)(take(b) % SPILL_ROLES),
		.page = take(b) % 5,
		.offset = UINT64_MAX };
	const struct spill_seen s = { &l, &p };

	parse(b, &p, len);
	return spill_judge_line(j, &s);
}

static int
label(struct spill_judge *j, struct bytes *b)
{
	struct spill_label l = { .family = (enum spill_label_family)(
				     take(b) % SPILL_LABEL_FAMILIES),
		.flags = take(b) };

	marking(b, &l.marking, 0);
	word(b, l.name, sizeof(l.name));
	word(b, l.guid, sizeof(l.guid));
	return spill_judge_label(j, &l);
}

static void
judge(struct spill_judge *j, struct bytes b, struct spill_verdict *v)
{
	unsigned how = take(&b);
	const struct spill_judge_doc d = {
		.name = SPILL_SPAN("x"), .code = how & 1, .fragment = how & 2
	};
	struct spill_parse p;

	spill_judge_begin(j, &d);
	while (b.n > 0) {
		unsigned op = take(&b);

		if (op < 180)
			must(line(j, &b) == SPILL_OK);
		else if (op < 200)
			must(label(j, &b) == SPILL_OK);
		else if (op < 250)
			spill_judge_skip(j, take(&b), take(&b) % 5);
		else {
			parse(&b, &p, 0);
			must(spill_judge_name(j, &p) == SPILL_OK);
		}
	}
	memset(v, 0, sizeof(*v));
	must(spill_judge_end(j, v) == SPILL_OK);
}

static void
check_hits(const struct spill_judge *j)
{
	size_t n = spill_judge_hits(j);

	must(n <= 4096);
	for (size_t i = 0; i < n; i++) {
		const struct spill_hit *h = spill_judge_hit(j, i);

		must(h->class < SPILL_CLASS_NONE);
		must(h->text.len <= 200 && h->where[0] != '\0');
		must(memchr(h->reason, '\0', sizeof(h->reason)) != NULL);
		must(spill_hit_score(h) <= 100);
	}
}

static void
check(const struct spill_verdict *v)
{
	must(v->class <= SPILL_CLASS_NONE && v->score <= 100);
	must(v->rank >= -1 && v->rank <= v->rank_max && v->rank_max <= 5);
	must(v->pages_marked <= v->pages);
	must((v->secondary & 1u << v->class) == 0);
	must(memchr(v->reason, '\0', sizeof(v->reason)) != NULL);
	must(memchr(v->flags, '\0', sizeof(v->flags)) != NULL);
	must(v->class == SPILL_CLASS_NONE || v->reason[0] != '\0');
	must(v->class != SPILL_CLASS_MARKED || v->rank_max >= 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct spill_judge *j;
	struct spill_verdict a, b,
	    own = { .class = SPILL_CLASS_NONE, .rank = -1, .rank_max = -1 };

	must(spill_judge_open(&j, NULL) == SPILL_OK);
	judge(j, (struct bytes){ data, size }, &a);
	check_hits(j);
	check(&a);
	spill_verdict_rollup(NULL, &own, &a);
	check(&own);
	judge(j, (struct bytes){ data, size }, &b);
	must(a.class == b.class && a.score == b.score);
	must(strcmp(a.reason, b.reason) == 0);
	must(strcmp(a.flags, b.flags) == 0);
	spill_judge_free(&j);
	return 0;
}
