/*
 * image.h: the bytes of a disk image: raw, split raw, and E01 or S01 sets.
 *
 * This half runs in a worker. It works on descriptors alone (pread, lseek),
 * opens nothing, maps nothing of the evidence and says nothing: what there is
 * to say comes back as data. evidence_set.h is the half that opens files.
 *
 *	rc = spill_image_open(part, n, NULL, &img, &why);
 *	got = spill_image_read(img, offset, buf, sizeof(buf), &bad);
 *	...
 *	for (size_t i = 0; spill_image_bad_get(img, kind, i, &b); i++)
 *		(tell it)
 *	spill_image_free(&img);
 *
 * A read always fills the buffer. What could not be had is zeros, and its
 * exact range is in the list of its kind; the lists that a missing segment
 * or an acquisition error makes are there from the start. All calls but
 * open and free may be made from several threads at once.
 *
 * Limits, against hostile images: 65,535 segments, chunks of 16 MiB, 2^20
 * chunks a table, 2^18 tables, 1 MiB of header text, 2^18 bad ranges a kind
 * (then the nearest are merged: too much is called bad, never too little).
 */
#ifndef SPILL_IMAGE_H
#define SPILL_IMAGE_H

#include <spill/base.h>
#include <spill/time.h>

#define SPILL_IMAGE_SEGMENTS ((size_t)65535)
#define SPILL_IMAGE_CHUNK    ((uint32_t)16 << 20)
#define SPILL_IMAGE_RANGES   ((size_t)1 << 18)
#define SPILL_IMAGE_NOTES    ((size_t)256)

struct spill_image;

enum spill_image_kind {
	SPILL_IMAGE_ANY, /* as a wish: look at its signature */
	SPILL_IMAGE_RAW, /* as a wish: raw, whatever is in it */
	SPILL_IMAGE_EWF, /* as a wish: E01, though the signature is damaged */
};

/* One segment file, in order of the set. The descriptor stays the caller's. */
struct spill_image_part {
	int fd;
	unsigned number; /* by its name, from 1; 0: not known */
	uint64_t size;
};

struct spill_image_conf {
	enum spill_image_kind kind;
	uint32_t sector; /* of a raw image; 0: 512 */
	size_t cache; /* bytes of unpacked chunks to keep; 0: 32 MiB */
	/* Stands for pread(2), for tests; NULL: that itself. */
	ssize_t (*pread)(void *ctx, int fd, void *buf, size_t n, off_t at);
	void *ctx;
};

/*
 * *why gets a phrase that continues "it ..." or "'x' ...": "is text", "is
 * encrypted (AccessData)". SPILL_EFORMAT: not an image that is read here;
 * SPILL_EDAMAGED: an E01 without what is needed to read any of it, or a
 * split raw image with a gap; SPILL_EIO, SPILL_ELIMIT, SPILL_ENOMEM.
 * conf may be NULL.
 */
int spill_image_open(const struct spill_image_part *part, size_t n,
    const struct spill_image_conf *conf, struct spill_image **img,
    const char **why);
void spill_image_free(struct spill_image **img);

enum spill_image_field {
	SPILL_IMAGE_CASE,
	SPILL_IMAGE_EXHIBIT, /* evidence number */
	SPILL_IMAGE_DESCRIPTION,
	SPILL_IMAGE_EXAMINER,
	SPILL_IMAGE_REMARKS,
	SPILL_IMAGE_MODEL,
	SPILL_IMAGE_SERIAL,
	SPILL_IMAGE_LABEL,
	SPILL_IMAGE_SOFTWARE,
	SPILL_IMAGE_PLATFORM,
	SPILL_IMAGE_FIELDS
};

/* What the image says of itself. Texts are raw bytes and not trusted. */
struct spill_image_info {
	enum spill_image_kind kind;
	const char *format; /* "raw", "split raw", "E01", "S01" */
	uint64_t size;
	uint32_t sector;
	uint32_t chunk; /* bytes; 0: not in chunks */
	uint64_t chunks;
	unsigned segments; /* that are read */
	unsigned missing; /* between them and in front; behind: unknown */
	struct spill_span field[SPILL_IMAGE_FIELDS];
	/*
	 * Seconds since 1970 in "header2" are UTC. "header" has a local time
	 * of an unknown zone (linen has seconds there: local up to 6.18, UTC
	 * since), so that one is zoneless.
	 */
	struct spill_time acquired, system;
	bool has_guid, has_md5, has_sha1;
	uint8_t guid[16], md5[16], sha1[20];
	uint8_t media; /* 0 removable, 1 fixed, 3 optical, 0x10 memory */
	uint8_t flags; /* 1 image, 2 physical, 4 Fastbloc, 8 Tableau */
	unsigned tracks; /* sessions of an optical disc */
};

const struct spill_image_info *spill_image_info(const struct spill_image *img);

/* What is wrong with it, as far as is known by now: a set of these. */
enum spill_image_flaw {
	SPILL_IMAGE_MISSING = 1, /* segments are missing */
	SPILL_IMAGE_DAMAGED = 2, /* structure or chunks are damaged */
	SPILL_IMAGE_UNREADABLE = 4, /* the system refused reads */
	SPILL_IMAGE_UNFINISHED = 8, /* no "done" behind the last segment */
	SPILL_IMAGE_MISMATCH = 16, /* a stored hash is not the computed one */
	SPILL_IMAGE_ACQUIRED = 32, /* the acquisition met read errors */
	SPILL_IMAGE_CHANGED = 64, /* a file is shorter than when opened */
};

unsigned spill_image_flaws(const struct spill_image *img);

/* Findings about the structure: the first SPILL_IMAGE_NOTES of them. */
struct spill_image_note {
	const char *what; /* a phrase; lives on */
	unsigned flaw; /* that it means; 0: harmless */
	unsigned segment; /* 0: the set */
	uint64_t offset; /* in that segment's file */
};

bool spill_image_note_get(
    const struct spill_image *img, size_t i, struct spill_image_note *out);
/* All there were. */
size_t spill_image_notes(const struct spill_image *img);

enum spill_bad {
	SPILL_BAD_READ = 1, /* the system refused: error is errno */
	SPILL_BAD_CHUNK = 2, /* a chunk's checksum or packing is wrong */
	SPILL_BAD_MISSING = 4, /* in a missing segment */
	SPILL_BAD_SHORT = 8, /* in a part that was cut off */
	SPILL_BAD_ACQUIRED = 16, /* zeros that the acquisition put there */
};
#define SPILL_BAD_KINDS 5

struct spill_image_bad {
	uint64_t offset, len;
	enum spill_bad kind;
	int error; /* SPILL_BAD_READ: errno */
	unsigned segment; /* it is, or would be, in; 0: not known */
	uint64_t chunk; /* first one; 0 without chunks */
};

/*
 * Fill buf with n bytes at offset. Returns how many of them lie inside the
 * image; zeros follow. *bad (may be NULL) gets the set of enum spill_bad
 * that the n bytes touch.
 */
size_t spill_image_read(struct spill_image *img, uint64_t offset, void *buf,
    size_t n, unsigned *bad);
/*
 * From here on reads of len bytes at a place get those at another one: for a
 * boot sector that is damaged and has a copy. At most SPILL_IMAGE_OVERLAYS of
 * them, others are not taken; a length of 0 drops all. Not while
 * another thread reads. What spill_image_is_bad() says stays that of the place
 * itself.
 */
#define SPILL_IMAGE_OVERLAYS 2
void spill_image_overlay(
    struct spill_image *img, uint64_t at, uint64_t from, uint64_t len);
/* The set of enum spill_bad known to touch a range. */
unsigned spill_image_is_bad(
    const struct spill_image *img, uint64_t offset, uint64_t len);
/* The i-th range of a kind, by offset; ranges of one kind do not touch
 * unless they differ in error or segment. False: there are not so many. */
bool spill_image_bad_get(const struct spill_image *img, enum spill_bad kind,
    size_t i, struct spill_image_bad *out);
/* Bytes in the ranges of one kind. */
uint64_t spill_image_bad_bytes(
    const struct spill_image *img, enum spill_bad kind);

/*
 * The first stretch at or behind offset that may be anything but zeros: holes
 * of sparse files and missing segments are not. False: there is none.
 */
bool spill_image_next_data(const struct spill_image *img, uint64_t offset,
    uint64_t *start, uint64_t *end);

struct spill_image_counts {
	uint64_t bytes; /* read from files */
	uint64_t reads; /* calls */
	uint64_t errors; /* calls that were refused */
	uint64_t retried; /* sectors read again one by one */
	uint64_t lost; /* sectors that stayed unreadable */
	uint64_t chunks; /* unpacked */
	uint64_t bad; /* of them not right */
};

struct spill_image_counts spill_image_counts(const struct spill_image *img);

/*
 * One pass over a stretch of the image: threads read and unpack blocks ahead,
 * each sink is given every block, in order, by one thread at a time. Sinks
 * run beside each other. A sink that returns anything but SPILL_OK ends the
 * pass, which returns that; so does progress by returning false (SPILL_END).
 * Memory: eight blocks a thread, fewer beyond 64 MiB. Where threads cannot be
 * made the caller's own does it all.
 */
struct spill_image_sink {
	int (*put)(void *ctx, uint64_t offset, const uint8_t *p, size_t n,
	    unsigned bad);
	void *ctx;
};

struct spill_image_pass {
	uint64_t from, to; /* to: 0 or beyond the end: the end */
	unsigned threads; /* 0 is 1; the caller's own is one of them */
	size_t block; /* bytes, rounded to chunks; 0: about 256 KiB */
	bool (*progress)(void *ctx, uint64_t done);
	void *ctx; /* of progress */
};

int spill_image_pass(struct spill_image *img,
    const struct spill_image_pass *pass, const struct spill_image_sink *sink,
    size_t sinks);

struct spill_image_hashes {
	uint8_t md5[16], sha1[20], sha256[32];
};

/*
 * Hash all of it (from and to of pass do not count; pass may be NULL) and
 * compare: SPILL_IMAGE_MISMATCH is then among the flaws.
 */
int spill_image_verify(struct spill_image *img,
    const struct spill_image_pass *pass, struct spill_image_hashes *out);

#endif
