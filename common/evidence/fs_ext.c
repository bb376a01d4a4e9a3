/*
 * fs_ext.c: times and flags of ext2, ext3 and ext4 from the inode table.
 */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include <spill/ext.h>

#include "fs_i.h"

#define INODE_MAX  4096
#define WINDOW	   8192
#define TARGET_MAX 4096

struct state {
	struct spill_ext_super super;
	uint8_t raw_super[1024];
	uint64_t *table; /* block of each group's inode table; 0: not known */
	uint64_t groups;
	uint8_t window[WINDOW]; /* of an inode table: neighbours are near */
	uint64_t window_at;
	bool window_full;
};

static void
close_state(struct ev_fs *fs)
{
	struct state *s = fs->state;

	if (s == NULL)
		return;
	free(s->table);
	free(s);
	fs->state = NULL;
}

static bool
is_power(uint64_t n, uint64_t base)
{
	while (n > 1 && n % base == 0)
		n /= base;
	return n == 1;
}

/* Does a group hold a copy of the superblock? ([EXT4] Super Block) */
static bool
has_super(const struct spill_ext_super *super, uint64_t group)
{
	return (super->ro_compat & 0x1) == 0 || group <= 1 ||
	       is_power(group, 3) || is_power(group, 5) || is_power(group, 7);
}

/* Byte of the descriptor of a group ([EXT4] Block Group Descriptors). */
static uint64_t
descriptor_at(const struct state *s, uint64_t group)
{
	const struct spill_ext_super *sb = &s->super;
	uint64_t per_block = sb->block_size / sb->desc_size;
	uint32_t first_meta;

	memcpy(&first_meta, s->raw_super + 0x104, sizeof(first_meta));
	first_meta = le32toh(first_meta);
	if ((sb->incompat & SPILL_EXT_META_BG) != 0 &&
	    group / per_block >= first_meta) {
		uint64_t first = group / per_block * per_block;

		return (sb->first_block + first * sb->blocks_per_group +
			   has_super(sb, first)) *
			   sb->block_size +
		       group % per_block * sb->desc_size;
	}
	return (sb->first_block + 1) * (uint64_t)sb->block_size +
	       group * sb->desc_size;
}

static int
load_groups(struct ev_fs *fs, struct state *s)
{
	const struct spill_ext_super *sb = &s->super;
	uint8_t raw[64];

	s->groups = SPILL_MIN(sb->groups, fs->length / sb->block_size + 1);
	s->table = calloc(s->groups, sizeof(*s->table));
	if (s->table == NULL)
		return SPILL_ENOMEM;
	for (uint64_t g = 0; g < s->groups; g++) {
		struct spill_ext_group group;
		struct spill_span span = { (char *)raw,
			SPILL_MIN(sb->desc_size, sizeof(raw)) };

		if (!ev_fs_read(fs, descriptor_at(s, g), raw, span.len))
			break;
		if (spill_ext_group_read(span, sb, &group) != SPILL_EFORMAT)
			s->table[g] = group.inode_table;
	}
	return SPILL_OK;
}

static int
open_state(struct ev_fs *fs)
{
	struct state *s = calloc(1, sizeof(*s));
	struct spill_span raw;

	if (s == NULL)
		return SPILL_ENOMEM;
	fs->state = s;
	ev_disk_scattered(fs->disk);
	raw = (struct spill_span){ (char *)s->raw_super, sizeof(s->raw_super) };
	if (!ev_fs_read(fs, 1024, s->raw_super, sizeof(s->raw_super)) ||
	    spill_ext_super_read(raw, &s->super) == SPILL_EFORMAT ||
	    s->super.block_size == 0 || s->super.desc_size == 0 ||
	    s->super.inode_size == 0 || s->super.inode_size > INODE_MAX ||
	    s->super.inodes_per_group == 0 || s->super.groups == 0)
		return SPILL_OK; /* without it there are no facts */
	return load_groups(fs, s);
}

/* Bytes of an inode, valid until the next is asked for. */
static const uint8_t *
find_bytes(struct ev_fs *fs, uint64_t at, size_t n)
{
	struct state *s = fs->state;
	uint64_t start = at / WINDOW * WINDOW;

	if (at - start + n > WINDOW || start + WINDOW > fs->length) {
		s->window_full = false;
		return ev_fs_read(fs, at, s->window, n) ? s->window : NULL;
	}
	if (!s->window_full || s->window_at != start)
		s->window_full = ev_fs_read(fs, start, s->window, WINDOW);
	s->window_at = start;
	return s->window_full ? s->window + (at - start) : NULL;
}

static bool
read_inode(struct ev_fs *fs, TSK_INUM_T number, struct spill_ext_inode *out)
{
	const struct state *s = fs->state;
	const uint8_t *raw;
	const struct spill_ext_super *sb = &s->super;
	uint64_t group, at;

	if (s->table == NULL || number == 0 || number > sb->inodes)
		return false;
	group = (number - 1) / sb->inodes_per_group;
	if (group >= s->groups || s->table[group] == 0)
		return false;
	at = s->table[group] * sb->block_size +
	     (number - 1) % sb->inodes_per_group * sb->inode_size;
	raw = find_bytes(fs, at, sb->inode_size);
	return raw != NULL &&
	       spill_ext_inode_read(
		   (struct spill_span){ (char *)raw, sb->inode_size }, sb,
		   out) != SPILL_EFORMAT;
}

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
read_target(struct ev_fs *fs, const TSK_FS_FILE *file, struct spill_span area,
    struct ev_facts *out)
{
	char text[TARGET_MAX];
	ssize_t n = 0;

	spill_buf_reset(&fs->target);
	if (area.len > 0) {
		spill_buf_span(&fs->target, area);
	} else if (file->meta->size > 0 && file->meta->size <= TARGET_MAX) {
		n = tsk_fs_file_read((TSK_FS_FILE *)(uintptr_t)file, 0, text,
		    (size_t)file->meta->size, TSK_FS_FILE_READ_FLAG_NONE);
		tsk_error_reset();
	}
	if (n > 0)
		spill_buf_put(&fs->target, text, (size_t)n);
	out->target = spill_buf_as_span(&fs->target);
}

static void
facts(struct ev_fs *fs, const TSK_FS_FILE *file, TSK_INUM_T dir,
    struct ev_facts *out)
{
	struct spill_ext_inode inode;

	(void)dir;
	if (!read_inode(fs, file->meta->addr, &inode))
		return;
	out->at = inode.times.at;
	out->bad_time = inode.times.bad != 0;
	out->deleted = inode.deleted;
	out->has_owner = out->has_mode = out->has_generation = true;
	out->uid = inode.uid;
	out->gid = inode.gid;
	out->mode = inode.mode & 07777;
	out->generation = inode.generation;
	name_flags(inode.flags, out);
	if ((inode.mode & 0170000) == 0120000)
		read_target(fs, file, inode.target, out);
}

/* --- entries ------------------------------------------------------------ */

static void
add_block(struct ev_fs *fs, struct spill_span block, uint64_t base)
{
	const struct state *s = fs->state;
	struct spill_ext_dir it = spill_ext_dir(block, &s->super);
	struct spill_ext_dirent e;

	while (spill_ext_dir_next(&it, &e) != SPILL_END)
		ev_place_add(fs, e.inode, e.name, base + e.at);
}

static void
places(struct ev_fs *fs, TSK_INUM_T dir)
{
	const struct state *s = fs->state;
	TSK_FS_FILE *f = tsk_fs_file_open_meta(fs->tsk, NULL, dir);
	size_t size = fs->tsk->block_size;
	char *block = malloc(size);

	for (TSK_OFF_T off = 0; f != NULL && block != NULL &&
				s->table != NULL && off < f->meta->size;
	     off += (TSK_OFF_T)size) {
		ssize_t n = tsk_fs_file_read(
		    f, off, block, size, TSK_FS_FILE_READ_FLAG_NONE);

		if (n <= 0)
			break;
		add_block(
		    fs, (struct spill_span){ block, (size_t)n }, (uint64_t)off);
	}
	free(block);
	tsk_fs_file_close(f);
	tsk_error_reset();
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
	.list = ev_tsk_list,
	.load = ev_tsk_load,
	.block_used = ev_tsk_block_used,
	.open = open_state,
	.close = close_state,
	.facts = facts,
	.places = places,
	.entry_len = entry_len,
};
