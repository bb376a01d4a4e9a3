/*
 * fat.c: the boot sector, the table and short directory entries.
 */
#include <string.h>

#include "fat_i.h"

/* --- boot sector ([FAT] "Boot Sector and BPB Structure") ---------------- */

/* The BPB as it is stored. */
struct bpb {
	uint32_t sector, per_cluster, reserved, fats, root_entries;
	uint32_t sectors16, sectors32, fat16, fat32;
};

static struct bpb
bpb_read(struct spill_cur c, struct spill_fat_boot *b)
{
	struct bpb p;

	spill_cur_seek(&c, 0x0b);
	p.sector = spill_cur_u16le(&c);
	p.per_cluster = spill_cur_u8(&c);
	p.reserved = spill_cur_u16le(&c);
	p.fats = spill_cur_u8(&c);
	p.root_entries = spill_cur_u16le(&c);
	p.sectors16 = spill_cur_u16le(&c);
	b->media = spill_cur_u8(&c);
	p.fat16 = spill_cur_u16le(&c);
	spill_cur_skip(&c, 8);
	p.sectors32 = spill_cur_u32le(&c);
	p.fat32 = spill_cur_u32le(&c);
	if (!spill_cur_ok(&c))
		spill_flaw(&b->flaw, "the boot sector is cut", c.len);
	return p;
}

/* False where nothing can be computed from it. */
static bool
bpb_check(const struct bpb *p, struct spill_flaw *f)
{
	if (!spill_power_of_two(p->sector) || p->sector < 512 ||
	    p->sector > 4096)
		spill_flaw(f, "no such sector size", 0x0b);
	else if (!spill_power_of_two(p->per_cluster))
		spill_flaw(f, "no such cluster size", 0x0d);
	else if (p->reserved == 0)
		spill_flaw(f, "no reserved sectors", 0x0e);
	else if (p->fats == 0 || p->fats > 8)
		spill_flaw(f, "no such number of FATs", 0x10);
	else if (p->fat16 == 0 && p->fat32 == 0)
		spill_flaw(f, "no length of the FAT", 0x16);
	else if (p->fat16 != 0 && p->root_entries == 0)
		spill_flaw(f, "no room for a root directory", 0x11);
	else if (p->sectors16 == 0 && p->sectors32 == 0)
		spill_flaw(f, "no length of the volume", 0x20);
	else
		return true;
	return false;
}

/* The number of clusters, or 0 and a flaw. */
static uint32_t
boot_clusters(const struct bpb *p, struct spill_fat_boot *b)
{
	uint64_t root = (p->root_entries * 32ULL + p->sector - 1) / p->sector;
	uint64_t fats = (uint64_t)b->fats * b->fat_sectors, data;

	if (p->fat16 == 0)
		root = 0;
	data = b->reserved + fats + root;
	if (data >= b->sectors) {
		spill_flaw(&b->flaw, "the data begins outside", 0x16);
		return 0;
	}
	b->data_sector = (uint32_t)data;
	if (p->fat16 != 0)
		b->root_sector = (uint32_t)(data - root);
	data = (b->sectors - data) / p->per_cluster;
	if (data == 0)
		spill_flaw(&b->flaw, "no clusters", 0x20);
	return (uint32_t)data;
}

/*
 * What makes it FAT32 is that there is no 16-bit length, as mkfs.fat and all
 * drivers have it; [FAT] "FAT Type Determination" for the others.
 */
static void
boot_bits(const struct bpb *p, struct spill_fat_boot *b)
{
	uint64_t room;

	b->bits = p->fat16 == 0 ? 32 : b->clusters < 4085 ? 12 : 16;
	room = (uint64_t)b->fat_sectors * p->sector * 8 / b->bits;
	room = SPILL_MIN(room, b->bits == 32   ? 0x0ffffff7u
			       : b->bits == 16 ? 0xfff7u
					       : 0xff7u);
	if (b->clusters + 2ULL > room) {
		spill_flaw(&b->flaw, "the FAT is too short for the volume",
		    b->bits == 32 ? 0x24 : 0x16);
		b->clusters = room > 2 ? (uint32_t)room - 2 : 0;
	}
}

static void
boot_layout(const struct bpb *p, struct spill_fat_boot *b)
{
	b->sector_size = p->sector;
	b->cluster_size = p->sector * p->per_cluster;
	b->reserved = p->reserved;
	b->fats = p->fats;
	b->fat_sectors = p->fat16 != 0 ? p->fat16 : p->fat32;
	b->root_entries = p->fat16 != 0 ? p->root_entries : 0;
	b->sectors = p->sectors16 != 0 ? p->sectors16 : p->sectors32;
	b->clusters = boot_clusters(p, b);
	boot_bits(p, b);
}

static void
boot_fat32(struct spill_cur c, struct spill_fat_boot *b)
{
	unsigned flags;

	spill_cur_seek(&c, 0x28);
	flags = spill_cur_u16le(&c);
	spill_cur_skip(&c, 2);
	b->root_cluster = spill_cur_u32le(&c);
	b->info_sector = spill_cur_u16le(&c);
	b->backup_sector = spill_cur_u16le(&c);
	if (b->info_sector == 0xffff)
		b->info_sector = 0;
	if (b->backup_sector == 0xffff)
		b->backup_sector = 0;
	if ((flags & 0x80) != 0)
		b->active = flags & 15;
	if (b->active >= (int)b->fats) {
		spill_flaw(&b->flaw, "no such active FAT", 0x28);
		b->active = -1;
	}
	if (b->root_cluster < 2 || b->root_cluster - 2 >= b->clusters)
		spill_flaw(
		    &b->flaw, "the root directory is outside the volume", 0x2c);
}

static void
boot_names(struct spill_cur c, struct spill_fat_boot *b)
{
	struct spill_span label;
	unsigned sig;

	spill_cur_seek(&c, b->bits == 32 ? 0x42 : 0x26);
	sig = spill_cur_u8(&c);
	if (sig != 0x28 && sig != 0x29)
		return;
	b->has_serial = true;
	b->serial = spill_cur_u32le(&c);
	label = spill_cur_bytes(&c, sizeof(b->label));
	if (sig == 0x29 && label.len > 0)
		memcpy(b->label, label.p, label.len);
}

int
spill_fat_boot_read(struct spill_span raw, struct spill_fat_boot *out)
{
	struct spill_fat_boot b = { .active = -1 };
	struct spill_cur c = spill_cur_of(raw), end = c;
	uint8_t jump = spill_cur_u8(&c);
	struct bpb p;
	bool sig;

	spill_cur_seek(&end, 0x1fe);
	sig = spill_cur_match(&end, "\x55\xaa", 2);
	if (!sig && jump != 0xeb && jump != 0xe9) {
		spill_flaw(&b.flaw, "no boot sector", 0x1fe);
		*out = b;
		return SPILL_EFORMAT;
	}
	p = bpb_read(c, &b);
	if (bpb_check(&p, &b.flaw)) {
		boot_layout(&p, &b);
		if (b.bits == 32)
			boot_fat32(c, &b);
		boot_names(c, &b);
	}
	if (!sig)
		spill_flaw(&b.flaw, "no boot signature", 0x1fe);
	*out = b;
	return b.flaw.what == NULL ? SPILL_OK : SPILL_EDAMAGED;
}

/* --- the table ([FAT] "FAT Data Structure") ----------------------------- */

/* The value behind a cluster as if of 32 bits; false if it is not there. */
static bool
table_value(unsigned bits, struct spill_span fat, uint32_t cluster, uint32_t *v)
{
	struct spill_cur c = spill_cur_of(fat);
	uint32_t top = bits == 12 ? 0xff0 : bits == 16 ? 0xfff0 : 0x0ffffff0;

	spill_cur_seek(&c, (size_t)((uint64_t)cluster * bits / 8));
	if (bits == 32)
		*v = spill_cur_u32le(&c) & 0x0fffffff;
	else
		*v = spill_cur_u16le(&c);
	if (bits == 12)
		*v = cluster % 2 != 0 ? *v >> 4 : *v & 0xfff;
	if (*v >= top)
		*v |= 0x0ffffff0;
	return spill_cur_ok(&c);
}

int
spill_fat_link_from(const struct spill_fat_boot *boot, struct spill_span part,
    uint32_t first, uint32_t cluster, enum spill_fat_link *kind, uint32_t *next)
{
	uint32_t v = 0;

	if (cluster < 2 || cluster - 2 >= boot->clusters || cluster < first ||
	    !table_value(boot->bits, part, cluster - first, &v))
		return SPILL_EDAMAGED;
	*kind = SPILL_FAT_WRONG;
	if (v == 0)
		*kind = SPILL_FAT_FREE;
	else if (v >= 0x0ffffff8)
		*kind = SPILL_FAT_LAST;
	else if (v == 0x0ffffff7)
		*kind = SPILL_FAT_BAD;
	else if (v >= 2 && v - 2 < boot->clusters)
		*kind = SPILL_FAT_NEXT;
	*next = v;
	return SPILL_OK;
}

int
spill_fat_link(const struct spill_fat_boot *boot, struct spill_span fat,
    uint32_t cluster, enum spill_fat_link *kind, uint32_t *next)
{
	return spill_fat_link_from(boot, fat, 0, cluster, kind, next);
}

/* --- short entries ([FAT] "FAT Directory Structure") -------------------- */

bool
spill_fat_legal(uint8_t b)
{
	return b >= 0x20 && b != 0x7f &&
	       memchr("\"*+,./:;<=>?[\\]|", b, 16) == NULL;
}

static struct spill_time
short_time(uint16_t date, uint16_t time, unsigned bit, unsigned *bad)
{
	struct spill_time t = { 0 };

	if ((date != 0 || time != 0) && !spill_dos_time(date, time, &t))
		*bad |= bit;
	return t;
}

static struct spill_stamps
short_times(struct spill_cur c)
{
	struct spill_stamps t = { 0 };
	uint16_t date, time;
	uint8_t fine;

	spill_cur_skip(&c, 13);
	fine = spill_cur_u8(&c);
	time = spill_cur_u16le(&c);
	date = spill_cur_u16le(&c);
	t.raw.born = (uint64_t)fine << 32 | (uint32_t)date << 16 | time;
	t.at.born = short_time(date, time, SPILL_BORN, &t.bad);
	if (t.at.born.set && !spill_hundredths(fine, &t.at.born))
		t.bad |= SPILL_BORN;
	date = spill_cur_u16le(&c);
	t.raw.accessed = (uint32_t)date << 16;
	t.at.accessed = short_time(date, 0, SPILL_ACCESSED, &t.bad);
	if (t.at.accessed.set)
		t.at.accessed.prec = SPILL_PREC_DAY;
	spill_cur_skip(&c, 2);
	time = spill_cur_u16le(&c);
	date = spill_cur_u16le(&c);
	t.raw.modified = (uint32_t)date << 16 | time;
	t.at.modified = short_time(date, time, SPILL_MODIFIED, &t.bad);
	return t;
}

/* Append n bytes without the blanks at their end. */
static void
put_padded(struct spill_fat_entry *e, const uint8_t *p, size_t n, bool lower)
{
	while (n > 0 && p[n - 1] == ' ')
		n--;
	for (size_t i = 0; i < n; i++) {
		bool upper = p[i] >= 'A' && p[i] <= 'Z';

		e->name[e->name_len++] = (char)(p[i] + (lower && upper) * 32);
	}
}

static void
short_name(struct spill_fat_entry *e)
{
	uint8_t raw[11];
	bool label = (e->attributes & SPILL_FAT_LABEL) != 0;

	memcpy(raw, e->raw, sizeof(raw));
	if (e->deleted)
		raw[0] = '_';
	else if (raw[0] == 0x05)
		raw[0] = 0xe5;
	if (label) {
		put_padded(e, raw, 11, false);
		return;
	}
	put_padded(e, raw, 8, (e->nt_flags & 0x08) != 0);
	if (memcmp(raw + 8, "   ", 3) == 0)
		return;
	e->name[e->name_len++] = '.';
	put_padded(e, raw + 8, 3, (e->nt_flags & 0x10) != 0);
}

static void
short_check(struct spill_fat_entry *e)
{
	bool label = (e->attributes & SPILL_FAT_LABEL) != 0;

	if ((e->attributes & 0xc0) != 0)
		spill_flaw(&e->flaw, "no such attributes", e->at + 11);
	if (e->dot || label)
		return;
	for (size_t i = 0; i < sizeof(e->raw); i++)
		if (!spill_fat_legal(e->raw[i]) &&
		    !(i == 0 && e->raw[i] == 0x05))
			spill_flaw(&e->flaw, "no character of a short name",
			    e->at + i);
	if (e->raw[0] == ' ')
		spill_flaw(&e->flaw, "a short name begins with a blank", e->at);
}

void
spill_fat_short(
    struct spill_span dir, size_t at, unsigned bits, struct spill_fat_entry *e)
{
	struct spill_span s = spill_part(dir, at, FAT_ENTRY);
	struct spill_cur c = spill_cur_of(s);
	uint32_t high;

	e->at = e->first = at;
	e->times = short_times(c);
	memcpy(e->raw, spill_cur_bytes(&c, 11).p, 11);
	e->attributes = spill_cur_u8(&c);
	e->nt_flags = spill_cur_u8(&c);
	e->deleted = e->raw[0] == 0xe5;
	spill_cur_seek(&c, 20);
	high = spill_cur_u16le(&c);
	spill_cur_seek(&c, 26);
	e->cluster = spill_cur_u16le(&c) | (bits == 32 ? high << 16 : 0);
	e->size = spill_cur_u32le(&c);
	e->dot = memcmp(e->raw, ".          ", 11) == 0 ||
		 memcmp(e->raw, "..         ", 11) == 0;
	short_name(e);
	short_check(e);
	e->name[e->name_len] = '\0';
}
