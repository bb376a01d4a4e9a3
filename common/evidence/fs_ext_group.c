/*
 * fs_ext_group.c: descriptors of groups, and their copies ([EXT4] "Block Group
 * Descriptors").
 *
 * A copy is as old as the last e2fsck: the places in it are right, for nothing
 * moves them, but what it says of how much is free or was never used is not.
 * Without one, the inodes of the first group are those with a root folder, or
 * where another inode says which it is.
 */
#include <endian.h>
#include <stdio.h>
#include <string.h>

#include <sys/stat.h>

#include "fs_ext_i.h"

#define COPIES_MAX 4 /* that are looked at for one descriptor */

static bool
is_power(uint64_t n, uint64_t base)
{
	while (n > 1 && n % base == 0)
		n /= base;
	return n == 1;
}

static uint32_t
super_u32(const struct ext *s, size_t at)
{
	uint32_t v;

	memcpy(&v, s->raw_super + at, sizeof(v));
	return le32toh(v);
}

/* Does a group hold a copy of the superblock? ([EXT4] Super Block) */
static bool
has_super(const struct ext *s, uint64_t group)
{
	if ((s->super.compat & 0x200) != 0) /* sparse_super2 */
		return group == 0 || group == super_u32(s, 0x24c) ||
		       group == super_u32(s, 0x250);
	return (s->super.ro_compat & 0x1) == 0 || group <= 1 ||
	       is_power(group, 3) || is_power(group, 5) || is_power(group, 7);
}

/* Are the descriptors of a group with those of its neighbours? */
static bool
is_meta(const struct ext *s, uint64_t group)
{
	const struct spill_ext_super *sb = &s->super;

	return (sb->incompat & SPILL_EXT_META_BG) != 0 &&
	       group / (sb->block_size / sb->desc_size) >= super_u32(s, 0x104);
}

uint64_t
ext_group_block(const struct ext *s, uint64_t group)
{
	return s->super.first_block + group * s->super.blocks_per_group;
}

uint64_t
ext_group_head(const struct ext *s, uint64_t group)
{
	const struct spill_ext_super *sb = &s->super;
	uint64_t per = sb->block_size / sb->desc_size;
	uint64_t table = (sb->groups + per - 1) / per, more = 0;

	if ((sb->incompat & SPILL_EXT_META_BG) != 0) {
		uint64_t first = group / per * per;
		bool meta = is_meta(s, group);

		if (meta)
			return has_super(s, group) +
			       (group == first || group == first + 1 ||
				   group == first + per - 1);
		table = SPILL_MIN(table, super_u32(s, 0x104));
	}
	/* The blocks that the table may still grow into, too. */
	if ((sb->compat & 0x10) != 0)
		more = super_u32(s, 0xcc) >> 16;
	if (more > sb->block_size / 4)
		more = 0;
	return has_super(s, group) ? 1 + table + more : 0;
}

/*
 * Byte of the descriptor of a group, the first or a copy: in the group that
 * begins such a set of them, the next one, and the last; or behind the
 * superblocks of groups. 0: there is none of that number.
 */
static uint64_t
descriptor_at(const struct ext *s, uint64_t group, unsigned copy, uint64_t *in)
{
	const struct spill_ext_super *sb = &s->super;
	uint64_t per = sb->block_size / sb->desc_size, g = 0;

	if (is_meta(s, group)) {
		g = group / per * per + (copy == 2 ? per - 1 : copy);
		*in = g;
		return copy > 2 || g >= sb->groups
			   ? 0
			   : (ext_group_block(s, g) + has_super(s, g)) *
				     sb->block_size +
				 group % per * sb->desc_size;
	}
	while (copy > 0 && g < sb->groups && g < UINT16_MAX)
		copy -= has_super(s, ++g);
	*in = g;
	return copy > 0 || g >= sb->groups
		   ? 0
		   : (ext_group_block(s, g) + 1) * sb->block_size +
			 group * sb->desc_size;
}

/* A descriptor as it lies there: SPILL_OK; SPILL_EDAMAGED, if it cannot be
 * right; SPILL_EFORMAT, if it is not there. */
static int
read_one(struct ev_fs *fs, uint64_t number, unsigned copy,
    struct spill_ext_group *out, uint64_t *in, bool *wrong)
{
	struct ext *s = fs->state;
	const struct spill_ext_super *sb = &s->super;
	uint8_t raw[64];
	struct spill_span span = { (char *)raw,
		SPILL_MIN(sb->desc_size, sizeof(raw)) };
	uint64_t at = descriptor_at(s, number, copy, in);
	int rc;

	*wrong = false;
	if (at == 0 || !ev_fs_read(fs, at, raw, span.len))
		return SPILL_EFORMAT;
	rc = spill_ext_group_read(span, sb, out);
	*wrong = spill_ext_group_is_wrong(span, sb, number);
	return rc == SPILL_OK && *wrong ? SPILL_EDAMAGED : rc;
}

/* --- inodes without a descriptor ---------------------------------------- */

#define SEARCHED   8192 /* blocks from the first on */
#define SLOTS	   (SEARCHED * 16) /* inodes that there may be in them */
#define SUMMED	   128 /* the first ones, of which one may be whole */
#define LOST_FOUND 11 /* mke2fs makes it first */

/* The block of a folder's first entries; 0: it is no such inode. */
static uint64_t
first_block(const struct ext *s, const struct spill_ext_inode *inode)
{
	struct spill_ext_extents it;
	struct spill_ext_extent e;
	uint32_t first;

	if ((inode->flags & SPILL_EXT_I_EXTENTS) != 0)
		return spill_ext_extents_open(inode->area, 0, &s->super, &it) ==
				   SPILL_OK &&
			       spill_ext_extents_next(&it, &e) == SPILL_OK
			   ? e.physical
			   : 0;
	if (inode->area.len < sizeof(first))
		return 0;
	memcpy(&first, inode->area.p, sizeof(first));
	return le32toh(first);
}

/* The number in the entry "." that a folder begins with; 0: there is none. */
static uint32_t
own_number(struct ev_fs *fs, const struct spill_ext_inode *inode)
{
	struct ext *s = fs->state;
	uint64_t block = first_block(s, inode);
	uint8_t head[12];
	uint32_t first;

	if (block == 0 || block >= s->super.blocks ||
	    !ev_fs_read(fs, block * s->super.block_size, head, sizeof(head)) ||
	    memcmp(head + 4, "\14\0\1", 3) != 0 || head[8] != '.')
		return 0;
	memcpy(&first, head, sizeof(first));
	return le32toh(first);
}

bool
ext_has_folder(
    struct ev_fs *fs, const struct spill_ext_inode *inode, uint64_t number)
{
	if ((inode->flags & SPILL_EXT_I_INLINE) != 0) /* its parent's */
		return (number == fs->root || number == LOST_FOUND) &&
		       inode->area.len > 4 &&
		       memcmp(inode->area.p, "\2\0\0\0", 4) == 0;
	return number != 0 && own_number(fs, inode) == number;
}

/* The inode at a byte of the volume, which may be none; raw: its bytes. */
static bool
inode_at(struct ev_fs *fs, uint64_t at, uint8_t raw[EXT_INODE_MAX],
    struct spill_ext_inode *out)
{
	const struct ext *s = fs->state;
	struct spill_span span = { (char *)raw, s->super.inode_size };

	return ev_fs_read(fs, at, raw, span.len) &&
	       spill_ext_inode_read(span, &s->super, out) == SPILL_OK;
}

/* Is the inode of that folder in a table that begins at a block? */
static bool
has_folder(struct ev_fs *fs, uint64_t table, unsigned number)
{
	struct ext *s = fs->state;
	const struct spill_ext_super *sb = &s->super;
	uint8_t raw[EXT_INODE_MAX];
	struct spill_ext_inode inode;
	uint64_t at = table * sb->block_size + (number - 1) * sb->inode_size;

	return inode_at(fs, at, raw, &inode) && S_ISDIR(inode.mode) &&
	       inode.links >= 2 && ext_has_folder(fs, &inode, number);
}

/* The number of an inode of which the place in its block is known, by its
 * checksum; 0: by none of the first ones. */
static uint32_t
summed_number(const struct ext *s, struct spill_span raw,
    const struct spill_ext_inode *inode, uint32_t slot)
{
	uint32_t per = s->super.block_size / s->super.inode_size;

	if (inode->links == 0 || (inode->mode & S_IFMT) == 0)
		return 0;
	for (uint32_t n = slot + 1; n <= SUMMED; n += per)
		if (spill_ext_inode_is(raw, &s->super, inode, n))
			return n;
	return 0;
}

/* Where the table begins, by an inode of it. 0: it does not say so. */
static uint64_t
table_by(struct ev_fs *fs, uint64_t block, uint32_t slot)
{
	struct ext *s = fs->state;
	const struct spill_ext_super *sb = &s->super;
	uint8_t raw[EXT_INODE_MAX];
	struct spill_span span = { (char *)raw, sb->inode_size };
	uint32_t per = sb->block_size / sb->inode_size, number = 0;
	uint64_t at = block * sb->block_size + slot * (uint64_t)sb->inode_size;
	struct spill_ext_inode inode;

	if (!inode_at(fs, at, raw, &inode))
		return 0;
	if (S_ISDIR(inode.mode) && inode.links >= 2 &&
	    (inode.flags & SPILL_EXT_I_INLINE) == 0)
		number = own_number(fs, &inode);
	s->by_sum = number == 0;
	if (number == 0)
		number = summed_number(s, span, &inode, slot);
	if (number == 0 || number > sb->inodes_per_group ||
	    (number - 1) % per != slot || (number - 1) / per >= block)
		return 0;
	return block - (number - 1) / per;
}

/* By any inode, where neither the root nor the other one is left. */
static uint64_t
find_by_any(struct ev_fs *fs, uint64_t first, uint64_t end)
{
	struct ext *s = fs->state;
	uint32_t per = s->super.block_size / s->super.inode_size;
	uint64_t left = SLOTS, found = 0;

	for (uint64_t b = first; b < end && left > per && found == 0;
	     b++, left -= per)
		for (uint32_t i = 0; i < per && found == 0; i++)
			found = table_by(fs, b, i);
	return found > s->super.first_block ? found : 0;
}

/* Once: what a search does not find it does not find again. */
static uint64_t
find_table(struct ev_fs *fs)
{
	struct ext *s = fs->state;
	uint64_t first = s->super.first_block + 1;
	uint64_t end = SPILL_MIN(fs->there, first + SEARCHED);

	for (uint64_t b = first; !s->searched && b < end && s->found == 0; b++)
		if (has_folder(fs, b, (unsigned)fs->root) ||
		    has_folder(fs, b, LOST_FOUND))
			s->found = b;
	if (!s->searched && s->found == 0)
		s->found = find_by_any(fs, first, end);
	s->searched = true;
	return s->found;
}

/* --- a group ------------------------------------------------------------ */

/* The places that a copy has, where one is sound. */
static void
mend(struct ev_fs *fs, uint64_t number, struct ext_group *g)
{
	struct spill_ext_group copy;
	uint64_t in;
	bool wrong;

	for (unsigned i = 1; i <= COPIES_MAX && g->copy == 0; i++) {
		if (read_one(fs, number, i, &copy, &in, &wrong) != SPILL_OK)
			continue;
		g->copy = in;
		g->is.block_bitmap = copy.block_bitmap;
		g->is.inode_bitmap = copy.inode_bitmap;
		g->is.inode_table = copy.inode_table;
	}
	if (number == 0 && g->is.inode_table == 0)
		g->is.inode_table = find_table(fs);
}

const struct spill_ext_group *
ext_group(struct ev_fs *fs, uint64_t number)
{
	struct ext *s = fs->state;
	struct ext_group *g = &s->group;
	uint64_t in;
	int rc;

	if (g->loaded && g->number == number)
		return g->known ? &g->is : NULL;
	*g = (struct ext_group){ .number = number, .loaded = true };
	if (number >= s->super.groups)
		return NULL;
	rc = read_one(fs, number, 0, &g->is, &in, &g->wrong);
	g->known = rc != SPILL_EFORMAT;
	g->damaged = rc == SPILL_EDAMAGED;
	if (g->damaged)
		mend(fs, number, g);
	return g->known ? &g->is : NULL;
}

/* --- what is odd -------------------------------------------------------- */

struct count {
	uint64_t n, first;
};

static void
add(struct count *c, uint64_t group)
{
	if (c->n++ == 0)
		c->first = group;
}

static void
tell(const struct count *c, const char *what, ev_remark *say, void *ctx)
{
	char detail[200];

	if (c->n == 0)
		return;
	(void)snprintf(detail, sizeof(detail), "%s: %llu, the first is %llu",
	    what, (unsigned long long)c->n, (unsigned long long)c->first);
	say(ctx, "damaged", detail);
}

/* Groups whose bitmaps or inodes cannot be where they are said to be, or that
 * say so with a wrong checksum. */
static void
tell_groups(struct ev_fs *fs, ev_remark *say, void *ctx)
{
	struct ext *s = fs->state;
	struct count outside = { 0 }, wrong = { 0 }, copied = { 0 },
		     lost = { 0 }, bitmaps = { 0 };
	char detail[100];

	/* A descriptor that is not in the image ends it: no more are. */
	for (uint64_t i = 0; i < s->super.groups; i++) {
		const struct ext_group *g = &s->group;

		if (ext_group(fs, i) == NULL)
			break;
		if (g->is.flaw.what != NULL)
			add(&outside, i);
		else if (g->wrong)
			add(&wrong, i);
		if (!g->damaged && ext_bitmap_is_wrong(fs, i))
			add(&bitmaps, i);
		if (g->copy > 0)
			add(&copied, i);
		else if (g->damaged)
			add(&lost, i);
	}
	tell(&outside, "groups with a bitmap or inodes outside the volume", say,
	    ctx);
	tell(&wrong, "groups whose descriptor has a wrong checksum", say, ctx);
	tell(
	    &bitmaps, "groups with a bitmap whose checksum is wrong", say, ctx);
	tell(&copied,
	    "groups whose descriptor is damaged and was taken from a copy", say,
	    ctx);
	tell(&lost, "groups whose descriptor is damaged and has no sound copy",
	    say, ctx);
	if (s->found == 0)
		return;
	(void)snprintf(detail, sizeof(detail),
	    "inodes of group 0 were found by %s of them, at block %llu",
	    s->by_sum ? "the checksum of one" : "a folder",
	    (unsigned long long)s->found);
	say(ctx, "damaged", detail);
}

/* Where the journal is if it is no inode. */
static void
tell_journal(const struct ext *s, ev_remark *say, void *ctx)
{
	const uint8_t *id = s->raw_super + 0xd0;
	char detail[128];
	int n;

	if ((s->super.compat & SPILL_EXT_HAS_JOURNAL) == 0 ||
	    s->super.journal_inode != 0)
		return;
	n = snprintf(detail, sizeof(detail),
	    "its journal is on another device, which is not read: UUID ");
	for (unsigned i = 0; i < 16; i++)
		n += snprintf(detail + n, sizeof(detail) - (size_t)n, "%s%02x",
		    i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", id[i]);
	say(ctx, "unsupported", detail);
}

void
ext_remarks(struct ev_fs *fs, ev_remark *say, void *ctx)
{
	struct ext *s = fs->state;
	char detail[200];

	if (s->super.flaw.what != NULL) {
		(void)snprintf(detail, sizeof(detail), "superblock: %s",
		    s->super.flaw.what);
		say(ctx, "anomaly", detail);
	} else if (spill_ext_super_is_wrong(s->raw_super, &s->super)) {
		say(ctx, "anomaly", "superblock: its checksum is wrong");
	} else if ((s->super.incompat & SPILL_EXT_64BIT) != 0 &&
		   s->super.desc_size < 64) {
		say(ctx, "anomaly",
		    "the superblock says that numbers of blocks have 64 bits, "
		    "but descriptors of groups have no room for them");
	}
	tell_journal(s, say, ctx);
	tell_groups(fs, say, ctx);
	ext_claim_begin(fs, say, ctx);
}
