/*
 * parts_i.h: decoders of partition tables.
 *
 * A decoder reads a disk through a view of it, believes nothing and says
 * nothing: partitions, sectors of the tables and what was odd come back as
 * data, so that a table that turns out to be none can be dropped with all
 * that was odd about it. Cost is bounded whatever a table says: PARTS_MAX
 * entries, PARTS_LINKS extended tables, GPT_ARRAY bytes of GPT entries.
 *
 * Described in: UEFI Specification 2.10, chapter 5 (GPT, protective MBR);
 * "Inside Macintosh: Devices", chapter 3 (Apple); sys/disklabel.h of the
 * BSDs; sys/dklabel.h and sys/vtoc.h of Solaris; block/partitions/ of Linux
 * for the numbers.
 */
#ifndef SPILL_PARTS_I_H
#define SPILL_PARTS_I_H

#include <spill/base.h>

#define PARTS_MAX   1024 /* partitions and stretches of tables */
#define PARTS_LINKS 512 /* extended tables of DOS that are followed */
#define PARTS_ODD   128 /* oddities that are kept */

/* Bytes of a disk: all n of them or false. */
struct disk_view {
	bool (*read)(void *ctx, uint64_t at, void *buf, size_t n);
	void *ctx;
	uint64_t size;
};

struct part {
	unsigned number; /* Linux's; 0: sectors of a table */
	uint64_t offset, length; /* bytes; may lie behind the end of the disk */
	unsigned type; /* DOS: its type */
	unsigned in; /* number of the partition whose label has it; 0: none */
	bool core_storage; /* GPT, Mac: its type is that of CoreStorage */
	const char *what; /* of a table */
};

/* Something odd; length 0: of no place. */
struct part_odd {
	uint64_t offset, length;
	char detail[144];
};

struct parts {
	const struct disk_view *disk;
	uint32_t sector; /* bytes, of the table's numbers */
	char name[64]; /* of the kind of table; empty: there is none */
	struct part *v;
	size_t n, cap, partitions;
	struct part_odd odd[PARTS_ODD];
	size_t odds; /* all there were */
	bool doubtful; /* boot code could look like this by chance */
	bool protective; /* DOS: has an entry that stands for a GPT */
	bool foreign; /* DOS: has other entries, too */
	int rc; /* SPILL_ELIMIT: there are more than PARTS_MAX; SPILL_ENOMEM */
};

/*
 * Decode one kind of table; the sector size is the caller's guess, GPT and
 * Mac tables find their own. Returns whether there is one, or SPILL_ENOMEM.
 */
enum parts_kind { PARTS_DOS, PARTS_GPT, PARTS_SUN, PARTS_MAC, PARTS_BSD };
#define PARTS_KINDS 5
int parts_read(struct parts *p, const struct disk_view *disk,
    enum parts_kind kind, uint32_t sector); /* SPILL_OK, SPILL_EFORMAT */
void parts_release(struct parts *p);

/* --- for the decoders --------------------------------------------------- */

bool parts_dos(struct parts *p);
bool parts_gpt(struct parts *p);
bool parts_sun(struct parts *p);
bool parts_mac(struct parts *p);
bool parts_bsd(struct parts *p);
/* Labels in a DOS partition: their slices are numbered from *next on. */
void parts_bsd_in(struct parts *p, const struct part *in, unsigned *next);
void parts_solaris_in(struct parts *p, const struct part *in, unsigned *next);

/* Sectors of the disk; NULL if there is no room, or no disk is so large. */
struct part *parts_add(
    struct parts *p, unsigned number, uint64_t first, uint64_t count);
void parts_table(
    struct parts *p, const char *what, uint64_t first, uint64_t count);
/* length is in bytes, as offset is. */
void parts_odd(struct parts *p, uint64_t offset, uint64_t length,
    const char *format, ...) SPILL_PRINTF(4, 5);
/* Bytes from a sector on. */
bool parts_sectors(struct parts *p, uint64_t sector, void *buf, size_t n);

#endif
