#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <spill/utf8.h>

#include "fsjob_i.h"

/* --- requests ----------------------------------------------------------- */

void
fsjob_put(struct spill_buf *b, const struct fsjob *j)
{
	spill_buf_le(b, j->op, 1);
	spill_buf_le(b,
	    (unsigned)j->runs | (unsigned)j->slack << 1 |
		(unsigned)j->attributes << 2 | (unsigned)j->lost << 3,
	    1);
	spill_buf_le(b, j->sector, 4);
	spill_buf_le(b, j->parts, 4);
	for (size_t i = 0; i < j->parts; i++) {
		spill_buf_le(b, j->part[i].number, 4);
		spill_buf_le(b, j->part[i].size, 8);
	}
	spill_buf_text(b, spill_span(j->volume.name));
	spill_buf_le(b, j->volume.offset, 8);
	spill_buf_le(b, j->volume.length, 8);
	spill_buf_le(b, j->volume.type, 4);
	spill_buf_le(b, j->volume.block, 8);
	spill_buf_le(b, j->volume.snapshot, 8);
	spill_buf_le(b, j->volume.fixes, 4);
	for (unsigned i = 0; i < j->volume.fixes; i++) {
		spill_buf_le(b, j->volume.fix[i].at, 8);
		spill_buf_le(b, j->volume.fix[i].from, 8);
		spill_buf_le(b, j->volume.fix[i].len, 8);
	}
	spill_buf_le(b, j->from, 8);
	spill_buf_le(b, j->drop, 8);
	spill_buf_le(b, j->navoid, 4);
	for (size_t i = 0; i < j->navoid; i++)
		spill_buf_le(b, j->avoid[i], 8);
	spill_buf_text(b, j->object);
	spill_buf_le(b, j->offset, 8);
	spill_buf_le(b, j->length, 8);
}

static int
get_parts(struct spill_cur *c, struct fsjob *j)
{
	j->parts = spill_cur_u32le(c);
	if (!spill_cur_ok(c) || j->parts > spill_cur_left(c) / 12)
		return SPILL_EDAMAGED;
	j->part = calloc(j->parts + 1, sizeof(*j->part));
	if (j->part == NULL)
		return SPILL_ENOMEM;
	for (size_t i = 0; i < j->parts; i++) {
		j->part[i].number = spill_cur_u32le(c);
		j->part[i].size = spill_cur_u64le(c);
	}
	return SPILL_OK;
}

static int
get_fixes(struct spill_cur *c, struct spill_volume *v)
{
	v->fixes = spill_cur_u32le(c);
	if (v->fixes > SPILL_VOLUME_FIXES)
		return SPILL_EDAMAGED;
	for (unsigned i = 0; i < v->fixes; i++) {
		v->fix[i].at = spill_cur_u64le(c);
		v->fix[i].from = spill_cur_u64le(c);
		v->fix[i].len = spill_cur_u64le(c);
	}
	return SPILL_OK;
}

static int
get_volume(struct spill_cur *c, struct spill_volume *v)
{
	struct spill_span name = spill_cur_bytes(c, spill_cur_u32le(c));

	*v = (struct spill_volume){ .kind = SPILL_VOLUME_FS, .status = "ok" };
	if (name.len >= sizeof(v->name) ||
	    memchr(name.p, '\0', name.len) != NULL)
		return SPILL_EDAMAGED;
	memcpy(v->name, name.p, name.len);
	v->offset = spill_cur_u64le(c);
	v->length = spill_cur_u64le(c);
	v->type = spill_cur_u32le(c);
	v->block = spill_cur_u64le(c);
	v->snapshot = spill_cur_u64le(c);
	if (v->type == 0)
		v->kind = SPILL_VOLUME_OTHER;
	return get_fixes(c, v);
}

int
fsjob_get(struct spill_span request, struct fsjob *j)
{
	struct spill_cur c = spill_cur(request.p, request.len);
	unsigned flags;
	int rc;

	*j = (struct fsjob){ .op = spill_cur_u8(&c) };
	flags = spill_cur_u8(&c);
	if (flags > 15)
		return SPILL_EDAMAGED;
	j->runs = flags & 1;
	j->slack = flags >> 1 & 1;
	j->attributes = flags >> 2 & 1;
	j->lost = flags >> 3 & 1;
	j->sector = spill_cur_u32le(&c);
	rc = get_parts(&c, j);
	if (rc != SPILL_OK)
		return rc;
	rc = get_volume(&c, &j->volume);
	if (rc != SPILL_OK)
		return rc;
	j->from = spill_cur_u64le(&c);
	j->drop = spill_cur_u64le(&c);
	j->navoid = spill_cur_u32le(&c);
	if (j->navoid > FSJOB_AVOID_MAX)
		return SPILL_EDAMAGED;
	for (size_t i = 0; i < j->navoid; i++)
		j->avoid[i] = spill_cur_u64le(&c);
	j->object = spill_cur_bytes(&c, spill_cur_u32le(&c));
	j->offset = spill_cur_u64le(&c);
	j->length = spill_cur_u64le(&c);
	return spill_cur_ok(&c) && c.pos == c.len ? SPILL_OK : SPILL_EDAMAGED;
}

/* --- volumes ------------------------------------------------------------ */

static void
put_fixes(struct spill_row *r, const struct spill_volume *v, char *text)
{
	struct spill_span s = { text, 0 };

	for (unsigned i = 0; i < v->fixes; i++)
		s.len +=
		    (size_t)snprintf(text + s.len, 3 * 24, "%s%llu %llu %llu",
			i > 0 ? " " : "", (unsigned long long)v->fix[i].at,
			(unsigned long long)v->fix[i].from,
			(unsigned long long)v->fix[i].len);
	spill_row_set(r, VOL_FIXES, s);
}

static char *
put_number(struct spill_row *r, unsigned col, char *text, uint64_t v)
{
	int n = snprintf(text, 24, "%llu", (unsigned long long)v);

	spill_row_set(r, col, (struct spill_span){ text, (size_t)n });
	return text + n;
}

void
fsjob_put_volume(const struct spill_volume *v, const char *table,
    struct spill_row *r, char text[FSJOB_VOLUME_TEXT])
{
	spill_row_clear(r);
	spill_row_set(r, VOL_NAME, spill_span(v->name));
	spill_row_set(r, VOL_WHAT, spill_span(v->what));
	spill_row_set(r, VOL_STATUS, spill_span(v->status));
	spill_row_set(r, VOL_TABLE, spill_span(table));
	text = put_number(r, VOL_KIND, text, v->kind);
	text = put_number(r, VOL_TYPE, text, v->type);
	text = put_number(r, VOL_OFFSET, text, v->offset);
	text = put_number(r, VOL_LENGTH, text, v->length);
	text = put_number(r, VOL_BLOCK, text, v->block);
	text = put_number(r, VOL_SNAPSHOT, text, v->snapshot);
	put_fixes(r, v, text);
}

/* Printable ASCII: what the worker makes of these never is anything else. */
static bool
get_text(const struct spill_row *r, unsigned col, char *out, size_t size)
{
	struct spill_span s = spill_row_get(r, col);

	if (s.len >= size || !spill_plain_ascii(s.p, s.len))
		return false;
	memcpy(out, s.p, s.len);
	out[s.len] = '\0';
	return true;
}

static bool
get_number(const struct spill_row *r, unsigned col, uint64_t max, uint64_t *out)
{
	return spill_span_uint(spill_row_get(r, col), out) && *out <= max;
}

static bool
next_number(struct spill_span *s, uint64_t *out)
{
	const char *blank = s->len > 0 ? memchr(s->p, ' ', s->len) : NULL;
	size_t n = blank != NULL ? (size_t)(blank - s->p) : s->len;
	bool ok = spill_span_uint((struct spill_span){ s->p, n }, out);

	n += blank != NULL;
	s->p += n;
	s->len -= n;
	return ok && *out <= INT64_MAX && (blank == NULL || s->len > 0);
}

static bool
get_fix_text(const struct spill_row *r, struct spill_volume *v)
{
	struct spill_span s = spill_row_get(r, VOL_FIXES);

	while (s.len > 0) {
		struct spill_volume_fix *f = &v->fix[v->fixes];

		if (v->fixes == SPILL_VOLUME_FIXES ||
		    !next_number(&s, &f->at) || !next_number(&s, &f->from) ||
		    !next_number(&s, &f->len) || f->len == 0 ||
		    f->len > SPILL_VOLUME_FIX_MAX)
			return false;
		v->fixes++;
	}
	return true;
}

/* One that a locator can have. */
static bool
is_volume_name(const char *s)
{
	uint64_t number;

	if (*s == '\0')
		return true;
	for (;; s++) {
		size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz");
		size_t digits = strspn(s + n, "0123456789");
		struct spill_span v = { s + n, digits };

		if (n == 0 || n > 8 || digits == 0 ||
		    (s[n] == '0' && digits > 1) || !spill_span_uint(v, &number))
			return false;
		s += n + digits;
		if (*s != '.')
			return *s == '\0';
	}
}

int
fsjob_get_volume(const struct spill_row *r, struct spill_volume *v,
    char table[SPILL_VOLUME_WHAT])
{
	static const char *const statuses[] = { "ok", "encrypted",
		"unsupported" };
	struct spill_volume x = { 0 };
	uint64_t kind, type;

	if (!get_text(r, VOL_NAME, x.name, sizeof(x.name)) ||
	    !get_text(r, VOL_WHAT, x.what, sizeof(x.what)) ||
	    !get_text(r, VOL_TABLE, table, SPILL_VOLUME_WHAT) ||
	    !get_number(r, VOL_KIND, SPILL_VOLUME_TABLE, &kind) ||
	    !get_number(r, VOL_TYPE, UINT32_MAX, &type) ||
	    !get_number(r, VOL_OFFSET, INT64_MAX, &x.offset) ||
	    !get_number(r, VOL_LENGTH, INT64_MAX, &x.length) ||
	    !get_number(r, VOL_BLOCK, UINT64_MAX, &x.block) ||
	    !get_number(r, VOL_SNAPSHOT, UINT64_MAX, &x.snapshot) ||
	    !is_volume_name(x.name) || !get_fix_text(r, &x))
		return SPILL_EDAMAGED;
	x.kind = (enum spill_volume_kind)kind;
	x.type = (unsigned)type;
	if ((x.kind < SPILL_VOLUME_GAP) != (x.name[0] != '\0') ||
	    (x.kind == SPILL_VOLUME_FS) != (x.type != 0))
		return SPILL_EDAMAGED;
	for (size_t i = 0; i < SPILL_COUNT(statuses); i++)
		if (spill_span_eq(
			spill_row_get(r, VOL_STATUS), spill_span(statuses[i])))
			x.status = statuses[i];
	if (x.status == NULL)
		return SPILL_EDAMAGED;
	*v = x;
	return SPILL_OK;
}
