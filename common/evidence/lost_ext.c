/*
 * lost_ext.c: ext2, ext3 and ext4. A superblock says of which group it is a
 * copy, and so where the volume begins; the group descriptors lie behind it.
 */
#include <string.h>

#include <spill/ext.h>

#include "lost_i.h"
#include "ondisk_i.h"

#define SUPER	1024
#define ROOT	2 /* inode */
#define GDT_MAX ((uint64_t)16 << 20)

struct ext {
	const struct disk_view *d;
	struct spill_ext_super s;
	uint64_t start; /* of the volume */
	uint64_t at; /* of the superblock */
	unsigned group;
};

static bool
read_super(struct ext *e, uint8_t raw[SUPER])
{
	struct spill_cur c = spill_cur(raw, SUPER);

	if (!lost_read(e->d, e->at, raw, SUPER) ||
	    spill_ext_super_read(
		(struct spill_span){ (char *)raw, SUPER }, &e->s) != SPILL_OK ||
	    e->s.blocks > (uint64_t)INT64_MAX / 2 / e->s.block_size)
		return false;
	if (spill_ext_super_is_wrong(raw, &e->s))
		return false;
	spill_cur_seek(&c, 0x5a);
	e->group = spill_cur_u16le(&c);
	return e->group < e->s.groups;
}

static uint64_t
super_place(const struct ext *e, unsigned group)
{
	if (group == 0)
		return SUPER;
	return ((uint64_t)e->s.first_block +
		   (uint64_t)group * e->s.blocks_per_group) *
	       e->s.block_size;
}

/* Does a copy of the same volume lie where it should? */
static bool
has_copy(const struct ext *e, unsigned group)
{
	struct ext other = { .d = e->d,
		.at = e->start + super_place(e, group) };
	uint8_t raw[SUPER] = { 0 };

	return group < e->s.groups && read_super(&other, raw) &&
	       (other.group == group || e->s.revision == 0) &&
	       memcmp(other.s.uuid, e->s.uuid, sizeof(e->s.uuid)) == 0;
}

/* The descriptor of group 0; of a place that cannot be, too. */
static bool
first_group(const struct ext *e, uint64_t table, struct spill_ext_group *g)
{
	uint8_t raw[64] = { 0 };
	size_t n = SPILL_MIN(e->s.desc_size, (uint32_t)sizeof(raw));

	return lost_read(e->d, table, raw, n) &&
	       spill_ext_group_read((struct spill_span){ (char *)raw, n },
		   &e->s, g) == SPILL_OK &&
	       g->inode_table > e->s.first_block;
}

static bool
has_root(const struct ext *e, const struct spill_ext_group *g)
{
	uint8_t mode[2] = { 0 };
	uint64_t at = e->start + g->inode_table * e->s.block_size +
		      (uint64_t)(ROOT - 1) * e->s.inode_size;

	return lost_read(e->d, at, mode, sizeof(mode)) &&
	       (mode[1] & 0xf0) == 0x40;
}

static uint64_t
behind_super(const struct ext *e, uint64_t super)
{
	return e->s.block_size == SUPER
		   ? super + SUPER
		   : super - super % e->s.block_size + e->s.block_size;
}

static bool
is_volume(const struct ext *e, bool *table_lost)
{
	uint64_t own =
	    e->start + ((uint64_t)e->s.first_block + 1) * e->s.block_size;
	uint64_t copy = e->at + behind_super(e, super_place(e, e->group)) -
			super_place(e, e->group);
	struct spill_ext_group g;

	*table_lost = !first_group(e, own, &g);
	if (!*table_lost && has_root(e, &g))
		return true;
	if (e->group > 0 && !first_group(e, copy, &g))
		return false;
	/* A root that is gone can still be told by two superblocks. */
	return (e->group > 0 && *table_lost && has_root(e, &g)) ||
	       has_copy(e, e->group == 1 ? 3 : 1);
}

/* As the superblock of that group. */
static bool
is_volume_of(struct ext *e, unsigned group, bool *table_lost)
{
	e->group = group;
	if (super_place(e, group) > e->at)
		return false;
	e->start = e->at - super_place(e, group);
	return is_volume(e, table_lost);
}

static void
add_fixes(const struct ext *e, bool table_lost, struct lost *out)
{
	struct ext first = { .d = e->d, .at = e->start + SUPER };
	uint64_t len = e->s.groups * e->s.desc_size;
	uint8_t raw[SUPER] = { 0 };

	if (read_super(&first, raw) &&
	    memcmp(first.s.uuid, e->s.uuid, sizeof(e->s.uuid)) == 0)
		return;
	out->copy = "superblock";
	lost_fix(out, first.at, e->at, SUPER);
	if (!table_lost || len > GDT_MAX)
		return;
	out->copy = "superblock and group descriptors";
	lost_fix(out,
	    e->start + ((uint64_t)e->s.first_block + 1) * e->s.block_size,
	    e->at + behind_super(e, super_place(e, e->group)) -
		super_place(e, e->group),
	    len);
}

bool
lost_ext(const struct disk_view *d, uint64_t at, const uint8_t sector[512],
    struct lost *out)
{
	struct ext e = { .d = d, .at = at };
	uint8_t raw[SUPER] = { 0 };
	bool table_lost, found;

	(void)sector;
	if (!read_super(&e, raw))
		return false;
	found = is_volume_of(&e, e.group, &table_lost);
	/* The first revision does not say of which group it is: the first
	 * copy that is met is that of group 1. */
	if (!found && e.s.revision == 0 && e.s.groups > 1)
		found = is_volume_of(&e, 1, &table_lost);
	if (!found)
		return false;
	out->what = (e.s.incompat & (SPILL_EXT_EXTENTS | SPILL_EXT_64BIT)) != 0
			? "ext4"
		    : e.s.journal_inode != 0 ? "ext3"
					     : "ext2";
	out->start = e.start;
	out->length = e.s.blocks * e.s.block_size;
	if (e.group > 0)
		add_fixes(&e, table_lost, out);
	return true;
}

bool
lost_ext_is_damaged(const struct disk_view *d, uint64_t start)
{
	struct ext e = { .d = d, .at = start + SUPER };
	uint8_t raw[SUPER] = { 0 };

	return lost_read(d, e.at, raw, SUPER) &&
	       memcmp(raw + 0x38, "\x53\xef", 2) == 0 && !read_super(&e, raw);
}
