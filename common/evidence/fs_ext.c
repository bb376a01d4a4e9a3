/*
 * fs_ext.c: ext2, ext3 and ext4: inodes, and what they say.
 */
#include <stdlib.h>
#include <string.h>

#include <sys/stat.h>

#include "fs_ext_i.h"

#define TARGET_MAX 4096

static void
close_state(struct ev_fs *fs)
{
	struct ext *s = fs->state;

	if (s == NULL)
		return;
	free(s->claims);
	free(s->mapped);
	free(s->named);
	free(s->inodes.bytes);
	free(s->blocks.bytes);
	free(s->inodes.looked);
	free(s->blocks.looked);
	for (size_t i = 0; i < SPILL_COUNT(s->node); i++)
		free(s->node[i]);
	ev_object_release(&s->map);
	ext_journal_release(&s->journal);
	free(s);
	fs->state = NULL;
}

/* --- opening ------------------------------------------------------------ */

static bool
makes_sense(const struct spill_ext_super *sb)
{
	return sb->block_size >= 1024 && sb->block_size <= EXT_BLOCK_MAX &&
	       sb->desc_size > 0 && sb->desc_size <= sb->block_size &&
	       sb->inode_size >= 128 && sb->inode_size <= EXT_INODE_MAX &&
	       sb->inodes_per_group > 0 && sb->blocks_per_group > 0 &&
	       sb->groups > 0;
}

static bool
open_bitmap(const struct ext *s, struct ext_bitmap *b)
{
	b->bytes = malloc(s->super.block_size);
	b->looked = calloc(SPILL_MIN(s->super.groups, EXT_GROUPS_LOOKED), 1);
	return b->bytes != NULL && b->looked != NULL;
}

static int
open_state(struct ev_fs *fs)
{
	struct ext *s = calloc(1, sizeof(*s));
	struct spill_span raw;
	bool nomem = false;

	if (s == NULL)
		return SPILL_ENOMEM;
	fs->state = s;
	ev_disk_scattered(fs->disk);
	raw = (struct spill_span){ (char *)s->raw_super, sizeof(s->raw_super) };
	if (!ev_fs_read(fs, 1024, s->raw_super, sizeof(s->raw_super)) ||
	    spill_ext_super_read(raw, &s->super) == SPILL_EFORMAT ||
	    !makes_sense(&s->super))
		return SPILL_EFORMAT;
	s->known = true;
	fs->block_size = s->super.block_size;
	nomem = !open_bitmap(s, &s->inodes) || !open_bitmap(s, &s->blocks);
	for (size_t i = 0; i < SPILL_COUNT(s->node); i++) {
		s->node[i] = malloc(s->super.block_size);
		nomem |= s->node[i] == NULL;
	}
	/* Of no more than there is room for in the image. */
	s->nnamed =
	    SPILL_MIN((uint64_t)s->super.inodes,
		fs->there * (s->super.block_size / s->super.inode_size)) +
	    1;
	s->named = calloc(s->nnamed / 8 + 1, 1);
	return nomem || s->named == NULL ? SPILL_ENOMEM : SPILL_OK;
}

/* --- inodes ------------------------------------------------------------- */

/* Bytes of an inode, valid until the next is asked for. */
static const uint8_t *
find_bytes(struct ev_fs *fs, uint64_t at, size_t n)
{
	struct ext *s = fs->state;
	uint64_t start = at / EXT_WINDOW * EXT_WINDOW;

	if (at - start + n > EXT_WINDOW || start + EXT_WINDOW > fs->length) {
		s->window_full = false;
		return ev_fs_read(fs, at, s->window, n) ? s->window : NULL;
	}
	if (!s->window_full || s->window_at != start)
		s->window_full = ev_fs_read(fs, start, s->window, EXT_WINDOW);
	s->window_at = start;
	return s->window_full ? s->window + (at - start) : NULL;
}

bool
ext_inode(struct ev_fs *fs, uint64_t number, struct spill_ext_inode *out,
    uint64_t *at)
{
	struct ext *s = fs->state;
	const struct spill_ext_super *sb = &s->super;
	const struct spill_ext_group *g;
	const uint8_t *raw;

	if (!s->known || number == 0 || number > sb->inodes)
		return false;
	g = ext_group(fs, (number - 1) / sb->inodes_per_group);
	if (g == NULL || g->inode_table == 0)
		return false;
	*at = g->inode_table * sb->block_size +
	      (number - 1) % sb->inodes_per_group * sb->inode_size;
	raw = find_bytes(fs, *at, sb->inode_size);
	return raw != NULL &&
	       spill_ext_inode_read(
		   (struct spill_span){ (char *)raw, sb->inode_size }, sb,
		   out) != SPILL_EFORMAT;
}

uint64_t
ext_size(const struct ext *s, const struct spill_ext_inode *inode)
{
	bool high = S_ISREG(inode->mode) ||
		    (S_ISDIR(inode->mode) &&
			(s->super.incompat & SPILL_EXT_LARGEDIR) != 0);

	return high ? inode->size : (uint32_t)inode->size;
}

enum ev_kind
ext_kind(unsigned mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return EV_DIR;
	case S_IFLNK:
		return EV_LINK;
	case S_IFIFO:
	case S_IFCHR:
	case S_IFBLK:
	case S_IFSOCK:
		return EV_SPECIAL;
	default:
		return EV_FILE;
	}
}

/* --- facts -------------------------------------------------------------- */

static void
name_flags(uint32_t flags, struct ev_facts *out)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} all[] = {
		{ SPILL_EXT_I_COMPRESSED, "compressed" },
		{ SPILL_EXT_I_IMMUTABLE, "immutable" },
		{ SPILL_EXT_I_APPEND, "append-only" },
		{ SPILL_EXT_I_ENCRYPTED, "encrypted" },
		{ SPILL_EXT_I_VERITY, "verity" },
		{ SPILL_EXT_I_INLINE, "inline" },
		{ SPILL_EXT_I_CASEFOLD, "casefold" },
	};

	for (size_t i = 0; i < SPILL_COUNT(all); i++)
		if ((flags & all[i].bit) != 0)
			out->attributes[out->nattributes++] = all[i].name;
}

/* In the inode, or if it is longer, in a block. */
static void
read_target(
    struct ev_fs *fs, const struct spill_ext_inode *inode, struct ev_object *o)
{
	uint32_t bs = fs->block_size;
	uint64_t left = SPILL_MIN(o->size, (uint64_t)TARGET_MAX);

	spill_buf_reset(&fs->target);
	if (inode->target.len > 0)
		spill_buf_span(&fs->target, inode->target);
	else if ((inode->flags & SPILL_EXT_I_INLINE) != 0) {
		spill_buf_span(&fs->target, inode->inline_a);
		spill_buf_span(&fs->target, inode->inline_b);
	} else {
		for (size_t i = 0; i < o->nrun && left > 0; i++) {
			size_t n = (size_t)SPILL_MIN(left, bs);
			char *p = spill_buf_room(&fs->target, n);

			if (p == NULL ||
			    !ev_fs_read(fs, o->run[i].block * bs, p, n))
				break;
			fs->target.len += n;
			left -= n;
		}
	}
	o->facts.target = spill_buf_as_span(&fs->target);
}

static void
fill_facts(const struct spill_ext_inode *inode, struct ev_facts *out)
{
	out->at = inode->times.at;
	out->bad_time = inode->times.bad != 0;
	out->deleted = inode->deleted;
	out->has_owner = out->has_mode = out->has_generation = true;
	out->uid = inode->uid;
	out->gid = inode->gid;
	out->mode = inode->mode & 07777;
	out->generation = inode->generation;
	name_flags(inode->flags, out);
}

/* --- content ------------------------------------------------------------ */

#define AREA_AT 0x28 /* of an inode: i_block */

/*
 * Longer ones go on in an attribute, which is in the inode, too. Where there is
 * less than the inode says, that is a fault.
 */
static void
add_resident(const struct spill_ext_inode *inode, uint64_t at,
    struct ev_object *o, struct ev_attr *a)
{
	struct spill_span area = inode->area, rest = inode->inline_b;

	a->placed = a->size > 0;
	a->at = at + AREA_AT;
	if (a->size <= area.len)
		return;
	a->rest_from = area.len;
	a->rest = SPILL_MIN(rest.len, a->size - area.len);
	if (a->rest > 0)
		a->rest_at = a->at + (uint64_t)(rest.p - area.p);
	a->lost = a->rest < a->size - area.len;
	if (a->lost)
		ev_folder_fault(&o->faults, at + 4, 4,
		    "it is longer than what is in its inode");
}

static void
add_content(struct ev_fs *fs, const struct spill_ext_inode *inode, uint64_t at,
    struct ev_object *o)
{
	struct ev_attr *a = ev_object_attr(o);
	uint32_t bs = fs->block_size;

	if (a == NULL)
		return;
	a->size = o->size;
	a->encrypted =
	    (inode->flags & SPILL_EXT_I_ENCRYPTED) != 0 && o->kind == EV_FILE;
	a->resident =
	    (inode->flags & SPILL_EXT_I_INLINE) != 0 || inode->target.len > 0;
	if (a->resident) {
		add_resident(inode, at, o, a);
		return;
	}
	a->alloc = o->size / bs * bs + (o->size % bs > 0 ? bs : 0);
	ext_map(fs, inode, o);
}

static void
orphans_folder(struct ev_fs *fs, struct ev_object *o)
{
	o->number = fs->orphans;
	o->kind = EV_DIR;
	o->alloc = o->made_up = true;
	o->links = 1;
}

static void
mark_named(struct ext *s, uint64_t number)
{
	if (number < s->nnamed)
		s->named[number / 8] |= (uint8_t)(1u << number % 8);
}

static int
load(struct ev_fs *fs, const struct ev_entry *e, uint64_t dir,
    struct ev_object *o)
{
	struct ext *s = fs->state;
	struct spill_ext_inode inode;
	uint64_t at;
	bool journal;

	(void)dir;
	if (e->object == fs->orphans) {
		orphans_folder(fs, o);
		return SPILL_OK;
	}
	if (!ext_inode_last(fs, e->object, &inode, &at, &journal))
		return SPILL_END;
	o->number = e->object;
	o->unreadable = ev_fs_is_bad(fs, at, s->super.inode_size);
	o->alloc = ext_inode_used(fs, e->object, &inode);
	if (e->named == EV_NAMED || inode.links == 0)
		mark_named(s, e->object);
	if ((e->kind == EV_DIR || e->object == fs->root) &&
	    !S_ISDIR(inode.mode) && ext_has_folder(fs, &inode, e->object)) {
		inode.mode = S_IFDIR | (inode.mode & 07777);
		inode.target = (struct spill_span){ 0 };
	}
	o->kind = ext_kind(inode.mode);
	if (o->unreadable) /* its name may say it */
		o->kind = e->object == fs->root ? EV_DIR : e->kind;
	o->links = inode.links;
	o->size = ext_size(s, &inode);
	fill_facts(&inode, &o->facts);
	if (journal)
		o->facts.note = e->journal
				    ? "name, times and content's place: from "
				      "the journal"
				    : "times and content's place: from the "
				      "journal";
	s->claiming =
	    o->alloc && e->named != EV_ERASED && ext_claim_inode(s, e->object);
	if (o->kind != EV_SPECIAL)
		add_content(fs, &inode, at, o);
	s->claiming = false;
	if (o->kind == EV_LINK)
		read_target(fs, &inode, o);
	return o->nomem || s->journal.nomem ? SPILL_ENOMEM : SPILL_OK;
}

/* inode, length of the entry, length of the name, type; the name. */
static size_t
entry_len(struct spill_span bytes)
{
	size_t n = bytes.len >= 8 ? 8 + (size_t)(uint8_t)bytes.p[6] : 0;

	return n <= bytes.len ? n : 0;
}

const struct ev_fs_ops ev_fs_ext = {
	.name = "ext",
	.counts_links = true,
	.clears_maps = true,
	.open = open_state,
	.close = close_state,
	.list = ext_list,
	.load = load,
	.block_used = ext_block_used,
	.unused = ext_unused,
	.remarks = ext_remarks,
	.entry_len = entry_len,
};
