/*
 * fs_ufs_super.c: which superblock of UFS is taken, and what is wrong in the
 * headers of cylinder groups ([FS] struct fs, struct cg). Each group begins
 * with a copy of the superblock, and its header, which has its number, is next
 * to it: so a copy says where the volume begins.
 */
#include <stdlib.h>

#include "fs_ufs_i.h"

#define SUPER	  2048 /* bytes that are read */
#define CHUNK	  65536u
#define SEARCHED  ((uint64_t)1 << 30)
#define HEADER	  128
#define GROUP_MIN 168 /* bytes of a header before its maps */

enum { QUALITY_MAX = 4 };

/*
 * In libtsk's order, and then those where it does not look but for the other
 * version; instead is where it does.
 */
static const struct {
	uint64_t at, instead;
	unsigned version;
} places[] = { { 65536, 65536, 2 }, { 262144, 262144, 2 }, { 8192, 8192, 1 },
	{ 8192, 65536, 2 }, { 0, 65536, 2 }, { 65536, 8192, 1 }, { 0, 8192, 1 },
	{ 262144, 8192, 1 } };

static uint64_t
block_of(const struct spill_ufs_super *s)
{
	return (uint64_t)s->fragment << s->block_shift;
}

/* --- headers of groups ---------------------------------------------------- */

static bool
read_group(struct ev_fs *fs, const struct spill_ufs_super *s, uint64_t at,
    struct spill_ufs_group *out)
{
	char raw[HEADER];

	*out = (struct spill_ufs_group){ 0 };
	return ev_fs_read(fs, at, raw, sizeof(raw)) &&
	       spill_ufs_group_read(
		   (struct spill_span){ raw, sizeof(raw) }, s, out) == SPILL_OK;
}

/* How much of what a superblock says is there. */
static int
quality(struct ev_fs *fs, const struct spill_ufs_super *s)
{
	size_t n = s->version == 2 ? SPILL_UFS2_INODE : SPILL_UFS1_INODE;
	struct spill_ufs_group g;
	struct spill_ufs_inode root;
	char raw[SPILL_UFS2_INODE];
	int q = 0;

	if (s->per_group == 0)
		return -1;
	if (s->per_block != block_of(s) / n)
		return 0;
	if (read_group(fs, s, spill_ufs_group_at(s, 0), &g))
		q += 1 + (g.number == 0 && g.inodes == s->per_group);
	if (ev_fs_read(fs, spill_ufs_inode_at(s, 2), raw, n) &&
	    spill_ufs_inode_read((struct spill_span){ raw, n }, s->version,
		s->big_endian, &root) == SPILL_OK &&
	    (root.mode & 0170000) == 0040000)
		q += 2;
	return q;
}

/* --- copies --------------------------------------------------------------- */

/* Is it that of a group of a volume that begins where this one does? */
static bool
is_copy(struct ev_fs *fs, uint64_t at, struct spill_span raw,
    struct spill_ufs_super *out)
{
	struct spill_ufs_group g;
	uint64_t header;

	if (spill_ufs_super_read(raw, out) != SPILL_OK ||
	    out->header <= out->superblock)
		return false;
	header = at + (uint64_t)(out->header - out->superblock) * out->fragment;
	return read_group(fs, out, header, &g) &&
	       header == spill_ufs_group_at(out, g.number);
}

/* The first copy that is better than what there is. */
static void
find_copy(struct ev_fs *fs, int least, struct ufs_place *out)
{
	uint64_t end = SPILL_MIN(fs->length, SEARCHED);
	char *chunk = malloc(CHUNK + SUPER);
	struct spill_ufs_super s;

	for (uint64_t at = 0; chunk != NULL && at < end; at += CHUNK) {
		size_t n = (size_t)SPILL_MIN(CHUNK + SUPER, fs->length - at);

		if (!ev_fs_read(fs, at, chunk, n))
			continue;
		for (size_t i = 0; i < CHUNK && i + SUPER <= n; i += 512) {
			const struct spill_span raw = { chunk + i, SUPER };

			if (!is_copy(fs, at + i, raw, &s) ||
			    quality(fs, &s) <= least)
				continue;
			out->super = s;
			out->at = at + i;
			out->instead = s.version == 2 ? 65536 : 8192;
			out->copy = true;
			free(chunk);
			return;
		}
	}
	free(chunk);
}

bool
ufs_find_super(struct ev_fs *fs, struct ufs_place *out)
{
	char raw[SUPER];
	struct spill_ufs_super s;
	int best = -2;

	*out = (struct ufs_place){ 0 };
	for (size_t i = 0; i < SPILL_COUNT(places) && best < 0; i++) {
		if (!ev_fs_read(fs, places[i].at, raw, sizeof(raw)) ||
		    spill_ufs_super_read(
			(struct spill_span){ raw, sizeof(raw) }, &s) ==
			SPILL_EFORMAT ||
		    s.version != places[i].version)
			continue;
		best = quality(fs, &s);
		*out = (struct ufs_place){ .super = s,
			.at = places[i].at,
			.instead = places[i].instead };
	}
	if (best < QUALITY_MAX)
		find_copy(fs, best, out);
	return out->super.per_group > 0;
}

/* --- maps that are misplaced ---------------------------------------------- */

/* Both maps lie behind the header in its block, one behind the other. */
static bool
is_sound(const struct spill_ufs_super *s, const struct spill_ufs_group *g)
{
	uint64_t inodes = (s->per_group + 7) / 8;

	return g->inode_map >= GROUP_MIN &&
	       g->block_map == g->inode_map + inodes &&
	       g->block_map < block_of(s);
}

static bool
patch(struct ev_fs *fs, const struct spill_ufs_super *s, uint64_t at,
    uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		if (!ev_disk_patch(fs->disk, fs->offset + at + i,
			(uint8_t)(value >> 8 * (s->big_endian ? 3 - i : i))))
			return false;
	return true;
}

/* The end of the groups: those that there are. */
static uint32_t
count_groups(const struct ev_fs *fs, const struct spill_ufs_super *s)
{
	uint64_t each = (uint64_t)s->fragments_per_group * s->fragment;

	if (each < block_of(s))
		return 1;
	return (uint32_t)SPILL_MIN(s->groups, fs->length / each + 1);
}

/* Where the maps begin: as in the first group that is sound; else by what
 * there is of the first. */
static uint32_t
find_maps(struct ev_fs *fs, const struct spill_ufs_super *s, uint32_t n)
{
	uint32_t inodes = (s->per_group + 7) / 8, at = 0;
	struct spill_ufs_group g;

	for (uint32_t i = 0; i < n; i++) {
		if (!read_group(fs, s, spill_ufs_group_at(s, i), &g))
			continue;
		if (is_sound(s, &g))
			return g.inode_map;
		if (at == 0 && g.block_map >= GROUP_MIN + inodes &&
		    g.block_map < block_of(s) && g.inode_map != GROUP_MIN)
			at = g.block_map - inodes;
	}
	return at > 0 ? at : GROUP_MIN;
}

void
ufs_check_groups(struct ev_fs *fs, const struct spill_ufs_super *super,
    struct ufs_groups *out)
{
	uint32_t n = count_groups(fs, super), at = 0;
	uint32_t inodes = (super->per_group + 7) / 8;
	struct spill_ufs_group g;
	bool whole;

	*out = (struct ufs_groups){ 0 };
	for (uint32_t i = 0; i < n; i++) {
		uint64_t header = spill_ufs_group_at(super, i);

		whole = read_group(fs, super, header, &g);
		if (is_sound(super, &g) || header + HEADER > fs->length)
			continue;
		if (at == 0)
			at = find_maps(fs, super, n);
		if (out->odd++ == 0)
			out->first = i;
		if (at + inodes >= block_of(super) ||
		    !patch(fs, super, header + SPILL_UFS_INODE_MAP_AT, at) ||
		    !patch(fs, super, header + SPILL_UFS_BLOCK_MAP_AT,
			at + inodes))
			return;
		/* Nothing is left of it: all inodes are looked at. */
		if (!whole && super->version == 2 &&
		    !patch(fs, super, header + SPILL_UFS_WRITTEN_AT,
			super->per_group))
			return;
	}
}
