/*
 * fat_dir.c: directories: long names, in parts before the short entry they
 * belong to ([FAT] "Long Directory Entries"), and what became of both.
 *
 * Parts of one name that follow each other are gathered as a run; its fate is
 * known at the first entry that does not continue it. A run that the short
 * entry behind it does not own is yielded by itself, as an orphan.
 */
#include <string.h>

#include "fat_i.h"

static const uint8_t *
entry_at(const struct spill_fat_dir *it, size_t pos)
{
	return (const uint8_t *)it->bytes.p + pos;
}

enum what { NOTHING, PART, SHORT };

/* Behind the end of the directory there may be anything: a part of a long
 * name must have one at least of its two zeros there. */
static enum what
what_is(const struct spill_fat_dir *it, const uint8_t *p)
{
	if (p[0] == 0)
		return NOTHING;
	if ((p[11] & 0x3f) != 0x0f)
		return SHORT;
	return it->beyond && p[12] != 0 && (p[26] | p[27]) != 0 ? NOTHING
								: PART;
}

/* --- parts of a long name ----------------------------------------------- */

static uint8_t
short_sum(const uint8_t name[11])
{
	uint8_t sum = 0;

	for (int i = 0; i < 11; i++)
		sum = (uint8_t)((sum >> 1 | sum << 7) + name[i]);
	return sum;
}

/* The sum rotates bits and adds, so it can be undone: the first byte that the
 * other ten need for it. */
static uint8_t
lost_byte(const uint8_t name[11], uint8_t sum)
{
	for (int i = 10; i > 0; i--) {
		uint8_t v = (uint8_t)(sum - name[i]);

		sum = (uint8_t)(v << 1 | v >> 7);
	}
	return sum;
}

/* The 13 units of a part as bytes; returns how many bytes come before the
 * unit 0 that ends the name. */
static size_t
part_units(const uint8_t *p, uint8_t out[26])
{
	size_t n = 0;

	memcpy(out, p + 1, 10);
	memcpy(out + 10, p + 14, 12);
	memcpy(out + 22, p + 28, 4);
	while (n < 26 && (out[n] != 0 || out[n + 1] != 0))
		n += 2;
	return n;
}

/* Is b, right behind a, the next part of the same name? */
static bool
continues(const uint8_t *a, const uint8_t *b)
{
	uint8_t units[26];

	if (a[13] != b[13] || (a[0] == 0xe5) != (b[0] == 0xe5))
		return false;
	/* Numbers go down. Those of deleted parts are lost, but only the part
	 * that comes first in the directory can be the short one. */
	if (a[0] == 0xe5)
		return part_units(b, units) == sizeof(units);
	/* A bit that none has may be damage: the checksum is the same. */
	return b[0] != 0 && (b[0] & 0x7f) == (a[0] & 0x3f) - 1;
}

static size_t
run_parts(const struct spill_fat_dir *it)
{
	return (it->pos - it->run) / FAT_ENTRY;
}

static bool
run_takes(const struct spill_fat_dir *it, const uint8_t *p)
{
	return run_parts(it) < FAT_PARTS &&
	       continues(entry_at(it, it->pos - FAT_ENTRY), p);
}

/* The name of the run: its last part has its beginning. */
static void
run_name(const struct spill_fat_dir *it, struct spill_fat_entry *e)
{
	uint8_t units[26];

	for (size_t i = run_parts(it); i-- > 0;) {
		const uint8_t *p = entry_at(it, it->run + i * FAT_ENTRY);
		size_t n = part_units(p, units);

		memcpy(e->long_name + e->long_len, units, n);
		e->long_len += n;
		if (n < sizeof(units))
			break;
	}
	e->first = it->run;
}

/* Does the byte that the checksum calls for fit the long name? It is the
 * first character in upper case, if that can be one of a short name. */
static bool
lost_fits(uint8_t lost, const struct spill_fat_entry *e)
{
	unsigned u = e->long_name[0] | (unsigned)e->long_name[1] << 8;

	if ((!spill_fat_legal(lost) && lost != 0x05) || lost == ' ' ||
	    (lost >= 'a' && lost <= 'z') || e->long_len == 0)
		return false;
	if (u >= 'a' && u <= 'z')
		return lost == u - 32;
	if ((u >= 'A' && u <= 'Z') || (u >= '0' && u <= '9'))
		return lost == u;
	return true;
}

/* Does the run belong to the short entry e, which follows it? Then e has it
 * afterwards. */
static bool
run_joins(const struct spill_fat_dir *it, struct spill_fat_entry *e)
{
	const uint8_t *head = entry_at(it, it->run);
	const uint8_t *tail = entry_at(it, it->pos - FAT_ENTRY);
	struct spill_fat_entry long_only = { 0 };
	uint8_t lost;

	if (e->deleted != (head[0] == 0xe5) ||
	    (e->attributes & SPILL_FAT_LABEL) != 0)
		return false;
	if (!e->deleted) {
		if ((head[0] & 0x40) == 0 || tail[0] % 0x40 != 1 ||
		    head[13] != short_sum(e->raw))
			return false;
		e->long_kind = SPILL_FAT_LONG_WHOLE;
		run_name(it, e);
		return true;
	}
	run_name(it, &long_only);
	lost = lost_byte(e->raw, head[13]);
	if (!lost_fits(lost, &long_only))
		return false;
	e->lost = lost == 0x05 ? 0xe5 : lost;
	e->long_kind = SPILL_FAT_LONG_LIKELY;
	run_name(it, e);
	return true;
}

static int
orphan(struct spill_fat_dir *it, struct spill_fat_entry *out)
{
	struct spill_fat_entry e = { .long_kind = SPILL_FAT_LONG_ORPHAN,
		.at = it->pos - FAT_ENTRY,
		.deleted = *entry_at(it, it->run) == 0xe5,
		.beyond = it->beyond };

	run_name(it, &e);
	it->run = it->pos;
	*out = e;
	return SPILL_OK;
}

/* --- the directory ------------------------------------------------------ */

struct spill_fat_dir
spill_fat_dir(struct spill_span bytes, unsigned bits)
{
	return (struct spill_fat_dir){ .bytes = bytes, .bits = bits };
}

/* The time that all writers set; of the others one may be damaged. */
static bool
has_modified(const struct spill_fat_entry *e)
{
	return e->flaw.what == NULL && (e->times.bad & SPILL_MODIFIED) == 0 &&
	       e->times.at.modified.set;
}

/* It has content, and no more than one of its fields is damaged. */
static bool
has_content(const struct spill_fat_entry *e)
{
	bool dir = (e->attributes & SPILL_FAT_DIRECTORY) != 0;
	unsigned bad = e->times.bad;

	return (e->nt_flags & ~0x18u) == 0 &&
	       (e->attributes & (0xc0u | SPILL_FAT_LABEL)) == 0 &&
	       e->cluster >= 2 && dir == (e->size == 0) &&
	       (bad & (bad - 1)) == 0 && (bad == 0 || e->flaw.what == NULL);
}

static bool
is_padded(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((p[i] == ' ' && i + 1 < n && p[i + 1] != ' ') ||
		    p[i] >= 0x80 || (p[i] >= 'a' && p[i] <= 'z') ||
		    (p[i] != ' ' && !spill_fat_legal(p[i])))
			return false;
	return true;
}

/* It has a name of ASCII in capitals, as those are written, and the bits that
 * are never set are not; and it says something: no more is known of it. */
static bool
has_name(const struct spill_fat_entry *e)
{
	return e->flaw.what == NULL && (e->nt_flags & ~0x18u) == 0 &&
	       (e->attributes & (0xc0u | SPILL_FAT_LABEL)) == 0 &&
	       e->raw[0] != ' ' && is_padded(e->raw, 8) &&
	       is_padded(e->raw + 8, 3) &&
	       (e->cluster > 0 || e->times.at.born.set);
}

static bool
plausible(const struct spill_fat_entry *e)
{
	return e->long_kind == SPILL_FAT_LONG_WHOLE || has_modified(e) ||
	       has_content(e) || has_name(e);
}

/* The short entry at pos; SPILL_END if it is nothing to show. */
static int
take_short(struct spill_fat_dir *it, struct spill_fat_entry *out)
{
	struct spill_fat_entry e = { .beyond = it->beyond };
	bool held = it->run < it->pos, joins;

	spill_fat_short(it->bytes, it->pos, it->bits, &e);
	joins = held && run_joins(it, &e);
	if (it->beyond && !plausible(&e))
		return SPILL_END;
	if (held && !joins)
		return orphan(it, out);
	it->pos += FAT_ENTRY;
	it->run = it->pos;
	*out = e;
	return e.flaw.what == NULL ? SPILL_OK : SPILL_EDAMAGED;
}

static int
cut_end(struct spill_fat_dir *it, struct spill_fat_entry *out)
{
	struct spill_fat_entry e = { .at = it->pos, .first = it->pos };

	if (it->pos == it->bytes.len)
		return SPILL_END;
	it->pos = it->run = it->bytes.len;
	spill_flaw(&e.flaw, "a directory entry is cut", e.at);
	*out = e;
	return SPILL_EDAMAGED;
}

int
spill_fat_dir_next(struct spill_fat_dir *it, struct spill_fat_entry *out)
{
	while (it->bytes.len - it->pos >= FAT_ENTRY) {
		const uint8_t *p = entry_at(it, it->pos);
		enum what what = what_is(it, p);
		bool held = it->run < it->pos;
		int rc = SPILL_END;

		if (what == PART && held && !run_takes(it, p))
			return orphan(it, out);
		if (what == SHORT)
			rc = take_short(it, out);
		if (rc != SPILL_END)
			return rc;
		if (what != PART && held)
			return orphan(it, out);
		it->beyond |= p[0] == 0;
		it->pos += FAT_ENTRY;
		if (what != PART)
			it->run = it->pos;
	}
	if (it->run < it->pos)
		return orphan(it, out);
	return cut_end(it, out);
}
