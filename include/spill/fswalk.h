/*
 * fswalk.h: every entry of a file system as item rows.
 *
 * This half runs in a worker: it parses evidence (libtsk, our decoders).
 * A row has the cells of the item schema but these, which whoever asked
 * knows better: evidence and volume are not set; item and parent have the
 * object alone, without "EVIDENCE:VOLUME:" in front. note and the other cells
 * of text are as they go to the output.
 */
#ifndef SPILL_FSWALK_H
#define SPILL_FSWALK_H

#include <spill/row.h>
#include <spill/tool.h>
#include <spill/volumes.h>

/*
 * A walk is a sequence of places, the same at every time: names, and the
 * folders that are entered. A walk that went wrong is taken up behind the
 * place where it did: rows of places before FROM are not made, nor the first
 * DROP rows of FROM itself; places in AVOID (rising) are gone past without
 * being looked at, which is told as an error.
 */
struct spill_fswalk_conf {
	bool runs; /* column runs */
	bool slack; /* a row for the slack of each item */
	bool attributes; /* rows for NTFS attributes that hold no content */
	uint64_t from, drop;
	const uint64_t *avoid;
	size_t navoid;
};

struct spill_fswalk_sink {
	/* Each returns SPILL_OK, or what ends the walk. Rows and errors may
	 * be used until it returns. */
	int (*row)(void *ctx, const struct spill_row *row);
	int (*error)(void *ctx, const struct spill_error *e);
	int (*place)(void *ctx, uint64_t place); /* it is on; may be NULL */
	void *ctx;
};

/* SPILL_EFORMAT: the file system cannot be opened (told as an error). */
int spill_fswalk(struct spill_image *image, const struct spill_volume *v,
    const struct spill_fswalk_conf *conf, const struct spill_fswalk_sink *sink);

#endif
