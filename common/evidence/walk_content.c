/*
 * walk_content.c: where content lies and how much of it is still there.
 */
#include "walk_i.h"

struct tally {
	uint64_t there, outside, taken; /* blocks */
	uint64_t end; /* block behind the last run */
};

static void
put_run(struct walk *w, uint64_t offset, uint64_t len)
{
	if (!w->conf->runs)
		return;
	if (w->runs.len > 0)
		spill_buf_putc(&w->runs, ';');
	spill_buf_printf(&w->runs, "%llu+%llu", (unsigned long long)offset,
	    (unsigned long long)len);
}

/* Blocks of a deleted file that now belong to somebody. */
static void
count_taken(struct walk *w, const TSK_FS_ATTR_RUN *r, struct tally *t)
{
	TSK_FS_INFO *fs = w->fs.tsk;

	if (fs->block_getflags == NULL)
		return;
	for (TSK_DADDR_T i = 0; i < r->len && r->addr + i <= fs->last_block_act;
	     i++)
		if ((fs->block_getflags(fs, r->addr + i) &
			TSK_FS_BLOCK_FLAG_ALLOC) != 0)
			t->taken++;
}

static void
count_run(
    struct walk *w, const TSK_FS_ATTR_RUN *r, bool deleted, struct tally *t)
{
	const TSK_FS_INFO *fs = w->fs.tsk;

	t->there += r->len;
	if (r->addr > fs->last_block_act)
		t->outside += r->len;
	else if (r->len > fs->last_block_act - r->addr + 1)
		t->outside += r->len - (fs->last_block_act - r->addr + 1);
	if (deleted)
		count_taken(w, r, t);
}

/* One stretch of the disk: runs that follow each other are one. */
static void
stretch(
    struct walk *w, uint64_t block, uint64_t blocks, struct walk_content *out)
{
	uint64_t size = w->fs.tsk->block_size;
	uint64_t at = w->fs.offset + block * size;

	if (blocks == 0)
		return;
	if (out->fragments++ == 0) {
		out->at = at;
		out->placed = true;
	}
	put_run(w, at, blocks * size);
}

static void
runs(struct walk *w, const TSK_FS_ATTR *attr, bool deleted, struct tally *t,
    struct walk_content *out)
{
	uint64_t block = 0, blocks = 0;

	for (const TSK_FS_ATTR_RUN *r = attr->nrd.run; r != NULL; r = r->next) {
		if (r->flags != TSK_FS_ATTR_RUN_FLAG_NONE || r->len == 0)
			continue;
		count_run(w, r, deleted, t);
		if (blocks > 0 && r->addr == block + blocks) {
			blocks += r->len;
			continue;
		}
		stretch(w, block, blocks, out);
		block = r->addr;
		blocks = r->len;
	}
	stretch(w, block, blocks, out);
}

static bool
has_filler(const TSK_FS_ATTR *attr)
{
	for (const TSK_FS_ATTR_RUN *r = attr->nrd.run; r != NULL; r = r->next)
		if ((r->flags & TSK_FS_ATTR_RUN_FLAG_FILLER) != 0)
			return true;
	return false;
}

/* Does one of its runs touch what could not be read? */
static bool
is_bad(struct walk *w, const TSK_FS_ATTR *attr)
{
	uint64_t size = w->fs.tsk->block_size;

	for (const TSK_FS_ATTR_RUN *r = attr->nrd.run; r != NULL; r = r->next)
		if (r->flags == TSK_FS_ATTR_RUN_FLAG_NONE &&
		    spill_image_is_bad(w->fs.disk->image,
			w->fs.offset + r->addr * size, r->len * size) != 0)
			return true;
	return false;
}

static const char *
judge(struct walk *w, const TSK_FS_ATTR *attr, const struct tally *t)
{
	bool deleted = (w->file->meta->flags & TSK_FS_META_FLAG_UNALLOC) != 0;

	/* ext3 and ext4 clear the map and the size of what they delete. */
	if (t->there == 0)
		return deleted && (attr->size > 0 ||
				      TSK_FS_TYPE_ISEXT(w->fs.tsk->ftype))
			   ? "none"
			   : "complete";
	if (t->taken > 0)
		return t->taken == t->there ? "overwritten" : "partial";
	if (t->outside > 0 || is_bad(w, attr) ||
	    (TSK_FS_TYPE_ISNTFS(w->fs.tsk->ftype) && has_filler(attr)))
		return "partial";
	return "complete";
}

static void
resident(struct walk *w, const TSK_FS_ATTR *attr, struct walk_content *out)
{
	uint64_t at;

	out->state = attr->size > 0 && TSK_FS_TYPE_ISNTFS(w->fs.tsk->ftype)
			 ? "resident"
			 : "complete";
	if (attr->size <= 0 || w->fs.ops->resident_at == NULL ||
	    !w->fs.ops->resident_at(&w->fs, w->file, attr, &at))
		return;
	out->placed = true;
	out->at = w->fs.offset + at;
	out->fragments = 1;
	put_run(w, out->at, (uint64_t)attr->size);
}

void
walk_content(struct walk *w, const TSK_FS_ATTR *attr, struct walk_content *out)
{
	struct tally t = { 0 };
	bool deleted;

	*out = (struct walk_content){ .state = "none" };
	spill_buf_reset(&w->runs);
	if (attr == NULL || w->file->meta == NULL)
		return;
	if ((attr->flags & TSK_FS_ATTR_RES) != 0) {
		resident(w, attr, out);
		return;
	}
	deleted = (w->file->meta->flags & TSK_FS_META_FLAG_UNALLOC) != 0;
	runs(w, attr, deleted, &t, out);
	out->state = judge(w, attr, &t);
	out->has_init = TSK_FS_TYPE_ISNTFS(w->fs.tsk->ftype) ||
			w->fs.tsk->ftype == TSK_FS_TYPE_EXFAT;
	out->init_size =
	    attr->nrd.initsize > 0 ? (uint64_t)attr->nrd.initsize : 0;
	if (attr->nrd.allocsize > attr->size)
		out->slack = (uint64_t)(attr->nrd.allocsize - attr->size);
	if ((attr->flags & (TSK_FS_ATTR_COMP | TSK_FS_ATTR_SPARSE)) != 0)
		out->slack = 0; /* its end is not that of a cluster */
}
