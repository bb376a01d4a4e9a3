/*
 * fs_iso_session.c: the sessions of a disc. Each has volume descriptors of its
 * own, 16 sectors behind its start, with trees that take over what they keep
 * of the sessions before it. An image has no table of contents: a session is
 * looked for behind the end of the one before it.
 */
#include <string.h>

#include "fs_iso_i.h"

#define SECTOR	SPILL_ISO_SECTOR
#define GROWN	32 /* where what writes files as if discs puts the first one */
#define GAP_MAX 16384u /* sectors; on a CD there are 11,400 at most */

struct search {
	struct ev_disk *disk;
	uint64_t offset, sectors; /* of the volume */
	struct iso_sessions *out;
};

static bool
read_sector(const struct search *s, uint64_t n, char buf[SECTOR])
{
	return n < s->sectors &&
	       ev_disk_read(s->disk, s->offset + n * SECTOR, buf, SECTOR);
}

/* The session that starts there: its descriptor, and a root folder behind it
 * that knows its place on the disc, which that of an image in a file does not.
 */
static bool
read_session(const struct search *s, uint64_t start, struct spill_iso_volume *v)
{
	char sector[SECTOR];
	struct spill_iso_record dot;
	uint64_t root;

	if (!read_sector(s, start + SPILL_ISO_FIRST, sector) ||
	    spill_iso_volume_read((struct spill_span){ sector, SECTOR }, v) !=
		SPILL_OK ||
	    v->kind != SPILL_ISO_PRIMARY || v->block_size != SECTOR)
		return false;
	root = (uint64_t)v->root.block + v->root.extra;
	return root > start && read_sector(s, root, sector) &&
	       spill_iso_record_read(
		   (struct spill_span){ sector, SECTOR }, &dot) == SPILL_OK &&
	       dot.self && dot.block == v->root.block;
}

static bool
add_session(struct iso_sessions *o, uint64_t start, uint32_t root)
{
	if (o->n == ISO_SESSIONS) {
		o->more = true;
		return false;
	}
	o->start[o->n] = (uint32_t)start;
	o->root[o->n++] = root;
	return true;
}

/* The next session from a sector on; *at: where it is, or where there is none
 * any more. */
static bool
find_next(const struct search *s, uint64_t *at, struct spill_iso_volume *v)
{
	uint64_t end = SPILL_MIN(*at + GAP_MAX, s->sectors);
	char buf[16 * SECTOR];

	for (; *at < end; *at += 16) {
		uint64_t from = *at + SPILL_ISO_FIRST;
		size_t n = from < s->sectors
			       ? (size_t)SPILL_MIN(16, s->sectors - from)
			       : 0;

		if (n == 0 || !ev_disk_read(s->disk, s->offset + from * SECTOR,
				  buf, n * SECTOR))
			return false;
		for (size_t i = 0; i < n; i++)
			if (memcmp(buf + i * SECTOR, "\1CD001", 6) == 0 &&
			    read_session(s, *at + i, v)) {
				*at += i;
				return true;
			}
	}
	return false;
}

static void
find_all(const struct search *s, uint64_t at)
{
	struct spill_iso_volume v;

	while (at < UINT32_MAX && find_next(s, &at, &v) &&
	       add_session(s->out, at, v.root.block))
		at += SPILL_MAX(v.blocks, SPILL_ISO_FIRST);
}

void
ev_iso_sessions(struct ev_disk *d, uint64_t offset, uint64_t length,
    struct iso_sessions *out)
{
	const struct search s = { d, offset,
		SPILL_MIN(length, d->size - SPILL_MIN(d->size, offset)) /
		    SECTOR,
		out };
	struct spill_iso_volume first, v;
	unsigned last;

	*out = (struct iso_sessions){ 0 };
	if (!read_session(&s, 0, &first))
		return;
	(void)add_session(out, 0, first.root.block);
	if (read_session(&s, GROWN, &v) &&
	    add_session(out, GROWN, v.root.block))
		find_all(&s, GROWN + (uint64_t)v.blocks);
	else
		find_all(&s, first.blocks);
	/* Where a file is grown, the first descriptor leads to the last one's
	 * tree: it is that session. */
	last = out->n - 1;
	if (last > 0 && out->root[last] == out->root[0]) {
		out->n = last;
		memmove(out->start, out->start + 1,
		    (last - 1) * sizeof(out->start[0]));
		out->start[last - 1] = 0;
	}
}
