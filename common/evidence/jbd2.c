/*
 * jbd2.c: the journal of ext3 and ext4 ([EXT4] "Journal (jbd2)").
 */
#include <endian.h>
#include <string.h>

#include "ext_i.h"
#include "ondisk_i.h"

#include <spill/jbd2.h>

#define MAGIC	   "\xc0\x3b\x39\x98"
#define HEAD	   12
#define FC_DEFAULT 256 /* blocks at the end for fast commits */
#define CSUMS	   (SPILL_JBD2_CSUM_V2 | SPILL_JBD2_CSUM_V3)

/* --- superblock --------------------------------------------------------- */

static void
super_ring(struct spill_cur c, struct spill_jbd2_super *s)
{
	uint32_t fast = 0;

	if ((s->incompat & SPILL_JBD2_FAST_COMMIT) != 0) {
		spill_cur_seek(&c, 0x54);
		fast = spill_cur_u32be(&c);
		if (fast == 0)
			fast = FC_DEFAULT;
	}
	if (!spill_power_of_two(s->block_size) || s->block_size < 1024 ||
	    s->block_size > 65536)
		spill_flaw(&s->flaw, "no such block size of a journal", 0x0c);
	else if (s->first == 0 || s->first >= s->end)
		spill_flaw(&s->flaw, "a journal has no blocks", 0x14);
	else if (fast < s->end - s->first)
		s->end -= fast;
	if (s->flaw.what != NULL)
		s->first = s->end = 0;
}

int
spill_jbd2_super_read(struct spill_span raw, struct spill_jbd2_super *out)
{
	struct spill_jbd2_super s = { 0 };
	struct spill_cur c = spill_cur_of(raw);
	uint32_t type;
	bool magic = spill_cur_match(&c, MAGIC, 4);

	type = spill_cur_u32be(&c);
	if (!magic || (type != 3 && type != 4)) {
		spill_flaw(&s.flaw, "no superblock of a journal", 0);
		*out = s;
		return SPILL_EFORMAT;
	}
	s.version = type - 2;
	spill_cur_skip(&c, 4);
	s.block_size = spill_cur_u32be(&c);
	s.end = spill_cur_u32be(&c);
	s.first = spill_cur_u32be(&c);
	s.sequence = spill_cur_u32be(&c);
	s.start = spill_cur_u32be(&c);
	spill_cur_skip(&c, 8);
	if (s.version == 2) {
		s.incompat = spill_cur_u32be(&c);
		spill_cur_skip(&c, 4);
		for (int i = 0; i < 16; i++)
			s.uuid[i] = spill_cur_u8(&c);
	}
	if (raw.len < 1024)
		spill_flaw(
		    &s.flaw, "a superblock of a journal is cut", raw.len);
	super_ring(c, &s);
	*out = s;
	return s.flaw.what == NULL ? SPILL_OK : SPILL_EDAMAGED;
}

/* --- blocks ------------------------------------------------------------- */

enum spill_jbd2_type
spill_jbd2_head(struct spill_span block, uint32_t *sequence)
{
	struct spill_cur c = spill_cur_of(block);
	uint32_t type, number;

	if (!spill_cur_match(&c, MAGIC, 4))
		return SPILL_JBD2_DATA;
	type = spill_cur_u32be(&c);
	number = spill_cur_u32be(&c);
	if (!spill_cur_ok(&c) ||
	    (type != SPILL_JBD2_DESCRIPTOR && type != SPILL_JBD2_COMMIT &&
		type != SPILL_JBD2_REVOKED))
		return SPILL_JBD2_DATA;
	*sequence = number;
	return (enum spill_jbd2_type)type;
}

/* With checksums the last 4 bytes of a block are its own. */
static struct spill_cur
entries(struct spill_span block, const struct spill_jbd2_super *super)
{
	if ((super->incompat & CSUMS) != 0)
		block.len -= SPILL_MIN(block.len, (size_t)4);
	return spill_cur_of(block);
}

struct spill_jbd2_tags
spill_jbd2_tags(struct spill_span block, const struct spill_jbd2_super *super)
{
	struct spill_jbd2_tags it = { .cur = entries(block, super),
		.incompat = super->incompat };

	spill_cur_seek(&it.cur, HEAD);
	return it;
}

/*
 * With CSUM_V3 of 16 bytes. Else of 8, and of 12 with 64 bits; with CSUM_V2 two
 * more, which have no meaning.
 */
static uint32_t
tag_read(struct spill_jbd2_tags *it, struct spill_jbd2_tag *t)
{
	struct spill_cur *c = &it->cur;
	bool wide = (it->incompat & SPILL_JBD2_64BIT) != 0;
	uint32_t flags, high = 0;

	t->block = spill_cur_u32be(c);
	if ((it->incompat & SPILL_JBD2_CSUM_V3) != 0) {
		flags = spill_cur_u32be(c);
		high = spill_cur_u32be(c);
		t->checksum = spill_cur_u32be(c);
	} else {
		t->checksum = spill_cur_u16be(c);
		flags = spill_cur_u16be(c);
		if (wide)
			high = spill_cur_u32be(c);
		if ((it->incompat & SPILL_JBD2_CSUM_V2) != 0)
			spill_cur_skip(c, 2);
	}
	if (wide)
		t->block |= (uint64_t)high << 32;
	return flags;
}

int
spill_jbd2_tags_next(struct spill_jbd2_tags *it, struct spill_jbd2_tag *out)
{
	struct spill_jbd2_tag t = { 0 };
	uint32_t flags;

	if (it->done)
		return SPILL_END;
	flags = tag_read(it, &t);
	t.escaped = (flags & 1) != 0;
	t.deleted = (flags & 4) != 0;
	it->done = !spill_cur_ok(&it->cur) || (flags & 8) != 0;
	if (!spill_cur_ok(&it->cur))
		return SPILL_END;
	/* The first one has the volume's UUID behind it. */
	if ((flags & 2) == 0)
		spill_cur_skip(
		    &it->cur, SPILL_MIN(spill_cur_left(&it->cur), (size_t)16));
	*out = t;
	return SPILL_OK;
}

bool
spill_jbd2_copy_is_wrong(struct spill_span copy,
    const struct spill_jbd2_super *super, const struct spill_jbd2_tag *tag,
    uint32_t sequence)
{
	uint32_t crc, number = htobe32(sequence);

	if ((super->incompat & CSUMS) == 0)
		return false;
	crc = spill_crc32c(UINT32_MAX, super->uuid, sizeof(super->uuid));
	crc = spill_crc32c(crc, &number, sizeof(number));
	crc = spill_crc32c(crc, copy.p, copy.len);
	if ((super->incompat & SPILL_JBD2_CSUM_V3) == 0)
		crc &= UINT16_MAX;
	return crc != tag->checksum;
}

struct spill_jbd2_revokes
spill_jbd2_revokes(
    struct spill_span block, const struct spill_jbd2_super *super)
{
	struct spill_jbd2_revokes it = { .cur = entries(block, super),
		.wide = (super->incompat & SPILL_JBD2_64BIT) != 0 };
	uint32_t used;

	spill_cur_seek(&it.cur, HEAD);
	used = spill_cur_u32be(&it.cur); /* bytes, those of the head too */
	it.cur.len = SPILL_MIN(it.cur.len, (size_t)used);
	it.cur.pos = SPILL_MIN(it.cur.pos, it.cur.len);
	return it;
}

int
spill_jbd2_revokes_next(struct spill_jbd2_revokes *it, uint64_t *block)
{
	uint64_t v;

	if (spill_cur_left(&it->cur) < (it->wide ? 8u : 4u))
		return SPILL_END;
	v = it->wide ? spill_cur_u64be(&it->cur) : spill_cur_u32be(&it->cur);
	*block = v;
	return SPILL_OK;
}

struct spill_time
spill_jbd2_commit_time(struct spill_span block)
{
	struct spill_cur c = spill_cur_of(block);
	uint64_t seconds;
	uint32_t nsec;

	spill_cur_seek(&c, 0x30);
	seconds = spill_cur_u64be(&c);
	nsec = spill_cur_u32be(&c);
	if (!spill_cur_ok(&c) || seconds == 0 || seconds > INT64_MAX ||
	    nsec > 999999999)
		return (struct spill_time){ 0 };
	return spill_time_from_unix((int64_t)seconds, nsec, 9);
}
