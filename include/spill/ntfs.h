/*
 * ntfs.h: decoders of NTFS's structures.
 *
 * Names of fields and their offsets are those of the Linux-NTFS project's
 * documentation ("NTFS Documentation", R. Russon, Y. Fledel), called [RF]
 * in comments, with the chapter.
 *
 * Raw times (spill_stamps.raw) are FILETIMEs: 100 ns since 1601, in UTC. 0
 * is a time that nobody wrote.
 */
#ifndef SPILL_NTFS_H
#define SPILL_NTFS_H

#include <spill/cur.h>
#include <spill/ondisk.h>

/* --- boot sector -------------------------------------------------------- */

struct spill_ntfs_boot {
	uint32_t sector_size; /* bytes: 256 to 4096 */
	uint32_t cluster_size; /* bytes, up to 2 MiB */
	uint32_t record_size; /* of an MFT record, bytes */
	uint32_t index_size; /* of an index block, bytes */
	uint64_t sectors; /* of the volume, the backup boot sector not in */
	uint64_t clusters; /* sectors in whole clusters */
	uint64_t mft_lcn, mirror_lcn;
	uint64_t serial;
	struct spill_flaw flaw;
};

/* Of its first 512 bytes. After SPILL_EDAMAGED sizes may be 0. */
int spill_ntfs_boot_read(struct spill_span raw, struct spill_ntfs_boot *out);

/* --- MFT records -------------------------------------------------------- */

#define SPILL_NTFS_RECORD_MAX 65536 /* bytes of a record or index block */

struct spill_ntfs_ref { /* a file reference */
	uint64_t record; /* 48 bits */
	uint16_t sequence;
};

enum { /* spill_ntfs_record.flags */
	SPILL_NTFS_IN_USE = 0x01,
	SPILL_NTFS_DIRECTORY = 0x02,
	SPILL_NTFS_EXTENSION = 0x04, /* in $Extend */
	SPILL_NTFS_VIEW_INDEX = 0x08,
};

struct spill_ntfs_record {
	struct spill_span bytes; /* all of the copy, fixed up */
	bool baad; /* its signature says that chkdsk gave it up */
	uint16_t sequence, links, flags, next_id;
	uint32_t first_attr; /* offset of the first attribute */
	uint32_t used, allocated; /* bytes, as the header has them */
	uint64_t lsn;
	struct spill_ntfs_ref base; /* record 0 and sequence 0: is its own */
	uint32_t number; /* since NTFS 3.1, else 0: of no use alone */
	unsigned torn; /* sectors whose end is of another write */
	struct spill_flaw flaw;
};

/*
 * Copy the record raw, as long as records of the volume are, to copy, which
 * has room for as many bytes; undo the update sequence there and read the
 * header. A sector that does not end as the update sequence says is counted
 * as torn and left as it is.
 */
int spill_ntfs_record_read(
    struct spill_span raw, void *copy, struct spill_ntfs_record *out);

/* --- attributes --------------------------------------------------------- */

enum {
	SPILL_NTFS_STANDARD_INFORMATION = 0x10,
	SPILL_NTFS_ATTRIBUTE_LIST = 0x20,
	SPILL_NTFS_FILE_NAME = 0x30,
	SPILL_NTFS_OBJECT_ID = 0x40,
	SPILL_NTFS_SECURITY_DESCRIPTOR = 0x50,
	SPILL_NTFS_VOLUME_NAME = 0x60,
	SPILL_NTFS_VOLUME_INFORMATION = 0x70,
	SPILL_NTFS_DATA = 0x80,
	SPILL_NTFS_INDEX_ROOT = 0x90,
	SPILL_NTFS_INDEX_ALLOCATION = 0xa0,
	SPILL_NTFS_BITMAP = 0xb0,
	SPILL_NTFS_REPARSE_POINT = 0xc0,
	SPILL_NTFS_EA_INFORMATION = 0xd0,
	SPILL_NTFS_EA = 0xe0,
	SPILL_NTFS_LOGGED_UTILITY_STREAM = 0x100,
};

enum { /* spill_ntfs_attr.flags */
	SPILL_NTFS_COMPRESSED = 0x0001, /* any bit of 0x00ff */
	SPILL_NTFS_ENCRYPTED = 0x4000,
	SPILL_NTFS_SPARSE = 0x8000,
};

struct spill_ntfs_attr {
	size_t at; /* offset in the record */
	uint32_t len; /* bytes of all of it */
	uint32_t type;
	uint16_t id, flags;
	bool resident, indexed;
	struct spill_span name; /* UTF-16LE */
	struct spill_span content; /* if resident */
	struct spill_span runs; /* if not: for spill_ntfs_runs() */
	uint64_t first_vcn, last_vcn; /* last is first - 1 if it is empty */
	uint64_t size, initialised; /* bytes; 0 unless first_vcn is 0 */
	uint64_t allocated; /* bytes, holes included */
	uint64_t on_disk; /* bytes without holes; = allocated if neither
			     compressed nor sparse */
	uint8_t unit; /* clusters of a compression unit, log 2 */
	struct spill_flaw flaw;
};

struct spill_ntfs_attrs {
	struct spill_cur cur;
	size_t used; /* their end by the header, which may be wrong */
	bool done;
};

struct spill_ntfs_attrs spill_ntfs_attrs(const struct spill_ntfs_record *rec);
/* An attribute whose length leads nowhere is the last one, as long as there is
 * room; where there is none for its head its length is 0. */
int spill_ntfs_attrs_next(
    struct spill_ntfs_attrs *it, struct spill_ntfs_attr *out);

/* --- run lists ---------------------------------------------------------- */

struct spill_ntfs_run {
	uint64_t vcn, count; /* clusters */
	uint64_t lcn; /* 0 if sparse */
	bool sparse; /* has no offset, or, before NTFS 3.0, one of -1 */
};

struct spill_ntfs_runs {
	struct spill_cur cur;
	uint64_t vcn, clusters;
	int64_t lcn;
	bool done;
	struct spill_flaw flaw;
};

/* clusters: of the volume, beyond which no run may lie; 0 if not known. */
struct spill_ntfs_runs spill_ntfs_runs(
    struct spill_span raw, uint64_t first_vcn, uint64_t clusters);
/* SPILL_EDAMAGED has nothing in out and is the last one before SPILL_END. */
int spill_ntfs_runs_next(
    struct spill_ntfs_runs *it, struct spill_ntfs_run *out);

/* --- contents of attributes --------------------------------------------- */

enum { /* attributes of a file, in $STANDARD_INFORMATION and $FILE_NAME */
	SPILL_NTFS_A_READONLY = 0x0001,
	SPILL_NTFS_A_HIDDEN = 0x0002,
	SPILL_NTFS_A_SYSTEM = 0x0004,
	SPILL_NTFS_A_ARCHIVE = 0x0020,
	SPILL_NTFS_A_TEMPORARY = 0x0100,
	SPILL_NTFS_A_SPARSE = 0x0200,
	SPILL_NTFS_A_REPARSE = 0x0400,
	SPILL_NTFS_A_COMPRESSED = 0x0800,
	SPILL_NTFS_A_OFFLINE = 0x1000,
	SPILL_NTFS_A_ENCRYPTED = 0x4000,
	SPILL_NTFS_A_DIRECTORY = 0x10000000, /* $FILE_NAME only */
	SPILL_NTFS_A_VIEW_INDEX = 0x20000000, /* $FILE_NAME only */
};

struct spill_ntfs_info { /* $STANDARD_INFORMATION */
	struct spill_stamps times; /* changed: of the MFT record */
	uint32_t attributes, max_versions, version, class_id;
	bool extended; /* the fields below are there (since NTFS 3.0) */
	uint32_t owner_id, security_id;
	uint64_t quota, usn;
	struct spill_flaw flaw;
};

int spill_ntfs_info_read(struct spill_span raw, struct spill_ntfs_info *out);

enum { /* spill_ntfs_name.space */
	SPILL_NTFS_POSIX,
	SPILL_NTFS_WIN32,
	SPILL_NTFS_DOS,
	SPILL_NTFS_WIN32_AND_DOS,
};

struct spill_ntfs_name { /* $FILE_NAME, of a record or of an index */
	struct spill_ntfs_ref parent;
	struct spill_stamps times;
	uint64_t allocated, size;
	uint32_t attributes;
	uint32_t reparse; /* tag; or size of EAs */
	uint8_t space;
	struct spill_span name; /* UTF-16LE; cut if its length says more */
	struct spill_flaw flaw;
};

int spill_ntfs_name_read(struct spill_span raw, struct spill_ntfs_name *out);

struct spill_ntfs_listed { /* an entry of $ATTRIBUTE_LIST */
	size_t at;
	uint32_t type;
	uint16_t id;
	uint64_t first_vcn;
	struct spill_ntfs_ref where; /* the record that has it */
	struct spill_span name; /* UTF-16LE */
	struct spill_flaw flaw;
};

struct spill_ntfs_list {
	struct spill_cur cur;
	bool done;
};

struct spill_ntfs_list spill_ntfs_list(struct spill_span raw);
int spill_ntfs_list_next(
    struct spill_ntfs_list *it, struct spill_ntfs_listed *out);

struct spill_ntfs_object_id { /* GUIDs as they are stored */
	uint8_t id[16];
	bool births; /* the three below are there */
	uint8_t birth_volume[16], birth_object[16], birth_domain[16];
	struct spill_flaw flaw;
};

int spill_ntfs_object_id_read(
    struct spill_span raw, struct spill_ntfs_object_id *out);

enum { /* spill_ntfs_reparse.tag, those that are decoded ([MS-FSCC] 2.1.2) */
	SPILL_NTFS_TAG_JUNCTION = 0xa0000003,
	SPILL_NTFS_TAG_SYMLINK = 0xa000000c,
	SPILL_NTFS_TAG_WOF = 0x80000017,
	SPILL_NTFS_TAG_DEDUP = 0x80000013,
};

struct spill_ntfs_reparse {
	uint32_t tag;
	struct spill_span data; /* behind the header */
	/* symbolic links and junctions, UTF-16LE: where it leads, and how that
	 * is shown to people */
	struct spill_span target, shown;
	bool relative; /* a symbolic link that counts from its folder */
	/* WOF (Windows overlay filter): where the content is, and how */
	uint32_t wof_provider; /* 1: a WIM file; 2: stream WofCompressedData */
	uint32_t wof_format; /* provider 2: 0 XPRESS4K, 1 LZX, 2 XPRESS8K,
				3 XPRESS16K */
	struct spill_flaw flaw;
};

int spill_ntfs_reparse_read(
    struct spill_span raw, struct spill_ntfs_reparse *out);

struct spill_ntfs_volume { /* $VOLUME_INFORMATION */
	uint8_t major, minor;
	uint16_t flags; /* 1: dirty */
	struct spill_flaw flaw;
};

int spill_ntfs_volume_read(
    struct spill_span raw, struct spill_ntfs_volume *out);
/* The content of $VOLUME_NAME is the name in UTF-16LE, nothing else. */

/* --- indexes ------------------------------------------------------------ */

struct spill_ntfs_index { /* an index root, or an index block */
	struct spill_span bytes; /* what offsets count in */
	uint32_t key_type; /* root: attribute that is indexed, 0 if none */
	uint32_t collation; /* root */
	uint32_t block_size; /* root: bytes of an index block */
	uint64_t vcn; /* block: its own */
	uint64_t lsn; /* block */
	bool inner; /* entries lead to blocks below */
	uint32_t first, end; /* offsets: first entry; behind the last one */
	unsigned torn; /* block: as in spill_ntfs_record */
	struct spill_flaw flaw;
};

/* The content of an $INDEX_ROOT attribute. */
int spill_ntfs_index_root(struct spill_span raw, struct spill_ntfs_index *out);
/* A block of an $INDEX_ALLOCATION attribute, as long as blocks of that index
 * are; copy and torn as in spill_ntfs_record_read(). */
int spill_ntfs_index_block(
    struct spill_span raw, void *copy, struct spill_ntfs_index *out);

struct spill_ntfs_entry {
	size_t at; /* offset of the entry; of the key if that is all there is */
	struct spill_ntfs_ref file; /* record and sequence 0 if not known */
	struct spill_span key; /* a $FILE_NAME if key_type is that */
	bool last; /* the end of a node: no key */
	bool inner; /* child is the VCN of a block below */
	uint64_t child;
	struct spill_flaw flaw;
};

struct spill_ntfs_entries {
	struct spill_cur cur;
	size_t end;
	bool done;
};

struct spill_ntfs_entries spill_ntfs_entries(const struct spill_ntfs_index *x);
/* The entry that ends the node is yielded too: it may have a child. */
int spill_ntfs_entries_next(
    struct spill_ntfs_entries *it, struct spill_ntfs_entry *out);

/*
 * What is left of older entries behind the last one: candidates, in which
 * only the form of a $FILE_NAME key was found. Entry headers are used where
 * they fit their key. Never damaged.
 */
struct spill_ntfs_entries spill_ntfs_slack(const struct spill_ntfs_index *x);
int spill_ntfs_slack_next(
    struct spill_ntfs_entries *it, struct spill_ntfs_entry *out);

#endif
