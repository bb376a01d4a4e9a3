/*
 * ole_dir.c: the directory of compound files ([MS-CFB] 2.6): entries of 128
 * bytes in an array, siblings of one storage in a red-black tree.
 */
#include <stdlib.h>
#include <string.h>

#include <spill/cur.h>
#include <spill/ondisk.h>

#include "ole_i.h"

int
ole_dir_load(struct ole *o)
{
	size_t sector = (size_t)1 << o->shift, got;
	uint64_t bytes;
	int rc = ole_chain_list(o, o->dir_start, "directory", o->fat.n,
	    &o->dir_at, &o->dir_sectors);

	bytes = (uint64_t)o->dir_sectors * sector;
	if (rc == SPILL_OK)
		rc = ole_alloc(o, bytes, 1, &o->dir);
	for (uint32_t i = 0; rc == SPILL_OK && i < o->dir_sectors; i++) {
		uint64_t at = ole_offset(o, o->dir_at[i]);

		rc = src_read(o->m.src, at, o->dir + i * sector, sector, &got);
		if (rc == SPILL_OK && got < sector)
			rc = member_flaw(&o->m, "damaged", at + got,
			    sector - got, "the file ends in its directory");
	}
	if (rc != SPILL_OK)
		return rc;
	o->entries = (uint32_t)SPILL_MIN(bytes / OLE_ENTRY, (uint64_t)OLE_MAX);
	rc = ole_alloc(o, o->entries, sizeof(*o->parent), &o->parent);
	if (rc == SPILL_OK)
		rc = ole_alloc(o, o->entries, sizeof(*o->depth), &o->depth);
	if (rc == SPILL_OK && o->entries == 0)
		rc = member_flaw(&o->m, "damaged", 0, 0, "it has no directory");
	return rc;
}

uint64_t
ole_dir_offset(const struct ole *o, uint32_t id)
{
	uint64_t at = (uint64_t)id * OLE_ENTRY;

	return ole_offset(o, o->dir_at[at >> o->shift]) +
	       (at & ((1u << o->shift) - 1));
}

static struct spill_time
time_of(uint64_t filetime)
{
	return filetime == 0 ? (struct spill_time){ 0 }
			     : spill_time_from_filetime(filetime);
}

/* Its length counts the NUL behind it. Where it cannot be, the name ends at
 * the first NUL. */
static void
name_of(struct ole_entry *e, const uint8_t *raw, uint16_t len)
{
	size_t n = len;

	e->odd_name = len % 2 != 0 || len > 64 || (len < 4 && e->type != 0);
	if (e->odd_name || len < 2)
		for (n = 2; n <= 64 && (raw[n - 2] | raw[n - 1]) != 0;)
			n += 2;
	e->name = (struct spill_span){ (const char *)raw,
		SPILL_MIN(n, (size_t)66) - 2 };
}

bool
ole_dir_entry(const struct ole *o, uint32_t id, struct ole_entry *e)
{
	const uint8_t *raw;
	struct spill_cur c;
	uint16_t len;

	if (id >= o->entries)
		return false;
	raw = o->dir + (size_t)id * OLE_ENTRY;
	c = spill_cur(raw, OLE_ENTRY);
	*e = (struct ole_entry){ .id = id };
	spill_cur_skip(&c, 64);
	len = spill_cur_u16le(&c);
	e->type = spill_cur_u8(&c);
	spill_cur_skip(&c, 1); /* colour */
	e->left = spill_cur_u32le(&c);
	e->right = spill_cur_u32le(&c);
	e->child = spill_cur_u32le(&c);
	spill_cur_skip(&c, 16 + 4); /* CLSID, state bits */
	e->born = time_of(spill_cur_u64le(&c));
	e->modified = time_of(spill_cur_u64le(&c));
	e->start = spill_cur_u32le(&c);
	e->size = spill_cur_u64le(&c);
	/* 2.6.3: of version 3 the upper half may be anything. */
	if (o->version == 3 && (uint32_t)e->size == 0 && e->size != 0 &&
	    e->start < OLE_MAX)
		e->size = UINT64_MAX;
	else if (o->version == 3)
		e->size = (uint32_t)e->size;
	name_of(e, raw, len);
	return true;
}

/* --- the tree ----------------------------------------------------------- */

/* What is left to do, the next last: an entry itself, or the tree below it. */
struct step {
	uint32_t id, parent;
	bool itself;
};

struct walk {
	struct step *steps;
	size_t n, cap;
	struct {
		uint32_t n, first;
	} twice, outside, strange, deep;
};

static int
push(struct walk *w, uint32_t id, uint32_t parent, bool itself)
{
	struct step *steps;

	if (id == OLE_NONE)
		return SPILL_OK;
	steps = spill_grow(w->steps, w->n, &w->cap, sizeof(*w->steps));
	if (steps == NULL)
		return SPILL_ENOMEM;
	w->steps = steps;
	w->steps[w->n++] = (struct step){ id, parent, itself };
	return SPILL_OK;
}

#define COUNT(c, id) ((c).n++ == 0 ? (void)((c).first = (id)) : (void)0)

/* An entry that a link leads to: it and what is left of it come next. */
static int
enter(struct ole *o, struct walk *w, struct step s)
{
	struct ole_entry e;
	int rc;

	if (!ole_dir_entry(o, s.id, &e)) {
		COUNT(w->outside, s.parent);
		return SPILL_OK;
	}
	if (o->depth[s.id] != 0) {
		COUNT(w->twice, s.id);
		return SPILL_OK;
	}
	if (e.type != OLE_STORAGE && e.type != OLE_STREAM) {
		COUNT(w->strange, s.id);
		return SPILL_OK;
	}
	if (o->depth[s.parent] > OLE_DEPTH) {
		COUNT(w->deep, s.id);
		return SPILL_OK;
	}
	o->depth[s.id] = (uint8_t)(o->depth[s.parent] + 1);
	o->parent[s.id] = s.parent;
	rc = push(w, s.id, s.parent, true);
	return rc != SPILL_OK ? rc : push(w, e.left, s.parent, false);
}

static int
leave(struct ole *o, struct walk *w, struct step s,
    int (*one)(struct ole *o, const struct ole_entry *e))
{
	struct ole_entry e;
	int rc;

	(void)ole_dir_entry(o, s.id, &e);
	rc = one(o, &e);
	if (rc == SPILL_OK)
		rc = push(w, e.right, s.parent, false);
	if (rc == SPILL_OK && e.type == OLE_STORAGE)
		rc = push(w, e.child, s.id, false);
	return rc;
}

static int
tell(struct ole *o, const char *code, uint32_t n, uint32_t first,
    const char *what)
{
	if (n == 0)
		return SPILL_OK;
	return member_flaw(&o->m, code, ole_dir_offset(o, first), OLE_ENTRY,
	    "%u %s, the first is of entry %u", n, what, first);
}

/* What the tree does not lead to: freed entries are zeroed by most writers,
 * but not by all. */
static int
the_rest(struct ole *o, int (*one)(struct ole *o, const struct ole_entry *e))
{
	struct ole_entry e;
	int rc = SPILL_OK;

	for (uint32_t id = 1; rc == SPILL_OK && id < o->entries; id++)
		if (o->depth[id] == 0 && ole_dir_entry(o, id, &e) &&
		    (e.type != OLE_FREE || e.name.len > 0))
			rc = one(o, &e);
	return rc;
}

int
ole_dir_walk(
    struct ole *o, int (*one)(struct ole *o, const struct ole_entry *e))
{
	struct walk w = { 0 };
	struct ole_entry root;
	int rc = SPILL_OK;

	if (!ole_dir_entry(o, 0, &root))
		return SPILL_OK;
	o->depth[0] = 1;
	if (root.type != OLE_ROOT)
		rc = member_flaw(&o->m, "damaged", ole_dir_offset(o, 0),
		    OLE_ENTRY, "the first entry is not the root's");
	if (rc == SPILL_OK)
		rc = push(&w, root.child, 0, false);
	while (rc == SPILL_OK && w.n > 0) {
		struct step s = w.steps[--w.n];

		rc = s.itself ? leave(o, &w, s, one) : enter(o, &w, s);
	}
	free(w.steps);
	if (rc == SPILL_OK)
		rc = tell(o, "damaged", w.twice.n, w.twice.first,
		    "links of the tree lead to an entry twice");
	if (rc == SPILL_OK)
		rc = tell(o, "damaged", w.outside.n, w.outside.first,
		    "links of the tree lead to no entry");
	if (rc == SPILL_OK)
		rc = tell(o, "damaged", w.strange.n, w.strange.first,
		    "links of the tree lead to what is no member");
	if (rc == SPILL_OK)
		rc = tell(o, "limit", w.deep.n, w.deep.first,
		    "entries are more than 100 storages deep");
	return rc == SPILL_OK ? the_rest(o, one) : rc;
}

/* A '/' of a name would be taken for the end of a storage's. */
static bool
put_name(struct spill_buf *b, struct spill_span utf16)
{
	struct spill_buf one = SPILL_BUF_INIT(256);
	bool odd = false;

	(void)spill_utf16le_put(&one, utf16);
	for (size_t i = 0; i < one.len; i++)
		if (one.p[i] == '/') {
			spill_buf_puts(b, "%2F");
			odd = true;
		} else {
			spill_buf_putc(b, one.p[i]);
		}
	spill_buf_release(&one);
	return odd;
}

bool
ole_dir_path(struct ole *o, const struct ole_entry *e)
{
	uint32_t up[OLE_DEPTH + 2];
	struct ole_entry dir;
	size_t n = 0;
	bool odd = false;

	spill_buf_reset(&o->name);
	if (o->depth[e->id] != 0)
		for (uint32_t id = o->parent[e->id]; id != 0;
		     id = o->parent[id])
			up[n++] = id;
	while (n > 0) {
		(void)ole_dir_entry(o, up[--n], &dir);
		odd |= put_name(&o->name, dir.name);
		spill_buf_putc(&o->name, '/');
	}
	return put_name(&o->name, e->name) || odd;
}
