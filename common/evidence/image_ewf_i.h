/*
 * image_ewf_i.h: E01 and S01 inside.
 *
 * A segment file is a header of 13 bytes and sections behind one another,
 * each with a descriptor of 76 bytes that has its own checksum. "sectors"
 * has chunks of the media, packed by zlib or stored with an Adler-32 behind;
 * the "table" behind it (in EnCase 1 and S01: around them) says where each
 * begins, "table2" is a copy of it. Which chunk a table's first one is, is
 * written nowhere: it is the number of chunks in all tables before.
 *
 * So a missing segment, or one whose end is lost, leaves a gap of unknown
 * length. The total is known, so one gap has a known length, and what is
 * behind the last of several is counted from the end; what lies between two
 * gaps has no certain place and is not served.
 *
 * (Section names below are those of the format's description by libyal,
 * "Expert Witness Compression Format specification".)
 */
#ifndef SPILL_IMAGE_EWF_I_H
#define SPILL_IMAGE_EWF_I_H

#include <libdeflate.h>

#include <spill/arena.h>
#include <spill/cur.h>

#include "image_i.h"

#define EWF_HEADER     13
#define EWF_DESCRIPTOR 76
#define EWF_TABLES     ((size_t)1 << 18)
#define EWF_ENTRIES    ((uint32_t)1 << 20)
#define EWF_TEXT       ((size_t)1 << 20)
#define EWF_PACKED     0x80000000u

struct ewf_table {
	uint64_t first; /* chunk */
	uint64_t at[2]; /* its entries in table and table2; 0: none */
	uint64_t base[2];
	uint64_t from, to; /* of the chunks' bytes in the file */
	uint32_t *own; /* entries found without a table, or NULL */
	uint32_t count;
	uint32_t part;
	unsigned loaded; /* where its entries are, + 1; 0: not loaded */
	bool footer; /* a checksum is behind the entries */
	unsigned gap; /* enum spill_bad: chunks may be missing before it */
	unsigned gap_segment;
};

/* Where a chunk is. */
struct ewf_place {
	const struct image_part *part;
	uint64_t at;
	size_t len; /* as far as the next one says; 0: it does not */
	bool packed;
};

/* What a thread needs to unpack. */
struct ewf_tools {
	struct ewf_tools *next;
	struct libdeflate_decompressor *z;
	uint8_t *in; /* ewf_in_len() bytes */
	uint8_t *out; /* one chunk */
};

struct ewf_loaded {
	uint32_t *e; /* NULL: unreadable */
	size_t table;
	size_t bytes;
	uint64_t base, used;
	uint32_t wrap; /* from this one on entries have 32 bits, all stored */
	int error;
	bool full;
};

struct ewf_slot {
	uint64_t chunk; /* + 1; 0: empty */
	uint64_t used;
	uint8_t *p;
};

#define EWF_LOADED     256
#define EWF_LOADED_MAX ((size_t)16 << 20)
#define EWF_WAYS       ((size_t)8)

struct ewf {
	struct ewf_table *table; /* by first, once placed */
	size_t tables, cap;
	uint64_t sum; /* of their counts */
	bool has_volume, has_text2, has_text, has_done;
	unsigned texts; /* headers that were tried */
	uint32_t chunks; /* that the volume section claims */
	struct spill_arena text; /* of info.field */
	unsigned gap, gap_segment; /* in front of the next table */
	struct {
		size_t part;
		uint64_t at;
		uint32_t count;
	} errors; /* error2 */

	pthread_mutex_t lock; /* of the following */
	struct ewf_tools *idle;
	struct ewf_loaded loaded[EWF_LOADED];
	size_t loaded_bytes;
	struct ewf_slot *slot;
	size_t sets, ways;
	uint64_t clock;
};

/* One segment's sections being followed. */
struct ewf_walk {
	struct spill_image *img;
	struct ewf *ewf;
	const struct image_part *p;
	uint32_t part;
	uint64_t at; /* of the section */
	char type[17];
	uint64_t body, end; /* of its data, inside the file */
	uint64_t next;
	uint64_t data_from, data_to; /* chunks that no table named yet */
	bool data;
	bool mirror; /* the last table waits for its copy */
	bool cut; /* the section reaches behind the end of the file */
	bool foreign; /* of another set */
};

void ewf_note(struct ewf_walk *w, const char *what, unsigned flaw);
bool ewf_sum_ok(const uint8_t *p, size_t n); /* Adler-32 behind n bytes */

/* Follow all sections of a part; false: it is no segment of this set. */
bool ewf_walk(struct spill_image *img, size_t part);
void ewf_gap(struct ewf *e, enum spill_bad kind, unsigned segment);
int ewf_place(struct spill_image *img, const char **why);

/* Sections. */
void ewf_volume(struct ewf_walk *w);
void ewf_header(struct ewf_walk *w, bool wide);
void ewf_hashes(struct ewf_walk *w);
void ewf_session(struct ewf_walk *w);
void ewf_errors(struct ewf_walk *w);
void ewf_errors_add(struct spill_image *img);
/* A table of count chunks to fill, behind the others; NULL: too many, or no
 * memory. */
struct ewf_table *ewf_table_add(struct ewf_walk *w, uint32_t count);
void ewf_on_table(struct ewf_walk *w, bool second);
/* Chunks without a table: find them by unpacking one after another. kind is
 * what those are that are not found. */
void ewf_recover(struct ewf_walk *w, enum spill_bad kind);

/* Under ewf->lock: false, and *kind and *error say why. */
bool ewf_find(struct spill_image *img, uint64_t chunk, struct ewf_place *place,
    enum spill_bad *kind, int *error);
/* Bytes a chunk may have in the file. */
size_t ewf_in_len(const struct spill_image *img);
size_t ewf_chunk_len(const struct spill_image *img, uint64_t chunk);
struct ewf_tools *ewf_tools_take(struct spill_image *img);
void ewf_tools_give(struct spill_image *img, struct ewf_tools *t);

#endif
