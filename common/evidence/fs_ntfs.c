/*
 * fs_ntfs.c: objects of NTFS with what their attributes say of them, and
 * which clusters are in use.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs_ntfs_i.h"

#define ROOT   5u /* records of the root folder and of $Bitmap */
#define BITMAP 6u

static void
close_state(struct ev_fs *fs)
{
	struct ntfs *s = fs->state;

	if (s == NULL)
		return;
	ev_ntfs_mft_close(s);
	ev_folder_release(&s->object_faults);
	ev_folder_release(&s->alias);
	ev_object_release(&s->dir);
	ev_object_release(&s->bitmap);
	ev_ntfs_set_release(&s->known);
	ev_ntfs_set_release(&s->seen);
	spill_buf_release(&s->name);
	spill_buf_release(&s->list);
	spill_buf_release(&s->index);
	spill_buf_release(&s->bits);
	spill_arena_release(&s->sids);
	free(s->sid);
	free(s->ids);
	free(s->piece);
	free(s->todo);
	free(s->window);
	free(s);
	fs->state = NULL;
}

static int
no_mft(void)
{
	tsk_error_reset();
	tsk_error_set_errno(TSK_ERR_FS_CORRUPT);
	tsk_error_set_errstr("neither its MFT nor the copy says where it is");
	return SPILL_EFORMAT;
}

/* The volume, without libtsk: where that refuses it, or does not survive it,
 * it is walked all the same. */
static int
open_volume(struct ev_fs *fs)
{
	struct ntfs *s = fs->state;
	uint64_t end = fs->disk->size;

	if (!ev_ntfs_boot(fs->disk, fs->offset, &s->boot))
		return no_mft();
	fs->block_size = s->boot.cluster_size;
	fs->blocks = s->boot.clusters;
	fs->there = SPILL_MIN(fs->blocks,
	    (end > fs->offset ? end - fs->offset : 0) / fs->block_size);
	fs->root = ROOT;
	return SPILL_OK;
}

static int
open_state(struct ev_fs *fs)
{
	struct ntfs *s = calloc(1, sizeof(*s));
	int rc;

	if (s == NULL)
		return SPILL_ENOMEM;
	fs->state = s;
	ev_disk_scattered(fs->disk);
	s->name = SPILL_BUF_INIT(4096);
	s->list = s->bits = SPILL_BUF_INIT((size_t)2 << 20);
	s->index = SPILL_BUF_INIT((size_t)SPILL_NTFS_RECORD_MAX);
	s->dir.text = s->bitmap.text = SPILL_BUF_INIT((size_t)1 << 20);
	rc = open_volume(fs);
	if (rc != SPILL_OK)
		return rc;
	s->raw = malloc(s->boot.record_size);
	s->copy = malloc(s->boot.record_size);
	s->fixed = malloc(s->boot.record_size);
	if (s->raw == NULL || s->copy == NULL || s->fixed == NULL)
		return SPILL_ENOMEM;
	rc = ev_ntfs_mft_open(fs);
	return rc == SPILL_OK && s->records == 0 ? no_mft() : rc;
}

static void
remarks(struct ev_fs *fs, ev_remark *say, void *ctx)
{
	const struct ntfs *s = fs->state;
	char detail[160];

	if (s->boot.flaw.what != NULL) {
		(void)snprintf(detail, sizeof(detail),
		    "the boot sector is damaged: %s", s->boot.flaw.what);
		say(ctx, "damaged", detail);
	}
	if (s->guessed)
		say(ctx, "damaged",
		    "neither the MFT nor its mirror says where it is: it is "
		    "taken as one piece");
	if (s->cut)
		say(ctx, "damaged", "the MFT is larger than the volume");
	for (unsigned i = 0; s->differ >> i != 0; i++)
		if ((s->differ >> i & 1) != 0) {
			(void)snprintf(detail, sizeof(detail),
			    "record %u of $MFTMirr is not that of $MFT", i);
			say(ctx, "anomaly", detail);
		}
}

/* --- facts -------------------------------------------------------------- */

/* An entry whose object is loaded. */
struct loading {
	struct ev_fs *fs;
	const struct ev_entry *entry;
	uint64_t dir;
	struct ev_object *out;
	int rank; /* of the $FILE_NAME that was taken */
	bool bad; /* a time of that means nothing */
	uint32_t security; /* id of its descriptor */
};

static void
name_attributes(uint32_t bits, struct ev_facts *out)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} all[] = {
		{ SPILL_NTFS_A_READONLY, "readonly" },
		{ SPILL_NTFS_A_HIDDEN, "hidden" },
		{ SPILL_NTFS_A_SYSTEM, "system" },
		{ SPILL_NTFS_A_ARCHIVE, "archive" },
		{ SPILL_NTFS_A_TEMPORARY, "temporary" },
		{ SPILL_NTFS_A_SPARSE, "sparse" },
		{ SPILL_NTFS_A_REPARSE, "reparse" },
		{ SPILL_NTFS_A_COMPRESSED, "compressed" },
		{ SPILL_NTFS_A_OFFLINE, "offline" },
		{ SPILL_NTFS_A_ENCRYPTED, "encrypted" },
	};

	for (size_t i = 0; i < SPILL_COUNT(all); i++)
		if ((bits & all[i].bit) != 0 &&
		    out->nattributes < SPILL_COUNT(out->attributes))
			out->attributes[out->nattributes++] = all[i].name;
}

static void
standard(struct loading *l, struct spill_span content)
{
	struct ev_facts *out = &l->out->facts;
	struct spill_ntfs_info info;

	if (spill_ntfs_info_read(content, &info) == SPILL_EFORMAT)
		return;
	out->at = info.times.at;
	out->bad_time |= info.times.bad != 0;
	name_attributes(info.attributes, out);
	if (info.extended)
		l->security = info.security_id;
}

static void
reparse(struct ev_fs *fs, struct spill_span content, struct ev_facts *out)
{
	struct spill_ntfs_reparse r;

	if (spill_ntfs_reparse_read(content, &r) != SPILL_OK)
		return;
	if (r.tag == SPILL_NTFS_TAG_WOF)
		out->note = "content is packed by WOF: see stream "
			    "WofCompressedData";
	else if (r.tag == SPILL_NTFS_TAG_DEDUP)
		out->note = "content is in the chunk store of deduplication";
	if (r.target.len == 0)
		return;
	spill_buf_reset(&fs->target);
	(void)spill_utf16le_put(&fs->target, r.target);
	out->target = spill_buf_as_span(&fs->target);
}

/* Is a name in UTF-16 that one? */
static bool
is_name(struct ntfs *s, struct spill_span utf16, struct spill_span name)
{
	size_t i = 0;

	for (; 2 * i + 1 < utf16.len && i < name.len; i++)
		if (utf16.p[2 * i + 1] != 0 || utf16.p[2 * i] != name.p[i] ||
		    (name.p[i] & 0x80) != 0)
			break;
	if (2 * i == utf16.len || i == name.len)
		return 2 * i == utf16.len && i == name.len;
	if ((name.p[i] & 0x80) == 0)
		return false;
	spill_buf_reset(&s->name);
	(void)spill_utf16le_put(&s->name, utf16);
	return spill_span_eq(spill_buf_as_span(&s->name), name);
}

/*
 * The $FILE_NAME that a row is about: that of the folder it is in with its
 * name; a DOS alias is used if it is alone.
 */
static void
file_name(struct loading *l, struct spill_span content)
{
	struct spill_ntfs_name n;
	int rank;

	if (spill_ntfs_name_read(content, &n) == SPILL_EFORMAT)
		return;
	rank = n.space != SPILL_NTFS_DOS;
	if (n.parent.record == l->dir)
		rank += 2;
	if (is_name(l->fs->state, n.name, l->entry->name))
		rank += 4;
	if (rank <= l->rank)
		return;
	l->rank = rank;
	l->out->facts.fn = n.times.at;
	l->bad = n.times.bad != 0;
}

static void
take_attribute(void *ctx, const struct spill_ntfs_attr *a)
{
	struct loading *l = ctx;
	struct ev_facts *out = &l->out->facts;

	if (!a->resident)
		return;
	if (a->type == SPILL_NTFS_STANDARD_INFORMATION)
		standard(l, a->content);
	else if (a->type == SPILL_NTFS_FILE_NAME)
		file_name(l, a->content);
	else if (a->type == SPILL_NTFS_REPARSE_POINT)
		reparse(l->fs, a->content, out);
}

/* --- objects ------------------------------------------------------------ */

static int
load_orphans(struct ev_fs *fs, struct ev_object *out)
{
	out->number = fs->orphans;
	out->alloc = out->made_up = true;
	out->kind = EV_DIR;
	out->links = 1;
	out->facts.has_generation = true;
	return SPILL_OK;
}

/*
 * Is the record still that of the entry? A sequence counts on when its object
 * is deleted, not when the record is used again.
 */
static bool
is_of(const struct spill_ntfs_record *r, const struct ev_entry *e)
{
	uint16_t sequence = r->sequence;

	if (e->name.len == 0 || e->named == EV_UNNAMED)
		return true;
	if ((r->flags & SPILL_NTFS_IN_USE) == 0 && sequence > 0)
		sequence--;
	return ev_ntfs_is_base(r) && e->sequence == sequence;
}

/* What an entry in use leads to, and should not. */
static void
check_use(struct ev_fs *fs, const struct ev_entry *e, const struct ev_object *o)
{
	const char *what = NULL;

	if (e->named != EV_NAMED || !e->placed)
		return;
	if (o->taken)
		what = "a name in use leads to a record that is another's";
	else if (!o->alloc)
		what = "a name in use leads to a record that is not in use";
	if (what != NULL)
		ev_ntfs_fault(fs, ev_ntfs_place(fs, e->object, 0),
		    ((struct ntfs *)fs->state)->boot.record_size, what);
}

/* Of one that is not in use it is no loss, unless something else is there. */
static void
lost_record(struct loading *l)
{
	const struct ev_entry *e = l->entry;
	struct ntfs *s = l->fs->state;

	l->out->unreadable =
	    e->named == EV_NAMED ||
	    (s->rec != NULL && e->object < s->records &&
		(s->rec[e->object].state & NTFS_REC_DAMAGED) != 0);
	if (e->named == EV_NAMED)
		ev_ntfs_fault(l->fs, ev_ntfs_place(l->fs, e->object, 0),
		    s->boot.record_size, "its MFT record is not there");
}

static int
load_record(struct loading *l)
{
	const struct ev_entry *e = l->entry;
	struct ev_object *out = l->out;
	struct ntfs *s = l->fs->state;
	struct spill_ntfs_record r;

	if (e->object >= s->records ||
	    ev_ntfs_record(l->fs, e->object, &r) == SPILL_EFORMAT) {
		lost_record(l);
		return SPILL_END;
	}
	if (!is_of(&r, e)) {
		out->taken = true;
		out->unreadable = e->named == EV_NAMED;
		out->alloc = (r.flags & SPILL_NTFS_IN_USE) != 0;
		return SPILL_END;
	}
	return ev_ntfs_object_of(l->fs, &r, e->object, out, take_attribute, l);
}

static int
load(struct ev_fs *fs, const struct ev_entry *e, uint64_t dir,
    struct ev_object *out)
{
	struct ntfs *s = fs->state;
	struct loading l = {
		.fs = fs, .entry = e, .dir = dir, .out = out, .rank = -1
	};
	int rc;

	if (e->object == fs->orphans)
		return load_orphans(fs, out);
	if (e->object == 0 && e->named != EV_NAMED)
		return SPILL_END;
	ev_folder_reset(&s->object_faults);
	rc = load_record(&l);
	out->facts.bad_time |= l.bad;
	if (rc == SPILL_OK || out->taken)
		check_use(fs, e, out);
	if (rc == SPILL_OK && e->named == EV_NAMED && !e->placed &&
	    e->name.len > 0 && out->facts.note == NULL)
		out->facts.note = "in the MFT, but in no index of its folder";
	for (size_t i = 0; i < s->object_faults.nfault; i++) {
		const struct ev_fault *f = &s->object_faults.fault[i];

		ev_folder_fault(&out->faults, f->at, f->length, f->what);
	}
	/* Last: what is wrong with $Secure is not wrong with this one. */
	if (l.security != 0)
		out->facts.sid = ev_ntfs_sid(fs, l.security);
	return rc;
}

/* --- entries ------------------------------------------------------------ */

/*
 * An entry in use, or of old, begins with its head, where that is lost with
 * the key: $FILE_NAME.
 */
static size_t
entry_len(struct spill_span bytes)
{
	struct spill_cur c = spill_cur(bytes.p, bytes.len);
	size_t key, names;

	spill_cur_skip(&c, 10);
	key = spill_cur_u16le(&c);
	spill_cur_seek(&c, 16 + 64);
	names = spill_cur_u8(&c);
	if (spill_cur_ok(&c) && names > 0 && key >= 66 + 2 * names &&
	    16 + key <= bytes.len)
		return 16 + key;
	c = spill_cur(bytes.p, bytes.len);
	spill_cur_skip(&c, 64);
	names = spill_cur_u8(&c);
	return spill_cur_ok(&c) && 66 + 2 * names <= bytes.len ? 66 + 2 * names
							       : 0;
}

/* --- clusters ----------------------------------------------------------- */

static void
map_bits(struct ev_fs *fs)
{
	struct ntfs *s = fs->state;

	s->mapped = true;
	s->window = malloc(NTFS_BITS_WINDOWS * NTFS_BITS_LEN);
	if (s->window == NULL ||
	    ev_ntfs_object(fs, BITMAP, &s->bitmap, NULL, NULL) != SPILL_OK)
		ev_object_reset(&s->bitmap);
}

/* Are bytes of it lost? */
static bool
is_lost(struct ev_fs *fs, const struct ev_attr *a, uint64_t at, size_t n)
{
	const struct ev_run *run = ((struct ntfs *)fs->state)->bitmap.run;
	uint64_t size = fs->block_size;
	size_t i = ev_ntfs_find_run(run + a->run, a->runs, at / size);

	for (; i < a->runs && run[a->run + i].offset * size < at + n; i++)
		if (ev_fs_is_bad(fs, run[a->run + i].block * size,
			run[a->run + i].count * size))
			return true;
	return false;
}

/* The window of $Bitmap with a byte of it; NULL: not known. */
static const uint8_t *
bits_at(struct ev_fs *fs, uint64_t byte)
{
	struct ntfs *s = fs->state;
	uint64_t number = byte / NTFS_BITS_LEN, at = number * NTFS_BITS_LEN;
	size_t slot = number % NTFS_BITS_WINDOWS, n;
	uint8_t *w = s->window + slot * NTFS_BITS_LEN;
	const struct ev_attr *a;

	if (s->window_of[slot] != number + 1) {
		a = ev_ntfs_find(&s->bitmap, SPILL_NTFS_DATA, "");
		if (a == NULL || a->resident)
			return NULL;
		n = (size_t)SPILL_MIN(NTFS_BITS_LEN, fs->blocks / 8 + 1 - at);
		s->window_lost[slot] = !ev_ntfs_read(
		    fs, s->bitmap.run + a->run, a->runs, at, w, n);
		s->window_lost[slot] |= is_lost(fs, a, at, n);
		s->window_of[slot] = number + 1;
	}
	return s->window_lost[slot] ? NULL : w + byte % NTFS_BITS_LEN;
}

static bool
block_used(struct ev_fs *fs, uint64_t block)
{
	struct ntfs *s = fs->state;
	const uint8_t *p;

	if (!s->mapped)
		map_bits(fs);
	p = block < fs->blocks ? bits_at(fs, block / 8) : NULL;
	fs->block_unknown = p == NULL;
	return p != NULL && (*p >> block % 8 & 1) != 0;
}

const struct ev_fs_ops ev_fs_ntfs = {
	.name = "ntfs",
	.by_attribute = true,
	.open = open_state,
	.close = close_state,
	.list = ev_ntfs_list,
	.load = load,
	.block_used = block_used,
	.unused = ev_ntfs_unused,
	.entry_len = entry_len,
	.remarks = remarks,
};
