/*
 * ext_inode.c: inodes ([EXT4] "Index Nodes") and extended attributes
 * ([EXT4] "Extended Attributes").
 */
#include <string.h>
#include <sys/stat.h>

#include "ondisk_i.h"

#include <spill/ext.h>

#define GOOD_OLD     128 /* bytes of an inode before the extra fields */
#define AREA	     60
#define ATTR_MAGIC   "\0\0\2\xea"
#define EXTENT_MAGIC "\x0a\xf3"

/* --- times ([EXT4] "Inode Timestamps") ---------------------------------- */

/*
 * raw is the seconds field, with a sign, and in its upper half the extra
 * field: two more bits of the seconds, above the 32, and thirty of the
 * nanoseconds.
 */
static struct spill_time
inode_time(uint64_t raw, bool fine, unsigned bit, unsigned *bad)
{
	uint32_t extra = (uint32_t)(raw >> 32);
	int64_t sec = (int32_t)(uint32_t)raw + ((int64_t)(extra & 3) << 32);
	struct spill_time t;

	if (!fine)
		return spill_time_from_unix(sec, 0, 0);
	t = spill_time_from_unix(sec, extra >> 2, 9);
	if (t.set)
		return t;
	*bad |= bit;
	return spill_time_from_unix(sec, 0, 0);
}

/* Is the field there, as the inode's own count of extra bytes has it? */
static bool
has_field(const struct spill_ext_inode *i, size_t at, size_t len)
{
	return at + len <= GOOD_OLD + (size_t)i->extra;
}

static uint64_t
raw_time(
    struct spill_cur c, const struct spill_ext_inode *i, size_t at, size_t more)
{
	uint64_t v;

	spill_cur_seek(&c, at);
	v = spill_cur_u32le(&c);
	if (!has_field(i, more, 4))
		return v;
	spill_cur_seek(&c, more);
	return v | (uint64_t)spill_cur_u32le(&c) << 32;
}

static void
inode_times(struct spill_cur c, struct spill_ext_inode *i)
{
	struct spill_stamps *t = &i->times;

	t->raw.accessed = raw_time(c, i, 0x08, 0x8c);
	t->raw.changed = raw_time(c, i, 0x0c, 0x84);
	t->raw.modified = raw_time(c, i, 0x10, 0x88);
	if (has_field(i, 0x90, 4))
		t->raw.born = raw_time(c, i, 0x90, 0x94);
	if (t->raw.born != 0)
		t->at.born = inode_time(
		    t->raw.born, has_field(i, 0x94, 4), SPILL_BORN, &t->bad);
	if (i->mode == 0 && i->links == 0 && i->dtime == 0 &&
	    (t->raw.accessed | t->raw.changed | t->raw.modified) == 0)
		return;
	t->at.accessed = inode_time(
	    t->raw.accessed, has_field(i, 0x8c, 4), SPILL_ACCESSED, &t->bad);
	t->at.changed = inode_time(
	    t->raw.changed, has_field(i, 0x84, 4), SPILL_CHANGED, &t->bad);
	t->at.modified = inode_time(
	    t->raw.modified, has_field(i, 0x88, 4), SPILL_MODIFIED, &t->bad);
}

/* --- fields ------------------------------------------------------------- */

static void
inode_fields(struct spill_cur c, struct spill_ext_inode *i)
{
	uint32_t lo[2];

	i->mode = spill_cur_u16le(&c);
	i->uid = spill_cur_u16le(&c);
	i->size = spill_cur_u32le(&c);
	spill_cur_seek(&c, 0x14);
	i->dtime = spill_cur_u32le(&c);
	i->gid = spill_cur_u16le(&c);
	i->links = spill_cur_u16le(&c);
	i->blocks = spill_cur_u32le(&c);
	i->flags = spill_cur_u32le(&c);
	i->version = spill_cur_u32le(&c);
	spill_cur_skip(&c, AREA);
	i->generation = spill_cur_u32le(&c);
	lo[0] = spill_cur_u32le(&c);
	i->size |= (uint64_t)spill_cur_u32le(&c) << 32;
	spill_cur_skip(&c, 4);
	i->blocks |= (uint64_t)spill_cur_u16le(&c) << 32;
	i->acl_block = lo[0] | (uint64_t)spill_cur_u16le(&c) << 32;
	i->uid |= (uint32_t)spill_cur_u16le(&c) << 16;
	i->gid |= (uint32_t)spill_cur_u16le(&c) << 16;
	i->checksum = spill_cur_u16le(&c);
}

/* How far the extra fields reach. */
static void
inode_extra(struct spill_cur c, struct spill_ext_inode *i)
{
	spill_cur_seek(&c, GOOD_OLD);
	if (spill_cur_left(&c) < 4)
		return;
	i->extra = spill_cur_u16le(&c);
	if (i->extra <= c.len - GOOD_OLD && i->extra % 4 == 0)
		return;
	spill_flaw(&i->flaw, "no such size of extra fields", GOOD_OLD);
	i->extra = 0;
}

static uint32_t
extra_field(struct spill_cur c, const struct spill_ext_inode *i, size_t at)
{
	if (!has_field(i, at, 4))
		return 0;
	spill_cur_seek(&c, at);
	return spill_cur_u32le(&c);
}

static void
inode_deleted(const struct spill_ext_super *super, struct spill_ext_inode *i)
{
	if (i->dtime == 0)
		return;
	if (i->dtime <= super->inodes)
		i->next_orphan = i->dtime;
	else
		i->deleted = spill_time_from_unix(i->dtime, 0, 0);
}

/* --- what is in the inode itself ---------------------------------------- */

/* The second piece of an inline content is an attribute ([EXT4] "Inline
 * Data"). */
static struct spill_span
inline_rest(const struct spill_ext_inode *i)
{
	struct spill_ext_attrs it = spill_ext_attrs(i->attrs);
	struct spill_ext_attr a;

	while (spill_ext_attrs_next(&it, &a) != SPILL_END)
		if (a.index == 7 && spill_span_eq(a.name, SPILL_SPAN("data")))
			return a.value;
	return (struct spill_span){ "", 0 };
}

static void
inode_spans(struct spill_span raw, struct spill_ext_inode *i)
{
	size_t behind = GOOD_OLD + (size_t)i->extra;
	struct spill_span attrs = spill_part(raw, behind, raw.len);

	i->area = spill_part(raw, 0x28, AREA);
	if (raw.len > GOOD_OLD && attrs.len >= 4 &&
	    memcmp(attrs.p, ATTR_MAGIC, 4) == 0)
		i->attrs = attrs;
	/* With both flags, of which one is damage: which, the area says. */
	if ((~i->flags & (SPILL_EXT_I_INLINE | SPILL_EXT_I_EXTENTS)) == 0 &&
	    i->area.len >= 2 && memcmp(i->area.p, EXTENT_MAGIC, 2) == 0 &&
	    i->size > i->area.len + inline_rest(i).len)
		i->flags &= ~(uint32_t)SPILL_EXT_I_INLINE;
	if ((i->flags & SPILL_EXT_I_INLINE) != 0) {
		i->inline_a = i->area;
		i->inline_b = inline_rest(i);
		if (!S_ISDIR(i->mode))
			i->inline_a.len = SPILL_MIN(i->inline_a.len, i->size);
	} else if (S_ISLNK(i->mode) && i->size < AREA &&
		   (i->flags & (SPILL_EXT_I_EXTENTS | SPILL_EXT_I_ENCRYPTED)) ==
		       0) {
		i->target = spill_part(i->area, 0, i->size);
	}
}

int
spill_ext_inode_read(struct spill_span raw, const struct spill_ext_super *super,
    struct spill_ext_inode *out)
{
	uint32_t size = SPILL_MAX(super->inode_size, (uint32_t)GOOD_OLD);
	struct spill_span s = spill_part(raw, 0, size);
	struct spill_ext_inode i = { 0 };
	struct spill_cur c = spill_cur_of(s);

	if (s.len < size)
		spill_flaw(&i.flaw, "an inode is cut", s.len);
	inode_fields(c, &i);
	/* As the kernel has it: the flag alone is damage. */
	if ((super->incompat & SPILL_EXT_INLINE_DATA) == 0)
		i.flags &= ~(uint32_t)SPILL_EXT_I_INLINE;
	inode_extra(c, &i);
	inode_times(c, &i);
	inode_deleted(super, &i);
	i.checksum |= (extra_field(c, &i, 0x80) >> 16) << 16;
	i.version |= (uint64_t)extra_field(c, &i, 0x98) << 32;
	i.project = extra_field(c, &i, 0x9c);
	inode_spans(s, &i);
	*out = i;
	return i.flaw.what == NULL ? SPILL_OK : SPILL_EDAMAGED;
}

/* --- extended attributes ------------------------------------------------ */

static struct spill_ext_attrs
attrs_open(struct spill_span raw, size_t head, size_t base)
{
	struct spill_ext_attrs it = { .cur = spill_cur_of(raw), .base = base };

	it.done = !spill_cur_match(&it.cur, ATTR_MAGIC, 4);
	spill_cur_seek(&it.cur, head);
	return it;
}

struct spill_ext_attrs
spill_ext_attrs(struct spill_span raw)
{
	return attrs_open(raw, 4, 4);
}

struct spill_ext_attrs
spill_ext_attrs_block(struct spill_span block)
{
	return attrs_open(block, 32, 0);
}

static void
attr_value(
    const struct spill_ext_attrs *it, unsigned at, struct spill_ext_attr *a)
{
	struct spill_span all = { (const char *)it->cur.p, it->cur.len };

	if (a->value_inode != 0)
		return;
	a->value = spill_part(all, it->base + (size_t)at, a->size);
	if (a->value.len < a->size)
		spill_flaw(&a->flaw, "the value of an attribute is outside",
		    a->at + 2);
}

int
spill_ext_attrs_next(struct spill_ext_attrs *it, struct spill_ext_attr *out)
{
	struct spill_ext_attr a = { .at = it->cur.pos };
	struct spill_cur *c = &it->cur;
	unsigned len, value;

	if (it->done)
		return SPILL_END;
	/* Four zeros end them, but so does the end of their room. */
	it->done = spill_cur_left(c) < 4 || spill_cur_match(c, "\0\0\0\0", 4);
	if (it->done)
		return SPILL_END;
	len = spill_cur_u8(c);
	a.index = spill_cur_u8(c);
	value = spill_cur_u16le(c);
	a.value_inode = spill_cur_u32le(c);
	a.size = spill_cur_u32le(c);
	spill_cur_skip(c, 4);
	a.name = spill_cur_bytes(c, len);
	spill_cur_skip(c, SPILL_MIN((0u - len) & 3, spill_cur_left(c)));
	if (!spill_cur_ok(c)) {
		it->done = true;
		spill_flaw(&a.flaw, "an attribute is cut", a.at);
	} else {
		attr_value(it, value, &a);
	}
	*out = a;
	return a.flaw.what == NULL ? SPILL_OK : SPILL_EDAMAGED;
}
