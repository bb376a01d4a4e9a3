/*
 * fs_iso_tree.c: all folders of a disc, each sector of them once, so that no
 * crafted one takes longer than the disc is large.
 *
 * A disc can have two trees over the same files: the primary one, with Rock
 * Ridge names or without, and Joliet's. That with the better names is the
 * main one (fs_iso_compare.c).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <spill/hash.h>

#include "fs_iso_i.h"

#define SECTOR	    SPILL_ISO_SECTOR
#define DESCRIPTORS 64 /* that are looked at */
#define NODES_MAX   (20u << 20)
#define RECORDS_MAX 4096 /* of one file */

/* --- nodes -------------------------------------------------------------- */

struct iso_node *
iso_add_node(struct iso_state *s)
{
	if (s->n == NODES_MAX) {
		s->rc = SPILL_ELIMIT;
		return NULL;
	}
	if (s->n == s->cap) {
		uint32_t cap = s->cap > 0 ? 2 * s->cap : 256;
		struct iso_node *p = realloc(s->node, cap * sizeof(*p));

		if (p == NULL) {
			s->rc = SPILL_ENOMEM;
			return NULL;
		}
		s->node = p;
		s->cap = cap;
	}
	s->node[s->n] = (struct iso_node){ .records = 1 };
	return &s->node[s->n++];
}

static bool
grow_seen(struct iso_state *s)
{
	size_t cap = s->cseen > 0 ? 2 * s->cseen : 1024;
	uint64_t *old = s->seen, *p;

	if (2 * s->nseen < s->cseen)
		return true;
	p = calloc(cap, sizeof(*p));
	if (p == NULL) {
		s->rc = SPILL_ENOMEM;
		return false;
	}
	for (size_t i = 0; i < s->cseen; i++) {
		size_t k = (size_t)spill_mix(&old[i], sizeof(*old), 0);

		if (old[i] == 0)
			continue;
		while (p[k & (cap - 1)] != 0)
			k++;
		p[k & (cap - 1)] = old[i];
	}
	free(old);
	s->seen = p;
	s->cseen = cap;
	return true;
}

/* The first time that this sector is read as one of a folder? */
static bool
is_new(struct iso_state *s, unsigned tree, uint64_t sector)
{
	uint64_t key = (sector << 1 | tree) + 1;
	size_t i = (size_t)spill_mix(&key, sizeof(key), 0);

	if (!grow_seen(s))
		return false;
	for (; s->seen[i & (s->cseen - 1)] != 0; i++)
		if (s->seen[i & (s->cseen - 1)] == key)
			return false;
	s->seen[i & (s->cseen - 1)] = key;
	s->nseen++;
	return true;
}

bool
iso_was_read(struct iso_state *s, unsigned tree, uint64_t sector)
{
	uint64_t key = (sector << 1 | tree) + 1;
	size_t i = (size_t)spill_mix(&key, sizeof(key), 0);

	for (; s->cseen > 0 && s->seen[i & (s->cseen - 1)] != 0; i++)
		if (s->seen[i & (s->cseen - 1)] == key)
			return true;
	return false;
}

static uint64_t
content_at(const struct iso_state *s, const struct iso_node *n)
{
	return (uint64_t)n->block * s->block_size;
}

/* A folder that was moved up because it lay too deep: its placeholder leads
 * to it, and its own "." says how long it is ([RRIP] 4.1.5). */
static void
follow(struct iso_state *s, struct iso_node *n, uint32_t block)
{
	struct iso_entry *dot = malloc(sizeof(*dot));

	n->flags |= ISO_FOLDER;
	n->block = block;
	n->size = SECTOR;
	if (dot != NULL && iso_entry(s, n, content_at(s, n), dot) &&
	    dot->record.self)
		n->size = dot->record.size;
	else
		n->flags |= ISO_DAMAGED;
	free(dot);
}

/* One more record of the file before it? */
static bool
goes_on(struct iso_state *s, uint32_t first, bool *more,
    const struct spill_iso_record *r)
{
	struct iso_node *n = &s->node[s->n - 1];
	bool on = *more && s->n > first && n->records < RECORDS_MAX;

	*more = (r->flags & SPILL_ISO_MORE) != 0 &&
		(r->flags & SPILL_ISO_DIRECTORY) == 0;
	if (!on)
		return false;
	n->records++;
	n->size += r->size;
	return true;
}

/* Where a record's content is. If it is two in two orders of bytes, the second
 * counts where the first cannot be. */
static uint32_t
block_of(struct iso_state *s, const struct spill_iso_record *r)
{
	const struct ev_fs *fs = s->fs;
	uint64_t blocks = s->end / s->block_size;

	if (r->block == r->block_be || r->block_be >= blocks)
		return r->block;
	if ((r->flags & SPILL_ISO_DIRECTORY) == 0)
		return r->block < blocks ? r->block : r->block_be;
	return iso_folder_at(fs->disk, fs->offset, r->block, s->block_size) >
			   0 ||
		       iso_folder_at(fs->disk, fs->offset, r->block_be,
			   s->block_size) == 0
		   ? r->block
		   : r->block_be;
}

/* Folders are of whole sectors ([ECMA] 6.8.1.1): what is not, nor begins as one
 * does, is a file, whatever its flags say. */
static bool
is_folder(
    const struct iso_state *s, uint32_t block, const struct spill_iso_record *r)
{
	if ((r->flags & SPILL_ISO_DIRECTORY) == 0)
		return false;
	return r->size % SECTOR == 0 || r->size_be % SECTOR == 0 ||
	       iso_folder_at(s->fs->disk, s->fs->offset, block, s->block_size) >
		   0;
}

static void
add_record(struct iso_state *s, uint32_t parent, uint64_t at,
    const struct spill_iso_record *r)
{
	struct spill_iso_rock *rock = malloc(sizeof(*rock));
	struct iso_node *n = rock != NULL ? iso_add_node(s) : NULL;
	unsigned tree = s->node[parent].tree;

	if (rock == NULL)
		s->rc = SPILL_ENOMEM;
	if (n != NULL) {
		n->at = at;
		n->tree = (uint8_t)tree;
		n->parent = parent;
		n->block = block_of(s, r) + r->extra;
		n->size = r->size;
		n->mended = r->mended ? (uint8_t)r->len : 0;
		if (is_folder(s, n->block, r))
			n->flags |= ISO_FOLDER;
		if (r->block != r->block_be || r->size != r->size_be ||
		    r->extra != 0)
			n->flags |= ISO_TWO;
		iso_rock(s, &s->names[tree], r, rock);
		if (rock->flaw.what != NULL)
			s->damaged++;
		if ((rock->has & SPILL_ISO_HAS_CHILD) != 0)
			follow(s, n, rock->child);
		if ((rock->has & SPILL_ISO_RELOCATED) != 0 &&
		    (n->flags & ISO_FOLDER) != 0)
			n->flags |= ISO_HIDDEN;
	}
	free(rock);
}

/* What is wrong in the areas of "." is told as well. */
static void
check_self(struct iso_state *s, unsigned tree, const struct spill_iso_record *r)
{
	struct spill_iso_rock *rock = malloc(sizeof(*rock));

	if (rock != NULL) {
		iso_rock(s, &s->names[tree], r, rock);
		s->damaged += rock->flaw.what != NULL;
	}
	free(rock);
}

/* The records of one sector; *more: the file before goes on. The first one of
 * a folder is its own. */
static void
read_sector(
    struct iso_state *s, uint32_t folder, uint64_t at, size_t len, bool *more)
{
	bool has_self = at != content_at(s, &s->node[folder]);
	char sector[SECTOR];
	struct spill_iso_record r;
	struct spill_iso_dir it;
	uint32_t first = s->node[folder].first;
	int rc;

	if (!ev_fs_read(s->fs, at, sector, len)) {
		s->node[folder].flags |= ISO_DAMAGED;
		return;
	}
	it = spill_iso_dir((struct spill_span){ sector, len });
	while ((rc = spill_iso_dir_next(&it, &r)) != SPILL_END &&
	       s->rc == SPILL_OK) {
		if (rc == SPILL_EDAMAGED) {
			s->node[folder].flags |= ISO_DAMAGED;
			if (r.name.len == 0)
				continue;
		}
		if (r.self) {
			has_self = true;
			check_self(s, s->node[folder].tree, &r);
		}
		if (!r.self && !r.parent && !goes_on(s, first, more, &r))
			add_record(s, folder, at + r.at, &r);
	}
	if (!has_self)
		s->node[folder].flags |= ISO_DAMAGED;
}

static void
read_folder(struct iso_state *s, uint32_t i)
{
	uint64_t at = content_at(s, &s->node[i]);
	uint64_t left = s->node[i].size, tree = s->node[i].tree;
	bool more = false;

	s->node[i].first = s->n;
	for (; left > 0 && s->rc == SPILL_OK; at += SECTOR) {
		size_t n = (size_t)SPILL_MIN(left, SECTOR);

		if (at >= s->end || s->end - at < n) {
			s->node[i].flags |= ISO_DAMAGED;
			break;
		}
		/* Another folder begins there: the size was wrong. */
		if (at != content_at(s, &s->node[i]) &&
		    iso_folder_at(s->fs->disk, s->fs->offset,
			(uint32_t)(at / s->block_size), s->block_size) > 0) {
			s->node[i].flags |= ISO_DAMAGED;
			break;
		}
		if (!is_new(s, (unsigned)tree, at / SECTOR)) {
			s->node[i].flags |= ISO_DAMAGED | ISO_LOOP;
			s->loops++;
			break;
		}
		read_sector(s, i, at, n, &more);
		left -= n;
	}
	s->node[i].n = s->n - s->node[i].first;
}

/* From one node on, which are in the order of their folders. */
void
iso_read_folders(struct iso_state *s, uint32_t from)
{
	for (uint32_t i = from; i < s->n && s->rc == SPILL_OK; i++)
		if ((s->node[i].flags & (ISO_FOLDER | ISO_HIDDEN)) ==
		    ISO_FOLDER)
			read_folder(s, i);
	/* Moved folders that no placeholder leads to. */
	for (uint32_t i = from; i < s->n && s->rc == SPILL_OK; i++) {
		struct iso_node *n = &s->node[i];

		if ((n->flags & ISO_HIDDEN) == 0 ||
		    iso_was_read(s, n->tree, content_at(s, n) / SECTOR))
			continue;
		n->flags &= (uint8_t)~ISO_HIDDEN;
		read_folder(s, i);
	}
}

/* --- descriptors -------------------------------------------------------- */

struct volumes {
	struct spill_iso_volume primary, other;
	uint64_t primary_at, other_at; /* of the records of their roots */
	bool has_primary, has_other, udf;
	bool no_primary, no_root; /* damaged */
};

static void
take_volume(struct ev_disk *d, uint64_t offset, struct volumes *v,
    struct spill_iso_volume *x, uint64_t at)
{
	bool primary = x->kind == SPILL_ISO_PRIMARY;
	int root;

	if (!primary && x->kind != SPILL_ISO_SUPPLEMENTARY)
		return;
	root = iso_find_root(d, offset, x);
	if (root < 0)
		return;
	at += x->root_at;
	if (root > 0) {
		at = (uint64_t)x->root.block *
		     (x->block_size > 0 ? x->block_size : SECTOR);
		v->no_root = true;
	}
	if (primary && !v->has_primary) {
		v->primary = *x;
		v->primary_at = at;
		v->has_primary = true;
	}
	if (!primary &&
	    (!v->has_other || (v->other.joliet == 0 && x->joliet > 0))) {
		v->other = *x;
		v->other_at = at;
		v->has_other = true;
	}
}

/* The type of a descriptor is none: it is that of one which is not there. */
static void
take_odd(struct ev_disk *d, uint64_t offset, struct volumes *v, uint64_t at)
{
	char sector[SECTOR];
	struct spill_iso_volume x;

	if (!ev_disk_read(d, offset + at, sector, SECTOR))
		return;
	sector[0] = SPILL_ISO_SUPPLEMENTARY;
	(void)spill_iso_volume_read((struct spill_span){ sector, SECTOR }, &x);
	if (x.joliet == 0)
		x.kind = SPILL_ISO_PRIMARY;
	take_volume(d, offset, v, &x, at);
}

/* A tree of another descriptor is better than none. */
static void
without_primary(struct volumes *v)
{
	if (v->has_primary || !v->has_other)
		return;
	v->no_primary = v->has_primary = true;
	v->primary = v->other;
	v->primary_at = v->other_at;
	v->has_other = false;
}

/* Labels are not kept: they lie in the sector. */
static void
read_volumes(
    struct ev_disk *d, uint64_t offset, uint64_t session, struct volumes *v)
{
	char sector[SECTOR];
	uint64_t odd = 0;

	*v = (struct volumes){ 0 };
	for (unsigned i = 0; i < DESCRIPTORS; i++) {
		uint64_t at = (session + SPILL_ISO_FIRST + i) * SECTOR;
		struct spill_iso_volume x;

		if (!ev_disk_read(d, offset + at, sector, SECTOR))
			break;
		if (memcmp(sector + 1, "NSR0", 4) == 0)
			v->udf = true;
		if (memcmp(sector + 1, "BEA01", 5) == 0 ||
		    memcmp(sector + 1, "NSR0", 4) == 0)
			continue;
		if (spill_iso_volume_read((struct spill_span){ sector, SECTOR },
			&x) == SPILL_EFORMAT)
			break;
		take_volume(d, offset, v, &x, at);
		if (x.kind > SPILL_ISO_PARTITION &&
		    x.kind < SPILL_ISO_TERMINATOR && odd == 0)
			odd = at;
		/* UDF's descriptors come behind the last one. */
	}
	if (odd > 0)
		take_odd(d, offset, v, odd);
	without_primary(v);
}

/* Does the "." of the root have Rock Ridge's mark? ([SUSP] 5.3) */
static bool
has_rock(struct iso_state *s, const struct spill_iso_volume *v, uint8_t *skip)
{
	struct iso_node at = { .tree = ISO_MAIN };
	struct iso_entry *e = malloc(sizeof(*e));
	bool found;

	s->names[ISO_MAIN] = (struct iso_names){ .rock = true };
	found =
	    e != NULL &&
	    iso_entry(s, &at,
		((uint64_t)v->root.block + v->root.extra) * s->block_size, e) &&
	    e->record.self && (e->rock.has & SPILL_ISO_HAS_MARK) != 0;
	*skip = found ? e->rock.skip : 0;
	free(e);
	return found;
}

static void
add_root(struct iso_state *s, unsigned tree, const struct spill_iso_volume *v,
    uint64_t at)
{
	uint32_t i = s->n;
	struct iso_node *n = iso_add_node(s);

	if (n == NULL)
		return;
	n->at = at;
	n->parent = i;
	n->tree = (uint8_t)tree;
	n->flags = ISO_FOLDER;
	n->block = v->root.block + v->root.extra;
	n->size = v->root.size;
	iso_read_folders(s, i);
	iso_add_paths(s, i, v);
}

static void
choose(struct iso_state *s, const struct volumes *v)
{
	static const struct iso_names plain = { .title = "ISO 9660",
		.folder = "$ISO9660" };
	struct iso_names joliet = { .title = "Joliet", .folder = "$Joliet" };
	struct iso_names primary = plain;
	bool other_first;

	primary.rock = has_rock(s, &v->primary, &primary.skip);
	if (primary.rock)
		primary.title = "Rock Ridge";
	joliet.joliet = v->other.joliet > 0;
	if (v->has_other && !joliet.joliet) {
		joliet.title = "supplementary";
		joliet.folder = "$Supplementary";
	}
	if (v->primary.joliet > 0)
		primary = joliet;
	other_first = v->has_other && joliet.joliet && !primary.rock;
	s->names[ISO_MAIN] = other_first ? joliet : primary;
	s->names[ISO_OTHER] = other_first ? primary : joliet;
	add_root(s, ISO_MAIN, other_first ? &v->other : &v->primary,
	    other_first ? v->other_at : v->primary_at);
	s->other = s->n;
	s->has_other = v->has_other && s->rc == SPILL_OK;
	if (s->has_other)
		add_root(s, ISO_OTHER, other_first ? &v->primary : &v->other,
		    other_first ? v->primary_at : v->other_at);
	if (s->rc == SPILL_OK)
		iso_decide_orders(s);
	if (s->has_other && s->rc == SPILL_OK)
		iso_compare(s);
}

/* qsort() has no argument for it. */
static const struct iso_node *sorting;

static int
by_place(const void *a, const void *b)
{
	uint64_t x = sorting[*(const uint32_t *)a].at;
	uint64_t y = sorting[*(const uint32_t *)b].at;

	return x < y ? -1 : x > y;
}

int
iso_load(struct iso_state *s)
{
	struct ev_fs *fs = s->fs;
	struct volumes v;

	read_volumes(fs->disk, fs->offset, fs->session, &v);
	if (!v.has_primary)
		return SPILL_EFORMAT;
	s->udf = v.udf;
	s->no_primary = v.no_primary;
	s->no_root = v.no_root;
	s->block_size = v.primary.block_size;
	if (s->block_size == 0) {
		s->block_size = SECTOR;
		s->no_size = true;
	}
	s->end = SPILL_MIN(fs->length, fs->disk->size - fs->offset);
	choose(s, &v);
	if (s->rc != SPILL_OK)
		return s->rc;
	s->order = calloc((size_t)s->n + 1, sizeof(*s->order));
	if (s->order == NULL)
		return SPILL_ENOMEM;
	for (uint32_t i = 0; i < s->n; i++)
		s->order[i] = i;
	sorting = s->node;
	qsort(s->order, s->n, sizeof(*s->order), by_place);
	return SPILL_OK;
}

const struct iso_node *
iso_find(const struct iso_state *s, uint64_t at)
{
	size_t lo = 0, hi = s->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->node[s->order[mid]].at < at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < s->n && s->node[s->order[lo]].at == at
		   ? &s->node[s->order[lo]]
		   : NULL;
}

bool
ev_iso_check(struct ev_disk *d, uint64_t offset, char what[128])
{
	struct volumes v;

	read_volumes(d, offset, 0, &v);
	if (v.has_primary)
		(void)snprintf(what, 128, "ISO 9660%s%s",
		    v.other.joliet > 0 ? ", Joliet" : "",
		    v.udf ? ", and UDF, which is not read" : "");
	return v.has_primary;
}
