/*
 * fs_i.h: what differs from one family of file systems to the next. libtsk
 * gives addresses, structure and allocation; times, attributes and odd names
 * come from the bytes on the disk, by our own decoders.
 */
#ifndef SPILL_FS_I_H
#define SPILL_FS_I_H

#include "disk_i.h"

#include <spill/buf.h>
#include <spill/ondisk.h>
#include <spill/volumes.h>

struct ev_fs;

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

/* A name that libtsk does not list. */
struct ev_entry {
	TSK_FS_NAME name; /* its name is ours, raw */
	uint64_t offset; /* of the entry in its folder */
	struct spill_macb fn;
	uint64_t size;
};

struct ev_entries {
	struct ev_entry *v;
	size_t n;
};

/* The entries of one folder, to find names by: made once for each. */
struct ev_place {
	uint64_t hash, offset;
};

struct ev_places {
	TSK_INUM_T dir;
	struct ev_place *v;
	size_t n, cap;
	bool loaded, nomem;
};

/* What is odd about a file system as a whole. */
typedef void ev_remark(void *ctx, const char *code, const char *detail);

struct ev_fs_ops {
	const char *name;
	int (*open)(struct ev_fs *fs);
	void (*close)(struct ev_fs *fs);
	void (*remarks)(struct ev_fs *fs, ev_remark *say, void *ctx);
	/* What the record of a file says; dir: address of its folder. */
	void (*facts)(struct ev_fs *fs, const TSK_FS_FILE *file, TSK_INUM_T dir,
	    struct ev_facts *out);
	/* The raw name, where libtsk's is not it: true if it was put. */
	bool (*name_of)(struct ev_fs *fs, const TSK_FS_FILE *file,
	    TSK_INUM_T dir, struct spill_buf *name);
	/* All entries of a folder, old ones too: ev_place_add() for each. */
	void (*places)(struct ev_fs *fs, TSK_INUM_T dir);
	/* More old names of a folder; names of libtsk's may be set right. */
	int (*old_entries)(
	    struct ev_fs *fs, TSK_FS_DIR *dir, struct ev_entries *out);
	/* The raw name of an attribute: true if it was put. */
	bool (*stream_of)(struct ev_fs *fs, const TSK_FS_FILE *file,
	    const TSK_FS_ATTR *attr, struct spill_buf *name);
	/* Bytes of the entry that these bytes of a folder begin with. */
	size_t (*entry_len)(struct spill_span bytes);
	/* Is it a stream of its own, beside the content? (but NTFS) */
	bool (*is_stream)(const TSK_FS_ATTR *attr);
	/* Byte of the volume where the content of a resident attribute is. */
	bool (*resident_at)(struct ev_fs *fs, const TSK_FS_FILE *file,
	    const TSK_FS_ATTR *attr, uint64_t *at);
};

struct ev_fs {
	struct ev_disk *disk;
	uint64_t offset, length; /* of the volume on the disk */
	TSK_FS_INFO *tsk;
	const TSK_POOL_INFO *pool; /* that it is in, or NULL */
	const struct ev_fs_ops *ops;
	void *state; /* of the ops */
	struct spill_buf target; /* scratch for facts() */
	struct ev_places places;
};

extern const struct ev_fs_ops ev_fs_ntfs, ev_fs_ext, ev_fs_fat, ev_fs_exfat,
    ev_fs_apfs, ev_fs_iso, ev_fs_hfs, ev_fs_ufs, ev_fs_other;

/* Open the file system of a type that was detected; SPILL_EFORMAT. */
int ev_fs_open(
    struct ev_fs *fs, struct ev_disk *disk, const struct spill_volume *volume);
void ev_fs_close(struct ev_fs *fs);
/* n bytes of the volume, all or none. */
bool ev_fs_read(struct ev_fs *fs, uint64_t at, void *buf, size_t n);
void ev_place_add(
    struct ev_fs *fs, uint64_t object, struct spill_span name, uint64_t offset);
/* Where in its folder the entry with this name is. */
bool ev_place_find(struct ev_fs *fs, const TSK_FS_NAME *name, TSK_INUM_T dir,
    uint64_t *offset);
/* Of HFS+ and APFS: is its content in a decmpfs attribute? Then its size is
 * set, too: that of the inode is 0. */
bool ev_is_packed(const TSK_FS_FILE *file);
/* Of HFS+ and APFS: a fork or an extended attribute. */
bool ev_is_fork(const TSK_FS_ATTR *attr);
/* libtsk writes "^" where it could not keep a byte of a name. */
bool ev_name_is_odd(const char *name);
/* Is raw what libtsk would have made name of? */
bool ev_name_fits(struct spill_span raw, const char *name);

#endif
