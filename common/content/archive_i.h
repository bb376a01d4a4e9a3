/*
 * archive_i.h: what the formats of archives share.
 *
 * archive.c		the formats that libarchive reads, one descriptor each
 * archive_read.c	libarchive over a source or a stream: members
 * archive_stream.c	streams: a source as it is, or decompressed
 * archive_gzip.c	gzip, with its names and checks
 * archive_tar.c	tar over a stream, resumed behind damage
 * archive_dict.c	how much memory a compressor asks for
 * archive_name.c	which charset a name may be in
 */
#ifndef SPILL_ARCHIVE_I_H
#define SPILL_ARCHIVE_I_H

#include <spill/buf.h>
#include <spill/cur.h>

#include "unpack_i.h"

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
/* Does a format's limit allow that many? If not, says why. */
bool archive_memory_ok(
    const struct spill_unpack_conf *conf, uint64_t n, struct spill_buf *why);

#endif
