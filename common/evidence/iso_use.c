/*
 * iso_use.c: the system use areas of directory records: SUSP and Rock Ridge.
 */
#include <string.h>

#include <spill/iso.h>

#include "ondisk_i.h"

struct spill_iso_use
spill_iso_use(struct spill_span area)
{
	return (struct spill_iso_use){ .bytes = area };
}

/* [SUSP] 4 */
int
spill_iso_use_next(struct spill_iso_use *it, struct spill_iso_field *out)
{
	struct spill_cur c = spill_cur_of(it->bytes);
	size_t len;

	*out = (struct spill_iso_field){ .at = it->pos };
	spill_cur_seek(&c, it->pos);
	if (spill_cur_left(&c) < 4)
		return SPILL_END; /* 3 bytes may be left over */
	out->sign[0] = (char)spill_cur_u8(&c);
	out->sign[1] = (char)spill_cur_u8(&c);
	len = spill_cur_u8(&c);
	out->version = spill_cur_u8(&c);
	if (out->sign[0] == 0) { /* padding */
		it->pos = it->bytes.len;
		return SPILL_END;
	}
	if (len < 4 || len - 4 > spill_cur_left(&c)) {
		it->pos = it->bytes.len;
		return SPILL_EDAMAGED;
	}
	out->data = spill_cur_bytes(&c, len - 4);
	it->pos += len;
	if (memcmp(out->sign, "ST", 2) == 0)
		it->pos = it->bytes.len;
	return SPILL_OK;
}

/* --- texts -------------------------------------------------------------- */

static void
append(char *to, size_t *len, struct spill_span s, struct spill_flaw *f)
{
	size_t n = SPILL_MIN(s.len, SPILL_ISO_TEXT - *len);

	if (n < s.len)
		(void)spill_flaw(f, "a text is too long", 0);
	if (n > 0)
		memcpy(to + *len, s.p, n);
	*len += n;
}

/* [RRIP] 4.1.4 */
static void
add_name(struct spill_iso_rock *o, struct spill_cur *c)
{
	unsigned flags = spill_cur_u8(c);

	o->has |= SPILL_ISO_HAS_NAME;
	o->dot |= (flags & 2) != 0;
	o->dotdot |= (flags & 4) != 0;
	append(o->name, &o->name_len, spill_cur_bytes(c, spill_cur_left(c)),
	    &o->flaw);
}

/* [RRIP] 4.1.3.1: "/" stands before a component unless that goes on with the
 * one before it, is the root, or comes behind that. */
static void
add_component(struct spill_iso_rock *o, unsigned flags, struct spill_span s)
{
	static const struct spill_span words[] = { { ".", 1 }, { "..", 2 },
		{ "/", 1 } };
	size_t n = o->target_len;

	if (n > 0 && !o->component_goes_on && o->target[n - 1] != '/')
		append(o->target, &o->target_len, words[2], &o->flaw);
	if ((flags & 2) != 0)
		append(o->target, &o->target_len, words[0], &o->flaw);
	else if ((flags & 4) != 0)
		append(o->target, &o->target_len, words[1], &o->flaw);
	else if ((flags & 8) != 0)
		append(o->target, &o->target_len, words[2], &o->flaw);
	else
		append(o->target, &o->target_len, s, &o->flaw);
	o->component_goes_on = (flags & 1) != 0;
}

/* [RRIP] 4.1.3 */
static void
add_target(struct spill_iso_rock *o, struct spill_cur *c)
{
	spill_cur_skip(c, 1);
	o->has |= SPILL_ISO_HAS_TARGET;
	while (spill_cur_left(c) >= 2) {
		unsigned flags = spill_cur_u8(c);
		size_t len = spill_cur_u8(c);

		if (len > spill_cur_left(c)) {
			(void)spill_flaw(
			    &o->flaw, "target of a link is cut", c->pos);
			len = spill_cur_left(c);
		}
		add_component(o, flags, spill_cur_bytes(c, len));
	}
}

/* --- the others --------------------------------------------------------- */

/* [RRIP] 4.1.6 */
static void
add_times(struct spill_iso_rock *o, struct spill_cur *c)
{
	struct spill_iso_time *to[] = { &o->born, &o->modified, &o->accessed,
		&o->changed };
	unsigned flags = spill_cur_u8(c);
	size_t len = (flags & 0x80) != 0 ? 17 : 7;

	o->has |= SPILL_ISO_HAS_TIMES;
	for (unsigned i = 0; i < SPILL_COUNT(to); i++) {
		struct spill_span raw;

		if ((flags & 1u << i) == 0)
			continue;
		raw = spill_cur_bytes(c, len);
		if (raw.len < len)
			(void)spill_flaw(&o->flaw, "a time is cut", c->pos);
		else
			*to[i] = len == 17 ? spill_iso_time_long(raw)
					   : spill_iso_time_short(raw);
	}
}

/* Numbers stand in both orders. */
static uint32_t
both(struct spill_cur *c)
{
	uint32_t v = spill_cur_u32le(c);

	spill_cur_skip(c, 4);
	return v;
}

/* [RRIP] 4.1.1 */
static void
add_mode(struct spill_iso_rock *o, struct spill_cur *c)
{
	o->mode = both(c);
	o->links = both(c);
	o->uid = both(c);
	o->gid = both(c);
	o->has |= SPILL_ISO_HAS_MODE;
}

/* [SUSP] 5.1 */
static void
add_more(struct spill_iso_rock *o, struct spill_cur *c)
{
	o->more_block = both(c);
	o->more_at = both(c);
	o->more_len = both(c);
	o->more = spill_cur_ok(c) && o->more_len > 0;
}

/* [SUSP] 5.3: bytes BE EF, and how many to pass over elsewhere. */
static void
add_mark(struct spill_iso_rock *o, struct spill_cur *c)
{
	if (spill_cur_u16be(c) != 0xbeef)
		return;
	o->skip = spill_cur_u8(c);
	o->has |= SPILL_ISO_HAS_MARK;
}

static void
add_child(struct spill_iso_rock *o, struct spill_cur *c)
{
	o->child = both(c);
	o->has |= SPILL_ISO_HAS_CHILD;
}

/* zisofs: algorithm "pz", header, block size, size unpacked. */
static void
add_compressed(struct spill_iso_rock *o, struct spill_cur *c)
{
	spill_cur_skip(c, 4);
	o->full_size = both(c);
	o->has |= SPILL_ISO_COMPRESSED;
}

static void
add_parent(struct spill_iso_rock *o, struct spill_cur *c)
{
	(void)c;
	o->has |= SPILL_ISO_HAS_PARENT;
}

static void
add_relocated(struct spill_iso_rock *o, struct spill_cur *c)
{
	(void)c;
	o->has |= SPILL_ISO_RELOCATED;
}

static void
add_sparse(struct spill_iso_rock *o, struct spill_cur *c)
{
	(void)c;
	o->has |= SPILL_ISO_SPARSE;
}

static const struct {
	char sign[3];
	void (*add)(struct spill_iso_rock *o, struct spill_cur *c);
} kinds[] = { { "PX", add_mode }, { "NM", add_name }, { "SL", add_target },
	{ "TF", add_times }, { "CE", add_more }, { "SP", add_mark },
	{ "CL", add_child }, { "PL", add_parent }, { "RE", add_relocated },
	{ "ZF", add_compressed }, { "SF", add_sparse } };

void
spill_iso_rock_clear(struct spill_iso_rock *r)
{
	memset(r, 0, offsetof(struct spill_iso_rock, name));
}

int
spill_iso_rock_add(struct spill_iso_rock *out, struct spill_span area)
{
	struct spill_iso_use it = spill_iso_use(area);
	struct spill_iso_field f;
	int rc;

	out->more = false;
	while ((rc = spill_iso_use_next(&it, &f)) == SPILL_OK)
		for (size_t i = 0; i < SPILL_COUNT(kinds); i++) {
			struct spill_cur c = spill_cur_of(f.data);

			if (memcmp(f.sign, kinds[i].sign, 2) != 0)
				continue;
			kinds[i].add(out, &c);
			if (!spill_cur_ok(&c))
				(void)spill_flaw(
				    &out->flaw, "a field is cut", f.at);
		}
	if (rc == SPILL_EDAMAGED)
		(void)spill_flaw(
		    &out->flaw, "length of a field is wrong", f.at);
	return out->flaw.what == NULL ? SPILL_OK : SPILL_EDAMAGED;
}
