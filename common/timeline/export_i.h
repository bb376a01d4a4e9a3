/* export_i.h: the formats that are no record streams. */
#ifndef SPILL_EXPORT_I_H
#define SPILL_EXPORT_I_H

#include "timeline_i.h"

struct tl_export {
	struct tl *tl;
	struct spill_out *out;
	struct spill_buf buf;
	/* columns of the bodyfile beyond the schema; -1: no row has it */
	int meta, mode, uid, gid, md5;
	uint64_t kept[SPILL_COLUMNS_MAX / 64]; /* columns it has, as bits */
	uint16_t column[SPILL_COLUMNS_MAX]; /* that Timesketch can take */
	size_t ncolumns;
};

void tl_body_open(struct tl_export *e);
/* False: it cannot hold the row at all, which has been counted. */
bool tl_body_row(struct tl_export *e, const struct spill_row *r);
void tl_sketch_open(struct tl_export *e);
bool tl_sketch_row(struct tl_export *e, const struct spill_row *r);

#endif
