/*
 * archive_rar.c: the headers of rar 1.5 to 4 and of rar 5, one after the
 * other: libarchive tells no CRC, does not say which member of a rar 5 is
 * encrypted, and stops at the first that it cannot read. What is behind that
 * is listed by these.
 *
 * technote.txt of RAR 4 ("RAR archive file format") and "RAR 5.0 archive
 * format" on rarlab.com.
 */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "archive_i.h"

enum {
	MARK = 7, /* of rar 5: 8 */
	MOST = 128 << 10, /* bytes of a header: a name, some times, ... */
	RAR4_MAIN = 0x73,
	RAR4_FILE = 0x74,
	RAR5_MAIN = 1,
	RAR5_FILE = 2,
	RAR5_END = 5,
};

static int
peek(struct spill_src *src, uint64_t at, void *buf, size_t n, size_t *len)
{
	size_t got = 1;
	int rc = SPILL_OK;

	*len = 0;
	while (rc == SPILL_OK && *len < n && got > 0) {
		rc = src->read(
		    src, at + *len, (char *)buf + *len, n - *len, &got);
		*len += rc == SPILL_OK ? got : 0;
	}
	return rc;
}

/* LEB128 with as many bytes as it likes, up to ten. */
static uint64_t
vint(struct spill_cur *c)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t b = spill_cur_u8(c);

		v |= (uint64_t)(b & 0x7f) << shift;
		if ((b & 0x80) == 0)
			return v;
	}
	c->failed = true;
	return 0;
}

static bool
rar4_file(struct spill_cur c, uint16_t flags, struct arc_rar_file *f)
{
	uint64_t high = 0;
	uint16_t len;

	spill_cur_seek(&c, 11);
	f->size = spill_cur_u32le(&c);
	spill_cur_skip(&c, 1);
	f->crc = spill_cur_u32le(&c);
	spill_cur_skip(&c, 6);
	len = spill_cur_u16le(&c);
	spill_cur_skip(&c, 4);
	if ((flags & 0x100) != 0) {
		spill_cur_skip(&c, 4);
		high = spill_cur_u32le(&c);
	}
	f->size |= high << 32;
	f->name = spill_cur_bytes(&c, len);
	/* Behind a NUL is the same in a packed UTF-16. */
	if ((flags & 0x200) != 0)
		f->name.len = strnlen(f->name.p, f->name.len);
	f->dir = (flags & 0xe0) == 0xe0;
	f->has_crc = !f->dir;
	f->encrypted = (flags & 4) != 0;
	return spill_cur_ok(&c);
}

/* *next: behind it and its data; 0: nothing can be told of what follows. */
static bool
rar4_block(struct spill_span s, uint64_t *next, struct arc_rar_file *f)
{
	struct spill_cur c = spill_cur(s.p, s.len);
	uint16_t sum = spill_cur_u16le(&c), flags, len;
	uint8_t type = spill_cur_u8(&c);
	uint64_t data = 0;

	flags = spill_cur_u16le(&c);
	len = spill_cur_u16le(&c);
	if ((flags & 0x8000) != 0 || type == RAR4_FILE)
		data = spill_cur_u32le(&c);
	if (type == RAR4_FILE && (flags & 0x100) != 0) {
		spill_cur_seek(&c, 32);
		data |= (uint64_t)spill_cur_u32le(&c) << 32;
	}
	*next = 0;
	if (!spill_cur_ok(&c) || len < MARK || len > s.len ||
	    (uint16_t)crc32(0, (const Bytef *)s.p + 2, len - 2u) != sum)
		return false;
	*next = len + data;
	return type == RAR4_FILE && rar4_file(spill_cur(s.p, len), flags, f);
}

/* Is one of the extra records that of encryption? */
static bool
rar5_encrypted(struct spill_span extra)
{
	struct spill_cur c = spill_cur(extra.p, extra.len);

	while (spill_cur_left(&c) > 1) {
		uint64_t len = vint(&c);
		size_t end = c.pos + (size_t)SPILL_MIN(len, MOST);

		if (vint(&c) == 1 && spill_cur_ok(&c))
			return true;
		if (len == 0 || end > extra.len)
			break;
		spill_cur_seek(&c, end);
	}
	return false;
}

static bool
rar5_file(struct spill_cur *c, size_t extra, struct arc_rar_file *f)
{
	uint64_t flags = vint(c), len;

	f->size = vint(c);
	(void)vint(c); /* attributes */
	if ((flags & 2) != 0)
		spill_cur_skip(c, 4);
	if ((flags & 4) != 0)
		f->crc = spill_cur_u32le(c);
	(void)vint(c); /* compression */
	(void)vint(c); /* system */
	len = vint(c);
	f->name = spill_cur_bytes(c, (size_t)SPILL_MIN(len, MOST));
	f->dir = (flags & 1) != 0;
	f->has_crc = (flags & 4) != 0;
	if ((flags & 8) != 0)
		f->size = UINT64_MAX;
	f->encrypted = extra <= c->len &&
		       rar5_encrypted((struct spill_span){
			   (const char *)c->p + (c->len - extra), extra });
	return spill_cur_ok(c);
}

static bool
rar5_block(struct spill_span s, uint64_t *next, struct arc_rar_file *f)
{
	struct spill_cur c = spill_cur(s.p, s.len);
	uint32_t sum = spill_cur_u32le(&c);
	uint64_t len = vint(&c), type, flags, extra = 0, data = 0;
	size_t all = c.pos + (size_t)SPILL_MIN(len, MOST);

	*next = 0;
	if (!spill_cur_ok(&c) || len == 0 || all > s.len ||
	    (uint32_t)crc32(0, (const Bytef *)s.p + 4, (unsigned)all - 4) !=
		sum)
		return false;
	c.len = all;
	type = vint(&c);
	flags = vint(&c);
	if ((flags & 1) != 0)
		extra = vint(&c);
	if ((flags & 2) != 0)
		data = vint(&c);
	if (!spill_cur_ok(&c) || type == RAR5_END)
		return false;
	*next = all + data;
	return type == RAR5_FILE &&
	       rar5_file(&c, (size_t)SPILL_MIN(extra, MOST + 1), f);
}

/* --- one after the other ------------------------------------------------- */

static int
rar_open(struct arc_rar *r, struct spill_src *src)
{
	static const char mark[] = "Rar!\x1a\x07\x01";
	char head[8];
	size_t n;
	int rc;

	*r = (struct arc_rar){ .src = src };
	rc = peek(src, 0, head, sizeof(head), &n);
	if (rc != SPILL_OK || n < MARK || memcmp(head, mark, 6) != 0)
		return rc;
	r->five = n == 8 && memcmp(head, mark, 8) == 0;
	r->at = r->five ? 8 : MARK;
	r->buf = malloc(MOST);
	return r->buf != NULL ? SPILL_OK : SPILL_ENOMEM;
}

/* A header, by the length that its first bytes tell. */
static int
read_header(struct arc_rar *r, struct spill_span *s)
{
	struct spill_cur c;
	uint64_t len;
	int rc = peek(r->src, r->at, r->buf, 16, &s->len);

	s->p = r->buf;
	if (rc != SPILL_OK)
		return rc;
	c = spill_cur(s->p, s->len);
	if (r->five) {
		spill_cur_skip(&c, 4);
		len = vint(&c);
		len = SPILL_MIN(len, MOST) + c.pos;
	} else {
		spill_cur_skip(&c, 5);
		len = spill_cur_u16le(&c);
	}
	len = SPILL_MIN(SPILL_MAX(len, 16), MOST);
	return peek(r->src, r->at, r->buf, (size_t)len, &s->len);
}

/* What the first header says of all: "is a volume". */
static bool
is_volume(bool five, struct spill_span s)
{
	struct spill_cur c = spill_cur(s.p, s.len);

	if (!five) {
		spill_cur_skip(&c, 2);
		return spill_cur_u8(&c) == RAR4_MAIN &&
		       (spill_cur_u16le(&c) & 1) != 0;
	}
	spill_cur_skip(&c, 4);
	(void)vint(&c);
	if (vint(&c) != RAR5_MAIN)
		return false;
	if ((vint(&c) & 1) != 0)
		(void)vint(&c); /* size of its extra area */
	return (vint(&c) & 1) != 0 && spill_cur_ok(&c);
}

/* The next file. Its name is valid until the next call. */
static int
rar_next(struct arc_rar *r, struct arc_rar_file *f)
{
	bool file = false;

	while (!file) {
		struct spill_span s;
		uint64_t next = 0;
		int rc;

		if (r->buf == NULL || r->ended)
			return SPILL_END;
		rc = read_header(r, &s);
		if (rc != SPILL_OK)
			return rc;
		if (r->at == (r->five ? MARK + 1 : MARK))
			r->volume = is_volume(r->five, s);
		*f = (struct arc_rar_file){ 0 };
		file =
		    r->five ? rar5_block(s, &next, f) : rar4_block(s, &next, f);
		r->ended = next == 0 || next > r->src->size - r->at;
		r->at += next;
	}
	return SPILL_OK;
}

int
arc_rar_know(struct arc *c, struct spill_member_info *m)
{
	struct arc_rar *r = &c->rar;
	int rc = SPILL_OK;

	if (!c->f->rar || r->lost)
		return SPILL_OK;
	if (r->src == NULL)
		rc = rar_open(r, c->src);
	if (rc == SPILL_OK)
		rc = rar_next(r, &r->file);
	/* Members that volumes share, or whatever: the lists are not alike. */
	r->lost = rc != SPILL_OK ||
		  (m->kind == SPILL_MEMBER_FILE && r->file.size != m->size) ||
		  r->file.dir != (m->kind == SPILL_MEMBER_DIR);
	if (r->lost)
		return rc == SPILL_END ? SPILL_OK : rc;
	m->crc = r->file.crc;
	m->has_crc = r->file.has_crc;
	m->encrypted = m->encrypted || r->file.encrypted;
	return SPILL_OK;
}

static int
list(struct arc *c, const struct arc_rar_file *f)
{
	struct spill_member_info m = {
		.kind = f->dir ? SPILL_MEMBER_DIR : SPILL_MEMBER_FILE,
		.name = f->name,
		.size = f->size,
		.crc = f->crc,
		.has_crc = f->has_crc,
		.encrypted = f->encrypted,
		.uid = UINT64_MAX,
		.gid = UINT64_MAX,
	};
	enum spill_member_end how = f->dir	   ? SPILL_MEMBER_SKIPPED
				    : f->encrypted ? SPILL_MEMBER_ENCRYPTED
						   : SPILL_MEMBER_PARTIAL;
	int rc;

	spill_buf_reset(&c->note);
	archive_name_note(&c->note, m.name, c->rar.five);
	m.note = spill_buf_as_span(&c->note);
	rc = c->sink->begin(c->sink->ctx, &m);
	if (rc == SPILL_END)
		how = SPILL_MEMBER_SKIPPED;
	else if (rc != SPILL_OK)
		return rc;
	return c->sink->end(c->sink->ctx, how,
	    how == SPILL_MEMBER_PARTIAL ? "behind what could be read" : NULL);
}

int
arc_rar_rest(struct arc *c)
{
	struct arc_rar *r = &c->rar;
	struct arc_rar_file f;
	int rc = SPILL_OK;

	if (c->f->rar && r->src == NULL)
		rc = rar_open(r, c->src);
	while (rc == SPILL_OK && c->f->rar && !r->lost) {
		rc = rar_next(r, &f);
		if (rc == SPILL_OK)
			rc = list(c, &f);
	}
	free(r->buf);
	r->buf = NULL;
	if ((rc == SPILL_OK || rc == SPILL_END) && r->volume)
		return c->sink->flaw(c->sink->ctx, "anomaly", 0, c->src->size,
		    "one volume of several: what is on the others is not here");
	return rc == SPILL_END ? SPILL_OK : rc;
}
