/*
 * fs_orphans.c: objects that are in no folder. Each is looked at once, each
 * folder among them listed once, whatever leads to whatever.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fs_i.h"

struct orphan {
	uint64_t object, sequence;
	enum ev_kind kind;
	bool held; /* a folder among them leads to it */
	bool listed;
};

struct search {
	struct ev_fs *fs;
	const uint64_t *named;
	size_t nnamed;
	struct ev_folder *out;
	struct orphan *v; /* one for each entry of out */
	size_t cap;
	size_t *todo; /* folders to list */
	size_t ntodo, ctodo;
	bool nomem;
};

/* --- candidates --------------------------------------------------------- */

static bool
is_named(const struct search *s, uint64_t object)
{
	size_t lo = 0, hi = s->nnamed;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->named[mid] < object)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < s->nnamed && s->named[lo] == object;
}

static bool
take(void *ctx, const struct ev_entry *e, enum ev_kind kind)
{
	struct search *s = ctx;
	size_t n = s->out->n;

	if (is_named(s, e->object))
		return true;
	if (n == s->cap) {
		size_t cap = s->cap > 0 ? 2 * s->cap : 64;
		struct orphan *p = realloc(s->v, cap * sizeof(*p));

		s->nomem |= p == NULL;
		if (p == NULL)
			return false;
		s->v = p;
		s->cap = cap;
	}
	s->v[n] = (struct orphan){
		.object = e->object, .sequence = e->sequence, .kind = kind
	};
	ev_folder_add(s->out, e);
	s->nomem |= s->out->nomem;
	return !s->nomem;
}

/* --- by libtsk ---------------------------------------------------------- */

struct relay {
	bool (*each)(void *ctx, const struct ev_entry *e, enum ev_kind kind);
	void *ctx;
};

static TSK_WALK_RET_ENUM
relay_one(TSK_FS_FILE *file, void *ctx)
{
	struct relay *r = ctx;
	const TSK_FS_META *m = file->meta;
	struct ev_entry e = { .object = m->addr,
		.sequence = m->seq > 0 ? m->seq - 1 : 0,
		.named = EV_UNNAMED };

	if (m->name2 != NULL && m->name2->name[0] != '\0') {
		e.name = spill_span(m->name2->name);
		e.named = EV_ERASED;
	}
	return r->each(
		   r->ctx, &e, TSK_FS_IS_DIR_META(m->type) ? EV_DIR : EV_FILE)
		   ? TSK_WALK_CONT
		   : TSK_WALK_STOP;
}

static void
walk_by_tsk(struct search *s)
{
	struct relay r = { take, s };
	TSK_FS_INFO *tsk = s->fs->tsk;

	tsk_error_reset();
	if (tsk->inode_walk(tsk, tsk->first_inum, tsk->last_inum,
		TSK_FS_META_FLAG_UNALLOC | TSK_FS_META_FLAG_USED, relay_one,
		&r) != 0 &&
	    !s->nomem)
		ev_folder_fault(s->out, 0, 0, ev_disk_why());
	tsk_error_reset();
}

/* --- folders among them ------------------------------------------------- */

static struct orphan *
find(struct search *s, uint64_t object)
{
	size_t lo = 0, hi = s->out->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->v[mid].object < object)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < s->out->n && s->v[lo].object == object ? &s->v[lo] : NULL;
}

static void
push(struct search *s, struct orphan *o)
{
	if (o->kind != EV_DIR || o->listed)
		return;
	if (s->ntodo == s->ctodo) {
		size_t cap = s->ctodo > 0 ? 2 * s->ctodo : 64;
		size_t *p = realloc(s->todo, cap * sizeof(*p));

		s->nomem |= p == NULL;
		if (p == NULL)
			return;
		s->todo = p;
		s->ctodo = cap;
	}
	o->listed = true;
	s->todo[s->ntodo++] = (size_t)(o - s->v);
}

/* What the folders under a root lead to is found by them. */
static void
hold_contents(struct search *s, struct orphan *root, struct ev_folder *list)
{
	push(s, root);
	while (s->ntodo > 0 && !s->nomem) {
		struct orphan *dir = &s->v[s->todo[--s->ntodo]];

		ev_folder_reset(list);
		s->nomem |=
		    s->fs->ops->list(s->fs, dir->object, list) != SPILL_OK;
		for (size_t i = 0; i < list->n; i++) {
			const struct ev_entry *e = &list->v[i];
			struct orphan *o = find(s, e->object);

			if (o == NULL || o == root ||
			    (e->sequence != 0 && o->sequence != 0 &&
				e->sequence != o->sequence &&
				e->sequence != o->sequence + 1))
				continue;
			o->held = true;
			push(s, o);
		}
	}
}

static void
name_them(struct search *s)
{
	struct ev_folder *f = s->out;
	size_t kept = 0;

	for (size_t i = 0; i < f->n; i++) {
		struct ev_entry *e = &f->v[i];
		char text[40];

		if (s->v[i].held)
			continue;
		if (e->named == EV_UNNAMED) {
			int n = snprintf(text, sizeof(text), "OrphanFile-%llu",
			    (unsigned long long)e->object);

			e->name.p = spill_arena_dup(&f->text, text, (size_t)n);
			e->name.len = (size_t)n;
			s->nomem |= e->name.p == NULL;
		}
		f->v[kept++] = *e;
	}
	f->n = kept;
}

int
ev_fs_orphans(
    struct ev_fs *fs, const uint64_t *named, size_t n, struct ev_folder *out)
{
	struct search s = { .fs = fs, .named = named, .nnamed = n, .out = out };
	struct ev_folder list = { 0 };

	if (fs->ops->unused == NULL)
		walk_by_tsk(&s);
	else if (fs->ops->unused(fs, take, &s) != SPILL_OK)
		s.nomem = true;
	for (size_t i = 0; i < out->n && !s.nomem; i++)
		if (!s.v[i].held)
			hold_contents(&s, &s.v[i], &list);
	if (!s.nomem)
		name_them(&s);
	ev_folder_release(&list);
	free(s.v);
	free(s.todo);
	return s.nomem || out->nomem ? SPILL_ENOMEM : SPILL_OK;
}
