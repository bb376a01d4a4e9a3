/*
 * iso.h: decoders of ISO 9660 with Joliet and Rock Ridge.
 *
 * In comments: [ECMA] is ECMA-119 (4th edition), [JOLIET] Microsoft's "Joliet
 * Specification" (1995), [SUSP] the System Use Sharing Protocol (IEEE P1281,
 * draft 1.12) and [RRIP] the Rock Ridge Interchange Protocol (IEEE P1282,
 * draft 1.12); with the section.
 *
 * Numbers are on the disk in both orders of bytes; the little-endian one is
 * taken, and where the other differs that is a flaw. Times have their offset
 * from UTC with them: they are instants, to 1 s or, in the long form, 10 ms.
 */
#ifndef SPILL_ISO_H
#define SPILL_ISO_H

#include <spill/cur.h>
#include <spill/ondisk.h>

#define SPILL_ISO_SECTOR 2048 /* bytes */
#define SPILL_ISO_FIRST	 16 /* sector of the first volume descriptor */

/* --- times -------------------------------------------------------------- */

struct spill_iso_time {
	struct spill_time at;
	int16_t zone; /* minutes east of UTC, a multiple of 15 */
	bool bad; /* it was written and means nothing */
};

/* 7 bytes ([ECMA] 9.1.5) or 17 digits and a byte (8.4.26.1). */
struct spill_iso_time spill_iso_time_short(struct spill_span raw);
struct spill_iso_time spill_iso_time_long(struct spill_span raw);

/* --- directory records -------------------------------------------------- */

enum { /* spill_iso_record.flags, [ECMA] 9.1.6 */
	SPILL_ISO_HIDDEN = 0x01,
	SPILL_ISO_DIRECTORY = 0x02,
	SPILL_ISO_ASSOCIATED = 0x04,
	SPILL_ISO_PROTECTED = 0x10,
	SPILL_ISO_MORE = 0x80, /* the next record goes on with the file */
};

struct spill_iso_record {
	size_t at, len; /* in what was given */
	uint8_t extra; /* blocks before the content: attributes */
	uint32_t block, size; /* of the content: first block, bytes */
	uint32_t block_be, size_be; /* the same by their other order of bytes */
	struct spill_iso_time time;
	uint8_t flags;
	bool interleaved;
	bool self, parent; /* the records of "." and ".." */
	bool mended; /* len is not what its first byte says */
	struct spill_span name; /* raw: of a Joliet tree in UTF-16BE */
	struct spill_span use; /* system use area: [SUSP] */
	struct spill_flaw flaw;
};

/* The record that raw begins with. SPILL_END: there is none. */
int spill_iso_record_read(struct spill_span raw, struct spill_iso_record *out);
/* The same of a record whose length is damaged: it is len. SPILL_EDAMAGED, or
 * SPILL_EFORMAT and out as it was: its numbers do not agree in both orders. */
int spill_iso_record_mend(
    struct spill_span raw, size_t len, struct spill_iso_record *out);

struct spill_iso_dir {
	struct spill_span bytes;
	size_t pos;
	size_t good; /* the next whole record behind damage */
};

/* Of whole sectors of a directory: no record goes across a sector's end. */
struct spill_iso_dir spill_iso_dir(struct spill_span sectors);
/* Behind damage it goes on with the next record whose numbers agree in both
 * orders, in the next sector at the latest. */
int spill_iso_dir_next(struct spill_iso_dir *it, struct spill_iso_record *out);

/* --- volume descriptors ------------------------------------------------- */

enum spill_iso_kind {
	SPILL_ISO_BOOT = 0,
	SPILL_ISO_PRIMARY = 1,
	SPILL_ISO_SUPPLEMENTARY = 2,
	SPILL_ISO_PARTITION = 3,
	SPILL_ISO_TERMINATOR = 255,
};

struct spill_iso_volume {
	uint8_t kind, version; /* 2: enhanced */
	uint8_t joliet; /* its level, 1 to 3; 0: it is not one */
	struct spill_span label; /* padded with blanks */
	uint32_t blocks, block_size; /* of the volume; 512 to 2048 bytes */
	struct spill_iso_record root;
	size_t root_at; /* offset of its record */
	uint32_t path_size, path[2]; /* path tables: bytes; block of L and M */
	struct spill_iso_time made, modified;
	struct spill_flaw flaw;
};

/* Of one sector; only kind is set of those that are not a primary or a
 * supplementary one. */
int spill_iso_volume_read(
    struct spill_span sector, struct spill_iso_volume *out);

/* A record of a path table ([ECMA] 9.4). */
struct spill_iso_path {
	size_t len; /* to the next one; 0: it is none */
	uint32_t block; /* of the folder */
	uint16_t parent; /* number of its record, from 1 */
	struct spill_span name; /* raw, as in a directory record */
};

/* The record that raw begins with; big: of the M table. */
struct spill_iso_path spill_iso_path_read(struct spill_span raw, bool big);

/* --- system use: Rock Ridge --------------------------------------------- */

struct spill_iso_field {
	char sign[2];
	uint8_t version;
	struct spill_span data; /* behind sign, length and version */
	size_t at;
};

struct spill_iso_use {
	struct spill_span bytes;
	size_t pos;
};

struct spill_iso_use spill_iso_use(struct spill_span area);
/* SPILL_EDAMAGED: a length is wrong; the area ends there. */
int spill_iso_use_next(struct spill_iso_use *it, struct spill_iso_field *out);

enum { /* spill_iso_rock.has */
	SPILL_ISO_HAS_MODE = 1,
	SPILL_ISO_HAS_NAME = 2,
	SPILL_ISO_HAS_TARGET = 4,
	SPILL_ISO_HAS_TIMES = 8,
	SPILL_ISO_HAS_CHILD = 0x10, /* a folder that lies elsewhere: child */
	SPILL_ISO_HAS_PARENT = 0x20,
	SPILL_ISO_RELOCATED = 0x40, /* this is where such a folder lies */
	SPILL_ISO_COMPRESSED = 0x80, /* zisofs */
	SPILL_ISO_SPARSE = 0x100,
	SPILL_ISO_HAS_MARK = 0x200, /* SP: the tree has system use areas */
};

#define SPILL_ISO_TEXT 4096 /* bytes of a name, or of a target, at most */

/* What the fields of one record say together. */
struct spill_iso_rock {
	unsigned has;
	uint32_t mode, links, uid, gid; /* of POSIX */
	struct spill_iso_time born, modified, accessed, changed;
	uint32_t child; /* block */
	uint64_t full_size; /* zisofs: of what it unpacks to */
	uint8_t skip; /* SP: bytes before all other areas */
	size_t name_len, target_len;
	bool dot, dotdot; /* NM says that it is "." or ".." */
	/* A continuation that has not been read yet: its bytes are the next
	 * area. The user reads it, and ends where there are too many. */
	bool more;
	uint32_t more_block, more_at, more_len;
	bool component_goes_on; /* of the target */
	struct spill_flaw flaw;
	/* Last: what lies behind their lengths need not be cleared. */
	char name[SPILL_ISO_TEXT], target[SPILL_ISO_TEXT]; /* raw */
};

void spill_iso_rock_clear(struct spill_iso_rock *r);
/* Adds the fields of an area to one that was cleared. */
int spill_iso_rock_add(struct spill_iso_rock *out, struct spill_span area);

#endif
