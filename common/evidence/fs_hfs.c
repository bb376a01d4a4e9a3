/*
 * fs_hfs.c: HFS+. libtsk reads the catalogue; times, flags and odd names come
 * from its records. Its times of before 1970 are none.
 */
#include <string.h>

#include <spill/hfs.h>

#include "fs_i.h"

#include <tsk/fs/tsk_hfs.h>

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
	.list = ev_tsk_list,
	.load = ev_tsk_load,
	.block_used = ev_tsk_block_used,
	.facts = facts,
	.name_of = name_of,
	.is_stream = ev_is_fork,
};
