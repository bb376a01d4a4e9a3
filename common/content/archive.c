/*
 * archive.c: the formats of archives and of single compressed files that
 * libarchive reads, one descriptor each. Each is asked for by its name: what
 * libarchive calls "all" starts programs for some.
 *
 * A compressed tar is one container, whose members are those of the tar;
 * anything else that is compressed has one member, named by what the header
 * stores or not at all.
 */
#include <locale.h>
#include <malloc.h>
#include <string.h>

#include "archive_i.h"

static locale_t plain, utf8;

/* Before the jail: the locale's files cannot be opened later. */
static int
warm(void)
{
	if (plain == (locale_t)0)
		plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	if (utf8 == (locale_t)0)
		utf8 = newlocale(LC_ALL_MASK, "C.UTF-8", (locale_t)0);
	return plain != (locale_t)0 && utf8 != (locale_t)0 ? SPILL_OK
							   : SPILL_EIO;
}

/* --- a compressed file, or a tar ----------------------------------------- */

static const struct arc_format tar = {
	.magic = arc_magic_tar,
	.support = archive_read_support_format_tar,
	.owners = true,
	.raw = true,
};

static const struct arc_format cpio = {
	.magic = arc_magic_cpio,
	.support = archive_read_support_format_cpio,
	.owners = true,
	.raw = true,
};

static int
cut_short(struct arc *c, struct arc_stream *s)
{
	if (s->why.len == 0)
		return SPILL_OK;
	return c->sink->flaw(c->sink->ctx, s->no_memory ? "limit" : "damaged",
	    s->at, 0, spill_buf_str(&s->why));
}

static int
stray(struct arc *c, struct arc_stream *s)
{
	if (s->stray == UINT64_MAX)
		return SPILL_OK;
	return c->sink->flaw(c->sink->ctx, "anomaly", s->stray,
	    c->src->size - s->stray, "bytes behind the compressed data");
}

static int
single_content(struct arc *c, struct arc_stream *s)
{
	enum spill_member_end how = SPILL_MEMBER_OK;
	struct spill_span p;
	int rc;

	do {
		rc = arc_tape_peek(c->tape, ARC_PIECE, &p);
		if (rc == SPILL_OK && p.len > 0)
			rc = c->sink->data(c->sink->ctx, p.p, p.len);
		if (rc == SPILL_OK)
			rc = arc_tape_seek(c->tape, c->tape->at + p.len);
	} while (rc == SPILL_OK && p.len > 0);
	if (rc == SPILL_END)
		how = SPILL_MEMBER_SKIPPED;
	else if (rc != SPILL_OK)
		return rc;
	else if (s->why.len > 0)
		how = SPILL_MEMBER_PARTIAL;
	return c->sink->end(c->sink->ctx, how,
	    how == SPILL_MEMBER_PARTIAL ? spill_buf_str(&s->why) : NULL);
}

static int
single(struct arc *c, struct arc_stream *s)
{
	struct spill_member_info m = { .kind = SPILL_MEMBER_FILE,
		.name = spill_buf_as_span(&s->name),
		.modified = s->modified,
		.size = UINT64_MAX,
		.uid = UINT64_MAX,
		.gid = UINT64_MAX };
	int rc;

	archive_name_note(&c->note, m.name, false);
	m.note = spill_buf_as_span(&c->note);
	rc = c->sink->begin(c->sink->ctx, &m);
	if (rc == SPILL_END)
		return c->sink->end(c->sink->ctx, SPILL_MEMBER_SKIPPED, NULL);
	if (rc == SPILL_OK)
		rc = single_content(c, s);
	return rc == SPILL_OK && s->no_memory ? cut_short(c, s) : rc;
}

static int
unpack_stream(struct arc *c, struct arc_stream *s)
{
	struct spill_span head;
	int rc = arc_tape_peek(c->tape, ARC_PIECE, &head);

	if (rc != SPILL_OK)
		return rc;
	if (head.len == 0 && s->why.len > 0 && !s->no_memory &&
	    (c->f->filter == ARCHIVE_FILTER_LZMA ||
		c->f->filter == ARCHIVE_FILTER_COMPRESS))
		return SPILL_EFORMAT; /* what begins so need not be one */
	if (arc_magic_tar(head)) {
		c->f = &tar;
		rc = arc_run_tar(c);
	} else if (arc_magic_cpio(head)) {
		c->f = &cpio;
		rc = arc_run_seekable(c);
	} else {
		return single(c, s);
	}
	return rc == SPILL_OK ? cut_short(c, s) : rc;
}

static int
open_stream(struct arc *c, struct arc_stream *s)
{
	if (c->f == &tar)
		return arc_plain_open(s, c->src);
	switch (c->f->filter) {
	case ARCHIVE_FILTER_GZIP:
		return arc_gzip_open(s, c->src);
	case ARCHIVE_FILTER_XZ:
	case ARCHIVE_FILTER_LZIP:
	case ARCHIVE_FILTER_LZMA:
		return arc_lzma_open(
		    s, c->src, c->f->filter, archive_memory(c->conf));
	default:
		return arc_filter_open(s, c->src, c->f->filter);
	}
}

static int
run_stream(struct arc *c)
{
	struct arc_stream s;
	struct arc_tape t = { 0 };
	int rc;

	rc = open_stream(c, &s);
	c->tape = &t;
	if (rc == SPILL_OK)
		rc = arc_tape_open(&t, &s);
	if (rc == SPILL_OK)
		rc = unpack_stream(c, &s);
	if (rc == SPILL_OK)
		rc = stray(c, &s);
	arc_tape_close(&t);
	arc_stream_close(&s);
	return rc;
}

/* A member that is not read, for what its decompressor would take. */
static int
too_large(struct arc *c)
{
	struct spill_member_info m = { .kind = SPILL_MEMBER_FILE,
		.size = UINT64_MAX,
		.uid = UINT64_MAX,
		.gid = UINT64_MAX };
	int rc =
	    c->sink->flaw(c->sink->ctx, "limit", 0, 0, spill_buf_str(&c->why));

	if (rc == SPILL_OK)
		rc = c->sink->begin(c->sink->ctx, &m);
	if (rc == SPILL_END)
		return c->sink->end(c->sink->ctx, SPILL_MEMBER_SKIPPED, NULL);
	return rc != SPILL_OK
		   ? rc
		   : c->sink->end(c->sink->ctx, SPILL_MEMBER_UNSUPPORTED,
			 spill_buf_str(&c->why));
}

static int
head_of(struct spill_src *src, char buf[64], struct spill_span *out)
{
	size_t got = 0;
	int rc = src->read(src, 0, buf, 64, &got);

	*out = (struct spill_span){ buf, got };
	return rc;
}

/* 7zFormat.txt: where the list of members is, counted from behind the 32
 * bytes of the start header. */
static int
cut_7z(struct arc *c, struct spill_span head, bool *cut)
{
	struct spill_cur s = spill_cur(head.p, head.len);
	uint64_t at, len;

	spill_cur_seek(&s, 12);
	at = spill_cur_u64le(&s);
	len = spill_cur_u64le(&s);
	*cut = spill_cur_ok(&s) && c->src->size >= 32 &&
	       (at > c->src->size - 32 || len > c->src->size - 32 - at);
	if (!*cut)
		return SPILL_OK;
	return c->sink->flaw(c->sink->ctx, "damaged", c->src->size, 0,
	    "its list of members is behind the end of the file: it is cut, or "
	    "the first of several parts");
}

static int
run_format(struct arc *c)
{
	struct arc_format f = *c->f;
	struct spill_span head;
	char buf[64];
	bool cut;
	int rc = head_of(c->src, buf, &head);

	if (rc != SPILL_OK)
		return rc;
	if (f.dict != NULL &&
	    !archive_memory_ok(c->conf, f.dict(head), &c->why))
		return too_large(c);
	if (f.support == NULL || c->f == &tar)
		return run_stream(c);
	if (f.magic == arc_magic_7z && arc_magic_7z(head)) {
		rc = cut_7z(c, head, &cut);
		if (rc != SPILL_OK || cut)
			return rc;
	}
	/* Headers of level 2 have the time in UTC. */
	if (f.magic == arc_magic_lha && head.len > 20 && head.p[20] == 2)
		f.local = false;
	if (f.find != NULL)
		rc = f.find(c->src, head, &c->start);
	if (rc == SPILL_OK && c->start == c->src->size)
		rc = SPILL_EFORMAT;
	c->f = &f;
	if (rc == SPILL_OK)
		rc = arc_run_seekable(c);
	return rc == SPILL_OK ? arc_rar_rest(c) : rc;
}

static int
run(const struct arc_format *f, struct spill_src *src,
    const struct spill_unpack_conf *conf, const struct spill_unpack_sink *sink)
{
	struct arc c = { .f = f,
		.src = src,
		.conf = conf,
		.sink = sink,
		.note = SPILL_BUF_INIT(2000),
		.why = SPILL_BUF_INIT(1000) };
	bool raw = f->raw || f->support == NULL;
	locale_t old;
	int rc = warm();

	if (rc != SPILL_OK)
		return rc;
	old = uselocale(raw ? plain : utf8);
	/* What refers to before the beginning of LZX's window is zeros then,
	 * and not what was in memory. */
	(void)mallopt(M_PERTURB, f->stale ? 0xff : 0);
	rc = run_format(&c);
	arc_release(&c);
	(void)mallopt(M_PERTURB, 0);
	(void)uselocale(old);
	return rc;
}

/* --- descriptors --------------------------------------------------------- */

static bool
is(const struct arc_format *f, struct spill_span head)
{
	return f->magic(head);
}

#define FORMAT(id, what)                                               \
	static bool id##_is(                                           \
	    struct spill_span head, const struct spill_sniff *s)       \
	{                                                              \
		(void)s;                                               \
		return is(&id, head);                                  \
	}                                                              \
	static int id##_run(struct spill_src *src,                     \
	    const struct spill_unpack_conf *conf,                      \
	    const struct spill_unpack_sink *sink)                      \
	{                                                              \
		return run(&id, src, conf, sink);                      \
	}                                                              \
	const struct spill_unpack spill_unpack_##id = { what, id##_is, \
		id##_run, warm }

static const struct arc_format sevenzip = {
	.magic = arc_magic_7z,
	.support = archive_read_support_format_7zip,
	.prec = 7,
	.created = true,
	.find = arc_find_7z,
};
static const struct arc_format rar = {
	.magic = arc_magic_rar,
	.support = archive_read_support_format_rar,
	.rar = true,
	.local = true,
	.seconds = true,
	.created = true,
};
static const struct arc_format rar5 = {
	.magic = arc_magic_rar5,
	.support = archive_read_support_format_rar5,
	.rar = true,
	.created = true,
};
static const struct arc_format cab = {
	.magic = arc_magic_cab,
	.support = archive_read_support_format_cab,
	.local = true,
	.fragile = true,
	.stale = true,
};
static const struct arc_format iso = {
	.magic = arc_magic_iso,
	.support = archive_read_support_format_iso9660,
};
static const struct arc_format ar = {
	.magic = arc_magic_ar,
	.support = archive_read_support_format_ar,
	.owners = true,
	.raw = true,
	.tables = true,
};
static const struct arc_format xar = {
	.magic = arc_magic_xar,
	.support = archive_read_support_format_xar,
	.owners = true,
	.dense = true,
};
static const struct arc_format lha = {
	.magic = arc_magic_lha,
	.support = archive_read_support_format_lha,
	.local = true,
};

#define COMPRESSED(id, bytes, dictionary)         \
	static const struct arc_format id = {     \
		.magic = arc_magic_##id,          \
		.filter = ARCHIVE_FILTER_##bytes, \
		.dict = dictionary,               \
	}

COMPRESSED(gzip, GZIP, NULL);
COMPRESSED(bzip2, BZIP2, NULL);
COMPRESSED(compress, COMPRESS, NULL);
COMPRESSED(xz, XZ, archive_dict_xz);
COMPRESSED(lzma, LZMA, archive_dict_lzma);
COMPRESSED(lzip, LZIP, archive_dict_lzip);
COMPRESSED(zstd, ZSTD, archive_dict_zstd);
COMPRESSED(lz4, LZ4, NULL);
COMPRESSED(rpm, RPM, NULL);

FORMAT(sevenzip, "7z");
FORMAT(rar, "rar");
FORMAT(rar5, "rar5");
FORMAT(cab, "cab");
FORMAT(iso, "iso");
FORMAT(ar, "ar");
FORMAT(xar, "xar");
FORMAT(lha, "lha");
FORMAT(tar, "tar");
FORMAT(cpio, "cpio");
FORMAT(gzip, "gzip");
FORMAT(bzip2, "bzip2");
FORMAT(compress, "compress");
FORMAT(xz, "xz");
FORMAT(lzma, "lzma");
FORMAT(lzip, "lzip");
FORMAT(zstd, "zstd");
FORMAT(lz4, "lz4");
FORMAT(rpm, "rpm");
