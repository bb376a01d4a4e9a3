/*
 * ntfs.c: the boot sector, MFT records and their attributes.
 */
#include <string.h>

#include "ntfs_i.h"

/* --- boot sector ([RF] "$Boot") ----------------------------------------- */

/* Above 0x80 it is minus the logarithm of the number. */
static uint32_t
cluster_sectors(uint8_t v)
{
	if (v > 0x80)
		return v >= 0xf4 ? 1u << (256u - v) : 0;
	return spill_power_of_two(v) ? v : 0;
}

/* Clusters; below 0 it is minus the logarithm of the bytes. */
static uint32_t
record_bytes(uint8_t v, uint32_t cluster)
{
	uint64_t n = (uint64_t)v * cluster;

	if (v >= 0x80)
		n = v >= 0xf0 ? 1ULL << (256u - v) : 0;
	if (n < 512 || n > SPILL_NTFS_RECORD_MAX || !spill_power_of_two(n))
		return 0;
	return (uint32_t)n;
}

static void
boot_check(struct spill_ntfs_boot *b)
{
	if (b->sector_size == 0)
		spill_flaw(&b->flaw, "no such sector size", 0x0b);
	if (b->cluster_size == 0)
		spill_flaw(&b->flaw, "no such cluster size", 0x0d);
	if (b->clusters == 0)
		spill_flaw(&b->flaw, "no clusters", 0x28);
	else if (b->mft_lcn >= b->clusters)
		spill_flaw(&b->flaw, "the MFT is outside the volume", 0x30);
	else if (b->mirror_lcn >= b->clusters)
		spill_flaw(
		    &b->flaw, "the MFT's mirror is outside the volume", 0x38);
	if (b->record_size == 0)
		spill_flaw(&b->flaw, "no such record size", 0x40);
	if (b->index_size == 0)
		spill_flaw(&b->flaw, "no such index block size", 0x44);
}

static void
boot_sizes(struct spill_cur *c, struct spill_ntfs_boot *b)
{
	uint32_t sector = spill_cur_u16le(c);
	uint32_t per_cluster = cluster_sectors(spill_cur_u8(c));
	uint64_t cluster = (uint64_t)sector * per_cluster;

	if (!spill_power_of_two(sector) || sector < 256 || sector > 4096)
		return;
	b->sector_size = sector;
	if (cluster > 0 && cluster <= 2u << 20)
		b->cluster_size = (uint32_t)cluster;
	spill_cur_seek(c, 0x28);
	b->sectors = spill_cur_u64le(c);
	if (b->cluster_size != 0)
		b->clusters = b->sectors / per_cluster;
}

int
spill_ntfs_boot_read(struct spill_span raw, struct spill_ntfs_boot *out)
{
	struct spill_ntfs_boot b = { 0 };
	struct spill_cur c = spill_cur_of(raw);

	spill_cur_seek(&c, 3);
	if (!spill_cur_match(&c, "NTFS    ", 8)) {
		spill_flaw(&b.flaw, "no NTFS boot sector", 3);
		*out = b;
		return SPILL_EFORMAT;
	}
	boot_sizes(&c, &b);
	spill_cur_seek(&c, 0x30);
	b.mft_lcn = spill_cur_u64le(&c);
	b.mirror_lcn = spill_cur_u64le(&c);
	b.record_size = record_bytes(spill_cur_u8(&c), b.cluster_size);
	spill_cur_skip(&c, 3);
	b.index_size = record_bytes(spill_cur_u8(&c), b.cluster_size);
	spill_cur_skip(&c, 3);
	b.serial = spill_cur_u64le(&c);
	if (!spill_cur_ok(&c))
		spill_flaw(&b.flaw, "the boot sector is cut", raw.len);
	boot_check(&b);
	spill_cur_seek(&c, 0x1fe);
	if (!spill_cur_match(&c, "\x55\xaa", 2))
		spill_flaw(&b.flaw, "no boot signature", 0x1fe);
	*out = b;
	return b.flaw.what == NULL ? SPILL_OK : SPILL_EDAMAGED;
}

/* --- the update sequence ([RF] "Fixup") --------------------------------- */

/* Bytes between two ends that the sequence guards: 512, whatever a sector
 * has, but a longer sector is believed if the count says so. */
static size_t
fixup_stride(size_t len, unsigned ends)
{
	for (size_t n = 512; n <= 4096; n *= 2)
		if (ends > 0 && len % n == 0 && len / n == ends)
			return n;
	return 0;
}

unsigned
spill_ntfs_fixup(struct spill_span raw, void *copy, struct spill_flaw *flaw)
{
	struct spill_cur c = spill_cur_of(raw);
	unsigned at, count, torn = 0;
	const char *usa;
	char *p = copy;
	size_t n;

	memcpy(copy, raw.p, raw.len);
	spill_cur_seek(&c, 4);
	at = spill_cur_u16le(&c);
	count = spill_cur_u16le(&c);
	n = fixup_stride(raw.len, count - 1);
	if (!spill_cur_ok(&c) || n == 0 || at % 2 != 0 || at < 8 ||
	    at + count * 2 > n - 2) {
		spill_flaw(flaw, "no update sequence fits this record", 4);
		return 0;
	}
	usa = raw.p + at;
	for (unsigned i = 1; i < count; i++) {
		if (memcmp(p + i * n - 2, usa, 2) == 0) {
			memcpy(p + i * n - 2, usa + i * 2, 2);
			continue;
		}
		torn++;
		spill_flaw(flaw, "a sector is of another write", i * n - 2);
	}
	return torn;
}

/* --- MFT records ([RF] "FILE Record") ----------------------------------- */

struct spill_ntfs_ref
spill_ntfs_ref(uint64_t v)
{
	return (struct spill_ntfs_ref){ .record = v & 0xffffffffffffULL,
		.sequence = (uint16_t)(v >> 48) };
}

static void
record_header(struct spill_cur c, struct spill_ntfs_record *r)
{
	unsigned usa;

	spill_cur_skip(&c, 4);
	usa = spill_cur_u16le(&c);
	spill_cur_skip(&c, 2);
	r->lsn = spill_cur_u64le(&c);
	r->sequence = spill_cur_u16le(&c);
	r->links = spill_cur_u16le(&c);
	r->first_attr = spill_cur_u16le(&c);
	r->flags = spill_cur_u16le(&c);
	r->used = spill_cur_u32le(&c);
	r->allocated = spill_cur_u32le(&c);
	r->base = spill_ntfs_ref(spill_cur_u64le(&c));
	r->next_id = spill_cur_u16le(&c);
	spill_cur_skip(&c, 2);
	if (usa >= 0x30)
		r->number = spill_cur_u32le(&c);
	if (!spill_cur_ok(&c))
		spill_flaw(&r->flaw, "the record's header is cut", c.len);
	else if (r->first_attr < 0x28 || r->first_attr > r->bytes.len)
		spill_flaw(&r->flaw, "attributes begin outside", 0x14);
	else if (r->used > r->bytes.len || r->used < r->first_attr)
		spill_flaw(&r->flaw, "attributes end outside", 0x18);
}

int
spill_ntfs_record_read(
    struct spill_span raw, void *copy, struct spill_ntfs_record *out)
{
	struct spill_ntfs_record r = { 0 };
	struct spill_cur c = spill_cur_of(raw);

	r.baad = spill_cur_match(&c, "BAAD", 4);
	if (!r.baad && !spill_cur_match(&c, "FILE", 4)) {
		spill_flaw(&r.flaw, "no MFT record", 0);
		*out = r;
		return SPILL_EFORMAT;
	}
	r.torn = spill_ntfs_fixup(raw, copy, &r.flaw);
	r.bytes = (struct spill_span){ copy, raw.len };
	record_header(spill_cur(copy, raw.len), &r);
	if (r.baad)
		spill_flaw(&r.flaw, "the record was given up by chkdsk", 0);
	*out = r;
	return r.flaw.what == NULL ? SPILL_OK : SPILL_EDAMAGED;
}

/* --- attributes ([RF] "Attribute Header") ------------------------------- */

/* Is the mark that ends the attributes where the header says they end? Where
 * it is not, the header is wrong: attributes are read up to the mark. */
static bool
ends_at(const struct spill_ntfs_record *r, size_t used)
{
	struct spill_cur c = spill_cur_of(r->bytes);

	spill_cur_seek(&c, used >= 8 ? used - 8 : r->bytes.len);
	return spill_cur_u32le(&c) == UINT32_MAX && spill_cur_ok(&c);
}

struct spill_ntfs_attrs
spill_ntfs_attrs(const struct spill_ntfs_record *r)
{
	struct spill_ntfs_attrs it = { .cur = spill_cur_of(r->bytes) };
	size_t len = r->bytes.len;

	it.used = len;
	if (r->used >= r->first_attr && r->used <= len)
		it.used = r->used;
	if (ends_at(r, it.used))
		it.cur.len = it.used;
	it.done = r->first_attr < 0x28 || r->first_attr > len;
	if (!it.done)
		spill_cur_seek(&it.cur, r->first_attr);
	return it;
}

struct spill_span
spill_ntfs_units(struct spill_span s, size_t at, size_t units, size_t base,
    struct spill_flaw *flaw)
{
	struct spill_span name = spill_part(s, at, units * 2);

	if (name.len < units * 2)
		spill_flaw(flaw, "a name is cut", base + s.len);
	name.len -= name.len % 2;
	return name;
}

static void
attr_resident(
    struct spill_span s, struct spill_cur *c, struct spill_ntfs_attr *a)
{
	uint32_t len = spill_cur_u32le(c);
	uint32_t at = spill_cur_u16le(c);

	a->indexed = spill_cur_u8(c) & 1;
	a->content = spill_part(s, at, len);
	a->size = a->initialised = a->allocated = a->on_disk = len;
	if (spill_cur_ok(c) && a->content.len < len)
		spill_flaw(&a->flaw, "a content is cut", a->at + s.len);
}

static bool
has_name(struct spill_span s)
{
	unsigned units = s.len >= NAME_HEAD ? (uint8_t)s.p[NAME_HEAD - 2] : 0;

	return units > 0 && s.len >= NAME_HEAD + 2 * units;
}

/*
 * A $FILE_NAME has no name of its own: its content follows the header and is as
 * long as it says itself. So where that is, if the header is damaged.
 */
static void
attr_file_name(struct spill_span s, struct spill_ntfs_attr *a)
{
	struct spill_span found = spill_part(s, 0x18, s.len);
	struct spill_ntfs_name n;

	if ((a->resident && has_name(a->content)) ||
	    spill_ntfs_name_read(found, &n) != SPILL_OK ||
	    n.parent.sequence == 0)
		return;
	found.len = NAME_HEAD + n.name.len;
	a->content = found;
	a->resident = true;
	a->size = a->initialised = a->allocated = a->on_disk = found.len;
	spill_flaw(&a->flaw, "a name is not where it is said to be", a->at);
}

static void
attr_sizes(struct spill_cur *c, uint32_t runs, struct spill_ntfs_attr *a)
{
	a->allocated = spill_cur_u64le(c);
	a->size = spill_cur_u64le(c);
	a->initialised = spill_cur_u64le(c);
	a->on_disk = a->allocated;
	if ((a->flags & (0x00ff | SPILL_NTFS_SPARSE)) != 0 && runs >= 0x48)
		a->on_disk = spill_cur_u64le(c);
	if (a->allocated > INT64_MAX)
		spill_flaw(&a->flaw, "a size is beyond any file", a->at + 0x28);
	else if (a->size > a->allocated)
		spill_flaw(&a->flaw, "a size is beyond what is allocated",
		    a->at + 0x30);
	else if (a->initialised > a->size)
		spill_flaw(&a->flaw, "more is initialised than there is",
		    a->at + 0x38);
}

static void
attr_outside(
    struct spill_span s, struct spill_cur *c, struct spill_ntfs_attr *a)
{
	uint32_t runs;

	a->first_vcn = spill_cur_u64le(c);
	a->last_vcn = spill_cur_u64le(c);
	runs = spill_cur_u16le(c);
	a->unit = spill_cur_u8(c);
	spill_cur_skip(c, 5);
	if (a->first_vcn == 0)
		attr_sizes(c, runs, a);
	a->runs = spill_part(s, runs, s.len);
	if (runs < 0x40 || runs > s.len)
		spill_flaw(&a->flaw, "a run list begins outside", a->at + 0x20);
	if (a->first_vcn > (uint64_t)INT64_MAX ||
	    a->last_vcn + 1 < a->first_vcn || a->last_vcn + 1 > INT64_MAX)
		spill_flaw(&a->flaw, "no such clusters", a->at + 0x10);
}

/* What is in the attribute s, which is as long as it says. */
static void
attr_read(struct spill_span s, struct spill_ntfs_attr *a)
{
	struct spill_cur c = spill_cur_of(s);
	unsigned units, at;

	spill_cur_skip(&c, 8);
	a->resident = spill_cur_u8(&c) == 0;
	units = spill_cur_u8(&c);
	at = spill_cur_u16le(&c);
	a->flags = spill_cur_u16le(&c);
	a->id = spill_cur_u16le(&c);
	if (units > 0)
		a->name = spill_ntfs_units(s, at, units, a->at, &a->flaw);
	if (a->resident)
		attr_resident(s, &c, a);
	else
		attr_outside(s, &c, a);
	if (a->type == SPILL_NTFS_FILE_NAME)
		attr_file_name(s, a);
	if (!spill_cur_ok(&c))
		spill_flaw(&a->flaw, "an attribute is too short", a->at + 4);
	else if (a->len % 8 != 0)
		spill_flaw(&a->flaw, "an attribute's length is odd", a->at + 4);
}

int
spill_ntfs_attrs_next(struct spill_ntfs_attrs *it, struct spill_ntfs_attr *out)
{
	struct spill_ntfs_attr a = { .at = it->cur.pos };
	struct spill_cur c = it->cur;
	uint32_t len;

	if (it->done)
		return SPILL_END;
	a.type = spill_cur_u32le(&c);
	it->done = !spill_cur_ok(&c) || a.type == UINT32_MAX;
	if (a.type == UINT32_MAX)
		return SPILL_END;
	len = spill_cur_u32le(&c);
	if (!spill_cur_ok(&c) || len < 16 || len > it->cur.len - a.at) {
		it->done = true;
		spill_flaw(&a.flaw, "an attribute ends outside", a.at);
		len = (uint32_t)(it->cur.len - a.at);
	}
	if (len < 16) {
		*out = a;
		return SPILL_EDAMAGED;
	}
	a.len = len;
	attr_read(spill_cur_bytes(&it->cur, len), &a);
	if (a.at + len > it->used) {
		spill_flaw(
		    &a.flaw, "an attribute is behind the end of all", a.at);
		it->used = it->cur.len; /* it is said once */
	}
	*out = a;
	return a.flaw.what == NULL ? SPILL_OK : SPILL_EDAMAGED;
}
