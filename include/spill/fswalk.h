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

struct spill_fswalk_conf {
	bool runs; /* column runs */
	bool slack; /* a row for the slack of each item */
	bool attributes; /* rows for NTFS attributes that hold no content */
};

struct spill_fswalk_sink {
	/* Each returns SPILL_OK, or what ends the walk. Rows and errors may
	 * be used until it returns. */
	int (*row)(void *ctx, const struct spill_row *row);
	int (*error)(void *ctx, const struct spill_error *e);
	void *ctx;
};

/* SPILL_EFORMAT: the file system cannot be opened (told as an error). */
int spill_fswalk(struct spill_image *image, const struct spill_volume *v,
    const struct spill_fswalk_conf *conf, const struct spill_fswalk_sink *sink);

#endif
