/*
 * volumes_lost.c: file systems that no partition table leads to.
 *
 * Searched is what no file system has: gaps, partitions with nothing that is
 * known, and what is behind a file system in its partition. What is found is
 * a volume and owns its bytes from then on: images of file systems that are
 * files in it are not found, nor is its own backup boot sector.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "volumes_i.h"

#define PROGRESS ((uint64_t)16 << 20) /* bytes between two words of it */

struct search {
	struct listing *l;
	struct lost_range *range; /* that is searched, in order */
	size_t ranges;
	struct lost_range *own; /* lost ones so far */
	size_t lost;
	size_t listed; /* volumes that were there before */
	size_t open; /* index + 1 of the last one if its length is unknown */
	uint64_t said; /* place of the last word of progress */
};

/* --- what is searched --------------------------------------------------- */

static bool
is_owned(const struct spill_volume *v)
{
	return v->kind == SPILL_VOLUME_FS || v->kind == SPILL_VOLUME_POOL ||
	       v->kind == SPILL_VOLUME_TABLE || strcmp(v->status, "ok") != 0 ||
	       strcmp(v->what, "swap space") == 0;
}

static uint64_t
end_of(struct listing *l, const struct spill_volume *v)
{
	uint64_t own =
	    v->kind == SPILL_VOLUME_FS || v->kind == SPILL_VOLUME_POOL
		? lost_length(&l->view, v->offset)
		: 0;

	return v->offset + (own > 0 ? SPILL_MIN(own, v->length) : v->length);
}

/* The list is in order. */
static bool
find_ranges(struct search *s)
{
	struct listing *l = s->l;
	uint64_t end = 0;

	s->range = calloc(l->out->n + 1, sizeof(*s->range));
	s->own = calloc(LOST_MAX, sizeof(*s->own));
	if (s->range == NULL || s->own == NULL) {
		l->rc = SPILL_ENOMEM;
		return false;
	}
	for (size_t i = 0; i <= l->out->n; i++) {
		const struct spill_volume *v =
		    i < l->out->n ? &l->out->v[i] : NULL;
		uint64_t next = v != NULL ? v->offset : l->disk->size;

		if (v != NULL && !is_owned(v))
			continue;
		if (next > end)
			s->range[s->ranges++] =
			    (struct lost_range){ end, next };
		if (v != NULL)
			end = SPILL_MAX(end, end_of(l, v));
	}
	return true;
}

/* The searched range that a place is in; NULL: it is owned. */
static const struct lost_range *
range_of(const struct search *s, uint64_t at)
{
	for (size_t i = 0; i < s->lost; i++)
		if (at >= s->own[i].from && at < s->own[i].to)
			return NULL;
	for (size_t i = 0; i < s->ranges; i++)
		if (at >= s->range[i].from && at < s->range[i].to)
			return &s->range[i];
	return NULL;
}

/* --- what is found ------------------------------------------------------ */

static struct spill_volume *
add_lost(struct listing *l, const struct lost *f, uint64_t length)
{
	struct spill_volume *v =
	    volumes_add(l, SPILL_VOLUME_OTHER, f->start, length);

	if (v == NULL)
		return NULL;
	(void)snprintf(v->name, sizeof(v->name), "x%llu",
	    (unsigned long long)(f->start / 512));
	memcpy(v->fix, f->fix, sizeof(v->fix));
	v->fixes = f->fixes;
	return v;
}

static void
say_found(struct listing *l, const struct spill_volume *v, const struct lost *f)
{
	if (f->fixes > 0)
		volumes_say(l, "anomaly", v->offset, v->length,
		    "volume %s was found: %s, which no partition table has; "
		    "its %s: damaged, the copy at byte %llu is used",
		    v->name, f->what, f->copy,
		    (unsigned long long)f->fix[0].from);
	else
		volumes_say(l, "anomaly", v->offset, v->length,
		    "volume %s was found: %s, which no partition table has",
		    v->name, f->what);
}

/* Volumes of the table that a lost one reaches into. */
static void
say_reach(struct listing *l, const struct spill_volume *v, size_t listed)
{
	for (size_t i = 0; i < listed; i++) {
		const struct spill_volume *x = &l->out->v[i];

		if (x->kind == SPILL_VOLUME_FS && x->offset > v->offset &&
		    x->offset - v->offset < v->length)
			volumes_say(l, "anomaly", x->offset,
			    SPILL_MIN(
				x->length, v->length - (x->offset - v->offset)),
			    "volume %s, which was found, reaches into volume "
			    "%s",
			    v->name, x->name);
	}
}

static void
open_lost(struct listing *l, struct spill_volume *v)
{
	const struct spill_volumes_conf *c = l->conf;

	for (size_t i = 0; i < c->navoid; i++)
		if (c->avoid[i] == v->offset)
			return;
	if (c->progress != NULL)
		l->rc = c->progress(c->ctx, v->offset);
	if (l->rc == SPILL_OK)
		volumes_look(l, v);
}

static int
stop(struct search *s, uint64_t at)
{
	volumes_say(s->l, "limit", at, s->l->disk->size - at,
	    "too many lost volumes: the search for more ends here");
	return SPILL_END;
}

/* One that cannot be opened owns nothing, but has a name already. */
static bool
is_known(const struct search *s, uint64_t start)
{
	const struct spill_volumes *o = s->l->out;

	for (size_t i = s->listed; i < o->n; i++)
		if (o->v[i].offset == start)
			return true;
	return false;
}

static int
on_found(void *ctx, const struct lost *f, uint64_t *next)
{
	struct search *s = ctx;
	struct listing *l = s->l;
	const struct lost_range *r = range_of(s, f->start);
	uint64_t length = f->length;
	struct spill_volume *v;

	if (r == NULL || is_known(s, f->start))
		return SPILL_OK;
	if (l->out->n - s->listed == LOST_MAX)
		return stop(s, *next);
	/* The one before, whose length nothing tells, ends here. */
	if (s->open > 0 && f->start > l->out->v[s->open - 1].offset) {
		v = &l->out->v[s->open - 1];
		v->length = SPILL_MIN(v->length, f->start - v->offset);
	}
	s->open = length == 0 ? l->out->n + 1 : 0;
	if (length == 0)
		length = r->to - f->start;
	length = SPILL_MIN(length, l->disk->size - f->start);
	v = add_lost(l, f, length);
	if (v == NULL)
		return l->rc;
	say_found(l, v, f);
	open_lost(l, v);
	if (l->rc != SPILL_OK)
		return l->rc;
	if (f->encrypted && strcmp(v->status, "ok") == 0)
		volumes_encrypted(l, v, f->what);
	if (v->kind == SPILL_VOLUME_OTHER && strcmp(v->status, "ok") == 0 &&
	    strcmp(v->what, f->what) != 0)
		(void)snprintf(v->what, sizeof(v->what),
		    "%s that cannot be opened", f->what);
	else if (s->open == 0 && !f->holds) {
		say_reach(l, v, l->out->n - 1);
		s->own[s->lost++] =
		    (struct lost_range){ f->start, f->start + length };
		*next = SPILL_MAX(*next, f->start + length);
	}
	return SPILL_OK;
}

static int
on_progress(void *ctx, uint64_t at)
{
	struct search *s = ctx;
	const struct spill_volumes_conf *c = s->l->conf;

	if (c->progress == NULL || (at >= s->said && at - s->said < PROGRESS))
		return SPILL_OK;
	s->said = at;
	return c->progress(c->ctx, at);
}

void
volumes_search(struct listing *l)
{
	struct search s = { .l = l, .listed = l->out->n };
	const struct lost_search search = { .image = l->image,
		.disk = &l->view,
		.found = on_found,
		.progress = on_progress,
		.ctx = &s };
	int rc;

	if (find_ranges(&s)) {
		rc = lost_search(&search, s.range, s.ranges);
		if (l->rc == SPILL_OK && rc < 0)
			l->rc = rc;
	}
	free(s.range);
	free(s.own);
}

/* --- one that is asked for ---------------------------------------------- */

static int
on_one(void *ctx, const struct lost *f, uint64_t *next)
{
	struct listing *l = ctx;
	uint64_t length = f->length;
	struct spill_volume *v;

	(void)next;
	if (f->start != l->conf->start)
		return SPILL_OK;
	if (length == 0 || length > l->disk->size - f->start)
		length = l->disk->size - f->start;
	v = add_lost(l, f, length);
	if (v != NULL)
		volumes_look(l, v);
	return SPILL_END;
}

void
volumes_find(struct listing *l)
{
	const struct lost_search search = {
		.image = l->image, .disk = &l->view, .found = on_one, .ctx = l
	};
	const struct lost_range all = { l->conf->start, l->disk->size };
	int rc = lost_search(&search, &all, 1);

	if (l->rc == SPILL_OK && rc < 0)
		l->rc = rc;
}
