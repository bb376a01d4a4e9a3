/*
 * archive_magic.c: the first bytes of archives and compressed files.
 */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "archive_i.h"

static bool
at(struct spill_span head, size_t pos, const char *bytes, size_t n)
{
	return head.len >= pos + n && memcmp(head.p + pos, bytes, n) == 0;
}

#define AT(head, pos, s) at((head), (pos), (s), sizeof(s) - 1)

/* Anywhere in a program that unpacks itself. */
static bool
in_program(struct spill_span head, const char *bytes, size_t n)
{
	return (AT(head, 0, "MZ") || AT(head, 0,
					 "\x7f"
					 "ELF")) &&
	       memmem(head.p, head.len, bytes, n) != NULL;
}

bool
arc_magic_tar(struct spill_span head)
{
	return head.len >= 512 &&
	       arc_is_tar_header((struct spill_span){ head.p, 512 });
}

/* The binary kind has two bytes only: its name must end where it says. */
static bool
binary_cpio(struct spill_span head)
{
	struct spill_cur c = spill_cur(head.p, head.len);
	size_t len;

	spill_cur_skip(&c, 20);
	if (AT(head, 0, "\xc7\x71"))
		len = spill_cur_u16le(&c);
	else if (AT(head, 0, "\x71\xc7"))
		len = spill_cur_u16be(&c);
	else
		return false;
	return len > 1 && head.len >= 26 + len && head.p[26] != '\0' &&
	       head.p[26 + len - 1] == '\0';
}

bool
arc_magic_cpio(struct spill_span head)
{
	return AT(head, 0, "070701") || AT(head, 0, "070702") ||
	       AT(head, 0, "070707") || binary_cpio(head);
}

bool
arc_magic_7z(struct spill_span head)
{
	static const char magic[] = "7z\xbc\xaf\x27\x1c";

	return at(head, 0, magic, 6) || in_program(head, magic, 6);
}

/* The start header behind the magic has a CRC: of 20 bytes, at 12. The
 * program's own text may have the magic, too. */
static bool
starts_7z(struct spill_span s)
{
	struct spill_cur c = spill_cur(s.p, s.len);

	spill_cur_skip(&c, 8);
	return s.len >= 32 &&
	       spill_cur_u32le(&c) == crc32(0, (const Bytef *)s.p + 12, 20);
}

static uint64_t
search_7z(struct spill_span s, uint64_t none)
{
	const char *hit;

	for (size_t at = 0; at < s.len; at++) {
		hit = memmem(s.p + at, s.len - at, "7z\xbc\xaf\x27\x1c", 6);
		if (hit == NULL)
			break;
		at = (size_t)(hit - s.p);
		if (starts_7z((struct spill_span){ hit, s.len - at }))
			return at;
	}
	return none;
}

int
arc_find_7z(struct spill_src *src, struct spill_span head, uint64_t *where)
{
	struct spill_span s = { NULL, 0 };
	size_t got = 1;
	int rc = SPILL_OK;
	char *p;

	*where = 0;
	if (AT(head, 0, "7z"))
		return SPILL_OK;
	p = malloc(SPILL_SNIFF_HEAD);
	if (p == NULL)
		return SPILL_ENOMEM;
	s.p = p;
	while (rc == SPILL_OK && got > 0 && s.len < SPILL_SNIFF_HEAD) {
		rc = src->read(
		    src, s.len, p + s.len, SPILL_SNIFF_HEAD - s.len, &got);
		s.len += rc == SPILL_OK ? got : 0;
	}
	*where = search_7z(s, src->size);
	free(p);
	return rc;
}

bool
arc_magic_rar(struct spill_span head)
{
	static const char magic[] = "Rar!\x1a\x07";

	return at(head, 0, magic, 7) || in_program(head, magic, 7);
}

bool
arc_magic_rar5(struct spill_span head)
{
	static const char magic[] = "Rar!\x1a\x07\x01";

	return at(head, 0, magic, 8) || in_program(head, magic, 8);
}

bool
arc_magic_cab(struct spill_span head)
{
	static const char magic[] = "MSCF\0\0\0";

	return at(head, 0, magic, 8);
}

bool
arc_magic_iso(struct spill_span head)
{
	return AT(head, 32769, "CD001");
}

bool
arc_magic_ar(struct spill_span head)
{
	return AT(head, 0, "!<arch>\n");
}

bool
arc_magic_xar(struct spill_span head)
{
	return AT(head, 0, "xar!\0");
}

/* "-lh5-" and its kin; the header's level stands at 20. */
bool
arc_magic_lha(struct spill_span head)
{
	return head.len > 21 && head.p[2] == '-' && head.p[6] == '-' &&
	       (AT(head, 3, "lh") || AT(head, 3, "lz") || AT(head, 3, "pm")) &&
	       (uint8_t)head.p[20] <= 3;
}

bool
arc_magic_gzip(struct spill_span head)
{
	return AT(head, 0, "\x1f\x8b\x08") && head.len > 3 &&
	       ((uint8_t)head.p[3] & 0xe0) == 0;
}

bool
arc_magic_bzip2(struct spill_span head)
{
	return AT(head, 0, "BZh") && head.len >= 10 && head.p[3] >= '1' &&
	       head.p[3] <= '9' &&
	       (AT(head, 4, "1AY&SY") ||
		   AT(head, 4, "\x17\x72\x45\x38\x50\x90"));
}

/* Bits per code, in the third byte: 9 to 16. */
bool
arc_magic_compress(struct spill_span head)
{
	return AT(head, 0, "\x1f\x9d") && head.len >= 3 &&
	       (head.p[2] & 0x60) == 0 && (head.p[2] & 0x1f) >= 9 &&
	       (head.p[2] & 0x1f) <= 16;
}

bool
arc_magic_xz(struct spill_span head)
{
	return AT(head, 0,
	    "\xfd"
	    "7zXZ\0");
}

/* No magic: what the LZMA SDK writes by default, a dictionary of one or two
 * bits or all, a size that is unknown or below 256 GiB. */
bool
arc_magic_lzma(struct spill_span head)
{
	struct spill_cur c = spill_cur(head.p, head.len);
	uint64_t dict, size;

	if (spill_cur_u8(&c) != 0x5d)
		return false;
	dict = spill_cur_u32le(&c);
	size = spill_cur_u64le(&c);
	while (dict > 3 && dict % 2 == 0)
		dict /= 2;
	if (dict == UINT32_MAX)
		dict = 1;
	return spill_cur_ok(&c) && spill_cur_left(&c) >= 5 &&
	       (dict == 2 || dict == 3 || dict == 1) &&
	       (size == UINT64_MAX || size < 1ULL << 38);
}

bool
arc_magic_lzip(struct spill_span head)
{
	return AT(head, 0, "LZIP\1");
}

/* RFC 8878 3.1.2: frames of anything may stand before, of lz4 as well. */
static struct spill_span
past_skippable(struct spill_span head)
{
	struct spill_cur c = spill_cur(head.p, head.len);
	uint32_t len;

	while ((spill_cur_u32le(&c) & 0xfffffff0) == 0x184d2a50) {
		len = spill_cur_u32le(&c);
		if (spill_cur_left(&c) < len + 4ULL)
			break;
		head.p += 8 + (size_t)len;
		head.len -= 8 + (size_t)len;
		spill_cur_skip(&c, len);
	}
	return head;
}

bool
arc_magic_zstd(struct spill_span head)
{
	head = past_skippable(head);
	return AT(head, 0, "\x28\xb5\x2f\xfd");
}

bool
arc_magic_lz4(struct spill_span head)
{
	head = past_skippable(head);
	return AT(head, 0, "\x04\x22\x4d\x18") ||
	       AT(head, 0, "\x02\x21\x4c\x18");
}

bool
arc_magic_rpm(struct spill_span head)
{
	return AT(head, 0, "\xed\xab\xee\xdb");
}
