/*
 * iso_fuzz.c: decoders of ISO 9660. The first byte says what the rest is: a
 * volume descriptor, sectors of a directory, or a system use area.
 *
 * What must hold: records follow each other, none across a sector's end;
 * fields likewise, within their area; texts keep to their limit.
 */
#include <spill/iso.h>

#include "fuzz.h"

static void
check_time(const struct spill_iso_time *t)
{
	char out[SPILL_TIME_TEXT];

	must((spill_time_format(t->at, out) > 0) == t->at.set);
	must(!(t->bad && t->at.set));
	must(t->zone % 15 == 0);
}

static void
volume(struct spill_span raw)
{
	struct spill_iso_volume v;
	int rc = spill_iso_volume_read(raw, &v);

	must((rc == SPILL_OK) == (v.flaw.what == NULL));
	if (rc == SPILL_OK && (v.kind == 1 || v.kind == 2))
		must(v.block_size >= 512 && v.block_size <= 2048 &&
		     v.root.len == 34);
	check_time(&v.made);
	check_time(&v.modified);
}

static void
area(struct spill_span raw)
{
	static struct spill_iso_rock r;
	struct spill_iso_use it = spill_iso_use(raw);
	struct spill_iso_field f;
	size_t next = 0;
	int rc;

	while ((rc = spill_iso_use_next(&it, &f)) == SPILL_OK) {
		must(f.at == next && f.data.len <= 251);
		next = f.at + f.data.len + 4;
		must(next <= raw.len);
	}
	must(rc == SPILL_END || rc == SPILL_EDAMAGED);
	spill_iso_rock_clear(&r);
	rc = spill_iso_rock_add(&r, raw);
	must((rc == SPILL_OK) == (r.flaw.what == NULL));
	must(r.name_len <= SPILL_ISO_TEXT && r.target_len <= SPILL_ISO_TEXT);
	check_time(&r.born);
	check_time(&r.modified);
	check_time(&r.accessed);
	check_time(&r.changed);
}

static void
directory(struct spill_span raw)
{
	struct spill_iso_dir it = spill_iso_dir(raw);
	struct spill_iso_record r;
	size_t next = 0;
	int rc;

	while ((rc = spill_iso_dir_next(&it, &r)) != SPILL_END) {
		must((rc == SPILL_OK) == (r.flaw.what == NULL));
		must(r.at >= next && r.at < raw.len && r.len > 0);
		next = r.at + r.len;
		must(next <= raw.len &&
		     r.at / SPILL_ISO_SECTOR == (next - 1) / SPILL_ISO_SECTOR);
		must(r.name.len <= r.len && r.use.len <= r.len);
		check_time(&r.time);
		area(r.use);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct spill_span raw = { (const char *)data + 1, size - 1 };

	if (size == 0)
		return 0;
	if (data[0] == 'v')
		volume(raw);
	else if (data[0] == 'u')
		area(raw);
	else
		directory(raw);
	return 0;
}
