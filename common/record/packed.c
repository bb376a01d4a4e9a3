#include <string.h>

#include <spill/cur.h>
#include <spill/row.h>

#define HEAD	SPILL_PACKED_HEAD
#define VARINT	10 /* the most bytes of one */
#define WORDS	(SPILL_COLUMNS_MAX / 64)
#define NS_BITS 26

/* No time, packed: most schemas have none. */
static const char none[HEAD] = "\xff\xff\xff\xff\xff\xff\xff\xff\0";

void
spill_row_clear(struct spill_row *r)
{
	r->time = (struct spill_time){ 0 };
	memset(r->bits, 0, sizeof(r->bits));
	memset(r->refs, 0, sizeof(r->refs));
}

static char *
put_varint(char *p, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		*p++ = (char)(0x80 | (v & 0x7f));
	*p++ = (char)v;
	return p;
}

size_t
spill_pack_bound(const struct spill_row *r)
{
	size_t n = HEAD;

	for (unsigned w = 0; w < WORDS; w++)
		for (uint64_t bits = r->bits[w]; bits != 0; bits &= bits - 1)
			n += 2 * VARINT +
			     r->cell[w * 64 + (unsigned)__builtin_ctzll(bits)]
				 .len;
	return n;
}

static char *
put_time(char *p, struct spill_time t)
{
	uint64_t key;
	unsigned rest;

	if (!t.set) {
		memcpy(p, none, HEAD);
		return p + HEAD;
	}
	key = spill_time_key(t);
	rest = (t.nsec & 15) | (unsigned)(t.prec + 2) << 4 |
	       (unsigned)t.zoned << 8;
	for (int i = 0; i < 8; i++)
		*p++ = (char)(key >> (8 * i));
	*p++ = (char)rest;
	*p++ = (char)(rest >> 8);
	return p;
}

size_t
spill_pack(const struct spill_row *r, char *out)
{
	char *p = put_time(out, r->time);
	unsigned next = 0;

	for (unsigned w = 0; w < WORDS; w++)
		for (uint64_t bits = r->bits[w]; bits != 0; bits &= bits - 1) {
			unsigned col = w * 64 + (unsigned)__builtin_ctzll(bits);
			struct spill_span v = r->cell[col];

			p = put_varint(p, col - next);
			next = col + 1;
			if (r->refs[w] & bits & -bits) {
				*p++ = 0;
				p = put_varint(p, r->id[col]);
				continue;
			}
			p = put_varint(p, v.len);
			memcpy(p, v.p, v.len);
			p += v.len;
		}
	return (size_t)(p - out);
}

static bool
get_time(struct spill_cur *c, struct spill_time *t)
{
	uint64_t key;
	unsigned rest;

	*t = (struct spill_time){ 0 };
	if (c->len - c->pos >= HEAD && memcmp(c->p + c->pos, none, HEAD) == 0) {
		c->pos += HEAD;
		return true;
	}
	key = spill_cur_u64le(c);
	rest = spill_cur_u16le(c);
	if (key == UINT64_MAX)
		return rest == 0;
	t->sec = (int64_t)(key >> NS_BITS) + SPILL_TIME_MIN;
	t->nsec = (uint32_t)(key & ((1u << NS_BITS) - 1)) << 4 | (rest & 15);
	t->prec = (int8_t)((int)(rest >> 4 & 15) - 2);
	t->zoned = rest >> 8 & 1;
	t->set = true;
	return rest < 0x200 && t->prec <= 9 && t->sec <= SPILL_TIME_MAX &&
	       t->nsec < 1000000000;
}

/* Lengths and gaps are nearly always one byte. */
static inline uint64_t
get_varint(struct spill_cur *c)
{
	if (c->pos < c->len && !(c->p[c->pos] & 0x80))
		return c->p[c->pos++];
	return spill_cur_varint(c);
}

/* A cell of the dict; false if there is none of that number. */
static bool
get_ref(struct spill_cur *c, const struct spill_dict *d, struct spill_row *r,
    unsigned col)
{
	uint64_t id = get_varint(c);

	if (d == NULL || !spill_dict_get(d, id, &r->cell[col]))
		return false;
	r->refs[col >> 6] |= 1ULL << (col & 63);
	r->id[col] = (uint16_t)id;
	return true;
}

int
spill_unpack_dict(
    struct spill_span rec, const struct spill_dict *d, struct spill_row *r)
{
	struct spill_cur c = spill_cur(rec.p, rec.len);
	uint64_t next = 0;

	spill_row_clear(r);
	if (!get_time(&c, &r->time) || !spill_cur_ok(&c))
		return SPILL_EDAMAGED;
	while (c.pos < c.len) {
		uint64_t gap = get_varint(&c), len = get_varint(&c);
		unsigned col = (unsigned)(next + gap);

		if (!spill_cur_ok(&c) || gap >= SPILL_COLUMNS_MAX - next ||
		    len > c.len - c.pos)
			return SPILL_EDAMAGED;
		if (len > 0) {
			r->cell[col] =
			    (struct spill_span){ (const char *)c.p + c.pos,
				    (size_t)len };
			c.pos += (size_t)len;
		} else if (!get_ref(&c, d, r, col)) {
			return SPILL_EDAMAGED;
		}
		r->bits[col >> 6] |= 1ULL << (col & 63);
		next = col + 1;
	}
	return spill_cur_ok(&c) ? SPILL_OK : SPILL_EDAMAGED;
}

int
spill_unpack(struct spill_span rec, struct spill_row *r)
{
	return spill_unpack_dict(rec, NULL, r);
}

int
spill_packed_time(struct spill_span rec, struct spill_time *t)
{
	struct spill_cur c = spill_cur(rec.p, rec.len);

	return get_time(&c, t) && spill_cur_ok(&c) ? SPILL_OK : SPILL_EDAMAGED;
}

uint64_t
spill_packed_key(struct spill_span rec)
{
	uint64_t key;

	if (rec.len < sizeof(key))
		return UINT64_MAX;
	memcpy(&key, rec.p, sizeof(key));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	key = __builtin_bswap64(key);
#endif
	return key;
}
