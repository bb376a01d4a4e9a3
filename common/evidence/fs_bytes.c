/*
 * fs_bytes.c: the bytes of an attribute, from where its object says that they
 * are: the places that the walk tells are those that are read.
 */
#include <string.h>

#include "fs_i.h"

/* Bytes at a place of the volume. All of them count as lost if some are, and
 * those behind the end of the image are. */
static void
read_place(struct ev_fs *fs, uint64_t at, uint8_t *buf, size_t n, size_t *lost)
{
	unsigned bad = 0;
	size_t got = 0;

	if (at <= UINT64_MAX - fs->offset)
		got = spill_image_read(
		    fs->disk->image, fs->offset + at, buf, n, &bad);
	else
		memset(buf, 0, n);
	*lost += bad != 0 ? n : n - got;
}

/* --- resident ----------------------------------------------------------- */

/* Bytes of the first piece. */
static uint64_t
first_piece(const struct ev_attr *a)
{
	return a->rest_from > 0 ? a->rest_from : a->size;
}

static size_t
read_resident(struct ev_fs *fs, const struct ev_attr *a, uint64_t offset,
    uint8_t *buf, size_t n, size_t *lost)
{
	uint64_t first = first_piece(a), end = first + a->rest;
	size_t got = 0;

	if (!a->placed || offset >= end)
		return 0;
	n = (size_t)SPILL_MIN(n, end - offset);
	if (offset < first) {
		got = (size_t)SPILL_MIN(n, first - offset);
		read_place(fs, a->at + offset, buf, got, lost);
		offset += got;
	}
	if (got < n)
		read_place(fs, a->rest_at + (offset - first), buf + got,
		    n - got, lost);
	return n;
}

/* --- by runs ------------------------------------------------------------ */

static bool
is_behind(const struct ev_run *r, uint64_t block)
{
	return block >= r->offset && block - r->offset >= r->count;
}

/* The first run that does not end before a block. */
static size_t
find_run(const struct ev_run *r, size_t n, uint64_t block)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (is_behind(&r[mid], block))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Bytes of so many blocks behind the first skip ones, at most so many. */
static size_t
bytes_of(const struct ev_fs *fs, uint64_t blocks, uint64_t skip, size_t most)
{
	if (blocks > most / fs->block_size + 1)
		return most;
	return (size_t)SPILL_MIN(most, blocks * fs->block_size - skip);
}

/* Byte of the volume; what cannot be is behind the end of any. */
static uint64_t
place_of(const struct ev_fs *fs, uint64_t block, uint64_t skip)
{
	if (block >= UINT64_MAX / fs->block_size)
		return UINT64_MAX;
	return block * fs->block_size + skip;
}

/* Holes are zeros; where a part of the map is missing they may have been
 * more, and behind the last run there is nothing then. */
static size_t
read_runs(struct ev_fs *fs, const struct ev_object *o, const struct ev_attr *a,
    uint64_t offset, uint8_t *buf, size_t n, size_t *lost)
{
	const struct ev_run *r = o->run + a->run, *end = r + a->runs;
	uint64_t size = fs->block_size;
	size_t got = 0, part;

	for (r += find_run(r, a->runs, offset / size); got < n; got += part) {
		uint64_t block = (offset + got) / size;
		uint64_t skip = (offset + got) % size;

		while (r < end && is_behind(r, block))
			r++;
		if (r == end && a->lost)
			break;
		if (r < end && block >= r->offset) {
			uint64_t i = block - r->offset;

			part = bytes_of(fs, r->count - i, skip, n - got);
			read_place(fs, place_of(fs, r->block + i, skip),
			    buf + got, part, lost);
			continue;
		}
		part = r == end
			   ? n - got
			   : bytes_of(fs, r->offset - block, skip, n - got);
		memset(buf + got, 0, part);
		*lost += a->lost ? part : 0;
	}
	return got;
}

/* --- an attribute ------------------------------------------------------- */

static uint64_t
bytes_written(const struct ev_object *o, const struct ev_attr *a)
{
	uint64_t n = a->size;

	if (a->has_init)
		n = SPILL_MIN(n, a->init);
	if (o->kind == EV_FILE && o->facts.has_valid)
		n = SPILL_MIN(n, o->facts.valid);
	return n;
}

size_t
ev_attr_read(struct ev_fs *fs, const struct ev_object *o,
    const struct ev_attr *a, uint64_t offset, void *buf, size_t n, size_t *lost)
{
	uint64_t written = bytes_written(o, a), at;
	uint8_t *p = buf;
	size_t got = 0, part = 0, have = 0;

	for (; got < n && have == part; got += have) {
		at = offset + got;
		if (at >= written && at < a->size) {
			have = part = (size_t)SPILL_MIN(n - got, a->size - at);
			memset(p + got, 0, part);
			continue;
		}
		part = n - got;
		if (at < written)
			part = (size_t)SPILL_MIN(part, written - at);
		have = a->resident
			   ? read_resident(fs, a, at, p + got, part, lost)
			   : read_runs(fs, o, a, at, p + got, part, lost);
	}
	return got;
}

uint64_t
ev_attr_end(
    const struct ev_fs *fs, const struct ev_object *o, const struct ev_attr *a)
{
	const struct ev_run *last;

	if (a->resident)
		return a->placed ? first_piece(a) + a->rest : 0;
	if (a->runs == 0)
		return 0;
	last = &o->run[a->run + a->runs - 1];
	return place_of(fs, last->offset + last->count, 0);
}

uint64_t
ev_attr_there(
    const struct ev_fs *fs, const struct ev_object *o, const struct ev_attr *a)
{
	uint64_t disk = spill_image_info(fs->disk->image)->size;
	uint64_t room = disk - SPILL_MIN(disk, fs->offset);

	/* A hole at the end need not be anywhere. */
	if (a->resident || (!a->lost && ev_attr_end(fs, o, a) < a->size))
		return UINT64_MAX;
	for (size_t i = a->runs; i > 0; i--) {
		const struct ev_run *r = &o->run[a->run + i - 1];
		uint64_t at = place_of(fs, r->block, 0);
		uint64_t from = place_of(fs, r->offset, 0);

		if (at < room)
			return from +
			       SPILL_MIN(place_of(fs, r->count, 0),
				   SPILL_MIN(room - at, UINT64_MAX - from));
	}
	return 0;
}
