/*
 * parts_dos.c: the partition table of DOS: four entries in the first sector,
 * and a chain of tables with two each in an extended partition.
 *
 * Numbers are those of Linux: the slots are 1 to 4, what lies in extended
 * partitions counts from 5 in the order of the chain, and slices of a BSD or
 * Solaris label in a partition go on from there.
 */
#include <stdio.h>

#include <spill/cur.h>

#include "parts_i.h"

#define TABLE_AT   446
#define TABLE_SIZE 512
#define SLOTS	   4

struct slot {
	uint8_t flag, type;
	uint32_t first, count;
};

struct link {
	uint64_t at, room; /* sectors: a table, and what it may speak of */
};

struct chain {
	struct parts *p;
	uint64_t base, count; /* of the extended partition */
	struct link *link; /* to come and done, at most PARTS_LINKS */
	size_t *links, next;
	unsigned *number;
};

static bool
is_extended(uint8_t type)
{
	return type == 0x05 || type == 0x0f || type == 0x85;
}

/* False: no signature. */
static bool
read_slots(struct parts *p, uint64_t sector, struct slot s[SLOTS], bool *there)
{
	uint8_t raw[TABLE_SIZE];
	struct spill_cur c;

	*there = parts_sectors(p, sector, raw, sizeof(raw));
	if (!*there)
		return false;
	c = spill_cur(raw, sizeof(raw));
	spill_cur_seek(&c, TABLE_AT);
	for (size_t i = 0; i < SLOTS; i++) {
		s[i].flag = spill_cur_u8(&c);
		spill_cur_skip(&c, 3);
		s[i].type = spill_cur_u8(&c);
		spill_cur_skip(&c, 3);
		s[i].first = spill_cur_u32le(&c);
		s[i].count = spill_cur_u32le(&c);
	}
	return spill_cur_match(&c, "\x55\xaa", 2);
}

static bool
is_used(const struct slot *s)
{
	return s->type != 0 && s->count != 0;
}

/* --- extended partitions ------------------------------------------------ */

/* A table that was seen before is a loop: it is not read again. */
static void
follow(struct chain *c, uint64_t from, uint64_t at, uint64_t room)
{
	struct parts *p = c->p;
	uint64_t place = from * p->sector;

	for (size_t i = 0; i < *c->links; i++)
		if (c->link[i].at == at) {
			parts_odd(p, place, TABLE_SIZE,
			    "the extended table at sector %llu leads back to "
			    "the one at sector %llu",
			    (unsigned long long)from, (unsigned long long)at);
			return;
		}
	if (*c->links == PARTS_LINKS) {
		parts_odd(p, place, TABLE_SIZE,
		    "there are more than %d extended tables: the others are "
		    "left out",
		    PARTS_LINKS);
		return;
	}
	if (at < c->base || at - c->base >= c->count)
		parts_odd(p, place, TABLE_SIZE,
		    "the extended table at sector %llu leads out of the "
		    "extended partition, to sector %llu",
		    (unsigned long long)from, (unsigned long long)at);
	c->link[(*c->links)++] = (struct link){ at, room };
}

/* Some systems leave garbage in the last two slots; Linux's test. */
static bool
is_garbage(
    const struct chain *c, const struct link *l, const struct slot *s, size_t i)
{
	uint64_t first = l->at + s->first, end = first + s->count;

	return i >= 2 && ((uint64_t)s->first + s->count > l->room ||
			     first < c->base || end > c->base + c->count);
}

static void
extended_slots(struct chain *c, const struct link *l, const struct slot *s)
{
	struct parts *p = c->p;
	unsigned links = 0;

	for (size_t i = 0; i < SLOTS; i++) {
		struct part *x;

		if (!is_used(&s[i]) || is_extended(s[i].type))
			continue;
		if (is_garbage(c, l, &s[i], i)) {
			parts_odd(p, l->at * p->sector, TABLE_SIZE,
			    "slot %zu of the extended table at sector %llu is "
			    "beyond its place: it is left out",
			    i + 1, (unsigned long long)l->at);
			continue;
		}
		x = parts_add(
		    p, (*c->number)++, l->at + s[i].first, s[i].count);
		if (x != NULL)
			x->type = s[i].type;
	}
	for (size_t i = 0; i < SLOTS; i++) {
		if (!is_used(&s[i]) || !is_extended(s[i].type))
			continue;
		if (++links == 2)
			parts_odd(p, l->at * p->sector, TABLE_SIZE,
			    "the extended table at sector %llu leads to more "
			    "than one other",
			    (unsigned long long)l->at);
		follow(c, l->at, c->base + s[i].first, s[i].count);
	}
}

static void
extended_table(struct chain *c, const struct link *l)
{
	struct parts *p = c->p;
	struct slot s[SLOTS];
	bool there;

	if (!read_slots(p, l->at, s, &there)) {
		parts_odd(p, l->at * p->sector, TABLE_SIZE,
		    there ? "the extended table at sector %llu has no "
			    "signature: the chain ends"
			  : "the extended table at sector %llu is behind the "
			    "end of the disk",
		    (unsigned long long)l->at);
		return;
	}
	parts_table(p, "Extended Table", l->at, 1);
	extended_slots(c, l, s);
}

static void
extended(struct parts *p, const struct slot *slots, unsigned *number)
{
	struct link link[PARTS_LINKS];
	size_t links = 0, next = 0;

	for (size_t i = 0; i < SLOTS; i++) {
		struct chain c = { .p = p,
			.base = slots[i].first,
			.count = slots[i].count,
			.link = link,
			.links = &links,
			.number = number };

		if (!is_used(&slots[i]) || !is_extended(slots[i].type))
			continue;
		follow(&c, 0, c.base, c.count);
		for (; next < links && p->rc == SPILL_OK; next++) {
			struct link l = link[next];

			extended_table(&c, &l);
		}
	}
}

/* --- the first sector --------------------------------------------------- */

static void
primary(struct parts *p, const struct slot *s, unsigned number)
{
	struct part *x;

	if (s->type == 0xee) {
		p->protective = true;
		return;
	}
	p->foreign = true;
	if (is_extended(s->type))
		return;
	x = parts_add(p, number, s->first, s->count);
	if (x != NULL)
		x->type = s->type;
}

/* One level: a label in a partition. */
static void
labels(struct parts *p, unsigned *number)
{
	size_t n = p->n;

	for (size_t i = 0; i < n && p->rc == SPILL_OK; i++) {
		struct part in = p->v[i];

		if (in.number == 0 || in.number > SLOTS)
			continue;
		if (in.type == 0xa5 || in.type == 0xa6 || in.type == 0xa9)
			parts_bsd_in(p, &in, number);
		else if (in.type == 0x82 || in.type == 0xbf)
			parts_solaris_in(p, &in, number);
	}
}

/* What code in a boot sector has and a table has not. */
static bool
is_doubtful(const struct parts *p, const struct slot *s)
{
	uint64_t end = p->disk->size / p->sector;
	bool inside = false;

	for (size_t i = 0; i < SLOTS; i++) {
		if ((s[i].flag & 0x7f) != 0)
			return true;
		inside |= is_used(&s[i]) && s[i].first < end;
	}
	return !inside;
}

bool
parts_dos(struct parts *p)
{
	struct slot s[SLOTS];
	unsigned number = SLOTS + 1;
	bool there, any = false;

	if (!read_slots(p, 0, s, &there))
		return false;
	for (size_t i = 0; i < SLOTS; i++)
		any |= is_used(&s[i]);
	if (!any)
		return false;
	p->doubtful = is_doubtful(p, s);
	(void)snprintf(p->name, sizeof(p->name), "DOS Partition Table");
	parts_table(p, "Primary Table", 0, 1);
	for (size_t i = 0; i < SLOTS; i++)
		if (is_used(&s[i]))
			primary(p, &s[i], (unsigned)i + 1);
	extended(p, s, &number);
	labels(p, &number);
	return true;
}
