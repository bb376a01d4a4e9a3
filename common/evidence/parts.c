#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parts_i.h"

void
parts_odd(
    struct parts *p, uint64_t offset, uint64_t length, const char *format, ...)
{
	struct part_odd *o;
	va_list ap;

	if (p->odds++ >= PARTS_ODD)
		return;
	o = &p->odd[p->odds - 1];
	*o = (struct part_odd){ offset, length, "" };
	va_start(ap, format);
	(void)vsnprintf(o->detail, sizeof(o->detail), format, ap);
	va_end(ap);
}

static struct part *
append(struct parts *p)
{
	if (p->n == PARTS_MAX) {
		p->rc = SPILL_ELIMIT;
		return NULL;
	}
	if (p->n == p->cap) {
		size_t cap = p->cap > 0 ? 2 * p->cap : 16;
		struct part *v = realloc(p->v, cap * sizeof(*v));

		if (v == NULL) {
			p->rc = SPILL_ENOMEM;
			return NULL;
		}
		p->v = v;
		p->cap = cap;
	}
	p->v[p->n] = (struct part){ 0 };
	return &p->v[p->n++];
}

struct part *
parts_add(struct parts *p, unsigned number, uint64_t first, uint64_t count)
{
	uint64_t most = (uint64_t)INT64_MAX / 2 / p->sector;
	struct part *x;

	if (p->rc != SPILL_OK)
		return NULL;
	if (first > most || count > most) {
		parts_odd(p, 0, 0,
		    "partition %u, sectors %llu+%llu, is larger than a disk "
		    "can be: it is left out",
		    number, (unsigned long long)first,
		    (unsigned long long)count);
		return NULL;
	}
	x = append(p);
	if (x == NULL)
		return NULL;
	x->number = number;
	x->offset = first * p->sector;
	x->length = count * p->sector;
	p->partitions += number > 0;
	return x;
}

void
parts_table(struct parts *p, const char *what, uint64_t first, uint64_t count)
{
	uint64_t end =
	    p->disk->size / p->sector + (p->disk->size % p->sector != 0);
	struct part *x;

	if (first >= end)
		return;
	x = parts_add(p, 0, first, SPILL_MIN(count, end - first));
	if (x != NULL)
		x->what = what;
}

bool
parts_sectors(struct parts *p, uint64_t sector, void *buf, size_t n)
{
	return sector <= (uint64_t)INT64_MAX / p->sector &&
	       p->disk->read(p->disk->ctx, sector * p->sector, buf, n);
}

int
parts_read(struct parts *p, const struct disk_view *disk, enum parts_kind kind,
    uint32_t sector)
{
	static bool (*const read[])(struct parts *) = {
		[PARTS_DOS] = parts_dos,
		[PARTS_GPT] = parts_gpt,
		[PARTS_SUN] = parts_sun,
		[PARTS_MAC] = parts_mac,
		[PARTS_BSD] = parts_bsd,
	};
	bool any;

	memset(p, 0, sizeof(*p));
	p->disk = disk;
	p->sector = sector;
	any = read[kind](p);
	if (p->rc == SPILL_ENOMEM || !any)
		parts_release(p);
	return p->rc == SPILL_ENOMEM ? SPILL_ENOMEM
	       : any		     ? SPILL_OK
				     : SPILL_EFORMAT;
}

void
parts_release(struct parts *p)
{
	int rc = p->rc;

	free(p->v);
	memset(p, 0, sizeof(*p));
	p->rc = rc;
}
