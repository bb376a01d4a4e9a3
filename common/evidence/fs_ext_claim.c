/*
 * fs_ext_claim.c: does each block belong to one file? A bit for each block of
 * the volume says that it belongs to something; it is set by the metadata and
 * the journal at first, and by each inode in use when it is looked at. What
 * had it before is found out only where two meet.
 */
#include <stdlib.h>

#include "fs_ext_i.h"

#define CLAIM_BYTES ((uint64_t)64 << 20) /* for larger volumes: not at all */
#define FLEX_MAX    64 /* groups whose metadata is together */

/* The bits of a word from one on, at most so many. */
static uint64_t
mask_of(uint64_t block, uint64_t count)
{
	unsigned from = block % 64, n = (unsigned)SPILL_MIN(count, 64u - from);

	return (n == 64 ? UINT64_MAX : ((uint64_t)1 << n) - 1) << from;
}

/* Take blocks; of those that were taken before, the first and the last. */
static bool
claim(struct ext *s, uint64_t block, uint64_t count, uint64_t *first,
    uint64_t *last)
{
	bool any = false;
	uint64_t n;

	if (block >= s->claim_blocks)
		return false;
	count = SPILL_MIN(count, s->claim_blocks - block);
	for (; count > 0; block += n, count -= n) {
		uint64_t mask = mask_of(block, count);
		uint64_t *word = &s->claims[block / 64], both = *word & mask;

		n = SPILL_MIN(count, 64 - block % 64);
		*word |= mask;
		if (both == 0)
			continue;
		if (!any)
			*first =
			    block / 64 * 64 + (unsigned)__builtin_ctzll(both);
		*last = block / 64 * 64 + 63 - (unsigned)__builtin_clzll(both);
		any = true;
	}
	return any;
}

/* --- metadata ----------------------------------------------------------- */

static uint64_t
table_blocks(const struct ext *s)
{
	const struct spill_ext_super *sb = &s->super;

	return ((uint64_t)sb->inodes_per_group * sb->inode_size +
		   sb->block_size - 1) /
	       sb->block_size;
}

static bool
is_in(uint64_t block, uint64_t from, uint64_t n)
{
	return from > 0 && block >= from && block - from < n;
}

/* Is a block one of the metadata of a group, or of those that have theirs
 * together with it? */
static bool
is_metadata(struct ev_fs *fs, uint64_t block)
{
	struct ext *s = fs->state;
	const struct spill_ext_super *sb = &s->super;
	unsigned log = SPILL_MIN(s->raw_super[0x174], 6u);
	uint64_t g, n = (uint64_t)1 << log, table = table_blocks(s);

	if (block < sb->first_block)
		return true;
	g = (block - sb->first_block) / sb->blocks_per_group;
	if (block - ext_group_block(s, g) < ext_group_head(s, g))
		return true;
	g = g / n * n;
	for (uint64_t i = 0; i < n && i < FLEX_MAX; i++) {
		const struct spill_ext_group *d = ext_group(fs, g + i);

		if (d != NULL && (is_in(block, d->block_bitmap, 1) ||
				     is_in(block, d->inode_bitmap, 1) ||
				     is_in(block, d->inode_table, table)))
			return true;
	}
	return false;
}

static void
claim_groups(struct ev_fs *fs)
{
	struct ext *s = fs->state;
	uint64_t a, b, table = table_blocks(s);

	(void)claim(s, 0, s->super.first_block, &a, &b);
	for (uint64_t g = 0; g < s->super.groups; g++) {
		const struct spill_ext_group *d = ext_group(fs, g);

		if (d == NULL)
			break;
		(void)claim(
		    s, ext_group_block(s, g), ext_group_head(s, g), &a, &b);
		(void)claim(s, d->block_bitmap, 1, &a, &b);
		(void)claim(s, d->inode_bitmap, 1, &a, &b);
		if (d->inode_table > 0)
			(void)claim(s, d->inode_table, table, &a, &b);
	}
}

static void
claim_journal(struct ev_fs *fs)
{
	struct ext *s = fs->state;
	struct ev_object *map = &s->map;
	struct spill_ext_inode inode;
	uint64_t at, a, b;

	ev_object_reset(map);
	if (s->super.journal_inode == 0 ||
	    s->super.journal_inode >= s->super.first_inode ||
	    !ext_inode(fs, s->super.journal_inode, &inode, &at) ||
	    ev_object_attr(map) == NULL)
		return;
	ext_map(fs, &inode, map);
	for (size_t i = 0; i < map->nrun; i++)
		(void)claim(s, map->run[i].block, map->run[i].count, &a, &b);
}

/* --- files -------------------------------------------------------------- */

#define SHARED_BLOCKS 0x4000 /* ro_compat: files may have blocks in common */

void
ext_claim_begin(struct ev_fs *fs, ev_remark *say, void *ctx)
{
	struct ext *s = fs->state;
	uint64_t blocks = fs->there;

	if ((s->super.ro_compat & SHARED_BLOCKS) != 0 || s->claims != NULL)
		return;
	if (blocks / 8 > CLAIM_BYTES) {
		say(ctx, "limit",
		    "it is not looked for blocks that are of more than one "
		    "file: the volume has too many");
		return;
	}
	s->claims = calloc(blocks / 64 + 1, sizeof(*s->claims));
	s->mapped = calloc(s->nnamed / 8 + 1, 1);
	if (s->claims == NULL || s->mapped == NULL) {
		say(ctx, "memory",
		    "it is not looked for blocks that are of more than one "
		    "file");
		return;
	}
	s->claim_blocks = blocks;
	claim_groups(fs);
	claim_journal(fs);
}

/* The blocks of an inode are to be taken: once, however many names it has. */
bool
ext_claim_inode(struct ext *s, uint64_t number)
{
	uint8_t bit = (uint8_t)(1u << number % 8), *byte;

	if (s->claim_blocks == 0 || number >= s->nnamed)
		return false;
	byte = &s->mapped[number / 8];
	if ((*byte & bit) != 0)
		return false;
	*byte |= bit;
	return true;
}

void
ext_claim(
    struct ev_fs *fs, uint64_t block, uint64_t count, struct ev_folder *faults)
{
	struct ext *s = fs->state;
	uint64_t first, last, size = s->super.block_size;

	if (!claim(s, block, count, &first, &last) ||
	    faults->nfault >= EV_FAULTS_MAX)
		return;
	ev_folder_fault(faults, first * size, (last - first + 1) * size,
	    is_metadata(fs, first)
		? "it has blocks of the file system itself"
		: "it has blocks that are used elsewhere, too");
}
