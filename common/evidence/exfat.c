/*
 * exfat.c: the boot sector and the fields of directory entries.
 */
#include <string.h>

#include "exfat_i.h"

/* --- boot sector ([EX] 3.1) --------------------------------------------- */

static void
boot_sizes(struct spill_exfat_boot *b, unsigned sector, unsigned cluster)
{
	if (sector < 9 || sector > 12) {
		spill_flaw(&b->flaw, "no such sector size", 0x6c);
		return;
	}
	b->sector_size = 1u << sector;
	if (cluster > 25 - sector)
		spill_flaw(&b->flaw, "no such cluster size", 0x6d);
	else
		b->cluster_size = b->sector_size << cluster;
}

static void
boot_check(struct spill_exfat_boot *b)
{
	uint64_t fats = (uint64_t)b->fats * b->fat_sectors;
	uint64_t per = b->cluster_size / SPILL_MAX(b->sector_size, 1u);

	if (b->fats < 1 || b->fats > 2)
		spill_flaw(&b->flaw, "no such number of FATs", 0x6e);
	if (b->fat_sector < 24 ||
	    !spill_within(b->fat_sector, fats, b->data_sector))
		spill_flaw(&b->flaw, "the FAT is outside its place", 0x50);
	if (!spill_within(b->data_sector, b->clusters * per, b->sectors))
		spill_flaw(&b->flaw, "clusters are outside the volume", 0x5c);
	if ((b->clusters + 2ULL) * 4 >
	    (uint64_t)b->fat_sectors * b->sector_size)
		spill_flaw(
		    &b->flaw, "the FAT is too short for the volume", 0x54);
	if (b->root_cluster < 2 || b->root_cluster - 2 >= b->clusters)
		spill_flaw(
		    &b->flaw, "the root directory is outside the volume", 0x60);
}

static void
boot_fields(struct spill_cur c, struct spill_exfat_boot *b)
{
	unsigned sector, cluster;

	spill_cur_seek(&c, 0x40);
	b->partition_sector = spill_cur_u64le(&c);
	b->sectors = spill_cur_u64le(&c);
	b->fat_sector = spill_cur_u32le(&c);
	b->fat_sectors = spill_cur_u32le(&c);
	b->data_sector = spill_cur_u32le(&c);
	b->clusters = spill_cur_u32le(&c);
	b->root_cluster = spill_cur_u32le(&c);
	b->serial = spill_cur_u32le(&c);
	b->minor = spill_cur_u8(&c);
	b->major = spill_cur_u8(&c);
	b->flags = spill_cur_u16le(&c);
	sector = spill_cur_u8(&c);
	cluster = spill_cur_u8(&c);
	b->fats = spill_cur_u8(&c);
	spill_cur_skip(&c, 1);
	b->in_use = spill_cur_u8(&c);
	if (!spill_cur_ok(&c))
		spill_flaw(&b->flaw, "the boot sector is cut", c.len);
	boot_sizes(b, sector, cluster);
	boot_check(b);
}

int
spill_exfat_boot_read(struct spill_span raw, struct spill_exfat_boot *out)
{
	struct spill_exfat_boot b = { 0 };
	struct spill_cur c = spill_cur_of(raw);

	spill_cur_seek(&c, 3);
	if (!spill_cur_match(&c, "EXFAT   ", 8)) {
		spill_flaw(&b.flaw, "no exFAT boot sector", 3);
		*out = b;
		return SPILL_EFORMAT;
	}
	boot_fields(c, &b);
	spill_cur_seek(&c, 0x1fe);
	if (!spill_cur_match(&c, "\x55\xaa", 2))
		spill_flaw(&b.flaw, "no boot signature", 0x1fe);
	*out = b;
	return b.flaw.what == NULL ? SPILL_OK : SPILL_EDAMAGED;
}

uint32_t
spill_exfat_boot_sum(uint32_t sum, struct spill_span sector, bool first)
{
	/* Flags and percentage change without it. */
	for (size_t i = 0; i < sector.len; i++)
		if (!first || (i != 106 && i != 107 && i != 112))
			sum =
			    (sum << 31 | sum >> 1) + (unsigned char)sector.p[i];
	return sum;
}

/* --- entries ------------------------------------------------------------ */

/* [EX] 7.4.10: the low seven bits count quarters of an hour, with a sign. */
static void
zone(uint8_t v, struct spill_time *t)
{
	int quarters = (v & 0x7f) - ((v & 0x40) != 0 ? 0x80 : 0);

	if ((v & 0x80) == 0)
		return;
	t->sec -= quarters * 900;
	t->zoned = true;
}

/* [EX] 7.4.5 to 7.4.10 */
static struct spill_time
entry_time(uint64_t raw, bool fine, unsigned bit, unsigned *bad)
{
	uint16_t date = (uint16_t)(raw >> 16), clock = (uint16_t)raw;
	struct spill_time t = { 0 };

	if ((uint32_t)raw == 0)
		return t;
	if (!spill_dos_time(date, clock, &t) ||
	    (fine && !spill_hundredths((uint8_t)(raw >> 32), &t)))
		*bad |= bit;
	if (t.set)
		zone((uint8_t)(raw >> 40), &t);
	return t;
}

static void
file_times(struct spill_cur c, struct spill_stamps *t)
{
	uint64_t fine[2];

	spill_cur_skip(&c, 8);
	t->raw.born = spill_cur_u32le(&c);
	t->raw.modified = spill_cur_u32le(&c);
	t->raw.accessed = spill_cur_u32le(&c);
	fine[0] = spill_cur_u8(&c);
	fine[1] = spill_cur_u8(&c);
	t->raw.born |= fine[0] << 32 | (uint64_t)spill_cur_u8(&c) << 40;
	t->raw.modified |= fine[1] << 32 | (uint64_t)spill_cur_u8(&c) << 40;
	t->raw.accessed |= (uint64_t)spill_cur_u8(&c) << 40;
	t->at.born = entry_time(t->raw.born, true, SPILL_BORN, &t->bad);
	t->at.modified =
	    entry_time(t->raw.modified, true, SPILL_MODIFIED, &t->bad);
	t->at.accessed =
	    entry_time(t->raw.accessed, false, SPILL_ACCESSED, &t->bad);
}

void
spill_exfat_file(struct spill_span s, struct spill_exfat_entry *e)
{
	struct spill_cur c = spill_cur_of(s);

	spill_cur_skip(&c, 4);
	e->attributes = spill_cur_u16le(&c);
	file_times(spill_cur_of(s), &e->times);
}

/* [EX] 7.6 */
void
spill_exfat_stream(struct spill_span s, struct spill_exfat_entry *e)
{
	struct spill_cur c = spill_cur_of(s);
	unsigned flags;

	spill_cur_skip(&c, 1);
	flags = spill_cur_u8(&c);
	e->has_stream = true;
	e->allocated = (flags & 1) != 0;
	e->contiguous = (flags & 2) != 0;
	spill_cur_skip(&c, 1);
	e->name_units = spill_cur_u8(&c);
	e->name_hash = spill_cur_u16le(&c);
	spill_cur_skip(&c, 2);
	e->valid = spill_cur_u64le(&c);
	spill_cur_skip(&c, 4);
	e->cluster = spill_cur_u32le(&c);
	e->length = spill_cur_u64le(&c);
}

/* [EX] 7.7 */
void
spill_exfat_name(struct spill_span s, struct spill_exfat_entry *e)
{
	size_t n = SPILL_MIN(30, sizeof(e->name) - e->name_len);

	memcpy(e->name + e->name_len, s.p + 2, n);
	e->name_len += n;
}

/* [EX] 7.3 */
static void
label(struct spill_cur c, struct spill_exfat_entry *e)
{
	struct spill_span s;

	e->name_units = spill_cur_u8(&c);
	if (e->name_units > 11)
		spill_flaw(&e->flaw, "a label is too long", e->at + 1);
	s = spill_cur_bytes(&c, SPILL_MIN(e->name_units, 11u) * 2);
	memcpy(e->name, s.p, s.len);
	e->name_len = s.len;
}

/* [EX] 7.1, 7.2, 7.5 */
void
spill_exfat_other(struct spill_span s, struct spill_exfat_entry *e)
{
	struct spill_cur c = spill_cur_of(s), at = c;

	spill_cur_skip(&c, 1);
	if (e->kind == SPILL_EXFAT_LABEL) {
		label(c, e);
	} else if (e->kind == SPILL_EXFAT_GUID) {
		memcpy(e->guid, s.p + 6, sizeof(e->guid));
	} else if (e->kind == SPILL_EXFAT_BITMAP ||
		   e->kind == SPILL_EXFAT_UPCASE) {
		if (e->kind == SPILL_EXFAT_BITMAP)
			e->which = spill_cur_u8(&c) & 1;
		spill_cur_seek(&at, 4);
		if (e->kind == SPILL_EXFAT_UPCASE)
			e->upcase_sum = spill_cur_u32le(&at);
		spill_cur_seek(&at, 20);
		e->allocated = true;
		e->cluster = spill_cur_u32le(&at);
		e->length = e->valid = spill_cur_u64le(&at);
	}
}
