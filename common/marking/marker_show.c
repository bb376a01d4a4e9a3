/*
 * marker_show.c: for people: each marking with its points, and machines by
 * level by state. Cells are escaped as in records.
 */
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "marker_i.h"

static void
say(struct marker *m, struct spill_buf *b)
{
	spill_out_put(spill_tool_out(m->tool), b->p, b->len);
	spill_buf_reset(b);
}

static void
cell(struct spill_buf *b, const char *before, const struct spill_row *r,
    unsigned col, const char *behind)
{
	if (!spill_row_has(r, col))
		return;
	spill_buf_puts(b, before);
	spill_buf_span(b, spill_row_get(r, col));
	spill_buf_puts(b, behind);
}

static void
show_item(struct marker *m, struct spill_span item, struct spill_span path)
{
	struct spill_buf *b = &m->rec;

	if (m->shown)
		return;
	m->shown = true;
	spill_buf_reset(b);
	spill_buf_puts(b, m->rows > 0 ? "\n" : "");
	spill_buf_span(b, item);
	spill_buf_puts(b, " ");
	spill_buf_span(b, path);
	spill_buf_puts(b, "\n");
	m->rows++;
	say(m, b);
}

void
show_marking(struct marker *m, const struct spill_row *r)
{
	struct spill_buf *b = &m->rec;

	show_item(m, spill_row_get(r, MK_ITEM), spill_row_get(r, MK_PATH));
	cell(b, "  ", r, MK_WHERE, "");
	cell(b, ", page ", r, MK_PAGE, "");
	cell(b, ", byte ", r, MK_OFFSET, "");
	cell(b, ": ", r, MK_TEXT, "\n");
	cell(b, "    is ", r, MK_LEVEL, "");
	cell(b, " (", r, MK_SCHEME, "");
	cell(b, ", rank ", r, MK_RANK, "");
	spill_buf_puts(b, spill_row_has(r, MK_SCHEME) ? ")" : "");
	cell(b, ", ", r, MK_CATEGORIES, "");
	cell(b, ", releasable to ", r, MK_RELEASE, "");
	cell(b, "; repaired: ", r, MK_REPAIRS, "");
	cell(b, "; by itself ", r, MK_CLASS, "");
	cell(b, ", score ", r, MK_SCORE, "\n");
	cell(b, "    ", r, MK_REASON, "\n");
	say(m, b);
}

void
show_verdict(struct marker *m, const struct spill_row *r)
{
	struct spill_buf *b = &m->rec;

	show_item(m, spill_row_get(r, VD_ITEM), spill_row_get(r, VD_PATH));
	cell(b, "  => ", r, VD_CLASS, "");
	cell(b, ": ", r, VD_LEVEL, "");
	cell(b, " (", r, VD_SCHEME, ")");
	cell(b, ", formerly ", r, VD_FORMER_LEVEL, "");
	cell(b, ", ", r, VD_CATEGORIES, "");
	cell(b, ", releasable to ", r, VD_RELEASE, "");
	cell(b, ", score ", r, VD_SCORE, "");
	cell(b, "; ", r, VD_FLAGS, "");
	spill_buf_puts(b, "\n");
	cell(b, "     ", r, VD_REASON, "\n");
	say(m, b);
}

/* --- the summary -------------------------------------------------------- */

static void
copy(char *to, size_t size, struct spill_span v)
{
	size_t n = SPILL_MIN(v.len, size - 1);

	memcpy(to, v.p, n);
	to[n] = '\0';
}

/* "pc1" of "pc1:p2:..."; of an ordinary file, that. */
static struct spill_span
machine_of(struct spill_span item)
{
	const char *colon = memchr(item.p, ':', item.len);

	if (colon != NULL)
		item.len = (size_t)(colon - item.p);
	return spill_span_eq(item, SPILL_SPAN("file")) ? SPILL_SPAN("(files)")
						       : item;
}

static struct marker_count *
counter(struct marker *m, const struct marker_count *want)
{
	struct marker_count *c;

	for (size_t i = 0; i < m->ncount; i++)
		if (strcmp(m->count[i].machine, want->machine) == 0 &&
		    strcmp(m->count[i].level, want->level) == 0)
			return &m->count[i];
	c = spill_grow(m->count, m->ncount, &m->count_cap, sizeof(*c));
	if (c == NULL)
		return NULL;
	m->count = c;
	m->count[m->ncount] = *want;
	return &m->count[m->ncount++];
}

/* "NATO SECRET"; of other classes than the first three also which one. */
static void
level_of(const struct spill_row *r, int class, char *to, size_t size)
{
	char level[88], name[16];

	copy(level, sizeof(level),
	    spill_row_get(r, spill_row_has(r, VD_FORMER_LEVEL) ? VD_FORMER_LEVEL
							       : VD_LEVEL));
	copy(name, sizeof(name), spill_row_get(r, VD_CLASS));
	if (class < 3)
		(void)snprintf(to, size, "%s",
		    level[0] != '\0' ? level : "(level not known)");
	else
		(void)snprintf(to, size, "%s%s%s", name,
		    level[0] != '\0' ? ": " : "", level);
}

/* A container is not counted for its members. */
int
show_count(struct marker *m, const struct spill_row *r)
{
	int class = marker_class(spill_row_get(r, VD_CLASS));
	struct marker_count want = { .rank = -1 }, *c;
	uint64_t rank;

	if (spill_span_eq(spill_row_get(r, VD_FLAGS), SPILL_SPAN("member")))
		return SPILL_OK;
	copy(want.machine, sizeof(want.machine),
	    machine_of(spill_row_get(r, VD_ITEM)));
	level_of(r, class, want.level, sizeof(want.level));
	if (spill_span_uint(spill_row_get(r, VD_RANK), &rank))
		want.rank = (int)rank + (class < 3 ? 10 : 0);
	c = counter(m, &want);
	if (c == NULL)
		return SPILL_ENOMEM;
	if (spill_span_eq(spill_row_get(r, VD_ALLOC_NAME), SPILL_SPAN("no")) ||
	    spill_span_eq(spill_row_get(r, VD_ALLOC_META), SPILL_SPAN("no")))
		c->deleted++;
	else
		c->live++;
	c->members += m->in_member;
	return SPILL_OK;
}

static int
by_weight(const void *a, const void *b)
{
	const struct marker_count *x = a, *y = b;
	int c = strcmp(x->machine, y->machine);

	if (c == 0)
		c = SPILL_CMP(y->rank, x->rank);
	return c != 0 ? c : strcmp(x->level, y->level);
}

void
show_summary(struct marker *m)
{
	struct spill_buf *b = &m->rec;

	if (m->ncount > 1)
		qsort(m->count, m->ncount, sizeof(*m->count), by_weight);
	spill_buf_reset(b);
	spill_buf_printf(b, "%-16s %-40s %8s %8s %10s\n", "machine",
	    "level, or what else", "live", "deleted", "in members");
	for (size_t i = 0; i < m->ncount; i++) {
		const struct marker_count *c = &m->count[i];
		bool again =
		    i > 0 && strcmp(m->count[i - 1].machine, c->machine) == 0;

		spill_buf_printf(b, "%-16s %-40s %8llu %8llu %10llu\n",
		    again ? "" : c->machine, c->level,
		    (unsigned long long)c->live, (unsigned long long)c->deleted,
		    (unsigned long long)c->members);
	}
	if (m->ncount == 0)
		spill_buf_puts(b, "(none)\n");
	say(m, b);
}
