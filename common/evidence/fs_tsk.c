/*
 * fs_tsk.c: folders and objects by libtsk's word. Times, attributes and odd
 * names that a family knows better are put right by its own decoders.
 */
#include <stdlib.h>
#include <string.h>

#include <spill/hash.h>

#include "fs_i.h"

/* --- folders ------------------------------------------------------------ */

static enum ev_kind
kind_of_name(TSK_FS_NAME_TYPE_ENUM type)
{
	switch (type) {
	case TSK_FS_NAME_TYPE_UNDEF:
		return EV_ANY;
	case TSK_FS_NAME_TYPE_DIR:
	case TSK_FS_NAME_TYPE_VIRT_DIR:
		return EV_DIR;
	case TSK_FS_NAME_TYPE_LNK:
		return EV_LINK;
	case TSK_FS_NAME_TYPE_FIFO:
	case TSK_FS_NAME_TYPE_CHR:
	case TSK_FS_NAME_TYPE_BLK:
	case TSK_FS_NAME_TYPE_SOCK:
	case TSK_FS_NAME_TYPE_SHAD:
	case TSK_FS_NAME_TYPE_WHT:
		return EV_SPECIAL;
	default:
		return EV_FILE;
	}
}

static enum ev_kind
kind_of_meta(TSK_FS_META_TYPE_ENUM type)
{
	switch (type) {
	case TSK_FS_META_TYPE_DIR:
	case TSK_FS_META_TYPE_VIRT_DIR:
		return EV_DIR;
	case TSK_FS_META_TYPE_LNK:
		return EV_LINK;
	case TSK_FS_META_TYPE_FIFO:
	case TSK_FS_META_TYPE_CHR:
	case TSK_FS_META_TYPE_BLK:
	case TSK_FS_META_TYPE_SOCK:
	case TSK_FS_META_TYPE_SHAD:
	case TSK_FS_META_TYPE_WHT:
		return EV_SPECIAL;
	default:
		return EV_FILE;
	}
}

static void
add_name(struct ev_folder *out, const TSK_FS_NAME *n)
{
	struct ev_entry e = { .object = n->meta_addr,
		.sequence = n->meta_seq,
		.named = (n->flags & TSK_FS_NAME_FLAG_ALLOC) != 0 ? EV_NAMED
								  : EV_ERASED,
		.kind = kind_of_name(n->type) };

	if (n->name == NULL || TSK_FS_ISDOT(n->name))
		return;
	e.name = spill_span(n->name);
	ev_folder_add(out, &e);
}

int
ev_tsk_list(struct ev_fs *fs, uint64_t addr, struct ev_folder *out)
{
	TSK_FS_DIR *dir = NULL;
	TSK_RETVAL_ENUM got;
	struct ev_folder old = { 0 };
	int rc = SPILL_OK;

	tsk_error_reset();
	got = fs->tsk->dir_open_meta(fs->tsk, &dir, addr, 1);
	if (got != TSK_OK)
		ev_folder_fault(out, 0, 0, ev_disk_why());
	tsk_error_reset();
	if (dir == NULL)
		return out->nomem ? SPILL_ENOMEM : SPILL_OK;
	if (fs->ops->old_entries != NULL)
		rc = fs->ops->old_entries(fs, dir, &old);
	for (size_t i = 0; i < dir->names_used; i++)
		add_name(out, &dir->names[i]);
	for (size_t i = 0; i < old.n; i++)
		ev_folder_add(out, &old.v[i]);
	if (out->nomem || old.nomem)
		rc = SPILL_ENOMEM;
	ev_folder_release(&old);
	tsk_fs_dir_close(dir);
	return rc;
}

/* --- objects ------------------------------------------------------------ */

static void
name_of_entry(const struct ev_entry *e, TSK_FS_NAME *n, struct spill_buf *text)
{
	spill_buf_reset(text);
	spill_buf_span(text, e->name);
	*n = (TSK_FS_NAME){ .tag = TSK_FS_NAME_TAG,
		.name = (char *)(uintptr_t)spill_buf_str(text),
		.name_size = e->name.len,
		.meta_addr = e->object,
		.meta_seq = (uint32_t)e->sequence,
		.flags = e->named == EV_NAMED ? TSK_FS_NAME_FLAG_ALLOC
					      : TSK_FS_NAME_FLAG_UNALLOC,
		.type = TSK_FS_NAME_TYPE_UNDEF };
}

/* Load the object of a name: false where there is none, or another one. What
 * libtsk has allocated for one is used again for the next. */
static bool
load_meta(struct ev_fs *fs, TSK_FS_NAME *name, struct ev_object *out)
{
	TSK_FS_FILE *f = fs->file;
	bool any =
	    name->meta_addr != 0 || (name->flags & TSK_FS_NAME_FLAG_ALLOC) != 0;
	bool there = false;

	f->name = name->name_size > 0 ? name : NULL;
	if (f->meta == NULL) {
		f->meta = fs->spare;
		fs->spare = NULL;
	}
	if (f->meta != NULL && TSK_FS_TYPE_ISEXT(fs->tsk->ftype)) {
		free(f->meta->link); /* libtsk forgets it */
		f->meta->link = NULL;
	}
	if (any)
		there =
		    fs->tsk->file_add_meta(fs->tsk, f, name->meta_addr) == 0 &&
		    f->meta != NULL && f->meta->flags != 0;
	if (any && !there && f->name != NULL &&
	    TSK_FS_TYPE_ISNTFS(fs->tsk->ftype)) {
		f->name = NULL; /* then the sequence does not matter */
		out->taken =
		    fs->tsk->file_add_meta(fs->tsk, f, name->meta_addr) == 0 &&
		    f->meta != NULL;
		out->alloc = out->taken &&
			     (f->meta->flags & TSK_FS_META_FLAG_ALLOC) != 0;
		f->name = name;
	}
	tsk_error_reset();
	if (there)
		return true;
	fs->spare = f->meta;
	f->meta = NULL;
	return false;
}

static void
add_attribute(struct ev_fs *fs, const TSK_FS_ATTR *a, struct ev_object *out)
{
	struct ev_attr *x = ev_object_attr(out);

	if (x == NULL)
		return;
	x->type = (uint32_t)a->type;
	x->id = a->id;
	x->size = a->size > 0 ? (uint64_t)a->size : 0;
	x->compressed = (a->flags & TSK_FS_ATTR_COMP) != 0;
	x->sparse = (a->flags & TSK_FS_ATTR_SPARSE) != 0;
	x->encrypted = (a->flags & TSK_FS_ATTR_ENC) != 0;
	if (a->name != NULL) {
		spill_buf_reset(&fs->name);
		if (fs->ops->stream_of == NULL ||
		    !fs->ops->stream_of(fs, fs->file, a, &fs->name))
			spill_buf_puts(&fs->name, a->name);
		ev_attr_name(out, x, spill_buf_as_span(&fs->name));
	}
	x->resident = (a->flags & TSK_FS_ATTR_RES) != 0;
	if (x->resident) {
		x->placed = x->size > 0 && fs->ops->resident_at != NULL &&
			    fs->ops->resident_at(fs, fs->file, a, &x->at);
		return;
	}
	x->has_init = TSK_FS_TYPE_ISNTFS(fs->tsk->ftype);
	x->init = a->nrd.initsize > 0 ? (uint64_t)a->nrd.initsize : 0;
	x->alloc = a->nrd.allocsize > 0 ? (uint64_t)a->nrd.allocsize : 0;
	for (const TSK_FS_ATTR_RUN *r = a->nrd.run; r != NULL; r = r->next) {
		if ((r->flags & TSK_FS_ATTR_RUN_FLAG_FILLER) != 0)
			x->lost = fs->ops->by_attribute;
		if (r->flags == TSK_FS_ATTR_RUN_FLAG_NONE)
			ev_object_run(out, r->offset, r->addr, r->len);
	}
}

static void
add_content(struct ev_fs *fs, struct ev_object *out)
{
	TSK_FS_FILE *f = fs->file;
	int n = fs->ops->by_attribute ? tsk_fs_file_attr_getsize(f) : 0;
	const TSK_FS_ATTR *a;

	for (int i = 0; i < n; i++) {
		a = tsk_fs_file_attr_get_idx(f, i);
		if (a != NULL)
			add_attribute(fs, a, out);
	}
	if (out->n == 0 && out->kind != EV_SPECIAL && !out->made_up) {
		a = tsk_fs_file_attr_get(f);
		if (a != NULL)
			add_attribute(fs, a, out);
	}
	n = fs->ops->is_stream != NULL ? tsk_fs_file_attr_getsize(f) : 0;
	for (int i = 0; i < n; i++) {
		a = tsk_fs_file_attr_get_idx(f, i);
		if (a == NULL || !fs->ops->is_stream(a))
			continue;
		add_attribute(fs, a, out);
		if (!out->nomem)
			out->attr[out->n - 1].stream = true;
	}
	tsk_error_reset();
}

static void
fill(struct ev_fs *fs, uint64_t dir, struct ev_object *out)
{
	const TSK_FS_META *m = fs->file->meta;

	fs->ops->facts(fs, fs->file, dir, &out->facts); /* may set the size */
	out->number = m->addr;
	out->sequence = m->seq;
	out->alloc = (m->flags & TSK_FS_META_FLAG_ALLOC) != 0;
	out->kind = kind_of_meta(m->type);
	out->made_up = m->type == TSK_FS_META_TYPE_VIRT_DIR;
	out->links = (uint64_t)SPILL_MAX(m->nlink, 0);
	out->size = m->size > 0 ? (uint64_t)m->size : 0;
	add_content(fs, out);
}

int
ev_tsk_load(struct ev_fs *fs, const struct ev_entry *e, uint64_t dir,
    struct ev_object *out)
{
	struct spill_buf text = SPILL_BUF_INIT(1 << 16);
	TSK_FS_NAME name;
	bool there;

	name_of_entry(e, &name, &text);
	if (fs->file == NULL) {
		fs->file = calloc(1, sizeof(*fs->file));
		if (fs->file == NULL)
			return SPILL_ENOMEM;
		fs->file->tag = TSK_FS_FILE_TAG;
		fs->file->fs_info = fs->tsk;
	}
	there = load_meta(fs, &name, out);
	if (there)
		fill(fs, dir, out);
	spill_buf_reset(&fs->name);
	if (fs->ops->name_of != NULL && fs->file->name != NULL)
		out->renamed = fs->ops->name_of(fs, fs->file, dir, &fs->name);
	fs->file->name = NULL;
	spill_buf_release(&text);
	if (out->nomem)
		return SPILL_ENOMEM;
	return there ? SPILL_OK : SPILL_END;
}

bool
ev_tsk_block_used(struct ev_fs *fs, uint64_t block)
{
	return fs->tsk->block_getflags != NULL &&
	       (fs->tsk->block_getflags(fs->tsk, block) &
		   TSK_FS_BLOCK_FLAG_ALLOC) != 0;
}

/* --- entries by name ---------------------------------------------------- */

/* libtsk may have another name where it has "^": all that is odd counts as
 * the same, and runs of it once. */
static uint64_t
place_hash(uint64_t object, struct spill_span name)
{
	char plain[256];
	size_t n = 0;

	for (size_t i = 0; i < name.len && n < sizeof(plain); i++) {
		bool odd =
		    name.p[i] < 0x20 || name.p[i] >= 0x7f || name.p[i] == '^';

		if (odd && n > 0 && plain[n - 1] == '^')
			continue;
		plain[n++] = odd ? '^' : name.p[i];
	}
	return spill_mix(plain, n, object);
}

void
ev_place_add(
    struct ev_fs *fs, uint64_t object, struct spill_span name, uint64_t offset)
{
	struct ev_places *l = &fs->places;

	if (l->n == l->cap) {
		size_t cap = l->cap > 0 ? 2 * l->cap : 256;
		struct ev_place *p = realloc(l->v, cap * sizeof(*p));

		if (p == NULL) {
			l->nomem = true;
			return;
		}
		l->v = p;
		l->cap = cap;
	}
	l->v[l->n++] = (struct ev_place){ place_hash(object, name), offset };
}

static int
by_hash(const void *a, const void *b)
{
	const struct ev_place *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* The first one of that name; the next that asks for it gets the next. */
bool
ev_tsk_place(struct ev_fs *fs, struct ev_entry *e, uint64_t dir)
{
	struct ev_places *l = &fs->places;
	uint64_t h = place_hash(e->object, e->name);
	size_t lo = 0, hi;

	if (fs->ops->places == NULL)
		return false;
	if (!l->loaded || l->dir != dir) {
		l->n = 0;
		l->dir = dir;
		l->loaded = true;
		fs->ops->places(fs, dir);
		if (l->n > 0)
			qsort(l->v, l->n, sizeof(*l->v), by_hash);
	}
	for (hi = l->n; lo < hi;) {
		size_t mid = lo + (hi - lo) / 2;

		if (l->v[mid].hash < h)
			lo = mid + 1;
		else
			hi = mid;
	}
	while (lo < l->n && l->v[lo].hash == h && l->v[lo].offset == UINT64_MAX)
		lo++;
	if (lo == l->n || l->v[lo].hash != h)
		return false;
	e->offset = l->v[lo].offset;
	e->placed = true;
	if (lo + 1 < l->n && l->v[lo + 1].hash == h)
		l->v[lo].offset = UINT64_MAX;
	return true;
}

/* --- names -------------------------------------------------------------- */

bool
ev_name_is_odd(const char *name)
{
	return strchr(name, '^') != NULL;
}

/* The three bytes of a surrogate in WTF-8: 1 for a high one, 2 for a low. */
static int
surrogate(const uint8_t *p, size_t n)
{
	if (n < 3 || p[0] != 0xed || p[1] < 0xa0)
		return 0;
	return p[1] < 0xb0 ? 1 : 2;
}

/*
 * What "^" stands for at p: a surrogate alone, and with a high one what comes
 * behind it if that is not the next of the name; or a byte that libtsk does
 * not show. 0: nothing of the kind.
 */
static size_t
odd_len(const uint8_t *p, size_t n, char next)
{
	int kind = surrogate(p, n);
	size_t len = 3;

	if (kind == 0)
		return *p < 0x20 || *p >= 0x7f;
	if (kind == 2 || n == 3 || p[3] == (uint8_t)next)
		return 3;
	do
		len++;
	while (len < n && (p[len] & 0xc0) == 0x80);
	return len;
}

bool
ev_name_fits(struct spill_span raw, const char *name)
{
	const uint8_t *p = (const uint8_t *)raw.p, *end = p + raw.len;

	while (p < end && *name != '\0') {
		size_t n = 1;

		if (*(const uint8_t *)name != *p)
			n = *name == '^'
				? odd_len(p, (size_t)(end - p), name[1])
				: 0;
		if (n == 0)
			return false;
		p += n;
		name++;
	}
	return p == end && *name == '\0';
}
