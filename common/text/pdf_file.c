/*
 * pdf_file.c: where the objects of a file are (ISO 32000-2, 7.5): tables,
 * streams of them, objects in streams. Where the tables are wrong, objects are
 * looked for by their words.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pdfobj_i.h"

#define SECTIONS 256
#define ROOM	 ((size_t)128 << 20) /* of all tables together */
#define TAIL	 ((size_t)64 << 10) /* where the end is looked for */

struct pdf_section {
	struct pdf_value dict;
	struct spill_span rows; /* of a table: behind its word */
	struct spill_buf held; /* of a stream: they */
	unsigned w[3]; /* of a stream: bytes of its columns */
	bool stream;
	uint64_t at;
};

static struct spill_span
from(struct spill_span s, uint64_t at)
{
	return at < s.len ? (struct spill_span){ s.p + at, s.len - at }
			  : (struct spill_span){ s.p + s.len, 0 };
}

static const struct pdf_value no_value = { .kind = PDF_END, .raw = { "", 0 } };

static struct pdf_value
spent_value(struct pdf_file *f, struct spill_span *s)
{
	const char *p = s->p;
	struct pdf_value v;

	if (f->work == 0)
		return no_value;
	v = pdf_value(s);
	if (!pdf_spend(f, (size_t)(s->p - p)))
		v.kind = PDF_END;
	return v;
}

/* "5 0 obj" at a place: s goes on behind it. */
static bool
object_head(struct spill_span *s, uint64_t *num, uint64_t *gen)
{
	struct pdf_value n = pdf_token(s), g, o;

	if (!pdf_number(&n, num) || *num > UINT32_MAX)
		return false;
	g = pdf_token(s);
	if (!pdf_number(&g, gen) || *gen > UINT16_MAX)
		return false;
	o = pdf_token(s);
	/* "obj<<" are two tokens, "obj5" is none of ours. */
	return pdf_is(&o, "obj");
}

/* --- tables ------------------------------------------------------------- */

#define ROW 20 /* "0000000015 00000 n\r\n" (7.5.4) */

struct rows {
	uint64_t first, count;
	struct spill_span row; /* the first of them */
};

/* The next of a table; s goes on behind its rows. */
static bool
next_rows(struct spill_span *s, struct rows *r)
{
	struct spill_span t = *s, peek;
	struct pdf_value first = pdf_token(&t), count = pdf_token(&t), v;

	if (!pdf_number(&first, &r->first) || !pdf_number(&count, &r->count))
		return false;
	peek = t;
	v = pdf_token(&peek); /* to where a row begins */
	r->row = from(t, (uint64_t)(v.raw.p - t.p));
	*s = r->count > r->row.len / ROW ? from(r->row, r->row.len)
					 : from(r->row, r->count * ROW);
	return true;
}

static bool
table(struct pdf_file *f, struct pdf_section *x, struct spill_span s)
{
	const char *p = s.p, *at;
	struct pdf_value v;
	struct rows r;

	x->rows = s;
	while (next_rows(&s, &r))
		;
	v = pdf_token(&s);
	if (!pdf_is(&v, "trailer")) {
		at = memmem(x->rows.p, x->rows.len, "trailer", 7);
		if (at == NULL)
			return false;
		s = from(x->rows, (uint64_t)(at + 7 - x->rows.p));
	}
	if (!pdf_spend(f, (size_t)(s.p - p)))
		return false;
	x->dict = spent_value(f, &s);
	return x->dict.kind == PDF_DICT;
}

static bool
table_stream(struct pdf_file *f, struct pdf_section *x, struct spill_span s)
{
	struct pdf_object o = { 0 };
	struct pdf_value w, v;
	struct spill_span in;
	uint64_t num, gen, n;

	if (!object_head(&s, &num, &gen))
		return false;
	o.v = x->dict = spent_value(f, &s);
	w = pdf_get(&x->dict, "W");
	in = pdf_inside(&w);
	for (unsigned i = 0; i < 3; i++) {
		v = pdf_token(&in);
		if (!pdf_number(&v, &n) || n > 8)
			return false;
		x->w[i] = (unsigned)n;
	}
	x->stream = true;
	if (!pdf_decode(f, &o, s, false, &x->held) || x->held.len > f->room)
		return false;
	f->room -= x->held.len;
	return true;
}

static struct pdf_section *
add_section(struct pdf_file *f, uint64_t at)
{
	struct pdf_section *v;

	for (size_t i = 0; i < f->sections; i++)
		if (f->section[i].at == at)
			return NULL;
	if (f->sections == SECTIONS)
		return NULL;
	v = spill_grow(f->section, f->sections, &f->cap, sizeof(*v));
	if (v == NULL)
		return NULL;
	f->section = v;
	v += f->sections;
	*v = (struct pdf_section){ .at = at };
	return v;
}

/* The one at a place: it is the oldest so far. NULL: there is none. */
static struct pdf_section *
section(struct pdf_file *f, uint64_t at)
{
	struct spill_span s = from(f->all, at + f->head), t = s;
	struct pdf_section *x = add_section(f, at);
	struct pdf_value v;

	if (x == NULL || s.len == 0)
		return NULL;
	v = pdf_token(&t);
	if (!(pdf_is(&v, "xref") ? table(f, x, t) : table_stream(f, x, s))) {
		spill_buf_release(&x->held);
		return NULL;
	}
	f->sections++;
	return x;
}

static bool
last_place(const struct pdf_file *f, uint64_t *at)
{
	struct spill_span s =
	    from(f->all, f->all.len - SPILL_MIN(f->all.len, TAIL));
	const char *p;
	struct pdf_value v = { .kind = PDF_END };

	while ((p = memmem(s.p, s.len, "startxref", 9)) != NULL) {
		s = from(s, (uint64_t)(p + 9 - s.p));
		v = pdf_token(&s);
	}
	return pdf_number(&v, at);
}

static void
sections(struct pdf_file *f)
{
	struct pdf_section *x;
	struct pdf_value v, more;
	uint64_t at;
	bool any = last_place(f, &at);

	f->torn = true;
	while (any && (x = section(f, at)) != NULL) {
		v = pdf_get(&x->dict, "Prev");
		more = pdf_get(&x->dict, "XRefStm");
		if (pdf_number(&more, &at)) /* 7.5.8.4 */
			(void)section(f, at);
		any = pdf_number(&v, &at);
		f->torn = any;
	}
}

/* --- objects ------------------------------------------------------------ */

struct place {
	unsigned kind; /* 0: free, 1: at a place, 2: in a stream */
	uint64_t at; /* or the number of that stream */
};

static uint64_t
big_endian(const char *p, unsigned n)
{
	uint64_t v = 0;

	while (n-- > 0)
		v = v << 8 | (unsigned char)*p++;
	return v;
}

static bool
in_table(struct pdf_file *f, const struct pdf_section *x, uint32_t num,
    struct place *p)
{
	struct spill_span s = x->rows, t;
	struct pdf_value v;
	struct rows r;

	while (next_rows(&s, &r) && pdf_spend(f, 8)) {
		if (num < r.first || num - r.first >= r.count)
			continue;
		t = from(r.row, (num - r.first) * ROW);
		if (t.len < ROW - 1)
			return false;
		t.len = 18;
		p->kind = t.p[17] == 'n';
		v = pdf_token(&t);
		return pdf_number(&v, &p->at);
	}
	return false;
}

static bool
in_stream(struct pdf_file *f, const struct pdf_section *x, uint32_t num,
    struct place *p)
{
	const unsigned *w = x->w;
	size_t row = w[0] + w[1] + w[2], at = 0;
	struct pdf_value index = pdf_get(&x->dict, "Index"), a, b;
	struct spill_span in = pdf_inside(&index);
	uint64_t first = 0,
		 count = pdf_number_or(&x->dict, "Size", 1U << 31, 0);
	const char *q;

	if (row == 0)
		return false;
	for (;;) {
		if (index.kind == PDF_ARRAY) {
			a = pdf_token(&in);
			b = pdf_token(&in);
			if (!pdf_number(&a, &first) ||
			    !pdf_number(&b, &count) || !pdf_spend(f, 8))
				return false;
		}
		if (num >= first && num - first < count)
			break;
		if (index.kind != PDF_ARRAY || count > (x->held.len - at) / row)
			return false;
		at += count * row;
	}
	if (num - first >= (x->held.len - at) / row)
		return false;
	q = x->held.p + at + (num - first) * row;
	p->kind = w[0] == 0 ? 1 : (unsigned)big_endian(q, w[0]);
	p->at = big_endian(q + w[0], w[1]);
	return true;
}

static bool
where(struct pdf_file *f, uint32_t num, struct place *p)
{
	for (size_t i = 0; i < f->sections; i++) {
		const struct pdf_section *x = &f->section[i];

		if (x->stream ? in_stream(f, x, num, p)
			      : in_table(f, x, num, p))
			return true;
	}
	return false;
}

/* At a place, if it is the one. */
static bool
object_at(struct pdf_file *f, struct spill_span s, uint32_t num,
    struct pdf_object *o, struct spill_span *rest)
{
	uint64_t n, g;

	if (!object_head(&s, &n, &g) || n != num)
		return false;
	o->num = (uint32_t)n;
	o->gen = (uint32_t)g;
	o->packed = false;
	o->v = spent_value(f, &s);
	*rest = s;
	return o->v.kind != PDF_END;
}

/* The last that has these words. */
static bool
search(struct pdf_file *f, uint32_t num, uint32_t gen, struct pdf_object *o,
    struct spill_span *rest)
{
	char words[32];
	size_t n =
	    (size_t)snprintf(words, sizeof(words), "%u %u obj", num, gen);
	struct spill_span s = f->all, hit = { "", 0 };
	const char *p;

	if (!pdf_spend(f, s.len))
		return false;
	while ((p = memmem(s.p, s.len, words, n)) != NULL) {
		if (p == f->all.p || p[-1] < '0' || p[-1] > '9')
			hit = from(f->all, (uint64_t)(p - f->all.p));
		s = from(s, (uint64_t)(p + n - s.p));
	}
	return hit.len > 0 && object_at(f, hit, num, o, rest);
}

static bool
plain_object(struct pdf_file *f, uint32_t num, uint32_t gen,
    const struct place *p, struct pdf_object *o, struct spill_span *rest)
{
	if (p != NULL &&
	    object_at(f, from(f->all, p->at + f->head), num, o, rest))
		return true;
	return search(f, num, gen, o, rest);
}

/* The stream that has it is opened, unless it is (7.5.7). */
static bool
open_holder(struct pdf_file *f, uint32_t holder)
{
	struct pdf_object o;
	struct spill_span rest;
	struct place p;

	if (f->holder == holder && f->inner.len > 0)
		return true;
	spill_buf_release(&f->inner);
	f->inner.len = 0;
	f->holder = holder;
	if (!where(f, holder, &p) || p.kind != 1 ||
	    !plain_object(f, holder, 0, &p, &o, &rest)) {
		f->lost = true;
		return false;
	}
	f->first = (uint32_t)pdf_number_or(&o.v, "First", UINT32_MAX, 0);
	return pdf_decode(f, &o, rest, true, &f->inner);
}

static bool
packed_object(
    struct pdf_file *f, uint32_t num, uint64_t holder, struct pdf_object *o)
{
	struct spill_span head, s;
	struct pdf_value n, at;
	uint64_t number, place;

	if (holder > UINT32_MAX || !open_holder(f, (uint32_t)holder))
		return false;
	head = spill_buf_as_span(&f->inner);
	head.len = SPILL_MIN(head.len, (size_t)f->first);
	if (!pdf_spend(f, head.len))
		return false;
	for (;;) {
		n = pdf_token(&head);
		at = pdf_token(&head);
		if (!pdf_number(&n, &number) || !pdf_number(&at, &place))
			return false;
		if (number == num)
			break;
	}
	s = from(spill_buf_as_span(&f->inner), place + f->first);
	*o = (struct pdf_object){ .num = num, .packed = true };
	o->v = spent_value(f, &s);
	return o->v.kind != PDF_END;
}

bool
pdf_fetch(struct pdf_file *f, uint32_t num, uint32_t gen, struct pdf_object *o)
{
	struct spill_span rest;
	struct place p;

	if (!where(f, num, &p))
		return f->torn && plain_object(f, num, gen, NULL, o, &rest);
	if (p.kind == 2)
		return packed_object(f, num, p.at, o);
	return p.kind == 1 && plain_object(f, num, gen, &p, o, &rest);
}

/* --- whole -------------------------------------------------------------- */

/* Of the newest trailer that has it; without any, the last in the file. */
static struct pdf_value
of_trailer(struct pdf_file *f, const char *key)
{
	struct pdf_value v = no_value;
	struct spill_span s = f->all, last = { "", 0 }, t;
	const char *p;

	for (size_t i = 0; i < f->sections && v.kind == PDF_END; i++)
		v = pdf_get(&f->section[i].dict, key);
	while (f->sections == 0 &&
	       (p = memmem(s.p, s.len, key, strlen(key))) != NULL) {
		s = from(s, (uint64_t)(p - s.p) + strlen(key));
		t = from(s, s.len > 0 && s.p[0] == ' ');
		if (p > f->all.p && p[-1] == '/' && t.len > 0 &&
		    (t.p[0] == '[' || (t.p[0] >= '0' && t.p[0] <= '9')))
			last = t;
	}
	return last.len > 0 ? spent_value(f, &last) : v;
}

static void
first_id(const struct pdf_value *id, struct spill_buf *out)
{
	struct spill_span in = pdf_inside(id);
	struct pdf_value v = pdf_value(&in);

	pdf_bytes(&v, out);
}

static void
open_crypt(struct pdf_file *f)
{
	struct pdf_value e = of_trailer(f, "Encrypt"), id = of_trailer(f, "ID");
	struct spill_buf b = SPILL_BUF_INIT(1024);
	struct pdf_object o;

	/* Itself it is never encrypted, nor in a stream (7.6.2). */
	if (e.kind == PDF_REF && pdf_fetch(f, e.num, e.gen, &o))
		e = o.v;
	if (id.kind == PDF_REF && pdf_fetch(f, id.num, id.gen, &o))
		id = o.v;
	first_id(&id, &b);
	if (e.kind != PDF_END)
		pdf_crypt_open(&f->crypt, &e, spill_buf_as_span(&b));
	spill_buf_release(&b);
}

void
pdf_file_open(struct pdf_file *f, struct spill_span all)
{
	const char *p =
	    memmem(all.p, SPILL_MIN(all.len, (size_t)1024), "%PDF-", 5);

	*f = (struct pdf_file){ .all = all,
		.head = p != NULL ? (size_t)(p - all.p) : 0,
		.room = ROOM,
		.work = 8 * (uint64_t)all.len + ((uint64_t)16 << 20) };
	sections(f);
	open_crypt(f);
	f->info = of_trailer(f, "Info");
}

void
pdf_file_close(struct pdf_file *f)
{
	for (size_t i = 0; i < f->sections; i++)
		spill_buf_release(&f->section[i].held);
	free(f->section);
	spill_buf_release(&f->inner);
	f->section = NULL;
	f->sections = 0;
}
