/*
 * fs_hfs.c: HFS+. libtsk reads the catalogue; times, flags and odd names come
 * from its records. Its times of before 1970 are none.
 */
#include <stdlib.h>
#include <string.h>

#include <spill/hfs.h>

#include "fs_hfs_i.h"

#include <tsk/fs/tsk_hfs.h>

struct state {
	struct ev_hfs_links wrong[EV_HFS_TREES];
};

TSK_FS_INFO *
ev_hfs_open(struct ev_fs *fs, unsigned type)
{
	struct state *s = calloc(1, sizeof(*s));
	TSK_FS_INFO *tsk = NULL;
	int rc = s != NULL ? ev_hfs_check_links(fs, s->wrong) : SPILL_ENOMEM;

	if (rc == SPILL_OK)
		tsk = tsk_fs_open_img(&fs->disk->tsk, (TSK_OFF_T)fs->offset,
		    (TSK_FS_TYPE_ENUM)type);
	else
		tsk_error_set_errstr("%s",
		    rc == SPILL_ENOMEM ? "not enough memory"
				       : "too many links of its trees lead in "
					 "a circle, or nowhere");
	if (tsk == NULL)
		free(s);
	else
		fs->state = s;
	return tsk;
}

static void
close_state(struct ev_fs *fs)
{
	free(fs->state);
	fs->state = NULL;
}

static void
remarks(struct ev_fs *fs, ev_remark *say, void *ctx)
{
	static const char *const names[EV_HFS_TREES] = { "extents", "catalogue",
		"attributes" };
	const struct state *s = fs->state;
	char detail[160];

	for (unsigned i = 0; i < EV_HFS_TREES; i++) {
		if (s->wrong[i].count == 0)
			continue;
		(void)snprintf(detail, sizeof(detail),
		    "%s: links that lead in a circle, or to no leaf: %u, the "
		    "first in node %u; entries may be missing",
		    names[i], s->wrong[i].count, s->wrong[i].first);
		say(ctx, "damaged", detail);
	}
}

/* The record of an object, and its own name. */
static bool
find(struct ev_fs *fs, TSK_INUM_T addr, bool follow, HFS_ENTRY *out)
{
	bool ok;

	/* Those below the first are no objects of the catalogue. */
	if (addr < HFS_FIRST_USER_CNID && addr != HFS_ROOT_INUM)
		return false;
	memset(out, 0, sizeof(*out));
	ok = hfs_cat_file_lookup(
		 (HFS_INFO *)(void *)fs->tsk, addr, out, follow) == 0;
	tsk_error_reset();
	return ok;
}

static void
attributes(const struct spill_hfs_record *r, struct ev_facts *out)
{
	const struct {
		bool has;
		const char *name;
	} names[] = { { (r->finder_flags & SPILL_HFS_INVISIBLE) != 0,
			  "hidden" },
		{ (r->owner_flags & SPILL_HFS_COMPRESSED) != 0, "compressed" },
		{ ((r->owner_flags | r->admin_flags) & SPILL_HFS_IMMUTABLE) !=
			0,
		    "immutable" },
		{ ((r->owner_flags | r->admin_flags) & SPILL_HFS_APPEND) != 0,
		    "append" },
		{ r->locked, "locked" } };

	for (size_t i = 0; i < SPILL_COUNT(names); i++)
		if (names[i].has)
			out->attributes[out->nattributes++] = names[i].name;
}

static void
facts(struct ev_fs *fs, const TSK_FS_FILE *file, TSK_INUM_T dir,
    struct ev_facts *out)
{
	struct spill_hfs_record r;
	HFS_ENTRY entry;
	struct spill_span raw = { (const char *)&entry.cat, sizeof(entry.cat) };

	ev_fs_other.facts(fs, file, dir, out);
	/* Deleted ones have no record that can be looked up. */
	if (!find(fs, file->meta->addr, true, &entry) ||
	    spill_hfs_record_read(raw, &r) != SPILL_OK)
		return;
	out->at = r.times.at;
	attributes(&r, out);
	if ((r.owner_flags & SPILL_HFS_COMPRESSED) != 0)
		(void)ev_is_packed(file);
}

/* libtsk writes "^" for NUL. */
static bool
name_of(struct ev_fs *fs, const TSK_FS_FILE *file, TSK_INUM_T dir,
    struct spill_buf *name)
{
	const TSK_FS_NAME *n = file->name;
	HFS_ENTRY entry;
	const hfs_uni_str *s = &entry.thread.name;
	size_t len;

	(void)dir;
	if (!ev_name_is_odd(n->name) ||
	    (n->flags & TSK_FS_NAME_FLAG_UNALLOC) != 0 ||
	    !find(fs, n->meta_addr, false, &entry))
		return false;
	len = (size_t)s->length[0] << 8 | s->length[1];
	if (len > sizeof(s->unicode) / 2)
		return false;
	(void)spill_utf16be_put(
	    name, (struct spill_span){ (const char *)s->unicode, 2 * len });
	/* A slash on the disk is a colon for all who read paths. */
	for (size_t i = 0; i < name->len; i++)
		if (name->p[i] == '/')
			name->p[i] = ':';
	return true;
}

bool
ev_is_packed(const TSK_FS_FILE *file)
{
	TSK_FS_META *m = file->meta;
	const TSK_FS_ATTR *a;

	if (m->type != TSK_FS_META_TYPE_REG)
		return false;
	a = tsk_fs_file_attr_get((TSK_FS_FILE *)(uintptr_t)file);
	tsk_error_reset();
	if ((m->flags & TSK_FS_META_FLAG_COMP) == 0)
		return false;
	if (a != NULL && a->type == TSK_FS_ATTR_TYPE_HFS_DATA)
		m->size = a->size;
	return true;
}

_Static_assert(
    TSK_FS_ATTR_TYPE_HFS_RSRC == TSK_FS_ATTR_TYPE_APFS_RSRC &&
	TSK_FS_ATTR_TYPE_HFS_EXT_ATTR == TSK_FS_ATTR_TYPE_APFS_EXT_ATTR &&
	TSK_FS_ATTR_TYPE_HFS_COMP_REC == TSK_FS_ATTR_TYPE_APFS_COMP_REC,
    "APFS has the types of HFS+");

bool
ev_is_fork(const TSK_FS_ATTR *a)
{
	return a->type == TSK_FS_ATTR_TYPE_HFS_RSRC ||
	       a->type == TSK_FS_ATTR_TYPE_HFS_EXT_ATTR ||
	       a->type == TSK_FS_ATTR_TYPE_HFS_COMP_REC;
}

const struct ev_fs_ops ev_fs_hfs = {
	.name = "HFS+",
	.close = close_state,
	.remarks = remarks,
	.list = ev_tsk_list,
	.load = ev_tsk_load,
	.block_used = ev_tsk_block_used,
	.facts = facts,
	.name_of = name_of,
	.is_stream = ev_is_fork,
};
