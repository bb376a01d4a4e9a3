#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <spill/apfs.h>
#include <spill/utf8.h>

#include "apfs_pool_i.h"

#define BLOCK_MAX      65536u
#define DEPTH_MAX      16 /* of a tree */
#define CHECKPOINT_MAX 65536u /* blocks that are looked through */
#define NODES_MAX      4096u /* of a tree of snapshots */
#define STATES_MAX     64u /* checkpoints that are kept */
#define LOOKED_MAX     262144u /* blocks in which superblocks are sought */
#define SEEN_MAX       1024u /* that are kept */
#define TRIES_MAX      16u /* of them, for a volume */

/* A checkpoint: where its object map is. */
struct state {
	uint64_t transaction, omap, tree;
};

/* A superblock of a volume, whatever leads to it. */
struct seen {
	uint64_t block, id, transaction;
};

struct pool {
	struct ev_disk *disk;
	uint64_t offset;
	const struct ev_pool_sink *sink;
	struct spill_apfs_container container;
	struct state state[STATES_MAX]; /* the latest first */
	unsigned nstates;
	const struct state *now; /* that is looked into */
	struct {
		uint64_t omap, id;
	} files; /* of a volume: the tree of its object map; their own tree */
	unsigned snapshots;
	struct seen *seen; /* NULL: not looked for yet; the latest first */
	size_t nseen;
	char block[BLOCK_MAX], node[BLOCK_MAX];
};

static struct spill_span
read_block(struct pool *p, uint64_t number, char *buf)
{
	size_t size = p->container.block_size;

	if (number >= p->container.blocks ||
	    number > (INT64_MAX - p->offset) / size ||
	    !ev_disk_read(p->disk, p->offset + number * size, buf, size))
		return (struct spill_span){ buf, 0 };
	return (struct spill_span){ buf, size };
}

/* --- the container ------------------------------------------------------ */

/* Of the latest ones, those whose object map is there. */
static void
keep_state(struct pool *p, const struct spill_apfs_container *c)
{
	struct state s = { c->object.transaction, c->omap, 0 };
	struct spill_span map = read_block(p, c->omap, p->node);
	unsigned i = p->nstates;

	if (s.transaction == 0 ||
	    spill_apfs_omap_read(map, &s.tree) == SPILL_EFORMAT)
		return;
	while (i > 0 && p->state[i - 1].transaction < s.transaction)
		i--;
	if (i == STATES_MAX)
		return;
	p->nstates = SPILL_MIN(p->nstates + 1, STATES_MAX);
	memmove(&p->state[i + 1], &p->state[i],
	    (p->nstates - 1 - i) * sizeof(p->state[0]));
	p->state[i] = s;
}

/* Copies of the container's superblock lie in the checkpoint area: the last
 * one that is whole counts ([APFS] Mounting an Apple File System Partition). */
static void
find_states(struct pool *p)
{
	struct spill_apfs_container o, *c = &p->container;
	struct spill_apfs_container latest = *c;
	uint32_t n = SPILL_MIN(c->checkpoint_blocks, CHECKPOINT_MAX);
	uint64_t first = c->checkpoints;

	keep_state(p, c);
	for (uint32_t i = 0; i < n && first + i < c->blocks; i++) {
		struct spill_span s = read_block(p, first + i, p->block);

		if (spill_apfs_container_read(s, &o) != SPILL_OK ||
		    o.block_size != c->block_size)
			continue;
		keep_state(p, &o);
		if (o.object.transaction > latest.object.transaction)
			latest = o;
	}
	*c = latest;
}

static int
open_container(struct pool *p)
{
	struct spill_apfs_container *c = &p->container;
	struct spill_span s = { p->block, 4096 };

	if (!ev_disk_read(p->disk, p->offset, p->block, s.len) ||
	    spill_apfs_container_read(s, c) == SPILL_EFORMAT ||
	    c->block_size < 4096 || c->block_size > BLOCK_MAX ||
	    (c->block_size & (c->block_size - 1)) != 0) {
		p->sink->flaw(p->sink->ctx, "its superblock is damaged");
		return SPILL_EFORMAT;
	}
	s = read_block(p, 0, p->block);
	if (s.len == 0 || spill_apfs_container_read(s, c) != SPILL_OK) {
		p->sink->flaw(p->sink->ctx,
		    "its first superblock is damaged: a later one is taken");
		c->object.transaction = 0;
	}
	find_states(p);
	p->now = p->state;
	if (p->nstates > 0 && p->now->transaction < c->object.transaction)
		p->sink->flaw(p->sink->ctx,
		    "its map of objects is damaged: an older one is taken");
	if (p->nstates > 0)
		return SPILL_OK;
	p->sink->flaw(
	    p->sink->ctx, "there is no whole superblock with a map of objects");
	return SPILL_EFORMAT;
}

/* --- the object map ----------------------------------------------------- */

/* Of an object as of a transaction. */
struct sought {
	uint64_t id, transaction;
};

/* The last entry of a node that is not behind the object. */
static bool
find_entry(const struct spill_apfs_node *n, struct sought o,
    struct spill_apfs_mapping *out)
{
	bool found = false;

	for (uint32_t i = 0; i < n->n; i++) {
		struct spill_apfs_mapping m;
		struct spill_span key, value;

		if (spill_apfs_node_entry(n, i, &key, &value) != SPILL_OK ||
		    spill_apfs_mapping_read(key, value, &m) != SPILL_OK)
			continue;
		if (m.id > o.id ||
		    (m.id == o.id && m.transaction > o.transaction))
			break;
		*out = m;
		found = true;
	}
	return found;
}

/* [APFS] Object Map Value Flags: with others than those it is damaged. */
static bool
is_deleted(const struct spill_apfs_mapping *m)
{
	return (m->flags & 1) != 0 && (m->flags & ~0x1fu) == 0;
}

/* Block of a virtual object, by the tree of an object map; 0: there is none. */
static uint64_t
find_object(struct pool *p, uint64_t block, struct sought o)
{
	for (unsigned depth = 0; depth < DEPTH_MAX; depth++) {
		struct spill_apfs_mapping m;
		struct spill_apfs_node n;
		struct spill_span s = read_block(p, block, p->node);

		/* A wrong sum alone is no reason: entries are checked. */
		if (spill_apfs_node_read(s, &n) == SPILL_EFORMAT)
			return 0;
		n.key_size = n.value_size = 16;
		if (!find_entry(&n, o, &m))
			return 0;
		block = m.block;
		if (n.leaf)
			return m.id == o.id && !is_deleted(&m) ? block : 0;
	}
	return 0;
}

/* --- volumes ------------------------------------------------------------ */

/* Printable ASCII of a name; all else is %XX. */
static void
put_name(char *to, size_t room, struct spill_span name)
{
	size_t n = 0;

	for (size_t i = 0; i < name.len && n + 4 < room; i++) {
		uint8_t c = (uint8_t)name.p[i];

		if (c >= 0x20 && c < 0x7f && c != '%' && c != '"')
			to[n++] = (char)c;
		else
			n += (size_t)snprintf(to + n, room - n, "%%%02X", c);
	}
	to[n] = '\0';
}

static void
add_snapshot(struct pool *p, struct ev_pool_volume *v,
    const struct spill_apfs_snapshot *s)
{
	char name[80], time[SPILL_TIME_TEXT] = "";
	bool lost = find_object(p, p->files.omap,
			(struct sought){ p->files.id, s->transaction }) == 0;

	if (p->snapshots++ == EV_POOL_SNAPSHOTS)
		p->sink->flaw(
		    p->sink->ctx, "more snapshots than can be listed");
	if (p->snapshots > EV_POOL_SNAPSHOTS)
		return;
	v->snapshot++;
	v->transaction = s->transaction;
	v->gone = s->dataless || lost;
	put_name(name, sizeof(name), s->name);
	(void)spill_time_format(s->made, time);
	(void)snprintf(v->what, sizeof(v->what), "snapshot \"%s\"%s%s%s", name,
	    time[0] != '\0' ? " of " : "", time,
	    s->dataless ? ", without its data"
	    : lost	? ", without its folders"
			: "");
	p->sink->found(p->sink->ctx, v);
}

/* Entries of a leaf, or nodes below: these go onto the stack. */
static void
take_snapshots(struct pool *p, struct ev_pool_volume *v,
    const struct spill_apfs_node *n, uint64_t *stack, unsigned *depth)
{
	struct spill_span key, value;
	struct spill_apfs_snapshot s;

	for (uint32_t k = 0; k < n->n; k++) {
		uint32_t i = n->leaf ? k : n->n - 1 - k;
		struct spill_cur c;

		if (spill_apfs_node_entry(n, i, &key, &value) != SPILL_OK)
			continue;
		if (n->leaf) {
			if (spill_apfs_snapshot_read(key, value, &s) !=
			    SPILL_EFORMAT)
				add_snapshot(p, v, &s);
			continue;
		}
		c = spill_cur(value.p, value.len);
		if (*depth < NODES_MAX && value.len >= 8)
			stack[(*depth)++] = spill_cur_u64le(&c);
	}
}

static void
list_snapshots(struct pool *p, struct ev_pool_volume v, uint64_t tree)
{
	uint64_t *stack = calloc(NODES_MAX, sizeof(*stack));
	unsigned depth = 0, nodes = 0;
	bool damaged = false;

	if (stack != NULL)
		stack[depth++] = tree;
	while (depth > 0 && nodes++ < NODES_MAX &&
	       p->snapshots <= EV_POOL_SNAPSHOTS) {
		struct spill_apfs_node n;
		struct spill_span s = read_block(p, stack[--depth], p->block);

		if (spill_apfs_node_read(s, &n) == SPILL_EFORMAT ||
		    n.object.subtype != SPILL_APFS_SNAPSHOTS)
			damaged = true;
		else
			take_snapshots(p, &v, &n, stack, &depth);
	}
	if (damaged || v.snapshot < v.snapshots)
		p->sink->flaw(p->sink->ctx,
		    "not all snapshots of a volume can be listed");
	free(stack);
}

static void
describe(struct ev_pool_volume *v, const struct spill_apfs_volume *a)
{
	const char *role = spill_apfs_role(a->role);
	char name[80], count[48] = "";

	put_name(name, sizeof(name), a->name);
	if (a->snapshots > 0)
		(void)snprintf(count, sizeof(count), ", snapshots: %llu",
		    (unsigned long long)a->snapshots);
	(void)snprintf(v->what, sizeof(v->what), "APFS \"%s\"%s%s%s%s%s", name,
	    role != NULL ? ", " : "", role != NULL ? role : "",
	    v->encrypted ? ", encrypted" : "", v->sealed ? ", sealed" : "",
	    count);
}

/* The superblock of a volume, as this checkpoint has it. */
static int
find_volume(
    struct pool *p, uint64_t id, uint64_t *block, struct spill_apfs_volume *a)
{
	*block = find_object(
	    p, p->now->tree, (struct sought){ id, p->now->transaction });
	if (*block == 0)
		return SPILL_EFORMAT;
	return spill_apfs_volume_read(read_block(p, *block, p->block), a);
}

static struct spill_volume_fix
fix_of(const struct pool *p)
{
	uint64_t size = p->container.block_size, omap = p->container.omap;

	if (p->now->omap == omap || omap >= p->container.blocks ||
	    omap > (INT64_MAX - p->offset) / size)
		return (struct spill_volume_fix){ 0 };
	return (struct spill_volume_fix){ p->offset + omap * size,
		p->offset + p->now->omap * size, size };
}

/* The tree of a map of objects, as libtsk has it, which multiplies a number of
 * which the upper bits are damaged. */
static bool
read_map(struct pool *p, uint64_t block, uint64_t *tree)
{
	if (spill_apfs_omap_read(read_block(p, block, p->node), tree) ==
	    SPILL_EFORMAT)
		return false;
	*tree &= UINT64_MAX / p->container.block_size;
	return true;
}

/* Does it lead to a tree of files? Of an encrypted one that is not known. */
static bool
is_usable(struct pool *p, const struct spill_apfs_volume *a)
{
	struct spill_apfs_node n;
	uint64_t tree, files;

	if (a->object.sum_ok && (a->flags & SPILL_APFS_UNENCRYPTED) == 0)
		return true;
	if (!read_map(p, a->omap, &tree))
		return false;
	files =
	    find_object(p, tree, (struct sought){ a->root_tree, UINT64_MAX });
	return files != 0 &&
	       spill_apfs_node_read(read_block(p, files, p->node), &n) !=
		   SPILL_EFORMAT &&
	       n.object.subtype == SPILL_APFS_FILES;
}

static int
later_first(const void *x, const void *y)
{
	const struct seen *a = x, *b = y;

	if (a->transaction != b->transaction)
		return a->transaction > b->transaction ? -1 : 1;
	return a->block < b->block ? -1 : a->block > b->block;
}

/* A damaged one may say that it is of any transaction: not of one later than
 * all that are known. */
static bool
is_possible(const struct pool *p, const struct spill_apfs_volume *a)
{
	return a->object.sum_ok ||
	       a->object.transaction <=
		   SPILL_MAX(p->container.object.transaction,
		       p->state[0].transaction);
}

/* In all of the container, or as much of it as there is time for. */
static void
look_for_volumes(struct pool *p)
{
	uint64_t n = SPILL_MIN(p->container.blocks, LOOKED_MAX);
	struct spill_apfs_volume a;

	if (p->seen != NULL)
		return;
	p->seen = calloc(SEEN_MAX, sizeof(*p->seen));
	for (uint64_t i = 0; p->seen != NULL && i < n && p->nseen < SEEN_MAX;
	     i++) {
		struct spill_span s = read_block(p, i, p->block);

		if (s.len == 0)
			break;
		if (spill_apfs_volume_read(s, &a) != SPILL_EFORMAT &&
		    a.object.type == SPILL_APFS_VOLUME && is_possible(p, &a))
			p->seen[p->nseen++] = (struct seen){ i, a.object.id,
				a.object.transaction };
	}
	if (p->nseen > 0)
		qsort(p->seen, p->nseen, sizeof(*p->seen), later_first);
}

/* The latest one that leads to files and is later than what there is. */
static bool
look_for_volume(struct pool *p, uint64_t id, uint64_t than, uint64_t *block)
{
	struct spill_apfs_volume a;
	unsigned tries = 0;

	look_for_volumes(p);
	for (size_t i = 0; i < p->nseen && tries < TRIES_MAX; i++) {
		const struct seen *s = &p->seen[i];

		if (s->id != id || s->transaction <= than)
			continue;
		tries++;
		if (spill_apfs_volume_read(read_block(p, s->block, p->block),
			&a) == SPILL_EFORMAT ||
		    !is_usable(p, &a))
			continue;
		*block = s->block;
		return true;
	}
	return false;
}

/* By the latest checkpoint that leads to it. */
static int
search_volume(struct pool *p, unsigned slot, struct ev_pool_volume *v,
    struct spill_apfs_volume *a)
{
	uint64_t id = p->container.volume[slot], than;
	int rc = find_volume(p, id, &v->block, a);
	const char *what = v->block == 0    ? "is not found"
			   : rc != SPILL_OK ? "is damaged"
					    : "leads to no files";
	const char *other = "";
	bool usable = rc != SPILL_EFORMAT && is_usable(p, a);
	bool latest = p->now->transaction >= p->container.object.transaction;
	char detail[160];

	v->fix = fix_of(p);
	if (rc == SPILL_OK && usable && latest)
		return rc;
	for (unsigned i = 1; i < p->nstates && rc == SPILL_EFORMAT; i++) {
		p->now = &p->state[i];
		rc = find_volume(p, id, &v->block, a);
		v->fix = fix_of(p);
		usable = rc != SPILL_EFORMAT && is_usable(p, a);
		other = ": that of an older checkpoint is taken";
	}
	p->now = p->state;
	than = usable ? a->object.transaction : 0;
	if (look_for_volume(p, id, than, &v->block)) {
		rc = spill_apfs_volume_read(
		    read_block(p, v->block, p->block), a);
		other = ": another one of it is taken";
		v->fix = fix_of(p);
	} else if (other[0] == '\0' && rc == SPILL_OK) {
		return rc;
	}
	(void)snprintf(detail, sizeof(detail),
	    "the superblock of its volume v%u %s%s", slot + 1, what,
	    rc != SPILL_EFORMAT ? other : "");
	p->sink->flaw(p->sink->ctx, detail);
	return rc;
}

static void
list_volume(struct pool *p, unsigned slot)
{
	struct ev_pool_volume v = { .number = slot + 1 };
	struct spill_apfs_volume a;

	if (search_volume(p, slot, &v, &a) == SPILL_EFORMAT)
		return;
	/* A damaged superblock is not believed where the tree can be read. */
	v.encrypted = (a.flags & SPILL_APFS_UNENCRYPTED) == 0 &&
		      (a.object.sum_ok || !is_usable(p, &a));
	v.sealed = (a.incompat & SPILL_APFS_SEALED) != 0;
	v.snapshots = a.snapshots;
	describe(&v, &a);
	p->sink->found(p->sink->ctx, &v);
	if (a.snapshots == 0)
		return;
	p->files.id = a.root_tree;
	if (!read_map(p, a.omap, &p->files.omap))
		p->files.omap = 0;
	list_snapshots(p, v, a.snapshot_tree);
}

int
ev_pool_list(
    struct ev_disk *d, uint64_t offset, const struct ev_pool_sink *sink)
{
	struct pool *p = calloc(1, sizeof(*p));
	int rc;

	if (p == NULL)
		return SPILL_ENOMEM;
	p->disk = d;
	p->offset = offset;
	p->sink = sink;
	rc = open_container(p);
	if (rc == SPILL_OK && (p->container.incompat & SPILL_APFS_FUSION) != 0)
		sink->flaw(sink->ctx,
		    "a Fusion container: a part of it is on another disk");
	for (unsigned i = 0; i < SPILL_APFS_VOLUMES && rc == SPILL_OK; i++)
		if (p->container.volume[i] != 0)
			list_volume(p, i);
	free(p->seen);
	free(p);
	return rc;
}
