/*
 * fat.h: decoders of FAT12, FAT16 and FAT32.
 *
 * Microsoft's "FAT File System Specification" (fatgen103, version 1.03) is
 * called [FAT] in comments, with the section.
 *
 * Times are local times of an unknown zone. born has 10 ms (prec 2), modified
 * counts in steps of 2 s (prec 0: its last digit is always even), accessed is
 * a day, changed does not exist. Raw times (spill_stamps.raw) are
 * date << 16 | time, for born with the 10 ms field << 32. All 0 is a time that
 * nobody wrote: the date reads 1980-00-00.
 */
#ifndef SPILL_FAT_H
#define SPILL_FAT_H

#include <spill/cur.h>
#include <spill/ondisk.h>

/* --- boot sector -------------------------------------------------------- */

struct spill_fat_boot {
	unsigned bits; /* 12, 16 or 32 */
	uint32_t sector_size, cluster_size; /* bytes */
	uint32_t reserved; /* sectors before the first FAT */
	uint32_t fats, fat_sectors; /* how many, how long each */
	uint32_t root_entries; /* FAT12 and FAT16 */
	uint32_t root_cluster; /* FAT32 */
	uint32_t root_sector; /* FAT12 and FAT16 */
	uint32_t data_sector; /* of cluster 2 */
	uint64_t sectors; /* of the volume */
	uint32_t clusters; /* 2 to clusters + 1 are valid */
	uint32_t info_sector, backup_sector; /* FAT32, 0 if none */
	int active; /* FAT32: the one FAT in use; -1: all are alike */
	uint8_t media;
	bool has_serial;
	uint32_t serial;
	uint8_t label[11]; /* as stored, padded with blanks */
	struct spill_flaw flaw;
};

/*
 * Of its first 512 bytes. After SPILL_EDAMAGED no field may be used to find
 * anything in the volume unless the caller can check it otherwise: sizes may
 * be 0.
 */
int spill_fat_boot_read(struct spill_span raw, struct spill_fat_boot *out);

/* --- directories -------------------------------------------------------- */

#define SPILL_FAT_LONG_MAX 520 /* bytes of 20 entries of 13 units */

enum { /* spill_fat_entry.attributes */
	SPILL_FAT_READONLY = 0x01,
	SPILL_FAT_HIDDEN = 0x02,
	SPILL_FAT_SYSTEM = 0x04,
	SPILL_FAT_LABEL = 0x08,
	SPILL_FAT_DIRECTORY = 0x10,
	SPILL_FAT_ARCHIVE = 0x20,
};

enum spill_fat_long { /* what there is of a long name */
	SPILL_FAT_LONG_NONE,
	SPILL_FAT_LONG_WHOLE, /* all its parts, and their checksum fits */
	SPILL_FAT_LONG_LIKELY, /* of a deleted entry: its parts lie before it
				  and the checksum can fit */
	SPILL_FAT_LONG_ORPHAN, /* no short entry belongs to it: only at, first,
				  deleted, beyond and the long name are set */
};

struct spill_fat_entry {
	size_t at; /* offset of the short entry; of an orphan's last part */
	size_t first; /* of the first part of the long name, else = at */
	bool deleted;
	bool beyond; /* behind the entry that ends the directory */
	bool dot; /* "." or ".." */
	uint8_t raw[11]; /* the short name as stored */
	/*
	 * The short name as bytes of the volume's code page: NAME.EXT, with
	 * the case that NT noted. The first byte of a deleted one is lost and
	 * shown as "_"; lost is what the checksum of its long name says it
	 * was, 0 if that is not known.
	 */
	char name[13]; /* NUL-terminated */
	uint8_t name_len; /* a NUL may be in it, where it is damaged */
	uint8_t lost;
	enum spill_fat_long long_kind;
	size_t long_len; /* bytes of long_name, in UTF-16LE */
	uint8_t long_name[SPILL_FAT_LONG_MAX];
	uint8_t attributes, nt_flags;
	uint32_t cluster; /* the high half only of FAT32 */
	uint32_t size; /* 0 for directories */
	struct spill_stamps times;
	struct spill_flaw flaw;
};

struct spill_fat_dir {
	struct spill_span bytes;
	size_t pos; /* of the next entry to look at */
	size_t run; /* where the long name's parts before pos begin */
	unsigned bits;
	bool beyond;
};

/* The bytes of a directory, its clusters in order; bits as in the boot
 * sector. */
struct spill_fat_dir spill_fat_dir(struct spill_span bytes, unsigned bits);
/*
 * Files, directories, labels and orphaned long names, the deleted ones too.
 * Behind the end of the directory (a first byte of 0) what looks like an
 * entry is yielded with beyond set. SPILL_EDAMAGED: this entry is flawed, or
 * the last one is cut.
 */
int spill_fat_dir_next(struct spill_fat_dir *it, struct spill_fat_entry *out);

/* --- the table ---------------------------------------------------------- */

enum spill_fat_link {
	SPILL_FAT_FREE,
	SPILL_FAT_NEXT, /* *next is a cluster of the volume */
	SPILL_FAT_LAST,
	SPILL_FAT_BAD, /* the cluster is marked as bad */
	SPILL_FAT_WRONG, /* leads to no cluster of the volume */
};

/* What the table says behind a cluster; SPILL_EDAMAGED if it does not reach
 * there. fat: the bytes of one FAT. */
int spill_fat_link(const struct spill_fat_boot *boot, struct spill_span fat,
    uint32_t cluster, enum spill_fat_link *kind, uint32_t *next);
/* The same of a part of one FAT, which begins with the entry of cluster
 * first, an even number. */
int spill_fat_link_from(const struct spill_fat_boot *boot,
    struct spill_span part, uint32_t first, uint32_t cluster,
    enum spill_fat_link *kind, uint32_t *next);

#endif
