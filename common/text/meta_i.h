/*
 * meta_i.h: metadata that pictures and documents have in common.
 */
#ifndef SPILL_META_I_H
#define SPILL_META_I_H

#include "text_i.h"

/* Parts are "PREFIX#name". */
int xmp_text(struct spill_span packet, struct lines *l, const char *prefix);
/* TIFF 6.0 and EXIF 2.32: directories of tags; bytes: the whole of it, with
 * its header. */
int tiff_text(struct spill_span bytes, struct lines *l, const char *prefix);
/* IPTC-IIM 4.2 datasets. */
int iptc_text(struct spill_span bytes, struct lines *l, const char *prefix);
/* Photoshop's resources ("8BIM"), among which IPTC stands. */
int photoshop_text(
    struct spill_span bytes, struct lines *l, const char *prefix);
/* One value; charset: empty, it is guessed. */
void meta_value(struct lines *l, const char *prefix, const char *name,
    struct spill_span charset, struct spill_span value);

#endif
