/*
 * walk_i.h: one pass over a file system, shared by its parts: fswalk.c goes
 * from folder to folder, walk_row.c makes rows, walk_content.c says where
 * content lies and how much of it is there.
 */
#ifndef SPILL_WALK_I_H
#define SPILL_WALK_I_H

#include <spill/fswalk.h>

#include "fs_i.h"

#define WALK_PATH_MAX ((size_t)1 << 20) /* bytes of an escaped path */
#define WALK_RUNS_MAX ((size_t)8 << 20) /* of column runs; fscheck_i.h */
#define WALK_REVISITS 8 /* times that a folder may be entered */
#define WALK_CELLS    8192

/* A folder that is being listed. */
struct walk_frame {
	TSK_FS_DIR *dir;
	TSK_INUM_T addr;
	size_t next; /* index of its next name; behind them the old ones */
	struct ev_entries old;
	size_t path; /* length of its path */
	char item[72]; /* its object, as its children's parent */
};

/* How often a folder has been entered: open addressing, addr 0 is empty. */
struct walk_seen {
	TSK_INUM_T addr;
	unsigned times;
};

struct walk {
	struct ev_fs fs;
	const struct spill_volume *volume;
	const struct spill_fswalk_conf *conf;
	const struct spill_fswalk_sink *sink;
	TSK_FS_FILE *file; /* of the name that is looked at */
	TSK_FS_META *spare; /* allocated, while the file has none */
	bool taken; /* the object is there, but of another file */
	bool taken_alloc; /* which is allocated */
	struct walk_frame *frame;
	size_t depth, cframe;
	struct walk_seen *seen;
	size_t nseen, cseen;
	TSK_INUM_T *named; /* unallocated objects that have a name */
	size_t nnamed, cnamed;
	struct spill_row row;
	struct spill_buf path, runs, name;
	char cells[WALK_CELLS];
	size_t used;
	struct spill_time last; /* put into the row, and its text */
	struct spill_span last_text;
	uint64_t place, dropped; /* where it is; rows not made there */
	int rc; /* what ends the walk */
};

/* Of which name or object a row is. */
struct walk_what {
	TSK_INUM_T dir; /* the folder that the name is in */
	const char *parent; /* object of it; "" for the root */
	const struct ev_entry *entry; /* if libtsk does not list it */
};

/* --- walk_row.c --------------------------------------------------------- */

/* Rows of the name or object in w->file, whose path is in w->path. */
void walk_rows(struct walk *w, const struct walk_what *what);
/* A row of a name whose object must not be looked at. */
void walk_avoided(struct walk *w, const struct walk_what *what);
/* A row of bytes of the volume that belong to no item. */
void walk_range(
    struct walk *w, uint64_t offset, uint64_t length, const char *note);
void walk_error(
    struct walk *w, const char *code, const char *item, const char *detail);
/* The object of a folder, for its locator: 5-144-1, 12. */
void walk_folder_item(const struct walk *w, const TSK_FS_FILE *f, char out[72]);

/* --- walk_content.c ----------------------------------------------------- */

struct walk_content {
	const char *state; /* of column content */
	bool placed; /* at is known */
	uint64_t at; /* first byte on the raw disk */
	uint64_t fragments, slack; /* bytes behind the end */
	uint64_t init_size;
	bool has_init;
};

/* attr may be NULL. Fills w->runs where they are asked for. */
void walk_content(
    struct walk *w, const TSK_FS_ATTR *attr, struct walk_content *out);

#endif
