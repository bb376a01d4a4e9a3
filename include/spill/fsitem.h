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
struct spill_fsvol;

/* A volume whose items are wanted, one after the other; NULL: the whole disk,
 * for ranges. Its file system is opened with the first item that needs it. */
int spill_fsvol_open(struct spill_image *image, const struct spill_volume *v,
    struct spill_fsvol **out);
void spill_fsvol_free(struct spill_fsvol **v);
/* As spill_fsitem_open(); the volume must live as long as the item. */
int spill_fsitem_at(struct spill_fsvol *v, const struct spill_locator *l,
    struct spill_fsitem **item, const char **why);
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
