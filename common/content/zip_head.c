/*
 * zip_head.c: headers of zip and their extra fields, from bytes that are
 * peeked at through windows.
 */
#include <string.h>
#include <zlib.h>

#include <spill/utf8.h>

#include "zip_i.h"

/* Enough for most headers, so that one read serves several; of local ones,
 * which may stand anywhere, for one. */
static const size_t ahead[] = { 16 << 10, 512, 16 << 10 };

static int
fill(struct zip *z, unsigned window, uint64_t at, size_t n)
{
	size_t got, want = SPILL_MAX(n, ahead[window]);
	struct zip_window *w = &z->win[window];
	int rc;

	if (w->p == NULL && (w->p = malloc(ZIP_WINDOW)) == NULL)
		return SPILL_ENOMEM;
	w->at = at;
	w->len = 0;
	while (w->len < want) {
		rc = z->src->read(
		    z->src, at + w->len, w->p + w->len, want - w->len, &got);
		if (rc != SPILL_OK)
			return rc;
		if (got == 0)
			break;
		w->len += got;
	}
	return SPILL_OK;
}

int
zip_peek(struct zip *z, unsigned window, uint64_t at, size_t n,
    struct spill_span *out)
{
	struct zip_window *w = &z->win[window];
	int rc;

	*out = (struct spill_span){ "", 0 };
	if (at >= z->src->size)
		return SPILL_OK;
	n = (size_t)SPILL_MIN(n, z->src->size - at);
	if (z->src->map.len == z->src->size) {
		*out = (struct spill_span){ z->src->map.p + at, n };
		return SPILL_OK;
	}
	n = SPILL_MIN(n, (size_t)ZIP_WINDOW);
	if (w->p == NULL || at < w->at || at - w->at > w->len ||
	    n > w->len - (size_t)(at - w->at)) {
		rc = fill(z, window, at, n);
		if (rc != SPILL_OK)
			return rc;
	}
	out->p = w->p + (at - w->at);
	out->len = SPILL_MIN(n, w->len - (size_t)(at - w->at));
	return SPILL_OK;
}

uint32_t
zip_u32(struct spill_span s, size_t at)
{
	struct spill_cur c = spill_cur(s.p, s.len);

	spill_cur_seek(&c, at);
	return spill_cur_u32le(&c);
}

int
zip_find(
    struct zip *z, uint32_t sig, uint64_t at, uint64_t end, uint64_t *found)
{
	uint8_t b[4] = { (uint8_t)sig, (uint8_t)(sig >> 8),
		(uint8_t)(sig >> 16), (uint8_t)(sig >> 24) };
	struct spill_span s;
	const char *hit;
	int rc;

	*found = end;
	for (; at < end && end - at >= 4; at += s.len - 3) {
		rc = zip_peek(
		    z, 2, at, (size_t)SPILL_MIN(end - at, ZIP_DATA), &s);
		if (rc != SPILL_OK)
			return rc;
		if (s.len < 4)
			break;
		hit = memmem(s.p, s.len, b, 4);
		if (hit != NULL) {
			*found = at + (uint64_t)(hit - s.p);
			break;
		}
	}
	return SPILL_OK;
}

/* --- extra fields ------------------------------------------------------- */

/* [APP] 4.5.3: only what the header has no room for, in this order. */
static void
zip64(struct zip_head *h, struct spill_cur *c)
{
	if (h->size == UINT32_MAX)
		h->size = spill_cur_u64le(c);
	if (h->csize == UINT32_MAX)
		h->csize = spill_cur_u64le(c);
	if (h->central && h->local == UINT32_MAX)
		h->local = spill_cur_u64le(c);
	if (h->central && h->disk == UINT16_MAX)
		h->disk = spill_cur_u32le(c);
}

static struct spill_time
unix_time(uint32_t sec)
{
	return spill_time_from_unix((int32_t)sec, 0, 0);
}

/* Info-ZIP's extended timestamp: in a central header, flags tell of times
 * that stand in the local one alone. */
static void
extended(struct zip_extra *x, struct spill_cur *c)
{
	uint8_t flags = spill_cur_u8(c);

	if ((flags & 1) != 0 && spill_cur_left(c) >= 4)
		x->modified = unix_time(spill_cur_u32le(c));
	if ((flags & 2) != 0 && spill_cur_left(c) >= 4)
		x->accessed = unix_time(spill_cur_u32le(c));
	if ((flags & 4) != 0 && spill_cur_left(c) >= 4)
		x->born = unix_time(spill_cur_u32le(c));
}

/* [APP] 4.5.5. */
static void
ntfs(struct zip_extra *x, struct spill_cur *c)
{
	spill_cur_skip(c, 4);
	while (spill_cur_left(c) >= 4) {
		uint16_t tag = spill_cur_u16le(c), len = spill_cur_u16le(c);

		if (tag != 1 || len < 24) {
			spill_cur_skip(c, len);
			continue;
		}
		x->modified = spill_time_from_filetime(spill_cur_u64le(c));
		x->accessed = spill_time_from_filetime(spill_cur_u64le(c));
		x->born = spill_time_from_filetime(spill_cur_u64le(c));
		spill_cur_skip(c, len - 24u);
	}
}

/* [APP] 4.5.7 and the older of Info-ZIP's: access, modification, then the
 * owner if there is room. Finer times win. */
static void
old_unix(struct zip_extra *x, struct spill_cur *c)
{
	struct spill_time a = unix_time(spill_cur_u32le(c));
	struct spill_time m = unix_time(spill_cur_u32le(c));

	if (!spill_cur_ok(c))
		return;
	if (!x->accessed.set)
		x->accessed = a;
	if (!x->modified.set)
		x->modified = m;
	if (spill_cur_left(c) >= 4) {
		x->uid = spill_cur_u16le(c);
		x->gid = spill_cur_u16le(c);
	}
}

static uint64_t
sized_id(struct spill_cur *c)
{
	uint8_t n = spill_cur_u8(c);
	struct spill_span s = spill_cur_bytes(c, n);
	uint64_t v = 0;

	if (s.len == 0 || s.len > 8)
		return UINT64_MAX;
	for (size_t i = s.len; i-- > 0;)
		v = v << 8 | (uint8_t)s.p[i];
	return v;
}

static void
owner(struct zip_extra *x, struct spill_cur *c)
{
	if (spill_cur_u8(c) != 1)
		return;
	x->uid = sized_id(c);
	x->gid = sized_id(c);
}

static void
unicode_path(struct zip_extra *x, struct spill_cur *c)
{
	if (spill_cur_u8(c) != 1)
		return;
	x->path_crc = spill_cur_u32le(c);
	x->path = spill_cur_bytes(c, spill_cur_left(c));
}

/* WinZip's AES: a version, a vendor, a strength, the method. Version 2 has no
 * CRC, as that would tell of small contents. */
static void
aes(struct zip_extra *x, struct spill_cur *c)
{
	x->no_crc = spill_cur_u16le(c) == 2;
	spill_cur_skip(c, 3);
	x->aes = spill_cur_u16le(c);
	x->has_aes = spill_cur_ok(c);
}

static void
one_extra(struct zip_head *h, uint16_t id, struct spill_span body)
{
	struct spill_cur c = spill_cur(body.p, body.len);
	struct zip_extra *x = &h->extra;

	switch (id) {
	case 0x0001:
		zip64(h, &c);
		break;
	case 0x000a:
		ntfs(x, &c);
		break;
	case 0x000d: /* PKWARE's Unix */
	case 0x5855: /* Info-ZIP's first */
		old_unix(x, &c);
		break;
	case 0x5455:
		extended(x, &c);
		break;
	case 0x7855:
		if (body.len >= 4) {
			x->uid = spill_cur_u16le(&c);
			x->gid = spill_cur_u16le(&c);
		}
		break;
	case 0x7875:
		owner(x, &c);
		break;
	case 0x7075:
		unicode_path(x, &c);
		break;
	case 0x9901:
		aes(x, &c);
		break;
	}
	if (!spill_cur_ok(&c))
		x->damaged = true;
}

static void
read_extra(struct zip_head *h)
{
	struct spill_cur c = spill_cur(h->extra_raw.p, h->extra_raw.len);

	h->extra.uid = h->extra.gid = UINT64_MAX;
	/* Fewer than 4 bytes are padding, as some writers align data. */
	while (spill_cur_left(&c) >= 4) {
		uint16_t id = spill_cur_u16le(&c), len = spill_cur_u16le(&c);
		struct spill_span body = spill_cur_bytes(&c, len);

		if (!spill_cur_ok(&c)) {
			h->extra.damaged = id != 0 || len != 0;
			return;
		}
		one_extra(h, id, body);
	}
}

/* --- headers ------------------------------------------------------------ */

/* From "version needed" or "flags" on, both kinds are alike for 24 bytes. */
static void
common_fields(
    struct spill_cur *c, struct zip_head *h, size_t *name, size_t *extra)
{
	spill_cur_skip(c, 2);
	h->flags = spill_cur_u16le(c);
	h->method = spill_cur_u16le(c);
	h->time = spill_cur_u16le(c);
	h->date = spill_cur_u16le(c);
	h->crc = spill_cur_u32le(c);
	h->csize = spill_cur_u32le(c);
	h->size = spill_cur_u32le(c);
	*name = spill_cur_u16le(c);
	*extra = spill_cur_u16le(c);
}

/* The whole header: its fixed part is there, and says how long it is. */
static int
variable_part(struct zip *z, unsigned window, struct zip_head *h, size_t fixed,
    size_t name, size_t extra)
{
	struct spill_span s;
	struct spill_cur c;
	int rc;

	rc = zip_peek(z, window, h->at, fixed + name + extra, &s);
	if (rc != SPILL_OK)
		return rc;
	c = spill_cur(s.p, s.len);
	spill_cur_skip(&c, fixed);
	h->name = spill_cur_bytes(&c, name);
	h->extra_raw = spill_cur_bytes(&c, extra);
	read_extra(h);
	return spill_cur_ok(&c) ? SPILL_OK : SPILL_EDAMAGED;
}

int
zip_central(struct zip *z, uint64_t at, struct zip_head *h)
{
	size_t name, extra, comment;
	struct spill_span s;
	struct spill_cur c;
	int rc = zip_peek(z, 0, at, ZIP_CENTRAL_LEN, &s);

	*h = (struct zip_head){ .at = at, .central = true };
	if (rc != SPILL_OK)
		return rc;
	c = spill_cur(s.p, s.len);
	if (spill_cur_u32le(&c) != ZIP_CENTRAL)
		return SPILL_EFORMAT;
	h->made = spill_cur_u16le(&c);
	common_fields(&c, h, &name, &extra);
	comment = spill_cur_u16le(&c);
	h->disk = spill_cur_u16le(&c);
	spill_cur_skip(&c, 2);
	h->attr = spill_cur_u32le(&c);
	h->local = spill_cur_u32le(&c);
	h->len = ZIP_CENTRAL_LEN + name + extra + comment;
	if (!spill_cur_ok(&c))
		return SPILL_EDAMAGED;
	return variable_part(z, 0, h, ZIP_CENTRAL_LEN, name, extra);
}

int
zip_local(struct zip *z, uint64_t at, struct zip_head *h)
{
	size_t name, extra;
	struct spill_span s;
	struct spill_cur c;
	int rc = zip_peek(z, 1, at, ZIP_LOCAL_LEN, &s);

	*h = (struct zip_head){ .at = at };
	if (rc != SPILL_OK)
		return rc;
	c = spill_cur(s.p, s.len);
	if (spill_cur_u32le(&c) != ZIP_LOCAL)
		return SPILL_EFORMAT;
	common_fields(&c, h, &name, &extra);
	h->len = ZIP_LOCAL_LEN + name + extra;
	if (!spill_cur_ok(&c))
		return SPILL_EDAMAGED;
	return variable_part(z, 1, h, ZIP_LOCAL_LEN, name, extra);
}
