/*
 * disk_make.h: disks in memory, with partition tables made by hand. Behind
 * their bytes they go on as zeros, so that they can be as large as is wanted.
 */
#ifndef SPILL_TESTS_DISK_MAKE_H
#define SPILL_TESTS_DISK_MAKE_H

#include <libdeflate.h>

#include "../../common/evidence/parts_i.h"

#include "bytes.h"

#define DISK_BYTES ((size_t)8 << 20)

struct memory_disk {
	uint8_t *p;
	size_t n; /* bytes of p */
	struct disk_view view;
};

static inline bool
memory_read(void *ctx, uint64_t at, void *buf, size_t n)
{
	const struct memory_disk *m = ctx;
	size_t have = at < m->n ? (size_t)(m->n - at) : 0;

	if (n > m->view.size || at > m->view.size - n)
		return false;
	have = have < n ? have : n;
	if (have > 0)
		memcpy(buf, m->p + at, have);
	memset((uint8_t *)buf + have, 0, n - have);
	return true;
}

static inline void
memory_open(struct memory_disk *m, size_t n, uint64_t size)
{
	m->p = calloc(n, 1);
	if (m->p == NULL)
		abort();
	m->n = n;
	m->view = (struct disk_view){ memory_read, m, size };
}

static inline void
memory_free(struct memory_disk *m)
{
	free(m->p);
	m->p = NULL;
}

static inline void
dos_slot(struct memory_disk *m, size_t sector, unsigned slot, uint8_t type,
    uint32_t first, uint32_t count)
{
	uint8_t *p = m->p + sector * 512;

	p[446 + 16 * slot + 4] = type;
	put32(p + 446 + 16 * slot + 8, first);
	put32(p + 446 + 16 * slot + 12, count);
	put16(p + 510, 0xaa55);
}

/* --- GPT ---------------------------------------------------------------- */

struct gpt_make {
	uint32_t sector;
	uint64_t sectors; /* of the disk */
	uint32_t count, size;
};

static inline uint8_t *
gpt_header(struct memory_disk *m, const struct gpt_make *g, bool backup)
{
	return m->p + (backup ? g->sectors - 1 : 1) * g->sector;
}

static inline uint64_t
gpt_array(const struct gpt_make *g, bool backup)
{
	uint64_t n = ((uint64_t)g->count * g->size + g->sector - 1) / g->sector;

	return backup ? g->sectors - 1 - n : 2;
}

static inline void
gpt_seal(struct memory_disk *m, const struct gpt_make *g, bool backup)
{
	uint8_t *h = gpt_header(m, g, backup);

	put32(h + 16, 0);
	put32(h + 16, libdeflate_crc32(0, h, 92));
}

static inline void
gpt_entry(struct memory_disk *m, const struct gpt_make *g, uint32_t i,
    uint64_t first, uint64_t last)
{
	for (int backup = 0; backup < 2; backup++) {
		uint8_t *e = m->p + gpt_array(g, backup) * g->sector +
			     (size_t)i * g->size;

		memset(e, 0xa0 + (int)i, 32);
		put64(e + 32, first);
		put64(e + 40, last);
		put32(gpt_header(m, g, backup) + 88,
		    libdeflate_crc32(0, m->p + gpt_array(g, backup) * g->sector,
			(size_t)g->count * g->size));
		gpt_seal(m, g, backup);
	}
}

static inline void
gpt_make(struct memory_disk *m, const struct gpt_make *g)
{
	dos_slot(m, 0, 0, 0xee, 1, UINT32_MAX);
	for (int backup = 0; backup < 2; backup++) {
		uint8_t *h = gpt_header(m, g, backup);

		memcpy(h, "EFI PART\0\0\1\0", 12);
		put32(h + 12, 92);
		put64(h + 24, backup ? g->sectors - 1 : 1);
		put64(h + 32, backup ? 1 : g->sectors - 1);
		put64(h + 40, 34);
		put64(h + 48, g->sectors - 34);
		memset(h + 56, 0x77, 16);
		put64(h + 72, gpt_array(g, backup));
		put32(h + 80, g->count);
		put32(h + 84, g->size);
		put32(h + 88,
		    libdeflate_crc32(0, m->p + gpt_array(g, backup) * g->sector,
			(size_t)g->count * g->size));
		gpt_seal(m, g, backup);
	}
}

#endif
