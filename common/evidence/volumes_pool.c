/*
 * volumes_pool.c: volumes that share a container: those of APFS,
 * and the sessions of a disc.
 */
#include <stdio.h>

#include "apfs_pool_i.h"
#include "fs_iso_i.h"
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

	bool shut = p->encrypted || p->gone || p->transaction > INT64_MAX;

	v = volumes_add(l,
	    !shut	      ? SPILL_VOLUME_FS
	    : p->snapshot > 0 ? SPILL_VOLUME_SNAPSHOT
			      : SPILL_VOLUME_OTHER,
	    in.offset, in.length);
	if (v == NULL)
		return;
	v->block = p->block;
	v->snapshot = p->transaction;
	v->fix[0] = p->fix;
	v->fixes = p->fix.len > 0;
	v->rank = ++pool->n;
	(void)snprintf(v->name, sizeof(v->name),
	    p->snapshot > 0 ? "%.24s.v%u.snap%u" : "%.24s.v%u", in.name,
	    p->number, p->snapshot);
	(void)snprintf(v->what, sizeof(v->what), "%s", p->what);
	if (v->kind == SPILL_VOLUME_FS)
		v->type = TSK_FS_TYPE_APFS;
	if (v->kind == SPILL_VOLUME_OTHER)
		v->status = "encrypted";
	if (shut && p->snapshot == 0)
		volumes_say(l, "encrypted", v->offset, v->length,
		    "volume %s not walked: %s", v->name, p->what);
	else if (shut && !p->encrypted)
		volumes_say(l, "unsupported", 0, 0,
		    "snapshot %s not walked: %s", v->name, p->what);
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

static void
add_sessions(struct listing *l, const struct spill_volume disc)
{
	struct iso_sessions s;

	ev_iso_sessions(l->disk, disc.offset, disc.length, &s);
	if (s.more)
		volumes_say(l, "limit", disc.offset, disc.length,
		    "volume %s has more than %u sessions", disc.name,
		    ISO_SESSIONS);
	for (unsigned i = 0; i + 1 < s.n; i++) {
		struct spill_volume *v =
		    volumes_add(l, SPILL_VOLUME_FS, disc.offset, disc.length);

		if (v == NULL)
			return;
		v->type = disc.type;
		v->snapshot = s.start[i];
		v->rank = i + 1;
		(void)snprintf(v->name, sizeof(v->name), "%.24s.session%u",
		    disc.name, i + 1);
		(void)snprintf(v->what, sizeof(v->what),
		    "ISO 9660, session %u of %u", i + 1, s.n);
	}
}

void
volumes_sessions(struct listing *l)
{
	size_t n = l->out->n;

	for (size_t i = 0; i < n && l->rc == SPILL_OK; i++)
		if (TSK_FS_TYPE_ISISO9660(l->out->v[i].type))
			add_sessions(l, l->out->v[i]);
}
