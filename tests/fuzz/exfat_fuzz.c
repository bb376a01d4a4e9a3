/*
 * exfat_fuzz.c: decoders of exFAT. The first byte says what the rest is: a
 * boot sector or a directory.
 *
 * What must hold: a boot sector that is accepted has clusters within the
 * volume; entries that are yielded follow each other without a hole up to
 * the end of the directory.
 */
#include <spill/exfat.h>

#include "ondisk.h"

static void
boot(struct spill_span raw)
{
	struct spill_exfat_boot b;
	int rc = spill_exfat_boot_read(raw, &b);

	told(rc, b.flaw);
	if (rc == SPILL_OK)
		must(b.cluster_size >= b.sector_size && b.sector_size >= 512 &&
		     b.clusters > 0 && b.data_sector < b.sectors &&
		     b.root_cluster >= 2 && b.root_cluster - 2 < b.clusters);
}

static void
directory(struct spill_span raw)
{
	struct spill_exfat_dir it = spill_exfat_dir(raw);
	struct spill_exfat_entry e;
	size_t next = 0;
	bool beyond = false;
	int rc;

	while ((rc = spill_exfat_dir_next(&it, &e)) != SPILL_END) {
		told(rc, e.flaw);
		must(e.at < raw.len && e.at >= next);
		must(e.name_len <= sizeof(e.name) && e.name_len % 2 == 0);
		beyond |= e.beyond;
		must(beyond || e.at == next);
		must(!beyond || e.sum_ok || e.entries == 0);
		next = e.at + e.entries * 32ul;
		must(next <= raw.len);
		check_times(&e.times);
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
		directory(raw);
	return 0;
}
