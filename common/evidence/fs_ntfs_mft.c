/*
 * fs_ntfs_mft.c: records of the MFT, one by one and all of them.
 *
 * A folder's index is not all that says what is in it: every record has its
 * name and folder in itself. So one pass over the MFT notes the names by
 * their folders. What a folder lists is held against that: deleted files whose
 * index entry is gone come from there, and files in use that no index has.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <spill/hash.h>

#include "fs_ntfs_i.h"
#include "ondisk_i.h"

#define KEEP_MAX      ((uint64_t)64 << 20) /* bytes of an MFT that is kept */
#define WINDOW	      ((size_t)1 << 20)
#define HUGE	      ((size_t)2 << 20) /* a large page of the processor */
#define FIRST_OF_USER 24u /* records below it need no name */

/* --- bytes -------------------------------------------------------------- */

size_t
ev_ntfs_find_run(const struct ev_run *run, size_t runs, uint64_t vcn)
{
	size_t lo = 0, hi = runs;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (run[mid].offset + run[mid].count <= vcn)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* One part of a run: as much of it as the image has. */
static bool
read_part(struct ev_fs *fs, uint64_t at, uint8_t *to, size_t n)
{
	uint64_t end =
	    fs->disk->size > fs->offset ? fs->disk->size - fs->offset : 0;
	size_t have = at < end ? (size_t)SPILL_MIN((uint64_t)n, end - at) : 0;

	if (have > 0 && !ev_fs_read(fs, at, to, have))
		have = 0;
	memset(to + have, 0, n - have);
	return have == n;
}

bool
ev_ntfs_read(struct ev_fs *fs, const struct ev_run *run, size_t runs,
    uint64_t at, void *buf, size_t n)
{
	uint64_t size = fs->block_size;
	uint8_t *to = buf;
	bool all = true;

	for (size_t i = ev_ntfs_find_run(run, runs, at / size); n > 0; i++) {
		uint64_t begin = i < runs ? run[i].offset * size : UINT64_MAX;
		size_t part = n;

		if (at < begin) {
			part = (size_t)SPILL_MIN((uint64_t)n, begin - at);
			memset(to, 0, part);
			all = false;
			i--;
		} else {
			part = (size_t)SPILL_MIN(
			    (uint64_t)n, begin + run[i].count * size - at);
			all &= read_part(
			    fs, run[i].block * size + at - begin, to, part);
		}
		to += part;
		at += part;
		n -= part;
	}
	return all;
}

bool
ev_ntfs_locate(const struct ev_fs *fs, const struct ev_run *run, size_t runs,
    uint64_t at, uint64_t *place)
{
	uint64_t size = fs->block_size;
	size_t i = ev_ntfs_find_run(run, runs, at / size);

	if (i == runs || at < run[i].offset * size)
		return false;
	*place = run[i].block * size + at - run[i].offset * size;
	return true;
}

/* --- records ------------------------------------------------------------ */

/* A record of which the signature alone is damaged: all else must be as it is
 * written. Not all that make one give it its number. */
static int
unsigned_record(struct ntfs *s, const uint8_t *raw, uint64_t number,
    struct spill_ntfs_record *out)
{
	size_t size = s->boot.record_size;
	struct spill_ntfs_record r;

	memcpy(s->fixed, raw, size);
	memcpy(s->fixed, "FILE", 4);
	if (spill_ntfs_record_read(
		(struct spill_span){ (const char *)s->fixed, size }, s->copy,
		&r) != SPILL_OK ||
	    (r.number != number && r.number != 0) || r.allocated != size)
		return SPILL_EFORMAT;
	(void)spill_flaw(&r.flaw, "its signature is damaged", 0);
	*out = r;
	return SPILL_EDAMAGED;
}

static int
decode(struct ntfs *s, const uint8_t *raw, uint64_t number,
    struct spill_ntfs_record *out)
{
	int rc = spill_ntfs_record_read(
	    (struct spill_span){ (const char *)raw, s->boot.record_size },
	    s->copy, out);

	/* Most that are none are zeros. */
	if (rc == SPILL_EFORMAT && memcmp(raw + 4, "\0\0\0\0", 4) != 0 &&
	    unsigned_record(s, raw, number, out) != SPILL_EFORMAT)
		return SPILL_EDAMAGED;
	return rc;
}

int
ev_ntfs_mirrored(
    struct ev_fs *fs, uint64_t number, struct spill_ntfs_record *out)
{
	struct ntfs *s = fs->state;

	s->mirror = ev_fs_read(fs,
			s->boot.mirror_lcn * fs->block_size +
			    number * s->boot.record_size,
			s->raw, s->boot.record_size) &&
		    decode(s, s->raw, number, out) == SPILL_OK;
	return s->mirror ? SPILL_OK : SPILL_EFORMAT;
}

bool
ev_ntfs_is_base(const struct spill_ntfs_record *r)
{
	struct spill_cur c = spill_cur_of(r->bytes);

	if (r->base.record == 0)
		return true;
	spill_cur_seek(&c, r->first_attr);
	return spill_cur_u32le(&c) == SPILL_NTFS_STANDARD_INFORMATION &&
	       spill_cur_ok(&c);
}

int
ev_ntfs_record(struct ev_fs *fs, uint64_t number, struct spill_ntfs_record *out)
{
	struct ntfs *s = fs->state;
	size_t size = s->boot.record_size;
	const uint8_t *raw = s->raw;
	uint64_t at;
	int rc;

	s->mirror = false;
	if (s->all != NULL && number < s->records)
		raw = s->all + number * size;
	else
		(void)ev_ntfs_read(
		    fs, s->map, s->nmap, number * size, s->raw, size);
	rc = s->mirror_first && number == 0 ? SPILL_EDAMAGED
					    : decode(s, raw, number, out);
	if (rc == SPILL_OK || number >= NTFS_MIRRORED)
		return rc;
	at = ev_ntfs_place(fs, number, 0);
	if (ev_ntfs_mirrored(fs, number, out) == SPILL_OK) {
		ev_ntfs_fault(fs, at, size,
		    "its MFT record is damaged: that of $MFTMirr is used");
		return SPILL_OK;
	}
	(void)ev_ntfs_read(fs, s->map, s->nmap, number * size, s->raw, size);
	return decode(s, s->raw, number, out);
}

uint64_t
ev_ntfs_place(const struct ev_fs *fs, uint64_t number, size_t offset)
{
	const struct ntfs *s = fs->state;
	uint64_t at = number * s->boot.record_size + offset, place;

	if (s->mirror)
		return s->boot.mirror_lcn * fs->block_size + at;
	return ev_ntfs_locate(fs, s->map, s->nmap, at, &place) ? place : 0;
}

/* --- all of them -------------------------------------------------------- */

uint32_t
ev_ntfs_hash(struct spill_span name)
{
	return (uint32_t)spill_mix(name.p, name.len, 0);
}

/* The name of a file in an attribute at a place of a record. */
static int
add_child(struct ntfs *s, const struct ntfs_child *file,
    const struct spill_ntfs_name *n, size_t at)
{
	if (n->parent.record >= s->records)
		return SPILL_OK;
	if (s->nchild == s->cchild) {
		size_t cap = s->cchild > 0 ? 2 * s->cchild : 4096;
		struct ntfs_child *p = realloc(s->child, cap * sizeof(*p));

		if (p == NULL || s->nchild >= UINT32_MAX - 1)
			return SPILL_ENOMEM;
		s->child = p;
		s->cchild = cap;
	}
	s->child[s->nchild++] = (struct ntfs_child){ .record = file->record,
		.hash = ev_ntfs_hash(n->name),
		.next = (uint32_t)n->parent.record, /* see link_children() */
		.where = file->where,
		.at = (uint16_t)at,
		.folder_sequence = n->parent.sequence,
		.sequence = file->sequence };
	return SPILL_OK;
}

/* By type they rise; but where a record is damaged a name may come later. */
static bool
has_name_behind(const struct spill_ntfs_record *r, size_t at)
{
	struct spill_cur c = spill_cur_of(r->bytes);
	uint32_t type, len;

	do {
		spill_cur_seek(&c, at);
		type = spill_cur_u32le(&c);
		len = spill_cur_u32le(&c);
		at += len;
	} while (spill_cur_ok(&c) && type != SPILL_NTFS_FILE_NAME &&
		 type != UINT32_MAX && len >= 16);
	return spill_cur_ok(&c) && type == SPILL_NTFS_FILE_NAME;
}

/* The names in a record. One for DOS counts if there is no other. */
static int
note_names(struct ntfs *s, uint64_t number, const struct spill_ntfs_record *r)
{
	bool base = ev_ntfs_is_base(r);
	uint64_t record = base ? number : r->base.record;
	const struct ntfs_child file = { .record = (uint32_t)record,
		.where = (uint32_t)number,
		.sequence = base ? r->sequence : r->base.sequence };
	struct spill_ntfs_attrs it = spill_ntfs_attrs(r);
	struct spill_ntfs_name n, dos = { 0 };
	struct spill_ntfs_attr a;
	size_t dos_at = 0;
	bool any = false;
	int got = SPILL_OK;

	if (record >= s->records)
		return SPILL_OK;
	while (spill_ntfs_attrs_next(&it, &a) != SPILL_END &&
	       (a.type <= SPILL_NTFS_FILE_NAME || has_name_behind(r, a.at))) {
		if (a.type != SPILL_NTFS_FILE_NAME ||
		    spill_ntfs_name_read(a.content, &n) == SPILL_EFORMAT ||
		    n.name.len == 0)
			continue;
		if (n.space == SPILL_NTFS_DOS) {
			dos = n;
			dos_at = a.at;
			continue;
		}
		any = true;
		got = add_child(s, &file, &n, a.at);
		if (got != SPILL_OK)
			return got;
	}
	if (!any && dos.name.len > 0)
		got = add_child(s, &file, &dos, dos_at);
	if (any || dos.name.len > 0)
		s->rec[record].state |= NTFS_REC_NAMED;
	return got;
}

/* A stretch of records that are none. */
struct stretch {
	uint64_t first, count;
	const char *what;
};

static void
tell_stretch(struct ev_fs *fs, struct stretch *b)
{
	struct ntfs *s = fs->state;
	uint64_t size = s->boot.record_size, at = 0;
	char text[160];

	if (b->count == 0)
		return;
	(void)snprintf(text, sizeof(text), "MFT records %llu to %llu: %s",
	    (unsigned long long)b->first,
	    (unsigned long long)(b->first + b->count - 1), b->what);
	if (ev_ntfs_locate(fs, s->map, s->nmap, b->first * size, &at))
		ev_folder_fault(&s->faults, at, b->count * size, text);
	else
		ev_folder_fault(&s->faults, 0, 0, text);
	b->count = 0;
}

static void
is_damaged(
    struct ev_fs *fs, struct stretch *b, uint64_t number, const char *what)
{
	if (b->count > 0 && (b->what != what || b->first + b->count != number))
		tell_stretch(fs, b);
	if (b->count++ == 0) {
		b->first = number;
		b->what = what;
	}
}

/* Why a record is none; NULL: it was never used. */
static const char *
why_none(struct ev_fs *fs, uint64_t number, const uint8_t *raw)
{
	struct ntfs *s = fs->state;
	uint64_t size = s->boot.record_size, at;

	if (!ev_ntfs_locate(fs, s->map, s->nmap, number * size, &at))
		return "in a hole of the MFT";
	if (fs->offset + at + size > fs->disk->size ||
	    ev_fs_is_bad(fs, at, size))
		return "cannot be read";
	return memcmp(raw, "\0\0\0\0", 4) != 0 ? "no records" : NULL;
}

static int
note_record(
    struct ev_fs *fs, uint64_t number, const uint8_t *raw, struct stretch *b)
{
	struct ntfs *s = fs->state;
	struct ntfs_rec *rec = &s->rec[number];
	struct spill_ntfs_record r;

	if (decode(s, raw, number, &r) == SPILL_EFORMAT) {
		const char *what = why_none(fs, number, raw);

		if (what == NULL)
			return SPILL_OK;
		is_damaged(fs, b, number, what);
		rec->state |= NTFS_REC_DAMAGED;
		return SPILL_OK;
	}
	/* One that is not whole is told with what it is the record of. */
	rec->sequence = r.sequence;
	rec->state |= NTFS_REC_THERE;
	if ((r.flags & SPILL_NTFS_IN_USE) != 0)
		rec->state |= NTFS_REC_IN_USE;
	if ((r.flags & SPILL_NTFS_DIRECTORY) != 0)
		rec->state |= NTFS_REC_DIR;
	if (ev_ntfs_is_base(&r))
		rec->state |= NTFS_REC_BASE;
	return note_names(s, number, &r);
}

/* Was it of that sequence when it was in use last? */
static bool
was(const struct ntfs_rec *r, uint16_t sequence)
{
	if ((r->state & NTFS_REC_IN_USE) != 0 || r->sequence == 0)
		return r->sequence == sequence;
	return r->sequence - 1 == sequence;
}

/*
 * From the last to the first, so that lists rise. Names in an extension of a
 * record that is another's by now are left out.
 */
static void
link_children(struct ntfs *s)
{
	for (size_t i = s->nchild; i-- > 0;) {
		struct ntfs_child *c = &s->child[i];
		struct ntfs_rec *r = &s->rec[c->record];
		struct ntfs_rec *folder = &s->rec[c->next];

		if ((r->state & NTFS_REC_BASE) == 0 ||
		    (r->sequence != c->sequence && !was(r, c->sequence)))
			continue;
		c->next = folder->first;
		folder->first = (uint32_t)i + 1;
	}
}

/* A buffer for all of it if it is small, for a part of it otherwise. */
static uint8_t *
make_room(struct ntfs *s, size_t *window)
{
	uint64_t size = s->records * s->boot.record_size;
	size_t room = ((size_t)size + HUGE - 1) / HUGE * HUGE;

	*window = WINDOW / s->boot.record_size * s->boot.record_size;
	if (size > KEEP_MAX)
		return malloc(*window);
	s->all = aligned_alloc(HUGE, SPILL_MAX(room, HUGE));
	if (s->all != NULL)
		(void)madvise(s->all, SPILL_MAX(room, HUGE), MADV_HUGEPAGE);
	return s->all;
}

static int
go_over(struct ev_fs *fs, uint8_t *buf, size_t window)
{
	struct ntfs *s = fs->state;
	size_t size = s->boot.record_size;
	uint64_t end = s->records * size;
	struct stretch bad = { 0 };
	int rc = SPILL_OK;

	for (uint64_t at = 0; at < end && rc == SPILL_OK; at += window) {
		size_t n = (size_t)SPILL_MIN((uint64_t)window, end - at);
		uint8_t *p = s->all != NULL ? buf + at : buf;

		(void)ev_ntfs_read(fs, s->map, s->nmap, at, p, n);
		for (size_t i = 0; i < n && rc == SPILL_OK; i += size)
			rc = note_record(fs, (at + i) / size, p + i, &bad);
	}
	tell_stretch(fs, &bad);
	return rc;
}

int
ev_ntfs_pass(struct ev_fs *fs)
{
	struct ntfs *s = fs->state;
	size_t window;
	uint8_t *buf;
	int rc;

	if (s->passed)
		return SPILL_OK;
	s->passed = true;
	buf = make_room(s, &window);
	s->rec = calloc((size_t)s->records + 1, sizeof(*s->rec));
	rc = buf == NULL || s->rec == NULL ? SPILL_ENOMEM
					   : go_over(fs, buf, window);
	if (rc == SPILL_OK)
		link_children(s);
	if (buf != s->all)
		free(buf);
	return rc;
}

void
ev_ntfs_mft_close(struct ntfs *s)
{
	free(s->map);
	free(s->raw);
	free(s->copy);
	free(s->fixed);
	free(s->all);
	free(s->rec);
	free(s->child);
	ev_folder_release(&s->faults);
}

/* --- what is in no folder ----------------------------------------------- */

/* Not in use; or in use, and none of the folders that were listed has it; or
 * an extension, see is_stray(). */
static bool
is_loose(const struct ntfs_rec *r, uint64_t number)
{
	if ((r->state & NTFS_REC_THERE) == 0)
		return false;
	if ((r->state & NTFS_REC_BASE) == 0 ||
	    (r->state & NTFS_REC_IN_USE) == 0)
		return true;
	return (number >= FIRST_OF_USER || (r->state & NTFS_REC_NAMED) != 0) &&
	       (r->state & NTFS_REC_HELD) == 0;
}

/* An extension of a record that is lost, or another file's by now: it has
 * attributes that no other row has. */
static bool
is_stray(const struct ntfs *s, const struct spill_ntfs_record *r)
{
	const struct ntfs_rec *b;

	if (r->base.record >= s->records)
		return true;
	b = &s->rec[r->base.record];
	return (b->state & NTFS_REC_BASE) == 0 ||
	       (b->sequence != r->base.sequence && !was(b, r->base.sequence));
}

/* The first name, the first attribute of all: false if it has none. */
static bool
first_name(const struct spill_ntfs_record *r, struct spill_ntfs_name *name)
{
	struct spill_ntfs_attrs it = spill_ntfs_attrs(r);
	struct spill_ntfs_name n;
	struct spill_ntfs_attr a;
	bool any = false;

	*name = (struct spill_ntfs_name){ 0 };
	while (spill_ntfs_attrs_next(&it, &a) != SPILL_END) {
		any = true;
		if (a.type == SPILL_NTFS_FILE_NAME &&
		    spill_ntfs_name_read(a.content, &n) != SPILL_EFORMAT &&
		    n.name.len > 0 &&
		    (name->name.len == 0 || (name->space == SPILL_NTFS_DOS &&
						n.space != SPILL_NTFS_DOS)))
			*name = n;
	}
	return any;
}

int
ev_ntfs_unused(struct ev_fs *fs,
    bool (*each)(void *ctx, const struct ev_entry *e, enum ev_kind kind),
    void *ctx)
{
	struct ntfs *s = fs->state;
	int rc = ev_ntfs_pass(fs);

	for (uint64_t i = 0; i < s->records && rc == SPILL_OK; i++) {
		struct ev_entry e = { .object = i, .named = EV_UNNAMED };
		struct spill_ntfs_record r;
		struct spill_ntfs_name n;
		bool base = (s->rec[i].state & NTFS_REC_BASE) != 0;

		if (!is_loose(&s->rec[i], i) ||
		    ev_ntfs_record(fs, i, &r) == SPILL_EFORMAT ||
		    !first_name(&r, &n) || (!base && !is_stray(s, &r)))
			continue;
		e.sequence = r.sequence;
		e.lost = (r.flags & SPILL_NTFS_IN_USE) != 0;
		if (!e.lost && e.sequence > 0)
			e.sequence--;
		spill_buf_reset(&s->name);
		(void)spill_utf16le_put(&s->name, n.name);
		if (s->name.len > 0 && base) {
			e.name = spill_buf_as_span(&s->name);
			e.named = EV_ERASED;
		}
		if (!each(ctx, &e,
			(r.flags & SPILL_NTFS_DIRECTORY) != 0 ? EV_DIR
							      : EV_FILE))
			break;
	}
	return rc;
}
