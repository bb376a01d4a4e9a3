/*
 * fsjob_i.h: what the tools ask of worker-fs, and how it answers.
 *
 * A request is an image, as descriptors and what is known of them, and one of
 * these jobs on it. Rows come back packed:
 *
 *	SURVEY	one of the evidence schema: what the image says of itself;
 *		then one of the item schema for each volume and gap
 *	SEARCH	those of the volumes and gaps once more, with lost volumes;
 *		with a name, that lost volume alone; progress is the byte
 *	WALK	items of one file system (fswalk.h); progress is the place
 *	READ	bytes of one item
 *	PIPE	the same, but written to the last descriptor; one row at the
 *		end, as of FILL, but without a place
 *	FILL	bytes of many items, put into the last descriptor, a memory
 *		file, one behind the other: "object" has their objects, each
 *		ended by a newline. One row of the item schema for each, in
 *		order: size, init_size (bytes that were put), img_offset (where
 *		in the memory file), status; progress is the number of the item.
 *		The first one that has no room ends the job without a row for
 *		it; if it is the first of all, its status is "limit"
 *	VERIFY	one of the evidence schema: status and sha256, and in
 *		stored_md5 and stored_sha1 what was computed; progress is
 *		the MiB that are done
 *
 * Neither side believes the other: the worker parses the request with a
 * cursor, the tools check every cell of a row (fscheck.c).
 */
#ifndef SPILL_FSJOB_I_H
#define SPILL_FSJOB_I_H

#include <spill/buf.h>
#include <spill/cur.h>
#include <spill/image.h>
#include <spill/row.h>
#include <spill/volumes.h>

#define FSJOB_AVOID_MAX 256

enum fsjob_op {
	FSJOB_SURVEY = 1,
	FSJOB_WALK,
	FSJOB_READ,
	FSJOB_VERIFY,
	FSJOB_SEARCH,
	FSJOB_PIPE,
	FSJOB_FILL,
};

struct fsjob_part {
	unsigned number;
	uint64_t size;
};

struct fsjob {
	enum fsjob_op op;
	uint32_t sector;
	struct fsjob_part *part; /* one for each descriptor */
	size_t parts;
	int extra; /* the tool's: one more descriptor of PIPE and FILL */
	struct spill_volume volume; /* WALK, READ; without a name: the disk.
				       SEARCH: its offset, if it has a name */
	bool runs, slack, attributes;
	bool lost; /* SURVEY: a SEARCH follows, and says if there is nothing */
	uint64_t from, drop, avoid[FSJOB_AVOID_MAX];
	size_t navoid;
	struct spill_span object; /* READ, PIPE: a locator's; FILL: many */
	uint64_t offset, length; /* of its bytes */
};

/* The row of the last item schema that a volume is on its way in. */
enum {
	VOL_NAME = IT_VOLUME,
	VOL_KIND = IT_META,
	VOL_TYPE = IT_MODE,
	VOL_OFFSET = IT_IMG_OFFSET,
	VOL_LENGTH = IT_SIZE,
	VOL_WHAT = IT_NOTE,
	VOL_STATUS = IT_STATUS,
	VOL_TABLE = IT_TARGET,
	VOL_BLOCK = IT_LINKS,
	VOL_SNAPSHOT = IT_UID,
	VOL_FIXES = IT_RUNS, /* "at from len at from len" */
};

void fsjob_put(struct spill_buf *b, const struct fsjob *j);
/* The parts are the caller's to free. SPILL_EDAMAGED, SPILL_ENOMEM. */
int fsjob_get(struct spill_span request, struct fsjob *j);
/* text: room for the numbers, as long as the row is used. */
#define FSJOB_VOLUME_TEXT (144 + SPILL_VOLUME_FIXES * 3 * 24)
void fsjob_put_volume(const struct spill_volume *v, const char *table,
    struct spill_row *r, char text[FSJOB_VOLUME_TEXT]);
/* SPILL_EDAMAGED: it cannot be one. table: room for its text. */
int fsjob_get_volume(const struct spill_row *r, struct spill_volume *v,
    char table[SPILL_VOLUME_WHAT]);

#endif
