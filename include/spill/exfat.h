/*
 * exfat.h: decoders of exFAT.
 *
 * Microsoft's "exFAT file system specification" is called [EX] in comments,
 * with the section.
 *
 * Times: born and modified have 10 ms (prec 2), accessed counts in steps of
 * 2 s (prec 0), changed does not exist. A time whose UTC offset is marked as
 * valid is zoned, any other is a local time of an unknown zone. Raw times
 * (spill_stamps.raw) are the timestamp | 10 ms field << 32 | UTC offset field
 * << 40. A timestamp of 0 is one that nobody wrote.
 */
#ifndef SPILL_EXFAT_H
#define SPILL_EXFAT_H

#include <spill/cur.h>
#include <spill/ondisk.h>

struct spill_exfat_boot {
	uint32_t sector_size, cluster_size; /* bytes */
	uint64_t partition_sector; /* where it says it begins, 0 if unsaid */
	uint64_t sectors; /* of the volume */
	uint32_t fat_sector, fat_sectors, fats;
	uint32_t data_sector; /* of cluster 2 */
	uint32_t clusters; /* 2 to clusters + 1 are valid */
	uint32_t root_cluster;
	uint32_t serial;
	uint8_t major, minor;
	uint16_t flags; /* 1: second FAT active; 2: dirty; 4: media failure */
	uint8_t in_use; /* percent, 255 if not known */
	struct spill_flaw flaw;
};

/* Of its first 512 bytes. After SPILL_EDAMAGED sizes may be 0. */
int spill_exfat_boot_read(struct spill_span raw, struct spill_exfat_boot *out);

#define SPILL_EXFAT_REGION 12 /* sectors, the last one of them checksums */

/* [EX] 3.4: the checksum of the region that a boot sector begins, with that of
 * the sectors before, 0 at first. */
uint32_t spill_exfat_boot_sum(
    uint32_t sum, struct spill_span sector, bool first);

#define SPILL_EXFAT_NAME_MAX 510 /* bytes of 255 units */

enum spill_exfat_kind { /* the type of an entry, without its in-use bit */
	SPILL_EXFAT_BITMAP = 0x01,
	SPILL_EXFAT_UPCASE = 0x02,
	SPILL_EXFAT_LABEL = 0x03,
	SPILL_EXFAT_FILE = 0x05,
	SPILL_EXFAT_GUID = 0x20,
	SPILL_EXFAT_STREAM = 0x40, /* without a file entry before it */
	SPILL_EXFAT_NAME = 0x41, /* likewise */
};

enum { /* spill_exfat_entry.attributes */
	SPILL_EXFAT_READONLY = 0x01,
	SPILL_EXFAT_HIDDEN = 0x02,
	SPILL_EXFAT_SYSTEM = 0x04,
	SPILL_EXFAT_DIRECTORY = 0x10,
	SPILL_EXFAT_ARCHIVE = 0x20,
};

struct spill_exfat_entry {
	size_t at; /* offset of the first entry of the set */
	unsigned entries; /* 32 bytes each, that were taken for it */
	uint8_t kind; /* of enum spill_exfat_kind, or one not known */
	bool deleted; /* not in use */
	bool beyond; /* behind the entry that ends the directory */
	bool has_stream; /* there was a stream extension */
	bool sum_ok; /* the set's checksum fits what is there; of a deleted
			set: what was there before it was deleted */
	bool sound; /* a file: it is as one must be, or its set is whole */
	uint16_t attributes;
	struct spill_stamps times;
	/* of the stream extension; bitmap and upcase have cluster and length */
	bool allocated; /* cluster and length mean something */
	bool contiguous; /* NoFatChain: the FAT does not tell its clusters */
	uint32_t cluster;
	uint64_t length, valid; /* bytes, and how many of them were written */
	uint32_t upcase_sum; /* upcase: checksum of its table */
	uint8_t which; /* bitmap: of FAT 0 or 1 */
	uint8_t guid[16];
	uint16_t name_hash;
	unsigned name_units; /* as the stream extension has it */
	size_t name_len; /* bytes of name, in UTF-16LE */
	uint8_t name[SPILL_EXFAT_NAME_MAX]; /* of a file or a label */
	struct spill_flaw flaw;
};

struct spill_exfat_dir {
	struct spill_span bytes;
	size_t pos;
	bool beyond;
};

/* The bytes of a directory, its clusters in order. */
struct spill_exfat_dir spill_exfat_dir(struct spill_span bytes);
/*
 * Entry sets and single entries, those not in use too. A set ends early at an
 * entry that does not belong to it; that entry then comes by itself or begins
 * the next set. What lies behind the end of the directory is yielded with
 * beyond set if it looks like entries.
 */
int spill_exfat_dir_next(
    struct spill_exfat_dir *it, struct spill_exfat_entry *out);

#endif
