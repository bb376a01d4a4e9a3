/*
 * volumes_pool.c: volumes that share a container: those of APFS.
 */
#include <stdio.h>

#include "apfs_pool_i.h"
#include "volumes_i.h"

struct pool {
	struct listing *l;
	size_t at; /* of the container in the list */
	unsigned n; /* found in it */
};

static void
add_pooled(void *ctx, const struct ev_pool_volume *p)
{
	struct pool *pool = ctx;
	struct listing *l = pool->l;
	const struct spill_volume in = l->out->v[pool->at];
	struct spill_volume *v;

	v = volumes_add(l,
	    p->snapshot > 0 ? SPILL_VOLUME_SNAPSHOT
	    : p->encrypted  ? SPILL_VOLUME_OTHER
			    : SPILL_VOLUME_FS,
	    in.offset, in.length);
	if (v == NULL)
		return;
	v->block = p->block;
	v->rank = ++pool->n;
	(void)snprintf(v->name, sizeof(v->name),
	    p->snapshot > 0 ? "%.24s.v%u.snap%u" : "%.24s.v%u", in.name,
	    p->number, p->snapshot);
	(void)snprintf(v->what, sizeof(v->what), "%s", p->what);
	if (v->kind == SPILL_VOLUME_FS)
		v->type = TSK_FS_TYPE_APFS;
	if (v->kind == SPILL_VOLUME_OTHER)
		v->status = "encrypted";
	if (p->snapshot == 0 && (p->encrypted || p->snapshots > 0))
		volumes_say(l, p->encrypted ? "encrypted" : "unsupported",
		    p->encrypted ? v->offset : 0, p->encrypted ? v->length : 0,
		    "%s %s not walked: %s",
		    p->encrypted ? "volume" : "snapshots of volume", v->name,
		    p->what);
}

static void
pool_flaw(void *ctx, const char *what)
{
	const struct pool *pool = ctx;
	const struct spill_volume *v = &pool->l->out->v[pool->at];

	volumes_say(pool->l, "damaged", v->offset, v->length,
	    "APFS container %s: %s", v->name, what);
}

/* What of a partition lies behind the container that it begins with. */
static void
add_rest(struct listing *l, uint64_t offset, uint64_t length)
{
	uint64_t own = lost_length(&l->view, offset);
	struct spill_volume *v;

	if (own == 0 || own >= length)
		return;
	v = volumes_add(l, SPILL_VOLUME_GAP, offset + own, length - own);
	if (v != NULL)
		(void)snprintf(
		    v->what, sizeof(v->what), "behind the APFS container");
}

static void
add_pool(struct listing *l, size_t at)
{
	struct pool pool = { .l = l, .at = at };
	const struct ev_pool_sink sink = { add_pooled, pool_flaw, &pool };
	int rc = ev_pool_list(l->disk, l->out->v[at].offset, &sink);
	struct spill_volume *v = &l->out->v[at];

	if (rc == SPILL_ENOMEM)
		l->rc = rc;
	if (pool.n > 0) {
		add_rest(l, v->offset, v->length);
		return;
	}
	v->kind = SPILL_VOLUME_OTHER;
	if (rc != SPILL_OK)
		v->status = "unsupported";
}

void
volumes_pools(struct listing *l)
{
	size_t n = l->out->n;

	for (size_t i = 0; i < n && l->rc == SPILL_OK; i++)
		if (l->out->v[i].kind == SPILL_VOLUME_POOL)
			add_pool(l, i);
}
