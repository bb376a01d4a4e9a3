/*
 * meta.c: values of TIFF, EXIF and IPTC.
 */
#include <stdio.h>
#include <string.h>

#include <spill/cur.h>

#include "meta_i.h"

#define TAGS 4096 /* of all directories together */
#define DIRS 64

void
meta_value(struct lines *l, const char *prefix, const char *name,
    struct spill_span charset, struct spill_span value)
{
	struct spill_buf part = SPILL_BUF_INIT(4096);

	while (
	    value.len > 0 && value.p[value.len - 1] == '\0' && charset.len == 0)
		value.len--;
	spill_buf_printf(&part, "%s#%s", prefix, name);
	lines_place(l, spill_buf_as_span(&part), SPILL_ROLE_PROPERTY, 0);
	if (l->rc == SPILL_OK)
		l->rc = plain_text(value, charset, UINT64_MAX, l);
	lines_end(l);
	spill_buf_release(&part);
}

/* --- TIFF --------------------------------------------------------------- */

static const struct {
	unsigned tag;
	const char *name;
} names[] = { { 0x10d, "DocumentName" }, { 0x10e, "ImageDescription" },
	{ 0x10f, "Make" }, { 0x110, "Model" }, { 0x11d, "PageName" },
	{ 0x131, "Software" }, { 0x132, "DateTime" }, { 0x13b, "Artist" },
	{ 0x13c, "HostComputer" }, { 0x8298, "Copyright" },
	{ 0x9003, "DateTimeOriginal" }, { 0x9004, "DateTimeDigitized" },
	{ 0x9286, "UserComment" }, { 0x9c9b, "XPTitle" },
	{ 0x9c9c, "XPComment" }, { 0x9c9d, "XPAuthor" },
	{ 0x9c9e, "XPKeywords" }, { 0x9c9f, "XPSubject" },
	{ 0xa420, "ImageUniqueID" }, { 0xa430, "CameraOwnerName" },
	{ 0xa431, "BodySerialNumber" } };

struct tiff {
	struct spill_span all;
	struct lines *l;
	const char *prefix;
	bool big;
	unsigned tags, dirs;
	uint32_t todo[DIRS]; /* directories to be read */
	unsigned ntodo;
};

static uint32_t
number(const struct tiff *t, size_t at, unsigned bytes)
{
	uint32_t v = 0;

	if (at > t->all.len || bytes > t->all.len - at)
		return 0;
	for (unsigned i = 0; i < bytes; i++) {
		unsigned char c =
		    (unsigned char)t->all.p[at + (t->big ? i : bytes - 1 - i)];

		v = v << 8 | c;
	}
	return v;
}

static void
later(struct tiff *t, uint32_t at)
{
	for (unsigned i = 0; i < t->ntodo; i++)
		if (t->todo[i] == at)
			return;
	if (at > 0 && t->ntodo < DIRS)
		t->todo[t->ntodo++] = at;
}

/* Eight bytes say what the rest is in (EXIF 4.6.5). */
static void
comment(struct tiff *t, struct spill_span v)
{
	struct spill_span charset = { "", 0 };

	if (v.len < 8)
		return;
	if (memcmp(v.p, "UNICODE", 7) == 0)
		charset =
		    t->big ? SPILL_SPAN("UTF-16BE") : SPILL_SPAN("UTF-16LE");
	else if (memcmp(v.p, "JIS", 3) == 0)
		charset = SPILL_SPAN("Shift_JIS");
	v.p += 8;
	v.len -= 8;
	meta_value(t->l, t->prefix, "UserComment", charset, v);
}

static void
told_tag(struct tiff *t, unsigned tag, unsigned type, struct spill_span v)
{
	char text[16];
	const char *name = text;

	(void)snprintf(text, sizeof(text), "0x%04x", tag);
	for (size_t i = 0; i < SPILL_COUNT(names); i++)
		if (names[i].tag == tag)
			name = names[i].name;
	if (tag == 0x2bc)
		t->l->rc =
		    t->l->rc != SPILL_OK ? t->l->rc : xmp_text(v, t->l, "XMP");
	else if (tag == 0x83bb)
		t->l->rc = t->l->rc != SPILL_OK ? t->l->rc
						: iptc_text(v, t->l, "IPTC");
	else if (tag == 0x8649)
		t->l->rc = t->l->rc != SPILL_OK
			       ? t->l->rc
			       : photoshop_text(v, t->l, "IPTC");
	else if (tag == 0x9286)
		comment(t, v);
	else if (tag >= 0x9c9b && tag <= 0x9c9f)
		meta_value(t->l, t->prefix, name, SPILL_SPAN("UTF-16LE"), v);
	else if (type == 2)
		meta_value(t->l, t->prefix, name, SPILL_SPAN(""), v);
}

/* An entry: tag, type, count, value or its place (TIFF 6.0, 2). */
static void
entry(struct tiff *t, size_t at)
{
	static const unsigned sizes[] = { 0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8,
		4 };
	unsigned tag = number(t, at, 2), type = number(t, at + 2, 2);
	uint32_t count = number(t, at + 4, 4);
	uint64_t size;
	size_t place = at + 8;

	if (type >= SPILL_COUNT(sizes))
		return;
	size = (uint64_t)count * sizes[type];
	if (size > 4)
		place = number(t, at + 8, 4);
	/* Those of EXIF, GPS, interoperability, and pages below. */
	if (tag == 0x8769 || tag == 0x8825 || tag == 0xa005)
		later(t, number(t, at + 8, 4));
	if (tag == 0x14a)
		for (uint32_t i = 0; i < count && i < DIRS; i++)
			later(t, number(t, place + 4 * (size_t)i, 4));
	if (place > t->all.len || size > t->all.len - place)
		return;
	told_tag(t, tag, type,
	    (struct spill_span){ t->all.p + place, (size_t)size });
}

static void
directory(struct tiff *t, size_t at)
{
	unsigned n = number(t, at, 2);

	for (unsigned i = 0; i < n && t->tags < TAGS; i++, t->tags++)
		entry(t, at + 2 + 12 * (size_t)i);
	if (at + 2 + 12 * (size_t)n + 4 <= t->all.len)
		later(t, number(t, at + 2 + 12 * (size_t)n, 4));
}

int
tiff_text(struct spill_span bytes, struct lines *l, const char *prefix)
{
	struct tiff t = { .all = bytes, .l = l, .prefix = prefix };

	if (bytes.len < 8 || (memcmp(bytes.p, "II*\0", 4) != 0 &&
				 memcmp(bytes.p, "MM\0*", 4) != 0))
		return l->rc;
	t.big = bytes.p[0] == 'M';
	later(&t, number(&t, 4, 4));
	for (unsigned i = 0; i < t.ntodo && l->rc == SPILL_OK; i++)
		directory(&t, t.todo[i]);
	if (t.ntodo == DIRS || t.tags >= TAGS)
		lines_flaw(l, "limit", 0, 0,
		    "it has more directories or tags than are looked into");
	return l->rc;
}

/* --- IPTC --------------------------------------------------------------- */

static const struct {
	unsigned char set;
	const char *name;
} sets[] = { { 5, "ObjectName" }, { 7, "EditStatus" }, { 10, "Urgency" },
	{ 15, "Category" }, { 20, "SupplementalCategory" }, { 25, "Keywords" },
	{ 40, "SpecialInstructions" }, { 55, "DateCreated" }, { 80, "By-line" },
	{ 85, "By-lineTitle" }, { 90, "City" }, { 92, "Sub-location" },
	{ 95, "Province-State" }, { 101, "Country" },
	{ 103, "TransmissionReference" }, { 105, "Headline" },
	{ 110, "Credit" }, { 115, "Source" }, { 116, "CopyrightNotice" },
	{ 118, "Contact" }, { 120, "Caption" }, { 122, "Writer" } };

static const char *
set_name(unsigned char set, char text[16])
{
	for (size_t i = 0; i < SPILL_COUNT(sets); i++)
		if (sets[i].set == set)
			return sets[i].name;
	(void)snprintf(text, 16, "2:%u", set);
	return text;
}

int
iptc_text(struct spill_span s, struct lines *l, const char *prefix)
{
	struct spill_cur c = spill_cur(s.p, s.len);
	struct spill_span charset = { "", 0 };
	char text[16];

	while (spill_cur_left(&c) >= 5 && l->rc == SPILL_OK) {
		unsigned char record, set;
		struct spill_span v;
		size_t n;

		if (spill_cur_u8(&c) != 0x1c)
			break;
		record = spill_cur_u8(&c);
		set = spill_cur_u8(&c);
		n = (size_t)spill_cur_u8(&c) << 8;
		n |= spill_cur_u8(&c);
		if ((n & 0x8000) != 0) /* so large is none in a picture */
			break;
		v = spill_cur_bytes(&c, n);
		if (!spill_cur_ok(&c))
			break;
		if (record == 1 && set == 90 && v.len >= 3 &&
		    memcmp(v.p, "\033%G", 3) == 0)
			charset = SPILL_SPAN("UTF-8");
		if (record == 2 && set != 0)
			meta_value(l, prefix, set_name(set, text), charset, v);
	}
	return l->rc;
}

int
photoshop_text(struct spill_span s, struct lines *l, const char *prefix)
{
	struct spill_cur c = spill_cur(s.p, s.len);

	while (spill_cur_left(&c) >= 12 && l->rc == SPILL_OK) {
		struct spill_span sig = spill_cur_bytes(&c, 4), v;
		unsigned id = (unsigned)spill_cur_u8(&c) << 8;
		size_t n;

		id |= spill_cur_u8(&c);
		n = spill_cur_u8(&c);
		(void)spill_cur_bytes(&c, n + (n % 2 == 0));
		n = 0;
		for (unsigned i = 0; i < 4; i++)
			n = n << 8 | spill_cur_u8(&c);
		v = spill_cur_bytes(&c, n);
		if (!spill_cur_ok(&c) || memcmp(sig.p, "8BIM", 4) != 0)
			break;
		if (id == 0x404)
			(void)iptc_text(v, l, prefix);
		if (n % 2 != 0 && spill_cur_left(&c) > 0)
			(void)spill_cur_u8(&c);
	}
	return l->rc;
}
