/*
 * ole_chain.c: the sectors of compound files: the FAT, the mini FAT, and
 * chains in them ([MS-CFB] 2.3 to 2.5).
 */
#include <stdlib.h>
#include <string.h>

#include <spill/cur.h>

#include "ole_i.h"

int
ole_alloc(struct ole *o, uint64_t n, size_t size, void *out)
{
	void **p = out;

	if (n > o->memory / size) {
		int rc = member_flaw(&o->m, "limit", 0, 0,
		    "its tables need more than %ju bytes of memory",
		    (uintmax_t)o->memory);

		o->full = true;
		return rc == SPILL_OK ? SPILL_ELIMIT : rc;
	}
	*p = calloc(n > 0 ? (size_t)n : 1, size);
	if (*p == NULL)
		return SPILL_ENOMEM;
	o->memory -= n * size;
	return SPILL_OK;
}

uint64_t
ole_offset(const struct ole *o, uint32_t sector)
{
	return ((uint64_t)sector + 1) << o->shift;
}

static uint32_t
u32_at(const uint8_t *p)
{
	struct spill_cur c = spill_cur(p, 4);

	return spill_cur_u32le(&c);
}

/* One sector of a table into the numbers from at on. */
static int
table_part(struct ole *o, uint32_t sector, struct ole_table *t, uint64_t at)
{
	uint8_t raw[4096];
	size_t n = (size_t)1 << o->shift, got;
	int rc = src_read(o->m.src, ole_offset(o, sector), raw, n, &got);

	for (size_t i = 0; rc == SPILL_OK && i + 4 <= got && at < t->n; i += 4)
		t->next[at++] = u32_at(raw + i);
	if (rc != SPILL_OK || got == n)
		return rc;
	return member_flaw(&o->m, "damaged", ole_offset(o, sector), n,
	    "sector %u, a part of the FAT, is behind the end", sector);
}

static int
table_init(struct ole *o, struct ole_table *t, uint64_t n)
{
	int rc = ole_alloc(o, n, sizeof(*t->next), &t->next);

	if (rc == SPILL_OK)
		rc = ole_alloc(o, n, sizeof(*t->seen), &t->seen);
	if (rc != SPILL_OK)
		return rc;
	t->n = (uint32_t)n;
	for (uint32_t i = 0; i < t->n; i++)
		t->next[i] = OLE_LOST;
	return SPILL_OK;
}

/* The sectors of the FAT that a piece of the DIFAT names. *at: the number of
 * the first of them in the FAT, then of the one behind. */
static int
difat_part(struct ole *o, const uint8_t *raw, size_t n, uint32_t *at)
{
	uint32_t per = 1u << (o->shift - 2), sector;
	int rc = SPILL_OK;

	for (size_t i = 0; rc == SPILL_OK && i < n; i++, ++*at) {
		if ((uint64_t)*at * per >= o->fat.n)
			return SPILL_END;
		sector = u32_at(raw + i * 4);
		if (sector < o->fat.n) {
			o->fat.seen[sector] = 1;
			rc =
			    table_part(o, sector, &o->fat, (uint64_t)*at * per);
		} else if (*at < o->fats || sector < OLE_MAX) {
			rc = member_flaw(&o->m, "damaged", 0, 0,
			    "part %u of the FAT is in sector %#x, and there is "
			    "none",
			    *at, sector);
		}
	}
	return rc;
}

/* [MS-CFB] 2.5: the last number of a sector is that of the next one. */
int
ole_fat_load(struct ole *o)
{
	uint64_t size = o->m.src->size, sector = (uint64_t)1 << o->shift;
	uint64_t n = size > sector ? (size - 1) >> o->shift : 0;
	uint32_t at = 0, id = o->difat_start;
	uint8_t raw[4096];
	size_t got;
	int rc = table_init(o, &o->fat, SPILL_MIN(n, (uint64_t)OLE_MAX));

	if (rc == SPILL_OK)
		rc = difat_part(o, o->difat, 109, &at);
	while (rc == SPILL_OK && id < o->fat.n && o->fat.seen[id] == 0) {
		o->fat.seen[id] = 1;
		rc = src_read(
		    o->m.src, ole_offset(o, id), raw, (size_t)sector, &got);
		if (rc != SPILL_OK || got < sector)
			break;
		rc = difat_part(o, raw, (size_t)sector / 4 - 1, &at);
		id = u32_at(raw + sector - 4);
	}
	if (rc == SPILL_OK && at < o->fats)
		rc = member_flaw(&o->m, "damaged", 0, 0,
		    "the FAT has %u sectors, and %u of them can be found",
		    o->fats, at);
	if (rc == SPILL_OK || rc == SPILL_END)
		o->chains = 1;
	return rc == SPILL_END ? SPILL_OK : rc;
}

struct ole_chain
ole_chain(struct ole *o, const struct ole_entry *e, uint32_t own)
{
	uint64_t all = (uint64_t)o->fat.n << o->shift;
	struct ole_chain c = { .o = o, .next = e->start };

	c.mini = e->type != OLE_ROOT && e->size < OLE_MINI_MAX;
	c.number = ++o->chains;
	c.own = own != 0 ? own : c.number;
	c.left = SPILL_MIN(e->size, all);
	return c;
}

/* May a chain go on with this sector? Otherwise why not. */
static const char *
cannot(struct ole_chain *c, const struct ole_table *t, uint32_t size)
{
	uint32_t seen;

	if (c->next == OLE_END)
		return "its chain of sectors ends early";
	if (c->next == OLE_NONE)
		return "its chain of sectors leads to a free one";
	if (c->next == OLE_LOST)
		return "its part of the FAT is lost";
	if (c->next >= t->n)
		return "its chain of sectors leads out of the file";
	seen = t->seen[c->next];
	if (seen == c->number)
		return "its chain of sectors is a loop";
	if (seen == 0 || seen >= c->own)
		return NULL;
	if (c->alone)
		return "its sectors are another stream's";
	if (c->o->shared < size)
		return "too many streams have the same sectors";
	c->o->shared -= size;
	c->crossed = true;
	return NULL;
}

int
ole_chain_next(struct ole_chain *c, uint64_t *offset, uint64_t *len)
{
	struct ole *o = c->o;
	struct ole_table *t = c->mini ? &o->mini : &o->fat;
	uint32_t size = c->mini ? OLE_MINI : 1u << o->shift, id = c->next;
	uint64_t at = (uint64_t)id * OLE_MINI;

	if (c->left == 0)
		return SPILL_END;
	c->why = cannot(c, t, size);
	if (c->why != NULL)
		return SPILL_END;
	if (c->mini && at >> o->shift >= o->mini_sectors) {
		c->why = "its chain of sectors leads out of the mini stream";
		return SPILL_END;
	}
	if (c->mini)
		*offset = ole_offset(o, o->mini_at[at >> o->shift]) +
			  (at & ((1u << o->shift) - 1));
	else
		*offset = ole_offset(o, id);
	*len = SPILL_MIN(c->left, (uint64_t)size);
	c->left -= *len;
	t->seen[id] = c->number;
	/* No table says LOST: that one was not read. */
	c->next = t->next[id];
	return SPILL_OK;
}

static int
chain_range(struct ole_chain *c, uint64_t offset, uint64_t len)
{
	uint64_t lacking;
	int rc = member_range(&c->o->m, offset, len, &lacking);

	if (rc == SPILL_OK && lacking > 0) {
		c->left = SPILL_MAX(c->left, (uint64_t)1);
		c->why = "the file ends before it does";
		return SPILL_END;
	}
	return rc;
}

int
ole_chain_put(struct ole_chain *c, uint64_t skip)
{
	uint64_t from = 0, sum = 0, at, len;
	int rc = SPILL_OK;

	while (rc == SPILL_OK && c->o->m.wanted &&
	       ole_chain_next(c, &at, &len) == SPILL_OK) {
		uint64_t drop = SPILL_MIN(skip, len);

		skip -= drop;
		at += drop;
		len -= drop;
		/* What is in a row is read at once. */
		if (sum > 0 && at == from + sum && sum + len <= MEMBER_BUF) {
			sum += len;
			continue;
		}
		rc = chain_range(c, from, sum);
		from = at;
		sum = len;
	}
	if (rc == SPILL_OK)
		rc = chain_range(c, from, sum);
	return rc == SPILL_END ? SPILL_OK : rc;
}

int
ole_chain_get(
    struct ole_chain *c, uint64_t skip, void *p, size_t n, size_t *got)
{
	uint64_t at, len;
	size_t sum = 0, now = 0;
	int rc = SPILL_OK;

	while (rc == SPILL_OK && sum < n &&
	       ole_chain_next(c, &at, &len) == SPILL_OK) {
		uint64_t drop = SPILL_MIN(skip, len);
		size_t want = SPILL_MIN((size_t)(len - drop), n - sum);

		skip -= drop;
		rc = src_read(
		    c->o->m.src, at + drop, (char *)p + sum, want, &now);
		if (rc == SPILL_OK)
			sum += now;
		if (now < want)
			break;
	}
	*got = sum;
	return rc;
}

int
ole_chain_list(struct ole *o, uint32_t start, const char *what, uint32_t most,
    uint32_t **list, uint32_t *n)
{
	struct ole_entry e = { .type = OLE_ROOT, .start = start };
	struct ole_chain c;
	uint64_t at, len, count = 0;
	int rc;

	e.size = (uint64_t)most << o->shift;
	/* Counted first: a table of all that there could be is large. */
	for (uint32_t id = start; id < o->fat.n && count < most; count++)
		id = o->fat.next[id];
	rc = ole_alloc(o, count, sizeof(**list), list);
	if (rc != SPILL_OK)
		return rc;
	c = ole_chain(o, &e, 0);
	c.alone = true;
	*n = 0;
	while (*n < count && ole_chain_next(&c, &at, &len) == SPILL_OK)
		(*list)[(*n)++] = (uint32_t)(at >> o->shift) - 1;
	if (*n == count)
		(void)ole_chain_next(&c, &at, &len);
	if (c.why == NULL || c.next == OLE_END)
		return SPILL_OK;
	return member_flaw(&o->m, "damaged", 0, 0, "the %s: %s", what, c.why);
}

/* [MS-CFB] 2.4 and 2.6.2: the root's own bytes are the mini stream. */
int
ole_mini_load(struct ole *o)
{
	uint32_t *list = NULL, n = 0, per = 1u << (o->shift - 2), most;
	uint64_t sector = (uint64_t)1 << o->shift;
	struct ole_entry root;
	int rc;

	if (!ole_dir_entry(o, 0, &root) || root.start >= OLE_MAX ||
	    root.size == 0)
		return SPILL_OK;
	most = (uint32_t)SPILL_MIN(
	    (root.size - 1) / sector + 1, (uint64_t)o->fat.n);
	rc = ole_chain_list(
	    o, root.start, "mini stream", most, &o->mini_at, &o->mini_sectors);
	if (rc == SPILL_OK && o->mini_sectors < most)
		rc = member_flaw(&o->m, "damaged", 0, 0,
		    "the mini stream is %ju bytes, and %ju of them are there",
		    (uintmax_t)root.size,
		    (uintmax_t)(o->mini_sectors * sector));
	if (rc == SPILL_OK)
		rc = table_init(
		    o, &o->mini, o->mini_sectors * (sector / OLE_MINI));
	if (rc == SPILL_OK)
		rc = ole_chain_list(o, o->mini_start, "mini FAT",
		    (o->mini.n + per - 1) / per, &list, &n);
	for (uint32_t i = 0; rc == SPILL_OK && i < n; i++)
		rc = table_part(o, list[i], &o->mini, (uint64_t)i * per);
	free(list);
	return rc;
}
