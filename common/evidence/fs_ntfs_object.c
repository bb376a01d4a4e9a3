/*
 * fs_ntfs_object.c: an object of NTFS: the attributes of its MFT record and
 * of the records that its $ATTRIBUTE_LIST names, parts of one attribute put
 * together.
 *
 * An attribute's id is unique in one record only. Those of other records are
 * given new ones, the same as libtsk gives them (ntfs_proc_attrlist() there):
 * locators have them, and the content is found by them.
 */
#include <stdlib.h>
#include <string.h>

#include "fs_ntfs_i.h"

#define LIST_MAX ((uint64_t)1 << 20) /* bytes of an $ATTRIBUTE_LIST */

/* An object that is being made. */
struct making {
	struct ev_fs *fs;
	struct ntfs *s;
	uint64_t number; /* of the record that is read */
	struct ev_object *out;
	void (*each)(void *ctx, const struct spill_ntfs_attr *a);
	void *ctx;
	const struct ntfs_ids *ids; /* NULL in the base record */
	size_t joined; /* parts that were put to one before */
	bool list;
	uint16_t list_id;
	size_t todo; /* extension records */
};

void
ev_ntfs_fault(struct ev_fs *fs, uint64_t at, uint64_t length, const char *what)
{
	struct ntfs *s = fs->state;

	/* No record is at the volume's begin: that is one without a place. */
	ev_folder_fault(&s->object_faults, at, at > 0 ? length : 0, what);
}

const struct ev_attr *
ev_ntfs_find(const struct ev_object *o, uint32_t type, const char *name)
{
	for (size_t i = 0; i < o->n; i++)
		if (o->attr[i].type == type &&
		    spill_span_eq(
			ev_attr_named(o, &o->attr[i]), spill_span(name)))
			return &o->attr[i];
	return NULL;
}

const struct ev_attr *
ev_ntfs_find_index(const struct ev_object *o, uint32_t type)
{
	const struct ev_attr *a = ev_ntfs_find(o, type, "$I30");
	size_t n = 0;

	for (size_t i = 0; a == NULL && i < o->n; i++)
		n += o->attr[i].type == type;
	for (size_t i = 0; n == 1 && a == NULL; i++)
		a = o->attr[i].type == type ? &o->attr[i] : NULL;
	return a;
}

/* --- ids ---------------------------------------------------------------- */

/* libtsk compares as many bytes of the name as the one in question has. */
static bool
is_listed(const struct ntfs_ids *ids, unsigned i, uint32_t type,
    struct spill_span name)
{
	return ids->v[i].type == type &&
	       (name.len == 0 || memcmp(ids->v[i].name, name.p, name.len) == 0);
}

/* The one that an attribute of an extension record is given. */
static uint16_t
new_id(const struct ntfs_ids *ids, const struct spill_ntfs_attr *a)
{
	for (unsigned i = 0; i < ids->n; i++)
		if (is_listed(ids, i, a->type, a->name))
			return ids->v[i].id;
	return a->id;
}

static void
note_listed(struct ntfs_ids *ids, const struct spill_ntfs_listed *l)
{
	for (unsigned i = 0; i < ids->n; i++)
		if (is_listed(ids, i, l->type, l->name))
			return;
	ids->v[ids->n].record = l->where.record;
	ids->v[ids->n].type = l->type;
	ids->v[ids->n].len = l->name.len;
	memset(ids->v[ids->n].name, 0, sizeof(ids->v[ids->n].name));
	if (l->name.len > 0)
		memcpy(ids->v[ids->n].name, l->name.p, l->name.len);
	if (ids->n < 255)
		ids->n++;
}

/* --- attributes --------------------------------------------------------- */

static void
put_name(struct making *m, struct ev_attr *x, struct spill_span name)
{
	struct ntfs *s = m->s;

	if (name.len == 0)
		return;
	spill_buf_reset(&s->name);
	(void)spill_utf16le_put(&s->name, name);
	ev_attr_name(m->out, x, spill_buf_as_span(&s->name));
}

static struct ev_attr *
new_attr(struct making *m, const struct spill_ntfs_attr *a, uint16_t id)
{
	struct ev_attr *x = ev_object_attr(m->out);

	if (x == NULL)
		return NULL;
	x->type = a->type;
	x->id = id;
	x->resident = a->resident;
	put_name(m, x, a->name);
	return x;
}

static void
add_resident(struct making *m, const struct spill_ntfs_attr *a, uint16_t id)
{
	struct ev_attr *x = new_attr(m, a, id);

	if (x == NULL)
		return;
	x->size = a->content.len;
	x->placed = x->size > 0;
	if (x->placed)
		x->at = ev_ntfs_place(m->fs, m->number,
		    (size_t)(a->content.p - (const char *)m->s->copy));
}

static struct ntfs_piece *
new_piece(struct making *m)
{
	struct ntfs *s = m->s;

	if (s->npiece == s->cpiece) {
		size_t cap = s->cpiece > 0 ? 2 * s->cpiece : 16;
		struct ntfs_piece *p = realloc(s->piece, cap * sizeof(*p));

		if (p == NULL) {
			m->out->nomem = true;
			return NULL;
		}
		s->piece = p;
		s->cpiece = cap;
	}
	return &s->piece[s->npiece++];
}

/* The attribute that a piece is a part of, or NULL. */
static struct ev_attr *
find_begun(struct making *m, const struct spill_ntfs_attr *a, uint16_t id)
{
	struct ev_object *o = m->out;
	uint64_t work = o->n / 64;

	if (m->ids == NULL && a->first_vcn == 0)
		return NULL;
	m->s->again -= SPILL_MIN(m->s->again, work); /* see may_read() */
	for (size_t i = 0; i < o->n; i++) {
		const struct ev_attr *x = &o->attr[i];

		if (x->type != a->type || x->resident ||
		    (x->id != id && id != 0))
			continue;
		m->s->name.len = 0;
		(void)spill_utf16le_put(&m->s->name, a->name);
		if (spill_span_eq(
			ev_attr_named(o, x), spill_buf_as_span(&m->s->name)))
			return &o->attr[i];
	}
	return NULL;
}

/* Runs into a new piece. */
static void
add_runs(struct making *m, const struct spill_ntfs_attr *a, size_t attr)
{
	struct spill_ntfs_runs it =
	    spill_ntfs_runs(a->runs, a->first_vcn, m->fs->blocks);
	struct ev_object *o = m->out;
	struct ntfs_piece *p = new_piece(m);
	struct spill_ntfs_run r;
	int rc;

	if (p == NULL)
		return;
	*p = (struct ntfs_piece){ .attr = attr,
		.vcn = a->first_vcn,
		.end = a->first_vcn,
		.run = o->nrun };
	while ((rc = spill_ntfs_runs_next(&it, &r)) != SPILL_END) {
		if (rc != SPILL_OK)
			break;
		p->end = r.vcn + r.count;
		if (!r.sparse)
			ev_object_run_from(o, p->run, r.vcn, r.lcn, r.count);
	}
	p->runs = o->nrun - p->run;
	/* The last one of none is -1. */
	if (rc == SPILL_END && (a->runs.len == 0 || p->end >= a->last_vcn + 1))
		return;
	o->attr[attr].lost = true;
	ev_ntfs_fault(m->fs, ev_ntfs_place(m->fs, m->number, a->at), a->len,
	    rc != SPILL_END ? it.flaw.what : "a run list is cut");
}

static void
set_sizes(struct making *m, const struct spill_ntfs_attr *a, struct ev_attr *x)
{
	const struct ntfs_piece *p = &m->s->piece[m->s->npiece - 1];

	x->has_init = true;
	x->init = a->initialised;
	x->size = a->size;
	x->alloc = a->allocated;
	if (x->size == 0 && (p->runs > 0 || p->vcn > 0))
		x->size = p->end * m->fs->block_size;
	if (x->alloc == 0)
		x->alloc = x->size;
	x->compressed = (a->flags & 0xff) != 0 && a->unit > 0;
	x->sparse = (a->flags & SPILL_NTFS_SPARSE) != 0;
	x->encrypted = (a->flags & SPILL_NTFS_ENCRYPTED) != 0;
}

static void
add_outside(struct making *m, const struct spill_ntfs_attr *a, uint16_t id)
{
	struct ev_attr *x = find_begun(m, a, id);
	bool begun = x != NULL;

	if (x == NULL)
		x = new_attr(m, a, id);
	if (x == NULL)
		return;
	add_runs(m, a, (size_t)(x - m->out->attr));
	if (begun)
		m->joined++;
	else if (m->s->npiece > 0)
		set_sizes(m, a, x);
	if (begun && a->first_vcn == 0 && a->size > 0)
		set_sizes(m, a, x);
}

/* --- records ------------------------------------------------------------ */

/* The content of an $ATTRIBUTE_LIST, kept: the record that has it is not the
 * last one that is read. */
static void
keep_list(struct making *m, const struct spill_ntfs_attr *a, uint16_t id)
{
	struct ntfs *s = m->s;
	const struct ev_attr *x = &m->out->attr[m->out->n - 1];
	size_t n = (size_t)SPILL_MIN(x->size, LIST_MAX);
	char *p;

	if (m->list || m->ids != NULL)
		return;
	m->list = true;
	m->list_id = id;
	spill_buf_reset(&s->list);
	if (a->resident) {
		spill_buf_span(&s->list, a->content);
		return;
	}
	p = spill_buf_room(&s->list, n);
	if (p != NULL &&
	    ev_ntfs_read(m->fs, m->out->run + x->run, x->runs, 0, p, n))
		s->list.len += n;
	else
		ev_ntfs_fault(m->fs, ev_ntfs_place(m->fs, m->number, a->at),
		    a->len, "$ATTRIBUTE_LIST cannot be read");
}

/* Runs of an attribute that is in one piece are where that has them. */
static void
settle(struct making *m)
{
	struct ev_attr *x = &m->out->attr[m->out->n - 1];
	const struct ntfs_piece *p;

	if (x->resident || m->s->npiece == 0)
		return;
	p = &m->s->piece[m->s->npiece - 1];
	if (p->attr == m->out->n - 1) {
		x->run = p->run;
		x->runs = p->runs;
	}
}

static void
add_attribute(struct making *m, const struct spill_ntfs_attr *a)
{
	uint16_t id = m->ids != NULL ? new_id(m->ids, a) : a->id;
	size_t n = m->out->n;

	if (m->each != NULL)
		m->each(m->ctx, a);
	if (a->resident)
		add_resident(m, a, id);
	else
		add_outside(m, a, id);
	if (m->out->nomem || m->out->n == n)
		return;
	settle(m);
	if (a->type == SPILL_NTFS_ATTRIBUTE_LIST)
		keep_list(m, a, id);
}

static void
add_attributes(struct making *m, const struct spill_ntfs_record *r)
{
	struct spill_ntfs_attrs it = spill_ntfs_attrs(r);
	struct spill_ntfs_attr a;
	int rc;

	while ((rc = spill_ntfs_attrs_next(&it, &a)) != SPILL_END &&
	       !m->out->nomem) {
		if (rc != SPILL_OK)
			ev_ntfs_fault(m->fs,
			    ev_ntfs_place(m->fs, m->number, a.at),
			    r->bytes.len - a.at, a.flaw.what);
		if (a.len > 0)
			add_attribute(m, &a);
	}
}

/* A record that is not whole: what is wrong with it. */
static void
review(struct making *m, const struct spill_ntfs_record *r)
{
	if (r->flaw.what == NULL)
		return;
	m->out->facts.map_lost |= r->torn > 0;
	ev_ntfs_fault(m->fs, ev_ntfs_place(m->fs, m->number, 0),
	    m->s->boot.record_size, r->flaw.what);
}

/* --- extension records -------------------------------------------------- */

/* Of an object in use it is damage if one is not there; those of a deleted
 * one may be others' by now. */
static void
missing(struct making *m, uint64_t number, const char *what)
{
	if (m->out->alloc)
		ev_ntfs_fault(m->fs, ev_ntfs_place(m->fs, number, 0),
		    m->s->boot.record_size, what);
}

static void
add_todo(struct making *m, uint64_t number)
{
	uint64_t *todo = m->s->todo;

	if (!ev_ntfs_set_add(&m->s->seen, number))
		return;
	if (m->todo == NTFS_EXTENSIONS_MAX)
		missing(m, number, "it has too many extension records");
	else
		todo[m->todo++] = number;
}

static bool
prepare(struct making *m)
{
	struct ntfs *s = m->s;

	if (s->ids == NULL)
		s->ids = malloc(sizeof(*s->ids));
	if (s->todo == NULL)
		s->todo = calloc(NTFS_EXTENSIONS_MAX, sizeof(*s->todo));
	m->out->nomem |= s->ids == NULL || s->todo == NULL;
	return !m->out->nomem;
}

static void
read_list(struct making *m)
{
	struct ntfs *s = m->s;
	struct spill_ntfs_list it =
	    spill_ntfs_list(spill_buf_as_span(&s->list));
	struct spill_ntfs_listed l;
	uint16_t last = m->list_id;
	int rc;

	s->ids->n = 0;
	ev_ntfs_set_reset(&s->seen);
	while ((rc = spill_ntfs_list_next(&it, &l)) != SPILL_END) {
		if (rc != SPILL_OK && m->out->alloc)
			ev_ntfs_fault(m->fs, 0, 0, l.flaw.what);
		if (it.done)
			break;
		last = SPILL_MAX(last, l.id);
		note_listed(s->ids, &l);
		if (l.where.record != m->out->number)
			add_todo(m, l.where.record);
	}
	for (unsigned i = 0; i < s->ids->n; i++)
		s->ids->v[i].id =
		    s->ids->v[i].record == m->out->number ? 0 : ++last;
}

/*
 * Every name of a file has all of it read. Files that NTFS makes do not come
 * near what there is for that; with so many names, and so many records that
 * are not even the file's, as can be made, it would never end.
 */
static bool
may_read(struct making *m, uint64_t work)
{
	struct ntfs *s = m->s;

	if (s->again >= work) {
		s->again -= work;
		return true;
	}
	s->again = 0;
	ev_ntfs_fault(m->fs, 0, 0,
	    "extension records were read too often: they are left out");
	return false;
}

/* True if all of it is there. */
static bool
add_extension(struct making *m, uint64_t number)
{
	struct spill_ntfs_record r;

	if (!may_read(m, 1))
		return false;
	m->number = number;
	if (number == 0 || number >= m->s->records ||
	    ev_ntfs_record(m->fs, number, &r) == SPILL_EFORMAT) {
		missing(m, number, "an extension record is not there");
		return false;
	}
	if (r.base.record != m->out->number) {
		missing(m, number, "an extension record is another file's");
		return false;
	}
	review(m, &r);
	add_attributes(m, &r);
	return true;
}

/* An attribute that begins in a record that is lost: its name is known. */
static void
add_lost(struct making *m, unsigned i)
{
	const struct ntfs_ids *ids = m->s->ids;
	struct ev_object *o = m->out;
	struct ev_attr *x;

	for (size_t k = 0; k < o->n; k++)
		if (o->attr[k].type == ids->v[i].type &&
		    o->attr[k].id == ids->v[i].id)
			return;
	x = ev_object_attr(o);
	if (x == NULL)
		return;
	x->type = ids->v[i].type;
	x->id = ids->v[i].id;
	x->lost = true;
	put_name(m, x, (struct spill_span){ ids->v[i].name, ids->v[i].len });
}

static void
add_extensions(struct making *m)
{
	struct ntfs *s = m->s;

	if (!prepare(m) || !may_read(m, s->list.len / 256))
		return;
	read_list(m);
	m->ids = s->ids;
	ev_ntfs_set_reset(&s->seen);
	for (size_t i = 0; i < m->todo && !m->out->nomem; i++)
		if (!add_extension(m, s->todo[i]))
			(void)ev_ntfs_set_add(&s->seen, s->todo[i]);
	for (unsigned i = 0; i < s->ids->n && s->seen.n > 0; i++)
		if (ev_ntfs_set_has(&s->seen, s->ids->v[i].record))
			add_lost(m, i);
	m->out->nomem |= s->seen.nomem;
}

/* --- the object --------------------------------------------------------- */

static void
set_header(
    struct ev_object *o, uint64_t number, const struct spill_ntfs_record *r)
{
	o->number = number;
	o->sequence = r->sequence;
	o->alloc = (r->flags & SPILL_NTFS_IN_USE) != 0;
	o->kind = (r->flags & SPILL_NTFS_DIRECTORY) != 0 ? EV_DIR : EV_FILE;
	o->links = r->links;
	o->facts.has_generation = true;
	o->facts.generation = r->sequence;
}

static void
set_size(struct ev_object *o)
{
	const struct ev_attr *x =
	    o->kind == EV_DIR ? ev_ntfs_find(o, SPILL_NTFS_INDEX_ROOT, "$I30")
			      : ev_ntfs_find(o, SPILL_NTFS_DATA, "");

	o->size = x != NULL ? x->size : 0;
}

int
ev_ntfs_object_of(struct ev_fs *fs, const struct spill_ntfs_record *r,
    uint64_t number, struct ev_object *out,
    void (*each)(void *ctx, const struct spill_ntfs_attr *a), void *ctx)
{
	struct making m = { .fs = fs,
		.s = fs->state,
		.number = number,
		.out = out,
		.each = each,
		.ctx = ctx };

	m.s->npiece = 0;
	set_header(out, number, r);
	review(&m, r);
	if (r->base.record != 0 && out->alloc)
		ev_ntfs_fault(fs, ev_ntfs_place(fs, number, 0),
		    m.s->boot.record_size,
		    "it says that it is an extension of another record");
	add_attributes(&m, r);
	if (m.list && !out->nomem)
		add_extensions(&m);
	if (m.joined > 0 && !out->nomem)
		ev_ntfs_join(m.s, out);
	ev_ntfs_check_end(fs, out, m.joined > 0);
	set_size(out);
	return out->nomem || m.s->object_faults.nomem ? SPILL_ENOMEM : SPILL_OK;
}

int
ev_ntfs_object(struct ev_fs *fs, uint64_t number, struct ev_object *out,
    void (*each)(void *ctx, const struct spill_ntfs_attr *a), void *ctx)
{
	struct ntfs *s = fs->state;
	struct spill_ntfs_record r;

	if (number >= s->records ||
	    ev_ntfs_record(fs, number, &r) == SPILL_EFORMAT)
		return SPILL_END;
	return ev_ntfs_object_of(fs, &r, number, out, each, ctx);
}
