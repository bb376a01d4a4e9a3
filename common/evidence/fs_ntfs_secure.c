/*
 * fs_ntfs_secure.c: who owns a file. $STANDARD_INFORMATION has the number of
 * a security descriptor; these are in the stream $SDS of $Secure, each behind
 * a header ([RF] "$Secure"): hash, id, its own offset in the stream, length.
 * Every stretch of 256 KiB is followed by a copy of it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <spill/buf.h>

#include "fs_ntfs_i.h"

#define SECURE	 9u /* record */
#define SDS_MAX	 ((uint64_t)64 << 20)
#define STRETCH	 ((size_t)256 << 10)
#define HEADER	 20u
#define SUBS_MAX 15 /* parts of a SID, [MS-DTYP] 2.4.2.2 */

/* The SID at a place of a security descriptor ([MS-DTYP] 2.4.6). */
static const char *
put_sid(struct ntfs *s, struct spill_cur c)
{
	char text[32 + 11 * SUBS_MAX];
	uint64_t authority = 0;
	unsigned subs;
	size_t n;

	if (spill_cur_u8(&c) != 1)
		return NULL;
	subs = spill_cur_u8(&c);
	for (int i = 0; i < 6; i++)
		authority = authority << 8 | spill_cur_u8(&c);
	if (subs > SUBS_MAX || spill_cur_left(&c) < 4 * (size_t)subs)
		return NULL;
	n = (size_t)snprintf(text, sizeof(text), "S-1-%" PRIu64, authority);
	for (unsigned i = 0; i < subs; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "-%" PRIu32,
		    spill_cur_u32le(&c));
	return spill_arena_dup(&s->sids, text, n);
}

static const char *
owner(struct ntfs *s, struct spill_span descriptor)
{
	struct spill_cur c = spill_cur(descriptor.p, descriptor.len);

	spill_cur_seek(&c, 4);
	spill_cur_seek(&c, spill_cur_u32le(&c));
	return spill_cur_ok(&c) && c.pos >= 20 ? put_sid(s, c) : NULL;
}

static bool
add_sid(struct ntfs *s, size_t *cap, uint32_t id, const char *text)
{
	if (text == NULL)
		return true;
	if (s->nsid == *cap) {
		size_t more = *cap > 0 ? 2 * *cap : 64;
		struct ntfs_sid *p = realloc(s->sid, more * sizeof(*p));

		if (p == NULL)
			return false;
		s->sid = p;
		*cap = more;
	}
	s->sid[s->nsid++] = (struct ntfs_sid){ id, text };
	return true;
}

/* All descriptors of one stretch, which its copy is not looked at for. */
static void
read_stretch(struct ntfs *s, struct spill_span raw, uint64_t base, size_t *cap)
{
	struct spill_cur c = spill_cur(raw.p, raw.len);

	while (spill_cur_left(&c) > HEADER) {
		size_t at = c.pos;
		uint32_t id, len;
		uint64_t self;

		spill_cur_skip(&c, 4);
		id = spill_cur_u32le(&c);
		self = spill_cur_u64le(&c);
		len = spill_cur_u32le(&c);
		if (self != base + at || len <= HEADER || len > raw.len - at)
			return;
		if (!add_sid(s, cap, id,
			owner(s, (struct spill_span){
				     raw.p + at + HEADER, len - HEADER })))
			return;
		spill_cur_seek(
		    &c, SPILL_MIN(raw.len, (at + len + 15) / 16 * 16));
	}
}

static int
by_id(const void *a, const void *b)
{
	const struct ntfs_sid *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static void
load(struct ev_fs *fs)
{
	struct ntfs *s = fs->state;
	struct ev_object o = { .text = SPILL_BUF_INIT((size_t)1 << 20) };
	char *buf = malloc(STRETCH);
	const struct ev_attr *sds = NULL;
	size_t cap = 0;

	if (buf != NULL &&
	    ev_ntfs_object(fs, SECURE, &o, NULL, NULL) == SPILL_OK)
		sds = ev_ntfs_find(&o, SPILL_NTFS_DATA, "$SDS");
	for (uint64_t at = 0; sds != NULL && !sds->resident &&
			      at < SPILL_MIN(sds->size, SDS_MAX);
	     at += 2 * STRETCH) {
		size_t n = (size_t)SPILL_MIN((uint64_t)STRETCH, sds->size - at);

		(void)ev_ntfs_read(fs, o.run + sds->run, sds->runs, at, buf, n);
		read_stretch(s, (struct spill_span){ buf, n }, at, &cap);
	}
	if (s->nsid > 0)
		qsort(s->sid, s->nsid, sizeof(*s->sid), by_id);
	ev_object_release(&o);
	free(buf);
}

const char *
ev_ntfs_sid(struct ev_fs *fs, uint32_t id)
{
	struct ntfs *s = fs->state;
	const struct ntfs_sid key = { .id = id }, *found;

	if (!s->secured)
		load(fs);
	s->secured = true;
	found = s->nsid > 0
		    ? bsearch(&key, s->sid, s->nsid, sizeof(*s->sid), by_id)
		    : NULL;
	return found != NULL ? found->text : NULL;
}
