/*
 * archive_i.h: what the formats of archives share.
 *
 * archive.c		the formats, one descriptor each
 * archive_magic.c	what their first bytes are
 * archive_read.c	libarchive over a source: members and their content
 * archive_stream.c	streams: a source as it is, or decompressed
 * archive_gzip.c	gzip, with its names and checks
 * archive_lzma.c	xz, lzma, lzip, within a limit of memory
 * archive_rar.c	what headers of rar tell beyond libarchive
 * archive_tape.c	a stream that can be rewound a little
 * archive_tar.c	tar over a tape, resumed behind damage
 * archive_dict.c	how much memory a compressor asks for
 * archive_name.c	which charset a name may be in
 */
#ifndef SPILL_ARCHIVE_I_H
#define SPILL_ARCHIVE_I_H

#include <archive.h>
#include <archive_entry.h>

#include <spill/buf.h>
#include <spill/cur.h>

#include "unpack_i.h"

struct arc_format {
	bool (*magic)(struct spill_span head);
	/* Of libarchive: archive_read_support_format_*(). NULL: a stream. */
	int (*support)(struct archive *);
	int filter; /* ARCHIVE_FILTER_*, of streams */
	uint64_t (*dict)(struct spill_span head); /* NULL: bounded anyway */
	int8_t prec; /* digits of the second that its times have */
	bool local; /* its times are local, the zone is not known */
	bool owners; /* it has modes, user and group */
	bool raw; /* names are given as they are only in the locale C */
	bool seconds; /* libarchive is wrong on fractions, 0 is no time */
	bool created; /* what it calls the time of change is of creation */
	bool rar; /* its headers are read here, too */
	bool fragile; /* no skipping behind content that is damaged */
	bool stale; /* libarchive gives out bytes that it never wrote */
	bool dense; /* no holes: libarchive counts on over all members */
	bool tables; /* libarchive gives its table of names as a member */
	/* Where it begins in a program that unpacks itself; NULL: libarchive
	 * finds that. */
	int (*find)(
	    struct spill_src *src, struct spill_span head, uint64_t *at);
};

/* --- archive_stream.c, archive_gzip.c ------------------------------------ */

/* Bytes from front to back. */
struct arc_stream {
	struct spill_src *src;
	/* *n 0: the end. What is at *p lives until the next call. */
	int (*read)(struct arc_stream *s, const char **p, size_t *n);
	/* Passes over up to n bytes without reading them; how many. */
	uint64_t (*skip)(struct arc_stream *s, uint64_t n);
	void (*close)(struct arc_stream *s);
	char *buf; /* ARC_PIECE bytes, unless the source is in memory */
	uint64_t at; /* of the source: what is read next */
	uint64_t out; /* bytes handed out */
	struct spill_buf why; /* not empty: the end is not that of the data */
	bool no_memory; /* that was why */
	bool header; /* one was read: name and time are what it has */
	struct spill_buf name;
	struct spill_time modified;
	/* Of the source: bytes behind the data that are none; UINT64_MAX. */
	uint64_t stray;
	void *ctx;
};

enum { ARC_PIECE = 64 << 10 };

void arc_stream_init(struct arc_stream *s, struct spill_src *src);
/* The source itself. */
int arc_plain_open(struct arc_stream *s, struct spill_src *src);
int arc_gzip_open(struct arc_stream *s, struct spill_src *src);
/* xz, lzma or lzip; memory: bytes that a dictionary may have. */
int arc_lzma_open(
    struct arc_stream *s, struct spill_src *src, int filter, uint64_t memory);
int arc_filter_open(struct arc_stream *s, struct spill_src *src, int filter);
void arc_stream_close(struct arc_stream *s);
/* The next bytes of the source, at s->at; moves on. */
int arc_stream_source(struct arc_stream *s, const char **p, size_t *n);

/* --- archive_tape.c ------------------------------------------------------ */

struct arc_tape {
	struct arc_stream *in;
	char *buf; /* ARC_TAPE bytes: what was read last */
	size_t len;
	uint64_t base; /* of buf, in the stream */
	uint64_t at; /* what is read next */
	uint64_t rewound; /* bytes that were read again */
	bool ended;
};

enum { ARC_TAPE = 1 << 20 };

int arc_tape_open(struct arc_tape *t, struct arc_stream *in);
void arc_tape_close(struct arc_tape *t);
/* Up to n (at most half of ARC_TAPE) bytes; does not move. */
int arc_tape_peek(struct arc_tape *t, size_t n, struct spill_span *out);
/* On, or back as far as the bytes are still here and not too much has been
 * read again: where it is then. */
int arc_tape_seek(struct arc_tape *t, uint64_t at);

/* --- archive_rar.c ------------------------------------------------------ */

struct arc_rar_file {
	struct spill_span name;
	uint64_t size; /* UINT64_MAX: not known */
	uint32_t crc;
	bool has_crc, dir, encrypted;
};

/* The headers of a rar, read along with libarchive. */
struct arc_rar {
	struct spill_src *src; /* NULL: not begun */
	char *buf;
	uint64_t at; /* the next header */
	bool five, ended;
	bool volume; /* one of several */
	bool lost; /* libarchive has other members than there are headers */
	struct arc_rar_file file;
};

/* --- archive_read.c ------------------------------------------------------ */

/* libarchive at work over a source or a tape. */
struct arc {
	const struct arc_format *f;
	struct spill_src *src;
	struct arc_tape *tape; /* NULL: the source, with seeks */
	const struct spill_unpack_conf *conf;
	const struct spill_unpack_sink *sink;
	struct archive *a;
	char *buf;
	uint64_t start; /* of the source: what libarchive sees of it */
	uint64_t at; /* of the source */
	uint64_t base; /* where a began: of the tape */
	int rc; /* what the source or the sink ended the work with */
	uint64_t seen; /* members */
	bool failed; /* content ended as libarchive could not go on */
	bool starved; /* for want of memory */
	bool blind; /* only list: content was given up */
	bool cut; /* the sink has enough, and the rest would be decompressed */
	struct arc_rar rar;
	struct spill_buf note, why;
};

int arc_open(struct arc *c);
void arc_shut(struct arc *c);
void arc_release(struct arc *c);
int arc_next(struct arc *c, struct archive_entry **e);
/* A member that arc_next() gave with r, begin to end. */
int arc_member(struct arc *c, struct archive_entry *e, int r);
/* What libarchive said last, as a flaw, where it stopped reading. */
int arc_said(struct arc *c);
/* A flaw: it is one, and has no members. */
int arc_nothing(struct arc *c);
int arc_run_seekable(struct arc *c);

/* What the next header has of the next member of libarchive's. */
int arc_rar_know(struct arc *c, struct spill_member_info *m);
/* The members behind those; done with the headers. */
int arc_rar_rest(struct arc *c);

/* --- archive_tar.c ------------------------------------------------------- */
bool arc_is_tar_header(struct spill_span block);
int arc_run_tar(struct arc *c);

/* --- archive_magic.c ----------------------------------------------------- */
bool arc_magic_tar(struct spill_span head);
bool arc_magic_cpio(struct spill_span head);
bool arc_magic_7z(struct spill_span head);
bool arc_magic_rar(struct spill_span head);
bool arc_magic_rar5(struct spill_span head);
bool arc_magic_cab(struct spill_span head);
bool arc_magic_iso(struct spill_span head);
bool arc_magic_ar(struct spill_span head);
bool arc_magic_xar(struct spill_span head);
bool arc_magic_lha(struct spill_span head);
bool arc_magic_gzip(struct spill_span head);
bool arc_magic_bzip2(struct spill_span head);
bool arc_magic_compress(struct spill_span head);
bool arc_magic_xz(struct spill_span head);
bool arc_magic_lzma(struct spill_span head);
bool arc_magic_lzip(struct spill_span head);
bool arc_magic_zstd(struct spill_span head);
bool arc_magic_lz4(struct spill_span head);
bool arc_magic_rpm(struct spill_span head);
/* Where in a program a 7z begins; src->size if nowhere. */
int arc_find_7z(struct spill_src *src, struct spill_span head, uint64_t *at);

/* --- archive_name.c --- */
/* Appends to a note which charset a name is in, unless it is ASCII: as
 * declared or, if nobody says, a guess. */
void archive_name_note(
    struct spill_buf *note, struct spill_span name, bool declared_utf8);
bool archive_is_utf8(struct spill_span s);
/* A phrase for a note, behind a semicolon if it is not the first. */
void archive_note(struct spill_buf *note, const char *fmt, ...)
    SPILL_PRINTF(2, 3);

/* --- archive_dict.c --- */
/* Bytes of the dictionary that the first bytes of compressed data ask for; 0:
 * they do not say. */
uint64_t archive_dict_lzma(
    struct spill_span head); /* .lzma: properties first */
uint64_t archive_dict_xz(struct spill_span head);
uint64_t archive_dict_lzip(struct spill_span head);
uint64_t archive_dict_zstd(struct spill_span head);
uint64_t archive_memory(const struct spill_unpack_conf *conf);
/* Does a format's limit allow that many? If not, says why. */
bool archive_memory_ok(
    const struct spill_unpack_conf *conf, uint64_t n, struct spill_buf *why);

#endif
