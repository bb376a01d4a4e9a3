/*
 * fs_tsk.c: folders and objects by libtsk's word. Times, attributes and odd
 * names that a family knows better are put right by its own decoders.
 */
#include <stdlib.h>
#include <string.h>

#include "fs_i.h"
#include "tsk_extra_i.h"

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

	tsk_error_reset();
	got = fs->tsk->dir_open_meta(fs->tsk, &dir, addr, 1);
	if (got != TSK_OK)
		ev_folder_fault(out, 0, 0, ev_disk_why());
	tsk_error_reset();
	if (dir == NULL)
		return out->nomem ? SPILL_ENOMEM : SPILL_OK;
	for (size_t i = 0; i < dir->names_used; i++)
		add_name(out, &dir->names[i]);
	tsk_fs_dir_close(dir);
	return out->nomem ? SPILL_ENOMEM : SPILL_OK;
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
load_meta(struct ev_fs *fs, TSK_FS_NAME *name)
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
	if (any)
		there =
		    fs->tsk->file_add_meta(fs->tsk, f, name->meta_addr) == 0 &&
		    f->meta != NULL && f->meta->flags != 0;
	tsk_error_reset();
	if (there)
		return true;
	fs->spare = f->meta;
	f->meta = NULL;
	return false;
}

TSK_FS_ATTR *
ev_tsk_only_attr(TSK_FS_META *m)
{
	if (m->attr == NULL)
		m->attr = tsk_fs_attrlist_alloc();
	else
		tsk_fs_attrlist_markunused(m->attr);
	return m->attr != NULL
		   ? tsk_fs_attrlist_getnew(m->attr, TSK_FS_ATTR_NONRES)
		   : NULL;
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
		spill_buf_puts(&fs->name, a->name);
		ev_attr_name(out, x, spill_buf_as_span(&fs->name));
	}
	x->resident = (a->flags & TSK_FS_ATTR_RES) != 0;
	if (x->resident)
		return;
	x->alloc = a->nrd.allocsize > 0 ? (uint64_t)a->nrd.allocsize : 0;
	for (const TSK_FS_ATTR_RUN *r = a->nrd.run; r != NULL; r = r->next)
		if (r->flags == TSK_FS_ATTR_RUN_FLAG_NONE)
			ev_object_run(out, r->offset, r->addr, r->len);
}

static void
add_content(struct ev_fs *fs, struct ev_object *out)
{
	TSK_FS_FILE *f = fs->file;
	const TSK_FS_ATTR *a;
	int n;

	if (out->kind != EV_SPECIAL && !out->made_up) {
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
	if (m->size < 0)
		ev_folder_fault(&out->faults, 0, 0,
		    "its size on the disk is 2^63 bytes or more: taken is 0");
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
	there = load_meta(fs, &name);
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

/* --- names -------------------------------------------------------------- */

bool
ev_name_is_odd(const char *name)
{
	return strchr(name, '^') != NULL;
}
