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

struct pool {
	struct ev_disk *disk;
	uint64_t offset;
	const struct ev_pool_sink *sink;
	struct spill_apfs_container container;
	uint64_t tree; /* block of the root of its object map */
	unsigned snapshots;
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

/* Copies of the container's superblock lie in the checkpoint area: the last
 * one that is whole counts ([APFS] Mounting an Apple File System Partition). */
static void
find_latest(struct pool *p)
{
	struct spill_apfs_container o, *c = &p->container;
	uint32_t n = SPILL_MIN(c->checkpoint_blocks, CHECKPOINT_MAX);
	uint64_t first = c->checkpoints;

	for (uint32_t i = 0; i < n && first + i < c->blocks; i++) {
		struct spill_span s = read_block(p, first + i, p->block);

		if (spill_apfs_container_read(s, &o) == SPILL_OK &&
		    o.block_size == c->block_size &&
		    o.object.transaction > c->object.transaction)
			*c = o;
	}
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
	find_latest(p);
	s = read_block(p, c->omap, p->block);
	if (c->object.transaction > 0 &&
	    spill_apfs_omap_read(s, &p->tree) != SPILL_EFORMAT)
		return SPILL_OK;
	p->sink->flaw(
	    p->sink->ctx, "there is no whole superblock with a map of objects");
	return SPILL_EFORMAT;
}

/* --- the object map ----------------------------------------------------- */

/* The last entry of a node that is not behind the object. */
static bool
find_entry(struct pool *p, const struct spill_apfs_node *n, uint64_t id,
    struct spill_apfs_mapping *out)
{
	bool found = false;

	for (uint32_t i = 0; i < n->n; i++) {
		struct spill_apfs_mapping m;
		struct spill_span key, value;

		if (spill_apfs_node_entry(n, i, &key, &value) != SPILL_OK ||
		    spill_apfs_mapping_read(key, value, &m) != SPILL_OK)
			continue;
		if (m.id > id ||
		    (m.id == id &&
			m.transaction > p->container.object.transaction))
			break;
		*out = m;
		found = true;
	}
	return found;
}

/* Block of a virtual object; 0 if there is none. */
static uint64_t
find_object(struct pool *p, uint64_t id)
{
	uint64_t block = p->tree;

	for (unsigned depth = 0; depth < DEPTH_MAX; depth++) {
		struct spill_apfs_mapping m;
		struct spill_apfs_node n;
		struct spill_span s = read_block(p, block, p->node);

		/* A wrong sum alone is no reason: entries are checked. */
		if (spill_apfs_node_read(s, &n) == SPILL_EFORMAT)
			return 0;
		n.key_size = n.value_size = 16;
		if (!find_entry(p, &n, id, &m))
			return 0;
		block = m.block;
		if (n.leaf)
			return m.id == id && (m.flags & 1) == 0 ? block : 0;
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

	if (p->snapshots++ == EV_POOL_SNAPSHOTS)
		p->sink->flaw(
		    p->sink->ctx, "more snapshots than can be listed");
	if (p->snapshots > EV_POOL_SNAPSHOTS)
		return;
	v->snapshot++;
	put_name(name, sizeof(name), s->name);
	(void)spill_time_format(s->made, time);
	(void)snprintf(v->what, sizeof(v->what), "snapshot \"%s\"%s%s%s", name,
	    time[0] != '\0' ? " of " : "", time,
	    s->dataless ? ", without its data" : "");
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
		struct spill_span s = read_block(p, stack[--depth], p->node);

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

static void
list_volume(struct pool *p, unsigned slot)
{
	uint64_t id = p->container.volume[slot];
	struct ev_pool_volume v = { .number = slot + 1 };
	struct spill_apfs_volume a;
	struct spill_span s;
	char detail[80];
	int rc = SPILL_OK;

	v.block = find_object(p, id);
	s = read_block(p, v.block, p->block);
	if (v.block == 0 || (rc = spill_apfs_volume_read(s, &a)) != SPILL_OK) {
		(void)snprintf(detail, sizeof(detail),
		    "the superblock of its volume v%u is %s", slot + 1,
		    v.block == 0 ? "not found" : "damaged");
		p->sink->flaw(p->sink->ctx, detail);
		if (v.block == 0 || rc == SPILL_EFORMAT)
			return;
	}
	v.encrypted = (a.flags & SPILL_APFS_UNENCRYPTED) == 0;
	v.sealed = (a.incompat & SPILL_APFS_SEALED) != 0;
	v.snapshots = a.snapshots;
	describe(&v, &a);
	p->sink->found(p->sink->ctx, &v);
	if (a.snapshots > 0)
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
	free(p);
	return rc;
}
