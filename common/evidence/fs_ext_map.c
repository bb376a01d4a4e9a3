/*
 * fs_ext_map.c: which blocks an inode's content lies in ([EXT4] "The Contents
 * of inode.i_block"). Hostile maps end: no file has more blocks than the file
 * system, and no more nodes.
 */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include <sys/stat.h>

#include "fs_ext_i.h"

struct map {
	struct ev_fs *fs;
	struct ext *s;
	struct ev_object *out;
	uint64_t end; /* blocks of the content */
	uint64_t next; /* block of the content that is still to come */
	uint64_t left; /* blocks that it may still have */
	uint64_t nodes; /* likewise */
	bool any_order; /* what leads back counts, too: of folders */
};

static void
spoil(struct map *m, uint64_t block, const char *what)
{
	uint64_t size = m->s->super.block_size;

	if (m->out->n > 0)
		m->out->attr[m->out->n - 1].lost = true;
	ev_folder_fault(
	    &m->out->faults, block * size, block > 0 ? size : 0, what);
}

static bool
take(struct map *m, uint64_t offset, uint64_t block, uint64_t count)
{
	if (count > m->left) {
		m->left = 0;
		spoil(m, 0, "it has more blocks than the file system");
		return false;
	}
	m->left -= count;
	if (m->s->claiming)
		ext_claim(m->fs, block, count, &m->out->faults);
	if (offset < m->end)
		ev_object_run(
		    m->out, offset, block, SPILL_MIN(count, m->end - offset));
	return true;
}

/* A block of the map itself, at a level of its tree. */
static const uint8_t *
load_node(struct map *m, uint64_t block, unsigned level)
{
	uint32_t size = m->s->super.block_size;
	uint8_t *p = m->s->node[level];

	if (m->nodes == 0) {
		spoil(m, 0, "its map has more blocks than the file system");
		m->left = 0;
		return NULL;
	}
	m->nodes--;
	if (block >= m->fs->blocks ||
	    !ev_fs_read(m->fs, block * size, p, size)) {
		spoil(m, block, "a block of its map is outside the volume");
		return NULL;
	}
	if (ev_fs_is_bad(m->fs, block * size, size))
		spoil(m, block, "a block of its map cannot be read");
	if (m->s->claiming)
		ext_claim(m->fs, block, 1, &m->out->faults);
	return p;
}

/* --- extents ------------------------------------------------------------ */

static void extents(struct map *m, struct spill_span raw, int depth,
    uint64_t from, uint64_t block);

static void
extent_below(struct map *m, const struct spill_ext_extent *e, unsigned depth)
{
	const uint8_t *p = load_node(m, e->physical, depth);

	if (p != NULL)
		extents(m,
		    (struct spill_span){
			(const char *)p, m->s->super.block_size },
		    (int)depth, e->logical, e->physical);
}

static bool
is_inside(const struct map *m, const struct spill_ext_extent *e)
{
	return e->physical > 0 && e->physical < m->fs->blocks &&
	       e->count <= m->fs->blocks - e->physical;
}

/*
 * A node, which begins at a block of the content. What leads back is passed
 * by, so that each block of the content is there once. Depth is bounded by
 * the decoder.
 */
static void
extents(struct map *m, struct spill_span raw, int depth, uint64_t from,
    uint64_t block)
{
	struct spill_ext_extents it;
	struct spill_ext_extent e;
	int rc = spill_ext_extents_open(raw, depth, &m->s->super, &it);

	if (rc != SPILL_OK)
		spoil(m, block, it.flaw.what);
	if (rc == SPILL_EFORMAT)
		return;
	m->next = SPILL_MAX(m->next, from);
	while (m->left > 0 &&
	       (rc = spill_ext_extents_next(&it, &e)) != SPILL_END) {
		bool back = e.logical < m->next;

		if (rc == SPILL_OK && back)
			it.flaw.what = "an extent leads back";
		if (rc != SPILL_OK || back)
			spoil(m, block, it.flaw.what);
		if ((rc != SPILL_OK || back) &&
		    (!m->any_order || !is_inside(m, &e)))
			continue;
		if (it.depth > 0) {
			extent_below(m, &e, it.depth - 1);
			continue;
		}
		if (m->any_order)
			e.logical = SPILL_MAX(e.logical, m->next);
		m->next = e.logical + e.count;
		if (!e.unwritten && !take(m, e.logical, e.physical, e.count))
			return;
	}
}

/* --- block pointers ----------------------------------------------------- */

/* One pointer: to content, or to a block of pointers some levels above it. */
static void
pointer(struct map *m, uint64_t block, unsigned level)
{
	uint64_t per = m->s->super.block_size / 4, span = 1;
	const uint8_t *p;

	for (unsigned i = 0; i < level; i++)
		span *= per;
	if (block == 0 || m->next >= m->end) {
		m->next += span; /* a hole */
		return;
	}
	if (level == 0) {
		if (block >= m->fs->blocks)
			spoil(m, 0, "a block is outside the volume");
		else
			(void)take(m, m->next, block, 1);
		m->next++;
		return;
	}
	p = load_node(m, block, level - 1);
	if (p == NULL) {
		m->next += span;
		return;
	}
	for (uint64_t i = 0; i < per && m->next < m->end && m->left > 0; i++) {
		uint32_t v;

		memcpy(&v, p + 4 * i, sizeof(v));
		pointer(m, le32toh(v), level - 1);
	}
}

static void
pointers(struct map *m, struct spill_span area)
{
	for (unsigned i = 0; i < 15 && 4 * i + 4 <= area.len; i++) {
		uint32_t v;

		if (m->next >= m->end || m->left == 0)
			return;
		memcpy(&v, area.p + (size_t)4 * i, sizeof(v));
		pointer(m, le32toh(v), i < 12 ? 0 : i - 11);
	}
}

/* --- an inode ----------------------------------------------------------- */

void
ext_map(struct ev_fs *fs, const struct spill_ext_inode *inode,
    struct ev_object *out)
{
	struct ext *s = fs->state;
	uint64_t size = ext_size(s, inode), bs = s->super.block_size;
	struct map m = { .fs = fs,
		.s = s,
		.out = out,
		.end = size / bs + (size % bs > 0),
		.left = fs->blocks,
		.nodes = fs->blocks };
	uint64_t own = (inode->flags & SPILL_EXT_I_HUGE) != 0
			   ? inode->blocks
			   : inode->blocks / (bs / 512);

	m.any_order = s->listing;
	/* Extents of a folder are its own, whatever its size says. */
	if (s->listing && (inode->flags & SPILL_EXT_I_EXTENTS) != 0)
		m.end = UINT64_MAX;
	/* It says itself how many it has, nodes too. */
	m.nodes = SPILL_MIN(m.nodes, own + 16);
	if ((inode->flags & SPILL_EXT_I_EXTENTS) != 0)
		extents(&m, inode->area, -1, 0, 0);
	else
		pointers(&m, inode->area);
}

/* --- bitmaps ------------------------------------------------------------ */

struct wanted {
	uint64_t group, block;
	bool empty; /* none is in use, whatever lies there */
	bool doubtful; /* the descriptor is damaged, and so its checksum */
	uint32_t checksum, bits;
};

enum { RIGHT = 1, WRONG };

/* By its checksum, which is looked at once. */
static bool
is_right(const struct ext *s, struct ext_bitmap *b, const struct wanted *w)
{
	struct spill_span used = { (char *)b->bytes,
		SPILL_MIN(w->bits / 8, s->super.block_size) };
	uint8_t *looked;

	if (b->looked == NULL || w->group >= EXT_GROUPS_LOOKED)
		return true;
	looked = &b->looked[w->group];
	if (*looked == 0)
		*looked =
		    spill_ext_bitmap_is_wrong(used, &s->super, w->checksum) ? 2
									    : 1;
	return *looked == 1;
}

static void
load_bitmap(struct ev_fs *fs, struct ext_bitmap *b, const struct wanted *w)
{
	struct ext *s = fs->state;
	uint32_t size = s->super.block_size;

	b->group = w->group;
	b->loaded = true;
	b->known = w->empty;
	if (w->empty)
		memset(b->bytes, 0, size);
	else if (w->block > 0 &&
		 ev_fs_read(fs, w->block * size, b->bytes, size))
		b->known = !ev_fs_is_bad(fs, w->block * size, size) &&
			   (w->doubtful || is_right(s, b, w));
}

static bool
is_set(const struct ext *s, const struct ext_bitmap *b, uint64_t bit)
{
	return b->known && bit < (uint64_t)s->super.block_size * 8 &&
	       (b->bytes[bit / 8] >> bit % 8 & 1) != 0;
}

/* Do group descriptors say what of them was never used? */
static bool
has_unused(const struct ext *s)
{
	return (s->super.ro_compat &
		   (SPILL_EXT_GDT_CSUM | SPILL_EXT_METADATA_CSUM)) != 0;
}

static void
want_inodes(struct ev_fs *fs, uint64_t group)
{
	struct ext *s = fs->state;
	const struct spill_ext_group *g;
	struct wanted w = { .group = group, .bits = s->super.inodes_per_group };

	if (s->inodes.loaded && s->inodes.group == group)
		return;
	g = ext_group(fs, group);
	if (g != NULL) {
		w.block = g->inode_bitmap;
		w.checksum = g->inode_bitmap_checksum;
		w.doubtful = s->group.damaged;
		w.empty = has_unused(s) && !w.doubtful &&
			  (g->flags & SPILL_EXT_G_NO_INODES) != 0;
	}
	load_bitmap(fs, &s->inodes, &w);
}

bool
ext_inode_used(
    struct ev_fs *fs, uint64_t number, const struct spill_ext_inode *inode)
{
	struct ext *s = fs->state;
	uint64_t group = (number - 1) / s->super.inodes_per_group;

	if (number == fs->root)
		return true;
	want_inodes(fs, group);
	if (!s->inodes.known)
		return inode->links > 0 && !inode->deleted.set;
	return is_set(s, &s->inodes, (number - 1) % s->super.inodes_per_group);
}

static void
want_blocks(struct ev_fs *fs, uint64_t group)
{
	struct ext *s = fs->state;
	const struct spill_ext_super *sb = &s->super;
	const struct spill_ext_group *g;
	struct wanted w = { .group = group,
		.bits = sb->blocks_per_group /
			(sb->cluster_size / sb->block_size) };

	if (s->blocks.loaded && s->blocks.group == group)
		return;
	g = ext_group(fs, group);
	if (g != NULL) {
		w.block = g->block_bitmap;
		w.checksum = g->block_bitmap_checksum;
		w.doubtful =
		    s->group.damaged || (g->flags & SPILL_EXT_G_NO_BLOCKS) != 0;
	}
	load_bitmap(fs, &s->blocks, &w);
}

bool
ext_block_used(struct ev_fs *fs, uint64_t block)
{
	struct ext *s = fs->state;
	const struct spill_ext_super *sb = &s->super;
	uint64_t group, ratio;

	if (!s->known || block < sb->first_block)
		return true;
	group = (block - sb->first_block) / sb->blocks_per_group;
	want_blocks(fs, group);
	ratio = SPILL_MAX(sb->cluster_size / sb->block_size, 1u);
	/* What cannot be known counts as in use. */
	return !s->blocks.known ||
	       is_set(s, &s->blocks,
		   (block - sb->first_block) % sb->blocks_per_group / ratio);
}

bool
ext_bitmap_is_wrong(struct ev_fs *fs, uint64_t group)
{
	struct ext *s = fs->state;

	if ((s->super.ro_compat & SPILL_EXT_METADATA_CSUM) == 0 ||
	    group >= EXT_GROUPS_LOOKED)
		return false;
	want_inodes(fs, group);
	want_blocks(fs, group);
	return s->inodes.looked[group] == WRONG ||
	       s->blocks.looked[group] == WRONG;
}

/* --- inodes not in use -------------------------------------------------- */

#define TABLE_CHUNK ((size_t)64 << 10)

struct sweep {
	struct ev_fs *fs;
	bool (*each)(void *ctx, const struct ev_entry *e, enum ev_kind kind);
	void *ctx;
	uint8_t *raw;
	uint64_t certain; /* so many of the group were used */
};

/* In use, and no name has led to it. Some are never to have one: reserved
 * ones, values of attributes, the list of orphans. */
static bool
is_lost(const struct ext *s, uint64_t number, const uint8_t *raw)
{
	return number >= s->super.first_inode && number < s->nnamed &&
	       (s->named[number / 8] >> number % 8 & 1) == 0 &&
	       (raw[0x22] & 0x20) == 0 && number != s->super.orphan_file;
}

static uint32_t
field(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return le32toh(v);
}

/*
 * Where the descriptor says that none was ever used there may be those of an
 * older file system, or anything else: has it a type that there is, links or a
 * time of deletion but not both, and a size that can be?
 */
static bool
is_plausible(const struct ext *s, const uint8_t *p)
{
	unsigned mode = p[0] | (unsigned)p[1] << 8;
	bool linked = (p[0x1a] | p[0x1b]) != 0;
	uint64_t room = s->super.blocks * s->super.block_size;

	return (S_ISREG(mode) || ext_kind(mode) != EV_FILE) &&
	       linked == (field(p + 0x14) == 0) &&
	       (!S_ISREG(mode) || field(p + 0x6c) < 1u << 20) &&
	       (S_ISREG(mode) || field(p + 4) <= room);
}

/* One that is in no folder, or was deleted. */
static bool
sweep_one(struct sweep *w, uint64_t number, uint64_t in_group, const uint8_t *p)
{
	struct ext *s = w->fs->state;
	bool linked = (p[0x1a] | p[0x1b]) != 0;
	bool used = s->inodes.known ? is_set(s, &s->inodes, in_group)
				    : number < s->super.first_inode ||
					  (linked && field(p + 0x14) == 0);
	struct ev_entry e = {
		.named = EV_UNNAMED, .object = number, .lost = used && linked
	};

	/* i_ctime: libtsk's rule for one that was used once. */
	if (memcmp(p + 0x0c, "\0\0\0\0", 4) == 0 || number > s->super.inodes ||
	    number == w->fs->root || (used && !is_lost(s, number, p)) ||
	    (in_group >= w->certain && !is_plausible(s, p)))
		return true;
	return w->each(w->ctx, &e, ext_kind(p[0] | (unsigned)p[1] << 8));
}

/* Some inodes of a group's table; first counts from the table's start. */
static bool
sweep_chunk(
    struct sweep *w, uint64_t group, uint64_t table, uint64_t first, uint64_t n)
{
	struct ext *s = w->fs->state;
	const struct spill_ext_super *sb = &s->super;

	if (!ev_fs_read(w->fs, table * sb->block_size + first * sb->inode_size,
		w->raw, (size_t)(n * sb->inode_size)))
		return true;
	for (uint64_t i = 0; i < n; i++) {
		uint64_t number = group * sb->inodes_per_group + first + i + 1;

		if (!sweep_one(
			w, number, first + i, w->raw + i * sb->inode_size))
			return false;
	}
	return true;
}

/* Inodes at the end of a table that were never used; none where the
 * descriptor contradicts itself. */
static uint64_t
never_used(const struct spill_ext_group *g, uint64_t n)
{
	uint64_t unused =
	    (g->flags & SPILL_EXT_G_NO_INODES) != 0 ? n : g->unused_inodes;

	return unused <= g->free_inodes && unused <= n ? unused : 0;
}

static bool
sweep_group(struct sweep *w, uint64_t group)
{
	struct ext *s = w->fs->state;
	const struct spill_ext_super *sb = &s->super;
	const struct spill_ext_group *g = ext_group(w->fs, group);
	uint64_t n = sb->inodes_per_group, table,
		 step = TABLE_CHUNK / sb->inode_size;

	if (g == NULL || g->inode_table == 0)
		return true;
	table = g->inode_table;
	w->certain = n;
	if (has_unused(s))
		w->certain -= never_used(g, n);
	/* Zeroed: there is nothing, and a lot of it; if there is, it was used
	 * and the descriptor, which is damaged, did not say so. */
	if ((g->flags & SPILL_EXT_G_ZEROED) != 0 && !s->group.damaged)
		n = w->certain;
	else if ((g->flags & SPILL_EXT_G_ZEROED) != 0)
		w->certain = n;
	want_inodes(w->fs, group);
	for (uint64_t at = 0; at < n; at += step)
		if (!sweep_chunk(w, group, table, at, SPILL_MIN(step, n - at)))
			return false;
	return true;
}

int
ext_unused(struct ev_fs *fs,
    bool (*each)(void *ctx, const struct ev_entry *e, enum ev_kind kind),
    void *ctx)
{
	struct ext *s = fs->state;
	struct sweep w = {
		.fs = fs, .each = each, .ctx = ctx, .raw = malloc(TABLE_CHUNK)
	};
	uint64_t groups = s->super.groups;

	if (w.raw == NULL)
		return SPILL_ENOMEM;
	if (s->known)
		groups = SPILL_MIN(
		    groups, s->super.inodes / s->super.inodes_per_group + 1);
	for (uint64_t g = 0; s->known && g < groups; g++)
		if (!sweep_group(&w, g))
			break;
	free(w.raw);
	return SPILL_OK;
}
