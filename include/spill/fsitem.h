/*
 * fsitem.h: the bytes of an item: of an attribute or an object, the slack
 * behind it, an entry of a directory, ranges of the volume or the disk.
 *
 * This half runs in a worker: it parses evidence (libtsk).
 */
#ifndef SPILL_FSITEM_H
#define SPILL_FSITEM_H

#include <spill/locator.h>
#include <spill/volumes.h>

struct spill_fsitem;

/*
 * v: the volume; NULL for ranges of the whole disk. Of the locator, kind,
 * numbers, ranges and slack count. SPILL_EFORMAT: there is no such item, or
 * it has no bytes of its own; *why gets a phrase.
 */
int spill_fsitem_open(struct spill_image *image, const struct spill_volume *v,
    const struct spill_locator *l, struct spill_fsitem **item,
    const char **why);
uint64_t spill_fsitem_size(const struct spill_fsitem *item);
/*
 * n bytes from offset, less at the end; the end may come before its size if
 * nobody knows any more where the rest was. What could not be read is zeros;
 * *lost is how many of the bytes that are at most, 0 as a rule.
 */
size_t spill_fsitem_read(struct spill_fsitem *item, uint64_t offset, void *buf,
    size_t n, size_t *lost);
void spill_fsitem_free(struct spill_fsitem **item);

#endif
