/*
 * fs_fat_i.h: shared by the parts of the FAT family, FAT12 to FAT32 and exFAT:
 * fs_fat.c and fs_exfat.c open and load, fs_fat_open.c what libtsk does not
 * open, fs_fat_map.c follows chains, fs_fat_dir.c reads folders, fs_fat_entry.c
 * and fs_exfat_dir.c tell their entries, fs_fat_sweep.c finds those that are in
 * none.
 *
 * Objects are numbered as libtsk does it: entries of 32 bytes from the start
 * of the data, which is FAT12's and FAT16's root folder or cluster 2. What it
 * makes up, $MBR, the FATs and $OrphanFiles, has the numbers behind the last.
 */
#ifndef SPILL_FS_FAT_I_H
#define SPILL_FS_FAT_I_H

#include <spill/exfat.h>
#include <spill/fat.h>

#include "fs_i.h"

#define FAT_SLOT   32 /* bytes of an entry */
#define FAT_FIRST  3 /* number of the first one */
#define FAT_PARTS  20 /* of a long name */
#define EXFAT_SET  19 /* entries of a set */
#define FAT_CARRY  (FAT_PARTS * FAT_SLOT) /* bytes, EXFAT_SET's too */
#define FAT_PIECE  ((size_t)64 << 10)
#define FAT_WINDOW 8192 /* entries of the table, an even number */

struct fat_window {
	uint8_t *bytes;
	uint64_t number; /* of the window in the table */
	bool loaded, bad; /* bad: some of it could not be read */
};

/* Which folder a cluster was listed for. */
struct fat_claim {
	uint32_t cluster; /* 0: the slot is free */
	unsigned erased; /* times it was listed for ones that are not in use */
	uint64_t owner; /* the one in use, 0 if none */
};

struct fat {
	bool exfat;
	struct spill_fat_boot boot; /* of exFAT only bits and clusters */
	struct spill_flaw flaw; /* of the boot sector */
	uint32_t sector_size, cluster_size;
	uint32_t clusters; /* 2 to clusters + 1 */
	uint32_t root_cluster; /* 0: FAT12 and FAT16 */
	unsigned fats;
	uint64_t table, table_len; /* bytes: of the one in use */
	uint64_t first_table;
	uint64_t data; /* byte that entries are numbered from */
	uint64_t heap; /* byte of cluster 2 */
	uint64_t made_up; /* number of $MBR */
	struct fat_window window[8];
	struct ev_object bitmap; /* exFAT: its runs */
	uint8_t *bits; /* a window of it */
	uint64_t bits_at; /* where in it; UINT64_MAX: nowhere */
	size_t bits_len;
	bool bits_bad;
	uint64_t budget; /* clusters that may still be followed */
	struct fat_claim *claim;
	size_t nclaim, cclaim;
	struct ev_object map; /* of the folder that is listed */
	uint8_t *piece; /* FAT_CARRY + FAT_PIECE */
	uint8_t *owned; /* a bit for each cluster of what is in use */
	bool listing; /* what is loaded is a folder, for its entries */
	uint64_t loaded; /* the object that was loaded last */
	bool loaded_alloc, loaded_lost;
};

/* --- fs_fat.c ------------------------------------------------------------ */

/* What both have in common; SPILL_EFORMAT where sizes make no sense. */
int fat_open(struct ev_fs *fs);
void fat_close(struct ev_fs *fs);
/* Byte of the volume of an entry: false for what has none. */
bool fat_entry_at(struct ev_fs *fs, uint64_t number, uint64_t *at);
uint64_t fat_number(const struct fat *s, uint64_t at);
/* The root, or what is made up; false: neither. */
bool fat_load_special(struct ev_fs *fs, uint64_t number, struct ev_object *o);
void fat_attributes(unsigned bits, struct ev_facts *out);
/* Before and after the object of an entry is filled: whether it is in use, and
 * what can be said of any. deleted: the entry says that it is not. */
void fat_begin(struct ev_fs *fs, const struct ev_entry *name, uint64_t at,
    bool deleted, struct ev_object *o);
int fat_end(struct ev_fs *fs, const struct ev_entry *name, uint64_t at,
    bool deleted, struct ev_object *o);
/* Content of an object of o->size bytes, which begins at a cluster. */
void fat_content(
    struct ev_fs *fs, uint32_t cluster, bool contiguous, struct ev_object *o);

/* --- fs_fat_open.c ------------------------------------------------------- */

/*
 * The type, of libtsk, of a FAT whose boot sector is not signed, or 0: it is
 * signed, or what is there is not sound in all that can be checked. libtsk does
 * not open one.
 */
unsigned fat_is_unsigned(struct ev_disk *d, uint64_t offset);
/* Is all sound that a boot sector says that can be checked? */
bool fat_is_sound(struct ev_disk *d, uint64_t offset);
/* One that is not signed: what the walk asks of libtsk's, no more; NULL without
 * memory. */
TSK_FS_INFO *fat_open_unsigned(struct ev_fs *fs);

/* --- fs_fat_map.c -------------------------------------------------------- */

bool fat_is_cluster(const struct fat *s, uint64_t cluster);
uint64_t fat_cluster_at(const struct fat *s, uint64_t cluster);
/* The cluster that a byte of the volume is in, if in one. */
bool fat_cluster_of(const struct fat *s, uint64_t at, uint32_t *cluster);
/* False: the table cannot be read there. */
bool fat_link(struct ev_fs *fs, uint32_t cluster, enum spill_fat_link *kind,
    uint32_t *next);
bool fat_used(struct ev_fs *fs, uint64_t cluster);
/* But for FAT's that the table says of what cannot be: it is in no chain. */
bool fat_is_taken(struct ev_fs *fs, uint64_t cluster);
bool fat_block_used(struct ev_fs *fs, uint64_t block);
/*
 * Runs of the chain from a cluster on to the last attribute of out, no more
 * than most clusters; how many there were. What is wrong is a fault.
 */
uint64_t fat_chain(
    struct ev_fs *fs, uint32_t first, uint64_t most, struct ev_object *out);
/* Runs of so many clusters in a row. */
void fat_row(
    struct ev_fs *fs, uint32_t first, uint64_t count, struct ev_object *out);
/*
 * Where the clusters of what was erased may have been: libtsk's guess, the
 * next ones that are not in use. False: some in between were passed by.
 */
bool fat_guess(
    struct ev_fs *fs, uint32_t first, uint64_t count, struct ev_object *out);
/* Has an item in use that was seen this cluster? True if it is not known. */
bool fat_is_owned(const struct fat *s, uint32_t cluster);
/* A fault of an item in use that has clusters of one that came before. */
void fat_own(struct ev_fs *fs, struct ev_object *o);
/* A fault of the folder where the FATs are not alike. */
void fat_compare(struct ev_fs *fs, struct ev_folder *out);

/* --- fs_fat_dir.c -------------------------------------------------------- */

struct fat_listing {
	struct ev_fs *fs;
	struct fat *s;
	struct ev_folder *out;
	uint64_t dir;
	bool erased; /* the folder itself is */
	bool lost; /* it is in use, but its entry is behind an end */
	bool strict; /* it may be anything: entries must look like some */
	bool begun, beyond;
	uint64_t base; /* where in the folder the bytes begin */
	uint64_t piece, at; /* where the last piece does, and in the volume */
	size_t held; /* bytes kept for the next piece */
	struct ev_fault junk;
	struct spill_buf name; /* scratch */
	uint64_t lone; /* exFAT: where the name that is gathered began */
	uint64_t lone_end;
	struct spill_buf lone_name;
	/* Entries of some bytes; returns how many of them must come again
	 * before the next. last: there is no next. */
	size_t (*parse)(
	    struct fat_listing *l, struct spill_span bytes, bool last);
	void (*end)(struct fat_listing *l); /* may be NULL */
	bool (*is_entry)(const struct fat *s, const uint8_t *p);
};

int fat_list_by(struct fat_listing *l, uint64_t dir, struct ev_folder *out);
/* Is a cluster that of a folder in use that was listed? */
bool fat_is_claimed(struct fat *s, uint32_t cluster);
/* May a folder whose entry is behind the end of its own be in use, by the table
 * or the bitmap, and by what is known of other folders? */
bool fat_is_free_folder(const struct fat_listing *l, uint32_t cluster);
/* Byte of the volume of one of the folder. */
uint64_t fat_place(const struct fat_listing *l, uint64_t offset);
/* What is no entry where one should be. */
void fat_junk(struct fat_listing *l, uint64_t offset, size_t len);

/* --- fs_fat_entry.c ------------------------------------------------------ */

int fat_list(struct ev_fs *fs, uint64_t dir, struct ev_folder *out);
/* libtsk's tests of what may be anything; long name parts pass, too. */
bool fat_is_entry(const struct fat *s, const uint8_t *p);
bool fat_is_part(const uint8_t *p);
void fat_name(const struct spill_fat_entry *e, struct spill_buf *out);

/* --- fs_fat_sweep.c ------------------------------------------------------ */

/* What the first two entries of a folder of FAT say, "." and "..": clusters, 0
 * the root. */
struct fat_dots {
	bool has_self, has_up;
	uint32_t self, up;
};

/* False: there are no two entries at the cluster. */
bool fat_dots(struct ev_fs *fs, uint32_t cluster, struct fat_dots *out);
/* Does a folder begin at a cluster? parent: the first cluster of its own
 * folder, 0 the root. */
bool fat_is_folder(struct ev_fs *fs, uint32_t cluster, uint32_t *parent);

typedef bool fat_each(void *ctx, const struct ev_entry *e, enum ev_kind kind);

/* What both do with a slot that may be an entry; before and behind: bytes of
 * the same stretch. False: enough. */
struct fat_sweep {
	struct ev_fs *fs;
	struct fat *s;
	fat_each *each;
	void *ctx;
	struct spill_buf name;
	uint8_t *raw; /* a piece of it */
	bool in_use; /* what is swept is */
	uint64_t next; /* the cluster before which nothing is left to do */
	bool (*is_entry)(const struct fat *s, const uint8_t *p);
	bool (*slot)(struct fat_sweep *w, struct spill_span bytes, size_t pos,
	    uint64_t number);
	/* A cluster in use that no item was seen to have; may be NULL. It may
	 * set next. */
	bool (*stray)(struct fat_sweep *w, uint32_t cluster);
};

int fat_sweep(struct fat_sweep *w);
/* Is a cluster in use, and no item was seen to have it? */
bool fat_is_stray(struct fat_sweep *w, uint64_t cluster);
/* The clusters from one on, without the last. */
bool fat_sweep_clusters(struct fat_sweep *w, uint64_t first, uint64_t last);
int fat_unused(struct ev_fs *fs, fat_each *each, void *ctx);

/* --- exFAT --------------------------------------------------------------- */

/* fs_exfat.c: the set that begins with the first byte; false: none does. */
bool exfat_decode(const uint8_t *p, size_t n, struct spill_exfat_entry *e);
/* fs_exfat_dir.c */
int exfat_list(struct ev_fs *fs, uint64_t dir, struct ev_folder *out);
int exfat_unused(struct ev_fs *fs, fat_each *each, void *ctx);
size_t exfat_entry_len(struct spill_span bytes);

#endif
