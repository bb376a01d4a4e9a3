/*
 * volumes_table.c: which partition table is that of the disk, and what it has.
 *
 * There can be several. That one counts which Linux would take, unless it
 * leads to nothing that is known and another one does. What the others have
 * and it has not is a gap: it is searched for lost volumes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "volumes_i.h"

#define LEADS_MAX 64 /* partitions that are looked into for that */

struct tables {
	struct parts t[PARTS_KINDS];
	bool has[PARTS_KINDS];
};

/* --- which table -------------------------------------------------------- */

/* Code in a boot sector can look like a table: one that leads to a file
 * system is none by chance. */
static bool
leads_somewhere(struct listing *l, const struct parts *t)
{
	size_t looked = 0;

	for (size_t i = 0; i < t->n && looked < LEADS_MAX; i++) {
		const struct part *x = &t->v[i];
		struct ev_found found;

		if (x->number == 0 || x->offset == 0)
			continue;
		looked++;
		ev_fs_detect(l->disk, x->offset, x->length, &found);
		if (found.type != 0 || found.code != NULL)
			return true;
	}
	return false;
}

static uint32_t
sector_of(const struct listing *l)
{
	return SPILL_MIN(l->disk->sector, 4096u);
}

static void
read_table(
    struct listing *l, struct tables *s, enum parts_kind k, uint32_t sector)
{
	int rc = parts_read(&s->t[k], &l->view, k, sector);

	if (rc == SPILL_ENOMEM)
		l->rc = rc;
	s->has[k] = rc == SPILL_OK;
}

/* Nothing says that the numbers of a DOS table count sectors of 4096 bytes. */
static void
try_large_sectors(struct listing *l, struct tables *s)
{
	struct parts *t = &s->t[PARTS_DOS];

	if (!s->has[PARTS_DOS] || t->protective || sector_of(l) == 4096 ||
	    leads_somewhere(l, t))
		return;
	parts_release(t);
	read_table(l, s, PARTS_DOS, 4096);
	if (s->has[PARTS_DOS] && leads_somewhere(l, t)) {
		(void)snprintf(t->name, sizeof(t->name),
		    "DOS Partition Table, sectors of 4096 bytes");
		return;
	}
	parts_release(t);
	read_table(l, s, PARTS_DOS, sector_of(l));
}

static struct parts *
choose(struct listing *l, struct tables *s)
{
	static const enum parts_kind orders[2][PARTS_KINDS] = {
		{ PARTS_GPT, PARTS_DOS, PARTS_SUN, PARTS_MAC, PARTS_BSD },
		{ PARTS_DOS, PARTS_SUN, PARTS_MAC, PARTS_BSD, PARTS_GPT },
	};
	bool other = s->has[PARTS_DOS] && !s->t[PARTS_DOS].protective;
	const enum parts_kind *order = orders[other];
	struct parts *best = NULL;

	for (size_t i = 0; i < PARTS_KINDS; i++) {
		struct parts *t = &s->t[order[i]];

		if (!s->has[order[i]] || t->partitions == 0)
			continue;
		if (leads_somewhere(l, t))
			return t;
		if (best == NULL && !t->doubtful)
			best = t;
	}
	return best;
}

/* --- what is odd about them --------------------------------------------- */

static void
say_odd(struct listing *l, const struct parts *t)
{
	for (size_t i = 0; i < SPILL_MIN(t->odds, PARTS_ODD); i++)
		volumes_say(l, "anomaly", t->odd[i].offset, t->odd[i].length,
		    "%s", t->odd[i].detail);
	if (t->odds > PARTS_ODD)
		volumes_say(l, "anomaly", 0, 0,
		    "there are %zu more oddities of the partition table",
		    t->odds - PARTS_ODD);
	if (t->rc == SPILL_ELIMIT)
		volumes_say(l, "limit", 0, 0,
		    "the partition table has more than %d entries: the others "
		    "are left out",
		    PARTS_MAX);
}

static bool
has_same(const struct parts *t, const struct part *x)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->v[i].number > 0 && t->v[i].offset == x->offset &&
		    t->v[i].length == x->length)
			return true;
	return false;
}

/* The DOS table that goes with a GPT. */
static void
say_protective(struct listing *l, const struct tables *s)
{
	const struct parts *dos = &s->t[PARTS_DOS];
	size_t others = 0;

	if (!s->has[PARTS_DOS]) {
		volumes_say(l, "anomaly", 0, 512, "there is no protective MBR");
		return;
	}
	for (size_t i = 0; i < dos->n; i++)
		others += dos->v[i].number > 0 &&
			  !has_same(&s->t[PARTS_GPT], &dos->v[i]);
	if (dos->protective && dos->foreign)
		volumes_say(l, "anomaly", 0, 512,
		    "hybrid MBR: beside the GPT it has partitions of its own, "
		    "of them %zu that the GPT has not",
		    others);
}

static void
say_tables(struct listing *l, const struct tables *s, const struct parts *used)
{
	const struct parts *gpt = &s->t[PARTS_GPT], *dos = &s->t[PARTS_DOS];
	bool by_gpt = used == gpt;

	if (used != NULL)
		say_odd(l, used);
	if (s->has[PARTS_GPT] && gpt->partitions == 0)
		say_odd(l, gpt);
	if (s->has[PARTS_DOS] && dos->protective && !s->has[PARTS_GPT])
		volumes_say(l, "anomaly", 0, 512,
		    "protective MBR, but there is no GPT");
	if (by_gpt)
		say_protective(l, s);
	for (size_t i = 0; i < PARTS_KINDS && used != NULL; i++) {
		const struct parts *t = &s->t[i];

		if (!s->has[i] || t == used || t->partitions == 0 ||
		    t->doubtful || (by_gpt && t == dos && t->protective))
			continue;
		volumes_say(l, "anomaly", t->v[0].offset, t->v[0].length,
		    "there are two partition tables: %s, with %zu partitions, "
		    "is not used",
		    t->name, t->partitions);
	}
}

/* --- partitions --------------------------------------------------------- */

static void
check_end(struct listing *l, struct spill_volume *v)
{
	uint64_t size = l->disk->size, from = SPILL_MIN(v->offset, size);

	if (v->offset < size && v->length <= size - v->offset)
		return;
	volumes_say(l, "anomaly", v->offset, v->length,
	    "volume %s goes on beyond the end of the image by %llu bytes",
	    v->name, (unsigned long long)(v->offset + v->length - size));
	v->length = SPILL_MIN(v->length, size - from);
	v->offset = from;
}

/*
 * A partition with slices in it is not a volume beside them; unless there is
 * a file system in it that none of them has.
 */
static bool
is_holder(struct listing *l, const struct parts *t, const struct part *x)
{
	struct ev_found found;
	bool any = false;

	for (size_t i = 0; i < t->n; i++) {
		any |= t->v[i].in == x->number;
		if (t->v[i].in == x->number && t->v[i].offset == x->offset)
			return true;
	}
	if (!any)
		return false;
	ev_fs_detect(l->disk, x->offset, x->length, &found);
	return found.type == 0;
}

static void
add_part(struct listing *l, const struct parts *t, const struct part *x)
{
	struct spill_volume *v;

	if (x->number > 0 && is_holder(l, t, x))
		return;
	v = volumes_add(l,
	    x->number > 0 ? SPILL_VOLUME_OTHER : SPILL_VOLUME_TABLE, x->offset,
	    x->length);
	if (v == NULL)
		return;
	if (x->number > 0)
		(void)snprintf(v->name, sizeof(v->name), "p%u", x->number);
	else
		(void)snprintf(v->what, sizeof(v->what), "%s", x->what);
	/* Kept here until the volume is looked into. */
	v->type = x->core_storage;
	if (x->number > 0)
		check_end(l, v);
	else
		v->length = SPILL_MIN(v->length, l->disk->size - v->offset);
}

/* Every range is looked into once. */
static void
say_overlap(struct listing *l, const struct spill_volume *before,
    struct spill_volume *v)
{
	uint64_t end = before->offset + before->length;
	bool table =
	    before->kind == SPILL_VOLUME_TABLE || v->kind == SPILL_VOLUME_TABLE;
	const char *name =
	    v->kind == SPILL_VOLUME_TABLE ? before->name : v->name;

	volumes_say(l, "anomaly", v->offset,
	    SPILL_MIN(v->length, end - v->offset),
	    table ? "volume %s has sectors of the partition table%s"
		  : "volume %s begins before volume %s ends",
	    name, table ? "" : before->name);
	if (table || v->offset != before->offset)
		return;
	(void)snprintf(
	    v->what, sizeof(v->what), "begins where %s does", before->name);
	v->length = 0;
}

static void
check_overlaps(struct listing *l)
{
	const struct spill_volume *last = NULL;

	for (size_t i = 0; i < l->out->n; i++) {
		struct spill_volume *v = &l->out->v[i];

		if (last != NULL && v->length > 0 &&
		    v->offset < last->offset + last->length &&
		    (v->kind != SPILL_VOLUME_TABLE ||
			last->kind != SPILL_VOLUME_TABLE))
			say_overlap(l, last, v);
		if (last == NULL ||
		    v->offset + v->length > last->offset + last->length)
			last = v;
	}
}

/* libfvde's description of the format, "Physical volume header". */
static void
look_for_core_storage(struct listing *l, struct spill_volume *v)
{
	char sign[2];

	if (v->kind != SPILL_VOLUME_OTHER || strcmp(v->status, "ok") != 0 ||
	    !l->view.read(l, v->offset + 88, sign, sizeof(sign)) ||
	    memcmp(sign, "CS", 2) != 0)
		return;
	volumes_encrypted(l, v, "CoreStorage volume (FileVault)");
}

static void
look_inside(struct listing *l)
{
	for (size_t i = 0; i < l->out->n; i++) {
		struct spill_volume *v = &l->out->v[i];
		bool core_storage = v->type != 0;

		if (v->kind == SPILL_VOLUME_TABLE || v->what[0] != '\0')
			continue;
		volumes_look(l, v);
		if (core_storage)
			look_for_core_storage(l, v);
	}
}

/* The disk is a file system as well, which no partition begins with. */
static void
add_whole(struct listing *l, const struct parts *t)
{
	uint64_t length = lost_length(&l->view, 0);
	struct spill_volume *v;

	for (size_t i = 0; i < t->n; i++)
		if (t->v[i].number > 0 && t->v[i].offset == 0)
			return;
	volumes_say(l, "anomaly", 0, 0,
	    "there is a partition table, but the disk can be opened as one "
	    "file system, too");
	if (length == 0 || length > l->disk->size)
		length = l->disk->size;
	v = volumes_add(l, SPILL_VOLUME_OTHER, 0, length);
	if (v != NULL)
		(void)snprintf(v->name, sizeof(v->name), "p0");
}

static void
add_table(struct listing *l, const struct parts *t)
{
	for (size_t i = 0; i < t->n && l->rc == SPILL_OK; i++)
		add_part(l, t, &t->v[i]);
	(void)snprintf(l->out->table, sizeof(l->out->table), "%s", t->name);
	volumes_sort(l);
	check_overlaps(l);
	look_inside(l);
}

bool
volumes_table(struct listing *l)
{
	struct tables *s = calloc(1, sizeof(*s));
	struct ev_found whole;
	struct parts *t;

	if (s == NULL) {
		l->rc = SPILL_ENOMEM;
		return false;
	}
	for (size_t i = 0; i < PARTS_KINDS; i++)
		read_table(l, s, (enum parts_kind)i, sector_of(l));
	try_large_sectors(l, s);
	t = choose(l, s);
	ev_fs_detect(l->disk, 0, l->disk->size, &whole);
	/* The other tables have more that says what they are. */
	if (t == &s->t[PARTS_DOS] && (whole.type != 0 || whole.code != NULL) &&
	    !leads_somewhere(l, t))
		t = NULL;
	if (t != NULL || whole.type == 0)
		say_tables(l, s, t);
	if (t != NULL && whole.type != 0)
		add_whole(l, t);
	if (t != NULL)
		add_table(l, t);
	for (size_t i = 0; i < PARTS_KINDS; i++)
		parts_release(&s->t[i]);
	free(s);
	return t != NULL;
}

/* --- a table in a partition --------------------------------------------- */

struct inner {
	const struct disk_view *whole;
	uint64_t base;
};

static bool
read_inner(void *ctx, uint64_t at, void *buf, size_t n)
{
	const struct inner *i = ctx;

	return i->whole->read(i->whole->ctx, i->base + at, buf, n);
}

static bool
is_inside(const struct parts *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->v[i].offset >= t->disk->size ||
		    t->v[i].length > t->disk->size - t->v[i].offset)
			return false;
	return t->partitions > 0 && !t->doubtful;
}

/* One level: what lies in it is searched for like what lies in a gap. */
void
volumes_inner_table(struct listing *l, const struct spill_volume *v)
{
	struct inner in = { &l->view, v->offset };
	const struct disk_view view = {
		.read = read_inner, .ctx = &in, .size = v->length
	};
	struct parts *t = calloc(1, sizeof(*t));
	bool any = false;

	if (t == NULL) {
		l->rc = SPILL_ENOMEM;
		return;
	}
	for (size_t i = 0; i < PARTS_KINDS && !any && v->offset > 0; i++) {
		if (parts_read(t, &view, (enum parts_kind)i, 512) != SPILL_OK)
			continue;
		any = is_inside(t);
		if (any)
			volumes_say(l, "anomaly", v->offset, 512,
			    "volume %s has a partition table of its own: %s, "
			    "partitions: %zu",
			    v->name, t->name, t->partitions);
		parts_release(t);
	}
	free(t);
}
