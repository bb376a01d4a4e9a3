/*
 * parts_gpt.c: the GUID Partition Table (UEFI Specification 2.10, section 5.3):
 * a header behind the first sector, one in the last, and an array of entries
 * with each. Both are read; the first of them that is whole is used.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libdeflate.h>

#include <spill/cur.h>

#include "parts_i.h"

#define HEADER_MIN 92
#define ENTRY_MIN  128
#define ENTRY_MAX  4096
#define GPT_ARRAY  ((uint64_t)4 << 20) /* bytes of entries */

struct gpt {
	const char *which;
	uint64_t at; /* sector it was found in */
	uint64_t self, other, entries; /* sectors, as it says */
	uint64_t first, last; /* sectors that partitions may have */
	uint32_t count, size, crc;
	uint8_t guid[16];
	bool there, sane, header_ok, array_ok;
	uint8_t *array;
	size_t len; /* of it */
};

static const uint8_t core_storage[16] = { 0x61, 0x67, 0x74, 0x53, 0x67, 0x61,
	0xaa, 0x11, 0xaa, 0x11, 0x00, 0x30, 0x65, 0x43, 0xec, 0xac };

/* --- a header ----------------------------------------------------------- */

static bool
header_crc_ok(uint8_t *raw, size_t room, uint32_t size, uint32_t crc)
{
	if (size < HEADER_MIN || size > room)
		return false;
	memset(raw + 16, 0, 4);
	return libdeflate_crc32(0, raw, size) == crc;
}

static void
read_header(struct parts *p, uint64_t at, struct gpt *g)
{
	uint8_t raw[4096] = { 0 };
	struct spill_cur c = spill_cur(raw, p->sector);
	struct spill_span guid;
	uint32_t size, crc;

	g->at = at;
	if (!parts_sectors(p, at, raw, p->sector) ||
	    !spill_cur_match(&c, "EFI PART", 8))
		return;
	g->there = true;
	spill_cur_skip(&c, 4);
	size = spill_cur_u32le(&c);
	crc = spill_cur_u32le(&c);
	spill_cur_skip(&c, 4);
	g->self = spill_cur_u64le(&c);
	g->other = spill_cur_u64le(&c);
	g->first = spill_cur_u64le(&c);
	g->last = spill_cur_u64le(&c);
	guid = spill_cur_bytes(&c, sizeof(g->guid));
	if (guid.len == sizeof(g->guid))
		memcpy(g->guid, guid.p, guid.len);
	g->entries = spill_cur_u64le(&c);
	g->count = spill_cur_u32le(&c);
	g->size = spill_cur_u32le(&c);
	g->crc = spill_cur_u32le(&c);
	g->header_ok = header_crc_ok(raw, p->sector, size, crc);
}

static void
odd_header(struct parts *p, const struct gpt *g, const char *what)
{
	parts_odd(p, g->at * p->sector, p->sector, "the %s GPT header %s",
	    g->which, what);
}

/* Sizes that can be worked with; what is not so is told. */
static bool
check_sizes(struct parts *p, const struct gpt *g)
{
	if (g->size < ENTRY_MIN || g->size > ENTRY_MAX || g->size % 8 != 0) {
		parts_odd(p, g->at * p->sector, p->sector,
		    "the %s GPT header has entries of %u bytes", g->which,
		    g->size);
		return false;
	}
	if ((uint64_t)g->count * g->size > GPT_ARRAY) {
		parts_odd(p, g->at * p->sector, p->sector,
		    "the %s GPT header has %u entries", g->which, g->count);
		return false;
	}
	if (g->count == 0)
		odd_header(p, g, "has no entries");
	return g->count > 0;
}

static void
read_array(struct parts *p, struct gpt *g)
{
	uint64_t at = g->entries * p->sector;

	g->len = (size_t)g->count * g->size;
	g->array = malloc(g->len);
	if (g->array == NULL) {
		p->rc = SPILL_ENOMEM;
		return;
	}
	g->sane = parts_sectors(p, g->entries, g->array, g->len);
	if (!g->sane) {
		odd_header(p, g, "has its entries behind the end of the disk");
		return;
	}
	g->array_ok = libdeflate_crc32(0, g->array, g->len) == g->crc;
	if (!g->array_ok)
		parts_odd(p, at, g->len,
		    "the checksum of the %s GPT's entries is wrong", g->which);
}

static void
check(struct parts *p, struct gpt *g)
{
	if (!g->there)
		return;
	if (!g->header_ok)
		odd_header(p, g, "has a wrong checksum");
	if (g->self != g->at)
		odd_header(p, g, "is not where it says it is");
	if (check_sizes(p, g))
		read_array(p, g);
}

static bool
is_whole(const struct gpt *g)
{
	return g->sane && g->header_ok && g->array_ok;
}

/* --- entries ------------------------------------------------------------ */

static void
add_entry(struct parts *p, const struct gpt *g, uint32_t i)
{
	struct spill_cur c = spill_cur(g->array + (size_t)i * g->size, g->size);
	struct spill_span type = spill_cur_bytes(&c, 16);
	static const uint8_t unused[16];
	uint64_t first, last;
	struct part *x;

	spill_cur_skip(&c, 16);
	first = spill_cur_u64le(&c);
	last = spill_cur_u64le(&c);
	if (memcmp(type.p, unused, 16) == 0)
		return;
	if (last < first) {
		parts_odd(p, g->entries * p->sector + (uint64_t)i * g->size,
		    g->size,
		    "partition %u ends before it begins: it is left out",
		    i + 1);
		return;
	}
	if (first < g->first || last > g->last)
		parts_odd(p, g->entries * p->sector + (uint64_t)i * g->size,
		    g->size,
		    "partition %u is outside the sectors that the GPT has for "
		    "partitions",
		    i + 1);
	x = parts_add(p, i + 1, first, last - first + 1);
	if (x != NULL)
		x->core_storage = memcmp(type.p, core_storage, 16) == 0;
}

static void
add_sectors(
    struct parts *p, const struct gpt *g, const char *header, const char *array)
{
	if (!g->there)
		return;
	parts_table(p, header, g->at, 1);
	if (g->sane)
		parts_table(
		    p, array, g->entries, (g->len + p->sector - 1) / p->sector);
}

static void
compare(struct parts *p, const struct gpt *a, const struct gpt *b)
{
	size_t n = SPILL_MIN(a->len, b->len);

	if (a->size != b->size || memcmp(a->guid, b->guid, 16) != 0 ||
	    memcmp(a->array, b->array, n) != 0 || a->len != b->len)
		parts_odd(p, b->at * p->sector, p->sector,
		    "the primary and the backup GPT differ: the primary one is "
		    "used");
}

/* --- both --------------------------------------------------------------- */

static void
find_backup(struct parts *p, const struct gpt *primary, struct gpt *backup)
{
	uint64_t end = p->disk->size / p->sector;
	uint64_t told =
	    primary->there && primary->header_ok ? primary->other : end - 1;

	if (told > 1 && told < end)
		read_header(p, told, backup);
	if (!backup->there && end > 2 && told != end - 1)
		read_header(p, end - 1, backup);
	if (primary->there && !backup->there) {
		bool beyond = primary->header_ok && primary->other >= end;

		parts_odd(p, primary->at * p->sector, p->sector,
		    "there is no backup GPT%s",
		    beyond ? ": it would be behind the end of the disk" : "");
	}
}

static const struct gpt *
choose(struct parts *p, const struct gpt *a, const struct gpt *b)
{
	if (is_whole(a)) {
		if (is_whole(b))
			compare(p, a, b);
		return a;
	}
	if (is_whole(b) || (!a->sane && b->sane)) {
		parts_odd(p, b->at * p->sector, p->sector,
		    "the primary GPT is %s: its backup is used",
		    a->there ? "damaged" : "missing");
		return b;
	}
	return a->sane ? a : NULL;
}

static void
add_all(struct parts *p, const struct gpt *g)
{
	for (uint32_t i = 0; i < g->count && p->rc == SPILL_OK; i++)
		add_entry(p, g, i);
}

static bool
try_sector(struct parts *p)
{
	struct gpt a = { .which = "primary" }, b = { .which = "backup" };
	const struct gpt *use;

	if (p->disk->size / p->sector < 3)
		return false;
	read_header(p, 1, &a);
	find_backup(p, &a, &b);
	check(p, &a);
	check(p, &b);
	use = choose(p, &a, &b);
	(void)snprintf(p->name, sizeof(p->name), "GUID Partition Table%s",
	    use == &b ? ", from its backup" : "");
	if (use != NULL) {
		parts_table(p, "Safety Table", 0, 1);
		add_sectors(p, &a, "GPT Header", "Partition Table");
		add_sectors(
		    p, &b, "backup GPT Header", "backup Partition Table");
		add_all(p, use);
	}
	free(a.array);
	free(b.array);
	return use != NULL || a.there;
}

/*
 * Which size the sectors have is in no field: the header is one of them. A
 * header that leads nowhere is a table without partitions, so that it is told.
 */
bool
parts_gpt(struct parts *p)
{
	const uint32_t sizes[] = { p->sector, 512, 4096, 2048, 1024 };

	for (size_t i = 0; i < SPILL_COUNT(sizes); i++) {
		if ((i > 0 && sizes[i] == sizes[0]) || sizes[i] > 4096)
			continue;
		p->sector = sizes[i];
		if (try_sector(p))
			return true;
	}
	return false;
}
