/*
 * ntfs_index.c: index roots, index blocks and their entries ([RF]
 * "$INDEX_ROOT", "$INDEX_ALLOCATION"), and what is left behind them.
 */
#include "ntfs_i.h"

/* The header of a node at base, from where its offsets count. */
static void
node_read(size_t base, struct spill_ntfs_index *x)
{
	struct spill_cur c = spill_cur_of(x->bytes);
	uint32_t first, used;

	spill_cur_seek(&c, base);
	first = spill_cur_u32le(&c);
	used = spill_cur_u32le(&c);
	spill_cur_skip(&c, 4);
	x->inner = (spill_cur_u8(&c) & 1) != 0;
	x->first = x->end = (uint32_t)x->bytes.len;
	if (!spill_cur_ok(&c)) {
		spill_flaw(&x->flaw, "the index header is cut", x->bytes.len);
		return;
	}
	if (first < 16 || !spill_within(base, first, x->bytes.len)) {
		spill_flaw(&x->flaw, "index entries begin outside", base);
		return;
	}
	x->first = (uint32_t)base + first;
	if (used < first || !spill_within(base, used, x->bytes.len))
		spill_flaw(&x->flaw, "index entries end outside", base + 4);
	else
		x->end = (uint32_t)base + used;
}

int
spill_ntfs_index_root(struct spill_span raw, struct spill_ntfs_index *out)
{
	struct spill_ntfs_index x = { .bytes = raw };
	struct spill_cur c = spill_cur_of(raw);

	x.key_type = spill_cur_u32le(&c);
	x.collation = spill_cur_u32le(&c);
	x.block_size = spill_cur_u32le(&c);
	node_read(16, &x);
	if (x.block_size < 512 || x.block_size > SPILL_NTFS_RECORD_MAX ||
	    !spill_power_of_two(x.block_size))
		spill_flaw(&x.flaw, "no such index block size", 8);
	*out = x;
	return x.flaw.what == NULL ? SPILL_OK : SPILL_EDAMAGED;
}

int
spill_ntfs_index_block(
    struct spill_span raw, void *copy, struct spill_ntfs_index *out)
{
	struct spill_ntfs_index x = { 0 };
	struct spill_cur c = spill_cur_of(raw);

	if (!spill_cur_match(&c, "INDX", 4)) {
		spill_flaw(&x.flaw, "no index block", 0);
		*out = x;
		return SPILL_EFORMAT;
	}
	x.torn = spill_ntfs_fixup(raw, copy, &x.flaw);
	x.bytes = (struct spill_span){ copy, raw.len };
	spill_cur_seek(&c, 8);
	x.lsn = spill_cur_u64le(&c);
	x.vcn = spill_cur_u64le(&c);
	node_read(24, &x);
	*out = x;
	return x.flaw.what == NULL ? SPILL_OK : SPILL_EDAMAGED;
}

/* --- entries ------------------------------------------------------------ */

struct spill_ntfs_entries
spill_ntfs_entries(const struct spill_ntfs_index *x)
{
	struct spill_ntfs_entries it = { .cur = spill_cur_of(x->bytes),
		.end = x->end };

	it.done = x->first >= x->end;
	spill_cur_seek(&it.cur, x->first);
	it.cur.len = SPILL_MIN(it.cur.len, it.end);
	return it;
}

/* Its header, without what follows from its length. */
static unsigned
entry_head(struct spill_cur *c, struct spill_ntfs_entry *e, unsigned *key)
{
	unsigned len, flags;

	e->file = spill_ntfs_ref(spill_cur_u64le(c));
	len = spill_cur_u16le(c);
	*key = spill_cur_u16le(c);
	flags = spill_cur_u16le(c);
	spill_cur_skip(c, 2);
	e->inner = (flags & 1) != 0;
	e->last = (flags & 2) != 0;
	return spill_cur_ok(c) ? len : 0;
}

/* What is behind s: whether it can be the last. The last one has no key. */
static void
entry_body(struct spill_span s, size_t behind, unsigned key,
    struct spill_ntfs_entry *e)
{
	struct spill_cur c = spill_cur_of(s);
	size_t room = s.len - 16;

	if (e->last && key > 0 && key <= room && behind >= 16) {
		spill_flaw(&e->flaw, "the last index entry is not", e->at + 12);
		e->last = false;
	}
	if (e->inner &&
	    (room < 8 || (!e->last && key <= room && key > room - 8))) {
		spill_flaw(&e->flaw, "an index entry has no child", e->at);
		e->inner = false;
	}
	if (e->inner) {
		room -= 8;
		spill_cur_seek(&c, s.len - 8);
		e->child = spill_cur_u64le(&c);
	}
	if (e->last)
		return;
	e->key = spill_part(s, 16, SPILL_MIN((size_t)key, room));
	if (key > room)
		spill_flaw(&e->flaw, "an index key is cut", e->at + 10);
}

int
spill_ntfs_entries_next(
    struct spill_ntfs_entries *it, struct spill_ntfs_entry *out)
{
	struct spill_ntfs_entry e = { .at = it->cur.pos };
	struct spill_cur c = it->cur;
	unsigned len, key;

	if (it->done)
		return SPILL_END;
	len = entry_head(&c, &e, &key);
	if (len < 16 || len > spill_cur_left(&it->cur)) {
		it->done = true;
		e.last = e.inner = false;
		spill_flaw(&e.flaw, "an index entry ends outside", e.at);
	} else {
		struct spill_span s = spill_cur_bytes(&it->cur, len);

		entry_body(s, spill_cur_left(&it->cur), key, &e);
		it->done = e.last;
	}
	*out = e;
	return e.flaw.what == NULL ? SPILL_OK : SPILL_EDAMAGED;
}

/* --- slack -------------------------------------------------------------- */

struct spill_ntfs_entries
spill_ntfs_slack(const struct spill_ntfs_index *x)
{
	struct spill_ntfs_entries it = { .cur = spill_cur_of(x->bytes),
		.end = x->end };

	spill_cur_seek(&it.cur, (x->end + 7u) / 8 * 8);
	it.done = !spill_cur_ok(&it.cur);
	return it;
}

static bool
plain_units(struct spill_span name)
{
	struct spill_cur c = spill_cur_of(name);

	while (spill_cur_left(&c) >= 2) {
		unsigned u = spill_cur_u16le(&c);

		if (u == 0 || u == '/')
			return false;
	}
	return true;
}

/* Text in UTF-16 fails by the sizes: it has something in their upper bits. */
static bool
is_sane(const struct spill_ntfs_name *n)
{
	return n->times.bad == 0 && n->times.at.born.set &&
	       n->times.at.modified.set && n->times.at.accessed.set &&
	       n->times.at.changed.set && n->allocated >> 53 == 0 &&
	       n->allocated % 8 == 0 && n->size >> 56 == 0;
}

/*
 * Bytes that a $FILE_NAME key at s would have, 0 if it is none. Most places
 * are zeros, which have no sequence of a parent: that is seen first.
 */
static size_t
key_like(struct spill_span s, bool *sane)
{
	struct spill_ntfs_name n;

	if ((s.p[6] | s.p[7]) == 0 || spill_ntfs_name_read(s, &n) != SPILL_OK)
		return 0;
	*sane = is_sane(&n);
	return plain_units(n.name) ? NAME_HEAD + n.name.len : 0;
}

/* The entry of the key at it->cur, if its header is still there. */
static bool
slack_head(const struct spill_ntfs_entries *it, struct spill_ntfs_entry *e)
{
	struct spill_ntfs_entry h = { .at = e->at - 16 };
	struct spill_cur c = it->cur;
	unsigned len, key;

	if (e->at < 16 || h.at < it->end)
		return false;
	spill_cur_seek(&c, h.at);
	len = entry_head(&c, &h, &key);
	if (key != e->key.len || len < 16 + key || len % 8 != 0 || h.last)
		return false;
	h.key = e->key;
	h.inner = false; /* what it led to is another block now */
	*e = h;
	return true;
}

int
spill_ntfs_slack_next(
    struct spill_ntfs_entries *it, struct spill_ntfs_entry *out)
{
	struct spill_ntfs_entry e = { 0 };

	if (it->done)
		return SPILL_END;
	for (; spill_cur_left(&it->cur) > NAME_HEAD;
	     spill_cur_skip(&it->cur, 8)) {
		struct spill_span s = { (const char *)it->cur.p + it->cur.pos,
			spill_cur_left(&it->cur) };
		bool sane = false;
		size_t len = key_like(s, &sane);

		if (len == 0)
			continue;
		e.at = it->cur.pos;
		e.key = spill_part(s, 0, len);
		/* Times or sizes may be damaged where the header fits. */
		if (!slack_head(it, &e) && !sane)
			continue;
		spill_cur_skip(&it->cur, SPILL_MIN((len + 7) / 8 * 8, s.len));
		*out = e;
		return SPILL_OK;
	}
	it->done = true;
	return SPILL_END;
}
