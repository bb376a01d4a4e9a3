/*
 * walk_content.c: where content lies and how much of it is still there.
 */
#include "walk_i.h"

struct tally {
	uint64_t there, outside, taken; /* blocks */
	uint64_t end; /* block behind the last run */
	bool unknown; /* if some of them are taken */
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
count_taken(struct walk *w, const struct ev_run *r, struct tally *t)
{
	struct ev_fs *fs = &w->fs;

	if (fs->ops->block_used == NULL)
		return;
	for (uint64_t i = 0; i < r->count && r->block + i < fs->there; i++) {
		t->taken += fs->ops->block_used(fs, r->block + i);
		t->unknown |= fs->block_unknown;
	}
}

static void
count_run(struct walk *w, const struct ev_run *r, struct tally *t)
{
	uint64_t there = w->fs.there;

	t->there += r->count;
	if (r->block >= there)
		t->outside += r->count;
	else if (r->count > there - r->block)
		t->outside += r->count - (there - r->block);
	if (!w->object.alloc)
		count_taken(w, r, t);
}

/* One stretch of the disk: runs that follow each other are one. */
static void
stretch(
    struct walk *w, uint64_t block, uint64_t blocks, struct walk_content *out)
{
	uint64_t size = w->fs.block_size;
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
runs(struct walk *w, const struct ev_attr *attr, struct tally *t,
    struct walk_content *out)
{
	const struct ev_run *r = w->object.run + attr->run;
	uint64_t block = 0, blocks = 0;

	for (size_t i = 0; i < attr->runs; i++, r++) {
		count_run(w, r, t);
		if (blocks > 0 && r->block == block + blocks) {
			blocks += r->count;
			continue;
		}
		stretch(w, block, blocks, out);
		block = r->block;
		blocks = r->count;
	}
	stretch(w, block, blocks, out);
}

/* Does one of its runs touch what could not be read? */
static bool
is_bad(struct walk *w, const struct ev_attr *attr)
{
	const struct ev_run *r = w->object.run + attr->run;
	uint64_t size = w->fs.block_size;

	for (size_t i = 0; i < attr->runs; i++, r++)
		if (spill_image_is_bad(w->fs.disk->image,
			w->fs.offset + r->block * size, r->count * size) != 0)
			return true;
	return false;
}

static const char *
judge(struct walk *w, const struct ev_attr *attr, const struct tally *t)
{
	if (t->there == 0 && attr->lost)
		return "unknown";
	/* ext3 and ext4 clear the map and the size of what they delete. */
	if (t->there == 0)
		return !w->object.alloc &&
			       (attr->size > 0 || w->fs.ops->clears_maps)
			   ? "none"
			   : "complete";
	if (t->unknown)
		return "unknown";
	if (t->taken > 0)
		return t->taken == t->there ? "overwritten" : "partial";
	if (t->outside > 0 || is_bad(w, attr) || attr->lost)
		return "partial";
	return "complete";
}

static void
resident(struct walk *w, const struct ev_attr *attr, struct walk_content *out)
{
	out->state = attr->lost					 ? "partial"
		     : attr->size > 0 && w->fs.ops->by_attribute ? "resident"
								 : "complete";
	if (!attr->placed)
		return;
	out->placed = true;
	out->at = w->fs.offset + attr->at;
	out->fragments = 1;
	put_run(w, out->at, attr->rest_from > 0 ? attr->rest_from : attr->size);
	if (attr->rest > 0) {
		out->fragments++;
		put_run(w, w->fs.offset + attr->rest_at, attr->rest);
	}
}

void
walk_content(
    struct walk *w, const struct ev_attr *attr, struct walk_content *out)
{
	struct tally t = { 0 };

	*out = (struct walk_content){ .state = "none" };
	spill_buf_reset(&w->runs);
	if (attr == NULL)
		return;
	if (attr->resident) {
		resident(w, attr, out);
		return;
	}
	runs(w, attr, &t, out);
	out->state = judge(w, attr, &t);
	out->has_init = attr->has_init;
	out->init_size = attr->init;
	/* Where that of a cluster is not its end there is no slack. */
	if (attr->alloc > attr->size && !attr->compressed && !attr->sparse)
		out->slack = attr->alloc - attr->size;
}
