/*
 * fs_i.h: file systems as the walk sees them: folders, which are lists of
 * entries, and objects, which have attributes, which have runs. A family
 * (fs_ntfs.c, fs_ext.c, ...) makes them from the bytes on the disk by our own
 * decoders; what has none of its own takes libtsk's word (fs_tsk.c).
 */
#ifndef SPILL_FS_I_H
#define SPILL_FS_I_H

#include "disk_i.h"

#include <spill/arena.h>
#include <spill/buf.h>
#include <spill/ondisk.h>
#include <spill/volumes.h>

struct ev_fs;

enum ev_kind {
	EV_ANY, /* of an entry that does not say */
	EV_FILE,
	EV_DIR,
	EV_LINK,
	EV_SPECIAL, /* device, pipe, socket, ... */
};

/* --- folders ------------------------------------------------------------ */

enum ev_named { /* column alloc_name */
	EV_NAMED, /* the entry is in use */
	EV_ERASED, /* it is not any more */
	EV_UNNAMED, /* there is none: the name is made up */
};

struct ev_entry {
	struct spill_span name; /* raw bytes; UTF-16 as WTF-8 */
	uint64_t object; /* its number; 0: it says none */
	uint64_t sequence; /* of the object, 0 if not known (NTFS) */
	uint64_t offset; /* of the entry in its folder, if placed */
	const struct spill_macb *fn; /* times in the entry itself, or NULL */
	/* Small, since a folder may have millions. */
	enum ev_named named : 8;
	enum ev_kind kind : 8;
	bool placed;
	bool journal; /* a copy of its folder in the journal has it */
	bool lost; /* in use, but no folder leads to it: it is not EV_NAMED */
};

/* Bytes of the volume that could not be read or made sense of; length 0 if
 * where they are is not known. */
struct ev_fault {
	uint64_t at, length;
	const char *what; /* printable */
};

/* Names, times and texts live in its arena. */
struct ev_folder {
	struct ev_entry *v;
	size_t n, cap;
	struct ev_fault *fault;
	size_t nfault, cfault;
	struct spill_arena text;
	bool nomem;
};

#define EV_FAULTS_MAX 64 /* of one folder or object; more are counted */

void ev_folder_reset(struct ev_folder *f); /* forget all, keep the tables */
void ev_folder_release(struct ev_folder *f);
/* A copy of what e points to is made. nomem is set if it cannot be. */
void ev_folder_add(struct ev_folder *f, const struct ev_entry *e);
void ev_folder_fault(
    struct ev_folder *f, uint64_t at, uint64_t length, const char *what);
/*
 * Entries that are not in use and of which the same name of the same object
 * (sequence and all) is listed before, or is in use, are dropped: old copies
 * of directory blocks are full of those. Costs the same for each entry.
 */
void ev_folder_dedup(struct ev_folder *f);

/* --- objects ------------------------------------------------------------ */

/* What an object's record on the disk says of it. */
struct ev_facts {
	struct spill_macb at, fn;
	struct spill_time deleted;
	bool bad_time; /* a time was written that means nothing */
	bool map_lost; /* where its content was cannot be known */
	bool has_owner, has_mode, has_generation, has_valid;
	uint32_t uid, gid, mode;
	uint64_t generation; /* or sequence */
	uint64_t valid; /* bytes that were ever written */
	const char *attributes[16];
	unsigned nattributes;
	struct spill_span target; /* of a link, raw; in ev_fs.target */
	const char *sid; /* lives as long as the file system */
	const char *note;
};

struct ev_run {
	uint64_t offset; /* in the content, in blocks */
	uint64_t block; /* of the volume */
	uint64_t count; /* blocks */
};

struct ev_attr {
	uint32_t type, id; /* NTFS */
	bool named, resident, compressed, sparse, encrypted;
	bool stream; /* beside the content; not of NTFS, where a name says it */
	size_t name, name_len; /* in ev_object.text */
	uint64_t size, alloc; /* bytes; alloc with what lies behind the end */
	bool has_init;
	uint64_t init; /* bytes that were written, the others read as 0 */
	bool placed;
	uint64_t at; /* resident: byte of the volume */
	/* Resident, in two pieces (ext): from that byte of it on, so many are
	 * at another byte of the volume. 0: it is in one piece. */
	uint64_t rest_from, rest, rest_at;
	size_t run, runs; /* in ev_object.run: those on the disk, in order */
	bool lost; /* a part of the map is missing */
};

struct ev_object {
	uint64_t number, sequence;
	bool alloc;
	bool taken; /* not that of the entry any more: only alloc is said */
	bool made_up; /* no object of the disk: $OrphanFiles, $FAT1 */
	bool unreadable; /* its record is: what is here means nothing */
	enum ev_kind kind;
	uint64_t links, size;
	struct ev_facts facts;
	struct ev_attr *attr; /* but for NTFS one, or none */
	size_t n, cap;
	struct ev_run *run;
	size_t nrun, crun;
	struct spill_buf text;
	struct ev_folder faults; /* where it is damaged; it has no entries */
	bool renamed; /* the raw name of its entry is in ev_fs.name */
	bool nomem;
};

void ev_object_reset(struct ev_object *o);
void ev_object_release(struct ev_object *o);
/* The new one is all 0; NULL and nomem without memory. */
struct ev_attr *ev_object_attr(struct ev_object *o);
/* To the last attribute; joins it to the run before where they meet. */
void ev_object_run(
    struct ev_object *o, uint64_t offset, uint64_t block, uint64_t count);
/* To the table alone: an attribute is made of those from an index on. */
void ev_object_run_from(struct ev_object *o, size_t from, uint64_t offset,
    uint64_t block, uint64_t count);
void ev_attr_name(struct ev_object *o, struct ev_attr *a, struct spill_span s);
struct spill_span ev_attr_named(
    const struct ev_object *o, const struct ev_attr *a);

/*
 * fs_bytes.c: n bytes of an attribute from offset on, which may lie behind its
 * size: that is slack. Less at the end of what is known to be somewhere.
 * Holes, and what was never written, are zeros. What could not be read is
 * zeros, too: *lost rises by the bytes that are at most.
 */
size_t ev_attr_read(struct ev_fs *fs, const struct ev_object *o,
    const struct ev_attr *a, uint64_t offset, void *buf, size_t n,
    size_t *lost);
/* The byte behind the last one that has a place. */
uint64_t ev_attr_end(
    const struct ev_fs *fs, const struct ev_object *o, const struct ev_attr *a);
/* The byte from which on all the others lie behind the end of the image. */
uint64_t ev_attr_there(
    const struct ev_fs *fs, const struct ev_object *o, const struct ev_attr *a);

/* --- families ----------------------------------------------------------- */

/* What is odd about a file system as a whole. */
typedef void ev_remark(void *ctx, const char *code, const char *detail);

struct ev_fs_ops {
	const char *name;
	bool by_attribute; /* a row for each attribute: NTFS */
	bool clears_maps; /* of what is deleted: ext3, ext4 */
	bool counts_links; /* one that is not 0 says that a name is there */
	int (*open)(struct ev_fs *fs);
	void (*close)(struct ev_fs *fs);
	/* All entries of a folder, erased ones too, but for "." and "..".
	 * SPILL_OK, even if it is damaged: then it has faults; SPILL_ENOMEM. */
	int (*list)(struct ev_fs *fs, uint64_t dir, struct ev_folder *out);
	/*
	 * The object of an entry of folder dir; of one without a name, that of
	 * its number. SPILL_END: there is none, or (taken) it is another's by
	 * now. SPILL_ENOMEM.
	 */
	int (*load)(struct ev_fs *fs, const struct ev_entry *e, uint64_t dir,
	    struct ev_object *out);
	/* Is a block in use? May be NULL: not known. False with block_unknown:
	 * what would say it of this one is lost. */
	bool (*block_used)(struct ev_fs *fs, uint64_t block);
	/*
	 * Objects that are not in use and were, and those in use that no name
	 * led to, where that is known; in rising order: each() with
	 * an entry that leads to it, by its own name if it keeps one, and its
	 * kind; until that returns false. NULL: by libtsk.
	 */
	int (*unused)(struct ev_fs *fs,
	    bool (*each)(
		void *ctx, const struct ev_entry *e, enum ev_kind kind),
	    void *ctx);
	/* Bytes of the entry that these bytes of a folder begin with. */
	size_t (*entry_len)(struct spill_span bytes);

	void (*remarks)(struct ev_fs *fs, ev_remark *say, void *ctx);

	/* --- for ev_tsk_list() and ev_tsk_load() only --- */

	/* What the record of a file says; dir: address of its folder. */
	void (*facts)(struct ev_fs *fs, const TSK_FS_FILE *file, TSK_INUM_T dir,
	    struct ev_facts *out);
	/* The raw name, where libtsk's is not it: true if it was put. */
	bool (*name_of)(struct ev_fs *fs, const TSK_FS_FILE *file,
	    TSK_INUM_T dir, struct spill_buf *name);
	/* Is it a stream of its own, beside the content? (but NTFS) */
	bool (*is_stream)(const TSK_FS_ATTR *attr);
};

struct ev_fs {
	struct ev_disk *disk;
	uint64_t offset, length; /* of the volume on the disk */
	uint64_t session; /* ISO 9660: the sector that it starts at */
	uint32_t block_size;
	uint64_t blocks; /* of the file system */
	uint64_t there; /* how many of them lie inside the image */
	uint64_t root;
	uint64_t orphans; /* number of the folder that is made up for them */
	TSK_FS_INFO *tsk; /* NULL: it is not asked (NTFS) */
	const TSK_POOL_INFO *pool; /* that it is in, or NULL */
	const struct ev_fs_ops *ops;
	void *state; /* of the ops */
	bool block_unknown;
	struct spill_buf target; /* scratch of facts() */
	TSK_FS_FILE *file; /* of ev_tsk_load(): used again for each */
	TSK_FS_META *spare;
	struct spill_buf name; /* of the one that was loaded last, if any */
};

extern const struct ev_fs_ops ev_fs_ntfs, ev_fs_ext, ev_fs_fat, ev_fs_exfat,
    ev_fs_apfs, ev_fs_iso, ev_fs_hfs, ev_fs_ufs, ev_fs_other;

/* Open the file system of a type that was detected; SPILL_EFORMAT. */
int ev_fs_open(
    struct ev_fs *fs, struct ev_disk *disk, const struct spill_volume *volume);
/* Ask libtsk, too, where it was not: false if it does not open it. */
bool ev_fs_need_tsk(struct ev_fs *fs);
void ev_fs_close(struct ev_fs *fs);
/* n bytes of the volume, all or none. */
bool ev_fs_read(struct ev_fs *fs, uint64_t at, void *buf, size_t n);
/* Could some of those bytes not be read? They are zeros then. */
bool ev_fs_is_bad(struct ev_fs *fs, uint64_t at, uint64_t n);

/*
 * What is in no folder: objects not in use whose number is not among those
 * (rising), but for the ones that a folder among them leads to.
 */
int ev_fs_orphans(
    struct ev_fs *fs, const uint64_t *named, size_t n, struct ev_folder *out);

/* UFS, wherever its superblock is; NULL. fs->disk, offset, length are set. */
TSK_FS_INFO *ev_ufs_open(struct ev_fs *fs, unsigned type);

/* --- fs_tsk.c: by libtsk -------------------------------------------------- */

int ev_tsk_list(struct ev_fs *fs, uint64_t dir, struct ev_folder *out);
int ev_tsk_load(struct ev_fs *fs, const struct ev_entry *e, uint64_t dir,
    struct ev_object *out);
/* The one attribute of an object that a reader of ours fills: empty, in place
 * of those it had; NULL: there is no memory. */
TSK_FS_ATTR *ev_tsk_only_attr(TSK_FS_META *m);
bool ev_tsk_block_used(struct ev_fs *fs, uint64_t block);

/* Of HFS+ and APFS: is its content in a decmpfs attribute? Then its size is
 * set, too: that of the inode is 0. */
bool ev_is_packed(const TSK_FS_FILE *file);
/* Of HFS+ and APFS: a fork or an extended attribute. */
bool ev_is_fork(const TSK_FS_ATTR *attr);
/* libtsk writes "^" where it could not keep a byte of a name. */
bool ev_name_is_odd(const char *name);

#endif
