/*
 * exfat_dir.c: directories, as sets of entries ([EX] 6).
 */
#include <string.h>

#include "exfat_i.h"

#define IN_USE	  0x80
#define SECONDARY 0x40
#define SET_MIN	  3 /* entries of a file: itself, stream, name */
#define SET_MAX	  19

static unsigned
type_at(const struct spill_exfat_dir *it, size_t pos)
{
	return (unsigned char)it->bytes.p[pos];
}

static struct spill_span
entry_at(const struct spill_exfat_dir *it, size_t pos)
{
	return spill_part(it->bytes, pos, EXFAT_ENTRY);
}

struct spill_exfat_dir
spill_exfat_dir(struct spill_span bytes)
{
	return (struct spill_exfat_dir){ .bytes = bytes };
}

/* [EX] 6.3.3, with the in-use bit as it was when the sum was made. */
static uint16_t
set_sum(struct spill_span set)
{
	uint16_t sum = 0;

	for (size_t i = 0; i < set.len; i++) {
		unsigned b = (unsigned char)set.p[i];

		if (i == 2 || i == 3)
			continue;
		if (i % EXFAT_ENTRY == 0)
			b |= IN_USE;
		sum = (uint16_t)((sum << 15 | sum >> 1) + b);
	}
	return sum;
}

/* How many entries from at on are of the set that begins there. */
static unsigned
set_entries(const struct spill_exfat_dir *it, size_t at, unsigned want)
{
	unsigned first = type_at(it, at), n = 1;

	for (; n < want; n++) {
		size_t pos = at + (size_t)n * EXFAT_ENTRY;

		if (it->bytes.len - at < (n + 1u) * EXFAT_ENTRY)
			break;
		if ((type_at(it, pos) & SECONDARY) == 0 ||
		    ((type_at(it, pos) ^ first) & IN_USE) != 0)
			break;
	}
	return n;
}

/* [EX] 7.7.3 */
static bool
name_ok(const struct spill_exfat_entry *e)
{
	for (size_t i = 0; i + 1 < e->name_len; i += 2)
		if (e->name[i + 1] == 0 &&
		    (e->name[i] < 0x20 ||
			memchr("\"*/:<>?\\|", e->name[i], 9) != NULL))
			return false;
	return true;
}

static void
set_check(struct spill_exfat_entry *e, unsigned want)
{
	if (want < SET_MIN || want > SET_MAX)
		spill_flaw(&e->flaw, "no such number of entries", e->at + 1);
	if (e->entries < want)
		spill_flaw(&e->flaw, "an entry set is cut",
		    e->at + (size_t)e->entries * EXFAT_ENTRY);
	if (!e->has_stream)
		spill_flaw(&e->flaw, "an entry set has no stream", e->at);
	else if (e->name_units == 0)
		spill_flaw(&e->flaw, "a name is empty", e->at);
	else if (e->name_len < (size_t)e->name_units * 2)
		spill_flaw(&e->flaw, "a name is cut", e->at);
	else if (!name_ok(e))
		spill_flaw(
		    &e->flaw, "a name has a character that is none", e->at);
	else if (e->valid > e->length)
		spill_flaw(&e->flaw, "more is valid than there is", e->at);
	else if (!e->sum_ok)
		spill_flaw(&e->flaw, "the checksum of an entry set differs",
		    e->at + 2);
}

/* [EX] 7.1 to 7.3: what is reserved is 0, and a label's text is as long as it
 * says. */
static bool
special_plausible(struct spill_span s, unsigned kind)
{
	unsigned n = (unsigned char)s.p[1];

	if (kind == SPILL_EXFAT_LABEL)
		return n >= 1 && n <= 11 &&
		       spill_is_zero(spill_part(s, 2 + 2 * n, 30 - 2 * n));
	if (kind == SPILL_EXFAT_BITMAP)
		return n <= 1 && spill_is_zero(spill_part(s, 2, 18));
	return kind == SPILL_EXFAT_UPCASE &&
	       spill_is_zero(spill_part(s, 1, 3)) &&
	       spill_is_zero(spill_part(s, 8, 12));
}

/* Behind the end of a directory there may be anything: a file at least, and
 * then a set that is whole, or begins as one should. */
static bool
set_plausible(const struct spill_exfat_dir *it, size_t at)
{
	unsigned n = (unsigned char)it->bytes.p[at + 1] + 1u;
	unsigned kind = type_at(it, at) & ~(unsigned)IN_USE;

	if (kind != SPILL_EXFAT_FILE)
		return special_plausible(entry_at(it, at), kind);
	return n >= SET_MIN && n <= SET_MAX;
}

/* [EX] 7.4: what is reserved is 0, and one of the times at most means
 * nothing. */
static bool
file_sound(struct spill_span file, const struct spill_exfat_entry *e)
{
	unsigned bad = e->times.bad;

	return spill_is_zero(spill_part(file, 6, 2)) &&
	       (e->attributes & ~0x37u) == 0 && (bad & (bad - 1)) == 0 &&
	       (e->times.at.modified.set || e->times.at.born.set);
}

/* As many entries, and as many for the name, as it says. */
static bool
set_whole(const struct spill_exfat_entry *e, unsigned want)
{
	return e->entries == want && want >= SET_MIN && e->has_stream &&
	       e->valid <= e->length && e->name_units > 0 &&
	       e->entries == 2 + (e->name_units + 14u) / 15;
}

static void
set_read(const struct spill_exfat_dir *it, struct spill_exfat_entry *e)
{
	struct spill_span file = entry_at(it, e->at);
	struct spill_cur c = spill_cur_of(file);
	unsigned want;

	spill_cur_skip(&c, 1);
	want = spill_cur_u8(&c) + 1u;
	e->entries = set_entries(it, e->at, want);
	spill_exfat_file(file, e);
	e->sound = file_sound(file, e);
	for (unsigned i = 1; i < e->entries; i++) {
		size_t pos = e->at + (size_t)i * EXFAT_ENTRY;
		unsigned kind = type_at(it, pos) & ~(unsigned)IN_USE;

		if (kind == SPILL_EXFAT_STREAM && !e->has_stream)
			spill_exfat_stream(entry_at(it, pos), e);
		else if (kind == SPILL_EXFAT_NAME)
			spill_exfat_name(entry_at(it, pos), e);
	}
	e->sound |= set_whole(e, want);
	if (e->has_stream)
		e->name_len = SPILL_MIN(e->name_len, e->name_units * 2ul);
	e->sum_ok =
	    spill_cur_u16le(&c) == set_sum(spill_part(it->bytes, e->at,
				       (uint64_t)e->entries * EXFAT_ENTRY));
	set_check(e, want);
}

static void
entry_read(const struct spill_exfat_dir *it, struct spill_exfat_entry *e)
{
	struct spill_span s = entry_at(it, e->at);

	e->entries = 1;
	if (e->kind == SPILL_EXFAT_FILE) {
		set_read(it, e);
	} else if (e->kind == SPILL_EXFAT_STREAM) {
		spill_exfat_stream(s, e);
	} else if (e->kind == SPILL_EXFAT_NAME) {
		spill_exfat_name(s, e);
	} else {
		spill_exfat_other(s, e);
	}
	if ((e->kind & SECONDARY) != 0 && !e->deleted)
		spill_flaw(&e->flaw, "an entry is of no set", e->at);
}

static int
cut_end(struct spill_exfat_dir *it, struct spill_exfat_entry *out)
{
	struct spill_exfat_entry e = { .at = it->pos, .beyond = it->beyond };

	if (it->pos == it->bytes.len)
		return SPILL_END;
	it->pos = it->bytes.len;
	spill_flaw(&e.flaw, "a directory entry is cut", e.at);
	*out = e;
	return SPILL_EDAMAGED;
}

/* Without the others of its set, all of it must be as it is written. */
static bool
file_alone(const struct spill_exfat_dir *it, const struct spill_exfat_entry *e)
{
	return e->entries == 1 && e->times.bad == 0 &&
	       spill_is_zero(spill_part(entry_at(it, e->at), 25, 7));
}

int
spill_exfat_dir_next(struct spill_exfat_dir *it, struct spill_exfat_entry *out)
{
	while (it->bytes.len - it->pos >= EXFAT_ENTRY) {
		unsigned type = type_at(it, it->pos);
		struct spill_exfat_entry e = { .at = it->pos,
			.kind = type & 0x7f,
			.deleted = (type & IN_USE) == 0,
			.beyond = it->beyond };

		it->pos += EXFAT_ENTRY;
		it->beyond |= type == 0;
		if (type == 0 || (it->beyond && !set_plausible(it, e.at)))
			continue;
		entry_read(it, &e);
		if (it->beyond && e.kind == SPILL_EXFAT_FILE && !e.sum_ok &&
		    !(e.sound && (e.has_stream || file_alone(it, &e))))
			continue;
		it->pos = e.at + (size_t)e.entries * EXFAT_ENTRY;
		*out = e;
		return e.flaw.what == NULL ? SPILL_OK : SPILL_EDAMAGED;
	}
	return cut_end(it, out);
}
