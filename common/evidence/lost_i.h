/*
 * lost_i.h: file systems that no partition table leads to, known by their
 * boot sectors and superblocks and by the copies of these.
 *
 * A sign alone is nothing: sizes, checksums where there are some, and the
 * first structure that the sign leads to must fit. A copy gives the place of
 * the volume that it belongs to. Looking at one sector costs a bounded number
 * of reads, whatever is in it.
 */
#ifndef SPILL_LOST_I_H
#define SPILL_LOST_I_H

#include "parts_i.h"

#include <spill/volumes.h>

struct lost {
	uint64_t start, length; /* bytes of the disk; length 0: not known */
	const char *what; /* "NTFS" */
	const char *copy; /* what was taken for a damaged one, in words */
	struct spill_volume_fix fix[SPILL_VOLUME_FIXES];
	unsigned fixes;
	bool encrypted; /* a copy is enough to know that */
	bool holds; /* others may lie in it as they are: RAID, LVM */
};

/*
 * Is there one whose sign is in the 512 bytes at a place? The volume may begin
 * before it.
 */
bool lost_at(const struct disk_view *d, uint64_t at, const uint8_t sector[512],
    struct lost *out);

/* A stretch that is searched. */
struct lost_range {
	uint64_t from, to;
};

struct lost_search {
	struct spill_image *image; /* for its holes; NULL: there are none */
	const struct disk_view *disk;
	/*
	 * One is found. *next is the place behind its sign; found() may move
	 * it on, to the end of the volume. Not SPILL_OK: the search ends.
	 */
	int (*found)(void *ctx, const struct lost *l, uint64_t *next);
	int (*progress)(void *ctx, uint64_t at); /* may be NULL */
	void *ctx;
};

/* Ranges in order. */
int lost_search(
    const struct lost_search *s, const struct lost_range *r, size_t n);
/*
 * A volume is known to begin at a place, and what begins there is damaged: look
 * where its copy would be, if it is length bytes long. what: a copy of that
 * file system, "NTFS"; NULL: of any.
 */
bool lost_copy_of(const struct disk_view *d, uint64_t start, uint64_t length,
    const char *what, struct lost *out);

/* The length of the file system that begins at a place, by its own word; 0: it
 * is none of those that are known here. */
uint64_t lost_length(const struct disk_view *d, uint64_t start);

/* --- by file system ----------------------------------------------------- */

typedef bool lost_probe(const struct disk_view *d, uint64_t at,
    const uint8_t sector[512], struct lost *out);

lost_probe lost_boot; /* NTFS, FAT, exFAT, BitLocker */
lost_probe lost_ext;
lost_probe lost_hfs;
lost_probe lost_apfs;
lost_probe lost_iso;
lost_probe lost_ufs;
lost_probe lost_luks;
/* What is not read here: it is named. */
lost_probe lost_xfs;
lost_probe lost_btrfs;
lost_probe lost_refs;
lost_probe lost_f2fs;
lost_probe lost_squash;
lost_probe lost_udf;
lost_probe lost_old_hfs;
lost_probe lost_lvm;
lost_probe lost_raid;
lost_probe lost_swap;
lost_probe lost_core_storage;

/* Is there a superblock of ext at the start of a volume that cannot be right?
 */
bool lost_ext_is_damaged(const struct disk_view *d, uint64_t start);
bool lost_read(const struct disk_view *d, uint64_t at, void *buf, size_t n);
/* Note that bytes are to be read from their copy. */
void lost_fix(struct lost *l, uint64_t at, uint64_t from, uint64_t len);

#endif
