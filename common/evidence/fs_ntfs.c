/*
 * fs_ntfs.c: times, names and attributes of NTFS objects, from the contents
 * of their attributes. libtsk hands these on as they are on the disk, those
 * in extension records too.
 */
#include <stdlib.h>
#include <string.h>

#include <spill/ntfs.h>

#include "fs_ntfs_i.h"

struct mft_run {
	uint64_t vcn, count, lcn;
};

struct sid { /* by security id: an owner is looked up once */
	uint32_t id;
	char *text; /* NULL: there is none */
};

struct state {
	struct spill_ntfs_boot boot;
	struct mft_run *run;
	size_t nrun;
	struct sid *sid;
	size_t nsid, csid;
	uint8_t *raw, *copy; /* one record each */
	struct spill_buf name;
};

static void
close_state(struct ev_fs *fs)
{
	struct state *s = fs->state;

	if (s == NULL)
		return;
	for (size_t i = 0; i < s->nsid; i++)
		free(s->sid[i].text);
	free(s->sid);
	free(s->run);
	free(s->raw);
	free(s->copy);
	spill_buf_release(&s->name);
	free(s);
	fs->state = NULL;
}

/* Where the MFT lies, from the attribute that libtsk has read. */
static int
load_runs(struct ev_fs *fs, struct state *s)
{
	TSK_FS_FILE *mft = tsk_fs_file_open_meta(fs->tsk, NULL, 0);
	const TSK_FS_ATTR *data =
	    mft != NULL ? tsk_fs_file_attr_get(mft) : NULL;
	size_t n = 0;
	int rc = SPILL_OK;

	if (data != NULL && (data->flags & TSK_FS_ATTR_NONRES) != 0)
		for (const TSK_FS_ATTR_RUN *r = data->nrd.run; r != NULL;
		     r = r->next)
			n++;
	s->run = calloc(n + 1, sizeof(*s->run));
	if (s->run == NULL)
		rc = SPILL_ENOMEM;
	else if (n > 0)
		for (const TSK_FS_ATTR_RUN *r = data->nrd.run; r != NULL;
		     r = r->next)
			if (r->flags == TSK_FS_ATTR_RUN_FLAG_NONE)
				s->run[s->nrun++] = (struct mft_run){ r->offset,
					r->len, r->addr };
	tsk_fs_file_close(mft);
	return rc;
}

static int
open_state(struct ev_fs *fs)
{
	struct state *s = calloc(1, sizeof(*s));
	uint8_t boot[512];

	if (s == NULL)
		return SPILL_ENOMEM;
	fs->state = s;
	ev_disk_scattered(fs->disk);
	s->name = SPILL_BUF_INIT(4096);
	if (ev_fs_read(fs, 0, boot, sizeof(boot)))
		(void)spill_ntfs_boot_read(
		    (struct spill_span){ (char *)boot, sizeof(boot) },
		    &s->boot);
	if (s->boot.record_size == 0)
		s->boot.record_size = 1024;
	if (s->boot.record_size > SPILL_NTFS_RECORD_MAX)
		return SPILL_ELIMIT;
	s->raw = malloc(s->boot.record_size);
	s->copy = malloc(s->boot.record_size);
	if (s->raw == NULL || s->copy == NULL)
		return SPILL_ENOMEM;
	return load_runs(fs, s);
}

/* --- facts -------------------------------------------------------------- */

struct spill_span
ev_ntfs_content(const TSK_FS_ATTR *a)
{
	if ((a->flags & TSK_FS_ATTR_RES) == 0 || a->rd.buf == NULL ||
	    a->size < 0 || (uint64_t)a->size > a->rd.buf_size)
		return (struct spill_span){ "", 0 };
	return (struct spill_span){ (const char *)a->rd.buf, (size_t)a->size };
}

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

static const char *
look_up_sid(struct ev_fs *fs, const TSK_FS_FILE *file, uint32_t id)
{
	struct state *s = fs->state;
	char *text = NULL;

	for (size_t i = 0; i < s->nsid; i++)
		if (s->sid[i].id == id)
			return s->sid[i].text;
	if (s->nsid == s->csid) {
		size_t cap = s->csid > 0 ? 2 * s->csid : 64;
		struct sid *p = realloc(s->sid, cap * sizeof(*p));

		if (p == NULL)
			return NULL;
		s->sid = p;
		s->csid = cap;
	}
	if (tsk_fs_file_get_owner_sid((TSK_FS_FILE *)(uintptr_t)file, &text) !=
	    0) {
		tsk_error_reset();
		text = NULL;
	}
	s->sid[s->nsid++] = (struct sid){ id, text };
	return text;
}

static void
standard(struct ev_fs *fs, const TSK_FS_FILE *file, const TSK_FS_ATTR *a,
    struct ev_facts *out)
{
	struct spill_ntfs_info info;

	if (spill_ntfs_info_read(ev_ntfs_content(a), &info) == SPILL_EFORMAT)
		return;
	out->at = info.times.at;
	out->bad_time |= info.times.bad != 0;
	name_attributes(info.attributes, out);
	if (info.extended && info.security_id != 0)
		out->sid = look_up_sid(fs, file, info.security_id);
}

static void
reparse(struct ev_fs *fs, const TSK_FS_ATTR *a, struct ev_facts *out)
{
	struct spill_ntfs_reparse r;

	if (spill_ntfs_reparse_read(ev_ntfs_content(a), &r) != SPILL_OK)
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

/*
 * The $FILE_NAME that a row is about: that of the folder it is in with its
 * name; a DOS alias is used if it is alone.
 */
static int
rank_name(struct ev_fs *fs, const struct spill_ntfs_name *n,
    const TSK_FS_FILE *file, TSK_INUM_T dir)
{
	struct state *s = fs->state;
	int rank = n->space != SPILL_NTFS_DOS;

	if (n->parent.record == dir)
		rank += 2;
	if (file->name == NULL || file->name->name == NULL)
		return rank;
	spill_buf_reset(&s->name);
	(void)spill_utf16le_put(&s->name, n->name);
	if (ev_name_fits(spill_buf_as_span(&s->name), file->name->name))
		rank += 4;
	return rank;
}

/* The next $FILE_NAME behind an attribute, or of all if that is NULL. */
static const TSK_FS_ATTR *
next_name(
    const TSK_FS_FILE *file, const TSK_FS_ATTR *a, struct spill_ntfs_name *n)
{
	a = a != NULL ? a->next : file->meta->attr->head;
	for (; a != NULL; a = a->next)
		if ((a->flags & TSK_FS_ATTR_INUSE) != 0 &&
		    a->type == TSK_FS_ATTR_TYPE_NTFS_FNAME &&
		    spill_ntfs_name_read(ev_ntfs_content(a), n) !=
			SPILL_EFORMAT)
			return a;
	return NULL;
}

static bool
best_name(struct ev_fs *fs, const TSK_FS_FILE *file, TSK_INUM_T dir,
    struct spill_ntfs_name *best)
{
	struct spill_ntfs_name n;
	unsigned fit = 0;
	int top = -1;

	if (file->meta == NULL || file->meta->attr == NULL)
		return false;
	/* As a rule there is one in that folder: no need to compare. */
	for (const TSK_FS_ATTR *a = NULL; (a = next_name(file, a, &n)) != NULL;)
		if (n.parent.record == dir && n.space != SPILL_NTFS_DOS) {
			*best = n;
			fit++;
		}
	if (fit == 1)
		return true;
	for (const TSK_FS_ATTR *a = NULL;
	     (a = next_name(file, a, &n)) != NULL;) {
		int rank = rank_name(fs, &n, file, dir);

		if (rank > top) {
			top = rank;
			*best = n;
		}
	}
	return top >= 0;
}

static void
facts(struct ev_fs *fs, const TSK_FS_FILE *file, TSK_INUM_T dir,
    struct ev_facts *out)
{
	struct spill_ntfs_name name;

	out->has_generation = true;
	out->generation = file->meta->seq;
	if (file->meta->attr == NULL)
		return;
	for (const TSK_FS_ATTR *a = file->meta->attr->head; a != NULL;
	     a = a->next) {
		if ((a->flags & TSK_FS_ATTR_INUSE) == 0)
			continue;
		if (a->type == TSK_FS_ATTR_TYPE_NTFS_SI)
			standard(fs, file, a, out);
		else if (a->type == TSK_FS_ATTR_TYPE_NTFS_REPARSE)
			reparse(fs, a, out);
	}
	if (best_name(fs, file, dir, &name)) {
		out->fn = name.times.at;
		out->bad_time |= name.times.bad != 0;
	}
}

/* --- names -------------------------------------------------------------- */

static bool
name_of(struct ev_fs *fs, const TSK_FS_FILE *file, TSK_INUM_T dir,
    struct spill_buf *name)
{
	struct spill_ntfs_name best;
	size_t at = name->len;

	if (!ev_name_is_odd(file->name->name) ||
	    !best_name(fs, file, dir, &best))
		return false;
	(void)spill_utf16le_put(name, best.name);
	if (ev_name_fits((struct spill_span){ name->p + at, name->len - at },
		file->name->name))
		return true;
	name->len = at;
	return false;
}

/* One index's entries and what is left of older ones. */
static void
add_index(struct ev_fs *fs, const struct spill_ntfs_index *x, uint64_t base)
{
	struct state *s = fs->state;

	for (int slack = 0; slack < 2; slack++) {
		struct spill_ntfs_entries it =
		    slack ? spill_ntfs_slack(x) : spill_ntfs_entries(x);
		struct spill_ntfs_entry e;
		struct spill_ntfs_name n;
		int rc;

		while ((rc = slack ? spill_ntfs_slack_next(&it, &e)
				   : spill_ntfs_entries_next(&it, &e)) !=
		       SPILL_END) {
			if (rc != SPILL_OK || e.key.len == 0 ||
			    spill_ntfs_name_read(e.key, &n) == SPILL_EFORMAT)
				continue;
			spill_buf_reset(&s->name);
			(void)spill_utf16le_put(&s->name, n.name);
			ev_place_add(fs, e.file.record,
			    spill_buf_as_span(&s->name), base + e.at);
		}
	}
}

static void
add_blocks(struct ev_fs *fs, const TSK_FS_ATTR *a, uint32_t size, uint64_t base)
{
	uint8_t *raw = malloc(2 * (size_t)size);

	for (TSK_OFF_T off = 0; raw != NULL && off < a->size; off += size) {
		struct spill_ntfs_index x;

		if (tsk_fs_attr_read(a, off, (char *)raw, size,
			TSK_FS_FILE_READ_FLAG_NONE) != (ssize_t)size)
			break;
		if (spill_ntfs_index_block(
			(struct spill_span){ (char *)raw, size }, raw + size,
			&x) == SPILL_EFORMAT)
			continue;
		x.key_type = SPILL_NTFS_FILE_NAME;
		add_index(fs, &x, base + (uint64_t)off);
	}
	free(raw);
}

/* Offsets count in $INDEX_ROOT and, behind it, in $INDEX_ALLOCATION. */
static void
places(struct ev_fs *fs, TSK_INUM_T dir)
{
	TSK_FS_FILE *f = tsk_fs_file_open_meta(fs->tsk, NULL, dir);
	const TSK_FS_ATTR *root, *blocks;
	struct spill_ntfs_index x = { 0 };

	if (f == NULL)
		return;
	root =
	    tsk_fs_file_attr_get_type(f, TSK_FS_ATTR_TYPE_NTFS_IDXROOT, 0, 0);
	blocks =
	    tsk_fs_file_attr_get_type(f, TSK_FS_ATTR_TYPE_NTFS_IDXALLOC, 0, 0);
	if (root != NULL &&
	    spill_ntfs_index_root(ev_ntfs_content(root), &x) != SPILL_EFORMAT)
		add_index(fs, &x, 0);
	if (root != NULL && blocks != NULL && x.block_size > 0 &&
	    x.block_size <= SPILL_NTFS_RECORD_MAX)
		add_blocks(fs, blocks, x.block_size, (uint64_t)root->size);
	tsk_fs_file_close(f);
	tsk_error_reset();
}

/* An entry, or a key of which the head is lost: what an offset that
 * places() gave leads to. */
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

/* --- resident content --------------------------------------------------- */

static bool
record_at(struct ev_fs *fs, uint64_t number, uint64_t *at)
{
	const struct state *s = fs->state;
	uint64_t cluster = fs->tsk->block_size;
	uint64_t byte = number * s->boot.record_size;

	for (size_t i = 0; i < s->nrun; i++) {
		const struct mft_run *r = &s->run[i];

		if (byte / cluster >= r->vcn &&
		    byte / cluster - r->vcn < r->count) {
			*at = (r->lcn + byte / cluster - r->vcn) * cluster +
			      byte % cluster;
			return true;
		}
	}
	return false;
}

/* The attribute in one MFT record; it points into the state's copy. */
static bool
find_in_record(struct ev_fs *fs, uint64_t number, const TSK_FS_ATTR *attr,
    uint64_t *record, struct spill_ntfs_attr *out)
{
	struct state *s = fs->state;
	struct spill_ntfs_record rec;
	struct spill_ntfs_attrs it;
	int rc;

	if (!record_at(fs, number, record) ||
	    !ev_fs_read(fs, *record, s->raw, s->boot.record_size) ||
	    spill_ntfs_record_read(
		(struct spill_span){ (char *)s->raw, s->boot.record_size },
		s->copy, &rec) == SPILL_EFORMAT)
		return false;
	it = spill_ntfs_attrs(&rec);
	while ((rc = spill_ntfs_attrs_next(&it, out)) != SPILL_END)
		if (rc == SPILL_OK && out->type == (uint32_t)attr->type &&
		    out->id == attr->id)
			return true;
	return false;
}

/* libtsk gives ids of its own where those of two records are the same, so
 * one that is found under another name is not it. */
static bool
find_attribute(struct ev_fs *fs, const TSK_FS_FILE *file,
    const TSK_FS_ATTR *attr, uint64_t *record, struct spill_ntfs_attr *out)
{
	const TSK_FS_ATTR *list = file->meta->attr->head;
	struct spill_ntfs_listed l;
	struct spill_ntfs_list it;

	for (; list != NULL; list = list->next)
		if ((list->flags & TSK_FS_ATTR_INUSE) != 0 &&
		    list->type == TSK_FS_ATTR_TYPE_NTFS_ATTRLIST)
			break;
	if (list == NULL || ev_ntfs_content(list).len == 0)
		return find_in_record(fs, file->meta->addr, attr, record, out);
	it = spill_ntfs_list(ev_ntfs_content(list));
	while (spill_ntfs_list_next(&it, &l) == SPILL_OK)
		if (l.type == (uint32_t)attr->type && l.id == attr->id &&
		    l.first_vcn == 0)
			return find_in_record(
			    fs, l.where.record, attr, record, out);
	return false;
}

static bool
has_name(
    struct ev_fs *fs, const struct spill_ntfs_attr *a, const TSK_FS_ATTR *attr)
{
	struct state *s = fs->state;

	spill_buf_reset(&s->name);
	(void)spill_utf16le_put(&s->name, a->name);
	return ev_name_fits(
	    spill_buf_as_span(&s->name), attr->name != NULL ? attr->name : "");
}

static bool
resident_at(struct ev_fs *fs, const TSK_FS_FILE *file, const TSK_FS_ATTR *attr,
    uint64_t *at)
{
	struct state *s = fs->state;
	struct spill_ntfs_attr a;
	uint64_t record;

	if (!find_attribute(fs, file, attr, &record, &a) || !a.resident ||
	    !has_name(fs, &a, attr))
		return false;
	*at = record + (uint64_t)(a.content.p - (const char *)s->copy);
	return true;
}

static bool
stream_of(struct ev_fs *fs, const TSK_FS_FILE *file, const TSK_FS_ATTR *attr,
    struct spill_buf *name)
{
	struct spill_ntfs_attr a;
	uint64_t record;

	if (!ev_name_is_odd(attr->name) ||
	    !find_attribute(fs, file, attr, &record, &a) ||
	    !has_name(fs, &a, attr))
		return false;
	(void)spill_utf16le_put(name, a.name);
	return true;
}

const struct ev_fs_ops ev_fs_ntfs = {
	.name = "ntfs",
	.by_attribute = true,
	.list = ev_tsk_list,
	.load = ev_tsk_load,
	.block_used = ev_tsk_block_used,
	.open = open_state,
	.close = close_state,
	.facts = facts,
	.name_of = name_of,
	.places = places,
	.entry_len = entry_len,
	.resident_at = resident_at,
	.old_entries = ev_ntfs_old_entries,
	.stream_of = stream_of,
};
