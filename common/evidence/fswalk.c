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

static struct walk_seen *
seen_slot(struct walk *w, uint64_t addr)
{
	for (size_t i = (size_t)(addr * 0x9e3779b97f4a7c15ULL);; i++) {
		struct walk_seen *s = &w->seen[i & (w->cseen - 1)];

		if (s->addr == addr && s->times > 0)
			return s;
		if (s->times == 0) {
			s->addr = addr;
			return s;
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
	for (size_t i = 0; i < n; i++)
		if (old[i].times > 0)
			*seen_slot(w, old[i].addr) = old[i];
	free(old);
	return true;
}

/* A folder in use has one name; where that is not so, it may be in itself. */
static void
tell_names(struct walk *w, const struct walk_seen *s, const char *item)
{
	if (s->times == 1 && w->object.alloc && w->fs.ops->counts_links)
		walk_error(w, "damaged", item,
		    s->entered ? "a folder is in itself: not entered again"
			       : "a folder has more than one name");
}

/* May this folder be entered once more? */
static bool
may_enter(struct walk *w, uint64_t addr, const char *item)
{
	struct walk_seen *s;

	if (!grow_seen(w))
		return false;
	s = seen_slot(w, addr);
	tell_names(w, s, item);
	if (s->entered || s->times > WALK_REVISITS)
		return false;
	w->nseen += s->times == 0;
	s->times++;
	if (s->times > WALK_REVISITS)
		walk_error(w, "limit", "",
		    "a folder is reached by too many ways: not entered again");
	s->entered = s->times <= WALK_REVISITS;
	return s->entered;
}

static void
remember_named(struct walk *w, uint64_t addr)
{
	if (w->nnamed == w->cnamed) {
		size_t cap = w->cnamed > 0 ? 2 * w->cnamed : 1024;
		uint64_t *p = realloc(w->named, cap * sizeof(*p));

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
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
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

/* The next frame; its list is that of the one that was there before. */
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
		memset(p + w->cframe, 0, (cap - w->cframe) * sizeof(*p));
		w->frame = p;
		w->cframe = cap;
	}
	return &w->frame[w->depth];
}

static bool
has_fault(const struct ev_folder *list, const struct ev_fault *f)
{
	for (size_t i = 0; list != NULL && i < list->nfault; i++) {
		const struct ev_fault *x = &list->fault[i];

		if (x->at == f->at && x->length == f->length &&
		    strcmp(x->what, f->what) == 0)
			return true;
	}
	return false;
}

/* Those that are not among others, which are told with what they mean. */
static void
tell_faults(struct walk *w, const struct ev_folder *list,
    const struct ev_folder *others, const char *item, const char *means)
{
	char detail[400];

	for (size_t i = 0; i < list->nfault; i++) {
		const struct ev_fault *f = &list->fault[i];

		if (has_fault(others, f))
			continue;
		(void)snprintf(
		    detail, sizeof(detail), "%s: %s", means, f->what);
		walk_error_at(w, "damaged", item, detail, f->at, f->length);
	}
}

/* Items that lie there in use: their folders are lost. */
static void
tell_lost(struct walk *w, const struct ev_folder *orphans)
{
	char detail[80];
	size_t n = 0;

	for (size_t i = 0; i < orphans->n; i++)
		n += orphans->v[i].lost;
	if (n == 0)
		return;
	(void)snprintf(detail, sizeof(detail),
	    "items in use that no folder leads to: %zu", n);
	walk_error(w, "damaged", "", detail);
}

/* A folder that cannot be read to its end: what there is stays. */
static void
list_folder(struct walk *w, struct ev_folder *list, uint64_t addr)
{
	int rc;

	ev_folder_reset(list);
	if (addr != w->fs.orphans) {
		rc = w->fs.ops->list(&w->fs, addr, list);
	} else {
		if (w->nnamed > 0)
			qsort(
			    w->named, w->nnamed, sizeof(*w->named), by_number);
		rc = ev_fs_orphans(&w->fs, w->named, w->nnamed, list);
		tell_lost(w, list);
	}
	if (rc != SPILL_OK && w->rc == SPILL_OK)
		w->rc = rc;
}

static void
enter(struct walk *w, uint64_t addr, const char *item)
{
	struct walk_frame *f;

	if (!go_on(w)) {
		walk_error(w, "crash", item,
		    "folder is not listed: the worker did not survive it");
		return;
	}
	if (!may_enter(w, addr, item))
		return;
	f = push(w);
	if (f == NULL || w->rc != SPILL_OK)
		return;
	list_folder(w, &f->list, addr);
	tell_faults(w, &w->object.faults, &f->list, item, "item is damaged");
	tell_faults(w, &f->list, NULL, item,
	    "folder is damaged, entries may be missing");
	f->addr = addr;
	f->next = 0;
	f->path = w->path.len;
	(void)snprintf(f->item, sizeof(f->item), "%s", item);
	w->depth++;
}

/* --- names -------------------------------------------------------------- */

/* The path of the name, behind that of its folder. "/" in a name is escaped
 * here; all else that must be is by the common rule. */
static bool
set_path(struct walk *w, const struct walk_frame *in, const struct ev_entry *e)
{
	struct spill_span raw =
	    w->object.renamed ? spill_buf_as_span(&w->fs.name) : e->name;

	w->path.len = in->path;
	if (raw.len >= WALK_PATH_MAX / 3 ||
	    w->path.len > WALK_PATH_MAX - 3 * raw.len - 4) {
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

/* Folders that are what their name says, unless it is in use: then it is
 * damaged. But not erased names of folders that are another's by now: one in
 * use may have kept its own. */
static bool
is_entered(const struct walk *w, const struct walk_what *what)
{
	const struct ev_entry *e = what->entry;

	return what->there && w->object.kind == EV_DIR &&
	       (e->kind == EV_DIR || e->kind == EV_ANY ||
		   e->named == EV_NAMED) &&
	       (e->named != EV_ERASED || e->lost || !w->object.alloc);
}

static void
visit(struct walk *w, struct ev_entry *e)
{
	struct walk_frame *in = &w->frame[w->depth - 1];
	bool orphans = in->addr == w->fs.orphans;
	struct walk_what what = { in->addr, in->item, e, false };
	char item[72];
	int rc;

	ev_object_reset(&w->object);
	if (!go_on(w)) {
		if (set_path(w, in, e))
			walk_avoided(w, &what);
		walk_error(w, "crash", in->item,
		    "entry is not looked at: the worker did not survive it");
		return;
	}
	rc = w->fs.ops->load(&w->fs, e, in->addr, &w->object);
	if (rc != SPILL_OK && rc != SPILL_END)
		w->rc = rc;
	what.there = rc == SPILL_OK;
	if (!set_path(w, in, e))
		return;
	if (what.there && !orphans && !w->object.alloc)
		remember_named(w, w->object.number);
	walk_rows(w, &what);
	if (is_entered(w, &what)) {
		walk_folder_item(w, item);
		if (w->rc == SPILL_OK)
			enter(w, e->object, item); /* which has its faults */
	} else if (w->object.faults.nfault > 0) {
		walk_folder_item(w, item);
		tell_faults(
		    w, &w->object.faults, NULL, item, "item is damaged");
	}
}

/* --- a volume ----------------------------------------------------------- */

static void
root(struct walk *w)
{
	struct walk_what what = { w->fs.root, "", NULL, true };
	const struct ev_entry e = { .object = w->fs.root };
	char item[72];

	ev_object_reset(&w->object);
	if (w->fs.ops->load(&w->fs, &e, w->fs.root, &w->object) != SPILL_OK) {
		spill_buf_putc(&w->path, '/');
		walk_error(w, "damaged", "", "there is no root folder");
		(void)snprintf(
		    item, sizeof(item), "%llu", (unsigned long long)w->fs.root);
	} else {
		spill_buf_putc(&w->path, '/');
		walk_rows(w, &what);
		walk_folder_item(w, item);
	}
	w->path.len = 0;
	enter(w, w->fs.root, item);
}

static void
check_size(struct walk *w)
{
	const struct ev_fs *fs = &w->fs;
	uint64_t lacking;
	char detail[128];

	if (fs->blocks <= fs->there)
		return;
	lacking = (fs->blocks - fs->there) * fs->block_size;
	(void)snprintf(detail, sizeof(detail),
	    "the file system goes on for %llu bytes behind the end of the "
	    "image",
	    (unsigned long long)lacking);
	walk_error_at(
	    w, "damaged", "", detail, fs->there * fs->block_size, lacking);
}

/* What of the volume lies around the file system. */
static void
tail(struct walk *w)
{
	uint64_t start = w->fs.offset - w->volume->offset;
	uint64_t end = start + w->fs.blocks * w->fs.block_size;

	if (start > 0 && w->rc == SPILL_OK)
		walk_range(w, 0, start, "before the file system");
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
	check_size(w);
	if (w->fs.ops->remarks != NULL)
		w->fs.ops->remarks(&w->fs, remark, w);
	root(w);
	while (w->depth > 0 && w->rc == SPILL_OK) {
		struct walk_frame *f = &w->frame[w->depth - 1];

		if (f->next < f->list.n)
			visit(w, &f->list.v[f->next++]);
		else
			seen_slot(w, w->frame[--w->depth].addr)->entered =
			    false;
	}
	(void)go_on(w);
	tail(w);
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
	w->object.text = SPILL_BUF_INIT(WALK_PATH_MAX);
	w->runs = SPILL_BUF_INIT(WALK_RUNS_MAX);
	return w;
}

static void
free_walk(struct walk *w)
{
	if (w == NULL)
		return;
	spill_buf_release(&w->path);
	ev_object_release(&w->object);
	spill_buf_release(&w->runs);
	for (size_t i = 0; i < w->cframe; i++)
		ev_folder_release(&w->frame[i].list);
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
