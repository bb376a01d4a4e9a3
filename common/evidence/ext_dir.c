/*
 * ext_dir.c: blocks of directories ([EXT4] "Directory Entries") and nodes of
 * extent trees ([EXT4] "The Contents of inode.i_block").
 */
#include <string.h>

#include "ondisk_i.h"

#include <spill/ext.h>

#define HEAD	  8 /* bytes of an entry before its name */
#define BLOCK_MAX 65536

/* --- directories -------------------------------------------------------- */

struct spill_ext_dir
spill_ext_dir(struct spill_span block, const struct spill_ext_super *super)
{
	return (struct spill_ext_dir){ .bytes = block,
		.inodes = super->inodes,
		.filetype = (super->incompat & SPILL_EXT_FILETYPE) != 0 };
}

/* A length of 64 KiB or more stands in 16 bits with its low ones on top. */
static size_t
entry_len(const struct spill_ext_dir *it, unsigned stored)
{
	if (it->bytes.len < 65536)
		return stored;
	if (stored == 65535 || stored == 0)
		return it->bytes.len;
	return (stored & 65532u) | (size_t)(stored & 3) << 16;
}

/* Bytes that an entry with such a name needs. */
static size_t
need(size_t name)
{
	return (HEAD + name + 3) & ~(size_t)3;
}

/* The fields at pos, of which HEAD bytes are there; returns the length that
 * the entry says it has. */
static size_t
entry_read(
    const struct spill_ext_dir *it, size_t pos, struct spill_ext_dirent *e)
{
	struct spill_cur c = spill_cur_of(it->bytes);
	size_t len;
	unsigned name;

	spill_cur_seek(&c, pos);
	e->at = pos;
	e->inode = spill_cur_u32le(&c);
	len = entry_len(it, spill_cur_u16le(&c));
	name = spill_cur_u8(&c);
	e->type = spill_cur_u8(&c);
	if (!it->filetype) {
		name |= (unsigned)e->type << 8;
		e->type = 0;
	}
	e->name = spill_part(it->bytes, pos + HEAD, name);
	return len;
}

/* Can it be an entry, whatever its length, and whatever its name? */
static bool
possible(const struct spill_ext_dir *it, const struct spill_ext_dirent *e)
{
	return e->name.len > 0 && e->name.len <= 255 && e->type <= 7 &&
	       e->inode <= it->inodes;
}

/* Does it look like one? */
static bool
plausible(const struct spill_ext_dir *it, const struct spill_ext_dirent *e)
{
	return possible(it, e) &&
	       memchr(e->name.p, '\0', e->name.len) == NULL &&
	       memchr(e->name.p, '/', e->name.len) == NULL;
}

/* Has it room for its name, before end? */
static bool
has_room(const struct spill_ext_dir *it, const struct spill_ext_dirent *e,
    size_t len, size_t end)
{
	return len % 4 == 0 && len >= need(e->name.len) &&
	       need(e->name.len) <= end - e->at && len <= it->bytes.len - e->at;
}

/* Does it look like an entry that lies before end? */
static bool
candidate(const struct spill_ext_dir *it, const struct spill_ext_dirent *e,
    size_t len, size_t end)
{
	return plausible(it, e) && has_room(it, e, len, end);
}

/* Does one begin there, with room for its name before end? */
static bool
begins(const struct spill_ext_dir *it, size_t at, size_t end)
{
	struct spill_ext_dirent e = { 0 };
	size_t len;

	if (end - at <= HEAD)
		return false;
	len = entry_read(it, at, &e);
	return e.inode > 0 && possible(it, &e) && has_room(it, &e, len, end);
}

/*
 * What a damaged length of a name leaves of it: all up to a NUL, if that can
 * be printed.
 */
static bool
up_to_nul(
    const struct spill_ext_dir *it, struct spill_ext_dirent *e, size_t len)
{
	size_t n = 0, most = SPILL_MIN(len - HEAD, (size_t)255);
	const char *p = it->bytes.p + e->at + HEAD;

	while (n < most && (uint8_t)p[n] >= 0x20 && p[n] != 0x7f)
		n++;
	if (n == 0 || (n < most && p[n] != '\0'))
		return false;
	e->name = (struct spill_span){ p, n };
	e->type = 0;
	return true;
}

/* Does a name begin with what can be printed, up to a NUL? */
static bool
begins_well(struct spill_span name)
{
	size_t n = 0;

	while (n < name.len && (uint8_t)name.p[n] >= 0x20 && name.p[n] != 0x7f)
		n++;
	return n > 0 && n < name.len && name.p[n] == '\0';
}

/*
 * Is it one whose name or its length was damaged? Its own length says so: it
 * leads to where the room ends, or is what the name needs and another follows,
 * or a part of the name is left.
 */
static bool
remains(const struct spill_ext_dir *it, struct spill_ext_dirent *e, size_t len,
    size_t end)
{
	if (e->inode == 0 || e->inode > it->inodes || len % 4 != 0 ||
	    len <= HEAD || len > end - e->at)
		return false;
	if (possible(it, e) && need(e->name.len) <= len)
		return e->name.p[0] != '\0' &&
		       (e->at + len == end ||
			   (len == need(e->name.len) &&
			       (begins(it, e->at + len, end) ||
				   begins_well(e->name))));
	return e->at + len == end && up_to_nul(it, e, len);
}

/* The next candidate in the room from pos to end. */
static bool
gap_next(struct spill_ext_dir *it, struct spill_ext_dirent *out)
{
	for (; it->end - it->pos > HEAD && it->pos < it->end; it->pos += 4) {
		struct spill_ext_dirent e = { .deleted = true };
		size_t len = entry_read(it, it->pos, &e);

		if (!candidate(it, &e, len, it->end) &&
		    !remains(it, &e, len, it->end))
			continue;
		it->pos += need(e.name.len);
		*out = e;
		return true;
	}
	it->pos = it->end;
	return false;
}

/* Of one that lost its inode, too: the first of a block, before another. */
static bool
was_first(const struct spill_ext_dir *it, const struct spill_ext_dirent *e,
    size_t len)
{
	return e->at == 0 && possible(it, e) && e->name.p[0] != '\0' &&
	       len == need(e->name.len) && begins(it, len, it->bytes.len);
}

/* No entry: the checksum at the end of a block. */
static bool
is_tail(const struct spill_ext_dirent *e, size_t len, size_t left)
{
	return e->inode == 0 && len == 12 && left == 12 && e->name.len == 0 &&
	       (e->type == 0 || e->type == 0xde);
}

/*
 * The first entry at or behind from that is in use and after which one follows
 * the other to the end of the block: that is what entries in use do, even one
 * whose name was damaged. From the end on, so that each place is looked at
 * once.
 */
static size_t
resume(const struct spill_ext_dir *it, size_t from)
{
	bool fits[BLOCK_MAX / 4] = { false };
	size_t all = it->bytes.len, first = all;

	if (all > BLOCK_MAX || all < HEAD)
		return all;
	for (size_t n = (all - HEAD) / 4 + 1; n > (from + 3) / 4; n--) {
		struct spill_ext_dirent e = { 0 };
		size_t at = 4 * (n - 1), len = entry_read(it, at, &e);

		if (len < HEAD || len % 4 != 0 || len > all - at ||
		    (at + len < all && !fits[(at + len) / 4]))
			continue;
		fits[at / 4] = e.inode == 0 ||
			       (possible(it, &e) && has_room(it, &e, len, all));
		if (fits[at / 4] && e.inode != 0)
			first = at;
	}
	return first;
}

/*
 * What is no entry may be where the damaged length of the one before led: if
 * entries that go on to the end of the block begin right behind the name of
 * that one, they are those in use. Once, for behind them nothing is wrong.
 */
static void
step_back(struct spill_ext_dir *it, struct spill_ext_dirent *e)
{
	size_t first;

	if (it->stepped || it->behind >= e->at)
		return;
	it->stepped = true;
	first = resume(it, it->behind);
	if (first >= e->at)
		return;
	e->name.len = 0;
	it->pos = it->end = first;
}

/*
 * The entry at pos. SPILL_END: it has no name now; its room remains to be
 * looked through. So does what lies behind a length that leads nowhere, up to
 * where there are entries again.
 */
static int
entry_take(struct spill_ext_dir *it, struct spill_ext_dirent *e)
{
	size_t left = it->bytes.len - it->pos;
	size_t len = entry_read(it, it->pos, e);

	if (len < HEAD || len % 4 != 0 || len > left) {
		if (e->inode == 0 || !plausible(it, e) ||
		    need(e->name.len) > left)
			e->name.len = 0;
		it->pos += e->name.len > 0 ? need(e->name.len) : 4;
		it->end = resume(it, it->pos);
		return spill_flaw(
		    &e->flaw, "a directory entry ends outside", e->at + 4);
	}
	it->end = it->pos + len;
	if (e->inode == 0) {
		/* What was the first of a block keeps its name. */
		e->deleted = true;
		if (!is_tail(e, len, left) &&
		    (candidate(it, e, len, it->end) || was_first(it, e, len))) {
			it->pos += need(e->name.len);
			return SPILL_OK;
		}
		it->pos += SPILL_MIN(len, (size_t)HEAD);
		return SPILL_END;
	}
	it->pos += SPILL_MIN(need(e->name.len), len);
	if (e->name.len == 0 || e->name.len > 255 || HEAD + e->name.len > len)
		spill_flaw(&e->flaw, "no such length of a name", e->at + 6);
	else if (e->inode > it->inodes)
		spill_flaw(&e->flaw, "no such inode", e->at);
	if (e->flaw.what != NULL) {
		step_back(it, e);
		return SPILL_EDAMAGED;
	}
	it->behind = it->pos;
	return SPILL_OK;
}

int
spill_ext_dir_next(struct spill_ext_dir *it, struct spill_ext_dirent *out)
{
	while (it->pos < it->bytes.len) {
		struct spill_ext_dirent e = { 0 };
		int rc;

		if (it->pos < it->end && gap_next(it, out))
			return SPILL_OK;
		if (it->pos == it->bytes.len)
			break;
		if (it->bytes.len - it->pos < HEAD) {
			e.at = it->pos;
			it->pos = it->end = it->bytes.len;
			rc = spill_flaw(
			    &e.flaw, "a directory entry is cut", e.at);
		} else {
			rc = entry_take(it, &e);
		}
		if (rc == SPILL_END)
			continue;
		*out = e;
		return rc;
	}
	return SPILL_END;
}

/* --- extents ------------------------------------------------------------ */

int
spill_ext_extents_open(struct spill_span raw, int depth,
    const struct spill_ext_super *super, struct spill_ext_extents *out)
{
	struct spill_ext_extents x = { .cur = spill_cur_of(raw),
		.blocks = super->blocks };
	unsigned count, max, room;

	if (!spill_cur_match(&x.cur, "\x0a\xf3", 2)) {
		spill_flaw(&x.flaw, "no node of extents", 0);
		*out = x;
		return SPILL_EFORMAT;
	}
	count = spill_cur_u16le(&x.cur);
	max = spill_cur_u16le(&x.cur);
	x.depth = spill_cur_u16le(&x.cur);
	x.generation = spill_cur_u32le(&x.cur);
	room = (unsigned)(spill_cur_left(&x.cur) / 12);
	x.left = SPILL_MIN(count, room);
	if (!spill_cur_ok(&x.cur))
		spill_flaw(&x.flaw, "a node of extents is cut", raw.len);
	else if (x.depth > SPILL_EXT_DEPTH_MAX ||
		 (depth >= 0 && x.depth != (unsigned)depth)) {
		spill_flaw(&x.flaw, "a node of another depth", 6);
		x.left = 0;
	} else if (count > max || count > room)
		spill_flaw(&x.flaw, "more extents than there is room", 2);
	*out = x;
	return x.flaw.what == NULL ? SPILL_OK : SPILL_EDAMAGED;
}

static void
extent_read(struct spill_ext_extents *it, struct spill_ext_extent *e)
{
	unsigned len;

	e->logical = spill_cur_u32le(&it->cur);
	if (it->depth > 0) {
		e->physical = spill_cur_u32le(&it->cur);
		e->physical |= (uint64_t)spill_cur_u16le(&it->cur) << 32;
		spill_cur_skip(&it->cur, 2);
		return;
	}
	len = spill_cur_u16le(&it->cur);
	e->physical = (uint64_t)spill_cur_u16le(&it->cur) << 32;
	e->physical |= spill_cur_u32le(&it->cur);
	e->unwritten = len > 32768;
	e->count = e->unwritten ? len - 32768 : len;
}

int
spill_ext_extents_next(
    struct spill_ext_extents *it, struct spill_ext_extent *out)
{
	struct spill_ext_extent e = { 0 };
	struct spill_flaw flaw = { 0 };
	size_t at = it->cur.pos;
	uint64_t n;

	if (it->left == 0)
		return SPILL_END;
	it->left--;
	extent_read(it, &e);
	n = SPILL_MAX(e.count, 1u);
	if (e.count == 0 && it->depth == 0)
		spill_flaw(&flaw, "an extent has no blocks", at + 4);
	else if (e.logical < it->next)
		spill_flaw(&flaw, "an extent leads back", at);
	else if (e.physical == 0 || !spill_within(e.physical, n, it->blocks))
		spill_flaw(&flaw, "an extent is outside the volume", at);
	it->next = SPILL_MAX(it->next, e.logical + n);
	if (flaw.what != NULL)
		spill_flaw(&it->flaw, flaw.what, flaw.at);
	*out = e;
	return flaw.what == NULL ? SPILL_OK : SPILL_EDAMAGED;
}
