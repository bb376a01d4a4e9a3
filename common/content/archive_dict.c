/*
 * archive_dict.c: memory that compressed data ask for, before anybody
 * allocates it.
 */
#include <string.h>

#include "archive_i.h"

uint64_t
archive_dict_lzma(struct spill_span head)
{
	struct spill_cur c = spill_cur(head.p, head.len);

	spill_cur_skip(&c, 1);
	return spill_cur_u32le(&c);
}

/* xz-file-format.txt 3.1: size, flags, two lengths where flags say so, then
 * filters; 5.3.1: LZMA2's property is its dictionary. */
static uint64_t
xz_filters(struct spill_cur c, uint8_t flags)
{
	uint64_t most = 0;

	for (unsigned i = 0; i <= (flags & 3u); i++) {
		uint64_t id = spill_cur_varint(&c);
		uint64_t len = spill_cur_varint(&c);
		struct spill_span p =
		    spill_cur_bytes(&c, (size_t)SPILL_MIN(len, 1024));
		uint8_t bits = p.len > 0 ? (uint8_t)p.p[0] & 63 : 0;

		if (!spill_cur_ok(&c))
			break;
		if (id != 0x21 || len != 1)
			continue;
		most = bits >= 40 ? UINT32_MAX
				  : (2ULL | (bits & 1)) << (bits / 2 + 11);
	}
	return most;
}

uint64_t
archive_dict_xz(struct spill_span head)
{
	struct spill_cur c = spill_cur(head.p, head.len);
	uint8_t flags;

	spill_cur_skip(&c, 12); /* stream header */
	if (spill_cur_u8(&c) == 0)
		return 0; /* an index: no block */
	flags = spill_cur_u8(&c);
	if ((flags & 0x40) != 0)
		(void)spill_cur_varint(&c);
	if ((flags & 0x80) != 0)
		(void)spill_cur_varint(&c);
	return spill_cur_ok(&c) ? xz_filters(c, flags) : 0;
}

/* Lzip manual, "File format": a power of two less some sixteenths. */
uint64_t
archive_dict_lzip(struct spill_span head)
{
	uint8_t b;

	if (head.len < 6)
		return 0;
	b = (uint8_t)head.p[5];
	return (1ULL << (b & 31)) - (1ULL << (b & 31)) / 16 * (b >> 5);
}

/* RFC 8878 3.1.1.1: of a frame that is one segment, the content's size is the
 * window. */
uint64_t
archive_dict_zstd(struct spill_span head)
{
	static const uint8_t dict_len[] = { 0, 1, 2, 4 };
	struct spill_cur c = spill_cur(head.p, head.len);
	uint8_t d, w;

	spill_cur_skip(&c, 4);
	d = spill_cur_u8(&c);
	if ((d & 0x20) == 0) {
		uint64_t base;

		w = spill_cur_u8(&c);
		base = 1ULL << (10 + (w >> 3));
		return spill_cur_ok(&c) ? base + base / 8 * (w & 7) : 0;
	}
	spill_cur_skip(&c, dict_len[d & 3]);
	switch (d >> 6) {
	case 0:
		return spill_cur_u8(&c);
	case 1:
		return spill_cur_u16le(&c) + 256u;
	case 2:
		return spill_cur_u32le(&c);
	}
	return spill_cur_u64le(&c);
}

uint64_t
archive_memory(const struct spill_unpack_conf *conf)
{
	return conf->memory != 0 ? conf->memory : 256 << 20;
}

bool
archive_memory_ok(
    const struct spill_unpack_conf *conf, uint64_t n, struct spill_buf *why)
{
	uint64_t most = archive_memory(conf);

	if (n <= most)
		return true;
	spill_buf_reset(why);
	spill_buf_printf(why,
	    "needs a dictionary of %ju bytes, the limit is "
	    "%ju",
	    (uintmax_t)n, (uintmax_t)most);
	return false;
}
