#include <stdlib.h>
#include <string.h>

#include <spill/buf.h>
#include <spill/utf8.h>

#include "image_ewf_i.h"

#define TEXTS	   64 /* header sections that are looked at */
#define ERRORS_MAX ((uint32_t)1 << 20) /* more: all of it may be zeros */

/* A section's data, all of it up to a limit; NULL: it cannot be had. */
static uint8_t *
load(struct ewf_walk *w, size_t limit, size_t *n)
{
	uint64_t len = w->end - w->body;
	uint8_t *p = len > 0 && len <= limit ? malloc((size_t)len) : NULL;

	*n = (size_t)len;
	if (p != NULL && !part_read_whole(w->img, w->p, w->body, p, *n, NULL)) {
		free(p);
		p = NULL;
	}
	return p;
}

/* --- volume, disk, data -------------------------------------------------- */

struct geometry {
	uint32_t chunks, per_chunk, sector;
	uint64_t sectors;
	bool smart;
	uint8_t media, flags;
	uint8_t guid[16];
};

static bool
is_zero(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != 0)
			return false;
	return true;
}

static bool
read_geometry(
    struct ewf_walk *w, const uint8_t *p, size_t n, struct geometry *g)
{
	struct spill_cur c = spill_cur(p, n);

	if (n < 94)
		return false;
	g->smart = n < 1052;
	/* Some imagers leave the checksum of "data" empty. */
	if (!ewf_sum_ok(p, g->smart ? 90 : 1048) &&
	    (g->smart || strcmp(w->type, "data") != 0 || !is_zero(p + 1048, 4)))
		return false;
	g->media = spill_cur_u8(&c);
	spill_cur_skip(&c, 3);
	g->chunks = spill_cur_u32le(&c);
	g->per_chunk = spill_cur_u32le(&c);
	g->sector = spill_cur_u32le(&c);
	g->sectors = g->smart ? spill_cur_u32le(&c) : spill_cur_u64le(&c);
	if (!g->smart) {
		g->flags = p[36];
		memcpy(g->guid, p + 64, 16);
	}
	return g->sector > 0 && g->per_chunk > 0 &&
	       g->per_chunk <= SPILL_IMAGE_CHUNK / g->sector &&
	       g->sectors <= INT64_MAX / g->sector;
}

static void
take_geometry(struct ewf_walk *w, const struct geometry *g)
{
	struct spill_image_info *info = &w->img->info;

	w->ewf->has_volume = true;
	w->ewf->chunks = g->chunks;
	info->format = g->smart ? "S01" : "E01";
	info->size = g->sectors * g->sector;
	info->sector = g->sector;
	info->chunk = g->per_chunk * g->sector;
	info->media = g->smart ? 1 : g->media;
	info->flags = g->flags;
	info->has_guid = !g->smart && !is_zero(g->guid, 16);
	memcpy(info->guid, g->guid, 16);
}

/* Is it of the set that the segments before are of? EnCase up to 4 gave sets
 * no GUID: then one that describes another size is not. */
static bool
is_foreign(const struct spill_image_info *info, const struct geometry *g)
{
	bool guids = info->has_guid && !is_zero(g->guid, 16);

	if (g->sector != info->sector ||
	    g->per_chunk * g->sector != info->chunk)
		return true;
	if (guids)
		return memcmp(g->guid, info->guid, 16) != 0;
	return info->size > 0 && g->sectors > 0 &&
	       g->sectors * g->sector != info->size;
}

void
ewf_volume(struct ewf_walk *w)
{
	struct spill_image_info *info = &w->img->info;
	struct geometry g = { 0 };
	size_t n;
	uint8_t *p = load(w, 4096, &n);
	bool ok = p != NULL && read_geometry(w, p, n, &g);

	free(p);
	if (!ok) {
		ewf_note(w, "the description of the size is damaged",
		    SPILL_IMAGE_DAMAGED);
	} else if (!w->ewf->has_volume) {
		take_geometry(w, &g);
	} else if (is_foreign(info, &g)) {
		ewf_note(w, "this segment is of another set: not read",
		    SPILL_IMAGE_DAMAGED);
		w->foreign = true;
	} else if (info->size == 0) {
		/* Chunks keep their length: memory for them is made already. */
		info->size = g.sectors * g.sector;
		w->ewf->chunks = g.chunks;
	} else if (g.sectors > 0 && g.sectors * g.sector != info->size) {
		ewf_note(w, "two descriptions of the size differ",
		    SPILL_IMAGE_DAMAGED);
	}
}

/* --- header, header2 ----------------------------------------------------- */

static void
wide_to_utf8(struct spill_cur c, bool big, struct spill_buf *out)
{
	while (spill_cur_left(&c) >= 2) {
		uint32_t u = big ? spill_cur_u16be(&c) : spill_cur_u16le(&c);
		char utf8[4];

		if (u >= 0xd800 && u < 0xdc00 && spill_cur_left(&c) >= 2) {
			struct spill_cur was = c;
			uint32_t low =
			    big ? spill_cur_u16be(&c) : spill_cur_u16le(&c);

			if (low >= 0xdc00 && low < 0xe000)
				u = 0x10000 + ((u - 0xd800) << 10) +
				    (low - 0xdc00);
			else
				c = was;
		}
		spill_buf_put(out, utf8, spill_utf8_encode(u, utf8));
	}
}

/* The text before the next c, and past it. */
static struct spill_span
cut(struct spill_span *rest, char c)
{
	struct spill_span s = *rest;
	const char *at = s.len > 0 ? memchr(s.p, c, s.len) : NULL;

	if (at != NULL)
		s.len = (size_t)(at - s.p);
	rest->p += s.len + (at != NULL ? 1 : 0);
	rest->len -= s.len + (at != NULL ? 1 : 0);
	if (c == '\n' && s.len > 0 && s.p[s.len - 1] == '\r')
		s.len--;
	return s;
}

/* "2002 3 4 10 19 59", or seconds since 1970. */
static struct spill_time
header_time(struct spill_span s, bool wide)
{
	struct spill_time t = { 0 };
	uint64_t v[6] = { 0 };
	size_t n = 0;

	while (s.len > 0 && n < 6 && spill_span_uint(cut(&s, ' '), &v[n]))
		n++;
	if (n == 1 && s.len == 0 && v[0] > 0 && v[0] <= UINT32_MAX)
		t = spill_time_from_unix((int64_t)v[0], 0, 0);
	else if (n == 6 && s.len == 0 && v[0] <= 9999 && v[1] >= 1 &&
		 v[1] <= 12 && v[2] >= 1 && v[2] <= 31 && v[3] < 24 &&
		 v[4] < 60 && v[5] < 61)
		t = spill_time_from_unix(
		    spill_days((int64_t)v[0], (unsigned)v[1], (unsigned)v[2]) *
			    86400 +
			(int64_t)(v[3] * 3600 + v[4] * 60 + v[5]),
		    0, 0);
	t.zoned = wide && n == 1;
	return t;
}

static void
take_field(struct ewf_walk *w, struct spill_span key, struct spill_span value,
    bool wide)
{
	static const char *const keys[SPILL_IMAGE_FIELDS] = {
		[SPILL_IMAGE_CASE] = "c",
		[SPILL_IMAGE_EXHIBIT] = "n",
		[SPILL_IMAGE_DESCRIPTION] = "a",
		[SPILL_IMAGE_EXAMINER] = "e",
		[SPILL_IMAGE_REMARKS] = "t",
		[SPILL_IMAGE_MODEL] = "md",
		[SPILL_IMAGE_SERIAL] = "sn",
		[SPILL_IMAGE_LABEL] = "l",
		[SPILL_IMAGE_SOFTWARE] = "av",
		[SPILL_IMAGE_PLATFORM] = "ov",
	};
	struct spill_image_info *info = &w->img->info;

	if (spill_span_eq(key, SPILL_SPAN("m")))
		info->acquired = header_time(value, wide);
	else if (spill_span_eq(key, SPILL_SPAN("u")))
		info->system = header_time(value, wide);
	for (size_t i = 0; i < SPILL_IMAGE_FIELDS; i++) {
		char *copy;

		if (value.len == 0 || !spill_span_eq(key, spill_span(keys[i])))
			continue;
		copy = spill_arena_dup(&w->ewf->text, value.p, value.len);
		if (copy != NULL)
			info->field[i] = (struct spill_span){ copy, value.len };
	}
}

/* The category "main": a line of keys and a line of values. */
static bool
take_main(struct ewf_walk *w, struct spill_span text, bool wide)
{
	struct spill_span keys, values;

	while (text.len > 0)
		if (spill_span_eq(cut(&text, '\n'), SPILL_SPAN("main")))
			break;
	keys = cut(&text, '\n');
	values = cut(&text, '\n');
	if (keys.len == 0 || values.len == 0)
		return false;
	while (keys.len > 0) {
		struct spill_span key = cut(&keys, '\t');

		take_field(w, key, cut(&values, '\t'), wide);
	}
	return true;
}

static bool
unpack_text(const uint8_t *p, size_t n, struct spill_buf *raw)
{
	struct libdeflate_decompressor *z = libdeflate_alloc_decompressor();
	char *room = spill_buf_room(raw, EWF_TEXT);
	size_t in, out = 0;
	bool ok = z != NULL && room != NULL &&
		  libdeflate_zlib_decompress_ex(
		      z, p, n, room, EWF_TEXT, &in, &out) == LIBDEFLATE_SUCCESS;

	raw->len = out;
	if (z != NULL)
		libdeflate_free_decompressor(z);
	return ok;
}

void
ewf_header(struct ewf_walk *w, bool wide)
{
	struct spill_buf raw = SPILL_BUF_INIT(EWF_TEXT);
	struct spill_buf utf8 = SPILL_BUF_INIT(2 * EWF_TEXT);
	struct spill_span text;
	size_t n;
	uint8_t *p;

	/* Twice the same, and header2 says more than header. */
	if (w->ewf->has_text2 || (w->ewf->has_text && !wide))
		return;
	if (w->ewf->texts++ >= TEXTS) {
		ewf_note(w, "too many case data (header): not read",
		    SPILL_IMAGE_DAMAGED);
		return;
	}
	p = load(w, EWF_TEXT, &n);
	if (p != NULL && unpack_text(p, n, &raw)) {
		bool big = raw.len >= 2 && memcmp(raw.p, "\xfe\xff", 2) == 0;
		bool bom =
		    big || (raw.len >= 2 && memcmp(raw.p, "\xff\xfe", 2) == 0);

		text = (struct spill_span){ raw.p, raw.len };
		if (wide) {
			wide_to_utf8(spill_cur(raw.p + (bom ? 2 : 0),
					 raw.len - (bom ? 2 : 0)),
			    big, &utf8);
			text = spill_buf_as_span(&utf8);
		}
		w->ewf->has_text |= take_main(w, text, wide);
		w->ewf->has_text2 |= w->ewf->has_text && wide;
	} else {
		ewf_note(w, "the case data (header) are damaged",
		    SPILL_IMAGE_DAMAGED);
	}
	free(p);
	spill_buf_release(&raw);
	spill_buf_release(&utf8);
}

/* --- hash, digest, session, error2 --------------------------------------- */

/* "hash": MD5, 16 unknown; "digest": MD5, SHA-1, padding; an absent one is
 * zeros. */
void
ewf_hashes(struct ewf_walk *w)
{
	struct spill_image_info *info = &w->img->info;
	bool digest = strcmp(w->type, "digest") == 0;
	size_t len = digest ? 76 : 32;
	uint8_t p[80];

	if (w->end - w->body < len + 4 ||
	    !part_read_whole(w->img, w->p, w->body, p, len + 4, NULL) ||
	    !ewf_sum_ok(p, len)) {
		ewf_note(w, "a stored hash is damaged", SPILL_IMAGE_DAMAGED);
		return;
	}
	if (!is_zero(p, 16)) {
		if (info->has_md5 && memcmp(info->md5, p, 16) != 0)
			ewf_note(w, "two stored MD5 hashes differ",
			    SPILL_IMAGE_DAMAGED);
		info->has_md5 = true;
		memcpy(info->md5, p, 16);
	}
	if (digest && !is_zero(p + 16, 20)) {
		info->has_sha1 = true;
		memcpy(info->sha1, p + 16, 20);
	}
}

void
ewf_session(struct ewf_walk *w)
{
	uint8_t p[36] = { 0 };
	struct spill_cur c = spill_cur(p, sizeof(p));

	if (w->end - w->body < sizeof(p) ||
	    !part_read_whole(w->img, w->p, w->body, p, sizeof(p), NULL) ||
	    !ewf_sum_ok(p, 32)) {
		ewf_note(w, "the list of sessions is damaged", 0);
		return;
	}
	w->img->info.tracks = spill_cur_u32le(&c);
	ewf_note(w, "sessions of an optical disc are not looked at", 0);
}

void
ewf_errors(struct ewf_walk *w)
{
	uint8_t p[520] = { 0 };
	struct spill_cur c = spill_cur(p, sizeof(p));
	uint32_t n;

	if (w->end - w->body < sizeof(p) ||
	    !part_read_whole(w->img, w->p, w->body, p, sizeof(p), NULL) ||
	    !ewf_sum_ok(p, 516) ||
	    (n = spill_cur_u32le(&c)) > (w->end - w->body - sizeof(p)) / 8) {
		ewf_note(w, "the list of acquisition errors is damaged",
		    SPILL_IMAGE_DAMAGED);
		return;
	}
	w->ewf->errors.part = w->part;
	w->ewf->errors.at = w->body + sizeof(p);
	w->ewf->errors.count = n;
}

struct acquired {
	uint32_t sector, n;
};

static int
by_sector(const void *a, const void *b)
{
	const struct acquired *x = a, *y = b;

	return (x->sector > y->sector) - (x->sector < y->sector);
}

static void
add_errors(struct spill_image *img, struct acquired *v, uint32_t n)
{
	uint64_t sector = img->info.sector;

	for (uint32_t i = 0; i < n; i++) {
		struct spill_cur c = spill_cur(&v[i], sizeof(v[i]));
		uint32_t first = spill_cur_u32le(&c);

		v[i] = (struct acquired){ first, spill_cur_u32le(&c) };
	}
	/* In order, else each one may move all others. */
	qsort(v, n, sizeof(*v), by_sector);
	for (uint32_t i = 0; i < n; i++)
		bad_add(img,
		    (struct spill_image_bad){ .offset = v[i].sector * sector,
			.len = v[i].n * sector,
			.kind = SPILL_BAD_ACQUIRED });
}

/* Once the size of a sector is known. */
void
ewf_errors_add(struct spill_image *img)
{
	const struct ewf *e = img->ewf;
	uint32_t n = SPILL_MIN(e->errors.count, ERRORS_MAX);
	struct acquired *v = n > 0 ? malloc(n * sizeof(*v)) : NULL;

	if (n == 0)
		return;
	image_flaw(img, SPILL_IMAGE_ACQUIRED);
	if (v == NULL || n < e->errors.count)
		bad_add(img, (struct spill_image_bad){ .len = img->info.size,
				 .kind = SPILL_BAD_ACQUIRED });
	if (v == NULL)
		return;
	if (!part_read_whole(img, &img->part[e->errors.part], e->errors.at, v,
		n * sizeof(*v), NULL))
		image_note(img, "the list of acquisition errors is unreadable",
		    SPILL_IMAGE_DAMAGED, 0, e->errors.at);
	add_errors(img, v, n);
	free(v);
}
