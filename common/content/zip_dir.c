/*
 * zip_dir.c: the central directory of zip: where it is, and what it lists.
 *
 * Its end record stands at the end, before a comment. What it says of places
 * counts from the first byte of the zip, which need not be that of the
 * source: a program that unpacks itself, another format before it, several
 * zips one behind the other. shift is what to add.
 */
#include <string.h>

#include "archive_i.h"
#include "zip_i.h"

enum {
	LOCATOR64_LEN = 20,
	END64_LEN = 56,
	TRIES = 1 << 16, /* headers that prove to be none of this zip's */
};

/* --- the end record ----------------------------------------------------- */

struct end {
	uint64_t at; /* first byte of it, or of its zip64 twin before it */
	uint64_t behind; /* its comment included */
	uint64_t dir, dir_len, count;
	uint32_t disk;
	bool found;
};

/* The candidates, the better first: one whose comment goes to the very end;
 * one whose directory ends where it begins, counted from the first byte;
 * any at all, if no zip begins at the first byte. */
static unsigned
rank(
    struct zip *z, struct spill_span tail, uint64_t base, size_t i, bool begins)
{
	struct spill_cur c = spill_cur(tail.p, tail.len);
	uint64_t dir, len;
	uint16_t comment;

	spill_cur_seek(&c, i + 12);
	len = spill_cur_u32le(&c);
	dir = spill_cur_u32le(&c);
	comment = spill_cur_u16le(&c);
	if (!spill_cur_ok(&c))
		return 0;
	if (base + i + ZIP_END_LEN + comment == z->src->size)
		return 3;
	if (dir + len == base + i)
		return 2;
	return begins ? 0 : 1;
}

static void
read_end(struct spill_span tail, uint64_t base, size_t i, struct end *e)
{
	struct spill_cur c = spill_cur(tail.p, tail.len);

	spill_cur_seek(&c, i + 4);
	e->disk = spill_cur_u16le(&c);
	spill_cur_skip(&c, 4);
	e->count = spill_cur_u16le(&c);
	e->dir_len = spill_cur_u32le(&c);
	e->dir = spill_cur_u32le(&c);
	e->at = base + i;
	e->behind = e->at + ZIP_END_LEN + spill_cur_u16le(&c);
	e->found = true;
}

static int
find_end(struct zip *z, struct end *e)
{
	uint64_t base = z->src->size > ZIP_TAIL ? z->src->size - ZIP_TAIL : 0;
	unsigned best = 0, r;
	struct spill_span s;
	bool begins;
	int rc = zip_peek(z, 2, 0, 4, &s);

	if (rc != SPILL_OK)
		return rc;
	begins = s.len == 4 && zip_u32(s, 0) == ZIP_LOCAL;
	rc = zip_peek(z, 2, base, ZIP_TAIL, &s);
	if (rc != SPILL_OK)
		return rc;
	for (size_t i = s.len; i-- > 0;) {
		if (s.p[i] != 'P' || zip_u32(s, i) != ZIP_END)
			continue;
		r = rank(z, s, base, i, begins);
		if (r > best) {
			best = r;
			read_end(s, base, i, e);
		}
	}
	return SPILL_OK;
}

/* [APP] 4.3.14 and 4.3.15. Before the end record stands a locator, before
 * that, if nothing was put in between, what it locates; SPILL_EFORMAT: that
 * is not there. */
static int
find_end64(struct zip *z, struct end *e)
{
	struct spill_span s;
	struct spill_cur c;
	int rc;

	if (e->at < LOCATOR64_LEN + END64_LEN)
		return SPILL_OK;
	rc = zip_peek(z, 2, e->at - LOCATOR64_LEN - END64_LEN,
	    LOCATOR64_LEN + END64_LEN, &s);
	if (rc != SPILL_OK || zip_u32(s, END64_LEN) != ZIP_LOCATOR64)
		return rc;
	c = spill_cur(s.p, s.len);
	if (zip_u32(s, 0) != ZIP_END64) {
		spill_cur_skip(&c, END64_LEN + 8);
		rc = zip_peek(z, 2, spill_cur_u64le(&c), END64_LEN, &s);
		if (rc != SPILL_OK)
			return rc;
		c = spill_cur(s.p, s.len);
	}
	if (zip_u32(s, 0) != ZIP_END64)
		return SPILL_EFORMAT;
	spill_cur_skip(&c, 16);
	e->disk = spill_cur_u32le(&c);
	spill_cur_skip(&c, 12);
	e->count = spill_cur_u64le(&c);
	e->dir_len = spill_cur_u64le(&c);
	e->dir = spill_cur_u64le(&c);
	e->at -= LOCATOR64_LEN + END64_LEN;
	return SPILL_OK;
}

/* --- where the directory is --------------------------------------------- */

static int
begins_at(struct zip *z, uint64_t at, bool *yes)
{
	struct spill_span s;
	int rc = zip_peek(z, 0, at, 4, &s);

	*yes = rc == SPILL_OK && s.len == 4 && zip_u32(s, 0) == ZIP_CENTRAL;
	return rc;
}

/* A central header whose local one stands where it says, counted from the
 * first byte, under the same name. */
static int
proves(struct zip *z, uint64_t at, bool *yes)
{
	struct zip_head c, l;
	int rc = zip_central(z, at, &c);

	*yes = false;
	if (rc != SPILL_OK)
		return rc == SPILL_EFORMAT || rc == SPILL_EDAMAGED ? SPILL_OK
								   : rc;
	rc = zip_local(z, c.local, &l);
	if (rc == SPILL_OK)
		*yes = spill_span_eq(c.name, l.name);
	return rc == SPILL_EFORMAT || rc == SPILL_EDAMAGED ? SPILL_OK : rc;
}

static int
search(struct zip *z, uint64_t end)
{
	unsigned tries = 0;
	bool yes = false;
	uint64_t at = 0;
	int rc;

	for (; tries++ < TRIES; at++) {
		rc = zip_find(z, ZIP_CENTRAL, at, end, &at);
		if (rc != SPILL_OK || at >= end)
			return rc;
		rc = proves(z, at, &yes);
		if (rc != SPILL_OK)
			return rc;
		if (yes)
			break;
	}
	if (yes) {
		z->dir = at;
		z->dir_end = z->all_end = end;
	}
	return SPILL_OK;
}

/* Where the end record says, counted from the first byte of the zip or of the
 * source. */
static int
locate(struct zip *z, const struct end *e, bool *yes)
{
	int rc = SPILL_OK;

	*yes = false;
	z->shift = 0;
	if (e->dir_len <= e->at) {
		rc = begins_at(z, e->at - e->dir_len, yes);
		if (*yes) {
			z->dir = e->at - e->dir_len;
			z->shift = z->dir - e->dir;
		}
	}
	if (rc == SPILL_OK && !*yes && e->dir < e->at) {
		rc = begins_at(z, e->dir, yes);
		if (*yes)
			z->dir = e->dir;
	}
	z->dir_end = *yes ? e->at : 0;
	return rc;
}

static int
place(struct zip *z, const struct end *e)
{
	bool yes;
	int rc;

	if (e->dir_len == 0 && e->count == 0) {
		z->dir = z->dir_end = e->at;
		return SPILL_OK;
	}
	rc = locate(z, e, &yes);
	if (rc != SPILL_OK || yes)
		return rc;
	rc = zip_flaw(z, "damaged", e->dir + z->shift, e->dir_len,
	    "the central directory is not where its end record says");
	return rc != SPILL_OK ? rc : search(z, e->at);
}

int
zip_dir_at(struct zip *z, uint64_t at, bool *yes)
{
	struct end e = { 0 };
	struct spill_span s;
	int rc = zip_peek(z, 2, at, ZIP_END_LEN, &s);

	*yes = false;
	if (rc != SPILL_OK || s.len < ZIP_END_LEN)
		return rc;
	read_end(s, at, 0, &e);
	if (e.behind > z->src->size)
		return SPILL_OK;
	rc = find_end64(z, &e);
	if (rc != SPILL_OK)
		return rc == SPILL_EFORMAT ? SPILL_OK : rc;
	rc = locate(z, &e, yes);
	z->declared = e.count;
	z->all_end = e.behind;
	return rc;
}

int
zip_dir_find(struct zip *z)
{
	struct end e = { 0 };
	struct spill_span s;
	int rc = find_end(z, &e);

	z->declared = UINT64_MAX;
	if (rc != SPILL_OK)
		return rc;
	if (!e.found) {
		rc = zip_peek(z, 0, 0, 4, &s);
		z->pending = zip_u32(s, 0) == ZIP_DESCRIPTOR
				 ? "the first of several disks: the central "
				   "directory is on the last"
				 : "no end of central directory";
		return rc != SPILL_OK ? rc : search(z, z->src->size);
	}
	rc = find_end64(z, &e);
	if (rc == SPILL_EFORMAT)
		rc = zip_flaw(z, "damaged", e.at - LOCATOR64_LEN, LOCATOR64_LEN,
		    "no zip64 end record where this says");
	if (rc != SPILL_OK)
		return rc;
	z->declared = e.count;
	if (e.disk != 0 && e.disk != UINT16_MAX) {
		rc = zip_flaw(z, "anomaly", e.at, 0,
		    "the last of several disks: members on others are not "
		    "here");
		if (rc != SPILL_OK)
			return rc;
	}
	rc = place(z, &e);
	z->all_end = SPILL_MIN(e.behind, z->src->size);
	return rc;
}

/* --- its entries -------------------------------------------------------- */

static int
add(struct zip *z, const struct zip_head *h)
{
	uint64_t most = archive_memory(z->conf);
	struct zip_entry e = { .central = h->at, .method = h->method };
	struct zip_head l;
	void *v;
	int rc;

	if ((z->n + 1) * (sizeof(e) + sizeof(*z->order)) > most)
		return SPILL_ELIMIT;
	v = spill_grow(z->e, z->n, &z->cap, sizeof(e));
	if (v == NULL)
		return SPILL_ENOMEM;
	z->e = v;
	e.start = h->local + z->shift;
	rc = zip_local(z, e.start, &l);
	if (rc != SPILL_OK && rc != SPILL_EFORMAT && rc != SPILL_EDAMAGED)
		return rc;
	e.no_local = rc != SPILL_OK;
	e.data = e.start + (e.no_local ? ZIP_LOCAL_LEN + h->name.len : l.len);
	if (e.start > z->src->size || e.data < e.start)
		e.data = e.start = z->src->size;
	e.data = SPILL_MIN(e.data, z->src->size);
	e.end = e.data + SPILL_MIN(h->csize, z->src->size - e.data);
	z->e[z->n++] = e;
	return SPILL_OK;
}

/* Behind a header that cannot be read; dir_end: there are no more. */
static int
skip_damage(struct zip *z, uint64_t *at)
{
	uint64_t from = *at;
	int rc = zip_find(z, ZIP_CENTRAL, from + 1, z->dir_end, at);

	if (rc != SPILL_OK)
		return rc;
	return zip_flaw(z, "damaged", from, *at - from,
	    "the central directory has something else here");
}

/* What may follow the last entry: a digital signature, zip64 records, or the
 * end itself where its place was found by searching. */
static int
is_tail(struct zip *z, uint64_t at, bool *yes)
{
	struct spill_span s;
	int rc = zip_peek(z, 0, at, 4, &s);
	uint32_t sig = zip_u32(s, 0);

	*yes = s.len < 4 || sig == 0x05054b50 || sig == ZIP_END64 ||
	       sig == ZIP_LOCATOR64 || sig == ZIP_END;
	return rc;
}

static int
read_entries(struct zip *z)
{
	struct zip_head h;
	uint64_t at = z->dir;
	bool tail;
	int rc;

	while (at < z->dir_end) {
		rc = zip_central(z, at, &h);
		if (rc == SPILL_OK && h.len <= z->dir_end - at) {
			rc = add(z, &h);
			at += h.len;
		} else if (rc == SPILL_OK || rc == SPILL_EFORMAT ||
			   rc == SPILL_EDAMAGED) {
			rc = is_tail(z, at, &tail);
			if (rc == SPILL_OK && tail)
				return SPILL_OK;
			if (rc == SPILL_OK)
				rc = skip_damage(z, &at);
		}
		if (rc != SPILL_OK)
			return rc;
	}
	return SPILL_OK;
}

int
zip_dir_read(struct zip *z)
{
	char text[120];
	int rc = read_entries(z);

	if (rc == SPILL_ELIMIT) {
		(void)snprintf(text, sizeof(text),
		    "more than %zu members do not fit into memory", z->n);
		return zip_flaw(z, "limit", z->dir, 0, text);
	}
	/* The count is of 16 bits; some writers let it run over. */
	if (rc != SPILL_OK || z->declared == UINT64_MAX ||
	    z->declared == z->n || z->declared == (z->n & UINT16_MAX))
		return rc;
	(void)snprintf(text, sizeof(text),
	    "the central directory lists %zu members, its end record says %ju",
	    z->n, (uintmax_t)z->declared);
	return zip_flaw(z, "anomaly", z->dir, z->dir_end - z->dir, text);
}
