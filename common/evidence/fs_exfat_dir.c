/*
 * fs_exfat_dir.c: the entries of exFAT: which of them a folder has, and which
 * are in none.
 */
#include <stdio.h>
#include <string.h>

#include "fs_fat_i.h"

#define IN_USE 0x80
#define TEXFAT 0x21

/* --- what looks like an entry -------------------------------------------- */

static bool
is_file(const uint8_t *p)
{
	uint8_t any = 0;

	for (size_t i = 8; i < 22; i++) /* its times */
		any |= p[i];
	return (p[0] & ~IN_USE) == SPILL_EXFAT_FILE && p[1] >= 2 &&
	       p[1] < EXFAT_SET && any != 0;
}

static bool
is_content(const struct fat *s, uint32_t cluster, uint64_t length)
{
	return length == 0 ||
	       (length <= (uint64_t)s->clusters * s->cluster_size &&
		   fat_is_cluster(s, cluster));
}

static bool
is_stream(const struct fat *s, const uint8_t *p)
{
	struct spill_cur c = spill_cur(p, FAT_SLOT);
	uint32_t cluster;

	spill_cur_skip(&c, 20);
	cluster = spill_cur_u32le(&c);
	return is_content(s, cluster, spill_cur_u64le(&c));
}

/* libtsk's rules. */
static bool
is_entry(const struct fat *s, const uint8_t *p)
{
	switch (p[0] & ~IN_USE) {
	case SPILL_EXFAT_FILE:
		return is_file(p);
	case SPILL_EXFAT_STREAM:
		return is_stream(s, p);
	case SPILL_EXFAT_NAME:
	case SPILL_EXFAT_LABEL:
	case SPILL_EXFAT_BITMAP:
	case SPILL_EXFAT_UPCASE:
	case SPILL_EXFAT_GUID:
	case TEXFAT:
		return true;
	default:
		return false;
	}
}

/* --- folders ------------------------------------------------------------ */

/* As far as there is one: what was never written of it is 0. */
static void
put_name(const struct spill_exfat_entry *e, struct spill_buf *out)
{
	size_t n = e->name_len;

	while (n >= 2 && (e->name[n - 2] | e->name[n - 1]) == 0)
		n -= 2;
	spill_buf_reset(out);
	(void)spill_utf16le_put(
	    out, (struct spill_span){ (const char *)e->name, n });
}

/* The length of one of 256 characters is 0: to the end of what there is. */
static void
put_pieces(const uint8_t *p, unsigned entries, struct spill_buf *out)
{
	for (unsigned i = 2; i < entries; i++) {
		const uint8_t *name = p + (size_t)i * FAT_SLOT + 2;
		size_t n = 0;

		if ((name[-2] & ~IN_USE) != SPILL_EXFAT_NAME)
			return;
		while (n < 30 && (name[n] | name[n + 1]) != 0)
			n += 2;
		(void)spill_utf16le_put(
		    out, (struct spill_span){ (const char *)name, n });
		if (n < 30)
			return;
	}
}

static void
add(struct fat_listing *l, struct ev_entry *x)
{
	x->name = spill_buf_as_span(&l->name);
	x->placed = true;
	if (x->name.len > 0)
		ev_folder_add(l->out, x);
}

/* A file whose name is lost. */
static void
make_up_name(struct fat_listing *l, struct ev_entry *x)
{
	char text[40];
	int n = snprintf(
	    text, sizeof(text), "NoName-%llu", (unsigned long long)x->object);

	spill_buf_reset(&l->name);
	spill_buf_put(&l->name, text, (size_t)n);
	x->lost = x->named == EV_NAMED;
	x->named = EV_UNNAMED;
}

/* Where there may be anything: does it look like a file? */
static bool
is_likely(
    const struct fat *s, const uint8_t *p, const struct spill_exfat_entry *e)
{
	return is_file(p) &&
	       (e->sound ||
		   (e->has_stream && is_content(s, e->cluster, e->length)));
}

static void
add_file(struct fat_listing *l, const uint8_t *p,
    const struct spill_exfat_entry *e, struct ev_entry *x)
{
	uint32_t cluster;

	if (l->strict && !is_likely(l->s, p, e))
		return;
	/* What lies in clusters of others by now may be theirs. */
	if (l->erased && !e->deleted &&
	    fat_cluster_of(l->s, fat_place(l, x->offset), &cluster) &&
	    fat_used(l->fs, cluster))
		return;
	put_name(e, &l->name);
	if (l->name.len == 0)
		put_pieces(p, e->entries, &l->name);
	x->kind =
	    (e->attributes & SPILL_EXFAT_DIRECTORY) != 0 ? EV_DIR : EV_FILE;
	/* Behind an end that a damaged byte may have put there: all of the set
	 * is right, and no other folder has its clusters. */
	x->lost = e->beyond && !e->deleted && x->kind == EV_DIR && e->sum_ok &&
		  e->flaw.what == NULL && fat_is_free_folder(l, e->cluster);
	if (l->name.len == 0 && (x->named == EV_NAMED || e->sound))
		make_up_name(l, x);
	add(l, x);
}

/* Its text may be longer than it should be; of one that was taken away there
 * may be none. */
static void
add_label(struct fat_listing *l, const uint8_t *p, struct ev_entry *x)
{
	size_t units = SPILL_MIN(p[1], 15u);

	spill_buf_reset(&l->name);
	(void)spill_utf16le_put(
	    &l->name, (struct spill_span){ (const char *)p + 2, 2 * units });
	if (l->name.len == 0) {
		spill_buf_puts(&l->name, "$EMPTY_VOLUME_LABEL");
		x->named = l->erased ? EV_ERASED : EV_NAMED;
	}
	spill_buf_puts(&l->name, " (Volume Label Entry)");
	add(l, x);
}

static const char *
special_name(unsigned kind)
{
	switch (kind) {
	case SPILL_EXFAT_BITMAP:
		return "$ALLOC_BITMAP";
	case SPILL_EXFAT_UPCASE:
		return "$UPCASE_TABLE";
	case SPILL_EXFAT_GUID:
		return "$VOLUME_GUID";
	case TEXFAT:
		return "$TEX_FAT";
	default:
		return NULL;
	}
}

static void
add_special(struct fat_listing *l, const uint8_t *p,
    const struct spill_exfat_entry *e, struct ev_entry *x)
{
	const char *name = special_name(e->kind);
	bool content =
	    e->kind == SPILL_EXFAT_BITMAP || e->kind == SPILL_EXFAT_UPCASE;

	x->kind = EV_FILE;
	if (l->strict)
		return;
	if (e->kind == SPILL_EXFAT_LABEL) {
		add_label(l, p, x);
		return;
	}
	if (name == NULL ||
	    (content &&
		(e->length == 0 || !is_content(l->s, e->cluster, e->length)))) {
		if (x->named == EV_NAMED && name != NULL)
			fat_junk(l, x->offset, FAT_SLOT);
		return;
	}
	spill_buf_reset(&l->name);
	spill_buf_puts(&l->name, name);
	add(l, x);
}

/* Names without a file before them: pieces in a row are one. */
static void
end_lone(struct fat_listing *l)
{
	struct ev_entry x = { .named = EV_ERASED, .offset = l->lone };

	if (l->lone_name.len == 0)
		return;
	spill_buf_reset(&l->name);
	(void)spill_utf16le_put(&l->name, spill_buf_as_span(&l->lone_name));
	spill_buf_reset(&l->lone_name);
	add(l, &x);
}

static void
add_lone(
    struct fat_listing *l, const struct spill_exfat_entry *e, uint64_t offset)
{
	size_t n = 0;

	if (offset != l->lone_end || l->lone_name.len >= SPILL_EXFAT_NAME_MAX)
		end_lone(l);
	if (l->strict)
		return;
	while (n + 1 < e->name_len && (e->name[n] | e->name[n + 1]) != 0)
		n += 2;
	if (l->lone_name.len == 0)
		l->lone = offset;
	l->lone_end = offset + FAT_SLOT;
	spill_buf_put(&l->lone_name, e->name, n);
}

static void
add_entry(
    struct fat_listing *l, const uint8_t *p, const struct spill_exfat_entry *e)
{
	struct ev_entry x = { .offset = l->base + e->at,
		.named = e->deleted || e->beyond || l->erased ? EV_ERASED
							      : EV_NAMED };

	x.object = fat_number(l->s, fat_place(l, x.offset));
	if (e->kind == SPILL_EXFAT_NAME)
		add_lone(l, e, x.offset);
	else if (e->kind == SPILL_EXFAT_FILE)
		add_file(l, p + e->at, e, &x);
	else if (e->kind == SPILL_EXFAT_STREAM && x.named == EV_NAMED)
		fat_junk(l, x.offset, FAT_SLOT);
	else if (e->entries == 1)
		add_special(l, p + e->at, e, &x);
}

/* How much of the end is of a set that goes on. */
static size_t
open_set(const uint8_t *p, size_t n)
{
	for (size_t i = 1; i < EXFAT_SET && i * FAT_SLOT <= n; i++) {
		const uint8_t *slot = p + n - i * FAT_SLOT;

		if ((slot[0] & 0x40) != 0)
			continue;
		return (slot[0] & ~IN_USE) == SPILL_EXFAT_FILE &&
			       slot[1] + 1u > i
			   ? i * FAT_SLOT
			   : 0;
	}
	return 0;
}

static size_t
parse_sets(struct fat_listing *l, struct spill_span bytes, bool last)
{
	const uint8_t *p = (const uint8_t *)bytes.p;
	size_t keep = last ? 0 : open_set(p, bytes.len);
	struct spill_exfat_entry e;
	struct spill_exfat_dir it;

	bytes.len -= keep;
	it = spill_exfat_dir(bytes);
	it.beyond = l->beyond;
	while (spill_exfat_dir_next(&it, &e) != SPILL_END)
		add_entry(l, p, &e);
	l->beyond = it.beyond;
	return keep;
}

int
exfat_list(struct ev_fs *fs, uint64_t dir, struct ev_folder *out)
{
	struct fat_listing l = { .fs = fs,
		.s = fs->state,
		.name = SPILL_BUF_INIT(4096),
		.lone_name = SPILL_BUF_INIT(4096),
		.parse = parse_sets,
		.end = end_lone,
		.is_entry = is_entry };

	return fat_list_by(&l, dir, out);
}

/* --- what is in no folder ------------------------------------------------ */

static bool
slot(struct fat_sweep *w, struct spill_span bytes, size_t pos, uint64_t number)
{
	const uint8_t *p = (const uint8_t *)bytes.p + pos;
	struct ev_entry x = { .object = number, .named = EV_ERASED };
	struct spill_exfat_entry e;

	if (!is_file(p) || !exfat_decode(p, bytes.len - pos, &e))
		return true;
	/* A stream goes with it, unless it is where nobody knows. */
	if (!is_likely(w->s, p, &e) &&
	    (e.has_stream || bytes.len - pos > FAT_SLOT))
		return true;
	put_name(&e, &w->name);
	x.name = spill_buf_as_span(&w->name);
	x.lost = w->in_use && !e.deleted;
	if (x.name.len == 0)
		x.named = EV_UNNAMED;
	return w->each(w->ctx, &x,
	    (e.attributes & SPILL_EXFAT_DIRECTORY) != 0 ? EV_DIR : EV_FILE);
}

/* Does a cluster begin as one of a folder does? sure: there is a file in its
 * first sector whose checksum is right, or that is as it must be. */
static bool
is_of_folder(struct fat_sweep *w, uint64_t cluster, bool *sure)
{
	uint8_t raw[4096];
	size_t n = SPILL_MIN(w->s->sector_size, sizeof(raw));
	struct spill_exfat_entry e;

	*sure = false;
	if (!ev_fs_read(w->fs, fat_cluster_at(w->s, cluster), raw, n) ||
	    !is_entry(w->s, raw))
		return false;
	for (size_t i = 0; i < n && !*sure; i += FAT_SLOT)
		*sure = raw[i] == (IN_USE | SPILL_EXFAT_FILE) &&
			is_file(raw + i) && exfat_decode(raw + i, n - i, &e) &&
			e.sound;
	return true;
}

/* Clusters of a folder whose entry is lost, or their chain. */
static bool
stray(struct fat_sweep *w, uint32_t cluster)
{
	uint64_t end = cluster + 1ULL;
	bool more, sure;

	if (!is_of_folder(w, cluster, &sure) || !sure)
		return true;
	while (fat_is_stray(w, end) && is_of_folder(w, end, &sure))
		end++;
	w->in_use = true;
	more = fat_sweep_clusters(w, cluster, end);
	w->in_use = false;
	w->next = end;
	return more;
}

int
exfat_unused(struct ev_fs *fs, fat_each *each, void *ctx)
{
	struct fat_sweep w = { .fs = fs,
		.s = fs->state,
		.each = each,
		.ctx = ctx,
		.name = SPILL_BUF_INIT(4096),
		.is_entry = is_entry,
		.slot = slot,
		.stray = stray };
	int rc = fat_sweep(&w);

	spill_buf_release(&w.name);
	return rc;
}

/* A set, or the pieces of a name that has none. */
size_t
exfat_entry_len(struct spill_span bytes)
{
	size_t n = 1;

	while (n < EXFAT_SET && (n + 1) * FAT_SLOT <= bytes.len &&
	       (((uint8_t)bytes.p[n * FAT_SLOT] ^ (uint8_t)bytes.p[0]) &
		   IN_USE) == 0 &&
	       (bytes.p[n * FAT_SLOT] & 0x40) != 0)
		n++;
	return n * FAT_SLOT <= bytes.len ? n * FAT_SLOT : 0;
}
