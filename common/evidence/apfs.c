#include <string.h>

#include <spill/apfs.h>

#include "ondisk_i.h"

#define HEADER	  32 /* bytes of an object's */
#define NODE	  56 /* and of a node's */
#define INFO	  40 /* at the end of a root node */
#define BLOCK_MIN 4096u
#define BLOCK_MAX 65536u

/* The sum of [APFS] obj_phys_t: Fletcher's with 64 bits over words of 32. */
static bool
sum_fits(struct spill_span block)
{
	struct spill_cur c = spill_cur_of(block);
	uint64_t want = spill_cur_u64le(&c), lo = 0, hi = 0, c1;
	const uint64_t mod = 0xffffffff;

	while (spill_cur_left(&c) >= 4) {
		lo = (lo + spill_cur_u32le(&c)) % mod;
		hi = (hi + lo) % mod;
	}
	c1 = mod - (lo + hi) % mod;
	return want == ((mod - (lo + c1) % mod) << 32 | c1);
}

int
spill_apfs_object_read(struct spill_span block, struct spill_apfs_object *out)
{
	struct spill_cur c = spill_cur_of(block);

	*out = (struct spill_apfs_object){ 0 };
	if (block.len < HEADER)
		return SPILL_EFORMAT;
	spill_cur_skip(&c, 8);
	out->id = spill_cur_u64le(&c);
	out->transaction = spill_cur_u64le(&c);
	out->type = spill_cur_u16le(&c);
	out->flags = spill_cur_u16le(&c);
	out->subtype = spill_cur_u32le(&c);
	out->sum_ok = sum_fits(block);
	return SPILL_OK;
}

struct spill_time
spill_apfs_time(uint64_t raw)
{
	int64_t ns = (int64_t)raw, sec = ns / 1000000000;
	int64_t part = ns % 1000000000;

	if (raw == 0)
		return (struct spill_time){ 0 };
	if (part < 0) {
		part += 1000000000;
		sec--;
	}
	return spill_time_from_unix(sec, (uint32_t)part, 9);
}

static void
read_uuid(struct spill_cur *c, uint8_t out[16])
{
	struct spill_span s = spill_cur_bytes(c, 16);

	if (s.len == 16)
		memcpy(out, s.p, 16);
}

/* --- the container ------------------------------------------------------ */

static void
check_container(struct spill_apfs_container *o, size_t given)
{
	if (o->block_size < BLOCK_MIN || o->block_size > BLOCK_MAX ||
	    !spill_power_of_two(o->block_size))
		(void)spill_flaw(&o->flaw, "size of blocks is none", 0x24);
	if (!o->object.sum_ok && given == o->block_size)
		(void)spill_flaw(&o->flaw, "checksum is wrong", 0);
	if (o->blocks == 0)
		(void)spill_flaw(&o->flaw, "it has no blocks", 0x28);
}

/* [APFS] nx_superblock_t */
int
spill_apfs_container_read(
    struct spill_span block, struct spill_apfs_container *out)
{
	struct spill_cur c = spill_cur_of(block);
	uint32_t n;

	*out = (struct spill_apfs_container){ 0 };
	spill_cur_skip(&c, HEADER);
	if (!spill_cur_match(&c, "NXSB", 4)) {
		(void)spill_flaw(&out->flaw, "signature is missing", HEADER);
		return SPILL_EFORMAT;
	}
	out->block_size = spill_cur_u32le(&c);
	out->blocks = spill_cur_u64le(&c);
	spill_cur_skip(&c, 16);
	out->incompat = spill_cur_u64le(&c);
	read_uuid(&c, out->uuid);
	spill_cur_seek(&c, 0x68);
	n = spill_cur_u32le(&c);
	out->checkpoint_blocks = (n & 0x80000000) != 0 ? 0 : n;
	spill_cur_seek(&c, 0x70);
	out->checkpoints = spill_cur_u64le(&c);
	spill_cur_seek(&c, 0xa0);
	out->omap = spill_cur_u64le(&c);
	spill_cur_seek(&c, 0xb4);
	n = spill_cur_u32le(&c);
	for (unsigned i = 0; i < SPILL_MIN(n, SPILL_APFS_VOLUMES); i++)
		out->volume[i] = spill_cur_u64le(&c);
	if (!spill_cur_ok(&c))
		return spill_flaw(&out->flaw, "it is cut", block.len);
	(void)spill_apfs_object_read(
	    (struct spill_span){
		block.p, SPILL_MIN(block.len, out->block_size) },
	    &out->object);
	check_container(out, block.len);
	return out->flaw.what == NULL ? SPILL_OK : SPILL_EDAMAGED;
}

/* [APFS] omap_phys_t */
int
spill_apfs_omap_read(struct spill_span block, uint64_t *tree)
{
	struct spill_apfs_object o;
	struct spill_cur c = spill_cur_of(block);

	if (spill_apfs_object_read(block, &o) != SPILL_OK ||
	    o.type != SPILL_APFS_OMAP)
		return SPILL_EFORMAT;
	spill_cur_seek(&c, 0x30);
	*tree = spill_cur_u64le(&c);
	return spill_cur_ok(&c) && o.sum_ok ? SPILL_OK : SPILL_EDAMAGED;
}

/* --- trees -------------------------------------------------------------- */

/* [APFS] btree_info_t: sizes of what a root's tree has in it. */
static void
read_info(struct spill_apfs_node *o)
{
	struct spill_cur c = spill_cur_of(o->block);

	spill_cur_seek(&c, o->values + 8);
	o->key_size = spill_cur_u32le(&c);
	o->value_size = spill_cur_u32le(&c);
}

/* [APFS] btree_node_phys_t */
int
spill_apfs_node_read(struct spill_span block, struct spill_apfs_node *out)
{
	struct spill_cur c = spill_cur_of(block);
	unsigned flags;

	*out = (struct spill_apfs_node){ .block = block };
	if (block.len < NODE + INFO ||
	    spill_apfs_object_read(block, &out->object) != SPILL_OK ||
	    (out->object.type != SPILL_APFS_ROOT_NODE &&
		out->object.type != SPILL_APFS_NODE)) {
		(void)spill_flaw(&out->flaw, "it is no node", 0x18);
		return SPILL_EFORMAT;
	}
	spill_cur_seek(&c, HEADER);
	flags = spill_cur_u16le(&c);
	out->root = (flags & 1) != 0;
	out->leaf = (flags & 2) != 0;
	out->fixed = (flags & 4) != 0;
	out->level = spill_cur_u16le(&c);
	out->n = spill_cur_u32le(&c);
	out->toc = NODE + (size_t)spill_cur_u16le(&c);
	out->keys = out->toc + spill_cur_u16le(&c);
	out->values = block.len - (out->root ? INFO : 0);
	if (out->root)
		read_info(out);
	if (!out->object.sum_ok)
		(void)spill_flaw(&out->flaw, "checksum is wrong", 0);
	if (out->keys > out->values ||
	    out->n > (out->keys - out->toc) / (out->fixed ? 4 : 8)) {
		out->n = 0;
		(void)spill_flaw(&out->flaw, "table of entries is wrong", 36);
	}
	return out->flaw.what == NULL ? SPILL_OK : SPILL_EDAMAGED;
}

int
spill_apfs_node_entry(const struct spill_apfs_node *n, uint32_t i,
    struct spill_span *key, struct spill_span *value)
{
	struct spill_cur c = spill_cur_of(n->block);
	size_t k, v, klen = n->key_size, vlen = n->value_size;

	*key = *value = (struct spill_span){ n->block.p, 0 };
	if (i >= n->n)
		return SPILL_END;
	spill_cur_seek(&c, n->toc + (size_t)i * (n->fixed ? 4 : 8));
	k = spill_cur_u16le(&c);
	if (!n->fixed)
		klen = spill_cur_u16le(&c);
	v = spill_cur_u16le(&c);
	if (!n->fixed)
		vlen = spill_cur_u16le(&c);
	else if (!n->leaf)
		vlen = 8; /* the node below */
	if (!spill_cur_ok(&c) || !spill_within(n->keys + k, klen, n->values))
		return SPILL_EDAMAGED;
	*key = spill_part(n->block, n->keys + k, klen);
	if (v == 0xffff)
		return SPILL_OK;
	if (v > n->values - n->keys || vlen > v)
		return SPILL_EDAMAGED;
	*value = spill_part(n->block, n->values - v, vlen);
	return SPILL_OK;
}

/* [APFS] omap_key_t, omap_val_t */
int
spill_apfs_mapping_read(struct spill_span key, struct spill_span value,
    struct spill_apfs_mapping *out)
{
	struct spill_cur k = spill_cur_of(key), v = spill_cur_of(value);

	*out = (struct spill_apfs_mapping){ 0 };
	out->id = spill_cur_u64le(&k);
	out->transaction = spill_cur_u64le(&k);
	if (value.len >= 16) {
		out->flags = spill_cur_u32le(&v);
		spill_cur_skip(&v, 4);
	}
	out->block = spill_cur_u64le(&v);
	return spill_cur_ok(&k) && spill_cur_ok(&v) ? SPILL_OK : SPILL_EDAMAGED;
}

/* --- volumes ------------------------------------------------------------ */

/* A text of so many bytes, up to its NUL. */
static struct spill_span
text(struct spill_cur *c, size_t max)
{
	struct spill_span s = spill_cur_bytes(c, max);

	s.len = strnlen(s.p, s.len);
	return s;
}

/* [APFS] apfs_superblock_t */
int
spill_apfs_volume_read(struct spill_span block, struct spill_apfs_volume *out)
{
	struct spill_cur c = spill_cur_of(block);

	*out = (struct spill_apfs_volume){ 0 };
	spill_cur_skip(&c, HEADER);
	if (!spill_cur_match(&c, "APSB", 4)) {
		(void)spill_flaw(&out->flaw, "signature is missing", HEADER);
		return SPILL_EFORMAT;
	}
	(void)spill_apfs_object_read(block, &out->object);
	out->index = spill_cur_u32le(&c);
	spill_cur_skip(&c, 16);
	out->incompat = spill_cur_u64le(&c);
	spill_cur_seek(&c, 0x80);
	out->omap = spill_cur_u64le(&c);
	out->root_tree = spill_cur_u64le(&c);
	spill_cur_seek(&c, 0x98);
	out->snapshot_tree = spill_cur_u64le(&c);
	spill_cur_seek(&c, 0xb8);
	out->files = spill_cur_u64le(&c);
	out->folders = spill_cur_u64le(&c);
	spill_cur_seek(&c, 0xd8);
	out->snapshots = spill_cur_u64le(&c);
	spill_cur_seek(&c, 0xf0);
	read_uuid(&c, out->uuid);
	out->changed = spill_apfs_time(spill_cur_u64le(&c));
	out->flags = spill_cur_u64le(&c);
	out->made_by = text(&c, 32);
	out->made = spill_apfs_time(spill_cur_u64le(&c));
	spill_cur_seek(&c, 0x2c0);
	out->name = text(&c, 256);
	spill_cur_skip(&c, 4);
	out->role = spill_cur_u16le(&c);
	if (!spill_cur_ok(&c))
		return spill_flaw(&out->flaw, "it is cut", block.len);
	if (!out->object.sum_ok)
		return spill_flaw(&out->flaw, "checksum is wrong", 0);
	return SPILL_OK;
}

/* [APFS] Volume Roles */
const char *
spill_apfs_role(uint16_t role)
{
	static const struct {
		uint16_t role;
		const char *name;
	} roles[] = { { 0x1, "System" }, { 0x2, "User" }, { 0x4, "Recovery" },
		{ 0x8, "VM" }, { 0x10, "Preboot" }, { 0x20, "Installer" },
		{ 0x40, "Data" }, { 0x80, "Baseband" }, { 0xc0, "Update" },
		{ 0x100, "xART" }, { 0x140, "Hardware" }, { 0x180, "Backup" },
		{ 0x240, "Enterprise" }, { 0x2c0, "Prelogin" } };

	for (size_t i = 0; i < SPILL_COUNT(roles); i++)
		if (roles[i].role == role)
			return roles[i].name;
	return NULL;
}

/* [APFS] j_snap_metadata_key_t, j_snap_metadata_val_t */
int
spill_apfs_snapshot_read(struct spill_span key, struct spill_span value,
    struct spill_apfs_snapshot *out)
{
	struct spill_cur k = spill_cur_of(key), v = spill_cur_of(value);
	uint64_t id = spill_cur_u64le(&k);
	uint16_t len;

	*out = (struct spill_apfs_snapshot){ 0 };
	if (!spill_cur_ok(&k) || id >> 60 != 1) {
		(void)spill_flaw(&out->flaw, "it is no snapshot", 0);
		return SPILL_EFORMAT;
	}
	out->transaction = id & (((uint64_t)1 << 60) - 1);
	out->dataless = spill_cur_u64le(&v) == 0;
	spill_cur_skip(&v, 8);
	out->made = spill_apfs_time(spill_cur_u64le(&v));
	out->changed = spill_apfs_time(spill_cur_u64le(&v));
	spill_cur_skip(&v, 16);
	len = spill_cur_u16le(&v);
	if (!spill_cur_ok(&v))
		return spill_flaw(&out->flaw, "it is cut", 0);
	if (len > spill_cur_left(&v))
		(void)spill_flaw(&out->flaw, "its name is cut", 48);
	out->name = text(&v, SPILL_MIN(len, spill_cur_left(&v)));
	return out->flaw.what == NULL ? SPILL_OK : SPILL_EDAMAGED;
}
