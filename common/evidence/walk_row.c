/*
 * walk_row.c: rows of one name: one for the object and its streams, or on NTFS
 * one for each attribute that holds content, and their slack.
 */
#include <stdio.h>
#include <string.h>

#include <spill/name.h>
#include <spill/ntfs.h>

#include "walk_i.h"

/* What all rows of a name have in common. */
struct subject {
	const struct walk_what *what;
	const char *kind;
	bool gone; /* its object belongs to another file by now */
};

/* --- cells -------------------------------------------------------------- */

/* Room for a cell that is made here; a row never needs half of it. */
static char *
room(struct walk *w, size_t n)
{
	if (w->used + n > WALK_CELLS)
		w->rc = SPILL_ELIMIT;
	return w->rc == SPILL_OK ? w->cells + w->used : NULL;
}

static void
put(struct walk *w, unsigned col, const char *text, size_t len)
{
	char *p = room(w, len);

	if (p == NULL)
		return;
	memcpy(p, text, len);
	w->used += len;
	spill_row_set(&w->row, col, (struct spill_span){ p, len });
}

static void
begin_row(struct walk *w)
{
	spill_row_clear(&w->row);
	w->used = 0;
	w->last.set = false;
}

/* A text that lives as long as the row. */
static void
set(struct walk *w, unsigned col, const char *text)
{
	spill_row_set(&w->row, col, spill_span(text));
}

/* Appends the digits of v; printf() would be felt here. */
static char *
digits(char *to, uint64_t v)
{
	char text[20], *end = text + sizeof(text), *p = end;

	do
		*--p = (char)('0' + v % 10);
	while ((v /= 10) > 0);
	memcpy(to, p, (size_t)(end - p));
	return to + (end - p);
}

static void
put_uint(struct walk *w, unsigned col, uint64_t v)
{
	char text[20];

	put(w, col, text, (size_t)(digits(text, v) - text));
}

/* Times of a row are often the same: then they share the text. */
static void
put_time(struct walk *w, unsigned col, struct spill_time t)
{
	char text[SPILL_TIME_TEXT];
	const struct spill_time *l = &w->last;

	if (!t.set)
		return;
	if (l->set && l->sec == t.sec && l->nsec == t.nsec &&
	    l->prec == t.prec && l->zoned == t.zoned) {
		spill_row_set(&w->row, col, w->last_text);
		return;
	}
	put(w, col, text, spill_time_format(t, text));
	w->last = t;
	w->last_text = spill_row_get(&w->row, col);
}

static void
put_octal(struct walk *w, unsigned col, unsigned v)
{
	char text[16];
	int n = snprintf(text, sizeof(text), "%o", v);

	put(w, col, text, (size_t)n);
}

static void
put_macb(struct walk *w, unsigned first, const struct spill_macb *m)
{
	put_time(w, first, m->born);
	put_time(w, first + 1, m->modified);
	put_time(w, first + 2, m->accessed);
	put_time(w, first + 3, m->changed);
}

_Static_assert(IT_CHANGED == IT_BORN + 3 && IT_FN_CHANGED == IT_FN_BORN + 3,
    "put_macb() counts on the order of columns");

static void
put_list(struct walk *w, unsigned col, const char *const *v, size_t n)
{
	char text[256];
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		size_t k = strlen(v[i]);

		if (len + k + 1 > sizeof(text))
			break;
		if (i > 0)
			text[len++] = ';';
		memcpy(text + len, v[i], k);
		len += k;
	}
	if (len > 0)
		put(w, col, text, len);
}

/* An object, or one attribute of it. */
static void
put_object(char out[72], uint64_t number, const struct ev_attr *a)
{
	char *p = digits(out, number);

	if (a != NULL) {
		*p++ = '-';
		p = digits(p, a->type);
		*p++ = '-';
		p = digits(p, a->id);
	}
	*p = '\0';
}

/* --- one row ------------------------------------------------------------ */

static int
emit(struct walk *w)
{
	if (w->path.rc != SPILL_OK || w->runs.rc != SPILL_OK)
		w->rc = SPILL_ENOMEM;
	if (w->place < w->conf->from)
		return w->rc;
	if (w->place == w->conf->from && w->dropped < w->conf->drop) {
		w->dropped++;
		return w->rc;
	}
	if (w->rc == SPILL_OK)
		w->rc = w->sink->row(w->sink->ctx, &w->row);
	return w->rc;
}

static const char *
kind_name(enum ev_kind kind)
{
	static const char *const names[] = { [EV_ANY] = "file",
		[EV_FILE] = "file",
		[EV_DIR] = "dir",
		[EV_LINK] = "link",
		[EV_SPECIAL] = "special" };

	return names[kind];
}

static void
put_meta(struct walk *w, uint64_t addr, bool has_generation, uint64_t gen)
{
	char text[48], *p = digits(text, addr);

	if (has_generation) {
		*p++ = '-';
		p = digits(p, gen);
	}
	put(w, IT_META, text, (size_t)(p - text));
}

/* Allocation of name and object. */
static void
put_states(struct walk *w, const struct walk_what *what)
{
	static const char *const named[] = {
		[EV_NAMED] = "yes", [EV_ERASED] = "no", [EV_UNNAMED] = "none"
	};
	const struct ev_object *o = &w->object;

	set(w, IT_ALLOC_NAME,
	    named[what->entry != NULL ? what->entry->named : EV_NAMED]);
	set(w, IT_ALLOC_META,
	    !what->there && !o->taken ? "none"
	    : o->alloc		      ? "yes"
				      : "no");
	set(w, IT_STATUS, "ok");
	if (what->entry != NULL && what->entry->journal)
		set(w, IT_NOTE, "name: from the journal");
}

static void
put_facts(struct walk *w, const struct subject *s)
{
	const struct ev_facts *k = &w->object.facts;

	if (s->gone) {
		put_meta(w, w->object.number, false, 0);
		return;
	}
	put_meta(w, w->object.number, k->has_generation, k->generation);
	put_macb(w, IT_BORN, &k->at);
	put_macb(w, IT_FN_BORN, &k->fn);
	put_time(w, IT_DELETED, k->deleted);
	put_list(w, IT_ATTRIBUTES, k->attributes, k->nattributes);
	if (k->has_mode)
		put_octal(w, IT_MODE, k->mode);
	if (k->has_owner) {
		put_uint(w, IT_UID, k->uid);
		put_uint(w, IT_GID, k->gid);
	}
	if (k->sid != NULL)
		set(w, IT_OWNER_SID, k->sid);
	put_uint(w, IT_LINKS, w->object.links);
	if (k->note != NULL)
		set(w, IT_NOTE, k->note);
	else if (k->bad_time)
		set(w, IT_NOTE, "a time on the disk means nothing");
}

/* The path as it is now; a link's target stands behind it in the buffer,
 * which may move when it is added. */
static void
put_path(struct walk *w, struct spill_span target)
{
	size_t path = w->path.len;

	spill_name_escape(&w->path, target);
	if (w->path.rc != SPILL_OK)
		return;
	spill_row_set(&w->row, IT_PATH, (struct spill_span){ w->path.p, path });
	spill_row_set(&w->row, IT_TARGET,
	    (struct spill_span){ w->path.p + path, w->path.len - path });
}

/* --- content ------------------------------------------------------------ */

static void
put_content(struct walk *w, const struct subject *s, const struct ev_attr *attr,
    const struct walk_content *c)
{
	const struct ev_facts *k = &w->object.facts;

	set(w, IT_CONTENT,
	    s->gone	  ? "reallocated"
	    : k->map_lost ? "unknown"
			  : c->state);
	if (w->object.unreadable) {
		set(w, IT_CONTENT, "unknown");
		set(w, IT_STATUS, "unreadable");
	} else if (attr != NULL && attr->encrypted) {
		set(w, IT_STATUS, "encrypted");
	} else if (w->object.faults.nfault > 0) {
		set(w, IT_STATUS, "partial");
	}
	if (!s->gone && k->has_valid && w->object.kind == EV_FILE)
		put_uint(w, IT_INIT_SIZE, k->valid);
	else if (c->has_init)
		put_uint(w, IT_INIT_SIZE, c->init_size);
	if (!c->placed)
		return;
	put_uint(w, IT_IMG_OFFSET, c->at);
	put_uint(w, IT_FRAGMENTS, c->fragments);
	if (w->runs.len > 0)
		spill_row_set(&w->row, IT_RUNS, spill_buf_as_span(&w->runs));
}

static void
put_slack(struct walk *w, const char *item, uint64_t size)
{
	char text[88];
	int n = snprintf(text, sizeof(text), "%s~slack", item);
	static const unsigned none[] = { IT_INIT_SIZE, IT_IMG_OFFSET,
		IT_FRAGMENTS, IT_RUNS, IT_TARGET };

	for (size_t i = 0; i < SPILL_COUNT(none); i++)
		spill_row_set(&w->row, none[i], (struct spill_span){ "", 0 });
	put(w, IT_ITEM, text, (size_t)n);
	set(w, IT_KIND, "slack");
	put_uint(w, IT_SIZE, size);
	(void)emit(w);
}

/* The row of an object or of one of its attributes. */
static void
content_row(struct walk *w, const struct subject *s, const struct ev_attr *attr,
    const char *item, const char *kind, uint64_t size)
{
	struct walk_content c;
	struct spill_row *r = &w->row;
	uint64_t bits[SPILL_COUNT(r->bits)];
	size_t used = w->used;

	memcpy(bits, r->bits, sizeof(bits));
	walk_content(w, attr, &c);
	put(w, IT_ITEM, item, strlen(item));
	set(w, IT_KIND, kind);
	if (size > 0 || attr == NULL || !attr->lost || !w->fs.ops->by_attribute)
		put_uint(w, IT_SIZE, size);
	put_content(w, s, attr, &c);
	if (emit(w) == SPILL_OK && w->conf->slack && c.slack > 0 && !s->gone)
		put_slack(w, item, c.slack);
	memcpy(r->bits, bits, sizeof(bits));
	w->used = used;
}

/* --- attributes --------------------------------------------------------- */

static bool
is_i30(const struct walk *w, const struct ev_attr *a)
{
	return a->named &&
	       spill_span_eq(ev_attr_named(&w->object, a), spill_span("$I30"));
}

static bool
is_shown(const struct walk *w, const struct ev_attr *a)
{
	if (!w->fs.ops->by_attribute)
		return a->stream;
	return a->type == SPILL_NTFS_DATA || a->type == SPILL_NTFS_INDEX_ROOT ||
	       w->conf->attributes;
}

/* "file:stream", in the buffer of the path. */
static void
add_stream(struct walk *w, const struct ev_attr *a)
{
	if (a->named && !(a->type == SPILL_NTFS_INDEX_ROOT && is_i30(w, a))) {
		spill_buf_putc(&w->path, ':');
		spill_name_escape(&w->path, ev_attr_named(&w->object, a));
	} else if (a->type != SPILL_NTFS_DATA &&
		   a->type != SPILL_NTFS_INDEX_ROOT) {
		spill_buf_printf(&w->path, ":$%u", a->type);
	}
}

static const char *
kind_of_attr(
    const struct walk *w, const struct subject *s, const struct ev_attr *a)
{
	bool link = !s->gone && w->object.facts.target.len > 0;

	if (a->type == SPILL_NTFS_INDEX_ROOT && is_i30(w, a))
		return link ? "link" : "dir";
	if (a->type == SPILL_NTFS_DATA && !a->named)
		return link ? "link" : "file";
	return "stream";
}

static struct spill_span
target(const struct walk *w, const struct subject *s)
{
	return s->gone ? (struct spill_span){ "", 0 } : w->object.facts.target;
}

static void
attribute_row(struct walk *w, const struct subject *s, const struct ev_attr *a)
{
	size_t path = w->path.len;
	char item[72];

	add_stream(w, a);
	put_path(w, target(w, s));
	put_object(item, w->object.number, a);
	content_row(w, s, a, item, kind_of_attr(w, s, a), a->size);
	w->path.len = path;
}

static bool
attribute_rows(struct walk *w, const struct subject *s)
{
	bool any = false;

	for (size_t i = 0; i < w->object.n && w->rc == SPILL_OK; i++) {
		const struct ev_attr *a = &w->object.attr[i];

		if (!is_shown(w, a))
			continue;
		attribute_row(w, s, a);
		any = true;
	}
	return any;
}

/* --- objects ------------------------------------------------------------ */

static void
object_row(struct walk *w, const struct subject *s)
{
	const struct ev_object *o = &w->object;
	bool content = o->n > 0 && !o->attr[0].stream && !o->made_up &&
		       o->kind != EV_SPECIAL && !w->fs.ops->by_attribute;
	char item[72];

	put_path(w, target(w, s));
	walk_folder_item(w, item);
	content_row(w, s, content ? &o->attr[0] : NULL, item, s->kind, o->size);
}

/* A name whose object is gone, or was given to another file. */
static void
entry_row(struct walk *w, const struct subject *s)
{
	struct ev_entry *e = s->what->entry;
	char item[72];

	if (e->placed)
		(void)snprintf(item, sizeof(item), "d%llu+%llu",
		    (unsigned long long)s->what->dir,
		    (unsigned long long)e->offset);
	else
		put_object(item, e->object, NULL);
	spill_row_set(&w->row, IT_PATH, spill_buf_as_span(&w->path));
	put(w, IT_ITEM, item, strlen(item));
	set(w, IT_KIND, s->kind);
	if (e->object != 0)
		put_meta(w, e->object, e->sequence != 0, e->sequence);
	set(w, IT_CONTENT, s->gone ? "reallocated" : "none");
	if (w->object.unreadable) {
		set(w, IT_CONTENT, "unknown");
		set(w, IT_STATUS, "unreadable");
	}
	if (e->fn != NULL)
		put_macb(w, IT_FN_BORN, e->fn);
	(void)emit(w);
}

void
walk_folder_item(const struct walk *w, char out[72])
{
	const struct ev_object *o = &w->object;
	const struct ev_attr *a = NULL;

	for (size_t i = 0; w->fs.ops->by_attribute && i < o->n && a == NULL;
	     i++)
		if (o->attr[i].type == SPILL_NTFS_INDEX_ROOT)
			a = &o->attr[i];
	put_object(out, o->number, a);
}

void
walk_error_at(struct walk *w, const char *code, const char *item,
    const char *detail, uint64_t at, uint64_t length)
{
	struct spill_error e = { .code = code,
		.item = spill_span(item),
		.path = spill_buf_as_span(&w->path),
		.offset = w->fs.offset + at,
		.length = length,
		.detail = detail };

	if (w->rc == SPILL_OK && w->place >= w->conf->from)
		w->rc = w->sink->error(w->sink->ctx, &e);
}

void
walk_error(
    struct walk *w, const char *code, const char *item, const char *detail)
{
	walk_error_at(w, code, item, detail, 0, 0);
}

void
walk_range(struct walk *w, uint64_t offset, uint64_t length, const char *note)
{
	char item[48];
	int n = snprintf(item, sizeof(item), "@%llu+%llu",
	    (unsigned long long)offset, (unsigned long long)length);

	begin_row(w);
	put(w, IT_ITEM, item, (size_t)n);
	set(w, IT_KIND, "range");
	set(w, IT_ALLOC_NAME, "none");
	set(w, IT_CONTENT, "complete");
	set(w, IT_STATUS, "ok");
	put_uint(w, IT_SIZE, length);
	put_uint(w, IT_IMG_OFFSET, w->volume->offset + offset);
	put_uint(w, IT_FRAGMENTS, 1);
	set(w, IT_NOTE, note);
	(void)emit(w);
}

void
walk_avoided(struct walk *w, const struct walk_what *what)
{
	const struct ev_entry *e = what->entry;
	char item[24];

	begin_row(w);
	(void)snprintf(
	    item, sizeof(item), "%llu", (unsigned long long)e->object);
	if (what->parent[0] != '\0')
		set(w, IT_PARENT, what->parent);
	put_states(w, what);
	set(w, IT_STATUS, "crash");
	set(w, IT_CONTENT, "unknown");
	set(w, IT_KIND, kind_name(e->kind));
	spill_row_set(&w->row, IT_PATH, spill_buf_as_span(&w->path));
	put(w, IT_ITEM, item, strlen(item));
	put_meta(w, e->object, e->sequence != 0, e->sequence);
	(void)emit(w);
}

/*
 * Does the object of a deleted name belong to another file by now? NTFS has
 * its sequence to tell; elsewhere it is so if the object is in use and, where
 * links are counted, has a name (without one it was open when it was
 * deleted). What is in use itself is its own.
 */
static bool
is_gone(const struct walk *w, const struct walk_what *what)
{
	const struct ev_object *o = &w->object;

	if (what->entry == NULL || what->entry->named == EV_NAMED)
		return false;
	if (!what->there || w->fs.ops->by_attribute)
		return !what->there && o->taken;
	return what->entry->named == EV_ERASED && !what->entry->lost &&
	       o->alloc && (!w->fs.ops->counts_links || o->links > 0);
}

void
walk_rows(struct walk *w, const struct walk_what *what)
{
	struct subject s = { .what = what };
	size_t path = w->path.len;

	begin_row(w);
	s.kind = kind_name(what->there ? w->object.kind : what->entry->kind);
	s.gone = is_gone(w, what);
	if (what->parent[0] != '\0')
		set(w, IT_PARENT, what->parent);
	put_states(w, what);
	if (!what->there) {
		entry_row(w, &s);
		return;
	}
	put_facts(w, &s);
	if (!w->fs.ops->by_attribute || !attribute_rows(w, &s))
		object_row(w, &s);
	w->path.len = path;
	w->object.facts.target.len = 0; /* that is the content's */
	if (!w->fs.ops->by_attribute)
		(void)attribute_rows(w, &s);
}
