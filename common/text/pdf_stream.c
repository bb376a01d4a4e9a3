/*
 * pdf_stream.c: the bytes of streams (ISO 32000-2, 7.3.8 and 7.4): decrypted,
 * unpacked, and what a predictor made of them undone.
 */
#include <stdlib.h>
#include <string.h>

#include <spill/inflate.h>

#include "pdfobj_i.h"

#define MOST_OUT ((size_t)64 << 20) /* of a stream */

static struct spill_span
behind(struct spill_span s, size_t n)
{
	return (struct spill_span){ s.p + n, s.len - n };
}

bool
pdf_spend(struct pdf_file *f, size_t n)
{
	if (n > f->work) {
		f->lost = true;
		f->work = 0;
		return false;
	}
	f->work -= n;
	return true;
}

/* Its length is a hint: the word behind it must be there. Of a length that is
 * an object of its own the word alone decides. */
static bool
stream_bytes(struct pdf_file *f, const struct pdf_value *dict,
    struct spill_span rest, struct spill_span *out)
{
	struct pdf_value w = pdf_token(&rest), n, e;
	struct spill_span after;
	const char *end;
	uint64_t len;

	if (!pdf_is(&w, "stream"))
		return false;
	rest = behind(rest, rest.len > 0 && rest.p[0] == '\r');
	rest = behind(rest, rest.len > 0 && rest.p[0] == '\n');
	n = pdf_get(dict, "Length");
	if (pdf_number(&n, &len) && len <= rest.len) {
		after = behind(rest, (size_t)len);
		after.len = SPILL_MIN(after.len, (size_t)16);
		e = pdf_token(&after);
		if (pdf_is(&e, "endstream")) {
			*out = (struct spill_span){ rest.p, (size_t)len };
			return pdf_spend(f, out->len);
		}
	}
	end = memmem(rest.p, rest.len, "endstream", 9);
	*out = (struct spill_span){ rest.p,
		end != NULL ? (size_t)(end - rest.p) : rest.len };
	return pdf_spend(f, out->len);
}

/* The predictors of PNG (7.4.4.4, ISO 15948, 9): each row has its own. */
static void
unpredict_row(
    unsigned char *row, const unsigned char *above, size_t n, size_t bpp)
{
	for (size_t i = 1; i < n; i++) {
		int a = i > bpp ? row[i - bpp] : 0, b = above ? above[i] : 0;
		int c = above && i > bpp ? above[i - bpp] : 0, p = a + b - c;
		int pa = abs(p - a), pb = abs(p - b), pc = abs(p - c);
		int paeth = pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
		int add[] = { 0, a, b, (a + b) / 2, paeth };

		if (row[0] < SPILL_COUNT(add))
			row[i] = (unsigned char)(row[i] + add[row[0]]);
	}
}

static void
unpredict(const struct pdf_value *parms, struct spill_buf *b)
{
	size_t columns = pdf_number_or(parms, "Columns", 1 << 20, 1);
	size_t bits = pdf_number_or(parms, "Colors", 32, 1) *
		      pdf_number_or(parms, "BitsPerComponent", 16, 8);
	size_t n = (columns * bits + 7) / 8 + 1, to = 0;
	unsigned char *above = NULL;

	if (pdf_number_or(parms, "Predictor", 255, 1) < 10)
		return;
	for (size_t at = 0; at + n <= b->len; at += n) {
		unsigned char *row = (unsigned char *)b->p + at;

		unpredict_row(row, above, n, SPILL_MAX(bits / 8, (size_t)1));
		above = row;
	}
	for (size_t at = 0; at + n <= b->len; at += n, to += n - 1)
		memmove(b->p + to, b->p + at + 1, n - 1);
	b->len = to;
}

/* One value, or the only one of an array; an array of more is none. */
static struct pdf_value
only(struct pdf_value v)
{
	struct spill_span in = pdf_inside(&v);
	struct pdf_value one, more;

	if (v.kind != PDF_ARRAY)
		return v;
	one = pdf_value(&in);
	more = pdf_value(&in);
	if (one.kind == PDF_CLOSE) /* [] */
		one.kind = PDF_END;
	else if (more.kind != PDF_CLOSE)
		one.kind = PDF_WORD;
	return one;
}

static bool
unfilter(struct pdf_file *f, const struct pdf_value *dict, struct spill_span s,
    struct spill_buf *out)
{
	struct pdf_value filter = only(pdf_get(dict, "Filter"));
	struct pdf_value parms = only(pdf_get(dict, "DecodeParms"));

	*out = SPILL_BUF_INIT(SPILL_MIN(MOST_OUT, (size_t)f->work));
	if (filter.kind == PDF_END) {
		spill_buf_span(out, s);
	} else if (pdf_is(&filter, "/FlateDecode") || pdf_is(&filter, "/Fl")) {
		(void)spill_inflate(s, out);
		if (out->len > 0)
			unpredict(&parms, out);
	} else {
		f->lost = true;
	}
	if (out->len > 0 && out->rc != SPILL_ENOMEM && pdf_spend(f, out->len))
		return true;
	f->lost = true;
	spill_buf_release(out);
	return false;
}

bool
pdf_decode(struct pdf_file *f, const struct pdf_object *o,
    struct spill_span rest, bool encrypted, struct spill_buf *out)
{
	struct spill_buf b;
	struct spill_span s;
	bool ok;

	if (o->v.kind != PDF_DICT || !stream_bytes(f, &o->v, rest, &s)) {
		f->lost = true;
		return false;
	}
	if (!encrypted || f->crypt.streams == PDF_PLAIN)
		return unfilter(f, &o->v, s, out);
	b = SPILL_BUF_INIT(s.len);
	spill_buf_span(&b, s);
	ok = b.rc == SPILL_OK && b.len > 0 &&
	     pdf_decrypt(
		 &f->crypt, f->crypt.streams, o->num, o->gen, b.p, &b.len) &&
	     unfilter(f, &o->v, spill_buf_as_span(&b), out);
	f->lost |= !ok;
	spill_buf_release(&b);
	return ok;
}
