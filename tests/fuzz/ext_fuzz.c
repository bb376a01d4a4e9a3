/*
 * ext_fuzz.c: decoders of ext2, ext3 and ext4. The first byte says what the
 * rest is.
 *
 * What must hold: a superblock that is accepted has no size of 0; spans lie
 * within the bytes that were given; iterators end after no more elements
 * than those bytes can have, and directory entries come in order.
 */
#include <spill/ext.h>

#include "ondisk.h"

static const struct spill_ext_super volume = { .inodes = 1 << 16,
	.blocks = 1 << 20,
	.block_size = 4096,
	.inode_size = 256,
	.desc_size = 64,
	.incompat = SPILL_EXT_FILETYPE | SPILL_EXT_64BIT };

static void
super(struct spill_span raw)
{
	struct spill_ext_super s;
	int rc = spill_ext_super_read(raw, &s);

	told(rc, s.flaw);
	if (rc == SPILL_OK)
		must(s.block_size >= 1024 && s.inode_size >= 128 &&
		     s.desc_size >= 32 && s.groups > 0 && s.inodes > 0 &&
		     s.blocks_per_group > 0 && s.inodes_per_group > 0);
	inside(s.label, raw);
	inside(s.last_mounted, raw);
	check_time(s.made);
}

static void
group(struct spill_span raw)
{
	struct spill_ext_group g;
	int rc = spill_ext_group_read(raw, &volume, &g);

	told(rc, g.flaw);
	must(g.inode_table < volume.blocks);
}

static void
attributes(struct spill_ext_attrs it, struct spill_span raw)
{
	struct spill_ext_attr a;
	size_t n = 0;
	int rc;

	while ((rc = spill_ext_attrs_next(&it, &a)) != SPILL_END) {
		told(rc, a.flaw);
		must(a.at < raw.len && n++ <= raw.len / 16);
		inside(a.name, raw);
		inside(a.value, raw);
	}
}

static void
extents(struct spill_span raw, int depth)
{
	struct spill_ext_extents it;
	struct spill_ext_extent e;
	uint64_t next = 0;
	size_t n = 0;
	int rc = spill_ext_extents_open(raw, depth, &volume, &it);

	told(rc, it.flaw);
	while ((rc = spill_ext_extents_next(&it, &e)) != SPILL_END) {
		must(n++ < raw.len / 12);
		if (rc != SPILL_OK)
			continue;
		must(e.logical >= next && e.physical < volume.blocks);
		must(e.physical + e.count <= volume.blocks);
		next = e.logical + e.count;
	}
}

static void
directory(struct spill_span raw)
{
	struct spill_ext_dir it = spill_ext_dir(raw, &volume);
	struct spill_ext_dirent e;
	size_t next = 0;
	int rc;

	while ((rc = spill_ext_dir_next(&it, &e)) != SPILL_END) {
		told(rc, e.flaw);
		must(e.at >= next && e.at < raw.len);
		inside(e.name, raw);
		must(!e.deleted || rc != SPILL_OK || e.name.len > 0);
		next = e.at + 4;
	}
}

static void
inode(struct spill_span raw)
{
	struct spill_ext_inode i;
	int rc = spill_ext_inode_read(raw, &volume, &i);

	told(rc, i.flaw);
	inside(i.area, raw);
	inside(i.target, raw);
	inside(i.attrs, raw);
	inside(i.inline_a, raw);
	inside(i.inline_b, raw);
	check_times(&i.times);
	check_time(i.deleted);
	attributes(spill_ext_attrs(i.attrs), raw);
	extents(i.area, -1);
	directory(i.inline_b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct spill_span raw = { (const char *)data + 1, size - 1 };

	if (size == 0)
		return 0;
	switch (data[0]) {
	case 's':
		super(raw);
		break;
	case 'g':
		group(raw);
		break;
	case 'i':
		inode(raw);
		break;
	case 'x':
		extents(raw, -1);
		extents(raw, 0);
		break;
	case 'a':
		attributes(spill_ext_attrs_block(raw), raw);
		break;
	default:
		directory(raw);
	}
	return 0;
}
