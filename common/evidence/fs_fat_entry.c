/*
 * fs_fat_entry.c: the entries of a folder of FAT12, FAT16 or FAT32.
 */
#include <string.h>

#include "fs_fat_i.h"

/* --- is it an entry of FAT? ---------------------------------------------- */

enum { /* what speaks against it */
	BAD_NAME = 1,
	BAD_PLACE = 2, /* its cluster or size cannot be */
	BAD_EMPTY = 4, /* it says nothing but its name */
	BAD_REST = 8, /* times, attributes */
};

bool
fat_is_part(const uint8_t *p)
{
	return p[0] != 0 && (p[11] & 0x3f) == 0x0f;
}

static bool
is_short_byte(unsigned c)
{
	return c >= 0x20 && c != 0x22 && !(c >= 0x2a && c <= 0x2c) &&
	       c != 0x2e && c != 0x2f && !(c >= 0x3a && c <= 0x3f) &&
	       !(c >= 0x5b && c <= 0x5d) && c != 0x7c;
}

static bool
is_short_name(const uint8_t *p)
{
	if ((p[0] != 0x05 && p[0] != '.' && !is_short_byte(p[0])) ||
	    p[0] == ' ' || (p[1] == '.' ? p[0] != '.' : !is_short_byte(p[1])))
		return false;
	for (size_t i = 2; i < 11; i++)
		if (!is_short_byte(p[i]))
			return false;
	if ((p[11] & SPILL_FAT_LABEL) != 0)
		return true;
	for (size_t i = 1; i < 10; i++)
		if (i != 7 && i != 8 && p[i] == ' ' && p[i + 1] != ' ')
			return false;
	return true;
}

static bool
is_time(unsigned v)
{
	return (v & 31) <= 30 && (v >> 5 & 63) <= 59 && v >> 11 <= 23;
}

static bool
is_date(unsigned v)
{
	return (v & 31) >= 1 && (v >> 5 & 15) >= 1 && (v >> 5 & 15) <= 12;
}

struct fields {
	unsigned fine, ctime, cdate, adate, high, wtime, wdate, low;
	uint32_t size;
};

static struct fields
read_fields(const uint8_t *p)
{
	struct spill_cur c = spill_cur(p, FAT_SLOT);
	struct fields f;

	spill_cur_skip(&c, 13);
	f.fine = spill_cur_u8(&c);
	f.ctime = spill_cur_u16le(&c);
	f.cdate = spill_cur_u16le(&c);
	f.adate = spill_cur_u16le(&c);
	f.high = spill_cur_u16le(&c);
	f.wtime = spill_cur_u16le(&c);
	f.wdate = spill_cur_u16le(&c);
	f.low = spill_cur_u16le(&c);
	f.size = spill_cur_u32le(&c);
	return f;
}

static bool
is_odd(const uint8_t *p, const struct fields *f)
{
	unsigned a = p[11];

	return (p[12] & ~0x18u) != 0 || (a & 0xc0) != 0 ||
	       ((a & SPILL_FAT_LABEL) != 0 &&
		   (a & (SPILL_FAT_DIRECTORY | SPILL_FAT_READONLY |
			    SPILL_FAT_ARCHIVE)) != 0) ||
	       !is_time(f->ctime) || !is_time(f->wtime) || f->fine > 200 ||
	       (f->cdate != 0 && !is_date(f->cdate)) ||
	       (f->adate != 0 && !is_date(f->adate)) ||
	       (f->wdate != 0 && !is_date(f->wdate));
}

/* libtsk's rules. */
static unsigned
flaws(const struct fat *s, const uint8_t *p)
{
	struct fields f = read_fields(p);
	uint32_t cluster = f.low | (uint32_t)f.high << 16;
	uint32_t end = s->boot.bits == 12   ? 0xff8
		       : s->boot.bits == 16 ? 0xfff8
					    : 0x0ffffff8;
	unsigned bad = 0;

	if (!is_short_name(p))
		bad |= BAD_NAME;
	if ((cluster > s->clusters + 1ULL &&
		(cluster < end || cluster > 0x0fffffff)) ||
	    f.size > (uint64_t)s->clusters * s->cluster_size ||
	    (f.size > 0 && cluster == 0))
		bad |= BAD_PLACE;
	if ((f.ctime | f.cdate | f.adate | f.wtime | f.wdate | cluster |
		f.size) == 0)
		bad |= BAD_EMPTY;
	if (is_odd(p, &f))
		bad |= BAD_REST;
	return bad;
}

bool
fat_is_entry(const struct fat *s, const uint8_t *p)
{
	if ((p[11] & 0x0f) == 0x0f)
		return p[0] <= (0x40 | FAT_PARTS) || p[0] == 0xe5;
	return flaws(s, p) == 0;
}

/* In a folder that is one no name is lost for a cluster that cannot be. */
static bool
is_listed(const struct fat_listing *l, const uint8_t *p,
    const struct spill_fat_entry *e)
{
	unsigned bad = flaws(l->s, p);

	if (bad == 0)
		return true;
	return !l->strict &&
	       (e->long_kind == SPILL_FAT_LONG_WHOLE || bad == BAD_REST ||
		   (!e->beyond && (bad & (BAD_NAME | BAD_REST)) == 0));
}

/* --- entries of FAT ------------------------------------------------------ */

void
fat_name(const struct spill_fat_entry *e, struct spill_buf *out)
{
	spill_buf_reset(out);
	/* One that begins with a NUL is damaged: it says nothing. */
	if (e->long_kind == SPILL_FAT_LONG_NONE ||
	    (e->long_kind != SPILL_FAT_LONG_ORPHAN && e->long_len == 0))
		spill_buf_put(out, e->name, e->name_len);
	else
		(void)spill_utf16le_put(
		    out, (struct spill_span){
			     (const char *)e->long_name, e->long_len });
}

/* Parts whose short entry is lost, if they are some. */
static void
add_lone_parts(
    struct fat_listing *l, const uint8_t *p, const struct spill_fat_entry *e)
{
	struct ev_entry x = {
		.named = EV_ERASED, .placed = true, .offset = l->base + e->first
	};

	for (size_t i = e->first; i <= e->at; i += FAT_SLOT)
		if ((p[i + 12] | p[i + 26] | p[i + 27]) != 0 ||
		    (p[i] != 0xe5 && (p[i] & 0x3f) > FAT_PARTS))
			return;
	fat_name(e, &l->name);
	x.name = spill_buf_as_span(&l->name);
	if (x.name.len > 0)
		ev_folder_add(l->out, &x);
}

/* Of a cluster without "." and "..": is nearly all else in it entries? */
static bool
has_entries(const struct fat_listing *l, uint32_t cluster)
{
	uint8_t raw[4096];
	size_t n = SPILL_MIN(l->s->cluster_size, sizeof(raw));
	size_t good = 0, bad = 0;

	if (!ev_fs_read(l->fs, fat_cluster_at(l->s, cluster), raw, n))
		return false;
	for (size_t i = 0; i < n; i += FAT_SLOT)
		if (raw[i] != 0 && fat_is_entry(l->s, raw + i))
			good++;
		else
			bad += raw[i] != 0;
	return good >= 2 && 4 * bad <= good;
}

/* Does what it says of its own folder lead to this one, or to none? */
static bool
is_below(const struct fat_listing *l, uint32_t up)
{
	const struct ev_object *map = &l->s->map;
	uint32_t own = 0, above;

	if (map->nrun > 0)
		(void)fat_cluster_of(
		    l->s, map->run[0].block * l->fs->block_size, &own);
	if (up == 0 || up == own)
		return up == own || l->dir == l->fs->root;
	return !fat_is_cluster(l->s, up) || !fat_is_folder(l->fs, up, &above);
}

/*
 * A folder whose entry is behind the end of its own, where a damaged byte may
 * have put that: its first cluster says that it is one, and not in another one
 * than this. Either of its two entries may be damaged as well, and both may
 * be gone.
 */
static bool
is_lost_folder(const struct fat_listing *l, uint32_t cluster)
{
	struct fat_dots d;

	if (!fat_is_free_folder(l, cluster))
		return false;
	if (!fat_dots(l->fs, cluster, &d) || (!d.has_self && !d.has_up))
		return has_entries(l, cluster);
	if (d.has_self && d.self != cluster)
		return false;
	return d.has_up ? is_below(l, d.up) : d.has_self;
}

static void
add_short(
    struct fat_listing *l, const uint8_t *p, const struct spill_fat_entry *e)
{
	bool label = (e->attributes & SPILL_FAT_LABEL) != 0;
	struct ev_entry x = { .placed = true,
		.offset = l->base + e->at,
		.named =
		    e->deleted || e->beyond || l->erased ? EV_ERASED : EV_NAMED,
		.kind = (e->attributes & SPILL_FAT_DIRECTORY) != 0 && !label
			    ? EV_DIR
			    : EV_FILE };

	if (!is_listed(l, p + e->at, e)) {
		if (x.named == EV_NAMED && !l->strict)
			fat_junk(l, x.offset, FAT_SLOT);
		return;
	}
	fat_name(e, &l->name);
	if (label) {
		spill_buf_reset(&l->name);
		spill_buf_put(&l->name, e->raw, sizeof(e->raw));
		spill_buf_puts(&l->name, " (Volume Label Entry)");
	}
	x.name = spill_buf_as_span(&l->name);
	x.object = fat_number(l->s, fat_place(l, x.offset));
	x.lost = e->beyond && !e->deleted && x.kind == EV_DIR &&
		 is_lost_folder(l, e->cluster);
	if (x.name.len > 0)
		ev_folder_add(l->out, &x);
}

static size_t
parse_entries(struct fat_listing *l, struct spill_span bytes, bool last)
{
	const uint8_t *p = (const uint8_t *)bytes.p;
	struct spill_fat_entry e;
	struct spill_fat_dir it;
	size_t keep = 0;

	while (!last && keep < FAT_CARRY && keep < bytes.len &&
	       fat_is_part(p + bytes.len - keep - FAT_SLOT))
		keep += FAT_SLOT;
	bytes.len -= keep;
	it = spill_fat_dir(bytes, l->s->boot.bits);
	it.beyond = l->beyond;
	while (spill_fat_dir_next(&it, &e) != SPILL_END)
		if (e.long_kind == SPILL_FAT_LONG_ORPHAN)
			add_lone_parts(l, p, &e);
		else if (!e.dot)
			add_short(l, p, &e);
	l->beyond = it.beyond;
	return keep;
}

int
fat_list(struct ev_fs *fs, uint64_t dir, struct ev_folder *out)
{
	struct fat_listing l = { .fs = fs,
		.s = fs->state,
		.name = SPILL_BUF_INIT(4096),
		.parse = parse_entries,
		.is_entry = fat_is_entry };

	return fat_list_by(&l, dir, out);
}
