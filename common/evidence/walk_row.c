/*
 * walk_row.c: rows of one name: one for the object and its streams, or on NTFS
 * one for each attribute that holds content, and their slack.
 */
#include <stdio.h>
#include <string.h>

#include <spill/name.h>

#include "walk_i.h"

/* What all rows of a name have in common. */
struct subject {
	const struct walk_what *what;
	struct ev_facts facts;
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
put_object(char out[72], TSK_INUM_T addr, const TSK_FS_ATTR *a)
{
	char *p = digits(out, addr);

	if (a != NULL) {
		*p++ = '-';
		p = digits(p, (uint64_t)a->type);
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
kind_of_meta(TSK_FS_META_TYPE_ENUM type)
{
	switch (type) {
	case TSK_FS_META_TYPE_DIR:
	case TSK_FS_META_TYPE_VIRT_DIR:
		return "dir";
	case TSK_FS_META_TYPE_LNK:
		return "link";
	case TSK_FS_META_TYPE_FIFO:
	case TSK_FS_META_TYPE_CHR:
	case TSK_FS_META_TYPE_BLK:
	case TSK_FS_META_TYPE_SOCK:
	case TSK_FS_META_TYPE_SHAD:
	case TSK_FS_META_TYPE_WHT:
		return "special";
	default:
		return "file";
	}
}

static const char *
kind_of_name(TSK_FS_NAME_TYPE_ENUM type)
{
	switch (type) {
	case TSK_FS_NAME_TYPE_DIR:
	case TSK_FS_NAME_TYPE_VIRT_DIR:
		return "dir";
	case TSK_FS_NAME_TYPE_LNK:
		return "link";
	case TSK_FS_NAME_TYPE_FIFO:
	case TSK_FS_NAME_TYPE_CHR:
	case TSK_FS_NAME_TYPE_BLK:
	case TSK_FS_NAME_TYPE_SOCK:
	case TSK_FS_NAME_TYPE_SHAD:
	case TSK_FS_NAME_TYPE_WHT:
		return "special";
	default:
		return "file";
	}
}

static void
put_meta(struct walk *w, TSK_INUM_T addr, bool has_generation, uint64_t gen)
{
	char text[48], *p = digits(text, addr);

	if (has_generation) {
		*p++ = '-';
		p = digits(p, gen);
	}
	put(w, IT_META, text, (size_t)(p - text));
}

/* libtsk's name for an object that has none. */
static bool
is_made_up(const char *name)
{
	return strncmp(name, "OrphanFile-", 11) == 0;
}

/* Allocation of name and object. */
static void
put_states(struct walk *w)
{
	const TSK_FS_FILE *f = w->file;

	set(w, IT_ALLOC_NAME,
	    f->name == NULL || (f->name->flags & TSK_FS_NAME_FLAG_ALLOC) != 0
		? "yes"
	    : is_made_up(f->name->name) ? "none"
					: "no");
	set(w, IT_ALLOC_META,
	    f->meta == NULL				     ? "none"
	    : (f->meta->flags & TSK_FS_META_FLAG_ALLOC) != 0 ? "yes"
							     : "no");
	set(w, IT_STATUS, "ok");
}

static void
put_facts(struct walk *w, const struct subject *s)
{
	const struct ev_facts *k = &s->facts;

	if (s->gone) {
		put_meta(w, w->file->meta->addr, false, 0);
		return;
	}
	put_meta(w, w->file->meta->addr, k->has_generation, k->generation);
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
	put_uint(w, IT_LINKS, (uint64_t)SPILL_MAX(w->file->meta->nlink, 0));
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
put_content(struct walk *w, const struct subject *s, const TSK_FS_ATTR *attr,
    const struct walk_content *c)
{
	bool encrypted = attr != NULL && (attr->flags & TSK_FS_ATTR_ENC) != 0;

	set(w, IT_CONTENT,
	    s->gone		? "reallocated"
	    : s->facts.map_lost ? "unknown"
				: c->state);
	if (encrypted)
		set(w, IT_STATUS, "encrypted");
	if (s->facts.has_valid && strcmp(s->kind, "file") == 0)
		put_uint(w, IT_INIT_SIZE, s->facts.valid);
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
content_row(struct walk *w, const struct subject *s, const TSK_FS_ATTR *attr,
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
	put_uint(w, IT_SIZE, size);
	put_content(w, s, attr, &c);
	if (emit(w) == SPILL_OK && w->conf->slack && c.slack > 0 && !s->gone)
		put_slack(w, item, c.slack);
	memcpy(r->bits, bits, sizeof(bits));
	w->used = used;
}

/* --- attributes --------------------------------------------------------- */

static bool
is_i30(const TSK_FS_ATTR *a)
{
	return a->name != NULL && strcmp(a->name, "$I30") == 0;
}

static bool
is_shown(const struct walk *w, const TSK_FS_ATTR *a)
{
	if (w->fs.ops->is_stream != NULL)
		return w->fs.ops->is_stream(a);
	return a->type == TSK_FS_ATTR_TYPE_NTFS_DATA ||
	       a->type == TSK_FS_ATTR_TYPE_NTFS_IDXROOT || w->conf->attributes;
}

/* "file:stream", in the buffer of the path. */
static void
add_stream(struct walk *w, const TSK_FS_ATTR *a)
{
	char type[32];

	if (a->name != NULL &&
	    !(a->type == TSK_FS_ATTR_TYPE_NTFS_IDXROOT && is_i30(a))) {
		spill_buf_reset(&w->name);
		if (w->fs.ops->stream_of == NULL ||
		    !w->fs.ops->stream_of(&w->fs, w->file, a, &w->name))
			spill_buf_puts(&w->name, a->name);
		spill_buf_putc(&w->path, ':');
		spill_name_escape(&w->path, spill_buf_as_span(&w->name));
	} else if (a->type != TSK_FS_ATTR_TYPE_NTFS_DATA &&
		   a->type != TSK_FS_ATTR_TYPE_NTFS_IDXROOT) {
		(void)snprintf(type, sizeof(type), ":$%u", (unsigned)a->type);
		spill_buf_puts(&w->path, type);
	}
}

static const char *
kind_of_attr(const struct subject *s, const TSK_FS_ATTR *a)
{
	bool link = s->facts.target.len > 0;

	if (a->type == TSK_FS_ATTR_TYPE_NTFS_IDXROOT && is_i30(a))
		return link ? "link" : "dir";
	if (a->type == TSK_FS_ATTR_TYPE_NTFS_DATA && a->name == NULL)
		return link ? "link" : "file";
	return "stream";
}

static void
attribute_row(struct walk *w, const struct subject *s, const TSK_FS_ATTR *a)
{
	size_t path = w->path.len;
	char item[72];

	add_stream(w, a);
	put_path(w, s->facts.target);
	put_object(item, w->file->meta->addr, a);
	content_row(w, s, a, item, kind_of_attr(s, a),
	    a->size > 0 ? (uint64_t)a->size : 0);
	w->path.len = path;
}

static bool
attribute_rows(struct walk *w, const struct subject *s)
{
	int n = tsk_fs_file_attr_getsize(w->file);
	bool any = false;

	for (int i = 0; i < n && w->rc == SPILL_OK; i++) {
		const TSK_FS_ATTR *a = tsk_fs_file_attr_get_idx(w->file, i);

		if (a == NULL || !is_shown(w, a))
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
	const TSK_FS_META *m = w->file->meta;
	bool empty = m->type == TSK_FS_META_TYPE_VIRT_DIR ||
		     strcmp(s->kind, "special") == 0;
	const TSK_FS_ATTR *attr = empty ? NULL : tsk_fs_file_attr_get(w->file);
	char item[72];

	tsk_error_reset();
	put_path(w, s->facts.target);
	walk_folder_item(w, w->file, item);
	content_row(
	    w, s, attr, item, s->kind, m->size > 0 ? (uint64_t)m->size : 0);
}

/* A name whose object is gone, or was given to another file. */
static void
entry_row(struct walk *w, const struct subject *s)
{
	const TSK_FS_NAME *n = w->file->name;
	const struct ev_entry *e = s->what->entry;
	uint64_t offset = e != NULL ? e->offset : 0;
	char item[72];

	if (e != NULL || ev_place_find(&w->fs, n, s->what->dir, &offset))
		(void)snprintf(item, sizeof(item), "d%llu+%llu",
		    (unsigned long long)s->what->dir,
		    (unsigned long long)offset);
	else
		put_object(item, n->meta_addr, NULL);
	spill_row_set(&w->row, IT_PATH, spill_buf_as_span(&w->path));
	put(w, IT_ITEM, item, strlen(item));
	set(w, IT_KIND, s->kind);
	if (n->meta_addr != 0)
		put_meta(w, n->meta_addr, n->meta_seq != 0, n->meta_seq);
	set(w, IT_CONTENT, s->gone ? "reallocated" : "none");
	if (w->taken)
		set(w, IT_ALLOC_META, w->taken_alloc ? "yes" : "no");
	if (s->what->entry != NULL)
		put_macb(w, IT_FN_BORN, &s->what->entry->fn);
	(void)emit(w);
}

void
walk_folder_item(const struct walk *w, const TSK_FS_FILE *f, char out[72])
{
	const TSK_FS_ATTR *a = NULL;

	if (TSK_FS_TYPE_ISNTFS(w->fs.tsk->ftype) && f->meta != NULL)
		a = tsk_fs_file_attr_get_type((TSK_FS_FILE *)(uintptr_t)f,
		    TSK_FS_ATTR_TYPE_NTFS_IDXROOT, 0, 0);
	put_object(out, f->meta != NULL ? f->meta->addr : 0, a);
	if (a == NULL)
		tsk_error_reset();
}

void
walk_error(
    struct walk *w, const char *code, const char *item, const char *detail)
{
	struct spill_error e = { .code = code,
		.item = spill_span(item),
		.path = spill_buf_as_span(&w->path),
		.detail = detail };

	if (w->rc == SPILL_OK && w->place >= w->conf->from)
		w->rc = w->sink->error(w->sink->ctx, &e);
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
	put_uint(w, IT_IMG_OFFSET, w->fs.offset + offset);
	put_uint(w, IT_FRAGMENTS, 1);
	set(w, IT_NOTE, note);
	(void)emit(w);
}

void
walk_avoided(struct walk *w, const struct walk_what *what)
{
	const TSK_FS_NAME *n = w->file->name;
	char item[24];

	begin_row(w);
	(void)snprintf(
	    item, sizeof(item), "%llu", (unsigned long long)n->meta_addr);
	if (what->parent[0] != '\0')
		set(w, IT_PARENT, what->parent);
	put_states(w);
	set(w, IT_STATUS, "crash");
	set(w, IT_CONTENT, "unknown");
	set(w, IT_KIND, kind_of_name(n->type));
	spill_row_set(&w->row, IT_PATH, spill_buf_as_span(&w->path));
	put(w, IT_ITEM, item, strlen(item));
	put_meta(w, n->meta_addr, n->meta_seq != 0, n->meta_seq);
	(void)emit(w);
}

/*
 * Does the object of a deleted name belong to another file by now? NTFS has
 * its sequence to tell; elsewhere it is so if the object is in use and has a
 * name (without one it was open when it was deleted).
 */
static bool
is_gone(const struct walk *w)
{
	const TSK_FS_NAME *n = w->file->name;
	const TSK_FS_META *m = w->file->meta;

	if (n == NULL || (n->flags & TSK_FS_NAME_FLAG_UNALLOC) == 0)
		return false;
	if (m == NULL || TSK_FS_TYPE_ISNTFS(w->fs.tsk->ftype))
		return m == NULL && w->taken;
	return (m->flags & TSK_FS_META_FLAG_ALLOC) != 0 &&
	       (!TSK_FS_TYPE_ISEXT(w->fs.tsk->ftype) || m->nlink > 0);
}

void
walk_rows(struct walk *w, const struct walk_what *what)
{
	struct subject s = { .what = what };
	TSK_FS_FILE *f = w->file;
	size_t path = w->path.len;

	begin_row(w);
	s.kind = f->meta != NULL ? kind_of_meta(f->meta->type)
				 : kind_of_name(f->name->type);
	s.gone = is_gone(w);
	if (what->parent[0] != '\0')
		set(w, IT_PARENT, what->parent);
	put_states(w);
	if (f->meta == NULL) {
		entry_row(w, &s);
		return;
	}
	if (!s.gone) /* else they are those of another file */
		w->fs.ops->facts(&w->fs, f, what->dir, &s.facts);
	put_facts(w, &s);
	if (!TSK_FS_TYPE_ISNTFS(w->fs.tsk->ftype) || !attribute_rows(w, &s))
		object_row(w, &s);
	w->path.len = path;
	s.facts.target.len = 0; /* that is the content's */
	if (w->fs.ops->is_stream != NULL)
		(void)attribute_rows(w, &s);
}
