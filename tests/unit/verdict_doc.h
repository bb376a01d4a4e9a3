/*
 * verdict_doc.h: documents as rows of lines, and what the judge has to say of
 * them, for the tests of verdicts.
 */
#ifndef SPILL_VERDICT_DOC_H
#define SPILL_VERDICT_DOC_H

#include <stdio.h>

#include <spill/verdict.h>

#include "util.h"
#include "verdict_words.h"

/* --- a document --------------------------------------------------------- */

static struct spill_judge *judge;
static struct spill_vocab *vocab;

static void
tell_label(const struct row *r)
{
	struct spill_parse p;
	struct spill_label l = { .family = SPILL_LABEL_MIP };

	parse(&p, &(struct row)M(r->text, r->marks + 6));
	l.flags = strstr(r->marks, " part") != NULL ? SPILL_LABEL_PORTION : 0;
	if (p.markings > 0)
		l.marking = p.marking[0];
	else
		l.marking.rank = l.marking.rank_max = -1;
	(void)snprintf(l.name, sizeof(l.name), "%s", r->text);
	assert_int_equal(spill_judge_label(judge, &l), SPILL_OK);
}

static void
tell(const struct row *r, uint32_t page)
{
	struct spill_parse p;
	const struct spill_line l = { .text = spill_span(r->text),
		.part = spill_span(r->part != NULL ? r->part : ""),
		.role = r->role,
		.page = page,
		.offset = UINT64_MAX };
	const struct spill_seen s = { &l, r->marks != NULL ? &p : NULL };
	unsigned n;

	if (strstr(r->text, " lines") != NULL &&
	    sscanf(r->text, "%u", &n) == 1) {
		spill_judge_skip(judge, n, page);
		return;
	}
	if (r->marks != NULL && strncmp(r->marks, "label ", 6) == 0) {
		tell_label(r);
		return;
	}
	if (r->marks != NULL)
		parse(&p, r);
	assert_int_equal(spill_judge_line(judge, &s), SPILL_OK);
}

static void
judge_doc(const struct doc *d, struct spill_verdict *v)
{
	const struct spill_judge_doc j = {
		.name = spill_span(d->file != NULL ? d->file : "memo.txt"),
		.code = d->code,
		.fragment = d->fragment,
		.mime = spill_span(d->data ? "text/xml" : "text/plain")
	};

	spill_judge_begin(judge, &j);
	for (size_t i = 0; d->row[i].text != NULL; i++)
		if (d->row[i].page == 0)
			tell(&d->row[i], 0);
	for (uint32_t page = 1; page <= d->pages; page++)
		for (size_t i = 0; d->row[i].text != NULL; i++)
			if (d->row[i].page > 0 && page >= d->row[i].page &&
			    page <= SPILL_MAX(d->row[i].page, d->row[i].last))
				tell(&d->row[i], page);
	assert_int_equal(spill_judge_end(judge, v), SPILL_OK);
}

static void
check(const struct doc *d)
{
	struct spill_verdict v;

	judge_doc(d, &v);
	same(d, "class", spill_class_names[v.class],
	    spill_class_names[d->class]);
	same(d, "scheme", v.scheme, d->scheme);
	same(d, "level", v.level, d->level);
	same(d, "flags", v.flags, d->flags != NULL ? d->flags : "");
	same(d, "categories", v.categories, d->categories);
	same(d, "release", v.release, d->release);
	same(d, "former level", v.former_level,
	    d->former != NULL ? d->former : "");
	if (d->level != NULL && v.rank_max != d->rank)
		fail_msg("%s: rank %d, not %d", d->name, v.rank_max, d->rank);
	if ((v.secondary & d->secondary) != d->secondary)
		fail_msg("%s: secondary classes %x, not %x", d->name,
		    v.secondary, d->secondary);
	if (d->class == SPILL_CLASS_MARKED && (v.score < 60) != d->few)
		fail_msg("%s: score %u", d->name, v.score);
	if (d->class != SPILL_CLASS_NONE && v.reason[0] == '\0')
		fail_msg("%s: no reason", d->name);
}

static void
check_all(const struct doc *d, size_t n)
{
	for (size_t i = 0; i < n; i++)
		check(&d[i]);
}

#define MARKED(s, l, r) \
	.class = SPILL_CLASS_MARKED, .scheme = (s), .level = (l), .rank = (r)
#define NATO_SECRET MARKED("NATO", "NATO SECRET", 4)
#define HEADER	    .role = SPILL_ROLE_HEADER
#define FOOTER	    .role = SPILL_ROLE_FOOTER
#define CELL	    .role = SPILL_ROLE_TABLE

#define MENTION .class = SPILL_CLASS_MENTION
#define LONE(s, l, r) \
	MENTION, .scheme = (s), .level = (l), .rank = (r), .flags = "one-place"
#define TEMPLATE .class = SPILL_CLASS_TEMPLATE

static int
open_judge(void **state)
{
	(void)state;
	if (spill_vocab_open(&vocab, NULL, 0) != SPILL_OK)
		return -1;
	return spill_judge_open(&judge, vocab);
}

static int
free_judge(void **state)
{
	(void)state;
	spill_judge_free(&judge);
	spill_vocab_free(&vocab);
	return 0;
}

#endif
