/*
 * parts_fuzz.c: decoders of partition tables, and of the signs of lost
 * volumes. The first byte says which table; the disk is the rest, and zeros
 * behind it.
 *
 * What must hold: what comes back is bounded and in numbers that a disk can
 * have; a table that is none leaves nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "../../common/evidence/lost_i.h"

#include "fuzz.h"

#define DISK ((uint64_t)4 << 20)

static bool
read_input(void *ctx, uint64_t at, void *buf, size_t n)
{
	const struct spill_span *s = ctx;
	size_t have = at < s->len ? (size_t)(s->len - at) : 0;

	if (n > DISK || at > DISK - n)
		return false;
	have = SPILL_MIN(have, n);
	if (have > 0)
		memcpy(buf, s->p + at, have);
	memset((char *)buf + have, 0, n - have);
	return true;
}

static void
tables(const struct disk_view *d, unsigned kind)
{
	static struct parts p;
	size_t partitions = 0;
	int rc = parts_read(&p, d, (enum parts_kind)(kind % PARTS_KINDS),
	    kind / PARTS_KINDS % 2 == 1 ? 4096 : 512);

	must(rc == SPILL_OK || (p.n == 0 && p.v == NULL && p.odds == 0));
	must(p.n <= PARTS_MAX && (rc != SPILL_OK || p.name[0] != '\0'));
	for (size_t i = 0; i < p.n; i++) {
		must(p.v[i].offset <= INT64_MAX && p.v[i].length <= INT64_MAX);
		must((p.v[i].number == 0) == (p.v[i].what != NULL));
		partitions += p.v[i].number > 0;
	}
	for (size_t i = 0; i < SPILL_MIN(p.odds, PARTS_ODD); i++)
		must(strlen(p.odd[i].detail) < sizeof(p.odd[i].detail));
	must(partitions == p.partitions);
	parts_release(&p);
}

static int
on_found(void *ctx, const struct lost *l, uint64_t *next)
{
	size_t *n = ctx;

	(void)next;
	must(l->start < DISK && l->length <= INT64_MAX && l->what != NULL);
	must((l->fixes > 0) == (l->copy != NULL));
	for (unsigned i = 0; i < l->fixes; i++)
		must(
		    l->fix[i].len > 0 && l->fix[i].len <= SPILL_VOLUME_FIX_MAX);
	return ++*n > 64 ? SPILL_END : SPILL_OK;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct spill_span raw = { (const char *)data + 1, size - 1 };
	const struct disk_view d = { read_input, &raw, DISK };
	struct lost_range all = { 0, (size + 511) / 512 * 512 };
	size_t n = 0;
	struct lost_search s = { .disk = &d, .found = on_found, .ctx = &n };

	if (size == 0)
		return 0;
	if (data[0] < 2 * PARTS_KINDS)
		tables(&d, data[0]);
	else
		(void)lost_search(&s, &all, 1);
	return 0;
}
