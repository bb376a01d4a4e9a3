/*
 * apfs_fuzz.c: decoders of APFS: one block of any kind.
 *
 * What must hold: a container that is accepted has blocks of a size that is
 * one; an entry of a node lies inside of it; texts end before their NUL.
 */
#include <spill/apfs.h>

#include "fuzz.h"

static bool
inside(struct spill_span in, struct spill_span s)
{
	return s.len == 0 || (s.p >= in.p && s.len <= in.len &&
				 (size_t)(s.p - in.p) <= in.len - s.len);
}

static bool
is_text(struct spill_span in, struct spill_span s)
{
	return s.len == 0 ||
	       (inside(in, s) && memchr(s.p, '\0', s.len) == NULL);
}

static void
check_time(struct spill_time t)
{
	char out[SPILL_TIME_TEXT];

	must((spill_time_format(t, out) > 0) == t.set);
}

static void
node(struct spill_span block)
{
	struct spill_apfs_node n;
	struct spill_apfs_snapshot s;
	struct spill_apfs_mapping m;
	struct spill_span k, v;
	int rc = spill_apfs_node_read(block, &n);

	must((rc == SPILL_OK) == (n.flaw.what == NULL));
	if (rc == SPILL_EFORMAT)
		return;
	must(n.n <= block.len / 4);
	for (uint32_t i = 0;
	     (rc = spill_apfs_node_entry(&n, i, &k, &v)) != SPILL_END; i++) {
		must(i < n.n && inside(block, k) && inside(block, v));
		(void)spill_apfs_mapping_read(k, v, &m);
		if (spill_apfs_snapshot_read(k, v, &s) == SPILL_EFORMAT)
			continue;
		must(is_text(block, s.name));
		check_time(s.made);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct spill_span block = { (const char *)data, size };
	struct spill_apfs_container c;
	struct spill_apfs_volume v;
	uint64_t tree;
	int rc = spill_apfs_container_read(block, &c);

	must((rc == SPILL_OK) == (c.flaw.what == NULL));
	if (rc == SPILL_OK)
		must(c.block_size >= 4096 && c.block_size <= 65536 &&
		     (c.block_size & (c.block_size - 1)) == 0 && c.blocks > 0);
	rc = spill_apfs_volume_read(block, &v);
	must((rc == SPILL_OK) == (v.flaw.what == NULL));
	if (rc == SPILL_OK) {
		must(is_text(block, v.name) && v.name.len <= 256);
		check_time(v.made);
		check_time(v.changed);
	}
	(void)spill_apfs_omap_read(block, &tree);
	node(block);
	return 0;
}
