/*
 * archive_read.c: libarchive over a source or a tape: members with what is
 * known of them, and their content.
 *
 * libarchive converts names to the locale's charset, and normalises them
 * while it is at it. In the locale C it cannot, and leaves the bytes of tar,
 * cpio and ar as they are; formats whose names are UTF-16 need C.UTF-8.
 */
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "archive_i.h"

enum { RESUMES = 4 };

/* --- what libarchive reads ---------------------------------------------- */

static la_ssize_t
tape_feed(struct arc *c, const void **p)
{
	struct spill_span s;

	c->rc = arc_tape_peek(c->tape, ARC_PIECE, &s);
	if (c->rc == SPILL_OK)
		c->rc = arc_tape_seek(c->tape, c->tape->at + s.len);
	*p = s.p;
	return (la_ssize_t)s.len;
}

static la_ssize_t
source_feed(struct arc *c, const void **p)
{
	struct spill_src *s = c->src;
	size_t n = 0;

	if (c->at >= s->size)
		return 0;
	if (s->map.len == s->size) {
		*p = s->map.p + c->at;
		n = (size_t)SPILL_MIN(s->size - c->at, ARC_PIECE);
	} else {
		if (c->buf == NULL && (c->buf = malloc(ARC_PIECE)) == NULL) {
			c->rc = SPILL_ENOMEM;
			return -1;
		}
		c->rc = s->read(s, c->at, c->buf, ARC_PIECE, &n);
		*p = c->buf;
	}
	c->at += n;
	return (la_ssize_t)n;
}

static la_ssize_t
feed(struct archive *a, void *ctx, const void **p)
{
	struct arc *c = ctx;
	la_ssize_t n;

	n = c->tape != NULL ? tape_feed(c, p) : source_feed(c, p);
	if (c->rc == SPILL_OK)
		return n;
	archive_set_error(a, EIO, "the source cannot be read");
	return -1;
}

static la_int64_t
skip(struct archive *a, void *ctx, la_int64_t n)
{
	struct arc *c = ctx;
	uint64_t from;

	(void)a;
	if (n <= 0)
		return 0;
	if (c->tape != NULL) {
		from = c->tape->at;
		c->rc = arc_tape_seek(c->tape, from + (uint64_t)n);
		return (la_int64_t)(c->tape->at - from);
	}
	from = c->at;
	c->at += SPILL_MIN((uint64_t)n, c->src->size - c->at);
	return (la_int64_t)(c->at - from);
}

static la_int64_t
seek(struct archive *a, void *ctx, la_int64_t offset, int whence)
{
	struct arc *c = ctx;
	int64_t from = whence == SEEK_SET   ? 0
		       : whence == SEEK_CUR ? (int64_t)c->at
					    : (int64_t)c->src->size;

	(void)a;
	if (offset < -from || offset > (int64_t)c->src->size - from)
		return ARCHIVE_FATAL;
	c->at = (uint64_t)(from + offset);
	return (la_int64_t)c->at;
}

/* --- open, shut, errors ------------------------------------------------- */

int
arc_open(struct arc *c)
{
	struct archive *a = archive_read_new();
	int r;

	c->a = a;
	if (a == NULL)
		return SPILL_ENOMEM;
	c->at = c->start;
	c->base = c->tape != NULL ? c->tape->at : 0;
	(void)archive_read_set_callback_data(a, c);
	(void)archive_read_set_read_callback(a, feed);
	(void)archive_read_set_skip_callback(a, skip);
	if (c->tape == NULL)
		(void)archive_read_set_seek_callback(a, seek);
	r = c->f->support(a);
	if (r < ARCHIVE_WARN)
		return SPILL_ENOMEM;
	r = archive_read_open1(a);
	if (c->rc != SPILL_OK)
		return c->rc;
	return r == ARCHIVE_OK ? SPILL_OK : SPILL_EFORMAT;
}

void
arc_shut(struct arc *c)
{
	if (c->a != NULL)
		(void)archive_read_free(c->a);
	c->a = NULL;
}

void
arc_release(struct arc *c)
{
	arc_shut(c);
	free(c->buf);
	free(c->rar.buf);
	spill_buf_release(&c->note);
	spill_buf_release(&c->why);
}

/* What libarchive means by some of its words, in ours. */
static const struct words {
	const char *theirs, *code, *ours;
} words[] = {
	{ "allocate", "limit", "it asks for more memory than there is" },
	{ "archive header is encrypted", "encrypted",
	    "its list of members is encrypted" },
	{ "encryption support unavailable", "encrypted",
	    "its list of members is encrypted" },
	{ "encrypt", "encrypted", NULL },
	{ "codec ID", "unsupported", "a codec that is not read here" },
	{ "Unsupported filter", "unsupported",
	    "a filter that is not read here" },
	{ "unsupported", "unsupported", NULL },
	{ "not supported", "unsupported", NULL },
	{ "", "damaged", NULL },
};

static const struct words *
words_of(struct arc *c)
{
	const char *text = archive_error_string(c->a);
	const struct words *w = words;

	if (archive_errno(c->a) == ENOMEM)
		return w;
	while (strcasestr(text != NULL ? text : "", w->theirs) == NULL)
		w++;
	return w;
}

static const char *
error_text(struct arc *c)
{
	const char *ours = words_of(c)->ours;
	const char *text = archive_error_string(c->a);

	return ours != NULL   ? ours
	       : text != NULL ? text
			      : "its structure is damaged";
}

static const char *
error_code(struct arc *c)
{
	return words_of(c)->code;
}

int
arc_said(struct arc *c)
{
	int64_t at = archive_filter_bytes(c->a, 0);

	return c->sink->flaw(c->sink->ctx, error_code(c),
	    c->start + (uint64_t)SPILL_MAX(at, 0), 0, error_text(c));
}

/* libarchive ends the process where a name cannot be converted and errno is,
 * from whatever came before, that of memory. */
int
arc_next(struct arc *c, struct archive_entry **e)
{
	errno = 0;
	return archive_read_next_header(c->a, e);
}

/* --- what is known of a member ------------------------------------------ */

static unsigned
digits(long nsec)
{
	unsigned n = 9;

	for (; n > 0 && nsec % 10 == 0; n--)
		nsec /= 10;
	return n;
}

/* Local times went through mktime() by whatever zone this process has: back
 * through it they are what the archive has. */
static struct spill_time
time_of(const struct arc *c, time_t sec, long nsec)
{
	struct spill_time t;
	struct tm tm;
	int8_t prec;

	if (c->f->seconds && sec == 0)
		return (struct spill_time){ 0 };
	if (c->f->seconds || nsec < 0 || nsec > 999999999)
		nsec = 0;
	prec = SPILL_MAX((int8_t)digits(nsec), c->f->prec);
	if (!c->f->local)
		return spill_time_from_unix(sec, (uint32_t)nsec, prec);
	if (localtime_r(&sec, &tm) == NULL)
		return (struct spill_time){ 0 };
	t = spill_time_from_unix(sec + tm.tm_gmtoff, (uint32_t)nsec, prec);
	t.zoned = false;
	return t;
}

static void
times(const struct arc *c, struct archive_entry *e, struct spill_member_info *m)
{
	if (archive_entry_mtime_is_set(e))
		m->modified = time_of(
		    c, archive_entry_mtime(e), archive_entry_mtime_nsec(e));
	if (archive_entry_atime_is_set(e))
		m->accessed = time_of(
		    c, archive_entry_atime(e), archive_entry_atime_nsec(e));
	if (archive_entry_ctime_is_set(e))
		*(c->f->created ? &m->born : &m->changed) = time_of(
		    c, archive_entry_ctime(e), archive_entry_ctime_nsec(e));
	if (archive_entry_birthtime_is_set(e))
		m->born = time_of(c, archive_entry_birthtime(e),
		    archive_entry_birthtime_nsec(e));
}

static struct spill_span
text_of(const char *raw, const char *utf8)
{
	return spill_span(raw != NULL ? raw : utf8 != NULL ? utf8 : "");
}

static void
links(struct archive_entry *e, struct spill_member_info *m)
{
	const char *hard = archive_entry_hardlink(e);
	const char *soft = archive_entry_symlink(e);

	if (hard != NULL || archive_entry_hardlink_utf8(e) != NULL) {
		m->kind = SPILL_MEMBER_LINK;
		m->target = text_of(hard, archive_entry_hardlink_utf8(e));
	} else if (archive_entry_filetype(e) == AE_IFLNK) {
		m->kind = SPILL_MEMBER_LINK;
		m->target = text_of(soft, archive_entry_symlink_utf8(e));
	}
}

static enum spill_member_kind
kind_of(struct archive_entry *e)
{
	switch (archive_entry_filetype(e)) {
	case AE_IFREG:
	case 0:
		return SPILL_MEMBER_FILE;
	case AE_IFDIR:
		return SPILL_MEMBER_DIR;
	case AE_IFLNK:
		return SPILL_MEMBER_LINK;
	}
	return SPILL_MEMBER_SPECIAL;
}

static void
describe(struct arc *c, struct archive_entry *e, bool warned,
    struct spill_member_info *m)
{
	*m = (struct spill_member_info){ .kind = kind_of(e),
		.size = UINT64_MAX,
		.uid = UINT64_MAX,
		.gid = UINT64_MAX };
	m->name =
	    text_of(archive_entry_pathname(e), archive_entry_pathname_utf8(e));
	links(e, m);
	times(c, e, m);
	if (archive_entry_size_is_set(e))
		m->size = (uint64_t)SPILL_MAX(archive_entry_size(e), 0);
	m->encrypted = archive_entry_is_encrypted(e) > 0;
	if (c->f->owners) {
		m->mode = archive_entry_perm(e) & 07777;
		m->has_mode = true;
		m->uid = (uint64_t)archive_entry_uid(e);
		m->gid = (uint64_t)archive_entry_gid(e);
	}
	spill_buf_reset(&c->note);
	archive_name_note(&c->note, m->name, false);
	if (warned && archive_error_string(c->a) != NULL && !c->f->raw)
		archive_note(&c->note, "%s", archive_error_string(c->a));
	m->note = spill_buf_as_span(&c->note);
}

/* --- its content -------------------------------------------------------- */

struct content {
	enum spill_member_end how;
	uint64_t at;
};

static int
put(struct arc *c, struct content *x, const void *p, size_t n)
{
	int rc;

	if (n == 0)
		return SPILL_OK;
	rc = c->sink->data(c->sink->ctx, p, n);
	x->at += n;
	if (rc == SPILL_END)
		x->how = SPILL_MEMBER_SKIPPED;
	return rc;
}

/* A hole may be of any size: the sink says when it has enough. */
static int
zeros(struct arc *c, struct content *x, uint64_t to)
{
	static const char none[ARC_PIECE];
	int rc = SPILL_OK;

	while (rc == SPILL_OK && x->at < to)
		rc = put(
		    c, x, none, (size_t)SPILL_MIN(to - x->at, sizeof(none)));
	return rc;
}

static void
partial(struct arc *c, struct content *x, const char *what)
{
	spill_buf_reset(&c->why);
	spill_buf_puts(&c->why, what);
	if (x->at > 0)
		spill_buf_printf(
		    &c->why, " behind %ju bytes", (uintmax_t)x->at);
	x->how = SPILL_MEMBER_PARTIAL;
}

/* libarchive cannot go on: nothing came, as it asks for too much, or for what
 * is not there; else what came is what there is. */
static void
ended(struct arc *c, struct content *x, int r)
{
	const char *code = error_code(c);

	c->failed = r == ARCHIVE_FATAL || c->f->fragile;
	c->starved = archive_errno(c->a) == ENOMEM;
	partial(c, x, error_text(c));
	if (x->at > 0)
		return;
	if (strcmp(code, "encrypted") == 0)
		x->how = SPILL_MEMBER_ENCRYPTED;
	else if (strcmp(code, "damaged") != 0)
		x->how = SPILL_MEMBER_UNSUPPORTED;
}

static int
content(struct arc *c, struct archive_entry *e, struct content *x)
{
	bool warned = false;
	const void *p;
	size_t n;
	int r, rc;

	for (;;) {
		la_int64_t at = (la_int64_t)x->at;

		n = 0;
		r = archive_read_data_block(c->a, &p, &n, &at);
		if (c->rc != SPILL_OK)
			return c->rc;
		if (r != ARCHIVE_EOF && r != ARCHIVE_OK && r != ARCHIVE_WARN) {
			ended(c, x, r);
			return SPILL_OK;
		}
		rc = zeros(c, x, at > 0 && !c->f->dense ? (uint64_t)at : 0);
		if (rc == SPILL_OK && r != ARCHIVE_EOF)
			rc = put(c, x, p, n);
		if (rc != SPILL_OK)
			return rc;
		if (r == ARCHIVE_EOF)
			break;
		if (r == ARCHIVE_WARN && !warned)
			partial(c, x, error_text(c));
		warned = warned || r == ARCHIVE_WARN;
	}
	if (!warned && archive_entry_size_is_set(e) &&
	    archive_entry_filetype(e) == AE_IFREG &&
	    archive_entry_hardlink(e) == NULL &&
	    x->at < (uint64_t)SPILL_MAX(archive_entry_size(e), 0))
		partial(c, x, "the data end");
	return SPILL_OK;
}

/* Long names of GNU's ar: part of the format and no member; it is read when
 * it comes here. */
static bool
names_table(struct arc *c, struct archive_entry *e)
{
	const char *name = archive_entry_pathname(e);

	return c->f->tables && name != NULL && strcmp(name, "//") == 0 &&
	       archive_entry_size(e) == 0;
}

/* Nothing is behind a member of a compressed stream but for who decompresses
 * all of it. */
static int
give_up(struct arc *c)
{
	c->cut = true;
	return c->sink->flaw(c->sink->ctx, "limit", 0, 0,
	    "no member is looked for behind the one that is cut");
}

int
arc_member(struct arc *c, struct archive_entry *e, int r)
{
	struct content x = { .how = SPILL_MEMBER_SKIPPED };
	struct spill_member_info m;
	bool enough;
	int rc;

	c->seen++;
	if (names_table(c, e))
		return SPILL_OK;
	spill_buf_reset(&c->why);
	describe(c, e, r != ARCHIVE_OK, &m);
	rc = arc_rar_know(c, &m);
	if (rc == SPILL_OK)
		rc = c->sink->begin(c->sink->ctx, &m);
	if (rc == SPILL_OK && m.encrypted) {
		x.how = SPILL_MEMBER_ENCRYPTED;
	} else if (rc == SPILL_OK && c->blind) {
		partial(c, &x, "not read, as content before it is damaged");
	} else if (rc == SPILL_OK && r == ARCHIVE_FAILED) {
		partial(c, &x, error_text(c));
	} else if (rc == SPILL_OK &&
		   (m.kind == SPILL_MEMBER_FILE ||
		       (m.size != UINT64_MAX && m.size > 0))) {
		x.how = SPILL_MEMBER_OK;
		rc = content(c, e, &x);
		if (m.kind != SPILL_MEMBER_FILE && x.at == 0 &&
		    x.how == SPILL_MEMBER_OK)
			x.how = SPILL_MEMBER_SKIPPED;
	}
	if (rc != SPILL_OK && rc != SPILL_END)
		return rc;
	enough = rc == SPILL_END && x.at > 0 && c->tape != NULL &&
		 c->tape->in->skip == NULL;
	rc = c->sink->end(c->sink->ctx, x.how,
	    c->why.len > 0 ? spill_buf_str(&c->why) : NULL);
	if (rc == SPILL_OK && enough)
		return give_up(c);
	if (rc != SPILL_OK || !c->starved)
		return rc;
	c->starved = false;
	return c->sink->flaw(
	    c->sink->ctx, "limit", c->start, 0, spill_buf_str(&c->why));
}

/* --- formats with a directory ------------------------------------------- */

/* One that failed is still what is known of a member. */
static bool
is_member(int r)
{
	return r == ARCHIVE_OK || r == ARCHIVE_WARN || r == ARCHIVE_FAILED;
}

/* Anew, to the first member that was not handed out: what failed was the
 * content of one, and others may lie elsewhere. After some such, only the
 * list is read on; should that fail too, what is behind is lost. */
static int
resume(struct arc *c, unsigned *resumes, bool *more)
{
	struct archive_entry *e;
	int r = ARCHIVE_OK, rc;

	c->blind = ++*resumes > RESUMES;
	c->failed = false;
	arc_shut(c);
	rc = arc_open(c);
	for (uint64_t i = 0; rc == SPILL_OK && i < c->seen; i++) {
		r = arc_next(c, &e);
		if (!is_member(r))
			break;
	}
	if (rc == SPILL_OK && c->rc != SPILL_OK)
		rc = c->rc;
	*more = rc == SPILL_OK && is_member(r);
	if (rc != SPILL_OK && rc != SPILL_EFORMAT)
		return rc;
	return *more ? SPILL_OK : arc_said(c);
}

static int
broke_off(struct arc *c, bool *more)
{
	*more = false;
	/* It looked like one, and is none of what libarchive knows. */
	if (c->seen == 0 && archive_format(c->a) == 0)
		return SPILL_EFORMAT;
	return arc_said(c);
}

/* Few archives are empty. A later volume of several has nothing that begins
 * in it. */
int
arc_nothing(struct arc *c)
{
	return c->sink->flaw(
	    c->sink->ctx, "anomaly", 0, c->src->size, "no member begins here");
}

/* One header may fail for ever. */
static bool
stuck(struct arc *c, int r, int64_t *failed_at)
{
	int64_t at = archive_filter_bytes(c->a, 0);
	bool again = r == ARCHIVE_FAILED && at == *failed_at;

	if (r == ARCHIVE_FAILED)
		*failed_at = at;
	return again;
}

int
arc_run_seekable(struct arc *c)
{
	struct archive_entry *e;
	int64_t failed_at = -1;
	unsigned resumes = 0;
	bool more = true;
	int r, rc = arc_open(c);

	while (rc == SPILL_OK && more && !c->cut) {
		if (c->failed) {
			rc = resume(c, &resumes, &more);
			continue;
		}
		r = arc_next(c, &e);
		if (c->rc != SPILL_OK)
			return c->rc;
		if (r == ARCHIVE_EOF)
			return c->seen > 0 ? SPILL_OK : arc_nothing(c);
		if (is_member(r) && !stuck(c, r, &failed_at))
			rc = arc_member(c, e, r);
		else
			rc = broke_off(c, &more);
	}
	return rc;
}
