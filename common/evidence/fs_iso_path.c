/*
 * fs_iso_path.c: path tables. Each folder of a tree is in two more places than
 * its parent: in the tables L and M of the volume ([ECMA] 9.4), which lead to
 * it where the record in its parent is lost.
 */
#include <stdlib.h>

#include "fs_iso_i.h"

#define SECTOR	  SPILL_ISO_SECTOR
#define PATHS_MAX 65535 /* of a table: its parents have 16 bits */

static uint32_t
size_of_blocks(const struct spill_iso_volume *v)
{
	return v->block_size > 0 ? v->block_size : SECTOR;
}

uint32_t
iso_folder_at(
    struct ev_disk *d, uint64_t offset, uint32_t block, uint32_t block_size)
{
	uint64_t at = (uint64_t)block * block_size;
	char raw[34];
	struct spill_iso_record r;

	if (!ev_disk_read(d, offset + at, raw, sizeof(raw)) ||
	    (uint8_t)raw[0] < sizeof(raw) ||
	    spill_iso_record_mend((struct spill_span){ raw, sizeof(raw) },
		sizeof(raw), &r) == SPILL_EFORMAT ||
	    !r.self || r.block != block)
		return 0;
	return r.size;
}

/* --- roots -------------------------------------------------------------- */

/* The first record of a table is that of the root. */
static uint32_t
first_path(struct ev_disk *d, uint64_t offset, const struct spill_iso_volume *v,
    bool big)
{
	char raw[10];
	uint64_t at = (uint64_t)v->path[big] * size_of_blocks(v);
	struct spill_iso_path p;

	if (!ev_disk_read(d, offset + at, raw, sizeof(raw)))
		return 0;
	p = spill_iso_path_read((struct spill_span){ raw, sizeof(raw) }, big);
	return p.name.len == 1 && p.parent == 1 ? p.block : 0;
}

int
iso_find_root(struct ev_disk *d, uint64_t offset, struct spill_iso_volume *v)
{
	bool usable =
	    v->root.len == 34 && (v->root.flags & SPILL_ISO_DIRECTORY) != 0;
	uint32_t bs = size_of_blocks(v), block, size;

	if (usable && v->root.extra != 0)
		return 0;
	size = iso_folder_at(d, offset, v->root.block, bs);
	if (usable && size > 0) {
		if (v->root.flaw.what != NULL)
			v->root.size = size;
		return 0;
	}
	for (unsigned i = 0; i < 3; i++) {
		block = i == 0 ? v->root.block_be
			       : first_path(d, offset, v, i == 2);
		size = iso_folder_at(d, offset, block, bs);
		if (size == 0)
			continue;
		v->root = (struct spill_iso_record){ .block = block,
			.size = size,
			.flags = SPILL_ISO_DIRECTORY };
		return 1;
	}
	return usable ? 0 : -1;
}

/* --- folders ------------------------------------------------------------ */

struct paths {
	struct iso_state *s;
	uint32_t root;
	bool big;
	uint32_t *folder; /* nodes of the tree, by block */
	size_t n;
	uint32_t *node; /* of each record, or the root's */
};

/* qsort() has no argument for it. */
static const struct iso_node *sorting;

static int
by_block(const void *a, const void *b)
{
	uint32_t x = sorting[*(const uint32_t *)a].block;
	uint32_t y = sorting[*(const uint32_t *)b].block;

	return x < y ? -1 : x > y;
}

static bool
sort_folders(struct paths *p)
{
	struct iso_state *s = p->s;

	p->folder = calloc((size_t)(s->n - p->root) + 1, sizeof(*p->folder));
	p->node = calloc(PATHS_MAX + 1, sizeof(*p->node));
	if (p->folder == NULL || p->node == NULL) {
		s->rc = SPILL_ENOMEM;
		return false;
	}
	for (uint32_t i = p->root; i < s->n; i++)
		if ((s->node[i].flags & ISO_FOLDER) != 0)
			p->folder[p->n++] = i;
	sorting = s->node;
	qsort(p->folder, p->n, sizeof(*p->folder), by_block);
	return true;
}

static uint32_t
folder_of(const struct paths *p, uint32_t block)
{
	size_t lo = 0, hi = p->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (p->s->node[p->folder[mid]].block < block)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < p->n && p->s->node[p->folder[lo]].block == block
		   ? p->folder[lo]
		   : p->root;
}

/* A folder in the one that the table says it is in. */
static void
add_folder(struct paths *p, uint32_t parent, uint32_t block, uint64_t at,
    uint32_t size)
{
	struct iso_state *s = p->s;
	uint32_t i = s->n;
	struct iso_node *n = iso_add_node(s);

	if (n == NULL)
		return;
	n->at = (uint64_t)block * s->block_size;
	n->size = size;
	n->block = block;
	n->parent = parent;
	n->tree = s->node[p->root].tree;
	n->flags = ISO_FOLDER;
	n->path_at = at;
	n->big = p->big;
	n->next = s->node[parent].lost;
	s->node[parent].lost = i;
	s->by_path++;
	iso_read_folders(s, i);
}

static struct spill_iso_path
read_path(struct iso_state *s, uint64_t at, bool big, char raw[264])
{
	size_t n = at < s->end ? (size_t)SPILL_MIN(264, s->end - at) : 0;

	if (n == 0 || !ev_fs_read(s->fs, at, raw, n))
		return (struct spill_iso_path){ 0 };
	return spill_iso_path_read((struct spill_span){ raw, n }, big);
}

static void
read_table(struct paths *p, uint64_t at, uint64_t end)
{
	struct iso_state *s = p->s;
	unsigned tree = s->node[p->root].tree;
	char raw[264];

	for (uint32_t i = 1; i <= PATHS_MAX && at < end; i++) {
		struct spill_iso_path x = read_path(s, at, p->big, raw);
		uint64_t sector = (uint64_t)x.block * s->block_size / SECTOR;
		uint32_t size, before = s->n;

		if (x.len == 0 || s->rc != SPILL_OK)
			break;
		size = iso_was_read(s, tree, sector)
			   ? 0
			   : iso_folder_at(s->fs->disk, s->fs->offset, x.block,
				 s->block_size);
		p->node[i] = folder_of(p, x.block);
		if (size > 0)
			add_folder(p,
			    x.parent < i && x.parent > 0 ? p->node[x.parent]
							 : p->root,
			    x.block, at, size);
		if (s->n > before)
			p->node[i] = before;
		at += x.len;
	}
}

void
iso_add_paths(
    struct iso_state *s, uint32_t root, const struct spill_iso_volume *v)
{
	for (unsigned big = 0; big < 2 && s->rc == SPILL_OK; big++) {
		struct paths p = { .s = s, .root = root, .big = big != 0 };
		uint64_t at = (uint64_t)v->path[big] * s->block_size;

		if (v->path[big] > 0 && sort_folders(&p))
			read_table(&p, at, at + v->path_size);
		free(p.folder);
		free(p.node);
	}
}

bool
iso_path_name(struct iso_state *s, const struct iso_node *n, char raw[264],
    struct spill_span *name)
{
	struct spill_iso_path p;

	if (n->path_at == 0)
		return false;
	p = read_path(s, n->path_at, n->big, raw);
	*name = p.name;
	return true;
}
