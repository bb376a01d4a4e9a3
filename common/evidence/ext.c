/*
 * ext.c: the superblock and group descriptors.
 */
#include <string.h>

#include "ondisk_i.h"

#include <spill/ext.h>

#define SUPER_SIZE 1024

/* --- superblock ([EXT4] "The Super Block") ------------------------------ */

static struct spill_span
text(struct spill_span raw, size_t at, size_t room)
{
	struct spill_span s = spill_part(raw, at, room);
	const char *nul = s.len > 0 ? memchr(s.p, '\0', s.len) : NULL;

	if (nul != NULL)
		s.len = (size_t)(nul - s.p);
	return s;
}

/* Seconds at one place, eight more bits of them at another. */
static struct spill_time
super_time(struct spill_cur c, size_t at, size_t at_hi)
{
	int64_t sec;

	spill_cur_seek(&c, at);
	sec = spill_cur_u32le(&c);
	spill_cur_seek(&c, at_hi);
	sec |= (int64_t)spill_cur_u8(&c) << 32;
	if (sec == 0)
		return (struct spill_time){ 0 };
	return spill_time_from_unix(sec, 0, 0);
}

static void
super_sizes(struct spill_cur c, struct spill_ext_super *s)
{
	uint32_t block, cluster;

	s->inodes = spill_cur_u32le(&c);
	s->blocks = spill_cur_u32le(&c);
	spill_cur_seek(&c, 0x14);
	s->first_block = spill_cur_u32le(&c);
	block = spill_cur_u32le(&c);
	cluster = spill_cur_u32le(&c);
	s->blocks_per_group = spill_cur_u32le(&c);
	spill_cur_skip(&c, 4);
	s->inodes_per_group = spill_cur_u32le(&c);
	if (block > 6)
		spill_flaw(&s->flaw, "no such block size", 0x18);
	else
		s->block_size = s->cluster_size = 1024u << block;
	if ((s->ro_compat & SPILL_EXT_BIGALLOC) == 0 || block > 6)
		return;
	if (cluster < block || cluster > 20)
		spill_flaw(&s->flaw, "no such cluster size", 0x1c);
	else
		s->cluster_size = 1024u << cluster;
}

/* That with the superblock, which is at byte 1024; with clusters, block 0. */
static void
super_first(struct spill_ext_super *s)
{
	uint32_t first = s->block_size == 1024 && s->cluster_size == 1024;

	if (s->block_size > 0 && s->first_block != first) {
		spill_flaw(&s->flaw, "no such first block", 0x14);
		s->first_block = first;
	}
}

static void
super_features(struct spill_cur c, struct spill_ext_super *s)
{
	spill_cur_seek(&c, 0x3a);
	s->state = spill_cur_u16le(&c);
	spill_cur_seek(&c, 0x48);
	s->creator = spill_cur_u32le(&c);
	s->revision = spill_cur_u32le(&c);
	s->first_inode = 11;
	s->inode_size = 128;
	if (s->revision == 0)
		return;
	spill_cur_seek(&c, 0x54);
	s->first_inode = spill_cur_u32le(&c);
	s->inode_size = spill_cur_u16le(&c);
	spill_cur_seek(&c, 0x5c);
	s->compat = spill_cur_u32le(&c);
	s->incompat = spill_cur_u32le(&c);
	s->ro_compat = spill_cur_u32le(&c);
}

static void
bytes(struct spill_cur *c, uint8_t out[16])
{
	for (int i = 0; i < 16; i++)
		out[i] = spill_cur_u8(c);
}

static void
super_ids(struct spill_cur c, struct spill_ext_super *s)
{
	spill_cur_seek(&c, 0x68);
	bytes(&c, s->uuid);
	spill_cur_seek(&c, 0xe0);
	s->journal_inode = spill_cur_u32le(&c);
	s->journal_device = spill_cur_u32le(&c);
	s->orphan = spill_cur_u32le(&c);
	bytes(&c, s->hash_seed);
	s->hash_version = spill_cur_u8(&c);
	spill_cur_skip(&c, 1);
	s->desc_size = spill_cur_u16le(&c);
	spill_cur_seek(&c, 0x150);
	if ((s->incompat & SPILL_EXT_64BIT) != 0)
		s->blocks |= (uint64_t)spill_cur_u32le(&c) << 32;
	else
		s->desc_size = 32;
	spill_cur_seek(&c, 0x160);
	s->flags = spill_cur_u32le(&c);
	spill_cur_seek(&c, 0x175);
	s->checksum_type = spill_cur_u8(&c);
	spill_cur_seek(&c, 0x270);
	s->checksum_seed = spill_cur_u32le(&c);
	spill_cur_seek(&c, 0x280);
	s->orphan_file = spill_cur_u32le(&c);
	spill_cur_seek(&c, 0x3fc);
	s->checksum = spill_cur_u32le(&c);
}

/* A group's bitmaps have one block each. What cannot be is taken as what
 * mke2fs would have there. */
static void
super_groups(struct spill_ext_super *s)
{
	uint32_t n = s->inodes_per_group;

	if (s->blocks <= s->first_block)
		spill_flaw(&s->flaw, "no blocks", 0x04);
	if (s->blocks_per_group == 0 ||
	    s->blocks_per_group > s->cluster_size * 8ull) {
		spill_flaw(
		    &s->flaw, "no such number of blocks in a group", 0x20);
		s->blocks_per_group = s->cluster_size * 8;
	}
	if (s->blocks > s->first_block && s->blocks_per_group > 0)
		s->groups =
		    (s->blocks - s->first_block - 1) / s->blocks_per_group + 1;
	if (n == 0 || n > s->block_size * 8ull)
		spill_flaw(
		    &s->flaw, "no such number of inodes in a group", 0x28);
	else if (s->inodes == 0 || (s->inodes + (n - 1ull)) / n > s->groups)
		spill_flaw(&s->flaw, "no such number of inodes", 0x00);
}

static void
super_check(struct spill_ext_super *s)
{
	uint32_t room = s->block_size;

	if (!spill_power_of_two(s->inode_size) || s->inode_size < 128 ||
	    s->inode_size > room) {
		spill_flaw(&s->flaw, "no such inode size", 0x58);
		s->inode_size = 0;
	}
	if (!spill_power_of_two(s->desc_size) || s->desc_size < 32 ||
	    s->desc_size > room) {
		spill_flaw(&s->flaw, "no such descriptor size", 0xfe);
		s->desc_size = room >= 1024 ? 64 : 0; /* mke2fs has no other */
	}
	super_first(s);
	super_groups(s);
}

int
spill_ext_super_read(struct spill_span raw, struct spill_ext_super *out)
{
	struct spill_ext_super s = { 0 };
	struct spill_cur c = spill_cur_of(raw), magic = c;

	spill_cur_seek(&magic, 0x38);
	if (!spill_cur_match(&magic, "\x53\xef", 2)) {
		spill_flaw(&s.flaw, "no superblock", 0x38);
		*out = s;
		return SPILL_EFORMAT;
	}
	super_features(c, &s);
	super_sizes(c, &s);
	super_ids(c, &s);
	s.label = text(raw, 0x78, 16);
	s.last_mounted = text(raw, 0x88, 64);
	s.mounted = super_time(c, 0x2c, 0x275);
	s.written = super_time(c, 0x30, 0x274);
	s.checked = super_time(c, 0x40, 0x277);
	s.made = super_time(c, 0x108, 0x276);
	if (raw.len < SUPER_SIZE)
		spill_flaw(&s.flaw, "the superblock is cut", raw.len);
	super_check(&s);
	*out = s;
	return s.flaw.what == NULL ? SPILL_OK : SPILL_EDAMAGED;
}

/* --- group descriptors ([EXT4] "Block Group Descriptors") --------------- */

/* A number whose lower half is at one place, the upper one at another. */
static uint64_t
halves(struct spill_cur c, size_t at, size_t at_hi, unsigned size)
{
	uint64_t v;

	spill_cur_seek(&c, at);
	v = size == 4 ? spill_cur_u32le(&c) : spill_cur_u16le(&c);
	if (at_hi + size > c.len)
		return v;
	spill_cur_seek(&c, at_hi);
	return v | (size == 4 ? (uint64_t)spill_cur_u32le(&c) << 32
			      : (uint64_t)spill_cur_u16le(&c) << 16);
}

static uint64_t
group_block(struct spill_cur c, size_t at, const struct spill_ext_super *super,
    struct spill_flaw *flaw)
{
	uint64_t block = halves(c, at, at + 0x20, 4);

	if (block >= super->first_block && block < super->blocks)
		return block;
	spill_flaw(flaw, "a group's block is outside the volume", at);
	return 0;
}

int
spill_ext_group_read(struct spill_span raw, const struct spill_ext_super *super,
    struct spill_ext_group *out)
{
	struct spill_ext_group g = { 0 };
	struct spill_span s =
	    spill_part(raw, 0, SPILL_MAX(super->desc_size, 32u));
	struct spill_cur c = spill_cur_of(s);

	if (s.len < SPILL_MAX(super->desc_size, 32u))
		spill_flaw(&g.flaw, "a group descriptor is cut", s.len);
	g.block_bitmap = group_block(c, 0x00, super, &g.flaw);
	g.inode_bitmap = group_block(c, 0x04, super, &g.flaw);
	g.inode_table = group_block(c, 0x08, super, &g.flaw);
	g.free_blocks = (uint32_t)halves(c, 0x0c, 0x2c, 2);
	g.free_inodes = (uint32_t)halves(c, 0x0e, 0x2e, 2);
	g.directories = (uint32_t)halves(c, 0x10, 0x30, 2);
	g.unused_inodes = (uint32_t)halves(c, 0x1c, 0x32, 2);
	g.block_bitmap_checksum = (uint32_t)halves(c, 0x18, 0x38, 2);
	g.inode_bitmap_checksum = (uint32_t)halves(c, 0x1a, 0x3a, 2);
	spill_cur_seek(&c, 0x12);
	g.flags = spill_cur_u16le(&c);
	spill_cur_seek(&c, 0x1e);
	g.checksum = spill_cur_u16le(&c);
	*out = g;
	return g.flaw.what == NULL ? SPILL_OK : SPILL_EDAMAGED;
}
