/*
 * picture.c: what pictures say in their metadata: comments, EXIF, IPTC, XMP and
 * PNG's texts. What is written in the picture itself is not read here.
 */
#include <stdio.h>
#include <string.h>

#include <spill/cur.h>
#include <spill/inflate.h>
#include <spill/look.h>

#include "formats_i.h"
#include "meta_i.h"

#define SMALL	  64 /* pixels of a side: nothing can be read in it */
#define MOST_TEXT ((size_t)16 << 20)

struct image {
	struct spill_span all;
	struct lines *l;
	uint32_t width, height; /* 0: not known */
};

static uint32_t
big(struct spill_cur *c, unsigned bytes)
{
	uint32_t v = 0;

	while (bytes-- > 0)
		v = v << 8 | spill_cur_u8(c);
	return v;
}

static bool
begins(struct spill_span s, const char *p, size_t n)
{
	return s.len >= n && memcmp(s.p, p, n) == 0;
}

static struct spill_span
behind(struct spill_span s, size_t n)
{
	return (struct spill_span){ s.p + n, s.len - n };
}

static void
comment(struct image *x, struct spill_span v)
{
	lines_place(x->l, SPILL_SPAN("comment"), SPILL_ROLE_COMMENT, 0);
	if (x->l->rc == SPILL_OK)
		x->l->rc = plain_text(v, SPILL_SPAN(""), UINT64_MAX, x->l);
	lines_end(x->l);
}

/* --- JPEG (ITU T.81, B) ------------------------------------------------- */

static int
segment(struct image *x, unsigned char marker, struct spill_span v)
{
	static const char xap[] = "http://ns.adobe.com/xap/1.0/";
	struct spill_cur c = spill_cur(v.p, v.len);

	if (marker == 0xfe)
		comment(x, v);
	else if (marker == 0xe1 && begins(v, "Exif\0\0", 6))
		return tiff_text(behind(v, 6), x->l, "EXIF");
	else if (marker == 0xe1 && begins(v, xap, sizeof(xap)))
		return xmp_text(behind(v, sizeof(xap)), x->l, "XMP");
	else if (marker == 0xed && begins(v, "Photoshop 3.0", 14))
		return photoshop_text(behind(v, 14), x->l, "IPTC");
	else if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 &&
		 marker != 0xc8 && marker != 0xcc) {
		(void)spill_cur_u8(&c);
		x->height = big(&c, 2);
		x->width = big(&c, 2);
	}
	return x->l->rc;
}

static int
jpeg(struct image *x)
{
	struct spill_cur c = spill_cur(x->all.p + 2, x->all.len - 2);
	int rc = SPILL_OK;

	while (rc == SPILL_OK && spill_cur_left(&c) >= 4) {
		unsigned char marker;
		uint32_t n;

		if (spill_cur_u8(&c) != 0xff)
			break;
		do
			marker = spill_cur_u8(&c);
		while (marker == 0xff && spill_cur_left(&c) > 0);
		if (marker == 0xda || marker == 0xd9)
			break;
		n = big(&c, 2);
		if (!spill_cur_ok(&c) || n < 2 || n - 2 > spill_cur_left(&c)) {
			lines_flaw(x->l, "damaged", 0, 0,
			    "a segment of it reaches behind its end");
			break;
		}
		rc = segment(x, marker, spill_cur_bytes(&c, n - 2));
	}
	return rc == SPILL_OK ? x->l->rc : rc;
}

/* --- PNG (ISO 15948, 11.3) ---------------------------------------------- */

/* Up to a NUL, which is passed over. */
static struct spill_span
word(struct spill_span *rest)
{
	const char *nul =
	    rest->len > 0 ? memchr(rest->p, '\0', rest->len) : NULL;
	struct spill_span w = *rest;

	if (nul != NULL)
		w.len = (size_t)(nul - rest->p);
	*rest = behind(*rest, SPILL_MIN(w.len + 1, rest->len));
	return w;
}

static void
png_value(struct image *x, struct spill_span name, struct spill_span charset,
    struct spill_span v, bool packed)
{
	struct spill_buf out = SPILL_BUF_INIT(MOST_TEXT);
	char text[80];

	(void)snprintf(
	    text, sizeof(text), "%.*s", (int)SPILL_MIN(name.len, 79), name.p);
	if (packed && spill_inflate(v, &out) != SPILL_OK)
		lines_flaw(x->l, "damaged", 0, 0,
		    "a text of it is damaged, or larger than 16 MiB");
	if (packed)
		v = spill_buf_as_span(&out);
	if (strcmp(text, "XML:com.adobe.xmp") == 0)
		(void)xmp_text(v, x->l, "XMP");
	else
		meta_value(x->l, "PNG", text, charset, v);
	spill_buf_release(&out);
}

static int
chunk(struct image *x, struct spill_span type, struct spill_span v)
{
	struct spill_cur c = spill_cur(v.p, v.len);
	struct spill_span name;
	bool packed = false;

	if (begins(type, "IHDR", 4)) {
		x->width = big(&c, 4);
		x->height = big(&c, 4);
	} else if (begins(type, "eXIf", 4)) {
		return tiff_text(v, x->l, "EXIF");
	} else if (begins(type, "tEXt", 4)) {
		name = word(&v);
		png_value(x, name, SPILL_SPAN("ISO-8859-1"), v, false);
	} else if (begins(type, "zTXt", 4)) {
		name = word(&v);
		if (v.len > 1)
			png_value(x, name, SPILL_SPAN("ISO-8859-1"),
			    behind(v, 1), true);
	} else if (begins(type, "iTXt", 4)) {
		name = word(&v);
		if (v.len < 2)
			return x->l->rc;
		packed = v.p[0] != 0;
		v = behind(v, 2);
		(void)word(&v); /* language, name in it */
		(void)word(&v);
		png_value(x, name, SPILL_SPAN("UTF-8"), v, packed);
	}
	return x->l->rc;
}

static int
png(struct image *x)
{
	struct spill_cur c = spill_cur(x->all.p + 8, x->all.len - 8);
	int rc = SPILL_OK;

	while (rc == SPILL_OK && spill_cur_left(&c) >= 12) {
		uint32_t n = big(&c, 4);
		struct spill_span type = spill_cur_bytes(&c, 4);

		if (n > spill_cur_left(&c)) {
			lines_flaw(x->l, "damaged", 0, 0,
			    "a chunk of it reaches behind its end");
			break;
		}
		rc = chunk(x, type, spill_cur_bytes(&c, n));
		(void)spill_cur_bytes(&c, SPILL_MIN(4, spill_cur_left(&c)));
	}
	return rc == SPILL_OK ? x->l->rc : rc;
}

/* --- GIF (89a), WebP ---------------------------------------------------- */

/* Sub-blocks, each behind its length. */
static void
gif_blocks(struct spill_cur *c, struct spill_buf *out)
{
	unsigned n;

	while (spill_cur_left(c) > 0 && (n = spill_cur_u8(c)) > 0) {
		n = (unsigned)SPILL_MIN(n, spill_cur_left(c));
		spill_buf_span(out, spill_cur_bytes(c, n));
	}
}

static size_t
gif_table(unsigned flags)
{
	return (flags & 0x80) != 0 ? (size_t)3 << ((flags & 7) + 1) : 0;
}

static void
gif_extension(struct image *x, struct spill_cur *c)
{
	struct spill_buf b = SPILL_BUF_INIT(MOST_TEXT);
	unsigned label = spill_cur_u8(c);

	gif_blocks(c, &b);
	if (label == 0xfe)
		comment(x, spill_buf_as_span(&b));
	else if (label == 1 && b.len > 12) /* plain text */
		comment(x, behind(spill_buf_as_span(&b), 12));
	spill_buf_release(&b);
}

static int
gif(struct image *x)
{
	struct spill_cur c = spill_cur(x->all.p, x->all.len);
	struct spill_buf none = SPILL_BUF_INIT(0);
	unsigned flags;

	(void)spill_cur_bytes(&c, 6);
	x->width = spill_cur_u8(&c) | (uint32_t)spill_cur_u8(&c) << 8;
	x->height = spill_cur_u8(&c) | (uint32_t)spill_cur_u8(&c) << 8;
	flags = spill_cur_u8(&c);
	(void)spill_cur_bytes(&c, 2 + gif_table(flags));
	while (spill_cur_ok(&c) && spill_cur_left(&c) > 0 &&
	       x->l->rc == SPILL_OK) {
		unsigned kind = spill_cur_u8(&c);

		if (kind == 0x21) {
			gif_extension(x, &c);
		} else if (kind == 0x2c) {
			(void)spill_cur_bytes(&c, 8);
			flags = spill_cur_u8(&c);
			(void)spill_cur_bytes(&c, gif_table(flags) + 1);
			gif_blocks(&c, &none);
		} else {
			break;
		}
	}
	spill_buf_release(&none);
	return x->l->rc;
}

static int
webp(struct image *x)
{
	struct spill_cur c = spill_cur(x->all.p + 12, x->all.len - 12);
	int rc = SPILL_OK;

	while (rc == SPILL_OK && spill_cur_left(&c) >= 8) {
		struct spill_span type = spill_cur_bytes(&c, 4), v;
		uint32_t n = spill_cur_u32le(&c);

		n = (uint32_t)SPILL_MIN(n, spill_cur_left(&c));
		v = spill_cur_bytes(&c, n);
		if (begins(type, "EXIF", 4))
			rc = tiff_text(
			    begins(v, "Exif\0\0", 6) ? behind(v, 6) : v, x->l,
			    "EXIF");
		else if (begins(type, "XMP ", 4))
			rc = xmp_text(v, x->l, "XMP");
		if (n % 2 != 0 && spill_cur_left(&c) > 0)
			(void)spill_cur_u8(&c);
	}
	return rc == SPILL_OK ? x->l->rc : rc;
}

/* --- whole -------------------------------------------------------------- */

static int
metadata(struct image *x)
{
	struct spill_span s = x->all;

	if (begins(s, "\xff\xd8", 2))
		return jpeg(x);
	if (begins(s, "\x89PNG\r\n\x1a\n", 8))
		return png(x);
	if (begins(s, "GIF8", 4))
		return gif(x);
	if (s.len > 12 && begins(s, "RIFF", 4) &&
	    begins(behind(s, 8), "WEBP", 4))
		return webp(x);
	return tiff_text(s, x->l, "EXIF");
}

static int
run(struct spill_src *s, const struct spill_doctext_conf *conf,
    const struct spill_doctext_sink *sink)
{
	struct spill_buf b = { 0 };
	struct lines l;
	struct image x = { .l = &l };
	int rc = text_open(&l, s, conf, sink, &b, &x.all);

	if (rc == SPILL_OK)
		rc = metadata(&x);
	if (x.width == 0 || x.height == 0 ||
	    (x.width >= SMALL && x.height >= SMALL))
		lines_flaw(&l, "unsupported", 0, 0, SPILL_LOOK_PICTURE);
	return text_close(&l, &b, rc);
}

/* Targa has no magic, and libmagic takes other files for it, as $UpCase of
 * NTFS: its kind (byte 2), its map of colours (1), its bits a pixel (16) must
 * go together. */
static bool
is_targa(struct spill_span head)
{
	unsigned map, kind, bits;

	if (head.len < 18)
		return false;
	map = (unsigned char)head.p[1];
	kind = (unsigned char)head.p[2] & ~8U;
	bits = (unsigned char)head.p[16];
	if (map > 1 || kind == 0 || kind > 3 || (kind == 1 && map != 1))
		return false;
	return bits == 8 || bits == 15 || bits == 16 || bits == 24 ||
	       bits == 32;
}

static bool
is_image(
    struct spill_span head, const struct spill_sniff *s, struct spill_span name)
{
	(void)name;
	if (spill_span_eq(s->mime, SPILL_SPAN("image/x-tga")) &&
	    !is_targa(head))
		return false;
	return begins(s->mime, "image/", 6) &&
	       !spill_span_eq(s->mime, SPILL_SPAN("image/svg+xml"));
}

const struct spill_doctext doctext_image = {
	.name = "image",
	.is = is_image,
	.run = run,
	.warm = xml_warm,
};
