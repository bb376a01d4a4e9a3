#include <string.h>

#include <spill/iso.h>

#include "ondisk_i.h"

#define RECORD_MIN 34 /* bytes */
#define RECORD_MAX 254

/* --- times -------------------------------------------------------------- */

struct parts {
	unsigned year, month, day, hour, minute, second, hundredth;
	int zone; /* quarters of an hour */
};

static struct spill_iso_time
make_time(const struct parts *p, int8_t prec)
{
	static const uint8_t days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };
	struct spill_iso_time t = { .zone = (int16_t)(p->zone * 15) };
	bool leap =
	    p->year % 4 == 0 && (p->year % 100 != 0 || p->year % 400 == 0);
	int64_t sec;

	t.bad = true;
	if (p->month < 1 || p->month > 12 || p->day < 1 ||
	    p->day > days[p->month - 1] ||
	    (p->month == 2 && p->day == 29 && !leap) || p->hour > 23 ||
	    p->minute > 59 || p->second > 59 || p->zone < -48 || p->zone > 52)
		return t;
	sec = spill_days(p->year, p->month, p->day) * 86400 + p->hour * 3600 +
	      p->minute * 60 + p->second - p->zone * 900;
	t.at = spill_time_from_unix(sec, p->hundredth * 10000000, prec);
	t.bad = !t.at.set;
	return t;
}

struct spill_iso_time
spill_iso_time_short(struct spill_span raw)
{
	struct spill_cur c = spill_cur_of(raw);
	struct parts p = { 0 };

	p.year = 1900u + spill_cur_u8(&c);
	p.month = spill_cur_u8(&c);
	p.day = spill_cur_u8(&c);
	p.hour = spill_cur_u8(&c);
	p.minute = spill_cur_u8(&c);
	p.second = spill_cur_u8(&c);
	p.zone = (int8_t)spill_cur_u8(&c);
	if (!spill_cur_ok(&c) || spill_is_zero((struct spill_span){ raw.p, 6 }))
		return (struct spill_iso_time){ 0 };
	return make_time(&p, 0);
}

/* A number of n digits; more than it can have if there is another byte. */
static unsigned
number(struct spill_cur *c, unsigned n)
{
	unsigned v = 0;

	while (n-- > 0) {
		unsigned d = (unsigned)spill_cur_u8(c) - '0';

		v = d <= 9 && v < 10000 ? v * 10 + d : 99999;
	}
	return v;
}

struct spill_iso_time
spill_iso_time_long(struct spill_span raw)
{
	struct spill_cur c = spill_cur_of(raw);
	struct parts p = { 0 };
	bool zeros = true;

	for (size_t i = 0; i < raw.len && i < 16; i++)
		zeros = zeros && (raw.p[i] == '0' || raw.p[i] == '\0');
	p.year = number(&c, 4);
	p.month = number(&c, 2);
	p.day = number(&c, 2);
	p.hour = number(&c, 2);
	p.minute = number(&c, 2);
	p.second = number(&c, 2);
	p.hundredth = number(&c, 2);
	p.zone = (int8_t)spill_cur_u8(&c);
	if (!spill_cur_ok(&c) || zeros)
		return (struct spill_iso_time){ 0 };
	if (p.year > 9999 || p.hundredth > 99)
		p.month = 0;
	return make_time(&p, 2);
}

/* --- directory records -------------------------------------------------- */

static uint32_t
both(struct spill_cur *c, struct spill_flaw *f)
{
	size_t at = c->pos;
	uint32_t le = spill_cur_u32le(c), be = spill_cur_u32be(c);

	if (le != be)
		(void)spill_flaw(f, "a number is two in two orders", at);
	return le;
}

/* [ECMA] 9.1 behind the length, of a record of that length. */
static void
read_record(struct spill_span raw, size_t len, struct spill_iso_record *out)
{
	struct spill_cur c = spill_cur_of(raw);
	size_t name;

	spill_cur_skip(&c, 1);
	out->extra = spill_cur_u8(&c);
	out->block = both(&c, &out->flaw);
	out->size = both(&c, &out->flaw);
	spill_cur_seek(&c, 6);
	out->block_be = spill_cur_u32be(&c);
	spill_cur_skip(&c, 4);
	out->size_be = spill_cur_u32be(&c);
	out->time = spill_iso_time_short(spill_cur_bytes(&c, 7));
	out->flags = spill_cur_u8(&c);
	out->interleaved = (spill_cur_u8(&c) | spill_cur_u8(&c)) != 0;
	spill_cur_skip(&c, 4);
	name = spill_cur_u8(&c);
	if (name == 0 || name > len - 33) {
		(void)spill_flaw(&out->flaw, "length of a name is wrong", 32);
		name = SPILL_MIN(name, len - 33);
	}
	out->name = spill_cur_bytes(&c, name);
	out->self = name == 1 && out->name.p[0] == 0;
	out->parent = name == 1 && out->name.p[0] == 1;
	out->use = spill_part(raw, 33 + (name | 1), len);
	out->use.len =
	    SPILL_MIN(out->use.len, len - SPILL_MIN(len, 33 + (name | 1)));
}

int
spill_iso_record_read(struct spill_span raw, struct spill_iso_record *out)
{
	size_t len = raw.len > 0 ? (uint8_t)raw.p[0] : 0;

	*out = (struct spill_iso_record){ 0 };
	if (len == 0)
		return SPILL_END;
	out->len = SPILL_MIN(len, raw.len);
	if (len < RECORD_MIN || len > raw.len)
		return spill_flaw(&out->flaw, "length of a record is wrong", 0);
	read_record(raw, len, out);
	return out->flaw.what == NULL ? SPILL_OK : SPILL_EDAMAGED;
}

/* Are the numbers there in both orders, that of the volume too, and is the
 * time one? That is hardly met by chance. */
static bool
is_plausible(struct spill_span raw, const struct spill_iso_record *r)
{
	struct spill_cur c = spill_cur_of(raw);
	unsigned volume;

	spill_cur_seek(&c, 28);
	volume = spill_cur_u16le(&c);
	return r->flaw.what == NULL && r->extra == 0 && !r->time.bad &&
	       volume > 0 && volume == spill_cur_u16be(&c) && spill_cur_ok(&c);
}

int
spill_iso_record_mend(
    struct spill_span raw, size_t len, struct spill_iso_record *out)
{
	struct spill_iso_record r = { .len = SPILL_MIN(len, raw.len) };

	if (r.len < RECORD_MIN)
		return SPILL_EFORMAT;
	read_record(raw, r.len, &r);
	if (!is_plausible(raw, &r))
		return SPILL_EFORMAT;
	r.mended = true;
	*out = r;
	return spill_flaw(&out->flaw, "length of a record is wrong", 0);
}

struct spill_iso_dir
spill_iso_dir(struct spill_span sectors)
{
	return (struct spill_iso_dir){ .bytes = sectors };
}

/* The next whole record behind damage, or the end of the sector. */
static size_t
next_good(struct spill_iso_dir *it, size_t at, size_t end)
{
	if (it->good > at)
		return SPILL_MIN(it->good, end);
	for (it->good = at + 2; it->good < end; it->good += 2) {
		struct spill_span raw =
		    spill_part(it->bytes, it->good, end - it->good);
		struct spill_iso_record r;

		if (raw.len >= RECORD_MIN && raw.p[1] == 0 &&
		    spill_iso_record_read(raw, &r) == SPILL_OK &&
		    is_plausible(raw, &r))
			break;
	}
	return SPILL_MIN(it->good, end);
}

/* Where the length is wrong, what is before the next record is one. */
static int
mend(struct spill_iso_dir *it, size_t at, size_t end,
    struct spill_iso_record *out)
{
	struct spill_span raw = spill_part(it->bytes, at, end - at);
	size_t next = next_good(it, at, end);

	it->pos = next;
	if (spill_iso_record_mend(raw, SPILL_MIN(next - at, RECORD_MAX), out) !=
		SPILL_EFORMAT ||
	    out->len > 0)
		return SPILL_EDAMAGED;
	/* A length of 0 ends the sector, unless there are records behind. */
	return next < end
		   ? spill_flaw(&out->flaw, "length of a record is wrong", at)
		   : SPILL_END;
}

/* A length that is too large: another record is in what would be this one's
 * system use area. */
static int
check_length(
    struct spill_iso_dir *it, size_t at, size_t end, struct spill_iso_record *r)
{
	size_t first = at + r->len - r->use.len, good;

	if (r->use.len < RECORD_MIN || first % 2 != at % 2)
		return SPILL_OK;
	good = next_good(it, at, end);
	if (good < first || good >= at + r->len ||
	    spill_iso_record_mend(spill_part(it->bytes, at, end - at),
		good - at, r) == SPILL_EFORMAT)
		return SPILL_OK;
	it->pos = good;
	return SPILL_EDAMAGED;
}

int
spill_iso_dir_next(struct spill_iso_dir *it, struct spill_iso_record *out)
{
	while (it->pos < it->bytes.len) {
		size_t at = it->pos, end = at - at % SPILL_ISO_SECTOR;
		int rc;

		end = SPILL_MIN(end + SPILL_ISO_SECTOR, it->bytes.len);
		rc = spill_iso_record_read(
		    spill_part(it->bytes, at, end - at), out);
		it->pos += out->len;
		if (rc == SPILL_OK)
			rc = check_length(it, at, end, out);
		else if (out->name.len > 0)
			it->pos = SPILL_MIN(it->pos, next_good(it, at, end));
		else
			rc = mend(it, at, end, out);
		out->at = at;
		if (rc != SPILL_END)
			return rc;
	}
	*out = (struct spill_iso_record){ 0 };
	return SPILL_END;
}

/* --- volume descriptors ------------------------------------------------- */

static uint8_t
joliet_level(struct spill_span escapes)
{
	static const char levels[] = "@CE"; /* [JOLIET] "Escape Sequences" */

	for (uint8_t i = 0; i < 3; i++)
		if (escapes.len >= 3 && escapes.p[0] == '%' &&
		    escapes.p[1] == '/' && escapes.p[2] == levels[i])
			return (uint8_t)(i + 1);
	return 0;
}

/* [ECMA] 8.4 and 8.5 */
static int
read_volume(struct spill_span sector, struct spill_iso_volume *out)
{
	struct spill_cur c = spill_cur_of(sector);

	spill_cur_seek(&c, 40);
	out->label = spill_cur_bytes(&c, 32);
	spill_cur_seek(&c, 80);
	out->blocks = both(&c, &out->flaw);
	if (out->kind == SPILL_ISO_SUPPLEMENTARY)
		out->joliet = joliet_level(spill_cur_bytes(&c, 32));
	spill_cur_seek(&c, 128);
	out->block_size = spill_cur_u16le(&c);
	if (out->block_size != spill_cur_u16be(&c))
		(void)spill_flaw(
		    &out->flaw, "a number is two in two orders", 128);
	out->path_size = both(&c, &out->flaw);
	out->path[0] = spill_cur_u32le(&c);
	spill_cur_skip(&c, 4);
	out->path[1] = spill_cur_u32be(&c);
	out->root_at = 156;
	(void)spill_iso_record_read(spill_part(sector, 156, 34), &out->root);
	spill_cur_seek(&c, 813);
	out->made = spill_iso_time_long(spill_cur_bytes(&c, 17));
	out->modified = spill_iso_time_long(spill_cur_bytes(&c, 17));
	if (!spill_cur_ok(&c))
		return spill_flaw(&out->flaw, "it is cut", sector.len);
	if (out->block_size < 512 || out->block_size > SPILL_ISO_SECTOR ||
	    !spill_power_of_two(out->block_size)) {
		out->block_size = 0;
		return spill_flaw(&out->flaw, "size of blocks is none", 128);
	}
	if (out->root.len != 34 || (out->root.flags & SPILL_ISO_DIRECTORY) == 0)
		return spill_flaw(&out->flaw, "root folder is none", 156);
	return out->flaw.what == NULL ? SPILL_OK : SPILL_EDAMAGED;
}

int
spill_iso_volume_read(struct spill_span sector, struct spill_iso_volume *out)
{
	struct spill_cur c = spill_cur_of(sector);

	*out = (struct spill_iso_volume){ .kind = spill_cur_u8(&c) };
	if (!spill_cur_match(&c, "CD001", 5)) {
		*out = (struct spill_iso_volume){ 0 };
		(void)spill_flaw(&out->flaw, "signature is missing", 1);
		return SPILL_EFORMAT;
	}
	out->version = spill_cur_u8(&c);
	if (out->kind != SPILL_ISO_PRIMARY &&
	    out->kind != SPILL_ISO_SUPPLEMENTARY)
		return SPILL_OK;
	return read_volume(sector, out);
}

struct spill_iso_path
spill_iso_path_read(struct spill_span raw, bool big)
{
	struct spill_iso_path p = { 0 };
	struct spill_cur c = spill_cur_of(raw);
	size_t name = spill_cur_u8(&c);

	spill_cur_skip(&c, 1);
	p.block = big ? spill_cur_u32be(&c) : spill_cur_u32le(&c);
	p.parent = big ? spill_cur_u16be(&c) : spill_cur_u16le(&c);
	p.name = spill_cur_bytes(&c, name);
	if (spill_cur_ok(&c) && name > 0)
		p.len = 8 + name + name % 2;
	return p;
}
