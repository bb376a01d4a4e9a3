/*
 * fs_folder.c: lists of entries, and objects, while they are made.
 */
#include <stdlib.h>
#include <string.h>

#include <spill/hash.h>

#include "fs_i.h"

#define KEEP_MAX 4096 /* entries for which a table is kept */
#define LARGE	 ((size_t)1 << 16) /* entries */

/* --- folders ------------------------------------------------------------ */

void
ev_folder_reset(struct ev_folder *f)
{
	if (f->cap > KEEP_MAX) {
		free(f->v);
		f->v = NULL;
		f->cap = 0;
	}
	spill_arena_release(&f->text);
	f->n = f->nfault = 0;
	f->nomem = false;
}

void
ev_folder_release(struct ev_folder *f)
{
	spill_arena_release(&f->text);
	free(f->v);
	free(f->fault);
	*f = (struct ev_folder){ 0 };
}

/* Room for one more, in a table that doubles, but a large one: what it does
 * not need counts as memory, too. */
static void *
grow(void *v, size_t n, size_t *cap, size_t size, bool *nomem)
{
	size_t more = *cap > LARGE ? *cap + *cap / 8 : 2 * *cap;
	void *p;

	if (n < *cap)
		return v;
	more = SPILL_MAX(more, 16u);
	p = realloc(v, more * size);
	if (p == NULL) {
		*nomem = true;
		return NULL;
	}
	*cap = more;
	return p;
}

void
ev_folder_add(struct ev_folder *f, const struct ev_entry *e)
{
	struct ev_entry *v = grow(f->v, f->n, &f->cap, sizeof(*v), &f->nomem);
	struct spill_macb *fn = NULL;
	char *name;

	if (v == NULL)
		return;
	f->v = v;
	name = spill_arena_dup(&f->text, e->name.p, e->name.len);
	if (e->fn != NULL)
		fn = spill_arena_alloc(&f->text, sizeof(*fn));
	if (name == NULL || (e->fn != NULL && fn == NULL)) {
		f->nomem = true;
		return;
	}
	v += f->n++;
	*v = *e;
	v->name.p = name;
	if (fn != NULL)
		*fn = *e->fn;
	v->fn = fn;
}

/* The same thing of the next bytes, or of bytes that are not known. */
static bool
is_one(struct ev_fault *f, uint64_t at, uint64_t length, const char *what)
{
	if (strcmp(f->what, what) != 0 || (f->length == 0) != (length == 0))
		return false;
	if (length > 0 && f->at + f->length != at)
		return f->at == at && f->length == length;
	f->length += length;
	return true;
}

void
ev_folder_fault(
    struct ev_folder *f, uint64_t at, uint64_t length, const char *what)
{
	struct ev_fault *v;
	char *text;

	if (f->nfault > 0 && is_one(&f->fault[f->nfault - 1], at, length, what))
		return;
	if (f->nfault == EV_FAULTS_MAX) {
		f->fault[f->nfault - 1] = (struct ev_fault){ 0, 0,
			"more of it is damaged than is listed here" };
		return;
	}
	v = grow(f->fault, f->nfault, &f->cfault, sizeof(*v), &f->nomem);
	if (v == NULL)
		return;
	f->fault = v;
	text = spill_arena_dup(&f->text, what, strlen(what));
	if (text == NULL) {
		f->nomem = true;
		return;
	}
	v[f->nfault++] = (struct ev_fault){ at, length, text };
}

static bool
is_same(const struct ev_entry *a, const struct ev_entry *b)
{
	return a->object == b->object && a->sequence == b->sequence &&
	       a->name.len == b->name.len &&
	       memcmp(a->name.p, b->name.p, a->name.len) == 0;
}

/* The slot of an entry: one plus the index of the one that is there. */
static uint32_t *
find_slot(const struct ev_folder *f, uint32_t *slot, size_t mask,
    const struct ev_entry *e)
{
	size_t i = (size_t)spill_mix(e->name.p, e->name.len, e->object);

	while (slot[i & mask] != 0 && !is_same(&f->v[slot[i & mask] - 1], e))
		i++;
	return &slot[i & mask];
}

void
ev_folder_dedup(struct ev_folder *f)
{
	size_t cap = 16, kept = 0;
	uint32_t *slot;

	if (f->n < 2)
		return;
	while (cap < 2 * f->n)
		cap *= 2;
	slot = f->n < UINT32_MAX ? calloc(cap, sizeof(*slot)) : NULL;
	if (slot == NULL) {
		f->nomem = true;
		return;
	}
	for (size_t i = 0; i < f->n; i++) {
		const struct ev_entry *e = &f->v[i];
		uint32_t *s = find_slot(f, slot, cap - 1, e);

		if (*s == 0) {
			f->v[kept++] = *e;
			*s = (uint32_t)kept;
		} else if (e->named == EV_NAMED &&
			   f->v[*s - 1].named != EV_NAMED) {
			f->v[*s - 1] = *e;
		}
	}
	f->n = kept;
	free(slot);
}

/* --- objects ------------------------------------------------------------ */

void
ev_object_reset(struct ev_object *o)
{
	struct ev_object kept = { .attr = o->attr,
		.cap = o->cap,
		.run = o->run,
		.crun = o->crun,
		.text = o->text,
		.faults = o->faults };

	*o = kept;
	spill_buf_reset(&o->text);
	if (o->faults.nfault > 0)
		ev_folder_reset(&o->faults);
}

void
ev_object_release(struct ev_object *o)
{
	free(o->attr);
	free(o->run);
	spill_buf_release(&o->text);
	ev_folder_release(&o->faults);
	*o = (struct ev_object){ 0 };
}

struct ev_attr *
ev_object_attr(struct ev_object *o)
{
	struct ev_attr *v = grow(o->attr, o->n, &o->cap, sizeof(*v), &o->nomem);

	if (v == NULL)
		return NULL;
	o->attr = v;
	v += o->n++;
	*v = (struct ev_attr){ .run = o->nrun };
	return v;
}

void
ev_object_run_from(struct ev_object *o, size_t from, uint64_t offset,
    uint64_t block, uint64_t count)
{
	struct ev_run *v =
	    grow(o->run, o->nrun, &o->crun, sizeof(*v), &o->nomem);

	if (v == NULL || count == 0)
		return;
	o->run = v;
	if (o->nrun > from) {
		struct ev_run *last = &v[o->nrun - 1];

		if (last->offset + last->count == offset &&
		    last->block + last->count == block) {
			last->count += count;
			return;
		}
	}
	v[o->nrun++] = (struct ev_run){ offset, block, count };
}

void
ev_object_run(
    struct ev_object *o, uint64_t offset, uint64_t block, uint64_t count)
{
	struct ev_attr *a = &o->attr[o->n - 1];

	ev_object_run_from(o, a->run, offset, block, count);
	a->runs = o->nrun - a->run;
}

void
ev_attr_name(struct ev_object *o, struct ev_attr *a, struct spill_span s)
{
	a->named = true;
	a->name = o->text.len;
	spill_buf_span(&o->text, s);
	a->name_len = o->text.len - a->name;
	o->nomem |= o->text.rc != SPILL_OK;
}

struct spill_span
ev_attr_named(const struct ev_object *o, const struct ev_attr *a)
{
	return (struct spill_span){ o->text.p + a->name, a->name_len };
}
