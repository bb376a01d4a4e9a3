/*
 * fat_fuzz.c: decoders of FAT. The first byte says what the rest is: a boot
 * sector and its table, or a directory.
 *
 * What must hold: a boot sector that is accepted has no size of 0; an entry
 * lies behind the one before it; every entry of 32 bytes that is not empty
 * and not behind the end is in one of those yielded.
 */
#include <spill/fat.h>

#include "ondisk.h"

static void
boot(struct spill_span raw)
{
	struct spill_fat_boot b;
	int rc = spill_fat_boot_read(raw, &b);

	told(rc, b.flaw);
	if (rc == SPILL_OK)
		must(b.sector_size >= 512 && b.cluster_size >= 512 &&
		     b.clusters > 0 && b.data_sector < b.sectors &&
		     (b.bits == 32) == (b.root_cluster != 0));
	for (uint32_t i = 0; i < 64; i++) {
		enum spill_fat_link kind = SPILL_FAT_WRONG;
		uint32_t next = 0;

		if (b.bits == 0 ||
		    spill_fat_link(&b, raw, i, &kind, &next) != SPILL_OK)
			continue;
		must(kind != SPILL_FAT_NEXT ||
		     (next >= 2 && next - 2 < b.clusters));
	}
}

static void
check_entry(const struct spill_fat_entry *e, int rc, size_t len)
{
	told(rc, e->flaw);
	must(e->at < len && e->first <= e->at && e->long_len % 2 == 0);
	must(e->long_len <= (e->at + 32 - e->first) / 32 * 26);
	must(e->name_len < sizeof(e->name) && e->name[e->name_len] == '\0');
	must((e->long_kind == SPILL_FAT_LONG_LIKELY) == (e->lost != 0));
	check_times(&e->times);
	must(!e->times.at.born.zoned && !e->times.at.modified.zoned &&
	     !e->times.at.accessed.zoned);
}

static void
directory(struct spill_span raw, unsigned bits)
{
	struct spill_fat_dir it = spill_fat_dir(raw, bits);
	struct spill_fat_entry e;
	size_t next = 0;
	bool beyond = false;
	int rc;

	while ((rc = spill_fat_dir_next(&it, &e)) != SPILL_END) {
		check_entry(&e, rc, raw.len);
		must(e.first >= next);
		for (; next < e.first && !beyond; next += 32)
			beyond = raw.p[next] == 0;
		must(beyond || e.first == next);
		must(beyond == e.beyond || e.at + 32 > raw.len);
		next = e.at + 32;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct spill_span raw = { (const char *)data + 1, size - 1 };

	if (size == 0)
		return 0;
	if (data[0] == 'b')
		boot(raw);
	else
		directory(raw, data[0] == 'd' ? 32 : 16);
	return 0;
}
