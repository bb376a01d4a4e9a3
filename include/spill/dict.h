/*
 * dict.h: values that many rows share, kept once. Rows in memory and packed
 * rows name them by number.
 *
 * One thread adds, others may look up what was there when a row was handed
 * to them: nothing moves and nothing is removed.
 */
#ifndef SPILL_DICT_H
#define SPILL_DICT_H

#include <spill/base.h>

#define SPILL_DICT_MAX	 65536u /* values */
#define SPILL_DICT_SOFT	 32768u /* of them, by spill_dict_add() */
#define SPILL_DICT_LONG	 4096u /* bytes of a value, there */
#define SPILL_DICT_BYTES ((size_t)8 << 20) /* of their text */

struct spill_dict;

int spill_dict_open(struct spill_dict **d);
/* The number of a value, added if it is new; -1 if it is empty or there is
 * no room: then the row has to hold it itself. */
int32_t spill_dict_add(struct spill_dict *d, struct spill_span value);
/* The same for a value that has nowhere else to be: where there is no room,
 * the dict has failed, which stays. */
int32_t spill_dict_must(struct spill_dict *d, struct spill_span value);
bool spill_dict_failed(const struct spill_dict *d);
/* False if there is no such number. */
bool spill_dict_get(
    const struct spill_dict *d, uint64_t id, struct spill_span *value);
/* All values by number, for those who look up often; the array stays. */
const struct spill_span *spill_dict_values(const struct spill_dict *d);
/* Bytes of the longest value. */
size_t spill_dict_longest(const struct spill_dict *d);
/* Needs this value no quotes in CSV, nor escapes in TSV? */
bool spill_dict_is_plain(const struct spill_dict *d, uint64_t id);
void spill_dict_free(struct spill_dict **d);

#endif
