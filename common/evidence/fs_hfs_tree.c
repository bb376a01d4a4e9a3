/*
 * fs_hfs_tree.c: the links between nodes of the B-trees of HFS+ [TN1150].
 * libtsk follows them without end where they lead in a circle. They are
 * followed here before; what it reads of those that are wrong is what the
 * other links say, or none.
 */
#include <stdlib.h>
#include <string.h>

#include <spill/hfs.h>

#include "fs_hfs_i.h"
#include "ondisk_i.h"

#define CHUNK	  65536u /* of nodes, whose size divides it */
#define NODES_MAX (1u << 23)
#define RUNS_MAX  65536u /* of a catalogue */

enum { /* struct tree.mark */
	LEAF = 1,
	INDEX = 2,
	REACHED = 4, /* from the root */
	OPEN = 8, /* a node on the way that is followed */
	TARGET = 16, /* of the link of a leaf */
	SEEN = 32,
};

struct tree {
	struct ev_fs *fs; /* a view of the volume */
	struct ev_object fork;
	struct ev_hfs_links *wrong;
	uint32_t node_size, nodes, root;
	/* Of a leaf: the next one, the one before. Of an index node: the record
	 * that comes next, the node above. */
	uint32_t *next, *back;
	uint32_t *heir; /* a leaf that says this one is before it */
	uint8_t *mark;
	uint8_t *bytes; /* CHUNK */
};

static uint32_t
be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

/* --- its bytes ---------------------------------------------------------- */

static size_t
read_fork(struct tree *t, uint64_t at, void *buf, size_t n)
{
	size_t lost = 0;

	return ev_attr_read(
	    t->fs, &t->fork, &t->fork.attr[0], at, buf, n, &lost);
}

/* What libtsk reads of a link from here on. */
static bool
set_link(struct tree *t, uint32_t node, uint32_t skip, uint32_t value)
{
	uint64_t at = (uint64_t)node * t->node_size + skip;
	uint32_t size = t->fs->block_size;

	if (t->wrong->count++ == 0)
		t->wrong->first = node;
	for (unsigned i = 0; i < 4; i++, at++) {
		const struct ev_run *r = t->fork.run;
		uint64_t block = at / size;
		size_t k = 0;

		while (k < t->fork.nrun && block - r[k].offset >= r[k].count)
			k++;
		if (k == t->fork.nrun ||
		    !ev_disk_patch(t->fs->disk,
			t->fs->offset +
			    (r[k].block + (block - r[k].offset)) * size +
			    at % size,
			(uint8_t)(value >> (24 - 8 * i))))
			return false;
	}
	return true;
}

static bool
is_leaf(const struct tree *t, uint32_t node)
{
	return node < t->nodes && (t->mark[node] & LEAF) != 0;
}

/* --- from the root ------------------------------------------------------ */

/* Where the pointer of a record of an index node is; 0: there is none. */
static uint32_t
pointer_at(const struct tree *t, uint32_t record)
{
	struct spill_cur c =
	    spill_cur_of((struct spill_span){ (char *)t->bytes, t->node_size });
	uint32_t at, records;

	spill_cur_seek(&c, 10);
	records = spill_cur_u16be(&c);
	if (record >= records || record >= t->node_size / 2)
		return 0;
	spill_cur_seek(&c, t->node_size - 2 * (record + 1));
	at = spill_cur_u16be(&c);
	spill_cur_seek(&c, at);
	at += 2u + spill_cur_u16be(&c);
	spill_cur_seek(&c, at);
	(void)spill_cur_u32be(&c);
	return spill_cur_ok(&c) ? at : 0;
}

/*
 * What a pointer has to be that leads to a node on the way to its own: the
 * leaf behind the one that the pointer before it has, for all that a node has
 * below it are on one level.
 */
static uint32_t
pointer_behind(const struct tree *t, uint32_t before)
{
	if (!is_leaf(t, before) || !is_leaf(t, t->next[before]))
		return UINT32_MAX;
	return t->next[before];
}

/* The next one below a node that was not reached yet; 0: there is none. */
static bool
descend(struct tree *t, uint32_t node, uint32_t *out)
{
	uint32_t at, child = 0, before;

	*out = 0;
	(void)read_fork(
	    t, (uint64_t)node * t->node_size, t->bytes, t->node_size);
	while ((at = pointer_at(t, t->next[node])) != 0) {
		t->next[node]++;
		before = child;
		child = be32(t->bytes + at);
		if (child < t->nodes && (t->mark[child] & OPEN) != 0) {
			child = pointer_behind(t, before);
			if (!set_link(t, node, at, child))
				return false;
		}
		if (child >= t->nodes || (t->mark[child] & REACHED) != 0)
			continue;
		t->mark[child] |= REACHED;
		if ((t->mark[child] & INDEX) == 0)
			continue;
		*out = child;
		return true;
	}
	return true;
}

static bool
follow_pointers(struct tree *t)
{
	uint32_t node = t->root, child;

	if (node >= t->nodes)
		return true;
	t->mark[node] |= REACHED;
	if ((t->mark[node] & INDEX) == 0)
		return true;
	t->back[node] = 0;
	while (node != 0) {
		t->mark[node] |= OPEN;
		if (!descend(t, node, &child))
			return false;
		if (child == 0) {
			t->mark[node] &= (uint8_t)~OPEN;
			node = t->back[node];
		} else {
			t->back[child] = node;
			node = child;
		}
	}
	return true;
}

/* --- from leaf to leaf -------------------------------------------------- */

/* Freed nodes may still say what is before them, so the index has to have it.
 */
static void
find_heirs(struct tree *t)
{
	for (uint32_t i = 1; i < t->nodes; i++)
		if (is_leaf(t, i) && is_leaf(t, t->next[i]))
			t->mark[t->next[i]] |= TARGET;
	for (uint32_t i = 1; i < t->nodes; i++)
		if ((t->mark[i] & (LEAF | REACHED | TARGET)) ==
			(LEAF | REACHED) &&
		    t->back[i] < t->nodes)
			t->heir[t->back[i]] = i;
}

static bool
mend(struct tree *t, uint32_t node)
{
	t->next[node] = t->heir[node];
	t->heir[node] = 0;
	return set_link(t, node, 0, t->next[node]);
}

/* Which link of a circle is wrong: that to a leaf which says another one is
 * before it. */
static uint32_t
wrong_of(const struct tree *t, uint32_t start)
{
	uint32_t i = start;

	do {
		if (t->back[t->next[i]] != i)
			return i;
		i = t->next[i];
	} while (i != start);
	return start;
}

/* From one leaf on: what is met again on the same way is in a circle. */
static bool
follow_leaf(struct tree *t, uint32_t start)
{
	uint32_t i = start, met;

	for (; i != 0 && (t->mark[i] & SEEN) == 0; i = t->next[i])
		t->mark[i] |= SEEN | OPEN;
	met = i != 0 && (t->mark[i] & OPEN) != 0 ? i : 0;
	for (i = start; i != 0 && (t->mark[i] & OPEN) != 0; i = t->next[i])
		t->mark[i] &= (uint8_t)~OPEN;
	return met == 0 || mend(t, wrong_of(t, met));
}

/* What is mended may lead in a circle, too: until nothing is. */
static bool
follow_leaves(struct tree *t)
{
	uint32_t before;

	for (uint32_t i = 1; i < t->nodes; i++)
		if (is_leaf(t, i) && t->next[i] != 0 &&
		    !is_leaf(t, t->next[i]) && !mend(t, i))
			return false;
	do {
		before = t->wrong->count;
		for (uint32_t i = 0; i < t->nodes; i++)
			t->mark[i] &= (uint8_t) ~(SEEN | OPEN);
		for (uint32_t i = 1; i < t->nodes; i++)
			if (is_leaf(t, i) && !follow_leaf(t, i))
				return false;
	} while (t->wrong->count > before);
	return true;
}

/* --- a tree ------------------------------------------------------------- */

static void
read_node(struct tree *t, uint32_t node, const uint8_t *raw)
{
	t->next[node] = t->back[node] = 0;
	if (raw[8] == 0xff) {
		t->mark[node] = LEAF;
		t->next[node] = be32(raw);
		t->back[node] = be32(raw + 4);
	} else if (raw[8] == 0) {
		t->mark[node] = INDEX;
	}
}

static void
read_nodes(struct tree *t)
{
	uint32_t each = CHUNK / t->node_size;

	for (uint32_t i = 0; i < t->nodes; i += each) {
		size_t got =
		    read_fork(t, (uint64_t)i * t->node_size, t->bytes, CHUNK);

		for (uint32_t k = 0; k < got / t->node_size; k++)
			if (i + k > 0 && i + k < t->nodes)
				read_node(
				    t, i + k, t->bytes + k * t->node_size);
	}
}

/* The header, which is node 0: false, there is nothing to follow. */
static bool
read_header(struct tree *t)
{
	uint8_t raw[64];
	uint64_t nodes;

	if (t->fork.n == 0 || read_fork(t, 0, raw, sizeof(raw)) < sizeof(raw))
		return false;
	t->root = be32(raw + 16);
	t->node_size = (uint32_t)raw[32] << 8 | raw[33];
	if (t->node_size < 512 || !spill_power_of_two(t->node_size))
		return false;
	nodes = SPILL_MIN(t->fork.attr[0].size,
		    ev_attr_end(t->fs, &t->fork, &t->fork.attr[0])) /
		t->node_size;
	t->nodes = (uint32_t)SPILL_MIN(nodes, NODES_MAX);
	return t->nodes > 1;
}

static int
check_tree(struct tree *t)
{
	bool ok;

	if (!read_header(t))
		return SPILL_OK;
	t->next = calloc(t->nodes, sizeof(*t->next));
	t->back = calloc(t->nodes, sizeof(*t->back));
	t->heir = calloc(t->nodes, sizeof(*t->heir));
	t->mark = calloc(t->nodes, 1);
	t->bytes = malloc(CHUNK);
	if (t->next == NULL || t->back == NULL || t->heir == NULL ||
	    t->mark == NULL || t->bytes == NULL)
		return SPILL_ENOMEM;
	read_nodes(t);
	ok = follow_pointers(t);
	if (ok) {
		find_heirs(t);
		ok = follow_leaves(t);
	}
	return ok ? SPILL_OK : SPILL_EFORMAT;
}

static void
release(struct tree *t)
{
	ev_object_release(&t->fork);
	free(t->next);
	free(t->back);
	free(t->heir);
	free(t->mark);
	free(t->bytes);
}

/* --- forks -------------------------------------------------------------- */

/* Eight extents, which begin at a block of the fork: how far it reaches. */
static uint64_t
add_extents(struct ev_object *o, uint64_t block, const uint8_t *raw)
{
	for (unsigned i = 0; i < 8; i++, raw += 8) {
		uint32_t count = be32(raw + 4);

		if (count == 0)
			break;
		ev_object_run(o, block, be32(raw), count);
		block += count;
	}
	return block;
}

struct more {
	uint32_t first; /* block of the fork */
	uint8_t raw[64];
};

/* Those of the catalogue in a leaf of the file of extents. */
static size_t
more_of_leaf(
    const struct tree *t, const uint8_t *leaf, struct more *out, size_t room)
{
	static const uint8_t key[] = { 0, 10, 0, 0, 0, 0, 0, 4 };
	uint32_t records = (uint32_t)leaf[10] << 8 | leaf[11];
	size_t n = 0;

	for (uint32_t i = 0; i < records && i < t->node_size / 2 && n < room;
	     i++) {
		const uint8_t *p = leaf + t->node_size - 2 * (i + 1);
		size_t at = (size_t)p[0] << 8 | p[1];

		if (at + 12 + 64 > t->node_size ||
		    memcmp(leaf + at, key, sizeof(key)) != 0)
			continue;
		out[n].first = be32(leaf + at + 8);
		memcpy(out[n++].raw, leaf + at + 12, 64);
	}
	return n;
}

static int
by_first(const void *a, const void *b)
{
	const struct more *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

/* Extents of the catalogue beyond its first eight; in order of what of the
 * fork they have, each where the one before ends. */
static int
add_more(struct tree *extents, struct ev_object *o, uint64_t block)
{
	struct more *more = calloc(RUNS_MAX / 8, sizeof(*more));
	size_t n = 0;

	if (more == NULL)
		return SPILL_ENOMEM;
	for (uint32_t i = 1; i < extents->nodes; i++) {
		if (!is_leaf(extents, i))
			continue;
		(void)read_fork(extents, (uint64_t)i * extents->node_size,
		    extents->bytes, extents->node_size);
		n += more_of_leaf(
		    extents, extents->bytes, more + n, RUNS_MAX / 8 - n);
	}
	qsort(more, n, sizeof(*more), by_first);
	for (size_t i = 0; i < n; i++)
		if (more[i].first == block)
			block = add_extents(o, block, more[i].raw);
	free(more);
	return o->nomem ? SPILL_ENOMEM : SPILL_OK;
}

/* A tree by the volume header, which has its fork at a byte. */
static uint64_t
open_fork(struct tree *t, const uint8_t *raw)
{
	struct ev_attr *a = ev_object_attr(&t->fork);

	if (a == NULL)
		return 0;
	a->size = a->alloc = (uint64_t)be32(raw) << 32 | be32(raw + 4);
	return add_extents(&t->fork, 0, raw + 16);
}

static int
check_trees(struct ev_fs *view, const uint8_t *header,
    struct ev_hfs_links wrong[EV_HFS_TREES])
{
	static const unsigned at[EV_HFS_TREES] = { 192, 272, 352 };
	struct tree t[EV_HFS_TREES] = { 0 };
	int rc = SPILL_OK;

	for (unsigned i = 0; i < EV_HFS_TREES && rc == SPILL_OK; i++) {
		uint64_t block;

		t[i].fs = view;
		t[i].wrong = &wrong[i];
		block = open_fork(&t[i], header + at[i]);
		if (i == EV_HFS_CATALOGUE && t[0].mark != NULL)
			rc = add_more(&t[0], &t[i].fork, block);
		if (t[i].fork.nomem)
			rc = SPILL_ENOMEM;
		if (rc == SPILL_OK)
			rc = check_tree(&t[i]);
	}
	for (unsigned i = 0; i < EV_HFS_TREES; i++)
		release(&t[i]);
	return rc;
}

/* In a wrapper, or not. */
static bool
read_volume(struct ev_fs *view, uint8_t header[512])
{
	struct spill_hfs_volume v;
	uint64_t skip;

	if (!ev_fs_read(view, 1024, header, 512))
		return false;
	skip = spill_hfs_embedded((struct spill_span){ (char *)header, 512 });
	if (skip > 0) {
		view->offset += skip;
		if (!ev_fs_read(view, 1024, header, 512))
			return false;
	}
	if (spill_hfs_volume_read(
		(struct spill_span){ (char *)header, 512 }, &v) != SPILL_OK)
		return false;
	view->block_size = v.block_size;
	view->blocks = view->there = v.blocks;
	return true;
}

int
ev_hfs_check_links(struct ev_fs *fs, struct ev_hfs_links wrong[EV_HFS_TREES])
{
	struct ev_fs view = { .disk = fs->disk, .offset = fs->offset };
	uint8_t header[512];

	if (!read_volume(&view, header))
		return SPILL_OK; /* libtsk does not open it */
	return check_trees(&view, header, wrong);
}
