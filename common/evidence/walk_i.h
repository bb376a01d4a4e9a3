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
#define WALK_RUNS_MAX ((size_t)8 << 20) /* of column runs; fscheck.h */
#define WALK_REVISITS 8 /* times that a folder may be entered */
#define WALK_CELLS    8192

/* A folder that is being listed. */
struct walk_frame {
	struct ev_folder list; /* kept for the next one of that depth */
	uint64_t addr;
	size_t next; /* index of its next entry */
	size_t path; /* length of its path */
	char item[72]; /* its object, as its children's parent */
};

/* How often a folder has been entered: open addressing, times 0 is empty. */
struct walk_seen {
	uint64_t addr;
	unsigned times;
	bool entered; /* and not left */
};

struct walk {
	struct ev_fs fs;
	const struct spill_volume *volume;
	const struct spill_fswalk_conf *conf;
	const struct spill_fswalk_sink *sink;
	struct ev_object object; /* of the entry that is looked at */
	struct walk_frame *frame;
	size_t depth, cframe; /* frames below cframe have been used */
	struct walk_seen *seen;
	size_t nseen, cseen;
	uint64_t *named; /* unallocated objects that have a name */
	size_t nnamed, cnamed;
	struct spill_row row;
	struct spill_buf path, runs;
	char cells[WALK_CELLS];
	size_t used;
	struct spill_time last; /* put into the row, and its text */
	struct spill_span last_text;
	uint64_t place, dropped; /* where it is; rows not made there */
	int rc; /* what ends the walk */
};

/* Of which name a row is. */
struct walk_what {
	uint64_t dir; /* the folder that the name is in */
	const char *parent; /* object of it; "" for the root */
	struct ev_entry *entry; /* NULL: the root itself */
	bool there; /* its object is in walk.object */
};

/* --- walk_row.c --------------------------------------------------------- */

/* Rows of the name or object, whose path is in w->path. */
void walk_rows(struct walk *w, const struct walk_what *what);
/* A row of a name whose object must not be looked at. */
void walk_avoided(struct walk *w, const struct walk_what *what);
/* A row of bytes of the volume that belong to no item. */
void walk_range(
    struct walk *w, uint64_t offset, uint64_t length, const char *note);
void walk_error(
    struct walk *w, const char *code, const char *item, const char *detail);
/* The same, of bytes of the volume; length 0: it is not known where. */
void walk_error_at(struct walk *w, const char *code, const char *item,
    const char *detail, uint64_t at, uint64_t length);
/* The number of a folder, for its locator: 5-144-1, 12. */
void walk_folder_item(const struct walk *w, char out[72]);

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
    struct walk *w, const struct ev_attr *attr, struct walk_content *out);

#endif
