/*
 * taker_row.c: hits and verdicts as rows of look.h.
 */
#include <stdio.h>
#include <string.h>

#include <spill/look.h>
#include <spill/name.h>

#include "taker_i.h"

#define ROOM ((size_t)64 << 10) /* bytes of a cell */

void
markrow_open(struct markrow *m)
{
	for (size_t i = 0; i < SPILL_COUNT(m->text); i++)
		m->text[i] = SPILL_BUF_INIT(ROOM);
}

void
markrow_close(struct markrow *m)
{
	for (size_t i = 0; i < SPILL_COUNT(m->text); i++)
		spill_buf_release(&m->text[i]);
}

/* A cell of hostile text: the n-th of the row. */
static int
set_name(struct markrow *m, unsigned n, struct spill_row *r, unsigned col,
    struct spill_span raw)
{
	struct spill_buf *b = &m->text[n];

	spill_buf_reset(b);
	spill_name_escape(b, raw);
	spill_row_set(r, col, spill_buf_as_span(b));
	return b->rc;
}

static void
set_uint(struct markrow *m, unsigned n, struct spill_row *r, unsigned col,
    uint64_t v)
{
	(void)snprintf(
	    m->number[n], sizeof(m->number[n]), "%llu", (unsigned long long)v);
	spill_row_set(r, col, spill_span(m->number[n]));
}

/* 0 to 5; others are not told. */
static void
set_rank(
    struct markrow *m, unsigned n, struct spill_row *r, unsigned col, int rank)
{
	if (rank >= 0)
		set_uint(m, n, r, col, (uint64_t)rank);
}

int
markrow_hit(struct markrow *m, const struct spill_hit *h, struct spill_row *r)
{
	const unsigned base = SPILL_LOOK_MARKING;
	struct spill_buf *repairs = &m->text[2];
	char names[128];
	int rc;

	spill_row_clear(r);
	spill_row_set(
	    r, base + MK_CLASS, spill_span(spill_class_names[h->class]));
	spill_row_set(r, base + MK_SCHEME, spill_span(h->m.scheme));
	spill_row_set(r, base + MK_LEVEL, spill_span(h->m.level));
	set_rank(m, 0, r, base + MK_RANK, h->m.rank);
	rc = set_name(
	    m, 0, r, base + MK_CATEGORIES, spill_span(h->m.categories));
	if (rc == SPILL_OK)
		rc = set_name(
		    m, 3, r, base + MK_RELEASE, spill_span(h->m.release));
	set_uint(m, 1, r, base + MK_SCORE, spill_hit_score(h));
	spill_row_set(r, base + MK_WHERE, spill_span(h->where));
	if (h->page > 0)
		set_uint(m, 2, r, base + MK_PAGE, h->page);
	if (h->offset != UINT64_MAX)
		set_uint(m, 3, r, base + MK_OFFSET, h->offset);
	if (rc == SPILL_OK)
		rc = set_name(m, 1, r, base + MK_TEXT, h->text);
	spill_buf_reset(repairs);
	(void)spill_repair_names(h->repairs, names, sizeof(names));
	spill_buf_puts(repairs, names);
	spill_row_set(r, base + MK_REPAIRS, spill_buf_as_span(repairs));
	spill_row_set(r, base + MK_REASON, spill_span(h->reason));
	return rc;
}

static int
set_furniture(
    struct markrow *m, const struct spill_verdict *v, struct spill_row *r)
{
	const unsigned base = SPILL_LOOK_VERDICT;
	int rc = set_name(m, 0, r, base + VD_ORIGINATOR, v->originator);

	if (rc == SPILL_OK)
		rc = set_name(m, 1, r, base + VD_REFERENCE, v->reference);
	if (rc == SPILL_OK)
		rc = set_name(m, 2, r, base + VD_COPY_NO, v->copy_no);
	if (rc == SPILL_OK)
		rc = set_name(m, 3, r, base + VD_DOC_DATE, v->doc_date);
	return rc;
}

static int
set_label(struct markrow *m, const struct spill_verdict *v, struct spill_row *r)
{
	if (v->mip.guid[0] == '\0')
		return SPILL_OK;
	spill_row_set(r, SPILL_LOOK_GUID, spill_span(v->mip.guid));
	spill_row_set(r, SPILL_LOOK_LABEL_SCHEME, spill_span(v->mip.scheme));
	spill_row_set(r, SPILL_LOOK_LABEL_LEVEL, spill_span(v->mip.level));
	if (v->mip.name[0] != '\0')
		set_rank(m, 6, r, SPILL_LOOK_LABEL_RANK, v->mip.rank);
	return set_name(
	    m, 4, r, SPILL_LOOK_LABEL_NAME, spill_span(v->mip.name));
}

int
markrow_verdict(
    struct markrow *m, const struct spill_verdict *v, struct spill_row *r)
{
	const unsigned base = SPILL_LOOK_VERDICT;
	int rc;

	spill_row_clear(r);
	spill_row_set(
	    r, base + VD_CLASS, spill_span(spill_class_names[v->class]));
	spill_row_set(r, base + VD_SCHEME, spill_span(v->scheme));
	spill_row_set(r, base + VD_LEVEL, spill_span(v->level));
	set_rank(m, 0, r, base + VD_RANK, v->rank);
	if (v->rank_max != v->rank)
		set_rank(m, 1, r, base + VD_RANK_MAX, v->rank_max);
	spill_row_set(r, base + VD_FORMER_LEVEL, spill_span(v->former_level));
	rc = set_name(m, 5, r, base + VD_CATEGORIES, spill_span(v->categories));
	if (rc == SPILL_OK)
		rc = set_name(
		    m, 6, r, base + VD_RELEASE, spill_span(v->release));
	set_uint(m, 2, r, base + VD_SCORE, v->score);
	if (v->pages > 0) {
		set_uint(m, 3, r, base + VD_PAGES, v->pages);
		set_uint(m, 4, r, base + VD_PAGES_MARKED, v->pages_marked);
	}
	set_uint(m, 5, r, base + VD_MARKINGS, v->markings);
	spill_row_set(r, base + VD_FLAGS, spill_span(v->flags));
	spill_row_set(r, base + VD_REASON, spill_span(v->reason));
	if (rc == SPILL_OK)
		rc = set_furniture(m, v, r);
	return rc == SPILL_OK ? set_label(m, v, r) : rc;
}
