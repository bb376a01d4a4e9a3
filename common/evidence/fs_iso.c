/*
 * fs_iso.c: ISO 9660 as a file system of libtsk's kind. An object is the byte
 * of the volume where its directory record begins.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs_iso_i.h"
#include "tsk_extra_i.h"

#define RECORD_MAX 255 /* bytes */

static struct iso_state *
state_of(TSK_FS_INFO *tsk)
{
	return (struct iso_state *)tsk->impl;
}

/* --- objects ------------------------------------------------------------ */

static TSK_FS_META_TYPE_ENUM
type_of(const struct iso_node *n, const struct spill_iso_rock *r)
{
	if ((n->flags & ISO_FOLDER) != 0)
		return TSK_FS_META_TYPE_DIR;
	if ((r->has & SPILL_ISO_HAS_TARGET) != 0)
		return TSK_FS_META_TYPE_LNK;
	if ((r->has & SPILL_ISO_HAS_MODE) == 0)
		return TSK_FS_META_TYPE_REG;
	switch (r->mode & 0170000) {
	case 0120000:
		return TSK_FS_META_TYPE_LNK;
	case 0010000:
		return TSK_FS_META_TYPE_FIFO;
	case 0020000:
		return TSK_FS_META_TYPE_CHR;
	case 0060000:
		return TSK_FS_META_TYPE_BLK;
	case 0140000:
		return TSK_FS_META_TYPE_SOCK;
	default:
		return TSK_FS_META_TYPE_REG;
	}
}

static uint8_t
add_meta(TSK_FS_INFO *tsk, TSK_FS_FILE *file, TSK_INUM_T addr)
{
	struct iso_state *s = state_of(tsk);
	const struct iso_node *n = iso_find(s, addr);
	struct iso_entry *e = malloc(sizeof(*e));
	TSK_FS_META *m;
	bool ok = n != NULL && e != NULL && iso_entry(s, n, n->at, e);

	if (file->meta == NULL)
		file->meta = tsk_fs_meta_alloc(1);
	else
		tsk_fs_meta_reset(file->meta);
	m = file->meta;
	if (m == NULL || !ok) {
		free(e);
		tsk_error_set_errno(TSK_ERR_FS_INODE_NUM);
		tsk_error_set_errstr("there is no directory record");
		return 1;
	}
	m->addr = addr;
	m->attr_state = TSK_FS_META_ATTR_EMPTY;
	m->flags = TSK_FS_META_FLAG_ALLOC | TSK_FS_META_FLAG_USED;
	m->type = type_of(n, &e->rock);
	m->size = (TSK_OFF_T)n->size;
	m->nlink = 1;
	if ((e->rock.has & SPILL_ISO_HAS_MODE) != 0)
		m->nlink = (int)SPILL_MIN(e->rock.links, INT32_MAX);
	free(e);
	return 0;
}

/* The pieces of a file, each of whole blocks but the last. */
static TSK_FS_ATTR_RUN *
make_runs(struct iso_state *s, const struct iso_node *n)
{
	TSK_FS_ATTR_RUN *head = NULL, **tail = &head;
	struct iso_entry *e = malloc(sizeof(*e));
	uint64_t at = n->at, block = 0;

	for (unsigned i = 0; i < n->records && e != NULL; i++) {
		bool ok = iso_entry(s, n, at, e);
		TSK_FS_ATTR_RUN *r;

		if (!ok && at % SPILL_ISO_SECTOR != 0) {
			at = (at / SPILL_ISO_SECTOR + 1) * SPILL_ISO_SECTOR;
			ok = iso_entry(s, n, at, e);
		}
		r = ok ? tsk_fs_attr_run_alloc() : NULL;
		if (r == NULL)
			break;
		r->addr = n->records == 1
			      ? n->block
			      : (TSK_DADDR_T)e->record.block + e->record.extra;
		r->offset = block;
		r->len = ((n->records == 1 ? n->size : e->record.size) +
			     s->block_size - 1) /
			 s->block_size;
		block += r->len;
		at += e->record.len;
		*tail = r;
		tail = &r->next;
	}
	free(e);
	return head;
}

static uint8_t
load_attributes(TSK_FS_FILE *file)
{
	TSK_FS_META *m = file->meta;
	struct iso_state *s = state_of(file->fs_info);
	const struct iso_node *n = iso_find(s, m->addr);
	TSK_FS_ATTR_RUN *runs;
	TSK_FS_ATTR *a;
	TSK_OFF_T whole;

	if (m->attr != NULL && m->attr_state == TSK_FS_META_ATTR_STUDIED)
		return 0;
	a = n != NULL ? ev_tsk_only_attr(m) : NULL;
	if (a == NULL)
		return 1;
	runs = m->size > 0 ? make_runs(s, n) : NULL;
	whole = 0;
	for (const TSK_FS_ATTR_RUN *r = runs; r != NULL; r = r->next)
		whole += (TSK_OFF_T)(r->len * s->block_size);
	if (tsk_fs_attr_set_run(file, a, runs, NULL, TSK_FS_ATTR_TYPE_DEFAULT,
		TSK_FS_ATTR_ID_DEFAULT, m->size, m->size, whole,
		TSK_FS_ATTR_FLAG_NONE, 0) != 0) {
		tsk_fs_attr_run_free(runs);
		return 1;
	}
	m->attr_state = TSK_FS_META_ATTR_STUDIED;
	return 0;
}

/* --- folders ------------------------------------------------------------ */

static TSK_FS_NAME_TYPE_ENUM
name_type(const struct iso_node *n, const struct spill_iso_rock *r)
{
	switch (type_of(n, r)) {
	case TSK_FS_META_TYPE_DIR:
		return TSK_FS_NAME_TYPE_DIR;
	case TSK_FS_META_TYPE_LNK:
		return TSK_FS_NAME_TYPE_LNK;
	case TSK_FS_META_TYPE_FIFO:
		return TSK_FS_NAME_TYPE_FIFO;
	case TSK_FS_META_TYPE_CHR:
		return TSK_FS_NAME_TYPE_CHR;
	case TSK_FS_META_TYPE_BLK:
		return TSK_FS_NAME_TYPE_BLK;
	case TSK_FS_META_TYPE_SOCK:
		return TSK_FS_NAME_TYPE_SOCK;
	default:
		return TSK_FS_NAME_TYPE_REG;
	}
}

/* libtsk's own function for this looks through all names before it. */
static bool
add_name(struct iso_state *s, TSK_FS_DIR *dir, const struct iso_node *n,
    struct iso_entry *e)
{
	TSK_FS_NAME name = { .tag = TSK_FS_NAME_TAG };

	if ((n->flags & ISO_HIDDEN) != 0 ||
	    (n->tree == ISO_OTHER && (n->flags & ISO_SHOWN) == 0))
		return true;
	spill_buf_reset(&s->text);
	if (!iso_entry(s, n, n->at, e))
		return false;
	iso_name(s, n, e, &s->text);
	for (size_t i = 0; i < s->text.len; i++)
		if (s->text.p[i] == '\0')
			s->text.p[i] = '^'; /* name_of() knows better */
	name.name = (char *)(uintptr_t)spill_buf_str(&s->text);
	name.name_size = strlen(name.name);
	name.meta_addr = n->at;
	name.par_addr = s->node[n->parent].at;
	name.type = name_type(n, &e->rock);
	name.flags = TSK_FS_NAME_FLAG_ALLOC;
	if (s->text.rc != SPILL_OK || dir->names_used == dir->names_alloc ||
	    tsk_fs_name_copy(&dir->names[dir->names_used], &name) != 0)
		return false;
	dir->names_used++;
	return true;
}

static TSK_RETVAL_ENUM
open_dir(TSK_FS_INFO *tsk, TSK_FS_DIR **out, TSK_INUM_T addr, int recursion)
{
	struct iso_state *s = state_of(tsk);
	const struct iso_node *n = iso_find(s, addr);
	struct iso_entry *e;
	bool other = n == s->node && s->only_other > 0;
	bool ok = true;
	size_t room;

	(void)recursion;
	if (n == NULL || (n->flags & ISO_FOLDER) == 0)
		return TSK_COR;
	room = (size_t)n->n + 1;
	for (uint32_t i = n->lost; i > 0; i = s->node[i].next)
		room++;
	if (*out != NULL)
		tsk_fs_dir_reset(*out);
	else
		*out = tsk_fs_dir_alloc(tsk, addr, room);
	if (*out == NULL || tsk_fs_dir_realloc(*out, room) != 0)
		return TSK_ERR;
	(*out)->addr = addr;
	e = malloc(sizeof(*e));
	for (uint32_t i = 0; i < n->n && e != NULL; i++)
		ok &= add_name(s, *out, &s->node[n->first + i], e);
	for (uint32_t i = n->lost; i > 0 && e != NULL; i = s->node[i].next)
		ok &= add_name(s, *out, &s->node[i], e);
	if (other && e != NULL)
		ok &= add_name(s, *out, &s->node[s->other], e);
	ok &= e != NULL;
	free(e);
	if (ok && (n->flags & ISO_DAMAGED) == 0)
		return TSK_OK;
	tsk_error_set_errno(TSK_ERR_FS_CORRUPT);
	tsk_error_set_errstr("%s", (n->flags & ISO_LOOP) != 0
				       ? "it has sectors of another folder"
				       : "its records are damaged");
	return TSK_COR;
}

/* --- the file system ---------------------------------------------------- */

static TSK_FS_ATTR_TYPE_ENUM
default_type(const TSK_FS_FILE *file)
{
	(void)file;
	return TSK_FS_ATTR_TYPE_DEFAULT;
}

static TSK_FS_BLOCK_FLAG_ENUM
block_flags(TSK_FS_INFO *tsk, TSK_DADDR_T block)
{
	(void)tsk;
	(void)block;
	return TSK_FS_BLOCK_FLAG_ALLOC;
}

static void
free_state(struct iso_state *s)
{
	free(s->node);
	free(s->order);
	free(s->seen);
	spill_buf_release(&s->text);
	free(s);
}

static void
close_tsk(TSK_FS_INFO *tsk)
{
	free_state(state_of(tsk));
	tsk->tag = 0;
	tsk_fs_free(tsk);
}

static void
fill(TSK_FS_INFO *tsk, struct iso_state *s)
{
	uint64_t blocks = s->end / s->block_size;

	tsk->tag = TSK_FS_INFO_TAG;
	tsk->img_info = &s->fs->disk->tsk;
	tsk->offset = (TSK_OFF_T)s->fs->offset;
	tsk->ftype = TSK_FS_TYPE_ISO9660;
	tsk->duname = "Block";
	tsk->block_size = s->block_size;
	tsk->dev_bsize = 512;
	tsk->block_count = blocks;
	tsk->last_block = tsk->last_block_act = blocks > 0 ? blocks - 1 : 0;
	tsk->first_inum = s->node[0].at;
	tsk->root_inum = s->node[0].at;
	tsk->last_inum = INT64_MAX; /* no object: there are no orphans */
	tsk->inum_count = s->n;
	tsk->endian = TSK_LIT_ENDIAN;
	tsk->file_add_meta = add_meta;
	tsk->load_attrs = load_attributes;
	tsk->dir_open_meta = open_dir;
	tsk->get_default_attr_type = default_type;
	tsk->block_getflags = block_flags;
	tsk->close = close_tsk;
	tsk->impl = s;
}

TSK_FS_INFO *
ev_iso_open(struct ev_fs *fs)
{
	struct iso_state *s = calloc(1, sizeof(*s));
	TSK_FS_INFO *tsk = NULL;

	if (s == NULL)
		return NULL;
	s->fs = fs;
	s->text = SPILL_BUF_INIT((size_t)1 << 16);
	if (iso_load(s) == SPILL_OK)
		tsk = tsk_fs_malloc(sizeof(*tsk));
	if (tsk == NULL)
		free_state(s);
	else
		fill(tsk, s);
	return tsk;
}

/* --- what the walk asks ------------------------------------------------- */

static void
put_time(struct ev_facts *out, struct spill_time *to,
    const struct spill_iso_time *t, int16_t *zone)
{
	*to = t->at;
	out->bad_time |= t->bad;
	if (t->at.set && t->zone != 0)
		*zone = t->zone;
}

static void
times(struct iso_state *s, const struct iso_entry *e, struct ev_facts *out)
{
	const struct spill_iso_rock *r = &e->rock;
	int16_t zone = 0;

	put_time(out, &out->at.modified, &e->record.time, &zone);
	if ((r->has & SPILL_ISO_HAS_TIMES) != 0) {
		put_time(out, &out->at.born, &r->born, &zone);
		if (r->modified.at.set || r->modified.bad)
			put_time(out, &out->at.modified, &r->modified, &zone);
		put_time(out, &out->at.accessed, &r->accessed, &zone);
		put_time(out, &out->at.changed, &r->changed, &zone);
	}
	if (zone == 0)
		return;
	(void)snprintf(s->note, sizeof(s->note),
	    "a time was written as %c%02d:%02d", zone < 0 ? '-' : '+',
	    abs(zone) / 60, abs(zone) % 60);
	out->note = s->note;
}

static void
attributes(const struct iso_entry *e, struct ev_facts *out)
{
	static const struct {
		uint8_t flag;
		const char *name;
	} names[] = { { SPILL_ISO_HIDDEN, "hidden" },
		{ SPILL_ISO_ASSOCIATED, "associated" },
		{ SPILL_ISO_PROTECTED, "protected" } };

	for (size_t i = 0; i < SPILL_COUNT(names); i++)
		if ((e->record.flags & names[i].flag) != 0)
			out->attributes[out->nattributes++] = names[i].name;
	if ((e->rock.has & SPILL_ISO_COMPRESSED) != 0)
		out->attributes[out->nattributes++] = "compressed";
	if (e->record.interleaved) {
		out->map_lost = true;
		out->note = "interleaved with other files: not put together";
	}
}

/* A root's record in the descriptor has no system use area: its "." has. */
static uint64_t
facts_at(struct iso_state *s, const struct iso_node *n)
{
	if (n != &s->node[n->parent])
		return n->at;
	return (uint64_t)n->block * s->block_size;
}

static void
facts(struct ev_fs *fs, const TSK_FS_FILE *file, TSK_INUM_T dir,
    struct ev_facts *out)
{
	struct iso_state *s = state_of(fs->tsk);
	const struct iso_node *n = iso_find(s, file->meta->addr);
	struct iso_entry *e = malloc(sizeof(*e));
	const struct spill_iso_rock *r;

	(void)dir;
	if (e == NULL || n == NULL || !iso_entry(s, n, facts_at(s, n), e)) {
		free(e);
		return;
	}
	r = &e->rock;
	times(s, e, out);
	attributes(e, out);
	if ((r->has & SPILL_ISO_HAS_MODE) != 0) {
		out->has_mode = out->has_owner = true;
		out->mode = r->mode & 07777;
		out->uid = r->uid;
		out->gid = r->gid;
	}
	spill_buf_reset(&fs->target);
	spill_buf_put(&fs->target, r->target, r->target_len);
	out->target = spill_buf_as_span(&fs->target);
	if ((n->flags & ISO_SECOND) != 0)
		out->note = "its place or size is damaged: taken is what "
			    "agrees with the other files";
	if (r->flaw.what != NULL)
		out->note = r->flaw.what;
	free(e);
}

static bool
name_of(struct ev_fs *fs, const TSK_FS_FILE *file, TSK_INUM_T dir,
    struct spill_buf *name)
{
	struct iso_state *s = state_of(fs->tsk);
	const struct iso_node *n = iso_find(s, file->name->meta_addr);
	struct iso_entry *e;
	bool ok;

	(void)dir;
	if (n == NULL || !ev_name_is_odd(file->name->name))
		return false;
	e = malloc(sizeof(*e));
	ok = e != NULL && iso_entry(s, n, n->at, e);
	if (ok)
		iso_name(s, n, e, name);
	free(e);
	return ok;
}

static void
remarks(struct ev_fs *fs, ev_remark *say, void *ctx)
{
	const struct iso_state *s = state_of(fs->tsk);
	char detail[160];

	if (s->udf)
		say(ctx, "unsupported",
		    "the disc has a UDF file system, too, which is not read");
	if (s->no_size)
		say(ctx, "damaged",
		    "the size of its blocks is none: 2048 bytes are taken");
	if (s->no_primary)
		say(ctx, "damaged",
		    "no primary volume descriptor can be read: the tree is "
		    "that "
		    "of the supplementary one");
	if (s->no_root)
		say(ctx, "damaged",
		    "the record of a root folder is damaged: it was found by a "
		    "path table or by its number in the other order");
	if (s->by_path > 0) {
		(void)snprintf(detail, sizeof(detail),
		    "folders that a path table alone leads to: %llu",
		    (unsigned long long)s->by_path);
		say(ctx, "damaged", detail);
	}
	if (s->only_other > 0) {
		(void)snprintf(detail, sizeof(detail),
		    "the trees disagree: files of the %s tree alone: %llu, "
		    "listed in /%s",
		    s->names[ISO_OTHER].title,
		    (unsigned long long)s->only_other,
		    s->names[ISO_OTHER].folder);
		say(ctx, "anomaly", detail);
	}
	if (s->has_other && s->only_main > 0) {
		(void)snprintf(detail, sizeof(detail),
		    "the trees disagree: files not in the %s tree: %llu",
		    s->names[ISO_OTHER].title,
		    (unsigned long long)s->only_main);
		say(ctx, "anomaly", detail);
	}
	if (s->damaged > 0) {
		(void)snprintf(detail, sizeof(detail),
		    "directory records with damaged system use areas: %llu",
		    (unsigned long long)s->damaged);
		say(ctx, "damaged", detail);
	}
}

static size_t
entry_len(struct spill_span bytes)
{
	struct spill_iso_record r;

	return spill_iso_record_read(bytes, &r) == SPILL_END ? 0 : r.len;
}

const struct ev_fs_ops ev_fs_iso = {
	.name = "ISO 9660",
	.list = ev_tsk_list,
	.load = ev_tsk_load,
	.block_used = ev_tsk_block_used,
	.facts = facts,
	.name_of = name_of,
	.remarks = remarks,
	.entry_len = entry_len,
};
