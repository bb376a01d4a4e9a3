/*
 * zip.c: zip and all that is zip inside: OOXML, ODF, EPUB, JAR, APK, XPI.
 *
 * Both lists of members are read, the central directory at the end and the
 * local header before each member's content, and where they differ both are
 * told. Members that only local headers tell of are found in what lies
 * between those that are listed. Own code for the structure and zlib for the
 * content, because libarchive goes by one list at a time, stops where that is
 * damaged and converts names; its decoders serve the rarer methods.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#include <spill/diag.h>

#include "archive_i.h"
#include "zip_i.h"

enum { LINK_MOST = 4096, DETAIL = 2000 };

int
zip_flaw(struct zip *z, const char *code, uint64_t at, uint64_t len,
    const char *detail)
{
	const char *pending = z->pending;
	int rc = SPILL_OK;

	z->pending = NULL;
	if (pending != NULL)
		rc = z->sink->flaw(
		    z->sink->ctx, "damaged", z->src->size, 0, pending);
	if (rc != SPILL_OK || code == NULL)
		return rc;
	return z->sink->flaw(z->sink->ctx, code, at, len, detail);
}

/* --- what is known of a member ------------------------------------------ */

static void
times(struct zip *z, const struct zip_head *h, const struct zip_head *l,
    struct spill_member_info *m)
{
	/* The central field has one time, the local one up to three. */
	const struct zip_extra *x = &h->extra, *y = l ? &l->extra : x;
	struct spill_time dos;
	bool valid = spill_dos_time(h->date, h->time, &dos);

	m->modified = x->modified.set ? x->modified : y->modified;
	m->accessed = x->accessed.set ? x->accessed : y->accessed;
	m->born = x->born.set ? x->born : y->born;
	if (!m->modified.set && valid)
		m->modified = dos;
	if (!valid && (h->date != 0 || h->time != 0))
		archive_note(
		    &z->note, "DOS time %04x %04x is none", h->date, h->time);
}

static bool
is_folder_name(struct spill_span s)
{
	return s.len > 0 && s.p[s.len - 1] == '/';
}

/* [APP] 4.4.2.2: attributes are those of the system that made it; 0: it was
 * none with modes. */
static unsigned
unix_mode(const struct zip_head *h)
{
	unsigned host = h->made >> 8;

	return h->central && (host == 3 || host == 19) ? h->attr >> 16 : 0;
}

static enum spill_member_kind
kind_of(const struct zip_head *h)
{
	unsigned mode = unix_mode(h);

	switch (mode & S_IFMT) {
	case S_IFDIR:
		return SPILL_MEMBER_DIR;
	case S_IFLNK:
		return SPILL_MEMBER_LINK;
	case S_IFCHR:
	case S_IFBLK:
	case S_IFIFO:
	case S_IFSOCK:
		return SPILL_MEMBER_SPECIAL;
	}
	if (h->central && mode == 0 && (h->attr & 0x10) != 0)
		return SPILL_MEMBER_DIR;
	return is_folder_name(h->name) ? SPILL_MEMBER_DIR : SPILL_MEMBER_FILE;
}

/* The Unicode path stands for a name of which it has the CRC. */
static void
names(struct zip *z, const struct zip_head *h, struct spill_member_info *m)
{
	const struct zip_extra *x = &h->extra;

	m->name = h->name;
	archive_name_note(&z->note, h->name, (h->flags & ZIP_UTF8) != 0);
	if (x->path.len == 0 || spill_span_eq(x->path, h->name))
		return;
	m->title = x->path;
	if (x->path_crc !=
	    crc32(0, (const Bytef *)h->name.p, (unsigned)h->name.len))
		archive_note(
		    &z->note, "its Unicode path was made for another name");
}

static void
method_note(struct zip *z, const struct zip_head *h)
{
	const char *name = zip_method_name(h->method);

	if (h->extra.has_aes)
		name = zip_method_name(h->extra.aes);
	if ((h->flags & ZIP_ENCRYPTED) != 0)
		archive_note(&z->note, "encrypted by %s",
		    h->extra.has_aes	    ? "AES"
		    : (h->flags & (1 << 6)) ? "PKWARE's strong encryption"
					    : "PKZIP's cipher");
	if (h->method != 0 && h->method != 8 && name != NULL)
		archive_note(&z->note, "compressed by %s", name);
	if (h->extra.damaged)
		archive_note(&z->note, "its extra fields are damaged");
}

/* What a symbolic link leads to is its content. */
static int
link_target(struct zip *z, const struct zip_head *h, uint64_t from, uint64_t to,
    struct spill_span *target)
{
	struct zip_content c;
	int rc;

	if (h->size == 0 || h->size > LINK_MOST ||
	    (h->flags & ZIP_ENCRYPTED) != 0 || !zip_other_knows(h->method))
		return SPILL_OK;
	z->link.max = LINK_MOST;
	spill_buf_reset(&z->link);
	z->capture = &z->link;
	rc = zip_data(z, h, from, to, &c);
	z->capture = NULL;
	*target = spill_buf_as_span(&z->link);
	return rc;
}

int
zip_begin(struct zip *z, const struct zip_head *h, const struct zip_head *l,
    uint64_t from, uint64_t to)
{
	bool known =
	    h->central || (h->flags & ZIP_STREAMED) == 0 || h->csize != 0;
	struct spill_member_info m = { .size = known ? h->size : UINT64_MAX,
		.crc = h->crc,
		.has_crc = known && !h->extra.no_crc,
		.encrypted = (h->flags & ZIP_ENCRYPTED) != 0,
		.uid = h->extra.uid,
		.gid = h->extra.gid };
	int rc = zip_flaw(z, NULL, 0, 0, NULL);

	z->note.max = DETAIL;
	spill_buf_reset(&z->note);
	if (l != NULL && m.uid == UINT64_MAX) {
		m.uid = l->extra.uid;
		m.gid = l->extra.gid;
	}
	m.kind = kind_of(h);
	m.mode = unix_mode(h) & 07777;
	m.has_mode = unix_mode(h) != 0;
	names(z, h, &m);
	times(z, h, l, &m);
	method_note(z, h);
	if (rc == SPILL_OK && m.kind == SPILL_MEMBER_LINK)
		rc = link_target(z, h, from, to, &m.target);
	if (rc != SPILL_OK)
		return rc;
	m.note = spill_buf_as_span(&z->note);
	return z->sink->begin(z->sink->ctx, &m);
}

int
zip_content(struct zip *z, const struct zip_head *h, uint64_t from, uint64_t to,
    struct zip_content *c)
{
	const char *name = zip_method_name(h->method);

	*c = (struct zip_content){ .how = SPILL_MEMBER_OK, .in_end = from };
	if ((h->flags & ZIP_ENCRYPTED) != 0) {
		c->how = SPILL_MEMBER_ENCRYPTED;
		return SPILL_OK;
	}
	if (from == to && h->size == 0) {
		c->how = kind_of(h) == SPILL_MEMBER_DIR ? SPILL_MEMBER_SKIPPED
							: c->how;
		return SPILL_OK;
	}
	if (!zip_other_knows(h->method)) {
		zip_partial(z, c, "compression method %u%s%s", h->method,
		    name ? ", " : "", name ? name : "");
		c->how = SPILL_MEMBER_UNSUPPORTED;
		return SPILL_OK;
	}
	return zip_data(z, h, from, to, c);
}

int
zip_limit(struct zip *z, uint64_t at, const struct zip_content *c)
{
	return c->starved ? zip_flaw(z, "limit", at, 0, c->why) : SPILL_OK;
}

/* --- one list against the other ----------------------------------------- */

static void
say(struct spill_buf *b, const char *what, struct spill_span *c,
    struct spill_span *l)
{
	char x[400], y[400];

	(void)spill_neutral(x, sizeof(x), c->p, c->len);
	(void)spill_neutral(y, sizeof(y), l->p, l->len);
	spill_buf_printf(b,
	    "%s%s '%s' in the directory, '%s' in the local "
	    "header",
	    b->len > 0 ? "; " : "", what, x, y);
}

static void
say_number(struct spill_buf *b, const char *what, uint64_t c, uint64_t l)
{
	if (c != l)
		spill_buf_printf(b,
		    "%s%s %ju in the directory, %ju in the "
		    "local header",
		    b->len > 0 ? "; " : "", what, (uintmax_t)c, (uintmax_t)l);
}

/* Whatever differs, in words. Sizes may stand behind the data instead, or be
 * hidden. */
static void
compare(struct spill_buf *b, struct zip_head *c, struct zip_head *l)
{
	bool masked = ((c->flags | l->flags) & ZIP_MASKED) != 0;

	if (!spill_span_eq(c->name, l->name) && !masked)
		say(b, "name", &c->name, &l->name);
	say_number(b, "method", c->method, l->method);
	say_number(b, "encryption", c->flags & ZIP_ENCRYPTED,
	    l->flags & ZIP_ENCRYPTED);
	if (masked || ((l->flags & ZIP_STREAMED) != 0 && l->csize == 0))
		return;
	if (c->crc != l->crc)
		spill_buf_printf(b,
		    "%sCRC-32 %08x in the directory, %08x in the local "
		    "header",
		    b->len > 0 ? "; " : "", c->crc, l->crc);
	say_number(b, "size", c->size, l->size);
	say_number(b, "compressed size", c->csize, l->csize);
}

static int
compare_heads(struct zip *z, const struct zip_entry *e, struct zip_head *h,
    struct zip_head *l)
{
	struct spill_buf b = SPILL_BUF_INIT(DETAIL);
	char name[400];
	int rc = SPILL_OK;

	(void)spill_neutral(name, sizeof(name), h->name.p, h->name.len);
	if (e->no_local)
		spill_buf_printf(&b, "no local header of '%s' here", name);
	else
		compare(&b, h, l);
	if (b.len > 0)
		rc = zip_flaw(z, e->no_local ? "damaged" : "anomaly", e->start,
		    e->no_local ? 0 : l->len, spill_buf_str(&b));
	spill_buf_release(&b);
	return rc;
}

/* --- members ------------------------------------------------------------ */

/* Bytes of a member that its stream does not use may be anything. */
static int
unused(struct zip *z, const struct zip_entry *e, const struct zip_content *c)
{
	if (c->how != SPILL_MEMBER_OK || !c->whole || c->in_end >= e->end)
		return zip_limit(z, e->start, c);
	return zip_flaw(z, "anomaly", c->in_end, e->end - c->in_end,
	    "bytes of a member behind the end of its compressed stream");
}

static int
content_of(struct zip *z, const struct zip_entry *e, const struct zip_head *h,
    struct zip_content *c)
{
	int rc;

	*c = (struct zip_content){ 0 };
	if (e->covered && (h->flags & ZIP_ENCRYPTED) == 0) {
		zip_partial(z, c,
		    "most of its compressed bytes are those of others, whose "
		    "content was read");
		return SPILL_OK;
	}
	rc = zip_content(z, h, e->data, e->end, c);
	if (rc == SPILL_OK && e->end - e->data < h->csize &&
	    c->how == SPILL_MEMBER_PARTIAL)
		zip_partial(z, c, "cut: %ju of %ju compressed bytes are here",
		    (uintmax_t)(e->end - e->data), (uintmax_t)h->csize);
	return rc;
}

static int
member(struct zip *z, const struct zip_entry *e)
{
	struct zip_content c = { .how = SPILL_MEMBER_SKIPPED };
	struct zip_head h, l;
	int rc = zip_central(z, e->central, &h);

	if (rc == SPILL_OK && !e->no_local)
		rc = zip_local(z, e->start, &l);
	if (rc == SPILL_OK)
		rc = compare_heads(z, e, &h, &l);
	if (rc == SPILL_OK)
		rc = zip_begin(z, &h, e->no_local ? NULL : &l, e->data, e->end);
	if (rc == SPILL_OK)
		rc = content_of(z, e, &h, &c);
	if (rc != SPILL_OK && rc != SPILL_END)
		return rc;
	rc = z->sink->end(z->sink->ctx, c.how, c.why);
	return rc != SPILL_OK ? rc : unused(z, e, &c);
}

/* Looks into what lies before start, then goes on behind end. */
static int
gap(struct zip *z, uint64_t *at, uint64_t start, uint64_t end)
{
	int rc = SPILL_OK;

	if (start > *at)
		rc = zip_scan(z, *at, start);
	*at = SPILL_MAX(*at, end);
	return rc;
}

static int
gaps(struct zip *z)
{
	bool dir = z->all_end > 0;
	uint64_t at = z->begin;
	int rc = SPILL_OK;

	for (size_t i = 0; i < z->n && rc == SPILL_OK; i++) {
		const struct zip_entry *e = &z->e[z->order[i]];

		if (e->no_local)
			continue; /* its place is wrong, or it is lost */
		if (dir && e->start >= z->dir) {
			rc = gap(z, &at, z->dir, z->all_end);
			dir = false;
		}
		if (rc == SPILL_OK)
			rc = gap(z, &at, e->start, e->end);
	}
	if (dir && rc == SPILL_OK)
		rc = gap(z, &at, z->dir, z->all_end);
	return rc != SPILL_OK ? rc : gap(z, &at, z->end, z->end);
}

/* --- the format --------------------------------------------------------- */

static bool
begins_as_zip(struct spill_span head)
{
	uint32_t sig = zip_u32(head, 0);

	if (sig == ZIP_DESCRIPTOR || sig == 0x30304b50) /* spanned, once */
		return zip_u32(head, 4) == ZIP_LOCAL;
	return sig == ZIP_LOCAL || sig == ZIP_END || sig == ZIP_END64;
}

static int
members(struct zip *z)
{
	int rc = zip_dir_read(z);

	if (rc == SPILL_OK)
		rc = zip_cover(z);
	for (size_t i = 0; i < z->n && rc == SPILL_OK; i++)
		rc = member(z, &z->e[i]);
	return rc == SPILL_OK ? gaps(z) : rc;
}

/* All of it is a zip, whatever stands before, or said to be one. */
static int
run_all(struct zip *z)
{
	struct spill_span s;
	int rc;

	z->begin = 0;
	z->end = z->src->size;
	rc = zip_dir_find(z);
	if (rc == SPILL_OK)
		rc = members(z);
	if (rc != SPILL_OK || z->pending == NULL)
		return rc;
	rc = zip_peek(z, 0, 0, 8, &s);
	if (rc == SPILL_OK && !begins_as_zip(s))
		rc = SPILL_EFORMAT;
	return rc != SPILL_OK ? rc : zip_flaw(z, NULL, 0, 0, NULL);
}

/* Whole zips in something else, the last first, as that is what other
 * programs see. */
static int
run_inner(struct zip *z, bool *found)
{
	uint64_t to = z->src->size;
	bool yes;
	int rc;

	for (*found = false;; *found = true) {
		rc = zip_inner(z, 0, to, &yes);
		if (rc != SPILL_OK || !yes)
			return rc;
		rc = members(z);
		if (rc != SPILL_OK)
			return rc;
		to = z->begin;
		free(z->order);
		z->order = NULL;
		z->n = 0;
	}
}

static int
run_any(struct zip *z)
{
	struct spill_span s;
	bool found = false;
	int rc = zip_peek(z, 0, 0, 8, &s);

	if (rc == SPILL_OK && !begins_as_zip(s))
		rc = run_inner(z, &found);
	return rc != SPILL_OK || found ? rc : run_all(z);
}

static int
zip_run(struct spill_src *src, const struct spill_unpack_conf *conf,
    const struct spill_unpack_sink *sink)
{
	struct zip z = { .src = src,
		.conf = conf,
		.sink = sink,
		.why = SPILL_BUF_INIT(DETAIL) };
	int rc = run_any(&z);

	for (size_t i = 0; i < SPILL_COUNT(z.win); i++)
		free(z.win[i].p);
	free(z.out);
	free(z.e);
	free(z.order);
	spill_buf_release(&z.note);
	spill_buf_release(&z.why);
	spill_buf_release(&z.link);
	return rc;
}

static bool
zip_is(struct spill_span head, const struct spill_sniff *s)
{
	static const struct spill_span mime = { "application/zip", 15 };

	return begins_as_zip(head) ||
	       (s != NULL && spill_span_eq(s->mime, mime));
}

bool
zip_is_behind(struct spill_src *src)
{
	struct zip z = { .src = src };
	bool yes = false;

	(void)zip_inner(&z, src->size > ZIP_TAIL ? src->size - ZIP_TAIL : 0,
	    src->size, &yes);
	for (size_t i = 0; i < SPILL_COUNT(z.win); i++)
		free(z.win[i].p);
	return yes;
}

const struct spill_unpack spill_unpack_zip = {
	.name = "zip",
	.is = zip_is,
	.run = zip_run,
};
