/*
 * apfs_mend.c: nodes of APFS trees, as libtsk may have them. It takes a node's
 * table and the places and lengths in it as they come: of what leads out of
 * the node, entries are left out here and lengths cut.
 */
#include <string.h>

#include <spill/apfs.h>

#include "apfs_pool_i.h"

#define HEADER	  56 /* bytes of a node's */
#define INFO	  40 /* at the end of a root node */
#define INODE	  92 /* without its extended fields */
#define LEVEL_MAX 16

enum { /* [APFS] Extended-Field Types */
	FIELD_NAME = 4,
	FIELD_STREAM = 8,
};

struct node {
	uint8_t *p;
	size_t size;
	unsigned flags, level, subtype;
	size_t toc, keys, values, entry; /* of the table: bytes of an entry */
	uint32_t n;
};

struct place {
	size_t key, value, length; /* length: of the value, as it is told */
	uint8_t *told; /* where; NULL in tables without lengths */
};

static unsigned
get16(const uint8_t *p)
{
	return p[0] | (unsigned)p[1] << 8;
}

static uint32_t
get32(const uint8_t *p)
{
	return get16(p) | (uint32_t)get16(p + 2) << 16;
}

static uint64_t
get64(const uint8_t *p)
{
	return get32(p) | (uint64_t)get32(p + 4) << 32;
}

static void
put16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static bool
is_leaf(const struct node *n)
{
	/* libtsk goes by the level in a tree of files, else by the flag. */
	return n->subtype == SPILL_APFS_FILES ? n->level == 0
					      : (n->flags & 2) != 0;
}

/* --- what entries need --------------------------------------------------- */

/* [APFS] xf_blob_t, x_field_t, behind an inode: those that libtsk reads. */
static bool
fields_fit(const uint8_t *v, size_t left)
{
	unsigned n = get16(v + INODE);
	size_t at = INODE + 4 + (size_t)n * 4;

	if (at > left)
		return false;
	for (unsigned i = 0; i < n; i++) {
		const uint8_t *field = v + INODE + 4 + (size_t)i * 4;
		size_t len = get16(field + 2);
		size_t need = field[0] == FIELD_STREAM ? 40
			      : field[0] == FIELD_NAME ? SPILL_MAX(len, 1)
						       : 0;

		if (at > left || need > left - at ||
		    (field[0] == FIELD_NAME && len == 0))
			return false;
		at += (len + 7) & ~(size_t)7;
	}
	return true;
}

/* A text behind its length, with its NUL. */
static bool
text_fits(size_t len, size_t at, size_t left)
{
	return len > 0 && at <= left && len <= left - at;
}

/* [APFS] j_xattr_key_t, j_xattr_val_t */
static bool
attribute_fits(const uint8_t *k, size_t kleft, const uint8_t *v, size_t vleft)
{
	if (kleft < 10 || !text_fits(get16(k + 8), 10, kleft) || vleft < 4)
		return false;
	return (get16(v) & 2) != 0 ? get16(v + 2) <= vleft - 4 : vleft >= 52;
}

/* [APFS] File-System Objects: what libtsk reads of a record; the extended
 * fields of an inode are left out where they lead too far. */
static bool
record_fits(struct node *n, const struct place *at)
{
	const uint8_t *k = n->p + at->key, *v = n->p + at->value;
	size_t kleft = n->size - at->key, vleft = n->size - at->value;

	if (kleft < 8)
		return false;
	switch (get64(k) >> 60) {
	case 1: /* a snapshot */
		return vleft >= 50 && text_fits(get16(v + 48), 50, vleft);
	case 3:
		if (vleft < INODE)
			return false;
		if (at->length > vleft ||
		    (at->length > INODE + 4 && !fields_fit(v, vleft)))
			put16(at->told, INODE);
		return true;
	case 4:
		return attribute_fits(k, kleft, v, vleft);
	case 8: /* a piece of a file */
		return kleft >= 16 && vleft >= 24;
	case 9: /* a name */
		return kleft >= 12 && vleft >= 18 &&
		       text_fits(get32(k + 8) & 0x3ff, 12, kleft);
	default:
		return true;
	}
}

/* --- a node -------------------------------------------------------------- */

/* Of a branch of an object map: what it leads to lies below it. A loop would
 * be followed until the stack is full. */
static bool
leads_down(
    struct ev_disk *d, uint64_t base, const struct node *n, const uint8_t *e)
{
	uint64_t block = get64(n->p + n->values - get16(e + 2));
	uint8_t raw[HEADER];

	return block < (UINT64_MAX - base) / n->size &&
	       spill_image_read(d->image, base + block * n->size, raw,
		   sizeof(raw), NULL) == sizeof(raw) &&
	       get16(raw + 34) < n->level;
}

static bool
entry_fits(struct node *n, uint8_t *e)
{
	bool fixed = n->subtype == SPILL_APFS_OMAP, leaf = is_leaf(n);
	size_t back = get16(e + (fixed ? 2 : 4));
	struct place at = { .key = n->keys + get16(e) };

	if (back > n->values || at.key > n->size)
		return false;
	at.value = n->values - back;
	if (!fixed) {
		at.told = e + 6;
		at.length = get16(at.told);
	}
	if (fixed && n->size - at.key < 16)
		return false;
	if (n->size - at.value < (fixed && leaf ? 16u : leaf ? 0u : 8u))
		return false;
	if (fixed)
		return true;
	return leaf ? record_fits(n, &at) : n->size - at.key >= 8;
}

static bool
read_node(struct node *n, uint8_t *p, size_t size)
{
	unsigned type = get16(p + 24);

	*n = (struct node){ .p = p, .size = size, .subtype = get32(p + 28) };
	if ((type != SPILL_APFS_ROOT_NODE && type != SPILL_APFS_NODE) ||
	    (n->subtype != SPILL_APFS_OMAP && n->subtype != SPILL_APFS_FILES &&
		n->subtype != SPILL_APFS_SNAPSHOTS))
		return false;
	n->entry = n->subtype == SPILL_APFS_OMAP ? 4 : 8;
	n->flags = get16(p + 32);
	n->level = get16(p + 34);
	n->n = get32(p + 36);
	n->toc = HEADER + (size_t)get16(p + 40);
	n->keys = n->toc + get16(p + 42);
	n->values = size - ((n->flags & 1) != 0 ? INFO : 0);
	return true;
}

/* A branch that is no longer in use may lead to what is no node any more: that
 * is no damage. */
bool
ev_apfs_mend(struct ev_disk *d, uint64_t base, uint8_t *block, size_t size)
{
	struct node n;
	uint32_t kept = 0, room = 0;
	bool whole;

	if (!read_node(&n, block, size))
		return true;
	if (n.keys <= size && (is_leaf(&n) || n.level <= LEVEL_MAX))
		room = (uint32_t)((n.keys - n.toc) / n.entry);
	whole = n.n <= room;
	for (uint32_t i = 0; i < SPILL_MIN(n.n, room); i++) {
		uint8_t *e = block + n.toc + i * n.entry;

		if (!entry_fits(&n, e)) {
			whole = false;
			continue;
		}
		if (n.entry == 4 && !is_leaf(&n) && !leads_down(d, base, &n, e))
			continue;
		memmove(block + n.toc + kept++ * n.entry, e, n.entry);
	}
	block[36] = (uint8_t)kept;
	block[37] = (uint8_t)(kept >> 8);
	block[38] = block[39] = 0;
	block[32] = (uint8_t)((block[32] & ~4) | (n.entry == 4 ? 4 : 0));
	return whole;
}

/* --- what libtsk takes for granted --------------------------------------- */

/* The entry that libtsk takes for an object, or the one whose branch it is
 * in; it searches from the last one. 0: it has none. */
static uint64_t
search_node(const struct node *n, uint64_t id, uint64_t transaction)
{
	bool leaf = is_leaf(n);

	for (uint32_t i = n->n; i > 0; i--) {
		const uint8_t *e = n->p + n->toc + (size_t)(i - 1) * n->entry;
		const uint8_t *k = n->p + n->keys + get16(e);
		const uint8_t *v = n->p + n->values - get16(e + 2);
		int64_t order = (int64_t)(get64(k) - id);

		if (order == 0 && get64(k + 8) > transaction)
			order = (int64_t)(get64(k + 8) - transaction);
		if (order == 0 || (!leaf && order < 0))
			return leaf ? get64(v + 8) : get64(v);
		if (order < 0)
			return 0;
	}
	return 0;
}

static uint64_t
search_map(struct ev_disk *d, uint64_t base, uint64_t block, uint64_t id,
    uint64_t transaction)
{
	uint8_t raw[EV_MEND_BLOCK];
	struct node n;
	bool leaf = false;

	for (unsigned depth = 0; !leaf && depth <= LEVEL_MAX; depth++) {
		if (block == 0 || block > (INT64_MAX - base) / sizeof(raw) ||
		    !ev_disk_read(
			d, base + block * sizeof(raw), raw, sizeof(raw)) ||
		    !read_node(&n, raw, sizeof(raw)) ||
		    n.subtype != SPILL_APFS_OMAP)
			return 0;
		if (depth == 0 && transaction == 0)
			transaction = get64(raw + 16);
		leaf = is_leaf(&n);
		block = search_node(&n, id, transaction);
	}
	return leaf ? block : 0;
}

bool
ev_apfs_has_files(
    struct ev_disk *d, uint64_t base, uint64_t block, uint64_t snapshot)
{
	uint8_t raw[EV_MEND_BLOCK];
	uint64_t id, map;

	if (block > (INT64_MAX - base) / sizeof(raw) ||
	    !ev_disk_read(d, base + block * sizeof(raw), raw, sizeof(raw)))
		return false;
	map = get64(raw + 0x80);
	id = get64(raw + 0x88);
	if (map > (INT64_MAX - base) / sizeof(raw) ||
	    !ev_disk_read(d, base + map * sizeof(raw), raw, sizeof(raw)))
		return false;
	map = get64(raw + 0x30) & UINT64_MAX / sizeof(raw);
	return search_map(d, base, map, id, 0) != 0 &&
	       (snapshot == 0 || search_map(d, base, map, id, snapshot) != 0);
}
