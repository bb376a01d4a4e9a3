/*
 * ntfs_fuzz.c: decoders of NTFS. The first byte says what the rest is.
 *
 * What must hold: spans lie within the bytes that were given, iterators end
 * after no more elements than those bytes can have, damage has a flaw and a
 * flaw is damage, and times that are set have a text.
 */
#include <spill/ntfs.h>

#include "ondisk.h"

/* --- values ------------------------------------------------------------- */

static void
name(struct spill_span raw)
{
	struct spill_buf b = SPILL_BUF_INIT(4096);
	struct spill_ntfs_name n;

	told(spill_ntfs_name_read(raw, &n), n.flaw);
	inside(n.name, raw);
	check_times(&n.times);
	must(spill_utf16le_put(&b, n.name) == SPILL_OK && b.rc == SPILL_OK);
	spill_buf_release(&b);
}

static void
list(struct spill_span raw)
{
	struct spill_ntfs_list it = spill_ntfs_list(raw);
	struct spill_ntfs_listed e;
	size_t n = 0;
	int rc;

	while ((rc = spill_ntfs_list_next(&it, &e)) != SPILL_END) {
		told(rc, e.flaw);
		inside(e.name, raw);
		must(e.at < raw.len && n++ <= raw.len);
	}
}

static void
values(struct spill_span raw)
{
	struct spill_ntfs_info i;
	struct spill_ntfs_object_id o;
	struct spill_ntfs_volume v;
	struct spill_ntfs_reparse r;

	told(spill_ntfs_info_read(raw, &i), i.flaw);
	check_times(&i.times);
	told(spill_ntfs_object_id_read(raw, &o), o.flaw);
	told(spill_ntfs_volume_read(raw, &v), v.flaw);
	told(spill_ntfs_reparse_read(raw, &r), r.flaw);
	inside(r.data, raw);
	inside(r.target, raw);
	inside(r.shown, raw);
	name(raw);
	list(raw);
}

static void
runs(struct spill_span raw, uint64_t first, uint64_t clusters)
{
	struct spill_ntfs_runs it = spill_ntfs_runs(raw, first, clusters);
	uint64_t vcn = first, max = clusters != 0 ? clusters : INT64_MAX;
	struct spill_ntfs_run r;
	size_t n = 0;
	int rc;

	while ((rc = spill_ntfs_runs_next(&it, &r)) == SPILL_OK) {
		must(n++ < raw.len && r.vcn == vcn && r.count > 0);
		vcn += r.count;
		must(vcn <= INT64_MAX);
		must(r.sparse ||
		     (r.lcn < max &&
			 r.count <= SPILL_MIN(max, INT64_MAX) - r.lcn));
	}
	must((rc == SPILL_END) == (it.flaw.what == NULL));
	must(spill_ntfs_runs_next(&it, &r) == SPILL_END);
}

/* --- records and indexes ------------------------------------------------ */

static void
entries(const struct spill_ntfs_index *x)
{
	struct spill_ntfs_entries it = spill_ntfs_entries(x);
	struct spill_ntfs_entry e;
	size_t n = 0;
	int rc;

	while ((rc = spill_ntfs_entries_next(&it, &e)) != SPILL_END) {
		told(rc, e.flaw);
		inside(e.key, x->bytes);
		must(e.at <= x->bytes.len && n++ <= x->bytes.len / 16);
		name(e.key);
	}
	it = spill_ntfs_slack(x);
	while (spill_ntfs_slack_next(&it, &e) == SPILL_OK) {
		must(e.at >= x->end && n++ <= x->bytes.len / 8);
		inside(e.key, x->bytes);
		name(e.key);
	}
}

static void
record(struct spill_span raw, void *copy)
{
	struct spill_ntfs_record r;
	struct spill_ntfs_attrs it;
	struct spill_ntfs_attr a;
	size_t n = 0;
	int rc = spill_ntfs_record_read(raw, copy, &r);

	told(rc, r.flaw);
	it = spill_ntfs_attrs(&r);
	while ((rc = spill_ntfs_attrs_next(&it, &a)) != SPILL_END) {
		struct spill_ntfs_index x;

		told(rc, a.flaw);
		must(a.at <= r.bytes.len && n++ <= r.bytes.len / 16);
		inside(a.name, r.bytes);
		inside(a.content, r.bytes);
		inside(a.runs, r.bytes);
		values(a.content);
		runs(a.runs, a.first_vcn & INT64_MAX, 1 << 24);
		told(spill_ntfs_index_root(a.content, &x), x.flaw);
		entries(&x);
	}
}

static void
boot(struct spill_span raw)
{
	struct spill_ntfs_boot b;
	int rc = spill_ntfs_boot_read(raw, &b);

	told(rc, b.flaw);
	must(rc != SPILL_OK || (b.cluster_size != 0 && b.record_size >= 512 &&
				   b.mft_lcn < b.clusters));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct spill_span raw = { (const char *)data + 1, size - 1 };
	struct spill_ntfs_index x;
	void *copy;

	if (size == 0 || (copy = malloc(size)) == NULL)
		return 0;
	switch (data[0]) {
	case 'b':
		boot(raw);
		break;
	case 'f':
		record(raw, copy);
		break;
	case 'i':
		told(spill_ntfs_index_block(raw, copy, &x), x.flaw);
		entries(&x);
		break;
	case 'r':
		runs(raw, 0, 0);
		runs(raw, 7, 1000);
		break;
	default:
		values(raw);
		told(spill_ntfs_index_root(raw, &x), x.flaw);
		entries(&x);
	}
	free(copy);
	return 0;
}
