/*
 * fs_ntfs_i.h: shared by the parts of the NTFS family: fs_ntfs_boot.c finds
 * the MFT, fs_ntfs_mft.c reads its records and goes once over all of them,
 * fs_ntfs_object.c makes objects of them, fs_ntfs_list.c lists folders,
 * fs_ntfs_secure.c knows owners, fs_ntfs.c has the rest.
 */
#ifndef SPILL_FS_NTFS_I_H
#define SPILL_FS_NTFS_I_H

#include <spill/ntfs.h>

#include "fs_i.h"

/* --- sets of numbers ---------------------------------------------------- */

struct ntfs_set { /* open addressing; 0 is an empty slot */
	uint64_t *v;
	size_t n, cap;
	bool nomem;
};

/* True if it is new. */
bool ev_ntfs_set_add(struct ntfs_set *s, uint64_t key);
bool ev_ntfs_set_has(const struct ntfs_set *s, uint64_t key);
void ev_ntfs_set_reset(struct ntfs_set *s);
void ev_ntfs_set_release(struct ntfs_set *s);

/* --- the MFT ------------------------------------------------------------ */

enum { /* ntfs_rec.state */
	NTFS_REC_THERE = 1, /* a record that could be read */
	NTFS_REC_IN_USE = 2,
	NTFS_REC_DIR = 4,
	NTFS_REC_HELD = 8, /* a folder that was listed has it */
	NTFS_REC_BASE = 16, /* it is no extension of another one */
	NTFS_REC_NAMED = 32, /* it has a name */
	NTFS_REC_DAMAGED = 64, /* none, but not of zeros; or unreadable */
};

/* What is kept of each record. */
struct ntfs_rec {
	uint32_t first; /* one plus the index of its first child */
	uint16_t sequence;
	uint8_t state;
};

/* A $FILE_NAME, in the list of the folder that it says it is in. */
struct ntfs_child {
	uint32_t record; /* of the file */
	uint32_t hash; /* of the name: ev_ntfs_hash() */
	uint32_t next; /* one plus an index; 0: the last */
	uint32_t where; /* the record that has it, of the file or its own */
	uint16_t at; /* its attribute there */
	uint16_t folder_sequence, sequence; /* of folder and file, by it */
};

struct ntfs_sid { /* an owner, by the security id */
	uint32_t id;
	const char *text;
};

#define NTFS_BITS_LEN	  ((size_t)64 << 10) /* bytes of a window */
#define NTFS_BITS_WINDOWS 16u

/* A list of attributes tells which records an object has. Of the same number
 * as libtsk keeps, since the ids that it makes up count on it. */
struct ntfs_ids {
	struct {
		uint64_t record;
		uint32_t type;
		uint16_t id; /* to be given; 0 in the base record */
		size_t len; /* bytes of the name */
		char name[512];
	} v[256];
	unsigned n;
};

/* A part of an attribute that is not resident. */
struct ntfs_piece {
	size_t attr;
	uint64_t vcn, end; /* clusters; end of what is mapped */
	size_t run, runs; /* in ev_object.run */
};

struct ntfs {
	struct spill_ntfs_boot boot;
	uint64_t records;
	struct ev_run *map; /* of $MFT */
	size_t nmap;
	uint8_t *raw, *copy, *fixed; /* a record each */
	bool mirror; /* the last one is that of $MFTMirr */
	bool mirror_first; /* it is asked for record 0 before $MFT is */
	bool guessed; /* nothing says where the MFT is */
	unsigned differ; /* bits: records that it has otherwise */
	bool cut; /* more records than the volume holds */
	uint8_t *all; /* all records as they are on the disk, or NULL */
	bool passed;
	struct ntfs_rec *rec;
	struct ntfs_child *child;
	size_t nchild, cchild;
	struct ev_folder faults; /* of the MFT: told with the root folder */
	struct ev_folder object_faults;
	struct ev_object dir; /* that is listed */
	struct ev_folder alias; /* its names for DOS */
	struct ntfs_set known, seen;
	struct spill_buf name, list, index, bits;
	struct ntfs_ids *ids;
	struct ntfs_piece *piece;
	size_t npiece, cpiece;
	uint64_t *todo; /* extension records */
	uint64_t again; /* how many may be read yet, of all objects */
	uint64_t blocks; /* bytes of indexes that may be read yet */
	struct ntfs_sid *sid; /* by id */
	size_t nsid;
	struct spill_arena sids;
	bool secured; /* $Secure was looked at */
	struct ev_object bitmap;
	bool mapped; /* $Bitmap was looked at */
	uint8_t *window; /* of it */
	uint64_t window_of[NTFS_BITS_WINDOWS]; /* one plus its number */
	bool window_lost[NTFS_BITS_WINDOWS]; /* not all of it can be read */
};

#define NTFS_EXTENSIONS_MAX 1024

/* --- fs_ntfs_boot.c ----------------------------------------------------- */

/*
 * The boot sector at a place of the disk, if record 0 is where it says, or
 * that record's copy is.
 */
bool ev_ntfs_boot(
    struct ev_disk *d, uint64_t offset, struct spill_ntfs_boot *out);
/* Find the MFT: records is 0 if it cannot be. SPILL_OK, SPILL_ENOMEM. */
int ev_ntfs_mft_open(struct ev_fs *fs);

/* --- fs_ntfs_mft.c ------------------------------------------------------ */

#define NTFS_MIRRORED 4u /* records that $MFTMirr has */

void ev_ntfs_mft_close(struct ntfs *s);
/*
 * Bytes of an attribute from its runs, zeros for holes and what is outside.
 * False if not all of it is on the disk.
 */
bool ev_ntfs_read(struct ev_fs *fs, const struct ev_run *run, size_t runs,
    uint64_t at, void *buf, size_t n);
/* The index of the run that has a cluster, or of the first one behind it. */
size_t ev_ntfs_find_run(const struct ev_run *run, size_t runs, uint64_t vcn);
/* The byte of the volume where a byte of it is; false: in a hole. */
bool ev_ntfs_locate(const struct ev_fs *fs, const struct ev_run *run,
    size_t runs, uint64_t at, uint64_t *place);
/* As spill_ntfs_record_read(); its bytes stay until the next one. */
int ev_ntfs_record(
    struct ev_fs *fs, uint64_t number, struct spill_ntfs_record *out);
/* The one of $MFTMirr: SPILL_EFORMAT if it is not whole. */
int ev_ntfs_mirrored(
    struct ev_fs *fs, uint64_t number, struct spill_ntfs_record *out);
/* Is it no extension of another one? These have no $STANDARD_INFORMATION. */
bool ev_ntfs_is_base(const struct spill_ntfs_record *r);
/* Byte of the volume where a byte of the record that was read last is. */
uint64_t ev_ntfs_place(const struct ev_fs *fs, uint64_t number, size_t offset);
/* Go over all records, once. SPILL_OK, SPILL_ENOMEM. */
int ev_ntfs_pass(struct ev_fs *fs);
uint32_t ev_ntfs_hash(struct spill_span name);
int ev_ntfs_unused(struct ev_fs *fs,
    bool (*each)(void *ctx, const struct ev_entry *e, enum ev_kind kind),
    void *ctx);

/* --- fs_ntfs_object.c --------------------------------------------------- */

/*
 * An object but for its facts; each() is given every attribute as it is read.
 * Faults are in object_faults. SPILL_OK; SPILL_END: there is no such record;
 * SPILL_ENOMEM.
 */
int ev_ntfs_object(struct ev_fs *fs, uint64_t number, struct ev_object *out,
    void (*each)(void *ctx, const struct spill_ntfs_attr *a), void *ctx);
/* The same of a record that was read last of all. */
int ev_ntfs_object_of(struct ev_fs *fs, const struct spill_ntfs_record *r,
    uint64_t number, struct ev_object *out,
    void (*each)(void *ctx, const struct spill_ntfs_attr *a), void *ctx);
/* fs_ntfs_piece.c: all of them, into one list of runs for each attribute; and
 * is all of it mapped? */
void ev_ntfs_join(struct ntfs *s, struct ev_object *o);
void ev_ntfs_check_end(struct ev_fs *fs, struct ev_object *o, bool joined);
void ev_ntfs_fault(
    struct ev_fs *fs, uint64_t at, uint64_t length, const char *what);
/* The attribute of a type and (ASCII) name, or NULL. */
const struct ev_attr *ev_ntfs_find(
    const struct ev_object *o, uint32_t type, const char *name);
/* That of a folder's index; by another name, if there is but one. */
const struct ev_attr *ev_ntfs_find_index(
    const struct ev_object *o, uint32_t type);

/* --- fs_ntfs_list.c, fs_ntfs_secure.c ----------------------------------- */

int ev_ntfs_list(struct ev_fs *fs, uint64_t dir, struct ev_folder *out);
/* NULL: not known. */
const char *ev_ntfs_sid(struct ev_fs *fs, uint32_t id);

#endif
