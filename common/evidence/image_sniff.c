#include <string.h>

#include <spill/utf8.h>

#include "image_i.h"

#define HEAD 4096
#define TAIL 512

/* Formats that must not pass for raw: each by the bytes it begins with. */
static const struct {
	const char *magic;
	size_t len, at;
	const char *why;
} signatures[] = {
	{ "LVF\x09\x0d\x0a\xff\x00", 8, 0,
	    "is logical evidence (L01), which is not read yet" },
	{ "EVF2\x0d\x0a\x81\x00", 8, 0,
	    "is an EnCase image of version 2 (Ex01), which is not read yet" },
	{ "LEF2\x0d\x0a\x81\x00", 8, 0,
	    "is logical evidence of version 2 (Lx01), which is not read yet" },
	{ "ADCRYPT\0", 8, 0, "is encrypted (AccessData)" },
	{ "KDMV", 4, 0, "is a VMDK disk, which is not read yet" },
	{ "COWD", 4, 0, "is a VMDK disk, which is not read yet" },
	{ "# Disk DescriptorFile", 21, 0,
	    "is the description of a VMDK disk, which is not read yet" },
	{ "QFI\xfb", 4, 0, "is a QCOW disk, which is not read yet" },
	{ "conectix", 8, 0, "is a VHD disk, which is not read yet" },
	{ "vhdxfile", 8, 0, "is a VHDX disk, which is not read yet" },
	{ "\x7f\x10\xda\xbe", 4, 64, "is a VDI disk, which is not read yet" },
	{ "AFF10\x0d\x0a\x00", 8, 0, "is an AFF image, which is not read yet" },
	{ "AFM", 3, 0, "is an AFF image, which is not read yet" },
	{ "PK\x03\x04", 4, 0, "is a zip archive, not an image" },
	{ "7z\xbc\xaf\x27\x1c", 6, 0, "is a 7z archive, not an image" },
	{ "Rar!\x1a\x07", 6, 0, "is a RAR archive, not an image" },
	{ "\x1f\x8b\x08", 3, 0, "is compressed (gzip), not an image" },
	{ "BZh", 3, 0, "is compressed (bzip2), not an image" },
	{ "\xfd"
	  "7zXZ\x00",
	    6, 0, "is compressed (xz), not an image" },
	{ "\x28\xb5\x2f\xfd", 4, 0, "is compressed (zstd), not an image" },
	{ "%PDF-", 5, 0, "is a PDF document, not an image" },
};

/* One of the segments says so: the first may be the damaged one. */
static bool
is_ewf(struct spill_image *img)
{
	uint8_t p[8];

	for (size_t i = 0; i < img->parts; i++)
		if (img->part[i].size >= sizeof(p) &&
		    part_read_whole(
			img, &img->part[i], 0, p, sizeof(p), NULL) &&
		    memcmp(p, "EVF\x09\x0d\x0a\xff\x00", sizeof(p)) == 0)
			return true;
	return false;
}

/* All of it well-formed UTF-8 as people write it; the end may be cut. */
static bool
is_text(const char *p, size_t n)
{
	size_t i = 0;

	while (i < n) {
		uint32_t cp;
		unsigned len = spill_utf8_decode(p + i, n - i, &cp);

		if (len == 0)
			return i > 0 && n == HEAD && n - i < 4;
		if (cp < 0x20 && cp != '\t' && cp != '\n' && cp != '\r' &&
		    cp != '\f')
			return false;
		i += len;
	}
	return n > 0;
}

static const char *
by_head(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < SPILL_COUNT(signatures); i++)
		if (n >= signatures[i].at + signatures[i].len &&
		    memcmp(p + signatures[i].at, signatures[i].magic,
			signatures[i].len) == 0)
			return signatures[i].why;
	return is_text((const char *)p, n) ? "is text, not an image" : NULL;
}

/* Fixed VHD and DMG are only known by their end. */
static const char *
by_tail(const uint8_t *p)
{
	if (memcmp(p, "conectix", 8) == 0)
		return "is a VHD disk, which is not read yet";
	if (memcmp(p, "koly", 4) == 0)
		return "is a DMG disk, which is not read yet";
	return NULL;
}

const char *
sniff(struct spill_image *img, bool *ewf)
{
	const struct image_part *p = &img->part[0];
	uint8_t head[HEAD];
	size_t n = (size_t)SPILL_MIN(p->size, sizeof(head));
	const char *why;

	*ewf = is_ewf(img);
	if (*ewf)
		return NULL;
	(void)part_read_whole(img, p, 0, head, n, NULL);
	why = by_head(head, n);
	p = &img->part[img->parts - 1];
	if (why == NULL && p->size >= TAIL &&
	    part_read_whole(img, p, p->size - TAIL, head, TAIL, NULL))
		why = by_tail(head);
	return why;
}
