/*
 * hfs_fuzz.c: decoders of HFS+ and UFS. The first byte says what the rest is:
 * a volume header, a record of the catalogue, a name; a superblock of UFS, an
 * inode of either version.
 */
#include <spill/hfs.h>
#include <spill/ufs.h>

#include "fuzz.h"

static void
check_times(const struct spill_stamps *s)
{
	char out[SPILL_TIME_TEXT];

	must((spill_time_format(s->at.born, out) > 0) == s->at.born.set);
	must(
	    (spill_time_format(s->at.modified, out) > 0) == s->at.modified.set);
	must(
	    (spill_time_format(s->at.accessed, out) > 0) == s->at.accessed.set);
	must((spill_time_format(s->at.changed, out) > 0) == s->at.changed.set);
}

static void
hfs(char kind, struct spill_span raw)
{
	struct spill_buf b = SPILL_BUF_INIT(1 << 20);
	struct spill_hfs_record r;
	struct spill_hfs_volume v;
	int rc;

	if (kind == 'v') {
		rc = spill_hfs_volume_read(raw, &v);
		must((rc == SPILL_OK) == (v.flaw.what == NULL));
		must(rc != SPILL_OK || (v.block_size >= 512 && v.blocks > 0));
	} else if (kind == 'r') {
		rc = spill_hfs_record_read(raw, &r);
		must((rc == SPILL_OK) == (r.flaw.what == NULL));
		check_times(&r.times);
	} else {
		rc = spill_utf16be_put(&b, raw);
		must((rc == SPILL_OK) == (raw.len % 2 == 0));
		must(b.rc != SPILL_OK || b.len >= raw.len / 2);
		spill_buf_release(&b);
	}
}

static void
ufs(char kind, struct spill_span raw)
{
	struct spill_ufs_super s;
	struct spill_ufs_group g;
	struct spill_ufs_inode i;
	int rc;

	if (kind == 's') {
		rc = spill_ufs_super_read(raw, &s);
		must((rc == SPILL_OK) == (s.flaw.what == NULL));
		if (rc == SPILL_OK)
			(void)spill_ufs_inode_at(&s, UINT32_MAX);
		return;
	}
	for (unsigned version = 1; version <= 2; version++)
		for (int big = 0; big < 2; big++) {
			s = (struct spill_ufs_super){ .version = version,
				.big_endian = big };
			rc = spill_ufs_group_read(raw, &s, &g);
			must((rc == SPILL_OK) == (g.flaw.what == NULL));
			rc = spill_ufs_inode_read(raw, version, big, &i);
			must((rc == SPILL_OK) == (i.flaw.what == NULL));
			check_times(&i.times);
		}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct spill_span raw = { (const char *)data + 1, size - 1 };

	if (size == 0)
		return 0;
	if (data[0] == 's' || data[0] == 'i')
		ufs((char)data[0], raw);
	else
		hfs((char)data[0], raw);
	return 0;
}
