/*
 * ntfs_value.c: what is in attributes of well-known types.
 */
#include "ntfs_i.h"

static struct spill_time
filetime(struct spill_cur *c, uint64_t *raw, unsigned bit, unsigned *bad)
{
	struct spill_time t = { 0 };

	*raw = spill_cur_u64le(c);
	if (*raw == 0)
		return t;
	t = spill_time_from_filetime(*raw);
	if (!t.set)
		*bad |= bit;
	return t;
}

struct spill_stamps
spill_ntfs_times(struct spill_cur *c)
{
	struct spill_stamps t = { 0 };

	t.at.born = filetime(c, &t.raw.born, SPILL_BORN, &t.bad);
	t.at.modified = filetime(c, &t.raw.modified, SPILL_MODIFIED, &t.bad);
	t.at.changed = filetime(c, &t.raw.changed, SPILL_CHANGED, &t.bad);
	t.at.accessed = filetime(c, &t.raw.accessed, SPILL_ACCESSED, &t.bad);
	return t;
}

/* [RF] "$STANDARD_INFORMATION" */
int
spill_ntfs_info_read(struct spill_span raw, struct spill_ntfs_info *out)
{
	struct spill_ntfs_info i = { 0 };
	struct spill_cur c = spill_cur_of(raw);

	i.times = spill_ntfs_times(&c);
	i.attributes = spill_cur_u32le(&c);
	i.max_versions = spill_cur_u32le(&c);
	i.version = spill_cur_u32le(&c);
	i.class_id = spill_cur_u32le(&c);
	i.extended = spill_cur_left(&c) > 0;
	if (i.extended) {
		i.owner_id = spill_cur_u32le(&c);
		i.security_id = spill_cur_u32le(&c);
		i.quota = spill_cur_u64le(&c);
		i.usn = spill_cur_u64le(&c);
	}
	if (!spill_cur_ok(&c))
		spill_flaw(&i.flaw, "$STANDARD_INFORMATION is cut", raw.len);
	*out = i;
	return spill_cur_ok(&c) ? SPILL_OK : SPILL_EDAMAGED;
}

/* [RF] "$FILE_NAME" */
int
spill_ntfs_name_read(struct spill_span raw, struct spill_ntfs_name *out)
{
	struct spill_ntfs_name n = { 0 };
	struct spill_cur c = spill_cur_of(raw);
	unsigned units;

	n.parent = spill_ntfs_ref(spill_cur_u64le(&c));
	n.times = spill_ntfs_times(&c);
	n.allocated = spill_cur_u64le(&c);
	n.size = spill_cur_u64le(&c);
	n.attributes = spill_cur_u32le(&c);
	n.reparse = spill_cur_u32le(&c);
	units = spill_cur_u8(&c);
	n.space = spill_cur_u8(&c);
	n.name = spill_ntfs_units(raw, 0x42, units, 0, &n.flaw);
	if (!spill_cur_ok(&c))
		spill_flaw(&n.flaw, "$FILE_NAME is cut", raw.len);
	else if (units == 0)
		spill_flaw(&n.flaw, "a name is empty", 0x40);
	else if (n.space > SPILL_NTFS_WIN32_AND_DOS)
		spill_flaw(&n.flaw, "no such namespace", 0x41);
	*out = n;
	return n.flaw.what == NULL ? SPILL_OK : SPILL_EDAMAGED;
}

struct spill_ntfs_list
spill_ntfs_list(struct spill_span raw)
{
	return (struct spill_ntfs_list){ .cur = spill_cur_of(raw) };
}

/* [RF] "$ATTRIBUTE_LIST" */
int
spill_ntfs_list_next(struct spill_ntfs_list *it, struct spill_ntfs_listed *out)
{
	struct spill_ntfs_listed e = { .at = it->cur.pos };
	struct spill_cur c = it->cur;
	unsigned len, units, name_at;

	if (it->done || spill_cur_left(&c) == 0)
		return SPILL_END;
	e.type = spill_cur_u32le(&c);
	len = spill_cur_u16le(&c);
	units = spill_cur_u8(&c);
	name_at = spill_cur_u8(&c);
	e.first_vcn = spill_cur_u64le(&c);
	e.where = spill_ntfs_ref(spill_cur_u64le(&c));
	e.id = spill_cur_u16le(&c);
	if (!spill_cur_ok(&c) || len < 0x1a || len > spill_cur_left(&it->cur)) {
		it->done = true;
		spill_flaw(&e.flaw, "a list entry ends outside", e.at);
	} else {
		struct spill_span s = spill_cur_bytes(&it->cur, len);

		if (units > 0)
			e.name =
			    spill_ntfs_units(s, name_at, units, e.at, &e.flaw);
	}
	*out = e;
	return e.flaw.what == NULL ? SPILL_OK : SPILL_EDAMAGED;
}

static void
guid(struct spill_cur *c, uint8_t out[16])
{
	for (int i = 0; i < 16; i++)
		out[i] = spill_cur_u8(c);
}

/* [RF] "$OBJECT_ID" */
int
spill_ntfs_object_id_read(
    struct spill_span raw, struct spill_ntfs_object_id *out)
{
	struct spill_ntfs_object_id o = { 0 };
	struct spill_cur c = spill_cur_of(raw);

	guid(&c, o.id);
	o.births = spill_cur_left(&c) > 0;
	if (o.births) {
		guid(&c, o.birth_volume);
		guid(&c, o.birth_object);
		guid(&c, o.birth_domain);
	}
	if (!spill_cur_ok(&c))
		spill_flaw(&o.flaw, "$OBJECT_ID is cut", raw.len);
	*out = o;
	return o.flaw.what == NULL ? SPILL_OK : SPILL_EDAMAGED;
}

/* [RF] "$VOLUME_INFORMATION" */
int
spill_ntfs_volume_read(struct spill_span raw, struct spill_ntfs_volume *out)
{
	struct spill_ntfs_volume v = { 0 };
	struct spill_cur c = spill_cur_of(raw);

	spill_cur_skip(&c, 8);
	v.major = spill_cur_u8(&c);
	v.minor = spill_cur_u8(&c);
	v.flags = spill_cur_u16le(&c);
	if (!spill_cur_ok(&c))
		spill_flaw(&v.flaw, "$VOLUME_INFORMATION is cut", raw.len);
	*out = v;
	return v.flaw.what == NULL ? SPILL_OK : SPILL_EDAMAGED;
}

/* --- reparse points ----------------------------------------------------- */

/* A path of a link: where its offset and length lead to. */
static struct spill_span
path(struct spill_ntfs_reparse *r, size_t base, unsigned at, unsigned len)
{
	struct spill_span s = spill_part(r->data, base + at, len);

	if (s.len < len || len % 2 != 0)
		spill_flaw(&r->flaw, "the path of a link is cut", 8);
	s.len -= s.len % 2;
	return s;
}

/* [MS-FSCC] 2.1.2.4 and 2.1.2.5, which has no flags. */
static void
link_read(struct spill_cur c, struct spill_ntfs_reparse *r)
{
	size_t base = r->tag == SPILL_NTFS_TAG_SYMLINK ? 12 : 8;
	unsigned at[2], len[2];

	for (int i = 0; i < 2; i++) {
		at[i] = spill_cur_u16le(&c);
		len[i] = spill_cur_u16le(&c);
	}
	if (r->tag == SPILL_NTFS_TAG_SYMLINK)
		r->relative = (spill_cur_u32le(&c) & 1) != 0;
	if (!spill_cur_ok(&c)) {
		spill_flaw(&r->flaw, "a link is cut", 8 + r->data.len);
		return;
	}
	r->target = path(r, base, at[0], len[0]);
	r->shown = path(r, base, at[1], len[1]);
}

/* WOF_EXTERNAL_INFO and, for files, FILE_PROVIDER_EXTERNAL_INFO_V1, as the
 * Windows SDK's ntifs.h has them: a version before each. */
static void
wof_read(struct spill_cur c, struct spill_ntfs_reparse *r)
{
	spill_cur_skip(&c, 4);
	r->wof_provider = spill_cur_u32le(&c);
	if (r->wof_provider == 2) {
		spill_cur_skip(&c, 4);
		r->wof_format = spill_cur_u32le(&c);
	}
	if (!spill_cur_ok(&c))
		spill_flaw(&r->flaw, "overlay data is cut", 8 + r->data.len);
}

/* [MS-FSCC] 2.1.2.2 and 2.1.2.3: tags that are not Microsoft's have a GUID
 * between the header and the data. */
int
spill_ntfs_reparse_read(struct spill_span raw, struct spill_ntfs_reparse *out)
{
	struct spill_ntfs_reparse r = { 0 };
	struct spill_cur c = spill_cur_of(raw);
	unsigned len;

	r.tag = spill_cur_u32le(&c);
	len = spill_cur_u16le(&c);
	spill_cur_skip(&c, 2);
	if ((r.tag & 0x80000000) == 0)
		spill_cur_skip(&c, 16);
	r.data = spill_part(raw, c.pos, len);
	if (!spill_cur_ok(&c) || r.data.len < len)
		spill_flaw(&r.flaw, "reparse data is cut", raw.len);
	if (r.tag == SPILL_NTFS_TAG_SYMLINK || r.tag == SPILL_NTFS_TAG_JUNCTION)
		link_read(spill_cur_of(r.data), &r);
	else if (r.tag == SPILL_NTFS_TAG_WOF)
		wof_read(spill_cur_of(r.data), &r);
	*out = r;
	return r.flaw.what == NULL ? SPILL_OK : SPILL_EDAMAGED;
}
