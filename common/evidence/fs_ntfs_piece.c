/*
 * fs_ntfs_piece.c: the parts of an attribute that is not resident, put
 * together.
 */
#include <stdlib.h>

#include "fs_ntfs_i.h"

static int
by_vcn(const void *a, const void *b)
{
	const struct ntfs_piece *x = a, *y = b;

	if (x->attr != y->attr)
		return x->attr < y->attr ? -1 : 1;
	if (x->vcn != y->vcn)
		return x->vcn < y->vcn ? -1 : 1;
	return x->run < y->run ? -1 : x->run > y->run;
}

/* One attribute's pieces, in order: runs are copied behind those that are
 * there. What a piece has before its time is passed over. */
static void
join(struct ev_object *o, const struct ntfs_piece *p, size_t n)
{
	struct ev_attr *x = &o->attr[p->attr];
	uint64_t end = 0;

	x->run = o->nrun;
	for (size_t i = 0; i < n; i++, p++) {
		x->lost |= p->vcn != end;
		for (size_t k = 0; k < p->runs && !o->nomem; k++) {
			const struct ev_run r = o->run[p->run + k];

			if (r.offset >= end)
				ev_object_run_from(
				    o, x->run, r.offset, r.block, r.count);
		}
		end = SPILL_MAX(end, p->end);
	}
	x->runs = o->nrun - x->run;
}

void
ev_ntfs_join(struct ntfs *s, struct ev_object *o)
{
	struct ntfs_piece *p = s->piece;
	size_t n = s->npiece, to;

	qsort(p, n, sizeof(*p), by_vcn);
	for (size_t i = 0; i < n; i = to) {
		for (to = i + 1; to < n && p[to].attr == p[i].attr; to++)
			;
		if (to > i + 1)
			join(o, p + i, to - i);
	}
}

/* Is all of it mapped? Holes at the end need no run. */
void
ev_ntfs_check_end(struct ev_fs *fs, struct ev_object *o, bool joined)
{
	struct ntfs *s = fs->state;

	for (size_t i = 0; i < s->npiece; i++) {
		const struct ntfs_piece *p = &s->piece[i];
		struct ev_attr *x = &o->attr[p->attr];
		bool last = i + 1 == s->npiece || p[1].attr != p->attr;

		if (last && !x->sparse && !x->compressed &&
		    x->size > p->end * fs->block_size)
			x->lost = true;
		if (!joined && p->vcn > 0)
			x->lost = true;
	}
}
