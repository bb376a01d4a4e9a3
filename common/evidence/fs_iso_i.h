/*
 * fs_iso_i.h: our own reader of ISO 9660. libtsk's can loop for ever on a
 * crafted disc (CVE-2026-40026), in detection too; it is never called.
 *
 * fs_iso_session.c finds sessions, fs_iso_entry.c reads one record,
 * fs_iso_tree.c all folders once, fs_iso_path.c what path tables alone lead to,
 * fs_iso_compare.c finds what one of two trees
 * has alone, fs_iso_order.c decides between numbers that disagree, fs_iso.c
 * gives all to the walk.
 */
#ifndef SPILL_FS_ISO_I_H
#define SPILL_FS_ISO_I_H

#include <spill/iso.h>

#include "fs_i.h"

enum iso_tree { ISO_MAIN, ISO_OTHER };

enum { /* iso_node.flags */
	ISO_FOLDER = 1,
	ISO_DAMAGED = 2, /* the folder is not whole */
	ISO_HIDDEN = 4, /* not listed here: it is moved elsewhere */
	ISO_SHOWN = 8, /* of the other tree: it is listed */
	ISO_LOOP = 16, /* the folder has been read by another way */
	/* Its place or size is two in two orders of bytes, or it has blocks of
	 * attributes before the content, which may be damage, too. */
	ISO_TWO = 32,
	ISO_SECOND = 64, /* not taken by its first numbers */
};

/* A directory record: a file or folder of one of the trees. */
struct iso_node {
	uint64_t at; /* byte of the volume where its record begins */
	uint64_t size;
	uint32_t block; /* of the content */
	uint32_t parent; /* index; its own of a root */
	uint32_t first, n; /* of a folder: children, one behind the other */
	uint32_t lost; /* of a folder: the last child by a path table alone */
	uint32_t next; /* the one before it; 0: none */
	uint64_t path_at; /* of such a child: its record there, or 0 */
	uint16_t records; /* of a file in several pieces */
	uint8_t tree, flags;
	bool big; /* path_at: in the M table */
	uint8_t mended; /* its length, if what the record says is wrong */
};

/* How names are read in a tree. */
struct iso_names {
	bool rock, joliet;
	uint8_t skip; /* bytes before system use areas */
	const char *title; /* "Rock Ridge" ... */
	const char *folder; /* that it is listed in, if it is the other one */
};

struct iso_state {
	struct ev_fs *fs;
	uint32_t block_size;
	uint64_t end; /* byte behind what there is */
	struct iso_names names[2];
	bool has_other;
	struct iso_node *node;
	uint32_t n, cap;
	uint32_t other; /* index of the other tree's root */
	uint32_t *order; /* indices by at */
	uint64_t *seen; /* sectors that were read as folders: tree, sector */
	size_t nseen, cseen;
	uint64_t damaged, loops; /* counts */
	uint64_t by_path; /* folders that path tables alone lead to */
	bool no_primary, no_root; /* damaged: what else there is was taken */
	uint64_t only_main, only_other; /* files that one tree has alone */
	bool udf;
	bool no_size; /* that of blocks is none: it is taken to be 2048 */
	int rc;
	char note[64];
	struct spill_buf text;
};

/* A record with what its system use areas say. */
struct iso_entry {
	struct spill_iso_record record;
	struct spill_iso_rock rock;
	char raw[256];
};

/* Is there a volume that can be read? For detection; ev_disk_why() has
 * nothing to say if not. */
bool ev_iso_check(struct ev_disk *d, uint64_t offset, char what[128]);
#define ISO_SESSIONS 99 /* of a disc; what a CD can have */

struct iso_sessions {
	unsigned n; /* 0: the disc is not like that */
	/* Sectors, the oldest first; the last one is in use. */
	uint32_t start[ISO_SESSIONS];
	uint32_t root[ISO_SESSIONS]; /* of the search alone */
	bool more; /* that are not among them */
};

void ev_iso_sessions(struct ev_disk *d, uint64_t offset, uint64_t length,
    struct iso_sessions *out);
/* A file system for the walk, or NULL. fs->disk, offset, length are set. */
TSK_FS_INFO *ev_iso_open(struct ev_fs *fs);

/* The root of a volume where its own record is right, or else by the other
 * order of its bytes, or by the path tables; 1 if it is not by its record, -1
 * if there is none. */
int iso_find_root(
    struct ev_disk *d, uint64_t offset, struct spill_iso_volume *v);
/* Folders of a tree that no record leads to, but a path table. */
void iso_add_paths(
    struct iso_state *s, uint32_t root, const struct spill_iso_volume *v);
struct iso_node *iso_add_node(struct iso_state *s);
void iso_read_folders(struct iso_state *s, uint32_t from);
bool iso_was_read(struct iso_state *s, unsigned tree, uint64_t sector);
/* Does a folder begin there? Its size, or 0. */
uint32_t iso_folder_at(
    struct ev_disk *d, uint64_t offset, uint32_t block, uint32_t block_size);
/* The name of a folder in its path table; false if it has none there. */
bool iso_path_name(struct iso_state *s, const struct iso_node *n, char raw[264],
    struct spill_span *name);
/* Descriptors and both trees. */
int iso_load(struct iso_state *s);
/* Where files are whose numbers are two in two orders; s->rc. */
void iso_decide_orders(struct iso_state *s);
/* What of the other tree is to be listed; s->rc. */
void iso_compare(struct iso_state *s);
/* What the areas of a record say, those elsewhere too. */
void iso_rock(struct iso_state *s, const struct iso_names *names,
    const struct spill_iso_record *record, struct spill_iso_rock *out);
/* The entry of a node, read again; false if it cannot be. */
bool iso_entry(struct iso_state *s, const struct iso_node *n, uint64_t at,
    struct iso_entry *out);
/* Its name, raw. */
void iso_name(struct iso_state *s, const struct iso_node *n,
    const struct iso_entry *e, struct spill_buf *out);
const struct iso_node *iso_find(const struct iso_state *s, uint64_t at);

#endif
