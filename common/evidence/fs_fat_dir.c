/*
 * fs_fat_dir.c: folders of FAT and exFAT, piece by piece. What of a piece may
 * go on in the next, parts of a long name or a set of entries, is kept and
 * comes again with it.
 */
#include <stdlib.h>
#include <string.h>

#include <spill/hash.h>

#include "fs_fat_i.h"

#define ERASED_TIMES 16 /* that a cluster is listed for erased folders */

/* --- each cluster for one folder ----------------------------------------- */

static struct fat_claim *
claim_slot(struct fat *s, uint32_t cluster)
{
	size_t i = (size_t)spill_mix(&cluster, sizeof(cluster), 0);

	while (s->claim[i & (s->cclaim - 1)].cluster != 0 &&
	       s->claim[i & (s->cclaim - 1)].cluster != cluster)
		i++;
	return &s->claim[i & (s->cclaim - 1)];
}

static bool
claim_grow(struct fat *s)
{
	struct fat_claim *old = s->claim;
	size_t n = s->cclaim;

	if (2 * s->nclaim < n)
		return true;
	s->cclaim = n > 0 ? 2 * n : 256;
	s->claim = calloc(s->cclaim, sizeof(*s->claim));
	if (s->claim == NULL) {
		s->claim = old;
		s->cclaim = n;
		return false;
	}
	for (size_t i = 0; i < n; i++)
		if (old[i].cluster != 0)
			*claim_slot(s, old[i].cluster) = old[i];
	free(old);
	return true;
}

bool
fat_is_claimed(struct fat *s, uint32_t cluster)
{
	return s->nclaim > 0 && claim_slot(s, cluster)->owner != 0;
}

/* May a cluster be listed? One that is in use is for one folder only, so that
 * folders which lead back, or into each other, are listed once. */
static bool
claim(struct fat_listing *l, uint32_t cluster)
{
	struct fat_claim *c;

	if (!claim_grow(l->s)) {
		l->out->nomem = true;
		return false;
	}
	c = claim_slot(l->s, cluster);
	l->s->nclaim += c->cluster == 0;
	c->cluster = cluster;
	if (l->lost && c->owner != 0)
		return false;
	if (l->erased || l->lost)
		return c->erased++ < ERASED_TIMES;
	if (c->owner == 0)
		c->owner = l->dir;
	return c->owner == l->dir;
}

bool
fat_is_free_folder(const struct fat_listing *l, uint32_t cluster)
{
	return !l->erased && fat_is_cluster(l->s, cluster) &&
	       fat_used(l->fs, cluster) && !fat_is_claimed(l->s, cluster);
}

/* --- pieces ------------------------------------------------------------- */

uint64_t
fat_place(const struct fat_listing *l, uint64_t offset)
{
	const struct ev_object *map = &l->s->map;
	uint64_t size = l->fs->block_size, block = offset / size;
	size_t lo = 0, hi = map->nrun;

	if (offset >= l->piece)
		return l->at + (offset - l->piece);
	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (map->run[mid].offset <= block)
			lo = mid;
		else
			hi = mid;
	}
	return (map->run[lo].block + block - map->run[lo].offset) * size +
	       offset % size;
}

static void
flush_junk(struct fat_listing *l)
{
	if (l->junk.length > 0)
		ev_folder_fault(
		    l->out, l->junk.at, l->junk.length, l->junk.what);
	l->junk.length = 0;
}

static void
add_fault(struct fat_listing *l, uint64_t at, uint64_t len, const char *what)
{
	struct ev_fault *j = &l->junk;

	if (j->length > 0 && j->what == what && j->at + j->length == at) {
		j->length += len;
		return;
	}
	flush_junk(l);
	*j = (struct ev_fault){ at, len, what };
}

void
fat_junk(struct fat_listing *l, uint64_t offset, size_t len)
{
	add_fault(l, fat_place(l, offset), len, "what is there is no entry");
}

/* Four entries that are none, and it may be anything: if there are no more
 * others that are some. */
static void
look_at_first(struct fat_listing *l, const uint8_t *p, size_t n)
{
	size_t bad = 0, good = 0, first = 0;

	for (size_t i = 0; (i + 1) * FAT_SLOT <= n; i++) {
		if (i == 4)
			first = bad;
		if (p[i * FAT_SLOT] == 0)
			continue;
		if (l->is_entry(l->s, p + i * FAT_SLOT))
			good++;
		else
			bad++;
	}
	l->strict = l->erased || (first == 4 && bad >= good);
	l->begun = true;
	if (l->strict && !l->erased)
		add_fault(l, l->at, 4 * (uint64_t)FAT_SLOT,
		    "it does not begin with entries");
}

static void
parse(struct fat_listing *l, size_t n, bool last)
{
	uint8_t *p = l->s->piece;
	size_t keep = l->parse(l, (struct spill_span){ (char *)p, n }, last);

	if (keep > 0)
		memmove(p, p + n - keep, keep);
	l->base += n - keep;
	l->held = keep;
}

/* What comes next does not go on with what is kept. */
static void
end_parse(struct fat_listing *l)
{
	if (l->held > 0)
		parse(l, l->held, true);
}

/* n bytes that are in the buffer behind those that are kept. */
static void
take(struct fat_listing *l, uint64_t offset, uint64_t at, size_t n)
{
	if (l->held == 0)
		l->base = offset;
	l->piece = offset;
	l->at = at;
	if (!l->begun)
		look_at_first(l, l->s->piece + l->held, n);
	parse(l, l->held + n, false);
}

/* Sector by sector where something cannot be read. */
static void
take_rest(struct fat_listing *l, uint64_t offset, uint64_t at, size_t n)
{
	size_t size = l->fs->block_size;

	for (size_t i = 0; i < n; i += size) {
		if (ev_fs_read(l->fs, at + i, l->s->piece + l->held, size) &&
		    !ev_fs_is_bad(l->fs, at + i, size)) {
			take(l, offset + i, at + i, size);
			continue;
		}
		end_parse(l);
		add_fault(l, at + i, size, "a sector cannot be read");
	}
}

static void
take_run(struct fat_listing *l, uint64_t offset, uint64_t at, uint64_t len)
{
	for (uint64_t i = 0; i < len && !l->out->nomem; i += FAT_PIECE) {
		size_t n = (size_t)SPILL_MIN(len - i, (uint64_t)FAT_PIECE);

		if (ev_fs_read(l->fs, at + i, l->s->piece + l->held, n) &&
		    !ev_fs_is_bad(l->fs, at + i, n))
			take(l, offset + i, at + i, n);
		else
			take_rest(l, offset + i, at + i, n);
	}
}

/* --- folders ------------------------------------------------------------ */

/* How many clusters of a run are this folder's; it ends at the first that is
 * another's. */
static uint64_t
claim_run(struct fat_listing *l, const struct ev_run *r)
{
	const struct fat *s = l->s;
	uint64_t per = s->cluster_size / l->fs->block_size;
	uint32_t cluster;

	for (uint64_t i = 0; i < r->count; i += per) {
		uint64_t at = (r->block + i) * l->fs->block_size;

		if (!fat_cluster_of(s, at, &cluster))
			continue;
		if (claim(l, cluster)) {
			if (s->exfat && !l->erased && !fat_used(l->fs, cluster))
				add_fault(l, at, s->cluster_size,
				    "its clusters are marked as free");
			continue;
		}
		if (!l->erased)
			add_fault(l, at, s->cluster_size,
			    "its clusters are those of another folder");
		return i;
	}
	return r->count;
}

static void
list_runs(struct fat_listing *l)
{
	const struct ev_object *map = &l->s->map;
	uint64_t size = l->fs->block_size;

	for (size_t i = 0; i < map->nrun; i++) {
		const struct ev_run *r = &map->run[i];
		uint64_t n = claim_run(l, r);
		uint64_t left =
		    map->size - SPILL_MIN(map->size, r->offset * size);

		take_run(l, r->offset * size, r->block * size,
		    SPILL_MIN(n * size, left / FAT_SLOT * FAT_SLOT));
		if (n < r->count)
			break;
	}
	end_parse(l);
	if (l->end != NULL)
		l->end(l);
	flush_junk(l);
}

static void
copy_faults(const struct ev_folder *from, struct ev_folder *to)
{
	for (size_t i = 0; i < from->nfault; i++)
		ev_folder_fault(to, from->fault[i].at, from->fault[i].length,
		    from->fault[i].what);
}

/* What libtsk has in the root folder besides. */
static void
add_made_up(struct ev_fs *fs, struct ev_folder *out)
{
	static const char *const names[] = { "$MBR", "$FAT1", "$FAT2" };
	const struct fat *s = fs->state;
	struct ev_entry e = { .named = EV_NAMED, .kind = EV_FILE };

	for (unsigned i = 0; i < (s->fats == 2 ? 3 : 2); i++) {
		e.name = spill_span(names[i]);
		e.object = s->made_up + i;
		ev_folder_add(out, &e);
	}
	e.name = SPILL_SPAN("$OrphanFiles");
	e.object = fs->orphans;
	e.kind = EV_DIR;
	ev_folder_add(out, &e);
}

static void
tell_volume(struct ev_fs *fs, struct ev_folder *out)
{
	const struct fat *s = fs->state;

	if (s->flaw.what != NULL)
		ev_folder_fault(out, s->flaw.at, 1, s->flaw.what);
	if (s->exfat && s->bitmap.nrun == 0)
		ev_folder_fault(out, 0, 0,
		    "there is no allocation bitmap: all clusters count as in "
		    "use");
	if (!s->exfat && s->fats > 1 && s->boot.active < 0)
		fat_compare(fs, out);
}

int
fat_list_by(struct fat_listing *l, uint64_t dir, struct ev_folder *out)
{
	struct ev_fs *fs = l->fs;
	struct fat *s = l->s;
	struct ev_entry e = { .object = dir };
	bool told = s->loaded == dir;
	bool alloc = s->loaded_alloc;
	int rc;

	l->dir = dir;
	l->out = out;
	/* The walk has judged it by its name. */
	if (told && alloc) {
		e.name = SPILL_SPAN("?");
	} else if (told) {
		e.name = SPILL_SPAN("?");
		e.named = EV_ERASED;
	}
	ev_object_reset(&s->map);
	s->listing = true;
	l->lost = told && s->loaded_lost;
	rc = fs->ops->load(fs, &e, dir, &s->map);
	s->listing = false;
	if (rc == SPILL_OK) {
		l->erased = !s->map.alloc;
		/* Those of others were told with their item. */
		if (dir == fs->root) {
			tell_volume(fs, out);
			copy_faults(&s->map.faults, out);
		}
		list_runs(l);
	} else if (rc == SPILL_END) {
		ev_folder_fault(out, 0, 0, "its entry cannot be read");
	}
	if (dir == fs->root)
		add_made_up(fs, out);
	spill_buf_release(&l->name);
	spill_buf_release(&l->lone_name);
	return out->nomem || s->map.nomem || rc == SPILL_ENOMEM ? SPILL_ENOMEM
								: SPILL_OK;
}
