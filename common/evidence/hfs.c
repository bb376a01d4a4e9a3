#include <spill/hfs.h>

#include "ondisk_i.h"

#define EPOCH 2082844800LL /* seconds from 1904 to 1970 */

struct spill_time
spill_hfs_time(uint32_t raw)
{
	if (raw == 0)
		return (struct spill_time){ 0 };
	return spill_time_from_unix((int64_t)raw - EPOCH, 0, 0);
}

/* [TN1150] "Volume Header" */
int
spill_hfs_volume_read(struct spill_span raw, struct spill_hfs_volume *out)
{
	struct spill_cur c = spill_cur_of(raw);
	uint16_t sign = spill_cur_u16be(&c);

	*out = (struct spill_hfs_volume){ .hfsx = sign == 0x4858 };
	if (sign != 0x482b && sign != 0x4858) {
		(void)spill_flaw(&out->flaw, "signature is missing", 0);
		return SPILL_EFORMAT;
	}
	out->version = spill_cur_u16be(&c);
	out->attributes = spill_cur_u32be(&c);
	spill_cur_skip(&c, 4);
	out->journal = spill_cur_u32be(&c);
	spill_cur_skip(&c, 4);
	out->modified = spill_hfs_time(spill_cur_u32be(&c));
	spill_cur_skip(&c, 4);
	out->checked = spill_hfs_time(spill_cur_u32be(&c));
	out->files = spill_cur_u32be(&c);
	out->folders = spill_cur_u32be(&c);
	out->block_size = spill_cur_u32be(&c);
	out->blocks = spill_cur_u32be(&c);
	if (!spill_cur_ok(&c) || raw.len < 512)
		return spill_flaw(&out->flaw, "it is cut", raw.len);
	if (out->block_size < 512 || !spill_power_of_two(out->block_size))
		return spill_flaw(&out->flaw, "size of blocks is none", 40);
	if (out->blocks == 0)
		return spill_flaw(&out->flaw, "it has no blocks", 44);
	return SPILL_OK;
}

/* [TN1150] "HFS Wrapper" */
uint64_t
spill_hfs_embedded(struct spill_span raw)
{
	struct spill_cur c = spill_cur_of(raw);
	bool hfs = spill_cur_match(&c, "BD", 2);
	uint64_t block, first, start;
	unsigned sign;

	spill_cur_seek(&c, 20);
	block = spill_cur_u32be(&c);
	spill_cur_seek(&c, 28);
	first = (uint64_t)spill_cur_u16be(&c) * 512;
	spill_cur_seek(&c, 124);
	sign = spill_cur_u16be(&c);
	if (!hfs || (sign != 0x482b && sign != 0x4858))
		return 0;
	start = spill_cur_u16be(&c);
	return spill_cur_ok(&c) ? first + start * block : 0;
}

static struct spill_time
stamp(struct spill_cur *c, uint64_t *raw)
{
	uint32_t v = spill_cur_u32be(c);

	*raw = v;
	return spill_hfs_time(v);
}

/* [TN1150] "Catalog File Data": files and folders begin alike. */
int
spill_hfs_record_read(struct spill_span raw, struct spill_hfs_record *out)
{
	struct spill_cur c = spill_cur_of(raw);
	uint16_t kind = spill_cur_u16be(&c);
	struct spill_stamps *t = &out->times;
	uint64_t unused;

	*out = (struct spill_hfs_record){ .folder = kind == 1 };
	if (kind != 1 && kind != 2) {
		(void)spill_flaw(&out->flaw, "it is no file or folder", 0);
		return SPILL_EFORMAT;
	}
	out->locked = (spill_cur_u16be(&c) & 1) != 0 && !out->folder;
	spill_cur_skip(&c, 4);
	out->id = spill_cur_u32be(&c);
	t->at.born = stamp(&c, &t->raw.born);
	t->at.modified = stamp(&c, &t->raw.modified);
	t->at.changed = stamp(&c, &t->raw.changed);
	t->at.accessed = stamp(&c, &t->raw.accessed);
	out->backed_up = stamp(&c, &unused);
	out->uid = spill_cur_u32be(&c);
	out->gid = spill_cur_u32be(&c);
	out->admin_flags = spill_cur_u8(&c);
	out->owner_flags = spill_cur_u8(&c);
	out->mode = spill_cur_u16be(&c);
	spill_cur_skip(&c, 4);
	out->type = spill_cur_u32be(&c);
	out->creator = spill_cur_u32be(&c);
	out->finder_flags = spill_cur_u16be(&c);
	if (!spill_cur_ok(&c))
		return spill_flaw(&out->flaw, "it is cut", raw.len);
	if (out->folder) { /* there they are a rectangle */
		out->type = out->creator = 0;
		return SPILL_OK;
	}
	spill_cur_seek(&c, 88);
	out->data_size = spill_cur_u64be(&c);
	spill_cur_seek(&c, 168);
	out->resource_size = spill_cur_u64be(&c);
	if (!spill_cur_ok(&c) || raw.len < 248)
		return spill_flaw(&out->flaw, "it is cut", raw.len);
	return SPILL_OK;
}
