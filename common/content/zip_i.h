/*
 * zip_i.h: zip by its central directory and by its local headers.
 *
 * zip.c		the descriptor: members in order, and the run
 * zip_head.c		one header of either kind, its extra fields
 * zip_dir.c		where the directory is, and its entries
 * zip_inner.c		whole zips within or behind something else
 * zip_cover.c		which members overlap, and whose content is read
 * zip_data.c		content: stored, deflated
 * zip_other.c		content: the other methods, by libarchive
 * zip_scan.c		members that no directory lists
 *
 * The format is PKWARE's APPNOTE.TXT 6.3.10, [APP] in the sources.
 */
#ifndef SPILL_ZIP_I_H
#define SPILL_ZIP_I_H

#include <spill/buf.h>
#include <spill/cur.h>

#include "unpack_i.h"

enum {
	ZIP_LOCAL = 0x04034b50,
	ZIP_CENTRAL = 0x02014b50,
	ZIP_DESCRIPTOR = 0x08074b50,
	ZIP_END = 0x06054b50,
	ZIP_END64 = 0x06064b50,
	ZIP_LOCATOR64 = 0x07064b50,
	ZIP_LOCAL_LEN = 30,
	ZIP_CENTRAL_LEN = 46,
	ZIP_END_LEN = 22,
	ZIP_TAIL = ZIP_END_LEN + 0xffff, /* a longest comment, [APP] 4.3.16 */
	ZIP_WINDOW = 256 << 10, /* more than the longest header */
	ZIP_DATA = 64 << 10, /* compressed bytes read at once */
};

enum zip_flag { /* [APP] 4.4.4 */
	ZIP_ENCRYPTED = 1,
	ZIP_STREAMED = 8, /* sizes and CRC stand behind the data */
	ZIP_UTF8 = 1 << 11,
	ZIP_MASKED = 1 << 13, /* the local header's fields are hidden */
};

/* Bytes of the source around an offset. */
struct zip_window {
	char *p; /* ZIP_WINDOW bytes, unless the source is in memory */
	uint64_t at;
	size_t len;
};

/* What the extra fields say, [APP] 4.5 and 4.6. */
struct zip_extra {
	struct spill_time modified, accessed, born; /* UTC */
	struct spill_span path; /* Info-ZIP's Unicode path */
	uint32_t path_crc; /* of the name that it stands for */
	uint64_t uid, gid; /* UINT64_MAX: none */
	uint16_t aes; /* method below AES; has_aes */
	bool has_aes, no_crc, damaged; /* no_crc: AE-2 */
};

/* A header of either kind. */
struct zip_head {
	uint64_t at, len; /* the header itself */
	bool central;
	uint16_t made, flags, method, date, time;
	uint32_t crc, attr, disk;
	uint64_t csize, size;
	uint64_t local; /* as the central directory says */
	struct spill_span name, extra_raw;
	struct zip_extra extra;
};

/* A member that the directory lists. */
struct zip_entry {
	uint64_t central; /* its central header */
	uint64_t start, data, end; /* local header, content */
	uint16_t method;
	bool no_local; /* nothing like its local header stands there */
	bool covered; /* its content is that of others, for the most part */
};

struct zip {
	struct spill_src *src;
	const struct spill_unpack_conf *conf;
	const struct spill_unpack_sink *sink;
	struct zip_window win[3]; /* directory, local headers, content */
	char *out; /* ZIP_OUT bytes of content */
	struct zip_entry *e;
	size_t n, cap;
	uint64_t *order; /* indices of e, by start */
	/* The directory; 0 and 0 where there is none. */
	uint64_t dir, dir_end, all_end; /* all_end: with its end record */
	uint64_t shift; /* to add to what it says of offsets */
	uint64_t begin, end; /* of the source: what lies there is the zip's */
	unsigned tries; /* headers that proved to be of no zip */
	uint64_t declared; /* count of entries, UINT64_MAX: unknown */
	/* A flaw that is only told if it is a zip at all; NULL: none. */
	const char *pending;
	struct spill_buf *capture; /* content goes there, not to the sink */
	struct spill_buf note, why, link;
};

enum { ZIP_OUT = 128 << 10 };

/* How a member's content ended. */
struct zip_content {
	enum spill_member_end how;
	const char *why; /* NULL, or in z->why */
	uint64_t in_end; /* behind the last compressed byte that was used */
	uint64_t out;
	uint32_t crc;
	bool whole; /* the stream came to its own end */
	bool starved; /* it asks for more memory than the limit */
};

/* --- zip_head.c --- */
/* At most n bytes at an offset, valid until the next call of this window. */
int zip_peek(struct zip *z, unsigned window, uint64_t at, size_t n,
    struct spill_span *out);
uint32_t zip_u32(struct spill_span s, size_t at);
/* SPILL_EFORMAT: there is none; SPILL_EDAMAGED: it is cut. */
int zip_central(struct zip *z, uint64_t at, struct zip_head *h);
int zip_local(struct zip *z, uint64_t at, struct zip_head *h);
/* The first of a signature (the bytes from 'P') from at up to end; end if
 * there is none. */
int zip_find(
    struct zip *z, uint32_t sig, uint64_t at, uint64_t end, uint64_t *found);

/* --- zip_dir.c --- */
int zip_dir_find(struct zip *z);
/* The end record that begins at an offset, and the directory where it says;
 * *yes false: there is none. Nothing is told. */
int zip_dir_at(struct zip *z, uint64_t at, bool *yes);
int zip_dir_read(struct zip *z);

/* --- zip_inner.c --- */
/*
 * The last whole zip between two offsets of what is none itself: z is then set
 * up for zip_dir_read(). Whole: its end record, its directory and most of the
 * local headers fit together.
 */
int zip_inner(struct zip *z, uint64_t from, uint64_t to, bool *yes);

/* --- zip_cover.c --- */
int zip_cover(struct zip *z);

/* --- zip_data.c --- */
/*
 * The content of h, whose compressed bytes lie between two offsets, handed
 * out. What the sink returned if it ended the work, else SPILL_OK.
 */
int zip_data(struct zip *z, const struct zip_head *h, uint64_t from,
    uint64_t to, struct zip_content *c);
/* SPILL_END: no more of it is wanted. */
int zip_put(struct zip *z, struct zip_content *c, const void *p, size_t n);
/* Partial, why in words. */
void zip_partial(struct zip *z, struct zip_content *c, const char *fmt, ...)
    SPILL_PRINTF(3, 4);

/* --- zip_other.c --- */
/* "LZMA"; NULL: a method that nobody knows. */
const char *zip_method_name(uint16_t method);
bool zip_other_knows(uint16_t method);
/* As zip_data(), of methods other than stored and deflated. */
int zip_other(struct zip *z, const struct zip_head *h, uint64_t from,
    uint64_t to, struct zip_content *c);

/* --- zip_scan.c --- */
/* Members that local headers alone tell of, between two offsets. */
int zip_scan(struct zip *z, uint64_t from, uint64_t to);

/* --- zip.c --- */
int zip_flaw(struct zip *z, const char *code, uint64_t at, uint64_t len,
    const char *detail);
/* begin() of a member; l: its local header, NULL: none, or it is h. */
int zip_begin(struct zip *z, const struct zip_head *h, const struct zip_head *l,
    uint64_t from, uint64_t to);
/* A member that is open: what there is of content, then its end. */
/* What is to be told behind the member: a limit. */
int zip_limit(struct zip *z, uint64_t at, const struct zip_content *c);
int zip_content(struct zip *z, const struct zip_head *h, uint64_t from,
    uint64_t to, struct zip_content *c);

#endif
