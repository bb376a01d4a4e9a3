/*
 * fs_ext_dir.c: folders of ext2, ext3 and ext4, block by block, with what is
 * left of older entries. Hash trees need not be followed: their leaves are
 * blocks of the folder, and their nodes look like one empty entry.
 */
#include <string.h>

#include <sys/stat.h>

#include "fs_ext_i.h"

struct listing {
	struct ev_fs *fs;
	struct ext *s;
	struct ev_folder *out;
	uint64_t dir;
	bool erased; /* the folder itself is */
	bool journal; /* and where it was is from the journal */
	bool bad; /* the piece could not be read, or not all of it */
	/* Where the copy in node[1], the next newer one, has entries: a bit for
	 * each four bytes. */
	uint8_t newer[EXT_BLOCK_MAX / 4 / 8];
};

static enum ev_kind
kind_of_type(unsigned type)
{
	static const enum ev_kind kinds[] = { EV_ANY, EV_FILE, EV_DIR,
		EV_SPECIAL, EV_SPECIAL, EV_SPECIAL, EV_SPECIAL, EV_LINK };

	return type < SPILL_COUNT(kinds) ? kinds[type] : EV_ANY;
}

static bool
is_dot(struct spill_span name)
{
	return spill_span_eq(name, SPILL_SPAN(".")) ||
	       spill_span_eq(name, SPILL_SPAN(".."));
}

/* Entries of a piece of the folder; base: where it is in the folder, at: in
 * the volume. */
static void
add_entries(
    struct listing *l, struct spill_span piece, uint64_t base, uint64_t at)
{
	struct spill_ext_dir it = spill_ext_dir(piece, &l->s->super);
	struct spill_ext_dirent d;
	int rc;

	while ((rc = spill_ext_dir_next(&it, &d)) != SPILL_END) {
		struct ev_entry e = { .name = d.name,
			.object = d.inode,
			.named = d.deleted || l->erased ? EV_ERASED : EV_NAMED,
			.kind = kind_of_type(d.type),
			.placed = true,
			.offset = base + d.at };

		if (rc != SPILL_OK && !l->erased && !l->bad)
			ev_folder_fault(
			    l->out, at + d.at, piece.len - d.at, d.flaw.what);
		if (!d.deleted && rc == SPILL_OK && d.inode != l->dir &&
		    spill_span_eq(d.name, SPILL_SPAN(".")))
			ev_folder_fault(l->out, at + d.at, 12,
			    "a block is that of another folder");
		if (d.name.len > 0 && !is_dot(d.name))
			ev_folder_add(l->out, &e);
	}
}

/* Does the next newer copy have the same entry at the same place? */
static bool
is_repeated(const struct listing *l, struct spill_span copy,
    const struct spill_ext_dirent *d)
{
	const uint8_t *newer = l->s->node[1];

	return (l->newer[d->at / 32] >> d->at / 4 % 8 & 1) != 0 &&
	       memcmp(newer + d->at, copy.p + d->at, 4) == 0 &&
	       memcmp(newer + d->at + 6, copy.p + d->at + 6, 2 + d->name.len) ==
		   0;
}

/*
 * Names that a copy in the journal has. Copies of one block differ in few of
 * them: what the next newer one has, too, is passed by. Of those that are still
 * there one is dropped later.
 */
static void
add_copy(void *ctx, struct spill_span copy)
{
	struct listing *l = ctx;
	struct spill_ext_dir it = spill_ext_dir(copy, &l->s->super);
	uint8_t has[sizeof(l->newer)] = { 0 };
	struct spill_ext_dirent d;

	while (spill_ext_dir_next(&it, &d) == SPILL_OK) {
		struct ev_entry e = { .name = d.name,
			.object = d.inode,
			.named = EV_ERASED,
			.kind = kind_of_type(d.type),
			.journal = true };

		has[d.at / 32] |= (uint8_t)(1u << d.at / 4 % 8);
		if (d.name.len > 0 && d.inode > 0 && !is_dot(d.name) &&
		    !is_repeated(l, copy, &d))
			ev_folder_add(l->out, &e);
	}
	memcpy(l->newer, has, sizeof(has));
	memcpy(l->s->node[1], copy.p, copy.len);
}

static void
add_copies(struct listing *l, uint32_t generation)
{
	const struct ev_object *map = &l->s->map;

	for (size_t i = 0; i < map->nrun; i++)
		for (uint64_t k = 0; k < map->run[i].count; k++) {
			memset(l->newer, 0, sizeof(l->newer));
			ext_journal_folder(l->fs, map->run[i].block + k, l->dir,
			    generation, map->run[i].offset + k == 0, add_copy,
			    l);
		}
}

static void
add_blocks(struct listing *l, const struct spill_ext_inode *inode)
{
	struct ev_object *map = &l->s->map;
	uint32_t size = l->s->super.block_size;
	uint8_t *block = l->s->node[0];

	ev_object_reset(map);
	if (ev_object_attr(map) == NULL)
		return;
	l->s->listing = true;
	ext_map(l->fs, inode, map);
	l->s->listing = false;
	for (size_t i = 0; i < map->faults.nfault; i++) {
		const struct ev_fault *f = &map->faults.fault[i];

		ev_folder_fault(l->out, f->at, f->length, f->what);
	}
	for (size_t i = 0; i < map->nrun; i++)
		for (uint64_t k = 0; k < map->run[i].count; k++) {
			uint64_t at = (map->run[i].block + k) * size;

			/* Another's by now. */
			if (l->journal &&
			    ext_block_used(l->fs, map->run[i].block + k))
				continue;
			if (!ev_fs_read(l->fs, at, block, size)) {
				ev_folder_fault(l->out, at, size,
				    "a block is outside the image");
				continue;
			}
			l->bad = ev_fs_is_bad(l->fs, at, size);
			if (l->bad)
				ev_folder_fault(
				    l->out, at, size, "a block cannot be read");
			add_entries(l,
			    (struct spill_span){ (char *)block, size },
			    (map->run[i].offset + k) * size, at);
		}
}

/* The folder's entries in its inode, behind its parent's number; and those
 * in an attribute. */
static void
add_inline(struct listing *l, const struct spill_ext_inode *inode, uint64_t at)
{
	struct spill_span a = inode->inline_a, b = inode->inline_b;
	uint64_t first = a.len;

	if (a.len > 4) {
		a.p += 4;
		a.len -= 4;
		add_entries(l, a, 4, at + 0x28 + 4);
	}
	if (b.len > 0)
		add_entries(l, b, first, at);
}

int
ext_list(struct ev_fs *fs, uint64_t dir, struct ev_folder *out)
{
	struct listing l = { .fs = fs, .s = fs->state, .out = out, .dir = dir };
	struct spill_ext_inode inode;
	uint64_t at;

	if (!l.s->known || !ext_inode_last(fs, dir, &inode, &at, &l.journal)) {
		ev_folder_fault(out, 0, 0, "its inode cannot be read");
	} else if (ev_fs_is_bad(fs, at, l.s->super.inode_size)) {
		/* The row of any other one says so. */
		if (dir == fs->root)
			ev_folder_fault(out, at, l.s->super.inode_size,
			    "its inode cannot be read");
	} else if (!S_ISDIR(inode.mode) && !ext_has_folder(fs, &inode, dir)) {
		ev_folder_fault(out, at, l.s->super.inode_size,
		    "its inode is not that of a folder");
	} else {
		if (!S_ISDIR(inode.mode))
			ev_folder_fault(
			    out, at, 2, "its inode says that it is no folder");
		l.erased = !ext_inode_used(fs, dir, &inode);
		if ((inode.flags & SPILL_EXT_I_INLINE) != 0)
			add_inline(&l, &inode, at);
		else
			add_blocks(&l, &inode);
		if ((inode.flags & SPILL_EXT_I_INLINE) == 0)
			add_copies(&l, inode.generation);
	}
	if (dir == fs->root)
		ev_folder_add(
		    out, &(struct ev_entry){ .name = SPILL_SPAN("$OrphanFiles"),
			     .object = fs->orphans,
			     .kind = EV_DIR });
	ev_folder_dedup(out);
	return out->nomem || l.s->map.nomem || l.s->journal.nomem ? SPILL_ENOMEM
								  : SPILL_OK;
}
