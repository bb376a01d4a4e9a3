/*
 * ntfs_run.c: run lists ([RF] "Data Runs").
 */
#include "ntfs_i.h"

struct spill_ntfs_runs
spill_ntfs_runs(struct spill_span raw, uint64_t first_vcn, uint64_t clusters)
{
	return (struct spill_ntfs_runs){ .cur = spill_cur_of(raw),
		.vcn = first_vcn,
		.clusters = clusters != 0 && clusters < INT64_MAX ? clusters
								  : INT64_MAX };
}

/* A little-endian number of n bytes with a sign; n is up to 8. */
static int64_t
number(struct spill_cur *c, unsigned n)
{
	uint64_t v = 0;
	uint8_t b = 0;

	for (unsigned i = 0; i < n; i++) {
		b = spill_cur_u8(c);
		v |= (uint64_t)b << 8 * i;
	}
	if (n < 8 && (b & 0x80) != 0)
		v |= UINT64_MAX << 8 * n;
	return (int64_t)v;
}

static const char *
run_read(struct spill_ntfs_runs *it, unsigned head, struct spill_ntfs_run *r)
{
	unsigned nlen = head & 15, noff = head >> 4;
	int64_t count, delta;

	if (nlen < 1 || nlen > 8 || noff > 8)
		return "no such run";
	count = number(&it->cur, nlen);
	delta = number(&it->cur, noff);
	if (!spill_cur_ok(&it->cur))
		return "a run is cut";
	if (count <= 0 || it->vcn > (uint64_t)(INT64_MAX - count))
		return "a run's length is beyond any file";
	*r = (struct spill_ntfs_run){
		.vcn = it->vcn, .count = (uint64_t)count, .sparse = noff == 0
	};
	it->vcn += r->count;
	/* Before NTFS 3.0 a hole is at -1, as a first run can not be. */
	r->sparse |= it->lcn == 0 && delta == -1;
	if (r->sparse)
		return NULL;
	/* Below 0 it is beyond any volume too. */
	if (__builtin_add_overflow(it->lcn, delta, &it->lcn) ||
	    !spill_within((uint64_t)it->lcn, r->count, it->clusters))
		return "a run is outside the volume";
	r->lcn = (uint64_t)it->lcn;
	return NULL;
}

int
spill_ntfs_runs_next(struct spill_ntfs_runs *it, struct spill_ntfs_run *out)
{
	struct spill_ntfs_run r = { 0 };
	size_t at = it->cur.pos;
	const char *what = NULL;
	unsigned head;

	if (it->done)
		return SPILL_END;
	head = spill_cur_u8(&it->cur);
	if (!spill_cur_ok(&it->cur))
		what = "a run list has no end";
	else if (head != 0)
		what = run_read(it, head, &r);
	if (what != NULL || head == 0)
		it->done = true;
	if (what != NULL)
		return spill_flaw(&it->flaw, what, at);
	if (head == 0)
		return SPILL_END;
	*out = r;
	return SPILL_OK;
}
