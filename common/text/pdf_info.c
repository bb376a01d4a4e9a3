/*
 * pdf_info.c: the properties of a document (ISO 32000-2, 14.3.3): poppler gives
 * those of the standard alone, but programs put their own there, labels of
 * sensitivity among them.
 */
#include <string.h>

#include <spill/hash.h>
#include <spill/utf8.h>

#include "pdfobj_i.h"

#define KEYS	 1000
#define ELEMENTS 1000 /* of an array */
#define MOST	 ((size_t)1 << 20) /* bytes of a value */

/* --- text (7.9.2) ------------------------------------------------------- */

/* PDFDocEncoding where it is not Latin-1 (annex D.2); 0: no character. */
static const uint16_t odd[256] = { [0x18] = 0x2d8,
	0x2c7,
	0x2c6,
	0x2d9,
	0x2dd,
	0x2db,
	0x2da,
	0x2dc,
	[0x80] = 0x2022,
	0x2020,
	0x2021,
	0x2026,
	0x2014,
	0x2013,
	0x192,
	0x2044,
	0x2039,
	0x203a,
	0x2212,
	0x2030,
	0x201e,
	0x201c,
	0x201d,
	0x2018,
	0x2019,
	0x201a,
	0x2122,
	0xfb01,
	0xfb02,
	0x141,
	0x152,
	0x160,
	0x178,
	0x17d,
	0x131,
	0x142,
	0x153,
	0x161,
	0x17e,
	0xfffd,
	[0xa0] = 0x20ac };

static void
pdfdoc(struct spill_span s, struct spill_buf *out)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];
		char text[4];

		spill_buf_put(out, text,
		    spill_utf8_encode(odd[c] != 0 ? odd[c] : c, text));
	}
}

static void
to_utf8(struct spill_span s, struct spill_buf *out)
{
	static const struct {
		const char *mark;
		size_t len;
		const char *charset;
	} marks[] = { { "\xfe\xff", 2, "UTF-16BE" },
		{ "\xff\xfe", 2, "UTF-16LE" }, { "\xef\xbb\xbf", 3, "UTF-8" } };

	for (size_t i = 0; i < SPILL_COUNT(marks); i++) {
		size_t n = marks[i].len;

		if (s.len < n || memcmp(s.p, marks[i].mark, n) != 0)
			continue;
		(void)charset_convert(spill_span(marks[i].charset),
		    (struct spill_span){ s.p + n, s.len - n }, out);
		return;
	}
	pdfdoc(s, out);
}

/* --- values ------------------------------------------------------------- */

struct telling {
	struct pdf_info *i;
	struct pdf_file *f;
	struct spill_buf part, bytes, text;
	bool silent; /* it is told by who knows it better */
};

/* Is this the first time? */
static bool
is_new(struct pdf_info *i, struct spill_span part, struct spill_span text)
{
	uint64_t h =
	    spill_mix(text.p, text.len, spill_mix(part.p, part.len, 0)) | 1;

	for (size_t at = (size_t)h % PDF_TOLD;; at = (at + 1) % PDF_TOLD) {
		if (i->told[at] == h)
			return false;
		if (i->told[at] != 0)
			continue;
		if (i->ntold < PDF_TOLD / 2) {
			i->told[at] = h;
			i->ntold++;
		}
		return true;
	}
}

static void
tell_text(struct telling *t, struct spill_span key, struct spill_span text)
{
	struct lines *l = t->i->l;

	if (!is_new(t->i, key, text) || t->silent)
		return;
	spill_buf_reset(&t->part);
	spill_buf_puts(&t->part, t->i->prefix);
	spill_buf_span(&t->part, key);
	lines_place(l, spill_buf_as_span(&t->part), t->i->role, 0);
	lines_put(l, text);
	lines_end(l);
}

static void
tell_one(struct telling *t, struct spill_span key, const struct pdf_value *v,
    const struct pdf_object *in)
{
	const struct pdf_crypt *c = &t->f->crypt;
	bool quoted = v->kind == PDF_STRING || v->kind == PDF_HEX;

	spill_buf_reset(&t->bytes);
	spill_buf_reset(&t->text);
	if (v->kind == PDF_NUMBER || v->kind == PDF_WORD)
		spill_buf_span(&t->text, v->raw);
	else
		pdf_bytes(v, &t->bytes);
	if (quoted && !in->packed && t->bytes.len > 0 &&
	    !pdf_decrypt(
		c, c->strings, in->num, in->gen, t->bytes.p, &t->bytes.len))
		return;
	if (t->bytes.rc == SPILL_ELIMIT)
		lines_flaw(t->i->l, "limit", 0, 0,
		    "a property of it is larger than the limit of 1 MiB");
	to_utf8(spill_buf_as_span(&t->bytes), &t->text);
	if (!pdf_is(v, "null"))
		tell_text(t, key, spill_buf_as_span(&t->text));
}

/* The strings in an array or dictionary, at any depth. */
static void
tell_all(struct telling *t, struct spill_span key, const struct pdf_value *v,
    const struct pdf_object *in)
{
	struct spill_span rest = pdf_inside(v);
	struct pdf_value x;
	unsigned n = 0;

	while ((x = pdf_token(&rest)).kind != PDF_END && n < ELEMENTS)
		if (x.kind == PDF_STRING || x.kind == PDF_HEX) {
			tell_one(t, key, &x, in);
			n++;
		}
}

static void
tell_value(struct telling *t, struct spill_span key, struct pdf_value v,
    const struct pdf_object *dict)
{
	struct pdf_object o = *dict;

	if (v.kind == PDF_REF) {
		if (!pdf_fetch(t->f, v.num, v.gen, &o))
			return;
		v = o.v;
	}
	if (v.kind == PDF_DICT || v.kind == PDF_ARRAY)
		tell_all(t, key, &v, &o);
	else
		tell_one(t, key, &v, &o);
}

/* Of the information that poppler gives (poppler_document_get_title(), ...). */
static bool
is_usual(struct spill_span key)
{
	static const char *const usual[] = { "Title", "Author", "Subject",
		"Keywords", "Creator", "Producer" };

	for (size_t i = 0; i < SPILL_COUNT(usual); i++)
		if (xml_is(key, usual[i]))
			return true;
	return false;
}

/* The dictionary is copied: objects that are fetched for its values may take
 * the place of the stream that it stands in. */
static void
tell_dict(struct telling *t, const struct pdf_object *o)
{
	struct spill_buf copy = SPILL_BUF_INIT(o->v.raw.len),
			 name = SPILL_BUF_INIT(4096);
	struct pdf_value dict = o->v, v;
	struct spill_span in, key;
	unsigned n = 0;

	spill_buf_span(&copy, o->v.raw);
	dict.raw = spill_buf_as_span(&copy);
	in = pdf_inside(&dict);
	while (t->i->l->rc == SPILL_OK && pdf_pair(&in, &key, &v)) {
		const struct pdf_value k = { .kind = PDF_NAME, .raw = key };

		if (n++ == KEYS) {
			lines_flaw(t->i->l, "limit", 0, 0,
			    "it has more properties than are looked into, "
			    "1000");
			break;
		}
		spill_buf_reset(&name);
		pdf_bytes(&k, &name);
		t->silent = !t->i->usual && is_usual(spill_buf_as_span(&name));
		tell_value(t, spill_buf_as_span(&name), v, o);
	}
	spill_buf_release(&copy);
	spill_buf_release(&name);
}

void
pdf_info_tell(struct pdf_info *i, struct pdf_file *f)
{
	struct telling t = { .i = i,
		.f = f,
		.part = SPILL_BUF_INIT(8192),
		.bytes = SPILL_BUF_INIT(MOST),
		.text = SPILL_BUF_INIT(4 * MOST) };
	struct pdf_object o = { .v = f->info };

	if (f->crypt.strings == PDF_LOCKED) /* which is told by itself */
		o.v.kind = PDF_END;
	if (o.v.kind == PDF_REF && !pdf_fetch(f, f->info.num, f->info.gen, &o))
		o.v.kind = PDF_END;
	if (o.v.kind == PDF_DICT)
		tell_dict(&t, &o);
	if (f->lost && f->crypt.strings != PDF_LOCKED)
		lines_flaw(i->l, f->work == 0 ? "limit" : "damaged", 0, 0,
		    "not all of its properties can be read");
	spill_buf_release(&t.part);
	spill_buf_release(&t.bytes);
	spill_buf_release(&t.text);
}
