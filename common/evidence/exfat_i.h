/*
 * exfat_i.h: what exfat*.c have in common.
 */
#ifndef SPILL_EXFAT_I_H
#define SPILL_EXFAT_I_H

#include <spill/exfat.h>

#include "ondisk_i.h"

#define EXFAT_ENTRY 32 /* bytes */

/* The fields of one entry, by its kind; s has 32 bytes. */
void spill_exfat_file(struct spill_span s, struct spill_exfat_entry *e);
void spill_exfat_stream(struct spill_span s, struct spill_exfat_entry *e);
void spill_exfat_name(struct spill_span s, struct spill_exfat_entry *e);
void spill_exfat_other(struct spill_span s, struct spill_exfat_entry *e);

#endif
