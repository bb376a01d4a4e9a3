#include <string.h>

#include <spill/cur.h>

struct spill_cur
spill_cur(const void *p, size_t len)
{
	return (struct spill_cur){ .p = p, .len = len };
}

bool
spill_cur_ok(const struct spill_cur *c)
{
	return !c->failed;
}

size_t
spill_cur_left(const struct spill_cur *c)
{
	return c->failed ? 0 : c->len - c->pos;
}

/* The next n bytes and past them, or NULL and failed. */
static const uint8_t *
take(struct spill_cur *c, size_t n)
{
	const uint8_t *p = c->p + c->pos;

	if (c->failed || n > c->len - c->pos) {
		c->failed = true;
		return NULL;
	}
	c->pos += n;
	return p;
}

void
spill_cur_skip(struct spill_cur *c, size_t n)
{
	(void)take(c, n);
}

void
spill_cur_seek(struct spill_cur *c, size_t pos)
{
	if (pos > c->len)
		c->failed = true;
	else if (!c->failed)
		c->pos = pos;
}

static uint64_t
little(struct spill_cur *c, unsigned n)
{
	const uint8_t *p = take(c, n);
	uint64_t v = 0;

	for (unsigned i = n; p != NULL && i-- > 0;)
		v = v << 8 | p[i];
	return v;
}

static uint64_t
big(struct spill_cur *c, unsigned n)
{
	const uint8_t *p = take(c, n);
	uint64_t v = 0;

	for (unsigned i = 0; p != NULL && i < n; i++)
		v = v << 8 | p[i];
	return v;
}

uint8_t
spill_cur_u8(struct spill_cur *c)
{
	return (uint8_t)little(c, 1);
}

uint16_t
spill_cur_u16le(struct spill_cur *c)
{
	return (uint16_t)little(c, 2);
}

uint32_t
spill_cur_u32le(struct spill_cur *c)
{
	return (uint32_t)little(c, 4);
}

uint64_t
spill_cur_u64le(struct spill_cur *c)
{
	return little(c, 8);
}

uint16_t
spill_cur_u16be(struct spill_cur *c)
{
	return (uint16_t)big(c, 2);
}

uint32_t
spill_cur_u32be(struct spill_cur *c)
{
	return (uint32_t)big(c, 4);
}

uint64_t
spill_cur_u64be(struct spill_cur *c)
{
	return big(c, 8);
}

uint64_t
spill_cur_varint(struct spill_cur *c)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t b = spill_cur_u8(c);

		if ((b == 0 && shift > 0) || (shift == 63 && b > 1))
			break;
		v |= (uint64_t)(b & 0x7f) << shift;
		if (!(b & 0x80))
			return v;
	}
	c->failed = true;
	return 0;
}

struct spill_span
spill_cur_bytes(struct spill_cur *c, size_t n)
{
	const uint8_t *p = take(c, n);

	return (struct spill_span){ p != NULL ? (const char *)p : "",
		p != NULL ? n : 0 };
}

bool
spill_cur_match(struct spill_cur *c, const void *bytes, size_t n)
{
	if (spill_cur_left(c) < n || memcmp(c->p + c->pos, bytes, n) != 0)
		return false;
	c->pos += n;
	return true;
}
