/*
 * parts_other.c: labels of the BSDs, Solaris and Apple.
 */
#include <stdio.h>
#include <string.h>

#include <spill/cur.h>

#include "parts_i.h"

/* --- BSD ---------------------------------------------------------------- */

#define BSD_SIZE    512
#define BSD_MAGIC   0x82564557u
#define BSD_SLICES  22
#define BSD_ENTRIES 148

struct slice {
	uint64_t first, count;
	unsigned tag;
};

static unsigned
xor16(const uint8_t *raw, size_t n)
{
	unsigned sum = 0;

	for (size_t i = 0; i + 1 < n; i += 2)
		sum ^= (unsigned)raw[i] << 8 | raw[i + 1];
	return sum;
}

/* The slices of a label in a sector; 0: there is none. */
static unsigned
read_bsd(struct parts *p, uint64_t sector, struct slice s[BSD_SLICES])
{
	uint8_t raw[BSD_SIZE] = { 0 };
	struct spill_cur c = spill_cur(raw, sizeof(raw)), again = c;
	unsigned n;

	spill_cur_seek(&again, 132);
	if (!parts_sectors(p, sector, raw, sizeof(raw)) ||
	    spill_cur_u32le(&c) != BSD_MAGIC ||
	    spill_cur_u32le(&again) != BSD_MAGIC)
		return 0;
	spill_cur_seek(&c, 138);
	n = spill_cur_u16le(&c);
	if (n > BSD_SLICES) {
		parts_odd(p, sector * p->sector, BSD_SIZE,
		    "the BSD label has %u slices: of them %d are read", n,
		    BSD_SLICES);
		n = BSD_SLICES;
	} else if (xor16(raw, BSD_ENTRIES + 16 * (size_t)n) != 0) {
		parts_odd(p, sector * p->sector, BSD_SIZE,
		    "the checksum of the BSD label is wrong");
	}
	spill_cur_seek(&c, BSD_ENTRIES);
	for (unsigned i = 0; i < n; i++) {
		s[i].count = spill_cur_u32le(&c);
		s[i].first = spill_cur_u32le(&c);
		spill_cur_skip(&c, 4);
		s[i].tag = spill_cur_u8(&c);
		spill_cur_skip(&c, 3);
	}
	return n;
}

bool
parts_bsd(struct parts *p)
{
	struct slice s[BSD_SLICES];
	unsigned n = read_bsd(p, 1, s);
	uint64_t end = p->disk->size / p->sector;

	if (n == 0)
		return false;
	(void)snprintf(p->name, sizeof(p->name), "BSD Disk Label");
	parts_table(p, "BSD label", 0, 2);
	for (unsigned i = 0; i < n; i++)
		/* "c" is by custom the whole disk and no slice of it. */
		if (s[i].tag != 0 && s[i].count > 0 &&
		    (i != 2 || s[i].first != 0 || s[i].count < end))
			(void)parts_add(p, i + 1, s[i].first, s[i].count);
	return p->partitions > 0;
}

static void
add_slice(struct parts *p, const struct part *in, const char *kind,
    unsigned index, const struct slice *s, unsigned *next)
{
	uint64_t first = in->offset / p->sector;
	uint64_t count = in->length / p->sector;
	struct part *x;

	if (s->first == first && s->count == count)
		return; /* all of it */
	if (s->first < first || s->count > count ||
	    s->first - first > count - s->count) {
		parts_odd(p, in->offset + p->sector, BSD_SIZE,
		    "slice %u of the %s label in partition %u is not inside "
		    "it: it is left out",
		    index + 1, kind, in->number);
		return;
	}
	x = parts_add(p, (*next)++, s->first, s->count);
	if (x != NULL)
		x->in = in->number;
}

void
parts_bsd_in(struct parts *p, const struct part *in, unsigned *next)
{
	struct slice s[BSD_SLICES];
	unsigned n = read_bsd(p, in->offset / p->sector + 1, s);
	bool relative = in->type == 0xa5 && n > 2 && s[2].first == 0;

	for (unsigned i = 0; i < n && p->rc == SPILL_OK; i++) {
		if (s[i].tag == 0 || s[i].count == 0)
			continue;
		if (relative)
			s[i].first += in->offset / p->sector;
		add_slice(p, in, "BSD", i, &s[i], next);
	}
}

/* --- Solaris ------------------------------------------------------------ */

#define VTOC_SANE  0x600ddeeeu
#define VTOC_WHOLE 5 /* the tag of the slice that is the whole disk */

void
parts_solaris_in(struct parts *p, const struct part *in, unsigned *next)
{
	uint8_t raw[512] = { 0 };
	struct spill_cur c = spill_cur(raw, sizeof(raw));
	unsigned n;

	spill_cur_seek(&c, 12);
	if (!parts_sectors(p, in->offset / p->sector + 1, raw, sizeof(raw)) ||
	    spill_cur_u32le(&c) != VTOC_SANE || spill_cur_u32le(&c) != 1)
		return;
	spill_cur_seek(&c, 30);
	n = spill_cur_u16le(&c) > 8 ? 16 : 8;
	spill_cur_seek(&c, 72);
	for (unsigned i = 0; i < n && p->rc == SPILL_OK; i++) {
		struct slice s = { .tag = spill_cur_u16le(&c) };

		spill_cur_skip(&c, 2);
		s.first = spill_cur_u32le(&c) + in->offset / p->sector;
		s.count = spill_cur_u32le(&c);
		if (s.count == 0)
			continue;
		/* Linux counts the whole and the boot slice, too. */
		if (s.tag == VTOC_WHOLE || s.tag == 1)
			(*next)++;
		else
			add_slice(p, in, "Solaris", i, &s, next);
	}
}

struct sun {
	unsigned slices;
	bool has_tags;
	uint16_t tag[8];
	uint32_t cylinder; /* sectors */
};

static bool
read_sun(struct parts *p, uint8_t raw[512], struct sun *s)
{
	struct spill_cur c = spill_cur(raw, 512);

	if (!parts_sectors(p, 0, raw, 512) || raw[508] != 0xda ||
	    raw[509] != 0xbe || xor16(raw, 512) != 0)
		return false;
	spill_cur_seek(&c, 140);
	s->slices = spill_cur_u16be(&c);
	s->slices = SPILL_MIN(s->slices, 8u);
	for (unsigned i = 0; i < 8; i++) {
		s->tag[i] = spill_cur_u16be(&c);
		spill_cur_skip(&c, 2);
	}
	spill_cur_seek(&c, 188);
	s->has_tags = spill_cur_u32be(&c) == VTOC_SANE;
	if (!s->has_tags || s->slices == 0)
		s->slices = 8;
	spill_cur_seek(&c, 436);
	s->cylinder = spill_cur_u16be(&c);
	s->cylinder *= spill_cur_u16be(&c);
	return s->cylinder > 0;
}

bool
parts_sun(struct parts *p)
{
	uint8_t raw[512] = { 0 };
	struct spill_cur c = spill_cur(raw, sizeof(raw));
	struct sun s = { 0 };
	uint64_t end = p->disk->size / p->sector;

	if (!read_sun(p, raw, &s))
		return false;
	(void)snprintf(
	    p->name, sizeof(p->name), "Sun Volume Table of Contents");
	parts_table(p, "Sun label", 0, 1);
	spill_cur_seek(&c, 444);
	for (unsigned i = 0; i < s.slices; i++) {
		uint64_t first = spill_cur_u32be(&c);
		uint32_t count = spill_cur_u32be(&c);
		bool whole = s.has_tags ? s.tag[i] == VTOC_WHOLE
					: i == 2 && first == 0 && count >= end;

		if (count > 0 && !whole)
			(void)parts_add(p, i + 1, first * s.cylinder, count);
	}
	return p->partitions > 0;
}

/* --- Apple -------------------------------------------------------------- */

#define MAC_ENTRIES 256

struct mac {
	uint32_t map, first, count;
	char type[33];
};

static bool
read_mac(struct parts *p, unsigned index, struct mac *m)
{
	uint8_t raw[512] = { 0 };
	struct spill_cur c = spill_cur(raw, sizeof(raw));
	struct spill_span type;

	if (!parts_sectors(p, index, raw, sizeof(raw)) ||
	    !spill_cur_match(&c, "PM", 2))
		return false;
	spill_cur_skip(&c, 2);
	m->map = spill_cur_u32be(&c);
	m->first = spill_cur_u32be(&c);
	m->count = spill_cur_u32be(&c);
	spill_cur_skip(&c, 32);
	type = spill_cur_bytes(&c, 32);
	memcpy(m->type, type.p, 32);
	m->type[32] = '\0';
	return true;
}

static void
add_mac(struct parts *p, unsigned index, const struct mac *m)
{
	struct part *x;

	if (strcmp(m->type, "Apple_Free") == 0 || m->count == 0)
		return;
	if (strcmp(m->type, "Apple_partition_map") == 0) {
		parts_table(p, "Apple partition map", m->first, m->count);
		return;
	}
	x = parts_add(p, index, m->first, m->count);
	if (x != NULL)
		x->core_storage = strcmp(m->type, "Apple_CoreStorage") == 0;
}

static bool
mac_of_sector(struct parts *p)
{
	struct mac m = { 0 };
	unsigned n;

	if (!read_mac(p, 1, &m) || m.map == 0)
		return false;
	n = SPILL_MIN(m.map, MAC_ENTRIES);
	(void)snprintf(p->name, sizeof(p->name), "Apple Partition Map");
	if (m.map > MAC_ENTRIES)
		parts_odd(p, p->sector, 512,
		    "the Apple partition map has %u entries: of them %d are "
		    "read",
		    m.map, MAC_ENTRIES);
	parts_table(p, "driver descriptor", 0, 1);
	for (unsigned i = 1; i <= n; i++) {
		if (!read_mac(p, i, &m)) {
			parts_odd(p, (uint64_t)i * p->sector, 512,
			    "the Apple partition map ends at entry %u of %u", i,
			    n);
			break;
		}
		add_mac(p, i, &m);
	}
	return p->partitions > 0;
}

/* The driver descriptor has the size of a block. */
bool
parts_mac(struct parts *p)
{
	uint8_t raw[4] = { 0 };
	struct spill_cur c = spill_cur(raw, sizeof(raw));
	uint32_t size = 0;
	bool signs;

	if (!p->disk->read(p->disk->ctx, 0, raw, sizeof(raw)))
		return false;
	signs = spill_cur_match(&c, "ER", 2);
	if (signs)
		size = spill_cur_u16be(&c);
	if (size >= 512 && size <= 4096 && size % 512 == 0) {
		p->sector = size;
		if (mac_of_sector(p))
			return true;
	}
	p->sector = 512;
	if (size == 512 || !mac_of_sector(p))
		return false;
	parts_odd(p, 0, 512, "the Apple driver descriptor is damaged");
	return true;
}
