/*
 * grammar_list.c: lists as they stand in markings: ";" between, in order of
 * bytes, each once. What does not fit is left out.
 */
#include "grammar_i.h"

#include <string.h>

#define LIST_MEMBERS 64

void
gram_put(char *to, size_t size, struct spill_span s)
{
	size_t len = strlen(to), blank = len > 0;

	if (s.len == 0 || len + blank + s.len >= size)
		return;
	if (blank)
		to[len++] = ' ';
	memcpy(to + len, s.p, s.len);
	to[len + s.len] = '\0';
}

/* The item that begins at *at; false: there is none left. */
static bool
list_next(const char *list, size_t *at, struct spill_span *item)
{
	const char *p = list + *at, *end = strchr(p, ';');

	if (*p == '\0')
		return false;
	item->p = p;
	item->len = end == NULL ? strlen(p) : (size_t)(end - p);
	*at += item->len + (end != NULL);
	return true;
}

void
gram_list_add(char *list, size_t size, struct spill_span item)
{
	size_t len = strlen(list), at = 0, here = 0;
	struct spill_span s;

	if (item.len == 0 || len + item.len + 1 >= size ||
	    memchr(item.p, ';', item.len) != NULL)
		return;
	while (list_next(list, &at, &s)) {
		int c = spill_span_cmp(item, s);

		if (c == 0)
			return;
		if (c < 0)
			break;
		here = at;
	}
	if (here == len) { /* the last one */
		if (len > 0)
			list[len++] = ';';
		memcpy(list + len, item.p, item.len);
		list[len + item.len] = '\0';
		return;
	}
	memmove(list + here + item.len + 1, list + here, len - here + 1);
	memcpy(list + here, item.p, item.len);
	list[here + item.len] = ';';
}

void
spill_list_unite(char *a, size_t size, const char *b)
{
	struct spill_span item;

	for (size_t at = 0; list_next(b, &at, &item);)
		gram_list_add(a, size, item);
}

/* IC Markings Register and Manual, annex of tetragraphs; NATO's members. */
static const struct group {
	const char *name, *members;
} groups[] = {
	{ "ACGU", "AUS;CAN;GBR;USA" },
	{ "FVEY", "AUS;CAN;GBR;NZL;USA" },
	{ "NATO",
	    "ALB;BEL;BGR;CAN;CZE;DEU;DNK;ESP;EST;FIN;FRA;GBR;GRC;HRV;HUN;ISL;"
	    "ITA;LTU;LUX;LVA;MKD;MNE;NLD;NOR;POL;PRT;ROU;SVK;SVN;SWE;TUR;USA" },
	{ "TEYE", "AUS;GBR;USA" },
};

static const char *
members(struct spill_span name)
{
	for (size_t i = 0; i < SPILL_COUNT(groups); i++)
		if (spill_span_eq(name, spill_span(groups[i].name)))
			return groups[i].members;
	return NULL;
}

static bool
list_has(const char *list, struct spill_span what)
{
	struct spill_span item;

	for (size_t at = 0; list_next(list, &at, &item);)
		if (spill_span_eq(item, what))
			return true;
	return false;
}

static void
expand(char *to, size_t size, const char *list)
{
	struct spill_span item;

	for (size_t at = 0; list_next(list, &at, &item);) {
		const char *m = members(item);

		if (m != NULL)
			spill_list_unite(to, size, m);
		gram_list_add(to, size, item);
	}
}

/* A group whose members are all there stands for them. */
static void
without_members(char *list, size_t size)
{
	char out[LIST_MEMBERS * 8] = "", in[LIST_MEMBERS * 8] = "";
	struct spill_span item;

	for (size_t at = 0; list_next(list, &at, &item);) {
		const char *m = members(item);

		if (m != NULL)
			spill_list_unite(in, sizeof(in), m);
	}
	for (size_t at = 0; list_next(list, &at, &item);)
		if (!list_has(in, item))
			gram_list_add(out, sizeof(out), item);
	if (strlen(out) < size)
		memcpy(list, out, strlen(out) + 1);
}

void
spill_list_intersect(
    const struct spill_vocab *v, char *a, size_t size, const char *b)
{
	char x[LIST_MEMBERS * 8] = "", y[LIST_MEMBERS * 8] = "";
	struct spill_span item;

	(void)v;
	if (b[0] == '\0')
		return;
	if (a[0] == '\0') {
		spill_list_unite(a, size, b);
		return;
	}
	expand(x, sizeof(x), a);
	expand(y, sizeof(y), b);
	a[0] = '\0';
	for (size_t at = 0; list_next(x, &at, &item);)
		if (list_has(y, item))
			gram_list_add(a, size, item);
	without_members(a, size);
}
