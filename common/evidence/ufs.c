#include <string.h>

#include <spill/ufs.h>

#include "ondisk_i.h"

/* Fields in the order of bytes of the volume. */
struct reader {
	struct spill_cur c;
	bool big;
};

static uint16_t
u16(struct reader *r)
{
	return r->big ? spill_cur_u16be(&r->c) : spill_cur_u16le(&r->c);
}

static uint32_t
u32(struct reader *r)
{
	return r->big ? spill_cur_u32be(&r->c) : spill_cur_u32le(&r->c);
}

static uint64_t
u64(struct reader *r)
{
	return r->big ? spill_cur_u64be(&r->c) : spill_cur_u64le(&r->c);
}

/* --- superblock ---------------------------------------------------------- */

#define MAGIC_AT 1372

static bool
find_magic(struct spill_span raw, struct spill_ufs_super *out)
{
	static const struct {
		char bytes[4];
		unsigned version;
		bool big;
	} magics[] = { { "\x54\x19\x01\x00", 1, false },
		{ "\x00\x01\x19\x54", 1, true },
		{ "\x19\x01\x54\x19", 2, false },
		{ "\x19\x54\x01\x19", 2, true } };

	for (size_t i = 0; i < SPILL_COUNT(magics); i++)
		if (raw.len >= MAGIC_AT + 4 &&
		    memcmp(raw.p + MAGIC_AT, magics[i].bytes, 4) == 0) {
			out->version = magics[i].version;
			out->big_endian = magics[i].big;
			return true;
		}
	return false;
}

static uint32_t
field(struct reader *r, size_t at)
{
	spill_cur_seek(&r->c, at);
	return u32(r);
}

/* [FS] struct fs: what is read here lies at the same places in both. */
int
spill_ufs_super_read(struct spill_span raw, struct spill_ufs_super *out)
{
	struct reader r = { .c = spill_cur_of(raw) };

	*out = (struct spill_ufs_super){ 0 };
	if (!find_magic(raw, out)) {
		(void)spill_flaw(&out->flaw, "signature is missing", MAGIC_AT);
		return SPILL_EFORMAT;
	}
	r.big = out->big_endian;
	out->superblock = field(&r, 8);
	out->header = field(&r, 12);
	out->inode_table = field(&r, 16);
	if (out->version == 1) {
		out->group_step = field(&r, 24);
		out->group_mask = field(&r, 28);
	}
	out->groups = field(&r, 44);
	out->fragment = field(&r, 52);
	out->block_shift = field(&r, 96);
	out->per_block = field(&r, 120);
	out->per_group = field(&r, 184);
	out->fragments_per_group = field(&r, 188);
	if (out->fragment < 512 || out->fragment > 65536 ||
	    !spill_power_of_two(out->fragment)) {
		out->per_block = out->per_group = 0;
		return spill_flaw(&out->flaw, "size of fragments is none", 52);
	}
	if (out->block_shift > 3 || out->per_block == 0 ||
	    out->per_group == 0) {
		out->per_block = out->per_group = 0;
		return spill_flaw(&out->flaw, "a count is none", 96);
	}
	return SPILL_OK;
}

/* [FS] cgstart(), in fragments */
static uint64_t
group_start(const struct spill_ufs_super *s, uint32_t group)
{
	uint64_t start = (uint64_t)group * s->fragments_per_group;

	if (s->version == 1)
		start += (uint64_t)s->group_step * (group & ~s->group_mask);
	return start;
}

/* [FS] ino_to_fsba(), ino_to_fsbo() */
uint64_t
spill_ufs_inode_at(const struct spill_ufs_super *s, uint32_t number)
{
	uint64_t block = number % s->per_group / s->per_block;

	return (group_start(s, number / s->per_group) + s->inode_table +
		   (block << s->block_shift)) *
		   s->fragment +
	       (uint64_t)(number % s->per_block) *
		   (s->version == 1 ? SPILL_UFS1_INODE : SPILL_UFS2_INODE);
}

/* [FS] cgtod() */
uint64_t
spill_ufs_group_at(const struct spill_ufs_super *s, uint32_t group)
{
	return (group_start(s, group) + s->header) * s->fragment;
}

/* [FS] struct cg: UFS1 may have its count of inodes in 16 bits. */
int
spill_ufs_group_read(struct spill_span raw, const struct spill_ufs_super *s,
    struct spill_ufs_group *out)
{
	struct reader r = { spill_cur_of(raw), s->big_endian };
	uint32_t sign;

	*out = (struct spill_ufs_group){ 0 };
	sign = field(&r, 4);
	out->number = field(&r, 12);
	spill_cur_seek(&r.c, 18);
	out->inodes = u16(&r);
	if (s->version == 2 || out->inodes == 0)
		out->inodes = field(&r, 116);
	out->inode_map = field(&r, SPILL_UFS_INODE_MAP_AT);
	out->block_map = field(&r, SPILL_UFS_BLOCK_MAP_AT);
	if (sign != 0x090255) {
		(void)spill_flaw(&out->flaw, "signature is missing", 4);
		return SPILL_EFORMAT;
	}
	if (!spill_cur_ok(&r.c))
		return spill_flaw(&out->flaw, "it is cut", raw.len);
	return SPILL_OK;
}

/* --- inodes -------------------------------------------------------------- */

static void
stamp(struct spill_stamps *s, unsigned bit, int64_t sec, uint32_t nsec,
    struct spill_time *to)
{
	bool whole = nsec < 1000000000;

	if (sec == 0 && nsec == 0)
		return;
	*to = spill_time_from_unix(sec, whole ? nsec : 0, whole ? 9 : 0);
	if (!to->set || !whole)
		s->bad |= bit;
}

static void
times1(struct reader *r, struct spill_stamps *s)
{
	uint32_t sec[3], nsec[3];

	for (unsigned i = 0; i < 3; i++) {
		sec[i] = u32(r);
		nsec[i] = u32(r);
	}
	s->raw.accessed = sec[0];
	s->raw.modified = sec[1];
	s->raw.changed = sec[2];
	stamp(s, SPILL_ACCESSED, (int32_t)sec[0], nsec[0], &s->at.accessed);
	stamp(s, SPILL_MODIFIED, (int32_t)sec[1], nsec[1], &s->at.modified);
	stamp(s, SPILL_CHANGED, (int32_t)sec[2], nsec[2], &s->at.changed);
}

/* The fractions have another order than the seconds. */
static void
times2(struct reader *r, struct spill_stamps *s)
{
	uint32_t mnsec, ansec, cnsec, bnsec;

	s->raw.accessed = u64(r);
	s->raw.modified = u64(r);
	s->raw.changed = u64(r);
	s->raw.born = u64(r);
	mnsec = u32(r);
	ansec = u32(r);
	cnsec = u32(r);
	bnsec = u32(r);
	stamp(s, SPILL_ACCESSED, (int64_t)s->raw.accessed, ansec,
	    &s->at.accessed);
	stamp(s, SPILL_MODIFIED, (int64_t)s->raw.modified, mnsec,
	    &s->at.modified);
	stamp(s, SPILL_CHANGED, (int64_t)s->raw.changed, cnsec, &s->at.changed);
	stamp(s, SPILL_BORN, (int64_t)s->raw.born, bnsec, &s->at.born);
}

/* [DINODE] struct ufs1_dinode, struct ufs2_dinode */
int
spill_ufs_inode_read(struct spill_span raw, unsigned version, bool big_endian,
    struct spill_ufs_inode *out)
{
	struct reader r = { spill_cur_of(raw), big_endian };

	*out = (struct spill_ufs_inode){ 0 };
	out->mode = u16(&r);
	out->links = u16(&r);
	if (version == 1) {
		spill_cur_skip(&r.c, 4);
		out->size = u64(&r);
		times1(&r, &out->times);
		spill_cur_seek(&r.c, 100);
		out->flags = u32(&r);
		out->allocated = (uint64_t)u32(&r) * 512;
		out->generation = u32(&r);
		out->uid = u32(&r);
		out->gid = u32(&r);
	} else {
		out->uid = u32(&r);
		out->gid = u32(&r);
		spill_cur_skip(&r.c, 4);
		out->size = u64(&r);
		out->allocated = u64(&r) * 512;
		times2(&r, &out->times);
		out->generation = u32(&r);
		spill_cur_skip(&r.c, 4);
		out->flags = u32(&r);
	}
	if (!spill_cur_ok(&r.c))
		return spill_flaw(&out->flaw, "it is cut", raw.len);
	return SPILL_OK;
}
