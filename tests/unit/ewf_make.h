/*
 * ewf_make.h: makes small E01 and S01 sets for tests, each segment in a file
 * in memory. The bytes of the media are ewf_media().
 */
#ifndef EWF_MAKE_H
#define EWF_MAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <spill/image.h>

#define EWF_MAKE_SEGMENTS 8
#define EWF_MAKE_SECTIONS 256

enum ewf_make_pack { EWF_MAKE_PACKED, EWF_MAKE_STORED, EWF_MAKE_MIXED };

struct ewf_make {
	uint64_t size; /* of the media; whole sectors */
	unsigned sector, per_chunk; /* 0: 512, 2 */
	unsigned per_table, per_segment; /* chunks; 0: all */
	enum ewf_make_pack pack;
	bool smart; /* S01: short volume, chunks inside of tables */
	bool based; /* EnCase 6: offsets from a base */
	bool no_table2, no_data, no_done, no_hash, header2;
	uint8_t guid; /* first byte of the set's GUID */
	uint64_t far; /* where the last but one chunk begins; 0: no hole */
	const uint32_t (*errors)[2]; /* error2: sector, count */
	unsigned nerrors;
	uint8_t wrong_md5; /* added to the stored hash */
};

struct ewf_section {
	char type[17];
	unsigned part;
	uint64_t at, next;
};

struct ewf_set {
	struct spill_image_part part[EWF_MAKE_SEGMENTS];
	unsigned n;
	struct ewf_section section[EWF_MAKE_SECTIONS];
	unsigned sections;
	uint64_t chunk_at[1024]; /* of each chunk in its file */
	uint8_t md5[16];
};

uint8_t ewf_media(uint64_t offset);
void ewf_make(const struct ewf_make *m, struct ewf_set *set);
void ewf_free_set(struct ewf_set *set);
/* The nth section of a type in a part, or NULL. */
const struct ewf_section *ewf_section(
    const struct ewf_set *set, unsigned part, const char *type, unsigned nth);
/* Change bytes of a file, and the Adler-32 at sum over [from, sum). */
void ewf_poke(int fd, uint64_t at, const void *p, size_t n);
void ewf_poke_sum(int fd, uint64_t from, uint64_t sum);
void ewf_flip(int fd, uint64_t at);

#endif
