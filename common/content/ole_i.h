/*
 * ole_i.h: the parts of the reader of compound files: chains of sectors
 * (ole_chain.c), the directory (ole_dir.c), packaged files (ole_native.c),
 * documents that are encrypted (ole_crypt.c).
 */
#ifndef SPILL_OLE_I_H
#define SPILL_OLE_I_H

#include <spill/buf.h>
#include <spill/ole.h>

#include "member_i.h"

/* [MS-CFB] 2.1, sector numbers; LOST is ours. */
#define OLE_LOST     0xfffffffbu /* its part of the FAT could not be read */
#define OLE_END	     0xfffffffeu
#define OLE_NONE     0xffffffffu /* a free sector; no such entry */
#define OLE_MAX	     0xfffffffau /* the first that is no sector or entry */
#define OLE_ENTRY    128
#define OLE_MINI     64
#define OLE_MINI_MAX 4096 /* a stream of so many bytes has sectors */
#define OLE_DEPTH    100 /* storages within each other */

enum ole_type { /* [MS-CFB] 2.6.1 */
	OLE_FREE = 0,
	OLE_STORAGE = 1,
	OLE_STREAM = 2,
	OLE_ROOT = 5,
};

/* A table of sectors: which comes next, and which chain read it last. */
struct ole_table {
	uint32_t *next;
	uint32_t *seen; /* a number of a chain, 0: none so far */
	uint32_t n;
};

struct ole {
	struct member m;
	uint64_t memory; /* bytes that may still be allocated */
	bool full; /* that was too little */
	unsigned version, shift;
	uint32_t dir_start, mini_start, difat_start;
	uint32_t fats; /* sectors of the FAT, as the header says */
	uint8_t difat[109 * 4];
	struct ole_table fat, mini;
	uint32_t *mini_at; /* sectors of the mini stream */
	uint32_t mini_sectors;
	uint32_t chains; /* numbers of chains so far */
	uint64_t shared; /* bytes that may still be told more than once */
	uint8_t *dir;
	uint32_t *dir_at; /* sectors of the directory */
	uint32_t dir_sectors, entries;
	uint32_t *parent; /* by entry */
	uint8_t *depth; /* 0: the tree does not lead to it; the root has 1 */
	struct spill_buf name, note, title;
};

struct ole_entry {
	uint32_t id;
	uint8_t type;
	struct spill_span name; /* UTF-16LE */
	bool odd_name; /* its length is none that a name can have */
	uint32_t left, right, child, start;
	uint64_t size; /* UINT64_MAX: not to be known */
	struct spill_time born, modified;
};

/* The bytes of a stream or of one of ours, piece by piece. */
struct ole_chain {
	struct ole *o;
	uint32_t next;
	bool mini;
	bool alone; /* sectors that another stream has end it */
	bool crossed; /* some were another's */
	uint32_t number, own; /* numbers from own on are of the same stream */
	uint64_t left; /* bytes wanted */
	const char *why; /* it ended before that */
};

/* SPILL_ELIMIT: a flaw has been told. */
int ole_alloc(struct ole *o, uint64_t n, size_t size, void *out);
uint64_t ole_offset(const struct ole *o, uint32_t sector);
int ole_fat_load(struct ole *o);
int ole_mini_load(struct ole *o);
/* A chain as a list of its sectors, of which there are most at the most. */
int ole_chain_list(struct ole *o, uint32_t start, const char *what,
    uint32_t most, uint32_t **list, uint32_t *n);
struct ole_chain ole_chain(
    struct ole *o, const struct ole_entry *e, uint32_t own);
/* SPILL_END: no more; why, if that is too early. */
int ole_chain_next(struct ole_chain *c, uint64_t *offset, uint64_t *len);
/* All of it to the sink, from a byte on. SPILL_OK also where it ends early. */
int ole_chain_put(struct ole_chain *c, uint64_t skip);
/* n bytes of a stream from an offset, fewer where it ends. */
int ole_chain_get(
    struct ole_chain *c, uint64_t skip, void *p, size_t n, size_t *got);

int ole_dir_load(struct ole *o);
bool ole_dir_entry(const struct ole *o, uint32_t id, struct ole_entry *e);
uint64_t ole_dir_offset(const struct ole *o, uint32_t id);
/* The whole tree, each storage before what is in it; then the rest. */
int ole_dir_walk(
    struct ole *o, int (*one)(struct ole *o, const struct ole_entry *e));
/* Its path to o->name. true: a character of it had to be escaped. */
bool ole_dir_path(struct ole *o, const struct ole_entry *e);

/* The packaged file of a stream that is called \001Ole10Native. */
bool ole_is_native(const struct ole_entry *e);
int ole_native(struct ole *o, const struct ole_entry *e, uint32_t own);

/* A flaw, if the stream says that the document is encrypted. */
int ole_crypt(struct ole *o, const struct ole_entry *e, uint32_t own);

#endif
