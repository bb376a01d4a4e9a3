/*
 * fswalk.c: from folder to folder.
 *
 * The order is that of the directories on the disk, a folder's entries right
 * behind the folder. It does not recurse, so depth costs memory only; what
 * was unallocated and has a name is remembered, since libtsk looks for
 * orphans in the rest. A folder that is reached by more than WALK_REVISITS
 * ways is not entered again: on damaged or crafted file systems that would
 * never end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <spill/name.h>

#include "walk_i.h"

/* --- what was seen ------------------------------------------------------ */

static unsigned *
seen_slot(struct walk *w, TSK_INUM_T addr)
{
	for (size_t i = (size_t)(addr * 0x9e3779b97f4a7c15ULL);; i++) {
		struct walk_seen *s = &w->seen[i & (w->cseen - 1)];

		if (s->addr == addr && s->times > 0)
			return &s->times;
		if (s->times == 0) {
			s->addr = addr;
			w->nseen++;
			return &s->times;
		}
	}
}

static bool
grow_seen(struct walk *w)
{
	struct walk_seen *old = w->seen;
	size_t n = w->cseen, cap = n > 0 ? 2 * n : 1024;

	if (2 * w->nseen < n)
		return true;
	w->seen = calloc(cap, sizeof(*w->seen));
	if (w->seen == NULL) {
		w->seen = old;
		w->rc = SPILL_ENOMEM;
		return false;
	}
	w->cseen = cap;
	w->nseen = 0;
	for (size_t i = 0; i < n; i++)
		if (old[i].times > 0)
			*seen_slot(w, old[i].addr) = old[i].times;
	free(old);
	return true;
}

/* May this folder be entered once more? */
static bool
may_enter(struct walk *w, TSK_INUM_T addr)
{
	unsigned *times;

	for (size_t i = 0; i < w->depth; i++)
		if (w->frame[i].addr == addr)
			return false;
	if (!grow_seen(w))
		return false;
	times = seen_slot(w, addr);
	if (*times == 0)
		*times = 1;
	else
		(*times)++;
	if (*times == WALK_REVISITS + 1)
		walk_error(w, "limit", "",
		    "a folder is reached by too many ways: not entered again");
	return *times <= WALK_REVISITS;
}

static void
remember_named(struct walk *w, TSK_INUM_T addr)
{
	if (w->nnamed == w->cnamed) {
		size_t cap = w->cnamed > 0 ? 2 * w->cnamed : 1024;
		TSK_INUM_T *p = realloc(w->named, cap * sizeof(*p));

		if (p == NULL) {
			w->rc = SPILL_ENOMEM;
			return;
		}
		w->named = p;
		w->cnamed = cap;
	}
	w->named[w->nnamed++] = addr;
}

static int
by_number(const void *a, const void *b)
{
	TSK_INUM_T x = *(const TSK_INUM_T *)a, y = *(const TSK_INUM_T *)b;

	return x < y ? -1 : x > y;
}

/*
 * Before the orphans' folder is opened: tell libtsk which unallocated objects
 * have names, else it would walk everything once more. In rising order its
 * list takes each at its head.
 */
static void
hand_over_named(struct walk *w)
{
	TSK_FS_INFO *fs = w->fs.tsk;

	if (fs->list_inum_named != NULL)
		return;
	if (w->nnamed > 0)
		qsort(w->named, w->nnamed, sizeof(*w->named), by_number);
	for (size_t i = 0; i < w->nnamed; i++)
		if (tsk_list_add(&fs->list_inum_named, w->named[i]) != 0)
			w->rc = SPILL_ENOMEM;
	/* An empty list looks like none: object 0 never is an orphan. */
	if (w->nnamed == 0 && tsk_list_add(&fs->list_inum_named, 0) != 0)
		w->rc = SPILL_ENOMEM;
}

/* --- places ------------------------------------------------------------- */

/* Go on to the next place: false if it must not be looked at. */
static bool
go_on(struct walk *w)
{
	const struct spill_fswalk_conf *c = w->conf;

	w->place++;
	if (w->sink->place != NULL && w->rc == SPILL_OK)
		w->rc = w->sink->place(w->sink->ctx, w->place);
	for (size_t i = 0; i < c->navoid; i++)
		if (c->avoid[i] == w->place)
			return false;
	return true;
}

/* --- folders ------------------------------------------------------------ */

static struct walk_frame *
push(struct walk *w)
{
	if (w->depth == w->cframe) {
		size_t cap = w->cframe > 0 ? 2 * w->cframe : 64;
		struct walk_frame *p = realloc(w->frame, cap * sizeof(*p));

		if (p == NULL) {
			w->rc = SPILL_ENOMEM;
			return NULL;
		}
		w->frame = p;
		w->cframe = cap;
	}
	return &w->frame[w->depth];
}

/* A folder that libtsk cannot read to its end: what it has got stays. */
static TSK_FS_DIR *
open_dir(struct walk *w, TSK_INUM_T addr, const char *item)
{
	TSK_FS_INFO *fs = w->fs.tsk;
	TSK_FS_DIR *dir = NULL;
	TSK_RETVAL_ENUM got;
	char detail[400];

	tsk_error_reset();
	got = fs->dir_open_meta(fs, &dir, addr, 1);
	if (got != TSK_OK) {
		(void)snprintf(detail, sizeof(detail),
		    "folder is damaged, entries may be missing: %s",
		    ev_disk_why());
		walk_error(w, "damaged", item, detail);
	}
	tsk_error_reset();
	return dir;
}

static void
enter(struct walk *w, TSK_INUM_T addr, const char *item)
{
	struct walk_frame *f;

	if (!go_on(w)) {
		walk_error(w, "crash", item,
		    "folder is not listed: the worker did not survive it");
		return;
	}
	if (!may_enter(w, addr))
		return;
	if (addr == TSK_FS_ORPHANDIR_INUM(w->fs.tsk))
		hand_over_named(w);
	f = push(w);
	if (f == NULL || w->rc != SPILL_OK)
		return;
	f->dir = open_dir(w, addr, item);
	if (f->dir == NULL)
		return;
	f->old = (struct ev_entries){ 0 };
	if (w->fs.ops->old_entries != NULL &&
	    addr != TSK_FS_ORPHANDIR_INUM(w->fs.tsk) &&
	    w->fs.ops->old_entries(&w->fs, f->dir, &f->old) != SPILL_OK)
		w->rc = SPILL_ENOMEM;
	f->addr = addr;
	f->next = 0;
	f->path = w->path.len;
	(void)snprintf(f->item, sizeof(f->item), "%s", item);
	w->depth++;
}

static void
leave(struct walk *w)
{
	struct walk_frame *f = &w->frame[--w->depth];

	tsk_fs_dir_close(f->dir);
	for (size_t i = 0; i < f->old.n; i++)
		free(f->old.v[i].name.name);
	free(f->old.v);
}

/* --- names -------------------------------------------------------------- */

/* Load the object of a name: NULL where there is none, or another one. What
 * libtsk has allocated for one is used again for the next. */
static void
load_meta(struct walk *w, TSK_FS_NAME *name)
{
	TSK_FS_INFO *fs = w->fs.tsk;
	TSK_FS_FILE *f = w->file;
	bool any =
	    name->meta_addr != 0 || (name->flags & TSK_FS_NAME_FLAG_ALLOC) != 0;

	f->name = name;
	w->taken = false;
	if (f->meta == NULL) {
		f->meta = w->spare;
		w->spare = NULL;
	}
	if (f->meta != NULL && TSK_FS_TYPE_ISEXT(fs->ftype)) {
		free(f->meta->link); /* libtsk forgets it */
		f->meta->link = NULL;
	}
	if (any && fs->file_add_meta(fs, f, name->meta_addr) == 0 &&
	    f->meta != NULL && f->meta->flags != 0)
		return;
	if (any && TSK_FS_TYPE_ISNTFS(fs->ftype)) {
		f->name = NULL; /* then the sequence does not matter */
		w->taken = fs->file_add_meta(fs, f, name->meta_addr) == 0 &&
			   f->meta != NULL;
		w->taken_alloc =
		    w->taken && (f->meta->flags & TSK_FS_META_FLAG_ALLOC) != 0;
		f->name = name;
	}
	tsk_error_reset();
	w->spare = f->meta;
	f->meta = NULL;
}

/* The path of the name, behind that of its folder. "/" in a name is escaped
 * here; all else that must be is by the common rule. */
static bool
set_path(struct walk *w, const struct walk_frame *in)
{
	struct spill_span raw;

	w->path.len = in->path;
	spill_buf_reset(&w->name);
	if (w->fs.ops->name_of == NULL ||
	    !w->fs.ops->name_of(&w->fs, w->file, in->addr, &w->name))
		spill_buf_puts(&w->name, w->file->name->name);
	raw = spill_buf_as_span(&w->name);
	if (w->path.len > WALK_PATH_MAX - 3 * raw.len - 4) {
		walk_error(w, "limit", in->item, "path is too long");
		return false;
	}
	spill_buf_putc(&w->path, '/');
	for (size_t i = 0, from = 0; i <= raw.len; i++) {
		if (i < raw.len && raw.p[i] != '/')
			continue;
		spill_name_escape(
		    &w->path, (struct spill_span){ raw.p + from, i - from });
		if (i < raw.len)
			spill_buf_puts(&w->path, "%2F");
		from = i + 1;
	}
	return true;
}

/* As libtsk's own walk does it: folders that are what their name says, but
 * not deleted names of folders that are another's by now. */
static bool
is_entered(const TSK_FS_FILE *f)
{
	const TSK_FS_NAME *n = f->name;

	return f->meta != NULL && TSK_FS_IS_DIR_META(f->meta->type) &&
	       (TSK_FS_IS_DIR_NAME(n->type) ||
		   n->type == TSK_FS_NAME_TYPE_UNDEF) &&
	       ((n->flags & TSK_FS_NAME_FLAG_ALLOC) != 0 ||
		   (f->meta->flags & TSK_FS_META_FLAG_UNALLOC) != 0);
}

static void
visit(struct walk *w, TSK_FS_NAME *name, const struct ev_entry *entry)
{
	struct walk_frame *in = &w->frame[w->depth - 1];
	TSK_FS_INFO *fs = w->fs.tsk;
	bool orphans = in->addr == TSK_FS_ORPHANDIR_INUM(fs);
	struct walk_what what = { in->addr, in->item, entry };
	char item[72];

	if (name->name == NULL || TSK_FS_ISDOT(name->name))
		return;
	w->file->name = name;
	if (!go_on(w)) {
		if (w->file->meta != NULL)
			w->spare = w->file->meta;
		w->file->meta = NULL;
		if (set_path(w, in))
			walk_avoided(w, &what);
		walk_error(w, "crash", in->item,
		    "entry is not looked at: the worker did not survive it");
		return;
	}
	load_meta(w, name);
	if (!set_path(w, in))
		return;
	if (w->file->meta != NULL && !orphans &&
	    (w->file->meta->flags & TSK_FS_META_FLAG_UNALLOC) != 0)
		remember_named(w, w->file->meta->addr);
	walk_rows(w, &what);
	if (w->rc != SPILL_OK || !is_entered(w->file))
		return;
	walk_folder_item(w, w->file, item);
	enter(w, name->meta_addr, item);
}

/* --- a volume ----------------------------------------------------------- */

static void
root(struct walk *w)
{
	struct walk_what what = { 0, "", NULL };
	TSK_FS_INFO *fs = w->fs.tsk;
	char item[72];

	spill_buf_putc(&w->path, '/');
	if (fs->file_add_meta(fs, w->file, fs->root_inum) != 0) {
		walk_error(w, "damaged", "", "there is no root folder");
		tsk_error_reset();
		(void)snprintf(item, sizeof(item), "%llu",
		    (unsigned long long)fs->root_inum);
	} else {
		what.dir = fs->root_inum;
		walk_rows(w, &what);
		walk_folder_item(w, w->file, item);
	}
	w->path.len = 0;
	enter(w, fs->root_inum, item);
}

static void
check_size(struct walk *w)
{
	const TSK_FS_INFO *fs = w->fs.tsk;
	char detail[128];

	if (fs->last_block <= fs->last_block_act)
		return;
	(void)snprintf(detail, sizeof(detail),
	    "the file system goes on for %llu bytes behind the end of the "
	    "image",
	    (unsigned long long)(fs->last_block - fs->last_block_act) *
		fs->block_size);
	walk_error(w, "damaged", "", detail);
}

/* What of the volume lies behind the file system. */
static void
tail(struct walk *w)
{
	const TSK_FS_INFO *fs = w->fs.tsk;
	uint64_t end = (fs->last_block + 1) * fs->block_size;

	if (end < w->volume->length && w->rc == SPILL_OK)
		walk_range(
		    w, end, w->volume->length - end, "behind the file system");
}

static void
remark(void *ctx, const char *code, const char *detail)
{
	walk_error(ctx, code, "", detail);
}

static int
walk(struct walk *w)
{
	w->file = calloc(1, sizeof(*w->file));
	if (w->file == NULL)
		return SPILL_ENOMEM;
	w->file->tag = TSK_FS_FILE_TAG;
	w->file->fs_info = w->fs.tsk;
	check_size(w);
	if (w->fs.ops->remarks != NULL)
		w->fs.ops->remarks(&w->fs, remark, w);
	root(w);
	while (w->depth > 0 && w->rc == SPILL_OK) {
		struct walk_frame *f = &w->frame[w->depth - 1];

		size_t i = f->next++, n = f->dir->names_used;

		if (i < n)
			visit(w, &f->dir->names[i], NULL);
		else if (i - n < f->old.n)
			visit(w, &f->old.v[i - n].name, &f->old.v[i - n]);
		else
			leave(w);
	}
	while (w->depth > 0)
		leave(w);
	(void)go_on(w);
	tail(w);
	w->file->name = NULL;
	if (w->file->meta == NULL)
		w->file->meta = w->spare;
	tsk_fs_file_close(w->file);
	return w->rc;
}

/* Its bytes are told as a range: nothing else has them. */
static int
no_fs(struct walk *w)
{
	const struct spill_volume *v = w->volume;
	char detail[400];
	struct spill_error e = { .code = "damaged",
		.offset = v->offset,
		.length = v->length,
		.detail = detail };

	(void)snprintf(detail, sizeof(detail),
	    "cannot open the file system of volume %s: %s", v->name,
	    ev_disk_why());
	w->rc = w->sink->error(w->sink->ctx, &e);
	w->fs.offset = v->offset;
	if (w->rc == SPILL_OK)
		walk_range(w, 0, v->length, "a file system that does not open");
	return w->rc;
}

static struct walk *
make_walk(const struct spill_volume *v, const struct spill_fswalk_conf *conf,
    const struct spill_fswalk_sink *sink)
{
	struct walk *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return NULL;
	w->volume = v;
	w->conf = conf;
	w->sink = sink;
	w->path = SPILL_BUF_INIT(2 * WALK_PATH_MAX);
	w->name = SPILL_BUF_INIT(WALK_PATH_MAX);
	w->runs = SPILL_BUF_INIT(WALK_RUNS_MAX);
	return w;
}

static void
free_walk(struct walk *w)
{
	if (w == NULL)
		return;
	spill_buf_release(&w->path);
	spill_buf_release(&w->name);
	spill_buf_release(&w->runs);
	free(w->frame);
	free(w->seen);
	free(w->named);
	free(w);
}

int
spill_fswalk(struct spill_image *image, const struct spill_volume *v,
    const struct spill_fswalk_conf *conf, const struct spill_fswalk_sink *sink)
{
	struct walk *w = make_walk(v, conf, sink);
	struct ev_disk *disk = NULL;
	int rc = w == NULL ? SPILL_ENOMEM : ev_disk_open(&disk, image);

	if (rc == SPILL_OK)
		rc = ev_fs_open(&w->fs, disk, v);
	if (rc == SPILL_EFORMAT) {
		rc = no_fs(w);
		rc = rc == SPILL_OK ? SPILL_EFORMAT : rc;
	} else if (rc == SPILL_OK) {
		rc = walk(w);
		ev_fs_close(&w->fs);
	}
	free_walk(w);
	ev_disk_free(&disk);
	return rc;
}
