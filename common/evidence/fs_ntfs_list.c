/*
 * fs_ntfs_list.c: what is in a folder of NTFS.
 *
 * Its index is a tree; here its blocks are read one after the other, as they
 * lie, since blocks that the tree has given up and what is behind the end of
 * a block are read too. Then come names that the MFT has and no index
 * (fs_ntfs_mft.c).
 */
#include <stdlib.h>
#include <string.h>

#include <spill/hash.h>

#include "fs_ntfs_i.h"
#include "ondisk_i.h"

#define OLD_MAX	 ((size_t)1 << 22) /* entries that are not in use */
#define BITS_MAX ((uint64_t)1 << 20) /* bytes of a folder's $BITMAP */
#define CHUNK	 ((size_t)64 << 10)

struct listing {
	struct ev_fs *fs;
	struct ntfs *s;
	uint64_t dir;
	struct ev_folder *out;
	bool gone; /* the folder is deleted */
	bool rooted; /* its $INDEX_ROOT is in s->index */
	bool guessed; /* which has another name */
	bool fresh; /* its $BITMAP is in s->bits */
	bool headless; /* entries without their object's number */
	struct ntfs_set whole; /* print_of() of those with it */
	size_t old; /* entries that are not in use */
	bool twins; /* a name may be in use twice */
	uint64_t base; /* of the bytes at hand, in the folder */
	uint64_t place; /* of these in the volume */
	size_t len;
};

/* What a deleted folder had may be another's by now: that is no damage. */
static void
fault(struct listing *l, uint64_t at, uint64_t n, const char *what)
{
	if (!l->gone)
		ev_folder_fault(l->out, at, n, what);
}

/* --- entries ------------------------------------------------------------ */

static uint64_t
key_of(uint64_t record, uint64_t sequence, uint32_t hash)
{
	return (record << 32 | hash) ^ sequence << 48;
}

/* Is it an entry of the object that has that number now? */
static bool
is_current(const struct ntfs *s, const struct spill_ntfs_entry *e)
{
	return e->file.record < s->records &&
	       s->rec[e->file.record].sequence == e->file.sequence;
}

/* What can be seen of an entry without its head: its times, its sizes, and
 * its name ([RF] "$FILE_NAME"). */
static uint64_t
print_of(const struct spill_ntfs_entry *e, struct spill_span name)
{
	struct spill_span seen = spill_part(e->key, 8, 48);

	return spill_mix(name.p, name.len, spill_mix(seen.p, seen.len, 0));
}

/* The record knows it better than its entries do. */
static enum ev_kind
kind_of(const struct ntfs *s, const struct spill_ntfs_entry *e,
    const struct spill_ntfs_name *n)
{
	if (is_current(s, e))
		return (s->rec[e->file.record].state & NTFS_REC_DIR) != 0
			   ? EV_DIR
			   : EV_FILE;
	return (n->attributes & SPILL_NTFS_A_DIRECTORY) != 0 ? EV_DIR : EV_FILE;
}

static void
put_entry(struct listing *l, struct ev_folder *to,
    const struct spill_ntfs_entry *e, const struct spill_ntfs_name *n,
    enum ev_named named)
{
	struct ntfs *s = l->s;
	struct ev_entry x = { .object = e->file.record,
		.sequence = e->file.sequence,
		.named = named,
		.kind = kind_of(s, e, n),
		.placed = true,
		.offset = l->base + e->at };

	/* Times in the entry are of use where those of its object are not. */
	if (!is_current(s, e))
		x.fn = &n->times.at;
	spill_buf_reset(&s->name);
	(void)spill_utf16le_put(&s->name, n->name);
	x.name = spill_buf_as_span(&s->name);
	ev_folder_add(to, &x);
}

static bool
is_dots(struct spill_span utf16)
{
	return (utf16.len == 2 || utf16.len == 4) &&
	       memcmp(utf16.p, ".\0.", utf16.len - 1) == 0;
}

static void
take_used(struct listing *l, const struct spill_ntfs_entry *e)
{
	struct spill_ntfs_name n;

	if (e->last || e->key.len == 0 ||
	    spill_ntfs_name_read(e->key, &n) == SPILL_EFORMAT ||
	    n.name.len == 0 || is_dots(n.name))
		return;
	/* What is in that one is listed there. */
	if (n.parent.record != l->dir) {
		fault(l, l->place, l->len, "an entry is of another folder");
		return;
	}
	if (!ev_ntfs_set_add(&l->s->known,
		key_of(e->file.record, e->file.sequence, ev_ntfs_hash(n.name))))
		l->twins = true;
	if (is_current(l->s, e))
		l->s->rec[e->file.record].state |= NTFS_REC_HELD;
	(void)ev_ntfs_set_add(&l->whole, print_of(e, n.name));
	put_entry(l, n.space == SPILL_NTFS_DOS ? &l->s->alias : l->out, e, &n,
	    EV_NAMED);
}

static bool
has_nul(struct spill_span utf16)
{
	for (size_t i = 0; i + 1 < utf16.len; i += 2)
		if (utf16.p[i] == 0 && utf16.p[i + 1] == 0)
			return true;
	return false;
}

static void
take_old(struct listing *l, const struct spill_ntfs_entry *found)
{
	struct spill_ntfs_entry copy = *found, *e = &copy;
	struct spill_ntfs_name n;

	if (e->last || e->key.len == 0 ||
	    spill_ntfs_name_read(e->key, &n) == SPILL_EFORMAT ||
	    n.name.len == 0 || is_dots(n.name) || has_nul(n.name) ||
	    n.space == SPILL_NTFS_DOS || n.parent.record != l->dir)
		return;
	if (l->old++ == OLD_MAX)
		fault(l, l->place, l->len, "too many entries of old");
	if (l->old > OLD_MAX)
		return;
	/* Where the head was written over it leads to no record. */
	if (e->file.record >= l->s->records)
		e->file = (struct spill_ntfs_ref){ 0, 0 };
	put_entry(l, l->out, e, &n, EV_ERASED);
	if (e->file.record != 0)
		(void)ev_ntfs_set_add(&l->whole, print_of(e, n.name));
	else if (!l->out->nomem)
		l->out->v[l->out->n - 1].sequence = print_of(e, n.name);
	l->headless |= e->file.record == 0;
}

/* What looks like entries, from a place of a node on: up to its end they may
 * be in use, if their heads are there. */
static void
take_rest(struct listing *l, const struct spill_ntfs_index *x, size_t from,
    bool in_use)
{
	struct spill_ntfs_index rest = *x;
	struct spill_ntfs_entries it;
	struct spill_ntfs_entry e;

	rest.end = (uint32_t)from;
	it = spill_ntfs_slack(&rest);
	while (spill_ntfs_slack_next(&it, &e) == SPILL_OK)
		if (in_use && e.at < x->end && e.file.record != 0)
			take_used(l, &e);
		else
			take_old(l, &e);
}

/* One node: its entries, then what is left of older ones, or what there is
 * behind one that does not say where the next one is. */
static void
take_node(struct listing *l, const struct spill_ntfs_index *x, bool in_use)
{
	struct spill_ntfs_entries it = spill_ntfs_entries(x);
	struct spill_ntfs_entry e;
	size_t from = x->end;
	int rc;

	while ((rc = spill_ntfs_entries_next(&it, &e)) != SPILL_END) {
		if (rc != SPILL_OK && in_use)
			fault(l, l->place, l->len, e.flaw.what);
		if (rc != SPILL_OK && it.done && !e.last)
			from = e.at;
		if (in_use && !l->gone)
			take_used(l, &e);
		else
			take_old(l, &e);
	}
	take_rest(l, x, from, in_use && !l->gone);
}

/* --- the index ---------------------------------------------------------- */

static bool
is_of_names(struct spill_span root)
{
	return root.len > 16 && memcmp(root.p, "\60\0\0\0", 4) == 0;
}

/* $INDEX_ROOT and $BITMAP of the index of names, where they are resident. */
static void
keep(void *ctx, const struct spill_ntfs_attr *a)
{
	struct listing *l = ctx;
	bool named =
	    a->name.len == 8 && memcmp(a->name.p, "$\0I\0003\0000", 8) == 0;

	if (!a->resident)
		return;
	if (a->type == SPILL_NTFS_INDEX_ROOT &&
	    (named ? !l->rooted || l->guessed
		   : !l->rooted && is_of_names(a->content))) {
		spill_buf_reset(&l->s->index);
		spill_buf_span(&l->s->index, a->content);
		l->rooted = true;
		l->guessed = !named;
	} else if (a->type == SPILL_NTFS_BITMAP && named && !l->fresh) {
		spill_buf_reset(&l->s->bits);
		spill_buf_span(&l->s->bits, a->content);
		l->fresh = true;
	}
}

/* No block is of two folders, but what is crafted may say so. Folders may be
 * listed twice: see fs_orphans.c. */
static bool
spend(struct listing *l, uint64_t n)
{
	struct ntfs *s = l->s;

	if (s->blocks >= n) {
		s->blocks -= n;
		return true;
	}
	s->blocks = 0;
	ev_folder_fault(l->out, 0, 0,
	    "all indexes are larger than the volume: no more is read");
	return false;
}

static void
load_bits(struct listing *l)
{
	struct ntfs *s = l->s;
	const struct ev_attr *a =
	    ev_ntfs_find(&s->dir, SPILL_NTFS_BITMAP, "$I30");
	size_t n;
	char *p;

	if (l->fresh)
		return;
	spill_buf_reset(&s->bits);
	if (a == NULL || a->resident)
		return;
	n = (size_t)SPILL_MIN(a->size, BITS_MAX);
	if (!spend(l, n))
		return;
	p = spill_buf_room(&s->bits, n);
	if (p == NULL)
		l->out->nomem = true;
	else if (ev_ntfs_read(l->fs, s->dir.run + a->run, a->runs, 0, p, n))
		s->bits.len = n;
	else
		fault(l, 0, 0, "its $BITMAP cannot be read");
}

/* Without a bitmap all blocks are in use. */
static bool
is_set(const struct spill_buf *bits, uint64_t i)
{
	return bits->len == 0 || i / 8 >= bits->len ||
	       ((uint8_t)bits->p[i / 8] >> i % 8 & 1) != 0;
}

static void
take_block(struct listing *l, const char *raw, uint8_t *copy, bool in_use)
{
	struct spill_ntfs_index x;
	int rc = spill_ntfs_index_block(
	    (struct spill_span){ raw, l->len }, copy, &x);

	if (rc != SPILL_OK && in_use)
		fault(l, l->place, l->len,
		    spill_image_is_bad(l->fs->disk->image,
			l->fs->offset + l->place, l->len) != 0
			? "an index block cannot be read"
			: x.flaw.what);
	if (rc == SPILL_EFORMAT)
		return;
	x.key_type = SPILL_NTFS_FILE_NAME;
	take_node(l, &x, in_use);
}

/* Blocks from one place on that lie in runs; false if there are no more. */
static bool
next_chunk(struct listing *l, const struct ev_attr *a, uint32_t size,
    uint64_t *at, size_t *n)
{
	const struct ev_run *run = l->s->dir.run + a->run;
	uint64_t block = l->fs->block_size, from;
	size_t i = ev_ntfs_find_run(run, a->runs, *at / block);

	if (i == a->runs || *at >= a->size)
		return false;
	if (*at >= l->fs->blocks * block) {
		fault(l, 0, 0, "its index is larger than the volume");
		return false;
	}
	from = run[i].offset * block;
	if (*at < from) {
		fault(l, 0, from - *at, "a part of its index is not there");
		*at = from / size * size;
		if (*at >= a->size)
			return false;
	}
	*n = (size_t)SPILL_MIN((uint64_t)CHUNK, a->size - *at);
	return spend(l, *n);
}

static void
take_blocks(struct listing *l, const struct ev_attr *a, uint32_t size)
{
	struct ntfs *s = l->s;
	const struct ev_run *run = s->dir.run + a->run;
	uint64_t base = l->base;
	char *raw = malloc(CHUNK + size);
	size_t n;

	if (raw == NULL)
		l->out->nomem = true;
	for (uint64_t at = 0; raw != NULL && next_chunk(l, a, size, &at, &n);
	     at += n) {
		(void)ev_ntfs_read(l->fs, run, a->runs, at, raw, n);
		for (size_t i = 0; i + size <= n; i += size) {
			l->base = base + at + i;
			l->len = size;
			l->place = 0;
			(void)ev_ntfs_locate(
			    l->fs, run, a->runs, at + i, &l->place);
			take_block(l, raw + i, (uint8_t *)raw + CHUNK,
			    is_set(&s->bits, (at + i) / size));
		}
	}
	free(raw);
}

static bool
is_block(uint32_t size)
{
	return size >= 512 && size <= SPILL_NTFS_RECORD_MAX &&
	       (size & (size - 1)) == 0;
}

static void
take_root(struct listing *l)
{
	struct ntfs *s = l->s;
	const struct ev_attr *root =
	    ev_ntfs_find_index(&s->dir, SPILL_NTFS_INDEX_ROOT);
	const struct ev_attr *blocks =
	    ev_ntfs_find_index(&s->dir, SPILL_NTFS_INDEX_ALLOCATION);
	struct spill_ntfs_index x;

	if (!l->rooted || root == NULL) {
		if (!l->gone)
			fault(l, 0, 0, "there is no $INDEX_ROOT");
		return;
	}
	l->len = s->index.len;
	l->place = root->at;
	if (spill_ntfs_index_root(spill_buf_as_span(&s->index), &x) != SPILL_OK)
		fault(l, l->place, l->len, x.flaw.what);
	if (x.key_type != SPILL_NTFS_FILE_NAME)
		fault(l, l->place, l->len, "its index is none of names");
	take_node(l, &x, true);
	if (blocks == NULL && x.inner && !l->gone)
		fault(l, l->place, l->len, "$INDEX_ALLOCATION is not there");
	if (!is_block(x.block_size))
		x.block_size = s->boot.index_size;
	if (blocks == NULL || blocks->resident || !is_block(x.block_size))
		return;
	load_bits(l);
	l->base = s->index.len;
	take_blocks(l, blocks, x.block_size);
}

/* --- names that need others --------------------------------------------- */

/* A name for DOS is listed where it is the only one of its object. */
static void
add_aliases(struct listing *l)
{
	struct ntfs *s = l->s;

	if (s->alias.n == 0)
		return;
	ev_ntfs_set_reset(&s->seen);
	for (size_t i = 0; i < l->out->n; i++)
		if (l->out->v[i].named == EV_NAMED)
			(void)ev_ntfs_set_add(&s->seen, l->out->v[i].object);
	for (size_t i = 0; i < s->alias.n; i++)
		if (!ev_ntfs_set_has(&s->seen, s->alias.v[i].object))
			ev_folder_add(l->out, &s->alias.v[i]);
}

/*
 * Entries whose head is lost, if they say nothing that another one does not:
 * with other times or sizes it is of another file, or of the same one at
 * another time. Their prints stand for sequences, which keeps them apart in
 * ev_folder_dedup() too.
 */
static void
drop_headless(struct listing *l)
{
	struct ev_folder *f = l->out;
	size_t kept = 0;

	if (!l->headless)
		return;
	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].object != 0 || f->v[i].named == EV_NAMED ||
		    !ev_ntfs_set_has(&l->whole, f->v[i].sequence))
			f->v[kept++] = f->v[i];
	f->n = kept;
}

/* --- names that the MFT has --------------------------------------------- */

/* The record that has them: each is read once for all of its names. */
struct named {
	uint64_t where;
	bool there;
	struct spill_ntfs_record record;
	struct spill_ntfs_attrs it;
};

static void
add_named(struct listing *l, const struct ntfs_child *c,
    const struct spill_ntfs_name *n)
{
	struct ntfs *s = l->s;
	struct ntfs_rec *rec = &s->rec[c->record];
	bool used = (rec->state & NTFS_REC_IN_USE) != 0;
	struct ev_entry e = { .object = c->record,
		.sequence = rec->sequence,
		.named = used ? EV_NAMED : EV_ERASED,
		.kind = (rec->state & NTFS_REC_DIR) != 0 ? EV_DIR : EV_FILE };

	if (!used && e.sequence > 0)
		e.sequence--;
	spill_buf_reset(&s->name);
	(void)spill_utf16le_put(&s->name, n->name);
	e.name = spill_buf_as_span(&s->name);
	ev_folder_add(l->out, &e);
	rec->state |= NTFS_REC_HELD;
	l->old++;
}

/* The name of a child; those of one record come in the order they lie in. */
static bool
read_named(struct listing *l, struct named *in, const struct ntfs_child *c,
    struct spill_ntfs_name *n)
{
	struct spill_ntfs_attr a = { 0 };

	if (in->where != c->where) {
		in->where = c->where;
		in->there = ev_ntfs_record(l->fs, c->where, &in->record) !=
			    SPILL_EFORMAT;
		if (in->there)
			in->it = spill_ntfs_attrs(&in->record);
	}
	while (in->there && a.at < c->at)
		in->there = spill_ntfs_attrs_next(&in->it, &a) != SPILL_END;
	return in->there && a.at == c->at && a.type == SPILL_NTFS_FILE_NAME &&
	       spill_ntfs_name_read(a.content, n) != SPILL_EFORMAT &&
	       n->parent.record == l->dir && n->name.len > 0 &&
	       ev_ntfs_hash(n->name) == c->hash && !is_dots(n->name);
}

static void
add_children(struct listing *l)
{
	struct ntfs *s = l->s;
	const struct ntfs_rec *dir = &s->rec[l->dir];
	struct named in = { .where = UINT64_MAX };
	uint16_t sequence = dir->sequence;
	struct spill_ntfs_name n;

	if (l->gone && sequence > 0)
		sequence--;
	for (uint32_t i = dir->first; i != 0; i = s->child[i - 1].next) {
		const struct ntfs_child *c = &s->child[i - 1];
		const struct ntfs_rec *rec = &s->rec[c->record];

		if (c->folder_sequence != sequence ||
		    ((rec->state & NTFS_REC_IN_USE) != 0 &&
			ev_ntfs_set_has(&s->known,
			    key_of(c->record, rec->sequence, c->hash))))
			continue;
		if (read_named(l, &in, c, &n))
			add_named(l, c, &n);
	}
}

/* --- a folder ----------------------------------------------------------- */

static void
add_orphans(struct listing *l)
{
	const struct ev_entry e = { .name = SPILL_SPAN("$OrphanFiles"),
		.object = l->fs->orphans,
		.kind = EV_DIR };

	ev_folder_add(l->out, &e);
}

/* What is wrong with the MFT itself is told with the root. */
static void
add_faults(struct listing *l)
{
	const struct ev_folder *f = &l->s->faults;

	for (size_t i = 0; i < f->nfault; i++)
		fault(l, f->fault[i].at, f->fault[i].length, f->fault[i].what);
}

static void
list_all(struct listing *l)
{
	struct ntfs *s = l->s;

	l->gone = !s->dir.alloc;
	take_root(l);
	add_aliases(l);
	add_children(l);
	drop_headless(l);
	if (l->old > 0 || l->twins)
		ev_folder_dedup(l->out);
}

int
ev_ntfs_list(struct ev_fs *fs, uint64_t dir, struct ev_folder *out)
{
	struct ntfs *s = fs->state;
	struct listing l = { .fs = fs, .s = s, .dir = dir, .out = out };
	int rc = ev_ntfs_pass(fs);

	if (rc != SPILL_OK)
		return rc;
	ev_object_reset(&s->dir);
	ev_folder_reset(&s->object_faults);
	ev_folder_reset(&s->alias);
	ev_ntfs_set_reset(&s->known);
	rc = ev_ntfs_object(fs, dir, &s->dir, keep, &l);
	if (rc == SPILL_OK)
		list_all(&l);
	else if (rc == SPILL_END)
		fault(&l, 0, 0, "there is no MFT record of it");
	if (dir == fs->root) {
		if (dir < s->records)
			s->rec[dir].state |= NTFS_REC_HELD;
		add_faults(&l);
		add_orphans(&l);
	}
	if (l.whole.nomem || s->alias.nomem || s->known.nomem ||
	    s->seen.nomem || s->index.rc != SPILL_OK || s->bits.rc != SPILL_OK)
		rc = SPILL_ENOMEM;
	ev_ntfs_set_release(&l.whole);
	return rc == SPILL_ENOMEM || out->nomem ? SPILL_ENOMEM : SPILL_OK;
}
