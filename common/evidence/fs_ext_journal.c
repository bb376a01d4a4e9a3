/*
 * fs_ext_journal.c: copies of blocks in the journal. It is read once, when the
 * first one is asked for; where each copy lies is kept, sorted by the block
 * that it is of, the newest first.
 *
 * Transactions are not replayed: what was before them is evidence, and they
 * stay in the ring long after they were. A descriptor counts if a block of its
 * own transaction follows its copies, or if they have checksums, which are
 * looked at when a copy is read.
 */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include <sys/stat.h>

#include "ext_i.h"
#include "fs_ext_i.h"

#define USES_MAX 8 /* of one copy: of sound volumes it is in one folder */

/* --- the ring ----------------------------------------------------------- */

/* Block of the volume; 0: it has none. */
static uint64_t
place_of(const struct ext_journal *j, uint64_t n)
{
	size_t lo = 0, hi = j->map.nrun;
	const struct ev_run *r = j->map.run;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (r[mid].offset + r[mid].count <= n)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == j->map.nrun || n < r[lo].offset)
		return 0;
	return r[lo].block + (n - r[lo].offset);
}

static bool
read_block(struct ev_fs *fs, uint64_t n)
{
	struct ext *s = fs->state;
	uint64_t block = place_of(&s->journal, n), size = s->super.block_size;

	return block > 0 &&
	       ev_fs_read(fs, block * size, s->journal.block, (size_t)size);
}

static struct spill_span
as_span(const struct ext *s)
{
	return (struct spill_span){ (const char *)s->journal.block,
		s->super.block_size };
}

/* From the end of the ring it goes on at its start. */
static uint64_t
wrap(const struct ext_journal *j, uint64_t n)
{
	return n < j->super.end
		   ? n
		   : j->super.first +
			 (n - j->super.end) % (j->super.end - j->super.first);
}

static void
add_copy(struct ext_journal *j, const struct ext_copy *c)
{
	if (j->n == j->cap) {
		size_t cap = j->cap > 0 ? 2 * j->cap : 256;
		struct ext_copy *p = realloc(j->copy, cap * sizeof(*p));

		j->nomem |= p == NULL;
		if (p == NULL)
			return;
		j->copy = p;
		j->cap = cap;
	}
	j->copy[j->n++] = *c;
}

/* The copies of the descriptor that was read, which is block n; how many. */
static uint64_t
take_copies(struct ev_fs *fs, uint64_t n, uint32_t sequence)
{
	struct ext *s = fs->state;
	struct ext_journal *j = &s->journal;
	struct spill_jbd2_tags it = spill_jbd2_tags(as_span(s), &j->super);
	struct spill_jbd2_tag t;
	size_t from = j->n;
	uint64_t count = 0, ring = j->super.end - j->super.first;
	uint32_t next = ~sequence;

	while (count < ring - 1 && spill_jbd2_tags_next(&it, &t) == SPILL_OK) {
		struct ext_copy c = { .block = t.block,
			.at = (uint32_t)wrap(j, n + 1 + count++),
			.sequence = sequence,
			.checksum = t.checksum,
			.escaped = t.escaped };

		add_copy(j, &c);
	}
	if (!read_block(fs, wrap(j, n + 1 + count)) ||
	    spill_jbd2_head(as_span(s), &next) == SPILL_JBD2_DATA)
		next = ~sequence;
	if (next == sequence ||
	    (j->super.incompat & (SPILL_JBD2_CSUM_V2 | SPILL_JBD2_CSUM_V3)) !=
		0)
		return count;
	j->n = from;
	return 0;
}

static int
by_block(const void *a, const void *b)
{
	const struct ext_copy *x = a, *y = b;

	if (x->block != y->block)
		return x->block < y->block ? -1 : 1;
	if (x->sequence != y->sequence)
		return x->sequence > y->sequence ? -1 : 1;
	return x->at > y->at ? -1 : x->at < y->at;
}

static void
scan(struct ev_fs *fs)
{
	struct ext *s = fs->state;
	struct ext_journal *j = &s->journal;
	uint32_t sequence;

	for (uint64_t n = j->super.first; n < j->super.end && !j->nomem; n++)
		if (read_block(fs, n) &&
		    spill_jbd2_head(as_span(s), &sequence) ==
			SPILL_JBD2_DESCRIPTOR)
			n += take_copies(fs, n, sequence);
	if (j->n > 0)
		qsort(j->copy, j->n, sizeof(*j->copy), by_block);
}

/* Its map, and its superblock; the ring has no more blocks than the map. */
static bool
open_journal(struct ev_fs *fs)
{
	struct ext *s = fs->state;
	struct ext_journal *j = &s->journal;
	struct spill_ext_inode inode;
	const struct ev_run *last;
	uint64_t at;

	if (s->super.journal_inode == 0 ||
	    s->super.journal_inode >= s->super.first_inode ||
	    !ext_inode(fs, s->super.journal_inode, &inode, &at) ||
	    !S_ISREG(inode.mode) || ev_object_attr(&j->map) == NULL)
		return false;
	ext_map(fs, &inode, &j->map);
	j->block = malloc(s->super.block_size);
	j->nomem = j->map.nomem || j->block == NULL;
	if (j->nomem || j->map.nrun == 0 || !read_block(fs, 0) ||
	    spill_jbd2_super_read(as_span(s), &j->super) != SPILL_OK ||
	    j->super.block_size != s->super.block_size)
		return false;
	last = &j->map.run[j->map.nrun - 1];
	if (j->super.end > last->offset + last->count)
		j->super.end = (uint32_t)(last->offset + last->count);
	return j->super.first < j->super.end;
}

/* Where the copies of a block begin; SIZE_MAX: there are none. */
static size_t
find(struct ev_fs *fs, uint64_t block)
{
	struct ext *s = fs->state;
	struct ext_journal *j = &s->journal;
	size_t lo = 0, hi;

	if (!j->opened) {
		j->opened = true;
		if (open_journal(fs))
			scan(fs);
	}
	hi = j->n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (j->copy[mid].block < block)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < j->n && j->copy[lo].block == block ? lo : SIZE_MAX;
}

/* The copy as it was in its place: false if it is not what was written. */
static bool
read_copy(struct ev_fs *fs, const struct ext_copy *c)
{
	struct ext *s = fs->state;
	struct ext_journal *j = &s->journal;
	struct spill_jbd2_tag tag = { .checksum = c->checksum };
	uint32_t ignored;

	if (!read_block(fs, c->at) ||
	    spill_jbd2_head(as_span(s), &ignored) != SPILL_JBD2_DATA ||
	    spill_jbd2_copy_is_wrong(as_span(s), &j->super, &tag, c->sequence))
		return false;
	if (c->escaped)
		memcpy(j->block, "\xc0\x3b\x39\x98", 4);
	return true;
}

void
ext_journal_release(struct ext_journal *j)
{
	ev_object_release(&j->map);
	free(j->copy);
	free(j->block);
}

/* --- inodes ------------------------------------------------------------- */

/* Deletion takes the map and the size. */
static bool
is_wiped(const struct spill_ext_inode *i)
{
	if ((i->flags & SPILL_EXT_I_INLINE) != 0)
		return i->size == 0;
	if ((i->flags & SPILL_EXT_I_EXTENTS) != 0)
		return i->area.len < 4 || memcmp(i->area.p + 2, "\0\0", 2) == 0;
	for (size_t k = 0; k < i->area.len; k++)
		if (i->area.p[k] != '\0')
			return false;
	return true;
}

/* Is it what the deleted one was, while it was in use? */
static bool
is_before(const struct spill_ext_inode *copy, const struct spill_ext_inode *now)
{
	return copy->links > 0 && !copy->deleted.set && !is_wiped(copy) &&
	       (now->mode == 0 ||
		   (copy->generation == now->generation &&
		       (copy->mode & S_IFMT) == (now->mode & S_IFMT)));
}

static bool
inode_copy(struct ev_fs *fs, const struct ext_copy *c, size_t offset,
    const struct spill_ext_inode *now, struct spill_ext_inode *out)
{
	struct ext *s = fs->state;
	struct ext_journal *j = &s->journal;
	size_t size = s->super.inode_size;

	if (!read_copy(fs, c))
		return false;
	memcpy(j->inode, j->block + offset, size);
	return spill_ext_inode_read(
		   (struct spill_span){ (char *)j->inode, size }, &s->super,
		   out) == SPILL_OK &&
	       is_before(out, now);
}

bool
ext_inode_last(struct ev_fs *fs, uint64_t number, struct spill_ext_inode *out,
    uint64_t *at, bool *journal)
{
	struct ext *s = fs->state;
	struct ext_journal *j = &s->journal;
	uint64_t size = s->super.block_size;
	struct spill_ext_inode now, copy;
	size_t i;

	*journal = false;
	if (!j->opened)
		(void)find(fs, 0); /* it reads inodes, too */
	if (!ext_inode(fs, number, &now, at))
		return false;
	*out = now;
	if (j->n == 0 || !is_wiped(&now) || ext_inode_used(fs, number, &now))
		return true;
	for (i = find(fs, *at / size); i < j->n; i++) {
		if (j->copy[i].block != *at / size)
			break;
		if (!inode_copy(fs, &j->copy[i], *at % size, &now, &copy))
			continue;
		*journal = true;
		*out = copy;
		out->links = now.links;
		out->deleted = now.deleted;
		*at = place_of(j, j->copy[i].at) * size + *at % size;
		break;
	}
	return true;
}

/* --- folders ------------------------------------------------------------ */

#define TAIL 12 /* bytes: the checksum at the end of a block */

/* With checksums a block says whose it is. */
static bool
is_of_folder(const struct ext *s, uint64_t dir, uint32_t generation)
{
	const uint8_t *p = s->journal.block;
	uint32_t size = s->super.block_size, has, crc;
	uint32_t own[2] = { htole32((uint32_t)dir), htole32(generation) };

	if ((s->super.ro_compat & SPILL_EXT_METADATA_CSUM) == 0)
		return true;
	memcpy(&has, p + size - 4, sizeof(has));
	crc = spill_crc32c(spill_ext_seed(&s->super), own, sizeof(own));
	return memcmp(p + size - TAIL, "\0\0\0\0\14\0\0\xde", 8) == 0 &&
	       spill_crc32c(crc, p, size - TAIL) == le32toh(has);
}

/* Is it a sound block of that folder? The first one has its number. */
static bool
is_sound(const struct ext *s, uint64_t dir, bool first)
{
	struct spill_ext_dir it = spill_ext_dir(as_span(s), &s->super);
	struct spill_ext_dirent e;
	size_t n = 0;
	int rc;

	while ((rc = spill_ext_dir_next(&it, &e)) == SPILL_OK) {
		bool dot = spill_span_eq(e.name, SPILL_SPAN("."));

		if (!e.deleted && (dot || (first && n == 0)) &&
		    (!first || n > 0 || !dot || e.inode != dir))
			return false;
		n += !e.deleted;
	}
	return rc == SPILL_END && n > 0;
}

void
ext_journal_folder(struct ev_fs *fs, uint64_t block, uint64_t dir,
    uint32_t generation, bool first,
    void (*each)(void *ctx, struct spill_span copy), void *ctx)
{
	struct ext *s = fs->state;
	struct ext_journal *j = &s->journal;

	for (size_t i = find(fs, block); i < j->n; i++) {
		struct ext_copy *c = &j->copy[i];

		if (c->block != block)
			break;
		if (c->uses < USES_MAX && read_copy(fs, c) &&
		    is_of_folder(s, dir, generation) && is_sound(s, dir, first))
			each(ctx, as_span(s));
		c->uses += c->uses < USES_MAX;
	}
}
